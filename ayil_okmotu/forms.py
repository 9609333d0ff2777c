"""The forms of a municipality's staff about its executive body, and of the ministry about heads."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ayil_okmotu.models import (
    AppointedBy,
    CareerStep,
    DisciplinaryMeasure,
    Employment,
    PostKind,
)
from lsg_portal.web.forms import NOT_OFFERED, Chosen, DayField, Line, Options, VersionedForm, Whole
from lsg_portal.web.imports import ApplyForm
from registry.models import Person, UnitKind

MOST_STAFF = 5000
MOST_YEARS = 70
LONGEST_NAME = 200
LONGEST_TEXT = 4000
MUNICIPALITIES = (
    UnitKind.CITY_REPUBLICAN,
    UnitKind.CITY_OBLAST,
    UnitKind.CITY_DISTRICT_LEVEL,
    UnitKind.AYIL_AIMAK,
)
ORDER_HELP = gettext_lazy("Where no legal act of the register says it.")


def one_of(label: Any, choices: Any, *, required: bool = True, none: Any = None, **more: Any) -> Any:
    """Return a field in which one of a few values is chosen; ``none`` is the word for leaving it empty."""
    offered = [("", none), *choices] if none is not None else choices
    return forms.ChoiceField(
        label=label, choices=offered, required=required, error_messages=NOT_OFFERED, **more
    )


class Ticked(forms.BooleanField):
    """A box to tick, or not."""

    def __init__(self, *, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, help_text=help_text, required=False)


class AddressForm(VersionedForm):
    """Where the executive body is."""

    address_ky = Line(label=gettext_lazy("Address in Kyrgyz"), max_length=300)
    address_ru = Line(label=gettext_lazy("Address in Russian"), max_length=300)


class ContactForm(VersionedForm):
    """How the ministry reaches the executive body."""

    phone = Line(label=gettext_lazy("Telephone"), max_length=40)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    person = Line(label=gettext_lazy("Whom to ask for"), max_length=LONGEST_NAME)


class PostForm(VersionedForm):
    """A new post."""

    kind = one_of(gettext_lazy("Post"), PostKind.choices, initial=PostKind.SPECIALIST)
    name_ky = Line(
        label=gettext_lazy("Name in Kyrgyz"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Only where the post has a name of its own."),
    )
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=LONGEST_NAME)
    employment = one_of(gettext_lazy("Employment"), Employment.choices)
    settlement = Chosen(
        label=gettext_lazy("Village"), help_text=gettext_lazy("Of a village head, and of no other post.")
    )
    on = DayField(label=gettext_lazy("First day"))

    def __init__(self, *args: Any, villages: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["settlement"].offer(villages)  # type: ignore[attr-defined]


class ChangePostForm(VersionedForm):
    """The name of a post, and how it is held."""

    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=LONGEST_NAME)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=LONGEST_NAME)
    employment = one_of(gettext_lazy("Employment"), Employment.choices)
    on = DayField(
        label=gettext_lazy("From which day it is held so"),
        required=False,
        help_text=gettext_lazy("Only where the employment changes: whoever holds the post goes on with it."),
    )
    order_number = Line(label=gettext_lazy("Number of the order"), max_length=40)


class DayForm(VersionedForm):
    """A day on which something ends."""

    on = DayField(label=gettext_lazy("First day without it"))


class PersonForm(VersionedForm):
    """Who it is: somebody the register knows, or somebody new."""

    person = Chosen(
        label=pgettext_lazy("somebody", "Person"),
        none=gettext_lazy("somebody who is not in the list, named below"),
    )
    name_ky = Line(label=gettext_lazy("Surname and given name in Kyrgyz"), max_length=LONGEST_NAME)
    name_ru = Line(label=gettext_lazy("Surname and given name in Russian"), max_length=LONGEST_NAME)
    sex = one_of(gettext_lazy("Sex"), Person.Sex.choices, required=False, none=gettext_lazy("not given"))
    birth_year = Whole(label=gettext_lazy("Year of birth"), least=1900, most=2100, required=False)

    def __init__(self, *args: Any, people: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].offer(people)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one person, of the register or new."""
        data = super().clean() or {}
        new = bool(data.get("name_ky") or data.get("name_ru"))
        if self.errors.keys() & {"person", "name_ky", "name_ru"}:
            return data
        if bool(data.get("person")) == new:
            self.add_error(
                "person", _("Choose a person or name somebody new, one of both.") if new else _("Say who.")
            )
        return data


