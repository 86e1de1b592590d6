"""RAEPA end to end through the pages, as a technician: sent, looked at, snapped, loaded, given out again and compared
field by field with what came in, replaced by a second delivery, its snapping undone, taken back.
"""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core import tasks as jobs
from gis_core.models import Job
from layers.exports import tasks as exports
from layers.intake.models import FileImport
from networks.water.importers.choices import NetworkChoices
from networks.water.raepa import TABLES
from tests import factories
from tests.exports.conftest import read_all
from tests.networks.conftest import Network
from tests.networks.water.importing import Importing, forget_events, form_of, messages
from tests.networks.water.raepa_delivery import Tables, delivery, node, packed, water

IMPORTS, EXPORTS = "/reseaux/importer/", "/reseaux/echanges/"
HTML = {"accept": "text/html"}


@pytest.fixture
def templates(shared_data: Path) -> Path:
    path = shared_data / "eau_raepa" / "gabarit_compiegne"
    if not path.is_dir():
        pytest.skip("the templates of RAEPA in use are not on this machine")
    return path


def page(network: Network, made: FileImport) -> str:
    answer = network.client().get(f"{IMPORTS}{made.pk}/", headers=HTML)
    assert answer.status_code == 200
    return answer.content.decode()


def uploaded(importing: Importing, path: Path) -> FileImport:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    answer = importing.network.client().post(IMPORTS, {"format": "auto", "file": file}, headers=HTML)
    assert answer.status_code == 302
    return importing.worked_off(FileImport(pk=int(answer["Location"].rstrip("/").rpartition("/")[2])))


def pressed(importing: Importing, made: FileImport, action: str, **changed: str) -> FileImport:
    sent = form_of(page(importing.network, made), action) | changed
    answer = importing.network.client().post(f"{IMPORTS}{made.pk}/", sent, headers=HTML)
    assert answer.status_code == 302, answer.content.decode()
    return importing.worked_off(made)


