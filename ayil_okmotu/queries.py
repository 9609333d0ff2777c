"""Where the lists of the executive bodies over REST read from: SQL alone, the day always passed in.

Dated relations take ``%(at)s``. ``seen`` is the day as of which a row is shown: the day asked for, or the last day of
a row that has ended by then. ``unit_id`` is the municipality of the body.
"""

from __future__ import annotations

from ayil_okmotu.staffing import STANDING
from councils.queries import EXISTING, KNOWN, STATUS, place

__all__ = [
    "EXISTING",
    "HEAD_ON",
    "HELD",
    "HOLDERS",
    "KNOWN",
    "REPORT_ON",
    "appointments",
    "bodies",
    "place",
    "posts",
    "standing",
]

_PERSON = """n.name_ky AS person_ky, n.name_ru AS person_ru, n.name_en AS person_en, n.sex, n.birth_year,
             lsg_sort_key(coalesce(n.name_ky, n.name_ru, n.name)) AS sort_ky"""
_UNIT_NAME = """LEFT JOIN LATERAL (
                   SELECT v.sort_ky, v.name_ky AS unit_ky, v.name_ru AS unit_ru FROM registry_unitversion v
                    WHERE v.unit_id = b.unit_id AND v.voided_by_id IS NULL
                      AND v.valid @> least(%(at)s::date, upper(x.valid) - 1)) v ON true"""


def bodies(condition: str) -> str:
    """Return the executive bodies on a day as ``b``, with the name of their unit for ordering and search."""
    return f"""(SELECT x.*, {STATUS}, v.sort_ky, v.name_ky AS unit_ky, v.name_ru AS unit_ru
                  FROM ayil_okmotu_executivebody x
                  LEFT JOIN registry_unitversion v ON v.unit_id = x.unit_id AND v.voided_by_id IS NULL
                       AND v.valid @> least(%(at)s::date, upper(x.valid) - 1)
                 WHERE {condition}) b"""


def posts(condition: str) -> str:
    """Return the posts on a day as ``p``; ``rank`` orders them from the head down."""
    return f"""(SELECT x.*, {STATUS}, b.unit_id, b.kind AS body_kind, v.sort_ky, {RANK.format(kind="x.kind")} AS rank
                  FROM ayil_okmotu_post x JOIN ayil_okmotu_executivebody b ON b.id = x.body_id {_UNIT_NAME}
                 WHERE {condition}) p"""


def appointments(condition: str) -> str:
    """Return the appointments on a day as ``a``, with the public particulars of the person.

    ``heads``: whether this person heads the body on that day; somebody acting goes before the holder of the post.
    """
    return f"""(SELECT x.*, {STATUS}, p.kind AS post_kind, p.name_ky AS post_ky, p.name_ru AS post_ru,
                       p.name_en AS post_en, p.employment, p.settlement_id, p.body_id,
                       b.unit_id, b.kind AS body_kind, {RANK.format(kind="p.kind")} AS rank, {_PERSON},
                       {HEADS.format(appointment="x", post="p", day="%(at)s::date")} AS heads
                  FROM ayil_okmotu_appointment x
                  JOIN ayil_okmotu_post p ON p.id = x.post_id
                  JOIN ayil_okmotu_executivebody b ON b.id = p.body_id
                  JOIN registry_person n ON n.id = x.person_id
                 WHERE {condition}) a"""


def standing() -> str:
    """Return the executive bodies on a day as ``s``, each with what it last reported of its staff, against the norm."""
    report = STANDING.format(body="b.id", unit="b.unit_id", kind="b.kind", day="b.seen")
    return f"""(SELECT b.id AS body_id, b.unit_id, b.kind AS body_kind, b.seen, b.sort_ky, staffing.*
                  FROM {bodies(EXISTING)} {report}) s"""


# From the head down
RANK = """array_position(ARRAY['head', 'deputy', 'public_safety_deputy', 'chief_of_staff', 'department_head',
                               'specialist', 'social_specialist', 'village_head', 'other'], {kind}::text)"""

