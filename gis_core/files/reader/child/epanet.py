"""An EPANET input file (.inp): nodes and links in SI units, with the line that each stands on.

Only the sections that make a network are read; demands, controls, patterns and reports are left. A line that makes no
sense is left out and is a problem of its own; what comes after `[END]` is no part of the file. Tests read the same
files with WNTR, and compare.
"""

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, BinaryIO, Final

from .charset import of_stream
from .rows import printable
from .trouble import Trouble
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
KINDS = {"[JUNCTIONS]": "junction", "[RESERVOIRS]": "reservoir", "[TANKS]": "tank"}
END = "[END]"
SECTIONS: Final = (*NODES, *LINKS, *PLACES, "[OPTIONS]", "[STATUS]", "[CURVES]", END)
# EPANET tells sections apart by their beginning.
SHORTEST_SECTION: Final = 5
BY_BEGINNING = {section[:SHORTEST_SECTION]: section for section in SECTIONS}
VALVES = frozenset({"PRV", "PSV", "PBV", "FCV", "TCV", "GPV"})
STATES = frozenset({"OPEN", "CLOSED", "CV"})
NO_CURVE = "*"

# EPANET's own where a file says none. The units of flow say all the others: those of America, or metric ones.
USUAL_UNITS = "GPM"
AMERICAN = frozenset({"CFS", "GPM", "MGD", "IMGD", "AFD"})
METRIC = frozenset({"LPS", "LPM", "MLD", "CMH", "CMD", "CMS"})
FOOT_M, INCH_M, CUBIC_FOOT_M3 = 0.3048, 0.0254, 0.3048**3
DARCY_WEISBACH = "D-W"

type Line = tuple[int, list[str]]
type Problem = list[Any]
type Answer = tuple[dict[str, Any], Sequence[Blob]]
type Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Units:
    """What a number of the file is in metres (or cubic metres), by what it measures."""

    length: float
    diameter: float
    volume: float
    roughness: float


def frames(stream: BinaryIO, limits: Mapping[str, int]) -> Iterator[Answer]:
    """What the file is, then its nodes and links in stretches."""
    text = text_of(stream, limits)
    scan = Scan(text, limits)
    check_end(text)
    nodes, links = list(nodes_of(scan)), list(links_of(scan))
    yield {"units": scan.flow_units, "has_units": scan.has_units, "problems": scan.problems}, ()
    for name, rows in (("nodes", nodes), ("links", links)):
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


