"""Drafting an event over REST, and what the body of a draft may not say."""

from __future__ import annotations

import pytest

from reform.models import Event, EventUnit
from reform.tests.clients import EVENTS, key, merger, post, send
from reform.tests.scenarios import programme
from registry.tests.factories import LegalActFactory, city, place
from registry.tests.rest import problem

pytestmark = pytest.mark.django_db
EVE, DAY = "2023-04-30", "2023-05-01"
NOBODY = "00000000-0000-4000-8000-0000000000ff"


# --- drafting ----------------------------------------------------------------------------------------------


def test_a_draft_is_created_with_its_address_and_etag(team, home, pair, draft):
    event, address, tag = draft

    assert address == f"{EVENTS}{event['id']}/"
    assert (event["status"], event["version"], event["change"]) == ("draft", 1, None)
    assert event["programme"]["key"] == "naryn"
    assert [(unit["role"], unit["name"]["ky"]) for unit in event["units"]] == [
        ("ends", None),
        ("ends", None),
        ("begins", "Жаңы"),
    ]
    new = event["units"][2]["unit"]
    assert {part["target"] for part in event["parts"]} == {new}
    read = team.get(address)
    assert read.json() == event
    assert read["ETag"] == tag


def test_creating_needs_no_if_match_and_repeats_under_its_key(team, home, pair):
    body, name = merger(home, pair, programme()), key()

    first = post(team, EVENTS, body, Idempotency_Key=name)
    again = post(team, EVENTS, body, Idempotency_Key=name)
    other = post(team, EVENTS, body | {"note": {"ky": "Башка"}}, Idempotency_Key=name)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    problem(other, 422)
    assert Event.objects.count() == 1


def test_a_draft_may_name_codes_centres_shares_and_acts(team, home, pair):
    kara, suu = pair
    act = LegalActFactory()
    town = city(home, "Шаарча")
    village, other = place(kara, "К2"), place(kara, "К3")
    body = merger(home, pair, programme(), kind="reorganise", acts=[str(act.pk)], note={"ru": "Примечание"})
    body["units"][2] |= {"code": {"system": "soate", "code": "41704215999000"}, "centre": str(other.pk)}
    body["parts"] = [
        {
            "source": str(kara.pk),
            "target": "new",
            "scope": "part",
            "settlements": [str(other.pk)],
            "shares": [{"measure": "population", "share": "0.9999999999", "basis": "эсеп"}],
        },
        {
            "source": str(kara.pk),
            "target": str(town.pk),
            "scope": "part",
            "settlements": [str(village.pk)],
            "shares": [{"measure": "population", "share": "0.0000000001", "basis": "эсеп"}],
        },
        {"source": str(suu.pk), "target": "new", "scope": "whole"},
    ]

    event = post(team, EVENTS, body).json()

    assert [a["id"] for a in event["acts"]] == [str(act.pk)]
    assert event["units"][2]["code"] == {"system": "soate", "code": "41704215999000"}
    assert event["units"][2]["centre"] == str(other.pk)
    assert event["parts"][0]["settlements"][0]["name"]["ky"] == "К3"
    assert [p["shares"][0]["share"] for p in event["parts"][:2]] == ["0.9999999999", "0.0000000001"]
    assert event["note"]["ru"] == "Примечание"


def test_a_draft_can_be_changed_in_part(team, draft):
    event, address, tag = draft

    answer = send(team, "PATCH", address, {"effective_on": "2024-01-01"}, If_Match=tag)

    assert answer.status_code == 200
    changed = answer.json()
    assert changed == event | {"effective_on": "2024-01-01", "version": 2}
    assert answer["ETag"] != tag
    problem(send(team, "PATCH", address, {"effective_on": "2024-01-02"}, If_Match=tag), 412)
    problem(send(team, "PATCH", address, {"effective_on": "2024-01-02"}), 428)


def test_lines_taken_out_of_a_draft_are_marked_not_deleted(team, draft):
    _event, address, tag = draft

    answer = send(team, "PATCH", address, {"units": [], "parts": [], "kind": "rename"}, If_Match=tag)

    assert (answer.json()["units"], answer.json()["parts"]) == ([], [])
    assert EventUnit.objects.filter(removed_at__isnull=False).count() == 3


def test_an_adopted_draft_says_so_once(team, draft):
    _event, address, tag = draft

    answer = post(team, f"{address}adopt/", If_Match=tag)

    assert (answer.status_code, answer.json()["status"]) == (200, "adopted")
    problem(post(team, f"{address}adopt/", If_Match=answer["ETag"]), 409)


# --- what a body may not say -------------------------------------------------------------------------------


