"""One sheet of the cadastral plan in EDIGéO (NF Z 52000 as the DGFiP writes it): its objects with their geometry.

A THF file names the others: GEO (reference system), QAL (dates), VEC (primitives, objects and the relations between
them). A block begins with `RTY`; a line is `ZZZtf99:value`. Names of objects and primitives are unique in a VEC file.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .rings import Arc, Edge, NotClosed, arcs_of, multi_line, multi_polygon
from .rows import Problem, printable
from .trouble import Trouble
from .wire import Blob

BLOCK = "\nRTYSA03:"
LEFT, RIGHT, RELATION = "ID_S_RCO_FAC_GCHE", "ID_S_RCO_FAC_DRTE", "ID_S_RCO_"
LABEL = "ID_S_OBJ_"
# Two relations in five: which node an arc begins and ends at, which its points say too.
NODE_OF_ARC = ";ID_S_RCO_NOD_"
CLASS = re.compile(r"\nSCP..\d+:[^;\n]*;[^;\n]*;[^;\n]*;(\S+)")
REFERENCE = re.compile(r"\nFTP..\d+:[^;\n]*;[^;\n]*;(\w+);(\S+)")
ATTRIBUTE = re.compile(r"\nATP..\d+:[^;\n]*;[^;\n]*;[^;\n]*;(\S+?)(?:_id)?\n(?:TEX.*\n)?ATV..\d+:(.*)")
QUALITY = re.compile(r"\nQAP..\d+:[^;\n]*;[^;\n]*;[^;\n]*;(\S+)")
COORDINATE = re.compile(r"\nCOR..\d+:([-+.\d]+;[-+.\d]+;)")
POINTS = re.compile(r"\nPTC..\d+:(\d+)")
NAME = re.compile(r"\nRID..\d+:(\S+)")
DATES = re.compile(r"\nODA..\d+:(.*)\n(?:.*\n)*?UDA..\d+:(.*)")
# A long value goes on in the next line.
CONTINUED = re.compile(r"\nNEX.. ?\d+:")
SURFACES = ("COMMUNE", "SECTION", "SUBDSECT", "PARCELLE", "BATIMENT", "LIEUDIT", "TRONFLUV", "TRONROUTE")
LINES = ("ZONCOMMUNI",)
VALUE_LENGTH = 500

type Files = Mapping[str, Callable[[], bytes]]
"""The files of a folder: names in lower case, and how to read them."""


@dataclass(slots=True)
class PlanObject:
    """An object of the plan: `kind` without its `_id`, dates as the file writes them (YYYYMMDD)."""

    kind: str
    name: str
    attributes: dict[str, str]
    created: str
    updated: str
    wkb: bytes


@dataclass(slots=True)
class Sheet:
    """What a sheet holds: `objects` counts those of every kind, also of kinds that are not read; `empty` names the
    files of objects in which there is nothing.
    """

    reference: str
    objects: Counter[str] = field(default_factory=Counter)
    features: list[PlanObject] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)

    def message(self) -> tuple[dict[str, Any], list[Blob]]:
        """JSON part and bytes: the WKB of the objects one after the other."""
        rows = [[o.kind, o.name, o.attributes, o.created, o.updated, len(o.wkb)] for o in self.features]
        problems = [[kind, p.index, p.identifier, p.code, p.params] for kind, p in self.problems]
        answer = {"reference": self.reference, "objects": dict(self.objects), "rows": rows, "problems": problems}
        answer["empty"] = [printable(name) for name in self.empty]
        return answer, [b"".join(o.wkb for o in self.features)]


@dataclass(slots=True)
class Blocks:
    """The blocks of one file, and where they are in it."""

    file: str
    blocks: list[str]

    @classmethod
    def read(cls, file: str, files: Files) -> "Blocks":
        """The blocks of a file of the delivery, continued lines joined; none of a VEC file without anything in it, as
        the DGFiP delivers those of objects that a sheet has none of.

        Raises Trouble when it is not there, or was cut off.
        """
        opened = files.get(file.lower())
        if opened is None:
            raise Trouble("edigeo_missing_file", name=printable(file))
        text = decode_text(opened()).replace("\r\n", "\n")
        if "\nNEX" in text:
            text = CONTINUED.sub("", text)
        if file.upper().endswith(".VEC") and not text.strip("\n\x1a \0"):
            return cls(file, [])
        if not text.rstrip("\n\x1a \0").rpartition("\n")[2].startswith("EOM"):
            raise Trouble("edigeo_truncated", name=printable(file), line=text.count("\n") + 1)
        return cls(file, text.split(BLOCK))

    def trouble(self, code: str, number: int, **params: Any) -> Trouble:
        """Something is wrong in block `number`."""
        line = sum(block.count("\n") + 1 for block in self.blocks[:number]) + 1
        return Trouble(code, name=printable(self.file), line=line, **params)

    def needed(self, pattern: re.Pattern[str], number: int) -> str:
        """What a line of the block says; without it the file is damaged."""
        match = pattern.search(self.blocks[number])
        if match is None:
            raise self.trouble("edigeo_damaged", number)
        return str(match[1])


@dataclass(slots=True)
class Vectors:
    """One VEC file taken apart: arcs, edges of faces, objects as (block, kind, name), primitives of each object."""

    blocks: Blocks
    arcs: dict[str, Arc] = field(default_factory=dict)
    edges: dict[str, list[Edge]] = field(default_factory=dict)
    objects: list[tuple[int, str, str]] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)


def sheets(thf: str, files: Files) -> Iterator[Sheet]:
    """The lots that a THF file names; one in all that the DGFiP writes."""
    blocks = Blocks.read(thf, files)
    lots = [block for block in blocks.blocks if block.startswith("GTL")]
    if not lots:
        raise Trouble("edigeo_no_lot", name=printable(thf))
    for lot in lots:
        yield sheet(values(lot), files)


def values(block: str) -> dict[str, list[str]]:
    """The values of a block by the first three letters of its lines."""
    values_by_head: dict[str, list[str]] = {}
    for line in block.split("\n"):
        head, colon, value = line.partition(":")
        if colon:
            values_by_head.setdefault(head[:3], []).append(value.strip())
    return values_by_head


def sheet(lot: Mapping[str, list[str]], files: Files) -> Sheet:
    """One lot: every VEC file that it names must be there and whole."""
    stem = "".join(lot.get("LON", []))
    vectors = [f"{stem}{name}.VEC" for name in lot.get("GDN", [])]
    if not stem or not vectors or "GON" not in lot:
        raise Trouble("edigeo_no_lot", name=printable(stem or "-"))
    geo = Blocks.read(f"{stem}{lot['GON'][0]}.GEO", files)
    drawn = Sheet(reference=printable("".join(values("\n".join(geo.blocks)).get("REL", ["-"]))))
    dates = qualities(f"{stem}{lot.get('QAN', [''])[0]}.QAL", files)
    for name in vectors:
        vectors_of_file = split_blocks(Blocks.read(name, files))
        if not vectors_of_file.objects:
            drawn.empty.append(name)
        take(vectors_of_file, dates, drawn)
    return drawn


def qualities(name: str, files: Files) -> dict[str, tuple[str, str]]:
    """Dates of creation and of the last change, by the name of the block that tells them."""
    blocks = Blocks.read(name, files)
    dates = {}
    for number, block in enumerate(blocks.blocks):
        if block.startswith("QUP"):
            match = DATES.search(block)
            dates[blocks.needed(NAME, number)] = (match[1].strip(), match[2].strip()) if match else ("", "")
    return dates


def decode_text(content: bytes) -> str:
    """The norm writes 8859-1; some exports are in UTF-8."""
    if content.isascii():
        return content.decode("ascii")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("iso-8859-15")


def split_blocks(blocks: Blocks) -> Vectors:
    """The primitives, objects and relations of a VEC file."""
    by_type: dict[str, list[int]] = {}
    for number, block in enumerate(blocks.blocks):
        by_type.setdefault(block[:3], []).append(number)
    taken = Vectors(blocks, arcs=read_arcs(blocks, by_type.get("PAR", [])))
    for number in by_type.get("LNK", []):
        relate(taken, number, blocks.blocks[number])
    for number in by_type.get("FEA", []):
        kind = blocks.needed(CLASS, number)
        if not kind.startswith(LABEL):
            taken.objects.append((number, kind.removesuffix("_id"), blocks.needed(NAME, number)))
    return taken


def read_arcs(blocks: Blocks, numbers: list[int]) -> dict[str, Arc]:
    """The arcs of these blocks, all coordinates converted at once."""
    if not numbers:
        return {}
    texts, sizes = [], []
    for number in numbers:
        pairs = COORDINATE.findall(blocks.blocks[number])
        wanted = blocks.needed(POINTS, number)
        if len(pairs) != int(wanted) or len(pairs) < 2:
            raise blocks.trouble("edigeo_points", number, found=len(pairs), wanted=int(wanted))
        texts += pairs
        sizes.append(len(pairs))
    try:
        flat = np.array(list(map(float, "".join(texts).split(";")[:-1])), np.float64)
    except ValueError:
        raise Trouble("edigeo_coordinates", name=printable(blocks.file)) from None
    names = (blocks.needed(NAME, number) for number in numbers)
    return dict(zip(names, arcs_of(flat.reshape(-1, 2), sizes), strict=True))


def relate(taken: Vectors, number: int, block: str) -> None:
    """What one relation says of the sides of an arc, or of the primitives of an object."""
    if NODE_OF_ARC in block:
        return
    kind = taken.blocks.needed(CLASS, number)
    if not kind.startswith(RELATION):
        return
    (of, name), *others = REFERENCE.findall(block) or [("", "")]
    if kind in (LEFT, RIGHT):
        if name not in taken.arcs or len(others) != 1:
            raise taken.blocks.trouble("edigeo_reference", number, reference=printable(name))
        taken.edges.setdefault(others[0][1], []).append((name, kind == LEFT))
    elif of == "FEA":
        taken.parts.setdefault(name, []).extend(other for _kind, other in others)


def take(taken: Vectors, dates: Mapping[str, tuple[str, str]], sheet: Sheet) -> None:
    """The objects of a VEC file that are read, with their geometry."""
    for number, kind, name in taken.objects:
        sheet.objects[kind] += 1
        if kind not in SURFACES and kind not in LINES:
            continue
        block = taken.blocks.blocks[number]
        attributes = {key: printable_value(value) for key, value in ATTRIBUTE.findall(block)}
        quality = QUALITY.search(block)
        created, updated = dates.get(quality[1], ("", "")) if quality else ("", "")
        try:
            wkb = geometry(taken, kind, taken.parts.get(name, ()))
        except Trouble as trouble:
            identifier = attributes.get("IDU") or name
            sheet.problems.append((kind, Problem(0, printable(identifier), trouble.code, trouble.params)))
        else:
            sheet.features.append(PlanObject(kind, printable(name), attributes, created, updated, wkb))


def geometry(taken: Vectors, kind: str, parts: Iterable[str]) -> bytes:
    """The surface or the line of an object, as WKB; raises Trouble."""
    parts = list(parts)
    if kind in LINES:
        unknown = [name for name in parts if name not in taken.arcs]
        if unknown or not parts:
            raise Trouble("edigeo_no_arcs")
        return multi_line([taken.arcs[name] for name in parts])
    edges = [edge for face in parts for edge in taken.edges.get(face, ())]
    if not edges:
        raise Trouble("edigeo_no_arcs")
    try:
        return multi_polygon(edges, taken.arcs)
    except NotClosed as error:
        x, y = error.place
        raise Trouble("edigeo_open_ring", x=x, y=y) from None


def printable_value(value: str) -> str:
    return value.strip()[:VALUE_LENGTH].replace("\0", "")
