"""The figures as a table, and the verdict."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.cases import Case, Variant
from bench.extras import Import, Table

NAMES = {
    "portal": "**the portal**",
    "computed": "the portal, nothing kept in memory",
    "floor": "floor",
    "late": "the floor, joined after the cut",
    "raw": "computed from the values",
    "kept": "COPY on a kept connection",
    "tuned": "DRF, tuned",
    "naive": "DRF, naive",
}


@dataclass
class Verdict:
    """One bound and whether it holds."""

    what: str
    found: float
    bound: float
    at_most: bool = False
    unit: str = "×"

    @property
    def holds(self) -> bool:
        """Tell whether the bound holds; what could not be measured breaks nothing."""
        if math.isnan(self.found):
            return True
        return self.found <= self.bound if self.at_most else self.found >= self.bound

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        mark = "not measured" if math.isnan(self.found) else "holds" if self.holds else "**BROKEN**"
        return f"| {self.what} | {self.found:.2f} {self.unit} | {sign} {self.bound:g} {self.unit} | {mark} |"


def ratio(one: Variant, other: Variant, what: str = "rate") -> float:
    """Return the ratio of the medians."""
    return middle(one, what) / middle(other, what)


def middle(variant: Variant, what: str = "rate") -> float:
    """Return the median over all slices."""
    return statistics.median(getattr(each, what) for each in variant.slices)


def verdicts(cases: Sequence[Case], small: Table, large: Table, again: Import) -> list[Verdict]:
    """Return every bound of the issue."""
    by_key = {case.key: case.variants for case in cases}
    keys = ("units", "304", "statistics", "csv", "csv large")
    units, same, reform, table, many = (by_key[key] for key in keys)
    return [
        Verdict("units: requests/s ÷ floor", ratio(units["portal"], units["floor"]), 0.65),
        Verdict("units: CPU ÷ floor", ratio(units["portal"], units["floor"], "cpu"), 1.8, at_most=True),
        Verdict("units: queries", units["portal"].queries or 0, 1, at_most=True, unit=""),
        Verdict("units, 304 ÷ uncached", ratio(same["portal"], units["portal"]), 3),
        Verdict("statistics: requests/s ÷ floor", ratio(reform["portal"], reform["floor"]), 0.8),
        Verdict(f"CSV, {small.rows:,} rows: exports/s ÷ COPY", ratio(table["portal"], table["floor"]), 0.9),
        Verdict(f"CSV, {large.rows:,} rows: exports/s ÷ COPY", ratio(many["portal"], many["floor"]), 0.9),
        Verdict(f"CSV, {small.rows:,} rows: first byte", small.first_byte, 50, at_most=True, unit="ms"),
        Verdict(f"CSV, {large.rows:,} rows: first byte", large.first_byte, 50, at_most=True, unit="ms"),
        Verdict(f"CSV, {small.rows:,} rows: memory", small.growth, 8, at_most=True, unit="MB"),
        Verdict(f"CSV, {large.rows:,} rows: memory", large.growth, 8, at_most=True, unit="MB"),
        Verdict("import, unchanged: rows written", again.written, 0, at_most=True, unit=""),
    ]


def case_table(case: Case) -> list[str]:
    """Return the table of one case."""
    lines = [
        f"### {case.title}",
        "",
        f"{case.connections} connection{'s' if case.connections > 1 else ''}; latencies at {case.rate:g} requests/s.",
        "",
        "| | requests/s (range) | ÷ floor | p50 ms | p99 ms | CPU ms | queries | KB | peak MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    floor = case.variants["floor"]
    for variant in case.variants.values():
        rates = [each.rate for each in variant.slices]
        share = ratio(variant, floor)
        cells = [
            NAMES[variant.name],
            spread(rates, 1),
            "1" if variant is floor else figure(share, 4 if share < 0.01 else 2),
            *latencies(variant),
            figure(middle(variant, "cpu"), 2),
            "—" if variant.queries is None else str(variant.queries),
            figure(variant.bytes / 1000, 1) if variant.bytes else "—",
            figure(max(each.peak for each in variant.slices), 0),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def spread(values: Sequence[float], digits: int) -> str:
    """Return the median and the range."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def figure(value: float, digits: int) -> str:
    """Return a number, or a dash for what was not measured."""
    return "—" if math.isnan(value) else f"{value:.{digits}f}"


def latencies(variant: Variant) -> tuple[str, str]:
    """Return median and 99th percentile in milliseconds; a dash for what cannot hold the rate."""
    if not variant.latencies:
        return "—", "—"
    ordered = sorted(variant.latencies)
    last = ordered[min(len(ordered) - 1, math.ceil(0.99 * len(ordered)) - 1)]
    return f"{statistics.median(ordered) * 1000:.1f}", f"{last * 1000:.1f}"


def extras(small: Table, large: Table, first: Import, again: Import) -> list[str]:
    """Return the tables of what is measured once."""
    lines = [
        "### Tables of any length",
        "",
        "| rows | MB | first byte ms | whole s | worker's memory |",
        "|---|---|---|---|---|",
    ]
    for table in (small, large):
        cells = (f"{table.rows:,}", f"{table.megabytes:.1f}", f"{table.first_byte:.1f}")
        lines.append(f"| {' | '.join(cells)} | {table.seconds:.2f} | + {table.growth:.1f} MB |")
    lines += [
        "",
        "### Import of the classifier",
        "",
        "| run | rows read | changes | rows written | s |",
        "|---|---|---|---|---|",
    ]
    for name, run in (("first", first), ("again", again)):
        lines.append(f"| {name} | {run.rows:,} | {run.changes:,} | {run.written:,} | {run.seconds:.1f} |")
    return [*lines, ""]
