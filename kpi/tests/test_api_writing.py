"""KPI over REST: who writes what, and every rule refused with its code."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import RoleKind, Token
from accounts.tests.factories import RoleFactory, UserFactory
from ayil_okmotu.tests import factories as offices
from councils.tests.test_api_sessions import keeper
from kpi import services
from kpi.models import Evidence, Report, ScoreRun
from kpi.tests import factories as make
from kpi.tests.land import NEVER
from reform.tests.clients import client_with, key, post, send
from registry.models import UnitVersion
from registry.tests.factories import LegalActFactory, aimak, district
from registry.tests.rest import API, VISITOR, get, problem

pytestmark = pytest.mark.django_db
REPORTS = f"{API}kpi/reports/"
NOBODY = "00000000-0000-4000-8000-000000000000"
PDF = b"%PDF-1.4\n%%EOF"
PERIOD = "2022Q4"
DUE = NEVER - dt.timedelta(days=9)


@pytest.fixture
def unit():
    make.methodology()
    return aimak(district(), "Ала", residents=12_000)


@pytest.fixture
def quarter():
    """A period that is open today and long after."""
    return make.period(2022, 4, opens=dt.date(2022, 10, 1), due=DUE, locks=NEVER)


@pytest.fixture
def staff(unit):
    return keeper(unit)


@pytest.fixture
def approver():
    return client_with("approver")


@pytest.fixture
def draft(unit, quarter):
    return make.filled(make.opened(unit, of=quarter, at=make.now()), at=make.now())


def as_(user):
    """A client of this user."""
    return Client(
        headers={"Authorization": f"Token {Token.objects.create(user)[1]}", "Accept-Language": "en"}
    )


def at(report, *step):
    return "/".join((f"{REPORTS}{getattr(report, 'pk', report)}", *step, ""))


def tag(client, address):
    return client.get(address)["ETag"]


def act(client, report, step, body=None, **headers):
    """Take a step under the report's ETag."""
    return post(client, at(report, step), body, If_Match=tag(client, at(report)), **headers)


def patch(client, value, body, **headers):
    address = f"{API}kpi/values/{value}/"
    return send(client, "PATCH", address, body, **{"If_Match": tag(client, address), **headers})


def upload(client, value, content=PDF, name="акт.pdf", **more):
    return client.post(
        f"{API}kpi/values/{value}/evidence/", {"file": SimpleUploadedFile(name, content), **more}
    )


def codes(answer, status, pointer=""):
    return {fault["code"] for fault in problem(answer, status, pointer)["errors"]}


def values_of(client, report):
    return {row["indicator"]["code"]: row for row in get(f"kpi/reports/{report}/values/", client)["results"]}


