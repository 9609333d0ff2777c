"""Reads of the reform: the statistics between two days, the figures of units, the checks."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.queries import REPORT_ON
from lsg_portal.data import prepared
from registry.models import MUNICIPALITY_KINDS, UnitKind

GROUPINGS = ("oblast", "district", "kind", "programme")
MUNICIPALITIES = tuple(str(kind) for kind in MUNICIPALITY_KINDS)

# What each measure counts for a unit on a day: a SELECT of (unit_id, value), with %(day)s as the day.
MEASURES = {
    "population": """
        SELECT DISTINCT ON (unit_id) unit_id, value::numeric AS value FROM registry_population
         WHERE unit_id IS NOT NULL AND voided_by_id IS NULL AND "on" <= {day}
         ORDER BY unit_id, "on" DESC, recorded_at DESC""",
    "settlements": """
        SELECT a.unit_id, count(*)::numeric AS value
          FROM registry_settlementassignment a JOIN registry_settlement s ON s.id = a.settlement_id
         WHERE a.valid @> {day} AND a.voided_by_id IS NULL
           AND s.kind IN ('village', 'urban_type_settlement')
         GROUP BY a.unit_id""",
    "largest_distance_km": """
        SELECT unit_id, max(distance_to_centre_km) AS value FROM registry_settlementassignment
         WHERE valid @> {day} AND voided_by_id IS NULL AND distance_to_centre_km IS NOT NULL
         GROUP BY unit_id""",
    "councils": """
        SELECT unit.id AS unit_id, count(c.id)::numeric AS value
          FROM registry_unit unit LEFT JOIN councils_council c
            ON c.unit_id = unit.id AND c.valid @> {day} AND c.voided_by_id IS NULL AND NOT c.in_law_only
         GROUP BY unit.id""",
    "mandates": """
        SELECT unit.id AS unit_id, coalesce(sum(m.sitting), 0)::numeric AS value
          FROM registry_unit unit LEFT JOIN (
               SELECT c.unit_id, count(*) AS sitting
                 FROM councils_mandate m JOIN councils_convocation v ON v.id = m.convocation_id
                 JOIN councils_council c ON c.id = v.council_id
                WHERE m.valid @> {day} AND m.voided_by_id IS NULL GROUP BY c.unit_id) m ON m.unit_id = unit.id
         GROUP BY unit.id""",
    "staff": f"""
        SELECT b.unit_id, staff.filled::numeric AS value
          FROM ayil_okmotu_executivebody b {REPORT_ON.format(body="b.id", day="{day}")}
         WHERE b.valid @> {{day}} AND b.voided_by_id IS NULL""",
    # units that stood at the end of that year count with the unit that has taken them over since; a sum of budgets
    # of which one is missing, or has a line that cannot be read, is not known
    "own_revenue": """
        WITH RECURSIVE fiscal AS (
            SELECT date_part('year', {day})::integer - 1 AS year, date_trunc('year', {day})::date - 1 AS ended),
        taken AS (
            SELECT unit_id, unit_id AS part_id FROM registry_units_on({day})
             UNION
            SELECT t.unit_id, p.source_id
              FROM taken t JOIN registry_changepart p
                ON p.target_id = t.part_id AND p.scope = 'whole' AND p.voided_by_id IS NULL
              JOIN registry_change c ON c.id = p.change_id AND c.effective_on <= {day}
               AND c.effective_on > (SELECT ended FROM fiscal)),
        earned AS (
            SELECT b.unit_id, CASE WHEN count(*) = count(l.actual) THEN sum(l.actual) END AS value
              FROM ayil_okmotu_localbudget b JOIN ayil_okmotu_budgetline l ON l.budget_id = b.id
              JOIN ayil_okmotu_budgetitem i ON i.id = l.item_id AND i.side = 'own_revenue'
             WHERE b.year = (SELECT year FROM fiscal) GROUP BY b.unit_id)
        SELECT t.unit_id, CASE WHEN count(*) = count(e.value) THEN trim_scale(sum(e.value)) END AS value
          FROM taken t JOIN registry_unitversion v
            ON v.unit_id = t.part_id AND v.valid @> (SELECT ended FROM fiscal) AND v.voided_by_id IS NULL
          LEFT JOIN earned e ON e.unit_id = t.part_id
         GROUP BY t.unit_id""",
}
TOTALS = {"largest_distance_km": "max({side})"}  # every other measure adds up
COUNTED = dict.fromkeys(
    ("councils", "mandates"), "coalesce(sum({side}), 0)"
)  # none is a figure: councils were dissolved

OUTSIDE = {"programme": _("no programme"), "district": _("%s: cities outside districts")}

GROUP_KEYS = {
    "oblast": "{side}.oblast_id::text",
    "district": "coalesce({side}.district_id::text, 'none:' || {side}.oblast_id::text)",
    "kind": "{side}.kind",
    "programme": "coalesce(p.programme_id::text, 'none')",
}

# Each municipality of the two days once, with its class and its group on either day (null where a filter leaves it out).
CLASSED = """
WITH b AS MATERIALIZED (SELECT * FROM registry_units_on(%(before)s) WHERE kind = ANY(%(kinds)s)),
     a AS MATERIALIZED (SELECT * FROM registry_units_on(%(after)s) WHERE kind = ANY(%(kinds)s)),
     moved AS (
        SELECT x.unit_id AS source_id, y.unit_id AS target_id
          FROM registry_settlementassignment x
          JOIN registry_settlementassignment y ON y.settlement_id = x.settlement_id AND y.unit_id <> x.unit_id
         WHERE x.valid @> %(before)s AND x.voided_by_id IS NULL AND y.valid @> %(after)s AND y.voided_by_id IS NULL
        UNION
        SELECT p.source_id, p.target_id FROM registry_changepart p JOIN registry_change c ON c.id = p.change_id
         WHERE p.voided_by_id IS NULL AND c.effective_on > %(before)s AND c.effective_on <= %(after)s
           AND NOT EXISTS (SELECT FROM registry_changepartsettlement s WHERE s.part_id = p.id)),
     touched AS (
        SELECT change_id, unit_id FROM registry_changeunit WHERE voided_by_id IS NULL
        UNION SELECT change_id, source_id FROM registry_changepart WHERE voided_by_id IS NULL
        UNION SELECT change_id, target_id FROM registry_changepart WHERE voided_by_id IS NULL),
     p AS MATERIALIZED (
        SELECT DISTINCT ON (t.unit_id) t.unit_id, e.programme_id
          FROM touched t JOIN registry_change c ON c.id = t.change_id LEFT JOIN reform_event e ON e.change_id = c.id
         WHERE c.effective_on > %(before)s AND c.effective_on <= %(after)s
         ORDER BY t.unit_id, c.effective_on DESC, c.id DESC),
     u AS MATERIALIZED (
        SELECT unit_id,
               CASE WHEN b.unit_id IS NULL THEN 'created' WHEN a.unit_id IS NULL THEN 'abolished'
                    WHEN g.unit IS NOT NULL AND l.unit IS NOT NULL THEN 'reshaped'
                    WHEN g.unit IS NOT NULL THEN 'enlarged' WHEN l.unit IS NOT NULL THEN 'diminished'
                    ELSE 'unchanged' END AS class,
               CASE WHEN b.unit_id IS NOT NULL AND {filter_b} THEN {key_b} END AS gb,
               CASE WHEN a.unit_id IS NOT NULL AND {filter_a} THEN {key_a} END AS ga
          FROM b FULL JOIN a USING (unit_id) LEFT JOIN p USING (unit_id)
          LEFT JOIN (SELECT DISTINCT target_id AS unit FROM moved) g ON g.unit = unit_id
          LEFT JOIN (SELECT DISTINCT source_id AS unit FROM moved) l ON l.unit = unit_id)
