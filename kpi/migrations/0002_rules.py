"""The rules of the assessment that a constraint on one row cannot hold."""

from django.db import migrations

METHODOLOGIES = """
-- A draft becomes active and an active one retired; what was active stays as it was, but an act may be entered for it
CREATE FUNCTION kpi_keep_methodology() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER kpi_keep BEFORE UPDATE ON kpi_methodology FOR EACH ROW EXECUTE FUNCTION kpi_keep_methodology();

CREATE FUNCTION kpi_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which uuid[];
BEGIN
    IF TG_TABLE_NAME = 'kpi_indicator' THEN
        SELECT array_agg(methodology_id) INTO which FROM kpi_category
         WHERE id IN (NEW.category_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.category_id END);
    ELSE
        which := ARRAY[NEW.methodology_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.methodology_id END];
    END IF;
    IF EXISTS (SELECT FROM kpi_methodology WHERE id = ANY (which) AND status <> 'draft') THEN
        PERFORM registry_refuse('kpi_methodology_frozen', 'A methodology that has been active cannot be changed.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_frozen BEFORE INSERT OR UPDATE ON kpi_category FOR EACH ROW EXECUTE FUNCTION kpi_line_frozen();
CREATE TRIGGER kpi_frozen BEFORE INSERT OR UPDATE ON kpi_indicator FOR EACH ROW EXECUTE FUNCTION kpi_line_frozen();
CREATE TRIGGER kpi_frozen BEFORE INSERT OR UPDATE ON kpi_band FOR EACH ROW EXECUTE FUNCTION kpi_line_frozen();
CREATE TRIGGER kpi_frozen BEFORE INSERT OR UPDATE ON kpi_peergroup FOR EACH ROW EXECUTE FUNCTION kpi_line_frozen();

CREATE FUNCTION kpi_check_methodology() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT coalesce(sum(i.weight), 0) FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id
         WHERE c.methodology_id = NEW.id AND c.removed_at IS NULL AND i.removed_at IS NULL) <> 100 THEN
        PERFORM registry_refuse('kpi_methodology_weights', 'Weights must sum to 100.');
    END IF;
    IF NOT EXISTS (SELECT FROM kpi_band WHERE methodology_id = NEW.id AND removed_at IS NULL AND least = 0) THEN
        PERFORM registry_refuse('kpi_methodology_bands', 'A band must begin at 0.');
    END IF;
    IF EXISTS (SELECT FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id JOIN kpi_measure m ON m.id = i.measure_id
                WHERE c.methodology_id = NEW.id AND i.removed_at IS NULL AND m.subject <> NEW.subject) THEN
        PERFORM registry_refuse('kpi_indicator_subject', 'The measure is of another subject.');
    END IF;
    IF EXISTS (SELECT FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id
                WHERE c.methodology_id = NEW.id AND i.removed_at IS NULL AND c.removed_at IS NULL
                GROUP BY i.measure_id HAVING count(*) > 1) THEN
        PERFORM registry_refuse('kpi_indicator_once', 'A measure counts once.');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER kpi_active AFTER UPDATE ON kpi_methodology DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'active' AND OLD.status = 'draft') EXECUTE FUNCTION kpi_check_methodology();
CREATE CONSTRAINT TRIGGER kpi_active_at_once AFTER INSERT ON kpi_methodology DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status <> 'draft') EXECUTE FUNCTION kpi_check_methodology();
"""
DROP_METHODOLOGIES = """
DROP TRIGGER kpi_active_at_once ON kpi_methodology; DROP TRIGGER kpi_active ON kpi_methodology;
DROP FUNCTION kpi_check_methodology();
DROP TRIGGER kpi_frozen ON kpi_peergroup; DROP TRIGGER kpi_frozen ON kpi_band; DROP TRIGGER kpi_frozen ON kpi_indicator;
DROP TRIGGER kpi_frozen ON kpi_category; DROP FUNCTION kpi_line_frozen();
DROP TRIGGER kpi_keep ON kpi_methodology; DROP FUNCTION kpi_keep_methodology();
"""