def put(path, value):
    """Return what sets a value deep in a body."""

    def change(body):
        place = body
        *parents, last = path
        for step in parents:
            place = place[step]
        if value is ...:
            del place[last]
        else:
            place[last] = value

    return change


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("kind",), "war", "/kind"),
        (("kind",), ..., "/kind"),
        (("effective_on",), "0000-01-01", "/effective_on"),
        (("effective_on",), "99999-01-01", "/effective_on"),
        (("effective_on",), "1066-10-14", "/effective_on"),
        (("effective_on",), 20230501, "/effective_on"),
        (("title",), {}, "/title"),
        (("title",), {"de": "Titel"}, "/title/de"),
        (("title", "ky"), "x" * 301, "/title/ky"),
        (("secret",), 1, "/secret"),
        (("version",), 7, "/version"),
        (("units", 0), {}, "/units/0/role"),
        (("units", 0, "unit"), "no", "/units/0/unit"),
        (("units", 0, "role"), "dies", "/units/0/role"),
        (("units", 0, "ref"), "a b", "/units/0/ref"),
        (("units",), {"role": "ends"}, "/units"),
        (("parts", 0), {}, "/parts/0/source"),
        (("parts", 0, "scope"), "some", "/parts/0/scope"),
        (("parts", 0, "settlements"), [NOBODY] * 501, "/parts/0/settlements"),
        (("parts", 0, "shares"), [{"measure": "population", "share": 0.5, "basis": "x"}], "/parts/0/shares/0/share"),
        (("parts", 0, "shares"), [{"measure": "population", "share": "NaN", "basis": "x"}], "/parts/0/shares/0/share"),
        (("parts", 0, "shares"), [{"measure": "population", "share": "sNaN", "basis": "x"}], "/parts/0/shares/0/share"),
        (("parts", 0, "shares"), [{"measure": "population", "share": "-Infinity", "basis": "x"}], "/parts/0/shares/0/share"),
        (("parts", 0, "shares"), [{"measure": "population", "share": "1e400", "basis": "x"}], "/parts/0/shares/0/share"),
        (("parts", 0, "shares"), [{"measure": "population", "share": "1" * 2000, "basis": "x"}], "/parts/0/shares/0/share"),
        (("acts",), [NOBODY] * 51, "/acts"),
        (("provenance",), "invented", "/provenance"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_malformed_draft_is_400_and_names_the_field(team, home, pair, draft, method, path, value, pointer):
    body = merger(home, pair, programme())
    put(path, value)(body)
    _event, address, tag = draft
    before = Event.objects.count()

    answer = (
        post(team, EVENTS, body) if method == "POST" else send(team, "PATCH", address, body, If_Match=tag)
    )

    if method == "PATCH" and value is ...:
        assert answer.status_code == 200  # a change may leave fields out
        return
    problem(answer, 400, pointer)
    assert Event.objects.count() == before
    assert team.get(address)["ETag"] == tag


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("programme",), "nothing", "/programme"),
        (("programme",), NOBODY, "/programme"),
        (("units", 0, "unit"), NOBODY, "/units/0/unit"),
        (("units", 0, "unit"), ..., "/units/0/unit"),
        (("units", 1), {"role": "ends", "unit": "SAME"}, "/units/1/unit"),
        (("units", 2, "parent"), "elsewhere", "/units/2/parent"),
        (("units", 2, "parent"), NOBODY, "/units/2/parent"),
        (("units", 2, "centre"), NOBODY, "/units/2/centre"),
        (("units", 2, "name"), {}, "/units/2/name"),
        (("units", 2, "name", "ky"), "x" * 201, "/units/2/name/ky"),
        (("units", 2, "kind"), ..., "/units/2/kind"),
        (("parts", 0, "target"), "nobody", "/parts/0/target"),
        (("parts", 0, "source"), NOBODY, "/parts/0/source"),
        (("parts", 0, "settlements"), [NOBODY], "/parts/0/settlements/0"),
        (("parts", 1, "source"), "SAME", "/parts/1"),
        (("parts", 0, "target"), "SAME", "/parts/0/target"),
        (("parts", 0, "shares"), [{"measure": "population", "share": "0", "basis": "x"}], "/parts/0/shares/0"),
        (("acts",), [NOBODY], "/acts/0"),
    ],
)  # fmt: skip
def test_a_draft_that_names_what_is_not_there_is_422(team, home, pair, path, value, pointer):
    body = merger(home, pair, programme())
    same = str(pair[0].pk)
    value = (
        same
        if value == "SAME"
        else {**value, "unit": same}
        if isinstance(value, dict) and "unit" in value
        else value
    )
    put(path, value)(body)

    problem(post(team, EVENTS, body), 422, pointer)

    assert not Event.objects.exists()
