"""Many rows written at once are the rows that were given."""

from __future__ import annotations

import datetime as dt

import pytest

from lsg_portal.demo import bulk
from registry.models import LegalAct, Person, Population, Provenance
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
ODD = 'Бир\tэки\nүч \\ "төрт" \\N \r'


def test_every_kind_of_value_comes_back_as_it_was_given():
    act = LegalAct(
        number=ODD,
        adopted_on=dt.date(2021, 10, 20),
        in_force=(dt.date(2021, 11, 1), None),
        title_ky="А",
        title_ru="Б",
    )

    bulk.write(LegalAct, [act])

    found = LegalAct.objects.get(pk=act.pk)
    assert (found.number, found.adopted_on, found.title_ru) == (ODD, act.adopted_on, "Б")
    assert (found.in_force.lower, found.in_force.upper) == (dt.date(2021, 11, 1), None)
    assert found.recorded_at is not None
    assert found.updated_at is not None


def test_what_is_written_can_be_changed_and_related_at_once():
    unit = aimak(district())
    figure = Population(unit=unit, on=dt.date(2022, 1, 1), value=5, provenance=Provenance.CONSTRUCTED)

    bulk.write(Population, [figure])
    figure.value = 6
    figure.save()

    assert [row.value for row in Population.objects.filter(unit=unit)] == [6]


def test_nothing_is_written_of_nothing():
    bulk.write(Person, [])

    assert not Person.objects.exists()
