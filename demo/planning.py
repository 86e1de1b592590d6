"""The demo's planning: a PLUi in two versions, easements, a flood-risk plan, all in agreement with parcels and roads.

They are written as real deliveries of the CNIG standards, and imported by the importers that all deliveries go through.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely
from reportlab.pdfgen.canvas import Canvas
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from demo.shapefiles import LINE, POINT, Rows, write_shapefile, write_table
from demo.territory import Parcel, Territory
from gis_core.operations.processes import remove
from layers.intake.reference_source import Order, get_source
from layers.intake.report import ImportReport
from layers.planning import standard
from layers.planning.models import Document

MEMBER = "cc-lys"
MANAGER = "999000037"
FIRST, SECOND = date(2016, 3, 15), date(2023, 6, 20)
URBAN = {
    "UA": ("Centre ancien", ("core", "church", "townhall")),
    "UX": ("Zone d’activités", ("activity", "technical")),
    "UE": ("Équipements publics", ("school", "sports", "cemetery")),
    "UB": ("Extensions pavillonnaires", ("house",)),
    "UH": ("Hameaux", ("hamlet",)),
}
WILD = ("wood", "pond")
# Metres between parcels that belong together: the streets of a zone are part of it.
STREET_M = 12.0
GROWTH_M2 = (3_000.0, 60_000.0)
NEAR_M = 80.0
WORD = ("LIBELLE", 254)
PRESCRIPTION = (WORD, ("TXT", 10), ("TYPEPSC", 2), ("STYPEPSC", 2), ("NATURE", 50))
INFORMATION = (WORD, ("TXT", 10), ("TYPEINF", 2), ("STYPEINF", 2))
OF_DOCUMENT = (("NOMFIC", 80), ("URLFIC", 254), ("IDURBA", 30), ("DATVALID", 8))
SUP_FIELDS = {
    "SERVITUDE": "IDSUP IDGEST NOMSUP NOMSUPLITT CATEGORIE DESCRIPTIO DATEMAJ",
    "ACTE_SUP": "IDACTE NOMACTE REFERENCE TYPEACTE FICHIER DECISION DATEDECIS DATEPUB",
    "SERVITUDE_ACTE_SUP": "IDSUP IDACTE",
    "GESTIONNAIRE_SUP": "IDGEST NOMGEST",
    "GENERATEUR_SUP_S": "IDGEN IDSUP NOMGEN TYPEGEN",
    "GENERATEUR_SUP_L": "IDGEN IDSUP NOMGEN TYPEGEN",
    "ASSIETTE_SUP_S": "IDASS IDGEN NOMASS TYPEASS",
}

type Say = Callable[[str], None]
type Shapes = dict[str, BaseGeometry]


def seed_planning(make: Callable[[], Territory], folder: Path, say: Say) -> None:
    """Write the deliveries and import them, unless the document is there. Needs the owner's role, in a transaction."""
    siren = "999000011"
    if Document.objects.filter(territory=siren).exists():
        return
    say("Chargement : document d’urbanisme, servitudes, plan de prévention des risques…")
    territory = make()
    with own_folder(folder) as written:
        for source, path in deliveries(territory, siren, written):
            report = get_source(source).run(Order(paths=[path]))
            check(report, path)


@contextmanager
def own_folder(folder: Path) -> Iterator[Path]:
    """A new folder that takes the other's place at the end: the site, another user, may have put a link there."""
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as scratch:
        written = Path(scratch, folder.name)
        written.mkdir()
        yield written
        remove(folder)
        written.rename(folder)


def check(report: ImportReport, path: Path) -> None:
    """The demo's own deliveries have no fault that refuses anything."""
    if report.exit_code:
        raise RuntimeError(f"{path.name}: {report.as_json()}")


def deliveries(territory: Territory, siren: str, folder: Path) -> Iterator[tuple[str, Path]]:
    """(source, folder) of each delivery, written."""
    communes = [one for one in territory.communes if one.epci == MEMBER]
    for day in (FIRST, SECOND):
        path = folder / f"{siren}_PLUi_{day:%Y%m%d}"
        write_plan(path, territory, siren, day, [one.insee for one in communes])
        yield "plu", path
    yield "sup", write_monuments(folder, territory)
    yield "sup", write_pipe(folder, territory)
    yield "risks", write_floods(folder, territory)


# -- the plan ----------------------------------------------------------------------------------------------------------


