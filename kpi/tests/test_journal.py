"""What the journal tells of KPI and to whom, and what the administration pages show."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from audit import history, wording
from audit.tests.reading import chain
from audit.visibility import SUBJECTS, Reader, names_of
from ayil_okmotu.tests import factories as offices
from kpi import services
from kpi.models import Methodology, Subject
from kpi.tests import factories as make
from lsg_portal.data import actor
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
AT = make.Q3_ENTRY
HIDDEN = "ЖАШЫРЫН"
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")
PUBLIC = {"own", "foreign", "district", "analyst", "approver", "visitor", "nobody"}
OFFICES = {"own", "district", "analyst", "approver"}
MINISTRY = {"analyst", "approver"}


@pytest.fixture(autouse=True)
def _in_english(settings):
    """Without a second factor; words in the language of the sources."""
    settings.SECOND_FACTOR_WAIVED = True
    with translation.override("en"):
        yield


@pytest.fixture
def unit():
    make.methodology()
    return aimak(district(), residents=12_000)


def holder(kind, unit=None):
    return RoleFactory(role=kind, unit=unit).user


@pytest.fixture
def readers(unit):
    """One of each kind: the municipality's own staff, another's, the district's, the ministry, visitors."""
    home = unit.versions.get().parent
    return {
        "own": holder(RoleKind.STAFF, unit),
        "foreign": holder(RoleKind.STAFF, aimak(home, "Башка")),
        "district": holder(RoleKind.DISTRICT, home),
        "analyst": holder(RoleKind.ANALYST),
        "approver": holder(RoleKind.APPROVER),
        "visitor": AnonymousUser(),
        "nobody": None,
    }


def seers(readers, name, key):
    return {who for who, user in readers.items() if SUBJECTS[name].may_see(user, key)}


def lines(name, key, user=None):
    """The history of a record as a reader gets it: the entries and what is written of them."""
    reader = Reader.of(user)
    found = history.of_subject(SUBJECTS[name], key, reader)
    history.narrow(found, history.Wanted())
    entries = list(history.Lines(found, reader))
    writer = wording.Writer(entries, reader, root=SUBJECTS[name].table, root_key=key)
    return entries, [writer.told(line) for line in entries]


def tables(entries):
    return {line.table.removeprefix("kpi_") for line in entries}


def as_request(name, who=1):
    return actor.acting(f"user:{who}", request_id=name)


def whole_life(unit, of=None):
    """A report returned, corrected, approved, published, its first values found right by an audit."""
    with as_request("entered"):
        report = make.submitted(unit, of=of)
        reviewer = UserFactory()
        report = services.start_review(report=report, by=reviewer, at=AT)
    with as_request("returned"):
        report = services.return_report(report=report, reasons={"jobs": HIDDEN}, by=reviewer, at=AT)
    with as_request("corrected"):
        services.enter_value(value=make.value(report, "jobs"), at=AT, number=Decimal(20))
        report = services.submit(report=report, by=report.submitted_by, at=AT)
        report = services.start_review(report=report, by=reviewer, at=AT)
        report = services.approve(report=report, by=reviewer, at=AT)
    with as_request("published"):
        report = services.publish(report=report, by=reviewer, at=AT)
    with as_request("audited"):
        services.record_finding(
            today=make.TODAY,
            value=make.value(report, "jobs"),
            verdict="corrected",
            number=Decimal(18),
            found_on=dt.date(2022, 11, 1),
            note="Текшерүү",
            by=reviewer,
        )
    chain()
    return report


def test_a_report_tells_of_its_values_steps_evidence_returns_and_findings(unit, readers):
    report = whole_life(unit)

    entries, written = lines("kpi-report", report.pk, readers["own"])

    assert tables(entries) == {"report", "value", "step", "evidence", "returnedvalue", "auditfinding"}
    assert all(told.which for told in written)
    (reason,) = [told for told in written if told.line.table == "kpi_returnedvalue"]
    assert reason.which == "jobs created"
    assert HIDDEN in {change.after for change in reason.changes}
    corrected = [
        told for told in written if told.line.table == "kpi_value" and told.line.request == "corrected"
    ]
    assert [(told.which, told.changes[0].before, told.changes[0].after) for told in corrected] == [
        ("jobs created", "24", "20")
    ]


def test_what_happened_before_a_report_was_published_stays_with_those_who_read_it_then(unit, readers):
    report = whole_life(unit)

    assert seers(readers, "kpi-report", report.pk) == PUBLIC
    for who, user in readers.items():
        entries, written = lines("kpi-report", report.pk, user)
        requests = {line.request for line in entries}
        if who in OFFICES:
            assert requests == {"entered", "returned", "corrected", "published", "audited"}, who
            assert HIDDEN in repr(written)
        else:
            assert requests == {"published", "audited"}, who
            assert HIDDEN not in repr(written)


