"""Disputes and requests as pages show them."""

from __future__ import annotations

import datetime as dt
import uuid

from delegation.page_queries.transfers import DAY, NAMED, PLACE
from registry.queries import Row, names, rows, unit_json

ROW = f"""
    t.id, t.number, t.subject, t.opened_on, t.due_on, t.closed_on, t.status, t.outcome, t.transfer_id, t.unit_id,
    t.power_id, t.provenance, t.source, t.version, {NAMED.format("w")} AS power, {unit_json("u")} AS unit,
    {unit_json("d")} AS district, {unit_json("o")} AS oblast, t.closed_on IS NULL AND t.due_on < {DAY} AS overdue
  FROM delegation_dispute t JOIN delegation_statepower w ON w.id = t.power_id
  CROSS JOIN LATERAL (SELECT least(coalesce(t.closed_on, {DAY}), {DAY}) AS on_day) n {PLACE}
 WHERE t.opened_on <= {DAY}"""


def disputes(day: dt.date, *, status: str | None = None, unit: uuid.UUID | None = None) -> list[Row]:
    """Return the disputes opened by a day, the open ones first."""
    return rows(
        f"""SELECT {ROW} AND (%(status)s::text IS NULL OR t.status = %(status)s)
               AND (%(unit)s::uuid IS NULL OR t.unit_id = %(unit)s)
             ORDER BY t.closed_on IS NULL DESC, t.opened_on DESC, t.id""",
        {"day": day, "status": status, "unit": unit},
    )


def dispute(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return one dispute."""
    found = rows(
        f"SELECT {ROW.replace(f'WHERE t.opened_on <= {DAY}', 'WHERE true')} AND t.id = %(pk)s",
        {"pk": pk, "day": day},
    )
    return next(iter(found), None)


def parties(pk: uuid.UUID, day: dt.date) -> list[Row]:
    """Return who takes part in a dispute."""
    return rows(
        f"""SELECT p.id, p.role, p.association, {unit_json("u")} AS unit,
                   CASE WHEN b.id IS NOT NULL THEN {NAMED.format("b")} END AS state_body
              FROM delegation_disputeparty p LEFT JOIN delegation_statebody b ON b.id = p.state_body_id
              LEFT JOIN LATERAL (SELECT v.* FROM registry_unitversion v WHERE v.unit_id = p.unit_id
                   AND v.voided_by_id IS NULL ORDER BY v.valid @> {DAY} DESC, v.valid DESC LIMIT 1) u ON true
             WHERE p.dispute_id = %(pk)s AND p.removed_at IS NULL ORDER BY p.role, p.recorded_at, p.id""",
        {"pk": pk, "day": day},
    )


def hearings(pk: uuid.UUID) -> list[Row]:
    """Return the sittings of the commission on a dispute."""
    return rows(
        "SELECT held_on, minutes FROM delegation_hearing WHERE dispute_id = %(pk)s ORDER BY held_on",
        {"pk": pk},
    )


def requests(day: dt.date, *, unit: uuid.UUID | None = None) -> list[Row]:
    """Return the requests for cancellation filed by a day, those not decided first."""
    return rows(
        f"""SELECT t.id, t.ground, t.justification, t.missing, t.filed_on, t.due_on, t.status, t.decided_on, t.decision,
                   t.transfer_id, t.act_id, t.unit_id, t.provenance, t.version, {unit_json("u")} AS unit,
                   {unit_json("d")} AS district, {unit_json("o")} AS oblast, {names("a", "title")},
                   CASE WHEN w.id IS NOT NULL THEN {NAMED.format("w")} END AS power,
                   t.decided_on IS NULL AND t.due_on < {DAY} AS overdue
              FROM delegation_cancellationrequest t
              LEFT JOIN delegation_transfer f ON f.id = t.transfer_id LEFT JOIN delegation_statepower w ON w.id = f.power_id
              LEFT JOIN registry_legalact a ON a.id = t.act_id
              CROSS JOIN LATERAL (SELECT least(coalesce(t.decided_on, {DAY}), {DAY}) AS on_day) n {PLACE}
             WHERE t.filed_on <= {DAY} AND (%(unit)s::uuid IS NULL OR t.unit_id = %(unit)s)
             ORDER BY t.decided_on IS NULL DESC, t.filed_on DESC, t.id""",
        {"day": day, "unit": unit},
    )
