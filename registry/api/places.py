"""Settlements, legal acts and published figures over REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import (
    DISTRICT,
    OBLAST,
    PROVENANCE,
    SEARCH,
    SETTLEMENT_KINDS,
    UNIT,
    names,
    texts,
    unit_columns,
)
from registry.api.units import CODE_SCHEMA
from registry.models import LegalAct, PublishedFigure, SettlementKind
from registry.resolving import must_exist, unit_id

CODES = """(SELECT coalesce(jsonb_agg(jsonb_build_object('system', c.system, 'code', c.code) ORDER BY c.system), '[]')
              FROM registry_settlementcode c
             WHERE c.settlement_id = s.id AND c.valid @> %(at)s::date AND c.voided_by_id IS NULL)"""
SETTLEMENT_COLUMNS = (
    Column("id", "s.id", "uuid"),
    Column("kind", "s.kind", schema=SETTLEMENT_KINDS),
    *names("name", "s"),
    Column(
        "codes",
        CODES,
        "json",
        schema=CODE_SCHEMA,
        export="""(SELECT string_agg(c.system || ':' || c.code, ' ' ORDER BY c.system) FROM registry_settlementcode c
                    WHERE c.settlement_id = s.id AND c.valid @> %(at)s::date AND c.voided_by_id IS NULL)""",
    ),
    *unit_columns("unit", "u"),
    Column("district", "u.district_id", "uuid", null=True),
    Column("oblast", "u.oblast_id", "uuid", null=True),
    Column("distance_to_centre_km", "a.distance_to_centre_km", "decimal", null=True),
    Column("valid.from", "lower(a.valid)", "date", anchor=True),
    Column("valid.to", "upper(a.valid)", "date", null=True),
    Column("provenance", "coalesce(a.provenance, s.provenance)", schema=PROVENANCE),
    Column(
        "status",
        """CASE WHEN a.id IS NULL THEN 'unassigned' WHEN a.voided_by_id IS NOT NULL THEN 'annulled'
                WHEN a.valid @> %(at)s::date THEN 'existing' ELSE 'ended' END""",
        schema={"enum": ["existing", "ended", "annulled", "unassigned"]},
    ),
    Column("at", "%(at)s::date", "date"),
)
EXISTING = """registry_settlement s
    JOIN registry_settlementassignment a ON a.settlement_id = s.id AND a.valid @> %(at)s::date AND a.voided_by_id IS NULL
    JOIN registry_units_on(%(at)s::date) u ON u.unit_id = a.unit_id"""
# Every settlement with where it last belonged: what belongs nowhere any more is a tombstone.
KNOWN = """registry_settlement s
    LEFT JOIN LATERAL (
        SELECT x.* FROM registry_settlementassignment x WHERE x.settlement_id = s.id AND lower(x.valid) <= %(at)s::date
         ORDER BY x.voided_by_id IS NOT NULL, x.valid DESC, x.recorded_at DESC LIMIT 1) a ON true
    LEFT JOIN registry_units_known(%(at)s::date) u ON u.unit_id = a.unit_id"""


class Settlements(SqlListView):
    """Settlements as of a day, each with its municipality; with ``updated_since`` also those that lost theirs."""

    data = ("registry",)
    dated = True
    columns = SETTLEMENT_COLUMNS
    params: ClassVar[Sequence[Param]] = (
        UNIT,
        OBLAST,
        DISTRICT,
        Param(
            "kind",
            "choice",
            gettext_lazy("Only these kinds."),
            choices=tuple(SettlementKind.values),
            many=True,
        ),
        SEARCH,
    )
    keys = {
        "name": Key("s.sort_ky"),
        "name_ru": Key("s.sort_ru"),
        "distance": Key("coalesce(a.distance_to_centre_km, -1)", "numeric"),
    }
    unique = Key("s.id", "uuid")
    default_ordering = ("name",)
    updated = Key(
        """greatest(s.updated_at, a.updated_at,
                    (SELECT max(c.updated_at) FROM registry_settlementcode c WHERE c.settlement_id = s.id))""",
        "timestamptz",
    )

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The settlements of the day, narrowed."""
        source = Source(KNOWN if query["updated_since"] else EXISTING)
        if query.get("unit") is not None:
            source.add("a.unit_id = %(unit)s::uuid", unit=str(unit_id(query["unit"])))
        for name in ("oblast", "district"):
            if query.get(name) is not None:
                source.add(f"u.{name}_id = %({name})s::uuid", **{name: str(unit_id(query[name]))})
        if query["kind"]:
            source.add("s.kind = ANY(%(kind)s::text[])", kind=list(query["kind"]))
        if query["q"]:
            source.add(
                """(position(lsg_fold(%(q)s) IN lsg_fold(s.name_ky)) > 0 OR position(lsg_fold(%(q)s) IN lsg_fold(s.name_ru)) > 0
                    OR EXISTS (SELECT FROM registry_settlementcode c WHERE c.settlement_id = s.id
                                  AND c.voided_by_id IS NULL AND starts_with(c.code, %(q)s)))""",
                q=query["q"],
            )
        return source


