"""The two days a page compares: one before the reform, and the reader's own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from lsg_portal.pages.queries import country
from lsg_portal.web import display
from lsg_portal.web.tables import Filter, Filters
from reform import queries as reform
from registry import titles
from registry.models import MUNICIPALITY_KINDS

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Comparison:
    """``before`` and ``after``, the kind of municipality counted, and the first day of the reform on record.

    Without an event in force by ``after`` there is nothing to compare: ``before`` is then ``after``.
    """

    before: dt.date
    after: dt.date
    kind: str | None
    begun_on: dt.date | None
    filters: Filters

    @classmethod
    def of(cls, request: Any, *, kinds: bool = True) -> Comparison:
        """Read the days of a page: ``?before=`` or the eve of the first event in force, and the reader's day.

        Raises BadRequest where ``before`` is not before the reader's day.
        """
        wanted = [Filter.day("before", _("Compare with the day"))]
        if kinds:
            choices = [(kind.value, kind.label) for kind in MUNICIPALITY_KINDS]
            wanted.append(Filter.choice("kind", _("Kind of municipality"), choices, _("all municipalities")))
        filters = Filters(request.GET, wanted)
        begun_on = country.first_event_day()
        before = filters["before"]
        if before is None:
            before = min(begun_on - ONE_DAY, request.day) if begun_on else request.day
        elif before >= request.day:
            raise BadRequest(_("The day to compare with must lie before the day of the page."))
        return cls(before, request.day, filters["kind"] if kinds else None, begun_on, filters)

    @property
    def shown(self) -> bool:
        """Whether there are two days to compare."""
        return self.before < self.after

    @property
    def before_label(self) -> str:
        """The head of a column of the earlier day."""
        return _("On %(day)s") % {"day": display.short_day(self.before)}

    @property
    def after_label(self) -> str:
        """The head of a column of the reader's day."""
        return _("On %(day)s") % {"day": display.short_day(self.after)}

    def statistics(self, group_by: str, *, oblast: uuid.UUID | None = None) -> dict[str, Any]:
        """Return rows and total of the municipalities of both days, in the shape that REST promises."""
        filters: dict[str, uuid.UUID | str] = {}
        if oblast:
            filters["oblast"] = oblast
        if self.kind:
            filters["kind"] = self.kind
        answer = reform.statistics(before=self.before, after=self.after, group_by=group_by, filters=filters)
        return dict(orjson.loads(answer))


def group_name(group: Mapping[str, Any]) -> str:
    """Return the name of a group of the statistics: a unit in full, what lies outside districts as that."""
    if group["id"] is not None:
        return titles.full_name(group["name"], kind=group["kind"])
    oblast = group.get("oblast")
    if not oblast or not oblast["id"]:
        return display.name(group["name"])
    name = titles.full_name(oblast["name"], kind=oblast["kind"])
    if oblast["kind"] == "city_republican":
        return name
    return _("%(oblast)s: cities outside districts") % {"oblast": name}
