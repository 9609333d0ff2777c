"""What every view of the REST interface shares, and the public read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn, TypeVar

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from lsg_portal.rest import etags, language, negotiation, tables, versions
from lsg_portal.rest.params import AT, BOM, DELIMITER, LANG, Param, Table, format_param
from lsg_portal.rest.problems import Forbidden, Unauthenticated, as_problem

JSON = "application/json"
R = TypeVar("R", bound=HttpResponseBase)
VARY = "Accept, Accept-Language, Authorization, Cookie"


class Query:
    """What a request asks for: the value of every parameter, the language and the format."""

    __slots__ = ("format", "lang", "values", "viewer")

    def __init__(self, values: dict[str, Any], *, lang: str, fmt: str, viewer: Any = None) -> None:
        self.values = values
        self.lang = lang
        self.format = fmt
        self.viewer = viewer

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a parameter this view may not have."""
        return self.values.get(name, default)

    @property
    def at(self) -> dt.date:
        """Return the day of a dated view."""
        day: dt.date = self.values["at"]
        return day


class ApiView(APIView):
    """A view under ``/api/v1/``: closed parameters, problems, language."""

    params: ClassVar[Sequence[Param]] = ()
    dated: ClassVar[bool] = False
    """Whether the view takes ``at``."""

    formats: ClassVar[tuple[str, ...]] = ("json",)
    refusals: ClassVar[Mapping[str, Sequence[int]]] = {}
    """Statuses of refusals by method, beyond those every view of its kind has; for the schema."""

    metadata_class = None
    table: ClassVar[Table]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.table = Table(cls.parameters())

    @classmethod
    def parameters(cls) -> list[Param]:
        """Return every parameter a read takes; a subclass' own declaration of a name wins."""
        dated = [AT] if cls.dated else []
        table = [BOM, DELIMITER] if "csv" in cls.formats else []
        return [*dated, LANG, format_param(cls.formats), *table, *cls.params]

    def read_query(self, request: HttpRequest, viewer: Any) -> Query:
        """Return what is asked; raise Malformed or NotAcceptable."""
        lang = language.choose(request)
        values = self.table.read(request.GET)
        fmt = negotiation.choose(request.META.get("HTTP_ACCEPT", ""), values["format"], self.formats)
        return Query(values, lang=lang, fmt=fmt, viewer=viewer)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check who asks before how the answer is to look."""
        language.choose(request._request)
        self.format_kwarg = None
        request.version, request.versioning_scheme = None, None
        self.perform_authentication(request)
        self.check_permissions(request)
        self.check_throttles(request)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)

    def permission_denied(
        self, request: Request, message: str | None = None, code: str | None = None
    ) -> NoReturn:
        """Refuse: 401 to a visitor, 403 to a user."""
        if not request.user.is_authenticated:
            raise Unauthenticated
        raise Forbidden(message or "")

    def options(  # type: ignore[override]
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Name the methods of the address."""
        return HttpResponse(status=204)

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Say what the answer depends on."""
        final: HttpResponseBase = super().finalize_response(
            request,
            response,  # type: ignore[arg-type]
            *args,
            **kwargs,
        )
        final.headers["Vary"] = VARY
        return headless(final) if request.method == "HEAD" else final


class ReadView(ApiView):
    """A read that knows the version of its answer before computing it.

    A visitor's request (no token, no session) is answered without Django REST framework's request and
    response objects, which would cost as much as the query.
    """

    data: ClassVar[tuple[str, ...]] = ()
    """Keys of the data versions that the answer depends on."""

    public: ClassVar[bool] = True
    """Whether visitors may read; else ``permission_classes`` decide."""

    def versions_of(self, viewer: Any) -> tuple[str, ...]:
        """Return the keys for this viewer, ``None`` for a visitor: drafts have keys of their own."""
        return self.data

    def viewer_key(self, viewer: Any) -> str:
        """Return what of the viewer changes the answer; for public data nothing does."""
        return ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a visitor directly, anybody else as usual."""
        if not self.public or request.method not in ("GET", "HEAD") or not is_visitor(request):
            return super().dispatch(request, *args, **kwargs)
        try:
            response = self.respond(request, None, **kwargs)
        except Exception as error:
            problem = as_problem(error)
            if problem is None:
                raise
            response = problem.response()
        response.headers["Vary"] = VARY
        return headless(response) if request.method == "HEAD" else response

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a user, or a visitor whose session has ended."""
        viewer = request.user if request.user.is_authenticated else None
        return self.respond(request._request, viewer, **kwargs)

    def respond(self, request: HttpRequest, viewer: Any, **kwargs: Any) -> HttpResponseBase:
        """Return 304 where the client has the current answer, else the answer."""
        query = self.read_query(request, viewer)
        if known := request.META.get("HTTP_IF_NONE_MATCH"):
            tag = self.tag(request, query, versions.current(self.versions_of(viewer)))
            if etags.not_modified(known, tag):
                return stamp(HttpResponse(status=304), query, tag)
        return self.answer(request, query, **kwargs)

    def answer(self, request: HttpRequest, query: Query, **kwargs: Any) -> HttpResponseBase:
        """Compute the answer; the version is read before the data and therefore never newer than they."""
        tag = self.tag(request, query, versions.current(self.versions_of(query.viewer)))
        response = written(self.document(query, **kwargs), query)
        if query.format != "json":
            name = f"{self.table_name(request, query)}.{query.format}"
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return stamp(response, query, tag)

    def table_name(self, request: HttpRequest, query: Query) -> str:
        """Return the name under which a table is saved: the last part of its address, and the day it is of."""
        last = request.path.rstrip("/").rpartition("/")[2]
        return "-".join([last, *([str(query.at)] if self.dated else [])])

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Return the answer, ready for JSON."""
        raise NotImplementedError

    def tag(self, request: HttpRequest, query: Query, version: str | None) -> str:
        """Return the ETag for a version of the data."""
        view = (query.lang, query.format, self.viewer_key(query.viewer), versions.build())
        return etags.make((request.path, version, *query.values.values()), view)


def written(document: Any, query: Query) -> HttpResponse:
    """Return the document in the format of the query; a table holds its rows."""
    if query.format == "json":
        return HttpResponse(orjson.dumps(document, default=str), content_type=JSON)
    header, rows = tables.gathered(tables.rows_of(document))
    if query.format == "csv":
        body = tables.to_csv(header, rows, delimiter=query["delimiter"], bom=query["bom"])
    else:
        body = tables.to_xlsx(header, rows)
    return HttpResponse(body, content_type=negotiation.CONTENT_TYPES[query.format])


def stamp(response: R, query: Query, tag: str | None) -> R:
    """Add the version of an answer and how it may be kept."""
    headers = response.headers
    if tag:
        headers["ETag"] = tag
    headers["Content-Language"] = query.lang
    headers["Cache-Control"] = "no-cache" if query.viewer is None else "private, no-cache"
    return response


def is_visitor(request: HttpRequest) -> bool:
    """Tell whether the request comes without any sign of who sends it."""
    meta = request.META
    if "HTTP_AUTHORIZATION" in meta or hasattr(request, "_force_auth_user"):
        return False
    return "HTTP_COOKIE" not in meta or settings.SESSION_COOKIE_NAME not in request.COOKIES


def headless(response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer to HEAD: the length without the body."""
    if isinstance(response, HttpResponse):
        if hasattr(response, "render"):
            response.render()
        length = str(len(response.content))
        response.content = b""
        response.headers["Content-Length"] = length
    elif isinstance(response, StreamingHttpResponse):
        response.close()
        response.streaming_content = ()
    return response
