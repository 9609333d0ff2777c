"""``manage.py make_docs``: write what the documentation says of the models and of the REST lists.

The data dictionary (``docs/data-dictionary.md`` and a page per app beside it) is made from the models, the
tables of parameters in ``docs/api.md`` from the declarations of the views, ``docs/authorization.md`` from the table that
the tests hold every address to. A test fails when one of them is stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, models
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from django.utils.functional import Promise
from modeltranslation.fields import TranslationField

from lsg_portal.rest import paging
from lsg_portal.rest.lists import SqlListView
from lsg_portal.rest.params import AT, BOM, DELIMITER, LANG, UPDATED_SINCE, Param, format_param
from lsg_portal.rest.views import ReadView
from lsg_portal.tests.matrix import document as authorization

DOCS = Path(settings.BASE_DIR) / "docs"
BEGIN, END = "<!-- made by make_docs: {} -->", "<!-- end of {} -->"
MADE = "<!-- Made by `manage.py make_docs` from the models: do not edit. -->"
MADE_FROM_TABLE = MADE.replace("from the models", "from the table that the tests hold")
API = "api/v1/"
SHARED = {
    param.name: param
    for param in (
        AT,
        paging.PAGE,
        paging.PAGE_SIZE,
        paging.CURSOR,
        Param("ordering", description=paging.ordering_param(()).description),
        Param("fields", description="Only these fields of each row, by commas."),
        UPDATED_SINCE,
        LANG,
        format_param(("json", "csv", "xlsx")),
        BOM,
        DELIMITER,
    )
}
"""Parameters that many lists take, described once."""


class Command(BaseCommand):
    """Write the generated parts of ``docs/``, or say which are stale."""

    help = "Write the parts of docs/ that are made from the models and the REST views; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing, fail where something is stale"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare each file with what it should say, and write those that differ."""
        found = stale()
        for path in found:
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
        if options["check"] and found:
            raise CommandError("These files are stale: run `manage.py make_docs`.")
        for path, text in found.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.stdout.write(f"{len(found)} files {'stale' if options['check'] else 'written'}.")


def stale() -> dict[Path, str]:
    """Return the files that differ from what the models and views say, each with the text it should have."""
    with translation.override("en"):
        wanted = {
            **dictionary(),
            DOCS / "api.md": api_guide(),
            DOCS / "authorization.md": authorization.document(MADE_FROM_TABLE),
        }
    return {
        path: text
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }


def cell(text: object) -> str:
    """Return a text as it stands in a cell of a Markdown table."""
    return str(text).replace("|", "\\|").replace("\n", " ").strip()


def row(cells: Sequence[object]) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cell(each) for each in cells)} |"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Return a table."""
    return [row(header), "|" + "---|" * len(header), *(row(each) for each in rows)]


# --- the data dictionary -----------------------------------------------------------------------------------


def own_apps() -> list[AppConfig]:
    """Return the project's apps that have models, those lowest in the layers first."""
    base = Path(settings.BASE_DIR)
    own = [
        config
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(base) and ".venv" not in Path(config.path).relative_to(base).parts
    ]
    return [config for config in own if any(config.get_models())]


def dictionary() -> dict[Path, str]:
    """Return the page of each app, and the page that leads to them."""
    pages = {}
    lines = [
        MADE,
        "",
        "# Data dictionary",
        "",
        "Every table of the portal, with its columns and the rules the database holds. How the tables work together is",
        "explained in [model.md](model.md).",
        "",
        "- `name` + `_ky _ru _en` stands for four columns: one for each language, which may be empty, and one without a suffix",
        "  that repeats one of them. Read and write those with a suffix.",
        "- `null`: the column may be empty. `→` names the table a column points to.",
        "- A rule shows the sentence that a refusal gives; where there is none, its condition.",
        "- Periods are half-open: `[from, to)`.",
        "",
    ]
    for config in own_apps():
        name = f"{config.label}.md"
        pages[DOCS / "data-dictionary" / name] = "\n".join(_app_page(config)) + "\n"
        lines += [f"## [{config.label}](data-dictionary/{name})", ""]
        lines += table(
            ["table", "what a row is"],
            [
                [
                    f"[`{model._meta.db_table}`](data-dictionary/{name}#{model._meta.db_table})",
                    first_line(model),
                ]
                for model in config.get_models()
            ],
        )
        lines.append("")
    return {DOCS / "data-dictionary.md": "\n".join(lines).rstrip() + "\n", **pages}


