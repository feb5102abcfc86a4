"""What happened, a line of JSON for each round, each with the digest of the one before it.

A line has its keys sorted and no spaces, in UTF-8; `before` is the SHA-256 of the line before in
lowercase hexadecimal, and empty in the first one.
"""

import hashlib
import json
import os
from pathlib import Path

NOTHING = ""


class LedgerBroken(Exception):
    """A line was changed, taken out or cut: from there on nothing in the ledger is evidence."""


class Ledger:
    """A file that is only ever added to."""

    def __init__(self, place: Path) -> None:
        self.place = place
        if place.exists():
            # A line that was being written when the power went was answered to nobody.
            with open(place, "r+b") as file:
                file.truncate(file.read().rfind(b"\n") + 1)
        self.lines = verify(place)
        self.head = digest(self.lines[-1]) if self.lines else NOTHING

    def add(self, entry: dict) -> str:
        """Adds what happened, and answers the digest that stands for everything so far."""
        line = written({**entry, "before": self.head})
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
    return json.dumps(
        entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def verify(place: Path) -> list[bytes]:
    """The lines of a ledger, if each follows from the one before it."""
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
        before = digest(line)
    return lines
