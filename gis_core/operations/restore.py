"""`./arpent restore`: an archive of `./arpent backup` brought back, whole or not at all."""

import errno
import hashlib
import json
import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from gis_core.operations import account
from gis_core.operations.archive_target import give
from gis_core.operations.backup import CUT, DUMP, MANIFEST, ROLES, advice, check_free_space, run_client
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import missing_contents
from gis_core.operations.demo import demo_lock
from gis_core.operations.environment import ASIDE, DATABASE, Place, check_own_database
from gis_core.operations.failure import FULL, OperationFailedError
from gis_core.operations.preflight import MIB, check_folder
from gis_core.operations.progress import say, step
from gis_core.operations.scratch import Scratch, scratch_folder
from gis_core.operations.versions import check_version
from gis_core.version import VERSION

MOST_LINES = 5
ACCOUNTS = "demo-accounts.json"
# Indexes that are being built need some more than the finished database.
GROWTH = 1.2
# One more in the making, beside the one that is being written.
WAL_SEGMENT = 2 * 16 * 2**20
# What the manifest of an archive of this format says beside the versions.
SAID = {"created_at", "database_bytes", "tables", "migrations", "missing", "entries"}
UNTOUCHED = "Rien n'a été gardé, et ce qui était là est à sa place."


def restore(place: Place, source: Path, *, force: bool) -> int:
    """Bring an archive back into an empty data folder; with `force`, set what is there aside first."""
    check_own_database()
    with step("Vérification de la sauvegarde"):
        manifest = verify(source)
    check_folder(place)
    with demo_lock(place) as lock:
        if lock is None:
            raise OperationFailedError("Arpent tourne dans ce dossier : ./arpent stop, puis relancez.")
        Cluster(place).stop_if_unused()
        if is_occupied(place) and not force:
            message = f"{place.data} contient déjà des données : choisissez un autre --data, ou ajoutez --force."
            raise OperationFailedError(f"{message} (--force les met de côté, il ne les efface pas)")
        check_free_space(place.data, source.stat().st_size + estimate_restore_bytes(manifest["database_bytes"]))
        # Said before anything is done, where that user cannot have the folder.
        give_restored(place)
        with _set_aside(place) as former, scratch_folder(place.data, "restore-") as scratch:
            _bring_back(place, source, scratch, manifest)
            give_restored(place)
    say(f"Sauvegarde du {manifest['created_at']} rétablie dans {place.data}.")
    if manifest["version"] != VERSION:
        say(f"Elle vient d'Arpent {manifest['version']} : ./arpent manage migrate la met à jour avant de servir.")
    if left := _without_empty(former):
        say(f"Les données d'avant sont dans {', '.join(map(str, left))} : effacez-les quand tout est vérifié.")
    return 0


def give_restored(place: Place) -> None:
    """What root brought back belongs to the user that Arpent runs as."""
    if os.geteuid() == 0 and account.exists() and not account.stays_root():
        account.give_data(place)


def verify(source: Path) -> dict[str, Any]:
    """Read the whole archive; its manifest, if every member is there, unchanged, and none is too many."""
    entries: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _check_known(member)
                if member.name == MANIFEST:
                    manifest = dict(json.loads(_content(archive, member).read()))
                elif not member.isdir():
                    entries[member.name] = _entry(archive, member)
    except (OSError, tarfile.TarError, EOFError, ValueError, TypeError) as error:
        raise OperationFailedError(
            f"{source} n'est pas une sauvegarde d'Arpent, ou elle est tronquée : {error}"
        ) from error
    if not manifest:
        raise OperationFailedError(f"{source} est incomplète : rien n'a été touché. Prenez une autre sauvegarde.")
    check_version(source, manifest)
    if damaged := [MANIFEST] if SAID - manifest.keys() else _find_damaged(entries, manifest["entries"]):
        raise OperationFailedError(f"{source} est abîmée ({', '.join(damaged[:5])}) : rien n'a été touché.")
    return manifest


def _find_damaged(entries: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """The members of an archive that are not as its manifest says, too many or absent."""
    return sorted(name for name in entries.keys() | wanted.keys() if entries.get(name) != wanted.get(name))


def estimate_restore_bytes(size: int) -> int:
    """How many bytes a database of this size takes while it is restored."""
    return int(GROWTH * size)


def lasting_failure(manifest: dict[str, Any]) -> str:
    """What to do when PostgreSQL refuses an archive, which it would do again."""
    return (
        f"La base de cette sauvegarde (Arpent {manifest['version']}, PostgreSQL {manifest['postgresql']}) ne se"
        " rétablit pas : PostgreSQL a refusé ce qui est écrit ci-dessus. Recommencer donnerait le même résultat :"
        " prenez une autre sauvegarde, et signalez ce message."
    )


def check_contents(cluster: Cluster, database: str, manifest: dict[str, Any]) -> None:
    """Compare a restored database with its archive's manifest. Raises OperationFailedError, listing what differs."""
    try:
        with cluster.connect(database) as connection:
            differences = missing_contents(connection, manifest)
    except psycopg.Error as error:
        raise OperationFailedError(advice(str(error), lasting_failure(manifest)), str(error)) from error
    if differences:
        more = [f"… et {len(differences) - MOST_LINES} autres"] if len(differences) > MOST_LINES else []
        raise OperationFailedError(
            "Rétablie, cette sauvegarde n'est pas ce qui avait été sauvegardé : recommencer donnerait le même résultat,"
            " prenez-en une autre.",
            "\n".join(differences[:MOST_LINES] + more),
        )


def is_occupied(place: Place) -> bool:
    """Whether the data folder holds a database or files."""
    return Cluster(place).exists() or (place.files.is_dir() and any(place.files.iterdir()))


def _check_known(member: tarfile.TarInfo) -> None:
    """Only what `backup` writes is ever unpacked. Raises ValueError."""
    top, *below = member.name.split("/")
    known = member.isreg() and not below and top in {ROLES, DUMP, MANIFEST, ACCOUNTS}
    known = known or (top == "files" and ".." not in below and (member.isdir() or (member.isreg() and bool(below))))
    if not known:
        raise ValueError(f"{member.name} n'a rien à y faire")


def _entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Any]:
    return {"bytes": member.size, "sha256": _digest(_content(archive, member))}


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := content.read(MIB):
        digest.update(block)
    return digest.hexdigest()


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(member)
    if content is None:
        raise ValueError(f"{member.name} is not a regular file")
    return content


