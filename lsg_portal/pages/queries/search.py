"""Search: by the beginning of a name, of a word in it, or a likeness in letters; candidates are capped before ranking.

Words are compared as ``lsg_fold`` writes them: lower case, ң ө ү ё as н о у е, hyphens as spaces.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from reform.visibility import Sight, condition
from registry.names import fold
from registry.queries import Row, escaped, names, rows, unit_json

CANDIDATES = 200
SHOWN = 20
LIKENESS = 0.5
SHORTEST, LONGEST = 2, 100
SHORTEST_LIKENESS = 4
"""Words shorter than this are not compared by likeness: everything would be like them."""


@dataclass(frozen=True)
class Words:
    """What was asked for, in the forms it is compared in."""

    asked: str

    @property
    def text(self) -> str:
        """The words without runs of spaces."""
        return " ".join(self.asked.replace("№", " ").split())

    @property
    def folded(self) -> str:
        """The words folded, generic ones (район, айыл аймагы) left out."""
        return fold(self.text)

    @property
    def too_short(self) -> bool:
        """Whether too little was asked for to look for; signs alone are nothing."""
        return len(self.folded) < SHORTEST

    @property
    def too_long(self) -> bool:
        """Whether nothing on file could be called that."""
        return len(self.asked) > LONGEST

    def parameters(self, day: dt.date | None) -> dict[str, object]:
        """Return the parameters of the statements below."""
        folded = self.folded
        return {
            "day": day,
            "exact": folded,
            "prefix": f"{escaped(folded)}%",
            "word": f"% {escaped(folded)}%",
            "part": f"%{escaped(folded)}%",
            "code": f"{escaped(self.text)}%" if self.text.isdigit() and len(self.text) > 3 else None,
            "number": self.text,
            "like": folded if len(folded) >= SHORTEST_LIKENESS else None,
            "likeness": LIKENESS,
            "candidates": CANDIDATES,
            "shown": SHOWN + 1,
        }


def _ways(table: str, key: str, condition: str) -> str:
    """The SQL of the candidates by each way to find a name: (key, row, place), the best place being 0."""
    anywhere = "(' ' || lsg_fold(concat_ws(' ', n.name_ky, n.name_ru, n.name_en)))"
    alike = "greatest(word_similarity(%(like)s, lsg_fold(n.name_ky)), word_similarity(%(like)s, lsg_fold(n.name_ru)))"
    return f"""
        (SELECT n.{key} AS key, n.id AS row_id,
                CASE WHEN %(exact)s IN (lsg_fold(n.name_ky), lsg_fold(n.name_ru)) THEN 0.0 ELSE 1.0 END AS place
           FROM {table} n WHERE {condition}
            AND (lsg_fold(n.name_ky) LIKE %(prefix)s OR lsg_fold(n.name_ru) LIKE %(prefix)s) LIMIT %(candidates)s)
        UNION ALL
        (SELECT n.{key}, n.id, 2.0 FROM {table} n WHERE {condition} AND {anywhere} LIKE %(word)s LIMIT %(candidates)s)
        UNION ALL
        (SELECT n.{key}, n.id, 4.0 - {alike} FROM {table} n
          WHERE {condition} AND %(like)s::text IS NOT NULL AND {alike} >= %(likeness)s LIMIT %(candidates)s)"""


def units(words: Words, day: dt.date) -> list[Row]:
    """Return the units found, those that exist on the day first, each with where it lies and what succeeded it.

    ``found_as`` is the name it was found by where that is not the one shown; ``end_day`` the day it ended.
    """
    return rows(
        f"""
        WITH hit AS (
            {_ways("registry_unitversion", "unit_id", "n.voided_by_id IS NULL")}
            UNION ALL
            (SELECT c.unit_id, NULL, 0.5 FROM registry_unitcode c
              WHERE c.voided_by_id IS NULL AND c.code LIKE %(code)s LIMIT %(candidates)s)),
        best AS (SELECT DISTINCT ON (key) * FROM hit ORDER BY key, place),
        shown AS (
            SELECT b.key, b.place, b.row_id, v.*, v.valid @> %(day)s::date AS lives,
                   CASE WHEN v.valid @> %(day)s::date THEN %(day)s::date
                        WHEN lower(v.valid) > %(day)s::date THEN lower(v.valid) ELSE upper(v.valid) - 1 END AS on_day
              FROM best b JOIN LATERAL (
                   SELECT x.id AS version_id, x.unit_id, x.kind, {names("x")}, x.sort_ky, x.valid, x.parent_id, x.provenance
                     FROM registry_unitversion x WHERE x.unit_id = b.key AND x.voided_by_id IS NULL
                    ORDER BY x.valid @> %(day)s::date DESC, lower(x.valid) <= %(day)s::date DESC, x.valid DESC LIMIT 1) v ON true
             ORDER BY floor(b.place), v.valid @> %(day)s::date DESC, b.place, v.kind = 'ayil_aimak', v.sort_ky, v.unit_id
             LIMIT %(shown)s)
        SELECT s.unit_id AS id, s.kind, {names("s")}, s.valid, s.lives, s.on_day, s.provenance,
               CASE WHEN f.name_ky <> s.name_ky OR f.name_ru <> s.name_ru THEN
                    json_build_object('kind', f.kind, 'name_ky', f.name_ky, 'name_ru', f.name_ru, 'name_en', f.name_en)
               END AS found_as,
               {unit_json("p")} AS parent, {unit_json("o")} AS oblast,
               (SELECT json_agg(json_build_object('id', t.unit_id, 'kind', t.kind, 'name_ky', t.name_ky,
                                                  'name_ru', t.name_ru, 'name_en', t.name_en) ORDER BY t.sort_ky)
                  FROM registry_changepart c JOIN registry_change g ON g.id = c.change_id
                  JOIN registry_unitversion t ON t.unit_id = c.target_id AND t.valid @> g.effective_on
                       AND t.voided_by_id IS NULL
                 WHERE c.source_id = s.unit_id AND c.voided_by_id IS NULL
                   AND NOT s.lives AND g.effective_on = upper(s.valid)) AS successors
          FROM shown s
          LEFT JOIN registry_unitversion f ON f.id = s.row_id
          LEFT JOIN registry_unitversion p
                 ON p.unit_id = s.parent_id AND p.valid @> s.on_day AND p.voided_by_id IS NULL
          LEFT JOIN registry_unitversion o
                 ON o.unit_id = p.parent_id AND o.valid @> s.on_day AND o.voided_by_id IS NULL
         ORDER BY floor(s.place), s.lives DESC, s.place, s.kind = 'ayil_aimak', s.sort_ky, s.unit_id""",
        words.parameters(day),
    )


def settlements(words: Words, day: dt.date) -> list[Row]:
    """Return the settlements found, each with the municipality and district it lies in on the day."""
    return rows(
        f"""
        WITH hit AS (
            {_ways("registry_settlement", "id", "true")}
            UNION ALL
            (SELECT c.settlement_id, NULL, 0.5 FROM registry_settlementcode c
              WHERE c.voided_by_id IS NULL AND c.code LIKE %(code)s LIMIT %(candidates)s)),
        best AS (SELECT DISTINCT ON (key) * FROM hit ORDER BY key, place)
        SELECT s.id, s.kind, {names("s")}, s.provenance, {unit_json("m")} AS municipality, {unit_json("d")} AS district
          FROM best b JOIN registry_settlement s ON s.id = b.key
          LEFT JOIN registry_settlementassignment a ON a.settlement_id = s.id AND a.valid @> %(day)s::date
               AND a.voided_by_id IS NULL
          LEFT JOIN registry_unitversion m
                 ON m.unit_id = a.unit_id AND m.valid @> %(day)s::date AND m.voided_by_id IS NULL
          LEFT JOIN registry_unitversion d
                 ON d.unit_id = m.parent_id AND d.valid @> %(day)s::date AND d.voided_by_id IS NULL
         ORDER BY floor(b.place), b.place, s.sort_ky, m.sort_ky, s.id LIMIT %(shown)s""",
        words.parameters(day),
    )


def acts(words: Words, day: dt.date) -> list[Row]:
    """Return the legal acts found by number or by words of their title; resolutions of councils are found apart."""
    return rows(
        f"""
        SELECT a.id, a.kind, a.number, a.adopted_on, a.status, {names("a", "title")}, a.provenance
          FROM registry_legalact a
         WHERE (a.number = %(number)s OR lsg_fold(concat_ws(' ', a.title_ky, a.title_ru, a.title_en)) LIKE %(part)s)
           AND NOT EXISTS (SELECT FROM councils_resolution r WHERE r.legal_act_id = a.id)
         ORDER BY a.number = %(number)s DESC, a.adopted_on DESC, a.id LIMIT %(shown)s""",
        words.parameters(day),
    )


def events(words: Words, seen: Sight) -> list[Row]:
    """Return the events of the reform found by words of their title, of those that this sight may read."""
    readable, args = condition(seen)
    return rows(
        f"""
        SELECT e.id, e.kind, e.effective_on, e.status, {names("e", "title")}, e.provenance FROM reform_event e
         WHERE {readable}
           AND lsg_fold(concat_ws(' ', e.title_ky, e.title_ru, e.title_en)) LIKE %(part)s
         ORDER BY e.effective_on DESC, e.id LIMIT %(shown)s""",
        words.parameters(None) | args,
    )
