"""The rules of delegated powers that a constraint on one row cannot hold.

What a transfer was agreed and entered into force with is looked at when the transaction ends, so that it may be written
together with its answers and means.
"""

from django.db import migrations


def after(table: str, function: str) -> str:
    """Return the SQL that has ``function`` look at the rows that a statement has written."""
    return "".join(
        f"""
CREATE TRIGGER delegation_{operation.lower()} AFTER {operation} ON delegation_{table}
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
        for operation in ("INSERT", "UPDATE")
    )


def drop(table: str) -> str:
    """Return the SQL that takes both triggers away again."""
    return (
        f"DROP TRIGGER delegation_insert ON delegation_{table};"
        f"DROP TRIGGER delegation_update ON delegation_{table};"
    )


TRANSFERS = """
-- Municipalities that a unit was, and the days on which it was one
CREATE FUNCTION delegation_municipality(which uuid) RETURNS datemultirange LANGUAGE sql STABLE AS $$
    SELECT coalesce(range_agg(valid), '{}'::datemultirange) FROM registry_unitversion
     WHERE unit_id = which AND voided_by_id IS NULL
       AND kind IN ('city_republican', 'city_oblast', 'city_district_level', 'ayil_aimak')
$$;

CREATE FUNCTION delegation_check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh t JOIN delegation_statepower p ON p.id = t.power_id
                 JOIN delegation_field f ON f.id = p.field_id
                WHERE NOT f.transferable AND t.status <> 'cancelled' AND t.voided_by_id IS NULL) THEN
        PERFORM registry_refuse('delegation_transfer_field', 'Powers of this field cannot be handed over.');
    END IF;
    IF EXISTS (SELECT FROM fresh t WHERE t.voided_by_id IS NULL AND t.valid IS NOT NULL
                  AND NOT delegation_municipality(t.unit_id) @> t.valid)
       OR EXISTS (SELECT FROM fresh t WHERE t.voided_by_id IS NULL AND t.valid IS NULL AND t.status <> 'cancelled'
                     AND NOT delegation_municipality(t.unit_id) && t.term) THEN
        PERFORM registry_refuse('delegation_transfer_unit', 'Powers go to a municipality that exists on these days.');
    END IF;
    RETURN NULL;
END $$;

-- A step of the life at a time; what is agreed stays as it was agreed
CREATE FUNCTION delegation_keep_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> OLD.status AND NOT (
        (OLD.status = 'draft' AND NEW.status IN ('agreed', 'cancelled'))
        OR (OLD.status = 'agreed' AND NEW.status IN ('in_force', 'cancelled'))
        OR (OLD.status = 'in_force' AND NEW.status = 'ended')
        -- an annulled change opens again what it had closed
        OR (OLD.status = 'ended' AND NEW.status = 'in_force' AND OLD.closed_by_id IS NOT NULL
            AND NEW.closed_by_id IS NULL)) THEN
        PERFORM registry_refuse('delegation_transfer_order', 'A transfer is agreed, enters into force, then ends.');
    END IF;
    IF OLD.status <> 'draft' AND
       (NEW.power_id, NEW.unit_id, NEW.state_body_id, NEW.basis, NEW.act_id, NEW.agreement_number, NEW.signed_on,
        NEW.term, NEW.reporting_ky, NEW.reporting_ru, NEW.reporting_en, NEW.consent_on, NEW.consent_basis,
        NEW.former_id, lower(NEW.valid))
       IS DISTINCT FROM
       (OLD.power_id, OLD.unit_id, OLD.state_body_id, OLD.basis, OLD.act_id, OLD.agreement_number, OLD.signed_on,
        OLD.term, OLD.reporting_ky, OLD.reporting_ru, OLD.reporting_en, OLD.consent_on, OLD.consent_basis,
        OLD.former_id, CASE WHEN OLD.status = 'agreed' THEN lower(NEW.valid) ELSE lower(OLD.valid) END) THEN
        PERFORM registry_refuse('delegation_transfer_frozen', 'What has been agreed cannot be changed.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_keep BEFORE UPDATE ON delegation_transfer
    FOR EACH ROW EXECUTE FUNCTION delegation_keep_transfer();

CREATE FUNCTION delegation_check_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    t delegation_transfer;
BEGIN
    SELECT * INTO t FROM delegation_transfer WHERE id = NEW.id;
    IF t.voided_by_id IS NOT NULL OR t.status IN ('draft', 'cancelled') THEN
        RETURN NULL;
    END IF;
    IF (SELECT count(*) FROM delegation_principleanswer WHERE transfer_id = t.id) < 9 THEN
        PERFORM registry_refuse('delegation_transfer_principles', 'Every one of the nine principles must be answered.');
    END IF;
    IF t.status = 'agreed' THEN
        RETURN NULL;
    END IF;
    IF (SELECT count(DISTINCT kind) FROM delegation_means WHERE transfer_id = t.id AND removed_at IS NULL) < 2 THEN
        PERFORM registry_refuse('delegation_transfer_means', 'A transfer enters into force only with its means.');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER delegation_agreed AFTER INSERT ON delegation_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status NOT IN ('draft', 'cancelled'))
    EXECUTE FUNCTION delegation_check_agreed();
