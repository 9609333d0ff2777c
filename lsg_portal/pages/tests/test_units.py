"""The pages of oblasts, districts, municipalities and urban districts."""

import json
import re
import uuid

import pytest

from lsg_portal.pages.tests.conftest import TODAY
from reform.tests.scenarios import annul
from registry.models import SettlementAssignment, Unit
from registry.tests.factories import UnitFactory, place

pytestmark = pytest.mark.django_db

KINDS = ["naryn", "talaa", "town", "bishkek", "inner", "kum", "ak", "dobo"]


def table(visitor, unit, key="", **parameters):
    answer = visitor.get(f"/ru/units/{unit.pk}/", {"format": "json", "table": key, **parameters})
    assert answer.status_code == 200, answer.content.decode()[:500]
    return json.loads(answer.content)


def heading(page):
    return re.search(r"<h1>(.*?)</h1>", page).group(1)


def crumbs(page):
    return re.findall(r"<a href=[^>]*>([^<]+)</a>", page.split('class="breadcrumb"')[1].split("</nav>")[0])


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_unit_has_a_page(read, land, kind, language):
    read(getattr(land, kind), language)


@pytest.mark.parametrize(
    ("kind", "queries"),
    [("naryn", 7), ("talaa", 12), ("kum", 12), ("bishkek", 12), ("inner", 3), ("dobo", 10)],
)
def test_a_page_costs_a_fixed_number_of_queries(visitor, land, django_assert_num_queries, kind, queries):
    with django_assert_num_queries(queries):
        visitor.get(f"/ky/units/{getattr(land, kind).pk}/")


def test_headings_carry_the_generic_word(read, land):
    assert heading(read(land.talaa, "ky")) == "Ак-Талаа району"
    assert heading(read(land.talaa, "ru")) == "Ак-Талинский район"
    assert heading(read(land.naryn, "ky")) == "Нарын облусу"
    assert heading(read(land.town, "ru")) == "г. Нарын"
    assert heading(read(land.kum, "ky")) == "Кум-Дөбө айыл аймагы"


def test_the_way_leads_from_the_country_down(read, land):
    assert crumbs(read(land.kum)) == ["Кыргызская Республика", "Нарынская область", "Кочкорский район"]
    assert crumbs(read(land.inner)) == ["Кыргызская Республика", "г. Бишкек"]
    assert crumbs(read(land.dobo))[1:] == ["Нарынская область", "Ак-Талинский район"]


def test_an_oblast_counts_its_districts_on_both_days(visitor, land):
    answer = table(visitor, land.naryn, kind="ayil_aimak", before="2023-04-30")

    found = {row["name"]: (row["before"], row["after"], row["reduction_percent"]) for row in answer["rows"]}
    assert found == {"Ак-Талинский район": (3, 1, "66.67"), "Кочкорский район": (2, 2, "0.00")}
    assert answer["total"]["reduction_percent"] == "40.00"


def test_an_oblast_lists_its_cities(visitor, land):
    assert [row["name"] for row in table(visitor, land.naryn, "cities")["rows"]] == ["г. Нарын"]


def test_a_district_lists_the_municipalities_of_the_day(visitor, land):
    before = table(visitor, land.talaa, at="2023-04-30")
    after = table(visitor, land.talaa, at="2023-05-01")

    assert len(before["rows"]) == 3
    assert [row["name"] for row in after["rows"]] == ["Баетовский айылный аймак"]
    assert before["total"]["population"] == after["total"]["population"] == 6500


def test_a_district_says_what_became_of_former_municipalities(visitor, land):
    talaa = {row["name"]: row for row in table(visitor, land.talaa, "former")["rows"]}
    kochkor = {row["name"]: row for row in table(visitor, land.kochkor, "former")["rows"]}

    assert talaa["Терекский айылный аймак"]["fate"] == "→ Баетовский айылный аймак"
    assert talaa["Терекский айылный аймак"]["changed_on"] == "2023-05-01"
    assert kochkor["Ак-Кыйский айылный аймак"]["fate"].endswith("→ Кум-Дёбинский айылный аймак")
    assert "→" not in kochkor["Кум-Дёбинский айылный аймак"]["fate"]


def test_links_to_former_municipalities_lead_to_their_day(read, land):
    assert f"/ru/units/{land.dobo.pk}/?at=2023-04-30" in read(land.talaa)


def test_a_parcel_of_land_is_no_farthest_settlement(visitor, land):
    parcel = place(land.kum, "Аэропорт", kind="land_parcel")
    for settlement, distance in ((parcel, 30), (land.village, 12)):
        SettlementAssignment.objects.on(TODAY).filter(settlement=settlement).update(
            distance_to_centre_km=distance
        )

    (row,) = (row for row in table(visitor, land.kochkor)["rows"] if row["name"].startswith("Кум"))

    assert row["farthest"] == "Шамшы, 12 км"
    assert row["settlements"] == 2


