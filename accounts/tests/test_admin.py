"""The administration pages of Django: what the rules let see, and nothing else."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin

from accounts.models import RoleKind, User
from accounts.tests.factories import RoleFactory, UserFactory
from accounts.tests.scenarios import signed_in

pytestmark = pytest.mark.django_db


def test_users_are_shown_with_their_roles():
    assert [inline.model.__name__ for inline in admin.site.get_model_admin(User).inlines] == ["Role"]


def test_nothing_is_added_changed_or_deleted_and_no_password_shown():
    user = UserFactory()
    client = signed_in(RoleKind.ADMINISTRATOR)

    page = client.get(f"/en/admin/accounts/user/{user.pk}/change/")

    assert page.status_code == 200
    assert b"argon2" not in page.content
    assert client.post(f"/en/admin/accounts/user/{user.pk}/change/", {"is_active": ""}).status_code == 403
    assert client.post(f"/en/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/en/admin/accounts/user/add/").status_code == 403
    assert client.get(f"/en/admin/accounts/user/{user.pk}/password/").status_code == 403


def test_superusers_and_staff_of_djangos_are_nobody():
    client = signed_in(user=UserFactory(is_staff=True, is_superuser=True))

    assert client.get("/en/admin/").status_code in (302, 403)
    assert client.get("/en/admin/accounts/user/").status_code in (302, 403)
    assert client.get("/en/admin/", follow=True).status_code == 403


def test_there_is_one_login(client):
    assert client.get("/en/admin/", follow=True).redirect_chain[-1][0].startswith("/en/account/login/")
    answer = client.post("/en/admin/login/", {"username": "x", "password": "y"})
    assert answer["Location"].startswith("/en/account/login/")


@pytest.mark.parametrize("model", ["mfa/authenticator", "account/emailaddress", "auth/group"])
def test_secrets_and_unused_tables_are_not_there(model):
    assert signed_in(RoleKind.ADMINISTRATOR).get(f"/en/admin/{model}/").status_code in (403, 404)


def test_the_reform_team_opens_them_and_sees_no_users():
    client = signed_in(RoleKind.REFORM_TEAM)

    assert client.get("/en/admin/").status_code == 200
    assert client.get("/en/admin/accounts/user/").status_code == 403
    assert (
        signed_in(user=RoleFactory(role=RoleKind.VIEWER).user).get("/en/admin/", follow=True).status_code
        == 403
    )


def test_the_pages_name_their_icon_so_that_no_browser_asks_for_another():
    page = signed_in(RoleKind.ADMINISTRATOR).get("/ky/admin/").content.decode()

    assert re.search(r'<link rel="icon" href="[^"]*img/mark[^"]*\.svg"', page)
