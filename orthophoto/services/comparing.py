"""Delivered heights beside those that are published at the same places: another unit or another datum shows at once."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q
from numpy.typing import NDArray

from gis_core.errors import Unavailable
from gis_core.members.rights import SYSTEM
from layers.catalogue.models import Layer, Photo
from layers.heights.services import model_of
from orthophoto.models import Campaign
from orthophoto.raster.grid import EPSG
from orthophoto.raster.inventory import Taken

type Heights = NDArray[np.float64]

POINTS_OF_A_SHEET = 100
FEWEST_POINTS = 50
# Metres between the medians of two models of one kind, from which it is neither works nor trees that have grown.
UNLIKE_M = 10.0
COMPARED = (Photo.Kind.GROUND, Photo.Kind.SURFACE)


def sampled_heights(sheet: Taken, sample: np.ma.MaskedArray[Any, Any], metres: float) -> Heights:
    """Some places of a sheet that have a height: x, y (EPSG:2154), metres (n, 3). `sample` is the sheet thinned out."""
    rows, columns = np.nonzero(~np.ma.getmaskarray(sample)[..., 0])
    if not len(rows) or sheet.info.transform is None:
        return np.empty((0, 3))
    chosen = np.linspace(0, len(rows) - 1, min(len(rows), POINTS_OF_A_SHEET)).astype(int)
    rows, columns = rows[chosen], columns[chosen]
    a, b, c, d, e, f = sheet.info.transform
    across = (columns + 0.5) * sheet.info.width / sample.shape[1]
    down = (rows + 0.5) * sheet.info.height / sample.shape[0]
    x, y = a * across + b * down + c, d * across + e * down + f
    if sheet.crs != EPSG:
        from pyproj import Transformer

        x, y = Transformer.from_crs(sheet.crs, EPSG, always_xy=True).transform(x, y)
    return np.column_stack((x, y, np.asarray(sample[rows, columns, 0], np.float64) * metres))


def unlike_published(campaign: Campaign, sheets: Iterable[Heights]) -> dict[str, Any] | None:
    """The newest published model of the kind that these heights are far from, and by how many metres; None: no such.

    Of everybody's models and of the owner's own, the campaign's apart.
    """
    points = np.concatenate([np.empty((0, 3)), *sheets])
    if campaign.kind not in COMPARED or len(points) < FEWEST_POINTS:
        return None
    here = GEOSGeometry(memoryview(shapely.box(*points[:, :2].min(axis=0), *points[:, :2].max(axis=0)).wkb), srid=EPSG)
    readable = Q(visibility=Layer.Visibility.PUBLIC) | Q(owner=campaign.owner)
    photos = Photo.objects.filter(readable, kind=campaign.kind, geom__intersects=here).exclude(slug=campaign.slug)
    for photo in photos.order_by("-acquired_date", "-published_at"):
        try:
            off = points[:, 2] - model_of(photo, SYSTEM).heights_at(points[:, :2])
        except Unavailable:
            continue
        if np.count_nonzero(~np.isnan(off)) >= FEWEST_POINTS:
            difference = float(np.nanmedian(off))
            return {"title": str(photo), "off": f"{difference:+.0f}"} if abs(difference) > UNLIKE_M else None
    return None
