"""Housekeeping of accounts."""

from celery import shared_task
from django.utils import timezone

from accounts import invitations, sessions, tokens


@shared_task(name="accounts.purge_expired_tokens")
def purge_expired_tokens() -> int:
    """Drop tokens that have expired; return how many."""
    return tokens.purge_expired()


@shared_task(name="accounts.purge_ended_access")
def purge_ended_access() -> int:
    """Drop sessions that have ended and invitations nobody accepted; return how many."""
    return sessions.purge() + invitations.purge_expired(at=timezone.now())
