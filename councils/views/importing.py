"""Pages on which a secretary imports sessions and resolutions: send a file, read what it would do, apply it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from councils.importing import Report, import_file
from councils.session_file import COLUMNS
from councils.views.secretary.base import SecretaryPage
from lsg_portal.data.uploads import UploadRefused
from lsg_portal.data.uploads.keeping import KeptFile
from lsg_portal.web import addresses
from lsg_portal.web.imports import ApplyPage, TryPage
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Table
from registry.errors import DomainError

TITLE = gettext_lazy("Import of sessions and resolutions")


class SessionImport(SecretaryPage):
    """An import for one council, by its secretary."""

    purpose = "sessions"
    refusals = (UploadRefused, DomainError)

    @property
    def start_url(self) -> str:
        """The page on which a file for this council is sent."""
        return addresses.page(self.request, "my-sessions-import", self.council.pk)


class SessionUploadPage(SessionImport, TryPage):
    """Take a file and try it; nothing is written."""

    template_name = "councils/imports/upload.html"
    title = TITLE
    columns = COLUMNS

    def try_file(self, form: Any) -> Report:
        """Match the file to what is on record."""
        file = form.cleaned_data["file"]
        return import_file(
            file=file, name=file.name, council=self.council, today=self.request.today, commit=False
        )

    def report_url(self, token: str) -> str:
        """Return the page of the report."""
        return reverse("my-sessions-import-report", args=[self.council.pk, token])


class SessionReportPage(SessionImport, ApplyPage):
    """What the file would do; the button applies exactly this file."""

    template_name = "councils/imports/report.html"
    title = gettext_lazy("What the file would record")
    report_class = Report

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the form."""
        return [*super().get_crumbs(), Crumb(TITLE, self.start_url)]

    def belongs(self, kept: KeptFile) -> bool:
        """Take no file that was tried for another council."""
        return bool(kept.details["council"] == str(self.council.pk))

    def get_tables(self) -> Mapping[str, Table]:
        """Return the refused rows."""
        return {"refused": self.refused_rows()}

    def apply(self, form: Any) -> Report:
        """Record what the file says."""
        assert self.kept is not None
        return import_file(
            file=self.kept.open(),
            name=self.kept.name,
            council=self.council,
            today=self.request.today,
            commit=True,
        )

    @property
    def done_url(self) -> str:
        """The council's desk."""
        return addresses.page(self.request, "my-council-desk", self.council.pk)
