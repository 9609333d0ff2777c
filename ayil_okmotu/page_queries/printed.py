"""What sources printed of the staff, to stand beside what the records add up to."""

from __future__ import annotations

from registry.queries import Row, rows


def reductions() -> list[Row]:
    """Return what sources printed of the reduction of staff in the whole country, with the days they speak of."""
    return rows(
        """
        SELECT f.id, f.as_printed, f.value, f.source, lower(f.interval) AS first, upper(f.interval) - 1 AS last
          FROM registry_publishedfigure f
         WHERE f.measure = 'staff_reduction_percent' AND f.unit_id IS NULL AND f.interval IS NOT NULL
         ORDER BY lower(f.interval), f.source, f.id""",
    )
