from modeltranslation.translator import TranslationOptions, register

from reform.models import Event, EventUnit, HandOver, Programme, RoadmapStep


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = ("name",)


@register(Event)
class EventTranslation(TranslationOptions):
    fields = ("title", "note")


@register(EventUnit)
class EventUnitTranslation(TranslationOptions):
    fields = ("name",)


@register(RoadmapStep)
class RoadmapStepTranslation(TranslationOptions):
    fields = ("title", "responsible")


@register(HandOver)
class HandOverTranslation(TranslationOptions):
    fields = ("title",)
