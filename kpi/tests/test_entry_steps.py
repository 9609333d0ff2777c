"""Around the entry: evidence, submitting and after, returned values, my work."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from councils.tests.desk import text
from kpi import services
from kpi.models import Evidence, Report
from kpi.tests import factories as make
from kpi.tests.clerk import *  # noqa: F403  (fixtures)
from kpi.tests.clerk import (
    JSON,
    NEVER,
    at,
    back,
    card,
    entry,
    figure,
    former,
    opening,
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

pytestmark = pytest.mark.django_db


# Evidence


def test_a_file_is_attached_with_what_was_typed_and_taken_back(staff, report):
    data = sent(page(staff, report), investment__number="12") | {"investment-file": pdf()}
    assert staff.post(entry(report), data).status_code == 302
    (file,) = Evidence.objects.all()
    assert (file.name, file.added_by, figure(report, "investment")) == ("акт.pdf", staff.user, 12)

    staff.post(entry(report), sent(page(staff, report), jobs__number="3") | {"remove": str(file.pk)})

    file.refresh_from_db()
    assert file.removed_at is not None
    assert figure(report, "jobs") == 3


def test_a_file_is_attached_and_taken_back_by_the_script(staff, report):
    value = make.value(report, "investment")
    answer = staff.post(at(value, "evidence/"), {"file": pdf()}, headers={"Accept": JSON})
    (file,) = Evidence.objects.all()
    assert "акт.pdf" in answer.json()["files"]

    gone = staff.post(at(file, "remove/"), headers={"Accept": JSON})

    assert gone.json()["files"] == ""
    assert staff.get(at(file)).status_code == 404


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        (b"MZ\x90\x00", 415, "Only PDF"),
        (b"%PDF-1.4 cut off", 400, "damaged"),
        (b"", 400, "empty"),
    ],
)
def test_what_is_no_document_is_refused(staff, report, content, status, said):
    value = make.value(report, "investment")

    answer = staff.post(at(value, "evidence/"), {"file": pdf(content=content)}, headers={"Accept": JSON})
    shown = staff.post(entry(report), sent(page(staff, report)) | {"investment-file": pdf(content=content)})

    assert answer.status_code == status
    assert said in answer.json()["message"]
    assert not Evidence.objects.exists()
    assert shown.status_code in (302, 422)


def test_a_file_that_is_too_large_is_refused_in_words(staff, report):
    large = pdf(content=b"%PDF-1.4" + b"0" * (11 * 1024 * 1024))
    value = make.value(report, "investment")

    answer = staff.post(at(value, "evidence/"), {"file": large}, headers={"Accept": JSON})

    assert (answer.status_code, Evidence.objects.count()) == (413, 0)


def test_evidence_is_for_those_who_enter_or_review(staff, neighbour, approver, home):
    done = make.published(home[0], of=quarter())
    file = make.value(done, "investment").evidence.get()

    assert neighbour.get(at(file)).status_code == 403
    assert Client().get(at(file)).status_code == 302
    for reader in (approver, staff):
        response = reader.get(at(file))
        assert response.getvalue() == b"%PDF-1.4\n%%EOF"
        assert response["Content-Disposition"].startswith("attachment")
    assert staff.post(at(file, "remove/"), headers={"Accept": JSON}).status_code == 409


# Submitting and after


def test_the_check_names_everything_that_is_missing_with_the_way_to_it(staff, report):
    make.filled(report, jobs=None, proof=False)

    response = save(staff, report, button={"next": "submit"})
    assert response["Location"] == at(report, "submit/")
    html = staff.get(at(report, "submit/")).content.decode()

    assert f'href="{entry(report)}#jobs-number"' in html
    assert f'href="{entry(report)}#investment-number"' in html
    assert "Submit the report" not in html
    refused = staff.post(at(report, "submit/"), {"version": 1})
    assert refused.status_code == 422
    assert "Jobs created: not filled in" in text(refused)


def test_a_report_is_submitted_taken_back_and_submitted_again(staff, report):
    make.filled(report)
    assert "Submit the report" in text(staff.get(at(report, "submit/")))
    assert staff.post(at(report, "submit/"), {"version": 1}).status_code == 302
    shown = page(staff, report)
    assert "Take the report back" in text(shown)
    assert "waits for review" in text(shown)
    assert not shown.context["editable"]

    staff.post(at(report, "recall/"), {"version": 2})

    report.refresh_from_db()
    assert (report.status, report.submitted_by) == ("draft", staff.user)
    stale = staff.post(at(report, "submit/"), {"version": 1})
    assert stale.status_code == 412
    assert staff.post(at(report, "submit/"), {"version": 3}).status_code == 302


def test_a_warning_without_a_note_stands_in_the_way(staff, home, report):
    former(home[0], jobs=1)
    make.filled(report)

    assert "24 after 1 in the quarter before" in text(staff.get(at(report, "submit/")))
    tell(staff, make.value(report, "jobs"), number="24", note="Жаңы фабрика")
    assert staff.post(at(report, "submit/"), {"version": 1}).status_code == 302


def test_what_is_returned_says_why_beside_the_field_and_in_the_history(staff, home):
    returned = back(home[0])

    response = page(staff, returned)

    assert card(response, "jobs").returned.reason == "Түшүндүрүңүз"
    assert [one.code for one in response.context["returned"]] == ["jobs", "roads"]
    assert "until 20 October 2022" in text(response)
    tell(staff, make.value(returned, "jobs"), number="20")
    again = page(staff, returned)
    assert [card(again, code).corrected for code in ("jobs", "roads")] == [True, False]
    (step,) = [step for step in again.context["steps"] if step["returned"]]
    assert [reason for _name, reason in step["returned"]] == ["Түшүндүрүңүз", "Акт жок"]


@pytest.mark.parametrize("answered", ["attached", "removed"])
def test_a_value_answered_by_its_files_is_corrected(staff, home, answered):
    reviewed = make.in_review(home[0], of=quarter())
    returned = services.return_report(
        report=reviewed,
        reasons={"investment": "Акт окулбайт", "roads": "Акт жок"},
        by=reviewed.reviewed_by,
        at=make.Q3_ENTRY,
    )
    value = make.value(returned, "investment")
    if answered == "attached":
        staff.post(at(value, "evidence/"), {"file": pdf()}, headers={"Accept": JSON})
    else:
        staff.post(at(value.evidence.get(), "remove/"), headers={"Accept": JSON})

    shown = page(staff, returned)

    assert [card(shown, code).corrected for code in ("investment", "roads")] == [True, False]
    assert [item["corrected"] for item in work(staff).context["returned"]] == [True, False]


def test_what_came_back_costs_the_same_however_much_it_is(staff, home, django_assert_num_queries):
    reviewed = make.in_review(home[0], of=quarter())
    services.return_report(
        report=reviewed, reasons={"jobs": "Неге?"}, by=reviewed.reviewed_by, at=make.Q3_ENTRY
    )
    work(staff)
    with CaptureQueriesContext(connection) as one:
        work(staff)
    again = services.submit(report=reviewed, by=UserFactory(), at=make.Q3_ENTRY)
    again = services.start_review(report=again, by=reviewed.reviewed_by, at=make.Q3_ENTRY)
    reasons = dict.fromkeys(("jobs", "roads", "investment", "projects"), "Неге?")
    later = make.Q3_ENTRY + dt.timedelta(days=1)
    services.return_report(report=again, reasons=reasons, by=reviewed.reviewed_by, at=later)

    with django_assert_num_queries(len(one)):
        assert len(work(staff).context["returned"]) == 4


def test_after_the_days_for_correction_nobody_is_told_to_correct(staff, home):
    reviewed = make.in_review(home[0], of=quarter(locks=dt.date(2022, 12, 1)))
    returned = services.return_report(
        report=reviewed, reasons={"jobs": "Түшүндүрүңүз"}, by=reviewed.reviewed_by, at=make.Q3_ENTRY
    )

    shown = page(staff, returned)

    said, html = text(shown), shown.content.decode()
    assert "Correct these values" not in said
    assert "The time for entering has ended" in said
    assert "Jobs created : Түшүндүрүңүз" in said
    assert 'href="#value-jobs"' in html
    assert html.count('id="value-jobs"') == 1
    assert "#jobs-number" not in html


def test_an_approved_report_is_amended_for_a_reason_and_goes_on_in_the_amendment(staff, home):
    done = make.published(home[0], of=quarter())
    form = staff.get(at(done, "amend/"))
    version = form.context["form"]["version"].value()
    assert staff.post(at(done, "amend/"), {"version": version, "reason": ""}).status_code == 422

    response = staff.post(at(done, "amend/"), {"version": version, "reason": "Ката кетти"})

    fresh = Report.objects.get(amends=done)
    assert response["Location"] == entry(fresh)
    shown = page(staff, fresh)
    assert "This is an amendment" in text(shown)
    assert "revision 2" in text(shown)
    assert card(shown, "investment").files[0].name == "акт.pdf"
    assert tell(staff, make.value(fresh, "jobs"), number="25").status_code == 200
    assert not page(staff, done).context["editable"]


def test_after_the_lock_nothing_is_entered_and_the_page_says_so(staff, home):
    closed = quarter(locks=dt.date(2022, 12, 1))
    made = make.opened(home[0], of=closed)

    assert "The time for entering has ended" in text(page(staff, made))
    refused = tell(staff, make.value(made, "jobs"), number="1")
    assert (refused.status_code, refused.json()["outcome"]) == (409, "refused")
    services.extend(period=closed, unit=home[0], until=NEVER, reason="Суу", by=None)
    assert tell(staff, make.value(made, "jobs"), number="1").status_code == 200


# My work


def test_my_work_begins_with_what_is_due(staff, home, today):
    quarter()

    response = work(staff)

    (task,) = response.context["tasks"]
    assert (task.state, task.days_left, task.overdue) == ("not_started", 11, False)
    assert "not begun due by 31.10.2022 11 days left" in re.sub(r"\s+", " ", text(response))
    made = opening(staff, home[0])
    assert made["Location"] == entry(Report.objects.get())
    put(Report.objects.get(), "jobs", 3)
    assert "1 of 11 filled in" in text(work(staff))
    assert opening(staff, home[0])["Location"] == made["Location"]


def test_what_is_late_is_overdue(staff, home, today):
    quarter(due=dt.date(2022, 10, 19))

    assert [task.overdue for task in work(staff).context["tasks"]] == [True]


def test_only_ones_own_is_opened(staff, home, approver, today):
    quarter()

    both = signed_in(RoleKind.STAFF, home[0])
    RoleFactory(user=both.user, role=RoleKind.ANALYST)  # the database's own guard binds who is staff alone
    assert opening(staff, home[1]).status_code == 403
    assert opening(both, home[1]).status_code == 403
    assert opening(approver, home[0]).status_code == 403
    assert opening(staff, home[0], period="2031Q9").status_code == 404
    assert staff.post("/en/kpi/work/open/", {"period": "2022Q3", "unit": "x"}).status_code == 404
    assert opening(staff, home[0], appointment="x").status_code == 404
    assert not Report.objects.exists()


def test_what_cannot_be_opened_says_why(staff, home, today):
    quarter(opens=dt.date(2022, 10, 1))
    quarter(4, due=dt.date(2101, 1, 1), opens=dt.date(2100, 1, 1), locks=dt.date(2101, 2, 1))

    response = opening(staff, home[0], period="2022Q4")

    assert "has not opened yet" in text(staff.get(response["Location"]))


def test_returned_values_and_notices_wait_in_my_work(staff, home):
    reviewed = make.in_review(home[0], of=quarter(), by=staff.user)
    services.return_report(
        report=reviewed, reasons={"jobs": "Түшүндүрүңүз"}, by=reviewed.reviewed_by, at=make.Q3_ENTRY
    )

    response = work(staff)

    (item,) = response.context["returned"]
    assert (item["reason"], item["url"]) == ("Түшүндүрүңүз", f"{entry(reviewed)}#value-jobs")
    assert [task.state for task in response.context["tasks"]] == ["returned"]
    assert "returned for correction" in text(response)
    staff.post("/en/kpi/work/seen/")
    assert work(staff).context["notices"] == []


def test_the_returned_values_are_those_of_the_latest_return(staff, home):
    returned = back(home[0])
    again = services.submit(report=returned, by=UserFactory(), at=make.Q3_ENTRY)
    reviewer = UserFactory()
    again = services.start_review(report=again, by=reviewer, at=make.Q3_ENTRY)
    later = make.Q3_ENTRY + dt.timedelta(days=1)
    services.return_report(report=again, reasons={"projects": "Тизме керек"}, by=reviewer, at=later)

    assert [item["reason"] for item in work(staff).context["returned"]] == ["Тизме керек"]
    shown = page(staff, returned)
    assert [one.code for one in shown.context["returned"]] == ["projects"]


def test_an_employee_and_the_head_see_the_employees_reports(today, office_of):
    own, head, colleague = (signed_in(RoleKind.ANALYST, None, person) for person in office_of.people)

    assert [task.subject for task in work(own).context["tasks"]] == ["Кызматкер"]
    assert {task.subject for task in work(head).context["tasks"]} == {"Кызматкер", "Кесиптеш"}
    assert [task.state for task in work(colleague).context["tasks"]] == ["not_started"]
    body = office_of.one.post.body
    given = {"period": "2022Q3", "unit": body.unit_id, "appointment": office_of.one.pk}
    assert colleague.post("/en/kpi/work/open/", given).status_code == 403
    assert own.post("/en/kpi/work/open/", given)["Location"] == entry(office_of.report)


def test_the_head_is_led_to_the_review_of_an_employees_report(today, office_of):
    own, head, _colleague = (signed_in(RoleKind.ANALYST, None, person) for person in office_of.people)
    make.filled(office_of.report, training=None)
    services.enter_value(
        value=make.value(office_of.report, "training"), at=make.Q3_ENTRY, number=Decimal(3), note="Сертификат"
    )
    services.submit(report=office_of.report, by=own.user, at=make.Q3_ENTRY)
    address = f"/en/kpi/review/{office_of.report.pk}/"

    assert address in work(head).content.decode()
    assert address in page(head, office_of.report).content.decode()
    assert address not in work(own).content.decode()
    assert address not in page(own, office_of.report).content.decode()


def test_my_work_is_for_those_who_enter(today, home, approver):
    assert work(signed_in(RoleKind.ANALYST)).status_code == 403
    assert work(approver).status_code == 302
    assert work(Client())["Location"].startswith("/en/account/login/")


def test_a_report_of_a_municipality_that_ended_stays_in_the_history(staff, home, today):
    made = make.published(home[0], of=quarter(2, due=dt.date(2022, 7, 31)))

    table = work(staff).context["history"]

    assert [row.pk for row in table.rows] == [made.pk]
    assert "quarter 2 of 2022" in work(staff).content.decode()
