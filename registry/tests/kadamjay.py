"""A small country in which territory moved as in the Kadamjay pilot."""

import datetime as dt
import uuid
from decimal import Decimal
from types import SimpleNamespace

from registry.models import Population, SettlementCode, Unit
from registry.services import ChangeSpec, PartSpec, ShareSpec, UnitSpec, record_change
from registry.tests.factories import (
    FIRST,
    LegalActFactory,
    VersionFactory,
    aimak,
    city,
    code,
    district,
    oblast,
    place,
)

EVE, DAY, LATER = dt.date(2022, 5, 1), dt.date(2022, 5, 2), dt.date(2023, 1, 1)
CODES = {
    "batken": "41705000000000",
    "kadamjay": "41705258000000",
    "alga": "41705258804000",
    "sovet": "41705258845000",
    "birlik": "41705258807000",
}


def country():
    """Алга ends: its villages go to Молдо Нияз, which begins, and Шак-Шак to the city Айдаркен.

    Совет goes whole to Молдо Нияз; Бирлик gives a village and a parcel to the city; Ак-Турпак stays; a year
    later it is renamed. Бишкек and a district of Чүй lie elsewhere.
    """
    land = oblast("Баткен", name_ru="Баткенская область", name_en="Batken")
    home = district(land, "Кадамжай", name_ru="Кадамжайский район")
    alga = aimak(home, "Алга", residents=100)
    villages = {name: place(alga, name, residents=n) for name, n in (("Алга", 70), ("Шак-Шак", 30))}
    sovet = aimak(home, "Совет", residents=50)
    villages["Советское"] = place(sovet, "Советское")
    birlik = aimak(home, "Бирлик", residents=40)
    for name, kind in (("Бирлик", "village"), ("Кичи Айдаркен", "village"), ("Аэропорт", "land_parcel")):
        villages[name] = place(birlik, name, kind)
    turpak = aimak(home, "Ак-Турпак", villages=["Ак-Турпак"], residents=20)
    aidarken = city(home, "Айдаркен")
    Population.objects.create(unit=aidarken, on=FIRST, value=1000)
    bishkek = VersionFactory(kind="city_republican", name_ky="Бишкек").unit
    chui = oblast("Чүй", name_ru="Чуйская область")
    far = aimak(district(chui, "Аламүдүн"), "Таш-Мойнок", villages=["Таш-Мойнок"])
    for unit, key in (
        (land, "batken"),
        (home, "kadamjay"),
        (alga, "alga"),
        (sovet, "sovet"),
        (birlik, "birlik"),
    ):
        code(unit, CODES[key])
    SettlementCode.objects.create(
        settlement=villages["Шак-Шак"], system="soate", code="41705258804070", valid=(FIRST, None)
    )
    act = LegalActFactory(kind="decree", number="435", adopted_on=dt.date(2021, 10, 12))
    new = uuid.UUID("00000000-0000-4000-8000-00000000000a")
    moldo = Unit.objects.create(pk=new)
    change = record_change(
        ChangeSpec(
            kind="reorganise",
            effective_on=DAY,
            units=(
                UnitSpec(alga.pk, "ends"),
                UnitSpec(sovet.pk, "ends"),
                UnitSpec(
                    new,
                    "begins",
                    kind="ayil_aimak",
                    name_ky="Молдо Нияз",
                    name_ru="Молдо-Нияз",
                    parent_id=home.pk,
                    centre_id=villages["Алга"].pk,
                    code_system="soate",
                    code="41705258999000",
                ),
            ),
            parts=(
                PartSpec(alga.pk, new, "part", (villages["Алга"].pk,), (_share("0.7"),)),
                PartSpec(alga.pk, aidarken.pk, "part", (villages["Шак-Шак"].pk,), (_share("0.3"),)),
                PartSpec(sovet.pk, new, "whole"),
            ),
            act_ids=(act.pk,),
        )
    )
    transfer = record_change(
        ChangeSpec(
            kind="transfer",
            effective_on=DAY,
            units=(),
            parts=(
                PartSpec(
                    birlik.pk,
                    aidarken.pk,
                    "part",
                    (villages["Кичи Айдаркен"].pk, villages["Аэропорт"].pk),
                ),
            ),
            act_ids=(act.pk,),
        )
    )
    rename = record_change(
        ChangeSpec(
            kind="rename",
            effective_on=LATER,
            units=(UnitSpec(turpak.pk, "alters", name_ky="Жаңы Турпак", name_ru="Новый Турпак"),),
            provenance="constructed",
        )
    )
    return SimpleNamespace(
        land=land,
        home=home,
        alga=alga,
        sovet=sovet,
        birlik=birlik,
        turpak=turpak,
        aidarken=aidarken,
        moldo=moldo,
        bishkek=bishkek,
        chui=chui,
        far=far,
        act=act,
        villages=villages,
        change=change,
        transfer=transfer,
        rename=rename,
    )


def _share(value):
    return ShareSpec("population", Decimal(value), "census of 2022")
