"""Methodologies as the ministry keeps them: drafted from a version, edited, put into force, approved by an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.secretary_queries import acts
from kpi import services, wording
from kpi.methodology_forms import ActForm, ActivateForm, NameForm
from kpi.models import Band, Indicator, Methodology, MethodologyStatus, PeerGroup
from kpi.page_queries import editor as reads
from kpi.views.ministry.base import Desk, DeskForm, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import NUMBER, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import cells, titles
from registry.models import LegalAct

TONES = {"draft": "warning", "active": "good", "retired": ""}
WHOLE = Decimal(100)
"""What the weights of a methodology sum to."""


class MethodologyDesk(Desk, RegisterPage):
    """All versions with the drafts."""

    template_name = "kpi/ministry/methodologies.html"
    title = gettext_lazy("KPI: methodologies")
    section = "kpi-methodology-desk"

    def get_tables(self) -> Mapping[str, Table]:
        """Return the versions, the latest of each subject first."""
        table = Table(
            self.request,
            caption=_("Methodologies"),
            rows=list(Methodology.objects.select_related("act").order_by("subject", "-number")),
            columns=[
                Column(
                    "name",
                    _("Methodology"),
                    value=methodology_name,
                    link=lambda row: addresses.page(self.request, "kpi-methodology-edit", row.pk),
                ),
                Column("subject", _("Who is assessed"), value=lambda row: wording.subject(row.subject)),
                Column("number", _("Version"), NUMBER),
                cells.Shown(
                    "status",
                    _("State"),
                    value=lambda row: wording.methodology_status(row.status),
                    show=lambda row: cells.badge(wording.methodology_status(row.status), TONES[row.status]),
                ),
                Column(
                    "valid",
                    _("In force"),
                    value=lambda row: (
                        display.period(row.valid.lower, row.valid.upper, short=True) if row.valid else None
                    ),
                    sort=lambda row: row.valid.lower if row.valid else None,
                ),
                Column(
                    "act",
                    _("Legal act"),
                    value=lambda row: titles.act_name(row.act) if row.act else _("none: a proposal"),
                ),
            ],
            constructed=lambda row: row.provenance == "constructed",
        )
        return {"methodologies": table}


def methodology_name(row: Methodology) -> str:
    """Return what a version is called."""
    return _("%(name)s, version %(number)s") % {
        "name": titles.capital(display.name(row)),
        "number": row.number,
    }


class OfMethodology(Desk):
    """A page about one version."""

    section = "kpi-methodology-desk"
    record_name = "methodology"

    @cached_property
    def methodology(self) -> Methodology:
        """The version; Http404 where there is none."""
        found: Methodology = self.found(reads.methodology(self.kwargs["pk"]))
        return found

    @property
    def record(self) -> Any:
        """The version."""
        return self.methodology

    @property
    def is_draft(self) -> bool:
        """Whether it can still be changed."""
        return self.methodology.status == MethodologyStatus.DRAFT

    @property
    def methodology_title(self) -> str:
        """What the version is called."""
        return methodology_name(self.methodology)

    @property
    def back(self) -> str:
        """The page of the version."""
        return addresses.page(self.request, "kpi-methodology-edit", self.methodology.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to all versions."""
        desk = addresses.page(self.request, "kpi-methodology-desk")
        return [*super().get_crumbs(), Crumb(_("KPI: methodologies"), desk)]


class MethodologyForms(OfMethodology, DeskForm):
    """A form about one version."""

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the version."""
        return [*super().get_crumbs(), Crumb(self.methodology_title, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the version."""
        return super().get_context_data(**{"subject": self.methodology_title, **kwargs})


