"""Mandates over REST, as of a day."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from councils import queries
from councils.api.columns import (
    CONVOCATION,
    COUNCIL,
    COUNCIL_KINDS,
    PLACE,
    ROW_STATUS,
    SEX,
    narrow,
    narrow_to,
    narrow_to_words,
    period,
    place_columns,
    texts,
)
from councils.api.councils import DatedDetail, DatedList
from councils.models import MandateBasis
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.views import Query
from registry.api.columns import PROVENANCE, names, unit_columns

BASES = tuple(MandateBasis.values)

MANDATE_COLUMNS = (
    Column("id", "m.id", "uuid"),
    Column("person.id", "m.person_id", "uuid"),
    Column("person.name.ky", "m.person_ky", null=True),
    Column("person.name.ru", "m.person_ru", null=True),
    Column("person.name.en", "m.person_en", null=True),
    Column("person.sex", "m.sex", schema=SEX),
    Column("person.birth_year", "m.birth_year", "int", null=True),
    Column("council.id", "m.council_id", "uuid"),
    Column("council.kind", "m.council_kind", schema=COUNCIL_KINDS),
    Column("convocation.id", "m.convocation_id", "uuid"),
    Column("convocation.number", "m.convocation_number", "int"),
    *place_columns(),
    Column("basis", "m.basis", schema={"enum": list(BASES)}),
    Column("origin.council", "oc.id", "uuid", anchor=True),
    *unit_columns("origin.unit", "ou"),
    Column("former", "m.former_id", "uuid", null=True),
    Column("party.id", "pt.id", "uuid", anchor=True),
    *names("party.name", "pt"),
    Column("faction.id", "f.id", "uuid", anchor=True),
    *names("faction.name", "f"),
    Column("electoral_district.id", "ed.id", "uuid", anchor=True),
    Column("electoral_district.number", "ed.number", "int"),
    *texts("electoral_district.name", "ed"),
    Column("end_reason.code", "er.code", anchor=True),
    Column("end_reason.article", "er.article"),
    *texts("end_reason.name", "er"),
    Column("end_act", "m.end_act_id", "uuid", null=True),
    Column("provenance", "m.provenance", schema=PROVENANCE),
    *period("m"),
)


class Mandates(DatedList):
    """Mandates as of a day: who sits in which council, on what basis, from which council of origin."""

    columns = MANDATE_COLUMNS
    params = (
        *PLACE,
        COUNCIL,
        CONVOCATION,
        Param("origin", "uuid", gettext_lazy("Only seats carried over from this council.")),
        Param("person", "uuid", gettext_lazy("Only this person.")),
        Param("faction", "uuid", gettext_lazy("Only this faction.")),
        Param("party", "uuid", gettext_lazy("Only this party.")),
        Param("basis", "choice", gettext_lazy("Only these bases."), choices=BASES, many=True),
        Param("sex", "choice", gettext_lazy("Only women (f) or only men (m)."), choices=("f", "m")),
        ROW_STATUS,
        Param("q", "text", gettext_lazy("Part of the deputy's name."), max_length=100),
    )
    keys = {
        "name": Key("coalesce(m.sort_ky, '')"),
        "valid_from": Key("lower(m.valid)", "date"),
        "basis": Key("m.basis"),
    }
    unique = Key("m.id", "uuid")
    default_ordering = ("name",)
    updated = Key("m.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The mandates of the day, narrowed."""
        source = Source(queries.mandates(self.rows(query)), queries.MANDATE_JOINS, alias="m")
        narrow(source, query, "m")
        narrow_to(
            source,
            query,
            council="m.council_id",
            convocation="m.convocation_id",
            origin="m.origin_id",
            person="m.person_id",
            faction="m.faction_id",
            party="m.party_id",
        )
        narrow_to_words(source, query, basis="m.basis")
        if query["sex"]:
            source.add("m.sex = %(sex)s", sex=query["sex"])
        if query["q"]:
            source.add(
                "position(lsg_fold(%(q)s) IN lsg_fold(concat_ws(' ', m.person_ky, m.person_ru, m.person_en))) > 0",
                q=query["q"],
            )
        if not source.where and not query["updated_since"]:
            source.counted = f"councils_mandate x WHERE {self.rows(query)}"
        return source


ATTENDANCE = shapes.record(
    sessions=shapes.COUNT, present=shapes.COUNT, excused=shapes.COUNT, unexcused=shapes.COUNT
)


class MandateDetail(DatedDetail):
    """One mandate as of a day, with the deputy's posts, committees and attendance until then."""

    list_view, alias = Mandates, "m"
    answer_schema = shapes.row(
        MANDATE_COLUMNS,
        committees=shapes.listed(
            shapes.record(id=shapes.UUID, name=shapes.NAME, chairs=shapes.BOOL, valid=shapes.PERIOD)
        ),
        attendance=ATTENDANCE,
    )

    def relation(self) -> tuple[str, str]:
        """Every mandate known by the day."""
        return queries.mandates(queries.KNOWN), queries.MANDATE_JOINS

    def more(self, query: Query, **kwargs: Any) -> dict[str, Any]:
        """Committees and attendance."""
        args = {"pk": str(kwargs["pk"]), "at": query.at}
        committees = prepared.rows(
            """SELECT g.id::text, g.name_ky, g.name_ru, g.name_en, c.chairs, lower(c.valid)::text, upper(c.valid)::text
                 FROM councils_committeemembership c JOIN councils_committee g ON g.id = c.committee_id
                WHERE c.mandate_id = %(pk)s::uuid AND lower(c.valid) <= %(at)s::date AND c.voided_by_id IS NULL
                ORDER BY lower(c.valid), g.id""",
            args,
        )
        (counts,) = prepared.rows(
            """SELECT count(*), count(*) FILTER (WHERE a.state = 'present'), count(*) FILTER (WHERE a.state = 'excused'),
                      count(*) FILTER (WHERE a.state = 'unexcused')
                 FROM councils_attendance a JOIN councils_session s ON s.id = a.session_id
                WHERE a.mandate_id = %(pk)s::uuid AND s.held_on <= %(at)s::date AND s.status = 'held'""",
            args,
        )
        return {
            "committees": [
                {
                    "id": key,
                    "name": {"ky": ky, "ru": ru, "en": en},
                    "chairs": chairs,
                    "valid": {"from": start, "to": end},
                }
                for key, ky, ru, en, chairs, start, end in committees
            ],
            "attendance": dict(zip(("sessions", "present", "excused", "unexcused"), counts, strict=True)),
        }
