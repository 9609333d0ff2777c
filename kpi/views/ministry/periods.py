"""Reporting periods with their days, and longer terms for single municipalities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.secretary_queries import acts
from delegation.office_queries import municipalities
from kpi import obligations, services, wording
from kpi.ministry_forms import DaysForm, ExtensionForm, PeriodForm
from kpi.models import Period
from kpi.page_queries import periods as reads
from kpi.page_queries import review
from kpi.views.ministry.base import Desk, DeskForm, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.forms import Options
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, Column, Table
from lsg_portal.web.views import RegisterPage
from registry import queries, titles
from registry.models import LegalAct, Unit

TONES = {"awaited": "", "open": "accent", "locked": "", "published": "good"}
PARTS = ("owed", "submitted", "on_time", "overdue", "waiting", "returned", "approved", "published")


class PeriodDesk(Desk):
    """A page about periods: the ministry reads it, approvers and administrators keep them."""

    right = "read_unpublished"
    section = "kpi-periods"

    @property
    def home(self) -> str:
        """All periods."""
        return addresses.page(self.request, "kpi-periods")


class Periods(PeriodDesk, RegisterPage):
    """All periods, the latest first."""

    template_name = "kpi/ministry/periods.html"
    title = gettext_lazy("KPI: reporting periods")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the periods."""
        today = self.request.today
        table = Table(
            self.request,
            caption=_("Reporting periods"),
            rows=Period.objects.order_by("-number"),
            columns=[
                Column(
                    "period",
                    _("Quarter"),
                    value=lambda row: wording.quarter(row.number),
                    link=lambda row: addresses.page(self.request, "kpi-period", row.pk),
                    order=("number",),
                ),
                Column(
                    "status",
                    _("State"),
                    value=lambda row: period_state(row, today)[1],
                    sortable=False,
                ),
                Column("opens", _("Entry opens"), DATE),
                Column("due", _("Due until"), DATE),
                Column("locks", _("Locked from"), DATE),
                Column(
                    "published_on",
                    _("Published"),
                    value=lambda row: display.short_day(row.published_on) or None,
                ),
            ],
            empty=_("No period has been entered yet."),
        )
        return {"periods": table}


def period_state(period: Period, day: dt.date) -> tuple[str, str]:
    """Return what a period is on a day and what that is called; one that has not opened is neither open nor locked."""
    if day < period.opens:
        return "awaited", _("not open yet")
    found = period.status_on(day)
    return str(found), wording.period_status(found)


class OfPeriod(PeriodDesk):
    """A page about one period."""

    record_name = "period"

    @cached_property
    def period(self) -> Period:
        """The period; Http404 where there is none."""
        found: Period = self.found(Period.objects.filter(pk=self.kwargs["pk"]).first())
        return found

    @property
    def record(self) -> Any:
        """The period."""
        return self.period

    @property
    def period_name(self) -> str:
        """What the period is called."""
        return wording.quarter(self.period.number)

    @property
    def back(self) -> str:
        """The page of the period."""
        return addresses.page(self.request, "kpi-period", self.period.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the periods."""
        return [*super().get_crumbs(), Crumb(_("KPI: reporting periods"), self.home)]


class PeriodPage(OfPeriod, ShowPage):
    """One period: its days, how reporting stands, who got longer."""

    template_name = "kpi/ministry/period.html"

    def get_title(self) -> str:
        """Name the quarter."""
        return self.period_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather days, counts and extensions."""
        period, today = self.period, self.request.today
        status, words = period_state(period, today)
        counts = obligations.board(period, today, "all").get("", {})
        return super().get_context_data(
            period=period,
            status=words,
            tone=TONES[status],
            counts={name: counts.get(name, 0) for name in PARTS},
            has_methodology=bool(counts),
            extensions=[{**row, "name": titles.full_name(row["unit"])} for row in reads.extensions(period)],
            within=titles.full_name(review.unit(period.within_id, period.last_day))
            if period.within_id
            else "",
            is_published=period.published_on is not None,
            **kwargs,
        )


class PeriodForms(PeriodDesk, DeskForm):
    """A form about periods."""

    def admit(self) -> None:
        """Let in who keeps periods."""
        if not self.manages:
            raise PermissionDenied


class NewPeriod(PeriodForms):
    """A quarter that is to be reported on."""

    title = gettext_lazy("Enter a reporting period")
    explanation = gettext_lazy(
        "Days left empty follow the usual terms: entry opens when the quarter has ended, is due thirty days later and "
        "locked after seventy-six. A report can be opened once a methodology is in force on the last day of the quarter."
    )
    form_class = PeriodForm
    submit = gettext_lazy("Enter the period")
    done = gettext_lazy("The period is on record.")

    @property
    def back(self) -> str:
        """The periods."""
        return self.home

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the periods."""
        return [*super().get_crumbs(), Crumb(_("KPI: reporting periods"), self.home)]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer oblasts and districts."""
        upper = queries.upper_units(self.request.today)
        offers: Options = [(str(row["id"]), titles.full_name(row)) for row in upper]
        return {**super().get_form_kwargs(), "offers": {"within": offers}}

    def act(self, form: Any) -> str:
        """Enter it."""
        given = form.values
        within = Unit.objects.get(pk=given["within"]) if given["within"] else None
        period = services.plan_period(**{**given, "within": within})
        return addresses.page(self.request, "kpi-period", period.pk)


class PeriodDays(OfPeriod, PeriodForms):
    """The days of a period, moved."""

    title = gettext_lazy("Move the days of the period")
    form_class = DaysForm
    done = gettext_lazy("The days are moved.")

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the period."""
        return [*super().get_crumbs(), Crumb(self.period_name, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the period."""
        return super().get_context_data(**{"subject": self.period_name, **kwargs})

    def act(self, form: Any) -> None:
        """Move them."""
        services.reschedule(period=self.period, expected_version=form.expected_version, **form.values)


class NewExtension(OfPeriod, PeriodForms):
    """A longer term for one municipality; it stays as it is given."""

    title = gettext_lazy("Extend the term of a municipality")
    explanation = gettext_lazy(
        "The municipality is on time until the day given, and may enter until then even where the period has locked. An "
        "extension stays as it was given; a longer one can follow."
    )
    form_class = ExtensionForm
    submit = gettext_lazy("Extend")
    done = gettext_lazy("The extension is on record.")

    @property
    def record(self) -> None:
        """An extension is new."""
        return None

    def get_initial(self) -> dict[str, Any]:
        """Begin with the municipality that a link named."""
        return {**super().get_initial(), "unit": self.request.GET.get("unit", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer who was a municipality on the last day."""
        offers = {"unit": municipalities(self.period.last_day), "act": acts()}
        return {**super().get_form_kwargs(), "offers": offers}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the period."""
        return [*super().get_crumbs(), Crumb(self.period_name, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the period."""
        return super().get_context_data(**{"subject": self.period_name, **kwargs})

    def act(self, form: Any) -> None:
        """Give it."""
        given = form.values
        services.extend(
            period=self.period,
            unit=Unit.objects.get(pk=given["unit"]),
            until=given["until"],
            reason=given["reason"],
            act=LegalAct.objects.get(pk=given["act"]) if given["act"] else None,
            by=self.request.user,
        )
