"""Where the lists of KPI over REST read from: SQL alone.

``seen`` is the day as of which a row is shown and its municipality looked up: the last day of its period.
"""

from __future__ import annotations

from councils.queries import place

__all__ = [
    "EXTENSIONS",
    "FINDINGS",
    "METHODOLOGIES",
    "OF_PUBLISHED",
    "PERIODS",
    "PUBLISHED",
    "REPORTS",
    "RUNS",
    "SCORES",
    "STATUS_OF_PERIOD",
    "VALUES",
    "place",
]

METHODOLOGIES = "kpi_methodology m"

PERIODS = "kpi_period p"
STATUS_OF_PERIOD = """CASE WHEN p.published_on <= %(at)s::date THEN 'published'
                           WHEN p.locks <= %(at)s::date THEN 'locked' ELSE 'open' END"""

EXTENSIONS = """(SELECT x.*, p.code AS period_code, p.number AS period_number, p.ends - 1 AS seen
                   FROM kpi_extension x JOIN kpi_period p ON p.id = x.period_id) e"""

REPORTS = """(SELECT x.*, p.code AS period_code, p.number AS period_number, p.ends - 1 AS seen,
                     CASE WHEN x.appointment_id IS NULL THEN 'head_of_executive' ELSE 'municipal_employee' END AS subject
                FROM kpi_report x JOIN kpi_period p ON p.id = x.period_id) r"""

VALUES = """kpi_value v JOIN kpi_indicator i ON i.id = v.indicator_id JOIN kpi_measure e ON e.id = i.measure_id
    JOIN kpi_category c ON c.id = i.category_id JOIN kpi_counting k ON k.value_id = v.id"""
"""Values of reports as ``v``, with their indicator ``i``, its measure ``e`` and category ``c``, and as they count, ``k``."""

FINDINGS = """(SELECT x.*, v.report_id, r.unit_id, r.appointment_id, r.published_at, e.code AS indicator_code,
                      i.formula, p.code AS period_code, p.number AS period_number, p.ends - 1 AS seen
                 FROM kpi_auditfinding x JOIN kpi_value v ON v.id = x.value_id JOIN kpi_report r ON r.id = v.report_id
                 JOIN kpi_period p ON p.id = r.period_id JOIN kpi_indicator i ON i.id = v.indicator_id
                 JOIN kpi_measure e ON e.id = i.measure_id) f"""

RUNS = """(SELECT x.*, p.code AS period_code, p.number AS period_number, m.subject, m.number AS methodology_number
             FROM kpi_scorerun x JOIN kpi_period p ON p.id = x.period_id
             JOIN kpi_methodology m ON m.id = x.methodology_id) n"""

SCORES = """(SELECT x.*, n.number AS run_number, n.current, n.published_at, n.period_id, p.code AS period_code,
                    p.number AS period_number, p.ends - 1 AS seen, m.subject, b.code AS band_code, g.code AS group_code,
                    coalesce(g."order", 32767) AS group_order
               FROM kpi_score x JOIN kpi_scorerun n ON n.id = x.run_id JOIN kpi_period p ON p.id = n.period_id
               JOIN kpi_methodology m ON m.id = n.methodology_id LEFT JOIN kpi_band b ON b.id = x.band_id
               LEFT JOIN kpi_peergroup g ON g.id = x.peer_group_id) s"""

PUBLISHED = "kpi_publishedvalue v"
"""The read model: what everybody may read, however old."""

_OF_PUBLISHED = """
    JOIN (SELECT q.number, q.id AS period_id, q.code AS period_code, q.ends - 1 AS seen, e.id AS measure_id, e.code,
                 i.name_ky, i.name_ru, i.name_en
            FROM kpi_period q CROSS JOIN kpi_measure e
            LEFT JOIN (kpi_methodology m JOIN kpi_category c ON c.methodology_id = m.id AND c.removed_at IS NULL
                         JOIN kpi_indicator i ON i.category_id = c.id AND i.removed_at IS NULL)
                   ON m.valid @> (q.ends - 1) AND m.subject = e.subject AND i.measure_id = e.id) n
      ON n.number = v.period_id AND n.measure_id = v.measure_id
    LEFT JOIN kpi_report r ON r.unit_id = v.unit_id AND r.period_id = n.period_id AND r.status = 'published'
          AND r.appointment_id IS NULL"""
OF_PUBLISHED = _OF_PUBLISHED + place("v").replace("v.seen", "n.seen")
"""What is shown beside a published value: its period, what the methodology of its day calls the indicator, the report
that says it, and the municipality as it was."""
