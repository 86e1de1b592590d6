"""Edits saved over HTTP on a layer of a million objects, with its history, its rules of writing and its versions."""

import http.client
import json
import random
import statistics
import time
from dataclasses import replace
from typing import Any

from django.db import transaction

from benchmarks.rows import Row
from benchmarks.territory import SEED
from benchmarks.tiles import Field
from gis_core.database.statements import execute, fetch_all
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, Membership, User
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer, Theme
from layers.catalogue.services import announce_changed
from layers.catalogue.tables import bulk, create_table, secure_table

SAVED = Row("modification enregistrée, couche d'un million d'objets, médiane", None, "ms", "at most", 60)
SLUG, TABLE, MEMBER = "bench-edits", "layer_bench_edits", "mesure"
COLUMNS: list[dict[str, Any]] = [
    {"name": "idu", "label": "Identifiant", "type": "text", "in_tiles": True, "maximum_length": 14},
    {"name": "note", "label": "Note", "type": "text"},
    {"name": "area_m2", "label": "Contenance", "type": "area_m2"},
]
WARMING, COUNT = 20, 100


def saving_row(field: Field) -> list[Row]:
    """The median of changes of a value, without the version (as QGIS does), and of moves, with it (as the map does)."""
    with acting_as(SYSTEM), transaction.atomic():
        layer = editable_layer()
        headers = {"Authorization": f"Bearer {token()}", "Content-Type": "application/json"}
        ids = objects(layer, WARMING + COUNT)
    opened = http.client.HTTPConnection("127.0.0.1", field.port, timeout=60)
    try:
        taken = [one for pk in ids for one in change_and_move(opened, headers, pk)]
    finally:
        opened.close()
    return [replace(SAVED, ours=statistics.median(taken[2 * WARMING :]))]


def change_and_move(opened: http.client.HTTPConnection, headers: dict[str, str], pk: int) -> list[float]:
    """Milliseconds of both."""
    values = {"note": f"Vu le {time.time_ns()}"}
    changed, result = save(opened, headers, {"action": "update", "id": pk, "properties": values})
    geometry = result["feature"]["geometry"]
    ring = geometry["coordinates"][0][0]
    ring[1] = [ring[1][0] + 0.001, ring[1][1]]
    edit = {"action": "update", "id": pk, "version": result["version"], "geometry": geometry}
    moved, _result = save(opened, headers, edit)
    return [changed, moved]


def save(
    opened: http.client.HTTPConnection, headers: dict[str, str], edit: dict[str, Any]
) -> tuple[float, dict[str, Any]]:
    """One edit: milliseconds, and what became of it."""
    body = json.dumps({"crs": "EPSG:2154", "edits": [edit]})
    begun = time.perf_counter()
    opened.request("POST", f"/api/v1/layers/{SLUG}/edits/", body, headers)
    answer = opened.getresponse()
    content = answer.read()
    taken = (time.perf_counter() - begun) * 1000
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {content[:200]!r}")
    result: dict[str, Any] = json.loads(content)["results"][0]
    return taken, result


def editable_layer() -> Layer:
    """The parcels once more, in a layer that people edit; made at the first run."""
    layer = Layer.objects.filter(slug=SLUG).first()
    if layer is not None:
        return layer
    layer = Layer.objects.create(
        slug=SLUG,
        title="Parcelles modifiables",
        theme=Theme.objects.earliest("pk"),
        owner=Member.objects.get(slug=MEMBER),
        visibility=Layer.Visibility.OWNER,
        editor_roles=[Role.GIS_ADMINISTRATOR],
        table=TABLE,
        rows=Layer.Rows.LAYER,
        geometry_type=Layer.Geometry.POLYGON,
        columns=COLUMNS,
        title_field="idu",
        min_zoom=13,
    )
    create_table(TABLE, COLUMNS, "MultiPolygon")
    with bulk():
        execute(
            "insert into layer_bench_edits (id, owner_id, idu, area_m2, geom)"
            " select id, %s, idu, area_m2, geom from cadastre_parcel order by id",
            [layer.owner_id],
        )
    secure_table(layer)
    announce_changed(layer)
    return layer


def token() -> str:
    """A new one of the layer's administrator."""
    editor, _made = User.objects.get_or_create(username="mesure-sig", defaults={"email": "mesure-sig@example.org"})
    member = Member.objects.get(slug=MEMBER)
    Membership.objects.get_or_create(user=editor, member=member, defaults={"role": Role.GIS_ADMINISTRATOR})
    return create_token(user=editor, name="mesure")[1]


def objects(layer: Layer, count: int) -> list[int]:
    """Objects inside the territory of the layer's owner, the same ones every time."""
    rows = fetch_all(
        "select p.id from cadastre_parcel p join gis_core_territory t on t.insee = p.insee"
        " where t.member_id = %s and p.id %% 97 = 0 order by p.id",
        [layer.owner_id],
    )
    return random.Random(SEED).sample([pk for (pk,) in rows], count)
