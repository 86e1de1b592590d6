import hashlib
import io
import json
import os
import shutil
import signal
import stat
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from gis_core.operations.backup import (
    CUT,
    FORMAT,
    FULL,
    MANIFEST,
    add_data,
    advice,
    backup,
    backup_lock,
    take_snapshot,
    without_superuser,
)
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import lock_tables, table_contents
from gis_core.operations.demo import demo_lock
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.held_files import LINKS, HeldFiles
from gis_core.operations.restore import give_restored, restore, verify
from gis_core.operations.verification import SCRATCH_DATABASE, _scratch_database, make_verified_backup, verify_archive
from tests.ops.conftest import temporary_place
from tests.ops.migrated import give_migrated

# Beside what the migrations make: a role of the operator's own, odd values, and one of everything a dump could lose.
EXTRA = """
create role qgis_reader login connection limit 3;
alter role qgis_reader set search_path = public;
alter role arpent_web in database arpent set work_mem = '12MB';
alter database arpent set default_text_search_config = 'pg_catalog.french';
set role arpent_owner;
create table public.kept (id bigint generated always as identity primary key, label text, geom geometry(polygon, 2154));
insert into kept (label, geom) values
    ('é"\\', st_makeenvelope(617000, 6711000, 617100, 6711100, 2154)), (null, null), ('', 'SRID=2154;POLYGON EMPTY');
alter table kept enable row level security;
create policy kept_seen on kept for select to arpent_web using (label is not null);
grant select (id, label) on kept to arpent_web;
create function kept_label() returns trigger language plpgsql as 'begin new.label = upper(new.label); return new; end';
create trigger kept_upper before update on kept for each row execute function kept_label();
revoke execute on function kept_label() from public;
alter default privileges in schema public grant select on tables to qgis_reader;
"""

CATALOGUE = {
    "roles": "select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,"
    " rolbypassrls, rolconnlimit, rolconfig from pg_roles where rolname !~ '^pg_'",
    "memberships": "select roleid::regrole, member::regrole, admin_option, inherit_option from pg_auth_members"
    " where roleid::regrole::text !~ '^pg_'",
    "settings": "select coalesce(datname, ''), setrole::regrole, setconfig"
    " from pg_db_role_setting left join pg_database d on d.oid = setdatabase",
    "database": "select pg_get_userbyid(datdba), datacl, datcollate, datlocale from pg_database"
    " where datname = 'arpent'",
    "schemas": "select nspname, pg_get_userbyid(nspowner), nspacl from pg_namespace where nspname !~ '^pg_'",
    "relations": "select oid::regclass, relkind, pg_get_userbyid(relowner),"
    # No grant at all and the owner's own grants written out are the same thing.
    " coalesce(relacl, acldefault((case relkind when 'S' then 's' else 'r' end)::\"char\", relowner)), relrowsecurity,"
    " relforcerowsecurity, reloptions from pg_class"
    " where relnamespace::regnamespace::text !~ '^pg_|^information_schema'",
    "columns": "select attrelid::regclass, attname, atttypid::regtype, attnotnull, attidentity, attacl"
    " from pg_attribute where attnum > 0 and attacl is not null or attidentity <> ''",
    "policies": "select * from pg_policies",
    "triggers": "select tgrelid::regclass, tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal",
    # PostgreSQL writes the casts of `varchar in (...)` elsewhere after each reading of its own text: same meaning.
    "constraints": "select conrelid::regclass, conname, convalidated,"
    " regexp_replace(pg_get_constraintdef(oid), '::(character varying|text)(\\[\\])?|[()]', '', 'g')"
    " from pg_constraint",
    # The condition of the same index is written with its casts elsewhere once it was dumped.
    "indexes": "select indexrelid::regclass,"
    " regexp_replace(pg_get_indexdef(indexrelid), '::(text|character varying)(\\[\\])?|[()]', '', 'g') from pg_index"
    " where indrelid::regclass::text !~ '^pg_'",
    "functions": "select p.oid::regprocedure, pg_get_userbyid(proowner), proacl, prosecdef, proconfig, md5(prosrc)"
    " from pg_proc p where pronamespace::regnamespace::text !~ '^pg_|^information_schema'",
    "leakproof": "select oid::regprocedure from pg_proc where proleakproof",
    "default privileges": "select defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl"
    " from pg_default_acl",
    "extensions": "select extname, extversion, extnamespace::regnamespace from pg_extension",
    "sequences": "select schemaname, sequencename, last_value from pg_sequences",
}
TABLES = (
    "select format('select %L, count(*), md5(string_agg(r::text, chr(10) order by r::text)) from %s r', oid::regclass,"
    " oid::regclass) from pg_class"
    " where relkind = 'r' and relnamespace::regnamespace::text !~ '^pg_|^information_schema'"
)


