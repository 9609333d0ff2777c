"""Entering a report in a real Chromium: by keyboard alone, over a lost connection, an ended session and a conflict,
without scripts, at both widths, in both languages."""

from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import RoleKind, Session
from accounts.tests.factories import PASSWORD
from councils.tests.test_secretary_in_a_browser import enter, tab_to
from kpi import services
from kpi.models import Evidence, Report
from kpi.tests import factories as make
from kpi.tests.clerk import *  # noqa: F403  (fixtures)
from kpi.tests.clerk import figure, former, quarter, signed_in
from kpi.tests.clerk import put as elsewhere
from lsg_portal.web.tests.browser import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PDF = {"name": "акт.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"}
PARTS = ("numerator", "denominator")
BOTH = pytest.mark.parametrize("language", ["ky", "ru"])


@pytest.fixture
def clerk(today, home):
    """Somebody who enters the report of the first municipality."""
    return signed_in(RoleKind.STAFF, home[0])


@pytest.fixture
def at_desk(open_page, live_server, clerk):
    """Open a page as the clerk; ``somebody`` is another client."""

    def opened(path, width=1280, somebody=clerk, **more):
        page = open_page("/en/", width, **more)
        take_seat(page, live_server, somebody)
        page.goto(live_server.url + path)
        return page

    return opened


def take_seat(page, live_server, client):
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


def entry(report, language):
    return f"/{language}/kpi/reports/{report.pk}/entry/"


def state(page, code, wanted):
    """Wait until the page says of a value that it is ``here``, ``sent``, in ``conflict`` …"""
    page.wait_for_selector(f'#value-{code} [data-state][data-is="{wanted}"]', state="attached")


def type_into(page, field, text):
    tab_to(page, f'[id="{field}"]')
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def typed(given):
    """A figure of the factories as the texts of its fields."""
    return (
        dict(zip(PARTS, map(str, given), strict=True)) if isinstance(given, tuple) else {"number": str(given)}
    )


@pytest.mark.parametrize("language", ["ru"])
def test_a_report_is_finished_by_keyboard_alone_over_a_lost_connection(at_desk, home, language):
    quarter()
    page = at_desk(f"/{language}/kpi/work/", 360)
    tab_to(page, "main form[action$='/work/open/'] button")
    enter(page)
    report = Report.objects.get()
    codes = list(make.FIGURES)
    for code in codes[:4]:
        for name, text in typed(make.FIGURES[code]).items():
            type_into(page, f"{code}-{name}", text)
    page.keyboard.press("Tab")
    for code in codes[:4]:
        state(page, code, "sent")

    page.context.set_offline(True)
    page.set_input_files("#investment-file", PDF)
    page.wait_for_selector('#value-investment [data-file-state][data-is="here"]')
    for code in codes[4:8]:
        for name, text in typed(make.FIGURES[code]).items():
            type_into(page, f"{code}-{name}", text)
    page.keyboard.press("Tab")
    for code in codes[4:8]:
        state(page, code, "here")
    assert "is-here" in page.get_attribute(".entry-bar", "class")
    assert page.inner_text("[data-now]").endswith(" 4")
    assert figure(report, codes[5]) is None

    page.context.set_offline(False)
    for code in codes[4:8]:
        state(page, code, "sent")
    assert figure(report, "roads") == Decimal("4.5")
    page.wait_for_selector("#value-investment .entry-files li")
    tab_to(page, "#value-investment [data-remove]")
    page.keyboard.press("Enter")
    page.wait_for_selector("#value-investment .entry-files li", state="detached")
    page.set_input_files("#investment-file", PDF)
    page.wait_for_selector("#value-investment .entry-files li")
    for code in codes[8:]:
        for name, text in typed(make.FIGURES[code]).items():
            type_into(page, f"{code}-{name}", text)
    tab_to(page, "main button[name=next]")
    enter(page)
    tab_to(page, "main form .button-primary")
    enter(page)
    report.refresh_from_db()
    assert report.status == "submitted"
    assert report.values.exclude(status="normal").count() == 0
    assert Evidence.objects.present().get().name == "акт.pdf"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_typed_is_kept_when_the_browser_is_closed_and_shown_to_nobody_else(
    at_desk, live_server, report, home, clerk
):
    path = entry(report, "ky")
    page = at_desk(path)
    page.route("**/kpi/values/**", lambda route: route.abort())
    type_into(page, "jobs-number", "12")
    page.keyboard.press("Tab")
    state(page, "jobs", "here")

    take_seat(page, live_server, signed_in(RoleKind.STAFF, home[0]))
    page.goto(live_server.url + path)
    assert page.input_value("#jobs-number") == ""

    take_seat(page, live_server, clerk)
    page.goto(live_server.url + path)
    assert page.input_value("#jobs-number") == "12"
    assert figure(report, "jobs") is None
    page.unroute("**/kpi/values/**")
    page.reload()
    state(page, "jobs", "sent")
    assert figure(report, "jobs") == 12
    page.reload()
    assert page.input_value("#jobs-number") == "12"
    assert page.inner_text("#value-jobs [data-state]") == ""


@BOTH
def test_an_ended_session_loses_nothing(at_desk, report, clerk, language):
    page = at_desk(entry(report, language))
    Session.objects.all().delete()
    type_into(page, "jobs-number", "12")
    page.keyboard.press("Tab")
    state(page, "jobs", "here")
    tab_to(page, "[data-away] a")
    enter(page)
    page.fill("#id_login", clerk.user.username)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")

    state(page, "jobs", "sent")

    assert page.url.endswith(entry(report, language))
    assert page.input_value("#jobs-number") == "12"
    assert figure(report, "jobs") == 12


