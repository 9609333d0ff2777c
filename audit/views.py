"""Pages of the journal: the history of a record, and what everybody can check."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import orjson
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import checkpoints, history, visibility, wording
from audit.models import Checkpoint, Operation
from audit.visibility import Reader
from lsg_portal.rest import kept
from lsg_portal.web import addresses, display
from lsg_portal.web.charts import Bar, bar_chart
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Filter, Filters, Table
from lsg_portal.web.views import RegisterPage

MOST_IN_A_FILE = 20_000
"""Entries at most that a history gives as a file; whoever needs more reads it over REST."""

MONTHS_SHOWN = 24
CHECKPOINTS_SHOWN = 20
RECOUNTED = 10_000


class HistoryPage(RegisterPage):
    """Who changed a record, when, what and why, in words; each field before and after."""

    template_name = "audit/history.html"

    @cached_property
    def reader(self) -> Reader:
        """How far the reader reads."""
        return Reader.of(self.request.user)

    @cached_property
    def subject(self) -> visibility.Subject:
        """The kind of record; 404 for none of ours, and for a record that the reader may not see."""
        found = visibility.SUBJECTS.get(self.kwargs["kind"])
        if found is None:
            raise Http404
        try:
            self.key = found.parse(self.kwargs["key"])
        except ValueError:
            raise Http404 from None
        if not found.may_see(self.reader.user, self.key):
            raise Http404
        return found

    @cached_property
    def name(self) -> str:
        """What the record is called on the reader's day."""
        table = self.subject.table
        names = wording.Names.of({table: {str(self.key)}})
        return names.name(table, self.key, self.request.day)

    @property
    def record_url(self) -> str:
        """The record's own page, if it has one."""
        return addresses.page(self.request, self.subject.route, self.key) if self.subject.route else ""

    def get_title(self) -> str:
        """Return whose history it is."""
        return _("History of the record: %(name)s") % {"name": self.name}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the record."""
        return [Crumb(self.name, self.record_url)] if self.record_url else []

    def filters(self) -> Filters:
        """Return the filters; persons and fields are for whom persons are named."""
        offered = [
            Filter.day("from", _("From the day")),
            Filter.day("to", _("To the day")),
            Filter.choice("operation", _("What was done"), _operations()),
        ]
        if self.reader.names:
            offered += [Filter.text("person", _("Who")), Filter.choice("field", _("Field"), self.fields())]
        return Filters(self.request.GET, offered)

    def fields(self) -> list[tuple[str, str]]:
        """Return the fields of the record and its parts."""
        found = []
        for part in self.subject.every_part:
            kind = wording.kind_of(part.table)
            for item in wording.shown_columns(part.table).values():
                found.append((f"{part.table.partition('_')[2]}.{item.column}", f"{kind}: {item.words()}"))
        return found

    def wanted(self, filters: Filters) -> history.Wanted:
        """Return what the filters ask for."""
        chosen = filters["field"] if self.reader.names else None
        field = None
        if chosen:
            short, _dot, column = chosen.partition(".")
            table = next(p.table for p in self.subject.every_part if p.table.partition("_")[2] == short)
            field = (table, column)
        return history.Wanted(
            first=filters["from"],
            last=filters["to"],
            operations=(filters["operation"],) if filters["operation"] else (),
            person=(filters["person"] or "") if self.reader.names else "",
            field=field,
        )

    def get_tables(self) -> Mapping[str, Table]:
        """Return the entries: as they are for the page, field by field for a file."""
        self.subject  # noqa: B018 (404 before 400)
        filters = self.filters()
        self.found = history.of_subject(self.subject, self.key, self.reader)
        history.narrow(self.found, self.wanted(filters))
        self.lines = history.Lines(self.found, self.reader)
        rows: Sequence[Any] = self.lines
        columns = [Column("seq", _("Number"), NUMBER, sortable=False)]
        if self.request.GET.get("format", "html") not in ("", "html"):
            rows = list(self.flat(self.lines[:MOST_IN_A_FILE]))
            columns += [
                Column(key, label)
                for key, label in (
                    ("when", _("When")),
                    ("who", _("Who")),
                    ("what", _("Record")),
                    ("which", _("Which")),
                    ("operation", _("What was done")),
                    ("field", _("Field")),
                    ("before", _("Before")),
                    ("after", _("After")),
                    ("why", _("Why")),
                )
            ]
        return {
            "entries": Table(
                self.request,
                caption=_("History of the record"),
                columns=columns,
                rows=rows,
                filters=filters,
                empty=_("The journal has no such entry."),
            )
        }

    def writer(self, lines: Sequence[history.Line]) -> wording.Writer:
        """Return what writes these entries for the reader."""
        return wording.Writer(lines, self.reader, root=self.subject.table, root_key=self.key)

    def flat(self, lines: Sequence[history.Line]) -> Iterator[dict[str, Any]]:
        """Yield a row for each field of each entry."""
        writer = self.writer(lines)
        for line in lines:
            told = writer.told(line)
            entry = {
                "seq": line.seq,
                "when": told.when.isoformat(timespec="seconds"),
                "who": wording.who(line, self.reader),
                "what": told.what,
                "which": told.which,
                "operation": told.operation,
                "why": line.reason,
            }
            empty = wording.Change("", "", "", "")
            for change in told.changes or [empty]:
                yield {**entry, "field": change.label, "before": change.before, "after": change.after}

    def groups(self, table: Table) -> list[wording.Group]:
        """Return the entries of the page under a heading for each request."""
        start = (table.page - 1) * table.size
        lines: Sequence[history.Line] = self.lines[start : start + table.size] if table.count else []
        writer = self.writer(lines)
        return [
            wording.Group(
                wording.local(group.lines[0].at),
                wording.who(group.lines[0], self.reader),
                group.reason,
                [writer.told(line) for line in group.lines],
            )
            for group in history.grouped(lines)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the entries of the page."""
        return super().get_context_data(
            **kwargs,
            subject=self.subject,
            name=self.name,
            record_url=self.record_url,
            groups=self.groups(kwargs["entries"]),
            withheld=self.found.withheld,
        )


