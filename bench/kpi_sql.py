"""What the KPI measurements say in SQL: the ranking computed from values, and the rows that are made up."""

from __future__ import annotations

SINCE = "2021-01-01"
"""The register knows no day before: earlier quarters take kinds and residents from it."""

PLACED = f"""
WITH shown AS (
    SELECT n.id AS run_id, n.period_id, n.methodology_id, p.number, greatest(p.ends - 1, date '{SINCE}') AS day, m.gate
      FROM kpi_scorerun n JOIN kpi_period p ON p.id = n.period_id JOIN kpi_methodology m ON m.id = n.methodology_id
     WHERE n.current AND m.subject = 'head_of_executive' AND p.number = {{number}}),
weighed AS (
    SELECT i.measure_id, i.direction, i.least::float8 AS least, i.most::float8 AS most, i.weight::float8 AS weight,
           i.missing_policy
      FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id JOIN shown s ON s.methodology_id = c.methodology_id
     WHERE i.removed_at IS NULL AND c.removed_at IS NULL),
totals AS (
    SELECT v.unit_id,
           sum(w.weight * p.points) FILTER (WHERE p.counts) / sum(w.weight) FILTER (WHERE p.counts) AS total,
           coalesce(sum(w.weight) FILTER (WHERE v.value IS NOT NULL), 0) * 100
               / nullif(sum(w.weight) FILTER (WHERE v.status <> 'x'), 0) AS coverage
      FROM kpi_publishedvalue v
      JOIN weighed w ON w.measure_id = v.measure_id
     CROSS JOIN LATERAL (SELECT least(greatest((v.value - w.least) / (w.most - w.least), 0), 1) AS share) s
     CROSS JOIN LATERAL (
        SELECT CASE WHEN v.value IS NULL THEN 0
                    WHEN w.direction = 'higher_is_better' THEN s.share ELSE 1 - s.share END * 100 AS points,
               v.value IS NOT NULL OR (v.status = 'm' AND w.missing_policy = 'worst') AS counts) p
     WHERE v.period_id = {{number}}
     GROUP BY v.unit_id),
placed AS (
    SELECT t.unit_id, t.total, coalesce(t.coverage, 0) AS coverage, s.run_id, s.period_id, s.methodology_id,
           g.id AS group_id, g.code AS group_code, coalesce(g."order", 32767) AS group_order,
           coalesce(t.coverage >= s.gate AND g.id IS NOT NULL, false) AS ranked
      FROM totals t
     CROSS JOIN shown s
      JOIN registry_unitversion u ON u.unit_id = t.unit_id AND u.valid @> s.day AND u.voided_by_id IS NULL
      LEFT JOIN LATERAL (SELECT x.value FROM registry_population x
                          WHERE x.unit_id = t.unit_id AND x.voided_by_id IS NULL AND x."on" <= s.day
                          ORDER BY x."on" DESC, x.recorded_at DESC LIMIT 1) r ON true
      LEFT JOIN LATERAL (SELECT g.id, g.code, g."order" FROM kpi_peergroup g
                          WHERE g.methodology_id = s.methodology_id AND g.removed_at IS NULL
                            AND cardinality(g.post_kinds) = 0
                            AND (cardinality(g.unit_kinds) = 0 OR u.kind = ANY (g.unit_kinds))
                            AND (g.from_population = 0 AND g.below_population IS NULL
                                 OR r.value >= g.from_population AND (g.below_population IS NULL OR r.value < g.below_population))
                          ORDER BY g."order", g.code, g.id LIMIT 1) g ON true),
places AS (
    SELECT p.*, CASE WHEN p.ranked THEN rank() OVER (PARTITION BY p.group_id, p.ranked
                                                     ORDER BY round(p.total::numeric, 9) DESC) END AS rank,
           CASE WHEN p.ranked THEN count(*) OVER (PARTITION BY p.group_id, p.ranked) END AS of,
           (SELECT b.id FROM kpi_band b WHERE b.methodology_id = p.methodology_id AND b.removed_at IS NULL
               AND b.least <= round(p.total::numeric, 2) ORDER BY b.least DESC LIMIT 1) AS band_id
      FROM placed p)
"""
"""A quarter's ranking from its published values: totals, coverage, peer groups, places and bands."""

RANKING = f"""{PLACED}
SELECT p.unit_id, p.group_code, p.rank, p.of, p.total, p.coverage, b.code AS band
  FROM places p LEFT JOIN kpi_band b ON b.id = p.band_id
 ORDER BY p.group_order, p.rank NULLS LAST, p.unit_id
"""
PAGE = f"{RANKING} LIMIT 100"

KEPT = """
SELECT s.unit_id, g.code AS group_code, s.rank, s.of, s.total, s.coverage, b.code AS band
  FROM kpi_score s JOIN kpi_scorerun n ON n.id = s.run_id AND n.current JOIN kpi_period p ON p.id = n.period_id
  JOIN kpi_methodology m ON m.id = n.methodology_id AND m.subject = 'head_of_executive'
  LEFT JOIN kpi_peergroup g ON g.id = s.peer_group_id LEFT JOIN kpi_band b ON b.id = s.band_id
 WHERE p.number = {number}
"""
FIRST_PLACES = """
SELECT s.id, s.unit_id, s.rank, s.of, s.total, s.coverage, s.band_id
  FROM kpi_score s
 WHERE s.run_id = %(run)s AND s.peer_group_id = %(group)s
 ORDER BY s.rank, s.id LIMIT 100
"""
"""The first hundred of a peer group, from the scores that are kept."""

