"""The lists as Django REST framework usually writes them: model serializers, naive (N + 1) and tuned."""

from __future__ import annotations

import csv
import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from rest_framework import generics, pagination, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.models import (
    Population,
    Settlement,
    SettlementAssignment,
    SettlementCode,
    UnitCode,
    UnitVersion,
)

LANGUAGES = ("ky", "ru", "en")


def name_of(thing: UnitVersion | Settlement) -> dict[str, str | None]:
    """Return a name in three languages."""
    return {language: getattr(thing, f"name_{language}") for language in LANGUAGES}


class UnitReference(serializers.ModelSerializer):
    """Another unit: its identifier, kind and name."""

    id = serializers.UUIDField(source="unit_id")
    name = serializers.SerializerMethodField()

    class Meta:
        model = UnitVersion
        fields = ("id", "kind", "name")

    def get_name(self, version: UnitVersion) -> dict[str, str | None]:
        """Return the name."""
        return name_of(version)


class Place(serializers.ModelSerializer):
    """The centre of a unit."""

    name = serializers.SerializerMethodField()

    class Meta:
        model = Settlement
        fields = ("id", "name")

    def get_name(self, place: Settlement) -> dict[str, str | None]:
        """Return the name."""
        return name_of(place)


class Code(serializers.ModelSerializer):
    """A code of a unit."""

    class Meta:
        model = UnitCode
        fields = ("system", "code")


class Naive:
    """Ask the database for each thing when it is needed."""

    @staticmethod
    def units(day: dt.date) -> QuerySet[UnitVersion]:
        """Return the units of a day."""
        return UnitVersion.objects.on(day).order_by("sort_ky", "unit_id")

    @staticmethod
    def assignments(day: dt.date) -> QuerySet[SettlementAssignment]:
        """Return the settlements of a day with their municipality."""
        return SettlementAssignment.objects.on(day).order_by("settlement__sort_ky", "settlement_id")

    @staticmethod
    def version(unit: UUID | None, day: dt.date) -> UnitVersion | None:
        """Return a unit as it stood on a day."""
        return UnitVersion.objects.on(day).filter(unit_id=unit).first() if unit else None

    @classmethod
    def parent(cls, version: UnitVersion, day: dt.date) -> UnitVersion | None:
        """Return what a unit lay in."""
        return cls.version(version.parent_id, day)

    @classmethod
    def home(cls, assignment: SettlementAssignment, day: dt.date) -> UnitVersion | None:
        """Return the municipality of a settlement."""
        return cls.version(assignment.unit_id, day)

    @staticmethod
    def codes(version: UnitVersion, day: dt.date) -> list[UnitCode]:
        """Return a unit's codes."""
        return list(UnitCode.objects.on(day).filter(unit_id=version.unit_id).order_by("system"))

    @staticmethod
    def settlement_codes(assignment: SettlementAssignment, day: dt.date) -> list[SettlementCode]:
        """Return a settlement's codes."""
        return list(assignment.settlement.codes.on(day).order_by("system"))

    @staticmethod
    def population(version: UnitVersion, day: dt.date) -> int | None:
        """Return the latest figure."""
        figures = Population.objects.live().filter(unit_id=version.unit_id, on__lte=day)
        latest = figures.order_by("-on", "-recorded_at").first()
        return latest.value if latest else None


