"""Read the plain-text form in which the demonstration's units, populations and changes are written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).parent / "data"
SETTLEMENT_KINDS = {
    "u": "urban_type_settlement",
    "m": "residential_massif",
    "p": "land_parcel",
}


@dataclass
class Place:
    """A settlement as written: its kind, names, and whether it is its unit's centre."""

    kind: str
    name_ky: str
    name_ru: str
    centre: bool


@dataclass
class Node:
    """A unit as written, under its oblast and district."""

    kind: str
    name_ky: str
    name_ru: str
    name_en: str
    oblast: str
    district: str
    places: list[Place] = field(default_factory=list)


def _lines(path: Path) -> Iterator[str]:
    """The lines of a file that say something."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.lstrip().startswith("#"):
            yield line.rstrip()


def _place(text: str) -> Place:
    """Read ``*u:Kyrgyz/Russian``."""
    text = text.strip()
    centre = text.startswith("*")
    text = text.lstrip("*")
    kind = "village"
    if len(text) > 1 and text[1] == ":" and text[0] in SETTLEMENT_KINDS:
        kind, text = SETTLEMENT_KINDS[text[0]], text[2:]
    if text.startswith("*"):
        centre, text = True, text[1:]
    name_ky, _slash, name_ru = text.partition("/")
    return Place(kind, name_ky.strip(), (name_ru or name_ky).strip(), centre)


def units() -> list[Node]:
    """Return all units of the country before the reform, parents before children."""
    nodes: list[Node] = []
    for path in sorted((DATA / "units").glob("*.txt")):
        oblast = district = ""
        for line in _lines(path):
            if not line.strip():
                continue
            if line.startswith(" "):
                nodes[-1].places += [_place(item) for item in line.split(";") if item.strip()]
                continue
            keyword, _space, rest = line.partition(" ")
            names = [part.strip() for part in rest.split("|")] + [""]
            kind = "ayil_aimak" if keyword == "aimak" else keyword
            if kind == "oblast" or kind == "city_republican":
                oblast, district = names[0], ""
            elif kind == "district":
                district = names[0]
            in_district = district if kind in ("ayil_aimak", "city_district_level") else ""
            nodes.append(Node(kind, names[0], names[1], names[2], oblast, in_district))
    return nodes


@dataclass
class Group:
    """Residents of a census group and what is known of its parts."""

    districts: list[str]
    cities: list[str]
    total: int
    known: dict[str, int]
    sums: list[tuple[int, list[str]]]


def populations() -> list[Group]:
    """Return the census groups."""
    found = []
    for line in filter(str.strip, _lines(DATA / "population.txt")):
        head, *options = [part.strip() for part in line.split(";")]
        names, _equals, total = head.partition("=")
        group = Group([], [], int(total), {}, [])
        for name in (part.strip() for part in names.split("+")):
            (group.cities if name.startswith("city ") else group.districts).append(name.removeprefix("city "))
        for option in options:
            if option.startswith("sum "):
                value, _equals, members = option[4:].partition("=")
                group.sums.append((int(value), [member.strip() for member in members.split("+")]))
            else:
                name, _space, value = option.rpartition(" ")
                group.known[name] = int(value)
        found.append(group)
    return found


@dataclass
class Line:
    """One resulting unit or one transferred part, as written."""

    target: str
    target_ru: str = ""
    sources: list[str] = field(default_factory=list)
    part_of: str = ""
    places: list[str] = field(default_factory=list)
    centre: str = ""
    options: dict[str, str] = field(default_factory=dict)

    @property
    def begins(self) -> bool:
        """Whether the target is a new unit."""
        return bool(self.target_ru)


@dataclass
class PlannedEvent:
    """The lines of one event and its options."""

    district: str
    on: dt.date
    options: dict[str, str]
    lines: list[Line]
    reorganise: bool = False


def _options(parts: list[str]) -> dict[str, str]:
    """Read ``key=value`` options."""
    return {key.strip(): value.strip() for key, _equals, value in (part.partition("=") for part in parts)}


def _line(text: str) -> Line:
    """Read one line of a block."""
    text = re.split(r"\s+#\s", text)[0]
    head, *options = [part.strip() for part in text.split(" ; ")]
    if head.startswith("part "):
        move, _colon, places = head[5:].partition(" : ")
        source, _arrow, target = move.partition(" > ")
        target, _at, centre = target.partition(" @ ")
        return Line(
            target.strip(),
            part_of=source.strip(),
            places=[place.strip() for place in places.split(",")],
            centre=centre.strip(),
            options=_options(options),
        )
    head, _at, centre = head.partition(" @ ")
    left, sign, right = head.partition(" += ") if " += " in head else head.partition(" = ")
    target, _bar, target_ru = left.partition(" | ")
    if not sign:
        raise ValueError(f"Not a line of a block: {text}")
    sources = [source.strip() for source in right.split(" + ")]
    return Line(target.strip(), target_ru.strip(), sources, centre=centre.strip(), options=_options(options))


def events() -> list[PlannedEvent]:
    """Return the planned events of the whole country by day."""
    found: list[PlannedEvent] = []
    for path in sorted((DATA / "reform").glob("*.txt")):
        district, block = "", dict[str, str]()
        gather: PlannedEvent | None = None
        for line in _lines(path):
            if not line.strip():
                gather = None
            elif line.startswith("["):
                district, _bracket, written = line[1:].partition("]")
                block, gather = _options(written.split()), None
            elif line.startswith("reorganise"):
                options = block | _options(line.split(" ; ")[1:])
                gather = PlannedEvent(
                    district, dt.date.fromisoformat(options["on"]), options, [], reorganise=True
                )
                found.append(gather)
            else:
                item = _line(line)
                if gather is not None:
                    gather.lines.append(item)
                    gather.options.update(item.options)
                else:
                    options = block | item.options
                    found.append(
                        PlannedEvent(district, dt.date.fromisoformat(options["on"]), options, [item])
                    )
    return sorted(found, key=lambda event: event.on)


def published_figures() -> list[list[str]]:
    """Return what sources printed: measure, oblast, first day, end of the interval, value, as printed, source."""
    return [
        [part.strip() for part in line.split("|")]
        for line in filter(str.strip, _lines(DATA / "published.txt"))
    ]
