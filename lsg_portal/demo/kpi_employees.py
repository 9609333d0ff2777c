"""Reports of municipal employees of the demonstration: a few offices, with five people or more and with fewer; constructed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from ayil_okmotu.models import Appointment, PostKind, Training
from kpi.models import Period, ReportStatus
from lsg_portal.demo.country import chance
from lsg_portal.demo.kpi import LAST, Assessment, moment
from lsg_portal.demo.kpi_figures import EMPTY, of_employee
from lsg_portal.demo.kpi_reports import Stage

FIRST = (2025, 4)
WHOLE = (("Ак-Талаа", "Баетов"), ("Ак-Талаа", "Ала-Буга"))
"""Okmotu whose village heads are assessed too."""
OTHERS = (("Ак-Талаа", "Ак-Тал"), ("Ак-Талаа", "Тоголок Молдо"))
CITIES = ("Ош", "Көк-Жаңгак")
RETURN = "Кайрылуулар журналына туура келбейт / Не совпадает с журналом обращений"


def load_reports(known: Assessment) -> None:
    """Write the employees' reports, as far as they have come before a scoring run."""
    for period in known.quarters(FIRST, LAST):
        hours = _hours(period)
        for held in _employees(known, period):
            _report(known, held, period, hours.get(held.pk, []))
    known.employees.write()


def _employees(known: Assessment, period: Period) -> list[Appointment]:
    """Who is assessed: whoever holds a post below the head on the last day."""
    held = Appointment.objects.on(period.last_day).filter(acting=False).exclude(post__kind=PostKind.HEAD)
    whole = [known.land.aimaks[name].pk for name in WHOLE]
    others = [known.land.aimaks[name].pk for name in OTHERS] + [known.land.cities[name].pk for name in CITIES]
    rows = held.filter(post__body__unit__in=[*whole, *others]).select_related("post__body")
    return [
        row
        for row in rows.order_by("id")
        if row.post.body.unit_id in whole or row.post.kind != PostKind.VILLAGE_HEAD
    ]


def _hours(period: Period) -> dict[object, list[int]]:
    """The hours of each course that ended in a quarter, by appointment."""
    found: dict[object, list[int]] = defaultdict(list)
    ended = Training.objects.filter(removed_at=None, ended_on__gte=period.begins, ended_on__lt=period.ends)
    for appointment, hours in ended.values_list("appointment_id", "hours"):
        found[appointment].append(hours)
    return found


def _report(known: Assessment, held: Appointment, period: Period, hours: list[int]) -> None:
    key = (str(held.pk), period.code)
    unit = held.post.body.unit_id
    own = held.person_id == known.staff.person_id
    by = known.staff if own else None
    reviewer = known.head if unit == known.home.pk else None
    entries = of_employee(held.pk, period, sum(hours), len(hours))
    day = period.opens + dt.timedelta(days=3 + int(chance("employee", *key) * 20))
    opened = moment(day, 0.1)
    stages = [
        Stage(ReportStatus.SUBMITTED, moment(day + dt.timedelta(days=1), 0.2), by),
        Stage(ReportStatus.IN_REVIEW, moment(day + dt.timedelta(days=4), 0.3), reviewer),
        Stage(ReportStatus.APPROVED, moment(day + dt.timedelta(days=5), 0.4), reviewer),
    ]
    if (period.year, period.quarter) == LAST:
        drawn = chance("employee state", *key)
        reached = (
            0 if own else next(place for place, share in enumerate((0.15, 0.4, 0.55, 1)) if drawn < share)
        )
        stages = stages[:reached]
        if own:
            entries = {
                code: entered if entered.origin == "register" or code in ("appeals", "proposals") else EMPTY
                for code, entered in entries.items()
            }
        elif reached == 2 and chance("employee returned", *key) < 0.6:
            entries["appeals"] = replace(
                entries["appeals"], number=(entries["appeals"].number or Decimal(0)) * 3
            )
            stages.append(
                Stage(
                    ReportStatus.RETURNED,
                    moment(day + dt.timedelta(days=5), 0.4),
                    reviewer,
                    reasons={"appeals": RETURN},
                )
            )
    known.employees.add(period, unit, entries, opened, stages, by=by, appointment=held)
