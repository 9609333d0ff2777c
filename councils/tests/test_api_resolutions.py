"""Resolutions and votes over REST: what anybody reads, and the steps of a resolution's life."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.models import RoleKind
from councils.models import Resolution, ResolutionFile
from councils.tests.chamber import DAY, country, resolution, sitting
from councils.tests.test_api_sessions import NOWHERE, keeper
from reform.tests.clients import client_with, post, send
from registry.tests.rest import API, ask, get, problem, refused, table, walk

pytestmark = pytest.mark.django_db
RESOLUTIONS = f"{API}resolutions/"


@pytest.fixture
def land():
    """A held session with a published and a drafted resolution; another council with an adopted one."""
    found = country()
    found.session = sitting(found, number=7)
    found.elsewhere = sitting(found, "far", DAY + dt.timedelta(days=1), number=9)
    deputies = found.deputies["kara"]
    roll = {
        deputies[0]: "in_favour",
        deputies[1]: "in_favour",
        deputies[2]: "in_favour",
        deputies[3]: "against",
    }
    found.published = resolution(
        found.session, "Бюджетти бекитүү жөнүндө", number="1", named=roll, status="published"
    )
    found.adopted = resolution(found.elsewhere, "Жер жөнүндө", number="5", votes=(2, 0, 0))
    found.draft = resolution(found.session, "Долбоор", number="", votes=(4, 0, 0), status="draft")
    return found


@pytest.fixture
def secretary(land):
    return keeper(land.units["kara"])


def titles(**query):
    return [row["name"]["ky"] for row in get("resolutions/", ordering="date", **query)["results"]]


def test_visitors_read_what_is_adopted_and_nothing_of_drafts(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = get("resolutions/", ordering="date")

    assert [row["name"]["ky"] for row in answer["results"]] == ["Бюджетти бекитүү жөнүндө", "Жер жөнүндө"]
    row = answer["results"][0]
    assert (row["reference"], row["date"], row["status"]) == ("1", str(DAY), "published")
    assert row["vote"] == {"present": 4, "of_all": 5, "in_favour": 3, "against": 1, "abstained": 0}
    assert row["session"]["number"] == 7
    assert row["rule"]["code"] == "simple"
    refused(f"resolutions/{land.draft.pk}/", 404)
    refused(f"votes/{land.draft.pk}/", 404)
    assert str(land.draft.pk) not in ask("votes/").content.decode()
    assert str(land.draft.pk) not in ask(f"sessions/{land.session.pk}/").content.decode()


def test_drafts_are_read_by_their_secretary_and_the_ministry(land, secretary):
    for client, seen in (
        (secretary, True),
        (keeper(land.units["ak"]), False),
        (client_with("analyst"), True),
        (keeper(land.home, RoleKind.DISTRICT), False),
        (client_with(None), False),
    ):
        found = {row["id"] for row in get("resolutions/", client)["results"]}
        assert (str(land.draft.pk) in found) is seen
        assert (str(land.draft.pk) in {row["id"] for row in get("votes/", client)["results"]}) is seen
        assert client.get(f"{RESOLUTIONS}{land.draft.pk}/").status_code == (200 if seen else 404)
        assert client.get(f"{API}votes/{land.draft.pk}/").status_code == (200 if seen else 404)


def test_what_a_secretary_reads_is_not_what_a_visitor_was_told(land, secretary):
    visitor, own = ask("resolutions/"), ask("resolutions/", secretary)

    assert visitor["ETag"] != own["ETag"]
    assert "private" in own["Cache-Control"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (lambda land: {"q": "бюджет"}, ["Бюджетти бекитүү жөнүндө"]),
        (lambda land: {"q": "бекитуу бюджет"}, ["Бюджетти бекитүү жөнүндө"]),
        (lambda land: {"q": "100%"}, []),
        (lambda land: {"q": "5"}, ["Жер жөнүндө"]),
        (lambda land: {"oblast": land.two.pk}, ["Жер жөнүндө"]),
        (lambda land: {"district": land.home.pk}, ["Бюджетти бекитүү жөнүндө"]),
        (lambda land: {"unit": land.units["far"].pk}, ["Жер жөнүндө"]),
        (lambda land: {"session": land.session.pk}, ["Бюджетти бекитүү жөнүндө"]),
        (lambda land: {"status_": "published"}, ["Бюджетти бекитүү жөнүндө"]),
        (lambda land: {"from_": DAY + dt.timedelta(days=1)}, ["Жер жөнүндө"]),
        (lambda land: {"normative": "true"}, []),
    ],
)
def test_the_register_is_searched_and_narrowed(land, query, found):
    assert titles(**query(land)) == found


@pytest.mark.parametrize("address", ["resolutions/", "votes/", "decision-rules/", "end-reasons/"])
def test_tables_and_cursors_hold_the_same_rows(land, address):
    ids = [row["id"] for row in get(address, page_size=500)["results"]]

    assert ids
    assert [row["id"] for row in table(address, "csv")] == ids
    assert [row["id"] for row in table(address, "xlsx")] == ids
    assert [row["id"] for row in walk(address, page_size=1)] == ids


def test_votes_tell_totals_and_roll_calls(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = get("votes/", ordering="date")["results"]

    assert [(row["in_favour"], row["not_voting"], row["named"]) for row in rows] == [
        (3, 0, True),
        (2, 0, False),
    ]
    found = get(f"votes/{land.published.pk}/")
    assert sorted(one["choice"] for one in found["named_votes"]) == ["against"] + ["in_favour"] * 3
    mandate = land.deputies["kara"][3].pk
    assert len(get("votes/", mandate=mandate)["results"]) == 1
    assert [row["id"] for row in get("votes/", named="false")["results"]] == [str(land.adopted.pk)]
    refused(f"votes/{NOWHERE}/", 404)


def draft(client, land, **more):
    body = {
        "council": str(land.councils["kara"].pk),
        "session": str(land.session.pk),
        "name": {"ky": "Салык жөнүндө"},
        "rule": "simple",
    } | more
    return post(client, RESOLUTIONS, body)


def address_of(answer):
    assert answer.status_code == 201, answer.content
    return answer["Location"].removeprefix("http://testserver"), answer["ETag"]


def test_a_resolution_lives_from_draft_to_cancelled(land, secretary):
    address, tag = address_of(draft(secretary, land))

    answer = send(secretary, "PATCH", address, {"text": {"ky": "1. Бекитилсин."}}, If_Match=tag)
    assert answer.json()["text"]["ky"] == "1. Бекитилсин."
    answer = send(
        secretary,
        "PUT",
        f"{address}vote/",
        {"in_favour": 4, "against": 0, "abstained": 0},
        If_Match=answer["ETag"],
    )
    assert answer.status_code == 200, answer.content
    assert answer.json()["vote"]["in_favour"] == 4
    for step, body, status in (
        ("adopt", {"reference": "12"}, "adopted"),
        ("register", {"registration_number": "К-12", "on": "2023-06-05"}, "registered"),
        ("publish", {"on": "2023-06-10", "published_in": "Сайт"}, "published"),
    ):
        answer = post(secretary, f"{address}{step}/", body, If_Match=answer["ETag"])
        assert answer.status_code == 200, answer.content
        assert answer.json()["status"] == status
    assert answer.json()["legal_act"]
    problem(post(secretary, f"{address}adopt/", {"reference": "13"}, If_Match=answer["ETag"]), 409)
    problem(send(secretary, "PATCH", address, {"name": {"ky": "Башка"}}, If_Match=answer["ETag"]), 409)

    later = sitting(land, "kara", DAY + dt.timedelta(days=60), number=30)
    cancelling = resolution(later, "Күчүн жоготту деп таануу", number="20", status="published")
    answer = post(
        secretary, f"{address}cancel/", {"by_resolution": str(cancelling.pk)}, If_Match=answer["ETag"]
    )
    assert answer.status_code == 200, answer.content
    assert (answer.json()["status"], answer.json()["cancelled_by"]) == ("cancelled", str(cancelling.pk))
    assert get(f"resolutions/{cancelling.pk}/")["cancels"] == [get(address)["id"]]


def test_against_its_majority_nothing_is_adopted(land, secretary):
    address, tag = address_of(draft(secretary, land, rule="two_thirds_of_all"))
    answer = send(
        secretary, "PUT", f"{address}vote/", {"in_favour": 3, "against": 1, "abstained": 0}, If_Match=tag
    )

    answer = post(secretary, f"{address}adopt/", {"reference": "12"}, If_Match=answer["ETag"])

    assert problem(answer, 422)["errors"][0]["code"] == "councils_resolution_majority"
    assert get(address, secretary)["status"] == "draft"


def test_more_votes_than_deputies_who_came_are_refused(land, secretary):
    address, tag = address_of(draft(secretary, land))

    answer = send(
        secretary, "PUT", f"{address}vote/", {"in_favour": 5, "against": 0, "abstained": 0}, If_Match=tag
    )

    problem(answer, 422)


def test_a_roll_call_is_recorded_by_deputy(land, secretary):
    address, tag = address_of(draft(secretary, land))
    named = [{"mandate": str(one.pk), "choice": "in_favour"} for one in land.deputies["kara"][:4]]

    foreign = [{"mandate": str(land.deputies["ak"][0].pk), "choice": "against"}]
    problem(
        send(secretary, "PUT", f"{address}vote/", {"named": foreign}, If_Match=tag), 422, "/named/0/mandate"
    )
    answer = send(secretary, "PUT", f"{address}vote/", {"named": named}, If_Match=tag)

    assert answer.status_code == 200, answer.content
    assert answer.json()["vote"] == {"present": 4, "of_all": 5, "in_favour": 4, "against": 0, "abstained": 0}


def test_only_the_secretary_of_the_council_drafts_and_decides(land, secretary):
    other, ministry = keeper(land.units["ak"]), client_with("analyst")
    address, tag = address_of(draft(secretary, land))

    problem(draft(Client(), land), 401)
    problem(draft(other, land), 403)
    problem(draft(ministry, land), 403)
    for step in ("adopt", "register", "publish", "cancel"):
        problem(post(other, f"{address}{step}/", {}, If_Match=tag), 404)
        problem(post(ministry, f"{address}{step}/", {}, If_Match=tag), 403)
        problem(post(secretary, f"{address}{step}/", {}), 428)
        problem(post(secretary, f"{address}{step}/", {"more": 1}, If_Match=tag), 400)
    problem(send(other, "PUT", f"{address}vote/", {}, If_Match=tag), 404)
    problem(post(other, f"{RESOLUTIONS}{land.published.pk}/cancel/", {}, If_Match=tag), 403)
    assert Resolution.objects.filter(status="adopted").count() == 1


def test_what_a_draft_names_must_exist(land, secretary):
    problem(draft(secretary, land, rule="nobody"), 422, "/rule")
    problem(draft(secretary, land, session=str(land.elsewhere.pk)), 422, "/session")
    problem(draft(secretary, land, council=NOWHERE), 422, "/council")
    problem(draft(secretary, land, name={"en": "Only English"}), 400, "/name")
    problem(draft(secretary, land, agenda_item=NOWHERE), 422, "/agenda_item")


def test_the_ledger_of_a_council(land):
    found = get(f"councils/{land.councils['capital'].pk}/seat-ledger/", at=DAY)

    assert (found["at"], found["by_law"], found["sitting"], found["vacant"]) == (str(DAY), 5, 5, 0)
    assert (found["origins"], found["conflict"]) == ([], None)
    refused(f"councils/{NOWHERE}/seat-ledger/", 404)


def test_files_are_listed_with_what_they_are_and_where_they_are_read(land):
    ResolutionFile.objects.create(
        resolution=land.draft, file="resolutions/2023/06/a.pdf", name="Токтом.pdf", media_type="application/pdf",
        size=10, sha256="0" * 64,
    )  # fmt: skip

    (file,) = client_with("analyst").get(f"{RESOLUTIONS}{land.draft.pk}/").json()["files"]

    assert (file["file_name"], file["mime_type"], file["size"]) == ("Токтом.pdf", "application/pdf", 10)
    assert file["access_url"].endswith(f"/councils/resolutions/{land.draft.pk}/files/{file['id']}/")
