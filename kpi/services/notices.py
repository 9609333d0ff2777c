"""Messages about reports: a row first, a mail second, so that nothing is lost and nobody is told twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from smtplib import SMTPConnectError, SMTPException, SMTPServerDisconnected

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Role, RoleKind, User
from ayil_okmotu.models import Appointment
from kpi.models import Notice, Period, Report
from kpi.obligations import unsubmitted

SOON = dt.timedelta(days=7)
"""So long before a period is due its staff are reminded."""
NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (0, 5, 30, 180, 1440))
"""How old a notice must be to be mailed for the first, the second … and the last time."""
OLD = dt.timedelta(days=7)
"""So old a notice is mailed no more: it waits in the register."""


def submitted(report: Report, at: dt.datetime) -> None:
    """Tell who reviews it that a report waits: the approvers of an office's, the head of an employee's."""
    day = timezone.localdate(at)
    reviewers = User.objects.filter(is_active=True)
    if report.appointment_id is None:
        reviewers = reviewers.filter(
            pk__in=Role.objects.on(day).filter(role=RoleKind.APPROVER).values("user")
        )
    else:
        heads = Appointment.objects.heading(day).filter(post__body__unit=report.unit_id)
        reviewers = reviewers.filter(person__in=heads.values("person")).exclude(pk=report.submitted_by_id)
    _write(
        _notice("submitted", user.pk, report.period_id, report.unit_id, at, report, str(report.version))
        for user in reviewers
    )


def published(reports: Iterable[Report], at: dt.datetime) -> None:
    """Tell who submitted them that reports are published."""
    _write(
        _notice("published", row.submitted_by_id, row.period_id, row.unit_id, at, row, str(row.version))
        for row in reports
        if row.submitted_by_id is not None
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

    To the staff of municipalities that owe a report, have not submitted it and still can; an extension moves the day
    it is due. However often it runs, each is written once.
    """
    rows: list[Notice] = []
    in_entry = Q(locks__gt=day) | Q(extensions__until__gte=day)
    for period in Period.objects.filter(in_entry, opens__lte=day).distinct():
        owing = {
            unit: due for unit, due in unsubmitted(period, day).items() if day < period.locks or day <= due
        }
        roles = Role.objects.on(day).filter(role=RoleKind.STAFF, unit__in=list(owing), user__is_active=True)
        for user, unit in roles.values_list("user_id", "unit_id"):
            kind, stage = _stage(period, owing[unit], day)
            rows.append(_notice(kind, user, period.pk, unit, at, None, stage))
    return _write(rows)


def _stage(period: Period, due: dt.date, day: dt.date) -> tuple[str, str]:
    """Return which reminder a report due on ``due`` gives rise to, and which one of its kind."""
    if day > due:
        return "overdue", str((day - due).days // 7)
    if day >= due - SOON:
        return "due_soon", "" if due == period.due else due.isoformat()
    return "opened", ""


class Away(Exception):
    """The mail server does not answer: that is no fault of the notice."""


def deliver(*, at: dt.datetime, most: int = 200) -> int:
    """Send the mails of notices not sent yet, where mail is configured and the person has an address; return how many.

    A notice that is refused is tried again later, five times within a day; while the server is away none is tried in vain.
    """
    if settings.EMAIL_BACKEND == NO_MAIL:
        return 0
    due = Q()
    for attempts, wait in enumerate(WAITS):
        due |= Q(attempts=attempts, made_at__lte=at - wait)
    tried: list[object] = []
    sent = 0
    while len(tried) < most:
        with transaction.atomic():
            row = (
                Notice.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("user", "period", "unit")
                .filter(due, sent_at=None, made_at__gt=at - OLD, user__is_active=True)
                .exclude(user__email="")
                .exclude(pk__in=tried)
                .order_by("made_at", "pk")
                .first()
            )
            if row is None:
                return sent
            tried.append(row.pk)
            try:
                mailed = _mailed(row)
            except Away:
                return sent
            row.attempts += 1
            if mailed:
                row.sent_at = at
                sent += 1
            row.save(update_fields=["attempts", "sent_at"])
    return sent


def _mailed(notice: Notice) -> bool:
    """Return whether the server took the mail; raise Away."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("KPI report for %(period)s: %(what)s") % {
            "period": notice.period.code,
            "what": notice.get_kind_display(),
        }
        text = _("See “My work” in the register of local self-government.")
        try:
            return bool(send_mail(subject, text, None, [notice.user.email]))
        except (SMTPConnectError, SMTPServerDisconnected) as error:
            raise Away from error
        except (SMTPException, ValueError):
            return False
        except OSError as error:
            raise Away from error
