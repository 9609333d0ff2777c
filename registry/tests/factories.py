"""Records for tests."""

import datetime as dt

import factory

from registry.models import (
    LegalAct,
    Population,
    Settlement,
    SettlementAssignment,
    Unit,
    UnitCode,
    UnitVersion,
)

FIRST = dt.date(2020, 1, 1)


class LegalActFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = LegalAct

    kind = LegalAct.Kind.LAW
    number = factory.Sequence(str)
    adopted_on = dt.date(2021, 10, 12)
    title_ky = factory.Sequence(lambda n: f"Мыйзам {n}")
    title_ru = factory.Sequence(lambda n: f"Закон {n}")


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit


class VersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitVersion

    unit = factory.SubFactory(UnitFactory)
    kind = "oblast"
    name_ky = factory.Sequence(lambda n: f"Бирдик {n}")
    name_ru = factory.LazyAttribute(lambda o: o.name_ky)
    valid = (FIRST, None)


class SettlementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Settlement

    kind = "village"
    name_ky = factory.Sequence(lambda n: f"Айыл {n}")
    name_ru = factory.LazyAttribute(lambda o: o.name_ky)


def oblast(name="Облус", **more):
    return VersionFactory(kind="oblast", name_ky=name, **more).unit


def district(parent=None, name="Район", **more):
    return VersionFactory(kind="district", name_ky=name, parent=parent or oblast(), **more).unit


def city(parent, name="Шаар", kind="city_district_level", **more):
    return VersionFactory(kind=kind, name_ky=name, parent=parent, **more).unit


def aimak(parent, name="Аймак", *, villages=(), residents=None, **more):
    """An ayil aimak in a district with villages of these names and a population."""
    unit = VersionFactory(kind="ayil_aimak", name_ky=name, parent=parent, **more).unit
    for village in villages:
        place(unit, village)
    if residents is not None:
        Population.objects.create(unit=unit, on=FIRST, value=residents)
    return unit


def place(unit, name="Айыл", kind="village", residents=None, valid=(FIRST, None)):
    """A settlement assigned to a unit."""
    settlement = SettlementFactory(name_ky=name, kind=kind)
    SettlementAssignment.objects.create(settlement=settlement, unit=unit, valid=valid)
    if residents is not None:
        Population.objects.create(settlement=settlement, on=FIRST, value=residents)
    return settlement


def code(unit, value, system="soate", valid=(FIRST, None)):
    return UnitCode.objects.create(unit=unit, system=system, code=value, valid=valid)


def names(day, **filters):
    """The Kyrgyz names of the municipalities of a day."""
    return sorted(Unit.objects.at(day).municipalities().filter(**filters).values_list("name_ky", flat=True))


def villages_of(unit, day):
    """The names of a unit's settlements on a day."""
    return set(
        SettlementAssignment.objects.on(day).filter(unit=unit).values_list("settlement__name_ky", flat=True)
    )
