"""Numbers as people here type them: one reader for forms, files and everything else that takes text.

A comma or a dot begins the decimals, spaces may stand between thousands. A number with both, or with two of either
(``1.234,5``, ``1,234,567``), is refused: nobody can say in all such cases which sign was meant as the decimal one, and
a wrong guess changes a figure a thousandfold.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MINUS = "\u2212"
LONGEST = 60
"""Characters of a number, spaces and all: more is no figure of anything here, and is not computed with."""
SHOWN = 40

_SPACE = "[ \u00a0\u2007\u2009\u202f]"
_SIGN = re.compile(f"([+-]?){_SPACE}?(.*)", re.DOTALL)
_WHOLE = f"(?:[0-9]+|[0-9]{{1,3}}(?:{_SPACE}[0-9]{{3}})+)"
_NUMBER = re.compile(f"{_WHOLE}(?:[.,][0-9]+)?", re.ASCII)
_SEVERAL = re.compile(
    "[0-9 \u00a0\u2007\u2009\u202f]*[.,](?:[0-9 \u00a0\u2007\u2009\u202f]+[.,])+[0-9]*", re.ASCII
)
_SPACES = re.compile(_SPACE)

SENTENCES: dict[str, _StrPromise] = {
    "not_a_number": _("«%(value)s» is not a number. Write it like 1 234,5 or 1234.5."),
    "several_signs": _(
        "«%(value)s» has more than one comma or dot, and which of them begins the decimals cannot be told. "
        "Write it like 1 234,5 or 1234.5."
    ),
    "percent_sign": _("«%(value)s» has a per cent sign, but this figure is not counted in per cent."),
    "too_many_digits": _("The number has more digits than any figure here: at most %(most)s characters."),
}
"""What is said of a text that is no number, by code."""


class BadNumber(ValueError):
    """The text is no number: a code of ``SENTENCES`` and the figures of its sentence."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    @property
    def sentence(self) -> str:
        """What is wrong, in the language of the moment."""
        return str(SENTENCES[self.code]) % self.values


def read(text: str, *, percent: bool = False) -> Decimal:
    """Return the number that somebody typed; raise BadNumber. ``12 %`` is 12 where ``percent`` is the unit, else refused."""
    said = text.strip().replace(MINUS, "-")
    if len(said) > LONGEST:
        raise BadNumber("too_many_digits", most=LONGEST)
    bare = said.removesuffix("%").rstrip() if said.endswith("%") else said
    found = _SIGN.fullmatch(bare)
    assert found is not None  # it takes any text
    sign, digits = found.groups()
    if not _NUMBER.fullmatch(digits):
        several = _SEVERAL.fullmatch(digits)
        raise BadNumber("several_signs" if several else "not_a_number", value=shown(text))
    if bare != said and not percent:
        raise BadNumber("percent_sign", value=shown(text))
    number = Decimal(sign + _SPACES.sub("", digits).replace(",", "."))
    return number if number else abs(number)


def shown(raw: object) -> str:
    """Return what was found, cut to a length worth repeating."""
    text = str(raw)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
