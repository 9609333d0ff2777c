"""The life of a report, from its opening to its amendment, and what each step refuses."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import UserFactory
from kpi import services
from kpi.errors import RuleBroken, Stale, StateConflict
from kpi.models import PublishedValue, Report, Score, Value
from kpi.tests import factories as make
from registry.tests.factories import FIRST, aimak, district

pytestmark = pytest.mark.django_db
AT = make.Q3_ENTRY


@pytest.fixture
def unit():
    make.methodology()
    return aimak(district(), residents=12_000)


def refused(error):
    return [violation.code for violation in error.value.violations]


def test_a_report_has_a_value_for_every_indicator_and_opening_it_twice_makes_one(unit):
    quarter = make.period()

    first = make.opened(unit, of=quarter)
    again = make.opened(unit, of=quarter)

    assert first == again
    assert Value.objects.filter(report=first).count() == 11
    assert set(Value.objects.filter(report=first).values_list("status", flat=True)) == {""}


def test_a_value_changes_by_who_has_read_its_latest_version(unit):
    report = make.opened(unit)
    row = make.value(report, "jobs")

    services.enter_value(value=row, at=AT, number=Decimal(3), expected_version=1)

    with pytest.raises(Stale):
        services.enter_value(value=row, at=AT, number=Decimal(4), expected_version=1)
    row.refresh_from_db()
    assert (row.number, row.status, row.version) == (3, "normal", 2)


@pytest.mark.parametrize(
    ("code", "given", "rule"),
    [
        ("jobs", {"number": Decimal("1.5")}, "kpi_value_whole"),
        ("jobs", {"number": Decimal(-1)}, "kpi_value_range"),
        ("satisfaction", {"number": Decimal(101)}, "kpi_value_range"),
        ("jobs", {"numerator": Decimal(1)}, "kpi_value_formula"),
        ("budget_saved", {"number": Decimal(1)}, "kpi_value_formula"),
        ("budget_saved", {"numerator": Decimal(1), "denominator": Decimal(0)}, "kpi_value_denominator"),
        ("jobs", {"status": "missing"}, "kpi_value_note"),
        ("investment", {"number": Decimal(10) ** 13}, "kpi_value_bounds"),
    ],
)
def test_what_cannot_be_is_refused_by_its_rule(unit, code, given, rule):
    row = make.value(make.opened(unit), code)

    with pytest.raises(RuleBroken) as error:
        services.enter_value(value=row, at=AT, **given)

    assert refused(error) == [rule]


def test_half_a_ratio_is_kept_and_not_counted_as_filled(unit):
    row = make.value(make.opened(unit), "budget_saved")

    row = services.enter_value(value=row, at=AT, numerator=Decimal(5))

    assert (row.status, row.numerator) == ("", 5)


def test_submitting_names_everything_that_is_missing(unit):
    report = make.filled(make.opened(unit), jobs=None, proof=False)

    with pytest.raises(RuleBroken) as error:
        services.submit(report=report, by=UserFactory(), at=AT)

    assert {(v.code, v.pointer) for v in error.value.violations} == {
        ("empty", "/values/jobs"),
        ("kpi_report_evidence", "/values/investment"),
    }


def test_the_whole_way_and_the_former_version_stays(unit):
    report = make.in_review(unit)
    reviewer = report.reviewed_by

    returned = services.return_report(
        report=report, reasons={"jobs": "Түшүндүрүңүз", "roads": "Акт жок"}, by=reviewer, at=AT
    )
    assert {r.reason for r in services.returned_reasons(returned).values()} == {"Түшүндүрүңүз", "Акт жок"}
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(20))
    later = AT + dt.timedelta(days=1)
    again = services.submit(report=returned, by=report.submitted_by, at=later)
    again = services.start_review(report=again, by=reviewer, at=later)
    approved = services.approve(report=again, by=reviewer, at=later)
    run = make.run_of(approved.period)
    services.publish_run(run=run, by=reviewer, at=later)
    approved.refresh_from_db()
    assert approved.status == "published"
    assert PublishedValue.objects.get(unit=unit, measure__code="jobs").value == 20

    amendment = services.amend(report=approved, reason="Ката", by=report.submitted_by, at=later)
    services.enter_value(value=make.value(amendment, "jobs"), at=later, number=Decimal(21))
    amendment = services.submit(report=amendment, by=report.submitted_by, at=later)
    amendment = services.start_review(report=amendment, by=reviewer, at=later)
    amendment = services.approve(report=amendment, by=reviewer, at=later)
    services.publish(report=amendment, by=reviewer, at=later)

    approved.refresh_from_db()
    assert approved.status == "superseded"
    assert make.value(approved, "jobs").number == 20
    assert PublishedValue.objects.get(unit=unit, measure__code="jobs").value == 21
    assert Score.objects.get(run=run).report == approved


def test_nobody_approves_what_he_or_she_submitted(unit):
    clerk = UserFactory()
    report = make.submitted(unit, by=clerk)

    with pytest.raises(RuleBroken) as error:
        services.start_review(report=report, by=clerk, at=AT)

    assert refused(error) == ["kpi_report_four_eyes"]
    Report.objects.filter(pk=report.pk).update(status="in_review")
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(status="approved", approved_at=AT, approved_by=clerk)


@pytest.mark.parametrize("state", ["submitted", "in_review", "approved", "published"])
def test_values_outside_entry_change_neither_by_the_service_nor_by_sql(unit, state):
    report = getattr(make, state)(unit)
    row = make.value(report, "jobs")

    with pytest.raises(StateConflict):
        services.enter_value(value=row, at=AT, number=Decimal(1))
    with pytest.raises(IntegrityError, match="draft and returned"), transaction.atomic():
        Value.objects.filter(pk=row.pk).update(number=1)


def test_nothing_is_entered_before_a_period_opens_nor_after_it_locks(unit):
    quarter = make.period()
    with pytest.raises(StateConflict) as early:
        make.opened(unit, of=quarter, at=dt.datetime(2022, 9, 30, 9, tzinfo=dt.UTC))
    report = make.opened(unit, of=quarter)
    late = dt.datetime.combine(quarter.locks, dt.time(9), dt.UTC)
    with pytest.raises(StateConflict) as over:
        services.enter_value(value=make.value(report, "jobs"), at=late, number=Decimal(1))
    assert (refused(early), refused(over)) == (["period_not_open"], ["period_locked"])

    services.extend(period=quarter, unit=unit, until=quarter.locks, reason="Суу каптады", by=None)

    assert services.enter_value(value=make.value(report, "jobs"), at=late, number=Decimal(1)).version == 2


def test_the_same_inputs_find_the_same_run_and_equal_scores(unit):
    quarter = make.period()
    make.approved(unit, of=quarter)
    first = make.run_of(quarter)

    second = make.run_of(quarter)

    assert second.same_as == first
    assert (second.digest, second.results) == (first.digest, first.results)
    assert services.reproduce(first)
    assert Score.objects.count() == 1


def test_only_one_report_is_opened_for_a_municipality_that_exists(unit):
    gone = aimak(district(), "Жок", valid=(FIRST, dt.date(2022, 9, 30)))

    with pytest.raises(RuleBroken) as error:
        make.opened(gone)

    assert refused(error) == ["kpi_report_unit"]
    assert not Report.objects.filter(unit=gone).exists()


def test_what_was_approved_and_superseded_before_it_was_published_never_becomes_public(unit):
    from kpi import visibility
    from kpi.rules import reads_report

    report = make.approved(unit)
    clerk, reviewer = UserFactory(), UserFactory()
    amendment = services.amend(report=report, reason="Ката", by=clerk, at=AT)
    amendment = services.submit(report=amendment, by=clerk, at=AT)
    amendment = services.start_review(report=amendment, by=reviewer, at=AT)
    amendment = services.approve(report=amendment, by=reviewer, at=AT)
    services.publish(report=amendment, by=reviewer, at=AT)

    report.refresh_from_db()
    where, args = visibility.condition(visibility.PUBLIC, "kpi_report")
    public = Report.objects.extra(where=[where], params=list(args.values()))
    assert report.status == "superseded"
    assert not reads_report(None, report)
    assert list(public.values_list("revision", flat=True)) == [2]
