"""A file kept on the server between its dry run and the word to apply it, so that exactly that file is applied.

It lies in the cache, not in the database: it is no record, ends by itself after an hour, and nobody but who sent it finds it.
One file per user and purpose is kept; the next one takes its place.
"""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

from django.core.cache import cache

KEPT_SECONDS = 3600


@dataclass(frozen=True)
class KeptFile:
    """A file that waits for its user's word."""

    token: str
    name: str
    digest: str
    """SHA-256 of the content, in hexadecimal digits."""

    data: bytes
    details: dict[str, Any]
    """What the app noted beside it: plain values."""

    def open(self) -> IO[bytes]:
        """Return the content to read."""
        return io.BytesIO(self.data)


def keep(*, purpose: str, owner: Any, name: str, file: IO[bytes], details: dict[str, Any]) -> KeptFile | None:
    """Keep a file for an hour and return it with the token under which it is found again; None while the cache is away."""
    file.seek(0)
    data = file.read()
    kept = KeptFile(secrets.token_urlsafe(32), name, sha256(data).hexdigest(), data, details)
    key = _key(purpose, owner)
    cache.set(key, vars(kept), KEPT_SECONDS)
    return kept if cache.touch(key, KEPT_SECONDS) else None


def find(*, purpose: str, owner: Any, token: str) -> KeptFile | None:
    """Return the file the user keeps under a token, or None: another user's, an ended one and none look the same."""
    found = cache.get(_key(purpose, owner))
    if not isinstance(found, dict) or not secrets.compare_digest(
        str(found.get("token")).encode(), token.encode()
    ):
        return None
    kept = KeptFile(**found)
    return kept if sha256(kept.data).hexdigest() == kept.digest else None


def drop(*, purpose: str, owner: Any) -> None:
    """Forget the file the user keeps."""
    cache.delete(_key(purpose, owner))


def _key(purpose: str, owner: Any) -> str:
    return f"upload:{purpose}:{owner}"
