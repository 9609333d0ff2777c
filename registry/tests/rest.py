"""Ask the REST interface as a client does."""

from __future__ import annotations

import csv
import io

from django.db import connection
from django.test import Client
from openpyxl import load_workbook

API = "/api/v1/"
VISITOR = Client(headers={"Accept-Language": "en"})


def ask(address, client=VISITOR, **query):
    """The bare answer; ``from_`` stands for ``from``."""
    return client.get(
        API + address.removeprefix(API), {name.rstrip("_"): value for name, value in query.items()}
    )


def get(address, client=VISITOR, **query):
    """The JSON of an answer that must be 200."""
    answer = ask(address, client, **query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused(address, status, pointer="", client=VISITOR, **query):
    """The problem with which an address is refused, naming the field where one is to blame."""
    return problem(ask(address, client, **query), status, pointer)


def problem(answer, status, pointer=""):
    """The problem an answer must be, with a fault at the pointer."""
    assert answer.status_code == status, (answer.status_code, answer.content[:2000])
    assert answer["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["type"].startswith("/api/v1/problems/")
    assert document["title"]
    assert document["detail"]
    pointers = [fault["pointer"] for fault in document["errors"]]
    if pointer:
        assert any(p == pointer or p.startswith(f"{pointer}/") for p in pointers), document
    return document


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def table(address, fmt, **query):
    """The rows of a list as a table, a mapping each; empty cells are empty text."""
    answer = ask(address, format=fmt, **query)
    assert answer.status_code == 200, body(answer)
    raw = body(answer)
    if fmt == "csv":
        return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(raw), read_only=True).active
    sheet.reset_dimensions()
    header, *rows = sheet.iter_rows(values_only=True)
    return [
        {
            name: "" if value is None else str(value)
            for name, value in zip(header, [*row, *[None] * (len(header) - len(row))], strict=True)
        }
        for row in rows
    ]


def walk(address, page_size=2, **query):
    """Every row, read by cursor."""
    rows, answer = [], get(address, cursor="", page_size=page_size, **query)
    while True:
        assert len(answer["results"]) <= page_size
        rows += answer["results"]
        if answer["next"] is None:
            assert not answer["has_more"]
            return rows
        following = VISITOR.get(answer["next"])
        assert following.status_code == 200
        answer = following.json()


def ky(rows):
    """The Kyrgyz names of rows, in their order."""
    return [row["name"]["ky"] for row in rows]


def moment():
    """Now, as ``updated_since`` takes it, by the clock of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].isoformat().replace("+00:00", "Z")
