"""Roles end ahead and never in the past; somebody is always left to administer; a token is never made stronger."""

from django.db import migrations

# What was given stays as it was given, and ends on the day on which that is said or later: who held a role on a day
# that has passed stays on record. Taken back is only what has not begun, or began that same day.
ROLES = """
CREATE FUNCTION accounts_check_end_of_role() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := (coalesce(NEW.ended_at, now()) AT TIME ZONE 'Asia/Bishkek')::date;
BEGIN
    IF (upper(NEW.valid) IS DISTINCT FROM upper(OLD.valid) AND upper(NEW.valid) < day
            AND coalesce(lower(OLD.valid), '-infinity') <= day)
       OR (NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL
            AND coalesce(lower(OLD.valid), '-infinity') < day) THEN
        PERFORM registry_refuse('accounts_role_ends_ahead', 'A role that has begun does not end in the past.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_role_ends_ahead BEFORE UPDATE ON accounts_role
    FOR EACH ROW EXECUTE FUNCTION accounts_check_end_of_role();
"""
ROLES_BACK = """
DROP TRIGGER accounts_role_ends_ahead ON accounts_role;
DROP FUNCTION accounts_check_end_of_role();
"""

# The days that a change takes away from an administrator, from today on, must each have another one: somebody whose
# account is open and has a password. Ten years ahead are looked at; what is farther is "until further notice".
LAST = """
CREATE OR REPLACE FUNCTION accounts_keep_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (now() AT TIME ZONE 'Asia/Bishkek')::date;
    ahead daterange := daterange(today, (today + interval '10 years')::date);
    gone datemultirange;
    left_ datemultirange;
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        IF NOT (OLD.is_active AND NOT NEW.is_active)
           AND NOT (NEW.password LIKE '!%' AND OLD.password NOT LIKE '!%') THEN
            RETURN NULL;
        END IF;
        SELECT range_agg(r.valid * ahead) INTO gone FROM accounts_role r
         WHERE r.user_id = NEW.id AND r.role = 'administrator' AND r.voided_at IS NULL;
    ELSIF NEW.role <> 'administrator' THEN
        RETURN NULL;
    ELSIF NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL THEN
        gone := datemultirange(OLD.valid * ahead);
    ELSE
        gone := datemultirange(OLD.valid * ahead) - datemultirange(NEW.valid);
    END IF;
    IF gone IS NULL OR isempty(gone) THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('accounts_last_administrator'));
    SELECT range_agg(r.valid) INTO left_ FROM accounts_role r
      JOIN accounts_user u ON u.id = r.user_id AND u.is_active AND u.password NOT LIKE '!%'
     WHERE r.role = 'administrator' AND r.voided_at IS NULL;
    IF NOT coalesce(left_ @> gone, false) THEN
        PERFORM registry_refuse('accounts_last_administrator', 'Nobody would be left to administer.');
    END IF;
    RETURN NULL;
END $$;
"""
LAST_BACK = """
CREATE OR REPLACE FUNCTION accounts_keep_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date;
BEGIN
    IF TG_TABLE_NAME = 'accounts_user' THEN
        IF NEW.is_active OR NOT OLD.is_active OR NOT EXISTS (
               SELECT FROM accounts_role WHERE user_id = NEW.id AND role = 'administrator'
                  AND voided_at IS NULL AND (upper(valid) IS NULL
                      OR upper(valid) > (now() AT TIME ZONE 'Asia/Bishkek')::date)) THEN
            RETURN NULL;
        END IF;
        day := (now() AT TIME ZONE 'Asia/Bishkek')::date;
    ELSE
        IF NEW.role <> 'administrator' THEN
            RETURN NULL;
        ELSIF NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL THEN
            day := lower(NEW.valid);
        ELSIF upper(NEW.valid) IS DISTINCT FROM upper(OLD.valid) THEN
            day := upper(NEW.valid);
        ELSE
            RETURN NULL;
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('accounts_last_administrator'));
    IF NOT EXISTS (SELECT FROM accounts_role r JOIN accounts_user u ON u.id = r.user_id AND u.is_active
                    WHERE r.role = 'administrator' AND r.voided_at IS NULL AND r.valid @> day) THEN
        PERFORM registry_refuse('accounts_last_administrator', 'Nobody would be left to administer.');
    END IF;
    RETURN NULL;
END $$;
"""

# Whom a token is of, and what it was given for, stays; it may end earlier, and its use is noted.
TOKENS = """
CREATE FUNCTION accounts_check_token() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.digest, NEW.token_key, NEW.user_id, NEW.created, NEW.name)
           IS DISTINCT FROM (OLD.digest, OLD.token_key, OLD.user_id, OLD.created, OLD.name)
       OR NEW.second_factor IS DISTINCT FROM OLD.second_factor
       OR coalesce(NEW.expiry, 'infinity') > coalesce(OLD.expiry, 'infinity') THEN
        PERFORM registry_refuse('accounts_token_stays', 'A token is not changed: revoke it and make another.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_token_stays BEFORE UPDATE ON accounts_token
    FOR EACH ROW EXECUTE FUNCTION accounts_check_token();
"""
TOKENS_BACK = """
DROP TRIGGER accounts_token_stays ON accounts_token;
DROP FUNCTION accounts_check_token();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_access_acts")]

    operations = [
        migrations.RunSQL(ROLES, ROLES_BACK),
        migrations.RunSQL(LAST, LAST_BACK),
        migrations.RunSQL(TOKENS, TOKENS_BACK),
    ]
