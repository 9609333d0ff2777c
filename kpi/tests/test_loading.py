"""Import of published values of earlier years: what a file adds, changes, leaves, and what it is refused for."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kpi.errors import RuleBroken
from kpi.loading import load
from kpi.models import LoadedValue, Period, PublishedValue
from kpi.tests import factories as make
from lsg_portal.rest.models import DataVersion
from registry.models import UnitCode
from registry.tests import kadamjay
from registry.tests.factories import FIRST, aimak, district

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
HEAD = "period;unit;indicator;value;numerator;denominator"
CODE, OTHER = "41706000810010", "41706000820010"


@pytest.fixture
def unit():
    return coded(aimak(district(), residents=12_000), CODE)


def coded(unit, code, valid=(FIRST, None)):
    UnitCode.objects.create(unit=unit, system="soate", code=code, valid=valid)
    return unit


def loaded(*rows, head=HEAD, commit=True, **more):
    text = "\n".join([head, *rows]) + "\n"
    return load(io.BytesIO(text.encode()), day=TODAY, commit=commit, **more)


def codes(outcome):
    return [(error.row, error.key, error.code) for error in outcome.errors]


def version():
    return dict(DataVersion.objects.values_list("app", "version")).get("kpi", 0)


def stands(**more):
    return list(
        PublishedValue.objects.filter(**more)
        .order_by("period", "unit", "measure__code")
        .values_list("measure__code", "period__code", "status", "value", "numerator", "denominator")
    )


def test_values_of_earlier_years_are_added_with_their_quarters(unit):
    outcome = loaded(f"2019Q1;{CODE};jobs;24;;", f"2019Q1;{CODE};budget_saved;;3;120")

    assert (outcome.rows, outcome.written, outcome.periods) == (2, 2, ["2019Q1"])
    assert stands(unit=unit) == [
        ("budget_saved", "2019Q1", "i", 2.5, 3.0, 120.0),
        ("jobs", "2019Q1", "i", 24.0, None, None),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_version_of_the_data_rises_when_something_is_written_and_only_then(unit):
    make.period(2019, 1)
    before = version()

    loaded(f"2019Q1;{CODE};jobs;24;;", commit=False)
    assert version() == before
    loaded(f"2019Q1;{CODE};jobs;24;;")
    assert version() == before + 1
    loaded(f"2019Q1;{CODE};jobs;24;;")
    assert version() == before + 1


def test_without_commit_nothing_is_written_and_all_is_told(unit):
    outcome = loaded(f"2019Q1;{CODE};jobs;24;;", commit=False)

    assert (dict(outcome.states), outcome.written, outcome.periods) == ({"new": 1}, 0, ["2019Q1"])
    assert not PublishedValue.objects.exists()
    assert not Period.objects.exists()


def test_the_same_file_again_writes_no_row(unit):
    rows = [f"2019Q{quarter};{CODE};jobs;{quarter}0;;" for quarter in (1, 2, 3, 4)]
    loaded(*rows)
    places = written_places()

    again = loaded(*rows)

    assert (dict(again.states), again.written) == ({"same": 4}, 0)
    assert written_places() == places


def written_places():
    """Where each row lies: a row that is written again, if only as it was, lies elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid::text, xmin::text FROM kpi_publishedvalue ORDER BY 1")
        return cursor.fetchall()


def test_only_what_changed_is_written(unit):
    loaded(f"2019Q1;{CODE};jobs;24;;", f"2019Q1;{CODE};roads;4.5;;")

    outcome = loaded(f"2019Q1;{CODE};jobs;25;;", f"2019Q1;{CODE};roads;4.50;;", f"2019Q2;{CODE};jobs;7;;")

    assert dict(outcome.states) == {"changed": 1, "same": 1, "new": 1}
    assert outcome.written == 2
    assert {(row[0], row[3]) for row in stands(period__code="2019Q1")} == {("jobs", 25), ("roads", 4.5)}


def test_what_a_report_published_stays(unit):
    make.methodology()
    report = make.published(unit, jobs=Decimal(24))
    before = stands(unit=unit)

    outcome = loaded(f"{report.period.code};{CODE};jobs;99;;", f"{report.period.code};{CODE};roads;4.5;;")

    assert (dict(outcome.states), outcome.written) == ({"kept": 1, "same": 1}, 0)
    assert stands(unit=unit) == before


