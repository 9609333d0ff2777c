"""The format of an answer: ``format=`` where given, else ``Accept``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from lsg_portal.rest.problems import Fault, Malformed, NotAcceptable

MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ics": "text/calendar",
}

CONTENT_TYPES = {
    **MEDIA_TYPES,
    "csv": "text/csv; charset=utf-8; header=present",
    "ics": "text/calendar; charset=utf-8",
}


@lru_cache(maxsize=1000)
def accepted(header: str, offered: tuple[str, ...]) -> str | None:
    """Return which of the ``offered`` media types the header likes best, or None when it excludes all.

    Ties go to the first offered (RFC 9110, 12.5.1: the most specific range decides each type's q).
    """
    if not header:
        return offered[0]
    ranges = [_range(part) for part in header.split(",")[:50]]
    best, best_q = None, 0.0
    for media_type in offered:
        quality = _quality(media_type, ranges)
        if quality > best_q:
            best, best_q = media_type, quality
    return best


def _quality(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Return the q of the most specific range that covers ``media_type``."""
    for covering in (media_type, f"{media_type.split('/')[0]}/*", "*/*"):
        for named, quality in ranges:
            if named == covering:
                return quality
    return 0.0


def _range(part: str) -> tuple[str, float]:
    named, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _sep, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return named, quality


def choose(header: str, wanted: str | None, formats: tuple[str, ...]) -> str:
    """Return one of ``formats``: the one wanted by parameter, already checked, else by the header."""
    if wanted:
        return wanted
    media_type = accepted(header, tuple(MEDIA_TYPES[name] for name in formats))
    if media_type is None:
        raise NotAcceptable
    return next(name for name in formats if MEDIA_TYPES[name] == media_type)


class Negotiation(BaseContentNegotiation):
    """The same choice for views with renderers."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Return the parser of the body's media type, or None."""
        media_type = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        """Return a renderer and its media type; raise Malformed (``format``), NotAcceptable (``Accept``)."""
        offered = list(renderers)
        wanted = format_suffix or request.query_params.get("format")
        if wanted:
            for renderer in offered:
                if renderer.format == wanted:
                    return renderer, renderer.media_type
            detail = _("This format is not offered here.")
            raise Malformed(detail, errors=[Fault("/format", "not_a_choice", detail)])
        names = tuple(renderer.media_type.split(";")[0].strip().lower() for renderer in offered)
        media_type = accepted(request.META.get("HTTP_ACCEPT", ""), names)
        if media_type is None:
            raise NotAcceptable
        renderer = offered[names.index(media_type)]
        return renderer, renderer.media_type
