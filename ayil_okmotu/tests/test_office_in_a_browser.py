"""The office pages in a real Chromium: without scripts, by keyboard, at both widths, in both languages."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import RoleKind
from ayil_okmotu import services
from ayil_okmotu.models import Appointment, DisciplinaryMeasure, Violation
from ayil_okmotu.tests import factories
from ayil_okmotu.tests.office import *  # noqa: F403  (fixtures)
from ayil_okmotu.tests.office import BEGAN, of
from councils.tests.test_secretary_in_a_browser import as_somebody, enter, faults, tab_to
from lsg_portal.web.tests.browser import axe_findings

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["as_somebody"]


@pytest.fixture
def full(office):
    """The office with one of each record."""
    body, employee = office.body, office.employee
    services.set_contact(body=body, phone="+996 555 112233", email="ak@example.kg", person="Кабылдамачы")
    office.open_breach = services.report_violation(
        appointment=employee, discovered_on=dt.date(2026, 2, 1), description="Кечигүү"
    )
    done = services.report_violation(appointment=employee, discovered_on=BEGAN, description="Кечигүү")
    services.record_explanation(violation=done, on=BEGAN)
    services.record_finding(violation=done, on=BEGAN, finding="Тастыкталды")
    services.impose(violation=done, kind="remark", on=dt.date(2023, 6, 1), order_number="7")
    office.done_breach = done
    office.step = services.plan_step(appointment=employee, by_year=2027, goal_kind="deputy")
    office.candidate = services.reserve(
        post=office.post, person=factories.person("Резерв", "f"), place=1, on=dt.date(2026, 1, 1)
    )
    services.report_staff(body=body, on=dt.date(2026, 1, 1), approved=14, filled=13, contract=4, women=3)
    amounts = services.Amounts(Decimal(20), None, "", "254,40.0")
    office.budget = services.write_budget(unit=office.unit, year=2025, lines={"total_expenditure": amounts})
    factories.acting_head(body, on=dt.date(2026, 2, 1))
    return office


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_for_staff(as_somebody, live_server, full, language, width):
    page = as_somebody(of(full.body, language=language), RoleKind.STAFF, full.unit, width)
    for where in (
        of(full.body, language=language),
        of(full.body, "address/", language),
        of(full.body, "contacts/", language),
        of(full.body, "staffing/new/", language),
        of(full.body, "posts/new/", language),
        of(full.body, f"budgets/{full.budget.pk}/", language),
        of(full.body, f"budgets/{full.budget.pk}/edit/", language),
        of(full.post, language=language),
        of(full.post, "edit/", language),
        of(full.post, "close/", language),
        of(full.post, "reserve/new/", language),
        of(full.village_post, "appoint/?q=баш", language),
        of(full.employee, language=language),
        of(full.employee, "end/", language),
        of(full.employee, "trainings/new/", language),
        of(full.employee, "career/new/", language),
        of(full.employee, "service/", language),
        of(full.employee, "breaches/new/", language),
        of(full.open_breach, language=language),
        of(full.open_breach, "finding/", language),
        of(full.open_breach, "measure/", language),
        of(full.done_breach, language=language),
        of(full.done_breach, "measure/lift/", language),
        f"/{language}/my-executive-body/career/{full.step.pk}/edit/",
        f"/{language}/my-executive-body/reserve/{full.candidate.pk}/end/",
        f"/{language}/executive-bodies/budget-import/",
    ):
        page.goto(live_server.url + where, wait_until="networkidle")
        assert (where, *faults(page)) == (where, [], [], True)


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_for_the_ministry(as_somebody, live_server, full, language, width):
    heads, check = f"/{language}/executive-bodies/heads/", f"/{language}/executive-bodies/candidate-check/"
    page = as_somebody(heads, RoleKind.REFORM_TEAM, None, width)
    for where in (
        heads,
        of(full.head_post, language=language),
        of(full.head, "end/", language),
        of(full.head_post, "appoint/", language),
        check,
    ):
        page.goto(live_server.url + where, wait_until="networkidle")
        assert (where, *faults(page)) == (where, [], [], True)
    for name, years in (("total", "6"), ("leading", "2"), ("elsewhere", "5")):
        page.fill(f"#id_{name}_years", years)
    with page.expect_navigation():
        page.locator("main form .button-primary").click()
    assert page.locator("#verdict-title").count() == 1
    assert faults(page) == ([], [], True)


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_a_breach_goes_its_way_by_keyboard_alone_without_scripts(as_somebody, office, language):
    page = as_somebody(
        of(office.employee, language=language), RoleKind.STAFF, office.unit, 360, javascript=False
    )
    tab_to(page, 'a[href$="/breaches/new/"]')
    enter(page)
    tab_to(page, "#id_discovered_on")
    page.keyboard.press("Control+A")
    page.keyboard.type("01.02.2026")
    tab_to(page, "#id_description")
    page.keyboard.type("Кечигүү")
    tab_to(page, "main form .actions button")
    enter(page)
    for step, fields in (
        ("explanation", {"on": "05.02.2026"}),
        ("finding", {"on": "10.02.2026", "finding": "Тастыкталды"}),
        ("measure", {"on": "20.02.2026", "order_number": "15"}),
    ):
        tab_to(page, f'main a[href$="/{step}/"]')
        enter(page)
        for name, value in fields.items():
            tab_to(page, f"#id_{name}")
            page.keyboard.press("Control+A")
            page.keyboard.type(value)
        tab_to(page, "main form .actions button")
        enter(page)
    measure = DisciplinaryMeasure.objects.get(violation=Violation.objects.get())
    assert (measure.order_number, measure.in_force.lower) == ("15", dt.date(2026, 2, 20))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_ministry_names_who_is_acting_by_keyboard_alone(as_somebody, office, language):
    where = of(office.head_post, "appoint/", language)
    page = as_somebody(where, RoleKind.REFORM_TEAM, None, 360, javascript=False)
    for name, value in (("name_ky", "Жаңы Адам"), ("name_ru", "Новый Человек")):
        tab_to(page, f"#id_{name}")
        page.keyboard.type(value)
    tab_to(page, "#id_acting")
    page.keyboard.press("Space")
    tab_to(page, "#id_order_number")
    page.keyboard.type("9")
    tab_to(page, "main form.form:not(.panel) .actions button")
    enter(page)
    made = Appointment.objects.get(acting=True)
    assert (made.person.name_ru, made.order_number) == ("Новый Человек", "9")
    assert axe_findings(page) == []