def test_a_report_published_later_takes_the_place_of_an_imported_value(unit):
    make.methodology()
    quarter = make.period()
    loaded(f"{quarter.code};{CODE};jobs;1;;")

    make.published(unit, of=quarter, jobs=Decimal(24))

    assert [row[2:4] for row in stands(unit=unit, measure__code="jobs")] == [("n", 24.0)]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"2019;{CODE};jobs;1;;", ("period", "unknown_period")),
        (f";{CODE};jobs;1;;", ("period", "unknown_period")),
        (f"2026Q4;{CODE};jobs;1;;", ("period", "period_not_over")),
        ("2019Q1;1;jobs;1;;", ("unit", "unknown_code")),
        (f"2019Q1;{CODE};work;1;;", ("indicator", "unknown_indicator")),
        (f"2019Q1;{CODE};appeals;1;;", ("indicator", "unknown_indicator")),
        (f"2019Q1;{CODE};jobs;NaN;;", ("value", "not_a_number")),
        (f"2019Q1;{CODE};jobs;1e400;;", ("value", "not_a_number")),
        (f"2019Q1;{CODE};investment;1 234,5;;", ("value", "not_a_number")),
        (f"2019Q1;{CODE};satisfaction;12 %;;", ("value", "not_a_number")),
        (f"2019Q1;{CODE};jobs;1.5;;", ("value", "whole")),
        (f"2019Q1;{CODE};jobs;-1;;", ("value", "range")),
        (f"2019Q1;{CODE};satisfaction;101;;", ("value", "range")),
        (f"2019Q1;{CODE};jobs;1;1;1", ("numerator", "no_parts")),
        (f"2019Q1;{CODE};budget_saved;;1;", ("denominator", "one_part")),
        (f"2019Q1;{CODE};budget_saved;;1;0", ("denominator", "denominator")),
        (f"2019Q1;{CODE};budget_saved;;1;9999999999999", ("numerator", "too_large")),
        (f"2019Q1;{CODE};budget_saved;9;3;120", ("value", "disagrees")),
    ],
)
def test_a_wrong_row_is_refused_by_its_cell_and_nothing_is_written(unit, row, fault):
    outcome = loaded(f"2019Q1;{CODE};roads;1;;", row)

    assert codes(outcome) == [(3, *fault)]
    assert outcome.errors[0].reason
    assert (outcome.written, PublishedValue.objects.count()) == (0, 0)


def test_wrong_rows_may_be_left_out(unit):
    outcome = loaded(f"2019Q1;{CODE};jobs;NaN;;", f"2019Q1;{CODE};roads;1;;", skip_refused=True)

    assert (dict(outcome.states), outcome.written) == ({"refused": 1, "new": 1}, 1)


def test_of_many_wrong_rows_the_first_are_named(unit):
    outcome = loaded(*[f"2019Q1;{CODE};jobs;x;;"] * 1200)

    assert (outcome.refused, len(outcome.errors)) == (1200, 1000)
    assert [error.row for error in outcome.errors[:2]] == [2, 3]


def test_a_value_given_twice_is_refused_from_the_second_on(unit):
    coded(unit, OTHER, valid=(dt.date(2015, 1, 1), FIRST))

    outcome = loaded(f"2019Q1;{CODE};jobs;1;;", f"2019Q1;{OTHER};jobs;1;;")

    assert codes(outcome) == [(3, "unit", "twice")]


def test_rounded_values_beside_their_parts_are_taken_from_the_parts(unit):
    loaded(f"2019Q1;{CODE};budget_execution;66.67;200;300", f"2019Q2;{CODE};budget_execution;66.67;;")

    assert {row[1]: row[3:] for row in stands()} == {
        "2019Q1": (pytest.approx(66.6666667), 200.0, 300.0),
        "2019Q2": (66.67, None, None),
    }


def test_a_row_without_a_figure_leaves_what_stands(unit):
    loaded(f"2019Q1;{CODE};jobs;5;;")

    outcome = loaded(f'2019Q1;{CODE};jobs;"";;')

    assert (dict(outcome.states), len(stands())) == ({"empty": 1}, 1)


