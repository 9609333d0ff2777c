"""Imports on pages: a file is sent and tried, the next page shows what it would write, the button writes exactly that file.

An app mixes who may come in and ``start_url`` into ``TryPage`` and ``ApplyPage``, and says what trying and applying mean.
Its templates extend ``imports/upload.html`` and ``imports/report.html``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lsg_portal.data.uploads import CellError, RowsRefused, UploadColumn, UploadRefused, keeping

from .requests import PageRequest
from .tables import Column, Table
from .uploads import UploadForm, UploadPage
from .views import PageMixin, RegisterPage

if TYPE_CHECKING:
    pass


class Report(Protocol):
    """What an import does, or would do, with a file; ``from_plain`` of its class reads what ``as_plain`` wrote."""

    name: str
    refused: list[CellError]

    @property
    def changes(self) -> int:
        """Records the import writes."""

    def as_plain(self) -> dict[str, Any]:
        """Return the report in plain values, to be kept beside the file."""


class ImportStep(PageMixin):
    """What the two pages of an import share."""

    citable = False
    purpose = ""
    """Under what the file is kept; a user keeps one file for each."""

    refusals: tuple[type[Exception], ...] = (UploadRefused,)
    """What trying and applying raise; each has ``message`` and ``problem_status``."""

    @property
    def start_url(self) -> str:
        """The page on which a file is sent."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way to the form."""
        return super().get_context_data(start_url=self.start_url, **kwargs)


class TryPage(ImportStep, UploadPage):
    """Take a file and try it; nothing is written."""

    form_class = UploadForm
    columns: Sequence[UploadColumn] = ()

    def try_file(self, form: Any) -> Report:
        """Return what the file would write; raise one of ``refusals``."""
        raise NotImplementedError

    def report_url(self, token: str) -> str:
        """Return the page that shows the report of a kept file."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the columns of the layout."""
        return super().get_context_data(
            required=[column.key for column in self.columns if column.required],
            optional=[column.key for column in self.columns if not column.required],
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponseBase:  # type: ignore[override]
        """Try the file, keep it and show the report."""
        try:
            report = self.try_file(form)
        except self.refusals as error:
            return self.refuse(form, error)
        kept = keeping.keep(
            purpose=self.purpose,
            owner=self.request.user.pk,
            name=report.name,
            file=form.cleaned_data["file"],
            details=report.as_plain(),
        )
        if kept is None:
            form.add_error("file", _("The file cannot be kept just now. Try again in a moment."))
            return self.form_invalid(form, status=503)
        return redirect(self.report_url(kept.token))


class ApplyForm(forms.Form):
    """The word to apply the file that the report is about; add what else must be asked."""

    digest = forms.CharField(widget=forms.HiddenInput)


class ApplyPage(ImportStep, RegisterPage):
    """What the file would write; the button applies exactly this file."""

    form_class: type[ApplyForm] = ApplyForm
    report_class: Any
    report: Any
    kept: keeping.KeptFile | None = None

    def apply(self, form: Any) -> Report:
        """Write the kept file; raise RowsRefused or one of ``refusals``."""
        raise NotImplementedError

    @property
    def done_url(self) -> str:
        """Where the reader goes once the file is applied."""
        return self.start_url

    def belongs(self, kept: keeping.KeptFile) -> bool:
        """Tell whether a file the reader keeps is one of this page."""
        return True

    def find(self) -> bool:
        """Find the file the reader keeps under the token, and its report."""
        kept = keeping.find(purpose=self.purpose, owner=self.request.user.pk, token=str(self.kwargs["token"]))
        if kept is None or not self.belongs(kept):
            return False
        self.kept, self.report = kept, self.report_class.from_plain(kept.details)
        return True

    def gone(self) -> HttpResponseBase:
        """Say that the file is not kept any more, or was somebody else's."""
        self.title = gettext_lazy("The file is no longer kept")
        return self.response_class(
            request=self.request,
            template=["imports/gone.html"],
            context=self.get_context_data(),
            status=404,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the report and the form that applies it."""
        if self.kept is not None:
            kwargs.setdefault("form", self.form_class(initial={"digest": self.kept.digest}))
            kwargs["report"] = self.report
        return super().get_context_data(**kwargs)

    def get(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the report, or one table of it as a file."""
        return super().get(request) if self.find() else self.gone()

    def post(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Apply the file."""
        if not self.find() or self.kept is None:
            return self.gone()
        form = self.form_class(request.POST)
        if not form.is_valid() or form.cleaned_data["digest"] != self.kept.digest:
            form.add_error(None, _("This page shows another file than the one kept. Send the file again."))
            return self.refuse(form, 409)
        try:
            report = self.apply(form)
        except RowsRefused as error:
            self.rows_refused(form, error)
            return self.refuse(form, error.problem_status)
        except self.refusals as error:
            form.add_error(None, error.message)  # type: ignore[attr-defined]
            return self.refuse(form, error.problem_status)  # type: ignore[attr-defined]
        keeping.drop(purpose=self.purpose, owner=self.request.user.pk)
        messages.success(request, _written(report))
        return redirect(self.done_url)

    def rows_refused(self, form: Any, error: RowsRefused) -> None:
        """Say that rows are refused, and show the report of this attempt."""
        self.report = error.report
        form.add_error(None, _("Rows are refused: mend them in the file and send it again."))

    def refuse(self, form: Any, status: int) -> HttpResponseBase:
        """Show the report again with what is wrong."""
        context = self.get_context_data(form=form, **self.get_tables())
        return self.render_to_response(context, status=status)

    def lines(self, key: str, *, caption: str, errors: Sequence[CellError], empty: str) -> Table:
        """Return a table of what is said of single cells or rows."""
        return Table(
            self.request,
            key=key,
            caption=caption,
            columns=[
                Column("row", _("Row"), value=lambda error: str(error.row), sort=lambda error: error.row),
                Column("column", _("Column"), value=_column),
                Column("reason", _("Reason"), value=lambda error: error.reason),
            ],
            rows=errors,
            empty=empty,
            sort="row",
        )

    def refused_rows(self) -> Table:
        """Return the rows that cannot be taken."""
        return self.lines(
            "refused", caption=_("Refused rows"), errors=self.report.refused, empty=_("No row is refused.")
        )


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
