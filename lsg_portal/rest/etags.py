"""ETags and preconditions (RFC 9110, section 13).

A tag is ``"row-view"``: a digest of what is stored (the thing and its version), and one of how it is shown
(language, format, day, viewer). Reading compares the whole, changing compares the row alone: whoever read
the record in Russian as of last year may well change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from lsg_portal.rest.problems import PreconditionRequired, Stale

_TAG = re.compile(r'(W/)?"([^"]*)"')


def make(row: Iterable[object], view: Iterable[object] = ()) -> str:
    """Return the strong tag of a thing as it is stored (``row``) and shown (``view``)."""
    return f'"{_digest(row)}-{_digest(view)}"'


def _digest(parts: Iterable[object]) -> str:
    text = "\x1f".join([str(part) for part in parts])
    return blake2b(text.encode(), digest_size=8).hexdigest()


def not_modified(header: str | None, tag: str) -> bool:
    """Tell whether ``If-None-Match`` names ``tag``. Compared weakly: a proxy that compresses weakens tags."""
    if not header:
        return False
    if header.strip() == "*":
        return True
    opaque = tag.strip('"')
    return any(match.group(2) == opaque for match in _TAG.finditer(header))


def require(header: str | None) -> str:
    """Return ``If-Match``; raise PreconditionRequired for a change without it."""
    if not header or not header.strip():
        raise PreconditionRequired
    return header


def match(header: str, tag: str) -> None:
    """Raise Stale unless ``If-Match`` names the row of ``tag``; compared strongly: weak tags never match."""
    if header.strip() == "*":
        return
    row = _row(tag.strip('"'))
    if not any(not found.group(1) and _row(found.group(2)) == row for found in _TAG.finditer(header)):
        raise Stale


def _row(opaque: str) -> str:
    return opaque.partition("-")[0]
