"""What an event would do to executive bodies, powers handed over and KPI reports, in tables and in sentences."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from ayil_okmotu.models import BodyKind
from delegation.models import Transfer
from delegation.services.succession import DECIDE_WITHIN
from delegation.wording import quarter
from kpi.models import ReportStatus
from lsg_portal.web import addresses, display
from lsg_portal.web.tables import DATE, NUMBER, Column, Table
from reform import wording
from registry.models import Person

if TYPE_CHECKING:
    from ayil_okmotu.services import BodyEffect, BodyEffects
    from delegation.services import TransferEffect
    from kpi.services import ReportEffect
    from reform.views.picture import Picture

FATES = {
    "ends": pgettext_lazy("executive body", "ends"),
    "begins": pgettext_lazy("executive body", "begins"),
    "goes_on": pgettext_lazy("executive body", "goes on"),
}


def bodies_table(request: Any, picture: Picture, effects: BodyEffects) -> Table:
    """Return what becomes of each body: who heads it no longer, which posts close, where village heads go over."""
    heads = {head.person_id for row in effects.bodies for head in row.heads}
    people: Mapping[uuid.UUID, Person] = Person.objects.in_bulk(heads) if heads else {}

    def name(unit: uuid.UUID | None) -> str:
        return picture.name(unit) if unit else _("no successor")

    def village_heads(row: BodyEffect) -> str:
        counted = Counter(name(move.to_unit_id) for move in row.village_heads)
        return wording.listed(f"{target}: {display.number(number)}" for target, number in counted.items())

    return Table(
        request,
        key="bodies",
        caption=_("Executive bodies"),
        rows=effects.bodies,
        columns=[
            Column("unit", _("Municipality"), value=lambda row: name(row.unit_id)),
            Column(
                "kind", _("Executive body"), value=lambda row: wording.capital(str(BodyKind(row.kind).label))
            ),
            Column("fate", _("What happens"), value=lambda row: str(FATES[row.fate])),
            Column(
                "heads",
                _("Appointments of heads that end"),
                value=lambda row: wording.listed(display.name(people[head.person_id]) for head in row.heads),
            ),
            Column(
                "appointments",
                _("Other appointments that end"),
                NUMBER,
                value=lambda row: row.staff_appointments,
            ),
            Column("posts", _("Posts that close"), NUMBER, value=lambda row: row.staff_posts),
            Column("village_heads", _("Village heads who go over, on contract"), value=village_heads),
            Column("filled", _("Staff as last reported"), NUMBER, value=lambda row: row.filled),
            Column("contract", _("On contract as last reported"), NUMBER, value=lambda row: row.contract),
        ],
    )


def joined_budgets(picture: Picture, effects: BodyEffects) -> list[str]:
    """Return a sentence for each unit whose budget continues those of others."""
    return [
        _("%(unit)s continues the budgets of: %(units)s.")
        % {
            "unit": picture.name(join.unit_id),
            "units": wording.listed(picture.name(unit) for unit in join.from_units),
        }
        for join in effects.joins
    ]


def staff_in_all(effects: BodyEffects) -> tuple[int, int]:
    """Return the staff that the bodies concerned last reported, and their posts by contract."""
    return effects.staff("ends", "goes_on")


def transfers_table(request: Any, picture: Picture, effects: Sequence[TransferEffect]) -> Table:
    """Return the powers handed over to municipalities that end, and who could take each over."""
    transfers: Mapping[uuid.UUID, Transfer] = {
        transfer.pk: transfer
        for transfer in Transfer.objects.filter(
            pk__in=[effect.transfer_id for effect in effects]
        ).select_related("power")
    }

    def of(effect: TransferEffect) -> Transfer:
        return transfers[effect.transfer_id]

    def successors(effect: TransferEffect) -> str:
        return wording.listed(picture.name(unit) for unit in effect.successors) or _("no successor")

    return Table(
        request,
        key="transfers",
        caption=_("State powers handed over"),
        rows=effects,
        columns=[
            Column("unit", _("Municipality"), value=lambda row: picture.name(row.unit_id)),
            Column(
                "power",
                _("State power"),
                value=lambda row: wording.capital(display.name(of(row).power)),
                link=lambda row: addresses.page(request, "transfer", row.transfer_id),
            ),
            Column("basis", _("Basis"), value=lambda row: str(of(row).get_basis_display())),
            Column("since", _("In force since"), DATE, value=lambda row: of(row).valid.lower),
            Column("successors", _("Who can take it over"), value=successors),
        ],
    )


def decided_by(effective_on: dt.date) -> dt.date:
    """Return the day by which the ministry decides what becomes of each transfer that the event ends."""
    return effective_on + DECIDE_WITHIN


def reports_table(request: Any, picture: Picture, effects: Sequence[ReportEffect]) -> Table:
    """Return the KPI reports that municipalities which end would owe no longer; employees' ones are only counted."""

    def state(row: ReportEffect) -> Any:
        return ReportStatus(row.status).label if row.status else display.NOT_APPLICABLE

    def page(row: ReportEffect) -> str | None:
        return addresses.page(request, "kpi-report", row.report_id) if row.report_id else None

    return Table(
        request,
        key="reports",
        caption=_("KPI reports"),
        rows=effects,
        columns=[
            Column("unit", _("Municipality"), value=lambda row: picture.name(row.unit_id)),
            Column(
                "period",
                _("Reporting period"),
                value=lambda row: quarter(int(row.period_code[:4]), int(row.period_code[-1])),
            ),
            Column("status", _("Report of the office"), value=state, link=page),
            Column("employees", _("Reports of employees"), NUMBER, value=lambda row: row.employees),
        ],
    )
