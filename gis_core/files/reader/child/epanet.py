"""An EPANET input file (.inp), read by WNTR: nodes and links in SI units, with the line that each stands on.

WNTR stops at the first thing that is wrong, and reads much that is no part of a network (controls, patterns, reports).
It gets only the sections of the network, without the lines that it would stumble over: each of these is a problem.
"""

import importlib.util
import io
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, BinaryIO

from .charset import of_stream
from .rows import printable
from .trouble import Trouble
from .unused import let_in
from .wire import Blob

BATCH = 5_000
LONGEST_EXCERPT = 60
LONGEST = 100
# By section: how many values a line has at least, and which of them are numbers.
NODES: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "[JUNCTIONS]": (1, (1,)),
    "[RESERVOIRS]": (2, (1,)),
    "[TANKS]": (6, (1, 2, 3, 4, 5, 6)),
}
LINKS: Mapping[str, tuple[int, tuple[int, ...]]] = {
    "[PIPES]": (6, (3, 4, 5, 6)),
    "[PUMPS]": (3, ()),
    "[VALVES]": (6, (3,)),
}
PLACES: Mapping[str, tuple[int, tuple[int, ...]]] = {"[COORDINATES]": (3, (1, 2)), "[VERTICES]": (3, (1, 2))}
END = "[END]"
KEPT = frozenset({*NODES, *LINKS, *PLACES, "[OPTIONS]", "[STATUS]", "[CURVES]", "[PATTERNS]"})
# Parts of WNTR, and what they stand on, that reading a file does not need: they are never loaded.
LEFT_OUT = (
    *("matplotlib", "networkx", "scipy"),
    *("wntr.graphics", "wntr.gis", "wntr.library", "wntr.sim", "wntr.metrics", "wntr.morph"),
)
VALVES = frozenset({"PRV", "PSV", "PBV", "FCV", "TCV", "GPV"})

# EPANET's own where a file says none; WNTR stumbles over that.
USUAL_UNITS = "GPM"

type Line = tuple[int, list[str]]
type Problem = list[Any]
type Answer = tuple[dict[str, Any], Sequence[Blob]]


class Absent(Loader, MetaPathFinder):
    """Gives an empty module for whatever is left out."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if any(name == one or name.startswith(one + ".") for one in LEFT_OUT):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []

        def missing(name: str) -> type:
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (), {})

        module.__getattr__ = missing  # type: ignore[method-assign]


def wntr_io() -> Any:
    """WNTR's reader of input files, without the rest of the package."""
    if "wntr" not in sys.modules:
        spec = importlib.util.find_spec("wntr")
        if spec is None or spec.submodule_search_locations is None:
            raise Trouble("epanet_missing")
        let_in()
        sys.meta_path.insert(0, Absent())
        package = ModuleType("wntr")
        package.__path__ = list(spec.submodule_search_locations)
        sys.modules["wntr"] = package
    from wntr.epanet import io as reading

    return reading


def frames(stream: BinaryIO, limits: Mapping[str, int]) -> Iterator[Answer]:
    """What the file is, then its nodes and links in stretches."""
    text = text_of(stream, limits)
    scan = Scan(text, limits)
    check_end(text)
    network = read(scan.text())
    head = {"units": str(network._inpfile.flow_units.name), "has_units": scan.has_units}
    yield {**head, "problems": scan.problems}, ()
    for name, rows in (("nodes", list(nodes_of(network, scan))), ("links", list(links_of(network, scan)))):
        for first in range(0, len(rows), BATCH):
            yield {name: rows[first : first + BATCH]}, ()


def check_end(text: str) -> None:
    """Raise Trouble for a file that was cut: neither [END] nor an end of its last line."""
    lines = lines_of(text)
    last = next((line for line in reversed(lines) if line.strip()), "")
    if not text.endswith(("\n", "\r")) and END not in text.upper():
        raise Trouble("epanet_cut", row=len(lines), text=printable(last.strip())[:LONGEST_EXCERPT])


def lines_of(text: str) -> list[str]:
    """Its lines: unlike `splitlines`, form feeds and separators of Unicode are part of them."""
    return [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]


