"""Scores: recomputed by hand, reproduced to the last digit, and never altered once published."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.factories import UserFactory
from kpi import scoring, services
from kpi.errors import RuleBroken, StateConflict
from kpi.models import Indicator, Methodology, Report, Score, ScoreLine, ScoreRun, Value
from kpi.tests import factories as make
from registry.tests.factories import aimak, city, district

AT = make.Q3_ENTRY
HIGHER = scoring.Rule("higher_is_better", "number", Decimal(0), Decimal(10), Decimal(60))
LOWER = scoring.Rule("lower_is_better", "number", Decimal(3), Decimal(14), Decimal(40))


def entry(number):
    return scoring.Entry("normal", number=Decimal(number))


@pytest.mark.parametrize(
    ("rule", "raw", "points"),
    [(HIGHER, -1, 0), (HIGHER, 5, 50), (HIGHER, 11, 100), (LOWER, 3, 100), (LOWER, 14, 0), (LOWER, 20, 0)],
)
def test_points_lie_between_the_thresholds(rule, raw, points):
    assert scoring.points(rule, Decimal(raw))[1] == points


def test_a_missing_figure_lowers_the_coverage_and_an_inapplicable_one_does_not():
    rules = {"a": HIGHER, "b": LOWER}

    missing = scoring.score(rules, {"a": entry(5), "b": scoring.Entry("missing")})
    not_applicable = scoring.score(rules, {"a": entry(5), "b": scoring.Entry("not_applicable")})

    assert (missing.total, missing.coverage) == (50, 60)
    assert (not_applicable.total, not_applicable.coverage) == (50, 100)


def test_where_a_missing_figure_counts_as_worst_the_total_falls():
    worst = scoring.Rule("higher_is_better", "number", Decimal(0), Decimal(10), Decimal(40), "worst")

    result = scoring.score({"a": HIGHER, "b": worst}, {"a": entry(5)})

    assert (result.total, result.coverage, result.lines["b"].status) == (30, 60, "worst")


def test_nothing_to_count_is_no_total():
    assert scoring.score({"a": HIGHER}, {}).total is None


def test_equal_totals_share_a_rank():
    totals = {"a": Decimal(7), "b": Decimal(9), "c": Decimal(7), "d": Decimal(1)}

    assert scoring.ranks(totals) == {"b": 1, "a": 2, "c": 2, "d": 4}


def test_a_total_lies_in_the_band_that_people_are_told():
    bands = [(Decimal(0), "low"), (Decimal(80), "high")]

    assert scoring.band_of(Decimal("79.995"), bands) == "high"
    assert scoring.band_of(Decimal("79.9949"), bands) == "low"
    assert scoring.band_of(None, bands) is None


@given(st.decimals(0, 100, places=4), st.booleans())
def test_the_figure_for_wanted_points_gives_these_points(wanted, higher):
    rule = HIGHER if higher else LOWER

    assert abs(scoring.points(rule, scoring.raw_for(rule, wanted))[1] - wanted) < Decimal("1e-40")


@given(st.lists(st.tuples(st.integers(1, 50), st.decimals(0, 10, places=6)), min_size=1, max_size=11))
def test_contributions_add_up_to_the_total(lines):
    rules = {
        n: scoring.Rule("higher_is_better", "number", Decimal(0), Decimal(10), Decimal(weight))
        for n, (weight, _raw) in enumerate(lines)
    }

    result = scoring.score(rules, {n: entry(raw) for n, (_weight, raw) in enumerate(lines)})

    assert abs(sum(line.contribution for line in result.lines.values()) - result.total) < Decimal("1e-18")


@pytest.fixture
def place(db):
    make.methodology()
    return aimak(district(), residents=12_000)


def by_hand(report):
    """A total from nothing but the values and the published methodology, in exact fractions."""
    over, whole = Fraction(0), Fraction(0)
    for value in Value.objects.filter(report=report).select_related("indicator"):
        rule = value.indicator
        if value.status not in ("normal", "estimated"):
            continue
        if rule.formula == "number":
            raw = Fraction(value.number)
        else:
            ratio = Fraction(value.numerator) / Fraction(value.denominator)
            raw = (ratio - 1) * 100 if rule.formula == "growth" else ratio * 100
        share = (raw - Fraction(rule.least)) / (Fraction(rule.most) - Fraction(rule.least))
        share = min(max(share, Fraction(0)), Fraction(1))
        if rule.direction == "lower_is_better":
            share = 1 - share
        whole += Fraction(rule.weight) * share * 100
        over += Fraction(rule.weight)
    return whole / over


def test_a_municipalitys_total_recomputed_by_hand_to_the_last_digit(place):
    quarter = make.period()
    report = make.approved(
        place, of=quarter, jobs=7, revenue_growth=("101.37", "97.11"), programmes_on_time=(13, 17)
    )
    make.run_of(quarter)

    score = Score.objects.get(report=report)

    exact = by_hand(report)
    digits = Decimal(round(exact * 10**20)) / 10**20
    assert score.total == digits
    assert scoring.said(score.total) == digits.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert score.coverage == 100
    assert ScoreLine.objects.filter(score=score).count() == 11


def test_another_weight_or_other_code_makes_another_run_and_the_old_one_stays(place, monkeypatch):
    quarter = make.period()
    make.approved(place, of=quarter)
    first = make.run_of(quarter)
    monkeypatch.setattr(scoring, "code_digest", lambda: "changed")

    second = make.run_of(quarter)

    assert (second.number, second.same_as, second.inputs) == (2, None, first.inputs)
    assert second.digest != first.digest
    assert Score.objects.filter(run=first).count() == Score.objects.filter(run=second).count() == 1


def test_a_change_of_the_methodology_never_alters_a_published_score(place):
    quarter = make.period()
    make.approved(place, of=quarter)
    run = make.published_run(quarter)
    before = list(Score.objects.values_list("total", "rank", "band"))
    old = run.methodology

    new = services.draft_methodology(subject=old.subject, name={"ky": "Жаңы", "ru": "Новая"}, copy_of=old)
    jobs = Indicator.objects.get(category__methodology=new, measure__code="jobs")
    roads = Indicator.objects.get(category__methodology=new, measure__code="roads")
    services.write_indicator(category=jobs.category, indicator=jobs, weight=Decimal(15), most=Decimal(500))
    services.write_indicator(category=roads.category, indicator=roads, weight=Decimal(3))
    new.refresh_from_db()
    services.activate(methodology=new, on=dt.date(2022, 10, 1))

    assert list(Score.objects.values_list("total", "rank", "band")) == before
    assert services.reproduce(ScoreRun.objects.get(pk=run.pk))
    old.refresh_from_db()
    assert (old.status, old.valid.upper) == ("retired", dt.date(2022, 10, 1))
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Indicator.objects.filter(category__methodology=old).update(weight=1)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Score.objects.update(total=1)


def test_weights_that_do_not_sum_to_100_are_refused(place):
    active = Methodology.objects.get(subject="head_of_executive")
    new = services.draft_methodology(subject=active.subject, name={"ky": "Жаңы"}, copy_of=active)
    jobs = Indicator.objects.get(category__methodology=new, measure__code="jobs")
    services.write_indicator(category=jobs.category, indicator=jobs, weight=Decimal("10.001"))
    new.refresh_from_db()

    with pytest.raises(RuleBroken) as error:
        services.activate(methodology=new, on=dt.date(2023, 1, 1))

    assert error.value.violations[0].code == "kpi_methodology_weights"


def test_ranks_lie_within_peer_groups_and_below_the_gate_there_is_none(place):
    quarter = make.period()
    home = district()
    town = city(home)
    better = aimak(home, residents=11_000)
    poor = aimak(home, residents=10_500)
    make.approved(place, of=quarter)
    make.approved(better, of=quarter, jobs=60)
    make.approved(town, of=quarter, jobs=1)
    report = make.opened(poor, of=quarter)
    for code in make.FIGURES:
        row = make.value(report, code)
        if code in ("jobs", "roads", "projects"):
            services.enter_value(value=row, at=AT, **make.figures(make.FIGURES[code]))
        else:
            services.enter_value(value=row, at=AT, status="missing", note="маалымат жок")
    clerk, approver = UserFactory(), UserFactory()
    report = services.submit(report=report, by=clerk, at=AT)
    report = services.start_review(report=report, by=approver, at=AT)
    services.approve(report=report, by=approver, at=AT)

    run = make.run_of(quarter)

    found = {
        score.unit_id: (score.peer_group.code, score.rank, score.of)
        for score in Score.objects.filter(run=run)
    }
    assert found == {
        better.pk: ("aimaks_medium", 1, 2),
        place.pk: ("aimaks_medium", 2, 2),
        town.pk: ("cities", 1, 1),
        poor.pk: ("aimaks_medium", None, None),
    }


def test_a_run_is_not_published_once_a_report_has_changed(place):
    quarter = make.period()
    report = make.approved(place, of=quarter)
    run = make.run_of(quarter)
    services.record_finding(
        today=make.TODAY,
        value=make.value(report, "jobs"), verdict="corrected", number=Decimal(3), found_on=dt.date(2022, 11, 1),
        note="текшерүү актысы", by=UserFactory(),
    )  # fmt: skip

    with pytest.raises(StateConflict) as error:
        services.publish_run(run=run, by=UserFactory(), at=AT)

    assert error.value.violations[0].code == "inputs_changed"
    again = make.published_run(quarter)
    line = ScoreLine.objects.get(score__run=again, indicator__measure__code="jobs")
    assert (line.raw, line.corrected) == (3, True)
    assert make.value(report, "jobs").number == 24
    assert Report.objects.get(pk=report.pk).status == "published"
