"""Reads that the pages of the reform are made of; each function is one query unless it says otherwise."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Case, Count, F, Max, Min, OuterRef, Q, QuerySet, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from lsg_portal.rest.models import DataVersion
from reform.models import Event, EventPartSettlement, EventPartShare, EventUnit, Programme
from reform.queries import MEASURES
from reform.visibility import Sight, touching
from registry.models import ChangePart, ChangePartSettlement, LegalAct, PartScope, SettlementAssignment

ONE_DAY = dt.timedelta(days=1)
Row = dict[str, Any]


def data_versions(*apps: str) -> dict[str, int]:
    """Return the data version of each app, for the cite box."""
    return dict(DataVersion.objects.filter(app__in=apps).values_list("app", "version"))


def _rows(sql: str, parameters: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def programmes(day: dt.date) -> QuerySet[Any]:
    """Return the programmes, each with the number, first and last day of its events in force by ``day``."""
    by_then = Q(events__status=Event.Status.IN_FORCE, events__effective_on__lte=day)
    return Programme.objects.select_related("act").annotate(
        in_force=Count("events", filter=by_then),
        first=Min("events__effective_on", filter=by_then),
        last=Max("events__effective_on", filter=by_then),
    )


def areas(day: dt.date) -> list[Row]:
    """Return oblasts, cities of republican significance and districts of ``day``, each after its oblast."""
    return _rows(
        """SELECT u.unit_id, u.kind, u.name_ky, u.name_ru, u.name_en, u.oblast_id
             FROM registry_units_on(%(day)s::date) u
             LEFT JOIN registry_unitversion o ON o.unit_id = coalesce(u.oblast_id, u.unit_id)
                   AND o.valid @> %(day)s::date AND o.voided_by_id IS NULL
            WHERE u.kind IN ('oblast', 'district', 'city_republican')
            ORDER BY o.kind = 'city_republican', o.sort_ky, u.kind = 'district', u.sort_ky, u.unit_id""",
        {"day": day},
    )


def events(
    *,
    day: dt.date,
    seen: Sight,
    programme: uuid.UUID | None = None,
    kind: str | None = None,
    status: str | None = None,
    oblast: uuid.UUID | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[Event]:
    """Return the events a reader may see, narrowed; ``until`` is the last day that counts.

    Of the events that are or were in force those that took effect by ``day``; drafts whatever their day.
    """
    begun = Q(effective_on__lte=day) | Q(status__in=(Event.Status.DRAFT, Event.Status.ADOPTED))
    found = Event.objects.visible_to(seen).filter(begun).select_related("programme")
    narrowed = {
        "programme": programme,
        "kind": kind,
        "status": status,
        "effective_on__gte": since,
        "effective_on__lte": until,
    }
    found = found.filter(**{name: value for name, value in narrowed.items() if value is not None})
    return found.filter(id__in=RawSQL(touching("%s"), ([str(oblast)],))) if oblast else found  # noqa: S611


def event(pk: uuid.UUID, seen: Sight) -> Event | None:
    """Return an event with its programme, its author, and the annulment of its last application.

    None where there is none, or none that somebody who sees this far may read.
    """
    related = ("programme", "created_by", "change__annulment")
    return Event.objects.visible_to(seen).select_related(*related).filter(pk=pk).first()


def lines(event: Event) -> list[EventUnit]:
    """Return the units of a draft in its order, with the settlements that become centres."""
    return list(event.event_units.present().select_related("centre").order_by("id"))


def parts(event: Event) -> list[Any]:
    """Return the parts of a draft, each with ``places`` (the settlements that move) and ``known_shares``.

    A part with all the territory moves every settlement the source has on the eve.
    """
    settlement = JSONObject(
        id="settlement_id",
        kind="settlement__kind",
        name_ky="settlement__name_ky",
        name_ru="settlement__name_ru",
        name_en="settlement__name_en",
    )
    share = JSONObject(measure="measure", share="share", basis="basis")
    eve = event.effective_on - ONE_DAY
    moved = EventPartSettlement.objects.filter(part=OuterRef("pk"))
    all_there = SettlementAssignment.objects.on(eve).filter(unit=OuterRef("source"))
    shares = EventPartShare.objects.filter(part=OuterRef("pk"))
    return list(
        event.parts.present()
        .annotate(
            places=Case(
                When(
                    scope=PartScope.WHOLE,
                    then=ArraySubquery(
                        all_there.order_by("settlement__sort_ky", "id").values(json=settlement)
                    ),
                ),
                default=ArraySubquery(moved.order_by("settlement__sort_ky", "id").values(json=settlement)),
            ),
            known_shares=ArraySubquery(shares.order_by("id").values(json=share)),
        )
        .order_by("id")
    )


def acts(event: Event) -> list[LegalAct]:
    """Return the acts an event rests on, each with the act that repealed it."""
    rested = Q(event_acts__event=event, event_acts__removed_at__isnull=True)
    return list(LegalAct.objects.filter(rested).select_related("repealed_by").order_by("adopted_on", "id"))


def unit_states(units: Iterable[uuid.UUID], day: dt.date) -> dict[uuid.UUID, Row]:
    """Return each unit's name and kind on or nearest to ``day``, and its figures on the eve and on the day.

    ``first_day`` and ``last_day`` bound its life, the latter None while it exists; ``changes`` counts the
    changes in force that touch it on that very day, each of which moves its figures; figures are None where the
    unit does not exist. Units that exist on no day are left out.
    """
    sql = f"""
        WITH wanted AS (SELECT DISTINCT unnest(%(units)s::uuid[]) AS unit_id),
             nearest AS (
                SELECT DISTINCT ON (v.unit_id) v.unit_id, v.kind, v.name_ky, v.name_ru, v.name_en,
                       (SELECT CASE WHEN bool_or(upper_inf(a.valid)) THEN NULL ELSE max(upper(a.valid)) - 1 END
                          FROM registry_unitversion a WHERE a.unit_id = v.unit_id AND a.voided_by_id IS NULL) AS last_day,
                       (SELECT min(lower(a.valid))
                          FROM registry_unitversion a WHERE a.unit_id = v.unit_id AND a.voided_by_id IS NULL) AS first_day
                  FROM registry_unitversion v JOIN wanted USING (unit_id)
                 WHERE v.voided_by_id IS NULL
                 ORDER BY v.unit_id, v.valid @> %(day)s::date DESC, v.valid @> %(eve)s::date DESC, v.valid DESC),
             places AS (
                SELECT unit_id, count(*) FILTER (WHERE valid @> %(eve)s::date) AS eve,
                       count(*) FILTER (WHERE valid @> %(day)s::date) AS day
                  FROM registry_settlementassignment JOIN wanted USING (unit_id)
                 WHERE voided_by_id IS NULL GROUP BY unit_id)
        SELECT n.*,
               (SELECT count(*) FROM registry_change c
                 WHERE c.effective_on = %(day)s::date
                   AND (EXISTS (SELECT FROM registry_changeunit x
                                 WHERE x.change_id = c.id AND x.unit_id = n.unit_id AND x.voided_by_id IS NULL)
                        OR EXISTS (SELECT FROM registry_changepart x
                                    WHERE x.change_id = c.id AND n.unit_id IN (x.source_id, x.target_id)
                                      AND x.voided_by_id IS NULL))) AS changes,
               b.unit_id IS NOT NULL AS existed, a.unit_id IS NOT NULL AS exists,
               CASE WHEN b.unit_id IS NOT NULL THEN pb.value::bigint END AS population_before,
               CASE WHEN a.unit_id IS NOT NULL THEN pa.value::bigint END AS population_after,
               CASE WHEN b.unit_id IS NOT NULL THEN coalesce(s.eve, 0) END AS settlements_before,
               CASE WHEN a.unit_id IS NOT NULL THEN coalesce(s.day, 0) END AS settlements_after
          FROM nearest n
          LEFT JOIN registry_unitversion b
                 ON b.unit_id = n.unit_id AND b.voided_by_id IS NULL AND b.valid @> %(eve)s::date
          LEFT JOIN registry_unitversion a
                 ON a.unit_id = n.unit_id AND a.voided_by_id IS NULL AND a.valid @> %(day)s::date
          LEFT JOIN ({MEASURES["population"].format(day="%(eve)s::date")}) pb ON pb.unit_id = n.unit_id
          LEFT JOIN ({MEASURES["population"].format(day="%(day)s::date")}) pa ON pa.unit_id = n.unit_id
          LEFT JOIN places s ON s.unit_id = n.unit_id"""
    found = _rows(sql, {"units": [str(unit) for unit in units], "day": day, "eve": day - ONE_DAY})
    return {row["unit_id"]: row for row in found}


def search_units(words: str, limit: int = 30) -> list[Row]:
    """Return units that ever bore a name with these words, each once, with its district or oblast and its life."""
    return _rows(
        """
        WITH named AS (
            SELECT DISTINCT ON (v.unit_id) v.unit_id, v.kind, v.name_ky, v.name_ru, v.name_en, v.parent_id, v.sort_ky,
                   v.valid, lsg_fold(coalesce(v.name_ky, '')) = lsg_fold(%(words)s) AS exact
              FROM registry_unitversion v
             WHERE v.voided_by_id IS NULL
               AND (strpos(lsg_fold(coalesce(v.name_ky, '')), lsg_fold(%(words)s)) > 0
                    OR strpos(lsg_fold(coalesce(v.name_ru, '')), lsg_fold(%(words)s)) > 0)
             ORDER BY v.unit_id, v.valid DESC)
        SELECT n.*, p.parent,
               (SELECT range_merge(range_agg(a.valid)) FROM registry_unitversion a
                 WHERE a.unit_id = n.unit_id AND a.voided_by_id IS NULL) AS life
          FROM named n
          LEFT JOIN LATERAL (
                SELECT json_build_object('kind', p.kind, 'name_ky', p.name_ky, 'name_ru', p.name_ru, 'name_en', p.name_en)
                       AS parent
                  FROM registry_unitversion p
                 WHERE p.unit_id = n.parent_id AND p.voided_by_id IS NULL AND p.valid && n.valid
                 ORDER BY p.valid DESC LIMIT 1) p ON true
         ORDER BY n.exact DESC, n.sort_ky, n.unit_id LIMIT %(limit)s""",
        {"words": words, "limit": limit},
    )


def moved_settlements(
    changes: Sequence[uuid.UUID],
) -> dict[tuple[uuid.UUID, uuid.UUID, uuid.UUID], ChangePart]:
    """Return the parts of these changes by change, source and target, each with ``places`` and its event."""
    settlement = JSONObject(
        name_ky="settlement__name_ky", name_ru="settlement__name_ru", name_en="settlement__name_en"
    )
    moved = ChangePartSettlement.objects.filter(part=OuterRef("pk")).order_by("settlement__sort_ky", "id")
    found = (
        ChangePart.objects.live()
        .filter(change__in=changes)
        .annotate(places=ArraySubquery(moved.values(json=settlement)), event_id=F("change__event__id"))
    )
    return {(part.change_id, part.source_id, part.target_id): part for part in found}


def units_of_day(day: dt.date) -> list[Row]:
    """Return every unit of ``day`` with its district and oblast, in the order of the Kyrgyz alphabet."""
    return _rows(
        """SELECT unit_id, kind, name_ky, name_ru, name_en, parent_id, district_id, oblast_id
             FROM registry_units_on(%(day)s::date) ORDER BY sort_ky, unit_id""",
        {"day": day},
    )


def settlements_of(units: Iterable[uuid.UUID], day: dt.date) -> list[Row]:
    """Return the settlements that belonged to these units on ``day``."""
    return _rows(
        """SELECT a.unit_id, s.id, s.kind, s.name_ky, s.name_ru, s.name_en
             FROM registry_settlementassignment a JOIN registry_settlement s ON s.id = a.settlement_id
            WHERE a.unit_id = ANY(%(units)s::uuid[]) AND a.valid @> %(day)s::date AND a.voided_by_id IS NULL
            ORDER BY s.sort_ky, s.id""",
        {"units": [str(unit) for unit in units], "day": day},
    )


def acts_offered(words: str, chosen: Sequence[uuid.UUID], limit: int = 6) -> list[LegalAct]:
    """Return the acts chosen, then the latest ones whose number or title holds the words."""
    named = Q(number__icontains=words)
    for language in ("ky", "ru", "en"):
        named |= Q(**{f"title_{language}__icontains": words})
    fitting = LegalAct.objects.filter(named).order_by("-adopted_on", "id").values("pk")[:limit]
    return list(LegalAct.objects.filter(Q(pk__in=chosen) | Q(pk__in=fitting)).order_by("-adopted_on", "id"))
