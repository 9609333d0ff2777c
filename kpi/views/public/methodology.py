"""The methodologies in all their versions, and one with its indicators, bands and peer groups."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.views.base import act_of
from kpi import wording
from kpi.models import MethodologyStatus, Subject
from kpi.page_queries import figures, methodologies
from kpi.views.public.base import KpiPage, category_column, figure_column, indicator_column
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from registry import cells, titles
from registry.queries import Row

TONES = {MethodologyStatus.DRAFT: "", MethodologyStatus.ACTIVE: "good", MethodologyStatus.RETIRED: ""}


class MethodologyPages(KpiPage):
    """Pages about the methodologies themselves."""

    section = "kpi-methodologies"

    @property
    def drafts(self) -> bool:
        """Whether the reader sees versions that are being drafted."""
        return bool(self.request.user.has_perm("kpi.read_unpublished"))


class MethodologiesPage(MethodologyPages):
    """Every version that has come into force, and for who keeps them the drafts."""

    template_name = "kpi/methodologies.html"
    title = gettext_lazy("Methodologies of assessment")

    @cached_property
    def found(self) -> list[Row]:
        """The versions."""
        return methodologies.methodologies(self.request.day, drafts=self.drafts)

    def get_tables(self) -> Mapping[str, Table]:
        """Return the versions."""
        request = self.request
        table = Table(
            request,
            caption=_("Versions of the methodologies"),
            columns=[
                Column(
                    "name",
                    _("Methodology"),
                    value=lambda row: (
                        _("%(name)s, version %(number)s")
                        % {"name": display.name(row), "number": str(row["number"])}
                    ),
                    link=lambda row: addresses.page(request, "kpi-methodology", row["id"]),
                ),
                Column(
                    "subject",
                    _("Who is assessed"),
                    value=lambda row: titles.capital(wording.subject(row["subject"])),
                ),
                cells.Shown(
                    "status",
                    _("State"),
                    value=lambda row: wording.methodology_status(row["status"]),
                    show=lambda row: cells.badge(
                        wording.methodology_status(row["status"]), TONES[row["status"]]
                    ),
                ),
                Column("valid", _("In force"), value=_in_force),
                Column(
                    "act", _("Legal act"), value=lambda row: act_of(row) or _("none: a proposal, not law")
                ),
                Column("indicators", _("Indicators"), NUMBER),
                cells.provenance_column(),
            ],
            rows=self.found,
            constructed=cells.is_constructed,
            empty=_("No methodology had come into force by this day."),
        )
        return {"versions": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether an act stands behind every version."""
        return super().get_context_data(
            proposed=any(row["act_id"] is None for row in self.found),
            rest_url=addresses.optional("api-kpi-methodologies"),
            **kwargs,
        )


