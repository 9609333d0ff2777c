"""What the database itself refuses of the assessment, in plain SQL, without any of our Python: every rule once at least."""

import datetime as dt
import re
import uuid
from collections import defaultdict
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from accounts.tests.factories import UserFactory
from councils.tests.in_sql import change, copy, run
from councils.tests.refusals import refused
from kpi.errors import RULES
from kpi.models import (
    Band,
    Category,
    Evidence,
    Indicator,
    Measure,
    PeerGroup,
    PublishedValue,
    ScoreLine,
    Subject,
)
from kpi.tests import factories as make
from kpi.tests.world import AT, LATER, built
from lsg_portal.data import actor
from lsg_portal.data.postgresql.base import OtherMunicipality
from registry.services import check_now
from registry.tests.factories import district

pytestmark = pytest.mark.django_db
CASES = defaultdict(list)


def case(name, write):
    """Say that ``write`` does what the database refuses under this name."""
    CASES[name].append(write)


def rule(name):
    """The same of a function."""
    return lambda write: case(name, write)


@pytest.fixture(scope="module")
def world(shared_rows):
    """One of everything, found by all tests."""
    with shared_rows():
        yield built()


def without(table, what):
    """Take something off a table till the end of the test, to reach the rule behind it."""
    check_now()
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} {what}")


def in_force(w, **more):
    """Put the draft into force in SQL alone, after the version before it."""
    change(w.active, status="retired", valid="[2020-01-01,2025-01-01)")
    change(w.draft_methodology, status="active", valid="[2025-01-01,)", **more)


# --- methodologies ----------------------------------------------------------------------------------------------


case("kpi_measure_subject", lambda w: change(Measure.objects.get(code="jobs"), subject="x"))
case(
    "kpi_measure_number",
    lambda w: run("INSERT INTO kpi_measure (id, subject, code) VALUES (0, 'head_of_executive', 'x')"),
)
case("kpi_methodology_once", lambda w: copy(w.draft_methodology, number=1))
case("kpi_methodology_one_a_day", lambda w: copy(w.active, number=9))
case(
    "kpi_methodology_one_a_day", lambda w: change(w.draft_methodology, status="active", valid="[2025-01-01,)")
)
case("kpi_methodology_subject", lambda w: change(w.draft_methodology, subject="x"))
case("kpi_methodology_status", lambda w: change(w.draft_methodology, valid="[2030-01-01,)"))
case("kpi_methodology_status", lambda w: change(w.active, status="retired"))
case("kpi_methodology_gate", lambda w: change(w.draft_methodology, gate=101))
case("kpi_methodology_order", lambda w: change(w.active, status="draft", valid=None))
case("kpi_methodology_frozen", lambda w: change(w.active, gate=50))
case("kpi_methodology_frozen", lambda w: change(w.active, name_ru="Башка"))
case(
    "kpi_methodology_frozen",
    lambda w: change(Indicator.objects.filter(category__methodology=w.active).first(), weight=1),
)
case(
    "kpi_methodology_frozen",
    lambda w: change(w.indicator, category_id=Category.objects.filter(methodology=w.active).first().pk),
)
case("kpi_methodology_frozen", lambda w: change(Band.objects.filter(methodology=w.active).first(), least=33))
case(
    "kpi_methodology_frozen",
    lambda w: change(PeerGroup.objects.filter(methodology=w.active).first(), from_population=1),
)


@rule("kpi_methodology_weights")
def _(w):
    change(w.indicator, weight=1)
    in_force(w)


@rule("kpi_methodology_weights")
def _(w):
    change(w.active, status="retired", valid="[2020-01-01,2025-01-01)")
    copy(w.draft_methodology, number=9, status="active", valid="[2025-01-01,)")


@rule("kpi_methodology_bands")
def _(w):
    change(Band.objects.get(methodology=w.draft_methodology, least=0), least=1)
    in_force(w)


case("kpi_category_once", lambda w: copy(Category.objects.filter(methodology=w.draft_methodology).first()))
case("kpi_indicator_once", lambda w: copy(w.indicator))


