"""Writes of the councils: bodies and seats, sessions, resolutions, and what a territorial change does to seats."""

from councils.services.bodies import (
    appoint,
    begin_convocation,
    end_mandate,
    end_post,
    found_council,
    seat_deputy,
)
from councils.services.changes import annul_change, apply_change, effects_of
from councils.services.dissolution import DissolutionPreview, dissolve, preview_dissolution
from councils.services.files import attach_file, remove_file
from councils.services.planning import OriginSeats, SeatEffect
from councils.services.resolutions import (
    adopt,
    cancel,
    draft_resolution,
    publish,
    record_vote,
    redraft,
    register,
)
from councils.services.sessions import (
    add_agenda_item,
    attendance_totals,
    cancel_session,
    change_session,
    hold_session,
    plan_session,
    record_attendance,
    remove_advisory,
    remove_agenda_item,
    sheet,
)

__all__ = [
    "DissolutionPreview",
    "OriginSeats",
    "SeatEffect",
    "add_agenda_item",
    "adopt",
    "annul_change",
    "apply_change",
    "appoint",
    "attach_file",
    "attendance_totals",
    "begin_convocation",
    "cancel",
    "cancel_session",
    "change_session",
    "dissolve",
    "draft_resolution",
    "effects_of",
    "end_mandate",
    "end_post",
    "found_council",
    "hold_session",
    "plan_session",
    "preview_dissolution",
    "publish",
    "record_attendance",
    "record_vote",
    "redraft",
    "register",
    "remove_advisory",
    "remove_agenda_item",
    "remove_file",
    "seat_deputy",
    "sheet",
]
