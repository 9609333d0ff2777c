"""What is done about somebody's access is a record: let in, shut out, a second factor added, removed or reset."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from audit.operations import Journal

STAYS = """
CREATE FUNCTION accounts_access_act_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_refuse('accounts_access_act_stays', 'An act about access is not changed.');
    RETURN NULL;
END $$;
CREATE TRIGGER accounts_access_act_stays BEFORE UPDATE ON accounts_accessact
    FOR EACH ROW EXECUTE FUNCTION accounts_access_act_stays();
"""
GOES = """
DROP TRIGGER accounts_access_act_stays ON accounts_accessact;
DROP FUNCTION accounts_access_act_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_data_version"),
        ("audit", "0002_functions"),
        ("registry", "0002_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("link_made", "link to set the password made"),
                            ("password_set", "password set"),
                            ("access_ended", "sessions ended and tokens revoked"),
                            ("factor_added", "second factor added"),
                            ("factor_removed", "second factor removed"),
                            ("factor_reset", "second factor reset"),
                        ],
                        max_length=20,
                        verbose_name="what was done",
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="done at")),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="reason"),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="done by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="access_acts",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "act about access",
                "verbose_name_plural": "acts about access",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "link_made",
                                    "password_set",
                                    "access_ended",
                                    "factor_added",
                                    "factor_removed",
                                    "factor_reset",
                                ],
                            )
                        ),
                        name="accounts_accessact_known",
                    )
                ],
            },
        ),
        migrations.RunSQL(STAYS, GOES),
        Journal("accounts_accessact"),
    ]
