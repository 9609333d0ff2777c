"""Where the councils' lists over REST read from: SQL alone, the day and the viewer always passed in.

Dated relations take ``%(at)s``. ``seen`` is the day as of which a row is shown: the day asked for, or the last day of
a row that has ended by then. ``unit_id`` is the unit of the council.
"""

from __future__ import annotations

PUBLISHED = ("adopted", "registered", "published", "cancelled")
"""Resolutions that anybody may read; drafts are their council's and the ministry's."""

STATUS = """CASE WHEN x.voided_by_id IS NOT NULL THEN 'annulled' WHEN x.valid @> %(at)s::date THEN 'existing'
                 ELSE 'ended' END AS status,
            least(%(at)s::date, upper(x.valid) - 1) AS seen"""
KNOWN = "lower(x.valid) <= %(at)s::date"
EXISTING = "x.valid @> %(at)s::date AND x.voided_by_id IS NULL"


def councils(condition: str) -> str:
    """Return the councils on a day as ``c``, with the unit's version of that day for ordering."""
    return f"""(SELECT x.*, {STATUS}, v.sort_ky, v.name_ky AS unit_ky, v.name_ru AS unit_ru
                  FROM councils_council x
                  LEFT JOIN registry_unitversion v ON v.unit_id = x.unit_id AND v.voided_by_id IS NULL
                       AND v.valid @> least(%(at)s::date, upper(x.valid) - 1)
                 WHERE {condition}) c"""


def convocations(condition: str) -> str:
    """Return the convocations on a day as ``k``."""
    return f"""(SELECT x.*, {STATUS}, c.unit_id, c.kind AS council_kind
                  FROM councils_convocation x JOIN councils_council c ON c.id = x.council_id
                 WHERE {condition}) k"""


def mandates(condition: str) -> str:
    """Return the mandates on a day as ``m``, with the deputy's public particulars."""
    return f"""(SELECT x.*, {STATUS}, c.id AS council_id, c.unit_id, c.kind AS council_kind, k.number AS convocation_number,
                       n.name_ky AS person_ky, n.name_ru AS person_ru, n.name_en AS person_en, n.sex, n.birth_year,
                       lsg_sort_key(coalesce(n.name_ky, n.name_ru, n.name)) AS sort_ky
                  FROM councils_mandate x
                  JOIN councils_convocation k ON k.id = x.convocation_id
                  JOIN councils_council c ON c.id = k.council_id
                  JOIN registry_person n ON n.id = x.person_id
                 WHERE {condition}) m"""


SESSIONS = """(SELECT x.*, k.council_id, k.number AS convocation_number, c.unit_id, c.kind AS council_kind,
                      x.held_on AS seen
                 FROM councils_session x
                 JOIN councils_convocation k ON k.id = x.convocation_id
                 JOIN councils_council c ON c.id = k.council_id) s"""

RESOLUTIONS = """(SELECT x.*, c.unit_id, c.kind AS council_kind, t.number AS session_number, t.held_on, t.convocation_id,
                         coalesce(x.adopted_on, t.held_on, (x.recorded_at AT TIME ZONE 'Asia/Bishkek')::date) AS seen
                    FROM councils_resolution x
                    JOIN councils_council c ON c.id = x.council_id
                    LEFT JOIN councils_session t ON t.id = x.session_id) r"""

VOTES = """(SELECT x.id, x.council_id, x.session_id, x.title_ky, x.title_ru, x.title_en, x.number, x.adopted_on, x.status,
                   x.rule_id, x.provenance, x.updated_at, v.present, v.of_all, v.in_favour, v.against, v.abstained,
                   c.unit_id, c.kind AS council_kind, t.number AS session_number, t.held_on, t.convocation_id,
                   coalesce(x.adopted_on, t.held_on, (x.recorded_at AT TIME ZONE 'Asia/Bishkek')::date) AS seen
              FROM councils_vote v
              JOIN councils_resolution x ON x.id = v.resolution_id
              JOIN councils_council c ON c.id = x.council_id
              LEFT JOIN councils_session t ON t.id = x.session_id) r"""


def place(alias: str) -> str:
    """Return the joins of the unit ``u``, its district ``d`` and its oblast ``o`` on the day a row is seen."""
    day = f"{alias}.seen"

    def live(version: str) -> str:
        return f"{version}.valid @> {day} AND {version}.voided_by_id IS NULL"

    return f"""
        LEFT JOIN registry_unitversion u ON u.unit_id = {alias}.unit_id AND {live("u")}
        LEFT JOIN registry_unitversion d ON d.unit_id = u.parent_id AND d.kind = 'district' AND {live("d")}
        LEFT JOIN registry_unitversion o ON {live("o")} AND o.unit_id =
             coalesce(d.parent_id, CASE WHEN u.kind = 'city_republican' THEN u.unit_id ELSE u.parent_id END)"""


IN_OFFICE = """(SELECT count(*) FROM councils_mandate m WHERE m.convocation_id = {convocation}
                   AND m.valid @> {day} AND m.voided_by_id IS NULL)"""

# Who sits in a convocation on a day, and how many of them are women
SEATS = """LEFT JOIN LATERAL (
        SELECT count(*) AS sitting, count(*) FILTER (WHERE n.sex = 'f') AS women
          FROM councils_mandate m JOIN registry_person n ON n.id = m.person_id
         WHERE m.convocation_id = {convocation} AND m.valid @> {day} AND m.voided_by_id IS NULL) seats ON true"""

# The convocation of a council on a day, and its chair
TERM = """LEFT JOIN councils_convocation k ON k.council_id = c.id AND k.valid @> c.seen AND k.voided_by_id IS NULL"""
CHAIR = """LEFT JOIN councils_councilpost h ON h.convocation_id = k.id AND h.kind = 'chair' AND h.valid @> {day}
                AND h.voided_by_id IS NULL
           LEFT JOIN registry_person hp ON hp.id = h.person_id"""

# How deputies came to a session
ATTENDED = """LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE a.state = 'present') AS present,
               count(*) FILTER (WHERE a.state = 'excused') AS excused,
               count(*) FILTER (WHERE a.state = 'unexcused') AS unexcused
          FROM councils_attendance a WHERE a.session_id = s.id) came ON true"""
ADVISORY = "(SELECT count(*) FROM councils_advisoryattendance a WHERE a.session_id = s.id)"

# The last known unit of the council a seat was carried over from
ORIGIN = """LEFT JOIN councils_council oc ON oc.id = m.origin_id
        LEFT JOIN LATERAL (
             SELECT v.* FROM registry_unitversion v WHERE v.unit_id = oc.unit_id AND v.voided_by_id IS NULL
              ORDER BY v.valid DESC LIMIT 1) ou ON true"""
MANDATE_JOINS = f"""{place("m")} {ORIGIN}
        LEFT JOIN councils_party pt ON pt.id = m.party_id
        LEFT JOIN councils_faction f ON f.id = m.faction_id
        LEFT JOIN councils_electoraldistrict ed ON ed.id = m.district_id
        LEFT JOIN councils_endreason er ON er.id = m.end_reason_id"""
