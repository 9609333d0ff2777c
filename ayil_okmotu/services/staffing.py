"""What an executive body reports of its people."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ayil_okmotu.errors import Stale, Violation, refuse, told
from ayil_okmotu.models import ExecutiveBody, StaffingReport
from councils.services.locking import locked
from registry.models import Provenance

MOST = 5000


@transaction.atomic
def report_staff(
    *,
    body: ExecutiveBody,
    on: dt.date,
    approved: int,
    filled: int,
    contract: int,
    women: int | None = None,
    expected_version: int | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> StaffingReport:
    """Record the people of a body as of a day, or correct what was recorded as of that day.

    ``approved`` and ``filled`` are staff posts, ``women`` those among the filled (None: not reported), ``contract``
    the filled contract posts. More may be filled than were approved: it is stored as reported.
    """
    body = locked(body)
    if body.voided_by_id or on not in body.valid:
        refuse("ayil_okmotu_staffingreport_within_body", pointer="/on")
    figures = {"approved": approved, "filled": filled, "contract": contract}
    for name, value in figures.items():
        if not 0 <= value <= MOST:
            refuse("ayil_okmotu_staffingreport_bounds", pointer=f"/{name}")
    if women is not None and not 0 <= women <= filled:
        refuse("ayil_okmotu_staffingreport_women", pointer="/women")
    row = StaffingReport.objects.select_for_update().filter(body=body, on=on).first()
    if expected_version is not None and (row is None or row.version != expected_version):
        raise Stale(Violation("stale", _("The record has been changed by someone else since you opened it.")))
    if row is None:
        row = StaffingReport(body=body, on=on, version=0)
    for name, value in figures.items():
        setattr(row, name, value)
    row.women, row.provenance, row.source = women, provenance, source
    row.version += 1
    with told():
        row.save()
    return row