CREATE CONSTRAINT TRIGGER delegation_agreed_later AFTER UPDATE ON delegation_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM OLD.status)
    EXECUTE FUNCTION delegation_check_agreed();

-- A suspended power is not put into force
CREATE FUNCTION delegation_check_suspended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM delegation_statepower WHERE id = NEW.power_id AND status = 'suspended') THEN
        PERFORM registry_refuse('delegation_transfer_suspended', 'The power is suspended.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_suspended BEFORE UPDATE ON delegation_transfer
    FOR EACH ROW WHEN (NEW.status = 'in_force' AND OLD.status = 'agreed')
    EXECUTE FUNCTION delegation_check_suspended();
CREATE TRIGGER delegation_suspended_at_once BEFORE INSERT ON delegation_transfer
    FOR EACH ROW WHEN (NEW.status = 'in_force') EXECUTE FUNCTION delegation_check_suspended();

-- Answers are given while the transfer is a draft, means until it is in force
CREATE FUNCTION delegation_check_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM delegation_transfer WHERE id = NEW.transfer_id AND status <> 'draft') THEN
        PERFORM registry_refuse('delegation_answer_frozen', 'An agreed transfer keeps its answers.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_answer BEFORE UPDATE ON delegation_principleanswer
    FOR EACH ROW EXECUTE FUNCTION delegation_check_answer();

CREATE FUNCTION delegation_check_means() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM delegation_transfer WHERE id = NEW.transfer_id AND status NOT IN ('draft', 'agreed')) THEN
        PERFORM registry_refuse('delegation_means_frozen', 'The means of a transfer in force stay.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_means_kept BEFORE UPDATE ON delegation_means
    FOR EACH ROW EXECUTE FUNCTION delegation_check_means();

-- Nobody moves a power into a field that is not transferable while it is handed over
CREATE FUNCTION delegation_check_power() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM delegation_transfer t JOIN delegation_statepower p ON p.id = t.power_id
                 JOIN delegation_field f ON f.id = p.field_id
                WHERE NOT f.transferable AND t.status <> 'cancelled' AND t.voided_by_id IS NULL
                  AND (TG_TABLE_NAME = 'delegation_field' AND f.id = NEW.id
                       OR TG_TABLE_NAME = 'delegation_statepower' AND p.id = NEW.id)) THEN
        PERFORM registry_refuse('delegation_transfer_field', 'Powers of this field cannot be handed over.');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER delegation_field_stays AFTER UPDATE OF field_id ON delegation_statepower
    FOR EACH ROW EXECUTE FUNCTION delegation_check_power();
CREATE TRIGGER delegation_transferable AFTER UPDATE OF transferable ON delegation_field
    FOR EACH ROW EXECUTE FUNCTION delegation_check_power();
""" + after("transfer", "delegation_check_transfer")
DROP_TRANSFERS = (
    drop("transfer")
    + """
