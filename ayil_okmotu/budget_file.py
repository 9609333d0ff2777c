"""A file of local budgets: its columns, and what is said of its rows.

Every row is one line of one unit's budget for a year. The unit is named by its code (SOATE) or its identifier, the
line by its code or its name. An empty amount leaves what stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from ayil_okmotu.record_errors import RULES
from lsg_portal.data.uploads import UploadColumn

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS = (
    UploadColumn("unit", ("Бирдиктин коду", "Код единицы", "СОАТЕ", "Unit code"), filled=True, longest=40),
    UploadColumn("year", ("Жыл", "Год", "Year"), "integer", filled=True),
    UploadColumn("line", ("Бюджеттин сабы", "Строка бюджета", "Budget line"), filled=True, longest=200),
    UploadColumn("plan", ("План", "Plan"), required=False, longest=60),
    UploadColumn("actual", ("Аткарылышы", "Исполнение", "Факт", "Actual"), required=False, longest=60),
)
"""The columns; their headings are read in Kyrgyz and Russian, and by their names here. Amounts are in million som."""

SENTENCES: dict[str, _StrPromise] = {
    "unknown_unit": _("No unit bore the code «%(value)s» in %(year)s."),
    "not_your_unit": _("The file may hold the budget of your own municipality alone."),
    "not_a_line": _("«%(value)s» is no line of the budget classification."),
    "line_twice": _("The line of this unit and year stands in row %(row)s already."),
    "unreadable": _("«%(value)s» cannot be read as a number."),
    **RULES,
}
"""What is said of a row, by code."""
