"""Calendars of sessions."""

from __future__ import annotations

import datetime as dt

import pytest

from councils.ical import Event, calendar, escape, fold
from councils.tests.chamber import DAY, country, sitting
from registry.tests.rest import API, VISITOR, ask, refused

NOW = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)


def unfolded(body: bytes) -> list[str]:
    text = body.decode()
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_a_calendar_says_what_rfc_5545_asks_of_it():
    event = Event("1@x", dt.date(2024, 2, 29), "Сессия; «Бюджет», \\ план", "CONFIRMED", NOW, sequence=2)

    lines = unfolded(calendar("Кеңеш", [event]))

    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20240229" in lines
    assert "DTEND;VALUE=DATE:20240301" in lines
    assert "DTSTAMP:20260501T090000Z" in lines
    assert "SEQUENCE:2" in lines
    assert "SUMMARY:Сессия\\; «Бюджет»\\, \\\\ план" in lines


def test_long_lines_are_folded_between_letters():
    folded = fold("SUMMARY:" + "өңү" * 60)

    assert all(len(part.encode()) <= 75 for part in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == "SUMMARY:" + "өңү" * 60 + "\r\n"


def test_what_no_value_may_hold_is_left_out():
    assert escape("бир\r\nэки\x07\x00") == "бир\\nэки"


@pytest.mark.django_db
class TestFeed:
    @pytest.fixture
    def land(self):
        found = country()
        found.session = sitting(found, number=7, place="Мамлекеттик көчө, 1")
        sitting(found, "ak", DAY + dt.timedelta(days=9), status="planned", number=8)
        sitting(found, "far", DAY, number=9)
        return found

    def feed(self, address, **query):
        answer = ask(address, from_="2023-01-01", **query)
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        return unfolded(answer.content)

    def test_one_council(self, land, django_assert_num_queries):
        with django_assert_num_queries(3):
            lines = self.feed(f"councils/{land.councils['kara'].pk}/sessions.ics", lang="ky")

        assert lines.count("BEGIN:VEVENT") == 1
        assert f"UID:{land.session.pk}@sessions.lsg" in lines
        assert "DTSTART;VALUE=DATE:20230601" in lines
        assert "STATUS:CONFIRMED" in lines
        assert "LOCATION:Мамлекеттик көчө\\, 1" in lines
        assert "DESCRIPTION:1 Бюджет" in lines
        assert any(line.startswith("SUMMARY:Кара-Суу айыл аймагы") for line in lines)

    def test_an_oblast_and_a_district(self, land):
        whole = self.feed("councils/sessions.ics", oblast=str(land.one.pk))
        district = self.feed("councils/sessions.ics", district=str(land.far.pk))

        assert whole.count("BEGIN:VEVENT") == 2
        assert "STATUS:TENTATIVE" in whole
        assert district.count("BEGIN:VEVENT") == 1

    def test_it_is_negotiated_and_cached(self, land):
        address = f"{API}councils/{land.councils['kara'].pk}/sessions.ics"
        first = VISITOR.get(address, headers={"Accept": "text/calendar"})
        again = VISITOR.get(address, headers={"If-None-Match": first["ETag"]})

        assert (first.status_code, again.status_code) == (200, 304)
        assert VISITOR.get(address, headers={"Accept": "application/json"}).status_code == 406

    def test_the_whole_country_at_once_is_not_offered(self, land):
        refused("councils/sessions.ics", 400, "/oblast")
        refused("councils/00000000-0000-4000-8000-000000000000/sessions.ics", 404)
