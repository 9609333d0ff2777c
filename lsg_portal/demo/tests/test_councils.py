"""The demonstration shows what is published of the councils: seats, their origins, the dissolution, the election."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test import Client

from councils import absences, ledger
from councils.models import (
    Convocation,
    Council,
    CouncilPost,
    Mandate,
    Resolution,
    SeatConflict,
    Session,
)
from reform import services
from reform.models import Event
from reform.tests.scenarios import annul, apply, merge_draft
from registry.errors import StateConflict
from registry.models import Unit, UnitVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_country"), pytest.mark.slow]
API = "/api/v1/"
LAST_DAY = dt.date(2024, 9, 5)  # of all councils' deputies: decree № 256 of 2024-09-06
ELECTED = dt.date(2024, 11, 30)
# unit that deputies of several councils came to sit in, origins with their seats: election commission, February 2024
MERGED = [
    ("Каракол", "Талас", {"Кууганды": 11, "Арал": 11, "Айдаралиев": 11}, 33),
    ("Суймөнкул Чокморов", "Аламүдүн", {"Ала-Арча": 11, "Октябрь": 21}, 32),
    ("Миң-Булак", "Москва", {"Садовое": 21, "Сретенка": 11, "Александровка": 21}, 53),
    ("Э. Иманалиев", "Токтогул", {"Ничке-Сай": 11, "Кызыл-Өзгөрүш": 21}, 32),
    ("Жээк", "Ысык-Ата", {"Жээк": 11, "Интернационал": 11}, 22),
]
BISHKEK_LISTS = {"Новая сила": 17, "Эмгек": 12, "Адилет": 8, "Ынтымак": 8, "Эл үмүтү": 6}


def council_of(name, day, district=None):
    """The council of the municipality of that Kyrgyz name on a day."""
    units = UnitVersion.objects.on(day).filter(name_ky=name).exclude(kind__in=("oblast", "district"))
    if district:
        units = units.filter(parent__in=UnitVersion.objects.filter(name_ky=district).values("unit"))
    return Council.objects.on(day).get(unit__in=units.values("unit"))


def called(unit_id, day):
    """The name of a unit on the last of its days up to ``day``."""
    return (
        UnitVersion.objects.live()
        .filter(unit=unit_id, valid__startswith__lte=day)
        .order_by("-valid")
        .first()
        .name_ky
    )


def statistics(**query):
    answer = Client().get(f"{API}reform/statistics/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(("name", "district", "origins", "sitting"), MERGED)
def test_confirmed_mergers_carry_the_seats_of_their_councils(name, district, origins, sitting):
    council = council_of(name, LAST_DAY, district)

    found = ledger.ledger(council.pk, LAST_DAY).as_dict()

    assert found["sitting"] == sitting == sum(origins.values())
    carried = {called(row["unit"], LAST_DAY): row["carried_over"] for row in found["origins"]}
    if found["own"]:
        carried[name] = found["own"]
    assert carried == origins
    assert found["vacant"] == 0
    assert found["conflict"]["code"] == "more_deputies_than_seats"


def test_the_council_of_bishkek_counts_235_deputies_against_45_by_law_and_says_why():
    council = council_of("Бишкек", dt.date(2024, 3, 5))

    found = ledger.ledger(council.pk, dt.date(2024, 3, 5)).as_dict()

    assert (found["sitting"], found["own"], found["by_law"], found["vacant"]) == (235, 45, 45, 0)
    seats = [row["seats"] for row in found["origins"]]
    assert len(seats) == 8
    assert set(seats) <= {11, 21, 31}
    assert (sum(seats), sum(row["carried_over"] for row in found["origins"])) == (198, 190)
    assert len(found["conflict"]["sources"]) == 3
    assert [row["article"] for row in found["conflict"]["sources"]] == ["42 (2)(3)", "", "31"]
    assert SeatConflict.objects.filter(council=council).count() == 3


def test_the_council_of_bishkek_did_not_meet_while_it_had_235_deputies():
    council = council_of("Бишкек", LAST_DAY)

    met = Session.objects.filter(convocation__council=council, held_on__range=(dt.date(2024, 3, 4), LAST_DAY))

    assert not met.exists()


def test_the_elected_council_of_bishkek_has_the_published_lists():
    council = council_of("Бишкек", dt.date(2024, 11, 18))

    found = ledger.ledger(council.pk, dt.date(2024, 11, 18)).as_dict()

    assert (found["sitting"], found["by_law"], found["origins"], found["conflict"]) == (51, 51, [], None)
    lists = Mandate.objects.on(dt.date(2024, 11, 18)).filter(convocation__council=council)
    counted = lists.values_list("faction__name_ky").annotate(number=Count("pk"))
    assert dict(counted) == BISHKEK_LISTS


@pytest.mark.parametrize(
    ("day", "councils", "sitting"),
    [("2021-06-01", 484, 484), ("2024-09-05", 268, 268), ("2024-09-06", 268, 0), ("2024-11-30", 268, 264)],
)
def test_councils_stand_while_their_deputies_are_dissolved_and_elected(day, councils, sitting):
    total = statistics(before=day, after=day, measure="councils")["total"]

    assert total["before"] == total["after"] == councils
    assert Convocation.objects.on(dt.date.fromisoformat(day)).count() == sitting


def test_seats_before_and_after_are_counted_on_the_day():
    before = statistics(before="2021-06-01", after="2024-09-05", measure="mandates")["total"]
    dissolved = statistics(before="2024-09-05", after="2024-09-06", measure="mandates")["total"]
    elected = statistics(before="2024-09-06", after="2024-11-30", measure="mandates")["total"]

    assert before["before"] == before["after"] == dissolved["before"]  # mandates do not end by a merger
    assert dissolved["after"] == elected["before"] == 0
    assert elected["after"] == 6384
    assert elected["reduction_percent"] is None


@pytest.mark.parametrize("measure", ["councils", "mandates"])
@pytest.mark.parametrize("group_by", ["oblast", "district", "kind", "programme"])
def test_every_grouping_of_councils_adds_up(measure, group_by):
    answer = statistics(before="2021-06-01", after="2024-11-30", measure=measure, group_by=group_by)

    for figure in ("before", "after", "reduced"):
        assert sum(row[figure] for row in answer["rows"]) == answer["total"][figure]


def test_the_election_has_the_published_totals():
    elected = Mandate.objects.on(ELECTED)
    by_kind = elected.values_list("convocation__council__kind").annotate(
        number=Count("pk"), women=Count("pk", filter=Q(person__sex="f"))
    )
    figures = {kind: (number, women) for kind, number, women in by_kind}

    assert figures["ayil"] == (5391, 2185)
    assert figures["city"][0] == 993
    assert elected.filter(basis="reserved_for_women").count() == 2185
    chairs = CouncilPost.objects.on(ELECTED).filter(kind="chair", person__sex="f")
    assert chairs.count() == 15
    assert chairs.filter(convocation__council__kind="city").count() == 1


def test_three_of_ten_seats_of_every_district_are_reserved_for_women():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(reserved_for_women::numeric / seats) FROM councils_electoraldistrict"
        )
        districts, least = cursor.fetchone()

    assert districts > 2000
    assert least >= dt.timedelta(days=3) / dt.timedelta(days=10)


def test_district_councils_stood_in_the_law_only():
    district = Council.objects.filter(kind="district")

    assert district.on(dt.date(2021, 10, 19)).count() == district.on(dt.date(2024, 1, 16)).count() == 0
    assert district.on(dt.date(2021, 10, 20)).count() == district.on(dt.date(2024, 1, 15)).count() == 40
    assert not Convocation.objects.filter(council__in=district).exists()


def test_deputies_are_constructed_and_their_councils_say_what_is_documented():
    assert not Mandate.objects.exclude(provenance="constructed").filter(change__isnull=True).exists()
    documented = Convocation.objects.filter(provenance="documented", elected_on__year=2021)
    assert documented.count() == 13  # the twelve councils whose seats were reported, and Bishkek
    assert not documented.filter(source="").exists()


def test_a_fourth_absence_is_proposed_across_a_year_and_a_merger_but_not_the_third_or_an_excused_one():
    council = council_of("Баетов", dt.date(2023, 6, 20))

    eve = absences.proposals(dt.date(2023, 6, 14), council.pk)
    (found,) = absences.proposals(dt.date(2023, 6, 15), council.pk)

    assert eve == []
    days = [absence.held_on for absence in found.absences]
    assert days[0].year == 2022
    assert found.fourth_on == dt.date(2023, 6, 15)
    assert len({absence.council_id for absence in found.absences}) == 2
    mandate = Mandate.objects.get(pk=found.mandate_id)
    assert mandate.basis == "carried_over"
    assert mandate.valid.upper == dt.date(2024, 9, 6)  # proposed, never ended by it


def test_checks_name_councils_without_deputies_and_fourth_absences():
    answer = Client().get(f"{API}reform/checks/", {"at": "2026-03-01"}).json()
    found = {row["check"]: [item["name"]["ky"] for item in row["items"]] for row in answer["results"]}

    assert found["councils_of_ended_units"] == []
    assert found["councils_without_deputies"] == ["Ак-Шыйрак", "Кара-Кужур", "Миң-Куш", "Соң-Көл"]
    assert len(found["fourth_absences"]) == 1


def test_every_council_that_was_elected_approved_its_budget_with_a_vote():
    budgets = Resolution.objects.filter(title_ky__endswith="бюджетти бекитүү жөнүндө", adopted_on__year=2024)

    assert budgets.count() == Convocation.objects.on(ELECTED).count()
    assert not budgets.exclude(status="published").exists()
    assert not budgets.filter(vote__isnull=True).exists()
    assert Resolution.objects.filter(status="cancelled").count() == 1


def test_every_council_has_a_next_session():
    planned = Session.objects.filter(status="planned")

    assert planned.count() == Convocation.objects.on(ELECTED).count()


def test_a_merger_of_the_reform_is_not_annulled_while_what_came_later_rests_on_it():
    event = Event.objects.filter(programme__key="naryn", kind="merge").order_by("id").first()

    with pytest.raises(StateConflict) as refused:
        annul(event)

    assert [violation.code for violation in refused.value.violations] == ["reports_exist"]  # of KPI


def test_the_preview_of_a_merger_says_what_becomes_of_the_seats_and_annulling_it_gives_them_back():
    day = dt.date(2026, 12, 1)
    home = Unit.objects.get(pk=UnitVersion.objects.on(day).get(name_ky="Кочкор", kind="district").unit_id)
    sitting = Convocation.objects.on(day).filter(council__unit__versions__parent=home).distinct()
    two = list(sitting.order_by("pk")[:2])
    sources = [Unit.objects.get(pk=row.council.unit_id) for row in two]
    event, new = merge_draft(sources, home, on=day)
    seats = sum(row.seats_by_law for row in two)

    (effect,) = services.preview(event)["councils"]
    apply(event)
    council = Council.objects.on(day).get(unit=new)
    carried = ledger.ledger(council.pk, day).as_dict()
    annul(event)

    assert (effect.unit_id, effect.new, effect.own, effect.sitting) == (new, True, 0, seats)
    assert (carried["sitting"], len(carried["origins"])) == (seats, 2)
    assert Mandate.objects.on(day).filter(convocation__in=two).count() == seats
    assert not Council.objects.on(day).filter(unit=new).exists()