PERIODS = """
CREATE FUNCTION kpi_check_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.code <> (NEW.number / 4) || 'Q' || (NEW.number % 4 + 1)
       OR NEW.begins <> make_date(NEW.number / 4, NEW.number % 4 * 3 + 1, 1)
       OR NEW.ends <> (NEW.begins + interval '3 months')::date THEN
        PERFORM registry_refuse('kpi_period_quarter', 'A period is a quarter, with its number, code and days.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_quarter BEFORE INSERT OR UPDATE ON kpi_period FOR EACH ROW EXECUTE FUNCTION kpi_check_period();

-- What has been said is said: extensions, steps, reasons of returns and findings of audits stay
CREATE FUNCTION kpi_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_refuse(TG_TABLE_NAME || '_stays', 'It stays as it was written.');
    RETURN NULL;
END $$;
CREATE TRIGGER kpi_stays BEFORE UPDATE ON kpi_extension FOR EACH ROW EXECUTE FUNCTION kpi_stays();
CREATE TRIGGER kpi_stays BEFORE UPDATE ON kpi_step FOR EACH ROW EXECUTE FUNCTION kpi_stays();
CREATE TRIGGER kpi_stays BEFORE UPDATE ON kpi_returnedvalue FOR EACH ROW EXECUTE FUNCTION kpi_stays();
CREATE TRIGGER kpi_stays BEFORE UPDATE ON kpi_auditfinding FOR EACH ROW EXECUTE FUNCTION kpi_stays();
CREATE TRIGGER kpi_stays BEFORE UPDATE ON kpi_score FOR EACH ROW EXECUTE FUNCTION kpi_stays();
CREATE TRIGGER kpi_stays BEFORE UPDATE ON kpi_scoreline FOR EACH ROW EXECUTE FUNCTION kpi_stays();
"""
DROP_PERIODS = """
DROP TRIGGER kpi_stays ON kpi_scoreline; DROP TRIGGER kpi_stays ON kpi_score; DROP TRIGGER kpi_stays ON kpi_auditfinding;
DROP TRIGGER kpi_stays ON kpi_returnedvalue; DROP TRIGGER kpi_stays ON kpi_step; DROP TRIGGER kpi_stays ON kpi_extension;
DROP FUNCTION kpi_stays();
DROP TRIGGER kpi_quarter ON kpi_period; DROP FUNCTION kpi_check_period();
"""

