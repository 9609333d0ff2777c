"""The ministry's desks in a real Chromium: by keyboard, without scripts, at both widths, in both languages."""

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.models import RoleKind
from councils.tests.desk import today  # noqa: F401  (fixture)
from councils.tests.test_secretary_in_a_browser import as_somebody, enter, tab_to
from kpi import services
from kpi.models import Methodology, ReturnedValue, ScoreRun, Subject
from kpi.page_queries import editor
from kpi.tests import factories as make
from lsg_portal.web.tests.browser import faults_of
from registry.tests.factories import aimak, district, oblast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["as_somebody"]
BOTH = pytest.mark.parametrize("language", ["ky", "ru"])


@pytest.fixture
def full(db):
    """A quarter with a report in each state that the ministry sees, a draft of a methodology, a run."""
    first = make.methodology()
    where = district(oblast("Нарын"), "Кочкор")
    units = [aimak(where, name, residents=9_000) for name in ("Ак", "Бел", "Кара", "Сары")]
    former = make.period(2022, 2)
    make.approved(units[0], of=former, at=dt.datetime(2022, 7, 10, 9, tzinfo=dt.UTC), jobs=21)
    make.published_run(former)
    quarter = make.period()
    services.extend(period=quarter, unit=units[3], until=dt.date(2022, 11, 15), reason="Суу каптады", by=None)
    done = make.approved(units[1], of=quarter)
    report = make.in_review(units[0], of=quarter)
    services.return_report(
        report=report, reasons={"jobs": "Түшүндүрүңүз"}, by=report.reviewed_by, at=make.Q3_ENTRY
    )
    report.refresh_from_db()
    services.submit(report=report, by=report.submitted_by, at=make.Q3_ENTRY)
    report.refresh_from_db()
    services.start_review(report=report, by=report.reviewed_by, at=make.Q3_ENTRY)
    draft = services.draft_methodology(
        subject=Subject.HEAD, name={"ky": "Баалоо", "ru": "Оценка"}, copy_of=first
    )
    return SimpleNamespace(
        units=units, quarter=quarter, report=report, done=done, draft=draft, run=make.run_of(quarter)
    )


def visit(page, live_server, base, paths):
    for path in paths:
        page.goto(live_server.url + base + path)
        assert (path, faults_of(page)) == (path, [])


@BOTH
def test_axe_finds_nothing_on_the_desks(as_somebody, live_server, full, language):
    edit, lines = f"methodologies/{full.draft.pk}/edit/", "methodologies/lines/"
    category, band = editor.categories(full.draft)[0], editor.bands(full.draft)[0]
    base = f"/{language}/kpi/"
    page = as_somebody(f"{base}review/", RoleKind.APPROVER)
    visit(
        page,
        live_server,
        base,
        (
            "review/",
            f"review/{full.report.pk}/",
            "completeness/?period=2022Q3",
            "periods/",
            f"periods/{full.quarter.pk}/",
            f"periods/{full.quarter.pk}/extensions/new/",
            "runs/",
            f"runs/{full.run.pk}/",
            f"runs/{full.run.pk}/publish/",
            "methodologies/desk/",
            edit,
            f"{edit}weights/",
            f"{lines}categories/{category.pk}/indicators/new/",
            f"{lines}groups/{editor.groups(full.draft)[0].pk}/",
            f"{lines}bands/{band.pk}/remove/",
        ),
    )


