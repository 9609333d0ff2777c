"""One thing at its own address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import orjson
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from lsg_portal.rest import etags, idempotency, versions
from lsg_portal.rest.views import JSON, Query, stamp
from lsg_portal.rest.writes import WriteView

Act = Callable[[Any, Any, Any], Any]


class ThingView(WriteView):
    """A thing that can be changed under If-Match.

    A subclass says how the thing is found and locked, which version it has and how it is shown.
    """

    def lock(self, user: Any, **kwargs: Any) -> Any:
        """Return the thing, its row locked; raise NotVisible, or Forbidden where it may only be seen."""
        raise NotImplementedError

    def version(self, thing: Any) -> Iterable[object]:
        """Return what names the thing and changes with every change of it: its key and its row version."""
        raise NotImplementedError

    def show(self, thing: Any, query: Query) -> Any:
        """Return the thing, ready for JSON."""
        raise NotImplementedError

    def viewer_key(self, viewer: Any) -> str:
        """Return what of the viewer changes how the thing is shown."""
        return ""

    def tag(self, thing: Any, query: Query) -> str:
        """Return the ETag of the thing as this query shows it."""
        view = (
            *query.values.values(),
            query.lang,
            query.format,
            self.viewer_key(query.viewer),
            versions.build(),
        )
        return etags.make(self.version(thing), view)

    def reached(self, thing: Any, method: str) -> None:
        """Raise Conflict where the thing already is in the state that this would bring about."""

    def change(self, request: Request, act: Act, *, status: int = 200, **kwargs: Any) -> HttpResponse:
        """Check all that the contract asks, in its order, then call ``act(thing, data, user)``.

        ``act`` calls one service and returns the thing as it is now; ``status`` 204 shows nothing.
        """
        raw = request._request

        def work() -> HttpResponse:
            thing = self.lock(request.user, **kwargs)
            self.check_media_type(raw)
            given = etags.require(raw.META.get("HTTP_IF_MATCH"))
            if raw.method == "POST" and (known := idempotency.recall(raw, request.user.pk)):
                return known
            self.reached(thing, str(raw.method))
            etags.match(given, etags.make(self.version(thing)))
            query = self.read_write_query(raw, request.user)
            result = act(thing, self.read_body(request), request.user)
            if status == 204:
                return HttpResponse(status=204)
            response = self.shown(self.show(result, query), query, status=status, tag=self.tag(result, query))
            if raw.method == "POST":
                idempotency.remember(raw, request.user.pk, response)
            return response

        return self.carry_out(request, work)


class DetailView(ThingView):
    """A thing to be read with its ETag, and changed where a subclass has ``patch``, ``put`` or ``delete``."""

    def load(self, query: Query, **kwargs: Any) -> Any:
        """Return the thing; raise NotVisible where there is none for ``query.viewer``."""
        raise NotImplementedError

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the thing, or say 304 where the client has it."""
        viewer = request.user if request.user.is_authenticated else None
        query = self.read_query(request._request, viewer)
        thing = self.load(query, **kwargs)
        tag = self.tag(thing, query)
        if etags.not_modified(request.META.get("HTTP_IF_NONE_MATCH"), tag):
            return stamp(HttpResponse(status=304), query, tag)
        body = orjson.dumps(self.show(thing, query), default=str)
        return stamp(HttpResponse(body, content_type=JSON), query, tag)


class ActionView(ThingView):
    """POST on a thing: ``apply``, ``annul``, ``submit`` … A subclass says what it does in ``act``."""

    success: ClassVar[int] = 200

    def act(self, thing: Any, data: Any, user: Any) -> Any:
        """Call the service and return the thing as it is now."""
        raise NotImplementedError

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Carry the action out."""
        return self.change(request, self.act, status=self.success, **kwargs)
