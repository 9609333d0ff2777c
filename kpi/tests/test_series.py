"""A line through a merger: each measure put together by its own rule, breaks marked, scores never."""

import datetime as dt
from decimal import Decimal

import pytest

from kpi import services
from kpi.series import series
from kpi.tests import factories as make
from registry.tests import kadamjay

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 6, 1)


@pytest.fixture
def land():
    """Алга (0.7 of whose people went there) and Совет report before the merger, Молдо Нияз after it."""
    make.methodology()
    land = kadamjay.country()
    before, after = make.period(2022, 1), make.period(2022, 3)
    early = dt.datetime(2022, 4, 10, 9, tzinfo=dt.UTC)
    make.published(
        land.alga, of=before, at=early, jobs=10, revenue_growth=(110, 100), satisfaction=60, accessibility=40
    )
    make.published(
        land.sovet, of=before, at=early, jobs=6, revenue_growth=(60, 50), satisfaction=80, accessibility=50
    )
    make.published(
        land.moldo, of=after, jobs=20, revenue_growth=(170, 150), satisfaction=70, accessibility=45
    )
    return land


def points(land, code, unit=None):
    found = series((unit or land.moldo).pk, code, DAY)
    return {point.period_code: (point.value, point.status) for point in found.points}


def test_jobs_are_added_with_the_share_of_what_came_in_part(land):
    assert points(land, "jobs") == {
        "2022Q1": (Decimal("13.0"), "joined"),
        "2022Q3": (20, "own"),
    }


def test_growth_is_made_anew_from_the_sums_of_its_parts(land):
    value, status = points(land, "revenue_growth")["2022Q1"]

    assert status == "joined"
    expected = (Decimal("0.7") * 110 + 60) / (Decimal("0.7") * 100 + 50) * 100 - 100
    assert round(value, 9) == round(expected, 9)
    assert round(value, 2) not in (Decimal("15.00"), Decimal(10), Decimal(20))


def test_satisfaction_is_weighted_by_residents(land):
    value, status = points(land, "satisfaction")["2022Q1"]

    # 70 of Алга's 100 residents and Совет's 50
    assert (round(value, 12), status) == (round(Decimal(70 * 60 + 50 * 80) / 120, 12), "joined")


def test_an_index_is_not_comparable_over_the_merger(land):
    assert points(land, "accessibility") == {
        "2022Q1": (None, "not_comparable"),
        "2022Q3": (45, "own"),
    }


def test_the_merger_is_marked_as_a_break(land):
    found = series(land.moldo.pk, "jobs", DAY)

    assert [(each.day, each.kind) for each in found.breaks] == [(kadamjay.DAY, "reorganise")]
    assert {part.unit_id: part.share for part in found.points[0].parts} == {
        land.alga.pk: Decimal("0.7"),
        land.sovet.pk: 1,
    }


def test_a_predecessor_that_reported_nothing_leaves_the_point_incomplete(land):
    early = dt.datetime(2022, 7, 10, 9, tzinfo=dt.UTC)
    quarter = make.period(2021, 4)
    make.published(land.sovet, of=quarter, at=early.replace(month=1), jobs=5)

    found = series(land.moldo.pk, "jobs", DAY)

    assert (found.points[0].period_code, found.points[0].status, found.points[0].value) == (
        "2021Q4",
        "incomplete",
        None,
    )
    assert found.points[0].missing == (land.alga.pk,)


def test_an_ended_unit_keeps_its_own_line(land):
    assert points(land, "jobs", land.sovet) == {"2022Q1": (6, "own")}


def test_an_audits_correction_is_what_the_line_shows(land):
    from kpi.models import Report

    report = Report.objects.get(unit=land.moldo)
    services.record_finding(
        today=make.TODAY,
        value=make.value(report, "jobs"),
        verdict="corrected",
        number=Decimal(18),
        found_on=DAY,
        note="акт",
        by=None,
    )

    assert points(land, "jobs")["2022Q3"] == (18, "own")


def test_a_past_day_knows_neither_what_was_published_nor_what_was_corrected_later(land):
    from accounts.tests.factories import UserFactory
    from kpi.models import Report

    report = Report.objects.get(unit=land.moldo)
    clerk, reviewer = UserFactory(), UserFactory()
    later = dt.datetime(2022, 12, 1, 9, tzinfo=dt.UTC)
    amendment = services.amend(report=report, reason="Ката", by=clerk, at=later)
    services.enter_value(value=make.value(amendment, "jobs"), at=later, number=Decimal(25))
    amendment = services.submit(report=amendment, by=clerk, at=later)
    amendment = services.start_review(report=amendment, by=reviewer, at=later)
    amendment = services.approve(report=amendment, by=reviewer, at=later)
    services.publish(report=amendment, by=reviewer, at=later)
    services.record_finding(
        today=make.TODAY,
        value=make.value(amendment, "jobs"), verdict="corrected", number=Decimal(23), found_on=dt.date(2023, 1, 15),
        note="акт", by=None,
    )  # fmt: skip

    def known(*day):
        found = series(land.moldo.pk, "jobs", dt.date(*day))
        return {point.period_code: point.value for point in found.points if point.value is not None}

    assert known(2022, 5, 30) == {"2022Q1": 13}
    assert known(2022, 10, 9) == {"2022Q1": 13}
    assert known(2022, 10, 10) == {"2022Q1": 13, "2022Q3": 20}
    assert known(2022, 11, 30) == {"2022Q1": 13, "2022Q3": 20}
    assert known(2022, 12, 1) == {"2022Q1": 13, "2022Q3": 25}
    assert known(2023, 1, 14)["2022Q3"] == 25
    assert known(2023, 1, 15)["2022Q3"] == 23
