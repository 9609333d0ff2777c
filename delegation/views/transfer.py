"""One transfer with its life, principles, means, money and agreement; and the powers of one municipality."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from councils.views.base import act_of
from delegation import rules, wording
from delegation.agreement import LANGUAGES, agreement
from delegation.models import Means, Performance, Principle, Transfer, TransferStatus
from delegation.page_queries import disputes as dispute_queries
from delegation.page_queries import transfers as queries
from delegation.printing import as_docx, as_pdf
from delegation.views.analysis import successions_table
from delegation.views.base import (
    DelegationPage,
    may_decide,
    may_keep,
    money_columns,
    power_column,
    status_column,
    transfer_link,
)
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from registry import cells, titles
from registry.crumbs import down_to
from registry.queries import Row

LIFE = (TransferStatus.DRAFT, TransferStatus.AGREED, TransferStatus.IN_FORCE, TransferStatus.ENDED)


class TransferPage(DelegationPage):
    """One transfer."""

    template_name = "delegation/transfer.html"

    @cached_property
    def transfer(self) -> Row:
        """The transfer, if the reader may see it."""
        found = queries.transfer(uuid.UUID(str(self.kwargs["pk"])), self.request.day, self.sight)
        if found is None:
            raise Http404
        return found

    @cached_property
    def quarters(self) -> list[Row]:
        """Money and performance by quarter."""
        return queries.quarters(self.transfer["id"], self.request.day)

    def get_title(self) -> str:
        """Return power and municipality."""
        return _("%(power)s: %(unit)s") % {
            "power": titles.capital(display.name(self.transfer["power"])),
            "unit": titles.full_name(self.transfer["unit"]),
        }

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way down to the municipality, and its powers."""
        row = self.transfer
        above = down_to(self.request, row["oblast"], row["district"], row["unit"])
        return [
            *above,
            Crumb(_("State powers"), addresses.page(self.request, "municipality-powers", row["unit_id"])),
        ]

    def get_tables(self) -> Mapping[str, Table]:
        """Return means and money."""
        return {"means": self._means(), "quarters": self._quarters()}

    def _means(self) -> Table:
        return Table(
            self.request,
            key="means",
            caption=_("Means assigned with the power"),
            columns=[
                Column(
                    "kind", _("Kind"), value=lambda row: titles.capital(str(Means.Kind(row["kind"]).label))
                ),
                Column("what", _("What is provided"), value=lambda row: display.name(row, "what")),
                Column(
                    "yearly",
                    _("Thousand som a year"),
                    NUMBER,
                    places=1,
                    value=lambda row: (
                        display.NOT_APPLICABLE if row["kind"] == Means.Kind.MATERIAL else row["yearly"]
                    ),
                ),
            ],
            rows=queries.means(self.transfer["id"]),
            empty=_("No means are assigned: the transfer cannot enter into force."),
        )

    def _quarters(self) -> Table:
        return Table(
            self.request,
            key="quarters",
            caption=_("Money and performance by quarter"),
            columns=[
                Column(
                    "name",
                    _("Quarter"),
                    value=lambda row: wording.quarter(row["year"], row["quarter"]),
                    sort=lambda row: (row["year"], row["quarter"]),
                ),
                *money_columns(),
                Column(
                    "result",
                    _("Performed"),
                    value=lambda row: str(Performance.Result(row["result"]).label) if row["result"] else None,
                ),
                Column("obstacle", _("Obstacle"), value=lambda row: row["obstacle"] or None),
                cells.provenance_column(),
            ],
            rows=self.quarters,
            constructed=cells.is_constructed,
            source=_("reports of municipalities, thousand som"),
            empty=_("Nothing has been reported yet."),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the life, the principles and what became of it."""
        row, answers = self.transfer, queries.answers(self.transfer["id"])
        reached = LIFE.index(row["status"]) if row["status"] in LIFE else -1
        user, ended = self.request.user, row["status"] == TransferStatus.ENDED
        return super().get_context_data(
            transfer=row,
            unit_name=titles.full_name(row["unit"]),
            power_name=titles.capital(display.name(row["power"])),
            life=[(str(step.label), place <= reached) for place, step in enumerate(LIFE)],
            status=wording.status(row["status"]),
            cancelled=row["status"] == TransferStatus.CANCELLED,
            basis=wording.basis(row["basis"]),
            act=act_of(row),
            reporting=display.name(row, "reporting"),
            transfer_source=cells.source_text(row["source"]),
            principles=[(str(each.label), answers.get(each.value)) for each in Principle],
            answered=len(answers),
            succession=queries.succession_of(row["id"], self.request.day) if ended else None,
            former_unit=row["former_unit_id"],
            languages=LANGUAGES,
            edit_url=addresses.optional("transfer-office", row["id"])
            if may_keep(user, row["unit_id"]) or may_decide(user)
            else "",
            rest_url=addresses.optional("api-transfer", row["id"]),
            **kwargs,
        )


@require_safe
def agreement_file(request: HttpRequest, pk: uuid.UUID, language: str, kind: str) -> HttpResponse:
    """Return the agreement on a transfer as DOCX or PDF in Kyrgyz or Russian."""
    row = Transfer.objects.live().select_related("power", "state_body", "act", "unit").filter(pk=pk).first()
    if row is None or not rules.reads_transfer(request.user, row):
        raise Http404
    with translation.override(language):
        text = agreement(row, day=request.day)  # type: ignore[attr-defined]
        content = as_pdf(text, language=language) if kind == "pdf" else as_docx(text)
    media = {
        "pdf": "application/pdf",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }[kind]
    name = f"agreement-{row.agreement_number or 'draft'}-{language}.{kind}"
    answer = HttpResponse(content, content_type=media)
    safe = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter in "-._") else "-" for letter in name
    )
    answer["Content-Disposition"] = f'attachment; filename="{safe}"'
    return answer


def _end(row: Row) -> Any:
    """The first day without a transfer; none while it is in force or has not begun."""
    return (row["valid"].upper if row["valid"] else None) or display.NOT_APPLICABLE


class MunicipalityPowersPage(DelegationPage):
    """The powers of one municipality: by transfer, in fact, disputed, and what became of those it inherited."""

    template_name = "delegation/municipality.html"

    @cached_property
    def place(self) -> Row:
        """The municipality and where it lies."""
        found = queries.unit(uuid.UUID(str(self.kwargs["pk"])), self.request.day)
        if found is None:
            raise Http404
        return found

    @property
    def unit_id(self) -> uuid.UUID:
        """The municipality's identifier."""
        return uuid.UUID(str(self.kwargs["pk"]))

    def get_title(self) -> str:
        """Return what the page is about."""
        return _("State powers: %(unit)s") % {"unit": titles.full_name(self.place["unit"])}

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the way down to the municipality."""
        return down_to(self.request, self.place["oblast"], self.place["district"], self.place["unit"])

    def get_tables(self) -> Mapping[str, Table]:
        """Return transfers, practices, disputes and successions."""
        request, day = self.request, self.request.day
        transfers = Table(
            request,
            caption=pgettext("of powers", "Transfers"),
            columns=[
                power_column(request),
                status_column(),
                Column(
                    "number",
                    _("Number"),
                    value=lambda row: row["agreement_number"] or _("no number"),
                    link=lambda row: transfer_link(request, row),
                ),
                Column("body", _("State body"), value=lambda row: display.name(row["state_body"])),
                Column(
                    "since",
                    _("In force since"),
                    DATE,
                    value=lambda row: row["valid"].lower if row["valid"] else display.NOT_APPLICABLE,
                ),
                Column(
                    "until",
                    _("Until"),
                    DATE,
                    value=_end,
                    note=_("the first day without it"),
                ),
                Column("yearly", _("Thousand som a year"), NUMBER, places=1),
                cells.provenance_column(),
            ],
            rows=queries.transfers(day, sight=self.sight, unit=self.unit_id),
            constructed=cells.is_constructed,
            empty=_("No power has been handed over to this municipality."),
        )
        practices = Table(
            request,
            key="practices",
            caption=_("Powers performed in fact"),
            columns=[
                power_column(request),
                cells.Shown(
                    "agreed",
                    _("Agreement"),
                    value=lambda row: _("there is one") if row["agreed"] else _("none"),
                    show=lambda row: "" if row["agreed"] else cells.badge(_("none"), "error"),
                ),
                Column("since", _("Since"), DATE, value=lambda row: row["valid"].lower),
                Column("note", _("What is done"), value=lambda row: row["note"] or None),
                cells.provenance_column(),
            ],
            rows=queries.practices(self.unit_id, day),
            constructed=cells.is_constructed,
            empty=_("Nothing is known to be performed in fact alone."),
        )
        disputes = Table(
            request,
            key="disputes",
            caption=_("Disputes"),
            columns=[
                Column("number", _("Number"), link=lambda row: addresses.page(request, "dispute", row["id"])),
                power_column(request),
                Column("subject", _("Subject")),
                Column("status", _("State"), value=lambda row: wording.dispute_status(row["status"])),
            ],
            rows=dispute_queries.disputes(day, unit=self.unit_id),
            empty=_("No dispute is on file."),
        )
        listed = successions_table(request, queries.successions(day, unit=self.unit_id), key="successions")
        return {"transfers": transfers, "practices": practices, "disputes": disputes, "successions": listed}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the municipality and the way to its gap."""
        return super().get_context_data(
            unit=self.place["unit"],
            unit_name=titles.full_name(self.place["unit"]),
            gap_url=addresses.page(self.request, "funding-gap", unit=self.unit_id),
            edit_url=addresses.optional("powers-office", self.unit_id)
            if may_keep(self.request.user, self.unit_id)
            else "",
            **kwargs,
        )
