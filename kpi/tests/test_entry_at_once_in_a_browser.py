"""Two pages, two people and slow files at one desk: nothing is overwritten, sent in another's name or lost on the way."""

import time

import pytest

from accounts.models import RoleKind
from kpi.models import Evidence
from kpi.tests.clerk import *  # noqa: F403  (fixtures)
from kpi.tests.clerk import figure, signed_in
from kpi.tests.test_entry_in_a_browser import (  # noqa: F401  (fixtures)
    PDF,
    at_desk,
    clerk,
    entry,
    state,
    take_seat,
    type_into,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def second(page):
    """The same report once more in another tab."""
    other = page.context.new_page()
    other.goto(page.url)
    return other


def seen(page):
    """Bring a tab to the front: it looks whether there is something to send."""
    page.bring_to_front()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange')); dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)


def test_what_waits_in_one_tab_is_neither_sent_nor_overwritten_by_another(at_desk, report):  # noqa: F811
    idle = at_desk(entry(report, "ky"))
    busy = second(idle)
    busy.route("**/kpi/values/**", lambda route: route.abort())
    type_into(busy, "jobs-number", "12")
    busy.keyboard.press("Tab")
    state(busy, "jobs", "here")

    seen(idle)
    assert figure(report, "jobs") is None
    busy.unroute("**/kpi/values/**")
    seen(busy)
    state(busy, "jobs", "sent")
    seen(idle)

    assert figure(report, "jobs") == 12
    assert idle.inner_text("#value-jobs [data-state]") == ""
    type_into(idle, "jobs-number", "5")
    idle.keyboard.press("Tab")
    state(idle, "jobs", "conflict")
    assert figure(report, "jobs") == 12


def test_what_one_tab_may_not_send_another_does_not_try(at_desk, report):  # noqa: F811
    idle = at_desk(entry(report, "ky"))
    busy = second(idle)
    type_into(busy, "jobs-number", "он эки")
    busy.keyboard.press("Tab")
    state(busy, "jobs", "refused")
    asked = []
    idle.on("request", lambda request: asked.append(request.url))

    seen(idle)

    assert asked == []


def test_what_a_closed_tab_left_is_sent_by_the_next(at_desk, report):  # noqa: F811
    page = at_desk(entry(report, "ky"))
    busy = second(page)
    busy.route("**/kpi/values/**", lambda route: route.abort())
    type_into(busy, "jobs-number", "12")
    busy.keyboard.press("Tab")
    state(busy, "jobs", "here")
    busy.close()

    page.reload()

    state(page, "jobs", "sent")
    assert figure(report, "jobs") == 12
    assert page.evaluate("Object.keys(localStorage)") == []


def test_what_one_person_typed_is_not_sent_in_the_name_of_another(at_desk, live_server, report, home, clerk):  # noqa: F811
    page = at_desk(entry(report, "ky"))
    take_seat(page, live_server, signed_in(RoleKind.STAFF, home[0]))
    type_into(page, "jobs-number", "12")
    page.keyboard.press("Tab")
    state(page, "jobs", "here")
    assert page.is_visible("[data-away]")
    assert figure(report, "jobs") is None

    take_seat(page, live_server, clerk)
    seen(page)

    state(page, "jobs", "sent")
    assert figure(report, "jobs") == 12


def test_whoever_goes_on_waits_for_the_file_that_is_on_its_way(at_desk, report):  # noqa: F811
    page = at_desk(entry(report, "ky"))

    def slowly(route):
        time.sleep(1)
        route.continue_()

    page.route("**/evidence/", slowly)
    page.set_input_files("#investment-file", PDF)
    page.click("main .actions button[name=next]")
    page.wait_for_url("**/submit/")

    assert Evidence.objects.present().get().name == "акт.pdf"


def test_a_file_chosen_while_another_is_on_its_way_is_sent_too(at_desk, report):  # noqa: F811
    page = at_desk(entry(report, "ky"))

    def slowly(route):
        time.sleep(1)
        route.continue_()

    page.route("**/evidence/", slowly)
    page.set_input_files("#investment-file", PDF)
    page.set_input_files("#investment-file", {**PDF, "name": "тизме.pdf", "buffer": b"%PDF-1.4\n%2\n%%EOF"})
    page.wait_for_selector("#value-investment .entry-files li:nth-child(2)")
    page.wait_for_selector('#value-investment [data-file-state][data-is="sent"]')

    assert sorted(Evidence.objects.present().values_list("name", flat=True)) == ["акт.pdf", "тизме.pdf"]


def test_a_file_that_is_too_large_is_told_so(at_desk, report):  # noqa: F811
    page = at_desk(entry(report, "en"))
    page.set_input_files("#investment-file", {**PDF, "buffer": b"%PDF-1.4\n" + b"0" * 11_000_000})

    page.wait_for_selector('#value-investment [data-file-state][data-is="refused"]')

    assert "larger than 10 MB" in page.inner_text("#value-investment [data-file-state]")
    assert not Evidence.objects.exists()


def test_a_late_answer_takes_the_focus_from_nobody(at_desk, report):  # noqa: F811
    page = at_desk(entry(report, "ky"))
    page.set_input_files("#investment-file", PDF)
    page.wait_for_selector("#value-investment .entry-files li")

    def slowly(route):
        time.sleep(1)
        route.continue_()

    page.route("**/kpi/values/*/", slowly)
    type_into(page, "investment-number", "12")
    page.keyboard.press("Tab")
    page.focus("#value-investment [data-remove]")
    state(page, "investment", "sent")

    assert page.evaluate("document.activeElement.hasAttribute('data-remove')")
