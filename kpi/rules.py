"""Who may do what with KPI: pages, REST, files, search and the administration pages ask here alone.

The staff of a municipality enter the report of its office. An employee, or the head for the employee, enters the
employee's. The ministry's approvers review offices; employees' reports are reviewed by their head or by an approver.
Auditors record findings. Administrators and approvers keep methodologies, periods and runs.
"""

from __future__ import annotations

import uuid
from typing import Any

import rules

from accounts.models import RoleKind
from accounts.rules import (
    acts_for,
    has_role,
    is_administrator,
    is_approver,
    is_auditor,
    is_ministry,
    is_reform_team,
    is_staff_member,
    unit_ids,
)
from ayil_okmotu.models import Appointment
from kpi.models import SETTLED
from kpi.visibility import PUBLIC, Sight
from lsg_portal.rest.clock import today
from registry.models import Unit

reads_private = has_role(RoleKind.APPROVER, RoleKind.AUDITOR, RoleKind.ADMINISTRATOR)
manages = has_role(RoleKind.APPROVER, RoleKind.ADMINISTRATOR)
"""Keeps methodologies, periods, extensions, runs and publication."""


def kept_units(user: Any) -> set[uuid.UUID]:
    """Return the municipalities whose office's reports a user enters today."""
    return unit_ids(user, RoleKind.STAFF, on=today())


def led_units(user: Any) -> frozenset[uuid.UUID]:
    """Return the municipalities whose executive body the user heads today, by the records of the register."""
    person = getattr(user, "person_id", None)
    if person is None:
        return frozenset()
    if "_led_units" not in user.__dict__:
        user._led_units = frozenset(
            Appointment.objects.heading(today())
            .filter(person=person)
            .values_list("post__body__unit_id", flat=True)
        )
    led: frozenset[uuid.UUID] = user._led_units
    return led


def sight(user: Any) -> Sight:
    """Return how far a user sees today; visitors, None among them, see what is public."""
    if user is None or not user.is_authenticated:
        return PUBLIC
    person, led = user.person_id, led_units(user)
    if is_ministry(user):
        return Sight(everything=True, private=bool(reads_private(user)), person=person, led=led)
    units = set(kept_units(user))
    for district in unit_ids(user, RoleKind.DISTRICT, on=today()):
        within = Unit.objects.within(Unit(pk=district), today())
        units |= set(within.values_list("pk", flat=True))
    return Sight(units=frozenset(units), person=person, led=led)


def is_own(user: Any, report: Any) -> bool:
    """Whether the report assesses the user."""
    return bool(report.appointment_id and user.person_id and report.appointment.person_id == user.person_id)


@rules.predicate
def reads_report(user: Any, report: Any) -> bool:
    """Whether the user reads this report."""
    if report.appointment_id is None:
        if report.published_at is not None:
            return True
        seen = sight(user)
        return seen.everything or report.unit_id in seen.units
    if user is None or not user.is_authenticated:
        return False
    return bool(reads_private(user) or is_own(user, report) or report.unit_id in led_units(user))


@rules.predicate
def reads_evidence(user: Any, report: Any) -> bool:
    """Whether the user gets the files that prove a report: a published one's figures are public, scans may be private."""
    if report.appointment_id is not None:
        return bool(reads_report(user, report))
    seen = sight(user)
    return seen.everything or report.unit_id in seen.units


@rules.predicate
def enters(user: Any, report: Any) -> bool:
    """Whether the user enters and submits this report."""
    if report is None or not user.is_authenticated:
        return False
    if report.appointment_id is None:
        return bool(acts_for(user, report.unit_id))
    return is_own(user, report) or report.unit_id in led_units(user)


@rules.predicate
def enters_for(user: Any, unit: Any) -> bool:
    """Whether the user enters the report of this municipality's office; ``unit`` is the unit or its id."""
    return unit is not None and bool(acts_for(user, unit))


@rules.predicate
def reviews(user: Any, report: Any) -> bool:
    """Whether the user reviews this report; four eyes are the service's to see."""
    if report is None or not user.is_authenticated:
        return False
    if is_approver(user):
        return True
    return bool(report.appointment_id and report.unit_id in led_units(user) and not is_own(user, report))


@rules.predicate
def amends(user: Any, report: Any) -> bool:
    """Whether the user opens an amendment of this approved report."""
    return (
        report is not None
        and report.status in SETTLED
        and bool(enters(user, report) or reviews(user, report))
    )


rules.add_perm("kpi.read_report", reads_report)
rules.add_perm("kpi.read_evidence", reads_evidence)
rules.add_perm("kpi.enter", enters)
rules.add_perm("kpi.enter_for", enters_for)
rules.add_perm("kpi.enter_any", is_staff_member)
rules.add_perm("kpi.review", reviews)
rules.add_perm("kpi.review_any", is_approver)
rules.add_perm("kpi.amend", amends)
rules.add_perm("kpi.manage", manages)
rules.add_perm("kpi.audit", is_auditor)
rules.add_perm("kpi.read_unpublished", is_ministry)
rules.add_perm("kpi.read_private", reads_private)

# The administration pages only show: everything is changed on the pages of the portal.
reads_administration = is_administrator | is_auditor | is_reform_team

rules.add_perm("kpi", reads_administration)
for model in (
    "measure",
    "methodology",
    "category",
    "indicator",
    "band",
    "peergroup",
    "period",
    "extension",
    "scorerun",
):
    rules.add_perm(f"kpi.view_{model}", reads_administration)
