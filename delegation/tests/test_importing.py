"""A quarter's workbook goes out with what is known and comes in again: tried first, all rows or none."""

import datetime as dt
import io
import time
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import RoleKind
from councils.tests.desk import signed_in, text
from delegation import quarters, services
from delegation.importing import Report, import_file
from delegation.models import Funding, Performance
from delegation.sheets import workbook
from delegation.tests.factories import draft, in_force, power
from lsg_portal.data.tests import workbooks
from lsg_portal.data.uploads import RowsRefused, UploadRefused
from lsg_portal.web import days
from registry.tests.factories import aimak, district, oblast

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
HEADING = ["transfer", "year", "quarter", "need", "planned", "received", "spent", "material"]
WHOLE = [*HEADING, "result", "volume", "volume_unit", "obstacle"]


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture
def where(db):
    return district(oblast("Нарын"), "Кочкор")


@pytest.fixture
def home(where):
    return aimak(where, "Ак", villages=["А"])


@pytest.fixture
def other(where):
    return aimak(where, "Бел", villages=["Б"])


@pytest.fixture
def row(home):
    return in_force(home)


def book(rows, heading=HEADING):
    return io.BytesIO(workbooks.workbook([heading, *rows]))


def bring(rows, *, commit=True, heading=HEADING, **more):
    return import_file(file=book(rows, heading), name="quarter.xlsx", commit=commit, **more)


def refusals(rows, **more):
    return [(one.row, one.key, one.code) for one in bring(rows, commit=False, **more).refused]


def line(transfer, *cells):
    return [str(transfer.pk), 2025, 4, *cells]


# Quarters


def test_quarters_are_counted():
    assert quarters.of_day(dt.date(2026, 3, 31)) == (2026, 1)
    assert quarters.of_day(dt.date(2026, 12, 1)) == (2026, 4)
    assert quarters.before((2026, 1)) == (2025, 4)
    assert quarters.latest(TODAY, 3) == [(2026, 1), (2025, 4), (2025, 3)]
    assert quarters.days((2025, 4)) == (dt.date(2025, 10, 1), dt.date(2026, 1, 1))
    assert quarters.days((2025, 1)) == (dt.date(2025, 1, 1), dt.date(2025, 4, 1))
    for text_ in ("", "2026", "2026-5", "2026-0", "26-1", "1990-1", "2026-1-1", "٢٠٢٦-1", "2026-1 "):
        assert quarters.parse(text_) is None, text_
    assert quarters.parse("2026-1") == (2026, 1)


# In


def test_a_dry_run_counts_and_writes_nothing(row):
    report = bring([line(row, 100, "80,5", 0, None)], commit=False)

    assert (report.rows, report.money_new, report.changes, report.refused) == (1, 1, 1, [])
    assert not report.committed
    assert not Funding.objects.exists()


def test_money_is_recorded(row):
    report = bring([line(row, 100, "80,5", 0, None, "Унаа")])

    found = Funding.objects.get()
    assert report.committed
    assert (found.need, found.planned, found.received, found.spent) == (100, Decimal("80.5"), 0, None)
    assert (found.material, found.source) == ("Унаа", "quarter.xlsx")


def test_an_empty_cell_leaves_what_stands_and_the_same_again_changes_nothing(row):
    bring([line(row, 100, 80, 60, 50)])

    report = bring([line(row, None, None, 70, None)])
    assert (report.money_changed, Funding.objects.get().received, Funding.objects.get().spent) == (1, 70, 50)

    again = bring([line(row, 100, 80, 70, 50)])
    assert (again.changes, again.same, Funding.objects.get().version) == (0, 1, 2)
    assert bring([line(row)]).empty_rows == 1