@rule("kpi_indicator_once")
def _(w):
    other = Category.objects.filter(methodology=w.draft_methodology).exclude(pk=w.indicator.category_id)
    half = w.indicator.weight / 2
    change(w.indicator, weight=half)
    copy(w.indicator, category_id=other.first().pk, weight=half)
    in_force(w)


@rule("kpi_indicator_subject")
def _(w):
    change(w.indicator, measure_id=Measure.objects.filter(subject=Subject.EMPLOYEE).first().pk)
    in_force(w)


def of_indicator(name, **values):
    case(name, lambda w: change(w.indicator, **values))


of_indicator("kpi_indicator_direction", direction="x")
of_indicator("kpi_indicator_formula", formula="x")
of_indicator("kpi_indicator_aggregation", aggregation="x")
of_indicator("kpi_indicator_ratio_has_parts", aggregation="ratio_of_sums")
of_indicator("kpi_indicator_data_source", data_source="x")
of_indicator("kpi_indicator_missing_policy", missing_policy="x")
of_indicator("kpi_indicator_prefill", prefill="x")
of_indicator("kpi_indicator_thresholds", least=5, most=5)
of_indicator("kpi_indicator_thresholds", most="NaN")
of_indicator("kpi_indicator_bounds", lowest=5, highest=5)
of_indicator("kpi_indicator_bounds", highest=10**13)
of_indicator("kpi_indicator_weight", weight=0)
of_indicator("kpi_indicator_weight", weight=101)
of_indicator("kpi_indicator_warn", warn_percent=0)


def of_band(name, **values):
    case(name, lambda w: copy(Band.objects.get(methodology=w.draft_methodology, least=0), **values))


of_band("kpi_band_once", least=33)
of_band("kpi_band_one_from", code="x")
of_band("kpi_band_least", code="x", least=101)


case("kpi_peergroup_once", lambda w: copy(PeerGroup.objects.filter(methodology=w.draft_methodology).first()))
case(
    "kpi_peergroup_population",
    lambda w: change(
        PeerGroup.objects.filter(methodology=w.draft_methodology).first(),
        from_population=5,
        below_population=5,
    ),
)


# --- periods ----------------------------------------------------------------------------------------------------


case("kpi_period_days", lambda w: change(w.quarter, due=w.quarter.locks))
case("kpi_period_days", lambda w: change(w.quarter, opens=w.quarter.due + dt.timedelta(days=1)))
case("kpi_period_quarter", lambda w: change(w.quarter, code="2022Q4"))
case("kpi_period_quarter", lambda w: change(w.quarter, begins="2022-06-30"))
case("kpi_period_published", lambda w: change(w.quarter, published_on="2022-09-30"))
case("kpi_extension_reason", lambda w: copy(w.extension, reason=""))
case("kpi_extension_until", lambda w: copy(w.extension, until=w.quarter.due))
case("kpi_extension_stays", lambda w: change(w.extension, until="2024-01-01"))


# --- reports ----------------------------------------------------------------------------------------------------

FRESH = {
    "status": "draft",
    "submitted_at": None,
    "first_submitted_at": None,
    "approved_at": None,
    "published_at": None,
    "submitted_by_id": None,
    "approved_by_id": None,
    "reviewed_by_id": None,
}


case("kpi_report_revision_once", lambda w: copy(w.published, **FRESH))
case("kpi_report_employee_revision_once", lambda w: copy(w.own_published, **FRESH))


@rule("kpi_report_one_open")
def _(w):
    without("kpi_report", "DISABLE TRIGGER kpi_fits")
    copy(w.draft, revision=2, amends_id=w.draft.pk, amend_reason="x")


@rule("kpi_report_employee_one_open")
def _(w):
    without("kpi_report", "DISABLE TRIGGER kpi_fits")
    copy(w.own, revision=2, amends_id=w.own.pk, amend_reason="x")


case("kpi_report_one_published", lambda w: change(w.amendment, status="published", published_at=LATER))


@rule("kpi_report_status")
def _(w):
    without("kpi_report", "DISABLE TRIGGER kpi_keep")
    change(w.submitted, status="x")


