"""Logging in and administering users in a real Chromium: with passkeys, and without scripts."""

from __future__ import annotations

import re

import pytest
from django.db import transaction

from accounts.models import RoleKind, Token
from accounts.tests.factories import PASSWORD, RoleFactory
from accounts.tests.scenarios import code_of, merge
from lsg_portal.web.tests.browser import faults_of
from registry.tests.factories import aimak, district

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEND = "main form button.button-primary"


@pytest.fixture
def administrator():
    with transaction.atomic():
        return RoleFactory(role=RoleKind.ADMINISTRATOR, user__username="chief").user


@pytest.fixture
def address(live_server):
    """A passkey belongs to a name, not to a number: 127.0.0.1 has none."""
    live_server.thread.host = "localhost"
    return live_server.url.replace("127.0.0.1", "localhost")


def log_in(page, address, language="en"):
    page.goto(f"{address}/{language}/account/login/")
    page.fill("#id_login", "chief")
    page.fill("#id_password", PASSWORD)
    page.click(SEND)


def confirm_password(page):
    page.fill("#id_password", PASSWORD)
    page.click(SEND)


def test_an_authenticator_app_is_set_up_and_used_without_scripts(
    open_page, live_server, settings, administrator
):
    settings.SECOND_FACTOR_WAIVED = False
    page = open_page("/en/", javascript=False)
    log_in(page, live_server.url)
    page.goto(live_server.url + "/en/users/")
    assert "A second factor is needed" in page.inner_text("h1")
    page.click("text=Set up an authenticator app")
    confirm_password(page)
    secret = page.inner_text("#authenticator-key")
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0") is True
    page.fill("#id_code", code_of(secret))
    page.click(SEND)
    codes = re.findall(r"\b\d{8}\b", page.inner_text("main"))
    assert len(codes) == 10
    page.goto(live_server.url + "/en/users/")
    assert page.inner_text("h1") == "Users"

    page.goto(live_server.url + "/en/account/logout/")
    page.click("main form button.button-primary")
    log_in(page, live_server.url)
    assert "/2fa/authenticate/" in page.url
    page.fill("#id_code", codes[0])
    page.click(SEND)
    page.goto(live_server.url + "/en/users/")
    assert page.inner_text("h1") == "Users"


def test_a_passkey_is_added_and_logs_in(open_page, address, settings, administrator):
    settings.SECOND_FACTOR_WAIVED = False
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
    page = open_page("/en/")
    page.faults.clear()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    log_in(page, address)
    page.goto(address + "/en/account/2fa/webauthn/add/")
    confirm_password(page)
    page.fill("#id_name", "Телефон")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    page.goto(address + "/en/users/")
    assert page.inner_text("h1") == "Users"

    page.goto(address + "/en/account/logout/")
    page.click("main form button.button-primary")
    page.goto(address + "/en/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(address + "/en/users/")
    assert page.inner_text("h1") == "Users"

    page.goto(address + "/en/account/logout/")
    page.click("main form button.button-primary")
    log_in(page, address)  # as a second factor beside the password
    page.click("#passkey-button")
    page.wait_for_url(lambda url: "authenticate" not in url)
    page.goto(address + "/en/users/")
    assert page.inner_text("h1") == "Users"
    assert [fault for fault in page.faults if not fault.startswith(address)] == []


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_on_the_pages_of_users(open_page, live_server, administrator, language):
    with transaction.atomic():
        where = district()
        ak, bel = aimak(where, "Ак", villages=["Ак"]), aimak(where, "Бел", villages=["Бел"])
        role = RoleFactory(role=RoleKind.STAFF, unit=ak)
        merge([ak, bel], where)
        Token.objects.create(administrator, name="1С")
    page = open_page(f"/{language}/account/login/")
    assert faults_of(page) == []
    log_in(page, live_server.url, language)
    user = f"users/{role.user_id}/"
    for path in (
        "me/",
        "me/tokens/",
        "users/",
        user,
        f"{user}grant/",
        f"{user}deactivate/",
        f"{user}roles/{role.pk}/follow/",
        "users/invite/",
        "account/2fa/",
        "account/2fa/webauthn/",
        "account/password/change/",
        "account/password/reset/",
        "account/reauthenticate/",
        "account/logout/",
        "invitation/nothing/",
    ):
        page.goto(f"{live_server.url}/{language}/{path}")
        page.faults[:] = [fault for fault in page.faults if "404 (Not Found)" not in fault]
        assert (path, faults_of(page)) == (path, [])
    page.goto(f"{live_server.url}/{language}/account/2fa/totp/activate/")
    confirm_password(page)
    assert faults_of(page) == []
