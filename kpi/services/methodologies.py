"""Versions of methodologies: drafted, put into force, retired; never changed after that."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from councils.services.locking import locked, write_texts
from kpi.errors import conflict, refuse, told
from kpi.models import (
    Band,
    Category,
    Indicator,
    Measure,
    Methodology,
    MethodologyStatus,
    PeerGroup,
    Report,
    Subject,
)
from registry.models import LegalAct, Provenance
from registry.names import clean

SLUG = re.compile(r"[A-Za-z0-9_-]{1,40}")
LANGUAGES = ("ky", "ru", "en")
Line = Category | Indicator | Band | PeerGroup
TEXTS = {
    "definition": 2000,
    "unit_of_measure": 60,
    "numerator_name": 200,
    "denominator_name": 200,
    "flag": 500,
}
"""The longest texts of an indicator, in characters."""


@transaction.atomic
def draft_methodology(
    *,
    subject: str,
    name: Mapping[str, str],
    note: Mapping[str, str] | None = None,
    gate: Decimal = Decimal(70),
    act: LegalAct | None = None,
    copy_of: Methodology | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Methodology:
    """Draft the next version for a subject, empty or as a copy of another version's lines."""
    if subject not in Subject.values:
        refuse("kpi_methodology_subject", pointer="/subject")
    if not 0 <= gate <= 100:
        refuse("kpi_methodology_gate", pointer="/gate")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"kpi {subject}",))
    last = Methodology.objects.filter(subject=subject).order_by("-number").first()
    row = Methodology(
        subject=subject,
        number=last.number + 1 if last else 1,
        act=act,
        gate=gate,
        provenance=provenance,
        source=source,
    )
    write_texts(row, "name", name, longest=500)
    _optional(row, "note", note or {}, 2000)
    with told():
        row.save()
    if copy_of is not None:
        _copy(copy_of, row)
    return row


def _optional(row: Any, field: str, texts: Mapping[str, str], longest: int) -> None:
    for language in LANGUAGES:
        text = clean(texts.get(language))
        if len(text) > longest:
            refuse("too_long", _("At most %(most)s characters.") % {"most": longest}, f"/{field}_{language}")
        setattr(row, f"{field}_{language}", text)


def _copy(source: Methodology, target: Methodology) -> None:
    """Copy the lines of one version into the draft of another."""
    if source.subject != target.subject:
        refuse("kpi_methodology_subject", pointer="/copy_of")
    for category in Category.objects.present().filter(methodology=source):
        indicators = list(Indicator.objects.present().filter(category=category))
        copied = _again(category, methodology=target)
        for indicator in indicators:
            _again(indicator, category=copied)
    for model in (Band, PeerGroup):
        for line in model.objects.present().filter(methodology=source):
            _again(line, methodology=target)


def _again(line: Any, **changed: Any) -> Any:
    fresh = type(line)()
    for field in line._meta.concrete_fields:
        if field.name not in ("id", "recorded_at", "updated_at", "removed_at"):
            setattr(fresh, field.attname, getattr(line, field.attname))
    for name, value in changed.items():
        setattr(fresh, name, value)
    fresh.save()
    return fresh


def _drafted(methodology: Methodology, expected_version: int | None) -> Methodology:
    """Return the draft, locked, its version raised."""
    row = locked(methodology, expected_version)
    if row.status != MethodologyStatus.DRAFT:
        conflict("kpi_methodology_frozen", _("What has been active cannot be changed; draft a new version."))
    row.version += 1
    row.save(update_fields=["version"])
    return row


@transaction.atomic
def change_methodology(
    *,
    methodology: Methodology,
    name: Mapping[str, str] | None = None,
    note: Mapping[str, str] | None = None,
    gate: Decimal | None = None,
    expected_version: int | None = None,
) -> Methodology:
    """Change what a draft says of itself; what is not given stays."""
    row = _drafted(methodology, expected_version)
    if name is not None:
        write_texts(row, "name", name, longest=500)
    if note is not None:
        _optional(row, "note", note, 2000)
    if gate is not None:
        if not 0 <= gate <= 100:
            refuse("kpi_methodology_gate", pointer="/gate")
        row.gate = gate
    with told():
        row.save()
    return row


@transaction.atomic
def enter_measure(*, subject: str, code: str) -> Measure:
    """Enter what no version has measured yet, under a code (latin letters, digits, hyphens, underscores; at most 40)."""
    code = clean(code)
    if subject not in Subject.values:
        refuse("kpi_measure_subject", pointer="/subject")
    if not SLUG.fullmatch(code):
        refuse("kpi_measure_code", pointer="/code")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('kpi measure', 0))")
    if Measure.objects.filter(code=code).exists():
        refuse("kpi_measure_once", pointer="/code")
    last = Measure.objects.aggregate(last=Max("id"))["last"] or 0
    with told():
        return Measure.objects.create(id=last + 1, subject=subject, code=code)


@transaction.atomic
def write_category(
    *,
    methodology: Methodology,
    name: Mapping[str, str],
    code: str = "",
    category: Category | None = None,
    order: int | None = None,
    expected_version: int | None = None,
) -> Category:
    """Add a category to a draft, or change one of its own."""
    draft = _drafted(methodology, expected_version)
    row = category or Category(methodology=draft, code=code)
    _of(draft, row.methodology_id)
    row.order = row.order if order is None else order
    write_texts(row, "name", name, longest=500)
    with told():
        row.save()
    return row


