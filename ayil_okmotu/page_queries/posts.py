"""Posts and who holds them: on a day, through time, and of one person."""

from __future__ import annotations

import datetime as dt
import uuid

from ayil_okmotu.page_queries.bodies import DAY
from ayil_okmotu.queries import HOLDERS, RANK
from councils.page_queries.bodies import unit_on
from councils.page_queries.people import named
from registry.queries import Row, names, rows, unit_json

SETTLEMENT = named("s")
POST = f"""
    t.id, t.body_id, t.kind, {names("t")}, t.employment, t.valid, t.provenance, t.source,
    {SETTLEMENT} AS settlement
"""
APPOINTMENT = f"""
    a.id, a.post_id, a.person_id, a.acting, a.term_years, a.valid, a.provenance, a.source, a.appointed_by,
    a.order_number, a.order_on, a.concurrent_reason, a.end_order_number,
    (lower(a.valid) + make_interval(years => a.term_years))::date AS term_end, {named("n")} AS person,
    c.id AS act_id, c.kind AS act_kind, c.number AS act_number, c.adopted_on AS act_adopted_on,
    {named("g")} AS end_ground, g.kind AS end_kind, g.article AS end_article,
    e.id AS end_act_id, e.kind AS end_act_kind, e.number AS end_act_number, e.adopted_on AS end_act_adopted_on,
    r.id AS resolution_id, r.number AS resolution_number, r.adopted_on AS resolution_adopted_on
"""
FROM_APPOINTMENT = """
    ayil_okmotu_appointment a JOIN registry_person n ON n.id = a.person_id
    LEFT JOIN registry_legalact c ON c.id = a.appointing_act_id LEFT JOIN ayil_okmotu_endground g ON g.id = a.end_ground_id
    LEFT JOIN registry_legalact e ON e.id = a.end_act_id LEFT JOIN councils_resolution r ON r.id = a.end_resolution_id
"""
BODY_OF_POST = f"b.id AS body_id, b.kind AS body_kind, {unit_json('u')} AS unit"


