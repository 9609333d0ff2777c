"""The workbook of a report comes in again: tried first, all rows or none, nobody's figures lost."""

import datetime as dt
import io
import json
import time
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from rest_framework.test import APIClient

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from councils.tests.desk import signed_in, text
from kpi import services
from kpi.entry_forms import KINDS
from kpi.errors import StateConflict
from kpi.importing import Outcome, import_file
from kpi.models import Value, ValueStatus
from kpi.sheet_file import COLUMNS, version_cell
from kpi.sheets import workbook
from kpi.tests import factories as make
from lsg_portal.data.tests import workbooks
from lsg_portal.data.uploads import RowsRefused, UploadRefused, reading
from lsg_portal.data.uploads.sheets import rows_of
from registry.tests.factories import aimak, district

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reader")]
AT = make.Q3_ENTRY
DAY = dt.date(2022, 10, 10)
KEYS = [column.key for column in COLUMNS]
HEADING = ["report", "indicator", "version", "number", "numerator", "denominator", "status", "note"]


@pytest.fixture
def apart():
    """The file is read in a process of its own, as ever outside these tests."""


@pytest.fixture
def reader(request, monkeypatch):
    """Files are read in this process, which saves half a second each, where a test does not ask for ``apart``."""

    def lines_of(file, kind, *, name, limits):
        file.seek(0)
        yield from json.loads(json.dumps(list(rows_of(file, limits))))

    if "apart" not in request.fixturenames:
        monkeypatch.setattr(reading, "lines_of", lines_of)


@pytest.fixture
def unit():
    make.methodology()
    return aimak(district(), "Кара-Суу", residents=12_000)


@pytest.fixture
def report(unit):
    return make.opened(unit)


@pytest.fixture
def now(monkeypatch):
    """Pages, addresses and commands run in the days of entry."""
    monkeypatch.setattr(timezone, "now", lambda: AT)


def line(report, code, number=None, numerator=None, denominator=None, status=None, note=None, version=None):
    """A row for an indicator as it stands now."""
    version = version or f"v{make.value(report, code).version}"
    return [str(report.pk), code, version, number, numerator, denominator, status, note]


def book(rows, heading=HEADING):
    return io.BytesIO(workbooks.workbook([heading, *rows]))


def bring(rows, *, commit=True, name="q3.xlsx", **more):
    return import_file(file=book(rows), name=name, commit=commit, at=AT, **more)


def refusals(*rows, **more):
    return [(one.row, one.key, one.code) for one in bring(rows, commit=False, **more).refused]


def stored(report, code):
    row = make.value(report, code)
    return row.number, row.status, row.origin, row.version


def typed(report, language="ky", **cells):
    """The workbook of the report with cells typed over: code → what is typed, by column."""
    with translation.override(language):
        file = openpyxl.load_workbook(io.BytesIO(workbook(report, day=DAY)))
    sheet = file.worksheets[0]
    place = {sheet.cell(row, KEYS.index("indicator") + 1).value: row for row in range(2, sheet.max_row + 1)}
    for code, said in cells.items():
        for key, value in said.items():
            sheet.cell(place[code], KEYS.index(key) + 1).value = value
    out = io.BytesIO()
    file.save(out)
    out.seek(0)
    return out


def send(file, *, commit=True, **more):
    return import_file(file=file, name="q3.xlsx", commit=commit, at=AT, **more)


# Figures


def test_a_dry_run_says_what_it_would_enter_and_writes_nothing(report):
    outcome = bring([line(report, "jobs", "24"), line(report, "roads")], commit=False)

    assert (outcome.rows, outcome.written, outcome.empty_rows, outcome.refused) == (2, 1, 1, [])
    assert not outcome.committed
    (change,) = outcome.lines
    assert (change["row"], change["indicator"]) == (2, "jobs")
    assert change["record"] == dict.fromkeys(change["record"])
    assert (change["file"]["number"], change["file"]["status"]) == ("24", "normal")
    assert stored(report, "jobs") == (None, "", "entered", 1)


