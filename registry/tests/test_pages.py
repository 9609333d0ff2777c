"""The lists of the register: legal acts, settlements, published figures."""

import datetime as dt
import json

import pytest
from django.test import Client

from lsg_portal.web import days
from registry.models import PublishedFigure
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast, place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(days, "today", lambda: dt.date(2026, 11, 21))


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def rows(visitor):
    """The rows of a list as its JSON file has them."""

    def read(address, **parameters):
        answer = visitor.get(f"/ru/{address}/", {"format": "json", **parameters})
        assert answer.status_code == 200, answer.content.decode()[:500]
        return json.loads(answer.content)["rows"]

    return read


@pytest.fixture
def land(db):
    naryn = oblast("Нарын", name_ru="Нарынская область")
    kochkor = district(naryn, "Кочкор", name_ru="Кочкорский район")
    unit = aimak(kochkor, "Ак-Кыя", villages=["Ак-Кыя", "Шамшы"], name_ru="Ак-Кыйский айылный аймак")
    talas = oblast("Талас", name_ru="Таласская область")
    town = city(talas, "Талас", kind="city_oblast", name_ru="Талас")
    place(town, "Аэропорт", kind="land_parcel")
    return {"naryn": naryn, "kochkor": kochkor, "unit": unit, "talas": talas, "town": town}


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize(
    ("address", "queries"), [("legal-acts", 2), ("settlements", 3), ("published-figures", 2)]
)
def test_a_list_opens_in_every_language_at_a_fixed_cost(
    visitor, land, django_assert_num_queries, address, queries, language
):
    LegalActFactory()
    with django_assert_num_queries(queries):
        assert visitor.get(f"/{language}/{address}/").status_code == 200


@pytest.mark.parametrize("address", ["legal-acts", "settlements", "published-figures"])
@pytest.mark.parametrize(
    "parameters", [{"kind": "x", "measure": "x"}, {"at": "x"}, {"sort": "x"}, {"page": "0"}]
)
def test_what_cannot_be_meant_is_refused(visitor, land, address, parameters):
    assert visitor.get(f"/ru/{address}/", parameters).status_code == 400


# Settlements


def test_settlements_are_filtered_by_oblast_district_kind_and_words(rows, land):
    def names(**filters):
        return [row["name"] for row in rows("settlements", **filters)]

    assert names() == ["Ак-Кыя", "Аэропорт", "Шамшы"]
    assert names(oblast=land["talas"].pk) == ["Аэропорт"]
    assert names(district=land["kochkor"].pk) == ["Ак-Кыя", "Шамшы"]
    assert names(kind="land_parcel") == ["Аэропорт"]
    assert names(q="кыя") == ["Ак-Кыя"]
    assert names(q="%") == []


def test_a_settlement_names_where_it_lies_in_full(rows, land):
    row = rows("settlements", q="шамшы")[0]

    assert row["municipality"] == "Ак-Кыйский айылный аймак"
    assert row["district"] == "Кочкорский район"
    assert row["oblast"] == "Нарынская область"


def test_a_district_of_no_day_is_refused(visitor, land):
    assert visitor.get("/ru/settlements/", {"district": land["naryn"].pk}).status_code == 400


# Legal acts


def test_acts_of_later_days_are_left_out(rows):
    LegalActFactory(number="1", adopted_on=dt.date(2020, 1, 1))
    LegalActFactory(number="2", adopted_on=dt.date(2024, 1, 1))

    assert len(rows("legal-acts")) == 2
    (only,) = rows("legal-acts", at="2023-12-31")
    assert "№ 1" in only["act"]


def test_an_act_was_in_force_until_it_was_repealed(rows):
    repealer = LegalActFactory(
        number="2", adopted_on=dt.date(2022, 1, 1), in_force=(dt.date(2022, 6, 1), None)
    )
    LegalActFactory(number="1", adopted_on=dt.date(2020, 1, 1), status="repealed", repealed_by=repealer)

    assert len(rows("legal-acts", status="repealed", at="2022-06-01")) == 1
    assert rows("legal-acts", status="repealed", at="2022-05-31") == []
    assert len(rows("legal-acts", status="in_force", at="2022-05-31")) == 2


def test_acts_are_found_by_number_and_by_words(rows):
    LegalActFactory(number="128", title_ru="О единицах", title_ky="Бирдиктер жөнүндө")

    assert len(rows("legal-acts", q="128")) == 1
    assert len(rows("legal-acts", q="жонундо")) == 1  # folded
    assert rows("legal-acts", q="12") == []


# Published figures


def figure(measure, value, **more):
    return PublishedFigure.objects.create(
        measure=measure,
        value=value,
        as_printed=str(value),
        source="Отчёт",
        **{"day": dt.date(2024, 9, 6), **more},
    )


def test_what_was_printed_stands_beside_the_records_with_the_difference(rows, land):
    figure("municipalities", 3)
    figure("ayil_aimaks", 1)
    figure("cities", 1)
    figure("ayil_aimaks", 5, unit=land["naryn"])
    figure("cities", 0, unit=land["naryn"])

    found = {
        (row["measure"], row["scope"]): (row["recorded"], row["difference"])
        for row in rows("published-figures")
    }

    country = "Кыргызская Республика"
    assert found == {
        ("муниципалитеты", country): (2, "-1"),
        ("айылные аймаки", country): (1, "0"),
        ("города", country): (1, "0"),
        ("айылные аймаки", "Нарынская область"): (1, "-4"),
        ("города", "Нарынская область"): (0, "0"),
    }


def test_a_figure_counts_on_its_own_day(rows, land):
    figure("municipalities", 0, day=dt.date(2019, 12, 31))

    assert rows("published-figures")[0]["recorded"] == 0


def test_what_cannot_be_counted_yet_is_not_zero(rows, land):
    figure("staff", 8696)
    figure("municipalities", 2, day=None, interval=(dt.date(2021, 6, 1), dt.date(2024, 9, 7)))

    assert [row["recorded"] for row in rows("published-figures")] == [None, None]
    assert rows("published-figures", measure="municipalities")[0]["day"] == "01.06.2021 – 06.09.2024"
