"""Candidates against the service that the head of a kind of municipality must bring."""

import datetime as dt

import pytest
from django.utils import translation

from ayil_okmotu.models import QualificationRule, ServiceRecord
from ayil_okmotu.qualification import check, rule_on

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 1, 1)
KINDS = {
    "city_republican": (10, 7, 10, True),
    "city_oblast": (7, 5, 7, True),
    "city_district_level": (5, 3, 5, True),
    "ayil_aimak": (5, 3, 5, False),
}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def record(total, leading, elsewhere, *, education=True, language=True):
    return ServiceRecord(
        on=DAY,
        total_years=total,
        leading_years=leading,
        elsewhere_years=elsewhere,
        higher_education=education,
        state_language=language,
    )


def verdict(kind, *years, **more):
    return check(record=record(*years, **more), unit_kind=kind, day=DAY)


def passes(found):
    return {item.code: item.passes for item in found.findings}


@pytest.mark.parametrize(("kind", "years"), KINDS.items())
def test_the_years_are_those_of_the_kind(kind, years):
    rule = rule_on(kind, DAY)
    assert (rule.total_years, rule.leading_years, rule.elsewhere_years, rule.higher_education) == years
    assert rule_on(kind, dt.date(2021, 10, 19)) is None


@pytest.mark.parametrize(("kind", "years"), KINDS.items())
def test_who_brings_all_of_it_passes_in_both_readings(kind, years):
    total, leading, elsewhere, _education = years
    assert verdict(kind, total, leading, elsewhere).passes is True
    assert verdict(kind, total - 1, leading, elsewhere).passes is False
    # leading years or years elsewhere alone: one reading says yes, the other no
    assert verdict(kind, total, leading, elsewhere - 1).passes is None
    assert verdict(kind, total, leading - 1, elsewhere).passes is None
    assert verdict(kind, total, leading - 1, elsewhere - 1).passes is False


def test_both_readings_are_explained():
    found = verdict("ayil_aimak", 6, 3, 0)
    assert passes(found) == {
        "total_years": True,
        "leading_years": True,
        "elsewhere_alternative": True,
        "elsewhere_addition": False,
        "state_language": True,
    }
    sentences = {item.code: item.sentence for item in found.findings}
    assert sentences["total_years"] == "Service in all: 5 years are demanded, the record says 6: enough."
    assert sentences["elsewhere_addition"] == (
        "Leading posts elsewhere are demanded beside leading service (leading posts elsewhere: 5 years are demanded, "
        "the record says 0: too little.) In this reading the candidate does not pass."
    )
    assert {item.needed for item in found.findings if item.code.startswith("elsewhere")} == {5}


@pytest.mark.parametrize(
    ("reading", "years", "expected"),
    [
        ("alternative", (5, 0, 5), True),
        ("alternative", (5, 3, 0), True),
        ("addition", (5, 3, 0), False),
        ("addition", (5, 3, 5), True),
        ("addition", (5, 0, 5), False),
    ],
)
def test_a_rule_that_says_how_to_read_it_is_read_that_way(reading, years, expected):
    QualificationRule.objects.filter(unit_kind="ayil_aimak").update(elsewhere=reading)
    found = verdict("ayil_aimak", *years)
    assert found.passes is expected
    assert [code for code in passes(found) if code.startswith("elsewhere")] == [f"elsewhere_{reading}"]


def test_short_leading_service_is_said_as_it_counts():
    """In the alternative reading it is no failure of its own, in the other it is."""
    assert passes(verdict("ayil_aimak", 5, 0, 5))["leading_years"] is None
    QualificationRule.objects.filter(unit_kind="ayil_aimak").update(elsewhere="addition")
    assert passes(verdict("ayil_aimak", 5, 0, 5))["leading_years"] is False


def test_mayors_have_higher_education():
    found = verdict("city_district_level", 9, 9, 9, education=False)
    assert found.passes is False
    assert passes(found)["higher_education"] is False
    assert verdict("ayil_aimak", 9, 9, 9, education=False).passes is True


def test_every_head_commands_the_state_language():
    assert verdict("ayil_aimak", 9, 9, 9, language=False).passes is False


def test_without_a_rule_or_a_record_nothing_is_said():
    early = check(record=record(9, 9, 9), unit_kind="ayil_aimak", day=dt.date(2020, 1, 1))
    assert (early.passes, [item.code for item in early.findings], early.rule) == (None, ["no_rule"], None)
    none = check(record=None, unit_kind="ayil_aimak", day=DAY)
    assert (none.passes, [item.code for item in none.findings]) == (None, ["no_record"])


def test_a_rule_names_its_article():
    QualificationRule.objects.filter(unit_kind="ayil_aimak").update(article="ст. 46")
    assert {item.article for item in verdict("ayil_aimak", 5, 3, 5).findings} == {"ст. 46"}