def picture(place: Place) -> dict[str, list[str]]:
    """Everything a restore must bring back, as sorted text."""
    cluster = Cluster(place)
    with cluster.lease():
        found = {name: sorted(cluster.psql("arpent", "-c", asked).splitlines()) for name, asked in CATALOGUE.items()}
        counts = " union all ".join(cluster.psql("arpent", "-c", TABLES).splitlines())
        found["rows"] = sorted(cluster.psql("arpent", "-c", counts).splitlines())
    found["files"] = [
        f"{path.relative_to(place.data)} {path.owner()} {stat.S_IMODE(path.stat().st_mode):o} {content_of(path)}"
        for path in sorted(place.files.rglob("*"))
    ]
    return found


def content_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"


@pytest.fixture(scope="module")
def origin() -> Iterator[Place]:
    with temporary_place() as place:
        give_migrated(place)
        cluster = Cluster(place)
        with cluster.lease():
            for statement in EXTRA.split(";\n"):
                cluster.psql("arpent", "-c", "set role none", "-c", statement)
        (place.files / "inbox").mkdir(parents=True)
        (place.files / "empty").mkdir()
        (place.files / "inbox" / "parcelles é.geojson").write_bytes(os.urandom(100_000))
        (place.files / "private").write_text("x")
        (place.files / "private").chmod(0o600)
        (place.files / "closed").mkdir(mode=0o770)
        (place.files / "closed" / "shared").write_text("x")
        (place.files / "closed" / "shared").chmod(0o660)
        (place.files / "closed").chmod(0o770)
        place.accounts.write_text("[]")
        # As a start by root leaves it: the site's files are its user's, open to the group.
        give_restored(place)
        yield place


@pytest.fixture(scope="module")
def archive(origin: Place) -> Path:
    target = origin.data.parent / "sauvegarde.tar"
    backup(origin, target)
    return target


def test_a_restore_finds_no_difference(origin: Place, archive: Path, capsys: pytest.CaptureFixture[str]):
    before = picture(origin)
    shutil.rmtree(origin.data)
    capsys.readouterr()
    restore(origin, archive, force=False)
    assert "Les données d'avant" not in capsys.readouterr().out
    after = picture(origin)
    assert {name: sorted(set(before[name]) ^ set(after[name])) for name in before if before[name] != after[name]} == {}
    assert origin.accounts.exists()
    assert not list(origin.data.glob("*.avant-*"))


def test_the_picture_sees_a_lost_leakproof_mark(origin: Place):
    before = picture(origin)
    cluster = Cluster(origin)
    with cluster.lease():
        cluster.psql("arpent", "-c", "alter function geometry_overlaps(geometry, geometry) not leakproof")
        lost = sorted(cluster.psql("arpent", "-c", CATALOGUE["leakproof"]).splitlines())
    assert set(before["leakproof"]) - set(lost) == {"geometry_overlaps(geometry,geometry)"}


