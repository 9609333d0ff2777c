"""The text of an agreement on handing a power over, after the model agreement (Government resolution 145 of 2014-03-17).

The model's own wording is not at hand: the sections are those it is known to have (parties, powers, means, reporting,
term), filled from the records. What nobody has recorded yet stands as a blank to be written in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from delegation.models import Basis, Means, PowerItem, Transfer
from lsg_portal.web import display
from registry.models import UnitVersion

BLANK = "________________"
LANGUAGES = ("ky", "ru")
"""Agreements are made in the state and the official language."""


@dataclass(frozen=True)
class Section:
    """A numbered section: paragraphs, then points of a list."""

    title: str
    paragraphs: tuple[str, ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Agreement:
    """What is printed: heading, place and day, sections, and who signs."""

    title: str
    subtitle: str
    dated: str
    sections: tuple[Section, ...]
    parties: tuple[str, ...] = field(default=())


def agreement(transfer: Transfer, *, day: dt.date) -> Agreement:
    """Return the text of the agreement on a transfer in the language of the moment, with names as of ``day``."""
    power = transfer.power
    municipality = _named(transfer, day)
    state = display.name(transfer.state_body)
    return Agreement(
        title=_("Agreement on handing over a state power"),
        subtitle=_("№ %(number)s") % {"number": transfer.agreement_number or BLANK},
        dated=display.day(transfer.signed_on) if transfer.signed_on else BLANK,
        sections=(
            Section(
                _("Parties"),
                (
                    _("%(state)s (the state body) and %(municipality)s (the municipality) agree as follows.")
                    % {"state": state, "municipality": municipality},
                ),
            ),
            Section(
                _("Powers"),
                (
                    _("The state body hands over to the municipality the state power: %(power)s.")
                    % {"power": display.name(power)},
                    _("Basis: %(basis)s.") % {"basis": "; ".join(_basis(transfer)) or BLANK},
                ),
                tuple(display.name(item) for item in PowerItem.objects.present().filter(power=power)),
            ),
            Section(
                _("Material and financial means"),
                (
                    _(
                        "The power is handed over with the means to carry it out "
                        "(Constitution of the Kyrgyz Republic, article 114, part 2):"
                    ),
                ),
                tuple(_means(transfer)) or (BLANK,),
            ),
            Section(
                _("Reporting"),
                (display.name(transfer, "reporting") or BLANK,),
            ),
            Section(
                _("Term"),
                (_term(transfer),),
            ),
        ),
        parties=(state, municipality),
    )


def _named(transfer: Transfer, day: dt.date) -> str:
    """The municipality's name on the day, or its last one before."""
    known = UnitVersion.objects.live().filter(unit=transfer.unit_id, valid__startswith__lte=day)
    version = known.order_by("-valid").first() or transfer.unit.versions.live().order_by("valid").first()
    return display.name(version) if version else BLANK


def _basis(transfer: Transfer) -> Iterator[str]:
    if transfer.act:
        yield display.name(transfer.act, "title")
    elif transfer.basis == Basis.AGREEMENT:
        yield _("law № 127 of 9 July 2013")
    if transfer.power.article:
        yield transfer.power.article


def _means(transfer: Transfer) -> Iterator[str]:
    for means in Means.objects.present().filter(transfer=transfer).order_by("kind", "recorded_at"):
        what = display.name(means, "what")
        if means.yearly is None:
            yield what
        else:
            yield _("%(what)s: %(amount)s thousand som a year") % {
                "what": what,
                "amount": display.number(means.yearly, 2),
            }


def _term(transfer: Transfer) -> str:
    first = display.day(transfer.term.lower)
    if transfer.term.upper is None:
        return _("The agreement holds from %(first)s without a set end.") % {"first": first}
    last = display.day(transfer.term.upper - dt.timedelta(days=1))
    return _("The agreement holds from %(first)s to %(last)s, the last day included.") % {
        "first": first,
        "last": last,
    }
