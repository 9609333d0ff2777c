"""Files that are not what they seem: refused by name, within the time and memory that were given."""

from __future__ import annotations

import io

import pytest

from lsg_portal.data.tests import workbooks
from lsg_portal.data.uploads import Limits, UploadColumn, UploadRefused, read_table
from lsg_portal.data.uploads.refusals import REFUSALS

ROWS = [["code", "name"], ["1", "Ала-Бука"], ["2", "Ңөү"]]
COLUMNS = (UploadColumn("code"), UploadColumn("name"))
UNBOUND = {
    "inflated": 10**12,
    "ratio": 10**9,
    "rows": 10**9,
    "columns": 10**9,
    "cells": 10**9,
    "text": 10**12,
}


def read(data, name="table.xlsx", **limits):
    return read_table(io.BytesIO(data), name=name, columns=COLUMNS, limits=Limits(**limits))


def refused(data, name="table.xlsx", **limits):
    with pytest.raises(UploadRefused) as caught:
        read(data, name, **limits)
    error = caught.value
    assert str(error)
    assert all(violation.pointer and violation.message for violation in error.violations)
    return error


HOSTILE = [
    (workbooks.far_cell, "too_many_rows", 413),
    (lambda rows: workbooks.bomb(), "inflates_too_much", 413),
    (workbooks.lying_directory, "damaged", 400),
    (workbooks.compressed_too_much, "compressed_too_much", 413),
    (workbooks.many_entries, "too_many_entries", 413),
    (workbooks.laughs, "entities", 400),
    (workbooks.external_entity, "entities", 400),
    (workbooks.entities_in_utf16, "entities", 400),
    (workbooks.with_macros, "macros", 415),
    (workbooks.macros_by_type_only, "macros", 415),
    (workbooks.external_links, "external_links", 415),
    (workbooks.zip_inside, "embedded", 415),
    (workbooks.truncated, "damaged", 400),
    (workbooks.damaged_inside, "damaged", 400),
    (workbooks.random_deflate, "damaged", 400),
    (workbooks.encrypted, "encrypted", 415),
    (workbooks.old_excel, "old_or_encrypted", 415),
    (lambda rows: workbooks.zipped({"a.txt": "a"}), "not_a_workbook", 415),
    (lambda rows: b"code,name\n", "not_a_workbook", 415),
    (lambda rows: b"", "empty", 400),
    (lambda rows: workbooks.workbook([]), "no_heading", 422),
]


@pytest.mark.parametrize(("make", "code", "status"), HOSTILE)
def test_a_hostile_workbook_is_refused_and_the_next_one_is_read(make, code, status):
    data = make(ROWS)

    with workbooks.watched() as seen:
        error = refused(data)

    assert (error.code, error.problem_status) == (code, status)
    assert seen.seconds < 5
    assert seen.own < 256
    assert seen.child < 512
    assert not seen.left
    assert len(read(workbooks.workbook(ROWS)).rows) == 2


def test_a_dimension_that_lies_loses_no_row():
    rows = [ROWS[0], *([str(number), f"айыл {number}"] for number in range(1, 3001))]

    table = read(workbooks.lying_dimension(rows))

    assert [row["code"] for row in table.rows] == [str(number) for number in range(1, 3001)]
    assert table.rows[-1].number == 3001
    assert table.rows[-1]["name"] == "айыл 3000"


def test_rows_that_would_be_dropped_without_a_word_are_refused():
    twice = workbooks.rows_xml(ROWS) + workbooks.rows_xml([["3", "в"]], start=2)
    inside = '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B7"><v>1</v></c></row>'

    for body in (twice, inside):
        assert (
            refused(workbooks.zipped(workbooks.parts(workbooks.sheet_xml(body)))).code == "rows_out_of_order"
        )


def test_a_bomb_that_passes_the_archive_is_stopped_by_the_clock():
    with workbooks.watched() as seen:
        error = refused(workbooks.bomb(), **UNBOUND, seconds=1)

    assert error.code == "took_too_long"
    assert seen.seconds < 3
    assert not seen.left


def test_what_passes_the_archive_is_stopped_by_its_memory():
    body = "<row/>" * 2_000_000
    data = workbooks.zipped(workbooks.parts(workbooks.sheet_xml(body)))

    with workbooks.watched() as seen:
        error = refused(data, **UNBOUND, seconds=60, memory=150 * workbooks.MEGABYTE)

    assert error.code == "too_much_memory"
    assert seen.child < 150


def test_empty_rows_down_to_the_end_of_the_sheet_are_no_rows():
    styled = "".join(f'<row r="{number}"><c r="A{number}"/></row>' for number in range(4, 30_000))
    data = workbooks.zipped(workbooks.parts(workbooks.sheet_xml(workbooks.rows_xml(ROWS) + styled)))

    assert len(read(data).rows) == 2


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"size": 100}, "too_large"),
        ({"rows": 2}, "too_many_rows"),
        ({"columns": 1}, "too_many_columns"),
        ({"cells": 5}, "too_many_cells"),
        ({"text": 60}, "too_much_text"),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_every_cap_holds_for_both_formats(kind, limits, code):
    rows = [*ROWS, ["3", "х" * 100]]
    data = workbooks.workbook(rows) if kind == "xlsx" else workbooks.csv_text(rows).encode()

    assert refused(data, f"table.{kind}", **limits).code == code


def test_the_process_that_reads_knows_no_secret(monkeypatch):
    import subprocess

    started = {}
    real = subprocess.Popen

    def popen(*args, **kwargs):
        started.update(kwargs)
        return real(*args, **kwargs)

    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setattr(subprocess, "Popen", popen)
    read(workbooks.workbook(ROWS))

    assert set(started["env"]) <= {
        "PATH",
        "LD_LIBRARY_PATH",
        "SYSTEMROOT",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUTF8",
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("table.xls", "extension"),
        ("table.xlsm", "extension"),
        ("table", "extension"),
        ("table.csv", "not_a_csv"),
        ("../../etc/passwd\x00.csv", "not_a_csv"),
        ("\ud800.xlsx.exe", "extension"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(name, code):
    error = refused(workbooks.workbook(ROWS), name)

    assert error.code == code
    assert "/" not in error.name
    assert error.message.encode()


def test_every_refusal_has_a_sentence_and_a_status():
    assert {status for status, _sentence in REFUSALS.values()} == {400, 413, 415, 422}
