"""Local budgets out of a file: tried first, then written whole, by the ministry for all and by a municipality for itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.mixins import UserPassesTestMixin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import rules
from ayil_okmotu.budget_file import COLUMNS
from ayil_okmotu.forms import ApplyBudgetsForm
from ayil_okmotu.importing import Report, import_file
from lsg_portal.data.uploads import RowsRefused, UploadRefused
from lsg_portal.web import addresses
from lsg_portal.web.imports import ApplyPage, TryPage
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Column, Table
from registry.errors import DomainError

TITLE = gettext_lazy("Import of local budgets")


class BudgetsImport(UserPassesTestMixin):
    """An import of budgets; staff may send those of their own municipality alone."""

    purpose = "budgets"
    refusals = (UploadRefused, DomainError)
    request: Any

    def test_func(self) -> bool:
        """Let in the ministry, and whoever keeps the budget of a municipality."""
        user = self.request.user
        return bool(user.has_perm("ayil_okmotu.import_budgets") or rules.kept_units(user))

    @property
    def units(self) -> set[uuid.UUID] | None:
        """The only municipalities the file may hold; None for whoever may send them all."""
        user = self.request.user
        return None if user.has_perm("ayil_okmotu.import_budgets") else rules.kept_units(user)

    @property
    def start_url(self) -> str:
        """The page on which a file is sent."""
        return reverse("budgets-import")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to whose work it is."""
        if self.units is None:
            return [Crumb(_("Heads of executive bodies"), addresses.page(self.request, "executive-heads"))]
        return [Crumb(_("My executive body"), addresses.page(self.request, "my-executive-body"))]


class BudgetsUploadPage(BudgetsImport, TryPage):
    """Take a file and try it; nothing is written."""

    template_name = "ayil_okmotu/office/budgets_upload.html"
    title = TITLE
    columns = COLUMNS

    def try_file(self, form: Any) -> Report:
        """Try it, figures that cannot be read kept as they are printed: the next page asks whether they may be."""
        file = form.cleaned_data["file"]
        return import_file(file=file, name=file.name, commit=False, keep_unreadable=True, units=self.units)

    def report_url(self, token: str) -> str:
        """Return the page of the report."""
        return reverse("budgets-import-report", args=[token])


class BudgetsReportPage(BudgetsImport, ApplyPage):
    """What the file would write; the button applies exactly this file."""

    template_name = "ayil_okmotu/office/budgets_report.html"
    title = gettext_lazy("What the file would record")
    form_class = ApplyBudgetsForm
    report_class = Report

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the form."""
        return [*super().get_crumbs(), Crumb(TITLE, self.start_url)]

    def apply(self, form: Any) -> Report:
        """Write it; figures that cannot be read only where that was asked for."""
        assert self.kept is not None
        return import_file(
            file=self.kept.open(),
            name=self.kept.name,
            commit=True,
            keep_unreadable=form.cleaned_data["keep_unreadable"],
            units=self.units,
        )

    def rows_refused(self, form: Any, error: RowsRefused) -> None:
        """Point at the box that keeps them where figures that cannot be read are all that stands against it."""
        if {one.code for one in error.report.refused} == {"unreadable"}:
            words = _("Figures cannot be read: mend them in the file, or tick that they are kept as printed.")
            form.add_error("keep_unreadable", words)
        else:
            super().rows_refused(form, error)

    def get_tables(self) -> Mapping[str, Table]:
        """Return refused rows, figures that cannot be read, and what does not add up."""
        findings = Table(
            self.request,
            key="findings",
            caption=_("What does not fit together"),
            columns=[
                Column("unit", _("Code of the unit")),
                Column("year", _("Year"), value=lambda row: str(row["year"])),
                Column("sentence", _("Finding"), sortable=False),
            ],
            rows=self.report.findings,
            empty=_("Everything adds up."),
        )
        unreadable = self.lines(
            "unreadable",
            caption=_("Figures that cannot be read"),
            errors=self.report.unreadable,
            empty=_("Every figure can be read."),
        )
        return {"refused": self.refused_rows(), "unreadable": unreadable, "findings": findings}
