"""The public pages of KPI."""

import datetime as dt
import json
import re
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from ayil_okmotu.tests import factories as offices
from kpi import scoring, services
from kpi.models import Period, Report, Score, Subject
from kpi.page_queries import figures
from kpi.tests import factories as make
from kpi.tests.land import draft_of_heads
from kpi.tests.land import land as country
from lsg_portal.web import days
from lsg_portal.web.tests import pages as pages_of
from lsg_portal.web.tests.browser import axe_findings
from registry.services import check_now
from registry.tests import kadamjay
from registry.tests.factories import LegalActFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2023, 6, 1)
QUARTER = "2022Q3"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture(scope="module")
def land(shared_rows):
    with shared_rows():
        return country()


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def read(visitor):
    """Open a page of KPI; return its text."""
    return pages_of.texts(visitor, "/kpi/")


@pytest.fixture
def table(visitor):
    """The rows of a table of a page."""
    return pages_of.tables(visitor, "/kpi/")


def signed_in(role, unit=None):
    """A browser signed in as the holder of a role."""
    client = Client()
    client.force_login(RoleFactory(role=role, unit=unit).user)
    return client


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


def pages(land):
    return {
        "overview": "",
        "ranking": "ranking/",
        "ranking of an oblast": f"ranking/?oblast={land.one.pk}&period={QUARTER}",
        "score": f"scores/{land.score.pk}/",
        "report": f"reports/{land.amended.pk}/",
        "superseded report": f"reports/{land.first.pk}/",
        "corrected report": f"reports/{land.other.pk}/",
        "methodologies": "methodologies/",
        "methodology": f"methodologies/{land.heads.pk}/",
        "methodology of employees": f"methodologies/{land.employees.pk}/",
        "indicator": "indicators/jobs/",
        "index": "indicators/accessibility/",
        "indicator of a district": f"indicators/revenue_growth/?district={land.home.pk}",
        "municipality": f"of/{land.own.pk}/",
        "municipality without reports": f"of/{land.town.pk}/",
        "series": f"of/{land.own.pk}/series/jobs/",
        "comparison": "compare/",
        "comparison of two": f"compare/?unit={land.own.pk}&unit={land.near.pk}",
        "employees": "employees/",
        "employees by municipality": "employees/?group_by=unit",
    }


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_page_opens_in_every_language(visitor, land, language):
    wrong = {
        name: answer.content.decode()[:800]
        for name, address in pages(land).items()
        if (answer := visitor.get(f"/{language}/kpi/{address}")).status_code != 200
    }
    assert wrong == {}


QUERIES = {
    "overview": 7,
    "ranking": 7,
    "score": 5,
    "report": 4,
    "methodologies": 2,
    "methodology": 3,
    "indicator": 5,
    "municipality": 7,
    "series": 9,
    "comparison": 4,
    "comparison of two": 7,
    "employees": 7,
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_costs_a_fixed_number_of_queries(visitor, land, django_assert_num_queries, name):
    with django_assert_num_queries(QUERIES[name]):
        visitor.get(f"/ky/kpi/{pages(land)[name]}")


# What everybody reads


def test_the_overview_counts_bands_so_that_every_way_adds_up(table, land):
    oblasts, districts = table(""), table("", "districts")
    found = {row["name"]: row for row in oblasts["rows"]}

    assert (found["Чүй"]["municipalities"], found["Чүй"]["none"]) == (3, 1)
    assert (found["Ош"]["municipalities"], found["Ош"]["none"]) == (1, 1)
    for row in oblasts["rows"] + districts["rows"]:
        counted = [row[code] for code in ("high", "good", "fair", "low", "none")]
        assert sum(counted) == row["municipalities"]
    assert oblasts["total"]["municipalities"] == 4
    assert sum(oblasts["total"][code] for code in ("high", "good", "fair", "low")) == 2


def test_the_overview_shows_the_spread_of_each_indicator_and_the_calendar(table, land):
    rows = {row["indicator"]: row for row in table("", "indicators")["rows"]}
    jobs = rows["Jobs created, jobs"]
    periods = {row["period"]: row for row in table("", "calendar")["rows"]}

    assert len(rows) == 11
    assert (jobs["reported"], jobs["low"], jobs["middle"], jobs["high"]) == (2, 12.5, 15.0, 17.5)
    assert periods["quarter 3 of 2022"]["status"] == "published"
    assert (periods["quarter 3 of 2022"]["owed"], periods["quarter 3 of 2022"]["published"]) == (4, 2)
    assert periods["quarter 4 of 2022"]["published_on"] is None


def test_the_ranking_compares_peers_and_leads_to_score_and_report(read, table, land):
    rows = {row["name"]: row for row in table("ranking/")["rows"]}
    page = read("ranking/")

    assert set(rows) == {"Ала", "Бала"}
    assert {name: row["rank"] for name, row in rows.items()} == {"Ала": 1, "Бала": 2}
    assert Decimal(rows["Ала"]["total"]) == land.score.total
    assert f"/en/kpi/scores/{land.score.pk}/" in page
    assert f"/en/kpi/reports/{land.first.pk}/" in page  # the revision that was scored
    assert "1 of 2" in page


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"peer_group": "aimaks_medium"}, {"Ала", "Бала"}),
        ({"peer_group": "aimaks_small"}, set()),
        ({"peer_group": "cities"}, set()),
        ({"q": "бал"}, {"Бала"}),
        ({"period": QUARTER}, {"Ала", "Бала"}),
    ],
)
def test_the_ranking_is_narrowed_by_what_is_asked(table, land, asked, names):
    assert {row["name"] for row in table("ranking/", **asked)["rows"]} == names