def first_line(thing: type) -> str:
    """Return the first paragraph of a docstring, in Markdown."""
    return " ".join((thing.__doc__ or "").strip().split("\n\n")[0].split()).replace("``", "`")


def _app_page(config: AppConfig) -> Iterator[str]:
    """The tables of one app."""
    rules = _sentences(config)
    yield from (MADE, "", f"# Tables of `{config.label}`", "", "[All tables](../data-dictionary.md)", "")
    for model in config.get_models():
        yield from (f"## {model._meta.db_table}", "", first_line(model), "")
        yield " · ".join(in_three_languages(model._meta.verbose_name))
        yield ""
        yield from table(
            ["column", "type", "English", "Kyrgyz", "Russian", "values"],
            [
                _column(model, field)
                for field in model._meta.local_concrete_fields
                if not _is_translation(field)
            ],
        )
        yield ""
        if kept := list(_constraints(model, rules)):
            yield from table(["rule", "sentence or condition"], kept)
            yield ""
    if rest := [[f"`{name}`", text] for name, text in rules.items()]:
        yield from ("## Rules over several rows", "")
        yield "Deferred triggers hold them, at the end of the transaction."
        yield ""
        yield from table(["rule", "sentence"], rest)
        yield ""


def _sentences(config: AppConfig) -> dict[str, str]:
    """The sentence of each rule that the app names in its ``errors`` module; those of this app are left in it."""
    found: dict[str, str] = {}
    for each in own_apps():
        if find_spec(f"{each.name}.errors"):
            found |= {name: str(text) for name, text in import_module(f"{each.name}.errors").RULES.items()}
    return {name: text for name, text in found.items() if name.startswith(f"{config.label}_")}


def _is_translation(field: models.Field[Any, Any]) -> bool:
    """Whether the column is one language of another column."""
    return isinstance(field, TranslationField)


def in_three_languages(text: Any) -> tuple[str, str, str]:
    """Return a label in English, Kyrgyz and Russian; dashes where it was never marked for translation."""
    if not isinstance(text, Promise):
        return (str(text), "–", "–")  # Django made it of the name in the code
    said = []
    for language in ("en", "ky", "ru"):
        with translation.override(language):
            said.append(str(text))
    return (said[0], said[1], said[2])


def _column(model: type[models.Model], field: models.Field[Any, Any]) -> list[str]:
    """One row of the table of columns."""
    languages = [
        each.name.removeprefix(field.name)
        for each in model._meta.local_concrete_fields
        if isinstance(each, TranslationField) and each.translated_field.name == field.name
    ]
    name = f"`{field.column}`" + (f" + `{' '.join(languages)}`" if languages else "")
    kind = str(field.db_type(connection)).replace("timestamp with time zone", "timestamptz")
    if isinstance(field, models.ForeignKey):
        kind += f" → {field.related_model._meta.db_table}"
    if field.primary_key:
        kind += ", key"
    elif field.null:
        kind += ", null"
    if field.unique and not field.primary_key:
        kind += ", unique"
    values = ", ".join(f"`{value}`" for value, _label in field.flatchoices)
    said: Any = field.verbose_name
    if not isinstance(said, Promise) and isinstance(field, models.ForeignKey):
        target = field.related_model._meta.verbose_name
        said = target if str(target) == said else said
    return [name, kind, *in_three_languages(said), values]


def _constraints(model: type[models.Model], rules: dict[str, str]) -> Iterator[list[str]]:
    """The rules on the rows of one table; takes their sentences out of ``rules``."""
    for constraint in model._meta.constraints:
        name = str(constraint.name)
        sentence = rules.pop(name, "")
        standard = constraint.default_violation_error_message
        if not sentence and str(constraint.violation_error_message) != str(standard):
            sentence = str(constraint.violation_error_message)
        yield [f"`{name}`", sentence or f"`{_condition(model, constraint)}`"]


def _condition(model: type[models.Model], constraint: models.BaseConstraint) -> str:
    """The condition as PostgreSQL reads it, without the names of rule and table."""
    with connection.schema_editor(collect_sql=True) as editor:
        text = str(constraint.create_sql(model, editor) or "")
    text = text.replace(f'"{model._meta.db_table}".', "").replace('"', "").rstrip(";")
    if isinstance(constraint, models.UniqueConstraint):
        return re.sub(r"^.*?(UNIQUE INDEX \S+ ON \S+ |UNIQUE )", "unique ", text)
    if isinstance(constraint, ExclusionConstraint):
        return "exclude" + text.partition("EXCLUDE")[2]
    return _bare(text.partition("CHECK ")[2].strip())


