"""What happens to KPI reports of the demonstration besides the usual: evidence, runs, amendments, audits, an extension.

Written through the services, as the offices and the ministry would; all of it is constructed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db.models import F

from kpi import services
from kpi.models import Evidence, Notice, Period, Report, ReportStatus, Subject, Value
from lsg_portal.demo.council_election import CONSTRUCTED
from lsg_portal.demo.country import chance
from lsg_portal.demo.executive_form import SOURCE
from lsg_portal.demo.kpi import FIRST, LAST, PILOT, Assessment, moment
from lsg_portal.demo.kpi_employees import FIRST as EMPLOYEES_FROM

DAY = dt.date
ONE_DAY = dt.timedelta(days=1)
COMPUTED, PUBLISHED, COMPUTED_AGAIN = (dt.timedelta(days=days) for days in (78, 84, 110))
"""After the end of a quarter."""
AMENDED = {"2025Q2": 3, "2026Q1": 2}
"""How many reports of a quarter were amended after its scores had been published."""
CORRECTED_BY_AUDIT = {"2025Q2": ("accessibility",), "2026Q1": ("accessibility", "roads")}
PROVED = Decimal("0.1")
"""Share of the reports of the last two quarters that bring evidence."""
AMENDING = "Маалымат такталды / Данные уточнены"
BASIS = "Көз карандысыз аудиттин актысы / Акт независимого аудита"
LATER = DAY(2026, 12, 31)
FLOOD = "Сел каптап, байланыш үзүлгөн / Из-за селя прервана связь"
RETURNS = {
    "jobs": "Жумуш орундарынын тизмеси тиркелсин / Приложите список рабочих мест",
    "projects": "Бир долбоор эки жолу саналган / Один проект посчитан дважды",
}


def attach_evidence(known: Assessment) -> None:
    """Attach a file to the investments of some reports, while they are drafts."""
    amended = {report.pk for code in AMENDED for report in _to_amend(known, code)}
    for course in known.offices.courses:
        report = course.report
        recent = (report.period.year, report.period.quarter) >= (2026, 2)
        value = known.offices.values[report.pk, "investment"]
        if value.number is None:
            continue
        if (
            report.unit_id == known.home.pk
            or report.pk in amended
            or (recent and chance("evidence", str(report.pk)) < PROVED)
            or (course.stages and course.stages[-1].status == ReportStatus.PUBLISHED)
        ):
            _prove(value, f"{report.period.code} {value.number}")


def _prove(value: Value, what: str) -> None:
    content = page(f"Constructed for the demonstration: {what}")
    Evidence.objects.create(
        value=value,
        file=ContentFile(content, name="evidence.pdf"),
        name="Инвестициялык келишим.pdf",
        media_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        provenance=CONSTRUCTED,
        source=SOURCE,
    )


def page(line: str) -> bytes:
    """Return a PDF of one page with a line of Latin letters."""
    text = f"BT /F1 14 Tf 60 760 Td ({line}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = "%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    content += f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\n"
    return f"{content}startxref\n{content.index('xref')}\n%%EOF\n".encode("ascii")


def _to_amend(known: Assessment, code: str) -> list[Report]:
    """The reports of a quarter that will be amended: some by chance, and in the last of them the one of `staff`."""
    settled = [
        course.report
        for course in known.offices.courses
        if course.report.period.code == code
        and course.stages
        and course.stages[-1].status == ReportStatus.APPROVED
        and known.offices.values[course.report.pk, "roads"].number is not None
    ]
    by_chance = sorted(settled, key=lambda report: chance("amended", str(report.pk)))
    chosen = [report for report in by_chance if report.unit_id != known.home.pk][: AMENDED[code]]
    if code == max(AMENDED):
        chosen += [report for report in by_chance if report.unit_id == known.home.pk]
    return chosen


def load_scores(known: Assessment) -> None:
    """Compute and publish the scores of the quarters that are over; some anew, after amendments and audits."""
    for period in known.quarters(PILOT, LAST):
        if (period.year, period.quarter) == LAST:
            continue
        _run(known, period, Subject.HEAD, COMPUTED, PUBLISHED)
        if (period.year, period.quarter) >= EMPLOYEES_FROM:
            _run(known, period, Subject.EMPLOYEE, COMPUTED, PUBLISHED)
        if period.code in AMENDED:
            for report in _to_amend(known, period.code):
                _amend(known, report)
            _audit(known, period)
            _run(known, period, Subject.HEAD, COMPUTED_AGAIN, COMPUTED_AGAIN + dt.timedelta(days=3))


def _run(
    known: Assessment,
    period: Period,
    subject: Subject,
    computed: dt.timedelta,
    published: dt.timedelta | None,
) -> None:
    at = moment(period.ends + computed, 0.2)
    run = services.request_run(
        period=period, methodology=known.methodologies[subject], by=known.approver, at=at
    )
    services.execute(run.pk, at=at)
    if published is not None:
        run.refresh_from_db()
        services.publish_run(run=run, by=known.approver, at=moment(period.ends + published, 0.4))


def _value(report: Report, code: str) -> Value:
    return Value.objects.select_related("indicator__measure").get(
        report=report, indicator__measure__code=code
    )


def _amend(known: Assessment, report: Report, day: dt.date | None = None) -> Report:
    """Amend a report some weeks after it was published, up to the approval of the new revision."""
    by = known.staff if report.unit_id == known.home.pk else None
    day = day or report.period.ends + dt.timedelta(days=95)
    fresh = services.amend(report=report, reason=AMENDING, by=by, at=moment(day, 0.1))
    roads = _value(fresh, "roads")
    services.enter_value(value=roads, at=moment(day, 0.2), number=(roads.number or 0) + Decimal("1.5"))
    fresh = services.submit(report=fresh, by=by, at=moment(day, 0.3))
    fresh = services.start_review(report=fresh, by=known.approver, at=moment(day, 0.7))
    return services.approve(report=fresh, by=known.approver, at=moment(day, 0.8))


def _audit(known: Assessment, period: Period) -> None:
    """An audit looks at values of two municipalities of a quarter: it corrects some and confirms others."""
    reports = Report.objects.heads().filter(period=period, status=ReportStatus.PUBLISHED, revision=1)
    for report in sorted(reports, key=lambda row: chance("audit", str(row.pk)))[:2]:
        for code in ("accessibility", "roads", "satisfaction"):
            value = _value(report, code)
            if value.number is not None:
                finding(known, value, period, corrected=code in CORRECTED_BY_AUDIT[period.code])


def finding(known: Assessment, value: Value, period: Period, *, corrected: bool) -> None:
    """Record what the audit found of a value: less than was reported, or the same."""
    found = (
        {"number": (value.number * Decimal("0.8")).quantize(Decimal("0.1"))}
        if corrected and value.number
        else {}
    )
    services.record_finding(
        value=value,
        verdict="corrected" if found else "confirmed",
        found_on=period.ends + dt.timedelta(days=100),
        note=BASIS,
        by=known.auditor,
        today=period.ends + dt.timedelta(days=100),
        provenance=CONSTRUCTED,
        source=SOURCE,
        **found,
    )


def load_present(known: Assessment) -> None:
    """What waits today: an extension, a draft, a returned amendment, one in entry, a run that nobody has published."""
    last, before = list(known.quarters(FIRST, LAST))[:-3:-1]
    services.extend(
        period=last,
        unit=known.home,
        until=LATER,
        reason=FLOOD,
        by=known.approver,
        provenance=CONSTRUCTED,
        source=SOURCE,
    )
    _draft(known, last)
    ours = Report.objects.heads().get(period=before, unit=known.home)
    fresh = services.amend(report=ours, reason=AMENDING, by=known.staff, at=moment(DAY(2026, 11, 9), 0.1))
    services.enter_value(value=_value(fresh, "projects"), at=moment(DAY(2026, 11, 9), 0.2), number=Decimal(7))
    services.submit(report=fresh, by=known.staff, at=moment(DAY(2026, 11, 9), 0.3))
    services.start_review(report=fresh, by=known.approver, at=moment(DAY(2026, 11, 12), 0.1))
    services.return_report(
        report=fresh, reasons=RETURNS, by=known.approver, at=moment(DAY(2026, 11, 18), 0.2)
    )
    others = Report.objects.heads().filter(period=before, status=ReportStatus.PUBLISHED)
    opened, audited = sorted(others.exclude(unit=known.home), key=lambda row: chance("amended", str(row.pk)))[
        :2
    ]
    services.amend(report=opened, reason=AMENDING, by=None, at=moment(DAY(2026, 11, 16), 0.5))
    finding(known, _value(audited, "satisfaction"), before, corrected=True)
    _superseded(known, last)
    _run(known, last, Subject.HEAD, dt.timedelta(days=50), None)
    services.remind(at=moment(DAY(2026, 11, 16), 0), day=DAY(2026, 11, 16))
    Notice.objects.filter(made_at__lt=moment(last.opens, 0)).update(seen_at=F("made_at") + ONE_DAY)


def _draft(known: Assessment, period: Period) -> None:
    """The report that `staff` has begun: what the register knows, some figures, and half a ratio."""
    at = moment(DAY(2026, 10, 12), 0.3)
    report = services.open_report(
        period=period, unit=known.home, by=known.staff, at=at, provenance=CONSTRUCTED, source=SOURCE
    )
    later = at + dt.timedelta(minutes=9)
    for code, number in (("jobs", "11"), ("satisfaction", "68.4"), ("roads", "3.2")):
        services.enter_value(value=_value(report, code), at=later, number=Decimal(number))
    half = _value(report, "programmes_on_time")
    services.enter_value(value=half, at=later, denominator=Decimal(16))


def _superseded(known: Assessment, period: Period) -> None:
    """One report of the last quarter is published, amended and published again."""
    published = Report.objects.heads().filter(period=period, status=ReportStatus.PUBLISHED)
    proved = published.filter(values__indicator__measure__code="investment", values__evidence__isnull=False)
    report = min(proved.distinct(), key=lambda row: chance("superseded", str(row.pk)))
    fresh = _amend(known, report, DAY(2026, 11, 17))
    services.publish(report=fresh, by=known.approver, at=moment(DAY(2026, 11, 17), 0.9))
