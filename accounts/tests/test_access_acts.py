"""What is done about somebody's access stays on record, in the journal and on the page of the user."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation

from accounts import invitations, services
from accounts.models import AccessAct, Invitation, RoleKind, Token, User
from accounts.rules import today
from accounts.tests.factories import PASSWORD, RoleFactory, UserFactory
from accounts.tests.scenarios import NOW, add_totp, code_of, signed_in, with_factor
from audit.models import Entry
from audit.tests.reading import chain

pytestmark = pytest.mark.django_db
REASON = {"reason": "буйрук № 7"}
NEW = "an entirely other phrase"
ACTIVATE = "/en/account/2fa/totp/activate/"
REAUTHENTICATE = "/en/account/2fa/reauthenticate/"


@pytest.fixture
def administrator():
    return RoleFactory(role=RoleKind.ADMINISTRATOR).user


@pytest.fixture
def other():
    return RoleFactory(user=UserFactory(last_name="Өмүралиев", email="o@example.kg")).user


def entries(user):
    """Acts about a user's access as the journal has them."""
    found = Entry.objects.filter(table_name="accounts_accessact", after__user_id=user.pk).order_by("pk")
    return [(entry.after["kind"], entry.actor, entry.reason) for entry in found]


def set_up_app(client):
    """Set up an authenticator app in a browser that is signed in; return its secret."""
    asked = client.get(ACTIVATE)
    client.post(asked["Location"], {"password": PASSWORD})
    secret = client.get(ACTIVATE).context["form"].secret
    client.post(ACTIVATE, {"code": code_of(secret)})
    return secret


@pytest.mark.parametrize(
    ("page", "kind"),
    [("link", "link_made"), ("second-factor", "factor_reset"), ("revoke", "access_ended")],
)
def test_what_an_administrator_does_to_an_account_is_in_the_journal_with_the_reason(
    page, kind, administrator, other
):
    signed_in(user=administrator).post(f"/en/users/{other.pk}/{page}/", REASON)

    assert entries(other) == [(kind, f"user:{administrator.pk}", "буйрук № 7")]
    act = AccessAct.objects.get()
    assert (act.by, act.reason) == (administrator, "буйрук № 7")


def test_the_page_of_the_user_and_the_history_tell_it_to_whom_accounts_are_open(administrator, other):
    services.reset_second_factor(user=other, by=administrator, at=NOW, reason="телефон жоголду")
    auditor = signed_in(RoleKind.AUDITOR)

    page = auditor.get(f"/en/users/{other.pk}/").content.decode()
    assert "Second factor reset" in page
    assert "телефон жоголду" in page
    chain()
    history = auditor.get(f"/en/history/user/{other.pk}/").content.decode()
    assert "second factor reset" in history.lower()
    assert "телефон жоголду" in history
    analyst = signed_in(RoleKind.ANALYST)
    assert analyst.get(f"/en/history/user/{other.pk}/").status_code == 404


def test_an_owner_who_adds_and_removes_a_factor_is_on_record_and_nothing_of_the_secret(other):
    client = signed_in(user=other)
    secret = set_up_app(client)
    asked = client.get("/en/account/2fa/totp/deactivate/")
    if asked.status_code == 302:
        client.post(asked["Location"], {"password": PASSWORD})
    client.post("/en/account/2fa/totp/deactivate/")

    me = f"user:{other.pk}"
    assert [(kind, actor) for kind, actor, _why in entries(other)] == [
        ("factor_added", me),
        ("factor_removed", me),
    ]
    assert secret not in str(list(Entry.objects.values("before", "after")))


def test_sql_cannot_change_an_act(administrator, other):
    services.revoke_access(user=other, by=administrator, at=NOW, reason="буйрук")

    with pytest.raises(IntegrityError, match="not changed"):
        AccessAct.objects.update(reason="башка")


