"""Reads for my work and for entering reports; each function is one query unless it says otherwise."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, Subquery

from accounts.models import User
from ayil_okmotu import wording as posts
from kpi import obligations
from kpi.models import Evidence, Extension, Notice, Period, Report, ReturnedValue, Step, Value
from lsg_portal.web import display
from registry import titles
from registry.queries import Row, names, rows, unit_json

UNIT_NAMES = f"""
    SELECT DISTINCT ON (v.unit_id) v.unit_id, v.kind, {names("v")} FROM registry_unitversion v
     WHERE v.unit_id = ANY (%(units)s::uuid[]) AND v.voided_by_id IS NULL
     ORDER BY v.unit_id, v.valid @> %(day)s::date DESC, lower(v.valid) DESC"""
OF_REPORT = f"""
    SELECT v.kind, {names("v")},
           (SELECT max(x.until) FROM kpi_extension x
             WHERE x.unit_id = %(unit)s::uuid AND x.period_id = %(period)s::uuid) AS until
      FROM registry_unitversion v WHERE v.unit_id = %(unit)s::uuid AND v.voided_by_id IS NULL
     ORDER BY v.valid @> %(day)s::date DESC, lower(v.valid) DESC LIMIT 1"""
EMPLOYEES = f"""
    SELECT p.id AS period_id, p.code, a.id AS appointment_id, a.person_id, {names("n")}, b.unit_id,
           o.kind AS post_kind, o.name_ky AS post_ky, o.name_ru AS post_ru, o.name_en AS post_en, b.kind AS body_kind,
           {unit_json("u")} AS unit, r.id AS report_id, r.revision, r.version, r.correct_by,
           CASE WHEN r.id IS NULL OR r.status = 'draft' AND r.revision = 1 AND f.filled = 0 THEN 'not_started'
                ELSE r.status END AS state,
           coalesce(f.filled, 0) AS filled, coalesce(f.fields, 0) AS fields,
           greatest(p.due, e.until) AS due, greatest(p.locks - 1, e.until) AS last_day
      FROM kpi_period p
      JOIN ayil_okmotu_appointment a ON a.valid @> (p.ends - 1) AND a.voided_by_id IS NULL
      JOIN ayil_okmotu_post o ON o.id = a.post_id AND o.kind <> 'head'
      JOIN ayil_okmotu_executivebody b ON b.id = o.body_id
      JOIN registry_person n ON n.id = a.person_id
      JOIN registry_unitversion u ON u.unit_id = b.unit_id AND u.valid @> (p.ends - 1) AND u.voided_by_id IS NULL
      LEFT JOIN LATERAL (SELECT x.* FROM kpi_report x WHERE x.appointment_id = a.id AND x.period_id = p.id
                          ORDER BY x.revision DESC LIMIT 1) r ON true
      LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE v.status <> '') AS filled, count(*) AS fields
                           FROM kpi_value v WHERE v.report_id = r.id) f ON true
      LEFT JOIN LATERAL (SELECT max(x.until) AS until FROM kpi_extension x
                          WHERE x.unit_id = b.unit_id AND x.period_id = p.id) e ON true
     WHERE p.id = ANY (%(periods)s::uuid[])
       AND (p.within_id IS NULL OR EXISTS (
            SELECT FROM registry_units_on(p.ends - 1) t
             WHERE t.unit_id = b.unit_id AND p.within_id IN (t.unit_id, t.district_id, t.oblast_id)))
       AND EXISTS (SELECT FROM kpi_methodology m WHERE m.subject = 'municipal_employee' AND m.valid @> (p.ends - 1))
       AND (a.person_id = %(person)s::uuid OR b.unit_id = ANY (%(led)s::uuid[]))
     ORDER BY p.number DESC, a.person_id <> %(person)s::uuid, n.name_ky, a.id"""
"""Those who are assessed: the person, and the employees of the bodies he or she heads, with the latest revision."""


def report(pk: uuid.UUID) -> Report | None:
    """Return a report with its period, methodology and subject."""
    related = ("period", "methodology", "unit", "appointment__person", "appointment__post__body")
    return Report.objects.select_related(*related).filter(pk=pk).first()


def value(pk: uuid.UUID) -> Value | None:
    """Return a value with its indicator."""
    return Value.objects.select_related("indicator__measure", "indicator__category").filter(pk=pk).first()


def evidence(pk: uuid.UUID) -> Evidence | None:
    """Return a file that has not been taken back, with the value it proves."""
    return Evidence.objects.present().select_related("value").filter(pk=pk).first()


def unit_names(units: Collection[uuid.UUID], day: dt.date) -> dict[uuid.UUID, str]:
    """Return what municipalities are called on the day, or last were."""
    found = rows(UNIT_NAMES, {"units": [str(unit) for unit in units], "day": day})
    return {row["unit_id"]: titles.full_name(row) for row in found}


def place(found: Report) -> tuple[str, dt.date]:
    """Return what the municipality of a report was called on the period's last day, and until when it is on time."""
    period = found.period
    args = {"unit": found.unit_id, "period": period.pk, "day": period.last_day}
    (row,) = rows(OF_REPORT, args)
    return titles.full_name(row), max(period.due, row["until"] or period.due)


