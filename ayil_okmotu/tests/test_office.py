"""The office pages: a municipality keeps the records of its executive body, the ministry those of heads."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from ayil_okmotu import services
from ayil_okmotu.models import (
    Appointment,
    BodyContact,
    CareerStep,
    DisciplinaryMeasure,
    ExecutiveBody,
    LocalBudget,
    Post,
    ReserveCandidate,
    ServiceRecord,
    StaffingReport,
    Training,
    TrainingProgramme,
    Violation,
)
from ayil_okmotu.tests import factories
from ayil_okmotu.tests.office import *  # noqa: F403  (fixtures)
from ayil_okmotu.tests.office import TODAY, address, of
from councils.tests import factories as councils
from councils.tests.desk import text
from registry.models import Person

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-0000000000ff"
NEW = {"person": "", "name_ky": "Жаңы Адам", "name_ru": "Новый Человек", "sex": "f", "birth_year": "1985"}


def programme():
    return TrainingProgramme.objects.order_by("code").first()


def breach(office, **more):
    return services.report_violation(
        appointment=office.employee, discovered_on=dt.date(2026, 2, 1), description="Кечигүү", **more
    )


# Who may


def test_staff_are_led_to_the_desk_of_their_body(staff, office):
    assert staff.get(address())["Location"] == of(office.body)
    page = text(staff.get(of(office.body)))
    assert "Башчы Биринчи" in page
    assert "Бухгалтер" in page


def test_somebody_with_several_bodies_chooses(today, home, office):
    other = factories.body(home[1])
    user = RoleFactory(role=RoleKind.STAFF, unit=home[0]).user
    RoleFactory(user=user, role=RoleKind.STAFF, unit=home[1])
    client = Client()
    client.force_login(user)

    page = client.get(address()).content.decode()

    assert of(office.body) in page
    assert of(other) in page


def test_the_ministry_is_led_to_the_heads_and_an_analyst_nowhere(team, analyst, office):
    assert team.get(address())["Location"] == "/en/executive-bodies/heads/"
    for where in (address(), of(office.body), of(office.post), "/en/executive-bodies/heads/"):
        assert analyst.get(where).status_code == 403


def test_a_visitor_signs_in_first(today, office):
    for where in (address(), of(office.body), of(office.post, "appoint/"), of(breach(office))):
        assert Client().get(where)["Location"].startswith("/en/account/login/?next=")


def test_a_neighbour_is_refused_what_is_public_and_finds_nothing_of_what_is_not(
    neighbour, analyst, team, office
):
    found = breach(office)
    standing = services.reserve(post=office.post, person=factories.person("Үчүнчү", "m"), place=1, on=TODAY)
    step = services.plan_step(appointment=office.employee, by_year=2027, goal_kind="department_head")

    for client in (neighbour, analyst, team):
        for shown in (of(office.body), of(office.body, "address/"), of(office.post), of(office.employee)):
            assert client.get(shown).status_code == 403, shown
        for hidden in (
            of(office.body, "contacts/"),
            of(office.post, "reserve/new/"),
            of(office.employee, "career/new/"),
            of(office.employee, "service/"),
            of(office.employee, "breaches/new/"),
            of(found),
            of(found, "explanation/"),
            of(found, "finding/"),
            of(found, "measure/"),
            of(found, "measure/lift/"),
            address(f"reserve/{standing.pk}/end/"),
            address(f"career/{step.pk}/edit/"),
        ):
            assert client.get(hidden).status_code == 404, hidden
            assert client.post(hidden, {}).status_code == 404, hidden


def test_an_approver_reads_and_writes_nothing(approver, office):
    found = breach(office)

    assert "Кечигүү" in text(approver.get(of(found)))
    assert "not public" in text(approver.get(of(office.body)))
    assert approver.get(of(found, "explanation/")).status_code == 403
    assert approver.post(of(office.body, "contacts/"), {}).status_code == 403
    assert "Report the staff" not in text(approver.get(of(office.body)))


def test_what_is_not_there_is_not_found(staff, office):
    for rest in ("", "contacts/", "posts/new/", "budgets/new/"):
        assert staff.get(address(f"{NOBODY}/{rest}")).status_code == 404
    for rest in ("posts/{}/", "appointments/{}/", "breaches/{}/", "staffing/{}/edit/", "career/{}/edit/"):
        assert staff.get(address(rest.format(NOBODY))).status_code == 404
    assert staff.get(of(office.body, f"budgets/{NOBODY}/")).status_code == 404


# The body and its posts


def test_the_address_and_the_contacts_are_kept(staff, office):
    staff.post(of(office.body, "address/"), {"address_ky": "Борбордук 1", "version": office.body.version})
    sent = {"phone": "+996 700 000000", "email": "a@example.kg", "person": "Катчы"}
    staff.post(of(office.body, "contacts/"), sent)

    assert ExecutiveBody.objects.get().address_ky == "Борбордук 1"
    assert BodyContact.objects.get().person == "Катчы"
    page = text(staff.get(of(office.body)))
    assert "Борбордук 1" in page
    assert "+996 700 000000" in page


def test_what_somebody_else_saved_is_shown_beside_mine(staff, office):
    services.change_body(body=office.body, address={"ky": "Алардыкы"})

    answer = staff.post(of(office.body, "address/"), {"address_ky": "Меники", "version": office.body.version})

    assert answer.status_code == 412
    assert "Алардыкы" in text(answer)
    assert 'value="Меники"' in answer.content.decode()
    office.body.refresh_from_db()
    again = {"address_ky": "Меники", "version": office.body.version}
    assert staff.post(of(office.body, "address/"), again).status_code == 302


def test_a_post_is_made_renamed_moved_to_contract_and_closed(staff, office):
    answer = staff.post(
        of(office.body, "posts/new/"),
        {"kind": "deputy", "name_ky": "Орун басар", "employment": "staff", "on": "01.02.2024"},
    )
    post = Post.objects.get(kind="deputy")
    assert answer["Location"] == of(post)

    changed = {"name_ky": "Биринчи орун басар", "employment": "contract", "on": "01.03.2024"}
    staff.post(of(post, "edit/"), {**changed, "version": post.version})
    post.refresh_from_db()
    goes_on = Post.objects.get(former=post)
    assert (post.valid.upper, goes_on.employment) == (dt.date(2024, 3, 1), "contract")
    assert goes_on.name_ky == "Биринчи орун басар"

    staff.post(of(goes_on, "close/"), {"on": "01.01.2025", "version": goes_on.version})
    goes_on.refresh_from_db()
    assert goes_on.valid.upper == dt.date(2025, 1, 1)


def test_a_village_head_needs_the_village_and_a_held_post_is_not_closed(staff, office):
    sent = {"kind": "village_head", "employment": "contract", "on": "01.02.2024"}
    answer = staff.post(of(office.body, "posts/new/"), sent)
    assert answer.status_code == 422
    assert "names its village" in text(answer)

    answer = staff.post(of(office.post, "close/"), {"on": "01.01.2025", "version": office.post.version})
    assert answer.status_code == 409
    assert "Somebody still holds the post" in text(answer)


# Appointments


def test_staff_appoint_to_all_posts_but_the_head(staff, office):
    sent = {**NEW, "on": "01.03.2026", "order_number": "7-б"}

    assert staff.get(of(office.head_post, "appoint/")).status_code == 403
    assert staff.post(of(office.head, "end/"), {}).status_code == 403
    assert "recorded by the ministry" in text(staff.get(of(office.head_post)))
    answer = staff.post(of(office.village_post, "appoint/"), sent)

    assert answer["Location"] == of(office.village_post)
    made = Appointment.objects.get(post=office.village_post)
    assert (made.person.name_ru, made.order_number, made.appointed_by) == ("Новый Человек", "7-б", "head")


def test_the_ministry_replaces_a_head_and_may_name_somebody_acting_first(team, office):
    ended = {"on": "01.02.2026", "ground": str(factories.ground("own_request").pk), "order_number": "3"}
    assert team.post(of(office.head, "end/"), {**ended, "version": office.head.version}).status_code == 302

    acting = {**NEW, "acting": "on", "on": "01.02.2026", "order_number": "4"}
    team.post(of(office.head_post, "appoint/"), acting)
    team.post(
        of(office.head_post, "appoint/"), {**NEW, "name_ky": "Мэр", "on": "01.03.2026", "order_number": "5"}
    )

    first, second = Appointment.objects.filter(
        post=office.head_post, valid__startswith__gte="2026-02-01"
    ).order_by("valid")
    assert (first.acting, first.valid.upper, first.end_ground.code) == (True, dt.date(2026, 3, 1), "replaced")
    assert (second.acting, second.term_years, second.appointed_by) == (False, 5, "akim")


def test_a_refused_appointment_leaves_no_person_behind(team, office):
    before = Person.objects.count()

    answer = team.post(of(office.head_post, "appoint/"), {**NEW, "on": "01.03.2026", "order_number": "5"})

    assert answer.status_code in (409, 422)
    assert "already has a holder" in text(answer)
    assert 'value="Жаңы Адам"' in answer.content.decode()
    assert Person.objects.count() == before


def test_the_same_person_in_a_second_post_needs_a_reason(staff, office):
    known = {"person": str(office.employee.person_id), "on": "01.03.2026", "order_number": "8"}

    answer = staff.post(of(office.village_post, "appoint/"), known)
    assert answer.status_code == 422
    assert "a second post at once needs its reason" in text(answer)
    staff.post(of(office.village_post, "appoint/"), {**known, "concurrent_reason": "Айылда кызматкер жок"})

    assert "second post at once: Айылда кызматкер жок" in text(staff.get(of(office.village_post)))


def test_a_search_finds_who_is_known_to_the_public_and_nobody_from_a_reserve(staff, home, office):
    other = factories.body(home[1])
    factories.appointment(factories.post(other), name="Издөөчү Ачык")
    services.reserve(
        post=factories.post(other), person=factories.person("Издөөчү Жашыруун", "f"), place=1, on=TODAY
    )

    page = staff.get(of(office.village_post, "appoint/?q=издоочу")).content.decode()

    assert "Издөөчү Ачык" in page
    assert "Издөөчү Жашыруун" not in page


def test_somebody_must_be_named_once(staff, office):
    sent = {"on": "01.03.2026", "order_number": "8"}
    assert "Say who." in text(staff.post(of(office.village_post, "appoint/"), sent))
    both = {**NEW, **sent, "person": str(office.employee.person_id)}
    assert "one of both" in text(staff.post(of(office.village_post, "appoint/"), both))


def test_grounds_of_a_removal_are_offered_for_heads_alone(staff, team, office):
    removal = str(factories.ground("loss_of_trust").pk)

    assert removal in team.get(of(office.head, "end/")).content.decode()
    assert removal not in staff.get(of(office.employee, "end/")).content.decode()
    sent = {"on": "01.02.2026", "ground": removal, "order_number": "9", "version": office.employee.version}
    assert staff.post(of(office.employee, "end/"), sent).status_code == 422


@pytest.fixture
def council_session(office):
    """A session of the municipality's council in which nine of eleven deputies came."""
    term = councils.convocation(office.unit, seats=11, deputies=11)
    mandates = list(term.mandates.order_by("pk"))
    return councils.held_session(term, dt.date(2026, 2, 20), unexcused=mandates[9:])


