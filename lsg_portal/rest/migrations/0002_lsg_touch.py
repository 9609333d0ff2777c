from django.db import migrations

FORWARD = """
CREATE FUNCTION lsg_touch(key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO rest_dataversion AS d (app, version, transaction)
    VALUES (key, 1, pg_current_xact_id()::text::bigint)
    ON CONFLICT (app) DO UPDATE
    SET version = d.version + 1, transaction = excluded.transaction
    WHERE d.transaction <> excluded.transaction
$$;
COMMENT ON FUNCTION lsg_touch(text) IS
    'Raise the data version of a key, once per transaction; the lists cached by it are read anew.';

CREATE FUNCTION lsg_touch_after() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM lsg_touch(TG_ARGV[0]);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION lsg_touch_after() IS
    'Trigger form of lsg_touch; its argument is the key. Best as a deferred constraint trigger.';
"""

BACKWARD = "DROP FUNCTION lsg_touch_after(); DROP FUNCTION lsg_touch(text);"


class Migration(migrations.Migration):
    dependencies = [("rest", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
