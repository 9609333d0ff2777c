"""What law and sources say of executive bodies: grounds, requirements, norms, and the lines of a budget."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from ayil_okmotu.api.columns import BODY_KIND, BODY_KINDS, DATA, narrow_to_words, texts
from ayil_okmotu.models import MUNICIPALITY_KIND_CODES, BudgetItem, EndGround, QualificationRule
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.views import Query
from registry.api.columns import PROVENANCE, unit_columns, version_join


class EndGrounds(SqlListView):
    """The grounds on which an appointment ends: the statute's list for the removal of a head, and the others."""

    data = DATA
    columns = (
        Column("id", "g.id", "uuid"),
        Column("code", "g.code"),
        Column("kind", "g.kind", schema={"enum": list(EndGround.Kind.values)}),
        *texts("name", "g"),
        Column("article", "g.article"),
        Column("needs_resolution", "g.needs_resolution", "bool"),
        Column("provenance", "g.provenance", schema=PROVENANCE),
    )
    params = (
        Param("kind", "choice", gettext_lazy("Only this kind of end."), choices=tuple(EndGround.Kind.values)),
    )
    keys = {"order": Key('g."order"', "int")}
    unique = Key("g.id", "uuid")
    default_ordering = ("order",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """All grounds, or those of a kind."""
        source = Source("ayil_okmotu_endground g")
        if query["kind"]:
            source.add("g.kind = %(kind)s", kind=query["kind"])
        return source


class QualificationRules(SqlListView):
    """The service that a head must bring, in years, by kind of municipality, as law has it on a day.

    ``elsewhere`` says how leading posts elsewhere count: ``both`` where the source reads both ways.
    """

    data = DATA
    dated = True
    columns = (
        Column("id", "r.id", "uuid"),
        Column("unit_kind", "r.unit_kind", schema={"enum": MUNICIPALITY_KIND_CODES}),
        Column("total_years", "r.total_years", "int"),
        Column("leading_years", "r.leading_years", "int"),
        Column("elsewhere_years", "r.elsewhere_years", "int"),
        Column("elsewhere", "r.elsewhere", schema={"enum": list(QualificationRule.Elsewhere.values)}),
        Column("higher_education", "r.higher_education", "bool"),
        Column("state_language", "r.state_language", "bool"),
        Column("article", "r.article"),
        Column("provenance", "r.provenance", schema=PROVENANCE),
        Column("valid.from", "lower(r.valid)", "date"),
        Column("valid.to", "upper(r.valid)", "date", null=True),
        Column("at", "%(at)s::date", "date"),
    )
    keys = {"unit_kind": Key("r.unit_kind")}
    unique = Key("r.id", "uuid")
    default_ordering = ("unit_kind",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The rules of the day."""
        source = Source("ayil_okmotu_qualificationrule r")
        source.add("r.valid @> %(at)s::date")
        return source


class StaffingNorms(SqlListView):
    """How many staff and contract posts a body may have on a day; the narrower norm goes before the country's.

    A number that is null is no limit.
    """

    data = DATA
    dated = True
    columns = (
        Column("id", "n.id", "uuid"),
        Column("kind", "n.body_kind", schema=BODY_KINDS),
        *unit_columns("within", "w"),
        Column("staff", "n.staff", "int", null=True),
        Column("contract", "n.contract", "int", null=True),
        Column("men_percent", "n.men_percent", "int", null=True),
        Column("act", "n.act_id", "uuid", null=True),
        Column("article", "n.article"),
        Column("provenance", "n.provenance", schema=PROVENANCE),
        Column("valid.from", "lower(n.valid)", "date"),
        Column("valid.to", "upper(n.valid)", "date", null=True),
        Column("at", "%(at)s::date", "date"),
    )
    params = (BODY_KIND,)
    keys = {"kind": Key("n.body_kind"), "valid_from": Key("lower(n.valid)", "date")}
    unique = Key("n.id", "uuid")
    default_ordering = ("kind", "valid_from")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The norms of the day."""
        source = Source("ayil_okmotu_staffingnorm n", version_join("w", "n.within_id", "%(at)s::date"))
        source.add("n.valid @> %(at)s::date")
        narrow_to_words(source, query, kind="n.body_kind")
        return source


class BudgetItems(SqlListView):
    """The lines of a local budget: sources of own revenue, transfers, groups of expenditure, totals as reported."""

    data = DATA
    columns = (
        Column("id", "i.id", "uuid"),
        Column("code", "i.code"),
        Column("side", "i.side", schema={"enum": list(BudgetItem.Side.values)}),
        *texts("name", "i"),
        Column("provenance", "i.provenance", schema=PROVENANCE),
    )
    keys = {"order": Key('i."order"', "int")}
    unique = Key("i.id", "uuid")
    default_ordering = ("order",)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """All lines."""
        return Source("ayil_okmotu_budgetitem i")
