"""The demonstration's logins, one for each role."""

from __future__ import annotations

import datetime as dt

from accounts.models import Role, User
from lsg_portal.demo.country import FIRST_DAY, Country

PASSWORD = "lsg-demo-2026"  # noqa: S105 - known to all, and exists under `make demo` only

# login, role, unit it is bound to (Kyrgyz name of an oblast, district or aimak), names
LOGINS = [
    ("admin", "administrator", None, "Портал", "Администратору"),
    ("analyst", "analyst", None, "Аналитик", "Министрлик"),
    ("approver", "approver", None, "Бекитүүчү", "Министрлик"),
    ("auditor", "auditor", None, "Аудитор", "Көз карандысыз"),
    ("district", "district", "Ак-Талаа", "Райондук", "Кызматкер"),
    ("reform", "reform_team", None, "Реформа", "Тобу"),
    ("staff", "staff", "Баетов", "Муниципалдык", "Кызматчы"),
]


def load_people(land: Country) -> None:
    """Create the logins with their roles."""
    for username, role, unit_name, first, last in LOGINS:
        user = User(username=username, first_name=first, last_name=last)
        user.is_staff = user.is_superuser = role == "administrator"
        user.set_password(PASSWORD)
        user.save()
        unit = None
        if unit_name:
            unit = land.districts.get(unit_name) or land.aimaks["Ак-Талаа", unit_name]
        Role.objects.create(user=user, role=role, unit=unit, valid=(FIRST_DAY, dt.date(2100, 1, 1)))
