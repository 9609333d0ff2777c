"""Executive bodies, how they are reached, and the posts in them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.errors import RuleBroken, Stale, Violation, conflict, refuse, told
from ayil_okmotu.models import (
    Appointment,
    BodyContact,
    BodyKind,
    Employment,
    ExecutiveBody,
    Post,
    PostKind,
)
from ayil_okmotu.services.checking import check_records
from ayil_okmotu.services.continuing import close_posts, go_on, leave
from ayil_okmotu.services.employees import short
from councils.services.locking import locked
from registry.models import (
    MUNICIPALITY_KINDS,
    LegalAct,
    Provenance,
    Settlement,
    Unit,
    UnitKind,
    UnitVersion,
)
from registry.names import clean

LONGEST_ADDRESS = 300
LONGEST_NAME = 200
LONGEST_NUMBER = 40


def kind_for(unit_kind: str) -> str:
    """Return the kind of executive body that a unit of a kind has; empty where it has none."""
    if unit_kind == UnitKind.AYIL_AIMAK:
        return BodyKind.AYIL_OKMOTU
    return BodyKind.MAYORS_OFFICE if unit_kind in MUNICIPALITY_KINDS else ""


@transaction.atomic
def found_body(
    *,
    unit_id: uuid.UUID,
    on: dt.date,
    kind: str | None = None,
    address: Mapping[str, str] | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> ExecutiveBody:
    """Found the executive body of a municipality; its kind is that of the unit on that day where none is given."""
    if kind is None:
        version = UnitVersion.objects.on(on).filter(unit_id=unit_id).first()
        kind = kind_for(version.kind) if version else ""
        if not kind:
            refuse("ayil_okmotu_body_kind_fits", pointer="/unit")
    body = ExecutiveBody(
        unit=Unit(pk=unit_id), kind=kind, valid=DateRange(on, None), provenance=provenance, source=source
    )
    _write(body, "address", address or {}, longest=LONGEST_ADDRESS)
    with told():
        body.save(force_insert=True)
    return body


@transaction.atomic
def change_body(
    *, body: ExecutiveBody, address: Mapping[str, str], expected_version: int | None = None
) -> ExecutiveBody:
    """Change the address of an executive body."""
    row = locked(body, expected_version)
    _write(row, "address", address, longest=LONGEST_ADDRESS)
    row.version += 1
    row.save()
    return row


@transaction.atomic
def set_contact(
    *,
    body: ExecutiveBody,
    phone: str = "",
    email: str = "",
    person: str = "",
    expected_version: int | None = None,
) -> BodyContact:
    """Write how the ministry reaches an executive body; ``expected_version`` is that of the contacts."""
    locked(body)
    row = BodyContact.objects.filter(body=body).first() or BodyContact(body=body, version=0)
    if expected_version is not None and row.version != expected_version:
        raise Stale(Violation("stale", _("The record has been changed by someone else since you opened it.")))
    row.phone = short(phone, 40, "/phone")
    row.email = short(email, 254, "/email")
    row.person = short(person, 200, "/person")
    if row.email:
        try:
            validate_email(row.email)
        except ValidationError:
            refuse("email", _("This is no e-mail address."), "/email")
    row.version += 1
    row.save()
    return row


@transaction.atomic
def create_post(
    *,
    body: ExecutiveBody,
    kind: str,
    on: dt.date,
    employment: str = Employment.STAFF,
    name: Mapping[str, str] | None = None,
    settlement: Settlement | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Post:
    """Create a post in an executive body, for as long as the body lasts; that of a village head names the village."""
    body = locked(body)
    if kind not in PostKind.values:
        refuse("ayil_okmotu_post_kind", pointer="/kind")
    if employment not in Employment.values:
        refuse("ayil_okmotu_post_employment", pointer="/employment")
    if body.valid.upper is not None and on >= body.valid.upper:
        refuse("ayil_okmotu_post_within_body", pointer="/on")
    post = Post(
        body=body,
        kind=kind,
        employment=employment,
        settlement=settlement,
        valid=DateRange(on, body.valid.upper),
        provenance=provenance,
        source=source,
    )
    _write(post, "name", name or {}, longest=LONGEST_NAME)
    with told():
        post.save(force_insert=True)
    return post


@transaction.atomic
def close_post(*, post: Post, on: dt.date, expected_version: int | None = None) -> Post:
    """Close a post on ``on``, the first day on which it no longer exists; whoever held it must have left by then."""
    row = locked(post, expected_version)
    _refuse_closed(row)
    if on <= row.valid.lower:
        refuse("ayil_okmotu_post_valid_not_empty", pointer="/on")
    if Appointment.objects.live().filter(post=row, valid__upper_inf=True).exists():
        conflict("post_occupied", _("Somebody still holds the post: end the appointment first."))
    with told():
        close_posts([row.pk], on)
    return Post.objects.get(pk=row.pk)


@transaction.atomic
def change_post(
    *,
    post: Post,
    name: Mapping[str, str] | None = None,
    employment: str | None = None,
    on: dt.date | None = None,
    act: LegalAct | None = None,
    order_number: str = "",
    expected_version: int | None = None,
) -> Post:
    """Rename a post, or have it held otherwise (staff or by contract) from ``on``: return the post as it goes on.

    The name is corrected in its place. A change of employment closes the post on that day; another one continues it,
    with whoever holds it.
    """
    row = locked(post, expected_version)
    _refuse_closed(row)
    number = short(order_number, LONGEST_NUMBER, "/order_number")
    if name is not None:
        _write(row, "name", name, longest=LONGEST_NAME)
    row.version += 1
    with told():
        row.save()
        if employment is None or employment == row.employment:
            return row
        if employment not in Employment.values:
            refuse("ayil_okmotu_post_employment", pointer="/employment")
        if on is None:
            refuse("required", _("Say from which day the post is held otherwise."), "/on")
        if on <= row.valid.lower:
            refuse("ayil_okmotu_post_valid_not_empty", pointer="/on")
        if Appointment.objects.live().filter(post=row, valid__startswith__gte=on).exists():
            conflict("later_records", _("Later appointments to the post are already recorded."))
        leaving = leave([row.pk], on, ground="post_changed", act=act, order_number=number)
        found = go_on(leaving, on, bodies={row.pk: row.body_id}, employment=employment)[0]
        check_records()
    return found


def _refuse_closed(post: Post) -> None:
    """Refuse to change a post that is closed already."""
    if post.voided_by_id or post.valid.upper is not None:
        conflict("already_ended", _("The post has already been closed."))


def _write(row: Any, field: str, texts: Mapping[str, str], *, longest: int) -> None:
    """Set a translated field, which may say nothing."""
    for language in ("ky", "ru", "en"):
        text = clean(texts.get(language))
        if len(text) > longest:
            raise RuleBroken(
                Violation(
                    "too_long", _("At most %(most)s characters.") % {"most": longest}, f"/{field}_{language}"
                )
            )
        setattr(row, f"{field}_{language}", text or None)
