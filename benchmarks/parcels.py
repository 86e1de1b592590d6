"""Parcel sheets among a million parcels, sixty thousand zones and twenty thousand easements: as JSON, on paper, and
beside the same report by geopandas."""

import json
import random
import statistics
import subprocess
import threading
import urllib.request
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks import load
from benchmarks.campaigns import SLUG
from benchmarks.database import NAME
from benchmarks.peers import install
from benchmarks.rows import Row
from benchmarks.territory import PARCELS, SEED
from benchmarks.tiles import Field
from gis_core.members.rights import ANONYMOUS

SHEET = Row("fiche de parcelle en JSON, huit à la fois, 95e centile", None, "ms", "at most", 300)
PAPER = Row("fiche de parcelle en PDF, la plus lente", None, "ms", "at most", 2_500)
AGAINST = Row(
    "fiches de parcelle l'une après l'autre, face à geopandas", None, "fiches/s", "at least", 5, relative=True
)
CLIENTS, WARMING, COUNT, PAPERS, COMPARED = 8, 80, 400, 24, 60
GEOPANDAS = ("geopandas==1.*", "sqlalchemy==2.*", "psycopg2-binary==2.9.*")
JSON = {"Accept": "application/json"}
ALIKE = 0.02


def choose_parcels(field: Field, count: int) -> list[str]:
    """Identifiers of parcels, others for another count; the same at every run."""
    draw = random.Random(SEED + count)
    ids = [draw.randint(1, PARCELS) for _number in range(count)]
    query = "select idu from cadastre_parcel where id = any(%s) order by idu"
    found = [str(row[0]) for row in field.grid.connection.execute(query, [ids]).fetchall()]
    draw.shuffle(found)
    return found


def address(idu: str, name: str = "sheet/") -> str:
    return f"/api/v1/parcels/{idu}/{name}"


def sheet_rows(field: Field) -> list[Row]:
    """Fresh parcels; the first ones wake the server up."""
    load.throughput(field.port, [address(idu) for idu in choose_parcels(field, WARMING)], JSON)
    taken = at_once(field.port, [address(idu) for idu in choose_parcels(field, COUNT)])
    pictured = under_photo(field, PAPERS)
    asked = [address(idu, "sheet.pdf") for idu in [*choose_parcels(field, PAPERS), *pictured]]
    papers = load.latencies(field.port, asked, field.headers)
    note = f"dont {len(pictured)} avec leur vue aérienne"
    return [replace(SHEET, ours=statistics.quantiles(taken, n=20)[-1]), replace(PAPER, ours=max(papers[2:]), note=note)]


def under_photo(field: Field, count: int) -> list[str]:
    """Parcels that the mosaic of the campaign's measures shows whole; none where it was not built yet."""
    query = (
        "select p.idu from cadastre_parcel p join catalogue_photo c on c.slug = %s and st_covers(c.geom, p.geom)"
        " order by md5(p.idu) limit %s"
    )
    return [str(row[0]) for row in field.grid.connection.execute(query, [SLUG, count]).fetchall()]


def at_once(port: int, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each answer, asked by several clients."""
    taken: list[float] = []

    def ask(share: Sequence[str]) -> None:
        taken.extend(load.latencies(port, share, JSON))

    threads = [threading.Thread(target=ask, args=(paths[rank::CLIENTS],)) for rank in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(taken) != len(paths):
        raise RuntimeError(f"{len(paths) - len(taken)} sheets did not come")
    return taken


def geopandas_row(field: Field) -> list[Row]:
    """Ours before and after theirs, on the same parcels, which PostgreSQL then holds in its memory."""
    home = install(field.made.place.data / "peers/geopandas", GEOPANDAS, program="python")
    idus = choose_parcels(field, COMPARED)
    paths = [address(idu) for idu in idus]
    load.latencies(field.port, paths, JSON)
    ours = load.latencies(field.port, paths, JSON)
    reports = by_geopandas(field, home, idus)
    ours += load.latencies(field.port, paths, JSON)
    compared = sum(same(field, idu, told) for idu, told in zip(idus, reports, strict=True))
    theirs = [one["ms"] for one in reports[5:]]
    note = f"médianes ; {compared} surfaces comparées, à {ALIKE:.0%} près"
    return [
        replace(AGAINST, ours=1000 / statistics.median(ours), reference=1000 / statistics.median(theirs), note=note)
    ]


def by_geopandas(field: Field, home: Path, idus: Sequence[str]) -> list[dict[str, Any]]:
    socket = quote(str(field.made.place.socket_directory()), safe="")
    where = f"postgresql+psycopg2://arpent_web@/{NAME}?host={socket}"
    command = [str(home / "bin/python"), str(Path(__file__).with_name("geopandas_report.py")), where]
    command.append(json.dumps(ANONYMOUS.settings()))
    env = field.made.environment("web")
    asked = "\n".join(idus) + "\n"
    done = subprocess.run(command, input=asked, env=env, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def same(field: Field, idu: str, told: dict[str, Any]) -> int:
    """How many areas both give. Raises RuntimeError where they differ."""
    with urllib.request.urlopen(f"http://127.0.0.1:{field.port}{address(idu)}", timeout=60) as answer:
        sheet = {one["section"]: one for one in json.load(answer)["sections"]}
    ours = {line["key"].replace("zone:", ""): line["area_m2"] for line in sheet["zoning"]["lines"]}
    ours |= {line["key"].replace("easement:", "e"): line["area_m2"] for line in sheet["easements"]["lines"]}
    theirs = {**told["zones"], **{f"e{pk}": area for pk, area in told["easements"].items()}}
    for key, area in ours.items():
        if abs(theirs.get(key, 0) - area) > ALIKE * area:
            raise RuntimeError(f"{idu} {key}: {area} m², {theirs.get(key)} m² by geopandas")
    return len(ours)
