"""Staffing reports against the norm of the day: vacancies, posts above it, the share of men."""

import datetime as dt
from decimal import Decimal

import pytest

from ayil_okmotu.models import ExecutiveBody, StaffingNorm, StaffingReport
from ayil_okmotu.staffing import STAFFING_ON, norm_on, standing
from ayil_okmotu.tests.factories import body
from ayil_okmotu.tests.record_factories import norm, staffing
from councils.tests.in_sql import change, copy
from councils.tests.refusals import refused, refuses
from registry.errors import Stale
from registry.models import Annulment, Change
from registry.queries import rows
from registry.tests.factories import FIRST, aimak, city, district, oblast

pytestmark = pytest.mark.django_db
BEFORE, AFTER = dt.date(2024, 7, 1), dt.date(2024, 9, 1)
REFORM = dt.date(2024, 7, 18)
PILOT = dt.date(2023, 3, 30)


@pytest.fixture
def naryn():
    return oblast("Нарын облусу")


@pytest.fixture
def unit(naryn):
    return aimak(district(naryn))


@pytest.fixture
def okmotu(unit):
    return body(unit)


def on(day):
    """The people of each body of a day."""
    return {row["body_id"]: row for row in rows(STAFFING_ON, {"day": day})}


# --- reports -----------------------------------------------------------------------------------------------------


def test_a_report_is_recorded_and_corrected(okmotu):
    first = staffing(okmotu, BEFORE, filled=18)

    again = staffing(okmotu, BEFORE, filled=17, expected_version=first.version)

    assert again.pk == first.pk
    row = StaffingReport.objects.get()
    assert (row.filled, row.version) == (17, first.version + 1)
    with refuses("stale", Stale):
        staffing(okmotu, BEFORE, filled=16, expected_version=first.version)
    with refuses("stale", Stale):
        staffing(okmotu, AFTER, expected_version=1)
    assert StaffingReport.objects.get().filled == 17


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"approved": 5001}, "ayil_okmotu_staffingreport_bounds"),
        ({"filled": -1}, "ayil_okmotu_staffingreport_bounds"),
        ({"contract": 5001}, "ayil_okmotu_staffingreport_bounds"),
        ({"filled": 5, "women": 6}, "ayil_okmotu_staffingreport_women"),
    ],
)
def test_figures_that_cannot_be_are_refused(okmotu, figures, code):
    with refuses(code):
        staffing(okmotu, BEFORE, **figures)


def test_the_database_refuses_them_too(okmotu):
    row = staffing(okmotu, BEFORE)

    with refused("ayil_okmotu_staffingreport_bounds"):
        change(row, approved=5001)
    with refused("ayil_okmotu_staffingreport_women"):
        change(row, women=19)
    with refused("ayil_okmotu_staffingreport_once"):
        copy(row)


def test_more_may_be_filled_than_were_approved(okmotu):
    report = staffing(okmotu, BEFORE, approved=10, filled=12)

    assert standing(report).vacancies == 0


def test_a_body_reports_for_days_on_which_it_exists(okmotu):
    day_before = FIRST - dt.timedelta(days=1)
    row = staffing(okmotu, AFTER)

    with refuses("ayil_okmotu_staffingreport_within_body"):
        staffing(okmotu, day_before)
    with refused("ayil_okmotu_staffingreport_within_body"):
        copy(row, on=day_before)
    with refused("ayil_okmotu_staffingreport_within_body"):
        change(row, on=day_before)


def test_no_body_ends_before_its_last_report(unit):
    okmotu = body(unit, with_head_post=False)
    staffing(okmotu, AFTER)

    with refused("ayil_okmotu_staffingreport_within_body"):
        change(okmotu, valid=f"[{FIRST},{AFTER})")
    change(okmotu, valid=f"[{FIRST},{AFTER + dt.timedelta(days=1)})")


# --- norms -------------------------------------------------------------------------------------------------------


def test_law_128_gives_twelve_staff_and_ten_contract_posts(unit):
    before, after = (norm_on(unit.pk, "ayil_okmotu", day) for day in (REFORM - dt.timedelta(days=1), REFORM))

    assert (before.staff, before.contract, before.men_percent) == (None, None, 70)
    assert (after.staff, after.contract, after.men_percent) == (12, 10, 70)
    assert "128" in after.article


def test_cities_have_a_share_of_men_and_no_number_of_posts(naryn):
    mayor = norm_on(city(naryn, kind="city_oblast").pk, "mayors_office", AFTER)

    assert (mayor.staff, mayor.contract, mayor.men_percent) == (None, None, 70)


def test_before_the_law_there_is_no_norm(unit):
    found = norm_on(unit.pk, "ayil_okmotu", dt.date(2021, 10, 19))

    assert (found.staff, found.contract, found.men_percent, found.article) == (None, None, None, "")


