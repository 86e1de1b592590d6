"""The continuous archive of an installation: base backups and log by pgBackRest, files by restic, both Debian's.

PostgreSQL itself sends each segment of its log (`archive_target.postgresql_settings`). What is here makes base backups
with the backup of the night, sends the files every two minutes, and writes down how old the newest archived work is.
"""

import json
import os
import pwd
import re
import subprocess
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from gis_core.operations.archive_target import (
    ARCHIVE_SECONDS,
    CONFIGURATION,
    STANZA,
    Target,
    configured,
    days_kept,
    restic_arguments,
    restic_environment,
)
from gis_core.operations.backup_status import ArchiveStatus, read_archive_status, write_archive_status
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place, switch
from gis_core.operations.failure import FULL, OperationFailedError
from gis_core.operations.progress import say, step

PGBACKREST = Path("/usr/bin/pgbackrest")
RESTIC = Path("/usr/bin/restic")
FULL_EVERY = timedelta(days=7)
# Older states of the files than the window's, for what was damaged in place: after its days, these.
WEEKS, MONTHS = 8, 12
NO_REPOSITORY, UNREADABLE_FILE, WRONG_PASSWORD = 10, 3, 12
# What the sweep of printed maps and a backup under way leave is no data.
NOT_SENT = ("prints", ".backup")
ERROR = re.compile(r"ERROR: \[(\d+)\]: (.*)")
WRONG_KEY = (
    "L'archive ne s'ouvre pas avec la clé de cette machine : tapez celle de la feuille imprimée"
    " (./arpent escrow --enter), ou vérifiez que ARPENT_ARCHIVE nomme la bonne archive."
)
NO_ARCHIVE = (
    "Aucune archive continue n'est réglée ici : écrivez ARPENT_ARCHIVE=… dans arpent.conf (docs/how-to/sauvegarder.md)."
)
# pgBackRest's numbers: what cannot be decrypted or read as its own, checksums, what is not there, the network.
DAMAGED = {"25", "26", "27", "28", "29", "95"}
ABSENT = {"55", "75", "77", "103"}
UNREACHABLE = {"39", "41", "42", "49", "50", "60", "66", "89", "94", "101"}


@dataclass(frozen=True)
class BaseBackup:
    """One base backup: its label, whether it is a full one, when it began and was whole, bytes of the database."""

    label: str
    full: bool
    begun: datetime
    ended: datetime
    bytes: int


def target_of(place: Place) -> Target:
    """The archive of this installation, its programs there. Raises OperationFailedError."""
    target = configured(place)
    if target is None:
        raise OperationFailedError(NO_ARCHIVE)
    if missing := [program.name for program in (PGBACKREST, RESTIC) if not program.exists()]:
        raise OperationFailedError(
            f"Il manque {' et '.join(missing)} : apt-get install {' '.join(missing)}, puis relancez la même commande."
        )
    return target


def as_database_user(place: Place) -> list[str]:
    """The beginning of a command that touches the archive: nobody else has its key."""
    if os.geteuid() != 0:
        return []
    owner = pwd.getpwuid(place.database_uid)
    return [*switch(owner.pw_name, str(owner.pw_gid))]


def plain_environment(place: Place) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(place.backups)}


# -- the database ------------------------------------------------------------------------------------------------------


