"""`./arpent backup`: database, roles and files in one archive that proves it is whole.

The archive is a tar: `roles.sql`, `database.dump` (pg_dump's own format, compressed), `files/...`, and last
`manifest.json` with the length and SHA-256 of every other member, the rows and digest of every table, and the versions
that made it. Dump, digests and files are those of one moment, while people go on writing.
"""

import errno
import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import stat
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

import psycopg

from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import (
    list_referenced_files,
    lock_tables,
    read_migrations,
    table_contents,
    write_alike,
)
from gis_core.operations.environment import DATABASE, Place, adopt, check_own_database, open_lock
from gis_core.operations.failure import FULL, SAID_WHEN_FULL, OperationFailedError
from gis_core.operations.held_files import HeldFiles, unreadable
from gis_core.operations.preflight import MIB
from gis_core.operations.processes import client_environment
from gis_core.operations.progress import say, step
from gis_core.operations.scratch import scratch_folder
from gis_core.operations.versions import FORMAT, of_our_apps
from gis_core.version import VERSION

MANIFEST = "manifest.json"
ROLES = "roles.sql"
DUMP = "database.dump"
SUPERUSER_LINE = re.compile(r'(CREATE|ALTER) ROLE (postgres|"postgres")[ ;]')
# Of what pg_dumpall writes: a remark, or what opens and ends a value or a name; a quote inside is doubled.
QUOTES = re.compile(r"""--[^\n]*|'[^']*'?|"[^"]*"?""")
# Between the rows and the files of one moment a file may still be on its way to its name.
ATTEMPTS = 5
ATTEMPT_SECONDS = 0.5
# What opening a link, a socket, or a path through a file says.
IN_THE_WAY = (errno.ELOOP, errno.ENXIO, errno.ENOTDIR)
CUT = "PostgreSQL s'est arrêté pendant l'opération : relancez la même commande."
# What PostgreSQL's programs say of troubles that pass.
SAID_WHEN_CUT = (
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "connection to server",
    "could not connect",
)
UNREADABLE = (
    "La base n'a pas pu être sauvegardée : PostgreSQL a refusé ce qui est écrit ci-dessus. Recommencer donnerait le"
    " même résultat. Gardez la sauvegarde précédente, et signalez ce message avec la version d'Arpent."
)


class Snapshot(NamedTuple):
    """One moment of the database: its name for pg_dump, the files that rows name, and those of them that are lost."""

    name: str
    referenced: set[str]
    missing: list[str]


def backup(place: Place, target: Path) -> int:
    """Write the archive under another name and rename it: the target is whole or absent."""
    target = target.absolute()
    with backup_lock(place):
        write_archive(place, target)
    say(f"Sauvegarde : {target} ({size_of(target)}).")
    return 0


