"""Networks and roads imported by command: how each ends, with and without a dry run, and what its report holds."""

import json
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import LineString as Line
from shapely.geometry import Point

from gis_core.errors import Invalid, Unavailable
from layers.intake.file_command import distinct_names, files_read, keep_files
from layers.intake.models import FileImport
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.sources import SECTIONS
from networks.water.importers.checking import leave_out
from networks.water.importers.draft import ConnectionRow, Draft, NodeRow, PipeRow
from networks.water.sources import NETWORK
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roads.test_road_delivery import write_raw
from tests.networks.test_network_loss import MANY, command, sections
from tests.networks.water.importing import Importing, pipe

X, Y = factories.ORIGIN
GOOD, REFUSALS, NOTHING, LOSS = 0, 1, 2, 3


def both(name: str, *arguments: Any) -> tuple[int, str]:
    """The exit code of a command, which is that of its dry run, and what it says."""
    tried, _said = command(name, *arguments, "--dry-run")
    assert not FileImport.objects.filter(state__in=("ready", "applying")).exists()
    code, said = command(name, *arguments)
    assert tried == code, said
    return code, said


def count() -> int:
    with factories.as_owner():
        return RoadSection.objects.count() + RoadMarker.objects.count()


# -- networks ----------------------------------------------------------------------------------------------------------


def test_a_network_ends_as_its_dry_run(importing: Importing, network: Network) -> None:
    member = ("--member", network.member.slug)
    wrong = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), (None, {"ref": "C2"})])
    assert both("import_network", wrong, *member)[0] == NOTHING
    assert both("import_network", importing.folder / "absent.geojson", *member)[0] == NOTHING
    assert both("import_network", wrong, "--member", "personne")[0] == NOTHING
    assert both("import_network", importing.file("canalisations", MANY), *member)[0] == GOOD
    few = importing.file("canalisations", MANY[:5])
    assert both("import_network", few, *member)[0] == NOTHING
    assert both("import_network", few, *member, "--known", "replace")[0] == LOSS
    assert both("import_network", few, *member, "--known", "replace", "--accept-loss", 25)[0] == GOOD


def test_rows_that_are_chosen_are_left_out_of_a_network(importing: Importing, network: Network) -> None:
    given = (
        importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), (None, {"ref": "C2"})]),
        *("--member", network.member.slug),
    )
    assert both("import_network", *given, "--leave", "canalisations:9")[0] == NOTHING
    code, said = both("import_network", *given, "--leave", "canalisations:2")
    assert (code, "1 row left out" in said) == (GOOD, True), said
    assert network.rows("select reference from water_pipe") == [("C1",)]


def test_a_pipe_ends_where_it_is_drawn_once_its_node_is_left_out() -> None:
    draft = Draft(family="water", source="")
    draft.nodes = [NodeRow(key="V1", geom=Point(0, 0), file="a", row=1), NodeRow(key="V2", geom=Point(9, 0))]
    draft.pipes = [PipeRow(key="C1", geom=Line([(0, 0), (9, 0)]), start_key="V1", end_key="V2", file="b", row=1)]
    draft.connections = [ConnectionRow(key="B1", geom=Point(5, 0), pipe_key="C1")]
    leave_out(draft, {("a", 1)})
    assert ([row.key for row in draft.nodes], draft.pipes[0].start_key, draft.pipes[0].end_key) == (["V2"], None, "V2")
    leave_out(draft, {("b", 1)})
    assert (draft.pipes, draft.connections[0].pipe_key) == ([], None)


def test_the_report_of_a_network_holds_what_stands_in_the_way(importing: Importing, network: Network) -> None:
    wrong = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0)), (None, {"ref": "C2"})])
    report = importing.folder / "rapport.json"
    assert command("import_network", wrong, "--member", network.member.slug, "--report", report)[0] == NOTHING
    written = json.loads(report.read_text())
    assert (written["source"], written["plan"]["errors"], written["report"]) == ("network", 1, None)
    assert (written["findings"][0]["row"], written["findings"][0]["severity"]) == (2, "error")
    assert written["choices"]["mapping"]["canalisations"]["table"] == "water-pipes"


def test_choices_of_a_report_serve_the_next_network(importing: Importing, network: Network) -> None:
    member, report = ("--member", network.member.slug), importing.folder / "rapport.json"
    file = importing.file("canalisations", [pipe("C1", (0, 0), (100, 0), xx="amiante")])
    reading = {"table": "water-pipes", "columns": {"reference": "ref", "material": "xx"},
               "values": {"material": {"amiante": "amci"}}}  # fmt: skip
    report.write_text(json.dumps({"choices": {"mapping": {"canalisations": reading}}}))
    assert command("import_network", file, *member, "--map", report, "--report", report)[0] == GOOD
    assert network.rows("select material from water_pipe") == [("amci",)]
    assert json.loads(report.read_text())["choices"]["mapping"]["canalisations"]["columns"]["material"] == "xx"


