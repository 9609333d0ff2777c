"""The executive bodies of the demonstration: posts, who held them, and how that went on after the reform.

In between the events of the reform end and begin bodies (``reform.services.apply``). What is documented and what is
constructed is written in ``data/executive.txt``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet

from ayil_okmotu.models import (
    AppointedBy,
    Appointment,
    Employment,
    EndGround,
    ExecutiveBody,
    Post,
    PostKind,
)
from ayil_okmotu.services.continuing import go_on, leave
from councils.ranges import until
from lsg_portal.demo.council_election import CONSTRUCTED, Batch
from lsg_portal.demo.council_people import person
from lsg_portal.demo.country import FIRST_DAY, Country, chance, identifier
from lsg_portal.demo.executive_form import SOURCE, Place, days, named, places, written
from registry.models import Person, UnitVersion

ONE_DAY = dt.timedelta(days=1)
TERM = 5
ROWS = (Person, ExecutiveBody, Post, Appointment)
STAND_IN = "Жаңы башчы дайындалганга чейин / До назначения нового руководителя"
VACANT = 0.08
"""Share of the posts below the head that nobody holds."""
WOMEN_HEADS = 0.07
LARGE = 12_000
"""Residents from which an ayil okmotu has a deputy head."""
STAFF_ORDERS = dt.timedelta(days=21)
"""How long after its beginning a new body has its staff: as in the pilot of Naryn."""
LEAVING = (
    "own_request",
    "own_request",
    "own_request",
    "other_post",
    "other_post",
    "loss_of_trust",
    "against_decisions",
)
FINANCE = ("Финансы жана экономика боюнча башкы адис", "Главный специалист по финансам и экономике")
DEPARTMENT = ("Финансы-экономика бөлүмү", "Финансово-экономический отдел")


def _key(post: Post) -> tuple[str, ...]:
    """Words for a post that are the same on every machine: what an event writes gets another identifier each time."""
    return str(post.body.unit_id), post.kind, str(post.settlement_id or "")


@dataclass
class Work:
    """Rows gathered for bulk writing, and the grounds on which appointments end."""

    batch: Batch = field(default_factory=lambda: Batch(order=ROWS))
    grounds: dict[str, EndGround] = field(
        default_factory=lambda: {ground.code: ground for ground in EndGround.objects.all()}
    )

    def post(self, body: ExecutiveBody, kind: PostKind, since: dt.date, *words: str, **more: Any) -> Post:
        """Add a post."""
        return self.batch.add(
            Post(
                id=identifier("body post", str(body.unit_id), str(since), kind, *words),
                body=body,
                kind=kind,
                valid=(since, None),
                provenance=CONSTRUCTED,
                source=SOURCE,
                **more,
            )
        )

    def appoint(
        self,
        post: Post,
        who: Person,
        since: dt.date,
        by: AppointedBy = AppointedBy.HEAD,
        *,
        end: tuple[dt.date, str] | None = None,
        **more: Any,
    ) -> Appointment:
        """Add an appointment by an order of some days before; ``end`` gives its last bound and the ground."""
        key = (*_key(post), str(since), "acting" if more.get("acting") else "")
        number = 1 + int(chance("order", *key) * 400)
        if end:
            more |= {
                "end_ground": self.grounds[end[1]],
                "end_order_number": "" if end[1] == "replaced" else f"{number % 97 + 1}",
            }
        return self.batch.add(
            Appointment(
                id=identifier("appointment", *key),
                post=post,
                person=who,
                appointed_by=by,
                order_number=str(number),
                order_on=since - ONE_DAY * (number % 4),
                valid=(since, end[0] if end else None),
                provenance=CONSTRUCTED,
                source=SOURCE,
                **more,
            )
        )

    def someone(self, post: Post, since: dt.date, *, women: float = 0.45) -> Person:
        """Add a person for a post."""
        words = ("holder", *_key(post), str(since))
        sex = "f" if chance("sex", *words) < women else "m"
        return self.batch.add(person(sex, since.year, *words))

    def head(self, place: Place, post: Post, since: dt.date, **more: Any) -> Appointment:
        """Appoint somebody as head for the term of the law."""
        who = self.someone(post, since, women=WOMEN_HEADS)
        return self.appoint(post, who, since, place.appointed_by, term_years=TERM, **more)


def load_before(land: Country) -> None:
    """Write the executive body of every municipality, its posts and who held them, from the register's first day."""
    work = Work()
    everywhere = places(FIRST_DAY)
    first, last = days(written("days")["changes"])
    calm = named("not renewed", everywhere) | {land.aimaks["Базар-Коргон", "Базар-Коргон"].pk}
    for place in everywhere:
        body = work.batch.add(
            ExecutiveBody(
                id=identifier("executive body", str(place.unit_id)),
                unit_id=place.unit_id,
                kind=place.body_kind,
                valid=(FIRST_DAY, None),
                provenance=CONSTRUCTED,
                source=SOURCE,
                **place.address,
            )
        )
        post = work.post(body, PostKind.HEAD, FIRST_DAY)
        drawn = chance("new head", str(place.unit_id)) * 4
        stand_in = _posts(work, body, place, FIRST_DAY)
        if drawn < 1 and place.unit_id not in calm:
            _new_head(work, place, post, stand_in, first + ONE_DAY * int(drawn * ((last - first).days - 60)))
        else:
            work.head(place, post, FIRST_DAY)
        for village in place.villages:
            _village_head(work, body, village, FIRST_DAY, Employment.STAFF)
    work.batch.write()


