"""What another methodology would do to the scores of a quarter: the same reports, scored by both; nothing is written."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kpi import queries, scoring
from kpi.models import Band, Methodology, PeerGroup, ScoreRun
from kpi.services.entry import indicators_of
from kpi.services.runs import group_of, rule_of

Rules = Mapping[int, scoring.Rule]


@dataclass(frozen=True)
class Standing:
    """A total with its band and its place, None where it has none."""

    total: Decimal | None
    band: Band | None
    rank: int | None


@dataclass(frozen=True)
class Effect:
    """One report by the methodology that scored it and by the other."""

    unit: uuid.UUID
    appointment: uuid.UUID | None
    before: Standing
    after: Standing

    @property
    def change(self) -> Decimal | None:
        """By how many points the total would change, as people are told both."""
        before, after = scoring.said(self.before.total), scoring.said(self.after.total)
        return None if before is None or after is None else after - before

    @property
    def climbs(self) -> int | None:
        """By how many places it would climb; below 0 it falls."""
        if self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank


@dataclass(frozen=True)
class Yardstick:
    """All by which a total, a band and a place come about."""

    rules: Rules
    bands: Sequence[Band]
    groups: Sequence[PeerGroup]
    gate: Decimal

    @classmethod
    def of(cls, methodology: Methodology, rules: Rules | None = None) -> Yardstick:
        """Return that of a methodology; ``rules`` are put in the place of those on file."""
        lines = {indicator.measure_id: rule_of(indicator) for indicator in indicators_of(methodology)}
        bands = Band.objects.present().filter(methodology=methodology)
        groups = PeerGroup.objects.present().filter(methodology=methodology).order_by("order", "code", "id")
        return cls(rules if rules is not None else lines, list(bands), list(groups), methodology.gate)

    def standings(self, reports: Sequence[Counted]) -> dict[uuid.UUID, Standing]:
        """Return where each report would stand."""
        results = {one.report: scoring.score(self.rules, one.entries) for one in reports}
        ranked: dict[uuid.UUID, dict[uuid.UUID, Decimal]] = {}
        for one in reports:
            result = results[one.report]
            group = group_of(list(self.groups), one.unit_kind, one.post_kind, one.residents)
            if result.total is not None and result.coverage >= self.gate and group is not None:
                ranked.setdefault(group, {})[one.report] = result.total
        places = {key: rank for totals in ranked.values() for key, rank in scoring.ranks(totals).items()}
        steps = [(band.least, band) for band in self.bands]
        return {
            key: Standing(result.total, scoring.band_of(result.total, steps), places.get(key))
            for key, result in results.items()
        }


@dataclass(frozen=True)
class Counted:
    """A report that counts, with what decides its peer group."""

    report: uuid.UUID
    unit: uuid.UUID
    appointment: uuid.UUID | None
    unit_kind: str
    post_kind: str
    residents: int | None
    entries: dict[int, scoring.Entry]


def last_run(subject: str) -> ScoreRun | None:
    """Return the run of the last quarter that was published for a subject, None before there is one."""
    found = ScoreRun.objects.filter(methodology__subject=subject, current=True)
    return found.select_related("period", "methodology").order_by("-period__number").first()


def effects(run: ScoreRun, draft: Methodology, rules: Rules | None = None) -> list[Effect]:
    """Return what a draft would do to the reports of a run's quarter as they count now.

    ``rules`` are those typed and not saved, by measure. A measure that the draft alone has counts as missing.
    """
    reports = _reports(run)
    before = Yardstick.of(run.methodology).standings(reports)
    after = Yardstick.of(draft, rules).standings(reports)
    return [Effect(one.unit, one.appointment, before[one.report], after[one.report]) for one in reports]


def _reports(run: ScoreRun) -> list[Counted]:
    found: dict[uuid.UUID, Counted] = {}
    for row in queries.counting_reports(run.period, run.methodology):
        report, _revision, unit, appointment, unit_kind, post_kind, residents = row
        found[report] = Counted(report, unit, appointment, unit_kind, post_kind, residents, {})
    for report, measure, *entry in queries.counting_values(run.period, run.methodology):
        if report in found:
            found[report].entries[measure] = scoring.Entry(*entry)
    return list(found.values())


@dataclass(frozen=True)
class Summary:
    """What a draft would do, added up: totals told, bands climbed and fallen, who is ranked."""

    scores: int
    mean_before: Decimal | None
    mean_after: Decimal | None
    up: int
    down: int
    ranked_before: int
    ranked_after: int
    moves: dict[tuple[str, str], int]
    """How many would go from one band, by its code, to another; empty is no band."""


def summary(of: Sequence[Effect]) -> Summary:
    """Add effects up."""
    moves = Counter((_code(one.before.band), _code(one.after.band)) for one in of)
    both = [(one.before.band, one.after.band) for one in of]
    return Summary(
        scores=len(of),
        mean_before=_mean([one.before.total for one in of]),
        mean_after=_mean([one.after.total for one in of]),
        up=sum(1 for then, now in both if then and now and now.least > then.least),
        down=sum(1 for then, now in both if then and now and now.least < then.least),
        ranked_before=sum(1 for one in of if one.before.rank is not None),
        ranked_after=sum(1 for one in of if one.after.rank is not None),
        moves=dict(moves),
    )


def _code(band: Band | None) -> str:
    return band.code if band else ""


def _mean(totals: Sequence[Decimal | None]) -> Decimal | None:
    known = [total for total in totals if total is not None]
    return scoring.said(sum(known, Decimal(0)) / len(known)) if known else None
