"""Sessions over REST: what anybody reads, and what the secretary of a council records."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.models import RoleKind, Token
from accounts.tests.factories import RoleFactory
from councils.models import Session
from councils.tests.chamber import DAY, country, person, sitting
from reform.tests.clients import client_with, key, post, send
from registry.tests.rest import API, ask, get, problem, refused, table, walk

pytestmark = pytest.mark.django_db
SESSIONS = f"{API}sessions/"
NOWHERE = "00000000-0000-4000-8000-000000000000"


def keeper(unit, role=RoleKind.STAFF):
    """The secretary of a municipality's council, or who holds another role for a unit."""
    user = RoleFactory(role=role, unit=unit).user
    return Client(
        headers={"Authorization": f"Token {Token.objects.create(user)[1]}", "Accept-Language": "en"}
    )


@pytest.fixture
def land():
    found = country()
    found.session = sitting(found, number=7, place="Клуб")
    found.planned = sitting(found, "ak", DAY + dt.timedelta(days=9), status="planned", number=8)
    return found


@pytest.fixture
def secretary(land):
    return keeper(land.units["kara"])


@pytest.fixture
def planned(land, secretary):
    """A session planned over REST: its document, address and ETag."""
    answer = post(secretary, SESSIONS, {"convocation": str(land.terms["kara"].pk), "held_on": "2023-09-01"})
    assert answer.status_code == 201, answer.content
    return answer.json(), answer["Location"].removeprefix("http://testserver"), answer["ETag"]


def test_the_list_tells_who_came(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = get("sessions/", oblast=land.one.pk, to=DAY + dt.timedelta(days=1))

    (row,) = answer["results"]
    assert (row["number"], row["held_on"], row["status"], row["location"]) == (7, str(DAY), "held", "Клуб")
    assert (row["in_office"], row["present"], row["unexcused"], row["excused"]) == (5, 4, 1, 0)
    assert row["unit"]["name"]["ky"] == "Кара-Суу"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (lambda land: {"unit": land.units["ak"].pk}, [8]),
        (lambda land: {"district": land.home.pk}, [8, 7]),
        (lambda land: {"oblast": land.two.pk}, []),
        (lambda land: {"council": land.councils["kara"].pk}, [7]),
        (lambda land: {"convocation": land.terms["ak"].pk}, [8]),
        (lambda land: {"status_": "planned"}, [8]),
        (lambda land: {"from_": DAY + dt.timedelta(days=1)}, [8]),
        (lambda land: {"ordering": "held_on"}, [7, 8]),
    ],
)
def test_the_list_is_narrowed(land, query, numbers):
    assert [row["number"] for row in get("sessions/", **query(land))["results"]] == numbers


def test_tables_and_cursors_hold_the_same_rows(land):
    ids = [row["id"] for row in get("sessions/")["results"]]

    assert [row["id"] for row in table("sessions/", "csv")] == ids
    assert [row["id"] for row in table("sessions/", "xlsx")] == ids
    assert [row["id"] for row in walk("sessions/", page_size=1)] == ids


def test_one_session_has_its_agenda_and_quorum(land):
    found = get(f"sessions/{land.session.pk}/")

    assert found["quorum"] is True
    assert [(item["number"], item["name"]["ky"]) for item in found["agenda_item"]] == [(1, "Бюджет")]
    refused(f"sessions/{NOWHERE}/", 404)


def test_attendance_is_listed_by_deputy(land, django_assert_num_queries):
    with django_assert_num_queries(2):
        rows = get(f"sessions/{land.session.pk}/attendance/")["results"]

    assert [row["state"] for row in rows] == ["present"] * 4 + ["unexcused"]
    assert rows[-1]["person"]["name"]["ky"] == "kara 4"
    assert len(get(f"sessions/{land.session.pk}/attendance/", state="unexcused")["results"]) == 1
    refused(f"sessions/{NOWHERE}/attendance/", 404)
    for secret in ("+996 555", "secret@", "12345678901234"):
        assert secret not in ask(f"sessions/{land.session.pk}/attendance/").content.decode()


def test_a_secretary_plans_a_session_under_the_next_number(land, planned):
    document, address, tag = planned

    assert (document["number"], document["status"], document["held_on"]) == (8, "planned", "2023-09-01")
    assert address == f"/api/v1/sessions/{document['id']}/"
    assert get(address)["version"] == document["version"]
    assert tag


def test_a_session_outside_the_term_is_refused(land, secretary):
    body = {"convocation": str(land.terms["kara"].pk), "held_on": "2019-01-01"}

    problem(post(secretary, SESSIONS, body), 422)


