"""Deputies: who sits, on what basis, in which post, who came, how they voted."""

from __future__ import annotations

import datetime as dt
import uuid

from councils.page_queries.bodies import unit_on
from registry.queries import Row, names, rows, unit_json


def named(alias: str) -> str:
    """Return the SQL of a named thing as one value; null where there is none."""
    return (
        f"CASE WHEN {alias}.id IS NOT NULL THEN json_build_object('id', {alias}.id, 'name_ky', {alias}.name_ky,"
        f" 'name_ru', {alias}.name_ru, 'name_en', {alias}.name_en) END"
    )


MANDATE = f"""
    m.id, m.person_id, m.convocation_id, m.basis, m.valid, m.provenance, p.sex, p.birth_year, {names("p")},
    {named("t")} AS party, {named("f")} AS faction, {named("k")} AS district, k.number AS district_number,
    {named("r")} AS end_reason, r.article AS end_article, e.id AS end_act_id, e.kind AS end_act_kind,
    e.number AS end_act_number, e.adopted_on AS end_act_adopted_on,
    oc.id AS origin_id, oc.kind AS origin_kind, {unit_json("ou")} AS origin_unit
"""
FROM_MANDATE = f"""
    councils_mandate m JOIN registry_person p ON p.id = m.person_id
    LEFT JOIN councils_party t ON t.id = m.party_id LEFT JOIN councils_faction f ON f.id = m.faction_id
    LEFT JOIN councils_electoraldistrict k ON k.id = m.district_id
    LEFT JOIN councils_endreason r ON r.id = m.end_reason_id LEFT JOIN registry_legalact e ON e.id = m.end_act_id
    LEFT JOIN councils_council oc ON oc.id = m.origin_id {unit_on("ou", "oc.unit_id", "lower(m.valid)")}
"""


def deputies(convocation: uuid.UUID, day: dt.date | None = None) -> list[Row]:
    """Return the mandates of a convocation in force on a day, or of its whole term, by name.

    ``posts`` are the posts the person holds (or held) in the convocation, ``committees`` likewise.
    """
    on_day = "AND {}.valid @> %(day)s::date"
    return rows(
        f"""
        SELECT {MANDATE},
               (SELECT json_agg(DISTINCT o.kind) FROM councils_councilpost o
                 WHERE o.convocation_id = m.convocation_id AND o.person_id = m.person_id AND o.voided_by_id IS NULL
                   {on_day.format("o") if day else ""}) AS posts
          FROM {FROM_MANDATE}
         WHERE m.convocation_id = %(convocation)s AND m.voided_by_id IS NULL {on_day.format("m") if day else ""}
         ORDER BY lsg_sort_key(p.name_ky), m.valid, m.id""",
        {"convocation": convocation, "day": day},
    )


def posts(convocation: uuid.UUID) -> list[Row]:
    """Return who held the posts of a convocation, and when."""
    return rows(
        f"""
        SELECT o.id, o.kind, o.valid, o.end_note, o.provenance, o.person_id, {names("p")}, p.sex,
               EXISTS (SELECT FROM councils_mandate m WHERE m.person_id = o.person_id AND m.voided_by_id IS NULL)
                   AS is_deputy, a.id AS act_id, a.kind AS act_kind, a.number AS act_number,
               a.adopted_on AS act_adopted_on
          FROM councils_councilpost o JOIN registry_person p ON p.id = o.person_id
          LEFT JOIN registry_legalact a ON a.id = o.act_id
         WHERE o.convocation_id = %(convocation)s AND o.voided_by_id IS NULL
         ORDER BY array_position(ARRAY['chair', 'deputy_chair', 'responsible_secretary'], o.kind::text), o.valid""",
        {"convocation": convocation},
    )