# -- roads -------------------------------------------------------------------------------------------------------------


def delivered(folder: Path) -> Path:
    """A folder of a delivery's own."""
    (folder / "livraison").mkdir()
    return folder / "livraison"


def wrong_sections(folder: Path) -> Path:
    """One that comes in, and one twice."""
    lines = [Line([(X, Y), (X + 20, Y)]), Line([(X + 40, Y), (X + 60, Y)])]
    row = ["T0", "Route à 1 chaussée", "Double sens", "D12", "En service"]
    write_raw(folder / "TRONCON_DE_ROUTE.shp", ["ID", "NATURE", "SENS", "NUMERO", "ETAT"], [row, row], lines)
    return folder


def test_sections_end_as_their_dry_run(network: Network, tmp_path: Path) -> None:
    member = ("--member", network.member.slug)
    assert both("import_bdtopo", tmp_path, *member)[0] == NOTHING
    assert both("import_bdtopo", tmp_path / "absent", *member)[0] == NOTHING
    assert both("import_bdtopo", wrong_sections(tmp_path), *member, "--strict")[0] == NOTHING
    assert count() == 0
    assert both("import_bdtopo", wrong_sections(tmp_path), *member)[0] == REFUSALS
    assert count() == 1
    assert both("import_bdtopo", sections(tmp_path, range(30)), *member)[0] == GOOD
    few = sections(tmp_path, range(8))
    assert both("import_bdtopo", few, *member, "--replace")[0] == LOSS
    assert both("import_bdtopo", few, *member, "--replace", "--accept-loss", 22)[0] == GOOD
    assert both("import_bdtopo", few, *member, "--extent", "1,2,3")[0] == NOTHING
    assert both("import_bdtopo", few, *member, "--commune", "quatre")[0] == NOTHING


def test_a_dry_run_of_sections_says_what_would_go(network: Network, tmp_path: Path) -> None:
    member, report = ("--member", network.member.slug), tmp_path / "rapport.json"
    folder = delivered(tmp_path)
    command("import_bdtopo", sections(folder, range(30)), *member)
    few = sections(folder, range(8))
    given = (few, *member, "--replace", "--accept-loss", 22, "--report", report)
    said = command("import_bdtopo", *given, "--dry-run")[1]
    assert ("To remove" in said or "À retirer" in said, "take_back_source" in said) == (True, False)
    tried = json.loads(report.read_text())
    assert (tried["written"], tried["number"], tried["counts"]["removed"]) == (False, None, 22)
    assert "take_back_source" in command("import_bdtopo", *given)[1]
    done = json.loads(report.read_text())
    assert (done["written"], done["report"]["counts"]["removed"], done["source"]) == (True, 22, "road-sections")
    assert done["faults"] == []


def test_the_choices_of_sections_serve_the_next_delivery(network: Network, tmp_path: Path) -> None:
    member, report = ("--member", network.member.slug), tmp_path / "rapport.json"
    given = (sections(delivered(tmp_path), range(30)), *member)
    assert command("import_bdtopo", *given, "--extent", f"{X},{Y - 5},{X + 90},{Y + 5}", "--report", report)[0] == GOOD
    known = count()
    assert 0 < known < 30
    choices = json.loads(report.read_text())["choices"]
    assert choices["extent"] == [X, Y - 5, X + 90, Y + 5]
    assert command("import_bdtopo", *given, "--map", report)[0] == GOOD
    assert count() == known
    assert command("import_bdtopo", *given, "--map", report, "--extent", f"{X},{Y - 5},{X + 900},{Y + 5}")[0] == GOOD
    assert count() == 30


def test_what_a_command_imported_is_in_the_list_of_the_page(network: Network, tmp_path: Path) -> None:
    command("import_bdtopo", sections(tmp_path, range(3)), "--member", network.member.slug)
    with factories.as_owner():
        made = FileImport.objects.get()
    assert (made.state, made.source_import_id is not None, made.made_by) == ("applied", True, None)
    client = network.client("network_technician")
    assert made.title in client.get("/voirie/importer/").content.decode()
    assert 'value="take_back"' in client.get(f"/voirie/importer/{made.pk}/").content.decode()


def test_markers_end_as_their_dry_run(network: Network, tmp_path: Path) -> None:
    member = ("--member", network.member.slug)
    command("import_bdtopo", sections(delivered(tmp_path), range(30)), *member)
    path = tmp_path / "pr.csv"
    path.write_text("nom;valeur\nx;1\n")
    assert both("import_pr", path, *member)[0] == NOTHING
    good = f"route;pr;x;y\nD12;1;{X + 10};{Y}\nD12;2;{X + 500};{Y}\n"
    path.write_text(f"{good}D7;1;{X};{Y}\n")
    assert both("import_pr", path, *member, "--strict")[0] == NOTHING
    assert both("import_pr", path, *member)[0] == REFUSALS
    path.write_text(good)
    assert both("import_pr", path, *member)[0] == GOOD
    with factories.as_owner():
        assert RoadMarker.objects.count() == 2


