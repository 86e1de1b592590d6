"""The sample network of Giswater (Barcelona, EPSG:25831) through the pages of imports: told where it lies, moved to the
member's ground, mapped, loaded, walked.
"""

import shutil
import sqlite3
import struct
from collections import Counter
from contextlib import closing
from pathlib import Path

import pyproj
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile

from layers.intake.findings import from_json
from layers.intake.looking import inspect_layers
from layers.intake.models import FileImport
from networks.water.importers.mapping import suggest_mapping
from tests.networks.conftest import Network, X, Y
from tests.networks.water.importing import Importing, form_of, messages, widen

URL = "/reseaux/importer/"
HTML = {"accept": "text/html"}
LAYERS = ("node", "arc", "connec", "link")
KINDS = {
    "JUNCTION": "junction", "T": "fitting", "X": "fitting", "REDUCTION": "fitting", "ENDLINE": "fitting",
    "FLEXUNION": "fitting", "SHUTOFF_VALVE": "valve", "CHECK_VALVE": "regulator", "PR_REDUC_VALVE": "regulator",
    "AIR_VALVE": "air_valve", "GREEN_VALVE": "drain", "OUTFALL_VALVE": "drain", "HYDRANT": "hydrant", "TANK": "tank",
    "WATERWELL": "catchment", "SOURCE": "catchment", "PUMP": "pump", "WTP": "treatment", "FLOWMETER": "meter",
    "PRESSURE_METER": "sensor", "NETSAMPLEPOINT": "sensor", "REGISTER": "chamber", "FILTER": "other",
    "EXPANTANK": "other", "NETELEMENT": "other", "WATER_CONNECTION": "other",
}  # fmt: skip
ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


@pytest.fixture
def giswater(shared_data: Path) -> Path:
    path = shared_data / "eau_giswater" / "giswater_ws_sample.gpkg"
    if not path.is_file():
        pytest.skip("the sample of Giswater is not on this machine")
    return path


def moved(path: Path, folder: Path, srs: int = 25831, name: str = "reseau.gpkg") -> Path:
    """The same file 700 km further north, where the member is: its coordinates shifted within their system."""
    there = folder / name
    shutil.copyfile(path, there)
    there.chmod(0o600)
    east, north = pyproj.Transformer.from_crs(2154, 25831, always_xy=True).transform(X, Y)
    with closing(sqlite3.connect(there)) as file, file:
        file.execute("delete from gpkg_extensions where extension_name = 'gpkg_rtree_index'")
        for (trigger,) in file.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            file.execute(f'drop trigger "{trigger}"')
        for layer in LAYERS:
            for fid, code in file.execute(f'select fid, geom from "{layer}"').fetchall():
                body = code[8 + ENVELOPES[(code[3] >> 1) & 7] :]
                shape = shapely.transform(shapely.from_wkb(body), lambda at: at - [418_200, 4_576_100] + [east, north])
                head = b"GP\x00\x01" + struct.pack("<i", srs)
                file.execute(f'update "{layer}" set geom = ? where fid = ?', (head + shapely.to_wkb(shape), fid))
        about = (f"EPSG:{srs}", srs, "EPSG", srs, pyproj.CRS(srs).to_wkt("WKT1_GDAL"))
        file.execute("insert or replace into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, null)", about)
        file.execute(
            "update gpkg_contents set srs_id = ?, min_x = null, min_y = null, max_x = null, max_y = null", (srs,)
        )
        file.execute("update gpkg_geometry_columns set srs_id = ?", (srs,))
    return there


def page(network: Network, made: FileImport) -> str:
    answer = network.client().get(f"{URL}{made.pk}/", headers=HTML)
    assert answer.status_code == 200
    return answer.content.decode()


def uploaded(importing: Importing, path: Path) -> FileImport:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    answer = importing.network.client().post(URL, {"format": "auto", "file": file}, headers=HTML)
    assert answer.status_code == 302
    return importing.worked_off(FileImport(pk=int(answer["Location"].rstrip("/").rpartition("/")[2])))


def pressed(importing: Importing, made: FileImport, action: str, **changed: str) -> FileImport:
    """A button of the import's page, its form as it stands but for what is changed."""
    sent = form_of(page(importing.network, made), action) | changed
    answer = importing.network.client().post(f"{URL}{made.pk}/", sent, headers=HTML)
    assert answer.status_code == 302, answer.content.decode()
    return importing.worked_off(made)


