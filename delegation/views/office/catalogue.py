"""The catalogue of powers as the ministry keeps it: powers, their items, the statute's list, who performs the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegation import office_queries, services
from delegation.forms import DayForm, ItemForm, NoForm, OverlapForm, PowerForm, StatuteItemForm
from delegation.models import Overlap, PowerItem, StatePower, StatuteItem
from delegation.page_queries import catalogue as pages
from delegation.views.office.base import OfPower, ServiceForm, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from registry import titles
from registry.record_pages import identifier

TEXTS = ("name_ky", "name_ru", "name_en", "note_ky", "note_ru", "note_en")


class PowerOffice(OfPower, ShowPage):
    """One power with what can be changed about it."""

    template_name = "delegation/office/power.html"

    def get_title(self) -> str:
        """Name the power."""
        return self.power_name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk."""
        return list(super().get_crumbs())[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather items and overlaps."""
        return super().get_context_data(
            items=PowerItem.objects.present().filter(power=self.power).order_by("number"),
            overlaps=pages.overlaps(self.power.pk, self.request.today),
            public_url=addresses.optional("state-power", self.power.pk),
            **kwargs,
        )


class NewPower(ServiceForm):
    """Another power in the catalogue."""

    of_ministry = True
    title = gettext_lazy("Enter a state power")
    explanation = gettext_lazy(
        "Enter what a law or act names, with its article. A power of a field that is not transferable may stand here; "
        "a transfer of it is refused."
    )
    form_class = PowerForm
    submit = gettext_lazy("Enter the power")
    done = gettext_lazy("The power stands in the catalogue.")
    service = staticmethod(services.enter_power)
    from_today = ()
    offered = ("statute_item", "field", "legal_basis", "responsible")
    pointers = {"name": "name_ky"}

    @property
    def back(self) -> str:
        """The desk of the ministry."""
        return addresses.page(self.request, "delegation-office")

    def get_initial(self) -> dict[str, Any]:
        """Begin with the item of the statute that the reader came from."""
        return {**super().get_initial(), "statute_item": identifier(self.request.GET.get("item", ""))}

    def reached(self, made: StatePower) -> str:
        """Go on to the power."""
        return addresses.page(self.request, "power-office", made.pk)


class EditPower(OfPower, ServiceForm):
    """A power, changed."""

    title = gettext_lazy("Change the power")
    form_class = PowerForm
    done = gettext_lazy("The power is changed.")
    service = staticmethod(services.change_power)
    argument = "power"
    shows = (*TEXTS, "group", "field", "legal_basis", "article", "responsible", "status")
    stays = ("legal_basis", "responsible")
    from_today = ()
    offered = ("field", "legal_basis", "responsible")
    pointers = {"name": "name_ky"}

    def fit(self, form: Any) -> None:
        """Leave out what stays."""
        super().fit(form)
        for name in ("code", "statute_item"):
            form.fields.pop(name)


class NewItem(OfPower, ServiceForm):
    """One more of the things that a power consists of."""

    title = gettext_lazy("Add an item")
    form_class = ItemForm
    submit = gettext_lazy("Add")
    done = gettext_lazy("The item is on record.")
    from_today = ()
    pointers = {"name": "name_ky"}

    def act(self, form: ItemForm) -> None:
        """Add it at the end."""
        services.add_item(power=self.power, **form.values)


class RemoveItem(OfPower, ServiceForm):
    """An item that the power consists of no longer."""

    title = gettext_lazy("Take the item out")
    form_class = NoForm
    submit = gettext_lazy("Take out")
    danger = True
    done = gettext_lazy("The item is taken out.")
    from_today = ()

    @cached_property
    def item(self) -> PowerItem:
        """The item; Http404 where there is none."""
        found: PowerItem = self.found(office_queries.item(self.kwargs["pk"]))
        return found

    @cached_property
    def power(self) -> StatePower:
        """The power of the item."""
        return self.item.power

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which."""
        facts = [(_("Item"), titles.capital(display.name(self.item)))]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: Any) -> None:
        """Take it out."""
        services.remove_item(item=self.item)


class LinkStatuteItem(ServiceForm):
    """Which power an item of the statute's list is."""

    of_ministry = True
    title = gettext_lazy("Item of the statute’s list")
    explanation = gettext_lazy("Name the power only where the text of the statute says so.")
    form_class = StatuteItemForm
    done = gettext_lazy("The item is saved.")
    record_name = "item"
    service = staticmethod(services.link_statute_item)
    argument = "item"
    shows = ("power",)
    from_today = ()
    offered = ("power",)

    def admit(self) -> None:
        """Look for the item first."""
        self.found(self.item)
        super().admit()

    @cached_property
    def item(self) -> StatuteItem:
        """The item; Http404 where there is none."""
        found: StatuteItem = self.found(office_queries.statute_item(self.kwargs["pk"]))
        return found

    @property
    def record(self) -> Any:
        """The item."""
        return self.item

    @property
    def back(self) -> str:
        """The desk of the ministry."""
        return addresses.page(self.request, "delegation-office")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which."""
        return super().get_context_data(**{"subject": str(self.item), **kwargs})


class NewOverlap(OfPower, ServiceForm):
    """A state body that goes on performing the power too."""

    title = gettext_lazy("Record who performs it too")
    form_class = OverlapForm
    done = gettext_lazy("The function performed by both is on record.")
    offered = ("state_body",)
    pointers = {"what": "what_ky", "valid": "on"}

    def act(self, form: OverlapForm) -> None:
        """Record it."""
        services.record_overlap(power=self.power, **form.values)


class EndOverlap(OfPower, ServiceForm):
    """A function that only one of them performs now."""

    title = gettext_lazy("End the function performed by both")
    form_class = DayForm
    submit = gettext_lazy("End")
    danger = True
    done = gettext_lazy("The end is on record.")
    record_name = "overlap"
    service = staticmethod(services.end_overlap)
    argument = "overlap"

    @cached_property
    def overlap(self) -> Overlap:
        """The overlap; Http404 where there is none."""
        found: Overlap = self.found(office_queries.overlap(self.kwargs["pk"]))
        return found

    @cached_property
    def power(self) -> StatePower:
        """Its power."""
        return self.overlap.power

    @property
    def record(self) -> Any:
        """The overlap."""
        return self.overlap

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which."""
        body = titles.capital(display.name(self.overlap.state_body))
        return super().get_context_data(facts=[(body, display.name(self.overlap, "what"))], **kwargs)
