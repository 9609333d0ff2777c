"""What law and sources say of staff, how a local budget is divided, what was taught in 2024.

The numbers of the norms are those of the source, which names no act for the share of men: it holds here from the day of law
№ 123 of 2021. Of posts before the reform the source says "up to 30–40", which is no norm. The totals are those that the
source prints; which lines they are made of it does not say: these are constructed, until somebody enters the classification.
"""

import datetime as dt
import uuid

from django.db import migrations

SPACE = uuid.UUID("a411c0d0-0000-5000-8000-000000000005")
LAW_123, LAW_128 = dt.date(2021, 10, 20), dt.date(2024, 7, 18)
SOURCE = "dissertation_2025"
# kind of body, staff, contract, men in per cent, article, from, until
NORMS = (
    ("ayil_okmotu", None, None, 70, "", LAW_123, LAW_128),
    ("ayil_okmotu", 12, 10, 70, "№ 128 (2024)", LAW_128, None),
    ("mayors_office", None, None, 70, "", LAW_123, None),
)
# code, side, Kyrgyz, Russian, English
ITEMS = (
    ("income_tax", "own_revenue", "киреше салыгы", "подоходный налог", "income tax"),
    ("property_tax", "own_revenue", "мүлк салыгы", "налог на имущество", "property tax"),
    ("land_tax", "own_revenue", "жер салыгы", "земельный налог", "land tax"),
    ("other_taxes", "own_revenue", "башка салыктар", "прочие налоги", "other taxes"),
    ("non_tax", "own_revenue", "салыктык эмес кирешелер", "неналоговые доходы", "non-tax revenue"),
    ("equalisation_transfer", "transfer", "теңдештирүүчү трансферт", "выравнивающий трансферт", "equalisation transfer"),
    ("targeted_transfer", "transfer", "максаттуу трансферт", "целевой трансферт", "targeted transfer"),
    ("general_services", "expenditure", "жалпы багыттагы мамлекеттик кызматтар",
     "государственные службы общего назначения", "general public services"),
    ("economic_affairs", "expenditure", "экономикалык маселелер", "экономические вопросы", "economic affairs"),
    ("housing_utilities", "expenditure", "турак жай жана коммуналдык кызматтар", "жилищные и коммунальные услуги",
     "housing and utilities"),
    ("culture", "expenditure", "эс алуу, маданият жана спорт", "отдых, культура и спорт", "recreation, culture and sport"),
    ("education", "expenditure", "билим берүү", "образование", "education"),
    ("social_protection", "expenditure", "социалдык коргоо", "социальная защита", "social protection"),
    ("total_revenue", "total", "кирешелердин жыйынтыгы", "всего доходов", "total revenue"),
    ("total_expenditure", "total", "чыгашалардын жыйынтыгы", "всего расходов", "total expenditure"),
    ("surplus", "total", "профицит (+) же тартыштык (−)", "профицит (+) или дефицит (−)", "surplus (+) or deficit (−)"),
    ("executed", "total", "бюджеттин аткарылышы", "исполнение бюджета", "budget execution"),
)  # fmt: skip
JOURNAL = "«Муниципалитет» № 1 (147), 2024-01"
# code, days, Kyrgyz, Russian, English
PROGRAMMES = (
    ("municipal_service", 2, "муниципалдык кызмат", "муниципальная служба", "municipal service"),
    ("budgets", 3, "бюджет", "бюджет", "budgets"),
    ("record_keeping", 2, "иш кагаздарын жүргүзүү", "делопроизводство", "record-keeping"),
    ("council_work", 2, "кеңештин иши жана мыйзамдар", "работа кенеша и законодательство", "council work and law"),
    ("pay", 2, "эмгек акы", "оплата труда", "pay"),
    ("accounting", 3, "бухгалтердик эсеп", "бухгалтерский учёт", "accounting"),
    ("off_budget_funds", 3, "бюджеттен тышкаркы каражаттар", "внебюджетные средства", "off-budget funds"),
    ("socio_economic_plans", 3, "социалдык-экономикалык өнүгүү пландары", "планы социально-экономического развития",
     "socio-economic plans"),
    ("local_services", 3, "жергиликтүү кызматтар", "местные услуги", "local services"),
    ("pastures", 2, "жайыттар", "пастбища", "pastures"),
    ("state_land_fund", 3, "мамлекеттик жер фонду", "Государственный земельный фонд", "State Land Fund"),
    *((f"five_days_{number}", 5, f"беш күндүк программа {number} (булакта аталышы жок)",
       f"пятидневная программа {number} (в источнике без названия)", f"five-day programme {number} (not named by the source)")
      for number in (1, 2)),
)  # fmt: skip


def named(ky, ru, en):
    return {"name": ky, "name_ky": ky, "name_ru": ru, "name_en": en}


def enter(apps, schema_editor):
    """Write norms, lines and programmes, each under an identifier that is the same everywhere."""
    StaffingNorm = apps.get_model("ayil_okmotu", "StaffingNorm")  # noqa: N806
    BudgetItem = apps.get_model("ayil_okmotu", "BudgetItem")  # noqa: N806
    TrainingProgramme = apps.get_model("ayil_okmotu", "TrainingProgramme")  # noqa: N806
    for kind, staff, contract, men, article, first, end in NORMS:
        StaffingNorm.objects.get_or_create(
            id=uuid.uuid5(SPACE, f"norm {kind} {first}"),
            defaults={
                "body_kind": kind,
                "staff": staff,
                "contract": contract,
                "men_percent": men,
                "article": article,
                "valid": (first, end),
                "source": SOURCE,
            },
        )
    for order, (code, side, *names) in enumerate(ITEMS, start=1):
        BudgetItem.objects.get_or_create(
            code=code,
            defaults={
                "id": uuid.uuid5(SPACE, f"item {code}"),
                "side": side,
                "order": order,
                "provenance": "documented" if side == "total" else "constructed",
                "source": SOURCE if side == "total" else "",
                **named(*names),
            },
        )
    for code, days, *names in PROGRAMMES:
        TrainingProgramme.objects.get_or_create(
            code=code,
            defaults={
                "id": uuid.uuid5(SPACE, f"programme {code}"),
                "days": days,
                "year": 2024,
                "source": JOURNAL,
                **named(*names),
            },
        )


class Migration(migrations.Migration):
    dependencies = [("ayil_okmotu", "0004_data")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
