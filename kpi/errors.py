"""What the rules of the assessment refuse, in words a person can act on."""

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
    "FIGURE_AND_NONE",
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
    "kpi_measure_subject": _("There is no such subject."),
    "kpi_measure_number": _("The number of a measure is between 1 and 32,767."),
    "kpi_measure_code": _("A code has 1 to 40 Latin letters, digits, hyphens and underscores."),
    "kpi_measure_once": _("There is already a measure of this code."),
    "kpi_methodology_once": _("There is already a version of this number."),
    "kpi_methodology_one_a_day": _("Another version is in force on these days."),
    "kpi_methodology_subject": _("There is no such subject."),
    "kpi_methodology_status": _("A methodology has days in force once it is active, and no sooner."),
    "kpi_methodology_gate": _("The least coverage is between 0 and 100 per cent."),
    "kpi_methodology_order": _("A methodology is a draft, then active, then retired."),
    "kpi_methodology_frozen": _("A methodology that has been active cannot be changed; draft a new version."),
    "kpi_methodology_weights": _("The weights must sum to exactly 100."),
    "kpi_methodology_bands": _("One of the bands must begin at 0."),
    "kpi_category_once": _("There is already a category of this code."),
    "kpi_indicator_once": _("The measure stands in the methodology already."),
    "kpi_indicator_subject": _("The measure is one of another subject."),
    "kpi_indicator_direction": _("There is no such direction."),
    "kpi_indicator_formula": _("There is no such formula."),
    "kpi_indicator_aggregation": _("There is no such rule of aggregation."),
    "kpi_indicator_ratio_has_parts": _("A ratio of sums needs a numerator and a denominator."),
    "kpi_indicator_data_source": _("There is no such source of data."),
    "kpi_indicator_missing_policy": _("There is no such rule for missing figures."),
    "kpi_indicator_prefill": _("The register knows no such figure."),
    "kpi_indicator_thresholds": _("The minimum must be below the maximum."),
    "kpi_indicator_bounds": _("The lowest possible figure must be below the highest."),
    "kpi_indicator_weight": _("A weight is above 0 and at most 100."),
    "kpi_indicator_warn": _("The change that needs a note is between 1 and 10,000 per cent."),
    "kpi_band_once": _("There is already a band of this code."),
    "kpi_band_one_from": _("Another band begins at these points."),
    "kpi_band_least": _("A band begins between 0 and 100 points."),
    "kpi_peergroup_once": _("There is already a peer group of this code."),
    "kpi_peergroup_population": _("The upper number of residents must be above the lower one."),
    "kpi_period_days": _(
        "A period opens no later than it is due, is due after its quarter has ended, and locks after that."
    ),
    "kpi_period_quarter": _("A period is a quarter, with its number, code and days."),
    "kpi_period_published": _("A period is published after its quarter has ended."),
    "kpi_extension_until": _("An extension ends after the period is due."),
    "kpi_extension_reason": _("Give the reason."),
    "kpi_extension_stays": _("An extension stays as it was given; give a longer one."),
    "kpi_report_revision_once": _("There is already a report of this revision."),
    "kpi_report_employee_revision_once": _("There is already a report of this revision."),
    "kpi_report_one_open": _("Another revision of this report is being worked on."),
    "kpi_report_employee_one_open": _("Another revision of this report is being worked on."),
    "kpi_report_one_published": _("A report of this period is published already; amend it."),
    "kpi_report_status": _("There is no such state of a report."),
    "kpi_report_four_eyes": _("Nobody approves a report that he or she submitted."),
    "kpi_report_submitted": _("A submitted report needs who submitted it and when."),
    "kpi_report_approved": _("An approved report needs who approved it and when."),
    "kpi_report_published": _("A published report needs its moment of publication."),
    "kpi_report_amendment": _("An amendment names the report that it amends and its reason."),
    "kpi_report_order": _(
        "A report is entered, submitted, reviewed, then approved or returned, then published."
    ),
    "kpi_report_frozen": _("What a report is about, and who submitted and approved it, stays."),
    "kpi_report_closed": _("The municipality no longer owes this report: its territory has changed."),
    "kpi_report_methodology": _("No methodology is in force for this report."),
    "kpi_report_unit": _("Who is a municipality on the last day of the period reports."),
    "kpi_report_within": _("In this period reporting is tried out elsewhere."),
    "kpi_report_appointment": _(
        "Who holds a post below the head in the executive body on the last day of the period is assessed."
    ),
    "kpi_report_amends": _("An amendment follows the approved revision before it."),
    "kpi_report_complete": _("Every indicator needs a value or a reason why there is none."),
    "kpi_report_evidence": _("Attach the evidence that the indicator demands."),
    "kpi_report_returned": _("A return names the values and the reason of each."),
    "kpi_report_superseded": _("Only an approved amendment supersedes a report."),
    "kpi_value_once": _("The report already has a value of this indicator."),
    "kpi_value_status": _("There is no such state of a value."),
    "kpi_value_bounds": _("A figure is at most 1,000,000,000,000, in either direction."),
    "kpi_value_complete": _(
        "A value needs its figure, and a missing or inapplicable one has none; a denominator is above 0."
    ),
    "kpi_value_note": _("Say in a note why the value is estimated, missing or not applicable."),
    "kpi_value_frozen": _("Values change while a report is entered or returned, and not after."),
    "kpi_value_stays": _("A value stays of its report and indicator."),
    "kpi_value_indicator": _("The indicator is of another methodology."),
    "kpi_value_formula": _("The indicator is entered in another way: as a number, or as two parts."),
    "kpi_value_denominator": _("The denominator must be above 0."),
    "kpi_value_range": _("The figure lies beyond what is possible for this indicator."),
    "kpi_value_whole": _("Only whole numbers are possible."),
    "kpi_step_action": _("There is no such step."),
    "kpi_step_stays": _("A step stays as it was taken."),
    "kpi_returnedvalue_once": _("The value is named twice."),
    "kpi_returnedvalue_reason": _("Give the reason for every returned value."),
    "kpi_returnedvalue_stays": _("The reason of a return stays as it was given."),
    "kpi_auditfinding_bounds": _("A figure is at most 1,000,000,000,000, in either direction."),
    "kpi_auditfinding_figures": _("A correction needs its figure, a confirmation has none."),
    "kpi_auditfinding_future": _("A finding is not of a day to come."),
    "kpi_auditfinding_note": _("Say what the finding rests on."),
    "kpi_auditfinding_stays": _("A finding stays as it was written; record another."),
    "kpi_auditfinding_report": _("Findings are about values of approved and published reports."),
    "kpi_auditfinding_formula": _("The indicator is entered in another way: as a number, or as two parts."),
    "kpi_auditfinding_denominator": _("The denominator must be above 0."),
    "kpi_auditfinding_range": _("The figure lies beyond what is possible for this indicator."),
    "kpi_auditfinding_whole": _("Only whole numbers are possible."),
    "kpi_scorerun_once": _("There is already a run of this number."),
    "kpi_scorerun_one_waiting": _("A run of this period is being computed already."),
    "kpi_scorerun_same_inputs_once": _("There is already a run of the same inputs."),
    "kpi_scorerun_one_current": _("Another run of this period is shown in rankings."),
    "kpi_scorerun_status": _("A run that is done names its inputs and results."),
    "kpi_scorerun_published": _("Only a run that is done is published."),
    "kpi_scorerun_frozen": _("A run that is done stays as it is."),
    "kpi_score_once": _("The report has a score in this run already."),
    "kpi_score_bounds": _("Scores are between 0 and 100 points."),
    "kpi_score_ranked": _("Only who has a total has a rank."),
    "kpi_score_frozen": _("A run that is done takes no more scores."),
    "kpi_score_stays": _("A score stays as it was computed."),
    "kpi_scoreline_stays": _("A score stays as it was computed."),
    "kpi_publishedvalue_status": _("There is no such state of a published value."),
    "kpi_publishedvalue_bounds": _("A figure is at most 1,000,000,000,000, in either direction."),
}


# What services alone see: a stored value cannot deny itself.
FIGURE_AND_NONE = _("There is a figure, and it is said that there is none. Keep one of them.")
BOOK = Rulebook({**REGISTER, **RULES})
told, refuse = BOOK.told, BOOK.refuse
