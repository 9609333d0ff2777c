"""Pages on which the ministry imports a classifier: send a file, read what it would do, apply it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.data.uploads import RowsRefused, UploadRefused
from lsg_portal.web.forms import DayField
from lsg_portal.web.imports import ApplyForm, ApplyPage, TryPage
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from lsg_portal.web.uploads import UploadForm
from registry import titles
from registry.classifier import COLUMNS
from registry.classifier_uploads import PERMISSION, KindCount, Report, import_file
from registry.errors import DomainError
from registry.importing import SETTLEMENT_TYPES

TITLE = gettext_lazy("Import of a classifier")


class ClassifierImport(PermissionRequiredMixin):
    """Lets in who may import, sends a visitor to the sign-in page, refuses anybody else (403)."""

    permission_required = PERMISSION
    purpose = "classifier"
    refusals = (UploadRefused, DomainError)

    @property
    def start_url(self) -> str:
        """The page on which a classifier is sent."""
        return reverse("classifier")


class ClassifierForm(UploadForm):
    """A classifier and the day it speaks of."""

    valid_from = DayField(
        label=gettext_lazy("Valid from"),
        help_text=gettext_lazy("The day from which the classifier's codes hold, for example 01.04.2021."),
    )


class ClassifierApplyForm(ApplyForm):
    """The word to apply it, and what becomes of refused rows."""

    skip_refused = forms.BooleanField(
        label=gettext_lazy("Leave out the refused rows and write the others"), required=False
    )


class ClassifierUploadPage(ClassifierImport, TryPage):
    """Take a file and try it; nothing is written."""

    template_name = "registry/classifier.html"
    title = TITLE
    form_class = ClassifierForm
    columns = COLUMNS

    def try_file(self, form: Any) -> Report:
        """Match the file to the register."""
        file, day = form.cleaned_data["file"], form.cleaned_data["valid_from"]
        return import_file(file=file, name=file.name, valid_from=day, commit=False, skip_refused=True)

    def report_url(self, token: str) -> str:
        """Return the page of the report."""
        return reverse("classifier-report", args=[token])


class ClassifierReportPage(ClassifierImport, ApplyPage):
    """What the file would do; the button applies exactly this file."""

    template_name = "registry/classifier_report.html"
    title = gettext_lazy("What the classifier would change")
    form_class = ClassifierApplyForm
    report_class = Report

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the form."""
        return [Crumb(TITLE, self.start_url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether any row can be taken."""
        if self.kept is not None:
            kwargs["all_refused"] = self.report.refused_rows == self.report.rows
        return super().get_context_data(**kwargs)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the counts, the refused rows and the differences."""
        report = self.report
        kinds = Table(
            self.request,
            caption=_("Rows by kind"),
            rows=report.kinds,
            columns=[
                Column("kind", _("Kind"), value=_kind),
                Column("rows", _("Rows"), NUMBER),
                Column("matched", _("Known to the register"), NUMBER),
                Column("new", _("New"), NUMBER),
            ],
            totals={
                "rows": sum(one.rows for one in report.kinds),
                "matched": report.matched,
                "new": report.new,
            },
            empty=_("No row could be matched."),
        )
        differing = self.lines(
            "differing",
            caption=_("Differences that are left alone"),
            errors=report.differences,
            empty=_("Nothing differs."),
        )
        return {"kinds": kinds, "refused": self.refused_rows(), "differing": differing}

    def apply(self, form: Any) -> Report:
        """Write what is missing."""
        assert self.kept is not None
        return import_file(
            file=self.kept.open(),
            name=self.kept.name,
            valid_from=self.report.valid_from,
            commit=True,
            skip_refused=form.cleaned_data["skip_refused"],
        )

    def rows_refused(self, form: Any, error: RowsRefused) -> None:
        """Point at the box that leaves them out."""
        form.add_error(
            "skip_refused", _("Rows are refused: mend them in the file, or tick that they are left out.")
        )


def _kind(row: KindCount) -> str:
    """The kind of unit or settlement in the reader's language."""
    if row.kind in SETTLEMENT_TYPES:
        name = titles.settlement_kind(SETTLEMENT_TYPES[row.kind])
        return f"{name} ({row.kind})" if SETTLEMENT_TYPES[row.kind] != row.kind else name
    return titles.unit_kind(row.kind)
