"""The natural ground along the pipes of a profile, of the newest model of the ground that the user may read."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import LineString

from gis_core.members.rights import Rights
from layers.catalogue.models import Photo
from layers.heights.reading import points_along
from layers.heights.services import find_model
from layers.heights.surface import Points
from networks.water.models import SewerPipe, WaterPipe
from networks.water.profile.points import GroundPoint, Profile
from networks.water.services.visible import visible

MOST_POINTS = 800


def with_natural_ground(profile: Profile, rights: Rights) -> Profile:
    """The profile with its natural ground; as it is where no model of the ground is published. Raises Unavailable."""
    places, points = walk(profile, rights)
    model = find_model(LineString(points), Photo.Kind.GROUND, rights) if len(points) > 1 else None
    if model is None:
        return profile
    heights = model.heights_at(points)
    if np.isnan(heights).all():
        return profile
    ground: Sequence[GroundPoint] = list(zip(map(float, places), map(float, heights), strict=True))
    return replace(profile, natural=ground, natural_source=str(model.photo))


def walk(profile: Profile, rights: Rights) -> tuple[Points, Points]:
    """Places along the way (m) and the points there (n, 2), on the pipes as they lie."""
    model = WaterPipe if profile.family == "water" else SewerPipe
    ids = [stretch.pipe.id for stretch in profile.stretches]
    lines = dict(visible(model, rights).filter(pk__in=ids).values_list("pk", "geom"))
    step = max(1.0, profile.length_m / MOST_POINTS)
    places, points = [np.empty(0)], [np.empty((0, 2))]
    for stretch in profile.stretches:
        geom = lines.get(stretch.pipe.id)
        if geom is None or stretch.length_m <= 0:
            continue
        line = shapely.from_wkb(bytes(geom.wkb))
        line = LineString(shapely.get_coordinates(line)[:: -1 if stretch.step.backwards else 1])
        distances, along = points_along(line, step)
        places.append(stretch.from_m + distances)
        points.append(along)
    return np.concatenate(places), np.concatenate(points)
