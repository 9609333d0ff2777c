"""Reading the journal: the entries of a record and of what belongs to it, newest first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from audit.visibility import UNSEALED, Reader, Subject, private_rows, sealed_tables, told
from lsg_portal.web.days import BISHKEK

CHUNK = 500

CHAINED = "audit_link l JOIN audit_entry e ON e.id = l.entry_id CROSS JOIN (SELECT '{}'::text[] AS persons) p"


@dataclass(frozen=True)
class Wanted:
    """What of a history is asked for; days are those of Bishkek, both included."""

    first: dt.date | None = None
    last: dt.date | None = None
    operations: tuple[str, ...] = ()
    person: str = ""
    field: tuple[str, str] | None = None
    """A table and a column of it that changed."""


@dataclass(frozen=True)
class Line:
    """One entry of the journal as it is on file."""

    seq: int
    id: int
    at: dt.datetime
    actor: str
    name: str
    roles: str
    request: str
    reason: str
    table: str
    operation: str
    key: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    transaction: int
    private: Mapping[tuple[str, str], str | None] = field(default_factory=dict, hash=False)
    """Private values by side and field, for whom they are shown; None is a secret, a missing one was erased."""

    @property
    def whole(self) -> Mapping[str, Any]:
        """The record as it was after the change, or before it was deleted."""
        return self.after or self.before


@dataclass
class Conditions:
    """SQL from FROM on, with its parameters."""

    relation: str
    where: list[str] = field(default_factory=list)
    args: dict[str, Any] = field(default_factory=dict)
    withheld: bool = False
    """Whether what happened before the record was published is left out."""

    def add(self, condition: str, **args: Any) -> None:
        """Narrow the entries."""
        self.where.append(condition)
        self.args |= args

    @property
    def sql(self) -> str:
        """The text."""
        return f"FROM {self.relation}" + (f" WHERE {' AND '.join(self.where)}" if self.where else "")


def midnight(day: dt.date) -> dt.datetime:
    """Return the beginning of a day in Bishkek."""
    return dt.datetime.combine(day, dt.time(), BISHKEK)


def of_subject(subject: Subject, key: Any, reader: Reader) -> Conditions:
    """Return the entries of a record and its parts that ``reader`` may read.

    The rows of the relation are ``l`` (place in the chain), ``e`` (entry) and ``p`` (``persons``: the columns that
    are not shown). Whether the record may be seen at all is asked before, of ``subject.may_see``.
    """
    parts = []
    for part in subject.every_part:
        persons = [] if reader.names else told(part.table).persons
        parts.append(
            f"SELECT '{part.table}'::text AS table_name, k.key, '{{{','.join(persons)}}}'::text[] AS persons "
            f"FROM ({part.keys}) AS k(key)"
        )
    joined = " UNION ALL ".join(parts)
    found = Conditions(
        f"({joined}) p JOIN audit_entry e ON e.table_name = p.table_name AND e.key = p.key "
        "JOIN audit_link l ON l.entry_id = e.id",
        args={"key": str(key)},
    )
    seal(found, reader)
    if subject.withheld and subject.withheld(reader.user, key):
        found.withheld = True
        found.add(
            f"EXISTS (SELECT FROM ({subject.published}) AS s(at, request, transaction) "
            "WHERE e.at >= s.at OR (e.request, e.transaction) = (s.request, s.transaction))"
        )
    return found


def everything(reader: Reader) -> Conditions:
    """Return all entries that a reader of the journal may read; ``l``, ``e`` and ``p`` as above."""
    found = Conditions(CHAINED)
    seal(found, reader)
    if not reader.private:
        # one condition for all: PostgreSQL takes each for half of the rows, and a sixty-fourth makes it join by trial
        ways = " ".join(
            f"WHEN '{table}' THEN NOT EXISTS ({query})" for table, query in private_rows().items()
        )
        if ways:
            found.add(f"CASE e.table_name {ways} ELSE true END")
    return found


def seal(found: Conditions, reader: Reader) -> None:
    """Keep private tables to whom they are open."""
    if not reader.private:
        found.add(UNSEALED, sealed=sealed_tables())


def narrow(found: Conditions, wanted: Wanted) -> None:
    """Keep what is asked for."""
    if wanted.first:
        found.add("e.at >= %(first)s::timestamptz", first=midnight(wanted.first).isoformat())
    if wanted.last:
        after = midnight(wanted.last + dt.timedelta(days=1))
        found.add("e.at < %(last)s::timestamptz", last=after.isoformat())
    if wanted.operations:
        found.add("e.operation = ANY (%(operations)s::text[])", operations=list(wanted.operations))
    if wanted.person:
        found.add("position(lower(%(person)s::text) IN lower(e.name)) > 0", person=wanted.person)
    if wanted.field:
        found.add(
            "e.table_name = %(field_table)s AND (CASE WHEN e.operation = 'update' THEN e.before "
            "ELSE jsonb_strip_nulls(coalesce(e.after, e.before)) END) ? %(field_column)s",
            field_table=wanted.field[0],
            field_column=wanted.field[1],
        )


COLUMNS = """l.seq, e.id, e.at, e.actor, e.name, e.roles, e.request, e.reason, e.table_name, e.operation, e.key,
       (e.before - {persons})::text, (e.after - {persons})::text, e.transaction"""


class Lines(Sequence[Line]):
    """The entries of a history, newest first, read a page at a time.

    A page costs one query, and one more where private values are shown; the length costs one.
    """

    def __init__(self, found: Conditions, reader: Reader) -> None:
        self.found, self.reader = found, reader

    @cached_property
    def _length(self) -> int:
        return int(_rows(f"SELECT count(*) {self.found.sql}", self.found.args)[0][0])

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, slice):
            return self._read(1, index)[0]
        first = index.start or 0
        return self._read(max(0, (index.stop or len(self)) - first), first)

    def __iter__(self) -> Iterator[Line]:
        first = 0
        while page := self._read(CHUNK, first):
            yield from page
            if len(page) < CHUNK:
                return
            first += CHUNK

    def _read(self, limit: int, offset: int) -> list[Line]:
        columns = COLUMNS.format(persons="p.persons")
        found = _rows(
            f"SELECT {columns} {self.found.sql} ORDER BY l.seq DESC LIMIT %(limit)s OFFSET %(offset)s",
            {**self.found.args, "limit": limit, "offset": offset},
        )
        private = self._private([row[1] for row in found]) if self.reader.private else {}
        return [_line(row, private.get(row[1], {})) for row in found]

    @staticmethod
    def _private(entries: list[int]) -> dict[int, dict[tuple[str, str], str | None]]:
        found: dict[int, dict[tuple[str, str], str | None]] = {}
        rows = _rows(
            "SELECT entry_id, side, field, value FROM audit_private WHERE entry_id = ANY (%(entries)s)",
            {"entries": entries},
        )
        for entry, side, name, value in rows:
            found.setdefault(entry, {})[side, name] = value
        return found


def _line(row: Sequence[Any], private: Mapping[tuple[str, str], str | None]) -> Line:
    before, after, transaction = row[11:14]
    return Line(
        *row[:11],
        before=_read_json(before),
        after=_read_json(after),
        transaction=transaction,
        private=private,
    )


def _read_json(text: str | None) -> dict[str, Any]:
    """Return a row of the journal; numbers keep every digit."""
    found: dict[str, Any] = json.loads(text, parse_float=Decimal) if text else {}
    return found


def _rows(sql: str, args: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@dataclass
class Together:
    """What was changed in one request, or in one transaction, for one reason."""

    lines: list[Line]
    reason: str

    def takes(self, line: Line) -> bool:
        """Whether an entry belongs to them; one that says no reason goes with those beside it."""
        last = self.lines[-1]
        same = line.request == last.request if line.request else line.transaction == last.transaction
        return same and line.actor == last.actor and (not line.reason or self.reason in ("", line.reason))

    def add(self, line: Line) -> None:
        """Take an entry in."""
        self.lines.append(line)
        self.reason = self.reason or line.reason


def grouped(lines: Sequence[Line]) -> list[Together]:
    """Put together what was changed together."""
    groups: list[Together] = []
    for line in lines:
        if groups and groups[-1].takes(line):
            groups[-1].add(line)
        else:
            groups.append(Together([line], line.reason))
    return groups


def head() -> tuple[int, str, dt.datetime | None]:
    """Return the number, the hash and the moment of the last entry."""
    rows = _rows(
        """SELECT h.seq, encode(h.hash, 'hex'), (SELECT e.at FROM audit_link l JOIN audit_entry e ON e.id = l.entry_id
                                                  WHERE l.seq = h.seq) FROM audit_head h WHERE h.id = 1""",
        {},
    )
    seq, digest, at = rows[0] if rows else (0, "", None)
    return seq, digest, at


MONTHS = """
SELECT date_trunc('month', at AT TIME ZONE 'Asia/Bishkek')::date AS month, operation, count(*)
  FROM audit_entry WHERE at >= %(since)s::timestamptz GROUP BY 1, 2 ORDER BY 1 DESC
"""


def months(since: dt.date) -> list[tuple[dt.date, str, int]]:
    """Return how many entries of each operation were made in each month, the latest first."""
    return [
        (month, operation, count) for month, operation, count in _rows(MONTHS, {"since": midnight(since)})
    ]
