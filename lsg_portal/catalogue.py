"""The message catalogues: what the project says, and whether each language says it too.

Needs no gettext programs: strings are read from Python with ``ast`` and from templates with Django's own
``templatize``; polib (a development dependency) reads and writes the catalogues.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGES = ("ky", "ru")
PLURALS = {
    "ky": "nplurals=1; plural=0;",
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    ),
}
SKIPPED = {".venv", "var", "node_modules", "tests", "migrations", "bench", "static", ".git"}
FUNCTIONS = {
    "_": (0, None, None),
    "gettext": (0, None, None),
    "gettext_lazy": (0, None, None),
    "ngettext": (0, 1, None),
    "ngettext_lazy": (0, 1, None),
    "pgettext": (1, None, 0),
    "pgettext_lazy": (1, None, 0),
    "npgettext": (1, 2, 0),
    "npgettext_lazy": (1, 2, 0),
}
TEMPLATE_CALL = re.compile(
    r"\b(n?p?gettext|_)\(\s*((?:u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?\s*)+)", re.DOTALL
)
STRING = re.compile(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", re.DOTALL)
Message = tuple[str, str | None, str | None]  # msgid, plural, context


def files() -> Iterator[Path]:
    """The project's Python files and templates."""
    base = Path(settings.BASE_DIR)
    for path in sorted(base.rglob("*")):
        relative = path.relative_to(base)
        said = path.suffix == ".py" or (
            path.suffix in (".html", ".txt", ".svg") and "templates" in relative.parts
        )
        if said and not SKIPPED & set(relative.parts):
            yield path


def messages() -> dict[Message, list[str]]:
    """Every translatable string of the project with the files it stands in."""
    found: dict[Message, list[str]] = {}
    base = Path(settings.BASE_DIR)
    for path in files():
        text = path.read_text(encoding="utf-8")
        read = _in_python if path.suffix == ".py" else _in_template
        for message in read(text):
            places = found.setdefault(message, [])
            if (name := str(path.relative_to(base))) not in places:
                places.append(name)
    return found


def _in_python(text: str) -> Iterator[Message]:
    """The literal arguments of gettext calls."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in FUNCTIONS:
            continue
        literals = [
            argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None
            for argument in node.args
        ]
        yield from _message(name, literals)


def _in_template(text: str) -> Iterator[Message]:
    """The strings of translate and blocktranslate tags."""
    for name, arguments in TEMPLATE_CALL.findall(templatize(text)):
        yield from _message(name, [ast.literal_eval(literal) for literal in STRING.findall(arguments)])


def _message(name: str, literals: list[str | None]) -> Iterator[Message]:
    """The message a call names, if its arguments are literal."""
    at, plural_at, context_at = FUNCTIONS[name]
    if len(literals) > at and (msgid := literals[at]):
        plural = literals[plural_at] if plural_at is not None and len(literals) > plural_at else None
        context = literals[context_at] if context_at is not None else None
        yield msgid, plural, context


def path_of(language: str) -> Path:
    """The catalogue of a language."""
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def frameworks_of(language: str) -> Path:
    """The catalogue that corrects and completes what Django and its libraries say; it is written by hand."""
    return Path(settings.BASE_DIR) / "locale" / "frameworks" / language / "LC_MESSAGES" / "django.po"


def problems(language: str) -> list[str]:
    """What is wrong with a language: missing, empty, fuzzy or obsolete entries, or a stale .mo file."""
    import polib

    catalogue = polib.pofile(str(path_of(language)))
    entries = {(e.msgid, e.msgid_plural or None, e.msgctxt): e for e in catalogue if not e.obsolete}
    wanted = messages()
    found = []
    for message, places in wanted.items():
        entry = entries.get(message)
        if entry is None:
            found.append(f"{language}: missing «{message[0]}» ({places[0]})")
        elif entry.fuzzy:
            found.append(f"{language}: fuzzy «{message[0]}»")
        elif not entry.translated():
            found.append(f"{language}: not translated «{message[0]}» ({places[0]})")
        else:
            found += [f"{language}: «{message[0]}» {reason}" for reason in _placeholders(entry)]
    found += [f"{language}: no longer used «{key[0]}»" for key in entries if key not in wanted]
    for path in (path_of(language), frameworks_of(language)):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != polib.pofile(str(path)).to_binary():
            found.append(f"{compiled} is not made of the catalogue as it stands: run `make messages`")
    return found


def _placeholders(entry: Any) -> list[str]:
    """Placeholders that the translation lost or invented."""
    pattern = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}")
    wanted = set(pattern.findall(entry.msgid)) | set(pattern.findall(entry.msgid_plural or ""))
    forms = list(entry.msgstr_plural.values()) or [entry.msgstr]
    return [
        f"has other placeholders in «{form}»"
        for form in forms
        if set(pattern.findall(form)) - wanted
        or (not entry.msgid_plural and wanted - set(pattern.findall(form)))
    ]


def synchronise(language: str) -> tuple[int, int]:
    """Add what is missing (untranslated), drop what is unused, compile; return how many were added and dropped."""
    import polib

    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    old = polib.pofile(str(path)) if path.exists() else polib.POFile()
    known = {(e.msgid, e.msgid_plural or None, e.msgctxt): e for e in old if not e.obsolete}
    new = polib.POFile(wrapwidth=110)
    new.metadata = {
        "Project-Id-Version": "lsg_portal",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": PLURALS[language],
    }
    wanted = messages()
    forms = 1 if language == "ky" else 3
    for message in sorted(wanted, key=lambda item: (item[0], item[2] or "")):
        entry = known.get(message) or polib.POEntry(
            msgid=message[0],
            msgid_plural=message[1] or "",
            msgctxt=message[2],
            msgstr_plural=dict.fromkeys(range(forms), "") if message[1] else {},
        )
        entry.occurrences = [(place, "") for place in wanted[message]]
        new.append(entry)
    new.save(str(path))
    for written in (path, frameworks_of(language)):
        written.with_suffix(".mo").write_bytes(polib.pofile(str(written)).to_binary())
    return sum(message not in known for message in wanted), sum(key not in wanted for key in known)
