"""The secretary's pages in a real Chromium: by keyboard alone, without scripts, at both widths, in both languages."""

import datetime as dt

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from councils import services
from councils.models import Resolution, Session
from councils.tests.desk import *  # noqa: F403  (fixtures)
from councils.tests.desk import draft, planned, published
from lsg_portal.web.tests.browser import faults_of
from registry.models import LegalAct
from registry.tests.factories import LegalActFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def as_somebody(open_page, live_server, today):
    """Open a page as the holder of a role."""

    def opened(address, role, unit=None, width=1280, **more):
        client = Client()
        client.force_login(RoleFactory(role=role, unit=unit).user)
        page = open_page("/en/", width, **more)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return opened


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing(as_somebody, live_server, home, council, session, language):
    item = draft(session)
    services.add_agenda_item(session=session, title={"ky": "Бюджет", "ru": "Бюджет"})
    done = published(session, "7")
    later = planned(session.convocation, dt.date(2026, 3, 20))
    base = f"/{language}/my-council/"
    page = as_somebody(f"{base}{council.pk}/", RoleKind.STAFF, home[0])
    mandate = services.sheet(session=session)[0].pk
    for path in (
        f"{council.pk}/",
        f"{council.pk}/sessions/new/",
        f"{council.pk}/resolutions/new/",
        f"{council.pk}/posts/new/",
        f"sessions/{session.pk}/",
        f"sessions/{later.pk}/",
        f"sessions/{later.pk}/edit/",
        f"sessions/{later.pk}/cancel/",
        f"sessions/{session.pk}/attendance/",
        f"sessions/{session.pk}/agenda/new/",
        f"resolutions/{item.pk}/",
        f"resolutions/{item.pk}/edit/",
        f"resolutions/{item.pk}/vote/",
        f"resolutions/{item.pk}/adopt/",
        f"resolutions/{item.pk}/files/new/",
        f"resolutions/{done.pk}/",
        f"resolutions/{done.pk}/cancel/",
        f"mandates/{mandate}/end/",
    ):
        page.goto(live_server.url + base + path)
        assert (path, faults_of(page)) == (path, [])
    page.goto(f"{live_server.url}{base}sessions/{later.pk}/attendance/")
    page.locator("#sheet .actions button").click()
    assert page.locator(".error-summary").count() == 1
    page.faults.clear()  # the browser logs the status 422
    assert faults_of(page) == []


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_on_the_dissolution(as_somebody, live_server, council, language):
    act = LegalActFactory(kind=LegalAct.Kind.DECREE, adopted_on=dt.date(2026, 3, 1))
    address = f"/{language}/councils/dissolution/"
    page = as_somebody(address, RoleKind.REFORM_TEAM)
    assert faults_of(page) == []
    page.goto(f"{live_server.url}{address}?act={act.pk}&on=10.03.2026&reason=Реформа")
    assert page.locator("button.button-danger").count() == 1
    assert faults_of(page) == []


def enter(page):
    """Press Enter where it leads to another page, and wait for it."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page, wanted):
    """Press Tab until the element that has the focus matches."""
    for _step in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab never comes to {wanted}")


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_a_resolution_is_made_by_keyboard_alone_without_scripts(
    as_somebody, home, council, convocation, language
):
    page = as_somebody(f"/{language}/my-council/", RoleKind.STAFF, home[0], 360, javascript=False)
    page.keyboard.press("Home")
    tab_to(page, f'a[href$="{council.pk}/sessions/new/"]')
    enter(page)
    tab_to(page, "#id_held_on")
    page.keyboard.type("01.03.2026")
    enter(page)
    session = Session.objects.get()
    tab_to(page, 'a[href$="/attendance/"]')
    enter(page)
    tab_to(page, 'button[value="fill"]')
    enter(page)
    tab_to(page, 'input[name^="state-"]:checked')
    page.keyboard.press("ArrowDown")  # the first deputy is excused
    tab_to(page, '.actions button[value="save"]')
    enter(page)
    totals = services.attendance_totals(session)
    assert (totals["present"], totals["excused"]) == (10, 1)
    tab_to(page, 'form[action$="/hold/"] button')
    enter(page)
    session.refresh_from_db()
    assert session.status == "held"

    page.goto(page.url.split("/sessions/")[0] + f"/{council.pk}/resolutions/new/")
    tab_to(page, "#id_title_ky")
    page.keyboard.type("Бюджетти бекитүү жөнүндө")
    tab_to(page, "#id_session")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form .actions button")
    enter(page)
    item = Resolution.objects.get()
    tab_to(page, 'a[href$="/vote/"]')
    enter(page)
    for name, number in (("in_favour", "8"), ("against", "1"), ("abstained", "1")):
        tab_to(page, f"#id_{name}")
        page.keyboard.type(number)
    enter(page)
    for step, fields in (
        ("adopt", {"number": "12"}),
        ("register", {"registration_number": "Р-12"}),
        ("publish", {}),
    ):
        tab_to(page, f'a[href$="/{step}/"]')
        enter(page)
        for name, value in fields.items():
            tab_to(page, f"#id_{name}")
            page.keyboard.type(value)
        tab_to(page, "main form .actions button")
        enter(page)
    item.refresh_from_db()
    assert (item.status, item.number, item.vote.in_favour) == ("published", "12", 8)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
