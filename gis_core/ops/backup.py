"""`./arpent backup`: database, roles and files in one archive that proves it is whole.

The archive is a tar: `roles.sql`, `database.dump` (pg_dump's own format, compressed), `files/...`, and last
`manifest.json` with the length and SHA-256 of every other member.
"""

import hashlib
import io
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from gis_core.ops.cluster import Cluster, client_environment
from gis_core.ops.environment import DATABASE, ROOT, Place
from gis_core.ops.failure import OperationFailedError
from gis_core.ops.preflight import MIB
from gis_core.ops.progress import say, step

FORMAT = 1
MANIFEST = "manifest.json"
ROLES = "roles.sql"
DUMP = "database.dump"
PRINTS = "prints"
SUPERUSER_LINE = re.compile(r"^(CREATE|ALTER) ROLE \"?postgres\"?\b")


def backup(place: Place, target: Path) -> int:
    """Write the archive under another name and rename it: the target is whole or absent."""
    cluster = Cluster(place)
    if not cluster.exists():
        raise OperationFailedError(f"Rien à sauvegarder : il n'y a pas de base dans {place.data}.")
    target = target.absolute()
    try:
        with cluster.lease(), tempfile.TemporaryDirectory(dir=target.parent, prefix=".arpent-") as scratch:
            check_room(target.parent, _database_bytes(cluster) + _folder_bytes(place.files))
            _write(cluster, Path(scratch))
            Path(scratch, "archive").replace(target)
    except OSError as error:
        raise OperationFailedError(f"Impossible d'écrire {target} : {error.strerror}.") from error
    say(f"Sauvegarde : {target} ({target.stat().st_size / MIB:.0f} Mio).")
    return 0


def _write(cluster: Cluster, scratch: Path) -> None:
    with step("Rôles et base"):
        (scratch / ROLES).write_text(_roles(cluster))
        options = ["--format=custom", "--compress=zstd", f"--file={scratch / DUMP}"]
        run_client([*cluster.client("pg_dump"), *options, DATABASE])
    # Files after the database: a file is written before the row that names it is committed.
    with step("Fichiers"), tarfile.open(scratch / "archive", "w", format=tarfile.PAX_FORMAT) as archive:
        entries = {name: _add_file(archive, scratch / name, name) for name in (ROLES, DUMP)}
        entries |= _add_data(archive, cluster.place)
        _add_bytes(archive, MANIFEST, json.dumps(_manifest(cluster, entries), indent=1).encode())
    (scratch / "archive").chmod(0o600)


def _roles(cluster: Cluster) -> str:
    """The roles, their settings and memberships as SQL, the cluster's superuser apart."""
    text = run_client([*cluster.client("pg_dumpall"), "--roles-only"])
    return "".join(line for line in text.splitlines(keepends=True) if not SUPERUSER_LINE.match(line))


def _manifest(cluster: Cluster, entries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
        "postgresql": cluster.psql("postgres", "-c", "show server_version").strip(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "entries": entries,
    }


def _add_data(archive: tarfile.TarFile, place: Place) -> dict[str, dict[str, Any]]:
    """The files folder and the demo accounts. Links and sockets are not data and stay out; so do printed maps, which
    are made again and go after some days, some of them at this moment."""
    entries = {}
    if place.accounts.is_file():
        entries[place.accounts.name] = _add_file(archive, place.accounts, place.accounts.name)
    for path in sorted(place.files.rglob("*")) if place.files.is_dir() else []:
        name = path.relative_to(place.data).as_posix()
        if path.is_relative_to(place.files / PRINTS):
            continue
        if path.is_dir() and not path.is_symlink():
            archive.add(path, name, recursive=False)
        elif path.is_file() and not path.is_symlink():
            entries[name] = _add_file(archive, path, name)
    return entries


class _Hashed:
    """A reader that hashes what passes through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.digest.update(block)
        return block


def _add_file(archive: tarfile.TarFile, path: Path, name: str) -> dict[str, Any]:
    with path.open("rb") as file:
        member = archive.gettarinfo(arcname=name, fileobj=file)
        hashed = _Hashed(file)
        archive.addfile(member, hashed)
    return {"bytes": member.size, "sha256": hashed.digest.hexdigest()}


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime = len(content), int(time.time())
    archive.addfile(member, io.BytesIO(content))


def run_client(command: list[str]) -> str:
    """Run a PostgreSQL client program and return what it prints."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=client_environment())
    if result.returncode != 0:
        full = "No space left" in result.stderr
        message = "Le disque est plein : libérez de la place." if full else f"{Path(command[0]).name} a échoué."
        raise OperationFailedError(f"{message} Rien n'a été gardé, relancez la même commande.", result.stderr)
    return result.stdout


def check_room(folder: Path, wanted: int) -> None:
    """At least this many bytes are free on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise OperationFailedError(
            f"Il reste {free // MIB} Mio sur le disque de {folder}, il en faut environ {wanted // MIB}."
        )


def _database_bytes(cluster: Cluster) -> int:
    return int(cluster.psql("postgres", "-c", f"select pg_database_size('{DATABASE}')"))


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
