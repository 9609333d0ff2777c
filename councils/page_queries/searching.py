"""What the search of the whole register finds in the councils: deputies and resolutions."""

from __future__ import annotations

import datetime as dt

from councils.page_queries.bodies import unit_on
from councils.page_queries.resolutions import FOUND, TITLES, WORD, searched
from councils.page_queries.sessions import STATUS_OF_DAY
from registry.queries import Row, escaped, names, rows, unit_json

CANDIDATES = 200
PERSON = "(' ' || lsg_fold(coalesce(p.name_ky, '') || ' ' || coalesce(p.name_ru, '')))"
SHORTEST_LIKENESS = 4
"""Words shorter than this are not compared by likeness: everything would be like them."""


def named_like(folded: str, shown: int) -> tuple[str, dict[str, object]]:
    """Return the common tables ``begun``, ``hit`` and ``best`` of persons by name, with their parameters.

    ``best`` has the ``id`` of a person and the ``place``: 0 where words of the name begin like those asked for, 1 where
    the name is only like them; these are looked for where fewer than ``shown`` begin so.
    """
    words = folded.split()
    begins = " AND ".join(f"{PERSON} LIKE %(word{index})s" for index in range(len(words)))
    sql = f"""
        begun AS MATERIALIZED (SELECT p.id FROM registry_person p WHERE {begins} LIMIT %(candidates)s),
        hit AS (
            SELECT id, 0 AS place FROM begun
            UNION ALL
            (SELECT p.id, 1 FROM registry_person p
              WHERE (SELECT count(*) FROM begun) < %(shown)s AND %(like)s::text IS NOT NULL
                AND %(like)s <%% {PERSON} LIMIT %(candidates)s)),
        best AS (SELECT id, min(place) AS place FROM hit GROUP BY id)"""
    return sql, {
        "shown": shown,
        "candidates": CANDIDATES,
        "like": folded if len(folded) >= SHORTEST_LIKENESS else None,
        **{f"word{index}": f"% {escaped(word)}%" for index, word in enumerate(words)},
    }


def deputies(folded: str, day: dt.date, shown: int) -> list[Row]:
    """Return those who hold or held a mandate and whose names have words that begin like the ones asked for.

    Where too few do, names like them follow. ``sits`` says whether they have a mandate on the day; the council is that
    of the mandate nearest to it.
    """
    hits, parameters = named_like(folded, shown)
    return rows(
        f"""
        WITH {hits},
        shown AS (
            SELECT p.*, b.place, m.convocation_id, m.valid, m.valid @> %(day)s::date AS sits
              FROM best b JOIN registry_person p ON p.id = b.id
              JOIN LATERAL (SELECT x.convocation_id, x.valid FROM councils_mandate x
                             WHERE x.person_id = p.id AND x.voided_by_id IS NULL
                             ORDER BY x.valid @> %(day)s::date DESC, x.valid DESC LIMIT 1) m ON true
             ORDER BY b.place, sits DESC, lsg_sort_key(p.name_ky), p.id LIMIT %(shown)s)
        SELECT p.id, {names("p")}, p.provenance, p.sits, p.valid, c.kind AS council_kind, {unit_json("u")} AS unit
          FROM shown p JOIN councils_convocation v ON v.id = p.convocation_id
          JOIN councils_council c ON c.id = v.council_id {unit_on("u", "c.unit_id", "lower(p.valid)")}
         ORDER BY p.place, p.sits DESC, lsg_sort_key(p.name_ky), p.id""",
        {"day": day, **parameters},
    )


def resolutions(text: str, folded: str, day: dt.date, shown: int) -> list[Row]:
    """Return the resolutions adopted by a day that hold the words or bear the number; else those with titles like them."""
    words = searched(text)
    if not words:
        return []
    starts = {f"word{index}": f"{word}:*" for index, word in enumerate(words)}
    asked = " && ".join(WORD.replace("%s", f"%(word{index})s") for index in range(len(words)))
    found = FOUND.format(asked=asked).replace("%s", "%(text)s")
    return rows(
        f"""
        WITH exact AS MATERIALIZED (
            SELECT r.id FROM ({found}) f JOIN councils_resolution r ON r.id = f.id
             WHERE r.status <> 'draft' AND r.adopted_on <= %(day)s::date
             ORDER BY r.adopted_on DESC, r.number, r.id LIMIT %(shown)s),
        hit AS (
            SELECT id, 0 AS place FROM exact
            UNION ALL
            (SELECT r.id, 1 FROM councils_resolution r
              WHERE NOT EXISTS (SELECT FROM exact) AND %(like)s::text IS NOT NULL AND %(like)s <%% lsg_fold({TITLES})
              LIMIT %(candidates)s))
        SELECT r.id, r.number, r.adopted_on, {names("r", "title")}, r.provenance, {STATUS_OF_DAY} AS status,
               c.kind AS council_kind, {unit_json("u")} AS unit
          FROM hit JOIN councils_resolution r ON r.id = hit.id JOIN councils_council c ON c.id = r.council_id
          LEFT JOIN councils_resolution x ON x.id = r.cancelled_by_id
          {unit_on("u", "c.unit_id", "r.adopted_on")}
         WHERE r.status <> 'draft' AND r.adopted_on <= %(day)s::date
         ORDER BY hit.place, r.adopted_on DESC, r.number, r.id LIMIT %(shown)s""",
        {
            **starts,
            "text": text,
            "like": folded if len(folded) >= SHORTEST_LIKENESS else None,
            "day": day,
            "shown": shown,
            "candidates": CANDIDATES,
        },
    )
