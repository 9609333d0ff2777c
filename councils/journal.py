"""What the journal tells of the councils: of each council, session and resolution, with all that belongs to it.

Work on a draft of a resolution is read by whoever reads the draft; others see what happened since its adoption.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import visibility
from audit.visibility import Part, Subject
from councils import wording
from councils.models import Convocation, Council, Mandate, Resolution, Session
from councils.rules import sight
from councils.visibility import DRAFT
from lsg_portal.web import display
from registry import sources
from registry.journal import of
from registry.models import Person
from registry.queries import rows, unit_json

TERMS = "(SELECT id FROM councils_convocation WHERE council_id = %(key)s::uuid)"
MANDATES = f"(SELECT id FROM councils_mandate WHERE convocation_id IN {TERMS})"
ADOPTION = f"""
    SELECT at, request, transaction FROM audit_entry WHERE table_name = 'councils_resolution' AND key = %(key)s::text
       AND after->>'status' <> '{DRAFT}' ORDER BY id LIMIT 1"""


def _sees_resolution(user: Any, key: uuid.UUID) -> bool:
    found = Resolution.objects.select_related("council").filter(pk=key).first()
    return found is not None and (found.status != DRAFT or not _withheld(user, key))


def _withheld(user: Any, key: uuid.UUID) -> bool:
    """Whether the work on a resolution while it was a draft is kept from a user."""
    seen = sight(user)
    return not (seen.everything or Resolution.objects.filter(pk=key, council__unit__in=seen.units).exists())


def declare() -> None:
    """Declare the records of the councils that have a history."""
    visibility.subject(
        Subject(
            "council",
            gettext_lazy("local council"),
            "councils_council",
            may_see=lambda user, key: Council.objects.filter(pk=key).exists(),
            route="council",
            parts=(
                of("councils_convocation", "council_id"),
                of("councils_seatconflict", "council_id"),
                of("councils_mandate", "convocation_id", f"IN {TERMS}"),
                of("councils_councilpost", "convocation_id", f"IN {TERMS}"),
                of("councils_electoraldistrict", "convocation_id", f"IN {TERMS}"),
                of("councils_faction", "convocation_id", f"IN {TERMS}"),
                of("councils_committee", "convocation_id", f"IN {TERMS}"),
                of("councils_committeemembership", "mandate_id", f"IN {MANDATES}"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "session",
            gettext_lazy("session"),
            "councils_session",
            may_see=lambda user, key: Session.objects.filter(pk=key).exists(),
            route="council-session",
            parts=(
                of("councils_attendance", "session_id"),
                of("councils_advisoryattendance", "session_id"),
                of("councils_agendaitem", "session_id"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "resolution",
            gettext_lazy("resolution"),
            "councils_resolution",
            may_see=_sees_resolution,
            route="resolution",
            withheld=_withheld,
            published=ADOPTION,
            parts=(
                Part(
                    "councils_vote",
                    "SELECT resolution_id::text FROM councils_vote WHERE resolution_id = %(key)s::uuid",
                ),
                of("councils_namedvote", "vote_id"),
                of("councils_resolutionfile", "resolution_id"),
            ),
        )
    )
    _tables()
    visibility.names("councils_council", _councils)
    visibility.names("councils_convocation", _convocations)
    visibility.names("councils_mandate", _mandates)
    visibility.names("councils_session", _sessions)
    visibility.names("councils_resolution", _resolutions)
    visibility.names("councils_vote", _resolutions)
    visibility.names("registry_person", _persons)


def _tables() -> None:
    written = {"source": sources.in_words}
    visibility.table("councils_council", write=written)
    visibility.table("councils_convocation", identity=("number",), write=written)
    visibility.table("councils_mandate", identity=("person_id",), write=written)
    visibility.table("councils_councilpost", identity=("kind", "person_id"), write=written)
    visibility.table("councils_committeemembership", identity=("committee_id", "mandate_id"), write=written)
    visibility.table("councils_seatconflict", identity=("article",), write=written)
    visibility.table("councils_session", identity=("number", "held_on"), write=written)
    visibility.table("councils_attendance", identity=("mandate_id",))
    visibility.table("councils_advisoryattendance", identity=("person_id",))
    visibility.table("councils_agendaitem", identity=("number",), write=written)
    visibility.table("councils_resolution", identity=("number", "title"), write=written)
    visibility.table("councils_resolutionfile", identity=("name",), hidden=("sha256",), write=written)
    visibility.table("councils_vote", identity=("resolution_id",))
    visibility.table("councils_namedvote", identity=("mandate_id",))
    for table in ("electoraldistrict", "faction", "committee", "party", "endreason", "decisionrule"):
        visibility.table(f"councils_{table}", write=written)


# --- what things are called -----------------------------------------------------------------------------------


def _councils(keys: list[str]) -> visibility.Names:
    found = rows(
        f"""SELECT c.id, c.kind, lower(v.valid) AS since, {unit_json("v")} AS unit
              FROM councils_council c LEFT JOIN registry_unitversion v ON v.unit_id = c.unit_id
             WHERE c.id = ANY (%(keys)s::uuid[]) ORDER BY c.id, v.voided_by_id IS NULL, v.valid""",
        {"keys": keys},
    )
    named: dict[str, list[tuple[dt.date, str]]] = {}
    for row in found:
        named.setdefault(str(row["id"]), []).append((row["since"] or dt.date.min, wording.council_of(row)))
    return named


def _convocations(keys: list[str]) -> visibility.Names:
    return {
        str(term.pk): _("convocation %(number)s") % {"number": term.number}
        for term in Convocation.objects.filter(pk__in=keys)
    }


def _sessions(keys: list[str]) -> visibility.Names:
    return {
        str(item.pk): _("session %(number)s of %(day)s")
        % {"number": item.number, "day": display.short_day(item.held_on)}
        for item in Session.objects.filter(pk__in=keys)
    }


def _resolutions(keys: list[str]) -> visibility.Names:
    return {
        str(item.pk): f"№ {item.number}" if item.number else str(_("draft of a resolution"))
        for item in Resolution.objects.filter(pk__in=keys)
    }


def _mandates(keys: list[str]) -> visibility.Names:
    found = Mandate.objects.filter(pk__in=keys).select_related("person")
    return {str(mandate.pk): display.name(mandate.person) for mandate in found}


def _persons(keys: list[str]) -> visibility.Names:
    return {str(person.pk): display.name(person) for person in Person.objects.filter(pk__in=keys)}
