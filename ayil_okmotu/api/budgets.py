"""Local budgets over REST: stored as reported, with what does not add up said beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from ayil_okmotu import budgets, queries, services
from ayil_okmotu.api.columns import DATA, PLACE, narrow, one, place_columns
from ayil_okmotu.api.keeping import Seen, must_keep_budget
from ayil_okmotu.api.payloads import BudgetBody, BudgetPatch, known, known_lines
from ayil_okmotu.models import BudgetItem, LocalBudget
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, NotVisible
from lsg_portal.rest.views import Query, ReadView
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE, UNIT
from registry.models import Unit, UnitKind
from registry.resolving import must_exist, unit_id

AMOUNT = shapes.nullable(shapes.DECIMAL)
SIDES = tuple(BudgetItem.Side.values)
CODES = (budgets.UNREADABLE, budgets.DO_NOT_ADD_UP, budgets.SURPLUS_DIFFERS, budgets.SPENDS_MORE)
ADDED_UP = ("own_revenue", "transfers", "expenditure")
REPORTED = ("total_revenue", "total_expenditure", "surplus", "executed")
LINE = shapes.record(
    item=shapes.TEXT,
    side=shapes.choice(SIDES),
    plan=AMOUNT,
    actual=AMOUNT,
    plan_as_printed=shapes.TEXT,
    actual_as_printed=shapes.TEXT,
)
FLAGS = f"SELECT DISTINCT f.code FROM {budgets.FINDINGS.format(budgets='ARRAY[b.id]')} f"
FLAGGED = budgets.FINDINGS.format(budgets="ARRAY(SELECT id FROM ayil_okmotu_localbudget)")


def _amounts(path: str, name: str) -> tuple[Column, ...]:
    """Return plan and actual of a sum, in million som."""
    return tuple(
        Column(f"{path}.{column}", f"sums.{name}_{column}", "decimal", null=True)
        for column in ("plan", "actual")
    )


COLUMNS = (
    Column("id", "b.id", "uuid"),
    *place_columns(),
    Column("year", "b.year", "int"),
    Column("label", "b.label"),
    *(column for name in ADDED_UP for column in _amounts(name, name)),
    *(column for name in REPORTED for column in _amounts(f"reported.{name}", name)),
    Column(
        "flags",
        f"(SELECT coalesce(json_agg(f.code ORDER BY f.code), '[]') FROM ({FLAGS}) f)",
        "json",
        schema={"type": "array", "items": {"type": "string", "enum": list(CODES)}},
        export=f"(SELECT string_agg(f.code, ', ' ORDER BY f.code) FROM ({FLAGS}) f)",
    ),
    Column("lines", f"coalesce({queries.LINES}, '[]')", "json", schema=shapes.listed(LINE), export=""),
    Column("version", "b.version", "int"),
    Column("provenance", "b.provenance", schema=PROVENANCE),
    Column("source", "b.source"),
)
JOINS = f"{queries.place('b')} {queries.SUMS}"
BUDGET = shapes.row(
    COLUMNS,
    findings=shapes.listed(
        shapes.record(
            code=shapes.choice(CODES),
            detail=shapes.TEXT,
            column=shapes.choice(("plan", "actual")),
            item=shapes.TEXT,
            reported=AMOUNT,
            computed=AMOUNT,
            difference=AMOUNT,
            printed=shapes.nullable(shapes.TEXT),
        )
    ),
)


class Budgets(CreateMixin, SqlListView):
    """Local budgets by year in million som: lines as reported, sides added up, totals as reported, and flags.

    Nothing is corrected: ``flags`` name what does not add up, the detail says how. Oblasts and districts have the sums
    that a source printed.
    """

    bodies = {"POST": BudgetBody}
    answers = {"POST": BUDGET}
    data = DATA
    columns = COLUMNS
    params = (
        *PLACE,
        Param("year", "int", gettext_lazy("Only this year."), minimum=1991, maximum=2100),
        Param(
            "kind",
            "choice",
            gettext_lazy("Only units of these kinds."),
            choices=tuple(UnitKind.values),
            many=True,
        ),
        Param(
            "flagged", "bool", gettext_lazy("Only budgets in which something is flagged, or only the others.")
        ),
    )
    keys = {"year": Key("b.year", "int")}
    unique = Key("b.id", "uuid")
    default_ordering = ("-year",)
    updated = Key("b.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The budgets, narrowed."""
        source = Source(queries.BUDGETS, JOINS, alias="b")
        narrow(source, query, "b")
        if query["year"] is not None:
            source.add("b.year = %(year)s::integer", year=query["year"])
        if query["kind"]:
            source.add(
                """EXISTS (SELECT FROM registry_unitversion v WHERE v.unit_id = b.unit_id AND v.valid @> b.seen
                              AND v.voided_by_id IS NULL AND v.kind = ANY(%(kind)s::text[]))""",
                kind=list(query["kind"]),
            )
        if query["flagged"] is not None:
            source.add(
                f"(b.id IN (SELECT f.budget_id FROM {FLAGGED} f)) = %(flagged)s::boolean",
                flagged=query["flagged"],
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only those who keep some budget."""
        must_keep_budget(request.user, None)

    def create(self, data: Any, user: Any) -> LocalBudget:
        """Record the budget of a year that has none yet."""
        unit = known(Unit.objects.select_for_update(), data.pop("unit"), "/unit")
        must_keep_budget(user, unit)
        if LocalBudget.objects.filter(unit=unit, year=data["year"]).exists():
            raise Conflict(
                gettext_lazy("The budget of this year is recorded already: change it."),
                code="already_recorded",
            )
        return services.write_budget(unit=unit, lines=known_lines(data.pop("lines")), **data)

    def created(self, thing: LocalBudget, query: Query) -> tuple[Any, str, str | None]:
        """Show the budget with its address and its ETag."""
        view = BudgetDetail()
        address = reverse("api-budget", kwargs={"pk": thing.pk})
        return view.show(thing, query), address, view.tag(thing, query)


class BudgetDetail(Seen, DetailView):
    """One budget, with what in it cannot be read or does not add up; who keeps it changes lines of it."""

    answer_schema = BUDGET
    bodies = {"PATCH": BudgetPatch}

    def load(self, query: Query, **kwargs: Any) -> LocalBudget:
        """Return the budget: every budget is public."""
        found = LocalBudget.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> LocalBudget:
        """Return the budget with its row locked, for those who keep it."""
        found = (
            LocalBudget.objects.select_for_update(of=("self",))
            .select_related("unit")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None:
            raise NotVisible
        must_keep_budget(user, found.unit)
        return found

    def version(self, thing: LocalBudget) -> tuple[object, ...]:
        """The budget's row version."""
        return ("budget", thing.pk, thing.version)

    def show(self, thing: LocalBudget, query: Query) -> dict[str, Any]:
        """The row of the list, with the findings."""
        source = one(Source(queries.BUDGETS, JOINS), "b", thing.pk)
        shape = Budgets.shape(None)
        rows = prepared.rows(f"SELECT {shape.select} {source.body()}", source.args)
        found = budgets.findings([thing.pk])[thing.pk]
        return {
            **shape.build(rows)[0],
            "findings": [
                {
                    "code": finding.code,
                    "detail": str(finding.sentence),
                    "column": finding.figures["column"],
                    "item": finding.figures["item"],
                    **{
                        name: amount(finding.figures[name]) for name in ("reported", "computed", "difference")
                    },
                    "printed": finding.figures["printed"] or None,
                }
                for finding in found
            ],
        }

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Write the lines named, each as a whole; the others stay."""
        return self.change(request, self._write, **kwargs)

    def _write(self, thing: LocalBudget, data: Any, user: Any) -> LocalBudget:
        return services.write_budget(
            unit=thing.unit,
            year=thing.year,
            label=data.get("label", thing.label),
            lines=known_lines(data.get("lines", [])),
            expected_version=thing.version,
            provenance=thing.provenance,
            source=data.get("source", thing.source),
        )


def amount(value: Decimal | None) -> str | None:
    """Return an amount as text, without the zeros that its column adds."""
    return None if value is None else f"{value.normalize():f}"


class JoinedBudgets(ReadView):
    """The budgets of a unit year by year, as of a day.

    To each year are added the budgets of the units whose whole territory has passed to it since; each of the ``parts`` is
    listed, and those ``missing`` that have reported nothing.
    """

    data = DATA
    dated = True
    refusals = {"GET": (404,)}
    params = (Param("unit", "unit", UNIT.description, required=True),)
    answer_schema = shapes.record(
        at=shapes.DAY,
        unit=shapes.UUID,
        results=shapes.listed(
            shapes.record(
                year=shapes.COUNT,
                budget=shapes.nullable(shapes.UUID),
                joined=shapes.BOOL,
                parts=shapes.listed(shapes.record(unit=shapes.UUID, budget=shapes.UUID, label=shapes.TEXT)),
                missing=shapes.listed(shapes.UUID),
                lines=shapes.listed(
                    shapes.record(
                        item=shapes.TEXT,
                        plan=AMOUNT,
                        actual=AMOUNT,
                        plan_unreadable=shapes.BOOL,
                        actual_unreadable=shapes.BOOL,
                    )
                ),
            )
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the years."""
        unit = unit_id(query["unit"])
        must_exist(unit)
        return {
            "at": query.at,
            "unit": unit,
            "results": [
                {
                    "year": year.year,
                    "budget": year.budget_id,
                    "joined": year.joined,
                    "parts": [
                        {"unit": part.unit_id, "budget": part.budget_id, "label": part.label}
                        for part in year.parts
                    ],
                    "missing": list(year.missing),
                    "lines": [
                        {
                            "item": code,
                            "plan": amount(total.plan),
                            "actual": amount(total.actual),
                            "plan_unreadable": total.plan_unreadable,
                            "actual_unreadable": total.actual_unreadable,
                        }
                        for code, total in year.lines.items()
                    ],
                }
                for year in budgets.joined(unit, query.at)
            ],
        }