@pytest.mark.parametrize(
    ("code", "cell", "figure"),
    [
        ("investment", "1 234,5", "1234.5"),
        ("investment", "1234.5", "1234.5"),
        ("investment", 1234.5, "1234.5"),
        ("satisfaction", "71,5 %", "71.5"),
        ("satisfaction", "71", "71"),
        ("revenue_growth", ("110", "100"), None),
    ],
)
def test_figures_are_read_as_people_type_them(report, code, cell, figure):
    cells = (None, *cell) if isinstance(cell, tuple) else (cell,)

    bring([line(report, code, *cells)])

    found = make.value(report, code)
    assert found.number == (None if figure is None else Decimal(figure))
    assert (found.status, found.origin) == ("normal", "file")


@pytest.mark.parametrize(
    ("code", "cell", "refusal"),
    [
        ("investment", "1.234,5", "several_signs"),
        ("investment", "12 %", "percent_sign"),
        ("jobs", "NaN", "not_a_number"),
        ("jobs", "Infinity", "not_a_number"),
        ("jobs", "1e400", "not_a_number"),
        ("jobs", "<c><v>1e400</v></c>", "not_a_number"),
        ("jobs", "٢٤", "not_a_number"),
        ("jobs", "1" * 2000, "too_many_digits"),
        ("jobs", "9" * 40, "kpi_value_bounds"),
        ("investment", "0.1234567", "too_precise"),
        ("jobs", "1,5", "kpi_value_whole"),
        ("jobs", "-1", "kpi_value_range"),
        ("jobs", "<c><f>1+1</f><v>2</v></c>", "formula"),
        ("budget_saved", "3", "kpi_value_formula"),
    ],
)
def test_what_is_no_figure_is_refused_by_its_cell(report, code, cell, refusal):
    assert refusals(line(report, code, cell)) == [(2, "number", refusal)]


def test_the_parts_of_a_ratio_are_refused_by_their_own_cells(report):
    assert refusals(line(report, "budget_saved", None, "5 %", "100")) == [(2, "numerator", "percent_sign")]
    assert refusals(line(report, "budget_saved", None, "5", "0")) == [
        (2, "denominator", "kpi_value_denominator")
    ]
    assert bring([line(report, "budget_saved", None, "5")]).written == 1
    assert make.value(report, "budget_saved").status == ""


def test_states_and_notes(report):
    with translation.override("ru"):
        word = str(dict(KINDS)[ValueStatus.ESTIMATED])
    bring(
        [
            line(report, "jobs", "24", status=word, note="Эсеп боюнча"),
            line(report, "roads", status=str(ValueStatus.MISSING.label), note="Маалымат келе элек"),
        ]
    )

    assert stored(report, "jobs")[:2] == (24, "estimated")
    assert stored(report, "roads")[:2] == (None, "missing")
    assert refusals(line(report, "projects", status="missing")) == [(2, "note", "kpi_value_note")]
    assert refusals(line(report, "projects", status="normal")) == [(2, "status", "figure_missing")]
    assert refusals(line(report, "projects", status="балким")) == [(2, "status", "not_a_status")]
    both = line(report, "projects", "1", status="missing", note="Жок")
    assert refusals(both) == [(2, "status", "figure_and_none")]
    assert refusals(line(report, "projects", "1", note="ө" * 1001)) == [(2, "note", "too_long")]
    assert bring([line(report, "roads", "4,5")]).written == 1
    assert stored(report, "roads")[:2] == (Decimal("4.5"), "normal")


def test_rows_of_something_else_are_refused(unit, report):
    other = make.opened(aimak(district(), "Башка", residents=9000), of=report.period)

    assert refusals(["nobody", "jobs", "v1", 1]) == [(2, "report", "unknown_report")]
    assert refusals(line(other, "jobs", 1), report=report) == [(2, "report", "other_report")]
    assert refusals([str(report.pk), "appeals", "v1", 1]) == [(2, "indicator", "unknown_indicator")]
    assert refusals([str(report.pk), "jobs", "эски", 1]) == [(2, "version", "not_a_version")]
    twice = line(report, "jobs", 1), line(report, "jobs", 2)
    assert refusals(*twice) == [(3, "indicator", "row_twice")]
    assert refusals([None, "jobs", None, 1]) == [(2, "report", "required"), (2, "version", "required")]


