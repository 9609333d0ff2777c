"""Which records have a history of their own, what belongs to it, and who may read it.

The journal lies below every app and knows tables and keys alone. The apps say here, when they start
(``journal.py`` of each), what is told of their records: ``subject`` declares something with a page of history,
``table`` how the rows of a table read, ``names`` what things of a table are called, ``capacities`` what roles are.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Write = Callable[[Any], Any]
Names = Mapping[str, "str | list[tuple[dt.date, str]]"]
"""A name by key, or the names a thing had with the day from which each held, in order."""


@dataclass(frozen=True)
class Part:
    """A table with the rows of it that belong to a subject: ``keys`` is SQL of their keys as text.

    ``%(key)s`` stands for the subject's own key, as text.
    """

    table: str
    keys: str


@dataclass(frozen=True)
class Subject:
    """A kind of record with a history of its own, under a short word that addresses name it by."""

    name: str
    label: StrOrPromise
    table: str
    may_see: Callable[[Any, Any], bool]
    """Whether the record exists for this user (None: a visitor); its key is given in its own type."""

    parts: tuple[Part, ...] = ()
    key: type = uuid.UUID
    route: str = ""
    """The route of the record's own page, with its key as the only argument; empty where it has none."""

    withheld: Callable[[Any, Any], bool] | None = None
    """Whether a user sees only what happened since the record was published."""

    published: str = ""
    """SQL of ``at, request, transaction`` of the entry that published it."""

    @property
    def every_part(self) -> tuple[Part, ...]:
        """The record itself, then what belongs to it."""
        return (Part(self.table, "SELECT %(key)s::text"), *self.parts)

    def parse(self, text: str) -> Any:
        """Return the key that a text names; raise ValueError."""
        if self.key is uuid.UUID:
            if not _UUID.fullmatch(text):
                raise ValueError(text)
            return uuid.UUID(text)
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        return int(text)


@dataclass
class Told:
    """How the rows of a table read."""

    labels: dict[str, StrOrPromise] = field(default_factory=dict)
    """Names of columns, where the field's own says too little."""

    identity: tuple[str, ...] = ()
    """The columns that say which row it is; else its name or title."""

    write: dict[str, Write] = field(default_factory=dict)
    """How values of a column are written."""

    persons: tuple[str, ...] = ()
    """Columns that name persons who acted: shown to whom names are shown."""

    hidden: tuple[str, ...] = ()
    """Columns that say nothing to a reader."""

    sealed: bool = False
    """Whether nobody without ``audit.view_private`` reads anything of the table."""

    private: str = ""
    """Of a table with private rows beside others: a query that finds something if the row of entry ``e`` is private.

    In the whole journal such rows need ``audit.view_private``; the history of a record is read by whoever may see it.
    """


SUBJECTS: dict[str, Subject] = {}
SUBJECT_NAMES: list[str] = []
_told: dict[str, Told] = {}
_names: dict[str, list[Callable[[list[str]], Names]]] = {}
_capacities: dict[str, StrOrPromise] = {}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


def subject(declared: Subject) -> None:
    """Declare a kind of record with a history of its own."""
    if declared.name not in SUBJECTS:
        SUBJECT_NAMES.append(declared.name)
    SUBJECTS[declared.name] = declared


def table(name: str, **told: Any) -> None:
    """Say how the rows of a table read (see Told)."""
    _told[name] = Told(**told)


def told(name: str) -> Told:
    """Return how the rows of a table read."""
    return _told.get(name) or Told()


def names(table_name: str, load: Callable[[list[str]], Names]) -> None:
    """Say what the things of a table are called: ``load`` gets keys and names those it knows, in one query.

    What one does not know, the next one declared is asked.
    """
    _names.setdefault(table_name, []).append(load)


def names_of(table_name: str, keys: Collection[str]) -> Names:
    """Return what things of a table are called; a thing nobody knows any more is missing."""
    found: dict[str, str | list[tuple[dt.date, str]]] = {}
    for load in _names.get(table_name, []):
        if missing := sorted(set(keys) - found.keys()):
            found |= load(missing)
    return found


def is_named(table_name: str) -> bool:
    """Tell whether somebody says what the things of a table are called."""
    return table_name in _names


def capacities(labels: Iterable[tuple[str, StrOrPromise]]) -> None:
    """Say what roles are called."""
    _capacities.update(labels)


def capacity(roles: str) -> str:
    """Return the roles of an entry in words."""
    return ", ".join(str(_capacities[role]) for role in roles.split(",") if role in _capacities)


@dataclass(frozen=True)
class Reader:
    """How far somebody reads in the journal."""

    user: Any = None
    """None for a visitor."""

    names: bool = False
    """Whether persons are named, or their capacity alone."""

    entries: bool = False
    """Whether the whole journal is read, private tables apart."""

    private: bool = False
    """Whether private tables and values are read too."""

    @classmethod
    def of(cls, user: Any) -> Reader:
        """Ask the rules about a user."""
        if user is None or not user.is_authenticated:
            return cls()
        return cls(
            user,
            names=user.has_perm("audit.view_names"),
            entries=user.has_perm("audit.view_entry"),
            private=user.has_perm("audit.view_private"),
        )

    @property
    def key(self) -> str:
        """What of the reader changes an answer."""
        return f"{self.user.pk}.{self.names:d}{self.entries:d}{self.private:d}" if self.user else ""


UNSEALED = """NOT EXISTS (SELECT FROM audit_journaltable t
     WHERE t.name = e.table_name AND (t.private <> '[]' OR t.secret <> '[]'))
 AND e.table_name <> ALL (%(sealed)s::text[])"""
"""The condition that an entry ``e`` is of a table that ``audit.view_private`` is not needed for."""


@lru_cache(maxsize=1)
def sealed_tables() -> list[str]:
    """Return the tables of users, and those that an app has sealed; those with private fields are so anyway."""
    label = settings.AUTH_USER_MODEL.partition(".")[0]
    own = {model._meta.db_table for model in apps.get_app_config(label).get_models(include_auto_created=True)}
    return sorted(own | {name for name, item in _told.items() if item.sealed})


def private_rows() -> dict[str, str]:
    """Return, by table, what finds the private rows of those that have others too (``Told.private``)."""
    return {name: item.private for name, item in sorted(_told.items()) if item.private}
