"""The powers, fields and bodies that sources name; the statute's own list waits to be entered.

The text of article 29 of law № 123 of 2021 is not at hand: its items stand by number alone. One source counts 17 of them in
one place and 19 in another, so the last two are marked as disputed.
"""

import uuid

from django.db import migrations

SPACE = uuid.UUID("de1e9a71-0000-5000-8000-000000000003")
LAW_127 = "127 (2013-07-09)"
# code, Kyrgyz, Russian, English
BODIES = (
    ("agriculture", "Суу ресурстары, айыл чарба жана кайра иштетүү өнөр жайы министрлиги",
     "Министерство водных ресурсов, сельского хозяйства и перерабатывающей промышленности",
     "Ministry of Water Resources, Agriculture and Processing Industry"),
)  # fmt: skip
# code, transferable, Kyrgyz, Russian, English
FIELDS = (
    ("courts", False, "соттук бийлик", "судебная власть", "courts"),
    ("prosecution", False, "прокуратура", "прокуратура", "prosecution"),
    ("law_enforcement", False, "коомдук тартипти сактоодон башка укук коргоо ишмердиги",
     "правоохранительная деятельность, кроме охраны общественного порядка",
     "law enforcement other than public order"),
    ("territorial_integrity", False, "аймактык бүтүндүк", "территориальная целостность", "territorial integrity"),
    ("national_security", False, "улуттук коопсуздук", "национальная безопасность", "national security"),
    ("border", False, "мамлекеттик чек араны коргоо", "охрана государственной границы", "border protection"),
    ("military", False, "аскердик милдет", "воинская обязанность", "military duties"),
    ("education", True, "билим берүү", "образование", "education"),
    ("health", True, "саламаттыкты сактоо", "здравоохранение", "health"),
    ("social_protection", True, "социалдык коргоо", "социальная защита", "social protection"),
    ("land", True, "жер мамилелери", "земельные отношения", "land"),
    ("taxes", True, "салыктар", "налоги", "taxes"),
)  # fmt: skip
# code, group, field, body, status, article, Kyrgyz, Russian, English, note in Kyrgyz, in Russian, in English
POWERS = (
    ("education-premises", "social", "education", None, "in_use", "",
     "мектепке чейинки, мектеп жана кесиптик билим берүү мекемелерин имарат менен камсыз кылуу",
     "обеспечение помещениями дошкольных, школьных и профессиональных образовательных учреждений",
     "premises for pre-school, school and vocational institutions",
     "булак саламаттыкты сактоону да атайт", "источник называет и здравоохранение", "the source names health too"),
    ("special-needs", "social", "social_protection", None, "in_use", "",
     "өзгөчө муктаждыктары бар окуучуларды жана оор турмуштук абалда калган адамдарды кошумча каржылоо",
     "дополнительное финансирование учащихся с особыми потребностями и людей в трудной жизненной ситуации",
     "extra funding for learners with special needs and people in hardship",
     "каражаттын жоктугунан аткарылбайт же аткаруу мүмкүн эмес деп билдирилген",
     "по сообщениям, не выполняется или невыполнимо из-за нехватки средств",
     "reported as not performed or impossible for lack of funds"),
    ("agricultural-land-fund", "financial_economic", "land", "agriculture", "in_use", "",
     "Айыл чарба жерлеринин мамлекеттик фондун бөлүштүрүү жана пайдалануу",
     "распределение и использование Государственного фонда сельскохозяйственных угодий",
     "distribution and use of the State Agricultural Land Fund", "", "", ""),
    ("local-tax-collection", "financial_economic", "taxes", None, "in_use",
     "Бишкек шаардык кеңешинин № 16 токтому / постановление Бишкекского городского кенеша № 16",
     "жергиликтүү салыктарды чогултуу", "сбор местных налогов", "local tax collection",
     "булак токтомдун күнүн көрсөтпөйт", "источник не указывает дату постановления",
     "the source gives no date of the resolution"),
)  # fmt: skip
TAX_ITEMS = (
    ("жергиликтүү жана патенттик салыктарды чогултуу", "сбор местных и патентных налогов",
     "collecting local and patent taxes"),
    ("салык төлөөчүлөрдүн эсебин жүргүзүү", "ведение учёта налогоплательщиков", "taxpayer records"),
    ("отчетторду кабыл алуу", "приём отчётов", "reports"),
    ("рейддик текшерүүлөр", "рейдовые проверки", "raid checks"),
    ("салык посттору", "налоговые посты", "tax posts"),
    ("карызды өндүрүүнү баштоо", "возбуждение взыскания задолженности", "opening arrears recovery"),
)  # fmt: skip
ARTICLE = "123 (2021-10-20), 29"
ITEMS, UNDISPUTED = 19, 17


def enter(apps, schema_editor):
    """Write what sources name, each under an identifier that is the same everywhere."""

    def write(model, code, **values):
        names = {key: values.pop(key) for key in ("ky", "ru", "en")}
        made, _new = apps.get_model("delegation", model).objects.get_or_create(
            code=code,
            defaults={
                "id": uuid.uuid5(SPACE, f"{model} {code}"),
                "name": names["ky"],
                **{f"name_{language}": name for language, name in names.items()},
                **values,
            },
        )
        return made

    bodies = {code: write("StateBody", code, ky=ky, ru=ru, en=en) for code, ky, ru, en in BODIES}
    fields = {
        code: write("Field", code, ky=ky, ru=ru, en=en, transferable=may, article="" if may else LAW_127)
        for code, may, ky, ru, en in FIELDS
    }
    for code, group, field, body, status, article, ky, ru, en, note_ky, note_ru, note_en in POWERS:
        power = write(
            "StatePower", code, ky=ky, ru=ru, en=en, group=group, field=fields[field], status=status,
            responsible=bodies.get(body), article=article, note=note_ky, note_ky=note_ky, note_ru=note_ru,
            note_en=note_en,
        )  # fmt: skip
        if code == "local-tax-collection":
            for number, (ky_, ru_, en_) in enumerate(TAX_ITEMS, start=1):
                apps.get_model("delegation", "PowerItem").objects.get_or_create(
                    power=power,
                    number=number,
                    defaults={
                        "id": uuid.uuid5(SPACE, f"item {number}"),
                        "name": ky_,
                        "name_ky": ky_,
                        "name_ru": ru_,
                        "name_en": en_,
                    },
                )
    for number in range(1, ITEMS + 1):
        apps.get_model("delegation", "StatuteItem").objects.get_or_create(
            article=ARTICLE,
            number=number,
            defaults={"id": uuid.uuid5(SPACE, f"statute {number}"), "disputed": number > UNDISPUTED},
        )


class Migration(migrations.Migration):
    dependencies = [("delegation", "0002_rules")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