class Scan:
    """The lines of the network's sections; those that make no sense are taken out, each with its problem."""

    def __init__(self, text: str, limits: Mapping[str, int]) -> None:
        self.problems: list[Problem] = []
        self.rows: dict[tuple[str, str], int] = {}
        self._lines = lines_of(text)
        self._sections: dict[str, list[Line]] = {}
        self._gone: set[int] = set()
        self._split()
        nodes = self._index_names("node", NODES)
        links = self._index_names("link", LINKS)
        if len(self.rows) > limits["features"]:
            raise Trouble("too_many_features", limit=limits["features"])
        if not nodes and not links:
            raise Trouble("epanet_empty")
        self.flow_units, self.units = self._read_units()
        self._check_ends(nodes)
        placed = self._find_placed("[COORDINATES]", nodes)
        self._find_placed("[VERTICES]", links)
        self._refer("[STATUS]", links)
        if nodes and not placed:
            raise Trouble("epanet_no_coordinates")
        for name, number in nodes.items():
            if name not in placed:
                self.problems.append([number, name, "epanet_no_place", {}])

    def lines(self, section: str) -> Iterator[Line]:
        """Those that were not left out, with their numbers in the file."""
        return (line for line in self._sections.get(section, []) if line[0] not in self._gone)

    def places(self, section: str) -> dict[str, Points]:
        """Points by the name of a node or of a link, in the order of the file."""
        points: dict[str, Points] = {}
        for _number, values in self.lines(section):
            points.setdefault(values[0], []).append((float(values[1]), float(values[2])))
        return points

    @property
    def has_units(self) -> bool:
        return any(values[0].upper() == "UNITS" for _number, values in self._sections.get("[OPTIONS]", []))

    def _split(self) -> None:
        section = ""
        for number, line in enumerate(self._lines, start=1):
            if head := section_in(line):
                section = head
                if section == END:
                    return
            elif (values := line.split(";", 1)[0].split()) and section in SECTIONS:
                self._sections.setdefault(section, []).append((number, values))

    def _read_units(self) -> tuple[str, Units]:
        """Those of flow by their name, and what follows from them; EPANET takes the last line that says them."""
        flow, losses = USUAL_UNITS, ""
        for number, values in self._sections.get("[OPTIONS]", []):
            word = values[1].upper() if len(values) > 1 else ""
            if values[0].upper() == "HEADLOSS":
                losses = word
            elif values[0].upper() == "UNITS":
                if word not in AMERICAN | METRIC:
                    raise Trouble("epanet_units", row=number, text=printable(" ".join(values))[:LONGEST_EXCERPT])
                flow = word
        if flow in AMERICAN:
            roughness = FOOT_M / 1000 if losses == DARCY_WEISBACH else 1.0
            return flow, Units(FOOT_M, INCH_M, CUBIC_FOOT_M3, roughness)
        return flow, Units(1.0, 0.001, 1.0, 0.001 if losses == DARCY_WEISBACH else 1.0)

    def volume_curve(self, name: str) -> Points | None:
        """Of a tank: volume (m³) by level (m), the lowest first. None where the file has none of this name."""
        points = [
            (float(values[1]) * self.units.length, float(values[2]) * self.units.volume)
            for number, values in self.lines("[CURVES]")
            if values[0] == name and self._reads(number, values, 3, (1, 2))
        ]
        return sorted(points) or None

    def note_missing_curve(self, number: int, values: list[str]) -> None:
        """What the tank holds is not known, and is not made up: it stays without."""
        self.problems.append(
            [number, printable(values[0]), "epanet_no_curve", {"text": printable(values[7])[:LONGEST_EXCERPT]}]
        )

    def _index_names(self, kind: str, sections: Mapping[str, tuple[int, tuple[int, ...]]]) -> dict[str, int]:
        """Names with their lines; of two that are called alike the first stands."""
        lines: dict[str, int] = {}
        for section, (least, numbers) in sections.items():
            for number, values in self._sections.get(section, []):
                name = values[0]
                if name in lines:
                    self._leave(number, name, "epanet_twice", row=lines[name])
                elif len(name) > LONGEST or not name.isprintable():
                    self._leave(number, name[:LONGEST_EXCERPT], "epanet_value", text=printable(name)[:LONGEST_EXCERPT])
                elif self._reads(number, values, least, numbers, section):
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
                elif wrong := wrong_word(section, values):
                    self._leave(number, values[0], "epanet_value", text=printable(wrong)[:LONGEST_EXCERPT])

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
            elif values[1].upper() not in {"OPEN", "CLOSED", "ACTIVE"}:
                self._reads(number, values, 2, (1,))

    def _reads(self, number: int, values: list[str], least: int, numbers: tuple[int, ...], section: str = "") -> bool:
        if len(values) < least:
            return self._leave(
                number, values[0][:LONGEST_EXCERPT], "epanet_short", text=printable(" ".join(values))[:LONGEST_EXCERPT]
            )
        for place in numbers:
            if place < len(values) and not (is_number(values[place]) or is_missing(section, place, values[place])):
                return self._leave(
                    number, values[0][:LONGEST_EXCERPT], "epanet_value", text=printable(values[place])[:LONGEST_EXCERPT]
                )
        return True

    def _leave(self, number: int, name: str, code: str, **params: Any) -> bool:
        self._gone.add(number)
        self.problems.append([number, printable(name), code, params])
        return False


def section_in(line: str) -> str:
    """The section that a line begins, spelled as EPANET does; "" for a line that begins none."""
    text = line.strip().upper()
    return BY_BEGINNING.get(text[:SHORTEST_SECTION], text) if text.startswith("[") else ""