def test_files_of_several_folders_keep_belonging_together() -> None:
    files = [Path(f"{folder}/TRONCON.{ending}") for folder in ("45", "41") for ending in ("shp", "dbf")]
    assert distinct_names(files[:2]) == ["TRONCON.shp", "TRONCON.dbf"]
    assert distinct_names(files) == ["1-TRONCON.shp", "1-TRONCON.dbf", "2-TRONCON.shp", "2-TRONCON.dbf"]


def test_long_names_that_are_alike_do_not_overwrite_each_other() -> None:
    ends = "é" * 97 + ".shp"
    files = [Path(f"{folder}/{ends}") for folder in ("45", "41")]
    names = distinct_names(files)
    assert len(set(names)) == 2
    assert all(len(one) <= 100 and one.endswith(".shp") for one in names)


def test_of_a_folder_what_the_source_reads_is_kept(network: Network, tmp_path: Path) -> None:
    folder = delivered(tmp_path)
    sections(folder, range(3))
    for name in ("BATIMENT.shp", "BATIMENT.dbf", "BATIMENT.shx", "LISEZMOI.pdf", "moved.7z"):
        (folder / name).write_bytes(b"x" * 100)
    (folder / "BATI").mkdir()
    (folder / "BATI" / "CONSTRUCTION.shp").write_bytes(b"x" * 100)
    code, said = command("import_bdtopo", folder, "--member", network.member.slug)
    assert code == GOOD, said
    with factories.as_owner():
        names = [one["name"] for one in FileImport.objects.get(state="applied").files]
    assert {Path(one).stem for one in names} == {"TRONCON_DE_ROUTE"}
    assert {Path(one).suffix for one in names} >= {".shp", ".dbf", ".shx"}


def test_a_folder_of_which_nothing_is_read_says_why(network: Network, tmp_path: Path) -> None:
    (tmp_path / "livraison.7z").write_bytes(b"x" * 100)
    (tmp_path / "reseau.inp").write_text("[TITLE]\n")
    inside = [tmp_path / "livraison.7z", tmp_path / "reseau.inp"]
    assert files_read(SECTIONS, inside) == inside
    assert files_read(NETWORK, inside) == [tmp_path / "reseau.inp"]


def test_of_a_folder_no_table_is_read_whose_shapes_are_of_no_use(tmp_path: Path) -> None:
    """Where the table of the sections lacks, so that nothing is known of its format."""
    names = ("COMMUNE.cpg", "COMMUNE.dbf", "COMMUNE.prj", "COMMUNE.shp", "TRONCON_DE_ROUTE.prj", "TRONCON_DE_ROUTE.shp")
    inside = [tmp_path / name for name in names]
    assert files_read(SECTIONS, inside) == inside[4:]
    assert files_read(SECTIONS, [tmp_path / "TRONCON_DE_ROUTE.dbf"]) == [tmp_path / "TRONCON_DE_ROUTE.dbf"]


def test_a_link_is_never_followed(network: Network, tmp_path: Path) -> None:
    """Whether it is named itself, lies in a folder that is, or takes the place of a file meanwhile."""
    secret, folder = tmp_path / "secret.geojson", tmp_path / "livraison"
    secret.write_text("{}")
    folder.mkdir()
    (folder / "voies.geojson").symlink_to(secret)
    (tmp_path / "lien").symlink_to(folder)
    for path in (folder / "voies.geojson", folder, tmp_path / "lien"):
        code, said = command("import_network", path, "--member", network.member.slug)
        assert (code, "est un lien" in said) == (NOTHING, True)
    with pytest.raises(Invalid):
        keep_files([folder / "voies.geojson"], tmp_path / "inbox")
    assert not list((tmp_path / "inbox").iterdir())


@pytest.mark.parametrize("names", [("Voies.shp", "voies.shp"), ("voies.shp", "Voies.shp")])
def test_two_names_that_differ_by_case_are_told(tmp_path: Path, names: tuple[str, str]) -> None:
    with pytest.raises(Invalid, match=f"{names[0]} et {names[1]}"):
        distinct_names([tmp_path / name for name in names])


def test_files_take_no_room_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "voies.csv"
    file.write_text("a;b\n")
    keep_files([file], tmp_path / "inbox")
    assert (tmp_path / "inbox" / "voies.csv").samefile(file)

    def refuse(*_given: Any, **_options: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    keep_files([file], tmp_path / "beside")
    assert (tmp_path / "beside" / "voies.csv").read_text() == "a;b\n"
    assert not (tmp_path / "beside" / "voies.csv").samefile(file)
    monkeypatch.setattr("shutil.copyfileobj", refuse)
    with pytest.raises(Unavailable):
        keep_files([file], tmp_path / "full")
