"""Each way to change something behind everyone's back is found, and the row named."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import connection

from audit import checkpoints
from audit.models import Checkpoint, Entry, Head, Link
from audit.verify import CANONICAL, verify
from lsg_portal.data import actor
from lsg_portal.tests.journal.conftest import settle
from registry.models import PersonPrivate
from registry.tests.factories import LegalActFactory

pytestmark = pytest.mark.django_db

REWRITE = f"""
DO $$
DECLARE
    step record;
    former bytea := sha256('lsg_portal');
    digest bytea;
BEGIN
    FOR step IN SELECT l.seq, l.entry_id, {CANONICAL} AS text
               FROM audit_link l JOIN audit_entry e ON e.id = l.entry_id ORDER BY l.seq LOOP
        digest := sha256(former || convert_to(step.text, 'UTF8'));
        UPDATE audit_link SET prev = former, hash = digest WHERE seq = step.seq;
        former := digest;
    END LOOP;
    UPDATE audit_head SET hash = former;
END $$
"""
"""What somebody would do who owns the database and knows all of this."""


@pytest.fixture
def signing(settings):
    """A key to sign with."""
    key = Ed25519PrivateKey.generate()
    settings.LSG_CHECKPOINT_KEY = base64.b64encode(key.private_bytes_raw()).decode()
    return key


def found():
    settle()
    return [(each.where, each.what) for each in verify().findings]


def the_only(findings):
    assert len(findings) == 1, findings
    return findings[0]


def seq_of(record, operation="insert"):
    return Link.objects.get(entry__key=str(record.pk), entry__operation=operation).seq


def test_an_untouched_journal_is_whole(records):
    result = verify()

    assert result.findings == []
    assert result.links == Link.objects.count() > 6
    assert result.records > 4


def test_an_edited_value_is_found(records, as_owner):
    as_owner(
        "UPDATE audit_entry SET after = jsonb_set(after, '{title_ky}', '\"башка\"') WHERE key = %s AND operation = 'insert'",
        str(records["acts"][1].pk),
    )

    where, what = the_only(found())
    assert where == f"link {seq_of(records['acts'][1])} (registry_legalact {records['acts'][1].pk})"
    assert "edited" in what


@pytest.mark.parametrize(
    "column", ["at", "actor", "name", "roles", "request", "reason", "operation", "before"]
)
def test_every_column_of_an_entry_is_under_the_hash(records, as_owner, column):
    values = {"at": "at + interval '1 microsecond'", "operation": "'delete'", "before": '\'{"number": "x"}\''}
    key = str(records["acts"][1].pk)
    as_owner(
        f"UPDATE audit_entry SET {column} = {values.get(column, chr(39) + 'x' + chr(39))} "
        "WHERE key = %s AND operation = 'update'",
        key,
    )

    assert any(where.endswith(f"{key})") and "edited" in what for where, what in found())


def test_a_removed_row_is_found(records, as_owner):
    seq = seq_of(records["acts"][1], "update")
    as_owner("DELETE FROM audit_link WHERE seq = %s", seq)
    as_owner("DELETE FROM audit_entry WHERE key = %s AND operation = 'update'", str(records["acts"][1].pk))

    findings = found()
    assert any(where.startswith(f"link {seq + 1}") and "gone" in what for where, what in findings)
    assert (f"registry_legalact {records['acts'][1].pk}", "differs from the journal (number)") in findings


def test_an_entry_removed_under_its_link_is_found(records, as_owner):
    entry = Entry.objects.get(key=str(records["acts"][1].pk), operation="update")
    seq = seq_of(records["acts"][1], "update")
    as_owner("ALTER TABLE audit_link DISABLE TRIGGER USER")
    as_owner("ALTER TABLE audit_link DROP CONSTRAINT " + foreign_key_of_links())
    as_owner("DELETE FROM audit_entry WHERE id = %s", entry.pk)

    assert (f"link {seq}", f"its entry {entry.pk} is gone") in found()


def foreign_key_of_links():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'audit_link'::regclass AND contype = 'f'"
        )
        return cursor.fetchone()[0]


def test_two_swapped_rows_are_found(records, as_owner):
    first, second = seq_of(records["acts"][0]), seq_of(records["acts"][2])
    swap(first, second, as_owner)

    named = " ".join(where for where, _what in found())
    assert f"link {first} " in named
    assert f"link {second} " in named


def swap(first, second, as_owner):
    entries = dict(Link.objects.filter(seq__in=(first, second)).values_list("seq", "entry_id"))
    as_owner("ALTER TABLE audit_link DROP CONSTRAINT audit_link_entry_id_key")
    as_owner("UPDATE audit_link SET entry_id = %s WHERE seq = %s", entries[second], first)
    as_owner("UPDATE audit_link SET entry_id = %s WHERE seq = %s", entries[first], second)


def test_a_tail_cut_off_is_found_by_the_head_and_by_the_records(records, as_owner):
    last = LegalActFactory()
    settle()
    seq = seq_of(last)
    as_owner("DELETE FROM audit_link WHERE seq = %s", seq)
    as_owner("DELETE FROM audit_entry WHERE key = %s", str(last.pk))

    findings = dict(found())
    assert f"the chain ends at link {seq - 1}" in findings["head"]
    assert findings[f"registry_legalact {last.pk}"] == "is not in the journal"


def test_a_tail_cut_off_with_its_head_and_its_records_is_found_by_a_kept_checkpoint(
    records, as_owner, signing
):
    last = LegalActFactory()
    settle()
    kept = checkpoints.signed([checkpoints.make()])
    seq = seq_of(last)
    as_owner("ALTER TABLE registry_legalact DISABLE TRIGGER USER")
    as_owner("DELETE FROM registry_legalact WHERE id = %s", last.pk)
    as_owner("ALTER TABLE registry_legalact ENABLE TRIGGER USER")
    as_owner("DELETE FROM audit_link WHERE seq = %s", seq)
    as_owner("DELETE FROM audit_entry WHERE key = %s", str(last.pk))
    as_owner(
        "UPDATE audit_head SET (seq, hash) = (SELECT seq, hash FROM audit_link ORDER BY seq DESC LIMIT 1)"
    )

    assert found() == []
    (finding,) = verify(against=kept).findings
    assert finding.where == f"checkpoint {seq}"


def test_a_change_with_the_trigger_disabled_is_found(records, as_owner):
    act = records["acts"][0]
    as_owner("ALTER TABLE registry_legalact DISABLE TRIGGER aa_audit_write")
    as_owner("UPDATE registry_legalact SET number = '999' WHERE id = %s", act.pk)
    as_owner("ALTER TABLE registry_legalact ENABLE TRIGGER aa_audit_write")

    assert the_only(found()) == (f"registry_legalact {act.pk}", "differs from the journal (number)")


def test_a_record_deleted_with_the_trigger_disabled_is_found(records, as_owner):
    act = records["acts"][0]
    as_owner("ALTER TABLE registry_legalact DISABLE TRIGGER aa_audit_write")
    as_owner("DELETE FROM registry_legalact WHERE id = %s", act.pk)
    as_owner("ALTER TABLE registry_legalact ENABLE TRIGGER aa_audit_write")

    assert the_only(found()) == (f"registry_legalact {act.pk}", "is gone, which the journal does not know")


def test_a_private_value_changed_with_the_trigger_disabled_is_found(records, as_owner):
    person = records["person"]
    as_owner("ALTER TABLE registry_personprivate DISABLE TRIGGER USER")
    as_owner("UPDATE registry_personprivate SET phone = '+996 700 000000'")
    as_owner("ALTER TABLE registry_personprivate ENABLE TRIGGER USER")

    assert the_only(found())[0] == f"registry_personprivate {person.pk}"


def test_a_private_value_edited_in_the_journal_is_found(records, as_owner):
    as_owner("UPDATE audit_private SET value = '+996 700 000000' WHERE field = 'phone'")

    assert "the private value is not the committed one" in the_only(found())[1]


def test_a_trigger_that_is_off_is_found(records, as_owner):
    as_owner("ALTER TABLE registry_legalact DISABLE TRIGGER aa_audit_write")
    as_owner("DROP TRIGGER aa_audit_write ON registry_unit")

    assert found() == [
        ("table registry_legalact", "its trigger is off"),
        ("table registry_unit", "has no trigger of the journal"),
    ]


def test_an_entry_slipped_in_past_the_chain_is_found(records, as_owner):
    as_owner("ALTER TABLE audit_entry DISABLE TRIGGER audit_chain")
    LegalActFactory(number="77")
    as_owner("ALTER TABLE audit_entry ENABLE TRIGGER audit_chain")

    assert "is in no link" in the_only(found())[1]


def test_a_chain_rewritten_as_a_whole_fits_itself_and_no_kept_checkpoint(records, as_owner, signing):
    kept = checkpoints.signed([checkpoints.make()])
    key = str(records["acts"][1].pk)
    as_owner("UPDATE audit_entry SET actor = 'user:8' WHERE key = %s", key)
    as_owner(REWRITE)

    assert found() == []
    (finding,) = verify(against=kept).findings
    assert finding.where.startswith(f"link {kept[0].seq}")
    assert "rewritten" in finding.what


def test_another_time_zone_and_other_formats_raise_no_alarm(records):
    with connection.cursor() as cursor:
        for name, value in (
            ("timezone", "Asia/Tokyo"),
            ("datestyle", "ISO, DMY"),
            ("bytea_output", "escape"),
        ):
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
    LegalActFactory()

    assert found() == []


def test_private_values_can_be_erased_and_the_chain_still_holds(records, as_owner):
    private = PersonPrivate.objects.get()
    private.phone = ""
    private.save()
    settle()
    with actor.because("request of the person"):
        (erased,) = as_owner("SELECT audit_erase('registry_personprivate', %s)", str(records["person"].pk))

    assert erased[0] >= 2
    assert found() == []
    assert as_owner("SELECT count(*) FROM audit_private WHERE value LIKE '%%010203%%'") == [(0,)]
    last = Entry.objects.latest("id")
    assert (last.operation, last.reason) == ("erase", "request of the person")


def test_checkpoints_are_signed_once_for_each_end_of_the_chain(records, signing):
    first = checkpoints.make()

    assert first.seq == Head.objects.get().seq
    assert checkpoints.make() is None
    LegalActFactory()
    settle()
    assert checkpoints.make().seq == first.seq + 1
    assert Checkpoint.objects.count() == 2


def test_a_file_of_checkpoints_is_believed_by_its_signatures_only(records, signing):
    checkpoints.make()
    text = json.dumps(checkpoints.document(Checkpoint.objects.all()))
    own = [checkpoints.raw_public_key(signing)]

    assert [each.seq for each in checkpoints.read(text, public_keys=own)] == [Head.objects.get().seq]
    forged = text.replace(f'"seq": {Head.objects.get().seq}', '"seq": 1')
    with pytest.raises(checkpoints.Unreadable, match="does not fit"):
        checkpoints.read(forged, public_keys=own)
    with pytest.raises(checkpoints.Unreadable, match="not known"):
        checkpoints.read(text, public_keys=[checkpoints.raw_public_key(Ed25519PrivateKey.generate())])


def exit_code(*args):
    try:
        call_command("audit_verify", *args)
    except SystemExit as stop:
        return stop.code
    return 0


def test_the_command_exits_0_whole_2_broken_3_cannot_tell(records, as_owner, signing, tmp_path, capsys):
    checkpoints.make()
    kept = tmp_path / "kept.json"
    kept.write_text(json.dumps(checkpoints.document(Checkpoint.objects.all())))
    (tmp_path / "no.json").write_text("{")

    assert exit_code("--against", str(kept)) == 0
    assert "1 checkpoints compared" in capsys.readouterr().out
    assert exit_code("--against", str(tmp_path / "no.json")) == 3
    assert exit_code("--against", str(tmp_path / "absent.json")) == 3
    as_owner("UPDATE audit_entry SET reason = 'x' WHERE key = %s", str(records["acts"][1].pk))
    assert exit_code() == 2
    assert str(records["acts"][1].pk) in capsys.readouterr().out
