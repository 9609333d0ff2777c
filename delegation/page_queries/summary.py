"""The state powers of a municipality in a few words, for its page: one statement."""

from __future__ import annotations

import datetime as dt
import uuid

from delegation.page_queries.transfers import DAY
from registry.queries import Row, rows


def of_unit(unit: uuid.UUID, day: dt.date) -> Row:
    """Return the powers that a municipality has by transfer on a day, how many more it performs in fact.

    ``year`` is the latest of which money has been reported by the day, None where none has, with what was needed and
    received in it as the analysis counts them; ``undecided`` counts the powers of its predecessors about which nobody has
    decided.
    """
    (found,) = rows(
        f"""
        SELECT coalesce((
                SELECT json_agg(json_build_object('transfer_id', t.id, 'name_ky', w.name_ky, 'name_ru', w.name_ru,
                                                  'name_en', w.name_en) ORDER BY w.code)
                  FROM delegation_transfer t JOIN delegation_statepower w ON w.id = t.power_id
                 WHERE t.unit_id = %(unit)s AND t.valid @> {DAY} AND t.voided_by_id IS NULL), '[]') AS powers,
               (SELECT count(*) FROM delegation_practice p
                 WHERE p.unit_id = %(unit)s AND p.valid @> {DAY} AND p.voided_by_id IS NULL AND NOT EXISTS (
                       SELECT FROM delegation_transfer t WHERE t.power_id = p.power_id AND t.unit_id = p.unit_id
                          AND t.valid @> {DAY} AND t.voided_by_id IS NULL)) AS in_fact,
               (SELECT count(*) FROM delegation_succession s JOIN delegation_transfer t ON t.id = s.transfer_id
                  JOIN registry_change c ON c.id = s.change_id AND c.effective_on <= {DAY}
                 WHERE s.outcome = 'undecided' AND s.voided_by_id IS NULL AND EXISTS (
                       SELECT FROM registry_changepart p WHERE p.change_id = s.change_id AND p.source_id = t.unit_id
                          AND p.target_id = %(unit)s AND p.voided_by_id IS NULL)) AS undecided,
               m.*
          FROM (SELECT 1) one LEFT JOIN LATERAL (
                SELECT f.year, coalesce(sum(f.need), 0) AS need, coalesce(sum(f.received), 0) AS received,
                       coalesce(sum(f.need), 0) - coalesce(sum(f.received), 0) AS gap
                  FROM delegation_funding f JOIN delegation_transfer t ON t.id = f.transfer_id
                 WHERE t.unit_id = %(unit)s AND t.voided_by_id IS NULL
                   AND make_date(f.year, 1, 1) <= {DAY}
                 GROUP BY f.year ORDER BY f.year DESC LIMIT 1) m ON true""",
        {"unit": unit, "day": day},
    )
    return found
