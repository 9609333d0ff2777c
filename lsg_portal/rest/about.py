"""What the interface says about itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from lsg_portal.rest.problems import KINDS, TYPE_BASE
from lsg_portal.rest.views import Query, ReadView


class ProblemsView(ReadView):
    """The kinds of problems, which the ``type`` of every problem points to."""

    data = ()
    answer_schema = {
        "type": "object",
        "properties": {
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string"},
                        "code": {"type": "string"},
                        "status": {"type": "integer"},
                        "title": {"type": "string"},
                    },
                    "required": ["type", "code", "status", "title"],
                },
            }
        },
        "required": ["results"],
    }

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Return every kind, titles in the language of the request."""
        return {
            "results": [
                {
                    "type": f"{TYPE_BASE}#{kind.code}",
                    "code": kind.code,
                    "status": kind.status,
                    "title": str(kind.title),
                }
                for kind in KINDS
            ]
        }


class SchemaView(ReadView):
    """The OpenAPI 3.1 document."""

    schema = None

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Return the document, descriptions in the language of the request."""
        return openapi(query.lang, settings.ROOT_URLCONF)


@lru_cache(maxsize=10)
def openapi(lang: str, urlconf: str) -> dict[str, Any]:
    """Return the document in a language, of all the addresses in ``urlconf``."""
    with translation.override(lang):
        document: dict[str, Any] = SchemaGenerator(urlconf=urlconf).get_schema(request=None, public=True)
    return document
