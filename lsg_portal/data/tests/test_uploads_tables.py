"""What is read from a good file, and what is said of single cells."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import Workbook

from lsg_portal.data.tests import workbooks
from lsg_portal.data.uploads import Limits, UploadColumn, UploadRefused, read_table
from lsg_portal.data.uploads.columns import folded
from lsg_portal.data.uploads.reading import letter

COLUMNS = (
    UploadColumn("code", ["Код"], filled=True),
    UploadColumn("name", ["Аталышы", "Наименование"]),
    UploadColumn("value", ["Мааниси"], kind="number", required=False),
    UploadColumn("count", kind="integer", required=False),
    UploadColumn("day", ["Күнү"], kind="day", required=False),
)
HEADING = ["code", "name", "value", "count", "day"]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def read(rows, kind="xlsx", columns=COLUMNS, limits=None, **more):
    data = workbooks.workbook(rows) if kind == "xlsx" else workbooks.csv_text(rows, ";").encode()
    return read_table(
        io.BytesIO(data), name=f"table.{kind}", columns=columns, limits=limits or Limits(), **more
    )


def read_csv(data, columns=COLUMNS[:2], **more):
    return read_table(io.BytesIO(data), name="table.csv", columns=columns, **more)


def error(rows, kind="xlsx", **more):
    table = read(rows, kind, **more)
    assert len(table.errors) == 1, table.errors
    assert not table.rows[0].sound
    return table.errors[0]


# --- values ------------------------------------------------------------------------------------------------


def test_a_workbook_of_a_spreadsheet_program_gives_text_numbers_and_days():
    book = Workbook()
    sheet = book.active
    sheet.title = "Барак"
    sheet.append(["Код", "Аталышы", "Мааниси", "count", "Күнү"])
    sheet.append([41704000000000, " Ңөү ", 0.1 + 0.2, 7, dt.date(2021, 4, 1)])
    sheet.append(["007", None, Decimal("1234.50"), 7.0, dt.datetime(2021, 4, 1)])
    book.create_sheet("Дагы")
    file = io.BytesIO()
    book.save(file)

    table = read_table(file, name="Жаңы файл.xlsx", columns=COLUMNS)

    assert table.errors == []
    assert (table.name, table.sheet, table.other_sheets) == ("Жаңы файл.xlsx", "Барак", ["Дагы"])
    day = dt.date(2021, 4, 1)
    assert [dict(row.values) for row in table.rows] == [
        {"code": "41704000000000", "name": "Ңөү", "value": Decimal("0.3"), "count": 7, "day": day},
        {"code": "007", "name": None, "value": Decimal("1234.5"), "count": 7, "day": day},
    ]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_numbers_and_days_as_people_type_them(kind):
    table = read(
        [
            HEADING,
            ["1", "а", "1 234,5", "1\u00a0000", "1.4.2021"],
            ["2", "б", "\u22125.25", "3", "2021-04-01"],
        ],
        kind,
    )

    assert table.errors == []
    assert [(row["value"], row["count"], row["day"].isoformat()) for row in table.rows] == [
        (Decimal("1234.5"), 1000, "2021-04-01"),
        (Decimal("-5.25"), 3, "2021-04-01"),
    ]


def test_rows_keep_the_numbers_they_have_in_the_file():
    table = read([["code", "name"], [None, None], ["1", "а"], [None, None], ["2", "б"]])
    same = read_csv(b'code;name\n\n1;"two\nlines"\n;\n2;b\n')

    assert [row.number for row in table.rows] == [row.number for row in same.rows] == [3, 5]
    assert same.rows[0]["name"] == "two\nlines"


def test_the_row_of_headings_is_the_first_that_holds_anything():
    table = read([[None], [None, None, None], ["code", "name"], ["1", "а"]])

    assert table.heading_row == 3
    assert [row.number for row in table.rows] == [4]


# --- cells that cannot be taken ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        (["<c><f>1+1</f><v>2</v></c>", "а"], "formula", "A"),
        (["1", '<c t="str"><f>HYPERLINK("http://x")</f><v>х</v></c>'], "formula", "B"),
        (["1", '<c t="e"><v>#REF!</v></c>'], "error_value", "B"),
        (["1", '<c t="b"><v>1</v></c>'], "not_text", "B"),
        (["<c><v>1234567890123456</v></c>", "а"], "imprecise", "A"),
        ([None, "а"], "required", "A"),
        (["1", "а", "много"], "not_a_number", "C"),
        (["1", "а", "1.234,5"], "several_signs", "C"),
        (["1", "а", "12 %"], "percent_sign", "C"),
        (["1", "а", "NaN"], "not_a_number", "C"),
        (["1", "а", "9" * 2000], "too_many_digits", "C"),
        (["1", "а", "<c><v>1e400</v></c>"], "not_a_number", "C"),
        (["1", "а", "٣"], "not_a_number", "C"),
        (["1", "а", None, "1,5"], "not_whole", "D"),
        (["1", "а", None, None, "32.01.2021"], "not_a_day", "E"),
        (["1", "а", None, None, "0000-01-01"], "not_a_day", "E"),
        (["1", "а", None, None, 44287], "not_a_day", "E"),
        (["1", "а", None, None, None, "рядом"], "beyond_heading", "F"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named(cells, code, column):
    found = error([HEADING, cells])

    assert (found.row, found.column, found.code) == (2, column, code)
    assert f"Row 2, column {column}" in found.message
    assert found.violation.pointer == f"/rows/2/{found.key or column}"


def test_text_in_a_cell_has_bounds():
    assert error([HEADING[:2], ["1", "а" * 40_000]]).code == "too_long"
    short = (COLUMNS[0], UploadColumn("name", longest=10))
    assert error([HEADING[:2], ["1", "а" * 11]], columns=short).code == "too_long"
    assert error([HEADING[:2], ["1", "а\x07б"]], "csv").code == "characters"


def test_a_time_of_day_is_no_day():
    book = Workbook()
    book.active.append(["code", "name", "day"])
    book.active.append(["1", "а", dt.datetime(2021, 4, 1, 12, 30)])
    file = io.BytesIO()
    book.save(file)

    assert read_table(file, name="a.xlsx", columns=COLUMNS).errors[0].code == "time_of_day"


def test_a_thousand_errors_are_told_and_all_are_counted():
    table = read([HEADING[:2], *([None, "а"] for _n in range(1500))])

    assert (len(table.errors), table.error_count, len(table.rows)) == (1000, 1500, 1500)


def test_what_is_said_of_a_cell_follows_the_language_of_the_reader():
    found = error([HEADING, ["1", "а", "много"]])

    assert (
        found.message == "Row 2, column C «value»: «много» is not a number. Write it like 1 234,5 or 1234.5."
    )


# --- headings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading", [["КОД", "  аталышы "], ["Код", "Наименование"], ["CODE", "Name"], ["\ufeffкод", "АТАЛЫШЫ"]]
)
def test_headings_are_found_by_any_of_their_names(heading):
    assert read([heading, ["1", "а"]], columns=COLUMNS[:2]).rows[0]["name"] == "а"


def test_headings_are_compared_without_the_letters_that_keyboards_lack():
    assert folded("Күнү_  ЁЛКА ") == folded("куну елка")


def test_missing_doubled_and_unknown_headings_are_all_named():
    with pytest.raises(UploadRefused) as caught:
        read([["name", "Name", "тест"], ["а", "б", "в"]])

    refusal = caught.value
    assert refusal.problem_status == 422
    assert [(one.code, one.pointer) for one in refusal.violations] == [
        ("missing_column", "/columns/code"),
        ("duplicate_column", "/columns/name"),
        ("unknown_column", "/columns/C"),
    ]
    assert all(word in refusal.message for word in ("table.xlsx", "Код", "A, B", "тест"))


def test_unknown_columns_can_be_left_alone_and_are_named():
    table = read([["code", "name", "src"], ["1", "а", "<c><f>1</f></c>"]], unknown="ignore")

    assert table.ignored == ["src"]
    assert table.errors == []


# --- CSV ---------------------------------------------------------------------------------------------------

LINES = "Код{0}Аталышы\n1{0}Ңөү\n2{0}б\n"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_any_usual_delimiter(encoding, delimiter):
    table = read_csv(LINES.format(delimiter).encode(encoding))

    assert [row["name"] for row in table.rows] == ["Ңөү", "б"]


def test_utf16_of_the_other_order_is_read_too():
    assert read_csv("\ufeffкод;name\n1;а\n".encode("utf-16-be")).rows[0]["name"] == "а"


def test_a_delimiter_inside_quotes_does_not_count():
    assert read_csv(b'code;"name"\n1;"a,b,c,d"\n').rows[0]["name"] == "a,b,c,d"


def test_cp1251_is_refused_with_a_preview_and_what_to_do():
    with pytest.raises(UploadRefused) as caught:
        read_csv("code;name\n1;Нарын\n".encode("cp1251"))

    refusal = caught.value
    assert (refusal.code, refusal.problem_status) == ("encoding", 415)
    assert "code;name / 1;Нарын" in refusal.message
    assert "CSV UTF-8" in refusal.message


def test_the_preview_shows_the_line_at_fault_even_far_down():
    with pytest.raises(UploadRefused, match="Талас"):
        read_csv(("code;name\n" + "1;a\n" * 5000).encode() + "2;Талас\n".encode("cp1251"))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"code;name\n1;a\0b\n", "nul"),
        ("code;name\n1;а\n".encode("utf-16-le"), "nul"),
        (b"\xff\xfec\0o\0d\0\x00\xd8", "utf16"),
        (b"code;name\n1;\xed\xa0\x80\n", "encoding"),
        (b'code;name\n1;"a"b\n', "quotes"),
        (b'code;name\n1;"a\n', "quotes"),
        (b"\n\n;;\n", "no_heading"),
    ],
)
def test_what_is_no_text_is_refused(data, code):
    with pytest.raises(UploadRefused) as caught:
        read_csv(data)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_columns_have_letters(index, name):
    assert letter(index) == name
