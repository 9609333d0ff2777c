"""What an event would do, as the preview answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ayil_okmotu.services import BodyEffect, BodyEffects
from councils.services import SeatEffect
from delegation.services import TransferEffect
from kpi.services import ReportEffect


def figures(row: dict[str, Any] | None) -> dict[str, Any] | None:
    """A unit before or after the event."""
    if row is None:
        return None
    return {
        "kind": row["kind"],
        "name": {language: row[f"name_{language}"] for language in ("ky", "ru", "en")},
        "population": row["population"],
        "settlements": row["settlements"],
    }


def seats(row: SeatEffect) -> dict[str, Any]:
    """What becomes of the seats of a council."""
    return {
        "unit": row.unit_id and str(row.unit_id),
        "council": row.council_id and str(row.council_id),
        "by_law": row.by_law,
        "own": row.own,
        "sitting": row.sitting,
        "vacant": row.vacant,
        "origins": [
            {
                "unit": str(origin.unit_id),
                "council": str(origin.council_id),
                "seats": origin.seats,
                "carried_over": origin.carried_over,
                "ended": origin.ended,
            }
            for origin in row.origins
        ],
    }


def executives(found: BodyEffects | None) -> dict[str, Any] | None:
    """What becomes of executive bodies, and whose budgets are joined."""
    if found is None:
        return None
    return {
        "bodies": [_body(row) for row in found.bodies],
        "budgets": [
            {"unit": str(join.unit_id), "from_units": [str(unit) for unit in join.from_units]}
            for join in found.joins
        ],
    }


def _body(row: BodyEffect) -> dict[str, Any]:
    return {
        "unit": str(row.unit_id),
        "body": row.body_id and str(row.body_id),
        "kind": row.kind,
        "fate": row.fate,
        "heads": [
            {"appointment": str(head.appointment_id), "person": str(head.person_id), "acting": head.acting}
            for head in row.heads
        ],
        "posts": row.staff_posts,
        "appointments": row.staff_appointments,
        "village_heads": [
            {
                "settlement": str(move.settlement_id),
                "post": str(move.post_id),
                "appointment": move.appointment_id and str(move.appointment_id),
                "person": move.person_id and str(move.person_id),
                "to_unit": move.to_unit_id and str(move.to_unit_id),
            }
            for move in row.village_heads
        ],
        "staff": row.filled,
        "contract": row.contract,
        "reported_on": row.reported_on,
    }


def transfers(found: Sequence[TransferEffect]) -> list[dict[str, Any]]:
    """Which powers handed over would end, and who could take each over."""
    return [
        {
            "transfer": effect.transfer_id,
            "power": effect.power_id,
            "unit": effect.unit_id,
            "successors": list(effect.successors),
        }
        for effect in found
    ]


def reports(found: Sequence[ReportEffect]) -> list[dict[str, Any]]:
    """Which KPI reports would be owed no longer: the office's by name, employees' by their number."""
    return [
        {
            "unit": effect.unit_id,
            "period": effect.period_code,
            "report": effect.report_id,
            "status": effect.status,
            "employees": effect.employees,
        }
        for effect in found
    ]