def _posts(work: Work, body: ExecutiveBody, place: Place, since: dt.date) -> Person:
    """Add the posts below the head and who holds them; return the chief of staff."""
    kinds: list[tuple[PostKind, tuple[str, str] | None]] = [(PostKind.SPECIALIST, FINANCE)]
    if place.is_city:
        kinds = [(PostKind.DEPUTY, None), (PostKind.DEPARTMENT_HEAD, DEPARTMENT)]
    elif place.residents >= LARGE:
        kinds.append((PostKind.DEPUTY, None))
    if place.appointed_by == AppointedBy.PRESIDENT:
        kinds.append((PostKind.PUBLIC_SAFETY_DEPUTY, None))
    if chance("social", str(place.unit_id)) < 0.25:
        kinds.append((PostKind.SOCIAL_SPECIALIST, None))
    chief = work.post(body, PostKind.CHIEF_OF_STAFF, since)
    stand_in = work.someone(chief, since)
    work.appoint(chief, stand_in, since)
    for kind, names in kinds:
        post = work.post(body, kind, since, **_names(names))
        if chance("vacant", *_key(post)) >= VACANT:
            work.appoint(post, work.someone(post, since), since)
    return stand_in


def _names(names: tuple[str, str] | None) -> dict[str, str]:
    return {"name_ky": names[0], "name_ru": names[1]} if names else {}


def _village_head(
    work: Work, body: ExecutiveBody, village: uuid.UUID, since: dt.date, employment: Employment
) -> None:
    """Add the post of a village head and who holds it."""
    post = work.post(
        body, PostKind.VILLAGE_HEAD, since, str(village), settlement_id=village, employment=employment
    )
    if chance("vacant", *_key(post)) >= VACANT:
        work.appoint(post, work.someone(post, since, women=0.12), since)


def _new_head(work: Work, place: Place, post: Post, stand_in: Person, leaves: dt.date) -> None:
    """A head leaves, the chief of staff stands in for some weeks, and another one is appointed."""
    key = str(place.unit_id)
    arrives = leaves + ONE_DAY * (7 + int(chance("interim", key) * 50))
    ground = LEAVING[int(chance("leaves", key) * len(LEAVING))]
    work.head(place, post, FIRST_DAY, end=(leaves, ground))
    work.appoint(
        post,
        stand_in,
        leaves,
        place.appointed_by,
        acting=True,
        concurrent_reason=STAND_IN,
        end=(arrives, "replaced"),
    )
    work.head(place, post, arrives)


def load_after() -> None:
    """Write who heads and staffs the bodies that the reform began, and what became of the others since."""
    _settle_new_bodies()
    _appoint_in_naryn()
    _renew()
    _to_contract()


def _settle_new_bodies() -> None:
    """Bodies begun by the reform: somebody who headed a former one stands in, then a head, then the staff."""
    work = Work()
    for body, place in _bodies(ExecutiveBody.objects.live().filter(change__isnull=False)):
        since = body.valid.lower
        for name, text in place.address.items():
            setattr(body, name, text)
        post = body.posts.live().select_related("body").get(kind=PostKind.HEAD)
        former = _former_head(body, since)
        arrives = since + ONE_DAY * (3 + int(chance("arrives", str(body.unit_id)) * 18))
        if former and chance("stays", str(body.unit_id)) < 0.5:
            work.appoint(post, former, since, place.appointed_by, term_years=TERM)
        elif former:
            work.appoint(post, former, since, place.appointed_by, acting=True, end=(arrives, "replaced"))
            work.head(place, post, arrives)
        else:
            work.head(place, post, since)
        _posts(work, body, place, since + STAFF_ORDERS)
        body.save(update_fields=["address_ky", "address_ru"])
    work.batch.write()


