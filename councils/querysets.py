"""Filters that several of the councils' records share."""

from __future__ import annotations

from typing import Self

from django.db import models


class PresentQuerySet(models.QuerySet):
    """Lines that are marked when they are taken out, never deleted."""

    def present(self) -> Self:
        """Return the lines that nobody has taken out."""
        return self.filter(removed_at__isnull=True)
