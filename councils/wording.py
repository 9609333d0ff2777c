"""What councils and their members are called, as headings, links and official texts write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from councils.models import (
    CouncilKind,
    CouncilPostKind,
    MandateBasis,
    ResolutionStatus,
    SessionKind,
    SessionStatus,
)
from lsg_portal.web import display
from registry import titles

_PATTERNS = {
    "ayil": {"ky": "{} айылдык кеңеши", "ru": "Айылный кенеш {}", "en": "{} ayil council"},
    "city": {"ky": "{} шаардык кеңеши", "ru": "Городской кенеш г. {}", "en": "{} city council"},
    "district": {"ky": "{} райондук кеңеши", "ru": "Районный кенеш {}", "en": "{} district council"},
}
_RUSSIAN_ENDINGS = {
    "ayil": (" айылный аймак", " айылный кенеш"),
    "city": (" городской округ", " городской кенеш"),
    "district": (" район", " районный кенеш"),
}

capital = titles.capital


def council_name(unit: Mapping[str, Any] | None, kind: str) -> str:
    """Return a council's name after its unit: «Ак-Кыя айылдык кеңеши», «Ак-Кыйский айылный кенеш».

    Units carry no name of their council: the Kyrgyz one puts the word behind the bare name, the Russian one turns
    «… айылный аймак» into «… айылный кенеш» and sets the word before any other name.
    """
    if not unit:
        return str(dict(CouncilKind.choices).get(kind, kind))
    return titles.named_after(unit, _PATTERNS.get(kind, {}), _RUSSIAN_ENDINGS.get(kind, ("", "")))


def council_of(row: Mapping[str, Any] | None) -> str:
    """Return the name of the council of a row that has ``unit`` and ``kind``."""
    return council_name(row["unit"], row["kind"]) if row else ""


def council_kind(kind: str) -> str:
    """Return what a kind of council is called."""
    return str(dict(CouncilKind.choices).get(kind, kind))


def convocation_name(number: int | None) -> str:
    """Return a convocation by its number: «convocation № 28»."""
    return _("convocation № %(number)s") % {"number": number}


def session_name(row: Mapping[str, Any]) -> str:
    """Return a session as minutes quote it: its number and its day."""
    return _("session № %(number)s, %(day)s") % {
        "number": row["number"],
        "day": display.short_day(row["held_on"]),
    }


def resolution_name(row: Mapping[str, Any]) -> str:
    """Return a resolution as it is quoted, without its title: its number and the day it was adopted."""
    return _("resolution № %(number)s, %(day)s") % {
        "number": row["number"],
        "day": display.short_day(row["adopted_on"]),
    }


def post(kind: str) -> str:
    """Return what a post is called."""
    return str(dict(CouncilPostKind.choices).get(kind, kind))


def basis(value: str) -> str:
    """Return by what a deputy sits."""
    return str(dict(MandateBasis.choices).get(value, value))


def session_kind(value: str) -> str:
    """Return what a kind of session is called."""
    return str(dict(SessionKind.choices).get(value, value))


def session_status(value: str) -> str:
    """Return how far a session is, in words."""
    return str(dict(SessionStatus.choices).get(value, value))


def resolution_status(value: str) -> str:
    """Return how far a resolution is, in words."""
    return str(dict(ResolutionStatus.choices).get(value, value))


def article(text: str | None) -> str:
    """Return an article as texts refer to it: «art. 31»; what already says what it is stays."""
    return _("art. %(article)s") % {"article": text} if text and text[0].isdigit() else (text or "")
