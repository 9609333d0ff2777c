"""What an event does to executive bodies: shown in the preview, done when it applies, given back by an annulment."""

import datetime as dt
import json

import pytest

from ayil_okmotu.models import Appointment, ExecutiveBody, Post
from ayil_okmotu.tests import factories as offices
from ayil_okmotu.tests import record_factories as records
from reform import queries, services
from reform.checks import CHECKS, findings
from reform.tests.clients import EVENTS, client_with, post
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import DAY, EVE, annul, apply, draft
from registry.models import SettlementAssignment
from registry.services import UnitSpec
from registry.tests.factories import aimak

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)
JUNE_2022 = dt.date(2022, 6, 1)


@pytest.fixture
def staffed(place):
    """Executive bodies of the three aimaks: heads, and reports of 20, 14 and 9 filled staff posts."""
    _where, aimaks = place
    bodies = [offices.body(unit) for unit in aimaks]
    for number, (body, filled) in enumerate(zip(bodies, (20, 14, 9), strict=True)):
        offices.head(body, name=f"Башчы {number}", on=dt.date(2021, 1, 1))
        records.staffing(body, JUNE_2022, approved=filled + 1, filled=filled, contract=2)
    return bodies


@pytest.fixture
def village_head(place, staffed):
    """The head of a village of the first aimak, on the staff."""
    village = SettlementAssignment.objects.on(EVE).filter(unit=place[1][0]).order_by("settlement_id").first()
    seat = offices.post(staffed[0], "village_head", settlement=village.settlement)
    return offices.appointment(seat, name="Айыл башчы")


def counted(measure, before=EVE, after=DAY, **more):
    return json.loads(queries.statistics(before=before, after=after, measure=measure, **more))["total"]


def found(day):
    return {check.code: [row.id for row in rows] for check, rows in findings(CHECKS, day)}


def test_the_preview_says_what_becomes_of_the_bodies_and_writes_nothing(merger, staffed, village_head):
    effects = services.preview(merger)["executives"]

    ends = {row.body_id: row for row in effects.of("ends")}
    assert set(ends) == {staffed[0].pk, staffed[1].pk}
    assert [row.filled for row in ends.values()] in ([20, 14], [14, 20])
    (begins,) = effects.of("begins")
    assert begins.body_id is None
    (move,) = effects.village_heads
    assert (move.person_id, move.to_unit_id) == (village_head.person_id, begins.unit_id)
    assert (effects.staff("ends"), effects.staff("begins")) == ((34, 4), (0, 0))
    assert ExecutiveBody.objects.on(DAY).count() == 3


def test_the_page_of_the_preview_names_the_heads_who_leave_and_where_village_heads_go(
    team, merger, staffed, village_head
):
    response = team.get(f"/en/reform/events/{merger.pk}/preview/")

    rows = {tuple(row[:3]): row[3:] for row in cells(response, table=-1)[1:]}
    first = next(row for key, row in rows.items() if key[0].startswith("Ак") and key[2] == "ends")
    assert first[0] == "Башчы 0"
    assert first[3].endswith(": 1")
    assert first[4] == "20"
    assert any(key[2] == "begins" for key in rows)
    assert "Staff of these bodies as last reported: 34, on contract 4." in text(response)
    assert "continues the budgets of" in text(response)


def test_the_preview_over_rest_tells_the_bodies(merger, staffed, village_head):
    answer = post(client_with("reform_team"), f"{EVENTS}{merger.pk}/preview/")

    assert answer.status_code == 200, answer.content
    told = answer.json()["executives"]
    fates = sorted(row["fate"] for row in told["bodies"])
    assert fates == ["begins", "ends", "ends"]
    of_first = next(row for row in told["bodies"] if row["body"] == str(staffed[0].pk))
    assert (of_first["staff"], of_first["contract"], of_first["reported_on"]) == (20, 2, "2022-06-01")
    assert [move["person"] for move in of_first["village_heads"]] == [str(village_head.person_id)]
    assert len(told["budgets"][0]["from_units"]) == 2


def test_applying_ends_the_bodies_by_the_event_and_annulling_gives_them_back(merger, staffed, village_head):
    apply(merger)
    on_day = ExecutiveBody.objects.on(DAY)
    assert set(on_day.values_list("pk", flat=True)) & {body.pk for body in staffed} == {staffed[2].pk}
    assert Appointment.objects.filter(post__body=staffed[0], end_ground__code="body_ended").count() == 2
    seat = Post.objects.on(DAY).get(kind="village_head")
    assert (seat.employment, seat.body.unit_id in on_day.values_list("unit_id", flat=True)) == (
        "contract",
        True,
    )

    annul(merger)

    assert set(ExecutiveBody.objects.on(DAY)) == set(staffed)
    assert Appointment.objects.on(DAY).filter(post__kind="head").count() == 3
    assert Post.objects.on(DAY).get(kind="village_head").employment == "staff"


