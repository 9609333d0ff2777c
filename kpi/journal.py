"""What the journal tells of KPI: of each report, methodology and reporting period, with all that belongs to it.

Work on a report is read by whoever reads it before it is published; others see what happened since. An employee's
report has a history for those alone who read it, and in the whole journal its entries need ``audit.view_private``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import visibility
from audit.visibility import Part, Subject
from ayil_okmotu.models import PostKind
from kpi import checking, rules, wording
from kpi.models import Methodology, MethodologyStatus, Period, Prefill, Report, ScoreRun, Step, Value
from lsg_portal.web import display
from registry import sources
from registry.journal import of
from registry.models import UnitKind

VALUES = "(SELECT id FROM kpi_value WHERE report_id = %(key)s::uuid)"
CATEGORIES = "(SELECT id FROM kpi_category WHERE methodology_id = %(key)s::uuid)"
PUBLICATION = """
    SELECT at, request, transaction FROM audit_entry WHERE table_name = 'kpi_report' AND key = %(key)s::text
       AND after->>'status' = 'published' ORDER BY id LIMIT 1"""
ACTIVATION = """
    SELECT at, request, transaction FROM audit_entry WHERE table_name = 'kpi_methodology' AND key = %(key)s::text
       AND after->>'status' <> 'draft' ORDER BY id LIMIT 1"""

OF_VALUE = """SELECT FROM {table} x JOIN kpi_value v ON v.id = x.value_id JOIN kpi_report r ON r.id = v.report_id
               WHERE x.id = e.key::uuid AND r.appointment_id IS NOT NULL"""
OF_REPORT = """SELECT FROM {table} x JOIN kpi_report r ON r.id = x.report_id
                WHERE x.id = e.key::uuid AND r.appointment_id IS NOT NULL"""
EMPLOYEES = {
    "kpi_report": "SELECT FROM kpi_report r WHERE r.id = e.key::uuid AND r.appointment_id IS NOT NULL",
    "kpi_value": OF_REPORT,
    "kpi_step": OF_REPORT,
    "kpi_evidence": OF_VALUE,
    "kpi_returnedvalue": OF_VALUE,
    "kpi_auditfinding": OF_VALUE,
}
"""The rows of these tables, by the entry ``e``, that are of employees' reports."""


def _report(key: uuid.UUID) -> Report | None:
    return Report.objects.select_related("appointment").filter(pk=key).first()


def _sees_report(user: Any, key: uuid.UUID) -> bool:
    found = _report(key)
    return found is not None and bool(rules.reads_report(user, found))


def _withholds_report(user: Any, key: uuid.UUID) -> bool:
    """Whether what happened to a report before its publication is kept from a user."""
    found = _report(key)
    if found is None or found.appointment_id is not None:
        return found is None  # who reads an employee's report reads all of it
    seen = rules.sight(user)
    return not (seen.everything or found.unit_id in seen.units)


def _sees_methodology(user: Any, key: uuid.UUID) -> bool:
    found = Methodology.objects.filter(pk=key).first()
    return found is not None and (
        found.status != MethodologyStatus.DRAFT or not _withholds_methodology(user, key)
    )


def _withholds_methodology(user: Any, _key: uuid.UUID) -> bool:
    """Whether the work on a methodology while it was a draft is kept from a user."""
    return user is None or not user.has_perm("kpi.read_unpublished")


