"""What law and its sources say of heads: on what grounds they leave, and the service they must bring.

The text of law № 123 of 2021 is not at hand: the grounds of arts. 47 and 53 and the years are as the source gives them.
Whether leading posts elsewhere stand in for leading service or come on top of it the source says both ways.
"""

import datetime as dt
import uuid

from django.db import migrations
from django.db.backends.postgresql.psycopg_any import DateRange

SOURCE = "dissertation_2025"
HEADS = "123/2021: 47, 53"
# code, kind, article, Kyrgyz, Russian, English
GROUNDS = (
    ("breach_of_law", "removal", HEADS,
     "мыйзамдарды, Президенттин же Министрлер Кабинетинин актыларын бузуу",
     "нарушение законов, актов Президента или Кабинета Министров",
     "breach of laws or of acts of the President or the Cabinet"),
    ("no_confidence", "removal", HEADS,
     "депутаттардын үчтөн экисинин ишеним көрсөтпөөсү",
     "выражение недоверия двумя третями депутатов", "no confidence by two thirds of the deputies"),
    ("against_decisions", "removal", HEADS,
     "кабыл алынган чечимдерге же мамлекеттик саясатка каршы аракеттер",
     "действия вопреки принятым решениям или государственной политике",
     "acts against adopted decisions or policy"),
    ("loss_of_trust", "removal", HEADS, "ишенимди жоготуу", "утрата доверия", "loss of trust"),
    ("term_ended", "end", "", "мөөнөтүнүн бүтүшү", "истечение срока", "end of the term"),
    ("own_request", "end", "", "өз арызы боюнча", "по собственному желанию", "own request"),
    ("death", "end", "", "каза болушу", "смерть", "death"),
    ("body_ended", "end", "", "аймактык өзгөрүүдө аткаруу органынын жоюлушу",
     "упразднение исполнительного органа при территориальном изменении",
     "end of the executive body by a territorial change"),
    ("other_post", "end", "", "башка кызматка которулушу", "переход на другую должность", "move to another post"),
    ("dismissal", "end", "", "кызматтан бошотуу", "освобождение от должности", "dismissal"),
    ("replaced", "end", "", "кызматка дайындалган адамга орун бошотуу",
     "вступление в должность назначенного лица", "somebody was appointed to the post"),
    ("post_changed", "end", "", "кызмат орду башка негизде уланды",
     "должность продолжена на иной основе", "the post goes on on another basis"),
)  # fmt: skip
# kind of municipality, years of service, of them leading, leading elsewhere, higher education
YEARS = (
    ("city_republican", 10, 7, 10, True),
    ("city_oblast", 7, 5, 7, True),
    ("city_district_level", 5, 3, 5, True),
    ("ayil_aimak", 5, 3, 5, False),
)
SINCE = dt.date(2021, 10, 20)
SPACE = uuid.UUID("c0117c11-0000-5000-8000-000000000005")


def enter(apps, schema_editor):
    """Write the grounds and the years, each under an identifier that is the same everywhere."""
    EndGround = apps.get_model("ayil_okmotu", "EndGround")  # noqa: N806
    QualificationRule = apps.get_model("ayil_okmotu", "QualificationRule")  # noqa: N806
    for order, (code, kind, article, ky, ru, en) in enumerate(GROUNDS, start=1):
        EndGround.objects.get_or_create(
            code=code,
            defaults={
                "id": uuid.uuid5(SPACE, f"ground {code}"),
                "kind": kind,
                "article": article,
                "name": ky,
                "name_ky": ky,
                "name_ru": ru,
                "name_en": en,
                "needs_resolution": code == "no_confidence",
                "order": order,
                "source": SOURCE if kind == "removal" else "",
            },
        )
    for kind, total, leading, elsewhere, education in YEARS:
        QualificationRule.objects.get_or_create(
            id=uuid.uuid5(SPACE, f"qualification {kind}"),
            defaults={
                "unit_kind": kind,
                "total_years": total,
                "leading_years": leading,
                "elsewhere_years": elsewhere,
                "elsewhere": "both",
                "higher_education": education,
                "state_language": True,
                "valid": DateRange(SINCE, None),
                "source": SOURCE,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("ayil_okmotu", "0003_record_rules")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
