import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.utils import timezone

from reform.models import HandOver, RoadmapStep
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import annul, apply, draft, merge_draft, programme
from registry.models import LegalAct
from registry.services import PartSpec, ShareSpec, UnitSpec
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast
from registry.tests.factories import place as settlement

pytestmark = pytest.mark.django_db


def test_the_public_sees_events_in_force_and_annulled_ones(visitor, team, place):
    where, aimaks = place
    merge_draft(aimaks[:2], where)
    assert "No rows" in text(visitor.get("/en/reform/events/"))
    assert len(cells(team.get("/en/reform/events/"))) == 2

    event = annul(apply(merge_draft(aimaks[:2], where)[0]))

    assert [row[4] for row in cells(visitor.get("/en/reform/events/"))[1:]] == ["annulled"]
    assert visitor.get(f"/en/reform/events/{event.pk}/").status_code == 200


def test_a_draft_is_not_there_for_the_public_and_readable_for_the_ministry(visitor, analyst, merger):
    address = f"/en/reform/events/{merger.pk}/"

    assert visitor.get(address).status_code == 404
    assert analyst.get(address).status_code == 200
    assert "Edit the draft" not in text(analyst.get(address))


def test_the_public_cannot_ask_for_drafts(visitor, team, merger):
    assert visitor.get("/en/reform/events/?status=draft").status_code == 400
    assert team.get("/en/reform/events/?status=draft").status_code == 200


def test_events_are_filtered_by_programme_kind_oblast_and_period(visitor, merged):
    other = oblast("Башка")
    unit = aimak(district(other), villages=["а"])
    apply(
        draft(
            "rename",
            units=[UnitSpec(unit.pk, "alters", name_ky="Жаңыча")],
            on=dt.date(2023, 7, 1),
            programme=programme("law"),
        )
    )

    def shown(query):
        return [row[2] for row in cells(visitor.get(f"/en/reform/events/?{query}"))[1:]]

    assert shown("") == ["renaming", "merger"]
    assert shown(f"programme={programme('law').pk}") == ["renaming"]
    assert shown("kind=merge") == ["merger"]
    assert shown(f"oblast={other.pk}") == ["renaming"]
    assert shown("from=2023-05-02") == ["renaming"]
    assert shown("to=2023-05-01") == ["merger"]


def test_the_list_makes_a_fixed_number_of_queries(visitor, team, place, django_assert_num_queries):
    _where, aimaks = place
    for number in range(3):
        if number == 1:
            with django_assert_num_queries(5):
                visitor.get("/ky/reform/events/")
            with django_assert_num_queries(8):
                team.get("/ky/reform/events/")
        apply(draft("rename", units=[UnitSpec(aimaks[number].pk, "alters", name_ky=f"Ат {number}")]))
    with django_assert_num_queries(5):
        visitor.get("/ky/reform/events/?sort=programme")


def test_the_event_page_says_what_happened_to_whom(visitor, merged):
    response = visitor.get(f"/en/reform/events/{merged.pk}/")

    assert "these units form one new unit, Жаңы: Ак, Бел." in text(response)
    units = cells(response, 0)
    assert units[0] == [
        "Unit",
        "What happens",
        "Kind",
        "From then on",
        "Population before",
        "Population after",
        "Settlements before",
        "Settlements after",
    ]
    assert [row[:2] for row in units[1:4]] == [["Ак", "ends"], ["Бел", "ends"], ["Жаңы", "begins"]]
    assert units[4][4:] == ["3,000", "3,000", "4", "4"]
    assert [row[3] for row in cells(response, 1)[1:]] == ["Ак 1, Ак 2", "Бел 1, Бел 2"]


def test_names_carry_the_word_for_their_kind_in_kyrgyz(visitor, merged):
    page = visitor.get(f"/ky/reform/events/{merged.pk}/").content.decode()

    assert "Ак айыл аймагы" in page


def test_a_part_is_told_with_its_villages_parcels_and_shares(visitor, place):
    where, aimaks = place
    town = city(where, "Шаарча")
    village = settlement(aimaks[0], "Какыр")
    parcel = settlement(aimaks[0], "№ 544", "land_parcel")
    share = ShareSpec("population", Decimal("0.125"), "census")
    event = apply(
        draft("transfer", parts=[PartSpec(aimaks[0].pk, town.pk, "part", (village.pk, parcel.pk), (share,))])
    )

    page = text(visitor.get(f"/en/reform/events/{event.pk}/"))

    assert "Ак → г. Шаарча:" in page
    assert "village: Какыр" in page
    assert "land parcel: № 544" in page
    assert "population 12.5% (census)" in page
    assert "gives territory" in page
    assert "receives territory" in page


def test_a_repealed_act_is_marked_with_what_repealed_it(visitor, place):
    later = LegalActFactory(number="99", adopted_on=dt.date(2025, 12, 30))
    act = LegalActFactory(number="85", status=LegalAct.Status.REPEALED, repealed_by=later)
    where, aimaks = place
    event = apply(merge_draft(aimaks[:2], where, act_ids=(act.pk,))[0])

    page = text(visitor.get(f"/en/reform/events/{event.pk}/"))

    assert "№ 85" in page
    assert "repealed" in page
    assert "№ 99" in page.split("Repealed by")[1][:40]