def test_the_pilots_norm_goes_before_the_countrys_where_it_says_something(naryn, unit):
    norm(since=PILOT, within=naryn, staff=11, contract=9)
    elsewhere = aimak(district(oblast("Талас облусу")))

    pilot = norm_on(unit.pk, "ayil_okmotu", AFTER)

    assert (pilot.staff, pilot.contract, pilot.within_id) == (11, 9, naryn.pk)
    assert pilot.men_percent == 70  # the pilot says nothing of men, the country does
    assert norm_on(unit.pk, "ayil_okmotu", PILOT - dt.timedelta(days=1)).staff is None
    assert norm_on(elsewhere.pk, "ayil_okmotu", AFTER).staff == 12
    assert norm_on(elsewhere.pk, "ayil_okmotu", PILOT).staff is None


def test_a_districts_norm_goes_before_the_oblasts(naryn):
    home = district(naryn)
    unit = aimak(home)
    norm(since=PILOT, within=naryn, staff=11)
    norm(since=PILOT, within=home, staff=9)

    assert norm_on(unit.pk, "ayil_okmotu", AFTER).staff == 9


def test_one_norm_a_day(naryn):
    wider = StaffingNorm.objects.get(staff=12)
    row = norm(since=PILOT, within=naryn, staff=11)

    with refused("ayil_okmotu_staffingnorm_one_a_day"):
        copy(wider)
    with refused("ayil_okmotu_staffingnorm_one_a_day_within"):
        copy(row)


# --- standing ----------------------------------------------------------------------------------------------------


def test_posts_are_counted_against_the_norm_of_the_day(okmotu):
    report = staffing(okmotu, BEFORE, approved=20, filled=18, contract=13)

    then, now = standing(report), standing(report, AFTER)

    assert (then.vacancies, then.over_norm_staff, then.over_norm_contract) == (2, None, None)
    assert (now.vacancies, now.over_norm_staff, now.over_norm_contract) == (2, 8, 3)
    assert (now.norm.staff, now.norm.contract) == (12, 10)


def test_who_is_within_the_norm_is_not_above_it(okmotu):
    found = standing(staffing(okmotu, AFTER, approved=12, filled=11, contract=10, women=6))

    assert (found.vacancies, found.over_norm_staff, found.over_norm_contract) == (1, 0, 0)


def test_filled_posts_beyond_the_approved_ones_count_against_the_norm(okmotu):
    assert standing(staffing(okmotu, AFTER, approved=12, filled=14)).over_norm_staff == 2


@pytest.mark.parametrize(
    ("filled", "women", "percent", "over"),
    [
        (10, 3, Decimal("70.00"), False),  # exactly the greatest share
        (11, 3, Decimal("72.73"), True),
        (4999, 1499, Decimal("70.01"), True),
        (5000, 1500, Decimal("70.00"), False),
        (3, 1, Decimal("66.67"), False),
        (0, 0, None, None),
        (10, None, None, None),
    ],
)
def test_men_are_at_most_seventy_of_a_hundred(okmotu, filled, women, percent, over):
    found = standing(staffing(okmotu, AFTER, approved=5000, filled=filled, women=women))

    assert (found.men_percent, found.men_over) == (percent, over)


def test_without_a_norm_nobody_is_above_it(okmotu):
    found = standing(staffing(okmotu, dt.date(2021, 1, 1), filled=10, women=0))

    assert (found.men_percent, found.men_over, found.over_norm_staff) == (Decimal(100), None, None)


# --- the country on a day ----------------------------------------------------------------------------------------


def test_every_body_of_the_day_stands_with_its_latest_report(okmotu, naryn):
    silent = body(aimak(district(naryn)))
    gone = body(aimak(district(naryn)), with_head_post=False)
    ExecutiveBody.objects.filter(pk=gone.pk).update(valid=(FIRST, BEFORE))
    staffing(okmotu, dt.date(2023, 1, 1), filled=30, approved=30)
    staffing(okmotu, BEFORE, approved=20, filled=18)
    staffing(okmotu, dt.date(2025, 1, 1), filled=11)

    found = on(AFTER)

    assert set(found) == {okmotu.pk, silent.pk}
    row = found[okmotu.pk]
    assert (row["on"], row["approved"], row["filled"]) == (BEFORE, 20, 18)
    assert (row["vacancies"], row["over_norm_staff"], row["norm_staff"]) == (2, 8, 12)
    nothing = found[silent.pk]
    assert nothing["report_id"] is None
    assert nothing["norm_staff"] == 12
    for figure in ("filled", "vacancies", "over_norm_staff", "over_norm_contract", "men_percent", "men_over"):
        assert nothing[figure] is None, figure


def test_one_statement_says_what_standing_says(okmotu):
    report = staffing(okmotu, BEFORE, approved=40, filled=31, contract=11, women=4)

    row, found = on(AFTER)[okmotu.pk], standing(report, AFTER)

    for figure in ("vacancies", "over_norm_staff", "over_norm_contract", "men_percent", "men_over"):
        assert row[figure] == getattr(found, figure)


def test_a_body_that_an_annulment_has_voided_reports_nothing(unit):
    okmotu = body(unit, with_head_post=False)
    made = Change.objects.create(kind="create", effective_on=FIRST)
    annulment = Annulment.objects.create(
        change=made, reason="Ката", by="system:test", at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    )
    ExecutiveBody.objects.filter(pk=okmotu.pk).update(voided_by=annulment)

    with refuses("ayil_okmotu_staffingreport_within_body"):
        staffing(okmotu, AFTER)
    assert on(AFTER) == {}
