"""What administrators do with accounts: each a page with a form, one call, and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import invitations, mail, queries, services
from accounts.forms import DayReasonForm, FollowForm, GrantForm, InviteForm, PersonForm, ReasonForm
from accounts.models import Role, RoleKind, User
from accounts.rules import today
from accounts.views.users.pages import UsersOnly
from accounts.views.users.shown import role_name
from lsg_portal.web import display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.views import FormPage
from registry import titles
from registry.errors import DomainError
from registry.models import LegalAct, Person

MOST_ACTS = 200
"""Legal acts offered as the basis of a decision, the latest first."""
MOST_PEOPLE = 200
"""People offered as the owner of an account."""


class Action(UsersOnly, FormPage):
    """A change of an account: 404 to whoever may not see it, 403 to whoever may only look."""

    template_name = "accounts/action.html"
    form_class: Any = ReasonForm
    submit: Any = ""
    explanation: Any = ""
    danger = False
    done: Any = gettext_lazy("Done.")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever may not change accounts."""
        if request.user.is_authenticated and self.may_see():
            self.look_up()
            if not request.user.has_perm("accounts.change_user"):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def look_up(self) -> None:
        """Raise Http404 where there is no such account."""
        if "user_id" in self.kwargs:
            _ = self.account

    @cached_property
    def account(self) -> User:
        """The account the page is about."""
        found = User.objects.filter(pk=self.kwargs["user_id"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def by(self) -> User:
        """Who does it."""
        user: User = self.request.user
        return user

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the account."""
        crumbs = list(super().get_crumbs())
        if "user_id" in self.kwargs:
            crumbs.append(Crumb(str(self.account), self.back))
        return crumbs

    @property
    def back(self) -> str:
        """The page to return to."""
        return (
            reverse("user", args=[self.kwargs["user_id"]]) if "user_id" in self.kwargs else reverse("users")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the words of the action."""
        return super().get_context_data(
            submit=self.submit,
            explanation=self.explanation,
            danger=self.danger,
            back=self.back,
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        """Do it, or say why not."""
        try:
            response = self.act(form)
        except DomainError as error:
            for violation in error.violations:
                field = violation.pointer.strip("/")
                form.add_error(field if field in form.fields else None, str(violation.message))
            response = self.form_invalid(form)
            response.status_code = error.problem_status
            return response
        if response is not None:
            return response
        messages.success(self.request, self.done)
        return redirect(self.back)

    def act(self, form: Any) -> HttpResponse | None:
        """Call one service."""
        raise NotImplementedError


def _units(day: Any) -> list[tuple[Any, Any]]:
    """Return the districts and municipalities to choose from, grouped by where they lie."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in queries.units_to_act_for(day):
        home = titles.full_name(row["home"], row["home"]["kind"]) if row["home"] else _("Kyrgyz Republic")
        groups.setdefault(home, []).append((str(row["id"]), titles.full_name(row, row["kind"])))
    return list(groups.items())


class ShowsLink:
    """A page whose form ends with a link to copy, shown this once."""

    request: Any

    def show_link(self, user: User, secret: str) -> HttpResponse:
        """Send the link where mail is set up; show it."""
        link = self.request.build_absolute_uri(reverse("invitation", args=[secret]))
        context = self.get_context_data(  # type: ignore[attr-defined]
            form=None, link=link, account=user, sent=mail.invite(user, link, by=str(self.request.user))
        )
        response: HttpResponse = self.render_to_response(context)  # type: ignore[attr-defined]
        response.headers["Cache-Control"] = "no-store"
        return response


class Invite(ShowsLink, Action):
    """A new account with its first role, and the link for its owner."""

    title = gettext_lazy("Invite a user")
    submit = gettext_lazy("Invite")
    explanation = gettext_lazy(
        "The account is made now. Its owner sets the password with a link that holds for seven days "
        "and works once."
    )
    form_class = InviteForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the units of today."""
        return {**super().get_form_kwargs(), "units": _units(today())}

    def get_initial(self) -> dict[str, Any]:
        """Begin today."""
        return {"role": RoleKind.STAFF, "begins": today()}

    def act(self, form: InviteForm) -> HttpResponse:
        """Make the account."""
        data = form.cleaned_data
        names = {key: data[key] for key in ("username", "last_name", "first_name", "patronymic", "email")}
        user, secret = invitations.invite_new(
            **names,
            role=data["role"],
            unit=data["unit"],
            begins=data["begins"],
            ends=form.until,
            by=self.by,
            at=timezone.now(),
            reason=data["reason"],
        )
        return self.show_link(user, secret)


class NewLink(ShowsLink, Action):
    """A new link for somebody who has lost the first one, or the password."""

    title = gettext_lazy("New link to set the password")
    submit = gettext_lazy("Make the link")
    explanation = gettext_lazy(
        "An earlier link no longer holds. Hand the link to the owner of the account only: whoever uses "
        "it sets the password. A second factor that is set up is still asked for."
    )

    def act(self, form: ReasonForm) -> HttpResponse:
        """Make the link."""
        secret = invitations.invite(
            user=self.account, by=self.by, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
        return self.show_link(self.account, secret)


class Grant(Action):
    """Another role."""

    title = gettext_lazy("Give a role")
    submit = gettext_lazy("Give the role")
    form_class = GrantForm
    done = gettext_lazy("The role is given.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the units of today."""
        return {**super().get_form_kwargs(), "units": _units(today())}

    def get_initial(self) -> dict[str, Any]:
        """Begin today."""
        return {"role": RoleKind.STAFF, "begins": today()}

    def act(self, form: GrantForm) -> None:
        """Give it."""
        data = form.cleaned_data
        services.grant(
            user=self.account,
            role=data["role"],
            unit=data["unit"],
            begins=data["begins"],
            ends=form.until,
            by=self.by,
            at=timezone.now(),
            reason=data["reason"],
        )


class OfRole(Action):
    """A change of one role of the account."""

    def look_up(self) -> None:
        """Raise Http404 where the account has no such role."""
        super().look_up()
        _ = self.role

    @cached_property
    def role(self) -> Role:
        """The role."""
        found = Role.objects.filter(pk=self.kwargs["role_id"], user=self.kwargs["user_id"]).first()
        if found is None:
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"on": today()}


class EndRole(OfRole):
    """The end of a role."""

    submit = gettext_lazy("End the role")
    explanation = gettext_lazy(
        "From the day you name, today or later, the role is no longer held. It stays on record with its "
        "reason. A role that has not begun is taken back."
    )
    form_class = DayReasonForm
    done = gettext_lazy("The role is ended.")
    danger = True

    def get_title(self) -> str:
        """Name the role."""
        return _("End the role “%(role)s”") % {"role": role_name(self.role.role)}

    def act(self, form: DayReasonForm) -> None:
        """End it."""
        data = form.cleaned_data
        services.end(role=self.role, on=data["on"], by=self.by, at=timezone.now(), reason=data["reason"])


class Follow(OfRole):
    """A role goes on for a successor of its unit."""

    title = gettext_lazy("Let the role follow its municipality")
    submit = gettext_lazy("Follow")
    explanation = gettext_lazy(
        "The unit of this role has ended. Nothing follows by itself: the role ends on the day you name "
        "and goes on for the successor you choose."
    )
    form_class = FollowForm
    done = gettext_lazy("The role goes on for the successor.")

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        """The successors of the unit, as the register's lineage says."""
        found = services.successors(self.role, today())
        return [
            (str(row["id"]), titles.full_name(row, row["kind"]))
            for row in queries.named_units(found, today())
        ]

    def look_up(self) -> None:
        """Raise Http404 where there is nothing to follow."""
        super().look_up()
        ends = self.role.valid.upper
        if not self.choices or self.role.voided_at or (ends is not None and ends <= today()):
            raise Http404

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the successors, and the latest acts."""
        acts = [(str(act.pk), titles.act_name(act)) for act in LegalAct.objects.all()[:MOST_ACTS]]
        return {**super().get_form_kwargs(), "units": self.choices, "acts": acts}

    def act(self, form: FollowForm) -> None:
        """Let it follow."""
        data = form.cleaned_data
        services.follow(
            role=self.role,
            unit=data["unit"],
            on=data["on"],
            by=self.by,
            at=timezone.now(),
            reason=data["reason"],
            act=services.act_of(data["act"]),
        )


class LinkPerson(Action):
    """Who the user is among the people of the register."""

    title = gettext_lazy("Person in the register")
    submit = gettext_lazy("Save")
    explanation = gettext_lazy(
        "Make sure that the account belongs to this person: it opens the person's own KPI results, and to a head those "
        "of the employees of the office."
    )
    done = gettext_lazy("Saved.")
    form_class = PersonForm

    @cached_property
    def people(self) -> dict[str, Person]:
        """Who can be chosen: people of the surname, and whom the account belongs to."""
        surname = self.account.last_name.strip()
        named = Q(name_ky__icontains=surname) | Q(name_ru__icontains=surname) if surname else Q(pk=None)
        offered = Person.objects.filter(named | Q(pk=self.account.person_id)).order_by(
            "name_ky", "name_ru", "pk"
        )
        return {str(person.pk): person for person in offered[:MOST_PEOPLE]}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer them, with the year of birth where it is known."""
        offered = [
            (key, ", ".join(str(part) for part in (display.name(person), person.birth_year) if part))
            for key, person in self.people.items()
        ]
        return {**super().get_form_kwargs(), "people": offered}

    def get_initial(self) -> dict[str, Any]:
        """Begin with the person that the account belongs to."""
        return {"person": self.account.person_id}

    def act(self, form: PersonForm) -> None:
        """Link them."""
        person = self.people.get(str(form.cleaned_data["person"]))
        services.link_person(user=self.account, person=person, by=self.by, reason=form.cleaned_data["reason"])


class Deactivate(Action):
    """The account is closed."""

    title = gettext_lazy("Close the account")
    submit = gettext_lazy("Close the account")
    explanation = gettext_lazy(
        "Nobody logs in with it any more; sessions and tokens end at once. Its roles and all it has "
        "done stay on record."
    )
    done = gettext_lazy("The account is closed.")
    danger = True

    def act(self, form: ReasonForm) -> None:
        """Close it."""
        services.deactivate(user=self.account, by=self.by, reason=form.cleaned_data["reason"])


class Reactivate(Action):
    """The account is opened again."""

    title = gettext_lazy("Open the account again")
    submit = gettext_lazy("Open the account")
    explanation = gettext_lazy("It has the roles it had, as far as they have not ended.")
    done = gettext_lazy("The account is open again.")

    def act(self, form: ReasonForm) -> None:
        """Open it."""
        services.reactivate(user=self.account, by=self.by, reason=form.cleaned_data["reason"])


class RevokeAccess(Action):
    """Everything that is logged in with the account ends."""

    title = gettext_lazy("End sessions and revoke tokens")
    submit = gettext_lazy("End all")
    explanation = gettext_lazy("Every browser and every program must log in again.")
    done = gettext_lazy("All sessions are ended and all tokens are revoked.")
    danger = True

    def act(self, form: ReasonForm) -> HttpResponse | None:
        """End them."""
        services.revoke_access(
            user=self.account, by=self.by, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
        return redirect("account_login") if self.account.pk == self.by.pk else None


class ResetSecondFactor(Action):
    """For somebody who has lost the device and the recovery codes."""

    title = gettext_lazy("Reset the second factor")
    submit = gettext_lazy("Reset")
    explanation = gettext_lazy(
        "Make sure that it is the owner who asks. Second factors and recovery codes are removed, "
        "sessions and tokens end; roles that demand a second factor do not count until a new one is "
        "set up."
    )
    done = gettext_lazy("The second factor is removed.")
    danger = True

    def act(self, form: ReasonForm) -> None:
        """Remove it."""
        services.reset_second_factor(
            user=self.account, by=self.by, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
