"""`./arpent restore --at`: database and files returned together to a second of the recovery window.

PostgreSQL is restored beside the present one and stopped at the instant, readable and not yet writable: what would
change is said first. Then the two folders change places; the present one is set aside, never erased.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from gis_core.operations import archive, archive_target, file_recovery
from gis_core.operations.backup import check_free_space
from gis_core.operations.backup_status import Return, note_return, read_returns
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import (
    Contents,
    differences,
    list_referenced_files,
    read_migrations,
    table_contents,
    write_alike,
)
from gis_core.operations.demo import demo_lock
from gis_core.operations.environment import ASIDE, DATABASE, Place, adopt, open_lock
from gis_core.operations.exchange import exchanged, opened_folder
from gis_core.operations.failure import FULL, OperationFailedError
from gis_core.operations.instants import describe_instant
from gis_core.operations.preflight import check_folder
from gis_core.operations.processes import BIN, client_environment, wait_until
from gis_core.operations.progress import say, step
from gis_core.operations.restore import UNTOUCHED, estimate_restore_bytes, give_restored
from gis_core.operations.versions import of_our_apps, our_migrations

BESIDE = ".beside-"
FLUSH_SECONDS = 60
# Recovery of much work takes long; it says where it is in PostgreSQL's own log.
RECOVERY_SECONDS = 12 * 3600
MOST_LINES = 40
ENDED_EARLY = "recovery ended before configured recovery target was reached"
LAST_WORK = re.compile(r"last completed transaction was at log time (\S+ \S+)")


@dataclass(frozen=True)
class Request:
    """What was asked: the instant (None: the last second that the archive has), whether to only look, and to ask."""

    instant: datetime | None
    only_show: bool = False
    confirmed: bool = False


@dataclass(frozen=True)
class Beside:
    """A restored copy that has stopped at the instant: what it holds, and the files that its rows name."""

    place: Place
    contents: Contents
    referenced: set[str]
    last_work: datetime | None


def check_window(instant: datetime, backups: list[archive.BaseBackup], now: datetime) -> None:
    """The instant is one that the archive can return to. Raises OperationFailedError."""
    if not backups:
        raise OperationFailedError("L'archive n'a encore aucune sauvegarde de base : rien ne peut en être rétabli.")
    if instant > now:
        raise OperationFailedError(
            f"Cet instant est dans le futur ({describe_instant(instant)}) : il est maintenant {describe_instant(now)}."
        )
    if instant < backups[0].ended:
        raise OperationFailedError(
            f"L'archive ne remonte pas jusque-là ({describe_instant(instant)}) : son plus ancien instant est le"
            f" {describe_instant(backups[0].ended)}. Une sauvegarde de nuit plus ancienne se rétablit par ./arpent"
            " restore FICHIER."
        )


def restore_at(place: Place, request: Request) -> int:
    """Look, say what changes, ask, switch. Raises OperationFailedError; then nothing has changed."""
    target = archive.target_of(place)
    # Before anything is made: without it there is nothing to do.
    archive_target.read_key(place)
    check_folder(place)
    give_restored(place)
    archive_target.write_configuration(place, target, Cluster(place).data)
    with step("Archive"):
        backups = archive.base_backups(place)
    if request.instant:
        check_window(request.instant, backups, datetime.now(UTC))
        say(f"Instant demandé : {describe_instant(request.instant)}.")
    elif not backups:
        raise OperationFailedError("L'archive n'a encore aucune sauvegarde de base : rien ne peut en être rétabli.")
    with demo_lock(place) if not request.only_show else _nothing() as lock:
        if lock is None and not request.only_show:
            raise OperationFailedError("Arpent tourne dans ce dossier : ./arpent stop, puis relancez (ou --show).")
        if not request.only_show:
            Cluster(place).stop_if_unused()
        return _show_and_switch(place, target, request, backups)


@contextmanager
def _nothing() -> Iterator[int | None]:
    yield None


def _show_and_switch(
    place: Place, target: archive_target.Target, request: Request, backups: list[archive.BaseBackup]
) -> int:
    present = _contents_now(place)
    cluster = Cluster(place)
    check_free_space(cluster.data.parent, estimate_restore_bytes(max(one.bytes for one in backups)))
    with beside(place) as copy:
        fetch_database(place, copy, request.instant)
        if request.instant is None:
            restored = None
            say("Dernier instant de l'archive : ce qui y est sera rétabli en entier, sans comparaison possible avant.")
        else:
            with running_until_target(copy):
                restored = read_beside(copy)
            _say_changes(place, request.instant, present, restored)
        if request.only_show:
            say("Rien n'a été changé (--show).")
            return 0
        if not (request.confirmed or _confirm()):
            say("Rien n'a été changé.")
            return 1
        _switch(place, target, copy, restored, request.instant)
    return 0


# -- beside ------------------------------------------------------------------------------------------------------------


@contextmanager
def beside(place: Place) -> Iterator[Place]:
    """A folder for a copy on the disk of the database, gone at the end whatever happens; one at a time.

    Raises OperationFailedError where another trial has one.
    """
    place.run.mkdir(parents=True, exist_ok=True)
    lock = open_lock(adopt(place.run) / "beside.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    if lock is None:
        raise OperationFailedError("Un exercice ou un rétablissement est déjà en cours ici : attendez sa fin.")
    try:
        with _folder_beside(place) as copy:
            yield copy
    finally:
        os.close(lock)


@contextmanager
def _folder_beside(place: Place) -> Iterator[Place]:
    # Beside a folder that is kept elsewhere are those of other installations.
    parent, prefix = Cluster(place).data.parent, f"{Cluster(place).data.name}{BESIDE}"
    for left in parent.glob(f"{prefix}*"):
        if left.is_dir() and not left.is_symlink():
            Cluster(Place(left, is_trial=True)).stop()
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=prefix))
    copy = Place(folder, is_trial=True)
    try:
        archive_target.give(place, folder)
        # The site's user takes files from below it.
        with opened_folder(folder) as opened:
            os.fchmod(opened, 0o710)
        copy.cluster.mkdir(mode=0o700)
        archive_target.give(place, copy.cluster)
        yield copy
    finally:
        if copy.cluster.is_dir():
            Cluster(copy).stop()
        shutil.rmtree(folder, ignore_errors=True)


def fetch_database(place: Place, copy: Place, instant: datetime | None, *, point: str = "") -> None:
    """The right base backup, and orders for PostgreSQL to go on to the instant, to a named point, or to the end."""
    if point:
        options = ["--type=name", f"--target={point}"]
    elif instant:
        at = instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
        options = ["--type=time", f"--target={at}"]
    else:
        options = ["--type=default"]
    if instant and (timeline := timeline_at(read_returns(place.data), instant)):
        options.append(f"--target-timeline={timeline}")
    with step("Base, depuis l'archive"):
        archive.pgbackrest(place, f"--pg1-path={copy.cluster}", *options, "restore")


@contextmanager
def running_until_target(copy: Place) -> Iterator[None]:
    """The copy, readable and stopped at its target, for the length of a block. Raises OperationFailedError."""
    cluster = Cluster(copy, start_seconds=RECOVERY_SECONDS)
    with step("Reprise du journal jusqu'à l'instant"):
        try:
            with explained(cluster):
                cluster.start(bootstrap=False)
                wait_for(cluster, "select pg_get_wal_replay_pause_state() = 'paused'")
        except BaseException:
            cluster.stop()
            raise
    try:
        yield
    finally:
        cluster.stop()


def wait_for(cluster: Cluster, question: str) -> None:
    """Until PostgreSQL says yes. Raises OperationFailedError when it has died."""

    def answered() -> bool:
        if cluster.running_pid() is None:
            raise OperationFailedError("PostgreSQL s'est arrêté pendant la reprise du journal.")
        try:
            return cluster.psql("postgres", "-c", question).strip() == "t"
        except OperationFailedError:
            return False

    if not wait_until(answered, RECOVERY_SECONDS):
        raise OperationFailedError("La reprise du journal n'en finit pas.")


@contextmanager
def explained(cluster: Cluster) -> Iterator[None]:
    """Why a recovery did not reach its target, in words, from PostgreSQL's own log."""
    try:
        yield
    except OperationFailedError as failure:
        log = cluster.log.read_text(errors="replace") if cluster.log.exists() else ""
        if ENDED_EARLY in log:
            last = LAST_WORK.findall(log)
            until = f" : le dernier travail qu'elle a est du {_local(last[-1])}" if last else ""
            raise OperationFailedError(
                f"L'archive s'interrompt avant l'instant demandé{until}. Il manque une partie du journal : demandez"
                " un instant plus ancien, ou --last pour tout ce qu'elle a.",
                _end(log),
            ) from failure
        if "could not locate required checkpoint record" in log:
            raise OperationFailedError(
                "Il manque dans l'archive le journal dont la sauvegarde de base a besoin : prenez un instant d'une"
                " autre, et signalez-le.",
                _end(log),
            ) from failure
        if "No space left" in log:
            raise OperationFailedError(FULL, _end(log)) from failure
        raise OperationFailedError(failure.message, _end(log)) from failure


