"""A change that came in whole steps of 8 or 16 bits, with the length of a step for each few values.

Values are those of all arrays one after another, arrays in the order of their names; a scale is for
BLOCK values of one array, or what is left of it. What rounding takes, a site adds to its next change.
"""

import numpy as np

BLOCK = 512
BITS = (8, 16)
NAMES = {"change", "scales"}


def types(model: dict[str, np.ndarray], bits: int) -> dict[str, tuple[np.dtype, tuple[int, ...]]]:
    """What the two arrays are for a model, by name."""
    values = sum(array.size for array in model.values())
    blocks = sum(-(-array.size // BLOCK) for array in model.values())
    return {
        "change": (np.dtype(f"int{bits}"), (values,)),
        "scales": (np.dtype(np.float32), (blocks,)),
    }


def change(
    model: dict[str, np.ndarray], steps: np.ndarray, scales: np.ndarray
) -> dict[str, np.ndarray]:
    """The change of each array in single precision, as the site made it; scales as they came."""
    moved, value, block = {}, 0, 0
    for name in sorted(model):
        size, shape = model[name].size, model[name].shape
        lengths = np.repeat(scales[block : block - (-size // BLOCK)], BLOCK)[:size]
        with np.errstate(over="ignore", invalid="ignore"):
            moved[name] = (steps[value : value + size].astype(np.float32) * lengths).reshape(shape)
        value, block = value + size, block - (-size // BLOCK)
    return moved