REPORTS = """
CREATE FUNCTION kpi_check_report() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := (SELECT ends - 1 FROM kpi_period WHERE id = NEW.period_id);
    m kpi_methodology := (SELECT x FROM kpi_methodology x WHERE id = NEW.methodology_id);
    former kpi_report;
BEGIN
    IF NEW.status <> 'draft' THEN
        PERFORM registry_refuse('kpi_report_order', 'A report begins as a draft.');
    END IF;
    IF m.valid IS NULL OR NOT m.valid @> day
       OR (m.subject = 'head_of_executive') <> (NEW.appointment_id IS NULL) THEN
        PERFORM registry_refuse('kpi_report_methodology', 'The methodology is not the one in force for this report.');
    END IF;
    IF NOT EXISTS (SELECT FROM registry_unitversion v WHERE v.unit_id = NEW.unit_id AND v.voided_by_id IS NULL
                      AND v.valid @> day AND registry_is_municipality(v.kind)) THEN
        PERFORM registry_refuse('kpi_report_unit', 'Who is a municipality on the last day of the period reports.');
    END IF;
    IF EXISTS (SELECT FROM kpi_period p WHERE p.id = NEW.period_id AND p.within_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM registry_units_on(day) u WHERE u.unit_id = NEW.unit_id
           AND p.within_id IN (u.unit_id, u.district_id, u.oblast_id))) THEN
        PERFORM registry_refuse('kpi_report_within', 'The period is tried out elsewhere.');
    END IF;
    IF NEW.appointment_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM ayil_okmotu_appointment a JOIN ayil_okmotu_post p ON p.id = a.post_id
          JOIN ayil_okmotu_executivebody b ON b.id = p.body_id
         WHERE a.id = NEW.appointment_id AND a.voided_by_id IS NULL AND a.valid @> day AND b.unit_id = NEW.unit_id
           AND p.kind <> 'head') THEN
        PERFORM registry_refuse('kpi_report_appointment', 'Who holds a post of the body on the last day reports.');
    END IF;
    IF NEW.amends_id IS NOT NULL THEN
        SELECT * INTO former FROM kpi_report WHERE id = NEW.amends_id;
        IF (former.unit_id, former.period_id, former.revision + 1) IS DISTINCT FROM
           (NEW.unit_id, NEW.period_id, NEW.revision::integer)
           OR former.appointment_id IS DISTINCT FROM NEW.appointment_id
           OR former.status NOT IN ('approved', 'published') THEN
            PERFORM registry_refuse('kpi_report_amends', 'An amendment follows the approved revision before it.');
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_fits BEFORE INSERT ON kpi_report FOR EACH ROW EXECUTE FUNCTION kpi_check_report();

CREATE FUNCTION kpi_keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER kpi_keep BEFORE UPDATE ON kpi_report FOR EACH ROW EXECUTE FUNCTION kpi_keep_report();
"""
DROP_REPORTS = """
DROP TRIGGER kpi_keep ON kpi_report; DROP FUNCTION kpi_keep_report();
DROP TRIGGER kpi_fits ON kpi_report; DROP FUNCTION kpi_check_report();
"""

