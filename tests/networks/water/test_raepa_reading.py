"""RAEPA as it is delivered, with its known defects, read into drafts; every row is there or told."""

import os
import random
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import shapely

from gis_core.files.reader import Problem
from layers.intake.findings import Finding, Findings
from layers.intake.sheets import report_problems
from networks.water.exchange.tables import Shapefile
from networks.water.importers.draft import Draft
from networks.water.importers.raepa import read_raepa
from networks.water.raepa import TABLES, RaepaField
from tests.counting import calls

X, Y = 670_000, 6_760_000
UTM_20 = (
    'PROJCS["WGS_1984_UTM_Zone_20N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,'
    '298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",-63.0],'
    'PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
ROOT = Path(__file__).parents[3]
TEMPLATES = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data")) / "eau_raepa"
PIPES = "IDCANA;MOUVRAGE;BRANCHEMNT;MATERIAU;DIAMETRE;ANFINPOSE;IDNINI;IDNTERM;WKT"
SEWERS = "IDCANA;BRANCHEMNT;TYPRESEAU;SENSECOUL;ZAMONT;ZAVAL;IDNINI;IDNTERM;WKT"


def line(*places: tuple[float, float]) -> str:
    return "LINESTRING(" + ", ".join(f"{X + x} {Y + y}" for x, y in places) + ")"


def pipe(key: str, *cells: str, places: Sequence[tuple[float, float]] = ((0, 0), (50, 0))) -> str:
    """A row of PIPES: owner, branch, material, diameter, year, first and last node."""
    given = [*cells, *[""] * (7 - len(cells))]
    return ";".join((key, *given, line(*places)))


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    return tmp_path


def give(folder: Path, name: str, header: str, *rows: str) -> None:
    (folder / f"{name}.csv").write_text("\n".join((header, *rows, "")), encoding="utf-8")


def read(folder: Path) -> Draft:
    (draft,) = read_raepa(sorted(folder.iterdir()))
    return draft


def words(draft: Draft, row: int | None = None, severity: str = "") -> str:
    chosen = [one for one in draft.findings if row in (None, one.row) and severity in ("", one.severity)]
    return "\n".join(one.message for one in chosen)


def one_pipe(folder: Path, *cells: str) -> Draft:
    give(folder, "RAEPA_CANALAEP_L", PIPES, pipe("C1", *cells))
    return read(folder)


def test_a_pipe_is_read_with_its_values(delivery: Path) -> None:
    draft = one_pipe(delivery, "Syndicat", "N", "11", "150", "1998")
    (found,) = draft.pipes
    assert (draft.family, found.key, found.geom.length) == ("water", "C1", 50)
    assert found.values == {
        "reference": "C1",
        "project_owner": "Syndicat",
        "material": "fd",
        "diameter_mm": 150,
        "laid_to_year": 1998,
        "service_state": "en_service",
    }


def many(folder: Path, *rows: Sequence[str]) -> Draft:
    """Pipes C0, C1, …, a row of cells each."""
    lines = [pipe(f"C{at}", *cells, places=((at, 0), (at, 5))) for at, cells in enumerate(rows)]
    give(folder, "RAEPA_CANALAEP_L", PIPES, *lines)
    return read(folder)


def test_a_diameter_is_understood_however_it_is_written(delivery: Path) -> None:
    texts = ("DN 100", "100 mm", "100,0", "0,1", "0.1 m", '4"', "DN100", "100.00")
    draft = many(delivery, *(("", "N", "11", text) for text in texts))
    assert [one.values["diameter_mm"] for one in draft.pipes] == [100, 100, 100, 100, 100, 102, 100, 100]


def test_numbers_and_years_that_make_no_sense_are_told_and_no_values(delivery: Path) -> None:
    sizes = ("cent", "99999999999999999999", "1e400", "-5", "12 x 30")
    years = ("0000", "0", "9999", "95", "2999", "abcd")
    rows = [*(("", "N", "11", size, "1990") for size in sizes), *(("", "N", "11", "100", year) for year in years)]
    draft = many(delivery, *rows)
    assert all("diameter_mm" not in one.values for one in draft.pipes[:5])
    assert all("laid_to_year" not in one.values for one in draft.pipes[5:])
    assert {one.row for one in draft.findings} == set(range(1, 12))


def test_a_material_is_a_code_with_or_without_zeros_or_a_label(delivery: Path) -> None:
    texts = ("11", "Fonte ductile", "fd", "1", "9", "béton", "18 - PEHD lisse")
    draft = many(delivery, *(("", "N", text) for text in texts))
    assert [one.values["material"] for one in draft.pipes] == ["fd", "fd", "fd", "acier", "fbvr", "beton", "pehd"]


def test_a_code_that_says_more_than_ours_is_kept_beside(delivery: Path) -> None:
    (found,) = one_pipe(delivery, "", "N", "24").pipes
    assert (found.values["material"], found.values["more"]) == ("pvc", {"MATERIAU": "24"})


def test_an_unknown_code_is_told_and_kept_beside(delivery: Path) -> None:
    draft = one_pipe(delivery, "", "N", "77")
    assert draft.pipes[0].values["more"] == {"MATERIAU": "77"}
    assert "77" in words(draft, 1)


def test_names_of_part_b_and_small_letters_are_those_of_part_c(delivery: Path) -> None:
    give(delivery, "raepa_canalaep_l", "idcana;maitreOuvrage;filGen;WKT", f"C1;Syndicat;1,25;{line((0, 0), (9, 0))}")
    values = read(delivery).pipes[0].values
    assert (values["project_owner"], values["depth_m"]) == ("Syndicat", 1.25)


def test_a_field_that_no_column_has_is_kept_under_its_name(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", "IDCANA;NBRANCHE;ROBINET;WKT", f"C1;3;vert;{line((0, 0), (9, 0))}")
    assert read(delivery).pipes[0].values["more"] == {"NBRANCHE": "3", "ROBINET": "vert"}


def test_a_day_is_understood_however_it_is_written(delivery: Path) -> None:
    texts = ("2020-12-31", "31/12/2020", "20201231", "31.12.2020", "2020-12-31T10:00:00")
    rows = [f"C{at};{text};{line((at, 0), (at, 9))}" for at, text in enumerate(texts)]
    give(delivery, "RAEPA_CANALAEP_L", "IDCANA;DATEMAJ;WKT", *rows)
    assert {one.values["updated_date"] for one in read(delivery).pipes} == {date(2020, 12, 31)}


def test_two_years_in_the_wrong_order_are_exchanged(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", "IDCANA;ANDEBPOSE;ANFINPOSE;WKT", f"C1;1999;1990;{line((0, 0), (9, 0))}")
    draft = read(delivery)
    assert (draft.pipes[0].values["laid_from_year"], draft.pipes[0].values["laid_to_year"]) == (1990, 1999)
    assert words(draft, 1)


def test_an_identifier_that_is_there_twice_gets_a_number(delivery: Path) -> None:
    give(
        delivery,
        "RAEPA_CANALAEP_L",
        PIPES,
        pipe("C1"),
        pipe("C1", places=((0, 9), (9, 9))),
        pipe("C1-2", places=((0, 5), (5, 5))),
    )
    draft = read(delivery)
    assert [one.key for one in draft.pipes] == ["C1", "C1-3", "C1-2"]
    assert "C1-3" in words(draft, 2)


def test_rows_without_a_place_are_left_out_and_told(delivery: Path) -> None:
    rows = [pipe("C1"), "C2;;N;;;;;;", pipe("C3", places=((-X, -Y), (-X, -Y))), pipe("C4", places=((5, 5), (5, 5)))]
    give(delivery, "RAEPA_CANALAEP_L", PIPES, *rows)
    draft = read(delivery)
    assert [one.key for one in draft.pipes] == ["C1"]
    assert {one.row for one in draft.findings if one.severity == "error"} == {2, 3, 4}


def test_the_empty_row_of_a_template_is_only_remarked(delivery: Path) -> None:
    fields = TABLES["RAEPA_OUVRAEP_P"].fields
    with Shapefile(delivery, "RAEPA_OUVRAEP_P", fields, lines=False) as table:
        table.write({}, shapely.Point(0, 0))
        table.write({"IDOUVRAGE": "R1", "FNOUVAEP": "03"}, shapely.Point(X, Y))
    draft = read(delivery)
    assert [node.values["kind"] for node in draft.nodes] == ["tank"]
    assert [(one.row, one.severity) for one in draft.findings] == [(1, "warning")], words(draft)


def test_parts_that_meet_become_one_line_and_others_several(delivery: Path) -> None:
    together = f"MULTILINESTRING(({X} {Y}, {X + 5} {Y}), ({X + 5} {Y}, {X + 9} {Y}))"
    apart = f"MULTILINESTRING(({X} {Y}, {X + 5} {Y}), ({X + 7} {Y}, {X + 9} {Y}))"
    give(delivery, "RAEPA_CANALAEP_L", "IDCANA;IDNINI;WKT", f"C1;;{together}", f"C2;N1;{apart}")
    draft = read(delivery)
    assert [(one.key, one.geom.length) for one in draft.pipes] == [("C1", 9), ("C2", 5), ("C2-2", 2)]
    assert words(draft, 1)
    assert words(draft, 2)


def test_heights_of_a_drawing_are_left_and_other_shapes_are_refused(delivery: Path) -> None:
    solid = f"LINESTRING Z({X} {Y} 12, {X + 5} {Y} 13)"
    give(delivery, "RAEPA_CANALAEP_L", "IDCANA;WKT", f"C1;{solid}", f"C2;POINT({X} {Y})")
    draft = read(delivery)
    assert [one.geom.has_z for one in draft.pipes] == [False]
    assert words(draft, 2, "error")


def test_points_without_a_geometry_lie_at_x_and_y_with_decimal_commas(delivery: Path) -> None:
    give(delivery, "RAEPA_APPARAEP_P", "IDAPPAREIL;X;Y;FNAPPAEP;Z", f"V1;{X},25;{Y},5;3;101,5")
    (node,) = read(delivery).nodes
    assert (node.geom.x, node.geom.y, node.values["kind"], node.values["z"]) == (X + 0.25, Y + 0.5, "valve", 101.5)


def test_a_fitting_is_known_by_its_code_or_its_label(delivery: Path) -> None:
    texts = ("07-01", "701", "7-1", "07", "Compteur", "06-00", "zz")
    rows = [f"V{at};{X + at};{Y};{text}" for at, text in enumerate(texts)]
    give(delivery, "RAEPA_APPARAEP_P", "IDAPPAREIL;X;Y;FNAPPAEP", *rows)
    kinds = [node.values["kind"] for node in read(delivery).nodes]
    assert kinds == ["meter", "meter", "meter", "sensor", "meter", "hydrant", "other"]


def test_a_template_that_names_its_field_as_for_sewers_is_read(delivery: Path) -> None:
    give(delivery, "gabarit_appareils_aep", "idappareil;x;y;fnappass", f"V1;{X};{Y};03")
    assert read(delivery).nodes[0].values["kind"] == "valve"


def test_pipes_end_at_the_nodes_that_they_name(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", PIPES, pipe("C1", "", "N", "", "", "", "V1", "R1"))
    give(delivery, "RAEPA_APPARAEP_P", "IDAPPAREIL;X;Y;FNAPPAEP", f"V1;{X};{Y};03")
    give(delivery, "RAEPA_OUVRAEP_P", "IDOUVRAGE;X;Y;FNOUVAEP", f"R1;{X + 50};{Y};03")
    (found,) = read(delivery).pipes
    assert (found.start_key, found.end_key) == ("V1", "R1")


def test_a_node_that_nobody_knows_or_is_far_away_is_told(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", PIPES, pipe("C1", "", "N", "", "", "", "V9", "V1"))
    give(delivery, "RAEPA_APPARAEP_P", "IDAPPAREIL;X;Y;FNAPPAEP", f"V1;{X + 900};{Y};03")
    draft = read(delivery)
    (found,) = draft.pipes
    assert (found.start_key, found.end_key) == (None, None)
    assert found.values["more"] == {"IDNINI": "V9", "IDNTERM": "V1"}
    assert [one.row for one in draft.findings if "IDN" in one.message] == [1, 1]


def test_a_line_drawn_from_its_last_node_is_turned(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", PIPES, pipe("C1", "", "N", "", "", "", "V2", "V1"))
    give(delivery, "RAEPA_APPARAEP_P", "IDAPPAREIL;X;Y;FNAPPAEP", f"V1;{X};{Y};03", f"V2;{X + 50};{Y};03")
    (found,) = read(delivery).pipes
    assert (found.start_key, found.end_key, found.geom.coords[0][0]) == ("V2", "V1", X + 50)


def test_a_sewer_against_its_drawing_is_turned_the_way_it_flows(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALASS_L", SEWERS, f"S1;N;02;0;101,5;100;R2;R1;{line((0, 0), (50, 0))}")
    give(delivery, "RAEPA_OUVRASS_P", "IDOUVRAGE;X;Y;FNOUVASS;TYPRESEAU", f"R2;{X};{Y};06;02", f"R1;{X + 50};{Y};06;02")
    draft = read(delivery)
    (found,) = draft.pipes
    assert (found.start_key, found.end_key, found.geom.coords[0][0]) == ("R1", "R2", X + 50)
    assert (found.values["start_z"], found.values["end_z"]) == (101.5, 100)
    assert "SENSECOUL" in words(draft, 1)


def test_a_branch_becomes_a_connection_at_its_free_end(delivery: Path) -> None:
    branches = [
        pipe("B1", "", "O", "16", "25", places=((20, 12), (20, 0))),
        pipe("B2", "", "O", places=((30, 0), (30, 9))),
    ]
    give(delivery, "RAEPA_CANALAEP_L", PIPES, pipe("C1", "", "N"), *branches)
    draft = read(delivery)
    assert [one.key for one in draft.pipes] == ["C1"]
    assert [(one.key, one.pipe_key, one.geom.y - Y) for one in draft.connections] == [("B1", "C1", 12), ("B2", "C1", 9)]
    assert draft.connections[0].values["more"]["TRACE"].startswith("LINESTRING")


def test_the_point_of_a_connection_cuts_no_pipe(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", PIPES, pipe("C1", "", "N"), pipe("B1", "", "O", places=((20, 0), (20, 9))))
    points = [f"P1;{X + 20};{Y};01-00", f"P2;{X + 40};{Y};01-00", f"P3;{X + 50};{Y};01-00"]
    give(delivery, "RAEPA_APPARAEP_P", "IDAPPAREIL;X;Y;FNAPPAEP", *points)
    draft = read(delivery)
    assert [node.key for node in draft.nodes] == ["P3"]
    assert [one.key for one in draft.connections] == ["P2", "B1"]


def test_of_two_nodes_at_one_place_the_valve_carries_the_pipes(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", PIPES, pipe("C1", "", "N", "", "", "", "", "K1"))
    give(delivery, "RAEPA_OUVRAEP_P", "IDOUVRAGE;X;Y;FNOUVAEP", f"K1;{X + 50};{Y};04")
    give(delivery, "RAEPA_APPARAEP_P", "IDAPPAREIL;X;Y;FNAPPAEP", f"V1;{X + 50};{Y};03")
    draft = read(delivery)
    assert draft.pipes[0].end_key == "V1"
    assert len(draft.nodes) == 2


def test_a_repair_keeps_what_its_pipe_is_made_of(delivery: Path) -> None:
    give(delivery, "RAEPA_CANALAEP_L", PIPES, pipe("C1", "", "N", "12", "80", "1965"))
    header = "IDREPAR;X;Y;SUPPREPARE;DEFREPAREE;IDSUPREPAR;DATEREPAR;MOUVRAGE"
    give(delivery, "RAEPA_REPARAEP_P", header, f"P1;{X};{Y};1;2;C1;2020-03-04;Syndicat")
    (repair,) = read(delivery).repairs
    assert repair.values == {
        "reference": "P1",
        "network": "water",
        "repaired": "01",
        "defect": "02",
        "object_reference": "C1",
        "repaired_date": date(2020, 3, 4),
        "project_owner": "Syndicat",
        "material": "fg",
        "diameter_mm": 80,
        "laid_year": 1965,
    }


def test_an_archive_of_both_networks_gives_two_drafts(delivery: Path) -> None:
    with zipfile.ZipFile(delivery / "raepa.zip", "w") as archive:
        archive.writestr("aep/RAEPA_CANALAEP_L.csv", f"{PIPES}\n{pipe('C1')}\n")
        archive.writestr("ass/RAEPA_CANALASS_L.csv", f"{SEWERS}\nS1;N;03;1;;;;;{line((0, 0), (9, 0))}\n")
        archive.writestr("autre/rues.csv", "nom\nrue des Tanneurs\n")
    drafts = read_raepa([delivery / "raepa.zip"])
    assert [(draft.family, len(draft.pipes)) for draft in drafts] == [("water", 1), ("sewer", 1)]
    assert drafts[1].pipes[0].values["system"] == "03"
    assert [one.file for one in drafts[0].findings if "RAEPA" in one.message and one.row is None] == ["autre/rues"]


def test_a_shapefile_without_its_system_is_taken_for_lambert_93(delivery: Path) -> None:
    with Shapefile(delivery, "RAEPA_CANALAEP_L", [RaepaField("IDCANA", "C", 20)], lines=True) as table:
        table.write({"IDCANA": "Été"}, shapely.LineString([(X, Y), (X + 9, Y)]))
    (delivery / "RAEPA_CANALAEP_L.prj").unlink()
    (delivery / "RAEPA_CANALAEP_L.cpg").unlink()
    draft = read(delivery)
    assert (draft.pipes[0].key, draft.pipes[0].geom.length) == ("Été", 9)
    assert ".prj" in words(draft)


def test_a_network_of_the_antilles_is_refused_as_a_whole(delivery: Path) -> None:
    with Shapefile(delivery, "RAEPA_CANALAEP_L", [RaepaField("IDCANA", "C", 20)], lines=True) as table:
        for number in range(3):
            table.write(
                {"IDCANA": f"C{number}"}, shapely.LineString([(640_000, 1_790_000 + number), (640_009, 1_790_000)])
            )
    (delivery / "RAEPA_CANALAEP_L.prj").write_text(UTM_20)
    draft = read(delivery)
    assert not draft.pipes
    assert [(one.row, one.severity) for one in draft.findings] == [(None, "error")]


def test_equal_remarks_beyond_a_thousand_are_counted(delivery: Path) -> None:
    rows = [
        pipe(f"C{number}", "", "N", "11", "100", "0000", places=((number, 0), (number, 5))) for number in range(1_200)
    ]
    give(delivery, "RAEPA_CANALAEP_L", PIPES, *rows)
    told = [one for one in read(delivery).findings if "ANFINPOSE" in one.message]
    assert len(told) == 1_001
    assert (told[-1].row is None) != (told[0].row is None)


def test_files_that_are_none_of_raepa_are_told(delivery: Path) -> None:
    (delivery / "notes.csv").write_text("a;b\n1;2\n")
    (draft,) = read_raepa([delivery / "notes.csv"])
    assert not draft.nodes
    assert not draft.pipes
    assert draft.findings


@pytest.mark.parametrize("name", ["RAEPA_CANALAEP_L.csv", "RAEPA_CANALAEP_L.shp", "raepa.zip"])
def test_an_empty_file_is_a_fault(delivery: Path, name: str) -> None:
    (delivery / name).write_bytes(b"")
    assert [one.severity for one in read(delivery).findings] == ["error"]


def test_files_cut_or_garbled_anywhere_give_faults_and_never_a_crash(delivery: Path) -> None:
    """Reading ends with a draft for every one of them; a whole file is read whole."""
    chance = random.Random(12)
    whole = delivery / "whole"
    whole.mkdir()
    with Shapefile(whole, "RAEPA_CANALAEP_L", TABLES["RAEPA_CANALAEP_L"].fields, lines=True) as table:
        for number in range(20):
            table.write({"IDCANA": f"C{number}", "DIAMETRE": 100}, shapely.LineString([(X, Y), (X + number + 1, Y)]))
    assert len(read(whole).pipes) == 20
    for turn in range(12):
        folder = delivery / str(turn)
        folder.mkdir()
        for path in whole.iterdir():
            data = bytearray(path.read_bytes())
            if turn % 2:
                data = data[: chance.randrange(len(data))]
            else:
                for _time in range(5):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            (folder / path.name).write_bytes(bytes(data))
        drafts = read_raepa(sorted(folder.iterdir()))
        assert all(isinstance(one, Finding) for draft in drafts for one in draft.findings)
        assert sum(len(draft.pipes) for draft in drafts) == 20 or any(draft.findings for draft in drafts)


@pytest.mark.skipif(not TEMPLATES.is_dir(), reason="the templates in use are not on this machine")
def test_the_templates_in_use_are_read_without_an_error() -> None:
    drafts = read_raepa(sorted((TEMPLATES / "gabarit_compiegne").iterdir()))
    for archive in sorted((TEMPLATES / "gabarits_3liz").glob("*.zip")):
        drafts += read_raepa([archive])
    assert {one.severity for draft in drafts for one in draft.findings} == {"warning"}
    assert any("18" in one.message for one in drafts[0].findings)


def test_a_large_file_that_lies_elsewhere_is_told_in_one_pass() -> None:
    elsewhere = [Problem("out_of_range", {"x": rank, "y": 1.0}, index=rank) for rank in range(1, 2_001)]
    problems = [*elsewhere, Problem("out_of_range", {"x": 0, "y": 0}, index=2_001)]
    findings = Findings("canalisations.shp")
    assert calls(lambda: report_problems(problems, 0, 2154, findings)) < 20 * len(problems)
    assert [one.row for one in findings.all()] == [None, 2_001]