def of_body(body: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the posts of a body on a day from the head down, each with its holder and with who is acting."""
    return rows(
        f"""
        SELECT {POST}, held.person_id, {named("hn")} AS holder, lower(held.valid) AS since, held.concurrent_reason,
               held.provenance AS holder_provenance,
               (lower(held.valid) + make_interval(years => held.term_years))::date AS term_end,
               stands_in.person_id AS acting_id, {named("sn")} AS stands_in, lower(stands_in.valid) AS acting_since,
               stands_in.concurrent_reason AS acting_reason, b.kind AS body_kind
          FROM ayil_okmotu_post t JOIN ayil_okmotu_executivebody b ON b.id = t.body_id
          LEFT JOIN registry_settlement s ON s.id = t.settlement_id
          {HOLDERS.format(post="t.id", day=DAY)}
         WHERE t.body_id = %(body)s AND t.valid @> {DAY} AND t.voided_by_id IS NULL
         ORDER BY {RANK.format(kind="t.kind")}, s.sort_ky, t.valid, t.id""",
        {"body": body, "day": day},
    )


def post(pk: uuid.UUID) -> Row | None:
    """Return a post; None where none is on file."""
    found = rows(
        f"""
        SELECT {POST} FROM ayil_okmotu_post t LEFT JOIN registry_settlement s ON s.id = t.settlement_id
         WHERE t.id = %(pk)s AND t.voided_by_id IS NULL""",
        {"pk": pk},
    )
    return found[0] if found else None


def chain(pk: uuid.UUID) -> list[Row]:
    """Return a post with the posts it continues and those that continue it, in the order of their days."""
    return rows(
        f"""
        WITH RECURSIVE back AS (
            SELECT id, former_id FROM ayil_okmotu_post WHERE id = %(pk)s
            UNION SELECT x.id, x.former_id FROM ayil_okmotu_post x JOIN back ON x.id = back.former_id),
        forth AS (
            SELECT id FROM ayil_okmotu_post WHERE id = %(pk)s
            UNION SELECT x.id FROM ayil_okmotu_post x JOIN forth ON x.former_id = forth.id WHERE x.voided_by_id IS NULL)
        SELECT {POST}, b.kind AS body_kind, {unit_json("u")} AS unit
          FROM ayil_okmotu_post t JOIN (SELECT id FROM back UNION SELECT id FROM forth) k ON k.id = t.id
          LEFT JOIN registry_settlement s ON s.id = t.settlement_id
          JOIN ayil_okmotu_executivebody b ON b.id = t.body_id {unit_on("u", "b.unit_id", "lower(t.valid)")}
         WHERE t.voided_by_id IS NULL ORDER BY t.valid""",
        {"pk": pk},
    )


def appointments(posts: list[uuid.UUID], day: dt.date) -> list[Row]:
    """Return who holds and held these posts by a day, in the order of days; what ended later is open by then."""
    return rows(
        f"""
        SELECT {APPOINTMENT} FROM {FROM_APPOINTMENT}
         WHERE a.post_id = ANY(%(posts)s::uuid[]) AND a.voided_by_id IS NULL AND lower(a.valid) <= {DAY}
         ORDER BY lower(a.valid), a.acting, a.id""",
        {"posts": [str(post) for post in posts], "day": day},
    )


def heads(body: uuid.UUID, day: dt.date) -> list[Row]:
    """Return who headed a body by a day, acting or not, in the order of days."""
    return rows(
        f"""
        SELECT {APPOINTMENT} FROM {FROM_APPOINTMENT} JOIN ayil_okmotu_post t ON t.id = a.post_id
         WHERE t.body_id = %(body)s AND t.kind = 'head' AND t.voided_by_id IS NULL AND a.voided_by_id IS NULL
           AND lower(a.valid) <= {DAY}
         ORDER BY lower(a.valid), a.acting, a.id""",
        {"body": body, "day": day},
    )


def vacant(
    day: dt.date,
    *,
    oblast: uuid.UUID | None = None,
    district: uuid.UUID | None = None,
    kind: str | None = None,
) -> list[Row]:
    """Return the posts that nobody holds on a day, from the head down; who is acting fills none and is told."""
    return rows(
        f"""
        WITH u AS MATERIALIZED (SELECT * FROM registry_units_on({DAY}))
        SELECT {POST}, b.kind AS body_kind, {unit_json("u")} AS unit, {unit_json("d")} AS district,
               {unit_json("o")} AS oblast, stands_in.person_id AS acting_id, {named("sn")} AS stands_in,
               coalesce((SELECT max(upper(x.valid)) FROM ayil_okmotu_appointment x
                          WHERE x.post_id = t.id AND x.voided_by_id IS NULL AND NOT x.acting
                            AND upper(x.valid) <= {DAY}), lower(t.valid)) AS vacant_since
          FROM ayil_okmotu_post t JOIN ayil_okmotu_executivebody b ON b.id = t.body_id JOIN u ON u.unit_id = b.unit_id
          LEFT JOIN u d ON d.unit_id = u.district_id LEFT JOIN u o ON o.unit_id = u.oblast_id
          LEFT JOIN registry_settlement s ON s.id = t.settlement_id
          {HOLDERS.format(post="t.id", day=DAY)}
         WHERE t.valid @> {DAY} AND t.voided_by_id IS NULL AND b.voided_by_id IS NULL
           AND held.id IS NULL
           AND (%(oblast)s::uuid IS NULL OR u.oblast_id = %(oblast)s)
           AND (%(district)s::uuid IS NULL OR %(district)s IN (u.district_id, u.unit_id))
           AND (%(kind)s::text IS NULL OR t.kind = %(kind)s)
         ORDER BY {RANK.format(kind="t.kind")}, u.sort_ky, s.sort_ky, t.id""",
        {"day": day, "oblast": oblast, "district": district, "kind": kind},
    )


def person(pk: uuid.UUID) -> Row | None:
    """Return somebody who holds or held a post: what the public may know and nothing else."""
    found = rows(
        f"""
        SELECT p.id, {names("p")}, p.sex, p.birth_year, p.provenance,
               EXISTS (SELECT FROM councils_mandate m WHERE m.person_id = p.id AND m.voided_by_id IS NULL)
               OR EXISTS (SELECT FROM councils_councilpost o WHERE o.person_id = p.id AND o.voided_by_id IS NULL)
                  AS in_councils
          FROM registry_person p
         WHERE p.id = %(pk)s AND EXISTS (SELECT FROM ayil_okmotu_appointment a
                                          WHERE a.person_id = p.id AND a.voided_by_id IS NULL)""",
        {"pk": pk},
    )
    return found[0] if found else None


def appointments_of(person: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the posts that somebody holds and held by a day, the latest first."""
    return rows(
        f"""
        SELECT {APPOINTMENT}, t.kind, {names("t")}, t.employment, {SETTLEMENT} AS settlement, {BODY_OF_POST}
          FROM {FROM_APPOINTMENT} JOIN ayil_okmotu_post t ON t.id = a.post_id
          LEFT JOIN registry_settlement s ON s.id = t.settlement_id
          JOIN ayil_okmotu_executivebody b ON b.id = t.body_id {unit_on("u", "b.unit_id", "lower(a.valid)")}
         WHERE a.person_id = %(person)s AND a.voided_by_id IS NULL AND lower(a.valid) <= {DAY}
         ORDER BY a.valid DESC, a.id""",
        {"person": person, "day": day},
    )


TRAINING = f"""
    x.id, x.began_on, x.ended_on, x.hours, x.certificate, x.provenance, {named("g")} AS programme, g.provider,
    n.id AS person_id, {named("n")} AS person
"""
FROM_TRAINING = """
    ayil_okmotu_training x JOIN ayil_okmotu_trainingprogramme g ON g.id = x.programme_id
    JOIN ayil_okmotu_appointment a ON a.id = x.appointment_id JOIN registry_person n ON n.id = a.person_id
"""


def trainings(body: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the courses that people in posts of a body had finished by a day, the latest first."""
    return rows(
        f"""
        SELECT {TRAINING} FROM {FROM_TRAINING} JOIN ayil_okmotu_post t ON t.id = a.post_id
         WHERE t.body_id = %(body)s AND x.removed_at IS NULL AND x.ended_on <= {DAY}
         ORDER BY x.ended_on DESC, lsg_sort_key(n.name_ky), x.id""",
        {"body": body, "day": day},
    )


def trainings_of(person: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the courses that somebody had finished by a day, the latest first."""
    return rows(
        f"""
        SELECT {TRAINING} FROM {FROM_TRAINING}
         WHERE a.person_id = %(person)s AND x.removed_at IS NULL AND x.ended_on <= {DAY}
         ORDER BY x.ended_on DESC, x.id""",
        {"person": person, "day": day},
    )
