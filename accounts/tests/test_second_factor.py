"""Roles that demand a second factor count only where one was used."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts import rules, second_factor, services
from accounts.models import RoleKind, Session, Token
from accounts.tests.factories import PASSWORD, RoleFactory, UserFactory
from accounts.tests.scenarios import NOW, add_totp, code_of, signed_in, with_factor

pytestmark = pytest.mark.django_db
DEMANDING = [RoleKind.APPROVER, RoleKind.REFORM_TEAM, RoleKind.ADMINISTRATOR]
LOGIN = "/en/account/login/"


@pytest.fixture(autouse=True)
def _in_earnest(settings):
    settings.SECOND_FACTOR_WAIVED = False


def log_in(user, client=None):
    client = client or Client()
    return client, client.post(LOGIN, {"login": user.username, "password": PASSWORD})


@pytest.mark.parametrize("kind", DEMANDING)
def test_such_a_role_is_not_held_without(kind):
    user = RoleFactory(role=kind).user

    assert not rules.has_role(kind)(user)
    assert rules.has_role(kind)(user.vouch())


def test_other_roles_are_held_without():
    assert rules.is_auditor(RoleFactory(role=RoleKind.AUDITOR).user)


@pytest.mark.parametrize("kind", DEMANDING)
def test_whoever_has_none_is_led_to_set_it_up(kind):
    user = RoleFactory(role=kind).user

    client, answer = log_in(user)
    led = client.get("/en/me/")

    assert answer.status_code == 302
    assert led.status_code == 302
    assert led["Location"].startswith("/en/account/second-factor/?next=")
    page = client.get(led["Location"])
    assert b"Set up an authenticator app" in page.content
    assert client.post("/en/me/tokens/", {"name": "x"}).status_code == 302
    assert not Token.objects.exists()


def test_nothing_privileged_is_reached_over_the_session_of_the_rest_interface_either():
    client = signed_in(RoleKind.ADMINISTRATOR)

    answer = client.get("/api/v1/me/").json()

    assert answer["roles"][0]["counts"] is False
    assert answer["second_factor"] == {"demanded": True, "used": False}


def test_setting_up_an_authenticator_app_opens_the_rest_of_this_session():
    user = RoleFactory(role=RoleKind.ADMINISTRATOR).user
    client, _answer = log_in(user)
    asked = client.get("/en/account/2fa/totp/activate/")
    client.post(asked["Location"], {"password": PASSWORD})
    page = client.get("/en/account/2fa/totp/activate/")
    assert b"data:image/svg+xml" in page.content
    secret = page.context["form"].secret

    wrong = client.post("/en/account/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    right = client.post("/en/account/2fa/totp/activate/", {"code": code_of(secret)})

    assert right["Location"] == "/en/account/2fa/recovery-codes/"
    assert client.get("/en/users/").status_code == 200
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored


def test_at_login_the_code_is_asked_for():
    user = RoleFactory(role=RoleKind.ADMINISTRATOR).user
    secret = add_totp(user)

    client, answer = log_in(user)
    assert answer["Location"] == "/en/account/2fa/authenticate/"
    assert client.get("/en/me/")["Location"].startswith(LOGIN)
    client.post("/en/account/2fa/authenticate/", {"code": code_of(secret)})

    assert client.get("/en/users/").status_code == 200


def test_a_session_from_before_is_asked_to_confirm():
    user = UserFactory()
    client, _answer = log_in(user)
    secret = add_totp(user)
    RoleFactory(user=user, role=RoleKind.REFORM_TEAM)

    page = client.get("/en/me/", follow=True)
    assert b"Confirm with a code" in page.content
    answer = client.post(
        "/en/account/2fa/reauthenticate/?next=/en/me/", {"code": code_of(secret), "next": "/en/me/"}
    )

    assert answer["Location"] == "/en/me/"
    assert client.get("/en/me/").status_code == 200


def test_the_last_factor_of_such_a_role_stays():
    user = RoleFactory(role=RoleKind.APPROVER).user
    secret = add_totp(user)
    client = with_factor(signed_in(user=user), user)
    asked = client.get("/en/account/2fa/totp/deactivate/")
    client.post(
        asked["Location"].replace("/account/reauthenticate/", "/account/2fa/reauthenticate/"),
        {"code": code_of(secret)},
    )

    page = client.get("/en/account/2fa/totp/deactivate/")
    assert b"Your role demands a second factor" in page.content
    client.post("/en/account/2fa/totp/deactivate/")

    assert second_factor.is_set_up(user)


def test_codes_are_guessed_slowly_and_the_owner_is_not_locked_out():
    from accounts import throttle

    user = UserFactory()
    secret = add_totp(user)
    thief, _answer = log_in(user)
    for _ in range(throttle.ATTEMPTS):
        thief.post("/en/account/2fa/authenticate/", {"code": "000000"})

    refused = thief.post("/en/account/2fa/authenticate/", {"code": code_of(secret)})
    assert b"Too many" in refused.content
    owner = Client(REMOTE_ADDR="10.0.0.9")
    log_in(user, owner)
    owner.post("/en/account/2fa/authenticate/", {"code": code_of(secret)})
    assert owner.get("/en/me/").status_code == 200


def test_a_code_counts_once_for_as_long_as_it_could_be_right():
    from django.core.cache import cache

    user = UserFactory()
    code = code_of(add_totp(user))

    assert second_factor.spend(user, code)
    cache.clear()
    assert second_factor.spend(user, code) is None
    assert second_factor.spend(user, "000000") is None


def test_a_token_is_as_strong_as_what_it_was_given_for(client_of):
    user = RoleFactory(role=RoleKind.ADMINISTRATOR).user
    weak = client_of(user)
    strong = Client(headers={"Authorization": f"Token {Token.objects.create(user, second_factor=True)[1]}"})

    assert [c.get("/api/v1/me/").json()["roles"][0]["counts"] for c in (weak, strong)] == [False, True]


def test_a_token_made_in_a_session_without_a_second_factor_is_weak():
    user = UserFactory()
    signed_in(user=user).post("/en/me/tokens/", {"name": "жүктөө"})
    with_factor(signed_in(user=user), user).post("/en/me/tokens/", {"name": "күчтүү"})

    assert dict(Token.objects.values_list("name", "second_factor")) == {"жүктөө": False, "күчтүү": True}


def test_resetting_removes_factors_sessions_and_tokens():
    user = RoleFactory(role=RoleKind.APPROVER).user
    add_totp(user)
    signed_in(user=user)
    Token.objects.create(user)

    removed = services.reset_second_factor(user=user, by=UserFactory(), at=NOW, reason="телефон жоголду")

    assert removed == 1
    assert not Authenticator.objects.exists()
    assert not Session.objects.filter(user=user).exists()
    assert not Token.objects.exists()


def test_a_deployment_without_second_factor_is_refused(settings):
    settings.SECOND_FACTOR_WAIVED, settings.TESTING, settings.DEMO = True, False, False
    assert [error.id for error in second_factor.check_not_waived(None)] == ["accounts.E001"]
    settings.DEMO = True
    assert second_factor.check_not_waived(None) == []