def test_the_ranking_of_a_place_has_its_municipalities_alone(table, land):
    assert len(table("ranking/", oblast=land.one.pk, district=land.home.pk)["rows"]) == 2
    far = table("", "districts")["rows"]
    assert {row["name"] for row in far} == {"Аламүдүн", "Өзгөн"}
    ranked = table("ranking/", band="low")["rows"] + table("ranking/", band="good")["rows"]
    assert len(ranked) <= 2


def test_a_score_is_explained_to_the_last_digit(read, table, land):
    rows = table(f"scores/{land.score.pk}/")
    lines = rows["rows"]

    assert len(lines) == 11
    total = sum(Decimal(row["contribution"]) for row in lines)
    assert abs(total - land.score.total) < Decimal(10) ** -17
    assert Decimal(rows["total"]["contribution"]) == land.score.total
    (jobs,) = [row for row in lines if row["indicator"].startswith("Jobs")]
    assert (Decimal(jobs["raw"]), Decimal(jobs["normalised"])) == (24, 40)
    page = read(f"scores/{land.score.pk}/")
    assert land.run.digest in page
    assert "What would move it one band" in page


def test_a_score_says_what_one_indicator_would_have_to_be(read, table, land):
    page = read(f"scores/{land.score.pk}/")
    ways = [row for row in table(f"scores/{land.score.pk}/")["rows"] if row.get("to_next")]

    assert ways
    for way in ways:
        assert way["indicator"].split(",")[0] + ": " in page
    (jobs,) = [way for way in ways if way["indicator"].startswith("Jobs")]
    assert 48 < Decimal(jobs["to_next"]) < 49
    assert "Jobs created: 49 jobs instead of 24" in page  # half a job is none


def test_what_would_be_needed_does_move_the_score_one_band(table, land):
    rows = table(f"scores/{land.score.pk}/")["rows"]
    rules = {row["indicator"]: scoring.Rule("higher_is_better", "number", *(
        Decimal(row[key]) for key in ("least", "most", "weight"))) for row in rows}  # fmt: skip
    found = {row["indicator"]: scoring.Entry("normal", Decimal(row["raw"])) for row in rows}
    assert scoring.score(rules, found).total == land.score.total
    for way in (row for row in rows if row["to_next"]):
        better = scoring.Entry("normal", Decimal(way["to_next"]))
        assert round(scoring.score(rules, {**found, way["indicator"]: better}).total, 12) == 60


def test_a_report_shows_what_was_reported_and_what_an_audit_found(read, table, land):
    rows = {row["indicator"]: row for row in table(f"reports/{land.other.pk}/")["rows"]}
    jobs = rows["Jobs created, jobs"]

    assert Decimal(jobs["figure"]) == 12
    assert jobs["findings"] == "corrected: 10 (Тизме боюнча)"
    assert "corrected: 10" in read(f"reports/{land.other.pk}/")


