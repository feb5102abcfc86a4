"""The model that sites train from in a round, and how it comes to each.

Where sites are asked for few bits, those that hold the last one are sent a change of it in as few,
and all train from what that makes. What rounding takes is not lost: the consortium's own model keeps
it, and the next change is from what was sent to that.
"""

from dataclasses import dataclass

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, RecordDict

from . import small

RECORD = "model"
# What a site says that does not have the model of which it was sent a change.
LACKS_MODEL = 1009


@dataclass(frozen=True)
class Sent:
    """`digest` is what sites are to keep the model as; none where they are not asked to."""

    model: ArrayRecord
    digest: str | None = None
    change: np.ndarray | None = None
    base: str | None = None

    def content(self, config: ConfigRecord, to_holder: bool) -> RecordDict:
        """What a site is sent: a change, if it holds the last model and there is one, or the model."""
        is_change = to_holder and self.change is not None
        arrays = ArrayRecord({small.NAME: Array(self.change)}) if is_change else self.model
        content = RecordDict({"arrays": arrays, "config": config})
        if self.digest:
            # Beside the settings: whoever does not know of it passes it over.
            content[RECORD] = ConfigRecord({"digest": self.digest})
            if is_change:
                content[RECORD]["base"] = self.base
        return content


def towards(model: ArrayRecord, last: ArrayRecord | None, bits: int) -> Sent:
    """What follows on the last one, as near to the model as so few bits bring it.

    Of equal models it makes equal bits, so that a round that begins again sends the same.
    """
    new = _values(model)
    if not bits or any(values.dtype != np.float32 for values in new.values()):
        return Sent(model)
    whole = Sent(model, small.digest(new))
    old = _values(last) if last else {}
    if {n: v.shape for n, v in old.items()} != {n: v.shape for n, v in new.items()}:
        return whole
    with np.errstate(over="ignore", invalid="ignore"):
        way = {name: new[name] - old[name] for name in new}
        if not all(np.isfinite(values).all() for values in way.values()):
            return whole
        steps, scales = small.steps(way, bits)
        change = small.change(old, steps, scales)
        made = {name: old[name] + change[name] for name in new}
    if not all(np.isfinite(values).all() for values in made.values()):
        return whole
    record = ArrayRecord({name: Array(values) for name, values in made.items()})
    return Sent(record, small.digest(made), small.pack(steps, scales), small.digest(old))


def _values(record: ArrayRecord) -> dict[str, np.ndarray]:
    return {name: array.numpy() for name, array in record.items()}
