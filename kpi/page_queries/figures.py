"""Published figures of indicators as pages show them: of a quarter, of a place, of one municipality, of several."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal, localcontext
from statistics import median

from kpi import scoring
from kpi.models import Aggregation
from kpi.page_queries.published import REPORTING
from kpi.wording import exact
from registry.queries import POPULATION, Row, names, rows, unit_json

INDICATOR = f"""
    i.id AS indicator_id, e.id AS measure_id, e.code, {names("i")}, {names("i", "unit_of_measure")}, {names("i", "flag")},
    {names("i", "definition")}, {names("i", "numerator_name")}, {names("i", "denominator_name")},
    i.direction, i.formula, i.least, i.most, i.weight, i.aggregation, i.data_source, i.missing_policy,
    i.evidence_required, i.whole, i.prefill, i.provenance,
    json_build_object('code', c.code, 'name_ky', c.name_ky, 'name_ru', c.name_ru, 'name_en', c.name_en) AS category
  FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id JOIN kpi_measure e ON e.id = i.measure_id"""
PRESENT = """
    c.methodology_id = %(methodology)s AND i.removed_at IS NULL AND c.removed_at IS NULL"""
IN_ORDER = 'ORDER BY c."order", c.code, i."order", i.id'


def indicators(methodology: uuid.UUID) -> list[Row]:
    """Return the indicators of a methodology in their order."""
    return rows(f"SELECT {INDICATOR} WHERE {PRESENT} {IN_ORDER}", {"methodology": methodology})


def indicator(methodology: uuid.UUID, code: str) -> Row | None:
    """Return what a methodology says of a measure, None where it knows none of this code."""
    found = rows(
        f"SELECT {INDICATOR} WHERE {PRESENT} AND e.code = %(code)s",
        {"methodology": methodology, "code": code},
    )
    return next(iter(found), None)


def spread(run: Row) -> list[Row]:
    """Return the indicators of a quarter, each with how many municipalities published a figure and its quartiles."""
    return rows(
        f"""
        SELECT x.*, f.reported, f.low, f.middle, f.high FROM (SELECT {INDICATOR} WHERE {PRESENT} {IN_ORDER}) x
         CROSS JOIN LATERAL (
               SELECT count(v.value) AS reported, percentile_cont(0.25) WITHIN GROUP (ORDER BY v.value) AS low,
                      percentile_cont(0.5) WITHIN GROUP (ORDER BY v.value) AS middle,
                      percentile_cont(0.75) WITHIN GROUP (ORDER BY v.value) AS high
                 FROM kpi_values_on(%(known)s::date) v WHERE v.period_id = %(period)s AND v.measure_id = x.measure_id) f""",
        {"methodology": run["methodology_id"], "period": run["number"], "known": run["known_on"]},
    )


def quarter(run: Row, measure: int) -> list[Row]:
    """Return what every municipality that reports on a quarter published of a measure, those without a figure too."""
    return rows(
        f"""
        WITH p AS ({POPULATION}), u AS MATERIALIZED (SELECT * FROM registry_units_on(%(day)s::date))
        SELECT u.unit_id AS id, u.kind, {names("u")}, u.district_id, u.oblast_id,
               {unit_json("d")} AS district, {unit_json("o")} AS oblast, v.status, v.value, v.numerator, v.denominator,
               p.value AS residents, r.id AS report_id, r.revision, r.provenance
          FROM u LEFT JOIN u d ON d.unit_id = u.district_id LEFT JOIN u o ON o.unit_id = u.oblast_id
          LEFT JOIN kpi_values_on(%(known)s::date) v ON v.unit_id = u.unit_id
               AND v.measure_id = %(measure)s AND v.period_id = %(number)s
          LEFT JOIN LATERAL (
               SELECT o.id, o.revision, o.provenance FROM kpi_report o
                WHERE o.unit_id = u.unit_id AND o.period_id = %(period)s AND o.appointment_id IS NULL
                  AND o.published_at < ((%(known)s::date + 1)::timestamp AT TIME ZONE 'Asia/Bishkek')
                ORDER BY o.revision DESC LIMIT 1) r ON true
          LEFT JOIN p ON p.unit_id = u.unit_id
         WHERE registry_is_municipality(u.kind) AND {REPORTING.format(within="%(within)s", unit="u")}
         ORDER BY u.sort_ky, u.unit_id""",
        {
            "within": run["within_id"] and str(run["within_id"]),
            "day": run["last_day"],
            "measure": measure,
            "number": run["number"],
            "period": run["period_id"],
            "known": run["known_on"],
        },
    )


def of_unit(run: Row, unit: uuid.UUID, peer_group: uuid.UUID | None) -> list[Row]:
    """Return the indicators of a quarter with what a municipality published, in the quarter before, and its peers' median."""
    return rows(
        f"""
        SELECT x.*, v.status, v.value, b.value AS before, f.middle, l.normalised
          FROM (SELECT {INDICATOR} WHERE {PRESENT} {IN_ORDER}) x
          LEFT JOIN kpi_values_on(%(known)s::date) v ON v.unit_id = %(unit)s
               AND v.measure_id = x.measure_id AND v.period_id = %(period)s
          LEFT JOIN kpi_values_on(%(known)s::date) b ON b.unit_id = %(unit)s AND b.measure_id = x.measure_id
               AND b.period_id = %(period)s - 1
          LEFT JOIN kpi_score s ON s.run_id = %(run)s AND s.unit_id = %(unit)s AND s.appointment_id IS NULL
          LEFT JOIN kpi_scoreline l ON l.score_id = s.id AND l.indicator_id = x.indicator_id
          LEFT JOIN LATERAL (
               SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY w.value) AS middle
                 FROM kpi_score o JOIN kpi_values_on(%(known)s::date) w ON w.unit_id = o.unit_id AND w.measure_id = x.measure_id
                      AND w.period_id = %(period)s
                WHERE o.run_id = %(run)s AND o.peer_group_id = %(group)s::uuid) f ON true""",
        {
            "methodology": run["methodology_id"],
            "period": run["number"],
            "known": run["known_on"],
            "run": run["run_id"],
            "unit": unit,
            "group": peer_group and str(peer_group),
        },
    )


