import re
import uuid

import pytest

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from reform import services
from reform.models import Event
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import text
from reform.tests.scenarios import draft, merge_draft, programme
from registry.services import UnitSpec
from registry.tests.factories import LegalActFactory

pytestmark = pytest.mark.django_db
NEW = "/en/reform/events/new/"


def start(place, **more):
    where, _aimaks = place
    return {
        "programme": str(programme().pk),
        "kind": "merge",
        "effective_on": "01.05.2023",
        "area": [str(where.pk)],
        **more,
    }


def complete(place, **more):
    where, (a, b, _c) = place
    new = str(uuid.uuid4())
    return start(place) | {
        "title_ky": "Бириктирүү",
        "ends": [str(a.pk), str(b.pk)],
        "begins-rows": "0",
        "begins-0-ref": new,
        "begins-0-name_ky": "АкБел",
        "begins-0-kind": "ayil_aimak",
        "begins-0-parent": str(where.pk),
        "begins-0-code_system": "soate",
        "parts-rows": "0,1",
        "parts-0-source": str(a.pk),
        "parts-0-target": new,
        "parts-0-scope": "whole",
        "parts-1-source": str(b.pk),
        "parts-1-target": new,
        "parts-1-scope": "whole",
        "action": "save",
        **more,
    }


def test_a_visitor_signs_in_first_and_others_are_refused(visitor, analyst):
    assert visitor.get(NEW)["Location"].startswith("/en/account/login/?next=")
    assert visitor.post(NEW, {"action": "save"}).status_code == 302
    assert analyst.get(NEW).status_code == 403
    assert analyst.post(NEW, {"action": "save"}).status_code == 403


def test_the_first_page_asks_where_to_start(team, place):
    page = text(team.get(NEW))

    assert "Step 1 of 2" in page
    assert "Кочкор" in page


def test_the_first_page_says_what_is_missing(team, place):
    answer = team.get(NEW, start(place, effective_on="кечээ", area=[]))

    assert answer.status_code == 422
    assert 'href="#id_effective_on"' in answer.content.decode()
    assert 'href="#area"' in answer.content.decode()
    assert 'value="кечээ"' in answer.content.decode()


def test_the_second_page_offers_the_units_of_the_district_and_the_rows_of_the_kind(team, place):
    page = team.get(NEW, start(place)).content.decode()

    assert all(str(unit.pk) in page for unit in place[1])
    assert 'name="begins-0-name_ky"' in page
    assert "error-summary" not in page


def test_a_button_that_adds_a_row_loses_nothing(team, place):
    sent = complete(
        place, action="add-alters", **{"begins-0-name_ky": "Жарым аты", "title_ky": "", "act_words": "12"}
    )

    answer = team.post(NEW, sent)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="alters-0-unit"' in page
    assert 'value="Жарым аты"' in page
    assert page.count(" checked>") == 3
    assert "error-summary" not in page
    assert not Event.objects.exists()


def test_a_form_sent_twice_makes_one_draft_and_says_so(team, place):
    page = team.get(NEW, start(place)).content.decode()
    key = re.search('name="draft_key" value="([^"]+)"', page)[1]
    sent = complete(place, draft_key=key)

    first = team.post(NEW, sent)
    again = team.post(NEW, {**sent, "title_ky": "Кайра"})

    assert Event.objects.count() == 1
    assert Event.objects.get().title_ky == "Бириктирүү"
    assert first["Location"] == again["Location"]
    assert "It was not saved again" in text(team.get(again["Location"]))


def test_the_key_of_somebody_elses_draft_is_not_taken(team, place):
    theirs = draft("rename", units=[UnitSpec(place[1][2].pk, "alters", name_ky="Ат")])

    for key in (str(theirs.pk), "nonsense"):
        assert team.post(NEW, complete(place, draft_key=key)).status_code == 302

    theirs.refresh_from_db()
    assert theirs.version == 1
    assert Event.objects.count() == 3


