"""One subject's reports of one period are opened and amended by one transaction at a time."""

from __future__ import annotations

import uuid

from django.db import connection


def hold(period: uuid.UUID, subject: uuid.UUID) -> None:
    """Wait until no other transaction opens or amends the report of this subject."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"kpi {period} {subject}",))
