"""Changing things: creating, changing, removing, and actions such as ``apply``.

The order of checks is that of the contract: 401, 404 or 403, 415, 428, 412, 400, 409, 422. A state already
reached is 409 before If-Match is compared, and a repeat under an Idempotency-Key gets its first answer
before that. All of it happens in one transaction, which is tried again after a deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, suppress
from typing import Any, ClassVar

import orjson
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from lsg_portal.data.retry import retrying
from lsg_portal.rest import idempotency, language, negotiation
from lsg_portal.rest.params import LANG, Table, format_param
from lsg_portal.rest.parsers import LARGEST
from lsg_portal.rest.problems import Fault, Malformed, TooLarge, Unauthenticated, UnsupportedMediaType
from lsg_portal.rest.views import JSON, ApiView, Query, stamp

Bodies = Mapping[str, type[BaseSerializer[Any]]]
WRITE_TABLE = Table([LANG, format_param(("json",))])


def acting_for(request: Request) -> AbstractContextManager[None]:
    """Name the user of a request as the actor; how is the setting's, since the plumbing knows no app."""
    name: Callable[..., AbstractContextManager[None]] = import_string(settings.LSG_ACTING_FOR)
    return name(request.user, request_id=getattr(request._request, "request_id", ""))


class WriteView(ApiView):
    """What creating and changing share."""

    bodies: ClassVar[Bodies] = {}
    """The serializer of the body, by method; a method without one takes no body."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Keep the body before the CSRF check of a session reads it away: a repeat is known by what was sent."""
        raw = request._request
        if "HTTP_IDEMPOTENCY_KEY" in raw.META and (raw.content_type or "").lower() == JSON:
            with suppress(ValueError):
                if int(raw.META.get("CONTENT_LENGTH") or 0) <= LARGEST:
                    _kept = raw.body
        super().initial(request, *args, **kwargs)

    def carry_out(self, request: Request, work: Callable[[], HttpResponse]) -> HttpResponse:
        """Run ``work``, which raises to refuse, for a user and in a transaction."""
        self.must_be_user(request)

        def attempt() -> HttpResponse:
            with transaction.atomic():
                return work()

        with acting_for(request):
            return retrying(attempt)

    def read_write_query(self, request: HttpRequest, viewer: Any) -> Query:
        """Return what a write asks for, language and format; raise Malformed."""
        lang = language.choose(request)
        values = WRITE_TABLE.read(request.GET)
        negotiation.choose(request.META.get("HTTP_ACCEPT", ""), values["format"], ("json",))
        return Query(values, lang=lang, fmt="json", viewer=viewer)

    def check_media_type(self, request: HttpRequest) -> None:
        """Refuse a body that is too large or no JSON, before it is read."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            raise Malformed from None
        if length > LARGEST:
            raise TooLarge
        if length and (request.content_type or "").lower() != JSON:
            raise UnsupportedMediaType

    def read_body(self, request: Request) -> Any:
        """Return the validated body, or None where the method takes none; raise Malformed."""
        serializer_class = self.bodies.get(str(request.method))
        if serializer_class is None:
            if request.data:
                detail = _("This takes no body.")
                raise Malformed(detail, errors=[Fault("", "unexpected_body", detail)])
            return None
        context = {"request": request, "view": self}
        serializer = serializer_class(data=request.data, partial=request.method == "PATCH", context=context)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def must_be_user(self, request: Request) -> None:
        """Refuse visitors."""
        if not request.user.is_authenticated:
            raise Unauthenticated

    def shown(
        self, document: Any, query: Query, *, status: int = 200, tag: str | None = None
    ) -> HttpResponse:
        """Return the answer that shows what has become of the thing."""
        response = HttpResponse(orjson.dumps(document, default=str), status=status, content_type=JSON)
        return stamp(response, query, tag)


class CreateMixin(WriteView):
    """POST on a list: makes a thing. Put it before the list view."""

    once: ClassVar[Collection[str]] = ()
    """Members of the answer that are shown this once, such as the path of an invitation, and kept nowhere."""

    def may_create(self, request: Request) -> None:
        """Raise Forbidden where this user may not create."""
        raise NotImplementedError

    def create(self, data: Any, user: Any) -> Any:
        """Call the service and return the new thing."""
        raise NotImplementedError

    def created(self, thing: Any, query: Query) -> tuple[Any, str, str | None]:
        """Return what to show of the new thing, its address and its ETag."""
        raise NotImplementedError

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Create."""

        def work() -> HttpResponse:
            self.may_create(request)
            self.check_media_type(request._request)
            if known := idempotency.recall(request._request, request.user.pk):
                return known
            query = self.read_write_query(request._request, request.user)
            thing = self.create(self.read_body(request), request.user)
            document, address, tag = self.created(thing, query)
            response = self.shown(document, query, status=201, tag=tag)
            response["Location"] = request.build_absolute_uri(address)
            if self.once:
                response["Cache-Control"] = "no-store"
            idempotency.remember(request._request, request.user.pk, response, once=self.once)
            return response

        return self.carry_out(request, work)
