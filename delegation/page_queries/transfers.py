"""Transfers as pages show them: of a power, of a municipality, one with all that belongs to it; and their succession."""

from __future__ import annotations

import datetime as dt
import uuid

from councils.page_queries.bodies import unit_on
from delegation.visibility import PUBLIC, Sight, condition
from registry.queries import Row, names, rows, unit_json

DAY = "%(day)s::date"
NAMED = "json_build_object('name_ky', {0}.name_ky, 'name_ru', {0}.name_ru, 'name_en', {0}.name_en)"
PLACE = f"""
    {unit_on("u", "t.unit_id", "n.on_day")}
    LEFT JOIN registry_unitversion d ON d.unit_id = u.parent_id AND d.kind = 'district' AND d.valid @> n.on_day
         AND d.voided_by_id IS NULL
    LEFT JOIN registry_unitversion o ON o.unit_id = coalesce(d.parent_id, u.parent_id)
         AND o.kind IN ('oblast', 'city_republican') AND o.valid @> n.on_day AND o.voided_by_id IS NULL"""
SEEN = f"""CROSS JOIN LATERAL (SELECT CASE WHEN t.valid IS NULL OR t.valid @> {DAY} THEN {DAY}
                WHEN lower(t.valid) > {DAY} THEN lower(t.valid) ELSE upper(t.valid) - 1 END AS on_day) n"""
STATE_BODY = "JOIN delegation_statebody b"
ROW = f"""
    t.id, t.power_id, t.unit_id, t.basis, t.status, t.valid, t.term, t.agreement_number, t.signed_on, t.provenance,
    t.version, t.source, w.code, w."group", {NAMED.format("w")} AS power, {NAMED.format("b")} AS state_body,
    {unit_json("u")} AS unit, {unit_json("d")} AS district, {unit_json("o")} AS oblast,
    (SELECT sum(m.yearly) FROM delegation_means m WHERE m.transfer_id = t.id AND m.kind = 'financial'
        AND m.removed_at IS NULL) AS yearly
  FROM delegation_transfer t JOIN delegation_statepower w ON w.id = t.power_id
  {STATE_BODY} ON b.id = t.state_body_id {SEEN} {PLACE}
 WHERE t.voided_by_id IS NULL"""


def transfers(
    day: dt.date,
    *,
    sight: Sight = PUBLIC,
    power: uuid.UUID | None = None,
    unit: uuid.UUID | None = None,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    only_in_force: bool = False,
) -> list[Row]:
    """Return transfers that the reader may see, those in force on the day first."""
    readable, args = condition(sight, "t")
    return rows(
        f"""SELECT coalesce(t.valid @> {DAY}, false) AS in_force, {ROW} AND {readable}
           AND (%(power)s::uuid IS NULL OR t.power_id = %(power)s) AND (%(unit)s::uuid IS NULL OR t.unit_id = %(unit)s)
           AND (%(oblast)s::uuid IS NULL OR o.unit_id = %(oblast)s OR u.unit_id = %(oblast)s)
           AND (%(district)s::uuid IS NULL OR d.unit_id = %(district)s)
           AND (NOT %(only)s OR t.valid @> {DAY})
         ORDER BY in_force DESC, u.sort_ky, w.code, lower(t.valid) DESC, t.id""",
        {
            "day": day,
            "power": power,
            "unit": unit,
            "oblast": oblast,
            "district": district,
            "only": only_in_force,
            **args,
        },
    )


def transfer(pk: uuid.UUID, day: dt.date, sight: Sight) -> Row | None:
    """Return one transfer that the reader may see."""
    readable, args = condition(sight, "t")
    found = rows(
        f"""SELECT t.act_id, a.kind AS act_kind, a.number AS act_number, a.adopted_on AS act_adopted_on,
                   {names("a", "title")}, {names("t", "reporting")}, t.consent_on, t.consent_basis, t.end_reason, t.former_id,
                   t.closed_by_id, (SELECT f.unit_id FROM delegation_transfer f WHERE f.id = t.former_id) AS former_unit_id,
                   {ROW.replace(STATE_BODY, f"LEFT JOIN registry_legalact a ON a.id = t.act_id {STATE_BODY}")}
               AND t.id = %(pk)s AND {readable}""",
        {"pk": pk, "day": day, **args},
    )
    return next(iter(found), None)


def answers(pk: uuid.UUID) -> dict[int, Row]:
    """Return the answers to the principles by number."""
    found = rows(
        "SELECT principle, kept, note FROM delegation_principleanswer WHERE transfer_id = %(pk)s ORDER BY principle",
        {"pk": pk},
    )
    return {row["principle"]: row for row in found}


def means(pk: uuid.UUID) -> list[Row]:
    """Return the means assigned to a transfer."""
    return rows(
        f"""SELECT m.id, m.kind, {names("m", "what")}, m.yearly FROM delegation_means m
             WHERE m.transfer_id = %(pk)s AND m.removed_at IS NULL ORDER BY m.kind, m.recorded_at, m.id""",
        {"pk": pk},
    )


