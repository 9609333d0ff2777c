"""Query parameters: a closed list, read strictly."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from django.http import QueryDict

from lsg_portal.rest import clock
from lsg_portal.rest.params import AT, Invalid, Param, Table, UnitRef
from lsg_portal.rest.problems import Malformed

ID = "2f1b6a3e-5b0a-4c5e-9d53-0b1de1f4a001"


@pytest.mark.parametrize(
    ("param", "raw", "value"),
    [
        (Param("d", "date"), "2023-05-01", dt.date(2023, 5, 1)),
        (Param("d", "date"), "1900-01-01", dt.date(1900, 1, 1)),
        (Param("d", "date"), "2199-12-31", dt.date(2199, 12, 31)),
        (Param("m", "datetime"), "2026-01-01T00:00:00Z", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        (Param("m", "datetime"), "2026-01-01T06:00+06:00", dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        (
            Param("m", "datetime"),
            "2026-01-01T06:00:00.5 06:00",
            dt.datetime(2026, 1, 1, 0, 0, 0, 500000, dt.UTC),
        ),
        (Param("u", "uuid"), ID, UUID(ID)),
        (Param("c", "choice", choices=("a", "b")), "b", "b"),
        (Param("c", "choice", choices=("a", "b"), many=True), "b,a,b", ("b", "a")),
        (Param("i", "int", minimum=-5), "-5", -5),
        (Param("b", "bool"), "true", True),
        (Param("b", "bool"), "0", False),
        (Param("t"), "  Өзгөрүш ", "Өзгөрүш"),
        (Param("t"), "[a-z]+(.*)\\", "[a-z]+(.*)\\"),
        (Param("u", "unit"), ID, UnitRef(id=UUID(ID))),
        (Param("u", "unit"), "41704220000000", UnitRef(code="41704220000000")),
        (Param("c", blank=True), "", ""),
    ],
)
def test_a_value_is_read(param, raw, value):
    assert param.parse(raw) == value


@pytest.mark.parametrize(
    ("param", "raw", "code"),
    [
        (Param("d", "date"), "2023-02-30", "date"),
        (Param("d", "date"), "20230501", "date"),
        (Param("d", "date"), "0000-01-01", "date"),
        (Param("d", "date"), "99999-01-01", "date"),
        (Param("d", "date"), "2023-W01-1", "date"),
        (Param("d", "date"), "1899-12-31", "out_of_range"),
        (Param("d", "date"), "2200-01-01", "out_of_range"),
        (Param("m", "datetime"), "2026-01-01", "datetime"),
        (Param("m", "datetime"), "2026-01-01T00:00:00", "datetime"),
        (Param("m", "datetime"), "2026-01-01T00:00:00-99:44", "datetime"),
        (Param("m", "datetime"), "0001-01-01T00:00:00+14:00", "datetime"),
        (Param("m", "datetime"), "9999-12-31T23:59:59-22:44", "datetime"),
        (Param("u", "uuid"), ID[:-1], "uuid"),
        (Param("u", "uuid"), "{" + ID + "}", "uuid"),
        (Param("c", "choice", choices=("a",)), "A", "not_a_choice"),
        (Param("c", "choice", choices=("a",), many=True), "a,", "not_a_choice"),
        (Param("u", "uuid", many=True), ",".join([ID] * 101), "too_many"),
        (Param("i", "int"), "1.0", "integer"),
        (Param("i", "int"), "+1", "integer"),
        (Param("i", "int"), "९", "integer"),
        (Param("i", "int"), "9" * 2000, "integer"),
        (Param("i", "int", minimum=1, maximum=500), "501", "out_of_range"),
        (Param("b", "bool"), "yes", "boolean"),
        (Param("t", max_length=3), "abcd", "too_long"),
        (Param("t"), "   ", "blank"),
        (Param("t"), "", "blank"),
        (Param("u", "unit"), "-1", "unit"),
        (Param("u", "unit"), "a b", "unit"),
    ],
)
def test_anything_else_is_refused(param, raw, code):
    with pytest.raises(Invalid) as caught:
        param.parse(raw)

    assert caught.value.code == code


def test_every_fault_is_named_at_once():
    table = Table([Param("kind", "choice", choices=("a",)), Param("year", "int", required=True)])

    with pytest.raises(Malformed) as caught:
        table.read(QueryDict("kind=x&bogus=1&kind2=&kind2=&a~b%2Fc=1"))

    assert [(fault.pointer, fault.code) for fault in caught.value.errors] == [
        ("/kind", "not_a_choice"),
        ("/bogus", "unknown_parameter"),
        ("/kind2", "unknown_parameter"),
        ("/a~0b~1c", "unknown_parameter"),
        ("/year", "required"),
    ]


def test_a_parameter_given_twice_is_refused_even_when_both_agree():
    with pytest.raises(Malformed) as caught:
        Table([Param("kind")]).read(QueryDict("kind=a&kind=a"))

    assert caught.value.errors[0].code == "repeated_parameter"


def test_the_day_defaults_to_today_in_the_country(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: dt.date(2024, 11, 17))

    assert Table([AT]).read(QueryDict("")) == {"at": dt.date(2024, 11, 17)}


def test_openapi_says_what_is_taken():
    many = Param("kind", "choice", "d", choices=("a", "b"), many=True).openapi()

    assert many["schema"]["items"] == {"type": "string", "enum": ["a", "b"]}
    assert many["explode"] is False
    assert Param("n", "int", minimum=1, maximum=5, default=2).openapi()["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 5,
        "default": 2,
    }
