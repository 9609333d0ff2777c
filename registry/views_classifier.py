"""Pages on which the ministry imports a classifier: send a file, read what it would do, apply it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lsg_portal.data.uploads import CellError, UploadRefused, keeping
from lsg_portal.web.forms import DayField
from lsg_portal.web.requests import PageRequest
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from lsg_portal.web.uploads import UploadForm, UploadPage
from lsg_portal.web.views import RegisterPage
from registry import titles
from registry.classifier import COLUMNS
from registry.classifier_uploads import PERMISSION, KindCount, Report, RowsRefused, import_file
from registry.errors import DomainError
from registry.importing import SETTLEMENT_TYPES

PURPOSE = "classifier"


class ImportersOnly(PermissionRequiredMixin):
    """Lets in who may import, sends a visitor to the sign-in page, refuses anybody else (403)."""

    permission_required = PERMISSION


class ClassifierForm(UploadForm):
    """A classifier and the day it speaks of."""

    valid_from = DayField(
        label=gettext_lazy("Valid from"),
        help_text=gettext_lazy("The day from which the classifier's codes hold, for example 01.04.2021."),
    )


class ApplyForm(forms.Form):
    """The word to apply the file that the report is about."""

    digest = forms.CharField(widget=forms.HiddenInput)
    skip_refused = forms.BooleanField(
        label=gettext_lazy("Leave out the refused rows and write the others"), required=False
    )


class ClassifierUploadPage(ImportersOnly, UploadPage):
    """Take a file and try it; nothing is written."""

    template_name = "registry/classifier.html"
    title = gettext_lazy("Import of a classifier")
    form_class = ClassifierForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the columns of the layout."""
        return super().get_context_data(columns=COLUMNS, **kwargs)

    def form_valid(self, form: Any) -> HttpResponseBase:  # type: ignore[override]
        """Try the file, keep it and show the report."""
        file, day = form.cleaned_data["file"], form.cleaned_data["valid_from"]
        try:
            report = import_file(file=file, name=file.name, valid_from=day, commit=False, skip_refused=True)
        except (UploadRefused, DomainError) as error:
            return self.refuse(form, error)
        kept = keeping.keep(
            purpose=PURPOSE,
            owner=self.request.user.pk,
            name=report.name,
            file=file,
            details=report.as_plain(),
        )
        if kept is None:
            form.add_error("file", _("The file cannot be kept just now. Try again in a moment."))
            return self.form_invalid(form, status=503)
        return redirect("classifier-report", kept.token)


class ClassifierReportPage(ImportersOnly, RegisterPage):
    """What the file would do; the button applies exactly this file."""

    template_name = "registry/classifier_report.html"
    title = gettext_lazy("What the classifier would change")
    citable = False
    kept: keeping.KeptFile | None = None
    report: Report

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the form."""
        return [Crumb(gettext_lazy("Import of a classifier"), reverse("classifier"))]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Find the file this user keeps under the token; say 404 where there is none."""
        if self.has_permission():
            self.kept = keeping.find(purpose=PURPOSE, owner=request.user.pk, token=str(kwargs["token"]))
            if self.kept is None:
                return self.gone()
            self.report = Report.from_plain(self.kept.details)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def gone(self) -> HttpResponseBase:
        """Say that the file is not kept any more, or was somebody else's."""
        self.title = gettext_lazy("The file is no longer kept")
        return self.response_class(
            request=self.request,
            template=["registry/classifier_gone.html"],
            context=self.get_context_data(),
            status=404,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the report and the form that applies it."""
        if self.kept is not None:
            kwargs.setdefault("form", ApplyForm(initial={"digest": self.kept.digest}))
            kwargs |= {"report": self.report, "all_refused": self.report.refused_rows == self.report.rows}
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
        return {
            "kinds": kinds,
            "refused": self._lines("refused", _("Refused rows"), report.refused, _("No row is refused.")),
            "differing": self._lines(
                "differing", _("Differences that are left alone"), report.differences, _("Nothing differs.")
            ),
        }

    def _lines(self, key: str, caption: str, errors: Sequence[CellError], empty: str) -> Table:
        columns = [
            Column("row", _("Row"), value=lambda error: str(error.row), sort=lambda error: error.row),
            Column("column", _("Column"), value=_column),
            Column("reason", _("Reason"), value=lambda error: error.reason),
        ]
        return Table(
            self.request, caption=caption, columns=columns, rows=errors, key=key, empty=empty, sort="row"
        )

    def post(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Apply the file."""
        assert self.kept is not None
        form = ApplyForm(request.POST)
        if not form.is_valid() or form.cleaned_data["digest"] != self.kept.digest:
            form.add_error(None, _("This page shows another file than the one kept. Send the file again."))
            return self._refuse(form, 409)
        try:
            report = import_file(
                file=self.kept.open(),
                name=self.kept.name,
                valid_from=self.report.valid_from,
                commit=True,
                skip_refused=form.cleaned_data["skip_refused"],
            )
        except RowsRefused:
            form.add_error(
                "skip_refused", _("Rows are refused: mend them in the file, or tick that they are left out.")
            )
            return self._refuse(form, 422)
        except (UploadRefused, DomainError) as error:
            form.add_error(None, error.message)
            return self._refuse(form, error.problem_status)
        keeping.drop(purpose=PURPOSE, owner=request.user.pk)
        messages.success(request, _written(report))
        return redirect("classifier")

    def _refuse(self, form: ApplyForm, status: int) -> HttpResponseBase:
        context = self.get_context_data(form=form, **self.get_tables())
        return self.render_to_response(context, status=status)


def _written(report: Report) -> str:
    """Say what was written."""
    if not report.changes:
        return _("%(name)s: nothing to change, the register already says all of this.") % {
            "name": report.name
        }
    said = ngettext(
        "%(name)s was applied: %(count)s record written.",
        "%(name)s was applied: %(count)s records written.",
        report.changes,
    )
    return said % {"name": report.name, "count": report.changes}


def _kind(row: KindCount) -> str:
    """The kind of unit or settlement in the reader's language."""
    if row.kind in SETTLEMENT_TYPES:
        name = titles.settlement_kind(SETTLEMENT_TYPES[row.kind])
        return f"{name} ({row.kind})" if SETTLEMENT_TYPES[row.kind] != row.kind else name
    return titles.unit_kind(row.kind)


def _column(error: CellError) -> str:
    """Letter and heading of the column at fault; empty where it is the row."""
    return f"{error.column} «{error.heading}»" if error.heading else error.column
