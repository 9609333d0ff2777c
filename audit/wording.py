"""Entries of the journal in words: who, what, which field from what to what. No column name and no key is shown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import RangeField
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.fields import TranslationField

from audit import visibility
from audit.history import Line
from audit.models import Operation
from audit.tables import model_of
from audit.visibility import Reader, told
from lsg_portal.web import display
from lsg_portal.web.days import BISHKEK

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOTHING = "—"
OPERATIONS: dict[str, str] = {str(value): value for value in Operation.values}
LANGUAGES: dict[str, StrOrPromise] = {
    "ky": gettext_lazy("in Kyrgyz"),
    "ru": gettext_lazy("in Russian"),
    "en": gettext_lazy("in English"),
}
SYSTEM: dict[str, StrOrPromise] = {
    "import_classifier": gettext_lazy("import of the classifier"),
    "load_demo": gettext_lazy("loading of the demonstration"),
    "prepare_demo": gettext_lazy("loading of the demonstration"),
    "migrate": gettext_lazy("update of the portal"),
    "audit_erase": gettext_lazy("erasure of private particulars"),
    "audit_checkpoint": gettext_lazy("signing of the journal"),
    "kpi.score": gettext_lazy("computation of scores"),
    "kpi.sweep": gettext_lazy("computation of scores"),
}
"""What acts without anybody asking for it: commands and tasks, by name."""

SKIPPED = re.compile(r"sort_[a-z]+|version|updated_at|recorded_at", re.ASCII)
"""Technical fields: keys to sort by, counters of versions; the journal has its own moment."""

_RANGE = re.compile(r'([\[(])"?([^",]*)"?,"?([^",)\]]*)"?[)\]]')


@dataclass(frozen=True)
class Change:
    """A field, what it was and what it is."""

    label: str
    before: str
    after: str
    column: str
    language: str = ""
    """The language of what is in one of them."""


@dataclass(frozen=True)
class Told:
    """An entry as a page shows it."""

    seq: int
    when: dt.datetime
    operation: str
    what: str
    """The kind of record."""

    which: str
    """Which one of them."""

    changes: list[Change]
    line: Line

    @property
    def is_change(self) -> bool:
        """Whether there is something before and after."""
        return self.line.operation == Operation.UPDATE


@dataclass
class Group:
    """What was changed together: by whom, when, why."""

    when: dt.datetime
    who: str
    why: str
    entries: list[Told] = field(default_factory=list)

    @property
    def iso(self) -> str:
        """The moment for machines."""
        return self.when.isoformat(timespec="seconds")

    @property
    def words(self) -> str:
        """The moment for readers."""
        return display.moment(self.when)


def local(at: dt.datetime) -> dt.datetime:
    """Return a moment in Bishkek's time."""
    return timezone.localtime(at, BISHKEK)


def who(line: Line, reader: Reader) -> str:
    """Return who made a change: name and capacity, or the capacity alone, or what acted by itself."""
    kind, _colon, name = line.actor.partition(":")
    if kind == "system":
        return str(SYSTEM.get(name, _("the portal itself")))
    if kind == "visitor":
        return _("visitor")
    capacity = visibility.capacity(line.roles)
    if reader.names and line.name:
        return f"{line.name} ({capacity})" if capacity else line.name
    return capacity or _("user of the portal")


def operation(value: str) -> str:
    """Return what was done, in a word."""
    return str(Operation(value).label) if value in OPERATIONS else ""


# --- fields ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A column that is shown: its field and what it is called."""

    column: str
    field: Any
    label: StrOrPromise
    language: str = ""
    refers: str = ""
    """The table of the things it names."""

    def words(self) -> str:
        """Return its name in the reader's language, beginning with a capital letter."""
        text = str(self.label)
        text = text[:1].upper() + text[1:]
        return f"{text}, {LANGUAGES[self.language]}" if self.language else text


@lru_cache(maxsize=500)
def shown_columns(table: str) -> Mapping[str, Shown]:
    """Return the columns of a table that readers are shown, in the order of its fields."""
    model = model_of(table)
    if model is None:
        return {}
    how = told(table)
    fields: list[Any] = list(model._meta.concrete_fields)
    translated = {item.translated_field.name for item in fields if isinstance(item, TranslationField)}
    found = {}
    for item in fields:
        column = item.column
        if column in how.hidden or SKIPPED.fullmatch(item.name) or item.name in translated:
            continue
        if item.primary_key and not item.is_relation:
            continue
        refers = item.remote_field.model._meta.db_table if item.is_relation else ""
        source = item.translated_field if isinstance(item, TranslationField) else item
        label = how.labels.get(column) or _own_label(source)
        language = item.language if isinstance(item, TranslationField) else ""
        found[column] = Shown(column, item, label, language, refers)
    return found


def _own_label(item: Any) -> StrOrPromise:
    """Return the name of a field; one that has none of its own goes by what it refers to."""
    if item.is_relation and not isinstance(item.verbose_name, Promise):
        label: StrOrPromise = item.remote_field.model._meta.verbose_name
        return label
    own: StrOrPromise = item.verbose_name
    return own


def kind_of(table: str) -> str:
    """Return what the rows of a table are called."""
    model = model_of(table)
    return str(model._meta.verbose_name) if model else _("former record")


# --- values ----------------------------------------------------------------------------------------------------


