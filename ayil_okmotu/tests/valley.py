"""Executive bodies to look at: two merged okmotus, one of them with a far village, and a town whose mayor was removed."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from ayil_okmotu import services
from ayil_okmotu.models import BodyContact, EndGround, ExecutiveBody, Post
from ayil_okmotu.tests import factories
from ayil_okmotu.tests.record_factories import budget, norm, staffing, training
from councils.tests import factories as chambers
from councils.tests.test_ledger import merger
from registry.models import Person, Population, PublishedFigure, SettlementAssignment
from registry.services import record_change
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast

DAY = dt.date(2023, 5, 2)
EVE = DAY - dt.timedelta(days=1)
BEFORE, AFTER = dt.date(2021, 6, 1), dt.date(2024, 9, 6)
RESIGNED, SUCCEEDED, APPOINTED = dt.date(2022, 3, 1), dt.date(2022, 6, 1), dt.date(2023, 5, 20)
REMOVED = dt.date(2024, 3, 1)
CANARY = "Купуя-канарейка"


def someone(name, sex="m", year=1980):
    return Person.objects.create(name_ky=name, name_ru=name, sex=sex, birth_year=year)


def report(body, on, filled, women, contract=0, approved=None):
    return staffing(body, on, approved=approved or filled, filled=filled, contract=contract, women=women)


def valley():
    """Build them; on 2023-05-02 Кош-Дөбө and Чолок-Кайың become one okmotu and Кош-Дөбө lies 45 km from its centre."""
    naryn = oblast("Нарын", name_ru="Нарынская область")
    talaa = district(naryn, "Ак-Талаа", name_ru="Ак-Талинский район")
    kosh = aimak(
        talaa,
        "Кош-Дөбө",
        villages=["Кош-Дөбө", "Ак-Кыя"],
        residents=4200,
        name_ru="Кош-Дёбинский айылный аймак",
    )
    chol = aimak(talaa, "Куланак", villages=["Куланак"], residents=1800, name_ru="Куланакский айылный аймак")
    SettlementAssignment.objects.update(distance_to_centre_km=Decimal("6.5"))
    norm(since=DAY, within=naryn, staff=12, contract=10)
    land = SimpleNamespace(naryn=naryn, talaa=talaa, kosh=kosh, chol=chol)
    _before(land)
    _merge(land)
    _after(land)
    _town(land)
    PublishedFigure.objects.create(
        measure="staff_reduction_percent", interval=(BEFORE, AFTER + factories.ONE_DAY), value=Decimal("45.1"),
        as_printed="45,1 %", source="dissertation_2025",
    )  # fmt: skip
    return land


def _before(land):
    land.old = factories.body(land.kosh)
    other = factories.body(land.chol)
    BodyContact.objects.create(body=land.old, phone="+996 555 010203", person=CANARY)
    names = ("Асанов Бакыт", "Өмүрова Айгүл", "Касымов Темир", "Жээнбеков Эрлан", "Сыдыков Нурлан")
    land.people = {name: someone(name, "f" if name.endswith("а Айгүл") else "m") for name in names}
    asanov, omurova, kasymov, elder, _sydykov = land.people.values()
    first = factories.head(land.old, asanov, on=dt.date(2021, 1, 10))
    deputy = factories.post(land.old, "deputy")
    factories.appointment(deputy, omurova, on=dt.date(2021, 2, 1))
    services.end_appointment(
        appointment=first, on=RESIGNED, ground=factories.ground("own_request"), order_number="14-р"
    )
    factories.acting_head(land.old, omurova, on=RESIGNED, concurrent_reason="башчы дайындалганча")
    land.former_head = factories.head(land.old, kasymov, on=SUCCEEDED)
    village = SettlementAssignment.objects.get(settlement__name_ky="Ак-Кыя").settlement
    land.village_post = factories.post(land.old, "village_head", settlement=village)
    factories.appointment(land.village_post, elder, on=dt.date(2021, 3, 1))
    report(land.old, BEFORE, 30, 6, approved=34)
    report(other, BEFORE, 25, 8)
    for unit, scale in ((land.kosh, 1), (land.chol, 2)):
        for year in (2021, 2022):
            lines = {"land_tax": 10 * scale, "equalisation_transfer": 5, "education": 12, "total_revenue": 10 * scale + 5,
                     "total_expenditure": 12, "surplus": 10 * scale - 7}  # fmt: skip
            budget(unit, year, plan=lines, actual=lines)


def _merge(land):
    act = LegalActFactory(
        kind="decree", number="85", adopted_on=EVE, title_ky="Нарын жөнүндө", title_ru="О Нарыне"
    )
    spec, land.unit = merger(
        land.talaa, [land.kosh, land.chol], name="Чолок-Кайың", on=DAY, act_ids=(act.pk,)
    )
    change = record_change(spec)
    services.apply_change(change=change)
    SettlementAssignment.objects.on(DAY).filter(unit=land.unit).update(distance_to_centre_km=3)
    SettlementAssignment.objects.on(DAY).filter(settlement__name_ky="Кош-Дөбө").update(
        distance_to_centre_km=45
    )
    Population.objects.create(unit=land.unit, on=DAY, value=6000)
    land.body = ExecutiveBody.objects.on(DAY).get(unit=land.unit)


def _after(land):
    kasymov, sydykov = land.people["Касымов Темир"], land.people["Сыдыков Нурлан"]
    land.head_post = Post.objects.live().get(body=land.body, kind="head")
    deputy = factories.post(land.body, "deputy", on=DAY)
    factories.appointment(deputy, sydykov, on=DAY)
    factories.acting_head(land.body, sydykov, on=DAY, concurrent_reason="башчы дайындалганча")
    land.head = factories.head(land.body, kasymov, on=APPOINTED)
    land.deputy_post = deputy
    specialist = factories.post(
        land.body, "specialist", on=DAY, name={"ky": "Жер адиси", "ru": "Землеустроитель"}
    )
    land.specialist = factories.appointment(specialist, someone("Токтосунова Гүлнара", "f"), on=DAY)
    training(land.specialist)
    land.vacant = factories.post(land.body, "public_safety_deputy", on=DAY)
    report(land.body, dt.date(2023, 7, 1), 14, 4, contract=11)
    report(land.body, dt.date(2024, 9, 1), 12, 3, contract=9, approved=13)
    plan = {
        "land_tax": 40,
        "equalisation_transfer": 10,
        "education": 45,
        "total_revenue": 50,
        "total_expenditure": 45,
    }
    actual = {"land_tax": "41,5", "equalisation_transfer": 10, "education": 47, "total_revenue": 60, "total_expenditure": 62,
              "surplus": 3}  # fmt: skip
    budget(land.unit, 2023, plan=plan, actual=actual)
    budget(
        land.naryn,
        2022,
        actual={"total_revenue": "9427,4", "total_expenditure": "254,40.0", "surplus": "670,3"},
        label="2023-жылга чейин",
        source="dissertation_2025",
    )


def _town(land):
    land.town = city(land.naryn, "Нарын", kind="city_oblast", name_ru="Нарын")
    land.office = factories.body(land.town)
    mayor = factories.head(land.office, someone("Мамытов Азамат"), on=dt.date(2022, 1, 10))
    term = chambers.convocation(land.town, seats=21, deputies=21, women=7)
    session = chambers.held_session(term, dt.date(2024, 2, 20))
    land.resolution = chambers.published(
        session, "5", by="two_thirds_of_all", title="Мэрге ишеним көрсөтпөө жөнүндө"
    )
    services.end_appointment(
        appointment=mayor,
        on=REMOVED,
        ground=EndGround.objects.get(code="no_confidence"),
        order_number="УП-11",
        resolution=land.resolution,
    )
