"""The columns of a list, declared once: JSON, CSV, XLSX, ``fields=`` and the OpenAPI schema all come from
them.

A column's path says where its value stands: ``name.ky`` is ``{"name": {"ky": …}}`` in JSON and ``name_ky``
in a table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from lsg_portal.rest.problems import Text

Type = Literal["text", "uuid", "date", "datetime", "int", "decimal", "float", "bool", "json"]

_PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")

_AS_TEXT = ("uuid", "date", "decimal")
"""Types PostgreSQL writes as JSON wants them; read as text they cost no Python object each."""

_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "uuid": {"type": "string", "format": "uuid"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "int": {"type": "integer"},
    "decimal": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "json": {},
}


@dataclass(frozen=True)
class Column:
    """One value of every row.

    ``sql`` is an expression over the list's relation. ``null``: it may be missing. ``anchor``: where it is
    null, the whole object that holds it is null. ``json`` columns are JSON text made by PostgreSQL, with a
    ``schema`` of their own, and enter tables only through ``export``, an expression of type text;
    ``export=""`` keeps any column out.
    """

    path: str
    sql: str
    type: Type = "text"
    null: bool = False
    anchor: bool = False
    schema: Mapping[str, Any] = field(default_factory=dict, hash=False)
    export: str | None = None
    title: Text = ""

    def __post_init__(self) -> None:
        if not _PATH.fullmatch(self.path):
            raise ValueError(f"not a path: {self.path!r}")
        if self.anchor and "." not in self.path:
            raise ValueError(f"only a column inside an object can be its anchor: {self.path!r}")

    @property
    def field(self) -> str:
        """Return the top-level name, the one ``fields=`` takes."""
        return self.path.partition(".")[0]

    @property
    def label(self) -> str:
        """Return the name of the column in a table."""
        return self.path.replace(".", "_")

    def select(self) -> str:
        """Return the expression as a JSON answer reads it."""
        if self.type in _AS_TEXT or self.type == "json":
            return f"({self.sql})::text"
        if self.type == "datetime":
            return f"""to_char({self.sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
        return self.sql

    def exported(self) -> tuple[str, bool] | None:
        """Return the expression for a table and whether it is free text; None where a table leaves it out."""
        if self.export == "" or (self.type == "json" and self.export is None):
            return None
        if self.export is not None:
            return self.export, True
        if self.type == "bool":
            return f"({self.sql})::text", False
        return self.select(), self.type == "text"

    def openapi(self) -> dict[str, Any]:
        """Return the schema of the value."""
        schema = {**_SCHEMAS[self.type], **self.schema}
        if self.null and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
            if "enum" in schema:
                schema["enum"] = [*schema["enum"], None]
        return schema


Builder = Callable[[Iterable[Sequence[Any]]], list[dict[str, Any]]]


def trimmed(columns: Sequence[Column], fields: Sequence[str] | None) -> tuple[Column, ...]:
    """Return the columns of these top-level names, in their declared order."""
    return tuple(column for column in columns if not fields or column.field in fields)


def builder(columns: tuple[Column, ...]) -> Builder:
    """Return the function that turns rows with these values into the objects of the answer.

    It is written as source and compiled: one comprehension of literals, which is three to four times as
    fast as walking the declarations for each row. The source holds names checked by ``Column`` alone.
    """
    tree: dict[str, Any] = {}
    for index, column in enumerate(columns):
        *parents, leaf = column.path.split(".")
        node = tree
        for name in parents:
            node = node.setdefault(name, {})
        node[leaf] = (f"c{index}", column)
    names = "".join(f"c{index}, " for index in range(len(columns)))
    source = f"lambda rows: [{_literal(tree)} for {names} in rows]"
    return eval(source, {"Fragment": orjson.Fragment})  # noqa: S307 - see above


def _literal(tree: Mapping[str, Any]) -> str:
    parts = []
    anchors = []
    for name, node in tree.items():
        if isinstance(node, dict):
            parts.append(f"{name!r}: {_literal(node)}")
            continue
        variable, column = node
        if column.anchor:
            anchors.append(variable)
        value = f"None if {variable} is None else Fragment({variable})" if column.type == "json" else variable
        parts.append(f"{name!r}: {value}")
    literal = "{" + ", ".join(parts) + "}"
    missing = " or ".join(f"{variable} is None" for variable in anchors)
    return f"(None if {missing} else {literal})" if missing else literal


def openapi(columns: Sequence[Column]) -> dict[str, Any]:
    """Return the schema of one object of the list. ``fields=`` trims it: nothing at its top is required."""
    root: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for column in columns:
        *parents, leaf = column.path.split(".")
        node = root
        for name in parents:
            node = _object_in(node, name)
        node["properties"][leaf] = column.openapi()
        node["required"].append(leaf)
        if column.anchor:
            node["type"] = ["object", "null"]
    del root["required"]
    return root


def _object_in(node: dict[str, Any], name: str) -> dict[str, Any]:
    if name not in node["properties"]:
        node["properties"][name] = {"type": "object", "properties": {}, "required": []}
        node["required"].append(name)
    inner: dict[str, Any] = node["properties"][name]
    return inner
