"""What the tasks of a build do: a sheet's COG from the delivered file, the overview from the sheets' COGs."""

import atexit
import math
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rasterio
import shapely
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction

from gis_core.errors import Invalid
from gis_core.files.reader import Limits, ReaderKilled, ReadRefused, RestrictedReader
from gis_core.files.reader.rasters import RasterInfo
from layers.heights.reading import HeightSheet, Mosaic
from orthophoto import messages
from orthophoto.models import Campaign, Sheet
from orthophoto.raster import cog, heights, mosaic
from orthophoto.raster.errors import SheetCorrupt
from orthophoto.raster.grid import Grid
from orthophoto.raster.inventory import Taken, outline_in_2154
from orthophoto.services.building import Made, build_folder
from orthophoto.services.publication import OVERVIEW

PLAIN = re.compile(r"[0-9A-Za-z][-_0-9A-Za-z]{0,99}")
# Starting a reader takes 0.2 s, half of what a sheet may: the process keeps those that it has.
_idle: list[RestrictedReader] = []


@contextmanager
def warm_reader() -> Iterator[RestrictedReader]:
    """A reader that is nobody else's meanwhile."""
    reader = _idle.pop() if _idle else RestrictedReader(Limits.for_photos()).__enter__()
    try:
        yield reader
    except BaseException:
        reader.close()
        raise
    _idle.append(reader)


@atexit.register
def close_readers() -> None:
    """End the readers of this process."""
    while _idle:
        _idle.pop().close()


def make_sheet(sheet: Sheet) -> Made:
    """Read a sheet through the restricted reader and write its checked COG. Raises Invalid, OSError."""
    begun = time.monotonic()
    campaign, folder = sheet.campaign, build_folder(sheet.campaign)
    taken = read_taken(sheet)
    plan = cog.plan(
        taken,
        Grid(**campaign.plan["grid"]),
        infrared=campaign.display == Campaign.Display.INFRARED,
        limits=tuple((low, high) for low, high in campaign.plan["limits"]),
    )
    target = folder / file_name_of(sheet)
    try:
        built = convert_despite_accidents(sheet, plan, target)
    except SheetCorrupt as error:
        raise Invalid(messages.describe_refusal(error.code, error.params), code=error.code) from error
    return Made(
        file_name=target.name,
        outline=GEOSGeometry(memoryview(built.outline), srid=2154),
        sha256=built.sha256,
        size_bytes=built.size,
        seconds=round(time.monotonic() - begun, 2),
    )


def file_name_of(sheet: Sheet) -> str:
    """The sheet's own name where it is plain; any other might be the overview's or that of a file half written."""
    plain = PLAIN.fullmatch(sheet.name) and f"{sheet.name}.tif".lower() != OVERVIEW
    return f"{sheet.name}.tif" if plain else f"sheet.{sheet.rank}.tif"


def convert_despite_accidents(sheet: Sheet, plan: cog.SheetPlan, target: Path) -> cog.BuiltSheet:
    """Once more when the reader was killed: by the file, then it is again, or by something that has passed."""
    try:
        return convert_sheet(sheet, plan, target)
    except ReaderKilled:
        pass
    except ReadRefused as error:
        if error.problem.code != "reader_stopped":
            raise
    return convert_sheet(sheet, plan, target)


def convert_sheet(sheet: Sheet, plan: cog.SheetPlan, target: Path) -> cog.BuiltSheet:
    """Read, write, check. Raises SheetCorrupt, ReadRefused, OSError."""
    delivery = Path(sheet.campaign.delivery)
    file = delivery / sheet.file
    if file.is_symlink() or not file.is_file():
        raise SheetCorrupt("missing")
    codec: Any = sheet.campaign.codec
    with warm_reader() as reader:
        admitted = reader.admit(file, *(file.with_name(name) for name in sheet.companions), link=True)
        try:
            of_heights = sheet.campaign.of_heights
            if reader.raster(admitted, heights=of_heights).to_json() != info_of(sheet).to_json():
                raise SheetCorrupt("changed")
            strips = reader.pixels(admitted, plan.bands, heights=of_heights)
            if of_heights:
                metres = heights.UNITS[sheet.campaign.unit]
                return heights.build_heights(strips, plan, target, heights.HeightOptions(codec=codec, metres=metres))
            return cog.build(strips, plan, target, cog.CogOptions(codec=codec))
        finally:
            reader.dismiss(admitted)


def info_of(sheet: Sheet) -> RasterInfo:
    return RasterInfo.from_json({name: value for name, value in sheet.facts.items() if name not in ("epsg", "warp")})


def read_taken(sheet: Sheet) -> Taken:
    """The sheet as the inventory took it."""
    info, epsg = info_of(sheet), int(sheet.facts["epsg"])
    return Taken(sheet.file, sheet.name, info, epsg, outline_in_2154(info, epsg), bool(sheet.facts["warp"]))


def make_overview(campaign_id: int, build: int) -> bool:
    """Write the overview of a build's sheets; False when the build is no longer wanted. Raises Invalid, OSError."""
    with transaction.atomic():
        campaign = Campaign.objects.filter(pk=campaign_id, build=build, state=Campaign.State.BUILDING).first()
        if campaign is None:
            return False
        names = campaign.sheets.filter(state=Sheet.State.BUILT).order_by("rank").values_list("file_name", flat=True)
        paths = [Path(settings.FILES_DIR, campaign.folder, name) for name in names]
    try:
        codec: Any = campaign.codec
        target, grid = build_folder(campaign) / OVERVIEW, Grid(**campaign.plan["grid"])
        if campaign.of_heights:
            overview_of_heights(paths, grid, target)
        else:
            mosaic.build_overview(paths, grid, target, cog.CogOptions(codec=codec))
    except SheetCorrupt as error:
        raise Invalid(messages.describe_refusal(error.code, error.params), code=error.code) from error
    return True


def overview_of_heights(paths: Sequence[Path], grid: Grid, target: Path) -> None:
    """Write the heights of all sheets, each pixel the mean of those of `mosaic.FACTOR` by as many."""
    sheets = [HeightSheet(path, box_of(path)) for path in paths]
    whole, pixel = Mosaic(sheets, grid.resolution), grid.resolution * mosaic.FACTOR
    west, south, east, north = shapely.total_bounds([shapely.box(*sheet.bounds) for sheet in sheets])
    x, y = whole.origin
    left, top = x + math.floor((west - x) / pixel) * pixel, y + math.ceil((north - y) / pixel) * pixel
    width, height = math.ceil((east - left) / pixel), math.ceil((top - south) / pixel)

    def read(row: int, column: int, rows: int, columns: int) -> heights.Raster:
        corner = left + column * pixel, top - row * pixel
        here = (corner[0], corner[1] - rows * pixel, corner[0] + columns * pixel, corner[1])
        return whole.window(here, pixel=pixel).heights[:rows, :columns]

    heights.build_height_overview(read, width, height, (pixel, 0.0, left, 0.0, -pixel, top), target)


def box_of(path: Path) -> tuple[float, float, float, float]:
    """Of a COG, in EPSG:2154."""
    with rasterio.open(path, driver="GTiff") as image:
        west, south, east, north = image.bounds
        return west, south, east, north