def test_only_the_secretary_of_the_council_records(land, planned):
    _document, address, tag = planned
    other, ministry = keeper(land.units["ak"]), client_with("analyst")
    body = {"convocation": str(land.terms["kara"].pk), "held_on": "2023-09-02"}

    for client in (other, ministry, client_with("reform_team")):
        problem(post(client, SESSIONS, body), 403)
        problem(send(client, "PATCH", address, {"location": "Х"}, If_Match=tag), 403)
        problem(post(client, f"{address}hold/", If_Match=tag), 403)
    problem(post(Client(), SESSIONS, body), 401)
    problem(post(other, f"{SESSIONS}{NOWHERE}/hold/", If_Match=tag), 404)


def test_a_change_needs_the_current_etag(planned, secretary):
    _document, address, tag = planned

    problem(send(secretary, "PATCH", address, {"location": "Мектеп"}), 428)
    changed = send(secretary, "PATCH", address, {"location": "Мектеп"}, If_Match=tag)
    assert (changed.status_code, changed.json()["location"]) == (200, "Мектеп")
    problem(send(secretary, "PATCH", address, {"location": "Үй"}, If_Match=tag), 412)
    problem(send(secretary, "PATCH", address, {"place": "Үй"}, If_Match=changed["ETag"]), 400, "/place")


def test_a_planned_session_gets_agenda_and_attendance_and_is_held(land, planned, secretary):
    _document, address, tag = planned
    answer = post(secretary, f"{address}agenda/", {"name": {"ky": "Тартип"}}, If_Match=tag)
    assert answer.status_code == 200, answer.content
    assert answer.json()["agenda_item"][0]["name"]["ky"] == "Тартип"

    lines = [{"mandate": str(mandate.pk), "state": "present"} for mandate in land.deputies["kara"]]
    lines[0] |= {"state": "excused", "note": "ооруп калды"}
    prosecutor = person("Прокурор")
    answer = send(
        secretary,
        "PUT",
        f"{address}attendance/",
        {"attendance": lines, "advisory": [{"person": str(prosecutor.pk), "capacity": "prosecutor"}]},
        If_Match=answer["ETag"],
    )
    assert answer.status_code == 200, answer.content
    assert (answer.json()["present"], answer.json()["excused"], answer.json()["advisory"]) == (4, 1, 1)
    assert answer.json()["advisory_attendees"][0]["capacity"] == "prosecutor"

    held = post(secretary, f"{address}hold/", If_Match=answer["ETag"])
    assert (held.status_code, held.json()["status"]) == (200, "held")
    problem(post(secretary, f"{address}hold/", If_Match=held["ETag"]), 409)


def test_attendance_of_who_has_no_mandate_there_is_refused_by_line(land, planned, secretary):
    _document, address, tag = planned
    lines = [
        {"mandate": str(land.deputies["kara"][0].pk), "state": "present"},
        {"mandate": str(land.deputies["ak"][0].pk), "state": "present"},
    ]

    answer = send(secretary, "PUT", f"{address}attendance/", {"attendance": lines}, If_Match=tag)

    problem(answer, 422, "/attendance/1/mandate")


def test_a_planned_session_is_cancelled(planned, secretary):
    document, address, tag = planned

    answer = post(secretary, f"{address}cancel/", If_Match=tag)

    assert answer.status_code == 200, answer.content
    assert Session.objects.get(pk=document["id"]).status == "cancelled"
    problem(post(secretary, f"{address}cancel/", If_Match=answer["ETag"]), 409)


def test_a_repeated_request_plans_one_session(land, secretary):
    body, name = {"convocation": str(land.terms["kara"].pk), "held_on": "2023-09-01"}, key()

    first = post(secretary, SESSIONS, body, Idempotency_Key=name)
    again = post(secretary, SESSIONS, body, Idempotency_Key=name)

    assert first.json()["id"] == again.json()["id"]
    assert Session.objects.filter(held_on="2023-09-01").count() == 1


def test_an_item_is_taken_off_the_agenda_under_the_sessions_etag(land, planned, secretary):
    _document, address, tag = planned
    shown = post(secretary, f"{address}agenda/", {"name": {"ky": "Тартип"}}, If_Match=tag)
    item = f"{address}agenda/{shown.json()['agenda_item'][0]['id']}/"

    problem(send(keeper(land.units["ak"]), "DELETE", item, If_Match=shown["ETag"]), 403)
    problem(send(secretary, "DELETE", f"{address}agenda/{NOWHERE}/", If_Match=shown["ETag"]), 404)
    problem(send(secretary, "DELETE", item), 428)
    problem(send(secretary, "DELETE", item, If_Match=tag), 412)
    assert send(secretary, "DELETE", item, If_Match=shown["ETag"]).status_code == 204
    assert get(address)["agenda_item"] == []


def test_an_administrator_corrects(planned):
    _document, address, tag = planned

    answer = send(client_with("administrator"), "PATCH", address, {"location": "Мектеп"}, If_Match=tag)

    assert (answer.status_code, answer.json()["location"]) == (200, "Мектеп")
