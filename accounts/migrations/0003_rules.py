"""The rules of roles that a constraint on one row cannot hold."""

from django.db import migrations

# Municipal staff act for a municipality, district staff for a district; a role that was given stays as it was
# given, and can only end earlier.
ROLES = """
CREATE FUNCTION accounts_check_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (
           (NEW.user_id, NEW.role, NEW.granted_at) IS DISTINCT FROM (OLD.user_id, OLD.role, OLD.granted_at)
           OR (NEW.unit_id, NEW.granted_by_id, NEW.follows_id)
              IS DISTINCT FROM (OLD.unit_id, OLD.granted_by_id, OLD.follows_id)
           OR (NEW.act_id, NEW.reason) IS DISTINCT FROM (OLD.act_id, OLD.reason)
           OR lower(NEW.valid) IS DISTINCT FROM lower(OLD.valid)
           OR coalesce(upper(NEW.valid), 'infinity') > coalesce(upper(OLD.valid), 'infinity')
           OR OLD.voided_at IS NOT NULL) THEN
        PERFORM registry_refuse('accounts_role_stays', 'A role that was given is not changed, only ended.');
    END IF;
    IF TG_OP = 'INSERT' AND NEW.unit_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM registry_unitversion v
            WHERE v.unit_id = NEW.unit_id AND v.voided_by_id IS NULL AND v.valid && NEW.valid
              AND CASE NEW.role WHEN 'staff' THEN registry_is_municipality(v.kind)
                                ELSE v.kind = NEW.role END) THEN
        PERFORM registry_refuse('accounts_role_fits_unit', 'A role of this kind is not for a unit of that kind.');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_role_rules BEFORE INSERT OR UPDATE ON accounts_role
    FOR EACH ROW EXECUTE FUNCTION accounts_check_role();
"""
DROP_ROLES = "DROP TRIGGER accounts_role_rules ON accounts_role; DROP FUNCTION accounts_check_role();"

# Whoever ends an administrator's role, or closes an administrator's account, leaves another one on that day. The
# lock makes two who do so at once wait for one another.
LAST = """
CREATE FUNCTION accounts_keep_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date;
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        IF NEW.is_active OR NOT OLD.is_active OR NOT EXISTS (
               SELECT FROM accounts_role WHERE user_id = NEW.id AND role = 'administrator'
                  AND voided_at IS NULL AND (upper(valid) IS NULL
                      OR upper(valid) > (now() AT TIME ZONE 'Asia/Bishkek')::date)) THEN
            RETURN NULL;
        END IF;
        day := (now() AT TIME ZONE 'Asia/Bishkek')::date;
    ELSE
        IF NEW.role <> 'administrator' THEN
            RETURN NULL;
        ELSIF NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL THEN
            day := lower(NEW.valid);
        ELSIF upper(NEW.valid) IS DISTINCT FROM upper(OLD.valid) THEN
            day := upper(NEW.valid);
        ELSE
            RETURN NULL;
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('accounts_last_administrator'));
    IF NOT EXISTS (SELECT FROM accounts_role r JOIN accounts_user u ON u.id = r.user_id AND u.is_active
                    WHERE r.role = 'administrator' AND r.voided_at IS NULL AND r.valid @> day) THEN
        PERFORM registry_refuse('accounts_last_administrator', 'Nobody would be left to administer.');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER accounts_last_administrator AFTER UPDATE ON accounts_role
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_keep_an_administrator();
CREATE CONSTRAINT TRIGGER accounts_last_administrator AFTER UPDATE ON accounts_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION accounts_keep_an_administrator();
"""
DROP_LAST = """
DROP TRIGGER accounts_last_administrator ON accounts_role;
DROP TRIGGER accounts_last_administrator ON accounts_user;
DROP FUNCTION accounts_keep_an_administrator();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles_and_access"), ("registry", "0002_rules")]

    operations = [migrations.RunSQL(ROLES, DROP_ROLES), migrations.RunSQL(LAST, DROP_LAST)]
