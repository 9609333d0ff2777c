"""What a login name, a person's name and a reason may be made of.

Two accounts, or two reasons, must never look alike and be different: neither by letters of another alphabet nor by
characters that are not seen.
"""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext_lazy as _

from registry.errors import RuleBroken, Violation

UNSEEN = ("Cc", "Cf")
"""Control and format characters: they change how a text is shown, or nothing at all."""
LINES = "\t\r\n"
"""Those among them that a reason of several lines holds."""


def must_be_seen(text: str, pointer: str, *, lines: bool = False) -> str:
    """Return a text of which every character is seen, with ``lines`` of several; raise RuleBroken."""
    allowed = LINES if lines else ""
    if any(unicodedata.category(letter) in UNSEEN and letter not in allowed for letter in text):
        raise RuleBroken(
            Violation("unseen_characters", _("The text has characters that cannot be seen."), pointer)
        )
    return text


def must_be_of_one_script(name: str, pointer: str) -> str:
    """Return a name whose letters are all of one alphabet; raise RuleBroken."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in name if letter.isalpha()}
    if len(scripts) > 1:
        raise RuleBroken(
            Violation(
                "mixed_scripts", _("A login name is written in one alphabet: Latin or Cyrillic."), pointer
            )
        )
    return name
