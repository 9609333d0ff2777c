"""Reporting periods: opened with their days, moved, extended for one municipality."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from councils.services.locking import locked
from kpi.errors import conflict, refuse, told
from kpi.models import Extension, Period
from registry.models import LegalAct, Provenance, Unit
from registry.names import clean

DUE_AFTER = dt.timedelta(days=30)
LOCKS_AFTER = dt.timedelta(days=76)
"""Days after the end of a quarter, where nobody sets others: our own terms, the source gives none."""


@transaction.atomic
def plan_period(
    *,
    year: int,
    quarter: int,
    opens: dt.date | None = None,
    due: dt.date | None = None,
    locks: dt.date | None = None,
    within: Unit | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Period:
    """Enter a quarter (1991–2100) as a reporting period; by default it opens when the quarter has ended.

    ``within`` is the district or oblast that alone reports, where reporting is tried out.
    """
    if not (1991 <= year <= 2100 and 1 <= quarter <= 4):
        refuse("kpi_period_quarter", pointer="/quarter")
    code = f"{year}Q{quarter}"
    if Period.objects.filter(code=code).exists():
        conflict("period_exists", _("The period %(code)s exists already.") % {"code": code})
    begins = dt.date(year, quarter * 3 - 2, 1)
    ends = dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    row = Period(
        number=year * 4 + quarter - 1,
        code=code,
        begins=begins,
        ends=ends,
        opens=opens or ends,
        due=due or ends + DUE_AFTER,
        locks=locks or ends + LOCKS_AFTER,
        within=within,
        provenance=provenance,
        source=source,
    )
    with told():
        row.save(force_insert=True)
    return row


@transaction.atomic
def reschedule(
    *,
    period: Period,
    opens: dt.date | None = None,
    due: dt.date | None = None,
    locks: dt.date | None = None,
    expected_version: int | None = None,
) -> Period:
    """Move the days of a period that is not published; what is not given stays."""
    row = locked(period, expected_version)
    if row.published_on is not None:
        conflict("period_published", _("The period has been published."))
    row.opens, row.due, row.locks = opens or row.opens, due or row.due, locks or row.locks
    row.version += 1
    with told():
        row.save(update_fields=["opens", "due", "locks", "version"])
    return row


@transaction.atomic
def extend(
    *,
    period: Period,
    unit: Unit,
    until: dt.date,
    reason: str,
    by: User | None,
    act: LegalAct | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Extension:
    """Give one municipality until ``until`` inclusive, later than the period is due, for a reason."""
    reason = clean(reason)[:500]
    if not reason:
        refuse("kpi_extension_reason", pointer="/reason")
    if until <= period.due:
        refuse("kpi_extension_until", pointer="/until")
    with told():
        return Extension.objects.create(
            period=period,
            unit=unit,
            until=until,
            reason=reason,
            act=act,
            given_by=by,
            provenance=provenance,
            source=source,
        )


def last_day(period: Period, unit_id: object) -> dt.date:
    """Return the last day on which this municipality may enter: the day before the lock, or its extension's."""
    longest = (
        Extension.objects.filter(period=period, unit=unit_id)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    before_lock = period.locks - dt.timedelta(days=1)
    return max(before_lock, longest) if longest else before_lock


def due_day(period: Period, unit_id: object) -> dt.date:
    """Return the day until which this municipality is on time."""
    longest = (
        Extension.objects.filter(period=period, unit=unit_id)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    return max(period.due, longest) if longest else period.due
