"""The territory as a campaign of one year saw it."""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from shapely.geometry.base import BaseGeometry

from demo.territory import Building, LandCover, Territory

from . import ground, plants, streets, yards
from .changes import buildings_of
from .drawing import Drawing, Scene
from .light import AUGUST, JUNE
from .roofs import roof

SEASONS = {2020: ("june", JUNE), 2024: ("august", AUGUST)}


def compose(territory: Territory, year: int, size: float) -> Scene:
    """Everything there was that year, for pixels of `size` m."""
    season, light = SEASONS[year]
    drawing = Drawing(light, territory.seed, season)
    drawing.material((150, 146, 110), (170, 160, 124), (0.3, 0.4, 0.4))
    buildings = buildings_of(territory, year)
    kinds = _by_kind(territory.landcover)
    nursery = plants.Nursery(drawing)
    cars = streets.Cars(drawing)
    ground.lay_surroundings(drawing, shapely.union_all([c.geom for c in territory.communes]))
    ground.lay_water(drawing, [c for c in kinds["water"] if c.variety])
    streets.lay_streets(drawing, territory, size)
    streets.lay_bridges(drawing, [c for c in kinds["road"] if c.variety == "bridge"], territory.roads)
    ground.lay_ground(drawing, ground.standing(territory))
    ground.lay_water(drawing, [c for c in kinds["water"] if not c.variety])
    roofs = shapely.STRtree([b.geom for b in buildings])
    yards.lay_limits(drawing, territory.parcels, roofs, size)
    built = streets.by_parcel(buildings)
    yards.lay_yards(drawing, territory, built, cars)
    yards.lay_pools(drawing, [p for p in kinds["pool"] if not len(roofs.query(p.geom, "dwithin", 1.0))])
    streets.park_along(drawing, cars, territory.roads, streets.find_built_up_roads(territory))
    _plant(drawing, kinds, buildings, nursery)
    plants.clear_bushes(drawing, [b.geom for b in buildings], drawing.gates)
    drawing.roofs.extend(roof(drawing, b) for b in buildings)
    return drawing.ready()


def compose_upright(territory: Territory, year: int, within: BaseGeometry) -> Scene:
    """What stood that year in a rectangle: roofs, trees and hedges alone, which is much sooner composed."""
    season, light = SEASONS[year]
    drawing = Drawing(light, territory.seed, season)
    drawing.material((150, 146, 110), (170, 160, 124))
    shapely.prepare(within)
    buildings = [one for one in buildings_of(territory, year) if within.intersects(one.geom)]
    kinds = _by_kind([one for one in territory.landcover if within.intersects(one.geom)])
    _plant(drawing, kinds, buildings, plants.Nursery(drawing))
    plants.clear_bushes(drawing, [b.geom for b in buildings], drawing.gates)
    drawing.roofs.extend(roof(drawing, b) for b in buildings)
    return drawing.ready()


def _by_kind(covers: Sequence[LandCover]) -> dict[str, list[LandCover]]:
    out: dict[str, list[LandCover]] = {k: [] for k in ("water", "road", "pool", "hedge", "tree", "wood", "orchard")}
    for cover in covers:
        out.setdefault(cover.kind, []).append(cover)
    return out


def _plant(
    drawing: Drawing, kinds: dict[str, list[LandCover]], buildings: Sequence[Building], nursery: plants.Nursery
) -> None:
    yards.lay_hedges(drawing, kinds["hedge"])
    apart = [*(c.geom for c in kinds["orchard"]), *(b.geom.buffer(1.0) for b in buildings)]
    plants.plant_trees(drawing, kinds["tree"], apart, nursery)
    plants.plant_woods(drawing, kinds["wood"], nursery)
    plants.plant_orchards(drawing, kinds["orchard"], nursery)
