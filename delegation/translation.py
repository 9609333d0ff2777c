"""What the records of delegated powers say in Kyrgyz, Russian and English."""

from modeltranslation.translator import TranslationOptions, register

from delegation.models import Field, Means, Overlap, PowerItem, StateBody, StatePower, Transfer


@register([Field, PowerItem, StateBody])
class NameTranslation(TranslationOptions):
    fields = ("name",)


@register(StatePower)
class StatePowerTranslation(TranslationOptions):
    fields = ("name", "note")


@register(Overlap)
class OverlapTranslation(TranslationOptions):
    fields = ("what",)


@register(Transfer)
class TransferTranslation(TranslationOptions):
    fields = ("reporting",)


@register(Means)
class MeansTranslation(TranslationOptions):
    fields = ("what",)