def test_no_confidence_rests_on_a_published_resolution_of_two_thirds(team, office, council_session):
    plain = councils.published(council_session, "1", title="Бюджет жөнүндө")
    strong = councils.published(
        council_session, "2", title="Ишеним көрсөтпөө жөнүндө", by="two_thirds_of_all"
    )
    draft = councils.voted(council_session, title="Долбоор", by="two_thirds_of_all")
    ground = factories.ground("no_confidence")
    sent = {"on": "25.02.2026", "ground": str(ground.pk), "order_number": "9", "version": office.head.version}

    form = team.get(of(office.head, "end/")).content.decode()
    assert str(strong.pk) in form
    assert str(plain.pk) not in form
    assert str(draft.pk) not in form

    answer = team.post(of(office.head, "end/"), sent)
    assert answer.status_code == 422
    assert "No confidence in a head rests on a resolution" in text(answer)
    assert team.post(of(office.head, "end/"), {**sent, "resolution": str(plain.pk)}).status_code == 422
    assert team.post(of(office.head, "end/"), {**sent, "resolution": str(strong.pk)}).status_code == 302

    office.head.refresh_from_db()
    assert (office.head.end_ground, office.head.end_resolution) == (ground, strong)


def test_the_page_says_so_where_no_resolution_can_carry_no_confidence(team, office):
    assert "none is published that two thirds" in text(team.get(of(office.head, "end/")))


