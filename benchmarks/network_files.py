"""A network comes in from RAEPA, in Shapefiles: rows a second.

The measured process does what the worker does for one import: it reads what was sent (the plan), then loads it, which
reads it again; the seconds are those of the loading, from the file to what the database checked. Streets cross on a
grid, an object lies on each crossing, one end in thirty misses its object by a hand's breadth. It goes again.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon

from benchmarks.database import BenchDatabase
from benchmarks.rows import Row
from benchmarks.work import run_work
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Commune, Member, Territory
from networks.water.raepa import TABLES, RaepaTable

LOADED = Row("import d'un réseau RAEPA, de ses Shapefiles à la base", None, "lignes/s", "at least", 5000)
# Far from the territory that the other measures look at.
SIDE, STREET_M, CORNER, SEED = 140, 110.0, (300_000.0, 6_400_000.0), 11
MISSED_M, MISSES = 0.08, 30
MEMBER, SIREN, INSEE = "mesure-raepa", "999001050", "03998"
FOLDER = "mesure-raepa"
DRAWN: dict[str, tuple[str, ...]] = {
    "MATERIAU": ("02", "05", "10", "15", "21"),
    "DIAMETRE": ("60", "80", "100", "150"),
    "ANFINPOSE": ("1962", "1978", "1994", "2011"),
    "MODECIRC": ("02",),
    "CONTCANAEP": ("02",),
    "FONCCANAEP": ("02",),
    "ENSERVICE": ("O",),
    "BRANCHEMNT": ("N",),
    "QUALGLOCXY": ("01", "02", "03"),
    "QUALGLOCZ": ("03",),
    "MOUVRAGE": ("Commune de la Mesure",),
    "GEXPLOIT": ("Régie des eaux de la Mesure",),
    "SOURMAJ": ("Plan de récolement",),
    "DATEMAJ": ("2024-03-12",),
    "FNAPPAEP": ("00", "01", "03", "05"),
}


def empty_rows() -> list[Row]:
    return [LOADED]


def import_rows(made: BenchDatabase) -> list[Row]:
    """A delivery that the base does not hold."""
    folder = Path(settings.INBOX_DIR) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(delivery(made), folder)
    names = sorted(path.name for path in folder.iterdir())
    seen = run_work(made, "worker", "raepa", member=member_served().pk, folder=FOLDER, names=names)
    rows = SIDE * SIDE + 2 * SIDE * (SIDE - 1)
    if seen["pipes"] + seen["nodes"] != rows:
        raise RuntimeError(f"{seen} of {rows} rows")
    note = f"{rows} lignes en {seen['seconds']:.1f} s, {seen['moved']} extrémités raccordées"
    return [replace(LOADED, ours=rows / seen["seconds"], note=note)]


def member_served() -> Member:
    """A member on whose commune the network lies, made once."""
    land = Polygon.from_bbox((*CORNER, CORNER[0] + SIDE * STREET_M, CORNER[1] + SIDE * STREET_M))
    told = {"name": "Mesure RAEPA", "siren": SIREN, "kind": Member.Kind.EPCI}
    with acting_as(SYSTEM):
        member, _made = Member.objects.get_or_create(slug=MEMBER, defaults=told)
        place = {"name": "Mesure", "geom": MultiPolygon(land, srid=2154)}
        commune, _made = Commune.objects.get_or_create(insee=INSEE, defaults=place)
        Territory.objects.get_or_create(member=member, commune=commune)
    return member


def delivery(made: BenchDatabase) -> Path:
    """The Shapefiles, made once."""
    folder = made.place.data / "bench/raepa"
    if not folder.exists():
        making = folder.with_name("raepa-making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        random = np.random.default_rng(SEED)
        at = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"), axis=-1).reshape(-1, 2)
        places = np.round(np.array(CORNER) + at * STREET_M + random.uniform(-9, 9, at.shape), 3)
        ends = np.array(list(streets()))
        write(making, TABLES["RAEPA_APPARAEP_P"], shapely.points(places), "A", {})
        named = {"IDNINI": [f"A{one}" for one in ends[:, 0]], "IDNTERM": [f"A{one}" for one in ends[:, 1]]}
        write(making, TABLES["RAEPA_CANALAEP_L"], lines(places, ends, random), "C", named)
        making.rename(folder)
    return folder


def streets() -> Iterator[tuple[int, int]]:
    """The crossings that each street joins, eastwards and northwards."""
    for one in range(SIDE * SIDE):
        if one // SIDE < SIDE - 1:
            yield one, one + SIDE
        if one % SIDE < SIDE - 1:
            yield one, one + 1


def lines(places: Any, ends: Any, random: np.random.Generator) -> Any:
    """Streets of two stretches; one end in so many misses its crossing."""
    starts, stops = places[ends[:, 0]], places[ends[:, 1]].copy()
    missing = random.random(len(ends)) < 1 / MISSES
    angles = random.uniform(0, 2 * np.pi, missing.sum())
    stops[missing] += MISSED_M * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    bends = (starts + stops) / 2 + random.uniform(-4, 4, starts.shape)
    return shapely.linestrings(np.round(np.stack([starts, bends, stops], axis=1), 3))


def write(folder: Path, table: RaepaTable, shapes: Any, letter: str, named: dict[str, list[str]]) -> None:
    """A table with all the fields that RAEPA gives it; those of which nothing is said are empty."""
    count = len(shapes)
    told = {table.identifier: [f"{letter}{one}" for one in range(count)], **named}
    for name, choices in DRAWN.items():
        told.setdefault(name, [choices[(one * 7 + one // 5) % len(choices)] for one in range(count)])
    values = [np.array(told.get(one.name, [None] * count), dtype=object) for one in table.fields]
    pyogrio.raw.write(
        folder / f"{table.name}.shp",
        shapely.to_wkb(shapes),
        values,
        fields=[one.name for one in table.fields],
        geometry_type="LineString" if table.content == "pipes" else "Point",
        crs="EPSG:2154",
        encoding="UTF-8",
    )