def write_plan(path: Path, territory: Territory, siren: str, day: date, insee: Sequence[str]) -> None:
    """One version: in the second one, what was to be built has been, and more is to be."""
    written, idurba = f"{day:%Y%m%d}", f"{siren}_PLUi_{day:%Y%m%d}"
    data = make_folder(path / "Donnees_geographiques")
    ended = f"{SECOND:%Y%m%d}" if day == FIRST else ""
    regulation = f"{siren}_reglement_{written}.pdf"
    procedure = "E" if day == FIRST else "RA1"
    state = "05" if ended else "03"
    row = [idurba, "PLUi", state, procedure, written, ended, siren, regulation, "", "", "01", f"{day.year - 1}0101"]
    write_table(
        path / f"{siren}_DOC_URBA_{written}", [(one.name, one.length) for one in standard.DOC_URBA.fields], [row]
    )
    write_table(
        path / f"{siren}_DOC_URBA_COM_{written}", [("IDURBA", 30), ("INSEE", 5)], [(idurba, one) for one in insee]
    )
    write_pdf(
        make_folder(path / "Pieces_ecrites" / "3_Reglement") / regulation,
        f"Règlement du PLUi du Lys, approuvé le {day:%d/%m/%Y}",
    )
    (path / f"fr-{siren}-plui{written}.xml").write_text("<?xml version='1.0' encoding='UTF-8'?>\n<metadata/>\n")
    ending = [regulation, "", idurba, written]
    tiles = plan_zones(territory, insee, day)
    zones = [(one, [name, label, kind, *ending]) for name, label, kind, one in tiles]
    fields = (("LIBELLE", 12), ("LIBELONG", 254), ("TYPEZONE", 3), *OF_DOCUMENT)
    write_shapefile(data / f"{siren}_ZONE_URBA_{written}", fields, zones)
    for table, kind, given in details(territory, insee, {name: one for name, _label, _kind, one in tiles}):
        named = PRESCRIPTION if table.startswith("PRESCRIPTION") else INFORMATION
        rows = [(one, [*words, *ending]) for one, words in given]
        write_shapefile(data / f"{siren}_{table}_{written}", (*named, *OF_DOCUMENT), rows, kind=kind)


def plan_zones(territory: Territory, insee: Sequence[str], day: date) -> list[tuple[str, str, str, BaseGeometry]]:
    """(name, label, kind, shape): the zones tile the communes."""
    ground = shapely.union_all([one.geom for one in territory.communes if one.insee in insee])
    ours = [one for one in territory.parcels if one.insee in insee]
    zones: list[tuple[str, str, str, BaseGeometry]] = []
    built = shapely.union_all([one.geom for one in ours if one.use in ("house", "core")])
    for number, parcel in enumerate(growing(ours, built)):
        name, label, kind = growth(number, day)
        zones.append((name, label, kind, parcel.geom))
    for name, (label, uses) in URBAN.items():
        zones.append((name, label, "U", close_streets(one.geom for one in ours if one.use in uses)))
    zones.append(("N", "Zone naturelle et forestière", "N", close_streets(one.geom for one in ours if one.use in WILD)))
    zones.append(("A", "Zone agricole", "A", ground))
    return tile_zones(zones, ground)


def growing(parcels: Sequence[Parcel], built: BaseGeometry) -> list[Parcel]:
    """Fields beside the houses, the nearest first: three that are to be built."""
    low, high = GROWTH_M2
    fields = [one for one in parcels if one.use in ("field", "meadow") and low <= one.geom.area <= high]
    metres = shapely.distance([one.geom for one in fields], built).tolist()
    near = sorted(zip(metres, [one.idu for one in fields], fields, strict=True), key=lambda one: one[:2])
    return [one for away, _idu, one in near[:3] if away < NEAR_M]


def growth(number: int, day: date) -> tuple[str, str, str]:
    """What becomes of a field beside the houses: closed to building, then open, then built."""
    steps = (
        ("2AU", "À urbaniser à long terme", "AUs"),
        ("1AU", "À urbaniser", "AUc"),
        ("UB", "Extensions pavillonnaires", "U"),
    )
    return steps[(0 if number == 2 else 1) + (day == SECOND)]


def close_streets(shapes: Iterable[BaseGeometry]) -> BaseGeometry:
    """The shapes with the streets between them."""
    whole: BaseGeometry = shapely.union_all(list(shapes))
    joined: BaseGeometry = whole.buffer(STREET_M, quad_segs=2).buffer(-STREET_M, quad_segs=2)
    return joined