def test_what_its_layers_are_is_suggested_as_one_who_knows_them_would(giswater: Path) -> None:
    seen, faults = inspect_layers([giswater])
    found = {one.label: suggest_mapping(one.label, one.geometry, one.fields) for one in seen}
    assert not faults
    assert {label: one.table for label, one in found.items() if one.table} == {
        "node": "water-nodes", "arc": "water-pipes", "connec": "water-connections",
    }  # fmt: skip
    node, arc, connec = found["node"], found["arc"], found["connec"]
    assert (node.columns["reference"], node.columns["kind"], node.columns["ground_z"]) == (
        "node_id",
        "nodecat_id",
        "top_elev",
    )
    assert arc.columns == {
        "reference": "arc_id", "material": "arccat_id", "diameter_mm": "arccat_id", "service_state": "state",
        "laid_from_year": "builtdate", "start_key": "node_1", "end_key": "node_2",
    }  # fmt: skip
    assert connec.columns == {
        "reference": "connec_id", "meter": "customer_code", "service_state": "state", "laid_from_year": "builtdate",
        "comment": "descript", "pipe_key": "arc_id",
    }  # fmt: skip
    assert arc.values["material"]["PELD110-PN10"] == "pebd"


def test_the_kind_of_each_node_is_that_of_its_catalogue(giswater: Path) -> None:
    """The file's own catalogue of nodes says of what type each is; the suggestion has only the catalogue's names."""
    seen, _faults = inspect_layers([giswater])
    node = next(one for one in seen if one.label == "node")
    suggestion = suggest_mapping(node.label, node.geometry, node.fields).values["kind"]
    with closing(sqlite3.connect(f"file:{giswater}?immutable=1", uri=True)) as file:
        types = dict(file.execute("select id, nodetype_id from cat_node").fetchall())
    assert {word: suggestion.get(word) for word in node.fields["nodecat_id"]} == {
        word: KINDS[types[word]] for word in node.fields["nodecat_id"]
    }


def test_that_it_lies_in_barcelona_is_told_once_and_not_nine_hundred_times(
    importing: Importing, network: Network, giswater: Path
) -> None:
    made = pressed(importing, uploaded(importing, giswater), "read")
    assert made.state == "ready"
    assert made.plan["errors"] == len(messages(made)) == 1
    assert "None of the 984 objects lies in the territory of the member" in " ".join(messages(made))
    assert "EPSG:25831, as it was read, they are 690 km away, to the south" in messages(made)[0]
    assert "another territory" in messages(made)[0]
    assert 'value="load"' not in page(network, made)


def test_a_wrong_system_is_told_with_the_one_that_fits(importing: Importing, giswater: Path, tmp_path: Path) -> None:
    """The member's ground in EPSG:25831, said to be in EPSG:25830: a zone further west."""
    widen(importing.network)
    made = pressed(importing, uploaded(importing, moved(giswater, tmp_path, srs=25830)), "read")
    assert made.plan["errors"] == 1, (made.state, made.message)
    assert "As EPSG:" in messages(made)[0], messages(made)[:3]
    assert "UTM zone 31N" in messages(made)[0]
    made = pressed(importing, made, "read", **{f"crs-{place}": "25831" for place in range(3)})
    assert made.plan["errors"] == 0, messages(made)[:5]


def test_it_is_mapped_planned_loaded_and_walked(
    importing: Importing, network: Network, giswater: Path, tmp_path: Path
) -> None:
    widen(network)
    made = pressed(importing, uploaded(importing, moved(giswater, tmp_path)), "read", name="Giswater")
    (told,) = made.plan["networks"]
    assert {name: told[name] for name in ("nodes", "pipes", "split", "junctions", "connections", "parts", "unfed")} == {
        "nodes": 238, "pipes": 270, "split": 1, "junctions": 0, "connections": 477, "parts": 2, "unfed": 0,
    }  # fmt: skip
    assert (made.plan["errors"], made.plan["moved"], made.plan["loose"]) == (0, 0, 0)
    assert remarks(made) == {"Diameter “VIRTUAL” is not understood: left empty, kept aside.": 5}
    made = pressed(importing, made, "load")
    assert (made.state, made.report["rows"]) == ("applied", 238 + 270 + 477)
    assert network.rows(f"select count(*) from arpent.network_faults('water', {network.member.pk}, {made.pk})") == [
        (0,)
    ]
    assert network.rows("select count(*) from water_connection where pipe_id is null") == [(0,)]
    check_ends(network, giswater)
    check_walks(network, giswater)


def remarks(made: FileImport) -> dict[str, int]:
    return dict(Counter(one.message for one in from_json(made.findings)))


type Arcs = dict[str, tuple[str, str]]


