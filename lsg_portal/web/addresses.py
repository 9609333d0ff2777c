"""Addresses that keep what the reader has chosen: the day, the language, the filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

from .middleware import language_of_path

NOT_KEPT = frozenset({"at", "page"})
"""Parameters the date bar does not carry on: the day it sets, and a page number that may no longer exist."""


def query(parameters: QueryDict, **changes: Any) -> str:
    """Return the query string (with ``?``) after ``changes``: None drops a parameter, a list repeats it."""
    changed = parameters.copy()
    for key, value in changes.items():
        if value is None or value == []:
            changed.pop(key, None)
        elif isinstance(value, list | tuple):
            changed.setlist(key, [str(item) for item in value])
        else:
            changed[key] = str(value)
    return "?" + changed.urlencode() if changed else "?"


def with_query(address: str, **parameters: Any) -> str:
    """Add parameters that are not None to an address that may have some already."""
    given = {key: value for key, value in parameters.items() if value is not None}
    if not given:
        return address
    parts = urlsplit(address)
    added = urlencode(given, doseq=True)
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))


def at_day(request: HttpRequest, address: str) -> str:
    """Add ``at=`` to the address where the reader is not looking at today."""
    day, today = getattr(request, "day", None), getattr(request, "today", None)
    return address if day == today or day is None else with_query(address, at=day.isoformat())


def page(request: HttpRequest, route: str, *args: Any, **parameters: Any) -> str:
    """Return the address of a route on the reader's day, ``parameters`` as its query."""
    return with_query(at_day(request, reverse(route, args=args)), **parameters)


def optional(route: str, *args: Any) -> str:
    """Return the address of a route, or an empty string where this portal has none of that name."""
    try:
        return reverse(route, args=args)
    except NoReverseMatch:
        return ""


def in_language(request: HttpRequest, language: str) -> str:
    """Return the address of this very page, with its day and filters, in another language."""
    path, present = request.path_info, language_of_path(request.path_info)
    rest = path[3:] if path == f"/{present}" or path.startswith(f"/{present}/") else "/"
    parameters = request.META.get("QUERY_STRING", "")
    return f"/{language}{rest or '/'}" + (f"?{parameters}" if parameters else "")


def permalink(request: HttpRequest) -> str:
    """Return the full address of this page with its day written out, so that it shows the same for ever."""
    day = getattr(request, "day", None)
    parameters = request.GET.copy()
    parameters.pop("format", None)
    if day is not None:
        parameters["at"] = day.isoformat()
    path = request.path + (f"?{parameters.urlencode()}" if parameters else "")
    return request.build_absolute_uri(path)


def kept(parameters: QueryDict, without: Iterable[str] = NOT_KEPT) -> list[tuple[str, str]]:
    """Return the pairs a GET form repeats as hidden fields, so that sending it loses nothing."""
    dropped = frozenset(without)
    return [(key, value) for key, values in parameters.lists() if key not in dropped for value in values]
