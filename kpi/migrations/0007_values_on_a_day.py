"""Published figures as they were known on a day: what was amended or corrected later is what it was."""

from django.db import migrations

FORWARD = """
-- Whether what is published of a municipality's quarter is later than the day: a revision, or an audit's correction
CREATE FUNCTION kpi_overtaken(unit uuid, quarter integer, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM kpi_report r JOIN kpi_period p ON p.id = r.period_id
         WHERE r.unit_id = unit AND p.number = quarter AND r.appointment_id IS NULL AND r.published_at IS NOT NULL
           AND (r.published_at >= (day + 1)::timestamp AT TIME ZONE 'Asia/Bishkek'
                OR EXISTS (SELECT FROM kpi_value v JOIN kpi_auditfinding f ON f.value_id = v.id
                            WHERE v.report_id = r.id AND f.verdict = 'corrected' AND f.found_on > day)))
$$;

CREATE FUNCTION kpi_values_on(day date)
RETURNS TABLE (unit_id uuid, measure_id smallint, period_id smallint, status text,
               value float8, numerator float8, denominator float8) LANGUAGE sql STABLE AS $$
    SELECT v.unit_id, v.measure_id, v.period_id, v.status::text, v.value, v.numerator, v.denominator
      FROM kpi_publishedvalue v WHERE NOT kpi_overtaken(v.unit_id, v.period_id, day)
    UNION ALL
    SELECT r.unit_id, i.measure_id, p.number,
           CASE WHEN f.id IS NOT NULL THEN 'c' ELSE CASE v.status WHEN 'normal' THEN 'n' WHEN 'estimated' THEN 'e'
                WHEN 'missing' THEN 'm' ELSE 'x' END END,
           CASE WHEN f.id IS NULL THEN kpi_figure(i.formula, v.number, v.numerator, v.denominator)
                ELSE kpi_figure(i.formula, f.number, f.numerator, f.denominator) END::float8,
           CASE WHEN f.id IS NULL THEN v.numerator ELSE f.numerator END::float8,
           CASE WHEN f.id IS NULL THEN v.denominator ELSE f.denominator END::float8
      FROM kpi_report r JOIN kpi_period p ON p.id = r.period_id
      JOIN kpi_value v ON v.report_id = r.id JOIN kpi_indicator i ON i.id = v.indicator_id
      LEFT JOIN LATERAL (SELECT x.* FROM kpi_auditfinding x WHERE x.value_id = v.id AND x.verdict = 'corrected'
                            AND x.found_on <= day ORDER BY x.recorded_at DESC, x.id LIMIT 1) f ON true
     WHERE r.appointment_id IS NULL AND r.published_at < (day + 1)::timestamp AT TIME ZONE 'Asia/Bishkek'
       AND NOT EXISTS (SELECT FROM kpi_report n WHERE n.amends_id = r.id
                          AND n.published_at < (day + 1)::timestamp AT TIME ZONE 'Asia/Bishkek')
       AND kpi_overtaken(r.unit_id, p.number, day)
$$;
COMMENT ON FUNCTION kpi_values_on(date) IS 'The published values as they were known on a day.';
"""
BACKWARD = "DROP FUNCTION kpi_values_on(date); DROP FUNCTION kpi_overtaken(uuid, integer, date);"


class Migration(migrations.Migration):
    dependencies = [("kpi", "0006_values_in_the_key")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
