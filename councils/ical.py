"""Calendars of sessions in the form of RFC 5545, for programs that subscribe to them.

Days are written as days: a session has no hour on record. Lines end in CRLF and are folded at 75 octets, never inside
a letter; texts are escaped as section 3.3.11 says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

PRODUCT = "-//Local Self-Government Portal//Councils//EN"
LONGEST = 75
"""Octets of a line, its end not counted."""

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"


@dataclass(frozen=True)
class Event:
    """A day in a calendar."""

    uid: str
    day: dt.date
    summary: str
    status: str
    changed: dt.datetime
    """When the record last changed; with a time zone."""

    sequence: int = 0
    """Rises with every change, so that a subscriber knows the newer one."""

    description: str = ""
    location: str = ""
    url: str = ""
    category: str = ""


def calendar(name: str, events: Iterable[Event]) -> bytes:
    """Return a calendar of this name; subscribers ask again once a day."""
    return "".join(fold(line) for line in _lines(name, events)).encode()


def _lines(name: str, events: Iterable[Event]) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODUCT}"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield f"NAME:{escape(name)}"
    yield f"X-WR-CALNAME:{escape(name)}"
    yield "X-WR-TIMEZONE:Asia/Bishkek"
    yield "REFRESH-INTERVAL;VALUE=DURATION:P1D"
    for event in events:
        yield from _event(event)
    yield "END:VCALENDAR"


def _event(event: Event) -> Iterator[str]:
    moment = event.changed.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(event.uid)}"
    yield f"DTSTAMP:{moment}"
    yield f"LAST-MODIFIED:{moment}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escape(event.summary)}"
    for name, text in (
        ("DESCRIPTION", event.description),
        ("LOCATION", event.location),
        ("CATEGORIES", event.category),
    ):
        if text:
            yield f"{name}:{escape(text)}"
    if event.url:
        yield f"URL:{event.url}"
    yield f"STATUS:{event.status}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escape(text: str) -> str:
    """Return a text as a value of a property; control characters, which no value may hold, are left out."""
    plain = "".join(letter for letter in text if letter in "\n\t" or (ord(letter) >= 32 and letter != "\x7f"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> str:
    """Return a line with its end, folded where it is longer than 75 octets."""
    parts, part, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LONGEST:
            parts.append(part)
            part, size = " ", 1
        part += letter
        size += width
    return "\r\n".join([*parts, part]) + "\r\n"
