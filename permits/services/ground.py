"""The ground of a file as its page shows it: how large it is, in which zones of the plan, on which photo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from gis_core.database import clock as database_clock
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer, Photo
from layers.parcels.crossing import crossings
from layers.parcels.sections import Answer, Ground, Tolerance
from layers.planning.sections import zoning
from layers.planning.services.crossing import ZONES
from permits.models import Permit

ZONES_LAYER: Final = "plu-zones"
AROUND_M: Final = 40
"""What the small map shows around the ground."""
MEASURED: Final = """
    select st_asewkb(geom), st_asgeojson(st_transform(geom, 4326), 7),
           st_area(st_transform(geom, 4326)::geography), st_area(geom),
           array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)]
    from (select geom, st_transform(st_expand(geom, %s), 4326) as box from permits_permit where id = %s) ground
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileGround:
    """`land` is the ground with its areas, `extent_4326` the box around it; `zones` those of the documents in force on
    `land.day`, None for who does not see them; `photo` the latest that shows it.
    """

    land: Ground
    extent_4326: Sequence[float]
    zones: Answer | None
    photo: Photo | None


def describe_ground(permit: Permit, rights: Rights) -> FileGround | None:
    """The ground of a file on the day of its decision, or today; None without a shape."""
    if permit.geom is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(MEASURED, [AROUND_M, permit.pk])
        row = cursor.fetchone()
    geom, geojson, measured_m2, planar_m2, extent = row
    land = Ground(
        parcels=(),
        idus=tuple(permit.idus),
        insee=frozenset({permit.insee}),
        geom=bytes(geom),
        geojson=geojson,
        measured_m2=measured_m2,
        planar_m2=planar_m2,
        day=day_of_rules(permit),
    )
    return FileGround(land=land, extent_4326=extent, zones=zones_of(land, rights), photo=photo_of(permit, rights))


def day_of_rules(permit: Permit) -> date:
    """The day whose rules the page tells: that of the decision, today while there is none."""
    today = database_clock.today()
    return min(permit.ended_date, today) if permit.ended_date else today


def zones_of(land: Ground, rights: Rights) -> Answer | None:
    """The zones as the parcel sheet tells them; None for who does not see their layer."""
    layer = Layer.objects.visible_to(rights).filter(slug=ZONES_LAYER).first()
    if layer is None:
        return None
    land = replace(land, tolerances={layer.slug: Tolerance.of(layer)})
    (rows,) = crossings(land, [ZONES])
    return zoning(land, rights, rows)


def photo_of(permit: Permit, rights: Rights) -> Photo | None:
    """The latest photo that shows the whole ground, else the latest that shows some of it."""
    whole = ExpressionWrapper(Q(geom__covers=permit.geom), output_field=BooleanField())
    photos = Photo.objects.visible_to(rights).pictures().filter(geom__intersects=permit.geom).annotate(whole=whole)
    return photos.defer("geom", "footprint_4326").order_by("-whole", "-acquired_date", "-pk").first()
