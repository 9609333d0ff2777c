"""The searches of the councils: words and likeness of resolutions, beginnings of the words of a person's name.

The expressions over titles and names are those of ``councils.page_queries``; one that differs by a letter asks no index.
"""

from django.db import migrations

TITLES = "coalesce(title_ky, '') || ' ' || coalesce(title_ru, '')"
TEXTS = "left(coalesce(text_ky, ''), 100000) || ' ' || left(coalesce(text_ru, ''), 100000)"
RUSSIAN = "coalesce(title_ru, '') || ' ' || left(coalesce(text_ru, ''), 100000)"
WORDS = f"""(to_tsvector('simple'::regconfig, lsg_fold({TITLES} || ' ' || {TEXTS}))
     || to_tsvector('russian'::regconfig, translate({RUSSIAN}, 'ёЁ', 'еЕ')))"""
INDEXES = f"""
CREATE INDEX councils_resolution_words ON councils_resolution USING gin ({WORDS});
CREATE INDEX councils_resolution_alike ON councils_resolution USING gin (lsg_fold({TITLES}) gin_trgm_ops);
CREATE INDEX councils_person_names ON registry_person USING gin (
    (' ' || lsg_fold(coalesce(name_ky, '') || ' ' || coalesce(name_ru, ''))) gin_trgm_ops);

-- PostgreSQL takes splitting a text into words for cheap: left to itself it reads every resolution for a common word.
CREATE FUNCTION councils_found(asked tsquery) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 100 SET enable_seqscan = off AS $$
    SELECT id FROM councils_resolution WHERE {WORDS} @@ asked
$$;
COMMENT ON FUNCTION councils_found(tsquery) IS
    'Resolutions by words of title and text: both languages folded and whole, and the Russian in its stems.';
"""
DROP = """
DROP FUNCTION councils_found(tsquery);
DROP INDEX councils_resolution_words;
DROP INDEX councils_resolution_alike;
DROP INDEX councils_person_names;
"""


class Migration(migrations.Migration):
    dependencies = [("councils", "0004_journal")]

    operations = [migrations.RunSQL(INDEXES, DROP)]
