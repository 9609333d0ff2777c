"""What an event does to KPI reports: shown in the preview, done when it applies, given back by an annulment."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ayil_okmotu.tests import factories as offices
from kpi import services as kpi
from kpi.models import Report, Subject
from kpi.tests import factories as make
from reform import services
from reform.tests.clients import EVENTS, client_with, post
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import annul, apply, draft
from registry.errors import RuleBroken, StateConflict
from registry.services import UnitSpec

pytestmark = pytest.mark.django_db
ENTRY = dt.datetime(2023, 7, 5, 9, tzinfo=dt.UTC)
"""The quarter in which the event lies, and the one before it, are open."""


@pytest.fixture
def quarters(db):
    """The quarter before the event, which the municipalities live to see the end of, and the event's own."""
    make.methodology()
    make.methodology(Subject.EMPLOYEE)
    return make.period(2023, 1, locks=dt.date(2023, 9, 1)), make.period(2023, 2)


@pytest.fixture
def drafts(place, quarters):
    """Reports in entry: of all three aimaks for the event's quarter, of the first one for the quarter before too."""
    before, own = quarters
    _where, aimaks = place
    found = {
        name: make.opened(unit, of=own, at=ENTRY)
        for name, unit in zip(("first", "second", "third"), aimaks, strict=True)
    }
    return {**found, "earlier": make.opened(aimaks[0], of=before, at=ENTRY)}


def employee_of(unit, number):
    """Somebody who holds a post in the municipality's body."""
    body = unit.executive_bodies.first() or offices.body(unit)
    return offices.appointment(offices.post(body), name=f"Кызматкер {number}")


def begun(event):
    """The municipality that a merger begins."""
    (target,) = {part.target for part in event.parts.all()}
    return target


def closed():
    return set(Report.objects.exclude(closed_by=None))


def refusals(error):
    return [violation.code for violation in error.value.violations]


def test_the_preview_says_which_reports_would_be_owed_no_longer_and_writes_nothing(merger, drafts):
    effects = services.preview(merger)["reports"]

    assert [(row.unit_id, row.report_id) for row in effects] == sorted(
        (drafts[name].unit_id, drafts[name].pk) for name in ("first", "second")
    )
    assert {(row.period_code, row.status, row.employees) for row in effects} == {("2023Q2", "draft", 0)}
    assert not closed()


def test_employees_reports_are_counted_and_not_named(merger, place, quarters):
    first = place[1][0]
    for number in range(2):
        make.opened(first, of=quarters[1], at=ENTRY, appointment=employee_of(first, number))

    (row,) = services.preview(merger)["reports"]

    assert (row.unit_id, row.report_id, row.status, row.employees) == (first.pk, None, None, 2)


def test_the_page_of_the_preview_lists_the_reports(team, merger, place, drafts, quarters):
    first = place[1][0]
    make.opened(first, of=quarters[1], at=ENTRY, appointment=employee_of(first, 1))

    response = team.get(f"/en/reform/events/{merger.pk}/preview/")

    head, *rows = cells(response, table=-1)
    assert head == ["Municipality", "Reporting period", "Report of the office", "Reports of employees"]
    assert sorted(row[1:] for row in rows) == [
        ["quarter 2 of 2023", "draft", "0"],
        ["quarter 2 of 2023", "draft", "1"],
    ]
    assert "what is still being entered is closed" in text(response)
    for name in ("first", "second"):
        assert f"/en/kpi/reports/{drafts[name].pk}/" in response.content.decode()


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_page_of_the_preview_opens_in_both_languages(team, merger, drafts, language):
    assert team.get(f"/{language}/reform/events/{merger.pk}/preview/").status_code == 200


def test_a_preview_without_reports_has_no_table_of_them(team, merger, place, quarters):
    make.opened(place[1][0], of=quarters[0], at=ENTRY)
    make.opened(place[1][2], of=quarters[1], at=ENTRY)

    assert "KPI reports" not in text(team.get(f"/en/reform/events/{merger.pk}/preview/"))


def test_the_preview_costs_the_same_queries_however_many_reports_it_closes(team, merger, place, quarters):
    address = f"/en/reform/events/{merger.pk}/preview/"
    make.opened(place[1][0], of=quarters[1], at=ENTRY)
    team.get(address)  # what is read once for all
    with CaptureQueriesContext(connection) as one:
        team.get(address)
    make.opened(place[1][1], of=quarters[1], at=ENTRY)
    with CaptureQueriesContext(connection) as two:
        assert len(cells(team.get(address), table=-1)) == 3

    assert len(two) == len(one)


