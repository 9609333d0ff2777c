"""Names as they are compared: spelling variants and generic words folded away."""

from __future__ import annotations

import re

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


def fold(name: str) -> str:
    """Return a name in the form in which it is compared.

    Lower case, ң ө ү ё as н о у е, hyphens, full stops, brackets and runs of spaces as one space, without the
    generic words (область, район, айылный аймак, г.): «г. Таш-Кумыр» and «Таш-Кумыр» are one name.
    """
    words = re.split(r"[\s\-–.()«»\"]+", name.lower().translate(LETTERS))
    kept = [word for word in words if word and word not in GENERIC]
    return " ".join(kept or filter(None, words))
