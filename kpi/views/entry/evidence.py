"""Files that prove values: attached, taken back and given out."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kpi import entry_queries, evidence, services
from kpi.errors import DomainError
from kpi.models import Evidence
from kpi.views.entry.base import OfReport, OfValue
from kpi.views.entry.value import answer, card_of
from lsg_portal.data.uploads import UploadRefused, receiving


class ChangesFiles(OfValue):
    """Something done to the files of a value; without a script it leads back to the page of the report."""

    http_method_names = ["post", "options"]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do it."""
        try:
            said = self.change()
        except (DomainError, UploadRefused) as error:
            if self.wants_json:
                return JsonResponse(
                    {"outcome": "refused", "message": str(error.message)}, status=error.problem_status
                )
            messages.error(request, str(error.message))
            return redirect(self.value_url)
        if self.wants_json:
            return answer(request, card_of(self.value, self.report), self.report, "saved")
        messages.success(request, said)
        return redirect(self.value_url)

    def change(self) -> str:
        """Call one service and return what was done."""
        raise NotImplementedError


class AddEvidence(ChangesFiles):
    """A file attached to a value, taken by what is in it."""

    def change(self) -> str:
        """Attach it."""
        receiving.check(self.request)
        file = self.request.FILES.get("file") or self.request.FILES.get(f"{self.value.indicator.code}-file")
        if file is None:
            raise evidence.DocumentRefused("empty")
        details = evidence.details(file, name=file.name or "")
        services.attach_evidence(value=self.value, by=self.request.user, at=self.now, **details)
        return _("The file is attached.")


class RemoveEvidence(ChangesFiles):
    """A file taken back while the report is entered."""

    @cached_property
    def file(self) -> Evidence:
        """The file; Http404 where there is none, or it was taken back."""
        found: Evidence = self.found(entry_queries.evidence(self.kwargs["pk"]))
        return found

    @property
    def value_id(self) -> uuid.UUID:
        """The value that it proves."""
        return self.file.value_id

    def change(self) -> str:
        """Take it back."""
        services.remove_evidence(evidence=self.file, at=self.now)
        return _("The file is removed.")


class EvidenceFile(OfReport):
    """A file for those who enter, review or audit the report; what is published of a report are its figures."""

    http_method_names = ["get", "head", "options"]
    right = "kpi.read_evidence"

    @cached_property
    def file(self) -> Evidence:
        """The file; Http404 where there is none, or it was taken back."""
        found: Evidence = self.found(entry_queries.evidence(self.kwargs["pk"]))
        return found

    @property
    def report_id(self) -> uuid.UUID:
        """The report of the value that it proves."""
        return self.file.value.report_id

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Give it out to be saved."""
        return evidence.download(self.file, published=False)
