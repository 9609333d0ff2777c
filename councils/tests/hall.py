"""Councils to look at: a merged one with inherited seats, its origins, a city's with factions, sessions and votes."""

import datetime as dt
from types import SimpleNamespace

from councils import services
from councils.models import (
    Committee,
    CommitteeMembership,
    ElectoralDistrict,
    EndReason,
    Faction,
    Mandate,
    Party,
    SeatConflict,
    VoteChoice,
)
from councils.tests import factories
from registry.models import Person, PersonPrivate
from registry.tests.factories import FIRST, LegalActFactory, aimak, city, district, oblast

MERGED = dt.date(2024, 3, 5)
SESSION_DAY = dt.date(2023, 6, 1)
LATER = dt.date(2024, 6, 1)
NAMES = ("Асанов Бакыт", "Өмүрова Айгүл", "Касымов Темир", "Жээнбекова Нурзат", "Эгембердиев Эрлан")


def hall():
    """Build them; every deputy of the city has a faction, of whom one is a woman in three."""
    naryn = oblast("Нарын", name_ru="Нарынская область")
    talaa = district(naryn, "Ак-Талаа", name_ru="Ак-Талинский район")
    town = city(naryn, "Өзгөн", kind="city_oblast", name_ru="Узген")
    left, right = (
        aimak(talaa, name, villages=[name], residents=900, name_ru=f"{name_ru} айылный аймак")
        for name, name_ru in (("Кош-Дөбө", "Кош-Дёбинский"), ("Терек", "Терекский"))
    )
    merged = aimak(talaa, "Баетов", villages=["Баетов"], name_ru="Баетовский айылный аймак")
    origins = [factories.convocation(unit, seats=11, deputies=9, women=3) for unit in (left, right)]
    term = factories.convocation(town, seats=31, number=28)
    party = Party.objects.create(name_ky="Эмгек", name_ru="Эмгек")
    factions = [
        Faction.objects.create(convocation=term, name_ky=name, name_ru=name, party=party)
        for name in ("Эмгек", "Ынтымак", "Адилет")
    ]
    deputies = []
    for index in range(27):
        name = NAMES[index] if index < len(NAMES) else f"Депутатов Депутат {index}"
        who = Person.objects.create(
            name_ky=name, name_ru=name, sex="f" if index % 3 == 1 else "m", birth_year=1970 + index
        )
        deputies.append(factories.deputy(term, person=who, faction=factions[index % 3], party=party))
    PersonPrivate.objects.create(person=deputies[0].person, phone="0700123456", email="secret@example.kg")
    services.appoint(convocation=term, kind="chair", person=deputies[0].person, on=FIRST)
    committee = Committee.objects.create(
        convocation=term, name_ky="Бюджет комитети", name_ru="Бюджетный комитет"
    )
    CommitteeMembership.objects.create(
        committee=committee, mandate=deputies[1], chairs=True, valid=deputies[1].valid
    )
    ElectoralDistrict.objects.create(
        convocation=origins[0], number=1, name_ky="№ 1", name_ru="№ 1", seats=11, reserved_for_women=4
    )
    session = factories.held_session(
        term, SESSION_DAY, unexcused=deputies[:1], excused=deputies[1:2], place="Өзгөн"
    )
    item = services.add_agenda_item(
        session=session, title={"ky": "Бюджет жөнүндө", "ru": "О бюджете"}, speaker=deputies[0].person
    )
    draft = factories.draft(session, "Жол жөнүндө")
    plain = factories.published(session, "1", title="Бюджетти бекитүү жөнүндө", agenda_item=item)
    named = services.draft_resolution(
        council=term.council,
        session=session,
        title={"ky": "Сууну пайдалануу эрежелери", "ru": "О правилах пользования водой"},
        text={"ky": "Чабактардын жашоосу", "ru": "Жителям сельских улиц беречь реки"},
        rule=factories.rule("two_thirds_of_all"),
        normative=True,
    )
    choices = {row.pk: VoteChoice.IN_FAVOUR for row in deputies[2:]}
    choices[deputies[26].pk] = VoteChoice.AGAINST
    services.record_vote(resolution=named, named=choices)
    named.refresh_from_db()
    named = services.adopt(resolution=named, number="2")
    planned = services.plan_session(convocation=term, held_on=dt.date(2027, 1, 20), place="Өзгөн")
    council = factories.council(merged)
    inherited = factories.convocation(council, seats=11)
    for origin in origins:
        for mandate in list(Mandate.objects.filter(convocation=origin))[:8]:
            services.end_mandate(
                mandate=mandate, on=MERGED, reason=EndReason.objects.get(code="carried_over")
            )
            Mandate.objects.create(
                convocation=inherited, person=mandate.person, basis="carried_over", origin=origin.council,
                former=mandate, valid=(MERGED, None),
            )  # fmt: skip
    act = LegalActFactory(
        kind="cabinet_resolution", number="7", title_ky="Убактылуу жобо", title_ru="Временное положение"
    )
    SeatConflict.objects.create(
        council=council,
        act=act,
        article="31",
        statement_ky="Мыйзам 11 орун берет.",
        statement_ru="Закон даёт 11 мест.",
    )
    return SimpleNamespace(
        naryn=naryn, talaa=talaa, town=town, merged=council, inherited=inherited, origins=origins, term=term,
        council=term.council, deputies=deputies, session=session, planned=planned, draft=draft, plain=plain,
        named=named, factions=factions, left=left,
    )  # fmt: skip
