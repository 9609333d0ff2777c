"""The addresses of the interface, as they are declared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from lsg_portal.rest.views import ApiView

BASE = "/api/v1/"


def views(urlconf: str) -> Iterator[tuple[str, type[ApiView]]]:
    """Yield each address with its view; ``{name}`` stands for a parameter."""
    for path, pattern in _patterns(get_resolver(urlconf).url_patterns, ""):
        view = getattr(pattern.callback, "cls", None)
        if path.startswith(BASE) and view is not None and issubclass(view, ApiView):
            yield path, view


def _patterns(patterns: Iterable[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route)
        else:
            yield f"/{route}", pattern
