"""Events for tests."""

import datetime as dt
import uuid

from django.utils import timezone

from reform import services
from reform.models import Programme
from registry.services import PartSpec, UnitSpec

DAY = dt.date(2023, 5, 1)
EVE = dt.date(2023, 4, 30)


def programme(key="naryn"):
    return Programme.objects.get_or_create(
        key=key, defaults={"name_ky": "Программа", "name_ru": "Программа"}
    )[0]


def draft(kind, units=(), parts=(), on=DAY, **more):
    return services.draft(
        content=services.EventDraft(
            programme_id=more.pop("programme", programme()).pk,
            kind=kind,
            effective_on=on,
            titles={"ky": "Окуя", "ru": "Событие"},
            units=tuple(units),
            parts=tuple(parts),
            **more,
        ),
        by=None,
    )


def apply(event):
    return services.apply(event=event, by="test", at=timezone.now())


def annul(event, reason="ката"):
    return services.annul(event=event, reason=reason, by="test", at=timezone.now())


def merge_draft(sources, parent, name="Жаңы", on=DAY, new=None, **more):
    """The draft of a merger of whole units into a new ayil aimak."""
    new = new or uuid.uuid4()
    event = draft(
        "merge",
        units=[
            *(UnitSpec(unit.pk, "ends") for unit in sources),
            UnitSpec(new, "begins", kind="ayil_aimak", name_ky=name, name_ru=name, parent_id=parent.pk),
        ],
        parts=[PartSpec(unit.pk, new, "whole") for unit in sources],
        on=on,
        **more,
    )
    return event, new
