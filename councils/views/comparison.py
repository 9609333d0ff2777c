"""Councils side by side: seats, deputies, women, sessions, attendance, resolutions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils import wording
from councils.page_queries import bodies
from councils.views.base import CouncilsPage, council_link, share
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.tables import NUMBER, Column, Table
from registry import cells, titles
from registry.queries import Row

MOST = 12


class ComparisonPage(CouncilsPage):
    """The councils named by ``?council=`` (repeated), of the convocation of the day, up to this day."""

    template_name = "councils/comparison.html"
    title = gettext_lazy("Comparison of councils")
    section = "council-comparison"

    @cached_property
    def chosen(self) -> list[uuid.UUID]:
        """The councils asked for, each once; 400 for what is none and for too many."""
        found: list[uuid.UUID] = []
        for text in self.request.GET.getlist("council"):
            if not text:
                continue
            try:
                identifier = uuid.UUID(text)
            except ValueError:
                raise BadRequest(_("There is no such council.")) from None
            if identifier not in found:
                found.append(identifier)
        if len(found) > MOST:
            raise BadRequest(_("At most %(count)s councils can be compared.") % {"count": MOST})
        return found

    @cached_property
    def compared(self) -> list[Row]:
        """The figures of the councils chosen."""
        if not self.chosen:
            return []
        found = bodies.measures(self.chosen, self.request.day)
        if len(found) < len(self.chosen):
            raise BadRequest(_("There is no such council."))
        return found

    def get_tables(self) -> Mapping[str, Table]:
        """Return the comparison."""
        note = _("of the convocation of this day, from its first day to this one")
        columns = [
            Column(
                "name",
                _("Council"),
                value=wording.council_of,
                sort=lambda row: display.name(row["unit"]),
                link=lambda row: council_link(self.request, row),
            ),
            Column("seats_by_law", _("Seats by law"), NUMBER, value=_of_convocation("seats_by_law")),
            Column("sitting", _("Deputies"), NUMBER, value=_of_convocation("sitting")),
            Column("women", _("Women"), NUMBER, value=_of_convocation("women")),
            cells.rounded_percent("share", _("Women, %"), value=lambda row: _share(row, "women", "sitting")),
            Column("sessions", _("Sessions held"), NUMBER, value=_of_convocation("sessions"), note=note),
            cells.rounded_percent(
                "attendance", _("Attendance, %"), value=lambda row: _share(row, "came", "called")
            ),
            Column("resolutions", _("Resolutions"), NUMBER, value=_of_convocation("resolutions"), note=note),
        ]
        table = Table(
            self.request,
            caption=self.title,
            columns=columns,
            rows=self.compared,
            constructed=cells.is_constructed,
            empty=_("Choose councils above to compare them."),
        )
        return {"comparison": table}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the councils to choose from, those chosen, and the charts."""
        offered: dict[str, list[tuple[str, str]]] = {}
        for row in bodies.councils(self.request.day):
            if not row["in_law_only"] and row["id"] not in self.chosen:
                group = titles.full_name(row["district"] or row["oblast"])
                offered.setdefault(group, []).append((str(row["id"]), wording.council_of(row)))
        kept = [str(identifier) for identifier in self.chosen]
        return super().get_context_data(
            offered=sorted(offered.items()),
            chosen=[
                (
                    wording.council_of(row),
                    addresses.query(
                        self.request.GET, council=[one for one in kept if one != str(row["id"])], format=None
                    ),
                )
                for row in self.compared
            ],
            kept=kept,
            full=len(kept) >= MOST,
            women_chart=self._chart(_("Women among deputies, %"), "women", "sitting"),
            attendance_chart=self._chart(_("Attendance at sessions, %"), "came", "called"),
            **kwargs,
        )

    def _chart(self, title: str, part: str, whole: str) -> Any:
        bars = []
        for row in self.compared:
            value = share(row[part], row[whole])
            bars.append(
                charts.Bar(
                    titles.short_name(row["unit"]),
                    (float(value) if value else None,),
                    council_link(self.request, row) or "",
                )
            )
        return {"title": title, "svg": charts.bar_chart(bars, series=(title,), title=title)} if bars else None


def _of_convocation(key: str) -> Any:
    def value(row: Row) -> Any:
        return row[key] if row["convocation_id"] else display.NOT_APPLICABLE

    return value


def _share(row: Row, part: str, whole: str) -> Any:
    """A share in percent; None where nothing was reported, a sign where there can be none."""
    if not row["convocation_id"]:
        return display.NOT_APPLICABLE
    return share(row[part], row[whole])
