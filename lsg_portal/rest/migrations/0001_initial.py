from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DataVersion",
            fields=[
                (
                    "app",
                    models.CharField(max_length=60, primary_key=True, serialize=False, verbose_name="app"),
                ),
                ("version", models.BigIntegerField(default=1, verbose_name="version")),
                (
                    "transaction",
                    models.BigIntegerField(default=0, editable=False, verbose_name="transaction"),
                ),
            ],
            options={"verbose_name": "data version", "verbose_name_plural": "data versions"},
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner", models.CharField(max_length=64, verbose_name="owner")),
                ("key", models.CharField(max_length=255, verbose_name="key")),
                ("request", models.CharField(max_length=2100, verbose_name="request")),
                ("body_hash", models.BinaryField(max_length=32, verbose_name="hash of the body")),
                ("status", models.PositiveSmallIntegerField(verbose_name="status")),
                ("headers", models.JSONField(default=dict, verbose_name="headers")),
                ("body", models.BinaryField(verbose_name="body")),
                ("created", models.DateTimeField(db_default=Now(), db_index=True, verbose_name="created")),
            ],
            options={
                "verbose_name": "idempotency key",
                "verbose_name_plural": "idempotency keys",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "key"), name="rest_idempotencykey_once")
                ],
            },
        ),
    ]
