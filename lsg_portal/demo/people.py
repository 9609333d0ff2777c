"""The demonstration's logins, one for each role."""

from __future__ import annotations

import datetime as dt

from accounts.models import Role, User
from ayil_okmotu.models import Appointment, PostKind
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
    ("head", "staff", "Баетов", "башчысы", "Айыл өкмөтүнүн"),
]
PEOPLE = {"staff": PostKind.SPECIALIST, "head": PostKind.HEAD}
"""Which post of the unit the person behind a login holds."""
TODAY = dt.date(2026, 10, 1)


def load_people(land: Country) -> None:
    """Create the logins with their roles."""
    for username, role, unit_name, first, last in LOGINS:
        user = User(username=username, first_name=first, last_name=last)
        user.set_password(PASSWORD)
        unit = None
        if unit_name:
            unit = land.districts.get(unit_name) or land.aimaks["Ак-Талаа", unit_name]
        if post := PEOPLE.get(username):
            held = Appointment.objects.on(TODAY).filter(post__body__unit=unit, post__kind=post, acting=False)
            user.person = held.select_related("person").get().person
        user.save()
        Role.objects.create(user=user, role=role, unit=unit, valid=(FIRST_DAY, dt.date(2100, 1, 1)))