def test_a_performance_is_recorded_by_code_or_word(row, other):
    second = in_force(other)
    heading = ["transfer", "year", "quarter", "result", "volume", "volume_unit", "obstacle"]
    with translation.override("ru"):
        fully = str(Performance.Result.FULLY.label)
    lines = [line(row, "partly", 12, "арыз", "Каражат жок"), line(second, fully)]

    report = bring(lines, heading=heading)

    assert report.performance_new == 2
    assert Performance.objects.get(transfer=row).volume == 12
    assert Performance.objects.get(transfer=second).result == "fully"
    changed = bring([line(row, None, 15, None, None)], heading=heading)
    found = Performance.objects.get(transfer=row)
    assert (changed.performance_changed, found.volume, found.result) == (1, 15, "partly")
    assert found.obstacle == "Каражат жок"


def test_rows_are_refused_with_their_cell(row, home, other):
    foreign, hidden = in_force(other), draft(home, of=power("special-needs"))
    own = [home.pk]

    assert refusals([["nobody", 2025, 4, 1]]) == [(2, "transfer", "unknown_transfer")]
    assert refusals([line(hidden, 1)]) == [(2, "transfer", "unknown_transfer")]
    assert refusals([line(foreign, 1)], units=own) == [(2, "transfer", "not_your_unit")]
    assert refusals([line(row, 1)], units=own) == []
    assert refusals([[str(row.pk), 2025, 5, 1]]) == [(2, "quarter", "delegation_funding_quarter")]
    assert refusals([[str(row.pk), 2020, 4, 1]]) == [(2, "quarter", "delegation_funding_within")]
    assert refusals([line(row, 1), line(row, 2)]) == [(3, "transfer", "row_twice")]
    assert refusals([line(row, "1,234")]) == [(2, "need", "too_precise")]
    assert refusals([line(row, -1)]) == [(2, "need", "delegation_funding_bounds")]
    assert refusals([line(row, 1, 1, 100_000_001)]) == [(2, "received", "delegation_funding_bounds")]
    assert refusals([line(row, "көп")]) == [(2, "need", "not_a_number")]
    result = {"heading": ["transfer", "year", "quarter", "result", "volume"]}
    assert refusals([line(row, "балким")], **result) == [(2, "result", "not_a_result")]
    assert refusals([line(row, None, 5)], **result) == [(2, "result", "result_missing")]
    assert refusals([line(row, "partly")], **result) == [(2, "obstacle", "delegation_performance_obstacle")]


def test_one_bad_row_keeps_all_from_being_written(row, other):
    second = in_force(other)

    with pytest.raises(RowsRefused) as refused:
        bring([line(row, 1), line(second, -1)])

    assert refused.value.report.refused_rows == 1
    assert not Funding.objects.exists()


def test_a_file_without_its_columns_is_refused(row):
    with pytest.raises(UploadRefused):
        bring([[2025, 4, 1]], heading=["year", "quarter", "need"])


def test_a_report_survives_being_kept(row):
    report = bring([line(row, "1,234")], commit=False)
    with translation.override("ru"):
        assert Report.from_plain(report.as_plain()).refused[0].code == "too_precise"


# Out


def cells_of(content, sheet=0):
    found = openpyxl.load_workbook(io.BytesIO(content)).worksheets[sheet]
    return found, [[cell.value for cell in one] for one in found.iter_rows()]


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_workbook_comes_in_again_as_it_went_out(row, home, other, language):
    in_force(other)
    services.report_funding(transfer=row, year=2025, quarter=4, need=Decimal("100.5"), received=Decimal(0))
    services.report_performance(transfer=row, year=2025, quarter=4, result="not", obstacle="Каражат жок")
    with translation.override(language):
        content = workbook(quarter=(2025, 4), unit=home.pk, day=TODAY)

    sheet, lines = cells_of(content)
    assert len(lines) == 2
    assert lines[1][0] == str(row.pk)
    assert (lines[1][5], lines[1][6], lines[1][7]) == (100.5, None, 0)
    assert sheet.protection.sheet
    assert sheet["A2"].protection.locked
    assert sheet["E2"].protection.locked
    assert not sheet["F2"].protection.locked
    back = import_file(file=io.BytesIO(content), name="back.xlsx", commit=True)
    assert (back.refused, back.changes, back.same) == ([], 0, 1)
    assert back.ignored == []


