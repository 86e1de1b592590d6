"""A sewer of each of two members, and what valid requests for profiles and repairs hold."""

from typing import Any

from django.contrib.gis.geos import LineString, Point

from gis_core.models import Member
from networks.water.models import SewerNode, SewerPipe
from tests import factories

Form = dict[str, Any]
PROFILE = "reseaux/profil/"
REPAIRS = "reseaux/reparations/"
NEW = f"{REPAIRS}nouvelle/"
PIPES = {"own": 880_000_001, "other": 880_000_002, "none": 880_000_003}
"""By whose they are; ids that stand for nothing else in an answer."""


def sewer(owner: Member, pipe: int) -> SewerPipe:
    """A pipe of a member, between two manholes."""
    x, y = factories.ORIGIN
    places = [Point(x + along, y + 10, srid=2154) for along in (10, 50)]
    with factories.as_owner():
        start, end = (SewerNode.objects.create(owner=owner, kind="manhole", geom=place) for place in places)
        line = LineString(*places, srid=2154)
        return SewerPipe.objects.create(
            pk=pipe, owner=owner, start_node=start, end_node=end, geom=line, start_z=100, end_z=99
        )


def form(route: str, method: str, pipe: int) -> Form | None:
    """The query, or the body, for a pipe; None where the route needs none."""
    if route.startswith(PROFILE) and method in ("GET", "HEAD"):
        return {"family": "sewer", "pipe": pipe}
    if route == NEW and method in ("GET", "HEAD"):
        return {"network": "sewer", "pipe": pipe}
    if route == NEW and method == "POST":
        return {"network": "sewer", "pipe": pipe, "repaired_date": "2026-01-06"}
    return None
