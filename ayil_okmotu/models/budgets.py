"""What a municipality planned, earned and spent, as it was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Recorded, Unit

LARGEST = 1_000_000
"""Million som; the whole state budget is below it."""


def _bounded(field: str) -> Q:
    """A reported amount: between −1,000,000 and 1,000,000 million som, never NaN or infinite."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": -LARGEST, f"{field}__lte": LARGEST})


class BudgetItem(Recorded):
    """A line of the classification: a source of revenue, a group of expenditure, or a total the report gives."""

    class Side(models.TextChoices):
        OWN_REVENUE = "own_revenue", _("own revenue")
        TRANSFER = "transfer", _("transfers from the republican budget")
        EXPENDITURE = "expenditure", _("expenditure")
        TOTAL = "total", _("total as reported")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    side = models.CharField(_("side"), max_length=11, choices=Side)
    name = models.CharField(_("name"), max_length=200)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("line of the budget classification")
        verbose_name_plural = _("budget classification")
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="ayil_okmotu_budgetitem_side",
                condition=Q(side__in=["own_revenue", "transfer", "expenditure", "total"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)


class LocalBudget(Recorded):
    """The local budget of a unit for a year; of an oblast or a district, the sum of local budgets a source printed.

    ``label`` is what the source called the period, where it named no year ("before 2023").
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="budgets", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(_("year"))
    label = models.CharField(_("period as the source names it"), max_length=60, blank=True, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("local budget")
        verbose_name_plural = _("local budgets")
        constraints = [
            models.UniqueConstraint(name="ayil_okmotu_localbudget_once", fields=["unit", "year"]),
            models.CheckConstraint(
                name="ayil_okmotu_localbudget_year", condition=Q(year__range=(1991, 2100))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year}"


class BudgetLine(Recorded):
    """Plan and actual of one line in million som, stored as reported; what could not be read keeps its text.

    Nothing is corrected: what does not add up is flagged where it is shown (``ayil_okmotu.budgets``).
    """

    budget = models.ForeignKey(
        LocalBudget, on_delete=models.PROTECT, related_name="lines", verbose_name=_("local budget")
    )
    item = models.ForeignKey(
        BudgetItem, on_delete=models.PROTECT, related_name="lines", verbose_name=_("line")
    )
    plan = models.DecimalField(_("plan"), max_digits=14, decimal_places=4, null=True, blank=True)
    actual = models.DecimalField(_("actual"), max_digits=14, decimal_places=4, null=True, blank=True)
    plan_as_printed = models.CharField(_("plan as printed"), max_length=60, blank=True, default="")
    actual_as_printed = models.CharField(_("actual as printed"), max_length=60, blank=True, default="")
    """Only where the text of the source is no number."""

    class Meta(Recorded.Meta):
        verbose_name = _("line of a local budget")
        verbose_name_plural = _("lines of local budgets")
        constraints = [
            models.UniqueConstraint(name="ayil_okmotu_budgetline_once", fields=["budget", "item"]),
            models.CheckConstraint(
                name="ayil_okmotu_budgetline_bounds", condition=_bounded("plan") & _bounded("actual")
            ),
            models.CheckConstraint(
                name="ayil_okmotu_budgetline_printed_or_read",
                condition=(Q(plan__isnull=True) | Q(plan_as_printed=""))
                & (Q(actual__isnull=True) | Q(actual_as_printed="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} {self.item_id}"
