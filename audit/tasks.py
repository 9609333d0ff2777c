"""What the worker does for the journal by itself."""

from __future__ import annotations

import logging

from celery import shared_task

from audit import checkpoints

logger = logging.getLogger(__name__)


@shared_task(name="audit.checkpoint")
def checkpoint() -> int | None:
    """Sign the end of the chain, hourly; return its number, or None where nothing was added."""
    try:
        made = checkpoints.make()
    except checkpoints.NoKey as error:
        logger.error("no checkpoint: %s", error)
        return None
    return made.seq if made else None
