"""What the tests of the whole REST interface ask of KPI: one of each thing, by the address it is found under."""

from types import SimpleNamespace

from kpi.tests.land import land


def contract():
    """A small country that is assessed: published reports, scores and a ranking, a draft, an employee's result."""
    there = land()
    period = {"period": there.quarter.code}
    return SimpleNamespace(
        land=there,
        ids={
            "kpi/methodologies": str(there.heads.pk),
            "kpi/periods": str(there.quarter.pk),
            "kpi/reports": str(there.amended.pk),
            "kpi/values": str(there.finding.value_id),
            "kpi/evidence": str(there.file.pk),
            "kpi/runs": str(there.run.pk),
            "kpi/scores": str(there.score.pk),
        },
        asked={
            "/api/v1/kpi/series/": {"unit": str(there.own.pk), "indicator": "jobs"},
            "/api/v1/kpi/completeness/": period,
            "/api/v1/kpi/employee-results/": period,
            "/api/v1/kpi/rankings/sensitivity/": period,
        },
    )