@BOTH
def test_two_values_are_returned_by_keyboard_alone_without_scripts(as_somebody, full, language):
    where = f"/{language}/kpi/review/"
    page = as_somebody(where, RoleKind.APPROVER, None, 360, javascript=False)
    tab_to(page, f'main a[href$="/{full.report.pk}/"]')
    enter(page)
    for code, reason in (("jobs", "Тизмени тиркеңиз"), ("roads", "Кабыл алуу актысы жок")):
        if not page.locator(f"#id_reason_{code}").is_visible():
            tab_to(page, f"#value-{code} summary")
            page.keyboard.press("Enter")
        tab_to(page, f"#id_reason_{code}")
        page.keyboard.type(reason)
    tab_to(page, "main form .button-danger")
    enter(page)

    full.report.refresh_from_db()
    assert full.report.status == "returned"
    assert {row.reason for row in ReturnedValue.objects.all()} == {
        "Түшүндүрүңүз", "Тизмени тиркеңиз", "Кабыл алуу актысы жок",
    }  # fmt: skip
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_finding_of_an_audit_is_recorded_on_a_page_without_faults(as_somebody, full):
    value = make.value(full.done, "jobs")
    page = as_somebody(f"/ky/kpi/values/{value.pk}/finding/", RoleKind.AUDITOR)
    assert faults_of(page) == []


def test_the_page_of_a_run_shows_its_end_by_itself(as_somebody, full):
    services.approve(report=full.report, by=full.done.approved_by, at=make.Q3_ENTRY)
    run = services.request_run(
        period=full.quarter,
        methodology=Methodology.objects.on(full.quarter.last_day).get(subject=Subject.HEAD),
        by=None,
        at=make.Q3_ENTRY,
    )
    page = as_somebody(f"/ru/kpi/runs/{run.pk}/", RoleKind.APPROVER)
    assert page.locator("#run[hx-trigger]").count() == 1

    services.execute(run.pk)

    page.wait_for_selector("#table-main", timeout=15_000)
    assert ScoreRun.objects.get(pk=run.pk).status == "done"
    assert page.locator("#run[hx-trigger]").count() == 0
    assert page.faults == []


def test_the_keyboard_stays_where_it_was_while_a_run_is_watched(as_somebody, full):
    services.approve(report=full.report, by=full.done.approved_by, at=make.Q3_ENTRY)
    run = services.request_run(
        period=full.quarter,
        methodology=Methodology.objects.on(full.quarter.last_day).get(subject=Subject.HEAD),
        by=None,
        at=make.Q3_ENTRY,
    )
    page = as_somebody(f"/ru/kpi/runs/{run.pk}/", RoleKind.APPROVER)
    tab_to(page, "#run a.button")
    page.evaluate("document.querySelector('#run').dataset.old = 'yes'")
    page.wait_for_selector("#run:not([data-old])", timeout=15_000)
    assert page.evaluate("document.activeElement.matches('#run a.button')")

    services.execute(run.pk)

    page.wait_for_selector("#table-main", timeout=15_000)
    assert page.evaluate("document.activeElement.closest('#run') !== null")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#run .actions') !== null")
    assert page.faults == []


def test_approving_by_mistake_loses_no_reason_without_scripts(as_somebody, full):
    page = as_somebody(f"/ky/kpi/review/{full.report.pk}/", RoleKind.APPROVER, javascript=False)
    if not page.locator("#id_reason_jobs").is_visible():
        tab_to(page, "#value-jobs summary")
        page.keyboard.press("Enter")
    tab_to(page, "#id_reason_jobs")
    page.keyboard.type("Тизмени тиркеңиз")
    tab_to(page, "main form button[formaction]")
    enter(page)

    full.report.refresh_from_db()
    assert full.report.status == "in_review"
    assert page.locator("#id_reason_jobs").input_value() == "Тизмени тиркеңиз"
    page.fill("#id_reason_jobs", "")
    tab_to(page, "main form button[formaction]")
    enter(page)
    full.report.refresh_from_db()
    assert full.report.status == "approved"


def test_what_typed_weights_would_do_is_shown_before_they_are_saved(as_somebody, full):
    page = as_somebody(f"/ky/kpi/methodologies/{full.draft.pk}/edit/weights/", RoleKind.APPROVER, None, 360)
    page.fill("#id_most_jobs", "21")

    with page.expect_navigation():
        page.locator("button[name=preview]").click()

    row = page.locator("#movers-title + div tbody tr").first.inner_text()
    assert "+6,50" in row  # 21 jobs of 0–60 are 35 points, of 0–21 they are 100; the weight is 10 of 100
    assert faults_of(page) == []
