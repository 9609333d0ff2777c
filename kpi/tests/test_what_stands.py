"""What is published stays what it was: audits, amendments of amendments, days gone by, and who heads a body."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from ayil_okmotu.models import BudgetItem, BudgetLine, LocalBudget
from ayil_okmotu.tests import factories as offices
from kpi import knowledge, obligations, results, rules, services
from kpi.errors import RuleBroken, StateConflict
from kpi.models import Notice, Period, Prefill, PublishedValue, Report, ReportStatus, Subject
from kpi.series import series
from kpi.tests import factories as make
from kpi.views.entry import base
from registry.tests import kadamjay
from registry.tests.factories import FIRST, aimak, district

pytestmark = pytest.mark.django_db
AT = make.Q3_ENTRY
LATER = AT + dt.timedelta(days=30)


@pytest.fixture
def unit():
    make.methodology()
    return aimak(district(), residents=12_000)


def found(report, verdict="corrected", jobs=20, on=dt.date(2022, 11, 1)):
    figures = {"number": Decimal(jobs)} if verdict == "corrected" else {}
    return services.record_finding(
        value=make.value(report, "jobs"), verdict=verdict, found_on=on, note="Акт", by=None,
        today=make.TODAY, **figures,
    )  # fmt: skip


def through(report, at=LATER):
    """Bring an amendment as far as its approval."""
    clerk, reviewer = UserFactory(), UserFactory()
    report = services.submit(report=report, by=clerk, at=at)
    report = services.start_review(report=report, by=reviewer, at=at)
    return services.approve(report=report, by=reviewer, at=at)


def jobs(unit):
    """What is published of the jobs of a municipality: state and figure."""
    row = PublishedValue.objects.get(unit=unit, measure__code="jobs")
    return row.status, row.value


def known(unit, *day):
    points = series(unit.pk, "jobs", dt.date(*day)).points
    return [point.value for point in points if point.value is not None]


# --- audits -----------------------------------------------------------------------------------------------------


def test_an_amendment_begins_with_the_figure_that_an_audit_left(unit):
    first = make.published(unit, jobs=60)
    found(first, jobs=20)
    assert jobs(unit) == ("c", 20)

    fresh = services.amend(report=first, reason="Башка көрсөткүч", by=UserFactory(), at=LATER)
    services.publish(report=through(fresh), by=None, at=LATER)

    assert make.value(fresh, "jobs").number == 20
    assert make.value(first, "jobs").number == 60  # the former revision says what it said
    assert jobs(unit) == ("n", 20)


def test_a_later_confirmation_takes_a_correction_back(unit):
    report = make.published(unit, jobs=60)
    found(report, jobs=20, on=dt.date(2022, 11, 1))
    found(report, "confirmed", on=dt.date(2022, 11, 20))

    assert jobs(unit) == ("n", 60)
    assert known(unit, 2022, 10, 31) == [60]
    assert known(unit, 2022, 11, 19) == [20]
    assert known(unit, 2022, 11, 20) == [60]
    fresh = services.amend(report=report, reason="Ката", by=UserFactory(), at=LATER)
    assert make.value(fresh, "jobs").number == 60


def test_a_finding_is_of_no_day_to_come(unit):
    report = make.published(unit)

    with pytest.raises(RuleBroken) as error:
        found(report, on=make.TODAY + dt.timedelta(days=1))

    assert [(one.code, one.pointer) for one in error.value.violations] == [
        ("kpi_auditfinding_future", "/found_on")
    ]


# --- revisions --------------------------------------------------------------------------------------------------


def test_an_amendment_of_an_unpublished_amendment_supersedes_them_all(unit):
    quarter = make.period()
    first = make.published(unit, of=quarter, jobs=60)
    second = through(services.amend(report=first, reason="Ката", by=None, at=LATER))
    third = services.amend(report=second, reason="Дагы ката", by=None, at=LATER)
    services.enter_value(value=make.value(third, "jobs"), at=LATER, number=Decimal(40))
    third = through(third)

    make.published_run(quarter, at=LATER)

    states = Report.objects.filter(unit=unit).order_by("revision").values_list("status", flat=True)
    assert list(states) == ["superseded", "superseded", "published"]
    assert jobs(unit) == ("n", 40)
    assert known(unit, 2022, 10, 31) == [60]
    assert known(unit, 2023, 1, 1) == [40]
    found(
        third, jobs=41, on=dt.date(2023, 2, 1)
    )  # the figures of the day before come from the reports themselves
    assert known(unit, 2023, 1, 31) == [40]


def test_of_an_employee_too_one_revision_is_published(unit):
    make.methodology(Subject.EMPLOYEE)
    job = offices.appointment(offices.post(offices.body(unit)))
    first = make.published(unit, appointment=job, training="0")
    second = through(services.amend(report=first, reason="Ката", by=None, at=LATER))
    third = through(services.amend(report=second, reason="Дагы", by=None, at=LATER))

    services.publish(report=third, by=None, at=LATER)

    assert list(
        Report.objects.filter(appointment=job).order_by("revision").values_list("status", flat=True)
    ) == ["superseded", "superseded", "published"]


def test_a_report_is_taken_back_only_while_it_can_be_submitted_again(unit):
    quarter = make.period()
    report = make.submitted(unit, of=quarter)
    late = dt.datetime.combine(quarter.locks, dt.time(9), dt.UTC)

    with pytest.raises(StateConflict) as error:
        services.recall(report=report, by=None, at=late)

    assert [one.code for one in error.value.violations] == ["period_locked"]
    report.refresh_from_db()
    assert report.status == ReportStatus.SUBMITTED


def test_nobody_is_offered_to_take_back_what_could_not_be_submitted_again(unit, monkeypatch):
    quarter = make.period()
    report = make.submitted(unit, of=quarter)
    clerk = Client()
    clerk.force_login(RoleFactory(role=RoleKind.STAFF, unit=unit).user)
    button = f"/kpi/reports/{report.pk}/recall/"

    def page(day):
        moment = dt.datetime.combine(day, dt.time(9), dt.UTC)
        monkeypatch.setattr(base.OfReport, "now", moment)
        return clerk.get(f"/en/kpi/reports/{report.pk}/entry/").content.decode()

    assert button in page(quarter.locks - dt.timedelta(days=1))
    late = page(quarter.locks)
    assert button not in late
    assert "waits for review" in late


def test_the_reviewer_of_an_amendment_sees_what_the_audit_found(unit):
    first = make.published(unit, jobs=60)
    found(first, jobs=20)
    fresh = services.amend(report=first, reason="Башка", by=None, at=LATER)
    services.submit(report=fresh, by=UserFactory(), at=LATER)
    approver = Client()
    approver.force_login(RoleFactory(role=RoleKind.APPROVER).user)

    page = approver.get(f"/en/kpi/review/{fresh.pk}/").content.decode()

    assert page.count("audit of the revision before") == 1
    assert "corrected, 20" in page


def test_a_corrected_report_that_is_taken_back_keeps_its_days(unit):
    quarter = make.period()
    late = dt.datetime.combine(quarter.locks, dt.time(9), dt.UTC)
    reviewer, clerk = UserFactory(), UserFactory()
    report = make.in_review(unit, of=quarter, reviewer=reviewer)
    report = services.return_report(report=report, reasons={"jobs": "Тизме жок"}, by=reviewer, at=late)
    services.enter_value(value=make.value(report, "jobs"), at=late, number=Decimal(3))
    report = services.submit(report=report, by=clerk, at=late)

    report = services.recall(report=report, by=clerk, at=late)
    services.enter_value(value=make.value(report, "jobs"), at=late, number=Decimal(4))

    assert services.submit(report=report, by=clerk, at=late).status == ReportStatus.SUBMITTED


# --- days gone by -----------------------------------------------------------------------------------------------


def counts(quarter, *day):
    row = obligations.board(quarter, dt.date(*day), "all")[""]
    return {name: row[name] for name in ("owed", "submitted", "on_time", "overdue", "published")}


def test_how_complete_reporting_was_on_a_day_is_what_was_known_on_it(unit):
    quarter = make.period(due=dt.date(2022, 10, 31))
    late = dt.datetime(2022, 11, 10, 9, tzinfo=dt.UTC)
    make.published(unit, of=quarter, at=late)

    none = {"owed": 1, "submitted": 0, "on_time": 0, "overdue": 0, "published": 0}
    assert counts(quarter, 2022, 10, 31) == none
    assert counts(quarter, 2022, 11, 9) == {**none, "overdue": 1}
    assert counts(quarter, 2022, 11, 10) == {**none, "submitted": 1, "published": 1}


def test_an_amendment_in_the_making_lowers_no_public_figure(unit):
    quarter = make.period()
    report = make.published(unit, of=quarter)
    before = counts(quarter, 2022, 12, 1)

    services.amend(report=report, reason="Ката", by=None, at=LATER)

    assert before["published"] == 1
    assert counts(quarter, 2022, 12, 1) == before


@pytest.fixture
def staffed(unit):
    """Six employees with published results."""
    make.methodology(Subject.EMPLOYEE)
    quarter, body = make.period(), offices.body(unit)
    jobs = [offices.appointment(offices.post(body), name=f"Кызматкер {number}") for number in range(6)]
    for job in jobs:
        make.approved(unit, of=quarter, appointment=job, training="0")
    return quarter, body, jobs


def people(quarter, *day):
    rows = results.bands(quarter, "unit", dt.date(*day))
    return [row["people"] for row in rows]


def test_results_of_employees_stay_those_of_the_run_shown_on_the_day(staffed):
    quarter, body, _jobs = staffed
    make.published_run(quarter, subject=Subject.EMPLOYEE, at=dt.datetime(2022, 11, 1, 20, tzinfo=dt.UTC))
    seventh = offices.appointment(offices.post(body), name="Жетинчи")
    make.approved(body.unit, of=quarter, appointment=seventh, training="0")
    make.published_run(quarter, subject=Subject.EMPLOYEE, at=dt.datetime(2022, 12, 1, 9, tzinfo=dt.UTC))

    assert people(quarter, 2022, 11, 1) == []  # 20:00 in Greenwich is 02:00 of the next day in Bishkek
    assert people(quarter, 2022, 11, 2) == [6, 6]
    assert people(quarter, 2022, 11, 30) == [6, 6]
    assert people(quarter, 2022, 12, 1) == [7, 7]


def test_who_holds_two_posts_is_one_of_the_five_people(unit):
    make.methodology(Subject.EMPLOYEE)
    quarter, body = make.period(), offices.body(unit)
    jobs = [offices.appointment(offices.post(body), name=f"Кызматкер {number}") for number in range(4)]
    again = offices.appointment(offices.post(body), jobs[0].person, concurrent_reason="Орун бош")
    for job in (*jobs, again):
        make.approved(unit, of=quarter, appointment=job, training="0")
    make.published_run(quarter, subject=Subject.EMPLOYEE, at=LATER)

    assert [row["bands"] for row in results.bands(quarter, "unit", make.TODAY)] == [None, None]


# --- who heads a body -------------------------------------------------------------------------------------------


def test_where_somebody_acts_the_holder_of_the_post_is_no_head(unit, monkeypatch):
    monkeypatch.setattr(rules, "today", lambda: AT.date())
    make.methodology(Subject.EMPLOYEE)
    body = offices.body(unit)
    holder = UserFactory(person=offices.head(body).person)
    assert rules.led_units(holder) == {unit.pk}
    holder = type(holder).objects.get(pk=holder.pk)

    acting = UserFactory(person=offices.acting_head(body, on=dt.date(2022, 9, 1)).person)
    report = make.submitted(unit, appointment=offices.appointment(offices.post(body)), training="0")

    assert (rules.led_units(holder), rules.led_units(acting)) == (frozenset(), {unit.pk})
    told = Notice.objects.filter(report=report, kind="submitted").values_list("user", flat=True)
    assert list(told) == [acting.pk]
    assert not holder.has_perm("kpi.read_report", report)
    assert acting.has_perm("kpi.read_report", report)
    assert RoleFactory(role=RoleKind.APPROVER).user.has_perm("kpi.read_report", report)


# --- what the register knows ------------------------------------------------------------------------------------


def budget(unit, year, revenue):
    row = LocalBudget.objects.create(unit=unit, year=year)
    item = BudgetItem.objects.filter(side="own_revenue").first()
    BudgetLine.objects.create(budget=row, item=item, plan=revenue, actual=revenue)


@pytest.mark.parametrize(("years", "offered"), [((2022, 2023), False), ((2023, 2024), True)])
def test_revenue_is_not_compared_with_the_year_of_a_merger(years, offered):
    unit = kadamjay.country().moldo
    for place, year in enumerate(years):
        budget(unit, year, 5 + place)
    quarter = Period(
        number=years[1] * 4 + 3, begins=dt.date(years[1], 10, 1), ends=dt.date(years[1] + 1, 1, 1)
    )

    found = knowledge.known(Prefill.REVENUE_GROWTH, unit=unit, period=quarter)

    assert (found is not None and found["filled"]) is offered
    assert kadamjay.DAY.year == 2022
    assert FIRST < kadamjay.DAY
