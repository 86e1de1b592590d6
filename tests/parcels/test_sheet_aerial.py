"""The aerial view on paper: the file is opened, and its picture compared with the photo."""

import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw
import pytest
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client
from PIL import Image

from gis_core.members.rights import Role
from gis_core.models import Member
from layers.catalogue.models import Photo
from layers.catalogue.services import delete_photo
from layers.parcels.plan import HEIGHT_MM, WIDTH_MM
from tests import factories
from tests.parcels.conftest import parcel
from tests.photos import photo
from tests.tiles.ortho import campaign
from tiles.ortho.rights import areas

pytestmark = pytest.mark.django_db
POINTS_PER_MM = 72 / 25.4
SCALE = 500
X, Y = campaign.WEST + 60, campaign.NORTH - 40  # the middle of the parcel
PDF = "/api/v1/parcels/450010000A0001/sheet.pdf"
MOST_BYTES = 1_000_000


def rectangle(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=2154)


@pytest.fixture(autouse=True)
def ground() -> Iterator[None]:
    """A parcel of 20 m by 20 m on the photos; it is drawn at 1:500."""
    areas.kept.clear()
    factories.commune("45001", "Bray", rectangle(X - 500, Y - 500, X + 500, Y + 500))
    with factories.as_owner():
        parcel(1, rectangle(X - 10, Y - 10, X + 10, Y + 10))
    yield
    areas.kept.clear()


def pdf(client: Client) -> bytes:
    answer = client.get(PDF)
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def words(content: bytes) -> str:
    pages = pypdfium2.PdfDocument(BytesIO(content))
    text = " ".join(page.get_textpage().get_text_bounded() for page in pages)
    return " ".join(text.split())


def pictures(content: bytes) -> list[tuple[Any, tuple[float, ...]]]:
    """The pictures of a file, and where each lies on its page (mm)."""
    found = []
    for page in pypdfium2.PdfDocument(BytesIO(content)):
        for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]):
            file = BytesIO()
            one.extract(file)
            found.append((file, tuple(edge / POINTS_PER_MM for edge in one.get_bounds())))
    return found


def picture(content: bytes) -> np.ndarray:
    ((file, _bounds),) = pictures(content)
    return np.asarray(Image.open(file)).astype(int)


def truth(shape: tuple[int, ...], shift_m: float = 0) -> np.ndarray:
    """The colours of the photo at the middle of each pixel of the frame."""
    step_x, step_y = WIDTH_MM * SCALE / 1000 / shape[1], HEIGHT_MM * SCALE / 1000 / shape[0]
    west, north = X - shape[1] / 2 * step_x + shift_m, Y + shape[0] / 2 * step_y
    xs, ys = np.meshgrid(west + (np.arange(shape[1]) + 0.5) * step_x, north - (np.arange(shape[0]) + 0.5) * step_y)
    return campaign.colours(xs, ys)


def off(shown: np.ndarray, shift_m: float = 0) -> float:
    return float(np.abs(shown - truth(shown.shape, shift_m)).mean())


def reader(at: Member | None = None) -> Client:
    client = Client()
    client.force_login(factories.user(at or factories.member(), Role.READER))
    return client


def test_each_place_is_at_its_pixel(client: Client) -> None:
    campaign.publish()
    shown = picture(pdf(client))
    assert off(shown) < 6
    assert min(off(shown, 0.3), off(shown, -0.3)) > off(shown) + 3


def test_the_view_has_the_frame_and_the_resolution_of_paper(client: Client) -> None:
    campaign.publish()
    content = pdf(client)
    ((file, (left, bottom, right, top)),) = pictures(content)
    assert (right - left, top - bottom) == (pytest.approx(WIDTH_MM, abs=0.2), pytest.approx(HEIGHT_MM, abs=0.2))
    assert Image.open(file).size == (round(WIDTH_MM / 25.4 * 200), round(HEIGHT_MM / 25.4 * 200))
    assert file.getvalue()[:3] == b"\xff\xd8\xff"
    assert len(content) < MOST_BYTES


def test_the_view_says_which_photo_it_shows(client: Client) -> None:
    campaign.publish(attribution="© Le Lys", licence="LO 2.0")
    told = words(pdf(client))
    assert "Vue aérienne" in told
    assert "Échelle 1:500 · Lambert-93 · Photo aérienne « Photo essai », juin 2024, 20 cm · © Le Lys · LO 2.0" in told


def test_the_parcels_are_named_on_both_drawings(client: Client) -> None:
    before = words(pdf(client)).count("A 1")
    campaign.publish()
    assert words(pdf(client)).count("A 1") > before


def test_the_latest_photo_is_shown(client: Client) -> None:
    campaign.publish("neuve", "orthophoto/neuve/1", tint=10)
    campaign.publish("vieille", acquired_date=date(2020, 6, 1))
    assert "« Photo neuve »" in words(pdf(client))


def test_an_older_photo_of_the_whole_ground_is_shown_rather_than_a_corner(client: Client) -> None:
    campaign.publish("entiere", acquired_date=date(2020, 6, 1))
    corner = campaign.publish("coin", "orthophoto/coin/1")
    with factories.as_owner():
        Photo.objects.filter(pk=corner.pk).update(geom=rectangle(campaign.WEST, Y, X, campaign.NORTH))
    assert "« Photo entiere »" in words(pdf(client))


def test_where_no_photo_is_nothing_is_added(client: Client) -> None:
    content = pdf(client)
    assert pictures(content) == []
    assert "Vue aérienne" not in words(content)


def test_a_photo_without_pixels_is_not_shown(client: Client) -> None:
    photo(geom=rectangle(X - 50, Y - 50, X + 50, Y + 50))
    assert pictures(pdf(client)) == []


def test_a_photo_of_others_is_not_in_the_file(client: Client) -> None:
    owner = factories.member()
    campaign.publish(visibility="owner", owner=owner)
    for stranger in (client, reader()):
        content = pdf(stranger)
        assert pictures(content) == []
        assert "Vue aérienne" not in words(content)
    assert off(picture(pdf(reader(owner)))) < 6


def test_a_member_gets_the_pixels_of_its_communes_alone() -> None:
    town = factories.member(factories.commune(geom=rectangle(X - 80, Y - 80, X, Y + 80)))
    campaign.publish(visibility="members", owner=factories.member(), shared_with=[town.pk], within_communes=True)
    content = pdf(reader(town))
    shown = picture(content)
    middle = shown.shape[1] // 2
    assert (shown[:, middle + 10 :] > 245).all()
    assert np.abs(shown - truth(shown.shape))[:, : middle - 10].mean() < 6
    assert "n’est montrée que sur vos communes" in words(content)


def test_a_damaged_photo_is_told_and_the_sheet_comes(client: Client) -> None:
    campaign.publish("perdue", "orthophoto/fiche-perdue/1")
    for sheet in Path(settings.FILES_DIR, "orthophoto/fiche-perdue/1").glob("nord-*.tif"):
        sheet.unlink()
    content = pdf(client)
    assert pictures(content) == []
    assert "« Photo perdue »" in words(content)
    assert "manque ou est abîmé" in words(content)


def test_a_frozen_sheet_keeps_its_photo() -> None:
    campaign.publish()
    asker = reader()
    made = asker.post(
        "/api/v1/parcels/sheets/", json.dumps({"parcels": ["450010000A0001"]}), content_type="application/json"
    ).json()
    with factories.as_owner():
        delete_photo("essai")
    assert off(picture(bytes(asker.get(made["pdf"]).content))) < 6