class Tuned(Naive):
    """Fetch everything ahead, in a handful of queries."""

    @staticmethod
    def chain(path: str, day: dt.date) -> Prefetch:
        """Fetch a unit's version of the day with its parents."""
        top = Prefetch("parent__versions", UnitVersion.objects.on(day), to_attr="of_the_day")
        middle = UnitVersion.objects.on(day).select_related("parent").prefetch_related(top)
        return Prefetch(path, middle, to_attr="of_the_day")

    @classmethod
    def units(cls, day: dt.date) -> QuerySet[UnitVersion]:
        """Return the units of a day with all that is shown of them."""
        figures = Population.objects.live().filter(on__lte=day).order_by("-on", "-recorded_at")
        codes = UnitCode.objects.on(day).order_by("system")
        return (
            super()
            .units(day)
            .select_related("unit", "centre", "parent")
            .prefetch_related(
                Prefetch("unit__codes", codes, to_attr="codes_of_the_day"),
                Prefetch("unit__populations", figures, to_attr="figures"),
                cls.chain("parent__versions", day),
            )
        )

    @classmethod
    def assignments(cls, day: dt.date) -> QuerySet[SettlementAssignment]:
        """Return the settlements of a day with all that is shown of them."""
        home = UnitVersion.objects.on(day).select_related("parent")
        home = home.prefetch_related(cls.chain("parent__versions", day))
        codes = SettlementCode.objects.on(day).order_by("system")
        return (
            super()
            .assignments(day)
            .select_related("settlement", "unit")
            .prefetch_related(
                Prefetch("settlement__codes", codes, to_attr="codes_of_the_day"),
                Prefetch("unit__versions", home, to_attr="of_the_day"),
            )
        )

    @classmethod
    def parent(cls, version: UnitVersion, day: dt.date) -> UnitVersion | None:
        """Return what a unit lay in."""
        return next(iter(version.parent.of_the_day), None) if version.parent else None

    @classmethod
    def home(cls, assignment: SettlementAssignment, day: dt.date) -> UnitVersion | None:
        """Return the municipality of a settlement."""
        return next(iter(assignment.unit.of_the_day), None)

    @staticmethod
    def codes(version: UnitVersion, day: dt.date) -> list[UnitCode]:
        """Return a unit's codes."""
        return version.unit.codes_of_the_day

    @staticmethod
    def settlement_codes(assignment: SettlementAssignment, day: dt.date) -> list[SettlementCode]:
        """Return a settlement's codes."""
        return assignment.settlement.codes_of_the_day

    @staticmethod
    def population(version: UnitVersion, day: dt.date) -> int | None:
        """Return the latest figure."""
        return next((figure.value for figure in version.unit.figures), None)


Reader = type[Naive]


def district_and_oblast(
    reader: Reader, version: UnitVersion, day: dt.date
) -> tuple[UnitVersion | None, UnitVersion | None]:
    """Return the district and the oblast of a unit; Bishkek and Osh stand for an oblast."""
    parent = reader.parent(version, day)
    district = parent if parent and parent.kind == "district" else None
    if version.kind == "city_republican":
        return district, version
    if parent is None or parent.kind in ("oblast", "city_republican"):
        return district, parent
    above = reader.parent(parent, day)
    return district, above if above and above.kind == "oblast" else None


class UnitSerializer(serializers.ModelSerializer):
    """A unit as of a day, in the shape of the portal's list."""

    id = serializers.UUIDField(source="unit_id")
    name = serializers.SerializerMethodField()
    codes = serializers.SerializerMethodField()
    parent = serializers.SerializerMethodField()
    oblast = serializers.SerializerMethodField()
    district = serializers.SerializerMethodField()
    centre = Place()
    population = serializers.SerializerMethodField()
    valid = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    at = serializers.SerializerMethodField()

    class Meta:
        model = UnitVersion
        fields = (
            *("id", "kind", "name", "codes", "parent", "oblast", "district", "centre"),
            *("population", "valid", "provenance", "status", "at"),
        )

    def get_name(self, version: UnitVersion) -> Any:
        """Return the name."""
        return name_of(version)

    def get_codes(self, version: UnitVersion) -> Any:
        """Return the codes."""
        return Code(self.context["reader"].codes(version, self.context["day"]), many=True).data

    def get_parent(self, version: UnitVersion) -> Any:
        """Return the parent."""
        parent = self.context["reader"].parent(version, self.context["day"])
        return UnitReference(parent).data if parent else None

    def get_oblast(self, version: UnitVersion) -> Any:
        """Return the oblast."""
        _district, oblast = district_and_oblast(self.context["reader"], version, self.context["day"])
        return UnitReference(oblast).data if oblast else None

    def get_district(self, version: UnitVersion) -> Any:
        """Return the district."""
        district, _oblast = district_and_oblast(self.context["reader"], version, self.context["day"])
        return UnitReference(district).data if district else None

    def get_population(self, version: UnitVersion) -> Any:
        """Return the number of residents."""
        return self.context["reader"].population(version, self.context["day"])

    def get_valid(self, version: UnitVersion) -> Any:
        """Return the period."""
        return {"from": version.valid.lower, "to": version.valid.upper}

    def get_status(self, version: UnitVersion) -> str:
        """Return the status, the same for all."""
        return "existing"

    def get_at(self, version: UnitVersion) -> dt.date:
        """Return the day."""
        return self.context["day"]


