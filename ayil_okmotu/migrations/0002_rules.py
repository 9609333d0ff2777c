"""The rules of executive bodies, posts and appointments that a constraint on one row cannot hold.

The triggers look at all rows of a statement at once: parents are written before what hangs on them, and what hangs
on them is ended before they are.
"""

from django.db import migrations, models


def after(table: str, function: str) -> str:
    """Return the SQL that has ``function`` look at the rows that a statement has written."""
    return "".join(
        f"""
CREATE TRIGGER ayil_okmotu_{operation.lower()} AFTER {operation} ON ayil_okmotu_{table}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
        for operation in ("INSERT", "UPDATE")
    )


def drop(table: str) -> str:
    """Return the SQL that takes both triggers away again."""
    return (
        f"DROP TRIGGER ayil_okmotu_insert ON ayil_okmotu_{table}; "
        f"DROP TRIGGER ayil_okmotu_update ON ayil_okmotu_{table};"
    )


BODIES = """
CREATE FUNCTION ayil_okmotu_kind_fits(kind text, unit_kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE kind WHEN 'ayil_okmotu' THEN unit_kind = 'ayil_aimak'
                     WHEN 'mayors_office' THEN unit_kind IN ('city_republican', 'city_oblast', 'city_district_level')
                     ELSE false END
$$;

CREATE FUNCTION ayil_okmotu_check_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh b JOIN registry_unitversion v ON v.unit_id = b.unit_id AND v.voided_by_id IS NULL
                AND v.valid && b.valid
                WHERE b.voided_by_id IS NULL AND NOT ayil_okmotu_kind_fits(b.kind, v.kind)) THEN
        PERFORM registry_refuse('ayil_okmotu_body_kind_fits', 'An executive body of this kind does not fit its unit.');
    END IF;
    IF EXISTS (SELECT FROM fresh b WHERE b.voided_by_id IS NULL AND NOT registry_life(b.unit_id) @> b.valid) THEN
        PERFORM registry_refuse('ayil_okmotu_body_within_unit', 'A body exists on days on which its unit does not.');
    END IF;
    IF EXISTS (SELECT FROM fresh b JOIN ayil_okmotu_post p ON p.body_id = b.id AND p.voided_by_id IS NULL
                WHERE b.voided_by_id IS NOT NULL OR NOT b.valid @> p.valid) THEN
        PERFORM registry_refuse('ayil_okmotu_post_within_body', 'A post lies outside its body''s life.');
    END IF;
    RETURN NULL;
END $$;
""" + after("executivebody", "ayil_okmotu_check_body")
DROP_BODIES = (
    drop("executivebody")
    + """
DROP FUNCTION ayil_okmotu_check_body(); DROP FUNCTION ayil_okmotu_kind_fits(text, text);
"""
)

ENDS = """
-- Removal is for heads; no confidence rests on the council's published resolution by two thirds of all deputies
CREATE FUNCTION ayil_okmotu_check_ends(appointments uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ayil_okmotu_appointment a JOIN ayil_okmotu_endground g ON g.id = a.end_ground_id
                 JOIN ayil_okmotu_post p ON p.id = a.post_id
                WHERE a.id = ANY (appointments) AND a.voided_by_id IS NULL
                  AND g.kind = 'removal' AND p.kind <> 'head') THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_removal', 'Only a head is removed on this ground.');
    END IF;
    IF EXISTS (SELECT FROM ayil_okmotu_appointment a LEFT JOIN ayil_okmotu_endground g ON g.id = a.end_ground_id
                WHERE a.id = ANY (appointments) AND a.voided_by_id IS NULL
                  AND (a.end_resolution_id IS NOT NULL) <> coalesce(g.needs_resolution, false))
       OR EXISTS (SELECT FROM ayil_okmotu_appointment a JOIN ayil_okmotu_post p ON p.id = a.post_id
                    JOIN ayil_okmotu_executivebody b ON b.id = p.body_id
                    JOIN councils_resolution r ON r.id = a.end_resolution_id
                    JOIN councils_decisionrule d ON d.id = r.rule_id
                    JOIN councils_council c ON c.id = r.council_id
                    LEFT JOIN councils_resolution later ON later.id = r.cancelled_by_id
                   WHERE a.id = ANY (appointments) AND a.voided_by_id IS NULL
                     AND NOT (d.code = 'two_thirds_of_all' AND c.unit_id = b.unit_id
                              AND (r.status = 'published'
                                   OR r.status = 'cancelled' AND later.adopted_on >= upper(a.valid))
                              AND r.adopted_on >= lower(a.valid) AND r.adopted_on <= upper(a.valid)
                              AND r.published_on <= upper(a.valid))) THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_resolution', 'No confidence rests on no such resolution.');
    END IF;
END $$;

CREATE FUNCTION ayil_okmotu_check_ground() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ayil_okmotu_check_ends(ARRAY(
        SELECT a.id FROM fresh g JOIN ayil_okmotu_appointment a ON a.end_ground_id = g.id));
    RETURN NULL;
END $$;
""" + after("endground", "ayil_okmotu_check_ground")
DROP_ENDS = (
    drop("endground")
    + """
DROP FUNCTION ayil_okmotu_check_ground(); DROP FUNCTION ayil_okmotu_check_ends(uuid[]);
"""
)

POSTS = """
CREATE FUNCTION ayil_okmotu_check_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh p JOIN ayil_okmotu_executivebody b ON b.id = p.body_id
                WHERE p.voided_by_id IS NULL AND (b.voided_by_id IS NOT NULL OR NOT b.valid @> p.valid)) THEN
        PERFORM registry_refuse('ayil_okmotu_post_within_body', 'A post lies outside its body''s life.');
    END IF;
    IF EXISTS (SELECT FROM fresh p JOIN ayil_okmotu_executivebody b ON b.id = p.body_id
                 JOIN registry_settlement s ON s.id = p.settlement_id
                WHERE p.voided_by_id IS NULL
                  AND (s.kind NOT IN ('village', 'urban_type_settlement') OR NOT p.valid <@ (
                       SELECT coalesce(range_agg(t.valid), '{}'::datemultirange) FROM registry_settlementassignment t
                        WHERE t.settlement_id = p.settlement_id AND t.unit_id = b.unit_id
                          AND t.voided_by_id IS NULL))) THEN
        PERFORM registry_refuse('ayil_okmotu_post_village_belongs', 'The village lies elsewhere on some days.');
    END IF;
    IF EXISTS (SELECT FROM fresh p JOIN ayil_okmotu_post o ON o.id = p.former_id
                WHERE p.voided_by_id IS NULL
                  AND (o.kind <> p.kind OR o.settlement_id IS DISTINCT FROM p.settlement_id
                       OR o.voided_by_id IS NOT NULL OR upper(o.valid) IS DISTINCT FROM lower(p.valid)))
       OR EXISTS (SELECT FROM fresh o JOIN ayil_okmotu_post p ON p.former_id = o.id AND p.voided_by_id IS NULL
                   WHERE o.voided_by_id IS NOT NULL OR upper(o.valid) IS DISTINCT FROM lower(p.valid)
                      OR o.kind <> p.kind OR o.settlement_id IS DISTINCT FROM p.settlement_id) THEN
        PERFORM registry_refuse('ayil_okmotu_post_former_fits', 'A post continues the one it names.');
    END IF;
    IF EXISTS (SELECT FROM fresh p JOIN ayil_okmotu_appointment a ON a.post_id = p.id AND a.voided_by_id IS NULL
                WHERE p.voided_by_id IS NOT NULL OR NOT p.valid @> a.valid) THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_within_post', 'An appointment lies outside its post''s life.');
    END IF;
    PERFORM ayil_okmotu_check_ends(ARRAY(
        SELECT a.id FROM fresh p JOIN ayil_okmotu_appointment a ON a.post_id = p.id));
    RETURN NULL;
