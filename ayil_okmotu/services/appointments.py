"""Who holds a post: appointed, acting, and the end of it on a ground of the law."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.errors import conflict, refuse, told
from ayil_okmotu.models import AppointedBy, Appointment, EndGround, Post, PostKind
from ayil_okmotu.services.checking import check_records
from ayil_okmotu.services.continuing import end_appointments
from ayil_okmotu.services.employees import short
from councils.models import Resolution
from councils.services.locking import locked
from registry.models import LegalAct, Person, Provenance, UnitKind, UnitVersion

HEAD_TERM = 5
"""Years for which a head is appointed, whatever becomes of the council, the akim or the President."""

LONGEST_TERM = 10
LONGEST_NUMBER = 40
LONGEST_REASON = 500


def appointer(post: Post, on: dt.date) -> str:
    """Return who appoints to a post: mayors of the largest cities the President, other heads the akim."""
    if post.kind != PostKind.HEAD:
        return AppointedBy.HEAD
    version = UnitVersion.objects.on(on).filter(unit_id=post.body.unit_id).first()
    presidential = version and version.kind in (UnitKind.CITY_REPUBLICAN, UnitKind.CITY_OBLAST)
    return AppointedBy.PRESIDENT if presidential else AppointedBy.AKIM


@transaction.atomic
def appoint(
    *,
    post: Post,
    person: Person,
    on: dt.date,
    acting: bool = False,
    term_years: int | None = None,
    appointed_by: str | None = None,
    act: LegalAct | None = None,
    order_number: str = "",
    order_on: dt.date | None = None,
    concurrent_reason: str = "",
    until: dt.date | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Appointment:
    """Appoint somebody to a post from ``on``, or have them act in it; whoever is acting leaves for who is appointed.

    Without ``until`` the appointment lasts until something ends it; with it, it is recorded as ended with its term.
    """
    post = locked(post)
    if term_years is None and post.kind == PostKind.HEAD and not acting:
        term_years = HEAD_TERM
    if term_years is not None and not 1 <= term_years <= LONGEST_TERM:
        refuse("ayil_okmotu_appointment_term", pointer="/term_years")
    if until is not None and until <= on:
        refuse("ayil_okmotu_appointment_valid_not_empty", pointer="/until")
    if act is not None and act.adopted_on > on:
        refuse("act_later", _("The appointment cannot begin before its legal act was adopted."), "/act")
    number = short(order_number, LONGEST_NUMBER, "/order_number")
    reason = short(concurrent_reason, LONGEST_REASON, "/concurrent_reason")
    with told():
        if not acting:
            standing_in = Appointment.objects.filter(post=post, acting=True, valid__startswith__lt=on)
            end_appointments(standing_in, on, ground="replaced", act=act, order_number=number)
        return Appointment.objects.create(
            post=post,
            person=person,
            acting=acting,
            term_years=term_years,
            appointed_by=appointed_by or appointer(post, on),
            appointing_act=act,
            order_number=number,
            order_on=order_on,
            concurrent_reason=reason,
            valid=DateRange(on, until),
            end_ground=EndGround.objects.get(code="term_ended") if until else None,
            provenance=provenance,
            source=source,
        )


@transaction.atomic
def end_appointment(
    *,
    appointment: Appointment,
    on: dt.date,
    ground: EndGround,
    act: LegalAct | None = None,
    order_number: str = "",
    resolution: Resolution | None = None,
    expected_version: int | None = None,
) -> Appointment:
    """End an appointment on ``on``, the first day on which it is no longer in force, on a ground of the law.

    No confidence in a head rests on a published resolution of the council, adopted by two thirds of all deputies.
    """
    row = locked(appointment, expected_version)
    if row.voided_by_id or row.valid.upper is not None:
        conflict("already_ended", _("The appointment has already ended."))
    if on <= row.valid.lower:
        refuse("ayil_okmotu_appointment_valid_not_empty", pointer="/on")
    if act is not None and act.adopted_on > on:
        refuse("act_later", _("The appointment cannot end before its legal act was adopted."), "/act")
    row.valid = DateRange(row.valid.lower, on)
    row.end_ground, row.end_act, row.end_resolution = ground, act, resolution
    row.end_order_number = short(order_number, LONGEST_NUMBER, "/order_number")
    row.version += 1
    with told():
        row.save()
        check_records()
    return row
