"""Posts: made, changed, closed; who holds and held them, who stands in reserve."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from ayil_okmotu import office_queries, services
from ayil_okmotu.forms import ChangePostForm, DayForm, PostForm, ReserveForm
from ayil_okmotu.models import Post, PostKind, ReserveCandidate
from ayil_okmotu.views.office.base import ChoosesPerson, OfPost, RecordPage, ShowPage
from lsg_portal.web import addresses, display
from lsg_portal.web.shell import Crumb
from registry.models import Settlement


class PostPage(OfPost, ShowPage):
    """A post with who holds and held it, and what can be done."""

    template_name = "ayil_okmotu/office/post.html"

    def admit(self) -> None:
        """Let in who records its holders too: of heads, the ministry."""
        if not self.appoints:
            super().admit()

    @cached_property
    def appoints(self) -> bool:
        """Whether the reader records who holds the post."""
        return bool(self.request.user.has_perm("ayil_okmotu.appoint", self.post_record))

    def get_title(self) -> str:
        """Name the post."""
        return self.post_name

    def get_crumbs(self) -> Sequence[Crumb]:
        """Lead back to the desk."""
        return list(super().get_crumbs())[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather who holds and held it."""
        post = self.post_record
        return super().get_context_data(
            post=post,
            is_head=post.kind == PostKind.HEAD,
            open=post.valid.upper is None,
            appoints=self.appoints,
            appointments=office_queries.appointments(post),
            reserve=office_queries.reserve(post, self.day) if self.sees_private else [],
            post_url=addresses.optional("post", post.pk),
            **kwargs,
        )


class NewPost(RecordPage):
    """Another post in the body."""

    title = gettext_lazy("Create a post")
    form_class = PostForm
    submit = gettext_lazy("Create the post")
    done = gettext_lazy("The post is on record.")
    pointers = {"name": "name_ky", "valid": "on"}

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today, **super().get_initial()}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the villages of the municipality."""
        return {
            **super().get_form_kwargs(),
            "villages": office_queries.villages(self.body, self.day),
        }

    def act(self, form: PostForm) -> str:
        """Create it."""
        data = form.cleaned_data
        village = data["settlement"]
        post = services.create_post(
            body=self.body,
            kind=data["kind"],
            employment=data["employment"],
            name={"ky": data["name_ky"], "ru": data["name_ru"]},
            settlement=Settlement.objects.get(pk=village) if village else None,
            on=data["on"],
        )
        return addresses.page(self.request, "my-post", post.pk)


class ChangePost(OfPost, RecordPage):
    """The name of a post, and how it is held from a day on."""

    title = gettext_lazy("Change the post")
    form_class = ChangePostForm
    done = gettext_lazy("The post is changed.")
    pointers = {"name": "name_ky"}

    @property
    def record(self) -> Any:
        """The post."""
        return self.post_record

    def stored(self, record: Any) -> dict[str, Any]:
        """Show a name that is not on record as an empty one."""
        return {name: value or "" for name, value in super().stored(record).items()}

    def act(self, form: ChangePostForm) -> str:
        """Change it; where the employment changes, another post goes on."""
        data = form.cleaned_data
        post: Post = services.change_post(
            post=self.post_record,
            name={"ky": data["name_ky"], "ru": data["name_ru"]},
            employment=data["employment"],
            on=data["on"],
            order_number=data["order_number"],
            expected_version=form.expected_version,
        )
        return addresses.page(self.request, "my-post", post.pk)


class ClosePost(OfPost, RecordPage):
    """A post that is no longer kept."""

    title = gettext_lazy("Close the post")
    explanation = gettext_lazy("A closed post stays readable. Whoever holds it must have left it before.")
    form_class = DayForm
    submit = gettext_lazy("Close the post")
    danger = True
    done = gettext_lazy("The post is closed.")

    @property
    def record(self) -> Any:
        """The post."""
        return self.post_record

    def stored(self, record: Any) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today}

    def act(self, form: DayForm) -> None:
        """Close it."""
        services.close_post(
            post=self.post_record, on=form.cleaned_data["on"], expected_version=form.expected_version
        )


class Reserve(ChoosesPerson, RecordPage):
    """Somebody put into the reserve of a post."""

    private = True
    title = gettext_lazy("Put into the reserve")
    explanation = gettext_lazy(
        "At most three persons stand in reserve for a post, each in a place of their own. The public does not see them."
    )
    form_class = ReserveForm
    submit = gettext_lazy("Put into the reserve")
    done = gettext_lazy("The reserve is on record.")

    def get_initial(self) -> dict[str, Any]:
        """Propose today, and the first place that is free."""
        taken = {one.place for one in office_queries.reserve(self.post_record, self.request.today)}
        free = next((place for place in (1, 2, 3) if place not in taken), None)
        return {"on": self.request.today, "place": str(free or ""), **super().get_initial()}

    @transaction.atomic
    def act(self, form: ReserveForm) -> None:
        """Put them there."""
        data = form.cleaned_data
        services.reserve(
            post=self.post_record, person=self.person(data), place=int(data["place"]), on=data["on"]
        )


class EndReserve(OfPost, RecordPage):
    """Somebody who no longer stands in reserve."""

    private = True
    title = gettext_lazy("Take out of the reserve")
    form_class = DayForm
    submit = gettext_lazy("Take out of the reserve")
    danger = True
    done = gettext_lazy("The end of the reserve is on record.")
    record_name = "candidate"

    @cached_property
    def candidate(self) -> ReserveCandidate:
        """Who stands in reserve; Http404 where there is nobody."""
        found: ReserveCandidate = self.found(office_queries.candidate(self.kwargs["pk"]))
        return found

    @cached_property
    def post_record(self) -> Post:
        """The post."""
        return self.candidate.post

    @property
    def record(self) -> Any:
        """Who stands in reserve."""
        return self.candidate

    def stored(self, record: Any) -> dict[str, Any]:
        """Propose today."""
        return {"on": self.request.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say who, in which place."""
        facts = [
            (pgettext("somebody", "Person"), display.name(self.candidate.person)),
            (pgettext("in the reserve", "Place"), str(self.candidate.place)),
            (_("In reserve"), display.period(self.candidate.valid.lower, self.candidate.valid.upper)),
        ]
        return super().get_context_data(facts=facts, **kwargs)

    def act(self, form: DayForm) -> None:
        """End it."""
        services.end_reserve(
            candidate=self.candidate, on=form.cleaned_data["on"], expected_version=form.expected_version
        )
