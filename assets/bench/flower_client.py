"""What a stock node of Flower's does in a benchmark: it moves every value of a model a little."""

import numpy as np
from flwr.app import Array, ArrayRecord, Context, Error, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

app = ClientApp()
random = np.random.default_rng()


def moved(values: np.ndarray) -> np.ndarray:
    return values + random.uniform(-1e-3, 1e-3, values.shape).astype(values.dtype)


@app.train()
def train(message: Message, context: Context) -> Message:
    arrays = {name: Array(moved(a.numpy())) for name, a in message.content["arrays"].items()}
    content = {"arrays": ArrayRecord(arrays), "metrics": MetricRecord({"num-examples": 1})}
    return Message(RecordDict(content), reply_to=message)


@app.evaluate()
def evaluate(message: Message, context: Context) -> Message:
    return Message(Error(code=1002, reason="Nothing is judged here."), reply_to=message)
