"""What quarters, states, figures and results of KPI are called on pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from delegation import wording as delegated
from kpi import scoring
from kpi.checking import written
from kpi.models import (
    Aggregation,
    DataSource,
    Direction,
    Formula,
    MethodologyStatus,
    MissingPolicy,
    PeriodStatus,
    Prefill,
    ReportStatus,
    ScoreLine,
    Step,
    Subject,
    ValueStatus,
)
from lsg_portal.web import display
from registry import titles

TONES = {
    ReportStatus.DRAFT: "",
    ReportStatus.SUBMITTED: "accent",
    ReportStatus.IN_REVIEW: "accent",
    ReportStatus.RETURNED: "warning",
    ReportStatus.APPROVED: "good",
    ReportStatus.PUBLISHED: "good",
    ReportStatus.SUPERSEDED: "",
}
PUBLISHED_STATUS = {"n": "normal", "e": "estimated", "m": "missing", "x": "not_applicable"}
"""The states of the read model that a value of a report has too."""


def _label(choices: Any, value: str) -> str:
    return str(dict(choices.choices).get(value, value))


def quarter(number: int) -> str:
    """Return a period by its number as it is written: «2-квартал, 2026»."""
    return delegated.quarter(number // 4, number % 4 + 1)


def period(code: str) -> str:
    """Return a period by its code, 2026Q3, as it is written."""
    year, _letter, number = code.partition("Q")
    return delegated.quarter(int(year), int(number))


def period_status(value: str) -> str:
    """Return what the state of a period is called."""
    return _label(PeriodStatus, value)


def subject(value: str) -> str:
    """Return what a subject of assessment is called."""
    return _label(Subject, value)


def methodology_status(value: str) -> str:
    """Return what the state of a methodology is called."""
    return _label(MethodologyStatus, value)


def report_status(value: str) -> str:
    """Return what the state of a report is called."""
    return _label(ReportStatus, value)


def value_status(value: str) -> str:
    """Return what the state of a value is called; nothing entered yet has words of its own."""
    return _label(ValueStatus, value) if value else _("not filled in")


def published_status(value: str) -> str:
    """Return what the state of a published value is called."""
    return {"c": _("corrected by an audit"), "i": _("imported")}.get(value) or value_status(
        PUBLISHED_STATUS[value]
    )


def line_status(value: str) -> str:
    """Return how an indicator counts in a score."""
    return _label(ScoreLine.Status, value)


def step(value: str) -> str:
    """Return what a step of a report is called."""
    return _label(Step.Action, value)


def direction(value: str) -> str:
    """Return which end of the thresholds is the good one."""
    return _label(Direction, value)


def formula(value: str) -> str:
    """Return how a figure comes about."""
    return _label(Formula, value)


def aggregation(value: str) -> str:
    """Return how figures of merged municipalities make one."""
    return _label(Aggregation, value)


def data_source(value: str) -> str:
    """Return where a figure comes from."""
    return _label(DataSource, value)


def missing_policy(value: str) -> str:
    """Return what a missing figure does to the total."""
    return _label(MissingPolicy, value)


def prefill(value: str) -> str:
    """Return what the register knows already."""
    return _label(Prefill, value) if value else ""


def indicator(row: Any) -> str:
    """Return an indicator with its unit of measure: «Repaired roads, km»."""
    name, unit = titles.capital(display.name(row)), display.name(row, "unit_of_measure")
    return f"{name}, {unit}" if unit else name


def exact(number: float | None) -> Decimal | None:
    """Return a figure of the read model as the decimal that it was written from."""
    return None if number is None else Decimal(repr(number))


def figure(number: Decimal | float | None) -> str:
    """Write an assessed figure for people: two decimals at most, none where they would be zeros."""
    found = number if isinstance(number, Decimal) else exact(number)
    return written(scoring.said(found))


def run_error(error: str) -> str:
    """Say why a run failed; empty where it did not."""
    code, _colon, number = error.partition(":")
    if code == "given_up":
        return _("It was given up; attempts: %(number)s. Ask for another run.") % {"number": number}
    if code == "results_differ":
        said = _(
            "Its results differ from those of run %(number)s, which had the same inputs."
            " Leave the database as it is and tell whoever maintains the portal."
        )
        return said % {"number": number}
    return error
