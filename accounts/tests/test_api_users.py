"""Users over REST."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from accounts.models import RoleKind, User
from accounts.rules import today
from accounts.tests.factories import RoleFactory, UserFactory
from accounts.tests.scenarios import merge
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
USERS = "/api/v1/users/"
BEGINS = today() - dt.timedelta(days=7)
GRANT = {"role": "auditor", "begins": str(BEGINS), "reason": "буйрук № 7"}


@pytest.fixture
def clients(client_of):
    return {kind: client_of(RoleFactory(role=kind).user) for kind in ("administrator", "auditor", "analyst")}


@pytest.fixture
def other():
    return RoleFactory(user=UserFactory(username="other", email="o@example.kg")).user


def post(client, address, body, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def test_administrators_and_auditors_read_and_others_find_nothing(clients, other):
    for address in (USERS, f"{USERS}{other.pk}/"):
        assert clients["administrator"].get(address).status_code == 200
        assert clients["auditor"].get(address).status_code == 200
        assert clients["analyst"].get(address).status_code == 404
        assert Client().get(address).status_code == 401
    assert clients["administrator"].get(f"{USERS}{other.pk}/").json()["email"] == "o@example.kg"


def test_the_list_is_filtered(clients, other):
    where = district()
    ak, bel = aimak(where, "Ак", villages=["Ак"]), aimak(where, "Бел", villages=["Бел"])
    staff = RoleFactory(role=RoleKind.STAFF, unit=ak).user
    merge([ak, bel], where)
    closed = UserFactory(is_active=False)

    def ids(query):
        return {row["id"] for row in clients["auditor"].get(USERS + query).json()["results"]}

    assert other.pk in ids("?role=analyst")
    assert staff.pk not in ids("?role=analyst")
    assert ids("?undecided=true") == {staff.pk}
    assert ids(f"?unit={ak.pk}") == {staff.pk}
    assert ids("?active=false") == {closed.pk}
    assert clients["auditor"].get(USERS + "?role=king").status_code == 400


def test_the_list_costs_one_query(clients, other, django_assert_num_queries):
    with django_assert_num_queries(3):  # the token, the roles of who asks, the list
        clients["auditor"].get(USERS)


def test_an_unchanged_list_is_not_sent_again(clients, other):
    tag = clients["auditor"].get(USERS)["ETag"]

    assert clients["auditor"].get(USERS, headers={"If-None-Match": tag}).status_code == 304


def test_inviting_answers_with_the_link(clients):
    body = GRANT | {"username": "new", "last_name": "А", "first_name": "Б"}
    assert post(clients["auditor"], USERS, body).status_code == 403
    assert post(clients["analyst"], USERS, body).status_code == 404

    answer = post(clients["administrator"], USERS, body)

    assert answer.status_code == 201
    assert Client().get(answer.json()["invitation"]).status_code == 200
    assert post(clients["administrator"], USERS, body).status_code == 422


def test_roles_are_given_and_ended_under_the_etag(clients, other):
    chief, address = clients["administrator"], f"{USERS}{other.pk}/"
    tag = chief.get(address)["ETag"]

    assert post(chief, f"{address}grant/", GRANT).status_code == 428
    assert post(clients["auditor"], f"{address}grant/", GRANT, If_Match=tag).status_code == 403
    given = post(chief, f"{address}grant/", GRANT, If_Match=tag)
    assert given.status_code == 200
    assert post(chief, f"{address}grant/", GRANT, If_Match=tag).status_code == 412
    role = other.roles.get(role="auditor")
    end = {"on": str(today()), "reason": "бүттү"}
    past = post(chief, f"{address}roles/{role.pk}/end/", end | {"on": str(BEGINS)}, If_Match=given["ETag"])
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/on")
    ended = post(chief, f"{address}roles/{role.pk}/end/", end, If_Match=given["ETag"])
    assert ended.json()["roles"][-1]["valid"] == {"from": str(BEGINS), "to": str(today())}
    assert post(chief, f"{address}roles/999999/end/", end, If_Match=ended["ETag"]).status_code == 404


def test_an_account_is_closed_and_opened(clients, other):
    chief, address = clients["administrator"], f"{USERS}{other.pk}/"
    why = {"reason": "кетти"}

    closed = post(chief, f"{address}deactivate/", why, If_Match=chief.get(address)["ETag"])
    assert closed.json()["active"] is False
    assert post(chief, f"{address}deactivate/", why, If_Match="*").status_code == 409
    assert post(chief, f"{address}reactivate/", why, If_Match=closed["ETag"]).status_code == 200
    assert User.objects.get(pk=other.pk).is_active


def test_nobody_serves_himself(client_of):
    user = RoleFactory(role=RoleKind.ADMINISTRATOR).user
    client, address = client_of(user), f"{USERS}{user.pk}/"
    tag = client.get(address)["ETag"]

    assert post(client, f"{address}grant/", GRANT, If_Match=tag).status_code == 403
    assert post(client, f"{address}deactivate/", {"reason": "x"}, If_Match=tag).status_code == 403


def test_a_role_that_would_begin_long_ago_is_refused_at_its_field(clients, other):
    answer = post(
        clients["administrator"], f"{USERS}{other.pk}/grant/", GRANT | {"begins": "2021-01-01"}, If_Match="*"
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/begins")


def test_the_link_of_an_invitation_mixes_no_alphabets(clients):
    body = GRANT | {"username": "аdmin", "last_name": "А", "first_name": "Б"}

    assert post(clients["administrator"], USERS, body).status_code == 422
    assert not User.objects.filter(username="аdmin").exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        GRANT | {"role": "king"},
        GRANT | {"unit": "x"},
        GRANT | {"begins": "0000-01-01"},
        GRANT | {"reason": "a\0"},
        GRANT | {"more": 1},
    ],
)
def test_a_body_of_another_form_is_malformed(body, clients, other):
    answer = post(clients["administrator"], f"{USERS}{other.pk}/grant/", body, If_Match="*")

    assert answer.status_code == 400
