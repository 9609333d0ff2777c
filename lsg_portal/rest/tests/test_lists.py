"""Lists: pages, counts, cursors, trimming, versions."""

from __future__ import annotations

import pytest
from django.db import connection

from lsg_portal.rest import paging

pytestmark = pytest.mark.django_db
THINGS = "/api/v1/things/"


def touch(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT lsg_touch(%s)", [key])


def numbers(answer):
    return [row["number"] for row in answer["results"]]


def test_a_page_holds_its_rows_the_count_and_both_neighbours(visitor):
    answer = visitor.get(THINGS + "?page_size=3&page=2&at=2023-05-01").json()

    assert answer["at"] == "2023-05-01"
    assert answer["count"] == 7
    assert answer["has_more"] is True
    assert numbers(answer) == [4, 5, 6]
    assert answer["next"].endswith("page_size=3&at=2023-05-01&page=3")
    assert answer["previous"].endswith("page=1")


def test_links_are_in_the_header_too(visitor):
    header = visitor.get(THINGS + "?page_size=3&page=2")["Link"]

    assert '; rel="next"' in header
    assert '; rel="prev"' in header
    assert "Link" not in visitor.get(THINGS).headers


def test_a_row_has_the_shape_its_columns_declare(visitor):
    row = visitor.get(THINGS + "?at=2023-05-01").json()["results"][2]

    assert row == {
        "id": "eccbc87e-4b5c-e2fe-2830-8fd9f2a7baf3",
        "kind": "odd",
        "name": {"ky": "аты 3", "ru": "аты 3"},
        "number": 3,
        "parent": {"id": "c4ca4238-a0b9-2382-0dcc-509a6f75849b", "name": "ата 1"},
        "since": "2020-01-04",
        "money": "4.50",
        "large": False,
        "changed": "2026-01-01T03:00:00.000000Z",
        "codes": [3],
        "at": "2023-05-01",
    }


def test_an_object_without_its_anchor_is_null(visitor):
    assert visitor.get(THINGS).json()["results"][0]["parent"] is None


def test_a_page_is_one_query(visitor, django_assert_num_queries):
    with django_assert_num_queries(1):
        visitor.get(THINGS + "?page_size=3&kind=even")


def test_an_unchanged_list_is_304_in_one_query(visitor, django_assert_num_queries):
    touch("sample")
    tag = visitor.get(THINGS)["ETag"]

    with django_assert_num_queries(1):
        response = visitor.get(THINGS, headers={"If-None-Match": f'"old", W/{tag}'})

    assert response.status_code == 304
    assert response["ETag"] == tag
    assert response.content == b""


def test_the_tag_follows_data_parameters_language_format_and_day(visitor):
    touch("sample")
    addresses = ["", "?page=1&page_size=3", "?lang=ru", "?at=2023-01-01", "?kind=even", "?fields=id"]
    tags = {visitor.get(THINGS + address)["ETag"] for address in addresses}
    assert len(tags) == len(addresses)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE rest_dataversion SET version = version + 1 WHERE app = 'sample'")

    assert visitor.get(THINGS)["ETag"] not in tags


def test_fields_trim_in_declared_order(visitor):
    answer = visitor.get(THINGS + "?fields=name,id&page_size=1").json()

    assert list(answer["results"][0]) == ["id", "name"]
    assert visitor.get(THINGS + "?fields=secret").status_code == 400


def test_ordering_is_a_closed_list_and_reverses(visitor):
    assert numbers(visitor.get(THINGS + "?ordering=-number").json()) == [7, 6, 5, 4, 3, 2, 1]
    assert numbers(visitor.get(THINGS + "?ordering=kind,-number").json()) == [6, 4, 2, 7, 5, 3, 1]
    assert visitor.get(THINGS + "?ordering=id").status_code == 400


def test_every_ordering_ends_in_the_unique_key():
    key, unique = paging.Key("a"), paging.Key("id", "uuid")

    assert paging.order_by(paging.terms(("-a",), {"a": key}, unique)) == "a DESC, id DESC"
    assert paging.order_by(paging.terms((), {"a": key}, unique)) == "id"


@pytest.mark.parametrize("ordering", ["number", "-number", "kind,-number", "-kind,number", "name"])
def test_a_cursor_reads_every_row_once(ordering, visitor):
    seen, url = [], f"{THINGS}?cursor=&page_size=4&rows=23&ordering={ordering}"
    while url:
        answer = visitor.get(url).json()
        assert answer["count"] is None
        seen += numbers(answer)
        url = answer["next"]

    assert seen == numbers(visitor.get(f"{THINGS}?page_size=500&rows=23&ordering={ordering}").json())
    assert len(seen) == 23


def test_a_cursor_of_another_ordering_is_refused(visitor):
    url = visitor.get(THINGS + "?cursor=&page_size=2&ordering=number").json()["next"]

    assert visitor.get(url.replace("ordering=number", "ordering=-number")).status_code == 400


@pytest.mark.parametrize(
    "cursor", ["x", "!!!", "WzFd", "bnVsbA", "eyJhIjoxfQ", "ө", "A" * 2001, "WyI1MmJiZDRmOSIsInEiLCJxIl0"]
)
def test_a_broken_cursor_is_malformed(cursor, visitor):
    assert visitor.get(THINGS, {"cursor": cursor}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=1000001",
        "page=x",
        "page_size=0",
        "page_size=501",
        "page=1&cursor=",
        "page=%2B1",
    ],
)
def test_pages_beyond_reason_are_malformed(query, visitor):
    assert visitor.get(f"{THINGS}?{query}").status_code == 400


def test_a_page_behind_the_last_is_not_found(visitor):
    assert visitor.get(THINGS + "?page=2").status_code == 404
    assert visitor.get(THINGS + "?page=1000000").status_code == 404


def test_an_empty_list_is_a_list(visitor):
    answer = visitor.get(THINGS + "?rows=0")

    assert answer.json()["count"] == 0
    assert answer.json()["results"] == []
    assert visitor.get(THINGS + "?rows=0", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert visitor.get(THINGS + "?rows=0&cursor=").json()["results"] == []


@pytest.mark.parametrize(("rows", "count"), [(10_000, 10_000), (10_001, None)])
def test_long_lists_are_not_counted(rows, count, visitor):
    answer = visitor.get(f"{THINGS}?rows={rows}&page_size=1&fields=id").json()

    assert answer["count"] == count
    assert answer["has_more"] is True


def test_updated_since_orders_by_change(visitor):
    answer = visitor.get(THINGS + "?updated_since=2026-01-01T05:00:00Z").json()

    assert numbers(answer) == [5, 6, 7]


def test_head_has_the_length_and_no_body(visitor):
    response = visitor.head(THINGS)

    assert response.content == b""
    assert int(response["Content-Length"]) > 100


def test_a_user_gets_the_same_rows_privately(api, visitor):
    answer = api.get(THINGS + "?lang=en")

    assert answer["Cache-Control"] == "private, no-cache"
    assert answer.json()["results"] == visitor.get(THINGS + "?lang=en").json()["results"]


def test_a_bad_token_is_401_even_on_public_data(visitor):
    for token in ("nonsense", "\xff", "a" * 3000, "a b"):
        assert visitor.get(THINGS, headers={"Authorization": f"Token {token}"}).status_code == 401
