"""Analyses of delegated powers over REST: the funding gap, work without agreement or money, what nobody or both perform."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from delegation import analysis, standing
from delegation.api.columns import DATA, POWER
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.params import Param
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import DISTRICT, OBLAST, UNIT
from registry.resolving import unit_id

YEAR = Param("year", "int", _("The year."), required=True, minimum=1991, maximum=2100)
DECIMAL = shapes.DECIMAL
MAYBE = shapes.nullable(shapes.TEXT)
FIGURES: shapes.Schema = {
    "need": DECIMAL,
    "planned": DECIMAL,
    "received": DECIMAL,
    "spent": DECIMAL,
    "plan_gap": DECIMAL,
    "execution_gap": DECIMAL,
    "gap": DECIMAL,
    "transfers": shapes.COUNT,
    "quarters": shapes.COUNT,
    "unreported": shapes.COUNT,
}
GROUP = shapes.record(id=shapes.nullable(shapes.TEXT), kind=MAYBE, name=shapes.NAME)


def places(query: Query, *names: str) -> dict[str, Any]:
    """Return the places asked for, by identifier."""
    return {name: unit_id(query[name]) for name in names if query.get(name) is not None}


def _written(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures with amounts as texts of two decimals."""
    return {
        name: f"{figures[name]:.2f}" if schema is DECIMAL else figures[name]
        for name, schema in FIGURES.items()
    }


class FundingGap(ReadView):
    """Need, planned, received and spent in a year in thousand som, and the gaps between them: rows and a total.

    ``plan_gap`` = need − planned, ``execution_gap`` = planned − received, ``gap`` = need − received. Unreported figures
    count as 0 and are counted. A quarter counts once it has ended, or something of it has been reported.
    """

    data = DATA
    formats = ("json", "csv", "xlsx")
    params = (
        YEAR,
        Param("group_by", "choice", _("How to group."), choices=analysis.GROUPINGS, default="power"),
        POWER,
        UNIT,
        OBLAST,
        DISTRICT,
    )
    answer_schema = shapes.record(
        year=shapes.COUNT,
        group_by=shapes.choice(analysis.GROUPINGS),
        rows=shapes.listed(shapes.record({"group": GROUP, **FIGURES})),
        total=shapes.record(FIGURES),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Add up."""
        found = analysis.funding_gap(
            query["year"],
            query["group_by"],
            day=clock.today(),
            power=query["power"],
            **places(query, "unit", "oblast", "district"),
        )
        return {
            **found,
            "rows": [{"group": row["group"], **_written(row)} for row in found["rows"]],
            "total": _written(found["total"]),
        }


def _name(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {language: row[f"{prefix}_{language}"] for language in ("ky", "ru", "en")}


NAMED = shapes.record(id=shapes.UUID, code=shapes.TEXT, name=shapes.NAME)


class _OnADay(ReadView):
    """An answer as of a day: ``results`` and the day."""

    data = DATA
    dated = True
    formats = ("json", "csv", "xlsx")

    def found(self, query: Query) -> list[dict[str, Any]]:
        """Return the results."""
        raise NotImplementedError

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Ask."""
        return {"at": query.at, "results": self.found(query)}


def _answer(**properties: Any) -> shapes.Schema:
    return shapes.record(at=shapes.DAY, results=shapes.listed(shapes.record(**properties)))


class Without(_OnADay):
    """Which municipality performs which power on a day without agreement or without money.

    ``no_agreement``: in fact, without a transfer in force; ``no_money``: nothing received in the quarters that ended in the
    year before; ``not_reported``: nobody said what was.
    """

    params = (UNIT, OBLAST, DISTRICT)
    answer_schema = _answer(
        what=shapes.choice(("no_agreement", "no_money", "not_reported")),
        power=NAMED,
        unit=shapes.record(id=shapes.UUID, kind=shapes.TEXT, name=shapes.NAME),
        transfer=shapes.nullable(shapes.UUID),
        need=shapes.nullable(DECIMAL),
        received=shapes.nullable(DECIMAL),
        provenance=shapes.TEXT,
    )

    def found(self, query: Query) -> list[dict[str, Any]]:
        """Ask."""
        rows = standing.without_agreement_or_money(query.at, **places(query, "unit", "oblast", "district"))
        return [
            {
                "what": row["what"],
                "power": {"id": row["power_id"], "code": row["code"], "name": _name(row, "power")},
                "unit": {"id": row["unit_id"], "kind": row["kind"], "name": _name(row, "name")},
                "transfer": row["transfer_id"],
                "need": _text(row["need"]),
                "received": _text(row["received"]),
                "provenance": row["provenance"],
            }
            for row in rows
        ]


def _text(amount: Any) -> str | None:
    return None if amount is None else str(amount)


class Unused(_OnADay):
    """The powers that no municipality performs by transfer on a day, with the day the last transfer ended."""

    answer_schema = _answer(
        power=NAMED, group=shapes.TEXT, status=shapes.TEXT, last_used=shapes.nullable(shapes.DAY)
    )

    def found(self, query: Query) -> list[dict[str, Any]]:
        """Ask."""
        return [
            {
                "power": {"id": row["id"], "code": row["code"], "name": _name(row, "name")},
                "group": row["group"],
                "status": row["status"],
                "last_used": row["last_used"],
            }
            for row in standing.unused_powers(query.at)
        ]


class Overlaps(_OnADay):
    """The functions that a state body performs beside municipalities on a day."""

    answer_schema = _answer(
        power=NAMED,
        state_body=shapes.NAME,
        what=shapes.NAME,
        since=shapes.DAY,
        municipalities=shapes.COUNT,
        in_fact=shapes.COUNT,
        provenance=shapes.TEXT,
    )

    def found(self, query: Query) -> list[dict[str, Any]]:
        """Ask."""
        return [
            {
                "power": {"id": row["power_id"], "code": row["code"], "name": _name(row, "power")},
                "state_body": _name(row, "body"),
                "what": _name(row, "what"),
                "since": row["since"],
                "municipalities": row["municipalities"],
                "in_fact": row["in_fact"],
                "provenance": row["provenance"],
            }
            for row in standing.performed_by_both(query.at)
        ]


class ShareOfBudget(ReadView):
    """What municipalities spent on powers in a year, and its share of their budget's expenditure; thousand som."""

    data = ("delegation", "registry", "ayil_okmotu")
    formats = ("json", "csv", "xlsx")
    params = (YEAR, UNIT, OBLAST, DISTRICT)
    answer_schema = shapes.record(
        year=shapes.COUNT,
        results=shapes.listed(
            shapes.record(
                unit=shapes.record(id=shapes.UUID, kind=shapes.TEXT, name=shapes.NAME),
                spent=shapes.nullable(DECIMAL),
                received=shapes.nullable(DECIMAL),
                expenditure=shapes.nullable(DECIMAL),
                percent=shapes.nullable(DECIMAL),
            )
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Ask."""
        rows = standing.share_of_budgets(query["year"], **places(query, "unit", "oblast", "district"))
        return {
            "year": query["year"],
            "results": [
                {
                    "unit": {"id": row["unit_id"], "kind": row["kind"], "name": _name(row, "name")},
                    **{name: _text(row[name]) for name in ("spent", "received", "expenditure", "percent")},
                }
                for row in rows
            ],
        }
