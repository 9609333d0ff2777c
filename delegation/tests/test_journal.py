"""What the journal tells of delegated powers and to whom, and what is kept in the administration pages."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from audit import history, wording
from audit.tests.reading import chain
from audit.visibility import SUBJECTS, Reader, names_of
from delegation import services
from delegation.errors import RULES
from delegation.models import Field, Overlap, PowerItem, StateBody, StatePower, StatuteItem
from delegation.tests.country import NEEDS, country
from delegation.tests.factories import agreed, draft, named, power, provided
from lsg_portal.data import actor

pytestmark = pytest.mark.django_db
HIDDEN = "ЖАШЫРЫН"
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture(autouse=True)
def _in_english(settings):
    """Without a second factor; words in the language of the sources."""
    settings.SECOND_FACTOR_WAIVED = True
    with translation.override("en"):
        yield


@pytest.fixture
def land():
    return country()


def holder(kind, unit=None):
    return RoleFactory(role=kind, unit=unit).user


@pytest.fixture
def readers(land):
    """One of each kind: the municipality's own staff, another's, the district's, the ministry, visitors."""
    return {
        "own": holder(RoleKind.STAFF, land.own),
        "foreign": holder(RoleKind.STAFF, land.far),
        "district": holder(RoleKind.DISTRICT, land.home),
        "analyst": holder(RoleKind.ANALYST),
        "admin": holder(RoleKind.ADMINISTRATOR),
        "visitor": AnonymousUser(),
        "nobody": None,
    }


PUBLIC = {"own", "foreign", "district", "analyst", "admin", "visitor", "nobody"}
DRAFTERS = {"own", "district", "analyst", "admin"}


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
    return {line.table.removeprefix("delegation_") for line in entries}


def test_a_power_tells_of_its_items_its_place_in_the_statute_and_who_else_performs_it(land):
    taxes = power("local-tax-collection")
    services.link_statute_item(item=StatuteItem.objects.get(number=3), power=taxes)
    services.record_overlap(
        power=taxes,
        state_body=StateBody.objects.get(code="agriculture"),
        what=named("Каттоо"),
        on=dt.date(2022, 1, 1),
    )
    services.record_practice(power=taxes, unit=land.far, on=dt.date(2022, 1, 1))
    chain()

    entries, written = lines("state-power", taxes.pk)

    assert tables(entries) == {"statepower", "poweritem", "statuteitem", "overlap", "practice"}
    items = [told for told in written if told.line.table == "delegation_poweritem"]
    assert len(items) == 6
    assert all(told.which for told in written)
    places = {told.which for told in written if told.line.table == "delegation_statuteitem"}
    assert places == {"123 (2021-10-20), 29, 3"}


def test_a_transfer_tells_of_its_answers_means_quarters_and_what_became_of_it(land):
    row = services.pass_on(succession=land.listed[0], to=land.new, on=dt.date(2024, 10, 1), order_number="15")
    chain()

    ended, written = lines("transfer", row.transfer_id, holder(RoleKind.ANALYST))
    continued, _words = lines("transfer", row.new_transfer_id)
    reported, quarters = lines("transfer", land.land.pk)

    assert tables(ended) == {"transfer", "principleanswer", "means", "succession"}
    assert tables(continued) == tables(ended)
    assert {"funding", "performance"} <= tables(reported)
    assert [told.which for told in quarters if told.line.table == "delegation_funding"] == ["2024, 2"]
    answered = {told.which for told in written if told.line.table == "delegation_principleanswer"}
    assert len(answered) == 9
    assert "lawfulness" in answered


def test_a_transfer_given_up_or_in_draft_has_a_history_for_those_who_read_it(land, readers):
    assert seers(readers, "transfer", land.draft.pk) == DRAFTERS
    services.cancel_transfer(transfer=land.draft, reason="Ката")
    assert seers(readers, "transfer", land.draft.pk) == DRAFTERS
    assert seers(readers, "transfer", land.land.pk) == PUBLIC
    never = "00000000-0000-4000-8000-000000000000"
    assert seers(readers, "transfer", never) == set()


def test_work_on_the_draft_stays_with_those_who_read_drafts(land, readers):
    with actor.acting("user:1", request_id="drafted"):
        row = draft(land.own, of=power("education-premises"), reporting={"ky": HIDDEN})
    with actor.acting("user:1", request_id="rewritten"):
        services.redraft_transfer(transfer=row, reporting={"ky": "Квартал сайын"})
    with actor.acting("user:2", request_id="answered"):
        for principle in range(1, 10):
            services.answer_principle(transfer=row, principle=principle, kept=True)
    with actor.acting("user:3", request_id="agreed"):
        services.agree(transfer=row, agreement_number="77", signed_on=dt.date(2024, 1, 9))
    with actor.acting("user:3", request_id="provided"):
        provided(row)
    chain()

    for who, user in readers.items():
        entries, written = lines("transfer", row.pk, user)
        requests = {line.request for line in entries}
        if who in DRAFTERS:
            assert requests == {"drafted", "rewritten", "answered", "agreed", "provided"}, who
            assert HIDDEN in repr(written)
        else:
            assert requests == {"agreed", "provided"}, who
            assert HIDDEN not in repr(written)


def test_a_transfer_that_is_passed_on_is_told_from_its_first_day(land):
    done = services.pass_on(
        succession=land.listed[0], to=land.new, on=dt.date(2024, 10, 1), order_number="15"
    )
    chain()

    entries, _written = lines("transfer", done.new_transfer_id)

    assert [line.operation for line in entries if line.table == "delegation_transfer"] == ["insert"]


