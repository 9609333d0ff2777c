"""The catalogue, the quarters' reports, disputes and requests: what each demands, by service and plain SQL."""

import datetime as dt
from decimal import Decimal

import pytest

from councils.tests.in_sql import change, copy, run
from councils.tests.refusals import refused, refuses
from delegation import services
from delegation.models import Funding, PowerItem, StatePower, StatuteItem
from delegation.tests.factories import (
    BEGINS,
    dispute,
    draft,
    in_force,
    named,
    new_power,
    power,
    state_body,
    statute_item,
)
from lsg_portal.data import actor
from lsg_portal.data.postgresql.base import OtherMunicipality
from registry.errors import StateConflict
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
ENDED = dt.date(2023, 1, 1)


@pytest.fixture
def unit():
    return aimak(district())


@pytest.fixture
def transfer(unit):
    return in_force(unit)


# --- the catalogue -----------------------------------------------------------------------------------------------


def test_the_named_powers_are_there_and_nothing_is_invented():
    codes = set(StatePower.objects.values_list("code", flat=True))

    assert codes == {"education-premises", "special-needs", "agricultural-land-fund", "local-tax-collection"}
    assert power().responsible == state_body()
    assert StatePower.objects.get(code="special-needs").responsible is None


def test_the_tax_powers_of_bishkek_have_their_items():
    taxes = power("local-tax-collection")

    assert [item.name_ru for item in taxes.items.all()] == [
        "сбор местных и патентных налогов",
        "ведение учёта налогоплательщиков",
        "приём отчётов",
        "рейдовые проверки",
        "налоговые посты",
        "возбуждение взыскания задолженности",
    ]
    assert "№ 16" in taxes.article


def test_the_statutes_list_waits_for_its_items():
    assert StatuteItem.objects.filter(power__isnull=True).count() == 19
    assert [item.number for item in StatuteItem.objects.filter(disputed=True)] == [18, 19]

    entered = new_power(statute_item=statute_item(3))

    assert statute_item(3).power == entered
    assert StatuteItem.objects.filter(power__isnull=True).count() == 18


def test_a_code_is_given_once():
    new_power("passports")

    with refuses("code_taken"):
        new_power("passports")


def test_an_item_taken_out_leaves_its_number_free():
    item = services.add_item(power=power(), name=named("Биринчи"))
    services.remove_item(item=item)

    assert services.add_item(power=power(), name=named("Экинчи")).number == 1
    assert PowerItem.objects.filter(power=power()).count() == 2
    with refused("delegation_poweritem_once"):
        change(item, removed_at=None)


def test_an_overlap_ends_once():
    row = services.record_overlap(power=power(), state_body=state_body(), what=named("Каттоо"), on=BEGINS)
    row = services.end_overlap(overlap=row, on=ENDED)

    assert (row.valid.lower, row.valid.upper) == (BEGINS, ENDED)
    with refuses("already_ended", StateConflict):
        services.end_overlap(overlap=row, on=ENDED)


# --- the quarters ------------------------------------------------------------------------------------------------


def test_a_quarter_is_reported_and_corrected(transfer):
    row = services.report_funding(
        transfer=transfer, year=2021, quarter=2, need=Decimal(300), planned=Decimal(200)
    )
    row = services.report_funding(
        transfer=transfer, year=2021, quarter=2, received=Decimal(150), expected_version=1
    )

    assert (row.need, row.planned, row.received, row.spent) == (300, 200, 150, None)
    assert row.version == 2
    cleared = services.report_funding(transfer=transfer, year=2021, quarter=2, received=None)
    assert cleared.received is None


@pytest.mark.parametrize(
    ("year", "quarter", "fits"), [(2021, 1, False), (2021, 2, True), (2022, 4, True), (2023, 1, False)]
)
def test_money_belongs_to_a_quarter_with_a_day_in_force(transfer, year, quarter, fits):
    services.end_transfer(transfer=transfer, on=ENDED, reason="Бүттү")
    if fits:
        services.report_funding(transfer=transfer, year=year, quarter=quarter, need=Decimal(1))
        services.report_performance(transfer=transfer, year=year, quarter=quarter, result="fully")
        return
    with refuses("delegation_funding_within"):
        services.report_funding(transfer=transfer, year=year, quarter=quarter, need=Decimal(1))
    with refuses("delegation_performance_within"):
        services.report_performance(transfer=transfer, year=year, quarter=quarter, result="fully")


def test_a_draft_gets_no_money(unit):
    with refuses("delegation_funding_within"):
        services.report_funding(transfer=draft(unit), year=2021, quarter=2, need=Decimal(1))


@pytest.mark.parametrize("amount", [Decimal(-1), Decimal("100000000.01")])
def test_amounts_are_within_bounds(transfer, amount):
    with refuses("delegation_funding_bounds"):
        services.report_funding(transfer=transfer, year=2021, quarter=2, spent=amount)


@pytest.mark.parametrize("amount", ["'NaN'", "-1", "100000000.01"])
def test_sql_refuses_such_amounts(transfer, amount):
    row = services.report_funding(transfer=transfer, year=2021, quarter=2, need=Decimal(1))

    with refused("delegation_funding_bounds"):
        run(f"UPDATE delegation_funding SET planned = {amount} WHERE id = %s", row.pk)  # noqa: S608


