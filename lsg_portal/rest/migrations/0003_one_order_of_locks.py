"""What happens at commit takes one lock first, so that no two transactions wait for each other there.

The journal's chain takes the same lock (7301) before its own.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION lsg_touch(key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7301);
    INSERT INTO rest_dataversion AS d (app, version, transaction)
    VALUES (key, 1, pg_current_xact_id()::text::bigint)
    ON CONFLICT (app) DO UPDATE
    SET version = d.version + 1, transaction = excluded.transaction
    WHERE d.transaction <> excluded.transaction;
END
$$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION lsg_touch(key text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO rest_dataversion AS d (app, version, transaction)
    VALUES (key, 1, pg_current_xact_id()::text::bigint)
    ON CONFLICT (app) DO UPDATE
    SET version = d.version + 1, transaction = excluded.transaction
    WHERE d.transaction <> excluded.transaction
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("rest", "0002_lsg_touch")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