case(
    "kpi_report_four_eyes",
    lambda w: change(
        w.in_review, status="approved", approved_at=LATER, approved_by_id=w.in_review.submitted_by_id
    ),
)
case("kpi_report_submitted", lambda w: change(w.filled, status="submitted"))
case(
    "kpi_report_submitted",
    lambda w: change(w.filled, status="submitted", submitted_at=AT, first_submitted_at=AT),
)
case("kpi_report_approved", lambda w: change(w.in_review, status="approved"))
case("kpi_report_published", lambda w: change(w.approved, status="published"))
case("kpi_report_published", lambda w: change(w.draft, published_at=AT))
case("kpi_report_amendment", lambda w: copy(w.published, **FRESH, revision=2))
case("kpi_report_amendment", lambda w: copy(w.published, **FRESH, revision=2, amends_id=w.published.pk))
case(
    "kpi_report_order",
    lambda w: change(w.filled, status="approved", approved_at=AT, approved_by_id=w.approved.approved_by_id),
)
case("kpi_report_order", lambda w: copy(w.published, unit_id=w.units["draft"].pk))
case("kpi_report_order", lambda w: change(w.published, status="draft", published_at=None))
case("kpi_report_frozen", lambda w: change(w.draft, unit_id=w.units["filled"].pk))
case("kpi_report_frozen", lambda w: change(w.draft, appointment_id=w.own.appointment_id))
case("kpi_report_frozen", lambda w: change(w.published, approved_by_id=UserFactory().pk))
case("kpi_report_frozen", lambda w: change(w.published, provenance="constructed"))
case("kpi_report_frozen", lambda w: change(w.submitted, first_submitted_at=LATER))
case("kpi_report_frozen", lambda w: change(w.published, published_at=LATER))
case("kpi_report_closed", lambda w: change(w.submitted, closed_by_id=uuid.uuid4()))
case("kpi_report_methodology", lambda w: copy(w.draft, methodology_id=w.employees.pk))
case("kpi_report_methodology", lambda w: copy(w.draft, methodology_id=w.draft_methodology.pk))
case("kpi_report_unit", lambda w: copy(w.draft, unit_id=w.home.pk))


@rule("kpi_report_within")
def _(w):
    change(w.quarter, within_id=district().pk)
    copy(w.draft)


case("kpi_report_appointment", lambda w: copy(w.own, appointment_id=w.head.pk))
case("kpi_report_appointment", lambda w: copy(w.own, unit_id=w.units["filled"].pk))
case("kpi_report_amends", lambda w: copy(w.draft, revision=2, amends_id=w.draft.pk, amend_reason="x"))
case("kpi_report_amends", lambda w: copy(w.draft, revision=2, amends_id=w.published.pk, amend_reason="x"))
HANDED_IN = {"status": "submitted", "submitted_at": AT, "first_submitted_at": AT}


case(
    "kpi_report_complete", lambda w: change(w.draft, **HANDED_IN, submitted_by_id=w.submitted.submitted_by_id)
)
case(
    "kpi_report_evidence",
    lambda w: change(w.unproven, **HANDED_IN, submitted_by_id=w.submitted.submitted_by_id),
)


@rule("kpi_report_evidence")
def _(w):
    change(Evidence.objects.get(value__report=w.filled), removed_at=AT)
    change(w.filled, **HANDED_IN, submitted_by_id=w.submitted.submitted_by_id)


case("kpi_report_returned", lambda w: change(w.in_review, status="returned"))
case("kpi_report_superseded", lambda w: change(w.published, status="superseded"))


# --- values -----------------------------------------------------------------------------------------------------


case("kpi_value_once", lambda w: copy(w.jobs))


@rule("kpi_value_status")
def _(w):
    without("kpi_value", "DROP CONSTRAINT kpi_value_complete")  # which knows these states too
    change(w.jobs, status="x", note="x")


