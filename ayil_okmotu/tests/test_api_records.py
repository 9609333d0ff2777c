"""Staff, budgets, distances, statistics and what law says, over REST: what anybody reads."""

from __future__ import annotations

import datetime as dt

import pytest

from ayil_okmotu import services, statistics
from ayil_okmotu.tests.offices import DAY, REPORTED, START, country, said
from registry.tests.rest import API, VISITOR, ask, get, refused, table, walk

pytestmark = pytest.mark.django_db
STAFFING, BUDGETS, ACCESS = "staffing/", "budgets/", "executive-bodies/access/"
STATISTICS = "executive-bodies/statistics/"


@pytest.fixture
def land():
    return country()


def by_unit(rows):
    return {row["unit"]["name"]["ky"]: row for row in rows}


# --- staff -------------------------------------------------------------------------------------------------


def test_staff_are_as_last_reported_against_the_norm_of_the_day(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = by_unit(get(STAFFING, at=DAY)["results"])

    kara = rows["Кара-Суу"]
    assert (kara["staff"]["on"], kara["staff"]["filled"], kara["vacancies"]) == (str(REPORTED), 12, 2)
    assert (kara["men_percent"], kara["men_over"]) == ("83.33", True)
    assert kara["over_norm"] == {"staff": 2, "contract": 0}
    assert (rows["Ак-Суу"]["men_percent"], rows["Ак-Суу"]["men_over"]) == (None, None)
    assert (rows["Бейшеке"]["staff"], rows["Бейшеке"]["vacancies"]) == (None, None)
    earlier = by_unit(get(STAFFING, at=REPORTED - dt.timedelta(days=1))["results"])["Кара-Суу"]
    assert (earlier["staff"]["filled"], earlier["men_percent"], earlier["men_over"]) == (20, "60.00", False)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (lambda land: {"men_over": "true"}, ["Кара-Суу"]),
        (lambda land: {"over_norm": "true"}, ["Кара-Суу"]),
        (lambda land: {"over_norm": "false", "reported": "true"}, ["Ак-Суу"]),
        (lambda land: {"reported": "false"}, ["Бейшеке", "Бишкек", "Нарын"]),
        (lambda land: {"kind": "mayors_office"}, ["Бишкек", "Нарын"]),
        (lambda land: {"body": land.bodies["ak"].pk}, ["Ак-Суу"]),
        (lambda land: {"district": land.home.pk}, ["Ак-Суу", "Кара-Суу"]),
        (lambda land: {"ordering": "-filled", "oblast": land.one.pk}, ["Кара-Суу", "Ак-Суу", "Нарын"]),
    ],
)
def test_staff_are_narrowed_and_ordered(land, query, names):
    assert list(by_unit(get(STAFFING, at=DAY, **query(land))["results"])) == names


def test_one_report_is_judged_by_its_own_day(land):
    found = get(f"staffing/{land.report.pk}/")

    assert (found["on"], found["vacancies"], found["over_norm"]) == (
        str(REPORTED), 2, {"staff": 2, "contract": 0}
    )  # fmt: skip
    assert found["body"]["unit"] == str(land.units["kara"].pk)


# --- budgets -----------------------------------------------------------------------------------------------


