"""KPI over REST: what is read, by whom, narrowed how, in which shape."""

import datetime as dt
from decimal import Decimal, localcontext

import pytest
from django.test import Client

from accounts.models import RoleKind, Token
from councils.tests.test_api_sessions import keeper
from kpi import services
from kpi.models import PublishedValue
from kpi.tests import factories as make
from kpi.tests.land import draft_of_heads, land
from reform.tests.clients import client_with
from registry.tests import kadamjay
from registry.tests.rest import API, VISITOR, ask, body, get, refused, table, walk

pytestmark = pytest.mark.django_db
LISTS = (
    "kpi/measures/",
    "kpi/methodologies/",
    "kpi/periods/",
    "kpi/extensions/",
    "kpi/reports/",
    "kpi/findings/",
    "kpi/runs/",
    "kpi/scores/",
    "kpi/rankings/",
)
Q3, Q4 = "2022Q3", "2022Q4"


@pytest.fixture(scope="module")
def there(shared_rows):
    with shared_rows():
        return land()


def as_(user):
    """A client of this user."""
    return Client(
        headers={"Authorization": f"Token {Token.objects.create(user)[1]}", "Accept-Language": "en"}
    )


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_one_query_and_its_tables_hold_the_same_rows(there, address, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = get(address, page_size=500)["results"]

    ids = [row["id"] for row in rows]
    assert ids
    assert [row["id"] for row in table(address, "csv")] == [str(key) for key in ids]
    assert [row["id"] for row in table(address, "xlsx")] == [str(key) for key in ids]
    assert [row["id"] for row in walk(address, page_size=4)] == ids
    answer = ask(address)
    assert VISITOR.get(API + address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", [*LISTS, "kpi/values/"])
@pytest.mark.parametrize(
    "query",
    [{"nonsense": "1"}, {"page_size": "0"}, {"cursor": "x"}, {"fields": "secret"}, {"period": "2022"}],
)
def test_a_parameter_nobody_knows_is_malformed(there, address, query):
    if address in LISTS[:3] and "period" in query:
        query = {"subject": "x"}
    refused(address, 400, **query)


@pytest.mark.parametrize("ordering", ["", "unit", "-indicator", "-period,unit"])
def test_published_values_are_read_in_any_order_without_losing_one(
    there, ordering, django_assert_num_queries
):
    asked = {"ordering": ordering} if ordering else {}
    with django_assert_num_queries(1):
        rows = get("kpi/values/", page_size=500, **asked)["results"]

    keys = [(row["period"]["code"], row["indicator"]["code"], row["unit"]["id"]) for row in rows]
    assert len(set(keys)) == len(keys) == PublishedValue.objects.count() == 22
    walked = walk("kpi/values/", page_size=5, **asked)
    assert walked == rows
    assert [row["indicator_code"] for row in table("kpi/values/", "csv", **asked)] == [key[1] for key in keys]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (lambda there: {"indicator": "jobs"}, 2),
        (lambda there: {"indicator": "nothing"}, 0),
        (lambda there: {"period": Q3, "unit": there.own.pk}, 11),
        (lambda there: {"period": Q4}, 0),
        (lambda there: {"district": there.home.pk}, 22),
        (lambda there: {"oblast": there.far.pk}, 0),
        (lambda there: {"status": "corrected"}, 1),
        (lambda there: {"status": "normal,corrected"}, 22),
    ],
)
def test_published_values_are_narrowed(there, query, count):
    assert get("kpi/values/", **query(there))["count"] == count