def test_one_bad_row_keeps_all_from_being_written(report):
    with pytest.raises(RowsRefused) as refused:
        bring([line(report, "jobs", 1), line(report, "roads", "көп")])

    assert refused.value.report.refused_rows == 1
    assert stored(report, "jobs")[3] == 1


def test_a_file_without_its_columns_is_refused(report):
    with pytest.raises(UploadRefused):
        import_file(file=book([["jobs", 1]], ["indicator", "number"]), name="q3.xlsx", commit=True, at=AT)


def test_a_report_that_is_not_in_entry_takes_no_file(unit):
    report = make.submitted(unit)

    with pytest.raises(StateConflict):
        bring([line(report, "jobs", 1)], report=report)
    assert refusals(line(report, "jobs", 1)) == [(2, "number", "not_in_entry")]
    late = dt.datetime.combine(report.period.locks, dt.time(9), dt.UTC)
    draft = make.opened(aimak(district(), "Башка", residents=9000), of=report.period)
    with translation.override("en"), pytest.raises(StateConflict, match="locked"):
        import_file(file=book([line(draft, "jobs", 1)]), name="q3.xlsx", commit=True, at=late, report=draft)


def test_what_is_odd_is_told_and_a_note_answers_it(unit):
    make.approved(unit, of=make.period(2022, 2), at=AT - dt.timedelta(days=80), jobs=10)
    report = make.opened(unit, of=make.period(2022, 3))

    outcome = bring([line(report, "jobs", 50)], commit=False)

    (warning,) = outcome.warnings
    assert (warning.row, warning.key, warning.code) == (2, "note", "changed")
    assert "50" in warning.message
    assert bring([line(report, "jobs", 50, note="Жаңы завод")], commit=False).warnings == []


# The workbook and back


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_workbook_comes_in_as_it_went_out_and_changes_nothing(report, language):
    make.filled(report, proof=False, roads="12.567", investment="1234.5")
    services.enter_value(value=make.value(report, "jobs"), at=AT, status="missing", note=" Маалымат\nжок ")

    outcome = send(typed(report, language), report=report)

    assert (outcome.refused, outcome.ignored) == ([], [])
    assert (outcome.rows, outcome.same, outcome.written, outcome.conflicts) == (11, 11, 0, [])


def test_what_is_typed_into_the_workbook_is_entered(report):
    file = typed(
        report,
        jobs={"number": "24"},
        satisfaction={"number": "71,5 %"},
        budget_saved={"numerator": "3", "denominator": 120},
        roads={"status": "missing", "note": "Маалымат жок"},
    )

    outcome = send(file, report=report)

    assert (outcome.written, outcome.empty_rows) == (4, 7)
    assert stored(report, "jobs") == (24, "normal", "file", 2)
    assert make.value(report, "budget_saved").denominator == 120
    assert stored(report, "roads")[1] == "missing"


def test_a_cell_that_a_spreadsheet_turned_into_a_day_is_refused(report):
    """4.5 typed into a cell of the format “General” is the first of May for a Russian Excel."""
    file = typed(report, roads={"number": dt.datetime(2022, 5, 4)})

    (refused,) = send(file, commit=False).refused

    assert (refused.row, refused.key, refused.code) == (7, "number", "number_as_day")


def test_what_somebody_else_entered_meanwhile_is_no_conflict_where_the_row_was_left_alone(report):
    services.enter_value(value=make.value(report, "roads"), at=AT, number=Decimal(4))
    file = typed(report, jobs={"number": "24"})
    services.enter_value(value=make.value(report, "roads"), at=AT, number=Decimal(5))
    services.enter_value(value=make.value(report, "projects"), at=AT, number=Decimal(1))

    outcome = send(file)

    assert (outcome.written, outcome.conflicts) == (1, [])
    assert [stored(report, code)[0] for code in ("jobs", "roads", "projects")] == [24, 5, 1]


