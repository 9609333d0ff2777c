"""The whole reference classifier, imported once for the tests of this module."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from registry.models import UnitCode, UnitVersion
from registry.tests.test_import_classifier import DAY, everything

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def run(path, *flags):
    """Import a file for good; return what was said, on either channel."""
    out, err = StringIO(), StringIO()
    call_command(
        "import_classifier", str(path), "--valid-from", DAY, "--commit", *flags, stdout=out, stderr=err
    )
    return out.getvalue() + err.getvalue()


@pytest.fixture(scope="module")
def classifier(shared_rows, reference):
    with shared_rows():
        return run(reference / "units.csv", "--skip-refused")


def test_every_kind_of_unit_is_there_in_its_number(classifier):
    kinds = Counter(UnitVersion.objects.values_list("kind", flat=True))

    assert kinds == {
        "oblast": 7,
        "district": 40,
        "city_republican": 2,
        "city_oblast": 13,
        "city_district_level": 16,
        "city_district": 4,
        "ayil_aimak": 453,
    }
    assert "rows refused: 1" in classifier


def test_aimaks_per_district_are_those_of_the_source(reference, classifier):
    with (reference / "validation_aa_per_district.csv").open(encoding="utf-8") as lines:
        expected = {row["district_code"]: int(row["ayil_aimaks_soate"]) for row in csv.DictReader(lines)}

    codes = dict(UnitCode.objects.values_list("unit_id", "code"))
    found = Counter(
        codes[parent]
        for parent in UnitVersion.objects.filter(kind="ayil_aimak").values_list("parent_id", flat=True)
    )

    assert {district: count for district, count in expected.items() if count} == dict(found)


def test_a_second_run_changes_nothing(reference, classifier):
    before = everything()

    said = run(reference / "units.csv", "--skip-refused")

    assert "Nothing to change" in said
    assert everything() == before


def test_the_code_finds_its_unit(classifier):
    answer = Client().get("/api/v1/codes/soate/41704220000000/").json()

    (unit,) = answer["results"]
    assert (unit["kind"], unit["name"]["ru"]) == ("district", "Ат-Башынский район")
    assert {"system": "soate", "code": "41704220000000"} in unit["codes"]


def test_villages_of_the_whole_file_are_those_of_their_own_file(reference, classifier):
    assert "Nothing to change" in run(reference / "villages.csv")
