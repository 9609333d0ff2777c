"""The attendance sheet of a session: every deputy on one page."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy

from councils import secretary_queries, services, wording
from councils.models import AdvisoryAttendance, Attendance, AttendanceState, Mandate
from councils.sheets import AttendanceForm
from councils.views.secretary.base import RecordPage
from councils.views.secretary.sessions import OfSession, quorum_sentence
from lsg_portal.web import display
from lsg_portal.web.collation import kyrgyz_key
from registry.models import Person
from registry.record_pages import Difference, plain


class AttendancePage(OfSession, RecordPage):
    """Who came, who was excused, who was not; and who attended with an advisory vote."""

    template_name = "councils/secretary/attendance.html"
    title = gettext_lazy("Attendance")
    form_class = AttendanceForm
    done = gettext_lazy("The attendance is saved.")

    @cached_property
    def deputies(self) -> list[tuple[uuid.UUID, str]]:
        """The deputies in office on the day, by name."""
        sheet: list[Mandate] = services.sheet(session=self.session)
        named = [(item.pk, display.name(item.person)) for item in sheet]
        return sorted(named, key=lambda item: kyrgyz_key(item[1]))

    @cached_property
    def marks(self) -> dict[uuid.UUID, Attendance]:
        """What is on record."""
        return secretary_queries.attendance(self.session)

    @cached_property
    def guests(self) -> list[AdvisoryAttendance]:
        """Those on record who attended without a vote."""
        return secretary_queries.guests(self.session)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Add the deputies."""
        guests = [
            (item.pk, f"{display.name(item.person)} ({item.get_capacity_display()})") for item in self.guests
        ]
        return {**super().get_form_kwargs(), "deputies": self.deputies, "guests": guests}

    def stored(self, record: Any) -> dict[str, Any]:
        """Return the marks on record."""
        found: dict[str, Any] = {}
        for mandate, item in self.marks.items():
            found[f"state-{mandate}"], found[f"note-{mandate}"] = item.state, item.note
        return found

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Save, or mark those without a mark as present and show the sheet again, unsaved."""
        if request.POST.get("action") != "fill":
            return super().post(request, *args, **kwargs)
        data = request.POST.copy()
        for mandate, _name in self.deputies:
            if not data.get(f"state-{mandate}"):
                data[f"state-{mandate}"] = AttendanceState.PRESENT
        return self.render_to_response(self.get_context_data(form=self.over(data)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say how many are marked, and whether that is a quorum."""
        context = super().get_context_data(subject=wording.capital(self.session_name), **kwargs)
        form = context["form"]
        marks = [form[f"state-{mandate}"].value() for mandate, _name in self.deputies]
        stored = services.attendance_totals(self.session) if self.marks else None
        return context | {
            "marked": sum(bool(mark) for mark in marks),
            "quorum": quorum_sentence(stored, secretary_queries.quorum()) if stored else "",
        }

    def differences(self, form: AttendanceForm) -> list[Difference]:
        """Return only what somebody else has marked otherwise."""
        self.__dict__.pop("marks", None)
        stored, words, found = self.stored(self.session), dict(AttendanceState.choices), []
        for mandate, name in self.deputies:
            for key in (f"state-{mandate}", f"note-{mandate}"):
                theirs, mine = stored.get(key, ""), form.data.get(key, "")
                if plain(theirs) != plain(mine):
                    found.append(
                        Difference(
                            name, str(words.get(theirs, theirs)) or "—", str(words.get(mine, mine)) or "—"
                        )
                    )
        return found

    @transaction.atomic
    def act(self, form: AttendanceForm) -> None:
        """Record it all."""
        advisory = [(person.pk, capacity) for person, capacity in self.people(form)]
        services.record_attendance(
            session=self.session,
            states=form.states,
            advisory=advisory,
            expected_version=form.expected_version,
        )
        for item in self.guests:
            if item.pk in form.gone:
                services.remove_advisory(attendance=item, at=timezone.now())

    def people(self, form: AttendanceForm) -> list[tuple[Person, str]]:
        """Return the guests as persons: one of that name who was at this session already, else a new one."""
        known = {item.person.name_ky: item.person for item in self.guests}
        return [
            (known.get(name) or Person.objects.create(name_ky=name, name_ru=name), capacity)
            for name, capacity in form.guests
        ]
