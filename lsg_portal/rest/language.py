"""The language of an answer: ``lang=``, else ``Accept-Language``, else Kyrgyz."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

LANGUAGES = ("ky", "ru", "en")


@lru_cache(maxsize=500)
def preferred(header: str) -> str:
    """Return which of our languages ``Accept-Language`` likes best; ties go to the first named."""
    best, best_q = settings.LANGUAGE_CODE, 0.0
    for part in header.split(",")[:50]:
        tag, _, rest = part.strip().partition(";")
        language = tag.split("-")[0].strip().lower()
        if language in LANGUAGES and (q := _quality(rest)) > best_q:
            best, best_q = language, q
    return best


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def choose(request: HttpRequest) -> str:
    """Activate the language of this request for everything that is translated from now on, and return it.

    A ``lang`` that is none of ours is refused later, with the other parameters; until then the header
    decides.
    """
    language = ""
    if "lang=" in request.META.get("QUERY_STRING", ""):
        language = request.GET.get("lang", "")
    if language not in LANGUAGES:
        language = preferred(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
    if translation.get_language() != language:
        translation.activate(language)
    return language