def pgbackrest(place: Place, *arguments: str) -> str:
    """What pgBackRest prints. Raises OperationFailedError, in words."""
    options = [f"--config={place.backups / CONFIGURATION}", f"--stanza={STANZA}"]
    command = [*as_database_user(place), str(PGBACKREST), *options, *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=plain_environment(place),
        cwd="/",
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        said = done.stdout + done.stderr
        raise OperationFailedError(describe_failure(said), said.strip())
    return done.stdout


def describe_failure(said: str) -> str:
    """What to do, in French, after what pgBackRest said."""
    number, reason = next(iter(ERROR.findall(said)), ("", said.strip().rpartition("\n")[2]))
    number = number.lstrip("0")
    if "No space left" in said:
        return FULL
    # Decrypted with another key it is noise.
    if "unable to load info file" in said and ("FormatError" in said or "CryptoError" in said):
        return WRONG_KEY
    if "cipher" in said or "unable to decrypt" in said or number == "95":
        return WRONG_KEY
    if number in UNREACHABLE or "unable to connect" in said:
        return f"L'archive ne répond pas : vérifiez le réseau, le compte et la place chez elle ({reason})."
    if number in DAMAGED or "checksum" in said or "invalid" in said:
        return (
            f"L'archive est abîmée : prenez un instant couvert par une autre sauvegarde, et signalez ceci ({reason})."
        )
    if number in ABSENT:
        return f"Il manque dans l'archive de quoi faire cela ({reason})."
    return f"pgBackRest a refusé : {reason}"


def base_backups(place: Place) -> list[BaseBackup]:
    """Those that the archive has, the oldest first. Raises OperationFailedError."""
    stanzas = json.loads(pgbackrest(place, "info", "--output=json"), strict=False)
    return list_backups(stanzas)


def list_backups(stanzas: list[dict[str, Any]]) -> list[BaseBackup]:
    """What `pgbackrest info` says, read; those that ended with an error apart. Raises OperationFailedError."""
    for stanza in stanzas:
        for repository in stanza.get("repo", []):
            code, message = repository["status"]["code"], repository["status"]["message"]
            if code == 99:
                raise OperationFailedError(describe_failure(message), message)
    return [
        BaseBackup(
            backup["label"],
            backup["type"] == "full",
            datetime.fromtimestamp(backup["timestamp"]["start"], UTC),
            datetime.fromtimestamp(backup["timestamp"]["stop"], UTC),
            backup["info"]["size"],
        )
        for stanza in stanzas
        for backup in stanza.get("backup", [])
        if not backup.get("error")
    ]


def back_up(place: Place) -> BaseBackup:
    """A base backup: whole once a week, else what changed; those that the window no longer needs go.

    The files' older states are thinned out too. Raises OperationFailedError.
    """
    target = target_of(place)
    with Cluster(place).lease(), step("Archive continue"):
        begin(place, target)
        present = base_backups(place)
        kind = "incr" if any(one.full and _now() - one.ended < FULL_EVERY for one in present) else "full"
        pgbackrest(place, f"--type={kind}", "backup")
        made = base_backups(place)[-1]
        send_files(place, target)
        keep = [f"--keep-within={days_kept()}d", f"--keep-weekly={WEEKS}", f"--keep-monthly={MONTHS}"]
        restic(place, target, "forget", "--host=arpent", *keep, "--keep-last=2", "--prune", "--quiet")
    say(f"Archive continue : sauvegarde de base {made.label}.")
    return made


def begin(place: Place, target: Target) -> None:
    """Make what the archive needs the first time; nothing afterwards. Raises OperationFailedError."""
    pgbackrest(place, "stanza-create")
    if _restic(place, target, "cat", "config").returncode == NO_REPOSITORY:
        restic(place, target, "init")


# -- files -------------------------------------------------------------------------------------------------------------


def restic(place: Place, target: Target, *arguments: str, folder: Path | None = None) -> str:
    """What restic prints, run in a folder. Raises OperationFailedError, in words."""
    done = _restic(place, target, *arguments, folder=folder)
    said = done.stderr.strip()
    gone = done.returncode == UNREADABLE_FILE and "permission denied" not in said
    if done.returncode != 0 and not gone:
        raise OperationFailedError(_restic_failure(done.returncode, said), said)
    return done.stdout


def _restic_failure(code: int, said: str) -> str:
    last = said.rpartition("\n")[2][:300]
    if "no space left" in said.lower():
        return FULL
    if code == WRONG_PASSWORD or "wrong password" in said:
        return WRONG_KEY
    if code == UNREADABLE_FILE:
        return (
            f"Un fichier ne peut pas être lu par l'utilisateur de la base : ouvrez-le à son groupe, chmod g+r ({last})."
        )
    if code == NO_REPOSITORY:
        return "Il n'y a pas encore de fichiers dans l'archive."
    return f"Les fichiers de l'archive : restic a refusé ({last})."


def _restic(
    place: Place, target: Target, *arguments: str, folder: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    command = [*as_database_user(place), str(RESTIC), *restic_arguments(target), *arguments]
    env = plain_environment(place) | restic_environment(place, target)
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=env,
        cwd=folder or "/",
        stdin=subprocess.DEVNULL,
    )


def send_files(place: Place, target: Target) -> None:
    """What is new among the files, those erased within the window too. Raises OperationFailedError."""
    if place.files.is_dir() and any(path.name not in NOT_SENT for path in place.files.iterdir()):
        # Of a platform that has none yet restic takes nothing.
        excluded = [f"--exclude={place.files.resolve() / name}" for name in NOT_SENT]
        options = ["--host=arpent", "--no-scan", "--skip-if-unchanged", "--quiet", *excluded]
        restic(place, target, "backup", *options, ".", folder=place.files.resolve())


def has_files(place: Place, target: Target) -> bool:
    """Whether files were sent: a platform that has none yet has none there. Raises OperationFailedError."""
    return bool(json.loads(restic(place, target, "snapshots", "--json", "--host=arpent") or "[]"))


# -- what goes on ------------------------------------------------------------------------------------------------------


def keep_archiving(place: Place) -> NoReturn:
    """Send the files as often as the log goes, with a first base backup, until a signal comes; say how it goes."""
    os.nice(10)
    while True:
        begun = time.monotonic()
        status = read_archive_status(place.data) or ArchiveStatus()
        status = archive_once(place, status)
        write_archive_status(place.data, status)
        time.sleep(max(1.0, ARCHIVE_SECONDS - (time.monotonic() - begun)))


def archive_once(place: Place, status: ArchiveStatus) -> ArchiveStatus:
    """One round; what it was like, a failure in words."""
    now = _now().isoformat(timespec="seconds")
    try:
        target = target_of(place)
        begin(place, target)
        send_files(place, target)
        status = replace(status, files_at=now)
        if not base_backups(place):
            back_up(place)
        present = base_backups(place)
        status = replace(
            status,
            kind=target.kind,
            first=present[0].ended.isoformat(),
            backup_at=present[-1].ended.isoformat(),
            bytes=present[-1].bytes,
        )
        return replace(status, checked_at=now, failure=_log_failure(place), log_at=_archived_until(place))
    except OperationFailedError as failure:
        say(f"{failure.detail}\n{failure.message}".strip())
        return replace(status, checked_at=now, failure=failure.message)


def _archived_until(place: Place) -> str:
    """When the last segment of the log left; empty before the first."""
    said = Cluster(place).psql(
        "postgres",
        "-c",
        "select coalesce(to_char(last_archived_time at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS+00:00'), '')"
        " from pg_stat_archiver",
    )
    return said.strip()


def _log_failure(place: Place) -> str:
    """Why PostgreSQL cannot send its log, if it cannot."""
    said = Cluster(place).psql(
        "postgres",
        "-c",
        "select failed_count from pg_stat_archiver where last_failed_time > coalesce(last_archived_time, '-infinity')",
    )
    return (
        "PostgreSQL n'arrive pas à envoyer son journal dans l'archive : voyez son propre journal."
        if said.strip()
        else ""
    )


def _now() -> datetime:
    return datetime.now(UTC)
