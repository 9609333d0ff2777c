"""The demonstration shows KPI in every state: eight quarters of the country, Kadamjay's through its merger, scores."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count, F

from accounts.models import User
from ayil_okmotu.models import Appointment
from kpi import checking, evidence, knowledge, obligations, results, rules, scoring, series, services
from kpi.models import (
    AuditFinding,
    Evidence,
    Extension,
    Methodology,
    Notice,
    Period,
    PublishedValue,
    Report,
    ReportStatus,
    ReturnedValue,
    Score,
    ScoreRun,
    Step,
    Value,
)
from registry.models import ChangePart, Population, UnitVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_country"), pytest.mark.slow]
TODAY = dt.date(2026, 11, 22)
EVE, AFTER = dt.date(2022, 3, 31), dt.date(2022, 6, 30)
QUARTERS = ("2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")
LAST = QUARTERS[-1]


def unit_of(name, kind="ayil_aimak", day=TODAY):
    return UnitVersion.objects.on(day).get(name_ky=name, kind=kind).unit_id


def in_kadamjay(name, day=TODAY):
    home = UnitVersion.objects.on(day).get(name_ky="Кадамжай", kind="district").unit_id
    return UnitVersion.objects.on(day).get(name_ky=name, parent=home, kind="ayil_aimak").unit_id


def period(code):
    return Period.objects.get(code=code)


def reported(unit, code, measure):
    """What the report of a municipality says, as it counts today."""
    value = Value.objects.select_related("indicator").get(
        report__unit=unit,
        report__period__code=code,
        report__status="published",
        report__appointment=None,
        indicator__measure__code=measure,
    )
    return value, checking.figure(value)


@pytest.mark.parametrize("code", QUARTERS[:-1])
def test_every_quarter_that_is_over_was_reported_by_nearly_everybody_and_published(code):
    board = obligations.board(period(code), TODAY, "all")[""]

    assert board["owed"] == 268
    assert board["overdue"] == 268 - board["submitted"]
    assert 0 < board["overdue"] < 10
    assert board["on_time"] < board["submitted"]
    run = ScoreRun.objects.get(period__code=code, current=True, methodology__subject="head_of_executive")
    assert run.scores.count() == board["submitted"]
    assert run.scores.filter(rank=None).count() < 12
    assert set(run.scores.values_list("band__code", flat=True)) >= {"good", "fair", "low"} - {
        "low" if code == "2025Q4" else ""
    }


def test_the_last_quarter_has_reports_in_every_state():
    latest = period(LAST)
    states = {row["state"] for row in obligations.owed(latest, TODAY)}
    board = obligations.board(latest, TODAY, "all")[""]

    assert states == {*ReportStatus.values, "not_started"} - {"superseded"}
    assert Report.objects.filter(period=latest, status="superseded").count() == 1
    assert board["owed"] == 268 == board["submitted"] + board["overdue"] + 1  # one has been given longer
    assert board["overdue"] > 40
    assert latest.published_on is None
    assert ScoreRun.objects.get(period=latest, methodology__subject="head_of_executive").status == "done"


def test_one_municipality_has_longer_and_its_report_is_in_entry():
    (extension,) = Extension.objects.all()
    report = Report.objects.get(unit=extension.unit, period=extension.period, appointment=None)
    filled = report.values.exclude(status="")

    assert extension.unit_id == unit_of("Баетов")
    assert (report.status, report.revision) == ("draft", 1)
    assert set(report.values.exclude(known=None).values_list("indicator__measure__code", flat=True)) == {
        "revenue_growth",
        "budget_execution",
    }
    assert not filled.filter(
        origin="register"
    ).exists()  # a year's budget stands beside a quarter within the year
    assert 1 <= filled.count() < 11
    assert (
        report.values.get(status="", denominator__isnull=False).indicator.measure.code == "programmes_on_time"
    )


def test_kadamjay_reports_from_four_quarters_before_its_event_until_now():
    before = {in_kadamjay(name, EVE) for name in ("Майдан", "Айрыбаз", "Алга", "Совет", "Котормо", "Чаувай")}
    after = {in_kadamjay(name) for name in ("Майдан", "Молдо Нияз", "Орозбеков", "Уч-Коргон", "А. Масалиев")}
    periods = Period.objects.filter(number__range=(2021 * 4 + 1, 2026 * 4 + 2)).order_by("number")

    assert len(periods) == 22
    for each in periods:
        reports = Report.objects.heads().filter(period=each).exclude(status="draft")
        units = set(reports.values_list("unit", flat=True))
        living = before if each.last_day < dt.date(2022, 5, 2) else after
        assert living <= units or each.number >= 2024 * 4 + 3, each.code
        assert not (before - after) & units or each.last_day < dt.date(2022, 5, 2), each.code


def test_jobs_of_merged_municipalities_are_summed_and_growth_is_made_anew_from_its_parts():
    unit = in_kadamjay("Майдан")
    former = [in_kadamjay(name, EVE) for name in ("Майдан", "Айрыбаз")]
    jobs = {point.period_code: point for point in series.series(unit, "jobs", TODAY).points}
    growth = {point.period_code: point for point in series.series(unit, "revenue_growth", TODAY).points}

    assert [point.status for point in jobs.values()][:6] == ["joined"] * 4 + ["own"] * 2
    assert jobs["2021Q3"].value == sum(reported(each, "2021Q3", "jobs")[1] for each in former)
    parts = [reported(each, "2021Q3", "revenue_growth")[0] for each in former]
    anew = scoring.figure(
        "growth", None, sum(part.numerator for part in parts), sum(part.denominator for part in parts)
    )
    assert growth["2021Q3"].value == pytest.approx(anew)
    assert growth["2021Q3"].value != pytest.approx(sum(checking.figure(part) for part in parts) / 2)


def test_satisfaction_is_weighted_by_residents_and_an_index_is_not_compared():
    unit = in_kadamjay("Орозбеков")
    former = [in_kadamjay(name, EVE) for name in ("Орозбеков", "Котормо")]
    weights = {each: Population.objects.filter(unit=each, on__lte=EVE).latest("on").value for each in former}
    satisfaction = series.series(unit, "satisfaction", TODAY)
    index = series.series(unit, "accessibility", TODAY)

    weighted = sum(weights[each] * reported(each, "2022Q1", "satisfaction")[1] for each in former)
    found = next(point for point in satisfaction.points if point.period_code == "2022Q1")
    assert found.value == pytest.approx(weighted / sum(weights.values()))
    assert [point.status for point in index.points][:5] == ["not_comparable"] * 4 + ["own"]
    (merger,) = satisfaction.breaks
    assert merger.day == dt.date(2022, 5, 2)


def test_no_revenue_leaps_because_a_municipality_has_grown_by_a_merger():
    growth = PublishedValue.objects.filter(measure__code="revenue_growth", value__isnull=False)

    assert growth.count() > 1800
    assert not growth.filter(value__gt=60).exists()
    assert not growth.filter(value__lt=-40).exists()


def test_what_the_register_knows_is_what_a_report_was_offered():
    unit = unit_of("Баетов")
    changed = ChangePart.objects.filter(target=unit).values_list("change__effective_on__year", flat=True)

    for code in ("2025Q4", "2026Q2"):
        for value in Value.objects.filter(
            report__in=Report.objects.heads().filter(unit=unit, period__code=code, revision=1),
            known__isnull=False,
        ).select_related("indicator", "report__unit"):
            offered = knowledge.known(value.indicator.prefill, unit=value.report.unit, period=period(code))
            assert value.known == offered
            assert value.known["year"] not in changed
            assert (value.origin == "register") is (code == "2025Q4")


def test_a_report_is_complete_before_it_leaves_the_office_and_its_oddities_are_answered():
    for report in (
        Report.objects.heads().filter(period__code="2026Q2", status="published").order_by("id")[:25]
    ):
        found = checking.in_the_way(report, services.values_of(report), checking.last_values(report))
        assert {violation.code for violation in found} <= {"kpi_report_evidence"}
    steps = Step.objects.filter(report__period__code="2026Q2").values_list("action", flat=True)
    assert {"open", "submit", "start_review", "return", "approve", "publish", "amend"} <= set(steps)


@pytest.mark.parametrize(("code", "amended"), [("2025Q2", 3), ("2026Q1", 3)])
def test_amendments_and_audits_led_to_another_run_and_the_former_version_stays(code, amended):
    first, second = ScoreRun.objects.filter(
        period__code=code, methodology__subject="head_of_executive"
    ).order_by("number")
    superseded = Report.objects.filter(period__code=code, status="superseded")

    assert (first.current, second.current) == (False, True)
    assert first.published_at < second.published_at
    assert superseded.count() == amended
    assert set(first.scores.filter(report__in=superseded).values_list("report__revision", flat=True)) == {1}
    assert not second.scores.filter(report__in=superseded).exists()
    for report in superseded:
        fresh = report.amendments.get()
        roads = [row.values.get(indicator__measure__code="roads").number for row in (report, fresh)]
        assert fresh.status == "published"
        assert roads[1] - roads[0] == Decimal("1.5")
    corrected = AuditFinding.objects.filter(value__report__period__code=code, verdict="corrected")
    assert corrected.exists()
    for finding in corrected:
        line = second.scores.get(report=finding.value.report).lines.get(indicator=finding.value.indicator_id)
        assert (line.raw, line.corrected) == (finding.number, True)


def test_published_scores_come_out_the_same_again():
    run = ScoreRun.objects.get(period__code="2025Q3", current=True)

    assert services.reproduce(run)
    assert Score.objects.filter(run=run, report__appointment__isnull=False).count() == 0


def test_whoever_corrects_a_returned_report_corrects_what_was_returned():
    returned = ReturnedValue.objects.filter(
        value__report__status="published", value__report__appointment=None
    )

    assert returned.count() > 30
    assert not returned.exclude(value__version__gt=F("value_version")).exists()
    assert not Report.objects.filter(status="returned", correct_by=None).exists()


def test_employees_are_shown_in_groups_of_five_and_more():
    shown = {
        row["group"]["name"]["ky"]: row["people"]
        for row in results.bands(period("2026Q2"), "unit", TODAY)
        if row["group"]
    }

    assert shown["Баетов"] >= 5
    assert shown["Ак-Тал"] is None
    held = Appointment.objects.filter(kpi_reports__period__code="2026Q2")
    few = dict(held.values_list("post__body__unit__versions__name_ky").annotate(Count("id", distinct=True)))
    assert few["Ак-Тал"] < 5
    assert set(Report.objects.employees().filter(period__code=LAST).values_list("status", flat=True)) >= {
        "draft",
        "submitted",
        "approved",
    }


def test_the_logins_staff_and_head_are_people_of_their_office():
    staff, head = (User.objects.get(username=name) for name in ("staff", "head"))
    unit = unit_of("Баетов")

    assert rules.led_units(head) == {unit}
    assert not rules.led_units(staff)
    own = Report.objects.employees().filter(appointment__person=staff.person)
    assert own.get(period__code=LAST).status == "draft"
    assert own.filter(status="published").count() == 3
    assert set(own.exclude(period__code=LAST).values_list("submitted_by", "approved_by")) == {
        (staff.pk, head.pk)
    }
    assert set(Notice.objects.filter(user=staff, seen_at=None).values_list("kind", flat=True)) == {
        "returned",
        "opened",
    }
    assert Report.objects.get(unit=unit, status="returned", appointment=None).revision == 2


def test_evidence_can_be_opened_and_is_what_it_says():
    files = list(Evidence.objects.order_by("id"))

    assert len(files) > 40
    for record in (files[0], files[-1]):
        with record.file.open("rb") as file:
            found = evidence.inspect(file, name=record.name)
        assert (found.media_type, found.size, found.sha256) == (
            "application/pdf",
            record.size,
            record.sha256,
        )


def test_all_of_it_is_constructed_and_the_methodology_is_no_law():
    for model in (Period, Report, Value, Step, Evidence, AuditFinding, Extension, ReturnedValue):
        assert set(model.objects.values_list("provenance", flat=True)) == {"constructed"}, model
    assert set(Methodology.objects.values_list("status", "act")) == {("active", None)}
