"""Messages about reports: a row first, a mail second, so that nothing is lost and nobody is told twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Role, RoleKind, User
from kpi.models import Notice, Period, Report
from kpi.obligations import unsubmitted

SOON = dt.timedelta(days=7)
"""So long before a period is due its staff are reminded."""
ATTEMPTS = 5


def submitted(report: Report, at: dt.datetime) -> None:
    """Tell the approvers that an office's report waits for review."""
    if report.appointment_id is not None:
        return
    day = at.date()
    approvers = User.objects.filter(
        is_active=True,
        pk__in=Role.objects.on(day).filter(role=RoleKind.APPROVER).values("user"),
    )
    _write(
        _notice("submitted", user.pk, report.period_id, report.unit_id, at, report, str(report.version))
        for user in approvers
    )


def to_submitter(report: Report, kind: str, at: dt.datetime) -> None:
    """Tell who submitted a report what became of it."""
    if report.submitted_by_id is not None:
        _write(
            [
                _notice(
                    kind,
                    report.submitted_by_id,
                    report.period_id,
                    report.unit_id,
                    at,
                    report,
                    str(report.version),
                )
            ]
        )


def _notice(
    kind: str, user: object, period: object, unit: object, at: dt.datetime, report: Report | None, stage: str
) -> Notice:
    subject = report.pk if report is not None else unit
    return Notice(
        key=f"{kind}:{period}:{subject}:{user}:{stage}",
        kind=kind,
        user_id=user,
        period_id=period,
        unit_id=unit,
        report=report,
        made_at=at,
    )


def _write(rows: Iterable[Notice]) -> int:
    """Write notices; those that stand already are left alone."""
    rows = list(rows)
    before = Notice.objects.filter(key__in=[row.key for row in rows]).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - before


@transaction.atomic
def remind(*, at: dt.datetime, day: dt.date) -> int:
    """Write today's reminders: a period has opened, is due within a week, is overdue (once a week); return how many.

    To the staff of municipalities that owe a report and have not submitted it. However often it runs, each is written once.
    """
    rows: list[Notice] = []
    for period in Period.objects.filter(opens__lte=day, locks__gt=day):
        kind, stage = "opened", ""
        if day > period.due:
            kind, stage = "overdue", str((day - period.due).days // 7)
        elif day >= period.due - SOON:
            kind = "due_soon"
        owing = unsubmitted(period, day)
        roles = Role.objects.on(day).filter(role=RoleKind.STAFF, unit__in=list(owing), user__is_active=True)
        for user, unit in roles.values_list("user_id", "unit_id"):
            told = "due_soon" if kind == "overdue" and day <= owing[unit] else kind
            rows.append(_notice(told, user, period.pk, unit, at, None, stage if told == "overdue" else ""))
    return _write(rows)


def deliver(*, at: dt.datetime, most: int = 200) -> int:
    """Send the mails of notices not sent yet, where mail is configured and the person has an address; return how many."""
    sent = 0
    for _time in range(most):
        with transaction.atomic():
            row = (
                Notice.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("user", "period", "unit")
                .filter(Q(sent_at__isnull=True), attempts__lt=ATTEMPTS)
                .exclude(user__email="")
                .order_by("attempts", "made_at", "pk")
                .first()
            )
            if row is None:
                return sent
            row.attempts += 1
            if _mailed(row):
                row.sent_at = at
                sent += 1
            row.save(update_fields=["attempts", "sent_at"])
    return sent


def _mailed(notice: Notice) -> bool:
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("KPI report for %(period)s: %(what)s") % {
            "period": notice.period.code,
            "what": notice.get_kind_display(),
        }
        text = _("See “My work” in the register of local self-government.")
        try:
            return bool(send_mail(subject, text, None, [notice.user.email]))
        except OSError:
            return False
