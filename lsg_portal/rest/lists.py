"""Lists: one SQL statement, rows straight to JSON, tables streamed.

A subclass names its columns, its relation and its keys; paging, ordering, trimming, counting, versions,
formats and the OpenAPI document follow. A page of a list is one query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.data import prepared
from lsg_portal.rest import columns as cols
from lsg_portal.rest import exports, paging, versions
from lsg_portal.rest.columns import Column
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import UPDATED_SINCE, Param, refusal
from lsg_portal.rest.problems import Fault, NotVisible
from lsg_portal.rest.views import JSON, Query, ReadView, stamp


@dataclass
class Source:
    """Where the rows come from.

    ``relation`` is what the conditions and keys need, and what is counted; ``joins`` add at most one row
    each, for display alone. Where the relation has one alias, ``alias`` names it, and the joins are made for
    the rows of the page only. ``counted`` is a relation of the same rows that costs less and meets the same
    conditions. Conditions use ``%(name)s`` placeholders, cast where their place does not give
    the type.
    """

    relation: str
    joins: str = ""
    where: list[str] = field(default_factory=list)
    args: dict[str, Any] = field(default_factory=dict)
    alias: str = ""
    counted: str = ""

    def base(self) -> str:
        """Return the SQL from FROM on, without what is joined for display."""
        return self._from(self.relation)

    def count(self) -> str:
        """Return the SQL that counts the rows, as far as lists are counted."""
        rows = self._from(self.counted or self.relation)
        return f"SELECT count(*) FROM (SELECT {rows} LIMIT {paging.COUNTED + 1}) AS counted"

    def body(self) -> str:
        """Return the SQL from FROM on."""
        return self._from(f"{self.relation} {self.joins}")

    def _from(self, relation: str) -> str:
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        return f"FROM {relation}{where}"

    def add(self, condition: str, **args: Any) -> None:
        """Narrow the rows by a condition."""
        self.where.append(condition)
        self.args |= args


@dataclass(frozen=True)
class Shape:
    """The columns of an answer after ``fields=``, ready for use."""

    columns: tuple[Column, ...]
    select: str
    build: cols.Builder


class SqlListView(ReadView):
    """A list from one SQL statement."""

    columns: ClassVar[Sequence[Column]]
    keys: ClassVar[Mapping[str, Key]] = {}
    unique: ClassVar[Key]
    """The key every ordering ends with."""

    default_ordering: ClassVar[tuple[str, ...]] = ()
    updated: ClassVar[Key | None] = None
    """The moment a row last changed; makes ``updated_since`` a parameter."""

    formats = ("json", "csv", "xlsx")
    _shapes: ClassVar[dict[tuple[str, ...] | None, Shape]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._shapes = {}

    @classmethod
    def parameters(cls) -> list[Param]:
        """Return the parameters of every list, then the view's own."""
        every = [paging.PAGE, paging.PAGE_SIZE, paging.CURSOR]
        if cls.keys:
            every.append(paging.ordering_param(list(cls.keys)))
        if columns := getattr(cls, "columns", ()):
            every.append(fields_param(columns))
        if cls.updated:
            every.append(UPDATED_SINCE)
        return [*every, *super().parameters()]

    def source(self, query: Query, **kwargs: Any) -> Source:
        """Return the relation and the conditions for a query; ``query.values`` are checked already."""
        raise NotImplementedError

    def envelope(self, query: Query) -> dict[str, Any]:
        """Return what the answer says before its rows; a dated list repeats its day."""
        return {"at": query.values["at"]} if self.dated else {}

    @classmethod
    def shape(cls, fields: tuple[str, ...] | None) -> Shape:
        """Return the columns for these top-level names."""
        if (known := cls._shapes.get(fields)) is not None:
            return known
        columns = cols.trimmed(cls.columns, fields)
        shape = Shape(columns, ", ".join(column.select() for column in columns), cols.builder(columns))
        if len(cls._shapes) < 200:
            cls._shapes[fields] = shape
        return shape

    def ordering(self, query: Query) -> tuple[paging.Term, ...]:
        """Return the ordering of this query."""
        keys = self.keys
        if query.get("updated_since") and self.updated:
            return paging.terms(("updated",), {"updated": self.updated}, self.unique)
        return paging.terms(query.get("ordering") or self.default_ordering, keys, self.unique)

    def narrowed(self, query: Query, **kwargs: Any) -> Source:
        """Return the source with the conditions that every list has."""
        source = self.source(query, **kwargs)
        if self.dated:
            source.args.setdefault("at", query.at)
        if self.updated and (moment := query.get("updated_since")):
            source.add(f"{self.updated.sql} >= %(updated_since)s::timestamptz", updated_since=moment)
        return source

    def answer(self, request: HttpRequest, query: Query, **kwargs: Any) -> HttpResponseBase:
        """Return a page, or the rows as a table."""
        source = self.narrowed(query, **kwargs)
        if query.format != "json":
            return self.export(request, query, source)
        if query["cursor"] is not None:
            return self.by_key(request, query, source)
        return self.by_number(request, query, source)

    def by_number(self, request: HttpRequest, query: Query, source: Source) -> HttpResponse:
        """Return the page of this number, with the count."""
        shape, size, page = self.shape(query.get("fields")), query["page_size"], query["page"]
        args = source.args
        limits = f"LIMIT {size + 1}"  # written out: a plan for any number of rows is a worse plan
        if page > 1:
            limits += " OFFSET %(offset)s"
            args = {**args, "offset": (page - 1) * size}
        sql = self.select(source, query, f"{shape.select}, ({source.count()})", limits)
        rows, version = self.fetch(sql, args, query)
        if not rows and page > 1:
            raise NotVisible(_("The list has no such page."))
        counted = rows[0][-2] if rows else 0
        more = len(rows) > size
        next_url = paging.link(request, page=page + 1) if more else None
        previous_url = paging.link(request, page=page - 1) if page > 1 else None
        return self.page(
            request,
            query,
            shape.build([row[:-2] for row in rows[:size]]),
            version,
            count=counted if counted <= paging.COUNTED else None,
            more=more,
            next_url=next_url,
            previous_url=previous_url,
        )

    def by_key(self, request: HttpRequest, query: Query, source: Source) -> HttpResponse:
        """Return the rows behind a cursor; nothing is counted and no page costs more than the first."""
        if "page" in request.GET:
            raise refusal(Fault("/page", "not_with_cursor", _("Give either page or cursor.")))
        shape, size, terms = self.shape(query.get("fields")), query["page_size"], self.ordering(query)
        order = paging.mark(terms)
        if query["cursor"]:
            condition, values = paging.after(terms, paging.decode(query["cursor"], order, len(terms)))
            source.add(condition, **values)
        keys = ", ".join(f"({term.key.sql})::text" for term in terms)
        sql = self.select(source, query, f"{shape.select}, {keys}", f"LIMIT {size + 1}")
        rows, version = self.fetch(sql, source.args, query)
        more, rows = len(rows) > size, rows[:size]
        extra = len(terms) + 1
        next_url = paging.link(request, cursor=paging.encode(order, rows[-1][-extra:-1])) if more else None
        results = shape.build([row[:-extra] for row in rows])
        return self.page(request, query, results, version, count=None, more=more, next_url=next_url)

    def select(self, source: Source, query: Query, columns: str, limits: str) -> str:
        """Return the statement; the version comes last in every row, read in the same snapshot."""
        version = versions.version_sql(self.versions_of(query.viewer))
        order = paging.order_by(self.ordering(query))
        if source.alias and source.joins:
            page = f"SELECT {source.alias}.* {source.base()} ORDER BY {order} {limits}"
            return f"SELECT {columns}, {version} FROM ({page}) {source.alias} {source.joins} ORDER BY {order}"
        return f"SELECT {columns}, {version} {source.body()} ORDER BY {order} {limits}"

    def fetch(self, sql: str, args: Mapping[str, Any], query: Query) -> tuple[list[tuple[Any, ...]], str]:
        """Return the rows and the version they belong to.

        Where there is no row to carry the version, it is read first and the rows again, so that it is never
        newer.
        """
        rows = prepared.rows(sql, args)
        if not rows:
            version = versions.current(self.versions_of(query.viewer))
            rows = prepared.rows(sql, args)
            if not rows:
                return rows, version
        return rows, str(rows[0][-1])

    def page(
        self,
        request: HttpRequest,
        query: Query,
        results: list[dict[str, Any]],
        version: str,
        *,
        count: int | None,
        more: bool,
        next_url: str | None = None,
        previous_url: str | None = None,
    ) -> HttpResponse:
        """Return the answer around the rows."""
        body = {
            **self.envelope(query),
            "count": count,
            "has_more": more,
            "next": next_url,
            "previous": previous_url,
            "results": results,
        }
        response = HttpResponse(orjson.dumps(body, default=str), content_type=JSON)
        if links := paging.link_header({"next": next_url, "prev": previous_url}):
            response.headers["Link"] = links
        return stamp(response, query, self.tag(request, query, version))

    def export(self, request: HttpRequest, query: Query, source: Source) -> HttpResponseBase:
        """Return every row as a table, or the rows of the page where one is asked for."""
        if query["cursor"] is not None:
            raise refusal(
                Fault("/cursor", "not_with_format", _("A table is read in one piece, without a cursor."))
            )
        args, limits = dict(source.args), ""
        if "page" in request.GET or "page_size" in request.GET:
            limits = "LIMIT %(limit)s OFFSET %(offset)s"
            args |= {"limit": query["page_size"], "offset": (query["page"] - 1) * query["page_size"]}
        tag = self.tag(request, query, versions.current(self.versions_of(query.viewer)))
        order = paging.order_by(self.ordering(query))
        columns = self.shape(query.get("fields")).columns
        tail = f"{source.body()} ORDER BY {order} {limits}"
        name = self.table_name(request, query)
        return stamp(exports.table(columns, tail, args, query, name), query, tag)


def fields_param(columns: Sequence[Column]) -> Param:
    """Return the ``fields`` parameter of a list with these columns."""
    names = list(dict.fromkeys(column.field for column in columns))
    return Param(
        "fields",
        "choice",
        gettext_lazy("Only these fields of each row, by commas."),
        choices=names,
        many=True,
    )
