"""Rankings: how far weights decide them, and what would move a score into the next band."""

import uuid
from decimal import Decimal

import pytest

from kpi import ranking, scoring, services
from kpi.models import Score
from kpi.tests import factories as make
from registry.tests.factories import aimak, district


def test_a_place_that_rests_on_one_weight_swings_with_it():
    a, b = uuid.uuid4(), uuid.uuid4()
    lines = {
        a: {"x": (Decimal(50), Decimal(80)), "y": (Decimal(50), Decimal(41))},
        b: {"x": (Decimal(50), Decimal(60)), "y": (Decimal(50), Decimal(60))},
    }

    assert ranking.swings(lines) == {a: (1, 2), b: (1, 2)}


def test_a_clear_lead_does_not_swing():
    a, b = uuid.uuid4(), uuid.uuid4()
    lines = {a: {"x": (Decimal(50), Decimal(90))}, b: {"x": (Decimal(50), Decimal(10))}}

    assert ranking.swings(lines) == {a: (1, 1), b: (2, 2)}


@pytest.mark.django_db
def test_the_figure_that_is_named_does_move_the_score_one_band(django_assert_num_queries):
    make.methodology()
    home = district()
    quarter = make.period()
    report = make.approved(aimak(home, residents=12_000), of=quarter, jobs=5)
    make.approved(aimak(home, residents=12_000), of=quarter, jobs=50)
    run = make.run_of(quarter)
    score = Score.objects.get(report=report, run=run)

    with django_assert_num_queries(2):
        rows = ranking.table(run.pk)
    with django_assert_num_queries(3):
        told = ranking.explain(score.pk)

    assert [row["rank"] for row in rows] == [1, 2]
    assert told["gap"] == told["next_band"]["least"] - score.total > 0
    movable = [line for line in told["lines"] if line["to_next"] is not None]
    assert movable
    line = next(line for line in movable if line["formula"] == "number")
    amendment = services.amend(report=report, reason="ката", by=None, at=make.Q3_ENTRY)
    rules = {i.measure.code: i for i in services.indicators_of(report.methodology)}
    entries = {
        value.indicator.measure.code: scoring.Entry(
            value.status, value.number, value.numerator, value.denominator
        )
        for value in services.values_of(amendment)
    }
    entries[line["code"]] = scoring.Entry("normal", number=line["to_next"])
    from kpi.services.runs import rule_of

    again = scoring.score({code: rule_of(i) for code, i in rules.items()}, entries)
    assert scoring.said(again.total) == told["next_band"]["least"]
