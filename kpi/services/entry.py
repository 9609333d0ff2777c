"""Entry of a report: opened with what the register knows, filled in value by value, with its files.

Who may enter is ``kpi.rules``'s to say; here is what it needs. Days and moments are given.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from ayil_okmotu.models import Appointment
from kpi import checking, knowledge
from kpi.errors import FIGURE_AND_NONE, RULES, RuleBroken, Stale, Violation, conflict, refuse, told
from kpi.models import (
    EDITABLE,
    WITHOUT_FIGURE,
    Evidence,
    Indicator,
    Methodology,
    Period,
    Report,
    Step,
    Subject,
    Value,
    ValueStatus,
)
from kpi.services.locking import hold
from kpi.services.periods import last_day
from registry.models import Provenance, Unit
from registry.names import clean


class _Unset:
    """What is not given at all, as "nothing" is an answer."""


UNSET: Final = _Unset()
Amount = Decimal | None | _Unset


def step(report: Report, action: str, by: User | None, at: dt.datetime, reason: str = "") -> Step:
    """Record a step of a report's life."""
    return Step.objects.create(
        report=report, action=action, by=by, at=at, reason=reason, provenance=report.provenance
    )


@transaction.atomic
def open_report(
    *,
    period: Period,
    unit: Unit,
    by: User | None,
    at: dt.datetime,
    appointment: Appointment | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Report:
    """Return the report of an office, or of an employee, for a period: the latest revision, or a new draft.

    A new one has a value for every indicator of the methodology in force on the period's last day, with what the
    register already knows. Raises RuleBroken where no municipality, post or methodology owes it, StateConflict before
    the period opens or after it has locked.
    """
    hold(period.pk, appointment.pk if appointment else unit.pk)
    found = _latest(period, unit, appointment)
    if found is not None:
        return found
    day = timezone.localdate(at)
    if day < period.opens:
        conflict("period_not_open", _("The period has not opened yet."))
    if day > last_day(period, unit.pk):
        conflict("period_locked", _("The period has locked; ask the ministry for an extension."))
    subject = Subject.EMPLOYEE if appointment else Subject.HEAD
    methodology = Methodology.objects.on(period.last_day).filter(subject=subject).first()
    if methodology is None:
        refuse("kpi_report_methodology", pointer="/period")
    with told():
        report = Report.objects.create(
            period=period,
            methodology=methodology,
            unit=unit,
            appointment=appointment,
            opened_by=by,
            provenance=provenance,
            source=source,
        )
        Value.objects.bulk_create(_first_values(report, period, unit, appointment))
    step(report, Step.Action.OPEN, by, at)
    return report


def _latest(period: Period, unit: Unit, appointment: Appointment | None) -> Report | None:
    same = {"appointment": appointment} if appointment else {"unit": unit, "appointment": None}
    return Report.objects.filter(period=period, **same).order_by("-revision").first()


def indicators_of(methodology: Methodology) -> list[Indicator]:
    """Return the indicators of a methodology in their order."""
    return list(
        Indicator.objects.present()
        .filter(category__methodology=methodology, category__removed_at=None)
        .select_related("category", "measure")
        .order_by("category__order", "order", "id")
    )


def _first_values(report: Report, period: Period, unit: Unit, appointment: Appointment | None) -> list[Value]:
    values = []
    for indicator in indicators_of(report.methodology):
        known = (
            knowledge.known(indicator.prefill, unit=unit, period=period, appointment=appointment)
            if indicator.prefill
            else None
        )
        value = Value(report=report, indicator=indicator, known=known, provenance=report.provenance)
        if known is not None and known.get("filled", True):
            for name in ("number", "numerator", "denominator"):
                setattr(value, name, Decimal(known[name]) if name in known else None)
            value.status, value.origin = ValueStatus.NORMAL, Value.Origin.REGISTER
            if checking.fault(indicator, value):  # what cannot be right is shown, not entered
                value.number = value.numerator = value.denominator = None
                value.status, value.origin = "", Value.Origin.ENTERED
        values.append(value)
    return values


def may_enter(report: Report, day: dt.date) -> bool:
    """Whether the days allow values of this report to change."""
    if report.revision > 1:
        return True  # an amendment is opened for a reason, whenever it is needed
    if report.correct_by and day <= report.correct_by:
        return True  # also where it was submitted again meanwhile, and taken back
    return report.period.opens <= day <= last_day(report.period, report.unit_id)


def in_entry(report: Report, at: dt.datetime) -> None:
    """Raise StateConflict unless values of the report may change at this moment."""
    if report.closed_by_id is not None:
        conflict("kpi_report_closed", RULES["kpi_report_closed"])
    if report.status not in EDITABLE:
        conflict("not_in_entry", _("Values change while a report is entered or returned, and not after."))
    if not may_enter(report, timezone.localdate(at)):
        conflict("period_locked", _("The period has locked; ask the ministry for an extension."))


@transaction.atomic
def enter_value(
    *,
    value: Value,
    at: dt.datetime,
    status: str | _Unset = UNSET,
    number: Amount = UNSET,
    numerator: Amount = UNSET,
    denominator: Amount = UNSET,
    note: str | _Unset = UNSET,
    origin: str = Value.Origin.ENTERED,
    expected_version: int | None = None,
) -> Value:
    """Write a value; what is not given stays. Raises Stale where somebody else has written it meanwhile.

    Without ``status`` a complete figure is ``normal`` (or stays ``estimated``), an incomplete one is not filled in; a
    status without a figure empties the figure, and none may be given with it. Errors are refused with their rule, half a
    ratio is kept as it is.
    """
    report = Report.objects.select_for_update(of=("self",)).select_related("period").get(pk=value.report_id)
    in_entry(report, at)
    row = Value.objects.select_for_update(of=("self",)).select_related("indicator__measure").get(pk=value.pk)
    before = _said(row)
    if expected_version is not None and row.version != expected_version:
        raise Stale(
            Violation("stale", _("Somebody else has changed this value since you opened it."), _pointer(row))
        )
    given = {"number": number, "numerator": numerator, "denominator": denominator}
    if status in WITHOUT_FIGURE and any(isinstance(amount, Decimal) for amount in given.values()):
        refuse("figure_and_none", FIGURE_AND_NONE, _pointer(row))
    for name, amount in given.items():
        if not isinstance(amount, _Unset):
            setattr(row, name, amount)
    if not isinstance(note, _Unset):
        row.note = clean(note)
        if len(row.note) > checking.LONGEST_NOTE:
            refuse(
                "too_long", _("At most %(most)s characters.") % {"most": checking.LONGEST_NOTE}, _pointer(row)
            )
    _settle_status(row, status)
    row.origin = origin
    if broken := checking.fault(row.indicator, row):
        raise RuleBroken(broken)
    if _said(row) == before:
        return row
    row.version += 1
    with told():
        row.save()
    return row


def _said(row: Value) -> tuple[object, ...]:
    """What a value says: who writes the same again writes nothing."""
    return (row.number, row.numerator, row.denominator, row.status, row.note, row.origin)


def _settle_status(row: Value, status: str | _Unset) -> None:
    complete = row.number is not None or (row.numerator is not None and row.denominator is not None)
    if isinstance(status, _Unset):
        if complete:
            row.status = ValueStatus.ESTIMATED if row.status == ValueStatus.ESTIMATED else ValueStatus.NORMAL
        else:
            row.status = row.status if row.status in WITHOUT_FIGURE else ""
        return
    if status not in ("", *ValueStatus.values):
        refuse("kpi_value_status", pointer=_pointer(row))
    row.status = status
    if status in WITHOUT_FIGURE:
        row.number = row.numerator = row.denominator = None
    elif not complete:
        row.status = ""
    elif status == "":
        row.status = ValueStatus.NORMAL


def _pointer(row: Value) -> str:
    return f"/values/{row.indicator.measure.code}"


@transaction.atomic
def attach_evidence(
    *,
    value: Value,
    file: Any,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    by: User | None,
    at: dt.datetime,
) -> Evidence:
    """Attach a file that has been looked into (``kpi.evidence.inspect``); the same file twice is one."""
    report = Report.objects.select_for_update(of=("self",)).select_related("period").get(pk=value.report_id)
    in_entry(report, at)
    same = Evidence.objects.present().filter(value=value, sha256=sha256).first()
    if same is not None:
        return same
    if Evidence.objects.present().filter(value=value).count() >= 10:
        refuse("too_many_files", _("At most %(most)s files to a value.") % {"most": 10}, "/file")
    with told():
        return Evidence.objects.create(
            value=value, file=file, name=name, media_type=media_type, size=size, sha256=sha256, added_by=by
        )


@transaction.atomic
def remove_evidence(*, evidence: Evidence, at: dt.datetime) -> Evidence:
    """Take a file back while the report is entered; the record stays."""
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("period")
        .get(pk=evidence.value.report_id)
    )
    in_entry(report, at)
    row = Evidence.objects.select_for_update().get(pk=evidence.pk)
    row.removed_at = row.removed_at or at
    with told():
        row.save(update_fields=["removed_at"])
    return row


def values_of(report: Report) -> list[Value]:
    """Return the values of a report in the order of its methodology, with their evidence."""
    return list(
        Value.objects.filter(report=report)
        .select_related("indicator__measure", "indicator__category")
        .prefetch_related("evidence")
        .order_by("indicator__category__order", "indicator__order", "indicator_id")
    )
