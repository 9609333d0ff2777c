"""Sessions: when, who came, what was on the agenda, what was decided."""

from __future__ import annotations

import datetime as dt
import uuid

from councils.page_queries.people import named
from registry.queries import Row, names, rows

STATUS_OF_DAY = """
    CASE WHEN r.status = 'cancelled' AND x.adopted_on <= %(day)s::date THEN 'cancelled'
         WHEN r.published_on <= %(day)s::date THEN 'published'
         WHEN r.registered_on <= %(day)s::date THEN 'registered' ELSE 'adopted' END
"""
"""The status that a resolution had on a day; ``x`` is the one that cancelled it."""


def of_convocation(convocation: uuid.UUID) -> list[Row]:
    """Return the sessions of a convocation, the latest first, with who came and how much was decided."""
    return rows(
        """
        SELECT s.id, s.number, s.held_on, s.kind, s.status, s.place, s.provenance, a.present, a.called,
               coalesce(g.items, 0) AS items, coalesce(r.resolutions, 0) AS resolutions
          FROM councils_session s
          LEFT JOIN (SELECT a.session_id, count(*) FILTER (WHERE a.state = 'present') AS present, count(*) AS called
                       FROM councils_attendance a JOIN councils_session e ON e.id = a.session_id
                      WHERE e.convocation_id = %(convocation)s GROUP BY 1) a ON a.session_id = s.id
          LEFT JOIN (SELECT i.session_id, count(*) AS items
                       FROM councils_agendaitem i JOIN councils_session e ON e.id = i.session_id
                      WHERE e.convocation_id = %(convocation)s AND i.removed_at IS NULL GROUP BY 1) g
                 ON g.session_id = s.id
          LEFT JOIN (SELECT r.session_id, count(*) AS resolutions
                       FROM councils_resolution r JOIN councils_session e ON e.id = r.session_id
                      WHERE e.convocation_id = %(convocation)s AND r.status <> 'draft' GROUP BY 1) r
                 ON r.session_id = s.id
         WHERE s.convocation_id = %(convocation)s ORDER BY s.held_on DESC, s.number DESC""",
        {"convocation": convocation},
    )


def session(pk: uuid.UUID) -> Row | None:
    """Return a session with its convocation and how many mandates were in force on its day."""
    found = rows(
        """
        SELECT s.id, s.number, s.held_on, s.kind, s.status, s.place, s.initiators, s.provenance, s.source,
               s.convocation_id, v.council_id, v.number AS convocation_number,
               (SELECT count(*) FROM councils_mandate m
                 WHERE m.convocation_id = v.id AND m.valid @> s.held_on AND m.voided_by_id IS NULL) AS in_office
          FROM councils_session s JOIN councils_convocation v ON v.id = s.convocation_id
         WHERE s.id = %(pk)s AND v.voided_by_id IS NULL""",
        {"pk": pk},
    )
    return found[0] if found else None


def agenda(session: uuid.UUID) -> list[Row]:
    """Return the points of a session's agenda in their order, each with who spoke."""
    return rows(
        f"""
        SELECT i.id, i.number, {names("i", "title")}, i.provenance, {named("p")} AS speaker,
               EXISTS (SELECT FROM councils_mandate m WHERE m.person_id = p.id AND m.voided_by_id IS NULL) AS linked
          FROM councils_agendaitem i LEFT JOIN registry_person p ON p.id = i.speaker_id
         WHERE i.session_id = %(session)s AND i.removed_at IS NULL ORDER BY i.number""",
        {"session": session},
    )


def decided(session: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the resolutions adopted at a session with their votes and their status of a day; no drafts."""
    return rows(
        f"""
        SELECT r.id, r.agenda_item_id, r.number, r.adopted_on, {names("r", "title")}, r.provenance,
               {STATUS_OF_DAY} AS status, {named("d")} AS rule, v.present, v.of_all, v.in_favour, v.against, v.abstained
          FROM councils_resolution r JOIN councils_decisionrule d ON d.id = r.rule_id
          LEFT JOIN councils_vote v ON v.resolution_id = r.id LEFT JOIN councils_resolution x ON x.id = r.cancelled_by_id
         WHERE r.session_id = %(session)s AND r.status <> 'draft' ORDER BY r.number, r.id""",
        {"session": session, "day": day},
    )


def present(session: uuid.UUID) -> list[Row]:
    """Return who of the deputies came to a session and who did not."""
    return rows(
        f"""
        SELECT a.state, a.note, m.person_id, {names("p")}, p.sex, {named("f")} AS faction, m.provenance
          FROM councils_attendance a JOIN councils_mandate m ON m.id = a.mandate_id
          JOIN registry_person p ON p.id = m.person_id LEFT JOIN councils_faction f ON f.id = m.faction_id
         WHERE a.session_id = %(session)s ORDER BY lsg_sort_key(p.name_ky), a.id""",
        {"session": session},
    )


def advisory(session: uuid.UUID) -> list[Row]:
    """Return who else attended a session, and in which capacity."""
    return rows(
        f"""
        SELECT a.capacity, a.person_id, {names("p")} FROM councils_advisoryattendance a
          JOIN registry_person p ON p.id = a.person_id
         WHERE a.session_id = %(session)s ORDER BY a.capacity, lsg_sort_key(p.name_ky), a.id""",
        {"session": session},
    )


def rule_of(purpose: str) -> Row | None:
    """Return the rule of the quorum or of the initiative with its article."""
    found = rows(
        f"""
        SELECT d.numerator, d.denominator, d.base, d.strict, d.article, {names("d")} FROM councils_decisionrule d
         WHERE d.purpose = %(purpose)s ORDER BY d.code LIMIT 1""",
        {"purpose": purpose},
    )
    return found[0] if found else None


def attendance(convocation: uuid.UUID, day: dt.date) -> list[Row]:
    """Return each deputy of a convocation with the attendance at the sessions held by a day.

    ``sessions`` maps the identifier of a session to the state; who was called to none has no figures.
    """
    return rows(
        f"""
        SELECT m.person_id, {names("p")}, p.sex, bool_or(m.provenance = 'constructed') AS made,
               max(f.name_ky) AS faction_ky, max(f.name_ru) AS faction_ru,
               count(*) FILTER (WHERE a.state = 'present') AS present,
               count(*) FILTER (WHERE a.state = 'excused') AS excused,
               count(*) FILTER (WHERE a.state = 'unexcused') AS unexcused, count(a.id) AS called,
               coalesce(json_object_agg(a.session_id, a.state) FILTER (WHERE a.id IS NOT NULL), '{{}}') AS sessions
          FROM councils_mandate m JOIN registry_person p ON p.id = m.person_id
          LEFT JOIN councils_faction f ON f.id = m.faction_id
          LEFT JOIN (councils_attendance a JOIN councils_session s ON s.id = a.session_id
                     AND s.status = 'held' AND s.held_on <= %(day)s::date) ON a.mandate_id = m.id
         WHERE m.convocation_id = %(convocation)s AND m.voided_by_id IS NULL
           AND lower(m.valid) <= %(day)s::date
         GROUP BY m.person_id, p.id ORDER BY lsg_sort_key(p.name_ky), m.person_id""",
        {"convocation": convocation, "day": day},
    )