def text_of(stream: BinaryIO, limits: Mapping[str, int]) -> str:
    detected = of_stream(stream, None)
    stream.seek(0)
    raw = stream.read(limits["file_bytes"] + 1)
    if len(raw) > limits["file_bytes"]:
        raise Trouble("file_too_large", limit=limits["file_bytes"])
    return raw.decode(detected.value or "utf-8", errors="replace").replace("\0", " ")


def read(text: str) -> Any:
    """The network as WNTR understands it. Raises Trouble."""
    reading = wntr_io()

    class Given:
        """In place of the file, which was read already."""

        @staticmethod
        def open(*_arguments: object, **_options: object) -> io.StringIO:
            return io.StringIO(text)

    reading.io = Given
    try:
        return reading.InpFile().read("network.inp")
    except MemoryError:
        raise
    except Exception as error:
        cause = error.__cause__ or error
        raise Trouble("epanet_unreadable", text=printable(str(cause))[:200]) from error


class Scan:
    """The lines of the network's sections; those that make no sense are taken out, each with its problem."""

    def __init__(self, text: str, limits: Mapping[str, int]) -> None:
        self.problems: list[Problem] = []
        self.rows: dict[tuple[str, str], int] = {}
        self._lines = lines_of(text)
        self._sections: dict[str, list[Line]] = {}
        self._gone: set[int] = set()
        self._split()
        if len(self.rows) > limits["features"]:
            raise Trouble("too_many_features", limit=limits["features"])
        nodes = self._index_names("node", NODES)
        links = self._index_names("link", LINKS)
        if not nodes and not links:
            raise Trouble("epanet_empty")
        self._check_ends(nodes)
        placed = self._find_placed("[COORDINATES]", nodes)
        self._find_placed("[VERTICES]", links)
        self._refer("[STATUS]", links)
        if nodes and not placed:
            raise Trouble("epanet_no_coordinates")
        for name, number in nodes.items():
            if name not in placed:
                self.problems.append([number, name, "epanet_no_place", {}])

    def text(self) -> str:
        """The sections that WNTR is to read, every line at its place."""
        kept, lines = False, []
        for number, line in enumerate(self._lines, start=1):
            head = section_in(line)
            kept = head in KEPT if head else kept
            lines.append(line if kept and number not in self._gone else "")
        if not self.has_units:
            lines += ["[OPTIONS]", f"Units {USUAL_UNITS}"]
        return "\n".join(lines)

    @property
    def has_units(self) -> bool:
        return any(values[0].upper() == "UNITS" for _number, values in self._sections.get("[OPTIONS]", []))

    def _split(self) -> None:
        section = ""
        for number, line in enumerate(self._lines, start=1):
            if head := section_in(line):
                section = head
            elif (values := line.split(";", 1)[0].split()) and section in KEPT:
                self._sections.setdefault(section, []).append((number, values))

    def _index_names(self, kind: str, sections: Mapping[str, tuple[int, tuple[int, ...]]]) -> dict[str, int]:
        """Names with their lines; of two that are called alike the first stands."""
        lines: dict[str, int] = {}
        for section, (least, numbers) in sections.items():
            for number, values in self._sections.get(section, []):
                name = values[0]
                if name in lines:
                    self._leave(number, name, "epanet_twice", row=lines[name])
                elif len(name) > LONGEST:
                    self._leave(number, name[:LONGEST_EXCERPT], "epanet_value", text=name[:LONGEST_EXCERPT])
                elif self._reads(number, values, least, numbers):
                    lines[name] = number
                    self.rows[kind, name] = number
        return lines

    def _check_ends(self, nodes: Mapping[str, int]) -> None:
        for section in LINKS:
            for number, values in self._sections.get(section, []):
                if number in self._gone:
                    continue
                missing = [end for end in values[1:3] if end not in nodes]
                if missing:
                    self._leave(number, values[0], "epanet_no_node", node=printable(missing[0])[:LONGEST_EXCERPT])
                elif values[1] == values[2]:
                    self._leave(number, values[0], "epanet_loop", node=printable(values[1])[:LONGEST_EXCERPT])
                elif section == "[VALVES]" and values[4].upper() not in VALVES:
                    self._leave(number, values[0], "epanet_value", text=printable(values[4])[:LONGEST_EXCERPT])

    def _find_placed(self, section: str, known: Mapping[str, int]) -> set[str]:
        least, numbers = PLACES[section]
        placed = set()
        for number, values in self._sections.get(section, []):
            if values[0] not in known:
                self._gone.add(number)
            elif self._reads(number, values, least, numbers):
                placed.add(values[0])
        return placed

    def _refer(self, section: str, known: Mapping[str, int]) -> None:
        for number, values in self._sections.get(section, []):
            if values[0] not in known or len(values) < 2:
                self._gone.add(number)

    def _reads(self, number: int, values: list[str], least: int, numbers: tuple[int, ...]) -> bool:
        if len(values) < least:
            return self._leave(
                number, values[0][:LONGEST_EXCERPT], "epanet_short", text=printable(" ".join(values))[:LONGEST_EXCERPT]
            )
        for place in numbers:
            if place < len(values) and not is_number(values[place]):
                return self._leave(
                    number, values[0][:LONGEST_EXCERPT], "epanet_value", text=printable(values[place])[:LONGEST_EXCERPT]
                )
        return True

    def _leave(self, number: int, name: str, code: str, **params: Any) -> bool:
        self._gone.add(number)
        self.problems.append([number, printable(name), code, params])
        return False


