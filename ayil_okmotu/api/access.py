"""How far villages lie from the centre of their municipality, where their executive body sits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from ayil_okmotu.api.columns import BODY_KINDS, DATA, PLACE
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.views import Query
from registry.api.columns import PROVENANCE, SETTLEMENT_KINDS, names, unit_columns, version_join
from registry.resolving import unit_id

FAR = 30
"""Kilometres beyond which a village counts as far from its executive body."""

RELATION = """registry_settlementassignment a
    JOIN registry_settlement s ON s.id = a.settlement_id
    JOIN registry_units_on(%(at)s::date) u ON u.unit_id = a.unit_id"""
JOINS = f"""LEFT JOIN ayil_okmotu_executivebody b ON b.unit_id = a.unit_id AND b.valid @> %(at)s::date
         AND b.voided_by_id IS NULL
    {version_join("d", "u.district_id", "%(at)s::date")} {version_join("o", "u.oblast_id", "%(at)s::date")}
    LEFT JOIN registry_settlement c ON c.id = u.centre_id
    LEFT JOIN LATERAL (SELECT n.value FROM registry_population n WHERE n.settlement_id = s.id AND n."on" <= %(at)s::date
                        ORDER BY n."on" DESC LIMIT 1) residents ON true"""


class VillageAccess(SqlListView):
    """Villages as of a day that lie so many kilometres or more from the seat of their executive body, farthest first."""

    data = DATA
    dated = True
    columns = (
        Column("settlement.id", "s.id", "uuid"),
        Column("settlement.kind", "s.kind", schema=SETTLEMENT_KINDS),
        *names("settlement.name", "s"),
        *unit_columns("unit", "u"),
        *unit_columns("district", "d"),
        *unit_columns("oblast", "o"),
        Column("body.id", "b.id", "uuid", anchor=True),
        Column("body.kind", "b.kind", schema=BODY_KINDS),
        Column("centre.id", "c.id", "uuid", anchor=True),
        *names("centre.name", "c"),
        Column("distance_to_centre_km", "a.distance_to_centre_km", "decimal"),
        Column("population", "residents.value", "int", null=True),
        Column("provenance", "a.provenance", schema=PROVENANCE),
        Column("at", "%(at)s::date", "date"),
    )
    params = (
        *PLACE,
        Param(
            "from",
            "int",
            gettext_lazy("Only villages this many kilometres or more away."),
            default=FAR,
            maximum=2000,
        ),
    )
    keys = {"distance": Key("a.distance_to_centre_km", "numeric"), "name": Key("coalesce(s.sort_ky, '')")}
    unique = Key("s.id", "uuid")
    default_ordering = ("-distance",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The villages of the day that are as far, narrowed."""
        source = Source(RELATION, JOINS)
        source.add(
            "a.valid @> %(at)s::date AND a.voided_by_id IS NULL AND s.kind IN ('village', 'urban_type_settlement')"
        )
        source.add("a.distance_to_centre_km >= %(from)s::integer", **{"from": query["from"]})
        if query["unit"] is not None:
            source.add("a.unit_id = %(unit)s::uuid", unit=str(unit_id(query["unit"])))
        for name in ("oblast", "district"):
            if query[name] is not None:
                source.add(f"u.{name}_id = %({name})s::uuid", **{name: str(unit_id(query[name]))})
        return source
