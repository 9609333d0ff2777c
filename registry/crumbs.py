"""The steps of the breadcrumb from the country down to a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsg_portal.web import addresses
from lsg_portal.web.shell import Crumb
from registry import titles


def down_to(request: Any, *above: Mapping[str, Any] | None) -> list[Crumb]:
    """Return the steps down to a unit; ``above`` are the units it lies in from the top, None and repeats left out."""
    seen = {unit["id"]: unit for unit in above if unit}
    return [
        Crumb(titles.full_name(unit), addresses.page(request, "unit", unit["id"])) for unit in seen.values()
    ]
