"""The rules of the CNIG: each found where a delivery breaks it, with its file and row, and with its effect.

`docs/reference/regles-cnig.md` names, for each rule, the test that proves it.
"""

import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from layers.intake.report_text import report_lines
from layers.planning.cnig import RULES, Effect, Level
from layers.planning.models import Document, Easement, EasementFootprint, Prescription, RiskZone, Zone
from tests.planning.conftest import BOWTIE, Desk, Made, X, Y, box, easements, file_of, plan, risks, rules, told

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "regles-cnig.md"
LINE = re.compile(r"^\| `([a-z0-9-]+)` \| (\S+) \| (\S+) \| .* \| `?([A-Za-z_]+)`? \| `(test_\w+)` \|$", re.MULTILINE)
LEVELS = {"erreur": Level.ERROR, "avertissement": Level.WARNING, "information": Level.INFORMATION}
EFFECTS = {"livraison": Effect.DELIVERY, "fichier": Effect.FILE, "ligne": Effect.ROW, "rien": Effect.NOTHING}

type Spoil = Callable[[Made], Any]


def test_the_page_of_the_rules_and_the_table_agree() -> None:
    listed = {found[0]: found[1:] for found in LINE.findall(PAGE.read_text())}
    said = {name: (LEVELS[level], EFFECTS[effect], source) for name, (level, effect, source, _test) in listed.items()}
    assert said == {one.id: (one.level, one.effect, one.source) for one in RULES.values()}


def test_every_test_that_the_page_names_exists() -> None:
    names = {found[4] for found in LINE.findall(PAGE.read_text())}
    assert names <= set(globals())


def test_every_rule_says_what_it_checks() -> None:
    assert [one.id for one in RULES.values() if not one.checks] == []


def test_a_sound_delivery_gives_no_finding(desk: Desk) -> None:
    report = desk.send(plan())
    assert rules(report) == {"projection-sans-code"}
    assert report.exit_code == 0
    assert (Zone.objects.count(), Prescription.objects.count()) == (2, 3)


def first(made: Made, table: str, **values: Any) -> None:
    """Change the first row of a table."""
    made.tables[table][0] |= values


def without(made: Made, table: str, name: str) -> None:
    """Leave a field out of a table."""
    found = next(one for one in made.known if one.name == table)
    made.fields[table] = [one.name for one in found.fields if one.name != name]


# What refuses the whole delivery.
WHOLE: dict[str, Spoil] = {
    "fichier-obligatoire": lambda made: made.tables.pop("ZONE_URBA"),
    "idurba-multiple": lambda made: made.tables["DOC_URBA"].append(
        {**made.tables["DOC_URBA"][0], "IDURBA": "45901_PLU_20200115", "NOMPROC": "M1"}
    ),
    "typedoc": lambda made: first(made, "DOC_URBA", TYPEDOC="XXX"),
    "etat": lambda made: first(made, "DOC_URBA", ETAT="42"),
    "datefin-avant": lambda made: first(made, "DOC_URBA", DATEFIN="20100101"),
}


@pytest.mark.parametrize("rule", WHOLE)
def test_a_fault_of_the_document_refuses_all_of_it(desk: Desk, rule: str) -> None:
    made = plan()
    WHOLE[rule](made)
    report = desk.send(made)
    assert rule in rules(report)
    assert report.exit_code == 2
    assert not Document.objects.exists()
    assert not Zone.objects.exists()


def test_an_approved_document_without_any_date_is_refused(desk: Desk) -> None:
    made = plan()
    made.name = "plu"
    first(made, "DOC_URBA", IDURBA="PLU de Bray", DATAPPRO="")
    report = desk.send(made)
    assert "dateappro" in rules(report)
    assert report.exit_code == 2


def test_a_document_of_no_known_commune_is_refused(desk: Desk) -> None:
    made = plan(code="999000011", kind="PLUi")
    made.tables.pop("DOC_URBA_COM")
    assert "communes" in rules(desk.send(made))
    assert not Document.objects.exists()


def test_a_document_outside_the_territory_is_refused(desk: Desk) -> None:
    report = desk.send(plan(), territory=frozenset({"45902"}))
    assert "document-hors-territoire" in rules(report)
    assert not Document.objects.exists()


def test_a_table_in_two_files_refuses_the_delivery(desk: Desk) -> None:
    root = plan().written(desk.folder)
    for file in (root / "Donnees_geographiques").glob("ZONE_URBA.*"):
        shutil.copy(file, file.with_name(f"45901_ZONE_URBA_20200115{file.suffix}"))
    report = desk.send(root)
    assert "table-en-double" in rules(report)
    assert not Zone.objects.exists()


