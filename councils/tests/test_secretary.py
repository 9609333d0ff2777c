"""The secretary's pages: from the plan of a session to a published resolution."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from councils import services
from councils.models import Resolution, ResolutionFile, Session
from councils.tests import factories
from councils.tests.desk import *  # noqa: F403  (fixtures)
from councils.tests.desk import HELD, TODAY, draft, planned, published, rule, text
from councils.tests.test_documents import PLAIN_PDF, docx

pytestmark = pytest.mark.django_db
DAY = "20.03.2026"


def desk(council):
    return f"/en/my-council/{council.pk}/"


def of(thing, step=""):
    kind = "sessions" if isinstance(thing, Session) else "resolutions"
    return f"/en/my-council/{kind}/{thing.pk}/{step}"


def sheet(session, present=9, **more):
    """What the attendance form sends: the first of the list are present, the others are not excused."""
    mandates = [item.pk for item in services.sheet(session=session)]
    marks = {f"state-{pk}": "present" if n < present else "unexcused" for n, pk in enumerate(mandates)}
    session.refresh_from_db()
    return {"version": session.version, "action": "save", **marks, **more}


# Who may


def test_the_secretary_is_led_to_the_desk_of_the_one_council(secretary, council):
    answer = secretary.get("/en/my-council/")

    assert answer["Location"] == desk(council)
    assert "Sessions of the council" in text(secretary.get(desk(council)))


def test_somebody_with_several_councils_chooses(today, home, council):
    other = factories.council(home[1])
    user = RoleFactory(role=RoleKind.STAFF, unit=home[0]).user
    RoleFactory(user=user, role=RoleKind.STAFF, unit=home[1])
    client = Client()
    client.force_login(user)

    answer = client.get("/en/my-council/")

    assert desk(council) in answer.content.decode()
    assert desk(other) in answer.content.decode()


def test_whoever_keeps_no_council_is_refused(analyst, council):
    assert analyst.get("/en/my-council/").status_code == 403
    assert analyst.get(desk(council)).status_code == 403


def test_a_visitor_signs_in_first(today, council, session):
    for address in ("/en/my-council/", desk(council), of(session), of(session, "attendance/")):
        assert Client().get(address)["Location"].startswith("/en/account/login/?next=")


def test_what_is_public_is_403_and_what_is_not_is_404_to_the_neighbour(neighbour, analyst, session):
    hidden, open_ = draft(session), published(session)

    assert neighbour.get(desk(session.convocation.council)).status_code == 403
    assert neighbour.get(of(session)).status_code == 403
    assert neighbour.post(of(session, "hold/"), {"version": 1}).status_code == 403
    assert neighbour.get(of(hidden)).status_code == 404
    assert neighbour.post(of(hidden, "adopt/"), {"number": "1"}).status_code == 404
    assert neighbour.get(of(open_)).status_code == 403
    assert analyst.get(of(hidden, "edit/")).status_code == 403


def test_an_administrator_corrects(admin, session):
    assert admin.get(of(session)).status_code == 200


@pytest.mark.parametrize("path", ["", "sessions/new/", "resolutions/new/"])
def test_what_is_not_there_is_not_found(secretary, path):
    assert secretary.get(f"/en/my-council/00000000-0000-4000-8000-0000000000ff/{path}").status_code == 404


# Sessions


def test_a_new_session_is_an_ordinary_one_unless_said_otherwise(secretary, council):
    form = secretary.get(desk(council) + "sessions/new/").content.decode()

    assert '<option value="ordinary" selected>' in form


def test_a_session_is_planned_changed_and_cancelled(secretary, council):
    answer = secretary.post(
        desk(council) + "sessions/new/", {"held_on": DAY, "kind": "ordinary", "place": "Акталаа"}
    )
    session = Session.objects.get()
    assert answer["Location"] == of(session)
    assert (session.number, session.held_on, session.place) == (1, dt.date(2026, 3, 20), "Акталаа")

    page = secretary.get(of(session, "edit/"))
    assert 'value="20.03.2026"' in page.content.decode()
    secretary.post(
        of(session, "edit/"),
        {"held_on": "27.03.2026", "kind": "ordinary", "place": "", "version": session.version},
    )
    session.refresh_from_db()
    assert session.held_on == dt.date(2026, 3, 27)

    answer = secretary.post(of(session, "cancel/"), {"version": session.version, "reason": ""})
    assert answer.status_code == 422
    secretary.post(of(session, "cancel/"), {"version": session.version, "reason": "Кворум жок"})
    session.refresh_from_db()
    assert session.status == "cancelled"


def test_a_session_that_was_held_is_not_planned_anew(secretary, session):
    assert secretary.get(of(session, "edit/"))["Location"] == of(session)
    sent = {"held_on": DAY, "kind": "ordinary", "version": session.version}
    assert secretary.post(of(session, "edit/"), sent).status_code == 409
    assert "Only a planned session" in text(
        secretary.post(of(session, "hold/"), {"version": session.version})
    )


def test_too_few_deputies_cannot_demand_a_session(secretary, council):
    sent = {"held_on": DAY, "kind": "extraordinary", "place": "Клуб", "initiators": "2"}

    answer = secretary.post(desk(council) + "sessions/new/", sent)

    assert answer.status_code == 422
    assert "2 of 11 deputies have asked" in text(answer)
    assert 'value="Клуб"' in answer.content.decode()
    assert not Session.objects.exists()


def test_a_session_outside_the_term_is_refused_at_its_day(secretary, council):
    answer = secretary.post(desk(council) + "sessions/new/", {"held_on": "01.01.2019", "kind": "ordinary"})

    assert answer.status_code in (409, 422)
    assert "01.01.2019" in answer.content.decode()


def test_the_agenda_takes_items_and_lets_them_go(secretary, convocation):
    session = planned(convocation, dt.date(2026, 3, 20))
    secretary.post(
        of(session, "agenda/new/"), {"number": 1, "title_ky": "Бюджет", "version": session.version}
    )
    secretary.post(
        of(session, "agenda/new/"), {"number": 2, "title_ru": "Разное", "version": session.version}
    )

    assert [item.title for item in session.agenda.all()] == ["Бюджет", "Разное"]
    first = session.agenda.get(number=1)
    page = text(secretary.get(of(session)))
    assert "Бюджет" in page
    secretary.post(f"/en/my-council/agenda/{first.pk}/remove/")
    assert "Бюджет" not in text(secretary.get(of(session)))
    assert secretary.post(f"/en/my-council/agenda/{first.pk}/remove/").status_code == 404


def test_an_agenda_item_without_a_title_is_refused(secretary, session):
    answer = secretary.post(of(session, "agenda/new/"), {"number": 1, "title_ky": " "})

    assert answer.status_code == 422
    assert "Give a title in Kyrgyz or Russian." in text(answer)


# Attendance


def test_the_sheet_is_filled_on_one_page(secretary, convocation):
    session = planned(convocation, dt.date(2026, 3, 1))
    guest = {"guest-0": "Асан Үсөнов", "capacity-0": "prosecutor"}

    answer = secretary.post(of(session, "attendance/"), sheet(session, 8, **guest))

    assert answer["Location"] == of(session)
    totals = services.attendance_totals(session)
    assert (totals["present"], totals["unexcused"], totals["quorum"]) == (8, 3, True)
    assert session.advisory_attendances.get().person.name_ky == "Асан Үсөнов"
    assert "8 of 11 deputies in office came" in text(secretary.get(of(session)))
    assert "Асан Үсөнов" in text(secretary.get(of(session, "attendance/")))


def test_everybody_without_a_mark_can_be_marked_at_once_and_nothing_is_saved_by_it(secretary, convocation):
    session = planned(convocation, dt.date(2026, 3, 1))
    one = services.sheet(session=session)[0].pk
    sent = {
        "version": session.version,
        "action": "fill",
        f"state-{one}": "excused",
        f"note-{one}": "ооруп калды",
    }

    answer = secretary.post(of(session, "attendance/"), sent)

    assert answer.content.decode().count("checked") == 11
    assert "ооруп калды" in answer.content.decode()
    assert not session.attendances.exists()


def test_a_deputy_without_a_mark_is_asked_for_and_the_rest_stays(secretary, convocation):
    session = planned(convocation, dt.date(2026, 3, 1))
    sent = sheet(session, 11)
    missing = next(key for key in sent if key.startswith("state-"))
    sent.pop(missing)

    answer = secretary.post(of(session, "attendance/"), sent)

    assert answer.status_code == 422
    assert "Say whether the deputy came." in text(answer)
    assert f'href="#id_{missing}"' in answer.content.decode()
    assert answer.content.decode().count("checked") == 10


def test_two_who_mark_at_once_see_what_differs(secretary, convocation):
    session = planned(convocation, dt.date(2026, 3, 1))
    mine = sheet(session, 11)
    services.record_attendance(
        session=session, states={item.pk: "excused" for item in services.sheet(session=session)[:1]}
    )

    answer = secretary.post(of(session, "attendance/"), mine)

    assert answer.status_code == 412
    assert "Somebody else has saved this" in text(answer)
    assert "absent, excused present" in text(answer)
    assert session.attendances.count() == 1
    session.refresh_from_db()
    secretary.post(of(session, "attendance/"), mine | {"version": session.version})
    assert session.attendances.filter(state="present").count() == 11


# Resolutions


def test_a_resolution_goes_from_draft_to_the_public(secretary, council, session):
    sent = {"title_ky": "Бюджет жөнүндө", "rule": rule().pk, "session": session.pk, "text_ky": "Бекитилсин."}
    answer = secretary.post(desk(council) + "resolutions/new/", sent)
    item = Resolution.objects.get()
    assert answer["Location"] == of(item)

    def step(name, **more):
        item.refresh_from_db()
        answer = secretary.post(of(item, f"{name}/"), {"version": item.version, **more})
        assert answer.status_code == 302, text(answer)
        item.refresh_from_db()

    step("vote", how="totals", in_favour=7, against=1, abstained=1)
    assert "in favour 7, against 1, abstained 1" in text(secretary.get(of(item)))
    step("adopt", number="12")
    assert (item.status, item.number, item.adopted_on) == ("adopted", "12", HELD)
    step("register", registration_number="Р-12", registered_on="21.02.2026")
    step("publish", published_on="22.02.2026", published_in="Нарын правдасы")
    assert item.status == "published"
    assert item.legal_act_id
    page = text(secretary.get(of(item)))
    assert "changes no more" in page
    assert "Нарын правдасы" in page


def test_a_resolution_without_its_majority_stays_a_draft_and_says_which_article(secretary, session):
    item = draft(session, code="two_thirds_of_all")
    services.record_vote(resolution=item, in_favour=7, against=1, abstained=1)
    item.refresh_from_db()

    answer = secretary.post(of(item, "adopt/"), {"number": "12", "version": item.version})

    assert answer.status_code == 422
    assert 'value="12"' in answer.content.decode()
    assert "7 of 11 votes are not the majority that is needed (two thirds of all" in text(answer)
    item.refresh_from_db()
    assert item.status == "draft"


def test_a_resolution_without_quorum_stays_a_draft(secretary, convocation):
    session = planned(convocation, dt.date(2026, 3, 1))
    secretary.post(of(session, "attendance/"), sheet(session, 4))
    session.refresh_from_db()
    services.hold_session(session=session)
    item = draft(session)
    services.record_vote(resolution=item, in_favour=4, against=0, abstained=0)
    item.refresh_from_db()

    answer = secretary.post(of(item, "adopt/"), {"number": "12", "version": item.version})

    assert answer.status_code in (409, 422)
    assert "quorum" in text(answer).lower()


def test_votes_by_name_make_the_totals(secretary, session):
    item = draft(session)
    came = [mark.mandate_id for mark in session.attendances.filter(state="present")]
    votes = {f"vote-{pk}": "in_favour" if n < 6 else "against" for n, pk in enumerate(came)}

    answer = secretary.post(of(item, "vote/"), {"how": "named", "version": item.version, **votes})

    assert answer.status_code == 302, text(answer)
    item.refresh_from_db()
    assert (item.vote.in_favour, item.vote.against, item.vote.named.count()) == (6, 3, 9)
    again = secretary.get(of(item, "vote/")).content.decode()
    assert again.count("checked") == 10  # how, and nine deputies


def test_more_votes_than_deputies_present_are_refused(secretary, session):
    item = draft(session)

    answer = secretary.post(
        of(item, "vote/"),
        {"how": "totals", "in_favour": 9, "against": 1, "abstained": 0, "version": item.version},
    )

    assert answer.status_code == 422
    assert "present" in text(answer)
    assert not hasattr(Resolution.objects.get(), "vote")


def test_totals_that_are_missing_are_asked_for(secretary, session):
    item = draft(session)

    answer = secretary.post(of(item, "vote/"), {"how": "totals", "in_favour": "9", "version": item.version})

    assert answer.status_code == 422
    assert (
        text(answer).count("Give the number, 0 where there were none.") == 4
    )  # two fields, in the summary too


def test_a_draft_somebody_else_has_saved_is_shown_beside_mine(secretary, session):
    item = draft(session)
    read = item.version
    services.redraft(resolution=item, title={"ky": "Алардыкы", "ru": "Их"})
    mine = {
        "title_ky": "Меники",
        "title_ru": "Моё",
        "rule": rule().pk,
        "session": session.pk,
        "version": read,
    }

    answer = secretary.post(of(item, "edit/"), mine)

    assert answer.status_code == 412
    assert "Алардыкы" in text(answer)
    assert "Меники" in answer.content.decode()
    item.refresh_from_db()
    assert item.title_ky == "Алардыкы"
    secretary.post(of(item, "edit/"), mine | {"version": item.version})
    item.refresh_from_db()
    assert item.title_ky == "Меники"


def test_a_form_without_its_version_overwrites_nothing(secretary, session):
    item = draft(session)

    answer = secretary.post(of(item, "edit/"), {"title_ky": "Меники", "rule": rule().pk})

    assert answer.status_code == 412
    item.refresh_from_db()
    assert item.title_ky != "Меники"


def test_what_was_entered_survives_an_expired_session(today, home, session):
    user = RoleFactory(role=RoleKind.STAFF, unit=home[0]).user
    client, item = Client(), draft(session)
    sent = {"title_ky": "Узун текст", "rule": rule().pk, "version": item.version}

    answer = client.post(of(item, "edit/"), sent)
    assert answer["Location"].startswith("/en/account/login/?next=")
    client.force_login(user)
    page = client.get(of(item, "edit/"))

    assert "Узун текст" in page.content.decode()
    assert "Your entries were kept" in text(page)
    assert "Узун текст" not in client.get(of(item, "edit/")).content.decode()


def test_a_draft_begins_with_the_words_of_the_agenda(secretary, council, session):
    item = services.add_agenda_item(session=session, title={"ky": "Бюджет жөнүндө", "ru": "О бюджете"})

    page = secretary.get(f"{desk(council)}resolutions/new/?item={item.pk}").content.decode()

    assert "О бюджете" in page
    assert f'value="{session.pk}" selected' in page


def test_a_published_resolution_is_only_cancelled_by_a_later_one(secretary, convocation, session):
    old = published(session, "1")
    assert (
        secretary.post(
            of(old, "edit/"), {"title_ky": "Башка", "rule": rule().pk, "version": old.version}
        ).status_code
        == 409
    )
    later = planned(convocation, dt.date(2026, 3, 1))
    services.record_attendance(
        session=later, states={item.pk: "present" for item in services.sheet(session=later)[:9]}
    )
    later.refresh_from_db()
    later = services.hold_session(session=later)
    new = published(later, "2", "Өзгөртүү жөнүндө")
    old.refresh_from_db()
    sent = {"version": old.version, "reason": "Ката кетти"}

    assert secretary.post(of(old, "cancel/"), sent).status_code == 422
    answer = secretary.post(of(old, "cancel/"), sent | {"by_resolution": new.pk})

    assert answer.status_code == 302, text(answer)
    old.refresh_from_db()
    assert (old.status, old.cancelled_by_id) == ("cancelled", new.pk)
    assert "№ 2" in text(secretary.get(of(old)))


# Files


def attach(client, item, name, content):
    file = SimpleUploadedFile(name, content)
    item.refresh_from_db()
    return client.post(of(item, "files/new/"), {"file": file, "version": item.version})


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_a_file_is_attached_by_what_is_in_it_and_taken_out_again(secretary, session, media):
    item = draft(session)
    assert attach(secretary, item, "токтом.docx", docx()).status_code == 302
    assert attach(secretary, item, "токтом.doc", PLAIN_PDF).status_code == 302

    kinds = {record.media_type.rpartition("/")[2][:4] for record in ResolutionFile.objects.all()}
    assert kinds == {"pdf", "vnd."}
    page = text(secretary.get(of(item)))
    assert "токтом.docx" in page
    first = ResolutionFile.objects.first()
    secretary.post(of(item, f"files/{first.pk}/remove/"))
    first.refresh_from_db()
    assert first.removed_at


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"MZ\x90 program", 415),
        (docx({"word/vbaProject.bin": b"m"}), 415),
        (b"%PDF-1.4 cut", 400),
        (b"", 422),
    ],
)
def test_a_file_of_another_kind_is_refused(secretary, session, media, content, status):
    item = draft(session)

    answer = attach(secretary, item, "токтом.pdf", content)

    assert answer.status_code == status
    assert not ResolutionFile.objects.exists()


def test_a_file_that_is_too_large_is_refused(secretary, session, media):
    answer = attach(secretary, draft(session), "а.pdf", b"%PDF-1.4" + b" " * 10_500_000 + b"%%EOF")

    assert answer.status_code == 413
    assert "10 MB" in text(answer)


def test_a_published_resolution_takes_no_file(secretary, session, media):
    assert attach(secretary, published(session), "а.pdf", PLAIN_PDF).status_code == 422


# Absences and mandates


@pytest.fixture
def absent(convocation):
    """A deputy who stayed away four times, over the turn of a year."""
    missing = None
    for day in (dt.date(2025, 9, 1), dt.date(2025, 11, 1), dt.date(2026, 1, 10), dt.date(2026, 2, 10)):
        session = planned(convocation, day)
        mandates = services.sheet(session=session)
        missing = mandates[0]
        states = {item.pk: "present" for item in mandates[1:]} | {missing.pk: "unexcused"}
        services.record_attendance(session=session, states=states)
        session.refresh_from_db()
        services.hold_session(session=session)
    return missing


def test_the_fourth_unexcused_absence_is_proposed_and_ends_nothing(secretary, council, absent):
    page = text(secretary.get(desk(council)))

    assert "Four unexcused absences within twelve months" in page
    assert absent.person.name in page
    assert "10.02.2026" in page
    absent.refresh_from_db()
    assert absent.valid.upper is None


def test_the_decision_of_the_commission_ends_the_mandate(secretary, council, absent):
    address = f"/en/my-council/mandates/{absent.pk}/end/"
    page = secretary.get(address).content.decode()
    assert (
        "selected" in page.split('name="reason"')[1].split("</select>")[0].split("</option>")[1]
        or "selected" in page
    )
    reason = absent.convocation.mandates.model._meta.get_field("end_reason").related_model.objects.get(
        code="absences"
    )

    answer = secretary.post(
        address,
        {"version": absent.version, "on": "28.02.2026", "reason": reason.pk, "note": "АШК № 3, 27.02.2026"},
    )

    assert answer.status_code == 302, text(answer)
    absent.refresh_from_db()
    assert (absent.valid.upper, absent.end_reason.code) == (dt.date(2026, 2, 28), "absences")
    assert "Four unexcused" not in text(secretary.get(desk(council)))


def test_posts_are_given_to_deputies_and_the_secretary_may_be_none(secretary, council, convocation):
    address = desk(council) + "posts/new/"
    first, second = (item.person for item in services.sheet(session=planned(convocation, HELD))[:2])

    assert secretary.post(address, {"kind": "chair", "name": "Эсен", "on": DAY}).status_code == 422
    assert secretary.post(address, {"kind": "chair", "on": DAY}).status_code == 422
    for who, day in ((first, "20.02.2026"), (second, "01.03.2026")):
        assert secretary.post(address, {"kind": "chair", "deputy": who.pk, "on": day}).status_code == 302
    secretary.post(address, {"kind": "responsible_secretary", "name": "Эсен Усубалиев", "on": "01.03.2026"})

    page = text(secretary.get(desk(council)))
    assert f"chair {second.name}" in page
    assert "Эсен Усубалиев" in page
    assert convocation.posts.get(person=first).valid.upper == dt.date(2026, 3, 1)


# What it costs


def test_the_pages_ask_the_database_no_more_than_this(
    secretary, council, session, django_assert_max_num_queries
):
    item = draft(session)
    for address, most in (
        (desk(council), 14),
        (of(session), 14),
        (of(session, "attendance/"), 12),
        (of(item), 12),
        (of(item, "vote/"), 12),
        (of(item, "edit/"), 12),
    ):
        with django_assert_max_num_queries(most):
            assert secretary.get(address).status_code == 200
    assert TODAY > HELD
