"""The official classifier gives the demonstration's country its codes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.test import Client

from reform.tests.scenarios import annul, apply, merge_draft
from registry.models import Settlement, Unit, UnitCode, UnitVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_country"), pytest.mark.slow]
FIRST_DAY = "2021-01-01"


def imported(path, *flags):
    call_command(
        "import_classifier", str(path), "--valid-from", FIRST_DAY, "--skip-refused", "--commit", *flags
    )


@pytest.fixture
def coded(reference, capsys):
    units = Unit.objects.count()
    imported(reference / "units.csv")
    said = capsys.readouterr()
    return units, said.out, said.err


def test_every_row_finds_its_unit_and_none_is_added(coded):
    units, said, refused = coded

    assert Unit.objects.count() == units
    assert UnitCode.objects.count() == 7 + 40 + 31 + 4 + 453
    assert "rows refused: 1" in said
    assert "row 2:" in refused
    assert "differs" not in said


def test_a_second_run_changes_nothing(coded, reference, capsys):
    imported(reference / "units.csv")

    assert "Nothing to change" in capsys.readouterr().out


def test_units_that_ended_in_the_reform_keep_their_code_to_their_last_day(coded):
    ended = UnitVersion.objects.live().filter(valid__upper_inf=False, kind="ayil_aimak")
    unit = ended.exclude(unit__versions__valid__upper_inf=True).order_by("sort_ky").first()

    held = UnitCode.objects.get(unit=unit.unit_id)

    assert held.valid.upper == unit.valid.upper
    assert held.closed_by_id == unit.closed_by_id
    client = Client()
    anytime = client.get(f"/api/v1/codes/soate/{held.code}/").json()
    later = client.get(f"/api/v1/codes/soate/{held.code}/?at={held.valid.upper}").json()
    assert [row["status"] for row in anytime["results"]] == ["ended"]
    assert later["results"] == []


def test_an_annulment_still_opens_what_it_closed(coded):
    day = dt.date(2026, 12, 1)
    home = Unit.objects.at(day).filter(versions__name_ky="Кочкор", versions__kind="district").get()
    sources = list(
        Unit.objects.at(day)
        .filter(versions__parent=home, codes__valid__contains=day)
        .distinct()
        .order_by("pk")[:2]
    )
    event, _new = merge_draft(sources, home, on=day)
    codes = UnitCode.objects.filter(unit__in=sources)
    apply(event)
    assert not codes.filter(valid__upper_inf=True).exists()

    annul(event)

    assert codes.filter(valid__upper_inf=True).count() == 2


def test_villages_get_their_codes_too(coded, reference, capsys):
    before = Settlement.objects.count()

    imported(reference / "villages.csv")

    said = capsys.readouterr()
    assert Settlement.objects.count() == before, said.out[-2000:]
    assert "rows refused: 0" in said.out
