"""Address and contacts of a body, and what it reports of its staff."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import office_queries, services
from ayil_okmotu.forms import AddressForm, ContactForm, StaffingForm
from ayil_okmotu.models import BodyContact, ExecutiveBody, StaffingReport
from ayil_okmotu.views.office.base import RecordPage
from councils.services.locking import locked
from registry.errors import StateConflict, Violation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class EditAddress(RecordPage):
    """Where the body is."""

    title = gettext_lazy("Address of the executive body")
    form_class = AddressForm
    done = gettext_lazy("The address is saved.")
    record_name = "body"

    @property
    def record(self) -> Any:
        """The body."""
        return self.body

    def stored(self, record: Any) -> dict[str, Any]:
        """Show an address that is not on record as an empty one."""
        return {name: value or "" for name, value in super().stored(record).items()}

    def act(self, form: AddressForm) -> None:
        """Change it."""
        data = form.cleaned_data
        services.change_body(
            body=self.body,
            address={"ky": data["address_ky"], "ru": data["address_ru"]},
            expected_version=form.expected_version,
        )


class EditContact(RecordPage):
    """How the ministry reaches the body."""

    private = True
    title = gettext_lazy("Contacts of the executive body")
    explanation = gettext_lazy("Read by the staff of the municipality and by the ministry, by nobody else.")
    form_class = ContactForm
    done = gettext_lazy("The contacts are saved.")
    record_name = "contact"

    @cached_property
    def contact(self) -> BodyContact | None:
        """The contacts on record."""
        return BodyContact.objects.filter(pk=self.body.pk).first()

    @property
    def record(self) -> Any:
        """The contacts."""
        return self.contact

    def act(self, form: ContactForm) -> None:
        """Save them."""
        services.set_contact(body=self.body, **form.values, expected_version=form.expected_version)


class NewReport(RecordPage):
    """What the body reports of its staff as of a day."""

    title = gettext_lazy("Report the staff")
    explanation: StrOrPromise = gettext_lazy(
        "People in staff posts on one day, and apart from them those who work by contract."
    )
    form_class = StaffingForm
    done = gettext_lazy("The staffing report is on record.")

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today, **super().get_initial()}

    @transaction.atomic
    def act(self, form: StaffingForm) -> None:
        """Record it, unless the day has its report: that is corrected on its own page."""
        body = locked(self.body)
        if StaffingReport.objects.filter(body=body, on=form.cleaned_data["on"]).exists():
            words = _("There is a report of this day already: correct it there.")
            raise StateConflict(Violation("already_recorded", words, "/on"))
        services.report_staff(body=body, **form.values)


class EditReport(NewReport):
    """A report, corrected."""

    title = gettext_lazy("Correct the staffing report")
    explanation = ""
    done = gettext_lazy("The staffing report is corrected.")
    record_name = "report"

    @cached_property
    def report(self) -> StaffingReport:
        """The report; Http404 where there is none."""
        found: StaffingReport = self.found(office_queries.report(self.kwargs["pk"]))
        return found

    @cached_property
    def body(self) -> ExecutiveBody:
        """The body of the report."""
        return self.report.body

    @property
    def record(self) -> Any:
        """The report."""
        return self.report

    def fit(self, form: Any) -> None:
        """Leave out the day, which stays."""
        form.fields.pop("on", None)

    def act(self, form: StaffingForm) -> None:
        """Correct it; where it comes from stays."""
        found = self.report
        services.report_staff(
            body=self.body,
            on=found.on,
            **form.values,
            expected_version=form.expected_version,
            provenance=found.provenance,
            source=found.source,
        )
