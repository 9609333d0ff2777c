"""Import of local budgets: tried first, all rows or none, unreadable figures named by their cell."""

import datetime as dt
import io
import time
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from ayil_okmotu.importing import Report, import_file
from ayil_okmotu.models import BudgetLine, LocalBudget
from ayil_okmotu.tests.record_factories import budget, whole
from lsg_portal.data.tests import workbooks
from lsg_portal.data.uploads import RowsRefused, UploadRefused
from registry.models import Unit, UnitCode, UnitVersion
from registry.services import check_now
from registry.tests.factories import FIRST, VersionFactory, aimak, code, district

pytestmark = pytest.mark.django_db
HEADING = ["unit", "year", "line", "plan", "actual"]
KARA, AK = "41704210000001", "41704210000002"


@pytest.fixture
def home():
    return district()


@pytest.fixture
def kara(home):
    unit = aimak(home, "Кара")
    code(unit, KARA)
    return unit


@pytest.fixture
def ak(home):
    unit = aimak(home, "Ак")
    code(unit, AK)
    return unit


GOOD = [
    [KARA, 2024, "land_tax", "10,5", 9.25],
    [KARA, 2024, "education", None, "1 012,3"],
    [KARA, 2023, "land_tax", 8, 8],
    [AK, 2024, "Земельный налог", 1, None],
    [AK, 2024, "культура", 1, None],
]
GOOD[4][2] = "билим берүү"


def book(rows, heading=HEADING):
    return io.BytesIO(workbooks.workbook([heading, *rows]))


def bring(rows, *, commit=True, **more):
    return import_file(file=book(rows), name="budgets.xlsx", commit=commit, **more)


def amounts(unit, year):
    return {
        line.item.code: (line.plan, line.actual)
        for line in BudgetLine.objects.filter(budget__unit=unit, budget__year=year).select_related("item")
    }


def test_a_dry_run_counts_and_writes_nothing(kara, ak):
    report = bring(GOOD, commit=False)

    assert not report.refused, [error.message for error in report.refused]
    assert (report.rows, report.budgets_new, report.lines_written, report.changes) == (5, 3, 5, 3)
    assert not report.committed
    assert not LocalBudget.objects.exists()


def test_budgets_are_recorded_by_code_and_line(kara, ak):
    report = bring(GOOD)

    assert report.committed
    assert amounts(kara, 2024) == {
        "land_tax": (Decimal("10.5"), Decimal("9.25")),
        "education": (None, Decimal("1012.3")),
    }
    assert amounts(kara, 2023) == {"land_tax": (8, 8)}
    assert amounts(ak, 2024) == {"land_tax": (1, None), "education": (1, None)}
    assert LocalBudget.objects.filter(source="budgets.xlsx").count() == 3


def test_the_same_file_again_changes_nothing(kara, ak):
    bring(GOOD)

    again = import_file(file=book(GOOD), name="again.xlsx", commit=True)

    assert (again.budgets_new, again.budgets_changed, again.budgets_same) == (0, 0, 3)
    assert again.changes == again.lines_written == 0
    assert set(LocalBudget.objects.values_list("version", "source")) == {(1, "budgets.xlsx")}


def test_an_empty_amount_leaves_what_stands(kara):
    budget(kara, 2024, plan={"land_tax": 10, "education": 3}, label="план")

    report = bring([[KARA, 2024, "land_tax", None, 12], [KARA, 2024, "education", None, None]])

    assert amounts(kara, 2024) == {"land_tax": (10, 12), "education": (3, None)}
    assert (report.budgets_changed, report.lines_written, report.empty_rows) == (1, 1, 1)
    assert LocalBudget.objects.get().label == "план"


def test_a_column_may_be_left_out(kara):
    rows = [[KARA, 2024, "land_tax", 12]]

    import_file(
        file=book(rows, ["Код единицы", "Год", "Строка бюджета", "Исполнение"]), name="b.xlsx", commit=True
    )

    assert amounts(kara, 2024) == {"land_tax": (None, 12)}