def test_two_versions_of_one_day_are_told(desk: Desk) -> None:
    second = plan()
    rename(second, "45901_PLU_20200115_B")
    second.name = "45901_PLU_20200115_B"
    report = desk.send(plan(), second)
    assert "meme-date" in rules(report)
    assert report.exit_code == 0


# What refuses one row, and where.
ROWS: dict[str, tuple[str, Spoil]] = {
    "valeur-indispensable": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", LIBELLE="")),
    "typezone": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", TYPEZONE="ZZ")),
    "idurba-autre": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", IDURBA="45902_PLU_20200115")),
    "geometrie-refusee": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", geom=None)),
    "hors-de-france": ("ZONE_URBA", lambda made: far(made)),
    "identifiant-trop-long": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", IDURBA="4" * 70)),
    "code-mal-forme": ("PRESCRIPTION_SURF", lambda made: first(made, "PRESCRIPTION_SURF", TYPEPSC="X1")),
    "insee": ("DOC_URBA_COM", lambda made: first(made, "DOC_URBA_COM", INSEE="4590")),
}


def far(made: Made) -> None:
    """A zone over the sea, beside two that are in their place."""
    zones = made.tables["ZONE_URBA"]
    zones.insert(0, {**zones[0], "geom": shapely.box(20_000, 6_400_000, 20_100, 6_400_100)})


@pytest.mark.parametrize("rule", ROWS)
def test_a_fault_of_a_row_refuses_it_alone(desk: Desk, rule: str) -> None:
    table, spoil = ROWS[rule]
    made = plan()
    spoil(made)
    report = desk.send(made)
    assert (table, rule, 1) in told(report)
    assert file_of(report, table).refused_rows == 1
    assert report.exit_code == 1
    assert Document.objects.exists()


# What is told, and refuses nothing.
TOLD: dict[str, tuple[str, Spoil]] = {
    "valeur-absente": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", NOMFIC="")),
    "valeur-trop-longue": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", LIBELLE="UA secteur du vieux bourg")),
    "date": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", DATVALID="2020")),
    "typezone-ancien": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", TYPEZONE="Nh")),
    "code-inconnu": ("PRESCRIPTION_SURF", lambda made: first(made, "PRESCRIPTION_SURF", TYPEPSC="96")),
    "sous-code-mal-forme": ("PRESCRIPTION_SURF", lambda made: first(made, "PRESCRIPTION_SURF", STYPEPSC="x")),
    "sous-code-inconnu": ("PRESCRIPTION_SURF", lambda made: first(made, "PRESCRIPTION_SURF", STYPEPSC="17")),
    "piece-introuvable": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", NOMFIC="absente.pdf")),
    "adresse": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", URLFIC="javascript:alert(1)")),
    "geometrie-reparee": ("ZONE_URBA", lambda made: first(made, "ZONE_URBA", geom=BOWTIE)),
}


@pytest.mark.parametrize("rule", TOLD)
def test_a_lesser_fault_of_a_row_is_told_and_the_row_loaded(desk: Desk, rule: str) -> None:
    table, spoil = TOLD[rule]
    made = plan()
    spoil(made)
    report = desk.send(made)
    assert (table, rule, 1) in told(report)
    assert report.exit_code == 0
    assert Zone.objects.count() == 2


# What is told of a file or of the document as a whole.
WHOLLY: dict[str, Spoil] = {
    "nom-du-dossier": lambda made: setattr(made, "name", "mon_plu"),
    "fichier-recommande": lambda made: made.tables.pop("DOC_URBA_COM"),
    "metadonnees": lambda made: made.pieces.pop("metadonnees.xml"),
    "fichier-inattendu": lambda made: made.pieces.update({"Pieces_ecrites/Thumbs.db": b"x"}),
    "piece-non-pdf": lambda made: made.pieces.update({"Pieces_ecrites/notice.pdf": b"MZ"}),
    "aucune-piece": lambda made: made.pieces.pop("Pieces_ecrites/3_Reglement/45901_reglement_20200115.pdf"),
    "champ-absent": lambda made: without(made, "ZONE_URBA", "NOMFIC"),
    "champ-inattendu": lambda made: made.fields.update({"DOC_URBA_COM": ["IDURBA", "INSEE", "NOTE"]}),
    "idurba-forme": lambda made: rename(made, "4590120200115"),
    "idurba-introuvable": lambda made: setattr(made, "name", "45901_PLU_20190101"),
    "nomproc": lambda made: first(made, "DOC_URBA", NOMPROC="zzz"),
    "dateappro-idurba": lambda made: first(made, "DOC_URBA", DATAPPRO="20210301"),
    "dateappro-deduite": lambda made: first(made, "DOC_URBA", DATAPPRO=""),
    "datefin": lambda made: first(made, "DOC_URBA", ETAT="06"),
    "siren": lambda made: first(made, "DOC_URBA", SIREN="12"),
    "idurba-repete": lambda made: made.tables["DOC_URBA"].append(dict(made.tables["DOC_URBA"][0])),
    "insee-inconnu": lambda made: made.tables["DOC_URBA_COM"].append(
        {"IDURBA": "45901_PLU_20200115", "INSEE": "45999"}
    ),
    "code-territoire": lambda made: setattr(made, "name", "45902_PLU_20200115"),
    "table-vide": lambda made: made.tables.update({"DOC_URBA_COM": []}),
}


