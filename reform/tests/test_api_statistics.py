"""Statistics over REST."""

from __future__ import annotations

import pytest

from reform.queries import GROUPINGS, MEASURES
from reform.tests.scenarios import apply, draft, merge_draft, programme
from registry.services import PartSpec, UnitSpec
from registry.tests.factories import VersionFactory, aimak, city, code, district, oblast, place
from registry.tests.rest import VISITOR, ask, get, problem, refused, table

pytestmark = pytest.mark.django_db
STATISTICS = "reform/statistics/"
DAYS = {"before": "2023-04-01", "after": "2023-06-01"}
CLASSES = [
    "unchanged", "enlarged", "diminished", "reshaped", "abolished", "created", "moved_in", "moved_out",
]  # fmt: skip


@pytest.fixture
def land():
    """Two oblasts and the capital; a merger in one programme, a transfer in another, a rename in none."""
    one, two = oblast("Бир", name_en="One"), oblast("Эки")
    d1, d2 = district(one, "Биринчи"), district(two, "Экинчи")
    capital = VersionFactory(kind="city_republican", name_ky="Борбор").unit
    city(one, "Облустук", kind="city_oblast")
    a, b = aimak(d1, "А", villages=["а"], residents=100), aimak(d1, "Б", villages=["б"], residents=50)
    giver = aimak(d2, "Берүүчү", villages=["калган"], residents=70)
    moved = place(giver, "көчкөн", residents=7)
    aimak(d2, "Өзгөрүүсүз", villages=["ө"], residents=30)
    code(one, "41701000000000")
    code(d1, "41701200000000")
    apply(merge_draft([a, b], d1, "АБ")[0])
    apply(
        draft(
            "transfer",
            parts=[PartSpec(giver.pk, capital.pk, "part", (moved.pk,))],
            programme=programme("law"),
        )
    )
    renamed = aimak(d2, "Эски", villages=["э"])
    apply(
        draft("rename", units=[UnitSpec(renamed.pk, "alters", name_ky="Жаңыча")], programme=programme("law"))
    )
    return {"one": one, "two": two, "d1": d1, "capital": capital}


def test_the_answer_has_the_shape_of_the_contract(land, django_assert_num_queries):
    with django_assert_num_queries(2):
        answer = get(STATISTICS, **DAYS, group_by="oblast")

    assert list(answer) == ["before", "after", "group_by", "measure", "rows", "total"]
    assert (answer["before"], answer["after"]) == ("2023-04-01", "2023-06-01")
    assert (answer["group_by"], answer["measure"]) == ("oblast", "municipalities")
    row = answer["rows"][0]
    assert list(row) == ["group", "before", "after", *CLASSES, "reduced", "reduction_percent"]
    assert {name: row["group"][name] for name in ("id", "kind", "name")} == {
        "id": str(land["one"].pk),
        "kind": "oblast",
        "name": {"ky": "Бир", "ru": "Бир", "en": "One"},
    }
    assert (row["before"], row["after"], row["reduced"], row["reduction_percent"]) == (3, 2, 1, "33.33")
    assert answer["total"] == {
        "before": 7, "after": 6, "unchanged": 3, "enlarged": 1, "diminished": 1, "reshaped": 0,
        "abolished": 2, "created": 1, "moved_in": 0, "moved_out": 0, "reduced": 1, "reduction_percent": "14.29",
    }  # fmt: skip


@pytest.mark.parametrize("group_by", GROUPINGS)
@pytest.mark.parametrize("measure", ["municipalities", *MEASURES])
def test_every_grouping_adds_up(land, group_by, measure):
    answer = get(STATISTICS, **DAYS, group_by=group_by, measure=measure)
    add = max if measure == "largest_distance_km" else sum

    for figure in ("before", "after"):
        values = [row[figure] for row in answer["rows"] if row[figure] is not None]
        assert (add(values) if values else None) == answer["total"][figure]
    if measure != "municipalities":
        assert list(answer["total"]) == ["before", "after", "reduced", "reduction_percent"]


