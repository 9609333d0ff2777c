import json

import pytest

from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import apply, draft, merge_draft, programme
from registry.services import PartSpec, UnitSpec
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast
from registry.tests.factories import place as settlement

pytestmark = pytest.mark.django_db
ASKED = "/en/reform/?before=2023-04-01&after=2023-06-01&group_by=district"


def test_the_overview_says_what_the_reform_was(visitor, merged):
    page = text(visitor.get("/en/reform/"))

    assert "1 event of 1 programme, from 1 May 2023 to 1 May 2023." in page
    assert "On 30 April 2023 the country had 3 municipalities, on 15 January 2024 it has 2." in page


def test_the_overview_of_an_empty_register_has_nothing_to_compare(visitor, db):
    response = visitor.get("/en/reform/")

    assert response.status_code == 200
    assert "No programme is on record." in text(response)


def test_a_percentage_is_whole_on_the_page_and_exact_in_its_title(visitor, place):
    where, aimaks = place
    apply(merge_draft(aimaks, where, "Жаңы")[0])

    response = visitor.get(ASKED)

    assert '<data value="66.67" title="66.67%">67%</data>' in response.content.decode()
    statistics = cells(response, 1)
    assert statistics[1][:6] == ["Кочкор", "Нарын", "3", "1", "2", "67%"]
    assert statistics[-1][:6] == ["Total", "", "3", "1", "2", "67%"]


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_the_statistics_are_one_click_away_as_a_file(visitor, merged, kind):
    response = visitor.get(f"{ASKED}&format={kind}")

    assert response.status_code == 200
    assert response["Content-Disposition"].endswith(f'.{kind}"')


def test_the_file_has_the_exact_percentage_and_says_what_was_asked(visitor, merged):
    answer = json.loads(visitor.get(f"{ASKED}&kind=ayil_aimak&format=json").content)

    assert answer["rows"][0]["reduction_percent"] == "33.33"
    assert answer["total"]["before"] == 3
    assert answer["filters"]["before"] == "2023-04-01"
    assert answer["filters"]["kind"] == "ayil_aimak"


def test_the_page_names_the_same_figures_over_rest(visitor, merged):
    page = visitor.get(f"{ASKED}&kind=ayil_aimak").content.decode()

    wanted = "before=2023-04-01&amp;after=2023-06-01&amp;group_by=district&amp;measure=municipalities&amp;kind=ayil_aimak"
    assert f'href="/api/v1/reform/statistics/?{wanted}"' in page
    assert f"{wanted}&amp;format=csv" in page


def test_a_filter_narrows_and_can_be_taken_off(visitor, merged):
    one = oblast("Башка")
    aimak(district(one, "Башка район"), villages=["а"])

    response = visitor.get(f"{ASKED}&oblast={one.pk}")

    assert [row[0] for row in cells(response, 1)[1:]] == ["Башка район", "Total"]
    assert "remove this filter" in text(response)


@pytest.mark.parametrize("measure", ["population", "settlements", "largest_distance_km"])
@pytest.mark.parametrize("group", ["oblast", "district", "kind", "programme"])
def test_every_grouping_shows_every_measure(visitor, merged, measure, group):
    assert visitor.get(f"/ky/reform/?measure={measure}&group_by={group}").status_code == 200


def test_columns_of_moves_are_shown_where_there_were_any(visitor, place):
    _where, aimaks = place
    assert "Moved in" not in cells(visitor.get(ASKED), 1)[0]
    other = district(oblast("Эки"), "Экинчи")
    apply(draft("reparent", units=[UnitSpec(aimaks[0].pk, "alters", parent_id=other.pk)]))

    assert cells(visitor.get(ASKED), 1)[0][-2:] == ["Moved in", "Moved out"]


@pytest.mark.parametrize(
    "asked",
    [
        "before=2023-06-01&after=2023-04-01",
        "before=yesterday",
        "group_by=colour",
        "measure=gold",
        "oblast=1",
        "kind=oblast",
        "programme=00000000-0000-0000-0000-000000000000",
    ],
)
def test_what_cannot_be_meant_is_refused(visitor, merged, asked):
    assert visitor.get(f"/en/reform/?{asked}").status_code == 400


def test_the_overview_makes_a_fixed_number_of_queries(visitor, merged, django_assert_num_queries):
    with django_assert_num_queries(5):
        visitor.get("/ky/reform/")
    apply(
        draft(
            "transfer",
            parts=[PartSpec(*_two_neighbours())],
            programme=programme("law128"),
            act_ids=(LegalActFactory().pk,),
        )
    )
    with django_assert_num_queries(5):
        visitor.get("/ky/reform/?group_by=district")


def _two_neighbours():
    where = district(oblast("Дагы"), "Дагы район")
    town = city(where, "Шаарча")
    giver = aimak(where, "Берүүчү", villages=["калган"])
    moved = settlement(giver, "көчкөн")
    return giver.pk, town.pk, "part", (moved.pk,)


def test_before_the_first_event_the_reform_has_none(visitor, merged):
    response = visitor.get("/en/reform/?at=2023-01-01")

    assert "no event of the reform had taken effect" in text(response)
    assert "In force:" not in text(response)
    assert cells(response)[1][2:4] == ["", "0"]


def test_events_that_lie_ahead_of_the_day_are_not_counted(visitor, place, merged):
    apply(
        draft(
            "rename",
            units=[UnitSpec(place[1][2].pk, "alters", name_ky="Ат")],
            on=merged.effective_on.replace(year=2024),
        )
    )

    assert "In force: 1 event" in text(visitor.get("/en/reform/?at=2023-06-01"))
    assert "In force: 2 events" in text(visitor.get("/en/reform/?at=2024-06-01"))


def test_groups_and_oblasts_carry_the_word_for_their_kind(visitor, merged):
    city(oblast("Баткен"), "Сүлүктү", kind="city_oblast")

    rows = cells(visitor.get("/ky/reform/?group_by=district"), 1)

    assert ["Кочкор району", "Нарын облусу"] in [row[:2] for row in rows]
    assert any(row[0].startswith("Баткен облусу") for row in rows)
