"""What a run goes on with after its coordinator was stopped, at any moment."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from flwr.app import Array, ArrayRecord


class NoModel(Exception):
    """There is nothing to begin with."""


@dataclass
class Checkpoint:
    """The state after a round; 0 is before the first."""

    round: int
    model: ArrayRecord
    moments: dict[str, dict[str, np.ndarray]]
    left_out: dict[int, int]
    # What the ledger says of the round, with what it said before.
    entry: dict
    # What sites trained from in that round, where they were asked for few bits, and who keeps it.
    sent: ArrayRecord | None = None
    holders: list[int] = field(default_factory=list)


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Keeps a round. The file that names it comes last, so that half of one is never read."""
    name = f"round-{checkpoint.round:05}"
    _write_arrays(folder / f"{name}.npz", _values(checkpoint.model))
    for moment, arrays in checkpoint.moments.items():
        _write_arrays(folder / f"{name}-{moment}.npz", arrays)
    if checkpoint.sent:
        _write_arrays(folder / f"{name}-sent.npz", _values(checkpoint.sent))
    state = {
        "round": checkpoint.round,
        # Names come back in this order, whatever a file of arrays makes of it.
        "arrays": list(checkpoint.model),
        "model": checkpoint.model.object_id,
        "moments": sorted(checkpoint.moments),
        "sent": checkpoint.sent.object_id if checkpoint.sent else None,
        "holders": checkpoint.holders,
        "entry": checkpoint.entry,
        "left-out": {str(node): until for node, until in checkpoint.left_out.items()},
    }
    _write(
        folder / "checkpoint.json",
        lambda file: file.write(json.dumps(state, indent=2).encode()),
    )


def load(folder: Path) -> Checkpoint:
    """The last round that was kept, or the model to begin with."""
    place = folder / "checkpoint.json"
    if not place.exists():
        first = folder / "initial.npz"
        if not first.exists():
            raise NoModel(f"Put the model to begin with into {first}.")
        with np.load(first, allow_pickle=False) as file:
            return Checkpoint(0, _record({name: file[name] for name in file.files}), {}, {}, {})
    state = json.loads(place.read_text())
    name = f"round-{state['round']:05}"
    model = _load(folder / f"{name}.npz", state["arrays"], state["model"])
    sent = None
    # Missing in files from before sites were sent changes.
    if state.get("sent"):
        sent = _load(folder / f"{name}-sent.npz", state["arrays"], state["sent"])
    return Checkpoint(
        state["round"],
        model,
        {moment: _read(folder / f"{name}-{moment}.npz") for moment in state["moments"]},
        {int(node): until for node, until in state["left-out"].items()},
        state["entry"],
        sent,
        state.get("holders", []),
    )


def _load(place: Path, arrays: list[str], name: str) -> ArrayRecord:
    values = _read(place)
    model = _record({array: values[array] for array in arrays})
    if model.object_id != name:
        raise NoModel(f"{place.name} is not the model that checkpoint.json names.")
    return model


def _values(record: ArrayRecord) -> dict[str, np.ndarray]:
    return {name: array.numpy() for name, array in record.items()}


def _record(values: dict[str, np.ndarray]) -> ArrayRecord:
    return ArrayRecord({name: Array(value) for name, value in values.items()})


def _read(place: Path) -> dict[str, np.ndarray]:
    with np.load(place, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def _write_arrays(place: Path, arrays: dict[str, np.ndarray]) -> None:
    _write(place, lambda file: np.savez(file, **arrays))


def _write(place: Path, write) -> None:
    part = place.with_name(place.name + ".part")
    with open(part, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, place)
