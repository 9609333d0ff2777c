"""The reform in words: units by their full names, sentences on what an event does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lsg_portal.web import display
from registry.models import ChangeKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MEASURES: dict[str, StrOrPromise] = {
    "population": gettext_lazy("population"),
    "own_revenue": gettext_lazy("own revenue"),
    "staff": gettext_lazy("municipal staff"),
}

CLASSES: tuple[tuple[str, StrOrPromise, StrOrPromise], ...] = (
    (
        "unchanged",
        gettext_lazy("Unchanged"),
        gettext_lazy(
            "existed on both days with the same villages and parcels; another name, code, district or kind does not count"
        ),
    ),
    ("enlarged", gettext_lazy("Enlarged"), gettext_lazy("existed on both days and only gained territory")),
    ("diminished", gettext_lazy("Diminished"), gettext_lazy("existed on both days and only lost territory")),
    (
        "reshaped",
        gettext_lazy("Reshaped"),
        gettext_lazy("existed on both days, gained some territory and lost other"),
    ),
    (
        "abolished",
        gettext_lazy("Abolished"),
        gettext_lazy("existed on the first day and no longer on the second"),
    ),
    (
        "created",
        gettext_lazy("Created"),
        gettext_lazy("did not exist on the first day and does on the second"),
    ),
    (
        "moved_in",
        gettext_lazy("Moved in"),
        gettext_lazy("existed on both days and came into this row from another one"),
    ),
    (
        "moved_out",
        gettext_lazy("Moved out"),
        gettext_lazy("existed on both days and left this row for another one"),
    ),
)


def listed(names: Iterable[str]) -> str:
    """Join names with commas."""
    return ", ".join(names)


def what_it_does(
    kind: str,
    day: dt.date,
    *,
    ends: Sequence[str],
    begins: Sequence[str],
    alters: Sequence[str],
    receives: Sequence[str],
) -> str:
    """Return one sentence on an event: its day, what ends, what begins or takes over."""
    words = {
        "day": display.day(day),
        "ends": listed(ends),
        "begins": listed(begins),
        "alters": listed(alters),
        "receives": listed(receives),
    }
    # Translators: the names stand in the nominative whatever the sentence; keep them after a colon or a dash.
    sentences = {
        ChangeKind.CREATE: _("From %(day)s a new unit exists: %(begins)s."),
        ChangeKind.MERGE: _("From %(day)s these units form one new unit, %(begins)s: %(ends)s."),
        ChangeKind.ABSORB: _("From %(day)s these units are part of another one, %(receives)s: %(ends)s."),
        ChangeKind.SPLIT: _("From %(day)s a unit is divided; new units: %(begins)s."),
        ChangeKind.TRANSFER: _("From %(day)s a part of the territory passes to another unit: %(receives)s."),
        ChangeKind.REORGANISE: _("From %(day)s the territory of several units is divided anew."),
        ChangeKind.ABOLISH: _("From %(day)s these units exist no longer: %(ends)s."),
    }
    # Translators: "altered" covers a new name, code, kind or parent.
    altered = _("From %(day)s these units are altered: %(alters)s.")
    return sentences.get(ChangeKind(kind), altered) % words


def period_of_reform(events: int, programmes: int, first: dt.date, last: dt.date) -> str:
    """Return the sentence that says how many events the reform has had, and when."""
    counted = ngettext("%(count)s event", "%(count)s events", events) % {"count": display.number(events)}
    within = ngettext("%(count)s programme", "%(count)s programmes", programmes) % {
        "count": display.number(programmes)
    }
    return _("In force: %(events)s of %(programmes)s, from %(first)s to %(last)s.") % {
        "events": counted,
        "programmes": within,
        "first": display.day(first),
        "last": display.day(last),
    }


def named_settlements(settlements: Sequence[Mapping[str, Any]], most: int = 2) -> str:
    """Name the first settlements of a part and count the rest, short enough for a line in a diagram."""
    shown = listed(display.name(item) for item in settlements[:most])
    rest = len(settlements) - most
    return f"{shown} +{rest}" if rest > 0 else shown


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def measure_name(measure: str) -> str:
    """Return what a share is a share of; a measure without a word of its own keeps its key."""
    return str(MEASURES.get(measure, measure))
