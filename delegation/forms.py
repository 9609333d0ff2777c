"""The forms of a municipality's staff and of the ministry about delegated powers; fields are named as the services take them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation.models import (
    Basis,
    CancellationRequest,
    Dispute,
    DisputeParty,
    Field,
    Means,
    Performance,
    PowerGroup,
    PowerStatus,
    Principle,
    StateBody,
    StatePower,
    StatuteItem,
    Succession,
    Transfer,
)
from delegation.models.funding import LARGEST
from lsg_portal.web.forms import NOT_OFFERED, Chosen, DayField, Line, NumberField, Options, VersionedForm
from registry.models import LegalAct, Unit

LANGUAGES = ("ky", "ru", "en")
ORDER_HELP = gettext_lazy("Where no legal act of the register says it.")


def one_of(label: Any, choices: Any, *, required: bool = True, **more: Any) -> Any:
    """Return a field in which one of a few values is chosen."""
    return forms.ChoiceField(
        label=label, choices=choices, required=required, error_messages=NOT_OFFERED, **more
    )


class Picked(Chosen):
    """A record out of those offered, given as the record itself; empty is None."""

    def __init__(self, model: type[Model], **more: Any) -> None:
        super().__init__(**more)
        self.model = model

    def clean(self, value: Any) -> Any:
        """Return the record."""
        key = super().clean(value)
        return self.model._default_manager.get(pk=key) if key else None


class Money(NumberField):
    """Thousand som; empty is not reported."""

    def __init__(self, *, label: Any, required: bool = False, help_text: Any = "") -> None:
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            min_value=Decimal(0),
            max_value=Decimal(LARGEST),
            max_digits=11,
            decimal_places=2,
        )


class OfficeForm(VersionedForm):
    """A form whose values are what the service takes; the lists to choose from come from the page."""

    texts: ClassVar[tuple[str, ...]] = ()
    """Translated values: their fields end in a language each."""

    def __init__(self, *args: Any, offers: Mapping[str, Options] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, options in (offers or {}).items():
            self.fields[name].offer(options)  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What was entered, translated texts as one value each."""
        data = super().values
        for name in self.texts:
            data[name] = {language: data.pop(f"{name}_{language}", "") for language in LANGUAGES}
        return data


class PowerForm(OfficeForm):
    """A power of the catalogue."""

    texts = ("name", "note")

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Latin letters, figures and hyphens; it stays for good."),
    )
    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=500, lines=2)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=500, lines=2)
    name_en = Line(label=gettext_lazy("Name in English"), max_length=500, lines=2)
    statute_item = Picked(
        StatuteItem,
        label=gettext_lazy("Item of the statute’s list"),
        help_text=gettext_lazy("Only where the text of the statute says so."),
    )
    group = one_of(gettext_lazy("Group"), PowerGroup.choices)
    field = Picked(Field, label=gettext_lazy("Field of state activity"), required=True)
    legal_basis = Picked(LegalAct, label=gettext_lazy("Legal basis"))
    article = Line(label=gettext_lazy("Article"), max_length=200)
    responsible = Picked(StateBody, label=gettext_lazy("Responsible state body"))
    status = one_of(gettext_lazy("Status"), PowerStatus.choices)
    note_ky = Line(label=gettext_lazy("Note in Kyrgyz"), max_length=1000, lines=2)
    note_ru = Line(label=gettext_lazy("Note in Russian"), max_length=1000, lines=2)
    note_en = Line(label=gettext_lazy("Note in English"), max_length=1000, lines=2)


class ItemForm(OfficeForm):
    """One of the things that a power consists of."""

    texts = ("name",)

    name_ky = Line(label=gettext_lazy("Name in Kyrgyz"), max_length=500, lines=2)
    name_ru = Line(label=gettext_lazy("Name in Russian"), max_length=500, lines=2)
    name_en = Line(label=gettext_lazy("Name in English"), max_length=500, lines=2)


class StatuteItemForm(OfficeForm):
    """Which power of the catalogue an item of the statute's list is."""

    power = Picked(StatePower, label=gettext_lazy("State power"), none=gettext_lazy("none: not entered yet"))


class OverlapForm(OfficeForm):
    """A function that a state body goes on performing beside municipalities."""

    texts = ("what",)

    state_body = Picked(StateBody, label=gettext_lazy("State body"), required=True)
    what_ky = Line(label=gettext_lazy("What both perform, in Kyrgyz"), max_length=1000, lines=2)
    what_ru = Line(label=gettext_lazy("What both perform, in Russian"), max_length=1000, lines=2)
    on = DayField(label=gettext_lazy("Observed since"))


class DayForm(OfficeForm):
    """A day on which something ends."""

    on = DayField(label=gettext_lazy("First day without it"))


class NoForm(OfficeForm):
    """Nothing to enter: only the button."""