def test_a_superseded_report_stays_where_it_was_and_leads_to_the_one_in_force(read, table, land):
    former, now = read(f"reports/{land.first.pk}/"), read(f"reports/{land.amended.pk}/")

    def jobs(report):
        (row,) = [r for r in table(f"reports/{report.pk}/")["rows"] if r["indicator"].startswith("Jobs")]
        return Decimal(row["figure"])

    assert "has superseded this report" in former
    assert f"/en/kpi/reports/{land.amended.pk}/" in former
    assert (jobs(land.first), jobs(land.amended)) == (24, 20)
    assert "Ката кеткен" in now
    assert "has superseded this report" not in now


def test_who_is_late_follows_from_the_first_revision_and_extensions(read, table, land):
    late = make.Q3_ENTRY + dt.timedelta(days=25)
    extended = make.published(land.far, of=land.quarter, at=late)
    town = make.published(land.town, of=land.quarter, at=late)

    assert "badge-warning" not in read(f"reports/{land.amended.pk}/")  # amended after the day
    assert "badge-warning" not in read(f"of/{land.own.pk}/").split('id="reports"')[1]
    assert "due on 30 December 2022" in read(f"reports/{extended.pk}/")
    assert "late" not in read(f"reports/{extended.pk}/")
    assert "late" in read(f"reports/{town.pk}/")
    assert "late" in read(f"of/{land.town.pk}/").split('id="reports"')[1]


def test_an_indicator_is_put_together_by_its_own_rule(read, table, land):
    growth = {row["name"]: row for row in table("indicators/revenue_growth/", "places")["rows"]}
    index = table("indicators/accessibility/", "places")
    municipalities = {row["name"]: row for row in table("indicators/jobs/")["rows"]}

    assert Decimal(growth["Аламүдүн"]["value"]) == 10  # (110 + 110) ÷ (100 + 100)
    assert (growth["Аламүдүн"]["municipalities"], growth["Аламүдүн"]["reported"]) == (2, 2)
    assert growth["Өзгөн"]["value"] is None
    assert {row["name"]: row["value"] for row in index["rows"]}["Аламүдүн"] == "55.0"
    assert "the median of its municipalities" in read("indicators/accessibility/")
    assert (municipalities["Ала"]["value"], municipalities["Бала"]["value"]) == (20.0, 10.0)
    assert municipalities["Бала"]["status"] == "corrected by an audit"
    assert municipalities["Жалпак"]["value"] is None
    assert table("indicators/jobs/")["total"]["value"] == "30"


def test_satisfaction_of_a_district_is_weighted_by_residents(table, land):
    rows = {row["name"]: row for row in table("indicators/satisfaction/", "places")["rows"]}

    expected = (Decimal(71) * 12_000 + Decimal(55) * 11_000) / 23_000
    assert round(Decimal(rows["Аламүдүн"]["value"]), 12) == round(expected, 12)


@pytest.mark.parametrize(
    ("rule", "formula", "expected"),
    [
        ("sum", "number", 15),
        ("ratio_of_sums", "share", 30),
        ("ratio_of_sums", "growth", -70),
        ("population_weighted_mean", "number", 6),
        ("not_aggregable", "number", 7.5),
    ],
)
def test_a_place_is_put_together_by_the_rule_of_the_indicator(rule, formula, expected):
    members = [
        {"value": 5.0, "numerator": 10.0, "denominator": 10.0, "residents": 4000},
        {"value": 10.0, "numerator": 20.0, "denominator": 90.0, "residents": 1000},
        {"value": None, "numerator": None, "denominator": None, "residents": 9000},
    ]

    assert figures.together({"aggregation": rule, "formula": formula}, members) == Decimal(str(expected))
    assert figures.together({"aggregation": rule, "formula": formula}, members[2:]) is None


