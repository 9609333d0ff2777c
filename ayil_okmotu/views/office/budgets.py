"""Local budgets typed in by the municipality: plan and actual of each line, stored as reported."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import budgets, office_queries, services
from ayil_okmotu.budget_sheet import BudgetForm, shown
from ayil_okmotu.models import BudgetItem, LocalBudget
from ayil_okmotu.views.office.base import OfficePage, RecordPage, ShowPage
from councils.services.locking import locked
from lsg_portal.web import addresses
from lsg_portal.web.shell import Crumb
from registry.errors import StateConflict, Violation
from registry.models import Unit


class BudgetSheet(RecordPage):
    """The form of a budget."""

    template_name = "ayil_okmotu/office/budget_form.html"
    form_class = BudgetForm
    submit = gettext_lazy("Save the budget")

    def admit(self) -> None:
        """Let in who keeps the budgets of the municipality."""
        if not self.request.user.has_perm("ayil_okmotu.keep_budget", self.body.unit_id):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the lines of the classification."""
        return {**super().get_form_kwargs(), "items": self.items}

    @cached_property
    def items(self) -> list[BudgetItem]:
        """The lines of the classification in their order."""
        return list(BudgetItem.objects.order_by("order", "code"))

    @property
    def unit(self) -> Unit:
        """The municipality."""
        return Unit(pk=self.body.unit_id)

    def refuse(self, form: Any, error: Any) -> Any:
        """Show a refusal of an amount at its field."""
        for violation in error.violations:
            steps = violation.pointer.strip("/").split("/")
            name = f"{steps[2]}-{steps[1]}" if len(steps) == 3 and steps[0] == "lines" else steps[0]
            form.add_error(name if name in form.fields else None, str(violation.message))
        return self.form_invalid(form, error.problem_status)


class NewBudget(BudgetSheet):
    """The budget of another year."""

    title = gettext_lazy("Enter a budget")
    done = gettext_lazy("The budget is on record.")

    def get_initial(self) -> dict[str, Any]:
        """Propose the last full year."""
        return {"year": self.request.today.year - 1, **super().get_initial()}

    @transaction.atomic
    def act(self, form: BudgetForm) -> str:
        """Record it, unless the year is on record."""
        data = form.cleaned_data
        locked(self.body)
        if LocalBudget.objects.filter(unit=self.unit, year=data["year"]).exists():
            words = _("The budget of this year is already on record: correct it there.")
            raise StateConflict(Violation("already_recorded", words, "/year"))
        made = services.write_budget(
            unit=self.unit, year=data["year"], label=data["label"], lines=form.lines()
        )
        return addresses.page(self.request, "my-budget", self.body.pk, made.pk)


class OfBudget(OfficePage):
    """A page about one budget of the municipality."""

    record_name = "budget"

    @cached_property
    def budget(self) -> LocalBudget:
        """The budget; Http404 where the municipality has none of that name."""
        found = office_queries.budget(self.kwargs["pk"])
        if found is None or found.unit_id != self.body.unit_id:
            found = None
        kept: LocalBudget = self.found(found)
        return kept

    @property
    def name(self) -> str:
        """What the budget is called."""
        return _("Budget of %(year)s") % {"year": self.budget.year}

    @property
    def back(self) -> str:
        """The page of the budget."""
        return addresses.page(self.request, "my-budget", self.body.pk, self.budget.pk)


class BudgetPage(OfBudget, ShowPage):
    """A budget as reported, with what does not fit together."""

    template_name = "ayil_okmotu/office/budget.html"

    def get_title(self) -> str:
        """Name the year."""
        return self.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather lines and findings."""
        lines = sorted(self.budget.lines.all(), key=lambda line: (line.item.order, line.item.code))
        return super().get_context_data(
            budget=self.budget,
            lines=lines,
            findings=budgets.findings([self.budget.pk])[self.budget.pk],
            budget_url=addresses.optional("local-budget", self.body.unit_id),
            **kwargs,
        )


class EditBudget(OfBudget, BudgetSheet):
    """A budget, corrected."""

    title = gettext_lazy("Correct the budget")
    done = gettext_lazy("The budget is corrected.")

    @property
    def record(self) -> Any:
        """The budget."""
        return self.budget

    def stored(self, record: Any) -> dict[str, Any]:
        """Show its lines."""
        return shown(record)

    def fit(self, form: Any) -> None:
        """Leave out the year, which stays."""
        form.fields.pop("year", None)

    def get_crumbs(self) -> Any:
        """Lead back to the budget."""
        return [*super().get_crumbs(), Crumb(self.name, self.back)]

    def act(self, form: BudgetForm) -> None:
        """Correct it; where it comes from stays."""
        found = self.budget
        services.write_budget(
            unit=self.unit,
            year=found.year,
            label=form.cleaned_data["label"],
            lines=form.lines(line.item.code for line in found.lines.all()),
            expected_version=form.expected_version,
            provenance=found.provenance,
            source=found.source,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which year."""
        facts = [(_("Year"), str(self.budget.year)), (_("Municipality"), self.body_name)]
        return super().get_context_data(facts=facts, **kwargs)
