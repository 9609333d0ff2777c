"""A small country: an oblast with two districts, a merger and the transfer of a village."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client

from lsg_portal.web import days
from reform.tests.scenarios import DAY, EVE, apply, draft, merge_draft, programme
from registry.models import Population, UnitVersion
from registry.services import PartSpec
from registry.tests.factories import (
    FIRST,
    LegalActFactory,
    aimak,
    city,
    code,
    district,
    oblast,
    place,
)

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture
def visitor():
    """Someone who is not signed in and gets error pages instead of exceptions."""
    return Client(raise_request_exception=False)


@pytest.fixture
def read(visitor):
    """Open a page of a unit, or an address, in a language; return the text of the page."""

    def page(unit="", language="ru", status=200, **parameters):
        address = f"/{language}/" + (f"units/{unit.pk}/" if hasattr(unit, "pk") else str(unit))
        answer = visitor.get(address, parameters)
        assert answer.status_code == status, answer.content.decode()[:2000]
        return answer.content.decode()

    return page


@pytest.fixture
def land(db):
    """Naryn oblast before and after: three aimaks of Ak-Talaa become one, a village goes to another aimak."""
    naryn = oblast("Нарын", name_ru="Нарынская область")
    talaa = district(naryn, "Ак-Талаа", name_ru="Ак-Талинский район")
    kochkor = district(naryn, "Кочкор", name_ru="Кочкорский район")
    town = city(naryn, "Нарын", kind="city_oblast", name_ru="Нарын")
    bishkek = city(None, "Бишкек", kind="city_republican", name_ru="Бишкек")
    inner = city(bishkek, "Ленин", kind="city_district", name_ru="Ленинский район")
    dobo, kaiyn, terek = (
        aimak(
            talaa, name, villages=[f"{name} айылы"], residents=residents, name_ru=f"{name_ru} айылный аймак"
        )
        for name, name_ru, residents in (
            ("Кош-Дөбө", "Кош-Дёбинский", 2000),
            ("Чолок-Кайың", "Чолок-Кайынский", 3000),
            ("Терек", "Терекский", 1500),
        )
    )
    ak = aimak(kochkor, "Ак-Кыя", villages=["Ак-Кыя"], name_ru="Ак-Кыйский айылный аймак")
    kum = aimak(
        kochkor, "Кум-Дөбө", villages=["Кум-Дөбө"], residents=900, name_ru="Кум-Дёбинский айылный аймак"
    )
    village = place(ak, "Шамшы", residents=150)
    Population.objects.filter(unit=kum).update(provenance="constructed")
    code(kum, "41704220000000")
    act = LegalActFactory(
        kind="decree", number="85", adopted_on=dt.date(2023, 4, 3), title_ru="О пилоте в Нарыне"
    )
    event, new = merge_draft([dobo, kaiyn, terek], talaa, name="Баетов", act_ids=(act.pk,))
    event = apply(event)
    UnitVersion.objects.filter(unit=new).update(name_ru="Баетовский айылный аймак")
    part = apply(
        draft("transfer", parts=[PartSpec(ak.pk, kum.pk, "part", (village.pk,))], on=dt.date(2024, 8, 5))
    )
    return SimpleNamespace(
        naryn=naryn, talaa=talaa, kochkor=kochkor, town=town, bishkek=bishkek, inner=inner, dobo=dobo, kaiyn=kaiyn,
        terek=terek, ak=ak, kum=kum, village=village, act=act, event=event, part=part, new=SimpleNamespace(pk=new),
        first=FIRST, eve=EVE, day=DAY, programme=programme(),
    )  # fmt: skip