def test_where_reporting_is_tried_out_nobody_else_is_counted(table, land):
    at = dt.datetime(2022, 7, 10, 9, tzinfo=dt.UTC)
    trial = make.period(2022, 2, within=land.home)
    make.approved(land.own, of=trial, at=at)
    make.published_run(trial, at=at)

    assert table("", period="2022Q2")["total"]["municipalities"] == 2
    assert [
        row["municipalities"] for row in table("indicators/jobs/", "places", period="2022Q2")["rows"]
    ] == [2]
    assert {row["period"]: row["owed"] for row in table("", "calendar")["rows"]}["quarter 2 of 2022"] == 2
    assert table("", period=QUARTER)["total"]["municipalities"] == 4


def test_an_indicator_has_a_map_beside_its_table(read, land):
    page = read("indicators/jobs/")

    assert page.count('class="chart tile-map"') == 1
    assert f"/en/kpi/indicators/jobs/?period={QUARTER}&amp;district={land.home.pk}#municipalities" in page


def test_a_municipality_has_its_scores_reports_and_indicators(read, table, land):
    address = f"of/{land.own.pk}/"
    jobs = {row["indicator"]: row for row in table(address)["rows"]}["Jobs created, jobs"]

    assert (jobs["value"], jobs["middle"], jobs["before"]) == (20.0, 15.0, None)
    assert [Decimal(row["total"]) for row in table(address, "scores")["rows"]] == [land.score.total]
    assert {row["revision"]: row["status"] for row in table(address, "reports")["rows"]} == {
        "1": "superseded",
        "2": "published",
    }
    assert "has been amended since the score" in read(address)
    assert "has been amended since the score" not in read(f"of/{land.near.pk}/")
    assert "Nothing has been published" in read(f"of/{land.town.pk}/")


def test_the_comparison_sets_municipalities_side_by_side(read, table, land):
    asked = {"unit": [land.own.pk, land.near.pk]}
    jobs = {row["indicator"]: row for row in table("compare/", **asked)["rows"]}["Jobs created, jobs"]
    points = {row["indicator"]: row for row in table("compare/", "points", **asked)["rows"]}
    (totals,) = table("compare/", "totals", **asked)["rows"]

    assert (jobs[str(land.own.pk)], jobs[str(land.near.pk)]) == (20, 10)
    assert Decimal(points["Jobs created, jobs"][str(land.own.pk)]) == 40  # scored before the amendment
    assert Decimal(totals[str(land.own.pk)]) == land.score.total
    page = read("compare/", **asked)
    assert f"?unit={land.near.pk}" in page  # the way to take the other out
    assert f'<option value="{land.far.pk}">' in page


def test_what_the_chart_of_a_score_draws_stands_in_its_table(read, table, land):
    found = table(f"scores/{land.score.pk}/")
    most = {row["indicator"]: Decimal(row["most_points"]) for row in found["rows"]}

    assert sum(most.values()) == Decimal(found["total"]["most_points"]) == 100
    assert most["Jobs created, jobs"] == 10
    assert all(Decimal(row["contribution"]) <= Decimal(row["most_points"]) for row in found["rows"])
    assert "at most" in read(f"scores/{land.score.pk}/")


def test_what_the_chart_of_the_quarter_draws_stands_in_its_table(table, land):
    rows = table("", "indicators")["rows"]
    assert rows
    for row in rows:
        for name in ("low", "middle", "high"):
            assert 0 <= Decimal(row[f"{name}_points"]) <= 100
    jobs = next(row for row in rows if row["indicator"].startswith("Jobs"))
    assert Decimal(jobs["middle_points"]) == Decimal(str(jobs["middle"])) * 100 / 60


@pytest.mark.parametrize("name", ["overview", "score", "methodology", "municipality"])
def test_no_figure_of_a_file_is_written_with_an_exponent(visitor, land, name):
    address, _mark, query = pages(land)[name].partition("?")
    keys = {"overview": "indicators"}.get(name, "")
    for form in ("json", "csv"):
        answer = visitor.get(f"/en/kpi/{address}?format={form}&table={keys}&{query}")
        assert answer.status_code == 200
        assert re.findall(r"\b\d[\d.,]*E[+-]?\d+", answer.getvalue().decode()) == []


