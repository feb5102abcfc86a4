"""The coordinator's application: settings in, rounds led, models and a ledger out."""

from math import inf
from pathlib import Path

from flwr.app import Context
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAdam, FedAvg, FedMedian, FedProx, MultiKrum

from .guard import Guard
from .measure import measure
from .rounds import Waits, lead
from .work import Work

app = ServerApp()


def strategy(config) -> FedAvg:
    """Flower's own strategy of that name."""
    common = {"fraction_evaluate": 0.0}
    liars = int(config["liars"])
    quorum = int(config["quorum"])
    proximal, rate = float(config["proximal-mu"]), float(config["server-rate"])
    if quorum < 1 or liars < 0 or not 0 <= proximal <= 1000 or not 0 < rate < inf:
        raise ValueError(
            "The quorum is 1 or more, liars 0 or more, proximal-mu from 0 to 1000, and server-rate "
            "above 0."
        )
    match config["strategy"]:
        case "fedavg":
            return FedAvg(**common)
        case "fedprox":
            return FedProx(proximal_mu=proximal, **common)
        case "fedadam":
            return FedAdam(eta=rate, **common)
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


def guard(config) -> Guard:
    """What is believed of an update.

    A mean believes every change that is short enough: with no bound one liar moves the model of all
    wherever it likes.
    """
    longest = float(config["longest-change"])
    if longest == 0 and config["strategy"] not in ("fedmedian", "multikrum"):
        raise ValueError(
            f"Say how long an honest change can be: with {config['strategy']} one liar may else do "
            "anything. --run-config \"longest-change=50.0\", or the clip that the sites promise."
        )
    noise = float(config["clip"]) * float(config["noise"])
    return Guard(longest, int(config["quarantine"]), int(config["update-bits"]), noise)


def work(config) -> Work:
    """What the sites are asked for."""
    return Work(
        int(config["rounds"]),
        int(config["steps"]),
        int(config["batch"]),
        float(config["learning-rate"]),
        float(config["clip"]),
        float(config["noise"]),
        int(config["seed"]),
        int(config["update-bits"]),
    )


@app.main()
def main(grid: Grid, context: Context) -> None:
    config = context.run_config
    if not config["state"]:
        raise ValueError("Say where everything is kept: --run-config \"state='/a/folder'\"")
    asked, folder, doubt = work(config), Path(str(config["state"])), guard(config)
    waits = Waits(
        int(config["quorum"]), float(config["quorum-wait"]), float(config["round-wait"])
    )
    lead(grid, strategy(config), asked, folder, doubt, waits)
    measure(grid, folder, waits, asked)
