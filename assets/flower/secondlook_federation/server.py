"""The coordinator's application: settings in, rounds led, models and a ledger out."""

from pathlib import Path

from flwr.app import Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAdam, FedAvg, FedMedian, FedProx, MultiKrum

from .guard import Guard
from .rounds import Waits, lead

app = ServerApp()


def strategy(config) -> FedAvg:
    """Flower's own strategy of that name."""
    common = {"fraction_evaluate": 0.0}
    liars = int(config["liars"])
    quorum = int(config["quorum"])
    match config["strategy"]:
        case "fedavg":
            return FedAvg(**common)
        case "fedprox":
            return FedProx(proximal_mu=float(config["proximal-mu"]), **common)
        case "fedadam":
            return FedAdam(eta=float(config["server-rate"]), **common)
        case "fedmedian":
            return FedMedian(**common)
        case "multikrum":
            if quorum < 2 * liars + 3:
                raise ValueError(
                    f"Multi-Krum against {liars} liars needs a quorum of {2 * liars + 3} or more."
                )
            return MultiKrum(
                num_malicious_nodes=liars, num_nodes_to_select=quorum - liars, **common
            )
        case other:
            raise ValueError(
                f"There is no strategy “{other}”: fedavg, fedprox, fedadam, fedmedian, multikrum."
            )


@app.main()
def main(grid: Grid, context: Context) -> None:
    config = context.run_config
    if not config["state"]:
        raise ValueError("Say where everything is kept: --run-config \"state='/a/folder'\"")
    lead(
        grid,
        strategy(config),
        int(config["rounds"]),
        Path(str(config["state"])),
        Guard(float(config["longest-change"]), int(config["quarantine"])),
        Waits(
            int(config["quorum"]), float(config["quorum-wait"]), float(config["round-wait"])
        ),
    )
