"""Read ``table.txt``, and find the addresses of the portal that it must speak of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.urls import LocalePrefixPattern, URLPattern, URLResolver, get_resolver

PATH = Path(__file__).with_name("table.txt")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
LOGIN = "login"
"""Stands for a redirection to the login page."""

REFUSALS = (LOGIN, "401", "403", "404")


@dataclass(frozen=True)
class Row:
    """A line of the table: what each viewer is answered at an address, asked with a method about a sample."""

    line: int
    method: str
    route: str
    query: str
    sample: str
    expected: dict[str, str]
    area: str
    written: str
    """The route as the table writes it, with a group where the line has one."""

    def __str__(self) -> str:
        return f"{self.method} {self.route} ({self.sample}), line {self.line}"


@dataclass
class Area:
    """A part of the table under a heading, with what is said about it."""

    title: str
    words: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass
class Table:
    """The whole table."""

    viewers: dict[str, str]
    groups: dict[str, list[str]]
    areas: list[Area]
    samples: dict[str, str] = field(default_factory=dict)
    """What each sample is, in words."""

    @property
    def rows(self) -> list[Row]:
        """Every row."""
        return [row for area in self.areas for row in area.rows]


class Unreadable(Exception):  # noqa: N818
    """A line of the table that cannot be read."""


def read(path: Path = PATH) -> Table:
    """Return the table; raise Unreadable with the number of a line that is wrong."""
    table = Table({}, {}, [])
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            _read_line(table, number, line.strip())
        except (ValueError, KeyError, IndexError) as error:
            raise Unreadable(f"{path.name}, line {number}: {line!r} ({error})") from error
    return table


def _read_line(table: Table, number: int, line: str) -> None:
    if not line or line.startswith("#"):
        return
    word, _space, rest = line.partition(" ")
    if word == "viewer":
        name, meaning = rest.split(maxsplit=1)
        table.viewers[name] = meaning
    elif word == "sample":
        name, meaning = rest.split(maxsplit=1)
        table.samples[name] = meaning
    elif word == "group":
        name, members = rest.split("=")
        table.groups[name.strip()] = members.split()
    elif word == "==":
        table.areas.append(Area(rest.strip()))
    elif word == ">":
        table.areas[-1].words.append(rest)
    else:
        table.areas[-1].rows += _rows(table, number, line)


def _rows(table: Table, number: int, line: str) -> Iterator[Row]:
    """The row of a line, or a row for each member of the group that its route names."""
    method, address, sample, *statuses = line.split()
    if method not in METHODS:
        raise ValueError(f"no method: {method}")
    if len(statuses) != len(table.viewers):
        raise ValueError(f"{len(statuses)} statuses for {len(table.viewers)} viewers")
    expected = dict(zip(table.viewers, statuses, strict=True))
    group = re.search(r"\{(\w+)\}", address)
    for member in table.groups[group[1]] if group else [""]:
        mark = group[0] if group else "{}"
        route, _mark, query = address.replace(mark, member).partition("?")
        written = address.partition("?")[0]
        named = sample.replace(mark, member)
        yield Row(number, method, route, query, named, expected, table.areas[-1].title, written)


@dataclass(frozen=True)
class Route:
    """An address of the portal as the table writes it: without its language, parameters as ``<name>``."""

    path: str
    callback: Any

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods its view declares; a plain function says nothing, so it is asked with GET and POST.

        So is the administration, whose site lets no other method through.
        """
        view = getattr(self.callback, "cls", None) or getattr(self.callback, "view_class", None)
        if view is None or self.path.startswith("/admin/"):
            return ("GET", "POST")
        names = [name for name in view.http_method_names if hasattr(view, name)]
        return tuple(method for method in METHODS if method.lower() in names)


def routes() -> list[Route]:
    """Return every address of the portal."""
    return list(_walk(get_resolver().url_patterns, "/"))


def _walk(patterns: Iterable[Any], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            below = "" if isinstance(pattern.pattern, LocalePrefixPattern) else str(pattern.pattern)
            yield from _walk(pattern.url_patterns, prefix + _plain(below))
        elif isinstance(pattern, URLPattern):
            yield Route(prefix + _plain(str(pattern.pattern)), pattern.callback)


def _plain(pattern: str) -> str:
    """A pattern without converters and regular expressions: ``<uuid:pk>`` and ``(?P<pk>…)`` are ``<pk>``."""
    found = re.sub(r"<\w+:(\w+)>", r"<\1>", pattern)
    found = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", found)
    return found.removeprefix("^").removesuffix("$")
