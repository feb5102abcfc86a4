"""The model to begin with, out of a model folder of SecondLook's.

    python -m secondlook_federation.model MODEL/weights STATE/initial.npz
"""

import struct
import sys
from pathlib import Path

import numpy as np

MAGIC = b"SLPARAM1"


class NotAModel(Exception):
    """The file holds no weights of SecondLook's; nothing was written."""


def weights(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of a weight container, in its order.

    Little endian: the magic, the number of entries, then for each the length of its name and the
    name, the number of its extents and the extents, and its values as Float32.
    """
    try:
        if data[:8] != MAGIC:
            raise NotAModel("It does not begin as weights do.")
        (count,) = struct.unpack_from("<I", data, 8)
        place, arrays = 12, {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", data, place)
            name = data[place + 2 : place + 2 + length].decode("ascii")
            place += 2 + length
            rank = data[place]
            shape = struct.unpack_from(f"<{rank}I", data, place + 1)
            place += 1 + 4 * rank
            size = int(np.prod(shape, dtype=np.int64))
            arrays[name] = np.frombuffer(data, "<f4", size, place).reshape(shape).copy()
            place += 4 * size
    except (struct.error, ValueError, IndexError) as error:
        raise NotAModel("It is cut, or no weights at all.") from error
    if place != len(data) or len(arrays) != count:
        raise NotAModel("It holds more than it says.")
    if not all(np.isfinite(values).all() for values in arrays.values()):
        raise NotAModel("It has values that are no numbers.")
    return arrays


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    source, target = map(Path, arguments)
    try:
        arrays = weights(source.read_bytes())
    except (NotAModel, OSError) as error:
        print(f"{source}: {error}", file=sys.stderr)
        return 1
    np.savez(target, **arrays)
    values = sum(array.size for array in arrays.values())
    print(f"{target}: {len(arrays)} arrays of {values} values.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