@contextmanager
def backup_lock(place: Place) -> Iterator[None]:
    """One backup or verification of a data folder at a time; the kernel frees it when its holder dies."""
    check_own_database()
    if not Cluster(place).exists():
        raise OperationFailedError(f"Rien à sauvegarder : il n'y a pas de base dans {place.data}.")
    place.run.mkdir(parents=True, exist_ok=True)
    lock = open_lock(adopt(place.run) / "backup.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    if lock is None:
        raise OperationFailedError("Une autre sauvegarde est en cours ici : attendez sa fin.")
    try:
        yield
    finally:
        os.close(lock)


def write_archive(place: Place, target: Path) -> dict[str, Any]:
    """Write the archive; its manifest. The caller holds the lock."""
    cluster = Cluster(place)
    try:
        with cluster.lease(), scratch_folder(target.parent, ".arpent-") as scratch:
            check_free_space(target.parent, archive_bytes(cluster))
            manifest = _write(cluster, scratch.held)
            (scratch.held / "archive").replace(target)
    except OSError as error:
        raise OperationFailedError(_failure(error, target)) from error
    except psycopg.Error as error:
        raise OperationFailedError(advice(str(error), UNREADABLE), str(error)) from error
    for name in manifest["missing"][:5]:
        say(f"  Attention : {name} manque sur le disque, alors que la base le nomme.")
    return manifest


def _failure(error: OSError, target: Path) -> str:
    if error.errno == errno.ENOSPC:
        return FULL
    if error.errno is None:
        # What tarfile says of a file that became shorter while it was read.
        return "Un fichier a changé pendant la sauvegarde : relancez la même commande."
    return f"Impossible d'écrire {target} : {error.strerror}."


def remove_leftovers(folder: Path, pattern: str) -> None:
    """What a killed run left; the caller holds the lock."""
    for left in folder.glob(pattern):
        shutil.rmtree(left, ignore_errors=True)


def size_of(path: Path) -> str:
    return f"{path.stat().st_size / MIB:.0f} Mio"


def _write(cluster: Cluster, scratch: Path) -> dict[str, Any]:
    with HeldFiles(cluster.place.data, cluster.place.files) as files:
        with cluster.connect(DATABASE) as connection:
            with step("Rôles et base"):
                (scratch / ROLES).write_text(_roles(cluster))
                snapshot = take_snapshot(connection, files)
                options = ["--format=custom", "--compress=zstd", f"--snapshot={snapshot.name}"]
                with (scratch / DUMP).open("wb") as dump:
                    run_client([*cluster.client("pg_dump"), *options, DATABASE], UNREADABLE, out=dump)
            with step("Empreintes des tables"):
                held = {"tables": table_contents(connection), "migrations": of_our_apps(read_migrations(connection))}
        # Held files have a second name: without `dereference` one that is met twice would be written as a link.
        with (
            step("Fichiers"),
            tarfile.open(scratch / "archive", "w", format=tarfile.PAX_FORMAT, dereference=True) as archive,
        ):
            entries = {name: _add_file(archive, scratch / name, name) for name in (ROLES, DUMP)}
            entries |= add_data(archive, cluster.place, files)
            _check_none_lost(snapshot, entries)
            manifest = _manifest(cluster) | held | {"missing": snapshot.missing, "entries": entries}
            _add_bytes(archive, MANIFEST, json.dumps(manifest, indent=1).encode())
    (scratch / "archive").chmod(0o600)
    return manifest


def _check_none_lost(snapshot: Snapshot, entries: dict[str, dict[str, Any]]) -> None:
    """A file that could not be held may have gone before it was read."""
    lost = snapshot.referenced - entries.keys() - set(snapshot.missing)
    if lost:
        raise OperationFailedError(f"{min(lost)} a été effacé pendant la sauvegarde : relancez la même commande.")


def take_snapshot(connection: psycopg.Connection[tuple[Any, ...]], files: HeldFiles) -> Snapshot:
    """Fix one moment of the database, its tables locked against removal, with every file that its rows name held.

    A named file that is not there after some attempts was lost before us.
    """
    connection.autocommit = True
    write_alike(connection)
    connection.execute("set default_transaction_isolation = 'repeatable read'")
    connection.execute("set default_transaction_read_only = on")
    taken = None
    for attempt in range(ATTEMPTS):
        if attempt:
            connection.execute("rollback")
            time.sleep(ATTEMPT_SECONDS)
        taken = _moment(connection, files)
        if taken and not taken.missing:
            break
    if taken is None:
        raise OperationFailedError("Un import change les tables : attendez sa fin, puis relancez la même commande.")
    return taken


def _moment(connection: psycopg.Connection[tuple[Any, ...]], files: HeldFiles) -> Snapshot | None:
    """One moment, or None when a table of it is gone already.

    Files are held before, because what is erased after that moment is still named in it, and again after, because what
    is new came meanwhile.
    """
    files.hold()
    connection.execute("begin")
    exported = connection.execute("select pg_export_snapshot()").fetchone()
    files.hold()
    try:
        lock_tables(connection)
    except psycopg.errors.UndefinedTable:
        return None
    referenced = list_referenced_files(connection)
    return Snapshot(str(exported and exported[0]), referenced, sorted(referenced - files.paths.keys()))


def _roles(cluster: Cluster) -> str:
    """The roles, their settings and memberships as SQL, the cluster's superuser apart."""
    text = run_client([*cluster.client("pg_dumpall"), "--roles-only"], UNREADABLE)
    return without_superuser(text)


def without_superuser(text: str) -> str:
    """What pg_dumpall wrote of roles, without the statements about the cluster's superuser.

    A line is one only where it begins outside of a quoted value or name: those may hold any line.
    """
    kept, dropped, quote = [], False, ""
    for line in text.split("\n"):
        if not quote:
            dropped = bool(SUPERUSER_LINE.match(line))
        if not dropped:
            kept.append(line)
        quote = _quote_at_end(line, quote)
    return "\n".join(kept)


def _quote_at_end(line: str, quote: str) -> str:
    """The quote that is open where a line ends, after one that was open where it began; empty where none is."""
    last = ""
    for match in QUOTES.finditer(quote + line):
        last = match[0]
    return last[:1] if last[:1] in ("'", '"') and (len(last) == 1 or last[-1] != last[0]) else ""


def _manifest(cluster: Cluster) -> dict[str, Any]:
    """What made the archive, and when."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "postgresql": cluster.psql("postgres", "-c", "show server_version").strip(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database_bytes": database_bytes(cluster),
    }


def add_data(archive: tarfile.TarFile, place: Place, files: HeldFiles) -> dict[str, dict[str, Any]]:
    """The files that are held, their folders and the demo accounts; length and digest of each file by its name."""
    entries = {}
    for name, folder in files.folders.items():
        if folder.is_dir():
            archive.add(folder, name, recursive=False)
    for name, path in [(place.accounts.name, place.accounts), *sorted(files.paths.items())]:
        try:
            entries[name] = _add_file(archive, path, name, files.owner)
        except FileNotFoundError:
            continue
        except PermissionError as error:
            raise unreadable(place.data / name) from error
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


def _add_file(archive: tarfile.TarFile, path: Path, name: str, owner: int | None = None) -> dict[str, Any]:
    with _open_regular(path, owner) as file:
        member = archive.gettarinfo(arcname=name, fileobj=file)
        hashed = _Hashed(file)
        archive.addfile(member, hashed)
    return {"bytes": member.size, "sha256": hashed.digest.hexdigest()}


def _open_regular(path: Path, owner: int | None) -> IO[bytes]:
    """Whoever owns the files could have put something else in the way, a link of another user's or a pipe.

    Others read only what is a file and its own; FileNotFoundError for everything else.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in IN_THE_WAY:
            raise FileNotFoundError(path) from error
        raise
    file = os.fdopen(descriptor, "rb")
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode) or owner not in {None, os.geteuid(), state.st_uid}:
        file.close()
        raise FileNotFoundError(path)
    return file


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime = len(content), int(time.time())
    archive.addfile(member, io.BytesIO(content))