def test_saving_writes_the_draft_and_shows_it(team, place):
    answer = team.post(NEW, complete(place))

    event = Event.objects.get()
    assert answer["Location"] == f"/en/reform/events/{event.pk}/"
    assert event.status == "draft"
    assert str(event.created_by.username).startswith("user")
    assert services.preview(event)["violations"] == []


def test_saving_to_preview_leads_there(team, place):
    assert team.post(NEW, complete(place, action="preview"))["Location"].endswith("/preview/")


def test_an_incomplete_form_names_its_fields_and_keeps_what_was_typed(team, place):
    answer = team.post(NEW, complete(place, title_ky="", title_en="Merger", **{"begins-0-kind": ""}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_title_ky"' in page
    assert 'href="#id_begins-0-kind"' in page
    assert "New unit 1, Kind of unit" in text(answer)
    assert 'value="Merger"' in page
    assert not Event.objects.exists()


def test_a_day_that_cannot_be_read_keeps_the_units_on_offer(team, place):
    answer = team.post(NEW, complete(place, effective_on="01.13.2023", offered_on="2023-05-01"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="01.13.2023"' in page
    assert page.count("checked") >= 3


def test_acts_are_found_by_number_and_those_chosen_stay(team, place):
    chosen, wanted, other = (
        LegalActFactory(number="435"),
        LegalActFactory(number="128"),
        LegalActFactory(number="999"),
    )

    page = team.post(
        NEW, complete(place, action="refresh", act_words="128", acts=[str(chosen.pk)])
    ).content.decode()

    assert f'value="{chosen.pk}" checked' in page
    assert f'value="{wanted.pk}"' in page
    assert str(other.pk) not in page


def test_the_settlements_of_a_part_appear_once_its_source_is_chosen(team, place):
    page = text(team.post(NEW, complete(place, action="refresh")))

    assert "Ак 1" in page


def test_a_stored_draft_opens_with_everything_in_it(team, merger, place):
    page = team.get(f"/en/reform/events/{merger.pk}/edit/").content.decode()

    assert 'value="Жаңы"' in page
    assert page.count("checked") >= 3
    assert f'name="version" value="{merger.version}"' in page


def test_an_edit_replaces_the_draft(team, merger, place):
    sent = complete(place, version=merger.version, title_ky="Башка аталыш")

    answer = team.post(f"/en/reform/events/{merger.pk}/edit/", sent)

    merger.refresh_from_db()
    assert answer.status_code == 302
    assert merger.title_ky == "Башка аталыш"
    assert merger.version == 2


def test_saving_over_somebody_elses_version_shows_theirs_and_keeps_mine(team, merger, place):
    address = f"/en/reform/events/{merger.pk}/edit/"
    mine = complete(place, version=merger.version, title_ky="Менин аталышым")
    team.post(address, complete(place, version=merger.version, title_ky="Алардын аталышы"))

    answer = team.post(address, mine)

    assert answer.status_code == 412
    assert "Алардын аталышы" in text(answer)
    assert 'value="Менин аталышым"' in answer.content.decode()
    merger.refresh_from_db()
    assert merger.title_ky == "Алардын аталышы"
    assert 'name="version" value="2"' in answer.content.decode()

    assert team.post(address, mine | {"version": 2}).status_code == 302
    merger.refresh_from_db()
    assert merger.title_ky == "Менин аталышым"


@pytest.mark.parametrize("version", ["", "x", "0", "9" * 30])
def test_an_edit_without_a_version_that_was_read_is_a_conflict(team, merger, place, version):
    answer = team.post(f"/en/reform/events/{merger.pk}/edit/", complete(place, version=version))

    assert answer.status_code == 412


def test_what_is_in_force_is_not_edited(team, merged, place):
    address = f"/en/reform/events/{merged.pk}/edit/"

    assert team.get(address)["Location"] == f"/en/reform/events/{merged.pk}/"
    assert team.post(address, complete(place, version=merged.version)).status_code == 409


def test_provenance_and_source_survive_an_edit(team, place):
    where, aimaks = place
    event = merge_draft(aimaks[:2], where, provenance="constructed", source="demo:1")[0]

    team.post(f"/en/reform/events/{event.pk}/edit/", complete(place, version=1))

    event.refresh_from_db()
    assert (event.provenance, event.source) == ("constructed", "demo:1")


@pytest.mark.parametrize(
    "broken",
    [
        {"parts-rows": "0"},
        {"ends": ["x", "' OR 1=1"]},
        {"begins-0-ref": "x"},
        {"title_ky": "а\x00б"},
        {"programme": "x"},
        {"kind": "x"},
        {"act_words": "\x00%_"},
        {"area": ["x"]},
        {"parts-0-scope": "some"},
        {"parts-0-settlements": ["x"]},
        {"begins-0-code": "<script>"},
        {"offered_on": "x", "effective_on": ""},
    ],
)
def test_nothing_that_can_be_sent_breaks_the_page(team, place, broken):
    for action in ("save", "refresh"):
        assert team.post(NEW, complete(place, action=action) | broken).status_code in (200, 302, 400, 422)


@pytest.mark.parametrize(
    "kind", ["create", "absorb", "split", "transfer", "reorganise", "rename", "reparent", "abolish"]
)
def test_every_kind_of_change_has_its_form(team, place, kind):
    assert team.get(NEW, start(place, kind=kind)).status_code == 200


def test_the_form_makes_a_fixed_number_of_queries(team, place, merger, django_assert_num_queries):
    with django_assert_num_queries(5):
        team.get(NEW)
    with django_assert_num_queries(10):
        team.get(NEW, start(place))
    with django_assert_num_queries(12):
        team.get(f"/en/reform/events/{merger.pk}/edit/")
    other = draft("rename", units=[UnitSpec(place[1][2].pk, "alters", name_ky="Ат")])
    with django_assert_num_queries(12):
        team.get(f"/en/reform/events/{other.pk}/edit/")


def test_entries_sent_after_the_session_ended_are_kept_over_the_sign_in(visitor, place):
    address = f"{NEW}?kind=merge"
    sent = complete(place, title_ky="Жазылган аталыш", csrfmiddlewaretoken="x")

    answer = visitor.post(address, sent)
    assert answer["Location"].startswith("/en/account/login/?next=/en/reform/events/new/")
    visitor.force_login(RoleFactory(role=RoleKind.REFORM_TEAM).user)
    page = visitor.get(address)

    assert "Your entries were kept" in text(page)
    assert 'value="Жазылган аталыш"' in page.content.decode()
    assert page.content.decode().count(" checked>") == 3
    assert not Event.objects.exists()
    assert "Your entries were kept" not in text(visitor.get(NEW))


def test_entries_of_an_edit_are_kept_with_the_version_that_was_read(visitor, merger, place):
    address = f"/en/reform/events/{merger.pk}/edit/"
    visitor.post(address, complete(place, version=merger.version, title_ky="Башка аталыш"))
    Event.objects.update(version=7)
    visitor.force_login(RoleFactory(role=RoleKind.REFORM_TEAM).user)

    page = visitor.get(address).content.decode()

    assert 'value="Башка аталыш"' in page
    assert 'name="version" value="1"' in page


def test_a_script_is_led_to_the_sign_in_page_as_a_whole(visitor, place):
    answer = visitor.post(NEW, complete(place), headers={"HX-Request": "true"})

    assert answer["HX-Redirect"].startswith("/en/account/login/?next=")


def test_no_more_is_kept_than_a_form_can_hold(visitor, place):
    visitor.post(NEW, complete(place, title_ky="а" * 100_000))

    assert not any(key.startswith("kept:") for key in visitor.session.keys())  # noqa: SIM118