def section_in(line: str) -> str:
    """The section that a line begins, spelled as EPANET does; "" for none."""
    text = line.strip()
    if not text.startswith("["):
        return ""
    name = text.split("]")[0].upper().strip() + "]"
    return name if name in KEPT else name.replace("]", "S]") if name.replace("]", "S]") in KEPT else name


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        # A pipe's minor loss may be left out before its status; a tank's curve may stand at the place of a number.
        return text.upper() in ("OPEN", "CLOSED", "CV", "*")


def nodes_of(network: Any, scan: Scan) -> Iterator[list[Any]]:
    """[line, name, kind, x, y, height, usable volume in m³ or None]; x and y None for one without a place."""
    lost = {problem[1] for problem in scan.problems if problem[2] == "epanet_no_place"}
    for name, node in network.nodes():
        kind = str(node.node_type).lower()
        x, y = (None, None) if name in lost else map(float, node.coordinates)
        height = float(node.base_head if kind == "reservoir" else node.elevation)
        volume = tank_volume(node) if kind == "tank" else None
        yield [scan.rows.get(("node", name), 0), name, kind, x, y, height, volume]


def tank_volume(tank: Any) -> float:
    """Between its lowest and its highest level."""
    curve = tank.vol_curve
    if curve is not None and curve.points:
        levels, volumes = zip(*sorted(curve.points), strict=True)
        return float(between(tank.max_level, levels, volumes) - between(tank.min_level, levels, volumes))
    return float(math.pi / 4 * tank.diameter**2 * (tank.max_level - tank.min_level))


def between(level: float, levels: Sequence[float], volumes: Sequence[float]) -> float:
    """The volume at a level, on the straight lines of a curve."""
    for (low, under), (high, over) in zip(
        zip(levels, volumes, strict=True), list(zip(levels, volumes, strict=True))[1:], strict=False
    ):
        if level <= high:
            return under if high == low else under + (over - under) * (max(level, low) - low) / (high - low)
    return volumes[-1]


def links_of(network: Any, scan: Scan) -> Iterator[list[Any]]:
    """[line, name, kind, start, end, diameter and length in m or None, roughness or None, closed, vertices]."""
    for name, link in network.links():
        kind = str(link.link_type).lower()
        pipe = kind == "pipe"
        yield [
            scan.rows.get(("link", name), 0),
            name,
            str(link.valve_type).lower() if kind == "valve" else "cv" if pipe and link.check_valve else kind,
            link.start_node_name,
            link.end_node_name,
            None if kind == "pump" else float(link.diameter),
            float(link.length) if pipe else None,
            float(link.roughness) if pipe else None,
            str(link.initial_status) == "Closed",
            [float(edge) for vertex in link.vertices for edge in vertex],
        ]
