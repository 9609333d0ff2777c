"""What the accounts refuse, in words a person can act on."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from registry.errors import DomainError, RuleBroken, Violation

# The sentence for every rule that the database itself holds.
RULES = {
    "accounts_role_valid_not_empty": _("The period is empty."),
    "accounts_role_known": _("There is no such role."),
    "accounts_role_bound_to_a_unit": _("This role needs a unit, or takes none."),
    "accounts_role_once_a_day": _("The user holds this role already in that period."),
    "accounts_role_not_by_oneself": _("Nobody gives a role to himself."),
    "accounts_role_fits_unit": _(
        "Municipal staff act for a city or an ayil aimak, district staff for a district."
    ),
    "accounts_role_stays": _("A role that was given is not changed: end it and give another."),
    "accounts_role_ends_ahead": _("A role that has begun ends today at the earliest."),
    "accounts_last_administrator": _("This would leave the register without an administrator."),
    "accounts_user_person_id_key": _("Another account belongs to this person."),
    "accounts_user_username_key": _("A user with this login name exists already."),
}


class NotYours(DomainError):
    """Nobody does this to himself (403)."""

    problem_status = 403
    code = "not_yours"


def from_database(error: IntegrityError) -> DomainError:
    """Return the refusal for a rule the database held; raise the error again if it is no such rule."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    if name not in RULES:
        raise error
    return RuleBroken(Violation(name, RULES[name]))