def test_a_methodology_says_what_it_weighs_and_that_it_is_no_law(read, table, land):
    rows = table(f"methodologies/{land.heads.pk}/")

    assert len(rows["rows"]) == 11
    assert Decimal(rows["total"]["weight"]) == 100
    assert [row["least"] for row in table(f"methodologies/{land.heads.pk}/", "bands")["rows"]] == [
        80,
        60,
        40,
        0,
    ]
    assert len(table(f"methodologies/{land.employees.pk}/")["rows"]) == 9
    assert {row["act"] for row in table("methodologies/")["rows"]} == {"none: a proposal, not law"}


PROPOSED = (
    "overview",
    "ranking",
    "score",
    "report",
    "methodology",
    "indicator",
    "municipality",
    "series",
    "comparison",
    "employees",
)


@pytest.mark.parametrize("name", PROPOSED)
def test_every_page_says_that_the_methodology_is_a_proposal_until_an_act_is_entered(read, land, name):
    address = pages(land)[name]
    version = land.employees if name == "employees" else land.heads

    assert "is a proposal of the source, not law" in read(address)
    services.enter_act(methodology=version, act=LegalActFactory())
    assert "is a proposal of the source, not law" not in read(address)


def constructed(**which):
    """Have reports been made up from the beginning, as nothing can make them later."""
    check_now()
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kpi_report DISABLE TRIGGER kpi_origin")
    Report.objects.filter(**which).update(provenance="constructed")


def test_what_is_constructed_is_marked_wherever_it_is_shown(read, land):
    shown = (
        "overview",
        "ranking",
        "score",
        "report",
        "indicator",
        "municipality",
        "series",
        "comparison of two",
    )
    marks = ("is-constructed", "badge-constructed")
    before = {name: read(pages(land)[name]).count(marks[0]) for name in shown}
    constructed(appointment=None)
    Period.objects.update(provenance="constructed")

    assert before == dict.fromkeys(shown, 0)
    for name in shown:
        assert marks[0] in read(pages(land)[name]), name
    employees = read("employees/")
    assert all(mark in employees for mark in marks)


# The day


def amended_again(land):
    """The report of ``own`` amended a second time, on the first of February (Bishkek)."""
    at = dt.datetime(2023, 1, 31, 20, tzinfo=dt.UTC)
    fresh = services.amend(report=Report.objects.get(pk=land.amended.pk), reason="Дагы", by=land.clerk, at=at)
    services.enter_value(value=make.value(fresh, "jobs"), at=at, number=Decimal(22))
    fresh = services.submit(report=fresh, by=land.clerk, at=at)
    for step in (services.start_review, services.approve, services.publish):
        fresh = step(report=fresh, by=land.reviewer, at=at)
    return fresh


def test_a_page_shows_what_had_been_published_by_the_day(read, table, land):
    assert table("ranking/", at="2022-11-08")["rows"] == []
    assert "No ranking has been published by this day" in read("ranking/", at="2022-11-08")
    assert len(table("ranking/", at="2022-11-09")["rows"]) == 2
    assert table("methodologies/", at="2019-12-31")["rows"] == []
    own = f"of/{land.own.pk}/"
    assert (
        table(own, "reports", at="2022-11-08")["rows"] == table(own, "scores", at="2022-11-08")["rows"] == []
    )
    assert "No ranking has been published by this day" in read("indicators/jobs/", at="2022-11-08")
    read("ranking/", status=400, at="2022-11-08", period=QUARTER)


@pytest.mark.parametrize(
    "name", ["overview", "comparison", "employees", "municipality", "series", "methodologies"]
)
def test_a_page_opens_on_a_day_before_there_was_anything(read, land, name):
    read(pages(land)[name], at="2020-02-01")


def test_a_later_run_takes_the_place_of_the_one_before_from_its_day_on(read, table, land):
    again = make.published_run(land.quarter, at=dt.datetime(2023, 1, 10, 9, tzinfo=dt.UTC))
    fresh = Score.objects.get(run=again, unit=land.own)

    def total(**asked):
        return {row["name"]: Decimal(row["total"]) for row in table("ranking/", **asked)["rows"]}["Ала"]

    assert total(at="2023-01-09") == land.score.total
    assert total() == fresh.total != land.score.total
    assert "A later run has replaced" in read(f"scores/{land.score.pk}/")
    assert "A later run has replaced" not in read(f"scores/{fresh.pk}/")


