"""Invitation by link."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts import invitations
from accounts.models import Invitation, RoleKind, User
from accounts.tests.factories import PASSWORD, RoleFactory, UserFactory
from accounts.tests.scenarios import NOW, add_totp
from registry.errors import RuleBroken, StateConflict

pytestmark = pytest.mark.django_db
MAY_1 = dt.date(2026, 5, 1)


def invite_new(**more):
    return invitations.invite_new(
        **{
            "username": "a.asanova",
            "last_name": "Асанова",
            "first_name": "Айгүл",
            "role": RoleKind.ANALYST,
            "begins": MAY_1,
            "by": None,
            "at": NOW,
            "reason": "буйрук № 7",
            **more,
        }
    )


def link(secret):
    return f"/en/invitation/{secret}/"


def accept(secret, password=PASSWORD, client=None):
    return (client or Client()).post(link(secret), {"new_password1": password, "new_password2": password})


@pytest.fixture
def now(monkeypatch):
    """Pages are asked for at this moment."""
    from accounts.views import entry

    moments = {"now": NOW}
    monkeypatch.setattr(entry.timezone, "now", lambda: moments["now"])
    return moments


@pytest.fixture
def secret():
    user = UserFactory(password=None)
    return invitations.invite(user=user, by=None, at=dt.datetime.now(dt.UTC), reason="буйрук")


def test_an_invited_user_has_the_role_and_no_password():
    user, secret = invite_new()

    assert not user.has_usable_password()
    assert [role.role for role in user.roles_on(MAY_1)] == ["analyst"]
    assert len(secret) > 40


def test_the_database_holds_only_a_digest(secret):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(i::text, ' ') FROM accounts_invitation i")
        assert secret not in cursor.fetchone()[0]


def test_the_link_sets_the_password_once_and_logs_in(secret):
    client = Client()
    page = client.get(link(secret))
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"

    answer = accept(secret, client=client)

    assert answer["Location"] == "/en/me/"
    assert client.get("/en/me/").status_code == 200
    assert accept(secret).status_code == 404
    assert Client().get(link(secret)).status_code == 404
    assert not Invitation.objects.exists()


def test_looking_at_the_link_does_not_use_it_up(secret):
    for _ in range(3):
        assert Client().get(link(secret)).status_code == 200
        assert Client().head(link(secret)).status_code == 200


def test_a_weak_password_is_refused_and_the_link_still_holds(secret):
    assert accept(secret, "short").status_code == 200
    assert accept(secret).status_code == 302


def test_the_link_holds_for_a_week():
    user, secret = invite_new()

    assert invitations.find(secret, at=NOW + dt.timedelta(days=6, hours=23)).user == user
    assert invitations.find(secret, at=NOW + dt.timedelta(days=7)) is None
    with pytest.raises(StateConflict):
        invitations.accept(text=secret, password=PASSWORD, at=NOW + dt.timedelta(days=7))
    assert invitations.purge_expired(at=NOW + dt.timedelta(days=7)) == 1


def test_a_second_link_ends_the_first():
    user, first = invite_new()
    second = invitations.invite(user=user, by=None, at=NOW, reason="жоголду")

    assert invitations.find(first, at=NOW) is None
    assert invitations.find(second, at=NOW)


def test_the_link_of_a_closed_account_does_not_hold(secret):
    User.objects.update(is_active=False)

    assert Client().get(link(secret)).status_code == 404


def test_a_link_does_not_pass_by_a_second_factor_that_is_set_up(secret):
    add_totp(User.objects.get())
    client = Client()

    answer = accept(secret, client=client)

    assert answer["Location"] == "/en/account/login/"
    assert client.get("/en/me/").status_code == 302


def test_a_role_that_demands_a_second_factor_leads_to_it(settings):
    settings.SECOND_FACTOR_WAIVED = False
    user = RoleFactory(role=RoleKind.APPROVER, user=UserFactory(password=None)).user
    secret = invitations.invite(user=user, by=None, at=dt.datetime.now(dt.UTC), reason="буйрук")
    client = Client()

    assert b"demands a second factor" in client.get(link(secret)).content
    answer = accept(secret, client=client)

    assert "/second-factor/" in client.get(answer["Location"])["Location"]
    assert client.get("/en/account/2fa/totp/activate/").status_code == 200  # the password was just given


def test_a_login_name_is_taken_whatever_its_case():
    invite_new()

    with pytest.raises(RuleBroken, match="exists already"):
        invite_new(username="A.Asanova")


def test_an_invitation_without_a_reason_makes_nothing():
    with pytest.raises(RuleBroken):
        invite_new(reason="")
    assert not User.objects.exists()


def test_guessing_links_is_slowed(monkeypatch):
    from accounts import throttle

    monkeypatch.setattr(throttle, "ATTEMPTS", 3)
    answers = [Client().get(link(f"guess{number}")).status_code for number in range(5)]

    assert answers == [404, 404, 404, 429, 429]


def test_the_letter_holds_the_link(settings):
    from accounts import mail as letters

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    user, _secret = invite_new(email="a@example.kg")

    assert letters.invite(user, "https://lsg.example/ky/invitation/x/", by="Админ")
    assert "https://lsg.example/ky/invitation/x/" in mail.outbox[0].body
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert not letters.invite(user, "x", by="Админ")
