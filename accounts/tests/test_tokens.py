"""Tokens over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from accounts import throttle
from accounts.models import RoleKind, Token
from accounts.tasks import purge_expired_tokens
from accounts.tests.factories import PASSWORD, RoleFactory, UserFactory
from accounts.tests.scenarios import code_of

pytestmark = pytest.mark.django_db
TOKENS = "/api/v1/tokens/"


def ask(client, username, password=PASSWORD, **more):
    body = {"username": username, "password": password, **more}
    return client.post(TOKENS, body, content_type="application/json")


def test_a_password_gives_a_token_that_logs_in(client):
    user = UserFactory()

    answer = ask(client, user.username)

    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    token = answer.json()["token"]
    assert dt.datetime.fromisoformat(answer.json()["expiry"]) > timezone.now() + dt.timedelta(days=29)
    me = client.get("/api/v1/me/", headers={"Authorization": f"Token {token}"})
    assert me.json()["username"] == user.username


@pytest.mark.parametrize("name", ["known", "unknown", "inactive"])
def test_bad_credentials_look_the_same(name, client):
    UserFactory(username="known")
    UserFactory(username="inactive", is_active=False)

    answer = ask(client, name, "wrong" if name == "known" else PASSWORD)

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad_credentials"
    assert answer["WWW-Authenticate"]


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"username": "a"}',
        '{"username": 1, "password": "x"}',
        '{"username": "a\\u0000", "password": "x"}',
        "[]",
        "{",
    ],
)
def test_a_body_of_another_form_is_malformed(body, client):
    answer = client.post(TOKENS, body, content_type="application/json")

    assert answer.status_code == 400


def test_a_form_is_not_read(client):
    assert client.post(TOKENS, {"username": "a", "password": "b"}).status_code == 415


def test_guessing_is_slowed_for_the_guesser_and_not_for_the_owner(client):
    user = UserFactory()
    for _ in range(throttle.ATTEMPTS):
        assert ask(client, user.username, "wrong").status_code == 401

    refused = ask(client, user.username)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    client.defaults["REMOTE_ADDR"] = "10.0.0.9"
    assert ask(client, user.username).status_code == 201


def test_guessing_many_accounts_from_one_address_is_slowed(client, monkeypatch):
    monkeypatch.setattr(throttle, "ATTEMPTS_OF_ADDRESS", 3)
    for number in range(3):
        ask(client, f"nobody{number}")

    assert ask(client, "somebody").status_code == 429


def test_without_the_cache_logging_in_still_works(client, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    user = UserFactory()

    assert ask(client, user.username, "wrong").status_code == 401
    assert ask(client, user.username).status_code == 201


def test_a_role_that_changes_things_needs_a_second_factor(client, settings):
    settings.SECOND_FACTOR_WAIVED = False
    user = RoleFactory(role=RoleKind.REFORM_TEAM).user

    answer = ask(client, user.username)

    assert answer.status_code == 401
    assert answer.json()["code"] == "otp_required"
    settings.SECOND_FACTOR_WAIVED = True
    assert ask(client, user.username).status_code == 201


def test_who_has_a_second_factor_must_send_it(client):
    user = UserFactory()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    code = code_of(secret)

    assert ask(client, user.username).json()["code"] == "otp_required"
    assert ask(client, user.username, otp="000000").json()["code"] == "otp_invalid"
    assert ask(client, user.username, otp=code).status_code == 201
    assert ask(client, user.username, otp=code).json()["code"] == "otp_invalid"


def test_a_recovery_code_serves_once(client):
    user = UserFactory()
    TOTP.activate(user, generate_totp_secret())
    code = RecoveryCodes.activate(user).get_unused_codes()[0]

    assert ask(client, user.username, otp=code).status_code == 201
    assert ask(client, user.username, otp=code).status_code == 401
    assert Authenticator.objects.get(type="recovery_codes").last_used_at


def test_own_tokens_are_listed_and_withdrawn(client_of):
    user = UserFactory()
    client = client_of(user)
    Token.objects.create(UserFactory())

    listed = client.get(TOKENS).json()["results"]
    assert len(listed) == 1
    assert set(listed[0]) == {"id", "name", "created", "expiry", "last_used", "second_factor"}
    address = f"{TOKENS}{listed[0]['id']}/"
    tag = client.get(address)["ETag"]
    assert client.delete(address).status_code == 428
    assert client.delete(address, headers={"If-Match": tag}).status_code == 204
    assert client.get(TOKENS).status_code == 401


def test_tokens_of_others_are_not_there(client_of):
    foreign, _text = Token.objects.create(UserFactory())
    client = client_of(UserFactory())

    assert client.get(f"{TOKENS}{foreign.public_id}/").status_code == 404
    assert client.delete(f"{TOKENS}{foreign.public_id}/").status_code == 404


def test_visitors_have_no_tokens_and_are_nobody(client):
    assert client.get(TOKENS).status_code == 401
    assert client.get("/api/v1/me/").status_code == 401


def test_me_shows_the_roles_of_today(client_of):
    role = RoleFactory(role=RoleKind.AUDITOR)
    RoleFactory(user=role.user, valid=(dt.date(2020, 1, 1), dt.date(2020, 2, 1)))

    answer = client_of(role.user).get("/api/v1/me/").json()

    assert answer["name"] == {"last": "Асанова", "first": "Айгүл", "patronymic": ""}
    assert answer["roles"] == [
        {"role": "auditor", "unit": None, "valid": {"from": "2020-01-01", "to": None}, "counts": True}
    ]
    assert answer["second_factor"] == {"demanded": False, "used": False}
    assert answer["sessions"] == []


def test_expired_tokens_are_refused_and_purged(client):
    user = UserFactory()
    instance, text = Token.objects.create(user, expiry=dt.timedelta(seconds=-1))
    Token.objects.create(user)

    assert client.get("/api/v1/me/", headers={"Authorization": f"Token {text}"}).status_code == 401
    assert purge_expired_tokens() == 1
    assert not Token.objects.filter(pk=instance.pk).exists()


def test_a_request_with_a_token_costs_one_query_to_authenticate(client_of, django_assert_num_queries):
    client = client_of(UserFactory())

    with django_assert_num_queries(3):  # the token with its user, the roles, the sessions
        client.get("/api/v1/me/")
