"""Scoring runs: watched while they are computed, looked through when they are done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kpi import obligations, ranking, scoring, wording
from kpi.models import ScoreRun, Subject
from kpi.page_queries import runs as reads
from kpi.services import runs as service
from kpi.views.ministry.base import Desk, moment
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, PERCENT, Column, Filter, Filters, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.queries import Row

TONES = {"queued": "", "running": "accent", "done": "good", "failed": "error"}


class RunDesk(Desk):
    """A page about runs: for who reads employees' results too, since runs hold them."""

    right = "read_private"
    section = "kpi-runs"


class Runs(RunDesk, RegisterPage):
    """All runs, the latest first."""

    template_name = "kpi/ministry/runs.html"
    title = gettext_lazy("KPI: scoring runs")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the runs."""
        filters = Filters(
            self.request.GET,
            [
                Filter.choice("subject", _("Who is assessed"), Subject.choices),
                Filter.flag("published", _("published only")),
            ],
        )
        found = ScoreRun.objects.select_related("period", "methodology", "same_as")
        if filters["subject"]:
            found = found.filter(methodology__subject=filters["subject"])
        if filters["published"]:
            found = found.filter(published_at__isnull=False)
        table = Table(
            self.request,
            caption=_("Scoring runs"),
            filters=filters,
            rows=found.order_by("-requested_at", "pk"),
            columns=[
                Column(
                    "run",
                    _("Run"),
                    value=run_name,
                    link=lambda row: addresses.page(self.request, "kpi-run", row.pk),
                    order=("period__number", "methodology__subject", "number"),
                ),
                Column(
                    "subject",
                    _("Who is assessed"),
                    value=lambda row: wording.subject(row.methodology.subject),
                    order=("methodology__subject",),
                ),
                cells.Shown("status", _("State"), value=run_status, show=_status_mark, order=("status",)),
                Column("done", _("Reports scored"), NUMBER, order=("done",)),
                Column(
                    "requested_on",
                    _("Asked for"),
                    value=lambda row: moment(row.requested_at),
                    order=("requested_at",),
                ),
                Column(
                    "published_on",
                    _("Published"),
                    value=lambda row: (
                        row.published_at and display.short_day(timezone.localdate(row.published_at))
                    ),
                    order=("published_at",),
                ),
                Column("digest", _("Digest"), order=("digest",), shown=False),
            ],
            empty=_("Nothing has been computed yet."),
        )
        return {"runs": table}


def run_name(run: ScoreRun) -> str:
    """Return what a run is called: its quarter and number."""
    return _("%(quarter)s, run %(number)s") % {
        "quarter": wording.quarter(run.period.number),
        "number": run.number,
    }


def run_status(run: ScoreRun) -> str:
    """Return what the state of a run is called."""
    return str(ScoreRun.Status(run.status).label)


def _status_mark(run: ScoreRun) -> str:
    mark = cells.badge(run_status(run), TONES[run.status])
    if run.current:
        return format_html("{} {}", mark, cells.badge(_("shown in rankings"), "accent"))
    return mark


class OfRun(RunDesk):
    """A page about one run."""

    record_name = "run"

    @cached_property
    def run(self) -> ScoreRun:
        """The run; Http404 where there is none."""
        found: ScoreRun = self.found(reads.run(self.kwargs["pk"]))
        return found

    @property
    def record(self) -> ScoreRun:
        """The run."""
        return self.run

    @property
    def back(self) -> str:
        """The page of the run."""
        return addresses.page(self.request, "kpi-run", self.run.pk)

    @property
    def is_private(self) -> bool:
        """Whether the scores are those of employees."""
        return self.run.methodology.subject == Subject.EMPLOYEE

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the runs."""
        runs = addresses.page(self.request, "kpi-runs")
        return [*super().get_crumbs(), Crumb(_("KPI: scoring runs"), runs)]