class TransferForm(OfficeForm):
    """A draft: which power, on what basis, for what term."""

    texts = ("reporting",)

    power = Picked(StatePower, label=gettext_lazy("State power"), required=True)
    state_body = Picked(StateBody, label=gettext_lazy("State body that hands over"), required=True)
    basis = one_of(gettext_lazy("Basis"), Basis.choices, initial=Basis.AGREEMENT)
    act = Picked(
        LegalAct,
        label=gettext_lazy("Law or act"),
        help_text=gettext_lazy("Of a transfer by law or by an act."),
    )
    begins = DayField(label=gettext_lazy("First day of the term"))
    ends = DayField(
        label=gettext_lazy("First day after the term"),
        required=False,
        help_text=gettext_lazy("Left empty where there is no end."),
    )
    agreement_number = Line(label=gettext_lazy("Number of the agreement"), max_length=40)
    signed_on = DayField(label=gettext_lazy("Signed on"), required=False)
    reporting_ky = Line(label=gettext_lazy("How it is reported on, in Kyrgyz"), max_length=1000, lines=2)
    reporting_ru = Line(label=gettext_lazy("How it is reported on, in Russian"), max_length=1000, lines=2)
    former = Picked(
        Transfer,
        label=gettext_lazy("Continues the transfer of a municipality that ended"),
        help_text=gettext_lazy("Of a renewal after a territorial change alone."),
    )


class PrinciplesForm(OfficeForm):
    """The nine principles: whether the transfer keeps each, and why not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for principle in Principle:
            self.fields[f"kept_{principle}"] = forms.ChoiceField(
                label=str(principle.label)[:1].upper() + str(principle.label)[1:],
                choices=[("yes", gettext_lazy("it is kept")), ("no", gettext_lazy("it is not kept"))],
                widget=forms.RadioSelect,
                required=False,
                error_messages=NOT_OFFERED,
            )
            self.fields[f"note_{principle}"] = Line(
                label=_("Why: %(principle)s") % {"principle": principle.label}, max_length=1000, lines=2
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The answer and the note of each principle."""
        return [(self[f"kept_{principle}"], self[f"note_{principle}"]) for principle in Principle]

    def clean(self) -> dict[str, Any]:
        """Ask why a principle is not kept, and for the answer where there is a note."""
        data = super().clean() or {}
        for principle in Principle:
            kept, note = data.get(f"kept_{principle}"), data.get(f"note_{principle}")
            if kept == "no" and not note:
                self.add_error(f"note_{principle}", _("Say why the principle is not kept."))
            if note and not kept and f"kept_{principle}" not in self.errors:
                self.add_error(f"kept_{principle}", _("Say whether the principle is kept."))
        return data

    @property
    def answers(self) -> dict[Principle, tuple[bool, str]]:
        """Whether each principle is kept, with the note; those not answered are left out."""
        data = self.cleaned_data
        return {
            principle: (kept == "yes", data[f"note_{principle}"])
            for principle in Principle
            if (kept := data[f"kept_{principle}"])
        }


class MeansForm(OfficeForm):
    """Means assigned with a power."""

    texts = ("what",)

    kind = one_of(gettext_lazy("Kind"), Means.Kind.choices)
    what_ky = Line(label=gettext_lazy("What, in Kyrgyz"), max_length=500, lines=2)
    what_ru = Line(label=gettext_lazy("What, in Russian"), max_length=500, lines=2)
    yearly = Money(
        label=gettext_lazy("Thousand som a year"), help_text=gettext_lazy("Of financial means alone.")
    )


class ConsentForm(OfficeForm):
    """The consent of the association of municipalities."""

    on = DayField(label=gettext_lazy("Day of the consent"))
    basis = Line(
        label=gettext_lazy("What the consent rests on"),
        max_length=500,
        required=True,
        help_text=gettext_lazy("The decision of the association: its number and day."),
    )


class AgreeForm(OfficeForm):
    """The agreement as it was signed."""

    agreement_number = Line(label=gettext_lazy("Number of the agreement"), max_length=40)
    signed_on = DayField(label=gettext_lazy("Signed on"), required=False)


class EnterForm(OfficeForm):
    """The day from which the municipality performs the power."""

    on = DayField(label=gettext_lazy("First day in force"))


class EndForm(OfficeForm):
    """When and why a transfer ends."""

    on = DayField(label=gettext_lazy("First day without it"))
    reason = Line(label=gettext_lazy("Reason"), max_length=500, required=True, lines=3)
    act = Picked(LegalAct, label=gettext_lazy("Legal act"))


class ReasonForm(OfficeForm):
    """Why something is given up."""

    reason = Line(label=gettext_lazy("Reason"), max_length=500, required=True, lines=3)


class FundingForm(OfficeForm):
    """The money of a quarter; empty is not reported, which is something else than 0."""

    need = Money(label=gettext_lazy("Normative need"))
    planned = Money(label=gettext_lazy("Planned"))
    received = Money(label=gettext_lazy("Received"))
    spent = Money(label=gettext_lazy("Spent"))
    material = Line(label=gettext_lazy("Material means received"), max_length=500, lines=2)


