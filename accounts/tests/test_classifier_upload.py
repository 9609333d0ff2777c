"""The ministry imports a classifier in the browser and over REST: tried first, then applied, all rows or none."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.core.cache.backends.dummy import DummyCache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from knox.models import get_token_model

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from lsg_portal.data.tests import workbooks
from lsg_portal.data.uploads import keeping
from lsg_portal.web.tests.browser import axe_findings
from registry.models import Settlement, Unit, UnitCode, UnitVersion
from registry.tests.factories import oblast
from registry.tests.rest import problem

pytestmark = pytest.mark.django_db
PAGE = "/en/registry/classifier/"
API = "/api/v1/classifier-imports/"
DAY = "2021-04-01"
HEADING = ["code", "name_ru", "name_ky", "type", "parent_code"]
OBLAST = ["41704000000000", "Нарынская область", "Нарын", "oblast", None]
DISTRICT = ["41704210000000", "Ак-Талинский район", "Ак-Талаа", "district", "41704000000000"]
AIMAK = ["41704210805000", "Ак-Талский айылный аймак", None, "ayil_aimak", "41704210000000"]
VILLAGE = ["41704210805010", "Ак-Тал", "Ак-Тал", "village", "41704210805000"]
ROWS = [HEADING, OBLAST, DISTRICT, AIMAK, VILLAGE]
BAD = ["4170", "Район", None, "district", "41704000000000"]


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def user_with(*roles):
    user = UserFactory(password=None)
    for role in roles:
        RoleFactory(user=user, role=role)
    return user


def browser(user, **more):
    client = Client(**more)
    client.force_login(user)
    return client


def rest(user):
    token = get_token_model().objects.create(user)[1]
    return Client(headers={"Authorization": f"Token {token}", "Accept-Language": "en"})


@pytest.fixture
def user():
    return user_with(RoleKind.REFORM_TEAM)


@pytest.fixture
def page(user):
    return browser(user)


@pytest.fixture
def api(user):
    return rest(user)


def file(rows=ROWS, name="classifier.xlsx"):
    data = rows if isinstance(rows, bytes) else workbooks.workbook(rows)
    return SimpleUploadedFile(name, data)


def send(client, rows=ROWS, name="classifier.xlsx", **more):
    return client.post(PAGE, {"file": file(rows, name), "valid_from": "01.04.2021"}, **more)


def post(client, rows=ROWS, name="classifier.xlsx", headers=None, **fields):
    return client.post(API, {"file": file(rows, name), "valid_from": DAY, **fields}, headers=headers)


def apply(client, answer, **fields):
    """Press the button of the report to which an upload led."""
    report = client.get(answer["Location"])
    digest = re.search(rf'name="digest" value="({"[0-9a-f]" * 64})"', report.content.decode())[1]
    return client.post(answer["Location"], {"digest": digest, **fields})


def everything():
    return Unit.objects.count(), UnitCode.objects.count(), Settlement.objects.count()


# --- pages -------------------------------------------------------------------------------------------------


def test_a_file_is_tried_and_nothing_is_written(page):
    answer = send(page)

    assert answer.status_code == 302
    report = page.get(answer["Location"])
    assert report.status_code == 200
    assert report.context["report"].new == 4
    assert report.context["report"].matched == 0
    assert everything() == (0, 0, 0)


def test_the_button_applies_exactly_the_file_that_was_tried(page):
    answer = apply(page, send(page))

    assert answer.status_code == 302
    assert answer["Location"] == PAGE
    assert everything() == (3, 3, 1)
    assert "was applied: 8 records written" in page.get(PAGE).content.decode()
    assert set(UnitVersion.objects.values_list("source", flat=True)) == {"classifier_file:classifier.xlsx"}


def test_the_same_file_twice_has_nothing_left_to_write(page):
    apply(page, send(page))

    report = page.get(send(page)["Location"])

    assert report.context["report"].matched == 4
    assert "There is nothing to write" in report.content.decode()


def test_csv_is_taken_as_well(page):
    apply(page, send(page, workbooks.csv_text(ROWS, ";").encode("utf-16"), "classifier.csv"))

    assert everything() == (3, 3, 1)


def test_refused_rows_are_shown_and_stop_the_writing_until_they_are_left_out(page):
    formula = ["<c><f>1</f></c>", "Область", None, "oblast", None]
    answer = send(page, [*ROWS, BAD, formula])
    shown = page.get(answer["Location"]).content.decode()

    assert "is not a code of 14 digits" in shown
    assert "The cell holds a formula" in shown
    refused = apply(page, answer)
    assert refused.status_code == 422
    assert everything() == (0, 0, 0)
    assert apply(page, answer, skip_refused="on").status_code == 302
    assert everything() == (3, 3, 1)


def test_what_differs_is_shown_and_left_alone(page):
    land = oblast("Нарын", name_ru="Нарынская область")
    apply(page, send(page))

    report = page.get(send(page, [HEADING, [*OBLAST[:1], "Другая область", *OBLAST[2:]]])["Location"])

    assert "The register says «Нарынская область», the file «Другая область»." in report.content.decode()
    assert UnitVersion.objects.get(unit=land).name_ru == "Нарынская область"


def test_the_report_speaks_the_language_it_is_read_in(page):
    address = send(page, [*ROWS, BAD])["Location"]

    for language in ("en", "ky", "ru"):
        answer = page.get(address.replace("/en/", f"/{language}/"))
        assert answer.status_code == 200
        assert answer.context["report"].refused[0].values == {"code": "4170"}


def test_a_table_of_the_report_is_a_file_too(page):
    answer = page.get(send(page, [*ROWS, BAD])["Location"], {"format": "json", "table": "refused"})

    assert [row["row"] for row in answer.json()["rows"]] == ["6"]


def test_another_user_finds_nothing_under_the_token(page):
    address = send(page)["Location"]
    other = browser(user_with(RoleKind.REFORM_TEAM))

    assert other.get(address).status_code == 404
    assert other.post(address, {"digest": "0" * 64}).status_code == 404
    assert page.get(f"{PAGE}unknown/").status_code == 404
    assert everything() == (0, 0, 0)


def test_a_kept_file_is_gone_once_it_was_applied_or_another_was_sent(page):
    first = send(page)
    second = send(page)

    assert page.get(first["Location"]).status_code == 404
    apply(page, second)
    assert page.post(second["Location"], {"digest": "0" * 64}).status_code == 404


def test_a_file_that_was_changed_where_it_is_kept_is_not_applied(page, user):
    address = send(page)["Location"]
    key = keeping._key("classifier", user.pk)
    kept = cache.get(key)
    cache.set(key, kept | {"data": kept["data"] + b"x"}, 60)

    assert page.get(address).status_code == 404


def test_a_page_that_shows_another_file_applies_nothing(page):
    assert page.post(send(page)["Location"], {"digest": "0" * 64}).status_code == 409
    assert everything() == (0, 0, 0)


def test_a_file_is_kept_for_an_hour(page, user):
    send(page)

    key = cache.make_key(keeping._key("classifier", user.pk))
    assert 3500 < cache._cache.get_client(key).ttl(key) <= 3600


def test_while_nothing_can_be_kept_the_page_says_so(page, monkeypatch):
    monkeypatch.setattr(keeping, "cache", DummyCache("", {}))

    answer = send(page)

    assert answer.status_code == 503
    assert "cannot be kept just now" in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"file": ""}, "Choose a file"),
        ({"file": "text"}, "Choose a file"),
        ({"valid_from": "32.13.2021"}, "There is no such day"),
        ({"valid_from": "01.01.2999"}, "1900-01-01"),
    ],
)
def test_a_form_that_is_not_complete_is_shown_again(page, changed, says):
    answer = page.post(PAGE, {"file": file(), "valid_from": DAY, **changed})

    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_the_form_is_protected_like_any_other(user):
    client = browser(user, enforce_csrf_checks=True)

    assert send(client).status_code == 403
    shown = client.get(PAGE).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)[1]
    form = {"csrfmiddlewaretoken": token, "file": file(), "valid_from": DAY}
    assert client.post(PAGE, form).status_code == 302


COUNTED = [
    "lsg_portal.data.uploads.receiving.CountingHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


@pytest.mark.parametrize("counted", [True, False])
def test_a_file_past_the_size_is_refused(counted, page, settings):
    if counted:
        settings.FILE_UPLOAD_HANDLERS = COUNTED

    answer = send(page, workbooks.noise(11 * workbooks.MEGABYTE))

    assert answer.status_code == 413
    assert "larger than 10 MB" in answer.content.decode()


def test_a_file_past_the_size_never_lies_on_the_disk(page, settings, tmp_path, monkeypatch):
    settings.FILE_UPLOAD_HANDLERS = COUNTED
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    written = []
    real = TemporaryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        TemporaryFileUploadHandler,
        "receive_data_chunk",
        lambda self, raw, start: written.append(len(raw)) or real(self, raw, start),
    )

    assert send(page, workbooks.noise(30 * workbooks.MEGABYTE)).status_code == 413

    assert 0 < sum(written) <= 10 * workbooks.MEGABYTE
    assert not list(tmp_path.iterdir())


WHO = [
    (RoleKind.REFORM_TEAM, 200),
    (RoleKind.ADMINISTRATOR, 200),
    (RoleKind.APPROVER, 403),
    (RoleKind.ANALYST, 403),
    (RoleKind.AUDITOR, 403),
    (None, 403),
]


@pytest.mark.parametrize(("role", "status"), WHO)
def test_who_may_import(role, status):
    user = user_with(*([role] if role else []))

    assert browser(user).get(PAGE).status_code == status
    assert send(browser(user)).status_code == (302 if status == 200 else 403)
    assert browser(user).get(f"{PAGE}token/").status_code == (404 if status == 200 else 403)
    assert post(rest(user)).status_code == status
    assert everything() == (0, 0, 0)


def test_a_visitor_is_sent_to_sign_in_or_refused():
    assert "login" in Client().get(PAGE)["Location"]
    assert "login" in send(Client())["Location"]
    problem(post(Client()), 401)


# --- REST --------------------------------------------------------------------------------------------------


def test_a_dry_run_over_rest_tells_what_would_be_done(api):
    answer = post(api, [*ROWS, BAD])

    assert answer.status_code == 200, answer.content
    said = answer.json()
    assert said["committed"] is False
    assert (said["rows"], said["new"], said["matched"], said["codes_added"]) == (5, 4, 0, 4)
    assert said["refused"] == {
        "count": 1,
        "rows": [
            {
                "row": 6,
                "column": "A",
                "field": "code",
                "code": "not_a_code",
                "detail": "«4170» is not a code of 14 digits.",
            }
        ],
    }
    assert everything() == (0, 0, 0)


def test_commit_writes_and_a_second_time_finds_nothing_to_write(api):
    first = post(api, commit="true").json()
    second = post(api, commit="true").json()

    assert (first["committed"], first["new"], first["codes_added"]) == (True, 4, 4)
    assert (second["new"], second["matched"], second["codes_added"]) == (0, 4, 0)
    assert everything() == (3, 3, 1)


def test_refused_rows_stop_a_commit_and_are_named_by_pointer(api):
    formula = ["<c><f>1</f></c>", "Область", None, "oblast", None]
    document = problem(post(api, [*ROWS, BAD, formula], commit="true"), 422, "/rows/6/code")

    assert [fault["pointer"] for fault in document["errors"]] == ["/rows/6/code", "/rows/7/code"]
    assert document["code"] == "rows_refused"
    assert everything() == (0, 0, 0)
    assert post(api, [*ROWS, BAD, formula], commit="true", skip_refused="true").status_code == 200
    assert everything() == (3, 3, 1)


def test_a_thousand_faults_are_told(api):
    document = problem(post(api, [*ROWS, *[BAD] * 1500], commit="true"), 422)

    assert len(document["errors"]) == 1000


def test_a_missing_column_is_named(api):
    problem(post(api, [["code", "name_ru"], ["1", "а"]]), 422, "/columns/parent_code")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"valid_from": "1.4.2021"}, "/valid_from"),
        ({"valid_from": "0000-01-01"}, "/valid_from"),
        ({"valid_from": "99999-01-01"}, "/valid_from"),
        ({"valid_from": "٢٠٢١-٠٤-٠١"}, "/valid_from"),
        ({"valid_from": "2999-01-01"}, "/valid_from"),
        ({"valid_from": ""}, "/valid_from"),
        ({"valid_from": ["2021-04-01", "2022-04-01"]}, "/valid_from"),
        ({"commit": "perhaps"}, "/commit"),
        ({"commit": "\0"}, ""),
        ({"more": "1"}, "/more"),
        ({"file": "text"}, "/file"),
        ({"valid_from": SimpleUploadedFile("a.csv", b"a")}, "/valid_from"),
    ],
)
def test_a_form_of_another_shape_is_malformed(api, fields, pointer):
    form = {"file": file(), "valid_from": DAY, **fields}

    problem(api.post(API, form), 400, pointer)


def test_without_a_file_the_form_is_malformed(api):
    problem(api.post(API, {"valid_from": DAY}), 400, "/file")


def test_only_forms_are_taken(api):
    problem(api.post(API, {"valid_from": DAY}, content_type="application/json"), 415)
    problem(api.post(API, b"a", content_type="multipart/form-data"), 400)
    problem(api.post(API, b"a", content_type="multipart/form-data; boundary=x"), 400)
    assert api.get(API).status_code == 405


def test_a_file_past_the_size_is_413(api):
    problem(post(api, workbooks.noise(11 * workbooks.MEGABYTE)), 413)


def test_a_repeat_under_its_key_gets_the_first_answer(api):
    key = {"Idempotency-Key": "import-1"}
    first = post(api, commit="true", headers=key)
    again = post(api, commit="true", headers=key)

    assert again["Idempotency-Replayed"] == "true"
    assert again.content == first.content
    assert first.json()["new"] == 4
    other = post(api, ROWS[:3], commit="true", headers=key)
    assert problem(other, 422)["code"] == "idempotency_key_reused"


def test_a_session_needs_its_token_over_rest(user):
    assert post(browser(user, enforce_csrf_checks=True)).status_code == 403


def test_the_schema_describes_the_form(client):
    paths = client.get("/api/v1/schema/", {"format": "json"}).json()
    operation = paths["paths"]["/api/v1/classifier-imports/"]["post"]

    assert list(operation["requestBody"]["content"]) == ["multipart/form-data"]
    assert {"200", "400", "401", "403", "413", "415", "422"} <= set(operation["responses"])
    name = operation["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"].rsplit("/", 1)[1]
    body = paths["components"]["schemas"][name]
    assert body["properties"]["file"]["format"] == "binary"
    assert set(body["required"]) == {"file", "valid_from"}


# --- files that are not what they seem ---------------------------------------------------------------------

HOSTILE = {
    "far cell": (workbooks.far_cell, "xlsx", 413),
    "bomb": (lambda rows: workbooks.bomb(), "xlsx", 413),
    "billion laughs": (workbooks.laughs, "xlsx", 400),
    "external entity": (workbooks.external_entity, "xlsx", 400),
    "macros": (workbooks.with_macros, "xlsx", 415),
    "truncated": (workbooks.truncated, "xlsx", 400),
    "cp1251": (lambda rows: workbooks.csv_text(rows).encode("cp1251"), "csv", 415),
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("way", ["page", "api"])
def test_a_hostile_file_is_refused_in_time_and_the_next_one_is_taken(way, case, request, page, api):
    make, ending, status = HOSTILE[case]
    data = make([row for row in ROWS if row is not DISTRICT] if ending == "csv" else ROWS)
    if ending == "csv":
        data = workbooks.csv_text([HEADING, [OBLAST[0], OBLAST[1], None, *OBLAST[3:]]]).encode("cp1251")

    with workbooks.watched() as seen:
        answer = (send if way == "page" else post)(page if way == "page" else api, data, f"file.{ending}")

    measured = f"{answer.status_code}, {seen.seconds:.2f} s, {seen.own:.0f} MB here, {seen.child:.0f} MB in the child"
    request.node.user_properties.append((f"{way}, {case}", measured))
    assert answer.status_code == status
    assert seen.seconds < 5
    assert seen.children >= 1
    assert seen.own < 256
    assert seen.child < 512
    assert not seen.left
    assert everything() == (0, 0, 0)
    assert apply(page, send(page)).status_code == 302
    assert everything() == (3, 3, 1)


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_dimension_that_lies_loses_no_row(way, page, api):
    villages = [
        [str(41704210805100 + number), f"Айыл {number}", None, "village", AIMAK[0]] for number in range(500)
    ]
    data = workbooks.lying_dimension([*ROWS, *villages])

    with workbooks.watched() as seen:
        if way == "page":
            apply(page, send(page, data))
        else:
            assert post(api, data, commit="true").json()["rows"] == 504

    assert Settlement.objects.count() == 501
    assert seen.seconds < 10
    assert seen.own < 256
    assert seen.child < 512


@pytest.mark.slow
def test_the_whole_classifier_is_tried_at_once(reference, page):
    data = (reference / "units.csv").read_bytes()

    with workbooks.watched() as seen:
        answer = send(page, data, "units.csv")

    assert answer.status_code == 302
    report = page.get(answer["Location"]).context["report"]
    assert (report.rows, report.refused_rows) == (2438, 1)
    assert report.valid_from == dt.date(2021, 4, 1)
    assert seen.seconds < 30  # the statement timeout


# --- in the browser ----------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_work_in_a_browser(width, open_page, live_server, user, page):
    window = open_page("/ky/registry/classifier/", width)
    cookie = {"name": "sessionid", "value": page.cookies["sessionid"].value, "url": live_server.url}
    window.context.add_cookies([cookie])
    window.goto(f"{live_server.url}/ky/registry/classifier/")
    assert window.get_attribute("form[data-upload]", "enctype") == "multipart/form-data"
    assert (window.evaluate("document.documentElement.scrollWidth")) <= width
    assert axe_findings(window) == []

    window.set_input_files(
        "input[type=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": b"\xea\xee\xe4;name\n"}
    )
    window.fill("input[name=valid_from]", "01.04.2021")
    window.click("form[data-upload] button[type=submit]")
    window.wait_for_selector(".error-summary")

    data = workbooks.workbook([*ROWS, BAD])
    window.set_input_files(
        "input[type=file]", {"name": "Классификатор 2021.xlsx", "mimeType": "", "buffer": data}
    )
    window.fill("input[name=valid_from]", "01.04.2021")
    window.click("form[data-upload] button[type=submit]")
    window.wait_for_selector("input[name=digest]", state="attached")
    assert (window.evaluate("document.documentElement.scrollWidth")) <= width
    assert axe_findings(window) == []

    window.check("input[name=skip_refused]")
    window.click("form[data-upload] button[type=submit]")
    window.wait_for_selector(".messages")
    assert everything() == (3, 3, 1)
    assert [fault for fault in window.faults if "413" not in fault and "415" not in fault] == []
