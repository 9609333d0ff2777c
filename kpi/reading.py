"""Figures of reports as people type them, on pages and in files: read in one way, with the indicator that says in what unit."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from kpi.errors import RuleBroken, Violation, refuse
from kpi.models import Indicator
from kpi.models.methodology import LARGEST
from lsg_portal.data import figures

PLACES = 6
"""Decimal places that are kept; more are refused, as nobody would see that they were rounded away."""
STEP = Decimal(1).scaleb(-PLACES)


def takes_percent(indicator: Indicator) -> bool:
    """Tell whether ``12 %`` is a way to write this figure: where it is entered itself, in per cent."""
    units = (indicator.unit_of_measure_ky, indicator.unit_of_measure_ru, indicator.unit_of_measure)
    return not indicator.has_parts and any("%" in (unit or "") for unit in units)


def amount(indicator: Indicator, name: str, text: str) -> Decimal | None:
    """Return the ``number``, ``numerator`` or ``denominator`` that somebody typed, None for nothing; raise RuleBroken."""
    if not text.strip():
        return None
    pointer = f"/values/{indicator.measure.code}"
    try:
        read = figures.read(text, percent=takes_percent(indicator))
    except figures.BadNumber as bad:
        raise RuleBroken(Violation(bad.code, bad.sentence, pointer)) from bad
    if abs(read) > LARGEST:
        refuse("kpi_value_bounds", pointer=pointer)
    if read != read.quantize(STEP):
        refuse("too_precise", _("A figure has at most %(most)s decimals.") % {"most": PLACES}, pointer)
    return read


def plain(number: Decimal) -> Decimal:
    """Return a stored figure without the zeros that its column adds: 12.000000 is 12."""
    kept = number.normalize()
    return kept if int(kept.as_tuple().exponent) <= 0 else kept.quantize(Decimal(1))