case(
    "kpi_value_bounds",
    lambda w: change(make.value(w.draft, "budget_execution"), numerator=10**13, denominator=10**13),
)
case("kpi_value_complete", lambda w: change(w.jobs, status="normal"))
case("kpi_value_complete", lambda w: change(w.jobs, status="missing", note="x", number=1))
case("kpi_value_complete", lambda w: change(w.jobs, status="x", note="x"))
case("kpi_value_note", lambda w: change(w.jobs, status="missing"))
case("kpi_value_stays", lambda w: change(w.jobs, report_id=w.filled.pk))
case("kpi_value_indicator", lambda w: copy(w.jobs, indicator_id=w.indicator.pk))
case("kpi_value_formula", lambda w: change(w.jobs, numerator=1))
case("kpi_value_formula", lambda w: change(w.saved, number=1))
case("kpi_value_denominator", lambda w: change(w.saved, numerator=1, denominator=0))
case("kpi_value_range", lambda w: change(w.jobs, number=-1))
case("kpi_value_range", lambda w: change(w.jobs, number="NaN"))
case("kpi_value_whole", lambda w: change(w.jobs, number="1.5"))


def frozen(state):
    case("kpi_value_frozen", lambda w: change(make.value(getattr(w, state), "jobs"), number=1))
    case("kpi_value_frozen", lambda w: copy(make.value(getattr(w, state), "jobs"), number=1))
    case(
        "kpi_value_frozen",
        lambda w: change(Evidence.objects.get(value__report=getattr(w, state)), removed_at=LATER),
    )
    case("kpi_value_frozen", lambda w: copy(Evidence.objects.get(value__report=getattr(w, state))))


for each in ("submitted", "in_review", "approved", "published"):
    frozen(each)


# --- steps, returns, findings ---------------------------------------------------------------------------------------


case("kpi_step_action", lambda w: copy(w.step, action="x"))
case("kpi_step_stays", lambda w: change(w.step, at=LATER))
case("kpi_returnedvalue_once", lambda w: copy(w.reason))
case("kpi_returnedvalue_reason", lambda w: copy(w.reason, reason=""))
case("kpi_returnedvalue_stays", lambda w: change(w.reason, reason="x"))


def of_finding(name, code="jobs", **values):
    case(name, lambda w: copy(w.finding, value_id=make.value(w.approved, code).pk, **values))


PARTS = {"code": "budget_execution", "number": None}
of_finding("kpi_auditfinding_bounds", **PARTS, numerator=10**13, denominator=10**13)
of_finding("kpi_auditfinding_figures", verdict="confirmed")
of_finding("kpi_auditfinding_figures", number=None)
of_finding("kpi_auditfinding_figures", verdict="x")
of_finding("kpi_auditfinding_note", note="")
of_finding("kpi_auditfinding_future", found_on="2199-01-01")
of_finding("kpi_auditfinding_formula", numerator=1, denominator=1)
of_finding("kpi_auditfinding_denominator", **PARTS, numerator=1, denominator=0)
of_finding("kpi_auditfinding_range", number=-1)
of_finding("kpi_auditfinding_whole", number="1.5")


case("kpi_auditfinding_report", lambda w: copy(w.finding, value_id=make.value(w.in_review, "jobs").pk))
case("kpi_auditfinding_stays", lambda w: change(w.finding, number=4))


# --- runs and scores ----------------------------------------------------------------------------------------------

UNSEEN = {"current": False, "published_at": None}


case("kpi_scorerun_once", lambda w: copy(w.run, **UNSEEN, digest="x"))
case("kpi_scorerun_one_waiting", lambda w: copy(w.queued, number=99))
case("kpi_scorerun_same_inputs_once", lambda w: copy(w.run, **UNSEEN, number=99))
case("kpi_scorerun_one_current", lambda w: copy(w.run, number=99, digest="x"))
case("kpi_scorerun_status", lambda w: copy(w.run, **UNSEEN, number=99, digest=""))
case("kpi_scorerun_status", lambda w: change(w.queued, status="x"))
case("kpi_scorerun_published", lambda w: change(w.queued, current=True))
case("kpi_scorerun_frozen", lambda w: change(w.run, results="x"))
case("kpi_scorerun_frozen", lambda w: change(w.run, published_at=None, current=False))
case("kpi_score_once", lambda w: copy(w.score))
case("kpi_score_bounds", lambda w: copy(w.score, total=101))
case("kpi_score_ranked", lambda w: copy(w.score, total=None, rank=1))
case("kpi_score_frozen", lambda w: copy(w.score, report_id=w.draft.pk))
case(
    "kpi_score_frozen",
    lambda w: run(
        "INSERT INTO kpi_scoreline (score_id, indicator_id, weight, status, corrected)"
        " VALUES (%s, %s, 1, 'counted', false)",
        w.score.pk,
        w.indicator.pk,
    ),
)
case("kpi_score_stays", lambda w: change(w.score, rank=2))


