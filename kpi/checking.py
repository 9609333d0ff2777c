"""What stands in the way of a report: errors, which nobody passes, and warnings, which a note answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kpi import scoring
from kpi.errors import RULES, Violation
from kpi.models import Indicator, Report, ReportStatus, Value, ValueStatus
from lsg_portal.web import display

LONGEST_NOTE = 1000
WITH_FIGURE = (ValueStatus.NORMAL, ValueStatus.ESTIMATED)


@dataclass(frozen=True)
class Warning:  # noqa: A001
    """Something odd about a value: a code, a sentence, and whether the value's note answers it."""

    code: str
    sentence: str
    answered: bool


def figure(value: Value | None) -> Decimal | None:
    """Return the assessed figure of a value, None where there is none."""
    if value is None or value.status not in WITH_FIGURE:
        return None
    return scoring.figure(value.indicator.formula, value.number, value.numerator, value.denominator)


def written(number: Decimal | None) -> str:
    """Write a figure without the zeros that its column adds, six decimals at most."""
    if number is None:
        return display.number(None)
    kept = number.quantize(Decimal("0.000001")).normalize()
    return display.number(kept, max(0, -int(kept.as_tuple().exponent)))


def fault(indicator: Indicator, value: Value) -> Violation | None:
    """Return the error of what is entered, or None; the rules are those of the database."""
    rule = ""
    parts = value.numerator is not None or value.denominator is not None
    if (indicator.has_parts and value.number is not None) or (not indicator.has_parts and parts):
        rule = "kpi_value_formula"
    elif any(
        abs(part) > 10**12 for part in (value.number, value.numerator, value.denominator) if part is not None
    ):
        rule = "kpi_value_bounds"
    elif value.denominator is not None and value.denominator <= 0:
        rule = "kpi_value_denominator"
    elif indicator.whole and value.number is not None and value.number != value.number.to_integral_value():
        rule = "kpi_value_whole"
    elif value.status in ("missing", "not_applicable") and (value.number is not None or parts):
        rule = "kpi_value_complete"
    elif value.status not in ("", "normal") and not value.note:
        rule = "kpi_value_note"
    else:
        found = scoring.figure(indicator.formula, value.number, value.numerator, value.denominator)
        if found is None and value.status in WITH_FIGURE:
            rule = "kpi_value_complete"
        elif found is not None and not indicator.lowest <= found <= indicator.highest:
            sentence = _("The figure is %(figure)s; possible are %(lowest)s to %(highest)s.") % {
                "figure": written(found),
                "lowest": written(indicator.lowest),
                "highest": written(indicator.highest),
            }
            return Violation("kpi_value_range", sentence, f"/values/{indicator.measure.code}")
    return Violation(rule, RULES[rule], f"/values/{indicator.measure.code}") if rule else None


def warnings(value: Value, last: Value | None) -> list[Warning]:
    """Return what is odd about a value: against the quarter before, and against what the register knows."""
    found: list[Warning] = []
    now, then = figure(value), figure(last)
    answered = bool(value.note)
    limit = value.indicator.warn_percent
    if now is not None and then is not None and limit is not None:
        change = abs(now - then) * 100
        if change > abs(then) * limit and now != then:
            found.append(
                Warning(
                    "changed",
                    _(
                        "%(now)s after %(then)s in the quarter before: a change of more than %(limit)s per cent."
                    )
                    % {"now": written(now), "then": written(then), "limit": limit},
                    answered,
                )
            )
    known = value.known
    if known and known.get("filled", True) and value.status in WITH_FIGURE:
        parts = [(getattr(value, name), known.get(name)) for name in ("number", "numerator", "denominator")]
        if any(offered is not None and entered != Decimal(offered) for entered, offered in parts):
            found.append(
                Warning(
                    "differs",
                    _("The register knows another figure: say in a note why yours differs."),
                    answered,
                )
            )
    return found


def last_values(report: Report) -> dict[int, Value]:
    """Return the values, by measure, of the same subject's counting report of the quarter before."""
    same = {"appointment": report.appointment} if report.appointment_id else {"appointment": None}
    former = (
        Report.objects.filter(unit=report.unit_id, period__number=report.period.number - 1, **same)
        .filter(status__in=[ReportStatus.APPROVED, ReportStatus.PUBLISHED])
        .order_by("-revision")
        .first()
    )
    if former is None:
        return {}
    values = Value.objects.filter(report=former).select_related("indicator__measure")
    return {value.indicator.measure_id: value for value in values}


def in_the_way(report: Report, values: Iterable[Value], last: dict[int, Value]) -> list[Violation]:
    """Return everything that stands in the way of submitting, each with the pointer of its value."""
    found: list[Violation] = []
    for value in values:
        code = value.indicator.measure.code
        pointer = f"/values/{code}"
        if value.status == "":
            half = value.numerator is not None or value.denominator is not None
            said = (
                _("Only one half of “%(name)s” is filled in.") if half else _("“%(name)s” is not filled in.")
            )
            found.append(Violation("empty", said % {"name": value.indicator.name}, pointer))
            continue
        if broken := fault(value.indicator, value):
            found.append(broken)
            continue
        for warning in warnings(value, last.get(value.indicator.measure_id)):
            if not warning.answered:
                found.append(Violation("needs_note", warning.sentence, pointer))
        if value.indicator.evidence_required and value.status in WITH_FIGURE and not _proved(value):
            found.append(Violation("kpi_report_evidence", RULES["kpi_report_evidence"], pointer))
    return found


def _proved(value: Value) -> bool:
    return any(file.removed_at is None for file in value.evidence.all())
