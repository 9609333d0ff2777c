"""What the register refuses, in words a person can act on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Violation:
    """One broken rule: a code for programs, a sentence for people, and the field it concerns."""

    code: str
    message: StrOrPromise
    pointer: str = ""


class DomainError(Exception):
    """Something the domain refuses; ``problem_status`` is the HTTP status that says the same."""

    problem_status = 422
    code = "refused"

    def __init__(self, violations: Sequence[Violation] | Violation) -> None:
        self.violations = [violations] if isinstance(violations, Violation) else list(violations)
        super().__init__("; ".join(str(item.message) for item in self.violations))

    @property
    def message(self) -> str:
        """All reasons as one text in the language of the moment."""
        return " ".join(str(item.message) for item in self.violations)


class RuleBroken(DomainError):
    """The records would break a rule of the register (422)."""

    code = "rule_broken"


class StateConflict(DomainError):
    """The thing is not in a state that allows this (409)."""

    problem_status = 409
    code = "state_conflict"


class Stale(DomainError):
    """Somebody else has changed the thing since it was read (412)."""

    problem_status = 412
    code = "stale"


# The sentence for every rule that the database itself holds.
RULES = {
    "registry_unitversion_one_a_day": _("A unit cannot have two versions on one day."),
    "registry_unitversion_valid_not_empty": _("The period is empty: it must end after it starts."),
    "registry_unitversion_valid_has_start": _("The period needs a first day."),
    "registry_unitversion_no_own_parent": _("A unit cannot be its own parent."),
    "registry_unitversion_named": _("A unit needs a name in Kyrgyz or Russian."),
    "registry_unitversion_within_parent": _("A unit cannot exist on a day on which its parent does not."),
    "registry_unitversion_parent_fits": _("A unit of this kind cannot lie in a unit of that kind."),
    "registry_assignment_within_unit": _(
        "A settlement cannot belong to a unit on a day on which the unit does not exist."
    ),
    "registry_settlementassignment_one_a_day": _("A settlement cannot belong to two units on one day."),
    "registry_unitcode_one_bearer_a_day": _("Another unit bears this code on these days."),
    "registry_unitcode_one_a_day": _("The unit has another code of this system on these days."),
    "registry_settlementcode_one_bearer_a_day": _("Another settlement bears this code on these days."),
    "registry_settlementcode_one_a_day": _("The settlement has another code of this system on these days."),
    "registry_changeunit_ends_once": _("The unit has already ended: a unit ends once."),
    "registry_changeunit_begins_once": _("The unit has already begun: a unit begins once."),
    "registry_changeunit_once": _("A unit can be named once in a change."),
    "registry_changepart_once": _("A part from one unit to another can be named once in a change."),
    "registry_changepart_not_to_itself": _("A unit cannot give a part to itself."),
    "registry_changeshare_bounds": _("A share must be above 0 and at most 1."),
    "registry_change_kind_fits": _(
        "The kind of change does not fit the units it ends and begins and its parts."
    ),
    "registry_change_whole_ends": _("A unit that goes whole to another must end, and goes to one unit only."),
    "registry_change_direction": _(
        "A unit that begins cannot give territory in the same change, and one that ends cannot receive it."
    ),
    "registry_assignment_to_municipality": _(
        "A settlement belongs to a city or an ayil aimak, not to another unit."
    ),
    "registry_change_level": _(
        "Territory of a city or an ayil aimak can only go to a city or an ayil aimak."
    ),
    "registry_change_complete": _(
        "Every unit that ends needs a successor, and every unit that begins a predecessor."
    ),
    "registry_change_days": _("A unit does not end, begin or continue on that day as the change says."),
    "registry_change_exhausts": _(
        "Every settlement of a unit that ends needs a target, and a unit that remains keeps at least one."
    ),
    "registry_change_settlements": _("A settlement does not belong to the unit it is said to come from."),
    "registry_change_shares": _("The shares of one source and measure must sum to 1."),
    "registry_change_after_act": _("The change cannot take effect before its legal act was adopted."),
    "registry_change_acyclic": _("A unit cannot be its own predecessor."),
    "registry_legalact_once": _("This legal act is already in the register."),
    "registry_population_unit_once": _("There is already a figure for this unit and day."),
    "reform_event_in_force_has_change": _("An event in force or annulled needs the change that it wrote."),
}


@dataclass(frozen=True)
class Rulebook:
    """The sentences of rules that the database holds, and how they are refused with them."""

    sentences: Mapping[str, StrOrPromise]

    def from_database(self, error: IntegrityError) -> DomainError:
        """Return the refusal for a rule the database held; raise the error again if it is no such rule."""
        diagnosis = getattr(error.__cause__, "diag", None)
        name = getattr(diagnosis, "constraint_name", None) or ""
        if name not in self.sentences:
            raise error
        return RuleBroken(Violation(name, self.sentences[name]))

    @contextmanager
    def told(self) -> Iterator[None]:
        """Raise what the database refuses inside as the domain's refusal."""
        try:
            yield
        except IntegrityError as error:
            raise self.from_database(error) from error

    def refuse(self, code: str, message: StrOrPromise = "", pointer: str = "") -> NoReturn:
        """Refuse for a broken rule, in the rule's own words where none are given."""
        raise RuleBroken(Violation(code, message or self.sentences[code], pointer))


def conflict(code: str, message: StrOrPromise) -> NoReturn:
    """Refuse because of the state things are in."""
    raise StateConflict(Violation(code, message))


from_database = Rulebook(RULES).from_database
