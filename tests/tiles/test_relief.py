"""Heights drawn: a relief is light towards the north-west, holes are transparent, a height has its colour."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from django.utils import translation

from gis_core.errors import Invalid
from gis_core.members.rights import ANONYMOUS, SYSTEM, acting_as
from layers.catalogue.models import Layer, Photo
from layers.heights.legends import legend_of
from layers.heights.styles import SLOPES, TINTS, styles_of
from layers.printing.facts import DrawnPhoto, photo_source
from orthophoto.services import making
from tests import factories
from tests.orthophoto.heights import NORTH, PIXEL, SIDE, WEST, published, write_sheet
from tiles.ortho.application import make_published
from tiles.ortho.pixels import mosaic_of
from tiles.ortho.relief import PAPER, colour, shade, slope
from tiles.ortho.rights import list_seen_photos

BOX = (WEST, NORTH - SIDE * PIXEL, WEST + SIDE * PIXEL, NORTH)


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path, db: None) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    yield
    making.close_readers()


def show(tmp_path: Path, heights: Any, **changes: Any) -> Photo:
    folder = tmp_path / "livraison"
    folder.mkdir()
    write_sheet(folder / "dalle.tif", heights=heights)
    with factories.as_worker(), acting_as(SYSTEM):
        return published(folder, **changes)


def drawn(photo: Photo, size: int = 300, style: str = "") -> tuple[Any, Any]:
    with acting_as(SYSTEM):
        rendered = mosaic_of(photo, style).render(BOX, (size, size), 2154)
    assert rendered is not None
    return rendered


def test_flat_ground_is_as_light_as_paper() -> None:
    assert np.abs(shade(np.full((9, 9), 100, np.float32), 0.5).astype(int) - PAPER).max() <= 1


def test_a_slope_towards_the_sun_is_lighter_than_one_away_from_it() -> None:
    rows, columns = np.mgrid[0:20, 0:20].astype(np.float32)
    # North-west is where both rows and columns are small: ground that rises away from there looks at it.
    towards, away = shade((rows + columns) * 0.2, 0.5), shade(-(rows + columns) * 0.2, 0.5)
    assert towards[10, 10].sum() > shade(rows * 0, 0.5)[10, 10].sum() - 1 > away[10, 10].sum() + 60


def test_a_hill_published_is_drawn_with_a_light_and_a_dark_side(tmp_path: Path) -> None:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    hill = 100 + 40 * np.exp(-((x - 300) ** 2 + (y - 300) ** 2) / 2 / 80**2)
    rgb, there = drawn(show(tmp_path, hill))
    assert there.all()
    assert rgb[110, 110].astype(int).sum() > rgb[190, 190].astype(int).sum() + 100


def test_holes_are_transparent(tmp_path: Path) -> None:
    heights = np.full((SIDE, SIDE), 100.0)
    heights[200:400, 200:400] = -9999
    _rgb, there = drawn(show(tmp_path, heights))
    assert there[20, 20]
    assert not there[150, 150]


def test_what_stands_on_the_ground_has_the_colour_of_its_height(tmp_path: Path) -> None:
    heights = np.zeros((SIDE, SIDE))
    heights[200:400, 200:400] = 10
    rgb, _there = drawn(show(tmp_path, heights, kind="height"))
    assert rgb[150, 150].tolist() == colour(np.array([[10]], np.float32))[0, 0].tolist() == [226, 137, 73]
    assert rgb[20, 20].tolist() == [245, 243, 236]


def test_clients_of_tiles_read_that_it_is_heights(tmp_path: Path) -> None:
    photo = show(tmp_path, np.full((SIDE, SIDE), 100.0), title="Lidar & Loire")
    with acting_as(SYSTEM):
        assert make_published(photo, "", None).title == "Lidar & Loire – Sol (MNT)"


def test_a_print_says_that_heights_lie_under_the_map() -> None:
    heights = Photo(
        kind="ground", title="Lidar", acquired_date=date(2025, 3, 1), acquired_precision="year", resolution_m=0.5
    )
    with translation.override("fr"):
        assert photo_source(DrawnPhoto(heights, 1.0, False))[0].startswith("Sol (MNT) «\u00a0Lidar\u00a0»")


def test_slopes_are_drawn_in_classes_of_percent() -> None:
    rows, _columns = np.mgrid[0:9, 0:9].astype(np.float32)
    for percent, (_limit, wanted) in zip((1, 3, 7, 15, 30, 60), SLOPES, strict=True):
        assert tuple(slope(rows * 0.5 * percent / 100, 0.5)[4, 4].tolist()) == wanted


def test_tints_go_from_the_lowest_to_the_highest_of_the_campaign(tmp_path: Path) -> None:
    heights = np.broadcast_to(np.linspace(100, 140, SIDE), (SIDE, SIDE))
    photo = show(tmp_path, heights)
    rgb, _there = drawn(photo, style="teintes")
    low, high = (np.array(TINTS[at][1]) for at in (0, -1))
    # Shaded too: this slope rises to the east, away from the light.
    assert np.abs(rgb[150, 5] / rgb[150, 5].max() - low / low.max()).max() < 0.06
    assert np.abs(rgb[150, 294] / rgb[150, 294].max() - high / high.max()).max() < 0.06
    legend = legend_of(photo, "teintes")
    assert (legend.unit, legend.lines[0].label[:2], legend.lines[-1].label[:3]) == ("m", "13", "100")


def test_tints_and_tiles_follow_a_file_replaced_under_its_path(tmp_path: Path, settings: Any) -> None:
    photo = show(tmp_path, np.broadcast_to(np.linspace(100, 140, SIDE), (SIDE, SIDE)))
    before, drawn_before = legend_of(photo, "teintes").lines, drawn(photo, style="teintes")[0]
    folder = Path(settings.FILES_DIR, photo.folder)
    for file in folder.glob("*.tif"):
        with rasterio.open(file) as image:
            heights, profile = image.read(1), image.profile
        with rasterio.open(tmp_path / "autre.tif", "w", **profile) as image:
            image.write(500 - heights, 1)
        (tmp_path / "autre.tif").replace(file)
    after, drawn_after = legend_of(photo, "teintes").lines, drawn(photo, style="teintes")[0]
    assert (before[-1].label[:3], after[-1].label[:3]) == ("100", "360")
    # It fell to the west, and falls to the east now.
    assert np.abs(drawn_after[150, 5].astype(int) - drawn_before[150, 5]).max() > 20


def test_a_style_that_heights_have_not_is_refused(tmp_path: Path) -> None:
    photo = show(tmp_path, np.full((SIDE, SIDE), 3.0), kind="height")
    assert len(legend_of(photo, "").lines) == 7
    with pytest.raises(Invalid):
        legend_of(photo, "pente")


def test_the_ground_is_served_in_each_of_its_styles(tmp_path: Path) -> None:
    photo = show(tmp_path, np.full((SIDE, SIDE), 100.0))
    titles = dict(published_titles(photo))
    assert titles == {
        "mnt": "MNT 2025 – Sol (MNT)",
        "mnt--pente": "MNT 2025 – Sol (MNT) – Pente",
        "mnt--teintes": "MNT 2025 – Sol (MNT) – Teintes d’altitude",
    }


def published_titles(photo: Photo) -> Iterator[tuple[str, str]]:
    with acting_as(SYSTEM):
        for style in styles_of(photo.kind):
            one = make_published(photo, style, None)
            yield one.slug, one.title


def test_tiles_in_a_style_are_for_who_sees_the_campaign(tmp_path: Path) -> None:
    photo = show(tmp_path, np.full((SIDE, SIDE), 100.0), visibility=Layer.Visibility.SIGNED_IN)
    with acting_as(ANONYMOUS):
        assert "mnt--pente" not in list_seen_photos(ANONYMOUS)
    with acting_as(SYSTEM):
        assert list_seen_photos(SYSTEM)["mnt--pente"].pixels_edition == photo.pixels_edition