def _local(text: str) -> str:
    with suppress(ValueError):
        return describe_instant(datetime.fromisoformat(text).replace(tzinfo=UTC))
    return text


def _end(log: str) -> str:
    return "\n".join(log.splitlines()[-8:])


def read_beside(copy: Place) -> Beside:
    """Rows, digests and files of the copy. Raises OperationFailedError for one that this version cannot serve."""
    with Cluster(copy).connect(DATABASE) as connection:
        write_alike(connection)
        if unknown := sorted(set(of_our_apps(read_migrations(connection))) - our_migrations()):
            raise OperationFailedError(
                f"La base de cet instant vient d'un Arpent plus récent ({unknown[-1]}) : installez-le d'abord."
            )
        row = connection.execute("select pg_last_xact_replay_timestamp()").fetchone()
        last_work = row[0] if row else None
        return Beside(copy, table_contents(connection, in_log=True), list_referenced_files(connection), last_work)


# -- before and after --------------------------------------------------------------------------------------------------


def _contents_now(place: Place) -> Contents | None:
    """What the present database holds, its log sent to the archive up to now; None where there is none that answers."""
    cluster = Cluster(place)
    if not cluster.exists():
        return None
    try:
        with cluster.lease(bootstrap=False), step("État présent"):
            flush_log(cluster)
            with cluster.connect(DATABASE) as connection:
                write_alike(connection)
                connection.execute("set transaction isolation level repeatable read, read only")
                return table_contents(connection, in_log=True)
    except (OperationFailedError, psycopg.Error) as error:
        say(f"  La base présente ne répond pas ({str(error).strip().partition(chr(10))[0]}) : rien à lui comparer.")
        return None


