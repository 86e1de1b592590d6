"""What the doctor asks of the machine: disks, memory, clock, limits, programs."""

import ctypes
import locale
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gis_core.operations.backup_status import read_status
from gis_core.operations.doctor.finding import Finding, failure, ok, unknown, warning
from gis_core.operations.environment import Place, read_plain
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.tuning import machine_memory_mib

GIB = 2**30
MIB = 2**20
FULL_BYTES, FULL_SHARE = GIB, 0.05
LOW_SHARE = 0.15
FEW_INODES = 0.05
# PostgreSQL flushes at each commit: slower than this, a hundred people feel each of their recordings.
SLOW_FLUSH_S = 0.02
SLOW_WRITE_MIB = 50
PROBE_MIB = 64
FLUSHES = 20
LOW_MEMORY = 0.1
LEAST_MEMORY_MIB = 3500
OPEN_FILES = 4096
UNLIMITED = 2**63
# Of adjtimex(2): the clock is not held to another one.
STA_UNSYNC = 0x40
AHEAD = timedelta(minutes=2)


def folders_of(place: Place) -> dict[str, Path]:
    """What may lie on disks of their own, by what an administrator calls it."""
    folders = {
        "données": place.data,
        "base": place.cluster.resolve(),
        "fichiers": place.files.resolve(),
        "sauvegardes": place.backups.resolve(),
        "tuiles gardées": place.cache.resolve(),
    }
    return {name: path for name, path in folders.items() if path.is_dir()}


def by_disk(place: Place) -> dict[int, tuple[str, Path]]:
    """By device, what lies on it, and one folder of it."""
    disks: dict[int, tuple[str, Path]] = {}
    for name, path in folders_of(place).items():
        device = path.stat().st_dev
        former = disks.get(device)
        disks[device] = (f"{former[0]}, {name}", former[1]) if former else (name, path)
    return disks


def disk_space(place: Place) -> Iterator[Finding]:
    """Room and inodes left on each disk."""
    for names, path in by_disk(place).values():
        usage = shutil.disk_usage(path)
        left = f"{usage.free / GIB:.1f} Gio libres sur {usage.total / GIB:.0f} ({names})"
        if usage.free < max(FULL_BYTES, FULL_SHARE * usage.total):
            yield failure(
                "disk-space",
                left,
                f"Libérez de la place sur le disque de {path} ou agrandissez-le : plein, rien ne s'enregistre plus.",
            )
        elif usage.free < LOW_SHARE * usage.total:
            yield warning("disk-space", left, f"Prévoyez un disque plus grand pour {path}.")
        else:
            yield ok("disk-space", left)
        inodes = os.statvfs(path)
        if inodes.f_files and inodes.f_favail < FEW_INODES * inodes.f_files:
            yield failure(
                "disk-inodes",
                f"{inodes.f_favail} inodes libres sur {inodes.f_files} ({names})",
                "Baissez ARPENT_TILE_CACHE_MB et ARPENT_PHOTO_CACHE_MB, ou prenez un disque qui a plus d'inodes.",
            )


def disk_speed(place: Place) -> Iterator[Finding]:
    """How fast the database's disk writes (MiB/s) and flushes (ms, median), by a file that goes at once."""
    folder = place.cluster.resolve().parent if place.cluster.is_dir() else place.data
    if shutil.disk_usage(folder).free < FULL_BYTES:
        yield unknown("disk-speed", "pas mesurée : le disque est plein")
        return
    with tempfile.TemporaryFile(dir=folder) as file:
        block = os.urandom(MIB)
        begun = time.perf_counter()
        for _number in range(PROBE_MIB):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        rate = PROBE_MIB / (time.perf_counter() - begun)
        flush = statistics.median(_flush_seconds(file.fileno()) for _number in range(FLUSHES))
    measured = f"{rate:.0f} Mio/s, {flush * 1000:.1f} ms par enregistrement ({folder})"
    if flush > SLOW_FLUSH_S or rate < SLOW_WRITE_MIB:
        yield warning(
            "disk-speed", measured, "Mettez la base sur un SSD : chaque enregistrement attend que le disque ait écrit."
        )
    else:
        yield ok("disk-speed", measured)


def _flush_seconds(descriptor: int) -> float:
    begun = time.perf_counter()
    os.write(descriptor, bytes(8192))
    os.fdatasync(descriptor)
    return time.perf_counter() - begun


