"""What stands along the demo’s roads, made once: signs at junctions and village limits, lights, culverts, barriers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import atan2, degrees
from random import Random
from typing import Any

import shapely
from shapely.geometry import LineString, Point
from shapely.ops import substring

from demo.networks.load import insert
from gis_core.database import clock as database_clock
from gis_core.models import Commune, Member
from layers.catalogue.services import announce_changed_slugs
from networks.roads.models import RoadAsset, RoadInspection, RoadSection

SLUGS = ("departement-demo", "cc-lys", "cc-val-de-rimarde")
PREFIXES = dict(zip(SLUGS, ("CD", "LYS", "RIM"), strict=True))
POINTS, STRETCHES = 1_500, 500
SOURCE = "Données de démonstration"
BY = ("Centre d’exploitation", "Bureau de contrôle (fictif)")
BEFORE_JUNCTION_M = 9.0

type Say = Callable[[str], None]
type Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Street:
    """A section as assets need it, its line as digitised."""

    owner: int
    line: LineString
    numbered: bool
    rural: bool
    built_up: bool
    width: float
    start: int
    end: int
    insee: str
    weak: float | None

    def turn_round(self) -> Street:
        return Street(self.owner, self.line.reverse(), self.numbered, self.rural, self.built_up, self.width, self.end,
                      self.start, self.insee, self.weak)  # fmt: skip

    def beside(self, metres: float, metres_aside: float) -> tuple[Point, float]:
        """A place so far along and to the right, and where a sign's face looks to there (to who comes along)."""
        ahead = substring(self.line, metres, min(metres + 0.5, self.line.length))
        if ahead.length == 0:
            ahead = substring(self.line, max(0.0, metres - 0.5), metres)
        (ax, ay), (bx, by) = ahead.coords[0], ahead.coords[-1]
        dx, dy = (bx - ax) / ahead.length, (by - ay) / ahead.length
        bearing = 90 - degrees(atan2(-dy, -dx))
        return Point(ax + dy * metres_aside, ay - dx * metres_aside), round(bearing, 1) % 360


def seed_road_assets(seed: int, say: Say) -> None:
    """Make them where the demo's members have none. Needs the owner's role, in a transaction, and the roads."""
    members = {one.pk: one for one in Member.objects.filter(slug__in=SLUGS)}
    if RoadAsset.objects.filter(owner__in=members).exists():
        return
    streets = [street_of(one) for one in RoadSection.objects.filter(owner__in=members).order_by("pk")]
    if not streets:
        return
    say("Patrimoine routier…")
    chance = Random(f"{seed} road assets")
    signs = [*junction_signs(streets), *edge_signs(streets), *limit_signs(streets), *street_signs(streets, chance)]
    others = [*lights(streets, chance), *culverts(streets, chance), *delineators(streets, chance)]
    points = number_rows([*signs, *choose_rows(others, POINTS - len(signs), chance)], members, "P")
    lines = number_rows(choose_rows(list(stretches(streets, chance)), STRETCHES, chance), members, "L")
    inspect(RoadInspection.Of.POINT, points, insert("road_asset", points), chance)
    inspect(RoadInspection.Of.STRETCH, lines, insert("road_stretch", lines), chance)
    announce_changed_slugs(["road-assets", "road-stretches"])


def street_of(row: RoadSection) -> Street:
    line = shapely.from_wkb(bytes(row.geom.wkb))
    return Street(row.owner_id, line, row.route is not None, row.nature == "chemin", bool(row.built_up),
                  row.width_m or 5.0, row.start_node_id or 0, row.end_node_id or 0, row.insee_left or "",
                  row.max_weight_t)  # fmt: skip


def choose_rows(rows: Rows, count: int, chance: Random) -> Rows:
    return chance.sample(rows, min(count, len(rows)))


def number_rows(rows: Rows, members: dict[int, Member], letter: str) -> Rows:
    """In the order of their places, with a reference of their member."""
    counts: dict[int, int] = defaultdict(int)
    rows.sort(key=lambda row: (row["owner_id"], row["geom"].bounds))
    for row in rows:
        counts[row["owner_id"]] += 1
        row["reference"] = f"{PREFIXES[members[row['owner_id']].slug]}-{letter}{counts[row['owner_id']]:04d}"
        row["source"] = SOURCE
    return rows


def sign(street: Street, metres: float, code: str, **more: Any) -> dict[str, Any]:
    place, orientation = street.beside(metres, street.width / 2 + 1.2)
    size = "normale" if street.numbered else "petite"
    return {"owner_id": street.owner, "kind": "sign", "code": code, "orientation": orientation, "size": size,
            "geom": place, **more}  # fmt: skip


def towards(streets: list[Street]) -> dict[int, list[Street]]:
    """By node, the streets that lead to it, each turned so that it ends there."""
    found: dict[int, list[Street]] = defaultdict(list)
    for one in streets:
        found[one.end].append(one)
        found[one.start].append(one.turn_round())
    return found


