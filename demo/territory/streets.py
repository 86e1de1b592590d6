"""Names for the stretches of road: streets in the villages, routes and rural ways outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import atan2, pi

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import Point

from . import names
from .model import Commune, Road
from .roads import Network, Stretch, Way, stretches
from .terrain import Terrain

RING_NAMES = ("Rue du Tour de Ville", "Rue des Fossés", "Rue des Jardins", "Chemin de la Procession")
CARRIAGEWAY = {"departementale": 0.56, "communale": 0.66, "residential": 0.64, "rural": 0.6}


def name_roads(net: Network, land: Terrain, towns: Sequence[Commune], rng: Generator) -> list[Road]:
    """One Road per stretch. A way has one name per commune, and another one inside the village."""
    christener = _Christener(land, towns, rng)
    out = []
    for n, piece in enumerate(stretches(net), start=1):
        way = net.ways[piece.way]
        middle = piece.line.interpolate(0.5, normalized=True)
        k = _commune(middle, towns)
        name = christener.name(piece, way, k, middle)
        share = CARRIAGEWAY[way.kind]
        out.append(Road(
            f"R{n:05d}", name, way.kind, way.number, towns[k].insee, way.width, round(way.width * share, 1),
            piece.start, piece.end, piece.line,
        ))  # fmt: skip
    return out


def _commune(spot: Point, towns: Sequence[Commune]) -> int:
    return int(np.argmin(shapely.distance([c.geom for c in towns], spot).round(2)))


class _Christener:
    """Gives names from the pools, each once in a commune."""

    def __init__(self, land: Terrain, towns: Sequence[Commune], rng: Generator) -> None:
        self.land, self.given = land, dict[tuple[int, int, str], str]()
        self.cores = [land.villages[k].outline.buffer(12) for k in range(len(towns))]
        self.pools = [
            {
                "core": self._shuffle(names.CORE_STREETS, rng),
                "estate": self._shuffle(names.ESTATE_STREETS, rng),
                "close": self._shuffle(names.CLOSES, rng),
                "place": self._shuffle(names.PLACES, rng),
            }
            for _ in towns
        ]

    @staticmethod
    def _shuffle(pool: Sequence[str], rng: Generator) -> Iterator[str]:
        mixed = [pool[int(i)] for i in rng.permutation(len(pool))]
        return iter(mixed)

    def name(self, piece: Stretch, way: Way, k: int, middle: Point) -> str:
        inside = self.cores[k].contains(middle)
        zone = self._zone(way, k, middle, inside)
        key = (piece.way, k, zone)
        if key not in self.given:
            self.given[key] = self._fresh(way, k, zone)
        return self.given[key]

    def _zone(self, way: Way, k: int, middle: Point, inside: bool) -> str:
        if way.role == "ring":
            centre = self.land.villages[k].centre
            turn = atan2(middle.y - centre[1], middle.x - centre[0])
            return f"ring{int((turn + pi) / (2 * pi) * 4) % 4}"
        return "inside" if inside else "outside"

    def _fresh(self, way: Way, k: int, zone: str) -> str:
        if way.ends:
            other = way.ends[0] if way.ends[1] == k else way.ends[1]
            place = names.COMMUNES[other][1] if isinstance(other, int) else other
            return f"{'Rue' if zone == 'inside' else 'Route'} {names.of(place)}"
        if zone.startswith("ring"):
            return RING_NAMES[int(zone[4])]
        if zone == "outside":
            return f"{'Route' if way.kind == 'communale' else 'Chemin rural'} {self._place(k)}"
        pool = "close" if way.role == "close" else "core" if way.kind == "communale" else "estate"
        return next(chain(self.pools[k][pool], (f"Rue {names.of(p)}" for p in self.pools[k]["place"])))

    def _place(self, k: int) -> str:
        return names.of(next(self.pools[k]["place"], "la Plaine"))
