"""Employees' results as the public sees them: how many lie in each band, in groups of five people or more.

A group of fewer is withheld; so is the smallest of its neighbours where the withheld ones together would still be fewer
than five, since they could be had by subtraction; and what lies in a withheld group is withheld with it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from kpi.models import Period, Subject
from kpi.queries import run_on
from registry.queries import Row, names, rows

LEAST = 5
"""People in a group that is shown."""
GROUPINGS = ("oblast", "district", "unit")
COUNTS = """
    SELECT u.unit_id, u.district_id, u.oblast_id, b.code AS band, count(*) AS scores, array_agg(a.person_id) AS persons
      FROM kpi_score s JOIN kpi_scorerun n ON n.id = s.run_id JOIN kpi_period p ON p.id = n.period_id
      JOIN LATERAL registry_units_on(p.ends - 1) u ON u.unit_id = s.unit_id
      JOIN ayil_okmotu_appointment a ON a.id = s.appointment_id LEFT JOIN kpi_band b ON b.id = s.band_id
     WHERE s.run_id = %(run)s GROUP BY 1, 2, 3, 4"""
PLACES = f"""
    SELECT u.unit_id, u.kind, {names("u")}, u.sort_ky FROM registry_units_on(%(day)s::date) u"""


def _hidden(groups: Mapping[Any, int]) -> set[Any]:
    """Return the groups under one roof that are withheld."""
    hidden = {key for key, people in groups.items() if people < LEAST}
    left = sorted((key for key in groups if key not in hidden), key=lambda key: (groups[key], str(key)))
    while hidden and left and sum(groups[key] for key in hidden) < LEAST:
        hidden.add(left.pop(0))
    return hidden


def bands(period: Period, group_by: str, day: dt.date) -> list[Row]:
    """Return employees' published results of a period by ``oblast``, ``district`` or ``unit``, with the total first.

    Rows ``{group: {id, kind, name}, people, bands}``; both figures are None where a group is withheld. Who holds two posts
    is one of the people, with two results in the bands. ``day`` is the day asked about: what was shown on it.
    """
    run = run_on(period.pk, Subject.EMPLOYEE, day)
    if run is None:
        return []
    paths: dict[tuple[Any, Any, Any], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    persons: dict[tuple[Any, ...], set[uuid.UUID]] = defaultdict(set)
    for row in rows(COUNTS, {"run": run}):
        path = (row["oblast_id"], row["district_id"] or f"none:{row['oblast_id']}", row["unit_id"])
        paths[path][row["band"] or "none"] += row["scores"]
        persons[path] |= set(row["persons"])
    depth = GROUPINGS.index(group_by) + 1
    hidden: set[tuple[Any, ...]] = set()
    sums: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for path, counts in paths.items():
        for level in range(depth + 1):
            for band, number in counts.items():
                sums[path[:level]][band] += number
    for path in paths:
        for level in range(depth + 1):
            persons[path[:level]] |= persons[path]
    people = {path: len(persons[path]) for path in sums}
    if people.get((), 0) < LEAST:
        hidden.add(())
    for level in range(1, depth + 1):
        roofs: dict[tuple[Any, ...], dict[tuple[Any, ...], int]] = defaultdict(dict)
        for path in people:
            if len(path) == level:
                roofs[path[:-1]][path] = people[path]
        for roof, groups in roofs.items():
            hidden |= set(groups) if roof in hidden else _hidden(groups)
    places = {row["unit_id"]: row for row in rows(PLACES, {"day": period.last_day})}
    shown = [
        _row(path, people[path], sums[path], path in hidden, places)
        for path in people
        if len(path) in (0, depth)
    ]
    return sorted(shown, key=lambda row: (row["group"] is not None, row["sort_ky"]))


def _row(
    path: tuple[Any, ...],
    people: int,
    counts: Mapping[str, int],
    hidden: bool,
    places: Mapping[uuid.UUID, Row],
) -> Row:
    about, sort = None, ""
    if path:
        outside = str(path[-1]).startswith("none:")
        place = places[path[0] if outside else path[-1]]
        sort = place["sort_ky"]
        about = {
            "id": None if outside else place["unit_id"],
            "kind": "outside_districts" if outside else place["kind"],
            "name": {language: place[f"name_{language}"] for language in ("ky", "ru", "en")},
        }
    return {
        "group": about,
        "people": None if hidden else people,
        "bands": None if hidden else dict(counts),
        "sort_ky": sort,
    }
