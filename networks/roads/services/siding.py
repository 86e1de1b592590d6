"""The carriageways of roads, told by their geometry after an import (networks.roads.carriageways).

What was told is kept beside the section (`side`): one whose carriageway is another was set by hand, and stays. Both
carriageways of a road are told, whoever keeps them, for references run over both.
"""

from collections.abc import Callable, Iterable
from typing import Final

from gis_core.models import Member
from layers.intake.services.loading import rows, run
from networks.roads.carriageways import assign_sides
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.references import Road
from networks.roads.services.calibrating import markers_for, section_of

UPDATE: Final = """
    update road_section s set carriageway = given.side,
        more = case when s.route is null then s.more - 'side' else s.more || jsonb_build_object('side', given.side) end
    from unnest(%(ids)s::bigint[], %(sides)s::text[]) as given(id, side)
    where s.id = given.id and s.carriageway = coalesce(s.more ->> 'side', 'U')
"""
UNNUMBERED: Final = """
    select s.id from road_section s
    where s.owner_id = %(owner)s and s.route is null and s.carriageway <> 'U' and s.more ->> 'side' = s.carriageway
"""


def set_sides(owner: Member, roads: Iterable[Road], begin: Callable[[], object]) -> int:
    """Set the carriageways of these roads, and of a member's sections that are of none any more; how many changed.
    `begin` is called before something changes. As the worker, who holds the roads (`lock_roads`).
    """
    changed = {pk: "U" for (pk,) in rows(UNNUMBERED, owner=owner.pk)}
    for road in sorted(roads):
        changed |= sides_of(road)
    if not changed:
        return 0
    begin()
    return run(UPDATE, ids=list(changed), sides=list(changed.values()))


def sides_of(road: Road) -> dict[int, str]:
    """The sections whose carriageway is another than it was told, with this one."""
    fields = ("carriageway", "traffic_way", "nature", "geom", "more")
    rows = list(RoadSection.objects.filter(**road._asdict()).only(*fields).order_by("pk"))
    kinds = {name: {one.pk for one in rows if one.nature == name} for name in ("rond_point", "bretelle")}
    markers = RoadMarker.objects.filter(**road._asdict()).order_by("pk")
    sides = assign_sides([section_of(one) for one in rows], list(markers_for(markers, "D")),
                  kinds["rond_point"], kinds["bretelle"])  # fmt: skip
    if sides is None:
        return {}
    return {
        one.pk: side
        for one in rows
        if one.carriageway == one.more.get("side", "U") and (side := sides.get(one.pk, "U")) != one.carriageway
    }