def test_a_village_lies_on_the_right_side_of_the_day(visitor, land):
    def villages(unit, day):
        return {row["name"] for row in table(visitor, unit, at=day)["rows"]}

    assert "Шамшы" in villages(land.ak, "2024-08-04")
    assert "Шамшы" not in villages(land.kum, "2024-08-04")
    assert "Шамшы" in villages(land.kum, "2024-08-05")
    assert "Шамшы" not in villages(land.ak, "2024-08-05")


def test_a_municipality_shows_predecessors_with_scope_acts_and_event(visitor, read, land):
    rows = table(visitor, land.new, "predecessors")["rows"]

    assert {row["source"] for row in rows} == {
        "Кош-Дёбинский айылный аймак",
        "Чолок-Кайынский айылный аймак",
        "Терекский айылный аймак",
    }
    assert all(row["effective_on"] == "2023-05-01" and "№ 85" in row["acts"] for row in rows)
    page = read(land.new)
    assert f"/ru/reform/events/{land.event.pk}/" in page
    assert f"/ru/legal-acts/{land.act.pk}/" in page
    assert f"/ru/units/{land.terek.pk}/?at=2023-04-30" in page  # its last day
    assert "lineage" in page


def test_a_part_names_the_settlements_that_moved(visitor, land):
    (row,) = table(visitor, land.kum, "predecessors")["rows"]
    (same,) = table(visitor, land.ak, "successors")["rows"]

    assert row["settlements"] == same["settlements"] == "Шамшы"


def test_a_municipality_without_changes_says_so(read, land):
    page = read(land.town)

    assert 'class="chart lineage"' not in page


def test_periods_show_their_last_day(visitor, land):
    (version,) = table(visitor, land.dobo, "versions", at="2023-04-30")["rows"]

    assert version["period"] == "01.01.2020 – 30.04.2023"


def test_constructed_population_is_marked(read, land):
    assert "badge-constructed" in read(land.kum)
    assert "badge-constructed" not in read(land.ak)
    assert "<em" in read(land.kochkor)


def test_codes_and_the_address_over_rest_are_shown(read, land):
    page = read(land.kum, at="2024-01-01")

    assert "41704220000000" in page
    assert f"/api/v1/units/{land.kum.pk}/?at=2024-01-01" in page


# A unit that does not exist on the reader's day


def test_a_merged_unit_has_its_page_on_the_eve_and_a_notice_on_the_day(read, land):
    eve = read(land.dobo, at="2023-04-30")
    day = read(land.dobo, at="2023-05-01")

    assert 'id="settlements"' in eve
    assert "notice-warning" not in eve
    assert 'id="settlements"' not in day
    assert "notice-warning" in day
    assert f"/ru/units/{land.dobo.pk}/?at=2023-04-30" in day  # its last day
    assert f"/ru/units/{land.new.pk}/?at=2023-05-01" in day  # where its territory lies
    assert "Баетовский айылный аймак" in day


def test_a_unit_still_to_come_says_from_when(read, land):
    page = read(land.new, at="2022-06-01")

    assert "notice-warning" in page
    assert f"/ru/units/{land.new.pk}/?at=2023-05-01" in page
    assert f"/ru/units/{land.dobo.pk}/?at=2022-06-01" in page  # existed on the reader's day


def test_a_unit_of_an_annulled_merger_is_not_found_and_its_sources_live_on(read, land):
    annul(land.event)

    read(land.new, status=404)
    assert 'id="settlements"' in read(land.dobo)


def test_unknown_units_are_not_found(read, land):
    read(Unit(pk=uuid.uuid4()), status=404)
    read(UnitFactory(), status=404)  # without any version
    read("units/41704/", status=404)


@pytest.mark.parametrize(
    "parameters",
    [{"at": "0000-01-01"}, {"at": "x"}, {"before": "2100-01-01"}, {"sort": "x"}, {"page": "٣"}, {"col": "x"}],
)
def test_what_cannot_be_meant_is_refused(read, land, parameters):
    read(land.talaa, status=400, **parameters)


# Lineage


@pytest.mark.parametrize("depth", ["1", "5"])
def test_the_lineage_is_a_diagram_and_a_table(visitor, land, django_assert_num_queries, depth):
    with django_assert_num_queries(4):
        page = visitor.get(f"/ru/units/{land.new.pk}/lineage/", {"depth": depth}).content.decode()

    assert page.count("Кош-Дёбинский айылный аймак") > 1
    assert 'class="chart lineage"' in page


def test_a_part_of_the_same_change_is_no_earlier_step(visitor, land):
    """Territory that came to the source in the same change did not go on to the target."""
    answer = visitor.get(f"/ru/units/{land.kum.pk}/lineage/", {"depth": "5", "format": "json"})

    assert len(json.loads(answer.content)["rows"]) == 1


@pytest.mark.parametrize("depth", ["0", "6", "x", "-1", "1.5"])
def test_a_depth_that_cannot_be_shown_is_refused(read, land, depth):
    read(f"units/{land.new.pk}/lineage/", status=400, depth=depth)


def test_the_lineage_of_an_unknown_unit_is_not_found(read, land):
    read(f"units/{uuid.uuid4()}/lineage/", status=404)
