"""Networks of two members: a pipe that can be isolated, an outage; what valid requests about them hold."""

import json
from typing import Any

from django.db import connection
from django.utils import timezone

from gis_core.models import Member, User
from layers.features.topology import loading
from networks.water.models import Outage, OutagePhoto
from networks.water.services.outage_photos import path_of
from tests import factories

Form = dict[str, Any]
API = "api/v1/networks/"
OUTAGES = "reseaux/coupures/"
MISSING = 999_999_999
ANSWER: dict[str, Any] = {
    **{"breaks": [{"pipe": 1, "reference": None, "point": [2.0, 48.0], "distance_m": 0.0}], "message": None},
    **{"valves": [], "sources_to_stop": [], "tanks": [], "alternatives": [], "addresses": [], "hydrants": []},
    **{"zone": {"geometry": None, "length_m": 0, "volume_m3": 0}, "cut_off": {"geometry": None, "length_m": 0}},
    "connections": {"count": 0, "dwellings": 0, "truncated": False, "results": []},
}
PIPE = """
    with ends as (
        insert into {family}_node (owner_id, kind, geom) values
            (%(owner)s, 'junction', st_setsrid(st_makepoint(%(x)s, %(y)s), 2154)),
            (%(owner)s, 'junction', st_setsrid(st_makepoint(%(x)s + 50, %(y)s), 2154)) returning id, geom)
    insert into {family}_pipe (owner_id, start_node_id, end_node_id, geom)
    select %(owner)s, min(id), max(id), st_makeline(geom order by id) from ends returning id
"""


def rows(whose: str, owner: Member, person: User) -> dict[str, int]:
    """By name: a pipe of each family and an outage of a member."""
    with factories.as_owner():
        outage = Outage.objects.create(
            **{"owner": owner, "question": {}, "answer": ANSWER, "valves": 0, "connections": 0},
            **{"started_at": timezone.now(), "started_by": person},
        )
        photo = OutagePhoto.objects.create(outage=outage, title="Casse", size_bytes=3)
        path_of(photo).parent.mkdir(parents=True, exist_ok=True)
        path_of(photo).write_bytes(b"\xff\xd8\xff")
    made = {f"{family} pipe {whose}": pipe(owner, family) for family in ("water", "sewer")}
    return made | {f"outage {whose}": outage.pk, f"outage photo {whose}": photo.pk}


def pipe(owner: Member, family: str) -> int:
    x, y = factories.ORIGIN
    with factories.as_worker(), loading(), connection.cursor() as cursor:
        cursor.execute(PIPE.format(family=family), {"owner": owner.pk, "x": x + 5000, "y": y + owner.pk * 10})
        (made,) = cursor.fetchone()
    return int(made)


def arguments(made: dict[str, Any], whose: str) -> dict[str, Any]:
    names = {"outage_id": "outage", "photo_id": "outage photo", "water_pipe": "water pipe", "sewer_pipe": "sewer pipe"}
    return {argument: made.get(f"{name} {whose}", MISSING) for argument, name in names.items()}


def body(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body as the keywords of the test client; None where the route needs none."""
    water, sewer = {"pipe": given["water_pipe"]}, {"pipe": given["sewer_pipe"]}
    sent: dict[str, Form] = {
        f"{API}water/isolation": water,
        f"{API}water/trace": water | {"direction": "connected"},
        f"{API}sewer/trace": sewer | {"direction": "connected"},
    }
    forms: dict[str, Form] = {
        OUTAGES: {"request": json.dumps(water)},
        f"{OUTAGES}<int:outage_id>/": {"version": 1},
        f"{OUTAGES}<int:outage_id>/plans/": {"paper": "A4"},
    }
    if method != "POST":
        return None
    if route in sent:
        return {"data": sent[route], "content_type": "application/json"}
    return {"data": forms[route]} if route in forms else None
