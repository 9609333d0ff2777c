"""Documents of KPI over REST: lines through mergers, how complete reporting is, employees' results in groups."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kpi import obligations, results, rules, scoring
from kpi.api.columns import DATA, PERIOD_ASKED, name_of, plain, the_period
from kpi.models import Aggregation, Measure, Subject
from kpi.series import series
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.params import Param, refusal
from lsg_portal.rest.problems import Fault
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import OBLAST
from registry.grouping import KINDS, OUTSIDE
from registry.models import ChangeKind, UnitKind
from registry.queries import Row, names, rows
from registry.resolving import must_exist, unit_id

AMOUNT = shapes.nullable(shapes.DECIMAL)
MAYBE = shapes.nullable(shapes.TEXT)
GROUP = shapes.record(id=MAYBE, kind=MAYBE, name=shapes.NAME)
OVER_TIME = ("own", "joined", "incomplete", "not_comparable", "none")


class Series(ReadView):
    """A published indicator of a municipality's territory as it is on a day, quarter by quarter, through its mergers.

    A point is the municipality's ``own`` figure, or ``joined`` from its predecessors' by the indicator's rule of
    aggregation; ``incomplete`` where some of them reported nothing, ``not_comparable`` where nothing adds up. ``breaks``
    are the changes of territory that the line passes. Scores are never joined.
    """

    data = DATA
    dated = True
    formats = ("json", "csv", "xlsx")
    params = (
        Param("unit", "unit", _("The municipality."), required=True),
        Param("indicator", "text", _("Code of the indicator."), required=True, max_length=40),
    )
    refusals = {"GET": (404,)}
    answer_schema = shapes.record(
        at=shapes.DAY,
        unit=shapes.UUID,
        indicator=shapes.record(
            code=shapes.TEXT,
            name=shapes.NAME,
            unit_of_measure=shapes.NAME,
            aggregation=shapes.choice(Aggregation.values),
        ),
        results=shapes.listed(
            shapes.record(
                period=shapes.TEXT,
                last_day=shapes.DAY,
                value=AMOUNT,
                status=shapes.choice(OVER_TIME),
                parts=shapes.listed(shapes.record(unit=shapes.UUID, value=AMOUNT, share=AMOUNT)),
                without_figure=shapes.listed(shapes.UUID),
            )
        ),
        breaks=shapes.listed(
            shapes.record(day=shapes.DAY, change=shapes.UUID, kind=shapes.choice(ChangeKind.values))
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Draw the line."""
        unit = unit_id(query["unit"])
        must_exist(unit)
        code = query["indicator"]
        heads = Measure.objects.filter(code=code, subject=Subject.HEAD).exists()
        found = series(unit, code, query.at) if heads else None
        if found is None:
            raise refusal(Fault("/indicator", "unknown_indicator", _("There is no such indicator.")))
        return {
            "at": query.at,
            "unit": unit,
            "indicator": {
                "code": found.measure,
                "name": name_of(found.indicator),
                "unit_of_measure": name_of(found.indicator, "unit_of_measure"),
                "aggregation": found.indicator.aggregation,
            },
            "results": [
                {
                    "period": point.period_code,
                    "last_day": point.last_day,
                    "value": _kept(point.value),
                    "status": point.status,
                    "parts": [
                        {
                            "unit": str(part.unit_id),
                            "value": _kept(part.value),
                            "share": _kept(part.share),
                        }
                        for part in point.parts
                    ],
                    "without_figure": [str(key) for key in point.missing],
                }
                for point in found.points
            ],
            "breaks": [
                {"day": each.day, "change": each.change_id, "kind": each.kind} for each in found.breaks
            ],
        }


def _kept(number: Decimal | None) -> str | None:
    """Return a figure with as many places as scores are kept with."""
    return plain(scoring.keep(number))


COUNTS = ("owed", "submitted", "on_time", "late", "overdue", "awaited", "published")
INNER = ("waiting", "returned", "approved")
NUMBERS = {**dict.fromkeys(COUNTS, shapes.COUNT), **dict.fromkeys(INNER, shapes.nullable(shapes.COUNT))}


