"""What the rules of staffing, employees and budgets refuse, in words a person can act on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

EMPTY = _("The period is empty: it must end after it starts.")

RULES = {
    "ayil_okmotu_staffingnorm_one_a_day": _(
        "Another norm for bodies of this kind is in force on these days."
    ),
    "ayil_okmotu_staffingnorm_one_a_day_within": _(
        "Another norm for bodies of this kind is in force in this unit on these days."
    ),
    "ayil_okmotu_staffingnorm_bounds": _(
        "A norm gives at most 5,000 posts, and a share between 0 and 100 per cent."
    ),
    "ayil_okmotu_staffingnorm_kind": _("There is no such kind of executive body."),
    "ayil_okmotu_staffingnorm_valid_not_empty": EMPTY,
    "ayil_okmotu_staffingreport_once": _("The body already has a report as of this day."),
    "ayil_okmotu_staffingreport_bounds": _("A body reports at most 5,000 posts of each sort."),
    "ayil_okmotu_staffingreport_women": _("More women are reported than staff posts are filled."),
    "ayil_okmotu_staffingreport_within_body": _(
        "A body reports its staff as of a day on which it exists; close no body before its last report."
    ),
    "ayil_okmotu_trainingprogramme_days": _("A programme takes between 1 and 366 days."),
    "ayil_okmotu_trainingprogramme_year": _("The year lies between 1991 and 2100."),
    "ayil_okmotu_training_once": _("This course is already recorded."),
    "ayil_okmotu_training_days": _("A course cannot end before it began."),
    "ayil_okmotu_training_hours": _("A course has between 1 and 2,000 hours."),
    "ayil_okmotu_training_hours_a_day": _("The course has more hours than its days do."),
    "ayil_okmotu_training_within_appointment": _(
        "A course is recorded with an appointment that the person held on all its days."
    ),
    "ayil_okmotu_careerstep_year": _("The year lies between 1991 and 2100."),
    "ayil_okmotu_careerstep_goal": _("A step of a career plan names a post or a programme."),
    "ayil_okmotu_careerstep_status": _("There is no such state of a step."),
    "ayil_okmotu_violation_days": _("The explanation and the finding do not come before the discovery."),
    "ayil_okmotu_violation_within_appointment": _(
        "A breach is discovered, explained and examined on days on which the person holds the post."
    ),
    "ayil_okmotu_violation_frozen": _(
        "A measure has been imposed for the breach: its record cannot be changed."
    ),
    "ayil_okmotu_disciplinarymeasure_violation_id_key": _("A breach is punished once."),
    "ayil_okmotu_disciplinarymeasure_kind": _("There is no such measure."),
    "ayil_okmotu_disciplinarymeasure_in_force": EMPTY,
    "ayil_okmotu_disciplinarymeasure_order": _("A measure needs the number of its order."),
    "ayil_okmotu_measure_order": _(
        "The written explanation and the finding of the commission come before the measure."
    ),
    "ayil_okmotu_measure_six_months": _(
        "A measure is imposed within six months of the discovery of the breach."
    ),
    "ayil_okmotu_measure_within_appointment": _(
        "A measure is imposed while the person holds the post, a dismissal at the latest on the day it ends."
    ),
    "ayil_okmotu_measure_frozen": _("A measure can only be lifted early, with the reason."),
    "ayil_okmotu_servicerecord_once": _("The person's service as of this day is already recorded."),
    "ayil_okmotu_servicerecord_years": _(
        "Years of service are at most 70, and the leading ones no more than all of them."
    ),
    "ayil_okmotu_reservecandidate_one_a_place": _(
        "Somebody else holds this place of the reserve on these days."
    ),
    "ayil_okmotu_reservecandidate_once_a_post": _("The person already stands in reserve for this post."),
    "ayil_okmotu_reservecandidate_place": _("The reserve for a post has places 1 to 3."),
    "ayil_okmotu_reservecandidate_valid_not_empty": EMPTY,
    "ayil_okmotu_reserve_within_post": _(
        "There is no such post on the day from which the candidate stands in reserve."
    ),
    "ayil_okmotu_budgetitem_side": _("There is no such side of a budget."),
    "ayil_okmotu_localbudget_once": _("The unit already has a budget for this year."),
    "ayil_okmotu_localbudget_year": _("The year lies between 1991 and 2100."),
    "ayil_okmotu_localbudget_within_unit": _("The unit does not exist in this year."),
    "ayil_okmotu_budgetline_once": _("The budget already has this line."),
    "ayil_okmotu_budgetline_bounds": _("An amount lies between −1,000,000 and 1,000,000 million som."),
    "ayil_okmotu_budgetline_printed_or_read": _(
        "An amount is either a number or the text that could not be read."
    ),
}
"""The sentence for every rule of these records that the database itself holds."""