def flush_log(cluster: Cluster) -> None:
    """Everything that is committed now is in the archive when this returns. Raises OperationFailedError."""
    # A commit after whatever instant is asked for: recovery stops at the first one that is later.
    said = cluster.psql(
        "postgres", "-c", "select pg_current_xact_id()", "-c", "select pg_walfile_name(pg_switch_wal())"
    )
    segment = said.split()[-1]

    def is_there() -> bool:
        last = cluster.psql("postgres", "-c", "select coalesce(last_archived_wal, '') from pg_stat_archiver").strip()
        return last[:24] >= segment

    if not wait_until(is_there, FLUSH_SECONDS):
        say(f"  Attention : le journal n'est pas parti dans l'archive en {FLUSH_SECONDS} s, la fin peut y manquer.")


def _say_changes(place: Place, instant: datetime, present: Contents | None, restored: Beside) -> None:
    """What a return would undo, table by table, and which files go and come."""
    if restored.last_work:
        say(f"Dernier travail gardé : {describe_instant(restored.last_work)}. Tout ce qui suit serait défait.")
    if present is None:
        say(f"{len(restored.contents)} tables seraient rétablies.")
    else:
        lines = list_changes(present, restored.contents)
        say("Aucune ligne ne changerait." if not lines else f"{len(lines)} table(s) changeraient :")
        for line in lines[:MOST_LINES]:
            say(f"  {line}")
        if len(lines) > MOST_LINES:
            say(f"  … et {len(lines) - MOST_LINES} autres")
    if place.files.is_dir():
        files = file_recovery.as_site(place, "plan", instant, restored.referenced)
        say(
            f"Fichiers : {len(files.returned)} reviendraient, {len(files.set_aside)} arrivés depuis mis de côté,"
            f" {len(files.missing)} seraient cherchés dans l'archive."
        )


def timeline_at(returns: list[Return], instant: datetime) -> int:
    """PostgreSQL's number of the history that was the real one at an instant which a later return undid; else 0."""
    for one in returns:
        if datetime.fromisoformat(one.to) < instant < datetime.fromisoformat(one.at):
            return one.timeline
    return 0


def former_timeline(former: Path) -> int:
    """The number of the history of a database that was set aside."""
    command = [str(BIN / "pg_controldata"), "-D", str(former)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=client_environment()).stdout
    return int(str(re.findall(r"Latest checkpoint's TimeLineID:\s+(\d+)", said)[0]))


