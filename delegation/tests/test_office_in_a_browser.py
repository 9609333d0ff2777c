"""The office pages in a real Chromium: without scripts, by keyboard, at both widths, in both languages."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest

from accounts.models import RoleKind
from councils.tests.desk import today  # noqa: F401  (fixture)
from councils.tests.test_ledger import merger
from councils.tests.test_secretary_in_a_browser import as_somebody, enter, tab_to
from delegation import services
from delegation.models import Funding, PrincipleAnswer, Transfer
from delegation.tests import factories
from delegation.tests.factories import draft, in_force, named, power
from lsg_portal.web.tests.browser import faults_of
from registry.services import record_change
from registry.tests.factories import LegalActFactory, aimak, district, oblast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["as_somebody"]


@pytest.fixture
def full(db):
    """A municipality with one of each record, and one that ended."""
    where = district(oblast("Нарын"), "Кочкор")
    home = aimak(where, "Ак", villages=["А"])
    old = [aimak(where, name, villages=[name]) for name in ("Бел", "Кара")]
    found = SimpleNamespace(unit=home, row=in_force(home), draft=draft(home, of=power("special-needs")))
    factories.provided(found.draft)
    in_force(old[0])
    services.report_funding(transfer=found.row, year=2025, quarter=4, need=Decimal(100))
    found.practice = services.record_practice(
        power=power("education-premises"), unit=home, on=dt.date(2022, 1, 1)
    )
    found.dispute = factories.dispute(home, transfer=found.row)
    found.party = services.add_party(dispute=found.dispute, role="claimant", unit=home)
    services.record_hearing(dispute=found.dispute, held_on=dt.date(2021, 5, 1), minutes="Уккулду")
    found.asked = services.file_request(
        unit=home,
        act=LegalActFactory(adopted_on=dt.date(2020, 1, 1)),
        ground="unlawful",
        justification="Негиз",
        filed_on=dt.date(2026, 1, 5),
        due_on=dt.date(2026, 2, 5),
    )
    services.record_overlap(
        power=power(), state_body=factories.state_body(), what=named("Каттоо"), on=dt.date(2022, 1, 1)
    )
    spec, _new = merger(where, old)
    (found.listed,) = services.apply_change(change=record_change(spec))
    return found


def visit(page, live_server, base, paths):
    for path in paths:
        page.goto(live_server.url + base + path)
        assert (path, faults_of(page)) == (path, [])


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_for_staff(as_somebody, live_server, full, language):
    base = f"/{language}/delegation/office/"
    of, row, given = f"of/{full.unit.pk}/", f"transfers/{full.row.pk}/", f"transfers/{full.draft.pk}/"
    page = as_somebody(base, RoleKind.STAFF, full.unit)
    paths = (
        of,
        f"{of}transfers/new/",
        f"{of}practices/new/",
        f"{of}disputes/new/",
        f"{of}requests/new/",
        row,
        f"{row}2025-4/money/",
        f"{row}2025-4/performance/",
        given,
        f"{given}edit/",
        f"{given}principles/",
        f"{given}means/new/",
        f"{given}consent/",
        f"{given}cancel/",
        f"means/{full.draft.means.first().pk}/remove/",
        f"practices/{full.practice.pk}/end/",
        f"disputes/{full.dispute.pk}/",
        f"disputes/{full.dispute.pk}/parties/new/",
        f"disputes/{full.dispute.pk}/hearings/new/",
        f"parties/{full.party.pk}/remove/",
        "funding/",
    )
    visit(page, live_server, base, paths)


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_for_the_ministry(as_somebody, live_server, full, language):
    base = f"/{language}/delegation/office/"
    page = as_somebody(base, RoleKind.APPROVER, None)
    paths = (
        "",
        f"of/{full.unit.pk}/",
        f"transfers/{full.draft.pk}/agree/",
        f"transfers/{full.row.pk}/end/",
        f"disputes/{full.dispute.pk}/close/",
        f"requests/{full.asked.pk}/decide/",
        f"successions/{full.listed.pk}/decide/",
        "powers/new/",
        f"powers/{power().pk}/",
        f"powers/{power().pk}/edit/",
        f"powers/{power().pk}/items/new/",
        f"powers/{power().pk}/overlaps/new/",
        f"statute/{factories.statute_item().pk}/",
    )
    visit(page, live_server, base, paths)


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_refusals_are_shown_whole(as_somebody, live_server, full, language):
    base = f"/{language}/delegation/office/transfers/{full.draft.pk}/"
    page = as_somebody(f"{base}agree/", RoleKind.APPROVER, None, 360)
    with page.expect_navigation():
        page.locator("main form .button-primary").click()
    assert page.locator(".error-summary").count() == 1
    page.faults.clear()  # the browser logs the status 422
    assert faults_of(page) == []


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_a_draft_is_made_and_answered_by_keyboard_alone_without_scripts(as_somebody, full, language):
    of = f"/{language}/delegation/office/of/{full.unit.pk}/"
    page = as_somebody(of, RoleKind.STAFF, full.unit, 360, javascript=False)
    tab_to(page, 'a[href$="/transfers/new/"]')
    enter(page)
    tab_to(page, "#id_power")
    page.select_option("#id_power", str(power("local-tax-collection").pk))
    page.select_option("#id_state_body", str(factories.state_body().pk))
    tab_to(page, "#id_begins")
    page.keyboard.type("01.04.2026")
    tab_to(page, "main form .actions button")
    enter(page)
    made = Transfer.objects.get(power=power("local-tax-collection"))
    tab_to(page, 'main a[href$="/principles/"]')
    enter(page)
    for number in range(1, 10):
        tab_to(page, f"[name=kept_{number}]")
        page.keyboard.press("Space")
    tab_to(page, "main form .actions button")
    enter(page)
    assert PrincipleAnswer.objects.filter(transfer=made, kept=True).count() == 9
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_a_quarter_is_reported_by_keyboard_alone_without_scripts(as_somebody, full, language):
    where = f"/{language}/delegation/office/of/{full.unit.pk}/"
    page = as_somebody(where, RoleKind.STAFF, full.unit, 360, javascript=False)
    tab_to(page, f'main a[href$="/{full.row.pk}/"]')
    enter(page)
    tab_to(page, 'main a[href$="/2025-3/money/"]')
    enter(page)
    for name, value in (("need", "1 200,5"), ("planned", "900"), ("received", "0")):
        tab_to(page, f"#id_{name}")
        page.keyboard.type(value)
    tab_to(page, "main form .actions button")
    enter(page)
    found = Funding.objects.get(quarter=3)
    assert (found.need, found.received, found.spent) == (Decimal("1200.50"), 0, None)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
