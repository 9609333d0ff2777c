"""Housekeeping of the interface."""

from celery import shared_task

from lsg_portal.rest import idempotency


@shared_task(name="rest.purge_idempotency_keys")
def purge_idempotency_keys() -> int:
    """Drop idempotency keys that are no longer honoured; return how many."""
    return idempotency.purge()
