"""The rules of the register that a constraint on one row cannot hold."""

from django.db import migrations

NAMES = """
CREATE FUNCTION registry_set_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.name_ky := nullif(btrim(NEW.name_ky), '');
    NEW.name_ru := nullif(btrim(NEW.name_ru), '');
    NEW.name := coalesce(NEW.name_ky, NEW.name_ru, '');
    NEW.sort_ky := coalesce(lsg_sort_key(coalesce(NEW.name_ky, NEW.name_ru)), '');
    NEW.sort_ru := coalesce(lsg_sort_key(coalesce(NEW.name_ru, NEW.name_ky)), '');
    RETURN NEW;
END $$;

CREATE TRIGGER registry_names BEFORE INSERT OR UPDATE ON registry_unitversion
    FOR EACH ROW EXECUTE FUNCTION registry_set_names();
CREATE TRIGGER registry_names BEFORE INSERT OR UPDATE ON registry_settlement
    FOR EACH ROW EXECUTE FUNCTION registry_set_names();
"""
DROP_NAMES = """
DROP TRIGGER registry_names ON registry_unitversion;
DROP TRIGGER registry_names ON registry_settlement;
DROP FUNCTION registry_set_names();
"""

# A day's units with their district and oblast; Bishkek and Osh stand for themselves where an oblast is asked.
UNITS_ON = """
CREATE FUNCTION registry_units_on(day date)
RETURNS TABLE (unit_id uuid, version_id uuid, kind text, name_ky text, name_ru text, name_en text,
               sort_ky text, sort_ru text, parent_id uuid, district_id uuid, oblast_id uuid, centre_id uuid,
               valid daterange, provenance text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT v.unit_id, v.id, v.kind, v.name_ky, v.name_ru, v.name_en, v.sort_ky, v.sort_ru, v.parent_id,
           CASE WHEN p.kind = 'district' THEN p.unit_id END,
           CASE WHEN v.kind = 'city_republican' THEN v.unit_id
                WHEN p.kind IN ('oblast', 'city_republican') THEN p.unit_id
                WHEN g.kind = 'oblast' THEN g.unit_id END,
           v.centre_id, v.valid, v.provenance
      FROM registry_unitversion v
      LEFT JOIN registry_unitversion p
             ON p.unit_id = v.parent_id AND p.valid @> day AND p.voided_by_id IS NULL
      LEFT JOIN registry_unitversion g
             ON g.unit_id = p.parent_id AND g.valid @> day AND g.voided_by_id IS NULL
     WHERE v.valid @> day AND v.voided_by_id IS NULL
$$;
"""
DROP_UNITS_ON = "DROP FUNCTION registry_units_on(date);"

