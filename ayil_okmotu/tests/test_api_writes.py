"""What the staff of a municipality and the ministry record of executive bodies over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.models import RoleKind, Token
from accounts.tests.factories import RoleFactory
from ayil_okmotu.models import Appointment, LocalBudget, Post, StaffingReport
from ayil_okmotu.tests.offices import DAY, REPORTED, START, country
from councils.tests import factories as chambers
from councils.tests.chamber import person
from reform.tests.clients import client_with, key, post, send
from registry.tests.factories import LegalActFactory
from registry.tests.rest import API, get, problem

pytestmark = pytest.mark.django_db
POSTS, APPOINTMENTS, STAFFING, BUDGETS = (
    f"{API}{name}/" for name in ("posts", "appointments", "staffing", "budgets")
)
NOWHERE = "00000000-0000-4000-8000-000000000000"
LATER = dt.date(2023, 9, 1)
NOT_YOURS = "Only the staff of this municipality keep the records of its executive body."


@pytest.fixture
def land():
    return country()


def keeper(unit, role=RoleKind.STAFF):
    """Somebody with a role for a municipality."""
    user = RoleFactory(role=role, unit=unit).user
    return Client(
        headers={"Authorization": f"Token {Token.objects.create(user)[1]}", "Accept-Language": "en"}
    )


@pytest.fixture
def staff(land):
    return keeper(land.units["kara"])


@pytest.fixture
def ministry(land):
    return client_with("reform_team")


def tag(client, address):
    return client.get(address)["ETag"]


def made(answer):
    """The document, address and ETag of something created."""
    assert answer.status_code == 201, answer.content
    return answer.json(), answer["Location"].removeprefix("http://testserver"), answer["ETag"]


def changed(answer):
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- posts -------------------------------------------------------------------------------------------------


def test_a_post_is_created_renamed_put_on_contract_and_closed(land, staff):
    body = {
        "body": str(land.bodies["kara"].pk),
        "kind": "social_specialist",
        "name": {"ky": "Соц", "ru": "Соц"},
        "on": str(DAY),
    }
    document, address, etag = made(post(staff, POSTS, body))

    assert (document["kind"], document["employment"], document["vacant"]) == (
        "social_specialist",
        "staff",
        True,
    )
    assert staff.get(address)["ETag"].split("-")[0] == etag.split("-")[0]
    renamed = send(staff, "PATCH", address, {"name": {"ky": "Социалдык адис"}}, If_Match=etag)
    assert changed(renamed)["name"]["ky"] == "Социалдык адис"
    moved = send(
        staff,
        "PATCH",
        address,
        {"employment": "contract", "on": str(LATER), "order_number": "9"},
        If_Match=renamed["ETag"],
    )
    goes_on = changed(moved)
    assert (goes_on["employment"], goes_on["former"]) == ("contract", document["id"])
    assert get(address, at=LATER)["valid"]["to"] == str(LATER)
    address = f"{POSTS}{goes_on['id']}/"
    closed = post(staff, f"{address}close/", {"on": "2024-01-01"}, If_Match=tag(staff, address))
    assert changed(closed)["valid"]["to"] == "2024-01-01"
    problem(post(staff, f"{address}close/", {"on": "2024-02-01"}, If_Match=closed["ETag"]), 409)


def test_a_post_that_somebody_holds_is_not_closed(land, staff):
    address = f"{POSTS}{land.posts['deputy'].pk}/"

    answer = post(staff, f"{address}close/", {"on": str(LATER)}, If_Match=tag(staff, address))

    assert problem(answer, 409)["type"].endswith("conflict") or answer.json()["code"] == "post_occupied"


@pytest.mark.parametrize(
    ("more", "status", "pointer"),
    [
        ({"kind": "khan"}, 400, "/kind"),
        ({"on": "2023-02-30"}, 400, "/on"),
        ({"colour": "red"}, 400, "/colour"),
        ({"name": "Адис"}, 400, "/name"),
        ({"body": NOWHERE}, 422, "/body"),
        ({"kind": "head"}, 422, ""),
        ({"kind": "village_head"}, 422, ""),
        ({"kind": "village_head", "settlement": NOWHERE}, 422, "/settlement"),
        ({"on": "2019-01-01"}, 422, ""),
    ],
)
def test_posts_that_cannot_be_are_refused(land, staff, more, status, pointer):
    body = {"body": str(land.bodies["kara"].pk), "kind": "specialist", "on": str(DAY)}

    problem(post(staff, POSTS, body | more), status, pointer)


# --- appointments ------------------------------------------------------------------------------------------


def test_staff_appoint_to_their_own_posts_and_end_it(land, staff):
    body = {
        "post": str(land.posts["specialist"].pk),
        "person": str(person("Адис").pk),
        "on": str(DAY),
        "order_number": "12-б",
        "order_on": str(DAY),
    }
    document, address, etag = made(post(staff, APPOINTMENTS, body))

    assert (document["person"]["name"]["ky"], document["appointed_by"]) == ("Адис", "head")
    assert (document["heads"], document["term_years"]) == (False, None)
    end = {"on": str(LATER), "ground": "own_request", "order_number": "14-б"}
    problem(post(staff, f"{address}end/", end), 428)
    problem(
        post(staff, f"{address}end/", {"on": str(LATER), "ground": "boredom"}, If_Match=etag), 422, "/ground"
    )
    ended = post(staff, f"{address}end/", end, If_Match=etag)
    assert changed(ended)["end_ground"]["code"] == "own_request"
    problem(post(staff, f"{address}end/", end, If_Match=ended["ETag"]), 409)


def test_the_ministry_appoints_heads_and_the_one_who_was_acting_leaves(land, ministry):
    body = {
        "post": str(land.stand_in.post_id),
        "person": str(person("Жаңы башчы").pk),
        "on": str(DAY),
        "act": str(LegalActFactory().pk),
    }
    document, _address, _etag = made(post(ministry, APPOINTMENTS, body))

    assert (document["appointed_by"], document["term_years"], document["heads"]) == ("akim", 5, True)
    was = Appointment.objects.get(pk=land.stand_in.pk)
    assert (was.valid.upper, was.end_ground.code) == (DAY, "replaced")
    heads = get("appointments/", at=DAY, heads="true", unit=land.units["far"].pk)["results"]
    assert [row["id"] for row in heads] == [document["id"]]


def test_a_second_post_needs_its_reason(land, staff):
    body = {
        "post": str(land.posts["specialist"].pk),
        "person": str(land.people["Чынар"].pk),
        "on": str(DAY),
        "order_number": "1",
    }

    refused = problem(post(staff, APPOINTMENTS, body), 422)
    assert refused["errors"][0]["code"] == "ayil_okmotu_appointment_concurrent"
    document, _address, _etag = made(post(staff, APPOINTMENTS, body | {"concurrent_reason": "адис жок"}))
    assert [one["id"] for one in document["at_once"]] == [str(land.elder.pk)]


def test_no_confidence_needs_the_published_resolution_of_two_thirds(land, ministry):
    address = f"{APPOINTMENTS}{land.head.pk}/"
    sitting = chambers.held_session(
        chambers.convocation(chambers.council(land.units["kara"]), deputies=6), dt.date(2023, 7, 1)
    )
    simple, draft = chambers.published(sitting, "1"), chambers.draft(sitting)
    strong = chambers.published(sitting, "2", by="two_thirds_of_all", title="Ишеним көрсөтпөө")
    end = {"on": str(LATER), "ground": "no_confidence"}

    def ended(**more):
        return post(ministry, f"{address}end/", end | more, If_Match=tag(ministry, address))

    for refused in (ended(), ended(resolution=str(simple.pk))):
        assert problem(refused, 422)["errors"][0]["code"] == "ayil_okmotu_appointment_resolution"
    problem(ended(resolution=NOWHERE), 422, "/resolution")
    problem(ended(resolution=str(draft.pk)), 422)
    found = changed(ended(resolution=str(strong.pk)))
    assert (found["end_resolution"], found["end_ground"]["code"]) == (str(strong.pk), "no_confidence")


def test_a_draft_that_somebody_may_not_read_does_not_exist_for_them(land, staff):
    sitting = chambers.held_session(
        chambers.convocation(chambers.council(land.units["ak"]), deputies=3), dt.date(2023, 7, 1)
    )
    address = f"{APPOINTMENTS}{land.deputy.pk}/"
    end = {"on": str(LATER), "ground": "own_request", "resolution": str(chambers.draft(sitting).pk)}

    problem(post(staff, f"{address}end/", end, If_Match=tag(staff, address)), 422, "/resolution")


# --- who may -----------------------------------------------------------------------------------------------


def bodies_of(land):
    body = str(land.bodies["kara"].pk)
    return {
        POSTS: {"body": body, "kind": "specialist", "on": str(DAY)},
        APPOINTMENTS: {
            "post": str(land.posts["specialist"].pk),
            "person": str(person("Бирөө").pk),
            "on": str(DAY),
            "order_number": "1",
        },
        STAFFING: {"body": body, "on": str(LATER), "approved": 9, "filled": 8, "contract": 1},
        BUDGETS: {"unit": str(land.units["kara"].pk), "year": 2024, "lines": []},
    }


@pytest.mark.parametrize("address", [POSTS, APPOINTMENTS, STAFFING, BUDGETS])
def test_only_own_staff_and_administrators_create(land, staff, address):
    body = bodies_of(land)[address]

    problem(post(Client(), address, body), 401)
    neighbour = problem(post(keeper(land.units["ak"]), address, body), 403)
    assert neighbour["detail"] == NOT_YOURS
    others = [
        keeper(land.home, RoleKind.DISTRICT),
        *(client_with(role) for role in ("analyst", "approver", "auditor", "reform_team")),
    ]
    for client in others:
        problem(post(client, address, body), 403)
    made(post(client_with("administrator"), address, body))
    problem(post(staff, address, {}), 400)


@pytest.mark.parametrize("kind", ["posts", "appointments", "staffing", "budgets"])
def test_only_own_staff_and_administrators_change(land, staff, kind):
    thing, action, body = {
        "posts": (land.posts["specialist"].pk, "", {"name": {"ky": "Башка"}}),
        "appointments": (land.elder.pk, "end/", {"on": str(LATER), "ground": "own_request"}),
        "staffing": (land.report.pk, "", {"filled": 13}),
        "budgets": (land.budget.pk, "", {"label": "x"}),
    }[kind]
    address = f"{API}{kind}/{thing}/"
    method = "POST" if action else "PATCH"
    etag = tag(staff, address)

    problem(send(Client(), method, address + action, body, If_Match=etag), 401)
    for client in (keeper(land.units["ak"]), client_with("analyst"), client_with("reform_team")):
        refused = problem(send(client, method, address + action, body, If_Match=etag), 403)
        assert refused["detail"] == NOT_YOURS
    problem(send(staff, method, f"{API}{kind}/{NOWHERE}/{action}", body, If_Match=etag), 404)
    problem(send(staff, method, address + action, body), 428)
    problem(send(staff, method, address + action, body, If_Match='"x-y"'), 412)
    problem(send(staff, method, address + action, body | {"colour": 1}, If_Match=etag), 400, "/colour")
    changed(send(client_with("administrator"), method, address + action, body, If_Match=etag))
    assert send(staff, method, address + action, body, If_Match=etag).status_code in (409, 412)


def test_heads_are_the_ministrys_to_record_and_other_posts_are_not(land, staff, ministry):
    head = {
        "post": str(land.posts["head"].pk),
        "person": str(person("Бирөө").pk),
        "on": str(DAY),
        "order_number": "1",
    }
    problem(post(staff, APPOINTMENTS, head), 403)
    problem(post(ministry, APPOINTMENTS, head | {"post": str(land.posts["specialist"].pk)}), 403)
    end = {"on": str(LATER), "ground": "own_request"}
    for client, thing in ((staff, land.head), (ministry, land.elder)):
        address = f"{APPOINTMENTS}{thing.pk}/"
        problem(post(client, f"{address}end/", end, If_Match=tag(client, address)), 403)


def test_a_repeated_request_appoints_once(land, staff):
    body, name = bodies_of(land)[APPOINTMENTS], key()

    first = post(staff, APPOINTMENTS, body, Idempotency_Key=name)
    again = post(staff, APPOINTMENTS, body, Idempotency_Key=name)

    assert first.json()["id"] == again.json()["id"]
    assert Appointment.objects.filter(person=body["person"]).count() == 1
    problem(post(staff, APPOINTMENTS, body | {"order_number": "2"}, Idempotency_Key=name), 422)


# --- staff -------------------------------------------------------------------------------------------------


def test_a_report_is_recorded_once_and_corrected_under_its_etag(land, staff):
    body = bodies_of(land)[STAFFING]
    document, address, etag = made(post(staff, STAFFING, body | {"women": 3}))

    assert (document["vacancies"], document["men_percent"], document["version"]) == (1, "62.50", 1)
    problem(post(staff, STAFFING, body), 409)
    answer = send(staff, "PATCH", address, {"filled": 9, "women": None}, If_Match=etag)
    found = changed(answer)
    assert (found["filled"], found["women"], found["approved"], found["version"]) == (9, None, 9, 2)
    assert StaffingReport.objects.filter(body=land.bodies["kara"]).count() == 3


@pytest.mark.parametrize(
    ("more", "status", "pointer"),
    [
        ({"filled": "8"}, 400, "/filled"),
        ({"filled": -1}, 400, "/filled"),
        ({"approved": 5001}, 400, "/approved"),
        ({"women": 9}, 422, "/women"),
        ({"on": "2019-01-01"}, 422, "/on"),
        ({"body": NOWHERE}, 422, "/body"),
    ],
)
def test_reports_that_cannot_be_are_refused(land, staff, more, status, pointer):
    problem(post(staff, STAFFING, bodies_of(land)[STAFFING] | more), status, pointer)


# --- budgets -----------------------------------------------------------------------------------------------


def test_a_budget_is_recorded_as_reported_and_lines_of_it_corrected(land, staff):
    body = bodies_of(land)[BUDGETS] | {
        "label": "9 ай",
        "lines": [
            {"item": "land_tax", "plan": "10.25", "actual": "9"},
            {"item": "total_revenue", "plan": "10.25", "actual_as_printed": "254,40.0"},
        ],
    }
    document, address, etag = made(post(staff, BUDGETS, body))

    assert document["flags"] == ["unreadable"]
    assert document["findings"][0]["printed"] == "254,40.0"
    assert (document["own_revenue"], document["label"]) == ({"plan": "10.25", "actual": "9"}, "9 ай")
    problem(post(staff, BUDGETS, body), 409)
    lines = [{"item": "total_revenue", "plan": "10.25", "actual": "11"}]
    found = changed(send(staff, "PATCH", address, {"lines": lines}, If_Match=etag))
    assert found["flags"] == ["lines_do_not_add_up"]
    assert (found["own_revenue"]["plan"], found["label"]) == ("10.25", "9 ай")
    assert LocalBudget.objects.get(pk=document["id"]).version == 2


@pytest.mark.parametrize(
    ("line", "status", "pointer"),
    [
        ({"item": "gold"}, 422, "/lines/0/item"),
        ({"item": "land_tax", "plan": 10.5}, 400, "/lines/0/plan"),
        ({"item": "land_tax", "plan": "NaN"}, 400, "/lines/0/plan"),
        ({"item": "land_tax", "plan": "1e9"}, 400, "/lines/0/plan"),
        ({"item": "land_tax", "plan": "0.00001"}, 400, "/lines/0/plan"),
        ({"item": "land_tax", "plan": "1", "plan_as_printed": "1,,"}, 422, "/lines"),
        ({"item": "land_tax", "plan_as_printed": "12.5"}, 422, "/lines"),
        ({"item": "land_tax", "colour": "red"}, 400, "/lines/0/colour"),
        ({}, 400, "/lines/0/item"),
    ],
)
def test_lines_that_cannot_be_are_refused(land, staff, line, status, pointer):
    body = bodies_of(land)[BUDGETS] | {"lines": [line]}

    problem(post(staff, BUDGETS, body), status, pointer)
    address = f"{BUDGETS}{land.budget.pk}/"
    problem(send(staff, "PATCH", address, {"lines": [line]}, If_Match=tag(staff, address)), status, pointer)


def test_a_line_named_twice_is_refused(land, staff):
    lines = [{"item": "land_tax", "plan": "1"}, {"item": "land_tax", "plan": "2"}]

    problem(post(staff, BUDGETS, bodies_of(land)[BUDGETS] | {"lines": lines}), 422, "/lines/1/item")


def test_nothing_is_written_of_what_is_refused(land, staff):
    counts = [model.objects.count() for model in (Post, Appointment, StaffingReport, LocalBudget)]
    test_reports_that_cannot_be_are_refused(land, staff, {"women": 9}, 422, "/women")
    test_lines_that_cannot_be_are_refused(land, staff, {"item": "gold"}, 422, "/lines/0/item")
    test_posts_that_cannot_be_are_refused(land, staff, {"kind": "head"}, 422, "")

    assert [model.objects.count() for model in (Post, Appointment, StaffingReport, LocalBudget)] == counts
    assert REPORTED > START
