"""A quarter's reports as a workbook: out with what is known, in again after a dry run."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import UserPassesTestMixin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from delegation import office_queries, quarters, rules
from delegation.errors import DomainError
from delegation.importing import Report, import_file
from delegation.quarter_file import COLUMNS
from delegation.sheets import workbook
from delegation.views.base import may_decide
from lsg_portal.data.uploads import UploadRefused
from lsg_portal.web import addresses
from lsg_portal.web.imports import ApplyPage, TryPage
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Table

TITLE = gettext_lazy("Import of a quarter’s reports")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@login_required
def funding_sheet(request: Any, pk: uuid.UUID | None = None) -> HttpResponse:
    """Return the workbook of ``?quarter=2026-1``, else of the last quarter that has ended."""
    if pk is not None and office_queries.unit_name(pk, request.today) is None:
        raise Http404
    if not (may_decide(request.user) if pk is None else request.user.has_perm("delegation.keep", pk)):
        raise PermissionDenied
    asked = request.GET.get("quarter")
    ended = quarters.before(quarters.of_day(request.today))
    quarter = quarters.parse(asked) if asked is not None else ended
    if quarter is None:
        raise BadRequest(_("A quarter is written like 2026-1."))
    answer = HttpResponse(workbook(quarter=quarter, unit=pk, day=request.today), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="lsg_funding_{quarter[0]}-{quarter[1]}.xlsx"'
    return answer


class FundingImport(UserPassesTestMixin):
    """An import of a quarter's reports; staff may send those of their own municipality alone."""

    purpose = "delegation-funding"
    refusals = (UploadRefused, DomainError)
    request: Any

    def test_func(self) -> bool:
        """Let in the ministry, and whoever reports for a municipality."""
        user = self.request.user
        return bool(may_decide(user) or (user.is_authenticated and rules.kept_units(user)))

    @property
    def units(self) -> set[uuid.UUID] | None:
        """The only municipalities the file may hold; None for whoever may send them all."""
        user = self.request.user
        return None if may_decide(user) else rules.kept_units(user)

    @property
    def start_url(self) -> str:
        """The page on which a file is sent."""
        return reverse("funding-import")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk."""
        return [Crumb(_("Delegated powers: desk"), addresses.page(self.request, "delegation-office"))]


class FundingUploadPage(FundingImport, TryPage):
    """Take a file and try it; nothing is written."""

    template_name = "delegation/office/funding_upload.html"
    title = TITLE
    columns = COLUMNS

    def try_file(self, form: Any) -> Report:
        """Try it."""
        file = form.cleaned_data["file"]
        return import_file(file=file, name=file.name, commit=False, units=self.units)

    def report_url(self, token: str) -> str:
        """Return the page of the report."""
        return reverse("funding-import-report", args=[token])


class FundingReportPage(FundingImport, ApplyPage):
    """What the file would write; the button applies exactly this file."""

    template_name = "delegation/office/funding_report.html"
    title = gettext_lazy("What the file would record")
    report_class = Report

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the form."""
        return [*super().get_crumbs(), Crumb(TITLE, self.start_url)]

    def apply(self, form: Any) -> Report:
        """Write it."""
        assert self.kept is not None
        return import_file(file=self.kept.open(), name=self.kept.name, commit=True, units=self.units)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the refused rows."""
        return {"refused": self.refused_rows()}