def employee_name(found: Report) -> str:
    """Return who is assessed by an employee's report, and in which post; no query."""
    appointment = found.appointment
    assert appointment is not None
    return f"{display.name(appointment.person)}, {_post(appointment.post, appointment.post.body.kind)}"


def _post(post: Any, body_kind: str) -> str:
    row = {"kind": post.kind, "name_ky": post.name_ky, "name_ru": post.name_ru, "name_en": post.name_en}
    return posts.post_name(row, body_kind)


def counts(found: Report) -> list[Row]:
    """Return how many values of each category are filled in, in the order of the methodology."""
    return rows(
        """SELECT c.code, count(*) FILTER (WHERE v.status <> '') AS filled, count(*) AS fields
             FROM kpi_value v JOIN kpi_indicator i ON i.id = v.indicator_id JOIN kpi_category c ON c.id = i.category_id
            WHERE v.report_id = %(report)s GROUP BY c.code, c."order" ORDER BY c."order", c.code""",
        {"report": found.pk},
    )


def steps(found: Report) -> list[Step]:
    """Return what happened to a report, the latest first, each return with its reasons; two queries."""
    reasons = ReturnedValue.objects.select_related("value__indicator__measure").order_by(
        "value__indicator__category__order", "value__indicator__order"
    )
    taken = Step.objects.filter(report=found).select_related("by")
    return list(taken.prefetch_related(Prefetch("returned", reasons)).order_by("-at", "-recorded_at"))


# My work


def open_periods(units: Collection[uuid.UUID], day: dt.date) -> list[Period]:
    """Return the periods in which somebody of these municipalities may enter on the day, the latest first."""
    longer = Extension.objects.filter(unit__in=units, until__gte=day)
    found = Period.objects.opened(day).filter(Q(locks__gt=day) | Q(pk__in=longer.values("period")))
    return list(found.order_by("-number"))


def offices(period: Period, units: Collection[uuid.UUID], day: dt.date) -> list[Row]:
    """Return what these municipalities owe for a period."""
    return obligations.owed(period, day, units=list(units))


def employees(periods: Collection[Period], person: uuid.UUID | None, led: Collection[uuid.UUID]) -> list[Row]:
    """Return the reports, begun or not, of a person and of the employees of the bodies he or she heads."""
    if not periods or (person is None and not led):
        return []
    found = rows(
        EMPLOYEES,
        {
            "periods": [str(period.pk) for period in periods],
            "person": None if person is None else str(person),
            "led": [str(unit) for unit in led],
        },
    )
    for row in found:
        post = {"kind": row["post_kind"]} | {
            f"name_{code}": row[f"post_{code}"] for code in ("ky", "ru", "en")
        }
        row["post"] = posts.post_name(post, row["body_kind"])
    return found


def own_reports(units: Collection[uuid.UUID], person: uuid.UUID | None, led: Collection[uuid.UUID]) -> Any:
    """Return the reports that a user enters, begun ever, as a queryset."""
    offices_ = Q(unit__in=units, appointment=None)
    private = Q(unit__in=led, appointment__isnull=False)
    if person is not None:
        private |= Q(appointment__person=person)
    related = ("period", "appointment__person", "appointment__post__body")
    return Report.objects.filter(offices_ | private).select_related(*related)


def returned_values(reports: Collection[uuid.UUID], most: int) -> list[ReturnedValue]:
    """Return the values of returned reports with the reason of the latest return of each, and their files; two queries."""
    last = Step.objects.filter(report=OuterRef("report"), action=Step.Action.RETURN).order_by("-at")
    steps_ = Step.objects.filter(report__in=reports, pk=Subquery(last.values("pk")[:1]))
    reasons = ReturnedValue.objects.filter(step__in=steps_.values("pk"))
    return list(
        reasons.select_related("step__report__period", "value__indicator__measure")
        .prefetch_related("value__evidence")
        .order_by("-step__at", "value__indicator__category__order", "value__indicator__order")[:most]
    )


def notices(user: User, most: int) -> list[Notice]:
    """Return what somebody was told of reports and has not marked as seen, the latest first."""
    found = Notice.objects.filter(user=user, seen_at=None).select_related("period")
    return list(found.order_by("-made_at", "pk")[:most])
