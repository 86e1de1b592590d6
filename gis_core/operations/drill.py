"""`./arpent drill`: what an evil day would take, tried for good beside the real site, which goes on.

The database is restored from the archive to this moment, compared table by table, every file compared by its digest,
and a site on the copy is asked to sign somebody in, for a tile, a parcel's sheet and a letter. Without an archive the
last backup of the night is restored instead.
"""

import hashlib
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gis_core.operations import account, archive, archive_target, file_recovery, recovery, restore
from gis_core.operations.backup import backup_lock, check_free_space, database_bytes
from gis_core.operations.backup_status import (
    DrillStatus,
    read_archive_status,
    read_drill_status,
    read_status,
    write_drill_status,
)
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import Contents, differences, list_referenced_files, table_contents, write_alike
from gis_core.operations.environment import DATABASE, Place, secret_key, variables, write_private
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.held_files import list_file_names
from gis_core.operations.manage import command_line
from gis_core.operations.preflight import MIB
from gis_core.operations.progress import french_seconds, say, step
from gis_core.operations.restore import estimate_restore_bytes
from gis_core.operations.verification import verify_archive

EVERY = timedelta(days=30)
ATTEMPTS = 100
# Less than this in a new segment of the log is PostgreSQL's own, nobody's work.
NO_WORK_BYTES = 4096
SITE_SECONDS = 300
HUNDRED_GIB = 100 * 1024 * MIB
TARGET_MINUTES = 30
# Of less, what does not depend on the size takes longest.
ENOUGH_BYTES = 1024 * MIB
BLOCK = 1024 * 1024
UNARCHIVED = Path(__file__).with_name("unarchived.sql")


@dataclass
class Drill:
    """What a drill measures as it goes on; bytes and seconds."""

    steps: list[str] = field(default_factory=list)
    bytes: int = 0
    restore_seconds: float = 0
    seconds: float = 0
    lost_seconds: float = 0
    tables: int = 0
    files: int = 0

    def note(self, text: str) -> None:
        self.steps.append(text)
        say(f"  {text}")

    @contextmanager
    def timed(self) -> Iterator[None]:
        """What would have to be waited for before people work again."""
        begun = time.monotonic()
        yield
        self.seconds += time.monotonic() - begun


@dataclass(frozen=True)
class Moment:
    """One moment of the real database, which has a name in its log: its rows, and the files that they name."""

    point: str
    contents: Contents
    referenced: set[str]


def run(place: Place) -> int:
    """Try it, say and write down how it went: 0 where everything came back equal. Raises OperationFailedError."""
    if account.is_database_apart(place):
        return account.hand_to_database_user(place, ["drill", "--data", str(place.data)])
    with backup_lock(place):
        return try_now(place)


def is_due(place: Place, now: datetime) -> bool:
    """Whether the last drill, or the first night, is a month ago."""
    drilled, nights = read_drill_status(place.data), read_status(place.data)
    since = drilled.ended_at if drilled else nights.since if nights else ""
    return bool(since) and now - datetime.fromisoformat(since) >= EVERY


def try_now(place: Place) -> int:
    """The drill itself. The caller holds the lock of backups. Raises OperationFailedError, which is written down."""
    drill = Drill()
    try:
        if archive_target.configured(place):
            _try_archive(place, drill)
        else:
            _try_backup(place, drill)
    except OperationFailedError as failure:
        _write(place, drill, failure.message)
        raise
    except BaseException as error:
        _write(place, drill, f"L'exercice a été interrompu ({type(error).__name__}).")
        raise
    _write(place, drill, "")
    say(describe(drill))
    return 0


def describe(drill: Drill) -> str:
    """What it took, what would have been lost, what 100 GiB would take at the same rate, in French."""
    rate = drill.bytes / max(drill.restore_seconds, 0.001)
    minutes = HUNDRED_GIB / rate / 60
    said = (
        f"Débit : {rate / MIB:.0f} Mio/s ; à ce débit (extrapolation), 100 Gio demanderaient {minutes:.0f} min"
        f" (objectif : {TARGET_MINUTES})."
        if drill.bytes >= ENOUGH_BYTES
        else "Moins d'un gibioctet : le temps fixe domine, rien n'est extrapolé à 100 Gio."
    )
    return (
        f"Exercice réussi : de nouveau en service en {french_seconds(drill.seconds)} ; {drill.tables} tables et"
        f" {drill.files} fichiers égaux ; au plus {french_seconds(drill.lost_seconds)} de travail perdu.\n{said}"
    )