def test_the_preview_over_rest_tells_the_reports(merger, drafts):
    answer = post(client_with("reform_team"), f"{EVENTS}{merger.pk}/preview/")

    assert answer.status_code == 200, answer.content
    told = {row["unit"]: row for row in answer.json()["reports"]}
    assert told == {
        str(report.unit_id): {
            "unit": str(report.unit_id),
            "period": "2023Q2",
            "report": str(report.pk),
            "status": "draft",
            "employees": 0,
        }
        for report in (drafts["first"], drafts["second"])
    }


def test_applying_closes_what_is_owed_no_longer_and_annulling_opens_it_again(merger, drafts):
    row = make.value(drafts["first"], "jobs")
    kpi.enter_value(value=row, at=ENTRY, number=Decimal(7))

    event = apply(merger)

    assert closed() == {drafts["first"], drafts["second"]}
    assert set(Report.objects.filter(closed_by=event.change)) == closed()
    with pytest.raises(StateConflict) as error:
        kpi.enter_value(value=row, at=ENTRY, number=Decimal(8))
    assert refusals(error) == ["kpi_report_closed"]
    assert kpi.enter_value(value=make.value(drafts["earlier"], "jobs"), at=ENTRY, number=Decimal(8))

    annul(event)

    assert not closed()
    row.refresh_from_db()
    assert row.number == 7
    assert kpi.enter_value(value=row, at=ENTRY, number=Decimal(8)).number == 8


def test_a_closed_report_cannot_be_submitted_and_a_municipality_that_is_gone_opens_none(
    merger, place, quarters
):
    first, second = place[1][:2]
    report = make.filled(make.opened(first, of=quarters[1], at=ENTRY), at=ENTRY)

    apply(merger)

    report.refresh_from_db()
    with pytest.raises(StateConflict) as error:
        kpi.submit(report=report, by=None, at=ENTRY)
    assert refusals(error) == ["kpi_report_closed"]
    with pytest.raises(RuleBroken) as broken:
        make.opened(second, of=quarters[1], at=ENTRY)
    assert refusals(broken) == ["kpi_report_unit"]


@pytest.mark.parametrize("state", ["submitted", "in_review", "approved", "published"])
def test_an_event_does_not_undo_a_report_that_has_been_submitted(merger, place, quarters, state):
    report = getattr(make, state)(place[1][0], of=quarters[1], at=ENTRY)

    found = services.preview(merger)
    with pytest.raises(StateConflict) as error:
        apply(merger)

    assert [violation.code for violation in found["violations"]] == ["later_reports"]
    assert [row.report_id for row in found["reports"]] == [report.pk]
    assert refusals(error) == ["later_reports"]
    merger.refresh_from_db()
    assert (merger.status, merger.change) == ("draft", None)


def test_a_report_of_a_quarter_before_the_event_stays_and_is_submitted_afterwards(merger, place, quarters):
    before, _own = quarters
    approved = make.approved(place[1][0], of=before, at=ENTRY)
    entered = make.filled(make.opened(place[1][1], of=before, at=ENTRY), at=ENTRY)

    apply(merger)

    assert not closed()
    assert kpi.publish(report=approved, by=approved.approved_by, at=ENTRY).status == "published"
    by = entered.opened_by
    assert kpi.submit(report=entered, by=by, at=ENTRY).status == "submitted"


def test_an_event_is_not_annulled_once_the_new_municipality_has_reported(merger, quarters, drafts):
    event = apply(merger)
    make.submitted(begun(merger), of=quarters[1], at=ENTRY)

    with pytest.raises(StateConflict) as error:
        annul(event)

    assert refusals(error) == ["reports_exist"]
    event.refresh_from_db()
    assert event.status == "in_force"
    assert closed() == {drafts["first"], drafts["second"]}


def test_a_draft_of_the_new_municipality_is_closed_by_the_annulment_and_goes_on_when_applied_again(
    merger, quarters, drafts
):
    event = apply(merger)
    report = make.opened(begun(merger), of=quarters[1], at=ENTRY)

    annul(event)

    assert closed() == {report}
    merger.refresh_from_db()
    apply(merger)
    assert closed() == {drafts["first"], drafts["second"]}
    assert make.opened(report.unit, of=quarters[1], at=ENTRY) == report
    assert kpi.enter_value(value=make.value(report, "jobs"), at=ENTRY, number=Decimal(8)).number == 8


def test_an_event_that_ends_nobody_leaves_reports_alone(place, drafts):
    _where, aimaks = place
    event = draft("rename", units=[UnitSpec(aimaks[0].pk, "alters", name_ky="Башка", name_ru="Башка")])

    assert services.preview(event)["reports"] == []
    apply(event)
    assert not closed()


def test_an_event_applied_again_closes_the_reports_again(merger, drafts):
    first = apply(merger).change
    annul(merger)
    merger.refresh_from_db()

    again = apply(merger).change

    assert first != again
    assert {report.closed_by for report in closed()} == {again}
