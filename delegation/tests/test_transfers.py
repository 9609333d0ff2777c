"""The life of a transfer: what each step demands, refused by the service and by plain SQL alike."""

import datetime as dt
from decimal import Decimal

import pytest

from councils.tests.in_sql import change, copy, run
from councils.tests.refusals import refused, refuses
from delegation import services
from delegation.models import Means, Principle, PrincipleAnswer, Transfer
from delegation.tests.factories import (
    BEGINS,
    SIGNED,
    agreed,
    answered,
    draft,
    in_force,
    named,
    new_power,
    power,
    provided,
)
from registry.errors import RuleBroken, Stale, StateConflict
from registry.tests.factories import FIRST, LegalActFactory, aimak, district, oblast

pytestmark = pytest.mark.django_db
LATER = dt.date(2022, 7, 1)


@pytest.fixture
def unit():
    return aimak(district())


def test_a_transfer_goes_from_draft_to_its_end(unit):
    row = draft(unit)
    answered(provided(row))
    row = services.agree(transfer=row, agreement_number="12", signed_on=SIGNED)
    row = services.enter_into_force(transfer=row, on=BEGINS)
    assert (row.status, row.valid.lower, row.valid.upper) == ("in_force", BEGINS, None)

    row = services.end_transfer(transfer=row, on=LATER, reason="Мөөнөтү бүттү")

    assert (row.status, row.valid.upper, row.end_reason) == ("ended", LATER, "Мөөнөтү бүттү")
    assert list(Transfer.objects.on(LATER)) == []
    assert list(Transfer.objects.on(LATER - dt.timedelta(days=1))) == [row]


# --- what may be handed over at all ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    [
        "courts",
        "prosecution",
        "law_enforcement",
        "territorial_integrity",
        "national_security",
        "border",
        "military",
    ],
)
def test_a_field_that_stays_with_the_state_is_refused_with_its_article(unit, field):
    kept = new_power(field=field)

    with pytest.raises(RuleBroken) as refusal:
        draft(unit, of=kept)

    (violation,) = refusal.value.violations
    assert violation.code == "delegation_transfer_field"
    assert "127 (2013-07-09)" in str(violation.message)
    assert violation.pointer == "/power"


def test_sql_refuses_such_a_field_too(unit):
    row = draft(unit)
    kept = new_power(field="courts")

    with refused("delegation_transfer_field"):
        copy(row, power_id=kept.pk)
    with refused("delegation_transfer_field"):
        change(row, power_id=kept.pk)
    with refused("delegation_transfer_field"):
        change(power(), field_id=kept.field_id)
    with refused("delegation_transfer_field"):
        change(power().field, transferable=False)


def test_powers_go_to_municipalities_alone(unit):
    for other in (oblast(), district()):
        with refuses("delegation_transfer_unit"):
            draft(other)
    row = in_force(unit)
    with refused("delegation_transfer_unit"):
        copy(row, unit_id=district().pk)
    with refused("delegation_transfer_unit"):
        copy(row, valid="[2019-01-01,2020-06-01)", status="ended", end_reason="Бүттү")


def test_one_transfer_of_a_power_to_a_municipality_a_day(unit):
    in_force(unit)
    second = provided(agreed(unit, agreement_number="2"))

    with refuses("delegation_transfer_one_a_day"):
        services.enter_into_force(transfer=second, on=LATER)


# --- principles --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("principle", Principle)
def test_an_unanswered_principle_blocks(unit, principle):
    row = answered(draft(unit), but=[principle])

    with refuses("delegation_transfer_principles"):
        services.agree(transfer=row, agreement_number="1", signed_on=SIGNED)
    with refused("delegation_transfer_principles"):
        change(row, status="agreed", agreement_number="1", signed_on=SIGNED)