def junction_signs(streets: list[Street]) -> Iterator[dict[str, Any]]:
    """Whoever comes to a numbered road from a lesser one stops, or gives way."""
    for meeting in towards(streets).values():
        if len(meeting) < 3 or not any(one.numbered for one in meeting):
            continue
        for one in meeting:
            if not one.numbered and one.line.length > 2 * BEFORE_JUNCTION_M:
                yield sign(one, one.line.length - BEFORE_JUNCTION_M, "AB4" if one.built_up else "AB3a")


def edge_signs(streets: list[Street]) -> Iterator[dict[str, Any]]:
    """Where a village begins: its name, and the name struck out for who leaves."""
    names = dict(Commune.objects.values_list("insee", "name"))
    for meeting in towards(streets).values():
        inside = [one for one in meeting if one.built_up]
        for one in meeting if inside else ():
            if one.numbered and not one.built_up and one.line.length > 60 and any(two.numbered for two in inside):
                yield sign(one, one.line.length - 4, "EB10", inscription=names.get(inside[0].insee, ""))
                yield sign(one.turn_round(), 4, "EB20", inscription=names.get(inside[0].insee, ""))


def limit_signs(streets: list[Street]) -> Iterator[dict[str, Any]]:
    for one in streets:
        if one.weak and one.line.length > 30:
            for way in (one, one.turn_round()):
                yield sign(way, 10, "B13", inscription=f"{one.weak:g} t")


def street_signs(streets: list[Street], chance: Random) -> Iterator[dict[str, Any]]:
    for one in streets:
        if one.rural or one.line.length < 50:
            continue
        for way in (one, one.turn_round()):
            lot = chance.random()
            if one.built_up and lot < 0.25:
                yield sign(
                    way, chance.uniform(12, one.line.length - 12), chance.choice(["B6a1", "C20a", "B30", "A13b"])
                )
            elif not one.built_up and one.numbered and lot < 0.8:
                code = chance.choice(["A1a", "A1b", "A15b", "B3", "B14", "AB1"])
                yield sign(way, chance.uniform(12, one.line.length - 12), code,
                           inscription="70" if code == "B14" else None)  # fmt: skip


def lights(streets: list[Street], chance: Random) -> Iterator[dict[str, Any]]:
    for one in streets:
        if one.built_up and one.line.length > 60:
            for rank in range(int(one.line.length // 45)):
                place, _bearing = one.beside(20 + rank * 45, one.width / 2 + 0.8)
                yield {"owner_id": one.owner, "kind": "lighting", "geom": place, "material": "acier",
                       "installed_date": date(1995 + chance.randrange(30), 6, 1)}  # fmt: skip


def culverts(streets: list[Street], chance: Random) -> Iterator[dict[str, Any]]:
    for one in streets:
        if not one.built_up and one.line.length > 200 and chance.random() < 0.5:
            yield {"owner_id": one.owner, "kind": "culvert", "material": chance.choice(["béton", "PEHD", "maçonnerie"]),
                   "geom": one.line.interpolate(chance.uniform(20, one.line.length - 20))}  # fmt: skip


def delineators(streets: list[Street], chance: Random) -> Iterator[dict[str, Any]]:
    for one in streets:
        if one.numbered and not one.built_up and one.line.length > 100:
            for rank in range(int(one.line.length // 100)):
                place, _bearing = one.beside(50 + rank * 100, one.width / 2 + 0.9)
                yield {"owner_id": one.owner, "kind": "marker", "geom": place}


def stretches(streets: list[Street], chance: Random) -> Iterator[dict[str, Any]]:
    """Lines on the axis, barriers, ditches and kerbs beside it."""
    for one in streets:
        if one.line.length < 40:
            continue
        row = {"owner_id": one.owner}
        if one.numbered:
            subtype = "T3, axe" if one.built_up else "T1, axe"
            yield row | {"kind": "marking", "subtype": subtype, "width_m": 0.12, "geom": one.line}
        if not one.rural:
            start = chance.uniform(0, one.line.length / 3)
            part = substring(one.line, start, one.line.length - chance.uniform(0, one.line.length / 3))
            aside = shapely.offset_curve(part, chance.choice((-1, 1)) * (one.width / 2 + 0.6))
            if aside.geom_type == "LineString" and aside.length > 20:
                kind = "kerb" if one.built_up else "barrier" if one.numbered and chance.random() < 0.4 else "ditch"
                yield row | {"kind": kind, "geom": aside}


def inspect(of: str, rows: Rows, ids: list[int], chance: Random) -> None:
    """A third of them were looked at, most are well; the worst are due again soon."""
    today, made = database_clock.today(), []
    for row, pk in zip(rows, ids, strict=True):
        if chance.random() > 0.35:
            continue
        mark = chance.choices("12345", (20, 40, 25, 11, 4))[0]
        day = today - timedelta(days=chance.randrange(10, 900))
        due = day + timedelta(days=1095 if mark in "123" else 365)
        made.append(RoadInspection(owner_id=row["owner_id"], of=of, asset_id=pk, done_date=day,
                                   done_by=chance.choice(BY), mark=mark, due_date=due))  # fmt: skip
    RoadInspection.objects.bulk_create(made)