def test_what_lies_in_no_district_or_programme_has_a_row_without_an_id(land):
    outside = [
        r["group"] for r in get(STATISTICS, **DAYS, group_by="district")["rows"] if r["group"]["id"] is None
    ]
    none = [r for r in get(STATISTICS, **DAYS, group_by="programme")["rows"] if r["group"]["id"] is None]

    assert [group["oblast"]["name"]["ky"] for group in outside] == ["Бир", "Борбор"]
    assert all(group["name"]["ky"] and group["name"]["ru"] for group in outside)
    assert [(row["before"], row["after"]) for row in none] == [(2, 2)]


@pytest.mark.parametrize(
    ("query", "figures"),
    [
        (lambda land: {"oblast": land["one"].pk}, (3, 2)),
        (lambda land: {"oblast": "41701000000000"}, (3, 2)),
        (lambda land: {"oblast": land["capital"].pk}, (1, 1)),
        (lambda land: {"district": land["d1"].pk}, (2, 1)),
        (lambda land: {"district": "41701200000000"}, (2, 1)),
        (lambda land: {"kind": "city_oblast"}, (1, 1)),
        (lambda land: {"programme": "naryn"}, (2, 1)),
        (lambda land: {"programme": str(programme("law").pk)}, (3, 3)),
        (lambda land: {"oblast": land["one"].pk, "kind": "ayil_aimak", "programme": "naryn"}, (2, 1)),
    ],
)
def test_filters_take_ids_and_codes(land, query, figures):
    total = get(STATISTICS, **DAYS, **query(land))["total"]

    assert (total["before"], total["after"]) == figures
    if figures[0] == 0:
        assert total["reduction_percent"] is None


def test_residents_are_counted_where_they_live(land):
    total = get(STATISTICS, **DAYS, measure="population")["total"]

    assert (total["before"], total["after"]) == (250, 243)  # of the capital nobody knows how many it had


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"after": "2023-06-01"}, "/before"),
        ({"before": "2023-06-01"}, "/after"),
        ({"before": "2023-06-02", "after": "2023-06-01"}, "/before"),
        (DAYS | {"group_by": "colour"}, "/group_by"),
        (DAYS | {"measure": "luck"}, "/measure"),
        (DAYS | {"kind": "oblast"}, "/kind"),
        (DAYS | {"oblast": "no unit"}, "/oblast"),
        (DAYS | {"at": "2023-05-01"}, "/at"),
        (DAYS | {"before": "0000-01-01"}, "/before"),
    ],
)
def test_odd_questions_are_named(land, query, pointer):
    refused(STATISTICS, 400, pointer, **query)


def test_the_same_question_again_is_304_in_one_query(land, django_assert_num_queries):
    tag = ask(STATISTICS, **DAYS)["ETag"]
    with django_assert_num_queries(1):
        again = VISITOR.get(
            "/api/v1/reform/statistics/?before=2023-04-01&after=2023-06-01", headers={"If-None-Match": tag}
        )
    assert (again.status_code, again.content) == (304, b"")
    assert ask(STATISTICS, **DAYS, group_by="kind")["ETag"] != tag


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_table_holds_the_rows_and_the_total_last(land, fmt):
    answer = get(STATISTICS, **DAYS)

    rows = table(STATISTICS, fmt, **DAYS)

    figures = ["before", "after", *CLASSES, "reduced"]
    expected = [[row[name] for name in figures] for row in [*answer["rows"], answer["total"]]]
    assert [[int(row[name]) for name in figures] for row in rows] == expected
    assert [row["group_name_ky"] for row in rows] == ["Бир", "Эки", "Борбор", ""]
    assert rows[-1]["reduction_percent"] == "14.29"


def test_labels_are_in_every_language_at_once(land):
    rows = get(STATISTICS, **DAYS, group_by="kind")["rows"]

    assert {row["group"]["id"] for row in rows} == {"city_republican", "city_oblast", "ayil_aimak"}
    assert all(set(row["group"]["name"]) == {"ky", "ru", "en"} for row in rows)
    problem(ask(STATISTICS, **DAYS, lang="de"), 400, "/lang")
