"""Local budgets: stored as reported, flagged where they do not add up, joined over mergers."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from ayil_okmotu import budgets, services
from ayil_okmotu.models import BudgetItem, BudgetLine, LocalBudget
from ayil_okmotu.services.budgets import Amounts
from ayil_okmotu.tests.record_factories import amounts, budget, whole
from councils.tests.in_sql import change, copy
from councils.tests.refusals import refused, refuses
from registry.errors import RuleBroken, Stale
from registry.services import ChangeSpec, PartSpec, UnitSpec, record_change
from registry.tests.factories import FIRST, UnitFactory, aimak, district, oblast, place

pytestmark = pytest.mark.django_db
MERGED_ON = dt.date(2023, 5, 1)
TODAY = dt.date(2025, 3, 1)


@pytest.fixture
def unit():
    return aimak(district())


def findings(row):
    return budgets.findings([row.pk])[row.pk]


def codes(row):
    return [(finding.code, finding.figures["column"]) for finding in findings(row)]


# --- writing -----------------------------------------------------------------------------------------------------


def test_the_classification_has_every_side():
    found = dict(BudgetItem.objects.values_list("code", "side"))

    assert found["land_tax"] == "own_revenue"
    assert found["targeted_transfer"] == "transfer"
    assert found["education"] == "expenditure"
    assert {code for code, side in found.items() if side == "total"} == {
        "total_revenue",
        "total_expenditure",
        "surplus",
        "executed",
    }


def test_a_budget_is_recorded_and_corrected(unit):
    row = budget(unit, 2024, plan={"land_tax": "1.5", "education": 3}, label="2024")

    again = budget(unit, 2024, plan={"land_tax": "1.7"}, expected_version=1)

    assert again.pk == row.pk
    assert (again.version, again.label) == (2, "2024")
    assert dict(BudgetLine.objects.values_list("item__code", "plan")) == {
        "land_tax": Decimal("1.7"),
        "education": Decimal(3),
    }
    with refuses("stale", Stale):
        budget(unit, 2024, plan={"land_tax": 2}, expected_version=1)
    with refuses("stale", Stale):
        budget(unit, 2025, plan={"land_tax": 2}, expected_version=1)


def test_the_same_again_writes_nothing(unit):
    budget(unit, 2024, actual=whole())

    assert budget(unit, 2024, actual=whole()).version == 1
    assert budget(unit, 2024, label="2024").version == 2


def test_many_budgets_are_written_at_once(unit, django_assert_max_num_queries):
    other = aimak(district())
    budget(unit, 2023, actual=whole())
    entries = [
        services.BudgetEntry(one.pk, year, {"land_tax": amounts(actual=year)})
        for one in (unit, other)
        for year in (2022, 2023)
    ]

    with django_assert_max_num_queries(12):
        written = services.write_budgets(entries=entries)

    assert (len(written.new), len(written.changed), len(written.same), written.lines) == (3, 1, 0, 4)
    assert LocalBudget.objects.get(unit=unit, year=2023).version == 2
    again = services.write_budgets(entries=entries)
    assert (len(again.new), len(again.changed), len(again.same), again.lines) == (0, 0, 4, 0)


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        (Amounts(plan=Decimal("1000000.01")), "ayil_okmotu_budgetline_bounds", "/lines/land_tax/plan"),
        (Amounts(actual=Decimal("NaN")), "ayil_okmotu_budgetline_bounds", "/lines/land_tax/actual"),
        (Amounts(actual=Decimal("-Infinity")), "ayil_okmotu_budgetline_bounds", "/lines/land_tax/actual"),
        (Amounts(plan=Decimal("1.23456")), "too_precise", "/lines/land_tax/plan"),
        (Amounts(plan=Decimal("1e-400")), "too_precise", "/lines/land_tax/plan"),
        (Amounts(plan=Decimal(1), plan_as_printed="x"), "ayil_okmotu_budgetline_printed_or_read", "/lines/land_tax/plan"),
        (Amounts(actual_as_printed="12,5"), "is_a_number", "/lines/land_tax/actual"),
        (Amounts(actual_as_printed="x" * 61), "too_long", "/lines/land_tax/actual"),
    ],
)  # fmt: skip
def test_an_amount_that_cannot_be_is_refused_by_its_line(unit, given, code, pointer):
    with pytest.raises(RuleBroken) as refusal:
        services.write_budget(unit=unit, year=2024, lines={"land_tax": given})
    assert [(one.code, one.pointer) for one in refusal.value.violations] == [(code, pointer)]
    assert not LocalBudget.objects.exists()


def test_a_line_and_a_year_must_be_known(unit):
    with refuses("not_a_line"):
        services.write_budget(unit=unit, year=2024, lines={"gold": Amounts(plan=Decimal(1))})
    with refuses("ayil_okmotu_localbudget_year"):
        budget(unit, 99999)
    with refuses("too_long"):
        budget(unit, 2024, label="а" * 61)


def test_a_unit_has_a_budget_for_years_in_which_it_exists(unit):
    row = budget(unit, FIRST.year)

    with refuses("ayil_okmotu_localbudget_within_unit"):
        budget(unit, FIRST.year - 1)
    with refused("ayil_okmotu_localbudget_within_unit"):
        change(row, year=FIRST.year - 1)
    with refused("ayil_okmotu_localbudget_within_unit"):
        copy(row, unit_id=UnitFactory().pk)


def test_the_database_refuses_what_is_no_amount(unit):
    line = budget(unit, 2024, plan={"land_tax": 1}).lines.get()

    for value in ("NaN", "1000001", "-1000001"):
        with refused("ayil_okmotu_budgetline_bounds"):
            change(line, plan=value)
    with refused("ayil_okmotu_budgetline_printed_or_read"):
        change(line, plan_as_printed="254,40.0")
    with refused("ayil_okmotu_budgetline_once"):
        copy(line)
    with refused("ayil_okmotu_localbudget_once"):
        copy(line.budget)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("18 443,9", (Decimal("18443.9"), "")),
        ("1465.7", (Decimal("1465.7"), "")),
        ("−3,5", (Decimal("-3.5"), "")),
        ("254,40.0", (None, "254,40.0")),
        ("1,465.7", (None, "1,465.7")),
        ("жок", (None, "жок")),
        ("NaN", (None, "NaN")),
        ("", (None, "")),
        ("  ", (None, "")),
    ],
)
def test_a_typed_figure_is_read_or_kept_as_printed(text, read):
    assert services.read_figure(text) == read


# --- findings ----------------------------------------------------------------------------------------------------


def test_a_budget_that_adds_up_has_no_findings(unit):
    assert findings(budget(unit, 2024, plan=whole(), actual=whole(revenue=11))) == []


def test_the_issyk_kul_figures_are_kept_and_flagged():
    issyk_kul = oblast("Ысык-Көл облусу")
    row = budget(
        issyk_kul,
        2023,
        actual={
            "executed": "18434.9",
            "total_revenue": "9427.3",
            "total_expenditure": "8319.0",
            "surplus": "670.3",
        },
    )

    with translation.override("en"):
        (finding,) = findings(row)

    assert finding.code == "surplus_differs"
    assert (finding.figures["reported"], finding.figures["computed"]) == (Decimal("670.3"), Decimal("1108.3"))
    assert finding.figures["difference"] == Decimal("-438.0")
    assert "1,108.3" in finding.sentence
    assert "670.3" in finding.sentence
    assert row.lines.get(item__code="surplus").actual == Decimal("670.3")


def test_before_2023_the_difference_is_another():
    row = budget(
        oblast("Ысык-Көл облусу"),
        2022,
        label="2023-жылга чейин",
        actual={"total_revenue": "9427.4", "total_expenditure": "8319.5", "surplus": "670.3"},
    )

    assert findings(row)[0].figures["computed"] == Decimal("1107.9")


def test_jeti_oguz_first_spends_more_than_it_takes():
    jeti_oguz = district(name="Жети-Өгүз")
    before = budget(jeti_oguz, 2022, actual={"total_revenue": "542.9", "total_expenditure": "674.0"})
    after = budget(jeti_oguz, 2023, actual={"total_revenue": "923.2", "total_expenditure": "294.0"})

    found = budgets.findings([before.pk, after.pk])

    (finding,) = found[before.pk]
    assert (finding.code, finding.figures["reported"], finding.figures["computed"]) == (
        "spends_more",
        Decimal("674.0"),
        Decimal("542.9"),
    )
    assert found[after.pk] == []


def test_tups_unreadable_figure_keeps_its_text():
    tup = district(name="Түп")
    row = budget(tup, 2022, actual={"total_expenditure": "254,40.0", "total_revenue": 200, "surplus": 10})

    (finding,) = findings(row)

    assert (finding.code, finding.figures["item"], finding.figures["printed"]) == (
        "unreadable",
        "total_expenditure",
        "254,40.0",
    )
    assert "254,40.0" in finding.sentence
    assert row.lines.get(item__code="total_expenditure").actual is None


def test_lines_that_do_not_add_up_are_said_with_both_sums(unit):
    row = budget(unit, 2024, actual={**whole(), "income_tax": 9, "total_expenditure": 13})

    found = findings(row)

    assert [finding.code for finding in found] == ["lines_do_not_add_up"] * 2 + ["surplus_differs"]
    revenue, expenditure, surplus = (finding.figures for finding in found)
    assert (revenue["item"], revenue["reported"], revenue["computed"]) == ("total_revenue", 15, 14)
    assert (expenditure["item"], expenditure["reported"], expenditure["computed"]) == (
        "total_expenditure",
        13,
        12,
    )
    assert (surplus["reported"], surplus["computed"]) == (3, 2)


def test_plan_and_actual_are_looked_at_apart(unit):
    row = budget(unit, 2024, plan={**whole(), "surplus": 99}, actual=whole())

    assert codes(row) == [("surplus_differs", "plan")]


def test_without_totals_the_lines_stand_for_them(unit):
    row = budget(unit, 2024, actual={"land_tax": 3, "targeted_transfer": 2, "education": 6, "surplus": -1})

    assert codes(row) == [("spends_more", "actual")]


def test_nothing_is_computed_from_what_cannot_be_read(unit):
    row = budget(
        unit,
        2024,
        actual={"income_tax": "1o", "land_tax": 1, "total_revenue": 20, "education": 12, "surplus": 8},
    )

    assert codes(row) == [
        ("unreadable", "actual")
    ]  # neither the sum of the revenue, nor the surplus of 20 − 12


def test_a_total_that_cannot_be_read_is_not_replaced_by_its_lines(unit):
    row = budget(unit, 2024, actual={**whole(), "total_revenue": "1S", "surplus": 99})

    assert codes(row) == [("unreadable", "actual")]


def test_what_is_not_reported_is_no_zero(unit):
    row = budget(unit, 2024, actual={"total_revenue": 20, "surplus": 3})

    assert codes(row) == []


def test_many_budgets_are_looked_at_in_one_statement(unit, django_assert_num_queries):
    rows = [budget(unit, year, actual={**whole(), "surplus": 99}) for year in (2022, 2023, 2024)]

    with django_assert_num_queries(1):
        found = budgets.findings([row.pk for row in rows])

    assert all(len(found[row.pk]) == 1 for row in rows)
    assert budgets.findings([]) == {}


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_finding_is_said_in_every_language(unit, language):
    row = budget(
        unit,
        2024,
        plan={**whole(), "surplus": 99, "income_tax": "?"},
        actual={**whole(), "land_tax": 1, "culture": 1000},
    )

    with translation.override(language):
        said = [finding.sentence for finding in findings(row)]

    assert len(said) == len(set(said)) >= 4
    assert not any("%(" in sentence for sentence in said)


# --- joined history ----------------------------------------------------------------------------------------------


def merge(home, *sources, on=MERGED_ON):
    """Merge whole units into a new one."""
    new = UnitFactory()
    record_change(
        ChangeSpec(
            kind="merge",
            effective_on=on,
            units=(
                *(UnitSpec(source.pk, "ends") for source in sources),
                UnitSpec(
                    new.pk, "begins", kind="ayil_aimak", name_ky="Жаңы", name_ru="Новый", parent_id=home.pk
                ),
            ),
            parts=tuple(PartSpec(source.pk, new.pk, "whole") for source in sources),
        )
    )
    return new


def absorb(into, *sources, on=MERGED_ON):
    """Join whole units to one that survives."""
    record_change(
        ChangeSpec(
            kind="absorb",
            effective_on=on,
            units=tuple(UnitSpec(source.pk, "ends") for source in sources),
            parts=tuple(PartSpec(source.pk, into.pk, "whole") for source in sources),
        )
    )


@pytest.fixture
def home():
    return district()


def two(home):
    return [aimak(home, name, villages=(f"{name} айылы",)) for name in ("Кара", "Ак")]


def lines(year):
    return {code: line.actual for code, line in year.lines.items()}


def test_a_new_units_history_is_that_of_its_predecessors(home):
    kara, ak = two(home)
    kara_2022 = budget(kara, 2022, actual={"land_tax": "1.5", "education": 1})
    ak_2022 = budget(ak, 2022, actual={"land_tax": "2.25"})
    new = merge(home, kara, ak)
    own = budget(new, 2023, actual={"land_tax": 5})

    before, after = budgets.joined(new.pk, TODAY)

    assert (before.year, before.budget_id, before.joined, before.missing) == (2022, None, True, [])
    assert {(part.unit_id, part.budget_id) for part in before.parts} == {
        (kara.pk, kara_2022.pk),
        (ak.pk, ak_2022.pk),
    }
    assert lines(before) == {"land_tax": Decimal("3.75"), "education": Decimal(1)}
    assert (after.year, after.budget_id, after.joined) == (2023, own.pk, False)
    assert lines(after) == {"land_tax": Decimal(5)}


def test_a_predecessor_without_a_budget_is_named_as_missing(home):
    kara, ak = two(home)
    budget(kara, 2022, actual={"land_tax": 1})
    new = merge(home, kara, ak)

    (year,) = budgets.joined(new.pk, TODAY)

    assert year.missing == [ak.pk]


def test_the_year_of_the_merger_belongs_to_the_new_unit(home):
    kara, ak = two(home)
    budget(kara, 2023, actual={"land_tax": 1})
    new = merge(home, kara, ak)

    (year,) = budgets.joined(new.pk, TODAY)

    assert (year.year, year.parts, year.missing) == (2023, [], [new.pk])
    assert [one.year for one in budgets.joined(kara.pk, TODAY)] == [2023]  # its own it keeps


def test_a_unit_that_survives_counts_those_it_took_in(home):
    kara, ak = two(home)
    for year in (2022, 2023):
        budget(kara, year, actual={"land_tax": 3})
    budget(ak, 2022, actual={"land_tax": 2})
    absorb(kara, ak)

    before, after = budgets.joined(kara.pk, TODAY)

    assert (lines(before)["land_tax"], before.joined, len(before.parts)) == (5, True, 2)
    assert (lines(after)["land_tax"], after.joined, len(after.parts)) == (3, False, 1)


def test_mergers_are_followed_step_by_step(home):
    kara, ak = two(home)
    third = aimak(home, "Көк", villages=("Көк айылы",))
    for unit, value in ((kara, 1), (ak, 2), (third, 4)):
        budget(unit, 2021, actual={"land_tax": value})
    middle = merge(home, kara, ak, on=dt.date(2022, 5, 1))
    budget(middle, 2022, actual={"land_tax": 10})
    budget(third, 2022, actual={"land_tax": 20})
    new = merge(home, middle, third, on=dt.date(2023, 5, 1))

    first, second = budgets.joined(new.pk, TODAY)

    assert (first.year, lines(first)["land_tax"], len(first.parts)) == (2021, 7, 3)
    assert (second.year, lines(second)["land_tax"], len(second.parts)) == (2022, 30, 2)
    assert first.missing == second.missing == []


def test_before_the_merger_only_the_own_budget_counts(home):
    kara, ak = two(home)
    budget(kara, 2022, actual={"land_tax": 1})
    budget(ak, 2022, actual={"land_tax": 2})
    budget(kara, 2024, actual={"land_tax": 9})
    absorb(kara, ak)

    years = budgets.joined(kara.pk, dt.date(2022, 12, 31))

    assert [(year.year, lines(year)["land_tax"]) for year in years] == [(2022, 1)]


def test_what_one_part_cannot_say_no_sum_says(home):
    kara, ak = two(home)
    budget(kara, 2022, plan={"land_tax": 4}, actual={"land_tax": "1,0,0", "education": 1})
    budget(ak, 2022, plan={"land_tax": 5}, actual={"land_tax": 2})
    new = merge(home, kara, ak)

    (year,) = budgets.joined(new.pk, TODAY)

    land = year.lines["land_tax"]
    assert (land.actual, land.actual_unreadable) == (None, True)
    assert (land.plan, land.plan_unreadable) == (9, False)
    assert year.lines["education"].actual == 1
    assert year.lines["education"].plan is None


def test_a_part_that_passed_is_not_divided(home):
    kara, ak = two(home)
    budget(ak, 2022, actual={"land_tax": 2})
    budget(kara, 2022, actual={"land_tax": 1})
    village = place(ak, "Алыс")
    record_change(
        ChangeSpec(
            kind="transfer",
            effective_on=MERGED_ON,
            units=(),
            parts=(PartSpec(ak.pk, kara.pk, "part", settlement_ids=(village.pk,)),),
        )
    )

    (year,) = budgets.joined(kara.pk, TODAY)

    assert (lines(year)["land_tax"], year.joined) == (1, False)


def test_history_is_one_statement(home, django_assert_num_queries):
    kara, ak = two(home)
    budget(kara, 2022, actual=whole())
    new = merge(home, kara, ak)

    with django_assert_num_queries(1):
        budgets.joined(new.pk, TODAY)