@rule("kpi_scoreline_stays")
def _(w):
    assert ScoreLine.objects.filter(score=w.score).exists()
    run("UPDATE kpi_scoreline SET weight = 1 WHERE score_id = %s", w.score.pk)


@rule("kpi_publishedvalue_status")
def _(w):
    assert PublishedValue.objects.filter(unit=w.units["published"]).exists()
    run("UPDATE kpi_publishedvalue SET status = 'z' WHERE unit_id = %s", w.units["published"].pk)


case(
    "kpi_publishedvalue_bounds",
    lambda w: run("UPDATE kpi_publishedvalue SET value = 'NaN' WHERE unit_id = %s", w.units["published"].pk),
)
case(
    "kpi_publishedvalue_bounds",
    lambda w: run(
        "UPDATE kpi_publishedvalue SET numerator = 1e13 WHERE unit_id = %s", w.units["published"].pk
    ),
)


# --- municipalities ---------------------------------------------------------------------------------------------

GUARDED = {
    "kpi_report": lambda w: change(w.draft, source="x"),
    "kpi_extension": lambda w: copy(w.extension),
    "kpi_value": lambda w: change(w.jobs, note="x"),
    "kpi_step": lambda w: copy(w.step),
    "kpi_evidence": lambda w: change(Evidence.objects.get(value__report=w.filled), removed_at=AT),
    "kpi_returnedvalue": lambda w: copy(w.reason, value_id=make.value(w.returned, "roads").pk),
    "kpi_auditfinding": lambda w: copy(w.finding),
}


@pytest.mark.parametrize("table", GUARDED)
def test_the_staff_of_a_municipality_write_nothing_of_anothers_report(world, table):
    with actor.acting("user:7", unit=str(world.units["published"].pk)), pytest.raises(OtherMunicipality):
        GUARDED[table](world)


@pytest.mark.parametrize(("table", "name"), [("kpi_value", "draft"), ("kpi_evidence", "filled")])
def test_and_write_their_own(world, table, name):
    with actor.acting("user:7", unit=str(world.units[name].pk)):
        GUARDED[table](world)


# --- all of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "write"),
    [
        pytest.param(name, write, id=f"{name}-{place}")
        for name, writes in CASES.items()
        for place, write in enumerate(writes, start=1)
    ],
)
def test_the_database_refuses(world, name, write):
    with refused(name):
        write(world)


BY_THE_SERVICE = {
    "kpi_measure_code": "how a code is spelt is the field's to say; the column bounds its length",
    "kpi_measure_once": "the column is unique under a name that Django gave it, as the next test sees",
}
"""Rules that the database holds under no name of theirs, and why."""


def test_every_rule_with_a_sentence_has_a_refusal_here():
    assert set(CASES) | set(BY_THE_SERVICE) == set(RULES)
    assert not set(CASES) & set(BY_THE_SERVICE)


def test_a_code_is_of_one_measure(world):
    with pytest.raises(IntegrityError, match="kpi_measure_code"):
        run("INSERT INTO kpi_measure (id, subject, code) VALUES (99, 'head_of_executive', 'jobs')")


def test_every_rule_that_the_database_holds_has_a_sentence():
    named = {
        constraint.name % {"app_label": "kpi", "class": model._meta.model_name}
        for model in apps.get_app_config("kpi").get_models()
        for constraint in model._meta.constraints
    }
    written = "".join(path.read_text() for path in (Path(__file__).parents[1] / "migrations").glob("0*.py"))
    named |= set(re.findall(r"registry_refuse\('(kpi_\w+)'", written))
    named |= {f"{table}_stays" for table in re.findall(r"kpi_stays BEFORE UPDATE ON (\w+)", written)}
    endings = re.findall(r"registry_refuse\(tab \|\| '(\w+)'", written)
    named |= {f"kpi_{table}{ending}" for table in ("value", "auditfinding") for ending in endings}

    assert len(named) > 80
    assert named <= set(RULES)
