"""What the entry page says of each value beside what is typed: last quarter, the register, warnings, returns, files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpi import checking, evidence, wording
from kpi.entry_forms import KINDS, ValueForm, amounts, texts
from kpi.models import Category, Evidence, ReturnedValue, Value, ValueStatus
from lsg_portal.web import display
from registry import titles
from registry.record_pages import Difference


@dataclass
class Card:
    """A value with its form and everything that is said of it."""

    value: Value
    last: Value | None = None
    returned: ReturnedValue | None = None
    sent: ValueForm | None = None
    """What was just sent and not taken; None shows what is stored."""
    problems: list[str] = field(default_factory=list)
    """Why it was not taken."""
    stale: bool = False
    """Whether somebody else has written the value since it was read."""

    @property
    def code(self) -> str:
        """The code of the indicator, by which the page names the value."""
        return self.value.indicator.code

    @property
    def name(self) -> str:
        """What the indicator is called."""
        return titles.capital(display.name(self.value.indicator))

    @property
    def unit_of_measure(self) -> str:
        """What the assessed figure is counted in."""
        return display.name(self.value.indicator, "unit_of_measure")

    @property
    def definition(self) -> str:
        """How the indicator is defined, and what the source leaves open."""
        indicator = self.value.indicator
        said = [display.name(indicator, "definition"), display.name(indicator, "flag")]
        return " ".join(f"{titles.capital(text).rstrip('.')}." for text in said if text)

    @cached_property
    def form(self) -> ValueForm:
        """The fields."""
        return self.sent or ValueForm(self.value)

    @property
    def field_id(self) -> str:
        """The first field, to which the error summary leads."""
        return f"{self.code}-{amounts(self.value.indicator)[0]}"

    @property
    def typed(self) -> str:
        """What was sent and not taken, in one line."""
        sent = self.form.sent
        status = "" if sent["status"] in ("", ValueStatus.NORMAL) else wording.value_status(sent["status"])
        figures = " / ".join(sent[name] for name in amounts(self.value.indicator))
        return "; ".join(part for part in (figures, status, sent["note"]) if part.strip())

    @property
    def filled(self) -> bool:
        """Whether the stored value is filled in."""
        return bool(self.value.status)

    @property
    def wrong(self) -> bool:
        """Whether something of it was not taken."""
        return bool(self.problems or self.stale)

    @property
    def figure(self) -> str:
        """The assessed figure of a value that is entered by its parts; empty while it is incomplete."""
        found = checking.figure(self.value)
        return wording.figure(found) if self.value.indicator.has_parts and found is not None else ""

    @property
    def shown_figure(self) -> str:
        """The assessed figure; empty where there is none."""
        found = checking.figure(self.value)
        return "" if found is None else wording.figure(found)

    @property
    def parts(self) -> str:
        """The parts that the figure comes from; empty where it has none."""
        if not self.value.indicator.has_parts or self.value.numerator is None:
            return ""
        return f"{checking.written(self.value.numerator)} / {checking.written(self.value.denominator)}"

    @property
    def saved_at(self) -> str:
        """When the stored value was written."""
        return display.moment(timezone.localtime(self.value.updated_at))

    @property
    def status(self) -> str:
        """What the value is, in words."""
        return wording.value_status(self.value.status)

    @property
    def half(self) -> bool:
        """Whether of the two parts of a figure only one is stored."""
        parts = (self.value.numerator, self.value.denominator)
        return self.value.indicator.has_parts and not self.value.status and parts.count(None) == 1

    @cached_property
    def warnings(self) -> list[checking.Warning]:
        """What is odd about the stored value; nothing beside what was sent and not taken, as it would seem to be about that."""
        return [] if self.wrong else checking.warnings(self.value, self.last)

    @property
    def last_text(self) -> str:
        """The figure of the quarter before; empty where there was no report."""
        if self.last is None:
            return ""
        found = checking.figure(self.last)
        return wording.figure(found) if found is not None else wording.value_status(self.last.status)

    @property
    def known_text(self) -> str:
        """What the register knows, and where from; empty where it knows nothing."""
        known = self.value.known
        if not known:
            return ""
        parts = [Decimal(known[name]) for name in ("number", "numerator", "denominator") if name in known]
        figures = " / ".join(checking.written(part) for part in parts)
        if "courses" in known:
            courses = int(known["courses"])
            source = ngettext(
                "%(count)s course on record in the quarter",
                "%(count)s courses on record in the quarter",
                courses,
            ) % {"count": courses}
        else:
            source = _("local budget of %(year)s") % {"year": str(known.get("year", ""))}
        return _("%(figures)s (%(source)s)") % {"figures": figures, "source": source}

    @property
    def is_known(self) -> bool:
        """Whether the figure is the register's own, entered by nobody."""
        return self.value.origin == Value.Origin.REGISTER

    @property
    def files(self) -> list[Evidence]:
        """The files that prove it."""
        return [file for file in self.value.evidence.all() if file.removed_at is None]

    @property
    def lacks_evidence(self) -> bool:
        """Whether it cannot be submitted without a file."""
        needed = self.value.indicator.evidence_required and self.value.status in checking.WITH_FIGURE
        return needed and not self.files

    @property
    def corrected(self) -> bool:
        """Whether it, or what proves it, was changed since it was returned."""
        returned, value = self.returned, self.value
        return returned is not None and (
            value.version > returned.value_version
            or evidence.changed_since(returned.step, value.evidence.all())
        )

    @property
    def opened(self) -> bool:
        """Whether state and note are shown at once: where there is something in them, or something to answer."""
        told = self.value.note or self.value.status not in ("", ValueStatus.NORMAL) or self.warnings
        return bool(told or self.wrong or self.returned)

    @property
    def differences(self) -> list[Difference]:
        """What somebody else has saved beside what was sent."""
        if not self.stale or self.sent is None:
            return []
        theirs, mine, found = texts(self.value), self.sent.sent, []
        for name in (*amounts(self.value.indicator), "status", "note"):
            bound = self.sent[name]
            left, right = (self._worded(name, text) for text in (theirs[name], mine[name]))
            if left != right:
                found.append(Difference(str(bound.label), left, right))
        return found

    def _worded(self, name: str, text: str) -> str:
        if name == "status":
            return str(dict(KINDS)[ValueStatus(text or ValueStatus.NORMAL)])
        return " ".join(text.split()) or "—"


