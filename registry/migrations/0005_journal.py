"""Every change of the register goes into the journal; municipal staff change no other municipality's rows."""

from django.db import migrations

from audit.operations import Journal, UnitGuard

STAMPED = (
    "legalact",
    "unitversion",
    "unitcode",
    "settlement",
    "settlementassignment",
    "settlementcode",
    "population",
    "publishedfigure",
    "change",
    "person",
)
OTHERS = (
    "unit",
    "annulment",
    "changeact",
    "changeunit",
    "changepart",
    "changepartsettlement",
    "changeshare",
)
BOUND = ("unitversion", "unitcode", "settlementassignment", "population")


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_updated_at"), ("audit", "0002_functions")]

    operations = [
        *(Journal(f"registry_{table}", ignored=("updated_at",)) for table in STAMPED),
        *(Journal(f"registry_{table}") for table in OTHERS),
        Journal("registry_personprivate", key="person_id", private=("phone", "email", "personal_number")),
        *(UnitGuard(f"registry_{table}") for table in BOUND),
    ]