def test_what_both_changed_is_asked_about_and_never_overwritten_silently(report):
    file = typed(report, jobs={"number": "24"}, roads={"number": "4"})
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(30))

    tried = send(file, commit=False)
    (conflict,) = tried.conflicts
    assert (tried.written, tried.changes) == (1, 2)
    assert (conflict["record"]["number"], conflict["file"]["number"]) == ("30", "24")

    file.seek(0)
    with pytest.raises(RowsRefused) as refused:
        send(file)
    (error,) = refused.value.report.refused
    assert (error.key, error.code) == ("version", "stale")
    assert stored(report, "roads")[0] is None

    file.seek(0)
    kept = send(file, resolve=lambda _key: False)
    assert (kept.written, kept.changes, stored(report, "jobs")[0]) == (1, 1, 30)
    file.seek(0)
    taken = send(file, resolve=lambda key: key == conflict["key"])
    assert (taken.written, stored(report, "jobs")[0]) == (1, 24)


def test_both_wrote_the_same_is_no_conflict(report):
    file = typed(report, jobs={"number": "24"})
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(24))

    outcome = send(file)

    assert (outcome.written, outcome.same, outcome.conflicts) == (0, 1, [])


def test_an_outcome_survives_being_kept(report):
    file = typed(report, jobs={"number": "24"}, roads={"number": "көп"})
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(30))

    outcome = send(file, commit=False, report=report)

    with translation.override("ru"):
        again = Outcome.from_plain(outcome.as_plain())
    assert again.conflicts == outcome.conflicts
    assert [one.code for one in again.refused] == ["not_a_number"]
    assert again.about == str(report.pk)


def test_ten_thousand_wrong_rows_are_refused_within_seconds(apart, report, django_assert_max_num_queries):
    codes = list(make.FIGURES)
    rows = [[str(report.pk), codes[n % 11], "v1", "көп" if n % 2 else n] for n in range(10_000)]
    file = book(rows, HEADING[:4])
    began = time.perf_counter()

    with django_assert_max_num_queries(150), pytest.raises(RowsRefused) as refused:
        import_file(file=file, name="q3.xlsx", commit=True, at=AT, report=report)

    assert time.perf_counter() - began < 10
    outcome = refused.value.report
    assert len(outcome.refused) == len(refused.value.violations) == 1000
    assert outcome.refused_rows > 9_980
    assert outcome.refused[0].row < outcome.refused[-1].row
    assert not Value.objects.filter(report=report).exclude(version=1).exists()


# Pages


def upload(client, report, file, language="en"):
    data = {"file": SimpleUploadedFile("q3.xlsx", file.getvalue())}
    return client.post(f"/{language}/kpi/reports/{report.pk}/upload/", data)


def test_staff_send_the_workbook_see_what_it_would_enter_and_apply_it(now, unit, report):
    client = signed_in(RoleKind.STAFF, unit)
    assert "Nothing is written before you apply it" in text(
        client.get(f"/en/kpi/reports/{report.pk}/upload/")
    )

    address = upload(client, report, typed(report, jobs={"number": "24"}))["Location"]
    page = client.get(address)
    assert "Values that change" in text(page)
    assert "Jobs created, jobs" in text(page)
    assert stored(report, "jobs")[0] is None

    done = client.post(address, {"digest": page.context["form"].initial["digest"]})
    assert done["Location"] == f"/en/kpi/reports/{report.pk}/entry/"
    assert stored(report, "jobs") == (24, "normal", "file", 2)
    assert client.get(address).status_code == 404


