"""What the rules of delegated powers refuse, in words a person can act on."""

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
    "delegation_statepower_group": _("There is no such group of powers."),
    "delegation_statepower_status": _("There is no such status of a power."),
    "delegation_poweritem_once": _("The power already has an item of this number."),
    "delegation_statuteitem_once": _("The list already has an item of this number."),
    "delegation_overlap_valid_not_empty": _("The period is empty: it must end after it starts."),
    "delegation_overlap_valid_has_start": _("The period needs a first day."),
    "delegation_transfer_one_a_day": _(
        "The power is already handed over to this municipality on these days."
    ),
    "delegation_transfer_basis": _("There is no such basis of a transfer."),
    "delegation_transfer_status": _("There is no such state of a transfer."),
    "delegation_transfer_basis_has_act": _("A transfer by law or by an act names the law or the act."),
    "delegation_transfer_agreement_signed": _("An agreement needs its number and the day it was signed."),
    "delegation_transfer_consent_has_basis": _("The consent of the association needs its basis."),
    "delegation_transfer_law_needs_consent": _(
        "A transfer by law needs the recorded consent of the association of municipalities."
    ),
    "delegation_transfer_days": _(
        "A transfer has days in force once it has entered into force, and no sooner."
    ),
    "delegation_transfer_end_has_reason": _("The end of a transfer needs its reason."),
    "delegation_transfer_term": _("The term is empty: it must end after it starts."),
    "delegation_transfer_continued_once": _("The transfer has already been renewed or passed on."),
    "delegation_transfer_field": _("Powers of this field cannot be handed over."),
    "delegation_transfer_unit": _(
        "Powers are handed over to a city or an ayil aimak that exists on these days."
    ),
    "delegation_transfer_order": _("A transfer is agreed, then enters into force, then ends."),
    "delegation_transfer_frozen": _(
        "What has been agreed cannot be changed; end the transfer and draft another."
    ),
    "delegation_transfer_principles": _("Every one of the nine principles must be answered."),
    "delegation_transfer_means": _(
        "A transfer enters into force only with financial and material means (Constitution, art. 114 (2))."
    ),
    "delegation_transfer_suspended": _("The power is suspended."),
    "delegation_transfer_has_succession": _(
        "The transfer of a municipality that ended stands on the list of successions."
    ),
    "delegation_principleanswer_once": _("The principle has been answered already."),
    "delegation_principleanswer_principle": _("There is no such principle."),
    "delegation_principleanswer_note": _("Say why the principle is not kept."),
    "delegation_answer_frozen": _("The principles of an agreed transfer cannot be answered anew."),
    "delegation_means_kind": _("There is no such kind of means."),
    "delegation_means_amount": _(
        "Financial means need an amount above 0 and up to 100,000,000 thousand som a year."
    ),
    "delegation_means_frozen": _("The means of a transfer in force cannot be taken away."),
    "delegation_funding_once": _("There is already a row for this quarter."),
    "delegation_funding_quarter": _("There is no such quarter."),
    "delegation_funding_bounds": _("An amount is between 0 and 100,000,000 thousand som."),
    "delegation_funding_within": _("The transfer was not in force in this quarter."),
    "delegation_performance_once": _("There is already a report for this quarter."),
    "delegation_performance_quarter": _("There is no such quarter."),
    "delegation_performance_result": _("There is no such result."),
    "delegation_performance_volume": _(
        "A volume is between 0 and 1,000,000,000 and has its unit of measure."
    ),
    "delegation_performance_obstacle": _("Say what stood in the way."),
    "delegation_performance_within": _("The transfer was not in force in this quarter."),
    "delegation_practice_one_a_day": _(
        "The municipality is already said to perform this power on these days."
    ),
    "delegation_practice_valid_not_empty": _("The period is empty: it must end after it starts."),
    "delegation_practice_valid_has_start": _("The period needs a first day."),
    "delegation_practice_unit": _(
        "A power is performed by a city or an ayil aimak that exists on these days."
    ),
    "delegation_dispute_number_once": _("There is already a dispute of this number."),
    "delegation_dispute_status": _("There is no such state of a dispute."),
    "delegation_dispute_due": _("The deadline lies before the first day."),
    "delegation_dispute_closed": _("A dispute that is closed needs its day and its outcome."),
    "delegation_dispute_transfer": _("The transfer is of another power or municipality."),
    "delegation_dispute_frozen": _("A closed dispute cannot be changed."),
    "delegation_disputeparty_role": _("There is no such role."),
    "delegation_disputeparty_one": _(
        "A party is a municipality, a state body or an association: one of them."
    ),
    "delegation_hearing_once": _("There is already a hearing on this day."),
    "delegation_hearing_days": _("A hearing lies between the opening and the end of the dispute."),
    "delegation_cancellationrequest_ground": _("There is no such ground."),
    "delegation_cancellationrequest_status": _("There is no such state of a request."),
    "delegation_cancellationrequest_about": _(
        "A request names the transfer or the decision to be cancelled."
    ),
    "delegation_cancellationrequest_missing": _(
        "A request for lack of means says how much is lacking, above 0 and up to 100,000,000 thousand som."
    ),
    "delegation_cancellationrequest_due": _("The deadline lies before the first day."),
    "delegation_cancellationrequest_decided": _("A request that is decided needs the day and the decision."),
    "delegation_cancellationrequest_transfer": _("The transfer is of another municipality."),
    "delegation_cancellationrequest_frozen": _("A decided request cannot be changed."),
    "delegation_succession_once": _("The transfer already stands on the list."),
    "delegation_succession_outcome": _("There is no such outcome."),
    "delegation_succession_decided": _(
        "A decision needs its day and act; a renewal names the new transfer, an end its reason."
    ),
    "delegation_succession_fits": _("The succession does not fit the transfer and the change that ended it."),
    "delegation_succession_successor": _(
        "The new transfer continues the former one, of the same power, in a municipality that got its territory."
    ),
    "delegation_succession_frozen": _("What has been decided stays decided."),
}


BOOK = Rulebook({**REGISTER, **RULES})
told, refuse = BOOK.told, BOOK.refuse