def _former_head(body: ExecutiveBody, since: dt.date) -> Person | None:
    """Who headed one of the bodies that ended when this one began, the one with the smallest identifier."""
    ended = Appointment.objects.filter(
        closed_by=body.change, post__kind=PostKind.HEAD, acting=False, valid__endswith=since
    )
    found = ended.select_related("person").order_by("person_id").first()
    return found.person if found else None


def _bodies(found: QuerySet[ExecutiveBody]) -> list[tuple[ExecutiveBody, Place]]:
    """Bodies with the places they serve, as those stand after the reform."""
    known = {place.unit_id: place for place in places(days(written("days")["contract"])[0])}
    return [(body, known[body.unit_id]) for body in found.order_by("id")]


def _appoint_in_naryn() -> None:
    """The heads of the okmotu of Naryn were appointed on three days of May 2023, anew where one went on."""
    first, last = days(written("naryn")["heads"])
    oblast = UnitVersion.objects.on(first).get(kind="oblast", name_ky="Нарын").unit_id
    home = UnitVersion.objects.on(first).filter(parent=oblast, kind="district").values("unit")
    aimaks = UnitVersion.objects.on(first).filter(parent__in=home, kind="ayil_aimak").values("unit")
    work = Work()
    heads = Appointment.objects.on(first).filter(
        post__kind=PostKind.HEAD, post__body__unit__in=aimaks, acting=False, valid__startswith__lt=first
    )
    rows = {row.post.body_id: row for row in heads.select_related("post__body", "person").order_by("id")}
    of_day: dict[dt.date, list[uuid.UUID]] = {}
    for body, place in _bodies(ExecutiveBody.objects.filter(pk__in=rows)):
        row = rows[body.pk]
        day = first + ONE_DAY * int(chance("appointed", str(body.unit_id)) * ((last - first).days + 1))
        of_day.setdefault(day, []).append(row.pk)
        if chance("same head", str(body.unit_id)) < 0.6:
            work.appoint(row.post, row.person, day, place.appointed_by, term_years=TERM)
        else:
            work.head(place, row.post, day)
    for day, ended in of_day.items():
        _end(ended, day, work.grounds["dismissal"])
    work.batch.write()


def _renew() -> None:
    """Terms that began with the register end five years later: appointed anew or replaced, in a few places not yet."""
    (day,) = days(written("days")["renewal"])
    left = named("not renewed", places(day))
    heads = Appointment.objects.on(day).filter(post__kind=PostKind.HEAD, valid__startswith=FIRST_DAY)
    rows = {
        row.post.body_id: row
        for row in heads.exclude(post__body__unit__in=left).select_related("post__body", "person")
    }
    work = Work()
    for body, place in _bodies(ExecutiveBody.objects.filter(pk__in=rows)):
        row = rows[body.pk]
        if chance("renewed", str(body.unit_id)) < 0.7:
            work.appoint(row.post, row.person, day, place.appointed_by, term_years=TERM)
        else:
            work.head(place, row.post, day)
    _end([row.pk for row in rows.values()], day, work.grounds["term_ended"])
    work.batch.write()


def _end(appointments: list[uuid.UUID], day: dt.date, ground: EndGround) -> None:
    """End appointments of heads on a day."""
    Appointment.objects.filter(pk__in=appointments).update(
        valid=until(day), end_ground=ground, end_order_number=f"{day:%m}-{day:%d}", version=F("version") + 1
    )


def _to_contract() -> None:
    """Move village heads to contract: in Naryn with the pilot, elsewhere after the reform."""
    (orders,) = days(written("naryn")["orders"])
    (last,) = days(written("days")["contract"])
    oblast = UnitVersion.objects.on(orders).get(kind="oblast", name_ky="Нарын").unit_id
    home = UnitVersion.objects.on(orders).filter(parent=oblast, kind="district").values("unit")
    aimaks = UnitVersion.objects.on(orders).filter(parent__in=home, kind="ayil_aimak").values_list("unit")
    staff = Post.objects.filter(kind=PostKind.VILLAGE_HEAD, employment=Employment.STAFF)
    _continue_on_contract(staff.on(orders).filter(body__unit__in=aimaks), orders)
    _continue_on_contract(staff.on(last), last)


def _continue_on_contract(posts: QuerySet[Post], day: dt.date) -> None:
    """Close posts on a day; others on contract continue them, with whoever holds them."""
    homes = dict(posts.values_list("pk", "body_id"))
    left = leave(list(homes), day, ground="post_changed", order_number=f"{day:%m}-{day:%d}")
    go_on(left, day, bodies=homes, employment=Employment.CONTRACT)
