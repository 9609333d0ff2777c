"""Forms with a line for each deputy: the attendance sheet, the vote by name."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.forms import MOST_SEATS
from councils.models import AdvisoryCapacity, AttendanceState, VoteChoice
from lsg_portal.web.forms import NOT_OFFERED, Line, VersionedForm, Whole


class AttendanceForm(VersionedForm):
    """Who came: one line a deputy, then those who were there without a vote."""

    BLANK_ROWS = 2
    """Rows for guests who are not on record yet."""

    def __init__(
        self,
        *args: Any,
        deputies: Iterable[tuple[uuid.UUID, str]] = (),
        guests: Iterable[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.deputies, self.known = list(deputies), list(guests)
        for mandate, name in self.deputies:
            self.fields[f"state-{mandate}"] = forms.ChoiceField(
                label=name,
                choices=AttendanceState.choices,
                widget=forms.RadioSelect,
                required=False,
                error_messages=NOT_OFFERED,
            )
            self.fields[f"note-{mandate}"] = Line(
                label=gettext_lazy("Note: %(name)s") % {"name": name}, max_length=300
            )
            self.fields[f"note-{mandate}"].widget.attrs["placeholder"] = gettext_lazy("note")
        for key, name in self.known:
            self.fields[f"gone-{key}"] = forms.BooleanField(
                label=gettext_lazy("Take out: %(name)s") % {"name": name}, required=False
            )
        self.advisory_rows = range(self.BLANK_ROWS)
        for row in self.advisory_rows:
            self.fields[f"guest-{row}"] = Line(
                label=gettext_lazy("Name, %(number)s") % {"number": row + 1}, max_length=200
            )
            self.fields[f"capacity-{row}"] = forms.ChoiceField(
                label=gettext_lazy("In which capacity, %(number)s") % {"number": row + 1},
                choices=[("", "—"), *AdvisoryCapacity.choices],
                required=False,
                error_messages=NOT_OFFERED,
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The state and the note of each deputy."""
        return [(self[f"state-{mandate}"], self[f"note-{mandate}"]) for mandate, _name in self.deputies]

    @property
    def guest_lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The name and the capacity of each new advisory attendee."""
        return [(self[f"guest-{row}"], self[f"capacity-{row}"]) for row in self.advisory_rows]

    @property
    def known_lines(self) -> list[forms.BoundField]:
        """The advisory attendees on record, each to be taken out."""
        return [self[f"gone-{key}"] for key, _name in self.known]

    @property
    def gone(self) -> set[int]:
        """The advisory attendees to take out."""
        return {key for key, _name in self.known if self.cleaned_data.get(f"gone-{key}")}

    @property
    def states(self) -> dict[uuid.UUID, tuple[str, str]]:
        """The state and the note of those deputies who have one."""
        data = self.cleaned_data
        return {
            mandate: (state, data.get(f"note-{mandate}", ""))
            for mandate, _name in self.deputies
            if (state := data.get(f"state-{mandate}"))
        }

    @property
    def guests(self) -> list[tuple[str, str]]:
        """The name and capacity of the advisory attendees; a row without a name is nobody."""
        data = self.cleaned_data
        rows = [(data.get(f"guest-{row}", ""), data.get(f"capacity-{row}", "")) for row in self.advisory_rows]
        return [(" ".join(name.split()), capacity) for name, capacity in rows if name]

    def clean(self) -> dict[str, Any]:
        """Ask for the state of every deputy, and in which capacity a guest came."""
        data = super().clean() or {}
        for mandate, _name in self.deputies:
            field = f"state-{mandate}"
            if not data.get(field) and field not in self.errors:
                self.add_error(field, _("Say whether the deputy came."))
        for row in self.advisory_rows:
            if data.get(f"guest-{row}") and not data.get(f"capacity-{row}"):
                self.add_error(f"capacity-{row}", _("Say in which capacity."))
        return data


class VoteForm(VersionedForm):
    """The result of a vote: totals as counted, or each deputy's vote by name, from which the totals follow."""

    TOTALS, NAMED = "totals", "named"

    how = forms.ChoiceField(
        label=gettext_lazy("How the vote was taken"),
        choices=[
            (TOTALS, gettext_lazy("by show of hands: only totals were counted")),
            (NAMED, gettext_lazy("by name: each deputy's vote is on record")),
        ],
        widget=forms.RadioSelect,
        initial=TOTALS,
        error_messages=NOT_OFFERED,
    )
    in_favour = Whole(label=gettext_lazy("In favour"), most=MOST_SEATS, required=False)
    against = Whole(label=gettext_lazy("Against"), most=MOST_SEATS, required=False)
    abstained = Whole(label=gettext_lazy("Abstained"), most=MOST_SEATS, required=False)

    def __init__(self, *args: Any, deputies: Iterable[tuple[uuid.UUID, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deputies = list(deputies)
        for mandate, name in self.deputies:
            self.fields[f"vote-{mandate}"] = forms.ChoiceField(
                label=name,
                choices=[*VoteChoice.choices, ("", gettext_lazy("did not vote"))],
                widget=forms.RadioSelect,
                required=False,
                error_messages=NOT_OFFERED,
            )

    @property
    def named_fields(self) -> list[forms.BoundField]:
        """The votes by name, in the order of the deputies."""
        return [self[f"vote-{mandate}"] for mandate, _name in self.deputies]

    def clean(self) -> dict[str, Any]:
        """Ask for the totals, or for at least one vote by name."""
        data = super().clean() or {}
        if data.get("how") == self.TOTALS:
            for name in ("in_favour", "against", "abstained"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Give the number, 0 where there were none."))
        elif data.get("how") == self.NAMED and not self.named and not self.errors:
            self.add_error("how", _("Mark how the deputies voted, in the list below."))
        return data

    @property
    def named(self) -> dict[uuid.UUID, str]:
        """The votes by name of those who voted."""
        found = {mandate: self.cleaned_data.get(f"vote-{mandate}") for mandate, _name in self.deputies}
        return {mandate: choice for mandate, choice in found.items() if choice}
