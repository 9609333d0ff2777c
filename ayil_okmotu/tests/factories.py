"""Records of executive bodies for tests."""

import datetime as dt

from ayil_okmotu import services
from ayil_okmotu.models import EndGround, Post
from councils.tests.factories import person
from registry.models import Provenance
from registry.tests.factories import FIRST

ONE_DAY = dt.timedelta(days=1)

__all__ = [
    "FIRST",
    "ONE_DAY",
    "acting_head",
    "appointment",
    "body",
    "ground",
    "head",
    "head_post",
    "person",
    "post",
]


def body(unit, *, on=FIRST, kind=None, with_head_post=True, **more):
    """The executive body of a unit, with an empty post of head."""
    found = services.found_body(unit_id=unit.pk, on=on, kind=kind, **more)
    if with_head_post:
        services.create_post(body=found, kind="head", on=on)
    return found


def post(of, kind="specialist", *, on=FIRST, **more):
    """A post in a body."""
    return services.create_post(body=of, kind=kind, on=on, **more)


def head_post(of):
    """The post of head of a body, made where it has none."""
    return Post.objects.live().filter(body=of, kind="head").first() or post(of, "head", on=of.valid.lower)


def appointment(to, who=None, *, on=FIRST, name="Кызматкер", **more):
    """Somebody in a post, by an order."""
    if not (more.get("act") or more.get("order_number")):
        more["order_number"] = "1-б"
    return services.appoint(
        post=to, person=who or person(name), on=on, **{"provenance": Provenance.CONSTRUCTED, **more}
    )


def head(of, who=None, *, on=FIRST, name="Башчы", **more):
    """The head of a body."""
    return appointment(head_post(of), who, on=on, name=name, **more)


def acting_head(of, who=None, *, on=FIRST, name="Милдетин аткаруучу", **more):
    """Somebody who acts as the head of a body."""
    return head(of, who, on=on, name=name, acting=True, **more)


def ground(code="own_request"):
    """A ground for the end of an appointment."""
    return EndGround.objects.get(code=code)