def tile_zones(
    zones: Sequence[tuple[str, str, str, BaseGeometry]], ground: BaseGeometry
) -> list[tuple[str, str, str, BaseGeometry]]:
    """Each zone without those before it; zones of one name become one, in the order of their first."""
    taken: BaseGeometry = Polygon()
    kept: dict[str, tuple[str, str, list[BaseGeometry]]] = {}
    for name, label, kind, shape in zones:
        left = surface(shape.intersection(ground).difference(taken))
        taken = taken.union(shape)
        kept.setdefault(name, (label, kind, []))[2].append(left)
    joined = ((name, label, kind, surface(shapely.union_all(parts))) for name, (label, kind, parts) in kept.items())
    return [one for one in joined if not one[3].is_empty]


def surface(shape: BaseGeometry) -> BaseGeometry:
    """Its polygons, to the centimetre."""
    rounded = shapely.set_precision(shape, 0.01)
    parts = [one for one in shapely.get_parts(rounded).tolist() if one.geom_type == "Polygon" and one.area > 1]
    return MultiPolygon(parts)


def details(
    territory: Territory, insee: Sequence[str], zones: Mapping[str, BaseGeometry]
) -> Iterator[tuple[str, int, Any]]:
    """(table, kind of geometry, rows) of prescriptions and information."""
    ours = [one for one in territory.parcels if one.insee in insee]
    woods = [one.geom for one in ours if one.use == "wood" and one.geom.area > 5_000]
    reserved = [one for one in ours if one.use == "orchard"][:3]
    churches = [one for one in ours if one.use == "church"]
    main = shapely.union_all(
        [one.geom for one in territory.roads if one.kind == "departementale" and one.insee in insee]
    )
    shops = main.intersection(zones["UA"].buffer(STREET_M))
    yield (
        "PRESCRIPTION_SURF",
        5,
        [
            *((one, ["Espace boisé classé", "", "01", "00", ""]) for one in woods),
            *(
                (one.geom, [f"ER n° {number} : élargissement de voirie", str(number), "05", "01", "Commune"])
                for number, one in enumerate(reserved, 1)
            ),
            *(
                [(zones["1AU"], ["Secteur d’orientation d’aménagement", "OAP1", "18", "00", ""])]
                if "1AU" in zones
                else []
            ),
        ],
    )
    yield (
        "PRESCRIPTION_LIN",
        LINE,
        [(line, ["Linéaire commercial à préserver", "", "22", "01", ""]) for line in lines(shops)],
    )
    yield (
        "PRESCRIPTION_PCT",
        POINT,
        [(one.geom.centroid, ["Église, élément du patrimoine à protéger", "", "07", "01", ""]) for one in churches],
    )
    urban = surface(shapely.union_all([shape for name, shape in zones.items() if name.startswith(("U", "1AU"))]))
    noise = surface(main.buffer(100, quad_segs=4))
    yield (
        "INFO_SURF",
        5,
        [
            (urban, ["Droit de préemption urbain", "", "04", "00"]),
            (noise, ["Voisinage d’une infrastructure bruyante (100 m)", "", "14", "00"]),
        ],
    )


def lines(shape: BaseGeometry) -> list[BaseGeometry]:
    return [
        one
        for one in shapely.get_parts(shapely.line_merge(shape)).tolist()
        if one.geom_type == "LineString" and one.length > 10
    ]


# -- easements ---------------------------------------------------------------------------------------------------------


def write_monuments(folder: Path, territory: Territory) -> Path:
    """AC1: the church of each commune, and 500 m around it."""
    path = folder / f"{MANAGER}_AC1_45_20220110"
    names = {one.insee: one.name for one in territory.communes}
    churches = {one.insee: one for one in territory.parcels if one.use == "church"}
    rows: dict[str, list[Any]] = {name: [] for name in SUP_FIELDS if name != "GENERATEUR_SUP_L"}
    rows["GESTIONNAIRE_SUP"].append([MANAGER, "Unité départementale de l’architecture (démonstration)"])
    for insee, church in churches.items():
        key, name = f"AC1-{insee}", f"Église de {names[insee]}"
        act = f"AC1_{insee}_19270704_act.pdf"
        rows["SERVITUDE"].append(
            [key, MANAGER, f"AC1_{insee}_sup", name, "AC1", f"{name}, inscrite en totalité", "20220110"]
        )
        rows["ACTE_SUP"].append(
            [f"{key}-1", act.removesuffix(".pdf"), "", "Arrêté ministériel", act, "Création", "19270704", ""]
        )
        rows["SERVITUDE_ACTE_SUP"].append([key, f"{key}-1"])
        rows["GENERATEUR_SUP_S"].append((church.geom, [key, key, f"{name}_gen", "Monument"]))
        around = surface(church.geom.buffer(500, quad_segs=16))
        rows["ASSIETTE_SUP_S"].append((around, [f"{key}-a", key, f"{name}, abords", "Périmètre des abords"]))
        write_pdf(
            make_folder(path / "Actes") / act, f"Inscription de l’{name.lower()} au titre des monuments historiques"
        )
    write_set(path, "AC1", rows)
    return path


