"""One report side by side with the quarter before, its peers and what it said before it was returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from kpi import checking, entry_queries, evidence, knowledge, scoring, services, wording
from kpi.ministry_forms import ReturnForm
from kpi.models import EDITABLE, SETTLED, AuditFinding, Report, ReportStatus, Step, Value
from kpi.page_queries import review as reads
from kpi.services.reports import CORRECT_WITHIN
from kpi.views.ministry.base import DeskForm, moment, tone
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from registry import titles
from registry.queries import Row
from registry.record_pages import problems_of

WAITING = (ReportStatus.SUBMITTED, ReportStatus.IN_REVIEW)


class ReviewPage(DeskForm):
    """The report with everything that a reviewer needs; what can be done stands below."""

    http_method_names = ["get", "head", "options"]
    template_name = "kpi/ministry/review.html"
    section = "kpi-inbox"
    form_class = ReturnForm
    record_name = "report"

    @cached_property
    def report(self) -> Report:
        """The report; Http404 where there is none that the reader may read."""
        found = reads.report(self.kwargs["pk"])
        if found is None or not self.request.user.has_perm("kpi.read_report", found):
            raise Http404
        return found

    @property
    def record(self) -> Report:
        """The report."""
        return self.report

    @cached_property
    def reviews(self) -> bool:
        """Whether the reader reviews this report; four eyes apart."""
        return bool(self.request.user.has_perm("kpi.review", self.report))

    @property
    def submitted_it(self) -> bool:
        """Whether the reader submitted the report, and so cannot review it."""
        return bool(self.report.submitted_by_id == self.request.user.pk)

    def admit(self) -> None:
        """Let in reviewers; the rest of the ministry reads along, but takes no step."""
        if not (self.reviews or self.sight.everything):
            raise PermissionDenied
        takes_steps = "post" in self.http_method_names
        if takes_steps and self.request.method == "POST" and not self.may_step:
            raise PermissionDenied

    @property
    def may_step(self) -> bool:
        """Whether the reader takes the step of this page."""
        return self.reviews

    def get_title(self) -> str:
        """Say whose report it is."""
        return (
            self.unit_name if self.report.appointment_id is None else entry_queries.employee_name(self.report)
        )

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the inbox."""
        return [*super().get_crumbs(), Crumb(_("KPI: review"), self.inbox)]

    @property
    def inbox(self) -> str:
        """What waits for review."""
        return addresses.page(self.request, "kpi-inbox")

    @property
    def back(self) -> str:
        """The page to return to after a step."""
        return addresses.page(self.request, "kpi-review", self.report.pk)

    @cached_property
    def unit(self) -> Row | None:
        """The municipality as it was on the period's last day."""
        return reads.unit(self.report.unit_id, self.report.period.last_day)

    @property
    def unit_name(self) -> str:
        """What the municipality was called."""
        return titles.full_name(self.unit)

    @cached_property
    def values(self) -> list[Value]:
        """The values in the order of the methodology."""
        return services.values_of(self.report)

    @cached_property
    def steps(self) -> list[Step]:
        """What happened, the latest step first."""
        return entry_queries.steps(self.report)

    @property
    def last_return(self) -> Step | None:
        """The latest return; None where there was none."""
        return next((step for step in self.steps if step.action == Step.Action.RETURN), None)

    @property
    def can_return(self) -> bool:
        """Whether the reader returns values now."""
        return self.reviews and not self.submitted_it and self.report.status == ReportStatus.IN_REVIEW

    @property
    def names(self) -> dict[str, str]:
        """What the indicators are called, by code."""
        return {value.indicator.code: titles.capital(display.name(value.indicator)) for value in self.values}

    def homeless(self, form: ReturnForm) -> list[tuple[str, str]]:
        """Return the reasons that were typed, where the page has no fields for them any more."""
        return [] if self.can_return else [(self.names[code], said) for code, said in form.typed.items()]

    def stored(self, record: Any) -> dict[str, Any]:
        """Reasons are stored nowhere before the report is returned."""
        return {}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask for a reason with each value."""
        return {**super().get_form_kwargs(), "values": self.values}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather the report, line by line."""
        report = self.report
        form = kwargs.pop("form", None) or self.get_form()
        due = services.due_day(report.period, report.unit_id)
        first = report.first_submitted_at and timezone.localdate(report.first_submitted_at)
        return super().get_context_data(
            form=form,
            report=report,
            subject=self.unit_name if report.appointment_id else "",
            where=[
                titles.full_name(self.unit[key])
                for key in ("district", "oblast")
                if self.unit and self.unit[key]
            ],
            quarter=wording.quarter(report.period.number),
            status=wording.report_status(report.status),
            tone=tone(report.status),
            due=due,
            is_late=bool(first and first > due),
            submitted=moment(report.submitted_at),
            about=knowledge.about(report.unit, report.period) if report.appointment_id is None else None,
            act=titles.act_name(report.amend_act) if report.amend_act else "",
            groups=self.groups(form),
            history=[self._step(step) for step in reversed(self.steps)],
            submitted_it=self.submitted_it,
            open_states=WAITING,
            reviews=self.reviews,
            can_start=self._can(ReportStatus.SUBMITTED),
            can_return=self.can_return,
            can_publish=self.manages and report.status == ReportStatus.APPROVED,
            correct_within=CORRECT_WITHIN.days,
            audits=bool(self.request.user.has_perm("kpi.audit")) and report.status in SETTLED[:2],
            former_of=_("when it was returned") if self.last_return else _("in the revision before"),
            methodology_url=addresses.optional("kpi-methodology", report.methodology_id),
            public_url=self._public_url(),
            **kwargs,
        )

    def _can(self, state: str) -> bool:
        return self.reviews and not self.submitted_it and self.report.status == state

    def _public_url(self) -> str:
        if self.report.published_at is None:
            return ""
        return addresses.optional("kpi-report", self.report.pk)

    def groups(self, form: Any) -> list[dict[str, Any]]:
        """Return the lines by category."""
        lines = self.lines(form)
        found: dict[Any, dict[str, Any]] = {}
        for value, line in zip(self.values, lines, strict=True):
            category = value.indicator.category
            group = found.setdefault(
                category.pk, {"name": titles.capital(display.name(category)), "lines": []}
            )
            group["lines"].append(line)
        return list(found.values())

    def lines(self, form: Any) -> list[dict[str, Any]]:
        """Return what the page says of each value."""
        report = self.report
        last, medians = checking.last_values(report), reads.medians(report)
        before = reads.former(report, self.last_return) if report.status not in EDITABLE else {}
        returned = {one.value_id: one for one in self.last_return.returned.all()} if self.last_return else {}
        if report.status in SETTLED:
            prefetch_related_objects(self.values, "findings")
        audited: dict[Any, list[AuditFinding]] = {}
        if report.amends_id is not None:
            for one in AuditFinding.objects.filter(value__report=report.amends_id).select_related("value"):
                audited.setdefault(one.value.indicator_id, []).append(one)
        return [
            self._line(
                value,
                last.get(value.indicator.measure_id),
                medians.get(value.indicator_id),
                before.get(value.pk),
                returned.get(value.pk),
                audited.get(value.indicator_id, []),
                form,
            )
            for value in self.values
        ]

    def _line(
        self,
        value: Value,
        last: Value | None,
        median: Row | None,
        before: Any,
        returned: Any,
        audited: list[AuditFinding],
        form: Any,
    ) -> dict[str, Any]:
        indicator, now, then = value.indicator, checking.figure(value), checking.figure(last)
        since = self.last_return.recorded_at if self.last_return else None
        return {
            "id": value.pk,
            "code": indicator.code,
            "name": titles.capital(display.name(indicator)),
            "unit": display.name(indicator, "unit_of_measure"),
            "definition": display.name(indicator, "definition"),
            "flag": display.name(indicator, "flag"),
            "needs_evidence": indicator.evidence_required,
            "figure": wording.figure(now) if now is not None else "",
            "status": wording.value_status(value.status),
            "is_normal": value.status == "normal",
            "parts": parts(indicator, value),
            "last": wording.figure(then) if then is not None else "",
            "last_status": wording.value_status(last.status) if last is not None and then is None else "",
            "change": _change(now, then),
            "median": wording.figure(median["median"]) if median else "",
            "peers": median["peers"] if median else 0,
            "note": value.note,
            "warnings": checking.warnings(value, last),
            "known": parts(indicator, value.known) if value.known else [],
            "known_year": str(value.known.get("year", "")) if value.known else "",
            "evidence": [
                {
                    "name": file.name,
                    "url": addresses.optional("kpi-evidence-file", file.pk),
                    "kilobytes": -(-file.size // 1024),
                    "is_new": since is not None and file.recorded_at > since,
                }
                for file in value.evidence.all()
                if file.removed_at is None
            ],
            "returned": returned.reason if returned else "",
            "was": _was(indicator, before) if before and _differs(before, value) else "",
            "unchanged": bool(returned and before and not _differs(before, value))
            and not (self.last_return and evidence.changed_since(self.last_return, value.evidence.all())),
            "findings": [self._finding(indicator, one) for one in value.findings.all()]
            if self.report.status in SETTLED
            else [],
            "audited": [self._finding(indicator, one) for one in audited],
            "reason": form[ReturnForm.field_of(indicator.code)] if self.can_return else None,
        }

    def _finding(self, indicator: Any, found: Any) -> dict[str, Any]:
        figure = scoring.figure(indicator.formula, found.number, found.numerator, found.denominator)
        return {
            "on": found.found_on,
            "verdict": found.get_verdict_display(),
            "figure": wording.figure(figure) if figure is not None else "",
            "note": found.note,
        }

    def _step(self, step: Step) -> dict[str, Any]:
        return {
            "action": titles.capital(wording.step(step.action)),
            "at": moment(step.at),
            "by": str(step.by) if step.by else "",
            "reason": step.reason,
            "returned": [
                (titles.capital(display.name(one.value.indicator)), one.reason) for one in step.returned.all()
            ],
        }


class Return(ReviewPage):
    """Values go back to be corrected, each with its reason."""

    http_method_names = ["get", "head", "post", "options"]

    def act(self, form: ReturnForm) -> str:
        """Return them; go on to what waits."""
        services.return_report(
            report=self.report,
            reasons=form.reasons,
            by=self.request.user,
            at=self.now,
            expected_version=form.expected_version,
        )
        self.done = _("The report is returned. Its staff see each reason beside its value.")
        return self.inbox

    def refuse(self, form: Any, error: Any) -> Any:
        """Show a refusal at the value it concerns."""
        for violation in error.violations:
            name = ReturnForm.field_of(violation.pointer.rpartition("/")[2])
            form.add_error(name if name in form.fields else None, str(violation.message))
        return self.form_invalid(form, error.problem_status)

    def conflict(self, form: Any, error: Any) -> Any:
        """Show the report as it is now, with the reasons that were typed."""
        for name in ("report", "values", "steps"):
            self.__dict__.pop(name, None)
        data = form.data.copy()
        data["version"] = str(self.report.version)
        again = self.over(data)
        typed = self.homeless(again)
        return self.form_invalid(again, error.problem_status, problems=problems_of(error), typed=typed)


def parts(indicator: Any, of: Any) -> list[tuple[str, str]]:
    """Return numerator and denominator with what each is, or nothing for a plain number."""
    if not indicator.has_parts:
        number = of.get("number") if isinstance(of, Mapping) else None
        return [("", checking.written(Decimal(number)))] if number is not None else []
    found = []
    for name in ("numerator", "denominator"):
        amount = of.get(name) if isinstance(of, Mapping) else getattr(of, name)
        if amount is not None:
            label = display.name(indicator, f"{name}_name") or name
            found.append((titles.capital(label), checking.written(Decimal(amount))))
    return found


def _change(now: Decimal | None, then: Decimal | None) -> str:
    """Return the difference of two figures as people are told them."""
    if now is None or then is None:
        return ""
    told, before = scoring.said(now), scoring.said(then)
    change = told - before if told is not None and before is not None else None
    return (
        display.number(change, 0 if change == change.to_integral_value() else 2, signed=True)
        if change
        else ""
    )


def _amount(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))


def _differs(before: Mapping[str, Any], value: Value) -> bool:
    figures = ("number", "numerator", "denominator")
    return (
        before["status"] != value.status
        or before["note"] != value.note
        or any(_amount(before[name]) != getattr(value, name) for name in figures)
    )


def _was(indicator: Any, before: Mapping[str, Any]) -> str:
    """Return what a value said before: its figure, or its state and note where it had none."""
    figure = None
    if before["status"] in checking.WITH_FIGURE:
        figure = scoring.figure(
            indicator.formula, *(_amount(before[name]) for name in ("number", "numerator", "denominator"))
        )
    said = wording.figure(figure) if figure is not None else wording.value_status(before["status"])
    return f"{said}: {before['note']}" if before["note"] else said
