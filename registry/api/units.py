"""Units over REST: the hot list, one unit, its versions, and the bearers of a code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy

from lsg_portal.data import prepared
from lsg_portal.rest import clock, shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import (
    DISTRICT,
    KINDS,
    OBLAST,
    PROVENANCE,
    SEARCH,
    names,
    unit_columns,
    version_join,
)
from registry.models import SettlementAssignment, SettlementCode, UnitCode, UnitKind
from registry.narrowing import added
from registry.resolving import must_exist, unit_id

CODES = """(SELECT coalesce(jsonb_agg(jsonb_build_object('system', c.system, 'code', c.code) ORDER BY c.system), '[]')
              FROM registry_unitcode c
             WHERE c.unit_id = u.unit_id AND c.valid @> u.seen AND c.voided_by_id IS NULL)"""
POPULATION = """(SELECT f.value FROM registry_population f
                  WHERE f.unit_id = u.unit_id AND f."on" <= u.seen AND f.voided_by_id IS NULL
                  ORDER BY f."on" DESC, f.recorded_at DESC LIMIT 1)"""
CODE_SCHEMA = shapes.listed(shapes.record(system=shapes.TEXT, code=shapes.TEXT))
STATUSES = ("existing", "ended", "annulled", "any")
JOINS = " ".join(
    (
        version_join("p", "u.parent_id"),
        version_join("o", "u.oblast_id"),
        version_join("d", "u.district_id"),
        "LEFT JOIN registry_settlement s ON s.id = u.centre_id",
    )
)

COLUMNS = (
    Column("id", "u.unit_id", "uuid"),
    Column("kind", "u.kind", schema=KINDS),
    *names("name", "u"),
    Column(
        "codes",
        CODES,
        "json",
        schema=CODE_SCHEMA,
        export="""(SELECT string_agg(c.system || ':' || c.code, ' ' ORDER BY c.system) FROM registry_unitcode c
                    WHERE c.unit_id = u.unit_id AND c.valid @> u.seen AND c.voided_by_id IS NULL)""",
    ),
    *unit_columns("parent", "p"),
    *unit_columns("oblast", "o"),
    *unit_columns("district", "d"),
    Column("centre.id", "s.id", "uuid", anchor=True),
    *names("centre.name", "s"),
    Column("population", POPULATION, "int", null=True),
    Column("valid.from", "lower(u.valid)", "date"),
    Column("valid.to", "upper(u.valid)", "date", null=True),
    Column("provenance", "u.provenance", schema=PROVENANCE),
    Column("status", "u.status", schema={"enum": ["existing", "ended", "annulled"]}),
    Column("at", "%(at)s::date", "date"),
)
# ``seen`` is the day as of which a unit is shown: the day asked for, or the last day of one that has ended
EXISTING = (
    "(SELECT x.*, 'existing'::text AS status, %(at)s::date AS seen FROM registry_units_on(%(at)s::date) x) u"
)
COUNTED = """(SELECT x.* FROM registry_unitversion x
               WHERE x.valid @> %(at)s::date AND x.voided_by_id IS NULL) u"""
KNOWN = """(SELECT k.*, least(%(at)s::date, upper(k.valid) - 1) AS seen,
                    greatest((SELECT max(v.updated_at) FROM registry_unitversion v WHERE v.unit_id = k.unit_id),
                             (SELECT max(c.updated_at) FROM registry_unitcode c WHERE c.unit_id = k.unit_id),
                             (SELECT max(f.updated_at) FROM registry_population f WHERE f.unit_id = k.unit_id)) AS updated_at
              FROM registry_units_known(%(at)s::date) k) u"""


class Units(SqlListView):
    """Units as of a day; with ``updated_since`` also those that ended or were annulled, as tombstones."""

    data = ("registry", "reform")
    dated = True
    columns = COLUMNS
    params = (
        Param("kind", "choice", gettext_lazy("Only these kinds."), choices=tuple(UnitKind.values), many=True),
        OBLAST,
        DISTRICT,
        SEARCH,
        Param(
            "status",
            "choice",
            gettext_lazy("Existing on the day (default), ended by then, annulled, or any."),
            choices=STATUSES,
        ),
        *(Param(extra.name, "text", extra.description, max_length=60) for extra in added()),
    )
    keys = {
        "name": Key("u.sort_ky"),
        "name_ru": Key("u.sort_ru"),
        "kind": Key("u.kind"),
        "valid_from": Key("lower(u.valid)", "date"),
    }
    unique = Key("u.unit_id", "uuid")
    default_ordering = ("name",)
    updated = Key("u.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The units of the day, narrowed."""
        status = query["status"]
        if status in (None, "existing") and not query["updated_since"]:
            source = Source(EXISTING, JOINS, alias="u")
            if query["oblast"] is None and query["district"] is None:
                source.counted = COUNTED
        else:
            source = Source(KNOWN, JOINS, alias="u")
            if status not in (None, "any"):
                source.add("u.status = %(status)s", status=status)
        if query["kind"]:
            source.add("u.kind = ANY(%(kind)s::text[])", kind=list(query["kind"]))
        for name in ("oblast", "district"):
            if query[name] is not None:
                source.add(f"u.{name}_id = %({name})s::uuid", **{name: str(unit_id(query[name]))})
        if query["q"]:
            source.add(
                """(position(lsg_fold(%(q)s) IN lsg_fold(u.name_ky)) > 0 OR position(lsg_fold(%(q)s) IN lsg_fold(u.name_ru)) > 0
                    OR EXISTS (SELECT FROM registry_unitcode c WHERE c.unit_id = u.unit_id AND c.voided_by_id IS NULL
                                  AND starts_with(c.code, %(q)s)))""",
                q=query["q"],
            )
        for extra in added():
            if query[extra.name]:
                source.add(extra.condition, **{extra.name: query[extra.name]})
        return source


