"""Backups of versions that this one cannot read are refused in words before anything is written."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.restore import restore, verify
from gis_core.operations.versions import FORMAT, OLDEST, of_our_apps, our_migrations
from gis_core.version import VERSION

DUMP = b"PGDMP"
MANIFEST: dict[str, Any] = {
    "format": FORMAT,
    "version": VERSION,
    "postgresql": "17.5 (Debian 17.5-1)",
    "created_at": "2026-11-30T05:00:00+00:00",
    "database_bytes": 1,
    "tables": {},
    "migrations": ["gis_core.0001_initial"],
    "missing": [],
    "entries": {"database.dump": {"bytes": len(DUMP), "sha256": hashlib.sha256(DUMP).hexdigest()}},
}


def archive(folder: Path, **changes: Any) -> Path:
    """An archive whose manifest says something else; what is None is not in it."""
    manifest = {name: value for name, value in (MANIFEST | changes).items() if value is not None}
    return packed(folder, json.dumps(manifest).encode())


def packed(folder: Path, manifest: bytes) -> Path:
    target = folder / "sauvegarde.tar"
    with tarfile.open(target, "w") as made:
        for name, content in (("database.dump", DUMP), ("manifest.json", manifest)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return target


def test_a_backup_of_this_version_is_read(tmp_path: Path):
    assert verify(archive(tmp_path))["version"] == VERSION


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": "99.0.0"}, rf"faite par Arpent 99\.0\.0, plus récent que celui-ci \({VERSION}\) : rétablissez-la"),
        (
            {"version": "99.0.0", "format": 99, "entries": None},
            rf"Arpent 99\.0\.0 \(format 99, ici {FORMAT}\), plus récent",
        ),
        ({"version": VERSION + ".1"}, "plus récent que celui-ci"),
        ({"format": FORMAT + 1}, "plus récent que celui-ci"),
        ({"version": "0.1.0"}, rf"Arpent 0\.1\.0\. .* depuis la version {OLDEST} : .* la version qui l'a faite"),
        (
            {"version": "0.1.0", "format": 1, "migrations": None, "tables": None},
            r"faite par Arpent 0\.1\.0 \(format 1, ",
        ),
        ({"format": FORMAT - 1}, "la version qui l'a faite"),
        ({"version": None}, "ne dit pas de quelle version"),
        ({"version": "main"}, "ne dit pas de quelle version"),
        ({"version": 3}, "ne dit pas de quelle version"),
        ({"format": "x"}, "ne dit pas de quelle version"),
        ({"postgresql": "18.1"}, r"PostgreSQL 18, plus récent que celui d'ici \(17\)"),
        (
            {"migrations": ["gis_core.0001_initial", "permits.0099_of_later", "trees.0001_initial"]},
            r"migrations que celui-ci \(.*\) ne connaît pas \(2, dont trees\.0001_initial\) : rétablissez-la",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_before_anything_is_written(changes: dict[str, Any], words: str, tmp_path: Path):
    place = Place(tmp_path / "data")
    with pytest.raises(OperationFailedError, match=words) as refused:
        restore(place, archive(tmp_path, **changes), force=True)
    assert refused.value.message.endswith("Rien n'a été touché.")
    assert not place.data.exists()


@pytest.mark.parametrize("lacking", ["migrations", "tables", "entries", "missing", "database_bytes", "created_at"])
def test_a_manifest_that_lacks_something_is_said_to_be_damaged(lacking: str, tmp_path: Path):
    with pytest.raises(OperationFailedError, match=r"abîmée \(manifest.json\)"):
        verify(archive(tmp_path, **{lacking: None}))


@pytest.mark.parametrize("manifest", [b"{", b"[1]", b"3", b"null"])
def test_a_manifest_that_is_none_is_refused(manifest: bytes, tmp_path: Path):
    with pytest.raises(OperationFailedError, match="n'est pas une sauvegarde d'Arpent"):
        verify(packed(tmp_path, manifest))


def test_the_migrations_of_the_files_are_those_that_django_knows():
    loader = MigrationLoader(connection=None)
    apps = {name.partition(".")[0] for name in our_migrations()}
    assert our_migrations() == {f"{app}.{name}" for app, name in loader.disk_migrations if app in apps}


@pytest.mark.django_db
def test_every_migration_of_ours_is_said_and_no_other():
    loader = MigrationLoader(connection)
    assert set(of_our_apps(list(loader.applied_migrations))) == our_migrations()