@pytest.mark.parametrize("quarter", [0, 5])
def test_a_year_has_four_quarters(transfer, quarter):
    with refuses("delegation_funding_quarter"):
        services.report_funding(transfer=transfer, year=2021, quarter=quarter, need=Decimal(1))
    row = services.report_funding(transfer=transfer, year=2021, quarter=2, need=Decimal(1))
    with refused("delegation_funding_once"):
        copy(row)
    assert Funding.objects.count() == 1


def test_what_is_less_than_full_names_its_obstacle(transfer):
    with refuses("delegation_performance_obstacle"):
        services.report_performance(transfer=transfer, year=2021, quarter=2, result="not")
    row = services.report_performance(
        transfer=transfer, year=2021, quarter=2, result="not", obstacle="Каражат келген жок"
    )
    with refused("delegation_performance_obstacle"):
        change(row, obstacle="")
    with refuses("delegation_performance_volume"):
        services.report_performance(
            transfer=transfer, year=2021, quarter=2, result="fully", volume=Decimal(5)
        )


# --- disputes and requests ---------------------------------------------------------------------------------------


def test_a_dispute_goes_from_its_opening_to_its_outcome(unit, transfer):
    row = dispute(unit, transfer=transfer)
    services.add_party(dispute=row, role="claimant", unit=unit)
    services.add_party(dispute=row, role="respondent", state_body=state_body())
    services.add_party(dispute=row, role="commission", association="Ассоциация")
    services.record_hearing(dispute=row, held_on=dt.date(2021, 4, 20), minutes="Уккулду")

    row = services.close_dispute(
        dispute=row, status="settled", on=dt.date(2021, 4, 25), outcome="Каражат бөлүнөт"
    )

    assert (row.status, row.closed_on) == ("settled", dt.date(2021, 4, 25))
    with refuses("dispute_closed", StateConflict):
        services.record_hearing(dispute=row, held_on=dt.date(2021, 4, 26))
    with refused("delegation_dispute_frozen"):
        change(row, outcome="Башка")


def test_a_dispute_is_about_its_own_transfer(unit, transfer):
    with refuses("delegation_dispute_transfer"):
        dispute(aimak(district()), transfer=transfer)
    with refuses("delegation_dispute_transfer"):
        dispute(unit, of=power("special-needs"), transfer=transfer)


def test_a_party_is_one_of_three(unit):
    row = dispute(unit)

    with refuses("delegation_disputeparty_one"):
        services.add_party(dispute=row, role="claimant")
    with refuses("delegation_disputeparty_one"):
        services.add_party(dispute=row, role="claimant", unit=unit, association="Ассоциация")
    party = services.add_party(dispute=row, role="claimant", unit=unit)
    with refused("delegation_disputeparty_one"):
        change(party, association="Ассоциация")


def test_hearings_lie_within_the_dispute(unit):
    row = dispute(unit)

    with refuses("delegation_hearing_days"):
        services.record_hearing(dispute=row, held_on=BEGINS - dt.timedelta(days=1))
    hearing = services.record_hearing(dispute=row, held_on=BEGINS)
    with refused("delegation_hearing_days"):
        change(hearing, held_on="2021-03-01")
    with refuses("delegation_hearing_once"):
        services.record_hearing(dispute=row, held_on=BEGINS)
    with refuses("delegation_hearing_days"):
        services.close_dispute(dispute=row, status="settled", on=dt.date(2021, 3, 1), outcome="Бүттү")
    with refuses("delegation_dispute_status"):
        services.close_dispute(dispute=row, status="heard", on=BEGINS, outcome="Бүттү")


def request_of(unit, **more):
    given = {
        "ground": "no_means",
        "missing": Decimal(500),
        "justification": "Каражат жок",
        "filed_on": BEGINS,
    }
    return services.file_request(unit=unit, due_on=dt.date(2021, 6, 1), **(given | more))


def test_a_request_is_decided_once(unit, transfer):
    row = request_of(unit, transfer=transfer)
    row = services.decide_request(
        request=row, status="granted", on=dt.date(2021, 5, 1), decision="Жокко чыгарылды"
    )

    with refuses("request_decided", StateConflict):
        services.decide_request(request=row, status="refused", on=dt.date(2021, 5, 2), decision="Жок")
    with refused("delegation_cancellationrequest_frozen"):
        change(row, decision="Жок")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"missing": None}, "delegation_cancellationrequest_missing"),
        ({"transfer": None}, "delegation_cancellationrequest_about"),
        ({"filed_on": dt.date(2021, 7, 1)}, "delegation_cancellationrequest_due"),
        ({"justification": " "}, "required"),
    ],
)
def test_an_incomplete_request_is_refused(unit, transfer, more, code):
    with refuses(code):
        request_of(unit, **({"transfer": transfer} | more))


def test_a_request_is_about_a_transfer_of_its_own(transfer):
    with refuses("delegation_cancellationrequest_transfer"):
        request_of(aimak(district()), transfer=transfer)


# --- whose records -----------------------------------------------------------------------------------------------


def test_staff_write_their_own_municipality_alone(unit, transfer):
    other = in_force(aimak(district()))

    with actor.acting("user:test", unit=unit.pk):
        services.report_funding(transfer=transfer, year=2021, quarter=2, need=Decimal(1))
        with pytest.raises(OtherMunicipality):
            services.report_funding(transfer=other, year=2021, quarter=2, need=Decimal(1))
        with pytest.raises(OtherMunicipality):
            dispute(other.unit)
    assert Funding.objects.count() == 1
