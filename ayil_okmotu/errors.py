"""What the rules of the executive bodies refuse, in words a person can act on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ayil_okmotu.record_errors import RULES as RECORDS
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

_EMPTY = _("The period is empty: it must end after it starts.")
_NO_START = _("The period needs a first day.")

# The sentence for every rule that the database itself holds.
RULES = {
    "ayil_okmotu_executivebody_one_a_day": _("The municipality already has an executive body on these days."),
    "ayil_okmotu_executivebody_kind": _("There is no such kind of executive body."),
    "ayil_okmotu_executivebody_valid_not_empty": _EMPTY,
    "ayil_okmotu_executivebody_valid_has_start": _NO_START,
    "ayil_okmotu_body_kind_fits": _("An ayil aimak has an ayil okmotu, a city has a mayor's office."),
    "ayil_okmotu_body_within_unit": _(
        "An executive body cannot exist on a day on which its municipality does not."
    ),
    "ayil_okmotu_post_one_head_a_day": _("The executive body already has a post of head on these days."),
    "ayil_okmotu_post_one_village_head_a_day": _(
        "There is already a post of head of this village on these days."
    ),
    "ayil_okmotu_post_kind": _("There is no such kind of post."),
    "ayil_okmotu_post_employment": _("A post is held as staff or by contract."),
    "ayil_okmotu_post_village": _("The post of a village head, and no other, names its village."),
    "ayil_okmotu_post_village_belongs": _(
        "The village does not belong to the municipality on all days of the post."
    ),
    "ayil_okmotu_post_within_body": _("A post lies within the days of its executive body."),
    "ayil_okmotu_post_former_fits": _(
        "A post continues one of the same kind that ends on the day it begins."
    ),
    "ayil_okmotu_post_valid_not_empty": _EMPTY,
    "ayil_okmotu_post_valid_has_start": _NO_START,
    "ayil_okmotu_appointment_one_holder_a_day": _("The post already has a holder on these days."),
    "ayil_okmotu_appointment_one_acting_a_day": _("Somebody is already acting in the post on these days."),
    "ayil_okmotu_appointment_continued_once": _("The appointment has already been continued."),
    "ayil_okmotu_appointment_former_fits": _(
        "An appointment continues one of the same person that ends on the day it begins."
    ),
    "ayil_okmotu_appointment_term": _("A term lasts between 1 and 10 years."),
    "ayil_okmotu_appointment_within_term": _("The appointment would last longer than its term."),
    "ayil_okmotu_appointment_by": _("Nobody of this kind appoints."),
    "ayil_okmotu_appointment_has_act": _("An appointment rests on a legal act or the number of an order."),
    "ayil_okmotu_appointment_end_has_ground": _("The end of an appointment needs its ground."),
    "ayil_okmotu_appointment_within_post": _("An appointment lies within the days of its post."),
    "ayil_okmotu_appointment_concurrent": _(
        "The person holds another post on these days: a second post at once needs its reason."
    ),
    "ayil_okmotu_appointment_removal": _("This ground is one for the removal of a head (arts. 47, 53)."),
    "ayil_okmotu_appointment_resolution": _(
        "No confidence in a head rests on a resolution of the municipality's council that two thirds of all deputies "
        "adopted and that was published by the day of the removal; no other ground does (arts. 47, 53)."
    ),
    "ayil_okmotu_appointment_promotion": _("Nobody is promoted while a disciplinary measure is in force."),
    "ayil_okmotu_appointment_valid_not_empty": _EMPTY,
    "ayil_okmotu_appointment_valid_has_start": _NO_START,
    "ayil_okmotu_endground_kind": _("There is no such kind of ground."),
    "ayil_okmotu_endground_resolution": _("Only the removal of a head rests on a council resolution."),
    "ayil_okmotu_qualificationrule_one_a_day": _(
        "Another rule holds for this kind of municipality on these days."
    ),
    "ayil_okmotu_qualificationrule_kind": _("There is no such kind of municipality."),
    "ayil_okmotu_qualificationrule_years": _("At most 40 years of service can be demanded."),
    "ayil_okmotu_qualificationrule_elsewhere": _("Leading posts elsewhere cannot count in this way."),
    "ayil_okmotu_qualificationrule_valid_not_empty": _EMPTY,
    "ayil_okmotu_reservecandidate_valid_has_start": _NO_START,
    **RECORDS,
}


BOOK = Rulebook({**REGISTER, **RULES})
told, refuse = BOOK.told, BOOK.refuse
