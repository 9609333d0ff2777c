"""Councils, convocations and mandates over REST."""

from __future__ import annotations

import datetime as dt

import pytest

from councils.models import Committee, CommitteeMembership, Faction
from councils.tests.chamber import DAY, START, convocation, council, country, seat
from registry.tests.factories import aimak
from registry.tests.rest import ask, get, ky, refused, table, walk

pytestmark = pytest.mark.django_db
LISTS = ("councils/", "convocations/", "mandates/")
END = dt.date(2024, 9, 6)


@pytest.fixture
def land():
    return country()


def test_a_council_tells_its_unit_convocation_seats_deputies_and_chair(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = get("councils/", at=DAY)

    assert (answer["at"], answer["count"]) == (str(DAY), 6)
    row = next(row for row in answer["results"] if row["id"] == str(land.councils["kara"].pk))
    assert row["unit"]["name"]["ky"] == "Кара-Суу"
    assert row["district"]["name"]["ky"] == "Ат-Башы"
    assert row["oblast"]["name"] == {"ky": "Нарын", "ru": "Нарын", "en": "Naryn"}
    assert (row["seats_by_law"], row["sitting"], row["women"]) == (5, 5, 2)
    assert row["convocation"]["number"] == 1
    assert row["chair"]["name"]["ky"] == "kara 0"
    assert row["valid"] == {"from": str(START), "to": None}
    law = next(row for row in answer["results"] if row["in_law_only"])
    assert (law["kind"], law["sitting"], law["convocation"], law["chair"]) == ("district", 0, None, None)


def test_councils_are_ordered_by_the_name_of_their_unit(land):
    units = [row["unit"]["name"]["ky"] for row in get("councils/", at=DAY)["results"]]

    assert units == ["Ак-Суу", "Ат-Башы", "Бейшеке", "Бишкек", "Кара-Суу", "Нарын"]


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    ("query", "names"),
    [
        (lambda land: {"unit": land.units["kara"].pk}, {"kara"}),
        (lambda land: {"unit": "41704210000001"}, {"kara"}),
        (lambda land: {"district": land.home.pk}, {"kara", "ak", "law"}),
        (lambda land: {"oblast": land.one.pk}, {"kara", "ak", "town", "law"}),
        (lambda land: {"oblast": land.capital.pk}, {"capital"}),
        (lambda land: {"oblast": land.two.pk, "district": land.home.pk}, set()),
    ],
)
def test_lists_narrow_to_a_unit_a_district_or_an_oblast(land, address, query, names):
    found = get(address, at=DAY, page_size=500, **query(land))["results"]

    councils = {row["id"] if address == "councils/" else row["council"]["id"] for row in found}
    names = names if address == "councils/" else names - {"law"}
    assert councils == {str(land.councils[name].pk) for name in names}


