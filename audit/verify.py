"""Proof that the journal is whole, and that the records are what it says.

Four questions, each answered without the functions that wrote the journal (an intruder could have replaced them):

1. Does every link continue the one before it, and fit its entry? (an edited, removed or swapped row breaks it)
2. Does the chain end where its head says, and is every entry in it? (a cut tail, an entry slipped in)
3. Does every record stand as its last entry left it, and has every table its trigger? (a change with the trigger
   disabled)
4. Does the chain pass through the signed checkpoints kept elsewhere? (a chain rewritten as a whole)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from audit import tables
from audit.checkpoints import Signed
from audit.upkeep import TABLES
from lsg_portal.data import actor

GENESIS = hashlib.sha256(b"lsg_portal").digest()
"""What the first link continues."""

AT_ONCE = 5_000
"""Rows fetched at a time."""

CANONICAL = """jsonb_build_object(
        'seq', l.seq, 'at', extract(epoch FROM e.at), 'actor', e.actor, 'name', e.name, 'roles', e.roles,
        'request', e.request, 'reason', e.reason, 'table', e.table_name, 'operation', e.operation, 'key', e.key,
        'before', e.before, 'after', e.after)::text"""

CHAIN = f"""
SELECT l.seq, l.prev, l.hash, l.entry_id, e.id, e.table_name, e.key, {CANONICAL}
  FROM audit_link l LEFT JOIN audit_entry e ON e.id = l.entry_id
 ORDER BY l.seq
"""  # noqa: S608 (constants)

UNLINKED = """
SELECT id, table_name, key FROM audit_entry e
 WHERE NOT EXISTS (SELECT FROM audit_link WHERE entry_id = e.id) ORDER BY id LIMIT 100
"""

COMMITTED = """
SELECT p.entry_id, e.table_name, e.key, p.side, p.field
  FROM audit_private p JOIN audit_entry e ON e.id = p.entry_id
 WHERE p.value IS NOT NULL
   AND (CASE p.side WHEN 'before' THEN e.before ELSE e.after END)->p.field->>'sha256'
       IS DISTINCT FROM encode(sha256(p.salt || convert_to(p.value, 'UTF8')), 'hex')
 ORDER BY p.entry_id LIMIT 100
"""

STANDING = """
WITH last AS (
    SELECT DISTINCT ON (key) key, operation, after, id
      FROM audit_entry WHERE table_name = %(table)s AND operation <> 'erase' ORDER BY key, id DESC
), now AS (
    SELECT to_jsonb(r)->>%(key)s AS key, to_jsonb(r) - %(ignored)s::text[] AS row FROM public.{table} r
)
SELECT coalesce(now.key, last.key),
       CASE WHEN last.key IS NULL THEN 'is not in the journal'
            WHEN now.key IS NULL THEN 'is gone, which the journal does not know'
            WHEN last.operation = 'delete' THEN 'is back, though the journal has it deleted'
            ELSE 'differs from the journal' END,
       ARRAY(SELECT f FROM jsonb_object_keys(now.row || coalesce(last.after, '{{}}')) f
              WHERE now.row->f IS DISTINCT FROM last.after->f ORDER BY f)
  FROM now FULL JOIN last USING (key)
 WHERE (now.key IS NULL AND last.operation <> 'delete')
    OR (now.key IS NOT NULL AND (last.key IS NULL OR last.operation = 'delete'
        OR now.row - %(hidden)s::text[] <> last.after - %(hidden)s::text[]
        OR EXISTS (
            SELECT FROM unnest(%(hidden)s::text[]) h
             WHERE (now.row->>h IS NULL) <> (last.after->>h IS NULL)
                OR (now.row->>h IS NOT NULL AND NOT EXISTS (
                    SELECT FROM audit_private p
                     WHERE p.entry_id = last.id AND p.side = 'after' AND p.field = h
                       AND last.after->h->>'sha256'
                           = encode(sha256(p.salt || convert_to(now.row->>h, 'UTF8')), 'hex'))))))
 ORDER BY 1 LIMIT 100
"""

TRIGGERS = """
SELECT c.relname, t.tgenabled FROM pg_class c
  LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = %s
 WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s) AND t.tgenabled IS DISTINCT FROM 'O'
