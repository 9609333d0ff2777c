"""What the journal writes about a change."""

import datetime as dt
import itertools
import threading

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from audit import tables
from audit.models import Entry, Head, Link, Private
from lsg_portal.data import actor
from lsg_portal.tests.journal.conftest import settle
from registry.models import LegalAct, Person, PersonPrivate
from registry.tests.factories import LegalActFactory

pytestmark = pytest.mark.django_db


def entries_of(record):
    return list(Entry.objects.filter(key=str(record.pk)).order_by("id"))


def test_every_record_table_has_the_trigger_and_no_other_table_has():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE tgname = 'aa_audit_write'"
        )
        journalled = sorted(name for (name,) in cursor.fetchall())

    assert journalled == tables.record_tables()


def test_a_table_that_is_no_record_says_why():
    for model in tables.models_of_portal():
        reason = getattr(model, "not_a_record", "")

        assert not (getattr(model, "erasable", False) and not reason), model
        assert reason == "" or len(reason) > 10, model


def test_an_entry_says_who_when_what_and_why(records):
    entered, changed = entries_of(records["acts"][0])

    assert (entered.operation, entered.actor, entered.name) == ("insert", "user:7", "Асанова Айгүл")
    assert (entered.roles, entered.request, entered.reason) == ("reform_team", "request-1", "")
    assert entered.before is None
    assert entered.after["title_ky"] == records["acts"][0].title_ky
    assert (changed.operation, changed.reason) == ("update", "typing error")
    assert set(changed.before) == {"number"}
    assert changed.after["number"] == records["acts"][0].number
    assert abs(changed.at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def test_a_change_that_changes_nothing_leaves_no_entry(records):
    before = Entry.objects.count()

    records["acts"][0].save()

    assert Entry.objects.count() == before


def test_changes_past_the_models_are_recorded_too(records):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_legalact SET link = 'https://example.org/'")
    LegalAct.objects.bulk_create([LegalActFactory.build() for _number in range(2)])

    assert Entry.objects.filter(operation="update", after__link="https://example.org/").count() == 3
    assert Entry.objects.filter(table_name="registry_legalact", operation="insert").count() == 5


def test_a_change_without_an_actor_is_refused(records):
    with actor.nobody(), pytest.raises(ProgrammingError, match="nobody is named"), transaction.atomic():
        LegalActFactory()


def test_the_chain_follows_the_order_of_commits_without_a_gap(records):
    links = list(Link.objects.order_by("seq").select_related("entry"))

    assert [link.seq for link in links] == list(range(1, len(links) + 1))
    assert [link.entry_id for link in links] == sorted(link.entry_id for link in links)
    assert all(bytes(later.prev) == bytes(former.hash) for former, later in itertools.pairwise(links))
    head = Head.objects.get()
    assert (head.seq, bytes(head.hash)) == (links[-1].seq, bytes(links[-1].hash))


def test_private_values_stand_in_the_chain_as_commitments_only(records):
    (entry,) = Entry.objects.filter(table_name="registry_personprivate")

    assert set(entry.after["phone"]) == {"sha256"}
    assert "010203" not in str(entry.after)
    (kept,) = Private.objects.filter(entry=entry, field="phone")
    assert kept.value == "+996 555 010203"


def test_the_same_private_value_is_committed_differently_each_time(records):
    other = Person.objects.create(name_ky="Айгүл", name_ru="Айгүль", sex="f")
    PersonPrivate.objects.create(person=other, phone="+996 555 010203")

    committed = {
        e.after["phone"]["sha256"] for e in Entry.objects.filter(table_name="registry_personprivate")
    }
    assert len(committed) == 2


def test_a_password_is_not_kept_beside_the_chain_either(django_user_model):
    user = django_user_model.objects.create(username="bakyt", password="argon2$canary-hash")

    (entry,) = Entry.objects.filter(table_name="accounts_user", key=str(user.pk))
    assert "canary" not in str(entry.after)
    assert not Private.objects.filter(value__contains="canary").exists()


def test_logging_in_is_no_change_of_the_user(django_user_model):
    user = django_user_model.objects.create(username="bakyt")
    before = Entry.objects.count()

    django_user_model.objects.filter(pk=user.pk).update(last_login=dt.datetime(2024, 1, 1, tzinfo=dt.UTC))

    assert Entry.objects.count() == before


def test_what_is_rolled_back_leaves_no_entry(records):
    before = Head.objects.get().seq
    with transaction.atomic():
        LegalActFactory()
        settle()
        transaction.set_rollback(True)

    assert Head.objects.get().seq == before
    LegalActFactory()
    settle()
    assert Head.objects.get().seq == before + 1


def test_the_reason_ends_with_its_block(records):
    with actor.because("for once"):
        first = LegalActFactory()
    second = LegalActFactory()

    assert [entries_of(each)[0].reason for each in (first, second)] == ["for once", ""]


def test_a_refusal_of_the_database_comes_out_of_a_reason_as_it_is():
    act = LegalActFactory(key="twice")

    with pytest.raises(IntegrityError), transaction.atomic(), actor.because("for once"):
        LegalActFactory(key=act.key)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_actor_is_left_on_a_kept_connection():
    with actor.acting("user:7", name="Асанова Айгүл", roles="reform_team", unit="x"), transaction.atomic():
        LegalActFactory()
    with actor.nobody(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT concat_ws('', "
            + ", ".join(f"current_setting('app.{name}', true)" for name in NAMES)
            + ")"
        )

        assert cursor.fetchone() == ("system:test",)  # what conftest.py sets for the session


NAMES = ("actor", "name", "roles", "request", "reason", "unit")


@pytest.mark.django_db(transaction=True)
def test_transactions_at_the_same_time_make_one_chain():
    failures = []
    before = Head.objects.get().seq  # what migrations enter is entered again after each emptying

    def write(number):
        try:
            with actor.acting(f"user:{number}"):
                for _time in range(5):
                    with transaction.atomic():
                        LegalActFactory()
                        LegalActFactory()
        except DatabaseError as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    links = list(Link.objects.filter(seq__gt=before).order_by("seq").select_related("entry"))
    assert [link.seq for link in links] == list(range(before + 1, before + 61))
    assert Head.objects.get().seq == before + 60
    of_one = [link.entry.transaction for link in links]
    assert all(of_one[n] == of_one[n + 1] for n in range(0, 60, 2)), "a transaction's entries stand together"
