"""From pieces of ground to the cadastral plan: one clean coverage, sections, numbers, register data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import atan2, cos, hypot, pi, sin

import numpy as np
import shapely
from numpy.random import Generator
from shapely.geometry import Point, Polygon

from .blocks import Block
from .geometry import GRID, Floats, faces, frame, polygons
from .model import Commune, Parcel, Section, Surface
from .names import COMMUNES, POSTCODES
from .plots import Piece, Verges
from .terrain import Terrain

PREFIX = "000"
SMALLEST = {"core": 22.0, "edge": 130.0, "estate": 200.0, "plain": 700.0, "wood": 1500.0}


@dataclass(slots=True)
class Lot:
    """A parcel before it has a number."""

    geom: Surface
    use: str
    block: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The coverage: lots that share their vertices, and the whole of each block, roads included."""

    lots: list[Lot]
    cells: dict[int, Surface]
    public: list[Polygon]
    """Roads, squares and rivers, block by block."""


def cover(blocks: Sequence[Block], pieces: Sequence[Piece]) -> Plan:
    """Node every limit on the centimetre grid and build the lots again from the faces."""
    found = faces([*(b.cell.boundary for b in blocks), *(p.geom.boundary for p in pieces)])
    spots = shapely.point_on_surface(found)
    cell_of = _within(spots, [b.cell for b in blocks])
    piece_of = _pieces_of(spots, cell_of, pieces)
    cells: dict[int, list[Polygon]] = defaultdict(list)
    lots: dict[int, list[Polygon]] = defaultdict(list)
    for face, cell, piece in zip(found, cell_of, piece_of, strict=True):
        if cell >= 0:
            cells[cell].append(face)
        if piece >= 0:
            lots[piece].append(face)
    public = [f for f, cell, piece in zip(found, cell_of, piece_of, strict=True) if cell >= 0 > piece]
    made = [
        Lot(g, pieces[k].use, pieces[k].block)
        for k, fs in sorted(lots.items())
        for g in polygons(shapely.union_all(fs))
    ]
    whole = {k: _surface(fs) for k, fs in sorted(cells.items())}
    return Plan(_merge_slivers(made, blocks), whole, public)


def _within(spots: Sequence[Point], areas: Sequence[Polygon]) -> list[int]:
    out = np.full(len(spots), -1)
    who, where = shapely.STRtree(areas).query(spots, predicate="within")
    out[who] = where
    return [int(k) for k in out]


def _pieces_of(spots: Sequence[Point], cell_of: Sequence[int], pieces: Sequence[Piece]) -> list[int]:
    """The piece of each face, of the same block; hairline faces that rounding left go to the piece beside them."""
    inside = [k if k >= 0 and pieces[k].block == cell else -1
              for k, cell in zip(_within(spots, [p.geom for p in pieces]), cell_of, strict=True)]  # fmt: skip
    lost = [i for i, k in enumerate(inside) if k < 0 <= cell_of[i]]
    who, near = shapely.STRtree([p.geom for p in pieces]).query([spots[i] for i in lost], "dwithin", 2 * GRID)
    for w, k in sorted(zip(who.tolist(), near.tolist(), strict=True)):
        if inside[lost[w]] < 0 and pieces[k].block == cell_of[lost[w]]:
            inside[lost[w]] = k
    return inside


def _surface(parts: Sequence[Surface]) -> Surface:
    whole = shapely.union_all(list(parts))
    assert isinstance(whole, Surface)
    return whole


