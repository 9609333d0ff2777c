"""The rules of the councils that a constraint on one row cannot hold.

Most triggers look at all rows of a statement at once: parents are written before what hangs on them, and what hangs
on them is ended before they are. What a resolution was adopted with is looked at when the transaction ends.
"""

from django.db import migrations


def after(table: str, function: str) -> str:
    """Return the SQL that has ``function`` look at the rows that a statement has written."""
    return "".join(
        f"""
CREATE TRIGGER councils_{operation.lower()} AFTER {operation} ON councils_{table}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
        for operation in ("INSERT", "UPDATE")
    )


def drop(table: str) -> str:
    """Return the SQL that takes both triggers away again."""
    return (
        f"DROP TRIGGER councils_insert ON councils_{table}; DROP TRIGGER councils_update ON councils_{table};"
    )


BODIES = (
    """
CREATE FUNCTION councils_kind_fits(kind text, unit_kind text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE kind WHEN 'ayil' THEN unit_kind = 'ayil_aimak'
                     WHEN 'city' THEN unit_kind IN ('city_republican', 'city_oblast', 'city_district_level')
                     WHEN 'district' THEN unit_kind = 'district' ELSE false END
$$;

CREATE FUNCTION councils_sitting(which uuid, day date) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT count(*)::integer FROM councils_mandate
     WHERE convocation_id = which AND valid @> day AND voided_by_id IS NULL
$$;
COMMENT ON FUNCTION councils_sitting(uuid, date) IS 'The deputies of a convocation whose mandates are in force on a day.';

CREATE FUNCTION councils_enough(rule councils_decisionrule, votes integer, base integer) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN rule.strict THEN votes * rule.denominator > base * rule.numerator
                ELSE votes * rule.denominator >= base * rule.numerator END
$$;

CREATE FUNCTION councils_check_council() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh c JOIN registry_unitversion v ON v.unit_id = c.unit_id AND v.voided_by_id IS NULL
                AND v.valid && c.valid
                WHERE c.voided_by_id IS NULL AND NOT councils_kind_fits(c.kind, v.kind)) THEN
        PERFORM registry_refuse('councils_council_kind_fits', 'A council of this kind does not fit its unit.');
    END IF;
    IF EXISTS (SELECT FROM fresh c WHERE c.voided_by_id IS NULL AND NOT registry_life(c.unit_id) @> c.valid) THEN
        PERFORM registry_refuse('councils_council_within_unit', 'A council exists on days on which its unit does not.');
    END IF;
    IF EXISTS (SELECT FROM fresh c JOIN councils_convocation n ON n.council_id = c.id AND n.voided_by_id IS NULL
                WHERE c.voided_by_id IS NOT NULL OR NOT c.valid @> n.valid) THEN
        PERFORM registry_refuse('councils_convocation_within_council', 'A convocation lies outside its council''s life.');
    END IF;
    IF EXISTS (SELECT FROM fresh c JOIN councils_convocation n ON n.council_id = c.id AND n.voided_by_id IS NULL
                WHERE c.in_law_only) THEN
        PERFORM registry_refuse('councils_council_without_members', 'A council in law only has no convocation.');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION councils_check_convocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh n JOIN councils_council c ON c.id = n.council_id
                WHERE n.voided_by_id IS NULL AND (c.voided_by_id IS NOT NULL OR NOT c.valid @> n.valid)) THEN
        PERFORM registry_refuse('councils_convocation_within_council', 'A convocation lies outside its council''s life.');
    END IF;
    IF EXISTS (SELECT FROM fresh n JOIN councils_council c ON c.id = n.council_id
                WHERE n.voided_by_id IS NULL AND c.in_law_only) THEN
        PERFORM registry_refuse('councils_council_without_members', 'A council in law only has no convocation.');
    END IF;
    IF EXISTS (SELECT FROM fresh n JOIN councils_mandate m ON m.convocation_id = n.id AND m.voided_by_id IS NULL
                WHERE n.voided_by_id IS NOT NULL OR NOT n.valid @> m.valid) THEN
        PERFORM registry_refuse('councils_mandate_within_term', 'A mandate lies outside the term of its convocation.');
    END IF;
    IF EXISTS (SELECT FROM fresh n JOIN councils_councilpost p ON p.convocation_id = n.id AND p.voided_by_id IS NULL
                WHERE n.voided_by_id IS NOT NULL OR NOT n.valid @> p.valid) THEN
        PERFORM registry_refuse('councils_post_within_term', 'A post is held outside the term of its convocation.');
    END IF;
    IF EXISTS (SELECT FROM fresh n JOIN councils_session s ON s.convocation_id = n.id AND s.status <> 'cancelled'
                WHERE n.voided_by_id IS NOT NULL OR NOT n.valid @> s.held_on) THEN
        PERFORM registry_refuse('councils_session_within_term', 'A session lies outside the term of its convocation.');
    END IF;
    RETURN NULL;
