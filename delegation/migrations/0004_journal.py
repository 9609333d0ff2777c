"""Every change of the records goes into the journal, raises the data version and keeps to one municipality."""

from django.db import migrations

from audit.operations import Journal, UnitGuard

STAMPED = (
    "statebody",
    "field",
    "statepower",
    "poweritem",
    "statuteitem",
    "overlap",
    "transfer",
    "principleanswer",
    "means",
    "funding",
    "performance",
    "practice",
    "dispute",
    "disputeparty",
    "hearing",
    "cancellationrequest",
    "succession",
)
# What a row hangs on, to find its municipality
BOUND = {
    "principleanswer": "transfer",
    "means": "transfer",
    "funding": "transfer",
    "performance": "transfer",
    "succession": "transfer",
    "disputeparty": "dispute",
    "hearing": "dispute",
}
WITH_DRAFTS = {"transfer": "id", "principleanswer": "transfer_id", "means": "transfer_id"}

STAMP = "".join(
    f"""
CREATE TRIGGER delegation_stamp BEFORE INSERT OR UPDATE ON delegation_{table}
    FOR EACH ROW EXECUTE FUNCTION registry_stamp();
"""
    for table in STAMPED
)
UNSTAMP = "".join(f"DROP TRIGGER delegation_stamp ON delegation_{table};" for table in STAMPED)

# Drafts raise a version of their own; what leaves the drafts raises both.
TOUCH = """
CREATE FUNCTION delegation_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done text := coalesce(current_setting('delegation.touched', true), '');
    mark text := pg_current_xact_id()::text || ':';
    keys text[] := ARRAY['delegation'];
    key text;
BEGIN
    IF TG_ARGV[0] <> '' THEN
        SELECT CASE WHEN status IN ('draft', 'cancelled') THEN ARRAY['delegation.drafts']
                    ELSE ARRAY['delegation', 'delegation.drafts'] END
          INTO keys FROM delegation_transfer WHERE id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    END IF;
    IF NOT starts_with(done, mark) THEN
        done := mark;
    END IF;
    FOREACH key IN ARRAY keys LOOP
        IF position('|' || key || '|' IN done) = 0 THEN
            PERFORM lsg_touch(key);
            done := done || '|' || key || '|';
        END IF;
    END LOOP;
    PERFORM set_config('delegation.touched', done, true);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION delegation_touch() IS
    'Raise the data version once a transaction; the argument names the column with the transfer.';
""" + "".join(
    f"""
CREATE CONSTRAINT TRIGGER delegation_touch AFTER INSERT OR UPDATE ON delegation_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION delegation_touch('{WITH_DRAFTS.get(table, "")}');
"""
    for table in STAMPED
)
UNTOUCH = "".join(f"DROP TRIGGER delegation_touch ON delegation_{table};" for table in STAMPED) + (
    "DROP FUNCTION delegation_touch();"
)

GUARD = """
CREATE FUNCTION delegation_unit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text := coalesce(current_setting('app.unit', true), '');
    unit uuid;
BEGIN
    IF own <> '' THEN
        EXECUTE format('SELECT unit_id FROM delegation_%I WHERE id = $1', TG_ARGV[0])
           INTO unit USING (to_jsonb(NEW) ->> (TG_ARGV[0] || '_id'))::uuid;
        IF unit::text IS DISTINCT FROM own THEN
            RAISE EXCEPTION '% belongs to another municipality', TG_TABLE_NAME USING
                ERRCODE = 'insufficient_privilege', CONSTRAINT = 'lsg_unit_guard', TABLE = TG_TABLE_NAME;
        END IF;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION delegation_unit_guard() IS
    'Trigger: as lsg_unit_guard, where the municipality is that of the record the argument names.';
""" + "".join(
    f"""
CREATE TRIGGER a_unit_guard BEFORE INSERT OR UPDATE ON delegation_{table}
    FOR EACH ROW EXECUTE FUNCTION delegation_unit_guard('{way}');
"""
    for table, way in BOUND.items()
)
UNGUARD = "".join(f"DROP TRIGGER a_unit_guard ON delegation_{table};" for table in BOUND) + (
    "DROP FUNCTION delegation_unit_guard();"
)

# What 0003 entered is taken over: on an empty database nobody has made the head of the chain yet.
HEAD = "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, sha256('lsg_portal')) ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    dependencies = [
        ("delegation", "0003_data"),
        ("audit", "0002_functions"),
        ("rest", "0003_one_order_of_locks"),
    ]

    operations = [
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(TOUCH, UNTOUCH),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(HEAD, migrations.RunSQL.noop),
        UnitGuard("delegation_transfer"),
        UnitGuard("delegation_practice"),
        UnitGuard("delegation_dispute"),
        UnitGuard("delegation_cancellationrequest"),
        *(Journal(f"delegation_{table}", ignored=("updated_at",)) for table in STAMPED),
    ]
