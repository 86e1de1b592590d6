"""Deliveries of the CNIG standards made for a test: whole ones, which each test then spoils in one way."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from demo.shapefiles import LINE, POINT, POLYGON, write_shapefile, write_table
from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.reference_source import Order, get_source
from layers.intake.report import FileReport, ImportReport
from layers.planning import standard
from tests import factories

X, Y = 617_000.0, 6_717_000.0
INSEE = "45901"
PDF = b"%PDF-1.4\n%%EOF\n"
LETTERS = {"S": POLYGON, "L": LINE, "P": POINT}


def box(west: float, south: float, width: float, height: float | None = None) -> BaseGeometry:
    """A rectangle so many metres from the corner of the place."""
    return shapely.box(X + west, Y + south, X + west + width, Y + south + (height or width))


def ground(west: float, south: float, width: float) -> MultiPolygon:
    """The same for Django."""
    return MultiPolygon(Polygon.from_bbox((X + west, Y + south, X + west + width, Y + south + width)), srid=2154)


BOWTIE = shapely.Polygon([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 10)])
type Row = dict[str, Any]


@dataclass
class Made:
    """A delivery being made: rows by table, other files by their path; `fields` replace those of the standard."""

    name: str
    tables: dict[str, list[Row]]
    pieces: dict[str, bytes] = field(default_factory=dict)
    fields: dict[str, Sequence[str]] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    known: Sequence[standard.Table] = standard.PLU

    def written(self, folder: Path) -> Path:
        """The delivery as a folder."""
        root = folder / self.name
        data = root / "Donnees_geographiques"
        data.mkdir(parents=True)
        for name, rows in self.tables.items():
            self.write(data, name, rows)
        for path, content in self.pieces.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        return root

    def write(self, data: Path, name: str, rows: Sequence[Row]) -> None:
        table = next(one for one in self.known if one.name == name)
        names = self.fields.get(name) or [one.name for one in table.fields]
        fields = [(one, 254) for one in names]
        values = [[str(row.get(one, "")) for one in names] for row in rows]
        stem = data / self.stems.get(name, name)
        if table.letter:
            given = [(row.get("geom"), one) for row, one in zip(rows, values, strict=True)]
            write_shapefile(stem, fields, given, kind=LETTERS[table.letter])
        else:
            write_table(stem, fields, values)


def plan(day: str = "20200115", code: str = INSEE, kind: str = "PLU", **header: str) -> Made:
    """A PLU that has no fault: zones U and N side by side, a wood, a building line, an old oak, a noise perimeter."""
    idurba = f"{code}_{kind}_{day}"
    regulation = f"{code}_reglement_{day}.pdf"
    of = {"NOMFIC": regulation, "IDURBA": idurba, "DATVALID": day}
    head = {"IDURBA": idurba, "TYPEDOC": kind, "ETAT": "03", "NOMPROC": "E", "DATAPPRO": day, "DATEREF": "2019"}
    psc, inf = {"STYPEPSC": "00", **of}, {"STYPEINF": "00", **of}
    return Made(
        f"{code}_{kind}_{day}",
        {
            "DOC_URBA": [{**head, "NOMREG": regulation, **header}],
            "DOC_URBA_COM": [{"IDURBA": idurba, "INSEE": INSEE}],
            "ZONE_URBA": [
                {"LIBELLE": "UA", "LIBELONG": "Centre", "TYPEZONE": "U", "geom": box(0, 0, 100), **of},
                {"LIBELLE": "N", "LIBELONG": "Nature", "TYPEZONE": "N", "geom": box(100, 0, 100), **of},
            ],
            "PRESCRIPTION_SURF": [{"LIBELLE": "Bois", "TYPEPSC": "01", "geom": box(150, 0, 50), **psc}],
            "PRESCRIPTION_LIN": [
                {"LIBELLE": "Recul", "TYPEPSC": "15", "geom": shapely.LineString([(X, Y + 5), (X + 200, Y + 5)]), **psc}
            ],
            "PRESCRIPTION_PCT": [{"LIBELLE": "Chêne", "TYPEPSC": "07", "geom": shapely.Point(X + 20, Y + 20), **psc}],
            "INFO_SURF": [{"LIBELLE": "Bruit", "TYPEINF": "14", "geom": box(0, 0, 200, 30), **inf}],
        },
        {f"Pieces_ecrites/3_Reglement/{regulation}": PDF, "metadonnees.xml": b"<a/>"},
    )


def easements(day: str = "20220101") -> Made:
    """A church and what surrounds it, by one act."""
    return Made(
        f"172014607_AC1_45_{day}",
        {
            "GESTIONNAIRE_SUP": [{"IDGEST": "1", "NOMGEST": "UDAP"}],
            "SERVITUDE": [
                {"IDSUP": "S1", "IDGEST": "1", "NOMSUP": "AC1_eglise", "NOMSUPLITT": "Église", "CATEGORIE": "AC1"}
            ],
            "ACTE_SUP": [
                {
                    "IDACTE": "A1",
                    "NOMACTE": "Arrêté",
                    "FICHIER": "acte.pdf",
                    "DATEDECIS": "19270704",
                    "TYPEACTE": "Arrêté",
                }
            ],
            "SERVITUDE_ACTE_SUP": [{"IDSUP": "S1", "IDACTE": "A1"}],
            "GENERATEUR_SUP_S": [{"IDGEN": "G1", "IDSUP": "S1", "NOMGEN": "Église", "geom": box(40, 40, 10)}],
            "ASSIETTE_SUP_S": [{"IDASS": "F1", "IDGEN": "G1", "NOMASS": "Abords", "geom": box(0, 0, 90)}],
        },
        {"Actes/acte.pdf": PDF, "metadonnees.xml": b"<a/>"},
        known=standard.SUP,
    )


def risks() -> Made:
    """A flood-risk plan of two zones."""
    code = "45DDT20180001"
    stems = {one.name: f"pprn_{code.lower()}_{one.name.lower()}" for one in standard.PPR}
    zone = {"CODEPROCEDURE": code, "TYPEREGLEMENT": "03", "LIBELLEZONEREGLEMENT": "Rouge"}
    return Made(
        f"pprn_{code.lower()}",
        {
            "PROCEDURE": [{"CODEPROCEDURE": code, "LIBELLEPROCEDURE": "PPRI", "TYPEPROCEDURE": "PPRN"}],
            "PERIMETRE_S": [
                {"CODEPROCEDURE": code, "ETATPROCEDURE": "APPROUVE", "DATEETAT": "20180705", "geom": box(0, 0, 60)}
            ],
            "ZONEREGLEMENTAIRE_S": [
                {**zone, "CODEZONEREGLEMENT": "R", "geom": box(0, 0, 30)},
                {**zone, "CODEZONEREGLEMENT": "B", "TYPEREGLEMENT": "02", "geom": box(30, 0, 30)},
            ],
        },
        stems=stems,
        known=standard.PPR,
    )


@dataclass
class Desk:
    """Imports what was made, as the worker does."""

    folder: Path
    number: int = 0

    def send(self, *made: Made | Path, source: str = "plu", **order: Any) -> ImportReport:
        self.number += 1
        root = self.folder / str(self.number)
        paths = [one.written(root) if isinstance(one, Made) else one for one in made]
        with factories.as_worker(), acting_as(SYSTEM):
            return get_source(source).run(Order(paths=paths, **order))


@pytest.fixture
def desk(tmp_path: Path, db: None) -> Desk:
    factories.commune(INSEE, "Bray", ground(-1000, -1000, 3000))
    return Desk(tmp_path)


def told(report: ImportReport) -> list[tuple[str, str, int | None]]:
    """(file without its folders and extension, rule, row) of everything that was found."""
    found = []
    for file in report.files:
        entries = [*file.refused, *file.repaired, *file.remarks, *([file.problem] if file.problem else [])]
        found += [(Path(file.name).stem, one.code, one.row) for one in entries]
    return found


def rules(report: ImportReport) -> set[str]:
    return {code for _file, code, _row in told(report)}


def file_of(report: ImportReport, stem: str) -> FileReport:
    """The report of one file."""
    (found,) = [one for one in report.files if Path(one.name).stem == stem]
    return found
