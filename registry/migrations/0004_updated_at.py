"""``updated_at`` of every record is the moment of its last write, whoever wrote it."""

from django.db import migrations

TABLES = (
    "legalact",
    "unitversion",
    "unitcode",
    "settlement",
    "settlementassignment",
    "settlementcode",
    "population",
    "publishedfigure",
    "change",
    "person",
)

STAMP = """
CREATE FUNCTION registry_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
""" + "".join(
    f"""
CREATE TRIGGER registry_stamp BEFORE INSERT OR UPDATE ON registry_{table}
    FOR EACH ROW EXECUTE FUNCTION registry_stamp();
"""
    for table in TABLES
)
UNSTAMP = "".join(f"DROP TRIGGER registry_stamp ON registry_{table};" for table in TABLES) + (
    "DROP FUNCTION registry_stamp();"
)

# Every unit ever recorded, as it stands on a day: existing, ended (with its last version), or annulled.
KNOWN = """
CREATE FUNCTION registry_units_known(day date)
RETURNS TABLE (unit_id uuid, version_id uuid, kind text, name_ky text, name_ru text, name_en text,
               sort_ky text, sort_ru text, parent_id uuid, district_id uuid, oblast_id uuid, centre_id uuid,
               valid daterange, provenance text, status text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT x.unit_id, x.id, x.kind, x.name_ky, x.name_ru, x.name_en, x.sort_ky, x.sort_ru, x.parent_id,
           CASE WHEN p.kind = 'district' THEN p.unit_id END,
           CASE WHEN x.kind = 'city_republican' THEN x.unit_id
                WHEN p.kind IN ('oblast', 'city_republican') THEN p.unit_id
                WHEN g.kind = 'oblast' THEN g.unit_id END,
           x.centre_id, x.valid, x.provenance, x.status
      FROM (SELECT DISTINCT ON (v.unit_id) v.*,
                   CASE WHEN v.voided_by_id IS NOT NULL THEN 'annulled'
                        WHEN v.valid @> day THEN 'existing' ELSE 'ended' END AS status,
                   CASE WHEN v.valid @> day THEN day ELSE coalesce(upper(v.valid) - 1, lower(v.valid)) END AS seen
              FROM registry_unitversion v
             WHERE lower(v.valid) <= day
             ORDER BY v.unit_id, v.voided_by_id IS NOT NULL, v.valid DESC, v.recorded_at DESC) x
      LEFT JOIN registry_unitversion p
             ON p.unit_id = x.parent_id AND p.valid @> x.seen AND p.voided_by_id IS NULL
      LEFT JOIN registry_unitversion g
             ON g.unit_id = p.parent_id AND g.valid @> x.seen AND g.voided_by_id IS NULL
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_data_version")]

    operations = [
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(KNOWN, "DROP FUNCTION registry_units_known(date);"),
    ]