def test_the_whole_way_over_rest(unit, quarter, staff, approver):
    opened = post(staff, REPORTS, {"period": PERIOD, "unit": str(unit.pk)})
    assert opened.status_code == 201, opened.content
    report = opened.json()["id"]
    assert opened["Location"].endswith(at(report))
    for code, row in values_of(staff, report).items():
        given = make.figures(make.FIGURES[code])
        entered = patch(staff, row["id"], {name: str(amount) for name, amount in given.items()})
        assert (entered.status_code, entered.json()["status"]) == (200, "normal"), entered.content
    assert codes(act(staff, report, "submit"), 422, "/values/investment") == {"kpi_report_evidence"}
    for code, row in values_of(staff, report).items():
        if get(f"kpi/values/{row['id']}/", staff)["evidence_required"]:
            assert upload(staff, row["id"]).status_code == 201, code
    assert act(staff, report, "submit").json()["status"] == "submitted"
    assert codes(post(staff, at(report, "submit"), If_Match="*"), 409) == set()
    assert act(staff, report, "recall").json()["status"] == "draft"
    assert act(staff, report, "submit").json()["status"] == "submitted"
    problem(act(staff, report, "start-review"), 403)
    assert act(approver, report, "start-review").json()["status"] == "in_review"
    problem(act(staff, report, "recall"), 409)
    reasons = {"jobs": "Тизме жок", "roads": "Акт жок"}
    returned = act(approver, report, "return", {"reasons": reasons})
    assert returned.json()["status"] == "returned"
    said = {row["indicator"]: row["reason"] for row in returned.json()["steps"][-1]["returned"]}
    assert said == reasons
    jobs = values_of(staff, report)["jobs"]["id"]
    assert get(f"kpi/values/{jobs}/", staff)["returned"] == "Тизме жок"
    assert patch(staff, jobs, {"number": "20"}).json()["number"] == "20"
    act(staff, report, "submit")
    act(approver, report, "start-review")
    approved = act(approver, report, "approve")
    assert approved.json()["status"] == "approved"
    assert VISITOR.get(at(report)).status_code == 404
    problem(patch(staff, jobs, {"number": "1"}), 409)

    asked = post(approver, f"{API}kpi/runs/", {"period": PERIOD})
    assert (asked.status_code, asked.json()["status"]) == (202, "queued"), asked.content
    run = asked.json()["id"]
    assert asked["Location"].endswith(f"kpi/runs/{run}/")
    services.execute(ScoreRun.objects.get().pk)
    assert get(f"kpi/runs/{run}/", approver)["scored"] == 1
    address = f"{API}kpi/runs/{run}/publish/"
    problem(post(staff, address, If_Match="*"), 404)
    problem(post(client_with("analyst"), address, If_Match="*"), 403)
    published = post(approver, address, If_Match=tag(approver, f"{API}kpi/runs/{run}/"))
    assert published.json()["current"] is True, published.content
    assert codes(post(approver, address, If_Match="*"), 409) == set()

    assert VISITOR.get(at(report)).json()["status"] == "published"
    assert get("kpi/rankings/", period=PERIOD)["results"][0]["subject"]["id"] == str(unit.pk)
    amended = act(staff, report, "amend", {"reason": "Ката кеткен"})
    assert (amended.status_code, amended.json()["revision"]) == (201, 2), amended.content
    fresh = amended.json()["id"]
    assert amended["Location"].endswith(at(fresh))
    problem(act(staff, report, "amend", {"reason": "Дагы"}), 409)
    assert patch(staff, values_of(staff, fresh)["jobs"]["id"], {"number": "21"}).status_code == 200
    act(staff, fresh, "submit")
    act(approver, fresh, "start-review")
    act(approver, fresh, "approve")
    problem(act(staff, fresh, "publish"), 403)
    assert act(approver, fresh, "publish").json()["status"] == "published"
    former = VISITOR.get(at(report)).json()
    assert (former["status"], former["amended_by"]) == ("superseded", fresh)
    assert get("kpi/values/", indicator="jobs")["results"][0]["value"] == 21.0


def test_a_report_is_opened_once_by_who_enters_it(unit, quarter, staff, approver):
    body = {"period": PERIOD, "unit": str(unit.pk)}
    assert post(VISITOR, REPORTS, body).status_code == 401
    problem(post(approver, REPORTS, body), 403)
    problem(post(keeper(aimak(district())), REPORTS, body), 403)
    problem(post(staff, REPORTS, {**body, "period": "2099Q1"}), 422, "/period")
    problem(post(staff, REPORTS, {"period": PERIOD}), 422, "/unit")
    problem(post(staff, REPORTS, {**body, "unit": "x"}), 400, "/unit")
    problem(post(staff, REPORTS, {**body, "nonsense": 1}), 400, "/nonsense")
    name = key()
    first = post(staff, REPORTS, body, Idempotency_Key=name)
    assert first.status_code == 201
    problem(post(staff, REPORTS, body), 409)
    again = post(staff, REPORTS, body, Idempotency_Key=name)
    assert (again.status_code, again.content) == (201, first.content)
    problem(post(staff, REPORTS, {**body, "period": "2022Q3"}, Idempotency_Key=name), 422)
    assert Report.objects.count() == 1


def test_a_report_needs_an_open_period_and_a_municipality(staff, unit):
    past = make.period()
    body = {"period": past.code, "unit": str(unit.pk)}
    problem(post(staff, REPORTS, body), 409)
    early = make.period(2090, 1)
    problem(post(staff, REPORTS, {**body, "period": early.code}), 409)


def test_an_employees_report_is_opened_and_read_by_employee_and_head_alone(unit, quarter, staff, approver):
    make.methodology("municipal_employee")
    of = offices.body(unit)
    head = as_(UserFactory(person=offices.head(of).person))
    job = offices.appointment(offices.post(of))
    employee = as_(UserFactory(person=job.person))
    body = {"period": PERIOD, "appointment": str(job.pk)}

    problem(post(staff, REPORTS, body), 403)
    problem(post(client_with(None), REPORTS, body), 403)
    problem(post(employee, REPORTS, {**body, "unit": str(aimak(district()).pk)}), 422, "/unit")
    made = post(employee, REPORTS, body)

    assert made.status_code == 201, made.content
    report = made.json()["id"]
    value = values_of(head, report)["appeals"]["id"]
    assert patch(head, value, {"number": "3"}).status_code == 200
    for client, status in ((staff, 404), (client_with("analyst"), 404), (approver, 403)):
        assert send(client, "PATCH", f"{API}kpi/values/{value}/", {}, If_Match="*").status_code == status
        assert post(client, at(report, "submit"), If_Match="*").status_code == status


