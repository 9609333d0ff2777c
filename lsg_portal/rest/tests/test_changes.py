"""Changing things: the order of the checks, preconditions, repeats."""

from __future__ import annotations

import json
import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from accounts.models import Token
from lsg_portal.rest import idempotency
from lsg_portal.rest.models import IdempotencyKey
from lsg_portal.rest.tasks import purge_idempotency_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def thing(user):
    return get_user_model().objects.create_user("thing", first_name="old", email="1")


@pytest.fixture
def address(thing):
    return f"/api/v1/users/{thing.pk}/"


def send(client, method, address, body=None, **headers):
    content = body if isinstance(body, (str, bytes)) else json.dumps(body) if body is not None else ""
    kwargs = {"content_type": headers.pop("Content_Type", "application/json")} if body is not None else {}
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.generic(method, address, content, headers=headers, **kwargs)


def test_a_change_under_the_tag_read_succeeds_and_gives_the_next_tag(api, address):
    tag = api.get(address)["ETag"]

    answer = send(api, "PATCH", address, {"first_name": "new"}, If_Match=tag)

    assert answer.status_code == 200
    assert answer.json()["first_name"] == "new"
    assert answer["ETag"] != tag
    assert send(api, "PATCH", address, {"first_name": "x"}, If_Match=tag).status_code == 412
    assert send(api, "PATCH", address, {"first_name": "y"}, If_Match=answer["ETag"]).status_code == 200


def test_a_tag_read_in_another_language_still_allows_the_change(api, address):
    tag = api.get(address + "?lang=ru")["ETag"]
    assert tag != api.get(address + "?lang=ky")["ETag"]

    assert send(api, "PATCH", address, {"first_name": "new"}, If_Match=tag).status_code == 200


def test_detail_says_304_when_nothing_changed(api, address):
    tag = api.get(address)["ETag"]

    assert api.get(address, headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    assert api.get(address + "?lang=ru", headers={"If-None-Match": tag}).status_code == 200


def test_removing(api, address):
    assert send(api, "DELETE", address, If_Match="*").status_code == 204
    assert api.get(address).status_code == 404


ORDER = [
    # client, address, body, headers, status
    ("visitor", "/api/v1/users/0/", "{", {}, 401),
    ("api", "/api/v1/users/0/", "{", {"Content_Type": "text/plain"}, 404),
    ("onlooker", None, "{", {"Content_Type": "text/plain"}, 403),
    ("api", None, "x", {"Content_Type": "text/plain"}, 415),
    ("api", None, "x", {"Content_Type": "application/json; charset=utf-16", "If_Match": "*"}, 415),
    ("api", None, "{", {}, 428),
    ("api", None, "{", {"If_Match": '"stale-1"'}, 412),
    ("api", None, "{", {"If_Match": "nonsense"}, 412),
    ("api", None, "{", {"If_Match": "*"}, 400),
    ("api", None, {"first_name": 5}, {"If_Match": "*"}, 400),
    ("api", None, {"first_name": "x", "more": 1}, {"If_Match": "*"}, 400),
    ("api", None, {"first_name": "taken"}, {"If_Match": "*"}, 409),
    ("api", None, {"first_name": "wrong"}, {"If_Match": "*"}, 422),
]


@pytest.mark.parametrize(("who", "where", "body", "headers", "status"), ORDER)
def test_checks_come_in_the_order_of_the_contract(who, where, body, headers, status, request, address, user):
    if who == "onlooker":
        onlooker = get_user_model().objects.create_user("onlooker")
        client = Client(headers={"Authorization": f"Token {Token.objects.create(onlooker)[1]}"})
    else:
        client = request.getfixturevalue(who)

    response = send(client, "PATCH", where or address, body, **headers)

    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"


def test_a_weak_tag_never_allows_a_change(api, address):
    tag = api.get(address)["ETag"]

    assert send(api, "PATCH", address, {"first_name": "x"}, If_Match=f"W/{tag}").status_code == 412


def test_unknown_parameters_of_a_write_are_refused(api, address):
    assert (
        send(api, "PATCH", address + "?at=2023-01-01", {"first_name": "x"}, If_Match="*").status_code == 400
    )


def test_an_action_already_done_is_409_before_its_tag_is_compared(api, address):
    assert send(api, "POST", address + "apply/").status_code == 428
    assert send(api, "POST", address + "apply/", If_Match='"stale"').status_code == 412
    assert send(api, "POST", address + "apply/", If_Match="*").status_code == 200
    again = send(api, "POST", address + "apply/", If_Match='"stale"')
    assert again.status_code == 409
    assert again.json()["code"] == "already_applied"


def test_an_action_takes_no_body(api, address):
    assert send(api, "POST", address + "apply/", {"a": 1}, If_Match="*").status_code == 400
    assert send(api, "POST", address + "apply/", {}, If_Match="*").status_code == 200


def test_an_action_is_not_read(api, address):
    assert api.get(address + "apply/").status_code == 405
    assert "POST" in api.get(address + "apply/")["Allow"]
    assert api.options(address + "apply/").status_code == 204


def test_a_repeat_under_its_key_gets_the_first_answer(api, address):
    tag = api.get(address)["ETag"]
    first = send(api, "POST", address + "apply/", If_Match=tag, Idempotency_Key="k1")
    again = send(api, "POST", address + "apply/", If_Match=tag, Idempotency_Key="k1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    assert again["Idempotency-Replayed"] == "true"


def test_a_key_names_one_request_only(api):
    assert send(api, "POST", "/api/v1/users/", {"first_name": "a"}, Idempotency_Key="k").status_code == 201
    refused = send(api, "POST", "/api/v1/users/", {"first_name": "b"}, Idempotency_Key="k")
    assert refused.status_code == 422
    assert refused.json()["code"] == "idempotency_key_reused"
    assert not get_user_model().objects.filter(username="b").exists()


def test_what_is_shown_once_is_neither_kept_nor_cached(api):
    first = send(api, "POST", "/api/v1/users/", {"first_name": "a"}, Idempotency_Key="k")
    again = send(api, "POST", "/api/v1/users/", {"first_name": "a"}, Idempotency_Key="k")

    assert first.json()["link"] == "/secret/"
    assert first["Cache-Control"] == "no-store"
    assert again.json() == first.json() | {"link": None}
    assert b"secret" not in bytes(IdempotencyKey.objects.get().body)


def test_a_refusal_is_not_kept(api, address):
    assert send(api, "POST", "/api/v1/users/", {"first_name": 1}, Idempotency_Key="k").status_code == 400
    assert send(api, "POST", "/api/v1/users/", {"first_name": "a"}, Idempotency_Key="k").status_code == 201


def test_keys_are_each_users_own(api, user):
    send(api, "POST", "/api/v1/users/", {"first_name": "a"}, Idempotency_Key="k")
    other = get_user_model().objects.create_user("other")
    client = Client(headers={"Authorization": f"Token {Token.objects.create(other)[1]}"})

    assert send(client, "POST", "/api/v1/users/", {"first_name": "b"}, Idempotency_Key="k").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "ключ", "x" * 256])
