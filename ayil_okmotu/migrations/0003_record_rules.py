"""The rules of staffing, employees and budgets that a constraint on one row cannot hold.

What is written is looked at when its statement ends. What it lies within (an appointment, a body) is looked at when
the transaction ends: an appointment is ended before the one that continues it begins.
"""

from django.db import migrations


def after(table: str, function: str) -> str:
    """Return the SQL that has ``function`` look at the rows that a statement has written."""
    return f"""
CREATE TRIGGER ayil_okmotu_records_insert AFTER INSERT ON ayil_okmotu_{table}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {function}();
CREATE TRIGGER ayil_okmotu_records_update AFTER UPDATE ON ayil_okmotu_{table}
    REFERENCING OLD TABLE AS former NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""


def drop(table: str) -> str:
    """Return the SQL that takes both triggers away again."""
    return (
        f"DROP TRIGGER ayil_okmotu_records_insert ON ayil_okmotu_{table};"
        f" DROP TRIGGER ayil_okmotu_records_update ON ayil_okmotu_{table};"
    )


DAYS = """
CREATE FUNCTION ayil_okmotu_days_held(which uuid) RETURNS datemultirange LANGUAGE sql STABLE AS $$
    WITH RECURSIVE held AS (
        SELECT id, valid FROM ayil_okmotu_appointment WHERE id = which AND voided_by_id IS NULL
        UNION
        SELECT a.id, a.valid FROM held h
          JOIN ayil_okmotu_appointment a ON a.former_id = h.id AND a.voided_by_id IS NULL)
    SELECT coalesce(range_agg(valid), '{}'::datemultirange) FROM held
$$;
COMMENT ON FUNCTION ayil_okmotu_days_held(uuid) IS
    'The days of an appointment and of those that continue it after territorial changes.';
"""
DROP_DAYS = "DROP FUNCTION ayil_okmotu_days_held(uuid);"

EMPLOYEES = (
    """
-- Each check takes the appointments to look at, none for the rows of the statement
CREATE FUNCTION ayil_okmotu_check_trainings(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ayil_okmotu_training t
                WHERE t.appointment_id = ANY (ids) AND t.removed_at IS NULL
                  AND NOT ayil_okmotu_days_held(t.appointment_id) @> daterange(t.began_on, t.ended_on, '[]')) THEN
        PERFORM registry_refuse('ayil_okmotu_training_within_appointment', 'A course lies outside the appointment.');
    END IF;
END $$;

CREATE FUNCTION ayil_okmotu_check_violations(ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ayil_okmotu_violation v, ayil_okmotu_days_held(v.appointment_id) held
                WHERE v.appointment_id = ANY (ids)
                  AND NOT (held @> v.discovered_on AND held @> coalesce(v.explanation_on, v.discovered_on)
                           AND held @> coalesce(v.finding_on, v.discovered_on))) THEN
        PERFORM registry_refuse('ayil_okmotu_violation_within_appointment', 'A breach lies outside the appointment.');
    END IF;
    IF EXISTS (SELECT FROM ayil_okmotu_violation v JOIN ayil_okmotu_disciplinarymeasure m ON m.violation_id = v.id,
                      ayil_okmotu_days_held(v.appointment_id) held
                WHERE v.appointment_id = ANY (ids) AND NOT held @> lower(m.in_force)
                  AND NOT (m.kind = 'dismissal' AND upper(held) = lower(m.in_force))) THEN
        PERFORM registry_refuse('ayil_okmotu_measure_within_appointment', 'A measure lies outside the appointment.');
    END IF;
END $$;

CREATE FUNCTION ayil_okmotu_check_training() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh WHERE removed_at IS NULL AND hours > 24 * (ended_on - began_on + 1)) THEN
        PERFORM registry_refuse('ayil_okmotu_training_hours_a_day', 'A course has more hours than its days.');
    END IF;
    PERFORM ayil_okmotu_check_trainings(ARRAY(SELECT DISTINCT appointment_id FROM fresh));
    RETURN NULL;
END $$;

CREATE FUNCTION ayil_okmotu_check_violation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT FROM former o JOIN fresh n ON n.id = o.id
                     JOIN ayil_okmotu_disciplinarymeasure m ON m.violation_id = n.id
                    WHERE (o.appointment_id, o.discovered_on, o.description, o.explanation_on, o.finding_on, o.finding)
                          IS DISTINCT FROM
                          (n.appointment_id, n.discovered_on, n.description, n.explanation_on, n.finding_on, n.finding))
        THEN
            PERFORM registry_refuse('ayil_okmotu_violation_frozen', 'A measure rests on the breach.');
        END IF;
    END IF;
    PERFORM ayil_okmotu_check_violations(ARRAY(SELECT DISTINCT appointment_id FROM fresh));
    RETURN NULL;
END $$;

CREATE FUNCTION ayil_okmotu_check_measure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    people uuid[] := ARRAY(
        SELECT DISTINCT a.person_id FROM fresh m JOIN ayil_okmotu_violation v ON v.id = m.violation_id
          JOIN ayil_okmotu_appointment a ON a.id = v.appointment_id);
