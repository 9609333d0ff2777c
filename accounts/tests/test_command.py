"""The first administrator, from the server's console."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import rules
from accounts.models import User
from accounts.tests.factories import PASSWORD, RoleFactory, UserFactory
from accounts.tests.scenarios import add_totp

pytestmark = pytest.mark.django_db
NEW = ("chief", "--last-name=Асанова", "--first-name=Айгүл", "--reason=биринчи")


def test_without_commit_nothing_is_written(capsys):
    call_command("invite_administrator", *NEW)

    assert "would be made" in capsys.readouterr().out
    assert not User.objects.exists()


def test_the_first_administrator_is_made_and_logs_in(capsys):
    call_command("invite_administrator", *NEW, "--commit")

    link = capsys.readouterr().out.strip()
    client = Client()
    client.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert client.get("/ky/users/").status_code == 200


def test_whoever_is_locked_out_gets_in_again(capsys):
    user = RoleFactory(role="administrator", user=UserFactory(username="chief", is_active=False)).user
    add_totp(user)

    call_command(
        "invite_administrator", "chief", "--reason=телефон жоголду", "--reset-second-factor", "--commit"
    )

    user = User.objects.get()
    assert rules.is_administrator(user)
    assert not user.authenticator_set.exists()
    assert "/ky/invitation/" in capsys.readouterr().out


def test_a_new_one_needs_a_name():
    with pytest.raises(CommandError, match="last-name"):
        call_command("invite_administrator", "chief", "--reason=x", "--commit")
