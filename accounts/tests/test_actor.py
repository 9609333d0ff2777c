"""In whose name a request writes."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from accounts.acting import acting_for
from accounts.middleware import ActorMiddleware
from accounts.models import RoleKind
from accounts.tests.factories import PASSWORD, RoleFactory, UserFactory
from accounts.tests.scenarios import signed_in
from audit.models import Entry
from lsg_portal.data import actor
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db


def seen(rf, method, user, **cookies):
    """Who acts inside a request."""
    found = []
    request = getattr(rf, method)("/en/me/")
    request.user, request.COOKIES, request.request_id = user, cookies, "r-1"
    request.session = {}
    ActorMiddleware(lambda _request: found.append(actor.current()) or HttpResponse())(request)
    return found[0]


def test_reading_names_nobody_and_costs_nothing(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert seen(rf, "get", AnonymousUser()) == actor.current()


def test_a_visitor_writes_as_a_visitor(rf):
    now = seen(rf, "post", AnonymousUser())

    assert (now.actor, now.request) == ("visitor", "r-1")


def test_a_user_writes_in_the_own_name_and_capacity(rf):
    user = RoleFactory(role=RoleKind.AUDITOR).user
    RoleFactory(role=RoleKind.ANALYST, user=user)

    now = seen(rf, "post", user, sessionid="x")

    assert (now.actor, now.name, now.roles, now.unit) == (
        f"user:{user.pk}",
        "Асанова Айгүл",
        "analyst,auditor",
        "",
    )


def test_staff_of_one_municipality_alone_are_bound_to_it():
    unit = aimak(district())
    role = RoleFactory(role=RoleKind.STAFF, unit=unit)

    with acting_for(role.user):
        assert actor.current().unit == str(unit.pk)
    RoleFactory(role=RoleKind.ANALYST, user=role.user)
    role.user.forget_roles()
    with acting_for(role.user):
        assert actor.current().unit == ""


def test_a_role_that_does_not_count_is_not_named(settings):
    settings.SECOND_FACTOR_WAIVED = False
    user = RoleFactory(role=RoleKind.APPROVER).user

    with acting_for(user):
        assert actor.current().roles == ""
    with acting_for(user.vouch()):
        assert actor.current().roles == "approver"


def test_a_new_password_is_in_the_journal_in_the_owners_name_and_unreadable():
    user = UserFactory()
    new = "an entirely other phrase"

    signed_in(user=user).post(
        "/en/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )

    entry = Entry.objects.filter(table_name="accounts_user", key=str(user.pk), operation="update").get()
    assert entry.actor == f"user:{user.pk}"
    assert "argon2" not in str(entry.after)


def test_logging_in_changes_no_record(client):
    user = UserFactory()
    before = Entry.objects.count()

    client.post("/en/account/login/", {"login": user.username, "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)
    assert Entry.objects.count() == before


@pytest.mark.parametrize("path", ["email/", "confirm-email/", "login/code/confirm/"])
def test_allauths_other_pages_are_not_there(path):
    assert signed_in(user=UserFactory()).get(f"/en/account/{path}").status_code == 404
    assert (
        signed_in(user=UserFactory()).post(f"/en/account/{path}", {"email": "x@example.kg"}).status_code
        == 404
    )
