"""A transfer from draft to end: drafted and reported on by a municipality's staff, agreed and ended by the ministry."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import office_queries, quarters, services, wording
from delegation.forms import (
    AgreeForm,
    ConsentForm,
    EndForm,
    EnterForm,
    MeansForm,
    NoForm,
    PrinciplesForm,
    ReasonForm,
    TransferForm,
)
from delegation.models import Basis, Means, Principle, PrincipleAnswer, Transfer, TransferStatus
from delegation.page_queries import transfers as pages
from delegation.views.office.base import OfTransfer, OfUnit, ServiceForm, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.forms import Options
from lsg_portal.web.shell import Crumb
from registry import titles

OPEN = (TransferStatus.DRAFT, TransferStatus.AGREED)
OFFERED = 8
"""Quarters that are offered to report on; what was reported before is shown too."""


class TransferOffice(OfTransfer, ShowPage):
    """One transfer with what it lacks and the steps that can be taken."""

    template_name = "delegation/office/transfer.html"

    def get_title(self) -> str:
        """Name the power."""
        return self.power_name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the municipality."""
        return list(super().get_crumbs())[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather means, principles, money and what is lacking."""
        row = self.transfer
        answers = pages.answers(row.pk)
        return super().get_context_data(
            unit_name=self.unit_name,
            status=wording.status(row.status),
            tone=wording.TONES[TransferStatus(row.status)],
            basis=wording.basis(row.basis),
            act=titles.act_name(row.act),
            is_draft=row.status == TransferStatus.DRAFT,
            is_agreed=row.status == TransferStatus.AGREED,
            in_force=row.status == TransferStatus.IN_FORCE,
            is_open=row.status in OPEN,
            lacking=self.lacking(len(answers)) if row.status in OPEN else [],
            principles=[(str(each.label), answers.get(each.value)) for each in Principle],
            answered=len(answers),
            means=[{**found, "kind": str(Means.Kind(found["kind"]).label)} for found in pages.means(row.pk)],
            quarters=self.quarters() if row.valid else [],
            public_url=addresses.optional("transfer", row.pk),
            **kwargs,
        )

    def lacking(self, answered: int) -> list[str]:
        """Return what still stands against the next steps, in words."""
        row, found = self.transfer, []
        if answered < len(Principle):
            words = _("principles not answered yet: %(count)s of 9")
            found.append(words % {"count": len(Principle) - answered})
        if row.basis == Basis.LAW and row.consent_on is None:
            found.append(_("the recorded consent of the association of municipalities"))
        if row.basis == Basis.AGREEMENT and not (row.agreement_number and row.signed_on):
            found.append(_("number and day of the signed agreement"))
        found += [str(Means.Kind(kind).label) for kind in services.missing_means(row)]
        return found

    def quarters(self) -> list[dict[str, Any]]:
        """Return the quarters that can be reported on, and those that have been, the latest first."""
        today = self.request.today
        known = {(one["year"], one["quarter"]): one for one in pages.quarters(self.transfer.pk, today)}
        offered = [
            one for one in quarters.latest(today, OFFERED) if quarters.touches(one, self.transfer.valid)
        ]
        keys = sorted({*known, *offered}, reverse=True)
        return [
            {**known.get(key, {}), "name": wording.quarter(*key), "year": str(key[0]), "quarter": str(key[1])}
            for key in keys
        ]


class NewTransfer(OfUnit, ServiceForm):
    """A draft."""

    title = gettext_lazy("Draft a transfer")
    explanation = gettext_lazy(
        "A draft binds nobody: the public does not see it. The Constitution (article 114, part 2) allows a power to be "
        "handed over only with the means to carry it out."
    )
    form_class = TransferForm
    submit = gettext_lazy("Save the draft")
    done = gettext_lazy("The draft is on record. Answer the nine principles and assign the means next.")
    service = staticmethod(services.draft_transfer)
    from_today = ()
    offered = ("power", "state_body", "act", "former")
    pointers = {"term": "ends"}

    def former_options(self) -> Options:
        """Return what the municipality may continue."""
        return office_queries.inherited(self.unit_id)

    def fit(self, form: Any) -> None:
        """Leave out what nothing can be chosen in."""
        if len(form.fields["former"].choices) == 1:
            form.fields.pop("former")

    def given(self, form: Any) -> dict[str, Any]:
        """Add the municipality."""
        return {**super().given(form), "unit": office_queries.unit(self.unit_id)}

    def reached(self, made: Transfer) -> str:
        """Go on to the draft."""
        return addresses.page(self.request, "transfer-office", made.pk)


class EditTransfer(OfTransfer, ServiceForm):
    """A draft, changed."""

    title = gettext_lazy("Change the draft")
    form_class = TransferForm
    done = gettext_lazy("The draft is changed.")
    service = staticmethod(services.redraft_transfer)
    argument = "transfer"
    shows = ("state_body", "basis", "act", "agreement_number", "signed_on", "reporting_ky", "reporting_ru")
    stays = ("act", "signed_on")
    from_today = ()
    offered = ("state_body", "act")

    def stored(self, record: Transfer) -> dict[str, Any]:
        """Add the term."""
        return {**super().stored(record), "begins": record.term.lower, "ends": record.term.upper}

    def fit(self, form: Any) -> None:
        """Leave out what stays."""
        super().fit(form)
        for name in ("power", "former"):
            form.fields.pop(name)

    def given(self, form: Any) -> dict[str, Any]:
        """Keep the English text, which the form does not ask."""
        given = super().given(form)
        given["reporting"]["en"] = self.transfer.reporting_en or ""
        return given


class Principles(OfTransfer, ServiceForm):
    """The checklist of the nine principles."""

    template_name = "delegation/office/principles.html"
    title = gettext_lazy("The nine principles")
    form_class = PrinciplesForm
    submit = gettext_lazy("Save the answers")
    done = gettext_lazy("The answers are saved.")
    from_today = ()

    def stored(self, record: Transfer) -> dict[str, Any]:
        """Return the answers on record."""
        found: dict[str, Any] = {}
        for answer in PrincipleAnswer.objects.filter(transfer=record):
            found[f"kept_{answer.principle}"] = "yes" if answer.kept else "no"
            found[f"note_{answer.principle}"] = answer.note
        return found

    @transaction.atomic
    def act(self, form: PrinciplesForm) -> None:
        """Record each answer; the first one looks whether the draft is as it was read."""
        version: int | None = form.expected_version
        for principle, (kept, note) in form.answers.items():
            services.answer_principle(
                transfer=self.transfer, principle=principle, kept=kept, note=note, expected_version=version
            )
            version = None


class NewMeans(OfTransfer, ServiceForm):
    """Means assigned with the power."""

    title = gettext_lazy("Assign means")
    explanation = gettext_lazy(
        "A transfer enters into force only with both: financial means, as money a year, and material ones."
    )
    form_class = MeansForm
    submit = gettext_lazy("Assign")
    done = gettext_lazy("The means are assigned.")
    service = staticmethod(services.assign_means)
    argument = "transfer"
    from_today = ()
    pointers = {"what": "what_ky"}


class RemoveMeans(OfTransfer, ServiceForm):
    """Means taken back before the transfer enters into force."""

    title = gettext_lazy("Take the means back")
    form_class = NoForm
    submit = gettext_lazy("Take back")
    danger = True
    done = gettext_lazy("The means are taken back.")
    from_today = ()

    @cached_property
    def means(self) -> Means:
        """The means; Http404 where there are none."""
        found: Means = self.found(office_queries.means(self.kwargs["pk"]))
        return found

    def find_transfer(self) -> Transfer | None:
        """Return the transfer of the means."""
        return office_queries.transfer(self.means.transfer_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which."""
        facts = [(titles.capital(self.means.get_kind_display()), display.name(self.means, "what"))]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: Any) -> None:
        """Take them back."""
        services.remove_means(means=self.means)


