"""What methodologies say in Kyrgyz, Russian and English."""

from modeltranslation.translator import TranslationOptions, register

from kpi.models import Band, Category, Indicator, Methodology, PeerGroup


@register([Band, Category, PeerGroup])
class NameTranslation(TranslationOptions):
    fields = ("name",)


@register(Methodology)
class MethodologyTranslation(TranslationOptions):
    fields = ("name", "note")


@register(Indicator)
class IndicatorTranslation(TranslationOptions):
    fields = ("name", "definition", "unit_of_measure", "numerator_name", "denominator_name", "flag")