def test_heads_are_listed_with_what_the_ministry_has_to_see_to(team, home, office):
    factories.body(home[1])

    page = text(team.get("/en/executive-bodies/heads/"))
    assert "Башчы Биринчи" in page
    vacant = text(team.get("/en/executive-bodies/heads/?state=vacant"))
    assert "Башчы Биринчи" not in vacant
    assert "nobody" in vacant


def test_a_candidate_is_checked_and_nothing_is_stored(team, office):
    years = {"total_years": "4", "leading_years": "3", "elsewhere_years": "5", "state_language": "on"}
    sent = {"unit_kind": "ayil_aimak", "on": "01.03.2026", **years}

    page = text(team.post("/en/executive-bodies/candidate-check/", sent))
    assert "does not meet what the law demands" in page
    assert "too little" in page
    page = text(team.post("/en/executive-bodies/candidate-check/", {**sent, "total_years": "6"}))
    assert "The candidate meets what the law demands" in page
    assert not ServiceRecord.objects.exists()
    refused = team.post("/en/executive-bodies/candidate-check/", {**sent, "leading_years": "9"})
    assert refused.status_code == 422


# Staff


def test_staff_are_reported_and_corrected(staff, office):
    sent = {"on": "01.01.2026", "approved": "14", "filled": "13", "women": "3", "contract": "4"}
    staff.post(of(office.body, "staffing/new/"), sent)
    report = StaffingReport.objects.get()
    again = staff.post(of(office.body, "staffing/new/"), {**sent, "filled": "1"})
    assert again.status_code == 409
    assert "There is a report of this day already" in text(again)

    page = text(staff.get(of(office.body)))
    assert "staff posts above the norm: 2" in page
    assert "men 76.92" in page
    staff.post(address(f"staffing/{report.pk}/edit/"), {**sent, "filled": "12", "version": report.version})
    report.refresh_from_db()
    assert (report.filled, report.approved) == (12, 14)
    assert staff.post(of(office.body, "staffing/new/"), {**sent, "women": "20"}).status_code == 409
    wrong = {**sent, "on": "02.01.2026", "women": "20"}
    assert staff.post(of(office.body, "staffing/new/"), wrong).status_code == 422


