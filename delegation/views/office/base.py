"""What the office pages share: whose thing it is, who may come in, one service call for each form."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.generic.base import TemplateResponseMixin

from councils.secretary_queries import acts
from delegation import office_queries, rules
from delegation.models import Dispute, StatePower, Transfer
from delegation.views.base import may_decide
from lsg_portal.web import addresses
from lsg_portal.web.forms import Options
from lsg_portal.web.shell import Crumb
from registry import record_pages
from registry.record_pages import KeeperPage


class OfficePage(KeeperPage):
    """A page for those who keep powers; ``of_ministry`` where they are the ministry alone."""

    of_ministry: ClassVar[bool] = False

    @property
    def unit_id(self) -> uuid.UUID | None:
        """The municipality the page is about; None for pages about no single one. Http404 where there is no such thing."""
        return None

    def admit(self) -> None:
        """Let in whoever keeps the powers of the municipality, or the ministry."""
        unit, user = self.unit_id, self.request.user
        if not (may_decide(user) if self.of_ministry else user.has_perm("delegation.keep", unit)):
            raise PermissionDenied

    @cached_property
    def decides(self) -> bool:
        """Whether the reader takes the ministry's steps."""
        return may_decide(self.request.user)

    @cached_property
    def unit_name(self) -> str:
        """What the municipality is called today."""
        assert self.unit_id is not None
        return str(self.found(office_queries.unit_name(self.unit_id, self.request.today)))

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk, and to that of the municipality."""
        steps = [Crumb(_("Delegated powers: desk"), addresses.page(self.request, "delegation-office"))]
        if self.unit_id is not None:
            desk = addresses.page(self.request, "powers-office", self.unit_id)
            steps.append(Crumb(self.unit_name, desk))
        return steps

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what the reader may do."""
        return super().get_context_data(**{"decides": self.decides, **kwargs})


class ShowPage(OfficePage, TemplateResponseMixin):
    """A page that shows records and leads to the forms about them."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        return self.render_to_response(self.get_context_data())


class ServiceForm(OfficePage, record_pages.RecordPage):
    """A form whose values go to one service as they are."""

    service: ClassVar[Callable[..., Any]]
    argument: ClassVar[str] = ""
    """Under what name the service takes the record."""

    shows: ClassVar[Sequence[str]] = ()
    """Fields that begin with what is stored; one that holds something cannot be emptied where it is in ``stays``."""

    stays: ClassVar[Sequence[str]] = ()
    from_today: ClassVar[Sequence[str]] = ("on",)
    offered: ClassVar[Sequence[str]] = ()
    """Lists to choose from, by field; each is a method ``<field>_options`` or one of ``LISTS``."""

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        today = dict.fromkeys(self.from_today, self.request.today)
        return {**today, **super().get_initial()}

    def stored(self, record: Any) -> dict[str, Any]:
        """Return what the form begins with."""
        return {name: _shown(getattr(record, name)) for name in self.shows}

    def fit(self, form: Any) -> None:
        """Keep what is stored from being emptied where the service would leave it."""
        for name in self.stays:
            if form.initial.get(name) and name in form.fields:
                form.fields[name].required = True

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what can be chosen."""
        offers: Mapping[str, Options] = {name: self.offer_of(name) for name in self.offered}
        return {**super().get_form_kwargs(), "offers": offers}

    def offer_of(self, name: str) -> Options:
        """Return the list to choose from in a field."""
        own = getattr(self, f"{name}_options", None)
        return own() if own else LISTS[name]()

    def given(self, form: Any) -> dict[str, Any]:
        """Return what the service is told, beside the record."""
        return dict(form.values)

    def act(self, form: Any) -> str | None:
        """Call the service; where it changes a record, with the version that was read."""
        given = self.given(form)
        if self.argument:
            given |= {self.argument: self.record, "expected_version": form.expected_version}
        return self.reached(type(self).service(**given))

    def reached(self, made: Any) -> str | None:
        """Return where to go once it is done, None for the page this one belongs to."""
        return None


def _shown(value: Any) -> Any:
    return "" if value is None else value