def shown(query_at: dt.date, condition: str, **args: Any) -> list[dict[str, Any]]:
    """Return the units that meet a condition, ended and annulled ones too, in the shape of the list."""
    shape = Units.shape(None)
    sql = f"SELECT {shape.select} FROM {KNOWN} {JOINS} WHERE {condition} ORDER BY u.valid DESC, u.unit_id"
    return shape.build(prepared.rows(sql, {"at": query_at, **args}))


class UnitDetail(ReadView):
    """One unit as of a day; on a day on which it did not exist, as it last stood before (status ``ended``)."""

    data = ("registry",)
    dated = True
    answer_schema = shapes.row(COLUMNS)
    refusals = {"GET": (404,)}

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the unit."""
        found = shown(query.at, "u.unit_id = %(unit)s::uuid", unit=str(kwargs["pk"]))
        if not found:
            raise NotVisible
        return found[0]


class CodeBearers(ReadView):
    """The units that bear a code: on a day with ``at``, else every unit that ever bore it."""

    data = ("registry",)
    params = (Param("at", "date", gettext_lazy("Only the unit that bore the code on this day.")),)
    refusals = {"GET": (404,)}
    answer_schema = shapes.record(
        system=shapes.TEXT,
        code=shapes.TEXT,
        at=shapes.nullable(shapes.DAY),
        results=shapes.listed(shapes.row(COLUMNS)),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the bearers.

        A code that nobody ever bore is 404, one that nobody bears that day an empty list. The code of a settlement
        answers with the unit the settlement belongs to; a code that only annulled changes gave, with those units.
        """
        known = {"system": kwargs["system"], "code": kwargs["code"]}
        day = query["at"]
        bearers = list(UnitCode.objects.filter(**known).values_list("unit_id", "valid", "voided_by_id"))
        places = set(SettlementCode.objects.filter(**known).values_list("settlement_id", flat=True))
        if not bearers and not places:
            raise NotVisible
        units = {
            unit for unit, valid, voided in bearers if not voided and (day is None or day in _Days(valid))
        }
        if not units and day is None:
            units = {unit for unit, _valid, _voided in bearers}
        if not bearers:
            homes = SettlementAssignment.objects.on(day or clock.today()).filter(settlement__in=places)
            units = set(homes.values_list("unit_id", flat=True))
        found = shown(
            day or clock.today(), "u.unit_id = ANY(%(units)s::uuid[])", units=[str(unit) for unit in units]
        )
        return {**known, "at": day, "results": found}


class _Days:
    """The days of a half-open range."""

    def __init__(self, valid: Any) -> None:
        self.valid = valid

    def __contains__(self, day: dt.date) -> bool:
        return (self.valid.lower is None or self.valid.lower <= day) and (
            self.valid.upper is None or day < self.valid.upper
        )


VERSION_COLUMNS = (
    Column("id", "u.id", "uuid"),
    Column("kind", "u.kind", schema=KINDS),
    *names("name", "u"),
    *unit_columns("parent", "p"),
    Column("centre.id", "s.id", "uuid", anchor=True),
    *names("centre.name", "s"),
    Column("valid.from", "lower(u.valid)", "date"),
    Column("valid.to", "upper(u.valid)", "date", null=True),
    Column("change", "u.change_id", "uuid", null=True),
    Column("closed_by", "u.closed_by_id", "uuid", null=True),
    Column("voided", "u.voided_by_id IS NOT NULL", "bool"),
    Column("provenance", "u.provenance", schema=PROVENANCE),
    Column("source", "u.source"),
)


class Versions(SqlListView):
    """What a unit was called, of what kind it was and where it lay, over time; annulled versions are marked."""

    data = ("registry",)
    columns = VERSION_COLUMNS
    params = (Param("voided", "bool", gettext_lazy("Only annulled versions, or only those that stand.")),)
    keys = {"valid_from": Key("lower(u.valid)", "date")}
    unique = Key("u.id", "uuid")
    default_ordering = ("valid_from",)
    refusals = {"GET": (404,)}

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The versions of the unit."""
        must_exist(kwargs["pk"])
        source = Source(
            "registry_unitversion u",
            """LEFT JOIN registry_unitversion p ON p.unit_id = u.parent_id AND p.valid @> lower(u.valid)
                    AND p.voided_by_id IS NULL
               LEFT JOIN registry_settlement s ON s.id = u.centre_id""",
        )
        source.add("u.unit_id = %(unit)s::uuid", unit=str(kwargs["pk"]))
        if query["voided"] is not None:
            source.add("(u.voided_by_id IS NOT NULL) = %(voided)s", voided=query["voided"])
        return source