class AppointmentForm(PersonForm):
    """Who is appointed to a post, by whom and for how long."""

    field_order = ("person", "name_ky", "name_ru", "sex", "birth_year", "acting", "on", "term_years")

    acting = Ticked(
        label=gettext_lazy("Is acting"),
        help_text=gettext_lazy("Stands in for a time, beside whoever holds the post or while nobody does."),
    )
    on = DayField(label=gettext_lazy("First day in the post"))
    term_years = Whole(
        label=gettext_lazy("Term in years"),
        least=1,
        most=10,
        required=False,
        help_text=gettext_lazy("A head is appointed for 5 years where nothing else is said."),
    )
    appointed_by = one_of(
        gettext_lazy("Appointed by"),
        AppointedBy.choices,
        required=False,
        none=gettext_lazy("as the law says"),
    )
    act = Chosen(label=gettext_lazy("Appointing act"))
    order_number = Line(label=gettext_lazy("Number of the order"), max_length=40, help_text=ORDER_HELP)
    order_on = DayField(label=gettext_lazy("Date of the order"), required=False)
    concurrent_reason = Line(
        label=gettext_lazy("Reason for a second post at once"),
        max_length=500,
        help_text=gettext_lazy(
            "Where the person holds another post on the same days. It is shown to everybody."
        ),
    )

    def __init__(self, *args: Any, acts: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["act"].offer(acts)  # type: ignore[attr-defined]


class EndForm(VersionedForm):
    """When, on which ground and by which act an appointment ends."""

    on = DayField(label=gettext_lazy("First day out of the post"))
    ground = Chosen(label=gettext_lazy("Ground"), required=True)
    act = Chosen(label=gettext_lazy("Legal act"))
    order_number = Line(label=gettext_lazy("Number of the order"), max_length=40, help_text=ORDER_HELP)
    resolution = Chosen(
        label=gettext_lazy("Resolution of the council"),
        help_text=gettext_lazy(
            "For no confidence: a published one that two thirds of all deputies adopted. No other ground needs it."
        ),
    )

    def __init__(
        self, *args: Any, grounds: Options = (), acts: Options = (), resolutions: Options = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].offer(grounds)  # type: ignore[attr-defined]
        self.fields["act"].offer(acts)  # type: ignore[attr-defined]
        self.fields["resolution"].offer(resolutions)  # type: ignore[attr-defined]


class StaffingForm(VersionedForm):
    """The people of the body on a day."""

    on = DayField(label=gettext_lazy("As of"))
    approved = Whole(label=gettext_lazy("Staff posts approved"), most=MOST_STAFF)
    filled = Whole(label=gettext_lazy("Staff posts filled"), most=MOST_STAFF)
    women = Whole(
        label=gettext_lazy("Of them women"),
        most=MOST_STAFF,
        required=False,
        help_text=gettext_lazy("Left empty where it is not known."),
    )
    contract = Whole(label=gettext_lazy("Contract posts filled"), most=MOST_STAFF)


class TrainingForm(VersionedForm):
    """A course somebody attended."""

    programme = Chosen(label=gettext_lazy("Programme"), required=True)
    began_on = DayField(label=gettext_lazy("First day"))
    ended_on = DayField(label=gettext_lazy("Last day"))
    hours = Whole(label=gettext_lazy("Hours"), least=1, most=2000)
    certificate = Line(label=gettext_lazy("Certificate"), max_length=60)

    def __init__(self, *args: Any, programmes: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].offer(programmes)  # type: ignore[attr-defined]


class CareerForm(VersionedForm):
    """The next step that an employee and the head have agreed on."""

    by_year = Whole(label=gettext_lazy("By the year"), least=1991, most=2100)
    goal_kind = one_of(gettext_lazy("Post aimed at"), PostKind.choices, required=False, none="—")
    programme = Chosen(label=gettext_lazy("Programme"))
    note = Line(label=gettext_lazy("Note"), max_length=500, lines=2)
    status = one_of(gettext_lazy("Status"), CareerStep.Status.choices)

    def __init__(self, *args: Any, programmes: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].offer(programmes)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a goal: a post or a programme."""
        data = super().clean() or {}
        named = data.get("goal_kind") or data.get("programme")
        if not named and not self.errors.keys() & {"goal_kind", "programme"}:
            self.add_error("goal_kind", _("Name a post or a programme."))
        return data


class ServiceForm(VersionedForm):
    """Somebody's service and education as of a day."""

    on = DayField(label=gettext_lazy("As of"))
    total_years = Whole(label=gettext_lazy("Years of service"), most=MOST_YEARS)
    leading_years = Whole(label=gettext_lazy("Of them in leading posts"), most=MOST_YEARS)
    elsewhere_years = Whole(label=gettext_lazy("In leading posts elsewhere"), most=MOST_YEARS, initial=0)
    higher_education = Ticked(label=gettext_lazy("Higher education"))
    state_language = Ticked(label=gettext_lazy("Command of the state language"))

    def clean(self) -> dict[str, Any]:
        """Refuse more years of leading than of service."""
        data = super().clean() or {}
        total, leading = data.get("total_years"), data.get("leading_years")
        if total is not None and leading is not None and leading > total:
            self.add_error("leading_years", _("These are years out of the years of service."))
        return data


class CandidateForm(ServiceForm):
    """A candidate's service against what the law demands; nothing of it is stored."""

    field_order = ("unit_kind", "on")

    unit_kind = one_of(
        gettext_lazy("Head of which municipality"), [(kind.value, kind.label) for kind in MUNICIPALITIES]
    )


class ReserveForm(PersonForm):
    """Who stands in reserve for a post, in which place."""

    place = one_of(
        pgettext_lazy("in the reserve", "Place"), [(str(place), str(place)) for place in (1, 2, 3)]
    )
    on = DayField(label=gettext_lazy("First day in reserve"))


class ViolationForm(VersionedForm):
    """A breach of discipline as it was found."""

    discovered_on = DayField(
        label=gettext_lazy("Discovered on"),
        help_text=gettext_lazy("From this day the six months run within which a measure can be imposed."),
    )
    description = Line(label=gettext_lazy("What happened"), max_length=LONGEST_TEXT, required=True, lines=5)


class ExplanationForm(VersionedForm):
    """The day of the employee's written explanation."""

    on = DayField(label=gettext_lazy("Day of the written explanation"))


class FindingForm(VersionedForm):
    """What the commission found."""

    on = DayField(label=gettext_lazy("Day of the finding"))
    finding = Line(
        label=gettext_lazy("What the commission found"), max_length=LONGEST_TEXT, required=True, lines=5
    )


class MeasureForm(VersionedForm):
    """The measure imposed for a breach."""

    kind = one_of(gettext_lazy("Disciplinary measure"), DisciplinaryMeasure.Kind.choices)
    on = DayField(label=gettext_lazy("Imposed on"))
    until = DayField(
        label=gettext_lazy("First day no longer in force"),
        required=False,
        help_text=gettext_lazy("Left empty, it lasts until it is lifted. Nobody is promoted while it does."),
    )
    order_number = Line(label=gettext_lazy("Number of the order"), max_length=40, required=True)


class LiftForm(VersionedForm):
    """Why and from which day a measure no longer holds."""

    on = DayField(label=gettext_lazy("First day no longer in force"))
    reason = Line(label=gettext_lazy("Reason"), max_length=500, required=True, lines=3)


class ApplyBudgetsForm(ApplyForm):
    """The word to write a file of budgets, and what becomes of figures that cannot be read."""

    keep_unreadable = Ticked(label=gettext_lazy("Keep figures that cannot be read as they are printed"))
