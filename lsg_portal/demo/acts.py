"""The legal acts of the reform, its programmes, and the figures that sources printed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lsg_portal.demo.form import published_figures
from reform.models import Programme
from registry.models import LegalAct, Provenance, PublishedFigure, Unit

DAY = dt.date
# key, kind, number, adopted on, in force from (None: not known), Kyrgyz, Russian, English
ACTS = [
    (
        "law-127-2013",
        "law",
        "127",
        DAY(2013, 7, 9),
        None,
        "Жергиликтүү өз алдынча башкаруу органдарына айрым мамлекеттик ыйгарым укуктарды өткөрүп берүү тартиби жөнүндө",
        "О порядке делегирования органам местного самоуправления отдельных государственных полномочий",
        "On the procedure of delegating certain state powers to bodies of local self-government",
    ),
    (
        "law-bazar-korgon-2021",
        "law",
        "",
        DAY(2021, 4, 1),
        None,
        "Базар-Коргон айылын райондук маанидеги шаарлардын катарына киргизүү жөнүндө"
        " (кол коюлган күнү шарттуу: 2021-жылдын апрели)",
        "Об отнесении села Базар-Коргон к категории городов районного значения (день подписания условный: апрель 2021 года)",
        "On making Bazar-Korgon a city of district significance (day of signing constructed: April 2021)",
    ),
    (
        "decree-435-2021",
        "decree",
        "435",
        DAY(2021, 10, 12),
        None,
        "Кыргыз Республикасынын 2026-жылга чейинки улуттук өнүктүрүү программасы жөнүндө",
        "О Национальной программе развития Кыргызской Республики до 2026 года",
        "On the national development programme of the Kyrgyz Republic until 2026",
    ),
    (
        "law-123-2021",
        "law",
        "123",
        DAY(2021, 10, 20),
        None,
        "Жергиликтүү мамлекеттик администрация жана жергиликтүү өз алдынча башкаруу органдары жөнүндө",
        "О местной государственной администрации и органах местного самоуправления",
        "On local state administration and bodies of local self-government",
    ),
    (
        "decree-350-2022",
        "decree",
        "350",
        DAY(2022, 10, 18),
        None,
        "Административдик-аймактык реформаны пилоттук режимде жүргүзүү жөнүндө",
        "О проведении административно-территориальной реформы в пилотном режиме",
        "On carrying out the administrative-territorial reform as a pilot",
    ),
    (
        "decree-414-2022",
        "decree",
        "414",
        DAY(2022, 12, 28),
        None,
        "Түп районунда административдик-аймактык реформаны пилоттук режимде жүргүзүү жөнүндө",
        "О проведении административно-территориальной реформы в пилотном режиме в Тюпском районе",
        "On carrying out the administrative-territorial reform as a pilot in Tup district",
    ),
    (
        "cabinet-177-2023",
        "cabinet_resolution",
        "177",
        DAY(2023, 3, 30),
        None,
        "Пилоттук аймактардагы айыл өкмөттөрүнүн түзүмү жана штаттык саны жөнүндө",
        "О структуре и штатной численности айыл окмоту в пилотных регионах",
        "On the structure and staff numbers of ayil okmotu in the pilot regions",
    ),
    (
        "decree-85-2023",
        "decree",
        "85",
        DAY(2023, 4, 3),
        None,
        "Нарын облусунда административдик-аймактык реформаны пилоттук режимде жүргүзүү жөнүндө",
        "О проведении административно-территориальной реформы в пилотном режиме в Нарынской области",
        "On carrying out the administrative-territorial reform as a pilot in Naryn oblast",
    ),
    (
        "order-85-2023",
        "order",
        "85",
        DAY(2023, 4, 17),
        None,
        "Президенттин Нарын облусундагы ыйгарым укуктуу өкүлүнүн айыл аймактарын бириктирүү жөнүндө буйругу",
        "Распоряжение полномочного представителя Президента в Нарынской области об объединении айылных аймаков",
        "Order of the plenipotentiary representative in Naryn oblast on merging ayil aimaks",
    ),
    (
        "law-moldo-niyaz-2023",
        "law",
        "",
        DAY(2023, 11, 29),
        None,
        "Котормо айыл аймагынын атын Молдо Нияз деп өзгөртүү жөнүндө",
        "О переименовании айылного аймака Котормо в Молдо Нияз",
        "On renaming the ayil aimak Kotormo to Moldo Niyaz",
    ),
    (
        "law-17-2024",
        "law",
        "17",
        DAY(2024, 1, 16),
        None,
        "2021-жылдын 20-октябрындагы № 123 мыйзамга өзгөртүүлөрдү киргизүү жөнүндө (райондук кеңештер)",
        "О внесении изменений в Закон № 123 от 20 октября 2021 года (районные кенеши)",
        "On amending Law № 123 of 2021-10-20 (district councils)",
    ),
    (
        "temp-reg-2024",
        "regulation",
        "",
        DAY(2024, 2, 7),
        None,
        "Административдик-аймактык реформанын шартында жергиликтүү кеңештердин иши жөнүндө убактылуу жобо",
        "Временное положение о деятельности местных кенешей в условиях административно-территориальной реформы",
        "Temporary regulation on local councils during the administrative-territorial reform",
    ),
    (
        "bishkek-118-2024",
        "council_resolution",
        "118",
        DAY(2024, 3, 4),
        None,
        "Бишкек шаарынын чек арасына айыл аймактарын жана калктуу конуштарды кошуу жөнүндө Бишкек шаардык кеңешинин токтому",
        "Постановление Бишкекского городского кенеша о присоединении айылных аймаков и населённых пунктов к городу Бишкек",
        "Resolution of the Bishkek city council on annexing ayil aimaks and settlements to the city",
    ),
    (
        "law-128-2024",
        "law",
        "128",
        DAY(2024, 7, 18),
        None,
        "Айыл аймактары жана шаарлар деңгээлиндеги административдик-аймактык бирдиктер жөнүндө",
        "Об административно-территориальных единицах на уровне айылных аймаков и городов",
        "On administrative-territorial units at the level of ayil aimaks and cities",
    ),
    (
        "decree-256-2024",
        "decree",
        "256",
        DAY(2024, 9, 6),
        None,
        "Жергиликтүү кеңештерди таратуу жана депутаттарды шайлоону 2024-жылдын 17-ноябрына дайындоо жөнүндө",
        "О роспуске местных кенешей и назначении выборов депутатов на 17 ноября 2024 года",
        "On dissolving the local councils and setting elections for 2024-11-17",
    ),
    (
        "decree-pilot-repeal-2025",
        "decree",
        "",
        DAY(2025, 12, 30),
        DAY(2026, 1, 1),
        "Пилоттук реформа жөнүндө жарлыктарды күчүн жоготкон деп таануу жөнүндө",
        "О признании утратившими силу указов о пилотной реформе",
        "On repealing the decrees on the pilot reform",
    ),
]
REPEALED = dict.fromkeys(("decree-350-2022", "decree-414-2022", "decree-85-2023"), "decree-pilot-repeal-2025")

# key, act, starts on, Kyrgyz, Russian, English
PROGRAMMES = [
    ("batken", "decree-435-2021", DAY(2022, 5, 2), "Баткен пилоту", "Баткенский пилот", "Batken pilot"),
    ("tup", "decree-414-2022", DAY(2022, 12, 28), "Түп пилоту", "Тюпский пилот", "Tup pilot"),
    (
        "naryn",
        "decree-85-2023",
        DAY(2023, 4, 3),
        "Нарын пилоту, 2023",
        "Нарынский пилот, 2023",
        "Naryn pilot 2023",
    ),
    (
        "pilot2024",
        "temp-reg-2024",
        DAY(2024, 2, 7),
        "2024-жылдын февралындагы бириктирүүлөр",
        "Объединения февраля 2024 года",
        "Mergers of February 2024",
    ),
    (
        "bishkek",
        "bishkek-118-2024",
        DAY(2024, 3, 4),
        "Бишкектин чек арасын кеңейтүү, 2024",
        "Расширение границ Бишкека, 2024",
        "Enlargement of Bishkek 2024",
    ),
    (
        "law128",
        "law-128-2024",
        DAY(2024, 7, 18),
        "№ 128 мыйзам, 2024",
        "Закон № 128, 2024",
        "Law № 128 of 2024",
    ),
]


def load_acts() -> dict[str, LegalAct]:
    """Write the legal acts; return them by key."""
    acts = {}
    for key, kind, number, adopted, in_force, ky, ru, en in ACTS:
        acts[key] = LegalAct.objects.create(
            key=key,
            kind=kind,
            number=number,
            adopted_on=adopted,
            in_force=(in_force, None) if in_force else None,
            status=LegalAct.Status.REPEALED if key in REPEALED else LegalAct.Status.IN_FORCE,
            title_ky=ky,
            title_ru=ru,
            title_en=en,
            provenance=Provenance.CONSTRUCTED if key == "law-bazar-korgon-2021" else Provenance.DOCUMENTED,
        )
    for key, by in REPEALED.items():
        acts[key].repealed_by = acts[by]
        acts[key].save(update_fields=["repealed_by"])
    return acts


def load_programmes(acts: dict[str, LegalAct]) -> dict[str, Programme]:
    """Write the programmes; return them by key."""
    return {
        key: Programme.objects.create(
            key=key, act=acts[act], starts_on=starts, name_ky=ky, name_ru=ru, name_en=en
        )
        for key, act, starts, ky, ru, en in PROGRAMMES
    }


def load_published_figures(oblasts: dict[str, Unit]) -> None:
    """Write what sources printed, disagreeing ones side by side."""
    PublishedFigure.objects.bulk_create(
        PublishedFigure(
            measure=measure,
            unit=oblasts[unit] if unit else None,
            day=None if last else DAY.fromisoformat(first),
            interval=(DAY.fromisoformat(first), DAY.fromisoformat(last)) if last else None,
            value=Decimal(value),
            as_printed=printed,
            source=source,
        )
        for measure, unit, first, last, value, printed, source in published_figures()
    )