def declare() -> None:
    """Declare the records of KPI that have a history."""
    visibility.subject(
        Subject(
            "kpi-report",
            gettext_lazy("KPI report"),
            "kpi_report",
            may_see=_sees_report,
            route="kpi-report",
            withheld=_withholds_report,
            published=PUBLICATION,
            parts=(
                of("kpi_value", "report_id"),
                of("kpi_step", "report_id"),
                of("kpi_evidence", "value_id", f"IN {VALUES}"),
                of("kpi_returnedvalue", "value_id", f"IN {VALUES}"),
                of("kpi_auditfinding", "value_id", f"IN {VALUES}"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "kpi-methodology",
            gettext_lazy("methodology"),
            "kpi_methodology",
            may_see=_sees_methodology,
            route="kpi-methodology",
            withheld=_withholds_methodology,
            published=ACTIVATION,
            parts=(
                of("kpi_category", "methodology_id"),
                of("kpi_indicator", "category_id", f"IN {CATEGORIES}"),
                of("kpi_band", "methodology_id"),
                of("kpi_peergroup", "methodology_id"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "kpi-period",
            gettext_lazy("reporting period"),
            "kpi_period",
            may_see=lambda user, key: Period.objects.filter(pk=key).exists(),
            parts=(
                of("kpi_extension", "period_id"),
                Part(
                    "kpi_scorerun",
                    "SELECT id::text FROM kpi_scorerun"
                    " WHERE period_id = %(key)s::uuid AND published_at IS NOT NULL",
                ),
            ),
        )
    )
    _tables()
    for table, load in {
        "kpi_report": _reports,
        "kpi_value": _values,
        "kpi_step": _steps,
        "kpi_period": _periods,
        "kpi_methodology": _methodologies,
        "kpi_scorerun": _runs,
    }.items():
        visibility.names(table, load)


def _tables() -> None:
    written = {"source": sources.in_words}
    figures = dict.fromkeys(("number", "numerator", "denominator"), _figure)
    told: dict[str, dict[str, Any]] = {
        "methodology": {"identity": ("subject", "number"), "write": {"gate": _figure}},
        "category": {},
        "indicator": {"write": dict.fromkeys(("least", "most", "weight", "lowest", "highest"), _figure)},
        "band": {"write": {"least": _figure}},
        "peergroup": {"write": {"unit_kinds": _unit_kinds, "post_kinds": _post_kinds}},
        "period": {"identity": ("code",), "hidden": ("number",)},
        "extension": {"identity": ("unit_id", "until"), "persons": ("given_by_id",)},
        "report": {
            "identity": ("period_id", "unit_id", "revision"),
            "persons": ("opened_by_id", "submitted_by_id", "reviewed_by_id", "approved_by_id"),
            "labels": {"closed_by_id": gettext_lazy("closed by change")},
        },
        "value": {"identity": ("indicator_id",), "write": {"known": _known, **figures}},
        "evidence": {
            "identity": ("name",),
            "persons": ("added_by_id",),
            "hidden": ("sha256", "file", "media_type"),
        },
        "step": {"identity": ("action",), "persons": ("by_id",)},
        "returnedvalue": {"identity": ("value_id",), "hidden": ("value_version",)},
        "auditfinding": {"identity": ("value_id", "found_on"), "persons": ("by_id",), "write": figures},
        "scorerun": {
            "identity": ("number",),
            "persons": ("requested_by_id", "published_by_id"),
            "hidden": ("inputs", "code"),
        },
    }
    for table, how in told.items():
        name = f"kpi_{table}"
        private = EMPLOYEES.get(name, "").format(table=name)
        visibility.table(name, **{**how, "write": {**written, **how.get("write", {})}}, private=private)


def _codes(labels: Iterable[tuple[str, Any]], values: list[str]) -> str:
    known = dict(labels)
    return ", ".join(str(known.get(value, value)) for value in values)


def _unit_kinds(values: list[str]) -> str:
    return _codes(UnitKind.choices, values)


def _post_kinds(values: list[str]) -> str:
    return _codes(PostKind.choices, values)


def _figure(value: Any) -> str:
    """Write a figure without the zeros that its column adds."""
    return checking.written(Decimal(value))


def _known(value: dict[str, Any]) -> str:
    """Write what the register knew when the report was opened: what it is, and its figures."""
    figures = [_figure(value[name]) for name in ("number", "numerator", "denominator") if name in value]
    what = dict(Prefill.choices).get(value.get("what", ""), "")
    return ": ".join(part for part in (str(what), " ÷ ".join(figures)) if part)


# --- what things are called -----------------------------------------------------------------------------------


def _reports(keys: list[str]) -> visibility.Names:
    """Name a report after its period and municipality; an employee's one does not say whose it is."""
    found = list(Report.objects.filter(pk__in=keys).select_related("period"))
    units = visibility.names_of("registry_unit", {str(report.unit_id) for report in found})
    named: dict[str, list[tuple[dt.date, str]]] = {}
    for report in found:
        known = units.get(str(report.unit_id), "")
        former = [(dt.date.min, known)] if isinstance(known, str) else known
        quarter = wording.quarter(report.period.number)
        named[str(report.pk)] = [
            (day, f"{unit}, {quarter}, {report.revision}" if unit else quarter) for day, unit in former
        ]
    return named


def _values(keys: list[str]) -> visibility.Names:
    found = Value.objects.filter(pk__in=keys).select_related("indicator")
    return {str(value.pk): display.name(value.indicator) for value in found}


def _steps(keys: list[str]) -> visibility.Names:
    return {
        str(step.pk): f"{wording.step(step.action)}, {display.moment(step.at)}"
        for step in Step.objects.filter(pk__in=keys)
    }


def _periods(keys: list[str]) -> visibility.Names:
    return {str(period.pk): wording.quarter(period.number) for period in Period.objects.filter(pk__in=keys)}


def _methodologies(keys: list[str]) -> visibility.Names:
    return {
        str(row.pk): _("%(name)s, version %(number)s") % {"name": display.name(row), "number": row.number}
        for row in Methodology.objects.filter(pk__in=keys)
    }


def _runs(keys: list[str]) -> visibility.Names:
    return {str(run.pk): str(run.number) for run in ScoreRun.objects.filter(pk__in=keys)}