def rename(made: Made, idurba: str) -> None:
    for rows in made.tables.values():
        for row in rows:
            row["IDURBA"] = idurba


@pytest.mark.parametrize("rule", WHOLLY)
def test_a_lesser_fault_of_the_delivery_is_told_and_it_comes_in(desk: Desk, rule: str) -> None:
    made = plan()
    WHOLLY[rule](made)
    report = desk.send(made)
    assert rule in rules(report)
    assert report.exit_code == 0
    assert Zone.objects.count() == 2


@pytest.mark.parametrize("by", ["folder", "table", "header"])
def test_a_coherence_plan_is_recognised_and_told(desk: Desk, by: str) -> None:
    made = plan(code="200078244", kind="SCOT" if by != "table" else "PLUi")
    if by == "folder":
        made.tables = {"DOC_URBA": made.tables["DOC_URBA"]}
    if by == "header":
        made.name = "200078244_PLUi_20200115"
    root = made.written(desk.folder / "scot")
    if by == "table":
        for file in (root / "Donnees_geographiques").glob("ZONE_URBA.*"):
            file.rename(file.with_name(f"PERIMETRE_SCOT{file.suffix}"))
    report = desk.send(root)
    assert next(file.problem and file.problem.code for file in report.files) == "scot"
    assert "fichier-obligatoire" not in rules(report)
    assert report.exit_code == 2


def test_easements_of_another_set_are_told(desk: Desk) -> None:
    assert desk.send(easements(), source="sup").exit_code == 0
    again = easements()
    again.name = "AC1-servitudes"
    report = desk.send(again, source="sup")
    assert "idsup-deja-en-base" in rules(report)
    assert any("172014607_AC1_45" in str(one.params) for one in report.files[0].remarks)


def test_a_delivery_itself_counts_no_rows(desk: Desk) -> None:
    lines = list(report_lines(desk.send(plan()).as_json()))
    assert "45901_PLU_20200115" in lines
    assert any(line.startswith("Donnees_geographiques/ZONE_URBA.shp : 2") for line in lines)


# Files that something happened to, after they were written.


def spoilt(desk: Desk, spoil: Callable[[Path], Any]) -> Path:
    root = plan().written(desk.folder / "spoilt")
    spoil(root / "Donnees_geographiques")
    return root


def test_a_missing_cpg_is_told(desk: Desk) -> None:
    report = desk.send(spoilt(desk, lambda data: (data / "ZONE_URBA.cpg").unlink()))
    assert ("ZONE_URBA", "encodage", None) in told(report)
    assert Zone.objects.count() == 2


def test_a_prj_without_a_code_is_told(desk: Desk) -> None:
    assert ("ZONE_URBA", "projection-sans-code", None) in told(desk.send(plan()))


def test_a_missing_prj_is_told_where_the_coordinates_say_enough(desk: Desk) -> None:
    report = desk.send(spoilt(desk, lambda data: (data / "ZONE_URBA.prj").unlink()))
    assert ("ZONE_URBA", "projection-absente", None) in told(report)
    assert Zone.objects.count() == 2


def test_an_unknown_system_refuses_the_file(desk: Desk) -> None:
    made = plan()
    first(made, "PRESCRIPTION_SURF", geom=shapely.box(1e8, 1e8, 1.1e8, 1.1e8))
    root = made.written(desk.folder / "spoilt")
    (root / "Donnees_geographiques" / "PRESCRIPTION_SURF.prj").unlink()
    report = desk.send(root)
    assert ("PRESCRIPTION_SURF", "projection-inconnue", None) in told(report)
    assert Prescription.objects.filter(kind="surface").count() == 0
    assert Zone.objects.count() == 2


