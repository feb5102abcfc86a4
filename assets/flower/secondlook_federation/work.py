"""What sites are asked to do in a round: the settings beside the model.

A site of SecondLook shows them to a person, who approves them once: of these only the number of the
round and the seed change while a run goes on.
"""

from dataclasses import dataclass
from math import isfinite

from flwr.app import ConfigRecord

from .small import BITS


@dataclass(frozen=True)
class Work:
    """Steps of so many images, and the privacy that every site promises the others.

    `clip` is the longest change that a site lets out, as a Euclidean norm; `noise` is what it adds
    to it, in multiples of the clip. 0 is none. `update_bits` is how few bits a value changes may
    take, either way; 0 for whole models in floats.
    """

    rounds: int
    steps: int = 100
    batch: int = 16
    learning_rate: float = 2e-3
    clip: float = 0.0
    noise: float = 0.0
    seed: int = 1
    update_bits: int = 0

    def __post_init__(self) -> None:
        rules = [
            (1 <= self.rounds <= 1_000_000, "rounds are from 1 to 1000000"),
            (1 <= self.steps <= 100_000, "steps are from 1 to 100000"),
            (1 <= self.batch <= 1024, "batch is from 1 to 1024"),
            (0 < self.learning_rate <= 1, "learning-rate is above 0, up to 1"),
            (0 <= self.seed < 2**62, "seed is from 0 to below 2^62"),
            (0 <= self.clip and isfinite(self.clip), "clip is 0 or more"),
            (
                self.noise == 0 or 0.1 <= self.noise <= 1000,
                "noise is 0, or from 0.1 to 1000 clips",
            ),
            (self.update_bits in (0, *BITS), "update-bits are 8 or 16, or 0 for floats"),
            (self.noise == 0 or self.clip > 0, "noise is counted in clips: set clip too"),
        ]
        for holds, rule in rules:
            if not holds:
                raise ValueError(f"The sites cannot be asked for that: {rule}.")

    def config(self, round_number: int) -> ConfigRecord:
        """What an instruction of that round says; Flower's strategies add the round itself."""
        values = {
            "rounds": self.rounds,
            "steps": self.steps,
            "batch": self.batch,
            "learning-rate": self.learning_rate,
            "seed": self.seed + round_number,
        }
        if self.clip > 0:
            values["clip"] = self.clip
        if self.noise > 0:
            values["noise"] = self.noise
        if self.update_bits:
            values["update-bits"] = self.update_bits
        return ConfigRecord(values)
