"""Search over units, settlements, deputies, heads and employees, resolutions, acts, state powers, events of the reform."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ayil_okmotu import wording as executive_wording
from ayil_okmotu.page_queries import searching as executive_searching
from councils import wording
from councils.page_queries import searching
from delegation import wording as delegation_wording
from delegation.models import PowerStatus
from delegation.page_queries import searching as delegation_searching
from lsg_portal.pages.queries import search
from lsg_portal.pages.views import history
from lsg_portal.web import addresses, display
from lsg_portal.web.views import RegisterPage
from reform.models import Event
from reform.rules import sight
from registry import titles
from registry.queries import Row
from registry.views import act_status


@dataclass(frozen=True)
class Result:
    """One thing found: what it is called, where it leads, what it is and where it lies."""

    title: str
    url: str
    kind: str = ""
    where: str = ""
    note: str = ""
    mark: str = ""
    provenance: str = ""
    successors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
    """The things of one sort that were found; ``more`` says that there are others."""

    key: str
    label: str
    results: list[Result]
    more: bool
    more_url: str = ""


class SearchPage(RegisterPage):
    """What was found for ``?q=``, in groups; ended units too, with what succeeded them."""

    template_name = "pages/search.html"
    title = gettext_lazy("Search")
    citable = False

    @cached_property
    def words(self) -> search.Words:
        """What was asked for."""
        return search.Words(self.request.GET.get("q", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was found, or why nothing was looked for."""
        words = self.words
        looked = bool(words.text) and not words.too_short and not words.too_long
        groups = [group for group in self._groups() if group.results] if looked else []
        return super().get_context_data(
            **kwargs,
            words=words,
            looked=looked,
            groups=groups,
            count=sum(len(group.results) for group in groups),
            shortest=str(search.SHORTEST),
            longest=str(search.LONGEST),
        )

    def _groups(self) -> list[Group]:
        words, day = self.words, self.request.day
        more = {
            "settlements": addresses.page(self.request, "settlements", q=words.text),
            "acts": addresses.page(self.request, "legal-acts", q=words.text),
            "resolutions": addresses.page(self.request, "resolutions", q=words.text),
            "powers": addresses.page(self.request, "state-powers", q=words.text),
        }
        found = [
            ("units", _("Oblasts, districts and municipalities"), search.units(words, day), self._unit),
            ("settlements", _("Settlements"), search.settlements(words, day), self._settlement),
            (
                "deputies",
                _("Deputies"),
                searching.deputies(words.folded, day, search.SHOWN + 1),
                self._deputy,
            ),
            (
                "officials",
                _("Heads and employees of executive bodies"),
                executive_searching.officials(words.folded, day, search.SHOWN + 1),
                self._official,
            ),
            (
                "resolutions",
                _("Resolutions of councils"),
                searching.resolutions(words.text, words.folded, day, search.SHOWN + 1),
                self._resolution,
            ),
            ("acts", _("Legal acts"), search.acts(words, day), self._act),
            (
                "powers",
                _("State powers"),
                delegation_searching.powers(words.folded, day, search.SHOWN + 1),
                self._power,
            ),
            (
                "events",
                _("Events of the reform"),
                search.events(words, sight(self.request.user)),
                self._event,
            ),
        ]
        return [
            Group(
                key,
                label,
                [show(row) for row in rows[: search.SHOWN]],
                len(rows) > search.SHOWN,
                more.get(key, ""),
            )
            for key, label, rows, show in found
        ]

    def _unit(self, row: Row) -> Result:
        ended = not row["lives"] and row["valid"].upper is not None and row["valid"].upper <= self.request.day
        mark = ""
        if ended:
            mark = _("until %(last)s") % {
                "last": display.short_day(row["valid"].upper - dt.timedelta(days=1))
            }
        elif not row["lives"]:
            mark = _("since %(first)s") % {"first": display.short_day(row["valid"].lower)}
        found_as = row["found_as"]
        return Result(
            title=titles.full_name(row),
            url=addresses.page(self.request, "unit", row["id"]),
            kind=titles.unit_kind(row["kind"]),
            where=_path(row["parent"], row["oblast"]),
            note=_("on file also as %(name)s") % {"name": titles.full_name(found_as)} if found_as else "",
            mark=mark,
            provenance=row["provenance"],
            successors=tuple(
                (titles.full_name(unit), addresses.page(self.request, "unit", unit["id"]))
                for unit in row["successors"] or ()
            ),
        )

    def _settlement(self, row: Row) -> Result:
        municipality = row["municipality"]
        address = (
            addresses.page(self.request, "unit", municipality["id"])
            if municipality
            else addresses.page(self.request, "settlements", q=display.name(row))
        )
        return Result(
            title=display.name(row),
            url=address,
            kind=titles.settlement_kind(row["kind"]),
            where=_path(municipality, row["district"]),
            provenance=row["provenance"],
        )

    def _deputy(self, row: Row) -> Result:
        council = wording.council_name(row["unit"], row["council_kind"])
        return Result(
            title=display.name(row),
            url=addresses.page(self.request, "deputy", row["id"]),
            kind=_("deputy"),
            where=council,
            mark="" if row["sits"] else display.period(row["valid"].lower, row["valid"].upper, short=True),
            provenance=row["provenance"],
        )

    def _official(self, row: Row) -> Result:
        post = executive_wording.post_name(row["post"], row["body_kind"])
        return Result(
            title=display.name(row),
            url=addresses.page(self.request, "official", row["id"]),
            kind=f"{post} ({executive_wording.acting()})" if row["acting"] else post,
            where=executive_wording.body_name(row["unit"], row["body_kind"]),
            mark="" if row["sits"] else display.period(row["valid"].lower, row["valid"].upper, short=True),
            provenance=row["provenance"],
        )

    def _resolution(self, row: Row) -> Result:
        council = wording.council_name(row["unit"], row["council_kind"])
        return Result(
            title=display.name(row, "title"),
            url=addresses.page(self.request, "resolution", row["id"]),
            kind=_("resolution"),
            where=f"{wording.resolution_name(row)}, {council}",
            mark=wording.resolution_status(row["status"]) if row["status"] == "cancelled" else "",
            provenance=row["provenance"],
        )

    def _act(self, row: Row) -> Result:
        return Result(
            title=titles.act_name(row),
            url=addresses.page(self.request, "legal-act", row["id"]),
            kind=act_status(row["status"]),
            where=display.name(row, "title"),
            provenance=row["provenance"],
        )

    def _power(self, row: Row) -> Result:
        in_use = row["status"] == PowerStatus.IN_USE
        return Result(
            title=titles.capital(display.name(row)),
            url=addresses.page(self.request, "state-power", row["id"]),
            kind=_("state power"),
            where=delegation_wording.group(row["group"]),
            note=_("transfers in force: %(count)s") % {"count": display.number(row["transfers"])},
            mark="" if in_use else delegation_wording.power_status(row["status"]),
            provenance=row["provenance"],
        )

    def _event(self, row: Row) -> Result:
        return Result(
            title=display.name(row, "title"),
            url=history.event_url(self.request, row["id"]) or "",
            kind=history.change_name(row["kind"]),
            where=display.day(row["effective_on"]),
            mark="" if row["status"] == Event.Status.IN_FORCE else str(Event.Status(row["status"]).label),
            provenance=row["provenance"],
        )


def _path(*units: Row | None) -> str:
    """Return where something lies, the nearest first."""
    return ", ".join(titles.full_name(unit) for unit in units if unit)
