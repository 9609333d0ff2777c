"""Filters of a table: declared once, read strictly, each visible and removable."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext as _

from .. import addresses, days, display

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_TEXT = 200
_INTEGER = re.compile(r"-?[0-9]{1,15}", re.ASCII)

Choice = tuple[str, "StrOrPromise"]


@dataclass(frozen=True)
class Filter:
    """One thing to filter by. ``parse`` raises ValueError for what cannot be meant."""

    key: str
    label: StrOrPromise
    control: str
    parse: Callable[[str], Any]
    show: Callable[[Any], str] = str
    choices: Sequence[Choice] = ()
    any_label: StrOrPromise = ""

    @classmethod
    def choice(
        cls, key: str, label: StrOrPromise, choices: Iterable[Choice], any_label: StrOrPromise = ""
    ) -> Filter:
        """Filter by one of ``choices``, pairs of value and label; any other value is a 400."""
        known = {str(value): text for value, text in choices}

        def parse(text: str) -> str:
            if text not in known:
                raise ValueError(text)
            return text

        return cls(
            key, label, "choice", parse, lambda value: str(known[value]), tuple(known.items()), any_label
        )

    @classmethod
    def unit(cls, key: str, label: StrOrPromise, choices: Iterable[tuple[uuid.UUID, StrOrPromise]]) -> Filter:
        """Filter by a unit of the list given; the value is its UUID. A unit outside the list is a 400."""
        known = dict(choices)

        def parse(text: str) -> uuid.UUID:
            identifier = uuid.UUID(text)
            if identifier not in known:
                raise ValueError(text)
            return identifier

        pairs = tuple((str(identifier), text) for identifier, text in known.items())
        return cls(key, label, "choice", parse, lambda value: str(known[value]), pairs)

    @classmethod
    def text(cls, key: str, label: StrOrPromise) -> Filter:
        """Filter by words."""

        def parse(text: str) -> str:
            if len(text) > LONGEST_TEXT or "\x00" in text:
                raise ValueError(text)
            return text.strip()

        return cls(key, label, "text", parse)

    @classmethod
    def day(cls, key: str, label: StrOrPromise) -> Filter:
        """Filter by a day."""
        return cls(key, label, "date", days.parse_day, display.day)

    @classmethod
    def integer(cls, key: str, label: StrOrPromise) -> Filter:
        """Filter by a whole number."""

        def parse(text: str) -> int:
            if not _INTEGER.fullmatch(text):
                raise ValueError(text)
            return int(text)

        return cls(key, label, "number", parse, display.number)

    @classmethod
    def flag(cls, key: str, label: StrOrPromise) -> Filter:
        """Filter by yes; not ticked, the filter is absent."""

        def parse(text: str) -> bool:
            if text != "1":
                raise ValueError(text)
            return True

        return cls(key, label, "flag", parse, lambda _value: _("yes"))


@dataclass(frozen=True)
class Control:
    """A filter as its form shows it."""

    filter: Filter
    name: str
    value: str

    @property
    def element_id(self) -> str:
        """The id that ties the label to its control."""
        return f"filter-{self.name}"


@dataclass(frozen=True)
class Active:
    """A filter that is set, and the address without it."""

    name: str
    label: StrOrPromise
    value: str
    remove_url: str


class Filters:
    """The filters of one table with their values from the URL.

    ``filters["oblast"]`` is the value or None. A value that cannot be read raises BadRequest: a page that
    silently showed everything instead would be believed.
    """

    def __init__(self, parameters: QueryDict, filters: Sequence[Filter] = (), *, prefix: str = "") -> None:
        self.parameters = parameters
        self.prefix = prefix
        self.filters = tuple(filters)
        self.values: dict[str, Any] = {item.key: self._read(item) for item in self.filters}

    def name(self, item: Filter) -> str:
        """Return the URL parameter of a filter."""
        return self.prefix + item.key

    def _read(self, item: Filter) -> Any:
        given = [text for text in self.parameters.getlist(self.name(item)) if text]
        if not given:
            return None
        try:
            if len(given) > 1:
                raise ValueError
            value = item.parse(given[0])
        except ValueError:
            raise BadRequest(
                _("“%(filter)s” cannot be filtered by this value.") % {"filter": item.label}
            ) from None
        return None if value == "" else value

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __iter__(self) -> Iterator[Filter]:
        return iter(self.filters)

    def __bool__(self) -> bool:
        return bool(self.filters)

    @property
    def names(self) -> set[str]:
        """The URL parameters of all filters."""
        return {self.name(item) for item in self.filters}

    @property
    def controls(self) -> list[Control]:
        """The filters as form controls with what is set in them."""
        return [
            Control(item, self.name(item), self.parameters.get(self.name(item), "")) for item in self.filters
        ]

    @property
    def active(self) -> list[Active]:
        """The filters that are set, each with the address that removes it."""
        return [
            Active(
                self.name(item),
                item.label,
                item.show(self.values[item.key]),
                addresses.query(
                    self.parameters, **{self.name(item): None, f"{self.prefix}page": None, "format": None}
                ),
            )
            for item in self.filters
            if self.values[item.key] is not None
        ]

    @property
    def reset_url(self) -> str:
        """The address without any of these filters."""
        dropped: dict[str, Any] = dict.fromkeys(self.names | {f"{self.prefix}page", "format"})
        return addresses.query(self.parameters, **dropped)
