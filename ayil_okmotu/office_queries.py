"""Reads for the pages of those who keep the executive bodies; each function is one query unless it says otherwise."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable
from typing import Any

from ayil_okmotu import wording
from ayil_okmotu.models import (
    Appointment,
    CareerStep,
    EndGround,
    ExecutiveBody,
    LocalBudget,
    Post,
    PostKind,
    ReserveCandidate,
    ServiceRecord,
    StaffingReport,
    Training,
    TrainingProgramme,
    Violation,
)
from ayil_okmotu.queries import HEAD_ON
from councils.models import Resolution, ResolutionStatus
from councils.page_queries.bodies import unit_on
from councils.page_queries.people import named
from lsg_portal.web import display
from lsg_portal.web.collation import kyrgyz_key
from registry import queries
from registry.models import Person, SettlementAssignment

MOST_FOUND = 50
"""Persons that a search offers; whoever finds more asks more precisely."""

WRITTEN_BY_RULES = ("body_ended", "post_changed", "replaced")
"""Grounds that follow from another act and that nobody chooses."""

NAMED = f"""
    SELECT b.id, b.unit_id, b.kind, b.valid, {queries.unit_json("u")} AS unit
      FROM ayil_okmotu_executivebody b
     CROSS JOIN LATERAL (SELECT CASE WHEN b.valid @> %(day)s::date THEN %(day)s::date
            WHEN lower(b.valid) > %(day)s::date THEN lower(b.valid) ELSE upper(b.valid) - 1 END AS day) n
    {unit_on("u", "b.unit_id", "n.day")}
     WHERE b.voided_by_id IS NULL AND {{condition}}
     ORDER BY b.valid DESC
"""


def bodies_of(units: Collection[uuid.UUID], day: dt.date) -> list[dict[str, Any]]:
    """Return the bodies of these municipalities with their ``title``: those of the day, else those that were."""
    found = queries.rows(
        NAMED.format(condition="b.unit_id = ANY(%(units)s::uuid[])"),
        {"units": [str(unit) for unit in units], "day": day},
    )
    sitting = [row for row in found if row["valid"].lower <= day and not _over(row["valid"], day)]
    for row in sitting or found:
        row["title"] = wording.body_of(row)
        row["last_day"] = row["valid"].upper - dt.timedelta(days=1) if row["valid"].upper else None
    return sorted(sitting or found, key=lambda row: kyrgyz_key(row["title"]))


def _over(valid: Any, day: dt.date) -> bool:
    return valid.upper is not None and valid.upper <= day


def body(pk: uuid.UUID) -> ExecutiveBody | None:
    """Return a body that no annulment has voided, None where there is none."""
    return ExecutiveBody.objects.live().filter(pk=pk).first()


def body_name(found: ExecutiveBody, day: dt.date) -> str:
    """Return what a body is called on the day, or on the day of its life nearest to it."""
    rows = queries.rows(NAMED.format(condition="b.id = %(body)s"), {"body": found.pk, "day": day})
    return wording.body_of(rows[0]) if rows else wording.body_kind(found.kind)


def post(pk: uuid.UUID) -> Post | None:
    """Return a post with its body and village."""
    return Post.objects.live().select_related("body", "settlement").filter(pk=pk).first()


def post_name(found: Post) -> str:
    """Return what a post with its body and village is called; no query."""
    row = {
        "kind": found.kind,
        "name_ky": found.name_ky,
        "name_ru": found.name_ru,
        "name_en": found.name_en,
        "settlement": found.settlement,
    }
    return wording.post_name(row, found.body.kind)


def appointment(pk: uuid.UUID) -> Appointment | None:
    """Return an appointment with its person, post and body."""
    related = ("person", "post__body", "post__settlement", "end_ground")
    return Appointment.objects.live().select_related(*related).filter(pk=pk).first()


def appointments(found: Post) -> list[Appointment]:
    """Return who holds and held a post, the latest first."""
    related = ("person", "appointing_act", "end_ground", "end_act", "end_resolution")
    held = Appointment.objects.live().filter(post=found).select_related(*related)
    return list(held.order_by("-valid", "acting"))


def in_office(found: ExecutiveBody, day: dt.date) -> dict[uuid.UUID, list[Appointment]]:
    """Return who is in a post of a body on a day, by post; who is acting before the holder."""
    by_post: dict[uuid.UUID, list[Appointment]] = {}
    held = Appointment.objects.on(day).filter(post__body=found).select_related("person").order_by("-acting")
    for one in held:
        by_post.setdefault(one.post_id, []).append(one)
    return by_post


def grounds(found: Appointment) -> list[EndGround]:
    """Return the grounds on which an appointment may end; those of a removal are for heads alone."""
    offered = EndGround.objects.exclude(code__in=WRITTEN_BY_RULES)
    if found.post.kind != PostKind.HEAD:
        offered = offered.exclude(kind=EndGround.Kind.REMOVAL)
    return list(offered)


def no_confidence(found: Appointment) -> list[Resolution]:
    """Return the resolutions a removal for no confidence may rest on, the latest first.

    Published ones of the municipality's council, adopted by two thirds of all deputies while the head was in office.
    """
    rests = Resolution.objects.filter(
        council__unit=found.post.body.unit_id,
        status=ResolutionStatus.PUBLISHED,
        rule__code="two_thirds_of_all",
        adopted_on__gte=found.valid.lower,
    )
    return list(rests.order_by("-adopted_on", "number")[:MOST_FOUND])


def villages(found: ExecutiveBody, day: dt.date) -> list[tuple[str, str]]:
    """Return the villages of the body's municipality on a day to choose from."""
    lie = SettlementAssignment.objects.on(day).filter(unit=found.unit_id).select_related("settlement")
    named_ = [(str(one.settlement_id), display.name(one.settlement)) for one in lie]
    return sorted(named_, key=lambda item: kyrgyz_key(item[1]))


