"""Where territory came from and where it went, as pages tell it."""

from __future__ import annotations

import uuid

from registry.queries import Row, rows

MOST_EDGES = 400
"""More than a reader can follow; a diagram is cut there and says so."""


def edges(pk: uuid.UUID, depth: int) -> list[Row]:
    """Return the live parts of changes that lead to and from a unit, up to ``depth`` changes away, oldest first.

    ``side`` is ``back`` for what came to the unit, ``forward`` for what went from it, with ``level`` changes between.
    Parts of one change act at once, so a way leads from one change to an earlier (or later) one, never to its own.
    Settlements are named where a part moved some, not all; acts and the event come with the change.
    """
    return rows(
        """
        WITH RECURSIVE part AS (
            SELECT p.id, p.change_id, p.source_id, p.target_id, c.effective_on
              FROM registry_changepart p JOIN registry_change c ON c.id = p.change_id
             WHERE p.voided_by_id IS NULL),
        back AS (
            SELECT p.*, 1 AS level FROM part p WHERE p.target_id = %(pk)s
            UNION
            SELECT p.*, b.level + 1 FROM back b JOIN part p ON p.target_id = b.source_id
               AND p.change_id <> b.change_id AND p.effective_on <= b.effective_on
             WHERE b.level < %(depth)s),
        forward AS (
            SELECT p.*, 1 AS level FROM part p WHERE p.source_id = %(pk)s
            UNION
            SELECT p.*, f.level + 1 FROM forward f JOIN part p ON p.source_id = f.target_id
               AND p.change_id <> f.change_id AND p.effective_on >= f.effective_on
             WHERE f.level < %(depth)s),
        found AS (
            SELECT id, min(level) AS level, min(side) AS side FROM (
                SELECT id, level, 'back' AS side FROM back UNION ALL SELECT id, level, 'forward' FROM forward) x
             GROUP BY id)
        SELECT p.id, f.side, f.level, p.source_id, p.target_id, p.scope, c.id AS change_id, c.kind, c.effective_on,
               c.provenance, c.note_ky, c.note_ru, c.note_en,
               e.id AS event_id, e.title_ky, e.title_ru, e.title_en,
               (SELECT json_agg(json_build_object('id', s.id, 'kind', s.kind, 'name_ky', s.name_ky,
                                                  'name_ru', s.name_ru, 'name_en', s.name_en) ORDER BY s.sort_ky, s.id)
                  FROM registry_changepartsettlement l JOIN registry_settlement s ON s.id = l.settlement_id
                 WHERE l.part_id = p.id AND p.scope = 'part') AS settlements,
               (SELECT json_agg(json_build_object('id', a.id, 'kind', a.kind, 'number', a.number,
                                                  'adopted_on', to_char(a.adopted_on, 'DD.MM.YYYY'))
                                ORDER BY a.adopted_on, a.number, a.id)
                  FROM registry_changeact ca JOIN registry_legalact a ON a.id = ca.act_id
                 WHERE ca.change_id = c.id) AS acts
          FROM found f JOIN registry_changepart p ON p.id = f.id JOIN registry_change c ON c.id = p.change_id
          LEFT JOIN reform_event e ON e.change_id = c.id AND e.status = 'in_force'
         ORDER BY c.effective_on, c.id, p.id LIMIT %(most)s""",
        {"pk": pk, "depth": depth, "most": MOST_EDGES + 1},
    )
