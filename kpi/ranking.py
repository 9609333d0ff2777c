"""Rankings and scores as they are read: places in peer groups, how far weights decide them, and every line explained."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from kpi import scoring
from registry.queries import Row, names, rows

SWING = Decimal("0.1")
"""Each weight is made a tenth larger and a tenth smaller in turn."""
Weighed = Mapping[Any, tuple[Decimal, Decimal]]
"""The weight and the points of each indicator that counts in a score."""

TABLE = f"""
    SELECT s.id AS score, s.report_id, s.unit_id, s.appointment_id, s.total, s.coverage, s.rank, s.of,
           b.code AS band_code, {", ".join(f"b.name_{x} AS band_name_{x}" for x in ("ky", "ru", "en"))},
           g.id AS group_id, g.code AS group_code, g."order" AS group_order,
           {", ".join(f"g.name_{x} AS group_name_{x}" for x in ("ky", "ru", "en"))},
           v.kind, {names("v")}, v.sort_ky, v.district_id, v.oblast_id, t.provenance
      FROM kpi_score s
      JOIN kpi_scorerun n ON n.id = s.run_id JOIN kpi_period p ON p.id = n.period_id
      JOIN kpi_report t ON t.id = s.report_id
      JOIN LATERAL registry_units_on(p.ends - 1) v ON v.unit_id = s.unit_id
      LEFT JOIN kpi_band b ON b.id = s.band_id
      LEFT JOIN kpi_peergroup g ON g.id = s.peer_group_id
     WHERE s.run_id = %(run)s AND (%(group)s::uuid IS NULL OR s.peer_group_id = %(group)s::uuid)
     ORDER BY g."order", s.rank NULLS LAST, s.total DESC NULLS LAST, v.sort_ky, s.id"""
WEIGHED = """
    SELECT l.score_id, l.indicator_id, l.weight, l.normalised FROM kpi_scoreline l JOIN kpi_score s ON s.id = l.score_id
     WHERE s.run_id = %(run)s AND s.rank IS NOT NULL AND l.status IN ('counted', 'worst')
       AND (%(group)s::uuid IS NULL OR s.peer_group_id = %(group)s::uuid)"""
SCORE = f"""
    SELECT s.id AS score, s.run_id, s.report_id, s.unit_id, s.appointment_id, s.total, s.coverage, s.rank, s.of,
           s.band_id, b.code AS band_code, {", ".join(f"b.name_{x} AS band_name_{x}" for x in ("ky", "ru", "en"))},
           g.id AS group_id, g.code AS group_code, {", ".join(f"g.name_{x} AS group_name_{x}" for x in ("ky", "ru", "en"))},
           n.number AS run_number, n.digest, n.inputs, n.code AS code_digest, n.published_at, n.current, n.methodology_id,
           p.id AS period_id, p.code AS period_code, p.ends - 1 AS last_day, m.subject, m.number AS methodology_number,
           m.gate, m.act_id, m.provenance AS methodology_provenance, t.revision, t.status AS report_status, t.provenance,
           v.kind, {names("v")}
      FROM kpi_score s
      JOIN kpi_scorerun n ON n.id = s.run_id JOIN kpi_period p ON p.id = n.period_id
      JOIN kpi_methodology m ON m.id = n.methodology_id JOIN kpi_report t ON t.id = s.report_id
      JOIN LATERAL registry_units_on(p.ends - 1) v ON v.unit_id = s.unit_id
      LEFT JOIN kpi_band b ON b.id = s.band_id LEFT JOIN kpi_peergroup g ON g.id = s.peer_group_id
     WHERE s.id = %(score)s"""
LINES = f"""
    SELECT i.id AS indicator_id, e.code, {names("i")}, i.direction, i.formula, i.least, i.most, i.whole, i.missing_policy,
           {names("i", "unit_of_measure")}, {names("i", "flag")},
           c.code AS category_code, {", ".join(f"c.name_{x} AS category_name_{x}" for x in ("ky", "ru", "en"))},
           l.raw, l.clamped, l.normalised, l.weight, l.contribution, l.status, l.corrected,
           w.id AS value_id, w.number, w.numerator, w.denominator, w.note, w.status AS value_status
      FROM kpi_scoreline l JOIN kpi_score s ON s.id = l.score_id
      JOIN kpi_indicator i ON i.id = l.indicator_id JOIN kpi_measure e ON e.id = i.measure_id
      JOIN kpi_category c ON c.id = i.category_id
      LEFT JOIN kpi_value w ON w.report_id = s.report_id AND w.indicator_id = i.id
     WHERE l.score_id = %(score)s ORDER BY c."order", i."order", i.id"""
BANDS = f"""
    SELECT b.code, {names("b")}, b.least FROM kpi_band b
     WHERE b.methodology_id = %(methodology)s AND b.removed_at IS NULL ORDER BY b.least"""


def table(run_id: uuid.UUID, peer_group: uuid.UUID | None = None) -> list[Row]:
    """Return the ranking of a run, group by group, in two statements; who is not ranked stands last.

    ``rank_low`` and ``rank_high`` are the best and the worst place that a change of one weight by a tenth would give.
    """
    args = {"run": run_id, "group": peer_group and str(peer_group)}
    found = rows(TABLE, args)
    weighed: dict[uuid.UUID, dict[Any, tuple[Decimal, Decimal]]] = defaultdict(dict)
    for row in rows(WEIGHED, args):
        weighed[row["score_id"]][row["indicator_id"]] = (row["weight"], row["normalised"])
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in found:
        row["rank_low"] = row["rank_high"] = row["rank"]
        if row["rank"] is not None:
            groups[row["group_id"]].append(row)
    for members in groups.values():
        places = swings({row["score"]: weighed[row["score"]] for row in members})
        for row in members:
            row["rank_low"], row["rank_high"] = places[row["score"]]
    return found


def swings(scores: Mapping[uuid.UUID, Weighed]) -> dict[uuid.UUID, tuple[int, int]]:
    """Return the best and the worst place of each score while one weight after the other is changed by a tenth."""
    with localcontext(scoring.PRECISION):
        sums = {
            key: (sum(w for w, _s in lines.values()), sum(w * s for w, s in lines.values()))
            for key, lines in scores.items()
        }
        first = scoring.ranks({key: _total(whole, over) for key, (over, whole) in sums.items()})
        places = {key: (place, place) for key, place in first.items()}
        for indicator in dict.fromkeys(key for lines in scores.values() for key in lines):
            for change in (SWING, -SWING):
                totals = {}
                for key, lines in scores.items():
                    over, whole = sums[key]
                    weight, points = lines.get(indicator, (Decimal(0), Decimal(0)))
                    totals[key] = _total(whole + change * weight * points, over + change * weight)
                for key, place in scoring.ranks(totals).items():
                    low, high = places[key]
                    places[key] = (min(low, place), max(high, place))
    return places


def _total(whole: Decimal | int, over: Decimal | int) -> Decimal:
    return (Decimal(whole) / Decimal(over)).quantize(scoring.KEPT) if over else Decimal(0)


def explain(score_id: uuid.UUID) -> Row | None:
    """Return a score with its lines and what would move it to the next band; None where there is no such score.

    ``to_next`` of a line is the figure it would need, all others as they are; None where even full points would not do.
    """
    found = rows(SCORE, {"score": score_id})
    if not found:
        return None
    score = found[0]
    score["lines"] = rows(LINES, {"score": score_id})
    score["next_band"] = next_band(rows(BANDS, {"methodology": score["methodology_id"]}), score["total"])
    wanted = score["next_band"] and score["next_band"]["least"]
    score["gap"] = None if wanted is None else wanted - score["total"]
    for line, figure in zip(score["lines"], _needed(score["lines"], wanted), strict=True):
        line["to_next"] = figure
    return score


def next_band(bands: Iterable[Row], total: Decimal | None) -> Row | None:
    """Return the lowest band above the one in which a total lies, None at the top and without a total."""
    told = scoring.said(total)
    if told is None:
        return None
    return next((band for band in bands if band["least"] > told), None)


def _needed(lines: Sequence[Row], wanted: Decimal | None) -> list[Decimal | None]:
    """Return the figure each line would need for a total of ``wanted``, all others as they are."""
    if wanted is None:
        return [None] * len(lines)
    counting = [line for line in lines if line["status"] in ("counted", "worst")]
    found: list[Decimal | None] = []
    with localcontext(scoring.PRECISION):
        over = sum((line["weight"] for line in counting), Decimal(0))
        whole = sum((line["weight"] * line["normalised"] for line in counting), Decimal(0))
        for line in lines:
            if line["status"] == "not_applicable":
                found.append(None)
                continue
            weight = line["weight"]
            mine = weight * line["normalised"] if line in counting else Decimal(0)
            base = over if line in counting else over + weight
            points = (wanted * base - (whole - mine)) / weight
            rule = scoring.Rule(line["direction"], line["formula"], line["least"], line["most"], weight)
            found.append(scoring.raw_for(rule, points) if 0 <= points <= 100 else None)
    return found
