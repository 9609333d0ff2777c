"""Employees' results: in groups of five or more alone, also by subtraction."""

from kpi import results


def test_a_small_group_is_withheld_with_its_smallest_neighbour():
    assert results._hidden({"a": 3, "b": 6, "c": 9}) == {"a", "b"}


def test_enough_small_groups_hide_one_another():
    assert results._hidden({"a": 3, "b": 2, "c": 9}) == {"a", "b"}


def test_groups_of_five_are_shown():
    assert results._hidden({"a": 5, "b": 7}) == set()
