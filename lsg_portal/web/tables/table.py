"""A table over a list or a queryset, its state read from the URL."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .. import addresses, display
from .columns import NUMBER, Column
from .filters import Filters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE_SIZES = (50, 100, 500)
ROW_LIMIT_OF_A_CHOICE = 100_000
"""Pages beyond this number of rows are refused before a database is asked to count its way there."""


@dataclass(frozen=True)
class Header:
    """A column's head: where a click leads and how the column is sorted now."""

    column: Column
    element_id: str
    sort_url: str
    aria_sort: str


@dataclass(frozen=True)
class Cell:
    """One cell of the body or the foot."""

    html: SafeString | str
    figure: bool
    heads_row: bool


@dataclass(frozen=True)
class Line:
    """One row of the body."""

    cells: list[Cell]
    constructed: bool


@dataclass(frozen=True)
class Option:
    """A choice of page size or column with its state."""

    value: str
    label: StrOrPromise
    chosen: bool
    url: str = ""


class Table:
    """Rows as a page shows them: filtered by the view, sorted, paged, totalled, exportable.

    ``key`` tells several tables of one page apart; the main one has none. ``totals`` maps columns to their
    sum over *all* rows, not only the page's; "sum" adds up a list's reported figures. The first column heads
    its row and cannot be hidden. ``constructed`` says which rows were made up to match published totals.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        caption: StrOrPromise,
        columns: Sequence[Column],
        rows: Sequence[Any] | QuerySet[Any],
        filters: Filters | None = None,
        key: str = "",
        sort: str = "",
        unique: str = "pk",
        totals: Mapping[str, Any] | str | None = None,
        constructed: Callable[[Any], bool] | None = None,
        source: StrOrPromise = "",
        empty: StrOrPromise = "",
        page_sizes: Sequence[int] = PAGE_SIZES,
        exportable: bool = True,
    ) -> None:
        self.request, self.parameters = request, request.GET
        self.caption, self.columns, self.rows = caption, tuple(columns), rows
        self.key, self.prefix = key, f"{key}-" if key else ""
        self.filters = filters or Filters(self.parameters, prefix=self.prefix)
        self.unique, self.constructed, self.source = unique, constructed, source
        self.empty = empty or _("Nothing found.")
        self.page_sizes, self.exportable = tuple(page_sizes), exportable
        self.totals: Mapping[str, Any] = self._add_up() if isinstance(totals, str) else (totals or {})
        self.sorted_by, self.descending = self._read_sort(sort)
        self.visible = self._read_columns()
        self.size = self._read_integer("size", self.page_sizes[0])
        if self.size not in self.page_sizes:
            raise BadRequest(_("A page of the table cannot have this many rows."))
        self.asked_page = self._read_integer("page", 1)

    # The state in the URL

    def _parameter(self, name: str) -> str:
        return self.prefix + name

    def _url(self, **changes: Any) -> str:
        named = {self._parameter(name): value for name, value in changes.items()}
        return addresses.query(self.parameters, **{"format": None, "table": None, **named})

    def _read_integer(self, name: str, default: int) -> int:
        text = self.parameters.get(self._parameter(name), "")
        if not text:
            return default
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:9]) <= ROW_LIMIT_OF_A_CHOICE:
            raise BadRequest(_("The table has no such page."))
        return int(text)

    def _read_sort(self, default: str) -> tuple[Column | None, bool]:
        text = self.parameters.get(self._parameter("sort"), "") or default
        if not text:
            return None, False
        key = text.removeprefix("-")
        for column in self.columns:
            if column.key == key and column.sortable:
                return column, text.startswith("-")
        raise BadRequest(_("The table cannot be sorted by this column."))

    def _read_columns(self) -> tuple[Column, ...]:
        chosen = set(self.parameters.getlist(self._parameter("col")))
        if not chosen:
            return tuple(column for column in self.columns if column.shown)
        if chosen - {column.key for column in self.columns}:
            raise BadRequest(_("The table has no such column."))
        return tuple(c for i, c in enumerate(self.columns) if i == 0 or c.key in chosen)

    # The rows

    @cached_property
    def ordered(self) -> Sequence[Any] | QuerySet[Any]:
        """All rows in the order asked for; missing values last whichever way, ties in a fixed order."""
        column, rows = self.sorted_by, self.rows
        if column is None:
            return rows
        if isinstance(rows, QuerySet):
            fields = column.order or (column.key,)
            ordering = [
                F(name).desc(nulls_last=True) if self.descending else F(name).asc(nulls_last=True)
                for name in fields
            ]
            return rows.order_by(*ordering, self.unique)
        keyed = [(column.sort_key(row), row) for row in rows]
        present = sorted(
            (pair for pair in keyed if pair[0] is not None),
            key=lambda pair: pair[0],
            reverse=self.descending,
        )
        return [row for _key, row in present] + [row for key, row in keyed if key is None]

    @cached_property
    def count(self) -> int:
        """How many rows there are on all pages."""
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, math.ceil(self.count / self.size))

    @property
    def page(self) -> int:
        """The page shown: a number past the end, left over from another filter, shows the last one."""
        return min(self.asked_page, self.pages)

    @cached_property
    def lines(self) -> list[Line]:
        """The rows of this page, ready to be shown."""
        start = (self.page - 1) * self.size
        return [
            Line(
                [Cell(c.html(row), c.is_figure, i == 0) for i, c in enumerate(self.visible)],
                bool(self.constructed and self.constructed(row)),
            )
            for row in self.ordered[start : start + self.size]
        ]

    def _add_up(self) -> dict[str, Any]:
        if isinstance(self.rows, QuerySet):
            raise TypeError("Totals of a queryset come from the query that counts them.")
        sums: dict[str, Any] = {}
        for column in self.columns:
            if column.kind is NUMBER:
                reported = [value for row in self.rows if (value := column.plain(row)) is not None]
                sums[column.key] = sum(reported) if reported else None
        return sums

    # What the template shows

    @property
    def element_id(self) -> str:
        """The id of the whole table with its controls."""
        return f"table-{self.key or 'main'}"

    @property
    def headers(self) -> list[Header]:
        """The heads of the visible columns. A first click sorts figures from the largest."""
        heads = []
        for column in self.visible:
            current = column is self.sorted_by
            downward = not self.descending if current else column.is_figure
            heads.append(
                Header(
                    column,
                    f"{self.element_id}-{column.key}",
                    self._url(sort=("-" if downward else "") + column.key, page=None)
                    if column.sortable
                    else "",
                    ("descending" if self.descending else "ascending") if current else "",
                )
            )
        return heads

    @property
    def foot(self) -> list[Cell]:
        """The totals row; empty where nothing is totalled."""
        if not self.totals or not self.count:
            return []
        cells = []
        for index, column in enumerate(self.visible):
            if index == 0:
                cells.append(Cell(_("Total"), False, True))
            elif column.key in self.totals:
                cells.append(Cell(_total_of(column).html(self.totals), column.is_figure, False))
            else:
                cells.append(Cell("", column.is_figure, False))
        return cells

    @property
    def plain_foot(self) -> list[Any]:
        """The totals row as a file has it; empty where nothing is totalled."""
        if not self.foot:
            return []
        values = [_total_of(c).plain(self.totals) if c.key in self.totals else None for c in self.visible[1:]]
        return [_("Total"), *values]

    @property
    def notes(self) -> list[Column]:
        """The visible columns that need a word of explanation under the table."""
        return [column for column in self.visible if column.note]

    @property
    def has_gaps(self) -> bool:
        """Whether the page shows a figure that nobody reported, so that the sign is explained."""
        return any("not-reported" in cell.html for line in self.lines for cell in line.cells)

    @property
    def has_constructed(self) -> bool:
        """Whether the page shows a constructed row, so that the mark is explained."""
        return any(line.constructed for line in self.lines)

    @property
    def range_text(self) -> str:
        """Which rows of how many the page shows."""
        first = (self.page - 1) * self.size + 1
        last = min(self.page * self.size, self.count)
        return _("Rows %(first)s–%(last)s of %(count)s") % {
            "first": display.number(first),
            "last": display.number(last),
            "count": display.number(self.count),
        }

    @property
    def page_links(self) -> list[Option | None]:
        """The pages to go to: the first, the last, those near this one; None where some are left out."""
        near = {1, self.pages, *range(self.page - 1, self.page + 2)}
        wanted = sorted(number for number in near if 1 <= number <= self.pages)
        links: list[Option | None] = []
        for index, number in enumerate(wanted):
            if index and number - wanted[index - 1] > 1:
                links.append(None)
            links.append(
                Option(str(number), display.number(number), number == self.page, self._url(page=number))
            )
        return links

    @property
    def previous_url(self) -> str:
        """The page before; empty on the first."""
        return self._url(page=self.page - 1) if self.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after; empty on the last."""
        return self._url(page=self.page + 1) if self.page < self.pages else ""

    @property
    def size_links(self) -> list[Option]:
        """The page sizes, where there is more than the smallest holds."""
        if self.count <= self.page_sizes[0]:
            return []
        return [
            Option(str(size), display.number(size), size == self.size, self._url(size=size, page=None))
            for size in self.page_sizes
        ]

    @property
    def column_options(self) -> list[Option]:
        """The columns that can be shown and hidden."""
        return [Option(c.key, c.label, c in self.visible) for c in self.columns[1:]]

    @property
    def kept_by_chooser(self) -> list[tuple[str, str]]:
        """What the column chooser's form carries on."""
        return addresses.kept(self.parameters, {self._parameter("col"), "format", "table"})

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What the filters' form carries on."""
        return addresses.kept(
            self.parameters, {*self.filters.names, self._parameter("page"), "format", "table"}
        )

    @property
    def column_parameter(self) -> str:
        """The URL parameter of the column chooser."""
        return self._parameter("col")

    @property
    def export_links(self) -> list[Option]:
        """This very view as files."""
        from .exports import EXPORT_FORMATS

        return [
            Option(
                name,
                name.upper(),
                False,
                addresses.query(
                    self.parameters,
                    **{"format": name, "table": self.key or None, self._parameter("page"): None},
                ),
            )
            for name in EXPORT_FORMATS
        ]


def _total_of(column: Column) -> Column:
    """Return the column that writes a column's total, without its link and its way to the value."""
    return Column(column.key, "", column.kind, places=column.places, signed=column.signed)