def test_a_revision_is_what_it_was_on_the_day(table, land):
    amended_again(land)

    def states(**asked):
        rows = table(f"of/{land.own.pk}/", "reports", **asked)["rows"]
        return {row["revision"]: row["status"] for row in rows}

    assert states(at="2023-01-31") == {"1": "superseded", "2": "published"}
    assert states(at="2023-02-01") == states() == {"1": "superseded", "2": "superseded", "3": "published"}


def test_a_score_was_amended_on_a_day_before_a_later_amendment_too(read, land):
    own, said = f"of/{land.own.pk}/", "has been amended since"
    amended_again(land)

    assert said in read(own, at="2023-01-31")
    make.published_run(land.quarter, at=dt.datetime(2023, 2, 20, 9, tzinfo=dt.UTC))
    assert said in read(own, at="2023-02-19")
    assert said not in read(own)


def test_a_methodology_is_what_it_was_on_the_day(read, table, land):
    services.activate(methodology=draft_of_heads(), on=dt.date(2023, 4, 1))
    former = f"methodologies/{land.heads.pk}/"

    def listed(day):
        rows = table("methodologies/", at=day)["rows"]
        return {
            row["name"].rpartition(" ")[2]: (row["status"], row["valid"])
            for row in rows
            if row["subject"].startswith("Head")
        }

    assert listed("2023-03-31") == {"1": ("active", "since 1 January 2020")}
    assert listed("2023-04-01") == {
        "1": ("retired", "1 January 2020 – 31 March 2023"),
        "2": ("active", "since 1 April 2023"),
    }
    before, after = read(former, at="2023-03-31"), read(former, at="2023-04-01")
    assert ">active<" in before
    assert "31 March 2023</dd>" not in before
    assert ">retired<" in after
    assert "31 March 2023</dd>" in after


@pytest.mark.parametrize("name", ["report", "superseded report", "score"])
def test_what_is_the_same_on_every_day_offers_no_other_day(read, land, name):
    assert 'id="page-day"' in read(pages(land)["municipality"])
    assert 'id="page-day"' not in read(pages(land)[name])


# What is not for everybody


def test_a_report_in_entry_is_read_by_its_office_its_district_and_the_ministry_alone(land):
    address = f"/ru/kpi/reports/{land.waiting.pk}/"
    for client, status in (
        (Client(), 404),
        (signed_in(RoleKind.STAFF, land.far), 404),
        (signed_in(RoleKind.VIEWER), 404),
        (signed_in(RoleKind.STAFF, land.near), 200),
        (signed_in(RoleKind.DISTRICT, land.home), 200),
        (signed_in(RoleKind.ANALYST), 200),
    ):
        assert client.get(address).status_code == status
        listed = client.get(f"/ru/kpi/of/{land.near.pk}/").content.decode()
        assert (address in listed) is (status == 200)


def test_an_employees_result_is_for_the_person_the_head_and_the_ministrys_few(land):
    for address in (f"/ru/kpi/reports/{land.assessed.pk}/", f"/ru/kpi/scores/{land.private_score.pk}/"):
        for client, status in (
            (Client(), 404),
            (signed_in(RoleKind.STAFF, land.own), 404),
            (signed_in(RoleKind.DISTRICT, land.home), 404),
            (signed_in(RoleKind.ANALYST), 404),
            (as_user(land.employee), 200),
            (as_user(land.head), 200),
            (signed_in(RoleKind.APPROVER), 200),
            (signed_in(RoleKind.AUDITOR), 200),
        ):
            assert client.get(address).status_code == status, address


def test_a_score_is_public_from_its_run_on(read, land):
    run = make.run_of(land.quarter)
    score = Score.objects.get(run=run, unit=land.own)

    read(f"scores/{score.pk}/", status=404)
    read(f"scores/{score.pk}/", status=404, client=signed_in(RoleKind.STAFF, land.own))
    assert "has not been published" in read(f"scores/{score.pk}/", client=signed_in(RoleKind.ANALYST))


