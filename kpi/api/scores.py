"""Scores and rankings over REST: what is published for everybody, employees' scores for who may read them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from kpi import ranking, rules, visibility
from kpi.api import queries
from kpi.api.columns import (
    DATA,
    PERIOD,
    PERIOD_ASKED,
    PLACE,
    SUBJECT,
    OfKpi,
    Readable,
    exact,
    narrow,
    narrow_to,
    narrow_to_period,
    period_columns,
    plain,
    the_period,
)
from kpi.models import Direction, Formula, ScoreLine, Subject
from kpi.queries import current_run
from lsg_portal.data import prepared
from lsg_portal.rest import kept, shapes, versions
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import JSON, Query, ReadView, stamp
from registry.api.columns import names, unit_columns

LAST = 2_147_483_647
"""Where who is not ranked stands in the order."""
GROUP = Param("peer_group", "text", _("Only the peer group of this code."), max_length=40)
BAND = Param("band", "text", _("Only the band of this code."), max_length=20)
RUN = Param("run", "uuid", _("Only this run."))
NAMED = """LEFT JOIN kpi_band b ON b.id = s.band_id LEFT JOIN kpi_peergroup g ON g.id = s.peer_group_id"""
RESULT = (
    exact("total", "s.total", null=True),
    Column("total_rounded", "round(s.total, 2)", "decimal", null=True),
    exact("coverage", "s.coverage"),
    Column("band.code", "s.band_code", anchor=True),
    *names("band.name", "b"),
    Column("peer_group.code", "s.group_code", anchor=True),
    *names("peer_group.name", "g"),
)
RANKING = (
    Column("id", "s.id", "uuid"),
    Column("score", "s.id", "uuid"),
    Column("rank", "s.rank", "int", null=True),
    Column("of", 's."of"', "int", null=True),
    *unit_columns("subject", "u"),
    *RESULT,
    Column("run", "s.run_id", "uuid"),
    Column("report", "s.report_id", "uuid"),
    *period_columns("s"),
)


def narrow_to_words_of(source: Source, query: Query) -> None:
    """Keep the peer group and the band asked for."""
    for name, column in (("peer_group", "s.group_code"), ("band", "s.band_code")):
        if query[name]:
            source.add(f"{column} = %({name})s", **{name: query[name]})


class Rankings(SqlListView):
    """The published ranking of municipalities in their peer groups: of a period, by default of the latest one published.

    Equal totals share a rank (1, 1, 3). Who covers too little has no rank and stands last. ``run`` asks for a ranking that
    was published before.
    """

    data = DATA
    columns = RANKING
    params = (*PLACE, PERIOD, GROUP, BAND, RUN)
    keys: ClassVar = {
        "peer_group": Key("s.group_order", "integer"),
        "rank": Key(f"coalesce(s.rank, {LAST})", "integer"),
        "total": Key("coalesce(s.total, -1)", "numeric"),
    }
    unique = Key("s.id", "uuid")
    default_ordering = ("peer_group", "rank")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The scores of the run that is shown, narrowed."""
        source = Source(queries.SCORES, f"{queries.place('s')} {NAMED}", alias="s")
        source.add("s.subject = 'head_of_executive' AND s.published_at IS NOT NULL")
        narrow_to(source, query, run="s.run_id")
        narrow_to_period(source, query, "s.period_number")
        if query["run"] is None:
            source.add(f"s.run_id = ({self.run_shown(query)})")
        narrow(source, query, "s")
        narrow_to_words_of(source, query)
        return source

    def answer(self, request: HttpRequest, query: Query, **kwargs: Any) -> HttpResponseBase:
        """Keep a page in memory while the data stand: everybody asks for a ranking, and it changes once a quarter."""
        if query.format != "json" or connection.in_atomic_block:
            return super().answer(request, query, **kwargs)

        def make() -> bytes:
            page = super(Rankings, self).answer(request, query, **kwargs)
            assert isinstance(page, HttpResponse)  # noqa: S101 - only a table streams
            return page.headers.get("Link", "").encode() + b"\n" + page.content

        tag = self.tag(request, query, versions.current(self.data))
        link, _end, body = kept.answers.get(f"{tag} {request.build_absolute_uri()}", make).partition(b"\n")
        response = HttpResponse(body, content_type=JSON)
        if link:
            response.headers["Link"] = link.decode()
        return stamp(response, query, tag)

    def run_shown(self, query: Query) -> str:
        """Return the query of the current run of the period asked for, else of the latest one."""
        of = "AND q.number = %(period)s::integer" if query["period"] else ""
        return f"""SELECT o.id FROM kpi_scorerun o JOIN kpi_period q ON q.id = o.period_id
                     JOIN kpi_methodology w ON w.id = o.methodology_id AND w.subject = 'head_of_executive'
                    WHERE o.current {of} ORDER BY q.number DESC, o.published_at DESC LIMIT 1"""