def run_client(command: list[str], lasting: str, given: str = "", out: IO[bytes] | None = None) -> str:
    """Run a PostgreSQL program and return what it prints, unless that goes into a file.

    `lasting` advises where the same again would not help.
    """
    result = subprocess.run(
        command,
        input=given,
        stdout=out or subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        env=client_environment(),
        cwd="/",
    )
    if result.returncode != 0:
        raise OperationFailedError(advice(result.stderr, lasting), result.stderr)
    return result.stdout or ""


def advice(said: str, lasting: str) -> str:
    """What the operator does after a failure: the same again only where that helps."""
    if SAID_WHEN_FULL in said:
        return FULL
    return CUT if any(sign in said for sign in SAID_WHEN_CUT) else lasting


def check_free_space(folder: Path, wanted: int) -> None:
    """At least this many bytes are free on the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise OperationFailedError(
            f"Il reste {free // MIB} Mio sur le disque de {folder}, il en faut environ {wanted // MIB} Mio :"
            " libérez de la place."
        )


def archive_bytes(cluster: Cluster) -> int:
    """At most about this long is an archive."""
    return database_bytes(cluster) + _folder_bytes(cluster.place.files)


def database_bytes(cluster: Cluster) -> int:
    return int(cluster.psql("postgres", "-c", f"select pg_database_size('{DATABASE}')"))


def _folder_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0
