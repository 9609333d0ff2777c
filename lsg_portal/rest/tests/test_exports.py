"""Lists and documents as tables."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from lsg_portal.rest import tables

THINGS = "/api/v1/things/"


def read_csv(body, delimiter=";"):
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_csv_has_a_mark_semicolons_and_every_row(visitor, db):
    response = visitor.get(THINGS + "?format=csv&rows=120&at=2023-05-01")
    body = response.getvalue()

    assert body.startswith(b"\xef\xbb\xbfid;kind;name_ky;")
    assert len(read_csv(body)) == 120
    assert response["Content-Disposition"] == 'attachment; filename="things-2023-05-01.csv"'
    assert response["Content-Type"].startswith("text/csv; charset=utf-8")


def test_csv_without_mark_and_with_commas(visitor, db):
    body = visitor.get(THINGS + "?format=csv&bom=0&delimiter=,&fields=id,number").getvalue()

    assert body.startswith(b"id,number\n")


def test_csv_holds_the_rows_of_the_list_and_nothing_runs_in_a_spreadsheet(visitor, db):
    rows = read_csv(visitor.get(THINGS + "?format=csv&kind=odd,even").getvalue())

    assert rows[0]["name_ky"] == "'=1+1"
    assert rows[1]["name_ky"] == 'а;"б\n<в> & \\г'
    assert rows[2]["parent_name"] == "ата 1"
    assert [row["number"] for row in rows] == list("1234567")
    assert rows[5]["large"] == "true"


def test_csv_of_a_page_holds_that_page(visitor, db):
    rows = read_csv(visitor.get(THINGS + "?format=csv&page=2&page_size=3").getvalue())

    assert [row["number"] for row in rows] == ["4", "5", "6"]
    assert visitor.get(THINGS + "?format=csv&cursor=").status_code == 400


def test_an_unchanged_table_is_304(visitor, db):
    table = visitor.get(THINGS + "?format=csv")
    tag = table["ETag"]
    table.getvalue()

    assert visitor.get(THINGS + "?format=csv", headers={"If-None-Match": tag}).status_code == 304


def test_xlsx_keeps_texts_numbers_and_odd_characters(visitor, db):
    body = visitor.get(THINGS + "?format=xlsx").getvalue()

    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    header, first, second = list(sheet.iter_rows(max_row=3, values_only=True))
    assert header[:4] == ("id", "kind", "name_ky", "name_ru")
    assert dict(zip(header, first, strict=True))["name_ky"] == "=1+1"
    assert dict(zip(header, first, strict=True))["money"] == 1.5
    assert dict(zip(header, second, strict=True))["name_ky"] == 'а;"б\n<в> & \\г'
    assert sheet.freeze_panes == "A2"


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_long_table_streams_in_pieces(visitor):
    response = visitor.get(THINGS + "?format=csv&rows=20000")
    pieces = list(response)

    assert len(pieces) > 10
    assert len(read_csv(b"".join(pieces))) == 20_000


@pytest.mark.django_db(transaction=True)
def test_a_client_that_leaves_ends_the_statement(visitor):
    from django.db import connection

    response = visitor.get(THINGS + "?format=csv&rows=100000")
    next(iter(response))
    response.close()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (%' AND state = 'active'"
            " AND datname = current_database()"
        )
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_a_fifth_export_is_told_to_come_back(visitor):
    running = [visitor.get(THINGS + "?format=csv&rows=100000") for _ in range(4)]
    try:
        refused = visitor.get(THINGS + "?format=csv")
        assert refused.status_code == 429
        assert refused["Retry-After"] == "5"
    finally:
        for response in running:
            response.close()
    assert visitor.get(THINGS + "?format=csv").status_code == 200


def test_a_documents_rows_and_total_become_a_table(visitor, db):
    body = visitor.get("/api/v1/statistics/?group_by=kind&format=csv&bom=0").content.decode()

    assert body == "group_id;group_name_ky;before;reduction_percent\n;жок;3;-1.00\n;;3;\n"


def test_a_null_object_leaves_its_columns_to_the_rows_that_have_it():
    header, rows = tables.gathered([{"a": 1, "parent": None}, {"a": 2, "parent": {"id": 5}}])

    assert header == ["a", "parent_id"]
    assert tables.to_csv(header, rows, bom=False) == b"a;parent_id\n1;\n2;5\n"


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1", "'=1"),
        ("+996", "+996"),
        ("+a", "'+a"),
        ("-1.5", "-1.5"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        (-1, -1),
        (True, "true"),
    ],
)
def test_cells_are_formula_safe_and_numbers_stay(value, cell):
    assert tables.safe(value) in (cell, "'+996" if value == "+996" else cell)


def test_a_small_workbook_reads_back():
    book = openpyxl.load_workbook(
        io.BytesIO(tables.to_xlsx(["a", "b"], [{"a": "=1", "b": 2.5}, {"b": True}]))
    )

    assert list(book.active.iter_rows(values_only=True)) == [("a", "b"), ("=1", 2.5), (None, True)]
