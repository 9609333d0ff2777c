"""What the pages of the country and of an oblast share: groups of the statistics beside what lies in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from lsg_portal.pages.comparison import Comparison, group_name
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import NUMBER, Column
from registry import cells
from registry.models import MUNICIPALITY_KINDS

CITIES = frozenset(str(kind) for kind in MUNICIPALITY_KINDS if kind != "ayil_aimak")


def composed(
    composition: Iterable[Mapping[str, Any]], key: Callable[[Mapping[str, Any]], Any]
) -> dict[Any, dict[str, Any]]:
    """Add up a composition by a key: units by kind, residents, settlements.

    Residents are those of municipalities: oblasts and districts have no figure of their own. A sum without any
    figure is None, which is not 0.
    """
    found: dict[Any, dict[str, Any]] = defaultdict(
        lambda: {
            "districts": 0,
            "cities": 0,
            "aimaks": 0,
            "settlements": 0,
            "population": None,
            "unreported": 0,
            "population_provenance": "documented",
        }
    )
    for row in composition:
        group = found[key(row)]
        if row["kind"] == "district":
            group["districts"] += row["units"]
        elif row["kind"] in CITIES or row["kind"] == "ayil_aimak":
            group["cities" if row["kind"] in CITIES else "aimaks"] += row["units"]
            group["settlements"] += row["settlements"]
            group["unreported"] += row["unreported"]
            if row["population"] is not None:
                group["population"] = (group["population"] or 0) + row["population"]
            if row["made"]:
                group["population_provenance"] = cells.CONSTRUCTED
    return found


def comparison_columns(comparison: Comparison, *, classes: bool = True) -> list[Column]:
    """Return the columns of both days, the reduction and the classes of municipalities; without ``classes`` hidden."""
    if not comparison.shown:
        return [Column("after", comparison.after_label, NUMBER)]
    return [
        Column("before", comparison.before_label, NUMBER),
        Column("after", comparison.after_label, NUMBER),
        cells.rounded_percent(
            "reduction_percent",
            _("Reduction"),
            note=_("of the number before, in whole percents; files hold the exact figure"),
        ),
        Column("unchanged", _("Unchanged"), NUMBER, shown=classes),
        Column("enlarged", _("Enlarged"), NUMBER, shown=False),
        Column("diminished", _("Diminished"), NUMBER, shown=False),
        Column("reshaped", _("Reshaped"), NUMBER, shown=False),
        Column("abolished", _("Abolished"), NUMBER, shown=False),
        Column("created", _("Created"), NUMBER, shown=False),
        Column("moved_in", _("Came from another group"), NUMBER, shown=False),
        Column("moved_out", _("Went to another group"), NUMBER, shown=False),
    ]


def group_column(request: Any, label: str) -> Column:
    """Return the column that names a group of the statistics and links to its unit, if it is one."""
    return Column(
        "name",
        label,
        value=lambda row: group_name(row["group"]),
        sort=lambda row: display.name(row["group"]["name"]),
        link=lambda row: addresses.page(request, "unit", row["group"]["id"]) if row["group"]["id"] else None,
    )


def totals(
    total: Mapping[str, Any], groups: Iterable[Mapping[str, Any]], keys: Iterable[str]
) -> dict[str, Any]:
    """Return the totals row: the statistics' own total, and sums of the other columns."""
    added: dict[str, Any] = {key: total[key] for key in total}
    rows = list(groups)
    for key in keys:
        reported = [row[key] for row in rows if row[key] is not None]
        added[key] = sum(reported) if reported else None
    return added