VALUES = """
CREATE FUNCTION kpi_figure(formula text, number numeric, numerator numeric, denominator numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE formula WHEN 'number' THEN number
                        WHEN 'share' THEN numerator * 100 / denominator
                        WHEN 'growth' THEN (numerator / denominator - 1) * 100
                        ELSE numerator / denominator END
$$;
COMMENT ON FUNCTION kpi_figure(text, numeric, numeric, numeric) IS 'The assessed figure of what was entered.';

CREATE FUNCTION kpi_check_figures(i kpi_indicator, number numeric, numerator numeric, denominator numeric, tab text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    figure numeric;
BEGIN
    IF (i.formula = 'number' AND (numerator IS NOT NULL OR denominator IS NOT NULL))
       OR (i.formula <> 'number' AND number IS NOT NULL) THEN
        PERFORM registry_refuse(tab || '_formula', 'The indicator is entered in another way.');
    END IF;
    IF denominator = 0 THEN
        PERFORM registry_refuse(tab || '_denominator', 'The denominator must be above 0.');
    END IF;
    figure := kpi_figure(i.formula, number, numerator, denominator);
    IF figure < i.lowest OR figure > i.highest THEN
        PERFORM registry_refuse(tab || '_range', 'The figure lies beyond what is possible.');
    END IF;
    IF i.whole AND number <> trunc(number) THEN
        PERFORM registry_refuse(tab || '_whole', 'Only whole numbers.');
    END IF;
END $$;

-- Values change in draft and returned alone
CREATE FUNCTION kpi_check_value() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r record;
    i kpi_indicator;
BEGIN
    SELECT status, methodology_id, closed_by_id INTO r FROM kpi_report WHERE id = NEW.report_id;
    IF r.status NOT IN ('draft', 'returned') OR r.closed_by_id IS NOT NULL THEN
        PERFORM registry_refuse('kpi_value_frozen', 'Values change in draft and returned reports only.');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.report_id, NEW.indicator_id) IS DISTINCT FROM (OLD.report_id, OLD.indicator_id) THEN
        PERFORM registry_refuse('kpi_value_stays', 'A value stays of its report and indicator.');
    END IF;
    SELECT * INTO i FROM kpi_indicator WHERE id = NEW.indicator_id;
    IF i.removed_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM kpi_category WHERE id = i.category_id AND methodology_id = r.methodology_id) THEN
        PERFORM registry_refuse('kpi_value_indicator', 'The indicator is of another methodology.');
    END IF;
    PERFORM kpi_check_figures(i, NEW.number, NEW.numerator, NEW.denominator, 'kpi_value');
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_fits BEFORE INSERT OR UPDATE ON kpi_value FOR EACH ROW EXECUTE FUNCTION kpi_check_value();

CREATE FUNCTION kpi_check_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM kpi_value v JOIN kpi_report r ON r.id = v.report_id
                WHERE v.id = NEW.value_id AND (r.status NOT IN ('draft', 'returned') OR r.closed_by_id IS NOT NULL)) THEN
        PERFORM registry_refuse('kpi_value_frozen', 'Evidence changes in draft and returned reports only.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_fits BEFORE INSERT OR UPDATE ON kpi_evidence FOR EACH ROW EXECUTE FUNCTION kpi_check_evidence();

CREATE FUNCTION kpi_check_finding() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER kpi_fits BEFORE INSERT ON kpi_auditfinding FOR EACH ROW EXECUTE FUNCTION kpi_check_finding();

-- The values of reports as they count: an audit's correction stands for the reported figure
CREATE VIEW kpi_counting AS
SELECT v.id AS value_id, v.report_id, v.indicator_id,
       CASE WHEN f.id IS NULL THEN v.status ELSE 'normal' END AS status, f.id IS NOT NULL AS corrected,
       CASE WHEN f.id IS NULL THEN v.number ELSE f.number END AS number,
       CASE WHEN f.id IS NULL THEN v.numerator ELSE f.numerator END AS numerator,
       CASE WHEN f.id IS NULL THEN v.denominator ELSE f.denominator END AS denominator
  FROM kpi_value v
  LEFT JOIN LATERAL (SELECT x.* FROM kpi_auditfinding x WHERE x.value_id = v.id AND x.verdict = 'corrected'
                      ORDER BY x.recorded_at DESC, x.id LIMIT 1) f ON true;

CREATE FUNCTION kpi_publish(reports uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO kpi_publishedvalue AS p (unit_id, measure_id, period_id, status, value, numerator, denominator)
    SELECT r.unit_id, i.measure_id, q.number,
           CASE WHEN c.corrected THEN 'c' ELSE CASE c.status WHEN 'normal' THEN 'n' WHEN 'estimated' THEN 'e'
                WHEN 'missing' THEN 'm' ELSE 'x' END END,
           kpi_figure(i.formula, c.number, c.numerator, c.denominator)::float8, c.numerator::float8, c.denominator::float8
      FROM kpi_report r JOIN kpi_period q ON q.id = r.period_id JOIN kpi_counting c ON c.report_id = r.id
      JOIN kpi_indicator i ON i.id = c.indicator_id
     WHERE r.id = ANY (reports) AND r.status = 'published' AND r.appointment_id IS NULL
    ON CONFLICT (unit_id, measure_id, period_id) DO UPDATE
       SET status = excluded.status, value = excluded.value, numerator = excluded.numerator, denominator = excluded.denominator
     WHERE (p.status, p.value, p.numerator, p.denominator)
           IS DISTINCT FROM (excluded.status, excluded.value, excluded.numerator, excluded.denominator)
$$;
CREATE FUNCTION kpi_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which uuid[];
BEGIN
    SELECT array_agg(n.id) INTO which FROM fresh n JOIN former o ON o.id = n.id
     WHERE n.status = 'published' AND o.status <> 'published';
    IF which IS NOT NULL THEN
        PERFORM kpi_publish(which);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kpi_published AFTER UPDATE ON kpi_report REFERENCING OLD TABLE AS former NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION kpi_published();
CREATE FUNCTION kpi_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kpi_publish(ARRAY(SELECT v.report_id FROM fresh n JOIN kpi_value v ON v.id = n.value_id));
    RETURN NULL;
END $$;
CREATE TRIGGER kpi_found AFTER INSERT ON kpi_auditfinding REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION kpi_found();
"""
DROP_VALUES = """
DROP TRIGGER kpi_found ON kpi_auditfinding; DROP FUNCTION kpi_found();
DROP TRIGGER kpi_published ON kpi_report; DROP FUNCTION kpi_published(); DROP FUNCTION kpi_publish(uuid[]);
DROP VIEW kpi_counting;
DROP TRIGGER kpi_fits ON kpi_auditfinding; DROP FUNCTION kpi_check_finding();
DROP TRIGGER kpi_fits ON kpi_evidence; DROP FUNCTION kpi_check_evidence();
DROP TRIGGER kpi_fits ON kpi_value; DROP FUNCTION kpi_check_value();
DROP FUNCTION kpi_check_figures(kpi_indicator, numeric, numeric, numeric, text);
DROP FUNCTION kpi_figure(text, numeric, numeric, numeric);
"""

