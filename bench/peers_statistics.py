"""The reform statistics by district, counted in Python over model instances."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.peers import LANGUAGES, Naive, Reader, Tuned, UnitReference, district_and_oblast
from registry.models import MUNICIPALITY_KINDS, ChangePart, SettlementAssignment, UnitVersion

CLASSES = ("unchanged", "enlarged", "diminished", "reshaped")
Group = tuple[bool, UnitVersion, UnitVersion]
"""Whether it is what lies outside districts; the district or oblast; the oblast."""


class StatisticsNaive(APIView):
    """Statistics between two days, naive."""

    reader: Reader = Naive
    renderer_classes = (JSONRenderer,)

    def get(self, request: Request) -> Response:
        """Count."""
        before, after = (dt.date.fromisoformat(request.query_params[name]) for name in ("before", "after"))
        groups: dict[str, Group] = {}
        old, new = self.municipalities(before, groups), self.municipalities(after, groups)
        gaining, losing = self.moved(before, after)
        counted: dict[str, Counter[str]] = defaultdict(Counter)
        for unit in {**old, **new}:
            self.count(counted, unit, old.get(unit), new.get(unit), unit in gaining, unit in losing)
        total = Counter[str]()
        for figures in counted.values():
            total.update(figures)
        ordered = sorted(groups, key=lambda key: self.place(key, groups[key]))
        return Response(
            {
                "before": before,
                "after": after,
                "group_by": "district",
                "measure": "municipalities",
                "rows": [{"group": self.group(groups[key]), **figures_of(counted[key])} for key in ordered],
                "total": figures_of(total),
            }
        )

    def municipalities(self, day: dt.date, groups: dict[str, Group]) -> dict[UUID, str]:
        """Return the group of each municipality of a day."""
        found = {}
        for version in self.reader.units(day).filter(kind__in=MUNICIPALITY_KINDS):
            district, oblast = district_and_oblast(self.reader, version, day)
            key = str(district.unit_id) if district else f"none:{oblast.unit_id}"
            groups[key] = (district is None, district or oblast, oblast)
            found[version.unit_id] = key
        return found

    def moved(self, before: dt.date, after: dt.date) -> tuple[set[UUID], set[UUID]]:
        """Return the units that gained and that lost territory."""
        gaining, losing = set(), set()
        for assignment in SettlementAssignment.objects.on(before):
            later = self.later(assignment, after)
            if later and later.unit_id != assignment.unit_id:
                gaining.add(later.unit_id)
                losing.add(assignment.unit_id)
        parts = ChangePart.objects.live().filter(
            change__effective_on__gt=before, change__effective_on__lte=after
        )
        for part in parts.filter(settlements__isnull=True):
            gaining.add(part.target_id)
            losing.add(part.source_id)
        return gaining, losing

    def later(self, assignment: SettlementAssignment, day: dt.date) -> SettlementAssignment | None:
        """Return where a settlement belongs on a later day."""
        return SettlementAssignment.objects.on(day).filter(settlement=assignment.settlement_id).first()

    @staticmethod
    def count(
        counted: dict[str, Counter[str]],
        unit: UUID,
        old: str | None,
        new: str | None,
        gains: bool,
        loses: bool,
    ) -> None:
        """Count one municipality in the groups of both days."""
        if old is None:
            verdict = "created"
        elif new is None:
            verdict = "abolished"
        else:
            verdict = CLASSES[gains + 2 * loses]
        if old is not None:
            counted[old]["before"] += 1
            counted[old]["abolished"] += verdict == "abolished"
        if new is not None:
            counted[new]["after"] += 1
            if verdict != "abolished":
                counted[new][verdict] += 1
        if old is not None and new is not None and old != new:
            counted[old]["moved_out"] += 1
            counted[new]["moved_in"] += 1

    @staticmethod
    def place(key: str, group: Group) -> tuple[Any, ...]:
        """Return where a group stands."""
        outside, named, oblast = group
        return oblast.kind == "city_republican", oblast.sort_ky, outside, named.sort_ky, key

    @staticmethod
    def group(group: Group) -> dict[str, Any]:
        """Name a group."""
        outside, named, oblast = group
        shown = UnitReference(named).data
        if outside:
            shown |= {"id": None, "kind": None}
            if oblast.kind != "city_republican":
                shown["name"] = {language: outside_of(named, language) for language in LANGUAGES}
        return {**shown, "oblast": UnitReference(oblast).data}


def outside_of(oblast: UnitVersion, language: str) -> str:
    """Say what lies outside the districts of an oblast."""
    with translation.override(language):
        text = gettext("%s: cities outside districts")
    return text % (getattr(oblast, f"name_{language}") or (oblast.name_ru if language == "en" else ""))


def figures_of(counted: Counter[str]) -> dict[str, Any]:
    """Return the figures of a row."""
    before, after = counted["before"], counted["after"]
    percent = Decimal(100 * (before - after)) / before if before else None
    return {
        "before": before,
        "after": after,
        **{name: counted[name] for name in (*CLASSES, "abolished", "created", "moved_in", "moved_out")},
        "reduced": before - after,
        "reduction_percent": None
        if percent is None
        else str(percent.quantize(Decimal("0.01"), ROUND_HALF_UP)),
    }


class StatisticsTuned(StatisticsNaive):
    """Statistics between two days, tuned."""

    reader = Tuned

    def moved(self, before: dt.date, after: dt.date) -> tuple[set[UUID], set[UUID]]:
        """Read the later homes at once."""
        self.homes = {each.settlement_id: each for each in SettlementAssignment.objects.on(after)}
        return super().moved(before, after)

    def later(self, assignment: SettlementAssignment, day: dt.date) -> SettlementAssignment | None:
        """Return where a settlement belongs on a later day."""
        return self.homes.get(assignment.settlement_id)
