"""All accounts, and one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries, second_factor, sessions, tokens
from accounts.models import RoleKind, User
from accounts.rules import today
from accounts.views.users.shown import role_name, roles_in_words, shown_role
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import FLAG, Column, Filter, Filters, Table
from lsg_portal.web.views import PageMixin, RegisterPage
from registry import titles

MOST_ACTS = 50
"""Acts about access that the page shows, the latest first; the journal has them all."""


class UsersOnly(LoginRequiredMixin, PageMixin):
    """For whoever may read the accounts; to anybody else there is no such page."""

    citable = False

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Hide the page, once somebody is signed in."""
        if request.user.is_authenticated and not self.may_see():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def may_see(self) -> bool:
        """Tell whether the reader may read the accounts."""
        return bool(self.request.user.has_perm("accounts.view_user"))

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list."""
        return [Crumb(_("Users"), addresses.optional("users"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether the reader may change anything."""
        return super().get_context_data(
            **{"may_change": self.request.user.has_perm("accounts.change_user"), **kwargs}
        )


class UsersPage(UsersOnly, RegisterPage):
    """The accounts with their roles of today."""

    template_name = "accounts/users.html"
    title = gettext_lazy("Users")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return nothing: this is the list itself."""
        return ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many accounts wait for a decision."""
        return super().get_context_data(undecided=queries.undecided_count(today()), **kwargs)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the list; three queries in all."""
        units = [(row["id"], titles.full_name(row, row["kind"])) for row in queries.units_with_roles(today())]
        filters = Filters(
            self.request.GET,
            [
                Filter.text("q", _("Name, login or address")),
                Filter.choice("role", _("Role"), [(kind, role_name(kind)) for kind in RoleKind.values]),
                Filter.unit("unit", _("Municipality or district"), units),
                Filter.choice("active", _("Account"), [("yes", _("open")), ("no", _("closed"))]),
                Filter.flag("undecided", _("undecided: the municipality has ended")),
            ],
        )
        rows = queries.users(
            today(),
            role=filters["role"],
            unit=filters["unit"],
            active={"yes": True, "no": False}.get(filters["active"] or ""),
            undecided=bool(filters["undecided"]),
            q=filters["q"],
        )
        columns = [
            Column(
                "name", _("Full name"), value=_name, link=lambda row: addresses.optional("user", row["id"])
            ),
            Column("username", _("Login name")),
            Column("roles", _("Roles"), value=roles_in_words),
            Column("state", _("Account"), value=_state),
            Column("last_login", _("Last login"), value=_last_login),
            Column("email", _("E-mail address"), shown=False),
            Column("undecided", _("Undecided"), FLAG, shown=False),
        ]
        return {
            "users": Table(
                self.request,
                caption=_("Users"),
                columns=columns,
                rows=rows,
                filters=filters,
                unique="id",
                source=_("Accounts of the register"),
            )
        }


class UserPage(UsersOnly, RegisterPage):
    """One account: its roles and their history, what is logged in with it, and what can be done."""

    template_name = "accounts/user.html"

    @cached_property
    def account(self) -> User:
        """The user the page is about."""
        found = User.objects.select_related("invitation").filter(pk=self.kwargs["user_id"]).first()
        if found is None:
            raise Http404
        return found

    def may_see(self) -> bool:
        """Tell whether the reader may read this account: one's own is seen by everyone."""
        return self.kwargs["user_id"] == self.request.user.pk or super().may_see()

    def get_title(self) -> str:
        """Return the name."""
        return str(self.account)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the list where the reader may see it."""
        return super().get_crumbs() if super().may_see() else ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather the account; a fixed number of queries."""
        account = self.account
        roles = [shown_role(row, self.request) for row in queries.roles_of(account.pk, today())]
        factors = Authenticator.objects.filter(user=account, type__in=second_factor.FACTORS)
        own = account.pk == self.request.user.pk
        invitation = getattr(account, "invitation", None)
        return super().get_context_data(
            account=account,
            own=own,
            held=[role for role in roles if role["held"] or (role["valid"].lower or today()) > today()],
            history=roles,
            acts=account.access_acts.select_related("by").order_by("-at", "-pk")[:MOST_ACTS],
            invitation=invitation,
            factors=[second_factor.NAMES[Authenticator.Type(each.type)] for each in factors],
            sessions=sessions.own(account).count(),
            tokens=tokens.own(account).count(),
            reads_journal=self.request.user.has_perm("audit.view_private"),
            **kwargs,
        )


def _name(row: dict[str, Any]) -> str:
    parts = (row["last_name"], row["first_name"], row["patronymic"])
    return " ".join(part for part in parts if part) or str(row["username"])


def _last_login(row: dict[str, Any]) -> str | None:
    moment = row["last_login"]
    return display.moment(timezone.localtime(moment)) if moment else None


class _Badge(str):
    """A word on a page's badge; plain text in files."""

    __slots__ = ("css",)

    css: str

    def __html__(self) -> SafeString:
        return format_html('<span class="badge {}">{}</span>', self.css, str(self))


def _state(row: dict[str, Any]) -> _Badge:
    """Return the state of an account in a word, the most pressing first."""
    if not row["is_active"]:
        word, css = _("closed"), ""
    elif row["undecided"]:
        word, css = _("undecided"), "badge-warning"
    elif row["invited_until"]:
        word, css = _("invited"), "badge-accent"
    else:
        word, css = _("open"), "badge-good"
    badge = _Badge(word)
    badge.css = css
    return badge