def test_a_conflict_is_shown_with_both_sides_and_ticked_to_be_overwritten(now, unit, report):
    client = signed_in(RoleKind.STAFF, unit)
    file = typed(report, jobs={"number": "24"}, roads={"number": "4"})
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(30), note="Акт")

    address = upload(client, report, file)["Location"]
    page = client.get(address)
    words = text(page)
    assert "30; «Акт»" in words
    assert "Changed by somebody else" in words
    digest = page.context["form"].initial["digest"]
    assert client.post(address, {"digest": digest})["Location"].endswith("/entry/")
    assert (stored(report, "jobs")[0], stored(report, "roads")[0]) == (30, 4)

    address = upload(client, report, file)["Location"]
    page = client.get(address)
    (shown,) = page.context["conflicts"]
    sent = {"digest": page.context["form"].initial["digest"], "overwrite": shown["key"]}
    client.post(address, sent)
    assert stored(report, "jobs")[0] == 24


def test_what_changes_between_dry_run_and_apply_is_asked_about_again(now, unit, report):
    client = signed_in(RoleKind.STAFF, unit)
    address = upload(client, report, typed(report, jobs={"number": "24"}))["Location"]
    page = client.get(address)
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(30))

    answer = client.post(address, {"digest": page.context["form"].initial["digest"]})

    assert answer.status_code == 409
    assert "Send the file again" in text(answer)
    assert stored(report, "jobs")[0] == 30


def test_refused_rows_are_shown_by_cell_and_nothing_can_be_applied(now, unit, report):
    client = signed_in(RoleKind.STAFF, unit)
    address = upload(client, report, typed(report, jobs={"number": "1.234,5"}))["Location"]

    page = client.get(address)

    assert "more than one comma or dot" in text(page)
    assert "E «Сан»" in text(page)
    assert client.post(address, {"digest": page.context["form"].initial["digest"]}).status_code == 422
    assert stored(report, "jobs")[0] is None


def test_the_pages_are_for_those_who_enter_the_report(apart, now, unit, report):
    other = aimak(district(), "Башка", residents=900)
    own, neighbour = signed_in(RoleKind.STAFF, unit), signed_in(RoleKind.STAFF, other)
    file = typed(report, jobs={"number": "24"})

    assert upload(neighbour, report, file).status_code == 404
    file.seek(0)
    assert upload(signed_in(RoleKind.APPROVER), report, file).status_code == 403
    file.seek(0)
    assert upload(signed_in(RoleKind.STAFF, unit), report, io.BytesIO(b"x")).status_code == 415
    token = upload(own, report, file)["Location"].rstrip("/").rsplit("/", 1)[1]
    second = make.opened(unit, of=make.period(2022, 2, locks=dt.date(2022, 12, 1)))
    assert own.get(f"/en/kpi/reports/{second.pk}/upload/{token}/").status_code == 404
    assert own.get(f"/en/kpi/reports/{report.pk}/upload/other/").status_code == 404


def test_a_report_not_in_entry_says_so_and_refuses_the_file(now, unit):
    report = make.submitted(unit)
    client = signed_in(RoleKind.STAFF, unit)

    assert "cannot be changed now" in text(client.get(f"/en/kpi/reports/{report.pk}/upload/"))
    assert upload(client, report, typed(report, jobs={"number": "25"})).status_code == 409


# REST


def posted(user, report, file, **fields):
    client = APIClient()
    client.force_authenticate(user)
    data = {"file": SimpleUploadedFile("q3.xlsx", file.getvalue()), **fields}
    return client.post(f"/api/v1/kpi/reports/{report.pk}/upload/", data, format="multipart")


def test_a_file_is_tried_and_entered_over_rest(now, unit, report):
    clerk = RoleFactory(role=RoleKind.STAFF, unit=unit).user
    file = typed(report, jobs={"number": "24"})

    tried = posted(clerk, report, file)
    assert tried.status_code == 200, tried.content
    answer = tried.json()
    assert (answer["written"], answer["committed"], answer["refused"]["count"]) == (1, False, 0)
    assert answer["changes"][0]["file"]["number"] == "24"
    assert stored(report, "jobs")[0] is None

    assert posted(clerk, report, file, commit="true").json()["committed"]
    assert stored(report, "jobs")[0] == 24


