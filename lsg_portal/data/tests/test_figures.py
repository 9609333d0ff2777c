"""Numbers as people type them are read in one way, and what could be read in two is refused."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from openpyxl import Workbook

from lsg_portal.data import figures
from lsg_portal.data.uploads import UploadColumn, read_table
from lsg_portal.web import display
from lsg_portal.web.forms import NumberField


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1\u00a0234\u202f567,50", "1234567.50"),
        (" +12 ", "12"),
        ("\u221245,1", "-45.1"),
        ("- 45,1", "-45.1"),
        ("0,000001", "0.000001"),
        ("-0", "0"),
        ("1,234", "1.234"),
        ("007", "7"),
        ("9" * 40, "9" * 40),
    ],
)
def test_a_number_is_read_as_it_is_typed(text, number):
    assert figures.read(text) == Decimal(number)
    assert str(figures.read("-0")) == "0"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234,5", "several_signs"),
        ("1,234.5", "several_signs"),
        ("1.234.567", "several_signs"),
        ("1,234,567", "several_signs"),
        ("12 %", "percent_sign"),
        ("12%", "percent_sign"),
        ("1.234,5 %", "several_signs"),
        ("NaN", "not_a_number"),
        ("-Infinity", "not_a_number"),
        ("1e400", "not_a_number"),
        ("1e5", "not_a_number"),
        ("1" * 2000, "too_many_digits"),
        ("٤٥", "not_a_number"),
        ("४५,१", "not_a_number"),
        ("\uff11\uff12", "not_a_number"),
        ("1 23,4", "not_a_number"),
        ("12 34", "not_a_number"),
        ("1234 567", "not_a_number"),
        ("1\n234", "not_a_number"),
        ("1_000", "not_a_number"),
        ("0x10", "not_a_number"),
        ("--1", "not_a_number"),
        ("1,", "not_a_number"),
        (",5", "not_a_number"),
        (".", "not_a_number"),
        ("%", "not_a_number"),
        ("12 %%", "not_a_number"),
        ("", "not_a_number"),
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused(text, code):
    with pytest.raises(figures.BadNumber) as refused:
        figures.read(text)

    assert refused.value.code == code
    assert refused.value.sentence


@pytest.mark.parametrize("text", ["12 %", "12%", "12\u00a0%", "12"])
def test_a_per_cent_sign_is_taken_where_the_unit_is_the_per_cent(text):
    assert figures.read(text, percent=True) == 12
    assert NumberField(percent=True).clean(text) == 12


def test_a_form_says_why_a_number_is_refused():
    with translation.override("en"):
        for text, code, words in (
            ("1.234,5", "several_signs", "more than one comma or dot"),
            ("12 %", "percent_sign", "not counted in per cent"),
            ("1" * 2000, "too_many_digits", "more digits"),
            ("көп", "not_a_number", "for example 1 234,5"),
        ):
            with pytest.raises(ValidationError, match=words) as refused:
                NumberField().clean(text)
            assert refused.value.code == code


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("value", ["1234", "1234567.5", "-0.25", "1234.567"])
def test_what_a_form_shows_is_read_back_as_the_same_number(language, value):
    with translation.override(language):
        shown = NumberField().prepare_value(Decimal(value))
        assert NumberField().clean(shown) == Decimal(value)
        assert display.typed(Decimal(value)) == shown


# --- cells of a sheet ----------------------------------------------------------------------------------------

COLUMNS = (
    UploadColumn("code"),
    UploadColumn("said", kind="figure", required=False, longest=100),
    UploadColumn("value", kind="number", required=False),
)


def sheet(*cells):
    """A workbook of a spreadsheet program: of each cell its value and number format."""
    book = Workbook()
    page = book.active
    page.append([column.key for column in COLUMNS])
    page.append(["1", *(value for value, _written in cells)])
    for place, (_value, written) in enumerate(cells, start=2):
        page.cell(2, place).number_format = written
    file = io.BytesIO()
    book.save(file)
    return read_table(file, name="table.xlsx", columns=COLUMNS)


def test_a_figure_stays_as_it_is_written_and_a_per_cent_cell_says_so():
    for cell, written, said in (
        ("1 234,5", "@", "1 234,5"),
        ("1.234,5", "General", "1.234,5"),
        ("12 %", "@", "12 %"),
        (0.1 + 0.2, "General", "0.3"),
        (0.12, "0%", "12 %"),
        (0.125, "#,##0.0\\ %;-0.0%", "12.5 %"),
        (0.12, '0.00" %"', "0.12"),
        (1234.5, "#,##0.00", "1234.5"),
    ):
        table = sheet((cell, written))
        assert (table.errors, table.rows[0]["said"]) == ([], said), written

    assert sheet((dt.date(2026, 5, 1), "dd.mm.yyyy")).errors[0].code == "number_as_day"
    assert sheet((True, "General")).errors[0].code == "not_a_number"
    assert sheet(("1" * 101, "@")).errors[0].code == "too_long"


def test_a_per_cent_cell_is_no_number_where_nobody_counts_in_per_cent():
    found = sheet((None, "@"), (0.12, "0%")).errors[0]

    assert (found.code, found.values) == ("percent_sign", {"value": "12 %"})
    assert sheet((None, "@"), (12, "0.00")).rows[0]["value"] == 12
