"""Names as they are compared: spelling variants and generic words folded away."""

from __future__ import annotations

import re
import unicodedata

GENERIC = {
    "область",
    "район",
    "айылный",
    "аймак",
    "айыл",
    "аймагы",
    "город",
    "г",
    "облусу",
    "району",
    "шаары",
    "пгт",
    "село",
}
LETTERS = str.maketrans("ңөүё", "ноуе")


def clean(text: str | None) -> str:
    """Return a text without control and direction characters and without spaces at its ends.

    They change how a name is shown but not what it says: a name of nothing else is no name.
    """
    kept = (" " if letter in "\t\r\n" else letter for letter in text or "")
    return "".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cf")).strip()


def fold(name: str) -> str:
    """Return a name in the form in which it is compared.

    Lower case, ң ө ү ё as н о у е, hyphens, full stops, brackets and runs of spaces as one space, without the
    generic words (область, район, айылный аймак, г.): «г. Таш-Кумыр» and «Таш-Кумыр» are one name.
    """
    words = re.split(r"[\s\-–.()«»\"]+", name.lower().translate(LETTERS))
    kept = [word for word in words if word and word not in GENERIC]
    return " ".join(kept or filter(None, words))
