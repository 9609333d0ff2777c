"""What changes who may do what. Each change names who made it (``by``; None for a command), when, and why."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts import acts
from accounts.errors import NotYours, from_database
from accounts.models import BOUND_TO_A_UNIT, AccessAct, Invitation, Role, User
from accounts.spelling import must_be_of_one_script, must_be_seen
from lsg_portal.data import actor
from lsg_portal.rest.clock import BISHKEK
from registry.errors import RuleBroken, StateConflict, Violation
from registry.lineage import project_all
from registry.models import LegalAct, Person, Unit, UnitVersion

if TYPE_CHECKING:
    from uuid import UUID

BEGINS_AT_MOST_AGO = dt.timedelta(days=31)
"""How long ago a role that is given today may begin: an order is signed some days before it is entered."""


@contextmanager
def _held_by_the_database() -> Iterator[None]:
    """Run the statements inside, and the rules that wait for the end of the transaction; refuse in words."""
    try:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS accounts_last_administrator IMMEDIATE")
                cursor.execute("SET CONSTRAINTS accounts_last_administrator DEFERRED")
    except IntegrityError as error:
        raise from_database(error) from error


def _needs(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise RuleBroken(Violation("required", _("Say why."), "/reason"))
    return must_be_seen(reason, "/reason", lines=True)[:500]


def _day(at: dt.datetime) -> dt.date:
    """Return the day in the country on which something is done."""
    return at.astimezone(BISHKEK).date()


@transaction.atomic
def create_user(
    *,
    username: str,
    last_name: str,
    first_name: str,
    patronymic: str = "",
    email: str = "",
) -> User:
    """Make an account nobody can log in to before its invitation is accepted.

    RuleBroken if the login name is taken or mixes alphabets, or a name has characters that are not seen.
    """
    must_be_of_one_script(must_be_seen(username, "/username"), "/username")
    names = {"last_name": last_name, "first_name": first_name, "patronymic": patronymic}
    for field, name in names.items():
        must_be_seen(name, f"/{field}")
    user = User(
        username=User.normalize_username(username.strip()),
        last_name=last_name.strip(),
        first_name=first_name.strip(),
        patronymic=patronymic.strip(),
        email=User.objects.normalize_email(email.strip()),
    )
    user.set_unusable_password()
    if User.objects.filter(username__iexact=user.username).exists():
        raise RuleBroken(
            Violation("username_taken", _("A user with this login name exists already."), "/username")
        )
    with _held_by_the_database():
        user.save()
    return user


@transaction.atomic
def grant(
    *,
    user: User,
    role: str,
    unit: Unit | UUID | None = None,
    begins: dt.date,
    ends: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
    reason: str,
    act: LegalAct | None = None,
) -> Role:
    """Give a role from ``begins`` until just before ``ends``; nobody gives one to himself.

    RuleBroken where it would begin long ago: who held it then is on record. StateConflict for a closed account.
    """
    reason = _needs(reason)
    if by is not None and by.pk == user.pk:
        raise NotYours(Violation("accounts_role_not_by_oneself", _("Nobody gives a role to himself.")))
    if ends is not None and ends <= begins:
        raise RuleBroken(Violation("accounts_role_valid_not_empty", _("The period is empty."), "/ends"))
    if begins < _day(at) - BEGINS_AT_MOST_AGO:
        raise RuleBroken(
            Violation(
                "begins_long_ago", _("A role begins at most 31 days before the day it is given."), "/begins"
            )
        )
    given = Role(
        user=user,
        role=role,
        unit_id=unit.pk if isinstance(unit, Unit) else unit,
        valid=(begins, ends),
        granted_by=by,
        granted_at=at,
        reason=reason,
        act=act,
    )
    locked = User.objects.select_for_update().get(pk=user.pk)  # one change of a user's roles at a time
    if not locked.is_active:
        raise StateConflict(Violation("already_inactive", _("The account is closed already.")))
    with actor.because(reason), _held_by_the_database():
        given.save()
    given.refresh_from_db()
    user.forget_roles()
    return given


@transaction.atomic
def end(*, role: Role, on: dt.date, by: User | None, at: dt.datetime, reason: str) -> Role:
    """End a role: it is held no longer from ``on``, today or later. One that has not begun is taken back.

    StateConflict where it has ended before; RuleBroken for a day that has passed, since who held the role then stays
    on record, and where nobody would be left to administer.
    """
    reason = _needs(reason)
    User.objects.select_for_update().get(pk=role.user_id)
    row = Role.objects.select_for_update().get(pk=role.pk)
    _must_be_open(row, on)
    _must_not_have_passed(row, on, at)
    return _close(row, on=on, by=by, at=at, reason=reason)


def _must_be_open(row: Role, on: dt.date) -> None:
    ended = row.voided_at is not None or (row.valid.upper is not None and row.valid.upper <= on)
    if ended:
        raise StateConflict(Violation("already_ended", _("The role has ended already.")))


def _must_not_have_passed(row: Role, on: dt.date, at: dt.datetime) -> None:
    begun = row.valid.lower is None or row.valid.lower <= _day(at)
    if begun and on < _day(at):
        raise RuleBroken(
            Violation(
                "accounts_role_ends_ahead", _("A role that has begun ends today at the earliest."), "/on"
            )
        )


def _close(row: Role, *, on: dt.date, by: User | None, at: dt.datetime, reason: str) -> Role:
    row.ended_by, row.ended_at, row.end_reason = by, at, reason
    begins = row.valid.lower
    if (
        begins is not None and on <= begins
    ):  # it has not begun, or began today: it is on record with its period
        row.voided_at = at
    else:
        row.valid = (begins, on)
    with actor.because(reason), _held_by_the_database():
        row.save(update_fields=["valid", "ended_by", "ended_at", "end_reason", "voided_at"])
    row.refresh_from_db()
    row.user.forget_roles()
    return row


def successors(role: Role, on: dt.date) -> list[UUID]:
    """Return the units to which the territory of a role's unit has gone by a day, empty while the unit exists."""
    if role.unit_id is None:
        return []
    if UnitVersion.objects.on(on).filter(unit=role.unit_id).exists():
        return []
    versions = UnitVersion.objects.live().filter(unit=role.unit_id, valid__endswith__lte=on)
    last = max((version.valid.upper for version in versions), default=None)
    if last is None:
        return []
    holdings = project_all([role.unit_id], last - dt.timedelta(days=1), on)[role.unit_id]
    return [holding.unit for holding in holdings if holding.unit != role.unit_id]


