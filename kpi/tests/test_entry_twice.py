"""Values that are sent twice, half, or by somebody else; and what REST says of one value."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from accounts.models import RoleKind
from kpi import entering, services
from kpi.tests import factories as make
from kpi.tests.clerk import *  # noqa: F403  (fixtures)
from kpi.tests.clerk import JSON, at, former, signed_in, tell

pytestmark = pytest.mark.django_db
API = "/api/v1/kpi/"


def test_the_same_figure_sent_twice_at_once_is_no_conflict(staff, report, monkeypatch):
    value = make.value(report, "jobs")
    assert tell(staff, value, number="12").status_code == 200
    read, calls = entering.stands, []

    def stands(*given):
        """The first look came before the other's figure was written."""
        calls.append(given)
        return len(calls) > 1 and read(*given)

    monkeypatch.setattr(entering, "stands", stands)
    again = tell(staff, value, number="12")

    assert (again.status_code, again.json()["outcome"], again.json()["version"]) == (200, "saved", 2)
    calls.clear()
    other = tell(staff, value, number="13")
    assert (other.status_code, other.json()["outcome"]) == (409, "conflict")


def test_half_a_ratio_says_what_is_missing_and_a_whole_one_does_not(staff, report):
    half = tell(staff, make.value(report, "budget_saved"), numerator="3", denominator="")
    whole = tell(staff, make.value(report, "budget_saved"), numerator="3", denominator="120")

    words = "complete once both its parts"
    assert (half.json()["outcome"], words in half.json()["said"]) == ("saved", True)
    assert words not in whole.json()["said"]


def test_nothing_is_said_of_the_stored_figure_beside_one_that_was_refused(staff, home, report):
    services.enter_value(value=make.value(report, "satisfaction"), at=make.Q3_ENTRY, number=Decimal(1))
    former(home[0], satisfaction=90)
    shown = staff.get(at(make.value(report, "satisfaction")), headers={"Accept": JSON}).json()
    refused = tell(staff, make.value(report, "satisfaction"), number="101").json()

    assert "entry-warning" in shown["said"]
    assert refused["outcome"] == "refused"
    assert "entry-warning" not in refused["said"]


def test_what_another_person_typed_is_taken_from_nobody_elses_session(staff, home, report):
    value, other = make.value(report, "jobs"), signed_in(RoleKind.STAFF, home[0])
    code = value.indicator.code
    data = {f"{code}-number": "12", f"{code}-status": "normal", f"{code}-version": value.version}

    answer = other.post(at(value), data | {"typed_by": staff.user.pk}, headers={"Accept": JSON})

    assert (answer.status_code, answer.json()) == (401, {"outcome": "away"})
    assert make.value(report, "jobs").number is None
    own = staff.post(at(value), data | {"typed_by": staff.user.pk}, headers={"Accept": JSON})
    assert own.json()["outcome"] == "saved"


def api(client):
    found = APIClient()
    found.force_authenticate(client.user)
    return found


def test_one_value_over_rest_has_the_figure_that_counts(staff, home):
    report = make.published(home[0], jobs=60)
    value = make.value(report, "budget_execution")
    address = f"{API}values/{value.pk}/"
    listed = {
        row["id"]: row
        for row in api(staff).get(f"{API}reports/{report.pk}/values/", {"page_size": 50}).json()["results"]
    }

    first = api(staff).get(address).json()
    assert (first["figure"], first["corrected"]) == (listed[str(value.pk)]["figure"], False)
    services.record_finding(
        value=value, verdict="corrected", numerator=Decimal(1), denominator=Decimal(3), found_on=make.TODAY,
        note="Акт", by=None, today=make.TODAY,
    )  # fmt: skip
    then = api(staff).get(address).json()
    assert then["corrected"]
    assert then["figure"].startswith("33.3333")
    assert len(then["figure"]) < 30
    assert then["numerator"] == "190"


@pytest.mark.parametrize("body", ["null", "[]", '"x"'])
@pytest.mark.parametrize(
    ("language", "words"),
    [("ky", "талаалары бар объект күтүлөт"), ("ru", "ожидается объект с полями")],
)
def test_a_body_that_is_no_object_is_told_so(staff, report, body, language, words):
    value = make.value(report, "jobs")
    client = api(staff)
    tag = client.get(f"{API}values/{value.pk}/", {"lang": language})["ETag"]
    answer = client.patch(
        f"{API}values/{value.pk}/?lang={language}", body, content_type=JSON, headers={"If-Match": tag}
    )

    assert answer.status_code == 400, answer.content
    assert words in answer.content.decode()


def test_a_finding_is_delivered_once_its_report_is_published(staff, home):
    report = make.approved(home[0], jobs=60)
    finding = services.record_finding(
        value=make.value(report, "jobs"), verdict="confirmed", found_on=make.TODAY, note="Акт", by=None,
        today=make.TODAY,
    )  # fmt: skip
    visitor, since = APIClient(), "2100-01-01T00:00:00Z"
    assert visitor.get(f"{API}findings/").json()["results"] == []

    services.publish(report=report, by=None, at=make.dt.datetime(2100, 1, 2, tzinfo=make.dt.UTC))

    found = visitor.get(f"{API}findings/", {"updated_since": since}).json()["results"]
    assert [row["id"] for row in found] == [str(finding.pk)]


def test_a_table_of_a_series_has_a_name(home):
    make.published(home[0])
    answer = APIClient().get(
        f"{API}series/", {"unit": home[0].pk, "indicator": "jobs", "format": "csv", "at": "2023-01-01"}
    )

    assert answer["Content-Disposition"] == 'attachment; filename="series-2023-01-01.csv"'


def test_a_figure_and_none_are_refused_by_rest_too_and_nothing_is_dropped(staff, report):
    value = make.value(report, "jobs")
    services.enter_value(value=value, at=make.Q3_ENTRY, number=Decimal(3))
    client = api(staff)
    address = f"{API}values/{value.pk}/"
    tag = {"If-Match": client.get(address)["ETag"]}

    both = client.patch(
        address, {"number": "24", "status": "missing", "note": "Жок"}, format="json", headers=tag
    )
    assert (both.status_code, both.json()["errors"][0]["code"]) == (422, "figure_and_none")
    assert make.value(report, "jobs").number == 3
    none = client.patch(address, {"status": "missing", "note": "Жок"}, format="json", headers=tag)
    assert (none.status_code, none.json()["number"]) == (200, None)
