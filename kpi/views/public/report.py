"""A report as everybody reads it once it is published; versions that were superseded stay where they were."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils.views.base import act_of
from kpi import wording
from kpi.models import PUBLIC, AuditFinding, Formula, ReportStatus, Step, Subject
from kpi.page_queries import reports
from kpi.views.public.base import (
    KpiPage,
    category_column,
    decimal,
    figure_column,
    indicator_column,
    methodology_of,
)
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import Column, Table
from registry import cells, titles
from registry.crumbs import down_to
from registry.queries import Row

PUBLIC_STEPS = (
    Step.Action.SUBMIT,
    Step.Action.APPROVE,
    Step.Action.PUBLISH,
    Step.Action.AMEND,
    Step.Action.SUPERSEDE,
)
"""What everybody reads of a report's life; returns and their reasons are between its office and the reviewers."""


class ReportPage(KpiPage):
    """One revision of a report."""

    template_name = "kpi/report.html"

    @cached_property
    def report(self) -> Row:
        """The report, if the reader may see it."""
        found = reports.report(uuid.UUID(str(self.kwargs["pk"])), self.sight)
        if found is None:
            raise Http404
        return found

    @cached_property
    def methodology(self) -> Row | None:
        """The methodology that the report follows."""
        return methodology_of(self.report)

    @property
    def is_public(self) -> bool:
        """Whether everybody reads it."""
        return self.report["appointment_id"] is None and self.report["status"] in PUBLIC

    def get_title(self) -> str:
        """Return municipality and quarter."""
        return _("%(unit)s: report, %(period)s") % {
            "unit": titles.full_name(self.report["unit"]),
            "period": wording.period(self.report["period_code"]),
        }

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way down to the municipality, and its KPI."""
        row = self.report
        above = down_to(self.request, row["oblast"], row["district"], row["unit"])
        return [*above, Crumb(_("KPI"), addresses.page(self.request, "kpi-unit", row["unit_id"]))]

    def get_tables(self) -> Mapping[str, Table]:
        """Return the values."""
        return {"values": self._values()}

    def _values(self) -> Table:
        row = self.report
        name = indicator_column(self.request, period=row["period_code"])
        if row["subject"] == Subject.EMPLOYEE:
            name = Column("indicator", _("Indicator"), value=wording.indicator)
        return Table(
            self.request,
            caption=_("Values of the report"),
            columns=[
                name,
                category_column(),
                figure_column("figure", _("Figure"), lambda value: _entered(value, "figure")),
                figure_column(
                    "numerator", _("Numerator"), lambda value: _part(value, "numerator"), shown=False
                ),
                figure_column(
                    "denominator", _("Denominator"), lambda value: _part(value, "denominator"), shown=False
                ),
                cells.Shown("status", _("State"), value=lambda value: wording.value_status(value["status"])),
                cells.Shown("findings", _("Independent audit"), value=_findings_in_words, show=_findings),
                Column("note", _("Note"), value=lambda value: value["note"] or None),
                cells.Shown("evidence", _("Evidence"), value=self._files, show=self._linked_files),
            ],
            rows=self.values,
            constructed=lambda value: row["provenance"] == cells.CONSTRUCTED,
            source=_("the report of the municipality; what an audit found stands beside what was reported"),
            page_sizes=(100,),
        )

    @cached_property
    def values(self) -> list[Row]:
        """The values in the order of the methodology."""
        return reports.values(self.report["id"])

    @property
    def reads_beyond(self) -> bool:
        """Whether the reader knows what is between the office and its reviewers: files, returns and their reasons."""
        seen = self.sight
        return not self.is_public or seen.everything or self.report["unit_id"] in seen.units

    def _files(self, value: Row) -> str | None:
        """Return the names of a value's files; to everybody else their number: files may hold personal data."""
        files = value["evidence"] or []
        if not files or self.reads_beyond:
            return ", ".join(file["name"] for file in files) or None
        return ngettext("%(count)s file", "%(count)s files", len(files)) % {"count": len(files)}

    def _linked_files(self, value: Row) -> SafeString | str:
        """Return the files of a value as links, for who may read them."""
        if not self.reads_beyond:
            return ""
        return format_html_join(
            ", ",
            '<a href="{}">{}</a>',
            (
                (addresses.page(self.request, "kpi-evidence-file", file["id"]), file["name"])
                for file in value["evidence"] or []
            ),
        )

    def _life(self) -> list[Row]:
        """Return the steps that the reader may know of, each with its moment in Bishkek."""
        whole = self.reads_beyond
        return [
            {
                **step,
                "name": wording.step(step["action"]),
                "at": localtime(step["at"]).date(),
                "reason": step["reason"] if whole or step["action"] == Step.Action.AMEND else "",
                "returned": step["returned"] if whole else None,
            }
            for step in reports.steps(self.report["id"])
            if whole or step["action"] in PUBLIC_STEPS
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the state, the revisions, the scores and the life of the report."""
        row = self.report
        others = row["others"] or []
        published = [one for one in others if one["status"] == ReportStatus.PUBLISHED]
        first_on = row["first_submitted_at"] and localtime(row["first_submitted_at"]).date()
        return super().get_context_data(
            report=row,
            period_name=wording.period(row["period_code"]),
            unit_name=titles.full_name(row["unit"]),
            district_name=titles.full_name(row["district"]),
            oblast_name=titles.full_name(row["oblast"]),
            person=display.name(row["person"]),
            status=cells.badge(wording.report_status(row["status"]), wording.TONES[row["status"]]),
            is_public=self.is_public,
            superseded_by=max(published, key=lambda one: one["revision"], default=None)
            if row["status"] == ReportStatus.SUPERSEDED
            else None,
            others=[{**one, "state": wording.report_status(one["status"])} for one in others],
            revision=str(row["revision"]),
            first_on=first_on,
            late=bool(first_on and first_on > row["due"]),
            filled=sum(value["status"] != "" for value in self.values),
            fields=len(self.values),
            life=self._life(),
            amend_act=act_of(row),
            score=self._score(),
            history_type="kpi-report",
            history_key=row["id"],
            rest_url=addresses.optional("api-kpi-report", row["id"]),
            **kwargs,
        )

    def _score(self) -> Row | None:
        """Return the latest published score made from this revision."""
        if not self.report["scores"]:
            return None
        latest = self.report["scores"][0]
        return {
            **latest,
            "total": decimal(latest["total"]),
            "url": addresses.page(self.request, "kpi-score", latest["id"]),
        }


def _entered(value: Row, key: str) -> Any:
    """Return a figure of a value; what cannot apply is neither zero nor missing."""
    return display.NOT_APPLICABLE if value["status"] == "not_applicable" else value[key]


def _part(value: Row, key: str) -> Any:
    """Return a part of a ratio; an indicator that is entered as a number has none."""
    return display.NOT_APPLICABLE if value["formula"] == Formula.NUMBER else _entered(value, key)


def _finding(finding: Row) -> str:
    verdict = str(AuditFinding.Verdict(finding["verdict"]).label)
    if finding["figure"] is None:
        return verdict
    return f"{verdict}: {wording.figure(decimal(finding['figure']))}"


def _findings_in_words(value: Row) -> str | None:
    """Return what audits found of a value, as files say it."""
    found = [f"{_finding(finding)} ({finding['note']})" for finding in value["findings"] or []]
    return "; ".join(found) or None


def _findings(value: Row) -> SafeString | str:
    """Return what audits found, a line each, with the basis."""
    return format_html_join(
        "",
        '<div>{} <span class="small muted">{}</span></div>',
        (
            (
                cells.badge(_finding(one), "warning" if one["verdict"] == "corrected" else "good"),
                one["note"],
            )
            for one in value["findings"] or []
        ),
    )