"""


@dataclass
class Finding:
    """Something that is not as it must be, and which row shows it."""

    where: str
    """``link 17``, ``registry_unit 4f…``, ``checkpoint 900``."""
    what: str


@dataclass
class Result:
    """What the verification found."""

    links: int = 0
    records: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def add(self, where: str, what: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(where, what))


def verify(*, against: Sequence[Signed] = (), progress: Callable[[str], None] = lambda text: None) -> Result:
    """Verify the whole journal, in one snapshot of the database; ``against`` are checkpoints whose signature fits."""
    result = Result()
    alone = not connection.in_atomic_block
    with actor.nobody(), transaction.atomic(), connection.cursor() as cursor:
        if alone:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, value in SESSION.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        wanted = {each.seq: each for each in against}
        _chain(cursor, result, wanted, progress)
        _private(cursor, result)
        _triggers(cursor, result)
        _standing(cursor, result, progress)
    return result


SESSION = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "statement_timeout": "0",
}
"""How rows become text: the same as in the triggers, whatever the session is set to."""


def _chain(cursor: Any, result: Result, wanted: dict[int, Signed], progress: Callable[[str], None]) -> None:
    former, expected = GENESIS, 1
    for seq, prev, digest, entry_id, found, table, key, text in _rows(cursor, CHAIN):
        where = f"link {seq}" + (f" ({table} {key})" if table else "")
        if seq != expected:
            result.add(where, f"follows link {expected - 1}: what was between them is gone")
        elif bytes(prev) != former:
            result.add(where, "does not continue the link before it")
        if found is None:
            result.add(where, f"its entry {entry_id} is gone")
        elif hashlib.sha256(bytes(prev) + text.encode()).digest() != bytes(digest):
            result.add(
                where, "its entry is not what was hashed: a value was edited, or entries were exchanged"
            )
        if (kept := wanted.pop(seq, None)) is not None:
            result.checkpoints += 1
            if kept.hash != bytes(digest):
                result.add(
                    where, f"is not the one signed on {kept.at:%Y-%m-%d %H:%M}: the chain was rewritten"
                )
        former, expected = bytes(digest), seq + 1
        result.links += 1
        if result.links % 100_000 == 0:
            progress(f"{result.links} links")
    for seq in sorted(wanted):
        result.add(f"checkpoint {seq}", "the chain does not reach it: its tail was cut off")
    cursor.execute("SELECT seq, hash FROM audit_head")
    heads = cursor.fetchall()
    if [(seq, bytes(digest)) for seq, digest in heads] != [(expected - 1, former)]:
        said = ", ".join(str(seq) for seq, _hash in heads) or "nothing"
        result.add(
            "head", f"says {said}, the chain ends at link {expected - 1}: its tail was cut off or replaced"
        )
    cursor.execute(UNLINKED)
    for entry, table, key in cursor.fetchall():
        result.add(f"entry {entry} ({table} {key})", "is in no link: it was slipped in, or its link is gone")


def _private(cursor: Any, result: Result) -> None:
    cursor.execute(COMMITTED)
    for entry, table, key, side, name in cursor.fetchall():
        result.add(
            f"entry {entry} ({table} {key})", f"{side}.{name}: the private value is not the committed one"
        )


def _triggers(cursor: Any, result: Result) -> None:
    for trigger, names in (("aa_audit_write", tables.record_tables()), ("audit_chain", ["audit_entry"])):
        cursor.execute(TRIGGERS, [trigger, names])
        for table, state in cursor.fetchall():
            result.add(
                f"table {table}", "has no trigger of the journal" if state is None else "its trigger is off"
            )


def _standing(cursor: Any, result: Result, progress: Callable[[str], None]) -> None:
    cursor.execute(f"{TABLES} ORDER BY name")
    for name, key, *lists in cursor.fetchall():
        private, secret, ignored = (json.loads(each) if isinstance(each, str) else each for each in lists)
        progress(name)
        quoted = connection.ops.quote_name(name)
        cursor.execute(f"SELECT count(*) FROM public.{quoted}")  # noqa: S608 (quoted)
        result.records += cursor.fetchone()[0]
        cursor.execute(
            STANDING.format(table=quoted),
            {"table": name, "key": key, "ignored": ignored, "hidden": [*private, *secret]},
        )
        for record, what, fields in cursor.fetchall():
            named = f" ({', '.join(fields)})" if fields and "differs" in what else ""
            result.add(f"{name} {record}", what + named)


def _rows(cursor: Any, sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a statement without holding all of them."""
    cursor.execute(f"DECLARE audit_verify NO SCROLL CURSOR FOR {sql}")
    try:
        while True:
            cursor.execute(f"FETCH {AT_ONCE} FROM audit_verify")
            found = cursor.fetchall()
            if not found:
                return
            yield from found
    finally:
        cursor.execute("CLOSE audit_verify")