def test_the_road_map_shows_what_was_done_by_the_day_of_the_page(visitor, merged):
    RoadmapStep.objects.create(
        event=merged,
        title_ky="Комиссия",
        title_en="Commission",
        due_on=dt.date(2023, 5, 4),
        done_on=dt.date(2023, 5, 6),
    )
    address = f"/en/reform/events/{merged.pk}/"

    assert "done on 06.05.2023" in text(visitor.get(address))
    assert "not done yet" in text(visitor.get(f"{address}?at=2023-05-03"))
    assert "overdue" in text(visitor.get(f"{address}?at=2023-05-05"))
    assert visitor.get(f"{address}?format=csv&table=roadmap").status_code == 200


def test_hand_overs_are_listed(visitor, merged, place):
    HandOver.objects.create(
        event=merged,
        kind="property",
        from_unit=place[1][0],
        to_unit=place[1][2],
        title_en="Building",
        title_ky="Имарат",
        value_som=1500,
    )
    response = visitor.get(f"/en/reform/events/{merged.pk}/")

    assert cells(response, 2)[1][:5] == ["Building", "property", "Ак", "Чолпон", "1,500.00"]


def test_the_history_tells_every_step_and_names_people_to_the_ministry_only(visitor, analyst, merged):
    annul(merged, reason="ката кетти")
    apply(merged)
    address = f"/en/reform/events/{merged.pk}/"

    page = text(analyst.get(address))
    history = page[page.index("History") :]
    assert history.index("Drafted") < history.index("Applied · test") < history.index("Annulled · test")
    assert "Reason: ката кетти" in history
    assert history.count("Applied") == 2
    assert "Applied · test" not in text(visitor.get(address))


def test_a_unit_that_ended_is_linked_on_its_last_day(visitor, merged, place):
    page = visitor.get(f"/en/reform/events/{merged.pk}/").content.decode()

    assert f"/en/units/{place[1][0].pk}/?at=2023-04-30" in page


def test_an_event_of_the_future_links_its_new_unit_on_its_first_day(visitor, place):
    where, aimaks = place
    event, new = merge_draft(aimaks[:2], where, on=dt.date(2024, 3, 1))
    apply(event)

    page = visitor.get(f"/en/reform/events/{event.pk}/").content.decode()

    assert f"/en/units/{new}/?at=2024-03-01" in page


def test_a_unit_that_two_events_of_a_day_touch_is_named(visitor, place):
    where, aimaks = place
    town = city(where, "Шаарча")
    first, second = (
        apply(draft("transfer", parts=[PartSpec(unit.pk, town.pk, "part", (settlement(unit, "Көчкөн").pk,))]))
        for unit in aimaks[:2]
    )

    for event in (first, second):
        page = text(visitor.get(f"/en/reform/events/{event.pk}/"))
        assert "Another event of the same day touches these units as well" in page
        assert page.split("the effect of both:")[1].strip().startswith("г. Шаарча. ")


@pytest.mark.parametrize("kind", ["rename", "abolish", "create"])
def test_events_that_move_no_territory_have_a_page_too(visitor, place, kind):
    where, aimaks = place
    units = {
        "rename": UnitSpec(aimaks[0].pk, "alters", name_ky="Жаңыча", name_ru="По-новому"),
        "abolish": UnitSpec(aimaks[0].pk, "ends"),
        "create": UnitSpec(uuid.uuid4(), "begins", kind="ayil_aimak", name_ky="Жаңы", parent_id=where.pk),
    }
    event = apply(draft(kind, units=[units[kind]]))

    response = visitor.get(f"/ru/reform/events/{event.pk}/")

    assert response.status_code == 200
    assert "chart-figure" not in response.content.decode()


@pytest.mark.parametrize("table", ["", "parts", "roadmap", "hand-overs"])
def test_every_table_of_the_event_is_a_file(visitor, merged, table):
    assert visitor.get(f"/en/reform/events/{merged.pk}/?format=xlsx&table={table}").status_code == 200


def test_the_event_page_makes_a_fixed_number_of_queries(visitor, team, place, django_assert_num_queries):
    where, aimaks = place
    event = apply(merge_draft(aimaks[:2], where)[0])
    with django_assert_num_queries(9):
        visitor.get(f"/ky/reform/events/{event.pk}/")
    annul(event)
    event = apply(merge_draft(aimaks, where, act_ids=(LegalActFactory().pk, LegalActFactory().pk))[0])
    for title in ("Бир", "Эки"):
        RoadmapStep.objects.create(event=event, title_ky=title, due_on=dt.date(2023, 5, 4))
    with django_assert_num_queries(9):
        visitor.get(f"/ky/reform/events/{event.pk}/")
    with django_assert_num_queries(12):
        team.get(f"/ky/reform/events/{event.pk}/")


def test_the_clock_of_the_history_is_bishkek(analyst, merged):
    moment = timezone.now()
    merged.applications.update(at=moment.replace(year=2023, month=5, day=1, hour=20, minute=30))

    assert "02.05.2023, 02:30" in text(analyst.get(f"/en/reform/events/{merged.pk}/"))


def test_the_list_shows_what_had_taken_effect_by_the_day_and_all_drafts(visitor, team, place, merged):
    merge_draft(place[1][:1], place[0])

    assert len(cells(visitor.get("/en/reform/events/"))) == 2
    assert "No rows" in text(visitor.get("/en/reform/events/?at=2023-04-30"))
    assert [row[4] for row in cells(team.get("/en/reform/events/?at=2023-04-30"))[1:]] == ["draft"]
