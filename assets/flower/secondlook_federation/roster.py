"""Who takes part, signed by the coordinator: sites believe no other roster, and no older one.

    python -m secondlook_federation.roster STATE add NAME KEY
    python -m secondlook_federation.roster STATE remove NAME
    python -m secondlook_federation.roster STATE show

STATE is the folder of the run, KEY the line that “secondlook federation join” prints, or a file that
has it. “secondlook federation roster --folder STATE” does the same, with the same files.
"""

import base64
import fcntl
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from logging import INFO, WARNING
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec
from flwr.app import ConfigRecord
from flwr.common.logger import log
from flwr.serverapp import Grid

from .signing import CoordinatorKey, pem, written

MOST_MEMBERS = 1_000
CURVES = ("secp256r1", "secp384r1", "secp521r1")


class RosterUnusable(Exception):
    """Why a roster is not believed, or cannot be made so."""


@dataclass(frozen=True)
class Site:
    """A hospital, known to the others by name and key."""

    name: str
    # PEM, as coordinators compare keys.
    key: str

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` shows the key."""
        return _fingerprint(_public(self.key))


@dataclass(frozen=True)
class Roster:
    """A roster that the coordinator signed."""

    text: str
    signature: str
    consortium: str
    number: int
    sites: tuple[Site, ...]

    def tell(self, config: ConfigRecord) -> None:
        """Puts it into an instruction."""
        config["roster"] = self.text
        config["roster-signature"] = self.signature


def load(folder: Path, key: CoordinatorKey) -> Roster | None:
    """The roster of a folder; none if nobody has begun one."""
    place = folder / "roster.json"
    if not place.exists():
        return None
    try:
        file = json.loads(place.read_text())
        text, signature = written(file["roster"]), file["signature"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RosterUnusable("its file cannot be read") from error
    if not isinstance(signature, str) or not key.signed(signature, text):
        raise RosterUnusable("it was changed since this folder's key signed it")
    roster = file["roster"]
    try:
        sites = tuple(Site(site["name"], site["key"]) for site in roster["members"])
        coordinator = roster["coordinator"]["key"]
        found = Roster(text, signature, roster["consortium"], roster["number"], sites)
    except (TypeError, KeyError) as error:
        raise RosterUnusable("it is no roster") from error
    if coordinator != key.public:
        raise RosterUnusable("it names another coordinator than the one who signed it")
    return found


class Partners:
    """The roster of a run, which may change between two rounds.

    A file that is not signed, or older, changes nothing: of it nobody is let in.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = CoordinatorKey(folder)
        self.roster = load(folder, self.key)
        if self.roster is None:
            log(WARNING, "There is no roster: sites are not told who their partners are.")

    def follow(self) -> None:
        """Reads the roster again; what is wrong with it is said, and the last one counts."""
        last = self.roster
        try:
            found = load(self.folder, self.key)
            if found == last:
                return
            if found is None:
                raise RosterUnusable("it is gone")
            if last is not None and found.number <= last.number:
                raise RosterUnusable(f"it has number {found.number}, and {last.number} was seen")
        except RosterUnusable as reason:
            log(WARNING, "The roster is not used: %s. The last one still counts.", reason)
            return
        log(INFO, "Roster %d counts from now on.", found.number)
        self.roster = found

    def present(self, grid: Grid) -> dict[int, Site | None]:
        """Nodes that are there and may take part, by their number; with a roster, who each is."""
        if self.roster is None:
            return {node: None for node in sorted(grid.get_node_ids())}
        sites = {site.key: site for site in self.roster.sites}
        there = {node.node_id: sites.get(_text(node.public_key)) for node in grid.get_nodes()}
        return {node: site for node, site in sorted(there.items()) if site is not None}

    def tell(self, config: ConfigRecord) -> ConfigRecord:
        if self.roster is not None:
            self.roster.tell(config)
        return config

    def facts(self, asked: dict[int, Site | None]) -> dict:
        """What a line of the ledger says of those who were asked."""
        if self.roster is None:
            return {}
        return {
            "consortium": self.roster.consortium,
            "roster": self.roster.number,
            "sites": {
                str(node): {"name": site.name, "key": site.fingerprint}
                for node, site in asked.items()
                if site is not None
            },
        }


def _text(key: bytes) -> str:
    return key.decode("ascii", "replace")


def _public(text: str) -> ec.EllipticCurvePublicKey:
    """A site's public key, in PEM or as a line of OpenSSH."""
    data = text.strip().encode() + b"\n"
    try:
        if data.startswith(b"ecdsa-sha2-"):
            key = forms.load_ssh_public_key(data)
        else:
            key = forms.load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RosterUnusable("that is no public key of a site") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in CURVES:
        raise RosterUnusable("that is no public key of a site")
    return key


def _fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    line = key.public_bytes(forms.Encoding.OpenSSH, forms.PublicFormat.OpenSSH)
    digest = hashlib.sha256(base64.b64decode(line.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _name(name: str) -> str:
    if not 1 <= len(name) <= 64 or not name.isprintable() or name != name.strip():
        raise RosterUnusable(
            "a name is 1 to 64 printable characters, the first and last no space"
        )
    return name


def change(folder: Path, change) -> Roster:
    """Signs what comes of the present roster, and puts it in its place."""
    key = CoordinatorKey(folder)
    with open(os.open(folder / "roster.lock", os.O_RDWR | os.O_CREAT, 0o600)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        present = load(folder, key)
        roster = (
            json.loads(present.text)
            if present
            else {
                "consortium": "consortium",
                "coordinator": {"key": key.public, "name": "coordinator"},
                "members": [],
                "number": 0,
            }
        )
        change(roster["members"])
        roster["number"] += 1
        text = written({"roster": roster, "signature": key.signature(written(roster))})
        part = folder / ".roster.json.part"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, folder / "roster.json")
    return load(folder, key)


def adding(name: str, key: str):
    """Puts a site on a roster, whose name and key are not on it yet."""
    site = {"contact": "", "key": pem(_public(key)), "name": _name(name)}

    def add(members: list[dict]) -> None:
        if any(one["name"].lower() == name.lower() for one in members):
            raise RosterUnusable("two sites have the same name")
        if any(one["key"] == site["key"] for one in members):
            raise RosterUnusable("two sites have the same key")
        if len(members) >= MOST_MEMBERS:
            raise RosterUnusable(f"it has more than {MOST_MEMBERS} sites")
        members.append(site)

    return add


def removing(name: str):
    """Takes a site off a roster."""

    def remove(members: list[dict]) -> None:
        rest = [one for one in members if one["name"] != name]
        if len(rest) == len(members):
            raise RosterUnusable(f"it has nobody called “{name}”")
        members[:] = rest

    return remove


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case [folder, "add", name, *words] if words:
                is_file = len(words) == 1 and Path(words[0]).is_file()
                key = Path(words[0]).read_text() if is_file else " ".join(words)
                roster = change(Path(folder), adding(name, key))
            case [folder, "remove", name]:
                roster = change(Path(folder), removing(name))
            case [folder, "show"]:
                roster = load(Path(folder), CoordinatorKey(Path(folder)))
            case _:
                print(__doc__.strip(), file=sys.stderr)
                return 2
        if roster is None:
            raise RosterUnusable("there is none yet")
    except Exception as error:  # Whatever the disk or a key make of it: a sentence, no trace.
        print(f"The roster: {error}. Nothing was changed.", file=sys.stderr)
        return 1
    print(f"{roster.consortium}, roster {roster.number}")
    for site in roster.sites:
        print(f"{site.name}\t{site.fingerprint}")
    public = json.loads(roster.text)["coordinator"]["key"]
    print(f"Tasks name this coordinator's key: {hashlib.sha256(public.encode()).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
