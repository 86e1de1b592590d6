"""From delivered sheets to checked COGs in the catalogue: speed against GDAL alone, inventory, memory, processor time.

The measured process is `manage.py ingest_campaign`, which makes the inventory and then does the queue's tasks alone.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction

from benchmarks import server, sheets
from benchmarks.database import BenchDatabase
from benchmarks.rows import Row
from benchmarks.sheets import Deliveries
from gis_core.database.statements import fetch_all
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.operations.environment import PYTHON, ROOT
from layers.catalogue.models import Photo
from layers.catalogue.services import delete_photo
from orthophoto.models import Campaign
from orthophoto.raster.cog import CogOptions
from orthophoto.services.campaigns import CampaignOrder, parse_acquired, register
from orthophoto.services.inspection import inspect

SLUG = "mesure-5cm"
# Looking takes a fiftieth of a second of processor time, which a build that is timed must hardly feel.
PACE_S, TIMED_PACE_S = 0.2, 0.5
PATIENCE_S = 300
RATE = Row(
    "débit de dalles en COG contrôlés et inscrits, face à gdal_translate -of COG", None, "Mpx/s", "at least", 0.7,
    relative=True,
)  # fmt: skip
INVENTORY = Row("inventaire des en-têtes de dalles", None, "dalles/s", "at least", 50)
MEMORY = Row("mémoire d'une construction de 36 dalles de 4000 x 4000 (PSS), maximum", None, "Mio", "at most", 1024)
LARGE = Row("mémoire d'une construction d'une dalle de 20000 x 20000 (PSS), maximum", None, "Mio", "at most", 1024)
CPU = Row(
    f"temps de processeur par dalle, campagne de {sheets.MANY} dalles face à {sheets.FEW}", None, "s", "at most", 1.2,
    relative=True,
)  # fmt: skip
ACQUIRED = "2024-06-12"
# When each sheet's task began and ended, by the queue's own clock.
SPANS = """
    select extract(epoch from min(event.at) filter (where event.type = 'started'))::float8 as begun,
           extract(epoch from max(event.at) filter (where event.type = 'succeeded'))::float8 as ended
    from procrastinate_jobs job join procrastinate_events event on event.job_id = job.id
    where job.task_name = 'build_sheet'
      and (job.args ->> 'sheet_id')::bigint in (
          select sheet.id from orthophoto_sheet sheet
          join orthophoto_campaign campaign on campaign.id = sheet.campaign_id
          where campaign.slug = %s and sheet.state = 'built')
    group by job.id order by ended
"""


@dataclass
class Watched:
    """What a process and its descendants took while they ran."""

    times: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def look(self, pid: int) -> None:
        self.processor.append(server.cpu_seconds(pid))
        self.times.append(time.time())
        self.memory.append(server.pss_mib(pid))

    def processor_until(self, moment: float) -> float:
        """Seconds of processor time at a moment."""
        return float(np.interp(moment, self.times, self.processor))


@dataclass(frozen=True)
class Ingestion:
    """A campaign that was ingested, as it was watched, and the spans of its sheets."""

    watched: Watched
    spans: Sequence[tuple[float, float]]

    @property
    def seconds(self) -> float:
        """From the first sheet's beginning to the last one's end."""
        return self.spans[-1][1] - min(begun for begun, _ended in self.spans)

    @property
    def processor_per_sheet(self) -> float:
        """Of every sheet but the first, which pays for what is loaded once."""
        (_, first), (_, last) = self.spans[0], self.spans[-1]
        return (self.watched.processor_until(last) - self.watched.processor_until(first)) / (len(self.spans) - 1)


def empty_rows() -> list[Row]:
    return [RATE, MEMORY, LARGE, CPU]


def build_rows(made: BenchDatabase) -> list[Row]:
    """The mosaic, half of GDAL's own copies before it and half after; then the large sheet, then few and many."""
    delivered = sheets.deliveries(made)
    files = sorted(delivered.mosaic.glob("*.tif"))
    target = made.place.data / "bench/gdal"
    alone = time_gdal(target, files[::2])
    mosaic = ingest_delivery(made, SLUG, delivered.mosaic, sheets.SHEETS, pace=TIMED_PACE_S)
    alone += time_gdal(target, files[1::2])
    pixels = sheets.SHEETS * sheets.SIDE**2 / 1e6
    rate = replace(
        RATE, ours=pixels / mosaic.seconds, reference=pixels / alone,
        note="même GDAL, mêmes options, mêmes dalles de 48 Mo non comprimées, lues en mémoire ; un processus chacun ; "
        "chez nous lecteur restreint, contrôles, fsync et base compris, "
        "et les aperçus provisoires du pilote COG à peine compressés (mêmes octets à la fin)",
    )  # fmt: skip
    memory = replace(MEMORY, ours=max(mosaic.watched.memory))
    return [rate, memory, large_row(made, delivered), cpu_row(made, delivered)]