def test_a_dispute_tells_of_its_parties_and_hearings_to_everybody(land, readers):
    services.close_dispute(
        dispute=land.dispute, status="settled", on=dt.date(2024, 3, 20), outcome="Каражат бөлүнөт"
    )
    chain()

    assert seers(readers, "dispute", land.dispute.pk) == PUBLIC
    entries, written = lines("dispute", land.dispute.pk)

    assert tables(entries) == {"dispute", "disputeparty", "hearing"}
    closed = next(told for told in written if told.line.operation == "update" and told.which == "1")
    assert "Каражат бөлүнөт" in {change.after for change in written[0].changes} | {
        change.after for change in closed.changes
    }


def test_a_request_for_cancellation_has_a_history(land, readers):
    chain()

    assert seers(readers, "cancellation-request", land.request.pk) == PUBLIC
    _entries, (filed,) = lines("cancellation-request", land.request.pk)
    assert {"lack of means", "9.00"} <= {change.after for change in filed.changes}


def test_a_transfer_is_named_after_its_power_and_municipality(land):
    key = str(land.land.pk)

    names = [name for _day, name in names_of("delegation_transfer", [key])[key]]

    assert len(names) == 1
    assert names[0].startswith("Distribution and use of the State Agricultural Land Fund: ")
    assert "Көк" in names[0]


def test_no_key_is_shown_in_a_history(land):
    for succession in land.listed:
        services.end_for_good(
            succession=succession, on=dt.date(2024, 10, 1), reason="Керек эмес", order_number="16"
        )
    chain()

    for name, key in (
        ("transfer", land.listed[0].transfer_id),
        ("dispute", land.dispute.pk),
        ("state-power", power().pk),
        ("cancellation-request", land.request.pk),
    ):
        written = lines(name, key, holder(RoleKind.ANALYST))[1]
        texts = [told.which for told in written]
        texts += [
            value for told in written for change in told.changes for value in (change.before, change.after)
        ]
        assert not [text for text in texts if KEY.search(text)], name
        assert "not on record any more" not in texts


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_pages_of_histories_open(land, language):
    chain()
    for name, key in (
        ("transfer", land.land.pk),
        ("dispute", land.dispute.pk),
        ("state-power", power().pk),
        ("cancellation-request", land.request.pk),
    ):
        assert Client().get(f"/{language}/history/{name}/{key}/").status_code == 200, name
    assert Client().get(f"/{language}/history/transfer/{land.draft.pk}/").status_code == 404


# --- the administration pages -----------------------------------------------------------------------------------


@pytest.fixture
def keeper():
    client = Client()
    client.force_login(holder(RoleKind.ADMINISTRATOR))
    return client


def submitted(client, record, **changed):
    """Send the form of a record as it is, but for what is changed."""
    address = reverse(f"admin:{record._meta.label_lower.replace('.', '_')}_change", args=[record.pk])
    form = client.get(address).context["adminform"].form
    sent = {}
    for bound in form:
        value = bound.value()
        parts = bound.field.widget.decompress(value) if hasattr(bound.field.widget, "decompress") else None
        if parts is not None:
            sent |= {f"{bound.html_name}_{number}": part or "" for number, part in enumerate(parts)}
        elif value is not False:
            sent[bound.html_name] = "" if value is None else value
    sent |= changed
    return client.post(address, {name: value for name, value in sent.items() if value is not None})


@pytest.mark.parametrize("model", [StateBody, Field, StatePower, PowerItem, StatuteItem, Overlap])
def test_the_catalogue_is_kept_in_the_administration_and_nothing_is_deleted(land, keeper, model):
    record = model.objects.first()
    name = model._meta.label_lower.replace(".", "_")

    assert keeper.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert keeper.get(reverse(f"admin:{name}_add")).status_code == 200
    assert keeper.get(reverse(f"admin:{name}_change", args=[record.pk])).status_code == 200
    assert keeper.post(reverse(f"admin:{name}_delete", args=[record.pk]), {"post": "yes"}).status_code == 403


def test_a_correction_raises_the_version_of_the_power(keeper):
    row = power(NEEDS)

    answer = submitted(keeper, row, status="suspended")

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert (row.status, row.version) == ("suspended", 2)


def test_a_place_in_the_statutes_list_is_given_its_power(keeper):
    item = StatuteItem.objects.get(number=5)

    answer = submitted(keeper, item, power=str(power(NEEDS).pk))

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    item.refresh_from_db()
    assert (item.power, item.version) == (power(NEEDS), 2)


def test_a_field_whose_powers_are_handed_over_stays_transferable(land, keeper):
    field = land.land.power.field

    answer = submitted(keeper, field, transferable=None)

    assert answer.status_code == 302
    field.refresh_from_db()
    assert field.transferable
    shown = keeper.get(answer["Location"]).content.decode()
    assert str(RULES["delegation_transfer_field"]) in shown


def test_a_power_with_an_agreed_transfer_stays_in_a_transferable_field(land, keeper):
    row = agreed(land.town, of=power(NEEDS))

    submitted(keeper, row.power, field=str(Field.objects.get(code="courts").pk))

    kept = StatePower.objects.get(pk=row.power_id)
    assert (kept.field.code, kept.version) == ("social_protection", 1)
