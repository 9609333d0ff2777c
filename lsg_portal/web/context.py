"""Context processors."""

from __future__ import annotations

from django.http import HttpRequest

from .shell import Shell


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give templates the frame of the page as ``shell``. Costs nothing until used, and never a query."""
    return {"shell": Shell(request)}