SCORE = (
    Column("id", "s.id", "uuid"),
    *RESULT,
    Column("rank", "s.rank", "int", null=True),
    Column("of", 's."of"', "int", null=True),
    *unit_columns("subject", "u"),
    Column("appointment", "s.appointment_id", "uuid", null=True),
    *period_columns("s"),
    Column("run.id", "s.run_id", "uuid"),
    Column("run.number", "s.run_number", "int"),
    Column("run.current", "s.current", "bool"),
    Column("report", "s.report_id", "uuid"),
)
LINE = shapes.record(
    indicator=shapes.record(
        code=shapes.TEXT,
        name=shapes.NAME,
        unit_of_measure=shapes.NAME,
        direction=shapes.choice(Direction.values),
        formula=shapes.choice(Formula.values),
        min=shapes.DECIMAL,
        max=shapes.DECIMAL,
        weight=shapes.DECIMAL,
    ),
    category=shapes.record(code=shapes.TEXT, name=shapes.NAME),
    raw=shapes.nullable(shapes.DECIMAL),
    clamped=shapes.nullable(shapes.DECIMAL),
    normalised=shapes.nullable(shapes.DECIMAL),
    contribution=shapes.nullable(shapes.DECIMAL),
    status=shapes.choice(ScoreLine.Status.values),
    corrected=shapes.BOOL,
    to_next_band=shapes.nullable(shapes.DECIMAL),
)
NEXT_BAND = {
    **shapes.record(code=shapes.TEXT, name=shapes.NAME, least=shapes.DECIMAL),
    "type": ["object", "null"],
}
EXPLAINED = shapes.row(
    SCORE, lines=shapes.listed(LINE), next_band=NEXT_BAND, gap=shapes.nullable(shapes.DECIMAL)
)


def readable_scores(viewer: Any) -> tuple[str, dict[str, Any]]:
    """Return the condition that a score ``s`` may be read: published, and an employee's by who may."""
    seen = rules.sight(viewer)
    private, args = visibility.private(seen, "s")
    shown = "true" if seen.everything else "s.published_at IS NOT NULL"
    return f"({shown} AND (s.appointment_id IS NULL OR {private}))", args


