"""The other desks of the ministry: periods and extensions, completeness, runs and their publication, methodologies."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from accounts.models import RoleKind
from accounts.tests.factories import UserFactory
from ayil_okmotu.tests import factories as office
from councils.tests.desk import signed_in, text
from kpi import services, tasks
from kpi.models import Extension, Period, Report, ScoreRun, Subject
from kpi.services import runs
from kpi.tests import factories as make
from lsg_portal.web import days
from registry.tests.factories import aimak, district, oblast

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
NOBODY = "00000000-0000-4000-8000-0000000000ff"
AT = make.Q3_ENTRY


@pytest.fixture(scope="module")
def world(shared_rows):
    """Four municipalities of one district: on time, late, in review, and one that has not reported."""
    with shared_rows():
        make.methodology()
        quarter = make.period()
        where = district(oblast("Нарын"), "Кочкор")
        units = [aimak(where, name, residents=9_000) for name in ("Ак", "Бел", "Кара", "Сары")]
        after_due = dt.datetime.combine(quarter.due + dt.timedelta(days=1), dt.time(9), dt.UTC)
        first = make.approved(units[0], of=quarter)
        second = make.approved(units[1], of=quarter, at=after_due, jobs=12)
        third = make.in_review(units[2], of=quarter)
        return SimpleNamespace(
            quarter=quarter, place=where, units=units, first=first, second=second, third=third
        )


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture
def approver(today, db):
    return signed_in(RoleKind.APPROVER)


@pytest.fixture
def analyst(today, db):
    return signed_in(RoleKind.ANALYST)


def at(rest="", language="en"):
    return f"/{language}/kpi/{rest}"


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


def as_file(client, where):
    return b"".join(client.get(where).streaming_content).decode()


# Completeness


def test_everybody_sees_who_has_reported_and_nobody_else_how_far(world, today):
    where = at("completeness/?period=2022Q3")

    page = text(Client().get(where))

    assert "Нарын 4 3 75% 2 1 1 0 0" in page
    assert "Сары Кочкор overdue 31.10.2022" in page
    assert "Бел Кочкор late 31.10.2022 01.11.2022" in page
    assert "in review" not in page.lower()
    assert "approved" not in page.lower()
    rows = as_file(Client(), f"{where}&format=csv&table=units")
    assert "Кара" in rows
    assert "approved" not in rows


def test_the_ministry_sees_states_and_a_municipality_its_own(world, analyst):
    where = at("completeness/?period=2022Q3")

    page = analyst.get(where).content.decode()
    assert f"/en/kpi/review/{world.third.pk}/" in page
    assert "11 of 11" in page
    own = text(signed_in(RoleKind.STAFF, world.units[2]).get(where))
    assert "Кара Кочкор on time 31.10.2022 10.10.2022 in review 11 of 11" in own
    assert "approved" not in own


def test_an_extension_makes_a_late_report_one_on_time(world, today):
    services.extend(
        period=world.quarter, unit=world.units[1], until=dt.date(2022, 11, 15), reason="Суу каптады", by=None
    )

    page = text(Client().get(at("completeness/?period=2022Q3&group_by=district")))

    assert "Кочкор 4 3 75% 3 0 1 0 0" in page
    assert "Бел Кочкор on time 15.11.2022" in page


def test_the_board_is_narrowed_and_refuses_what_it_does_not_know(world, today):
    page = text(Client().get(at("completeness/?period=2022Q3&units-standing=overdue")))
    assert "Сары Кочкор overdue" in page
    assert "Ак Кочкор" not in page
    for wrong in ("period=1999Q1", "group_by=colour", "units-standing=asleep", f"units-oblast={NOBODY}"):
        assert Client().get(at(f"completeness/?{wrong}")).status_code == 400, wrong


def test_the_board_asks_the_database_a_fixed_number_of_questions(world, today, django_assert_num_queries):
    for group_by in ("oblast", "district", "kind"):
        where = at(f"completeness/?period=2022Q3&group_by={group_by}")
        Client().get(where)
        with django_assert_num_queries(5):
            Client().get(where)


# Periods


def test_a_period_is_entered_and_its_days_are_moved(world, approver):
    made = approver.post(at("periods/new/"), {"year": "2022", "quarter": "4"})
    period = Period.objects.get(code="2022Q4")
    assert made["Location"] == at(f"periods/{period.pk}/")
    assert approver.post(at("periods/new/"), {"year": "2022", "quarter": "4"}).status_code == 409

    where = at(f"periods/{period.pk}/days/")
    sent = {"opens": "01.01.2023", "due": "15.02.2023", "locks": "01.04.2023"}
    assert approver.post(where, {**sent, "version": period.version + 5}).status_code == 412
    approver.post(where, {**sent, "version": period.version})
    assert fresh(period).due == dt.date(2023, 2, 15)
    answer = approver.post(where, {**sent, "locks": "01.02.2023", "version": fresh(period).version})
    assert answer.status_code == 422
    assert "locks after that" in text(answer)


def test_a_period_that_has_not_opened_is_called_so(world, approver):
    later = make.period(2026, 1)

    assert "not open yet" in text(approver.get(at(f"periods/{later.pk}/")))
    assert "not open yet 01.04.2026" in text(approver.get(at("periods/")))
    assert "not open yet" not in text(approver.get(at(f"periods/{world.quarter.pk}/")))


def test_reporting_is_tried_out_within_a_district(world, approver):
    sent = {"year": "2022", "quarter": "4", "within": str(world.place.pk)}

    approver.post(at("periods/new/"), sent)

    assert Period.objects.get(code="2022Q4").within == world.place


def test_a_municipality_gets_longer_for_a_reason(world, approver):
    where = at(f"periods/{world.quarter.pk}/extensions/new/")
    sent = {"unit": str(world.units[3].pk), "until": "30.11.2022", "reason": "Суу каптады"}

    assert approver.post(where, {**sent, "reason": " "}).status_code == 422
    assert approver.post(where, {**sent, "until": "31.10.2022"}).status_code == 422
    assert approver.post(where, {**sent, "unit": NOBODY}).status_code == 422
    approver.post(where, sent)

    assert Extension.objects.get().until == dt.date(2022, 11, 30)
    page = text(approver.get(at(f"periods/{world.quarter.pk}/")))
    assert "Сары 30.11.2022 Суу каптады" in page


def test_the_rest_of_the_ministry_reads_periods_and_keeps_none(world, analyst):
    page = at(f"periods/{world.quarter.pk}/")

    assert "4 reports owed" in text(analyst.get(page)) or "reports owed 4" in text(analyst.get(page))
    for where in ("periods/new/", f"periods/{world.quarter.pk}/days/"):
        assert analyst.get(at(where)).status_code == 403
        assert analyst.post(at(where), {}).status_code == 403
    staff = signed_in(RoleKind.STAFF, world.units[0])
    assert staff.get(page).status_code == 403
    assert Client().get(page)["Location"].startswith("/en/account/login/")


# Runs


@pytest.fixture
def sent_off(monkeypatch):
    """The runs that the worker was told of."""
    told = []
    monkeypatch.setattr(tasks.score, "delay", told.append)
    return told


def asked_for(client, world, callbacks):
    with callbacks(execute=True):
        answer = client.post(
            at("runs/new/"), {"period": str(world.quarter.pk), "subject": "head_of_executive"}
        )
    run = ScoreRun.objects.get()
    assert answer["Location"] == at(f"runs/{run.pk}/")
    return run


def test_scores_are_asked_for_watched_compared_and_published(
    world, approver, sent_off, django_capture_on_commit_callbacks
):
    run = asked_for(approver, world, django_capture_on_commit_callbacks)
    assert sent_off == [str(run.pk)]
    page = approver.get(at(f"runs/{run.pk}/")).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "Look again" in page

    services.execute(run.pk)
    run = fresh(run)
    page = approver.get(at(f"runs/{run.pk}/")).content.decode()
    assert "hx-trigger" not in page
    assert "2 of 4 that are owed" in page
    assert ">Ак</a>" in page
    approver.post(at(f"runs/{run.pk}/check/"), {"version": run.version})
    assert "Every score comes out the same." in text(approver.get(at("runs/")))

    assert "Reports that become public 2" in text(approver.get(at(f"runs/{run.pk}/publish/")))
    assert approver.post(at(f"runs/{run.pk}/publish/"), {"version": run.version - 1}).status_code == 412
    approver.post(at(f"runs/{run.pk}/publish/"), {"version": run.version})
    assert fresh(run).current
    assert set(Report.objects.filter(pk__in=[world.first.pk, world.second.pk]).values_list("status")) == {
        ("published",)
    }
    assert fresh(world.quarter).published_on is not None
    assert approver.post(at(f"runs/{run.pk}/publish/"), {"version": fresh(run).version}).status_code == 409


def test_a_run_of_what_changed_since_is_not_published(
    world, approver, sent_off, django_capture_on_commit_callbacks
):
    run = asked_for(approver, world, django_capture_on_commit_callbacks)
    services.execute(run.pk)
    services.approve(report=world.third, by=UserFactory(), at=AT)

    answer = approver.post(at(f"runs/{run.pk}/publish/"), {"version": fresh(run).version})

    assert answer.status_code == 409
    assert "Reports have changed since this run" in text(answer)
    assert fresh(world.first).status == "approved"


def test_without_a_broker_the_run_waits(world, approver, monkeypatch, django_capture_on_commit_callbacks):
    def down(run):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.score, "delay", down)

    run = asked_for(approver, world, django_capture_on_commit_callbacks)

    assert run.status == "queued"
    assert services.waiting() == [run.pk]


def test_nothing_approved_is_nothing_to_score(world, approver, sent_off):
    make.period(2022, 2)
    sent = {"period": str(Period.objects.get(code="2022Q2").pk), "subject": "head_of_executive"}

    assert approver.post(at("runs/new/"), sent).status_code == 409
    answer = approver.post(at("runs/new/"), {**sent, "subject": "municipal_employee"})
    assert answer.status_code == 422
    assert "No methodology is in force" in text(answer)


@pytest.mark.parametrize(
    ("language", "words"), [("ky", "1-эсептөөнүн натыйжаларынан"), ("ru", "результатов расчёта 1 с теми же")]
)
def test_a_run_that_failed_says_why(world, approver, monkeypatch, language, words):
    make.run_of(world.quarter)
    rows_of = runs.rows_of

    def otherwise(*given):
        """The same inputs and the same code give something else."""
        scores, lines, said = rows_of(*given)
        return scores, lines, f"{said} "

    monkeypatch.setattr(runs, "rows_of", otherwise)
    run = make.run_of(world.quarter)

    assert (run.status, run.error) == ("failed", "results_differ:1")
    page = text(approver.get(at(f"runs/{run.pk}/", language)))
    assert words in page
    assert "results_differ" not in page


def test_an_auditor_looks_at_runs_and_publishes_none(world, analyst):
    auditor = signed_in(RoleKind.AUDITOR)
    run = make.run_of(world.quarter)

    assert auditor.get(at(f"runs/{run.pk}/")).status_code == 200
    for where in ("runs/new/", f"runs/{run.pk}/publish/"):
        assert auditor.post(at(where), {"version": run.version}).status_code == 403
    assert analyst.get(at("runs/")).status_code == 403


def test_employees_results_are_added_up_on_the_page_of_their_run(world, approver):
    make.methodology(Subject.EMPLOYEE)
    of = office.body(world.units[0])
    for number in range(2):
        held = office.appointment(office.post(of), name=f"Кызматкер {number}")
        make.approved(world.units[0], of=world.quarter, appointment=held, training=None)

    page = text(approver.get(at(f"runs/{make.run_of(world.quarter, subject=Subject.EMPLOYEE).pk}/")))

    assert "Other employees 2 2" in page
    assert "Кызматкер" not in page


def test_a_head_reviews_the_employees_of_the_office_and_nobody_else(world, today):
    make.methodology(Subject.EMPLOYEE)
    of = office.body(world.units[0])
    boss = office.head(of)
    held = office.appointment(office.post(of), name="Айжан")
    report = make.submitted(world.units[0], of=world.quarter, appointment=held, training=None)
    client = Client()

    client.force_login(UserFactory(person=boss.person))
    assert "Айжан" in text(client.get(at("review/")))
    assert client.get(at(f"review/{report.pk}/")).status_code == 200
    assert client.get(at(f"review/{world.third.pk}/")).status_code == 404
    assert client.get(at("periods/")).status_code == 403
    client.post(at(f"review/{report.pk}/start/"), {"version": report.version})
    assert fresh(report).status == "in_review"

    earlier = office.appointment(office.post(of), boss.person, concurrent_reason="Айкалыштыруу")
    own = make.submitted(world.units[0], of=world.quarter, appointment=earlier, training=None)
    assert f"review/{own.pk}/" not in client.get(at("review/")).content.decode()
    assert client.get(at(f"review/{own.pk}/")).status_code == 403

    client.force_login(UserFactory(person=held.person))
    assert client.get(at(f"review/{report.pk}/")).status_code == 403
    assert client.get(at("review/")).status_code == 403
    assert signed_in(RoleKind.ANALYST).get(at(f"review/{report.pk}/")).status_code == 404