@transaction.atomic
def follow(
    *,
    role: Role,
    unit: Unit | UUID,
    on: dt.date,
    by: User | None,
    at: dt.datetime,
    reason: str,
    act: LegalAct | None = None,
) -> Role:
    """Let a role go on for a successor of its unit from ``on``; return the new role, the old one ends that day.

    Nothing follows by itself. RuleBroken unless the register's lineage leads from the unit that ended to the one
    named; nobody moves his own role.
    """
    reason = _needs(reason)
    if by is not None and by.pk == role.user_id:
        raise NotYours(Violation("accounts_role_not_by_oneself", _("Nobody gives a role to himself.")))
    User.objects.select_for_update().get(pk=role.user_id)
    old = Role.objects.select_for_update().get(pk=role.pk)
    target = unit.pk if isinstance(unit, Unit) else unit
    if old.role not in BOUND_TO_A_UNIT:
        raise RuleBroken(Violation("not_bound", _("This role is for the whole country."), "/role"))
    _must_be_open(old, on)
    if old.valid.lower is not None and on <= old.valid.lower:
        raise RuleBroken(Violation("not_begun", _("The role has not begun by that day."), "/on"))
    if target not in successors(old, on):
        raise RuleBroken(
            Violation(
                "no_successor", _("That day, this is not a successor of the unit the role was for."), "/unit"
            )
        )
    _must_not_have_passed(old, on, at)
    ends = old.valid.upper
    _close(old, on=on, by=by, at=at, reason=reason)
    new = Role(
        user_id=old.user_id,
        role=old.role,
        unit_id=target,
        valid=(on, ends),
        granted_by=by,
        granted_at=at,
        reason=reason,
        act=act,
        follows=old,
    )
    with actor.because(reason), _held_by_the_database():
        new.save()
    new.refresh_from_db()
    return new


@transaction.atomic
def link_person(*, user: User, person: Person | None, by: User | None, reason: str) -> User:
    """Say who a user is among the people of the register, None for nobody: the own results are read by it.

    Nobody says so of himself. RuleBroken where another account belongs to the person.
    """
    reason = _needs(reason)
    if by is not None and by.pk == user.pk:
        raise NotYours(Violation("own_account", _("Nobody says of himself who he is.")))
    row = User.objects.select_for_update().get(pk=user.pk)
    row.person = person
    with actor.because(reason), _held_by_the_database():
        row.save(update_fields=["person"])
    return row


@transaction.atomic
def deactivate(*, user: User, by: User | None, reason: str) -> User:
    """Close an account: nobody is logged in with it from this moment; its roles stay on record."""
    reason = _needs(reason)
    if by is not None and by.pk == user.pk:
        raise NotYours(Violation("own_account", _("Nobody closes his own account.")))
    row = User.objects.select_for_update().get(pk=user.pk)
    if not row.is_active:
        raise StateConflict(Violation("already_inactive", _("The account is closed already.")))
    row.is_active = False
    with actor.because(reason), _held_by_the_database():
        row.save(update_fields=["is_active"])
        Invitation.objects.filter(user=row).delete()
        acts.shut_out(row)
    return row


@transaction.atomic
def reactivate(*, user: User, by: User | None, reason: str) -> User:
    """Open a closed account again, with the roles it has."""
    reason = _needs(reason)
    row = User.objects.select_for_update().get(pk=user.pk)
    if row.is_active:
        raise StateConflict(Violation("already_active", _("The account is open.")))
    row.is_active = True
    with actor.because(reason), _held_by_the_database():
        row.save(update_fields=["is_active"])
    return row


@transaction.atomic
def revoke_access(*, user: User, by: User | None, at: dt.datetime, reason: str) -> int:
    """End every session and token of a user at once; return how many."""
    reason = _needs(reason)
    with actor.because(reason):
        acts.record(user=user, kind=AccessAct.Kind.ACCESS_ENDED, by=by, at=at, reason=reason)
        return acts.shut_out(user)


@transaction.atomic
def reset_second_factor(*, user: User, by: User | None, at: dt.datetime, reason: str) -> int:
    """Remove the second factors of somebody who has lost them; return how many there were.

    Every session and token ends too: whoever has the lost device is out, and roles that demand a second factor
    count for nothing until a new one is set up. Nobody does this for himself.
    """
    if by is not None and by.pk == user.pk:
        raise NotYours(Violation("own_account", _("Another administrator must reset your second factor.")))
    reason = _needs(reason)
    with actor.because(reason):
        acts.record(user=user, kind=AccessAct.Kind.FACTOR_RESET, by=by, at=at, reason=reason)
        removed = Authenticator.objects.filter(user=user).delete()[0]
        acts.shut_out(user)
    return removed


def act_of(identifier: uuid.UUID | None) -> LegalAct | None:
    """Return the legal act of this id, or None where none is named."""
    return LegalAct.objects.get(pk=identifier) if identifier else None
