"""Small maps of the catalogue: some places of the demo's territory, none, or an answer that fails."""

from dataclasses import replace
from typing import Any, Final, Literal

from django.http import HttpResponse, JsonResponse

from gis_core.desk.small_map import SmallMap, list_map
from gis_core.members.territories import extent_4326

type Kind = Literal["full", "loading", "empty", "failed"]
PLACES: Final = ((0.2, 0.3), (0.35, 0.7), (0.5, 0.45), (0.7, 0.2), (0.8, 0.65))
"""Shares of the territory, from its south-west corner."""
COLOURS: Final = ("#1f6fb2", "#b0353b", "#2e7d32")


def places(kind: Kind) -> HttpResponse:
    """The places of rows 1 to 5, as GeoJSON (EPSG:4326)."""
    if kind == "failed":
        return HttpResponse(status=503)
    features = [feature(rank, share) for rank, share in enumerate(PLACES, 1)] if kind == "full" else []
    return JsonResponse({"type": "FeatureCollection", "features": features, "more": False})


def feature(rank: int, share: tuple[float, float]) -> dict[str, Any]:
    west, south, east, north = extent_4326()
    place = (west + (east - west) * share[0], south + (north - south) * share[1])
    properties = {"title": f"CH-2026-{rank:05d}", "href": "#content", "colour": COLOURS[rank % 3], "label": "Ouvert"}
    geometry = {"type": "Point", "coordinates": place}
    return {"type": "Feature", "id": str(rank), "geometry": geometry, "properties": properties}


def small_map(kind: Kind) -> SmallMap:
    """The map of a state; one that loads is never drawn."""
    made = list_map("?format=geojson")
    return replace(made, extent_4326=extent_4326(), folded=False, waits=kind == "loading")