def _write(place: Place, drill: Drill, failure: str) -> None:
    status = DrillStatus(
        ended_at=datetime.now(UTC).isoformat(timespec="seconds"),
        failure=failure,
        seconds=round(drill.seconds, 1),
        restore_seconds=round(drill.restore_seconds, 1),
        bytes=drill.bytes,
        lost_seconds=round(drill.lost_seconds, 1),
        tables=drill.tables,
        files=drill.files,
    )
    write_drill_status(place.data, replace(status, steps=tuple(drill.steps)))


# -- from the archive --------------------------------------------------------------------------------------------------


def _try_archive(place: Place, drill: Drill) -> None:
    target = archive.target_of(place)
    cluster = Cluster(place)
    with cluster.lease():
        drill.lost_seconds = measure_loss(cluster, place)
        with step("État présent"):
            moment = mark_moment(cluster)
            recovery.flush_log(cluster)
            archive.send_files(place, target)
        files = list_file_names(place.data, place.files)
        drill.bytes = database_bytes(cluster) + sum(files.values())
        check_free_space(cluster.data.parent, estimate_restore_bytes(drill.bytes))
        with recovery.beside(place) as copy:
            begun = time.monotonic()
            with drill.timed():
                recovery.fetch_database(place, copy, None, point=moment.point)
            with drill.timed(), step("Fichiers, depuis l'archive"):
                recovery.fetch_files(place, target, copy.files)
            drill.restore_seconds = time.monotonic() - begun
            _compare_and_ask(place, copy, moment, drill)
        verify_last_backup(place, drill)


def _compare_and_ask(place: Place, copy: Place, moment: Moment, drill: Drill) -> None:
    begun = time.monotonic()
    with recovery.running_until_target(copy):
        drill.seconds += time.monotonic() - begun
        drill.restore_seconds += time.monotonic() - begun
        with step("Comparaison"):
            restored = recovery.read_beside(copy)
            refuse_differences(differences(moment.contents, restored.contents))
            drill.tables = len(restored.contents)
            drill.files = compare_files(place, copy, moment.referenced)
        drill.note(f"{drill.tables} tables et {drill.files} fichiers nommés, égaux à ceux du site")
        with drill.timed():
            cluster = Cluster(copy)
            cluster.psql("postgres", "-c", "select pg_wal_replay_resume()")
            recovery.wait_for(cluster, "select not pg_is_in_recovery()")
            ask_site(place, copy, drill)


def measure_loss(cluster: Cluster, place: Place) -> float:
    """Seconds of work that are nowhere but here at this moment: of the log, or of the files."""
    said = cluster.psql("postgres", "-v", f"no_work={NO_WORK_BYTES}", "-f", str(UNARCHIVED)).strip()
    status = read_archive_status(place.data)
    files = datetime.now(UTC) - datetime.fromisoformat(status.files_at) if status and status.files_at else timedelta()
    return max(float(said or 0), files.total_seconds())


def mark_moment(cluster: Cluster) -> Moment:
    """A moment at which no transaction began or ended between our snapshot and its name in the log.

    Raises OperationFailedError where so much is written that none comes.
    """
    name = f"exercice-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    with cluster.connect(DATABASE) as reader, cluster.connect(DATABASE) as marker:
        reader.autocommit = marker.autocommit = True
        write_alike(reader)
        reader.execute("set default_transaction_isolation = 'repeatable read'")
        reader.execute("set default_transaction_read_only = on")
        for attempt in range(ATTEMPTS):
            reader.execute("begin")
            before = reader.execute("select pg_current_snapshot()::text").fetchone()
            point = f"{name}-{attempt}"
            marker.execute("select pg_create_restore_point(%s)", [point])
            after = marker.execute("select pg_current_snapshot()::text").fetchone()
            if before == after:
                return Moment(point, table_contents(reader, in_log=True), list_referenced_files(reader))
            reader.execute("rollback")
            time.sleep(0.05)
    raise OperationFailedError("On écrit sans arrêt dans la base : relancez l'exercice à une heure plus calme.")


