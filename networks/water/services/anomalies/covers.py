"""Covers of manholes against the newest model of the ground that the member may read."""

from typing import Final

import numpy as np
from shapely.geometry import box

from gis_core.database.statements import execute, fetch_all
from gis_core.members.rights import Rights, Role
from layers.catalogue.models import Photo
from layers.heights.services import models_at
from layers.heights.surface import Points

# How far a cover may be from the ground by its class of accuracy in height, in metres; class C, and none, say more than
# 1.5 m: only gross errors are doubted there. The models of the ground have their own error beside.
ALLOWED_M: Final = {"A": 0.4, "B": 1.5}
OTHERWISE_M, MODEL_M = 3.0, 0.3

COVERS = """
    select id, st_x(geom), st_y(geom), cover_z, coalesce(precision_z, '') from scan_node
    where there and kind = 'manhole' and cover_z is not null order by id
"""
INSERTED = """
    insert into scan_found (kind, object_kind, object_id, place, measured)
    select 'cover_off_ground', 'node', n.id, n.geom, jsonb_build_object('cover_z', n.cover_z,
        'ground_z', round(given.ground::numeric, 2), 'difference_m', round((n.cover_z - given.ground)::numeric, 2),
        'allowed_m', given.allowed)
    from unnest(%s::bigint[], %s::float8[], %s::float8[]) as given (id, ground, allowed)
    join scan_node n on n.id = given.id
"""


def compare_covers(owner: int) -> int:
    """Add to `scan_found` the manholes whose cover is farther from the ground than its accuracy allows."""
    rows = fetch_all(COVERS)
    if not rows:
        return 0
    points = np.array([(x, y) for _id, x, y, _cover, _class in rows])
    ground = ground_under(points, Rights(roles={owner: Role.READER}))
    covers = np.array([cover for _id, _x, _y, cover, _class in rows], float)
    allowed = np.array([ALLOWED_M.get(grade, OTHERWISE_M) + MODEL_M for *_row, grade in rows])
    far = np.flatnonzero(np.abs(covers - ground) > allowed)
    execute(INSERTED, [[rows[at][0] for at in far], ground[far].tolist(), allowed[far].round(1).tolist()])
    return len(far)


def ground_under(points: Points, rights: Rights) -> Points:
    """Altitudes of the newest model that has one at each place; NaN where none has."""
    ground = np.full(len(points), np.nan)
    around = box(*points.min(axis=0), *points.max(axis=0)).buffer(1)
    for model in models_at(around, rights, Photo.Kind.GROUND).get(Photo.Kind.GROUND, []):
        unknown = np.isnan(ground)
        if not unknown.any():
            break
        ground[unknown] = model.heights_at(points[unknown])
    return ground
