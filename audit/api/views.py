"""The journal over REST: entries, the end of the chain, signed checkpoints.

All entries are read with ``audit.view_entry``. Without it the history of one public record is read, as its page
shows it. Private values are never answered: their commitments stand in their place, as in the chain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.permissions import AllowAny

from audit import checkpoints, history, tables
from audit.api import titles  # noqa: F401  (names the columns by being imported)
from audit.models import Operation
from audit.visibility import SUBJECT_NAMES, SUBJECTS, Reader
from lsg_portal.data import prepared
from lsg_portal.rest.columns import Column, builder
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param, refusal
from lsg_portal.rest.problems import Fault, Forbidden, NotVisible, Unauthenticated
from lsg_portal.rest.views import Query, ReadView

MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'
ROW: Mapping[str, Any] = {"anyOf": [{"type": "object", "additionalProperties": {}}, {"type": "null"}]}
HASH: Mapping[str, Any] = {"pattern": "^[0-9a-f]{64}$"}
LARGEST = 10**15 - 1


def entry_columns(named: str, shown: str) -> tuple[Column, ...]:
    """Return the columns of an entry; ``named``: the condition that persons are named, ``shown``: of its columns."""
    return (
        Column("seq", "l.seq", "int", schema={"minimum": 1}),
        Column("at", "e.at", "datetime"),
        Column("who.actor", f"CASE WHEN {named} OR e.actor NOT LIKE 'user:%%' THEN e.actor END", null=True),
        Column("who.name", f"CASE WHEN {named} THEN nullif(e.name, '') END", null=True),
        Column("who.capacity", "e.roles"),
        Column("request", "e.request"),
        Column("reason", "e.reason"),
        Column("table", "e.table_name"),
        Column("operation", "e.operation", schema={"enum": Operation.values}),
        Column("key", "e.key"),
        Column(
            "before",
            f"(e.before - {shown})",
            "json",
            null=True,
            schema=ROW,
            export=f"(e.before - {shown})::text",
        ),
        Column(
            "after",
            f"(e.after - {shown})",
            "json",
            null=True,
            schema=ROW,
            export=f"(e.after - {shown})::text",
        ),
        Column("prev", "encode(l.prev, 'hex')", schema=HASH),
        Column("hash", "encode(l.hash, 'hex')", schema=HASH),
    )


class JournalRead(ReadView):
    """A read of the journal: its version is the number of the last entry."""

    data: ClassVar[tuple[str, ...]] = ("audit",)
    params: ClassVar[Sequence[Param]] = ()

    def viewer_key(self, viewer: Any) -> str:
        """Name the reader: what is shown differs by what he may read."""
        return Reader.of(viewer).key


class Entries(JournalRead, SqlListView):
    """Entries of the journal in the order of the chain: who changed which record, when, what and why.

    With `type` and `key` the history of one record and of what belongs to it; of a public record everybody reads
    it, without the names of persons. All other reading is for those who may read the journal. Days are those of
    Bishkek, both included. Private fields hold their commitment. To follow the journal, ask with `after_seq`.
    """

    columns = entry_columns("%(named)s::boolean", "p.persons")
    params: ClassVar[Sequence[Param]] = (
        Param("type", "choice", gettext_lazy("Kind of the record."), choices=SUBJECT_NAMES),
        Param("table", "choice", gettext_lazy("Only entries of this table."), choices=tables.record_tables()),
        Param("key", "text", gettext_lazy("Key of the record; with `type` or `table`."), max_length=100),
        Param("actor", "text", gettext_lazy("Only what this actor did."), max_length=150),
        Param("request", "text", gettext_lazy("Only what was done in this request."), max_length=64),
        Param(
            "operation", "choice", gettext_lazy("Only these operations."), choices=Operation.values, many=True
        ),
        Param("from", "date", gettext_lazy("Only entries made on this day or later.")),
        Param("to", "date", gettext_lazy("Only entries made on this day or earlier.")),
        Param(
            "after_seq", "int", gettext_lazy("Only entries after this number."), minimum=0, maximum=LARGEST
        ),
    )
    keys = {"seq": Key("l.seq", "bigint")}
    unique = Key("l.seq", "bigint")
    default_ordering = ("seq",)
    public = False
    permission_classes = (AllowAny,)  # ``respond`` refuses

    def respond(self, request: HttpRequest, viewer: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever asks for more than one record and may not read the journal."""
        if not Reader.of(viewer).entries:
            one_record = "type" in request.GET and "key" in request.GET
            if not one_record or request.GET.keys() & {"actor", "request", "table"}:
                raise Forbidden if viewer else Unauthenticated
        return super().respond(request, viewer, **kwargs)

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The entries asked for, as far as the viewer reads."""
        reader = Reader.of(query.viewer)
        found = self._of_record(query, reader) if query["type"] else self._of_all(query, reader)
        history.narrow(
            found,
            history.Wanted(first=query["from"], last=query["to"], operations=query["operation"] or ()),
        )
        for name, column in (("actor", "e.actor"), ("request", "e.request"), ("table", "e.table_name")):
            if query[name] is not None:
                found.add(f"{column} = %({name})s::text", **{name: query[name]})
        if query["after_seq"] is not None:
            found.add("l.seq > %(after_seq)s::bigint", after_seq=query["after_seq"])
        return Source(found.relation, where=found.where, args={**found.args, "named": reader.names})

    @staticmethod
    def _of_record(query: Query, reader: Reader) -> history.Conditions:
        if query["key"] is None:
            raise refusal(Fault("/key", "required", _("The parameter is required.")))
        subject = SUBJECTS[query["type"]]
        try:
            key = subject.parse(query["key"])
        except ValueError:
            raise refusal(Fault("/key", "invalid", _("This is not an identifier."))) from None
        if not subject.may_see(reader.user, key):
            raise NotVisible
        return history.of_subject(subject, key, reader)

    @staticmethod
    def _of_all(query: Query, reader: Reader) -> history.Conditions:
        found = history.everything(reader)
        if query["key"] is not None:
            if query["table"] is None:
                raise refusal(Fault("/table", "required", _("Name the table or the type of the record.")))
            found.add("e.key = %(key)s::text", key=query["key"])
        return found


class EntryDetail(JournalRead):
    """One entry of the journal, by its number in the chain."""

    public = False
    permission_classes = (AllowAny,)  # ``respond`` refuses
    answer_schema = entry_columns("true", "'{}'::text[]")
    _build = staticmethod(builder(answer_schema))

    def respond(self, request: HttpRequest, viewer: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse whoever may not read the journal."""
        if not Reader.of(viewer).entries:
            raise Forbidden if viewer else Unauthenticated
        return super().respond(request, viewer, **kwargs)

    def document(self, query: Query, **kwargs: Any) -> Any:
        """The entry; 404 where there is none, or none for this reader."""
        if kwargs["seq"] > LARGEST:
            raise NotVisible
        found = history.everything(Reader.of(query.viewer))
        found.add("l.seq = %(seq)s::bigint", seq=kwargs["seq"])
        columns = ", ".join(column.select() for column in self.answer_schema)
        rows = prepared.rows(f"SELECT {columns} {found.sql}", found.args)
        if not rows:
            raise NotVisible
        return self._build(rows)[0]