def compare_files(place: Place, copy: Place, referenced: set[str]) -> int:
    """How many files that rows name are equal in the copy to what the site has. Raises OperationFailedError."""
    erased = {name: path for _moment, name, path in file_recovery.list_erased(place.files)}
    wrong, equal = [], 0
    for name in sorted(referenced):
        here, there = place.data / name, copy.data / name
        # Lost before us: the copy cannot have it.
        original = here if here.is_file() else erased.get(name)
        if original is None:
            continue
        if not there.is_file() or digest_of(original) != digest_of(there):
            wrong.append(f"{name} : {'différent' if there.is_file() else 'absent'}")
        else:
            equal += 1
    refuse_differences(wrong)
    return equal


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def refuse_differences(lines: list[str]) -> None:
    if lines:
        raise OperationFailedError(
            f"Ce qui est rétabli n'est pas ce qui était là : {len(lines)} différence(s). Faites une sauvegarde à la"
            " main (./arpent backup), et signalez ceci.",
            "\n".join(lines[:10]),
        )


# -- from the last backup of the nights --------------------------------------------------------------------------------


def _try_backup(place: Place, drill: Drill) -> None:
    """Without an archive: the last verified backup, restored whole into an empty folder."""
    source = last_backup(place)
    if source is None:
        raise OperationFailedError("Rien à rétablir : aucune sauvegarde ici. Faites-en une : ./arpent backup.")
    drill.bytes = source.stat().st_size
    drill.lost_seconds = time.time() - source.stat().st_mtime
    with Cluster(place).lease(), recovery.beside(place) as copy:
        copy.cluster.rmdir()
        begun = time.monotonic()
        restore.restore(copy, source, force=False)
        drill.restore_seconds = drill.seconds = time.monotonic() - begun
        manifest = restore.verify(source)
        drill.tables, drill.files = len(manifest["tables"]), len(manifest["entries"])
        drill.note(f"{drill.tables} tables et {drill.files} fichiers, égaux à ceux de {source.name}")
        with drill.timed(), Cluster(copy).lease(bootstrap=False):
            ask_site(place, copy, drill)


def last_backup(place: Place) -> Path | None:
    """The last backup of the nights that was verified."""
    status = read_status(place.data)
    path = place.backups / status.file if status and status.file else None
    return path if path and path.is_file() else None


def verify_last_backup(place: Place, drill: Drill) -> None:
    """The last archive of the nights, restored for trial too, where there is one. Raises OperationFailedError."""
    if source := last_backup(place):
        verify_archive(place, source)
        drill.note(f"{source.name} se rétablit aussi")


# -- the site on the copy ----------------------------------------------------------------------------------------------


def ask_site(place: Place, copy: Place, drill: Drill) -> None:
    """Sign in, ask for a tile, a sheet and a letter, on the copy. Raises OperationFailedError."""
    if not (copy.data / "secret-key").exists():
        write_private(copy.data / "secret-key", secret_key(place))
    with step("Le site sur la copie"):
        signed = json.loads(_try_site(copy, "worker", "prepare"))
        answers = json.loads(
            _try_site(copy, "web", "ask", "--login", signed["login"], "--password", signed["password"])
        )
    for answer in answers:
        drill.note(answer)


def _try_site(copy: Place, role: str, *arguments: str) -> str:
    env = variables(copy, "web" if role == "web" else "worker")
    env |= {"ARPENT_ALLOWED_HOSTS": "localhost", "ARPENT_HTTPS": "0", "ARPENT_TRUSTED_PROXIES": "0"}
    done = subprocess.run(
        command_line("try_site", *arguments), env=env, capture_output=True, text=True, check=False, timeout=SITE_SECONDS
    )
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2]
        raise OperationFailedError(f"Rétabli, le site ne répond pas comme il doit : {last}", done.stderr[-3000:])
    return done.stdout