"""

COUNTS = """
     sides AS (
        SELECT gb AS key, class, 'before' AS side, gb, ga FROM u WHERE gb IS NOT NULL
        UNION ALL SELECT ga, class, 'after', gb, ga FROM u WHERE ga IS NOT NULL),
     counted AS (
        SELECT key,
               count(*) FILTER (WHERE side = 'before') AS before,
               count(*) FILTER (WHERE side = 'after') AS after,
               count(*) FILTER (WHERE side = 'after' AND class = 'unchanged') AS unchanged,
               count(*) FILTER (WHERE side = 'after' AND class = 'enlarged') AS enlarged,
               count(*) FILTER (WHERE side = 'after' AND class = 'diminished') AS diminished,
               count(*) FILTER (WHERE side = 'after' AND class = 'reshaped') AS reshaped,
               count(*) FILTER (WHERE side = 'before' AND class = 'abolished') AS abolished,
               count(*) FILTER (WHERE side = 'after' AND class = 'created') AS created,
               count(*) FILTER (WHERE side = 'after' AND class NOT IN ('abolished', 'created')
                                  AND gb IS DISTINCT FROM ga) AS moved_in,
               count(*) FILTER (WHERE side = 'before' AND class NOT IN ('abolished', 'created')
                                  AND gb IS DISTINCT FROM ga) AS moved_out
          FROM sides GROUP BY GROUPING SETS ((key), ()))