class Names:
    """What the things are called that a page of entries refers to: one query for each table."""

    def __init__(self, lines: Iterable[Line] = ()) -> None:
        self.found = self._read(self._wanted(lines))

    @classmethod
    def of(cls, wanted: Mapping[str, set[str]]) -> Names:
        """Return the names of things by table and key."""
        names = cls()
        names.found = cls._read(wanted)
        return names

    @staticmethod
    def _wanted(lines: Iterable[Line]) -> dict[str, set[str]]:
        wanted: dict[str, set[str]] = {}
        for line in lines:
            for item in shown_columns(line.table).values():
                if item.refers:
                    for side in (line.before, line.after):
                        if (value := side.get(item.column)) is not None:
                            wanted.setdefault(item.refers, set()).add(str(value))
        return wanted

    @classmethod
    def _read(cls, wanted: Mapping[str, set[str]]) -> dict[str, visibility.Names]:
        return {table: cls._load(table, keys) for table, keys in sorted(wanted.items())}

    @staticmethod
    def _load(table: str, keys: set[str]) -> visibility.Names:
        if visibility.is_named(table):
            return visibility.names_of(table, keys)
        model = model_of(table)
        if model is None:
            return {}
        things = model._base_manager.in_bulk(sorted(keys))
        return {str(key): _name_of(thing) for key, thing in things.items()}

    def name(self, table: str, key: Any, day: dt.date) -> str:
        """Return what a thing was called on a day; the nearest name where it had none."""
        found = self.found.get(table, {}).get(str(key))
        if found is None:
            return _("not on record any more")
        if isinstance(found, str):
            return found
        return next((name for since, name in reversed(found) if since <= day), found[0][1])


def _name_of(thing: models.Model) -> str:
    return display.name(thing) or display.name(thing, "title") or str(thing)


def day_of(line: Line) -> dt.date:
    """Return the day whose names fit an entry: that from which the record holds, else that of the change."""
    row = line.whole
    for column in ("valid", "effective_on", "on"):
        found = re.search(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(row.get(column) or ""))
        if found:
            return dt.date.fromisoformat(found[0])
    return local(line.at).date()


def is_commitment(value: Any) -> bool:
    """Tell whether a value of the journal stands for a private one."""
    return isinstance(value, dict) and set(value) == {"sha256"}


class Writer:
    """Writes the values of a page of entries for one reader."""

    def __init__(
        self, lines: Sequence[Line], reader: Reader, *, root: str = "", root_key: Any = None
    ) -> None:
        self.reader, self.root, self.root_key = reader, root, str(root_key)
        self.names = Names(lines)

    def told(self, line: Line) -> Told:
        """Return an entry in words."""
        when = local(line.at)
        return Told(
            line.seq,
            when,
            operation(line.operation),
            kind_of(line.table),
            self.which(line),
            list(self.changes(line)),
            line,
        )

    def which(self, line: Line) -> str:
        """Return which of its kind a record is."""
        columns = shown_columns(line.table)
        identity = told(line.table).identity
        parts = [self.value(line, columns[name], "whole") for name in identity if name in columns]
        if not identity:
            row = line.whole
            parts = [display.name(row) or display.name(row, "title")]
        return ", ".join(part for part in parts if part and part != NOTHING)

    def changes(self, line: Line) -> Iterator[Change]:
        """Yield the fields that changed, or those that a new, former or taken over record has."""
        changed = line.before if line.operation == Operation.UPDATE else line.whole
        for item in shown_columns(line.table).values():
            if item.column not in changed or self._is_root(line, item):
                continue
            before = self.value(line, item, "before") if line.before else NOTHING
            after = self.value(line, item, "after") if line.after else NOTHING
            if before == after == NOTHING:
                continue
            yield Change(item.words(), before, after, item.column, item.language)

    def _is_root(self, line: Line, item: Shown) -> bool:
        """Whether a field only says that the record belongs to the one whose history is read."""
        return (
            item.refers == self.root
            and line.operation != Operation.UPDATE
            and str(line.whole.get(item.column)) == self.root_key
            and item.column.removesuffix("_id") == self.root.rpartition("_")[2]
        )

    def value(self, line: Line, item: Shown, side: str) -> str:
        """Write a value for the reader."""
        row = {"before": line.before, "after": line.after, "whole": line.whole}[side]
        value = row.get(item.column)
        if value is None:
            return NOTHING
        if is_commitment(value):
            return self._private(
                line, item.column, "before" if side == "before" or not line.after else "after"
            )
        if item.refers:
            return self.names.name(item.refers, value, day_of(line))
        how = told(line.table).write.get(item.column)
        text = str(how(value)) if how else write(item.field, value)
        return text if text.strip() else NOTHING

    def _private(self, line: Line, column: str, side: str) -> str:
        if not self.reader.private:
            return _("hidden")
        if (side, column) not in line.private:
            return _("erased")
        value = line.private[side, column]
        if value is None:  # a secret: that it was changed is all there is to tell
            return _("changed") if side == "after" and line.before else _("not kept")
        return value or NOTHING


def write(item: Any, value: Any) -> str:
    """Write a value of a field as the site writes it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if choices := dict(item.flatchoices):
        return str(choices.get(value, value)) if value != "" else ""
    if isinstance(item, RangeField):
        return _range(str(value))
    if isinstance(item, models.DateTimeField):
        return display.moment(local(dt.datetime.fromisoformat(str(value))))
    if isinstance(item, models.DateField):
        return display.short_day(dt.date.fromisoformat(str(value)))
    if isinstance(value, int | Decimal):
        return str(value) if "year" in item.name else display.number(value)
    return str(value)


def _range(text: str) -> str:
    found = _RANGE.fullmatch(text)
    if not found:
        return ""
    first, end = (dt.date.fromisoformat(part) if part else None for part in found.groups()[1:])
    return display.period(first, end, short=True)
