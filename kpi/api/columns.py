"""Columns, parameters and kinds of views that the resources of KPI share."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from councils.api.columns import PLACE, name_of, narrow, narrow_to, narrow_to_words, place_columns, texts
from delegation.api.columns import UNKNOWN, known, maybe
from delegation.api.payloads import given
from kpi import rules, visibility
from kpi.models import Period, Report, ReportStatus, Subject
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.params import Param, refusal
from lsg_portal.rest.problems import Fault, Forbidden, RuleBroken
from lsg_portal.rest.sight import BySight, SeenThing
from lsg_portal.rest.views import Query

__all__ = [
    "PLACE",
    "UNKNOWN",
    "given",
    "known",
    "maybe",
    "name_of",
    "narrow",
    "narrow_to",
    "narrow_to_words",
    "place_columns",
    "texts",
]

DATA = ("kpi", "registry")
SUBJECTS = {"enum": list(Subject.values)}
STATUSES = {"enum": list(ReportStatus.values)}
PERIOD = Param("period", "text", _("Only this period, as 2026Q3."), max_length=6)
PERIOD_ASKED = Param("period", "text", _("The period, as 2026Q3."), required=True, max_length=6)
SUBJECT = Param("subject", "choice", _("Only heads, or only employees."), choices=tuple(Subject.values))
INDICATOR = Param("indicator", "text", _("Only the indicator of this code."), max_length=40)
MINISTRYS = _("Only approvers and administrators of the ministry do this.")
NOT_YOURS = _("Only the staff of this municipality, or who answers for this report, does this.")
_PERIOD = re.compile(r"([0-9]{4})Q([1-4])")
_FIGURES = re.compile(r"0+$")


def period_columns(alias: str) -> tuple[Column, ...]:
    """Return the period of a row: identifier and code."""
    return (
        Column("period.id", f"{alias}.period_id", "uuid"),
        Column("period.code", f"{alias}.period_code"),
    )


def exact(path: str, sql: str, **more: Any) -> Column:
    """Return a figure without the zeros that its column adds."""
    return Column(path, f"trim_scale({sql})", "decimal", **more)


def period_number(query: Query) -> int | None:
    """Return the number of the period asked for, None where none is; raise Malformed for what is no quarter."""
    code = query.get("period")
    if code is None:
        return None
    found = _PERIOD.fullmatch(code)
    if found is None:
        raise refusal(Fault("/period", "period", _("Write the period as 2026Q3.")))
    return int(found[1]) * 4 + int(found[2]) - 1


def narrow_to_period(source: Source, query: Query, column: str) -> None:
    """Keep the rows of the period asked for."""
    number = period_number(query)
    if number is not None:
        source.add(f"{column} = %(period)s::integer", period=number)


def the_period(query: Query) -> Period:
    """Return the period asked for; raise Malformed where there is none of this code."""
    found = Period.objects.filter(number=period_number(query)).first()
    if found is None:
        raise refusal(Fault("/period", "unknown_period", _("There is no such period.")))
    return found


class OfKpi(BySight):
    """A view that shows more to some: unpublished reports, runs and methodologies, employees' results."""

    def sight(self, viewer: Any) -> visibility.Sight:
        """How far the viewer sees."""
        return rules.sight(viewer)


class Seen(OfKpi, SeenThing):
    """A thing of KPI, with an ETag that depends on its viewer."""


class Readable(OfKpi, SqlListView):
    """A list that shows more to some: unpublished reports, runs and methodologies, employees' results."""

    data = DATA


def only_readable(source: Source, viewer: Any, alias: str = "r") -> None:
    """Keep the reports ``alias`` that the viewer may read."""
    readable, args = visibility.condition(rules.sight(viewer), alias)
    source.add(readable, **args)


def reads(user: Any, report: Report) -> bool:
    """Whether the viewer, None for a visitor, reads this report."""
    return bool(rules.reads_report(user, report))


def reads_inside(user: Any, report: Report) -> bool:
    """Whether the viewer reads how a report came about too: its steps, why values were returned, its files."""
    if not reads(user, report):
        return False
    seen = rules.sight(user)
    return bool(report.appointment_id or seen.everything or report.unit_id in seen.units)


def must_manage(user: Any) -> None:
    """Raise Forbidden unless the user keeps methodologies, periods, runs and publication."""
    if not user.has_perm("kpi.manage"):
        raise Forbidden(MINISTRYS)


def period_of(code: str) -> Period:
    """Return the period that a body names by its code; raise RuleBroken where there is none."""
    found = Period.objects.filter(code=code).first()
    if found is None:
        raise RuleBroken(errors=[Fault("/period", "unknown", UNKNOWN)])
    return found


def plain(number: Any) -> str | None:
    """Return a decimal as a text without the zeros that its column adds."""
    if number is None:
        return None
    text = format(number, "f")
    return _FIGURES.sub("", text).rstrip(".") if "." in text else text