@dataclass
class Section:
    """A category of the methodology with its values."""

    category: Category
    cards: list[Card]

    @property
    def code(self) -> str:
        """The code of the category."""
        return self.category.code

    @property
    def name(self) -> str:
        """What the category is called."""
        return display.name(self.category)

    @property
    def said(self) -> str:
        """How much of it is filled in."""
        return filled(sum(card.filled for card in self.cards), len(self.cards))


def filled(count: int, of: int) -> str:
    """Say how much is filled in."""
    return _("%(count)s of %(of)s filled in") % {"count": count, "of": of}


def sections(cards: Iterable[Card]) -> list[Section]:
    """Put values, in the order of the methodology, under their categories."""
    found: list[Section] = []
    for card in cards:
        category = card.value.indicator.category
        if not found or found[-1].category.pk != category.pk:
            found.append(Section(category, []))
        found[-1].cards.append(card)
    return found


def said_of(violations: Iterable[Any]) -> list[str]:
    """Return the sentences of a refusal, each once."""
    return list(dict.fromkeys(str(item.message) for item in violations))


def errors_of(form: ValueForm) -> list[str]:
    """Return what is wrong with what was typed, before any rule is asked."""
    errors: Mapping[str, Any] = form.errors
    return list(dict.fromkeys(str(message) for found in errors.values() for message in found))