END $$;
"""
    + after("council", "councils_check_council")
    + after("convocation", "councils_check_convocation")
)
DROP_BODIES = (
    drop("council")
    + drop("convocation")
    + """
DROP FUNCTION councils_check_convocation(); DROP FUNCTION councils_check_council();
DROP FUNCTION councils_enough(councils_decisionrule, integer, integer);
DROP FUNCTION councils_sitting(uuid, date); DROP FUNCTION councils_kind_fits(text, text);
"""
)

MANDATES = (
    """
-- The days on which a person sits in a convocation
CREATE FUNCTION councils_seated(which uuid, who uuid) RETURNS datemultirange LANGUAGE sql STABLE AS $$
    SELECT coalesce(range_agg(valid), '{}'::datemultirange)
      FROM councils_mandate WHERE convocation_id = which AND person_id = who AND voided_by_id IS NULL
$$;

CREATE FUNCTION councils_check_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh m JOIN councils_convocation n ON n.id = m.convocation_id
                WHERE m.voided_by_id IS NULL AND (n.voided_by_id IS NOT NULL OR NOT n.valid @> m.valid)) THEN
        PERFORM registry_refuse('councils_mandate_within_term', 'A mandate lies outside the term of its convocation.');
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN councils_electoraldistrict d ON d.id = m.district_id
                WHERE d.convocation_id <> m.convocation_id)
       OR EXISTS (SELECT FROM fresh m JOIN councils_faction f ON f.id = m.faction_id
                   WHERE f.convocation_id <> m.convocation_id) THEN
        PERFORM registry_refuse('councils_mandate_belongs', 'A district or faction is of another convocation.');
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN registry_person p ON p.id = m.person_id
                WHERE m.basis = 'reserved_for_women' AND p.sex <> 'f') THEN
        PERFORM registry_refuse('councils_mandate_reserved_for_women', 'A seat reserved for women.');
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN councils_mandate o ON o.id = m.former_id
                 JOIN councils_convocation n ON n.id = o.convocation_id
                WHERE m.voided_by_id IS NULL
                  AND (o.person_id <> m.person_id OR n.council_id IS DISTINCT FROM m.origin_id
                       OR o.voided_by_id IS NOT NULL OR upper(o.valid) IS DISTINCT FROM lower(m.valid)))
       OR EXISTS (SELECT FROM fresh o JOIN councils_mandate m ON m.former_id = o.id AND m.voided_by_id IS NULL
                   WHERE o.voided_by_id IS NOT NULL OR upper(o.valid) IS DISTINCT FROM lower(m.valid)) THEN
        PERFORM registry_refuse('councils_mandate_former_fits', 'A mandate carried over continues the one it names.');
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN councils_attendance a ON a.mandate_id = m.id
                 JOIN councils_session s ON s.id = a.session_id AND s.status <> 'cancelled'
                WHERE m.voided_by_id IS NOT NULL OR NOT m.valid @> s.held_on) THEN
        PERFORM registry_refuse('councils_attendance_in_force', 'A deputy attended on a day without a mandate.');
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN councils_committeemembership k ON k.mandate_id = m.id AND k.voided_by_id IS NULL
                WHERE m.voided_by_id IS NOT NULL OR NOT m.valid @> k.valid) THEN
        PERFORM registry_refuse('councils_membership_within_mandate', 'A membership lies outside its mandate.');
    END IF;
    IF EXISTS (SELECT FROM fresh m JOIN councils_councilpost p ON p.convocation_id = m.convocation_id
                      AND p.person_id = m.person_id AND p.voided_by_id IS NULL AND p.kind IN ('chair', 'deputy_chair')
                WHERE NOT councils_seated(p.convocation_id, p.person_id) @> p.valid) THEN
        PERFORM registry_refuse('councils_post_is_deputy', 'The chair and the deputy chair are deputies.');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION councils_check_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh k JOIN councils_mandate m ON m.id = k.mandate_id
                 JOIN councils_committee c ON c.id = k.committee_id
                WHERE k.voided_by_id IS NULL AND (m.voided_by_id IS NOT NULL OR NOT m.valid @> k.valid
                      OR c.convocation_id <> m.convocation_id)) THEN
        PERFORM registry_refuse('councils_membership_within_mandate', 'A membership lies outside its mandate.');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION councils_check_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh p JOIN councils_convocation n ON n.id = p.convocation_id
                WHERE p.voided_by_id IS NULL AND (n.voided_by_id IS NOT NULL OR NOT n.valid @> p.valid)) THEN
        PERFORM registry_refuse('councils_post_within_term', 'A post is held outside the term of its convocation.');
    END IF;
    IF EXISTS (SELECT FROM fresh p WHERE p.voided_by_id IS NULL AND p.kind IN ('chair', 'deputy_chair')
                AND NOT councils_seated(p.convocation_id, p.person_id) @> p.valid) THEN
        PERFORM registry_refuse('councils_post_is_deputy', 'The chair and the deputy chair are deputies.');
    END IF;
    RETURN NULL;