def test_a_budget_tells_its_sums_its_lines_and_what_does_not_add_up(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = get(BUDGETS)

    assert [row["year"] for row in answer["results"]] == [2023, 2022]
    kara, naryn = answer["results"]
    assert (kara["own_revenue"], kara["transfers"]) == (
        {"plan": "40.5", "actual": "42"}, {"plan": "10", "actual": "10"}
    )  # fmt: skip
    assert kara["expenditure"] == {"plan": "30", "actual": "25"}
    assert (kara["reported"]["total_revenue"], kara["flags"]) == ({"plan": "50.5", "actual": "52"}, [])
    assert [line["item"] for line in kara["lines"]] == [
        "land_tax", "equalisation_transfer", "education", "total_revenue"
    ]  # fmt: skip
    assert kara["district"]["name"]["ky"] == "Ат-Башы"
    assert (naryn["unit"]["kind"], naryn["label"]) == ("oblast", "before 2023")
    assert naryn["flags"] == ["unreadable"]
    unread = next(line for line in naryn["lines"] if line["item"] == "total_expenditure")
    assert (unread["actual"], unread["actual_as_printed"]) == (None, "254,40.0")


def test_one_budget_says_how_it_does_not_add_up(land):
    services.write_budget(unit=land.one, year=2022, label="before 2023", lines={
        "total_expenditure": said(None, "8319.5")
    })  # fmt: skip

    found = get(f"budgets/{land.flagged.pk}/", lang="en")

    (finding,) = found["findings"]
    assert (finding["code"], finding["column"], finding["item"]) == ("surplus_differs", "actual", "surplus")
    assert (finding["reported"], finding["computed"], finding["difference"]) == ("670.3", "1107.9", "-437.6")
    assert "1,107.9" in finding["detail"]
    assert get(f"budgets/{land.budget.pk}/")["findings"] == []


@pytest.mark.parametrize(
    ("query", "years"),
    [
        (lambda land: {"year": "2023"}, [2023]),
        (lambda land: {"unit": land.units["kara"].pk}, [2023]),
        (lambda land: {"oblast": land.one.pk}, [2023, 2022]),
        (lambda land: {"district": land.home.pk}, [2023]),
        (lambda land: {"kind": "oblast"}, [2022]),
        (lambda land: {"flagged": "true"}, [2022]),
        (lambda land: {"flagged": "false"}, [2023]),
        (lambda land: {"ordering": "year"}, [2022, 2023]),
        (lambda land: {"oblast": land.two.pk}, []),
    ],
)
def test_budgets_are_narrowed_and_ordered(land, query, years):
    assert [row["year"] for row in get(BUDGETS, **query(land))["results"]] == years


def test_joined_budgets_are_read_year_by_year(land):
    found = get("budgets/joined/", unit=land.units["kara"].pk, at="2024-01-01")

    (year,) = found["results"]
    assert (year["year"], year["budget"], year["joined"]) == (2023, str(land.budget.pk), False)
    assert [part["unit"] for part in year["parts"]] == [str(land.units["kara"].pk)]
    tax = next(line for line in year["lines"] if line["item"] == "land_tax")
    assert tax == {
        "item": "land_tax", "plan": "40.5", "actual": "42", "plan_unreadable": False, "actual_unreadable": False
    }  # fmt: skip
    refused("budgets/joined/", 400, "/unit")
    refused("budgets/joined/", 404, unit="00000000-0000-4000-8000-000000000000")


# --- distances ---------------------------------------------------------------------------------------------


def test_far_villages_come_farthest_first_with_the_body_they_go_to(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = get(ACCESS, at=DAY)

    assert [(row["settlement"]["name"]["ky"], row["distance_to_centre_km"]) for row in answer["results"]] == [
        ("Алыс", "45.5"), ("Бей", "30.0")
    ]  # fmt: skip
    far = answer["results"][0]
    assert (far["unit"]["name"]["ky"], far["body"]["id"]) == ("Кара-Суу", str(land.bodies["kara"].pk))
    assert (far["district"]["name"]["ky"], far["population"]) == ("Ат-Башы", 300)
    assert [row["settlement"]["name"]["ky"] for row in get(ACCESS, at=DAY, from_=0)["results"]] == [
        "Алыс", "Бей", "Ак", "Кара"
    ]  # fmt: skip
    assert get(ACCESS, at=DAY, from_=31, oblast=land.two.pk)["results"] == []
    assert [row["unit"]["name"]["ky"] for row in get(ACCESS, at=DAY, district=land.far.pk)["results"]] == [
        "Бейшеке"
    ]


# --- every list --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "dated"),
    [(STAFFING, True), (BUDGETS, False), (ACCESS, True), ("end-grounds/", False), ("budget-items/", False),
     ("qualification-rules/", True), ("staffing-norms/", True)],
)  # fmt: skip
def test_tables_and_cursors_hold_the_rows_of_the_list_and_304_holds(land, address, dated):
    query = {"at": DAY} if dated else {}
    rows = get(address, page_size=500, **query)["results"]

    assert rows
    assert len(walk(address, page_size=1 if len(rows) < 9 else 5, **query)) == len(rows)
    for fmt in ("csv", "xlsx"):
        assert len(table(address, fmt, **query)) == len(rows)
    tag = ask(address, **query)["ETag"]
    again = VISITOR.get(f"{API}{address}", query, headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_every_list_is_one_query(land, django_assert_num_queries):
    for address in (STAFFING, ACCESS, "qualification-rules/", "staffing-norms/"):
        with django_assert_num_queries(1):
            assert get(address, at=DAY)["results"]
    for address in (BUDGETS, "end-grounds/", "budget-items/"):
        with django_assert_num_queries(1):
            assert get(address)["results"]


# --- what law says -----------------------------------------------------------------------------------------


def test_grounds_rules_and_norms_are_told_as_law_has_them(land):
    grounds = {row["code"]: row for row in get("end-grounds/", kind="removal")["results"]}
    rules = {row["unit_kind"]: row for row in get("qualification-rules/", at=DAY)["results"]}
    norms = get("staffing-norms/", at=DAY, kind="ayil_okmotu")["results"]

    assert set(grounds) == {"breach_of_law", "no_confidence", "against_decisions", "loss_of_trust"}
    assert [code for code, row in grounds.items() if row["needs_resolution"]] == ["no_confidence"]
    years = [rules["city_oblast"][f"{name}_years"] for name in ("total", "leading", "elsewhere")]
    assert (years, rules["city_oblast"]["elsewhere"]) == ([7, 5, 7], "both")
    assert [(n["within"] and n["within"]["name"]["ky"], n["staff"], n["men_percent"]) for n in norms] == [
        ("Нарын", 12, None), (None, None, 70)
    ]  # fmt: skip


# --- statistics --------------------------------------------------------------------------------------------


def named(rows):
    return {row["group"]["name"]["ky"]: row for row in rows}


def test_staff_and_residents_for_each_employee_on_two_days(land, django_assert_num_queries):
    before = dt.date(2022, 6, 1)
    with django_assert_num_queries(2):
        answer = get(STATISTICS, before=before, after=DAY)

    rows = named(answer["rows"])
    assert list(rows) == ["Нарын", "Талас", "Бишкек"]
    naryn = rows["Нарын"]
    assert (naryn["before"]["staff"], naryn["after"]["staff"]) == (20, 20)
    assert (naryn["before"]["unreported"], naryn["after"]["unreported"]) == (2, 1)
    assert (naryn["after"]["bodies"], naryn["after"]["headless"], naryn["after"]["acting"]) == (3, 2, 1)
    assert (naryn["after"]["population"], naryn["after"]["population_per_employee"]) == (2100, "105.00")
    assert naryn["before"]["population_per_employee"] == "60.00"  # 1,200 residents of the one that reported
    assert naryn["after"]["women_percent"] == "16.67"
    assert rows["Талас"]["after"]["population_per_employee"] is None
    assert (answer["total"]["reduced"], answer["total"]["reduction_percent"]) == (0, "0.00")


@pytest.mark.parametrize("group_by", statistics.GROUPINGS)
def test_every_grouping_adds_up_and_is_what_pages_are_given(land, group_by):
    answer = get(STATISTICS, before=START, after=DAY, group_by=group_by)

    for side in ("before", "after"):
        for name, value in answer["total"][side].items():
            if isinstance(value, int):
                assert sum(row[side][name] for row in answer["rows"]) == value, name
    given = statistics.between(START, DAY, group_by)
    assert given["total"] == answer["total"]
    assert answer["total"]["after"]["staff"] == 20


def test_statistics_are_narrowed_and_refuse_days_in_the_wrong_order(land):
    for query, bodies in (
        ({"oblast": land.two.pk}, 1),
        ({"kind": "ayil_aimak"}, 3),
        ({"district": land.home.pk}, 2),
    ):
        assert get(STATISTICS, before=START, after=DAY, **query)["total"]["after"]["bodies"] == bodies
    refused(STATISTICS, 400, "/before", before=DAY, after=START)
    refused(STATISTICS, 400, "/after", before=START)


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_tables_of_statistics_say_the_same(land, fmt):
    answer = get(STATISTICS, before=START, after=DAY)
    rows = table(STATISTICS, fmt, before=START, after=DAY)

    expected = [*answer["rows"], answer["total"]]
    assert [row["after_staff"] for row in rows] == [str(one["after"]["staff"]) for one in expected]
    assert [row["reduced"] for row in rows] == [str(one["reduced"]) for one in expected]
