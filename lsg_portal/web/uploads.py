"""Files sent through a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from lsg_portal.data.uploads import UploadRefused, receiving

from .views import FormPage


class UploadField(forms.FileField):
    """A table to upload: one XLSX or CSV file."""

    default_error_messages = {
        "required": _("Choose a file."),
        "missing": _("Choose a file."),
        "empty": _("The file is empty."),
        "invalid": _("Choose a file."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let the browser offer such files first."""
        return {"accept": ".xlsx,.csv"}

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        """Return the file; what is in it is looked at later."""
        file: UploadedFile = super().clean(data, initial)
        return file


class UploadForm(forms.Form):
    """A form with one file; add what else must be asked."""

    file = UploadField(label=_("File"), help_text=_("Excel workbook (.xlsx) or CSV in UTF-8, up to 10 MB."))


class UploadPage(FormPage):
    """A page with a form that has a file."""

    def post(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Refuse a file that was too large to receive, else go on with the form."""
        try:
            receiving.check(request)
        except UploadRefused as error:
            return self.refuse(self.get_form(), error)
        return super().post(request, *args, **kwargs)

    def refuse(self, form: Any, error: Any) -> HttpResponseBase:
        """Show the form again with a refusal: an UploadRefused, or any with ``message`` and ``problem_status``."""
        form.errors.clear()  # of fields that did not arrive
        form.add_error("file" if "file" in form.fields else None, error.message)
        return self.form_invalid(form, status=error.problem_status)

    def form_invalid(self, form: Any, status: int = 422) -> HttpResponseBase:  # type: ignore[override]
        """Show the form again, saying in the status that nothing was taken."""
        return self.render_to_response(self.get_context_data(form=form), status=status)
