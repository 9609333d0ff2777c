"""What the councils' records say in Kyrgyz, Russian and English."""

from modeltranslation.translator import TranslationOptions, register

from councils.models import (
    AgendaItem,
    Committee,
    DecisionRule,
    ElectoralDistrict,
    EndReason,
    Faction,
    Party,
    Resolution,
    SeatConflict,
)


@register([Committee, DecisionRule, ElectoralDistrict, EndReason, Faction, Party])
class NameTranslation(TranslationOptions):
    fields = ("name",)


@register(AgendaItem)
class AgendaItemTranslation(TranslationOptions):
    fields = ("title",)


@register(Resolution)
class ResolutionTranslation(TranslationOptions):
    fields = ("title", "text")


@register(SeatConflict)
class SeatConflictTranslation(TranslationOptions):
    fields = ("statement",)
