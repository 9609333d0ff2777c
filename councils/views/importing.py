"""Pages on which a secretary imports sessions and resolutions: send a file, read what it would do, apply it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from councils.importing import Report, RowsRefused, import_file
from councils.session_file import COLUMNS
from councils.views.secretary.base import SecretaryPage
from lsg_portal.data.uploads import CellError, UploadRefused, keeping
from lsg_portal.web import addresses
from lsg_portal.web.requests import PageRequest
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Column, Table
from lsg_portal.web.uploads import UploadForm, UploadPage
from lsg_portal.web.views import RegisterPage
from registry.errors import DomainError

PURPOSE = "sessions"


class ApplyForm(forms.Form):
    """The word to apply the file that the report is about."""

    digest = forms.CharField(widget=forms.HiddenInput)


class SessionUploadPage(SecretaryPage, UploadPage):
    """Take a file and try it; nothing is written."""

    template_name = "councils/imports/upload.html"
    title = gettext_lazy("Import of sessions and resolutions")
    form_class = UploadForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the columns of the layout."""
        return super().get_context_data(columns=COLUMNS, **kwargs)

    def form_valid(self, form: Any) -> HttpResponseBase:  # type: ignore[override]
        """Try the file, keep it and show the report."""
        file = form.cleaned_data["file"]
        try:
            report = import_file(
                file=file, name=file.name, council=self.council, today=self.request.today, commit=False
            )
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
        return redirect("my-sessions-import-report", self.council.pk, kept.token)


class SessionReportPage(SecretaryPage, RegisterPage):
    """What the file would do; the button applies exactly this file."""

    template_name = "councils/imports/report.html"
    title = gettext_lazy("What the file would record")
    kept: keeping.KeptFile | None = None
    report: Report

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the form."""
        form = addresses.page(self.request, "my-sessions-import", self.council.pk)
        return [*super().get_crumbs(), Crumb(_("Import of sessions and resolutions"), form)]

    def get(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the report of the file this user keeps under the token; say 404 where there is none."""
        return super().get(request) if self.find() else self.gone()

    def find(self) -> bool:
        """Find the kept file, which must be for this council."""
        self.kept = keeping.find(purpose=PURPOSE, owner=self.request.user.pk, token=str(self.kwargs["token"]))
        if self.kept is None or self.kept.details["council"] != str(self.council.pk):
            self.kept = None
            return False
        self.report = Report.from_plain(self.kept.details)
        return True

    def gone(self) -> HttpResponseBase:
        """Say that the file is not kept any more, or was somebody else's."""
        self.title = gettext_lazy("The file is no longer kept")
        return self.response_class(
            request=self.request,
            template=["councils/imports/gone.html"],
            context=self.get_context_data(),
            status=404,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the report and the form that applies it."""
        if self.kept is not None:
            kwargs.setdefault("form", ApplyForm(initial={"digest": self.kept.digest}))
            kwargs["report"] = self.report
        return super().get_context_data(**kwargs)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the refused rows."""
        columns = [
            Column("row", _("Row"), value=lambda error: str(error.row), sort=lambda error: error.row),
            Column("column", _("Column"), value=_column),
            Column("reason", _("Reason"), value=lambda error: error.reason),
        ]
        refused = Table(
            self.request,
            caption=_("Refused rows"),
            columns=columns,
            rows=self.report.refused,
            key="refused",
            empty=_("No row is refused."),
            sort="row",
        )
        return {"refused": refused}

    def post(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Apply the file."""
        if not self.find():
            return self.gone()
        assert self.kept is not None
        form = ApplyForm(request.POST)
        if not form.is_valid() or form.cleaned_data["digest"] != self.kept.digest:
            form.add_error(None, _("This page shows another file than the one kept. Send the file again."))
            return self._refuse(form, 409)
        try:
            report = import_file(
                file=self.kept.open(),
                name=self.kept.name,
                council=self.council,
                today=request.today,
                commit=True,
            )
        except RowsRefused as error:
            self.report = error.report
            form.add_error(None, _("Rows are refused: mend them in the file and send it again."))
            return self._refuse(form, 422)
        except (UploadRefused, DomainError) as error:
            form.add_error(None, error.message)
            return self._refuse(form, error.problem_status)
        keeping.drop(purpose=PURPOSE, owner=request.user.pk)
        messages.success(request, _written(report))
        return redirect(addresses.page(request, "my-council-desk", self.council.pk))

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


def _column(error: CellError) -> str:
    """Letter and heading of the column at fault; empty where it is the row."""
    return f"{error.column} «{error.heading}»" if error.heading else error.column