def _merge_slivers(lots: list[Lot], blocks: Sequence[Block]) -> list[Lot]:
    """Give what is too small to be a parcel to the neighbour with the longest common limit."""
    by_block: dict[int, list[Lot]] = defaultdict(list)
    for lot in lots:
        by_block[lot.block].append(lot)
    out: list[Lot] = []
    for block, mine in sorted(by_block.items()):
        small = sorted((x for x in mine if _too_small(x, blocks[block].kind)), key=lambda x: x.geom.area)
        for lot in small:
            others = [o for o in mine if o is not lot]
            shared = [_common_length(o.geom, lot.geom) for o in others]
            if others and max(shared) > 0.5:
                host = others[int(np.argmax(shared))]
                host.geom = _surface([host.geom, lot.geom])
                mine.remove(lot)
        out += [x for x in mine if x.geom.area > 4]
    return out


def _common_length(one: Surface, two: Surface) -> float:
    """The length (m) of the common limit."""
    return float(shapely.length(shapely.intersection(one, two))) if shapely.intersects(one, two) else 0.0


def open_up(plan: Plan, edges: Verges) -> None:
    """Join the house plots that no road reaches to the neighbour in front of them."""
    by_block: dict[int, list[Lot]] = defaultdict(list)
    for lot in plan.lots:
        if lot.use == "house":
            by_block[lot.block].append(lot)
    gone: set[int] = set()
    for _, lots in sorted(by_block.items()):
        front = [lot for lot in lots if _touches_road(lot, edges)]
        for lot in (x for x in lots if x not in front):
            shared = [_common_length(o.geom, lot.geom) if o.geom.area + lot.geom.area < 2_600 else 0.0 for o in front]
            if front and max(shared) > 6:
                host = front[int(np.argmax(shared))]
                host.geom = _surface([host.geom, lot.geom])
                gone.add(id(lot))
    plan.lots[:] = [lot for lot in plan.lots if id(lot) not in gone]


def _touches_road(lot: Lot, edges: Verges) -> bool:
    xy = shapely.get_coordinates(lot.geom)
    steps = np.diff(xy, axis=0)
    gaps, _ = edges.gaps((xy[:-1] + xy[1:]) / 2)
    return bool(np.any((gaps < 1.3) & (np.hypot(steps[:, 0], steps[:, 1]) > 2.5)))


def _too_small(lot: Lot, kind: str) -> bool:
    if lot.use in ("technical", "pond", "church", "townhall"):
        return False
    built = lot.use in ("house", "hamlet", "farm", "core")
    least = 300.0 if lot.use == "hamlet" else SMALLEST[kind if not built or kind == "core" else "edge"]
    thin = lot.geom.area / max(lot.geom.length, 1e-6) < (1.1 if kind == "core" else 2.2)
    return bool(lot.geom.area < least or thin)


def sections(plan: Plan, blocks: Sequence[Block], terrain: Terrain) -> list[Section]:
    """Share the blocks of each commune among sections and write the code on every lot."""
    code_of: dict[int, str] = {}
    count: dict[int, int] = defaultdict(int)
    for lot in plan.lots:
        count[lot.block] += 1
    for k in range(len(COMMUNES)):
        mine = [b for b in blocks if b.commune == k and b.index in plan.cells]
        codes = _codes(mine, count, terrain.villages[k].centre)
        code_of |= _in_one_piece(codes, plan.cells)
    for lot in plan.lots:
        lot.section = code_of[lot.block]
    return _section_surfaces(plan, blocks, code_of)


def _codes(mine: list[Block], count: dict[int, int], centre: Floats) -> dict[int, str]:
    out: dict[int, str] = {}
    core = [b for b in mine if b.kind == "core"]
    edge = [b for b in mine if b.kind in ("edge", "estate")]
    wood = [b for b in mine if b.kind == "wood"]
    plain = [b for b in mine if b.kind == "plain"]
    if sum(b.cell.area for b in wood) < 400_000:
        wood, plain = [], plain + wood
    for letter, group in zip("ABCDEFG", _sectors(wood, count, centre, 60), strict=False):
        out |= {b.index: "0" + letter for b in group}
    for letter, group in zip("BCDEFGHIKLM", [core, *_sectors(edge, count, centre, 190)], strict=False):
        out |= {b.index: "A" + letter for b in group}
    for letter, group in zip("ABCDEHIKLMN", _sectors(plain, count, centre, 95), strict=False):
        out |= {b.index: "Z" + letter for b in group}
    return out