PEOPLE = f"""
    SELECT p.id, p.birth_year, {queries.names("p")}, {named("t")} AS post, t.kind AS post_kind
      FROM registry_person p
      LEFT JOIN LATERAL (
           SELECT t.* FROM ayil_okmotu_appointment a JOIN ayil_okmotu_post t ON t.id = a.post_id
            WHERE a.person_id = p.id AND a.voided_by_id IS NULL ORDER BY a.valid DESC LIMIT 1) t ON true
     WHERE {{condition}}
     ORDER BY lsg_sort_key(coalesce(p.name_ky, p.name_ru, p.name)), p.id LIMIT {{most}}
"""
PUBLIC = """
    (EXISTS (SELECT FROM ayil_okmotu_appointment a WHERE a.person_id = p.id AND a.voided_by_id IS NULL)
     OR EXISTS (SELECT FROM councils_mandate m WHERE m.person_id = p.id AND m.voided_by_id IS NULL))
"""
"""Somebody the public knows: who stands in a reserve and no more than that is no search's business."""


def people(found: Post, *, q: str, private: bool) -> list[tuple[str, str]]:
    """Return persons to choose from: of the body, in reserve for the post if ``private``, and whom ``q`` finds; two queries."""
    near = """EXISTS (SELECT FROM ayil_okmotu_appointment a JOIN ayil_okmotu_post t ON t.id = a.post_id
                       WHERE a.person_id = p.id AND t.body_id = %(body)s AND a.voided_by_id IS NULL)"""
    waiting = """EXISTS (SELECT FROM ayil_okmotu_reservecandidate r
                          WHERE r.person_id = p.id AND r.post_id = %(post)s AND r.voided_by_id IS NULL)"""
    condition = f"{near} OR {waiting}" if private else near
    known = queries.rows(
        PEOPLE.format(condition=condition, most=500), {"body": found.body_id, "post": found.pk}
    )
    if q:
        searched = PEOPLE.format(
            condition=f"lsg_fold(concat_ws(' ', p.name_ky, p.name_ru)) LIKE lsg_fold(%(q)s) AND {PUBLIC}",
            most=MOST_FOUND,
        )
        known += queries.rows(searched, {"q": queries.contains(q)})
    return list({str(row["id"]): _person(row) for row in known}.items())


def _person(row: dict[str, Any]) -> str:
    """A person as somebody who chooses tells them apart: name, year of birth, present or last post."""
    post_ = wording.post_name({**(row["post"] or {}), "kind": row["post_kind"]}) if row["post_kind"] else ""
    return ", ".join(part for part in (display.name(row), str(row["birth_year"] or ""), post_) if part)


def known_person(pk: uuid.UUID) -> Person:
    """Return a person that was chosen."""
    return Person.objects.get(pk=pk)


def reports(found: ExecutiveBody, most: int) -> list[StaffingReport]:
    """Return the latest staffing reports of a body."""
    return list(StaffingReport.objects.filter(body=found).order_by("-on")[:most])


def report(pk: uuid.UUID) -> StaffingReport | None:
    """Return a staffing report with its body."""
    return StaffingReport.objects.select_related("body").filter(pk=pk, body__voided_by=None).first()


def trainings(found: Appointment) -> list[Training]:
    """Return the courses attended in an appointment, the latest first."""
    attended = Training.objects.filter(appointment=found, removed_at=None).select_related("programme")
    return list(attended.order_by("-ended_on"))


def training(pk: uuid.UUID) -> Training | None:
    """Return a course somebody attended, with the appointment; None for one that was removed."""
    related = ("programme", "appointment__person", "appointment__post__body", "appointment__post__settlement")
    return Training.objects.select_related(*related).filter(pk=pk, removed_at=None).first()


def programmes() -> list[tuple[str, str]]:
    """Return the programmes to choose from."""
    offered = [(str(one.pk), display.name(one)) for one in TrainingProgramme.objects.all()]
    return sorted(offered, key=lambda item: kyrgyz_key(item[1]))