def test_courses_and_the_career_plan_are_kept(staff, office):
    course = {
        "programme": str(programme().pk),
        "began_on": "02.02.2026",
        "ended_on": "03.02.2026",
        "hours": "16",
    }
    staff.post(of(office.employee, "trainings/new/"), course)
    staff.post(
        of(office.employee, "career/new/"), {"by_year": "2027", "goal_kind": "deputy", "note": "макул"}
    )
    step = CareerStep.objects.get()
    plan = {"by_year": "2028", "goal_kind": "deputy", "status": "reached", "version": step.version}
    staff.post(address(f"career/{step.pk}/edit/"), plan)
    step.refresh_from_db()
    assert (step.by_year, step.status) == (2028, "reached")
    assert staff.post(of(office.employee, "career/new/"), {"by_year": "2027"}).status_code == 422

    training = Training.objects.get()
    removing = address(f"trainings/{training.pk}/remove/")
    assert staff.post(removing, {"version": "99"}).status_code == 412
    staff.post(removing, {"version": training.version})
    training.refresh_from_db()
    assert training.removed_at is not None
    assert staff.post(removing, {"version": training.version}).status_code == 404


def test_the_service_is_recorded(staff, office):
    years = {"total_years": "12", "leading_years": "6", "elsewhere_years": "0", "higher_education": "on"}
    staff.post(of(office.employee, "service/"), {"on": "01.03.2026", **years})

    record = ServiceRecord.objects.get()
    assert (record.person, record.leading_years) == (office.employee.person, 6)
    assert 'value="12"' in staff.get(of(office.employee, "service/")).content.decode()


