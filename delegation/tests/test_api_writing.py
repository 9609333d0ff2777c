"""Delegated powers over REST: who writes what, and every rule refused with its code."""

import pytest

from councils.tests.test_api_sessions import keeper
from delegation.models import Funding, StatePower, Transfer
from delegation.tests.country import NEEDS, country
from delegation.tests.factories import new_power, power
from reform.tests.clients import client_with, key, post, send
from registry.tests.rest import API, problem

pytestmark = pytest.mark.django_db
ON = "2025-01-01"


@pytest.fixture
def land():
    return country()


@pytest.fixture
def staff(land):
    return keeper(land.own)


@pytest.fixture
def ministry():
    return client_with("approver")


def tag(client, address):
    return client.get(API + address)["ETag"]


def act(client, address, body=None, *, on=None, method="POST", **headers):
    """Send with the ETag of the thing at ``on``."""
    given = {"If_Match": tag(client, on)} if on else {}
    return send(client, method, API + address, body, **given, **headers)


def new_draft(client, unit, of=NEEDS, **more):
    body = {
        "power": str(power(of).pk),
        "unit": str(unit.pk),
        "state_body": "agriculture",
        "basis": "agreement",
        "begins": ON,
        "ends": "2028-01-01",
    } | more
    return post(client, f"{API}transfers/", body)


def test_a_transfer_goes_its_whole_way_over_rest(land, staff, ministry):
    made = new_draft(staff, land.own, reporting={"ky": "Квартал сайын"})
    assert made.status_code == 201, made.content
    at = f"transfers/{made.json()['id']}/"
    for principle in range(1, 10):
        answer = act(staff, f"{at}principles/", {"principle": principle, "kept": True}, on=at, method="PUT")
        assert answer.status_code == 200, answer.content
    for body in (
        {"kind": "financial", "what": {"ky": "Акча"}, "yearly": "1200.00"},
        {"kind": "material", "what": {"ky": "Имарат"}},
    ):
        assert act(staff, f"{at}means/", body, on=at).status_code == 200
    problem(act(staff, f"{at}agree/", {"agreement_number": "5", "signed_on": "2024-12-20"}, on=at), 403)
    agreed = act(ministry, f"{at}agree/", {"agreement_number": "5", "signed_on": "2024-12-20"}, on=at)
    assert agreed.json()["status"] == "agreed", agreed.content
    begun = act(ministry, f"{at}enter-into-force/", {"on": ON}, on=at)
    assert (begun.json()["status"], begun.json()["valid"]) == ("in_force", {"from": ON, "to": None})
    problem(act(ministry, f"{at}agree/", {}, on=at), 409)

    ended = act(ministry, f"{at}end/", {"on": "2026-01-01", "reason": "Бүттү"}, on=at)

    assert ended.json()["status"] == "ended"


@pytest.mark.parametrize(
    ("step", "body", "code"),
    [("agree", {"agreement_number": "5", "signed_on": ON}, "delegation_transfer_principles")],
)
def test_an_unanswered_principle_blocks_over_rest(land, ministry, step, body, code):
    at = f"transfers/{land.draft.pk}/"

    refusal = problem(act(ministry, f"{at}{step}/", body, on=at), 422, "/principles")

    assert refusal["errors"][0]["code"] == code
    assert Transfer.objects.get(pk=land.draft.pk).status == "draft"


def test_a_transfer_without_means_does_not_enter_into_force_over_rest(land, staff, ministry):
    at = f"transfers/{land.draft.pk}/"
    for principle in range(1, 10):
        act(staff, f"{at}principles/", {"principle": principle, "kept": True}, on=at, method="PUT")
    act(ministry, f"{at}agree/", {"agreement_number": "5", "signed_on": ON}, on=at)

    refusal = problem(act(ministry, f"{at}enter-into-force/", {"on": ON}, on=at), 422, "/means")

    assert refusal["errors"][0]["code"] == "delegation_transfer_means"
    assert Transfer.objects.get(pk=land.draft.pk).status == "agreed"


def test_a_field_that_stays_with_the_state_is_refused_with_its_article(land, staff):
    kept = new_power(field="courts")

    refusal = problem(new_draft(staff, land.own, of=kept.code), 422, "/power")

    assert refusal["errors"][0]["code"] == "delegation_transfer_field"
    assert "127 (2013-07-09)" in refusal["errors"][0]["detail"]


def test_nobody_writes_for_another_municipality(land, staff):
    problem(new_draft(staff, land.far), 403)
    problem(
        act(staff, f"transfers/{land.poor.pk}/cancel/", {"reason": "x"}, on=f"transfers/{land.poor.pk}/"), 403
    )
    body = {"transfer": str(land.poor.pk), "year": 2024, "quarter": 3, "received": "1.00"}
    problem(post(staff, f"{API}funding/", body), 403)
    assert keeper(land.far).get(f"{API}transfers/{land.draft.pk}/").status_code == 404
    problem(send(keeper(land.far), "PATCH", f"{API}transfers/{land.draft.pk}/", {}, If_Match="*"), 404)
    problem(post(client_with("analyst"), f"{API}funding/", body), 403)


def test_a_visitor_writes_nothing(land, client):
    for address in (
        "transfers/",
        "funding/",
        "performance/",
        "practices/",
        "disputes/",
        "cancellation-requests/",
        "state-powers/",
    ):
        assert client.post(API + address, {}, content_type="application/json").status_code == 401


