"""Reads of one legal act and of what rests on it."""

from __future__ import annotations

import datetime as dt
import uuid

from registry.queries import Row, names, rows


def act(pk: uuid.UUID, day: dt.date) -> Row | None:
    """Return an act with its status of a day and the act that repealed it; None where none is on file."""
    found = rows(
        f"""
        SELECT a.id, a.key, a.kind, a.number, a.adopted_on, a.in_force, a.link, {names("a", "title")},
               a.provenance, a.source,
               CASE WHEN a.status = 'repealed' AND coalesce(lower(r.in_force), r.adopted_on) > %(day)s::date
                    THEN 'in_force' ELSE a.status END AS status,
               coalesce(lower(r.in_force), r.adopted_on) AS repealed_on,
               r.id AS repealer_id, r.kind AS repealer_kind, r.number AS repealer_number,
               r.adopted_on AS repealer_adopted_on
          FROM registry_legalact a LEFT JOIN registry_legalact r ON r.id = a.repealed_by_id
         WHERE a.id = %(pk)s""",
        {"pk": pk, "day": day},
    )
    return found[0] if found else None


def changes(pk: uuid.UUID) -> list[Row]:
    """Return the territorial changes that rest on an act, annulled ones too, each with its event and what it did."""
    return rows(
        f"""
        SELECT c.id, c.kind, c.effective_on, c.provenance, e.id AS event_id, {names("e", "title")},
               x.id IS NOT NULL AS annulled,
               (SELECT count(*) FROM registry_changeunit u WHERE u.change_id = c.id AND u.role = 'ends') AS ends,
               (SELECT count(*) FROM registry_changeunit u WHERE u.change_id = c.id AND u.role = 'begins') AS begins,
               (SELECT count(*) FROM registry_changepart p WHERE p.change_id = c.id AND p.scope = 'part') AS parts
          FROM registry_changeact ca JOIN registry_change c ON c.id = ca.change_id
          LEFT JOIN registry_annulment x ON x.change_id = c.id
          LEFT JOIN reform_eventapplication l ON l.change_id = c.id
          LEFT JOIN reform_event e ON e.id = l.event_id
         WHERE ca.act_id = %(pk)s
         ORDER BY c.effective_on, c.id""",
        {"pk": pk},
    )


def repeals(pk: uuid.UUID) -> list[Row]:
    """Return the acts that an act repealed."""
    return rows(
        f"""
        SELECT id, kind, number, adopted_on, {names("a", "title")} FROM registry_legalact a
         WHERE repealed_by_id = %(pk)s ORDER BY adopted_on, number, id""",
        {"pk": pk},
    )
