"""The whole way of a report in a real Chromium: entered by keyboard over a broken line, returned, corrected, approved,
scored, published, seen by the public, amended, and the former version still citable. In Kyrgyz and in Russian."""

import pytest

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from councils.tests.test_secretary_in_a_browser import enter, tab_to
from kpi import services
from kpi.models import Report, ReturnedValue, Score, ScoreRun, Value
from kpi.tests import clerk
from kpi.tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PDF = {"name": "акт.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"}
LOST = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def sign_in(open_page, live_server):
    """Open a window as somebody with a role; the same person each time for the same role."""
    from django.test import Client

    def opened(role, unit=None):
        client = Client()
        client.force_login(RoleFactory(role=role, unit=unit).user)
        page = open_page("/en/kpi/")
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        return page

    return opened


def typed(page, code, given):
    """Type a figure, or both parts of one, reached by Tab alone."""
    parts = (
        zip(("numerator", "denominator"), given, strict=True)
        if isinstance(given, tuple)
        else [("number", given)]
    )
    for name, figure in parts:
        tab_to(page, f'[name="{code}-{name}"]')
        page.keyboard.press("Control+A")
        page.keyboard.type(str(figure).replace(".", ","))


def all_sent(page):
    """Wait until nothing is kept on the device alone."""
    page.keyboard.press("Tab")  # a field is sent when it is left
    page.wait_for_selector(".entry-bar:not(.is-here)")
    page.wait_for_selector("[data-is=sending]", state="detached")


def taken(page, button):
    """Press a button that leads to another page."""
    with page.expect_navigation():
        page.locator(button).click()


def hand_in(page):
    """Save, check and submit, by keyboard."""
    page.keyboard.press("Home")
    tab_to(page, 'button[name="next"]')
    enter(page)
    tab_to(page, "main form:not([action]) button.button-primary")
    enter(page)


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_whole_way_of_a_report(sign_in, open_page, live_server, language):
    unit, _neighbour = clerk.neighbours()
    quarter = clerk.quarter()
    base = f"{live_server.url}/{language}/kpi/"
    staff, approver = sign_in(RoleKind.STAFF, unit), sign_in(RoleKind.APPROVER)

    # entered by keyboard alone; in the middle the connection is lost, and comes back
    staff.goto(f"{base}work/")
    tab_to(staff, f'form:has(input[value="{quarter.code}"]) button')
    enter(staff)
    report = Report.objects.get(unit=unit, period=quarter)
    codes = list(make.FIGURES)
    for code in codes[:4]:
        typed(staff, code, make.FIGURES[code])
    all_sent(staff)
    staff.context.set_offline(True)
    for code in codes[4:]:
        typed(staff, code, make.FIGURES[code])
    staff.keyboard.press("Tab")
    staff.wait_for_selector(".entry-bar.is-here")
    unsent = Value.objects.filter(report=report, status="").count()
    assert unsent >= 7
    staff.context.set_offline(False)
    staff.reload()  # the browser was closed meanwhile: what was typed stands there again
    all_sent(staff)
    assert not Value.objects.filter(report=report, status="").exists()
    staff.locator('[name="investment-file"]').set_input_files(PDF)
    staff.wait_for_selector('[data-code="investment"] .entry-files li')
    hand_in(staff)
    report.refresh_from_db()
    assert report.status == "submitted"

    # the approver returns two values, each with its reason
    approver.goto(f"{base}review/")
    taken(approver, f'a[href*="{report.pk}"]')
    taken(approver, 'form[action$="/start/"] button')
    for code, reason in (("jobs", "Тизмеси жок"), ("roads", "Акт боюнча 3,9 км")):
        card = approver.locator(f"#value-{code}")
        card.locator("details summary").click()
        card.locator("details textarea, details input[type=text]").first.fill(reason)
    taken(approver, "button.button-danger")
    report.refresh_from_db()
    assert report.status == "returned"
    assert ReturnedValue.objects.filter(step__report=report).count() == 2

    # the staff correct them and submit again
    staff.goto(f"{base}work/")
    assert "Тизмеси жок" in staff.locator("main").inner_text()
    staff.goto(f"{base}reports/{report.pk}/entry/")
    for code, given in (("jobs", 22), ("roads", "3.9")):
        typed(staff, code, given)
    all_sent(staff)
    hand_in(staff)

    # approved, scored by the worker, published
    approver.goto(f"{base}review/{report.pk}/")
    taken(approver, 'form[action$="/start/"] button')
    taken(approver, 'button[formaction$="/approve/"]')
    approver.goto(f"{base}runs/new/")
    approver.locator("#id_period").select_option(str(quarter.pk))
    taken(approver, "main form button.button-primary")
    run = ScoreRun.objects.get()
    assert services.execute(run.pk)
    approver.goto(f"{base}runs/{run.pk}/publish/")
    taken(approver, "main form button.button-primary")

    # the public sees report, score and ranking
    visitor = open_page(f"/{language}/kpi/reports/{report.pk}/")
    assert "3,9" in visitor.locator("main").inner_text()
    score = Score.objects.get(report=report)
    visitor.goto(f"{base}scores/{score.pk}/")
    total = f"{score.total:.2f}".replace(".", ",")
    assert total in visitor.locator("main").inner_text()
    visitor.goto(f"{base}ranking/?period={quarter.code}")
    assert total in visitor.locator("main").inner_text()

    # amended: the former version can still be cited
    staff.goto(f"{base}reports/{report.pk}/amend/")
    staff.locator("#id_reason").fill("Жолдордун узундугу такталды")
    taken(staff, "main form button.button-primary")
    amendment = Report.objects.get(amends=report)
    typed(staff, "roads", "4.1")
    all_sent(staff)
    hand_in(staff)
    approver.goto(f"{base}review/{amendment.pk}/")
    taken(approver, 'form[action$="/start/"] button')
    taken(approver, 'button[formaction$="/approve/"]')
    approver.goto(f"{base}review/{amendment.pk}/")
    taken(approver, 'form[action$="/publish/"] button')
    visitor.goto(f"{base}reports/{amendment.pk}/")
    assert "4,1" in visitor.locator("main").inner_text()
    visitor.goto(f"{base}reports/{report.pk}/")
    former = visitor.locator("main").inner_text()
    assert "3,9" in former
    assert "4,1" not in former
    assert visitor.locator(f'main a[href*="{amendment.pk}"]').count() >= 1
    assert visitor.faults == []
    assert [fault for page in (staff, approver) for fault in page.faults if LOST not in fault] == []