"""

VALUES = """
     vb AS ({measure_before}), va AS ({measure_after}),
     sides AS (
        SELECT u.gb AS key, vb.value AS before, NULL::numeric AS after FROM u LEFT JOIN vb USING (unit_id)
         WHERE u.gb IS NOT NULL
        UNION ALL
        SELECT u.ga, NULL, va.value FROM u LEFT JOIN va USING (unit_id) WHERE u.ga IS NOT NULL),
     counted AS (
        SELECT key, {total_before} AS before, {total_after} AS after FROM sides GROUP BY GROUPING SETS ((key), ()))
"""


def _labels(group_by: str) -> str:
    """The SQL that names and orders the groups of one grouping."""
    if group_by in ("oblast", "district"):
        return """
     names AS (
        SELECT DISTINCT ON (unit_id) * FROM (
            SELECT *, 1 AS rank FROM registry_units_on(%(after)s) UNION ALL
            SELECT *, 2 FROM registry_units_on(%(before)s)) n
         WHERE kind IN ('oblast', 'district', 'city_republican') ORDER BY unit_id, rank),
     labelled AS (
        SELECT c.*, c.key LIKE 'none:%%' AS outside, n.unit_id AS named_id, n.kind AS named_kind,
               json_build_object('ky', n.name_ky, 'ru', n.name_ru, 'en', n.name_en) AS group_name,
               json_build_object('id', o.unit_id, 'kind', o.kind, 'name',
                    json_build_object('ky', o.name_ky, 'ru', o.name_ru, 'en', o.name_en)) AS oblast,
               row_number() OVER (ORDER BY o.kind = 'city_republican', o.sort_ky, c.key LIKE 'none:%%', n.sort_ky,
                                           c.key) AS place
          FROM counted c LEFT JOIN names n ON n.unit_id = replace(c.key, 'none:', '')::uuid
          LEFT JOIN names o ON o.unit_id = coalesce(n.oblast_id, n.unit_id))
"""
    if group_by == "programme":
        return """
     labelled AS (
        SELECT c.*, g.id IS NULL AS outside, g.id AS named_id, 'programme' AS named_kind,
               CASE WHEN g.id IS NULL THEN %(outside)s::json
                    ELSE json_build_object('ky', g.name_ky, 'ru', g.name_ru, 'en', g.name_en) END AS group_name,
               NULL::json AS oblast, row_number() OVER (ORDER BY g.starts_on NULLS LAST, g.key, c.key) AS place
          FROM counted c LEFT JOIN reform_programme g ON g.id::text = c.key)
"""
    return """
     labelled AS (
        SELECT c.*, false AS outside, c.key AS named_id, c.key AS named_kind,
               (%(labels)s::json -> c.key) AS group_name, NULL::json AS oblast,
               row_number() OVER (ORDER BY array_position(%(kinds)s, c.key)) AS place
          FROM counted c)