def test_the_serving_role_cannot_delete_an_act(administrator, other):
    services.revoke_access(user=other, by=administrator, at=NOW, reason="буйрук")

    with pytest.raises(Exception, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_accessact")


# Passwords


def change(client):
    return client.post(
        "/en/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )


def test_tokens_and_an_open_link_end_with_the_password_they_were_made_under(administrator, other, client_of):
    program = client_of(other)
    secret = invitations.invite(user=other, by=administrator, at=NOW, reason="буйрук")

    change(signed_in(user=other))

    assert program.get("/api/v1/me/").status_code == 401
    assert not Token.objects.filter(user=other).exists()
    assert invitations.find(secret, at=NOW) is None
    assert entries(other)[-1] == ("password_set", f"user:{other.pk}", "")


def test_so_they_do_when_a_forgotten_password_is_replaced(other, settings, client_of):
    from django.core import mail

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    program = client_of(other)
    invitations.invite(user=other, by=None, at=NOW, reason="буйрук")
    Client().post("/en/account/password/reset/", {"email": "o@example.kg"})
    link = next(word for word in mail.outbox[0].body.split() if word.startswith("http"))
    client = Client()
    page = client.get(link, follow=True)

    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    assert User.objects.get(pk=other.pk).check_password(NEW)
    assert program.get("/api/v1/me/").status_code == 401
    assert not Invitation.objects.exists()


def test_a_password_set_by_invitation_says_so_in_the_journal_in_the_registers_language(administrator):
    user = UserFactory(password=None)
    secret = invitations.invite(user=user, by=administrator, at=NOW, reason="буйрук")

    with translation.override("ru"):
        invitations.accept(text=secret, password=PASSWORD, at=NOW)

    with translation.override("ky"):
        why = translation.gettext("The invitation was accepted.")
    assert entries(user)[-1] == ("password_set", f"user:{user.pk}", why)
    assert Entry.objects.filter(table_name="accounts_user", key=str(user.pk)).latest("pk").reason == why


# The second factor, and a session from before it


def test_a_session_from_before_the_second_factor_ends_when_it_is_set_up(other, client_of):
    before, here, program = signed_in(user=other), signed_in(user=other), client_of(other)
    strong = Token.objects.create(other, second_factor=True)[0]

    set_up_app(here)

    assert before.get("/en/me/").status_code == 302
    assert program.get("/api/v1/me/").status_code == 401
    assert list(Token.objects.filter(user=other)) == [strong]
    assert here.get("/en/me/").status_code == 200


@pytest.mark.parametrize("waived", [True, False])
def test_the_password_alone_leads_to_nothing_of_a_second_factor_that_is_set_up(settings, waived):
    settings.SECOND_FACTOR_WAIVED = waived
    user = RoleFactory(role=RoleKind.REFORM_TEAM).user
    client = Client()
    client.post("/en/account/login/", {"login": user.username, "password": PASSWORD})
    secret = add_totp(user)  # by other means than this browser, whose session goes on

    for address in (
        "/en/account/2fa/",
        "/en/account/2fa/recovery-codes/",
        "/en/account/2fa/recovery-codes/generate/",
        "/en/account/2fa/recovery-codes/download/",
        "/en/account/2fa/webauthn/",
        "/en/account/2fa/webauthn/add/",
        ACTIVATE,
        "/en/account/2fa/totp/deactivate/",
    ):
        for answer in (client.get(address), client.post(address, {"code": "000000"})):
            assert (answer.status_code, answer["Location"].split("?")[0]) == (302, REAUTHENTICATE), address
    asked = client.post("/en/account/reauthenticate/", {"password": PASSWORD})
    assert asked["Location"].startswith(REAUTHENTICATE)

    client.post(REAUTHENTICATE, {"code": code_of(secret)})
    assert client.get("/en/account/2fa/").status_code == 200


def test_whoever_has_used_the_factor_manages_it(other):
    TOTP.activate(other, "A" * 32)
    client = with_factor(signed_in(user=other), other)

    assert client.get("/en/account/2fa/").status_code == 200
    assert client.get("/en/account/reauthenticate/").status_code == 200


# Names, reasons, tokens


@pytest.mark.parametrize("name", ["аdmin", "adminа", "αdmin"])  # noqa: RUF001 (the point)
def test_a_login_name_of_two_alphabets_is_refused(name, administrator):
    answer = invite(administrator, username=name)

    assert "one alphabet" in answer.content.decode()
    assert not User.objects.filter(username=name).exists()


@pytest.mark.parametrize("name", ["a.asanova-7", "айгүл_асанова"])
def test_a_login_name_of_one_alphabet_is_accepted(name, administrator):
    invite(administrator, username=name)

    assert User.objects.filter(username=name).exists()


@pytest.mark.parametrize("field", ["last_name", "first_name", "patronymic", "reason"])
@pytest.mark.parametrize("letter", ["\u202e", "\u200b", "\x1b"])
def test_characters_that_are_not_seen_are_refused(field, letter, administrator):
    answer = invite(administrator, **{field: f"Аса{letter}нова"})

    assert answer.status_code == 422
    assert "cannot be seen" in answer.content.decode()


def test_a_reason_may_have_lines_and_a_name_may_not(administrator, other):
    assert invite(administrator, first_name="Та\tлант").status_code == 422
    body = {"reason": "буйрук № 7\r\n2026-жыл"}

    assert signed_in(user=administrator).post(f"/en/users/{other.pk}/revoke/", body).status_code == 302


def invite(by, **more):
    body = {
        "username": "t.toktogulov",
        "last_name": "Токтогулов",
        "first_name": "Талант",
        "role": "analyst",
        "begins": f"{today():%d.%m.%Y}",
        **REASON,
        **more,
    }
    return signed_in(user=by).post("/en/users/invite/", body)


def test_sql_cannot_make_a_token_stronger_or_last_longer():
    Token.objects.create(UserFactory())

    for change_ in ("second_factor = true", "expiry = NULL", "expiry = now() + interval '90 days'"):
        with (
            pytest.raises(IntegrityError, match="not changed"),
            connection.cursor() as cursor,
            transaction.atomic(),
        ):
            cursor.execute(f"UPDATE accounts_token SET {change_}")


def test_the_form_says_that_a_closed_account_is_given_no_role(administrator):
    closed = UserFactory(is_active=False)
    body = {"role": "analyst", "begins": f"{today():%d.%m.%Y}", **REASON}
    answer = signed_in(user=administrator).post(f"/en/users/{closed.pk}/grant/", body)

    assert answer.status_code == 409
    assert not closed.roles.exists()
