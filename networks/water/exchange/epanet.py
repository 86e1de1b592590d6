"""A drinking water network as an EPANET input file (.inp): in metres, millimetres and litres a second, EPSG:2154.

What an import of EPANET made of a link (`importers.epanet`) becomes that link again: a pump or valve halfway between
two pipes, a pipe with a closed valve on it. Another pump or regulator with two pipes stands between two junctions of
one place. What EPANET asks for and nobody knows has a usual value, and is told.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _
from shapely.geometry import LineString
from shapely.ops import linemerge

from networks.water.code_lists import IN_SERVICE
from networks.water.exchange.network import OneNetwork, Row, RowProgress

LONGEST_NAME: Final = 31
DIAMETER_MM: Final = 100
ROUGHNESS: Final = 100
LEVEL_M: Final = 4.0
CAPACITY_M3: Final = 500.0
POWER_KW: Final = 10
VALVES: Final = frozenset({"prv", "psv", "pbv", "fcv", "tcv"})
LINK_KINDS: Final = frozenset({"pump", "regulator", "valve"})
NO_NAME: Final = re.compile(r'[\s;"]+')


@dataclass(slots=True)
class Names:
    """Identifiers that EPANET takes, each once: nodes have theirs, links theirs. `changed` counts those that it did
    not take as they were.
    """

    taken: set[str] = field(default_factory=set)
    changed: int = 0

    def add(self, wanted: str) -> str:
        """The identifier for one that is wanted: without blanks, at most 31 characters, numbered where it is taken."""
        plain = NO_NAME.sub("_", wanted)[:LONGEST_NAME] or "_"
        name, number = plain, 1
        while name.upper() in self.taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}-{number}"
        self.taken.add(name.upper())
        self.changed += name != wanted
        return name


@dataclass(slots=True)
class Link:
    """A link from node to node: `kind` is pipe, pump, or EPANET's word for a valve."""

    name: str
    start: int
    end: int
    kind: str
    row: Row
    line: LineString
    status: str = ""


@dataclass(slots=True)
class Model:
    """The network as EPANET has it. `nodes` by id; a node that was put beside a pump or valve has a negative one."""

    nodes: dict[int, Row]
    links: list[Link] = field(default_factory=list)
    losses: Counter[str] = field(default_factory=Counter)


def write_epanet(network: OneNetwork, path: Path, progress: RowProgress) -> tuple[dict[str, int], list[str]]:
    """Write the file; how many lines each section has, and in words what could not be said."""
    model = model_of(network, progress)
    sections = sections_of(model, network)
    lines = ["[TITLE]", f"{network.member}", ""]
    for name, rows in sections.items():
        lines += [f"[{name}]", *("\t".join(map(str, row)) for row in rows), ""]
    lines += ["[OPTIONS]", "Units\tLPS", "Headloss\tH-W", "", "[END]", ""]
    path.write_text("\r\n".join(lines), encoding="utf-8")
    counts = {name: len(rows) for name, rows in sections.items() if name not in ("COORDINATES", "VERTICES", "STATUS")}
    return counts, [text % {"count": count} for text, count in model.losses.items()]


# -- nodes and pipes as nodes and links -------------------------------------------------------------------------------


def model_of(network: OneNetwork, progress: RowProgress) -> Model:
    """The nodes and links of what is in service."""
    model = Model({})
    for row in network.nodes():
        progress(1)
        if is_in_service(row, model):
            model.nodes[row["id"]] = row
    pipes = []
    for row in network.pipes():
        progress(1)
        if not is_in_service(row, model):
            continue
        if row["start_node_id"] in model.nodes and row["end_node_id"] in model.nodes:
            pipes.append(row)
        else:
            model.losses[_("%(count)s pipes left out: an end of them is not in service, or you may not see it.")] += 1
    if connections := network.counts["connections"]:
        model.losses[_("%(count)s service connections left out: EPANET has demands at nodes instead.")] = connections
        progress(connections)
    progress(network.counts["repairs"])
    fill_links(model, network, pipes)
    leave_lone_nodes(model)
    return model


