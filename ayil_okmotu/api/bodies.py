"""Executive bodies over REST, as of a day."""

from __future__ import annotations

from typing import Any

from ayil_okmotu import queries
from ayil_okmotu.api.columns import (
    BODY_KIND,
    BODY_KINDS,
    EMPLOYMENTS,
    PLACE,
    POST_KINDS,
    BodiesDetail,
    BodiesList,
    narrow,
    narrow_to_words,
    norm_columns,
    period,
    person_columns,
    place_columns,
    said,
    staff_columns,
)
from ayil_okmotu.staffing import STANDING
from councils.api.columns import ROW_STATUS
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.views import Query
from registry.api.columns import PROVENANCE, SEARCH

COLUMNS = (
    Column("id", "b.id", "uuid"),
    Column("kind", "b.kind", schema=BODY_KINDS),
    *place_columns(),
    *said("address", "b", "address"),
    *person_columns("head", "h", "hp"),
    Column("head.acting", "h.acting", "bool"),
    Column("head.term_years", "h.term_years", "int", null=True),
    Column("head.appointing_act", "h.appointing_act_id", "uuid", null=True),
    *staff_columns("staffing"),
    *norm_columns("staffing"),
    Column("provenance", "b.provenance", schema=PROVENANCE),
    *period("b"),
)
JOINS = " ".join(
    (
        queries.place("b"),
        queries.HEAD_ON.format(body="b.id", day="b.seen"),
        STANDING.format(body="b.id", unit="b.unit_id", kind="b.kind", day="b.seen"),
    )
)


class ExecutiveBodies(BodiesList):
    """Executive bodies as of a day: who heads each, acting or appointed, its staff as last reported, and the norm."""

    columns = COLUMNS
    params = (*PLACE, BODY_KIND, ROW_STATUS, SEARCH)
    keys = {"name": Key("coalesce(b.sort_ky, '')"), "kind": Key("b.kind")}
    unique = Key("b.id", "uuid")
    default_ordering = ("name",)
    updated = Key("b.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The bodies of the day, narrowed."""
        source = Source(queries.bodies(self.rows(query)), JOINS, alias="b")
        narrow(source, query, "b")
        narrow_to_words(source, query, kind="b.kind")
        if query["q"]:
            source.add(
                """(position(lsg_fold(%(q)s) IN lsg_fold(b.unit_ky)) > 0 OR position(lsg_fold(%(q)s) IN lsg_fold(b.unit_ru)) > 0
                    OR EXISTS (SELECT FROM registry_unitcode w WHERE w.unit_id = b.unit_id AND w.voided_by_id IS NULL
                                  AND starts_with(w.code, %(q)s)))""",
                q=query["q"],
            )
        return source


PERSON = shapes.record(id=shapes.UUID, name=shapes.NAME)
NOBODY: shapes.Schema = {**PERSON, "type": ["object", "null"]}
POSTS = f"""
    SELECT p.id::text, p.kind, nullif(p.name_ky, ''), nullif(p.name_ru, ''), nullif(p.name_en, ''),
           p.employment, p.settlement_id::text,
           hn.id::text, hn.name_ky, hn.name_ru, hn.name_en, sn.id::text, sn.name_ky, sn.name_ru, sn.name_en
      FROM ayil_okmotu_post p {queries.HOLDERS.format(post="p.id", day="%(at)s::date")}
     WHERE p.body_id = %(pk)s::uuid AND p.valid @> %(at)s::date AND p.voided_by_id IS NULL
     ORDER BY {queries.RANK.format(kind="p.kind")}, p.name_ky, p.id"""
HEADS = """
    SELECT a.id::text, n.id::text, n.name_ky, n.name_ru, n.name_en, a.acting, lower(a.valid)::text, upper(a.valid)::text,
           g.code
      FROM ayil_okmotu_appointment a
      JOIN ayil_okmotu_post p ON p.id = a.post_id AND p.kind = 'head' AND p.voided_by_id IS NULL
      JOIN registry_person n ON n.id = a.person_id
      LEFT JOIN ayil_okmotu_endground g ON g.id = a.end_ground_id
     WHERE p.body_id = %(pk)s::uuid AND lower(a.valid) <= %(at)s::date AND a.voided_by_id IS NULL
     ORDER BY lower(a.valid), a.acting, a.id"""
REPORTS = """
    SELECT id::text, "on"::text, approved, filled, contract, women FROM ayil_okmotu_staffingreport
     WHERE body_id = %(pk)s::uuid AND "on" <= %(at)s::date ORDER BY "on" """


def name(ky: str | None, ru: str | None, en: str | None) -> dict[str, str | None]:
    """Return a text in three languages."""
    return {"ky": ky, "ru": ru, "en": en}


def person(key: str | None, *names: str | None) -> dict[str, Any] | None:
    """Return a person, or None where there is none."""
    return {"id": key, "name": name(*names)} if key else None


class ExecutiveBodyDetail(BodiesDetail):
    """One executive body as of a day: its posts, who holds them, everybody who has headed it, every staffing report."""

    list_view, alias = ExecutiveBodies, "b"
    answer_schema = shapes.row(
        COLUMNS,
        posts=shapes.listed(
            shapes.record(
                id=shapes.UUID,
                kind=shapes.choice(POST_KINDS["enum"]),
                name=shapes.NAME,
                employment=shapes.choice(EMPLOYMENTS["enum"]),
                settlement=shapes.nullable(shapes.UUID),
                holder=NOBODY,
                acting=NOBODY,
            )
        ),
        heads=shapes.listed(
            shapes.record(
                appointment=shapes.UUID,
                person=PERSON,
                acting=shapes.BOOL,
                valid=shapes.PERIOD,
                end_ground=shapes.nullable(shapes.TEXT),
            )
        ),
        staffing=shapes.listed(
            shapes.record(
                id=shapes.UUID,
                on=shapes.DAY,
                approved=shapes.COUNT,
                filled=shapes.COUNT,
                contract=shapes.COUNT,
                women=shapes.nullable(shapes.COUNT),
            )
        ),
    )

    def relation(self) -> tuple[str, str]:
        """Every body known by the day."""
        return queries.bodies(queries.KNOWN), JOINS

    def more(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        """Posts and heads."""
        args = {"pk": str(kwargs["pk"]), "at": query.at}
        return {
            "posts": [
                {
                    "id": key,
                    "kind": kind,
                    "name": name(ky, ru, en),
                    "employment": employment,
                    "settlement": settlement,
                    "holder": person(*people[:4]),
                    "acting": person(*people[4:]),
                }
                for key, kind, ky, ru, en, employment, settlement, *people in prepared.rows(POSTS, args)
            ],
            "heads": [
                {
                    "appointment": key,
                    "person": person(*somebody),
                    "acting": acting,
                    "valid": {"from": start, "to": end},
                    "end_ground": ground,
                }
                for key, *somebody, acting, start, end, ground in prepared.rows(HEADS, args)
            ],
            "staffing": [
                dict(zip(("id", "on", "approved", "filled", "contract", "women"), report, strict=True))
                for report in prepared.rows(REPORTS, args)
            ],
        }
