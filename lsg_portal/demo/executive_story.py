"""A council of the demonstration loses confidence in the head of its okmotu: constructed, written as it would be."""

from __future__ import annotations

import datetime as dt

from ayil_okmotu import services
from ayil_okmotu.models import Appointment, EndGround, Post, PostKind
from councils.models import Council
from lsg_portal.demo import council_story
from lsg_portal.demo.council_election import CONSTRUCTED
from lsg_portal.demo.council_people import person
from lsg_portal.demo.executive import STAND_IN
from lsg_portal.demo.executive_form import SOURCE, places, written

NO_CONFIDENCE = {
    "ky": "Айыл өкмөтүнүн башчысына ишеним көрсөтпөө жөнүндө",
    "ru": "О выражении недоверия главе айыл окмоту",
    "en": "On no confidence in the head of the ayil okmotu",
}
INTERIM = dt.timedelta(days=26)


def load_story() -> None:
    """Two thirds of all deputies vote the head out; the chief of staff stands in until another one is appointed."""
    entry = written("no confidence")
    voted, ends = (dt.date.fromisoformat(entry[key].value) for key in ("session", "end"))
    unit = next(place.unit_id for place in places(voted) if place.name == entry["place"].value)
    council = Council.objects.on(voted).get(unit=unit)
    session = council_story.held(council_story.sitting(council, voted), voted)
    resolution = council_story.decide(
        session, council_story.attend(session, {}), NO_CONFIDENCE, rule="two_thirds_of_all"
    )
    post = Post.objects.on(voted).get(body__unit=unit, kind=PostKind.HEAD)
    services.end_appointment(
        appointment=Appointment.objects.on(voted).get(post=post, acting=False),
        on=ends,
        ground=EndGround.objects.get(code="no_confidence"),
        order_number="41",
        resolution=resolution,
    )
    chief = Appointment.objects.on(voted).get(post__body=post.body, post__kind=PostKind.CHIEF_OF_STAFF)
    services.appoint(
        post=post,
        person=chief.person,
        on=ends,
        acting=True,
        order_number="42",
        order_on=ends,
        concurrent_reason=STAND_IN,
        provenance=CONSTRUCTED,
        source=SOURCE,
    )
    successor = person("m", ends.year, "successor", str(unit))
    successor.save(force_insert=True)
    services.appoint(
        post=post,
        person=successor,
        on=ends + INTERIM,
        order_number="57",
        order_on=ends + INTERIM,
        provenance=CONSTRUCTED,
        source=SOURCE,
    )