def test_a_published_value_names_its_report_and_an_audit_counts(there):
    (row,) = get("kpi/values/", indicator="jobs", unit=there.near.pk)["results"]

    assert (row["value"], row["status"], row["report"]) == (10.0, "corrected", str(there.other.pk))
    assert row["indicator"]["name"]["ky"]
    assert (row["unit"]["name"]["ky"], row["district"]["name"]["ky"]) == ("Бала", "Аламүдүн")
    reported = {
        each["indicator"]["code"]: each for each in get(f"kpi/reports/{there.other.pk}/values/")["results"]
    }
    assert (reported["jobs"]["number"], reported["jobs"]["figure"]) == ("12", "10")
    assert reported["jobs"]["corrected"] is True
    (found,) = get("kpi/findings/")["results"]
    assert (found["indicator"], found["number"], found["value"]) == ("jobs", "10", reported["jobs"]["id"])
    (growth,) = get("kpi/values/", indicator="revenue_growth", unit=there.own.pk)["results"]
    assert (growth["value"], growth["numerator"], growth["denominator"]) == (10.0, 110.0, 100.0)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (lambda there: {}, 3),
        (lambda there: {"period": Q3}, 3),
        (lambda there: {"period": Q4}, 0),
        (lambda there: {"unit": there.own.pk}, 2),
        (lambda there: {"district": there.home.pk}, 3),
        (lambda there: {"oblast": there.far.pk}, 0),
        (lambda there: {"status": "superseded"}, 1),
        (lambda there: {"subject": "municipal_employee"}, 0),
    ],
)
def test_reports_are_narrowed(there, query, count):
    assert get("kpi/reports/", **query(there))["count"] == count


def readers(there):
    """Who asks, and what of a draft, of a submitted report and of an employee's is there for them."""
    return [
        (client_with(None), (404, 404, 404)),
        (keeper(there.own), (200, 404, 404)),
        (keeper(there.near), (404, 200, 404)),
        (keeper(there.home, RoleKind.DISTRICT), (200, 200, 404)),
        (client_with("analyst"), (200, 200, 404)),
        (client_with("reform_team"), (200, 200, 404)),
        (client_with("approver"), (200, 200, 200)),
        (client_with("auditor"), (200, 200, 200)),
        (client_with("administrator"), (200, 200, 200)),
        (as_(there.employee), (404, 404, 200)),
        (as_(there.head), (404, 404, 200)),
        (keeper(there.far), (404, 404, 404)),
        (VISITOR, (404, 404, 404)),
    ]


def test_who_may_not_read_a_report_does_not_find_it_anywhere(there):
    reports = (there.draft, there.waiting, there.assessed)
    for client, statuses in readers(there):
        found = {row["id"] for row in get("kpi/reports/", client)["results"]}
        for report, status in zip(reports, statuses, strict=True):
            assert ask(f"kpi/reports/{report.pk}/", client).status_code == status
            assert ask(f"kpi/reports/{report.pk}/values/", client).status_code == status
            value = report.values.first()
            assert ask(f"kpi/values/{value.pk}/", client).status_code == status
            assert (str(report.pk) in found) is (status == 200)
        seen = ask(f"kpi/scores/{there.private_score.pk}/", client).status_code
        assert seen == statuses[2]
        listed = {row["id"] for row in get("kpi/scores/", client)["results"]}
        assert (str(there.private_score.pk) in listed) is (statuses[2] == 200)
    assert "private" in ask("kpi/reports/", keeper(there.own))["Cache-Control"]


def test_what_was_superseded_stays_citable_and_says_by_what(there):
    former = get(f"kpi/reports/{there.first.pk}/")
    latest = get(f"kpi/reports/{there.amended.pk}/")

    assert (former["status"], former["amended_by"]) == ("superseded", latest["id"])
    assert (latest["status"], latest["amends"], latest["revision"]) == ("published", former["id"], 2)
    assert latest["amend_reason"] == "Ката кеткен"
    jobs = [
        next(
            row for row in get(f"kpi/reports/{key}/values/")["results"] if row["indicator"]["code"] == "jobs"
        )
        for key in (former["id"], latest["id"])
    ]
    assert [row["number"] for row in jobs] == ["24", "20"]
    assert get("kpi/values/", indicator="jobs", unit=there.own.pk)["results"][0]["value"] == 20.0


def test_how_a_report_came_about_is_for_who_reads_more_than_is_public(there):
    address = f"kpi/reports/{there.first.pk}/"

    assert get(address)["steps"] is None
    steps = get(address, keeper(there.own))["steps"]
    assert [step["action"] for step in steps] == [
        "open", "submit", "start_review", "approve", "publish", "supersede",
    ]  # fmt: skip
    one, other = (ask(address, client)["ETag"] for client in (VISITOR, keeper(there.own)))
    assert one != other


