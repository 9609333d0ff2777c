"""Whole lists as tables, streamed by PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from lsg_portal.data import xlsx
from lsg_portal.data.copy import Busy, Export, copy
from lsg_portal.rest.columns import Column
from lsg_portal.rest.negotiation import CONTENT_TYPES
from lsg_portal.rest.problems import Throttled
from lsg_portal.rest.tables import BOM, FORMULA
from lsg_portal.rest.views import Query

_FORMULA_CODES = ", ".join(str(ord(character)) for character in FORMULA)
_NUMBERS = ("int", "float", "decimal")


def table(
    columns: Sequence[Column], tail: str, args: Mapping[str, Any], query: Query, name: str
) -> StreamingHttpResponse:
    """Return the columns of the rows ``tail`` (the SQL from FROM on) as the table the query asks for."""
    kept = [(column, *exported) for column in columns if (exported := column.exported()) is not None]
    inner = f"SELECT {', '.join(f'{sql} AS c{index}' for index, (_c, sql, _t) in enumerate(kept))} {tail}"
    header = [column.label for column, _sql, _text in kept]
    try:
        if query.format == "csv":
            export = _csv(kept, header, inner, args, delimiter=query["delimiter"], bom=query["bom"])
        else:
            export = _xlsx(kept, header, inner, args)
    except Busy:
        raise Throttled(5) from None
    response = StreamingHttpResponse(export, content_type=CONTENT_TYPES[query.format])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{query.format}"'
    return response


Kept = Sequence[tuple[Column, str, bool]]


def _csv(
    kept: Kept, header: Sequence[str], inner: str, args: Mapping[str, Any], *, delimiter: str, bom: bool
) -> Export:
    cells = [
        _formula_safe(f"c{index}") if is_text and "enum" not in column.schema else f"c{index}"
        for index, (column, _sql, is_text) in enumerate(kept)
    ]
    head = (BOM if bom else "") + delimiter.join(header) + "\n"
    sql = f"SELECT {', '.join(cells)} FROM ({inner}) AS cells"
    return copy(sql, args, head=head.encode(), options=f"WITH (FORMAT csv, DELIMITER '{delimiter}')")


def _formula_safe(sql: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run."""
    return f"CASE WHEN ascii({sql}) IN ({_FORMULA_CODES}) THEN '''' || {sql} ELSE {sql} END"


def _xlsx(kept: Kept, header: Sequence[str], inner: str, args: Mapping[str, Any]) -> Export:
    cells = [
        xlsx.Cell(f"c{index}", number=column.type in _NUMBERS and not column.export)
        for index, (column, _sql, _text) in enumerate(kept)
    ]
    sql = f"SELECT {xlsx.row_sql(cells)} FROM ({inner}) AS cells"
    return xlsx.Workbook(header, copy(sql, args, options=xlsx.COPY_OPTIONS))
