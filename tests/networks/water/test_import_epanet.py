"""EPANET input files: units, tanks, valves and pumps on links, places, and what is wrong with them."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.utils import translation

from gis_core.errors import Invalid
from gis_core.files.reader import Reading, RestrictedReader
from networks.water.importers.checking import check_references
from networks.water.importers.choices import NetworkChoices
from networks.water.importers.draft import Draft
from networks.water.importers.epanet import Placing, read_epanet
from networks.water.importers.topology_building import There, build_topology
from tests.networks.conftest import Network, X, Y
from tests.networks.water.importing import Importing, messages, widen

HERE = Placing(corner=(X, Y))
NETWORK = """
[TITLE]
Un réseau
[JUNCTIONS]
;ID Elev
J1 100 5
J2 90
J3 95
[RESERVOIRS]
R1 150
[TANKS]
T1 120 3 1 5 20 0
[PIPES]
;ID Node1 Node2 Length Diameter Roughness MinorLoss Status
P1 R1 J1 100 8 100 0 Open
P2 J1 J2 200 4 100 0 Closed
P3 J3 T1 50 150 100 0 CV
[PUMPS]
PU1 J2 J3 POWER 10
[VALVES]
V1 J1 J3 6 PRV 50 0
V2 J2 T1 6 TCV 1 0
[STATUS]
V2 Closed
[OPTIONS]
Units {units}
Headloss H-W
[CONTROLS]
LINK PU1 OPEN IF NODE ZORGLUB ABOVE 3
[COORDINATES]
R1 0 0
J1 100 0
J2 200 0
J3 200 100
T1 200 150
[VERTICES]
V1 150 50
[END]
"""


def inp(folder: Path, text: str = "", units: str = "LPS", **changes: str) -> Path:
    path = folder / "reseau.inp"
    text = text or NETWORK.replace("{units}", units)
    for old, new in changes.items():
        text = text.replace(old, new)
    path.write_text(text)
    return path


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def read(path: Path, placing: Placing = HERE) -> Draft:
    (draft,) = read_epanet([path], placing)
    return draft


def values(draft: Draft) -> dict[str, dict[str, Any]]:
    return {row.key: row.values for row in [*draft.nodes, *draft.pipes]}


def test_metric_units_are_taken_as_they_are(tmp_path: Path) -> None:
    found = values(read(inp(tmp_path, units="LPS")))
    assert (found["P1"]["diameter_mm"], found["P1"]["declared_length_m"]) == (8, 100)
    assert found["T1"]["z"] == 120


def test_a_network_is_read_by_a_reader_that_opened_other_files_too(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [2.5, 47.7]}
    places = tmp_path / "places.geojson"
    features = [{"type": "Feature", "geometry": point, "properties": {"a": 1}}]
    places.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    with RestrictedReader() as reader:
        reader.inspect(reader.admit(places), reading=Reading())
        nodes = reader.epanet(reader.admit(inp(tmp_path))).nodes
        assert len(nodes) == 5
        assert len(reader.inspect(reader.admit(places), reading=Reading()).layers) == 1


def test_us_units_are_turned_into_metres_and_millimetres(tmp_path: Path) -> None:
    found = values(read(inp(tmp_path, units="GPM")))
    assert (found["P1"]["diameter_mm"], found["P1"]["declared_length_m"]) == (203, 30.48)
    assert found["T1"]["z"] == 36.576


@pytest.mark.parametrize("options", ["", "[OPTIONS]\nHeadloss H-W\n"])
def test_units_that_the_file_does_not_tell_are_those_of_epanet_and_it_is_said(tmp_path: Path, options: str) -> None:
    draft = read(inp(tmp_path, **{"[OPTIONS]\nUnits {units}\nHeadloss H-W\n".replace("{units}", "LPS"): options}))
    assert values(draft)["P1"]["diameter_mm"] == 203
    assert [one.severity for one in draft.findings if "American" in one.message] == ["warning"]


def test_a_tank_has_the_volume_between_its_levels(tmp_path: Path) -> None:
    found = values(read(inp(tmp_path)))
    assert found["T1"]["capacity_m3"] == pytest.approx(3.14159 / 4 * 20**2 * 4, abs=0.1)
    assert (found["T1"]["kind"], found["R1"]["kind"]) == ("tank", "catchment")


def test_valves_and_pumps_stand_halfway_between_two_pipes(tmp_path: Path) -> None:
    draft = read(inp(tmp_path))
    found = values(draft)
    assert (found["V1 (regulator)"]["kind"], found["V1 (regulator)"]["reference"]) == ("regulator", "V1")
    assert found["PU1 (pump)"]["kind"] == "pump"
    ends = {(row.start_key, row.end_key) for row in draft.pipes}
    assert {("J1", "V1 (regulator)"), ("V1 (regulator)", "J3")} <= ends
    regulator = next(row for row in draft.nodes if row.key == "V1 (regulator)")
    assert (regulator.geom.x - X, regulator.geom.y - Y) == pytest.approx((150, 50))


def test_a_closed_valve_is_closed_and_a_closed_pipe_gets_a_closed_valve(tmp_path: Path) -> None:
    draft = read(inp(tmp_path))
    found = values(draft)
    assert found["V2 (valve)"]["position"] == "closed"
    assert found["P2 (valve)"]["position"] == "closed"
    assert any("P2 is closed" in one.message for one in draft.findings)


def test_parallel_links_lie_beside_each_other(tmp_path: Path) -> None:
    text = NETWORK.replace("{units}", "LPS").replace("PU1 J2 J3 POWER 10", "PU1 J2 J3 POWER 10\nPU2 J3 J2 POWER 10")
    draft = read(inp(tmp_path, text))
    first, second = (row.geom for row in draft.nodes if row.values["kind"] == "pump")
    assert first.distance(second) > 1.0


def test_vertices_shape_a_link(tmp_path: Path) -> None:
    text = NETWORK.replace("{units}", "LPS").replace("[VERTICES]", "[VERTICES]\nP1 50 30")
    draft = read(inp(tmp_path, text))
    line = next(row for row in draft.pipes if row.key == "P1").geom
    assert [(x - X, y - Y) for x, y in line.coords] == [(0, 0), (50, 30), (100, 0)]


@pytest.mark.parametrize("mark", ["\u2028", "\x85", "\x0c"])
def test_only_an_end_of_line_ends_a_line(tmp_path: Path, mark: str) -> None:
    """What comes after it belongs to the comment."""
    draft = read(inp(tmp_path, NETWORK.replace("{units}", "LPS").replace(";ID Elev", f";ID{mark}J9 80")))
    assert "J9" not in values(draft)
    assert not any("J9" in one.message for one in draft.findings)


def test_coordinates_without_a_system_are_refused_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="EPSG"):
        read(inp(tmp_path), Placing())


def test_coordinates_of_elsewhere_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="France"):
        read(inp(tmp_path), Placing(crs=3547))


def test_coordinates_in_a_system_come_to_lambert_93(tmp_path: Path) -> None:
    text = (
        NETWORK.replace("{units}", "LPS")
        .replace("R1 0 0", "R1 1660000 7180000")
        .replace("J1 100 0", "J1 1660100 7180000")
    )
    draft = read(inp(tmp_path, text), Placing(crs=3948))
    line = next(row for row in draft.pipes if row.key == "P1").geom
    assert line.length == pytest.approx(100, abs=0.1)
    assert 600_000 < line.coords[0][0] < 700_000


def test_what_is_wrong_is_told_by_line(tmp_path: Path) -> None:
    wrong = (
        "P4 J1 ZORGLUB 10 100 100 0 Open\nP5 J1 J1 10 100 100 0\nP6 J1 J2 dix 100 100 0\nP1 J1 J2 10 100 100 0\n[PUMPS]"
    )
    draft = read(inp(tmp_path, NETWORK.replace("{units}", "LPS").replace("[PUMPS]", wrong)))
    told = [(one.row, one.message) for one in draft.findings if one.severity == "error"]
    assert [row for row, _words in told] == [20, 21, 18, 19]
    assert "dix" in told[0][1]
    assert "ZORGLUB" in told[2][1]


def test_a_node_without_coordinates_is_told(tmp_path: Path) -> None:
    draft = read(inp(tmp_path, NETWORK.replace("{units}", "LPS").replace("J2 200 0\n", "")))
    assert [one.message for one in draft.findings if one.severity == "error"] == [
        "J2: This node has no coordinates in [COORDINATES]."
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "ZIP"),
        (b"bonjour", "no EPANET input file"),
        (b"[JUNCTIONS]\nJ1 1\n", "where it lies"),
        (b"\xff\xfe[\0J\0", "UTF-16"),
    ],
)
def test_files_that_are_no_network_are_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "reseau.inp"
    path.write_bytes(content)
    draft = read(path)
    assert words in draft.findings[0].message


def test_latin_1_is_read(tmp_path: Path) -> None:
    path = tmp_path / "reseau.inp"
    path.write_bytes(NETWORK.replace("{units}", "LPS").replace("J3", "Égoût3").encode("latin-1"))
    assert "Égoût3" in values(read(path))


# -- real networks -----------------------------------------------------------------------------------------------------

FOOT = 0.3048


def real(shared_data: Path, name: str) -> Path:
    path = shared_data / "eau_epanet" / f"{name}.inp"
    if not path.is_file():
        pytest.skip(f"{name} is not on this machine")
    return path


def test_net3_has_no_system_and_comes_in_where_it_is_put(shared_data: Path) -> None:
    draft = read(real(shared_data, "Net3"), Placing(corner=(X, Y), scale=10.0))
    assert (len(draft.nodes), len(draft.pipes)) == (97 + 2 + 1, 117 + 2 * 2 + 1)
    assert not [one for one in draft.findings if one.severity == "error"]


def test_the_lengths_of_ky4_are_those_that_the_file_says(shared_data: Path) -> None:
    draft = read(real(shared_data, "ky4"), Placing(corner=(X, Y), scale=1200 / 3937))
    told = {row.key: row.values.get("declared_length_m") for row in draft.pipes}
    off = [abs(row.geom.length - length) / length for row in draft.pipes if (length := told[row.key]) and length > 20]
    assert shapely.length(draft.pipes[0].geom) > 0
    assert sorted(off)[len(off) // 2] < 0.01


def test_net6_is_a_network_once_loaded(importing: Importing, network: Network, shared_data: Path) -> None:
    widen(network)
    made = importing.send(real(shared_data, "Net6"))
    assert made.state == "choosing"
    made = importing.read(made, crs=None, corner=[X + 10, Y + 10], scale=15.0)
    assert made.state == "ready", made.message
    assert not messages(made)
    made = importing.load(made)
    assert made.state == "applied", (made.message, messages(made)[:5])
    assert made.report["counts"]["water"]["nodes"] > 3_356
    kinds = "select kind, count(*) from water_node where kind in ('tank', 'pump', 'catchment', 'regulator') group by 1"
    assert dict(network.rows(kinds)) == {"catchment": 1, "pump": 61, "regulator": 2, "tank": 32}


def test_the_page_asks_where_an_epanet_file_lies(importing: Importing, tmp_path: Path) -> None:
    made = importing.send(inp(tmp_path))
    assert (made.state, NetworkChoices.of(made).format) == ("choosing", "epanet")
    made = importing.read(made, crs=9999999)
    assert (made.state, "EPSG:9999999" in made.message) == ("choosing", True)


def wntr_network(name: str) -> Path:
    """A network that comes with WNTR."""
    spec = find_spec("wntr")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "library" / "networks" / f"{name}.inp"


@pytest.mark.parametrize("name", ["Net1", "Net2", "Net3", "ky4", "ky10"])
def test_networks_whose_nodes_and_links_share_names_or_places_have_no_error(name: str) -> None:
    draft = read(wntr_network(name), Placing(corner=(X, Y), scale=0.3048))
    assert [one.message for one in draft.findings if one.severity == "error"] == []
    assert list(check_references(draft)) == []
    built = build_topology(draft, There(), snap_m=0.1)
    assert [one.message for one in built.findings if one.severity == "error"] == []


def test_a_pump_whose_name_is_that_of_a_node_keeps_it_with_its_word(tmp_path: Path) -> None:
    text = NETWORK.replace("{units}", "LPS").replace("PU1 J2 J3", "J1 J2 J3")
    pump = values(read(inp(tmp_path, text)))["J1 (pump)"]
    assert pump["reference"] == "J1 (PUMP)"
    assert pump["more"]["epanet_name"] == "J1"


def test_a_pump_without_length_at_a_tank_is_drawn_a_metre_aside(tmp_path: Path) -> None:
    text = NETWORK.replace("{units}", "LPS").replace("PU1 J2 J3", "PU1 R1 J9").replace("J3 95", "J3 95\nJ9 99")
    draft = read(inp(tmp_path, text.replace("R1 0 0", "R1 0 0\nJ9 0 0")))
    by_key = {row.key: row.geom for row in draft.nodes}
    assert by_key["R1"].distance(by_key["J9"]) == pytest.approx(1.0)
    assert by_key["R1"].distance(by_key["PU1 (pump)"]) == pytest.approx(0.5)
    assert [one.severity for one in draft.findings if "PU1 has no length" in one.message] == ["warning"]


def test_net3_is_loaded_as_it_is(importing: Importing, network: Network) -> None:
    widen(network)
    made = importing.read(importing.send(wntr_network("Net3")), crs=None, corner=[X + 10, Y + 10], scale=10.0)
    assert made.state == "ready", (made.message, messages(made))
    made = importing.load(made)
    assert made.state == "applied", (made.message, messages(made)[:5])