BEGIN
    -- a measure and a promotion at the same time: the second waits until the first is seen
    PERFORM FROM registry_person WHERE id = ANY (people) ORDER BY id FOR NO KEY UPDATE;
    IF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT FROM former o JOIN fresh n ON n.id = o.id
                    WHERE o.violation_id <> n.violation_id OR o.kind <> n.kind
                       OR lower(o.in_force) <> lower(n.in_force) OR NOT o.in_force @> n.in_force
                       OR (o.in_force <> n.in_force AND n.lifted_early = '')) THEN
            PERFORM registry_refuse('ayil_okmotu_measure_frozen', 'A measure is only lifted early, with a reason.');
        END IF;
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN ayil_okmotu_violation v ON v.id = m.violation_id
                WHERE v.explanation_on IS NULL OR v.finding_on IS NULL
                   OR greatest(v.explanation_on, v.finding_on) > lower(m.in_force)) THEN
        PERFORM registry_refuse('ayil_okmotu_measure_order', 'The explanation and the finding come first.');
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN ayil_okmotu_violation v ON v.id = m.violation_id
                WHERE lower(m.in_force) > (v.discovered_on + interval '6 months')::date) THEN
        PERFORM registry_refuse('ayil_okmotu_measure_six_months', 'More than six months since the discovery.');
    END IF;
    PERFORM ayil_okmotu_check_violations(ARRAY(
        SELECT DISTINCT v.appointment_id FROM fresh m JOIN ayil_okmotu_violation v ON v.id = m.violation_id));
    PERFORM ayil_okmotu_check_promotion(people);
    RETURN NULL;
END $$;

CREATE FUNCTION ayil_okmotu_check_reserve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh r JOIN ayil_okmotu_post p ON p.id = r.post_id
                WHERE r.voided_by_id IS NULL AND (p.voided_by_id IS NOT NULL OR NOT p.valid @> lower(r.valid))) THEN
        PERFORM registry_refuse('ayil_okmotu_reserve_within_post', 'The post does not exist on that day.');
    END IF;
    RETURN NULL;
END $$;

-- An appointment that is shortened or voided, and those that it continues (or continued), still hold their records
CREATE FUNCTION ayil_okmotu_check_appointment_records() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids uuid[];
BEGIN
    WITH RECURSIVE chain AS (
        SELECT id, former_id FROM ayil_okmotu_appointment WHERE id IN (NEW.id, OLD.former_id)
        UNION
        SELECT a.id, a.former_id FROM chain c JOIN ayil_okmotu_appointment a ON a.id = c.former_id)
    SELECT array_agg(id) INTO ids FROM chain;
    PERFORM ayil_okmotu_check_trainings(ids);
    PERFORM ayil_okmotu_check_violations(ids);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ayil_okmotu_records AFTER UPDATE ON ayil_okmotu_appointment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.valid <> NEW.valid OR OLD.voided_by_id IS DISTINCT FROM NEW.voided_by_id
          OR OLD.former_id IS DISTINCT FROM NEW.former_id)
    EXECUTE FUNCTION ayil_okmotu_check_appointment_records();
"""
    + after("training", "ayil_okmotu_check_training")
    + after("violation", "ayil_okmotu_check_violation")
    + after("disciplinarymeasure", "ayil_okmotu_check_measure")
    + after("reservecandidate", "ayil_okmotu_check_reserve")
)
DROP_EMPLOYEES = (
    drop("training")
    + drop("violation")
    + drop("disciplinarymeasure")
    + drop("reservecandidate")
    + """
DROP TRIGGER ayil_okmotu_records ON ayil_okmotu_appointment;
DROP FUNCTION ayil_okmotu_check_appointment_records(); DROP FUNCTION ayil_okmotu_check_reserve();
DROP FUNCTION ayil_okmotu_check_measure(); DROP FUNCTION ayil_okmotu_check_violation();
DROP FUNCTION ayil_okmotu_check_training(); DROP FUNCTION ayil_okmotu_check_violations(uuid[]);
DROP FUNCTION ayil_okmotu_check_trainings(uuid[]);
"""
)

REPORTS = (
    """
CREATE FUNCTION ayil_okmotu_check_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh r JOIN ayil_okmotu_executivebody b ON b.id = r.body_id
                WHERE b.voided_by_id IS NOT NULL OR NOT b.valid @> r."on") THEN
        PERFORM registry_refuse('ayil_okmotu_staffingreport_within_body', 'A report lies outside the body''s life.');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION ayil_okmotu_check_body_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ayil_okmotu_staffingreport r JOIN ayil_okmotu_executivebody b ON b.id = r.body_id
                WHERE b.id = NEW.id AND (b.voided_by_id IS NOT NULL OR NOT b.valid @> r."on")) THEN
        PERFORM registry_refuse('ayil_okmotu_staffingreport_within_body', 'A report lies outside the body''s life.');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ayil_okmotu_records AFTER UPDATE ON ayil_okmotu_executivebody
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.valid <> NEW.valid OR OLD.voided_by_id IS DISTINCT FROM NEW.voided_by_id)
    EXECUTE FUNCTION ayil_okmotu_check_body_records();

CREATE FUNCTION ayil_okmotu_check_budget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh b
                WHERE NOT registry_life(b.unit_id) && daterange(make_date(b.year, 1, 1), make_date(b.year + 1, 1, 1)))
    THEN
        PERFORM registry_refuse('ayil_okmotu_localbudget_within_unit', 'The unit does not exist in that year.');
    END IF;
    RETURN NULL;
END $$;
"""
    + after("staffingreport", "ayil_okmotu_check_report")
    + after("localbudget", "ayil_okmotu_check_budget")
)
DROP_REPORTS = (
    drop("staffingreport")
    + drop("localbudget")
    + """
DROP TRIGGER ayil_okmotu_records ON ayil_okmotu_executivebody;
DROP FUNCTION ayil_okmotu_check_budget(); DROP FUNCTION ayil_okmotu_check_body_records();
DROP FUNCTION ayil_okmotu_check_report();
"""
)


class Migration(migrations.Migration):
    dependencies = [("ayil_okmotu", "0002_rules")]

    operations = [
        migrations.RunSQL(DAYS, DROP_DAYS),
        migrations.RunSQL(EMPLOYEES, DROP_EMPLOYEES),
        migrations.RunSQL(REPORTS, DROP_REPORTS),
    ]
