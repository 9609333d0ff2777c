"""Who a user is among the people of the register: said by an administrator, with a reason, of others only."""

from __future__ import annotations

import pytest

from accounts import services
from accounts.errors import NotYours
from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from accounts.tests.scenarios import signed_in
from audit.models import Entry
from registry.errors import RuleBroken
from registry.models import Person

pytestmark = pytest.mark.django_db
REASON = "буйрук № 7"


def person(name="Асанова Айгүл", **more):
    return Person.objects.create(name_ky=name, name_ru=name, **more)


@pytest.fixture
def user():
    return UserFactory(last_name="Асанова")


def address(user):
    return f"/en/users/{user.pk}/person/"


def test_a_user_is_linked_with_a_reason_and_unlinked(user):
    found = person()
    by = UserFactory()

    services.link_person(user=user, person=found, by=by, reason=REASON)

    user.refresh_from_db()
    assert user.person == found
    entry = Entry.objects.filter(table_name="accounts_user", key=str(user.pk)).latest("id")
    assert (entry.reason, entry.after["person_id"]) == (REASON, str(found.pk))
    services.link_person(user=user, person=None, by=by, reason=REASON)
    user.refresh_from_db()
    assert user.person is None


def test_a_person_has_one_account(user):
    found = person()
    services.link_person(user=user, person=found, by=None, reason=REASON)

    with pytest.raises(RuleBroken) as error:
        services.link_person(user=UserFactory(), person=found, by=None, reason=REASON)

    assert [violation.code for violation in error.value.violations] == ["accounts_user_person_id_key"]


def test_nobody_says_of_himself_who_he_is_and_nobody_without_a_reason(user):
    with pytest.raises(NotYours):
        services.link_person(user=user, person=person(), by=user, reason=REASON)
    with pytest.raises(RuleBroken):
        services.link_person(user=user, person=person(), by=UserFactory(), reason=" ")


def test_the_page_offers_people_of_the_surname_and_links_one(user):
    found, _other = person(birth_year=1980), person("Башка Бирөө")
    client = signed_in(RoleKind.ADMINISTRATOR)

    page = client.get(address(user)).content.decode()
    assert "Асанова Айгүл, 1980" in page
    assert "Башка Бирөө" not in page
    answer = client.post(address(user), {"person": str(found.pk), "reason": REASON})

    assert answer.status_code == 302, answer.content.decode()
    user.refresh_from_db()
    assert user.person == found
    assert "Асанова Айгүл" in client.get(f"/en/users/{user.pk}/").content.decode()
    client.post(address(user), {"person": "", "reason": REASON})
    user.refresh_from_db()
    assert user.person is None


def test_whoever_the_account_belongs_to_stays_among_those_offered(user):
    services.link_person(user=user, person=person("Башка Бирөө"), by=None, reason=REASON)

    assert "Башка Бирөө" in signed_in(RoleKind.ADMINISTRATOR).get(address(user)).content.decode()


def test_an_account_without_a_surname_is_offered_nobody():
    person()
    nameless = UserFactory(last_name="")

    page = signed_in(user=RoleFactory(role=RoleKind.ADMINISTRATOR).user).get(address(nameless))
    assert [key for key, _name in page.context["form"].fields["person"].choices] == [""]


def test_what_is_refused_is_said_on_the_page(user):
    found = person()
    services.link_person(user=UserFactory(), person=found, by=None, reason=REASON)
    client = signed_in(RoleKind.ADMINISTRATOR)

    answer = client.post(address(user), {"person": str(found.pk), "reason": REASON})

    assert answer.status_code == 422
    assert "Another account belongs to this person." in answer.content.decode()
    stranger = client.post(address(user), {"person": str(person("Башка Бирөө").pk), "reason": REASON})
    assert stranger.context["form"].has_error("person")
    user.refresh_from_db()
    assert user.person is None


def test_nobody_but_administrators_links(user):
    own = RoleFactory(role=RoleKind.ADMINISTRATOR, user=UserFactory(last_name="Асанова")).user
    found = person()
    sent = {"person": str(found.pk), "reason": REASON}

    assert signed_in(RoleKind.AUDITOR).post(address(user), sent).status_code == 403
    assert signed_in(RoleKind.APPROVER).get(address(user)).status_code == 404
    assert signed_in(user=own).post(address(own), sent).status_code == 403
    assert "/person/" not in signed_in(RoleKind.AUDITOR).get(f"/en/users/{user.pk}/").content.decode()
    assert not Person.objects.filter(user__isnull=False).exists()
