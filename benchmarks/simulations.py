"""Judging a house by the rules of its zone, among sixty thousand zones that all have rules; and what lies near it."""

import http.client
import json
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import shapely

from benchmarks.parcels import choose_parcels
from benchmarks.rows import Row
from benchmarks.server import cpu_seconds
from benchmarks.territory import SEED
from benchmarks.tiles import Field

VERDICT = Row("verdict d'un projet selon les règles de sa zone, 95e centile", None, "ms", "at most", 300)
NEARBY = Row("alentours d'un projet, 95e centile", None, "ms", "at most", 100)
WARMING, COUNT = 20, 200
RULES: tuple[dict[str, Any], ...] = (
    {"catContrainte": "Retrait", "vMinRetrait": 5, "reference": ["emprisePublique"]},
    {"catContrainte": "Retrait", "vMinRetrait": 3, "reference": ["limiteLaterale", "fond"]},
    {"catContrainte": "CES", "ratioMax": 0.4},
    {"catContrainte": "Hauteur", "hauteurFaitageMaxBatimentToiturePente": 9, "hauteurMaxEgoutBatimentToiturePente": 6},
    {"catContrainte": "Gabarit", "reference": ["limiteLaterale", "fond"], "pointAccrochage": "4 m", "pente": 100},
)
EVERY_ZONE = """
    insert into simulation_zonerules (owner_id, idurba, zone, rules, changed_at)
    select (select id from gis_core_member where slug = 'mesure'), d.idurba, z.libelle, %s::jsonb, now()
    from planning_zone z join planning_document d on d.id = z.document_id
    group by d.idurba, z.libelle on conflict do nothing
"""


def empty_rows() -> list[Row]:
    return [VERDICT, NEARBY]


def project_rows(field: Field) -> list[Row]:
    """Each parcel once, one after the other; the first ones wake the server up."""
    connection = field.grid.connection
    connection.execute(EVERY_ZONE, [json.dumps(RULES)])
    connection.execute("analyze simulation_zonerules")
    opened = http.client.HTTPConnection("127.0.0.1", field.port, timeout=60)
    try:
        parcels = choose_parcels(field, WARMING + COUNT)
        return [ask_each(opened, field, row, what, parcels) for row, what in ((VERDICT, "check"), (NEARBY, "nearby"))]
    finally:
        opened.close()


def ask_each(opened: http.client.HTTPConnection, field: Field, row: Row, what: str, parcels: Sequence[str]) -> Row:
    for idu in parcels[:WARMING]:
        ask_of_house(opened, field, idu, what)
    before = cpu_seconds(*field.pids)
    taken = [ask_of_house(opened, field, idu, what) for idu in parcels[WARMING:]]
    note = processor_note(cpu_seconds(*field.pids) - before, len(taken))
    return replace(row, ours=statistics.quantiles(taken, n=20)[-1], note=note)


def processor_note(seconds: float, requests: int) -> str:
    """What of an answer is work: on a machine that others use too, the rest is waiting."""
    return f"dont {1000 * seconds / requests:.0f} ms de processeur du serveur web en moyenne"


def ask_of_house(opened: http.client.HTTPConnection, field: Field, idu: str, what: str) -> float:
    """Milliseconds."""
    query = "select st_asbinary(geom) from cadastre_parcel where idu = %s"
    row: Any = field.grid.connection.execute(query, [idu]).fetchone()
    body = json.dumps({"parcels": [idu], "volumes": [house(shapely.from_wkb(bytes(row[0])), idu)]})
    headers = {"Authorization": f"Bearer {field.asker.token}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    opened.request("POST", f"/api/v1/simulations/{what}", body, headers)
    answer = opened.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - begun) * 1000
    if answer.status != 200 or json.loads(content).get("results") == []:
        raise RuntimeError(f"{answer.status} {content[:200]!r}")
    return taken


def house(parcel: Any, idu: str) -> dict[str, Any]:
    """A gabled house of 8 to 12 m near the middle of a parcel; the same at every run."""
    draw = random.Random(f"{SEED}{idu}")
    centre, side = parcel.representative_point(), draw.uniform(8, 12)
    shape = shapely.box(centre.x - side / 2, centre.y - side / 2, centre.x + side / 2, centre.y + side / 2)
    footprint = json.loads(shapely.to_geojson(shape))
    return {"footprint": footprint, "base": None, "eaves": 3, "ridge": 6, "roof": "gable", "ridge_azimuth": 90}