def test_a_ranking_has_the_shape_that_clients_rely_on(there):
    first, second = get("kpi/rankings/", period=Q3)["results"]

    assert {"id", "score", "rank", "subject", "total", "coverage", "band", "peer_group", "run"} <= set(first)
    assert (first["score"], first["rank"], second["rank"]) == (str(there.score.pk), 1, 2)
    assert first["subject"]["name"]["ky"] == "Ала"
    assert first["run"] == str(there.run.pk)
    assert Decimal(first["total"]) > Decimal(second["total"])
    assert (first["coverage"], first["of"]) == ("100", 2)
    assert first["peer_group"]["code"] == second["peer_group"]["code"]
    assert get("kpi/rankings/")["results"] == [first, second]
    assert get("kpi/rankings/", period=Q4)["count"] == 0
    assert get("kpi/rankings/", peer_group=first["peer_group"]["code"])["count"] == 2
    assert get("kpi/rankings/", peer_group="nobody")["count"] == 0
    assert get("kpi/rankings/", district=there.home.pk, band=first["band"]["code"])["count"] >= 1
    assert get("kpi/rankings/", run=there.private_run.pk)["count"] == 0


def test_a_score_is_computed_again_from_what_is_shown_to_the_last_digit(there):
    found = get(f"kpi/scores/{there.score.pk}/")

    assert {"id", "total", "coverage", "lines"} <= set(found)
    assert len(found["lines"]) == 11
    with localcontext() as context:
        context.prec = 60
        whole = over = Decimal(0)
        for line in found["lines"]:
            said = line["indicator"]
            raw, least, most, weight = (
                Decimal(text) for text in (line["raw"], said["min"], said["max"], said["weight"])
            )
            share = (min(max(raw, least), most) - least) / (most - least)
            points = (share if said["direction"] == "higher_is_better" else 1 - share) * 100
            assert Decimal(line["normalised"]) == points.quantize(Decimal(1).scaleb(-20))
            whole, over = whole + weight * points, over + weight
        total = (whole / over).quantize(Decimal(1).scaleb(-20))
    assert Decimal(found["total"]) == total
    assert found["total_rounded"] == str(total.quantize(Decimal("0.01")))
    assert over == 100
    assert {line["status"] for line in found["lines"]} == {"counted"}
    assert found["next_band"] is None or Decimal(found["gap"]) > 0


def test_where_weights_decide_the_ranking_says_so(there):
    found = get("kpi/rankings/sensitivity/", period=Q3)

    assert [(row["rank"], row["rank_low"], row["rank_high"]) for row in found["results"]] == [
        (1, 1, 1),
        (2, 2, 2),
    ]
    assert len(table("kpi/rankings/sensitivity/", "csv", period=Q3)) == 2
    refused("kpi/rankings/sensitivity/", 400, "/period")
    refused("kpi/rankings/sensitivity/", 400, "/period", period="2099Q1")


def test_runs_name_what_they_were_computed_from(there):
    (run,) = get("kpi/runs/")["results"]

    assert run["id"] == str(there.run.pk)
    assert (run["status"], run["current"], run["scored"], run["reports"]) == ("done", True, 2, 2)
    assert set(run["digests"]) == {"run", "inputs", "code", "results"}
    assert get("kpi/runs/", client_with("analyst"))["count"] == 2
    assert ask(f"kpi/runs/{there.private_run.pk}/").status_code == 404


def test_a_methodology_is_shown_with_everything_that_makes_a_score(there):
    found = get(f"kpi/methodologies/{there.heads.pk}/")

    indicators = [row for category in found["categories"] for row in category["indicators"]]
    assert len(found["categories"]) == 4
    assert len(indicators) == 11
    assert sum(Decimal(row["weight"]) for row in indicators) == 100
    assert {row["direction"] for row in indicators} <= {"higher_is_better", "lower_is_better"}
    assert min(Decimal(band["least"]) for band in found["bands"]) == 0
    assert get("kpi/methodologies/", in_force="true", at="2019-12-31")["count"] == 0
    assert (
        get("kpi/methodologies/", in_force="true", at="2020-01-01", subject="head_of_executive")["count"] == 1
    )


def test_drafts_of_methodologies_are_the_ministrys(there):
    draft = draft_of_heads()

    assert ask(f"kpi/methodologies/{draft.pk}/").status_code == 404
    assert ask(f"kpi/methodologies/{draft.pk}/", keeper(there.own)).status_code == 404
    found = get(f"kpi/methodologies/{draft.pk}/", client_with("analyst"))
    assert sum(len(category["indicators"]) for category in found["categories"]) == 11
    assert get("kpi/methodologies/", status="draft")["count"] == 0
    assert get("kpi/methodologies/", client_with("analyst"), status="draft")["count"] == 1