def exported(network: Network, folder: Path, family: str = "both") -> Path:
    """The archive that the page of exports gives, unpacked."""
    client = network.client()
    order = {"member": network.member.slug, "family": family, "format": "raepa-shp"}
    assert client.post(EXPORTS, order, headers=HTML).status_code == 302
    with factories.as_owner():
        job = Job.objects.filter(state=Job.State.WAITING, kind="export").get()
    with factories.as_worker():
        jobs.run(job, exports.export_layers)
    forget_events()
    with factories.as_owner():
        job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    answer = client.get(job.report["file"])
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def rows_of(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Every table of a folder as GDAL reads it: rows by their identifier, the template's empty one apart."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    paths = sorted(folder.glob("*.shp"))
    for path, told in zip(paths, read_all(paths), strict=True):
        rows = [dict(zip(told.fields, values, strict=True)) for values in zip(*told.columns, strict=True)]
        key = TABLES[path.stem].identifier
        found[path.stem] = {row[key]: row for row in rows if row[key]}
    return found


def differences(came: Path, went: Path) -> dict[str, tuple[Any, Any]]:
    """What a field said when it came in and when it went out, where that is not the same."""
    before, after = rows_of(came), rows_of(went)
    found: dict[str, tuple[Any, Any]] = {}
    for table, rows in before.items():
        for key, row in rows.items():
            other = after[table].get(key)
            if other is None:
                found[f"{table} {key}"] = (True, False)
                continue
            for name in row:
                if (row[name] or None) != (other[name] or None):
                    found[f"{key} {name}"] = (row[name], other[name])
    return found


# What is told that the file did not: RAEPA asks for it.
FILLED = "Sans objet"
EXPECTED = {
    # C3 was cut where C4 leaves it: its length is that of no piece.
    "C3 LONGCANA": (102.0, None),
    # Ends that named no node, and were joined.
    "C3 IDNINI": (None, "V1"), "C3 IDNTERM": (None, "N…"), "C4 IDNINI": (None, "N…"), "C4 IDNTERM": (None, "N…"),
    "S3 IDNINI": (None, "D1"), "S3 IDNTERM": (None, "G1"),
    # Drawn against its flow: turned, which says the same.
    "S2 IDNINI": ("X1", "G2"), "S2 IDNTERM": ("G2", "X1"), "S2 SENSECOUL": ("0", "1"),
}  # fmt: skip


def test_each_field_that_came_in_goes_out_again(
    importing: Importing, network: Network, templates: Path, tmp_path: Path
) -> None:
    made = uploaded(importing, packed(delivery(), templates, tmp_path, "livraison"))
    html = page(network, made)
    assert (made.state, NetworkChoices.of(made).format, made.plan["errors"]) == ("ready", "raepa", 0)
    assert (made.plan["snap_m"], made.plan["moved"]) == (0.5, 3)
    assert 'value="load"' in html
    made = pressed(importing, made, "read", snap_cm="40")
    made = pressed(importing, made, "load")
    assert (made.state, made.report["moved"]) == ("applied", 3)
    for part in (tmp_path / "livraison").glob("*.dbf"):
        part.with_suffix(".cpg").write_text("UTF-8")
    found = differences(tmp_path / "livraison", exported(network, tmp_path / "export"))
    told = {key: (came, numberless(went)) for key, (came, went) in found.items() if not completed(key, came, went)}
    assert told == EXPECTED


def numberless(key: Any) -> Any:
    """The key of a junction that was made, without its number."""
    return re.sub(r"^N\d+$", "N…", key) if isinstance(key, str) else key


def completed(key: str, came: Any, went: Any) -> bool:
    """Whether a field went out with more than it came with: two levels of a code, neighbours, what RAEPA asks for."""
    name = key.partition(" ")[2]
    if name.startswith(("FNAPP", "FNOUV")):
        return bool(went == f"{came}-00")
    return came is None and (went == FILLED or name in ("IDCANAMONT", "IDCANAVAL"))


def second() -> Tables:
    """A year later: C1 is of another material and C2 longer, V2 and C5 are new, the branch B1 is gone."""
    tables = delivery()
    pipes = tables["RAEPA_CANALAEP_L"]
    pipes["C1"] = water("R1", "V1", (0, 0), (50, 5), (100, 0), MATERIAU="27", DATEMAJ="2025-06-07")
    pipes["C2"] = water("V1", "H1", (100, 0), (104, 30), (100, 60), MATERIAU="24", CONTCANAEP="03", PROFGEN=0.8)
    pipes["C5"] = water("M1", "V2", (200, 0), (260, 0))
    del pipes["B1"]
    tables["RAEPA_APPARAEP_P"]["V2"] = node(260, 0, FNAPPAEP="03")
    return tables


def ids(network: Network, name: str) -> dict[str, int]:
    return dict(network.rows(f"select reference, id from {name} where reference is not null"))


def faults_in(network: Network, made: FileImport) -> int:
    found = [
        network.rows(f"select count(*) from arpent.network_faults('{family}', {network.member.pk}, {made.pk})")
        for family in ("water", "sewer")
    ]
    return sum(count for ((count,),) in found)


def test_what_is_in_the_tables_is_what_the_files_say(
    importing: Importing, network: Network, templates: Path, tmp_path: Path
) -> None:
    made = uploaded(importing, packed(delivery(), templates, tmp_path, "livraison"))
    made = pressed(importing, made, "load")
    assert made.state == "applied", made.message
    assert network.rows(
        "select p.reference, a.reference, b.reference, p.material, p.service_state, content, depth_m,"
        " p.laid_from_year from water_pipe p"
        " join water_node a on a.id = start_node_id join water_node b on b.id = end_node_id"
        " where p.reference in ('C1', 'C2') order by 1"
    ) == [
        ("C1", "R1", "V1", "fd", "en_service", "02", 1.25, 1990),
        ("C2", "V1", "H1", "pvc", "en_service", "99", 0.8, 1990),
    ]
    assert network.rows("select service_state from water_pipe where reference = 'C4'") == [("abandon",)]
    assert network.rows("select reference, kind from water_node where reference is not null order by 1") == [
        ("CH1", "chamber"), ("H1", "hydrant"), ("M1", "sensor"), ("R1", "tank"), ("V1", "valve"),
    ]  # fmt: skip
    assert network.rows(
        "select c.reference, p.reference from water_connection c join water_pipe p on p.id = c.pipe_id order by 1"
    ) == [("B1", "C1"), ("B2", "C1"), ("P1", "C1")]
    assert network.rows(
        "select p.reference, a.reference, b.reference, p.system, start_z, end_z from sewer_pipe p"
        " join sewer_node a on a.id = start_node_id join sewer_node b on b.id = end_node_id order by 1"
    ) == [
        ("S1", "G1", "G2", "02", 95.5, 94.25),
        ("S2", "G2", "X1", "02", 94.25, 93.5),
        ("S3", "D1", "G1", "03", 95.5, 94.25),
    ]
    assert network.rows("select reference, object_reference, material, diameter_mm from water_repair") == [
        ("F1", "C1", "fd", 100)
    ]
    assert faults_in(network, made) == 0


def test_a_second_delivery_replaces_the_first_under_the_same_ids(
    importing: Importing, network: Network, templates: Path, tmp_path: Path
) -> None:
    first = pressed(importing, uploaded(importing, packed(delivery(), templates, tmp_path, "livraison")), "load")
    names = (
        "water_node",
        "water_pipe",
        "water_connection",
        "water_repair",
        "sewer_node",
        "sewer_pipe",
        "sewer_connection",
    )
    before = {name: ids(network, name) for name in names}
    made = uploaded(importing, packed(second(), templates, tmp_path, "livraison-2"))
    html = page(network, made)
    assert first.title in html
    assert 'name="known" value="replace"' in html
    made = pressed(importing, made, "read", known="replace")
    made = pressed(importing, made, "load")
    assert made.state == "applied", (made.message, messages(made))
    after = {name: ids(network, name) for name in names}
    assert {
        name: {key: pk for key, pk in found.items() if key not in ("V2", "C5")} for name, found in after.items()
    } == {name: {key: pk for key, pk in found.items() if key != "B1"} for name, found in before.items()}
    assert network.rows("select material, version > 1 from water_pipe where reference = 'C1'") == [("pvc", True)]
    assert faults_in(network, made) == 0


def test_its_snapping_is_undone_and_it_is_taken_back(
    importing: Importing, network: Network, templates: Path, tmp_path: Path
) -> None:
    made = pressed(importing, uploaded(importing, packed(delivery(), templates, tmp_path, "livraison")), "load")
    made = pressed(importing, made, "undo")
    assert (made.report["undone"]["ends"], made.report["undone"]["left"]) == (3, 0)
    assert network.rows(
        "select reference, st_astext(st_translate(st_startpoint(geom), -617000, -6717000), 3) from water_pipe"
        " where reference in ('C3', 'C4') order by 1"
    ) == [("C3", "POINT(100.3 0)"), ("C4", "POINT(150 0.2)")]
    assert faults_in(network, made) == 0
    made = pressed(importing, made, "take_back")
    assert made.state == "reverted"
    for name in ("water_node", "water_pipe", "water_connection", "water_repair", "sewer_node", "sewer_pipe"):
        assert network.rows(f"select count(*) from {name}") == [(0,)], name


def test_a_second_delivery_that_is_taken_back_leaves_nothing_half(
    importing: Importing, network: Network, templates: Path, tmp_path: Path
) -> None:
    pressed(importing, uploaded(importing, packed(delivery(), templates, tmp_path, "livraison")), "load")
    made = uploaded(importing, packed(second(), templates, tmp_path, "livraison-2"))
    made = pressed(importing, pressed(importing, made, "read", known="replace"), "load")
    made = pressed(importing, pressed(importing, made, "undo"), "take_back")
    assert (made.state, made.report["undone"]["left"], made.report["reverted"]["kept"]) == ("reverted", 0, 0)
    assert network.rows("select count(*) from water_pipe") == [(0,)]