def large_row(made: BenchDatabase, delivered: Deliveries) -> Row:
    large = ingest_delivery(made, "mesure-grande", delivered.large, 1)
    forget("mesure-grande")
    return replace(LARGE, ours=max(large.watched.memory), note=f"une dalle de 1,2 Go en {large.seconds:.0f} s")


def cpu_row(made: BenchDatabase, delivered: Deliveries) -> Row:
    few, many = (
        ingest_delivery(made, slug, folder, count)
        for slug, folder, count in (
            ("mesure-peu", delivered.few, sheets.FEW),
            ("mesure-beaucoup", delivered.many, sheets.MANY),
        )
    )
    for slug in ("mesure-peu", "mesure-beaucoup"):
        forget(slug)
    note = "dalles de 1000 x 1000 ; processus de lecture compris, de la fin de la première dalle à celle de la dernière"
    return replace(CPU, ours=many.processor_per_sheet, reference=few.processor_per_sheet, note=note)


def inventory_row(made: BenchDatabase) -> list[Row]:
    """The inventory alone, its reader's start and its rows in the database included."""
    slug, delivered = "mesure-inventaire", sheets.deliveries(made)
    forget(slug)
    taken, precision = parse_acquired(ACQUIRED)
    order = CampaignOrder(
        slug=slug, title=slug, acquired_date=taken, acquired_precision=precision, delivery=str(delivered.headers),
        owner=None,
    )  # fmt: skip
    with acting_as(SYSTEM):
        campaign = register(order, rights=SYSTEM, started_by=None)
        begun = time.perf_counter()
        with transaction.atomic():
            found = inspect(campaign.pk, progress=in_silence)
        seconds = time.perf_counter() - begun
    forget(slug)
    if found["taken"] != sheets.HEADERS:
        raise RuntimeError(f"{found['taken']} sheets of {sheets.HEADERS} were taken: {found['findings']}")
    note = f"{sheets.HEADERS} dalles de 4000 x 4000 non comprimées (un fichier de 48 Mo sous autant de noms, avec .tfw)"
    return [replace(INVENTORY, ours=sheets.HEADERS / seconds, note=note)]


def in_silence(share: float | None, message: str = "") -> None:
    """Nobody watches the inventory."""


def ingest_delivery(made: BenchDatabase, slug: str, delivery: Path, count: int, *, pace: float = PACE_S) -> Ingestion:
    """Ingest and publish a delivery anew, in a process of its own that is watched."""
    forget(slug)
    asked = ("--slug", slug, "--title", slug, "--acquired", ACQUIRED, "--visibility", "signed_in", "--publish")
    command = [str(PYTHON), str(ROOT / "manage.py"), "ingest_campaign", str(delivery), *asked]
    log = made.place.data / "bench/log/ingest.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    watched = Watched()
    with log.open("wb") as said:
        process = subprocess.Popen(command, env=made.environment("worker"), cwd=ROOT, stdout=said, stderr=said)
        deadline = time.monotonic() + PATIENCE_S
        while process.poll() is None:
            if time.monotonic() > deadline:
                process.kill()
            watched.look(process.pid)
            time.sleep(pace)
    spans = spans_of(slug)
    if process.returncode != 0 or len(spans) != count:
        raise RuntimeError(f"{len(spans)} sheets of {count} were built: {log.read_text(errors='replace')[-300:]}")
    return Ingestion(watched, spans)


def spans_of(slug: str) -> list[tuple[float, float]]:
    with acting_as(SYSTEM), transaction.atomic():
        return [(float(begun), float(ended)) for begun, ended in fetch_all(SPANS, [slug])]


def forget(slug: str) -> None:
    """Nothing of an earlier run is left."""
    with acting_as(SYSTEM), transaction.atomic():
        if Photo.objects.filter(slug=slug).exists():
            delete_photo(slug)
        Campaign.objects.filter(slug=slug).delete()
    shutil.rmtree(Path(settings.FILES_DIR, "orthophoto", slug), ignore_errors=True)


def time_gdal(target: Path, files: Sequence[Path]) -> float:
    """Seconds that GDAL alone takes for these files, in one process, with our options."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    said = [json.dumps(CogOptions().for_driver()), str(target), *map(str, files)]
    command = [str(PYTHON), "-m", "benchmarks.translate", *said]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, check=True, capture_output=True, text=True)
    shutil.rmtree(target)
    return float(done.stdout)
