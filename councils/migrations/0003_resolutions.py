"""The life of a resolution: adopted by its quorum and majority, unchanged since, cancelled by a later one only.

With what it was adopted is looked at when the transaction ends, so that a resolution, its vote and its roll call may
be written in any order.
"""

from django.db import migrations

CONTENT = """
-- What belongs together: the session of the council, the item of the session's agenda, a rule that is a majority
CREATE FUNCTION councils_check_resolution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh r JOIN councils_session s ON s.id = r.session_id
                 JOIN councils_convocation n ON n.id = s.convocation_id
                WHERE n.council_id <> r.council_id
                   OR (r.status <> 'draft' AND (s.status <> 'held' OR s.held_on <> r.adopted_on))) THEN
        PERFORM registry_refuse('councils_resolution_session', 'A resolution is adopted in a session of its council.');
    END IF;
    IF EXISTS (SELECT FROM fresh r JOIN councils_agendaitem i ON i.id = r.agenda_item_id
                WHERE r.session_id IS DISTINCT FROM i.session_id) THEN
        PERFORM registry_refuse('councils_resolution_agenda', 'The item is of another session''s agenda.');
    END IF;
    IF EXISTS (SELECT FROM fresh r JOIN councils_decisionrule u ON u.id = r.rule_id WHERE u.purpose <> 'majority') THEN
        PERFORM registry_refuse('councils_resolution_rule', 'A resolution is adopted by a majority.');
    END IF;
    IF EXISTS (SELECT FROM fresh r JOIN councils_vote v ON v.resolution_id = r.id
                 LEFT JOIN councils_session s ON s.id = r.session_id
                WHERE r.status = 'draft' AND (s.id IS NULL
                   OR v.of_all <> councils_sitting(s.convocation_id, s.held_on))) THEN
        PERFORM registry_refuse('councils_vote_of_all', 'The deputies in office are counted otherwise.');
    END IF;
    IF EXISTS (SELECT FROM fresh r WHERE r.registered_on < r.adopted_on OR r.published_on < r.registered_on) THEN
        PERFORM registry_refuse('councils_resolution_order', 'Adopted, then registered, then published.');
    END IF;
    IF EXISTS (SELECT FROM fresh r JOIN councils_resolution o ON o.id = r.cancelled_by_id
                WHERE o.council_id <> r.council_id OR o.status NOT IN ('published', 'cancelled')
                   OR o.adopted_on <= r.adopted_on) THEN
        PERFORM registry_refuse('councils_resolution_cancelled_by', 'Cancelled by a later one of the same council.');
    END IF;
    PERFORM councils_check_presence(ARRAY(SELECT DISTINCT session_id FROM fresh
                                           WHERE status = 'draft' AND session_id IS NOT NULL));
    RETURN NULL;
END $$;

CREATE TRIGGER councils_insert AFTER INSERT ON councils_resolution
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION councils_check_resolution();
CREATE TRIGGER councils_update AFTER UPDATE ON councils_resolution
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION councils_check_resolution();

-- Each step of its life changes what belongs to the step, and nothing else once it is adopted
CREATE FUNCTION councils_check_steps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    steps text[] := ARRAY['draft', 'adopted', 'registered', 'published', 'cancelled'];
    step text := OLD.status || ' ' || NEW.status;
    may text[];
BEGIN
    IF NEW.status <> OLD.status
       AND array_position(steps, NEW.status) <> array_position(steps, OLD.status) + 1 THEN
        PERFORM registry_refuse('councils_resolution_order', format('A resolution does not go from %s.', step));
    END IF;
    IF OLD.status = 'draft' THEN
        RETURN NULL;
    END IF;
    may := ARRAY['status', 'version', 'updated_at'] || CASE step
        WHEN 'adopted registered' THEN ARRAY['registration_number', 'registered_on']
        WHEN 'registered registered' THEN ARRAY['registration_number', 'registered_on']
        WHEN 'registered published' THEN ARRAY['published_on', 'published_in', 'legal_act_id']
        WHEN 'published cancelled' THEN ARRAY['cancelled_by_id']
        ELSE '{}'::text[] END;
    IF to_jsonb(NEW) - may <> to_jsonb(OLD) - may THEN
        PERFORM registry_refuse('councils_resolution_frozen', 'What is adopted changes no more.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER councils_steps AFTER UPDATE ON councils_resolution
    FOR EACH ROW EXECUTE FUNCTION councils_check_steps();

-- The vote and the files of what is adopted, or published, change no more
CREATE FUNCTION councils_check_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r councils_resolution;
BEGIN
    IF TG_TABLE_NAME = 'councils_namedvote' THEN
        SELECT * INTO r FROM councils_resolution WHERE id = NEW.vote_id;
    ELSE
        SELECT * INTO r FROM councils_resolution WHERE id = NEW.resolution_id;
    END IF;
    IF TG_TABLE_NAME = 'councils_resolutionfile' THEN
        IF r.status IN ('published', 'cancelled') THEN
            PERFORM registry_refuse('councils_file_frozen', 'The files of what is published change no more.');
        END IF;
    ELSIF r.status <> 'draft' AND (TG_OP = 'UPDATE' OR r.updated_at < now()) THEN
        -- what was written in this very transaction gets its vote in it
        PERFORM registry_refuse('councils_vote_frozen', 'The vote on what is adopted changes no more.');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER councils_frozen AFTER INSERT OR UPDATE ON councils_vote
    FOR EACH ROW EXECUTE FUNCTION councils_check_frozen();
CREATE TRIGGER councils_frozen AFTER INSERT OR UPDATE ON councils_namedvote
    FOR EACH ROW EXECUTE FUNCTION councils_check_frozen();
CREATE TRIGGER councils_frozen AFTER INSERT OR UPDATE ON councils_resolutionfile
    FOR EACH ROW EXECUTE FUNCTION councils_check_frozen();
"""
DROP_CONTENT = """
DROP TRIGGER councils_frozen ON councils_resolutionfile;
DROP TRIGGER councils_frozen ON councils_namedvote;
DROP TRIGGER councils_frozen ON councils_vote;
DROP TRIGGER councils_steps ON councils_resolution;
DROP TRIGGER councils_update ON councils_resolution;
DROP TRIGGER councils_insert ON councils_resolution;
DROP FUNCTION councils_check_frozen(); DROP FUNCTION councils_check_steps(); DROP FUNCTION councils_check_resolution();
"""

