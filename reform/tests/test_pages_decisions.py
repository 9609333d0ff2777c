import pytest

from reform.models import Event
from reform.tests.pages import *  # noqa: F403  (fixtures)
from reform.tests.pages import cells, text
from reform.tests.scenarios import apply, draft, merge_draft
from registry.models import Unit
from registry.services import UnitSpec
from registry.tests.factories import names

pytestmark = pytest.mark.django_db
STEPS = ["preview", "apply", "annul", "adopt", "edit"]


def address(event, step):
    return f"/en/reform/events/{event.pk}/{step}/"


def post(client, event, step, version=None, **more):
    return client.post(address(event, step), {"version": version or event.version, **more})


@pytest.mark.parametrize("step", STEPS)
def test_a_visitor_is_sent_to_sign_in(visitor, merger, step):
    for answer in (visitor.get(address(merger, step)), visitor.post(address(merger, step), {"version": "1"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/en/account/login/?next=")


@pytest.mark.parametrize("step", STEPS)
def test_somebody_else_is_refused(analyst, merger, step):
    assert analyst.get(address(merger, step)).status_code == 403
    assert analyst.post(address(merger, step), {"version": "1"}).status_code == 403
    assert Event.objects.get().status == "draft"


@pytest.mark.parametrize("step", ["preview", "annul", "edit"])
def test_what_is_not_there_is_not_found(team, step):
    assert team.get(f"/en/reform/events/00000000-0000-0000-0000-000000000000/{step}/").status_code == 404


def test_the_preview_shows_both_sides_and_writes_nothing(team, merger):
    before = set(Unit.objects.at(merger.effective_on).values_list("pk", flat=True))

    response = team.get(address(merger, "preview"))

    assert "breaks no rule" in text(response)
    assert "2 → 1" in text(response)
    assert cells(response)[1:] == [
        ["Ак", "ends", "", "1,000", "×not applicable", "2", "×not applicable"],
        ["Бел", "ends", "", "2,000", "×not applicable", "2", "×not applicable"],
        ["Жаңы", "begins", "in: Кочкор", "×not applicable", "3,000", "×not applicable", "4"],
        ["Total", "", "", "3,000", "3,000", "4", "4"],
    ]
    assert set(Unit.objects.at(merger.effective_on).values_list("pk", flat=True)) == before
    assert Event.objects.get().status == "draft"


def test_the_preview_names_every_broken_rule_and_offers_no_apply(team, place):
    event = merge_draft(place[1][:1], place[0])[0]

    response = team.get(address(event, "preview"))

    assert "The event cannot be applied yet" in text(response)
    assert "The kind of change does not fit" in text(response)
    assert address(event, "apply") not in response.content.decode()
    assert "The event rests on no legal act." in text(response)
    assert "Population after" not in text(response)
    assert "Total" not in text(response)
    assert 'class="figures"' not in response.content.decode()


def test_the_preview_says_what_altered_units_will_have(team, place):
    event = draft("rename", units=[UnitSpec(place[1][0].pk, "alters", name_ky="Башкача")])

    assert cells(team.get(address(event, "preview")))[1][2] == "name: Башкача"


def test_apply_puts_the_event_into_force_in_the_name_of_the_reader(team, merger):
    answer = post(team, merger, "apply")

    merger.refresh_from_db()
    assert answer["Location"] == f"/en/reform/events/{merger.pk}/"
    assert merger.status == "in_force"
    assert merger.applications.get().by.startswith("user")
    assert names(merger.effective_on) == ["Жаңы", "Чолпон"]


def test_annul_asks_for_the_reason_first(team, merged):
    assert "Reason" in text(team.get(address(merged, "annul")))

    answer = post(team, merged, "annul", reason=" ")

    assert answer.status_code == 422
    assert "Reason:" in text(answer)
    merged.refresh_from_db()
    assert merged.status == "in_force"


def test_an_event_is_annulled_and_applied_again(team, merged):
    post(team, merged, "annul", reason="Ката кетти")
    merged.refresh_from_db()
    assert merged.status == "annulled"
    assert names(merged.effective_on) == ["Ак", "Бел", "Чолпон"]

    post(team, merged, "apply")

    merged.refresh_from_db()
    assert merged.status == "in_force"
    assert merged.applications.count() == 2


def test_a_version_somebody_has_changed_since_is_412(team, merger):
    Event.objects.update(version=7)

    answer = post(team, merger, "apply", version=1)

    assert answer.status_code == 412
    assert "changed by someone else" in text(answer)
    assert Event.objects.get().status == "draft"


def test_what_is_in_force_cannot_be_applied_again_409(team, merged):
    answer = post(team, merged, "apply")

    assert answer.status_code == 409
    assert "already in force" in text(answer)


def test_a_draft_cannot_be_annulled_409(team, merger):
    assert team.get(address(merger, "annul")).status_code == 302
    assert post(team, merger, "annul", reason="ката").status_code == 409


def test_an_event_others_rest_on_cannot_be_annulled_409(team, place, merged):
    new = merged.event_units.get(role="begins").unit_id
    apply(
        draft(
            "rename",
            units=[UnitSpec(new, "alters", name_ky="Башкача")],
            on=merged.effective_on.replace(month=6),
        )
    )

    answer = post(team, merged, "annul", reason="ката")

    assert answer.status_code == 409
    assert "annul it first" in text(answer)


def test_a_broken_rule_is_422_on_the_page_of_the_event(team, place):
    event = merge_draft(place[1][:1], place[0])[0]

    answer = post(team, event, "apply")

    assert answer.status_code == 422
    assert "The event was not applied" in text(answer)
    assert 'href="#units"' in answer.content.decode() or 'href="#kind"' in answer.content.decode()


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 40])
def test_a_version_nobody_could_have_read_is_refused(team, merger, version):
    assert team.post(address(merger, "apply"), {"version": version}).status_code == 422
    assert Event.objects.get().status == "draft"


def test_adopting_is_for_posts_only(team, merger):
    assert team.get(address(merger, "adopt")).status_code == 405
    assert post(team, merger, "adopt").status_code == 302
    assert Event.objects.get().status == "adopted"
    assert post(team, merger, "adopt", version=2).status_code == 409


def test_apply_by_link_leads_to_the_preview(team, merger):
    assert team.get(address(merger, "apply"))["Location"] == address(merger, "preview")


def test_the_confirmation_carries_the_version_that_was_read(team, merged):
    assert 'name="version" value="2"' in team.get(f"/en/reform/events/{merged.pk}/").content.decode()
    assert 'name="version" value="1"' in team.get(f"{address(merged, 'annul')}?version=1").content.decode()
    assert post(team, merged, "annul", version=1, reason="ката").status_code == 412


def test_the_queries_of_a_preview_do_not_grow_with_the_country(
    team, place, merger, django_assert_max_num_queries
):
    # it writes the whole change and takes it back: about as many queries as applying it
    with django_assert_max_num_queries(100):
        team.get(address(merger, "preview"))
