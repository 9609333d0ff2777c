"""What an event and its preview look like."""

from __future__ import annotations

from ayil_okmotu.models import BodyKind
from kpi.models import ReportStatus
from lsg_portal.rest import shapes
from lsg_portal.rest.shapes import (
    BOOL,
    COUNT,
    DAY,
    MOMENT,
    NAME,
    TEXT,
    UUID,
    Schema,
    choice,
    listed,
    nullable,
    record,
)
from reform.models import Event
from registry.api.columns import KINDS, PROVENANCE
from registry.api.parts import SCOPE, SETTLEMENT, SHARE
from registry.models import ChangeKind, LegalAct, UnitRole

KIND: Schema = {"type": "string", **KINDS}


def maybe(schema: Schema) -> Schema:
    """The object, or null."""
    return {**schema, "type": ["object", "null"]}


EVENT = record(
    id=UUID,
    title=NAME,
    kind=choice(ChangeKind.values),
    effective_on=DAY,
    status=choice(Event.Status.values),
    programme=record(id=UUID, key=TEXT, name=NAME),
    acts=listed(record(id=UUID, kind=choice(LegalAct.Kind.values), number=TEXT, adopted_on=DAY, title=NAME)),
    note=NAME,
    units=listed(
        record(
            unit=UUID,
            role=choice(UnitRole.values),
            kind=nullable(KIND),
            name=NAME,
            parent=nullable(UUID),
            centre=nullable(UUID),
            code=maybe(record(system=TEXT, code=TEXT)),
        )
    ),
    parts=listed(
        record(source=UUID, target=UUID, scope=SCOPE, settlements=listed(SETTLEMENT), shares=listed(SHARE))
    ),
    change=nullable(UUID),
    applications=listed(record(change=UUID, at=MOMENT)),
    provenance={"type": "string", **PROVENANCE},
    source=TEXT,
    version=shapes.INTEGER,
)

VIOLATIONS = listed(record(code=TEXT, detail=TEXT, pointer=TEXT))
FIGURES = maybe(record(kind=KIND, name=NAME, population=nullable(COUNT), settlements=COUNT))
TOTALS = record(municipalities=COUNT, population=COUNT, settlements=COUNT)
SEATS = record(
    unit=nullable(UUID),
    council=nullable(UUID),
    by_law=nullable(COUNT),
    own=COUNT,
    sitting=COUNT,
    vacant=nullable(COUNT),
    origins=listed(record(unit=UUID, council=UUID, seats=nullable(COUNT), carried_over=COUNT, ended=COUNT)),
)
BODIES = record(
    bodies=listed(
        record(
            unit=UUID,
            body=nullable(UUID),
            kind=choice(BodyKind.values),
            fate=choice(("ends", "begins", "goes_on")),
            heads=listed(record(appointment=UUID, person=UUID, acting=BOOL)),
            posts=COUNT,
            appointments=COUNT,
            village_heads=listed(
                record(
                    settlement=UUID,
                    post=UUID,
                    appointment=nullable(UUID),
                    person=nullable(UUID),
                    to_unit=nullable(UUID),
                )
            ),
            staff=nullable(COUNT),
            contract=nullable(COUNT),
            reported_on=nullable(DAY),
        )
    ),
    budgets=listed(record(unit=UUID, from_units=listed(UUID))),
)
PREVIEW = record(
    event=UUID,
    effective_on=DAY,
    can_be_applied=BOOL,
    violations=VIOLATIONS,
    warnings=VIOLATIONS,
    units=listed(record(unit=UUID, before=FIGURES, after=FIGURES)),
    totals=record(before=TOTALS, after=maybe(TOTALS)),
    councils=listed(SEATS),
    executives=maybe(BODIES),
    transfers=listed(record(transfer=UUID, power=UUID, unit=UUID, successors=listed(UUID))),
    reports=listed(
        record(
            unit=UUID,
            period=TEXT,
            report=nullable(UUID),
            status=nullable(choice(ReportStatus.values)),
            employees=COUNT,
        ),
    ),
)
