"""Tables analysts trust: state in the URL, sorted on the server, exported exactly as shown.

A view declares columns and filters, reads the filters' values to fetch its rows, and hands the rows over::

    filters = Filters(request.GET, [Filter.choice("kind", _("Kind"), Kind.choices)])
    table = Table(
        request,
        caption=_("Municipalities"),
        columns=[
            Column("name", _("Name"), link=lambda row: row["url"]),
            Column("population", _("Population"), NUMBER),
        ],
        rows=queries.municipalities(day=request.day, kind=filters["kind"]),
        filters=filters,
        totals={"population": 6_700_000},
    )

and the template shows it with ``{% table table %}``.
"""

from .columns import DATE, FLAG, NUMBER, PERCENT, TEXT, Column
from .exports import EXPORT_FORMATS, Export, export_response
from .filters import Choice, Filter, Filters
from .table import Table

__all__ = [
    "DATE",
    "EXPORT_FORMATS",
    "FLAG",
    "NUMBER",
    "PERCENT",
    "TEXT",
    "Choice",
    "Column",
    "Export",
    "Filter",
    "Filters",
    "Table",
    "export_response",
]
