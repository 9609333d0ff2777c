"""What the database itself refuses, in plain SQL, without any of our Python."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from registry.models import Annulment, Change, SettlementAssignment, UnitVersion
from registry.services import check_now
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast, place

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 1)


def run(sql, **params):
    """Run SQL and have the deferred rules checked."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        check_now()


def refused(rule):
    return pytest.raises(IntegrityError, match=rule)


def insert_version(unit, valid, parent=None, kind="ayil_aimak"):
    run(
        """INSERT INTO registry_unitversion (id, unit_id, kind, name, name_ky, valid, parent_id, provenance, source,
             recorded_at, sort_ky, sort_ru, note)
           VALUES (%(id)s, %(unit)s, %(kind)s, '', 'Ат', %(valid)s::daterange, %(parent)s, 'documented', '', now(), '', '', '')""",
        id=uuid.uuid4(),
        unit=unit.pk,
        kind=kind,
        valid=valid,
        parent=parent and parent.pk,
    )


def insert_change(kind="merge", on=DAY, ends=(), begins=(), parts=(), acts=(), shares=()):
    """Write a change in SQL alone: (source, target, scope) parts, (part index, measure, share) shares."""
    with transaction.atomic(), connection.cursor() as cursor:
        change = uuid.uuid4()
        cursor.execute(
            "INSERT INTO registry_change (id, kind, effective_on, provenance, source, recorded_at, note)"
            " VALUES (%s, %s, %s, 'documented', '', now(), '')",
            [change, kind, on],
        )
        for role, units in (("ends", ends), ("begins", begins)):
            for unit in units:
                cursor.execute(
                    "INSERT INTO registry_changeunit (change_id, unit_id, role) VALUES (%s, %s, %s)",
                    [change, unit.pk, role],
                )
        written = []
        for source, target, scope in parts:
            cursor.execute(
                "INSERT INTO registry_changepart (change_id, source_id, target_id, scope) VALUES (%s, %s, %s, %s) RETURNING id",
                [change, source.pk, target.pk, scope],
            )
            written.append(cursor.fetchone()[0])
        for index, measure, share in shares:
            cursor.execute(
                "INSERT INTO registry_changeshare (part_id, measure, share, basis) VALUES (%s, %s, %s, 'x')",
                [written[index], measure, share],
            )
        for act in acts:
            cursor.execute(
                "INSERT INTO registry_changeact (change_id, act_id) VALUES (%s, %s)", [change, act.pk]
            )
        check_now()
    return change


def test_two_versions_of_a_unit_cannot_overlap():
    home = district()
    unit = aimak(home)

    with refused("registry_unitversion_one_a_day"):
        insert_version(unit, "[2022-01-01,)", home)


def test_a_version_that_only_touches_the_next_is_accepted():
    home = district()
    unit = aimak(home, valid=(dt.date(2020, 1, 1), dt.date(2022, 1, 1)))

    insert_version(unit, "[2022-01-01,)", home)

    assert UnitVersion.objects.filter(unit=unit).count() == 2


def test_an_empty_period_is_refused():
    home = district()
    unit = aimak(home)

    with refused("registry_unitversion_valid_not_empty"):
        insert_version(unit, "[2022-01-01,2022-01-01)", home)


def test_a_child_outside_its_parents_life_is_refused():
    home = district(valid=(dt.date(2020, 1, 1), dt.date(2022, 1, 1)))

    with refused("registry_unitversion_within_parent"):
        aimak(home, valid=(dt.date(2021, 1, 1), dt.date(2022, 1, 2)))
        check_now()


def test_a_parent_cannot_end_under_its_children():
    home = district()
    aimak(home)
    check_now()

    with refused("registry_unitversion_within_parent"):
        run(
            "UPDATE registry_unitversion SET valid = '[2020-01-01,2022-01-01)' WHERE unit_id = %(unit)s",
            unit=home.pk,
        )


def test_an_aimak_cannot_lie_in_an_aimak():
    home = aimak(district())

    with refused("registry_unitversion_parent_fits"):
        aimak(home)
        check_now()


def test_a_village_cannot_belong_to_two_units_on_one_day():
    home = district()
    one, two = aimak(home), aimak(home)
    village = place(one)

    with refused("registry_settlementassignment_one_a_day"):
        run(
            "INSERT INTO registry_settlementassignment (id, settlement_id, unit_id, valid, provenance, source, recorded_at)"
            " VALUES (%(id)s, %(village)s, %(unit)s, '[2021-01-01,)', 'documented', '', now())",
            id=uuid.uuid4(),
            village=village.pk,
            unit=two.pk,
        )


def test_a_village_cannot_outlive_its_unit():
    home = district()
    unit = aimak(home, valid=(dt.date(2020, 1, 1), dt.date(2022, 1, 1)))

    with refused("registry_assignment_within_unit"):
        place(unit)
        check_now()


def test_a_voided_row_gives_way():
    home = district()
    unit = aimak(home)
    change = Change.objects.create(kind="create", effective_on=DAY)
    annulment = Annulment.objects.create(
        change=change, reason="x", by="x", at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    )

    UnitVersion.objects.filter(unit=unit).update(voided_by=annulment)
    insert_version(unit, "[2020-01-01,)", home)

    assert UnitVersion.objects.live().filter(unit=unit).count() == 1


