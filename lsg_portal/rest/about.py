"""What the interface says about itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from lsg_portal.rest import addresses
from lsg_portal.rest.problems import KINDS, TYPE_BASE
from lsg_portal.rest.views import Query, ReadView

DESCRIBED = {
    "documentation": f"{addresses.BASE}docs/",
    "schema": f"{addresses.BASE}schema/",
    "tables": f"{addresses.BASE}datapackage.json",
    "problems": TYPE_BASE,
}
"""What describes the interface, by what it is."""


class IndexView(ReadView):
    """Where to begin: the addresses that can be read, and what describes them."""

    answer_schema = {
        "type": "object",
        "properties": {
            **{name: {"type": "string", "format": "uri-reference"} for name in DESCRIBED},
            "resources": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "address": {
                            "type": "string",
                            "description": "`{name}` stands for a parameter (RFC 6570).",
                        },
                        "formats": {"type": "array", "items": {"type": "string"}},
                    },
                    "required": ["address", "formats"],
                },
            },
        },
        "required": [*DESCRIBED, "resources"],
    }

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Return the addresses in alphabetical order."""
        return {**DESCRIBED, "resources": resources(settings.ROOT_URLCONF)}


@lru_cache(maxsize=2)
def resources(urlconf: str) -> list[dict[str, Any]]:
    """Return what can be read under the interface, but for the documents about the interface itself."""
    about = {addresses.BASE, *DESCRIBED.values()}
    return [
        {"address": path, "formats": list(view.formats)}
        for path, view in sorted(addresses.views(urlconf), key=lambda item: item[0])
        if path not in about and hasattr(view, "get")
    ]


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