class RunPage(OfRun, RegisterPage):
    """One run: its progress while it is computed, its scores when it is done.

    While it waits, the page looks again by itself every two seconds; without scripts a link does.
    """

    template_name = "kpi/ministry/run.html"

    def get_title(self) -> str:
        """Name quarter and number."""
        return run_name(self.run)

    @property
    def is_done(self) -> bool:
        """Whether there are scores to look through."""
        return self.run.status == ScoreRun.Status.DONE and self.run.same_as_id is None

    def get_tables(self) -> Mapping[str, Table]:
        """Return the scores of offices; those of employees are added up alone."""
        if not self.is_done:
            return {}
        return {} if self.is_private else {"scores": self._scores()}

    def _scores(self) -> Table:
        shown = reads.shown_now(self.run)
        before = reads.totals(shown) if shown else {}
        found = ranking.table(self.run.pk)
        for row in found:
            total, rank = before.get(row["unit_id"], (None, None))
            row["before"], row["rank_before"] = scoring.said(total), rank
            row["id"] = row["unit_id"]

        def place(row: Row) -> str:
            if row["rank"] is None:
                return ""
            if row["rank_low"] == row["rank_high"]:
                return str(row["rank"])
            return f"{row['rank']} ({row['rank_low']}–{row['rank_high']})"

        columns = [
            Column(
                "name",
                _("Municipality"),
                value=titles.full_name,
                sort=display.name,
                link=lambda row: addresses.optional("kpi-score", row["score"]) or None,
            ),
            Column(
                "group",
                _("Peer group"),
                value=lambda row: titles.capital(display.name(row, "group_name")) or None,
                sort=lambda row: row["group_order"],
            ),
            cells.Shown(
                "rank",
                pgettext("in a ranking", "Place"),
                NUMBER,
                show=place,
                note=_("in brackets the places that a tenth more or less of one weight would give"),
            ),
            Column("total", _("Total"), NUMBER, value=lambda row: scoring.said(row["total"]), places=2),
            Column(
                "band", _("Band"), value=lambda row: titles.capital(display.name(row, "band_name")) or None
            ),
            Column(
                "coverage", _("Coverage"), PERCENT, value=lambda row: scoring.said(row["coverage"]), places=0
            ),
        ]
        if shown:
            columns += [
                Column("before", _("Total in rankings now"), NUMBER, places=2),
                Column("rank_before", _("Place now"), NUMBER),
            ]
        return Table(
            self.request,
            caption=_("Scores"),
            rows=found,
            columns=columns,
            constructed=cells.is_constructed,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say how far the run is, and how its scores lie."""
        run = self.run
        waits = run.status in service.WAITING
        more: dict[str, Any] = {}
        if self.is_done:
            groups = spread_of(reads.spread(run))
            more = {
                "groups": groups,
                "bands": groups[0]["bands"] if groups else [],
                "owed": None
                if self.is_private
                else obligations.board(run.period, self.request.today, "all").get("", {}).get("owed"),
                "to_publish": reads.to_publish(run) if run.published_at is None else 0,
            }
        return super().get_context_data(
            run=run,
            waits=waits,
            status=run_status(run),
            tone=TONES[run.status],
            is_done=self.is_done,
            is_private=self.is_private,
            subject=wording.subject(run.methodology.subject),
            requested=moment(run.requested_at),
            finished=moment(run.finished_at),
            published=moment(run.published_at),
            error=wording.run_error(run.error),
            same_as=run_name(run.same_as) if run.same_as else "",
            can_publish=self.manages and self.is_done and run.published_at is None,
            **{**more, **kwargs},
        )


def spread_of(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return a line for each peer group with the number of scores in every band, the total first."""
    bands = {row["band"]: titles.capital(display.name(row)) or _("no total") for row in rows}
    lines: dict[Any, dict[str, Any]] = {}
    for row in rows:
        names = {language: row[f"group_{language}"] for language in ("ky", "ru", "en")}
        name = titles.capital(display.name(names)) or _("no peer group")
        line = lines.setdefault(
            row["group_id"], {"name": name, "scores": 0, "ranked": 0, "counts": dict.fromkeys(bands, 0)}
        )
        line["scores"] += row["scores"]
        line["ranked"] += row["ranked"]
        line["counts"][row["band"]] += row["scores"]
    every = {
        "name": _("All"),
        "scores": sum(line["scores"] for line in lines.values()),
        "ranked": sum(line["ranked"] for line in lines.values()),
        "counts": {band: sum(line["counts"][band] for line in lines.values()) for band in bands},
    }
    found = [every, *lines.values()] if lines else []
    return [
        {**line, "bands": list(bands.values()), "numbers": list(line["counts"].values())} for line in found
    ]
