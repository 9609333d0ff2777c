"""Every change of a user or a role goes into the journal; of a password only that it was changed."""

from django.db import migrations

from audit.operations import Journal


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_rules"), ("audit", "0002_functions")]

    operations = [
        Journal(
            "accounts_user",
            private=("last_name", "first_name", "patronymic", "email"),
            secret=("password",),
            ignored=("last_login",),
        ),
        Journal("accounts_role"),
    ]