class Completeness(ReadView):
    """How many municipalities owe the report of a period, and how far they are on a day: rows and a total.

    ``submitted`` once, ``on_time`` by the day it was due or ``late``; not submitted and ``overdue``, or not due yet and
    ``awaited``; ``published``. How many wait for review, were returned or are approved is the ministry's to know, and null
    for others and for days before today.
    """

    data = ("kpi", "kpi.drafts", "registry")
    dated = True
    formats = ("json", "csv", "xlsx")
    params = (
        PERIOD_ASKED,
        Param(
            "group_by", "choice", _("How to group."), choices=("oblast", "district", "kind"), default="oblast"
        ),
        OBLAST,
    )
    answer_schema = shapes.record(
        at=shapes.DAY,
        period=shapes.TEXT,
        group_by=shapes.choice(("oblast", "district", "kind")),
        rows=shapes.listed(shapes.record({"group": GROUP, **NUMBERS})),
        total=shapes.record(NUMBERS),
    )

    def viewer_key(self, viewer: Any) -> str:
        """Whether everything is shown."""
        return "inside" if rules.sight(viewer).everything else ""

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Count."""
        period = the_period(query)
        oblast = unit_id(query["oblast"]) if query["oblast"] is not None else None
        inside = rules.sight(query.viewer).everything and query.at == clock.today()
        board = obligations.board(period, query.at, query["group_by"], oblast=oblast)
        found = {key: _counted(row) for key, row in board.items()}
        groups = _kinds() if query["group_by"] == "kind" else _places(period.last_day)
        return {
            "at": query.at,
            "period": period.code,
            "group_by": query["group_by"],
            "rows": [
                {"group": about, **_shown(found[key], inside)}
                for key, about in groups.items()
                if key in found
            ],
            "total": _shown(
                {name: sum(row[name] for row in found.values()) for name in (*COUNTS, *INNER)}, inside
            ),
        }


def _counted(row: Row) -> dict[str, int]:
    late = row["submitted"] - row["on_time"]
    awaited = row["owed"] - row["submitted"] - row["overdue"]
    return {**row, "late": late, "awaited": awaited}


def _shown(row: dict[str, int], inside: bool) -> dict[str, int | None]:
    return {
        **{name: row[name] for name in COUNTS},
        **{name: row[name] if inside else None for name in INNER},
    }


def _in_every_language(text: Any) -> dict[str, str]:
    found = {}
    for language in ("ky", "ru", "en"):
        with translation.override(language):
            found[language] = str(text)
    return found


def _kinds() -> dict[str, dict[str, Any]]:
    return {
        kind: {"id": kind, "kind": kind, "name": _in_every_language(UnitKind(kind).label)} for kind in KINDS
    }


def _places(day: Any) -> dict[str, dict[str, Any]]:
    """Return oblasts and districts of a day by their key, in their order, and what lies outside districts."""
    above = rows(
        f"""SELECT u.unit_id, u.kind, {names("u")} FROM registry_units_on(%(day)s::date) u
              LEFT JOIN registry_units_on(%(day)s::date) o ON o.unit_id = u.oblast_id
             WHERE u.kind IN ('oblast', 'district', 'city_republican')
             ORDER BY u.kind = 'city_republican', coalesce(o.sort_ky, u.sort_ky), u.kind = 'district', u.sort_ky""",
        {"day": day},
    )
    outside = _in_every_language(OUTSIDE)
    found: dict[str, dict[str, Any]] = {}
    for row in above:
        name = {language: row[f"name_{language}"] for language in ("ky", "ru", "en")}
        found[str(row["unit_id"])] = {"id": row["unit_id"], "kind": row["kind"], "name": name}
        if row["kind"] != UnitKind.DISTRICT:
            said = {each: outside[each] % (name[each] or name["ru"] or "") for each in name}
            city = row["kind"] == UnitKind.CITY_REPUBLICAN
            found[f"none:{row['unit_id']}"] = {"id": None, "kind": None, "name": name if city else said}
    return found


class EmployeeResults(ReadView):
    """Employees' published results of a period: how many people lie in each band, in groups of five people or more.

    Groups of fewer are withheld (null), with as many others as it takes that nobody finds them out by subtraction.
    """

    data = DATA
    dated = True
    formats = ("json", "csv", "xlsx")
    params = (
        PERIOD_ASKED,
        Param("group_by", "choice", _("How to group."), choices=results.GROUPINGS, default="oblast"),
    )
    answer_schema = shapes.record(
        at=shapes.DAY,
        period=shapes.TEXT,
        group_by=shapes.choice(results.GROUPINGS),
        rows=shapes.listed(
            shapes.record(
                group={**GROUP, "type": ["object", "null"]},
                people=shapes.nullable(shapes.COUNT),
                bands={
                    **shapes.listed(shapes.record(band=shapes.TEXT, people=shapes.COUNT)),
                    "type": ["array", "null"],
                },
            )
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Count people; the row of everybody has no group."""
        period = the_period(query)
        found = results.bands(period, query["group_by"], query.at)
        return {
            "at": query.at,
            "period": period.code,
            "group_by": query["group_by"],
            "rows": [
                {
                    "group": row["group"],
                    "people": row["people"],
                    "bands": None
                    if row["bands"] is None
                    else [{"band": band, "people": people} for band, people in sorted(row["bands"].items())],
                }
                for row in found
            ],
        }