def _in_one_piece(codes: dict[int, str], cells: dict[int, Surface]) -> dict[int, str]:
    """Give the blocks that are cut off from the rest of their section to the section they touch most."""
    for _ in range(3):
        for code in sorted(set(codes.values())):
            mine = [b for b, c in codes.items() if c == code]
            whole = max(polygons(_surface([cells[b] for b in mine])), key=lambda p: p.area)
            for b in mine:
                if not whole.contains(shapely.point_on_surface(cells[b])):
                    codes[b] = _best_neighbour(b, codes, cells)
    return codes


def _best_neighbour(block: int, codes: dict[int, str], cells: dict[int, Surface]) -> str:
    shared: dict[str, float] = defaultdict(float)
    village = codes[block].startswith("A")
    for other, code in codes.items():
        if other != block:
            likely = 1.0 if code.startswith("A") == village else 0.05
            shared[code] += likely * _common_length(cells[other], cells[block])
    return max(sorted(shared), key=lambda c: shared[c], default=codes[block])


def _sectors(blocks: list[Block], count: dict[int, int], centre: Floats, size: int) -> list[list[Block]]:
    """Slices of a pie round the village, of about `size` parcels each."""
    around = sorted(blocks, key=lambda b: -atan2(b.cell.centroid.y - centre[1], b.cell.centroid.x - centre[0]))
    total = sum(count[b.index] for b in around)
    share = max(1.0, total / max(1, round(total / size)))
    out: list[list[Block]] = []
    seen = 0.0
    for b in around:
        k = int(seen / share)
        while len(out) <= min(k, 10):
            out.append([])
        out[-1].append(b)
        seen += count[b.index]
    return [g for g in out if g]


def _section_surfaces(plan: Plan, blocks: Sequence[Block], code_of: dict[int, str]) -> list[Section]:
    groups: dict[tuple[int, str], list[Surface]] = defaultdict(list)
    for b in blocks:
        if b.index in plan.cells:
            groups[(b.commune, code_of[b.index])].append(plan.cells[b.index])
    out = []
    for (k, code), parts in sorted(groups.items()):
        insee = str(45901 + k)
        out.append(Section(insee + PREFIX + code, insee, PREFIX, code, _surface(parts)))
    return out


def communes(found: Sequence[Section], terrain: Terrain) -> list[Commune]:
    """Each commune is the union of its sections."""
    out = []
    for k, (name, _, epci) in enumerate(COMMUNES):
        insee = str(45901 + k)
        geom = _surface([s.geom for s in found if s.insee == insee])
        centre = Point(np.round(terrain.villages[k].centre, 2))
        out.append(Commune(insee, name, POSTCODES[epci], epci, geom, centre))
    return out


def number(plan: Plan, blocks: Sequence[Block], rng: Generator) -> list[Parcel]:
    """Number the lots of each section as a surveyor walks it, later divisions at the end."""
    groups: dict[tuple[int, str], list[Lot]] = defaultdict(list)
    for lot in plan.lots:
        groups[(blocks[lot.block].commune, lot.section)].append(lot)
    out = []
    for (commune, code), lots in sorted(groups.items()):
        lots = _twin(lots, rng)
        for n, lot, late in _numbers(_walk(lots, blocks), rng):
            out.append(_parcel(str(45901 + commune), code, n, lot, late, rng))
    return out


def _twin(lots: list[Lot], rng: Generator) -> list[Lot]:
    """Now and then two pieces either side of a lane are one parcel."""
    wide = [x for x in lots if x.use in ("field", "meadow", "wood")]
    if len(wide) < 8 or rng.random() < 0.35:
        return lots
    for first in (wide[int(i)] for i in rng.permutation(len(wide))[:12]):
        near = [
            o
            for o in wide
            if o.block != first.block and 2 < shapely.distance(o.geom, first.geom) < 9 and o.use == first.use
        ]
        if near:
            first.geom = _surface([first.geom, near[0].geom])
            return [x for x in lots if x is not near[0]]
    return lots