END $$;
""" + after("post", "ayil_okmotu_check_post")
DROP_POSTS = drop("post") + "DROP FUNCTION ayil_okmotu_check_post();"

APPOINTMENTS = """
CREATE FUNCTION ayil_okmotu_rank(kind text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE kind WHEN 'head' THEN 6 WHEN 'deputy' THEN 5 WHEN 'public_safety_deputy' THEN 5
                     WHEN 'chief_of_staff' THEN 4 WHEN 'department_head' THEN 3 WHEN 'specialist' THEN 2
                     WHEN 'social_specialist' THEN 2 WHEN 'village_head' THEN 2 ELSE 1 END
$$;
COMMENT ON FUNCTION ayil_okmotu_rank(text) IS 'How high a kind of post stands: a step up is a promotion.';

CREATE FUNCTION ayil_okmotu_since(which uuid) RETURNS date LANGUAGE sql STABLE AS $$
    WITH RECURSIVE chain AS (
        SELECT valid, former_id FROM ayil_okmotu_appointment WHERE id = which
         UNION ALL
        SELECT a.valid, a.former_id FROM chain c JOIN ayil_okmotu_appointment a ON a.id = c.former_id)
    SELECT min(lower(valid)) FROM chain
$$;
COMMENT ON FUNCTION ayil_okmotu_since(uuid) IS 'The first day of an appointment and of those that it continues.';

-- Whose appointment begins while a measure is in force goes no higher than they stood before
CREATE FUNCTION ayil_okmotu_check_promotion(people uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ayil_okmotu_disciplinarymeasure m
                 JOIN ayil_okmotu_violation v ON v.id = m.violation_id
                 JOIN ayil_okmotu_appointment o ON o.id = v.appointment_id
                 JOIN ayil_okmotu_post op ON op.id = o.post_id
                 JOIN ayil_okmotu_appointment a ON a.person_id = o.person_id AND a.voided_by_id IS NULL
                      AND m.in_force @> lower(a.valid)
                 JOIN ayil_okmotu_post p ON p.id = a.post_id
                WHERE o.person_id = ANY (people)
                  AND ayil_okmotu_rank(p.kind) > coalesce((
                      SELECT max(ayil_okmotu_rank(bp.kind)) FROM ayil_okmotu_appointment b
                        JOIN ayil_okmotu_post bp ON bp.id = b.post_id
                       WHERE b.person_id = a.person_id AND b.voided_by_id IS NULL AND NOT b.acting
                         AND b.valid @> lower(a.valid) - 1), ayil_okmotu_rank(op.kind))) THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_promotion', 'A measure against the person is in force.');
    END IF;
END $$;

CREATE FUNCTION ayil_okmotu_check_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- two appointments of one person at the same time: the second waits until the first is seen
    PERFORM FROM registry_person WHERE id IN (SELECT person_id FROM fresh) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM fresh a JOIN ayil_okmotu_post p ON p.id = a.post_id
                WHERE a.voided_by_id IS NULL AND (p.voided_by_id IS NOT NULL OR NOT p.valid @> a.valid)) THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_within_post', 'An appointment lies outside its post''s life.');
    END IF;
    -- what a territorial change has closed may have outlasted its term: nobody had ended it
    IF EXISTS (SELECT FROM fresh a WHERE a.voided_by_id IS NULL AND a.closed_by_id IS NULL AND a.term_years IS NOT NULL
                AND upper(a.valid) > ayil_okmotu_since(a.id) + make_interval(years => a.term_years)) THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_within_term', 'The appointment lasts longer than its term.');
    END IF;
    IF EXISTS (SELECT FROM fresh a JOIN ayil_okmotu_appointment o ON o.id = a.former_id
                WHERE a.voided_by_id IS NULL
                  AND (o.person_id <> a.person_id OR o.acting <> a.acting OR o.voided_by_id IS NOT NULL
                       OR upper(o.valid) IS DISTINCT FROM lower(a.valid)))
       OR EXISTS (SELECT FROM fresh o JOIN ayil_okmotu_appointment a ON a.former_id = o.id AND a.voided_by_id IS NULL
                   WHERE o.voided_by_id IS NOT NULL OR upper(o.valid) IS DISTINCT FROM lower(a.valid)
                      OR o.person_id <> a.person_id OR o.acting <> a.acting) THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_former_fits', 'An appointment continues the one it names.');
    END IF;
    -- the later of two says why; where it only continues one, the other may have said so
    IF EXISTS (SELECT FROM fresh a JOIN ayil_okmotu_appointment o ON o.person_id = a.person_id AND o.id <> a.id
                AND o.voided_by_id IS NULL AND o.valid && a.valid
                WHERE a.voided_by_id IS NULL AND CASE
                    WHEN lower(a.valid) = lower(o.valid) OR (lower(a.valid) > lower(o.valid) AND a.former_id IS NOT NULL)
                         OR (lower(o.valid) > lower(a.valid) AND o.former_id IS NOT NULL)
                    THEN a.concurrent_reason = '' AND o.concurrent_reason = ''
                    WHEN lower(a.valid) > lower(o.valid) THEN a.concurrent_reason = ''
                    ELSE o.concurrent_reason = '' END) THEN
        PERFORM registry_refuse('ayil_okmotu_appointment_concurrent', 'A second post at once needs its reason.');
    END IF;
    PERFORM ayil_okmotu_check_ends(ARRAY(
        SELECT id FROM fresh WHERE end_ground_id IS NOT NULL OR end_resolution_id IS NOT NULL));
    PERFORM ayil_okmotu_check_promotion(ARRAY(SELECT person_id FROM fresh WHERE voided_by_id IS NULL));
    RETURN NULL;
END $$;
""" + after("appointment", "ayil_okmotu_check_appointment")
DROP_APPOINTMENTS = (
    drop("appointment")
    + """
DROP FUNCTION ayil_okmotu_check_appointment(); DROP FUNCTION ayil_okmotu_check_promotion(uuid[]);
DROP FUNCTION ayil_okmotu_since(uuid); DROP FUNCTION ayil_okmotu_rank(text);
"""
)


class Migration(migrations.Migration):
    dependencies = [
        ("ayil_okmotu", "0001_initial"),
        ("councils", "0005_search"),
        ("registry", "0006_councils_number_their_own"),
    ]

    operations = [
        migrations.AddConstraint(
            "endground",
            models.CheckConstraint(
                name="ayil_okmotu_endground_resolution",
                condition=models.Q(needs_resolution=False) | models.Q(kind="removal"),
            ),
        ),
        migrations.RunSQL(BODIES, DROP_BODIES),
        migrations.RunSQL(ENDS, DROP_ENDS),
        migrations.RunSQL(POSTS, DROP_POSTS),
        migrations.RunSQL(APPOINTMENTS, DROP_APPOINTMENTS),
    ]
