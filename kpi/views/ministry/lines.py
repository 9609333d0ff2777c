"""The lines of a draft: categories, indicators, bands and peer groups, added, changed, taken out."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import services
from kpi.methodology_forms import BandForm, CategoryForm, GroupForm, IndicatorForm
from kpi.ministry_forms import NoForm
from kpi.models import Category, Measure, Methodology
from kpi.page_queries import editor as reads
from kpi.views.ministry.methodology import MethodologyForms
from lsg_portal.web import display
from registry import titles

KINDS = {
    "categories": reads.category,
    "indicators": reads.indicator,
    "bands": reads.band,
    "groups": reads.group,
}


def _shown(value: Any) -> Any:
    """Return a stored value as a form begins with it: without the zeros that its column adds."""
    if isinstance(value, Decimal):
        return value.normalize()
    return "" if value is None else value


class LineForms(MethodologyForms):
    """A form about a line of a draft; the version that counts is that of the draft."""

    done = gettext_lazy("The draft is changed.")
    pointers = {"name": "name_ky", "unit_of_measure": "unit_of_measure_ky"}
    fixed: ClassVar[tuple[str, ...]] = ("code",)
    """Fields that are asked for a new line alone."""

    @property
    def line(self) -> Any:
        """The line; None for a new one."""
        return None

    def stored(self, record: Methodology) -> dict[str, Any]:
        """Begin with the line."""
        if self.line is None:
            return {}
        names = [name for name in self.form_class.base_fields if name not in ("version", *self.fixed)]
        found = {name: getattr(self.line, name) for name in names if hasattr(self.line, name)}
        return {name: _shown(value) for name, value in found.items()}

    def fit(self, form: Any) -> None:
        """Leave out what stays."""
        if self.line is not None:
            for name in self.fixed:
                form.fields.pop(name, None)

    def get_title(self) -> str:
        """Name the line."""
        if self.line is None:
            return str(self.title)
        return titles.capital(display.name(self.line))


class OfLine(LineForms):
    """A form about a line that there is."""

    kind = ""

    @cached_property
    def line(self) -> Any:
        """The line; Http404 where there is none."""
        return self.found(KINDS[self.kind or self.kwargs["kind"]](self.kwargs["pk"]))

    @cached_property
    def methodology(self) -> Methodology:
        """Its methodology, as it is now."""
        line = self.line
        owner = line.category if hasattr(line, "category") else line
        found: Methodology = self.found(reads.methodology(owner.methodology_id))
        return found


class NewCategory(LineForms):
    """A category."""

    title = gettext_lazy("Add a category")
    form_class = CategoryForm

    def act(self, form: Any) -> None:
        """Write it."""
        services.write_category(
            methodology=self.methodology,
            category=self.line,
            expected_version=form.expected_version,
            **form.values,
        )


class EditCategory(OfLine, NewCategory):
    """A category, changed."""

    kind = "categories"


class NewIndicator(LineForms):
    """An indicator of a category."""

    title = gettext_lazy("Add an indicator")
    form_class = IndicatorForm
    fixed = ("measure", "new_measure")

    @cached_property
    def category(self) -> Category:
        """The category; Http404 where there is none."""
        found: Category = self.found(reads.category(self.kwargs["pk"]))
        return found

    @cached_property
    def methodology(self) -> Methodology:
        """The methodology of the category, as it is now."""
        found: Methodology = self.found(reads.methodology(self.category.methodology_id))
        return found

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the measures that the draft does not use."""
        offered = [(str(row.pk), row.code) for row in reads.unused_measures(self.methodology)]
        return {**super().get_form_kwargs(), "measures": offered}

    @transaction.atomic
    def act(self, form: Any) -> None:
        """Write it, with its measure where no version has had it yet."""
        given = form.values
        texts = {name: given.pop(name) for name in form.texts if name != "name"}
        chosen, code = given.pop("measure"), given.pop("new_measure")
        measure = (
            Measure.objects.get(pk=int(chosen))
            if chosen
            else services.enter_measure(subject=self.methodology.subject, code=code)
        )
        services.write_indicator(
            category=self.category,
            measure=measure,
            texts=texts,
            expected_version=form.expected_version,
            **given,
        )


class EditIndicator(OfLine, LineForms):
    """An indicator, changed."""

    kind = "indicators"
    form_class = IndicatorForm
    fixed = ("measure", "new_measure")

    def act(self, form: Any) -> None:
        """Write it."""
        given = form.values
        texts = {name: given.pop(name) for name in form.texts if name != "name"}
        services.write_indicator(
            category=self.line.category,
            indicator=self.line,
            texts=texts,
            expected_version=form.expected_version,
            **given,
        )


class NewBand(LineForms):
    """A band of totals."""

    title = gettext_lazy("Add a band")
    form_class = BandForm
    fixed = ()

    def act(self, form: Any) -> None:
        """Write it."""
        services.write_band(
            methodology=self.methodology,
            band=self.line,
            expected_version=form.expected_version,
            **form.values,
        )


class EditBand(OfLine, NewBand):
    """A band, changed."""

    kind = "bands"


class NewGroup(LineForms):
    """A peer group."""

    title = gettext_lazy("Add a peer group")
    form_class = GroupForm
    fixed = ()

    def act(self, form: Any) -> None:
        """Write it."""
        services.write_peer_group(
            methodology=self.methodology,
            group=self.line,
            expected_version=form.expected_version,
            **form.values,
        )


class EditGroup(OfLine, NewGroup):
    """A peer group, changed."""

    kind = "groups"


class RemoveLine(OfLine):
    """A line taken out of a draft."""

    title = gettext_lazy("Take the line out")
    form_class = NoForm
    submit = gettext_lazy("Take out")
    danger = True
    done = gettext_lazy("The line is taken out.")

    def admit(self) -> None:
        """Know the kinds of lines."""
        super().admit()
        if self.kwargs["kind"] not in KINDS:
            raise Http404

    def get_title(self) -> str:
        """Name the step."""
        return str(self.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which; a category goes with its indicators."""
        facts = [(_("Line"), titles.capital(display.name(self.line)))]
        if self.kwargs["kind"] == "categories":
            facts.append((_("With it"), _("every indicator of the category")))
        return super().get_context_data(**{"facts": facts, **kwargs})

    def act(self, form: Any) -> None:
        """Take it out."""
        services.remove_line(line=self.line, expected_version=form.expected_version, at=self.now)