LIFE = """
CREATE FUNCTION registry_life(which uuid) RETURNS datemultirange LANGUAGE sql STABLE AS $$
    SELECT coalesce(range_agg(valid), '{}'::datemultirange)
      FROM registry_unitversion WHERE unit_id = which AND voided_by_id IS NULL
$$;

CREATE FUNCTION registry_refuse(rule text, says text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', says USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION registry_may_lie_in(kind text, parent_kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT (kind, parent_kind) IN (
        ('district', 'oblast'), ('city_oblast', 'oblast'), ('city_district_level', 'district'),
        ('ayil_aimak', 'district'), ('city_district', 'city_republican'), ('city_district', 'city_oblast'))
$$;

-- After any write to the versions of a unit: its own parents cover it, its children and settlements stay covered.
CREATE FUNCTION registry_check_life() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid;
    life datemultirange;
BEGIN
    FOREACH changed IN ARRAY
        CASE WHEN TG_OP = 'UPDATE' AND OLD.unit_id <> NEW.unit_id THEN ARRAY[OLD.unit_id, NEW.unit_id]
             WHEN TG_OP = 'DELETE' THEN ARRAY[OLD.unit_id] ELSE ARRAY[NEW.unit_id] END
    LOOP
        IF EXISTS (SELECT FROM registry_unitversion v
                    WHERE v.unit_id = changed AND v.voided_by_id IS NULL AND v.parent_id IS NOT NULL
                      AND NOT registry_life(v.parent_id) @> v.valid) THEN
            PERFORM registry_refuse('registry_unitversion_within_parent', 'A unit lies outside its parent''s life.');
        END IF;
        IF EXISTS (SELECT FROM registry_unitversion v
                     JOIN registry_unitversion p ON p.unit_id = v.parent_id AND p.valid && v.valid
                          AND p.voided_by_id IS NULL
                    WHERE v.unit_id = changed AND v.voided_by_id IS NULL
                      AND NOT registry_may_lie_in(v.kind, p.kind))
           OR EXISTS (SELECT FROM registry_unitversion p
                        JOIN registry_unitversion v ON v.parent_id = p.unit_id AND p.valid && v.valid
                             AND v.voided_by_id IS NULL
                       WHERE p.unit_id = changed AND p.voided_by_id IS NULL
                         AND NOT registry_may_lie_in(v.kind, p.kind))
           OR EXISTS (SELECT FROM registry_unitversion v
                       WHERE v.unit_id = changed AND v.voided_by_id IS NULL
                         AND (v.parent_id IS NULL) <> (v.kind IN ('oblast', 'city_republican'))) THEN
            PERFORM registry_refuse('registry_unitversion_parent_fits', 'A unit of this kind cannot lie there.');
        END IF;
        life := registry_life(changed);
        IF EXISTS (SELECT FROM registry_unitversion c
                    WHERE c.parent_id = changed AND c.voided_by_id IS NULL AND NOT life @> c.valid) THEN
            PERFORM registry_refuse('registry_unitversion_within_parent', 'A unit lies outside its parent''s life.');
        END IF;
        IF EXISTS (SELECT FROM registry_settlementassignment a
                    WHERE a.unit_id = changed AND a.voided_by_id IS NULL AND NOT life @> a.valid) THEN
            PERFORM registry_refuse('registry_assignment_within_unit', 'A settlement lies outside its unit''s life.');
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER registry_life AFTER INSERT OR UPDATE OR DELETE ON registry_unitversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_life();

CREATE FUNCTION registry_is_municipality(kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT kind IN ('city_republican', 'city_oblast', 'city_district_level', 'ayil_aimak')
$$;

CREATE FUNCTION registry_check_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    home uuid;
    days daterange;
BEGIN
    SELECT unit_id, valid INTO home, days
      FROM registry_settlementassignment WHERE id = NEW.id AND voided_by_id IS NULL;
    IF home IS NULL THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM registry_unitversion v WHERE v.unit_id = home AND v.voided_by_id IS NULL
                AND v.valid && days AND NOT registry_is_municipality(v.kind)) THEN
        PERFORM registry_refuse('registry_assignment_to_municipality', 'A settlement belongs to a municipality.');
    END IF;
    IF NOT registry_life(home) @> days THEN
        PERFORM registry_refuse('registry_assignment_within_unit', 'A settlement lies outside its unit''s life.');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER registry_life AFTER INSERT OR UPDATE ON registry_settlementassignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_assignment();
"""
DROP_LIFE = """
DROP TRIGGER registry_life ON registry_settlementassignment;
DROP TRIGGER registry_life ON registry_unitversion;
DROP FUNCTION registry_check_assignment();
DROP FUNCTION registry_is_municipality(text);
DROP FUNCTION registry_check_life();
DROP FUNCTION registry_may_lie_in(text, text);
DROP FUNCTION registry_refuse(text, text);
DROP FUNCTION registry_life(uuid);
"""