def is_in_service(row: Row, model: Model) -> bool:
    if row["service_state"] in (None, IN_SERVICE):
        return True
    model.losses[_("%(count)s objects left out: they are not in service.")] += 1
    return False


def fill_links(model: Model, network: OneNetwork, pipes: list[Row]) -> None:
    """Fittings become links with the pipes on both sides, what is left of the pipes stays pipes."""
    ends: dict[int, list[Row]] = defaultdict(list)
    for row in pipes:
        ends[row["start_node_id"]].append(row)
        ends[row["end_node_id"]].append(row)
    used: set[int] = set()
    for node in list(model.nodes.values()):
        around = ends[node["id"]]
        closed = node["kind"] == "valve" and node["position"] == "closed"
        if len(around) != 2 or around[0]["id"] == around[1]["id"] or not {one["id"] for one in around}.isdisjoint(used):
            if node["kind"] in ("pump", "regulator") or closed:
                model.losses[
                    _("%(count)s pumps, regulators or closed valves became junctions: they have not two pipes.")
                ] += 1
        elif came_from_link(node, around) and (link := link_through(model, network, node, around)):
            model.links.append(link)
            used |= {one["id"] for one in around}
            del model.nodes[node["id"]]
        elif node["kind"] in ("pump", "regulator") or closed:
            model.links.append(link_in_place(model, network, node, around))
    for row in pipes:
        if row["id"] not in used:
            model.links.append(pipe_link(row, network.pipe_keys[row["id"]]))


def came_from_link(node: Row, around: list[Row]) -> bool:
    """Whether an import put the node halfway on a link of EPANET."""
    more = node["more"]
    if "epanet_closed" in more:
        return any(one["reference"] == more["epanet_closed"] for one in around)
    return "epanet_link" in more and all("epanet_link" in one["more"] for one in around)


def link_through(model: Model, network: OneNetwork, node: Row, around: list[Row]) -> Link | None:
    """The link that both pipes of a node are, from the first node to the last; None where they do not follow on."""
    first, second = sorted(around, key=lambda one: one["end_node_id"] != node["id"])
    if first["end_node_id"] != node["id"] or second["start_node_id"] != node["id"]:
        return None
    line = linemerge([first["shape"], second["shape"]])
    if line.geom_type != "LineString":
        return None
    more = node["more"]
    if "epanet_closed" in more:
        kind, name, row = "pipe", str(more["epanet_closed"]), first | {"declared_length_m": None}
        status = "Closed"
    else:
        kind = "pump" if node["kind"] == "pump" else valve_kind(more)
        name, row = str(more.get("epanet_name") or network.node_keys[node["id"]]), node
        is_closed = node["position"] == "closed" or more.get("epanet_status") == "closed"
        status = "Closed" if is_closed else ""
    return Link(name, first["start_node_id"], second["end_node_id"], kind, row, line, status)


def valve_kind(more: dict[str, Any]) -> str:
    """EPANET's word for a valve; a valve with a curve (GPV) is a throttle: the curve is not kept."""
    kind = str(more.get("epanet_link") or "")
    return kind if kind in VALVES else "tcv"


def link_in_place(model: Model, network: OneNetwork, node: Row, around: list[Row]) -> Link:
    """A pump or valve between two junctions in its place: the second pipe begins at a new one."""
    second = next((one for one in around if one["start_node_id"] == node["id"]), around[1])
    beside = -int(node["id"])
    model.nodes[beside] = node | {"id": beside, "kind": "junction"}
    model.nodes[node["id"]] = node | {"kind": "junction"}
    end = "start_node_id" if second["start_node_id"] == node["id"] else "end_node_id"
    second[end] = beside
    kind = {"pump": "pump", "regulator": "prv"}.get(node["kind"], "tcv")
    place = node["shape"]
    line = LineString([(place.x, place.y), (place.x, place.y)])
    status = "Closed" if node["position"] == "closed" else ""
    return Link(network.node_keys[node["id"]], node["id"], beside, kind, node, line, status)


