"""The reader of EPANET files beside WNTR's, on the networks that come with WNTR and on what they do not hold."""

import io
import math
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from gis_core.files.reader.child import epanet

LIMITS: Mapping[str, int] = {"file_bytes": 10**8, "features": 10**6}
SMALL = """
[TITLE]
[JUNC]
 J1 100 5 ;a remark
 J2 90
[RESERVOIRS]
 R1 150 HEAD
[TANKS]
 T1 120 3 1 5 20 0
 T2 120 3 1.5 4.5 20 * V
[PIPES]
 P1 R1 J1 100 8 0.5
 P2 J1 J2 200 4 0.5 0.2 Closed
 P3 J2 T1 50 150 0.5 0 CV
 P4 T1 T2 50 150 0.5 0
[PUMPS]
 PU1 J2 J1 POWER 10 SPEED 1.1
[VALVES]
 V1 J1 J2 6 PRV 50 0
 V2 J2 T1 6 TCV 1
 V3 J1 T2 6 GPV G 0
[CURVES]
 V 0 0
 V 1 100
 V 5 700
 G 0 0
 G 1 5
[STATUS]
 V2 Closed
 P4 CLOSED
 PU1 1.2
[OPTIONS]
 UNITS {units}
 HEADLOSS {losses}
[COORDINATES]
 R1 0 0
 J1 1e2 -.5
 J2 200 0
 T1 200 150
 T2 300 150
[VERTICES]
 V1 150 50
 V1 160 60
[END]
"""


def ours(text: str) -> tuple[dict[str, Any], list[list[Any]], list[list[Any]]]:
    """What the file is, its nodes and its links."""
    head, *frames = [message for message, _blobs in epanet.frames(io.BytesIO(text.encode()), LIMITS)]
    nodes = [row for frame in frames for row in frame.get("nodes", ())]
    links = [row for frame in frames for row in frame.get("links", ())]
    return head, nodes, links


def compare(path: Path) -> tuple[int, int]:
    """Every node and link of a file read both ways; how many there are."""
    import wntr

    network = wntr.network.WaterNetworkModel(str(path))
    head, nodes, links = ours(path.read_text())
    assert head["units"] == network._inpfile.flow_units.name
    assert head["problems"] == []
    assert [row[1:6] for row in nodes] == [of_node(name, node) for name, node in network.nodes()]
    for (name, node), row in zip(network.nodes(), nodes, strict=True):
        if node.node_type == "Tank":
            assert row[6] == pytest.approx(volume(node), rel=1e-12), name
    assert [row[1:] for row in links] == [of_link(name, link) for name, link in network.links()]
    return len(nodes), len(links)


def of_node(name: str, node: Any) -> list[Any]:
    height = node.base_head if node.node_type == "Reservoir" else node.elevation
    return [name, node.node_type.lower(), *node.coordinates, height]


def volume(tank: Any) -> float:
    """WNTR's own between the levels."""
    return float(tank.get_volume(tank.max_level) - tank.get_volume(tank.min_level))


def of_link(name: str, link: Any) -> list[Any]:
    kind = link.link_type.lower()
    pipe = kind == "pipe"
    return [
        name,
        link.valve_type.lower() if kind == "valve" else "cv" if pipe and link.check_valve else kind,
        link.start_node_name,
        link.end_node_name,
        None if kind == "pump" else link.diameter,
        link.length if pipe else None,
        link.roughness if pipe else None,
        str(link.initial_status) == "Closed",
        [edge for vertex in link.vertices for edge in vertex],
    ]


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("Net1", (11, 13)),
        ("Net2", (36, 40)),
        ("Net3", (97, 119)),
        ("Net6", (3356, 3892)),
        ("ky4", (964, 1158)),
        ("ky10", (935, 1061)),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_real_networks_are_read_as_wntr_reads_them(name: str, counts: tuple[int, int]) -> None:
    spec = find_spec("wntr")
    assert spec
    assert spec.origin
    assert compare(Path(spec.origin).parent / "library" / "networks" / f"{name}.inp") == counts


@pytest.mark.parametrize("losses", ["H-W", "D-W", "C-M"])
@pytest.mark.parametrize("units", sorted((epanet.AMERICAN | epanet.METRIC) - {"CMS"}))
@pytest.mark.filterwarnings("ignore")
def test_all_units_and_kinds_are_read_as_wntr_reads_them(units: str, losses: str, tmp_path: Path) -> None:
    path = tmp_path / "small.inp"
    text = SMALL.format(units=units, losses=losses)
    # WNTR wants a whole word where EPANET takes its beginning, and a number where EPANET takes a star.
    path.write_text(text.replace("[JUNC]", "[JUNCTIONS]").replace("20 * V", "20 0 V"))
    assert compare(path) == (5, 8)
    assert ours(text) == ours(path.read_text())


def test_a_volume_follows_its_curve() -> None:
    _head, nodes, _links = ours(SMALL.format(units="LPS", losses="H-W"))
    by_name = {row[1]: row[6] for row in nodes}
    assert by_name["T2"] == pytest.approx((100 + 600 * 3.5 / 4) - (100 + 600 * 0.5 / 4))
    assert by_name["T1"] == pytest.approx(math.pi / 4 * 20**2 * 4)


@pytest.mark.parametrize(
    ("old", "new", "code", "name"),
    [
        (" P2 J1 J2 200 4", " P2 J1 J2 200 quatre", "epanet_value", "P2"),
        (" P2 J1 J2 200 4 0.5 0.2 Closed", " P2 J1 J2 200 4 0.5 0.2 Ferme", "epanet_value", "P2"),
        (" P2 J1 J2 200 4 0.5 0.2 Closed", " P2 J1 J2", "epanet_short", "P2"),
        (" V2 J2 T1 6 TCV", " V2 J2 T1 6 VANNE", "epanet_value", "V2"),
        (" V2 Closed", " V2 Fermee", "epanet_value", "V2"),
        (" V 1 100", " V 1 beaucoup", "epanet_value", "V"),
        ("20 * V", "20 * W", "epanet_no_curve", "T2"),
        (" J2 90", " J2 1_000", "epanet_value", "J2"),
        (" J2 90", " J2 nan", "epanet_value", "J2"),
    ],
)
def test_a_damaged_line_is_left_out_alone_and_named(old: str, new: str, code: str, name: str) -> None:
    text = SMALL.format(units="LPS", losses="H-W")
    damaged = text.replace(old, new, 1)
    head, _nodes, _links = ours(damaged)
    line = next(number for number, line in enumerate(damaged.splitlines(), start=1) if new.strip() in line)
    assert [line, name, code] in [problem[:3] for problem in head["problems"]]


def test_what_follows_the_end_is_no_part_of_the_file() -> None:
    text = SMALL.format(units="LPS", losses="H-W")
    assert ours(text + "[JUNCTIONS]\n J9 1\n") == ours(text)


def test_a_status_alone_may_stand_for_the_minor_loss() -> None:
    text = SMALL.format(units="LPS", losses="H-W").replace("0.5 0.2 Closed", "0.5 Closed")
    assert {row[1]: row[8] for row in ours(text)[2]}["P2"] is True


def test_units_that_nobody_knows_are_refused() -> None:
    with pytest.raises(epanet.Trouble) as refused:
        ours(SMALL.format(units="LITRES", losses="H-W"))
    assert (refused.value.code, refused.value.params["text"]) == ("epanet_units", "UNITS LITRES")
