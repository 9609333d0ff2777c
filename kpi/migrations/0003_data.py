"""The two methodologies as the source proposes them: its categories and indicators; weights and thresholds are an example.

They are entered as drafts: the ministry puts them into force. The source gives neither weights nor thresholds, bands nor
peer groups: these are constructed, and the records say so.
"""

import uuid
from decimal import Decimal

from django.db import migrations

SPACE = uuid.UUID("4b1e0000-0000-5000-8000-000000000003")
SOURCE = "2025-жылдагы диссертация: сунуш, мыйзам эмес / диссертация 2025 года: предложение, не закон"
LANGUAGES = ("ky", "ru", "en")
NOTES = (
    "Булактын сунушу; мыйзам же башка акт менен бекитилген эмес. Салмактар, босого маанилер, баскычтар жана топтор булакта жок: "
    "мисал катары түзүлгөн.",
    "Предложение источника; законом или иным актом не утверждено. Весов, пороговых значений, уровней и групп в источнике нет: "
    "они составлены как пример.",
    "A proposal of the source, not approved by law or any other act. The source gives no weights, thresholds, bands or "
    "groups: they are constructed as an example.",
)
PERCENT = ("%", "%", "%")
MILLION = ("млн сом", "млн сомов", "million som")
PIECES = ("даана", "ед.", "pieces")
REVENUE = (
    ("жыл башынан бери өз кирешелери, млн сом", "собственные доходы с начала года, млн сомов", "own revenue since the beginning of the year, million som"),
    ("өткөн жылдын ушул мезгилиндеги өз кирешелери, млн сом", "собственные доходы за тот же период прошлого года, млн сомов", "own revenue in the same time of the year before, million som"),
)  # fmt: skip
# code, category, names, unit, formula, direction, least, most, weight, aggregation, source, lowest, highest, more
HEAD = (
    ("economic_development", ("Экономикалык өнүгүү", "Экономическое развитие", "Economic development"), (
        ("revenue_growth", ("бюджеттин киреше базасын көбөйтүү (жергиликтүү кирешелердин өсүү пайызы)",
         "увеличение доходной базы бюджета (процент роста местных доходов)", "growth of local revenue"),
         PERCENT, "growth", -5, 15, 12, "ratio_of_sums", "report", -100, 1000,
         {"parts": REVENUE, "prefill": "own_revenue_growth"}),
        ("investment", ("тартылган инвестициялардын көлөмү", "объём привлечённых инвестиций", "investment attracted"),
         MILLION, "number", 0, 50, 10, "sum", "report", 0, 100_000, {"evidence": True, "warn": 200}),
        ("jobs", ("түзүлгөн жумуш орундарынын саны", "число созданных рабочих мест", "jobs created"),
         ("орун", "мест", "jobs"), "number", 0, 60, 10, "sum", "statistics", 0, 100_000,
         {"whole": True, "warn": 200}),
    )),
    ("social_development", ("Социалдык өнүгүү", "Социальное развитие", "Social development"), (
        ("satisfaction", ("муниципалдык кызмат көрсөтүүлөрдүн сапаты (калктын канааттануу деңгээли)",
         "качество муниципальных услуг (уровень удовлетворённости населения)", "satisfaction with municipal services"),
         PERCENT, "number", 40, 90, 12, "population_weighted_mean", "survey", 0, 100, {"warn": 30}),
        ("accessibility", ("социалдык инфраструктура объектилеринин жеткиликтүүлүгү",
         "доступность объектов социальной инфраструктуры", "accessibility of social infrastructure"),
         ("индекс, балл", "индекс, баллов", "index, points"), "number", 20, 80, 8, "not_aggregable",
         "independent_audit", 0, 100, {}),
    )),
    ("urban_development", ("Шаар куруу жана көрктөндүрүү", "Градостроительство и благоустройство",
     "Urban development"), (
        ("roads", ("оңдолгон жолдор", "отремонтированные дороги", "repaired roads"),
         ("км", "км", "km"), "number", 0, 12, 8, "sum", "report", 0, 1000,
         {"flag": ("булакта «аянты, км» деп басылган", "в источнике напечатано «площадь, км»",
                   "the source prints “area, km”")}),
        ("public_zones", ("көрктөндүрүлгөн коомдук зоналардын саны", "число благоустроенных общественных зон",
         "improved public zones"), PIECES, "number", 0, 5, 6, "sum", "report", 0, 1000, {"whole": True}),
        ("projects", ("ишке ашырылган долбоорлордун саны", "число реализованных проектов", "projects carried out"),
         PIECES, "number", 0, 6, 6, "sum", "report", 0, 1000, {"whole": True}),
    )),
    ("management", ("Башкаруунун натыйжалуулугу", "Эффективность управления", "Management"), (
        ("programmes_on_time", ("бекитилген программаларды өз убагында ишке ашыруу",
         "своевременная реализация утверждённых программ", "programmes on time"), PERCENT, "share", 50, 100, 10,
         "ratio_of_sums", "report", 0, 100,
         {"parts": (("өз убагында аткарылган иш-чаралар", "мероприятия, выполненные в срок", "measures carried out on time"),
                    ("пландалган иш-чаралар", "запланированные мероприятия", "measures planned"))}),
        ("budget_saved", ("чыгымдарды оптималдаштыруу (бюджеттин үнөмдөлгөн пайызы)",
         "оптимизация расходов (процент сэкономленного бюджета)", "budget saved"), PERCENT, "share", 0, 5, 6,
         "ratio_of_sums", "report", 0, 100,
         {"parts": (("үнөмдөлгөн каражат, млн сом", "сэкономленные средства, млн сомов", "money saved, million som"),
                    ("чыгашалардын планы, млн сом", "план расходов, млн сомов", "planned expenditure, million som"))}),
        ("budget_execution", ("бюджеттин аткарылышы (кирешелер жана чыгашалар боюнча)",
         "исполнение бюджета (по доходам и расходам)", "budget execution"), PERCENT, "share", 80, 100, 12,
         "ratio_of_sums", "report", 0, 200,
         {"parts": (("кирешелердин жана чыгашалардын аткарылышы, млн сом", "исполнено по доходам и расходам, млн сомов", "revenue and expenditure executed, million som"),
                    ("кирешелердин жана чыгашалардын планы, млн сом", "план доходов и расходов, млн сомов", "revenue and expenditure planned, million som")),
          "prefill": "budget_execution"}),
    )),
)  # fmt: skip
EMPLOYEE = (
    ("duties", ("Функционалдык милдеттерди аткаруу", "Выполнение функциональных обязанностей", "Duties"), (
        ("tasks_done", ("аткарылган тапшырмалардын саны жана сапаты", "количество и качество выполненных поручений",
         "tasks done, number and quality"), PERCENT, "share", 60, 100, 20, "ratio_of_sums", "report", 0, 100,
         {"parts": (("сапаттуу аткарылган тапшырмалар", "качественно выполненные поручения", "tasks done well"),
                    ("берилген тапшырмалар", "выданные поручения", "tasks given"))}),
        ("documents_on_time", ("документацияны өз убагында даярдоо", "своевременная подготовка документации",
         "documents on time"), PERCENT, "share", 70, 100, 15, "ratio_of_sums", "report", 0, 100,
         {"parts": (("өз убагында даярдалган документтер", "документы, подготовленные в срок", "documents on time"),
                    ("даярдалууга тийиш документтер", "документы, которые следовало подготовить", "documents to prepare"))}),
    )),
    ("people", ("Калк менен иштөө", "Работа с населением", "Work with people"), (
        ("appeals", ("жарандардын кайрылууларын иштеп чыгуу саны", "число рассмотренных обращений граждан",
         "appeals handled"), PIECES, "number", 0, 60, 10, "sum", "report", 0, 10_000, {"whole": True}),
        ("request_days", ("суроо-талаптарды кароонун орточо мөөнөтү", "средний срок рассмотрения запросов",
         "average time per request"), ("күн", "дней", "days"), "number", 3, 14, 10, "not_aggregable", "report", 0, 365,
         {"direction": "lower_is_better",
          "flag": ("булак ченөө бирдигин көрсөтпөйт: күн деп алынган", "источник не указывает единицу измерения: приняты дни",
                   "the source gives no unit: taken as days")}),
        ("service_satisfaction", ("көрсөтүлгөн кызматтардын сапатына канааттануу",
         "удовлетворённость качеством оказанных услуг", "satisfaction with services"), PERCENT, "number", 50, 95, 15,
         "not_aggregable", "survey", 0, 100, {}),
    )),
    ("growth", ("Кесиптик өнүгүү", "Профессиональное развитие", "Growth"), (
        ("training", ("окутуу программаларына жана тренингдерге катышуу", "участие в программах обучения и тренингах",
         "training attended"), ("саат", "часов", "hours"), "number", 0, 24, 10, "sum", "report", 0, 600,
         {"whole": True, "prefill": "training_attended"}),
        ("new_methods", ("жаңы ыкмаларды жана технологияларды колдонуу", "применение новых методов и технологий",
         "new methods and technologies used"), PIECES, "number", 0, 3, 5, "sum", "report", 0, 100, {"whole": True}),
    )),
    ("initiative", ("Демилгелүүлүк жана инновациялар", "Инициативность и инновации", "Initiative"), (
        ("proposals", ("процесстерди жакшыртуу боюнча сунуштар", "предложения по улучшению процессов", "proposals"),
         PIECES, "number", 0, 4, 7, "sum", "report", 0, 100, {"whole": True}),
        ("initiatives", ("натыйжалуулукту жогорулаткан демилгелерди ишке ашыруу",
         "реализация инициатив, повысивших эффективность", "initiatives carried out"), PIECES, "number", 0, 2, 8, "sum",
         "report", 0, 100, {"whole": True}),
    )),
)  # fmt: skip
BANDS = (
    ("high", 80, ("жогорку", "высокий", "high")),
    ("good", 60, ("жакшы", "хороший", "good")),
    ("fair", 40, ("орточо", "средний", "fair")),
    ("low", 0, ("төмөн", "низкий", "low")),
)
HEAD_GROUPS = (
    ("cities_major", ["city_republican", "city_oblast"], [], 0, None,
     ("республикалык жана облустук маанидеги шаарлар", "города республиканского и областного значения",
      "cities of republican and oblast significance")),
    ("cities", ["city_district_level"], [], 0, None,
     ("райондук маанидеги шаарлар", "города районного значения", "cities of district significance")),
    ("aimaks_large", ["ayil_aimak"], [], 20_000, None,
     ("калкы 20 миңден кем эмес айыл аймактары", "айылные аймаки с населением от 20 тысяч", "ayil aimaks of 20,000 residents and more")),
    ("aimaks_medium", ["ayil_aimak"], [], 10_000, 20_000,
     ("калкы 10 миңден 20 миңге чейинки айыл аймактары", "айылные аймаки с населением от 10 до 20 тысяч", "ayil aimaks of 10,000 to 20,000 residents")),
    ("aimaks_small", ["ayil_aimak"], [], 0, 10_000,
     ("калкы 10 миңден аз айыл аймактары", "айылные аймаки с населением менее 10 тысяч", "ayil aimaks below 10,000 residents")),
)  # fmt: skip
EMPLOYEE_GROUPS = (
    ("leading", [], ["deputy", "public_safety_deputy", "chief_of_staff", "department_head"], 0, None,
     ("жетекчи кызмат орундары", "руководящие должности", "leading posts")),
    ("others", [], [], 0, None, ("башка кызматчылар", "другие служащие", "other employees")),
)  # fmt: skip
METHODOLOGIES = (
    ("head_of_executive", 1, HEAD, HEAD_GROUPS,
     ("Аткаруу органынын башчысынын ишин баалоо", "Оценка деятельности главы исполнительного органа",
      "Assessment of the head of an executive body")),
    ("municipal_employee", 101, EMPLOYEE, EMPLOYEE_GROUPS,
     ("Муниципалдык кызматчынын ишин баалоо", "Оценка деятельности муниципального служащего",
      "Assessment of a municipal employee")),
)  # fmt: skip


