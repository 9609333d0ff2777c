"""The life of a resolution: drafted, voted on, adopted, registered, published, cancelled; its files."""

import datetime as dt
import io
import zipfile

import pytest
from django.utils import timezone, translation

from councils import services
from councils.documents import DocumentRefused
from councils.models import (
    DecisionRule,
    NamedVote,
    Resolution,
    ResolutionFile,
    Vote,
)
from councils.tests.factories import (
    adopted,
    convocation,
    draft,
    held_session,
    published,
    registered,
    rule,
    voted,
)
from councils.tests.refusals import refuses
from registry.errors import RuleBroken, Stale, StateConflict
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 5, 10)
LATER = dt.date(2023, 6, 10)


@pytest.fixture
def term():
    return convocation(aimak(district()), deputies=9)


@pytest.fixture
def session(term):
    return held_session(term, DAY)


# --- resolutions -----------------------------------------------------------------------------------------------


def test_a_resolution_lives_from_draft_to_publication(session):
    row = draft(session)
    services.record_vote(resolution=row, in_favour=9, against=0, abstained=0)

    row = services.adopt(resolution=row, number="12", expected_version=2)
    assert (row.status, row.adopted_on, row.number) == ("adopted", DAY, "12")
    row = services.register(resolution=row, registration_number="Р-12", on=LATER, expected_version=3)
    row = services.publish(resolution=row, on=LATER, published_in="Эркин-Тоо", expected_version=4)

    row.refresh_from_db()
    assert (row.status, row.published_in, row.version) == ("published", "Эркин-Тоо", 5)
    act = row.legal_act
    assert (act.kind, act.number, act.adopted_on) == ("council_resolution", "12", DAY)
    assert (act.in_force.lower, act.title_ky) == (LATER, row.title_ky)


def test_two_councils_number_their_resolutions_apart(session):
    other = held_session(convocation(aimak(district()), deputies=1), DAY)

    assert published(session, "1").legal_act_id != published(other, "1").legal_act_id
    with refuses("councils_resolution_number_once"):
        adopted(session, "1")


@pytest.mark.parametrize(
    ("made", "step", "code"),
    [
        (draft, "register", "not_adopted"),
        (draft, "publish", "not_registered"),
        (adopted, "publish", "not_registered"),
        (adopted, "adopt", "not_a_draft"),
        (adopted, "redraft", "not_a_draft"),
        (adopted, "record_vote", "not_a_draft"),
        (registered, "register", "not_adopted"),
        (published, "publish", "not_registered"),
        (published, "redraft", "not_a_draft"),
        (registered, "cancel", "not_published"),
    ],
)
def test_every_step_has_its_place(session, made, step, code):
    row = made(session)
    asked = {
        "register": {"registration_number": "1", "on": LATER},
        "publish": {"on": LATER},
        "adopt": {"number": "2"},
        "redraft": {"title": {"ky": "Башка"}},
        "record_vote": {"in_favour": 1, "against": 0, "abstained": 0},
        "cancel": {"by_resolution": row},
    }[step]

    with refuses(code, StateConflict):
        getattr(services, step)(resolution=row, **asked)


def test_a_draft_is_changed(session):
    row = draft(session)

    services.redraft(
        resolution=row,
        title={"ky": "Жаңы", "ru": "Новое"},
        text={"ky": "Текст"},
        rule=rule("two_thirds_of_all"),
        normative=True,
        expected_version=1,
    )

    row.refresh_from_db()
    assert (row.title_ru, row.text_ky, row.rule.code, row.normative) == (
        "Новое",
        "Текст",
        "two_thirds_of_all",
        True,
    )
    with refuses("stale", Stale):
        services.redraft(resolution=row, normative=False, expected_version=1)
    with refuses("required"):
        services.redraft(resolution=row, title={"ky": "", "ru": ""})
    with refuses("councils_resolution_rule"):
        services.redraft(resolution=row, rule=rule("quorum"))


def test_a_draft_that_was_voted_on_stays_in_its_session(term, session):
    row = voted(session)
    other = services.plan_session(convocation=term, held_on=LATER)

    with refuses("voted_on", StateConflict):
        services.redraft(resolution=row, session=other)


def test_without_quorum_nothing_is_adopted_and_the_rule_is_named(term):
    session = held_session(term, DAY, excused=list(term.mandates.all())[:5])
    row = voted(session)
    DecisionRule.objects.filter(code="quorum").update(article="33-берене")

    with pytest.raises(RuleBroken) as refusal:
        services.adopt(resolution=row, number="1")

    assert refusal.value.violations[0].code == "councils_resolution_quorum"
    with translation.override("ru"):
        assert "33-берене" in str(refusal.value.violations[0].message)
        assert "4" in refusal.value.message


@pytest.mark.parametrize(
    ("majority", "in_favour", "code"),
    [
        ("simple", 3, "councils_resolution_majority"),
        ("two_thirds_of_present", 3, "councils_resolution_majority"),
        ("two_thirds_of_all", 5, "councils_resolution_majority"),
    ],
)
def test_against_its_majority_nothing_is_adopted(term, majority, in_favour, code):
    session = held_session(term, DAY, excused=list(term.mandates.all())[6:])
    row = draft(session, by=majority)
    services.record_vote(resolution=row, in_favour=in_favour, against=0, abstained=6 - in_favour)

    with refuses(code):
        services.adopt(resolution=row, number="1")


