"""Small maps of the catalogue: some places of the demo's territory, none, or an answer that fails."""

from dataclasses import replace
from typing import Any, Final, Literal

from django.http import HttpResponse, JsonResponse

from gis_core.desk.small_map import SmallMap, list_map

type Kind = Literal["full", "loading", "empty", "failed"]
PLACES: Final = ((2.37, 47.76), (2.41, 47.79), (2.33, 47.74), (2.44, 47.75), (2.39, 47.72))
COLOURS: Final = ("#1f6fb2", "#b0353b", "#2e7d32")


def places(kind: Kind) -> HttpResponse:
    """The places of rows 1 to 5, as GeoJSON (EPSG:4326)."""
    if kind == "failed":
        return HttpResponse(status=503)
    features = [feature(rank, place) for rank, place in enumerate(PLACES, 1)] if kind == "full" else []
    return JsonResponse({"type": "FeatureCollection", "features": features, "more": False})


def feature(rank: int, place: tuple[float, float]) -> dict[str, Any]:
    properties = {"title": f"CH-2026-{rank:05d}", "href": "#content", "colour": COLOURS[rank % 3], "label": "Ouvert"}
    geometry = {"type": "Point", "coordinates": place}
    return {"type": "Feature", "id": str(rank), "geometry": geometry, "properties": properties}


def small_map(kind: Kind) -> SmallMap:
    """The map of a state; one that loads is never drawn."""
    made = list_map("?format=geojson")
    return replace(made, folded=False, waits=kind == "loading")