END $$;
"""
    + after("mandate", "councils_check_mandate")
    + after("committeemembership", "councils_check_membership")
    + after("councilpost", "councils_check_post")
)
DROP_MANDATES = (
    drop("mandate")
    + drop("committeemembership")
    + drop("councilpost")
    + """
DROP FUNCTION councils_check_post(); DROP FUNCTION councils_check_membership();
DROP FUNCTION councils_check_mandate(); DROP FUNCTION councils_seated(uuid, uuid);
"""
)

SESSIONS = (
    """
CREATE FUNCTION councils_check_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh s JOIN councils_convocation n ON n.id = s.convocation_id
                WHERE s.status <> 'cancelled' AND (n.voided_by_id IS NOT NULL OR NOT n.valid @> s.held_on)) THEN
        PERFORM registry_refuse('councils_session_within_term', 'A session lies outside the term of its convocation.');
    END IF;
    IF EXISTS (SELECT FROM fresh s, councils_decisionrule r
                WHERE r.code = 'initiative' AND s.kind = 'extraordinary' AND s.initiators IS NOT NULL
                  AND s.status <> 'cancelled'
                  AND NOT councils_enough(r, s.initiators, councils_sitting(s.convocation_id, s.held_on))) THEN
        PERFORM registry_refuse('councils_initiative', 'Too few deputies asked for the session.');
    END IF;
    IF EXISTS (SELECT FROM fresh s JOIN councils_attendance a ON a.session_id = s.id
                 JOIN councils_mandate m ON m.id = a.mandate_id
                WHERE s.status <> 'cancelled' AND (m.voided_by_id IS NOT NULL OR NOT m.valid @> s.held_on)) THEN
        PERFORM registry_refuse('councils_attendance_in_force', 'A deputy attended on a day without a mandate.');
    END IF;
    IF EXISTS (SELECT FROM fresh s JOIN councils_resolution r ON r.session_id = s.id AND r.status <> 'draft'
                WHERE s.status <> 'held' OR s.held_on <> r.adopted_on) THEN
        PERFORM registry_refuse('councils_resolution_session', 'A resolution is adopted in a session of that day.');
    END IF;
    RETURN NULL;
