"""What happened, a line of JSON for each round, signed, each with the digest of the one before it.

A line has its keys sorted and no spaces, in UTF-8; `before` is the SHA-256 of the line before in
lowercase hexadecimal, and empty in the first one; `signature` is the coordinator's of the line
without it. `secondlook audit verify --ledger FILE --key coordinator.pem` reads it.
"""

import hashlib
import json
import os
from pathlib import Path

from .signing import CoordinatorKey
from .signing import written as text

NOTHING = ""


class LedgerBroken(Exception):
    """A line was changed, taken out or cut: from there on nothing in the ledger is evidence."""


class Ledger:
    """A file that is only ever added to."""

    def __init__(self, place: Path, key: CoordinatorKey) -> None:
        self.place, self.key = place, key
        if place.exists():
            # A line that was being written when the power went was answered to nobody.
            with open(place, "r+b") as file:
                file.truncate(file.read().rfind(b"\n") + 1)
        self.lines = verify(place, key)
        self.head = digest(self.lines[-1]) if self.lines else NOTHING

    def signed(self, entry: dict) -> dict:
        """What the next line says, not yet added."""
        entry = {**entry, "before": self.head}
        return {**entry, "signature": self.key.signature(text(entry))}

    def add(self, entry: dict) -> str:
        """Adds what happened, and answers the digest that stands for everything so far."""
        # A line that was signed already is the next one as it is: another signature is another line.
        is_next = entry.get("before") == self.head and "signature" in entry
        line = written(entry if is_next else self.signed(entry))
        with open(self.place, "ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.lines.append(line)
        self.head = digest(line)
        return self.head

    def settle(self, entry: dict) -> None:
        """Adds what was kept elsewhere first, if it is not here: whoever was stopped in between."""
        if written(entry) in self.lines:
            return
        if entry["before"] != self.head:
            raise LedgerBroken("it does not lead to the model that is kept")
        self.add(entry)


def written(entry: dict) -> bytes:
    return text(entry).encode()


def digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def verify(place: Path, key: CoordinatorKey | None = None) -> list[bytes]:
    """The lines of a ledger, if each is signed and follows from the one before it.

    Without a key no signature is looked at.
    """
    if not place.exists():
        return []
    lines = place.read_bytes().split(b"\n")
    if lines.pop() != b"":
        raise LedgerBroken("the last line is cut")
    before = NOTHING
    for number, line in enumerate(lines, 1):
        try:
            entry = json.loads(line)
        except ValueError as error:
            raise LedgerBroken(f"line {number} cannot be read") from error
        if not isinstance(entry, dict) or entry.get("before") != before:
            raise LedgerBroken(f"line {number} does not follow from the one before it")
        if key is not None and not _is_signed(line, entry, key):
            raise LedgerBroken(
                f"line {number} is not signed by this folder's key. Begin in a new folder, with the "
                "last model as initial.npz"
            )
        before = digest(line)
    return lines


def _is_signed(line: bytes, entry: dict, key: CoordinatorKey) -> bool:
    """As text: a number written in another way would be another line."""
    signature = entry.pop("signature", None)
    if not isinstance(signature, str):
        return False
    parts = line.decode().split(f',"signature":"{signature}"')
    return len(parts) == 2 and key.signed(signature, "".join(parts))
