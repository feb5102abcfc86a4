"""A change in whole steps of 8 or 16 bits, with the length of a step for each few values.

Values are those of all arrays one after another, arrays in the order of their names; a scale is for
BLOCK values of one array, or what is left of it. On the wire all is one array of bytes, "change":
the scales in single precision, then the low bytes of all steps, then the high ones where there are
any, packed by raw deflate. All arithmetic is in single precision, so that both sides make the same
bits. What rounding takes, either side adds to its next change.
"""

import hashlib
import struct
import zlib

import numpy as np

BLOCK = 512
BITS = (8, 16)
NAME = "change"


class NoChange(Exception):
    """Bytes that are no change of the model; the text is for the ledger."""


def _blocks(model: dict[str, np.ndarray]) -> int:
    return sum(-(-array.size // BLOCK) for array in model.values())


def _size(model: dict[str, np.ndarray], bits: int) -> int:
    """How many bytes a change of the model is before it is packed."""
    return 4 * _blocks(model) + sum(array.size for array in model.values()) * bits // 8


def longest(model: dict[str, np.ndarray], bits: int) -> int:
    """How many packed bytes a change of the model can be: what cannot be packed is stored."""
    size = _size(model, bits)
    return size + size // 512 + 1024


def steps(change: dict[str, np.ndarray], bits: int) -> tuple[np.ndarray, np.ndarray]:
    """A finite change as steps, rounded to the nearest, and their lengths."""
    largest = np.float32(2 ** (bits - 1) - 1)
    parts, scales = [], []
    for name in sorted(change):
        values = change[name].ravel()
        for start in range(0, values.size, BLOCK):
            part = values[start : start + BLOCK]
            scale = np.abs(part).max() / largest
            scales.append(scale)
            # So small a scale may itself be rounded that the largest value would be a step too far.
            step = np.rint(part / scale) if scale > 0 else np.zeros_like(part)
            parts.append(np.clip(step, -largest, largest).astype(f"<i{bits // 8}"))
    return np.concatenate(parts), np.array(scales, np.float32)


def pack(steps: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The array of the wire."""
    width = steps.dtype.itemsize
    planes = steps.astype(f"<i{width}").view(np.uint8).reshape(-1, width).T
    # As long codes as bytes are rare, and no search for what repeats.
    packer = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_HUFFMAN_ONLY)
    data = packer.compress(scales.astype("<f4").tobytes() + planes.tobytes()) + packer.flush()
    return np.frombuffer(data, np.uint8)


def unpack(
    model: dict[str, np.ndarray], packed: np.ndarray, bits: int
) -> tuple[np.ndarray, np.ndarray]:
    """Steps and scales of a change of the model, out of foreign bytes."""
    size, blocks = _size(model, bits), _blocks(model)
    if packed.size > longest(model, bits):
        raise NoChange("another type or number of steps")
    unpacker = zlib.decompressobj(-15)
    try:
        data = unpacker.decompress(packed.tobytes(), size + 1)
    except zlib.error as error:
        raise NoChange("another type or number of steps") from error
    if len(data) != size or not unpacker.eof or unpacker.unused_data:
        raise NoChange("another type or number of steps")
    scales = np.frombuffer(data, "<f4", blocks).astype(np.float32)
    planes = np.frombuffer(data, np.uint8, offset=4 * blocks).reshape(bits // 8, -1)
    with np.errstate(over="ignore", invalid="ignore"):
        is_real = (scales >= 0) & np.isfinite(scales * np.float32(2 ** (bits - 1)))
    if not is_real.all():
        raise NoChange("steps whose length is no number")
    return np.ascontiguousarray(planes.T).view(f"<i{bits // 8}").ravel(), scales


def change(
    model: dict[str, np.ndarray], steps: np.ndarray, scales: np.ndarray
) -> dict[str, np.ndarray]:
    """The change of each array in single precision, as both sides make it."""
    moved, value, block = {}, 0, 0
    for name in sorted(model):
        size, shape = model[name].size, model[name].shape
        lengths = np.repeat(scales[block : block - (-size // BLOCK)], BLOCK)[:size]
        moved[name] = (steps[value : value + size].astype(np.float32) * lengths).reshape(shape)
        value, block = value + size, block - (-size // BLOCK)
    return moved


def digest(model: dict[str, np.ndarray]) -> str:
    """What a site calls the model: SHA-256 of its weight container, arrays by name."""
    hashed = hashlib.sha256(b"SLPARAM1" + struct.pack("<I", len(model)))
    for name in sorted(model):
        array, text = model[name], name.encode("ascii")
        hashed.update(struct.pack("<H", len(text)) + text)
        hashed.update(struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape))
        hashed.update(array.astype("<f4").tobytes())
    return hashed.hexdigest()
