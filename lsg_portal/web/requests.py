"""The request as views of web pages see it."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class PageRequest(HttpRequest):
    """A request after the middleware: the day asked for, today in Bishkek, the language of the path.

    For annotations only; no instance of it is ever made.
    """

    day: dt.date
    today: dt.date
    LANGUAGE_CODE: str
    htmx: HtmxDetails