def test_files_and_returns_are_between_the_office_and_its_reviewers(read, land):
    report = make.in_review(land.far, of=land.quarter, by=land.clerk, reviewer=land.reviewer)
    report = services.return_report(
        report=report, reasons={"jobs": "Негизсиз"}, by=land.reviewer, at=make.Q3_ENTRY
    )
    report = services.submit(report=report, by=land.clerk, at=make.Q3_ENTRY)
    report = services.start_review(report=report, by=land.reviewer, at=make.Q3_ENTRY)
    report = services.approve(report=report, by=land.reviewer, at=make.Q3_ENTRY)
    services.publish(report=report, by=land.reviewer, at=make.Q3_ENTRY)
    address = f"reports/{report.pk}/"

    everybody = read(address)
    office = read(address, client=signed_in(RoleKind.STAFF, land.far))

    assert "Негизсиз" in office
    assert "/kpi/evidence/" in office
    assert "Негизсиз" not in everybody
    assert "/kpi/evidence/" not in everybody
    assert "1 file" in everybody
    assert "акт.pdf" not in everybody


def test_a_draft_of_a_methodology_is_for_the_ministry(read, land):
    draft = draft_of_heads()

    read(f"methodologies/{draft.pk}/", status=404)
    assert f"methodologies/{draft.pk}/" not in read("methodologies/")
    for role, edits in ((RoleKind.ANALYST, False), (RoleKind.APPROVER, True)):
        client = signed_in(role)
        page = read(f"methodologies/{draft.pk}/", client=client)
        assert (f"/en/kpi/methodologies/{draft.pk}/edit/" in page) is edits
        assert f"methodologies/{draft.pk}/" in read("methodologies/", client=client)


def test_employees_are_counted_in_groups_of_five_or_more(read, table, land):
    (row,) = table("employees/")["rows"]
    page = read("employees/", group_by="unit")

    assert row["people"] is None
    assert "withheld" in page
    person = land.job.person
    assert person.name_ky not in page
    assert str(land.assessed.pk) not in page

    for _place in range(4):
        job = offices.appointment(offices.post(land.job.post.body))
        make.approved(land.own, of=land.quarter, appointment=job, training=None)
    make.published_run(land.quarter, subject=Subject.EMPLOYEE, at=make.Q3_ENTRY + dt.timedelta(days=31))
    found = table("employees/", group_by="unit")

    assert [row["people"] for row in found["rows"]] == [5]
    assert found["total"]["people"] == 5
    assert sum(found["rows"][0][code] for code in ("high", "good", "fair", "low")) == 5


# Through a merger


@pytest.fixture
def merged():
    """Алга (in part) and Совет report before they became part of Молдо Нияз, Молдо Нияз after it."""
    make.methodology()
    places = kadamjay.country()
    before, after = make.period(2022, 1), make.period(2023, 1)
    early, late = (dt.datetime(year, 4, 10, 9, tzinfo=dt.UTC) for year in (2022, 2023))
    make.published(places.alga, of=before, at=early, jobs=10, accessibility=40)
    make.published(places.sovet, of=before, at=early, jobs=6, accessibility=50)
    make.published(places.moldo, of=after, at=late, jobs=20, accessibility=45)
    return places


def test_a_series_goes_through_a_merger_and_breaks_there(read, table, merged):
    address = f"of/{merged.moldo.pk}/series/jobs/"
    rows = {row["period"]: row for row in table(address)["rows"]}
    (change,) = table(address, "breaks")["rows"]
    page = read(address)

    assert Decimal(rows["quarter 1 of 2022"]["value"]) == 13
    assert rows["quarter 1 of 2022"]["status"] == "put together: sum"
    assert "share 70.0%" in rows["quarter 1 of 2022"]["parts"]
    assert (Decimal(rows["quarter 1 of 2023"]["value"]), rows["quarter 1 of 2023"]["parts"]) == (20, None)
    assert (change["day"], change["gave"]) == (kadamjay.DAY.isoformat(), "Алга, Совет")
    assert page.count('class="chart line-chart"') == 1
    assert "The territory has changed in this time" in page


def test_an_index_is_not_drawn_over_a_merger(read, table, merged):
    address = f"of/{merged.moldo.pk}/series/accessibility/"
    rows = {row["period"]: row for row in table(address)["rows"]}

    assert rows["quarter 1 of 2022"]["value"] is None
    assert rows["quarter 1 of 2022"]["status"].startswith("not comparable")
    assert "cannot be put together" in read(address)