def test_an_odd_key_is_malformed(key, api):
    assert send(api, "POST", "/api/v1/users/", {"first_name": "a"}, Idempotency_Key=key).status_code == 400


def test_creating_gives_the_address_and_is_refused_to_onlookers(api):
    created = send(api, "POST", "/api/v1/users/", {"first_name": "a"})

    assert created.status_code == 201
    assert created["Location"].startswith("http://testserver/api/v1/users/")
    onlooker = get_user_model().objects.create_user("onlooker")
    client = Client(headers={"Authorization": f"Token {Token.objects.create(onlooker)[1]}"})
    assert send(client, "POST", "/api/v1/users/", {"first_name": "b"}).status_code == 403


def test_a_body_past_the_limit_is_413(api):
    response = send(api, "POST", "/api/v1/users/", b'"' + b"x" * (5 * 1024 * 1024 + 10) + b'"')

    assert response.status_code == 413


def test_session_users_need_their_csrf_token(user, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    refused = send(client, "PATCH", address + "?lang=ru", {"first_name": "x"}, If_Match="*")

    assert refused.status_code == 403
    assert "CSRF Failed" not in refused.json()["detail"]


def test_a_session_with_its_csrf_token_repeats_under_a_key(user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    secret = "a" * 32
    client.cookies["csrftoken"] = secret
    body = {"first_name": "a"}
    headers = {"X_CSRFToken": secret, "Idempotency_Key": "session-1"}

    first = send(client, "POST", "/api/v1/users/", body, **headers)
    again = send(client, "POST", "/api/v1/users/", body, **headers)

    assert first.status_code == 201, first.content
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]


def test_old_keys_are_purged(user):
    for key, age in (("old", idempotency.KEPT * 2), ("new", idempotency.KEPT / 2)):
        IdempotencyKey.objects.create(
            owner="1",
            key=key,
            request="POST /",
            body_hash=b"",
            status=200,
            body=b"",
            created=idempotency._oldest() + idempotency.KEPT - age,
        )

    assert purge_idempotency_keys() == 1
    assert IdempotencyKey.objects.get().key == "new"


@pytest.mark.django_db(transaction=True)
def test_duplicates_at_once_are_done_once(user, thing):
    token = Token.objects.create(user)[1]
    answers = []

    def post(key):
        client = Client(headers={"Authorization": f"Token {token}"})
        answers.append(
            send(client, "POST", f"/api/v1/users/{thing.pk}/apply/", If_Match="*", Idempotency_Key=key)
        )
        connection.close()

    threads = [threading.Thread(target=post, args=(key,)) for key in ("same", "same", "same", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses in ([200, 200, 200, 409], [200, 409, 409, 409])
    thing.refresh_from_db()
    assert thing.email == "2"