class PerformanceForm(OfficeForm):
    """How a power was performed in a quarter."""

    result = one_of(gettext_lazy("Result"), Performance.Result.choices)
    volume = NumberField(
        label=gettext_lazy("Volume"),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(1_000_000_000),
        max_digits=12,
        decimal_places=2,
    )
    volume_unit = Line(
        label=gettext_lazy("Unit of measure"),
        max_length=60,
        help_text=gettext_lazy("What is counted: applications, hectares, pupils …"),
    )
    obstacle = Line(
        label=gettext_lazy("What stood in the way"),
        max_length=1000,
        lines=3,
        help_text=gettext_lazy("Of whatever was not performed fully."),
    )


class PracticeForm(OfficeForm):
    """A power that the municipality performs in fact."""

    power = Picked(StatePower, label=gettext_lazy("State power"), required=True)
    on = DayField(label=gettext_lazy("Performed since"))
    note = Line(label=gettext_lazy("What is done"), max_length=1000, lines=3)


class DisputeForm(OfficeForm):
    """A dispute brought before the conciliation commission."""

    number = Line(label=gettext_lazy("Number"), max_length=40, required=True)
    power = Picked(StatePower, label=gettext_lazy("State power"), required=True)
    transfer = Picked(Transfer, label=gettext_lazy("Transfer"))
    subject = Line(label=gettext_lazy("Subject"), max_length=1000, required=True, lines=3)
    opened_on = DayField(label=gettext_lazy("Opened on"))
    due_on = DayField(label=gettext_lazy("To be decided by"))


class PartyForm(OfficeForm):
    """Who takes part in a dispute: one of three."""

    role = one_of(gettext_lazy("Role"), DisputeParty.Role.choices)
    unit = Picked(Unit, label=gettext_lazy("Municipality"))
    state_body = Picked(StateBody, label=gettext_lazy("State body"))
    association = Line(label=gettext_lazy("Association"), max_length=300)


class HearingForm(OfficeForm):
    """A sitting of the conciliation commission."""

    held_on = DayField(label=gettext_lazy("Held on"))
    minutes = Line(label=gettext_lazy("What was said and decided"), max_length=4000, lines=5)


class CloseForm(OfficeForm):
    """How a dispute ended."""

    status = one_of(
        gettext_lazy("Outcome"),
        [choice for choice in Dispute.Status.choices if choice[0] not in ("opened", "heard")],
    )
    on = DayField(label=gettext_lazy("Closed on"))
    outcome = Line(label=gettext_lazy("What was decided"), max_length=1000, required=True, lines=3)


class RequestForm(OfficeForm):
    """A request that the Cabinet cancel a decision."""

    ground = one_of(gettext_lazy("Ground"), CancellationRequest.Ground.choices)
    transfer = Picked(Transfer, label=gettext_lazy("Transfer"))
    act = Picked(LegalAct, label=gettext_lazy("Decision to be cancelled"))
    justification = Line(label=gettext_lazy("Justification"), max_length=4000, required=True, lines=5)
    missing = Money(
        label=gettext_lazy("Thousand som lacking"), help_text=gettext_lazy("Of a request for lack of means.")
    )
    filed_on = DayField(label=gettext_lazy("Filed on"))
    due_on = DayField(label=gettext_lazy("To be decided by"))


class DecisionForm(OfficeForm):
    """What became of a request."""

    status = one_of(
        gettext_lazy("Outcome"),
        [choice for choice in CancellationRequest.Status.choices if choice[0] != "filed"],
    )
    on = DayField(label=gettext_lazy("Decided on"))
    decision = Line(label=gettext_lazy("What was decided"), max_length=1000, required=True, lines=3)


class SuccessionForm(OfficeForm):
    """What becomes of the transfer of a municipality that ended."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[choice for choice in Succession.Outcome.choices if choice[0] != "undecided"],
        widget=forms.RadioSelect,
        error_messages=NOT_OFFERED,
    )
    unit = Picked(
        Unit, label=gettext_lazy("Passed on to"), help_text=gettext_lazy("Of a transfer that is passed on.")
    )
    new_transfer = Picked(
        Transfer,
        label=gettext_lazy("New transfer"),
        help_text=gettext_lazy(
            "Of a renewal: an agreed transfer that names this one as the one it continues."
        ),
    )
    reason = Line(
        label=gettext_lazy("Reason"),
        max_length=500,
        lines=3,
        help_text=gettext_lazy("Of a transfer that nobody takes over."),
    )
    on = DayField(label=gettext_lazy("Decided on"))
    act = Picked(LegalAct, label=gettext_lazy("Legal act"))
    order_number = Line(label=gettext_lazy("Number of the decision"), max_length=40, help_text=ORDER_HELP)

    def clean(self) -> dict[str, Any]:
        """Ask for what the outcome needs."""
        data = super().clean() or {}
        needed = {"passed_on": "unit", "renewed": "new_transfer", "ended": "reason"}
        name = needed.get(data.get("outcome", ""))
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, _("The outcome needs it."))
        return data
