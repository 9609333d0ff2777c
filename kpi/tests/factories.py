"""Records of the assessment for tests."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from accounts.tests.factories import UserFactory
from kpi import services
from kpi.models import Methodology, Subject, Value
from registry.tests.factories import FIRST

Q3_ENTRY = dt.datetime(2022, 10, 10, 9, 0, tzinfo=dt.UTC)
"""A moment at which the third quarter of 2022 is open."""
TODAY = dt.date(2026, 11, 22)
"""When findings are recorded, whatever day they are of."""
FIGURES = {
    "revenue_growth": (110, 100),
    "investment": 12,
    "jobs": 24,
    "satisfaction": 71,
    "accessibility": 55,
    "roads": "4.5",
    "public_zones": 2,
    "projects": 3,
    "programmes_on_time": (18, 20),
    "budget_saved": (3, 120),
    "budget_execution": (190, 200),
}
EMPLOYEE_FIGURES = {
    "tasks_done": (45, 50),
    "documents_on_time": (27, 30),
    "appeals": 31,
    "request_days": 6,
    "service_satisfaction": 82,
    "training": 12,
    "new_methods": 1,
    "proposals": 2,
    "initiatives": 1,
}


def methodology(subject=Subject.HEAD, *, on=FIRST):
    """The methodology that the migration drafted, in force from ``on``."""
    row = Methodology.objects.get(subject=subject, number=1)
    return services.activate(methodology=row, on=on) if row.status == "draft" else row


def period(year=2022, quarter=3, **days):
    return services.plan_period(year=year, quarter=quarter, **days)


def opened(unit, *, of=None, at=Q3_ENTRY, by=None, appointment=None):
    """A draft of the report of a municipality's office, or of an employee."""
    return services.open_report(
        period=of or period(), unit=unit, by=by or UserFactory(), at=at, appointment=appointment
    )


def value(report, code):
    return Value.objects.select_related("indicator__measure", "report").get(
        report=report, indicator__measure__code=code
    )


def figures(given):
    """What ``enter_value`` takes for a number or for a pair of parts."""
    if isinstance(given, tuple):
        return {"numerator": Decimal(given[0]), "denominator": Decimal(given[1])}
    return {"number": Decimal(given)}


def filled(report, *, at=Q3_ENTRY, proof=True, **changed):
    """Fill every indicator in, the given ones with other figures (None leaves one empty)."""
    usual = EMPLOYEE_FIGURES if report.appointment_id else FIGURES
    for code, given in {**usual, **changed}.items():
        if given is None:
            continue
        row = value(report, code)
        services.enter_value(value=row, at=at, **figures(given))
        if proof and row.indicator.evidence_required:
            prove(row, at=at)
    return report


def prove(row, *, at=Q3_ENTRY, by=None, sha256="0" * 64):
    """Attach a small file to a value."""
    from django.core.files.base import ContentFile

    return services.attach_evidence(
        value=row, file=ContentFile(b"%PDF-1.4\n%%EOF", name="evidence.pdf"), name="акт.pdf",
        media_type="application/pdf", size=14, sha256=sha256, by=by, at=at,
    )  # fmt: skip


def submitted(unit, *, at=Q3_ENTRY, by=None, of=None, appointment=None, **changed):
    report = filled(opened(unit, of=of, at=at, by=by, appointment=appointment), at=at, **changed)
    return services.submit(report=report, by=by or UserFactory(), at=at)


def in_review(unit, *, at=Q3_ENTRY, by=None, reviewer=None, **more):
    report = submitted(unit, at=at, by=by, **more)
    return services.start_review(report=report, by=reviewer or UserFactory(), at=at + dt.timedelta(hours=1))


def approved(unit, *, at=Q3_ENTRY, by=None, reviewer=None, **more):
    reviewer = reviewer or UserFactory()
    report = in_review(unit, at=at, by=by, reviewer=reviewer, **more)
    return services.approve(report=report, by=reviewer, at=at + dt.timedelta(hours=2))


def published(unit, *, at=Q3_ENTRY, **more):
    report = approved(unit, at=at, **more)
    return services.publish(report=report, by=report.approved_by, at=at + dt.timedelta(hours=3))


def run_of(of, *, subject=Subject.HEAD, at=Q3_ENTRY, by=None):
    """A run of a period, computed."""
    run = services.request_run(
        period=of, methodology=Methodology.objects.on(of.last_day).get(subject=subject), by=by, at=at
    )
    services.execute(run.pk, at=at)
    run.refresh_from_db()
    return run


def published_run(of, *, at=Q3_ENTRY + dt.timedelta(days=30), by=None, subject=Subject.HEAD):
    return services.publish_run(run=run_of(of, subject=subject, at=at), by=by or UserFactory(), at=at)


def now():
    return timezone.now()
