"""Sheets of a cadastral plan that never was, written in EDIGEO as the DGFiP does: for the benchmark and for tests."""

import io
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count

from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.polygon import orient

# Sides of a ring that make one arc.
SIDES = 3
LABEL_VALUES = ("FON", "HEI", "TYU", "CEF", "CSP", "DI1", "DI2", "DI3", "DI4", "TPA", "HTA", "VTA", "ATR")

type Surface = Polygon | MultiPolygon


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A sheet in EPSG:2154: `idu` is commune (3) + prefix (3) + section (2) + sheet (2); parcels by their number."""

    idu: str
    parcels: Mapping[str, Surface]
    outline: Polygon
    commune: Polygon
    buildings: Iterable[Surface] = ()
    places: Mapping[str, Polygon] = field(default_factory=dict)
    waters: Mapping[str, Polygon] = field(default_factory=dict)
    roads: Mapping[str, LineString] = field(default_factory=dict)
    farm_roads: Mapping[str, Polygon] = field(default_factory=dict)
    areas_m2: Mapping[str, int] = field(default_factory=dict)
    commune_name: str = "ESSAI"
    created: str = "20050203"
    updated: str = "20240105"
    reference: str = "LAMB93"
    labels: bool = False
    """Whether every parcel has the label that the plan writes on it: more than half of a real file."""

    @property
    def lot(self) -> str:
        return f"ED{self.idu[6:]}"

    def files(self) -> dict[str, bytes]:
        """The files of the sheet by name."""
        commune, section = self.idu[:3], self.idu[:8]
        top, middle, above, drawn = (Vectors(self.lot, part) for part in ("TOP_1", "TOP_2", "TOP_3", "SPA_1"))
        for number, shape in self.parcels.items():
            area = self.areas_m2.get(number, round(shape.area))
            given = {"INDP": "01", "TEX": number.lstrip("0"), "IDU": section + number, "SUPF": f"+{area}."}
            top.surface("PARCELLE", shape, given)
            if self.labels:
                top.label(shape)
        plan = {"QUPL": "01", "COPL": "02", "EOR": "1000", "DEDI": "01/01/1961", "IDU": self.idu}
        middle.surface("SUBDSECT", self.outline, plan)
        above.surface("SECTION", self.outline, {"TEX": section[6:], "IDU": section})
        drawn.surface("COMMUNE", self.commune, {"TEX2": self.commune_name, "IDU": commune})
        for rank, shape in enumerate(self.buildings):
            drawn.surface("BATIMENT", shape, {"DUR": "02" if rank % 3 == 2 else "01"})
        for kind, named in (("LIEUDIT", self.places), ("TRONFLUV", self.waters), ("TRONROUTE", self.farm_roads)):
            for name, shape in named.items():
                drawn.surface(kind, shape, words(name))
        for name, line in self.roads.items():
            drawn.line("ZONCOMMUNI", line, words(name))
        parts = {"T1": top, "T2": middle, "T3": above, "S1": drawn}
        return self.heads(parts) | {
            f"{self.lot}{name}.VEC": part.text(f"{self.lot}{name}") for name, part in parts.items()
        }

    def heads(self, parts: Mapping[str, "Vectors"]) -> dict[str, bytes]:
        """The files that name the others, the reference system, the dates."""
        listed = [f"GDNSA02:{name}" for name in parts]
        lot = [f"RTYSA03:GTL\nRIDSA06:{self.lot}\n", f"LONSA06:{self.lot}", "GONSA02:SE", "QANSA02:SE", *listed]
        system = f"RTYSA03:GEO\nRIDSA03:GEO\n\nRELSA{len(self.reference):02d}:{self.reference}"
        dates = [
            f"RTYSA03:QUP\nRIDSA{len(name) + 10:02d}:Actualite_{name}\n\nODASD08:{self.created}\nUTYSN01:1\n"
            f"ULOSN01:2\nUDASD08:{self.updated}\n"
            for part in parts.values()
            for name in part.names
        ]
        return {
            f"E000{self.idu[6:]}.THF": document(f"E000{self.idu[6:]}.THF", ["\n".join(lot)]),
            f"{self.lot}SE.GEO": document(f"{self.lot}SE.GEO", [system]),
            f"{self.lot}SE.QAL": document(f"{self.lot}SE.QAL", dates),
        }


class Vectors:
    """One VEC file in the making."""

    def __init__(self, lot: str, part: str) -> None:
        self.where = f"{lot};Se{part}"
        self.lot = lot
        self.names: list[str] = []
        self.blocks: list[str] = []
        self.numbers = count(1)

    def surface(self, kind: str, shape: Surface, given: Mapping[str, str]) -> None:
        """An object whose faces lie left of its arcs; each part of it is a face."""
        parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
        self.thing(kind, given, [("PFE", self.face(orient(part))) for part in parts])

    def label(self, shape: Surface) -> None:
        """What is written on the object made last, as the DGFiP exports it."""
        of, place = self.names[-1], shape.centroid
        name, node = f"Attribut_TEX_id_{of}", self.node(f"+{place.x:.2f};+{place.y:.2f};")
        values = [f"ATP{self.schema('ATT', f'ID_S_ATT_{key}')}\nATVSR09:+1.000000" for key in LABEL_VALUES]
        head = f"RTYSA03:FEA\nRID{size_value('SA', name)}\n\nSCP{self.schema('OBJ', 'ID_S_OBJ_Z_1_2_2')}"
        self.blocks.append("\n".join([head, *values]))
        self.relation("ID_S_RCO_Z_1_2_2", "REL", [("FEA", name), ("PNO", node)])
        self.relation("IS_S_REL_IWW", "ASS", [("FEA", name), ("FEA", of)])

    def line(self, kind: str, shape: LineString, given: Mapping[str, str]) -> None:
        self.thing(kind, given, [("PAR", self.arc(shape.coords))])

    def face(self, shape: Polygon) -> str:
        face = f"Face_{next(self.numbers)}"
        self.blocks.append(
            f"RTYSA03:PFE\nRID{size_value('SA', face)}\n\nSCP{self.schema('PGE', 'ID_S_PRI_FAC')}\nATCSN01:0"
        )
        for ring in (shape.exterior, *shape.interiors):
            points = list(ring.coords)
            for start in range(0, len(points) - 1, SIDES):
                arc = self.arc(points[start : start + SIDES + 1])
                self.relation("ID_S_RCO_FAC_GCHE", "REL", [("PAR", arc), ("PFE", face)])
                self.relation("ID_S_RCO_FAC_DRTE", "REL", [("PAR", arc), ("PFE", "Face_0")])
        return face

    def arc(self, points: Iterable[tuple[float, ...]]) -> str:
        places = [f"+{x:.2f};+{y:.2f};" for x, y in points]
        arc = f"Arc_{next(self.numbers)}"
        node = self.node(places[0])
        head = f"RTYSA03:PAR\nRID{size_value('SA', arc)}\n\nSCP{self.schema('PGE', 'ID_S_PRI_ARC')}\nTYPSN01:1"
        lines = [
            f"PTC{size_value('SN', str(len(places)))}",
            *(f"COR{size_value('CC', place)}" for place in places),
            "ATCSN01:0",
        ]
        self.blocks.append("\n".join([head, *lines]))
        for end in ("ID_S_RCO_NOD_INI", "ID_S_RCO_NOD_FIN"):
            self.relation(end, "REL", [("PAR", arc), ("PNO", node)])
        return arc

    def node(self, place: str) -> str:
        node = f"Noeud_{next(self.numbers)}"
        head = f"RTYSA03:PNO\nRID{size_value('SA', node)}\n\nSCP{self.schema('PGE', 'ID_S_PRI_NOD')}\nTYPSN01:1"
        self.blocks.append(f"{head}\nCOR{size_value('CC', place)}\nATCSN01:0\nQACSN01:0")
        return node

    def thing(self, kind: str, given: Mapping[str, str], primitives: list[tuple[str, str]]) -> None:
        name = f"Objet_{next(self.numbers)}"
        self.names.append(name)
        head = f"RTYSA03:FEA\nRID{size_value('SA', name)}\n\nSCP{self.schema('OBJ', kind + '_id')}"
        values = [
            f"ATP{self.schema('ATT', key + '_id')}\nTEXT 06:8859-1\nATV{size_value('ST', value)}"
            for key, value in given.items()
        ]
        quality = f"QAP{size_value('CP', f'{self.lot};SeQL;QUP;Actualite_{name}')}"
        self.blocks.append("\n".join([head, *values, quality]))
        self.relation(f"ID_S_RCO_{kind}_id", "REL", [("FEA", name), *primitives])

    def relation(self, kind: str, family: str, members: list[tuple[str, str]]) -> None:
        name = f"Compo_{next(self.numbers)}"
        refs = [f"FTP{size_value('CP', f'{self.where};{what};{which}')}" for what, which in members]
        head = f"RTYSA03:LNK\nRID{size_value('SA', name)}\n\nSCP{self.schema(family, kind)}"
        self.blocks.append("\n".join([head, f"FTC{size_value('SN', str(len(members)))}", *refs]))

    def schema(self, family: str, name: str) -> str:
        return size_value("CP", f"{self.lot};SeSD;{family};{name}")

    def text(self, name: str) -> bytes:
        return document(f"{name}.VEC", self.blocks)


def size_value(kind: str, value: str) -> str:
    """The end of a line's head, and its value: `SA05:value`."""
    return f"{kind}{len(value):02d}:{value}"


def document(name: str, blocks: Iterable[str]) -> bytes:
    text = "\n\n".join([f"BOMT {len(name):02d}:{name}\nCSET 03:IRV", *blocks, "EOMT 00:\n"])
    return text.replace("\n", "\r\n").encode("iso-8859-15")


def words(name: str) -> dict[str, str]:
    """A name as the plan writes it, word by word."""
    parts = name.split()
    return {f"TEX{number if number > 1 else ''}": word for number, word in enumerate(parts[:10], start=1)}


def archive_sheet(files: Mapping[str, bytes], mode: str = "w:bz2") -> bytes:
    """A sheet as it is published: `.tar.bz2`."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]  # a mode in a variable
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()
