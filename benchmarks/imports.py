"""A GeoPackage of a million polygons becomes a layer: speed against ogr2ogr with PG_USE_COPY, and memory.

The measured process is `manage.py import_layer`; its seconds are those that its report gives for what makes the layer:
reading in the restricted reader, COPY, both spatial indexes, policies, history and the catalogue.
"""

import subprocess
import time
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from psycopg import sql

from benchmarks.database import NAME, BenchDatabase
from benchmarks.import_runs import ImportRun, run_import
from benchmarks.million import COUNT
from benchmarks.rows import Row
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.operations.environment import PYTHON, ROOT
from layers.intake.models import FileImport
from layers.intake.services.local import revert_import

LOADED = Row("import d'un GeoPackage d'un million de polygones, chargé et indexé, face à ogr2ogr",
             None, "objets/s", "at least", 0.7, relative=True)  # fmt: skip
REPAIRED = Row("le même, géométries vérifiées et réparées, face à ogr2ogr",
               None, "objets/s", "at least", 0.5, relative=True)  # fmt: skip
MEMORY = Row("mémoire pendant cet import, avec le lecteur", None, "Mio", "at most", 800)
SLUG, SCHEMA = "mesure-import", "bench_ogr"


def empty_rows() -> list[Row]:
    return [LOADED, REPAIRED, MEMORY]


def import_rows(made: BenchDatabase) -> list[Row]:
    """ogr2ogr before, between and after, because a machine is not as fast all the time."""
    path = million(made)
    references = [time_ogr2ogr(made, path)]
    loaded = import_file(made, path, "keep")
    references.append(time_ogr2ogr(made, path))
    repaired = import_file(made, path, "repair")
    references.append(time_ogr2ogr(made, path))
    reference = COUNT / (sum(references) / len(references))
    note = (
        "ogr2ogr : une table, un index ; chez nous deux index, la copie en EPSG:3857, les politiques et l'historique, "
        "le fichier lu par le lecteur restreint"
    )
    return [
        replace(LOADED, ours=COUNT / loaded.report["seconds"], reference=reference, note=note),
        replace(REPAIRED, ours=COUNT / repaired.report["seconds"], reference=reference, note=note),
        replace(MEMORY, ours=max(loaded.memory, repaired.memory), note="inspection et vérification comprises"),
    ]


def million(made: BenchDatabase) -> Path:
    """The file, made once."""
    path = made.place.data / "bench/million.gpkg"
    if not path.exists():
        making = path.with_name("making.gpkg")
        making.unlink(missing_ok=True)
        command = [str(PYTHON), "-m", "benchmarks.million", str(making)]
        subprocess.run(command, cwd=ROOT, env=made.environment("owner") | {"PYTHONPATH": str(ROOT)}, check=True)
        making.rename(path)
    return path


def time_ogr2ogr(made: BenchDatabase, path: Path) -> float:
    """Seconds that ogr2ogr takes for the same file, by COPY, its spatial index included."""
    schema = sql.Identifier(SCHEMA)
    with made.connect("owner") as connection:
        connection.execute(sql.SQL("drop schema if exists {} cascade").format(schema))
        connection.execute(sql.SQL("create schema {}").format(schema))
    where = f"PG:host={made.place.socket_directory()} dbname={NAME} user=arpent_owner"
    options = ("-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX=GIST", "--config", "PG_USE_COPY", "YES")
    command = ["ogr2ogr", "-f", "PostgreSQL", where, str(path), "-nln", f"{SCHEMA}.million", *options]
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - begun
    with made.connect("owner") as connection:
        connection.execute(sql.SQL("drop schema {} cascade").format(schema))
    return seconds


def import_file(made: BenchDatabase, path: Path, invalid: str) -> ImportRun:
    """Publish the file as a layer, then take it back. Raises RuntimeError where not all of it came in."""
    order = ("import_layer", str(path), "--new", "--title", SLUG, "--theme", "mesure", "--invalid", invalid)
    seen = run_import(made, "import", *order)
    forget()
    if seen.exit_code or seen.report["rows"] != COUNT:
        raise RuntimeError(f"{seen.report['rows']} rows of {COUNT} came in (exit code {seen.exit_code})")
    return seen


def forget() -> None:
    """The layer goes as it came; only the worker drops tables."""
    with acting_as(SYSTEM), transaction.atomic():
        for made in FileImport.objects.filter(layer__slug=SLUG, state=FileImport.State.APPLIED):
            revert_import(made.pk, confirmed=True, progress=lambda _share, _message: None)
