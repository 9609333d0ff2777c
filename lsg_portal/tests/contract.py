"""Something of everything in the register, with the addresses under which a client finds it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from django.test import override_settings

from audit import checkpoints
from audit.tests.reading import KEY, chain
from ayil_okmotu.tests import offices
from councils.tests import chamber
from delegation.tests import contract as delegated
from kpi.tests import contract as assessed
from reform.models import HandOver, RoadmapStep
from reform.tests.clients import EVENTS, client_with, merger, post
from reform.tests.scenarios import programme
from registry.models import PublishedFigure
from registry.tests.factories import aimak
from registry.tests.kadamjay import DAY, EVE, LATER, country


def register():
    """A country whose territory has moved, an event in force with what follows it, a draft, printed figures.

    ``real`` holds the values of path parameters by the address they stand in, ``asked`` what must be asked.
    """
    team = client_with("reform_team")
    land = country()
    naryn = programme()
    pair = [aimak(land.home, name, villages=[name], residents=10) for name in ("Кара", "Суу")]
    body = merger(land.home, pair, naryn, effective_on="2024-06-01", acts=[str(land.act.pk)])
    event = post(team, EVENTS, body | {"note": {"ru": "Примечание"}})
    post(team, f"{EVENTS}{event.json()['id']}/apply/", If_Match=event["ETag"])
    draft = post(
        team, EVENTS, merger(land.home, [land.turpak, land.birlik], naryn, effective_on="2024-07-01")
    )
    of = event.json()["id"]
    RoadmapStep.objects.create(event_id=of, title_ky="Дайындоо", due_on=dt.date(2024, 6, 3))
    HandOver.objects.create(
        event_id=of,
        kind="funds",
        from_unit=pair[0],
        to_unit_id=event.json()["units"][2]["unit"],
        title_ky="Каражат",
        value_som="10.50",
    )
    for value in (None, "1.5"):
        PublishedFigure.objects.create(
            measure="cities", day=DAY, value=value, as_printed="1,5", source="Булак", unit=land.land
        )
    councils = chamber.contract()
    bodies = offices.contract()
    powers = delegated.contract()
    kpi = assessed.contract()
    chain()
    with override_settings(LSG_CHECKPOINT_KEY=KEY):
        checkpoints.make()
    ids = {
        **kpi.ids,  # first: "kpi/reports" before any "reports"
        "units": str(land.alga.pk),
        "heirs": str(land.moldo.pk),
        "changes": str(land.change.pk),
        "legal-acts": str(land.act.pk),
        "settlements": str(land.villages["Шак-Шак"].pk),
        "programmes": str(naryn.pk),
        "events": draft.json()["id"],
        **councils.ids,
        **bodies.ids,
        **powers.ids,
    }
    asked = {
        "/api/v1/correspondence/": {"from": str(EVE), "to": str(LATER)},
        "/api/v1/units/{id}/projection/": {"from": str(EVE), "to": str(LATER)},
        "/api/v1/reform/statistics/": {"before": str(EVE), "after": str(LATER)},
        "/api/v1/councils/statistics/seats/": {"before": str(EVE), "after": str(LATER)},
        "/api/v1/executive-bodies/statistics/": {"before": str(EVE), "after": str(LATER)},
        "/api/v1/budgets/joined/": {"unit": bodies.unit},
        "/api/v1/delegation/funding-gap/": {"year": powers.year},
        "/api/v1/delegation/share-of-budget/": {"year": powers.year},
        "/api/v1/councils/sessions.ics": {"oblast": councils.oblast},
        "/api/v1/audit/entries/": {"type": "unit", "key": str(land.turpak.pk)},
        **kpi.asked,
    }
    return SimpleNamespace(
        team=team, auditor=client_with("auditor"), land=land, ids=ids, asked=asked, in_force=of, draft=draft
    )


def parameters_of(path, ids):
    """The real values of a path's parameters, None where there are none to give."""
    if "{seq}" in path:
        return {"seq": 1}
    if "{system}" in path:
        return {"system": "soate", "code": "41705258804000"}
    if path.endswith(("{id}/predecessors/", "{id}/settlements/")):
        return {"id": ids["heirs"]}
    if "{id}" in path:
        return {"id": next(value for name, value in ids.items() if f"/{name}/" in path)}
    return {}
