"""Every pixel of every tile lies where its colour says, at every zoom of both grids, and none is darkened."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from math import ceil, floor
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from tests.tiles.ortho import campaign
from tests.tiles.ortho.campaign import NORTH, PERIOD, SLOW_PERIOD, STEP, WEST
from tiles.ortho.mosaic import Box, Mosaic, Sheet, UnreadableError

pytestmark = pytest.mark.slow
HALF_WORLD = 20_037_508.342789244
GRIDS = {3857: (-HALF_WORLD, HALF_WORLD, 2 * HALF_WORLD), 2154: (0.0, 12_000_000.0, 209_715.2 * 256)}
COVERED = shapely.union_all([laid.outline for laid in campaign.SHEETS])
# Each side of what is covered: where it begins, and how far it goes east and north.
SIDES = [
    (start, end - start)
    for ring in shapely.get_parts(shapely.boundary(COVERED))
    for start, end in pairwise(shapely.get_coordinates(ring))
]


@pytest.fixture(scope="module")
def mosaic(tmp_path_factory: pytest.TempPathFactory) -> Mosaic:
    folder = tmp_path_factory.mktemp("mosaic") / "1"
    campaign.build(folder)
    return campaign.mosaic(folder)


@cache
def transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def tiles(epsg: int, zoom: int) -> Iterator[Box]:
    """Every tile that touches the campaign, or some two dozen spread over it at deep zooms."""
    west, north, world = GRIDS[epsg]
    side = world / 2**zoom
    bounds = transformer(2154, epsg).transform_bounds(*COVERED.bounds)
    columns = range(floor((bounds[0] - west) / side), ceil((bounds[2] - west) / side))
    rows = range(floor((north - bounds[3]) / side), ceil((north - bounds[1]) / side))
    every = max(1, floor((len(columns) * len(rows) / 24) ** 0.5))
    for column in columns[::every]:
        for row in rows[::every]:
            left, top = west + column * side, north - row * side
            yield left, top - side, left + side, top


def ground(bbox: Box, epsg: int, size: int = 256) -> tuple[np.ndarray, np.ndarray, float]:
    """Where the pixels' centres lie in EPSG:2154, and a pixel's width there."""
    step = (bbox[2] - bbox[0]) / size
    xs, ys = np.meshgrid(bbox[0] + (np.arange(size) + 0.5) * step, bbox[3] - (np.arange(size) + 0.5) * step)
    xs, ys = transformer(epsg, 2154).transform(xs, ys)
    return xs, ys, float(np.hypot(xs[128, 129] - xs[128, 128], ys[128, 129] - ys[128, 128]))


def distance_to_edge(xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Metres from each place to the nearest side of what is covered."""
    squared = np.full(xs.shape, np.inf)
    for (x, y), (along, up) in SIDES:
        east, south = xs - x, ys - y
        part = ((east * along + south * up) / (along**2 + up**2)).clip(0, 1)
        np.minimum(squared, (east - part * along) ** 2 + (south - part * up) ** 2, out=squared)
    return np.sqrt(squared)


def slope(metres: np.ndarray, period: float, levels: float, pixel: float) -> np.ndarray:
    """Levels a metre of a wave, 0 near its turns, where a pixel mixes both sides."""
    position, reach = metres % (period / 2), 3.5 * max(pixel, STEP)
    straight = (position > reach) & (position < period / 2 - reach)
    return np.where(straight, np.where(metres % period < period / 2, -1, 1) * 2 * levels / period, 0)


@pytest.mark.parametrize("epsg", GRIDS)
@pytest.mark.parametrize("zoom", range(23))
def test_no_pixel_is_off_by_more_than_half_a_pixel(mosaic: Mosaic, epsg: int, zoom: int) -> None:
    coarse, seen = 0.0, 0
    for bbox in tiles(epsg, zoom):
        xs, ys, pixel = ground(bbox, epsg)
        coarse = max(pixel, STEP)
        rendered = mosaic.render(bbox, (256, 256), epsg)
        rgb, mask = rendered or (np.zeros((256, 256, 3), np.uint8), np.zeros((256, 256), bool))
        edge = distance_to_edge(xs, ys)
        certain = edge > coarse / 2 + level_of(pixel) / 2
        assert (mask == shapely.contains_xy(COVERED, xs, ys))[certain].all(), "a hole, or pixels of nothing"
        difference = rgb - campaign.colours(xs, ys)
        for band, metres in enumerate(campaign.across(xs, ys)):
            period, levels = ((PERIOD, 240.0), (PERIOD, 240.0), (SLOW_PERIOD, 200.0))[band]
            steep = slope(metres, period, levels, pixel) * mask
            straight = steep != 0
            off = difference[..., band][straight] / steep[straight]
            # A pixel that the edge cuts shows the middle of what is left of it.
            cut = (edge < 2 * coarse)[straight]
            assert (np.abs(off) <= coarse / 2 * (1 + cut) + (1.5 + 1.5 * cut) * period / 2 / levels).all()
            seen += off.size
            if off.size > 2000 and period == PERIOD:
                assert abs(off.mean()) < coarse / 10 + period / 2 / levels, "everything is shifted"
    assert seen or coarse > 6


