"""Users and roles raise a data version of their own, which the ETag of their list is made of."""

from django.db import migrations

NAMED = "username, last_name, first_name, patronymic, email, is_active"
TOUCH = f"""
CREATE CONSTRAINT TRIGGER accounts_touch AFTER INSERT OR UPDATE OF {NAMED} ON accounts_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lsg_touch_after('accounts');
CREATE CONSTRAINT TRIGGER accounts_touch AFTER INSERT OR UPDATE ON accounts_role
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lsg_touch_after('accounts');
"""
UNTOUCH = "DROP TRIGGER accounts_touch ON accounts_user; DROP TRIGGER accounts_touch ON accounts_role;"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_journal"), ("rest", "0002_lsg_touch")]

    operations = [migrations.RunSQL(TOUCH, UNTOUCH)]