CHANGE = """
-- Everything that must be true of a change once its transaction ends.
CREATE FUNCTION registry_check_change(which uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c registry_change%ROWTYPE;
    ends int; begins int; alters int; parts int; wholes int; sources int; targets int; spanning_targets int;
    fits boolean;
BEGIN
    SELECT * INTO c FROM registry_change WHERE id = which;
    IF NOT FOUND OR EXISTS (SELECT FROM registry_annulment WHERE change_id = which) THEN
        RETURN;
    END IF;
    SELECT count(*) FILTER (WHERE role = 'ends'), count(*) FILTER (WHERE role = 'begins'),
           count(*) FILTER (WHERE role = 'alters')
      INTO ends, begins, alters FROM registry_changeunit WHERE change_id = which;
    SELECT count(*), count(*) FILTER (WHERE scope = 'whole'), count(DISTINCT source_id),
           count(DISTINCT target_id), count(DISTINCT target_id) FILTER (WHERE NOT EXISTS (
               SELECT FROM registry_changeunit u
                WHERE u.change_id = which AND u.unit_id = target_id AND u.role IN ('begins', 'ends')))
      INTO parts, wholes, sources, targets, spanning_targets
      FROM registry_changepart WHERE change_id = which;
    fits := CASE c.kind
        WHEN 'create' THEN ends = 0 AND begins >= 1 AND parts = 0 AND alters = 0
        WHEN 'merge' THEN ends >= 2 AND begins = 1 AND alters = 0 AND parts = ends AND wholes = parts AND targets = 1
        WHEN 'absorb' THEN ends >= 1 AND begins = 0 AND parts = ends AND wholes = parts
                           AND targets = 1 AND spanning_targets = 1
        WHEN 'split' THEN sources = 1 AND begins >= 1 AND ends <= 1 AND targets = begins AND spanning_targets = 0
                          AND (ends = 0 OR begins >= 2)
        WHEN 'transfer' THEN ends = 0 AND begins = 0 AND parts >= 1 AND wholes = 0
        WHEN 'reorganise' THEN parts >= 1 AND ends + begins >= 1
        WHEN 'abolish' THEN ends >= 1 AND begins = 0 AND parts = 0 AND alters = 0
        ELSE ends = 0 AND begins = 0 AND parts = 0 AND alters >= 1
    END;
    IF NOT fits THEN
        PERFORM registry_refuse('registry_change_kind_fits',
            format('A change of kind %s cannot end %s, begin %s and move %s.', c.kind, ends, begins, parts));
    END IF;
    -- whole parts come only from units that end, one target each
    IF EXISTS (SELECT FROM registry_changepart p WHERE p.change_id = which AND p.scope = 'whole'
                AND (NOT EXISTS (SELECT FROM registry_changeunit u WHERE u.change_id = which
                                  AND u.unit_id = p.source_id AND u.role = 'ends')
                     OR EXISTS (SELECT FROM registry_changepart o WHERE o.change_id = which
                                 AND o.source_id = p.source_id AND o.id <> p.id))) THEN
        PERFORM registry_refuse('registry_change_whole_ends', 'What goes whole must end and goes to one unit.');
    END IF;
    -- a unit that begins here gives nothing here, one that ends receives nothing
    IF EXISTS (SELECT FROM registry_changepart p JOIN registry_changeunit u
                 ON u.change_id = p.change_id
                AND ((u.unit_id = p.source_id AND u.role = 'begins') OR (u.unit_id = p.target_id AND u.role = 'ends'))
                WHERE p.change_id = which) THEN
        PERFORM registry_refuse('registry_change_direction', 'A beginning unit gives nothing, an ending one receives nothing.');
    END IF;
    -- a municipality's territory goes to a municipality, a district's to a district
    IF EXISTS (SELECT FROM registry_changepart p
                 JOIN registry_unitversion s ON s.unit_id = p.source_id AND s.valid @> (c.effective_on - 1)
                      AND s.voided_by_id IS NULL
                 JOIN registry_unitversion t ON t.unit_id = p.target_id AND t.valid @> c.effective_on
                      AND t.voided_by_id IS NULL
                WHERE p.change_id = which
                  AND registry_is_municipality(s.kind) <> registry_is_municipality(t.kind)) THEN
        PERFORM registry_refuse('registry_change_level', 'Territory of a municipality goes to a municipality.');
    END IF;
    -- what ends has a successor, what begins has a predecessor
    IF c.kind NOT IN ('create', 'abolish') AND EXISTS (
        SELECT FROM registry_changeunit u WHERE u.change_id = which
           AND ((u.role = 'ends' AND NOT EXISTS (SELECT FROM registry_changepart p
                                                  WHERE p.change_id = which AND p.source_id = u.unit_id))
             OR (u.role = 'begins' AND NOT EXISTS (SELECT FROM registry_changepart p
                                                    WHERE p.change_id = which AND p.target_id = u.unit_id)))) THEN
        PERFORM registry_refuse('registry_change_complete', 'A unit that ends or begins has no part.');
    END IF;
    -- units end and begin on the day the change takes effect; all others span it
    IF EXISTS (SELECT FROM registry_changeunit u WHERE u.change_id = which
                AND ((u.role = 'ends' AND (registry_life(u.unit_id) @> c.effective_on
                                           OR NOT registry_life(u.unit_id) @> (c.effective_on - 1)))
                  OR (u.role = 'begins' AND (registry_life(u.unit_id) @> (c.effective_on - 1)
                                             OR NOT registry_life(u.unit_id) @> c.effective_on))
                  OR (u.role = 'alters' AND NOT registry_life(u.unit_id) @> daterange(c.effective_on - 1, c.effective_on + 1))))
       OR EXISTS (SELECT FROM registry_changepart p, unnest(ARRAY[p.source_id, p.target_id]) AS side
                   WHERE p.change_id = which
                     AND NOT EXISTS (SELECT FROM registry_changeunit u WHERE u.change_id = which AND u.unit_id = side)
                     AND NOT registry_life(side) @> daterange(c.effective_on - 1, c.effective_on + 1)) THEN
        PERFORM registry_refuse('registry_change_days', 'A unit does not end, begin or span the change as declared.');
    END IF;
    -- a unit that ends leaves no settlement without a target; one that stays keeps at least one
    IF c.kind <> 'abolish' AND EXISTS (
        SELECT FROM registry_changeunit u JOIN registry_settlementassignment a
            ON a.unit_id = u.unit_id AND a.valid @> (c.effective_on - 1) AND a.voided_by_id IS NULL
         WHERE u.change_id = which AND u.role = 'ends'
           AND NOT EXISTS (SELECT FROM registry_changepart p LEFT JOIN registry_changepartsettlement s ON s.part_id = p.id
                            WHERE p.change_id = which AND p.source_id = u.unit_id
                              AND (p.scope = 'whole' OR s.settlement_id = a.settlement_id))) THEN
        PERFORM registry_refuse('registry_change_exhausts', 'A settlement of a unit that ends has no target.');
    END IF;
    IF EXISTS (SELECT FROM registry_changepart p
                WHERE p.change_id = which AND p.scope = 'part'
                  AND NOT EXISTS (SELECT FROM registry_changeunit u WHERE u.change_id = which
                                   AND u.unit_id = p.source_id AND u.role = 'ends')
                  AND EXISTS (SELECT FROM registry_changepartsettlement s WHERE s.part_id = p.id)
                  AND NOT EXISTS (SELECT FROM registry_settlementassignment a WHERE a.unit_id = p.source_id
                                   AND a.valid @> c.effective_on AND a.voided_by_id IS NULL)) THEN
        PERFORM registry_refuse('registry_change_exhausts', 'Parts exhaust a unit that does not end.');
    END IF;
    -- the settlements of a part lay in its source before and lie in its target since
    IF EXISTS (SELECT FROM registry_changepart p JOIN registry_changepartsettlement s ON s.part_id = p.id
                WHERE p.change_id = which
                  AND (NOT EXISTS (SELECT FROM registry_settlementassignment a WHERE a.settlement_id = s.settlement_id
                                    AND a.unit_id = p.source_id AND a.valid @> (c.effective_on - 1) AND a.voided_by_id IS NULL)
                    OR NOT EXISTS (SELECT FROM registry_settlementassignment a WHERE a.settlement_id = s.settlement_id
                                    AND a.unit_id = p.target_id AND a.valid @> c.effective_on AND a.voided_by_id IS NULL))) THEN
        PERFORM registry_refuse('registry_change_settlements', 'A settlement did not move as its part says.');
    END IF;
    -- shares: those of a unit that ends are all of it, those of one that stays leave a rest
    IF EXISTS (SELECT FROM registry_changeshare s JOIN registry_changepart p ON p.id = s.part_id
                WHERE p.change_id = which GROUP BY p.source_id, s.measure
               HAVING CASE WHEN EXISTS (SELECT FROM registry_changeunit u WHERE u.change_id = which
                                         AND u.unit_id = p.source_id AND u.role = 'ends')
                           THEN sum(s.share) <> 1 ELSE sum(s.share) >= 1 END) THEN
        PERFORM registry_refuse('registry_change_shares', 'The shares of a source do not sum to 1.');
    END IF;
    -- an act is adopted before its change takes effect
    IF EXISTS (SELECT FROM registry_changeact ca JOIN registry_legalact a ON a.id = ca.act_id
                WHERE ca.change_id = which AND a.adopted_on > c.effective_on) THEN
        PERFORM registry_refuse('registry_change_after_act', 'The change takes effect before its act was adopted.');
    END IF;
    -- no unit is its own ancestor over endings and beginnings
    IF EXISTS (
        WITH RECURSIVE edge AS (
            SELECT p.source_id, p.target_id FROM registry_changepart p
              JOIN registry_changeunit e ON e.change_id = p.change_id AND e.unit_id = p.source_id
                   AND e.role = 'ends' AND e.voided_by_id IS NULL
              JOIN registry_changeunit b ON b.change_id = p.change_id AND b.unit_id = p.target_id
                   AND b.role = 'begins' AND b.voided_by_id IS NULL
             WHERE p.voided_by_id IS NULL),
        walk AS (
            SELECT p.target_id AS start, p.target_id AS here FROM registry_changepart p WHERE p.change_id = which
            UNION
            SELECT w.start, e.target_id FROM walk w JOIN edge e ON e.source_id = w.here)
        SELECT FROM walk w JOIN edge e ON e.source_id = w.here AND e.target_id = w.start) THEN
        PERFORM registry_refuse('registry_change_acyclic', 'A unit would be its own predecessor.');
    END IF;
END $$;

CREATE FUNCTION registry_check_change_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which uuid;
BEGIN
    which := CASE TG_TABLE_NAME
        WHEN 'registry_change' THEN (to_jsonb(NEW) ->> 'id')::uuid
        WHEN 'registry_changepartsettlement' THEN
            (SELECT change_id FROM registry_changepart WHERE id = (to_jsonb(NEW) ->> 'part_id')::bigint)
        WHEN 'registry_changeshare' THEN
            (SELECT change_id FROM registry_changepart WHERE id = (to_jsonb(NEW) ->> 'part_id')::bigint)
        ELSE (to_jsonb(NEW) ->> 'change_id')::uuid END;
    PERFORM registry_check_change(which);
    RETURN NULL;
END $$;
"""
CHANGE_TABLES = ("change", "changeunit", "changepart", "changepartsettlement", "changeshare", "changeact")
CHANGE += "".join(
    f"""
CREATE CONSTRAINT TRIGGER registry_change_rules AFTER INSERT OR UPDATE ON registry_{table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION registry_check_change_row();
"""
    for table in CHANGE_TABLES
)
DROP_CHANGE = "".join(
    f"DROP TRIGGER registry_change_rules ON registry_{table};" for table in CHANGE_TABLES
) + ("DROP FUNCTION registry_check_change_row(); DROP FUNCTION registry_check_change(uuid);")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunSQL(NAMES, DROP_NAMES),
        migrations.RunSQL(UNITS_ON, DROP_UNITS_ON),
        migrations.RunSQL(LIFE, DROP_LIFE),
        migrations.RunSQL(CHANGE, DROP_CHANGE),
    ]