def career(found: Appointment) -> list[CareerStep]:
    """Return the steps of a career plan in their order."""
    steps = CareerStep.objects.filter(appointment=found).select_related("programme")
    return list(steps.order_by("by_year", "recorded_at"))


def step(pk: uuid.UUID) -> CareerStep | None:
    """Return a step of a career plan with the appointment."""
    related = ("programme", "appointment__person", "appointment__post__body", "appointment__post__settlement")
    return CareerStep.objects.select_related(*related).filter(pk=pk).first()


def violations(*, of: Appointment) -> list[Violation]:
    """Return the breaches of discipline of somebody in a post with their measures, the latest first."""
    found = Violation.objects.filter(appointment=of).select_related("measure")
    return list(found.order_by("-discovered_on", "-recorded_at"))


def open_violations(found: ExecutiveBody) -> list[Violation]:
    """Return the breaches in a body for which no measure is imposed, the oldest first."""
    related = ("appointment__person", "appointment__post__body", "appointment__post__settlement")
    waiting = Violation.objects.filter(appointment__post__body=found, measure=None).select_related(*related)
    return list(waiting.order_by("discovered_on"))


def violation(pk: uuid.UUID) -> Violation | None:
    """Return a breach of discipline with its measure and the appointment."""
    related = (
        "measure",
        "appointment__person",
        "appointment__post__body",
        "appointment__post__settlement",
    )
    return Violation.objects.select_related(*related).filter(pk=pk).first()


def service(found: Person) -> ServiceRecord | None:
    """Return the latest record of somebody's service."""
    return ServiceRecord.objects.filter(person=found).order_by("-on").first()


def services_of(persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, ServiceRecord]:
    """Return the latest record of service of each of these persons."""
    records = ServiceRecord.objects.filter(person__in=list(persons)).order_by("on")
    return {record.person_id: record for record in records}


def reserve(found: Post, day: dt.date) -> list[ReserveCandidate]:
    """Return who stands in reserve for a post on a day, by place."""
    standing = ReserveCandidate.objects.on(day).filter(post=found).select_related("person")
    return list(standing.order_by("place"))


def candidate(pk: uuid.UUID) -> ReserveCandidate | None:
    """Return somebody in reserve with the post and the body."""
    related = ("person", "post__body", "post__settlement")
    return ReserveCandidate.objects.live().select_related(*related).filter(pk=pk).first()


def budgets(unit: uuid.UUID) -> list[LocalBudget]:
    """Return the budgets of a municipality, the latest first."""
    return list(LocalBudget.objects.filter(unit=unit).order_by("-year"))


def budget(pk: uuid.UUID) -> LocalBudget | None:
    """Return a budget with its lines; two queries."""
    return LocalBudget.objects.prefetch_related("lines__item").filter(pk=pk).first()


def unit_kind(unit: uuid.UUID, day: dt.date) -> str:
    """Return the kind of a municipality on a day; empty where it was none."""
    rows = queries.rows(
        """SELECT kind FROM registry_unitversion
            WHERE unit_id = %(unit)s AND valid @> %(day)s::date AND voided_by_id IS NULL""",
        {"unit": unit, "day": day},
    )
    return str(rows[0]["kind"]) if rows else ""


def heads(day: dt.date, q: str = "") -> list[dict[str, Any]]:
    """Return the post of head of each body of a day with who heads it, and until when the term runs."""
    return queries.rows(
        f"""
        WITH u AS MATERIALIZED (SELECT * FROM registry_units_on(%(day)s::date))
        SELECT t.id AS post_id, b.id AS body_id, b.kind, {queries.unit_json("u")} AS unit, u.sort_ky,
               {queries.unit_json("o")} AS oblast, o.sort_ky AS oblast_sort,
               h.id AS appointment_id, h.acting, lower(h.valid) AS since, h.provenance, {named("hp")} AS head,
               (lower(h.valid) + make_interval(years => h.term_years))::date AS term_end
          FROM ayil_okmotu_executivebody b JOIN u ON u.unit_id = b.unit_id
          LEFT JOIN u o ON o.unit_id = coalesce(u.oblast_id, u.unit_id)
          LEFT JOIN ayil_okmotu_post t ON t.body_id = b.id AND t.kind = 'head' AND t.valid @> %(day)s::date
               AND t.voided_by_id IS NULL
          {HEAD_ON.format(body="b.id", day="%(day)s::date")}
         WHERE b.valid @> %(day)s::date AND b.voided_by_id IS NULL
           AND (%(q)s::text IS NULL
                OR lsg_fold(concat_ws(' ', u.name_ky, u.name_ru, u.name_en, hp.name_ky, hp.name_ru)) LIKE lsg_fold(%(q)s))
         ORDER BY u.sort_ky, u.unit_id""",
        {"day": day, "q": queries.contains(q) if q else None},
    )


def ground_line(ground: EndGround) -> str:
    """Return a ground with its article; no query."""
    name = display.name(ground)
    return f"{name} ({ground.article})" if ground.article else name
