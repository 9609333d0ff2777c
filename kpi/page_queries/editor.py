"""Reads of the methodology editor; each function is one query."""

from __future__ import annotations

import uuid

from kpi.models import Band, Category, Indicator, Measure, Methodology, PeerGroup


def methodology(pk: uuid.UUID) -> Methodology | None:
    """Return a version with its act; None where there is none."""
    return Methodology.objects.select_related("act").filter(pk=pk).first()


def categories(of: Methodology) -> list[Category]:
    """Return the categories of a version in their order."""
    return list(Category.objects.present().filter(methodology=of).order_by("order", "code"))


def bands(of: Methodology) -> list[Band]:
    """Return the bands of a version, the highest first."""
    return list(Band.objects.present().filter(methodology=of).order_by("-least"))


def groups(of: Methodology) -> list[PeerGroup]:
    """Return the peer groups of a version in their order."""
    return list(PeerGroup.objects.present().filter(methodology=of).order_by("order", "code"))


def category(pk: uuid.UUID) -> Category | None:
    """Return a category that has not been taken out."""
    return Category.objects.present().select_related("methodology__act").filter(pk=pk).first()


def indicator(pk: uuid.UUID) -> Indicator | None:
    """Return an indicator that has not been taken out."""
    related = ("category__methodology__act", "measure")
    return Indicator.objects.present().select_related(*related).filter(pk=pk).first()


def band(pk: uuid.UUID) -> Band | None:
    """Return a band that has not been taken out."""
    return Band.objects.present().select_related("methodology__act").filter(pk=pk).first()


def group(pk: uuid.UUID) -> PeerGroup | None:
    """Return a peer group that has not been taken out."""
    return PeerGroup.objects.present().select_related("methodology__act").filter(pk=pk).first()


def unused_measures(of: Methodology) -> list[Measure]:
    """Return the measures of a version's subject that it does not use."""
    used = Indicator.objects.present().filter(category__methodology=of, category__removed_at=None)
    return list(Measure.objects.filter(subject=of.subject).exclude(pk__in=used.values("measure")))
