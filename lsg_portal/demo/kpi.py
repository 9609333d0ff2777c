"""KPI of the demonstration: eight closed quarters of every municipality, Kadamjay's through its merger, scores; constructed.

The methodologies are a proposal of the source: that they are in force is part of the demonstration. Until the end of 2024
one district tries them out, the first that was merged; since then everybody reports.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from accounts.models import User
from kpi import obligations, services
from kpi.models import Methodology, Period, ReportStatus, Subject
from lsg_portal.demo.council_election import CONSTRUCTED
from lsg_portal.demo.country import FIRST_DAY, Country, chance
from lsg_portal.demo.executive_form import SOURCE, Place, places
from lsg_portal.demo.kpi_figures import EMPTY, NOTES, Entries, Money, of_office
from lsg_portal.demo.kpi_reports import Reports, Stage
from lsg_portal.web.days import BISHKEK
from registry.models import Change, Unit

PILOT, FIRST, LAST = (2021, 2), (2024, 4), (2026, 3)
"""The quarters in which Kadamjay begins, in which everybody begins, and the last that has closed."""
DISTRICT = "Кадамжай"
NOT_SUBMITTED, LEFT_IN_DRAFT, LATE, RETURNED = 0.015, 0.01, 0.05, 0.07
"""Shares of the reports of a quarter that is over."""
LATEST = (
    (0.09, None),
    (0.19, ReportStatus.DRAFT),
    (0.31, ReportStatus.SUBMITTED),
    (0.38, ReportStatus.IN_REVIEW),
    (0.44, ReportStatus.RETURNED),
    (0.95, ReportStatus.APPROVED),
    (1.0, ReportStatus.PUBLISHED),
)
"""How far the reports of the last quarter have come, in cumulated shares; None has not begun."""
REASONS = {
    "jobs": "Тизме тиркелген эмес, сан такталсын / Нет списка, уточните число",
    "investment": "Сумма тастыктоочу документке туура келбейт / Сумма не совпадает с документом",
    "roads": "Км ордуна метр көрсөтүлгөн / Указаны метры вместо километров",
}
WRONG = {"jobs": Decimal(2), "investment": Decimal("1.5"), "roads": Decimal(10)}
"""How far the figures were off that were returned."""


class Assessment:
    """What the loaders of KPI share: who acts, the money, the reports gathered and the periods by code."""

    def __init__(self, land: Country, home: Unit) -> None:
        """Put the methodologies into force and enter the periods; ``home`` is kept by the login `staff`."""
        self.land, self.home = land, home
        users = {user.username: user for user in User.objects.select_related("person")}
        self.staff, self.head = users["staff"], users["head"]
        self.approver, self.auditor = users["approver"], users["auditor"]
        self.methodologies = {
            row.subject: services.activate(methodology=row, on=FIRST_DAY)
            for row in Methodology.objects.filter(number=1)
        }
        self.periods = {period.code: period for period in _periods(land.districts[DISTRICT])}
        self.money = Money.read()
        self.offices = Reports(self.methodologies[Subject.HEAD])
        self.employees = Reports(self.methodologies[Subject.EMPLOYEE])
        self.last: dict[tuple[uuid.UUID, str], Decimal] = {}
        self.tried: set[uuid.UUID] = set()

    def quarters(self, first: tuple[int, int], last: tuple[int, int]) -> Iterator[Period]:
        """Yield the periods from one quarter to another."""
        for period in self.periods.values():
            if first <= (period.year, period.quarter) <= last:
                yield period


def _periods(trial: Unit) -> Iterator[Period]:
    """The quarters since the trial in one district, and the one that is running, which has not opened."""
    number = PILOT[0] * 4 + PILOT[1] - 1
    while number <= LAST[0] * 4 + LAST[1]:
        year, quarter = number // 4, number % 4 + 1
        yield services.plan_period(
            year=year,
            quarter=quarter,
            within=trial if (year, quarter) < FIRST else None,
            provenance=CONSTRUCTED,
            source=SOURCE,
        )
        number += 1


def load_reports(land: Country, home: Unit) -> Assessment:
    """Write the periods and all reports that no story tells, as far as they have come before a scoring run."""
    known = Assessment(land, home)
    on_map: dict[int, list[Place]] = {}
    for period in known.quarters(PILOT, LAST):
        changes = Change.objects.filter(effective_on__lte=period.last_day).count()
        if changes not in on_map:  # territory changes seldom, and looking it up takes a while
            on_map[changes] = places(period.last_day)
        owing = {row["unit_id"] for row in obligations.owed(period, period.last_day)}
        for place in on_map[changes]:
            if place.unit_id in owing:
                _report(known, place, period)
    known.offices.write()
    return known


def moment(day: dt.date, drawn: float) -> dt.datetime:
    """A moment of a working day."""
    minutes = int(drawn * 8 * 60)
    return dt.datetime.combine(day, dt.time(9 + minutes // 60, minutes % 60), BISHKEK)


def _report(known: Assessment, place: Place, period: Period) -> None:
    """Add the report of an office for a quarter, as far as it has come."""
    at_home = place.unit_id == known.home.pk
    if period.within_id is not None:
        known.tried.add(place.unit_id)
    calm = at_home or period.within_id is not None
    key = (str(place.unit_id), period.code)
    state = _state(place, period, calm=calm)
    if state is None or (at_home and (period.year, period.quarter) == LAST):
        return
    entries = of_office(place, period, known.money, whole=calm or place.unit_id in known.tried)
    _explain(known, place, entries)
    after = dt.timedelta(days=2 + int(chance("submitted", *key) * 26))
    if chance("late", *key) < LATE and not calm:
        after = dt.timedelta(days=32 + int(chance("after", *key) * 9))
    opened = moment(period.opens + after / 3, float(chance("opened", *key)))
    if state == ReportStatus.DRAFT:
        known.offices.add(period, place.unit_id, _begun(entries, key), opened, [])
        return
    by = known.staff if at_home else None
    stages = _stages(known, state, period.opens + after, key, entries, by, calm=calm)
    if returned := next((stage for stage in stages if stage.reasons), None):
        entries = _with_errors(entries, returned)
    known.offices.add(period, place.unit_id, entries, opened, stages, by=by)


def _state(place: Place, period: Period, *, calm: bool) -> ReportStatus | None:
    """How far a report has come before the runs: those of quarters that are over are approved, or were never handed in."""
    drawn = float(chance("state", str(place.unit_id), period.code))
    if (period.year, period.quarter) == LAST:
        return next(state for share, state in LATEST if drawn < share)
    if calm or drawn >= NOT_SUBMITTED + LEFT_IN_DRAFT:
        return ReportStatus.APPROVED
    return None if drawn < NOT_SUBMITTED else ReportStatus.DRAFT


def _explain(known: Assessment, place: Place, entries: Entries) -> None:
    """Give a note to what changes against the quarter before by more than needs none."""
    for indicator in known.offices.indicators:
        now, key = entries[indicator.code].number, (place.unit_id, indicator.code)
        then = known.last.get(key)
        if now is None or indicator.warn_percent is None:
            continue
        if then is not None and abs(now - then) * 100 > then * indicator.warn_percent:
            entries[indicator.code] = replace(entries[indicator.code], note=NOTES["changed"])
        known.last[key] = now


def _begun(entries: Entries, key: tuple[str, str]) -> Entries:
    """The entries of a report in the middle of its entry: what the register knows, and some of the rest."""
    share = chance("begun", *key)
    return {
        code: entered if entered.origin == "register" or chance("begun", code, *key) < share else EMPTY
        for code, entered in entries.items()
    }


def _stages(
    known: Assessment,
    state: ReportStatus,
    day: dt.date,
    key: tuple[str, str],
    entries: Entries,
    by: User | None,
    *,
    calm: bool,
) -> list[Stage]:
    """The stages of a report submitted on a day, up to a state; some are returned on the way, and corrected."""

    def step(status: ReportStatus, days: int, who: User | None, **more: object) -> Stage:
        nonlocal day
        day += dt.timedelta(days=days)
        return Stage(status, moment(day, float(chance("hour", status, str(days), *key))), who, **more)  # type: ignore[arg-type]

    stages = [step(ReportStatus.SUBMITTED, 0, by)]
    if state == ReportStatus.SUBMITTED:
        return stages
    stages.append(step(ReportStatus.IN_REVIEW, 1 + int(chance("review", *key) * 4), known.approver))
    if state == ReportStatus.IN_REVIEW:
        return stages
    returned = [
        code for code in REASONS if entries[code].number and chance("reason", code, *key) < Decimal("0.6")
    ]
    if state == ReportStatus.RETURNED or (
        returned and not calm and chance("returned", *key) < Decimal(RETURNED)
    ):
        returned = returned or ["satisfaction"]
        reasons = {
            code: REASONS.get(code, "Сурамжылоонун жыйынтыгы тиркелсин / Приложите итоги опроса")
            for code in returned
        }
        stages.append(step(ReportStatus.RETURNED, 1, known.approver, reasons=reasons))
        if state == ReportStatus.RETURNED:
            return stages
        stages[-1].corrected = {code: entries[code] for code in returned}
        stages.append(step(ReportStatus.SUBMITTED, 3, by))
        stages.append(step(ReportStatus.IN_REVIEW, 1, known.approver))
    stages.append(step(ReportStatus.APPROVED, 1, known.approver))
    if state == ReportStatus.PUBLISHED:
        stages.append(step(ReportStatus.PUBLISHED, 1, known.approver))
    return stages


def _with_errors(entries: Entries, returned: Stage) -> Entries:
    """The entries as they were when values were returned: some figures off."""
    wrong = {}
    for code in returned.reasons:
        entered = entries[code]
        if code in WRONG and entered.number is not None:
            wrong[code] = replace(entered, number=min(entered.number * WRONG[code], Decimal(900)))
    return entries | wrong