@pytest.mark.parametrize("address", LISTS)
def test_every_list_is_one_query_and_two_where_empty(land, address, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert get(address, at=DAY, oblast=land.one.pk)["results"]
    with django_assert_num_queries(3):
        assert get(address, at="1990-01-01")["results"] == []


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_tables_hold_the_rows_of_the_list(land, address, fmt):
    rows = table(address, fmt, at=DAY)

    assert [row["id"] for row in rows] == [r["id"] for r in get(address, at=DAY, page_size=500)["results"]]
    assert {row["at"] for row in rows} == {str(DAY)}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_read_whole_by_cursor(land, address):
    rows = walk(address, at=DAY, page_size=3)

    assert len(rows) == get(address, at=DAY)["count"]


@pytest.mark.parametrize("address", LISTS)
def test_etag_holds_until_the_data_change(land, address):
    first = ask(address, at=DAY)
    again = ask(address, at=DAY)

    assert first["ETag"] == again["ETag"]
    from registry.tests.rest import API, VISITOR

    known = VISITOR.get(f"{API}{address}", {"at": DAY}, headers={"If-None-Match": first["ETag"]})
    assert known.status_code == 304


@pytest.mark.parametrize("address", LISTS)
def test_unknown_parameters_are_refused(land, address):
    refused(address, 400, "/secret", secret="1")
    refused(address, 400, "/status", status_="gone")


def test_what_ended_is_asked_for_by_status(land):
    term = land.terms["kara"]
    old = convocation(council(aimak(land.other, "Эски"), end=END), end=END)
    later = {"at": "2024-10-01"}

    assert str(old.pk) not in {row["id"] for row in get("convocations/", **later)["results"]}
    ended = get("convocations/", status="ended", **later)["results"]
    assert [row["id"] for row in ended] == [str(old.pk)]
    assert ended[0]["status"] == "ended"
    assert ended[0]["unit"]["name"]["ky"] == "Эски"
    every = get("convocations/", status="any", **later)["results"]
    assert {str(term.pk), str(old.pk)} <= {row["id"] for row in every}
    assert str(old.pk) in {
        row["id"] for row in get("convocations/", updated_since="2020-01-01T00:00:00Z", **later)["results"]
    }


def test_seats_carried_over_name_their_council_of_origin(land):
    seat(land.terms["ak"], "Көчкөн", basis="carried_over", origin=land.councils["kara"], start=DAY)
    origin = {"origin": land.councils["kara"].pk}

    (row,) = get("mandates/", at=DAY, **origin)["results"]

    assert row["person"]["name"]["ky"] == "Көчкөн"
    assert row["basis"] == "carried_over"
    assert row["origin"]["council"] == str(land.councils["kara"].pk)
    assert row["origin"]["unit"]["name"]["ky"] == "Кара-Суу"
    assert get("mandates/", at=DAY - dt.timedelta(days=1), **origin)["results"] == []
    assert {row["origin"] for row in get("mandates/", at=DAY, basis="elected", page_size=500)["results"]} == {
        None
    }


def test_mandates_narrow_by_sex_and_by_name(land):
    women = get("mandates/", at=DAY, sex="f", council=land.councils["capital"].pk)["results"]
    found = get("mandates/", at=DAY, q="KARA 1")["results"]

    assert ky([row["person"] for row in women]) == ["capital 0", "capital 1", "capital 2"]
    assert ky([row["person"] for row in found]) == ["kara 1"]


@pytest.mark.parametrize("address", [*LISTS, "convocations/{}/", "mandates/{}/", "councils/{}/"])
def test_what_is_private_of_a_person_is_nowhere(land, address):
    things = {
        "convocations/{}/": land.terms["kara"],
        "mandates/{}/": land.deputies["kara"][0],
        "councils/{}/": land.councils["kara"],
    }
    address = address.format(things[address].pk) if address in things else address

    text = ask(address, at=DAY).content.decode()

    for secret in ("+996 555", "secret@example.kg", "12345678901234", "phone", "email", "personal_number"):
        assert secret not in text


def test_one_council_shows_posts_and_convocations(land):
    found = get(f"councils/{land.councils['kara'].pk}/", at=DAY)

    assert found["posts"][0]["kind"] == "chair"
    assert found["posts"][0]["person"]["name"]["ky"] == "kara 0"
    assert [row["number"] for row in found["convocations"]] == [1]
    refused("councils/00000000-0000-4000-8000-000000000000/", 404)


def test_one_convocation_shows_factions_and_committees(land):
    term, deputies = land.terms["town"], land.deputies["town"]
    faction = Faction.objects.create(convocation=term, name_ky="Эмгек", name_ru="Эмгек")
    committee = Committee.objects.create(convocation=term, name_ky="Бюджет", name_ru="Бюджет")
    for mandate in deputies[:2]:
        mandate.faction = faction
        mandate.save()
    CommitteeMembership.objects.create(
        committee=committee, mandate=deputies[0], valid=(START, None), chairs=True
    )

    found = get(f"convocations/{term.pk}/", at=DAY)

    assert [(one["name"]["ky"], one["seats"], one["women"]) for one in found["factions"]] == [("Эмгек", 2, 1)]
    assert [(one["name"]["ky"], one["seats"], one["women"]) for one in found["committees"]] == [
        ("Бюджет", 1, 1)
    ]
    mandate = get(f"mandates/{deputies[0].pk}/", at=DAY)
    assert mandate["committees"][0]["chairs"] is True
    assert mandate["attendance"] == {"sessions": 0, "present": 0, "excused": 0, "unexcused": 0}
    assert mandate["faction"]["name"]["ky"] == "Эмгек"