class UnitSettlements(Settlements):
    """The settlements of one unit, and of what lay in it, as of a day."""

    params = (
        Param(
            "kind",
            "choice",
            gettext_lazy("Only these kinds."),
            choices=tuple(SettlementKind.values),
            many=True,
        ),
        SEARCH,
    )
    refusals = {"GET": (404,)}

    def source(self, query: Query, **kwargs: Any) -> Source:
        """Those of the unit."""
        must_exist(kwargs["pk"])
        source = super().source(query)
        source.add(
            "%(home)s::uuid IN (u.unit_id, u.parent_id, u.district_id, u.oblast_id)", home=str(kwargs["pk"])
        )
        return source


class SettlementDetail(ReadView):
    """One settlement as of a day, where it belongs or last belonged, and every unit it has belonged to."""

    data = ("registry",)
    dated = True
    refusals = {"GET": (404,)}
    answer_schema = shapes.row(
        SETTLEMENT_COLUMNS,
        history=shapes.listed(
            shapes.record(
                {"unit": shapes.UUID, "from": shapes.DAY, "to": shapes.nullable(shapes.DAY)},
                change=shapes.nullable(shapes.UUID),
                voided=shapes.BOOL,
            )
        ),
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the settlement."""
        shape = Settlements.shape(None)
        sql = f"SELECT {shape.select} FROM {KNOWN} WHERE s.id = %(settlement)s::uuid"
        found = shape.build(prepared.rows(sql, {"at": query.at, "settlement": str(kwargs["pk"])}))
        if not found:
            raise NotVisible
        history = prepared.rows(
            """SELECT a.unit_id::text, lower(a.valid)::text, upper(a.valid)::text, a.change_id::text,
                      a.voided_by_id IS NOT NULL
                 FROM registry_settlementassignment a WHERE a.settlement_id = %(settlement)s::uuid
                ORDER BY a.valid, a.recorded_at""",
            {"settlement": str(kwargs["pk"])},
        )
        keys = ("unit", "from", "to", "change", "voided")
        return {**found[0], "history": [dict(zip(keys, row, strict=True)) for row in history]}


class LegalActs(SqlListView):
    """The legal acts on which changes rest."""

    data = ("registry",)
    columns = (
        Column("id", "l.id", "uuid"),
        Column("kind", "l.kind", schema={"enum": list(LegalAct.Kind.values)}),
        Column("number", "l.number"),
        Column("adopted_on", "l.adopted_on", "date"),
        Column("in_force.from", "lower(l.in_force)", "date", anchor=True),
        Column("in_force.to", "upper(l.in_force)", "date", null=True),
        Column("status", "l.status", schema={"enum": list(LegalAct.Status.values)}),
        Column("repealed_by", "l.repealed_by_id", "uuid", null=True),
        *names("title", "l", "title"),
        Column("link", "l.link"),
        Column("provenance", "l.provenance", schema=PROVENANCE),
    )
    params = (
        Param(
            "kind",
            "choice",
            gettext_lazy("Only these kinds."),
            choices=tuple(LegalAct.Kind.values),
            many=True,
        ),
        Param("status", "choice", gettext_lazy("Only this status."), choices=tuple(LegalAct.Status.values)),
        Param("q", "text", gettext_lazy("Part of a title, or a number."), max_length=100),
    )
    keys = {"adopted_on": Key("l.adopted_on", "date"), "number": Key("l.number")}
    unique = Key("l.id", "uuid")
    default_ordering = ("-adopted_on",)
    updated = Key("l.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The acts, narrowed."""
        source = Source("registry_legalact l")
        if query["kind"]:
            source.add("l.kind = ANY(%(kind)s::text[])", kind=list(query["kind"]))
        if query["status"]:
            source.add("l.status = %(status)s", status=query["status"])
        if query["q"]:
            source.add(
                """(l.number = %(q)s OR position(lsg_fold(%(q)s) IN lsg_fold(l.title_ky)) > 0
                    OR position(lsg_fold(%(q)s) IN lsg_fold(l.title_ru)) > 0)""",
                q=query["q"],
            )
        return source


class LegalActDetail(DetailView):
    """One legal act with the changes that rest on it."""

    answer_schema = shapes.row(LegalActs.columns, changes=shapes.listed(shapes.UUID))

    def load(self, query: Query, **kwargs: Any) -> LegalAct:
        """Return the act."""
        found = LegalAct.objects.filter(pk=kwargs["pk"]).first()
        if found is None:
            raise NotVisible
        return found

    def version(self, thing: LegalAct) -> tuple[object, ...]:
        """The moment of its last write and what rests on it."""
        return (thing.pk, thing.updated_at, *self._changes(thing))

    def show(self, thing: LegalAct, query: Query) -> dict[str, Any]:
        """Show the act."""
        return {
            "id": str(thing.pk),
            "kind": thing.kind,
            "number": thing.number,
            "adopted_on": thing.adopted_on,
            "in_force": {"from": thing.in_force.lower, "to": thing.in_force.upper}
            if thing.in_force
            else None,
            "status": thing.status,
            "repealed_by": str(thing.repealed_by_id) if thing.repealed_by_id else None,
            "title": texts(thing, "title"),
            "link": thing.link,
            "provenance": thing.provenance,
            "changes": self._changes(thing),
        }

    @staticmethod
    def _changes(act: LegalAct) -> list[str]:
        """The live changes that rest on the act."""
        live = act.change_acts.filter(change__annulment__isnull=True).order_by("change_id")
        return [str(change) for change in live.values_list("change_id", flat=True)]


class PublishedFigures(SqlListView):
    """What sources printed, beside what the records say where the register can count it."""

    data = ("registry",)
    columns = (
        Column("id", "f.id", "uuid"),
        Column("measure", "f.measure", schema={"enum": list(PublishedFigure.Measure.values)}),
        Column("unit", "f.unit_id", "uuid", null=True),
        Column("day", "f.day", "date", null=True),
        Column("interval.from", "lower(f.interval)", "date", anchor=True),
        Column("interval.to", "upper(f.interval)", "date", null=True),
        Column("as_printed", "f.as_printed"),
        Column("value", "trim_scale(f.value)", "decimal", null=True),
        Column("recorded", "f.recorded", "decimal", null=True),
        Column("difference", "trim_scale(f.recorded - f.value)", "decimal", null=True),
        Column("source", "f.source"),
        Column("provenance", "f.provenance", schema=PROVENANCE),
    )
    params = (
        Param(
            "measure",
            "choice",
            gettext_lazy("Only this measure."),
            choices=tuple(PublishedFigure.Measure.values),
        ),
        UNIT,
    )
    keys = {"measure": Key("f.measure"), "day": Key("coalesce(f.day, lower(f.interval))", "date")}
    unique = Key("f.id", "uuid")
    default_ordering = ("measure", "day")
    updated = Key("f.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The figures with the register's own count on the same day."""
        source = Source(
            """(SELECT p.*, CASE WHEN p.day IS NOT NULL AND p.measure IN ('municipalities', 'ayil_aimaks', 'cities') THEN
                    (SELECT count(*)::numeric FROM registry_units_on(p.day) u
                      WHERE (p.unit_id IS NULL OR p.unit_id IN (u.district_id, u.oblast_id))
                        AND ((p.measure <> 'cities' AND u.kind = 'ayil_aimak')
                          OR (p.measure <> 'ayil_aimaks'
                              AND u.kind IN ('city_republican', 'city_oblast', 'city_district_level'))))
                    END AS recorded
                 FROM registry_publishedfigure p) f"""
        )
        if query["measure"]:
            source.add("f.measure = %(measure)s", measure=query["measure"])
        if query["unit"] is not None:
            source.add("f.unit_id = %(unit)s::uuid", unit=str(unit_id(query["unit"])))
        return source
