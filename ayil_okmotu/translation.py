"""What the records of the executive bodies say in Kyrgyz, Russian and English."""

from modeltranslation.translator import TranslationOptions, register

from ayil_okmotu.models import BudgetItem, EndGround, ExecutiveBody, Post, TrainingProgramme


@register([BudgetItem, EndGround, Post, TrainingProgramme])
class NameTranslation(TranslationOptions):
    fields = ("name",)


@register(ExecutiveBody)
class AddressTranslation(TranslationOptions):
    fields = ("address",)
