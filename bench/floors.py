"""The bare SQL of each answer, taken from the views themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.test import RequestFactory
from django.urls import resolve

from lsg_portal.data.prepared import adapt
from lsg_portal.rest import exports, paging, versions
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import SqlListView
from reform import queries


def written_out(sql: str, args: Mapping[str, Any]) -> str:
    """Return a statement with its arguments in it: a plan for these very values is the best there is."""
    with connection.cursor() as cursor:
        text = cursor.mogrify(sql, {name: adapt(value) for name, value in args.items()})
    return text.decode() if isinstance(text, bytes) else text


def list_sql(path: str, *, late: bool = False) -> str:
    """Return the statement that builds a page of a list as JSON, count and links included.

    It joins, orders, cuts the page and builds the objects, in this order. With ``late`` it joins for the rows
    of the page alone, as the portal does.
    """
    request = RequestFactory().get(path, headers={"host": "127.0.0.1"})
    match = resolve(request.path_info)
    view: SqlListView = match.func.cls()
    query = view.read_query(request, None)
    source = view.narrowed(query, **match.kwargs)
    size, page = query["page_size"], query["page"]
    order = paging.order_by(view.ordering(query))
    following = paging.link(request, page=page + 1).replace("'", "''")
    limits = f"LIMIT {size} OFFSET {(page - 1) * size}"
    rows = f"{source.body()} ORDER BY {order} {limits}"
    if late:
        page_of = f"SELECT {source.alias}.* {source.base()} ORDER BY {order} {limits}"
        rows = f"FROM ({page_of}) {source.alias} {source.joins} ORDER BY {order}"
    sql = f"""
        WITH n AS ({source.count()})
        SELECT json_build_object(
            {"'at', %(at)s::date," if view.dated else ""}
            'count', CASE WHEN n.count <= {paging.COUNTED} THEN n.count END,
            'has_more', n.count > {page * size},
            'next', CASE WHEN n.count > {page * size} THEN '{following}' END,
            'previous', NULL,
            'results', (SELECT coalesce(json_agg(o), '[]'::json)
                          FROM (SELECT {json_sql(view.columns)} AS o {rows}) AS rows))::text
          FROM n"""
    return written_out(sql, source.args)


def page_sql(path: str) -> str:
    """Return the statement of a page of a list as the portal sends it."""

    def catch(_view: SqlListView, sql: str, args: Mapping[str, Any], _query: Any) -> None:
        raise Caught(written_out(sql, args))

    with patch.object(SqlListView, "fetch", catch):
        return _caught(path)


def json_sql(columns: Sequence[Column]) -> str:
    """Return the expression that builds the JSON object of a row."""
    tree: dict[str, Any] = {}
    for column in columns:
        *parents, leaf = column.path.split(".")
        node = tree
        for name in parents:
            node = node.setdefault(name, {})
        node[leaf] = column
    return _object(tree)


def _object(tree: Mapping[str, Any]) -> str:
    parts, anchors = [], []
    for name, node in tree.items():
        if isinstance(node, dict):
            parts.append(f"'{name}', {_object(node)}")
            continue
        if node.anchor:
            anchors.append(f"{node.sql} IS NOT NULL")
        parts.append(f"'{name}', {node.select() if node.type in ('decimal', 'datetime') else node.sql}")
    built = f"json_build_object({', '.join(parts)})"
    return f"CASE WHEN {' AND '.join(anchors)} THEN {built} END" if anchors else built


def statistics_sql(*, group_by: str, before: Any, after: Any) -> str:
    """Return the statement of the reform's statistics."""
    sql = queries.statistics_sql(group_by, "municipalities", ())
    return written_out(sql, {"before": before, "after": after})


def version_sql(keys: Sequence[str]) -> str:
    """Return the statement that reads the version an ETag comes from."""
    return f"SELECT {versions.version_sql(keys)}"


class Caught(Exception):
    """Carries the COPY of an export out of its view."""


def copy_sql(path: str) -> str:
    """Return the COPY that a table is made by, in full."""

    def catch(sql: str, args: Mapping[str, Any], *, head: bytes, options: str) -> None:
        raise Caught(f"COPY ({written_out(sql, args)}) TO STDOUT {options}", head)

    with patch.object(exports, "copy", catch):
        return _caught(path)


def _caught(path: str) -> str:
    """Return the statement that a view is about to run."""
    request = RequestFactory().get(path, headers={"host": "127.0.0.1"})
    match = resolve(request.path_info)
    try:
        match.func.cls().respond(request, None, **match.kwargs)
    except Caught as caught:
        return str(caught.args[0])
    raise AssertionError(f"{path} has not run anything")


_VARIABLE = re.compile(r"(?<!:):\w")


def script(sql: str) -> str:
    """Return a statement as pgbench reads it; raise ValueError where it would take text for a variable."""
    if found := _VARIABLE.search(sql):
        raise ValueError(f"pgbench would take {sql[found.start() : found.start() + 20]!r} for a variable")
    return sql.strip().rstrip(";") + ";\n"