def committees(convocation: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the committees of a convocation with their members on a day, the chair first."""
    return rows(
        f"""
        SELECT c.id, {names("c")}, c.provenance,
               (SELECT json_agg(json_build_object('id', p.id, 'name_ky', p.name_ky, 'name_ru', p.name_ru,
                                'name_en', p.name_en, 'chairs', s.chairs)
                                ORDER BY s.chairs DESC, lsg_sort_key(p.name_ky))
                  FROM councils_committeemembership s JOIN councils_mandate m ON m.id = s.mandate_id
                  JOIN registry_person p ON p.id = m.person_id
                 WHERE s.committee_id = c.id AND s.valid @> %(day)s::date AND s.voided_by_id IS NULL) AS members
          FROM councils_committee c WHERE c.convocation_id = %(convocation)s
         ORDER BY lsg_sort_key(c.name_ky), c.id""",
        {"convocation": convocation, "day": day},
    )


def districts(convocation: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the electoral districts of a convocation: seats, reserved ones, who holds them on a day, women."""
    return rows(
        f"""
        SELECT k.id, k.number, {names("k")}, k.seats, k.reserved_for_women, k.provenance,
               count(m.id) AS sitting, count(m.id) FILTER (WHERE p.sex = 'f') AS women
          FROM councils_electoraldistrict k
          LEFT JOIN councils_mandate m
                 ON m.district_id = k.id AND m.valid @> %(day)s::date AND m.voided_by_id IS NULL
          LEFT JOIN registry_person p ON p.id = m.person_id
         WHERE k.convocation_id = %(convocation)s GROUP BY k.id ORDER BY k.number""",
        {"convocation": convocation, "day": day},
    )


def person(pk: uuid.UUID) -> Row | None:
    """Return somebody who holds or held a mandate or a post: what the public may know and nothing else."""
    found = rows(
        f"""
        SELECT p.id, {names("p")}, p.sex, p.birth_year, p.provenance, p.source FROM registry_person p
         WHERE p.id = %(pk)s AND (
               EXISTS (SELECT FROM councils_mandate m WHERE m.person_id = p.id AND m.voided_by_id IS NULL)
               OR EXISTS (SELECT FROM councils_councilpost o WHERE o.person_id = p.id AND o.voided_by_id IS NULL))""",
        {"pk": pk},
    )
    return found[0] if found else None


COUNCIL_OF = f"""
    v.number AS convocation_number, c.id AS council_id, c.kind AS council_kind, {unit_json("u")} AS council_unit
"""
FROM_COUNCIL = """
    JOIN councils_convocation v ON v.id = {0}.convocation_id JOIN councils_council c ON c.id = v.council_id
"""


def mandates_of(person: uuid.UUID, day: dt.date) -> list[Row]:
    """Return the mandates of a person, the latest first, each with the attendance up to a day."""
    return rows(
        f"""
        SELECT {MANDATE}, {COUNCIL_OF},
               (SELECT json_build_object('present', count(*) FILTER (WHERE a.state = 'present'),
                          'excused', count(*) FILTER (WHERE a.state = 'excused'),
                          'unexcused', count(*) FILTER (WHERE a.state = 'unexcused'), 'called', count(*))
                  FROM councils_attendance a JOIN councils_session s ON s.id = a.session_id
                 WHERE a.mandate_id = m.id AND s.held_on <= %(day)s::date AND s.status = 'held') AS attendance
          FROM {FROM_MANDATE} {FROM_COUNCIL.format("m")} {unit_on("u", "c.unit_id", "lower(m.valid)")}
         WHERE m.person_id = %(person)s AND m.voided_by_id IS NULL ORDER BY m.valid DESC, m.id""",
        {"person": person, "day": day},
    )


def posts_of(person: uuid.UUID) -> list[Row]:
    """Return the posts and committees of a person, the latest first."""
    return rows(
        f"""
        SELECT o.kind, o.valid, o.provenance, NULL AS committee, {COUNCIL_OF}
          FROM councils_councilpost o {FROM_COUNCIL.format("o")} {unit_on("u", "c.unit_id", "lower(o.valid)")}
         WHERE o.person_id = %(person)s AND o.voided_by_id IS NULL
        UNION ALL
        SELECT CASE WHEN s.chairs THEN 'committee_chair' ELSE 'committee' END, s.valid, s.provenance, {named("k")},
               {COUNCIL_OF}
          FROM councils_committeemembership s JOIN councils_committee k ON k.id = s.committee_id
          JOIN councils_mandate m ON m.id = s.mandate_id {FROM_COUNCIL.format("m")}
          {unit_on("u", "c.unit_id", "lower(s.valid)")}
         WHERE m.person_id = %(person)s AND s.voided_by_id IS NULL
         ORDER BY 2 DESC, 1""",
        {"person": person},
    )


def votes_of(person: uuid.UUID, day: dt.date) -> list[Row]:
    """Return how a person voted by name up to a day, the latest first."""
    return rows(
        f"""
        SELECT r.id, r.number, r.adopted_on, {names("r", "title")}, n.choice, r.provenance
          FROM councils_namedvote n JOIN councils_mandate m ON m.id = n.mandate_id
          JOIN councils_resolution r ON r.id = n.vote_id
         WHERE m.person_id = %(person)s AND r.status <> 'draft' AND r.adopted_on <= %(day)s::date
         ORDER BY r.adopted_on DESC, r.number, r.id""",
        {"person": person, "day": day},
    )
