"""Rules that hold what is published against later hands: dates that stay, revisions in a chain, the latest finding."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION kpi_keep_methodology() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND NOT (
        (OLD.status = 'draft' AND NEW.status = 'active') OR (OLD.status = 'active' AND NEW.status = 'retired')) THEN
        PERFORM registry_refuse('kpi_methodology_order', 'A methodology is a draft, then active, then retired.');
    END IF;
    IF OLD.status <> 'draft' AND
       (NEW.subject, NEW.number, NEW.gate, NEW.name_ky, NEW.name_ru, NEW.name_en, NEW.note_ky, NEW.note_ru, NEW.note_en,
        lower(NEW.valid), coalesce(OLD.act_id, NEW.act_id))
       IS DISTINCT FROM
       (OLD.subject, OLD.number, OLD.gate, OLD.name_ky, OLD.name_ru, OLD.name_en, OLD.note_ky, OLD.note_ru, OLD.note_en,
        lower(OLD.valid), NEW.act_id) THEN
        PERFORM registry_refuse('kpi_methodology_frozen', 'A methodology that has been active cannot be changed.');
    END IF;
    IF OLD.status = 'retired' AND NEW.valid <> OLD.valid THEN
        PERFORM registry_refuse('kpi_methodology_frozen', 'The days of a retired methodology stay.');
    END IF;
    RETURN NEW;
END $$;

-- Any later revision supersedes the ones before it
CREATE OR REPLACE FUNCTION kpi_keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.period_id, NEW.methodology_id, NEW.unit_id, NEW.revision, NEW.amend_reason)
       IS DISTINCT FROM (OLD.period_id, OLD.methodology_id, OLD.unit_id, OLD.revision, OLD.amend_reason)
       OR NEW.appointment_id IS DISTINCT FROM OLD.appointment_id OR NEW.amends_id IS DISTINCT FROM OLD.amends_id
       OR NEW.amend_act_id IS DISTINCT FROM OLD.amend_act_id THEN
        PERFORM registry_refuse('kpi_report_frozen', 'A report stays of its subject, period and methodology.');
    END IF;
    IF OLD.status IN ('approved', 'published', 'superseded') AND
       (NEW.submitted_at, NEW.submitted_by_id, NEW.approved_at, NEW.approved_by_id, NEW.reviewed_by_id)
       IS DISTINCT FROM (OLD.submitted_at, OLD.submitted_by_id, OLD.approved_at, OLD.approved_by_id, OLD.reviewed_by_id) THEN
        PERFORM registry_refuse('kpi_report_frozen', 'Who submitted and approved stays.');
    END IF;
    IF NEW.closed_by_id IS NOT NULL AND OLD.closed_by_id IS NULL AND OLD.status NOT IN ('draft', 'returned') THEN
        PERFORM registry_refuse('kpi_report_closed', 'Only a report in entry is closed by a change.');
    END IF;
    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;
    IF NOT ((OLD.status = 'draft' AND NEW.status = 'submitted')
         OR (OLD.status = 'submitted' AND NEW.status IN ('draft', 'in_review'))
         OR (OLD.status = 'in_review' AND NEW.status IN ('returned', 'approved'))
         OR (OLD.status = 'returned' AND NEW.status = 'submitted')
         OR (OLD.status = 'approved' AND NEW.status IN ('published', 'superseded'))
         OR (OLD.status = 'published' AND NEW.status = 'superseded')) OR NEW.closed_by_id IS NOT NULL THEN
        PERFORM registry_refuse('kpi_report_order', 'A report goes one step at a time.');
    END IF;
    IF NEW.status = 'submitted' THEN
        IF (SELECT count(*) FROM kpi_value WHERE report_id = NEW.id AND status <> '') <>
           (SELECT count(*) FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id
             WHERE c.methodology_id = NEW.methodology_id AND c.removed_at IS NULL AND i.removed_at IS NULL) THEN
            PERFORM registry_refuse('kpi_report_complete', 'Every indicator needs a value or a reason.');
        END IF;
        IF EXISTS (SELECT FROM kpi_value v JOIN kpi_indicator i ON i.id = v.indicator_id
                    WHERE v.report_id = NEW.id AND i.evidence_required AND v.status IN ('normal', 'estimated')
                      AND NEW.provenance <> 'constructed'
                      AND NOT EXISTS (SELECT FROM kpi_evidence e WHERE e.value_id = v.id AND e.removed_at IS NULL)) THEN
            PERFORM registry_refuse('kpi_report_evidence', 'A value lacks its evidence.');
        END IF;
    ELSIF NEW.status = 'returned' AND NOT EXISTS (
        SELECT FROM kpi_step s JOIN kpi_returnedvalue r ON r.step_id = s.id
         WHERE s.report_id = NEW.id AND s.action = 'return' AND s.at >= NEW.submitted_at) THEN
        PERFORM registry_refuse('kpi_report_returned', 'A return names the values and the reason of each.');
    ELSIF NEW.status = 'superseded' AND NOT EXISTS (
        SELECT FROM kpi_report n WHERE n.unit_id = NEW.unit_id AND n.period_id = NEW.period_id
           AND n.appointment_id IS NOT DISTINCT FROM NEW.appointment_id AND n.revision > NEW.revision
           AND n.status IN ('approved', 'published')) THEN
        PERFORM registry_refuse('kpi_report_superseded', 'Only an approved amendment supersedes a report.');
    END IF;
    RETURN NEW;
END $$;

-- Where a report comes from and when it was first submitted and published stays; of an employee's one revision is published
CREATE FUNCTION kpi_keep_origin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.provenance <> OLD.provenance
       OR OLD.first_submitted_at IS NOT NULL AND NEW.first_submitted_at IS DISTINCT FROM OLD.first_submitted_at
       OR OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at THEN
        PERFORM registry_refuse('kpi_report_frozen', 'Where a report comes from, when it was first submitted and published, stays.');
    END IF;
    IF NEW.status = 'published' AND NEW.appointment_id IS NOT NULL AND EXISTS (
        SELECT FROM kpi_report n WHERE n.appointment_id = NEW.appointment_id AND n.period_id = NEW.period_id
           AND n.status = 'published' AND n.id <> NEW.id) THEN
        PERFORM registry_refuse('kpi_report_one_published', 'A report of this period is published already.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_origin BEFORE UPDATE ON kpi_report FOR EACH ROW EXECUTE FUNCTION kpi_keep_origin();

CREATE FUNCTION kpi_check_extension() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.until <= (SELECT due FROM kpi_period WHERE id = NEW.period_id) THEN
        PERFORM registry_refuse('kpi_extension_until', 'An extension ends after the period is due.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_fits BEFORE INSERT ON kpi_extension FOR EACH ROW EXECUTE FUNCTION kpi_check_extension();

CREATE OR REPLACE FUNCTION kpi_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    i kpi_indicator;
BEGIN
    IF NOT EXISTS (SELECT FROM kpi_value v JOIN kpi_report r ON r.id = v.report_id
                    WHERE v.id = NEW.value_id AND r.status IN ('approved', 'published')) THEN
        PERFORM registry_refuse('kpi_auditfinding_report', 'Findings are about values of approved reports.');
    END IF;
    IF NEW.found_on > (NEW.recorded_at AT TIME ZONE 'Asia/Bishkek')::date THEN
        PERFORM registry_refuse('kpi_auditfinding_future', 'A finding is not of a day to come.');
    END IF;
    SELECT x.* INTO i FROM kpi_indicator x JOIN kpi_value v ON v.indicator_id = x.id WHERE v.id = NEW.value_id;
    PERFORM kpi_check_figures(i, NEW.number, NEW.numerator, NEW.denominator, 'kpi_auditfinding');
    RETURN NEW;
END $$;

-- The latest finding of a value stands: it corrects, or it confirms what was reported
CREATE OR REPLACE VIEW kpi_counting AS
SELECT v.id AS value_id, v.report_id, v.indicator_id,
       CASE WHEN f.id IS NULL THEN v.status ELSE 'normal' END AS status, f.id IS NOT NULL AS corrected,
       CASE WHEN f.id IS NULL THEN v.number ELSE f.number END AS number,
       CASE WHEN f.id IS NULL THEN v.numerator ELSE f.numerator END AS numerator,
       CASE WHEN f.id IS NULL THEN v.denominator ELSE f.denominator END AS denominator
  FROM kpi_value v
  LEFT JOIN LATERAL (SELECT y.* FROM (SELECT x.* FROM kpi_auditfinding x WHERE x.value_id = v.id
                                       ORDER BY x.recorded_at DESC, x.id LIMIT 1) y WHERE y.verdict = 'corrected') f ON true;

CREATE OR REPLACE FUNCTION kpi_overtaken(unit uuid, quarter integer, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM kpi_report r JOIN kpi_period p ON p.id = r.period_id
         WHERE r.unit_id = unit AND p.number = quarter AND r.appointment_id IS NULL AND r.published_at IS NOT NULL
           AND (r.published_at >= (day + 1)::timestamp AT TIME ZONE 'Asia/Bishkek'
                OR EXISTS (SELECT FROM kpi_value v JOIN kpi_auditfinding f ON f.value_id = v.id
                            WHERE v.report_id = r.id AND f.found_on > day)))
$$;

CREATE OR REPLACE FUNCTION kpi_values_on(day date)
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
      LEFT JOIN LATERAL (SELECT y.* FROM (SELECT x.* FROM kpi_auditfinding x WHERE x.value_id = v.id AND x.found_on <= day
                                           ORDER BY x.recorded_at DESC, x.id LIMIT 1) y WHERE y.verdict = 'corrected') f ON true
     WHERE r.appointment_id IS NULL AND r.published_at < (day + 1)::timestamp AT TIME ZONE 'Asia/Bishkek'
       AND NOT EXISTS (SELECT FROM kpi_report n WHERE n.unit_id = r.unit_id AND n.period_id = r.period_id
                          AND n.appointment_id IS NULL AND n.revision > r.revision
                          AND n.published_at < (day + 1)::timestamp AT TIME ZONE 'Asia/Bishkek')
       AND kpi_overtaken(r.unit_id, p.number, day)
$$;
"""
BACKWARD = """
DROP TRIGGER kpi_origin ON kpi_report; DROP FUNCTION kpi_keep_origin();
DROP TRIGGER kpi_fits ON kpi_extension; DROP FUNCTION kpi_check_extension();
CREATE OR REPLACE FUNCTION kpi_keep_methodology() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND NOT (
        (OLD.status = 'draft' AND NEW.status = 'active') OR (OLD.status = 'active' AND NEW.status = 'retired')) THEN
        PERFORM registry_refuse('kpi_methodology_order', 'A methodology is a draft, then active, then retired.');
    END IF;
    IF OLD.status <> 'draft' AND
       (NEW.subject, NEW.number, NEW.gate, NEW.name_ky, NEW.name_ru, NEW.name_en, NEW.note_ky, NEW.note_ru, NEW.note_en,
        lower(NEW.valid), coalesce(OLD.act_id, NEW.act_id))
       IS DISTINCT FROM
       (OLD.subject, OLD.number, OLD.gate, OLD.name_ky, OLD.name_ru, OLD.name_en, OLD.note_ky, OLD.note_ru, OLD.note_en,
        lower(OLD.valid), NEW.act_id) THEN
        PERFORM registry_refuse('kpi_methodology_frozen', 'A methodology that has been active cannot be changed.');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION kpi_keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.period_id, NEW.methodology_id, NEW.unit_id, NEW.revision, NEW.amend_reason)
       IS DISTINCT FROM (OLD.period_id, OLD.methodology_id, OLD.unit_id, OLD.revision, OLD.amend_reason)
       OR NEW.appointment_id IS DISTINCT FROM OLD.appointment_id OR NEW.amends_id IS DISTINCT FROM OLD.amends_id
       OR NEW.amend_act_id IS DISTINCT FROM OLD.amend_act_id THEN
        PERFORM registry_refuse('kpi_report_frozen', 'A report stays of its subject, period and methodology.');
    END IF;
    IF OLD.status IN ('approved', 'published', 'superseded') AND
       (NEW.submitted_at, NEW.submitted_by_id, NEW.approved_at, NEW.approved_by_id, NEW.reviewed_by_id)
       IS DISTINCT FROM (OLD.submitted_at, OLD.submitted_by_id, OLD.approved_at, OLD.approved_by_id, OLD.reviewed_by_id) THEN
        PERFORM registry_refuse('kpi_report_frozen', 'Who submitted and approved stays.');
    END IF;
    IF NEW.closed_by_id IS NOT NULL AND OLD.closed_by_id IS NULL AND OLD.status NOT IN ('draft', 'returned') THEN
        PERFORM registry_refuse('kpi_report_closed', 'Only a report in entry is closed by a change.');
    END IF;
    IF NEW.status = OLD.status THEN
        RETURN NEW;
    END IF;
    IF NOT ((OLD.status = 'draft' AND NEW.status = 'submitted')
         OR (OLD.status = 'submitted' AND NEW.status IN ('draft', 'in_review'))
         OR (OLD.status = 'in_review' AND NEW.status IN ('returned', 'approved'))
         OR (OLD.status = 'returned' AND NEW.status = 'submitted')
         OR (OLD.status = 'approved' AND NEW.status IN ('published', 'superseded'))
         OR (OLD.status = 'published' AND NEW.status = 'superseded')) OR NEW.closed_by_id IS NOT NULL THEN
        PERFORM registry_refuse('kpi_report_order', 'A report goes one step at a time.');
    END IF;
    IF NEW.status = 'submitted' THEN
        IF (SELECT count(*) FROM kpi_value WHERE report_id = NEW.id AND status <> '') <>
           (SELECT count(*) FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id
             WHERE c.methodology_id = NEW.methodology_id AND c.removed_at IS NULL AND i.removed_at IS NULL) THEN
            PERFORM registry_refuse('kpi_report_complete', 'Every indicator needs a value or a reason.');
        END IF;
        IF EXISTS (SELECT FROM kpi_value v JOIN kpi_indicator i ON i.id = v.indicator_id
                    WHERE v.report_id = NEW.id AND i.evidence_required AND v.status IN ('normal', 'estimated')
                      AND NEW.provenance <> 'constructed'
                      AND NOT EXISTS (SELECT FROM kpi_evidence e WHERE e.value_id = v.id AND e.removed_at IS NULL)) THEN
            PERFORM registry_refuse('kpi_report_evidence', 'A value lacks its evidence.');
        END IF;
    ELSIF NEW.status = 'returned' AND NOT EXISTS (
        SELECT FROM kpi_step s JOIN kpi_returnedvalue r ON r.step_id = s.id
         WHERE s.report_id = NEW.id AND s.action = 'return' AND s.at >= NEW.submitted_at) THEN
        PERFORM registry_refuse('kpi_report_returned', 'A return names the values and the reason of each.');
    ELSIF NEW.status = 'superseded' AND NOT EXISTS (
        SELECT FROM kpi_report n WHERE n.amends_id = NEW.id AND n.status IN ('approved', 'published')) THEN
        PERFORM registry_refuse('kpi_report_superseded', 'Only an approved amendment supersedes a report.');
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION kpi_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    i kpi_indicator;
BEGIN
    IF NOT EXISTS (SELECT FROM kpi_value v JOIN kpi_report r ON r.id = v.report_id
                    WHERE v.id = NEW.value_id AND r.status IN ('approved', 'published')) THEN
        PERFORM registry_refuse('kpi_auditfinding_report', 'Findings are about values of approved reports.');
    END IF;
    SELECT x.* INTO i FROM kpi_indicator x JOIN kpi_value v ON v.indicator_id = x.id WHERE v.id = NEW.value_id;
    PERFORM kpi_check_figures(i, NEW.number, NEW.numerator, NEW.denominator, 'kpi_auditfinding');
    RETURN NEW;
END $$;

CREATE OR REPLACE VIEW kpi_counting AS
SELECT v.id AS value_id, v.report_id, v.indicator_id,
       CASE WHEN f.id IS NULL THEN v.status ELSE 'normal' END AS status, f.id IS NOT NULL AS corrected,
       CASE WHEN f.id IS NULL THEN v.number ELSE f.number END AS number,
       CASE WHEN f.id IS NULL THEN v.numerator ELSE f.numerator END AS numerator,
       CASE WHEN f.id IS NULL THEN v.denominator ELSE f.denominator END AS denominator
  FROM kpi_value v
  LEFT JOIN LATERAL (SELECT x.* FROM kpi_auditfinding x WHERE x.value_id = v.id AND x.verdict = 'corrected'
                      ORDER BY x.recorded_at DESC, x.id LIMIT 1) f ON true;

CREATE OR REPLACE FUNCTION kpi_overtaken(unit uuid, quarter integer, day date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM kpi_report r JOIN kpi_period p ON p.id = r.period_id
         WHERE r.unit_id = unit AND p.number = quarter AND r.appointment_id IS NULL AND r.published_at IS NOT NULL
           AND (r.published_at >= (day + 1)::timestamp AT TIME ZONE 'Asia/Bishkek'
                OR EXISTS (SELECT FROM kpi_value v JOIN kpi_auditfinding f ON f.value_id = v.id
                            WHERE v.report_id = r.id AND f.verdict = 'corrected' AND f.found_on > day)))
$$;

CREATE OR REPLACE FUNCTION kpi_values_on(day date)
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
"""


class Migration(migrations.Migration):
    dependencies = [("kpi", "0007_values_on_a_day")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
