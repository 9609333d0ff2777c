"""Delegated powers over REST: what is read, by whom, narrowed how, and that figures add up there too."""

from decimal import Decimal

import pytest

from accounts.models import RoleKind
from councils.tests.test_api_sessions import keeper
from delegation.tests.country import DAY, NEEDS, SCHOOLS, TAXES, country
from delegation.tests.factories import power
from reform.tests.clients import client_with
from registry.tests.rest import API, VISITOR, ask, get, refused, table, walk

pytestmark = pytest.mark.django_db
LISTS = (
    "state-powers/",
    "state-bodies/",
    "delegation/fields/",
    "delegation/statute-items/",
    "transfers/",
    "funding/",
    "performance/",
    "practices/",
    "disputes/",
    "cancellation-requests/",
    "successions/",
)
BEFORE = "2024-09-04"


@pytest.fixture
def land():
    return country()


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_one_query_and_its_tables_hold_the_same_rows(land, address, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = get(address, page_size=500)["results"]

    ids = [row["id"] for row in rows]
    assert ids
    assert [row["id"] for row in table(address, "csv")] == ids
    assert [row["id"] for row in table(address, "xlsx")] == ids
    assert [row["id"] for row in walk(address, page_size=2)] == ids
    answer = ask(address)
    assert VISITOR.get(API + address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "query", [{"nonsense": "1"}, {"page_size": "0"}, {"cursor": "x"}, {"fields": "secret"}]
)
def test_a_parameter_nobody_knows_is_malformed(land, address, query):
    refused(address, 400, **query)


def test_drafts_are_read_by_ministry_own_staff_and_their_district(land):
    for client, seen in (
        (keeper(land.own), True),
        (keeper(land.home, RoleKind.DISTRICT), True),
        (client_with("analyst"), True),
        (keeper(land.far), False),
        (client_with(None), False),
    ):
        ids = {row["id"] for row in get("transfers/", client)["results"]}
        assert (str(land.draft.pk) in ids) is seen
        assert client.get(f"{API}transfers/{land.draft.pk}/").status_code == (200 if seen else 404)
    assert "private" in ask("transfers/", keeper(land.own))["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (lambda land: {}, 5),
        (lambda land: {"in_force": "true", "at": DAY}, 3),
        (lambda land: {"in_force": "true", "at": BEFORE}, 5),
        (lambda land: {"unit": land.own.pk}, 1),
        (lambda land: {"district": land.home.pk, "at": BEFORE}, 3),
        (lambda land: {"oblast": land.one.pk, "at": BEFORE}, 4),
        (lambda land: {"code": TAXES}, 1),
        (lambda land: {"power": power(SCHOOLS).pk}, 1),
        (lambda land: {"group": "social"}, 1),
        (lambda land: {"status": "ended"}, 2),
        (lambda land: {"status": "ended,in_force"}, 5),
        (lambda land: {"basis": "law"}, 0),
    ],
)
def test_transfers_are_narrowed(land, query, count):
    assert get("transfers/", **query(land))["count"] == count


def test_a_transfer_shows_principles_means_and_what_became_of_it(land):
    found = get(f"transfers/{land.old[0].pk}/")

    assert [row["principle"] for row in found["principles"]] == list(range(1, 10))
    assert {row["kept"] for row in found["principles"]} == {True}
    assert {(row["kind"], row["yearly"]) for row in found["means_assigned"]} == {
        ("financial", "1200.00"),
        ("material", None),
    }
    assert found["means"] == {"financial": "1200.00", "material": True}
    assert found["succession"]["outcome"] == "undecided"
    assert found["valid"]["to"] == str(DAY)
    assert found["unit"]["name"]["ky"] == "Ала"


def test_a_power_shows_its_items(land):
    found = get(f"state-powers/{power(TAXES).pk}/")

    assert len(found["items"]) == 6
    assert found["transfers_in_force"] == 1
    assert "№ 16" in found["article"]
    assert [row["code"] for row in get("state-powers/", group="social")["results"]] == [SCHOOLS, NEEDS]
    assert get("delegation/statute-items/", entered="false")["count"] == 19


def test_a_dispute_shows_its_parties_and_hearings(land):
    found = get(f"disputes/{land.dispute.pk}/")

    assert [party["role"] for party in found["parties"]] == ["claimant"]
    assert found["hearings"] == [{"held_on": "2024-03-10", "minutes": "Уккулду"}]
    assert found["overdue"] is True
    assert get("disputes/", overdue="true")["count"] == 1
    assert get("disputes/", overdue="true", at="2024-03-15")["count"] == 0
    assert get("cancellation-requests/", ground="no_means", unit=land.far.pk)["count"] == 1


def test_what_ended_units_had_stands_on_the_list(land):
    rows = get("successions/", outcome="undecided")["results"]

    assert {row["transfer"] for row in rows} == {str(row.pk) for row in land.old}
    assert {tuple(row["successors"]) for row in rows} == {(str(land.new.pk),)}
    assert get("successions/", overdue="true", at="2024-12-04")["count"] == 0
    assert get("successions/", overdue="true", at="2024-12-05")["count"] == 2


@pytest.mark.parametrize("group_by", ["power", "unit", "district", "oblast", "quarter"])
def test_the_funding_gap_adds_up_in_json_and_tables(land, group_by, django_assert_num_queries):
    with django_assert_num_queries(2):  # the data's version, and the figures
        found = get("delegation/funding-gap/", year=2024, group_by=group_by)

    total = found["total"]
    for name in ("need", "planned", "received", "spent", "plan_gap", "execution_gap", "gap"):
        assert sum(Decimal(row[name]) for row in found["rows"]) == Decimal(total[name])
    assert (total["need"], total["planned"], total["received"]) == ("839.00", "620.00", "482.00")
    assert (total["plan_gap"], total["execution_gap"], total["gap"]) == ("219.00", "138.00", "357.00")
    assert sum(row["unreported"] for row in found["rows"]) == total["unreported"]
    for fmt in ("csv", "xlsx"):
        rows = table("delegation/funding-gap/", fmt, year=2024, group_by=group_by)
        assert Decimal(str(rows[-1]["gap"]).replace(",", ".")) == Decimal(total["gap"])
        assert len(rows) == len(found["rows"]) + 1


@pytest.mark.parametrize(
    "query", [{}, {"year": "1"}, {"year": "2024", "group_by": "x"}, {"year": "2024", "unit": "nowhere"}]
)
def test_a_funding_gap_of_nothing_is_malformed(land, query):
    refused("delegation/funding-gap/", 400, **query)


def test_work_without_agreement_or_money_is_named(land):
    found = {
        (row["unit"]["name"]["ky"], row["power"]["code"]): row["what"]
        for row in get("delegation/without/", at="2024-08-01")["results"]
    }

    assert found["Жалпак", NEEDS] == "no_agreement"
    assert found["Жалпак", SCHOOLS] == "no_money"
    assert found["Көк", "agricultural-land-fund"] == "not_reported"
    assert ("Токмок", TAXES) not in found
    assert {row["power"]["code"] for row in get("delegation/unused/", at=DAY)["results"]} == {NEEDS}
    assert [row["what"]["ky"] for row in get("delegation/overlaps/")["results"]] == ["Каттоо"]
    assert [row["percent"] for row in get("delegation/share-of-budget/", year=2024)["results"]] == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    "address",
    [
        "delegation/without/",
        "delegation/unused/",
        "delegation/overlaps/",
        "delegation/share-of-budget/?year=2024",
    ],
)
def test_an_analysis_costs_one_query_and_that_of_its_version(land, address, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert get(address)["results"]