def is_full(folder: Path) -> bool:
    """Whether a PostgreSQL that stopped there wanted room: it takes as much at once, and its log has none either."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize < WAL_SEGMENT


@contextmanager
def _set_aside(place: Place) -> Iterator[list[Path]]:
    """Rename what is there for the length of a block; when it fails, what it made goes and the former returns."""
    suffix = time.strftime(f"{ASIDE}%Y%m%d-%H%M%S")
    moved: list[tuple[Path, Path]] = []
    all_moved = False
    try:
        for path in (place.cluster, place.files, place.accounts):
            if path.exists() or path.is_symlink():
                moved.append((path, path.rename(path.with_name(path.name + suffix))))
        all_moved = True
        yield [former for _, former in moved]
    except BaseException as error:
        if all_moved:
            if isinstance(error, OperationFailedError) and error.message == CUT and is_full(place.data):
                error.message = FULL
            _remove_new(place)
        for path, former in moved:
            former.rename(path)
        if isinstance(error, OperationFailedError):
            error.message += f" {UNTOUCHED}"
        raise


def _without_empty(former: list[Path]) -> list[Path]:
    """What was set aside and holds something; an empty folder, which every data folder begins with, goes."""
    for path in former:
        with suppress(OSError):
            path.rmdir()
    return [path for path in former if path.exists() or path.is_symlink()]


def _remove_new(place: Place) -> None:
    cluster = Cluster(place)
    cluster.stop(at_once=True)
    shutil.rmtree(cluster.data, ignore_errors=True)
    if place.cluster.is_symlink():
        place.cluster.unlink()
    shutil.rmtree(place.files, ignore_errors=True)
    place.accounts.unlink(missing_ok=True)


def _bring_back(place: Place, source: Path, scratch: Scratch, manifest: dict[str, Any]) -> None:
    with step("Fichiers"):
        extract(source, scratch.held)
    cluster = Cluster(place)
    with cluster.lease(bootstrap=False):
        with step("Rôles et base"):
            lasting = lasting_failure(manifest)
            # What an archive says is run by the database's user: root would run the commands in it for psql itself.
            options = ["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", "postgres"]
            roles = (scratch.held / ROLES).read_text()
            run_client([*cluster.identity(), *cluster.client("psql"), *options], lasting, roles)
            options = ["--create", "--exit-on-error", "--jobs=2", "--dbname=postgres"]
            open_to_database_user(place, scratch)
            command = [*cluster.identity(), *cluster.client("pg_restore"), *options, str(scratch.path / DUMP)]
            run_client(command, lasting)
            cluster.bootstrap()
        with step("Comparaison avec ce qui a été sauvegardé"):
            check_contents(cluster, DATABASE, manifest)
        with step("Statistiques"):
            cluster.psql(DATABASE, "-c", "analyze")
    # Tiles are kept by layer and version: those of another database would be taken for this one's.
    shutil.rmtree(place.cache, ignore_errors=True)
    for name in (place.files.name, place.accounts.name):
        if (scratch.held / name).exists():
            (scratch.held / name).rename(place.data / name)


def open_to_database_user(place: Place, scratch: Scratch) -> None:
    """That user reads the dump of an archive where root has unpacked it."""
    scratch.held.chmod(0o711)
    give(place, scratch.held / DUMP)


def extract(source: Path, folder: Path, *names: str) -> None:
    """The named members of an archive, or all of them."""
    try:
        with tarfile.open(source) as archive:
            members = [archive.getmember(name) for name in names] if names else None
            archive.extractall(folder, members, filter=_as_saved)  # noqa: S202 - tarfile's own filter, but for modes
    except OSError as error:
        full = error.errno == errno.ENOSPC
        message = FULL if full else f"Impossible d'écrire dans {folder.parent} : {error.strerror}."
        raise OperationFailedError(message) from error


def _as_saved(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo:
    """tarfile's own checks, but the modes of the archive: what was open to the group, or closed to others, stays so."""
    needed = 0o700 if member.isdir() else 0o600
    return tarfile.data_filter(member, folder).replace(mode=member.mode & 0o777 | needed, deep=False)
