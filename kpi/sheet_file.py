"""A file of a report's values: its columns, what its version cell says, and what is said of its rows.

Every row is one indicator of one report. What the report and the indicator are called stands beside them for people and
is not read. An empty cell leaves what is on record. The version cell names the version of the value that went out, and
how its row looked then: a row left as it was is left alone, whatever has been entered meanwhile.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kpi import reading
from kpi.entry_forms import KINDS
from kpi.errors import FIGURE_AND_NONE, RULES
from kpi.models import Value, ValueStatus
from lsg_portal.data.uploads import UploadColumn
from registry.names import clean, fold

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

AMOUNTS = ("number", "numerator", "denominator")
COLUMNS = (
    UploadColumn("category", ("Категория", "Категория", "Category"), required=False),
    UploadColumn("name", ("Көрсөткүчтүн аталышы", "Наименование показателя", "Name of the indicator"), required=False),
    UploadColumn("what", ("Эмнени жазуу керек", "Что вносить", "What to enter"), required=False),
    UploadColumn("last", ("Мурунку кварталда", "В предыдущем квартале", "In the quarter before"), required=False),
    UploadColumn("number", ("Сан", "Число", "Figure"), "figure", required=False),
    UploadColumn("numerator", ("А: алымы", "А: числитель", "A: numerator"), "figure", required=False),
    UploadColumn("denominator", ("Б: бөлүмү", "Б: знаменатель", "B: denominator"), "figure", required=False),
    UploadColumn("status", ("Маанинин абалы", "Состояние значения", "State of the figure"), required=False, longest=100),
    UploadColumn("note", ("Эскертүү", "Примечание", "Note"), required=False),
    UploadColumn("indicator", ("Көрсөткүчтүн коду", "Код показателя", "Indicator code"), filled=True, longest=40),
    UploadColumn("version", ("Версия", "Версия", "Version"), filled=True, longest=40),
    UploadColumn("report", ("Отчеттун идентификатору", "Идентификатор отчёта", "Report"), filled=True, longest=40),
)  # fmt: skip
"""The columns; their headings are read in Kyrgyz, Russian and English, and by their names here."""

SENTENCES: dict[str, _StrPromise] = {
    "unknown_report": _("There is no report «%(value)s»."),
    "other_report": _("The row is of another report than the one this file is sent for."),
    "unknown_indicator": _("The report has no indicator «%(value)s»."),
    "row_twice": _("This indicator of the report stands in row %(row)s already."),
    "not_a_version": _("«%(value)s» is no version: take the workbook anew and leave this cell as it is."),
    "not_a_status": _("«%(value)s» is no state of a value. Choose one of the list in the cell."),
    "figure_missing": _("Enter the figure, or choose why there is none."),
    "figure_and_none": FIGURE_AND_NONE,
    "stale": _("Somebody else has changed this value since the workbook was made."),
    **RULES,
}
"""What is said of a row, by code."""

_VERSION = re.compile(r"v?([0-9]{1,9})(?: ([0-9a-f]{8}))?", re.ASCII)


def heading(column: UploadColumn, language: str) -> str:
    """Return the heading of a column in a language."""
    return str(column.headings[{"ky": 0, "ru": 1}.get(language, 2)])


def statuses() -> dict[str, str]:
    """Return the states of a value by their codes and by their words in every language."""
    found = {fold(str(code)): str(code) for code in ValueStatus.values}
    for language in ("ky", "ru", "en"):
        with translation.override(language):
            found |= {fold(str(word)): str(code) for code, word in (*ValueStatus.choices, *KINDS)}
    return found


def status_word(code: str) -> str:
    """Return a state as whoever enters it chooses it; empty while there is none."""
    return str(dict(KINDS)[ValueStatus(code)]) if code else ""


def of_record(value: Value) -> dict[str, Any]:
    """Return what is on record of a value, by column; None where there is nothing."""
    found: dict[str, Any] = {}
    for name in AMOUNTS:
        amount = getattr(value, name)
        found[name] = None if amount is None else reading.plain(amount)
    return {**found, "status": value.status or None, "note": value.note or None}


def mark(said: Mapping[str, Any]) -> str:
    """Return what tells whether a row still says what it said when it went out, however it is written."""
    texts = [_text(said[name]) for name in (*AMOUNTS, "status", "note")]
    return hashlib.sha256(repr(texts).encode()).hexdigest()[:8]


def _text(said: Any) -> str:
    return f"{reading.plain(said):f}" if isinstance(said, Decimal) else clean(said or "")


def version_cell(value: Value) -> str:
    """Return what the version cell of a value holds."""
    return f"v{value.version} {mark(of_record(value))}"


def version_of(text: str) -> tuple[int, str] | None:
    """Return the version of a cell and the mark of its row, if it has one; None where it is no version."""
    found = _VERSION.fullmatch(text.strip())
    return (int(found[1]), found[2] or "") if found else None
