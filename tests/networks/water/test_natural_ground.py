"""The natural ground of published models: under profiles, and against the covers of manholes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.transform import from_origin

from gis_core.members.rights import SYSTEM, Role, acting_as
from layers.catalogue.models import Layer
from layers.catalogue.services import revise_photo
from layers.heights import reading
from networks.water.models import Anomaly
from networks.water.services.anomalies import scanning
from networks.water.services.anomalies.listing import sentence
from networks.water.services.profiles import Drawn, Request, profile_for
from orthophoto.services import making
from tests import factories
from tests.networks.conftest import Network, X, Y, along, at
from tests.orthophoto.heights import PIXEL, SIDE, published, write_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    yield
    making.close_readers()


def show_ground(tmp_path: Path, height: float = 100.0, **changes: Any) -> None:
    """Flat ground over the first 300 m of the network."""
    folder = tmp_path / "sol"
    folder.mkdir()
    place = from_origin(X - 10, Y + 150, PIXEL, PIXEL)
    write_sheet(folder / "sol.tif", heights=np.full((SIDE, SIDE), height), transform=place)
    with factories.as_worker(), acting_as(SYSTEM):
        published(folder, **changes)


def manhole(network: Network, x: float, cover: float, **values: Any) -> int:
    given = {"kind": "manhole", "system": "02", "cover_z": cover, "invert_z": cover - 2}
    return network.make("sewer-nodes", at(x, 0), **(given | values))


def doubted(network: Network) -> dict[int, dict[str, Any]]:
    with factories.as_worker():
        scanning.scan(network.member.pk, "sewer")
    rows = network.rows("select object_id, measured from water_anomaly where kind = 'cover_off_ground'")
    return {row[0]: json.loads(row[1]) for row in rows}


def test_a_cover_farther_from_the_ground_than_its_class_allows_is_doubted(network: Network, tmp_path: Path) -> None:
    show_ground(tmp_path)
    near = manhole(network, 0, 100.6, precision_z="A")
    far = manhole(network, 20, 101.2, precision_z="A")
    loose = manhole(network, 40, 101.2, precision_z="B")
    unknown = manhole(network, 60, 96.0)
    found = doubted(network)
    assert set(found) == {far, unknown}
    assert found[far] == {"cover_z": 101.2, "ground_z": 100.0, "difference_m": 1.2, "allowed_m": 0.7}
    assert near not in found
    assert loose not in found


def test_its_figures_are_in_the_sentence(network: Network, tmp_path: Path) -> None:
    show_ground(tmp_path)
    manhole(network, 0, 105, precision_z="A")
    doubted(network)
    with network.as_():
        row = Anomaly.objects.get(kind="cover_off_ground")
        assert all(figure in sentence(row, {}) for figure in ("105", "100", "70 cm"))


def test_where_no_ground_is_known_no_cover_is_doubted(network: Network, tmp_path: Path) -> None:
    manhole(network, 0, 200)
    manhole(network, 2_000, 200)
    assert doubted(network) == {}
    show_ground(tmp_path)
    assert len(doubted(network)) == 1


def test_a_model_of_another_member_doubts_nothing(network: Network, tmp_path: Path) -> None:
    show_ground(tmp_path, owner=network.other, visibility=Layer.Visibility.OWNER)
    manhole(network, 0, 200)
    assert doubted(network) == {}


def test_a_network_is_scanned_again_once_a_ground_is_published(network: Network, tmp_path: Path) -> None:
    manhole(network, 0, 200)
    with factories.as_worker():
        assert scanning.scan_if_changed(network.member.pk, "sewer")
        assert not scanning.scan_if_changed(network.member.pk, "sewer")
    show_ground(tmp_path)
    with factories.as_worker():
        assert scanning.scan_if_changed(network.member.pk, "sewer")


def test_a_network_is_scanned_again_once_its_member_may_read_a_ground(network: Network, tmp_path: Path) -> None:
    show_ground(tmp_path, owner=network.other, visibility=Layer.Visibility.OWNER)
    far = manhole(network, 0, 200)
    assert doubted(network) == {}
    with factories.as_worker(), acting_as(SYSTEM):
        revise_photo("mnt", {"visibility": Layer.Visibility.PUBLIC})
        assert scanning.scan_if_changed(network.member.pk, "sewer")
    assert set(doubted(network)) == {far}


def profile(network: Network, *pipes: int) -> Drawn:
    with network.as_():
        return profile_for(Request(pipes=pipes), network.rights(Role.NETWORK_TECHNICIAN))


def street(network: Network) -> tuple[int, int]:
    for x in (0, 50, 100):
        manhole(network, x, 100)
    pipes = (along((0, 0), (50, 0)), along((50, 0), (100, 0)))
    first, second = (network.make("sewer-pipes", one, system="02", material="pvc", diameter_mm=200) for one in pipes)
    return first, second


def test_a_profile_has_the_ground_along_its_pipes(network: Network, tmp_path: Path) -> None:
    pipes = street(network)
    show_ground(tmp_path, 101.5)
    result = profile(network, *pipes).profile
    assert result.natural[0] == (0, pytest.approx(101.5))
    assert result.natural[-1] == (pytest.approx(100), pytest.approx(101.5))
    assert result.natural_source == "MNT 2025"
    assert result.natural_at(result.points[1]) == pytest.approx(101.5)


def test_a_ground_whose_file_is_missing_leaves_the_profile_and_a_note(
    network: Network, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipes = street(network)
    show_ground(tmp_path)
    # Another process draws than the one that built it, which has its file open.
    monkeypatch.setattr(reading, "opened", reading.Opened())
    for one in settings.FILES_DIR.rglob("*.tif"):
        one.unlink()
    drawn = profile(network, *pipes)
    assert (len(drawn.profile.stretches), drawn.profile.natural) == (2, ())
    assert any("MNT 2025" in note for note in drawn.notes)


def test_its_page_and_its_table_have_it_too(network: Network, tmp_path: Path) -> None:
    first, second = street(network)
    address = f"/reseaux/profil/?family=sewer&pipes={first},{second}"
    assert "Sol naturel" not in network.client().get(address).content.decode()
    show_ground(tmp_path, 101.5)
    page = network.client().get(address).content.decode()
    assert 'data-label="Sol naturel">101,50' in page
    csv = network.client().get(address + "&format=csv").content.decode("utf-8-sig")
    assert "Sol naturel" in csv.splitlines()[0]