def test_a_quarter_is_reported_once_and_corrected_under_its_etag(land, staff):
    body = {"transfer": str(land.land.pk), "year": 2024, "quarter": 3, "need": "30.00", "received": "12.50"}
    made = post(staff, f"{API}funding/", body, Idempotency_Key=key())
    assert made.status_code == 201, made.content
    problem(post(staff, f"{API}funding/", body), 409)
    at = f"funding/{made.json()['id']}/"
    problem(send(staff, "PATCH", API + at, {"spent": "1.00"}), 428)
    first = made["ETag"]

    changed = send(staff, "PATCH", API + at, {"spent": "12.00", "received": None}, If_Match=first)

    assert (changed.json()["spent"], changed.json()["received"]) == ("12.00", None)
    problem(send(staff, "PATCH", API + at, {"spent": "1.00"}, If_Match=first), 412)
    problem(send(staff, "PATCH", API + at, {"spent": "-1"}, If_Match=changed["ETag"]), 400, "/spent")
    assert Funding.objects.get(pk=made.json()["id"]).version == 2


def test_performance_practice_and_disputes_are_recorded(land, staff, ministry):
    said = {"transfer": str(land.land.pk), "year": 2024, "quarter": 3, "result": "not"}
    problem(post(staff, f"{API}performance/", said), 422, "/obstacle")
    assert post(staff, f"{API}performance/", {**said, "obstacle": "Каражат жок"}).status_code == 201
    practice = {"power": str(power("education-premises").pk), "unit": str(land.own.pk), "on": "2023-01-01"}
    assert post(staff, f"{API}practices/", practice).status_code == 201
    body = {
        "number": "7",
        "power": str(power().pk),
        "unit": str(land.own.pk),
        "subject": "Каражат",
        "opened_on": "2025-01-10",
        "due_on": "2025-02-10",
    }
    made = post(staff, f"{API}disputes/", body)
    assert made.status_code == 201, made.content
    at = f"disputes/{made.json()['id']}/"
    assert (
        act(staff, f"{at}parties/", {"role": "claimant", "unit": str(land.own.pk)}, on=at).status_code == 200
    )
    assert act(staff, f"{at}hearings/", {"held_on": "2025-01-20"}, on=at).status_code == 200
    closing = {"status": "settled", "on": "2025-01-25", "outcome": "Чечилди"}
    problem(act(staff, f"{at}close/", closing, on=at), 403)
    assert act(ministry, f"{at}close/", closing, on=at).json()["status"] == "settled"
    problem(act(ministry, f"{at}close/", closing, on=at), 409)


def test_a_request_is_filed_and_decided(land, ministry):
    own = keeper(land.far)
    body = {
        "unit": str(land.far.pk),
        "transfer": str(land.poor.pk),
        "ground": "no_means",
        "justification": "Каражат жок",
        "filed_on": "2025-01-10",
        "due_on": "2025-02-10",
    }
    problem(post(own, f"{API}cancellation-requests/", body), 422, "/missing")
    made = post(own, f"{API}cancellation-requests/", {**body, "missing": "50.00"})
    assert made.status_code == 201, made.content
    at = f"cancellation-requests/{made.json()['id']}/"
    decision = {"status": "granted", "on": "2025-02-01", "decision": "Жокко чыгарылсын"}
    problem(act(own, f"{at}decide/", decision, on=at), 403)
    assert act(ministry, f"{at}decide/", decision, on=at).json()["status"] == "granted"


def test_successions_are_decided_one_by_one(land, ministry, staff):
    first, second = land.listed
    at = f"successions/{first.pk}/"
    body = {"unit": str(land.new.pk), "on": "2024-10-01", "order_number": "15"}
    problem(act(staff, f"{at}pass-on/", body, on=at), 403)
    problem(act(ministry, f"{at}pass-on/", {**body, "unit": str(land.far.pk)}, on=at), 422, "/unit")
    passed = act(ministry, f"{at}pass-on/", body, on=at)
    assert (passed.json()["outcome"], passed.json()["new_unit"]) == ("passed_on", str(land.new.pk))
    problem(act(ministry, f"{at}pass-on/", body, on=at), 409)

    at = f"successions/{second.pk}/"
    ended = act(
        ministry, f"{at}end/", {"on": "2024-10-01", "order_number": "16", "reason": "Бириктирилди"}, on=at
    )

    assert ended.json()["outcome"] == "ended"


def test_the_ministry_keeps_the_catalogue(land, staff, ministry):
    body = {
        "code": "passports",
        "name": {"ky": "Каттоо"},
        "group": "social",
        "field": "health",
        "statute_item": 4,
    }
    problem(post(staff, f"{API}state-powers/", body), 403)
    problem(post(ministry, f"{API}state-powers/", {**body, "field": "nowhere"}), 422, "/field")
    made = post(ministry, f"{API}state-powers/", body)
    assert made.json()["statute_items"] == [{"article": "123 (2021-10-20), 29", "number": 4}]
    at = f"state-powers/{made.json()['id']}/"
    assert act(ministry, at, {"status": "suspended"}, on=at, method="PATCH").json()["status"] == "suspended"
    assert len(act(ministry, f"{at}items/", {"name": {"ky": "Бир"}}, on=at).json()["items"]) == 1
    assert StatePower.objects.get(code="passports").version == 2
