"""One value by itself: what the script of the entry page sends and asks."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from kpi import checking, entry_cards, entry_queries
from kpi.entry_cards import Card
from kpi.entry_forms import ValueForm, texts
from kpi.models import Report, Value
from kpi.views.entry.base import OfValue
from kpi.views.entry.page import EntryPage, try_to_save


def card_of(value: Value, report: Report) -> Card:
    """Return a value with what the quarter before says of it."""
    last = checking.last_values(report)
    return Card(value, last.get(value.indicator.measure_id))


def answer(request: Any, card: Card, report: Report, outcome: str, status: int = 200) -> JsonResponse:
    """Tell the script what became of a value, in words ready to be shown."""
    counts = entry_queries.counts(report)
    context = {"card": card, "editable": True, "report": report}
    return JsonResponse(
        {
            "outcome": outcome,
            "version": card.value.version,
            "texts": texts(card.value),
            "filled": card.filled,
            "said": render_to_string("kpi/entry/_said.html", context, request).strip(),
            "files": render_to_string("kpi/entry/_files.html", context, request).strip(),
            "counts": {row["code"]: entry_cards.filled(row["filled"], row["fields"]) for row in counts},
            "all": entry_cards.filled(
                sum(row["filled"] for row in counts), sum(row["fields"] for row in counts)
            ),
        },
        status=status,
    )


class OneValue(OfValue):
    """A value to be saved or looked at; without a script the answer is the page of its report."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say what is stored now, with a token for the session that is open now."""
        if not self.wants_json:
            return redirect(self.value_url)
        found = answer(request, card_of(self.value, self.report), self.report, "stored")
        found.headers["X-CSRFToken"] = get_token(request)
        return found

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save it."""
        if not self.wants_json:
            return EntryPage.as_view()(request, pk=self.report.pk)
        card = card_of(self.value, self.report)
        form = ValueForm(card.value, request.POST)
        if form.add_prefix("status") not in request.POST:
            card.problems = [_("Nothing was sent.")]
            return answer(request, card, self.report, "refused", 422)
        try_to_save(card, form, self)
        if card.stale:
            return answer(request, card, self.report, "conflict", 409)
        if card.problems:
            return answer(request, card, self.report, "refused", 422 if self.editable else 409)
        return answer(request, card, self.report, "saved")