def test_a_unit_ends_once():
    home = district()
    one, two, new, other = aimak(home), aimak(home), aimak(home), aimak(home)
    _end(one, two)
    _begin(new)
    insert_change(ends=[one, two], begins=[new], parts=[(one, new, "whole"), (two, new, "whole")])

    with refused("registry_changeunit_ends_once"):
        insert_change("absorb", ends=[one], parts=[(one, other, "whole")])


def _end(*units):
    UnitVersion.objects.filter(unit__in=units).update(valid=(dt.date(2020, 1, 1), DAY))


def _begin(*units):
    UnitVersion.objects.filter(unit__in=units).update(valid=(DAY, None))


def test_a_merge_of_one_is_refused():
    home = district()
    one, new = aimak(home), aimak(home)
    _end(one)
    _begin(new)

    with refused("registry_change_kind_fits"):
        insert_change("merge", ends=[one], begins=[new], parts=[(one, new, "whole")])


@pytest.mark.parametrize("kind", ["create", "split", "transfer", "rename", "abolish", "absorb"])
def test_a_declared_kind_must_fit_what_the_change_does(kind):
    home = district()
    one, two, new = aimak(home), aimak(home), aimak(home)
    _end(one, two)
    _begin(new)

    with refused("registry_change_kind_fits"):
        insert_change(kind, ends=[one, two], begins=[new], parts=[(one, new, "whole"), (two, new, "whole")])


def test_a_unit_that_ends_must_end_on_the_day():
    home = district()
    one, two, new = aimak(home), aimak(home), aimak(home)
    _end(one)
    _begin(new)

    with refused("registry_change_days"):
        insert_change(ends=[one, two], begins=[new], parts=[(one, new, "whole"), (two, new, "whole")])


def test_a_part_to_itself_is_refused():
    unit = aimak(district())

    with refused("registry_changepart_not_to_itself"):
        insert_change("transfer", parts=[(unit, unit, "part")])


def test_a_cycle_is_refused():
    home = district()
    one, two = aimak(home, name="А"), aimak(home, name="Б")
    later = DAY + dt.timedelta(days=100)
    # А ends into Б, and Б ends into А, which begins again
    UnitVersion.objects.filter(unit=one).update(valid=(dt.date(2020, 1, 1), DAY))
    UnitVersion.objects.filter(unit=two).update(valid=(DAY, later))
    extra = aimak(home, valid=(dt.date(2020, 1, 1), DAY))
    other = aimak(home, valid=(dt.date(2020, 1, 1), later))
    UnitVersion.objects.create(unit=one, kind="ayil_aimak", name_ky="А", parent=home, valid=(later, None))
    insert_change(ends=[one, extra], begins=[two], parts=[(one, two, "whole"), (extra, two, "whole")])

    with refused("registry_change_acyclic"):
        insert_change(
            on=later, ends=[two, other], begins=[one], parts=[(two, one, "whole"), (other, one, "whole")]
        )


def test_shares_of_a_unit_that_ends_must_sum_to_one():
    home = district()
    one, first, second = aimak(home), aimak(home), aimak(home)
    _end(one)
    _begin(first, second)
    change = {
        "kind": "split",
        "ends": [one],
        "begins": [first, second],
        "parts": [(one, first, "part"), (one, second, "part")],
    }

    with refused("registry_change_shares"):
        insert_change(**change, shares=[(0, "population", "0.6"), (1, "population", "0.3")])
    insert_change(**change, shares=[(0, "population", "0.6"), (1, "population", "0.4")])


def test_shares_of_a_unit_that_stays_leave_a_rest():
    home = district()
    one, two = aimak(home), aimak(home)

    with refused("registry_change_shares"):
        insert_change("transfer", parts=[(one, two, "part")], shares=[(0, "population", "1")])
    insert_change("transfer", parts=[(one, two, "part")], shares=[(0, "population", "0.25")])


def test_a_change_before_its_act_is_refused():
    home = district()
    one, two = aimak(home), aimak(home)
    act = LegalActFactory(adopted_on=DAY + dt.timedelta(days=1))

    with refused("registry_change_after_act"):
        insert_change("transfer", parts=[(one, two, "part")], acts=[act])


def test_a_settlement_of_a_unit_that_ends_needs_a_target():
    home = district()
    one, two, new = aimak(home), aimak(home), aimak(home)
    village = place(one)
    SettlementAssignment.objects.filter(settlement=village).update(valid=(dt.date(2020, 1, 1), DAY))
    _end(one, two)
    _begin(new)

    with refused("registry_change_exhausts"):
        insert_change(
            "reorganise", ends=[one, two], begins=[new], parts=[(one, new, "part"), (two, new, "whole")]
        )


def test_the_name_column_follows_the_kyrgyz_name_and_gets_its_place_in_the_alphabet():
    home = oblast()
    for name in ("Өзгөн", "Ош", "Ооган", "Ноокат", "Ңайман", "Үч-Коргон", "Ушар"):
        city(home, name=name, kind="city_oblast")

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM registry_unitversion WHERE kind = 'city_oblast' ORDER BY sort_ky")
        ordered = [row[0] for row in cursor.fetchall()]

    assert ordered == ["Ноокат", "Ңайман", "Ооган", "Ош", "Өзгөн", "Ушар", "Үч-Коргон"]


def test_a_village_belongs_to_a_municipality_only():
    home = district()

    with refused("registry_assignment_to_municipality"):
        place(home)
        check_now()


def test_territory_of_a_municipality_goes_to_a_municipality():
    home, other = district(), district(name="Башка")
    unit = aimak(home)

    with refused("registry_change_level"):
        insert_change("transfer", parts=[(unit, other, "part")])
