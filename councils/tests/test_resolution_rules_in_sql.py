"""What the database itself refuses of votes and resolutions, in plain SQL, without any of our Python."""

import datetime as dt

import pytest
from django.db import IntegrityError

from councils import services
from councils.models import (
    AgendaItem,
    NamedVote,
    Resolution,
    ResolutionFile,
    Vote,
)
from councils.tests.factories import (
    adopted,
    convocation,
    draft,
    held_session,
    published,
    registered,
    rule,
    voted,
)
from councils.tests.in_sql import change, copy, run
from councils.tests.refusals import refused
from registry.tests.factories import FIRST, aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 10)
LATER = dt.date(2023, 6, 10)


@pytest.fixture
def term():
    """A convocation of nine deputies."""
    return convocation(aimak(district()), deputies=9)


@pytest.fixture
def session(term):
    return held_session(term, DAY)


# --- votes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ({"present": 8, "in_favour": 9}, "councils_vote_no_more_than_present"),
        ({"present": 10}, "councils_vote_present_of_all"),
        ({"of_all": 8, "present": 8, "in_favour": 8}, "councils_vote_of_all"),
    ],
)
def test_a_vote_counts_those_present_and_in_office(session, values, broken):
    row = voted(session)

    with refused(broken):
        change(row.vote, **values)


def test_no_more_vote_than_attended(term):
    absent = term.mandates.first()
    session = held_session(term, DAY, unexcused=[absent])
    row = voted(session)

    with refused("councils_vote_present"):
        change(row.vote, present=9)
    services.record_vote(resolution=row, in_favour=8, against=0, abstained=0)
    with refused("councils_vote_present"):
        change(session.attendances.exclude(mandate=absent).first(), state="unexcused")


def test_who_was_not_present_did_not_vote(term):
    absent = term.mandates.first()
    session = held_session(term, DAY, excused=[absent])
    row = draft(session)
    here = {mandate.pk: "in_favour" for mandate in term.mandates.exclude(pk=absent.pk)}
    services.record_vote(resolution=row, named=here, present=7 + 1)

    with refused("councils_namedvote_present"):
        copy(NamedVote.objects.first(), mandate_id=absent.pk)


def test_a_roll_call_adds_up_to_the_totals(term, session):
    row = draft(session)
    services.record_vote(resolution=row, named={mandate.pk: "in_favour" for mandate in term.mandates.all()})
    NamedVote.objects.filter(pk=NamedVote.objects.first().pk).update(choice="against")
    row.refresh_from_db()

    with refused("councils_namedvote_totals"):
        change(row, status="adopted", number="1", adopted_on=DAY)


def test_the_vote_on_what_is_adopted_does_not_change(term, session):
    row = draft(session)
    services.record_vote(resolution=row, named={mandate.pk: "in_favour" for mandate in term.mandates.all()})
    row = services.adopt(resolution=Resolution.objects.get(pk=row.pk), number="1")

    with refused("councils_vote_frozen"):
        change(Vote.objects.get(resolution=row), in_favour=8)
    with refused("councils_vote_frozen"):
        change(NamedVote.objects.first(), choice="against")


@pytest.mark.django_db(transaction=True)
def test_no_roll_call_is_added_to_what_was_adopted_before():
    term = convocation(aimak(district()), deputies=3)
    row = adopted(held_session(term, DAY))  # in transactions of their own, all of them

    for mandate in term.mandates.all():
        with refused("councils_vote_frozen"):
            run(
                "INSERT INTO councils_namedvote (vote_id, mandate_id, choice) VALUES (%s, %s, 'in_favour')",
                row.pk,
                mandate.pk,
            )


@pytest.mark.django_db(transaction=True)
def test_what_migrations_entered_stands_again_after_tables_were_emptied():
    assert rule("quorum").article == ""


# --- resolutions -----------------------------------------------------------------------------------------------


def adopt_in_sql(row, **more):
    change(row, status="adopted", number="1", adopted_on=row.session.held_on, **more)


def test_nothing_is_adopted_without_a_vote(session):
    with refused("councils_resolution_no_vote"):
        adopt_in_sql(draft(session))


def test_nothing_is_adopted_without_a_quorum(term):
    mandates = list(term.mandates.all())
    session = held_session(term, DAY, excused=mandates[:5])

    with refused("councils_resolution_quorum"):
        adopt_in_sql(voted(session))


def test_five_of_nine_are_a_quorum(term):
    session = held_session(term, DAY, excused=list(term.mandates.all())[:4])

    adopt_in_sql(voted(session))

    assert Resolution.objects.get().status == "adopted"


