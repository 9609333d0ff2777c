"""What every page shows around its content: header, date bar, breadcrumb, cite box."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from . import addresses, days, navigation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OWN_NAMES = {"ky": "Кыргызча", "ru": "Русский", "en": "English"}
SHORT_NAMES = {"ky": "КЫ", "ru": "РУ", "en": "EN"}


@dataclass(frozen=True)
class Crumb:
    """A step of the way from the country down to this page; the page itself has no address."""

    label: StrOrPromise
    url: str = ""


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language, named in that language."""

    code: str
    name: str
    short: str
    url: str
    current: bool


@dataclass(frozen=True)
class Citation:
    """How to cite a page: its day, and the version of the data it was made from.

    A past day can change when an act is annulled, so the day alone would not say what was read.
    """

    title: StrOrPromise
    permalink: str
    day: dt.date
    retrieved: dt.date
    versions: Mapping[str, int]

    @property
    def version(self) -> str:
        """The data versions in one word, such as ``registry-12.reform-3``; empty where none are known."""
        return ".".join(f"{app}-{version}" for app, version in sorted(self.versions.items()))

    @classmethod
    def of(cls, request: HttpRequest, title: StrOrPromise, versions: Mapping[str, int]) -> Citation:
        """Cite the page of this request."""
        today = getattr(request, "today", None) or days.today()
        day = getattr(request, "day", today)
        return cls(title, addresses.permalink(request), day, today, versions)


class Shell:
    """The frame of one page. Everything is worked out when a template asks for it; nothing queries."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.language: str = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
        self.today: dt.date = getattr(request, "today", None) or days.today()
        self.day: dt.date = getattr(request, "day", self.today)
        self.first_day = days.FIRST_DAY.isoformat()
        self.last_day = days.LAST_DAY.isoformat()
        self.demo: bool = getattr(settings, "DEMO", False)

    @property
    def is_today(self) -> bool:
        """Whether the page shows today."""
        return self.day == self.today

    @property
    def home_url(self) -> str:
        """The front page on the reader's day."""
        return addresses.at_day(self.request, f"/{self.language}/")

    @cached_property
    def navigation(self) -> list[navigation.NavLink]:
        """The main menu."""
        return navigation.links(self.request)

    @cached_property
    def languages(self) -> list[LanguageLink]:
        """This page in each language."""
        return [
            LanguageLink(
                code,
                OWN_NAMES[code],
                SHORT_NAMES[code],
                addresses.in_language(self.request, code),
                code == self.language,
            )
            for code, _name in settings.LANGUAGES
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the date bar carries on besides the day."""
        return addresses.kept(self.request.GET)

    @property
    def today_url(self) -> str:
        """This page as of today."""
        return self.request.path + addresses.query(self.request.GET, at=None, page=None)

    @property
    def search_url(self) -> str:
        """The search page, if the portal has one."""
        return addresses.optional("search")

    @property
    def searched(self) -> str:
        """The words searched for, where this is the search page; the field shows them again."""
        return self.request.GET.get("q", "") if self.request.path == self.search_url else ""

    @property
    def login_url(self) -> str:
        """The sign-in page, which leads back here."""
        address = addresses.optional("account_login")
        here = self.request.get_full_path()
        return addresses.with_query(address, next=here) if address and here != address else address

    @property
    def logout_url(self) -> str:
        """Where the sign-out form is sent."""
        return addresses.optional("account_logout")

    @property
    def password_url(self) -> str:
        """The page that changes the reader's own password."""
        return addresses.optional("account_change_password")

    @property
    def second_factor_url(self) -> str:
        """The page of the reader's own second factors."""
        return addresses.optional("mfa_index")

    @property
    def api_url(self) -> str:
        """The page that documents the REST interface."""
        return addresses.optional("api-docs")
