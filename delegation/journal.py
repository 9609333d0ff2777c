"""What the journal tells of delegated powers: of each power, transfer, dispute and request, with all that belongs to it.

Work on a draft of a transfer is read by whoever reads the draft; others see what happened since it was agreed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import visibility
from audit.visibility import Subject
from delegation import rules
from delegation.models import CancellationRequest, Dispute, StatePower, Transfer
from delegation.visibility import WITHHELD
from lsg_portal.web import display
from registry import sources, titles
from registry.journal import of

# The entry by which a transfer ceased to be a draft; one that is passed on has never been one.
AGREEMENT = f"""
    SELECT at, request, transaction FROM audit_entry WHERE table_name = 'delegation_transfer' AND key = %(key)s::text
       AND after->>'status' NOT IN {WITHHELD} ORDER BY id LIMIT 1"""


def _sees_transfer(user: Any, key: uuid.UUID) -> bool:
    found = Transfer.objects.live().filter(pk=key).first()
    return found is not None and bool(rules.reads_transfer(user, found))


def _withheld(user: Any, key: uuid.UUID) -> bool:
    """Whether the work on a transfer while it was a draft is kept from a user."""
    seen = rules.sight(user)
    return not (seen.everything or Transfer.objects.filter(pk=key, unit__in=seen.units).exists())


def declare() -> None:
    """Declare the records of delegated powers that have a history."""
    visibility.subject(
        Subject(
            "state-power",
            gettext_lazy("state power"),
            "delegation_statepower",
            may_see=lambda user, key: StatePower.objects.filter(pk=key).exists(),
            route="state-power",
            parts=(
                of("delegation_poweritem", "power_id"),
                of("delegation_statuteitem", "power_id"),
                of("delegation_overlap", "power_id"),
                of("delegation_practice", "power_id"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "transfer",
            gettext_lazy("transfer of a state power"),
            "delegation_transfer",
            may_see=_sees_transfer,
            route="transfer",
            withheld=_withheld,
            published=AGREEMENT,
            parts=(
                of("delegation_principleanswer", "transfer_id"),
                of("delegation_means", "transfer_id"),
                of("delegation_funding", "transfer_id"),
                of("delegation_performance", "transfer_id"),
                of("delegation_succession", "%(key)s::uuid", "IN (transfer_id, new_transfer_id)"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "dispute",
            gettext_lazy("dispute"),
            "delegation_dispute",
            may_see=lambda user, key: Dispute.objects.filter(pk=key).exists(),
            route="dispute",
            parts=(
                of("delegation_disputeparty", "dispute_id"),
                of("delegation_hearing", "dispute_id"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "cancellation-request",
            gettext_lazy("request for cancellation"),
            "delegation_cancellationrequest",
            may_see=lambda user, key: CancellationRequest.objects.filter(pk=key).exists(),
        )
    )
    _tables()
    visibility.names("delegation_transfer", _transfers)


def _tables() -> None:
    written = {"source": sources.in_words}
    by_change = {
        "change_id": gettext_lazy("written by change"),
        "closed_by_id": gettext_lazy("closed by change"),
        "voided_by_id": gettext_lazy("voided by annulment"),
    }
    for table in ("statebody", "field", "statepower"):
        visibility.table(f"delegation_{table}", write=written)
    for table, identity in {
        "poweritem": ("number", "name_ky"),
        "statuteitem": ("article", "number"),
        "overlap": ("state_body_id", "what_ky"),
        "practice": ("power_id", "unit_id"),
        "transfer": ("power_id", "unit_id"),
        "principleanswer": ("principle",),
        "means": ("kind", "what_ky"),
        "funding": ("year", "quarter"),
        "performance": ("year", "quarter"),
        "succession": ("transfer_id",),
        "dispute": ("number",),
        "disputeparty": ("role", "unit_id", "state_body_id", "association"),
        "hearing": ("held_on",),
        "cancellationrequest": ("unit_id", "filed_on"),
    }.items():
        visibility.table(f"delegation_{table}", identity=identity, labels=by_change, write=written)


def _transfers(keys: list[str]) -> visibility.Names:
    """Name a transfer after its power and its municipality: a name of each day on which that had one."""
    found = list(Transfer.objects.filter(pk__in=keys).select_related("power"))
    units = visibility.names_of("registry_unit", {str(transfer.unit_id) for transfer in found})
    named: dict[str, list[tuple[dt.date, str]]] = {}
    for transfer in found:
        power = titles.capital(display.name(transfer.power))
        known = units.get(str(transfer.unit_id), "")
        former = [(dt.date.min, known)] if isinstance(known, str) else known
        named[str(transfer.pk)] = [
            (day, _("%(power)s: %(unit)s") % {"power": power, "unit": unit} if unit else power)
            for day, unit in former
        ]
    return named
