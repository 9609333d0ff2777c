"""What the councils' rules refuse, in words a person can act on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors import RULES as REGISTER
from registry.errors import (
    DomainError,
    Rulebook,
    RuleBroken,
    Stale,
    StateConflict,
    Violation,
    conflict,
)

__all__ = [
    "RULES",
    "DomainError",
    "RuleBroken",
    "Stale",
    "StateConflict",
    "Violation",
    "conflict",
    "refuse",
    "told",
]

# The sentence for every rule that the database itself holds.
RULES = {
    "councils_council_one_a_day": _("The unit already has a council on these days."),
    "councils_council_kind": _("There is no such kind of council."),
    "councils_council_kind_fits": _("A council of this kind does not fit a unit of that kind."),
    "councils_council_within_unit": _("A council cannot exist on a day on which its unit does not."),
    "councils_council_without_members": _("A council that exists in law only has no convocation."),
    "councils_council_valid_not_empty": _("The period is empty: it must end after it starts."),
    "councils_council_valid_has_start": _("The period needs a first day."),
    "councils_convocation_one_a_day": _("Another convocation of the council sits on these days."),
    "councils_convocation_number_once": _("The council already has a convocation of this number."),
    "councils_convocation_seats": _("A council has between 1 and 300 seats."),
    "councils_convocation_dissolution_has_reason": _("A dissolution needs its reason."),
    "councils_convocation_system": _("There is no such electoral system."),
    "councils_convocation_within_council": _("A convocation lies within the days of its council."),
    "councils_convocation_valid_not_empty": _("The period is empty: it must end after it starts."),
    "councils_convocation_valid_has_start": _("The period needs a first day."),
    "councils_electoraldistrict_once": _("The convocation already has a district of this number."),
    "councils_electoraldistrict_seats": _(
        "A district has at least one seat, and reserves no more than it has for women."
    ),
    "councils_mandate_one_a_person_and_day": _("The person already sits in this convocation on these days."),
    "councils_mandate_within_term": _("A mandate cannot begin or end outside the term of its convocation."),
    "councils_mandate_belongs": _("The electoral district or the faction belongs to another convocation."),
    "councils_mandate_reserved_for_women": _("The seat is reserved for women."),
    "councils_mandate_basis": _("There is no such basis of a mandate."),
    "councils_mandate_carried_over_has_origin": _("A seat carried over, and no other, names its origin."),
    "councils_mandate_former_fits": _(
        "A seat carried over continues a mandate of the same person in its council of origin."
    ),
    "councils_mandate_carried_once": _("The mandate has already been carried over."),
    "councils_mandate_end_reason_has_end": _("A mandate with a ground for its end needs the day it ends."),
    "councils_mandate_valid_not_empty": _("The period is empty: it must end after it starts."),
    "councils_mandate_valid_has_start": _("The period needs a first day."),
    "councils_committeemembership_once_a_day": _("The deputy is already in the committee on these days."),
    "councils_committee_one_chair_a_day": _("The committee already has a chair on these days."),
    "councils_committeemembership_valid_not_empty": _("The period is empty: it must end after it starts."),
    "councils_membership_within_mandate": _("Who is in a committee has a mandate of the same convocation."),
    "councils_councilpost_one_holder_a_day": _("The post already has a holder on these days."),
    "councils_councilpost_kind": _("There is no such post."),
    "councils_councilpost_valid_not_empty": _("The period is empty: it must end after it starts."),
    "councils_post_is_deputy": _("The chair and the deputy chair are deputies of the council."),
    "councils_post_within_term": _("A post cannot be held outside the term of its convocation."),
    "councils_session_number_once": _("The convocation already has a session of this number."),
    "councils_session_kind": _("There is no such kind of session."),
    "councils_session_status": _("There is no such state of a session."),
    "councils_session_within_term": _("A session lies within the term of its convocation."),
    "councils_initiative": _("Too few deputies have asked for the session."),
    "councils_attendance_once": _("The deputy is already on the sheet."),
    "councils_attendance_state": _("There is no such attendance."),
    "councils_attendance_in_force": _("A deputy attends on a day on which the mandate is in force."),
    "councils_attendance_cancelled": _("Nobody attends a session that was cancelled."),
    "councils_advisoryattendance_once": _("The person is already among those who attended."),
    "councils_advisoryattendance_capacity": _("Nobody attends in such a capacity."),
    "councils_agendaitem_once": _("The agenda already has an item of this number."),
    "councils_vote_no_more_than_present": _("More votes were given than deputies were present."),
    "councils_vote_present_of_all": _("More deputies were present than hold office."),
    "councils_vote_present": _("More deputies are said to have been present than attended the session."),
    "councils_vote_of_all": _("The vote does not name the number of deputies in office that day."),
    "councils_vote_frozen": _("The vote on an adopted resolution cannot be changed."),
    "councils_namedvote_once": _("A deputy votes once."),
    "councils_namedvote_choice": _("There is no such vote."),
    "councils_namedvote_present": _("A deputy who did not attend the session cannot have voted."),
    "councils_namedvote_totals": _("The roll call does not add up to the totals of the vote."),
    "councils_resolution_status": _("There is no such state of a resolution."),
    "councils_resolution_number_once": _("The council has a resolution of this number and day."),
    "councils_resolution_session": _("A resolution is adopted in a session that its council has held."),
    "councils_resolution_agenda": _("The item is not on the agenda of the session."),
    "councils_resolution_rule": _("This rule is no majority."),
    "councils_resolution_no_vote": _("A resolution cannot be adopted without a vote."),
    "councils_resolution_quorum": _("There was no quorum."),
    "councils_resolution_majority": _("The votes in favour are not the majority that is needed."),
    "councils_resolution_frozen": _("What is adopted cannot be changed, what is published only cancelled."),
    "councils_resolution_order": _("A resolution is adopted, then registered, then published."),
    "councils_resolution_cancelled_by": _(
        "A resolution is cancelled by a later, published resolution of the same council."
    ),
    "councils_resolution_adopted_is_complete": _("An adopted resolution needs its session, day and number."),
    "councils_resolution_registered_is_complete": _("A registered resolution needs its number and day."),
    "councils_resolution_published_is_complete": _("A published resolution needs the day of publication."),
    "councils_resolution_cancelled_names_by_what": _(
        "A cancelled resolution, and no other, names what cancelled it."
    ),
    "councils_file_frozen": _("The files of a published resolution cannot be changed."),
    "councils_decisionrule_share": _("A share is above 0 and at most 1."),
}


BOOK = Rulebook({**REGISTER, **RULES})
told, refuse = BOOK.told, BOOK.refuse