def pipe_link(row: Row, name: str) -> Link:
    status = "CV" if row["more"].get("check_valve") else "Open"
    return Link(name, row["start_node_id"], row["end_node_id"], "pipe", row, row["shape"], status)


def leave_lone_nodes(model: Model) -> None:
    """EPANET refuses nodes without a link."""
    linked = {pk for link in model.links for pk in (link.start, link.end)}
    if lone := model.nodes.keys() - linked:
        model.losses[_("%(count)s nodes left out: no pipe ends there.")] = len(lone)
        for pk in lone:
            del model.nodes[pk]


# -- sections ---------------------------------------------------------------------------------------------------------


def sections_of(model: Model, network: OneNetwork) -> dict[str, list[tuple[Any, ...]]]:
    """The lines of each section, in EPANET's order."""
    nodes, links = Names(), Names()
    names = {pk: nodes.add(network.node_keys[abs(pk)]) for pk in sorted(model.nodes, key=lambda pk: (pk < 0, abs(pk)))}
    sections: dict[str, list[tuple[Any, ...]]] = {
        name: []
        for name in (
            "JUNCTIONS",
            "RESERVOIRS",
            "TANKS",
            "PIPES",
            "PUMPS",
            "VALVES",
            "STATUS",
            "COORDINATES",
            "VERTICES",
        )
    }
    for pk, row in model.nodes.items():
        section, values = node_line(row, model)
        sections[section].append((names[pk], *values))
        sections["COORDINATES"].append((names[pk], round(row["shape"].x, 3), round(row["shape"].y, 3)))
    for link in model.links:
        name = links.add(link.name)
        section, values = link_line(link, model)
        sections[section].append((name, names[link.start], names[link.end], *values))
        if link.status == "Closed" and link.kind != "pipe":
            sections["STATUS"].append((name, "Closed"))
        sections["VERTICES"] += [(name, round(x, 3), round(y, 3)) for x, y in list(link.line.coords)[1:-1]]
    if changed := nodes.changed + links.changed:
        model.losses[
            _("%(count)s references were shortened or changed: EPANET takes 31 characters without blanks.")
        ] = changed
    return sections


def node_line(row: Row, model: Model) -> tuple[str, tuple[Any, ...]]:
    """The section of a node, and what follows its name."""
    z = row["z"]
    if z is None:
        model.losses[_("%(count)s nodes without an elevation: 0 m was written.")] += 1
        z = 0
    if row["kind"] == "catchment":
        return "RESERVOIRS", (z,)
    if row["kind"] != "tank":
        return "JUNCTIONS", (z, 0)
    capacity = row["capacity_m3"]
    model.losses[
        _("%(count)s tanks: a level of 4 m, half full, was taken (500 m³ where the capacity is not known).")
    ] += 1
    diameter = round((4 * float(capacity or CAPACITY_M3) / (3.141592653589793 * LEVEL_M)) ** 0.5, 3)
    return "TANKS", (z, LEVEL_M / 2, 0, LEVEL_M, diameter, 0)


def link_line(link: Link, model: Model) -> tuple[str, tuple[Any, ...]]:
    """The section of a link, and what follows its two nodes."""
    row = link.row
    if link.kind == "pump":
        model.losses[_("%(count)s pumps: a constant power of 10 kW was written, curves are not kept.")] += 1
        return "PUMPS", ("POWER", POWER_KW)
    diameter = row["diameter_mm"]
    if not diameter:
        model.losses[_("%(count)s links without a diameter: 100 mm was written.")] += 1
        diameter = DIAMETER_MM
    if link.kind != "pipe":
        model.losses[_("%(count)s valves: their setting is not known, 0 was written.")] += 1
        return "VALVES", (diameter, link.kind.upper(), 0, 0)
    roughness = row["more"].get("roughness")
    if roughness is None:
        model.losses[_("%(count)s pipes without a roughness: 100 (Hazen-Williams) was written.")] += 1
        roughness = ROUGHNESS
    length = row["declared_length_m"] or round(max(link.line.length, 0.01), 2)
    return "PIPES", (length, diameter, roughness, 0, link.status or "Open")
