"""A small country with powers handed over, for tests of what is read and who may what."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from councils.tests.test_ledger import merger
from delegation import services
from delegation.tests.factories import dispute, draft, in_force, named, power, state_body
from registry.services import record_change
from registry.tests.factories import aimak, city, district, oblast

DAY = dt.date(2024, 9, 5)
TAXES, SCHOOLS, NEEDS = "local-tax-collection", "education-premises", "special-needs"


def country():
    """Two aimaks that merged with their transfers, a city outside districts, an aimak with a draft, a stranger."""
    one = oblast("Чүй")
    home = district(one, "Аламүдүн")
    first, second = aimak(home, "Ала", villages=["А"]), aimak(home, "Бала", villages=["Б"])
    own = aimak(home, "Көк", villages=["В"])
    far = aimak(district(oblast("Ош"), "Өзгөн"), "Жалпак", villages=["Г"])
    town = city(one, "Токмок", kind="city_oblast")
    found = SimpleNamespace(one=one, home=home, own=own, far=far, town=town, ended=[first, second])
    found.taxes = in_force(town, of=power(TAXES))
    found.land = in_force(own)
    found.poor = in_force(far, of=power(SCHOOLS))
    found.old = [in_force(unit) for unit in (first, second)]
    found.draft = draft(own, of=power(NEEDS))
    for quarter in (1, 2, 3, 4):
        services.report_funding(
            transfer=found.taxes,
            year=2024,
            quarter=quarter,
            need=Decimal(200),
            planned=Decimal(150),
            received=Decimal("120.50"),
            spent=Decimal(100),
        )
    found.row = services.report_funding(
        transfer=found.land, year=2024, quarter=2, need=Decimal(30), planned=Decimal(20)
    )
    services.report_funding(transfer=found.poor, year=2024, quarter=2, need=Decimal(9), received=Decimal(0))
    services.report_performance(
        transfer=found.land, year=2024, quarter=2, result="partly", obstacle="Каражат жетишсиз"
    )
    found.practice = services.record_practice(power=power(NEEDS), unit=far, on=dt.date(2022, 1, 1))
    services.record_overlap(
        power=power(), state_body=state_body(), what=named("Каттоо"), on=dt.date(2022, 1, 1)
    )
    found.dispute = dispute(own, transfer=found.land, opened_on=dt.date(2024, 3, 1))
    services.add_party(dispute=found.dispute, role="claimant", unit=own)
    services.record_hearing(dispute=found.dispute, held_on=dt.date(2024, 3, 10), minutes="Уккулду")
    found.request = services.file_request(
        unit=far,
        transfer=found.poor,
        ground="no_means",
        justification="Каражат жок",
        missing=Decimal(9),
        filed_on=dt.date(2024, 7, 1),
        due_on=dt.date(2024, 8, 1),
    )
    spec, found.new = merger(home, [first, second])
    found.change = record_change(spec)
    found.listed = services.apply_change(change=found.change)
    return found