def is_number(text: str) -> bool:
    try:
        return "_" not in text and math.isfinite(float(text))
    except ValueError:
        return False


def is_missing(section: str, place: int, text: str) -> bool:
    """Whether something else may stand at the place of a number.

    A pipe's minor loss may be left out before its status, and a tank's volume before its curve.
    """
    if place != 6:
        return False
    return (section == "[PIPES]" and text.upper() in STATES) or (section == "[TANKS]" and text == NO_CURVE)


def wrong_word(section: str, values: Sequence[str]) -> str:
    """The word of a link that EPANET does not know; empty where all are known."""
    if section == "[VALVES]":
        return "" if values[4].upper() in VALVES else values[4]
    if section == "[PIPES]" and len(values) > 7:
        return "" if values[7].upper() in STATES else values[7]
    return ""


def nodes_of(scan: Scan) -> Iterator[list[Any]]:
    """[line, name, kind, x, y, height in m, usable volume in m³ or None]; x and y None for one without a place."""
    places = scan.places("[COORDINATES]")
    for section, kind in KINDS.items():
        for number, values in scan.lines(section):
            x, y = places.get(values[0], [(None, None)])[-1]
            height = float(values[1]) * scan.units.length if len(values) > 1 else 0.0
            volume = tank_volume(scan, number, values) if kind == "tank" else None
            yield [number, values[0], kind, x, y, height, volume]


def tank_volume(scan: Scan, number: int, values: list[str]) -> float | None:
    """Between its lowest and its highest level (m³); None, and a problem, where its curve is missing."""
    lowest, highest = (float(values[place]) * scan.units.length for place in (3, 4))
    if len(values) > 7 and values[7] != NO_CURVE:
        curve = scan.volume_curve(values[7])
        if curve is None:
            scan.note_missing_curve(number, values)
            return None
        levels, volumes = zip(*curve, strict=True)
        return between(highest, levels, volumes) - between(lowest, levels, volumes)
    return math.pi / 4 * (float(values[5]) * scan.units.length) ** 2 * (highest - lowest)


def between(level: float, levels: Sequence[float], volumes: Sequence[float]) -> float:
    """The volume at a level, on the straight lines of a curve."""
    steps = list(zip(levels, volumes, strict=True))
    for (low, under), (high, over) in pairwise(steps):
        if level <= high:
            return under if high == low else under + (over - under) * (max(level, low) - low) / (high - low)
    return volumes[-1]


def links_of(scan: Scan) -> Iterator[list[Any]]:
    """[line, name, kind, start, end, diameter and length in m or None, roughness or None, closed, vertices]."""
    bends = scan.places("[VERTICES]")
    states = {values[0]: values[1].upper() for _number, values in scan.lines("[STATUS]")}
    for section in LINKS:
        for number, values in scan.lines(section):
            name, start, end = values[:3]
            kind, state, sizes = describe(section, values, scan.units)
            closed = states.get(name, state) == "CLOSED"
            yield [
                number,
                name,
                kind,
                start,
                end,
                *sizes,
                closed,
                [edge for point in bends.get(name, []) for edge in point],
            ]


def describe(section: str, values: Sequence[str], units: Units) -> tuple[str, str, Sequence[float | None]]:
    """Of a link: its kind, its state (`OPEN`, `CLOSED`, `CV`), its diameter and length in m and its roughness."""
    if section == "[PUMPS]":
        return "pump", "OPEN", (None, None, None)
    if section == "[VALVES]":
        return values[4].lower(), "ACTIVE", (float(values[3]) * units.diameter, None, None)
    state = next((one.upper() for one in values[6:8] if one.upper() in STATES), "OPEN")
    sizes = float(values[3]) * units.length, float(values[4]) * units.diameter, float(values[5]) * units.roughness
    return "cv" if state == "CV" else "pipe", state, (sizes[1], sizes[0], sizes[2])
