"""The form with a line for each item of the budget classification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu.models import BudgetItem, BudgetLine, LocalBudget
from ayil_okmotu.services import Amounts, read_figure
from lsg_portal.web import display
from lsg_portal.web.forms import Line, VersionedForm, Whole

COLUMNS = ("plan", "actual")
LONGEST_FIGURE = 60


class Figure(forms.CharField):
    """An amount as it is typed; what it says is read by the form."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for their number pad."""
        return {"inputmode": "decimal", "autocomplete": "off", "size": "12"}


class BudgetForm(VersionedForm):
    """Plan and actual of each line, in million som; a text that is no number is kept only where that is asked."""

    year = Whole(label=gettext_lazy("Year"), least=1991, most=2100)
    label = Line(
        label=gettext_lazy("Period as the source names it"),
        max_length=60,
        help_text=gettext_lazy("Only where the source names no year."),
    )
    as_printed = forms.BooleanField(
        label=gettext_lazy("Keep figures that cannot be read as they are printed"), required=False
    )

    def __init__(self, *args: Any, items: Iterable[BudgetItem] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        words = {"plan": _("plan"), "actual": _("actual")}
        for item in self.items:
            for column in COLUMNS:
                self.fields[f"{column}-{item.code}"] = Figure(
                    label=f"{display.name(item)}, {words[column]}", max_length=LONGEST_FIGURE, required=False
                )

    @property
    def sections(self) -> list[tuple[str, list[tuple[str, forms.BoundField, forms.BoundField]]]]:
        """The lines under the side of the budget they belong to."""
        found: dict[str, list[tuple[str, forms.BoundField, forms.BoundField]]] = {}
        for item in self.items:
            line = (display.name(item), self[f"plan-{item.code}"], self[f"actual-{item.code}"])
            found.setdefault(item.get_side_display(), []).append(line)
        return list(found.items())

    def clean(self) -> dict[str, Any]:
        """Read the figures; a text that is no number is refused unless it is to be kept."""
        data = super().clean() or {}
        for item in self.items:
            for column in COLUMNS:
                name = f"{column}-{item.code}"
                number, printed = read_figure(data.get(name) or "")
                data[f"{column}_of_{item.code}"] = (number, printed)
                if printed and not data.get("as_printed"):
                    words = _("«%(text)s» is no number. Mend it, or tick that it is kept as printed.")
                    self.add_error(name, words % {"text": printed})
        return data

    def lines(self, known: Iterable[str] = ()) -> dict[str, Amounts]:
        """Return the lines that say something, and those that did before."""
        before, found = set(known), {}
        for item in self.items:
            plan, plan_printed = self.cleaned_data[f"plan_of_{item.code}"]
            actual, actual_printed = self.cleaned_data[f"actual_of_{item.code}"]
            amounts = Amounts(plan, actual, plan_printed, actual_printed)
            if amounts != Amounts() or item.code in before:
                found[item.code] = amounts
        return found


def shown(budget: LocalBudget) -> dict[str, Any]:
    """Return what the form of a budget shows: its lines as numbers, or as they are printed."""
    lines: Mapping[str, BudgetLine] = {line.item.code: line for line in budget.lines.all()}
    found: dict[str, Any] = {"label": budget.label}
    for code, line in lines.items():
        for column in COLUMNS:
            value, printed = getattr(line, column), getattr(line, f"{column}_as_printed")
            found[f"{column}-{code}"] = printed or (
                display.number(value.normalize()) if value is not None else ""
            )
    found["as_printed"] = any(line.plan_as_printed or line.actual_as_printed for line in lines.values())
    return found
