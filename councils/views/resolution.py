"""A resolution: its text and files, the vote and the rule it had to meet, its way from adoption to cancellation."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils import documents, wording
from councils.models import Resolution, ResolutionFile, VoteChoice
from councils.page_queries import resolutions
from councils.views.base import CouncilDetailPage, deputy_link, status_badge
from councils.views.council import may_keep
from councils.views.session import needed
from lsg_portal.web import addresses, charts, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Column, Table
from registry import cells
from registry.queries import Row

DRAFT = "draft"
CHOICE_TONES = {"in_favour": "good", "against": "error", "abstained": ""}


@dataclass(frozen=True)
class Step:
    """A step in the life of a resolution, done by the reader's day or not."""

    name: str
    day: dt.date | None
    done: bool
    note: str = ""
    url: str = ""


def may_read(request: HttpRequest, pk: uuid.UUID) -> bool:
    """Tell whether the reader may see a draft: its council's secretary and the ministry do."""
    if not request.user.is_authenticated:
        return False
    return request.user.has_perm(
        "councils.read_resolution", Resolution.objects.select_related("council").get(pk=pk)
    )


class ResolutionPage(CouncilDetailPage):
    """One resolution."""

    template_name = "councils/resolution.html"

    @cached_property
    def resolution(self) -> Row:
        """The resolution; 404 where none is on file, and for a draft that the reader may not see."""
        found = resolutions.resolution(self.kwargs["pk"], self.request.day)
        if found is None or (found["status_now"] == DRAFT and not may_read(self.request, found["id"])):
            raise Http404
        if found["status_now"] == DRAFT:
            found["status"] = DRAFT
        return found

    @property
    def council_id(self) -> uuid.UUID:
        """The council that adopted it."""
        identifier: uuid.UUID = self.resolution["council_id"]
        return identifier

    def get_title(self) -> str:
        """Return the title."""
        return display.name(self.resolution, "title")

    def below_council(self) -> Sequence[Crumb]:
        """Return the council and the session."""
        row = self.resolution
        if not row["session_id"]:
            return [self.council_crumb()]
        session = {"number": row["session_number"], "held_on": row["held_on"]}
        address = addresses.page(self.request, "council-session", row["session_id"])
        return [self.council_crumb(), Crumb(wording.capital(wording.session_name(session)), address)]

    @cached_property
    def named(self) -> list[Row]:
        """The votes by name."""
        return resolutions.named_votes(self.resolution["id"])

    def get_tables(self) -> Mapping[str, Table]:
        """Return the votes by name."""
        words = dict(VoteChoice.choices)
        columns = [
            Column("name", _("Deputy"), value=display.name, link=lambda row: deputy_link(self.request, row)),
            Column(
                "faction",
                _("Faction"),
                value=lambda row: display.name(row["faction"]),
                shown=any(row["faction"] for row in self.named),
            ),
            cells.Shown(
                "choice",
                _("Vote"),
                value=lambda row: str(words[row["choice"]]),
                show=lambda row: cells.badge(words[row["choice"]], CHOICE_TONES[row["choice"]]),
            ),
            cells.provenance_column(),
        ]
        table = Table(
            self.request,
            caption=_("Votes by name"),
            columns=columns,
            rows=self.named,
            constructed=cells.is_constructed,
            empty=_("The vote was not by name, or its list is not on file."),
        )
        return {"named": table}

    def chart(self) -> SafeString | str:
        """Draw the result of the vote; empty where none is on file."""
        row, words = self.resolution, dict(VoteChoice.choices)
        if row["in_favour"] is None:
            return ""
        bars = [
            charts.Bar(wording.capital(str(words[choice])), (row[choice],))
            for choice in ("in_favour", "against", "abstained")
        ]
        absent = row["present"] - row["in_favour"] - row["against"] - row["abstained"]
        bars.append(charts.Bar(wording.capital(_("did not vote")), (absent,)))
        return charts.bar_chart(bars, series=(_("votes"),), title=_("Result of the vote"))

    def rule(self) -> dict[str, Any]:
        """Return the majority that was needed, in words and in votes, and whether it was reached."""
        row = self.resolution
        found: dict[str, Any] = {
            "name": display.name(row["rule"]),
            "article": wording.article(row["rule_article"]),
            "need": None,
            "reached": None,
        }
        if row["in_favour"] is not None:
            of = row["of_all"] if row["base"] == "all" else row["present"]
            need = needed(row, of)
            found |= {"need": need, "of": of, "reached": row["in_favour"] >= need}
        return found

    def steps(self) -> list[Step]:
        """Return the life of the resolution up to the reader's day."""
        row, day = self.resolution, self.request.day

        def step(name: str, on: dt.date | None, note: str = "", url: str = "") -> Step:
            return Step(name, on, bool(on and on <= day), note, url)

        steps = [
            step(
                wording.capital(wording.resolution_status("adopted")),
                row["adopted_on"],
                row["number"] and f"№ {row['number']}",
            ),
            step(
                wording.capital(wording.resolution_status("registered")),
                row["registered_on"],
                row["registration_number"] and f"№ {row['registration_number']}",
            ),
            step(
                wording.capital(wording.resolution_status("published")),
                row["published_on"],
                row["published_in"],
            ),
        ]
        if row["canceller_id"] and row["canceller_adopted_on"] <= day:
            canceller = {"number": row["canceller_number"], "adopted_on": row["canceller_adopted_on"]}
            address = addresses.page(self.request, "resolution", row["canceller_id"])
            name = wording.capital(wording.resolution_name(canceller))
            steps.append(
                step(
                    wording.capital(wording.resolution_status("cancelled")),
                    row["canceller_adopted_on"],
                    name,
                    address,
                )
            )
        return [one for one in steps if one.done or not one.day]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add everything else."""
        row = self.resolution
        session = {"number": row["session_number"], "held_on": row["held_on"]} if row["session_id"] else None
        edit = addresses.optional("my-resolution", row["id"])
        return super().get_context_data(
            resolution=row,
            source_words=cells.source_text(row["source"]),
            is_draft=row["status"] == DRAFT,
            is_later=bool(row["adopted_on"] and row["adopted_on"] > self.request.day),
            quoted=wording.capital(wording.resolution_name(row)) if row["adopted_on"] else "",
            status_mark=status_badge(row["status"]),
            text=display.name(row, "text"),
            session_name=wording.capital(wording.session_name(session)) if session else "",
            item=str(row["item_number"] or ""),
            rule=self.rule(),
            chart=self.chart(),
            steps=self.steps(),
            cancels=[
                (
                    f"{wording.capital(wording.resolution_name(one))} «{display.name(one, 'title')}»",
                    addresses.page(self.request, "resolution", one["id"]),
                )
                for one in resolutions.cancelled_by(row["id"], self.request.day)
            ],
            files=[
                {
                    **one,
                    "kilobytes": max(1, round(one["size"] / 1024)),
                    "kind": documents.ENDINGS.get(one["media_type"], ""),
                }
                for one in resolutions.files(row["id"])
            ],
            edit_url=edit if edit and may_keep(self.request.user, self.council) else "",
            rest_url=addresses.optional("api-resolution", row["id"]),
            **kwargs,
        )


@require_safe
def resolution_file(request: HttpRequest, pk: uuid.UUID, file: uuid.UUID) -> HttpResponseBase:
    """Send a file of a resolution; 404 for one that was removed, and for a draft's that the reader may not see."""
    record = (
        ResolutionFile.objects.select_related("resolution__council")
        .filter(pk=file, resolution_id=pk, removed_at__isnull=True)
        .first()
    )
    if record is None:
        raise Http404
    if record.resolution.status == DRAFT and not may_read(request, pk):
        raise Http404
    return documents.download(record, published=record.resolution.status != DRAFT)
