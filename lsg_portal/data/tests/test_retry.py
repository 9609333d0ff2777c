"""Trying a transaction again."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from lsg_portal.data.retry import retrying


class _Database(Exception):
    def __init__(self, state):
        self.pgcode = state


def failing(times, state="40P01"):
    calls = []

    def work():
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError("x") from _Database(state)
        return len(calls)

    return work, calls


@pytest.mark.django_db(transaction=True)
def test_a_deadlock_is_tried_again():
    work, _calls = failing(2)

    assert retrying(work) == 3


@pytest.mark.django_db(transaction=True)
def test_three_deadlocks_are_enough():
    work, calls = failing(3, "40001")

    with pytest.raises(OperationalError):
        retrying(work)
    assert len(calls) == 3


@pytest.mark.django_db(transaction=True)
def test_other_failures_are_not_repeated():
    work, calls = failing(1, "57014")

    with pytest.raises(OperationalError):
        retrying(work)
    assert len(calls) == 1


@pytest.mark.django_db
def test_inside_a_transaction_nothing_can_be_repeated():
    work, calls = failing(1)

    with pytest.raises(OperationalError):
        retrying(work)
    assert len(calls) == 1
