"""Data versions and the build."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from lsg_portal.rest import versions
from lsg_portal.rest.models import DataVersion


def touch(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT lsg_touch(%s)", [key])


@pytest.mark.django_db(transaction=True)
def test_a_transaction_raises_the_version_once():
    touch("sample")
    before = DataVersion.objects.get(app="sample").version

    with transaction.atomic():
        touch("sample")
        touch("sample")

    assert DataVersion.objects.get(app="sample").version == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_does_not_swallow_the_rise():
    touch("sample")
    before = DataVersion.objects.get(app="sample").version

    with transaction.atomic():
        savepoint = transaction.savepoint()
        touch("sample")
        transaction.savepoint_rollback(savepoint)
        touch("sample")

    assert DataVersion.objects.get(app="sample").version == before + 1


@pytest.mark.django_db(transaction=True)
def test_the_trigger_form_raises_at_commit():
    with connection.as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sample_rows (n int)")
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON sample_rows DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION lsg_touch_after('sample')"
        )
        try:
            with transaction.atomic():
                cursor.execute("INSERT INTO sample_rows VALUES (1), (2)")
                assert versions.current(["sample"]) == "None"
            assert versions.current(["sample"]) == "1"
        finally:
            cursor.execute("DROP TABLE sample_rows")


@pytest.mark.django_db
def test_several_keys_make_one_version(django_assert_num_queries):
    touch("b")
    touch("a")
    touch("other")

    with django_assert_num_queries(1):
        assert versions.current(["b", "a"]) == "1.1"
    with django_assert_num_queries(0):
        assert versions.current([]) == ""


def test_a_key_is_a_name_and_never_input():
    with pytest.raises(ValueError, match="not a key"):
        versions.version_sql(["x'; --"])


def test_the_build_is_named_by_its_files_or_by_the_settings(settings):
    versions.build.cache_clear()
    named = versions.build()
    assert named == versions.build()

    versions.build.cache_clear()
    settings.LSG_BUILD = "2026.11"
    assert versions.build() == "2026.11"
    versions.build.cache_clear()
