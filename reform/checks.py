"""The checks: what the register holds that a person should look at."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from councils import absences

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text


@dataclass(frozen=True)
class Finding:
    """One thing a check found: the record, its names, and a detail."""

    id: uuid.UUID
    name: dict[str, str | None]
    day: dt.date | None


@dataclass(frozen=True)
class Check:
    """A question to the records, with its SQL: columns id, name_ky, name_ru, name_en, day; ``%(day)s`` is the day."""

    code: str
    title: Text
    about: str
    sql: str
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further parameters of the SQL."""


def findings(checks: Sequence[Check], day: dt.date) -> list[tuple[Check, list[Finding]]]:
    """Return what each check finds as of ``day``, all in one statement."""
    parts = " UNION ALL ".join(
        f"SELECT {place} AS place, row_number() OVER () AS line, x.* FROM ({check.sql}) AS x (id, ky, ru, en, day)"
        for place, check in enumerate(checks)
    )
    given = {name: value for check in checks for name, value in check.more.items()}
    found: list[list[Finding]] = [[] for _check in checks]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({parts}) found ORDER BY place, line", {**given, "day": day})
        for place, _line, key, ky, ru, en, about_day in cursor.fetchall():
            found[place].append(Finding(key, {"ky": ky, "ru": ru, "en": en}, about_day))
    return list(zip(checks, found, strict=True))


ENDED = """
    SELECT DISTINCT ON (v.unit_id) v.unit_id, v.name_ky, v.name_ru, v.name_en, upper(v.valid) AS ended, v.sort_ky
      FROM registry_unitversion v
     WHERE v.voided_by_id IS NULL AND upper(v.valid) <= %(day)s
       AND NOT EXISTS (SELECT FROM registry_unitversion n WHERE n.unit_id = v.unit_id AND n.voided_by_id IS NULL
                          AND (upper_inf(n.valid) OR upper(n.valid) > upper(v.valid)))
     ORDER BY v.unit_id, upper(v.valid) DESC"""

