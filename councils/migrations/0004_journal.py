"""Every change of the councils' records goes into the journal, raises the data version and keeps to one municipality."""

from django.db import migrations

from audit.operations import Journal, UnitGuard

STAMPED = (
    "council",
    "convocation",
    "party",
    "electoraldistrict",
    "faction",
    "committee",
    "endreason",
    "mandate",
    "committeemembership",
    "councilpost",
    "seatconflict",
    "session",
    "decisionrule",
    "agendaitem",
    "resolution",
    "resolutionfile",
)
OTHERS = ("attendance", "advisoryattendance", "namedvote")
# What a row hangs on, to find its municipality
BOUND = {
    "convocation": "council",
    "seatconflict": "council",
    "resolution": "council",
    "electoraldistrict": "convocation",
    "faction": "convocation",
    "committee": "convocation",
    "mandate": "convocation",
    "councilpost": "convocation",
    "session": "convocation",
    "committeemembership": "mandate",
    "attendance": "session",
    "advisoryattendance": "session",
    "agendaitem": "session",
    "vote": "resolution",
    "resolutionfile": "resolution",
    "namedvote": "vote",
}
WITH_DRAFTS = {
    "resolution": "id",
    "vote": "resolution_id",
    "namedvote": "vote_id",
    "resolutionfile": "resolution_id",
}

STAMP = "".join(
    f"""
CREATE TRIGGER councils_stamp BEFORE INSERT OR UPDATE ON councils_{table}
    FOR EACH ROW EXECUTE FUNCTION registry_stamp();
"""
    for table in STAMPED
)
UNSTAMP = "".join(f"DROP TRIGGER councils_stamp ON councils_{table};" for table in STAMPED)

# Drafts of resolutions raise a version of their own; what leaves the drafts raises both.
TOUCH = """
CREATE FUNCTION councils_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done text := coalesce(current_setting('councils.touched', true), '');
    mark text := pg_current_xact_id()::text || ':';
    keys text[] := ARRAY['councils'];
    key text;
BEGIN
    IF TG_ARGV[0] <> '' THEN
        SELECT CASE WHEN status = 'draft' THEN ARRAY['councils.drafts'] ELSE ARRAY['councils', 'councils.drafts'] END
          INTO keys FROM councils_resolution WHERE id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
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
    PERFORM set_config('councils.touched', done, true);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION councils_touch() IS
    'Raise the data version of the councils once a transaction; the argument names the column with the resolution.';
""" + "".join(
    f"""
CREATE CONSTRAINT TRIGGER councils_touch AFTER INSERT OR UPDATE ON councils_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION councils_touch('{WITH_DRAFTS.get(table, "")}');
"""
    for table in (*STAMPED, *OTHERS, "vote")
)
UNTOUCH = "".join(
    f"DROP TRIGGER councils_touch ON councils_{table};" for table in (*STAMPED, *OTHERS, "vote")
) + ("DROP FUNCTION councils_touch();")

GUARD = """
CREATE FUNCTION councils_unit_of(way text, key uuid) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF way = 'vote' THEN
        way := 'resolution';  -- a vote is named by its resolution
    END IF;
    IF way = 'mandate' THEN
        SELECT convocation_id, 'convocation' INTO key, way FROM councils_mandate WHERE id = key;
    ELSIF way = 'session' THEN
        SELECT convocation_id, 'convocation' INTO key, way FROM councils_session WHERE id = key;
    END IF;
    IF way = 'convocation' THEN
        SELECT council_id INTO key FROM councils_convocation WHERE id = key;
    ELSIF way = 'resolution' THEN
        SELECT council_id INTO key FROM councils_resolution WHERE id = key;
    END IF;
    RETURN (SELECT unit_id FROM councils_council WHERE id = key);
END $$;
COMMENT ON FUNCTION councils_unit_of(text, uuid) IS 'The municipality whose council a record belongs to.';

CREATE FUNCTION councils_unit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text := coalesce(current_setting('app.unit', true), '');
    way text := TG_ARGV[0];
BEGIN
    IF own <> '' AND (
        (TG_OP <> 'INSERT' AND councils_unit_of(way, (to_jsonb(OLD) ->> (way || '_id'))::uuid)::text IS DISTINCT FROM own)
        OR (TG_OP <> 'DELETE' AND councils_unit_of(way, (to_jsonb(NEW) ->> (way || '_id'))::uuid)::text IS DISTINCT FROM own)
    ) THEN
        RAISE EXCEPTION '% belongs to another municipality', TG_TABLE_NAME USING
            ERRCODE = 'insufficient_privilege', CONSTRAINT = 'lsg_unit_guard', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
COMMENT ON FUNCTION councils_unit_guard() IS
    'Trigger: as lsg_unit_guard, where the municipality is found over the record that the argument names.';
""" + "".join(
    f"""
CREATE TRIGGER a_unit_guard BEFORE INSERT OR UPDATE OR DELETE ON councils_{table}
    FOR EACH ROW EXECUTE FUNCTION councils_unit_guard('{way}');
"""
    for table, way in BOUND.items()
)
UNGUARD = "".join(f"DROP TRIGGER a_unit_guard ON councils_{table};" for table in BOUND) + (
    "DROP FUNCTION councils_unit_guard(); DROP FUNCTION councils_unit_of(text, uuid);"
)

# The grounds and shares of 0003 are taken over: on an empty database nobody has made the head of the chain yet.
HEAD = "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, sha256('lsg_portal')) ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    dependencies = [
        ("councils", "0003_resolutions"),
        ("audit", "0002_functions"),
        ("rest", "0003_one_order_of_locks"),
    ]

    operations = [
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(TOUCH, UNTOUCH),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(HEAD, migrations.RunSQL.noop),
        UnitGuard("councils_council"),
        *(Journal(f"councils_{table}", ignored=("updated_at",)) for table in STAMPED),
        *(Journal(f"councils_{table}") for table in OTHERS),
        Journal("councils_vote", key="resolution_id"),
    ]