def test_a_series_through_a_merger_costs_a_fixed_number_of_queries(
    visitor, merged, django_assert_num_queries
):
    with django_assert_num_queries(12):
        visitor.get(f"/ky/kpi/of/{merged.moldo.pk}/series/jobs/")


# The pages of the register


def test_the_pages_of_country_oblast_and_district_show_bands(visitor, land):
    for address, places in (
        ("", {}),
        (f"units/{land.one.pk}/", {"oblast": land.one.pk}),
        (f"units/{land.home.pk}/", {"district": land.home.pk}),
    ):
        page = visitor.get(f"/en/{address}").content.decode()
        wanted = "&amp;".join(["", *(f"{key}={value}" for key, value in places.items())])
        assert f"/en/kpi/ranking/?period={QUARTER}{wanted}" in page
        assert "KPI, quarter 3 of 2022" in page
        assert "not law" in page
        before = visitor.get(f"/en/{address}", {"at": "2022-11-08"}).content.decode()
        assert "KPI, quarter" not in before


def test_a_district_shows_the_points_of_each_municipality(visitor, land):
    answer = visitor.get(f"/en/units/{land.home.pk}/", {"format": "json"})
    rows = {row["name"]: row for row in json.loads(answer.content)["rows"]}

    assert Decimal(rows["Ала"]["points"]) == land.score.total
    assert rows["Ала"]["band"] == "fair"
    assert "<em" not in visitor.get(f"/en/units/{land.home.pk}/").content.decode()
    constructed(pk=land.first.pk)
    assert "<em" in visitor.get(f"/en/units/{land.home.pk}/").content.decode()


def test_a_municipality_shows_its_latest_score_and_the_line_of_its_scores(visitor, land):
    page = visitor.get(f"/en/units/{land.own.pk}/").content.decode()
    before = visitor.get(f"/en/units/{land.own.pk}/", {"at": "2022-11-08"}).content.decode()

    assert f"/en/kpi/scores/{land.score.pk}/" in page
    assert f"/en/kpi/of/{land.own.pk}/" in page
    assert "/en/kpi/scores/" not in before


# What nobody offers


@pytest.mark.parametrize(
    "address",
    [
        "ranking/?period=2022Q9",
        "ranking/?peer_group=x",
        "ranking/?band=x",
        "ranking/?oblast=1",
        "compare/?unit=x",
        f"compare/?unit={uuid.UUID(int=7)}",
        "compare/?unit=1&unit=2&unit=3&unit=4&unit=5",
        "employees/?group_by=planet",
        "indicators/jobs/?district=x",
        "?period=x",
    ],
)
def test_a_choice_nobody_offers_is_refused(read, land, address):
    read(address, status=400)


def test_things_that_are_not_on_file_are_404(read, land):
    for address in ("scores/{}/", "reports/{}/", "methodologies/{}/", "of/{}/", "of/{}/series/jobs/"):
        read(address.format(uuid.uuid4()), status=404)
    read("indicators/nothing/", status=404)
    read("indicators/tasks_done/", status=404)  # an employee's, of which nothing is published
    read(f"of/{land.own.pk}/series/nothing/", status=404)
    read(f"of/{land.own.pk}/series/tasks_done/", status=404)
    read(f"of/{land.home.pk}/", status=404)  # no municipality


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("language", "width", "other"), [("ky", 1280, 360), ("ru", 360, 1280)])
def test_every_page_is_accessible_and_as_wide_as_the_window(open_page, language, width, other):
    wrong = []
    for name, address in pages(country()).items():
        page = open_page(f"/{language}/kpi/{address}", width)
        wrong += [(name, finding) for finding in axe_findings(page)]
        wrong += [(name, fault) for fault in page.faults]
        for wide in (width, other):
            page.set_viewport_size({"width": wide, "height": 900})
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                wrong.append((name, f"wider than {wide}"))
        page.context.close()
    assert wrong == []
    page = open_page(f"/{language}/kpi/ranking/", width)
    assert page.locator(".figures dd").first.inner_text() == "2"
    page.select_option("#filter-peer_group", "aimaks_small")
    page.locator(".filters button").last.click()
    page.wait_for_url("**peer_group=aimaks_small**")
    assert page.locator(".figures dd").first.inner_text() == "0"  # not the table alone
