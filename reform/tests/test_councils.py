"""What an event does to councils: seats in the preview, carried over when it applies, given back by an annulment."""

import datetime as dt
import json

import pytest

from councils.models import Council, Mandate
from councils.tests import factories as seats
from reform import queries, services
from reform.checks import CHECKS, findings
from reform.tests.clients import EVENTS, client_with, post
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import DAY, EVE, annul, apply, merge_draft
from registry.tests.factories import aimak, district, oblast

pytestmark = pytest.mark.django_db


@pytest.fixture
def chambers(place):
    """Councils of the first two aimaks: eleven and twenty-one seats, nine and twenty deputies."""
    _where, (first, second, _third) = place
    return seats.convocation(first, seats=11, deputies=9), seats.convocation(
        second, seats=21, deputies=20, women=8
    )


def counted(measure, before=EVE, after=DAY, **more):
    return json.loads(queries.statistics(before=before, after=after, measure=measure, **more))


def test_the_preview_says_who_sits_where_and_writes_nothing(merger, chambers):
    (effect,) = services.preview(merger)["councils"]

    assert (effect.own, effect.sitting, effect.by_law, effect.vacant, effect.new) == (0, 29, 21, 0, True)
    assert sorted((origin.seats, origin.carried_over) for origin in effect.origins) == [(11, 9), (21, 20)]
    assert Council.objects.count() == 2
    assert Mandate.objects.count() == 29


def test_the_page_of_the_preview_shows_seats_and_warns_of_more_deputies_than_the_law_gives(
    team, merger, chambers
):
    response = team.get(f"/en/reform/events/{merger.pk}/preview/")

    rows = cells(response, table=-1)[1:]
    assert [row[-3:] for row in rows] == [["29", "21", "0"]]
    assert "Ак: 9" in rows[0][2]
    assert "More deputies than the law gives seats" in text(response)


def test_without_councils_the_preview_says_nothing_of_seats(team, merger):
    assert "Seats in councils" not in text(team.get(f"/en/reform/events/{merger.pk}/preview/"))


def test_applying_carries_the_seats_over_and_annulling_gives_them_back(merger, chambers):
    apply(merger)
    carried = Mandate.objects.on(DAY)
    assert set(carried.values_list("basis", flat=True)) == {"carried_over"}
    assert carried.count() == 29

    annul(merger)

    assert Mandate.objects.on(DAY).count() == 29
    assert not Mandate.objects.on(DAY).filter(basis="carried_over").exists()


def test_councils_and_mandates_are_counted_on_the_day(merger, chambers):
    apply(merger)

    councils, mandates = counted("councils")["total"], counted("mandates")["total"]

    assert councils == {"before": 2, "after": 1, "reduced": 1, "reduction_percent": "50.00"}
    assert mandates == {"before": 29, "after": 29, "reduced": 0, "reduction_percent": "0.00"}


def test_no_mandate_is_counted_where_none_is_in_force(chambers):
    long_ago = counted("mandates", before=dt.date(1990, 1, 1), after=EVE)

    assert (long_ago["total"]["before"], long_ago["total"]["after"]) == (0, 29)
    assert [row["after"] for row in long_ago["rows"]] == [29]


def test_councils_in_law_only_are_not_counted(place):
    from councils import services as councils

    councils.found_council(unit_id=place[0].pk, on=dt.date(2021, 10, 20), kind="district", in_law_only=True)

    assert counted("councils")["total"]["before"] == 0


def test_the_checks_find_the_fourth_absence_and_councils_nobody_sits_in(place, chambers):
    _where, (_first, _second, third) = place
    empty = seats.council(third)
    deputy = chambers[0].mandates.first()
    for month in (9, 11):
        seats.held_session(chambers[0], dt.date(2022, month, 1), unexcused=[deputy])
    for month in (1, 3):
        seats.held_session(chambers[0], dt.date(2023, month, 1), unexcused=[deputy])

    found = {check.code: rows for check, rows in findings(CHECKS, dt.date(2023, 4, 1))}

    assert [row.id for row in found["fourth_absences"]] == [deputy.person_id]
    assert [row.id for row in found["councils_without_deputies"]] == [empty.pk]
    assert found["councils_of_ended_units"] == []
    earlier = {check.code: rows for check, rows in findings(CHECKS, dt.date(2023, 2, 28))}
    assert earlier["fourth_absences"] == []


def test_the_preview_over_rest_tells_the_seats():
    home = district(oblast("Талас"), "Талас")
    one, two = aimak(home, "Арал"), aimak(home, "Долон")
    seats.convocation(one, seats=11, deputies=11)
    seats.convocation(two, seats=11, deputies=10)
    event, new = merge_draft([one, two], home)

    answer = post(client_with("reform_team"), f"{EVENTS}{event.pk}/preview/")

    assert answer.status_code == 200, answer.content
    (row,) = answer.json()["councils"]
    assert (row["unit"], row["council"], row["sitting"], row["by_law"], row["vacant"]) == (
        str(new),
        None,
        21,
        11,
        0,
    )
    assert sorted(origin["carried_over"] for origin in row["origins"]) == [10, 11]
