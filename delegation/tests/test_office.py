"""The office pages: a municipality's staff draft and report, the ministry takes the steps that bind."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from councils.tests.desk import signed_in, text
from councils.tests.test_ledger import merger
from delegation import services
from delegation.models import (
    CancellationRequest,
    Dispute,
    DisputeParty,
    Funding,
    Means,
    Overlap,
    Performance,
    Practice,
    PrincipleAnswer,
    StatePower,
    StatuteItem,
    Succession,
    Transfer,
)
from delegation.tests import factories
from delegation.tests.factories import draft, in_force, power, state_body
from lsg_portal.web import days
from registry.services import record_change
from registry.tests.factories import LegalActFactory, aimak, district, oblast

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
NOBODY = "00000000-0000-4000-8000-0000000000ff"


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: TODAY)
    return TODAY


@pytest.fixture
def district_(db):
    return district(oblast("Нарын"), "Кочкор")


@pytest.fixture
def home(district_):
    return aimak(district_, "Ак", villages=["А"])


@pytest.fixture
def other(district_):
    return aimak(district_, "Бел", villages=["Б"])


@pytest.fixture
def staff(today, home):
    return signed_in(RoleKind.STAFF, home)


@pytest.fixture
def neighbour(today, other):
    return signed_in(RoleKind.STAFF, other)


@pytest.fixture
def ministry(today, db):
    return signed_in(RoleKind.APPROVER)


@pytest.fixture
def analyst(today, db):
    return signed_in(RoleKind.ANALYST)


def at(rest="", language="en"):
    return f"/{language}/delegation/office/{rest}"


def of(thing, rest="", language="en"):
    names = {"Unit": "of", "Transfer": "transfers", "Dispute": "disputes", "StatePower": "powers"}
    return at(f"{names[type(thing).__name__]}/{thing.pk}/{rest}", language)


def sent(**more):
    return {
        "power": power().pk,
        "state_body": state_body().pk,
        "basis": "agreement",
        "begins": "01.04.2026",
        "reporting_ky": "Ар бир чейректе",
        **more,
    }


def principles(**more):
    return {f"kept_{number}": "yes" for number in range(1, 10)} | more


def fresh(thing):
    return type(thing).objects.get(pk=thing.pk)


# Who may


def test_staff_are_led_to_the_desk_of_their_municipality(staff, home):
    assert staff.get(at())["Location"] == of(home)
    assert "Draft a transfer" in text(staff.get(of(home)))


def test_somebody_of_two_municipalities_chooses(today, home, other):
    user = RoleFactory(role=RoleKind.STAFF, unit=home).user
    RoleFactory(user=user, role=RoleKind.STAFF, unit=other)
    client = Client()
    client.force_login(user)

    page = client.get(at()).content.decode()

    assert of(home) in page
    assert of(other) in page


def test_a_visitor_signs_in_first_and_an_analyst_is_refused(today, analyst, home):
    row = in_force(home)
    for where in (at(), of(home), of(row), at("funding.xlsx"), at("funding/"), of(power(), "edit/")):
        assert Client().get(where)["Location"].startswith("/en/account/login/?next="), where
        assert analyst.get(where).status_code == 403, where


def test_a_neighbour_is_refused_what_is_public_and_finds_no_draft(neighbour, home):
    row, hidden = in_force(home), draft(home, of=power("special-needs"))
    given = factories.provided(hidden).means.first()

    for where in (of(home), of(row), of(row, "2025-4/money/"), of(home, "transfers/new/")):
        assert neighbour.get(where).status_code == 403, where
    for where in (
        of(hidden),
        of(hidden, "principles/"),
        of(hidden, "cancel/"),
        at(f"means/{given.pk}/remove/"),
    ):
        assert neighbour.get(where).status_code == 404, where
        assert neighbour.post(where, {}).status_code == 404, where


def test_staff_take_none_of_the_ministrys_steps(staff, home):
    row, ready, open_ = in_force(home), draft(home, of=power("special-needs")), factories.dispute(home)
    for where in (
        of(ready, "agree/"),
        of(ready, "force/"),
        of(row, "end/"),
        of(open_, "close/"),
        of(power()),
        of(power(), "edit/"),
        at("powers/new/"),
        at(f"statute/{factories.statute_item().pk}/"),
    ):
        assert staff.get(where).status_code == 403, where
        assert staff.post(where, {}).status_code == 403, where


def test_what_is_not_there_is_not_found(ministry, home):
    row = in_force(home)
    for where in ("of/{}/", "transfers/{}/", "disputes/{}/", "powers/{}/", "successions/{}/decide/"):
        assert ministry.get(at(where.format(NOBODY))).status_code == 404, where
    for where in ("items/{}/remove/", "overlaps/{}/end/", "parties/{}/remove/", "requests/{}/decide/"):
        assert ministry.get(at(where.format(NOBODY))).status_code == 404, where
    for quarter in ("2020-4", "2025-5", "2025-0", "0-1", "999999999-1"):
        assert ministry.get(of(row, f"{quarter}/money/")).status_code == 404, quarter


# From draft to end


def test_a_transfer_goes_from_draft_to_end(staff, ministry, home):
    made = staff.post(of(home, "transfers/new/"), sent())
    row = Transfer.objects.get()
    assert made["Location"] == of(row)
    assert (row.status, row.term.lower) == ("draft", dt.date(2026, 4, 1))
    page = text(staff.get(of(row)))
    assert "principles not answered yet: 9 of 9" in page
    assert "financial means" in page

    staff.post(of(row, "edit/"), sent(begins="02.04.2026", version=row.version))
    row = fresh(row)
    assert row.term.lower == dt.date(2026, 4, 2)
    staff.post(of(row, "principles/"), principles(version=row.version))
    assert PrincipleAnswer.objects.filter(transfer=row, kept=True).count() == 9
    for given in ({"kind": "financial", "yearly": "1 200,5"}, {"kind": "material"}):
        staff.post(of(row, "means/new/"), {**given, "what_ky": "Каражат", "version": fresh(row).version})
    assert Means.objects.get(kind="financial").yearly == Decimal("1200.50")

    signed = {"agreement_number": "7", "signed_on": "03.03.2026", "version": fresh(row).version}
    ministry.post(of(row, "agree/"), signed)
    assert fresh(row).status == "agreed"
    ministry.post(of(row, "force/"), {"on": "03.04.2026", "version": fresh(row).version})
    assert fresh(row).valid.lower == dt.date(2026, 4, 3)
    ended = {"on": "01.09.2026", "reason": "Мөөнөтү бүттү", "version": fresh(row).version}
    ministry.post(of(row, "end/"), ended)
    assert (fresh(row).status, fresh(row).end_reason) == ("ended", "Мөөнөтү бүттү")


def test_a_field_that_stays_with_the_state_is_refused_with_its_article(staff, home):
    kept = factories.new_power("passports", field="courts")

    answer = staff.post(of(home, "transfers/new/"), sent(power=kept.pk))

    assert answer.status_code == 422
    assert "cannot be handed over (law № 127 (2013-07-09))" in text(answer)
    assert not Transfer.objects.exists()


def test_a_transfer_without_means_does_not_enter_into_force(ministry, home):
    row = factories.agreed(home)

    answer = ministry.post(of(row, "force/"), {"on": "03.04.2026", "version": row.version})

    assert answer.status_code == 422
    page = text(answer)
    assert "Constitution, art. 114 (2)" in page
    assert "Lacking: financial means; material means" in page
    assert fresh(row).status == "agreed"


def test_an_unanswered_principle_blocks_and_is_named(ministry, home):
    row = factories.answered(draft(home), but=(9,))

    signed = {"agreement_number": "7", "signed_on": "03.03.2026", "version": fresh(row).version}
    answer = ministry.post(of(row, "agree/"), signed)

    assert answer.status_code == 422
    assert "Not answered yet: harmony of state and local interests" in text(answer)
    assert fresh(row).status == "draft"


def test_a_law_needs_the_recorded_consent(staff, ministry, home):
    row = factories.answered(draft(home, basis="law"))

    answer = ministry.post(of(row, "agree/"), {"version": fresh(row).version})
    assert "consent of the association" in text(answer)
    assert answer.status_code == 422

    consent = {"on": "01.03.2026", "basis": "чечим № 4", "version": fresh(row).version}
    staff.post(of(row, "consent/"), consent)
    ministry.post(of(row, "agree/"), {"version": fresh(row).version})
    assert fresh(row).status == "agreed"


def test_a_principle_that_is_not_kept_says_why(staff, home):
    row = draft(home)

    answer = staff.post(of(row, "principles/"), principles(kept_5="no", version=row.version))
    assert answer.status_code == 422
    assert "Say why the principle is not kept." in text(answer)
    assert not PrincipleAnswer.objects.exists()

    staff.post(of(row, "principles/"), {"kept_5": "no", "note_5": "Каражат жок", "version": row.version})
    found = PrincipleAnswer.objects.get()
    assert (found.principle, found.kept, found.note) == (5, False, "Каражат жок")
    page = staff.get(of(row, "principles/")).content.decode()
    assert "Каражат жок" in page


def test_a_checklist_over_a_changed_draft_is_refused_whole(staff, home):
    row = draft(home)
    seen = row.version
    services.redraft_transfer(transfer=row, agreement_number="9")

    answer = staff.post(of(row, "principles/"), principles(version=seen))

    assert answer.status_code == 412
    assert not PrincipleAnswer.objects.exists()


def test_the_form_of_a_draft_keeps_the_english_text(staff, home):
    row = draft(home, reporting={"ky": "Чейректе", "en": "each quarter"})

    staff.post(of(row, "edit/"), sent(reporting_ky="Айда", version=row.version))

    assert (fresh(row).reporting_ky, fresh(row).reporting_en) == ("Айда", "each quarter")


def test_an_act_on_record_cannot_be_emptied(staff, home):
    row = draft(home, basis="act")

    answer = staff.post(of(row, "edit/"), sent(basis="act", act="", version=row.version))

    assert answer.status_code == 422
    assert fresh(row).act is not None


def test_means_are_taken_back_and_drafts_given_up(staff, home):
    row = factories.provided(draft(home))
    given = row.means.get(kind="financial")

    staff.post(at(f"means/{given.pk}/remove/"), {})
    assert fresh(given).removed_at is not None
    answer = staff.post(of(row, "cancel/"), {"reason": "", "version": fresh(row).version})
    assert answer.status_code == 422
    staff.post(of(row, "cancel/"), {"reason": "Макулдашылган жок", "version": fresh(row).version})
    assert fresh(row).status == "cancelled"


# Reports


def test_a_quarter_is_reported_and_corrected(staff, home):
    row = in_force(home)
    where = of(row, "2025-4/money/")
    assert "Not reported yet: quarter 4 of 2025" in text(staff.get(of(home)))

    staff.post(where, {"need": "100", "planned": "80,5", "received": "0", "spent": ""})
    found = Funding.objects.get()
    assert (found.need, found.planned, found.received, found.spent) == (100, Decimal("80.5"), 0, None)

    assert staff.post(where, {"need": "7"}).status_code == 412
    staff.post(where, {"need": "100", "planned": "80,5", "received": "60", "version": found.version})
    assert Funding.objects.get().received == 60

    report = of(row, "2025-4/performance/")
    answer = staff.post(report, {"result": "partly"})
    assert answer.status_code == 422
    assert "Say what stood in the way." in text(answer)
    staff.post(report, {"result": "partly", "obstacle": "Каражат жок", "volume": "12", "volume_unit": "арыз"})
    assert Performance.objects.get().obstacle == "Каражат жок"
    assert "Not reported yet" not in text(staff.get(of(home)))


def test_what_somebody_else_reported_is_shown_beside_mine(staff, home):
    row = in_force(home)
    services.report_funding(transfer=row, year=2025, quarter=4, need=Decimal(50))

    answer = staff.post(of(row, "2025-4/money/"), {"need": "70", "version": 0})

    assert answer.status_code == 412
    assert "50" in text(answer)
    assert Funding.objects.get().need == 50


def test_an_amount_too_large_is_refused(staff, home):
    row = in_force(home)
    for amount in ("100000001", "-1", "1,234", "NaN"):
        answer = staff.post(of(row, "2025-4/money/"), {"need": amount})
        assert answer.status_code == 422, amount
    assert not Funding.objects.exists()


def test_what_is_performed_in_fact_is_recorded_and_ended(staff, home):
    new = {"power": power("special-needs").pk, "on": "01.02.2026", "note": "Аткарылууда"}
    staff.post(of(home, "practices/new/"), new)
    found = Practice.objects.get()
    assert "without agreement" in text(staff.get(of(home)))

    again = staff.post(of(home, "practices/new/"), new)
    assert again.status_code == 422
    staff.post(at(f"practices/{found.pk}/end/"), {"on": "02.03.2026", "version": found.version})
    assert fresh(found).valid.upper == TODAY


# Disputes and requests


def test_a_dispute_is_opened_heard_and_closed(staff, ministry, home):
    row = in_force(home)
    opened = {
        "number": "12",
        "power": row.power_id,
        "transfer": row.pk,
        "subject": "Каражат",
        "opened_on": "01.02.2026",
        "due_on": "01.03.2026",
    }
    made = staff.post(of(home, "disputes/new/"), opened)
    found = Dispute.objects.get()
    assert made["Location"] == of(found)

    both = {"role": "claimant", "unit": home.pk, "association": "Бирикме", "version": found.version}
    assert staff.post(of(found, "parties/new/"), both).status_code == 422
    for given in ({"role": "claimant", "unit": home.pk}, {"role": "commission", "association": "Бирикме"}):
        staff.post(of(found, "parties/new/"), {**given, "version": fresh(found).version})
    one = DisputeParty.objects.get(association="Бирикме")
    assert "Бирикме" in text(staff.get(of(found)))
    staff.post(at(f"parties/{one.pk}/remove/"), {})
    assert fresh(one).removed_at is not None

    heard = {"held_on": "10.02.2026", "minutes": "Уккулду", "version": fresh(found).version}
    staff.post(of(found, "hearings/new/"), heard)
    closed = {"status": "settled", "on": "20.02.2026", "outcome": "Макулдашты"}
    ministry.post(of(found, "close/"), {**closed, "version": fresh(found).version})
    assert (fresh(found).status, fresh(found).outcome) == ("settled", "Макулдашты")


def test_a_request_for_lack_of_means_says_how_much(staff, ministry, home):
    row = in_force(home)
    asked = {
        "ground": "no_means",
        "transfer": row.pk,
        "justification": "Каражат жок",
        "filed_on": "01.02.2026",
        "due_on": "01.03.2026",
    }
    assert staff.post(of(home, "requests/new/"), asked).status_code == 422
    staff.post(of(home, "requests/new/"), {**asked, "missing": "50,5"})
    found = CancellationRequest.objects.get()
    assert found.missing == Decimal("50.5")

    where = at(f"requests/{found.pk}/decide/")
    assert staff.get(where).status_code == 403
    assert "Каражат жок" in text(ministry.get(where))
    decided = {"status": "refused", "on": "20.02.2026", "decision": "Негиз жок", "version": found.version}
    ministry.post(where, decided)
    assert fresh(found).status == "refused"


# The ministry: catalogue, successions, desk


def test_an_item_of_the_statute_is_entered_as_a_power(ministry):
    item = factories.statute_item(3)
    assert f"item={item.pk}" in ministry.get(at()).content.decode()
    assert f'value="{item.pk}" selected' in ministry.get(at(f"powers/new/?item={item.pk}")).content.decode()

    new = {
        "code": "registry-office",
        "name_ky": "Каттоо",
        "group": "social",
        "field": factories.Field.objects.get(code="social_protection").pk,
        "status": "unused",
        "statute_item": item.pk,
    }
    made = ministry.post(at("powers/new/"), new)
    found = StatePower.objects.get(code="registry-office")
    assert made["Location"] == of(found)
    assert fresh(item).power == found

    again = ministry.post(at("powers/new/"), {**new, "statute_item": ""})
    assert "Another power has this code." in text(again)
    assert ">Каттоо</textarea>" in ministry.get(of(found, "edit/")).content.decode().replace("\n", "")
    changed = {**new, "name_en": "Registration", "status": "in_use", "version": found.version}
    ministry.post(of(found, "edit/"), changed)
    assert (fresh(found).status, fresh(found).name_en) == ("in_use", "Registration")

    ministry.post(of(found, "items/new/"), {"name_ky": "Туулганды каттоо"})
    part = found.items.get()
    assert "Туулганды каттоо" in text(ministry.get(of(found)))
    ministry.post(at(f"items/{part.pk}/remove/"), {})
    assert fresh(part).removed_at is not None

    both = {"state_body": state_body().pk, "what_ky": "Каттоо", "on": "01.01.2026"}
    ministry.post(of(found, "overlaps/new/"), both)
    twice = Overlap.objects.get()
    ministry.post(at(f"overlaps/{twice.pk}/end/"), {"on": "01.03.2026", "version": twice.version})
    assert fresh(twice).valid.upper == dt.date(2026, 3, 1)


def test_an_item_of_the_statute_is_said_to_be_a_power(ministry):
    item = factories.statute_item(4)
    where = at(f"statute/{item.pk}/")
    ministry.post(where, {"power": power().pk, "version": item.version})
    assert fresh(item).power == power()

    ministry.post(where, {"power": "", "version": fresh(item).version})
    assert StatuteItem.objects.get(pk=item.pk).power is None


@pytest.fixture
def ended(district_, home, other):
    """Two aimaks with transfers that merged: what became of each is still to be decided."""
    old = [
        in_force(home),
        in_force(other, of=power("special-needs")),
        in_force(home, of=power("special-needs")),
    ]
    spec, new = merger(district_, [home, other])
    services.apply_change(change=record_change(spec))
    return old, new


def decide(row):
    return at(f"successions/{row.successions.get().pk}/decide/")


def test_a_transfer_is_passed_on_renewed_or_ended(ministry, ended):
    (land, one, two), new = ended
    first = ministry.get(decide(land))
    assert f'value="{new.pk}" selected' in first.content.decode()

    passed = {"outcome": "passed_on", "unit": new.pk, "on": "01.03.2026", "version": 1}
    answer = ministry.post(decide(land), passed)
    assert answer.status_code == 422
    ministry.post(decide(land), {**passed, "order_number": "5"})
    gone_on = Transfer.objects.get(former=land)
    assert (gone_on.unit, gone_on.status) == (new, "in_force")

    act = LegalActFactory(adopted_on=dt.date(2025, 1, 1))
    over = {"outcome": "ended", "on": "01.03.2026", "act": act.pk, "version": 1}
    assert ministry.post(decide(one), over).status_code == 422
    ministry.post(decide(one), {**over, "reason": "Эч ким албайт"})
    assert one.successions.get().outcome == Succession.Outcome.ENDED

    agreed = ministry.post(of(new, "transfers/new/"), sent(power=two.power_id, former=two.pk))
    again = Transfer.objects.get(former=two)
    assert agreed["Location"] == of(again)
    factories.answered(again)
    services.agree(transfer=fresh(again), agreement_number="8", signed_on=TODAY)
    renewed = {"outcome": "renewed", "new_transfer": again.pk, "on": "02.03.2026", "order_number": "6"}
    ministry.post(decide(two), {**renewed, "version": 1})
    assert two.successions.get().new_transfer == again
    assert ministry.get(at()).status_code == 200


def test_only_the_ministry_decides_on_a_succession(staff, neighbour, ended):
    (land, *_others), _new = ended
    for client in (staff, neighbour):
        assert client.get(decide(land)).status_code == 403


def test_the_ministrys_desk_shows_what_waits(ministry, home, ended):
    (land, *_others), new = ended
    waits = draft(new, of=power("local-tax-collection"))
    asked = services.file_request(
        unit=new, act=LegalActFactory(adopted_on=dt.date(2020, 1, 1)), ground="unlawful", justification="Негиз",
        filed_on=TODAY, due_on=TODAY,
    )  # fmt: skip
    open_ = factories.dispute(new, opened_on=dt.date(2026, 1, 5))

    page = ministry.get(at()).content.decode()

    assert decide(land) in page
    assert of(waits) in page
    assert of(open_) in page
    assert at(f"requests/{asked.pk}/decide/") in page
    assert "principles: 9" in page


def test_the_desks_make_few_queries(ministry, staff, home, django_assert_max_num_queries):
    in_force(home)
    draft(home, of=power("special-needs"))
    for client, where in ((ministry, at()), (staff, of(home)), (staff, of(Transfer.objects.first()))):
        client.get(where)
        with django_assert_max_num_queries(18):
            assert client.get(where).status_code == 200
