"""The lines of a methodology's draft over REST: each write is under the methodology's ETag and answers with all of it."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.http import HttpResponse
from rest_framework.request import Request

from kpi import services
from kpi.api.columns import UNKNOWN, known, name_of
from kpi.api.methodologies import TEXTS, OnMethodology
from kpi.api.payloads import (
    BandBody,
    BandPatch,
    CategoryBody,
    CategoryPatch,
    IndicatorBody,
    IndicatorPatch,
    PeerGroupBody,
    PeerGroupPatch,
)
from kpi.models import Band, Category, Indicator, Measure, Methodology, PeerGroup
from lsg_portal.rest.detail import ActionView, ThingView
from lsg_portal.rest.problems import Fault, NotVisible, RuleBroken

Row = TypeVar("Row", Category, Indicator, Band, PeerGroup)


def _lines(model: type[Row], methodology: Methodology) -> Any:
    """Return the lines of a methodology that stand."""
    way = "category__methodology" if model is Indicator else "methodology"
    return model.objects.present().filter(**{way: methodology})


def _of(model: type[Row], methodology: Methodology, key: Any) -> Row:
    """Return a line of the methodology; raise NotVisible where it has none of this identifier."""
    found: Row | None = _lines(model, methodology).filter(pk=key).first()
    if found is None:
        raise NotVisible
    return found


class _Add(OnMethodology, ActionView):
    """Adds a line to a draft."""

    def write(self, thing: Methodology, **data: Any) -> Any:
        """Call the service."""
        raise NotImplementedError

    def act(self, thing: Methodology, data: Any, user: Any) -> Methodology:
        """Add it."""
        self.write(thing, **data)
        return Methodology.objects.get(pk=thing.pk)


class _Change(OnMethodology, ThingView):
    """Changes a line of a draft."""

    model: ClassVar[Any]

    def write(self, thing: Methodology, line: Any, **data: Any) -> Any:
        """Call the service."""
        raise NotImplementedError

    def patch(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Change it; what is left out stays."""
        return self.change(request, self._write, **kwargs)

    def _write(self, thing: Methodology, data: Any, user: Any) -> Methodology:
        self.write(thing, _of(self.model, thing, self.kwargs["line"]), **data)
        return Methodology.objects.get(pk=thing.pk)


class Categories(_Add):
    """Add a category to a draft."""

    bodies = {"POST": CategoryBody}

    def write(self, thing: Methodology, **data: Any) -> Category:
        """Add it."""
        return services.write_category(methodology=thing, **data)


class CategoryDetail(_Change):
    """Change a category of a draft."""

    bodies = {"PATCH": CategoryPatch}
    model = Category

    def write(self, thing: Methodology, line: Category, **data: Any) -> Category:
        """Change it."""
        return services.write_category(methodology=thing, category=line, **{"name": name_of(line), **data})


def _indicator(thing: Methodology, data: dict[str, Any]) -> dict[str, Any]:
    """Return what a body says of an indicator, as the service takes it; raise RuleBroken for what does not exist."""
    found = dict(data)
    found["texts"] = {field: found.pop(field) for field in TEXTS if field in found}
    for said, field in (("min", "least"), ("max", "most")):
        if said in found:
            found[field] = found.pop(said)
    if "category" in found:
        categories = _lines(Category, thing).select_related("methodology")
        found["category"] = known(categories, found["category"], "/category")
    if "measure" in found:
        measure = Measure.objects.filter(code=found["measure"]).first()
        if measure is None:
            raise RuleBroken(errors=[Fault("/measure", "unknown", UNKNOWN)])
        found["measure"] = measure
    return found


class Indicators(_Add):
    """Add an indicator to a draft: what of a measure is a good figure, and how much it weighs."""

    bodies = {"POST": IndicatorBody}

    def write(self, thing: Methodology, **data: Any) -> Indicator:
        """Add it."""
        return services.write_indicator(**_indicator(thing, data))


class IndicatorDetail(_Change):
    """Change an indicator of a draft."""

    bodies = {"PATCH": IndicatorPatch}
    model = Indicator

    def write(self, thing: Methodology, line: Indicator, **data: Any) -> Indicator:
        """Change it."""
        said = {"category": line.category, **_indicator(thing, data)}
        return services.write_indicator(indicator=line, **said)


class Bands(_Add):
    """Add a band of totals to a draft."""

    bodies = {"POST": BandBody}

    def write(self, thing: Methodology, **data: Any) -> Band:
        """Add it."""
        return services.write_band(methodology=thing, **data)


class BandDetail(_Change):
    """Change a band of a draft."""

    bodies = {"PATCH": BandPatch}
    model = Band

    def write(self, thing: Methodology, line: Band, **data: Any) -> Band:
        """Change it."""
        kept = {"code": line.code, "least": line.least, "name": name_of(line)}
        return services.write_band(methodology=thing, band=line, **{**kept, **data})


GROUP = ("code", "unit_kinds", "post_kinds", "from_population", "below_population", "order")


class PeerGroups(_Add):
    """Add a peer group to a draft; the first group, by ``order``, that fits is somebody's."""

    bodies = {"POST": PeerGroupBody}

    def write(self, thing: Methodology, **data: Any) -> PeerGroup:
        """Add it."""
        return services.write_peer_group(methodology=thing, **data)


class PeerGroupDetail(_Change):
    """Change a peer group of a draft."""

    bodies = {"PATCH": PeerGroupPatch}
    model = PeerGroup

    def write(self, thing: Methodology, line: PeerGroup, **data: Any) -> PeerGroup:
        """Change it."""
        kept = {field: getattr(line, field) for field in GROUP}
        return services.write_peer_group(
            methodology=thing, group=line, **{**kept, "name": name_of(line), **data}
        )


class LineRemove(OnMethodology, ActionView):
    """Take a category, an indicator, a band or a peer group out of a draft; a category goes with its indicators."""

    def act(self, thing: Methodology, data: Any, user: Any) -> Methodology:
        """Take it out."""
        models: tuple[Any, ...] = (Category, Indicator, Band, PeerGroup)
        for model in models:
            line = _lines(model, thing).filter(pk=self.kwargs["line"]).first()
            if line is not None:
                services.remove_line(line=line)
                return Methodology.objects.get(pk=thing.pk)
        raise NotVisible
