"""Votes over REST, and the rules that resolutions and mandates come under."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from councils import queries
from councils.api.columns import (
    CONVOCATION,
    COUNCIL,
    COUNCIL_KINDS,
    FROM,
    PLACE,
    TO,
    narrow,
    narrow_to,
    narrow_to_days,
    place_columns,
    texts,
)
from councils.api.keeping import OfCouncils
from councils.api.resolutions import RULE, SAT, SESSION, STATUSES, Readable, only_readable
from councils.models import DecisionRule, VoteChoice
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import PROVENANCE

VOTE_COLUMNS = (
    Column("id", "r.id", "uuid"),
    Column("resolution.id", "r.id", "uuid"),
    Column("resolution.reference", "r.number"),
    *texts("resolution.name", "r", "title"),
    Column("resolution.status", "r.status", schema={"enum": list(STATUSES)}),
    Column("date", "coalesce(r.adopted_on, r.held_on)", "date", null=True),
    Column("council.id", "r.council_id", "uuid"),
    Column("council.kind", "r.council_kind", schema=COUNCIL_KINDS),
    *place_columns(),
    *SAT,
    *RULE,
    Column("of_all", "r.of_all", "int"),
    Column("present", "r.present", "int"),
    Column("in_favour", "r.in_favour", "int"),
    Column("against", "r.against", "int"),
    Column("abstained", "r.abstained", "int"),
    Column("not_voting", "r.present - r.in_favour - r.against - r.abstained", "int"),
    Column("named", "EXISTS (SELECT FROM councils_namedvote b WHERE b.vote_id = r.id)", "bool"),
    Column("provenance", "r.provenance", schema=PROVENANCE),
)
VOTE_JOINS = f"{queries.place('r')} LEFT JOIN councils_decisionrule dr ON dr.id = r.rule_id"
CHOICES = tuple(VoteChoice.values)


class Votes(Readable):
    """Votes on resolutions: who was present, how many were in favour, against and abstained."""

    columns = VOTE_COLUMNS
    params = (
        *PLACE,
        COUNCIL,
        CONVOCATION,
        SESSION,
        Param("resolution", "uuid", gettext_lazy("Only the vote on this resolution.")),
        Param("mandate", "uuid", gettext_lazy("Only roll calls in which this deputy voted.")),
        Param("rule", "text", gettext_lazy("Only votes that needed this majority."), max_length=30),
        Param("named", "bool", gettext_lazy("Only roll calls, or only the others.")),
        FROM,
        TO,
    )
    keys = {"date": Key("coalesce(r.adopted_on, r.seen)", "date"), "in_favour": Key("r.in_favour", "int")}
    unique = Key("r.id", "uuid")
    default_ordering = ("-date",)
    updated = Key("r.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The votes on resolutions the viewer may read, narrowed."""
        source = Source(queries.VOTES, VOTE_JOINS, alias="r")
        only_readable(source, query.viewer)
        narrow(source, query, "r")
        narrow_to(
            source,
            query,
            council="r.council_id",
            convocation="r.convocation_id",
            session="r.session_id",
            resolution="r.id",
        )
        narrow_to_days(source, query, "coalesce(r.adopted_on, r.held_on)")
        roll_call = "EXISTS (SELECT FROM councils_namedvote b WHERE b.vote_id = r.id{more})"
        if query["mandate"] is not None:
            more = " AND b.mandate_id = %(mandate)s::uuid"
            source.add(roll_call.format(more=more), mandate=str(query["mandate"]))
        if query["named"] is not None:
            source.add(f"{roll_call.format(more='')} = %(named)s::boolean", named=query["named"])
        if query["rule"]:
            majority = "r.rule_id IN (SELECT id FROM councils_decisionrule WHERE code = %(rule)s)"
            source.add(majority, rule=query["rule"])
        return source


NAMED = shapes.listed(
    shapes.record(
        mandate=shapes.UUID,
        person=shapes.record(id=shapes.UUID, name=shapes.NAME),
        faction=shapes.nullable(shapes.UUID),
        choice=shapes.choice(CHOICES),
    )
)


class VoteDetail(OfCouncils, ReadView):
    """The vote on one resolution; of a roll call, how each deputy voted. Its identifier is the resolution's."""

    data = ("councils", "registry")
    refusals = {"GET": (404,)}
    answer_schema = shapes.row(VOTE_COLUMNS, named_votes=NAMED)

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the vote."""
        source = Source(queries.VOTES, VOTE_JOINS)
        only_readable(source, query.viewer)
        source.add("r.id = %(pk)s::uuid", pk=str(kwargs["pk"]))
        shape = Votes.shape(None)
        rows = prepared.rows(f"SELECT {shape.select} {source.body()}", source.args)
        if not rows:
            raise NotVisible
        named = prepared.rows(
            """SELECT b.mandate_id::text, n.id::text, n.name_ky, n.name_ru, n.name_en, m.faction_id::text, b.choice
                 FROM councils_namedvote b JOIN councils_mandate m ON m.id = b.mandate_id
                 JOIN registry_person n ON n.id = m.person_id
                WHERE b.vote_id = %(pk)s::uuid ORDER BY lsg_sort_key(coalesce(n.name_ky, n.name_ru, n.name)), n.id""",
            {"pk": str(kwargs["pk"])},
        )
        return {
            **shape.build(rows)[0],
            "named_votes": [
                {
                    "mandate": mandate,
                    "person": {"id": person, "name": {"ky": ky, "ru": ru, "en": en}},
                    "faction": faction,
                    "choice": choice,
                }
                for mandate, person, ky, ru, en, faction, choice in named
            ],
        }


class DecisionRules(SqlListView):
    """The shares that law demands: majorities, the quorum, the initiative, each with its article."""

    data = ("councils",)
    columns = (
        Column("id", "dr.id", "uuid"),
        Column("code", "dr.code"),
        Column("purpose", "dr.purpose", schema={"enum": list(DecisionRule.Purpose.values)}),
        *texts("name", "dr"),
        Column("numerator", "dr.numerator", "int"),
        Column("denominator", "dr.denominator", "int"),
        Column("base", "dr.base"),
        Column("strict", "dr.strict", "bool"),
        Column("article", "dr.article"),
        Column("provenance", "dr.provenance", schema=PROVENANCE),
    )
    keys = {"code": Key("dr.code")}
    unique = Key("dr.id", "uuid")
    default_ordering = ("code",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """All rules."""
        return Source("councils_decisionrule dr")


class EndReasons(SqlListView):
    """The grounds on which a mandate ends, each with its article; of some only the place in the list is known."""

    data = ("councils",)
    columns = (
        Column("id", "er.id", "uuid"),
        Column("code", "er.code"),
        *texts("name", "er"),
        Column("article", "er.article"),
        Column("entered", "er.entered", "bool"),
        Column("provenance", "er.provenance", schema=PROVENANCE),
    )
    keys = {"order": Key('er."order"', "int")}
    unique = Key("er.id", "uuid")
    default_ordering = ("order",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """All grounds."""
        return Source("councils_endreason er")
