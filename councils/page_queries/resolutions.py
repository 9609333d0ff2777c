"""Resolutions: the register with its full-text search, one resolution, its votes and files."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Case, CharField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from councils.models import Resolution, ResolutionStatus
from councils.page_queries.people import named
from councils.page_queries.sessions import STATUS_OF_DAY
from registry.models import UnitVersion
from registry.names import fold
from registry.queries import Row, names, rows

MOST_WORDS = 8
LETTERS = str.maketrans("ңөүё", "ноуе")

TITLES = "coalesce(r.title_ky, '') || ' ' || coalesce(r.title_ru, '')"
WORD = "(to_tsquery('simple', %s) || to_tsquery('russian', %s))"
"""A word asked for: the beginning of one in either language, or a form of a Russian one."""

FOUND = """
    SELECT f.id FROM councils_found({asked}) AS f(id)
    UNION SELECT r.id FROM councils_resolution r WHERE r.number = %s OR r.registration_number = %s"""
ALIKE = f"""
    SELECT r.id FROM councils_resolution r WHERE %s <%% lsg_fold({TITLES})"""
"""Titles with a stretch like the words: PostgreSQL's own threshold of 0.6."""

LAY_IN = """
    SELECT r.id FROM councils_resolution r JOIN councils_council c ON c.id = r.council_id
      JOIN registry_unitversion v ON v.unit_id = c.unit_id AND v.valid @> r.adopted_on AND v.voided_by_id IS NULL
      LEFT JOIN registry_unitversion p ON p.unit_id = v.parent_id AND p.valid @> r.adopted_on AND p.voided_by_id IS NULL
     WHERE %s::uuid IN (v.unit_id, p.unit_id, p.parent_id)"""


def searched(text: str) -> list[str]:
    """Return the words asked for, in the form in which they are compared."""
    return re.findall(r"[^\W_]+", text.lower().translate(LETTERS))[:MOST_WORDS]


def register(day: dt.date, chosen: Mapping[str, Any]) -> tuple[QuerySet[Resolution], bool]:
    """Return the resolutions adopted by a day that match what was chosen, and whether they are only alike.

    ``chosen``: q, council, oblast, district, kind, status (of the day), normative, first, last. Where no resolution
    holds the words, those whose titles are like them are returned and the second value is True.
    """
    found = Resolution.objects.exclude(status=ResolutionStatus.DRAFT).filter(adopted_on__lte=day)
    version = (
        UnitVersion.objects.filter(
            unit_id=OuterRef("council__unit_id"),
            valid__contains=OuterRef("adopted_on"),
            voided_by__isnull=True,
        )
        .annotate(
            json=JSONObject(
                id="unit_id", kind="kind", name_ky="name_ky", name_ru="name_ru", name_en="name_en"
            )
        )
        .values("json")[:1]
    )
    found = found.select_related("council", "session", "vote").annotate(
        unit=Subquery(version),
        day_status=Case(
            When(status="cancelled", cancelled_by__adopted_on__lte=day, then=Value("cancelled")),
            When(published_on__lte=day, then=Value("published")),
            When(registered_on__lte=day, then=Value("registered")),
            default=Value("adopted"),
            output_field=CharField(),
        ),
    )
    equal = {"council": "council_id", "kind": "council__kind", "status": "day_status"}
    for key, field in equal.items():
        if chosen.get(key):
            found = found.filter(**{field: chosen[key]})
    if chosen.get("normative"):
        found = found.filter(normative=chosen["normative"] == "yes")
    if chosen.get("first"):
        found = found.filter(adopted_on__gte=chosen["first"])
    if chosen.get("last"):
        found = found.filter(adopted_on__lte=chosen["last"])
    for key in ("oblast", "district"):
        if chosen.get(key):
            found = found.filter(pk__in=RawSQL(LAY_IN, (chosen[key],)))  # noqa: S611
    return _matching(found, chosen.get("q") or "")


