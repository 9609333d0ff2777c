"""Records of delegated powers for tests."""

import datetime as dt
from decimal import Decimal

from delegation import services
from delegation.models import Field, Principle, StateBody, StatePower, StatuteItem
from registry.tests.factories import FIRST, LegalActFactory

SIGNED = dt.date(2021, 3, 1)
BEGINS = dt.date(2021, 4, 1)


def named(text):
    return {"ky": text, "ru": f"{text} (ру)"}


def power(code="agricultural-land-fund"):
    """A power of the catalogue."""
    return StatePower.objects.select_related("field").get(code=code)


def new_power(code="passports", *, field="land", name="Ыйгарым укук", **more):
    return services.enter_power(
        code=code, name=named(name), group="social", field=Field.objects.get(code=field), **more
    )


def state_body(code="agriculture"):
    return StateBody.objects.get(code=code)


def statute_item(number=1):
    return StatuteItem.objects.get(number=number)


def draft(unit, *, of=None, basis="agreement", begins=FIRST, **more):
    """A draft transfer to a municipality."""
    if basis != "agreement":
        more.setdefault("act", LegalActFactory(adopted_on=dt.date(2020, 1, 1)))
    return services.draft_transfer(
        power=of or power(), unit=unit, state_body=state_body(), basis=basis, begins=begins, **more
    )


def answered(transfer, *, but=()):
    """Answer all principles but some."""
    for principle in Principle:
        if principle not in but:
            services.answer_principle(transfer=transfer, principle=principle, kept=True)
    return transfer


def provided(transfer, *, kinds=("financial", "material")):
    """Assign means of these kinds."""
    for kind in kinds:
        services.assign_means(
            transfer=transfer,
            kind=kind,
            what=named("Каражат"),
            yearly=Decimal(1200) if kind == "financial" else None,
        )
    return transfer


def agreed(unit, **more):
    """An agreed transfer, without means yet."""
    row = answered(draft(unit, **more))
    if row.basis == "law":
        services.record_consent(transfer=row, on=SIGNED, basis="чечим № 1")
    return services.agree(transfer=row, agreement_number="1", signed_on=SIGNED)


def in_force(unit, *, on=BEGINS, **more):
    """A transfer in force with means of both kinds."""
    return services.enter_into_force(transfer=provided(agreed(unit, **more)), on=on)


def dispute(unit, *, of=None, number="1", opened_on=BEGINS, **more):
    return services.open_dispute(
        number=number,
        power=of or power(),
        unit=unit,
        subject="Каражаттын жетишсиздиги",
        opened_on=opened_on,
        due_on=opened_on + dt.timedelta(days=30),
        **more,
    )
