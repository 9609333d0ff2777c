"""Backup and restore: the drill on a fresh cluster, and everything that must be refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from accounts.tests.factories import RoleFactory
from audit.tables import record_tables
from lsg_portal.backups import database, folder
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.postgres import OWNER, Postgres
from lsg_portal.embedded.tests.conftest import place  # noqa: F401 (a fixture)
from reform.tests.clients import EVENTS, client_with, merger, post
from reform.tests.scenarios import programme
from registry.tests.factories import aimak, district, oblast

ROOT = Path(__file__).resolve().parents[2]
DIGEST = "SELECT encode(sha256(convert_to(coalesce(string_agg(r::text, E'\\n' ORDER BY r::text), ''), 'UTF8')), 'hex') FROM {} r"
RIGHTS = """
SELECT 'table', c.relname, p FROM pg_class c,
       unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND has_table_privilege('lsg_app', c.oid, p)
UNION ALL
SELECT 'sequence', c.relname, p FROM pg_class c, unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) p
 WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace AND has_sequence_privilege('lsg_app', c.oid, p)
UNION ALL
SELECT 'function', p.oid::regprocedure::text, 'EXECUTE' FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('lsg_app', p.oid, 'EXECUTE')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')  -- an extension's: by version
UNION ALL
SELECT 'schema', 'public', p FROM unnest(ARRAY['USAGE', 'CREATE']) p WHERE has_schema_privilege('lsg_app', 'public', p)
ORDER BY 1, 2, 3
"""
OBJECTS = """
SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND contype <> 'n'  -- which PostgreSQL lists from 18 on
UNION ALL
SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1, 2, 3
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"


@pytest.fixture
def register(transactional_db, settings, tmp_path):
    """A small register with a journal, and a file."""
    settings.MEDIA_ROOT = tmp_path / "media"
    (settings.MEDIA_ROOT / "acts").mkdir(parents=True)
    (settings.MEDIA_ROOT / "acts" / "1.pdf").write_bytes(b"%PDF-1.7 the act")
    (settings.MEDIA_ROOT / "outside").symlink_to("/etc/hostname")
    with transaction.atomic():
        RoleFactory()
        home = district(oblast("Нарын"), "Ат-Башы")
        pair = (
            aimak(home, "Кара", villages=["К1"], residents=10),
            aimak(home, "Суу", villages=["С1"], residents=20),
        )
        plan, team = programme(), client_with("reform_team")
    answer = post(team, EVENTS, merger(home, pair, plan))
    assert answer.status_code == 201, answer.content


@pytest.fixture
def backup(register, tmp_path):
    directory = tmp_path / "backup"
    call_command("backup", directory, stdout=StringIO())
    return directory


@pytest.fixture
def fresh(place):  # noqa: F811
    """A new cluster with an empty database."""
    server = Postgres(Home(place / "var"))
    server.start()
    yield server
    server.stop()


def manage(fresh, place, *arguments, url=None):  # noqa: F811
    """Run a command as an operator would: another process, on the new cluster."""
    environ = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
    environ |= {
        "DATABASE_URL": url or fresh.owner_url,
        "LSG_VAR": str(place / "restored"),
        "LSG_TESTING": "1",
        "LSG_ASSUME_APP_ROLE": "0",
        "LSG_PG_BIN": str(fresh.installation.programs),
    }
    command = [sys.executable, str(ROOT / "manage.py"), *map(str, arguments)]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)


def answers(cursor, *queries):
    found = []
    for query in queries:
        cursor.execute(query)
        found.append(cursor.fetchall())
    return found


def digests(cursor):
    cursor.execute("SET timezone = 'UTC'")
    cursor.execute(database.TABLES)
    tables = [name for (name,) in cursor.fetchall()]
    return {name: answers(cursor, DIGEST.format(name))[0][0][0] for name in tables}


def plain(objects):
    """Return definitions without casts and brackets: PostgreSQL writes some differently once it has read them back."""
    return {(kind, of, re.sub(r"::[a-z ]+(\[\])?|[() ]", "", text)) for kind, of, text in objects}


@pytest.mark.slow
def test_the_drill(backup, fresh, place):  # noqa: F811
    """Fresh cluster, restore: every table equal, rights equal, the chain verifies, the next insert works."""
    done = manage(fresh, place, "restore", backup)
    assert done.returncode == 0, done.stderr

    with connection.as_owner(), connection.cursor() as here, fresh.connected(OWNER) as there:
        expected = digests(here)
        assert len(expected) > 30
        assert expected["audit_entry"] != expected["audit_link"]
        assert digests(there) == expected
        assert answers(there, RIGHTS) == answers(here, RIGHTS)
        assert plain(answers(there, OBJECTS)[0]) ^ plain(answers(here, OBJECTS)[0]) == set()
        assert answers(there, SEQUENCES) == answers(here, SEQUENCES)
        assert not {name for _, name, what in answers(there, RIGHTS)[0] if what == "DELETE"} & set(
            record_tables()
        )
    assert (place / "restored" / "media" / "acts" / "1.pdf").read_bytes() == b"%PDF-1.7 the act"
    assert not (place / "restored" / "media" / "outside").exists()

    assert manage(fresh, place, "migrate", "--check").returncode == 0
    assert manage(fresh, place, "audit_verify").returncode == 0
    insert = (
        "from django.db import transaction; from accounts.models import User\n"
        "with transaction.atomic(): print(User.objects.create_user('next', password='a-long-password', email='1').pk)"
    )
    done = manage(fresh, place, "shell", "-c", insert, url=fresh.app_url)
    assert done.returncode == 0, done.stderr
    assert manage(fresh, place, "audit_verify").returncode == 0

    again = manage(fresh, place, "restore", backup)
    assert again.returncode == 3
    assert "not empty" in again.stderr