DROP TRIGGER delegation_transferable ON delegation_field;
DROP TRIGGER delegation_field_stays ON delegation_statepower;
DROP TRIGGER delegation_means_kept ON delegation_means;
DROP TRIGGER delegation_answer ON delegation_principleanswer;
DROP TRIGGER delegation_suspended_at_once ON delegation_transfer;
DROP TRIGGER delegation_suspended ON delegation_transfer;
DROP TRIGGER delegation_agreed_later ON delegation_transfer;
DROP TRIGGER delegation_agreed ON delegation_transfer;
DROP TRIGGER delegation_keep ON delegation_transfer;
DROP FUNCTION delegation_check_power(); DROP FUNCTION delegation_check_means(); DROP FUNCTION delegation_check_answer();
DROP FUNCTION delegation_check_suspended(); DROP FUNCTION delegation_check_agreed();
DROP FUNCTION delegation_keep_transfer(); DROP FUNCTION delegation_check_transfer();
DROP FUNCTION delegation_municipality(uuid);
"""
)

QUARTERS = (
    """
CREATE FUNCTION delegation_quarter(year integer, quarter integer) RETURNS daterange LANGUAGE sql IMMUTABLE AS $$
    SELECT daterange(make_date(year, quarter * 3 - 2, 1), (make_date(year, quarter * 3 - 2, 1) + interval '3 months')::date)
$$;
COMMENT ON FUNCTION delegation_quarter(integer, integer) IS 'The days of a quarter, [from, to).';

CREATE FUNCTION delegation_check_quarter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh f JOIN delegation_transfer t ON t.id = f.transfer_id
                WHERE t.valid IS NULL OR NOT t.valid && delegation_quarter(f.year, f.quarter)) THEN
        PERFORM registry_refuse(TG_TABLE_NAME || '_within', 'The transfer was not in force in this quarter.');
    END IF;
    RETURN NULL;
END $$;
"""
    + """
CREATE FUNCTION delegation_check_practice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh p WHERE p.voided_by_id IS NULL AND NOT delegation_municipality(p.unit_id) @> p.valid) THEN
        PERFORM registry_refuse('delegation_practice_unit', 'A municipality performs powers while it exists.');
    END IF;
    RETURN NULL;
END $$;
"""
    + after("practice", "delegation_check_practice")
    + after("funding", "delegation_check_quarter")
    + after("performance", "delegation_check_quarter")
)
DROP_QUARTERS = (
    drop("funding")
    + drop("performance")
    + drop("practice")
    + "DROP FUNCTION delegation_check_practice(); DROP FUNCTION delegation_check_quarter(); DROP FUNCTION delegation_quarter(integer, integer);"
)

DISPUTES = (
    """
CREATE FUNCTION delegation_check_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh d JOIN delegation_transfer t ON t.id = d.transfer_id
                WHERE t.power_id <> d.power_id OR t.unit_id <> d.unit_id) THEN
        PERFORM registry_refuse('delegation_dispute_transfer', 'The transfer is of another power or municipality.');
    END IF;
    IF EXISTS (SELECT FROM fresh d JOIN delegation_hearing h ON h.dispute_id = d.id
                WHERE NOT daterange(d.opened_on, d.closed_on, '[]') @> h.held_on) THEN
        PERFORM registry_refuse('delegation_hearing_days', 'A hearing lies between opening and end of the dispute.');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION delegation_check_hearing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh h JOIN delegation_dispute d ON d.id = h.dispute_id
                WHERE NOT daterange(d.opened_on, d.closed_on, '[]') @> h.held_on) THEN
        PERFORM registry_refuse('delegation_hearing_days', 'A hearing lies between opening and end of the dispute.');
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION delegation_keep_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registry_refuse(TG_TABLE_NAME || '_frozen', 'What is closed cannot be changed.');
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_keep BEFORE UPDATE ON delegation_dispute
    FOR EACH ROW WHEN (OLD.closed_on IS NOT NULL) EXECUTE FUNCTION delegation_keep_closed();
CREATE TRIGGER delegation_keep BEFORE UPDATE ON delegation_cancellationrequest
    FOR EACH ROW WHEN (OLD.decided_on IS NOT NULL) EXECUTE FUNCTION delegation_keep_closed();

CREATE FUNCTION delegation_check_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM fresh r JOIN delegation_transfer t ON t.id = r.transfer_id
                WHERE t.unit_id <> r.unit_id) THEN
        PERFORM registry_refuse('delegation_cancellationrequest_transfer', 'The transfer is of another municipality.');
    END IF;
    RETURN NULL;