END $$;

-- Votes of sessions: no more present than attended, named ones by those present
CREATE FUNCTION councils_check_presence(sessions uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM councils_resolution r JOIN councils_vote v ON v.resolution_id = r.id
                WHERE r.session_id = ANY (sessions)
                  AND v.present > (SELECT count(*) FROM councils_attendance a
                                    WHERE a.session_id = r.session_id AND a.state = 'present')) THEN
        PERFORM registry_refuse('councils_vote_present', 'More deputies voted than attended.');
    END IF;
    IF EXISTS (SELECT FROM councils_resolution r
                 JOIN councils_namedvote d ON d.vote_id = r.id AND d.removed_at IS NULL
                 LEFT JOIN councils_attendance a ON a.session_id = r.session_id AND a.mandate_id = d.mandate_id
                WHERE r.session_id = ANY (sessions) AND a.state IS DISTINCT FROM 'present') THEN
        PERFORM registry_refuse('councils_namedvote_present', 'Somebody voted who was not present.');
    END IF;
END $$;

CREATE FUNCTION councils_check_attendance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh a JOIN councils_session s ON s.id = a.session_id
                 JOIN councils_mandate m ON m.id = a.mandate_id
                WHERE m.voided_by_id IS NOT NULL OR NOT m.valid @> s.held_on
                   OR m.convocation_id <> s.convocation_id) THEN
        PERFORM registry_refuse('councils_attendance_in_force', 'A deputy attended on a day without a mandate.');
    END IF;
    IF EXISTS (SELECT FROM fresh a JOIN councils_session s ON s.id = a.session_id WHERE s.status = 'cancelled') THEN
        PERFORM registry_refuse('councils_attendance_cancelled', 'Nobody attends a cancelled session.');
    END IF;
    PERFORM councils_check_presence(ARRAY(SELECT DISTINCT session_id FROM fresh));
    RETURN NULL;
END $$;

CREATE FUNCTION councils_check_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh v JOIN councils_resolution r ON r.id = v.resolution_id WHERE r.session_id IS NULL) THEN
        PERFORM registry_refuse('councils_resolution_session', 'A vote is taken in a session.');
    END IF;
    IF EXISTS (SELECT FROM fresh v JOIN councils_resolution r ON r.id = v.resolution_id
                 JOIN councils_session s ON s.id = r.session_id
                WHERE v.of_all <> councils_sitting(s.convocation_id, s.held_on)) THEN
        PERFORM registry_refuse('councils_vote_of_all', 'The deputies in office are counted otherwise.');
    END IF;
    PERFORM councils_check_presence(ARRAY(
        SELECT DISTINCT r.session_id FROM fresh v JOIN councils_resolution r ON r.id = v.resolution_id));
    RETURN NULL;
END $$;

CREATE FUNCTION councils_check_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM councils_check_presence(ARRAY(
        SELECT DISTINCT r.session_id FROM fresh d JOIN councils_resolution r ON r.id = d.vote_id));
    RETURN NULL;
END $$;
"""
    + after("session", "councils_check_session")
    + after("attendance", "councils_check_attendance")
    + after("vote", "councils_check_vote")
    + after("namedvote", "councils_check_named")
)
DROP_SESSIONS = (
    drop("session")
    + drop("attendance")
    + drop("vote")
    + drop("namedvote")
    + """
DROP FUNCTION councils_check_named(); DROP FUNCTION councils_check_vote(); DROP FUNCTION councils_check_attendance();
DROP FUNCTION councils_check_presence(uuid[]); DROP FUNCTION councils_check_session();
"""
)


class Migration(migrations.Migration):
    dependencies = [("councils", "0001_initial"), ("registry", "0006_councils_number_their_own")]

    operations = [
        migrations.RunSQL(BODIES, DROP_BODIES),
        migrations.RunSQL(MANDATES, DROP_MANDATES),
        migrations.RunSQL(SESSIONS, DROP_SESSIONS),
    ]
