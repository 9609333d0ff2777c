"""Files sent to the REST interface as ``multipart/form-data``.

A view says which fields its form has and what becomes of them. The checks come in the order of the contract: 401, 403,
415, 413, 400, then what is wrong with the file (413, 415, 400, 422).
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import IO, Any, ClassVar, Generic, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import BaseParser, DataAndFiles
from rest_framework.request import Request

from lsg_portal.data.uploads import Limits, receiving
from lsg_portal.rest import idempotency
from lsg_portal.rest.clock import FIRST_DAY, LAST_DAY
from lsg_portal.rest.problems import Fault, Malformed, UnsupportedMediaType
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import WriteView

MULTIPART = "multipart/form-data"
STANDARD = Limits()


class MultipartParser(BaseParser):
    """Read a form, and stop when its file grows past what the view takes."""

    media_type = MULTIPART

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return fields and files; raise UploadRefused or Malformed."""
        context = dict(parser_context or {})
        request: HttpRequest = context["request"]._request
        receiving.count(request, context["view"].limits)
        meta = {**request.META, "CONTENT_TYPE": media_type}
        try:
            parser = MultiPartParser(meta, cast(Any, stream), request.upload_handlers, "utf-8")
            data, files = parser.parse()
        except MultiPartParserError as error:
            raise Malformed(_("The form cannot be read.")) from error
        receiving.check(request)
        return DataAndFiles(data, files)


@extend_schema_field(
    {
        "type": "string",
        "format": "binary",
        "contentMediaType": "application/octet-stream",
        "description": "XLSX or CSV",
    }
)
class FileField(serializers.FileField):
    """The file of a form."""


class DayField(serializers.DateField):
    """A day as YYYY-MM-DD that the register knows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, value: Any) -> Any:
        """Return the day; refuse one outside 1900–2199."""
        if isinstance(value, str) and not value.isascii():
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(value)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise serializers.ValidationError(
                _("The day must lie between 1900-01-01 and 2199-12-31."), code="out_of_range"
            )
        return day


class FlagField(serializers.BooleanField):
    """``true`` or ``false`` as a form writes it."""

    TRUE_VALUES = {"true", "1", True}
    FALSE_VALUES = {"false", "0", False}
    NULL_VALUES = set()


class FormSerializer(BodySerializer):
    """The fields of a form: unknown and repeated names are refused; every value but a file is text."""

    def _mistyped(self, data: dict[str, Any]) -> dict[str, Any]:
        fault = serializers.ErrorDetail(_("The value is of the wrong type."), code="wrong_type")
        return {
            name: [fault]
            for name, field in self.fields.items()
            if name in data
            and isinstance(field, serializers.FileField) != isinstance(data[name], UploadedFile)
        }


T = TypeVar("T")


class UploadView(WriteView, Generic[T]):
    """POST of a form with a file. A subclass says who may, and what is done with the form."""

    parser_classes = (MultipartParser,)
    success: ClassVar[int] = 200
    limits: ClassVar[Limits] = STANDARD

    def may_upload(self, request: Request) -> None:
        """Raise Forbidden where this user may not."""
        raise NotImplementedError

    def take(self, data: Any, user: Any) -> T:
        """Call the service with the fields of the form; return what is to be shown."""
        raise NotImplementedError

    def show(self, result: T, query: Query) -> Any:
        """Return the result, ready for JSON."""
        raise NotImplementedError

    def check_media_type(self, request: HttpRequest) -> None:
        """Refuse what is no form, before it is read."""
        if (request.content_type or "").lower() != MULTIPART:
            raise UnsupportedMediaType(_("Send the file as multipart/form-data."))

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take a file."""
        raw = request._request

        def work() -> HttpResponse:
            self.may_upload(request)
            self.check_media_type(raw)
            form = _form(request)
            if idempotency.key_of(raw):
                raw.upload_digest = _digest(form)  # type: ignore[attr-defined]
                if known := idempotency.recall(raw, request.user.pk):
                    return known
            query = self.read_write_query(raw, request.user)
            serializer = self.bodies["POST"](data=form, context={"request": request, "view": self})
            serializer.is_valid(raise_exception=True)
            result = self.take(serializer.validated_data, request.user)
            response = self.shown(self.show(result, query), query, status=self.success)
            idempotency.remember(raw, request.user.pk, response)
            return response

        return self.carry_out(request, work)


def _form(request: Request) -> dict[str, Any]:
    """Return the fields of a form by name; raise Malformed where one comes twice."""
    data = cast(Any, request.data)
    twice = [name for name, values in data.lists() if len(values) > 1]
    if twice:
        detail = _("A name stands twice in one object.")
        raise Malformed(
            detail, errors=[Fault(f"/{name[:100]}", "duplicate_name", detail) for name in twice[:10]]
        )
    form: dict[str, Any] = data.dict()
    for name, value in form.items():
        if "\0" in name or (isinstance(value, str) and "\0" in value):
            raise Malformed(_("Text may not contain the NUL character."))
    return form


def _digest(form: Mapping[str, Any]) -> bytes:
    """Return what tells one form from another: its fields, and the content of its files."""
    digest = sha256()
    for name, value in sorted(form.items()):
        if isinstance(value, UploadedFile):
            value.seek(0)
            inner = sha256(str(value.name).encode("utf-8", "replace"))
            for piece in value.chunks():
                inner.update(piece)
            content = inner.digest()
        else:
            content = sha256(str(value).encode("utf-8", "replace")).digest()
        digest.update(sha256(name.encode("utf-8", "replace")).digest() + content)
    return digest.digest()