END $$;
"""
    + after("dispute", "delegation_check_dispute")
    + after("hearing", "delegation_check_hearing")
    + after("cancellationrequest", "delegation_check_request")
)
DROP_DISPUTES = (
    drop("dispute")
    + drop("hearing")
    + drop("cancellationrequest")
    + """
DROP TRIGGER delegation_keep ON delegation_cancellationrequest;
DROP TRIGGER delegation_keep ON delegation_dispute;
DROP FUNCTION delegation_check_request(); DROP FUNCTION delegation_keep_closed();
DROP FUNCTION delegation_check_hearing(); DROP FUNCTION delegation_check_dispute();
"""
)

SUCCESSION = """
CREATE FUNCTION delegation_check_succession() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    s delegation_succession;
    old_one delegation_transfer;
    new_one delegation_transfer;
BEGIN
    SELECT * INTO s FROM delegation_succession WHERE id = NEW.id;
    IF s.voided_by_id IS NOT NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO old_one FROM delegation_transfer WHERE id = s.transfer_id;
    IF old_one.closed_by_id IS DISTINCT FROM s.change_id OR old_one.status <> 'ended' THEN
        PERFORM registry_refuse('delegation_succession_fits', 'The change did not end this transfer.');
    END IF;
    IF s.new_transfer_id IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO new_one FROM delegation_transfer WHERE id = s.new_transfer_id;
    IF new_one.former_id IS DISTINCT FROM old_one.id OR new_one.power_id <> old_one.power_id OR NOT EXISTS (
        SELECT FROM registry_changepart p WHERE p.change_id = s.change_id AND p.voided_by_id IS NULL
           AND p.source_id = old_one.unit_id AND p.target_id = new_one.unit_id) THEN
        PERFORM registry_refuse('delegation_succession_successor', 'The new transfer does not continue the former one.');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER delegation_succession_fits AFTER INSERT OR UPDATE ON delegation_succession
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION delegation_check_succession();

-- No transfer is lost on the way: what a change has ended stands on the list
CREATE FUNCTION delegation_check_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM delegation_transfer t WHERE t.id = NEW.id AND t.closed_by_id IS NOT NULL
                  AND t.status = 'ended' AND t.voided_by_id IS NULL)
       AND NOT EXISTS (SELECT FROM delegation_succession s WHERE s.transfer_id = NEW.id AND s.voided_by_id IS NULL) THEN
        PERFORM registry_refuse('delegation_transfer_has_succession', 'The transfer does not stand on the list.');
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER delegation_listed AFTER INSERT OR UPDATE ON delegation_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.closed_by_id IS NOT NULL AND NEW.status = 'ended')
    EXECUTE FUNCTION delegation_check_listed();

CREATE FUNCTION delegation_keep_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.change_id, NEW.transfer_id, NEW.outcome, NEW.decided_on, NEW.act_id, NEW.order_number, NEW.new_transfer_id)
       IS DISTINCT FROM
       (OLD.change_id, OLD.transfer_id, OLD.outcome, OLD.decided_on, OLD.act_id, OLD.order_number, OLD.new_transfer_id) THEN
        PERFORM registry_refuse('delegation_succession_frozen', 'What has been decided stays decided.');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER delegation_keep BEFORE UPDATE ON delegation_succession
    FOR EACH ROW WHEN (OLD.outcome <> 'undecided') EXECUTE FUNCTION delegation_keep_decided();
"""
DROP_SUCCESSION = """
DROP TRIGGER delegation_keep ON delegation_succession;
DROP TRIGGER delegation_listed ON delegation_transfer;
DROP TRIGGER delegation_succession_fits ON delegation_succession;
DROP FUNCTION delegation_keep_decided(); DROP FUNCTION delegation_check_listed();
DROP FUNCTION delegation_check_succession();
"""


class Migration(migrations.Migration):
    dependencies = [("delegation", "0001_initial"), ("registry", "0004_updated_at")]

    operations = [
        migrations.RunSQL(TRANSFERS, DROP_TRANSFERS),
        migrations.RunSQL(QUARTERS, DROP_QUARTERS),
        migrations.RunSQL(DISPUTES, DROP_DISPUTES),
        migrations.RunSQL(SUCCESSION, DROP_SUCCESSION),
    ]
