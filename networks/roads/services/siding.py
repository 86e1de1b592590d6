"""The carriageways of roads, told by their geometry after an import (networks.roads.carriageways).

What was told is kept beside the section (`side`): one whose carriageway is another was set by hand, and stays.
"""

from collections.abc import Iterable
from typing import Final

from gis_core.models import Member
from layers.imports.services.loading import run
from networks.roads.carriageways import told_apart
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.references import Road
from networks.roads.services.calibrating import markers_for, section_of

UPDATE: Final = """
    update road_section s set carriageway = given.side, more = s.more || jsonb_build_object('side', given.side)
    from unnest(%(ids)s::bigint[], %(sides)s::text[]) as given(id, side) where s.id = given.id
"""

UNNUMBERED: Final = """
    update road_section s set carriageway = 'U', more = s.more - 'side'
    where s.owner_id = %(owner)s and s.route is null and s.carriageway <> 'U' and s.more ->> 'side' = s.carriageway
"""


def tell_sides(owner: Member, roads: Iterable[Road]) -> int:
    """Set the carriageways of a member's sections of these roads; how many changed. As the worker."""
    return run(UNNUMBERED, owner=owner.pk) + sum(tell_sides_of(owner, road) for road in sorted(roads))


def tell_sides_of(owner: Member, road: Road) -> int:
    fields = ("carriageway", "traffic_way", "nature", "geom", "owner_id", "more")
    found = list(RoadSection.objects.filter(**road._asdict()).only(*fields).order_by("pk"))
    kinds = {name: {one.pk for one in found if one.nature == name} for name in ("rond_point", "bretelle")}
    markers = RoadMarker.objects.filter(**road._asdict()).order_by("pk")
    told = told_apart([section_of(one) for one in found], list(markers_for(markers, "D")),
                      kinds["rond_point"], kinds["bretelle"])  # fmt: skip
    if told is None:
        return 0
    changed = {
        one.pk: side
        for one in found
        if one.owner_id == owner.pk
        and one.carriageway == one.more.get("side", "U")
        and (side := told.get(one.pk, "U")) != one.carriageway
    }
    if changed:
        run(UPDATE, ids=list(changed), sides=list(changed.values()))
    return len(changed)