class Consent(OfTransfer, ServiceForm):
    """The consent of the association of municipalities."""

    title = gettext_lazy("Consent of the association of municipalities")
    explanation = gettext_lazy(
        "A transfer by law is agreed only once it is recorded; other transfers may have it too."
    )
    form_class = ConsentForm
    done = gettext_lazy("The consent is on record.")
    service = staticmethod(services.record_consent)
    argument = "transfer"

    def stored(self, record: Transfer) -> dict[str, Any]:
        """Return the consent on record."""
        return {"on": record.consent_on, "basis": record.consent_basis} if record.consent_on else {}


class Agree(OfTransfer, ServiceForm):
    """The draft is closed."""

    of_ministry = True
    title = gettext_lazy("Agree on the transfer")
    explanation = gettext_lazy(
        "What has been agreed cannot be changed any more. All nine principles must be answered; a transfer by law needs "
        "the consent of the association of municipalities, an agreement its number and the day it was signed."
    )
    form_class = AgreeForm
    submit = gettext_lazy("Agree")
    done = gettext_lazy("The transfer is agreed.")
    service = staticmethod(services.agree)
    argument = "transfer"
    shows = ("agreement_number", "signed_on")
    from_today = ()


class EnterIntoForce(OfTransfer, ServiceForm):
    """An agreed transfer enters into force."""

    of_ministry = True
    title = gettext_lazy("Put the transfer into force")
    explanation = gettext_lazy("Refused without financial and material means (Constitution, art. 114 (2)).")
    form_class = EnterForm
    submit = gettext_lazy("Put into force")
    done = gettext_lazy("The transfer is in force.")
    service = staticmethod(services.enter_into_force)
    argument = "transfer"


class EndTransfer(OfTransfer, ServiceForm):
    """A transfer in force ends."""

    of_ministry = True
    title = gettext_lazy("End the transfer")
    form_class = EndForm
    submit = gettext_lazy("End the transfer")
    danger = True
    done = gettext_lazy("The end of the transfer is on record.")
    service = staticmethod(services.end_transfer)
    argument = "transfer"
    offered = ("act",)


class CancelTransfer(OfTransfer, ServiceForm):
    """A draft or an agreed transfer is given up."""

    title = gettext_lazy("Give the transfer up")
    explanation = gettext_lazy("The record stays, and so does the reason.")
    form_class = ReasonForm
    submit = gettext_lazy("Give up")
    danger = True
    done = gettext_lazy("The transfer is given up.")
    service = staticmethod(services.cancel_transfer)
    argument = "transfer"
    from_today = ()
