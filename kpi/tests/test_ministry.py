"""The ministry's review: what waits, side by side, returned per value, approved by other eyes, published."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from councils.tests.desk import signed_in, text
from kpi import services
from kpi.models import AuditFinding, Report, ReturnedValue
from kpi.tests import factories as make
from lsg_portal.web import days
from registry.tests.factories import aimak, district, oblast

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
NOBODY = "00000000-0000-4000-8000-0000000000ff"
AT = make.Q3_ENTRY


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: TODAY)
    return TODAY


@pytest.fixture
def place(today, db):
    make.methodology()
    return district(oblast("Нарын"), "Кочкор")


@pytest.fixture
def unit(place):
    return aimak(place, "Ак", residents=9_000)


@pytest.fixture
def quarter(place):
    return make.period()


@pytest.fixture
def approver(today):
    return signed_in(RoleKind.APPROVER)


@pytest.fixture
def analyst(today):
    return signed_in(RoleKind.ANALYST)


@pytest.fixture
def auditor(today):
    return signed_in(RoleKind.AUDITOR)


def at(rest="", language="en"):
    return f"/{language}/kpi/{rest}"


def of(report, step="", language="en"):
    return at(f"review/{report.pk}/{step}", language)


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def begun(client, report):
    """The review of a submitted report, begun by who is signed in."""
    answer = client.post(of(report, "start/"), {"version": report.version})
    assert answer["Location"] == of(report)
    return fresh(report)


# Who may


def test_a_visitor_signs_in_and_who_is_not_of_the_ministry_is_refused(unit, quarter):
    report = make.submitted(unit, of=quarter)
    staff = signed_in(RoleKind.STAFF, unit)

    for where in (at("review/"), of(report), of(report, "return/"), of(report, "approve/")):
        assert Client().get(where)["Location"].startswith("/en/account/login/?next="), where
        assert staff.get(where).status_code == 403, where


def test_a_foreign_report_that_is_not_published_is_not_found(place, unit, quarter):
    report = make.submitted(unit, of=quarter)
    neighbour = signed_in(RoleKind.STAFF, aimak(place, "Бел"))

    assert neighbour.get(of(report)).status_code == 404
    assert neighbour.post(of(report, "approve/"), {}).status_code == 404


def test_the_rest_of_the_ministry_reads_along_and_takes_no_step(analyst, unit, quarter):
    report = make.submitted(unit, of=quarter)

    assert "Begin the review" not in text(analyst.get(of(report)))
    for step in ("start/", "return/", "approve/", "publish/"):
        assert analyst.post(of(report, step), {"version": report.version}).status_code == 403, step
    assert fresh(report).status == "submitted"


def test_what_is_not_there_is_not_found(approver):
    for where in ("review/{}/", "review/{}/return/", "values/{}/finding/"):
        assert approver.get(at(where.format(NOBODY))).status_code == 404, where


def test_steps_are_taken_by_post_alone(approver, analyst, unit, quarter):
    report = make.submitted(unit, of=quarter)

    assert approver.get(of(report, "start/")).status_code == 200
    for client in (approver, analyst):
        assert client.post(of(report), {}).status_code == 405
    assert fresh(report).status == "submitted"


# What waits


def test_the_inbox_holds_what_waits_and_other_states_on_request(approver, place, unit, quarter):
    waiting = make.submitted(unit, of=quarter)
    done = make.approved(aimak(place, "Бел"), of=quarter)
    make.opened(aimak(place, "Кара"), of=quarter)

    page = approver.get(at("review/")).content.decode()
    assert of(waiting) in page
    assert of(done) not in page
    assert "Кара" not in page
    page = approver.get(at("review/?state=approved")).content.decode()
    assert of(done) in page
    assert of(waiting) not in page
    assert of(waiting) not in approver.get(at("review/?mine=1")).content.decode()
    assert approver.get(at("review/?state=draft")).status_code == 400


def test_a_report_handed_in_after_the_due_day_is_called_late(approver, unit, quarter):
    late = dt.datetime.combine(quarter.due + dt.timedelta(days=1), dt.time(9), dt.UTC)
    make.submitted(unit, of=quarter, at=late)

    assert "late" in text(approver.get(at("review/")))

    services.extend(period=quarter, unit=unit, until=late.date(), reason="Суу каптады", by=None)
    assert " late " not in text(approver.get(at("review/")))


# Side by side


def test_the_review_shows_the_quarter_before_and_the_median_of_the_peers(approver, place, unit, quarter):
    former = make.period(2022, 2)
    make.approved(unit, of=former, at=dt.datetime(2022, 7, 10, 9, tzinfo=dt.UTC), jobs=21)
    report = make.submitted(unit, of=quarter, jobs=24)
    for name, jobs in (("Бел", 10), ("Кара", 30), ("Сары", 17)):
        make.submitted(aimak(place, name, residents=8_000), of=quarter, jobs=jobs)
    make.submitted(aimak(place, "Чоң", residents=40_000), of=quarter, jobs=900)
    make.opened(aimak(place, "Жаңы", residents=8_000), of=quarter)

    page = text(approver.get(of(report)))
    jobs = page[page.index("Jobs created") : page.index("Satisfaction with")]

    assert "Reported 24" in jobs
    assert "Quarter before 21 (+3)" in jobs
    assert "Median of the peers 17 (3 reports)" in jobs


def test_warnings_with_their_notes_and_evidence_stand_beside_the_value(approver, unit, quarter):
    former = make.period(2022, 2)
    make.approved(unit, of=former, at=dt.datetime(2022, 7, 10, 9, tzinfo=dt.UTC), jobs=2)
    report = make.opened(unit, of=quarter)
    services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(24), note="Жаңы завод")
    make.filled(report, jobs=None)
    report = services.submit(report=report, by=UserFactory(), at=AT)

    page = text(approver.get(of(report)))

    assert "24 after 2 in the quarter before: a change of more than 200 per cent." in page
    assert "Жаңы завод" in page
    assert "акт.pdf" in page


def test_the_page_asks_the_database_a_fixed_number_of_questions(
    approver, unit, quarter, django_assert_max_num_queries
):
    report = make.in_review(unit, of=quarter)
    approver.get(of(report))

    with django_assert_max_num_queries(18):
        approver.get(of(report))
    with django_assert_max_num_queries(9):
        approver.get(at("review/"))


# Return, correct, approve


def test_values_are_returned_with_their_reasons_and_the_corrections_stand_out(approver, unit, quarter):
    clerk = UserFactory()
    report = begun(approver, make.submitted(unit, of=quarter, by=clerk))
    assert report.status == "in_review"

    sent = {"version": report.version, "reason_jobs": "Түшүндүрүңүз", "reason_roads": "  "}
    assert approver.post(of(report, "return/"), sent)["Location"] == at("review/")
    report = fresh(report)
    assert report.status == "returned"
    assert [(r.value.indicator.code, r.reason) for r in ReturnedValue.objects.all()] == [
        ("jobs", "Түшүндүрүңүз")
    ]

    now = make.now()
    services.enter_value(value=make.value(report, "jobs"), at=now, number=Decimal(20))
    services.enter_value(value=make.value(report, "projects"), at=now, number=Decimal(5))
    services.submit(report=report, by=clerk, at=now)
    page = text(approver.get(of(report)))
    assert "was returned Түшүндүрүңүз changed when it was returned: 24" in page
    assert "changed when it was returned: 3" in page
    assert page.count("when it was returned:") == 2


def test_a_returned_value_that_nobody_changed_is_said_to_be_the_same(approver, unit, quarter):
    clerk = UserFactory()
    report = begun(approver, make.submitted(unit, of=quarter, by=clerk))
    approver.post(of(report, "return/"), {"version": report.version, "reason_jobs": "Неге?"})
    services.submit(report=fresh(report), by=clerk, at=make.now())

    assert "It has not been changed since." in text(approver.get(of(report)))


@pytest.mark.parametrize("answered", ["attached", "removed"])
def test_a_returned_value_answered_by_its_files_counts_as_changed(approver, unit, quarter, answered):
    clerk = UserFactory()
    report = make.submitted(unit, of=quarter, by=clerk)
    row = make.value(report, "investment")
    report = begun(approver, report)
    sent = {"version": report.version, "reason_investment": "Акт окулбайт", "reason_jobs": "Неге?"}
    approver.post(of(report, "return/"), sent)
    make.prove(row, at=make.now(), sha256="1" * 64)
    if answered == "removed":
        services.remove_evidence(evidence=row.evidence.order_by("recorded_at")[0], at=make.now())
    services.submit(report=fresh(report), by=clerk, at=make.now())

    page = text(approver.get(of(report)))

    assert "Акт окулбайт It has not" not in page
    assert "Неге? It has not been changed since." in page


def test_a_file_attached_and_taken_back_again_changes_nothing(approver, unit, quarter):
    clerk = UserFactory()
    report = begun(approver, make.submitted(unit, of=quarter, by=clerk))
    approver.post(of(report, "return/"), {"version": report.version, "reason_jobs": "Неге?"})
    services.remove_evidence(evidence=make.prove(make.value(report, "jobs"), at=make.now()), at=make.now())
    services.submit(report=fresh(report), by=clerk, at=make.now())

    assert "Неге? It has not been changed since." in text(approver.get(of(report)))


def test_a_return_without_any_reason_is_refused(approver, unit, quarter):
    report = begun(approver, make.submitted(unit, of=quarter))

    answer = approver.post(of(report, "return/"), {"version": report.version, "reason_jobs": ""})

    assert answer.status_code == 422
    assert "at least one value" in text(answer)
    assert fresh(report).status == "in_review"


def test_reasons_typed_against_a_report_that_changed_meanwhile_are_not_lost(approver, unit, quarter):
    report = begun(approver, make.submitted(unit, of=quarter))
    sent = {"version": report.version - 1, "reason_jobs": "Түшүндүрүңүз"}

    answer = approver.post(of(report, "return/"), sent)
    assert answer.status_code == 412
    assert "Түшүндүрүңүз</textarea>" in answer.content.decode()

    services.approve(report=report, by=UserFactory(), at=make.now())
    answer = approver.post(of(report, "return/"), sent)
    assert answer.status_code == 412
    assert "Түшүндүрүңүз" in text(answer)
    assert not ReturnedValue.objects.exists()


def test_an_expired_session_keeps_the_reasons(unit, quarter, today):
    user = RoleFactory(role=RoleKind.APPROVER).user
    report = make.in_review(unit, of=quarter)
    client = Client()
    sent = {"version": report.version, "reason_jobs": "Түшүндүрүңүз"}
    answer = client.post(of(report, "return/"), sent)
    assert answer["Location"].startswith("/en/account/login/")

    client.force_login(user)
    page = client.get(of(report, "return/")).content.decode()

    assert "Түшүндүрүңүз</textarea>" in page
    assert fresh(report).status == "in_review"


def test_nobody_reviews_what_he_or_she_submitted(unit, quarter, today):
    user = RoleFactory(role=RoleKind.APPROVER).user
    report = make.submitted(unit, of=quarter, by=user)
    client = Client()
    client.force_login(user)

    assert "somebody else reviews it" in text(client.get(of(report)))
    answer = client.post(of(report, "start/"), {"version": report.version})
    assert answer.status_code == 422
    assert "Nobody approves a report that he or she submitted" in text(answer)
    assert fresh(report).status == "submitted"


def test_a_report_is_approved_and_published_alone(approver, unit, quarter):
    report = begun(approver, make.submitted(unit, of=quarter))

    assert approver.post(of(report, "approve/"), {"version": report.version - 1}).status_code == 412
    approver.post(of(report, "approve/"), {"version": report.version})
    report = fresh(report)
    assert report.status == "approved"
    assert approver.post(of(report, "approve/"), {"version": report.version}).status_code == 409
    admin = signed_in(RoleKind.ADMINISTRATOR)
    assert admin.post(of(report, "start/"), {"version": report.version}).status_code == 403
    admin.post(of(report, "publish/"), {"version": report.version})
    assert fresh(report).status == "published"


def test_a_report_is_not_approved_while_reasons_to_return_it_are_typed_in(approver, unit, quarter):
    report = begun(approver, make.submitted(unit, of=quarter))
    sent = {"version": report.version, "reason_jobs": "Түшүндүрүңүз", "reason_roads": " "}

    answer = approver.post(of(report, "approve/"), sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert fresh(report).status == "in_review"
    assert "Түшүндүрүңүз</textarea>" in page
    assert '<a href="#id_reason_jobs">' in page
    assert '<a href="#id_reason_roads">' not in page
    assert "The report is not approved: there is a reason to return “Jobs created”." in text(answer)
    assert approver.post(of(report, "return/"), sent)["Location"] == at("review/")


def test_what_was_typed_is_shown_where_the_report_takes_no_reasons_any_more(approver, unit, quarter):
    report = begun(approver, make.submitted(unit, of=quarter))
    services.approve(report=report, by=UserFactory(), at=make.now())

    answer = approver.post(of(report, "approve/"), {"version": report.version, "reason_jobs": "Түшүндүрүңүз"})

    assert answer.status_code == 412
    assert "What you had written Jobs created Түшүндүрүңүз" in text(answer)


def test_a_session_that_ended_before_approving_keeps_the_reasons_too(unit, quarter, today):
    user = RoleFactory(role=RoleKind.APPROVER).user
    report = make.in_review(unit, of=quarter)
    for reason in ("", "Түшүндүрүңүз"):
        client = Client()
        client.post(of(report, "approve/"), {"version": report.version, "reason_jobs": reason})
        client.force_login(user)
        answer = client.get(of(report, "approve/"))
        assert ("Түшүндүрүңүз</textarea>" in answer.content.decode()) is bool(reason)
        assert "at least one value" not in text(answer)


def test_an_amendment_shows_what_it_changes(approver, unit, quarter):
    report = make.published(unit, of=quarter)
    amendment = services.amend(report=report, reason="Ката табылды", by=report.submitted_by, at=AT)
    services.enter_value(value=make.value(amendment, "jobs"), at=AT, number=Decimal(21))
    amendment = services.submit(report=amendment, by=report.submitted_by, at=AT)

    page = text(approver.get(of(amendment)))

    assert "Ката табылды" in page
    assert "changed in the revision before: 24" in page
    assert page.count("in the revision before:") == 1


# Findings


def test_an_auditor_corrects_a_value_and_both_figures_stay(auditor, unit, quarter):
    report = make.approved(unit, of=quarter)
    row = make.value(report, "jobs")
    where = at(f"values/{row.pk}/finding/")
    assert where in auditor.get(of(report)).content.decode()

    sent = {"verdict": "corrected", "number": "19", "found_on": "01.12.2022", "note": "Келишимдер саналды"}
    answer = auditor.post(where, sent)

    assert answer["Location"] == f"{of(report)}#value-jobs"
    assert AuditFinding.objects.get().number == 19
    page = text(auditor.get(of(report)))
    assert "Reported 24" in page
    assert "corrected, 19. Келишимдер саналды" in page


def test_a_finding_is_refused_with_its_reason(auditor, approver, unit, quarter):
    report = make.approved(unit, of=quarter)
    where = at(f"values/{make.value(report, 'jobs').pk}/finding/")
    sent = {"verdict": "corrected", "number": "19,5", "found_on": "01.12.2022", "note": "Саналды"}

    assert approver.post(where, sent).status_code == 403
    answer = auditor.post(where, sent)
    assert answer.status_code == 422
    assert "Only whole numbers are possible." in text(answer)
    assert "NaN" not in text(auditor.post(where, {**sent, "number": "NaN"}))
    assert auditor.post(where, {**sent, "verdict": "confirmed"}).status_code == 422
    assert not AuditFinding.objects.exists()


def test_a_value_still_in_review_has_no_findings(auditor, unit, quarter):
    report = make.in_review(unit, of=quarter)
    where = at(f"values/{make.value(report, 'jobs').pk}/finding/")

    assert where not in auditor.get(of(report)).content.decode()
    sent = {"verdict": "confirmed", "found_on": "01.12.2022", "note": "Саналды"}
    assert auditor.post(where, sent).status_code == 409
    assert Report.objects.get(pk=report.pk).status == "in_review"