@transaction.atomic
def write_indicator(
    *,
    category: Category,
    measure: Measure | None = None,
    name: Mapping[str, str] | None = None,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    indicator: Indicator | None = None,
    expected_version: int | None = None,
    **fields: Any,
) -> Indicator:
    """Add an indicator to a draft, or change one: ``fields`` are those of the model (thresholds, weight, …).

    Raises RuleBroken where a rule of the database refuses them; StateConflict once the methodology was active.
    """
    draft = _drafted(category.methodology, expected_version)
    row = indicator or Indicator(category=category)
    if indicator is not None:
        _of(draft, indicator.category.methodology_id)
        row.category = category
    if measure is not None:
        if measure.subject != draft.subject:
            refuse("kpi_indicator_subject", pointer="/measure")
        row.measure = measure
    if name is not None:
        write_texts(row, "name", name, longest=500)
    for field, longest in TEXTS.items():
        if texts is not None and field in texts:
            _optional(row, field, texts[field], longest)
    known = {field.name for field in Indicator._meta.concrete_fields}
    for field, value in fields.items():
        if field not in known:
            raise TypeError(f"an indicator has no {field}")
        setattr(row, field, value)
    with told():
        row.save()
    return row


@transaction.atomic
def write_band(
    *,
    methodology: Methodology,
    code: str,
    least: Decimal,
    name: Mapping[str, str],
    band: Band | None = None,
    expected_version: int | None = None,
) -> Band:
    """Add a band to a draft, or change one."""
    draft = _drafted(methodology, expected_version)
    row = band or Band(methodology=draft)
    _of(draft, row.methodology_id)
    row.code, row.least = code, least
    if not 0 <= least <= 100:
        refuse("kpi_band_least", pointer="/least")
    write_texts(row, "name", name, longest=500)
    with told():
        row.save()
    return row


@transaction.atomic
def write_peer_group(
    *,
    methodology: Methodology,
    code: str,
    name: Mapping[str, str],
    unit_kinds: list[str] | None = None,
    post_kinds: list[str] | None = None,
    from_population: int = 0,
    below_population: int | None = None,
    order: int = 0,
    group: PeerGroup | None = None,
    expected_version: int | None = None,
) -> PeerGroup:
    """Add a peer group to a draft, or change one; empty lists take every kind."""
    draft = _drafted(methodology, expected_version)
    row = group or PeerGroup(methodology=draft)
    _of(draft, row.methodology_id)
    row.code, row.order = code, order
    row.unit_kinds, row.post_kinds = unit_kinds or [], post_kinds or []
    row.from_population, row.below_population = from_population, below_population
    write_texts(row, "name", name, longest=500)
    with told():
        row.save()
    return row


@transaction.atomic
def remove_line(*, line: Line, expected_version: int | None = None, at: dt.datetime | None = None) -> None:
    """Take a line out of a draft; it is marked, not deleted."""
    methodology = line.category.methodology if isinstance(line, Indicator) else line.methodology
    _drafted(methodology, expected_version)
    line.removed_at = line.removed_at or at or timezone.now()
    with told():
        line.save(update_fields=["removed_at"])
        if isinstance(line, Category):
            Indicator.objects.present().filter(category=line).update(removed_at=line.removed_at)


def _of(draft: Methodology, methodology_id: Any) -> None:
    if methodology_id != draft.pk:
        refuse("kpi_methodology_frozen", pointer="/methodology")


@transaction.atomic
def activate(*, methodology: Methodology, on: dt.date, expected_version: int | None = None) -> Methodology:
    """Put a draft into force from ``on``; the version in force until then is retired that day.

    Raises RuleBroken unless the weights sum to 100 and a band begins at 0; StateConflict where a report of a period
    that ends on or after ``on`` exists already: it keeps the methodology it was opened with.
    """
    row = locked(methodology, expected_version)
    if row.status != MethodologyStatus.DRAFT:
        conflict("not_a_draft", _("Only a draft can be put into force."))
    former = (
        Methodology.objects.select_for_update()
        .filter(subject=row.subject, status=MethodologyStatus.ACTIVE)
        .first()
    )
    if former is not None:
        if former.valid.lower >= on:
            refuse("kpi_methodology_one_a_day", pointer="/on")
        if Report.objects.filter(methodology=former, period__ends__gt=on).exists():
            conflict(
                "reports_exist",
                _("Reports of periods that end after this day have been opened by the version in force."),
            )
        former.status, former.valid = MethodologyStatus.RETIRED, DateRange(former.valid.lower, on)
        former.version += 1
        former.save(update_fields=["status", "valid", "version"])
    row.status, row.valid = MethodologyStatus.ACTIVE, DateRange(on, None)
    row.version += 1
    with told():
        row.save(update_fields=["status", "valid", "version"])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS kpi_active IMMEDIATE")
            cursor.execute("SET CONSTRAINTS kpi_active DEFERRED")
    return row


@transaction.atomic
def enter_act(*, methodology: Methodology, act: LegalAct, expected_version: int | None = None) -> Methodology:
    """Enter the act that approves a methodology: from then on it is no longer shown as a proposal."""
    row = locked(methodology, expected_version)
    if row.act_id is not None:
        conflict("has_act", _("The methodology has its act already."))
    row.act = act
    row.version += 1
    with told():
        row.save(update_fields=["act", "version"])
    return row
