"""The fourth unexcused absence within twelve months proposes the end of a mandate, and never ends it."""

import datetime as dt

import pytest

from councils import services
from councils.absences import proposals
from councils.models import EndReason, Mandate
from councils.tests.factories import convocation, deputy, held_session
from councils.tests.test_ledger import apply, merger
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
TODAY = dt.date(2024, 12, 31)


@pytest.fixture
def term():
    return convocation(aimak(district()), deputies=9)


@pytest.fixture
def absent(term):
    return term.mandates.first()


def missed(mandate, *days, state="unexcused"):
    """Sessions that everybody came to but this deputy."""
    for day in days:
        held_session(mandate.convocation, dt.date.fromisoformat(day), **{state: [mandate]})


def test_three_absences_propose_nothing(absent):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01")

    assert proposals(TODAY) == []


def test_the_fourth_absence_proposes_the_end_with_its_article(term, absent):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")

    (found,) = proposals(TODAY)

    assert (found.mandate_id, found.person_id) == (absent.pk, absent.person_id)
    assert (found.council_id, found.unit_id) == (term.council_id, term.council.unit_id)
    assert found.fourth_on == dt.date(2024, 5, 1)
    assert [absence.held_on.month for absence in found.absences] == [2, 3, 4, 5]
    assert found.article == EndReason.objects.get(code="absences").article
    assert "10" in found.article


def test_nothing_ends_by_itself(absent):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")
    proposals(TODAY)

    absent.refresh_from_db()

    assert absent.valid.upper is None


def test_an_excused_absence_does_not_count(absent):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01")
    missed(absent, "2024-05-01", state="excused")

    assert proposals(TODAY) == []


def test_before_the_fourth_there_is_no_proposal(absent):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")

    assert proposals(dt.date(2024, 4, 30)) == []
    assert len(proposals(dt.date(2024, 5, 1))) == 1


def test_a_year_boundary_does_not_break_the_twelve_months(absent):
    missed(absent, "2023-10-01", "2023-11-01", "2024-02-01", "2024-09-30")

    assert [found.fourth_on for found in proposals(TODAY)] == [dt.date(2024, 9, 30)]


def test_twelve_months_to_the_day_are_over(absent):
    missed(absent, "2023-10-01", "2023-11-01", "2024-02-01", "2024-10-01")

    assert proposals(TODAY) == []


def test_four_in_any_twelve_months_are_enough(absent):
    missed(absent, "2022-01-01", "2023-10-01", "2023-11-01", "2024-02-01", "2024-03-01", "2024-12-01")

    (found,) = proposals(TODAY)

    assert found.fourth_on == dt.date(2024, 3, 1)
    assert found.absences[0].held_on == dt.date(2023, 10, 1)


def test_the_latest_four_are_named_where_more_were_missed(absent):
    missed(absent, "2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")

    (found,) = proposals(TODAY)

    assert [absence.held_on.month for absence in found.absences] == [2, 3, 4, 5]


def merged(first, *more):
    """The same person's mandate after a merger on 2024-03-01."""
    unit = first.convocation.council.unit
    home = unit.versions.get().parent
    spec, new = merger(home, [unit, *more], on=dt.date(2024, 3, 1))
    apply(spec)
    return Mandate.objects.on(dt.date(2024, 3, 1)).get(convocation__council__unit=new, person=first.person)


def test_absences_count_on_across_a_merger_and_a_year(term, absent):
    missed(absent, "2023-11-01", "2023-12-01", "2024-02-01")
    other = convocation(aimak(term.council.unit.versions.get().parent), deputies=3).council.unit
    carried = merged(absent, other)
    missed(carried, "2024-04-01")

    (found,) = proposals(TODAY)

    old, new = term.council_id, carried.convocation.council_id
    assert found.mandate_id == carried.pk
    assert [absence.council_id for absence in found.absences] == [old, old, old, new]
    assert found.fourth_on == dt.date(2024, 4, 1)


def test_three_across_a_merger_are_three(term, absent):
    missed(absent, "2023-12-01", "2024-02-01")
    other = convocation(aimak(term.council.unit.versions.get().parent), deputies=3).council.unit
    carried = merged(absent, other)
    missed(carried, "2024-04-01")

    assert proposals(TODAY) == []


def test_an_elected_mandate_begins_anew(term, absent):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01")
    second = services.begin_convocation(council=term.council, on=dt.date(2024, 5, 1), seats_by_law=9)
    again = deputy(second, person=absent.person)
    missed(again, "2024-06-01")

    assert proposals(TODAY) == []


def test_a_mandate_that_has_ended_is_no_longer_proposed(absent):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")
    services.end_mandate(
        mandate=absent, on=dt.date(2024, 6, 1), reason=EndReason.objects.get(code="absences")
    )

    assert len(proposals(dt.date(2024, 5, 31))) == 1
    assert proposals(dt.date(2024, 6, 1)) == []


def test_a_council_is_told_of_its_own(term, absent):
    other = convocation(aimak(district()), deputies=3)
    for mandate in (absent, other.mandates.first()):
        missed(mandate, "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")

    assert len(proposals(TODAY)) == 2
    assert [found.mandate_id for found in proposals(TODAY, term.council_id)] == [absent.pk]


def test_the_proposals_of_the_country_cost_two_statements(absent, django_assert_num_queries):
    missed(absent, "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01")

    with django_assert_num_queries(2):
        proposals(TODAY)