@pytest.mark.slow
def test_a_change_that_no_hash_of_a_file_shows_is_found_after_reading(backup, fresh, place):  # noqa: F811
    manifest = json.loads((backup / folder.MANIFEST).read_text())
    manifest["tables"]["registry_unit"]["fingerprint"] = "1"
    (backup / folder.MANIFEST).write_text(json.dumps(manifest))

    done = manage(fresh, place, "restore", backup)

    assert done.returncode == 2
    assert "registry_unit" in done.stderr


@pytest.mark.slow
def test_neither_the_serving_role_nor_a_server_without_it_takes_a_backup(backup, fresh, place):  # noqa: F811
    as_app = manage(fresh, place, "restore", backup, url=fresh.app_url)
    with fresh.connected() as cursor:
        cursor.execute("REASSIGN OWNED BY lsg_app TO lsg; DROP OWNED BY lsg_app; DROP ROLE lsg_app")
    without = manage(fresh, place, "restore", backup)

    assert as_app.returncode == 1
    assert "as the owner" in as_app.stderr
    assert without.returncode == 1
    assert "CREATE ROLE lsg_app" in without.stderr


def test_the_backup_says_what_it_holds_and_is_readable_to_us_alone(backup):
    manifest = json.loads((backup / folder.MANIFEST).read_text())

    assert {"made_at", "build", "postgresql", "journal", "migrations", "tables", "files"} <= set(manifest)
    assert manifest["tables"]["registry_unitversion"]["rows"] >= 3
    assert manifest["journal"]["seq"] > 0
    assert set(manifest["files"]) == {"database.dump", "media/acts/1.pdf"}
    for path in (backup, *backup.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("harm", ["altered", "absent", "foreign", "no manifest", "broken manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_read(backup, harm):
    dump = backup / folder.DUMP
    match harm:
        case "altered":
            raw = bytearray(dump.read_bytes())
            raw[len(raw) // 2] ^= 1
            dump.write_bytes(raw)
        case "absent":
            (backup / "media" / "acts" / "1.pdf").unlink()
        case "foreign":
            (backup / "media" / "more").touch()
        case "no manifest":
            (backup / folder.MANIFEST).unlink()
        case _:
            (backup / folder.MANIFEST).write_text("{}")

    with pytest.raises(CommandError) as refused:
        call_command("restore", backup, check=True)

    assert refused.value.returncode == 2


def test_a_whole_backup_can_be_checked_without_a_database(backup):
    said = StringIO()

    call_command("restore", backup, check=True, stdout=said)

    assert "is whole" in said.getvalue()


def test_a_database_with_something_in_it_is_refused(backup):
    with pytest.raises(CommandError, match="not empty") as refused:
        call_command("restore", backup, stdout=StringIO())

    assert refused.value.returncode == 3


def test_a_directory_that_exists_is_never_written_over(backup):
    before = (backup / folder.MANIFEST).read_text()

    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", backup, stdout=StringIO())

    assert (backup / folder.MANIFEST).read_text() == before


def test_a_backup_that_fails_leaves_nothing_under_its_name(register, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "copy_files", full)

    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", tmp_path / "backup", stdout=StringIO())

    assert [path.name for path in tmp_path.iterdir()] == ["media"]


def test_without_programs_of_the_servers_version_it_is_said_what_to_install(
    register, tmp_path, monkeypatch, settings
):
    settings.LSG_PG_BIN = str(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(database, "major_of", lambda cursor: 99)

    with pytest.raises(CommandError, match="postgresql-client-99"):
        call_command("backup", tmp_path / "backup", stdout=StringIO())


def test_a_backup_of_another_release_is_refused(backup):
    manifest = json.loads((backup / folder.MANIFEST).read_text())
    manifest["migrations"].append("registry.9999_of_tomorrow")
    (backup / folder.MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(CommandError, match="9999_of_tomorrow"):
        call_command("restore", backup, stdout=StringIO())


def test_no_password_is_on_a_command_line(register, tmp_path, monkeypatch):
    seen = []
    popen = subprocess.Popen

    def noted(command, **options):
        seen.append(" ".join(map(str, command)))
        return popen(command, **options)

    monkeypatch.setattr(database.subprocess, "Popen", noted)
    call_command("backup", tmp_path / "backup", stdout=StringIO())

    password = (
        psycopg2.extensions.parse_dsn(connection.connection.dsn).get("password")
        or connection.settings_dict["PASSWORD"]
    )
    assert seen
    assert password not in "".join(seen)