class Scores(Readable):
    """Scores of published runs, those of earlier runs too; employees' for the person, the head and the ministry."""

    columns = SCORE
    params = (
        *PLACE,
        PERIOD,
        SUBJECT,
        GROUP,
        BAND,
        RUN,
        Param("report", "uuid", _("Only the scores of this report.")),
        Param("current", "bool", _("Only scores of runs that rankings show, or only the others.")),
    )
    keys: ClassVar = {
        "period": Key("s.period_number", "smallint"),
        "total": Key("coalesce(s.total, -1)", "numeric"),
        "run": Key("s.run_number", "smallint"),
    }
    unique = Key("s.id", "uuid")
    default_ordering = ("-period",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The scores the viewer may read, narrowed."""
        source = Source(queries.SCORES, f"{queries.place('s')} {NAMED}", alias="s")
        condition, args = readable_scores(query.viewer)
        source.add(condition, **args)
        narrow(source, query, "s")
        narrow_to_period(source, query, "s.period_number")
        narrow_to(source, query, run="s.run_id", report="s.report_id")
        narrow_to_words_of(source, query)
        if query["subject"]:
            source.add("s.subject = %(subject)s", subject=query["subject"])
        if query["current"] is not None:
            source.add("s.current = %(current)s::boolean", current=query["current"])
        return source


class ScoreDetail(OfKpi, ReadView):
    """A score line by line: the figure as reported, within its thresholds, its points and what it contributes.

    ``total`` = Σ weight · normalised / Σ weight over the lines that count. ``raw`` is not rounded. ``to_next_band`` is the
    figure that would lift the total into the next band, all others as they are; null where none would.
    """

    data = DATA
    answer_schema = EXPLAINED
    refusals = {"GET": (404,)}

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Explain the score."""
        shape = Scores.shape(None)
        condition, args = readable_scores(query.viewer)
        sql = f"""SELECT {shape.select} FROM {queries.SCORES} {queries.place("s")} {NAMED}
                   WHERE s.id = %(pk)s::uuid AND {condition}"""
        found = shape.build(prepared.rows(sql, {"pk": str(kwargs["pk"]), **args}))
        explained = ranking.explain(kwargs["pk"]) if found else None
        if explained is None:
            raise NotVisible
        band = explained["next_band"]
        return {
            **found[0],
            "lines": [_line(line) for line in explained["lines"]],
            "next_band": band and {"code": band["code"], "name": _name(band), "least": plain(band["least"])},
            "gap": plain(explained["gap"]),
        }


def _name(row: dict[str, Any], prefix: str = "name") -> dict[str, Any]:
    return {language: row[f"{prefix}_{language}"] for language in ("ky", "ru", "en")}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "indicator": {
            "code": line["code"],
            "name": _name(line),
            "unit_of_measure": _name(line, "unit_of_measure"),
            "direction": line["direction"],
            "formula": line["formula"],
            "min": plain(line["least"]),
            "max": plain(line["most"]),
            "weight": plain(line["weight"]),
        },
        "category": {"code": line["category_code"], "name": _name(line, "category_name")},
        **{name: plain(line[name]) for name in ("raw", "clamped", "normalised", "contribution")},
        "status": line["status"],
        "corrected": line["corrected"],
        "to_next_band": plain(line["to_next"]),
    }


class Sensitivity(ReadView):
    """How far weights decide a published ranking: the best and the worst rank while each weight changes by a tenth."""

    data = DATA
    formats = ("json", "csv", "xlsx")
    params = (PERIOD_ASKED, GROUP)
    answer_schema = shapes.record(
        period=shapes.TEXT,
        run=shapes.nullable(shapes.UUID),
        results=shapes.listed(
            shapes.record(
                score=shapes.UUID,
                subject=shapes.record(id=shapes.UUID, kind=shapes.TEXT, name=shapes.NAME),
                peer_group=shapes.nullable(shapes.TEXT),
                rank=shapes.nullable(shapes.COUNT),
                rank_low=shapes.nullable(shapes.COUNT),
                rank_high=shapes.nullable(shapes.COUNT),
            )
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Weigh again."""
        period = the_period(query)
        run = current_run(period.pk, Subject.HEAD)
        table = ranking.table(run) if run else []
        return {
            "period": period.code,
            "run": run,
            "results": [
                {
                    "score": row["score"],
                    "subject": {"id": row["unit_id"], "kind": row["kind"], "name": _name(row)},
                    "peer_group": row["group_code"],
                    **{name: row[name] for name in ("rank", "rank_low", "rank_high")},
                }
                for row in table
                if not query["peer_group"] or row["group_code"] == query["peer_group"]
            ],
        }
