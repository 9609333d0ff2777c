"""Login without sign-up."""

from __future__ import annotations

from accounts.adapter import AccountAdapter


def test_nobody_signs_up(rf):
    assert not AccountAdapter().is_open_for_signup(rf.get("/"))


def test_logging_in_leads_to_the_first_page(rf, settings):
    settings.LOGIN_REDIRECT_URL = settings.LOGOUT_REDIRECT_URL = "/ky/"

    assert AccountAdapter().get_login_redirect_url(rf.get("/")) == "/ky/"
    assert AccountAdapter().get_logout_redirect_url(rf.get("/")) == "/ky/"
