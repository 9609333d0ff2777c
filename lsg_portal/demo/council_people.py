"""Constructed people: names drawn by chance, the same on every machine, no real person's on purpose."""

from __future__ import annotations

import hashlib
import struct

from lsg_portal.demo.council_form import names
from lsg_portal.demo.country import identifier
from registry.models import Person, Provenance

VOWELS = tuple("аеёиоөуүыэюя")
RUSSIAN_LETTERS = str.maketrans("өүңӨҮҢ", "оунОУН")
YOUNG = 0.08
"""Share of the deputies under 28, as published of those elected in November 2024."""


def _possessive(father: str) -> str:
    """The surname after a father's name that ends in a consonant."""
    return f"{father[:-1]}ев" if father.endswith("й") else f"{father}ов"


def person(sex: str, year: int, *words: str) -> Person:
    """Return a person for the given words; ``year`` is when they take up what they are needed for."""
    # one digest for all that is drawn: there are many people
    draws = struct.unpack(">5H", hashlib.sha256("/".join(words).encode()).digest()[:10])
    lists = (names()["women" if sex == "f" else "men"], names()["fathers"], names()["fathers"])
    given, family, father = (
        among[draw * len(among) >> 16] for among, draw in zip(lists, draws, strict=False)
    )
    young, age = (draw / 65536 for draw in draws[3:])
    if family.endswith(VOWELS):
        name = f"{family} {'кызы' if sex == 'f' else 'уулу'} {given}"
    else:
        name = f"{_possessive(family)}{'а' if sex == 'f' else ''} {given}"
        if not father.endswith(VOWELS):
            name += f" {_possessive(father)}{'на' if sex == 'f' else 'ич'}"
    return Person(
        id=identifier("person", *words),
        name_ky=name,
        name_ru=name.translate(RUSSIAN_LETTERS),
        sex=sex,
        birth_year=year - (21 + int(age * 7) if young < YOUNG else 28 + int(age * 36)),
        provenance=Provenance.CONSTRUCTED,
        source="demo",
    )
