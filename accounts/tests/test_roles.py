"""Roles are given, ended and followed; what the database itself refuses."""

from __future__ import annotations

import contextvars
import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import rules, services
from accounts.errors import NotYours
from accounts.models import Role, RoleKind, User
from accounts.tests.factories import RoleFactory, UserFactory
from accounts.tests.scenarios import MERGER, NOW, merge
from registry.errors import RuleBroken, StateConflict
from registry.tests.factories import LegalActFactory, aimak, district

pytestmark = pytest.mark.django_db
MAY_1, JUNE_1 = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


@pytest.fixture
def administrator():
    return RoleFactory(role=RoleKind.ADMINISTRATOR).user


@pytest.fixture
def place():
    where = district()
    return where, [aimak(where, name, villages=[name]) for name in ("Ак", "Бел", "Чолпон")]


@pytest.fixture
def staff(place):
    """Staff of an ayil aimak that merged with another on 1 May 2024."""
    where, (ak, bel, _other) = place
    role = RoleFactory(role=RoleKind.STAFF, unit=ak)
    return role, merge([ak, bel], where)


def sql(statement, *parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def give(user, role, by, **more):
    return services.grant(user=user, role=role, begins=MAY_1, by=by, at=NOW, reason="буйрук № 7", **more)


def end(role, by, on=JUNE_1):
    return services.end(role=role, on=on, by=by, at=NOW, reason="кызматтан кетти")


def test_a_role_says_who_gave_it_when_and_why(administrator):
    user = UserFactory()

    role = give(user, RoleKind.ANALYST, administrator, act=LegalActFactory())

    assert (role.granted_by, role.granted_at, role.reason) == (administrator, NOW, "буйрук № 7")
    assert rules.holds(user, RoleKind.ANALYST, on=MAY_1)
    assert not rules.holds(user, RoleKind.ANALYST, on=dt.date(2026, 4, 30))


def test_a_role_without_a_reason_is_refused(administrator):
    with pytest.raises(RuleBroken, match="why"):
        services.grant(user=UserFactory(), role="analyst", begins=MAY_1, by=administrator, at=NOW, reason=" ")


def test_nobody_gives_a_role_to_himself(administrator):
    with pytest.raises(NotYours):
        give(administrator, RoleKind.APPROVER, administrator)


def test_sql_cannot_record_a_role_given_to_oneself():
    user = UserFactory()

    with pytest.raises(IntegrityError, match="accounts_role_not_by_oneself"):
        sql(
            "INSERT INTO accounts_role (user_id, role, valid, granted_by_id) VALUES (%s, 'approver', '[2020-01-01,)', %s)",
            user.pk,
            user.pk,
        )


@pytest.mark.parametrize(("role", "made"), [("staff", "district"), ("district", "aimak")])
def test_staff_act_for_a_municipality_and_district_staff_for_a_district(role, made, administrator):
    unit = district() if made == "district" else aimak(district())

    with pytest.raises(RuleBroken, match="district staff for a district"):
        give(UserFactory(), role, administrator, unit=unit)


def test_sql_cannot_give_a_role_for_a_unit_of_another_kind():
    with pytest.raises(IntegrityError, match="for a unit of that kind"):
        sql(
            "INSERT INTO accounts_role (user_id, role, unit_id, valid) VALUES (%s, 'staff', %s, '[2020-01-01,)')",
            UserFactory().pk,
            district().pk,
        )


def test_a_role_for_a_unit_that_never_existed_in_its_period_is_refused(staff, administrator):
    role, _new = staff

    with pytest.raises(RuleBroken, match="Municipal staff"):
        give(UserFactory(), "staff", administrator, unit=role.unit)


def test_the_same_role_twice_is_refused_in_words(administrator):
    user = UserFactory()
    give(user, RoleKind.ANALYST, administrator)

    with pytest.raises(RuleBroken, match="already"):
        give(user, RoleKind.ANALYST, administrator)


def test_an_ended_role_stays_on_record(administrator):
    role = RoleFactory()

    ended = end(role, administrator)

    assert (ended.valid.upper, ended.ended_by, ended.end_reason) == (JUNE_1, administrator, "кызматтан кетти")
    assert ended.holds_on(dt.date(2026, 5, 31))
    assert not ended.holds_on(JUNE_1)
    with pytest.raises(StateConflict):
        end(role, administrator)


def test_a_role_that_has_not_begun_is_taken_back_and_never_held(administrator):
    role = RoleFactory(valid=(dt.date(2026, 7, 1), None))

    ended = end(role, administrator)

    assert ended.voided_at == NOW
    assert role.user.roles_on(dt.date(2026, 8, 1)) == []
    assert not role.user.roles.on(dt.date(2026, 8, 1)).exists()
    give(role.user, RoleKind.ANALYST, administrator)  # may be given again


@pytest.mark.parametrize(
    "change",
    [
        "role = 'approver'",
        "valid = '[2019-01-01,)'",
        "valid = '[2020-01-01,2030-01-01)'",
        "reason = 'another'",
        "granted_at = now()",
        "granted_by_id = %s",
    ],
)
def test_sql_cannot_change_a_role_that_was_given(change):
    role = RoleFactory(valid=(dt.date(2020, 1, 1), dt.date(2025, 1, 1)))
    parameters = [UserFactory().pk] if "%s" in change else []

    with pytest.raises(IntegrityError, match="not changed"):
        sql(f"UPDATE accounts_role SET {change} WHERE id = %s", *parameters, role.pk)


def test_the_serving_role_cannot_delete_a_role():
    role = RoleFactory()

    with pytest.raises(Exception, match="permission denied"):
        sql("DELETE FROM accounts_role WHERE id = %s", role.pk)


# Nothing is ended in the past, and nothing given long ago


def test_a_role_that_is_held_is_not_ended_on_a_day_that_has_passed(administrator):
    role = RoleFactory(role=RoleKind.APPROVER, valid=(dt.date(2021, 1, 1), None))

    for on in (dt.date(2019, 1, 1), MAY_1 - dt.timedelta(days=1)):
        with pytest.raises(RuleBroken, match="today at the earliest"):
            end(role, administrator, on=on)

    role.refresh_from_db()
    assert role.voided_at is None
    assert role.holds_on(dt.date(2022, 1, 1))
    ended = end(role, administrator, on=MAY_1)
    assert (ended.valid.lower, ended.valid.upper) == (dt.date(2021, 1, 1), MAY_1)


def test_today_is_that_of_bishkek(administrator):
    late = dt.datetime(2026, 5, 1, 19, 0, tzinfo=dt.UTC)  # in Bishkek it is the second of May

    with pytest.raises(RuleBroken, match="today at the earliest"):
        services.end(role=RoleFactory(), on=MAY_1, by=administrator, at=late, reason="кызматтан кетти")


def test_a_role_ended_on_its_first_day_is_held_no_more_and_its_period_stays_on_record(administrator):
    role = give(UserFactory(), RoleKind.APPROVER, administrator)

    ended = end(role, administrator, on=MAY_1)

    assert not rules.holds(User.objects.get(pk=role.user_id).vouch(), RoleKind.APPROVER, on=MAY_1)
    assert (ended.valid.lower, ended.ended_at, ended.ended_by) == (MAY_1, NOW, administrator)


@pytest.mark.parametrize(
    "change",
    [
        "valid = '[2020-01-01,2021-01-01)', ended_at = now()",
        "valid = '[2020-01-01,2021-01-01)'",
        "voided_at = now(), ended_at = now()",
    ],
)
def test_sql_cannot_end_a_role_in_the_past(change):
    with pytest.raises(IntegrityError, match="does not end in the past"):
        sql(f"UPDATE accounts_role SET {change} WHERE id = %s", RoleFactory().pk)


def test_a_role_is_not_said_to_have_begun_long_ago(administrator):
    month = dt.timedelta(days=31)
    user = UserFactory()

    with pytest.raises(RuleBroken, match="at most 31 days"):
        services.grant(
            user=user,
            role="analyst",
            begins=MAY_1 - month - dt.timedelta(days=1),
            by=administrator,
            at=NOW,
            reason="буйрук",
        )
    services.grant(
        user=user, role="analyst", begins=MAY_1 - month, by=administrator, at=NOW, reason="буйрук № 7"
    )


def test_a_closed_account_is_given_no_role(administrator):
    with pytest.raises(StateConflict, match="closed"):
        give(UserFactory(is_active=False), RoleKind.ANALYST, administrator)


# The last administrator


def test_the_last_administrator_stays(administrator):
    with pytest.raises(RuleBroken, match="without an administrator"):
        end(administrator.roles.get(), None)
    with pytest.raises(RuleBroken, match="without an administrator"):
        services.deactivate(user=administrator, by=None, reason="жок")

    RoleFactory(role=RoleKind.ADMINISTRATOR)
    end(administrator.roles.get(), None)


def test_an_administrator_whose_account_is_closed_does_not_count(administrator):
    RoleFactory(role=RoleKind.ADMINISTRATOR, user=UserFactory(is_active=False))

    with pytest.raises(RuleBroken, match="without an administrator"):
        end(administrator.roles.get(), None)


def test_an_administrator_who_has_never_set_a_password_does_not_count(administrator):
    RoleFactory(role=RoleKind.ADMINISTRATOR, user=UserFactory(password=None))

    with pytest.raises(RuleBroken, match="without an administrator"):
        services.deactivate(user=administrator, by=None, reason="жок")


def test_an_administrator_of_former_years_does_not_cover_for_one_whose_role_is_ended_in_the_past(
    administrator,
):
    RoleFactory(role=RoleKind.ADMINISTRATOR, valid=(dt.date(2021, 1, 1), dt.date(2023, 1, 1)))
    on = dt.date(2022, 1, 1)

    with pytest.raises(RuleBroken, match="without an administrator"):  # whatever the clock is said to be
        services.end(
            role=administrator.roles.get(),
            on=on,
            by=None,
            at=dt.datetime(2021, 6, 1, tzinfo=dt.UTC),
            reason="жок",
        )


@pytest.mark.parametrize("last", ["first", "second"])
def test_two_administrators_whose_roles_end_one_after_the_other_leave_no_gap(last, administrator):
    soon, later = (rules.today() + dt.timedelta(days=days) for days in (30, 200))
    mine, other = administrator.roles.get(), RoleFactory(role=RoleKind.ADMINISTRATOR)
    at = dt.datetime.now(dt.UTC)
    order = [(mine, later), (other, soon)] if last == "second" else [(mine, soon), (other, later)]

    services.end(role=order[0][0], on=order[0][1], by=None, at=at, reason="бүттү")

    with pytest.raises(RuleBroken, match="without an administrator"):
        services.end(role=order[1][0], on=order[1][1], by=None, at=at, reason="бүттү")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_role SET valid = daterange('2020-01-01', current_date + 30) WHERE role = 'administrator'",
        "UPDATE accounts_user SET is_active = false",
        "UPDATE accounts_user SET password = '!' || password",
    ],
)
def test_sql_cannot_remove_the_last_administrator(statement, administrator):
    with pytest.raises(IntegrityError, match="Nobody would be left"):
        sql(statement)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_one_another_at_once_do_not_both_succeed():
    with transaction.atomic():
        roles = [RoleFactory(role=RoleKind.ADMINISTRATOR) for _ in range(2)]
    together, outcomes = threading.Barrier(2), []

    def work(role):
        try:
            with transaction.atomic():
                Role.objects.filter(pk=role.pk).update(valid=(dt.date(2020, 1, 1), rules.today()))
                together.wait(timeout=10)
            outcomes.append("ended")
        except IntegrityError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=contextvars.copy_context().run, args=(work, role)) for role in roles]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["ended", "refused"]


