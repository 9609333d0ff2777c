"""A unit through time: its versions, and the diagram and table of its lineage."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import DATE, Column, Table
from registry import cells, titles
from registry.models import ChangeKind
from registry.queries import Row

CHANGE_KINDS = dict(ChangeKind.choices)


def versions_table(request: Any, versions: Sequence[Row]) -> Table:
    """Return the table of all a unit was called and where it lay, the latest first."""
    return Table(
        request,
        key="versions",
        caption=_("History of names, kinds and places"),
        columns=[
            Column(
                "period",
                _("Period, last day included"),
                value=lambda row: display.period(row["valid"].lower, row["valid"].upper, short=True),
                sort=lambda row: row["valid"].lower,
            ),
            Column("name", _("Name"), value=titles.full_name),
            Column("kind", _("Kind"), value=lambda row: titles.unit_kind(row["kind"])),
            Column("parent", _("Lies in"), value=lambda row: titles.full_name(row["parent"]) or None),
            Column(
                "centre",
                _("Administrative centre"),
                value=lambda row: display.name(row, "centre_name") or None,
            ),
            Column(
                "change",
                _("Written by"),
                value=lambda row: change_name(row["change_kind"]),
                link=lambda row: event_url(request, row["event_id"]),
            ),
            Column("note", _("Note"), value=lambda row: display.name(row, "note") or None, shown=False),
            cells.provenance_column(),
        ],
        rows=versions,
        constructed=cells.is_constructed,
    )


def change_name(kind: str | None) -> str:
    """Return what a kind of change is called; what stood at the beginning was written by none."""
    return str(CHANGE_KINDS.get(kind, kind)) if kind else _("first record")


def event_url(request: Any, event: Any) -> str | None:
    """Return the page of an event of the reform, None where there is none."""
    return (
        addresses.page(request, "reform-event", event)
        if event and addresses.optional("reform-event", event)
        else None
    )


def lineage_table(
    request: Any,
    edges: Sequence[Row],
    named: Mapping[uuid.UUID, Row],
    *,
    key: str,
    caption: str,
    empty: str = "",
    hidden: str = "",
) -> Table:
    """Return the table of parts of changes: from where to where, how much, by which acts.

    ``hidden`` names the side that is the page's own unit in every row.
    A former unit is linked as of its last day, what begins later than the reader's day as of its first.
    """

    def unit(identifier: uuid.UUID, on: dt.date) -> SafeString:
        row = named[identifier]
        return format_html('<a href="{}">{}</a>', unit_url(request, row, on), titles.full_name(row))

    since = Column("effective_on", _("In force since"), DATE)
    ends = [
        cells.Shown(
            "source",
            _("From"),
            value=lambda row: titles.full_name(named[row["source_id"]]),
            show=lambda row: unit(row["source_id"], row["effective_on"] - dt.timedelta(days=1)),
            shown=hidden != "source",
        ),
        cells.Shown(
            "target",
            _("To"),
            value=lambda row: titles.full_name(named[row["target_id"]]),
            show=lambda row: unit(row["target_id"], row["effective_on"]),
            shown=hidden != "target",
        ),
    ]
    columns: list[Column] = [
        *sorted([*ends, since] if hidden else [since, *ends], key=lambda column: not column.shown),
        Column("scope", _("Scope"), value=lambda row: _("whole") if row["scope"] == "whole" else _("part")),
        Column(
            "settlements", _("Settlements that moved"), value=lambda row: moved(row) or None, sortable=False
        ),
        Column(
            "kind",
            _("Change"),
            value=lambda row: change_name(row["kind"]),
            link=lambda row: event_url(request, row["event_id"]),
        ),
        cells.Shown(
            "acts",
            _("Legal acts"),
            value=lambda row: "; ".join(titles.act_name(act) for act in row["acts"] or ()) or None,
            show=lambda row: acts_list(request, row["acts"] or ()),
            sortable=False,
        ),
        Column("note", _("Note"), value=lambda row: display.name(row, "note") or None, shown=False),
        cells.provenance_column(),
    ]
    return Table(
        request,
        key=key,
        caption=caption,
        columns=columns,
        rows=edges,
        constructed=cells.is_constructed,
        empty=empty,
    )


def moved(edge: Row) -> str:
    """Return the settlements that moved with a part, or that all of them did."""
    if edge["scope"] == "whole":
        return _("all")
    return ", ".join(display.name(settlement) for settlement in edge["settlements"] or ())


def acts_list(request: Any, acts: Iterable[Mapping[str, Any]]) -> SafeString:
    """Return legal acts as links."""
    return format_html_join(
        "; ",
        '<a href="{}">{}</a>',
        ((addresses.page(request, "legal-act", act["id"]), titles.act_name(act)) for act in acts),
    )


def unit_url(request: Any, row: Row, on: dt.date) -> str:
    """Return the page of a unit on the reader's day, or on ``on`` where it does not exist on the reader's."""
    lives = row["first_day"] <= request.day and (row["end_day"] is None or request.day < row["end_day"])
    if lives:
        return addresses.page(request, "unit", row["id"])
    return addresses.with_query(addresses.optional("unit", row["id"]), at=on.isoformat())


def diagram(
    request: Any, edges: Sequence[Row], named: Mapping[uuid.UUID, Row], focus: uuid.UUID, title: str
) -> SafeString:
    """Draw the lineage of a unit; units that do not exist on the reader's day are grey and lead to a day of theirs."""
    last: dict[uuid.UUID, dt.date] = {}
    for edge in edges:
        last[edge["source_id"]] = edge["effective_on"] - dt.timedelta(days=1)
        last[edge["target_id"]] = edge["effective_on"]
    nodes = []
    for identifier, on in {focus: request.day, **last}.items():
        row = named[identifier]
        ended = row["end_day"] is not None and row["end_day"] <= request.day
        nodes.append(
            charts.LineageNode(
                str(identifier),
                titles.full_name(row),
                note=_life(row, request.day),
                url="" if identifier == focus else unit_url(request, row, on),
                focus=identifier == focus,
                ended=ended or row["first_day"] > request.day,
            )
        )
    drawn = [
        charts.LineageEdge(
            str(edge["source_id"]),
            str(edge["target_id"]),
            edge["effective_on"],
            edge["scope"] == "whole",
            moved(edge) if edge["scope"] == "part" else "",
        )
        for edge in edges
    ]
    return charts.lineage_diagram(nodes, drawn, title=title)


def _life(row: Row, day: dt.date) -> str:
    """Return when a unit ended, or from when it will be; empty for one that exists on the day."""
    if row["end_day"] is not None and row["end_day"] <= day:
        return _("until %(last)s") % {"last": display.short_day(row["end_day"] - dt.timedelta(days=1))}
    if row["first_day"] > day:
        return _("since %(first)s") % {"first": display.short_day(row["first_day"])}
    return ""
