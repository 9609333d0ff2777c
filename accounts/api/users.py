"""Users over REST: read by administrators and auditors, changed by administrators."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from accounts import invitations, services
from accounts.models import Role, RoleKind, User
from lsg_portal.rest import shapes
from lsg_portal.rest.clock import today
from lsg_portal.rest.columns import Column
from lsg_portal.rest.detail import ActionView, DetailView
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Conflict, Forbidden, NotVisible
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.views import ApiView, Query
from lsg_portal.rest.writes import CreateMixin
from registry.models import Unit
from registry.resolving import unit_id

ROLE = shapes.record(
    id=shapes.INTEGER,
    role=shapes.choice(RoleKind.values),
    unit=shapes.nullable(shapes.UUID),
    valid=shapes.record({"from": shapes.nullable(shapes.DAY), "to": shapes.nullable(shapes.DAY)}),
)
PERSON = shapes.record(last=shapes.TEXT, first=shapes.TEXT, patronymic=shapes.TEXT)
USER = shapes.record(
    id=shapes.INTEGER,
    username=shapes.TEXT,
    name=PERSON,
    email=shapes.TEXT,
    active=shapes.BOOL,
    roles=shapes.listed(ROLE),
)
INVITED = shapes.record(
    USER["properties"],
    invitation={
        "type": ["string", "null"],
        "description": "the path of the link that sets the password; shown this once",
    },
)
ROLES_SQL = """(SELECT coalesce(json_agg(json_build_object('id', r.id, 'role', r.role, 'unit', r.unit_id,
    'valid', json_build_object('from', lower(r.valid), 'to', upper(r.valid))) ORDER BY r.id), '[]')
    FROM accounts_role r WHERE r.user_id = u.id AND r.voided_at IS NULL)"""
HELD = "r.user_id = u.id AND r.voided_at IS NULL AND r.valid @> %(today)s::date"


class GrantBody(BodySerializer):
    """A role: for which unit where it is bound to one, from when until just before when, why."""

    role = serializers.ChoiceField(choices=RoleKind.values)
    unit = serializers.UUIDField(required=False, allow_null=True, default=None)
    begins = serializers.DateField()
    ends = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=500)


class InviteBody(GrantBody):
    """Somebody new, with the first role."""

    username = serializers.RegexField(r"^[\w.@+-]+$", max_length=150)
    last_name = serializers.CharField(max_length=150)
    first_name = serializers.CharField(max_length=150)
    patronymic = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class ReasonBody(BodySerializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


class EndBody(ReasonBody):
    """From which day a role is no longer held, and why."""

    on = serializers.DateField()


class UsersOnly(ApiView):
    """For whoever may read the accounts; to anybody else there is nothing here."""

    permission_classes = (IsAuthenticated,)

    def check_permissions(self, request: Request) -> None:
        """Ask for a login first, then hide."""
        super().check_permissions(request)
        if not request.user.has_perm("accounts.view_user"):
            raise NotVisible


def may_change(user: Any) -> None:
    """Raise Forbidden unless the user administers."""
    if not user.has_perm("accounts.change_user"):
        raise Forbidden


def _unit(data: dict[str, Any]) -> Unit | None:
    unit = data.pop("unit")
    if unit is None:
        return None
    found = Unit.objects.filter(pk=unit).first()
    if found is None:
        raise NotVisible(_("There is no such unit."))
    return found


class UserList(UsersOnly, CreateMixin, SqlListView):
    """The accounts with their roles; POST invites somebody new."""

    data = ("accounts", "registry")
    public = False
    bodies = {"POST": InviteBody}
    answers = {"POST": INVITED}
    refusals = {"GET": (404,), "POST": (404,)}
    once = ("invitation",)
    columns = (
        Column("id", "u.id", "int"),
        Column("username", "u.username"),
        Column("name.last", "u.last_name"),
        Column("name.first", "u.first_name"),
        Column("name.patronymic", "u.patronymic"),
        Column("email", "u.email"),
        Column("active", "u.is_active", "bool"),
        Column("roles", ROLES_SQL, "json", schema=shapes.listed(ROLE), export=""),
    )
    params = (
        Param(
            "role", "choice", gettext_lazy("Only who holds this role today."), choices=tuple(RoleKind.values)
        ),
        Param("unit", "unit", gettext_lazy("Only who holds a role for this unit today.")),
        Param("active", "bool", gettext_lazy("Only open, or only closed accounts.")),
        Param("undecided", "bool", gettext_lazy("Only who holds a role today for a unit that has ended.")),
    )
    keys = {"username": Key("u.username"), "last_name": Key("u.last_name")}
    unique = Key("u.id", "bigint")
    default_ordering = ("last_name",)

    def viewer_key(self, viewer: Any) -> str:
        """Return the day, on which who holds what depends."""
        return f"users {today()}"

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The accounts, narrowed."""
        source = Source("accounts_user u")
        if query["role"]:
            source.add(
                f"EXISTS (SELECT FROM accounts_role r WHERE {HELD} AND r.role = %(role)s::text)",
                role=query["role"],
                today=today(),
            )
        if query["unit"] is not None:
            source.add(
                f"EXISTS (SELECT FROM accounts_role r WHERE {HELD} AND r.unit_id = %(unit)s::uuid)",
                unit=str(unit_id(query["unit"])),
                today=today(),
            )
        if query["active"] is not None:
            source.add("u.is_active = %(active)s::boolean", active=query["active"])
        if query["undecided"] is not None:
            there = "FROM registry_unitversion v WHERE v.unit_id = r.unit_id AND v.voided_by_id IS NULL"
            ended = f"r.unit_id IS NOT NULL AND NOT EXISTS (SELECT {there} AND v.valid @> %(today)s::date)"
            source.add(
                f"EXISTS (SELECT FROM accounts_role r WHERE {HELD} AND {ended}) = %(undecided)s::boolean",
                undecided=query["undecided"],
                today=today(),
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only administrators invite."""
        may_change(request.user)

    def create(self, data: Any, user: Any) -> tuple[User, str]:
        """Make the account and its link."""
        return invitations.invite_new(**{**data, "unit": _unit(data)}, by=user, at=timezone.now())

    def created(self, thing: tuple[User, str], query: Query) -> tuple[Any, str, str | None]:
        """Show the account, and its link this once."""
        user, secret = thing
        shown = {**show(user), "invitation": reverse("invitation", args=[secret])}
        return shown, reverse("api-user", args=[user.pk]), UserDetail().tag(user, query)


def show(user: User) -> dict[str, Any]:
    """The account as JSON."""
    return {
        "id": user.pk,
        "username": user.username,
        "name": {"last": user.last_name, "first": user.first_name, "patronymic": user.patronymic},
        "email": user.email,
        "active": user.is_active,
        "roles": [
            {
                "id": role.pk,
                "role": role.role,
                "unit": role.unit_id,
                "valid": {"from": role.valid.lower, "to": role.valid.upper},
            }
            for role in user.roles.live().order_by("pk")
        ],
    }


class UserDetail(UsersOnly, DetailView):
    """One account with every role it was given."""

    answer_schema = USER

    def load(self, query: Query, **kwargs: Any) -> User:
        """Return the account."""
        return _found(kwargs["user_id"])

    def lock(self, user: Any, **kwargs: Any) -> User:
        """Return the account, locked, to an administrator."""
        found = _found(kwargs["user_id"], lock=True)
        may_change(user)
        return found

    def version(self, thing: User) -> tuple[object, ...]:
        """Return all that is shown: an account has no version of its own."""
        return ("user", str(show(thing)))

    def show(self, thing: User, query: Query) -> dict[str, Any]:
        """Return the account."""
        return show(thing)


def _found(user_id: int, *, lock: bool = False) -> User:
    rows = User.objects.select_for_update() if lock else User.objects.all()
    found = rows.filter(pk=user_id).first()
    if found is None:
        raise NotVisible
    return found


class UserAction(UsersOnly, ActionView):
    """A change of an account, under the ETag of the account."""

    answer_schema = USER
    lock = UserDetail.lock
    version = UserDetail.version
    show = UserDetail.show


class Grant(UserAction):
    """Give the user a role."""

    bodies = {"POST": GrantBody}

    def act(self, thing: User, data: Any, user: Any) -> User:
        """Give it."""
        services.grant(user=thing, **{**data, "unit": _unit(data)}, by=user, at=timezone.now())
        return thing


class EndRole(UserAction):
    """End a role of the user."""

    bodies = {"POST": EndBody}

    def act(self, thing: User, data: Any, user: Any) -> User:
        """End it."""
        role = Role.objects.filter(pk=self.kwargs["role_id"], user=thing).first()
        if role is None:
            raise NotVisible
        on: dt.date = data["on"]
        services.end(role=role, on=on, by=user, at=timezone.now(), reason=data["reason"])
        return thing


class Deactivate(UserAction):
    """Close the account; sessions and tokens end at once."""

    bodies = {"POST": ReasonBody}

    def reached(self, thing: User, method: str) -> None:
        """Refuse where it is closed."""
        if not thing.is_active:
            raise Conflict(_("The account is closed already."), code="already_inactive")

    def act(self, thing: User, data: Any, user: Any) -> User:
        """Close it."""
        return services.deactivate(user=thing, by=user, reason=data["reason"])


class Reactivate(UserAction):
    """Open the account again."""

    bodies = {"POST": ReasonBody}

    def reached(self, thing: User, method: str) -> None:
        """Refuse where it is open."""
        if thing.is_active:
            raise Conflict(_("The account is open."), code="already_active")

    def act(self, thing: User, data: Any, user: Any) -> User:
        """Open it."""
        return services.reactivate(user=thing, by=user, reason=data["reason"])