# Following a merger


def test_nothing_follows_by_itself(staff):
    role, new = staff

    assert rules.unit_ids(role.user, RoleKind.STAFF, on=JUNE_1) == {role.unit_id}
    assert not rules.is_staff_of(new.pk)(role.user)
    assert not rules.acts_for(role.user, new)
    assert list(Role.objects.undecided(JUNE_1)) == [role]
    assert not Role.objects.undecided(MERGER - dt.timedelta(days=1)).exists()


def test_a_role_follows_to_a_successor_by_an_explicit_act(staff, administrator):
    role, new = staff

    following = services.follow(
        role=role, unit=new, on=JUNE_1, by=administrator, at=NOW, reason="бириктирүү", act=LegalActFactory()
    )

    role.refresh_from_db()
    assert role.valid.upper == JUNE_1
    assert (following.unit, following.follows, following.valid.lower) == (new, role, JUNE_1)
    assert rules.unit_ids(User.objects.get(pk=role.user_id), RoleKind.STAFF, on=JUNE_1) == {new.pk}
    assert not Role.objects.undecided(JUNE_1).exists()


def test_a_role_follows_to_no_unit_but_a_successor(staff, place, administrator):
    role, _new = staff
    _where, (_ak, _bel, other) = place

    with pytest.raises(RuleBroken, match="not a successor"):
        services.follow(role=role, unit=other, on=JUNE_1, by=administrator, at=NOW, reason="ката")