def _bare(text: str) -> str:
    """The text without the brackets around all of it."""
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for place, character in enumerate(text):
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth == 0 and place < len(text) - 1:
                return text
        text = text[1:-1]
    return text


# --- the tables of docs/api.md -----------------------------------------------------------------------------


def api_guide() -> str:
    """Return ``docs/api.md`` with its generated parts made anew; what stands around them is written by hand."""
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    for part, lines in (("shared", _shared_table()), ("filters", _filter_tables())):
        begin, end = BEGIN.format(part), END.format(part)
        before, found, rest = text.partition(begin)
        _old, closed, after = rest.partition(end)
        if not (found and closed):
            raise CommandError(f"docs/api.md must hold the lines {begin} and {end}.")
        text = f"{before}{begin}\n\n" + "\n".join(lines) + f"\n\n{end}{after}"
    return text


def resources() -> dict[str, type[Any]]:
    """Return the views of the interface by address, ``{id}`` standing for what an address takes."""
    return dict(sorted(_walk(get_resolver().url_patterns), key=lambda found: found[0]))


def _walk(patterns: Sequence[Any], prefix: str = "") -> Iterator[tuple[str, type[Any]]]:
    """Every address below ``API`` with the class of its view."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if path.startswith(API[: len(path)]):
                yield from _walk(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and path.startswith(API):
            view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
            if view is not None:
                yield re.sub(r"<(?:\w+:)?(\w+)>", _place, path.removeprefix(API)), view


def _place(match: re.Match[str]) -> str:
    """The name of a variable part of an address."""
    return "{id}" if match.group(1) in ("pk", "token_id") else f"{{{match.group(1)}}}"


def _values(param: Param) -> str:
    """What a parameter takes."""
    if param.kind == "choice":
        text = ", ".join(f"`{choice}`" for choice in param.choices)
    elif param.kind == "int":
        text = f"{param.minimum} to {param.maximum}"
    else:
        text = {
            "date": "day",
            "datetime": "moment",
            "uuid": "identifier",
            "unit": "identifier or code",
            "bool": "`true`, `false`",
            "text": f"text, at most {param.max_length} characters",
        }[param.kind]
    return text + (" – several, by commas" if param.many else "")


def _remarks(param: Param) -> str:
    """What a parameter means, and whether it must be given."""
    default = param.default
    if param.required:
        extra = " Required."
    elif default is None or callable(default):
        extra = ""
    else:
        extra = f" Default `{str(default).lower() if isinstance(default, bool) else default}`."
    return f"{param.description}{extra}"


def _shared_table() -> list[str]:
    """The parameters that many lists take."""
    kinds = {"ordering": "keys of the list, by commas", "fields": "fields of the list, by commas"}
    return table(
        ["parameter", "values", "meaning"],
        [[f"`{name}`", kinds.get(name) or _values(param), _remarks(param)] for name, param in SHARED.items()],
    )


def _filter_tables() -> list[str]:
    """For each read what it is, which shared parameters it takes, and those of its own."""
    lines: list[str] = []
    for path, view in resources().items():
        if not issubclass(view, ReadView):
            continue
        params = view.table.params
        own = [
            param
            for name, param in params.items()
            if name not in SHARED or (name == "at" and param is not AT)
        ]
        lines += [f"#### `{path or f'/{API}'}`", "", first_line(view), ""]
        if facts := _facts(view):
            lines += [facts, ""]
        if own:
            lines += table(
                ["parameter", "values", "meaning"],
                [[f"`{param.name}`", _values(param), _remarks(param)] for param in own],
            )
            lines.append("")
    return lines[:-1]


def _facts(view: type[ReadView]) -> str:
    """What a list is ordered by, which shared parameters a read takes, and its formats."""
    params = view.table.params
    facts = []
    if issubclass(view, SqlListView):
        facts.append(f"A list, ordered by `{','.join(view.default_ordering)}`.")
        facts.append(f"`ordering` takes {', '.join(f'`{key}`' for key in view.keys)}.")
    shared = [f"`{name}`" for name in ("at", "updated_since") if params.get(name) in (AT, UPDATED_SINCE)]
    if shared:
        facts.append(f"Takes {' and '.join(shared)}.")
    if view.formats != ("json",):
        facts.append(f"{', '.join(view.formats).upper()}.")
    return " ".join(facts)
