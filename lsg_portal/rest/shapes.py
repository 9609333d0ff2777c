"""What answers look like, in the words of OpenAPI 3.1.

``record`` is closed: a name that is not declared may not be answered, and every declared one is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lsg_portal.rest import columns as cols
from lsg_portal.rest.columns import Column

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
BOOL: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DECIMAL: Schema = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


def nullable(schema: Schema) -> Schema:
    """Return the same, or null."""
    more: Schema = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
    return {**schema, **more, "type": [schema["type"], "null"]}


def choice(values: Sequence[str]) -> Schema:
    """Return one of some words."""
    return {"type": "string", "enum": list(values)}


def listed(schema: Schema) -> Schema:
    """Return any number of the same."""
    return {"type": "array", "items": schema}


def record(properties: Mapping[str, Schema] | None = None, /, **more: Schema) -> Schema:
    """Return an object with exactly these properties; names that Python reserves go into the mapping."""
    every = {**(properties or {}), **more}
    return {
        "type": "object",
        "properties": every,
        "required": list(every),
        "additionalProperties": False,
    }


def row(columns: Sequence[Column], **more: Schema) -> Schema:
    """Return one whole row of a list, and what is shown beside it."""
    schema = cols.openapi(columns)
    schema["properties"] |= more
    schema["required"] = list(schema["properties"])
    schema["additionalProperties"] = False
    return schema


NAME: Schema = record(ky=nullable(TEXT), ru=nullable(TEXT), en=nullable(TEXT))
PERIOD: Schema = record({"from": nullable(DAY), "to": nullable(DAY)})