def test_a_cut_off_file_is_refused_and_the_others_come_in(desk: Desk) -> None:
    def cut(data: Path) -> None:
        path = data / "PRESCRIPTION_SURF.dbf"
        path.write_bytes(path.read_bytes()[:40])

    report = desk.send(spoilt(desk, cut))
    assert ("PRESCRIPTION_SURF", "fichier-illisible", None) in told(report)
    assert Zone.objects.count() == 2


def test_a_shapefile_without_its_table_names_what_is_missing(desk: Desk) -> None:
    report = desk.send(spoilt(desk, lambda data: (data / "ZONE_URBA.dbf").unlink()))
    file = file_of(report, "ZONE_URBA")
    assert file.problem
    assert (file.problem.code, "ZONE_URBA.dbf" in file.problem.message) == ("shapefile-incomplet", True)
    assert not Zone.objects.exists()


def test_a_shapefile_without_its_index_is_read(desk: Desk) -> None:
    report = desk.send(spoilt(desk, lambda data: (data / "ZONE_URBA.shx").unlink()))
    assert (report.exit_code, Zone.objects.count()) == (0, 2)


def test_a_table_without_its_shapes_is_refused(desk: Desk) -> None:
    def bare(data: Path) -> None:
        for suffix in (".shp", ".shx", ".prj"):
            (data / f"PRESCRIPTION_SURF{suffix}").unlink()

    report = desk.send(spoilt(desk, bare))
    assert ("PRESCRIPTION_SURF", "table-sans-geometrie", None) in told(report)
    assert Zone.objects.count() == 2


def test_a_missing_vital_field_refuses_the_file(desk: Desk) -> None:
    made = plan()
    without(made, "PRESCRIPTION_SURF", "TYPEPSC")
    report = desk.send(made)
    assert ("PRESCRIPTION_SURF", "champ-indispensable", None) in told(report)
    assert Prescription.objects.count() == 2


def mif(kind: str = "Region 1\n  5\n{0} {1}\n{2} {1}\n{2} {3}\n{0} {3}\n{0} {1}\n") -> str:
    """A prescription in MapInfo's interchange format, in Lambert-93."""
    system = 'CoordSys Earth Projection 3, 33, "m", 3, 46.5, 44, 49, 700000, 6600000'
    columns = "Columns 4\n  LIBELLE Char(50)\n  TYPEPSC Char(2)\n  STYPEPSC Char(2)\n  NOMFIC Char(80)\n"
    return (
        f'Version 300\nCharset "Neutral"\nDelimiter ","\n{system}\n{columns}Data\n{kind.format(X, Y, X + 10, Y + 10)}'
    )


def test_a_mapinfo_file_is_read_and_told(desk: Desk) -> None:
    made = plan()
    made.tables.pop("PRESCRIPTION_SURF")
    root = made.written(desk.folder / "spoilt")
    (root / "Donnees_geographiques" / "PRESCRIPTION_SURF.mif").write_text(mif())
    (root / "Donnees_geographiques" / "PRESCRIPTION_SURF.mid").write_text('"Bois","01","00",""\n')
    report = desk.send(root)
    assert ("PRESCRIPTION_SURF", "format", None) in told(report)
    assert Prescription.objects.get(kind="surface").geom.area == pytest.approx(100)


