"""Answers kept by their tag."""

import pytest

from lsg_portal.rest.kept import Kept


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_made_once_for_each_tag():
    kept, made = Kept(100), []

    def make():
        made.append(1)
        return b"answer"

    assert [kept.get('"a"', make), kept.get('"a"', make), kept.get('"b"', make)] == [b"answer"] * 3
    assert len(made) == 2


@pytest.mark.django_db(transaction=True)
def test_the_answer_not_asked_for_longest_makes_room():
    kept = Kept(10)
    for tag in "abac":
        kept.get(tag, lambda: b"12345")

    assert kept.get("a", lambda: b"new") == b"12345"
    assert kept.get("b", lambda: b"new") == b"new"


@pytest.mark.django_db
def test_nothing_is_kept_inside_a_transaction():
    kept = Kept(100)
    kept.get("a", lambda: b"uncommitted")

    assert kept.get("a", lambda: b"later") == b"later"
