"""Load the demonstration: the whole country, its reform, and a login for each role."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from lsg_portal.demo import (
    acts,
    changes,
    council_story,
    council_work,
    councils,
    country,
    delegation,
    delegation_work,
    executive,
    executive_figures,
    executive_records,
    executive_story,
    kpi,
    kpi_employees,
    kpi_story,
    people,
)
from registry.models import Unit

STORY = (("Ак-Талаа", "Ак-Чий"), ("Ак-Талаа", "Баетов"))
"""A council with a longer story: the one that ended, and the one that took its deputies over (the login `staff` keeps it)."""


def is_loaded() -> bool:
    """Whether the register already holds units: the demonstration never adds to what is there."""
    return Unit.objects.exists()


@transaction.atomic
def load_all() -> int:
    """Load everything, all or nothing; return the number of events applied."""
    known_acts = acts.load_acts()
    programmes = acts.load_programmes(known_acts)
    land = country.load_country()
    acts.load_published_figures(land.oblasts)
    _settle()
    councils.load_before(land, known_acts)
    executive_figures.load_norm(land, known_acts)
    executive.load_before(land)
    delegation.load_before(land)
    merged = land.aimaks[STORY[0]]
    _settle()
    changes.load_bazar_korgon(land, known_acts["law-bazar-korgon-2021"])
    executive_figures.load_staff_before()
    applied = changes.load_events(land, known_acts, programmes, timezone.now())
    councils.dissolve(known_acts)
    councils.load_after()
    executive.load_after()
    executive_figures.load_staff_after()
    executive_figures.load_budgets(land)
    delegation.load_after()
    _settle()
    delegation_work.load_work()
    council_work.load_work()
    council_story.load_story(merged, land.aimaks[STORY[1]])
    executive_records.load_records(land.aimaks[STORY[1]])
    executive_story.load_story()
    delegation.load_drafts(land.aimaks[STORY[1]])
    council_work.plan_next()
    council_story.load_draft(land.aimaks[STORY[1]])
    country.set_distances()
    people.load_people(land)
    _settle()
    _load_kpi(land)
    _settle()
    return applied


def _load_kpi(land: country.Country) -> None:
    """Write reports as drafts, take them through their stages, compute and publish scores, and leave what waits today."""
    known = kpi.load_reports(land, land.aimaks[STORY[1]])
    kpi_employees.load_reports(known)
    kpi_story.attach_evidence(known)
    _settle()
    known.offices.move()
    known.employees.move()
    kpi_story.load_scores(known)
    kpi_story.load_present(known)


def _settle() -> None:
    """Have the deferred rules checked and the planner told how large the tables have become."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        with connection.as_owner():  # type: ignore[attr-defined]
            cursor.execute("ANALYZE")
