"""Published data of the reform raise its data version; drafts raise one of their own."""

from django.db import migrations

PUBLISHED = ("programme", "roadmapstep", "handover", "eventapplication")
DRAFTED = ("eventact", "eventunit", "eventpart", "eventpartsettlement", "eventpartshare")

TOUCH = (
    """
CREATE FUNCTION reform_touch_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lsg_touch(CASE WHEN NEW.status IN ('in_force', 'annulled') THEN 'reform' ELSE 'reform.drafts' END);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER reform_touch AFTER INSERT OR UPDATE ON reform_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION reform_touch_event();
"""
    + "".join(
        f"""
CREATE CONSTRAINT TRIGGER reform_touch AFTER INSERT OR UPDATE OR DELETE ON reform_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lsg_touch_after('reform');
"""
        for table in PUBLISHED
    )
    + "".join(
        f"""
CREATE CONSTRAINT TRIGGER reform_touch AFTER INSERT OR UPDATE OR DELETE ON reform_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lsg_touch_after('reform.drafts');
"""
        for table in DRAFTED
    )
)
STAMPED = ("programme", "event", "roadmapstep", "handover")
STAMP = "".join(
    f"""
CREATE TRIGGER reform_stamp BEFORE INSERT OR UPDATE ON reform_{table}
    FOR EACH ROW EXECUTE FUNCTION registry_stamp();
"""
    for table in STAMPED
)
UNSTAMP = "".join(f"DROP TRIGGER reform_stamp ON reform_{table};" for table in STAMPED)
UNTOUCH = "".join(
    f"DROP TRIGGER reform_touch ON reform_{table};" for table in ("event", *PUBLISHED, *DRAFTED)
) + ("DROP FUNCTION reform_touch_event();")


class Migration(migrations.Migration):
    dependencies = [("reform", "0001_initial"), ("registry", "0004_updated_at")]

    operations = [migrations.RunSQL(TOUCH, UNTOUCH), migrations.RunSQL(STAMP, UNSTAMP)]
