"""Statistics of councils over REST, and the seat ledger."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import ledger, statistics
from councils.models import Council
from lsg_portal.rest import shapes
from lsg_portal.rest.params import Param, refusal
from lsg_portal.rest.problems import Fault, NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import DISTRICT, OBLAST
from registry.resolving import unit_id

PLACE_NAME = shapes.record(id=shapes.UUID, kind=shapes.TEXT, name=shapes.NAME)
GROUP = shapes.record(
    id=shapes.nullable(shapes.TEXT),
    kind=shapes.nullable(shapes.TEXT),
    name=shapes.NAME,
    oblast={**PLACE_NAME, "type": ["object", "null"]},
)
PERCENT = shapes.nullable(shapes.DECIMAL)
WOMEN: shapes.Schema = {
    "councils": shapes.COUNT,
    "convened": shapes.COUNT,
    "sitting": shapes.COUNT,
    "women": shapes.COUNT,
    "men": shapes.COUNT,
    "not_stated": shapes.COUNT,
    "women_percent": PERCENT,
    "councils_without_women": shapes.COUNT,
}
SEATS: shapes.Schema = {
    "councils_before": shapes.COUNT,
    "councils_after": shapes.COUNT,
    "by_law_before": shapes.COUNT,
    "by_law_after": shapes.COUNT,
    "before": shapes.COUNT,
    "after": shapes.COUNT,
    "vacant_before": shapes.COUNT,
    "vacant_after": shapes.COUNT,
    "reduced": shapes.INTEGER,
    "reduction_percent": PERCENT,
}


class _Statistics(ReadView):
    """Figures by group, and a total."""

    data = ("councils", "registry")
    formats = ("json", "csv", "xlsx")
    grouping: ClassVar[tuple[Param, ...]] = (
        Param(
            "group_by",
            "choice",
            gettext_lazy("How to group."),
            choices=statistics.GROUPINGS,
            default="oblast",
        ),
        OBLAST,
        DISTRICT,
        Param("kind", "choice", gettext_lazy("Only this kind of municipality."), choices=statistics.KINDS),
    )

    def filters(self, query: Query) -> dict[str, Any]:
        """Return the filters as the statistics take them."""
        places = {name: unit_id(query[name]) for name in ("oblast", "district") if query[name] is not None}
        return {**places, "kind": query["kind"]}


class Women(_Statistics):
    """How many of the deputies on a day are women: rows by group, and a total."""

    dated = True
    params = _Statistics.grouping
    answer_schema = shapes.record(
        at=shapes.DAY,
        group_by=shapes.choice(statistics.GROUPINGS),
        rows=shapes.listed(shapes.record({"group": GROUP, **WOMEN})),
        total=shapes.record(WOMEN),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Count."""
        return statistics.women_by(query["group_by"], query.at, **self.filters(query))


class Seats(_Statistics):
    """Deputies in office, seats by law and vacant seats on two days: rows by group, and a total."""

    params = (
        Param("before", "date", gettext_lazy("The earlier day."), required=True),
        Param("after", "date", gettext_lazy("The later day."), required=True),
        *_Statistics.grouping,
    )
    answer_schema = shapes.record(
        before=shapes.DAY,
        after=shapes.DAY,
        group_by=shapes.choice(statistics.GROUPINGS),
        rows=shapes.listed(shapes.record({"group": GROUP, **SEATS})),
        total=shapes.record(SEATS),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Count."""
        if query["before"] > query["after"]:
            raise refusal(
                Fault("/before", "days_reversed", _("The earlier day must not lie after the later one."))
            )
        return statistics.seats_between(
            query["before"], query["after"], query["group_by"], **self.filters(query)
        )


NUMBER = shapes.nullable(shapes.COUNT)
CONFLICT: shapes.Schema = {
    **shapes.record(
        code=shapes.TEXT,
        detail=shapes.TEXT,
        sources=shapes.listed(
            shapes.record(act=shapes.nullable(shapes.UUID), article=shapes.TEXT, statement=shapes.NAME)
        ),
    ),
    "type": ["object", "null"],
}


class SeatLedger(ReadView):
    """A council's seats on a day: by law, sitting, what each council of origin brought, vacant, and any conflict."""

    data = ("councils", "registry")
    dated = True
    refusals = {"GET": (404,)}
    answer_schema = shapes.record(
        at=shapes.DAY,
        by_law=NUMBER,
        own=shapes.COUNT,
        sitting=shapes.COUNT,
        origins=shapes.listed(
            shapes.record(
                council=shapes.UUID,
                unit=shapes.UUID,
                seats=NUMBER,
                carried_over=shapes.COUNT,
                ended=shapes.COUNT,
                sitting=shapes.COUNT,
            )
        ),
        vacant=NUMBER,
        conflict=CONFLICT,
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the ledger."""
        if not Council.objects.live().filter(pk=kwargs["pk"]).exists():
            raise NotVisible
        return ledger.ledger(kwargs["pk"], query.at).as_dict()
