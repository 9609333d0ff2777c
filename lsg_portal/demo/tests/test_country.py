"""The demonstration shows the published facts of the reform, read over REST as a client would."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from reform.models import Programme
from reform.tests.scenarios import annul, apply, merge_draft
from registry.models import Change, SettlementAssignment, Unit, UnitVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_country"), pytest.mark.slow]
API = "/api/v1/"
# (district, before, after, per cent): facts on the pilot of 2023, table 1 of the dissertation
NARYN = [
    ("Ат-Башы", 11, 5, "54.55"),
    ("Ак-Талаа", 13, 4, "69.23"),
    ("Жумгал", 13, 6, "53.85"),
    ("Кочкор", 11, 5, "54.55"),
    ("Нарын", 15, 7, "53.33"),
]
REFORM = {"before": "2021-06-01", "after": "2024-09-06"}
EVE, DAY = "2022-05-01", "2022-05-02"  # the day of the Kadamjay pilot is constructed


@pytest.fixture
def get():
    client = Client(headers={"Accept-Language": "ky"})

    def ask(address, **query):
        answer = client.get(API + address, query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


@pytest.fixture
def find(get):
    """The one unit of a name (Kyrgyz), kind and place on a day."""

    def one(name, kind, at, **place):
        rows = get("units/", kind=kind, at=at, page_size=500, **place)["results"]
        (found,) = [row for row in rows if row["name"]["ky"] == name]
        return found

    return one


def ids(answer):
    return {row["id"] for row in answer["results"]}


def called(rows):
    return {row["unit"]["name"]["ky"]: row for row in rows["results"]}


def places(get, unit, day):
    """Names by identifier: there are villages of the same name, Какыр among them."""
    rows = get(f"units/{unit['id']}/settlements/", at=day, page_size=500)["results"]
    return {row["id"]: row["name"]["ky"] for row in rows}


def villages(get, unit, day):
    return set(places(get, unit, day).values())


def moved(get, unit, eve, day):
    """The names of what came to a unit and of what left it."""
    before, after = places(get, unit, eve), places(get, unit, day)
    came, left = after.keys() - before.keys(), before.keys() - after.keys()
    return {after[key] for key in came}, {before[key] for key in left}


def test_the_naryn_table_is_as_published(get, find):
    naryn = find("Нарын", "oblast", "2023-04-01")

    answer = get(
        "reform/statistics/",
        before="2023-04-01",
        after="2023-06-01",
        group_by="district",
        oblast=naryn["id"],
        kind="ayil_aimak",
    )

    rows = [
        (r["group"]["name"]["ky"], r["before"], r["after"], r["reduction_percent"]) for r in answer["rows"]
    ]
    assert sorted(rows) == sorted(NARYN)
    total = answer["total"]
    assert (total["before"], total["after"], total["reduction_percent"]) == (63, 27, "57.14")


def test_the_whole_reform_is_as_published(get):
    total = get("reform/statistics/", **REFORM, group_by="oblast")["total"]
    kinds = get("reform/statistics/", **REFORM, group_by="kind")["rows"]
    unchanged = {row["group"]["id"]: row["unchanged"] for row in kinds}

    assert (total["before"], total["after"], total["unchanged"]) == (484, 268, 93)
    assert unchanged.pop("ayil_aimak") == 75
    assert sum(unchanged.values()) == 18


@pytest.mark.parametrize("group_by", ["oblast", "district", "kind", "programme"])
def test_every_grouping_adds_up_to_the_same_total(get, group_by):
    answer = get("reform/statistics/", **REFORM, group_by=group_by)
    total = answer["total"]

    for figure in set(total) - {"reduction_percent"}:
        assert sum(row[figure] for row in answer["rows"]) == total[figure], figure
    assert (total["before"], total["after"]) == (484, 268)
    outside = [row for row in answer["rows"] if row["group"]["id"] is None]
    assert bool(outside) == (group_by in ("district", "programme"))


def test_nothing_that_counts_is_written_in_the_code():
    """Municipalities and staff come out of the records: no Python, SQL or template of the apps holds their numbers."""
    import re
    from pathlib import Path

    from django.conf import settings

    numbers = re.compile(r"(?<![\d.\-_#])(484|268|8[ ,_]?696|4[ ,_]?768)(?![\d.\-])")
    found = [
        str(path)
        for app in ("registry", "reform", "councils", "ayil_okmotu", "accounts", "lsg_portal", "templates")
        for path in Path(settings.BASE_DIR, app).rglob("*")
        if path.suffix in (".py", ".html", ".sql") and not {"tests", "migrations"} & set(path.parts)
        if numbers.search(path.read_text(encoding="utf-8"))
    ]

    assert found == []


def test_lists_and_statistics_count_the_same(get):
    kinds = "city_republican,city_oblast,city_district_level,ayil_aimak"
    answer = get("reform/statistics/", **REFORM, group_by="oblast")

    for row in answer["rows"]:
        for side in ("before", "after"):
            listed = get("units/", at=REFORM[side], kind=kinds, oblast=row["group"]["id"], page_size=1)
            assert listed["count"] == row[side], row["group"]["name"]["ky"]


# Kadamjay: (unit, settlements that are gained, settlements that are lost), all documented
KADAMJAY = [
    ("А. Масалиев", "ayil_aimak", {"Какыр", "Калача", "Разъезд"}, set()),
    ("Айдаркен", "city_district_level", {"Шак-Шак", "Кичи Айдаркен", "Аэропорт"}, set()),
    ("Бирлик", "ayil_aimak", set(), {"Кичи Айдаркен", "Аэропорт"}),
]


@pytest.fixture
def kadamjay(find):
    return find("Кадамжай", "district", EVE)


@pytest.mark.parametrize(("name", "kind", "gained", "lost"), KADAMJAY)
def test_villages_of_kadamjay_are_on_the_right_side_of_the_day(get, find, kadamjay, name, kind, gained, lost):
    unit = find(name, kind, EVE, district=kadamjay["id"])

    assert moved(get, unit, EVE, DAY) == (gained, lost)


def test_uch_korgon_keeps_all_but_three_villages_and_gains_chauvai(get, find, kadamjay):
    unit = find("Уч-Коргон", "ayil_aimak", EVE, district=kadamjay["id"])
    chauvai = find("Чаувай", "ayil_aimak", EVE, district=kadamjay["id"])

    gained, lost = moved(get, unit, EVE, DAY)

    assert lost == {"Какыр", "Калача", "Разъезд"}
    assert gained == villages(get, chauvai, EVE)
    assert get(f"units/{unit['id']}/", at=DAY)["centre"]["name"]["ky"] == "Уч-Коргон"
    successors = called(get(f"units/{unit['id']}/successors/", at=DAY))
    assert {name: row["scope"] for name, row in successors.items()} == {"А. Масалиев": "part"}
    predecessors = called(get(f"units/{unit['id']}/predecessors/", at=DAY))
    assert {name: row["scope"] for name, row in predecessors.items()} == {"Чаувай": "whole"}


def test_moldo_niyaz_is_made_of_three_aimaks_one_of_them_in_part(get, find, kadamjay):
    unit = find("Молдо Нияз", "ayil_aimak", DAY, district=kadamjay["id"])

    rows = called(get(f"units/{unit['id']}/predecessors/"))

    assert {name: row["scope"] for name, row in rows.items()} == {
        "Алга": "part",
        "Кыргыз-Кыштак": "whole",
        "Совет": "whole",
    }
    assert get(f"units/{unit['id']}/", at=DAY)["centre"]["name"]["ky"] == "Алга"


def test_the_projection_of_alga_names_both_targets(get, find, kadamjay):
    alga = find("Алга", "ayil_aimak", EVE, district=kadamjay["id"])

    rows = called(get(f"units/{alga['id']}/projection/", **{"from": EVE, "to": DAY}))

    held = {name: {p["name"]["ky"] for p in row["settlements"]} for name, row in rows.items()}
    assert set(held) == {"Молдо Нияз", "Айдаркен"}
    assert held["Айдаркен"] == {"Шак-Шак"}
    assert held["Молдо Нияз"] == villages(get, alga, EVE) - {"Шак-Шак"}
    assert {row["scope"] for row in rows.values()} == {"part"}


@pytest.mark.parametrize(
    ("name", "centre"), [("Майдан", "Айрыбаз"), ("Орозбеков", "Учкун"), ("А. Масалиев", "Кара-Добо")]
)
def test_centres_move_as_documented(get, find, kadamjay, name, centre):
    unit = find(name, "ayil_aimak", DAY, district=kadamjay["id"])

    assert unit["centre"]["name"]["ky"] == centre


@pytest.mark.parametrize("name", ["Ак-Турпак", "Исхак-Полотхан"])
def test_what_stays_as_it_was_in_kadamjay_has_no_neighbours_in_time(get, find, kadamjay, name):
    rows = get("units/", kind="ayil_aimak", at=EVE, district=kadamjay["id"])["results"]
    unit = next(row for row in rows if row["name"]["ky"].replace(" ", "-") == name)

    for side in ("predecessors", "successors"):
        assert get(f"units/{unit['id']}/{side}/", at="2022-12-31")["results"] == []


def test_bishkek_takes_whole_aimaks_villages_massifs_and_parcels(get, find):
    bishkek = find("Бишкек", "city_republican", "2024-03-03")

    rows = get(f"units/{bishkek['id']}/predecessors/")["results"]
    day = "2024-03-04"
    rows = [row for row in rows if row["effective_on"] == day]
    whole = {row["unit"]["name"]["ky"] for row in rows if row["scope"] == "whole"}
    parts = {
        row["unit"]["name"]["ky"]: {(p["kind"], p["name"]["ky"]) for p in row["settlements"]}
        for row in rows
        if row["scope"] == "part"
    }

    assert len(whole) == 8
    assert {"Аламүдүн", "Маевка", "Пригородный", "Төмөнкү-Ала-Арча", "Лебединовка", "Көк-Жар"} <= whole
    kinds = {kind for places in parts.values() for kind, _name in places}
    assert kinds == {"village", "residential_massif", "land_parcel"}
    assert set(parts) == {"Кара-Жыгач", "Ак-Дөбө", "Таш-Дөбө", "Ленин", "Атбашы"}
    assert sum(kind == "land_parcel" for kind, _name in parts["Кара-Жыгач"]) == 3
    assert ("village", "Орто-Сай") in parts["Таш-Дөбө"]
    assert {name for _kind, name in parts["Ленин"]} == {"Мыкан", "Ак-Жар", "Нуркожо-Ата", "Адилет"}


def test_the_city_holds_what_it_was_given(get, find):
    bishkek = find("Бишкек", "city_republican", "2024-03-03")

    gained, lost = moved(get, bishkek, "2024-03-03", "2024-03-04")

    assert lost == set()
    assert {"Орто-Сай", "Мыкан", "Ак-Жар", "Нуркожо-Ата", "Адилет", "Анар-Бак", "Алтын-Казык"} <= gained


def test_population_of_the_country_is_the_same_on_every_day(get):
    answer = get("reform/statistics/", **REFORM, measure="population")["total"]

    assert answer["before"] == answer["after"] > 6_000_000


def test_every_settlement_belongs_somewhere_on_every_day_of_a_change():
    all_places = SettlementAssignment.objects.values("settlement").distinct().count()
    for day in sorted(set(Change.objects.values_list("effective_on", flat=True))):
        assert SettlementAssignment.objects.on(day).count() == all_places, day


def test_whatever_was_made_up_says_so():
    documented = Change.objects.filter(provenance="documented")
    constructed = Change.objects.filter(provenance="constructed")

    assert documented.exists()
    assert constructed.count() > documented.count()
    assert not documented.filter(change_acts__isnull=True).exists()
    assert UnitVersion.objects.filter(change__in=constructed, provenance="documented").count() == 0


def test_what_sources_printed_stands_beside_what_the_records_say(get):
    figures = get("published-figures/", page_size=500)["results"]
    shown = {(row["measure"], row["as_printed"], row["difference"]) for row in figures}

    assert shown >= {
        ("municipalities", "484", "0"),
        ("ayil_aimaks", "452", "0"),
        ("cities", "32", "0"),
        ("ayil_aimaks", "235", "0"),
        ("ayil_aimaks", "231", "4"),  # later reports count four fewer: both stand
        ("cities", "33", "0"),
        ("ayil_aimaks", "63", "0"),
        ("ayil_aimaks", "27", "0"),
        ("councils", "264", None),  # what the register cannot count it does not compare
    }


def test_the_checks_find_no_unit_left_behind(get):
    rows = {row["check"]: row["count"] for row in get("reform/checks/", at="2024-12-01")["results"]}

    assert rows["units_without_successor"] == rows["settlements_unassigned"] == 0


def test_annulling_a_merger_restores_the_day_and_applying_again_repeats_it(get, find):
    naryn = find("Нарын", "oblast", "2023-04-01")
    day = dt.date(2026, 12, 1)  # a merger of its own: on those of the reform the councils elected since rest
    home = Unit.objects.get(pk=find("Кочкор", "district", day.isoformat())["id"])
    sources = list(Unit.objects.at(day).filter(versions__parent=home).distinct().order_by("pk")[:2])
    event, _new = merge_draft(sources, home, on=day, programme=Programme.objects.get(key="law128"))
    days = ("2026-11-30", "2026-12-01", "2027-03-01")

    def maps():
        fields = "id,kind,name,parent,district,oblast,centre,population,status"
        ask = {"oblast": naryn["id"], "page_size": 500, "fields": fields}
        return [get("units/", at=day, **ask)["results"] for day in days]

    before = maps()
    apply(event)
    applied = maps()
    annul(event)
    annulled = maps()
    apply(event)

    assert len(applied[1]) == len(before[1]) - 1
    assert annulled == before
    assert maps() == applied
    assert event.applications.count() == 2
