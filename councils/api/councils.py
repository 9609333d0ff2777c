"""Councils and convocations over REST, as of a day."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy

from councils import queries
from councils.api.columns import (
    COUNCIL,
    COUNCIL_KINDS,
    PLACE,
    ROW_STATUS,
    narrow,
    narrow_to,
    narrow_to_words,
    one,
    period,
    place_columns,
)
from councils.models import CouncilKind, ElectionSystem
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import PROVENANCE, SEARCH, names

KINDS = tuple(CouncilKind.values)


class DatedList(SqlListView):
    """A list as of a day, which with ``updated_since`` also tells what ended or was annulled."""

    data = ("councils", "registry")
    dated = True

    def rows(self, query: Query) -> str:
        """Return the condition on ``x`` for the state asked for."""
        status = query["status"]
        if status in (None, "existing") and not query["updated_since"]:
            return queries.EXISTING
        if status in (None, "any"):
            return queries.KNOWN
        if status == "existing":
            return queries.EXISTING
        if status == "annulled":
            return f"{queries.KNOWN} AND x.voided_by_id IS NOT NULL"
        return f"{queries.KNOWN} AND x.voided_by_id IS NULL AND NOT x.valid @> %(at)s::date"


class DatedDetail(ReadView):
    """One row of a dated list; on a day on which it does not hold, as it last did."""

    data = ("councils", "registry")
    dated = True
    refusals = {"GET": (404,)}
    list_view: ClassVar[type[DatedList]]
    alias: ClassVar[str]

    def relation(self) -> tuple[str, str]:
        """Return the relation and its joins."""
        raise NotImplementedError

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the row with what belongs to it."""
        relation, joins = self.relation()
        source = one(Source(relation, joins), self.alias, kwargs["pk"])
        shape = self.list_view.shape(None)
        rows = prepared.rows(f"SELECT {shape.select} {source.body()}", {"at": query.at, **source.args})
        if not rows:
            raise NotVisible
        return {**shape.build(rows)[0], **self.more(query, **kwargs)}

    def more(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        """Return what only the detail shows."""
        return {}


COUNCIL_COLUMNS = (
    Column("id", "c.id", "uuid"),
    Column("kind", "c.kind", schema=COUNCIL_KINDS),
    Column("in_law_only", "c.in_law_only", "bool"),
    *place_columns(),
    Column("convocation.id", "k.id", "uuid", anchor=True),
    Column("convocation.number", "k.number", "int"),
    Column("convocation.elected_on", "k.elected_on", "date", null=True),
    Column("seats_by_law", "k.seats_by_law", "int", null=True),
    Column("sitting", "seats.sitting", "int"),
    Column("women", "seats.women", "int"),
    Column("chair.id", "hp.id", "uuid", anchor=True),
    *names("chair.name", "hp"),
    Column("provenance", "c.provenance", schema=PROVENANCE),
    *period("c"),
)
COUNCIL_JOINS = " ".join(
    (
        queries.place("c"),
        queries.TERM,
        queries.SEATS.format(convocation="k.id", day="c.seen"),
        queries.CHAIR.format(day="c.seen"),
    )
)


class Councils(DatedList):
    """Local councils as of a day: their unit, the convocation that sits, its seats, deputies and chair."""

    columns = COUNCIL_COLUMNS
    params = (
        *PLACE,
        Param("kind", "choice", gettext_lazy("Only these kinds."), choices=KINDS, many=True),
        ROW_STATUS,
        SEARCH,
    )
    keys = {"name": Key("coalesce(c.sort_ky, '')"), "kind": Key("c.kind")}
    unique = Key("c.id", "uuid")
    default_ordering = ("name",)
    updated = Key("c.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The councils of the day, narrowed."""
        source = Source(queries.councils(self.rows(query)), COUNCIL_JOINS, alias="c")
        narrow(source, query, "c")
        narrow_to_words(source, query, kind="c.kind")
        if query["q"]:
            source.add(
                """(position(lsg_fold(%(q)s) IN lsg_fold(c.unit_ky)) > 0 OR position(lsg_fold(%(q)s) IN lsg_fold(c.unit_ru)) > 0
                    OR EXISTS (SELECT FROM registry_unitcode w WHERE w.unit_id = c.unit_id AND w.voided_by_id IS NULL
                                  AND starts_with(w.code, %(q)s)))""",
                q=query["q"],
            )
        return source


POSTS = """
    SELECT h.kind, n.id::text, n.name_ky, n.name_ru, n.name_en, lower(h.valid)::text, upper(h.valid)::text
      FROM councils_councilpost h JOIN registry_person n ON n.id = h.person_id
      JOIN councils_convocation k ON k.id = h.convocation_id
     WHERE {owner} = %(pk)s::uuid AND h.valid @> %(at)s::date AND h.voided_by_id IS NULL ORDER BY h.kind, h.id"""
POST = shapes.record(
    kind=shapes.TEXT,
    person=shapes.record(id=shapes.UUID, name=shapes.NAME),
    valid=shapes.PERIOD,
)


def posts(owner: str, query: Query, key: Any) -> list[dict[str, Any]]:
    """Return who holds which post on the day."""
    rows = prepared.rows(POSTS.format(owner=owner), {"pk": str(key), "at": query.at})
    return [
        {
            "kind": kind,
            "person": {"id": person, "name": {"ky": ky, "ru": ru, "en": en}},
            "valid": {"from": start, "to": end},
        }
        for kind, person, ky, ru, en, start, end in rows
    ]


class CouncilDetail(DatedDetail):
    """One council as of a day, with the holders of its posts and every convocation it had by then."""

    list_view, alias = Councils, "c"
    answer_schema = shapes.row(
        COUNCIL_COLUMNS,
        posts=shapes.listed(POST),
        convocations=shapes.listed(
            shapes.record(
                id=shapes.UUID,
                number=shapes.COUNT,
                elected_on=shapes.nullable(shapes.DAY),
                seats_by_law=shapes.COUNT,
                valid=shapes.PERIOD,
            )
        ),
    )

    def relation(self) -> tuple[str, str]:
        """Every council known by the day."""
        return queries.councils(queries.KNOWN), COUNCIL_JOINS

    def more(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        """Posts and convocations."""
        rows = prepared.rows(
            """SELECT id::text, number, elected_on::text, seats_by_law, lower(valid)::text, upper(valid)::text
                 FROM councils_convocation WHERE council_id = %(pk)s::uuid AND lower(valid) <= %(at)s::date
                  AND voided_by_id IS NULL ORDER BY lower(valid)""",
            {"pk": str(kwargs["pk"]), "at": query.at},
        )
        return {
            "posts": posts("k.council_id", query, kwargs["pk"]),
            "convocations": [
                {
                    "id": key,
                    "number": number,
                    "elected_on": elected,
                    "seats_by_law": seats,
                    "valid": {"from": start, "to": end},
                }
                for key, number, elected, seats, start, end in rows
            ],
        }


CONVOCATION_COLUMNS = (
    Column("id", "k.id", "uuid"),
    Column("council.id", "k.council_id", "uuid"),
    Column("council.kind", "k.council_kind", schema=COUNCIL_KINDS),
    *place_columns(),
    Column("number", "k.number", "int"),
    Column("elected_on", "k.elected_on", "date", null=True),
    Column("system", "k.system", schema={"enum": list(ElectionSystem.values)}),
    Column("seats_by_law", "k.seats_by_law", "int"),
    Column("sitting", "seats.sitting", "int"),
    Column("women", "seats.women", "int"),
    Column("chair.id", "hp.id", "uuid", anchor=True),
    *names("chair.name", "hp"),
    Column("dissolved_by", "k.dissolved_by_id", "uuid", null=True),
    Column("dissolution_reason", "k.dissolution_reason"),
    Column("provenance", "k.provenance", schema=PROVENANCE),
    *period("k"),
)
CONVOCATION_JOINS = " ".join(
    (
        queries.place("k"),
        queries.SEATS.format(convocation="k.id", day="k.seen"),
        queries.CHAIR.format(day="k.seen"),
    )
)


class Convocations(DatedList):
    """Convocations as of a day: the sitting ones, or with ``status=any`` all there had been by then."""

    columns = CONVOCATION_COLUMNS
    params = (
        *PLACE,
        COUNCIL,
        Param(
            "system",
            "choice",
            gettext_lazy("Only this electoral system."),
            choices=tuple(ElectionSystem.values),
            many=True,
        ),
        ROW_STATUS,
    )
    keys = {
        "number": Key("k.number", "int"),
        "valid_from": Key("lower(k.valid)", "date"),
        "seats_by_law": Key("k.seats_by_law", "int"),
    }
    unique = Key("k.id", "uuid")
    default_ordering = ("valid_from",)
    updated = Key("k.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The convocations of the day, narrowed."""
        source = Source(queries.convocations(self.rows(query)), CONVOCATION_JOINS, alias="k")
        narrow(source, query, "k")
        narrow_to(source, query, council="k.council_id")
        narrow_to_words(source, query, system="k.system")
        return source


GROUPED = shapes.record(id=shapes.UUID, name=shapes.NAME, seats=shapes.COUNT, women=shapes.COUNT)
MEMBERS = """
    SELECT g.id::text, g.name_ky, g.name_ru, g.name_en, count(m.id), count(*) FILTER (WHERE n.sex = 'f')
      FROM {table} g
      LEFT JOIN ({members}) m ON m.group_id = g.id
      LEFT JOIN registry_person n ON n.id = m.person_id
     WHERE g.convocation_id = %(pk)s::uuid GROUP BY g.id ORDER BY lsg_sort_key(coalesce(g.name_ky, g.name_ru, g.name)), g.id"""
OF_FACTION = """SELECT id, person_id, faction_id AS group_id FROM councils_mandate
                 WHERE convocation_id = %(pk)s::uuid AND valid @> %(at)s::date AND voided_by_id IS NULL"""
OF_COMMITTEE = """SELECT m.id, m.person_id, c.committee_id AS group_id
                    FROM councils_committeemembership c JOIN councils_mandate m ON m.id = c.mandate_id
                   WHERE m.convocation_id = %(pk)s::uuid AND c.valid @> %(at)s::date AND c.voided_by_id IS NULL"""


class ConvocationDetail(DatedDetail):
    """One convocation as of a day, with posts, factions, committees and electoral districts."""

    list_view, alias = Convocations, "k"
    answer_schema = shapes.row(
        CONVOCATION_COLUMNS,
        posts=shapes.listed(POST),
        factions=shapes.listed(GROUPED),
        committees=shapes.listed(GROUPED),
        electoral_districts=shapes.listed(
            shapes.record(
                id=shapes.UUID,
                number=shapes.COUNT,
                name=shapes.NAME,
                seats=shapes.COUNT,
                reserved_for_women=shapes.COUNT,
            )
        ),
    )

    def relation(self) -> tuple[str, str]:
        """Every convocation known by the day."""
        return queries.convocations(queries.KNOWN), CONVOCATION_JOINS

    def more(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        """Posts, factions, committees, districts."""
        args = {"pk": str(kwargs["pk"]), "at": query.at}

        def grouped(table: str, members: str) -> list[dict[str, Any]]:
            rows = prepared.rows(MEMBERS.format(table=table, members=members), args)
            return [
                {"id": key, "name": {"ky": ky, "ru": ru, "en": en}, "seats": seats, "women": women}
                for key, ky, ru, en, seats, women in rows
            ]

        districts = prepared.rows(
            """SELECT id::text, number, name_ky, name_ru, name_en, seats, reserved_for_women
                 FROM councils_electoraldistrict WHERE convocation_id = %(pk)s::uuid ORDER BY number""",
            {"pk": args["pk"]},
        )
        return {
            "posts": posts("k.id", query, kwargs["pk"]),
            "factions": grouped("councils_faction", OF_FACTION),
            "committees": grouped("councils_committee", OF_COMMITTEE),
            "electoral_districts": [
                {
                    "id": key,
                    "number": number,
                    "name": {"ky": ky, "ru": ru, "en": en},
                    "seats": seats,
                    "reserved_for_women": reserved,
                }
                for key, number, ky, ru, en, seats, reserved in districts
            ],
        }