def quarters(pk: uuid.UUID, day: dt.date) -> list[Row]:
    """Return money and performance of a transfer by quarter up to a day, the latest first; gaps None where unreported."""
    return rows(
        f"""SELECT coalesce(f.year, p.year) AS year, coalesce(f.quarter, p.quarter) AS quarter, f.need, f.planned,
                   f.received, f.spent, f.need - f.planned AS plan_gap, f.planned - f.received AS execution_gap,
                   f.need - f.received AS gap, f.provenance, p.result, p.obstacle, f.material
              FROM (SELECT * FROM delegation_funding WHERE transfer_id = %(pk)s) f
              FULL JOIN (SELECT * FROM delegation_performance WHERE transfer_id = %(pk)s) p
                ON p.year = f.year AND p.quarter = f.quarter
             WHERE lower(delegation_quarter(coalesce(f.year, p.year), coalesce(f.quarter, p.quarter))) <= {DAY}
             ORDER BY 1 DESC, 2 DESC""",
        {"pk": pk, "day": day},
    )


SUCCESSION = f"""
    s.id, s.outcome, s.due_on, s.decided_on, s.order_number, s.reason, s.transfer_id, s.new_transfer_id, s.version,
    CASE WHEN t.provenance = 'constructed' THEN t.provenance ELSE s.provenance END AS provenance,
    c.effective_on, w.code, w."group", {NAMED.format("w")} AS power, {unit_json("u")} AS unit,
    {unit_json("d")} AS district, {unit_json("o")} AS oblast, t.unit_id, t.power_id, {unit_json("x")} AS new_unit,
    s.outcome = 'undecided' AND s.due_on < {DAY} AS overdue,
    (SELECT json_agg(json_build_object('id', v.unit_id, 'kind', v.kind, 'name_ky', v.name_ky, 'name_ru', v.name_ru,
                                       'name_en', v.name_en) ORDER BY v.sort_ky)
       FROM registry_unitversion v WHERE v.valid @> c.effective_on AND v.voided_by_id IS NULL AND v.unit_id IN (
            SELECT p.target_id FROM registry_changepart p WHERE p.change_id = s.change_id AND p.source_id = t.unit_id
               AND p.voided_by_id IS NULL)) AS successors
  FROM delegation_succession s JOIN delegation_transfer t ON t.id = s.transfer_id
  JOIN delegation_statepower w ON w.id = t.power_id JOIN registry_change c ON c.id = s.change_id
  CROSS JOIN LATERAL (SELECT c.effective_on - 1 AS on_day) n {PLACE}
  LEFT JOIN delegation_transfer nt ON nt.id = s.new_transfer_id
  LEFT JOIN registry_unitversion x ON x.unit_id = nt.unit_id AND x.valid @> c.effective_on AND x.voided_by_id IS NULL
 WHERE s.voided_by_id IS NULL"""


def successions(
    day: dt.date,
    *,
    outcome: str | None = None,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    unit: uuid.UUID | None = None,
    overdue: bool | None = None,
) -> list[Row]:
    """Return what became of the transfers of municipalities that had ended by a day, the undecided first.

    ``unit`` is the municipality that ended, the one that took over, or one that might while it is undecided.
    """
    return rows(
        f"""SELECT {SUCCESSION} AND c.effective_on <= {DAY}
           AND (%(outcome)s::text IS NULL OR s.outcome = %(outcome)s)
           AND (%(oblast)s::uuid IS NULL OR o.unit_id = %(oblast)s) AND (%(district)s::uuid IS NULL OR d.unit_id = %(district)s)
           AND (%(unit)s::uuid IS NULL OR %(unit)s IN (t.unit_id, nt.unit_id) OR (s.outcome = 'undecided' AND EXISTS (
                SELECT FROM registry_changepart p WHERE p.change_id = s.change_id AND p.source_id = t.unit_id
                   AND p.target_id = %(unit)s AND p.voided_by_id IS NULL)))
           AND (%(overdue)s::boolean IS NULL OR (s.outcome = 'undecided' AND s.due_on < {DAY}) = %(overdue)s)
         ORDER BY s.outcome = 'undecided' DESC, s.due_on, u.sort_ky, w.code, s.id""",
        {
            "day": day,
            "outcome": outcome,
            "oblast": oblast,
            "district": district,
            "unit": unit,
            "overdue": overdue,
        },
    )


def succession_of(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return what became of one transfer, None where its municipality has not ended."""
    found = rows(f"SELECT {SUCCESSION} AND s.transfer_id = %(pk)s", {"pk": pk, "day": day})
    return next(iter(found), None)


def practices(unit: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the powers that a municipality performs in fact on a day, with whether a transfer covers each."""
    return rows(
        f"""SELECT p.id, p.power_id, {NAMED.format("w")} AS power, w.code, p.valid, p.note, p.provenance, p.version,
                   EXISTS (SELECT FROM delegation_transfer t WHERE t.power_id = p.power_id AND t.unit_id = p.unit_id
                              AND t.valid @> {DAY} AND t.voided_by_id IS NULL) AS agreed
              FROM delegation_practice p JOIN delegation_statepower w ON w.id = p.power_id
             WHERE p.unit_id = %(unit)s AND p.valid @> {DAY} AND p.voided_by_id IS NULL ORDER BY w.code""",
        {"unit": unit, "day": day},
    )


def unit(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return a municipality on a day, or on the day of its life nearest to it, with the units it lies in."""
    found = rows(
        f"""SELECT {unit_json("u")} AS unit, {unit_json("d")} AS district, {unit_json("o")} AS oblast
              FROM (SELECT %(pk)s::uuid AS unit_id) t CROSS JOIN LATERAL (SELECT {DAY} AS on_day) n {PLACE}
             WHERE u.kind IN ('city_republican', 'city_oblast', 'city_district_level', 'ayil_aimak')""",
        {"pk": pk, "day": day},
    )
    return next(iter(found), None)
