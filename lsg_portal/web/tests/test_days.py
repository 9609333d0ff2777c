import datetime as dt

import pytest

from lsg_portal.web import days


def test_a_day_is_read_as_it_is_written():
    assert days.parse_day("2024-09-06") == dt.date(2024, 9, 6)


@pytest.mark.parametrize("text", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_are_known(text):
    assert days.parse_day(text).isoformat() == text


@pytest.mark.parametrize(
    "text",
    ["1899-12-31", "2200-01-01", "0000-01-01", "99999-01-01", "2024-02-30", "2024-2-3", "20240903", "2024-W01-1",
     "06.09.2024", "tomorrow", "٢٠٢٤-٠٩-٠٦", "2024-09-06\n", " 2024-09-06", "2024-09-06T00:00", "-024-09-06"],
)  # fmt: skip
def test_what_is_no_day_of_the_register_is_refused(text):
    with pytest.raises(days.InvalidDay):
        days.parse_day(text)


def test_people_read_the_last_day_of_a_half_open_range():
    assert days.last_day(dt.date(2023, 5, 1)) == dt.date(2023, 4, 30)
    assert days.last_day(None) is None