def memory(_place: Place) -> Iterator[Finding]:
    """What programs may still take of the memory."""
    total, available = machine_memory_mib(), _available_mib()
    if available is None:
        yield unknown("memory", "Le système ne dit pas combien de mémoire reste.")
        return
    said = f"{available} Mio disponibles sur {total}"
    if available < LOW_MEMORY * total:
        yield warning("memory", said, "Ajoutez de la mémoire, ou arrêtez ce qui n'est pas Arpent sur cette machine.")
    elif total < LEAST_MEMORY_MIB:
        yield warning("memory", said, "Prévoyez 4 Gio au moins : les imports et les photos en demandent.")
    else:
        yield ok("memory", said)


def _available_mib() -> int | None:
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("MemAvailable")).split()[1]) // 1024
    return None


def clock(place: Place) -> Iterator[Finding]:
    """Whether the kernel's clock is held to another one, and not before what was already written down."""
    now = datetime.now(UTC)
    latest = _latest_instant(place)
    if latest and latest > now + AHEAD:
        yield failure(
            "clock",
            f"L'horloge marque {now:%Y-%m-%d %H:%M} UTC, avant ce qui est déjà écrit ({latest:%Y-%m-%d %H:%M} UTC)",
            "Remettez l'horloge à l'heure (timedatectl) : les délais des permis et les sauvegardes en dépendent.",
        )
        return
    held = _clock_is_held()
    if held is None:
        yield unknown("clock", "Le système ne dit pas si l'horloge est tenue à l'heure.")
    elif held:
        yield ok("clock", f"tenue à l'heure, {now:%Y-%m-%d %H:%M} UTC")
    else:
        yield warning(
            "clock",
            f"{now:%Y-%m-%d %H:%M} UTC, que rien ne tient à l'heure",
            "Installez systemd-timesyncd ou chrony (apt install chrony) : les délais des permis dépendent de l'heure.",
        )


def _latest_instant(place: Place) -> datetime | None:
    """The latest instant that backups or the security journal have written."""
    status = read_status(place.data)
    instants = [datetime.fromisoformat(status.begun_at)] if status and status.begun_at else []
    instants += [
        datetime.fromtimestamp(path.stat().st_mtime, UTC)
        for path in place.logs.glob("security-*.jsonl")
        if path.is_file()
    ]
    return max(instants, default=None)


class _Timex(ctypes.Structure):
    """The beginning of adjtimex(2)'s structure, with room for the rest."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 40),
    )


def _clock_is_held() -> bool | None:
    """Whether the kernel says so; None where it does not answer. With modes 0 nothing is changed."""
    timex = _Timex()
    try:
        if ctypes.CDLL(None).adjtimex(ctypes.byref(timex)) < 0:
            return None
    except (OSError, AttributeError):
        return None
    return not timex.status & STA_UNSYNC


def text_encoding(_place: Place) -> Iterator[Finding]:
    """Names of files and texts are UTF-8."""
    encodings = {sys.getfilesystemencoding().lower(), locale.getencoding().lower()}
    if encodings == {"utf-8"}:
        yield ok("locale", "UTF-8")
    else:
        yield failure(
            "locale",
            ", ".join(sorted(encodings)),
            "Démarrez Arpent avec LC_ALL=C.UTF-8 : les noms accentués en dépendent.",
        )


def limits(place: Place) -> Iterator[Finding]:
    """How many files the processes that serve may hold open; where none runs, those that are started from here."""
    hard = min([*_limits_of_proxies(place)] or [_number(resource.getrlimit(resource.RLIMIT_NOFILE)[1])])
    if hard >= OPEN_FILES:
        yield ok("limits", f"{'sans limite' if hard == UNLIMITED else hard} fichiers ouverts par processus")
    else:
        yield warning(
            "limits",
            f"{hard} fichiers ouverts par processus",
            f"Portez la limite à {OPEN_FILES} (LimitNOFILE, ulimit -n), puis redémarrez Arpent.",
        )


def _limits_of_proxies(place: Place) -> Iterator[int]:
    """The hard limit of each proxy that runs: it was started with the web server, under the same limits."""
    for path in place.run.glob("proxy-*/nginx.pid"):
        with suppress(OSError, OperationFailedError, ValueError, StopIteration):
            pid = int(read_plain(path, 20))
            lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
            text = next(line for line in lines if line.startswith("Max open files")).split()[4]
            yield UNLIMITED if text == "unlimited" else int(text)


def _number(limit: int) -> int:
    return UNLIMITED if limit == resource.RLIM_INFINITY else limit
