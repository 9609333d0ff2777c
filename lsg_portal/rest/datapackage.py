"""What the tables of the interface hold: a Frictionless data package, made from what the views declare.

Every list, and every document that is offered as a table, has its columns described with a type and a title in
Kyrgyz and Russian. Lists are resources with an address to read; a table that needs to be told something first
(a unit, two days) is described beside them, with the template of its address (RFC 6570).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from lsg_portal.rest import addresses
from lsg_portal.rest.addresses import BASE
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import SqlListView
from lsg_portal.rest.negotiation import MEDIA_TYPES
from lsg_portal.rest.problems import Text
from lsg_portal.rest.views import ApiView, Query, ReadView

LANGUAGES = ("ky", "ru")
TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "date"},
    "datetime": {"type": "datetime"},
    "int": {"type": "integer"},
    "decimal": {"type": "number"},
    "float": {"type": "number"},
    "bool": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    "json": {"type": "string"},
}
_words: dict[str, Text] = {}


def describe(words: Mapping[str, Text]) -> None:
    """Say what columns are called: by their path (``valid.to``), or by each name within it (``valid``, ``to``)."""
    _words.update(words)


def title(path: str) -> str:
    """Return what a column is called in the active language; a name nobody has described stands for itself."""
    if path in _words:
        return str(_words[path])
    head, _dot, last = path.rpartition(".")
    word = str(_words.get(last, last))
    return f"{title(head)}: {word}" if head else word


def undescribed() -> set[str]:
    """Return the names within columns that nobody has described."""
    found = set()
    for _name, _template, view in _tables(settings.ROOT_URLCONF):
        for path, _field in _fields_of(view):
            found |= {part for part in path.split(".") if path not in _words and part not in _words}
    return found


@lru_cache(maxsize=10)
def package(lang: str, urlconf: str) -> dict[str, Any]:
    """Return the data package, in a language, of all the addresses in ``urlconf``."""
    with translation.override(lang):
        resources, templates = [], []
        for name, template, view in _tables(urlconf):
            resource = _resource(name, view, lang)
            required = [param.name for param in view.parameters() if param.required]
            if "{" in template or required:
                templates.append({**resource, "template": _template(template, view)})
            else:
                resources.append({**resource, "path": f"{template}?format=csv"})
        return {
            "profile": "data-package",
            "name": "lsg-portal",
            "title": _("Register of local self-government of the Kyrgyz Republic"),
            "homepage": BASE,
            "resources": resources,
            "templates": templates,
        }


def _resource(name: str, view: type[ApiView], lang: str) -> dict[str, Any]:
    """Return the description of a table."""
    table: dict[str, Any] = {"fields": [_field(path, field, lang) for path, field in _fields_of(view)]}
    if key := _primary_key(view):
        table["primaryKey"] = [key]
    return {
        "name": name,
        "profile": "tabular-data-resource",
        "description": (view.__doc__ or "").split("\n\n")[0].strip(),
        "format": "csv",
        "mediatype": MEDIA_TYPES["csv"],
        "encoding": "utf-8",
        "dialect": {"delimiter": ";", "header": True, "doubleQuote": True},
        "schema": {**table, "missingValues": [""]},
    }


def _field(path: str, described: dict[str, Any], lang: str) -> dict[str, Any]:
    """Return a field of the table with its titles."""
    titles = {}
    for language in LANGUAGES:
        with translation.override(language):
            titles[language] = title(path)
    return {
        "name": path.replace(".", "_"),
        "title": titles.get(lang) or title(path),
        "titles": titles,
        **described,
    }


def _fields_of(view: type[ApiView]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and type of each column of a view's table."""
    if issubclass(view, SqlListView):
        anchored = {column.path.rpartition(".")[0] for column in view.columns if column.anchor}
        for column in view.columns:
            if column.exported() is not None:
                yield column.path, _of_column(column, anchored)
        return
    schema = getattr(view, "table_schema", None) or _row_schema(getattr(view, "answer_schema", {}))
    yield from _of_schema(schema, "")


def _of_column(column: Column, anchored: Iterable[str]) -> dict[str, Any]:
    """Return the type of a column and what it promises."""
    field = dict(TYPES[column.type])
    promises: dict[str, Any] = {}
    missing = column.null or any(column.path.startswith(f"{path}.") for path in anchored)
    if not missing and column.type != "json":
        promises["required"] = True
    if "enum" in column.schema:
        promises["enum"] = [value for value in column.schema["enum"] if value is not None]
    return {**field, "constraints": promises} if promises else field


def _row_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of the rows in an answer."""
    properties = schema.get("properties", {})
    for name in ("results", "rows"):
        if name in properties:
            items: Mapping[str, Any] = properties[name]["items"]
            return items
    return schema


def _of_schema(schema: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the cells that ``tables.flat`` makes of an object with this schema."""
    for name, inner in schema.get("properties", {}).items():
        kinds = inner.get("type", "string")
        kind = next((k for k in kinds if k != "null"), "string") if isinstance(kinds, list) else kinds
        path = f"{prefix}{name}"
        if kind == "object":
            yield from _of_schema(inner, f"{path}.")
        elif inner.get("format") == "date":
            yield path, dict(TYPES["date"])
        elif inner.get("format") == "uuid":
            yield path, dict(TYPES["uuid"])
        elif "pattern" in inner:
            yield path, dict(TYPES["decimal"])
        else:
            yield (
                path,
                dict(TYPES[{"integer": "int", "number": "float", "boolean": "bool"}.get(kind, "text")]),
            )


def _primary_key(view: type[ApiView]) -> str | None:
    """Return the column that names each row, where one does."""
    if not issubclass(view, SqlListView):
        return None
    return next((column.label for column in view.columns if column.sql == view.unique.sql), None)


def _template(path: str, view: type[ApiView]) -> str:
    names = [
        param.name
        for param in view.parameters()
        if param.name not in ("format", "page", "page_size", "cursor")
    ]
    return f"{path}?format=csv{{&{','.join(names)}}}"


def _tables(urlconf: str) -> Iterator[tuple[str, str, type[ApiView]]]:
    """Yield the name, the address and the view of each table under the interface."""
    for path, view in addresses.views(urlconf):
        if not issubclass(view, ReadView):
            continue
        if "csv" in view.formats and view.public:
            name = re.sub(r"\{[^}]*\}/", "", path.removeprefix(BASE)).strip("/").replace("/", "-")
            yield name, path, view


class DataPackageView(ReadView):
    """The data package that describes the tables (Frictionless)."""

    answer_schema = {
        "type": "object",
        "properties": {
            name: {"type": "array", "items": {"type": "object"}} for name in ("resources", "templates")
        },
        "required": ["resources", "templates"],
    }

    def document(self, query: Query, **kwargs: Any) -> Any:
        """Return the package, titles in the language of the request and in Kyrgyz and Russian."""
        return package(query.lang, settings.ROOT_URLCONF)