def test_a_report_not_yet_published_has_a_history_for_those_who_read_it(unit, readers):
    report = make.opened(unit)

    assert seers(readers, "kpi-report", report.pk) == OFFICES
    never = "00000000-0000-4000-8000-000000000000"
    assert seers(readers, "kpi-report", never) == set()


def test_who_acted_is_named_to_the_ministry_alone(unit, readers):
    clerk = UserFactory(first_name="Нурбек", last_name="Сырдуу")
    report = make.submitted(unit, by=clerk)
    chain()

    assert "Сырдуу" in repr(lines("kpi-report", report.pk, readers["analyst"])[1])
    assert "Сырдуу" not in repr(lines("kpi-report", report.pk, readers["own"])[1])


# --- employees ----------------------------------------------------------------------------------------------------


@pytest.fixture
def assessed(unit):
    """An employee's report, published; the employee and the head, who are users."""
    make.methodology(Subject.EMPLOYEE)
    body = offices.body(unit)
    chief = offices.head(body)
    post = offices.appointment(offices.post(body), name="Сырдуу Кызматкер")
    with as_request("employee"):
        report = make.published(unit, appointment=post, training=None, appeals=57)
    chain()
    return report, UserFactory(person=post.person), UserFactory(person=chief.person)


def test_an_employees_report_has_a_history_for_the_person_the_head_and_who_reads_all(assessed, readers):
    report, employee, chief = assessed
    all_readers = {
        **readers,
        "employee": employee,
        "head": chief,
        "auditor": holder(RoleKind.AUDITOR),
        "admin": holder(RoleKind.ADMINISTRATOR),
    }

    assert seers(all_readers, "kpi-report", report.pk) == {"employee", "head", "approver", "auditor", "admin"}
    entries, written = lines("kpi-report", report.pk, employee)
    assert {"report", "value", "step"} <= tables(entries)
    assert "57" in {change.after for told in written for change in told.changes}


def test_in_the_whole_journal_employees_entries_need_the_right_to_what_is_private(assessed, unit):
    make.published(unit, of=assessed[0].period)
    chain()

    def read(kind):
        entries = list(history.Lines(history.everything(Reader.of(holder(kind))), Reader.of(holder(kind))))
        return [line for line in entries if line.table.startswith("kpi_") and line.request == "employee"], [
            line for line in entries if line.table == "kpi_value" and line.request != "employee"
        ]

    of_employee, of_office = read(RoleKind.ANALYST)
    methodologies = {line.table for line in of_employee}
    assert "kpi_value" not in methodologies
    assert "kpi_report" not in methodologies
    assert "kpi_step" not in methodologies
    assert len(of_office) >= 11
    of_employee, _of_office = read(RoleKind.AUDITOR)
    assert {"kpi_report", "kpi_value", "kpi_step"} <= {line.table for line in of_employee}


def test_the_journal_over_rest_shows_an_analyst_no_employees_entry(assessed, client):
    report, _employee, _chief = assessed
    analyst, auditor = holder(RoleKind.ANALYST), holder(RoleKind.AUDITOR)

    def counted(user):
        client.force_login(user)
        answer = client.get("/api/v1/audit/entries/", {"table": "kpi_report", "key": str(report.pk)})
        assert answer.status_code == 200, answer.content
        return len(answer.json()["results"])

    assert counted(analyst) == 0
    assert counted(auditor) > 0


# --- methodologies and periods --------------------------------------------------------------------------------------


def test_a_methodology_tells_of_its_lines(unit, readers):
    draft = services.draft_methodology(
        subject=Subject.HEAD,
        name={"ky": "Экинчи", "ru": "Вторая"},
        copy_of=Methodology.objects.get(subject=Subject.HEAD, number=1),
    )
    chain()

    assert seers(readers, "kpi-methodology", draft.pk) == MINISTRY
    entries, written = lines("kpi-methodology", draft.pk, readers["analyst"])
    assert tables(entries) == {"methodology", "category", "indicator", "band", "peergroup"}
    assert len([line for line in entries if line.table == "kpi_indicator"]) == 11
    assert all(told.which for told in written)


def test_work_on_a_draft_of_a_methodology_stays_with_the_ministry(unit, readers):
    with as_request("drafted"):
        draft = services.draft_methodology(
            subject=Subject.HEAD,
            name={"ky": "Экинчи", "ru": "Вторая"},
            note={"ky": HIDDEN},
            copy_of=Methodology.objects.get(subject=Subject.HEAD, number=1),
        )
        services.change_methodology(methodology=draft, note={"ky": "Долбоор"})
    with as_request("activated"):
        services.activate(methodology=draft, on=dt.date(2025, 1, 1))
    chain()

    assert seers(readers, "kpi-methodology", draft.pk) == PUBLIC
    for who, user in readers.items():
        entries, written = lines("kpi-methodology", draft.pk, user)
        requests = {line.request for line in entries}
        if who in MINISTRY:
            assert requests == {"drafted", "activated"}, who
            assert HIDDEN in repr(written)
        else:
            assert requests == {"activated"}, who
            assert HIDDEN not in repr(written)


