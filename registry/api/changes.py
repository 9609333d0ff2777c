"""Changes over REST: the list by row of old and new unit, and one change with its parts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import Query, ReadView
from registry.api.columns import DISTRICT, OBLAST, PROVENANCE, TOUCHED, lies_in, names
from registry.api.parts import SCOPE, SETTLEMENT, SHARE, settlement, shares
from registry.models import Change, ChangeKind, UnitRole
from registry.resolving import unit_id

CODE = """(SELECT c.code FROM registry_unitcode c
            WHERE c.unit_id = {unit} AND c.system = %(system)s AND c.valid @> ({day})
              AND (c.voided_by_id IS NULL OR c.voided_by_id = r.annulment_id)
            ORDER BY c.voided_by_id IS NULL LIMIT 1)"""
# The unit as it was on the day; of an annulled change as the change had it
VERSION = """LEFT JOIN LATERAL (
    SELECT v.* FROM registry_unitversion v
     WHERE v.unit_id = r.{side} AND v.valid @> ({day}) AND (v.voided_by_id IS NULL OR v.voided_by_id = r.annulment_id)
     ORDER BY v.voided_by_id IS NULL LIMIT 1) {alias} ON true"""
EVE = "r.effective_on - 1"

# Each part of a change, and each unit it ends, begins or alters without a part, as one row: old and new.
ROWS = """(
    SELECT c.id AS change_id, c.kind, c.effective_on, c.provenance, n.id AS annulment_id, x.scope, x.source_id, x.target_id,
           greatest(c.updated_at, n.at) AS updated_at,
           (SELECT jsonb_agg(a.act_id ORDER BY a.act_id) FROM registry_changeact a WHERE a.change_id = c.id) AS acts
      FROM registry_change c LEFT JOIN registry_annulment n ON n.change_id = c.id
      CROSS JOIN LATERAL (
            SELECT p.scope, p.source_id, p.target_id FROM registry_changepart p WHERE p.change_id = c.id
            UNION ALL
            SELECT u.role, CASE WHEN u.role <> 'begins' THEN u.unit_id END, CASE WHEN u.role <> 'ends' THEN u.unit_id END
              FROM registry_changeunit u
             WHERE u.change_id = c.id AND NOT EXISTS (
                   SELECT FROM registry_changepart p WHERE p.change_id = c.id
                      AND ((u.role = 'ends' AND p.source_id = u.unit_id) OR (u.role = 'begins' AND p.target_id = u.unit_id)))
      ) x) r"""


def _side(path: str, alias: str, side: str, day: str) -> tuple[Column, ...]:
    """The unit on one side of a row, with its code and name of that day."""
    return (
        Column(f"{path}.id", f"r.{side}", "uuid", anchor=True),
        Column(f"{path}.code", CODE.format(unit=f"r.{side}", day=day), null=True),
        *names(f"{path}.name", alias),
    )


class Changes(SqlListView):
    """Changes by row: old unit and code, new unit and code, day, kind, scope, acts; annulled ones are tombstones."""

    data = ("registry",)
    columns = (
        Column("change", "r.change_id", "uuid"),
        Column("kind", "r.kind", schema={"enum": list(ChangeKind.values)}),
        Column("effective_on", "r.effective_on", "date"),
        Column("scope", "r.scope", schema={"enum": ["whole", "part", "ends", "begins", "alters"]}),
        *_side("old", "o", "source_id", EVE),
        *_side("new", "n", "target_id", "r.effective_on"),
        Column(
            "acts",
            "coalesce(r.acts, '[]')",
            "json",
            schema=shapes.listed(shapes.UUID),
            export="(SELECT string_agg(a.id, ' ') FROM jsonb_array_elements_text(r.acts) a (id))",
        ),
        Column("annulled", "r.annulment_id IS NOT NULL", "bool"),
        Column("provenance", "r.provenance", schema=PROVENANCE),
    )
    params = (
        Param("from", "date", gettext_lazy("Only changes in force on or after this day.")),
        Param("to", "date", gettext_lazy("Only changes in force before this day.")),
        Param(
            "kind", "choice", gettext_lazy("Only these kinds."), choices=tuple(ChangeKind.values), many=True
        ),
        TOUCHED,
        OBLAST,
        DISTRICT,
        Param(
            "system",
            "choice",
            gettext_lazy("The system of the codes shown."),
            choices=("soate",),
            default="soate",
        ),
        Param("annulled", "bool", gettext_lazy("Annulled changes too."), default=False),
    )
    keys = {"effective_on": Key("r.effective_on", "date")}
    unique = Key(
        "r.change_id::text || coalesce(r.source_id::text, '-') || coalesce(r.target_id::text, '-') || r.scope"
    )
    default_ordering = ("effective_on",)
    updated = Key("r.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The rows of changes, narrowed."""
        joins = " ".join(
            (
                VERSION.format(alias="o", side="source_id", day=EVE),
                VERSION.format(alias="n", side="target_id", day="r.effective_on"),
            )
        )
        source = Source(ROWS, joins, args={"system": query["system"]})
        if not query["annulled"] and not query["updated_since"]:
            source.add("r.annulment_id IS NULL")
        if query["from"]:
            source.add("r.effective_on >= %(from)s::date", **{"from": query["from"]})
        if query["to"]:
            source.add("r.effective_on < %(to)s::date", to=query["to"])
        if query["kind"]:
            source.add("r.kind = ANY(%(kind)s::text[])", kind=list(query["kind"]))
        if query["unit"] is not None:
            source.add("%(unit)s::uuid IN (r.source_id, r.target_id)", unit=str(unit_id(query["unit"])))
        for name in ("oblast", "district"):
            if query[name] is not None:
                before, after = (
                    lies_in("r.source_id", EVE, name),
                    lies_in("r.target_id", "r.effective_on", name),
                )
                source.add(f"({before} OR {after})", **{name: str(unit_id(query[name]))})
        return source


