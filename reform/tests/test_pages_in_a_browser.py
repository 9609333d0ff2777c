"""The pages of the reform in a real Chromium: accessible, within their host, usable without scripts."""

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from delegation.tests.factories import in_force
from lsg_portal.web.tests.browser import faults_of
from reform.models import Event
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.scenarios import apply, merge_draft
from registry.tests.factories import LegalActFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def as_team(open_page, live_server, today):
    """Open a page as somebody of the reform team."""
    client = Client()
    client.force_login(RoleFactory(role=RoleKind.REFORM_TEAM).user)
    session = client.cookies["sessionid"].value

    def opened(address, **more):
        page = open_page("/en/reform/lineage/", **more)
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    return opened


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_on_the_public_pages(open_page, live_server, today, merged, language):
    page = open_page(f"/{language}/reform/")
    for path in ("", "events/", f"events/{merged.pk}/", "checks/", "lineage/?q=о", "lineage/?q=Бел"):
        page.goto(f"{live_server.url}/{language}/reform/{path}")
        assert (path, faults_of(page)) == (path, [])


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_on_the_pages_of_the_team(as_team, live_server, place, language):
    page = as_team(f"/{language}/reform/")
    where, aimaks = place
    for unit in aimaks[:2]:  # so that the preview shows what becomes of powers
        in_force(unit)
    event = merge_draft(aimaks[:2], where)[0]
    paths = [
        "events/",
        "events/new/",
        f"events/new/?programme={event.programme_id}&kind=split&effective_on=01.05.2023&area={where.pk}",
        f"events/{event.pk}/",
        f"events/{event.pk}/edit/",
        f"events/{event.pk}/preview/",
    ]
    for path in paths:
        page.goto(f"{live_server.url}/{language}/reform/{path}")
        assert (path, faults_of(page)) == (path, [])
    apply(event)
    page.goto(f"{live_server.url}/{language}/reform/events/{event.pk}/annul/")
    assert faults_of(page) == []


def test_a_merger_is_drafted_previewed_applied_annulled_and_applied_again_without_scripts(as_team, place):
    programme = merge_draft(place[1], place[0])[0].programme
    LegalActFactory(number="128", adopted_on=programme.recorded_at.date().replace(year=2021))
    page = as_team("/en/reform/events/new/", javascript=False)
    page.select_option("#id_programme", str(programme.pk))
    page.select_option("#id_kind", "merge")
    page.fill("#id_effective_on", "1.6.2023")
    page.locator("main details summary").first.click()
    page.get_by_label("Кочкор").check()
    page.get_by_role("button", name="Go on to the draft").click()
    page.locator("#ends").get_by_label("Ак", exact=True).check()
    page.locator("#ends").get_by_label("Бел", exact=True).check()
    page.fill("#id_begins-0-name_ky", "АкБел")
    page.select_option("#id_begins-0-kind", "ayil_aimak")
    page.fill("#act-words", "128")
    page.get_by_role("button", name="Find").click()
    page.locator("#acts input[type=checkbox]").check()
    page.get_by_role("button", name="Fill in from the units that end").click()
    page.get_by_role("button", name="Save and preview").click()
    page.locator(".error-summary a").first.click()
    page.fill("#id_title_ky", "АкБел түзүлдү")
    page.get_by_role("button", name="Save and preview").click()
    assert "breaks no rule" in page.content()
    page.get_by_role("button", name="Apply: put the event into force").click()
    assert "is in force" in page.locator(".messages").inner_text()
    page.get_by_role("button", name="Annul …").click()
    page.fill("#id_reason", "Ката кетти")
    page.get_by_role("button", name="Annul the event").click()
    assert "Ката кетти" in page.content()
    page.get_by_role("button", name="Preview and apply again …").click()
    page.get_by_role("button", name="Apply: put the event into force").click()

    event = Event.objects.get(title_ky="АкБел түзүлдү")
    assert event.status == "in_force"
    assert event.applications.count() == 2


def test_with_scripts_choosing_the_source_shows_its_settlements_and_keeps_the_place(as_team, place):
    where, aimaks = place
    programme = merge_draft(aimaks, where)[0].programme
    page = as_team(
        f"/en/reform/events/new/?programme={programme.pk}&kind=transfer&effective_on=01.05.2023&area={where.pk}"
    )
    page.fill("#id_title_ky", "Жарым")
    page.focus("#id_parts-0-source")
    page.select_option("#id_parts-0-source", str(aimaks[0].pk))
    page.wait_for_selector("#id_parts-0-settlements")

    assert "Ак 1" in page.locator("#id_parts-0-settlements").inner_html()
    assert page.input_value("#id_title_ky") == "Жарым"
    assert page.evaluate("document.activeElement.id") == "id_parts-0-source"
    assert page.faults == []