def _operations() -> list[tuple[str, str]]:
    """Return what can be done to a record, in words."""
    return [(value, str(label)) for value, label in Operation.choices]


class TransparencyPage(RegisterPage):
    """What the journal is, where it stands, and how anybody checks that nothing was changed unseen."""

    template_name = "audit/transparency.html"
    title = gettext_lazy("Transparency")

    @cached_property
    def end(self) -> tuple[int, str, dt.datetime | None]:
        """The end of the chain."""
        return history.head()

    @cached_property
    def months(self) -> list[dict[str, Any]]:
        """How many entries of each kind were made in each month, the latest first.

        Counting a long journal takes time, so it is done anew for every so many entries.
        """
        seq = self.end[0]
        since = _months_before(self.request.today, MONTHS_SHOWN - 1)
        stand = f"audit months {since} {seq - seq % (RECOUNTED if seq > 10 * RECOUNTED else 1)}"
        counted = orjson.loads(kept.answers.get(stand, lambda: orjson.dumps(history.months(since))))
        found: dict[str, dict[str, Any]] = {}
        for month, operation, count in counted:
            row = found.setdefault(
                month, {"month": dt.date.fromisoformat(month), **dict.fromkeys(Operation.values, 0)}
            )
            row[operation] = count
        return [{**row, "all": sum(row[value] for value in Operation.values)} for row in found.values()]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the entries by month."""
        kinds = [Column(value, label, NUMBER) for value, label in _capital(_operations())]
        return {
            "by_month": Table(
                self.request,
                caption=_("Entries of the journal by month"),
                columns=[
                    Column("month", _("Month"), value=lambda row: f"{row['month']:%m.%Y}", sort=_by_month),
                    *kinds,
                    Column("all", _("All"), NUMBER),
                ],
                rows=self.months,
                totals="sum",
                empty=_("The journal has no such entry."),
            )
        }

    def chart(self) -> Any:
        """Draw what was entered and what was changed in each month."""
        bars = [
            Bar(f"{row['month']:%m.%Y}", (row[Operation.INSERT], row[Operation.UPDATE]))
            for row in reversed(self.months)
        ]
        series = (str(Operation.INSERT.label), str(Operation.UPDATE.label))
        return (
            bar_chart(bars, series=series, title=_("Records entered and changed in each month"))
            if bars
            else ""
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the end of the chain and the latest checkpoints."""
        seq, digest, at = self.end
        latest = Checkpoint.objects.order_by("-seq")[:CHECKPOINTS_SHOWN]
        return super().get_context_data(
            **kwargs,
            seq=seq,
            digest=digest,
            at=display.moment(wording.local(at)) if at else "",
            chart=self.chart(),
            public_keys=checkpoints.published_keys(),
            checkpoints=[
                {**signed.document(), "when": display.moment(wording.local(signed.at))}
                for signed in checkpoints.signed(latest)
            ],
            checkpoints_url=reverse("api-audit-checkpoints"),
            head_url=reverse("api-audit-head"),
        )


def _by_month(row: Mapping[str, Any]) -> dt.date:
    month: dt.date = row["month"]
    return month


def _capital(choices: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(value, label[:1].upper() + label[1:]) for value, label in choices]


def _months_before(day: dt.date, count: int) -> dt.date:
    """Return the first day of the month that lies ``count`` months before that of ``day``."""
    months = day.year * 12 + day.month - 1 - count
    return dt.date(months // 12, months % 12 + 1, 1)