def test_a_role_does_not_follow_before_the_merger(staff, administrator):
    role, new = staff

    with pytest.raises(RuleBroken, match="not a successor"):
        services.follow(
            role=role, unit=new, on=MERGER - dt.timedelta(days=1), by=administrator, at=NOW, reason="эрте"
        )


def test_nobody_moves_his_own_role(staff):
    role, new = staff

    with pytest.raises(NotYours):
        services.follow(role=role, unit=new, on=JUNE_1, by=role.user, at=NOW, reason="өзүм")


def test_district_staff_stand_over_what_lies_in_their_district_that_day(place, monkeypatch):
    where, (ak, *_others) = place
    user = RoleFactory(role=RoleKind.DISTRICT, unit=where).user
    elsewhere = aimak(district(name="Башка"))

    assert rules.is_district_over(ak.pk, JUNE_1)(user)
    assert not rules.is_district_over(elsewhere.pk, JUNE_1)(user)
    assert not rules.is_district_over(ak.pk, dt.date(2019, 1, 1))(user)
    assert not rules.is_district_over(ak.pk, JUNE_1)(RoleFactory(role=RoleKind.ANALYST).user)


def test_rights_come_from_rules_alone():
    from django.contrib.auth.models import Group, Permission

    user = UserFactory(is_superuser=True, is_staff=True)

    assert not user.has_perm("accounts.change_user")
    assert not user.has_module_perms("accounts")
    assert not user.has_perm("no.such")
    assert not user.has_perm("admin.open")
    assert Group.objects.count() == 0
    assert Permission.objects.count() >= 0
    assert RoleFactory(role=RoleKind.ADMINISTRATOR).user.has_perm("accounts.change_user")
    inactive = RoleFactory(role=RoleKind.ADMINISTRATOR, user=UserFactory(is_active=False)).user
    assert not inactive.has_perm("accounts.change_user")