def test_conflicts_over_rest_are_refused_kept_or_overwritten(now, unit, report):
    clerk = RoleFactory(role=RoleKind.STAFF, unit=unit).user
    file = typed(report, jobs={"number": "24"})
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(30))

    assert posted(clerk, report, file).json()["conflicts"][0]["record"]["number"] == "30"
    refused = posted(clerk, report, file, commit="true")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "stale"
    assert posted(clerk, report, file, commit="true", conflicts="keep").json()["written"] == 0
    assert posted(clerk, report, file, commit="true", conflicts="overwrite").json()["written"] == 1
    assert posted(clerk, report, file, conflicts="maybe").status_code == 400
    assert stored(report, "jobs")[0] == 24


def test_rest_refuses_whom_the_pages_refuse(now, unit, report):
    other = RoleFactory(role=RoleKind.STAFF, unit=aimak(district(), "Башка", residents=900)).user
    approver = RoleFactory(role=RoleKind.APPROVER).user
    clerk = RoleFactory(role=RoleKind.STAFF, unit=unit).user
    file = typed(report, jobs={"number": "24"})

    assert posted(other, report, file).status_code == 404
    assert posted(approver, report, file).status_code == 403
    assert posted(None, report, file).status_code == 401
    rows = [line(report, "jobs", "көп"), line(report, "roads", "1")]
    refused = posted(clerk, report, book(rows), commit="true")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/rows/2/number"
    submitted = make.submitted(aimak(district(), "Үчүнчү", residents=900), of=report.period)
    enterer = RoleFactory(role=RoleKind.STAFF, unit=submitted.unit).user
    assert posted(enterer, submitted, typed(submitted, jobs={"number": "25"})).status_code == 409


def test_the_workbook_is_sent_over_rest(now, unit, report):
    client = APIClient()
    assert client.get(f"/api/v1/kpi/reports/{report.pk}/sheet/").status_code == 401
    client.force_authenticate(RoleFactory(role=RoleKind.STAFF, unit=unit).user)
    answer = client.get(f"/api/v1/kpi/reports/{report.pk}/sheet/?lang=ru")
    assert answer.status_code == 200, answer.content
    book_ = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book_.worksheets[0]["A1"].value == "Категория"
    assert "private" in answer["Cache-Control"]
    client.force_authenticate(RoleFactory(role=RoleKind.APPROVER).user)
    assert client.get(f"/api/v1/kpi/reports/{report.pk}/sheet/").status_code == 403


# Command


def test_the_command_tries_and_writes(apart, now, report, tmp_path, capsys):
    path = tmp_path / "q3.xlsx"
    path.write_bytes(typed(report, jobs={"number": "24"}).getvalue())

    call_command("import_kpi", path)
    assert "Dry run" in capsys.readouterr().out
    assert stored(report, "jobs")[0] is None
    call_command("import_kpi", path, commit=True)
    assert "Written." in capsys.readouterr().out
    assert stored(report, "jobs")[0] == 24
    call_command("import_kpi", path, commit=True)
    assert "Nothing to change" in capsys.readouterr().out

    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(30))
    with pytest.raises(CommandError):
        call_command("import_kpi", path, commit=True)
    assert "K4 " in capsys.readouterr().err
    call_command("import_kpi", path, commit=True, keep_newer=True)
    assert stored(report, "jobs")[0] == 30
    with pytest.raises(CommandError):
        call_command("import_kpi", tmp_path / "nowhere.xlsx")


def test_the_version_cell_tells_a_touched_row_from_one_left_alone(report):
    row = make.value(report, "jobs")
    before = version_cell(row)
    services.enter_value(value=row, at=AT, number=Decimal(24))
    after = version_cell(make.value(report, "jobs"))

    assert before.split()[0] == "v1"
    assert after.split()[0] == "v2"
    assert before.split()[1] != after.split()[1]