@pytest.mark.parametrize(
    ("wrong", "key", "reason"),
    [
        (["41799999999999", 2024, "land_tax", 1, 1], "unit", "unknown_unit"),
        ([KARA, 2019, "land_tax", 1, 1], "unit", "unknown_unit"),  # the code is borne from 2020 on
        ([KARA, 1990, "land_tax", 1, 1], "year", "ayil_okmotu_localbudget_year"),
        ([KARA, 99999, "land_tax", 1, 1], "year", "ayil_okmotu_localbudget_year"),
        ([KARA, "2024-жыл", "land_tax", 1, 1], "year", "not_a_number"),
        ([KARA, 2024, "gold", 1, 1], "line", "not_a_line"),
        ([KARA, 2024, "Жер салыгы", 1, 1], "line", "line_twice"),
        ([KARA, 2024, "culture", "254,40.0", 1], "plan", "unreadable"),
        ([KARA, 2024, "culture", 1, "254,40.0"], "actual", "unreadable"),
        ([KARA, 2024, "culture", 1, "1000000,01"], "actual", "ayil_okmotu_budgetline_bounds"),
        ([KARA, 2024, "culture", 1.23456, 1], "plan", "too_precise"),
        ([KARA, 2024, "culture", "<c><f>A1</f><v>1</v></c>", 1], "plan", "formula"),
        ([KARA, 2024, "culture", '<c t="e"><v>#REF!</v></c>', 1], "plan", "error_value"),
        ([None, 2024, "culture", 1, 1], "unit", "required"),
        ([KARA, 2024, "culture", "a" * 61, 1], "plan", "too_long"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_stops_all_and_names_its_cell(kara, ak, wrong, key, reason):
    report = bring([*GOOD, wrong], commit=False)

    (error,) = report.refused
    assert (error.row, error.key, error.code, report.refused_rows) == (7, key, reason, 1), error.message
    assert error.column == "ABCDE"[HEADING.index(key)]
    assert error.message
    with pytest.raises(RowsRefused) as refusal:
        bring([*GOOD, wrong])
    assert refusal.value.violations[0].pointer == f"/rows/7/{key}"
    assert not LocalBudget.objects.exists()


def test_an_unreadable_figure_names_its_cell_and_is_kept_as_printed_when_asked(kara):
    rows = [[KARA, 2024, "total_expenditure", None, "254,40.0"], [KARA, 2024, "total_revenue", 5, 6]]

    report = bring(rows, keep_unreadable=True)

    (told,) = report.unreadable
    assert (told.row, told.column, told.heading) == (2, "E", "actual")
    assert "254,40.0" in told.message
    line = BudgetLine.objects.get(item__code="total_expenditure")
    assert (line.actual, line.actual_as_printed) == (None, "254,40.0")
    assert [(one["unit"], one["year"], one["code"]) for one in report.findings] == [
        (KARA, 2024, "unreadable")
    ]


def test_what_does_not_add_up_is_written_and_flagged(kara, ak):
    rows = [
        *([KARA, 2024, item, None, value] for item, value in whole().items()),
        *([AK, 2024, item, None, value] for item, value in {**whole(), "surplus": 99}.items()),
    ]

    report = bring([[str(cell) if cell is not None else None for cell in row] for row in rows])

    assert (report.committed, report.flagged) == (True, 1)
    assert [(one["unit"], one["code"]) for one in report.findings] == [(AK, "surplus_differs")]
    assert report.findings[0]["sentence"]
    assert amounts(ak, 2024)["surplus"] == (None, 99)


def test_the_unit_is_the_one_that_bore_the_code_in_the_year(home, kara):
    UnitCode.objects.filter(unit=kara).update(valid=(FIRST, dt.date(2023, 5, 1)))
    UnitVersion.objects.filter(unit=kara).update(valid=(FIRST, dt.date(2023, 5, 1)))
    new = VersionFactory(
        kind="ayil_aimak", name_ky="Жаңы", parent=home, valid=(dt.date(2023, 5, 1), None)
    ).unit
    code(new, KARA, valid=(dt.date(2023, 5, 1), None))

    bring([[KARA, year, "land_tax", year, None] for year in (2022, 2023, 2024)])

    assert [row.year for row in LocalBudget.objects.filter(unit=kara)] == [2022]
    assert sorted(row.year for row in LocalBudget.objects.filter(unit=new)) == [2023, 2024]


def test_a_unit_may_be_named_by_its_identifier(kara):
    bring([[str(kara.pk), 2024, "land_tax", 1, None]])

    assert amounts(kara, 2024) == {"land_tax": (1, None)}
    (error,) = bring([[str(kara.pk), 2019, "land_tax", 1, None]], commit=False).refused
    assert error.code == "ayil_okmotu_localbudget_within_unit"


def test_both_names_of_a_unit_are_one_unit(kara):
    report = bring(
        [[KARA, 2024, "land_tax", 1, None], [str(kara.pk), 2024, "land_tax", 2, None]], commit=False
    )

    assert [error.code for error in report.refused] == ["line_twice"]


def test_staff_bring_the_budget_of_their_own_municipality_alone(kara, ak):
    report = bring(GOOD, commit=False, units={kara.pk})

    assert [(error.row, error.key, error.code) for error in report.refused] == [
        (5, "unit", "not_your_unit"),
        (6, "unit", "not_your_unit"),
    ]
    assert bring(GOOD[:3], units={kara.pk}).committed


def test_a_report_is_kept_in_plain_values(kara):
    report = bring(
        [[KARA, 2024, "gold", 1, 1], [KARA, 2024, "culture", "x", 1], [KARA, 2024, "education", "y", 1]],
        commit=False,
        keep_unreadable=True,
    )

    again = Report.from_plain(report.as_plain())

    assert [error.message for error in again.refused] == [error.message for error in report.refused]
    assert [error.message for error in again.unreadable] == [error.message for error in report.unreadable]
    assert len(again.unreadable) == 2


def test_a_file_without_the_columns_is_no_such_file(kara):
    with pytest.raises(UploadRefused):
        import_file(file=book([[KARA, 1]], ["unit", "year"]), name="b.xlsx", commit=False)


def test_the_whole_country_is_brought_in_five_seconds(home):
    country = [Unit() for _n in range(452)]
    Unit.objects.bulk_create(country)
    UnitVersion.objects.bulk_create(
        UnitVersion(unit=unit, kind="ayil_aimak", name_ky=f"А{n}", parent=home, valid=(FIRST, None))
        for n, unit in enumerate(country)
    )
    UnitCode.objects.bulk_create(
        UnitCode(unit=unit, system="soate", code=f"417{n:011}", valid=(FIRST, None))
        for n, unit in enumerate(country)
    )
    items = [
        "income_tax", "property_tax", "land_tax", "other_taxes", "non_tax", "equalisation_transfer",
        "targeted_transfer", "general_services", "economic_affairs", "housing_utilities", "culture", "education",
        "total_revenue", "total_expenditure", "surplus",
    ]  # fmt: skip

    for more, outcome in ((0, (452, 0, 6780)), (1, (0, 452, 6780))):  # recorded, then corrected in every line
        rows = [[f"417{n:011}", 2024, item, n + 0.5, n + 1 + more] for n in range(452) for item in items]
        file = book(rows)

        started = time.perf_counter()
        report = import_file(file=file, name="country.xlsx", commit=True)
        check_now()  # what the end of the transaction does: the journal's chain
        seconds = time.perf_counter() - started

        assert report.rows == 6780
        assert (report.budgets_new, report.budgets_changed, report.lines_written) == outcome
        assert BudgetLine.objects.filter(actual__lt=1 + more).count() == 0
        assert (BudgetLine.objects.count(), report.flagged) == (6780, 452)
        assert seconds <= 5, f"{seconds:.1f} s"


# --- the command -------------------------------------------------------------------------------------------------


def run(path, *arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_budgets", str(path), *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_tries_first_and_writes_with_commit(kara, ak, tmp_path):
    path = tmp_path / "budgets.xlsx"
    path.write_bytes(book(GOOD).read())

    assert "Dry run" in run(path)[0]
    assert not LocalBudget.objects.exists()
    assert "Written" in run(path, "--commit")[0]
    assert LocalBudget.objects.count() == 3
    assert "Nothing to change" in run(path, "--commit")[0]
    with pytest.raises(CommandError):
        run(tmp_path / "nothing.xlsx")


def test_the_command_names_the_cell_of_an_unreadable_figure(kara, tmp_path):
    path = tmp_path / "budgets.xlsx"
    path.write_bytes(book([[KARA, 2024, "total_expenditure", None, "254,40.0"]]).read())

    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_budgets", str(path), "--commit", stdout=io.StringIO(), stderr=err)
    assert "E2" in err.getvalue()
    assert not LocalBudget.objects.exists()

    told = run(path, "--commit", "--keep-unreadable")[1]
    assert "E2" in told
    assert "254,40.0" in told
    assert BudgetLine.objects.get().actual_as_printed == "254,40.0"
