from django.db import migrations

FORWARD = r"""
-- The functions of the journal. They belong to the owner and run with his rights (SECURITY DEFINER); nobody else may call them.
-- Text of rows must not depend on the session: hence the fixed search path, time zone and formats.

CREATE FUNCTION audit_committed(entry bigint, side text, fields jsonb, private text[], secret text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    field text;
    salt bytea;
BEGIN
    FOREACH field IN ARRAY private || secret LOOP
        CONTINUE WHEN fields->>field IS NULL;
        salt := uuid_send(gen_random_uuid());
        INSERT INTO audit_private (entry_id, side, field, salt, value)
        VALUES (entry, side, field, salt, CASE WHEN field = ANY (secret) THEN NULL ELSE fields->>field END);
        fields := jsonb_set(fields, ARRAY[field], jsonb_build_object(
            'sha256', encode(sha256(salt || convert_to(fields->>field, 'UTF8')), 'hex')));
    END LOOP;
    RETURN fields;
END
$$;
COMMENT ON FUNCTION audit_committed(bigint, text, jsonb, text[], text[]) IS
    'Put a salted commitment in the place of every private value, and the value with its salt into audit_private.';

CREATE FUNCTION audit_record(
    tab text, operation text, record text, before jsonb, after jsonb, private text[], secret text[]
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    actor text := coalesce(current_setting('app.actor', true), '');
    entry bigint;
BEGIN
    IF actor = '' THEN
        RAISE EXCEPTION 'nobody is named who changes %', tab USING
            ERRCODE = 'insufficient_privilege',
            HINT = 'Change records inside a transaction, with lsg_portal.data.actor.acting(...) around it.';
    END IF;
    entry := nextval('audit_entry_id_seq');
    IF cardinality(private) + cardinality(secret) > 0 THEN
        IF before IS NOT NULL THEN before := audit_committed(entry, 'before', before, private, secret); END IF;
        IF after IS NOT NULL THEN after := audit_committed(entry, 'after', after, private, secret); END IF;
    END IF;
    INSERT INTO audit_entry
        (id, at, actor, name, roles, request, reason, table_name, operation, key, before, after, transaction)
    VALUES (
        entry, clock_timestamp(), actor, coalesce(current_setting('app.name', true), ''),
        coalesce(current_setting('app.roles', true), ''), coalesce(current_setting('app.request', true), ''),
        coalesce(current_setting('app.reason', true), ''), tab, operation, record, before, after,
        pg_current_xact_id()::text::bigint
    );
    RETURN entry;
END
$$;
COMMENT ON FUNCTION audit_record(text, text, text, jsonb, jsonb, text[], text[]) IS
    'Write one entry; refuse where app.actor names nobody.';

CREATE FUNCTION audit_write() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE
    private text[] := TG_ARGV[1];
    secret text[] := TG_ARGV[2];
    ignored text[] := TG_ARGV[3];
    old_row jsonb;
    new_row jsonb;
    before jsonb;
BEGIN
    IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - ignored; END IF;
    IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - ignored; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF old_row = new_row THEN
            RETURN NULL;
        END IF;
        SELECT jsonb_object_agg(o.key, o.value) INTO before
          FROM jsonb_each(old_row) o WHERE new_row->o.key IS DISTINCT FROM o.value;
        IF old_row->>TG_ARGV[0] <> new_row->>TG_ARGV[0] THEN
            RAISE EXCEPTION 'a record of % cannot change its name', TG_TABLE_NAME USING ERRCODE = 'check_violation';
        END IF;
    ELSE
        before := old_row;
    END IF;
    PERFORM audit_record(TG_TABLE_NAME, lower(TG_OP), coalesce(new_row, old_row)->>TG_ARGV[0], before, new_row,
                         private, secret);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION audit_write() IS
    'Trigger on every record table: (field that names the record, private, secret, ignored fields).';

CREATE FUNCTION audit_canonical(seq bigint, e audit_entry) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'seq', seq, 'at', extract(epoch FROM e.at), 'actor', e.actor, 'name', e.name, 'roles', e.roles,
        'request', e.request, 'reason', e.reason, 'table', e.table_name, 'operation', e.operation, 'key', e.key,
        'before', e.before, 'after', e.after)::text
$$;
COMMENT ON FUNCTION audit_canonical(bigint, audit_entry) IS
    'The text of an entry that its hash is made of; time as seconds since 1970, whatever the session''s time zone.';

CREATE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head audit_head;
    former bytea;
    e audit_entry;
BEGIN
    IF EXISTS (SELECT FROM audit_link WHERE entry_id = NEW.id) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7301);  -- as lsg_touch does: what happens at commit has one order of locks
    SELECT * INTO STRICT head FROM audit_head WHERE id = 1 FOR UPDATE;
    FOR e IN
        SELECT * FROM audit_entry
         WHERE id >= NEW.id AND transaction = NEW.transaction
           AND NOT EXISTS (SELECT FROM audit_link WHERE entry_id = audit_entry.id)
         ORDER BY id
    LOOP
        former := head.hash;
        head.seq := head.seq + 1;
        head.hash := sha256(former || convert_to(audit_canonical(head.seq, e), 'UTF8'));
        INSERT INTO audit_link (seq, entry_id, prev, hash) VALUES (head.seq, e.id, former, head.hash);
    END LOOP;
    UPDATE audit_head SET seq = head.seq, hash = head.hash WHERE id = 1;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION audit_chain() IS
    'At commit, under the lock of the head: give the transaction''s entries their numbers and hashes.';

CREATE CONSTRAINT TRIGGER audit_chain AFTER INSERT ON audit_entry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();

CREATE FUNCTION audit_columns(tab text) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT jsonb_agg(attname || ' ' || format_type(atttypid, atttypmod) ORDER BY attname)
      FROM pg_attribute WHERE attrelid = to_regclass('public.' || quote_ident(tab)) AND attnum > 0 AND NOT attisdropped
$$;

CREATE FUNCTION audit_baseline(tab text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex' SET extra_float_digits = 1 AS $$
DECLARE
    t audit_journaltable;
    private text[];
    secret text[];
    ignored text[];
    row_ jsonb;
    done bigint := 0;
BEGIN
    SELECT * INTO STRICT t FROM audit_journaltable WHERE name = tab FOR UPDATE;
    private := ARRAY(SELECT jsonb_array_elements_text(t.private));
    secret := ARRAY(SELECT jsonb_array_elements_text(t.secret));
    ignored := ARRAY(SELECT jsonb_array_elements_text(t.ignored));
    FOR row_ IN EXECUTE format('SELECT to_jsonb(r) FROM public.%I r', tab) LOOP
        PERFORM audit_record(tab, 'baseline', row_->>t.key, NULL, row_ - ignored, private, secret);
        done := done + 1;
    END LOOP;
    UPDATE audit_journaltable SET columns = audit_columns(tab) WHERE name = tab;
    RETURN done;
END
$$;
COMMENT ON FUNCTION audit_baseline(text) IS 'Take over into the journal what stands in a table now; return how many rows.';

CREATE FUNCTION audit_erase(tab text, record text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    erased bigint;
BEGIN
    DELETE FROM audit_private USING audit_entry e
     WHERE e.id = entry_id AND e.table_name = tab AND e.key = record
       AND (side = 'before' OR e.id < (SELECT max(id) FROM audit_entry
                                        WHERE table_name = tab AND key = record AND operation <> 'erase'));
    GET DIAGNOSTICS erased = ROW_COUNT;
    PERFORM audit_record(tab, 'erase', record, NULL, NULL, '{}', '{}');
    RETURN erased;
END
$$;
COMMENT ON FUNCTION audit_erase(text, text) IS
    'Erase the former private values of a record from the journal, commitments apart; return how many.';

CREATE FUNCTION lsg_unit_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    own text := coalesce(current_setting('app.unit', true), '');
    field text := TG_ARGV[0];
BEGIN
    IF own <> '' AND (
        (TG_OP <> 'INSERT' AND (to_jsonb(OLD)->>field) IS DISTINCT FROM own)
        OR (TG_OP <> 'DELETE' AND (to_jsonb(NEW)->>field) IS DISTINCT FROM own)
    ) THEN
        RAISE EXCEPTION '% belongs to another municipality', TG_TABLE_NAME USING
            ERRCODE = 'insufficient_privilege', CONSTRAINT = 'lsg_unit_guard', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
COMMENT ON FUNCTION lsg_unit_guard() IS
    'Trigger on tables bound to a municipality (its argument names the field): where app.unit is set, only its rows change.';

REVOKE EXECUTE ON FUNCTION
    audit_committed(bigint, text, jsonb, text[], text[]),
    audit_record(text, text, text, jsonb, jsonb, text[], text[]),
    audit_write(), audit_chain(), audit_baseline(text), audit_erase(text, text)
FROM PUBLIC;

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, sha256('lsg_portal')) ON CONFLICT DO NOTHING;
"""

BACKWARD = """
DELETE FROM audit_head;
DROP TRIGGER audit_chain ON audit_entry;
DROP FUNCTION lsg_unit_guard(), audit_erase(text, text), audit_baseline(text), audit_columns(text), audit_chain(),
    audit_canonical(bigint, audit_entry), audit_write(),
    audit_record(text, text, text, jsonb, jsonb, text[], text[]),
    audit_committed(bigint, text, jsonb, text[], text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