def list_changes(present: Contents, then: Contents) -> list[str]:
    """In French, the tables that differ: their rows now and at the instant."""
    lines = []
    for table in sorted(present.keys() | then.keys()):
        now, before = present.get(table), then.get(table)
        if now == before:
            continue
        counts = [f"{rows[0]} ligne(s)" if rows else "absente" for rows in (now, before)]
        changed = " (certaines modifiées)" if now and before and now[0] == before[0] else ""
        lines.append(f"{table.removeprefix('public.')} : {counts[0]} aujourd'hui, {counts[1]} à cet instant{changed}")
    return lines


def _confirm() -> bool:
    if not sys.stdin.isatty():
        raise OperationFailedError(f"Pour rétablir, relancez la même commande avec --yes. {UNTOUCHED}")
    return input("Rétablir cet état ? Tapez oui : ").strip().lower() == "oui"


# -- the switch --------------------------------------------------------------------------------------------------------


def _switch(
    place: Place, target: archive_target.Target, copy: Place, restored: Beside | None, instant: datetime | None
) -> None:
    """Change places with the copy, let it go on to where it is written to, compare, return the files."""
    cluster = Cluster(place, start_seconds=RECOVERY_SECONDS)
    aside = time.strftime(f"{ASIDE}%Y%m%d-%H%M%S")
    with exchanged(cluster, copy, aside) as former, cluster.lease(bootstrap=False):
        with step("Remise en service"), explained(cluster):
            wait_for(cluster, "select not pg_is_in_recovery()")
            cluster.bootstrap()
        with step("Comparaison"), cluster.connect(DATABASE) as connection:
            write_alike(connection)
            contents, referenced = table_contents(connection, in_log=True), list_referenced_files(connection)
            if restored and (wrong := differences(restored.contents, contents)):
                raise OperationFailedError("Rétablie, la base n'est pas celle qui a été montrée.", "\n".join(wrong[:5]))
        if instant:
            left = former_timeline(former) if former else 0
            note_return(place.data, Return(instant.isoformat(), datetime.now(UTC).isoformat(), left))
        # Last: once files have moved nothing else can fail.
        with step("Fichiers"):
            changes = _return_files(place, target, copy, instant, referenced)
    shutil.rmtree(place.cache, ignore_errors=True)
    give_restored(place)
    say(f"Rétabli : {len(contents)} tables, {len(referenced)} fichiers nommés, dont {len(changes.returned)} revenus.")
    for name in changes.missing[:5]:
        say(f"  Attention : {name} n'est ni ici ni dans l'archive, alors que la base le nomme.")
    if former:
        say(f"La base d'avant est dans {former} : effacez-la quand tout est vérifié.")


def _return_files(
    place: Place, target: archive_target.Target, copy: Place, instant: datetime | None, referenced: set[str]
) -> file_recovery.FileChanges:
    """The files of the instant; what is neither here nor among the erased comes from the archive."""
    at = instant or datetime.now(UTC) + timedelta(days=1)
    if not place.files.is_dir() or not any(place.files.iterdir()):
        fetch_files(place, target, place.files)
        give_restored(place)
    changes = file_recovery.as_site(place, "plan", at, referenced)
    source = None
    if changes.missing:
        source = copy.data / "files"
        fetch_files(place, target, source, changes.missing)
    return file_recovery.as_site(place, "apply", at, referenced, source)


def fetch_files(place: Place, target: archive_target.Target, into: Path, names: list[str] | None = None) -> None:
    """All files of the archive, or those of the given names (`files/...`), below a folder of the database's user."""
    into.mkdir(exist_ok=True, mode=0o770)
    archive_target.give(place, into)
    options = [f"--target={into}", "--host=arpent", "--quiet"]
    if names is not None:
        with tempfile.NamedTemporaryFile("w", dir=into.parent, prefix="noms-") as wanted:
            wanted.writelines(f"/{archive_pattern(Path(name).relative_to('files').as_posix())}\n" for name in names)
            wanted.flush()
            archive_target.give(place, Path(wanted.name))
            archive.restic(place, target, "restore", "latest", *options, f"--include-file={wanted.name}")
    elif archive.has_files(place, target):
        archive.restic(place, target, "restore", "latest", *options)


def archive_pattern(name: str) -> str:
    """A name as restic's patterns mean it literally."""
    return re.sub(r"([\\*?\[\]$#!])", r"\\\1", name)
