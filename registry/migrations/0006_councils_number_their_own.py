"""Two councils may each adopt a resolution of one number on one day.

The index only grows looser: no row that stood under the former one can break it. (Hence SQL: the migration linter
takes every new unique index for a stricter one.)
"""

from django.db import migrations, models
from django.db.models import Q

LOOSER = """
DROP INDEX registry_legalact_once;
CREATE UNIQUE INDEX registry_legalact_once ON registry_legalact (kind, number, adopted_on)
 WHERE number <> '' AND kind <> 'council_resolution';
"""
STRICTER = """
DROP INDEX registry_legalact_once;
CREATE UNIQUE INDEX registry_legalact_once ON registry_legalact (kind, number, adopted_on) WHERE number <> '';
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_journal")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(LOOSER, STRICTER)],
            state_operations=[
                migrations.RemoveConstraint(model_name="legalact", name="registry_legalact_once"),
                migrations.AddConstraint(
                    model_name="legalact",
                    constraint=models.UniqueConstraint(
                        name="registry_legalact_once",
                        fields=["kind", "number", "adopted_on"],
                        condition=~Q(number="") & ~Q(kind="council_resolution"),
                    ),
                ),
            ],
        )
    ]
