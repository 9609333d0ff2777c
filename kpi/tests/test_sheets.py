"""The workbook of a report holds what is on record, and nothing but what is entered can be typed over."""

import datetime as dt
import io
import re
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.utils import translation

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from ayil_okmotu.tests import factories as offices
from councils.tests.desk import signed_in
from kpi import services
from kpi.entry_forms import KINDS
from kpi.sheet_file import COLUMNS, heading
from kpi.sheets import file_name, workbook
from kpi.tests import factories as make
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
AT = make.Q3_ENTRY
DAY = dt.date(2022, 10, 10)
KEYS = [column.key for column in COLUMNS]


@pytest.fixture
def unit():
    make.methodology()
    return aimak(district(), "Кара-Суу", residents=12_000)


@pytest.fixture
def report(unit):
    return make.opened(unit)


def book_of(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(report, language="ky"):
    with translation.override(language):
        sheet = book_of(workbook(report, day=DAY)).worksheets[0]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    return sheet, {line[KEYS.index("indicator")]: dict(zip(KEYS, line, strict=True)) for line in lines[1:]}


def test_every_indicator_has_a_row_with_what_is_on_record(report):
    services.enter_value(value=make.value(report, "investment"), at=AT, number=Decimal("1234.5"))
    services.enter_value(value=make.value(report, "jobs"), at=AT, status="missing", note="Маалымат жок")
    services.enter_value(value=make.value(report, "budget_saved"), at=AT, numerator=Decimal(3))

    _sheet, rows = rows_of(report)

    assert list(rows) == list(make.FIGURES)
    assert rows["investment"]["number"] == "1\u00a0234,5"
    assert rows["investment"]["name"] == "Тартылган инвестициялардын көлөмү, млн сом"
    assert rows["investment"]["version"].startswith("v2 ")
    assert (rows["jobs"]["number"], rows["jobs"]["note"]) == (None, "Маалымат жок")
    assert (rows["budget_saved"]["numerator"], rows["budget_saved"]["denominator"]) == ("3", None)
    assert rows["budget_saved"]["what"].splitlines()[0].endswith("үнөмдөлгөн каражат, млн сом")
    assert {row["report"] for row in rows.values()} == {str(report.pk)}


def test_only_what_is_entered_can_be_typed_over_and_stays_as_it_is_typed(report):
    sheet, rows = rows_of(report)
    assert sheet.protection.sheet
    lines = {code: place for place, code in enumerate(rows, start=2)}

    def cell(code, key):
        return sheet.cell(lines[code], KEYS.index(key) + 1)

    free = {(code, key) for code in rows for key in KEYS if not cell(code, key).protection.locked}
    assert {key for code, key in free if code == "jobs"} == {"number", "status", "note"}
    parts = {"numerator", "denominator", "status", "note"}
    assert {key for code, key in free if code == "budget_saved"} == parts
    assert {cell(*place).number_format for place in free} == {"@"}
    assert sheet.column_dimensions["L"].hidden


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_headings_and_the_list_of_states_are_in_the_language_of_the_reader(report, language):
    with translation.override(language):
        sheet = book_of(workbook(report, day=DAY)).worksheets[0]
        words = [str(word) for _code, word in KINDS]

    assert [cell.value for cell in sheet[1]] == [heading(column, language) for column in COLUMNS]
    assert len({heading(column, language) for column in COLUMNS}) == len(COLUMNS)
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, rule.formula1, str(rule.sqref)) == ("list", f'"{",".join(words)}"', "H2:H12")


def test_the_quarter_before_stands_beside(unit):
    make.approved(unit, of=make.period(2022, 2), at=AT - dt.timedelta(days=80), jobs=7)
    report = make.opened(unit, of=make.period(2022, 3))

    _sheet, rows = rows_of(report)

    assert (rows["jobs"]["last"], rows["satisfaction"]["last"]) == ("7", "71")


def test_a_second_sheet_says_what_the_file_is(report):
    with translation.override("en"):
        about = book_of(workbook(report, day=DAY)).worksheets[1]
    words = {row[0].value: row[1].value for row in about.iter_rows()}

    assert "Кара-Суу" in words["Municipality"]
    assert words["To be submitted until"] == "31.10.2022"
    assert words["As of"] == "10.10.2022"
    assert about.protection.sheet


def test_a_text_that_looks_like_a_formula_is_a_text(report):
    services.enter_value(
        value=make.value(report, "jobs"), at=AT, number=Decimal(1), note='=HYPERLINK("http://x")'
    )

    sheet, rows = rows_of(report)

    assert rows["jobs"]["note"] == '=HYPERLINK("http://x")'
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_workbook_is_for_those_who_enter_the_report(unit, report):
    address = f"/ru/kpi/reports/{report.pk}/sheet.xlsx"
    own, neighbour = signed_in(RoleKind.STAFF, unit), signed_in(RoleKind.STAFF, aimak(district(), "Башка"))

    answer = own.get(address)
    assert answer.status_code == 200
    name = re.search(r'filename="(.+)"', answer["Content-Disposition"])[1]
    assert name == file_name(report) == f"lsg_kpi_2022Q3_{str(unit.pk)[:8]}.xlsx"
    assert book_of(answer.content).worksheets[0]["A1"].value == "Категория"
    assert neighbour.get(address).status_code == 404
    assert signed_in(RoleKind.APPROVER).get(address).status_code == 403
    assert own.get(f"/ru/kpi/reports/{unit.pk}/sheet.xlsx").status_code == 404
    assert own.post(address).status_code == 405
    visitor = signed_in(RoleKind.STAFF, unit)
    visitor.logout()
    assert "/ru/account/login/" in visitor.get(address)["Location"]


def test_an_employee_takes_the_own_report_and_the_staff_of_the_office_do_not(unit):
    make.methodology("municipal_employee")
    row = offices.appointment(offices.post(offices.body(unit)))
    report = make.opened(unit, appointment=row)
    address = f"/ru/kpi/reports/{report.pk}/sheet.xlsx"
    employee = RoleFactory(role=RoleKind.STAFF, unit=aimak(district(), "Башка")).user
    employee.person = row.person
    employee.save()
    client = Client()
    client.force_login(employee)

    book = book_of(client.get(address).content)

    codes = [line[KEYS.index("indicator")].value for line in book.worksheets[0].iter_rows(min_row=2)]
    assert codes == list(make.EMPLOYEE_FIGURES)
    words = [line[1].value for line in book.worksheets[1].iter_rows()]
    assert any(row.person.name_ky in word or row.person.name_ru in word for word in words)
    assert signed_in(RoleKind.STAFF, unit).get(address).status_code == 404
    assert signed_in(RoleKind.ANALYST).get(address).status_code == 404
