"""Every change of the records goes into the journal, raises the data version and keeps to one municipality."""

from django.db import migrations

from audit.operations import Journal, UnitGuard

STAMPED = (
    "methodology",
    "category",
    "indicator",
    "band",
    "peergroup",
    "period",
    "extension",
    "report",
    "value",
    "evidence",
    "step",
    "returnedvalue",
    "auditfinding",
    "scorerun",
)
# How far a computation has come: signs of life of its worker, no change of a record
SIGNS = {"scorerun": ("heartbeat_at", "attempts", "done")}
# What is published raises "kpi", everything "kpi.drafts": the column or query that tells whether a row is published
PUBLISHED = {
    "methodology": "NEW.status <> 'draft'",
    "category": "EXISTS (SELECT FROM kpi_methodology WHERE id = NEW.methodology_id AND status <> 'draft')",
    "indicator": "false",
    "band": "false",
    "peergroup": "false",
    "period": "true",
    "extension": "true",
    "report": "NEW.status IN ('published', 'superseded')",
    "value": "false",
    "evidence": "false",
    "step": "EXISTS (SELECT FROM kpi_report WHERE id = NEW.report_id AND status IN ('published', 'superseded'))",
    "returnedvalue": "false",
    "auditfinding": """EXISTS (SELECT FROM kpi_value v JOIN kpi_report r ON r.id = v.report_id
                                WHERE v.id = NEW.value_id AND r.status = 'published')""",
    "scorerun": "NEW.published_at IS NOT NULL",
}
# What a row hangs on, to find its municipality
BOUND = {
    "value": "SELECT unit_id FROM kpi_report WHERE id = NEW.report_id",
    "step": "SELECT unit_id FROM kpi_report WHERE id = NEW.report_id",
    "evidence": "SELECT r.unit_id FROM kpi_report r JOIN kpi_value v ON v.report_id = r.id WHERE v.id = NEW.value_id",
    "returnedvalue": "SELECT r.unit_id FROM kpi_report r JOIN kpi_value v ON v.report_id = r.id WHERE v.id = NEW.value_id",
    "auditfinding": "SELECT r.unit_id FROM kpi_report r JOIN kpi_value v ON v.report_id = r.id WHERE v.id = NEW.value_id",
}

STAMP = "".join(
    f"""
CREATE TRIGGER kpi_stamp BEFORE INSERT OR UPDATE ON kpi_{table}
    FOR EACH ROW EXECUTE FUNCTION registry_stamp();
"""
    for table in STAMPED
)
UNSTAMP = "".join(f"DROP TRIGGER kpi_stamp ON kpi_{table};" for table in STAMPED)

TOUCH = """
CREATE FUNCTION kpi_touch(public boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    done text := coalesce(current_setting('kpi.touched', true), '');
    mark text := pg_current_xact_id()::text || ':';
    key text;
BEGIN
    IF NOT starts_with(done, mark) THEN
        done := mark;
    END IF;
    FOREACH key IN ARRAY CASE WHEN public THEN ARRAY['kpi', 'kpi.drafts'] ELSE ARRAY['kpi.drafts'] END LOOP
        IF position('|' || key || '|' IN done) = 0 THEN
            PERFORM lsg_touch(key);
            done := done || '|' || key || '|';
        END IF;
    END LOOP;
    PERFORM set_config('kpi.touched', done, true);
END $$;
COMMENT ON FUNCTION kpi_touch(boolean) IS 'Raise the data versions once a transaction.';
""" + "".join(
    f"""
CREATE FUNCTION kpi_touch_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM kpi_touch({PUBLISHED[table]});
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER kpi_touch AFTER INSERT OR UPDATE ON kpi_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION kpi_touch_{table}();
"""
    for table in STAMPED
)
UNTOUCH = "".join(
    f"DROP TRIGGER kpi_touch ON kpi_{table}; DROP FUNCTION kpi_touch_{table}();" for table in STAMPED
) + ("DROP FUNCTION kpi_touch(boolean);")

GUARD = "".join(
    f"""
CREATE FUNCTION kpi_unit_guard_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text := coalesce(current_setting('app.unit', true), '');
BEGIN
    IF own <> '' AND ({way})::text IS DISTINCT FROM own THEN
        RAISE EXCEPTION '% belongs to another municipality', TG_TABLE_NAME USING
            ERRCODE = 'insufficient_privilege', CONSTRAINT = 'lsg_unit_guard', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION kpi_unit_guard_{table}() IS
    'Trigger: as lsg_unit_guard, where the municipality is that of the report.';
CREATE TRIGGER a_unit_guard BEFORE INSERT OR UPDATE ON kpi_{table}
    FOR EACH ROW EXECUTE FUNCTION kpi_unit_guard_{table}();
"""
    for table, way in BOUND.items()
)
UNGUARD = "".join(
    f"DROP TRIGGER a_unit_guard ON kpi_{table}; DROP FUNCTION kpi_unit_guard_{table}();" for table in BOUND
)

# What 0003 entered is taken over: on an empty database nobody has made the head of the chain yet.
HEAD = "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, sha256('lsg_portal')) ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    dependencies = [
        ("kpi", "0003_data"),
        ("audit", "0002_functions"),
        ("rest", "0003_one_order_of_locks"),
    ]

    operations = [
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(TOUCH, UNTOUCH),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(HEAD, migrations.RunSQL.noop),
        UnitGuard("kpi_report"),
        UnitGuard("kpi_extension"),
        Journal("kpi_measure"),
        *(Journal(f"kpi_{table}", ignored=("updated_at", *SIGNS.get(table, ()))) for table in STAMPED),
    ]
