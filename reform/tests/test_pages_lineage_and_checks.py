import datetime as dt

import pytest

from reform.models import RoadmapStep
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import annul, apply, draft, merge_draft
from registry.models import Settlement
from registry.services import PartSpec
from registry.tests.factories import city
from registry.tests.factories import place as settlement

pytestmark = pytest.mark.django_db


def test_a_unit_is_found_by_a_part_of_its_name_even_when_it_has_ended(visitor, merged):
    rows = cells(visitor.get("/en/reform/lineage/?q=о"))

    assert [row[0] for row in rows[1:]] == ["Кочкор", "Чолпон"]
    assert "Type a name" in text(visitor.get("/en/reform/lineage/"))
    assert "No unit ever bore" in text(visitor.get("/en/reform/lineage/?q=жок"))


def test_letters_of_kyrgyz_are_found_without_their_marks(visitor, merged):
    assert "Жаңы" in text(visitor.get("/en/reform/lineage/?q=жаны"))


def test_the_only_unit_found_is_shown_at_once(visitor, merged, place):
    response = visitor.get("/en/reform/lineage/?q=Бел")

    assert cells(response)[1][:5] == ["Бел", "Жаңы", "01.05.2023", "merger", "whole"]
    assert f"/en/reform/events/{merged.pk}/" in response.content.decode()
    assert f"/en/units/{place[1][1].pk}/?at=2023-04-30" in response.content.decode()


def test_words_typed_after_choosing_a_unit_ask_for_another(visitor, merged, place):
    response = visitor.get(f"/en/reform/lineage/?unit={place[1][0].pk}&q=Бел")

    assert cells(response)[1][0] == "Бел"
    assert f'name="unit" value="{place[1][1].pk}"' in response.content.decode()


def test_direction_and_depth_narrow_the_lineage(visitor, merged, place):
    where, aimaks = place
    new = merged.event_units.get(role="begins").unit_id
    town = city(where, "Шаарча")
    moved = settlement(aimaks[2], "Көчкөн")
    apply(
        draft(
            "transfer", parts=[PartSpec(aimaks[2].pk, town.pk, "part", (moved.pk,))], on=dt.date(2023, 6, 1)
        )
    )

    def rows(query):
        return len(visitor.get(f"/en/reform/lineage/?unit={new}&{query}&format=json").json()["rows"])

    assert rows("direction=back") == 2
    assert rows("direction=forward") == 0
    assert rows("at=2023-05-01") == 2
    assert "Көчкөн" in text(visitor.get(f"/en/reform/lineage/?unit={town.pk}"))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("unit=x", 400),
        ("unit=00000000-0000-0000-0000-000000000000", 404),
        ("depth=9", 400),
        ("direction=up", 400),
        ("q=" + "а" * 300, 400),
        ("q=%00", 400),
        ("q=%25_'", 200),
    ],
)
def test_what_cannot_be_meant_is_refused(visitor, merged, query, status):
    assert visitor.get(f"/en/reform/lineage/?{query}").status_code == status


def test_the_explorer_makes_few_queries(
    visitor, merged, django_assert_max_num_queries, django_assert_num_queries
):
    new = merged.event_units.get(role="begins").unit_id
    with django_assert_num_queries(2):
        visitor.get("/ky/reform/lineage/?q=о")
    with django_assert_max_num_queries(10):
        visitor.get(f"/ky/reform/lineage/?unit={new}&depth=3")


def test_a_clean_register_passes_every_check(visitor, db):
    assert "No check has found anything." in text(visitor.get("/en/reform/checks/"))


def test_checks_count_and_link_what_they_find(visitor, merged):
    Settlement.objects.create(kind="village", name_ky="Үйсүз")
    RoadmapStep.objects.create(event=merged, title_ky="Кечиккен", due_on=dt.date(2023, 5, 4))

    response = visitor.get("/en/reform/checks/")

    found = {row[0]: row[1] for row in cells(response)[1:]}
    assert found["Settlements that belong to no unit"] == "1"
    assert found["Steps of road maps that are overdue"] == "1"
    assert "Үйсүз" in text(response)
    assert f"/en/reform/events/{merged.pk}/" in response.content.decode()
    assert visitor.get("/en/reform/checks/?format=csv&table=settlements-unassigned").status_code == 200


def test_checks_speak_of_the_day_of_the_page(visitor, merged):
    RoadmapStep.objects.create(event=merged, title_ky="Кечиккен", due_on=dt.date(2023, 5, 4))

    assert "Кечиккен" not in text(visitor.get("/en/reform/checks/?at=2023-05-03"))


def test_the_checks_make_a_fixed_number_of_queries(visitor, team, place, merged, django_assert_num_queries):
    with django_assert_num_queries(2):
        visitor.get("/ky/reform/checks/")
    annul(merged)
    apply(merge_draft(place[1], place[0])[0])
    with django_assert_num_queries(2):
        visitor.get("/ky/reform/checks/")
    with django_assert_num_queries(5):
        team.get("/ky/reform/checks/")
