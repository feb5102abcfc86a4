"""Three rounds of Flower's own FedAvg over two small arrays; the result goes to a file."""

import json
import os

import numpy as np
from flwr.app import Array, ArrayRecord, Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    nodes = int(context.run_config["nodes"])
    columns = int(context.run_config["columns"])
    strategy = FedAvg(
        fraction_evaluate=0.0, min_train_nodes=nodes, min_available_nodes=nodes
    )
    start = ArrayRecord(
        {
            "weight": Array(np.zeros((2, columns), np.float32)),
            "bias": Array(np.array([1.0], np.float32)),
        }
    )
    outcome = strategy.start(
        grid,
        start,
        num_rounds=int(context.run_config["rounds"]),
        timeout=float(context.run_config["round-wait"]),
    )
    arrays = {name: array.numpy().tolist() for name, array in outcome.arrays.items()}
    result = str(context.run_config["result"])
    with open(result + ".part", "w") as file:
        json.dump(arrays, file)
    # Whoever waits for it finds it whole.
    os.rename(result + ".part", result)