REFUSED = {
    "submit": (401, None, 404, 404, 403, 403),
    "recall": (401, None, 404, 404, 403, 403),
    "amend": (401, None, 404, 404, None, 403),
    "start-review": (401, 403, 404, 404, None, 403),
    "return": (401, 403, 404, 404, None, 403),
    "approve": (401, 403, 404, 404, None, 403),
    "publish": (401, 403, 404, 404, None, 403),
}


@pytest.mark.parametrize("step", REFUSED)
def test_a_step_is_for_whom_it_is(draft, unit, staff, approver, step):
    asked = (VISITOR, staff, keeper(aimak(district())), client_with(None), approver, client_with("auditor"))
    for client, status in zip(asked, REFUSED[step], strict=True):
        answer = post(client, at(draft, step), {})
        assert answer.status_code == (status or 428), (step, answer.content)
        if status is None:
            problem(post(client, at(draft, step), {}, If_Match='"x-y"'), 409 if step == "recall" else 412)


def test_no_step_is_skipped_and_none_is_taken_twice(draft, staff, approver):
    for step, body in (("start-review", None), ("return", {"reasons": {"jobs": "x"}}), ("approve", None)):
        problem(act(approver, draft, step, body), 409)
    problem(act(approver, draft, "publish"), 409)
    problem(act(staff, draft, "amend", {"reason": "x"}), 409)
    problem(act(staff, draft, "recall"), 409)
    first = tag(staff, at(draft))
    assert post(staff, at(draft, "submit"), If_Match=first).status_code == 200
    problem(post(staff, at(draft, "submit"), If_Match=first), 409)
    problem(post(staff, at(draft, "recall"), If_Match=first), 412)
    act(approver, draft, "start-review")
    problem(post(approver, at(draft, "start-review"), If_Match="*"), 409)
    act(approver, draft, "approve")
    for step in ("approve", "start-review"):
        problem(post(approver, at(draft, step), If_Match="*"), 409)


def test_nobody_reviews_what_he_or_she_submitted(draft, unit):
    both = RoleFactory(role=RoleKind.STAFF, unit=unit).user
    RoleFactory(user=both, role=RoleKind.APPROVER)
    client = as_(both)
    assert act(client, draft, "submit").status_code == 200

    assert codes(act(client, draft, "start-review"), 422) == {"kpi_report_four_eyes"}


def test_a_return_names_values_of_the_report_with_their_reasons(draft, staff, approver):
    act(staff, draft, "submit")
    act(approver, draft, "start-review")

    problem(act(approver, draft, "return", {}), 400, "/reasons")
    problem(act(approver, draft, "return", {"reasons": {}}), 400, "/reasons")
    problem(act(approver, draft, "return", {"reasons": {"jobs": 5}}), 400, "/reasons")
    problem(act(approver, draft, "return", {"reasons": "x"}), 400, "/reasons")
    problem(act(approver, draft, "approve", {"reasons": {}}), 400)
    assert codes(act(approver, draft, "return", {"reasons": {"nothing": "x"}}), 422, "/reasons/nothing") == {
        "kpi_value_indicator"
    }
    draft.refresh_from_db()
    assert draft.status == "in_review"


@pytest.mark.parametrize(
    ("code", "body", "rule"),
    [
        ("jobs", {"number": "1.5"}, "kpi_value_whole"),
        ("jobs", {"number": "-1"}, "kpi_value_range"),
        ("satisfaction", {"number": "101"}, "kpi_value_range"),
        ("jobs", {"numerator": "1"}, "kpi_value_formula"),
        ("budget_saved", {"number": "1"}, "kpi_value_formula"),
        ("budget_saved", {"numerator": "1", "denominator": "0"}, "kpi_value_denominator"),
        ("jobs", {"status": "missing"}, "kpi_value_note"),
        ("jobs", {"status": "estimated", "number": "3"}, "kpi_value_note"),
    ],
)
def test_what_cannot_be_is_refused_by_its_rule(draft, staff, code, body, rule):
    value = values_of(staff, draft.pk)[code]

    assert codes(patch(staff, value["id"], body), 422, f"/values/{code}") == {rule}
    assert values_of(staff, draft.pk)[code] == value