@pytest.mark.parametrize(
    ("majority", "present", "in_favour", "enough"),
    [
        ("simple", 8, 4, False),
        ("simple", 8, 5, True),
        ("two_thirds_of_present", 6, 3, False),
        ("two_thirds_of_present", 6, 4, True),
        ("two_thirds_of_all", 6, 5, False),
        ("two_thirds_of_all", 6, 6, True),
    ],
)
def test_nothing_is_adopted_against_its_majority(term, majority, present, in_favour, enough):
    session = held_session(term, DAY, excused=list(term.mandates.all())[present:])
    row = draft(session, by=majority)
    services.record_vote(resolution=row, in_favour=in_favour, against=present - in_favour, abstained=0)

    if enough:
        adopt_in_sql(row)
        return
    with refused("councils_resolution_majority"):
        adopt_in_sql(row)


def test_a_resolution_written_as_adopted_is_looked_at_too(session):
    row = voted(session)

    with refused("councils_resolution_no_vote"):
        copy(row, status="adopted", number="7", adopted_on=DAY)


def test_a_resolution_is_adopted_in_a_session_its_council_held(term, session):
    planned = services.plan_session(convocation=term, held_on=DAY)
    foreign = held_session(convocation(aimak(district()), deputies=1), DAY)
    row = voted(session)

    with refused("councils_resolution_session"):
        copy(row, session_id=planned.pk, status="adopted", number="1", adopted_on=DAY)
    with refused("councils_resolution_session"):
        change(draft(session), session_id=foreign.pk)
    with refused("councils_resolution_session"):
        change(row, status="adopted", number="1", adopted_on=LATER)


def test_a_session_with_resolutions_keeps_its_day(session):
    adopted(session)

    with refused("councils_resolution_session"):
        change(session, held_on=dt.date(2023, 5, 11))
    with refused("councils_resolution_session"):
        change(session, status="planned")


def test_an_item_is_of_the_sessions_agenda(term, session):
    other = services.plan_session(convocation=term, held_on=LATER)
    item = AgendaItem.objects.create(session=other, number=1, title_ky="Маселе")

    with refused("councils_resolution_agenda"):
        change(draft(session), agenda_item_id=item.pk)


def test_a_resolution_needs_a_majority_not_a_quorum(session):
    with refused("councils_resolution_rule"):
        change(draft(session), rule_id=rule("quorum").pk)


@pytest.mark.parametrize(
    "values",
    [
        {"title_ky": "Башка"},
        {"number": "2"},
        {"normative": True},
        {"registration_number": "x"},
        {"published_in": "Гезит"},
        {"session_id": None, "agenda_item_id": None},
    ],
)
@pytest.mark.parametrize("made", [published, registered, adopted])
def test_what_is_adopted_does_not_change(session, made, values):
    row = made(session)
    if made is registered and "registration_number" in values:
        change(row, **values)  # a slip in the register is corrected until it is published
        return

    with pytest.raises(IntegrityError) as error:
        change(row, **values)

    assert error.value.__cause__.diag.constraint_name in (
        "councils_resolution_frozen",
        "councils_resolution_adopted_is_complete",
    )


@pytest.mark.parametrize("status", ["draft", "adopted", "registered"])
def test_a_published_resolution_does_not_go_back(session, status):
    with refused("councils_resolution_order"):
        change(published(session), status=status)


def test_no_step_is_left_out(session):
    with refused("councils_resolution_order"):
        change(
            adopted(session), status="published", registration_number="1", registered_on=DAY, published_on=DAY
        )


def test_it_is_not_registered_before_it_was_adopted(session):
    with refused("councils_resolution_order"):
        change(adopted(session), status="registered", registration_number="1", registered_on=FIRST)


def test_a_resolution_is_cancelled_by_a_later_one_of_its_council_alone(term, session):
    row = published(session)
    same_day = published(session, "2")
    only_adopted = adopted(held_session(term, LATER), "3")
    foreign = published(held_session(convocation(aimak(district()), deputies=1), LATER))
    later = published(held_session(term, LATER + dt.timedelta(days=1)), "4")

    for wrong in (same_day, only_adopted, foreign, row):
        with refused("councils_resolution_cancelled_by"):
            change(row, status="cancelled", cancelled_by_id=wrong.pk)
    with refused("councils_resolution_cancelled_names_by_what"):
        change(row, status="cancelled")
    change(row, status="cancelled", cancelled_by_id=later.pk)
    with refused("councils_resolution_frozen"):
        change(row, title_ru="Другое")


def test_the_files_of_a_published_resolution_do_not_change(session):
    row = published(session)
    other = registered(session, "2")
    file = ResolutionFile.objects.create(
        resolution=other, file="a.pdf", name="a.pdf", media_type="application/pdf", size=1, sha256="0" * 64
    )

    with refused("councils_file_frozen"):
        copy(file, resolution_id=row.pk)