CHECKS = (
    Check(
        "units_without_successor",
        _("Units that ended without a successor"),
        "unit",
        f"""SELECT e.unit_id, e.name_ky, e.name_ru, e.name_en, e.ended FROM ({ENDED}) e
             WHERE NOT EXISTS (SELECT FROM registry_changepart p WHERE p.source_id = e.unit_id AND p.voided_by_id IS NULL)
             ORDER BY e.sort_ky, e.unit_id""",
    ),
    Check(
        "settlements_unassigned",
        _("Settlements that belong to no unit"),
        "settlement",
        """SELECT s.id, s.name_ky, s.name_ru, s.name_en,
                  (SELECT max(upper(a.valid)) FROM registry_settlementassignment a
                    WHERE a.settlement_id = s.id AND a.voided_by_id IS NULL)
             FROM registry_settlement s
            WHERE NOT EXISTS (SELECT FROM registry_settlementassignment a
                               WHERE a.settlement_id = s.id AND a.valid @> %(day)s::date AND a.voided_by_id IS NULL)
              AND NOT EXISTS (SELECT FROM registry_settlementassignment a
                               WHERE a.settlement_id = s.id AND lower(a.valid) > %(day)s::date AND a.voided_by_id IS NULL)
            ORDER BY s.sort_ky, s.id""",
    ),
    Check(
        "municipalities_without_settlements",
        _("Ayil aimaks without a settlement"),
        "unit",
        """SELECT u.unit_id, u.name_ky, u.name_ru, u.name_en, lower(u.valid) FROM registry_units_on(%(day)s::date) u
            WHERE u.kind = 'ayil_aimak' AND NOT EXISTS (
                SELECT FROM registry_settlementassignment a
                 WHERE a.unit_id = u.unit_id AND a.valid @> %(day)s::date AND a.voided_by_id IS NULL)
            ORDER BY u.sort_ky, u.unit_id""",
    ),
    Check(
        "centre_elsewhere",
        _("Units whose centre lies in another unit"),
        "unit",
        """SELECT u.unit_id, u.name_ky, u.name_ru, u.name_en, lower(u.valid) FROM registry_units_on(%(day)s::date) u
             JOIN registry_settlementassignment a
               ON a.settlement_id = u.centre_id AND a.valid @> %(day)s::date AND a.voided_by_id IS NULL
            WHERE u.kind = 'ayil_aimak' AND a.unit_id <> u.unit_id ORDER BY u.sort_ky, u.unit_id""",
    ),
    Check(
        "population_unknown",
        _("Municipalities without a population figure"),
        "unit",
        """SELECT u.unit_id, u.name_ky, u.name_ru, u.name_en, lower(u.valid) FROM registry_units_on(%(day)s::date) u
            WHERE u.kind IN ('city_republican', 'city_oblast', 'city_district_level', 'ayil_aimak')
              AND NOT EXISTS (SELECT FROM registry_population p
                               WHERE p.unit_id = u.unit_id AND p."on" <= %(day)s AND p.voided_by_id IS NULL)
            ORDER BY u.sort_ky, u.unit_id""",
    ),
    Check(
        "events_on_repealed_acts",
        _("Events that rest on repealed acts"),
        "event",
        """SELECT DISTINCT ON (e.effective_on, e.id) e.id, e.title_ky, e.title_ru, e.title_en, r.adopted_on
             FROM reform_event e JOIN reform_eventact ea ON ea.event_id = e.id AND ea.removed_at IS NULL
             JOIN registry_legalact a ON a.id = ea.act_id AND a.status = 'repealed'
             LEFT JOIN registry_legalact r ON r.id = a.repealed_by_id
            WHERE e.status = 'in_force' AND e.effective_on <= %(day)s
              AND (upper(a.in_force) IS NULL OR upper(a.in_force) <= %(day)s)
            ORDER BY e.effective_on, e.id""",
    ),
    Check(
        "steps_overdue",
        _("Steps of road maps that are overdue"),
        "event",
        """SELECT s.event_id, s.title_ky, s.title_ru, s.title_en, s.due_on FROM reform_roadmapstep s
             JOIN reform_event e ON e.id = s.event_id AND e.status = 'in_force'
            WHERE s.due_on < %(day)s AND (s.done_on IS NULL OR s.done_on > %(day)s) ORDER BY s.due_on, s.id""",
    ),
    Check(
        "hand_overs_unsigned",
        _("Hand-overs not signed six months after the event"),
        "event",
        """SELECT h.event_id, h.title_ky, h.title_ru, h.title_en, e.effective_on FROM reform_handover h
             JOIN reform_event e ON e.id = h.event_id AND e.status = 'in_force'
            WHERE h.status <> 'signed' AND e.effective_on + interval '6 months' < %(day)s ORDER BY e.effective_on, h.id""",
    ),
    Check(
        "councils_of_ended_units",
        _("Councils that sit for units which exist no longer"),
        "council",
        """SELECT DISTINCT ON (v.unit_id, c.id) c.id, v.name_ky, v.name_ru, v.name_en, upper(v.valid)
             FROM councils_council c JOIN registry_unitversion v ON v.unit_id = c.unit_id AND v.voided_by_id IS NULL
            WHERE c.valid @> %(day)s::date AND c.voided_by_id IS NULL AND NOT registry_life(c.unit_id) @> %(day)s::date
            ORDER BY v.unit_id, c.id, v.valid DESC""",
    ),
    Check(
        "councils_without_deputies",
        _("Councils without deputies three months after a dissolution, or never elected"),
        "council",
        """SELECT c.id, u.name_ky, u.name_ru, u.name_en, max(upper(n.valid))
             FROM registry_units_on(%(day)s::date) u
             JOIN councils_council c ON c.unit_id = u.unit_id AND c.valid @> %(day)s::date
                  AND c.voided_by_id IS NULL AND NOT c.in_law_only
             LEFT JOIN councils_convocation n ON n.council_id = c.id AND n.voided_by_id IS NULL
                  AND lower(n.valid) <= %(day)s::date
            GROUP BY c.id, u.name_ky, u.name_ru, u.name_en, u.sort_ky
           HAVING (NOT coalesce(bool_or(n.valid @> %(day)s::date), false))
              AND coalesce(max(upper(n.valid)), lower(c.valid)) + interval '3 months' <= %(day)s::date
              AND EXISTS (SELECT FROM councils_convocation o WHERE o.voided_by_id IS NULL AND o.valid @> %(day)s::date)
            ORDER BY u.sort_ky, c.id""",
    ),
    Check(
        "fourth_absences",
        _("Deputies with four unexcused absences within twelve months"),
        "deputy",
        f"""SELECT p.id, p.name_ky, p.name_ru, p.name_en, max(f.held_on) FROM ({absences.PROPOSALS}) f
              JOIN registry_person p ON p.id = f.person_id
             GROUP BY p.id, f.mandate_id ORDER BY 5, p.name_ky, p.id""",
        {"council": None, "others": absences.HOW_MANY - 1, "many": absences.HOW_MANY},
    ),
    Check(
        "bodies_of_ended_units",
        _("Executive bodies that work for units which exist no longer"),
        "executive_body",
        """SELECT DISTINCT ON (v.unit_id, b.id) b.id, v.name_ky, v.name_ru, v.name_en, upper(v.valid)
             FROM ayil_okmotu_executivebody b
             JOIN registry_unitversion v ON v.unit_id = b.unit_id AND v.voided_by_id IS NULL
            WHERE b.valid @> %(day)s::date AND b.voided_by_id IS NULL AND NOT registry_life(b.unit_id) @> %(day)s::date
            ORDER BY v.unit_id, b.id, v.valid DESC""",
    ),
    Check(
        "municipalities_without_body",
        _("Municipalities without an executive body"),
        "unit",
        """SELECT u.unit_id, u.name_ky, u.name_ru, u.name_en, lower(u.valid) FROM registry_units_on(%(day)s::date) u
            WHERE u.kind IN ('city_republican', 'city_oblast', 'city_district_level', 'ayil_aimak')
              AND NOT EXISTS (SELECT FROM ayil_okmotu_executivebody b WHERE b.unit_id = u.unit_id
                                 AND b.valid @> %(day)s::date AND b.voided_by_id IS NULL)
              AND EXISTS (SELECT FROM ayil_okmotu_executivebody o
                           WHERE o.voided_by_id IS NULL AND o.valid @> %(day)s::date)
            ORDER BY u.sort_ky, u.unit_id""",
    ),
    Check(
        "bodies_without_head",
        _("Executive bodies that nobody heads"),
        "executive_body",
        """SELECT b.id, u.name_ky, u.name_ru, u.name_en, lower(b.valid)
             FROM registry_units_on(%(day)s::date) u
             JOIN ayil_okmotu_executivebody b ON b.unit_id = u.unit_id AND b.valid @> %(day)s::date
                  AND b.voided_by_id IS NULL
            WHERE NOT EXISTS (SELECT FROM ayil_okmotu_post p JOIN ayil_okmotu_appointment a ON a.post_id = p.id
                               WHERE p.body_id = b.id AND p.kind = 'head' AND p.voided_by_id IS NULL
                                 AND a.valid @> %(day)s::date AND a.voided_by_id IS NULL)
            ORDER BY u.sort_ky, b.id""",
    ),
    Check(
        "terms_of_heads_over",
        _("Heads of executive bodies whose term has run out"),
        "executive_body",
        """SELECT b.id, u.name_ky, u.name_ru, u.name_en, t.over
             FROM registry_units_on(%(day)s::date) u
             JOIN ayil_okmotu_executivebody b ON b.unit_id = u.unit_id AND b.valid @> %(day)s::date
                  AND b.voided_by_id IS NULL
             JOIN ayil_okmotu_post p ON p.body_id = b.id AND p.kind = 'head' AND p.voided_by_id IS NULL
             JOIN ayil_okmotu_appointment a ON a.post_id = p.id AND a.valid @> %(day)s::date AND a.voided_by_id IS NULL
             CROSS JOIN LATERAL (
                  SELECT (CASE WHEN a.former_id IS NULL THEN lower(a.valid) ELSE ayil_okmotu_since(a.id) END
                          + make_interval(years => a.term_years))::date AS over) t
            WHERE t.over <= %(day)s::date ORDER BY t.over, u.sort_ky, b.id""",
    ),
    Check(
        "posts_left_behind",
        _("Posts and appointments left behind: their body or village lies elsewhere"),
        "executive_body",
        """SELECT DISTINCT ON (b.id) b.id, v.name_ky, v.name_ru, v.name_en, lower(p.valid)
             FROM ayil_okmotu_post p JOIN ayil_okmotu_executivebody b ON b.id = p.body_id
             JOIN registry_unitversion v ON v.unit_id = b.unit_id AND v.voided_by_id IS NULL
             LEFT JOIN ayil_okmotu_appointment a ON a.post_id = p.id AND a.voided_by_id IS NULL
                  AND a.valid @> %(day)s::date
            WHERE (p.valid @> %(day)s::date OR a.id IS NOT NULL) AND p.voided_by_id IS NULL
              AND (b.voided_by_id IS NOT NULL OR NOT b.valid @> %(day)s::date OR NOT p.valid @> %(day)s::date
                   OR p.settlement_id IS NOT NULL AND NOT EXISTS (
                      SELECT FROM registry_settlementassignment s WHERE s.settlement_id = p.settlement_id
                         AND s.unit_id = b.unit_id AND s.voided_by_id IS NULL AND s.valid @> %(day)s::date))
            ORDER BY b.id, v.valid DESC""",
    ),
    Check(
        "transfers_left_behind",
        _("State powers in force in municipalities that have ended"),
        "transfer",
        """SELECT t.id, w.name_ky, w.name_ru, w.name_en, lower(t.valid)
             FROM delegation_transfer t JOIN delegation_statepower w ON w.id = t.power_id
            WHERE t.valid @> %(day)s::date AND t.voided_by_id IS NULL
              AND NOT delegation_municipality(t.unit_id) @> %(day)s::date
            ORDER BY w.code, t.id""",
    ),
    Check(
        "transfers_undecided",
        _("Powers of municipalities that ended, undecided past their deadline"),
        "transfer",
        """SELECT s.transfer_id, w.name_ky, w.name_ru, w.name_en, s.due_on
             FROM delegation_succession s JOIN delegation_transfer t ON t.id = s.transfer_id
             JOIN delegation_statepower w ON w.id = t.power_id
            WHERE s.voided_by_id IS NULL AND s.outcome = 'undecided' AND s.due_on < %(day)s::date
            ORDER BY s.due_on, w.code, s.id""",
    ),
)