def test_only_a_session_that_was_held_adopts(term):
    planned = services.plan_session(convocation=term, held_on=DAY)
    states = {mandate.pk: "present" for mandate in services.sheet(session=planned)}
    services.record_attendance(session=planned, states=states)
    row = voted(planned)

    with refuses("councils_resolution_session"):
        services.adopt(resolution=row, number="1")
    with refuses("councils_resolution_no_vote"):
        services.adopt(resolution=draft(services.hold_session(session=planned)), number="1")
    with refuses("councils_resolution_adopted_is_complete"):
        services.adopt(resolution=row, number=" ")


def test_a_vote_by_name_gives_its_totals(term, session):
    row = draft(session)
    first, *others = term.mandates.all()
    choices = {mandate.pk: "in_favour" for mandate in others} | {first.pk: "against"}

    vote = services.record_vote(resolution=row, named=choices)

    assert (vote.in_favour, vote.against, vote.abstained, vote.present, vote.of_all) == (8, 1, 0, 9, 9)
    assert NamedVote.objects.present().count() == 9


def test_a_new_entry_replaces_the_former(term, session):
    row = draft(session)
    first, *others = term.mandates.all()
    services.record_vote(resolution=row, named={mandate.pk: "in_favour" for mandate in [first, *others]})
    services.record_vote(resolution=row, named={mandate.pk: "against" for mandate in others})

    assert set(NamedVote.objects.present().values_list("choice", flat=True)) == {"against"}
    assert Vote.objects.get().against == 8

    services.record_vote(resolution=row, in_favour=5, against=4, abstained=0)

    assert not NamedVote.objects.present().exists()
    assert services.adopt(resolution=row, number="1").status == "adopted"


def test_votes_that_cannot_be_are_refused(term):
    absent, here, *_others = term.mandates.all()
    session = held_session(term, DAY, unexcused=[absent])
    row = draft(session)

    with refuses("councils_vote_no_more_than_present"):
        services.record_vote(resolution=row, in_favour=9, against=0, abstained=0)
    with refuses("councils_vote_present"):
        services.record_vote(resolution=row, in_favour=8, against=0, abstained=0, present=9)
    with refuses("councils_namedvote_present"):
        services.record_vote(resolution=row, named={absent.pk: "in_favour"})
    with refuses("councils_namedvote_choice"):
        services.record_vote(resolution=row, named={here.pk: "maybe"})
    with refuses("councils_namedvote_totals"):
        services.record_vote(resolution=row, named={here.pk: "in_favour"}, in_favour=2)
    with refuses("required"):
        services.record_vote(resolution=row, in_favour=2)
    row_without_session = services.draft_resolution(
        council=term.council, title={"ky": "Долбоор"}, rule=rule()
    )
    with refuses("councils_resolution_session"):
        services.record_vote(resolution=row_without_session, in_favour=1, against=0, abstained=0)


def test_a_published_resolution_is_cancelled_by_a_later_one(term, session):
    row = published(session)
    later = published(held_session(term, LATER), "9")

    row = services.cancel(resolution=row, by_resolution=later)

    row.refresh_from_db()
    assert (row.status, row.cancelled_by) == ("cancelled", later)
    assert (row.legal_act.status, row.legal_act.repealed_by) == ("repealed", later.legal_act)


def test_an_earlier_or_foreign_one_cancels_nothing(term, session):
    row = published(session)
    foreign = published(held_session(convocation(aimak(district()), deputies=1), LATER))
    later = published(held_session(term, LATER), "9")

    with refuses("councils_resolution_cancelled_by"):
        services.cancel(resolution=row, by_resolution=foreign)
    with refuses("councils_resolution_cancelled_by"):
        services.cancel(resolution=later, by_resolution=row)


def test_it_is_published_no_earlier_than_registered(session):
    row = services.register(resolution=adopted(session), registration_number="1", on=LATER)

    with refuses("councils_resolution_order"):
        services.publish(resolution=row, on=DAY)


# --- files -----------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
MAIN = b'<Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'


def docx(*more, types=MAIN):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<w/>")
        for name in more:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.fixture
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.usefixtures("_media")
@pytest.mark.parametrize(
    ("name", "content", "kind", "kept"),
    [
        ("токтом.pdf", PDF, "application/pdf", "токтом.pdf"),
        ("токтом.exe", docx(), "docx", "токтом.docx"),
        ("../../этот.docx", docx(), "docx", "этот.docx"),
        ("\x00", PDF, "application/pdf", ".pdf"),
    ],
)
def test_a_file_is_what_is_in_it(session, name, content, kind, kept):
    file = services.attach_file(resolution=draft(session), name=name, content=content)

    assert kind in file.media_type or file.name.endswith(kind)
    assert file.name.endswith(kept)
    assert (file.size, len(file.sha256)) == (len(content), 64)
    with file.file.open() as stored:
        assert stored.read() == content


@pytest.mark.usefixtures("_media")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90 program", "kind"),
        (b"%PDF-1.4 cut", "damaged"),
        (docx("word/vbaProject.bin"), "macros"),
        (docx(types=b"<spreadsheetml/>"), "kind"),
    ],
)
def test_the_service_takes_no_other_file_whatever_it_is_called(session, content, code):
    with pytest.raises(DocumentRefused) as refusal:
        services.attach_file(resolution=draft(session), name="токтом.pdf", content=content)

    assert refusal.value.code == code
    assert not ResolutionFile.objects.exists()


@pytest.mark.usefixtures("_media")
def test_files_come_and_go_until_publication(session):
    row = registered(session)
    file = services.attach_file(resolution=row, name="токтом.pdf", content=PDF)
    services.remove_file(file=file, at=timezone.now())
    assert not row.files.present().exists()

    row = services.publish(resolution=Resolution.objects.get(pk=row.pk), on=LATER)

    with refuses("councils_file_frozen"):
        services.attach_file(resolution=row, name="токтом.pdf", content=PDF)