class Pages(pagination.PageNumberPagination):
    """Pages with the portal's envelope."""

    page_size_query_param = "page_size"

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page."""
        return Response(
            {
                "at": self.request.query_params["at"],
                "count": self.page.paginator.count,
                "has_more": self.page.has_next(),
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )


class UnitsNaive(generics.ListAPIView):
    """The list of units, naive."""

    reader: Reader = Naive
    serializer_class = UnitSerializer
    pagination_class = Pages
    renderer_classes = (JSONRenderer,)

    def get_queryset(self) -> QuerySet[UnitVersion]:
        """Return the units of the day asked for."""
        return self.reader.units(self.day)

    @property
    def day(self) -> dt.date:
        """Return the day asked for."""
        return dt.date.fromisoformat(self.request.query_params["at"])

    def get_serializer_context(self) -> dict[str, Any]:
        """Hand the day and the reader to the serializer."""
        return {**super().get_serializer_context(), "reader": self.reader, "day": self.day}


class UnitsTuned(UnitsNaive):
    """The list of units, tuned."""

    reader = Tuned


@method_decorator(conditional_page, name="dispatch")
class UnitsTunedConditional(UnitsTuned):
    """The list of units, tuned, with Django's own 304: the answer is made, hashed and dropped."""


class SettlementRow(serializers.ModelSerializer):
    """A settlement as of a day, in the shape of the portal's table."""

    class Meta:
        model = SettlementAssignment
        fields = ("distance_to_centre_km", "provenance")

    def to_representation(self, assignment: SettlementAssignment) -> dict[str, Any]:
        """Return the cells."""
        reader, day = self.context["reader"], self.context["day"]
        place, home = assignment.settlement, reader.home(assignment, day)
        district, oblast = district_and_oblast(reader, home, day)
        shown = super().to_representation(assignment)
        return {
            "id": place.pk,
            "kind": place.kind,
            **{f"name_{language}": text for language, text in name_of(place).items()},
            "codes": " ".join(f"{c.system}:{c.code}" for c in reader.settlement_codes(assignment, day)),
            "unit_id": home.unit_id,
            "unit_kind": home.kind,
            **{f"unit_name_{language}": text for language, text in name_of(home).items()},
            "district": district.unit_id if district else None,
            "oblast": oblast.unit_id if oblast else None,
            "distance_to_centre_km": shown["distance_to_centre_km"],
            "valid_from": assignment.valid.lower,
            "valid_to": assignment.valid.upper,
            "provenance": shown["provenance"],
            "status": "existing",
            "at": day,
        }


class SettlementsNaive(APIView):
    """All settlements as a table, naive."""

    reader: Reader = Naive

    def get(self, request: Request) -> HttpResponse:
        """Write the table."""
        day = dt.date.fromisoformat(request.query_params["at"])
        context = {"reader": self.reader, "day": day}
        rows = SettlementRow(self.reader.assignments(day), many=True, context=context).data
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        table = csv.DictWriter(response, list(rows[0]), delimiter=";", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        return response


class SettlementsTuned(SettlementsNaive):
    """All settlements as a table, tuned."""

    reader = Tuned
