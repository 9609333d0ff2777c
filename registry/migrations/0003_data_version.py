"""Every change of the register's published data raises its data version, at the end of the transaction."""

from django.db import migrations

TABLES = (
    "legalact",
    "unitversion",
    "unitcode",
    "settlement",
    "settlementassignment",
    "settlementcode",
    "population",
    "publishedfigure",
    "change",
    "changeact",
    "changeunit",
    "changepart",
    "changepartsettlement",
    "changeshare",
    "annulment",
    "person",
)

TOUCH = "".join(
    f"""
CREATE CONSTRAINT TRIGGER registry_touch AFTER INSERT OR UPDATE OR DELETE ON registry_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lsg_touch_after('registry');
"""
    for table in TABLES
)
UNTOUCH = "".join(f"DROP TRIGGER registry_touch ON registry_{table};" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_rules"), ("rest", "0002_lsg_touch")]

    operations = [migrations.RunSQL(TOUCH, UNTOUCH)]
