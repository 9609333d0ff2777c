"""The seats of a convocation on a day: the drawing, the table of its groups, the deputies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from councils import wording
from councils.charts import Group, Seat, mark, seat_map
from councils.views.base import council_link, deputy_link, share, term
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from registry import cells
from registry.models import Person
from registry.queries import Row

WAYS = {
    "faction": gettext_lazy("faction"),
    "party": gettext_lazy("party"),
    "origin": gettext_lazy("council of origin"),
    "basis": gettext_lazy("basis of the mandate"),
}
BASES = ("elected", "reserved_for_women", "replacement", "carried_over")


@dataclass(frozen=True)
class Way:
    """One way to group the seats, as the choice above the drawing shows it."""

    key: str
    label: str
    url: str
    current: bool


class Seating:
    """Who sits on a day in which seat; ``?seats=`` says how the seats are grouped."""

    def __init__(self, request: Any, deputies: Sequence[Row], by_law: int, day: dt.date) -> None:
        self.request, self.deputies, self.by_law, self.day = request, deputies, by_law, day
        asked = request.GET.get("seats", "")
        if asked and asked not in WAYS:
            raise BadRequest(_("The seats cannot be grouped like this."))
        self.way = asked or self.default

    @property
    def sitting(self) -> int:
        """How many seats are held."""
        return len(self.deputies)

    @property
    def vacant(self) -> int:
        """How many of the seats by law nobody holds."""
        return max(self.by_law - self.sitting, 0)

    @property
    def women(self) -> int:
        """How many of the deputies are women."""
        return sum(row["sex"] == Person.Sex.FEMALE for row in self.deputies)

    @property
    def default(self) -> str:
        """The way that says most: where the seats come from after a merger, else factions, parties, bases."""
        for way in ("origin", "faction", "party"):
            if any(row[f"{way}_id" if way == "origin" else way] for row in self.deputies):
                return way
        return "basis"

    @property
    def ways(self) -> list[Way]:
        """The ways that tell anything here."""
        told = {"basis", self.way}
        for row in self.deputies:
            told |= {way for way in ("faction", "party") if row[way]}
            told |= {"origin"} if row["origin_id"] else set()
        return [
            Way(
                key,
                wording.capital(str(label)),
                addresses.query(self.request.GET, seats=key, format=None, table=None),
                key == self.way,
            )
            for key, label in WAYS.items()
            if key in told
        ]

    def _key(self, row: Row) -> tuple[str, str]:
        """Return the group of a deputy: its key and its name."""
        if self.way == "basis":
            return row["basis"], wording.basis(row["basis"])
        if self.way == "origin":
            if not row["origin_id"]:
                return "", _("the council’s own")
            return str(row["origin_id"]), wording.council_name(row["origin_unit"], row["origin_kind"])
        thing = row[self.way]
        if thing:
            return str(thing["id"]), display.name(thing)
        return "", _("no faction") if self.way == "faction" else _("no party")

    @cached_property
    def groups(self) -> list[Group]:
        """The groups, the largest first; those of no faction or origin after the others of their size."""
        seats: dict[str, list[Any]] = {}
        for row in self.deputies:
            key, name = self._key(row)
            one = seats.setdefault(key, [name, 0, 0])
            one[1] += 1
            one[2] += row["sex"] == Person.Sex.FEMALE
        ordered = sorted(seats.items(), key=lambda item: (-item[1][1], item[0] == "", item[1][0]))
        return [
            Group(key, name, place, count, women) for place, (key, (name, count, women)) in enumerate(ordered)
        ]

    @property
    def sentence(self) -> str:
        """What the drawing shows, in a sentence."""
        parts = [
            ngettext("%(count)s deputy", "%(count)s deputies", self.sitting)
            % {"count": display.number(self.sitting)},
            _("of them women: %(count)s") % {"count": display.number(self.women)},
            _("seats by law: %(count)s") % {"count": display.number(self.by_law)},
            _("vacant: %(count)s") % {"count": display.number(self.vacant)},
        ]
        return ", ".join(parts)

    def chart(self, name: str) -> SafeString | str:
        """Draw the seats; empty where there are none."""
        if not self.sitting and not self.vacant:
            return ""
        by_key = {group.key: group for group in self.groups}
        places = {group.key: group.place for group in self.groups}
        seats = [
            Seat(
                by_key[self._key(row)[0]],
                row["sex"] == Person.Sex.FEMALE,
                f"{display.name(row)} · {self._key(row)[1]}",
            )
            for row in sorted(self.deputies, key=lambda row: places[self._key(row)[0]])
        ]
        told = "; ".join(f"{group.letter}: {group.name}, {group.seats}" for group in self.groups)
        title = _("Seats of %(council)s on %(day)s") % {"council": name, "day": display.day(self.day)}
        return seat_map(seats, self.vacant, title=title, description=f"{self.sentence}. {told}")

    def groups_table(self) -> Table:
        """Return the legend of the drawing as a table."""
        return Table(
            self.request,
            key="seats",
            caption=_("Seats by group"),
            columns=[
                cells.Shown(
                    "group",
                    wording.capital(str(WAYS[self.way])),
                    value=lambda group: group.name,
                    show=lambda group: format_html("{} {}", mark(group), group.name),
                ),
                Column("seats", _("Seats"), NUMBER),
                Column("women", _("Women"), NUMBER),
                cells.rounded_percent(
                    "share", _("Women, %"), value=lambda group: share(group.women, group.seats)
                ),
            ],
            rows=self.groups,
            totals={
                "seats": self.sitting,
                "women": self.women,
                "share": share(self.women, self.sitting),
            },
            empty=_("Nobody sits."),
        )

    @property
    def marks(self) -> list[tuple[SafeString, str]]:
        """The signs of the drawing that belong to no group, each with its meaning."""
        found = [(mark(woman=True), _("ringed: a seat held by a woman"))]
        if self.vacant:
            found.append((mark(), _("dashed: a vacant seat (%(count)s)") % {"count": self.vacant}))
        return found


def deputies_table(
    request: HttpRequest, deputies: Sequence[Row], *, caption: str, ended: bool = False
) -> Table:
    """Return the table of deputies; with ``ended`` also those who no longer sit, with the reason."""

    def told(*ways: str) -> bool:
        return any(row[way] for row in deputies for way in ways)

    columns = [
        cells.Shown("name", _("Deputy"), value=display.name, show=lambda row: _named(request, row)),
        Column("posts", _("Post"), value=_posts, shown=False),
        Column("sex", _("Sex"), value=lambda row: _sex(row["sex"])),
        Column(
            "faction", _("Faction"), value=lambda row: display.name(row["faction"]), shown=told("faction")
        ),
        Column(
            "party",
            _("Party"),
            value=lambda row: display.name(row["party"]),
            shown=told("party") and not told("faction"),
        ),
        Column(
            "district",
            _("Electoral district"),
            value=lambda row: display.name(row["district"]),
            sort=lambda row: row["district_number"],
            shown=told("district"),
        ),
        Column("basis", _("Basis"), value=lambda row: wording.basis(row["basis"])),
        Column(
            "origin",
            _("Carried over from"),
            value=lambda row: (
                wording.council_name(row["origin_unit"], row["origin_kind"]) if row["origin_id"] else None
            ),
            link=lambda row: council_link(request, row, "origin_id"),
            shown=told("origin_id"),
        ),
        Column("since", _("Since"), DATE, value=lambda row: row["valid"].lower, shown=not ended),
        Column("term", _("In office"), value=term, sort=lambda row: row["valid"].lower, shown=ended),
        Column(
            "end_reason",
            _("Why the mandate ended"),
            value=lambda row: display.name(row["end_reason"]),
            shown=ended and told("end_reason"),
        ),
        Column(
            "end_article", _("Article"), value=lambda row: wording.article(row["end_article"]), shown=False
        ),
        cells.provenance_column(),
    ]
    return Table(
        request,
        key="" if not ended else "all",
        caption=caption,
        columns=columns,
        rows=deputies,
        constructed=cells.is_constructed,
        empty=_("No deputy is on file."),
    )


def _posts(row: Mapping[str, Any]) -> str:
    return ", ".join(wording.post(kind) for kind in row["posts"] or ())


def _named(request: HttpRequest, row: Row) -> SafeString:
    """The deputy's name with a link, and the posts as a mark."""
    posts = _posts(row)
    name = format_html('<a href="{}">{}</a>', deputy_link(request, row), display.name(row))
    return format_html("{} {}", name, cells.badge(posts, "accent")) if posts else name


def _sex(value: str) -> str:
    return str(dict(Person.Sex.choices).get(value, ""))
