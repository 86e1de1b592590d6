"""Sheets of a cadastral plan come in from EDIGEO: parcels a second, and memory.

The measured process is `manage.py import_edigeo` on a folder of archives, one per sheet as they are published; its
seconds are those of its own report. The sheets are generated, labels included, about as heavy as real ones per parcel.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from psycopg import sql
from shapely import box
from shapely.geometry import LineString, Polygon

from benchmarks.database import BenchDatabase
from benchmarks.import_runs import ImportRun, run_import
from benchmarks.plan_sheets import PlanSheet, archive_sheet
from benchmarks.rows import Row

LOADED = Row("import du plan cadastral EDIGEO, lu par le lecteur restreint, une transaction par feuille",
             None, "parcelles/s", "at least", 2000)  # fmt: skip
MEMORY = Row("mémoire pendant cet import, avec le lecteur", None, "Mio", "at most", 800)
SHEETS, COLUMNS, LINES = 100, 20, 15
PARCELS = SHEETS * COLUMNS * LINES
WIDTH_M, DEPTH_M = 30.0, 40.0
# Far from the territory that the other measures look at.
WEST, SOUTH, DEPARTMENT = 300_000.0, 6_300_000.0, "02"
BUILT, SEED = 0.6, 7
FILLED = (
    *("cadastre_sheet", "cadastre_section", "cadastre_parcel", "cadastre_building", "cadastre_namedplace"),
    *("cadastre_water", "cadastre_planroad", "cadastre_planroadarea", "gis_core_commune"),
)


def empty_rows() -> list[Row]:
    return [LOADED, MEMORY]


def edigeo_rows(made: BenchDatabase) -> list[Row]:
    """Sheets that the base does not hold yet; they go again."""
    folder = delivery(made)
    forget(made)
    try:
        seen = import_sheets(made, folder)
    finally:
        forget(made)
    note = f"{SHEETS} feuilles, {PARCELS} parcelles, {seen.report['loaded']} objets en tout"
    return [replace(LOADED, ours=PARCELS / seen.seconds, note=note), replace(MEMORY, ours=seen.memory)]


def delivery(made: BenchDatabase) -> Path:
    """The archives, made once."""
    folder = made.place.data / "bench/edigeo"
    if not folder.exists():
        making = folder.with_name("edigeo-making")
        making.mkdir(parents=True, exist_ok=True)
        for sheet in sheets():
            (making / f"edigeo-{DEPARTMENT}{sheet.idu}.tar.bz2").write_bytes(archive_sheet(sheet.files()))
        making.rename(folder)
    return folder


def sheets() -> Iterator[PlanSheet]:
    """Sheets side by side, ten to a commune."""
    random = np.random.default_rng(SEED)
    width, depth = COLUMNS * WIDTH_M, LINES * DEPTH_M
    for number in range(SHEETS):
        commune, place = divmod(number, 10)
        west, south = WEST + place * width, SOUTH + commune * depth
        outline = box(west, south, west + width, south + depth)
        parcels = parcels_of(west, south, random)
        built = [shape.buffer(-8, join_style="mitre") for shape in parcels.values() if random.random() < BUILT]
        yield PlanSheet(
            idu=f"{commune + 1:03d}000{'ABCDEFGHIJ'[place]}A01",
            parcels=parcels,
            outline=outline,
            commune=box(WEST, south, WEST + 10 * width, south + depth),
            buildings=built,
            places={"LES PRES": outline},
            waters={"Ruisseau de la Mesure": box(west, south, west + width, south + 3)},
            roads={"Rue de la Forge": LineString([(west, south), (west + width, south)])},
            labels=True,
        )


def parcels_of(west: float, south: float, random: np.random.Generator) -> dict[str, Polygon]:
    """A grid whose corners and middles of sides moved a little, neighbours sharing them."""
    fine = 4
    across, up = np.meshgrid(np.arange(COLUMNS * fine + 1), np.arange(LINES * fine + 1))
    moved = np.round(random.uniform(-1, 1, (*across.shape, 2)), 2)
    points = np.dstack([west + across * WIDTH_M / fine, south + up * DEPTH_M / fine]) + moved
    found = {}
    for number in range(COLUMNS * LINES):
        line, column = divmod(number, COLUMNS)
        rows, columns = slice(line * fine, (line + 1) * fine + 1), slice(column * fine, (column + 1) * fine + 1)
        cell = points[rows, columns]
        ring = np.concatenate([cell[0, :], cell[1:, -1], cell[-1, -2::-1], cell[-2::-1, 0]])
        found[f"{number + 1:04d}"] = Polygon(ring)
    return found


def import_sheets(made: BenchDatabase, folder: Path) -> ImportRun:
    """Load the sheets. Raises RuntimeError where one is refused."""
    seen = run_import(made, "edigeo", "import_edigeo", str(folder))
    if seen.exit_code or seen.report["refused"]:
        raise RuntimeError(f"{seen.report['refused']} refused (exit code {seen.exit_code})")
    return seen


def forget(made: BenchDatabase) -> None:
    """The rows go as they came."""
    with made.connect("owner") as connection:
        for table in FILLED:
            statement = sql.SQL("delete from {} where insee like %s").format(sql.Identifier(table))
            connection.execute(statement, [f"{DEPARTMENT}%"])