def _matching(found: QuerySet[Resolution], text: str) -> tuple[QuerySet[Resolution], bool]:
    if not text:
        return found, False
    words = searched(text)
    if not words:
        return found.filter(Q(number=text) | Q(registration_number=text)), False
    starts = [f"{word}:*" for word in words for _config in ("simple", "russian")]
    asked = " && ".join(WORD for _word in words)
    exact = found.filter(pk__in=RawSQL(FOUND.format(asked=asked), (*starts, text, text)))  # noqa: S611
    if exact.exists():
        return exact, False
    like = fold(text)
    return found.filter(pk__in=RawSQL(ALIKE, (like,))), True  # noqa: S611


def latest(council: uuid.UUID, day: dt.date, count: int) -> list[Row]:
    """Return the resolutions a council adopted last by a day."""
    return rows(
        f"""
        SELECT r.id, r.number, r.adopted_on, {names("r", "title")}, r.provenance, {STATUS_OF_DAY} AS status,
               v.in_favour, v.against, v.abstained, count(*) OVER () AS of_all
          FROM councils_resolution r LEFT JOIN councils_vote v ON v.resolution_id = r.id
          LEFT JOIN councils_resolution x ON x.id = r.cancelled_by_id
         WHERE r.council_id = %(council)s AND r.status <> 'draft' AND r.adopted_on <= %(day)s::date
         ORDER BY r.adopted_on DESC, r.number DESC, r.id LIMIT %(count)s""",
        {"council": council, "day": day, "count": count},
    )


def resolution(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return a resolution with its rule, its vote, its act and what cancelled it; drafts too, with that status."""
    found = rows(
        f"""
        SELECT r.id, r.council_id, r.session_id, r.agenda_item_id, r.number, r.adopted_on, {names("r", "title")},
               {names("r", "text")}, r.normative, r.status AS status_now, {STATUS_OF_DAY} AS status,
               r.registration_number, r.registered_on, r.published_on, r.published_in, r.provenance, r.source,
               r.legal_act_id, s.number AS session_number, s.held_on, s.convocation_id,
               i.number AS item_number,
               d.numerator, d.denominator, d.base, d.strict, d.article AS rule_article, {named("d")} AS rule,
               v.present, v.of_all, v.in_favour, v.against, v.abstained,
               x.id AS canceller_id, x.number AS canceller_number, x.adopted_on AS canceller_adopted_on
          FROM councils_resolution r JOIN councils_decisionrule d ON d.id = r.rule_id
          LEFT JOIN councils_session s ON s.id = r.session_id LEFT JOIN councils_agendaitem i ON i.id = r.agenda_item_id
          LEFT JOIN councils_vote v ON v.resolution_id = r.id
          LEFT JOIN councils_resolution x ON x.id = r.cancelled_by_id AND x.status <> 'draft'
         WHERE r.id = %(pk)s""",
        {"pk": pk, "day": day},
    )
    return found[0] if found else None


def cancelled_by(pk: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the resolutions that this one cancels."""
    return rows(
        f"""
        SELECT r.id, r.number, r.adopted_on, {names("r", "title")} FROM councils_resolution r
          JOIN councils_resolution x ON x.id = r.cancelled_by_id
         WHERE r.cancelled_by_id = %(pk)s AND x.adopted_on <= %(day)s::date ORDER BY r.adopted_on, r.number""",
        {"pk": pk, "day": day},
    )


def named_votes(pk: uuid.UUID) -> list[Row]:
    """Return how each deputy voted, where the vote was by name."""
    return rows(
        f"""
        SELECT n.choice, m.person_id, {names("p")}, p.sex, {named("f")} AS faction, m.provenance
          FROM councils_namedvote n JOIN councils_mandate m ON m.id = n.mandate_id
          JOIN registry_person p ON p.id = m.person_id LEFT JOIN councils_faction f ON f.id = m.faction_id
         WHERE n.vote_id = %(pk)s ORDER BY lsg_sort_key(p.name_ky), n.id""",
        {"pk": pk},
    )


def files(pk: uuid.UUID) -> list[Row]:
    """Return the files of a resolution."""
    return rows(
        """
        SELECT f.id, f.name, f.media_type, f.size, f.sha256 FROM councils_resolutionfile f
         WHERE f.resolution_id = %(pk)s AND f.removed_at IS NULL ORDER BY f.name, f.id""",
        {"pk": pk},
    )