class MethodologyPage(MethodologyPages):
    """One version: its indicators with thresholds and weights, its bands, its peer groups."""

    template_name = "kpi/methodology.html"

    @cached_property
    def version(self) -> Row:
        """The version; drafts are for who keeps them."""
        found = methodologies.methodology(
            uuid.UUID(str(self.kwargs["pk"])), self.request.day, drafts=self.drafts
        )
        if found is None:
            raise Http404
        return found

    @cached_property
    def methodology(self) -> Row | None:
        """The version itself: the page says whether an act stands behind it."""
        return {**self.version, "number": str(self.version["number"])}

    @cached_property
    def indicators(self) -> list[Row]:
        """The indicators."""
        return figures.indicators(self.version["id"])

    def get_title(self) -> str:
        """Return name and version."""
        return _("%(name)s, version %(number)s") % {
            "name": titles.capital(display.name(self.version)),
            "number": str(self.version["number"]),
        }

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the methodologies."""
        return [
            Crumb(_("KPI"), addresses.page(self.request, "kpi")),
            Crumb(_("Methodologies"), addresses.page(self.request, "kpi-methodologies")),
        ]

    def get_tables(self) -> Mapping[str, Table]:
        """Return indicators, bands and peer groups."""
        return {"indicators": self._indicators(), "bands": self._bands(), "groups": self._groups()}

    def _indicators(self) -> Table:
        public = self.version["subject"] == Subject.HEAD and self.version["status"] != MethodologyStatus.DRAFT
        name = (
            indicator_column(self.request)
            if public
            else Column("indicator", _("Indicator"), value=wording.indicator)
        )
        return Table(
            self.request,
            caption=_("Indicators, thresholds and weights"),
            columns=[
                name,
                category_column(),
                Column("weight", _("Weight"), NUMBER, value=lambda row: row["weight"].normalize()),
                figure_column("least", _("Minimum")),
                figure_column("most", _("Maximum")),
                Column("direction", _("Direction"), value=lambda row: wording.direction(row["direction"])),
                Column("formula", _("Formula"), value=_formula),
                Column(
                    "aggregation",
                    _("After a merger"),
                    value=lambda row: wording.aggregation(row["aggregation"]),
                ),
                Column("source", _("Data"), value=lambda row: wording.data_source(row["data_source"])),
                Column(
                    "evidence",
                    _("Evidence"),
                    value=lambda row: _("required") if row["evidence_required"] else _("optional"),
                ),
                Column(
                    "missing",
                    _("Missing figure"),
                    value=lambda row: wording.missing_policy(row["missing_policy"]),
                ),
                Column(
                    "prefill",
                    _("Known to the register"),
                    value=lambda row: wording.prefill(row["prefill"]) or None,
                    shown=False,
                ),
                Column(
                    "flag",
                    _("What the source leaves open"),
                    value=lambda row: display.name(row, "flag") or None,
                ),
                cells.provenance_column(),
            ],
            rows=self.indicators,
            totals={"weight": sum(row["weight"] for row in self.indicators).normalize()},
            constructed=cells.is_constructed,
            page_sizes=(100,),
        )

    def _bands(self) -> Table:
        return Table(
            self.request,
            key="bands",
            caption=_("Bands"),
            columns=[
                Column("name", _("Band"), value=lambda row: titles.capital(display.name(row))),
                figure_column("least", _("From points")),
            ],
            rows=self.version["bands"] or [],
        )

    def _groups(self) -> Table:
        return Table(
            self.request,
            key="groups",
            caption=_("Peer groups"),
            columns=[
                Column("name", _("Peer group"), value=lambda row: titles.capital(display.name(row))),
                Column(
                    "kinds",
                    _("Kinds of municipalities"),
                    value=lambda row: ", ".join(titles.unit_kind(kind) for kind in row["unit_kinds"]) or None,
                ),
            ],
            rows=self.version["peer_groups"] or [],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the version says of itself."""
        row = self.version
        may = self.request.user.has_perm("kpi.manage") and row["status"] == MethodologyStatus.DRAFT
        return super().get_context_data(
            version=row,
            subject=wording.subject(row["subject"]),
            status=cells.badge(wording.methodology_status(row["status"]), TONES[row["status"]]),
            in_force=_in_force(row),
            act=act_of(row),
            note=display.name(row, "note"),
            source=cells.source_text(row["source"]),
            edit_url=addresses.optional("kpi-methodology-edit", row["id"]) if may else "",
            history_type="kpi-methodology",
            history_key=row["id"],
            rest_url=addresses.optional("api-kpi-methodology", row["id"]),
            **kwargs,
        )


def _in_force(row: Row) -> str | None:
    """Return the days on which a version was in force; None for a draft."""
    return display.period(row["valid"].lower, row["valid"].upper) if row["valid"] else None


def _formula(row: Row) -> str:
    """Return how the figure comes about, with the names of its parts."""
    parts = [display.name(row, part) for part in ("numerator_name", "denominator_name")]
    said = wording.formula(row["formula"])
    return f"{said}: {' ÷ '.join(parts)}" if all(parts) else said
