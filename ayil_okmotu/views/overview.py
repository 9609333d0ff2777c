"""The executive bodies of a day: who heads them, their staff against the norm, posts that nobody holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ayil_okmotu import wording
from ayil_okmotu.models import BodyKind, PostKind
from ayil_okmotu.page_queries import bodies, posts
from ayil_okmotu.views.base import ExecutivePage, body_link, named, person_link, post_link, ratio, who
from councils.views.base import share
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, PERCENT, Column, Filter, Filters, Table
from registry import cells, titles
from registry.queries import Row

COUNTED = ("approved", "filled", "contract", "vacancies", "over_norm_staff", "population")


class BodiesPage(ExecutivePage):
    """A list of the bodies of the day; ``found`` are those that the filters leave."""

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        return Filters(
            self.request.GET,
            [
                Filter.text("q", _("Municipality or head")),
                *self.place_filters(),
                Filter.choice("kind", _("Kind"), BodyKind.choices),
            ],
        )

    @cached_property
    def found(self) -> list[Row]:
        """The bodies that match."""
        keys = ("oblast", "district", "kind", "q")
        return bodies.bodies(self.request.day, **{key: self.filters[key] for key in keys})

    @cached_property
    def sums(self) -> dict[str, Any]:
        """Totals over the bodies that match; people are counted where their body has reported."""
        rows = self.found
        reported = [row for row in rows if row["report_id"]]
        sums: dict[str, Any] = {key: _sum(rows, key) for key in COUNTED}
        by_sex = [row for row in reported if row["women"] is not None]
        staff = sum(row["filled"] for row in by_sex)
        men = staff - sum(row["women"] for row in by_sex)
        return sums | {
            "bodies": len(rows),
            "headed": sum(row["head"] is not None for row in rows),
            "acting": sum(bool(row["head_acting"]) for row in rows),
            "headless": sum(row["head"] is None for row in rows),
            "reported": len(reported),
            "men_percent": share(men, staff),
            "men_over": sum(row["men_over"] is True for row in rows),
            "over": sum(bool(row["over_norm_staff"]) for row in rows),
            "served": ratio(_sum(reported, "population"), sums["filled"]),
        }

    def name_column(self) -> Column:
        """Return the first column."""
        return Column(
            "name",
            _("Executive body"),
            value=wording.body_of,
            sort=lambda row: display.name(row["unit"]),
            link=lambda row: body_link(self.request, row),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the totals."""
        return super().get_context_data(sums=self.sums, **kwargs)


class OverviewPage(BodiesPage):
    """Every executive body of the day with its head, its staff and whom it serves."""

    template_name = "ayil_okmotu/overview.html"
    title = gettext_lazy("Executive bodies")

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of bodies."""
        request = self.request
        columns = [
            self.name_column(),
            Column("kind", _("Kind"), value=lambda row: wording.body_kind(row["kind"]), shown=False),
            cells.unit_column(request, "district", _("District"), of="district"),
            cells.unit_column(request, "oblast", _("Oblast"), of="oblast"),
            cells.Shown(
                "head",
                _("Head"),
                value=lambda row: named([(row["head"], row["head_acting"])]),
                sort=lambda row: display.name(row["head"]) or None,
                show=lambda row: (
                    who(request, [(row["head_id"], row["head"], row["head_acting"])]) or _nobody()
                ),
            ),
            Column("head_since", _("Since"), DATE, shown=False),
            Column(
                "filled", _("Staff"), NUMBER, note=_("filled staff posts of the latest report by this day")
            ),
            Column("contract", _("By contract"), NUMBER),
            cells.population_column(),
            Column(
                "served",
                _("Residents per employee"),
                NUMBER,
                places=1,
                value=lambda row: ratio(row["population"], row["filled"]),
            ),
            Column("reported_on", _("Reported as of"), DATE, shown=False),
            cells.provenance_column(),
        ]
        table = Table(
            request,
            caption=_("Executive bodies"),
            columns=columns,
            rows=self.found,
            filters=self.filters,
            totals={key: self.sums[key] for key in ("filled", "contract", "population", "served")},
            constructed=cells.is_constructed,
            empty=_("No executive body of this day matches the filters."),
        )
        return {"bodies": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the address over REST."""
        return super().get_context_data(rest_url=addresses.optional("api-executive-bodies"), **kwargs)