@pytest.mark.parametrize(
    "number",
    [
        "NaN",
        "1e400",
        "Infinity",
        "1 234,5",
        "1.234,5",
        "12 %",
        "1_000",
        "1e3",
        "",
        "٣",
        "1.0000001",
        12,
        True,
        [1],
    ],
)
def test_a_number_is_a_text_of_digits(draft, staff, number):
    value = values_of(staff, draft.pk)["investment"]

    problem(patch(staff, value["id"], {"number": number}), 400, "/number")
    assert values_of(staff, draft.pk)["investment"] == value


def test_a_value_is_kept_by_who_has_read_its_latest_version(draft, staff):
    value = values_of(staff, draft.pk)["jobs"]["id"]
    address = f"{API}kpi/values/{value}/"
    problem(send(staff, "PATCH", address, {"number": "1"}), 428)
    first = tag(staff, address)
    changed = send(staff, "PATCH", address, {"number": "7", "note": "Тизме"}, If_Match=first)
    assert (changed.json()["number"], changed.json()["note"], changed.json()["version"]) == ("7", "Тизме", 3)
    problem(send(staff, "PATCH", address, {"number": "8"}, If_Match=first), 412)
    problem(send(staff, "PATCH", address, {"unknown": "8"}, If_Match="*"), 400, "/unknown")
    answer = staff.generic("PATCH", address, b"number=8", "text/plain", headers={"If-Match": "*"})
    problem(answer, 415)
    gone = patch(staff, value, {"status": "missing"})
    assert (gone.json()["status"], gone.json()["number"], gone.json()["note"]) == ("missing", None, "Тизме")
    half = values_of(staff, draft.pk)["budget_saved"]["id"]
    emptied = patch(staff, half, {"denominator": None})
    assert (emptied.json()["status"], emptied.json()["numerator"]) == ("", "3")


def test_values_and_evidence_of_what_is_handed_in_stay(draft, staff):
    investment = values_of(staff, draft.pk)["investment"]["id"]
    file = get(f"kpi/values/{investment}/", staff)["evidence"][0]["id"]
    act(staff, draft, "submit")

    problem(patch(staff, investment, {"number": "3"}), 409)
    problem(upload(staff, investment), 409)
    problem(send(staff, "DELETE", f"{API}kpi/evidence/{file}/", If_Match="*"), 409)


def test_evidence_is_taken_by_its_content_and_taken_back(draft, staff):
    value = values_of(staff, draft.pk)["investment"]["id"]
    first = upload(staff, value, PDF + b"\n1\n%%EOF")
    assert first.status_code == 201, first.content
    assert first.json()["media_type"] == "application/pdf"
    again = upload(staff, value, PDF + b"\n1\n%%EOF", "башка.pdf")
    assert again.json()["id"] == first.json()["id"]
    problem(upload(staff, value, b"MZ\x90\x00", "акт.pdf"), 415)
    problem(upload(staff, value, b""), 400)
    problem(upload(staff, value, note="x"), 400, "/note")
    problem(post(staff, f"{API}kpi/values/{value}/evidence/", {}), 415)
    problem(upload(keeper(aimak(district())), value), 404)
    problem(upload(client_with("analyst"), value), 403)
    assert upload(VISITOR, value).status_code == 401
    address = f"{API}kpi/evidence/{first.json()['id']}/"
    problem(send(staff, "DELETE", address), 428)
    problem(send(client_with("approver"), "DELETE", address, If_Match="*"), 403)
    assert send(staff, "DELETE", address, If_Match=tag(staff, address)).status_code == 204
    problem(staff.get(address), 404)
    assert Evidence.objects.filter(value=value, removed_at=None).count() == 1


