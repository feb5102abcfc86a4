"""What an update has to pass before Flower's own strategy sees it.

Flower adds arrays by name with numpy's broadcasting: a wrong shape, a NaN or one metric more from a
single site would spoil the model of all, or end the run. Here it costs that site a few rounds.
"""

from dataclasses import dataclass, field

import numpy as np
from flwr.app import Array, ArrayRecord, ConfigRecord, Message, MetricRecord, RecordDict

from . import small
from .sent import RECORD, Sent

EXAMPLES = "num-examples"
MOST_EXAMPLES = 1_000_000_000


class Unbelievable(Exception):
    """Why an update is not used; the text is for the ledger, and names no patient."""


@dataclass(frozen=True)
class Update:
    """An update that is believed.

    Its message brings the run's model, moved as the site moved the one it was sent; `holds_model` is
    whether the site keeps that.
    """

    node: int
    message: Message
    examples: int
    norm: float
    holds_model: bool = False


@dataclass
class Guard:
    """Checks the updates of one round after another, and remembers who is left out until when.

    `longest_change` is the longest change that is believed, as a Euclidean norm over all arrays; 0
    for any. `noise` is the deviation of the noise that sites add to each value, whose length comes on
    top of that. `quarantine` is how many rounds a site sits out. `update_bits` is how few bits a value
    were asked for, 0 for none; a site that does not know of it answers in floats.
    """

    longest_change: float = 0.0
    quarantine: int = 3
    update_bits: int = 0
    noise: float = 0.0
    left_out: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (self.longest_change >= 0 and np.isfinite(self.longest_change)):
            raise ValueError("longest-change is a length: a number above 0, or 0 for any.")
        if self.quarantine < 0:
            raise ValueError("quarantine is 0 rounds or more.")

    def may_take_part(self, node: int, round_number: int) -> bool:
        return self.left_out.get(node, 0) < round_number

    def sort(
        self, round_number: int, model: ArrayRecord, sent: Sent, replies: list[Message]
    ) -> tuple[list[Update], dict[int, str]]:
        """The updates that are believed, in the order of their nodes, and why others are not.

        `model` is the run's, and `sent` what sites trained from, which may be a little off.
        A site that declines sits out this round only; one whose update is wrong is left out of the
        next ones too.
        """
        reference = {name: array.numpy() for name, array in sent.model.items()}
        onto = {name: array.numpy() for name, array in model.items()}
        if all(np.array_equal(reference[name], onto[name]) for name in reference):
            onto = None
        believed, refused = {}, {}
        for reply in replies:
            node = reply.metadata.src_node_id
            is_second = node in believed or node in refused
            if reply.has_error() and not is_second:
                refused[node] = f"declined ({reply.error.code})"
                continue
            try:
                if is_second:
                    raise Unbelievable("a second answer in one round")
                believed[node] = self._believe(node, reference, onto, sent.digest, reply)
            except Unbelievable as reason:
                believed.pop(node, None)
                refused[node] = str(reason)
                self.left_out[node] = round_number + self.quarantine
        return [believed[node] for node in sorted(believed)], refused

    def _believe(
        self,
        node: int,
        reference: dict[str, np.ndarray],
        onto: dict[str, np.ndarray] | None,
        digest: str | None,
        reply: Message,
    ) -> Update:
        content = reply.content
        holds = digest is not None and RECORD in content
        if set(content) != {"arrays", "metrics", *([RECORD] if holds else [])}:
            raise Unbelievable("other records than arrays and metrics")
        if holds and content[RECORD] != ConfigRecord({"digest": digest}):
            raise Unbelievable("a model kept that was not sent")
        arrays, metrics = content["arrays"], content["metrics"]
        if not isinstance(arrays, ArrayRecord) or not isinstance(metrics, MetricRecord):
            raise Unbelievable("records of other kinds than arrays and metrics")
        if self.update_bits and set(arrays) == {small.NAME} and arrays[small.NAME].dtype == "uint8":
            arrays, squares = self._moved(reference, arrays)
        elif set(arrays) == set(reference):
            squares = 0.0
            for name, expected in reference.items():
                values = self._values(name, arrays[name], expected.dtype, expected.shape)
                squares += float(np.square(values.astype(np.float64) - expected).sum())
        else:
            raise Unbelievable("other arrays than the model has")
        norm = float(np.sqrt(squares))
        if norm > self._limit(reference):
            raise Unbelievable(f"a change of length {norm:.6g}")
        examples = self._examples(metrics)
        if onto:
            # What rounding took of the model on its way is not lost.
            arrays = {
                name: Array(onto[name] + (arrays[name].numpy() - values))
                for name, values in reference.items()
            }
        # In the model's order, and with nothing that another site may not have: strategies of
        # Flower's count on both.
        reply.content = RecordDict(
            {
                "arrays": ArrayRecord({name: arrays[name] for name in reference}),
                "metrics": MetricRecord({EXAMPLES: examples}),
            }
        )
        return Update(node, reply, examples, norm, holds)

    def _moved(
        self, reference: dict[str, np.ndarray], arrays: ArrayRecord
    ) -> tuple[ArrayRecord, float]:
        """The model that a change in steps makes, and the square of the change's length."""
        packed, bits = arrays[small.NAME], self.update_bits
        if len(packed.shape) != 1 or packed.shape[0] > small.longest(reference, bits):
            raise Unbelievable("another type or number of steps")
        values = self._values(small.NAME, packed, np.dtype(np.uint8), tuple(packed.shape))
        try:
            change = small.change(reference, *small.unpack(reference, values, bits))
        except small.NoChange as reason:
            raise Unbelievable(str(reason)) from reason
        squares = sum(
            float(np.square(part.astype(np.float64)).sum()) for part in change.values()
        )
        moved = {
            name: Array((values + change[name]).astype(values.dtype))
            for name, values in reference.items()
        }
        return ArrayRecord(moved), squares

    def _limit(self, reference: dict[str, np.ndarray]) -> float:
        """The longest change that is believed of a model.

        Gaussian noise on n values is longer than √n + 10 deviations once in 10²¹ times (Laurent and
        Massart 2000).
        """
        if self.longest_change == 0:
            return np.inf
        values = sum(array.size for array in reference.values())
        return self.longest_change + self.noise * (np.sqrt(values) + 10)

    @staticmethod
    def _values(
        name: str, array: Array, dtype: np.dtype, shape: tuple[int, ...]
    ) -> np.ndarray:
        if array.stype != "numpy.ndarray":
            raise Unbelievable("arrays that are not numpy's")
        if array.dtype != str(dtype) or tuple(array.shape) != shape:
            raise Unbelievable(f"another type or shape of {name}")
        try:
            values = array.numpy()
        except Exception as error:  # Whatever numpy makes of foreign bytes.
            raise Unbelievable(f"an array {name} that cannot be read") from error
        # What the array says of itself, and what is in it, are two things.
        if values.dtype != dtype or values.shape != shape:
            raise Unbelievable(f"another type or shape of {name}")
        if not np.isfinite(values).all():
            raise Unbelievable(f"values of {name} that are no numbers")
        return values

    @staticmethod
    def _examples(metrics: MetricRecord) -> int:
        examples = metrics.get(EXAMPLES)
        if (
            isinstance(examples, bool)
            or not isinstance(examples, (int, float))
            or not np.isfinite(examples)
            or not 1 <= examples <= MOST_EXAMPLES
            or examples != int(examples)
        ):
            raise Unbelievable("no believable number of examples")
        return int(examples)
