"""What the interface says about itself."""

from __future__ import annotations

from typing import Any

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
