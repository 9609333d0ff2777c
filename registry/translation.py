from modeltranslation.translator import TranslationOptions, register

from registry.models import Change, LegalAct, Person, Settlement, UnitVersion


@register(UnitVersion)
class UnitVersionTranslation(TranslationOptions):
    fields = ("name", "note")


@register(Settlement)
class SettlementTranslation(TranslationOptions):
    fields = ("name",)


@register(LegalAct)
class LegalActTranslation(TranslationOptions):
    fields = ("title",)


@register(Change)
class ChangeTranslation(TranslationOptions):
    fields = ("note",)


@register(Person)
class PersonTranslation(TranslationOptions):
    fields = ("name",)
