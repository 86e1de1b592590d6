"""Drinking water of one community: a catchment, its treatment and its tank, mains and loops along the roads that have
addresses, valves where mains part, hydrants, and a connection for every address beside a pipe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from shapely.geometry import LineString, Point

from demo.networks.model import Plan
from demo.networks.ways import Graph, Xy, cut, shift_line
from demo.territory import Address, Commune, Road, Territory

SHIFT = (1.0, 0.6)
HYDRANT_EVERY_M, VALVE_AT_M, LONGEST_M = 190.0, 4.0, 320.0
LATEST = 2025
# Laid by decade: material, years.
LAID = (("fg", 1952, 1968), ("amci", 1960, 1976), ("fd", 1972, 2004), ("pvc", 1978, 2012), ("pehd", 2001, 2024))
SENSITIVE = (
    ("dialysis", None), ("care_home", "EHPAD Les Tilleuls"),
    ("care_home", "Foyer de vie du Val"), ("industry", "Fromagerie de la Plaine"),
    ("industry", "Élevage du Grand Clos"),
)  # fmt: skip
DEFECTS = ("01", "02", "02", "04", "05", "05", "06")
CAUSES = ("corrosion", "corrosion", "ground", "frost", "third_party", "pressure", "unknown")


def water(territory: Territory, communes: Sequence[Commune], prefix: str, chance: Random) -> Plan:
    """The plan of one member's drinking water."""
    plan = Plan("water", prefix, chance)
    insee = {commune.insee for commune in communes}
    served = addresses_by_road(territory, insee)
    graph = Graph.of(road for road in territory.roads if road.insee in insee)
    centre = communes[0].centre
    root = graph.nearest((centre.x + 420, centre.y + 380))
    tree = graph.tree(root)
    used = roads_needed(graph, tree, served)
    loads = load_of(graph, tree, used, served)
    meeting = meetings(graph, used)
    for road_id in sorted(used):
        lay(plan, graph.roads[road_id], loads[road_id], meeting, served[road_id])
    supply(plan, shift_place(graph.place(root)))
    second_feed(plan, graph, used, root)
    close_ends(plan)
    spoil(plan)
    mark_sensitive(plan, territory, insee)
    repair(plan)
    return plan


def shift_place(place: Xy) -> Xy:
    return round(place[0] + SHIFT[0], 3), round(place[1] + SHIFT[1], 3)


def addresses_by_road(territory: Territory, insee: set[str]) -> dict[str, list[Address]]:
    found: dict[str, list[Address]] = defaultdict(list)
    for address in territory.addresses:
        if address.insee in insee:
            found[address.road_id].append(address)
    return found


def roads_needed(
    graph: Graph, tree: Mapping[int, tuple[float, str | None]], served: Mapping[str, list[Address]]
) -> set[str]:
    """Every road with addresses, and the shortest ways from the root to both of its ends."""
    used: set[str] = set()
    for road_id, road in graph.roads.items():
        if served.get(road_id) and road.start_node in tree and road.end_node in tree:
            used.add(road_id)
            for end in (road.start_node, road.end_node):
                used.update(by for _node, by in graph.way(tree, end))
    return used


def load_of(
    graph: Graph,
    tree: Mapping[int, tuple[float, str | None]],
    used: set[str],
    served: Mapping[str, list[Address]],
) -> dict[str, int]:
    """How many addresses draw their water through each road."""
    loads = dict.fromkeys(used, 0)
    for road_id in used:
        count = len(served.get(road_id, ()))
        loads[road_id] += count
        road = graph.roads[road_id]
        near = min(road.start_node, road.end_node, key=lambda node: tree[node][0])
        for _node, by in graph.way(tree, near):
            if by != road_id:
                loads[by] += count
    return loads


def meetings(graph: Graph, used: set[str]) -> dict[int, int]:
    count: dict[int, int] = defaultdict(int)
    for road_id in used:
        for node in (graph.roads[road_id].start_node, graph.roads[road_id].end_node):
            count[node] += 1
    return count


def diameter(load: int) -> int:
    return next(
        size for least, size in ((500, 250), (250, 200), (110, 150), (40, 100), (12, 80), (0, 63)) if load >= least
    )