def test_a_principle_that_is_not_kept_says_why(unit):
    row = draft(unit)

    with refuses("delegation_principleanswer_note"):
        services.answer_principle(transfer=row, principle=5, kept=False)
    answer = services.answer_principle(transfer=row, principle=5, kept=False, note="Каражат жок")
    with refused("delegation_principleanswer_note"):
        change(answer, note="")


def test_a_second_answer_replaces_the_first(unit):
    row = draft(unit)
    services.answer_principle(transfer=row, principle=1, kept=True)
    services.answer_principle(transfer=row, principle=1, kept=False, note="Негиз жок")

    assert [(a.kept, a.note) for a in row.answers.all()] == [(False, "Негиз жок")]


def test_answers_are_given_to_a_draft_only(unit):
    row = agreed(unit)

    with refuses("not_a_draft", StateConflict):
        services.answer_principle(transfer=row, principle=1, kept=True)
    with refused("delegation_answer_frozen"):
        change(PrincipleAnswer.objects.filter(transfer=row).first(), note="Башка")


# --- basis and consent -------------------------------------------------------------------------------------------


def test_an_agreement_needs_number_and_day(unit):
    row = answered(draft(unit))

    with refuses("delegation_transfer_agreement_signed"):
        services.agree(transfer=row)
    with refused("delegation_transfer_agreement_signed"):
        change(row, status="agreed")


@pytest.mark.parametrize("basis", ["law", "act"])
def test_a_law_or_an_act_is_named(unit, basis):
    with refuses("delegation_transfer_basis_has_act"):
        services.draft_transfer(
            power=power(), unit=unit, state_body=power().responsible, basis=basis, begins=FIRST
        )
    row = draft(unit, basis=basis)
    with refused("delegation_transfer_basis_has_act"):
        change(row, act_id=None)


def test_a_transfer_by_law_needs_the_consent_of_the_association(unit):
    row = answered(draft(unit, basis="law"))

    with refuses("delegation_transfer_law_needs_consent"):
        services.agree(transfer=row)
    with refused("delegation_transfer_law_needs_consent"):
        change(row, status="agreed")
    with refuses("delegation_transfer_consent_has_basis"):
        services.record_consent(transfer=row, on=SIGNED, basis=" ")
    services.record_consent(transfer=row, on=SIGNED, basis="ассоциациянын чечими № 3")

    assert services.agree(transfer=row).status == "agreed"


def test_an_act_needs_no_consent(unit):
    assert services.agree(transfer=answered(draft(unit, basis="act"))).status == "agreed"


# --- means -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kinds", [(), ("financial",), ("material",)])
def test_without_means_of_both_kinds_nothing_enters_into_force(unit, kinds):
    row = provided(agreed(unit), kinds=kinds)

    with refuses("delegation_transfer_means"):
        services.enter_into_force(transfer=row, on=BEGINS)
    with refused("delegation_transfer_means"):
        change(row, status="in_force", valid="[2021-04-01,)")
    assert Transfer.objects.get(pk=row.pk).status == "agreed"


def test_means_that_were_taken_back_count_no_more(unit):
    row = provided(agreed(unit))
    services.remove_means(means=row.means.get(kind="material"))

    with refuses("delegation_transfer_means"):
        services.enter_into_force(transfer=row, on=BEGINS)


def test_the_means_of_a_transfer_in_force_stay(unit):
    row = in_force(unit)
    money = row.means.get(kind="financial")

    with refuses("delegation_means_frozen"):
        services.remove_means(means=money)
    with refused("delegation_means_frozen"):
        change(money, removed_at="2022-01-01T00:00:00Z")
    with refused("delegation_means_frozen"):
        change(money, yearly=1)
    with refuses("means_settled", StateConflict):
        services.assign_means(transfer=row, kind="material", what=named("Үй"))


@pytest.mark.parametrize("amount", [None, Decimal(0), Decimal(-1), Decimal("100000000.01")])
def test_money_has_an_amount_within_bounds(unit, amount):
    row = draft(unit)

    with refuses("delegation_means_amount"):
        services.assign_means(transfer=row, kind="financial", what=named("Акча"), yearly=amount)