def test_a_code_means_who_bore_it_on_the_last_day_of_the_quarter(unit):
    home = district()
    first = coded(aimak(home, "Биринчи"), OTHER, valid=(FIRST, dt.date(2022, 1, 1)))
    second = coded(aimak(home, "Экинчи"), OTHER, valid=(dt.date(2022, 1, 1), None))
    make.period(2021, 4)
    make.period(2022, 1)

    outcome = loaded(
        f"2021Q4;{OTHER};jobs;1;;", f"2022Q1;{OTHER};jobs;2;;", f"2019Q4;{OTHER};jobs;3;;", skip_refused=True
    )

    assert {row[3] for row in stands(unit=first)} == {1}
    assert {row[3] for row in stands(unit=second)} == {2}
    assert codes(outcome) == [(4, "unit", "ambiguous_code")]


def test_who_was_no_municipality_on_the_last_day_has_no_values():
    home = district()
    coded(home, CODE)
    coded(aimak(home, "Жок", valid=(FIRST, dt.date(2021, 6, 30))), OTHER, valid=(FIRST, dt.date(2021, 6, 30)))
    make.period(2021, 2)

    outcome = loaded(f"2019Q1;{CODE};jobs;1;;", f"2021Q2;{OTHER};jobs;1;;", f"2019Q1;{OTHER};jobs;1;;")

    assert codes(outcome) == [(2, "unit", "not_a_municipality"), (3, "unit", "not_a_municipality")]


def test_a_municipality_that_a_change_began_has_no_values_of_days_before():
    kadamjay.country()

    outcome = loaded("2019Q1;41705258999000;jobs;1;;", f"2019Q1;{kadamjay.CODES['alga']};jobs;1;;")

    assert codes(outcome) == [(2, "unit", "not_a_municipality")]


def test_a_quarter_under_a_methodology_is_planned_by_the_ministry(unit):
    make.methodology()

    outcome = loaded(f"2022Q3;{CODE};jobs;1;;", f"2019Q4;{CODE};jobs;1;;")

    assert codes(outcome) == [(2, "period", "period_not_entered")]


@pytest.mark.parametrize(
    ("head", "row", "code"),
    [
        ("period;unit;indicator", "2019Q1;1;jobs", "missing_column"),
        (f"{HEAD};remark", "2019Q1;1;jobs;1;;;", "unknown_column"),
        ("period;unit;indicator;value;value", "2019Q1;1;jobs;1;1", "duplicate_column"),
        (HEAD, "2019Q1;1;jobs", "row"),
        (HEAD, '2019Q1;"1;jobs;1;;', "row"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(unit, head, row, code):
    with pytest.raises(RuleBroken) as error:
        loaded(f"2019Q1;{CODE};jobs;1;;" if head == HEAD else row, row, head=head)

    assert [violation.code for violation in error.value.violations] == [code]
    if code == "row":
        assert re.search(r"\b[234]\b", str(error.value))


def test_text_that_is_not_utf8_is_refused():
    with pytest.raises(RuleBroken):
        load(io.BytesIO(f"{HEAD}\n2019Q1;Айыл;jobs;1;;\n".encode("cp1251")), day=TODAY, commit=True)


def test_columns_come_in_any_order_with_commas_and_a_mark_of_order(unit):
    loaded(f"jobs,24,{CODE},2019Q1", head="\ufeffindicator,value,unit,period")

    assert [row[3] for row in stands(unit=unit)] == [24.0]
    assert not LoadedValue.objects.exists()


def test_the_command_tries_first_and_writes_when_told(unit, tmp_path, capsys):
    path = tmp_path / "values.csv"
    path.write_text(f"{HEAD}\n2019Q1;{CODE};jobs;24;;\n")

    call_command("import_published_values", str(path))
    assert "Dry run" in capsys.readouterr().out
    assert not PublishedValue.objects.exists()

    call_command("import_published_values", str(path), "--commit")
    assert "Written: 1 values" in capsys.readouterr().out
    call_command("import_published_values", str(path), "--commit")
    assert "Nothing to change" in capsys.readouterr().out


def test_the_command_names_refused_rows_and_fails(unit, tmp_path, capsys):
    path = tmp_path / "values.csv"
    path.write_text(f"{HEAD}\n2019Q1;{CODE};jobs;NaN;;\n")

    with pytest.raises(CommandError, match="Refused rows"):
        call_command("import_published_values", str(path), "--commit")
    assert "D2 value: " in capsys.readouterr().err
