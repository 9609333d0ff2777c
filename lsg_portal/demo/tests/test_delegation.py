"""The demonstration shows who performs which state power, with what money, and what the reform made of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Count, F, Q
from django.test import Client

from delegation import analysis, standing
from delegation.models import (
    CancellationRequest,
    Dispute,
    Funding,
    Means,
    PowerItem,
    Practice,
    PrincipleAnswer,
    StateBody,
    Succession,
    Transfer,
    TransferStatus,
)
from registry.models import ChangePart, PartScope, Unit, UnitVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_country"), pytest.mark.slow]
TODAY = dt.date(2026, 11, 1)
EVE = dt.date(2022, 5, 1)
YEARS = (2023, 2024, 2025)
TAXES = "local-tax-collection"
SUMS = (*analysis.AMOUNTS, *analysis.GAPS, "unreported")


def unit_of(name, kind, day=EVE):
    return UnitVersion.objects.on(day).get(name_ky=name, kind=kind).unit_id


def within(unit, day):
    return set(Unit.objects.within(Unit(pk=unit), day).values_list("pk", flat=True))


def test_every_transfer_of_a_municipality_of_kadamjay_that_ended_has_an_outcome_or_stands_on_the_list():
    before = within(unit_of("Кадамжай", "district"), EVE)
    living = set(UnitVersion.objects.on(TODAY).values_list("unit_id", flat=True))
    ended = before - living
    transfers = Transfer.objects.filter(unit__in=ended)

    assert len(ended) >= 2
    assert transfers.count() >= len(ended)
    for row in transfers:
        succession = row.successions.get(voided_by=None)
        assert succession.change_id == row.closed_by_id
        assert (succession.outcome == "undecided") is (succession.decided_on is None)
        if succession.new_transfer:
            assert succession.new_transfer.power_id == row.power_id
            assert succession.new_transfer.former_id == row.pk


def test_no_transfer_of_any_municipality_that_ended_is_forgotten():
    living = UnitVersion.objects.on(TODAY).values("unit_id")
    ended = Transfer.objects.filter(valid__isnull=False).exclude(unit__in=living)

    assert ended.count() > 300
    assert not ended.filter(status=TransferStatus.IN_FORCE).exists()
    assert not ended.exclude(pk__in=Succession.objects.values("transfer")).exists()


def test_most_successions_are_decided_and_some_wait():
    counts = dict(Succession.objects.values_list("outcome").annotate(Count("id")))
    total = sum(counts.values())

    assert set(counts) == {"passed_on", "ended", "undecided"}
    assert 0.03 < counts["undecided"] / total < 0.15
    assert not Succession.objects.filter(decided_on__gt=F("due_on")).exclude(outcome="undecided").exists()


def test_what_was_passed_on_went_to_where_the_territory_went():
    for row in Succession.objects.filter(outcome="passed_on").select_related("transfer", "new_transfer"):
        targets = ChangePart.objects.live().filter(
            change=row.change_id, source=row.transfer.unit_id, scope=PartScope.WHOLE
        )
        assert row.new_transfer.unit_id in set(targets.values_list("target_id", flat=True))
        assert row.new_transfer.valid.lower == row.transfer.valid.upper


def test_bishkek_collects_taxes_by_the_resolution_that_names_the_items():
    (row,) = Transfer.objects.filter(power__code=TAXES).select_related("power__legal_basis")
    names = list(PowerItem.objects.filter(power=row.power).values_list("name_ru", flat=True))

    assert row.unit_id == unit_of("Бишкек", "city_republican")
    assert (row.status, row.valid.upper) == (TransferStatus.IN_FORCE, None)
    assert "16" in f"{row.power.legal_basis} {row.power.article} {row.power.source}"
    assert len(names) >= 6
    assert {"налоговые посты", "рейдовые проверки", "приём отчётов"} <= set(names)


def test_a_transfer_in_force_has_means_of_both_kinds_and_nine_answers():
    transfers = Transfer.objects.filter(valid__isnull=False)
    answers = dict(PrincipleAnswer.objects.values_list("transfer").annotate(Count("id")))
    kinds = dict(Means.objects.values_list("transfer").annotate(Count("kind", distinct=True)))

    assert {answers[row.pk] for row in transfers} == {9}
    assert {kinds[row.pk] for row in transfers} == {2}
    assert PrincipleAnswer.objects.filter(kept=False).exclude(note="").exists()


@pytest.mark.parametrize("year", YEARS)
def test_the_gaps_of_a_year_add_up_in_every_direction(year):
    found = {way: analysis.funding_gap(year, way, day=TODAY) for way in analysis.GROUPINGS}
    total = found["power"]["total"]

    assert total["need"] > total["planned"] > total["received"] > total["spent"] > 0
    assert total["gap"] == total["plan_gap"] + total["execution_gap"]
    for answer in found.values():
        assert answer["total"] == total
        for key in SUMS:
            assert sum(row[key] for row in answer["rows"]) == total[key]


@pytest.mark.parametrize("year", YEARS)
def test_districts_add_up_to_their_oblast_before_and_after_the_mergers(year):
    for oblast in analysis.funding_gap(year, "oblast", day=TODAY)["rows"]:
        inner = analysis.funding_gap(year, "district", day=TODAY, oblast=oblast["group"]["id"])
        units = analysis.funding_gap(year, "unit", day=TODAY, oblast=oblast["group"]["id"])

        for key in SUMS:
            assert inner["total"][key] == units["total"][key] == oblast[key]
            assert sum(row[key] for row in inner["rows"]) == oblast[key]


def test_some_work_without_agreement_some_without_money_and_most_with_both():
    found = standing.without_agreement_or_money(TODAY)
    counts = {what: sum(row["what"] == what for row in found) for what in ("no_agreement", "no_money")}
    in_force = Transfer.objects.on(TODAY).count()

    assert counts["no_agreement"] > 20
    assert 0 < counts["no_money"] < in_force / 10


def test_delegated_spending_is_a_small_share_of_budgets():
    shares = [
        Decimal(row["percent"]) for row in standing.share_of_budgets(2025) if row["percent"] is not None
    ]

    assert len(shares) > 100
    assert Decimal("0.1") < sorted(shares)[len(shares) // 2] < 15
    assert max(shares) < 60


def test_municipalities_without_money_dispute_it_and_ask_to_be_relieved():
    for row in [*Dispute.objects.all(), *CancellationRequest.objects.all()]:
        assert not Funding.objects.filter(transfer=row.transfer, received__gt=0).exists()
    assert set(Dispute.objects.values_list("status", flat=True)) == {"heard", "settled"}
    assert CancellationRequest.objects.filter(decided_on=None).exists()


def test_all_that_no_source_names_says_that_it_is_constructed():
    for model in (Transfer, Practice, Funding, Dispute, CancellationRequest):
        assert set(model.objects.values_list("provenance", flat=True)) == {"constructed"}
    assert not Transfer.objects.filter(Q(source="") | Q(state_body=None)).exists()
    assert StateBody.objects.filter(provenance="constructed").exists()


def test_the_municipality_of_the_login_has_a_draft_that_the_public_does_not_see():
    (draft,) = Transfer.objects.filter(status=TransferStatus.DRAFT)

    assert PrincipleAnswer.objects.filter(transfer=draft).count() == 5
    assert Client().get(f"/ru/delegation/transfers/{draft.pk}/").status_code == 404


def test_the_pages_of_the_country_cost_no_more_than_those_of_a_small_one(django_assert_max_num_queries):
    for address in (
        "",
        "matrix/",
        "gap/?by=unit",
        "without/",
        "share/",
        "successions/",
        "transfers/",
        f"of/{unit_of('Бишкек', 'city_republican')}/",
    ):
        with django_assert_max_num_queries(8):
            assert Client().get(f"/ky/delegation/{address}").status_code == 200
