"""The OpenAPI document, made from what the views declare.

Every answer a view can give is described: its formats, its headers and all of its refusals, so that a
client (and schemathesis) meets nothing undocumented.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ResolvedComponent

from lsg_portal.rest import columns
from lsg_portal.rest.detail import ThingView
from lsg_portal.rest.lists import SqlListView
from lsg_portal.rest.negotiation import MEDIA_TYPES
from lsg_portal.rest.problems import KINDS, MEDIA_TYPE, Problem
from lsg_portal.rest.serializers import BodySerializer
from lsg_portal.rest.views import ApiView
from lsg_portal.rest.writes import WRITE_TABLE, WriteView

Schema = dict[str, Any]

PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["pointer", "code", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail", "errors"],
}
_BY_STATUS: dict[int, type[Problem]] = {}
for _kind in KINDS:
    _BY_STATUS.setdefault(_kind.status, _kind)

_READ = (400, 401, 406, 503)
_WRITE = (400, 401, 403, 406, 409, 413, 415, 422, 503)
_ON_A_THING = (404, 412, 428)

_URI: Schema = {"type": "string", "format": "uri"}
_HEADERS: dict[str, Schema] = {
    "ETag": {"description": "Version of the answer.", "schema": {"type": "string"}},
    "Content-Language": {"description": "Language of the texts.", "schema": {"type": "string"}},
    "Link": {"description": "RFC 8288: the next and the previous page.", "schema": {"type": "string"}},
    "Location": {"description": "Address of the new thing.", "schema": _URI},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "How to log in.", "schema": {"type": "string"}},
}


class AutoSchema(SpectacularSchema):
    """Reads ``ApiView`` and its kinds; anything else is left to drf-spectacular."""

    view: Any

    def get_operation(self, *args: Any, **kwargs: Any) -> Schema | None:
        """Return the operation with parameters, answers and refusals as they are."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None or not isinstance(self.view, ApiView):
            return operation
        path = [parameter for parameter in operation.get("parameters", []) if parameter["in"] == "path"]
        operation["parameters"] = [*path, *self._query(), *self._preconditions()]
        operation["responses"] = self._answers() | self._refusals(bool(path))
        return operation

    def get_description(self) -> str:  # type: ignore[override]
        """Return what the view says it is; the methods only say how."""
        return str(self.view.__doc__ or "") if isinstance(self.view, ApiView) else super().get_description()

    def get_operation_id(self) -> str:
        """Return a name made of the address and the method."""
        action = self.method.lower()
        if self.method == "GET":
            one = self.path.rstrip("/").endswith("}")
            action = "list" if isinstance(self.view, SqlListView) else "retrieve" if one else "read"
            if "." in self.path.rpartition("/")[2] and "{" in self.path:
                action = "read_of_one"  # a file of one thing, where all of them may have one too
        tokens = [token.replace("-", "_").replace(".", "_") for token in self._tokenize_path()]
        return "_".join([*tokens, action])

    def get_request_serializer(self) -> Any:
        """Return the serializer of this method's body."""
        if isinstance(self.view, WriteView):
            return self.view.bodies.get(self.method)
        return super().get_request_serializer() if not isinstance(self.view, ApiView) else None

    def get_response_serializers(self) -> Any:
        """Leave the answers of our own views to ``_answers``."""
        return {} if isinstance(self.view, ApiView) else super().get_response_serializers()

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False if isinstance(self.view, ApiView) else bool(super()._is_list_view(serializer))

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, BodySerializer):
            schema["additionalProperties"] = False
        return schema

    def _query(self) -> list[Schema]:
        table = self.view.table if self.method == "GET" else getattr(self.view, "write_table", WRITE_TABLE)
        return [param.openapi() for param in table.params.values()]

    def _preconditions(self) -> list[Schema]:
        if self.method == "GET":
            return [_header("If-None-Match", "The ETag the client has; 304 when it still holds.")]
        parameters = []
        if self._changes():
            parameters.append(_header("If-Match", "The ETag the client has read, or `*`.", required=True))
        if self.method == "POST" and self._needs_user():
            parameters.append(
                _header("Idempotency-Key", "Names the request, so that a repeat is not done twice.")
            )
        return parameters

    def _changes(self) -> bool:
        return isinstance(self.view, ThingView) and self.method != "GET"

    def _needs_user(self) -> bool:
        return (
            isinstance(self.view, WriteView)
            and self.method != "GET"
            and not getattr(self.view, "open", False)
        )

    def _answers(self) -> Schema:
        if self.method == "GET":
            linked = ["Link"] if isinstance(self.view, SqlListView) else []
            headers = self._named("ETag", "Content-Language", *linked)
            answer: Schema = {"description": "", "headers": headers}
            answer["content"] = {
                MEDIA_TYPES[name]: {"schema": self._document() if name == "json" else {"type": "string"}}
                for name in self.view.formats
            }
            return {"200": answer, "304": {"description": "The client has the current answer."}}
        if self.method == "DELETE":
            return {"204": {"description": "Done."}}
        status = getattr(self.view, "success", 200 if self._changes() else 201)
        if status == 204:
            return {"204": {"description": "Done."}}
        names = ["ETag", "Content-Language", *(["Location"] if status == 201 else [])]
        content = {MEDIA_TYPES["json"]: {"schema": self._document()}}
        return {str(status): {"description": "", "headers": self._named(*names), "content": content}}

    def _document(self) -> Schema:
        view = self.view
        declared = getattr(view, "answers", {}).get(self.method, getattr(view, "answer_schema", None))
        if declared is None and isinstance(view, SqlListView) and self.method == "GET":
            return self._page()
        if declared is None:
            return {"type": "object"}
        if isinstance(declared, dict):
            return declared
        if isinstance(declared, (list, tuple)):
            return columns.openapi(declared)
        component = self.resolve_serializer(declared, "response")
        return dict(component.ref)

    def _page(self) -> Schema:
        properties: Schema = {"at": {"type": "string", "format": "date"}} if self.view.dated else {}
        properties |= {
            "count": {"type": ["integer", "null"], "minimum": 0},
            "has_more": {"type": "boolean"},
            "next": {"type": ["string", "null"], "format": "uri"},
            "previous": {"type": ["string", "null"], "format": "uri"},
            "results": {"type": "array", "items": columns.openapi(self.view.columns)},
        }
        return {"type": "object", "properties": properties, "required": list(properties)}

    def _refusals(self, has_path: bool) -> Schema:
        if self.method == "GET":
            statuses = {*_READ}
            if has_path or isinstance(self.view, SqlListView):
                statuses.add(404)
            if "csv" in self.view.formats:
                statuses.add(429)
            if not getattr(self.view, "public", True):
                statuses.add(403)
        else:
            statuses = {*_WRITE, *(_ON_A_THING if self._changes() else ()), *((404,) if has_path else ())}
        statuses.update(self.view.refusals.get(self.method, ()))
        return {str(status): self._problem(status) for status in sorted(statuses)}

    def _problem(self, status: int) -> Schema:
        kind = _BY_STATUS[status]
        names = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(status, [])
        answer = {
            "description": (kind.__doc__ or "").splitlines()[0],
            "headers": self._named("Content-Language", *names),
            "content": {MEDIA_TYPE: {"schema": self._component("Problem", "schemas", PROBLEM)}},
        }
        return self._component(f"Problem{status}", "responses", answer)

    def _named(self, *names: str) -> Schema:
        return {name: self._component(name, "headers", _HEADERS[name]) for name in names}

    def _component(self, name: str, kind: str, schema: Schema) -> Schema:
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return dict(component.ref)


def _header(name: str, description: str, *, required: bool = False) -> Schema:
    schema = {"type": "string", "maxLength": 255}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}