def write_pipe(folder: Path, territory: Territory) -> Path:
    """I3: a gas pipe between the villages, and 5 m on each side of it."""
    path, key, act = folder / f"{MANAGER}_I3_45_20210601", "I3-001", "I3_001_20040917_act.pdf"
    centres = sorted((one.centre.x, one.centre.y) for one in territory.communes)
    pipe = shapely.set_precision(LineString([(x + 350, y - 420) for x, y in centres[::2]]), 0.01)
    name = "Canalisation de gaz du Lys"
    rows: dict[str, list[Any]] = {
        "GESTIONNAIRE_SUP": [["GAZ", "Transporteur de gaz (démonstration)"]],
        "SERVITUDE": [[key, "GAZ", "I3_001_sup", name, "I3", f"{name}, diamètre 150", "20210601"]],
        "ACTE_SUP": [[f"{key}-1", act.removesuffix(".pdf"), "", "Arrêté préfectoral", act, "Création", "20040917", ""]],
        "SERVITUDE_ACTE_SUP": [[key, f"{key}-1"]],
        "GENERATEUR_SUP_L": [(pipe, [key, key, name, "Canalisation"])],
        "ASSIETTE_SUP_S": [
            (surface(pipe.buffer(5, quad_segs=4)), [f"{key}-a", key, f"{name}, bande", "Bande de servitude"])
        ],
    }
    write_pdf(make_folder(path / "Actes") / act, f"Déclaration d’utilité publique de la {name.lower()}")
    write_set(path, "I3", rows)
    return path


def write_set(path: Path, category: str, rows: Mapping[str, list[Any]]) -> None:
    data = make_folder(path / "Donnees_geographiques")
    (path / f"fr-{path.name.lower()}.xml").write_text("<?xml version='1.0' encoding='UTF-8'?>\n<metadata/>\n")
    for name, given in rows.items():
        fields = [(one, 254) for one in SUP_FIELDS[name].split()]
        stem = data / f"{category}_{name}"
        if name.startswith(("GENERATEUR", "ASSIETTE")):
            write_shapefile(stem, fields, given, kind=LINE if name.endswith("_L") else 5)
        else:
            write_table(stem, fields, given)


# -- risks -------------------------------------------------------------------------------------------------------------


def write_floods(folder: Path, territory: Territory) -> Path:
    """A flood-risk plan: red along the rivers, blue around."""
    code = "45DDT20180001"
    path = make_folder(folder / f"pprn_{code.lower()}")
    water = shapely.union_all([one.geom for one in territory.landcover if one.kind == "water" and one.variety])
    land = shapely.union_all([one.geom for one in territory.communes])
    red = surface(water.buffer(45, quad_segs=2).intersection(land))
    blue = surface(water.buffer(140, quad_segs=2).intersection(land).difference(red))
    zones: Rows = [
        (red, ["1", code, "R", "Zone rouge, inconstructible", "03"]),
        (blue, ["2", code, "B", "Zone bleue, constructible sous conditions", "02"]),
    ]
    fields = [
        (name, 254) for name in ["IDZONEREGLEMENTAIRE", "CODEPROCEDURE", "CODEZONEREGLEMENT", "LIBELLEZONEREGLEMENT"]
    ]
    write_shapefile(path / f"pprn_{code.lower()}_zonereglementaire_s", [*fields, ("TYPEREGLEMENT", 2)], zones)
    limits = [("CODEPROCEDURE", 20), ("ETATPROCEDURE", 10), ("DATEETAT", 8)]
    whole = surface(red.union(blue))
    write_shapefile(path / f"pprn_{code.lower()}_perimetre_s", limits, [(whole, [code, "APPROUVE", "20180705"])])
    named = [("CODEPROCEDURE", 20), ("LIBELLEPROCEDURE", 254), ("TYPEPROCEDURE", 10)]
    write_table(path / f"pprn_{code.lower()}_procedure", named, [[code, "PPRI de la vallée du Lys", "PPRN"]])
    return path


def make_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_pdf(path: Path, title: str) -> None:
    """One page, the same bytes each time."""
    canvas = Canvas(str(path), invariant=1)
    canvas.setTitle(title)
    canvas.drawString(72, 770, title)
    canvas.drawString(72, 750, "Territoire de démonstration : ce document n’a aucune valeur.")
    canvas.save()