def test_the_workbook_of_all_holds_every_transfer_of_the_quarter(row, other):
    in_force(other, on=dt.date(2026, 1, 1))

    for quarter, count in (((2025, 4), 2), ((2026, 1), 3), ((2020, 4), 1)):
        assert len(cells_of(workbook(quarter=quarter, unit=None, day=TODAY))[1]) == count, quarter


# Pages and command


def file(rows, heading=HEADING, name="quarter.xlsx"):
    return {"file": SimpleUploadedFile(name, book(rows, heading).getvalue())}


def test_staff_send_a_file_see_what_it_would_record_and_apply_it(today, row, home):
    client = signed_in(RoleKind.STAFF, home)
    tried = client.post("/en/delegation/office/funding/", file([line(row, 100, 80)]))
    report = tried["Location"]

    page = client.get(report)
    assert "money: new quarters 1" in text(page)
    assert not Funding.objects.exists()
    digest = page.context["form"].initial["digest"]
    assert client.post(report, {"digest": digest})["Location"] == "/en/delegation/office/funding/"
    assert Funding.objects.get().need == 100
    assert client.get(report).status_code == 404


def test_a_file_of_somebody_else_is_refused_row_by_row(today, row, other):
    client = signed_in(RoleKind.STAFF, other)

    report = client.post("/en/delegation/office/funding/", file([line(row, 100)]))["Location"]

    assert "your own municipality alone" in text(client.get(report))
    assert not Funding.objects.exists()
    assert client.post("/en/delegation/office/funding/", file([], name="a.txt")).status_code == 415


def test_the_workbook_is_for_its_municipality_and_the_ministry(today, row, home, other):
    own, neighbour = signed_in(RoleKind.STAFF, home), signed_in(RoleKind.STAFF, other)
    ministry = signed_in(RoleKind.ADMINISTRATOR)
    of, whole = f"/ru/delegation/office/of/{home.pk}/funding.xlsx", "/ru/delegation/office/funding.xlsx"

    answer = own.get(f"{of}?quarter=2025-3")
    assert answer["Content-Disposition"] == 'attachment; filename="lsg_funding_2025-3.xlsx"'
    assert cells_of(answer.content)[1][1][:5][3:] == [2025, 3]
    assert "lsg_funding_2025-4" in own.get(of)["Content-Disposition"]
    assert neighbour.get(of).status_code == own.get(whole).status_code == 403
    assert ministry.get(whole).status_code == ministry.get(of).status_code == 200
    for bad in ("2025-5", "x", "", "%00"):
        assert own.get(f"{of}?quarter={bad}").status_code == 400, bad
    nobody = "00000000-0000-4000-8000-0000000000ff"
    assert ministry.get(f"/ru/delegation/office/of/{nobody}/funding.xlsx").status_code == 404


def test_the_command_tries_and_writes(row, tmp_path, capsys):
    path = tmp_path / "quarter.xlsx"
    path.write_bytes(book([line(row, 100)]).getvalue())

    call_command("import_funding", path)
    assert "Dry run" in capsys.readouterr().out
    assert not Funding.objects.exists()
    call_command("import_funding", path, commit=True)
    assert "Written." in capsys.readouterr().out
    assert Funding.objects.get().need == 100
    call_command("import_funding", path, commit=True)
    assert "Nothing to change" in capsys.readouterr().out

    path.write_bytes(book([line(row, -1)]).getvalue())
    with pytest.raises(CommandError):
        call_command("import_funding", path)
    assert "D2 need" in capsys.readouterr().err
    with pytest.raises(CommandError):
        call_command("import_funding", tmp_path / "nowhere.xlsx")


def test_the_quarters_of_many_transfers_are_read_in_seconds(where):
    units = [aimak(where, f"А{number}", villages=[f"В{number}"]) for number in range(40)]
    rows = [in_force(unit) for unit in units]
    began = time.perf_counter()

    report = bring([line(one, 1, 2, 3, 4) for one in rows])

    assert report.money_new == 40
    assert time.perf_counter() - began < 10