def test_an_event_is_refused_while_later_records_of_a_body_that_ends_stand(merger, staffed):
    records.staffing(staffed[0], DAY + ONE_DAY)

    broken = services.preview(merger)["violations"]

    assert [item.code for item in broken] == ["later_records"]


def test_staff_is_what_the_bodies_of_the_day_last_reported(merger, staffed):
    apply(merger)
    (new,) = ExecutiveBody.objects.filter(change__isnull=False)
    records.staffing(new, DAY + ONE_DAY, approved=12, filled=11, contract=10)

    eve, later = counted("staff"), counted("staff", after=DAY + ONE_DAY)

    assert eve == {"before": 43, "after": 9, "reduced": 34, "reduction_percent": "79.07"}
    assert (later["before"], later["after"], later["reduction_percent"]) == (43, 20, "53.49")
    assert counted("staff", before=JUNE_2022 - ONE_DAY)["before"] is None


def test_what_the_ayil_okmotu_reported_is_not_counted_for_the_mayors_office(place, staffed):
    unit = place[1][0]
    becomes = UnitSpec(unit.pk, "alters", kind="city_district_level", name_ky="Ак", name_ru="Ак")

    apply(draft("type_change", units=[becomes]))

    assert (counted("staff")["before"], counted("staff")["after"]) == (43, 23)


def earned(unit, year, amount):
    """A budget with own revenue of this amount and 1 million som more, and a transfer that does not count."""
    records.budget(unit, year, actual={"income_tax": amount, "land_tax": 1, "equalisation_transfer": 500})


def test_own_revenue_of_a_merged_unit_is_that_of_the_units_it_continues(merger, place):
    _where, (first, second, third) = place
    for unit, amount in ((first, 10), (second, 20), (third, "40.5")):
        earned(unit, 2022, amount)
    before = counted("own_revenue")
    apply(merger)

    after = counted("own_revenue")

    assert before == after
    assert (after["before"], after["after"]) == (73.5, 73.5)


def test_own_revenue_is_not_known_where_a_budget_is_missing_or_cannot_be_read(merger, place):
    _where, (first, second, third) = place
    earned(first, 2022, 10)
    earned(third, 2022, "254,40.0")

    assert counted("own_revenue")["before"] == 11
    apply(merger)
    assert counted("own_revenue")["after"] is None
    earned(second, 2022, 20)
    assert counted("own_revenue")["after"] == 32


def test_own_revenue_is_of_the_last_full_year(place):
    unit = place[1][0]
    earned(unit, 2022, 10)
    earned(unit, 2023, 15)

    last = counted("own_revenue", before=dt.date(2023, 12, 31), after=dt.date(2024, 1, 1))

    assert (last["before"], last["after"]) == (11, 16)


def test_the_checks_find_heads_whose_term_is_over_and_bodies_that_nobody_heads(place, staffed):
    empty = offices.body(aimak(place[0], "Дөбө"))

    eve, day = found(dt.date(2025, 12, 31)), found(dt.date(2026, 1, 1))

    assert eve["terms_of_heads_over"] == []
    assert set(day["terms_of_heads_over"]) == {body.pk for body in staffed}
    assert day["bodies_without_head"] == [empty.pk]
    assert day["bodies_of_ended_units"] == day["posts_left_behind"] == []


def test_the_checks_find_a_village_head_left_behind_when_the_village_goes_elsewhere(
    place, staffed, village_head
):
    moved = SettlementAssignment.objects.on(DAY).get(settlement=village_head.post.settlement_id)
    SettlementAssignment.objects.filter(pk=moved.pk).update(valid=(moved.valid.lower, DAY))
    SettlementAssignment.objects.create(
        settlement_id=moved.settlement_id, unit=place[1][1], valid=(DAY, None)
    )

    assert found(EVE)["posts_left_behind"] == []
    assert found(DAY)["posts_left_behind"] == [staffed[0].pk]


def test_the_checks_find_a_municipality_without_a_body(place, staffed):
    unit = aimak(place[0], "Дөбө")

    assert found(DAY)["municipalities_without_body"] == [unit.pk]
