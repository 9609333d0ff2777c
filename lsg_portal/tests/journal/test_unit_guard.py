"""Staff of one municipality change no row of another: refused by the database, answered with 403."""

import datetime as dt

import pytest
from django.db import transaction

from lsg_portal.data import actor
from lsg_portal.data.postgresql.base import OtherMunicipality
from lsg_portal.rest.problems.handlers import as_problem
from registry.models import Population
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 1, 1)


def test_own_rows_change_and_others_do_not():
    own, other = aimak(district()), aimak(district())

    with actor.acting("user:7", unit=own.pk):
        Population.objects.create(unit=own, on=DAY, value=100)
        with pytest.raises(OtherMunicipality), transaction.atomic():
            Population.objects.create(unit=other, on=DAY, value=100)

    assert Population.objects.get().unit == own


def test_the_guard_ends_with_the_actor():
    own, other = aimak(district()), aimak(district())

    with actor.acting("user:7", unit=own.pk):
        Population.objects.create(unit=own, on=DAY, value=100)
    Population.objects.create(unit=other, on=DAY, value=100)

    assert Population.objects.count() == 2


def test_rest_answers_403():
    problem = as_problem(OtherMunicipality("This belongs to another municipality."))

    assert problem.response().status_code == 403


def test_a_page_answers_403(client, settings):
    own, other = aimak(district()), aimak(district())
    settings.ROOT_URLCONF = "lsg_portal.tests.journal.guarded"

    response = client.post(f"/ru/count/{own.pk}/{other.pk}/")

    assert response.status_code == 403
    assert not Population.objects.exists()
