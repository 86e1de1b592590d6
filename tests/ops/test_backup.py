import hashlib
import json
import os
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.ops.backup import _add_data, backup
from gis_core.ops.cluster import Cluster
from gis_core.ops.demo import demo_lock
from gis_core.ops.environment import Place, variables
from gis_core.ops.failure import OperationFailedError
from gis_core.ops.manage import command_line
from gis_core.ops.restore import restore, verify
from tests.ops.conftest import temporary_place

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
    "indexes": "select indexrelid::regclass, pg_get_indexdef(indexrelid) from pg_index"
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
        f"{path.relative_to(place.data)} {stat.S_IMODE(path.stat().st_mode):o} {content_of(path)}"
        for path in sorted(place.files.rglob("*"))
    ]
    return found


def content_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"


@pytest.fixture(scope="module")
def origin() -> Iterator[Place]:
    with temporary_place() as place:
        cluster = Cluster(place)
        with cluster.lease():
            migrate = command_line("migrate", "--noinput")
            subprocess.run(migrate, env=variables(place, "owner"), check=True, capture_output=True)
            for statement in EXTRA.split(";\n"):
                cluster.psql("arpent", "-c", "set role none", "-c", statement)
        (place.files / "inbox").mkdir(parents=True)
        (place.files / "empty").mkdir()
        (place.files / "inbox" / "parcelles é.geojson").write_bytes(os.urandom(100_000))
        (place.files / "private").write_text("x")
        (place.files / "private").chmod(0o600)
        place.accounts.write_text("[]")
        yield place


@pytest.fixture(scope="module")
def archive(origin: Place) -> Path:
    target = origin.data.parent / "sauvegarde.tar"
    backup(origin, target)
    return target


def test_a_restore_finds_no_difference(origin: Place, archive: Path):
    before = picture(origin)
    shutil.rmtree(origin.data)
    restore(origin, archive, force=False)
    after = picture(origin)
    assert {name: sorted(set(before[name]) ^ set(after[name])) for name in before if before[name] != after[name]} == {}
    assert origin.accounts.exists()


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
    def fail(_: list[str]) -> str:
        raise OperationFailedError("pg_restore a échoué.")

    monkeypatch.setattr("gis_core.ops.restore.run_client", fail)
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
    with pytest.raises(OperationFailedError, match="abîmée"):
        verify(longer)


def test_the_manifest_says_version_and_lengths(archive: Path):
    manifest = verify(archive)
    assert (manifest["format"], manifest["postgresql"].split(".")[0]) == (1, "17")
    assert json.dumps(manifest["entries"]["files/private"]) == json.dumps(
        {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    )


def test_without_a_database_there_is_nothing_to_save(place: Place, tmp_path: Path):
    with pytest.raises(OperationFailedError, match="Rien à sauvegarder"):
        backup(place, tmp_path / "b.tar")


def test_a_folder_that_does_not_exist_is_said(origin: Place, archive: Path):
    with pytest.raises(OperationFailedError, match="Impossible d'écrire"):
        backup(origin, archive.parent / "absent" / "b.tar")


def test_printed_maps_stay_out(tmp_path: Path):
    place = Place(tmp_path)
    for name in ("prints/12.pdf", "prints/13.part/photo.tif", "orthophoto/kept.tif"):
        (place.files / name).parent.mkdir(parents=True, exist_ok=True)
        (place.files / name).touch()
    with tarfile.open(tmp_path / "essai.tar", "w") as tar:
        entries = _add_data(tar, place)
        assert list(entries) == ["files/orthophoto/kept.tif"]
        assert "files/prints" not in tar.getnames()
