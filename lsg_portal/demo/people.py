"""The demonstration's logins, one for each role."""

from __future__ import annotations

import datetime as dt

from accounts.models import Role, User
from lsg_portal.demo.country import FIRST_DAY, Country

PASSWORD = "lsg-demo-2026"  # noqa: S105 - known to all, and exists under `make demo` only

# login, role, unit it is bound to (Kyrgyz name of an oblast, district or aimak), names
LOGINS = [
    ("admin", "administrator", None, "администратору", "Портал"),
    ("analyst", "analyst", None, "аналитиги", "Министрлик"),
    ("approver", "approver", None, "бекитүүчүсү", "Министрлик"),
    ("auditor", "auditor", None, "аудитор", "Көз карандысыз"),
    ("district", "district", "Ак-Талаа", "кызматкер", "Райондук"),
    ("reform", "reform_team", None, "тобу", "Реформа"),
    ("staff", "staff", "Баетов", "кызматчы", "Муниципалдык"),
]


def load_people(land: Country) -> None:
    """Create the logins with their roles."""
    for username, role, unit_name, first, last in LOGINS:
        user = User(username=username, first_name=first, last_name=last)
        user.set_password(PASSWORD)
        user.save()
        unit = None
        if unit_name:
            unit = land.districts.get(unit_name) or land.aimaks["Ак-Талаа", unit_name]
        Role.objects.create(user=user, role=role, unit=unit, valid=(FIRST_DAY, dt.date(2100, 1, 1)))
