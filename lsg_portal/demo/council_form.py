"""Read what is written of the demonstration's councils and executive bodies, and of the names of its people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from lsg_portal.demo.form import DATA


@dataclass(frozen=True)
class Entry:
    """A line ``name = value ; option=…``."""

    name: str
    value: str
    options: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int:
        """The value as a number."""
        return int(self.value)

    @property
    def source(self) -> str:
        """Where the value is documented, empty where it is constructed."""
        return self.options.get("source", "")


@cache
def sections(name: str) -> dict[str, list[str]]:
    """The lines of a file under their headings."""
    sections: dict[str, list[str]] = {}
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            here = sections.setdefault(line.strip("[] "), [])
        elif line.strip() and not line.startswith("#"):
            here.append(line.strip())
    return sections


def councils() -> dict[str, list[str]]:
    """The lines on councils under their headings."""
    return sections("councils.txt")


@cache
def names() -> dict[str, tuple[str, ...]]:
    """The names that people are made of: men, women, fathers."""
    return {heading: tuple(" ".join(lines).split()) for heading, lines in sections("names.txt").items()}


def entries(heading: str, file: str = "councils.txt") -> Iterator[Entry]:
    """The lines of a section that give values."""
    for line in sections(file)[heading]:
        head, *options = [part.strip() for part in line.split(" ; ")]
        name, _equals, value = (part.strip() for part in head.partition(" = "))
        pairs = (option.partition("=") for option in options)
        yield Entry(name, value, {key.strip(): text.strip() for key, _sign, text in pairs})


def values(heading: str, file: str = "councils.txt") -> dict[str, Entry]:
    """The lines of a section by their names."""
    return {entry.name: entry for entry in entries(heading, file)}


def steps(entry: Entry) -> list[tuple[int, int]]:
    """Read ``0: 11, 4500: 21``: seats by residents, the most residents first."""
    pairs = (pair.split(":") for pair in entry.value.split(","))
    return sorted(((int(least), int(seats)) for least, seats in pairs), reverse=True)
