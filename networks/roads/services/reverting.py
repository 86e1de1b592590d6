"""Imports of sections and of markers taken back: all is what it was, but for what people changed since."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gis_core.models import SourceImport
from layers.catalogue.services import announce_changed_slugs
from layers.catalogue.tables import bulk
from layers.features.topology import loading
from layers.intake.services.loading import rows, run
from layers.intake.source_imports import SourceRevert
from networks.roads.references import Road
from networks.roads.services.calibrating import leave_stale
from networks.roads.services.locking import lock_roads

SOURCE: Final = "roads"
KIND: Final = "import_taken_back"
# What changes where any section or marker of a road changes.
ROADS_STATE: Final = """
    select route, department, sum(id), sum(version), count(*) from (
        select route, department, id, version from road_section where route is not null
        union all select route, department, id, version from road_marker) one
    group by route, department
"""
# A section that was changed since may end at a node that the import had made.
RESTORE_NODES: Final = """
    insert into road_node (id, geom)
    select distinct on (e.node) e.node, e.place from road_section s cross join lateral (values
        (s.start_node_id, st_startpoint(s.geom)), (s.end_node_id, st_endpoint(s.geom))) e (node, place)
    where e.node is not null and not exists (select from road_node n where n.id = e.node) order by e.node, s.id
"""
DELETE_UNUSED_NODES: Final = """
    delete from road_node n where not exists (select from road_section s where s.start_node_id = n.id)
        and not exists (select from road_section s where s.end_node_id = n.id)
"""


@contextmanager
def with_roads_locked(made: SourceImport) -> Iterator[None]:
    """Nobody else changes roads; the topology rests meanwhile, and is whole after."""
    lock_roads()
    before = roads_state()
    for table in ("road_section", "road_marker"):
        rows("select arpent.open_event(%(kind)s, %(table)s::regclass, jsonb_build_object('from', 'import',"
             " 'label', %(title)s::text))", kind=KIND, table=table, title=made.title)  # fmt: skip
    with bulk(), loading():
        yield
    run(RESTORE_NODES)
    run(DELETE_UNUSED_NODES)
    after = roads_state()
    leave_stale({road for road in before.keys() | after.keys() if before.get(road) != after.get(road)})
    announce_changed_slugs(["road-sections", "road-markers"])


def roads_state() -> dict[Road, tuple[int, ...]]:
    """What tells that something of a road changed."""
    return {Road(route, department): tuple(sums) for route, department, *sums in rows(ROADS_STATE)}


ROADS_REVERT: Final = SourceRevert(source=SOURCE, around=with_roads_locked, locks_tables=False)
