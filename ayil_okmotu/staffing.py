"""The people of an executive body against the norm: vacancies, posts above the norm, the share of men.

A norm of a district or an oblast (the pilots) goes before the country's; where it says nothing of posts, or nothing of
the share of men, the next wider one that does is asked.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from ayil_okmotu.models import StaffingReport
from registry.queries import Row, rows


def _nearest(said: str) -> str:
    """Return the SQL of the nearest norm of a body, of those that say something of ``said``; at most one row."""
    return f"""
        SELECT x.* FROM ayil_okmotu_staffingnorm x
          LEFT JOIN registry_unitversion v ON v.unit_id = {{unit}} AND v.valid @> {{day}} AND v.voided_by_id IS NULL
          LEFT JOIN registry_unitversion w ON w.unit_id = v.parent_id AND w.valid @> {{day}} AND w.voided_by_id IS NULL
         WHERE x.body_kind = {{kind}} AND x.valid @> {{day}} AND {said}
           AND (x.within_id IS NULL OR x.within_id IN (v.unit_id, v.parent_id, w.parent_id))
         ORDER BY x.within_id IS NULL, x.within_id <> v.unit_id, x.within_id <> v.parent_id LIMIT 1"""


NORM = f"""
    (SELECT n.staff AS norm_staff, n.contract AS norm_contract, n.act_id AS norm_act_id, n.article AS norm_article,
            n.within_id AS norm_within_id, m.men_percent AS norm_men_percent, m.act_id AS men_act_id,
            m.article AS men_article
       FROM (SELECT) one
       LEFT JOIN LATERAL ({_nearest("(x.staff IS NOT NULL OR x.contract IS NOT NULL)")}) n ON true
       LEFT JOIN LATERAL ({_nearest("x.men_percent IS NOT NULL")}) m ON true)"""
"""The norm of a body: always one row, with nulls where no norm holds. To be formatted with ``unit``, ``kind``, ``day``."""

FIGURES = """
    CASE WHEN r.id IS NOT NULL THEN greatest(r.approved - r.filled, 0) END AS vacancies,
    CASE WHEN r.id IS NOT NULL AND norm.norm_staff IS NOT NULL
         THEN greatest(r.approved - norm.norm_staff, r.filled - norm.norm_staff, 0) END AS over_norm_staff,
    CASE WHEN r.id IS NOT NULL AND norm.norm_contract IS NOT NULL
         THEN greatest(r.contract - norm.norm_contract, 0) END AS over_norm_contract,
    CASE WHEN r.filled > 0 THEN round((r.filled - r.women) * 100.0 / r.filled, 2) END AS men_percent,
    CASE WHEN r.filled > 0 THEN 100 * (r.filled - r.women)::integer > norm.norm_men_percent * r.filled::integer END AS men_over"""
"""What a report ``r`` comes to against ``norm``; the share of men is compared exactly, before it is rounded."""

STANDING = f"""
    LEFT JOIN LATERAL (
        SELECT r.id AS report_id, r."on", r.approved, r.filled, r.contract, r.women, r.version, r.provenance, r.source,
               norm.*, {FIGURES}
          FROM {NORM} norm
          LEFT JOIN LATERAL (
               SELECT * FROM ayil_okmotu_staffingreport
                WHERE body_id = {{body}} AND "on" <= {{day}} ORDER BY "on" DESC LIMIT 1) r ON true
    ) staffing ON true"""
"""The latest report of a body on or before a day against the norm of that day, joined as ``staffing``: one row, with
nulls where nothing was reported. To be formatted with ``body``, ``unit``, ``kind`` and ``day``."""

STAFFING_ON = f"""
    SELECT b.id AS body_id, b.unit_id, b.kind AS body_kind, b.valid AS body_valid, staffing.*
      FROM ayil_okmotu_executivebody b {STANDING.format(body="b.id", unit="b.unit_id", kind="b.kind", day="%(day)s::date")}
     WHERE b.valid @> %(day)s::date AND b.voided_by_id IS NULL"""
"""The people of every executive body of ``%(day)s``, a row for each."""


@dataclass(frozen=True)
class Norm:
    """How many posts law gives a body on a day, and the greatest share of men; None where law says nothing."""

    staff: int | None = None
    contract: int | None = None
    men_percent: int | None = None
    act_id: uuid.UUID | None = None
    """The act of the numbers of posts."""
    article: str = ""
    men_act_id: uuid.UUID | None = None
    men_article: str = ""
    within_id: uuid.UUID | None = None
    """The unit to which the numbers of posts are narrowed; None for the whole country."""


@dataclass(frozen=True)
class Standing:
    """A report against the norm: what is above it is None where there is no norm, else 0 or more."""

    vacancies: int
    over_norm_staff: int | None
    """Staff posts approved, or filled where these are more, above the norm."""
    over_norm_contract: int | None
    men_percent: Decimal | None
    """Of 100, to two places; None where women were not reported or nobody works there."""
    men_over: bool | None
    norm: Norm


def norm_on(unit_id: uuid.UUID, body_kind: str, day: dt.date) -> Norm:
    """Return the norm for a body of a kind in a unit on a day."""
    sql = NORM.format(unit="%(unit)s::uuid", kind="%(kind)s", day="%(day)s::date")
    return _norm(rows(f"SELECT * FROM {sql} norm", {"unit": unit_id, "kind": body_kind, "day": day})[0])


def standing(report: StaffingReport, day: dt.date | None = None) -> Standing:
    """Return what a report comes to against the norm of a day, its own where none is given."""
    norm = NORM.format(unit="b.unit_id", kind="b.kind", day="%(day)s::date")
    found = rows(
        f"""
        SELECT norm.*, {FIGURES} FROM ayil_okmotu_staffingreport r
          JOIN ayil_okmotu_executivebody b ON b.id = r.body_id
         CROSS JOIN LATERAL {norm} norm WHERE r.id = %(report)s""",
        {"report": report.pk, "day": day or report.on},
    )[0]
    figures = {
        name: found[name]
        for name in ("vacancies", "over_norm_staff", "over_norm_contract", "men_percent", "men_over")
    }
    return Standing(**figures, norm=_norm(found))


def _norm(found: Row) -> Norm:
    return Norm(
        staff=found["norm_staff"],
        contract=found["norm_contract"],
        men_percent=found["norm_men_percent"],
        act_id=found["norm_act_id"],
        article=found["norm_article"] or "",
        men_act_id=found["men_act_id"],
        men_article=found["men_article"] or "",
        within_id=found["norm_within_id"],
    )