"""


@lru_cache(maxsize=200)
def statistics_sql(group_by: str, measure: str, filters: tuple[str, ...] = ()) -> str:
    """Return the one statement that builds the whole answer as JSON text.

    Its parameters are ``before``, ``after`` and the filters. What the code itself knows is written out: with
    it as parameters PostgreSQL keeps a plan that is a tenth slower.
    """
    sql = _statistics_sql(group_by, measure, filters)
    constants = {
        "group_by": _quoted(group_by),
        "measure": _quoted(measure),
        "kinds": f"ARRAY[{', '.join(map(_quoted, MUNICIPALITIES))}]",
        "labels": _json({kind.value: _in_all_languages(kind.label) for kind in UnitKind}),
        "outside": _json(_in_all_languages(OUTSIDE.get(group_by, OUTSIDE["district"]))),
    }
    for name, text in constants.items():
        sql = sql.replace(f"%({name})s", text)
    return sql


def _statistics_sql(group_by: str, measure: str, filters: Iterable[str]) -> str:
    """The statement with all its placeholders."""
    conditions = {
        "oblast": "{side}.oblast_id = %(oblast)s",
        "district": "{side}.district_id = %(district)s",
        "kind": "{side}.kind = %(kind)s",
        "programme": "p.programme_id = %(programme)s",
    }
    chosen = [conditions[name] for name in conditions if name in filters] or ["true"]
    wanted = {
        f"filter_{side}": " AND ".join(item.format(side=side) for item in chosen) for side in ("b", "a")
    } | {f"key_{side}": GROUP_KEYS[group_by].format(side=side) for side in ("b", "a")}
    if measure == "municipalities":
        counted = COUNTS
        classes = "unchanged, enlarged, diminished, reshaped, abolished, created, moved_in, moved_out,"
    else:
        classes = ""
        total = (TOTALS | COUNTED).get(measure, "sum({side})")
        counted = VALUES.format(
            measure_before=MEASURES[measure].format(day="%(before)s::date"),
            measure_after=MEASURES[measure].format(day="%(after)s::date"),
            total_before=total.format(side="before"),
            total_after=total.format(side="after"),
        )
    figures = f"before, after, {classes} reduced, reduction_percent"
    return f"""{CLASSED.format(**wanted)},{counted},{_labels(group_by)}, shown AS (
        SELECT l.*, before - after AS reduced,
               CASE WHEN before > 0 THEN to_char(round(100.0 * (before - after) / before, 2), 'FM9999990.00') END
                   AS reduction_percent,
               json_build_object(
                   'id', CASE WHEN NOT outside THEN named_id END,
                   'kind', CASE WHEN NOT outside THEN named_kind END,
                   'name', CASE WHEN outside AND (oblast ->> 'kind') IS DISTINCT FROM 'city_republican' THEN
                                json_build_object('ky', format(%(outside)s::json ->> 'ky', group_name ->> 'ky'),
                                                  'ru', format(%(outside)s::json ->> 'ru', group_name ->> 'ru'),
                                                  'en', format(%(outside)s::json ->> 'en',
                                                               coalesce(group_name ->> 'en', group_name ->> 'ru')))
                                ELSE group_name END,
                   'oblast', oblast) AS "group"
          FROM labelled l)
    SELECT json_build_object(
        'before', %(before)s::date, 'after', %(after)s::date,
        'group_by', %(group_by)s::text, 'measure', %(measure)s::text,
        'rows', (SELECT coalesce(json_agg((SELECT row_to_json(x) FROM (SELECT "group", {figures}) x) ORDER BY place),
                                 '[]'::json) FROM shown WHERE key IS NOT NULL),
        'total', (SELECT row_to_json(t) FROM (SELECT {figures} FROM shown WHERE key IS NULL) t))::text
    """


def _quoted(text: str) -> str:
    """A text of the code as it stands in a statement with placeholders."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def _json(value: Any) -> str:
    return _quoted(orjson.dumps(value).decode())


def _in_all_languages(text: Any) -> dict[str, str]:
    """A lazy text as the interface says it in each language."""
    found = {}
    for language in ("ky", "ru", "en"):
        with translation.override(language):
            found[language] = str(text)
    return found


def statistics(
    *,
    before: dt.date,
    after: dt.date,
    group_by: str = "oblast",
    measure: str = "municipalities",
    filters: Mapping[str, uuid.UUID | str] | None = None,
) -> str:
    """Return the statistics between two days as JSON text, in the shape that REST promises.

    Each municipality is exactly one of unchanged, enlarged, diminished, reshaped, abolished, created;
    ``before`` and ``after`` count what lay in the group on each day; every grouping adds up to the total.
    """
    asked = {name: str(value) for name, value in (filters or {}).items()}
    sql = statistics_sql(group_by, measure, tuple(sorted(asked)))
    return str(prepared.rows(sql, {**asked, "before": before, "after": after})[0][0])


def unit_figures(units: Sequence[uuid.UUID], day: dt.date) -> dict[uuid.UUID, dict[str, Any]]:
    """Return name, kind, population and number of settlements of each unit that exists on ``day``."""
    sql = f"""
        WITH population AS ({MEASURES["population"].format(day="%(day)s::date")}),
             settlements AS (
{MEASURES["settlements"].format(day="%(day)s::date")})
        SELECT u.unit_id, u.kind, u.name_ky, u.name_ru, u.name_en, p.value::bigint AS population,
               coalesce(s.value, 0)::bigint AS settlements
          FROM registry_units_on(%(day)s::date) u
          LEFT JOIN population p USING (unit_id) LEFT JOIN settlements s USING (unit_id)
         WHERE u.unit_id = ANY(%(units)s::uuid[])"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"day": day, "units": [str(unit) for unit in units]})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["unit_id"]: row for row in rows}


def add_up(figures: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return municipalities, population and settlements of several units together."""
    rows = list(figures)
    return {
        "municipalities": sum(row["kind"] in MUNICIPALITIES for row in rows),
        "population": sum(row["population"] or 0 for row in rows),
        "settlements": sum(row["settlements"] for row in rows),
    }