LISTS: Mapping[str, Callable[[], Options]] = {
    "power": office_queries.powers,
    "field": office_queries.fields,
    "responsible": office_queries.state_bodies,
    "state_body": office_queries.state_bodies,
    "act": acts,
    "legal_basis": acts,
    "statute_item": office_queries.statute_items,
}


class OfUnit(OfficePage):
    """A page about one municipality."""

    @cached_property
    def unit_id(self) -> uuid.UUID:
        """The municipality; Http404 where it is none."""
        pk: uuid.UUID = self.kwargs["pk"]
        self.found(office_queries.unit_name(pk, self.request.today))
        return pk

    @property
    def back(self) -> str:
        """The desk of the municipality."""
        return addresses.page(self.request, "powers-office", self.unit_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the municipality."""
        return super().get_context_data(**{"subject": self.unit_name, "unit_id": self.unit_id, **kwargs})


class OfTransfer(OfficePage):
    """A page about one transfer."""

    record_name = "transfer"

    @cached_property
    def transfer(self) -> Transfer:
        """The transfer; Http404 where there is none, or a draft that is not the reader's business."""
        found: Transfer = self.found(self.find_transfer())
        if not rules.reads_transfer(self.request.user, found):
            raise Http404
        return found

    def find_transfer(self) -> Transfer | None:
        """Look for it."""
        return office_queries.transfer(self.kwargs["pk"])

    @property
    def unit_id(self) -> uuid.UUID:
        """Its municipality."""
        return self.transfer.unit_id

    @property
    def record(self) -> Any:
        """The transfer."""
        return self.transfer

    @property
    def power_name(self) -> str:
        """What the power is called."""
        return office_queries.power_name(self.transfer.power)

    @property
    def back(self) -> str:
        """The page of the transfer."""
        return addresses.page(self.request, "transfer-office", self.transfer.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the transfer."""
        return [*super().get_crumbs(), Crumb(self.power_name, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name power and municipality."""
        subject = f"{self.power_name}. {self.unit_name}"
        return super().get_context_data(**{"subject": subject, "transfer": self.transfer, **kwargs})


class OfDispute(OfficePage):
    """A page about one dispute."""

    record_name = "dispute"

    @cached_property
    def dispute(self) -> Dispute:
        """The dispute; Http404 where there is none."""
        found: Dispute = self.found(office_queries.dispute(self.kwargs["pk"]))
        return found

    @property
    def unit_id(self) -> uuid.UUID:
        """The municipality it is about."""
        return self.dispute.unit_id

    @property
    def record(self) -> Any:
        """The dispute."""
        return self.dispute

    @property
    def dispute_name(self) -> str:
        """What the dispute is called."""
        return _("Dispute № %(number)s") % {"number": self.dispute.number}

    @property
    def back(self) -> str:
        """The page of the dispute."""
        return addresses.page(self.request, "dispute-office", self.dispute.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the dispute."""
        return [*super().get_crumbs(), Crumb(self.dispute_name, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name dispute and municipality."""
        subject = f"{self.dispute_name}. {self.unit_name}"
        return super().get_context_data(**{"subject": subject, "dispute": self.dispute, **kwargs})


class OfPower(OfficePage):
    """A page about one power of the catalogue: the ministry's."""

    of_ministry = True
    record_name = "power"

    def admit(self) -> None:
        """Look for the power first: what is not there is 404 to everybody."""
        self.found(self.power)
        super().admit()

    @cached_property
    def power(self) -> StatePower:
        """The power; Http404 where there is none."""
        found: StatePower = self.found(office_queries.power(self.kwargs["pk"]))
        return found

    @property
    def record(self) -> Any:
        """The power."""
        return self.power

    @property
    def power_name(self) -> str:
        """What the power is called."""
        return office_queries.power_name(self.power)

    @property
    def back(self) -> str:
        """The page on which the power is kept."""
        return addresses.page(self.request, "power-office", self.power.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the power."""
        return [*super().get_crumbs(), Crumb(self.power_name, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the power."""
        return super().get_context_data(**{"subject": self.power_name, "power": self.power, **kwargs})