def said(field, texts):
    """Return a translated field in its three languages and its base column."""
    return {field: texts[0], **{f"{field}_{code}": text for code, text in zip(LANGUAGES, texts, strict=True)}}


def enter(apps, schema_editor):
    """Write measures and both drafts, each row under an identifier that is the same everywhere."""

    def write(model, *key, **values):
        made, _new = apps.get_model("kpi", model).objects.get_or_create(
            id=uuid.uuid5(SPACE, " ".join(map(str, (model, *key)))),
            defaults={"provenance": "constructed", "source": SOURCE, **values},
        )
        return made

    for subject, first, categories, groups, names in METHODOLOGIES:
        methodology = write(
            "Methodology", subject, 1, subject=subject, number=1, gate=Decimal(70), **said("name", names),
            **said("note", NOTES),
        )  # fmt: skip
        number = first
        for order, (code, category_names, indicators) in enumerate(categories, start=1):
            category = write(
                "Category", subject, 1, code, methodology=methodology, code=code, order=order,
                **said("name", category_names),
            )  # fmt: skip
            for (key, said_name, unit, formula, least, most, weight, aggregation, data_source, lowest, highest, more) in indicators:  # fmt: skip
                measure, _new = apps.get_model("kpi", "Measure").objects.get_or_create(
                    id=number, defaults={"subject": subject, "code": key}
                )
                parts = more.get("parts", (("",) * 3, ("",) * 3))
                write(
                    "Indicator", subject, 1, key, category=category, measure=measure, order=number,
                    formula=formula, direction=more.get("direction", "higher_is_better"), least=least, most=most,
                    weight=weight, aggregation=aggregation, data_source=data_source, lowest=lowest, highest=highest,
                    whole=more.get("whole", False), warn_percent=more.get("warn"),
                    evidence_required=more.get("evidence", False), prefill=more.get("prefill", ""),
                    **said("name", said_name), **said("unit_of_measure", unit),
                    **said("numerator_name", parts[0]), **said("denominator_name", parts[1]),
                    **said("flag", more.get("flag", ("",) * 3)), **said("definition", ("",) * 3),
                )  # fmt: skip
                number += 1
        for order, (code, least, band_names) in enumerate(BANDS, start=1):
            write(
                "Band", subject, 1, code, methodology=methodology, code=code, least=least, order=order,
                **said("name", band_names),
            )  # fmt: skip
        for order, (code, kinds, posts, at_least, below, group_names) in enumerate(groups, start=1):
            write(
                "PeerGroup", subject, 1, code, methodology=methodology, code=code, unit_kinds=kinds, post_kinds=posts,
                from_population=at_least, below_population=below, order=order, **said("name", group_names),
            )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("kpi", "0002_rules")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
