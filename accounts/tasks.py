"""Housekeeping of accounts."""

from celery import shared_task

from accounts import tokens


@shared_task(name="accounts.purge_expired_tokens")
def purge_expired_tokens() -> int:
    """Drop tokens that have expired; return how many."""
    return tokens.purge_expired()