RUNS = """
CREATE FUNCTION kpi_keep_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('done', 'failed') AND
       (NEW.period_id, NEW.methodology_id, NEW.number, NEW.status, NEW.inputs, NEW.code, NEW.digest, NEW.results,
        NEW.total, NEW.done, NEW.finished_at)
       IS DISTINCT FROM
       (OLD.period_id, OLD.methodology_id, OLD.number, OLD.status, OLD.inputs, OLD.code, OLD.digest, OLD.results,
        OLD.total, OLD.done, OLD.finished_at) THEN
        PERFORM registry_refuse('kpi_scorerun_frozen', 'A run that is done stays as it is.');
    END IF;
    IF OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at THEN
        PERFORM registry_refuse('kpi_scorerun_frozen', 'What was published stays published.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER kpi_keep BEFORE UPDATE ON kpi_scorerun FOR EACH ROW EXECUTE FUNCTION kpi_keep_run();

-- Scores are written while their run is being computed, and never after
CREATE FUNCTION kpi_check_scores() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM kpi_scorerun WHERE id IN (SELECT DISTINCT run_id FROM fresh) AND status <> 'running') THEN
        PERFORM registry_refuse('kpi_score_frozen', 'A run that is done takes no more scores.');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kpi_running AFTER INSERT ON kpi_score REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION kpi_check_scores();
CREATE FUNCTION kpi_check_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM kpi_scorerun r WHERE r.status <> 'running' AND r.id IN (
                SELECT s.run_id FROM fresh l JOIN kpi_score s ON s.id = l.score_id)) THEN
        PERFORM registry_refuse('kpi_score_frozen', 'A run that is done takes no more scores.');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kpi_running AFTER INSERT ON kpi_scoreline REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION kpi_check_lines();
"""
DROP_RUNS = """
DROP TRIGGER kpi_running ON kpi_scoreline; DROP FUNCTION kpi_check_lines();
DROP TRIGGER kpi_running ON kpi_score; DROP FUNCTION kpi_check_scores();
DROP TRIGGER kpi_keep ON kpi_scorerun; DROP FUNCTION kpi_keep_run();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kpi", "0001_initial"),
        ("registry", "0004_updated_at"),
        ("ayil_okmotu", "0003_record_rules"),
    ]

    operations = [
        migrations.RunSQL(METHODOLOGIES, DROP_METHODOLOGIES),
        migrations.RunSQL(PERIODS, DROP_PERIODS),
        migrations.RunSQL(REPORTS, DROP_REPORTS),
        migrations.RunSQL(VALUES, DROP_VALUES),
        migrations.RunSQL(RUNS, DROP_RUNS),
    ]
