"""What the search of the whole register finds among state powers: by words of their names and items, or a likeness."""

from __future__ import annotations

import datetime as dt

from registry.queries import Row, escaped, names, rows

CANDIDATES = 200
LIKENESS = 0.5
SHORTEST_LIKENESS = 4
"""Words shorter than this are not compared by likeness: everything would be like them."""


def _folded(alias: str) -> str:
    return f"lsg_fold(concat_ws(' ', {alias}.name_ky, {alias}.name_ru, {alias}.name_en))"


def powers(folded: str, day: dt.date, shown: int) -> list[Row]:
    """Return the powers whose names, and then whose items, have words that begin like all those asked for, then alike ones.

    ``transfers`` counts those in force on the day.
    """
    words = folded.split()
    begins = {
        alias: " AND ".join(f"' ' || {_folded(alias)} LIKE %(word{index})s" for index in range(len(words)))
        for alias in ("w", "i")
    }
    return rows(
        f"""
        WITH hit AS (
            (SELECT w.id, 0 AS place FROM delegation_statepower w WHERE {begins["w"]} LIMIT %(candidates)s)
            UNION ALL
            (SELECT i.power_id, 1 FROM delegation_poweritem i WHERE i.removed_at IS NULL AND {begins["i"]}
              LIMIT %(candidates)s)
            UNION ALL
            (SELECT w.id, 2 FROM delegation_statepower w
              WHERE %(like)s::text IS NOT NULL AND word_similarity(%(like)s, {_folded("w")}) >= %(likeness)s
              LIMIT %(candidates)s)),
        best AS (SELECT id, min(place) AS place FROM hit GROUP BY id)
        SELECT w.id, {names("w")}, w."group", w.status, w.provenance,
               (SELECT count(*) FROM delegation_transfer t WHERE t.power_id = w.id AND t.valid @> %(day)s::date
                   AND t.voided_by_id IS NULL) AS transfers
          FROM best b JOIN delegation_statepower w ON w.id = b.id
         ORDER BY b.place, lsg_sort_key(coalesce(w.name_ky, w.name_ru)), w.code LIMIT %(shown)s""",
        {
            **{f"word{index}": f"% {escaped(word)}%" for index, word in enumerate(words)},
            "like": folded if len(folded) >= SHORTEST_LIKENESS else None,
            "likeness": LIKENESS,
            "candidates": CANDIDATES,
            "day": day,
            "shown": shown,
        },
    )