CHECKPOINT = (
    Column("seq", "c.seq", "int", schema={"minimum": 1}),
    Column("hash", "encode(c.hash, 'hex')", schema=HASH),
    Column("at", f"to_char(c.at AT TIME ZONE 'UTC', '{MOMENT}')", schema={"format": "date-time"}),
    Column("key_id", "c.key_id"),
    Column("signature", "translate(encode(c.signature, 'base64'), E'\\n', '')"),
    Column("public_key", "%(keys)s::jsonb ->> c.key_id", null=True),
)


def known_keys() -> dict[str, str]:
    """Return the keys that checkpoints were ever signed with, as the parameter of a statement."""
    return {"keys": json.dumps(checkpoints.published_keys())}


class Checkpoints(JournalRead, SqlListView):
    """Signed ends of the chain, in its order. Keep them: a journal that was rewritten does not fit them.

    Signed with Ed25519 is the text of number, hash and moment as they stand here, with single spaces between them.
    """

    columns = CHECKPOINT
    params: ClassVar[Sequence[Param]] = (
        Param(
            "after_seq",
            "int",
            gettext_lazy("Only checkpoints after this number."),
            minimum=0,
            maximum=LARGEST,
        ),
    )
    keys = {"seq": Key("c.seq", "bigint")}
    unique = Key("c.seq", "bigint")
    default_ordering = ("seq",)
    data = ("audit_checkpoints",)

    def viewer_key(self, viewer: Any) -> str:
        """Everybody reads the same; only another key changes it."""
        return ".".join(checkpoints.public_keys())

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The checkpoints."""
        source = Source("audit_checkpoint c", args=known_keys())
        if query["after_seq"] is not None:
            source.add("c.seq > %(after_seq)s::bigint", after_seq=query["after_seq"])
        return source


HEAD = (
    Column("seq", "h.seq", "int", schema={"minimum": 0}),
    Column("hash", "encode(h.hash, 'hex')", schema=HASH),
    Column("at", "(SELECT e.at FROM audit_link l JOIN audit_entry e ON e.id = l.entry_id WHERE l.seq = h.seq)",
           "datetime", null=True),
    Column("checkpoint.seq", "c.seq", "int", anchor=True),
    *(Column(f"checkpoint.{c.path}", c.sql, c.type, c.null, schema=c.schema) for c in CHECKPOINT[1:]),
)  # fmt: skip


class HeadDetail(JournalRead):
    """The end of the chain, and the last checkpoint signed."""

    data = ("audit", "audit_checkpoints")
    answer_schema = HEAD
    _build = staticmethod(builder(HEAD))

    def viewer_key(self, viewer: Any) -> str:
        """Everybody reads the same; only another key changes it."""
        return ".".join(checkpoints.public_keys())

    def document(self, query: Query, **kwargs: Any) -> Any:
        """The head."""
        columns = ", ".join(column.select() for column in HEAD)
        sql = f"""SELECT {columns} FROM audit_head h
                    LEFT JOIN LATERAL (SELECT * FROM audit_checkpoint ORDER BY seq DESC LIMIT 1) c ON true"""
        return self._build(prepared.rows(sql, known_keys()))[0]
