"""Pages of a list: by number for people, by key (``cursor``) for programs that read all of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Fault, Malformed

COUNTED = 10_000
"""Rows up to which a list is counted exactly."""

PAGE = Param(
    "page", "int", gettext_lazy("Number of the page, from 1."), default=1, minimum=1, maximum=1_000_000
)
PAGE_SIZE = Param("page_size", "int", gettext_lazy("Rows in a page."), default=50, minimum=1, maximum=500)
CURSOR = Param(
    "cursor",
    "text",
    gettext_lazy("Reads the list by key: empty to begin, then as `next` says. Not together with `page`."),
    max_length=2000,
    blank=True,
)


@dataclass(frozen=True)
class Key:
    """Something a list can be ordered by: an SQL expression that is never null, and its type."""

    sql: str
    type: str = "text"


@dataclass(frozen=True)
class Term:
    """One step of an ordering."""

    key: Key
    descending: bool = False


def ordering_param(names: Sequence[str]) -> Param:
    """Return the ``ordering`` parameter for keys of these names."""
    return Param(
        "ordering",
        "choice",
        gettext_lazy("What to order by; a minus sign reverses. A unique key always comes last."),
        choices=[sign + name for name in names for sign in ("", "-")],
        many=True,
    )


def terms(wanted: Sequence[str], keys: Mapping[str, Key], unique: Key) -> tuple[Term, ...]:
    """Return the ordering, which always ends in the unique key."""
    result: list[Term] = []
    seen: set[str] = set()
    for name in wanted:
        bare = name.lstrip("-")
        if bare not in seen:
            seen.add(bare)
            result.append(Term(keys[bare], descending=name.startswith("-")))
    if all(term.key != unique for term in result):
        result.append(Term(unique, descending=bool(result) and result[0].descending))
    return tuple(result)


def order_by(ordering: Sequence[Term]) -> str:
    """Return the SQL after ORDER BY."""
    return ", ".join(f"{term.key.sql} DESC" if term.descending else term.key.sql for term in ordering)


def after(ordering: Sequence[Term], values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Return the condition for rows beyond the one with these key values, and its arguments."""
    args = {f"k{index}": value for index, value in enumerate(values)}
    places = [f"%(k{index})s::{term.key.type}" for index, term in enumerate(ordering)]
    if len({term.descending for term in ordering}) == 1:
        sign = "<" if ordering[0].descending else ">"
        left = ", ".join(term.key.sql for term in ordering)
        return f"({left}) {sign} ({', '.join(places)})", args
    steps = []
    for index, term in enumerate(ordering):
        same = [
            f"{earlier.key.sql} = {place}" for earlier, place in zip(ordering[:index], places, strict=False)
        ]
        sign = "<" if term.descending else ">"
        steps.append(" AND ".join([*same, f"{term.key.sql} {sign} {places[index]}"]))
    return "(" + " OR ".join(f"({step})" for step in steps) + ")", args


def mark(ordering: Sequence[Term]) -> str:
    """Return what names an ordering inside a cursor."""
    return blake2b(order_by(ordering).encode(), digest_size=4).hexdigest()


def encode(ordering: str, values: Sequence[Any]) -> str:
    """Return the cursor that continues behind a row with these key values; ``ordering`` is its ``mark``."""
    raw = orjson.dumps([ordering, *values])
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(cursor: str, ordering: str, length: int) -> list[str]:
    """Return the key values in a cursor; raise Malformed where it is none of ours or of another ordering."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        named, *values = orjson.loads(raw)
    except (ValueError, TypeError):
        raise broken_cursor() from None
    sound = all(isinstance(value, str) and "\0" not in value for value in values)
    if named != ordering or len(values) != length or not sound:
        raise broken_cursor()
    return values


def broken_cursor() -> Malformed:
    """Return the refusal of a cursor."""
    detail = _("This cursor does not belong to this list.")
    return Malformed(detail, code="bad_parameter", errors=[Fault("/cursor", "cursor", detail)])


def link(request: HttpRequest, **changes: Any) -> str:
    """Return the address of this list with some parameters changed; None takes one away."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    text = query.urlencode()
    return request.build_absolute_uri(f"{request.path}?{text}" if text else request.path)


def link_header(links: Mapping[str, str | None]) -> str:
    """Return the RFC 8288 header for relations and addresses."""
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items() if url)
