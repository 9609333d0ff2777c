"""A post and everybody who held it, on a time line; a person and the posts they held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ayil_okmotu import charts, wording
from ayil_okmotu.models import PostKind
from ayil_okmotu.page_queries import posts
from ayil_okmotu.views.base import BodyDetailPage, appointed_by_act, body_link, may_keep, person_link
from councils.views.base import act_of
from councils.wording import article, resolution_name
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import NUMBER, Column, Table
from registry import cells, titles
from registry.queries import Row


class PostPage(BodyDetailPage):
    """A post with its holders through time; what it continues and what continues it after a reform included."""

    template_name = "ayil_okmotu/post.html"

    @cached_property
    def post(self) -> Row:
        """The post."""
        found = posts.post(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found

    @property
    def body_id(self) -> Any:
        """The body the post is in."""
        return self.post["body_id"]

    @cached_property
    def chain(self) -> list[Row]:
        """The post among those it continues and those that continue it."""
        return posts.chain(self.post["id"])

    @cached_property
    def appointments(self) -> list[Row]:
        """Who held any of them by the reader's day."""
        return posts.appointments([row["id"] for row in self.chain], self.request.day)

    def get_title(self) -> str:
        """Return the name of the post."""
        return titles.capital(wording.post_name(self.post, self.body["kind"]))

    def get_tables(self) -> Mapping[str, Table]:
        """Return the table of appointments and that of the posts of the chain."""
        return {
            "appointments": appointments_table(
                self.request, self.appointments, caption=_("Who held the post")
            ),
            "chain_table": self._chain(),
        }

    def _chain(self) -> Table:
        request = self.request
        return Table(
            request,
            key="chain",
            caption=_("The post before and after changes"),
            columns=[
                Column(
                    "body",
                    _("Executive body"),
                    value=lambda row: wording.body_name(row["unit"], row["body_kind"]),
                    link=lambda row: body_link(request, row, "body_id"),
                ),
                Column("term", _("Existed"), value=_period, sort=lambda row: row["valid"].lower),
                Column(
                    "employment", _("Employment"), value=lambda row: wording.employment(row["employment"])
                ),
                cells.provenance_column(),
            ],
            rows=self.chain,
            constructed=cells.is_constructed,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add who holds the post on the day, and the time line."""
        day, post = self.request.day, self.post
        now = [row for row in self.appointments if row["post_id"] == post["id"] and day in row["valid"]]
        unit_id = self.body["unit_id"]
        edit = addresses.optional("my-post", post["id"]) if may_keep(self.request.user, unit_id) else ""
        return super().get_context_data(
            post=post,
            exists=day in post["valid"],
            employment=wording.employment(post["employment"]),
            holder=next((row for row in now if not row["acting"]), None),
            stands_in=next((row for row in now if row["acting"]), None),
            chart=line(self.request, self.appointments, self.get_title()),
            continued=len(self.chain) > 1,
            source=cells.source_text(post["source"]),
            is_proposal=post["kind"] in (PostKind.PUBLIC_SAFETY_DEPUTY, PostKind.SOCIAL_SPECIALIST),
            edit_url=edit,
            rest_url=addresses.optional("api-post", post["id"]),
            **kwargs,
        )


def head_of_the_day(rows: Sequence[Row], day: dt.date) -> Row | None:
    """Return who heads a body on a day: somebody acting before the holder, never two."""
    there = [row for row in rows if day in row["valid"]]
    return next((row for row in there if row["acting"]), next(iter(there), None))


def line(request: Any, rows: Sequence[Row], name: str) -> SafeString | str:
    """Draw appointments on a time line; empty where there are none."""
    if not rows:
        return ""
    spells = [
        charts.Spell(
            display.name(row["person"]),
            row["valid"].lower,
            row["valid"].upper,
            row["term_end"],
            acting=row["acting"],
            url=person_link(request, row) or "",
        )
        for row in rows
    ]
    return charts.timeline(spells, request.day, title=_("%(post)s: who held it when") % {"post": name})


def appointments_table(
    request: Any, rows: Sequence[Row], *, caption: str, key: str = "", columns: Sequence[Column] = ()
) -> Table:
    """Return appointments, the latest first; ``columns`` go before who appointed whom and how it ended."""
    first = columns or [
        cells.Shown("person", _("Who"), value=_person, show=lambda row: _linked(request, row))
    ]
    return Table(
        request,
        key=key,
        caption=caption,
        columns=[
            *first,
            Column("term", _("In office"), value=_period, sort=lambda row: row["valid"].lower),
            Column("term_years", _("Term, years"), NUMBER, value=_term_years),
            Column(
                "appointed_by", _("Appointed by"), value=lambda row: wording.appointed_by(row["appointed_by"])
            ),
            Column(
                "act",
                _("Act or order"),
                value=lambda row: appointed_by_act(row) or None,
                link=lambda row: _act_link(request, row, "act_id"),
            ),
            cells.Shown("end", _("Why it ended"), value=end_words, show=lambda row: _end(request, row)),
            Column(
                "concurrent_reason",
                _("Reason for a second post at once"),
                shown=any(row["concurrent_reason"] for row in rows),
            ),
            cells.provenance_column(),
        ],
        rows=list(reversed(rows)),
        constructed=cells.is_constructed,
        empty=_("No appointment is on file by this day."),
    )


def _person(row: Row) -> str:
    name = display.name(row["person"])
    return f"{name} ({wording.acting()})" if row["acting"] else name


def _linked(request: Any, row: Row) -> SafeString:
    """The person's name with a link, marked where they were acting."""
    name = format_html('<a href="{}">{}</a>', person_link(request, row), display.name(row["person"]))
    return format_html("{} {}", name, cells.badge(wording.acting(), "warning")) if row["acting"] else name


def _period(row: Mapping[str, Any]) -> str:
    return display.period(row["valid"].lower, row["valid"].upper, short=True)


def _term_years(row: Row) -> Any:
    """The term that the act gives; an appointment without one runs until it is ended."""
    return display.NOT_APPLICABLE if row["term_years"] is None else row["term_years"]


def _act_link(request: Any, row: Row, key: str) -> str | None:
    return addresses.page(request, "legal-act", row[key]) if row[key] else None


def end_words(row: Row) -> str | None:
    """Return why an appointment ended: the ground with its article, the act, the council's resolution."""
    if not row["end_ground"]:
        return None
    ground = display.name(row["end_ground"])
    parts = [f"{ground} ({article(row['end_article'])})" if row["end_article"] else ground]
    parts.append(act_of(row, "end_act") or wording.order_name(row["end_order_number"], None))
    if row["resolution_id"]:
        parts.append(_resolution(row))
    return "; ".join(part for part in parts if part)


def _resolution(row: Row) -> str:
    return resolution_name({"number": row["resolution_number"], "adopted_on": row["resolution_adopted_on"]})


def _end(request: Any, row: Row) -> str:
    """Why an appointment ended, the act and the resolution as links; removals are marked."""
    if not row["end_ground"]:
        return ""
    ground = display.name(row["end_ground"])
    if row["end_article"]:
        ground = f"{ground} ({article(row['end_article'])})"
    written = cells.badge(_("removed"), "error") if row["end_kind"] == "removal" else ""
    parts = [format_html("{} {}", written, ground) if written else ground]
    if row["end_act_id"]:
        parts.append(
            format_html('<a href="{}">{}</a>', _act_link(request, row, "end_act_id"), act_of(row, "end_act"))
        )
    elif row["end_order_number"]:
        parts.append(wording.order_name(row["end_order_number"], None))
    if row["resolution_id"]:
        address = addresses.page(request, "resolution", row["resolution_id"])
        parts.append(format_html('<a href="{}">{}</a>', address, _resolution(row)))
    return format_html("{}" + "; {}" * (len(parts) - 1), *parts)
