"""What the public pages of the executive bodies share: their place in the site, the way down to a body, links."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from ayil_okmotu import wording
from ayil_okmotu.page_queries import bodies
from ayil_okmotu.rules import kept_units
from councils.views.base import act_of
from lsg_portal.web import addresses, display
from lsg_portal.web.sections import SectionedPage
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Filter
from lsg_portal.web.views import RegisterPage
from registry import cells, queries, titles
from registry.crumbs import down_to
from registry.place_filters import place_filters
from registry.queries import Row, data_versions

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SECTIONS: tuple[tuple[str, StrOrPromise], ...] = (
    ("executive-bodies", gettext_lazy("Executive bodies")),
    ("executive-staff", gettext_lazy("Staff against the norm")),
    ("executive-vacancies", gettext_lazy("Vacancies")),
    ("village-access", gettext_lazy("Distances to the centre")),
    ("executive-comparison", gettext_lazy("Comparison")),
    ("local-budgets", gettext_lazy("Local budgets")),
)
APPS = ("registry", "councils", "ayil_okmotu")
TENTH = Decimal("0.1")


class ExecutivePage(SectionedPage, RegisterPage):
    """A page about all executive bodies, with their own menu."""

    sections = SECTIONS
    section = "executive-bodies"
    sections_home = gettext_lazy("Executive bodies")
    sections_label = gettext_lazy("Pages of the executive bodies")

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the executive bodies."""
        return data_versions(*APPS)

    @cached_property
    def upper(self) -> list[Row]:
        """The oblasts and districts of the reader's day."""
        return queries.upper_units(self.request.day)

    def place_filters(self) -> list[Filter]:
        """Return the filters by oblast and district."""
        return place_filters(self.upper)


class BodyDetailPage(RegisterPage):
    """A page about something of one executive body; ``body_id`` says of which."""

    @property
    def body_id(self) -> uuid.UUID:
        """The body the page is about."""
        return uuid.UUID(str(self.kwargs["pk"]))

    @cached_property
    def body(self) -> Row:
        """The body, with where its unit lay on the day, or on the day of its life nearest to it."""
        found = bodies.body(self.body_id, self.request.day)
        if found is None:
            raise Http404
        return found

    def get_versions(self) -> Mapping[str, int]:
        """Name the data of the register and of the executive bodies."""
        return data_versions(*APPS)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the oblast, the district and the municipality; below the body's own page the body too."""
        body = self.body
        above = down_to(self.request, body["oblast"], body["district"], body["unit"])
        return [*above, *self.below_body()]

    def below_body(self) -> Sequence[Crumb]:
        """Return the steps between the municipality and this page: the body itself."""
        return [Crumb(wording.body_of(self.body), body_link(self.request, self.body) or "")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the body, what it is called and the names of the units it lies in."""
        body = self.body
        return super().get_context_data(
            body=body,
            body_name=wording.body_of(body),
            body_kind=wording.body_kind(body["kind"]),
            unit_name=titles.full_name(body["unit"]),
            district_name=titles.full_name(body["district"]),
            oblast_name=titles.full_name(body["oblast"]),
            **kwargs,
        )


def body_link(request: Any, row: Mapping[str, Any], key: str = "id") -> str | None:
    """Return the page of the executive body of a row on the reader's day."""
    return addresses.page(request, "executive-body", row[key]) if row[key] else None


def person_link(request: Any, row: Mapping[str, Any], key: str = "person_id") -> str | None:
    """Return the page of the person of a row on the reader's day."""
    return addresses.page(request, "official", row[key]) if row[key] else None


def post_link(request: Any, row: Mapping[str, Any], key: str = "id") -> str | None:
    """Return the page of the post of a row on the reader's day."""
    return addresses.page(request, "post", row[key]) if row[key] else None


def who(request: Any, people: Sequence[tuple[Any, Any, bool]]) -> SafeString:
    """Return persons as links: each an identifier, names, and whether they are acting."""
    return format_html_join(
        ", ",
        '<a href="{}">{}</a>{}',
        (
            (
                addresses.page(request, "official", identifier),
                display.name(names),
                format_html(" {}", cells.badge(wording.acting(), "warning")) if acting else "",
            )
            for identifier, names, acting in people
            if identifier
        ),
    )


def named(people: Sequence[tuple[Any, bool]]) -> str | None:
    """Return persons as text: names, and whether they are acting; None where there are none."""
    told = [
        f"{display.name(names)} ({wording.acting()})" if acting else display.name(names)
        for names, acting in people
        if names
    ]
    return ", ".join(told) or None


def appointed_by_act(row: Mapping[str, Any]) -> str:
    """Return the act or the order of an appointment as it is quoted."""
    return act_of(row) or wording.order_name(row["order_number"], row["order_on"])


def ratio(whole: Any, parts: Any) -> Decimal | None:
    """Return how many there are to each, with one decimal, half up; None where there is nothing to divide."""
    if whole is None or not parts:
        return None
    return (Decimal(whole) / Decimal(parts)).quantize(TENTH, rounding=ROUND_HALF_UP)


def may_keep(user: Any, unit_id: uuid.UUID) -> bool:
    """Tell whether the reader keeps the records of this municipality's executive body, or corrects them."""
    if not user.is_authenticated:
        return False
    return unit_id in kept_units(user) or bool(user.has_perm("ayil_okmotu.appoint_head"))
