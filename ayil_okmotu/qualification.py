"""Whether somebody brings the service and education that the head of a kind of municipality must, and why not.

The source says of "leading elsewhere" both that it stands in for leading service and that it is added to it: where
the rule leaves it open both readings are explained, and where they differ nobody is told that they pass or fail.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ayil_okmotu.models import QualificationRule

if TYPE_CHECKING:
    from ayil_okmotu.models import ServiceRecord

ALTERNATIVE, ADDITION = "alternative", "addition"


@dataclass(frozen=True)
class Finding:
    """One demand of the rule: what it needs, what was found, and whether that is enough."""

    code: str
    passes: bool | None
    """None where nothing says, or where it depends on how the rule is read."""
    needed: int | bool | None
    found: int | bool | None
    sentence: str
    article: str = ""


@dataclass(frozen=True)
class Verdict:
    """Whether a candidate passes; None where it cannot be said."""

    passes: bool | None
    findings: list[Finding] = field(default_factory=list)
    rule: QualificationRule | None = None


def rule_on(unit_kind: str, day: dt.date) -> QualificationRule | None:
    """Return the rule for heads of a kind of municipality on a day."""
    return QualificationRule.objects.filter(unit_kind=unit_kind, valid__contains=day).first()


def check(*, record: ServiceRecord | None, unit_kind: str, day: dt.date) -> Verdict:
    """Check a candidate's record against the rule of the day, and explain."""
    rule = rule_on(unit_kind, day)
    if rule is None:
        return Verdict(
            None,
            [Finding("no_rule", None, None, None, _("No rule for this kind of municipality is on record."))],
        )
    if record is None:
        sentence = _("No record of the candidate's service and education is at hand.")
        return Verdict(None, [Finding("no_record", None, None, None, sentence, rule.article)], rule)
    findings = [
        _years("total_years", _("Service in all"), rule.total_years, record.total_years, rule.article),
        *_leading(rule, record),
        *_demands(rule, record),
    ]
    return Verdict(_together(findings, rule), findings, rule)


def _years(code: str, what: str, needed: int, found: int, article: str) -> Finding:
    """Compare years of service."""
    passes = found >= needed
    return Finding(code, passes, needed, found, _compared(what, needed, found, passes), article)


def _compared(what: str, needed: int, found: int, passes: bool) -> str:
    """Return a comparison of years in words."""
    demanded = ngettext("%(years)s year is demanded", "%(years)s years are demanded", needed)
    return _("%(what)s: %(demanded)s, the record says %(found)s: %(verdict)s.") % {
        "what": what,
        "demanded": demanded % {"years": needed},
        "found": found,
        "verdict": _("enough") if passes else _("too little"),
    }


def _leading(rule: QualificationRule, record: ServiceRecord) -> list[Finding]:
    """Check leading posts, in the reading that the rule gives or in both."""
    leading = record.leading_years >= rule.leading_years
    elsewhere = record.elsewhere_years >= rule.elsewhere_years
    readings = {
        ALTERNATIVE: (
            leading or elsewhere,
            _("Leading posts elsewhere stand in for leading service"),
        ),
        ADDITION: (
            leading and elsewhere,
            _("Leading posts elsewhere are demanded beside leading service"),
        ),
    }
    wanted = (
        [ALTERNATIVE, ADDITION] if rule.elsewhere == QualificationRule.Elsewhere.BOTH else [rule.elsewhere]
    )
    found = [
        Finding(
            "leading_years",
            leading if len(wanted) == 1 and wanted[0] == ADDITION else (leading or None),
            rule.leading_years,
            record.leading_years,
            _compared(_("Leading posts in the service"), rule.leading_years, record.leading_years, leading),
            rule.article,
        )
    ]
    for reading in wanted:
        passes, says = readings[reading]
        years = _compared(
            _("leading posts elsewhere"), rule.elsewhere_years, record.elsewhere_years, elsewhere
        )
        found.append(
            Finding(
                f"elsewhere_{reading}",
                passes,
                rule.elsewhere_years,
                record.elsewhere_years,
                _("%(reading)s (%(years)s) In this reading the candidate %(verdict)s.")
                % {
                    "reading": says,
                    "years": years,
                    "verdict": _("passes") if passes else _("does not pass"),
                },
                rule.article,
            )
        )
    return found


def _demands(rule: QualificationRule, record: ServiceRecord) -> list[Finding]:
    """Check what is demanded beside years."""
    found = []
    for code, needed, has, yes, no in (
        (
            "higher_education",
            rule.higher_education,
            record.higher_education,
            _("Higher education is demanded: the candidate has it."),
            _("Higher education is demanded: the candidate does not have it."),
        ),
        (
            "state_language",
            rule.state_language,
            record.state_language,
            _("Command of the state language is demanded: the candidate has it."),
            _("Command of the state language is demanded: the candidate does not have it."),
        ),
    ):
        if needed:
            found.append(Finding(code, has, True, has, yes if has else no, rule.article))
    return found


def _together(findings: list[Finding], rule: QualificationRule) -> bool | None:
    """Return whether all demands are met; None where that depends on the reading."""
    readings = [item.passes for item in findings if item.code.startswith("elsewhere_")]
    others = [
        item.passes
        for item in findings
        if item.code != "leading_years" and not item.code.startswith("elsewhere_")
    ]
    if False in others or not any(readings):
        return False
    return True if all(readings) else None
