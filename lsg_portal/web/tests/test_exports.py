import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from lsg_portal.web.shell import Citation
from lsg_portal.web.tables import NUMBER, Column, Table
from lsg_portal.web.tables.exports import Export, formula_safe


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def read_csv(response):
    return list(csv.DictReader(io.StringIO(body(response).decode("utf-8-sig")), delimiter=";"))


def test_a_csv_holds_exactly_the_rows_of_all_pages(visitor):
    response = visitor.get("/ky/?format=csv&kind=city&sort=-after&page=1")
    rows = read_csv(response)
    total = rows.pop()
    assert len(rows) == 18
    assert [int(row["Реформадан кийин"]) for row in rows] == sorted(
        (int(r["Реформадан кийин"]) for r in rows), reverse=True
    )
    assert int(total["Реформадан кийин"]) == sum(int(row["Реформадан кийин"]) for row in rows)


def test_a_csv_opens_in_a_spreadsheet_here(visitor):
    assert body(visitor.get("/ky/?format=csv")).startswith(b"\xef\xbb\xbf")
    rows = read_csv(visitor.get("/ky/?format=csv"))
    assert rows[1]["Качантан"] == "2023-05-02"
    assert rows[1]["Калктын саны"] == "2177"
    assert rows[4]["Калктын саны"] == ""


def test_the_decimal_sign_of_a_csv_is_that_of_the_page(visitor):
    assert "," in read_csv(visitor.get("/ru/?format=csv"))[2]["Кыскаруу"]
    assert "." in read_csv(visitor.get("/en/?format=csv"))[2]["Кыскаруу"]


def test_every_row_of_a_csv_says_its_day_and_source(visitor):
    row = read_csv(visitor.get("/en/?format=csv&at=2024-09-06&kind=city"))[0]
    assert row["As of"] == "2024-09-06"
    assert row["Source"] == "http://testserver/en/?at=2024-09-06&kind=city"


def test_a_file_is_named_by_page_and_day(visitor):
    response = visitor.get("/ky/?format=csv&at=2024-09-06")
    assert response["Content-Disposition"] == 'attachment; filename="lsg_country_2024-09-06.csv"'


def test_only_the_columns_shown_are_exported(visitor):
    row = json.loads(visitor.get("/ky/?format=json&col=after").content)["rows"][0]
    assert list(row) == ["name", "after"]


def test_json_carries_day_filters_versions_and_total(visitor):
    document = json.loads(visitor.get("/ky/?format=json&kind=city&at=2024-09-06").content)
    assert document["at"] == "2024-09-06"
    assert document["filters"] == {"kind": "city"}
    assert document["versions"] == {"registry": 12, "reform": 3}
    assert document["total"]["before"] == sum(row["before"] for row in document["rows"])
    assert len(document["rows"]) == 18


def test_a_workbook_holds_numbers_as_numbers_and_says_where_they_are_from(visitor):
    book = openpyxl.load_workbook(io.BytesIO(visitor.get("/en/?format=xlsx&at=2024-09-06&kind=city").content))
    sheet, about = book.worksheets
    assert sheet.max_row == 20
    assert sheet.cell(20, 1).value == "Total"
    assert sheet.cell(20, 3).value == sum(sheet.cell(row, 3).value for row in range(2, 20))
    assert isinstance(sheet.cell(2, 3).value, int)
    assert sheet.cell(2, 8).value.date().isoformat() == "2023-05-01"
    stamp = {row[0].value: row[1].value for row in about.iter_rows()}
    assert stamp["As of"] == "2024-09-06"
    assert stamp["Filters"] == "Түрү: Облустук маанидеги шаар"
    assert stamp["Data version"] == "reform-3.registry-12"


FIGURES = [Decimal("1E+1"), Decimal("0E-20"), Decimal("1.50"), Decimal("-2E-7"), 0.00000025, 10]


def export_of(get, address="/en/"):
    """The file of a table with figures that Python would write with an exponent."""
    rows = [{"name": f"№ {number}", "figure": figure} for number, figure in enumerate(FIGURES)]
    table = Table(
        get(address, language=address.strip("/")),
        caption="Figures",
        columns=[Column("name", "Name"), Column("figure", "Figure", NUMBER)],
        rows=rows,
        totals={"figure": Decimal("1E+1")},
    )
    return Export(table, Citation.of(table.request, "Figures", {}))


@pytest.mark.parametrize(("language", "sign"), [("en", "."), ("ru", ",")])
def test_no_figure_of_a_csv_is_written_with_an_exponent(get, language, sign):
    with translation.override(language):
        rows = read_csv(export_of(get, f"/{language}/").csv())

    exact = ["10", "0.00000000000000000000", "1.50", "-0.0000002", "0.00000025", "10", "10"]
    assert [row["Figure"] for row in rows] == [text.replace(".", sign) for text in exact]


def test_exact_decimals_of_json_are_plain_text(get):
    document = json.loads(export_of(get).json().content)

    assert [row["figure"] for row in document["rows"]] == [
        "10", "0.00000000000000000000", "1.50", "-0.0000002", 2.5e-07, 10,
    ]  # fmt: skip
    assert document["total"] == {"figure": "10"}


def test_figures_of_a_workbook_are_numbers_whatever_their_exponent(get):
    book = openpyxl.load_workbook(io.BytesIO(export_of(get).xlsx().content))

    found = [book.worksheets[0].cell(row, 2).value for row in range(2, 9)]
    assert found == [10, 0, 1.5, -2e-07, 2.5e-07, 10, 10]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_text_of_a_file_becomes_a_formula(text):
    assert formula_safe(text) == "'" + text


def test_ordinary_text_is_left_alone():
    assert formula_safe("Уч-Коргон") == "Уч-Коргон"


@pytest.mark.parametrize("query", ["format=pdf", "format=csv&table=nothing", "format=_named"])
def test_a_file_the_page_does_not_offer_is_refused(visitor, query):
    assert visitor.get(f"/ky/?{query}").status_code == 400