def test_an_occupied_folder_is_refused_in_words(origin: Place, archive: Path):
    with pytest.raises(OperationFailedError, match="contient déjà des données"):
        restore(origin, archive, force=False)


def test_forcing_sets_the_former_data_aside(origin: Place, archive: Path):
    (origin.files / "later").write_text("made after the backup")
    (origin.cache / "tiles").mkdir(parents=True)
    restore(origin, archive, force=True)
    (aside,) = origin.data.glob("files.avant-*")
    assert (aside / "later").exists()
    assert not (origin.files / "later").exists()
    assert not origin.cache.exists()


def test_a_restore_that_fails_gives_the_former_data_back(origin: Place, archive: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> str:
        raise OperationFailedError("pg_restore a échoué.")

    monkeypatch.setattr("gis_core.operations.restore.run_client", fail)
    with pytest.raises(OperationFailedError):
        restore(origin, archive, force=True)
    monkeypatch.undo()
    assert (origin.files / "private").read_text() == "x"
    with Cluster(origin).lease():
        assert Cluster(origin).psql("arpent", "-c", "select count(*) from kept").strip() == "3"


def test_a_running_demo_is_not_restored_over(origin: Place, archive: Path):
    with demo_lock(origin), pytest.raises(OperationFailedError, match=r"\./arpent stop"):
        restore(origin, archive, force=True)


def test_the_archive_is_for_its_owner_only(archive: Path):
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_one_changed_byte_is_found_before_anything_is_touched(archive: Path, place: Place):
    damaged = archive.with_name("damaged.tar")
    content = bytearray(archive.read_bytes())
    with tarfile.open(archive) as members:
        content[members.getmember("database.dump").offset_data + 1000] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(OperationFailedError, match=r"abîmée \(database.dump\)"):
        restore(place, damaged, force=False)
    assert not place.data.exists()


def test_a_truncated_archive_is_refused(archive: Path):
    cut = archive.with_name("cut.tar")
    cut.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    with pytest.raises(OperationFailedError, match=r"tronquée|incomplète"):
        verify(cut)


@pytest.mark.parametrize("content", [b"", b"not an archive", b"\0" * 20_000])
def test_another_file_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(OperationFailedError, match="other"):
        verify(tmp_path / "other")


def test_an_absent_file_is_refused(tmp_path: Path):
    with pytest.raises(OperationFailedError, match="absent"):
        verify(tmp_path / "absent")


def test_a_member_that_the_manifest_does_not_name_is_refused(archive: Path):
    longer = archive.with_name("longer.tar")
    shutil.copy(archive, longer)
    with tarfile.open(longer, "a") as members:
        members.add(archive.parent / "damaged.tar", "files/../../etc/cron.d/x")
    with pytest.raises(OperationFailedError, match=r"etc/cron\.d/x n'a rien à y faire"):
        verify(longer)


@pytest.mark.parametrize("name", ["arpent.conf", "secret-key", "files/../secret-key", "pg/PG_VERSION"])
def test_an_archive_with_anything_else_is_refused(tmp_path: Path, name: str):
    with tarfile.open(tmp_path / "other.tar", "w") as members:
        members.addfile(tarfile.TarInfo(name))
    with pytest.raises(OperationFailedError, match="n'a rien à y faire"):
        verify(tmp_path / "other.tar")


def test_roles_keep_every_line_but_the_superuser_s_statements():
    """A value with a line like these, taken out, would leave its end to be run by the superuser."""
    kept = (
        '-- User Config "o\'brien"\nCREATE ROLE "postgres-x";\n'
        "ALTER ROLE web SET application_name TO 'a''\nALTER ROLE postgres SET x TO '';\nDROP TABLE t; --';\n"
        "CREATE ROLE \"o'\nCREATE ROLE postgres;\";\nALTER ROLE web SET y TO E'a\\\\';\n"
    )
    superuser = "CREATE ROLE postgres;\nALTER ROLE postgres WITH SUPERUSER;\nALTER ROLE \"postgres\" SET z TO 'a\nb';\n"
    assert without_superuser(superuser + kept + superuser) == kept


def test_the_manifest_says_version_and_lengths(archive: Path):
    manifest = verify(archive)
    assert (manifest["format"], manifest["postgresql"].split(".")[0]) == (FORMAT, "17")
    assert json.dumps(manifest["entries"]["files/private"]) == json.dumps(
        {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    )


def test_without_a_database_there_is_nothing_to_save(place: Place, tmp_path: Path):
    with pytest.raises(OperationFailedError, match="Rien à sauvegarder"):
        backup(place, tmp_path / "b.tar")


def test_a_folder_that_does_not_exist_is_said(origin: Place, archive: Path):
    with pytest.raises(OperationFailedError, match="Impossible d'écrire"):
        backup(origin, archive.parent / "absent" / "b.tar")


# -- files of the moment ----------------------------------------------------------------------------------------------


def held(data: Path, *names: str) -> HeldFiles:
    for name in names:
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_text(name)
    return HeldFiles(data, data / "files")


def test_printed_maps_and_half_written_files_stay_out(tmp_path: Path):
    with held(
        tmp_path,
        *("files/prints/12.pdf", "files/prints/13.part/photo.tif", "files/orthophoto/kept.tif"),
        *("files/permits/3/half.part", "files/exports/4.part/data.gpkg", "files/inbox/ab/sent.part"),
    ) as files:
        files.hold()
        assert set(files.paths) == {"files/orthophoto/kept.tif", "files/inbox/ab/sent.part"}
        assert "files/prints" not in files.folders


def test_what_is_erased_while_a_backup_is_written_is_in_it(tmp_path: Path):
    with held(tmp_path, "files/permits/3/first") as files:
        files.hold()
        shutil.rmtree(tmp_path / "files/permits")
        (tmp_path / "files/works/4").mkdir(parents=True)
        (tmp_path / "files/works/4/second").write_text("files/works/4/second")
        files.hold()
        assert {name: path.read_text() for name, path in files.paths.items()} == {
            name: name for name in ("files/permits/3/first", "files/works/4/second")
        }
    assert not (tmp_path / "files" / LINKS).exists()


def refused(*_: object, **__: object) -> None:
    raise OSError(18, "Invalid cross-device link")


def test_a_file_that_cannot_be_held_is_read_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "link", refused)
    with held(tmp_path, "files/orthophoto/sheet.tif") as files:
        files.hold()
        assert files.paths == {"files/orthophoto/sheet.tif": tmp_path / "files/orthophoto/sheet.tif"}


def test_links_that_a_killed_backup_left_are_removed(tmp_path: Path):
    with held(tmp_path, f"files/{LINKS}/1", "files/works/4/kept") as files:
        files.hold()
        assert set(files.paths) == {"files/works/4/kept"}


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What waits longer fails."""

    def fail(*_: object) -> None:
        raise TimeoutError

    former = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def entries_of(data: Path, files: HeldFiles) -> set[str]:
    with tarfile.open(data / "archive", "w", dereference=True) as archive, at_most(60):
        return set(add_data(archive, Place(data), files))


def test_a_pipe_that_took_the_place_of_a_file_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "link", refused)
    with held(tmp_path, "files/orthophoto/kept.tif", "files/orthophoto/sheet.tif") as files:
        files.hold()
        (tmp_path / "files/orthophoto/sheet.tif").unlink()
        os.mkfifo(tmp_path / "files/orthophoto/sheet.tif")
        assert entries_of(tmp_path, files) == {"files/orthophoto/kept.tif"}


def test_a_link_that_took_the_place_of_a_file_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "link", refused)
    with held(tmp_path, "files/orthophoto/sheet.tif") as files:
        files.hold()
        (tmp_path / "files/orthophoto/sheet.tif").unlink()
        for link in ("files/orthophoto/sheet.tif", "demo-accounts.json"):
            (tmp_path / link).symlink_to("/etc/passwd")
        assert entries_of(tmp_path, files) == set()


NAMES_A_FILE = """
set role arpent_owner;
create function arpent.files_of_trial() returns setof text language sql stable set search_path = pg_catalog
as $$ select 'permits/3/late' $$
"""


@pytest.fixture
def named_file(origin: Place) -> Iterator[Path]:
    """A file that a row names and that is not there yet."""
    with Cluster(origin).lease():
        for statement in NAMES_A_FILE.split(";\n"):
            Cluster(origin).psql("arpent", "-c", "set role none", "-c", statement)
        yield origin.files / "permits" / "3" / "late"
        Cluster(origin).psql("arpent", "-c", "drop function arpent.files_of_trial()")
    shutil.rmtree(origin.files / "permits", ignore_errors=True)


def test_a_file_that_takes_its_name_after_its_row_is_waited_for(origin: Place, named_file: Path):
    def arrive() -> None:
        named_file.parent.mkdir(parents=True)
        named_file.write_text("x")

    with HeldFiles(origin.data, origin.files) as files, Cluster(origin).connect("arpent") as connection:
        threading.Timer(0.7, arrive).start()
        snapshot = take_snapshot(connection, files)
        assert snapshot.missing == []
        assert "files/permits/3/late" in files.paths


def test_a_table_that_goes_at_this_moment_has_the_moment_taken_again(origin: Place, monkeypatch: pytest.MonkeyPatch):
    cluster, moments = Cluster(origin), []

    def drop_first(connection: psycopg.Connection[Any]) -> None:
        if not moments:
            cluster.psql("arpent", "-c", "drop table arpent_staging.passing")
        moments.append(connection)
        lock_tables(connection)

    monkeypatch.setattr("gis_core.operations.backup.lock_tables", drop_first)
    with HeldFiles(origin.data, origin.files) as files, cluster.lease(), cluster.connect("arpent") as connection:
        cluster.psql("arpent", "-c", "create unlogged table arpent_staging.passing (name text)")
        take_snapshot(connection, files)
        assert len(moments) == 2
        assert "arpent_staging.passing" not in table_contents(connection)


def test_a_file_that_was_lost_before_is_named_and_stops_nothing(
    origin: Place, named_file: Path, capsys: pytest.CaptureFixture[str]
):
    target = origin.data.parent / "lacking.tar"
    backup(origin, target)
    assert verify(target)["missing"] == ["files/permits/3/late"]
    assert "files/permits/3/late manque sur le disque" in capsys.readouterr().out


# -- trial ------------------------------------------------------------------------------------------------------------


def databases(place: Place) -> list[str]:
    return Cluster(place).psql("postgres", "-c", "select datname from pg_database").split()


def altered(archive: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The archive with another manifest."""
    target = archive.with_name("altered.tar")
    with tarfile.open(archive) as source, tarfile.open(target, "w") as made:
        for member in source:
            content = source.extractfile(member)
            if member.name == MANIFEST and content:
                manifest = json.load(content)
                change(manifest)
                text = json.dumps(manifest).encode()
                member.size, content = len(text), io.BytesIO(text)
            made.addfile(member, content)
    return target


def test_a_backup_is_verified_by_restoring_it_beside_the_database(origin: Place, capsys: pytest.CaptureFixture[str]):
    target = origin.data.parent / "verified.tar"
    with Cluster(origin).lease():
        Cluster(origin).psql("postgres", "-c", f"create database {SCRATCH_DATABASE}")
        assert make_verified_backup(origin, target) == 0
        assert SCRATCH_DATABASE not in databases(origin)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert f"Sauvegarde vérifiée : {target}" in capsys.readouterr().out


def test_what_the_trial_lacks_is_listed(origin: Place, archive: Path):
    def one_row_more(manifest: dict[str, Any]) -> None:
        rows, digest = manifest["tables"]["public.kept"]
        manifest["tables"]["public.kept"] = [rows + 1, digest]
        manifest["tables"]["public.lost"] = [2, "0"]

    with Cluster(origin).lease():
        with pytest.raises(OperationFailedError) as refused:
            make_verified_backup(origin, altered(archive, one_row_more))
        assert SCRATCH_DATABASE not in databases(origin)
    assert refused.value.detail.splitlines() == [
        "public.kept : 3 lignes au lieu de 4",
        "public.lost : la table manque",
    ]


def test_nobody_but_a_superuser_enters_the_trial(origin: Place):
    cluster = Cluster(origin)
    with cluster.lease(), _scratch_database(cluster):
        for role in ("arpent_web", "arpent_worker", "arpent_owner"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(host=str(cluster.socket), user=role, dbname=SCRATCH_DATABASE)
        cluster.psql(SCRATCH_DATABASE, "-c", "select 1")


def test_without_room_nothing_is_begun(origin: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1 << 20))
    target = origin.data.parent / "no-room.tar"
    with pytest.raises(OperationFailedError, match=r"Il reste 1 Mio .* il en faut environ \d+ Mio : libérez"):
        make_verified_backup(origin, target)
    assert not target.exists()


def test_one_backup_at_a_time(origin: Place, tmp_path: Path):
    with backup_lock(origin), pytest.raises(OperationFailedError, match="Une autre sauvegarde est en cours"):
        backup(origin, tmp_path / "b.tar")


def test_an_archive_with_roles_of_another_installation_is_said(archive: Path, origin: Place):
    cluster = Cluster(origin)
    with cluster.lease():
        cluster.psql("postgres", "-c", "alter role qgis_reader rename to qgis_leser")
        try:
            with pytest.raises(OperationFailedError, match=r"rôles qui n'existent pas ici \(qgis_reader\)"):
                verify_archive(origin, archive)
        finally:
            cluster.psql("postgres", "-c", "alter role qgis_leser rename to qgis_reader")


# -- failures ---------------------------------------------------------------------------------------------------------

# As the triggers of layers with rules once were: what PostgreSQL refuses where no schema is searched.
UNRESTORABLE = """
create trigger kept_moved after update on kept for each row
when (old.geom is distinct from new.geom) execute function kept_label()
"""


@pytest.fixture
def unrestorable(origin: Place) -> Iterator[Path]:
    target = origin.data.parent / "unrestorable.tar"
    with Cluster(origin).lease():
        Cluster(origin).psql("arpent", "-c", UNRESTORABLE)
        backup(origin, target)
        yield target
        Cluster(origin).psql("arpent", "-c", "drop trigger kept_moved on kept")


def test_a_backup_that_postgresql_refuses_is_not_to_be_tried_again(unrestorable: Path, place: Place):
    with pytest.raises(OperationFailedError) as refused:
        restore(place, unrestorable, force=False)
    assert "Recommencer donnerait le même résultat" in refused.value.message
    assert "relancez" not in refused.value.message
    assert refused.value.message.endswith("Rien n'a été gardé, et ce qui était là est à sa place.")
    assert "operator is not unique" in refused.value.detail
    assert not place.cluster.exists()


def test_such_a_backup_does_not_pass_its_verification(unrestorable: Path, origin: Place):
    with pytest.raises(OperationFailedError, match="ne se rétablit pas"):
        make_verified_backup(origin, unrestorable)
    assert SCRATCH_DATABASE not in databases(origin)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("pg_restore: error: could not write: No space left on device", FULL),
        ("server closed the connection unexpectedly", CUT),
        ("FATAL:  the database system is shutting down", CUT),
        ("ERROR:  operator is not unique", "Autrement."),
    ],
)
def test_the_same_again_is_advised_only_where_it_helps(said: str, told: str):
    assert advice(said, "Autrement.") == told