def _walk(lots: list[Lot], blocks: Sequence[Block]) -> list[Lot]:
    by_block: dict[int, list[Lot]] = defaultdict(list)
    for lot in lots:
        by_block[lot.block].append(lot)
    spots = {k: blocks[k].cell.centroid for k in by_block}
    height = max(60.0, (sum(blocks[k].cell.area for k in by_block) ** 0.5) / 3)
    top = max(p.y for p in spots.values())
    rows: dict[int, list[int]] = defaultdict(list)
    for k, p in sorted(spots.items()):
        rows[int((top - p.y) / height)].append(k)
    out: list[Lot] = []
    for i, (_, row) in enumerate(sorted(rows.items())):
        for k in sorted(row, key=lambda b: spots[b].x, reverse=bool(i % 2)):
            out += _walk_block(by_block[k], blocks[k])
    return out


def _walk_block(lots: list[Lot], block: Block) -> list[Lot]:
    """Row after row, there and back, along the long side of the block."""
    _, _, angle, _, width = frame(block.cell)
    angle = angle if -pi / 2 < angle <= pi / 2 else angle - pi
    spots = [(lot, lot.geom.centroid) for lot in lots]
    placed = [(lot, p.x * cos(angle) + p.y * sin(angle), p.y * cos(angle) - p.x * sin(angle)) for lot, p in spots]
    typical = float(np.median([hypot(x.geom.area**0.5, 1) for x in lots]))
    rows = max(1, min(9, round(width / max(28.0, 1.6 * typical))))
    top, span = max(v for *_, v in placed), max(1e-6, float(np.ptp([v for *_, v in placed])))
    keyed = [(min(rows - 1, int((top - v) / span * rows)), u, lot) for lot, u, v in placed]
    return [lot for r, u, lot in sorted(keyed, key=lambda t: (t[0], t[1] if t[0] % 2 == 0 else -t[1]))]


def _numbers(lots: list[Lot], rng: Generator) -> list[tuple[int, Lot, bool]]:
    """(number, lot, late). A divided parcel's number is never given again: its parts come at the end."""
    out, late, n, i = [], [], 0, 0
    while i < len(lots):
        n += 1
        built = lots[i].use in ("core", "house", "hamlet", "activity")
        if rng.random() < (0.035 if built else 0.015) and i + 1 < len(lots):
            late += lots[i : i + 2]
            i += 2
            continue
        out.append((n, lots[i], False))
        i += 1
    return out + [(n + 1 + k, lot, True) for k, lot in enumerate(late)]


def _parcel(insee: str, code: str, n: int, lot: Lot, late: bool, rng: Generator) -> Parcel:
    surveyed = late or rng.random() < 0.16
    area = lot.geom.area
    spread = 0.002 if surveyed else 0.013 if rng.random() < 0.9 else 0.045
    written = area * (1 + spread * float(rng.uniform(-1, 1) + rng.uniform(-1, 1)) / 1.2)
    if lot.use in ("field", "meadow", "wood", "strip") and not surveyed:
        written = round(written, -1)
    born = date(2003 + int(insee) % 5, 4 + int(insee) % 6, 14)
    if late:
        born = date(2008, 1, 7) + timedelta(days=int(rng.integers(0, 6_200)))
    changed = born + timedelta(days=int(rng.integers(0, 900))) if rng.random() < 0.3 else born
    return Parcel(
        f"{insee}{PREFIX}{code}{n:04d}", insee, PREFIX, code, n, max(1, round(written)), surveyed, born, changed,
        lot.use, None, shapely.set_precision(lot.geom, GRID, mode="pointwise"),
    )  # fmt: skip
