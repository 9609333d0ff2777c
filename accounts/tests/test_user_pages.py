"""The administration of users in the web pages: who sees what, and what can be done."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessAct, Invitation, Role, RoleKind, Session, Token, User
from accounts.rules import today
from accounts.tests.factories import PASSWORD, RoleFactory, UserFactory
from accounts.tests.scenarios import add_totp, merge, signed_in
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
USERS = "/en/users/"
TODAY = f"{today():%d.%m.%Y}"
REASON = {"reason": "буйрук № 7"}
ACTIONS = ["link", "grant", "deactivate", "reactivate", "revoke", "second-factor"]


@pytest.fixture
def administrator():
    return signed_in(RoleKind.ADMINISTRATOR)


@pytest.fixture
def other():
    return RoleFactory(role=RoleKind.ANALYST, user=UserFactory(username="other", last_name="Өмүралиев")).user


def with_role(kind):
    unit = {"staff": lambda: aimak(district()), "district": district}.get(kind, lambda: None)()
    return signed_in(kind, unit=unit)


@pytest.mark.parametrize("kind", ["staff", "district", "analyst", "approver", "reform_team", "viewer"])
def test_who_may_not_read_accounts_finds_no_such_page(kind, other):
    client = with_role(kind)

    for address in (USERS, f"{USERS}{other.pk}/", f"{USERS}invite/", f"{USERS}{other.pk}/grant/"):
        assert client.get(address).status_code == 404, address


def test_visitors_are_asked_to_sign_in(client, other):
    for address in (USERS, f"{USERS}{other.pk}/", f"{USERS}{other.pk}/grant/", f"{USERS}999/", "/en/me/"):
        assert client.get(address)["Location"].startswith("/en/account/login/?next="), address


def test_an_auditor_reads_and_changes_nothing(other):
    client = with_role("auditor")

    assert "Өмүралиев" in client.get(USERS).content.decode()
    page = client.get(f"{USERS}{other.pk}/").content.decode()
    assert "/grant/" not in page
    for action in ACTIONS:
        assert client.get(f"{USERS}{other.pk}/{action}/").status_code == 403
        assert client.post(f"{USERS}{other.pk}/{action}/", REASON).status_code == 403
    assert client.get(f"{USERS}{other.pk}/roles/{other.roles.get().pk}/end/").status_code == 403
    assert client.post(f"{USERS}invite/").status_code == 403
    assert client.get(f"{USERS}999999999999999999999/").status_code == 404
    assert client.get(f"{USERS}999/grant/").status_code == 404


def test_everyone_sees_the_own_account():
    user = UserFactory()

    assert signed_in(user=user).get(f"{USERS}{user.pk}/").status_code == 200


def test_the_list_is_filtered_and_searched(administrator, other):
    UserFactory(username="closed", last_name="Жабык", is_active=False)

    def names(query):
        page = administrator.get(USERS + query).content.decode()
        return {name for name in ("Өмүралиев", "Жабык") if name in page}

    assert "Full name" in administrator.get(USERS).content.decode()
    assert names("") == {"Өмүралиев", "Жабык"}
    assert names("?role=analyst") == {"Өмүралиев"}
    assert names("?active=no") == {"Жабык"}
    assert names("?q=омурал") == {"Өмүралиев"}
    assert names("?q=%25") == set()
    assert administrator.get(USERS + "?role=king").status_code == 400


def test_the_list_costs_a_fixed_number_of_queries(administrator, django_assert_num_queries):
    RoleFactory.create_batch(20)

    # the session, the user, the roles; the units of the filter, the rows, the undecided
    with django_assert_num_queries(6):
        administrator.get(USERS)


def test_the_page_of_a_user_costs_a_fixed_number_of_queries(administrator, other, django_assert_num_queries):
    for year in range(2000, 2019):
        RoleFactory(user=other, role=RoleKind.AUDITOR, valid=(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)))

    AccessAct.objects.create(user=other, kind=AccessAct.Kind.LINK_MADE, by=UserFactory())

    # the session, the user, the roles; the account, its roles, factors, sessions, tokens, acts about its access
    with django_assert_num_queries(9):
        administrator.get(f"{USERS}{other.pk}/")


def test_accounts_whose_municipality_has_ended_are_listed_as_undecided(administrator):
    where = district()
    ak, bel = aimak(where, "Ак", villages=["Ак"]), aimak(where, "Бел", villages=["Бел"])
    role = RoleFactory(role=RoleKind.STAFF, unit=ak, user=UserFactory(last_name="Токтогулов"))
    RoleFactory(role=RoleKind.ANALYST, user=UserFactory(last_name="Башкалаев"))
    new = merge([ak, bel], where, "Жаңы Ак")

    page = administrator.get(USERS + "?undecided=1").content.decode()
    assert "Токтогулов" in page
    assert "Башкалаев" not in page
    follow = f"{USERS}{role.user_id}/roles/{role.pk}/follow/"
    shown = administrator.get(f"{USERS}{role.user_id}/").content.decode()
    assert follow in shown
    assert "unit has ended" in shown
    # on a narrow screen what can be done is seen without scrolling sideways
    assert shown.index(f"/roles/{role.pk}/end/") < shown.index('<th scope="row">')
    assert "Жаңы Ак" in administrator.get(follow).content.decode()
    answer = administrator.post(follow, {"unit": str(new.pk), "on": TODAY, **REASON})

    assert answer.status_code == 302
    assert Role.objects.get(follows=role).unit == new
    assert administrator.get(follow).status_code == 404


def test_inviting_shows_the_link_once(administrator):
    unit = aimak(district(), "Ак")
    body = {
        "username": "t.toktogulov",
        "last_name": "Токтогулов",
        "first_name": "Талант",
        "role": "staff",
        "unit": str(unit.pk),
        "begins": TODAY,
        **REASON,
    }

    page = administrator.post(f"{USERS}invite/", body)

    link = page.context["link"]
    assert page["Cache-Control"] == "no-store"
    user = User.objects.get(username="t.toktogulov")
    assert user.roles.get().unit == unit
    assert user.roles.get().granted_by_id
    invited = Client()
    invited.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert invited.get("/en/me/").status_code == 200


def test_a_form_that_is_wrong_says_what(administrator):
    page = administrator.post(
        f"{USERS}invite/", {"role": "staff", "begins": "01.05.2024", "ends": "01.01.2024"}
    )

    said = page.content.decode()
    assert "This role needs a unit." in said
    assert "The last day is before the first." in said
    assert not User.objects.filter(username="").exists()


def test_roles_are_given_and_ended(administrator, other):
    ends = today() + dt.timedelta(days=90)
    body = {"role": "auditor", "begins": "01.01.2024", "ends": f"{ends:%d.%m.%Y}", **REASON}
    assert "at most 31 days" in administrator.post(f"{USERS}{other.pk}/grant/", body).content.decode()
    begins = today() - dt.timedelta(days=10)
    body["begins"] = f"{begins:%d.%m.%Y}"
    assert administrator.post(f"{USERS}{other.pk}/grant/", body).status_code == 302
    role = other.roles.get(role="auditor")
    assert role.valid.upper == ends + dt.timedelta(days=1)
    again = administrator.post(f"{USERS}{other.pk}/grant/", body)
    assert again.status_code == 422
    assert "already" in again.content.decode()

    end = f"{USERS}{other.pk}/roles/{role.pk}/end/"
    assert administrator.post(end, {"on": TODAY}).status_code == 200  # no reason
    assert administrator.post(end, {"on": body["begins"], **REASON}).status_code == 422  # it has passed
    assert administrator.post(end, {"on": TODAY, **REASON}).status_code == 302

    role.refresh_from_db()
    assert role.valid.upper == today()
    assert "буйрук № 7" in administrator.get(f"{USERS}{other.pk}/").content.decode()


def test_nobody_serves_himself():
    user = RoleFactory(role=RoleKind.ADMINISTRATOR).user
    client = signed_in(user=user)

    grant = client.post(f"{USERS}{user.pk}/grant/", {"role": "approver", "begins": TODAY, **REASON})
    close = client.post(f"{USERS}{user.pk}/deactivate/", REASON)
    factor = client.post(f"{USERS}{user.pk}/second-factor/", REASON)
    link = client.post(f"{USERS}{user.pk}/link/", REASON)

    assert [grant.status_code, close.status_code, factor.status_code] == [403, 403, 403]
    assert link.status_code == 403
    assert not Invitation.objects.filter(user=user).exists()
    assert user.roles.count() == 1


def test_a_closed_account_is_out_at_once_and_comes_back(administrator, other, client_of):
    there, program = signed_in(user=other), client_of(other)

    administrator.post(f"{USERS}{other.pk}/deactivate/", REASON)

    assert there.get("/en/me/").status_code == 302
    assert program.get("/api/v1/me/").status_code == 401
    assert administrator.post(f"{USERS}{other.pk}/deactivate/", REASON).status_code == 409
    administrator.post(f"{USERS}{other.pk}/reactivate/", REASON)
    assert User.objects.get(pk=other.pk).is_active


def test_sessions_tokens_and_second_factors_are_taken_away(administrator, other):
    signed_in(user=other)
    Token.objects.create(other)
    administrator.post(f"{USERS}{other.pk}/revoke/", REASON)
    assert not Session.objects.filter(user=other).exists()
    assert not Token.objects.exists()

    add_totp(other)
    administrator.post(f"{USERS}{other.pk}/second-factor/", REASON)
    assert not other.authenticator_set.exists()


def test_what_an_administrator_does_is_in_the_journal_with_the_reason(administrator, other):
    from audit.models import Entry

    administrator.post(f"{USERS}{other.pk}/deactivate/", REASON)

    entry = Entry.objects.filter(table_name="accounts_user", key=str(other.pk), operation="update").get()
    assert entry.reason == "буйрук № 7"
    assert entry.actor.startswith("user:")
    assert entry.roles == "administrator"


def test_the_own_page_lists_roles_and_tokens_and_makes_a_token_shown_once():
    role = RoleFactory(role=RoleKind.STAFF, unit=aimak(district(), "Ак"))
    client = signed_in(user=role.user)

    made = client.post("/en/me/tokens/", {"name": "1С"})
    text = made.context["text"]
    page = client.get("/en/me/").content.decode()

    assert made["Cache-Control"] == "no-store"
    assert "Ак" in page
    assert "1С" in page
    assert text not in page
    program = Client(headers={"Authorization": f"Token {text}"})
    assert program.get("/api/v1/me/").status_code == 200
    client.post(f"/en/me/tokens/{Token.objects.get().public_id}/revoke/")
    assert program.get("/api/v1/me/").status_code == 401


def test_tokens_of_others_are_not_revoked():
    token = Token.objects.create(UserFactory())[0]

    assert signed_in(user=UserFactory()).post(f"/en/me/tokens/{token.public_id}/revoke/").status_code == 404


def test_a_user_has_at_most_twenty_tokens():
    user = UserFactory()
    client = signed_in(user=user)
    for _ in range(20):
        Token.objects.create(user)
    Token.objects.filter(pk=Token.objects.first().pk).update(expiry=timezone.now())

    assert "text" in client.post("/en/me/tokens/", {"name": "20"}).context
    assert "text" not in client.post("/en/me/tokens/", {"name": "21"}).context
    body = {"username": user.username, "password": PASSWORD}
    answer = client.post("/api/v1/tokens/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_tokens")


def test_the_own_page_costs_a_fixed_number_of_queries(django_assert_num_queries):
    user = RoleFactory().user
    client = signed_in(user=user)
    for _ in range(5):
        Token.objects.create(user)

    # the session, the user; factors, roles in words, roles, sessions, tokens
    with django_assert_num_queries(7):
        client.get("/en/me/")
