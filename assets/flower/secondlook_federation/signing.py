"""The coordinator's key: what it signs, sites and whoever reads the ledger believe.

ECDSA on the curve P-256 over the SHA-256 of a text: `r` and `s` of 32 bytes each, in base64.
`secondlook federation coordinate` signs in the same way, and keeps its key under the same names.
"""

import base64
import binascii
import json
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, utils


class KeyUnusable(Exception):
    """The file of the key is none that may be signed with."""


def written(value) -> str:
    """The one way in which a value is written that is signed or digested."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class CoordinatorKey:
    """The key of a folder; it is made there where it is missing, for its owner only."""

    def __init__(self, folder: Path) -> None:
        place = folder / "coordinator-key.pem"
        if not place.exists():
            _make(place)
        if place.stat().st_mode & 0o077:
            raise KeyUnusable(f"Others than its owner may read {place} (chmod 600 mends it).")
        try:
            key = forms.load_pem_private_key(place.read_bytes(), password=None)
        except (ValueError, TypeError) as error:
            raise KeyUnusable(f"{place} holds no key in PEM.") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise KeyUnusable(f"{place} holds no key of the curve P-256.")
        self._key = key
        public = folder / "coordinator.pem"
        if not public.exists():
            public.write_text(self.public + "\n")

    @property
    def public(self) -> str:
        """The public half in PEM, without a line end after its last line."""
        return pem(self._key.public_key()).rstrip("\n")

    def signature(self, text: str) -> str:
        r, s = utils.decode_dss_signature(
            self._key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        )
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()

    def signed(self, signature: str, text: str) -> bool:
        """Whether that is a signature of ours."""
        try:
            raw = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        if len(raw) != 64:
            return False
        form = utils.encode_dss_signature(
            int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        )
        try:
            self._key.public_key().verify(form, text.encode(), ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def pem(key: ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo).decode()


def _make(place: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    text = key.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
    )
    # Whole or not at all, and never one that others could read for a moment.
    part = place.with_name(f".{place.name}.{os.getpid()}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, place)
    except FileExistsError:
        pass  # Another program was first; its key counts.
    finally:
        part.unlink()