# Whether an appointment makes its person the head of the body on a day
HEADS = """({post}.kind = 'head' AND {appointment}.valid @> {day} AND {appointment}.voided_by_id IS NULL
            AND ({appointment}.acting OR NOT EXISTS (
                SELECT FROM ayil_okmotu_appointment other WHERE other.post_id = {appointment}.post_id AND other.acting
                   AND other.valid @> {day} AND other.voided_by_id IS NULL)))"""

# Who heads a body on a day, as ``h`` with the person ``hp``: exactly one or nobody, an acting head before the holder
HEAD_ON = """LEFT JOIN LATERAL (
        SELECT a.* FROM ayil_okmotu_post hpost JOIN ayil_okmotu_appointment a ON a.post_id = hpost.id
         WHERE hpost.body_id = {body} AND hpost.kind = 'head' AND hpost.valid @> {day} AND hpost.voided_by_id IS NULL
           AND a.valid @> {day} AND a.voided_by_id IS NULL
         ORDER BY a.acting DESC LIMIT 1) h ON true
    LEFT JOIN registry_person hp ON hp.id = h.person_id"""

# What a body last reported of its staff by a day, as ``staff``
REPORT_ON = """LEFT JOIN LATERAL (
        SELECT r.* FROM ayil_okmotu_staffingreport r WHERE r.body_id = {body} AND r."on" <= {day}
         ORDER BY r."on" DESC LIMIT 1) staff ON true"""

# Who holds a post on a day, as ``held`` with ``hn``, and who is acting in it, as ``stands_in`` with ``sn``
HOLDERS = """LEFT JOIN ayil_okmotu_appointment held ON held.post_id = {post} AND NOT held.acting AND held.valid @> {day}
         AND held.voided_by_id IS NULL
    LEFT JOIN registry_person hn ON hn.id = held.person_id
    LEFT JOIN ayil_okmotu_appointment stands_in ON stands_in.post_id = {post} AND stands_in.acting
         AND stands_in.valid @> {day} AND stands_in.voided_by_id IS NULL
    LEFT JOIN registry_person sn ON sn.id = stands_in.person_id"""
HELD = """EXISTS (SELECT FROM ayil_okmotu_appointment t WHERE t.post_id = {post} AND NOT t.acting AND t.valid @> {day}
                     AND t.voided_by_id IS NULL)"""

BUDGETS = """(SELECT x.*, coalesce(
                  (SELECT least(make_date(x.year, 12, 31), max(coalesce(upper(v.valid), 'infinity'::date)) - 1)
                     FROM registry_unitversion v
                    WHERE v.unit_id = x.unit_id AND v.voided_by_id IS NULL AND lower(v.valid) <= make_date(x.year, 12, 31)),
                  (SELECT min(lower(v.valid)) FROM registry_unitversion v
                    WHERE v.unit_id = x.unit_id AND v.voided_by_id IS NULL)) AS seen
                FROM ayil_okmotu_localbudget x) b"""
"""Local budgets as ``b``; a unit counts where it lay at the end of the year, or on its last day in it."""

LINES = """(SELECT json_agg(json_build_object('item', i.code, 'side', i.side,
                              'plan', trim_scale(l.plan)::text, 'actual', trim_scale(l.actual)::text,
                              'plan_as_printed', l.plan_as_printed, 'actual_as_printed', l.actual_as_printed)
                            ORDER BY i."order", i.code)
              FROM ayil_okmotu_budgetline l JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id
             WHERE l.budget_id = b.id)"""

# The sides of a budget added up, and its totals as they were reported, as ``sums``
SUMS = """LEFT JOIN LATERAL (
        SELECT {sums}
          FROM ayil_okmotu_budgetline l JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id
         WHERE l.budget_id = b.id) sums ON true""".format(
    sums=",\n               ".join(
        f"trim_scale(sum(l.{column}) FILTER (WHERE {condition})) AS {name}_{column}"
        for name, condition in (
            ("own_revenue", "i.side = 'own_revenue'"),
            ("transfers", "i.side = 'transfer'"),
            ("expenditure", "i.side = 'expenditure'"),
            ("total_revenue", "i.code = 'total_revenue'"),
            ("total_expenditure", "i.code = 'total_expenditure'"),
            ("surplus", "i.code = 'surplus'"),
            ("executed", "i.code = 'executed'"),
        )
        for column in ("plan", "actual")
    )
)