@pytest.mark.parametrize("epsg", GRIDS)
@pytest.mark.parametrize("zoom", range(14, 23))
def test_no_pixel_at_an_edge_is_darkened(mosaic: Mosaic, epsg: int, zoom: int) -> None:
    for bbox in tiles(epsg, zoom):
        rendered = mosaic.render(bbox, (256, 256), epsg)
        if rendered is not None:
            rgb, mask = rendered
            xs, ys, pixel = ground(bbox, epsg)
            off = np.abs(rgb[..., 2] - campaign.colours(xs, ys)[..., 2])[mask]
            assert (rgb[..., 2][mask] >= 38).all()
            assert (off <= 3 + max(pixel, STEP) * 400 / SLOW_PERIOD).all()


def level_of(pixel: float) -> float:
    return STEP * 8 if pixel * 1.01 >= STEP * 8 else STEP


def test_a_seam_between_sheets_leaves_no_trace(mosaic: Mosaic) -> None:
    for shift in np.linspace(-0.3, 0.3, 25):
        for step in (0.05, 0.1, 0.2, 0.37, 0.4, 0.9, 1.5):
            west, north = WEST + 100 - step * 32 + shift, NORTH - 50 + step * 32
            rendered = mosaic.render((west, north - 64 * step, west + 64 * step, north), (64, 64), 2154)
            assert rendered is not None
            rgb, mask = rendered
            assert mask.all()
            xs, ys = np.meshgrid(west + (np.arange(64) + 0.5) * step, north - (np.arange(64) + 0.5) * step)
            off = np.abs(rgb[..., 2] - campaign.colours(xs, ys)[..., 2])
            assert off.max() <= 2 + max(step, STEP) * 200 / SLOW_PERIOD


def test_two_complementary_collars_leave_no_seam(tmp_path: Path) -> None:
    """Sheets that meet on a diagonal: every pixel belongs to one of them, none is dark."""
    west, north, side = 617_000.0, 6_717_000.0, 200
    diagonal = shapely.Polygon([(west, north), (west + 40, north), (west, north - 40)])
    halves = [diagonal, shapely.box(west, north - 40, west + 40, north) - diagonal]
    rgb = np.full((side, side, 3), 180, np.uint8)
    first = campaign.burnt(diagonal, west, north, STEP, side, side)
    for name, mask in (("a", first), ("b", ~first)):
        campaign.write_cog(tmp_path / f"{name}.tif", rgb, west, north, STEP, mask)
    mosaic = Mosaic(
        tmp_path, [Sheet(f"{name}.tif", 0, half) for name, half in zip("ab", halves, strict=True)], "", STEP
    )
    for step in (0.07, 0.2, 0.33, 0.9):
        rendered = mosaic.render((west + 2, north - 38, west + 38, north - 2), (round(36 / step),) * 2, 2154)
        assert rendered is not None
        assert rendered[1].all()
        assert np.abs(rendered[0].astype(int) - 180).max() <= 2


def test_the_uppermost_sheet_is_shown(tmp_path: Path) -> None:
    box = shapely.box(617_000, 6_716_980, 617_020, 6_717_000)
    for name, value in (("a", 50), ("b", 200)):
        campaign.write_cog(
            tmp_path / f"{name}.tif", np.full((100, 100, 3), value, np.uint8), 617_000, 6_717_000, STEP, None
        )
    for ranks, shown in (((0, 1), 200), ((1, 0), 50)):
        sheets = [Sheet(f"{name}.tif", rank, box) for name, rank in zip("ab", ranks, strict=True)]
        rendered = Mosaic(tmp_path, sheets, "", STEP).render((617_005, 6_716_985, 617_015, 6_716_995), (50, 50), 2154)
        assert rendered is not None
        assert (rendered[0] == shown).all()


def test_a_tile_on_the_grid_of_the_sheets_copies_their_pixels(mosaic: Mosaic) -> None:
    rendered = mosaic.render((WEST + 20, NORTH - 40, WEST + 40, NORTH - 20), (100, 100), 2154)
    assert rendered is not None
    assert (rendered[0] == campaign.pixels(WEST + 20, NORTH - 20, STEP, 100, 100)).all()


def test_away_from_the_campaign_there_is_nothing(mosaic: Mosaic) -> None:
    assert mosaic.render((0, 0, 1000, 1000), (256, 256), 3857) is None
    assert mosaic.render((WEST + 210, NORTH - 40, WEST + 300, NORTH), (256, 256), 2154) is None


def test_many_threads_render_what_one_does(mosaic: Mosaic) -> None:
    boxes = [(WEST + x, NORTH - y - 30, WEST + x + 30, NORTH - y) for x in range(0, 200, 20) for y in range(0, 180, 20)]

    def render(box: Box) -> bytes:
        found = mosaic.render(box, (128, 128), 2154)
        return b"" if found is None else found[0].tobytes()

    alone = [render(box) for box in boxes]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, boxes * 3)) == alone * 3


def test_a_missing_sheet_is_told(tmp_path: Path) -> None:
    box = shapely.box(0, 0, 100, 100)
    with pytest.raises(UnreadableError):
        Mosaic(tmp_path, [Sheet("rien.tif", 0, box)], "rien.tif", STEP).render((0, 0, 50, 50), (256, 256), 2154)