def read_arcs(path: Path) -> tuple[Arcs, dict[str, str]]:
    """The arcs in service by their nodes, as the file says itself; the type of each node."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as file:
        arcs = file.execute(
            "select arc_id, node_1, node_2 from arc where state = '1' and node_1 <> '' and node_2 <> ''"
        )
        types = file.execute("select node_id, nodetype_id from node join cat_node on id = nodecat_id")
        return {arc: (one, other) for arc, one, other in arcs.fetchall()}, dict(types.fetchall())


def check_ends(network: Network, path: Path) -> None:
    """Each pipe ends on the nodes that the file says, and says what its catalogue says."""
    arcs, _types = read_arcs(path)
    found = network.rows(
        "select p.reference, a.reference, b.reference, p.material, p.diameter_mm, p.laid_from_year,"
        " p.more ->> 'arccat_id' from water_pipe p"
        " join water_node a on a.id = p.start_node_id join water_node b on b.id = p.end_node_id"
        " where p.service_state = 'en_service' and p.reference is not null"
    )
    loaded = {one[0]: one[1:3] for one in found}
    different = {arc: (loaded[arc], ends) for arc, ends in arcs.items() if loaded.get(arc) != ends}
    assert len(loaded) == 261
    assert len(different) <= 1, different  # the one that a node lies on
    assert {one[3:6] for one in found if one[6] == "PVC110-PN16"} == {("pvc", 110, 2017)}
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as file:
        pairs = dict(file.execute("select connec_id, arc_id from connec").fetchall())
    hung = network.rows("select c.reference, coalesce(p.reference, p.more ->> 'piece_of') from water_connection c"
                        " join water_pipe p on p.id = c.pipe_id")  # fmt: skip
    assert dict(hung) == pairs


def check_walks(network: Network, path: Path) -> None:
    """What is connected, and what isolates a pipe, is what a walk through the file's own table of arcs gives."""
    arcs, types = read_arcs(path)
    begun = "2088"  # with the most connections
    (pk,) = network.rows(f"select id from water_pipe where reference = '{begun}'")[0]
    answer = network.client().post(
        "/api/v1/networks/water/trace", {"pipe": pk, "direction": "connected"}, content_type="application/json"
    )
    reached, _ends = walked(arcs, begun, set())
    ids = ", ".join(map(str, answer.json()["pipe_ids"]))
    assert {one for (one,) in network.rows(f"select reference from water_pipe where id in ({ids})") if one} == reached
    valves = {node for node, name in types.items() if name == "SHUTOFF_VALVE"}
    zone, ends = walked(arcs, begun, valves)
    answer = network.client().post(
        "/api/v1/networks/water/isolation", {"pipe": pk}, content_type="application/json"
    )  # fmt: skip
    told = answer.json()
    assert {one["reference"] for one in told["valves"] if one["status"] in ("close", "optional")} == ends
    assert told["zone"]["pipes"] == len(zone)
    assert told["source_known"]
    hung = network.rows("select count(*) from water_connection where pipe_id in (select id from water_pipe where"
                        f" reference in ({', '.join(repr(one) for one in zone)}))")  # fmt: skip
    assert told["connections"]["count"] >= hung[0][0] >= 19


def walked(arcs: Arcs, begun: str, stops: set[str]) -> tuple[set[str], set[str]]:
    """The arcs reached from one of them, and the nodes among the stops that the walk ends at."""
    at: dict[str, set[str]] = {}
    for arc, ends in arcs.items():
        for node in ends:
            at.setdefault(node, set()).add(arc)
    reached, ends_met, waiting = {begun}, set(), [begun]
    while waiting:
        for node in arcs[waiting.pop()]:
            if node in stops:
                ends_met.add(node)
                continue
            new = at[node] - reached
            reached |= new
            waiting += new
    return reached, ends_met


def test_the_mapping_kept_is_found_again_for_the_next_delivery(
    importing: Importing, network: Network, giswater: Path, tmp_path: Path
) -> None:
    widen(network)
    made = uploaded(importing, moved(giswater, tmp_path))
    made = pressed(importing, made, "read", name="Giswater", **{"column-0-reference": "code"})
    pressed(importing, made, "load")
    again = uploaded(importing, moved(giswater, tmp_path, name="livraison_2.gpkg"))
    html = page(network, again)
    assert "Read as “Giswater” was." in html
    assert form_of(html, "read")["column-0-reference"] == "code"
    again = pressed(importing, again, "read")
    assert again.plan["known"]["count"] == 238 + 269 + 477
    again = pressed(importing, again, "read", known="replace")
    again = pressed(importing, again, "load")
    assert again.state == "applied", again.message
    assert network.rows("select count(*) from water_pipe") == [(270,)]
