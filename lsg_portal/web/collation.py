"""Order names by the Kyrgyz alphabet, the same on every server (the database has no ICU)."""

from __future__ import annotations

ALPHABET = "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"

_PLACE = {letter: chr(0x100 + index) for index, letter in enumerate(ALPHABET)}


def kyrgyz_key(text: str) -> str:
    """Return a key that sorts as the Kyrgyz alphabet does: ң after н, ө after о, ү after у; case aside.

    Other letters and figures keep their own order and come first.
    """
    return "".join(_PLACE.get(letter, letter) for letter in text.casefold())