def test_a_period_is_what_it_is_on_the_day(there):
    for day, status in (("2022-10-10", "open"), ("2022-11-09", "published"), ("2023-03-01", "published")):
        rows = {row["code"]: row for row in get("kpi/periods/", at=day)["results"]}
        assert rows[Q3]["status"] == status
        assert rows[Q4]["status"] == "open"
    found = get(f"kpi/periods/{there.quarter.pk}/", at="2022-10-01")
    assert {name: found[name] for name in ("code", "status", "opens", "due", "locks")} == {
        "code": Q3, "status": "open", "opens": "2022-10-01", "due": "2022-10-31", "locks": "2022-12-16",
    }  # fmt: skip
    assert get("kpi/periods/", status="locked", at="2151-01-01")["count"] == 1
    assert get("kpi/periods/", year=2021)["count"] == 0
    assert get("kpi/extensions/", unit=there.far.pk, period=Q3)["results"][0]["until"] == "2022-12-30"


def test_a_series_is_the_units_own_line(there):
    found = get("kpi/series/", unit=there.own.pk, indicator="jobs", at="2022-12-31")

    (point,) = found["results"]
    assert (point["period"], point["value"], point["status"]) == (Q3, "20", "own")
    assert found["indicator"]["aggregation"] == "sum"
    assert found["breaks"] == []
    assert [row["value"] for row in table("kpi/series/", "csv", unit=there.own.pk, indicator="jobs")] == [
        "20"
    ]


def test_a_series_passes_a_merger_and_says_so(there):
    country = kadamjay.country()
    before, early = make.period(2022, 1), dt.datetime(2022, 4, 10, 9, tzinfo=dt.UTC)
    make.published(country.alga, of=before, at=early, jobs=10, satisfaction=60)
    make.published(country.sovet, of=before, at=early, jobs=6, satisfaction=80)
    make.published(country.moldo, of=there.quarter, jobs=20, satisfaction=70)

    found = {
        code: get("kpi/series/", unit=country.moldo.pk, indicator=code)
        for code in ("jobs", "satisfaction", "accessibility")
    }

    lines = {
        code: [(row["period"], row["value"], row["status"]) for row in each["results"]]
        for code, each in found.items()
    }
    assert lines["jobs"] == [("2022Q1", "13", "joined"), (Q3, "20", "own")]
    assert lines["satisfaction"][0] == ("2022Q1", "68.33333333333333333333", "joined")
    assert lines["accessibility"][0] == ("2022Q1", None, "not_comparable")
    assert [each["kind"] for each in found["jobs"]["breaks"]] == ["reorganise"]
    assert {part["share"] for part in found["jobs"]["results"][0]["parts"]} == {"0.7", "1"}


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ({}, 400, "/unit"),
        ({"unit": "own"}, 400, "/indicator"),
        ({"unit": "own", "indicator": "nothing"}, 400, "/indicator"),
        ({"unit": "own", "indicator": "tasks_done"}, 400, "/indicator"),
        ({"unit": "00000000-0000-4000-8000-000000000000", "indicator": "jobs"}, 404, ""),
        ({"unit": "no-such-code", "indicator": "jobs"}, 400, ""),
    ],
)
def test_a_series_of_nothing_is_refused(there, query, status, pointer):
    if query.get("unit") == "own":
        query = {**query, "unit": there.own.pk}
    refused("kpi/series/", status, pointer, **query)


