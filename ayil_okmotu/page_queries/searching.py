"""What the search of the whole register finds in the executive bodies: who holds and held posts."""

from __future__ import annotations

import datetime as dt

from ayil_okmotu.page_queries.bodies import DAY
from councils.page_queries.bodies import unit_on
from councils.page_queries.people import named
from councils.page_queries.searching import named_like
from registry.queries import Row, names, rows, unit_json


def officials(folded: str, day: dt.date, shown: int) -> list[Row]:
    """Return those who hold or held a post and whose names have words that begin like the ones asked for.

    Where too few do, names like them follow. ``sits`` says whether they hold one on the day; the post is the highest of
    those nearest to it.
    """
    hits, parameters = named_like(folded, shown)
    return rows(
        f"""
        WITH {hits},
        shown AS (
            SELECT p.*, best.place, a.post_id, a.acting, a.valid, a.valid @> {DAY} AS sits
              FROM best JOIN registry_person p ON p.id = best.id
              JOIN LATERAL (SELECT x.post_id, x.acting, x.valid FROM ayil_okmotu_appointment x
                              JOIN ayil_okmotu_post y ON y.id = x.post_id
                             WHERE x.person_id = p.id AND x.voided_by_id IS NULL
                             ORDER BY x.valid @> {DAY} DESC, ayil_okmotu_rank(y.kind) DESC, x.valid DESC LIMIT 1) a
                ON true
             ORDER BY best.place, sits DESC, lsg_sort_key(p.name_ky), p.id LIMIT %(shown)s)
        SELECT p.id, {names("p")}, p.provenance, p.sits, p.valid, p.acting, b.kind AS body_kind, {unit_json("u")} AS unit,
               json_build_object('kind', t.kind, 'name_ky', t.name_ky, 'name_ru', t.name_ru, 'name_en', t.name_en,
                                 'settlement', {named("s")}) AS post
          FROM shown p JOIN ayil_okmotu_post t ON t.id = p.post_id
          JOIN ayil_okmotu_executivebody b ON b.id = t.body_id LEFT JOIN registry_settlement s ON s.id = t.settlement_id
          {unit_on("u", "b.unit_id", "lower(p.valid)")}
         ORDER BY p.place, p.sits DESC, lsg_sort_key(p.name_ky), p.id""",
        {"day": day, "shown": shown, **parameters},
    )
