"""One resolution over REST: its draft, its vote, and the steps of its life."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from councils import services
from councils.api.bodies import (
    AdoptBody,
    CancelBody,
    PublishBody,
    RegisterBody,
    ResolutionPatch,
    VoteBody,
    known_mandates,
)
from councils.api.keeping import Seen, must_keep
from councils.api.resolutions import RESOLUTION, content, show
from councils.models import Resolution, ResolutionStatus
from lsg_portal.rest.detail import ActionView, DetailView, ThingView
from lsg_portal.rest.problems import Conflict, Fault, NotVisible, RuleBroken
from lsg_portal.rest.views import Query

ORDER = tuple(ResolutionStatus.values)


class _OnResolution(Seen):
    """Finds resolutions for reading and changing."""

    answer_schema = RESOLUTION

    def load(self, query: Query, **kwargs: Any) -> Resolution:
        """Return the resolution the viewer may read."""
        found = Resolution.objects.select_related("council").filter(pk=kwargs["pk"]).first()
        if found is None or not _reads(query.viewer, found):
            raise NotVisible
        return found

    def lock(self, user: Any, **kwargs: Any) -> Resolution:
        """Return the resolution with its row locked, for the secretary of its council."""
        found = (
            Resolution.objects.select_for_update(of=("self",))
            .select_related("council", "rule", "session")
            .filter(pk=kwargs["pk"])
            .first()
        )
        if found is None or not _reads(user, found):
            raise NotVisible
        must_keep(user, found.council)
        return found

    def version(self, thing: Resolution) -> tuple[object, ...]:
        """The resolution's row version."""
        return ("resolution", thing.pk, thing.version)

    def show(self, thing: Resolution, query: Query) -> dict[str, Any]:
        """The whole resolution."""
        return show(thing)


def _reads(user: Any, resolution: Resolution) -> bool:
    if user is None:
        return resolution.status != ResolutionStatus.DRAFT
    return bool(user.has_perm("councils.read_resolution", resolution))


class ResolutionDetail(_OnResolution, DetailView):
    """One resolution with its text, files and vote; its draft can be changed."""

    bodies = {"PATCH": ResolutionPatch}

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Change the draft."""
        return self.change(request, self._redraft, **kwargs)

    def _redraft(self, thing: Resolution, data: Any, user: Any) -> Resolution:
        return services.redraft(resolution=thing, **content(data, thing.council))


class ResolutionVote(_OnResolution, ThingView):
    """Record the vote on a draft, totals or how each deputy voted; answers with the resolution."""

    bodies = {"PUT": VoteBody}

    def put(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Record the vote."""
        return self.change(request, self._record, **kwargs)

    def _record(self, thing: Resolution, data: Any, user: Any) -> Resolution:
        named = None
        if "named" in data:
            if thing.session is None:
                detail = gettext_lazy("Say first at which session the resolution is put to the vote.")
                raise RuleBroken(errors=[Fault("/named", "no_session", detail)])
            known_mandates(
                thing.session,
                [(line["mandate"], f"/named/{place}/mandate") for place, line in enumerate(data["named"])],
            )
            named = {line["mandate"]: line["choice"] for line in data["named"]}
        totals = {
            name: data[name] for name in ("in_favour", "against", "abstained", "present") if name in data
        }
        services.record_vote(resolution=thing, named=named, **totals)
        return Resolution.objects.select_related("council").get(pk=thing.pk)


class _Step(_OnResolution, ActionView):
    """A step of a resolution's life."""

    leads_to: ClassVar[ResolutionStatus]

    def reached(self, thing: Resolution, method: str) -> None:
        """It is that far, or further."""
        if ORDER.index(thing.status) >= ORDER.index(self.leads_to):
            raise Conflict(
                gettext_lazy("The resolution is already that far or further."),
                code=f"already_{self.leads_to}",
            )


class Adopt(_Step):
    """Adopt a draft that was voted on: refused without quorum, or against the majority it needs."""

    bodies = {"POST": AdoptBody}
    leads_to = ResolutionStatus.ADOPTED

    def act(self, thing: Resolution, data: Any, user: Any) -> Resolution:
        """Adopt it."""
        return services.adopt(resolution=thing, number=data["reference"])


class Register(_Step):
    """Register an adopted resolution."""

    bodies = {"POST": RegisterBody}
    leads_to = ResolutionStatus.REGISTERED

    def act(self, thing: Resolution, data: Any, user: Any) -> Resolution:
        """Register it."""
        return services.register(
            resolution=thing, registration_number=data["registration_number"], on=data["on"]
        )


class Publish(_Step):
    """Publish a registered resolution; from then on it does not change any more."""

    bodies = {"POST": PublishBody}
    leads_to = ResolutionStatus.PUBLISHED

    def act(self, thing: Resolution, data: Any, user: Any) -> Resolution:
        """Publish it."""
        return services.publish(resolution=thing, on=data["on"], published_in=data.get("published_in", ""))


class Cancel(_Step):
    """Cancel a published resolution by a later one of the same council."""

    bodies = {"POST": CancelBody}
    leads_to = ResolutionStatus.CANCELLED

    def act(self, thing: Resolution, data: Any, user: Any) -> Resolution:
        """Cancel it."""
        later = Resolution.objects.filter(pk=data["by_resolution"]).first()
        if later is None or not _reads(user, later):
            detail = gettext_lazy("There is no such resolution.")
            raise RuleBroken(errors=[Fault("/by_resolution", "unknown", detail)])
        return services.cancel(resolution=thing, by_resolution=later)
