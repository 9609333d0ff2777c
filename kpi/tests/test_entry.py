"""Entering a report by the script and without it: what is saved, refused, in conflict; what it costs."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import UserFactory
from ayil_okmotu.services import write_budget
from ayil_okmotu.services.budgets import Amounts
from councils.tests.desk import text
from kpi import services
from kpi.models import Value
from kpi.tests import factories as make
from kpi.tests.clerk import *  # noqa: F403  (fixtures)
from kpi.tests.clerk import (
    JSON,
    at,
    card,
    entry,
    figure,
    former,
    page,
    pdf,
    put,
    quarter,
    save,
    sent,
    signed_in,
    tell,
    work,
)
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db


# Who may


def test_a_draft_exists_for_those_alone_who_may_read_it(staff, neighbour, approver, report):
    assert page(staff, report).status_code == 200
    assert neighbour.get(entry(report)).status_code == 404
    assert approver.get(entry(report)).status_code == 403
    assert Client().get(entry(report))["Location"].startswith("/en/account/login/")
    value = make.value(report, "jobs")
    assert tell(neighbour, value, number="3").status_code == 404
    assert tell(approver, value, number="3").status_code == 403
    assert figure(report, "jobs") is None


def test_an_employees_report_is_entered_by_the_employee_and_the_head_alone(today, home, office_of):
    own, head, colleague = (signed_in(RoleKind.ANALYST, None, person) for person in office_of.people)
    clerk = signed_in(RoleKind.STAFF, home[0])

    answers = [client.get(entry(office_of.report)).status_code for client in (own, head, colleague, clerk)]

    assert answers == [200, 200, 404, 404]
    assert "Кызматкер" in text(own.get(entry(office_of.report)))


# One value, by the script


def test_a_value_is_saved_by_itself_and_the_answer_says_so(staff, report):
    response = tell(staff, make.value(report, "roads"), number=" 1 234,5 ")

    assert response.status_code == 422  # beyond what is possible
    assert "possible are 0 to 1,000" in response.json()["said"]

    found = tell(staff, make.value(report, "roads"), number="4,5").json()

    assert (found["outcome"], found["version"], found["texts"]["number"]) == ("saved", 2, "4.5")
    assert found["counts"]["urban_development"] == "1 of 3 filled in"
    assert found["all"] == "1 of 11 filled in"
    assert figure(report, "roads") == Decimal("4.5")


@pytest.mark.parametrize(
    ("code", "typed", "said"),
    [
        ("jobs", {"number": "NaN"}, "is not a number"),
        ("jobs", {"number": "1e400"}, "is not a number"),
        ("jobs", {"number": "1.234,5"}, "more than one comma or dot"),
        ("jobs", {"number": "12 %"}, "per cent sign"),
        ("jobs", {"number": "1" * 100}, "more digits"),
        ("jobs", {"number": "1,5"}, "Only whole numbers"),
        ("investment", {"number": "0,0000001"}, "at most 6 decimals"),
        ("jobs", {"status": "missing"}, "Say in a note why"),
        ("jobs", {"status": "gone"}, "gone is not one of the available choices"),
        ("jobs", {"number": "1", "note": "x" * 1001}, "at most 1000 characters"),
        ("budget_saved", {"numerator": "1", "denominator": "0"}, "denominator must be above 0"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(staff, report, code, typed, said):
    response = tell(staff, make.value(report, code), **typed)

    assert response.status_code == 422
    assert said in response.json()["said"]
    assert make.value(report, code).version == 1


def test_a_figure_in_per_cent_may_be_typed_with_its_sign(staff, report):
    assert tell(staff, make.value(report, "satisfaction"), number="71 %").status_code == 200
    assert figure(report, "satisfaction") == 71


def test_half_a_ratio_is_kept_and_the_whole_one_is_computed(staff, report):
    half = tell(staff, make.value(report, "budget_saved"), numerator="3", denominator="").json()
    whole = tell(staff, make.value(report, "budget_saved"), numerator="3", denominator="120").json()

    assert (half["outcome"], half["filled"]) == ("saved", False)
    assert whole["filled"]
    assert "<strong>2.5</strong>" in whole["said"]


def test_without_a_figure_a_note_says_why(staff, report):
    put(report, "jobs", 3)

    both = tell(staff, make.value(report, "jobs"), status="missing", number="3", note="Статистика келген жок")
    assert both.status_code == 422  # a figure and none deny each other: nothing is dropped in silence
    assert make.value(report, "jobs").number == 3
    answer = tell(
        staff, make.value(report, "jobs"), status="missing", number="", note="Статистика келген жок"
    )

    assert answer.json()["filled"]
    row = make.value(report, "jobs")
    assert (row.status, row.number, row.note) == ("missing", None, "Статистика келген жок")


def test_what_arrives_twice_is_written_once(staff, report):
    value = make.value(report, "jobs")
    first = tell(staff, value, number="12")
    again = tell(staff, value, number="12,0")  # its answer was lost: sent again with the version read before

    assert (first.json()["version"], again.json()["version"]) == (2, 2)
    assert again.json()["outcome"] == "saved"


def test_nobody_overwrites_silently_what_somebody_else_has_saved(staff, report):
    value = make.value(report, "jobs")
    put(report, "jobs", 7)

    answer = tell(staff, value, number="12")

    assert answer.status_code == 409
    said = re.sub(r"<[^>]+>", " ", answer.json()["said"])
    assert re.search(r"They saved\s+You entered\s+Figure\s+7\s+12\s", said)
    assert figure(report, "jobs") == 7
    assert tell(staff, value, version=answer.json()["version"], number="12").status_code == 200
    assert figure(report, "jobs") == 12


def test_a_change_against_the_quarter_before_is_a_warning_that_a_note_answers(staff, home, report):
    former(home[0], jobs=10)

    odd = tell(staff, make.value(report, "jobs"), number="40").json()
    answered = tell(staff, make.value(report, "jobs"), number="40", note="Жаңы фабрика").json()

    assert odd["outcome"] == "saved"
    assert "40 after 10 in the quarter before" in odd["said"]
    assert "data-asks" in odd["said"]
    assert "Answered by the note." in answered["said"]


def test_a_script_is_told_that_the_session_has_ended(staff, report):
    value = make.value(report, "jobs")
    staff.logout()

    answer = tell(staff, value, number="12")

    assert (answer.status_code, answer.json()["outcome"]) == (401, "away")


def test_a_script_gets_the_token_of_the_session_that_is_open_now(report, home, today):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(signed_in(RoleKind.STAFF, home[0]).user)
    value = make.value(report, "jobs")
    assert tell(strict, value, number="12").status_code == 403

    token = strict.get(at(value), headers={"Accept": JSON}).headers["X-CSRFToken"]

    answer = strict.post(
        at(value),
        {"jobs-number": "12", "jobs-status": "normal", "jobs-version": "1", "csrfmiddlewaretoken": token},
        headers={"Accept": JSON},
    )
    assert answer.status_code == 200


def test_the_address_of_a_value_leads_to_its_place_on_the_page(staff, report):
    assert staff.get(at(make.value(report, "jobs")))["Location"] == f"{entry(report)}#value-jobs"
    nothing = staff.post(at(make.value(report, "jobs")), {}, headers={"Accept": JSON})
    assert nothing.status_code == 422


# The whole page, without a script


def test_the_page_is_saved_whole_and_only_what_was_typed_is_written(staff, report):
    response = save(
        staff, report, jobs__number="12", roads__number="4,5", button={"save": "urban_development"}
    )

    assert response["Location"] == f"{entry(report)}#section-urban_development"
    assert "2 entries are saved." in text(page(staff, report))
    written = Value.objects.filter(report=report, version__gt=1)
    assert {row.indicator.code for row in written} == {"jobs", "roads"}


def test_what_is_refused_stands_there_as_it_was_typed_and_the_rest_is_saved(staff, report):
    response = save(staff, report, jobs__number="он эки", roads__number="4,5")

    assert response.status_code == 422
    html = response.content.decode()
    assert 'href="#jobs-number"' in html
    assert 'value="он эки"' in html
    assert (figure(report, "jobs"), figure(report, "roads")) == (None, Decimal("4.5"))


def test_a_field_left_alone_is_no_conflict_and_one_typed_into_is(staff, report):
    shown = page(staff, report)
    put(report, "jobs", 7)
    put(report, "projects", 2)

    response = staff.post(entry(report), sent(shown, jobs__number="12", roads__number="3"))

    assert response.status_code == 409
    assert [card.code for card in response.context["cards"] if card.stale] == ["jobs"]
    assert "This value has been saved since you opened it" in text(response)
    assert [figure(report, code) for code in ("jobs", "projects", "roads")] == [7, 2, 3]
    again = staff.post(entry(report), sent(response, jobs__number="12"))
    assert again.status_code == 409  # saving once more replaces nothing
    assert figure(report, "jobs") == 7


@pytest.mark.parametrize(("button", "stays"), [({"theirs": "jobs"}, 7), ({"mine": "jobs:2"}, 12)])
def test_whoever_typed_decides_which_of_the_two_stays(staff, report, button, stays):
    shown = page(staff, report)
    put(report, "jobs", 7)
    conflict = staff.post(entry(report), sent(shown, jobs__number="12"))

    response = staff.post(entry(report), sent(conflict, roads__number="3") | button)

    assert response.status_code == 302
    assert (figure(report, "jobs"), figure(report, "roads")) == (stays, 3)


@pytest.mark.parametrize("chosen", ["jobs:x", "jobs:", "jobs:99999999999", "jobs:٣", "jobs:1"])
def test_mine_does_not_replace_what_was_not_shown(staff, report, chosen):
    shown = page(staff, report)
    put(report, "jobs", 7)

    response = staff.post(entry(report), sent(shown, jobs__number="12") | {"mine": chosen})

    assert response.status_code == 409
    assert figure(report, "jobs") == 7


def test_what_was_typed_survives_a_session_that_ended(staff, report, home):
    data = sent(page(staff, report), jobs__number="12")
    user = staff.user
    staff.logout()
    assert staff.post(entry(report), data).status_code == 302
    staff.force_login(user)

    response = page(staff, report)

    assert "Your entries were kept" in text(response)
    assert card(response, "jobs").form["number"].value() == "12"
    assert figure(report, "jobs") is None
    assert staff.post(entry(report), sent(response)).status_code == 302
    assert figure(report, "jobs") == 12


def test_files_that_were_sent_without_a_session_are_to_be_chosen_again_and_the_page_says_so(staff, report):
    data, user = sent(page(staff, report), jobs__number="12"), staff.user
    for file in ({}, {"investment-file": pdf()}):
        staff.logout()
        staff.post(entry(report), data | file)
        staff.force_login(user)
        first, second = text(page(staff, report)), text(page(staff, report))

        assert "Your entries were kept" in first
        assert ("Files cannot be kept: choose them again." in first) is bool(file)
        assert "Files cannot be kept" not in second


def test_what_is_typed_into_a_report_that_was_submitted_meanwhile_is_shown_and_not_taken(staff, report):
    shown = page(staff, report)
    make.filled(report)
    services.submit(report=report, by=UserFactory(), at=make.Q3_ENTRY)

    response = staff.post(entry(report), sent(shown, jobs__number="12"))

    assert response.status_code == 409
    assert "What you typed was not taken" in text(response)
    assert "Jobs created: 12" in text(response)
    assert figure(report, "jobs") == 24


def test_a_years_budget_fills_the_quarter_that_closes_the_year_in_and_stands_beside_the_others(staff, home):
    for year, actual in ((2020, 4_000), (2021, 5_000), (2022, 6_000)):
        lines = {"income_tax": Amounts(plan=Decimal(actual), actual=Decimal(actual))}
        write_budget(unit=home[0], year=year, lines=lines)
    january = dt.datetime(2023, 1, 10, 9, tzinfo=dt.UTC)
    last = make.opened(home[0], of=quarter(4, due=dt.date(2023, 1, 31)), at=january)
    closing, third = page(staff, last), page(staff, make.opened(home[0], of=quarter()))

    one, other = card(closing, "revenue_growth"), card(third, "revenue_growth")

    assert one.known_text == "6,000 / 5,000 (local budget of 2022)"
    assert one.is_known
    assert "filled in from it" in text(closing)
    assert other.known_text == "6,000 / 5,000 (local budget of 2022)"
    assert (other.is_known, other.value.status) == (False, "")
    assert "filled in from it" not in text(third)


def test_the_page_shows_the_quarter_before(staff, home, report):
    former(home[0], jobs=10)

    assert card(page(staff, report), "jobs").last_text == "10"


# Cost


def test_the_number_of_queries_is_known(staff, home, report, django_assert_num_queries):
    former(home[0], jobs=10)
    make.filled(report)
    page(staff, report)
    with django_assert_num_queries(12):
        page(staff, report)
    value = make.value(report, "jobs")
    with django_assert_num_queries(17):
        assert tell(staff, value, number="25").status_code == 200
    with django_assert_num_queries(9):
        work(staff)


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_figures_come_back_as_they_are_typed_in_each_language(staff, report, language):
    for typed in ("1 234,5", "1234.5"):
        save(staff, report, language, investment__number=typed)
        assert figure(report, "investment") == Decimal("1234.5")
        assert card(page(staff, report, language), "investment").form["number"].value() == "1\u00a0234,5"


def test_two_aimaks_of_another_district_are_nobodys_business(staff, today):
    far = aimak(district(name="Ат-Башы"), "Алыс")
    assert staff.get(entry(make.opened(far, of=quarter()))).status_code == 404
