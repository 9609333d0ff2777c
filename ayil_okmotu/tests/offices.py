"""A small country of executive bodies for the tests of the REST interface."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from ayil_okmotu import services
from ayil_okmotu.models import BodyContact, StaffingNorm
from ayil_okmotu.tests import factories
from councils.tests.chamber import person
from registry.models import Population, Settlement, SettlementAssignment
from registry.tests.factories import VersionFactory, aimak, city, code, district, oblast

START = dt.date(2021, 5, 10)
DAY = dt.date(2023, 6, 1)
EVE = DAY - dt.timedelta(days=1)
REPORTED = dt.date(2023, 1, 1)
CANARY = "Купуя-канарейка"


def said(plan=None, actual=None, plan_as_printed="", actual_as_printed=""):
    """What a budget says of a line, amounts as texts."""
    amounts = [None if text is None else Decimal(text) for text in (plan, actual)]
    return services.Amounts(*amounts, plan_as_printed, actual_as_printed)


def country():
    """Two oblasts and the capital; the body of Kara-Suu is headed by its deputy head, acting from ``DAY`` on."""
    one, two = oblast("Нарын", name_en="Naryn"), oblast("Талас")
    home, other, far = district(one, "Ат-Башы"), district(one, "Жумгал"), district(two, "Кара-Буура")
    capital = VersionFactory(kind="city_republican", name_ky="Бишкек").unit
    units = {
        "kara": aimak(home, "Кара-Суу", villages=["Кара", "Алыс"], residents=1200),
        "ak": aimak(home, "Ак-Суу", villages=["Ак"], residents=900),
        "far": aimak(far, "Бейшеке", villages=["Бей"], residents=700),
        "town": city(one, "Нарын", kind="city_oblast"),
        "capital": capital,
    }
    code(units["kara"], "41704210000777")
    land = SimpleNamespace(
        one=one, two=two, home=home, other=other, far=far, capital=capital, units=units, posts={}, people={}
    )
    lying = Settlement.objects.filter(assignments__unit__in=units.values())
    land.villages = {name: lying.get(name_ky=name) for name in ("Кара", "Алыс", "Ак", "Бей")}
    for name, distance in (("Кара", "0"), ("Алыс", "45.5"), ("Ак", "29.9"), ("Бей", "30")):
        SettlementAssignment.objects.filter(settlement=land.villages[name]).update(
            distance_to_centre_km=distance
        )
    land.bodies = {name: factories.body(unit) for name, unit in units.items()}
    BodyContact.objects.create(body=land.bodies["kara"], phone="+996 555 010203", person=CANARY)
    _staffed(land)
    _reported(land)
    return land


def _staffed(land):
    body = land.bodies["kara"]
    land.people = {name: person(name) for name in ("Асан", "Бурул", "Чынар", "Мэр", "Калыс")}
    land.posts = {
        "head": factories.head_post(body),
        "deputy": factories.post(body, "deputy"),
        "specialist": factories.post(body, "specialist", name={"ky": "Жер адиси", "ru": "Землеустроитель"}),
        "village": factories.post(body, "village_head", settlement=land.villages["Алыс"]),
    }
    land.head = factories.appointment(land.posts["head"], land.people["Асан"], on=START)
    land.deputy = factories.appointment(land.posts["deputy"], land.people["Бурул"], on=START)
    land.acting = factories.appointment(
        land.posts["head"],
        land.people["Бурул"],
        on=DAY,
        acting=True,
        concurrent_reason="башчы өргүүдө",
    )
    land.elder = factories.appointment(land.posts["village"], land.people["Чынар"], on=START)
    land.mayor = factories.head(land.bodies["capital"], land.people["Мэр"], on=START)
    land.stand_in = factories.acting_head(land.bodies["far"], land.people["Калыс"], on=START)


def _reported(land):
    StaffingNorm.objects.create(
        body_kind="ayil_okmotu", within=land.one, staff=12, contract=10, valid=(START, None)
    )
    services.report_staff(
        body=land.bodies["kara"], on=dt.date(2022, 1, 1), approved=20, filled=20, contract=0, women=8
    )
    land.report = services.report_staff(
        body=land.bodies["kara"], on=REPORTED, approved=14, filled=12, contract=3, women=2
    )
    services.report_staff(body=land.bodies["ak"], on=REPORTED, approved=10, filled=8, contract=2)
    land.budget = services.write_budget(
        unit=land.units["kara"],
        year=2023,
        lines={
            "land_tax": said("40.5", "42"),
            "equalisation_transfer": said("10", "10"),
            "education": said("30", "25"),
            "total_revenue": said("50.5", "52"),
        },
    )
    land.flagged = services.write_budget(
        unit=land.one,
        year=2022,
        label="before 2023",
        lines={
            "total_revenue": said(None, "9427.4"),
            "total_expenditure": said(None, None, "", "254,40.0"),
            "surplus": said(None, "670.3"),
        },
    )
    Population.objects.create(settlement=land.villages["Алыс"], on=START, value=300)


def contract():
    """What the tests of the whole REST interface ask: one of each thing, by the address it is found under."""
    land = country()
    return SimpleNamespace(
        land=land,
        unit=str(land.units["kara"].pk),
        ids={
            "executive-bodies": str(land.bodies["kara"].pk),
            "posts": str(land.posts["deputy"].pk),
            "appointments": str(land.deputy.pk),
            "staffing": str(land.report.pk),
            "budgets": str(land.budget.pk),
        },
    )