def compared(run: Row, units: Iterable[uuid.UUID]) -> list[Row]:
    """Return the indicators of a quarter with the published values of several municipalities, by their ids."""
    return rows(
        f"""
        SELECT x.*, coalesce(f.figures, '{{}}') AS figures FROM (SELECT {INDICATOR} WHERE {PRESENT} {IN_ORDER}) x
         CROSS JOIN LATERAL (
               SELECT json_object_agg(n.unit, json_build_object('value', v.value, 'status', v.status,
                                                                'points', l.normalised::text)) AS figures
                 FROM unnest(%(units)s::uuid[]) AS n(unit)
                 LEFT JOIN kpi_values_on(%(known)s::date) v ON v.unit_id = n.unit AND v.measure_id = x.measure_id
                      AND v.period_id = %(period)s
                 LEFT JOIN kpi_score s ON s.run_id = %(run)s AND s.unit_id = n.unit AND s.appointment_id IS NULL
                 LEFT JOIN kpi_scoreline l ON l.score_id = s.id AND l.indicator_id = x.indicator_id) f""",
        {
            "methodology": run["methodology_id"],
            "period": run["number"],
            "known": run["known_on"],
            "run": run["run_id"],
            "units": [str(unit) for unit in units],
        },
    )


def together(about: Row, members: Iterable[Row]) -> Decimal | None:
    """Return the figure of a place by the indicator's own rule, from the municipalities of it that published one.

    Sums are added, ratios made anew from their parts, means weighted by residents; of what cannot be aggregated it is the
    median. None where nobody published what the rule needs.
    """
    reported = [row for row in members if row["value"] is not None]
    rule = about["aggregation"]
    with localcontext(scoring.PRECISION):
        if rule == Aggregation.RATIO:
            parts = [
                (exact(row["numerator"]), exact(row["denominator"]))
                for row in reported
                if row["numerator"] is not None and row["denominator"]
            ]
            over = sum((part for part, _whole in parts if part is not None), Decimal(0))
            under = sum((whole for _part, whole in parts if whole is not None), Decimal(0))
            return scoring.figure(about["formula"], None, over, under)
        if rule == Aggregation.POPULATION_MEAN:
            reported = [row for row in reported if row["residents"]]
            people = sum(row["residents"] for row in reported)
            if not people:
                return None
            return (
                sum(((exact(row["value"]) or 0) * row["residents"] for row in reported), Decimal(0)) / people
            )
        figures = [Decimal(repr(row["value"])) for row in reported]
        if not figures:
            return None
        return sum(figures, Decimal(0)) if rule == Aggregation.SUM else median(figures)
