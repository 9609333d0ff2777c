"""The main menu. Apps announce their pages in ``AppConfig.ready``; the shell knows none of them."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpRequest

from . import addresses

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, order=True)
class NavItem:
    """One entry: ``order`` places it, ``route`` is the URL name, ``label`` a lazily translated word."""

    order: int
    route: str
    label: StrOrPromise = field(compare=False)


@dataclass(frozen=True)
class NavLink:
    """An entry as the page shows it."""

    label: StrOrPromise
    url: str
    current: bool


_items: list[NavItem] = []


def register(*items: NavItem) -> None:
    """Add entries to the menu; a second registration of the same route replaces the first."""
    for item in items:
        _items[:] = [known for known in _items if known.route != item.route]
        bisect.insort(_items, item)


def links(request: HttpRequest) -> list[NavLink]:
    """Return the menu for this request: routes that exist, the one the page lies under marked.

    The longest address that the path begins with is the current one; the front page only counts itself.
    """
    found = [(item, url) for item in _items if (url := addresses.optional(item.route))]
    front = f"/{getattr(request, 'LANGUAGE_CODE', 'ky')}/"
    under = [
        url for _item, url in found if request.path == url or (url != front and request.path.startswith(url))
    ]
    current = max(under, key=len, default="")
    return [NavLink(item.label, addresses.at_day(request, url), url == current) for item, url in found]
