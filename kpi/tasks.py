"""What the worker does for KPI: scores, reminders and mail. Rows come first, messages second."""

from __future__ import annotations

import logging
import uuid

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from kpi import services

logger = logging.getLogger(__name__)


@shared_task(name="kpi.score")
def score(run: str) -> bool:
    """Compute a run that waits; a message that comes twice, or after the sweep, does nothing."""
    return services.execute(uuid.UUID(run))


@shared_task(name="kpi.sweep")
def sweep() -> int:
    """Take up the runs whose message was lost or whose worker was killed; return how many were computed."""
    return sum(services.execute(run) for run in services.waiting())


@shared_task(name="kpi.remind")
def remind() -> int:
    """Write the day's reminders; return how many are new."""
    return services.remind(at=timezone.now(), day=timezone.localdate())


@shared_task(name="kpi.deliver")
def deliver() -> int:
    """Send the mails of notices not sent yet; return how many."""
    return services.deliver(at=timezone.now())


def score_soon(run: uuid.UUID) -> None:
    """Send the message for a run when the transaction has ended; without a broker the sweep takes the run up."""

    def send() -> None:
        try:
            score.delay(str(run))
        except OperationalError as error:
            logger.warning("no broker for the run %s, the sweep takes it up: %s", run, error)

    transaction.on_commit(send)
