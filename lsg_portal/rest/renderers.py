"""The formats, for views that return Django REST framework's ``Response``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

from lsg_portal.rest import tables
from lsg_portal.rest.negotiation import MEDIA_TYPES


class OrjsonRenderer(BaseRenderer):
    """JSON in UTF-8; decimals, lazy texts and whatever else JSON has no form for become strings."""

    media_type = MEDIA_TYPES["json"]
    format = "json"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the body."""
        return b"" if data is None else orjson.dumps(data, default=str)


class CsvRenderer(BaseRenderer):
    """The rows of the answer as CSV, with ``bom`` and ``delimiter`` as the request has them."""

    media_type = MEDIA_TYPES["csv"]
    format = "csv"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the table."""
        request = (renderer_context or {}).get("request")
        wanted = request.query_params if request is not None else {}
        header, rows = tables.gathered(tables.rows_of(data))
        return tables.to_csv(
            header,
            rows,
            delimiter="," if wanted.get("delimiter") == "," else ";",
            bom=wanted.get("bom") not in ("0", "false"),
        )


class XlsxRenderer(BaseRenderer):
    """The rows of the answer as a workbook."""

    media_type = MEDIA_TYPES["xlsx"]
    format = "xlsx"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the workbook."""
        return tables.to_xlsx(*tables.gathered(tables.rows_of(data)))