def test_heights_are_told_and_left_out(desk: Desk) -> None:
    made = plan()
    made.tables.pop("PRESCRIPTION_SURF")
    root = made.written(desk.folder / "spoilt")
    ring = [[2.0, 47.5, 80], [2.001, 47.5, 81], [2.001, 47.501, 82], [2.0, 47.5, 80]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    values = {"LIBELLE": "Bois", "TYPEPSC": "01", "STYPEPSC": "00"}
    (root / "Donnees_geographiques" / "PRESCRIPTION_SURF.geojson").write_text(
        str(
            {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": values, "geometry": shape}]}
        ).replace("'", '"')
    )
    report = desk.send(root)
    assert ("PRESCRIPTION_SURF", "geometrie-3d", None) in told(report)
    assert not Prescription.objects.get(kind="surface").geom.hasz


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:IGNF::LAMB93", "IGNF:LAMB93", "urn:ogc:def:crs:EPSG::2154"])
def test_a_geojson_file_in_lambert_93_is_read_whoever_names_it(desk: Desk, name: str) -> None:
    made = plan()
    made.tables.pop("PRESCRIPTION_SURF")
    root = made.written(desk.folder / "geojson")
    values = {"LIBELLE": "Bois", "TYPEPSC": "01", "STYPEPSC": "00"}
    feature = {"type": "Feature", "properties": values, "geometry": shapely.geometry.mapping(box(150, 0, 50))}
    crs = {"type": "name", "properties": {"name": name}}
    collection = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    (root / "Donnees_geographiques" / "PRESCRIPTION_SURF.geojson").write_text(json.dumps(collection))
    desk.send(root)
    assert Prescription.objects.get(kind="surface").geom.area == pytest.approx(2500)


def test_a_zip_archive_is_the_same_as_its_folder(desk: Desk) -> None:
    root = plan().written(desk.folder / "zipped")
    archive = desk.folder / "livraison.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in sorted(root.rglob("*")):
            opened.write(path, path.relative_to(root.parent))
    report = desk.send(archive)
    assert rules(report) == {"projection-sans-code"}
    assert [one["name"] for one in Document.objects.get().files] == ["45901_reglement_20200115.pdf"]


def test_a_fault_of_many_rows_is_told_once_with_their_number(desk: Desk) -> None:
    made = plan()
    for row in made.tables["ZONE_URBA"]:
        row["NOMFIC"] = "absente.pdf"
    (entry,) = [one for one in file_of(desk.send(made), "ZONE_URBA").remarks if one.code == "piece-introuvable"]
    assert entry.message.endswith("(2 lignes)")


# Easements.

SUP_ROWS: dict[str, tuple[str, Spoil]] = {
    "identifiant-double": ("SERVITUDE", lambda made: made.tables["SERVITUDE"].append(made.tables["SERVITUDE"][0])),
    "reference": (
        "ASSIETTE_SUP_S",
        lambda made: made.tables["ASSIETTE_SUP_S"].append({"IDASS": "F2", "IDGEN": "G9", "geom": box(0, 0, 9)}),
    ),
}


@pytest.mark.parametrize("rule", SUP_ROWS)
def test_a_fault_of_a_row_of_easements_refuses_it_alone(desk: Desk, rule: str) -> None:
    table, spoil = SUP_ROWS[rule]
    made = easements()
    spoil(made)
    report = desk.send(made, source="sup")
    assert (table, rule, 2) in told(report)
    assert (Easement.objects.count(), EasementFootprint.objects.count()) == (1, 1)


SUP_TOLD: dict[str, Spoil] = {
    "categorie": lambda made: first(made, "SERVITUDE", CATEGORIE="ZZ9"),
    "servitude-sans-assiette": lambda made: made.tables["SERVITUDE"].append({"IDSUP": "S2", "NOMSUP": "Seule"}),
    "generateur-sans-assiette": lambda made: made.tables["GENERATEUR_SUP_S"].append(
        {"IDGEN": "G2", "IDSUP": "S1", "NOMGEN": "Croix", "geom": box(60, 60, 5)}
    ),
    "servitude-sans-acte": lambda made: made.tables["SERVITUDE"].append({"IDSUP": "S2", "NOMSUP": "Seule"}),
    "acte-par-son-nom": lambda made: first(made, "ACTE_SUP", NOMACTE="acte", FICHIER=""),
}


@pytest.mark.parametrize("rule", SUP_TOLD)
def test_a_lesser_fault_of_easements_is_told(desk: Desk, rule: str) -> None:
    made = easements()
    SUP_TOLD[rule](made)
    report = desk.send(made, source="sup")
    assert rule in rules(report)
    assert report.exit_code == 0


def test_easements_outside_the_territory_are_refused(desk: Desk) -> None:
    made = easements()
    made.tables["ASSIETTE_SUP_S"].append({"IDASS": "F2", "IDGEN": "G1", "geom": box(50_000, 0, 90)})
    report = desk.send(made, source="sup", territory=frozenset({"45901"}))
    assert ("ASSIETTE_SUP_S", "hors-territoire", 2) in told(report)
    assert EasementFootprint.objects.count() == 1


# Risks.


def test_a_zone_of_another_procedure_is_refused(desk: Desk) -> None:
    made = risks()
    first(made, "ZONEREGLEMENTAIRE_S", CODEPROCEDURE="45DDT19990001")
    report = desk.send(made, source="risks")
    assert (made.stems["ZONEREGLEMENTAIRE_S"], "procedure-autre", 1) in told(report)
    assert RiskZone.objects.get().code == "B"


def test_a_risk_plan_without_a_date_is_told(desk: Desk) -> None:
    made = risks()
    first(made, "PERIMETRE_S", DATEETAT="")
    report = desk.send(made, source="risks")
    assert "risque-sans-date" in rules(report)
    assert RiskZone.objects.count() == 2
