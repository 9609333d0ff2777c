"""What the office pages share: whose body it is, who may come in, how a person is chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.generic.base import TemplateResponseMixin

from ayil_okmotu import office_queries
from ayil_okmotu.models import Appointment, ExecutiveBody, Post
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from registry import record_pages, titles
from registry.models import Person, Provenance
from registry.record_pages import KeeperPage


class OfficePage(KeeperPage):
    """A page about one executive body, for those who keep its records."""

    reads = False
    """Whether the page only shows: then whoever reads what is private comes in too."""

    private = False
    """Whether the page is about what is not public: for whoever does not read that, it does not exist."""

    def admit(self) -> None:
        """Let in who keeps the records of the body; say 404 for what is private to others."""
        user, body = self.request.user, self.body
        reader = user.has_perm("ayil_okmotu.read_private", body)
        if self.private and not reader:
            raise Http404
        if not (user.has_perm("ayil_okmotu.keep", body) or (self.reads and reader)):
            raise PermissionDenied

    @cached_property
    def body(self) -> ExecutiveBody:
        """The body the page is about; Http404 where there is none."""
        found: ExecutiveBody = self.found(office_queries.body(self.kwargs["body"]))
        return found

    @cached_property
    def keeps(self) -> bool:
        """Whether the reader writes the records of the body."""
        return bool(self.request.user.has_perm("ayil_okmotu.keep", self.body))

    @cached_property
    def sees_private(self) -> bool:
        """Whether discipline, contacts and the like of the body exist for the reader."""
        return bool(self.request.user.has_perm("ayil_okmotu.read_private", self.body))

    @cached_property
    def day(self) -> dt.date:
        """Today, or the day of the body's life nearest to it."""
        today: dt.date = self.request.today
        last = self.body.last_day
        return max(self.body.valid.lower, min(today, last) if last else today)

    @cached_property
    def body_name(self) -> str:
        """What the body is called."""
        return office_queries.body_name(self.body, self.day)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk of the body; whoever records heads alone, to the list of heads."""
        if not (self.keeps or self.sees_private):
            return [Crumb(_("Heads of executive bodies"), addresses.page(self.request, "executive-heads"))]
        desk = addresses.page(self.request, "my-body-desk", self.body.pk)
        return [
            Crumb(_("My executive body"), addresses.page(self.request, "my-executive-body")),
            Crumb(self.body_name, desk),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the body and what the reader may do."""
        shared = {
            "body": self.body,
            "body_name": self.body_name,
            "keeps": self.keeps,
            "sees_private": self.sees_private,
        }
        return super().get_context_data(**{**shared, **kwargs})


class ShowPage(OfficePage, TemplateResponseMixin):
    """A page that shows records and leads to the forms about them."""

    reads = True

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show it."""
        return self.render_to_response(self.get_context_data())


class RecordPage(OfficePage, record_pages.RecordPage):
    """A form about one record of the body."""

    @property
    def back(self) -> str:
        """The page to return to."""
        return addresses.page(self.request, "my-body-desk", self.body.pk)


class OfPost(OfficePage):
    """A page about one post."""

    record_name = "post_record"

    @cached_property
    def post_record(self) -> Post:
        """The post; Http404 where there is none."""
        found: Post = self.found(office_queries.post(self.kwargs["pk"]))
        return found

    @cached_property
    def body(self) -> ExecutiveBody:
        """The body of the post."""
        return self.post_record.body

    @property
    def post_name(self) -> str:
        """What the post is called."""
        return titles.capital(office_queries.post_name(self.post_record))

    @property
    def back(self) -> str:
        """The page of the post."""
        return addresses.page(self.request, "my-post", self.post_record.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the post."""
        return [*super().get_crumbs(), Crumb(self.post_name, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the post."""
        return super().get_context_data(**{"subject": f"{self.post_name}. {self.body_name}", **kwargs})


class Appoints(OfPost):
    """A page of whoever records who holds a post: heads the ministry, other posts the body's staff."""

    def admit(self) -> None:
        """Let in who records it."""
        if not self.request.user.has_perm("ayil_okmotu.appoint", self.post_record):
            raise PermissionDenied


class OfAppointment(OfPost):
    """A page about somebody in a post."""

    record_name = "appointment"

    @cached_property
    def appointment(self) -> Appointment:
        """The appointment; Http404 where there is none."""
        found: Appointment = self.found(office_queries.appointment(self.kwargs["pk"]))
        return found

    @cached_property
    def post_record(self) -> Post:
        """The post."""
        return self.appointment.post

    @property
    def person_name(self) -> str:
        """Who it is."""
        return display.name(self.appointment.person)

    @property
    def back(self) -> str:
        """The page of the appointment."""
        return addresses.page(self.request, "my-appointment", self.appointment.pk)

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the post and to who holds it."""
        above = list(super().get_crumbs())[:-1]
        post = addresses.page(self.request, "my-post", self.post_record.pk)
        return [*above, Crumb(self.post_name, post), Crumb(self.person_name, self.back)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say who, in which post."""
        subject = f"{self.person_name}. {self.post_name}, {self.body_name}"
        return super().get_context_data(**{"subject": subject, **kwargs})


class ChoosesPerson(OfPost):
    """A form in which somebody is chosen; ``?q=`` looks for persons beyond those of the body."""

    template_name = "ayil_okmotu/office/person_form.html"

    @property
    def q(self) -> str:
        """What is looked for."""
        return " ".join(self.request.GET.get("q", "").split())[:100]

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        """The persons offered."""
        return office_queries.people(self.post_record, q=self.q, private=self.sees_private)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer persons."""
        return {**super().get_form_kwargs(), "people": self.people}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the search."""
        return super().get_context_data(q=self.q, **kwargs)

    def person(self, data: Any) -> Person:
        """Return the person chosen, or record somebody new."""
        if data["person"]:
            return office_queries.known_person(data["person"])
        return Person.objects.create(
            name_ky=data["name_ky"] or data["name_ru"],
            name_ru=data["name_ru"] or data["name_ky"],
            sex=data["sex"],
            birth_year=data["birth_year"],
            provenance=Provenance.DOCUMENTED,
        )
