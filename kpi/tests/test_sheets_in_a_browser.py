"""The pages of the workbook in a real Chromium: by keyboard without scripts, at both widths, in both languages."""

import io
from decimal import Decimal

import openpyxl
import pytest

from accounts.models import RoleKind
from councils.tests.test_secretary_in_a_browser import as_somebody, enter, tab_to
from kpi import services
from kpi.sheet_file import COLUMNS
from kpi.sheets import workbook
from kpi.tests import factories as make
from kpi.tests.clerk import home, report, today
from lsg_portal.web.tests.browser import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["as_somebody", "home", "report", "today"]
KEYS = [column.key for column in COLUMNS]


def typed(report, today, folder, **figures):
    """The workbook of the report on a disk, with figures typed into it."""
    file = openpyxl.load_workbook(io.BytesIO(workbook(report, day=today)))
    sheet = file.worksheets[0]
    for row in range(2, sheet.max_row + 1):
        code = sheet.cell(row, KEYS.index("indicator") + 1).value
        sheet.cell(row, KEYS.index("number") + 1).value = figures.get(code)
    path = folder / "q3.xlsx"
    file.save(path)
    return path


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_a_workbook_is_sent_tried_and_applied_by_keyboard_without_scripts(
    as_somebody, today, home, report, tmp_path, language
):
    path = typed(report, today, tmp_path, jobs="24", roads="4,5")
    services.enter_value(value=make.value(report, "jobs"), at=make.Q3_ENTRY, number=Decimal(30))
    page = as_somebody(
        f"/{language}/kpi/reports/{report.pk}/upload/", RoleKind.STAFF, home[0], 360, javascript=False
    )
    page.set_input_files("#id_file", path)
    tab_to(page, "main form .actions button")
    enter(page)
    tab_to(page, "[name=overwrite]")
    page.keyboard.press("Space")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab_to(page, "main form .actions button")
    enter(page)
    assert page.url.endswith(f"/{language}/kpi/reports/{report.pk}/entry/")
    figures = [make.value(report, code).number for code in ("jobs", "roads")]
    assert figures == [24, Decimal("4.5")]


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing(as_somebody, today, home, report, tmp_path, language):
    path = typed(report, today, tmp_path, jobs="24", roads="4,5")
    services.enter_value(value=make.value(report, "jobs"), at=make.Q3_ENTRY, number=Decimal(30))
    page = as_somebody(f"/{language}/kpi/reports/{report.pk}/upload/", RoleKind.STAFF, home[0])
    assert faults_of(page) == []
    page.set_input_files("#id_file", path)
    with page.expect_navigation():
        page.locator("main form .actions button").click()
    assert page.locator("[name=overwrite]").count() == 1
    assert faults_of(page) == []
    page.goto(page.url.split("/upload/")[0] + "/upload/")
    page.set_input_files("#id_file", typed(report, today, tmp_path, jobs="1.234,5"))
    with page.expect_navigation():
        page.locator("main form .actions button").click()
    assert faults_of(page) == []
