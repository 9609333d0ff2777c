"""The front page."""

import datetime as dt
import gzip
import json
import re

import pytest

from registry import tile_layout
from registry.tests.factories import oblast

pytestmark = pytest.mark.django_db


def rows_of(visitor, address, **parameters):
    answer = visitor.get(address, {"format": "json", **parameters})
    assert answer.status_code == 200
    return json.loads(answer.content)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_front_page_opens_in_every_language(read, land, language):
    assert "<h1>" in read(language=language)


def test_an_empty_register_has_a_front_page(read):
    page = read()

    assert 'class="notice"' in page  # nothing to compare


def test_the_front_page_costs_seven_queries(visitor, land, django_assert_num_queries):
    with django_assert_num_queries(7):
        visitor.get("/ky/")


def test_the_days_compared_come_from_the_records(visitor, land):
    answer = rows_of(visitor, "/ru/")

    total = answer["total"]
    assert (total["before"], total["after"]) == (7, 5)
    labels = [column["label"] for column in answer["columns"]]
    assert any("30.04.2023" in label for label in labels)  # the eve of the first event in force
    assert any("21.11.2026" in label for label in labels)


def test_another_day_and_another_kind_can_be_compared(visitor, land):
    answer = rows_of(visitor, "/ru/", before="2023-05-01", kind="ayil_aimak", at="2024-08-04")

    assert answer["at"] == "2024-08-04"
    assert (answer["total"]["before"], answer["total"]["after"]) == (3, 3)


def test_before_the_reform_there_is_nothing_to_compare(read, land):
    page = read(at="2022-01-01")

    assert 'class="notice"' in page
    assert "table-main-before" not in page  # no column of an earlier day


def test_an_oblast_is_one_row_with_its_composition(visitor, land):
    rows = {row["name"]: row for row in rows_of(visitor, "/ru/")["rows"]}

    naryn = rows["Нарынская область"]
    assert (naryn["districts"], naryn["cities"], naryn["aimaks"]) == (2, 1, 3)
    assert naryn["reduction_percent"] == "33.33"
    assert rows["г. Бишкек"]["population"] is None  # nobody reported it


def test_the_table_by_district_adds_up_to_the_same_total(visitor, land):
    answer = rows_of(visitor, "/ru/", table="districts")

    assert sum(row["after"] for row in answer["rows"]) == answer["total"]["after"] == 5
    assert {row["name"] for row in answer["rows"]} >= {"Ак-Талинский район", "г. Бишкек"}


def test_percentages_are_whole_on_the_page_with_the_exact_one_beside(read, land):
    page = read()

    assert re.search(r'<span title="33,33\s%">33\s%</span>', page)


@pytest.mark.parametrize(
    "parameters",
    [
        {"at": "2023-02-30"},
        {"at": "tomorrow"},
        {"before": "2027-01-01"},
        {"before": "x"},
        {"kind": "village"},
        {"shade": "area"},
        {"sort": "nothing"},
        {"format": "pdf"},
        {"format": "csv", "table": "nothing"},
    ],
)
def test_what_cannot_be_meant_is_refused(read, land, parameters):
    read(status=400, **parameters)


@pytest.mark.parametrize("name", ["csv", "xlsx", "json"])
def test_every_table_is_a_file_one_click_away(visitor, land, name):
    for table in ("", "districts"):
        answer = visitor.get("/ky/", {"format": name, "table": table})

        assert answer.status_code == 200
        assert "attachment" in answer["Content-Disposition"]


def test_the_page_stays_small(visitor, land):
    assert len(gzip.compress(visitor.get("/ky/").content)) < 20_000


def test_the_map_can_be_shaded_by_reduction_and_population(read, land):
    assert "67\u00a0%" in read(shade="reduction")  # Ak-Talaa: three to one
    assert 'aria-current="true"' in read(shade="population")


def test_every_district_has_a_place_of_its_own():
    known = [
        {"oblast": key, "name_ky": name} for key, places in tile_layout._OBLASTS.items() for name in places
    ]
    strangers = [{"oblast": "Чүй", "name_ky": f"Жаңы {number}"} for number in range(15)]

    places = tile_layout.places([*known, *strangers, known[0]])

    assert len(set(places)) == len(places)
    assert sum(bool(key) for key, names in tile_layout._OBLASTS.items() for _name in names) == 40


def test_the_map_knows_a_district_however_its_name_is_spelt():
    (place,) = tile_layout.places([{"oblast": "НАРЫН", "name_ky": "Ак Талаа"}])

    assert place == (6, 3)


def test_the_latest_changes_are_those_of_the_day(read, land):
    land.event.refresh_from_db()

    assert str(land.event.pk) in read()
    assert str(land.event.pk) not in read(at="2023-04-30")


def test_a_second_oblast_without_municipalities_does_not_break_the_page(read, land):
    oblast("Талас", name_ru="Таласская область")

    assert "<h1>" in read(at=dt.date(2025, 1, 1).isoformat())


def test_a_day_without_records_has_no_map(read, land):
    page = read(at="1900-01-01")

    assert "tile-map" not in page
    assert 'class="empty"' in page
