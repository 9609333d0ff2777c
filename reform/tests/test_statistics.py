import datetime as dt
import json

import pytest

from reform import queries
from reform.tests.scenarios import DAY, apply, draft, merge_draft, programme
from registry.services import PartSpec, UnitSpec
from registry.tests.factories import VersionFactory, aimak, city, district, oblast, place

pytestmark = pytest.mark.django_db
BEFORE, AFTER = dt.date(2023, 4, 1), dt.date(2023, 6, 1)


def ask(**more):
    return json.loads(queries.statistics(**({"before": BEFORE, "after": AFTER} | more)))


def row(answer, name):
    return next(r for r in answer["rows"] if r["group"]["name"]["ky"] == name)


@pytest.fixture
def country():
    """Two oblasts, a republican city, and one of each class of municipality."""
    one, two = oblast("Бир"), oblast("Эки")
    d1, d2 = district(one, "Биринчи"), district(two, "Экинчи")
    bishkek = VersionFactory(kind="city_republican", name_ky="Борбор").unit
    city(one, "Облустук", kind="city_oblast")
    town = city(d1, "Шаарча")
    a, b = aimak(d1, "А", villages=["а"]), aimak(d1, "Б", villages=["б"])
    giver = aimak(d1, "Берүүчү", villages=["калган"])
    both = aimak(d2, "Аралаш", villages=["м"])
    moved, out, massif = (
        place(giver, "көчкөн"),
        place(both, "кеткен"),
        place(both, "массив", "residential_massif"),
    )
    aimak(d2, "Өзгөрүүсүз", villages=["ө"])
    renamed = aimak(d2, "Эски ат", villages=["э"])
    to_city = aimak(d2, "Шаар болор", villages=["ш"])
    apply(merge_draft([a, b], d1, "АБ")[0])
    apply(
        draft(
            "transfer", parts=[PartSpec(giver.pk, both.pk, "part", (moved.pk,))], programme=programme("other")
        )
    )
    apply(draft("transfer", parts=[PartSpec(both.pk, town.pk, "part", (out.pk,))]))
    apply(draft("transfer", parts=[PartSpec(both.pk, bishkek.pk, "part", (massif.pk,))]))
    apply(draft("rename", units=[UnitSpec(renamed.pk, "alters", name_ky="Жаңы ат", name_ru="Жаңы ат")]))
    apply(draft("type_change", units=[UnitSpec(to_city.pk, "alters", kind="city_district_level")]))
    return {"one": one, "two": two, "d1": d1}


def test_each_municipality_has_one_class(country):
    total = ask()["total"]

    assert total == {
        "before": 10,
        "after": 9,
        "unchanged": 4,
        "enlarged": 2,
        "diminished": 1,
        "reshaped": 1,
        "abolished": 2,
        "created": 1,
        "moved_in": 0,
        "moved_out": 0,
        "reduced": 1,
        "reduction_percent": "10.00",
    }


@pytest.mark.parametrize("group_by", queries.GROUPINGS)
def test_every_grouping_adds_up(country, group_by):
    answer = ask(group_by=group_by)

    for key, value in answer["total"].items():
        if key != "reduction_percent":
            assert sum(r[key] for r in answer["rows"]) == value, key
    for r in [*answer["rows"], answer["total"]]:
        survivors = r["unchanged"] + r["enlarged"] + r["diminished"] + r["reshaped"]
        assert r["before"] == survivors + r["abolished"] - r["moved_in"] + r["moved_out"]
        assert r["after"] == survivors + r["created"]
        assert r["reduced"] == r["before"] - r["after"]
    assert (answer["total"]["before"], answer["total"]["after"]) == (10, 9)


def test_a_change_of_kind_moves_between_kinds(country):
    answer = ask(group_by="kind")
    rows = {r["group"]["id"]: r for r in answer["rows"]}

    assert (rows["ayil_aimak"]["moved_out"], rows["city_district_level"]["moved_in"]) == (1, 1)


def test_a_filter_by_kind_counts_who_left_it(country):
    total = ask(filters={"kind": "ayil_aimak"})["total"]

    assert (total["before"], total["after"], total["moved_out"], total["unchanged"]) == (7, 5, 1, 2)


def test_cities_outside_districts_have_their_row(country):
    answer = ask(group_by="district")
    outside = [r["group"] for r in answer["rows"] if r["group"]["id"] is None]

    assert [group["oblast"]["name"]["ky"] for group in outside] == ["Бир", "Борбор"]


def test_the_programme_is_that_of_the_last_change(country):
    answer = ask(group_by="programme")

    assert {r["group"]["id"] is None: r["before"] for r in answer["rows"]}[True] == 2
    assert sum(r["before"] for r in answer["rows"]) == 10


def test_percent_is_rounded_half_up_and_null_without_a_before():
    home = district()
    for index in range(8):
        aimak(home, f"А{index}", villages=[str(index)])
    a, b = aimak(home, "Ж", villages=["ж"]), aimak(home, "З", villages=["з"])
    apply(merge_draft([a, b], home, on=DAY)[0])

    assert ask()["total"]["reduction_percent"] == "10.00"
    assert ask(before=dt.date(2019, 1, 1), after=dt.date(2019, 1, 2))["total"]["reduction_percent"] is None


@pytest.mark.parametrize("measure", queries.MEASURES)
def test_measures_add_up(country, measure):
    answer = ask(group_by="district", measure=measure)

    assert set(answer["total"]) == {"before", "after", "reduced", "reduction_percent"}
    if measure == "settlements":
        assert answer["total"]["before"] == sum(r["before"] or 0 for r in answer["rows"]) == 9


def test_statistics_take_one_query(country, django_assert_num_queries):
    with django_assert_num_queries(1):
        ask(group_by="district", filters={"oblast": country["one"].pk})
