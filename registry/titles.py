"""What units and legal acts are called in full, as headings, links and official texts write them.

Kyrgyz names are on file bare («Ак-Талаа»), Russian ones of oblasts, districts and aimaks in full
(«Ак-Талинский район») and of cities bare («Нарын»). A heading needs the generic word in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsg_portal.web import display
from registry.models import LegalAct, SettlementKind, UnitKind

# How a name becomes a title, by the language the name is in; a kind that is missing is on file in full.
_GENERIC = {
    "ky": {
        "oblast": "{} облусу",
        "district": "{} району",
        "city_republican": "{} шаары",
        "city_oblast": "{} шаары",
        "city_district_level": "{} шаары",
        "ayil_aimak": "{} айыл аймагы",
        "city_district": "{} району",
    },
    "ru": {
        "city_republican": "г. {}",
        "city_oblast": "г. {}",
        "city_district_level": "г. {}",
    },
    "en": {
        "oblast": "{} oblast",
        "district": "{} district",
        "city_republican": "{} city",
        "city_oblast": "{} city",
        "city_district_level": "{} city",
        "ayil_aimak": "{} ayil aimak",
        "city_district": "{} urban district",
    },
}
_ORDER = {"ky": ("ky", "ru", "en"), "ru": ("ru", "ky", "en"), "en": ("en", "ru", "ky")}
_UNIT_KINDS = dict(UnitKind.choices)
_SETTLEMENT_KINDS = dict(SettlementKind.choices)
_ACT_KINDS = dict(LegalAct.Kind.choices)


def full_name(thing: Any, kind: str = "") -> str:
    """Return a unit's name with its generic word: «Ак-Талаа району», «Ак-Талинский район», «г. Нарын».

    ``thing`` has ``kind`` and ``name_ky``, ``name_ru``, ``name_en`` (a row, a mapping or an object), or the
    names as ``{"ky": …}`` and its kind beside it. Where the reader's language has no name the next best one is taken,
    with the word of *its* language. A generic word that the name already carries is not repeated.
    """
    if not thing:
        return ""
    kind = kind or str(_get(thing, "kind") or "")
    names = _get(thing, "name")
    for language in _ORDER[display.language()]:
        found = (
            _get(thing, f"name_{language}")
            or _get(thing, language)
            or (names.get(language) if isinstance(names, Mapping) else None)
        )
        if found:
            pattern = _GENERIC[language].get(kind, "{}")
            word = pattern.replace("{}", "").strip().lower()
            carried = bool(word) and word in str(found).lower().split(" ")
            return str(found) if carried or _ends_with(str(found), word) else pattern.format(found)
    return ""


def short_name(thing: Any) -> str:
    """Return a name without its generic word, for places too narrow for it: «Ак-Талинский», «Нарын»."""
    name = display.name(thing)
    for word in ("область", "район", "айылный аймак"):
        name = name.removesuffix(f" {word}")
    return name


def named_after(
    unit: Mapping[str, Any], patterns: Mapping[str, str], russian_ending: tuple[str, str] = ("", "")
) -> str:
    """Return what a body of a unit is called: «Ак-Кыя айылдык кеңеши», «Ак-Кыйский айылный кенеш».

    ``patterns`` set the bare name into each language. A Russian name that has the first of ``russian_ending`` gets
    the second in its place instead: «… айылный аймак» becomes «… айылный кенеш».
    """
    for language in _ORDER[display.language()]:
        name = str(_get(unit, f"name_{language}") or "")
        if not name:
            continue
        before, after = russian_ending
        if language == "ru" and before and name.endswith(before):
            return name.removesuffix(before) + after
        return patterns.get(language, "{}").format(name)
    return ""


def capital(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _ends_with(name: str, word: str) -> bool:
    """Whether a name carries a generic expression of several words already."""
    return bool(word) and name.lower().endswith(f" {word}")


def _get(thing: Any, key: str) -> Any:
    return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)


def unit_kind(kind: str | None) -> str:
    """Return what a kind of unit is called, empty for none."""
    return str(_UNIT_KINDS.get(kind or "", kind or ""))


def settlement_kind(kind: str | None) -> str:
    """Return what a kind of settlement is called, empty for none."""
    return str(_SETTLEMENT_KINDS.get(kind or "", kind or ""))


def act_name(act: Any) -> str:
    """Return a legal act as it is quoted, without its title: «law № 128, 18.07.2024»."""
    if not act:
        return ""
    kind = str(_ACT_KINDS.get(_get(act, "kind"), _get(act, "kind") or ""))
    kind = kind[:1].upper() + kind[1:]
    number = _get(act, "number")
    adopted = _get(act, "adopted_on")
    day = adopted if isinstance(adopted, str) else display.short_day(adopted)
    return f"{kind} № {number}, {day}" if number else f"{kind}, {day}"
