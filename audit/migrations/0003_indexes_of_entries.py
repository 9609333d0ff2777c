"""The journal by moment and by actor, once it is long."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_functions")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="audit_entry_at"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["actor", "id"], name="audit_entry_actor"),
        ),
    ]