def test_a_reserve_has_three_places(staff, office):
    for place in (1, 2, 3):
        sent = {**NEW, "name_ru": f"Резерв {place}", "place": str(place), "on": "01.03.2026"}
        assert staff.post(of(office.post, "reserve/new/"), sent).status_code == 302
    taken = staff.post(of(office.post, "reserve/new/"), {**NEW, "place": "3", "on": "01.03.2026"})
    assert taken.status_code in (409, 422)
    standing = ReserveCandidate.objects.get(place=3)
    assert "Резерв 3" in text(staff.get(of(office.post)))

    staff.post(address(f"reserve/{standing.pk}/end/"), {"on": "02.03.2026", "version": standing.version})

    assert "Резерв 3" not in text(staff.get(of(office.post)))


# Discipline


def test_a_measure_comes_after_the_explanation_and_the_finding_once(staff, office):
    staff.post(
        of(office.employee, "breaches/new/"), {"discovered_on": "01.02.2026", "description": "Кечигүү"}
    )
    found = Violation.objects.get()
    measure = {"kind": "reprimand", "on": "20.02.2026", "until": "20.08.2026", "order_number": "15"}
    assert "a measure can be imposed until" in text(staff.get(of(office.body)))

    early = staff.post(of(found, "measure/"), {**measure, "version": found.version})
    assert early.status_code == 422
    assert not DisciplinaryMeasure.objects.exists()
    staff.post(of(found, "explanation/"), {"on": "05.02.2026", "version": found.version})
    found.refresh_from_db()
    staff.post(
        of(found, "finding/"), {"on": "10.02.2026", "finding": "Тастыкталды", "version": found.version}
    )
    found.refresh_from_db()
    assert staff.post(of(found, "measure/"), {**measure, "version": found.version}).status_code == 302
    found.refresh_from_db()
    second = staff.post(of(found, "measure/"), {**measure, "version": found.version})
    assert second.status_code in (409, 422)
    assert DisciplinaryMeasure.objects.count() == 1
    assert "reprimand" in text(staff.get(of(found)))

    lifted = {"on": "01.03.2026", "reason": "Жакшы иш", "version": DisciplinaryMeasure.objects.get().version}
    staff.post(of(found, "measure/lift/"), lifted)
    assert DisciplinaryMeasure.objects.get().in_force.upper == dt.date(2026, 3, 1)


def test_a_measure_after_six_months_is_refused_and_the_page_says_until_when(staff, office):
    found = services.report_violation(
        appointment=office.employee, discovered_on=dt.date(2025, 8, 1), description="Кечигүү"
    )
    services.record_explanation(violation=found, on=dt.date(2025, 8, 2))
    services.record_finding(violation=found, on=dt.date(2025, 8, 3), finding="Тастыкталды")
    found.refresh_from_db()
    sent = {"kind": "remark", "on": "02.02.2026", "order_number": "1", "version": found.version}

    assert "ended on 1 February 2026" in text(staff.get(of(found)))
    answer = staff.post(of(found, "measure/"), sent)

    assert answer.status_code == 422
    assert "six months" in text(answer)


def test_lifting_what_was_never_imposed_is_not_found(staff, office):
    assert staff.get(of(breach(office), "measure/lift/")).status_code == 404


# Budgets


def test_a_budget_is_typed_in_and_what_does_not_add_up_is_shown(staff, office):
    sent = {
        "year": "2025",
        "plan-income_tax": "10",
        "actual-income_tax": "12,5",
        "actual-total_revenue": "20",
        "actual-total_expenditure": "254,40.0",
    }
    refused = staff.post(of(office.body, "budgets/new/"), sent)
    assert refused.status_code == 422
    assert "«254,40.0» is no number" in text(refused)
    staff.post(of(office.body, "budgets/new/"), {**sent, "as_printed": "on"})

    budget = LocalBudget.objects.get()
    lines = {line.item.code: line for line in budget.lines.select_related("item")}
    assert lines["income_tax"].actual == Decimal("12.5")
    assert lines["total_expenditure"].actual_as_printed == "254,40.0"
    page = text(staff.get(of(office.body, f"budgets/{budget.pk}/")))
    assert "What does not fit together" in page
    assert "«254,40.0»" in page
    twice = staff.post(of(office.body, "budgets/new/"), {"year": "2025", "plan-income_tax": "1"})
    assert twice.status_code == 409