class Editor(OfMethodology, ShowPage):
    """One version line by line; a draft with the way to change every line."""

    template_name = "kpi/ministry/methodology.html"

    def get_title(self) -> str:
        """Name the version."""
        return self.methodology_title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather the lines and what is lacking."""
        row = self.methodology
        categories, indicators = reads.categories(row), services.indicators_of(row)
        bands, groups = reads.bands(row), reads.groups(row)
        total = sum((indicator.weight for indicator in indicators), Decimal(0))
        return super().get_context_data(
            methodology=row,
            is_draft=self.is_draft,
            status=wording.methodology_status(row.status),
            tone=TONES[row.status],
            who=wording.subject(row.subject),
            act=titles.act_name(row.act) if row.act else "",
            note=display.name(row, "note"),
            total=total,
            lacking=lacking(total, bands) if self.is_draft else [],
            categories=[
                {
                    "id": category.pk,
                    "name": titles.capital(display.name(category)),
                    "indicators": [_line(one) for one in indicators if one.category_id == category.pk],
                }
                for category in categories
            ],
            bands=[
                {"id": one.pk, "name": titles.capital(display.name(one)), "least": one.least} for one in bands
            ],
            groups=[_group(one) for one in groups],
            public_url="" if self.is_draft else addresses.optional("kpi-methodology", row.pk),
            **kwargs,
        )


def lacking(total: Decimal, bands: Sequence[Band]) -> list[str]:
    """Return what keeps a draft from entering into force, in words."""
    found = []
    if total != WHOLE:
        found.append(
            _("The weights sum to %(total)s, not to 100.") % {"total": display.number(_short(total))}
        )
    if not any(band.least == 0 for band in bands):
        found.append(_("None of the bands begins at 0."))
    return found


def _short(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def _line(indicator: Indicator) -> dict[str, Any]:
    return {
        "id": indicator.pk,
        "name": wording.indicator(indicator),
        "flag": display.name(indicator, "flag"),
        "direction": wording.direction(indicator.direction),
        "formula": wording.formula(indicator.formula),
        "aggregation": wording.aggregation(indicator.aggregation),
        "least": wording.figure(indicator.least),
        "most": wording.figure(indicator.most),
        "weight": display.number(_short(indicator.weight)),
    }


def _group(group: PeerGroup) -> dict[str, Any]:
    return {
        "id": group.pk,
        "name": titles.capital(display.name(group)),
        "from": group.from_population,
        "below": group.below_population,
    }


class NewVersion(MethodologyForms):
    """The next version, drafted as a copy of this one."""

    title = gettext_lazy("Draft the next version")
    explanation = gettext_lazy(
        "The draft begins with every line of this version. It binds nobody until it is put into force; published scores "
        "keep the version they were computed by."
    )
    form_class = NameForm
    submit = gettext_lazy("Make the draft")
    done = gettext_lazy("The draft is on record.")

    def stored(self, record: Methodology) -> dict[str, Any]:
        """Begin with the names of this version, without its note."""
        names = {
            f"name_{language}": getattr(record, f"name_{language}") or "" for language in ("ky", "ru", "en")
        }
        return {**names, "gate": record.gate}

    def act(self, form: Any) -> str:
        """Draft it."""
        made = services.draft_methodology(
            subject=self.methodology.subject, copy_of=self.methodology, **form.values
        )
        return addresses.page(self.request, "kpi-methodology-edit", made.pk)


class Texts(MethodologyForms):
    """What a draft says of itself."""

    title = gettext_lazy("Name, note and least coverage")
    form_class = NameForm
    done = gettext_lazy("The draft is changed.")
    pointers = {"name": "name_ky"}

    def act(self, form: Any) -> None:
        """Change it."""
        services.change_methodology(
            methodology=self.methodology, expected_version=form.expected_version, **form.values
        )


class Activate(MethodologyForms):
    """A draft enters into force; the version before it ends that day."""

    title = gettext_lazy("Put the methodology into force")
    explanation = gettext_lazy(
        "From then on no line of it can be changed. Reports that are open keep the methodology they were opened with."
    )
    form_class = ActivateForm
    submit = gettext_lazy("Put into force")
    danger = True
    done = gettext_lazy("The methodology is in force.")

    def stored(self, record: Methodology) -> dict[str, Any]:
        """No day is proposed."""
        return {}

    def act(self, form: Any) -> None:
        """Put it into force."""
        services.activate(methodology=self.methodology, expected_version=form.expected_version, **form.values)


class EnterAct(MethodologyForms):
    """The act by which a methodology is no longer a proposal."""

    title = gettext_lazy("Enter the act that approves it")
    explanation = gettext_lazy("Until then every page says that the methodology is a proposal and not law.")
    form_class = ActForm
    done = gettext_lazy("The act is on record.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the acts."""
        return {**super().get_form_kwargs(), "acts": acts()}

    def act(self, form: Any) -> None:
        """Enter it."""
        services.enter_act(
            methodology=self.methodology,
            act=LegalAct.objects.get(pk=form.values["act"]),
            expected_version=form.expected_version,
        )