def lay(plan: Plan, road: Road, load: int, meeting: Mapping[int, int], served: Sequence[Address]) -> None:
    """The pipes of one road, cut at its valves and hydrants."""
    line = shift_line(road.geom, *SHIFT)
    length = float(line.length)
    kinds: dict[float, str] = {}
    if length > 4 * VALVE_AT_M:
        if meeting[road.start_node] > 2 and plan.chance.random() < 0.85:
            kinds[VALVE_AT_M] = "valve"
        if meeting[road.end_node] > 2 and plan.chance.random() < 0.6:
            kinds[length - VALVE_AT_M] = "valve"
        for n in range(int(length // LONGEST_M)):
            kinds[(n + 1) * length / (length // LONGEST_M + 1) + 1.5] = "valve"
        if diameter(load) >= 80 and served:
            for n in range(max(1, int(length // HYDRANT_EVERY_M))):
                kinds[(n + 0.5) * length / max(1, int(length // HYDRANT_EVERY_M))] = "hydrant"
    made = pipe_attributes(plan.chance, diameter(load))
    stops, first = sorted(kinds), len(plan.pipes)
    for piece in cut(line, stops):
        plan.pipe(piece, **made)
    for stop in stops:
        point = line.interpolate(stop)
        plan.node((point.x, point.y), kinds[stop], **equipment(kinds[stop], plan.chance, made))
    connect(plan, served, range(first, len(plan.pipes)), made)


def pipe_attributes(chance: Random, size: int) -> dict[str, Any]:
    material, since, until = LAID[min(4, int(chance.triangular(0, 5, 2.6)))]
    year = chance.randrange(since, until)
    exact = chance.random() < 0.6
    return {
        "diameter_mm": size,
        "material": material,
        "function": "01" if size >= 200 else "02",
        "content": "02",
        "flow_mode": "02",
        "laid_from_year": year if exact else year - year % 10,
        "laid_to_year": year if exact else min(year - year % 10 + 9, LATEST),
        "year_quality": "02" if exact else "05",
        "precision_xy": chance.choice("AABBBC" if year > 1995 else "BBCCC"),
        "precision_z": chance.choice("BCC"),
        "depth_m": round(chance.uniform(0.8, 1.4), 2),
    }


def equipment(kind: str, chance: Random, made: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {"diameter_mm": made["diameter_mm"], "laid_from_year": made["laid_from_year"],
                              "laid_to_year": made["laid_to_year"], "precision_xy": made["precision_xy"]}  # fmt: skip
    if kind == "valve":
        odds = chance.random()
        values |= {"position": "open", "condition": "broken" if odds < 0.05 else "buried" if odds < 0.09 else "working"}
    if kind == "hydrant":
        values |= {"diameter_mm": 100, "subtype": "poteau", "flow_m3h": round(chance.uniform(25, 110)),
                   "pressure_bar": round(chance.uniform(1.4, 5.5), 1)}  # fmt: skip
    return values


def connect(plan: Plan, served: Sequence[Address], pipes: range, made: Mapping[str, Any]) -> None:
    for address in served if pipes else ():
        nearest = min(pipes, key=lambda n: plan.pipes[n][0].distance(address.geom))
        way = plan.pipes[nearest][0]
        foot = way.interpolate(way.project(address.geom))
        # The meter stands a little before the house, on the way from the pipe.
        at = Point(round(0.8 * address.geom.x + 0.2 * foot.x, 3), round(0.8 * address.geom.y + 0.2 * foot.y, 3))
        values = {
            "reference": plan.number("BR"),
            "address": f"{address.label}, {address.postcode} {address.commune}",
            "dwellings": 1 if plan.chance.random() < 0.94 else plan.chance.randrange(2, 9),
            "meter": f"{plan.chance.randrange(10**7, 10**8)}",
            "diameter_mm": 25,
            "material": "pehd" if made["laid_to_year"] > 1980 or plan.chance.random() < 0.7 else "pb",
        }
        plan.connections.append((at, nearest, values))


def supply(plan: Plan, root: Xy) -> None:
    """Catchment, pumps and treatment, then the tank above the first junction."""
    x, y = root
    main: dict[str, Any] = {
        "diameter_mm": 250, "material": "fd", "function": "01", "content": "02", "flow_mode": "02",
        "laid_from_year": 1984, "laid_to_year": 1984, "year_quality": "01", "precision_xy": "A",
    }  # fmt: skip
    tank, plant, pump, well = (x + 38, y + 52), (x + 96, y + 104), (x + 131, y + 160), (x + 152, y + 178)
    outlet, inlet = (x + 3, y + 4.1), (x + 93, y + 100)
    plan.node(tank, "tank", name="Réservoir sur tour", capacity_m3=600.0, ground_z=131.0, z=152.0)
    plan.node(plant, "treatment", name="Usine de traitement")
    plan.node(pump, "pump", name="Station de pompage")
    plan.node(well, "catchment", name="Forage F1")
    plan.node(outlet, "valve", position="open", condition="working", diameter_mm=250)
    plan.node(inlet, "valve", position="open", condition="working", diameter_mm=250)
    for line in ([root, outlet], [outlet, tank], [tank, inlet], [inlet, plant]):
        plan.pipe(LineString(line), **main)
    for line in ([plant, pump], [pump, well]):
        plan.pipe(LineString(line), **main | {"content": "01"})


def second_feed(plan: Plan, graph: Graph, used: set[str], root: int) -> None:
    """Far from the tank, water can be bought from the neighbour: behind a valve that is closed."""
    nodes = {node for road_id in used for node in (graph.roads[road_id].start_node, graph.roads[road_id].end_node)}
    here = Point(graph.place(root))
    far = max(nodes, key=lambda node: (Point(graph.place(node)).distance(here), node))
    x, y = shift_place(graph.place(far))
    valve, bought = (x + 4, y - 3), (x + 46, y - 35)
    made = pipe_attributes(plan.chance, 150) | {"material": "fd"}
    plan.node(valve, "valve", position="closed", condition="working", diameter_mm=150)
    plan.node(bought, "import", name="Interconnexion avec le syndicat voisin")
    for line in ([(x, y), valve], [valve, bought]):
        plan.pipe(LineString(line), **made)


def close_ends(plan: Plan) -> None:
    """A cap or a drain at the blind ends, a tee where pipes part."""
    count: dict[Xy, int] = defaultdict(int)
    for line, _values in plan.pipes:
        for i in (0, -1):
            count[(line.coords[i][0], line.coords[i][1])] += 1
    for place in sorted(plan.nodes):
        if plan.nodes[place]["kind"] == "junction" and count[place] != 2:
            if count[place] > 2:
                plan.node(place, "fitting", subtype="te")
            elif plan.chance.random() < 0.5:
                plan.node(place, "drain")
            else:
                plan.node(place, "fitting", subtype="bouchon")


def spoil(plan: Plan) -> None:
    """What a real network has: valves left closed, cells that nobody filled in, pipes out of service."""
    valves = sorted(place for place, values in plan.nodes.items() if values["kind"] == "valve")
    for place in plan.chance.sample(valves, len(valves) // 40):
        if plan.nodes[place]["diameter_mm"] < 150:
            plan.nodes[place] |= {"position": "closed", "condition": "working"}
    for _line, values in plan.pipes:
        odds = plan.chance.random()
        if odds < 0.03:
            values["diameter_mm"] = None
        elif odds < 0.06:
            values["material"] = None


def mark_sensitive(plan: Plan, territory: Territory, insee: set[str]) -> None:
    """Schools where the plan has them; some other users drawn by chance."""
    schools = [parcel.geom for parcel in territory.parcels if parcel.insee in insee and parcel.use == "school"]
    for school in schools:
        nearest = min(range(len(plan.connections)), key=lambda n: plan.connections[n][0].distance(school))
        plan.connections[nearest][2].update(sensitive="school", sensitive_name="École communale")
    free = [n for n, (_at, _pipe, values) in enumerate(plan.connections) if "sensitive" not in values]
    for n, (kind, name) in zip(plan.chance.sample(free, len(SENSITIVE)), SENSITIVE, strict=True):
        plan.connections[n][2].update(sensitive=kind, sensitive_name=name)


def repair(plan: Plan) -> None:
    """Ten years of repairs, more of them on old pipes."""
    weights = [
        float(line.length) * {"fg": 4, "amci": 5, "pvc": 2, "fd": 1}.get(values["material"] or "", 1)
        for line, values in plan.pipes
    ]
    for _n in range(60):
        (line, values), *_others = plan.chance.choices(plan.pipes, weights)
        at = line.interpolate(plan.chance.random(), normalized=True)
        year, month, day = (plan.chance.randrange(*bounds) for bounds in ((2016, 2026), (1, 13), (1, 29)))
        told = {
            "reference": plan.number("REP"),
            "network": "water",
            "repaired_date": f"{year}-{month:02d}-{day:02d}",
            "repaired": "01",
            "defect": plan.chance.choice(DEFECTS),
            "cause": plan.chance.choice(CAUSES),
            "object_reference": values["reference"],
            "material": values["material"],
            "diameter_mm": values["diameter_mm"],
            "laid_year": values["laid_to_year"],
        }
        plan.repairs.append((Point(round(at.x, 2), round(at.y, 2)), told))