@pytest.mark.parametrize("group_by", ["oblast", "district", "kind"])
def test_completeness_adds_up(there, group_by):
    found = get("kpi/completeness/", period=Q3, at="2022-11-15", group_by=group_by)

    said = {
        "owed": 4, "submitted": 2, "on_time": 2, "late": 0, "overdue": 1, "awaited": 1, "published": 2,
    }  # fmt: skip
    inner = ("waiting", "returned", "approved")
    assert found["total"] == said | dict.fromkeys(inner)
    for name, number in said.items():
        assert sum(row[name] for row in found["rows"]) == number
    assert {row[name] for row in found["rows"] for name in inner} == {None}
    whole = get("kpi/completeness/", client_with("analyst"), period=Q4, group_by=group_by)["total"]
    assert {name: whole[name] for name in inner} == {"waiting": 1, "returned": 0, "approved": 0}
    assert all(row["group"]["name"]["ky"] for row in found["rows"])
    rows = table("kpi/completeness/", "csv", period=Q3, at="2022-11-15", group_by=group_by)
    assert rows[-1]["owed"] == "4"
    assert len(rows) == len(found["rows"]) + 1
    within = get("kpi/completeness/", period=Q3, group_by=group_by, oblast=there.one.pk)
    assert within["total"]["owed"] == 3


def test_employees_results_are_withheld_below_five(there):
    found = get("kpi/employee-results/", period=Q3)

    assert found["rows"]
    assert {(row["people"], row["bands"]) for row in found["rows"]} == {(None, None)}


@pytest.mark.parametrize(
    ("address", "count"),
    [
        (lambda there: f"kpi/methodologies/{there.heads.pk}/", 7),
        (lambda there: f"kpi/reports/{there.amended.pk}/", 5),
        (lambda there: f"kpi/reports/{there.amended.pk}/values/", 2),
        (lambda there: f"kpi/scores/{there.score.pk}/", 5),
    ],
)
def test_a_thing_costs_a_fixed_number_of_queries(there, address, count, django_assert_max_num_queries):
    with django_assert_max_num_queries(count):
        assert ask(address(there)).status_code == 200


def status_of(client, address, **headers):
    """The status of an answer that is read to its end, so that its file is closed."""
    answer = client.get(address, headers=headers)
    body(answer)
    return answer.status_code


def test_evidence_is_given_out_to_be_saved_by_who_reads_more_than_is_public(there):
    address, own = f"{API}kpi/evidence/{there.file.pk}/file/", keeper(there.own)
    answer = own.get(address)

    assert answer.status_code == 200
    assert body(answer) == b"%PDF-1.4\n%%EOF"
    assert answer["Content-Disposition"].startswith("attachment")
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-store")
    assert status_of(own, address, Accept="application/pdf") == 200
    assert status_of(own, address, If_None_Match=answer["ETag"]) == 304
    for tag in (answer["ETag"], "*"):  # who may not have it is not told that it is what they have
        assert status_of(VISITOR, address, If_None_Match=tag) == 401
        assert status_of(client_with(None), address, If_None_Match=tag) == 403
    refused(address, 400, "/format", own, format="json")
    hidden = there.waiting.values.get(indicator__measure__code="investment").evidence.get()
    for client, statuses in (
        (VISITOR, (401, 404)),
        (client_with(None), (403, 404)),
        (own, (200, 404)),
        (keeper(there.near), (403, 200)),
        (keeper(there.far), (403, 404)),
        (keeper(there.home, RoleKind.DISTRICT), (200, 200)),
        (client_with("analyst"), (200, 200)),
    ):
        for file, status in zip((there.file, hidden), statuses, strict=True):
            assert status_of(client, f"{API}kpi/evidence/{file.pk}/") == status
            assert status_of(client, f"{API}kpi/evidence/{file.pk}/file/") == status
    value = f"kpi/values/{there.file.value_id}/"
    assert get(value)["evidence"] == []
    assert [row["name"] for row in get(value, own)["evidence"]] == ["акт.pdf"]


def test_a_value_tells_what_is_odd_and_why_it_was_returned_to_its_office_alone(there):
    report = services.start_review(report=there.waiting, by=there.reviewer, at=there.waiting.submitted_at)
    services.return_report(
        report=report, reasons={"satisfaction": "Тизме жок"}, by=there.reviewer, at=report.submitted_at
    )
    value = report.values.get(indicator__measure__code="satisfaction")

    found = get(f"kpi/values/{value.pk}/", keeper(there.near))

    assert found["returned"] == "Тизме жок"
    assert [row["code"] for row in found["warnings"]] == []
    public = there.other.values.get(indicator__measure__code="jobs")
    shown = get(f"kpi/values/{public.pk}/")
    assert (shown["warnings"], shown["returned"]) == ([], None)
    assert [row["number"] for row in shown["findings"]] == ["10"]
