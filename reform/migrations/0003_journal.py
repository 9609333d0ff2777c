"""Every change of the reform's records, drafts among them, goes into the journal."""

from django.db import migrations

from audit.operations import Journal

STAMPED = ("programme", "event", "roadmapstep", "handover")
OTHERS = (
    "eventact",
    "eventapplication",
    "eventpart",
    "eventpartsettlement",
    "eventpartshare",
    "eventunit",
)


class Migration(migrations.Migration):
    dependencies = [("reform", "0002_data_version"), ("audit", "0002_functions")]

    operations = [
        *(Journal(f"reform_{table}", ignored=("updated_at",)) for table in STAMPED),
        *(Journal(f"reform_{table}") for table in OTHERS),
    ]
