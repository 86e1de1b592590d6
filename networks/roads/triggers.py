"""How the database keeps roads joined and numbered, and what lies beside them bound to them, whoever writes."""

from gis_core.wiring.database import Trigger, import_triggers
from layers.features.topology import TOPOLOGY_WORKS

BEFORE_WRITE = "before insert or update"
CHANGED = "after insert or update or delete"

# The number first, for the Département is that of the road, and both say who manages it.
SECTIONS = (
    Trigger(
        table="road_section",
        order=20,
        name="route",
        fires=BEFORE_WRITE,
        when="new.route is not null",
        call="name_route()",
    ),
    Trigger(
        table="road_section",
        order=30,
        name="department",
        fires=BEFORE_WRITE,
        when="new.department is null or new.department = '' and new.route is not null",
        call="name_department()",
    ),
    Trigger(
        table="road_section",
        order=40,
        name="guard",
        fires=BEFORE_WRITE,
        when=f"new.route is not null and ({TOPOLOGY_WORKS})",
        call="guard_road()",
    ),
    Trigger(
        table="road_section",
        order=50,
        name="nodes",
        fires=BEFORE_WRITE,
        when=TOPOLOGY_WORKS,
        call="join_section()",
    ),
    Trigger(
        table="road_section",
        order=60,
        name="sides",
        fires="before update of geom",
        when=TOPOLOGY_WORKS,
        call="turn_section()",
    ),
    Trigger(
        table="road_section",
        order=70,
        name="axes",
        fires=CHANGED,
        when=TOPOLOGY_WORKS,
        call="leave_section()",
    ),
    Trigger(
        table="road_section",
        order=80,
        name="assets_insert",
        fires="after insert",
        referencing="new table as new_rows",
        each="statement",
        call="record_sections()",
    ),
    Trigger(
        table="road_section",
        order=80,
        name="assets_update",
        fires="after update",
        referencing="old table as old_rows new table as new_rows",
        each="statement",
        call="record_sections()",
    ),
    Trigger(
        table="road_section",
        order=80,
        name="assets_delete",
        fires="after delete",
        referencing="old table as old_rows",
        each="statement",
        call="record_sections()",
    ),
)
"""Sections stay joined by nodes, what they say of their sides goes with their line, axes are told that they are stale.

An import does the same for all of its rows at once.
"""
MARKERS = (
    Trigger(table="road_marker", order=20, name="route", fires=BEFORE_WRITE, call="name_route()"),
    Trigger(
        table="road_marker",
        order=30,
        name="department",
        fires=BEFORE_WRITE,
        when="coalesce(new.department, '') = ''",
        call="name_department()",
    ),
    Trigger(table="road_marker", order=40, name="guard", fires=BEFORE_WRITE, when=TOPOLOGY_WORKS, call="guard_road()"),
    Trigger(table="road_marker", order=50, name="once", fires=BEFORE_WRITE, call="marker_once()"),
    Trigger(table="road_marker", order=60, name="axes", fires=CHANGED, call="move_marker()"),
)
ASSETS = (
    Trigger(table="road_asset", order=20, name="section", fires=BEFORE_WRITE, call="bind_asset()"),
    Trigger(
        table="road_asset",
        order=30,
        name="code",
        fires="before insert or update of code",
        when="new.code is not null",
        call="fold_sign_code()",
    ),
    Trigger(table="road_stretch", order=20, name="section", fires=BEFORE_WRITE, call="bind_asset()"),
    Trigger(table="road_inspection", order=20, name="condition", fires=CHANGED, call="follow_inspection()"),
    # Once for a transaction, when it ends: its first line names no section.
    Trigger(
        table="road_change",
        order=20,
        name="follow",
        fires="after insert",
        when="new.section_id is null",
        call="follow_sections()",
        deferred=True,
    ),
)
"""Assets are bound to sections, and follow them."""
TRIGGERS = (
    *SECTIONS,
    *MARKERS,
    *ASSETS,
    *import_triggers("road_node"),
    *import_triggers("road_section"),
    *import_triggers("road_marker"),
)
