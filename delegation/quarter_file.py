"""A file of one quarter's reports: its columns, and what is said of its rows.

Every row is one transfer in one quarter. The transfer is named by its identifier; municipality and power stand beside it for
people and are not read. An empty cell leaves what stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from delegation.errors import RULES
from delegation.models import Performance
from lsg_portal.data.uploads import UploadColumn
from registry.names import fold

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

AMOUNTS = ("need", "planned", "received", "spent")
PERFORMED = ("result", "volume", "volume_unit", "obstacle")
COLUMNS = (
    UploadColumn("transfer", ("Өткөрүп берүүнүн идентификатору", "Идентификатор передачи", "Transfer"), filled=True, longest=40),
    UploadColumn("unit", ("Муниципалитет", "Муниципалитет", "Municipality"), required=False),
    UploadColumn("power", ("Мамлекеттик ыйгарым укук", "Государственное полномочие", "State power"), required=False),
    UploadColumn("year", ("Жыл", "Год", "Year"), "integer", filled=True),
    UploadColumn("quarter", ("Квартал", "Квартал", "Quarter"), "integer", filled=True),
    UploadColumn("need", ("Ченемдик муктаждык", "Нормативная потребность", "Normative need"), "number", required=False),
    UploadColumn("planned", ("Пландалган", "Запланировано", "Planned"), "number", required=False),
    UploadColumn("received", ("Алынган", "Получено", "Received"), "number", required=False),
    UploadColumn("spent", ("Жумшалган", "Израсходовано", "Spent"), "number", required=False),
    UploadColumn("material", ("Алынган материалдык каражаттар", "Полученные материальные средства",
                              "Material means received"), required=False, longest=500),
    UploadColumn("result", ("Натыйжа", "Результат", "Result"), required=False, longest=60),
    UploadColumn("volume", ("Көлөмү", "Объём", "Volume"), "number", required=False),
    UploadColumn("volume_unit", ("Өлчөө бирдиги", "Единица измерения", "Unit of measure"), required=False, longest=60),
    UploadColumn("obstacle", ("Тоскоолдук", "Препятствие", "Obstacle"), required=False, longest=1000),
)  # fmt: skip
"""The columns; their headings are read in Kyrgyz and Russian, and by their names here. Amounts are in thousand som."""

SENTENCES: dict[str, _StrPromise] = {
    "unknown_transfer": _("There is no transfer «%(value)s»."),
    "not_your_unit": _("The file may hold the transfers of your own municipality alone."),
    "row_twice": _("This transfer and quarter stand in row %(row)s already."),
    "too_precise": _("An amount has at most two decimals."),
    "not_a_result": _("«%(value)s» is no result of a performance."),
    "result_missing": _("Say whether the power was performed: fully, partly or not."),
    **RULES,
}
"""What is said of a row, by code."""


def heading(column: UploadColumn, language: str) -> str:
    """Return the heading of a column in a language."""
    return str(column.headings[{"ky": 0, "ru": 1}.get(language, 2)])


def results() -> dict[str, str]:
    """Return the results of a performance by their codes and by their words in every language."""
    found = {fold(str(code)): str(code) for code in Performance.Result.values}
    for language in ("ky", "ru", "en"):
        with translation.override(language):
            found |= {fold(str(one.label)): str(one.value) for one in Performance.Result}
    return found
