"""Reads of scoring runs: how far they are, how their scores lie, what publishing one would change."""

from __future__ import annotations

import uuid
from decimal import Decimal

from kpi.models import Report, ReportStatus, Score, ScoreRun
from registry.queries import Row, names, rows

SPREAD = f"""
    SELECT g.id AS group_id, {", ".join(f"g.name_{x} AS group_{x}" for x in ("ky", "ru", "en"))},
           b.code AS band, {names("b")}, count(*) AS scores, count(s.rank) AS ranked,
           avg(s.total)::float8 AS mean, avg(s.coverage)::float8 AS coverage
      FROM kpi_score s
      LEFT JOIN kpi_peergroup g ON g.id = s.peer_group_id LEFT JOIN kpi_band b ON b.id = s.band_id
     WHERE s.run_id = %(run)s
     GROUP BY g.id, b.id ORDER BY g."order" NULLS LAST, g.id, b.least DESC NULLS LAST"""


def run(pk: uuid.UUID) -> ScoreRun | None:
    """Return a run with its period and methodology; None where there is none."""
    related = ("period", "methodology", "same_as", "requested_by", "published_by")
    return ScoreRun.objects.select_related(*related).filter(pk=pk).first()


def spread(of: ScoreRun) -> list[Row]:
    """Return how many scores of each peer group lie in each band, with their means."""
    return rows(SPREAD, {"run": of.pk})


def shown_now(of: ScoreRun) -> ScoreRun | None:
    """Return the published run that this one would take the place of."""
    same = ScoreRun.objects.select_related("period").filter(
        period=of.period_id, methodology=of.methodology_id, current=True
    )
    return same.exclude(pk=of.pk).first()


def totals(of: ScoreRun) -> dict[uuid.UUID, tuple[Decimal | None, int | None]]:
    """Return total and rank of each municipality in a run of heads' offices."""
    found = Score.objects.filter(run=of, appointment=None).values_list("unit_id", "total", "rank")
    return {unit: (total, rank) for unit, total, rank in found}


def to_publish(of: ScoreRun) -> int:
    """Return how many reports would become public with the run."""
    return Report.objects.filter(scores__run=of, status=ReportStatus.APPROVED).count()
