"""Import of a council's sessions and resolutions: tried first, all rows or none, by command and over REST."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from councils.importing import import_file
from councils.models import AgendaItem, Attendance, Resolution, Session
from councils.tests.chamber import country
from councils.tests.test_api_sessions import NOWHERE, keeper
from lsg_portal.data.tests import workbooks
from lsg_portal.data.uploads import RowsRefused
from reform.tests.clients import client_with
from registry.tests.rest import problem

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
API = "/api/v1/session-imports/"
HEADING = [
    "session_date", "session_number", "session_kind", "place", "absent_excused", "absent_unexcused", "agenda_number",
    "title_ky", "title_ru", "resolution_number", "normative", "majority", "in_favour", "against", "abstained",
    "registration_number", "registered_on", "published_on", "published_in",
]  # fmt: skip


def row(day="2023-05-10", **more):
    values = {"session_date": day} | more
    assert set(values) <= set(HEADING)
    return [values.get(name) for name in HEADING]


BUDGET = row(
    session_number=3,
    session_kind="кезектеги",
    place="Клуб",
    absent_unexcused="kara 4",
    agenda_number=1,
    title_ky="Бюджетти бекитүү жөнүндө",
    title_ru="Об утверждении бюджета",
    resolution_number="12",
    normative="ооба",
    in_favour=4,
    registration_number="К-12",
    registered_on="15.05.2023",
    published_on="2023-05-20",
    published_in="Сайт",
)
HEARD = row(agenda_number=2, title_ky="Отчет")
ROWS = [
    HEADING,
    BUDGET,
    HEARD,
    row("2023-08-01", title_ky="Жер", resolution_number="13", in_favour=3, against=2),
]


@pytest.fixture
def land():
    return country()


def book(rows, name="sessions.xlsx"):
    return SimpleUploadedFile(name, workbooks.workbook(rows))


def bring(land, rows, *, commit=True, name="kara"):
    return import_file(
        file=book(rows), name="sessions.xlsx", council=land.councils[name], today=TODAY, commit=commit
    )


def test_a_dry_run_counts_and_writes_nothing(land):
    report = bring(land, ROWS, commit=False)

    assert not report.refused, [error.message for error in report.refused]
    assert (report.sessions_new, report.resolutions_new, report.agenda_items_new) == (2, 2, 3)
    assert report.attendance_recorded == 10
    assert not report.committed
    assert not Session.objects.exists()
    assert not Resolution.objects.exists()


def test_sessions_attendance_agenda_and_resolutions_are_recorded(land):
    report = bring(land, ROWS)

    assert report.committed
    first, second = Session.objects.order_by("held_on")
    assert (first.number, first.status, first.place) == (3, "held", "Клуб")
    assert (
        Attendance.objects.filter(session=first, state="unexcused").get().mandate == land.deputies["kara"][4]
    )
    assert Attendance.objects.filter(session=second, state="present").count() == 5
    budget, ground = Resolution.objects.order_by("adopted_on")
    assert (budget.number, budget.status, budget.normative) == ("12", "published", True)
    assert (budget.registered_on, budget.published_on) == (dt.date(2023, 5, 15), dt.date(2023, 5, 20))
    assert (budget.vote.present, budget.vote.in_favour) == (4, 4)
    assert (ground.status, ground.vote.against) == ("adopted", 2)
    assert AgendaItem.objects.filter(session=first).count() == 2


def test_the_same_file_again_changes_nothing(land):
    bring(land, ROWS)

    report = bring(land, ROWS)

    assert report.changes == 0
    assert (report.sessions_matched, report.resolutions_matched) == (2, 2)


@pytest.mark.parametrize(
    ("wrong", "key", "code"),
    [
        (row("2019-01-01", title_ky="Эрте"), "session_date", "no_convocation"),
        (row("2023-06-01", session_kind="кайсы"), "session_kind", "not_a_kind"),
        (row(session_number=9), "session_number", "differs_in_file"),
        (row("2023-06-01", absent_excused="Эч ким"), "absent_excused", "no_deputy"),
        (row(resolution_number="77", in_favour=3), "title_ky", "title_missing"),
        (row(title_ky="Т", resolution_number="77"), "in_favour", "vote_missing"),
        (row(title_ky="Т", resolution_number="77", in_favour=3, majority="көп"), "majority", "not_a_majority"),
        (row(title_ky="Т", resolution_number="77", in_favour=3, normative="балким"), "normative", "not_yes_or_no"),
        (row(title_ky="Т", resolution_number="12", in_favour=3), "resolution_number", "number_twice"),
        (row(title_ky="Т", resolution_number="77", in_favour=3, published_on="2023-06-01"), "registration_number",
         "incomplete"),
        (row("2027-01-01", title_ky="Т", resolution_number="77", in_favour=3), "session_date", "in_future"),
        (row(title_ky="Т", resolution_number="77", in_favour=1, against=2), None, "councils_resolution_majority"),
        (row(title_ky="Т", resolution_number="77", in_favour=5), None, None),
        (row("жок"), "session_date", "not_a_day"),
        (row(title_ky="Т", resolution_number="77", in_favour="көп"), "in_favour", "not_a_number"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_stops_all_and_is_named(land, wrong, key, code):
    report = bring(land, [*ROWS, wrong], commit=False)

    error = report.refused[0]
    assert (error.row, report.refused_rows) == (5, 1)
    if code:
        assert (error.key or None, error.code) == (key, code), error.message
    assert error.message
    with pytest.raises(RowsRefused):
        bring(land, [*ROWS, wrong])
    assert not Session.objects.exists()


def test_without_attendance_nothing_is_adopted(land):
    columns = [place for place, name in enumerate(HEADING) if not name.startswith("absent")]
    rows = [[line[place] for place in columns] for line in (HEADING, BUDGET)]

    report = bring(land, rows, commit=False)

    assert report.refused_rows == 1


def test_a_report_is_kept_in_plain_values(land):
    from councils.importing import Report

    report = bring(land, [*ROWS, row(session_kind="кайсы")], commit=False)

    again = Report.from_plain(report.as_plain())
    assert [error.message for error in again.refused] == [error.message for error in report.refused]
    assert again.council == report.council


def run(path, *arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_sessions", str(path), *arguments, stdout=out, stderr=err)
    return out.getvalue()


def test_the_command_tries_first_and_writes_with_commit(land, tmp_path):
    path = tmp_path / "sessions.xlsx"
    path.write_bytes(workbooks.workbook(ROWS))
    council = str(land.councils["kara"].pk)

    assert "Dry run" in run(path, "--council", council)
    assert not Session.objects.exists()
    assert "Written" in run(path, "--council", "41704210000001", "--commit")
    assert Session.objects.count() == 2
    with pytest.raises(CommandError, match="no council"):
        run(path, "--council", NOWHERE)
    path.write_bytes(workbooks.workbook([HEADING, row("2019-01-01")]))
    with pytest.raises(CommandError):
        run(path, "--council", council, "--commit")
    with pytest.raises(CommandError):
        run(tmp_path / "nothing.xlsx", "--council", council)


def sent(client, council, rows=ROWS, **more):
    return client.post(API, {"file": book(rows), "council": str(council), **more})


def test_over_rest_the_secretary_of_the_council_imports(land):
    secretary = keeper(land.units["kara"])
    council = land.councils["kara"].pk

    tried = sent(secretary, council)
    assert tried.status_code == 200, tried.content
    assert tried.json()["sessions"] == {"new": 2, "matched": 0}
    assert not tried.json()["committed"]
    assert not Session.objects.exists()

    done = sent(secretary, council, commit="true")
    assert done.json()["committed"]
    assert Session.objects.count() == 2

    refused = sent(secretary, council, rows=[HEADING, row("2019-01-01")], commit="true")
    assert problem(refused, 422, "/rows/2/session_date")["code"] == "rows_refused"


def test_over_rest_nobody_else_imports(land):
    council = land.councils["kara"].pk

    problem(sent(keeper(land.units["ak"]), council), 403)
    problem(sent(client_with("reform_team"), council), 403)
    problem(sent(keeper(land.units["ak"]), NOWHERE), 422, "/council")
