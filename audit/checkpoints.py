"""Signed checkpoints: the end of the chain at a moment, published and kept elsewhere.

Whoever owns the database could rewrite the whole chain consistently. He could not fit it to what was signed and
published before, without the key, which only the worker has (LSG_CHECKPOINT_KEY).
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.models import Checkpoint, Head

KEY_BYTES = 32


class Unreadable(Exception):
    """A file of checkpoints that cannot be read, or a signature that does not fit."""


class NoKey(Exception):
    """LSG_CHECKPOINT_KEY is not set, or is none."""


@dataclass(frozen=True)
class Signed:
    """A checkpoint as it is published."""

    seq: int
    hash: bytes
    at: dt.datetime
    key_id: str
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed: number, hash, and moment (UTC, to the second)."""
        return message(self.seq, self.hash, self.at)

    def document(self) -> dict[str, Any]:
        """Return the checkpoint as plain data."""
        return {
            "seq": self.seq,
            "hash": self.hash.hex(),
            "at": self.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            "key_id": self.key_id,
            "signature": base64.b64encode(self.signature).decode(),
        }


def message(seq: int, digest: bytes, at: dt.datetime) -> bytes:
    """Return the text that is signed."""
    return f"{seq} {digest.hex()} {at.astimezone(dt.UTC).isoformat(timespec='seconds')}".encode()


def private_key() -> Ed25519PrivateKey:
    """Return the key to sign with: 32 random bytes in base64; raise NoKey."""
    text = settings.LSG_CHECKPOINT_KEY
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
    except ValueError:
        raise NoKey("LSG_CHECKPOINT_KEY must be 32 random bytes in base64.") from None


def raw_public_key(key: Ed25519PrivateKey) -> bytes:
    """Return the public half, 32 bytes."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public: bytes) -> str:
    """Return the short name of a public key."""
    return hashlib.sha256(public).hexdigest()[:16]


def public_keys() -> dict[str, bytes]:
    """Return every public key that ever signed, by name: those the settings list, and that of our own key."""
    known = []
    for text in settings.LSG_CHECKPOINT_PUBLIC_KEYS:
        try:
            known.append(base64.b64decode(text, validate=True))
        except ValueError:
            raise NoKey("LSG_CHECKPOINT_PUBLIC_KEYS must list keys of 32 bytes in base64.") from None
    with contextlib.suppress(NoKey):
        known.append(raw_public_key(private_key()))
    return {key_id(public): public for public in known if len(public) == KEY_BYTES}


def published_keys() -> dict[str, str]:
    """Return the public keys as they are published: base64 by name; the one that signs now stands last."""
    return {name: base64.b64encode(public).decode() for name, public in public_keys().items()}


@transaction.atomic
def make(*, at: dt.datetime | None = None) -> Checkpoint | None:
    """Sign the end of the chain; return None where nothing was added since the last checkpoint."""
    key = private_key()
    head = Head.objects.get(pk=1)
    if head.seq == 0 or Checkpoint.objects.filter(seq=head.seq).exists():
        return None
    moment = (at or timezone.now()).replace(microsecond=0)
    digest = bytes(head.hash)
    return Checkpoint.objects.create(
        seq=head.seq,
        hash=digest,
        at=moment,
        key_id=key_id(raw_public_key(key)),
        signature=key.sign(message(head.seq, digest, moment)),
    )


def signed(rows: Iterable[Checkpoint]) -> list[Signed]:
    """Return stored checkpoints as they are published."""
    return [Signed(r.seq, bytes(r.hash), r.at, r.key_id, bytes(r.signature)) for r in rows]


def document(rows: Iterable[Checkpoint]) -> dict[str, Any]:
    """Return checkpoints with the keys that prove them, as kept elsewhere."""
    return {
        "algorithm": "Ed25519",
        "keys": published_keys(),
        "checkpoints": [each.document() for each in signed(rows)],
    }


def read(text: str, *, public_keys: Iterable[bytes]) -> list[Signed]:
    """Return the checkpoints of a kept file, each proved by one of the keys; raise Unreadable.

    The key in the file itself proves nothing: it is trusted only if it is among ``public_keys``.
    """
    known = {key_id(public): Ed25519PublicKey.from_public_bytes(public) for public in public_keys}
    try:
        found = json.loads(text)
        rows = found["checkpoints"] if isinstance(found, dict) else found
        kept = [
            Signed(
                int(row["seq"]),
                bytes.fromhex(row["hash"]),
                dt.datetime.fromisoformat(row["at"]),
                str(row["key_id"]),
                base64.b64decode(row["signature"], validate=True),
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"The file holds no checkpoints: {error}") from None
    for each in kept:
        if each.key_id not in known:
            raise Unreadable(
                f"Checkpoint {each.seq} is signed with the key {each.key_id}, which is not known."
            )
        try:
            known[each.key_id].verify(each.signature, each.message)
        except InvalidSignature:
            raise Unreadable(f"The signature of checkpoint {each.seq} does not fit.") from None
    return kept