ADOPTION = """
CREATE FUNCTION councils_check_adoption(which uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r councils_resolution;
    v councils_vote;
    quorum councils_decisionrule;
    majority councils_decisionrule;
BEGIN
    SELECT * INTO r FROM councils_resolution WHERE id = which;
    IF NOT FOUND OR r.status = 'draft' THEN
        RETURN;
    END IF;
    SELECT * INTO v FROM councils_vote WHERE resolution_id = which;
    IF NOT FOUND THEN
        PERFORM registry_refuse('councils_resolution_no_vote', 'Nothing is adopted without a vote.');
    END IF;
    SELECT * INTO STRICT quorum FROM councils_decisionrule WHERE code = 'quorum';
    IF NOT councils_enough(quorum, v.present::integer, v.of_all::integer) THEN
        PERFORM registry_refuse('councils_resolution_quorum', format('%s of %s are no quorum.', v.present, v.of_all));
    END IF;
    SELECT * INTO STRICT majority FROM councils_decisionrule WHERE id = r.rule_id;
    IF NOT councils_enough(majority, v.in_favour::integer,
                           CASE majority.base WHEN 'all' THEN v.of_all ELSE v.present END::integer) THEN
        PERFORM registry_refuse('councils_resolution_majority', format('%s votes are too few.', v.in_favour));
    END IF;
END $$;

CREATE FUNCTION councils_check_totals(which uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM councils_vote v JOIN councils_resolution r ON r.id = v.resolution_id AND r.status <> 'draft'
                 JOIN councils_namedvote d ON d.vote_id = v.resolution_id AND d.removed_at IS NULL
                WHERE v.resolution_id = which
                GROUP BY v.resolution_id, v.in_favour, v.against, v.abstained
               HAVING (count(*) FILTER (WHERE d.choice = 'in_favour'), count(*) FILTER (WHERE d.choice = 'against'),
                       count(*) FILTER (WHERE d.choice = 'abstained')) <> (v.in_favour, v.against, v.abstained)) THEN
        PERFORM registry_refuse('councils_namedvote_totals', 'The roll call does not add up to the totals.');
    END IF;
END $$;

CREATE FUNCTION councils_check_adopted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'councils_resolution' THEN
        PERFORM councils_check_adoption(NEW.id);
        PERFORM councils_check_totals(NEW.id);
    ELSIF TG_TABLE_NAME = 'councils_vote' THEN
        PERFORM councils_check_adoption(NEW.resolution_id);
    ELSE
        PERFORM councils_check_totals(NEW.vote_id);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER councils_adoption AFTER INSERT ON councils_resolution
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'draft')
    EXECUTE FUNCTION councils_check_adopted();
CREATE CONSTRAINT TRIGGER councils_adopted AFTER UPDATE ON councils_resolution
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status <> 'draft')
    EXECUTE FUNCTION councils_check_adopted();
CREATE CONSTRAINT TRIGGER councils_adoption AFTER INSERT ON councils_vote
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION councils_check_adopted();
CREATE CONSTRAINT TRIGGER councils_adoption AFTER INSERT ON councils_namedvote
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION councils_check_adopted();
"""
DROP_ADOPTION = """
DROP TRIGGER councils_adoption ON councils_namedvote;
DROP TRIGGER councils_adoption ON councils_vote;
DROP TRIGGER councils_adopted ON councils_resolution;
DROP TRIGGER councils_adoption ON councils_resolution;
DROP FUNCTION councils_check_adopted(); DROP FUNCTION councils_check_totals(uuid);
DROP FUNCTION councils_check_adoption(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("councils", "0003_data")]

    operations = [
        migrations.RunSQL(CONTENT, DROP_CONTENT),
        migrations.RunSQL(ADOPTION, DROP_ADOPTION),
    ]