@pytest.mark.parametrize("amount", ["'NaN'", "0", "-1", "NULL", "100000000.01"])
def test_sql_refuses_such_amounts(unit, amount):
    money = provided(draft(unit)).means.get(kind="financial")

    with refused("delegation_means_amount"):
        run(f"UPDATE delegation_means SET yearly = {amount} WHERE id = %s", money.pk)  # noqa: S608


# --- steps and what stays ----------------------------------------------------------------------------------------


def test_a_suspended_power_does_not_enter_into_force(unit):
    row = provided(agreed(unit))
    services.change_power(power=power(), status="suspended")

    with refuses("delegation_transfer_suspended"):
        services.enter_into_force(transfer=Transfer.objects.get(pk=row.pk), on=BEGINS)
    with refused("delegation_transfer_suspended"):
        change(row, status="in_force", valid="[2021-04-01,)")


def test_steps_are_taken_in_their_order(unit):
    row = provided(answered(draft(unit)))

    with refuses("not_agreed", StateConflict):
        services.enter_into_force(transfer=row, on=BEGINS)
    with refused("delegation_transfer_order"):
        change(row, status="in_force", valid="[2021-04-01,)", agreement_number="1", signed_on=SIGNED)
    row = in_force(unit, agreement_number="9")
    for status, valid in (("draft", None), ("agreed", None)):
        with refused("delegation_transfer_order"):
            change(row, status=status, valid=valid)
    ended = services.end_transfer(transfer=row, on=LATER, reason="Бүттү")
    with refused("delegation_transfer_order"):
        change(ended, status="in_force", valid="[2021-04-01,)")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("agreement_number", "77"),
        ("signed_on", "2021-01-01"),
        ("term", "[2020-01-01,2025-01-01)"),
        ("reporting_ky", "Ай сайын"),
        ("basis", "act"),
        ("valid", "[2021-05-01,)"),
    ],
)
def test_what_was_agreed_stays(unit, column, value):
    row = in_force(unit)
    values = {column: value}
    if column == "basis":
        values["act_id"] = LegalActFactory().pk

    with refused("delegation_transfer_frozen"):
        change(row, **values)


def test_an_end_has_its_reason_and_a_later_day(unit):
    row = in_force(unit)

    with refuses("delegation_transfer_end_has_reason"):
        services.end_transfer(transfer=row, on=LATER, reason="")
    with refuses("ends_before_it_begins"):
        services.end_transfer(transfer=row, on=BEGINS, reason="Бүттү")
    with refused("delegation_transfer_end_has_reason"):
        change(row, status="ended", valid="[2021-04-01,2022-01-01)")
    with refused("delegation_transfer_days"):
        change(row, status="ended", end_reason="Бүттү")


def test_a_draft_is_given_up_but_not_what_is_in_force(unit):
    row = services.cancel_transfer(transfer=draft(unit), reason="Керек эмес")
    assert row.status == "cancelled"

    with refuses("already_in_force", StateConflict):
        services.cancel_transfer(transfer=in_force(unit), reason="Керек эмес")


def test_a_stale_version_is_refused(unit):
    row = draft(unit)
    services.redraft_transfer(transfer=row, reporting=named("Квартал сайын"), expected_version=1)

    with refuses("stale", Stale):
        services.redraft_transfer(transfer=row, reporting=named("Жыл сайын"), expected_version=1)
    assert Transfer.objects.get(pk=row.pk).reporting_ky == "Квартал сайын"


def test_means_are_marked_not_deleted(unit):
    row = provided(draft(unit))
    services.remove_means(means=row.means.get(kind="material"))

    assert Means.objects.filter(transfer=row).count() == 2
    assert Means.objects.present().filter(transfer=row).count() == 1
