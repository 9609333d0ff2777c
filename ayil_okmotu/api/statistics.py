"""Executive bodies on two days over REST: heads, staff and the population they serve."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import statistics
from ayil_okmotu.api.columns import DATA
from councils.api.statistics import GROUP, PERCENT
from lsg_portal.rest import shapes
from lsg_portal.rest.params import Param, refusal
from lsg_portal.rest.problems import Fault
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import DISTRICT, OBLAST
from registry.resolving import unit_id

DAY = shapes.record(
    **dict.fromkeys(
        ("bodies", "headless", "acting", "unreported", "approved", "staff", "contract", "women"), shapes.COUNT
    ),
    women_percent=PERCENT,
    population=shapes.COUNT,
    population_per_employee=PERCENT,
)
COMPARED: shapes.Schema = {
    "before": DAY,
    "after": DAY,
    "reduced": shapes.INTEGER,
    "reduction_percent": PERCENT,
}


class ExecutiveStatistics(ReadView):
    """Executive bodies, their staff and the population for each employee on two days: rows by group, and a total."""

    data = DATA
    formats = ("json", "csv", "xlsx")
    params = (
        Param("before", "date", gettext_lazy("The earlier day."), required=True),
        Param("after", "date", gettext_lazy("The later day."), required=True),
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
    answer_schema = shapes.record(
        before=shapes.DAY,
        after=shapes.DAY,
        group_by=shapes.choice(statistics.GROUPINGS),
        rows=shapes.listed(shapes.record({"group": GROUP, **COMPARED})),
        total=shapes.record(COMPARED),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Count."""
        if query["before"] > query["after"]:
            raise refusal(
                Fault("/before", "days_reversed", _("The earlier day must not lie after the later one."))
            )
        places = {name: unit_id(query[name]) for name in ("oblast", "district") if query[name] is not None}
        return statistics.between(
            query["before"], query["after"], query["group_by"], **places, kind=query["kind"]
        )
