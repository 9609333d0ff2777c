"""Relations between models point down the layers too, where import-linter cannot see them."""

from django.apps import apps

LAYERS = ["reform", "kpi", "delegation", "ayil_okmotu", "councils", "accounts", "registry", "audit"]


def test_every_relation_points_down_or_sideways():
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in LAYERS
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model._meta.app_label in LAYERS
        if LAYERS.index(field.related_model._meta.app_label) < LAYERS.index(model._meta.app_label)
    ]

    assert wrong == []


def test_every_own_app_is_in_the_list_of_layers():
    own = {config.label for config in apps.get_app_configs() if config.name in LAYERS}

    assert own == {"reform", "kpi", "delegation", "ayil_okmotu", "councils", "accounts", "registry", "audit"}


def test_translated_names_are_kept_by_a_trigger_for_every_translated_name():
    """Models with a sort key are those whose names the trigger keeps."""
    sorted_models = {
        m._meta.label for m in apps.get_models() if any(f.name == "sort_ky" for f in m._meta.get_fields())
    }

    assert sorted_models == {"registry.UnitVersion", "registry.Settlement"}