def test_a_period_tells_of_extensions_and_of_runs_once_they_are_published(unit):
    quarter = make.period()
    services.extend(period=quarter, unit=unit, until=dt.date(2023, 1, 20), reason="Суу каптады", by=None)
    make.approved(unit, of=quarter)
    run = make.run_of(quarter)
    chain()
    assert tables(lines("kpi-period", quarter.pk)[0]) == {"period", "extension"}

    services.publish_run(run=run, by=UserFactory(), at=AT + dt.timedelta(days=30))
    chain()

    entries, written = lines("kpi-period", quarter.pk)
    assert tables(entries) == {"period", "extension", "scorerun"}
    (given,) = [told for told in written if told.line.table == "kpi_extension"]
    assert "Суу каптады" in {change.after for change in given.changes}
    published = next(told for told in written if told.line.table == "kpi_period" and told.is_change)
    assert "Published on" in {change.label for change in published.changes}


# --- words ----------------------------------------------------------------------------------------------------------


def test_things_are_called_what_people_call_them(unit):
    report = make.opened(unit)
    key = str(report.pk)

    assert [name for _day, name in names_of("kpi_report", [key])[key]] == [
        f"{names_of('registry_unit', {str(unit.pk)})[str(unit.pk)][0][1]}, quarter 3 of 2022, 1"
    ]
    row = Methodology.objects.get(subject=Subject.HEAD, number=1)
    assert names_of("kpi_methodology", [str(row.pk)])[str(row.pk)].endswith(", version 1")
    assert names_of("kpi_period", [str(report.period_id)]) == {str(report.period_id): "quarter 3 of 2022"}


def test_no_key_and_no_code_is_shown_in_a_history(unit, assessed):
    report = whole_life(unit, of=assessed[0].period)
    methodology = report.methodology_id
    auditor = holder(RoleKind.AUDITOR)

    for name, key in (
        ("kpi-report", report.pk),
        ("kpi-report", assessed[0].pk),
        ("kpi-methodology", methodology),
        ("kpi-period", report.period_id),
    ):
        written = lines(name, key, auditor)[1]
        texts = [told.which for told in written]
        texts += [
            value for told in written for change in told.changes for value in (change.before, change.after)
        ]
        assert not [text for text in texts if KEY.search(text)], name
        assert not [text for text in texts if re.search(r"not_applicable|higher_is|city_|[\[{]'", text)], name
        assert "not on record any more" not in texts


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_pages_of_histories_open(unit, language):
    report = whole_life(unit)
    for name, key in (
        ("kpi-report", report.pk),
        ("kpi-methodology", report.methodology_id),
        ("kpi-period", report.period_id),
    ):
        assert Client().get(f"/{language}/history/{name}/{key}/").status_code == 200, name
    hidden = make.opened(unit, of=make.period(2022, 2, locks=dt.date(2022, 12, 31)))
    assert Client().get(f"/{language}/history/kpi-report/{hidden.pk}/").status_code == 404


# --- the administration pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["measure", "methodology", "indicator", "period", "scorerun"])
def test_the_administration_shows_methodologies_periods_and_runs_and_changes_nothing(unit, model):
    quarter = make.period()
    services.extend(period=quarter, unit=unit, until=dt.date(2023, 1, 20), reason="Суу каптады", by=None)
    make.approved(unit, of=quarter)
    make.run_of(quarter)
    record = apps.get_model("kpi", model).objects.first()
    keeper = Client()
    keeper.force_login(holder(RoleKind.ADMINISTRATOR))

    assert keeper.get(reverse(f"admin:kpi_{model}_changelist")).status_code == 200
    address = reverse(f"admin:kpi_{model}_change", args=[record.pk])
    assert keeper.get(address).status_code == 200
    assert keeper.post(address, {"code": "x"}).status_code == 403
    assert keeper.get(reverse(f"admin:kpi_{model}_add")).status_code == 403
    assert (
        keeper.post(reverse(f"admin:kpi_{model}_delete", args=[record.pk]), {"post": "yes"}).status_code
        == 403
    )


def test_reports_and_values_are_not_in_the_administration():
    registered = {model._meta.model_name for model in admin.site._registry if model._meta.app_label == "kpi"}

    assert not registered & {"report", "value", "evidence", "score", "auditfinding", "notice"}
    analyst = Client()
    analyst.force_login(holder(RoleKind.ANALYST))
    assert analyst.get("/en/admin/kpi/period/").status_code in (302, 403)