def test_findings_are_auditors_about_what_is_approved(unit, quarter, approver):
    auditor = client_with("auditor")
    report = make.approved(unit, of=quarter, at=make.now())
    value = make.value(report, "jobs")
    address = f"{API}kpi/findings/"
    body = {
        "value": str(value.pk),
        "verdict": "corrected",
        "number": "9",
        "found_on": "2023-02-01",
        "note": "Тизме боюнча",
    }
    problem(post(approver, address, body), 403)
    assert post(VISITOR, address, body).status_code == 401
    problem(post(auditor, address, {**body, "value": str(unit.pk)}), 422, "/value")
    problem(post(auditor, address, {**body, "number": "9.5"}), 422, "/number")
    problem(post(auditor, address, {**body, "verdict": "confirmed"}), 422, "/verdict")
    made = post(auditor, address, body, Idempotency_Key=key())
    assert (made.status_code, made.json()["number"]) == (201, "9"), made.content
    assert get(f"kpi/values/{value.pk}/", auditor)["findings"][0]["note"] == "Тизме боюнча"
    waiting = make.opened(aimak(district()), of=quarter, at=make.now())
    problem(post(auditor, address, {**body, "value": str(make.value(waiting, "jobs").pk)}), 409)


def test_a_run_is_asked_for_once_and_needs_something_to_score(unit, quarter, approver, staff):
    address, body = f"{API}kpi/runs/", {"period": PERIOD}
    problem(post(staff, address, body), 403)
    problem(post(approver, address, body), 409)
    problem(post(approver, address, {**body, "subject": "municipal_employee"}), 422, "/period")
    problem(post(approver, address, {"period": "2099Q1"}), 422, "/period")
    make.approved(unit, of=quarter, at=make.now())
    first, second = post(approver, address, body), post(approver, address, body)
    assert (first.status_code, first.json()["id"]) == (202, second.json()["id"])
    problem(post(approver, f"{address}{first.json()['id']}/publish/", If_Match="*"), 409)


def test_the_ministry_keeps_periods_and_extensions(unit, staff, approver):
    periods, extensions = f"{API}kpi/periods/", f"{API}kpi/extensions/"
    problem(post(staff, periods, {"year": 2023, "quarter": 1}), 403)
    made = post(approver, periods, {"year": 2023, "quarter": 1, "due": "2023-05-15"})
    assert (made.json()["code"], made.json()["due"], made.json()["locks"]) == (
        "2023Q1", "2023-05-15", "2023-06-16",
    )  # fmt: skip
    problem(post(approver, periods, {"year": 2023, "quarter": 1}), 409)
    problem(post(approver, periods, {"year": 2023, "quarter": 5}), 400, "/quarter")
    address = f"{periods}{made.json()['id']}/"
    problem(send(approver, "PATCH", address, {"due": "2023-05-20"}), 428)
    problem(send(staff, "PATCH", address, {"due": "2023-05-20"}, If_Match="*"), 403)
    moved = send(approver, "PATCH", address, {"due": "2023-05-20"}, If_Match=made["ETag"])
    assert moved.json()["due"] == "2023-05-20", moved.content
    problem(send(approver, "PATCH", address, {"due": "2023-05-21"}, If_Match=made["ETag"]), 412)
    assert codes(send(approver, "PATCH", address, {"due": "2023-12-01"}, If_Match="*"), 422) == {
        "kpi_period_days"
    }
    body = {"period": "2023Q1", "unit": str(unit.pk), "until": "2023-07-01", "reason": "Сел"}
    problem(post(staff, extensions, body), 403)
    problem(post(approver, extensions, {**body, "until": "2023-05-20"}), 422, "/until")
    problem(post(approver, extensions, {**body, "reason": " "}), 400, "/reason")
    given = post(approver, extensions, {**body, "act": str(LegalActFactory().pk)})
    assert (given.status_code, given.json()["until"]) == (201, "2023-07-01"), given.content
    home = UnitVersion.objects.get(unit=unit).parent
    tried = post(approver, periods, {"year": 2023, "quarter": 2, "within": str(home.pk)})
    assert tried.json()["within"] == {"id": str(home.pk)}, tried.content
    problem(post(approver, periods, {"year": 2023, "quarter": 3, "within": str(NOBODY)}), 422, "/within")


