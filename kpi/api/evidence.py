"""Files that prove values, over REST: added while a report is entered, read by its office and the ministry."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from councils.documents import DOCX, PDF
from kpi import evidence, services
from kpi.api.columns import NOT_YOURS, OfKpi, reads
from kpi.api.values import EVIDENCE, evidence_shown
from kpi.models import Evidence, Report, Value
from lsg_portal.rest import language, versions
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.negotiation import Negotiation
from lsg_portal.rest.params import LANG, Param
from lsg_portal.rest.problems import Forbidden, NotVisible, Unauthenticated
from lsg_portal.rest.schema import AutoSchema, Schema
from lsg_portal.rest.uploads import FileField, FormSerializer, UploadView
from lsg_portal.rest.views import Query, ReadView

INSIDE = _("Only the office itself, its district and the ministry read evidence.")
KINDS = (PDF, DOCX, evidence.JPEG, evidence.PNG)


class EvidenceForm(FormSerializer):
    """A PDF, a Word document, a JPEG or a PNG of at most 10 MB; the same file twice is one."""

    file = FileField(help_text=_("PDF, DOCX, JPEG or PNG, told by its content."))


class ValueEvidence(UploadView[Evidence]):
    """Attach a file to a value while its report is entered."""

    bodies = {"POST": EvidenceForm}
    answers = {"POST": EVIDENCE}
    success = 201

    def value(self, user: Any) -> Value:
        """Return the value, for who enters its report."""
        found = Value.objects.select_related("report__appointment").filter(pk=self.kwargs["pk"]).first()
        if found is None or not reads(user, found.report):
            raise NotVisible
        if not user.has_perm("kpi.enter", found.report):
            raise Forbidden(NOT_YOURS)
        return found

    def may_upload(self, request: Request) -> None:
        """Only who enters the report."""
        self.value(request.user)

    def take(self, data: Any, user: Any) -> Evidence:
        """Look into the file and attach it."""
        file = data["file"]
        return services.attach_evidence(
            value=self.value(user),
            by=user,
            at=timezone.now(),
            **evidence.details(file, name=str(file.name)),
        )

    def show(self, result: Evidence, query: Query) -> Any:
        """The file without its content."""
        return evidence_shown(result)


def _found(viewer: Any, key: Any, files: Any = None) -> Evidence:
    """Return a file, for who reads more of its report than what is public: scans hold personal data."""
    files = Evidence.objects.all() if files is None else files
    row: Evidence | None = files.present().select_related("value__report__appointment").filter(pk=key).first()
    if row is None or not reads(viewer, row.value.report):
        raise NotVisible
    if viewer is None:
        raise Unauthenticated
    if not viewer.has_perm("kpi.read_evidence", row.value.report):
        raise Forbidden(INSIDE)
    return row


class EvidenceDetail(DetailView):
    """A file that proves a value, without its content; it can be taken back while the report is entered."""

    answer_schema = EVIDENCE
    refusals: ClassVar = {"GET": (403, 404)}

    def load(self, query: Query, **kwargs: Any) -> Evidence:
        """Return the file, for who may see it."""
        return _found(query.viewer, kwargs["pk"])

    def lock(self, user: Any, **kwargs: Any) -> Evidence:
        """Return the file, locked after its report, for who enters the report."""
        of = _found(user, kwargs["pk"]).value.report
        if not user.has_perm("kpi.enter", of):
            raise Forbidden(NOT_YOURS)
        Report.objects.select_for_update().get(pk=of.pk)
        return _found(user, kwargs["pk"], Evidence.objects.select_for_update(of=("self",)))

    def version(self, thing: Evidence) -> tuple[object, ...]:
        """A file does not change."""
        return ("kpi-evidence", thing.pk, thing.removed_at)

    def show(self, thing: Evidence, query: Query) -> dict[str, Any]:
        """The file without its content."""
        return evidence_shown(thing)

    def delete(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Take it back."""
        return self.change(request, self._remove, status=204, **kwargs)

    def _remove(self, thing: Evidence, data: Any, user: Any) -> Evidence:
        return services.remove_evidence(evidence=thing, at=timezone.now())


class FileSchema(AutoSchema):
    """Describes an answer that is a file."""

    def _answers(self) -> Schema:
        found = super()._answers()
        found["200"]["content"] = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in KINDS}
        return found


class AsItIs(Negotiation):
    """A file has the media type that it has."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """Return any renderer: it is used for problems alone."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class EvidenceFile(OfKpi, ReadView):
    """The content of a file that proves a value, to be saved; never shown in the portal's own origin."""

    schema = FileSchema()
    content_negotiation_class = AsItIs
    refusals: ClassVar = {"GET": (403, 404)}

    @classmethod
    def parameters(cls) -> list[Param]:
        """A file has one format."""
        return [LANG]

    def read_query(self, request: HttpRequest, viewer: Any) -> Query:
        """Return what is asked; raise Malformed."""
        lang = language.choose(request)
        return Query(self.table.read(request.GET), lang=lang, fmt="file", viewer=viewer)

    beside = ("kpi.drafts",)

    def respond(self, request: HttpRequest, viewer: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever may not have it is told so before anything is compared with what they have."""
        _found(viewer, kwargs["pk"])
        return super().respond(request, viewer, **kwargs)

    def answer(self, request: HttpRequest, query: Query, **kwargs: Any) -> HttpResponseBase:
        """Give the file out."""
        found = _found(query.viewer, kwargs["pk"])
        given = evidence.download(found, published=False)
        file: Any = given.file_to_stream
        with file:
            response = HttpResponse(
                given.getvalue(), headers=given.headers
            )  # at most 10 MB, and the file is closed
        tag = self.tag(request, query, versions.current(self.versions_of(query.viewer)))
        response.headers["ETag"], response.headers["Content-Language"] = tag, query.lang
        return response
