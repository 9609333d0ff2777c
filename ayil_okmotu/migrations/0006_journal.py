"""Every change of these records goes into the journal, raises a data version and keeps to one municipality.

What is not public raises a version of its own and enters the journal as commitments.
"""

from django.db import migrations

from audit.operations import Journal, UnitGuard

PUBLIC = (
    "executivebody",
    "post",
    "endground",
    "appointment",
    "qualificationrule",
    "staffingnorm",
    "staffingreport",
    "budgetitem",
    "localbudget",
    "budgetline",
    "trainingprogramme",
    "training",
)
PRIVATE = {
    "servicerecord": (
        "total_years",
        "leading_years",
        "elsewhere_years",
        "higher_education",
        "state_language",
        "source",
    ),
    "reservecandidate": ("source",),
    "careerstep": ("note", "source"),
    "violation": ("description", "finding", "source"),
    "disciplinarymeasure": ("kind", "order_number", "lifted_early", "source"),
}
CONTACTS = ("phone", "email", "person")
# What a row hangs on, to find its municipality
BOUND = {
    "bodycontact": "body",
    "post": "body",
    "staffingreport": "body",
    "appointment": "post",
    "reservecandidate": "post",
    "training": "appointment",
    "careerstep": "appointment",
    "violation": "appointment",
    "disciplinarymeasure": "violation",
    "budgetline": "budget",
}

STAMP = "".join(
    f"""
CREATE TRIGGER ayil_okmotu_stamp BEFORE INSERT OR UPDATE ON ayil_okmotu_{table}
    FOR EACH ROW EXECUTE FUNCTION registry_stamp();
"""
    for table in (*PUBLIC, *PRIVATE)
)
UNSTAMP = "".join(f"DROP TRIGGER ayil_okmotu_stamp ON ayil_okmotu_{table};" for table in (*PUBLIC, *PRIVATE))

TOUCH = """
CREATE FUNCTION ayil_okmotu_touch() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done text := coalesce(current_setting('ayil_okmotu.touched', true), '');
    mark text := pg_current_xact_id()::text || ':';
BEGIN
    IF NOT starts_with(done, mark) THEN
        done := mark;
    END IF;
    IF position('|' || TG_ARGV[0] || '|' IN done) = 0 THEN
        PERFORM lsg_touch(TG_ARGV[0]);
        done := done || '|' || TG_ARGV[0] || '|';
    END IF;
    PERFORM set_config('ayil_okmotu.touched', done, true);
    RETURN NULL;
END $$;
COMMENT ON FUNCTION ayil_okmotu_touch() IS 'Raise the data version that the argument names, once a transaction.';
""" + "".join(
    f"""
CREATE CONSTRAINT TRIGGER ayil_okmotu_touch AFTER INSERT OR UPDATE ON ayil_okmotu_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ayil_okmotu_touch('{key}');
"""
    for key, tables in (("ayil_okmotu", PUBLIC), ("ayil_okmotu.private", (*PRIVATE, "bodycontact")))
    for table in tables
)
UNTOUCH = "".join(
    f"DROP TRIGGER ayil_okmotu_touch ON ayil_okmotu_{table};" for table in (*PUBLIC, *PRIVATE, "bodycontact")
) + ("DROP FUNCTION ayil_okmotu_touch();")

GUARD = """
CREATE FUNCTION ayil_okmotu_unit_of(way text, key uuid) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF way = 'budget' THEN
        RETURN (SELECT unit_id FROM ayil_okmotu_localbudget WHERE id = key);
    END IF;
    IF way = 'violation' THEN
        SELECT appointment_id, 'appointment' INTO key, way FROM ayil_okmotu_violation WHERE id = key;
    END IF;
    IF way = 'appointment' THEN
        SELECT post_id, 'post' INTO key, way FROM ayil_okmotu_appointment WHERE id = key;
    END IF;
    IF way = 'post' THEN
        SELECT body_id INTO key FROM ayil_okmotu_post WHERE id = key;
    END IF;
    RETURN (SELECT unit_id FROM ayil_okmotu_executivebody WHERE id = key);
END $$;
COMMENT ON FUNCTION ayil_okmotu_unit_of(text, uuid) IS 'The municipality whose executive body a record belongs to.';

CREATE FUNCTION ayil_okmotu_unit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text := coalesce(current_setting('app.unit', true), '');
    way text := TG_ARGV[0];
BEGIN
    IF own <> '' AND (
        (TG_OP <> 'INSERT'
         AND ayil_okmotu_unit_of(way, (to_jsonb(OLD) ->> (way || '_id'))::uuid)::text IS DISTINCT FROM own)
        OR (TG_OP <> 'DELETE'
            AND ayil_okmotu_unit_of(way, (to_jsonb(NEW) ->> (way || '_id'))::uuid)::text IS DISTINCT FROM own)
    ) THEN
        RAISE EXCEPTION '% belongs to another municipality', TG_TABLE_NAME USING
            ERRCODE = 'insufficient_privilege', CONSTRAINT = 'lsg_unit_guard', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
COMMENT ON FUNCTION ayil_okmotu_unit_guard() IS
    'Trigger: as lsg_unit_guard, where the municipality is found over the record that the argument names.';
""" + "".join(
    f"""
CREATE TRIGGER a_unit_guard BEFORE INSERT OR UPDATE OR DELETE ON ayil_okmotu_{table}
    FOR EACH ROW EXECUTE FUNCTION ayil_okmotu_unit_guard('{way}');
"""
    for table, way in BOUND.items()
)
UNGUARD = "".join(f"DROP TRIGGER a_unit_guard ON ayil_okmotu_{table};" for table in BOUND) + (
    "DROP FUNCTION ayil_okmotu_unit_guard(); DROP FUNCTION ayil_okmotu_unit_of(text, uuid);"
)

# What 0004 and 0005 have entered is taken over: on an empty database nobody has made the head of the chain yet.
HEAD = "INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, sha256('lsg_portal')) ON CONFLICT DO NOTHING"


class Migration(migrations.Migration):
    dependencies = [
        ("ayil_okmotu", "0005_record_data"),
        ("audit", "0002_functions"),
        ("rest", "0003_one_order_of_locks"),
    ]

    operations = [
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(TOUCH, UNTOUCH),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(HEAD, migrations.RunSQL.noop),
        UnitGuard("ayil_okmotu_executivebody"),
        UnitGuard("ayil_okmotu_localbudget"),
        *(Journal(f"ayil_okmotu_{table}", ignored=("updated_at",)) for table in PUBLIC),
        *(
            Journal(f"ayil_okmotu_{table}", private=private, ignored=("updated_at",))
            for table, private in PRIVATE.items()
        ),
        Journal("ayil_okmotu_bodycontact", key="body_id", private=CONTACTS),
    ]