EMPTY = """
TRUNCATE kpi_publishedvalue, kpi_scoreline, kpi_score, kpi_scorerun, kpi_auditfinding, kpi_returnedvalue, kpi_evidence,
         kpi_value, kpi_step, kpi_notice, kpi_report, kpi_extension
"""

PERIODS = """
INSERT INTO kpi_period (id, provenance, source, recorded_at, number, code, begins, ends, opens, due, locks, published_on,
                        version)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), n, n / 4 || 'Q' || n %% 4 + 1, b, e, e, e + 30, e + 76, e + 80, 1
  FROM (SELECT n, make_date(n / 4, n %% 4 * 3 + 1, 1) AS b,
               (make_date(n / 4, n %% 4 * 3 + 1, 1) + interval '3 months')::date AS e
          FROM generate_series(%(first)s, %(last)s) AS n) q
    ON CONFLICT (number) DO NOTHING
"""
PLACES = """
CREATE TABLE bench_place AS
SELECT row_number() OVER (ORDER BY v.unit_id) AS n, v.unit_id, c.code
  FROM registry_unitversion v JOIN registry_unitcode c ON c.unit_id = v.unit_id
 WHERE registry_is_municipality(v.kind) AND v.valid @> date '2025-01-01' AND v.voided_by_id IS NULL
   AND c.system = 'soate' AND c.valid @> date '2025-01-01' AND c.voided_by_id IS NULL AND (v.source = 'bench' OR %(all)s)
"""
MEASURES = """
CREATE TABLE bench_measure AS
SELECT i.measure_id, i.formula, i.whole, i.least::float8 AS least, (i.most - i.least)::float8 AS span,
       i.lowest::float8 AS lowest, i.highest::float8 AS highest, e.code
  FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id JOIN kpi_methodology m ON m.id = c.methodology_id
  JOIN kpi_measure e ON e.id = i.measure_id
 WHERE m.id = %(methodology)s AND i.removed_at IS NULL AND c.removed_at IS NULL
"""

FIGURES = """
SELECT p.unit_id, p.code AS unit, m.measure_id, m.code AS indicator,
       CASE WHEN m.formula = 'number' THEN f.figure
            ELSE kpi_figure(m.formula, NULL, f.numerator::numeric, 1000)::float8 END AS value,
       CASE WHEN m.formula <> 'number' THEN f.numerator END AS numerator,
       CASE WHEN m.formula <> 'number' THEN 1000::float8 END AS denominator
  FROM bench_place p
 CROSS JOIN bench_measure m
 CROSS JOIN LATERAL (
    SELECT (hashint8(p.n * 7919 + {number}::bigint * 104729 + m.measure_id * 31) & 65535) / 65536.0::float8 * 1.2 - 0.1 AS u) h
 CROSS JOIN LATERAL (
    SELECT least(greatest(m.least + m.span * h.u, m.lowest), m.highest) AS raw) r
 CROSS JOIN LATERAL (
    SELECT CASE WHEN m.whole THEN round(r.raw) ELSE round(r.raw::numeric, 2)::float8 END AS figure,
           CASE m.formula WHEN 'share' THEN round(r.raw * 10) WHEN 'growth' THEN round(1000 + r.raw * 10)
                          ELSE round(r.raw * 1000) END AS numerator) f
 WHERE p.n <= {places}
"""
"""A quarter's figures, made up but the same on every machine: a tenth of them beyond each threshold."""

VALUES = f"""
INSERT INTO {{table}} (unit_id, measure_id, period_id, status, value, numerator, denominator)
SELECT unit_id, measure_id, {{number}}, 'n', value, numerator, denominator FROM ({FIGURES}) f
"""
READY = f"SELECT unit_id, measure_id, {{number}}, 'i', value, numerator, denominator FROM ({FIGURES}) f"
CODED = f"SELECT '{{period}}' AS period, unit, indicator, value, numerator, denominator FROM ({FIGURES}) f"
INTO = "COPY kpi_publishedvalue (unit_id, measure_id, period_id, status, value, numerator, denominator) FROM STDIN"
RUN = """
INSERT INTO kpi_scorerun (id, provenance, source, recorded_at, number, status, inputs, code, digest, results, total, done,
                          requested_at, attempts, finished_at, error, published_at, current, version, period_id,
                          methodology_id)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), 1, 'done', 'bench', 'bench', 'bench', 'bench', %(places)s,
       %(places)s, now(), 1, now(), '', now(), true, 1, id, %(methodology)s FROM kpi_period WHERE number = %(number)s
"""
REPORTS = """
INSERT INTO kpi_report (id, provenance, source, recorded_at, period_id, methodology_id, unit_id, revision, status,
                        first_submitted_at, submitted_at, approved_at, published_at, amend_reason, version)
SELECT gen_random_uuid(), 'constructed', 'bench', now(), q.id, %(methodology)s, p.unit_id, 1, 'published',
       now(), now(), now(), now(), '', 1
  FROM bench_place p CROSS JOIN kpi_period q WHERE q.number = %(number)s
"""
SCORES = f"""
INSERT INTO kpi_score (id, run_id, report_id, unit_id, peer_group_id, total, coverage, band_id, rank, of)
{PLACED}
SELECT gen_random_uuid(), p.run_id, r.id, p.unit_id, p.group_id, p.total::numeric, p.coverage::numeric, p.band_id, p.rank, p.of
  FROM places p JOIN kpi_report r ON r.unit_id = p.unit_id AND r.period_id = p.period_id
"""
