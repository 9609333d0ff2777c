"""What law says of majorities and of the end of a mandate, as far as its text is at hand.

The texts of laws № 123 of 2021 and on the status of deputies are not at hand in full: a share whose article nobody has
entered is marked as constructed, and seven of the statute's eleven grounds wait to be entered.
"""

import uuid

from django.db import migrations

STATUS = "статус 3 (1)"  # the law on the status of deputies of local councils
# code, article, Kyrgyz, Russian, English, entered
REASONS = (
    ("conviction", f"{STATUS}, 9", "мыйзамдуу күчүнө кирген соттун айыптоо өкүмү",
     "вступивший в законную силу обвинительный приговор суда", "a court conviction in force", True),
    ("absences", f"{STATUS}, 10", "бир жыл ичинде сессияларга жүйөлүү себепсиз төрт жолу катышпоо",
     "четыре неявки на сессии без уважительной причины в течение года",
     "four unexcused absences from sessions within a year", True),
    ("personal_statement", STATUS, "өз арызы боюнча", "личное заявление", "personal statement", True),
    ("death", STATUS, "каза болушу", "смерть", "death", True),
    *((f"not_entered_{number}", STATUS, f"мыйзамдын негизи, азырынча киргизилген эмес ({number})",
       f"основание закона, ещё не внесено ({number})", f"ground of the statute, not yet entered ({number})", False)
      for number in range(1, 8)),
    ("dissolution", "", "кеңештин таркатылышы", "роспуск кенеша", "dissolution of the council", True),
    ("term_ended", "", "жаңы чакырылыштын шайланышы", "избрание нового созыва", "election of a new convocation", True),
    ("carried_over", "", "мандат укуктук мураскердин кеңешине өттү", "мандат перешёл в кенеш правопреемника",
     "carried over into the successor's council", True),
    ("council_ended", "", "аймактык өзгөрүүдө кеңештин иши токтотулду",
     "прекращение кенеша при территориальном изменении", "end of the council by a territorial change", True),
)  # fmt: skip
NOT_AT_HAND = "мыйзам № 123 (2021): текст колдо жок / закон № 123 (2021): текста нет под рукой"
# code, purpose, numerator, denominator, base, strict, Kyrgyz, Russian, English
RULES = (
    ("quorum", "quorum", 1, 2, "all", True, "кворум: бардык депутаттардын жарымынан көбү",
     "кворум: больше половины всех депутатов", "quorum: more than half of all deputies"),
    ("simple", "majority", 1, 2, "present", True, "катышкандардын жөнөкөй көпчүлүгү",
     "простое большинство присутствующих", "simple majority of those present"),
    ("two_thirds_of_all", "majority", 2, 3, "all", False, "бардык депутаттардын үчтөн экиси",
     "две трети всех депутатов", "two thirds of all deputies"),
    ("two_thirds_of_present", "majority", 2, 3, "present", False, "катышкан депутаттардын үчтөн экиси",
     "две трети присутствующих депутатов", "two thirds of the deputies present"),
    ("initiative", "initiative", 1, 3, "all", False, "бардык депутаттардын үчтөн биринин демилгеси",
     "инициатива трети всех депутатов", "initiative of one third of all deputies"),
)  # fmt: skip
SPACE = uuid.UUID("c0117c11-0000-5000-8000-000000000004")


def enter(apps, schema_editor):
    """Write the grounds and the shares, each under an identifier that is the same everywhere."""
    EndReason = apps.get_model("councils", "EndReason")  # noqa: N806
    DecisionRule = apps.get_model("councils", "DecisionRule")  # noqa: N806
    for order, (code, article, ky, ru, en, entered) in enumerate(REASONS, start=1):
        EndReason.objects.get_or_create(
            code=code,
            defaults={
                "id": uuid.uuid5(SPACE, f"reason {code}"),
                "article": article,
                "name": ky,
                "name_ky": ky,
                "name_ru": ru,
                "name_en": en,
                "entered": entered,
                "order": order,
            },
        )
    for code, purpose, numerator, denominator, base, strict, ky, ru, en in RULES:
        DecisionRule.objects.get_or_create(
            code=code,
            defaults={
                "id": uuid.uuid5(SPACE, f"rule {code}"),
                "purpose": purpose,
                "numerator": numerator,
                "denominator": denominator,
                "base": base,
                "strict": strict,
                "name": ky,
                "name_ky": ky,
                "name_ru": ru,
                "name_en": en,
                "provenance": "constructed",
                "source": NOT_AT_HAND,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("councils", "0002_rules")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