def test_a_page_that_is_still_open_goes_on_after_a_sign_in_elsewhere(at_desk, live_server, report, clerk):
    page = at_desk(entry(report, "ky"))
    again = Client()
    again.force_login(clerk.user)  # with another session the token of the open page is an old one
    take_seat(page, live_server, again)
    page.context.clear_cookies(name="csrftoken")
    page.context.add_cookies([{"name": "csrftoken", "value": "0" * 32, "url": live_server.url}])
    type_into(page, "jobs-number", "12")
    page.keyboard.press("Tab")

    state(page, "jobs", "sent")

    assert figure(report, "jobs") == 12


@pytest.mark.parametrize("language", ["ru"])
def test_a_conflict_is_decided_by_whoever_typed(at_desk, report, language):
    page = at_desk(entry(report, language))
    elsewhere(report, "jobs", 7)
    elsewhere(report, "projects", 2)
    type_into(page, "jobs-number", "12")
    type_into(page, "projects-number", "5")
    page.keyboard.press("Tab")
    state(page, "jobs", "conflict")
    state(page, "projects", "conflict")
    assert (figure(report, "jobs"), figure(report, "projects")) == (7, 2)
    page.faults.clear()  # the browser logs the status 409
    assert faults_of(page) == []
    page.reload()  # a conflict does not go away by itself
    state(page, "jobs", "conflict")

    page.keyboard.press("Control+Home")
    tab_to(page, "#value-jobs button[name=mine]")
    page.keyboard.press("Enter")
    state(page, "jobs", "sent")
    tab_to(page, "#value-projects button[name=theirs]")
    page.keyboard.press("Enter")
    state(page, "projects", "sent")

    assert (figure(report, "jobs"), figure(report, "projects")) == (12, 2)
    assert page.input_value("#projects-number") == "2"


@pytest.mark.parametrize("language", ["ky"])
def test_a_refusal_and_a_warning_are_answered_where_they_stand(at_desk, home, report, language):
    former(home[0], jobs=1)
    page = at_desk(entry(report, language))
    type_into(page, "jobs-number", "1,5")
    page.keyboard.press("Tab")
    state(page, "jobs", "refused")
    assert page.get_attribute("#jobs-number", "aria-invalid") == "true"
    page.faults.clear()  # the browser logs the status 422
    assert faults_of(page) == []
    page.focus("#jobs-number")
    page.keyboard.press("Control+A")
    page.keyboard.type("24")
    page.keyboard.press("Tab")
    state(page, "jobs", "sent")
    page.wait_for_selector("#value-jobs [data-asks]")
    type_into(page, "jobs-note", "Жаңы фабрика")
    page.keyboard.press("Tab")
    page.wait_for_selector("#value-jobs [data-asks]", state="detached")
    assert make.value(report, "jobs").note == "Жаңы фабрика"


def test_where_the_browser_keeps_nothing_the_page_says_so(at_desk, report):
    page = at_desk("/ky/kpi/work/")
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page.goto(page.url.replace("/ky/kpi/work/", entry(report, "ky")))
    page.route("**/kpi/values/**", lambda route: route.abort())
    type_into(page, "jobs-number", "12")
    state(page, "jobs", "typed")
    page.unroute("**/kpi/values/**")
    page.keyboard.press("Tab")
    state(page, "jobs", "sent")
    assert figure(report, "jobs") == 12


def test_what_a_closed_report_did_not_take_is_shown(at_desk, report):
    page = at_desk(entry(report, "ky"))
    page.route("**/kpi/values/**", lambda route: route.abort())
    type_into(page, "jobs-number", "12")
    page.keyboard.press("Tab")
    state(page, "jobs", "here")
    make.filled(report)
    services.submit(report=report, by=signed_in(RoleKind.ANALYST).user, at=make.Q3_ENTRY)

    page.reload()

    assert "12" in page.inner_text("[data-left-list] li")
    page.click("[data-left-drop]")
    page.reload()
    assert not page.is_visible("[data-left]")


@BOTH
def test_values_and_a_file_are_saved_without_scripts(at_desk, report, language):
    page = at_desk(entry(report, language), 360, javascript=False)
    type_into(page, "investment-number", "12,5")
    page.set_input_files("#investment-file", PDF)
    type_into(page, "jobs-number", "ab")
    tab_to(page, "main .actions button[name=save]")
    enter(page)
    assert page.locator(".error-summary a").get_attribute("href") == "#jobs-number"
    assert page.input_value("#jobs-number") == "ab"
    assert str(figure(report, "investment")) == "12.500000"
    type_into(page, "jobs-number", "12")
    enter(page)
    assert page.locator("#value-investment .entry-files li").count() == 1
    assert figure(report, "jobs") == 12
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@BOTH
def test_axe_finds_nothing(at_desk, live_server, home, report, clerk, language):
    done = former(home[0], jobs=1)
    make.filled(report)
    page = at_desk(f"/{language}/kpi/work/")
    base = f"/{language}/kpi/reports/"
    for path in (
        f"/{language}/kpi/work/",
        f"{base}{report.pk}/entry/",
        f"{base}{report.pk}/submit/",
        f"{base}{done.pk}/entry/",
        f"{base}{done.pk}/amend/",
    ):
        page.goto(live_server.url + path)
        assert (path, faults_of(page)) == (path, [])
