"""Thresholds and weights of a draft in one form, with what they would have done to the last quarter's scores."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kpi import preview, scoring, services, wording
from kpi.errors import conflict
from kpi.methodology_forms import GRID, WeightsForm
from kpi.models import Band, Indicator, ScoreRun, Subject
from kpi.page_queries import editor as reads
from kpi.page_queries.units import named
from kpi.services.runs import rule_of
from kpi.views.ministry.methodology import WHOLE, MethodologyForms, OfMethodology
from kpi.views.ministry.runs import run_name
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.queries import Row

SHOWN = 25
"""Municipalities shown beside the form: those whose totals would change most."""


class WithEffect(OfMethodology):
    """A page that says what a draft would do to the last quarter that was published."""

    @cached_property
    def run(self) -> ScoreRun | None:
        """The run of that quarter; None before anything was published."""
        return preview.last_run(self.methodology.subject)

    def rules(self) -> Mapping[int, scoring.Rule] | None:
        """Return rules in the place of those on file; None for those."""
        return None

    @cached_property
    def effects(self) -> list[preview.Effect]:
        """What the draft would do to each report."""
        return preview.effects(self.run, self.methodology, self.rules()) if self.run else []

    @property
    def is_private(self) -> bool:
        """Whether the scores are those of employees, which are added up alone."""
        return self.methodology.subject == Subject.EMPLOYEE

    def rows(self, most: int | None = None) -> list[Row]:
        """Return a row for each municipality, those that would change most first."""
        if self.run is None or self.is_private:
            return []
        ordered = sorted(
            self.effects, key=lambda one: (one.change is None, -abs(one.change or Decimal(0)), str(one.unit))
        )[:most]
        names = named([one.unit for one in ordered], self.run.period.last_day)
        return [_row(one, names.get(one.unit, {})) for one in ordered if one.unit in names]

    def effect_words(self) -> dict[str, Any]:
        """Return what the page says of the effect, added up."""
        if self.run is None:
            return {"effect": None}
        found = preview.summary(self.effects)
        bands = {
            band.code: band for band in [*reads.bands(self.run.methodology), *reads.bands(self.methodology)]
        }
        return {
            "effect": found,
            "effect_run": run_name(self.run),
            "moves": _moves(found.moves, bands),
        }


def _row(one: preview.Effect, unit: Row) -> Row:
    return {
        **unit,
        "id": one.unit,
        "title": titles.full_name(unit),
        "change_text": display.number(one.change, 2, signed=True),
        "before": scoring.said(one.before.total),
        "after": scoring.said(one.after.total),
        "change": one.change,
        "band_before": _band(one.before.band),
        "band_after": _band(one.after.band),
        "rank_before": one.before.rank,
        "rank_after": one.after.rank,
        "climbs": one.climbs,
    }


def _band(band: Band | None) -> str:
    return titles.capital(display.name(band)) if band else ""


def _moves(moves: Mapping[tuple[str, str], int], bands: Mapping[str, Band]) -> list[dict[str, Any]]:
    """Return how many would go from which band to which other, the greatest move first."""
    found = [
        {
            "before": _band(bands.get(before)) or _("no total"),
            "after": _band(bands.get(after)) or _("no total"),
            "count": count,
        }
        for (before, after), count in sorted(moves.items(), key=lambda item: (-item[1], item[0]))
        if before != after
    ]
    return found


class Weights(WithEffect, MethodologyForms):
    """The form; one button saves, the other shows what the figures typed would do, and saves nothing."""

    template_name = "kpi/ministry/weights.html"
    title = gettext_lazy("Thresholds and weights")
    form_class = WeightsForm
    done = gettext_lazy("Thresholds and weights are saved.")
    typed: Mapping[int, scoring.Rule] | None = None

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The indicators in their order."""
        return services.indicators_of(self.methodology)

    def stored(self, record: Any) -> dict[str, Any]:
        """Return thresholds and weights as they are on file."""
        return {
            WeightsForm.field_of(indicator, name): getattr(indicator, name).normalize()
            for indicator in self.indicators
            for name in GRID
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for the figures of every indicator."""
        return {**super().get_form_kwargs(), "indicators": self.indicators}

    def rules(self) -> Mapping[int, scoring.Rule] | None:
        """Return the rules that were typed, where they are to be looked at only."""
        return self.typed

    def form_valid(self, form: Any) -> Any:
        """Save the figures, or show what they would do."""
        if "preview" not in self.request.POST:
            return super().form_valid(form)
        self.typed = {one.measure_id: replace(rule_of(one), **form.figures(one)) for one in self.indicators}
        return self.render_to_response(self.get_context_data(form=form, previewed=True))

    @transaction.atomic
    def act(self, form: Any) -> str:
        """Write what differs; the first line looks whether the draft is as it was read."""
        if not self.is_draft:
            conflict(
                "kpi_methodology_frozen", _("What has been active cannot be changed; draft a new version.")
            )
        version: int | None = form.expected_version
        services.change_methodology(methodology=self.methodology, expected_version=version)
        for indicator in self.indicators:
            figures = form.figures(indicator)
            if any(getattr(indicator, name) != figure for name, figure in figures.items()):
                services.write_indicator(category=indicator.category, indicator=indicator, **figures)
        return self.request.path

    def conflict(self, form: Any, error: Any) -> HttpResponse:
        """Read the lines again too."""
        self.__dict__.pop("indicators", None)
        return super().conflict(form, error)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Lay the grid out, and add up what the figures would do."""
        form = kwargs.pop("form", None) or self.get_form()
        return super().get_context_data(
            form=form,
            groups=self._grid(form),
            total=self._total(form),
            whole=WHOLE,
            is_draft=self.is_draft,
            rows=[row for row in self.rows(SHOWN) if row["change"] or row["climbs"]],
            is_private=self.is_private,
            full_url=addresses.page(self.request, "kpi-methodology-effect", self.methodology.pk),
            **{**self.effect_words(), **kwargs},
        )

    def _total(self, form: WeightsForm) -> Decimal | None:
        if form.is_bound and not hasattr(form, "cleaned_data"):
            form.full_clean()
        total = form.total
        return None if total is None else total.normalize()

    def _grid(self, form: WeightsForm) -> list[dict[str, Any]]:
        found: dict[uuid.UUID, dict[str, Any]] = {}
        for indicator in self.indicators:
            category = indicator.category
            group = found.setdefault(
                category.pk, {"name": titles.capital(display.name(category)), "lines": []}
            )
            group["lines"].append(
                {
                    "name": wording.indicator(indicator),
                    "direction": wording.direction(indicator.direction),
                    "fields": [form[WeightsForm.field_of(indicator, name)] for name in GRID],
                }
            )
        return list(found.values())


class EffectPage(WithEffect, RegisterPage):
    """What the draft as it is saved would do to every municipality; a table that can be taken away as a file."""

    template_name = "kpi/ministry/effect.html"

    def get_title(self) -> str:
        """Name the version."""
        return _("Effect of %(methodology)s") % {"methodology": self.methodology_title}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the version."""
        return [*super().get_crumbs(), Crumb(self.methodology_title, self.back)]

    def get_tables(self) -> Mapping[str, Table]:
        """Return every municipality with its totals, bands and places by both methodologies."""
        if self.run is None or self.is_private:
            return {}
        table = Table(
            self.request,
            caption=_("Municipalities"),
            rows=self.rows(),
            columns=[
                cells.unit_column(self.request, label=_("Municipality")),
                Column("before", _("Total published"), NUMBER, places=2),
                Column("after", _("Total by the draft"), NUMBER, places=2),
                Column("change", pgettext("KPI", "Change"), NUMBER, places=2, signed=True),
                Column("band_before", _("Band published")),
                Column("band_after", _("Band by the draft")),
                Column("rank_before", _("Place published"), NUMBER),
                Column("rank_after", _("Place by the draft"), NUMBER),
                Column("climbs", _("Places climbed"), NUMBER, signed=True),
            ],
            constructed=cells.is_constructed,
        )
        return {"table": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sums."""
        return super().get_context_data(
            subject=self.methodology_title, is_private=self.is_private, **{**self.effect_words(), **kwargs}
        )
