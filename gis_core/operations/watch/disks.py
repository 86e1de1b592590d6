"""Disks and what lies on them: free bytes every ten minutes, bytes by folder and by member every night, a forecast."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from statistics import median

from django.conf import settings

from gis_core.database.statements import fetch_all
from gis_core.models import DayMeasure
from gis_core.operations.environment import FOLDER
from gis_core.operations.watch.day_measures import FORECAST_DAYS, FREE, SIZE, keep
from gis_core.points import STORED_KINDS

FEWEST_DAYS = 5
LONGEST_FORECAST = 3650
FULL_BYTES, FULL_SHARE = 2**30, 0.05


@dataclass(frozen=True)
class Disk:
    """What lies on a disk (names of folders); bytes; in how many days it is full, None where nobody can say.

    `has_forecast` says whether enough days are known: then None is that it does not fill.
    """

    names: Sequence[str]
    free: int
    total: int
    full_in: float | None = None
    has_forecast: bool = False

    @property
    def label(self) -> str:
        return "+".join(self.names)

    @property
    def used_percent(self) -> int:
        return round(100 * (1 - self.free / self.total)) if self.total else 0

    @property
    def full_days(self) -> int:
        return int(self.full_in or 0)

    @property
    def is_full(self) -> bool:
        """As the doctor says it (`doctor.machine.disk_space`)."""
        return self.free < self.least_free

    @property
    def least_free(self) -> float:
        return max(FULL_BYTES, FULL_SHARE * self.total)

    @property
    def is_clearly_free(self) -> bool:
        """Clearly no longer full: half as much again as what a full one has at most."""
        return self.free > 1.5 * self.least_free


def folders() -> dict[str, Path]:
    """Folders that may lie on disks of their own."""
    data = Path(settings.DATA_DIR)
    places = {"files": settings.FILES_DIR, "cache": settings.CACHE_DIR, "data": data, "backups": data / FOLDER}
    return {name: path for name, path in places.items() if path.is_dir()}


def disks(measures: Iterable[DayMeasure] = ()) -> list[Disk]:
    """The disks that this process sees, each once, with the forecast of what was measured of them."""
    names: dict[int, list[str]] = {}
    usage: dict[int, tuple[int, int]] = {}
    for name, path in folders().items():
        device = path.stat().st_dev
        names.setdefault(device, []).append(name)
        used = shutil.disk_usage(path)
        usage[device] = used.free, used.total
    kept = list(measures)
    points = {device: longest_measured(names[device], kept) for device in names}
    return [
        Disk(names[device], *usage[device], days_until_full(points[device]), len(points[device]) >= FEWEST_DAYS)
        for device in names
    ]


def longest_measured(names: Sequence[str], measures: Iterable[DayMeasure]) -> list[tuple[date, int]]:
    """Free bytes by day of the disk of these folders, by the one that was measured longest: others came later."""
    points: dict[str, list[tuple[date, int]]] = {}
    for one in measures:
        points.setdefault(one.subject.partition(":")[2], []).append((one.day, one.amount))
    return max((points.get(name, []) for name in names), key=len)


def days_until_full(points: Sequence[tuple[date, int]]) -> float | None:
    """From free bytes by day, the last one last: the median of the slopes between every two days (Theil and Sen).

    One day on which much was erased or copied changes nothing. None with too few days, where room does not shrink, or
    beyond `LONGEST_FORECAST`.
    """
    recent = points[-FORECAST_DAYS:]
    if len(recent) < FEWEST_DAYS:
        return None
    slope = median((after - before) / (later - day).days for (day, before), (later, after) in combinations(recent, 2))
    if slope >= 0:
        return None
    days = recent[-1][1] / -slope
    return days if days <= LONGEST_FORECAST else None


def measure_disks() -> None:
    """Keep the free bytes of each disk, by every folder that lies on it: one may move to another disk."""
    for disk in disks():
        for name in disk.names:
            keep(f"{FREE}:{name}", disk.free, {"total": disk.total})


def measure_sizes() -> None:
    """Keep the bytes of the database, of each folder, and of each member by kind."""
    ((database,),) = fetch_all("select pg_catalog.pg_database_size(current_database())", {})
    keep(f"{SIZE}:database", database)
    for name, path in folders().items():
        if name != "data":
            keep(f"{SIZE}:{name}", bytes_below(path))
    for name in ("tiles", "ortho"):
        keep(f"{SIZE}:cache/{name}", bytes_below(Path(settings.CACHE_DIR, name)))
    for kind in STORED_KINDS.all():
        for owner, size in fetch_all(kind.statement, {}):
            keep(f"{SIZE}:{kind.name}", int(size), owner=owner)


def bytes_below(path: Path) -> int:
    """Bytes on the disk under a folder; a link is not followed, what goes meanwhile counts as nothing."""
    total = 0
    for folder, _folders, files in os.walk(path):
        for name in files:
            try:
                total += os.lstat(Path(folder, name)).st_blocks * 512
            except OSError:
                continue
    return total
