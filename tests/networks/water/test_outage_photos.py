"""Photos of an outage: added from the street, seen by those who see it, kept by backups and in the report."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.members.rights import SYSTEM, acting_as
from networks.water.models import OutagePhoto
from networks.water.services.outage_photos import path_of
from tests.networks.conftest import Network
from tests.networks.water.outages import HTML, build_network, post, save, source, taken


@pytest.fixture
def path(network: Network, settings: Any, tmp_path: Path) -> str:
    settings.FILES_DIR = tmp_path / "files"
    build_network(network)
    return save(network)


def fetch(network: Network, address: str) -> bytes:
    answer = network.client("reader").get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def photo() -> OutagePhoto:
    with acting_as(SYSTEM):
        return OutagePhoto.objects.get()


def test_a_photo_is_added_and_seen_by_those_who_see_the_outage(network: Network, path: str) -> None:
    assert post(network, path, do="photo", file=taken()).status_code == 302
    address = f"{path}photos/{photo().pk}/"
    assert address in source(network, path, "reader")
    whole, small = fetch(network, address), fetch(network, f"{address}?size=small")
    assert len(whole) > len(small) > 0
    assert network.client("stranger").get(address).status_code == 404


def test_what_is_no_photo_and_who_may_not_change_are_refused(network: Network, path: str) -> None:
    text = SimpleUploadedFile("notes.jpg", b"texte", "image/jpeg")
    assert post(network, path, do="photo", file=text).status_code == 400
    assert post(network, path, do="photo").status_code == 400
    assert post(network, path, "reader", do="photo", file=taken()).status_code == 403
    with acting_as(SYSTEM):
        assert not OutagePhoto.objects.exists()


def test_a_removed_photo_is_shown_no_more_and_kept(network: Network, path: str) -> None:
    post(network, path, do="photo", file=taken())
    row = photo()
    assert post(network, path, do="remove_photo", photo=str(row.pk)).status_code == 302
    assert f"photos/{row.pk}/" not in source(network, path)
    assert network.client().get(f"{path}photos/{row.pk}/").status_code == 404
    assert path_of(row).is_file()
    assert photo().removed_by_id == network.people["network_technician"].pk


def test_backups_know_both_files_of_a_photo(network: Network, path: str) -> None:
    post(network, path, do="photo", file=taken())
    known = {name for (name,) in network.rows("select arpent.files_of_outages()")}
    root = path_of(photo()).parents[2]
    assert known == {str(path_of(photo(), small=small).relative_to(root)) for small in (False, True)}


def test_the_report_shows_photos(network: Network, path: str) -> None:
    post(network, path, do="photo", file=taken())
    answer = network.client().get(f"{path}rapport.pdf", headers=HTML)
    document = pypdfium2.PdfDocument(BytesIO(answer.content))
    assert any(one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE for page in document for one in page.get_objects())