def test_a_methodology_is_drafted_line_by_line_and_put_into_force(unit, staff, approver):
    address = f"{API}kpi/methodologies/"
    former = get("kpi/methodologies/", subject="head_of_executive")["results"][0]["id"]
    body = {"subject": "head_of_executive", "name": {"ky": "Усулдук 2"}, "copy_of": former}
    problem(post(staff, address, body), 403)
    made = post(approver, address, body)
    assert (made.status_code, made.json()["number"]) == (201, 2), made.content
    at_draft = f"{address}{made.json()['id']}/"

    def write(method, path, content, status=200):
        answer = send(approver, method, f"{at_draft}{path}", content, If_Match=tag(approver, at_draft))
        assert answer.status_code == status, answer.content
        return answer

    problem(send(approver, "PATCH", at_draft, {"gate": "50"}), 428)
    problem(send(staff, "PATCH", at_draft, {"gate": "50"}, If_Match="*"), 404)
    assert write("PATCH", "", {"gate": "50"}).json()["gate"] == "50"
    problem(send(approver, "PATCH", at_draft, {"gate": "51"}, If_Match=made["ETag"]), 412)
    found = made.json()["categories"]
    jobs = next(row for category in found for row in category["indicators"] if row["code"] == "jobs")
    line = f"indicators/{jobs['id']}/"
    write("PATCH", line, {"weight": "1", "max": "200", "flag": {"ky": "Белги"}})
    problem(write("POST", "activate/", {"on": "2030-01-01"}, 422), 422)
    problem(write("PATCH", line, {"min": "300"}, 422), 422)
    write("PATCH", line, {"weight": jobs["weight"]})
    category = write("POST", "categories/", {"code": "extra", "name": {"ky": "Дагы"}}).json()["categories"][0]
    assert category["code"] == "extra"
    write("PATCH", f"categories/{category['id']}/", {"order": 9})
    write("POST", f"lines/{jobs['id']}/remove/", None)
    again = {
        "measure": "jobs",
        "category": category["id"],
        "name": {"ky": "Жумуш орундары", "ru": "Рабочие места"},
        "unit_of_measure": {"ky": "орун"},
        "min": "0",
        "max": "100",
        "weight": jobs["weight"],
        "highest": "100000",
        "aggregation": "sum",
        "whole": True,
    }
    write("POST", "indicators/", {**again, "measure": "nothing"}, 422)
    write("POST", "indicators/", {**again, "measure": "tasks_done"}, 422)
    measure = {"subject": "head_of_executive", "code": "parks"}
    problem(post(staff, f"{API}kpi/measures/", measure), 403)
    assert post(approver, f"{API}kpi/measures/", measure).status_code == 201
    problem(post(approver, f"{API}kpi/measures/", measure), 422, "/code")
    problem(post(approver, f"{API}kpi/measures/", {**measure, "code": "парк"}), 400, "/code")
    again["measure"] = "parks"
    write("POST", "indicators/", {**again, "category": former}, 422)
    shown = write("POST", "indicators/", again).json()
    assert shown["categories"][-1]["indicators"][0]["max"] == "100"
    band = write("POST", "bands/", {"code": "top", "least": "95", "name": {"ky": "Мыкты"}}).json()["bands"][0]
    write("POST", "bands/", {"code": "top", "least": "96", "name": {"ky": "Мыкты"}}, 422)
    assert write("PATCH", f"bands/{band['id']}/", {"least": "96"}).json()["bands"][0]["least"] == "96"
    group = {"code": "all", "name": {"ky": "Баары"}, "unit_kinds": ["ayil_aimak"], "order": 9}
    groups = write("POST", "peer-groups/", group).json()["peer_groups"]
    last = next(row for row in groups if row["code"] == "all")
    write("POST", "peer-groups/", {**group, "unit_kinds": ["oblast"]}, 400)
    write("PATCH", f"peer-groups/{last['id']}/", {"below_population": 0}, 400)
    write("PATCH", f"peer-groups/{last['id']}/", {"below_population": 500})
    write("POST", f"lines/{last['id']}/remove/", None)
    write("POST", f"lines/{last['id']}/remove/", None, 404)
    write("PATCH", f"bands/{last['id']}/", {"least": "1"}, 404)
    problem(send(client_with("analyst"), "PATCH", f"{at_draft}{line}", {}, If_Match="*"), 403)

    active = write("POST", "activate/", {"on": "2030-01-01"})

    assert (active.json()["status"], active.json()["valid"]) == ("active", {"from": "2030-01-01", "to": None})
    problem(post(approver, f"{at_draft}activate/", {"on": "2031-01-01"}, If_Match="*"), 409)
    write("PATCH", line, {"weight": "1"}, 404)
    write("POST", "bands/", {"code": "x", "least": "1", "name": {"ky": "х"}}, 409)
    entered = write("PUT", "act/", {"act": str(LegalActFactory().pk)})
    assert entered.json()["act"]
    write("PUT", "act/", {"act": str(LegalActFactory().pk)}, 409)
