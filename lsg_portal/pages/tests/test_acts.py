"""The page of a legal act."""

import datetime as dt
import uuid

import pytest

from reform.tests.scenarios import annul
from registry.tests.factories import LegalActFactory

pytestmark = pytest.mark.django_db


def test_an_act_shows_what_rests_on_it(read, land):
    page = read(f"legal-acts/{land.act.pk}/")

    assert "№ 85, 03.04.2023" in page
    assert f"/ru/reform/events/{land.event.pk}/" in page


def test_an_annulled_change_stays_and_says_so(read, land):
    annul(land.event)

    assert "badge-error" in read(f"legal-acts/{land.act.pk}/")


def test_a_repealed_act_is_in_force_until_its_repeal(read, land):
    repealer = LegalActFactory(adopted_on=dt.date(2025, 12, 30), in_force=(dt.date(2026, 1, 1), None))
    land.act.status, land.act.repealed_by = "repealed", repealer
    land.act.save()

    before = read(f"legal-acts/{land.act.pk}/", at="2025-12-31")
    after = read(f"legal-acts/{land.act.pk}/", at="2026-01-01")

    assert "badge-error" not in before
    assert "notice-warning" not in before
    assert "badge-error" in after
    assert "notice-warning" in after  # the merger that rests on it is flagged
    assert f"/ru/legal-acts/{repealer.pk}/" in after
    assert f"/ru/legal-acts/{land.act.pk}/" in read(f"legal-acts/{repealer.pk}/")


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_page_opens_in_every_language(read, land, language):
    assert "<h1>" in read(f"legal-acts/{land.act.pk}/", language)


def test_the_page_costs_four_queries(visitor, land, django_assert_num_queries):
    with django_assert_num_queries(4):
        visitor.get(f"/ru/legal-acts/{land.act.pk}/")


def test_an_unknown_act_is_not_found(read, land):
    read(f"legal-acts/{uuid.uuid4()}/", status=404)
