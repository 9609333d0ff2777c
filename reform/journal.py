"""What the journal tells of the reform: events with all that belongs to them, and programmes.

Work on a draft is read by whoever reads the draft; others see what happened since the event came into force.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext_lazy

from audit import visibility
from audit.visibility import Subject
from reform import wording
from reform.models import Event, EventPart, Programme
from reform.rules import sight
from reform.visibility import PUBLISHED, touching
from registry import sources, titles
from registry.journal import of
from registry.queries import rows

APPLIED = "(SELECT change_id FROM reform_eventapplication WHERE event_id = %(key)s::uuid)"
PARTS = "(SELECT id FROM reform_eventpart WHERE event_id = %(key)s::uuid)"
PUBLICATION = f"""
    SELECT at, request, transaction FROM audit_entry WHERE table_name = 'reform_event' AND key = %(key)s::text
       AND after->>'status' IN ({", ".join(repr(status) for status in PUBLISHED)}) ORDER BY id LIMIT 1"""


def may_see(user: Any, key: uuid.UUID) -> bool:
    """Whether an event is there for a user: the reform's own rule."""
    return Event.objects.visible_to(sight(user)).filter(pk=key).exists()


def withheld(user: Any, key: uuid.UUID) -> bool:
    """Whether the work on the event while it was a draft is kept from a user."""
    seen = sight(user)
    if seen.everything:
        return False
    if not seen.districts:
        return True
    touched = rows(
        f"SELECT 1 WHERE %(event)s::uuid IN ({touching('%(own_districts)s')})",
        {"event": str(key), "own_districts": sorted(map(str, seen.districts))},
    )
    return not touched


def declare() -> None:
    """Declare the records of the reform that have a history."""
    visibility.subject(
        Subject(
            "event",
            gettext_lazy("event"),
            "reform_event",
            may_see=may_see,
            route="reform-event",
            withheld=withheld,
            published=PUBLICATION,
            parts=(
                of("reform_eventact", "event_id"),
                of("reform_eventunit", "event_id"),
                of("reform_eventpart", "event_id"),
                of("reform_eventpartsettlement", "part_id", f"IN {PARTS}"),
                of("reform_eventpartshare", "part_id", f"IN {PARTS}"),
                of("reform_eventapplication", "event_id"),
                of("registry_annulment", "change_id", f"IN {APPLIED}"),
                of("reform_roadmapstep", "event_id"),
                of("reform_handover", "event_id"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "programme",
            gettext_lazy("programme"),
            "reform_programme",
            may_see=lambda user, key: Programme.objects.filter(pk=key).exists(),
        )
    )
    written = {"source": sources.in_words}
    measure = {"measure": wording.measure_name}
    visibility.table("reform_programme", hidden=("key",), write=written)
    visibility.table("reform_event", persons=("created_by_id",), write=written)
    visibility.table("reform_eventact", identity=("act_id",))
    visibility.table("reform_eventunit", identity=("unit_id", "role"), write={"code_system": str.upper})
    ways = {"source_id": gettext_lazy("from the unit"), "target_id": gettext_lazy("to the unit")}
    visibility.table("reform_eventpart", identity=("source_id", "target_id"), labels=ways)
    visibility.table("reform_eventpartsettlement", identity=("settlement_id",))
    visibility.table("reform_eventpartshare", identity=("measure",), write=measure)
    visibility.table("reform_eventapplication", identity=("change_id",), persons=("by",), hidden=("by", "at"))
    visibility.table("reform_roadmapstep", write=written)
    visibility.table("reform_handover", write=written)
    visibility.names("registry_unit", _drafted_units)
    visibility.names("reform_eventpart", _parts)


def _drafted_units(keys: list[str]) -> visibility.Names:
    """Name units that no day has seen yet as their draft does."""
    found = rows(
        """SELECT unit_id, kind, name_ky, name_ru, name_en FROM reform_eventunit
            WHERE unit_id = ANY (%(keys)s::uuid[]) AND role = 'begins' ORDER BY id""",
        {"keys": keys},
    )
    return {str(row["unit_id"]): titles.full_name(row) for row in found}


def _parts(keys: list[str]) -> visibility.Names:
    parts = EventPart.objects.filter(pk__in=keys).values_list("pk", "source_id", "target_id")
    found = {str(pk): (str(source), str(target)) for pk, source, target in parts}
    units = visibility.names_of("registry_unit", {unit for pair in found.values() for unit in pair})

    def last(unit: str) -> str:
        known = units.get(unit, "")
        return known if isinstance(known, str) else known[-1][1]

    return {pk: f"{last(source)} → {last(target)}" for pk, (source, target) in found.items()}
