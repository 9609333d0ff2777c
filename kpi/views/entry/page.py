"""The entry page: every value in short sections, saved one by one by the script or all at once without it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic.base import TemplateResponseMixin

from kpi import checking, entering, entry_cards, entry_queries, evidence, services, wording
from kpi.entry_cards import Card
from kpi.entry_forms import ValueForm
from kpi.errors import DomainError, Stale, StateConflict
from kpi.models import ReportStatus, ReturnedValue, Step
from kpi.views.entry.base import OfReport
from lsg_portal.data.uploads import UploadRefused, receiving
from lsg_portal.web import addresses, display
from registry import titles
from registry.record_pages import Problem

FILES = (".pdf", ".docx", ".jpg", ".jpeg", ".png")


class EntryPage(OfReport, TemplateResponseMixin):
    """A report with everything that is known of its values; read only where it is not in entry."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "kpi/entry/page.html"

    def get_title(self) -> str:
        """Name the quarter."""
        return self.report_title

    # What is shown

    @cached_property
    def steps(self) -> list[Step]:
        """What happened to the report, the latest first."""
        return entry_queries.steps(self.report)

    @property
    def reasons(self) -> Mapping[uuid.UUID, ReturnedValue]:
        """Why values were returned last, while the report is being corrected."""
        if self.report.status != ReportStatus.RETURNED:
            return {}
        last = next(step for step in self.steps if step.action == Step.Action.RETURN)
        return {row.value_id: row for row in last.returned.all()}

    @cached_property
    def cards(self) -> list[Card]:
        """Every value, in the order of the methodology."""
        last, reasons = checking.last_values(self.report), self.reasons
        return [
            Card(value, last.get(value.indicator.measure_id), reasons.get(value.pk))
            for value in services.values_of(self.report)
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather the sections, the days and what can be done next."""
        report, cards = self.report, self.cards
        done = sum(card.filled for card in cards)
        found = {
            "sections": entry_cards.sections(cards),
            "cards": cards,
            "said": entry_cards.filled(done, len(cards)),
            "complete": done == len(cards),
            "editable": self.editable,
            "status": wording.report_status(report.status),
            "tone": wording.TONES[ReportStatus(report.status)],
            "due": self.place[1],
            "correct_by": report.correct_by if report.status == ReportStatus.RETURNED else None,
            "returned": [card for card in cards if card.returned],
            "steps": self.history,
            "can_recall": report.status == ReportStatus.SUBMITTED
            and services.may_enter(report, timezone.localdate(self.now)),
            "can_amend": report.status in (ReportStatus.APPROVED, ReportStatus.PUBLISHED),
            "public_url": self.public_url,
            "review_url": self.review_url,
            "template_url": addresses.optional("kpi-template", report.pk),
            "upload_url": addresses.optional("kpi-upload", report.pk) if self.editable else "",
            "accept": ",".join(FILES),
        }
        return super().get_context_data(**{**found, **kwargs})

    @property
    def public_url(self) -> str:
        """The page everybody reads; empty while there is none."""
        if self.report.status not in (ReportStatus.PUBLISHED, ReportStatus.SUPERSEDED):
            return ""
        return addresses.optional("kpi-report", self.report.pk) if self.report.appointment_id is None else ""

    @property
    def review_url(self) -> str:
        """Where a head reviews an employee's report; empty for whom it is not to review."""
        found, user = self.report, self.request.user
        waits = found.status in (ReportStatus.SUBMITTED, ReportStatus.IN_REVIEW)
        mine = found.submitted_by_id == user.pk
        if mine or not waits or not user.has_perm("kpi.review", found):
            return ""
        return addresses.optional("kpi-review", found.pk)

    @property
    def history(self) -> list[dict[str, Any]]:
        """The steps in words."""
        return [
            {
                "what": wording.step(step.action),
                "at": step.at,
                "when": display.moment(timezone.localtime(step.at)),
                "by": (step.by.get_full_name() or step.by.get_username()) if step.by else "",
                "reason": step.reason,
                "returned": [
                    (titles.capital(display.name(row.value.indicator)), row.reason)
                    for row in step.returned.all()
                ],
            }
            for step in self.steps
        ]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it, over what was typed before a sign-in where something was."""
        kept = self.take_kept()
        if kept is None:
            return self.render_to_response(self.get_context_data())
        for card in self.cards:
            form = ValueForm(card.value, kept)
            if form.add_prefix("status") in kept and form.touched:
                card.sent = form
        return self.render_to_response(self.get_context_data(kept=True))

    # What is sent

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save everything that was typed; show again what was not taken."""
        try:
            receiving.check(request)
        except UploadRefused as error:
            problems = [Problem("", "", str(error.message))]
        else:
            problems = self.take_files()
        saved = sum(self.take(card) for card in self.cards)
        if saved:
            said = ngettext("%(count)s entry is saved.", "%(count)s entries are saved.", saved)
            messages.success(request, said % {"count": saved})
        wrong = [card for card in self.cards if card.wrong]
        if wrong or problems:
            return self.refused(wrong, problems)
        return redirect(self.onward)

    def take(self, card: Card) -> bool:
        """Save one value and return whether it was written."""
        form, post = ValueForm(card.value, self.request.POST), self.request.POST
        if form.add_prefix("status") not in post or not form.touched or post.get("theirs") == card.code:
            return False
        version = None
        if post.get("mine", "").startswith(f"{card.code}:"):
            chosen = post["mine"].partition(":")[2]
            version = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0
        return try_to_save(card, form, self, version)

    def take_files(self) -> list[Problem]:
        """Attach the files that were chosen and take back the one that was pointed out; return what was refused."""
        problems = []
        for card in self.cards:
            file = self.request.FILES.get(f"{card.code}-file")
            gone = [one for one in card.files if str(one.pk) == self.request.POST.get("remove")]
            try:
                if file is not None:
                    details = evidence.details(file, name=file.name or "")
                    services.attach_evidence(value=card.value, by=self.request.user, at=self.now, **details)
                for one in gone:
                    services.remove_evidence(evidence=one, at=self.now)
            except DomainError as error:
                problems.append(Problem(card.field_id, card.name, error.message))
        return problems

    def refused(self, wrong: list[Card], problems: list[Problem]) -> HttpResponseBase:
        """Show the page again whole, with an error summary that leads to the fields."""
        found = [
            Problem(card.field_id, card.name, sentence)
            for card in wrong
            for sentence in (card.problems or [_("Somebody else has saved another figure meanwhile.")])
        ]
        only_stale = not problems and all(card.stale and not card.problems for card in wrong)
        untaken = [] if self.editable else [(card.name, card.typed) for card in wrong]
        context = self.get_context_data(problems=[*found, *problems], untaken=untaken)
        return self.render_to_response(context, status=409 if only_stale or not self.editable else 422)

    next_steps: ClassVar[Mapping[str, str]] = {"submit": "kpi-submit"}

    @property
    def onward(self) -> str:
        """Where to go once all is saved: on to submitting, or back to where the button stood."""
        post = self.request.POST
        if post.get("next") in self.next_steps:
            return addresses.page(self.request, self.next_steps[post["next"]], self.report.pk)
        codes = {section.code for section in entry_cards.sections(self.cards)}
        code = post.get("save", "")
        return f"{self.entry_url}#section-{code}" if code in codes else self.entry_url


def try_to_save(card: Card, form: ValueForm, page: OfReport, version: int | None = None) -> bool:
    """Store what was typed of a value and return whether it was written; else the card says why not."""
    before = card.value.version
    if not form.is_valid():
        card.sent, card.problems = form, entry_cards.errors_of(form)
        return False
    try:
        value = entering.save(form, at=page.now, expected_version=version)
    except Stale:
        fresh = entry_queries.value(card.value.pk)
        assert fresh is not None
        card.value = fresh
        if not entering.stands(fresh, form.given):  # else the same was sent twice at once
            card.sent, card.stale = form, True
        return False
    except StateConflict as error:
        page.refresh()
        card.sent, card.problems = form, entry_cards.said_of(error.violations)
        return False
    except DomainError as error:
        card.sent, card.problems = form, entry_cards.said_of(error.violations)
        return False
    card.value = value
    return value.version != before
