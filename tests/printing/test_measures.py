"""A printed map is to scale: coordinates in the file, and pixels of a rendering, measured with a ruler."""

import numpy as np
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon

from layers.printing.paper import ORIENTATIONS, PAPERS, layout
from layers.printing.scale import scale_bar
from tests import factories
from tests.printing.conftest import CENTER, Opened, Print

TOLERANCE_MM = 0.2
INK = (0x1B, 0x2A, 0x2F)
PARCEL = (0x5C, 0x6B, 0x64)


def bar_of(printed: Opened) -> tuple[float, float]:
    """Where the scale bar begins and ends (mm): its black parts lie in the strip under the map."""
    strip = printed.sheet.strip
    parts = [
        path.points
        for path in printed.paths()
        if path.filled and path.colour[:3] == INK and len(path.points) in (4, 5) and inside(path.points, strip)
    ]
    return float(min(part[:, 0].min() for part in parts)), float(max(part[:, 0].max() for part in parts))


def inside(points: np.ndarray, box: object) -> bool:
    west, south, east, north = box.x, box.y, box.right - 20, box.top  # type: ignore[attr-defined]
    return bool((points >= (west, south)).all() and (points <= (east, north)).all())


@pytest.mark.parametrize("scale", [100, 500, 1000, 5000, 25_000])
def test_a_bar_of_100_mm_measures_100_mm(print_map: Print, scale: int) -> None:
    factories.parcel()
    begin, end = bar_of(print_map("parcels", scale=scale))
    assert end - begin == pytest.approx(100, abs=TOLERANCE_MM / 20)


@pytest.mark.parametrize(
    ("paper", "orientation", "length"),
    [("A4", "portrait", 100), ("A3", "landscape", 100), ("A2", "portrait", 100), ("A0", "portrait", 200)],
)
def test_the_bar_is_as_long_on_every_paper(print_map: Print, paper: str, orientation: str, length: int) -> None:
    """And twice as long on those that are read from further away."""
    factories.parcel()
    begin, end = bar_of(print_map("parcels", paper=paper, orientation=orientation, scale=500))
    assert end - begin == pytest.approx(length, abs=0.01)


def test_a_rendering_of_the_bar_measures_100_mm(print_map: Print) -> None:
    factories.parcel()
    printed = print_map("parcels", scale=500)
    dpi = 600
    picture = printed.picture(dpi).astype(int)
    strip = printed.sheet.strip
    rows = slice(
        round((printed.sheet.height - strip.top + 1) / 25.4 * dpi), round((printed.sheet.height - strip.y) / 25.4 * dpi)
    )
    dark = picture[rows, : round((strip.right - 20) / 25.4 * dpi)].sum(axis=2) < 300
    columns = np.flatnonzero(dark[dark.sum(axis=1).argmax()])
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 30) + 1)
    longest = max(runs, key=len)
    assert (longest[-1] - longest[0] + 1) / dpi * 25.4 == pytest.approx(100, abs=TOLERANCE_MM)


@pytest.mark.parametrize("scale", [400, 500, 1250])
def test_a_parcel_lies_on_paper_where_it_lies_on_the_ground(print_map: Print, scale: int) -> None:
    corners = np.array([(0, 0), (30.5, 4.25), (27.125, 22), (3, 18)]) + CENTER
    factories.parcel(geom=MultiPolygon(Polygon([*corners.tolist(), corners[0].tolist()]), srid=2154))
    printed = print_map("parcels", scale=scale)
    (drawn,) = [
        path for path in printed.paths() if path.stroked and path.colour[:3] == PARCEL and len(path.points) > 3
    ][:1]
    frame = printed.sheet.map
    middle = np.array([frame.x + frame.width / 2, frame.y + frame.height / 2])
    expected = middle + (corners - CENTER) * 1000 / scale
    off = np.abs(drawn.points[:, None] - expected[None]).sum(axis=2).min(axis=0)
    assert off.max() < 0.005


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_nothing_of_a_sheet_overlaps_or_leaves_it(paper: str, orientation: str) -> None:
    sheet = layout(paper, orientation)  # type: ignore[arg-type]
    parts = [sheet.map, sheet.strip, sheet.block]
    for part in parts:
        assert part.x >= sheet.margin - 1e-9
        assert part.y >= sheet.margin - 1e-9
        assert part.right <= sheet.width - sheet.margin + 1e-9
        assert part.top <= sheet.height - sheet.margin + 1e-9
    for one in parts:
        for other in parts:
            apart = one.right <= other.x + 1e-9 or one.top <= other.y + 1e-9
            assert one is other or apart or other.right <= one.x + 1e-9 or other.top <= one.y + 1e-9


def test_a_page_has_the_size_of_its_paper(print_map: Print) -> None:
    factories.parcel()
    for paper, size in (("A4", (297, 210)), ("A1", (841, 594))):
        assert print_map("parcels", paper=paper).size_mm() == pytest.approx(size, abs=0.02)


@pytest.mark.parametrize("scale", [100, 137, 250, 1234, 7500, 99_999])
def test_a_bar_is_never_longer_than_100_mm_and_seldom_short(scale: int) -> None:
    bar = scale_bar(scale)
    assert 39 < bar.length_mm <= 100.0001
    assert bar.metres == pytest.approx(bar.length_mm * scale / 1000)
