"""What executive bodies and the posts in them are called, as headings, links and official texts write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ayil_okmotu.models import AppointedBy, BodyKind, Employment, PostKind
from lsg_portal.web import display
from registry import titles

_PATTERNS = {
    BodyKind.AYIL_OKMOTU: {"ky": "{} айыл өкмөтү", "ru": "Айыл окмоту {}", "en": "{} ayil okmotu"},
    BodyKind.MAYORS_OFFICE: {"ky": "{} шаарынын мэриясы", "ru": "Мэрия г. {}", "en": "{} mayor’s office"},
}
_RUSSIAN_ENDINGS = {BodyKind.AYIL_OKMOTU: (" айылный аймак", " айыл окмоту")}


def body_name(unit: Mapping[str, Any] | None, kind: str) -> str:
    """Return an executive body's name after its unit: «Ак-Кыя айыл өкмөтү», «Мэрия г. Нарын»."""
    if not unit:
        return body_kind(kind)
    which = BodyKind(kind)
    return titles.named_after(unit, _PATTERNS[which], _RUSSIAN_ENDINGS.get(which, ("", "")))


def body_of(row: Mapping[str, Any] | None) -> str:
    """Return the name of the executive body of a row that has ``unit`` and ``kind``."""
    return body_name(row["unit"], row["kind"]) if row else ""


def body_kind(kind: str) -> str:
    """Return what a kind of executive body is called."""
    return str(dict(BodyKind.choices).get(kind, kind))


def head_word(kind: str) -> str:
    """Return what the head of a kind of body is called."""
    if kind == BodyKind.MAYORS_OFFICE:
        return _("mayor")
    if kind == BodyKind.AYIL_OKMOTU:
        return _("head of ayil okmotu")
    return post_kind(PostKind.HEAD)


def post_kind(kind: str) -> str:
    """Return what a kind of post is called."""
    return str(dict(PostKind.choices).get(kind, kind))


def post_name(row: Mapping[str, Any], body_kind: str = "") -> str:
    """Return what a post is called: its own name, else that of its kind, of a village head with the village.

    ``row`` has ``kind``, ``name_ky`` and the others, and ``settlement``, a mapping with names or None.
    """
    name = display.name(row)
    if not name:
        name = head_word(body_kind) if row["kind"] == PostKind.HEAD else post_kind(row["kind"])
    settlement = row.get("settlement")
    return f"{name} ({display.name(settlement)})" if settlement else name


def employment(value: str) -> str:
    """Return on what footing somebody is employed."""
    return str(dict(Employment.choices).get(value, value))


def appointed_by(value: str) -> str:
    """Return who appoints."""
    return str(dict(AppointedBy.choices).get(value, value))


def acting() -> str:
    """Return the mark of somebody who stands in."""
    return pgettext("in a post", "acting")


def order_name(number: str | None, day: Any) -> str:
    """Return an order as it is quoted: «order № 12, 01.05.2023»; empty where there is none."""
    if not number:
        return ""
    if not day:
        return _("order № %(number)s") % {"number": number}
    return _("order № %(number)s, %(day)s") % {"number": number, "day": display.short_day(day)}