def test_a_budget_is_corrected_and_an_emptied_figure_is_empty(staff, office):
    lines = {
        "income_tax": services.Amounts(Decimal(10), Decimal(12)),
        "land_tax": services.Amounts(Decimal(3)),
    }
    budget = services.write_budget(unit=office.unit, year=2025, lines=lines)
    where = of(office.body, f"budgets/{budget.pk}/edit/")
    assert 'value="12"' in staff.get(where).content.decode()

    sent = {"plan-income_tax": "10", "actual-income_tax": "", "plan-land_tax": "4", "version": budget.version}
    staff.post(where, sent)

    stored = {line.item.code: (line.plan, line.actual) for line in budget.lines.select_related("item")}
    assert stored == {"income_tax": (10, None), "land_tax": (4, None)}
    assert staff.post(where, sent).status_code == 412


def test_a_budget_of_another_municipality_is_not_found(staff, home, office):
    budget = services.write_budget(
        unit=home[1], year=2025, lines={"income_tax": services.Amounts(Decimal(1))}
    )

    assert staff.get(of(office.body, f"budgets/{budget.pk}/")).status_code == 404


def upload(rows):
    head = "unit;year;line;plan;actual"
    return SimpleUploadedFile("budgets.csv", "\n".join([head, *rows]).encode("utf-8-sig"))


def test_a_file_is_tried_shown_and_exactly_it_applied(staff, office):
    good = [f"{office.unit.pk};2025;income_tax;10;12", f"{office.unit.pk};2025;total_revenue;11;12"]
    answer = staff.post("/en/executive-bodies/budget-import/", {"file": upload(good)})
    report = answer["Location"]
    assert not LocalBudget.objects.exists()

    page = staff.get(report)
    assert "new budgets" in text(page)
    assert "What does not fit together" in text(page)
    staff.post(report, {"digest": page.context["form"]["digest"].value()})

    assert LocalBudget.objects.get().lines.count() == 2
    assert staff.get(report).status_code == 404


def test_a_figure_that_cannot_be_read_names_its_cell_and_is_kept_only_when_asked(team, office):
    rows = [f"{office.unit.pk};2025;total_expenditure;;254,40.0"]
    report = team.post("/en/executive-bodies/budget-import/", {"file": upload(rows)})["Location"]
    page = team.get(report)
    assert "«254,40.0» cannot be read as a number" in text(page)
    digest = page.context["form"]["digest"].value()

    assert team.post(report, {"digest": digest}).status_code == 422
    assert not LocalBudget.objects.exists()
    team.post(report, {"digest": digest, "keep_unreadable": "on"})

    assert LocalBudget.objects.get().lines.get().actual_as_printed == "254,40.0"


def test_staff_send_the_budget_of_their_own_municipality_alone(staff, analyst, home, office):
    rows = [f"{home[1].pk};2025;income_tax;10;12"]
    report = staff.post("/en/executive-bodies/budget-import/", {"file": upload(rows)})["Location"]

    assert "your own municipality alone" in text(staff.get(report))
    assert analyst.get("/en/executive-bodies/budget-import/").status_code == 403


def test_what_was_typed_outlives_the_end_of_a_session(today, home, office):
    client = Client()
    client.post(of(office.body, "address/"), {"address_ky": "Сакталган", "version": "1"})
    client.force_login(RoleFactory(role=RoleKind.STAFF, unit=home[0]).user)

    page = client.get(of(office.body, "address/"))

    assert 'value="Сакталган"' in page.content.decode()
    assert "they are not saved yet" in text(page)


def test_the_pages_ask_the_database_no_more_than_this(staff, office, django_assert_num_queries):
    breach(office)
    for where, number in ((of(office.body), 10), (of(office.post), 7), (of(office.employee), 9)):
        with django_assert_num_queries(number):
            staff.get(where)