class StaffPage(BodiesPage):
    """The staff of every body of the day against the norm of that day."""

    template_name = "ayil_okmotu/staff.html"
    title = gettext_lazy("Staff against the norm")
    section = "executive-staff"

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of staff."""
        return {"staff": staff_table(self.request, self.found, self.name_column(), self.filters, self.sums)}


def staff_table(
    request: Any,
    rows: list[Row],
    first: Column,
    filters: Filters | None = None,
    sums: Mapping[str, Any] | None = None,
) -> Table:
    """Return staff against the norm, a row each; without ``sums`` for the reports of one body."""
    return Table(
        request,
        key="" if sums else "reports",
        caption=_("Staff against the norm"),
        columns=[
            first,
            Column("reported_on", _("Reported as of"), DATE, shown=bool(sums)),
            Column("approved", _("Staff posts approved"), NUMBER),
            Column("filled", _("Staff posts filled"), NUMBER),
            cells.Shown(
                "norm_staff",
                _("Norm of staff posts"),
                NUMBER,
                value=lambda row: _limit(row, "norm_staff"),
                note=_("the norm in force on the day; × where law sets no number"),
            ),
            cells.Shown(
                "over_norm_staff",
                _("Above the norm"),
                NUMBER,
                value=lambda row: _against(row, "over_norm_staff", "norm_staff"),
                show=lambda row: flagged(row["over_norm_staff"]),
            ),
            Column("vacancies", _("Vacancies"), NUMBER),
            Column("contract", _("Posts by contract"), NUMBER),
            Column(
                "norm_contract",
                _("Norm of posts by contract"),
                NUMBER,
                value=lambda row: _limit(row, "norm_contract"),
            ),
            cells.Shown(
                "over_norm_contract",
                _("Above the norm, by contract"),
                NUMBER,
                value=lambda row: _against(row, "over_norm_contract", "norm_contract"),
                show=lambda row: flagged(row["over_norm_contract"]),
                shown=False,
            ),
            Column("women", _("Women"), NUMBER),
            MenPercent("men_percent", _("Men, %"), PERCENT, places=0),
            cells.provenance_column(),
        ],
        rows=rows,
        filters=filters,
        totals={key: sums[key] for key in ("approved", "filled", "contract", "vacancies", "men_percent")}
        if sums
        else None,
        constructed=lambda row: row["staff_provenance"] == cells.CONSTRUCTED,
        empty=_("No report of staff is on file."),
    )


class MenPercent(cells.RoundedPercent):
    """The share of men, marked where it is above what law allows on the day."""

    def html(self, row: Any) -> SafeString:
        """Return the percentage with its mark."""
        written = super().html(row)
        if not isinstance(row, dict) or not row.get("men_over"):
            return written
        limit = display.percent(row["norm_men_percent"], 0)
        return cells.badged(written, _("above %(limit)s") % {"limit": limit}, "warning")


def flagged(value: int | None) -> str:
    """Return a number above a norm as a mark; empty for none and for what cannot be told."""
    return cells.badge(display.number(value), "warning") if value else ""


def _limit(row: Row, key: str) -> Any:
    """A number of the norm; law need not set one."""
    return display.NOT_APPLICABLE if row[key] is None else row[key]


def _against(row: Row, key: str, norm: str) -> Any:
    """How far a body stands above a norm; where there is no norm there is nothing to say."""
    return display.NOT_APPLICABLE if row[norm] is None else row[key]


def _sum(rows: list[Row], key: str) -> int | None:
    reported = [row[key] for row in rows if row[key] is not None]
    return sum(reported) if reported else None


def _nobody() -> SafeString:
    return cells.badge(_("no head"), "error")


class VacanciesPage(ExecutivePage):
    """The posts that nobody holds on the day."""

    template_name = "ayil_okmotu/vacancies.html"
    title = gettext_lazy("Vacancies")
    section = "executive-vacancies"

    @cached_property
    def filters(self) -> Filters:
        """What the list is narrowed by."""
        kinds = Filter.choice("kind", _("Kind of post"), PostKind.choices)
        return Filters(self.request.GET, [*self.place_filters(), kinds])

    @cached_property
    def found(self) -> list[Row]:
        """The posts that match."""
        return posts.vacant(
            self.request.day, **{key: self.filters[key] for key in ("oblast", "district", "kind")}
        )

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of vacant posts."""
        request = self.request
        columns = [
            Column(
                "post",
                _("Post"),
                value=lambda row: titles.capital(wording.post_name(row, row["body_kind"])),
                link=lambda row: post_link(request, row),
            ),
            Column(
                "body",
                _("Executive body"),
                value=lambda row: wording.body_name(row["unit"], row["body_kind"]),
                sort=lambda row: display.name(row["unit"]),
                link=lambda row: body_link(request, row, "body_id"),
            ),
            cells.unit_column(request, "district", _("District"), of="district"),
            cells.unit_column(request, "oblast", _("Oblast"), of="oblast"),
            Column("employment", _("Employment"), value=lambda row: wording.employment(row["employment"])),
            Column("vacant_since", _("Vacant since"), DATE),
            Column(
                "stands_in",
                pgettext("somebody", "Acting"),
                value=lambda row: display.name(row["stands_in"]) or None,
                link=lambda row: person_link(request, row, "acting_id"),
            ),
            cells.provenance_column(),
        ]
        table = Table(
            request,
            caption=self.title,
            columns=columns,
            rows=self.found,
            filters=self.filters,
            constructed=cells.is_constructed,
            empty=_("On this day every post that matches has a holder."),
        )
        return {"vacancies": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add how many posts of each sort stand empty."""
        rows = self.found
        return super().get_context_data(
            count=len(rows),
            heads=sum(row["kind"] == PostKind.HEAD for row in rows),
            village_heads=sum(row["kind"] == PostKind.VILLAGE_HEAD for row in rows),
            stood_in=sum(row["stands_in"] is not None for row in rows),
            **kwargs,
        )