class ChangeDetail(ReadView):
    """One change: its units, parts, shares, acts and, if so, its annulment."""

    data = ("registry",)
    refusals = {"GET": (404,)}
    answer_schema = shapes.record(
        id=shapes.UUID,
        kind=shapes.choice(ChangeKind.values),
        effective_on=shapes.DAY,
        acts=shapes.listed(shapes.UUID),
        units=shapes.listed(shapes.record(unit=shapes.UUID, role=shapes.choice(UnitRole.values))),
        parts=shapes.listed(
            shapes.record(
                source=shapes.UUID,
                target=shapes.UUID,
                scope=SCOPE,
                settlements=shapes.listed(SETTLEMENT),
                shares=shapes.listed(SHARE),
            )
        ),
        annulled={
            **shapes.record(at=shapes.MOMENT, reason=shapes.TEXT),
            "type": ["object", "null"],
        },
        provenance={"type": "string", **PROVENANCE},
    )

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Show the change."""
        change = Change.objects.select_related("annulment").filter(pk=kwargs["pk"]).first()
        if change is None:
            raise NotVisible
        annulment = getattr(change, "annulment", None)
        parts = change.parts.prefetch_related("part_settlements__settlement", "shares").order_by("id")
        return {
            "id": str(change.pk),
            "kind": change.kind,
            "effective_on": change.effective_on,
            "acts": [str(act) for act in change.change_acts.order_by("id").values_list("act_id", flat=True)],
            "units": [
                {"unit": str(line.unit_id), "role": line.role} for line in change.change_units.order_by("id")
            ],
            "parts": [
                {
                    "source": str(part.source_id),
                    "target": str(part.target_id),
                    "scope": part.scope,
                    "settlements": [settlement(line.settlement) for line in part.part_settlements.all()],
                    "shares": shares(part),
                }
                for part in parts
            ],
            "annulled": {"at": annulment.at.isoformat(), "reason": annulment.reason} if annulment else None,
            "provenance": change.provenance,
        }
