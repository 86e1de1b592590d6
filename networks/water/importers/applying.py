"""A plan carried out, its snapping undone, an import taken back: each one event of the history, in one transaction."""

import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from gis_core.database.statements import execute
from gis_core.errors import Invalid
from layers.catalogue.services import announce_changed_slugs
from layers.catalogue.tables import bulk
from layers.features.topology import loading
from layers.intake.findings import Finding
from layers.intake.import_loss import LossRefused, check_loss, describe_difference
from layers.intake.models import FileImport
from layers.intake.services.loading import join_names, rows, run
from layers.intake.source import Progress
from networks.water.families import FamilyName
from networks.water.importers.checking import MODELS
from networks.water.importers.choices import REPLACE, NetworkChoices
from networks.water.importers.known import table_identifier
from networks.water.importers.load import Loading, load_network
from networks.water.importers.planning import Network, NetworkPlan, report_of
from networks.water.models import Snap

FAMILIES: tuple[FamilyName, ...] = ("water", "sewer")
LAYERS = (
    *("water-nodes", "water-pipes", "water-connections", "sewer-nodes", "sewer-pipes", "sewer-connections"),
    "water-repairs",
)
NEAR_M = 0.002


def tables() -> Iterable[tuple[FamilyName, str]]:
    """Every table that an import writes, what hangs on others first."""
    for what in ("connections", "repairs", "pipes", "nodes"):
        for family in FAMILIES:
            if (family, what) != ("sewer", "repairs"):
                yield family, what


def apply_plan(made: FileImport, plan: NetworkPlan, progress: Progress) -> dict[str, Any]:
    """Write the networks of a plan. Raises LossRefused, and Invalid with the rows that the database found wrong."""
    began, choices = time.monotonic(), NetworkChoices.of(made)
    replaced = list(plan.summary["known"]["imports"]) if choices.known == REPLACE else []
    if replaced:
        refuse_loss(made, plan, replaced, choices.accepted_loss)
    events = open_events(made, "import")
    base_version, orphans = remove_former(made, replaced) if replaced else (1, {})
    counts: dict[str, dict[str, int]] = {}
    adopted: dict[str, list[int]] = {}
    with bulk():
        for network in plan.networks:
            loaded, findings = load_network(loading_of(made, network, base_version, progress))
            refuse(plan, findings)
            counts[network.draft.family] = loaded.counts
            adopted[network.draft.family] = [network.built.there_of[spot] for spot in network.built.adopted]
            hang_again(network.draft.family, orphans.get(network.draft.family, []))
    announce_changed_slugs(LAYERS)
    seconds = time.monotonic() - began
    total = sum(sum(one.get(name, 0) for name in MODELS["water"]) for one in counts.values())
    return {"counts": counts, "rows": total, "seconds": round(seconds, 1), "events": events, "replaced": replaced,
            "adopted": adopted, "moved": plan.summary["moved"], "base_version": base_version}  # fmt: skip


def loading_of(made: FileImport, network: Network, base_version: int, progress: Progress) -> Loading:
    return Loading(
        made=made,
        base_version=base_version,
        draft=network.draft,
        built=network.built,
        there=network.there,
        kept_ids=network.kept_ids,
        progress=progress,
    )


def refuse(plan: NetworkPlan, findings: Sequence[Finding]) -> None:
    if findings:
        plan.summary["errors"] = len(findings)
        raise Invalid(_("What was read is no network yet: nothing was loaded."), report=report_of(plan, findings))


def refuse_loss(made: FileImport, plan: NetworkPlan, replaced: Sequence[int], accepted: int | None) -> None:
    """Compare what would go with what may, once nobody edits these networks. Raises LossRefused beyond it."""
    lock(made)
    differences = plan.differences(made.owner, replaced)
    plan.summary["compared"] = describe_difference(differences)
    try:
        check_loss(differences, accepted)
    except LossRefused as error:
        error.extra["report"] = report_of(plan)
        raise


def open_events(made: FileImport, kind: str) -> dict[str, int]:
    """One event of the history for each table, for all that this transaction changes there."""
    detail = json.dumps({"from": "import", "label": made.title, "network_import": made.pk})
    events = {}
    for family, what in tables():
        name = MODELS[family][what]._meta.db_table
        ((event,),) = rows(
            "select arpent.open_event(%(kind)s, %(table)s::regclass, %(detail)s::jsonb)",
            kind=kind,
            table=name,
            detail=detail,
        )
        events[name] = int(event)
    return events


# -- replacing --------------------------------------------------------------------------------------------------------


def remove_former(made: FileImport, replaced: list[int]) -> tuple[int, dict[FamilyName, list[int]]]:
    """What former imports brought goes, all of it.

    Returns the version of the rows that take its place, and the connections of others that hung on it, by family.
    """
    lock(made)
    owned = {"owner": made.owner_id, "replaced": replaced}
    base_version = 1 + max(highest(family, what, owned) for family, what in tables())
    orphans: dict[FamilyName, list[int]] = {}
    with loading():
        for family in FAMILIES:
            orphans[family] = detach_connections(family, owned)
        for family, what in tables():
            if what == "nodes":
                run(STAY, nodes=table_identifier(family, what), pipes=table_identifier(family, "pipes"), **owned)
            run(
                "delete from {} where owner_id = %(owner)s and import_id = any(%(replaced)s)",
                table_identifier(family, what),
                **owned,
            )
    FileImport.objects.of(made.source, [made.owner]).filter(pk__in=replaced).update(
        state=FileImport.State.REVERTED,
        message=_("Replaced by a later import: %(title)s") % {"title": made.title[:300]},
    )
    return base_version, orphans


# Nodes that pipes of others end on are not the import's any more.
STAY = """
    update {nodes} n set import_id = null where n.owner_id = %(owner)s and n.import_id = any(%(replaced)s)
    and exists (select from {pipes} p where n.id in (p.start_node_id, p.end_node_id))
"""
DETACH = """
    update {connections} c set pipe_id = null from {pipes} p where p.id = c.pipe_id and p.owner_id = %(owner)s
    and p.import_id = any(%(replaced)s) and (c.import_id is null or c.import_id <> all(%(replaced)s)) returning c.id
"""


def highest(family: FamilyName, what: str, owned: dict[str, Any]) -> int:
    statement = "select coalesce(max(version), 0) from {} where owner_id = %(owner)s and import_id = any(%(replaced)s)"
    ((last,),) = rows(statement, table_identifier(family, what), **owned)
    return int(last)


def lock(made: FileImport) -> None:
    """Nobody edits this member's networks meanwhile."""
    for family in FAMILIES:
        statement = "select pg_advisory_xact_lock(hashtextextended('arpent topology ' || %s, %s))"
        execute(statement, [family, made.owner_id])


def detach_connections(family: FamilyName, owned: dict[str, Any]) -> list[int]:
    """Connections of other imports, or of nobody, that hang on pipes which go: they hang on nothing for a while."""
    detached = rows(
        DETACH, connections=table_identifier(family, "connections"), pipes=table_identifier(family, "pipes"), **owned
    )
    return [pk for (pk,) in detached]


def hang_again(family: FamilyName, connections: list[int]) -> None:
    if connections:
        reattach(family, connections)


def reattach(family: FamilyName, ids: list[int]) -> None:
    """Hang connections on the nearest pipe in service, within 60 m."""
    run(
        "update {hung} c set pipe_id = (select p.id from {pipes} p where p.geom && st_expand(c.geom, 60)"
        " and p.owner_id + 0 = c.owner_id and p.service_state = 'en_service' and st_dwithin(p.geom, c.geom, 60)"
        " order by st_distance(p.geom, c.geom), p.id limit 1) where c.id = any(%(ids)s)",
        hung=table_identifier(family, "connections"),
        pipes=table_identifier(family, "pipes"),
        ids=ids,
    )


# -- taking back ------------------------------------------------------------------------------------------------------

UNTOUCHED = """
    select o.id from {objects} o where o.owner_id = %(owner)s and o.import_id = %(order)s
    and (o.version = %(base)s or o.version = (%(after)s::jsonb ->> o.id::text)::int)
"""
# A later import that was taken back had cut a pipe and joined it again, or made more of a node and less again: the row
# is as this import left it, under another version. Joining draws a pipe anew and forgets its length on record.
AS_LEFT = """
    with asked as (
        select o.id, coalesce((%(after)s::jsonb ->> o.id::text)::int, %(base)s) as version from {objects} o
        where o.owner_id = %(owner)s and o.import_id = %(order)s and o.version > %(base)s
    ),
    given as (select array_agg(id) as ids, array_agg(version) as versions from asked)
    select o.id from given cross join lateral arpent.rows_at(%(name)s::regclass, ids, versions) was
    join {objects} o on o.id = was.id
    where to_jsonb(o) - %(beside)s::text[] = was.content - %(beside)s::text[]
    and (not was.moved or st_hausdorffdistance(o.geom, was.geom) < %(near)s)
    and (to_jsonb(o) -> 'declared_length_m' is not distinct from was.content -> 'declared_length_m'
        or was.moved and to_jsonb(o) ->> 'declared_length_m' is null)
"""
BESIDE = ["version", "geom", "geom_3857", "declared_length_m"]
FREE = """
    delete from {nodes} n where n.id = any(%(ids)s) and (not %(plain)s or (n.kind = 'junction' and n.reference is null))
    and not exists (select from {pipes} p where n.id in (p.start_node_id, p.end_node_id))
"""
ALIKE = """
    select n.id from {nodes} n join lateral (
        select count(*) as pipes, count(distinct (p.material, p.diameter_mm, p.service_state, p.function, p.content,
            to_jsonb(p) ->> 'system')) as sorts
        from {pipes} p where n.id in (p.start_node_id, p.end_node_id)) held on held.pipes = 2 and held.sorts = 1
    where n.id = any(%(ids)s)
"""


def revert_import(made: FileImport, progress: Progress) -> dict[str, Any]:
    """What an import brought and nobody changed since goes; pipes that its nodes had cut are one again."""
    lock(made)
    progress(None, _("Taking the import back"))
    open_events(made, "import_taken_back")
    removed, kept = 0, 0
    for family in FAMILIES:
        gone, left = revert_network(made, family)
        removed, kept = removed + gone, kept + left
    repairs = list_untouched(made, "water", "repairs")
    removed += delete("water", "repairs", repairs)
    kept += remaining(made, "water", "repairs")
    announce_changed_slugs(LAYERS)
    return {"removed": removed, "kept": kept}


def revert_network(made: FileImport, family: FamilyName) -> tuple[int, int]:
    pipes, nodes = list_untouched(made, family, "pipes"), list_untouched(made, family, "nodes")
    hung = list_untouched(made, family, "connections")
    with loading():
        removed = delete(family, "connections", hung)
        orphans = [pk for (pk,) in rows(
            "update {} set pipe_id = null where pipe_id = any(%(ids)s) returning id",
            table_identifier(family, "connections"), ids=pipes)]  # fmt: skip
        ends = rows("select start_node_id, end_node_id from {} where id = any(%(ids)s)",
                    table_identifier(family, "pipes"), ids=pipes)  # fmt: skip
        removed += delete(family, "pipes", pipes)
        removed += delete_free_nodes(family, nodes, {pk for pair in ends for pk in pair})
    removed += join_cut_pipes(family, nodes)
    give_back_adopted(made, family)
    reattach(family, orphans)
    left = sum(remaining(made, family, what) for what in ("nodes", "pipes", "connections"))
    return removed, left


def list_untouched(made: FileImport, family: FamilyName, what: str) -> list[int]:
    """The objects of an import that nobody changed since; undoing its snapping is no change."""
    after = ((made.report or {}).get("undone") or {}).get("versions", {}).get(f"{family} {what}", {})
    objects = table_identifier(family, what)
    parameters = {"owner": made.owner_id, "order": made.pk, "base": base_version_of(made), "after": json.dumps(after)}
    same = rows(UNTOUCHED, objects=objects, **parameters)
    same += rows(AS_LEFT, objects=objects, name=objects.as_string(None), beside=BESIDE, near=NEAR_M, **parameters)
    return sorted({pk for (pk,) in same})


def base_version_of(made: FileImport) -> int:
    """The version with which the rows of an import began: those that have another one were changed since."""
    return int((made.report or {}).get("base_version", 1))


def remaining(made: FileImport, family: FamilyName, what: str) -> int:
    statement = "select count(*) from {} where owner_id = %(owner)s and import_id = %(order)s"
    ((count,),) = rows(statement, table_identifier(family, what), owner=made.owner_id, order=made.pk)
    return int(count)


def delete(family: FamilyName, what: str, ids: Sequence[int]) -> int:
    return run("delete from {} where id = any(%(ids)s)", table_identifier(family, what), ids=list(ids))


def delete_free_nodes(family: FamilyName, nodes: Sequence[int], ends: set[int]) -> int:
    """Nodes of the import without a pipe, and plain junctions that pipes which are gone alone needed."""
    parts = {"nodes": table_identifier(family, "nodes"), "pipes": table_identifier(family, "pipes")}
    count = run(FREE, **parts, ids=list(nodes), plain=False)
    run(FREE, **parts, ids=sorted(ends), plain=True)
    return count


def join_cut_pipes(family: FamilyName, nodes: Sequence[int]) -> int:
    """A node between two pipes that are alike had cut one: the topology's trigger joins them as it goes."""
    joinable = rows(
        ALIKE, nodes=table_identifier(family, "nodes"), pipes=table_identifier(family, "pipes"), ids=list(nodes)
    )
    return sum(try_statement("delete from {} where id = %(pk)s", family, "nodes", pk=pk) for (pk,) in joinable)


def try_statement(statement: str, family: FamilyName, what: str, **names: Any) -> bool:
    """Do something that the topology may refuse; whether it did not."""
    try:
        with transaction.atomic():
            return run(statement, table_identifier(family, what), **names) > 0
    except DatabaseError:
        return False


def give_back_adopted(made: FileImport, family: FamilyName) -> None:
    """Plain junctions of the network that the file had made more of are plain again, unless changed since."""
    report = made.report or {}
    ids = report.get("adopted", {}).get(family, [])
    event = report.get("events", {}).get(MODELS[family]["nodes"]._meta.db_table)
    if not ids or not event:
        return
    fields = [field.name for field in MODELS[family]["nodes"]._meta.concrete_fields
              if field.name not in ("id", "owner", "shared_with", "version", "geom", "geom_3857")]  # fmt: skip
    run(
        "update {nodes} now set ({columns}) = (select {former} from arpent.event_rows(%(event)s) e"
        " cross join lateral jsonb_populate_record(null::{nodes}, e.old) was"
        " where e.operation = 'UPDATE' and e.pk_value = now.id) where now.id = any(%(ids)s) and exists (select from"
        " arpent.event_rows(%(event)s) e where e.operation = 'UPDATE' and e.pk_value = now.id"
        " and now.version = e.version + 1)",
        nodes=table_identifier(family, "nodes"),
        columns=join_names(fields),
        former=join_names(fields, "was"),
        event=event,
        ids=ids,
    )


# -- undoing the snapping ---------------------------------------------------------------------------------------------

BACK = """
    update {} set geom = st_setpoint(geom, %(at)s, st_point(%(x)s, %(y)s, 2154)) where id = %(pk)s
    and owner_id = %(owner)s and st_dwithin(case when %(at)s = 0 then st_startpoint(geom) else st_endpoint(geom) end,
        st_point(%(to_x)s, %(to_y)s, 2154), %(near)s)
"""


def undo_moves(made: FileImport, progress: Progress) -> dict[str, Any]:
    """Each end that was moved and is still there goes back, with a node of its own; cuts made for it are joined."""
    lock(made)
    open_events(made, "import_snapping_undone")
    before = versions(made)
    snaps = list(Snap.objects.filter(brought_by=made, undone=False).order_by("id"))
    done = []
    for number, snap in enumerate(snaps):
        progress(number / len(snaps), _("Undoing the snapping"))
        if put_back(made, snap):
            done.append(snap.pk)
    for family in FAMILIES:
        join_cut_pipes(family, junctions_left(made, family, done))
    Snap.objects.filter(pk__in=done).update(undone=True)
    announce_changed_slugs(LAYERS)
    after, base = versions(made), base_version_of(made)
    changed = {
        name: {str(pk): version for pk, version in expected.items() if version != base}
        for name, expected in after.items()
    }
    for name, expected in before.items():
        for pk, version in expected.items():
            if version != base:
                changed[name].pop(str(pk), None)
    left = [snap.pk for snap in snaps if snap.pk not in set(done)]
    return {"ends": len(done), "left": len(left), "along": sum(still_there(family, left) for family in FAMILIES),
            "versions": changed}  # fmt: skip


def still_there(family: FamilyName, left: Sequence[int]) -> int:
    """How many ends nobody moved, and yet could not go back: there, they would run along the pipe that they meet."""
    ((count,),) = rows(
        "select count(*) from water_snap s join {} p on p.id = s.pipe_id where s.id = any(%(left)s)"
        ' and s.family = %(family)s and st_dwithin(case when s."end" = 0 then st_startpoint(p.geom)'
        " else st_endpoint(p.geom) end, s.put_at, %(near)s)",
        table_identifier(family, "pipes"),
        left=list(left),
        family=family,
        near=NEAR_M,
    )
    return int(count)


def versions(made: FileImport) -> dict[str, dict[int, int]]:
    return {
        f"{family} {what}": dict(rows("select id, version from {} where import_id = %(order)s and owner_id = %(owner)s",
                                      table_identifier(family, what), order=made.pk, owner=made.owner_id))
        for family, what in tables()
        if what in ("nodes", "pipes")
    }  # fmt: skip


def put_back(made: FileImport, snap: Snap) -> bool:
    family: FamilyName = "sewer" if snap.family == "sewer" else "water"
    if snap.pipe_id is None:
        return put_node_back(made, snap, family)
    return try_statement(
        BACK,
        family,
        "pipes",
        at=-1 if snap.end else 0,
        x=snap.place.x,
        y=snap.place.y,
        to_x=snap.put_at.x,
        to_y=snap.put_at.y,
        pk=snap.pipe_id,
        owner=made.owner_id,
        near=NEAR_M,
    )


def put_node_back(made: FileImport, snap: Snap, family: FamilyName) -> bool:
    """A node that was put on a pipe: the pipe is one again, the node beside it as it was."""
    name = table_identifier(family, "nodes")
    parameters = {"pk": snap.node_id, "owner": made.owner_id, "x": snap.put_at.x, "y": snap.put_at.y, "near": NEAR_M}
    moved = rows(
        "select to_jsonb(n) - 'geom_3857' from {} n where n.id = %(pk)s and n.owner_id = %(owner)s"
        " and st_dwithin(n.geom, st_point(%(x)s, %(y)s, 2154), %(near)s)",
        name,
        **parameters,
    )
    if not moved:
        return False
    ((former,),) = moved
    fields = [str(field.column) for field in MODELS[family]["nodes"]._meta.concrete_fields if field.name != "geom_3857"]
    former = former if isinstance(former, str) else json.dumps(former)
    try:
        with transaction.atomic():
            run("delete from {} where id = %(pk)s", name, pk=snap.node_id)
            run(
                "insert into {nodes} ({columns}) select {values} from jsonb_populate_record(null::{nodes},"
                " jsonb_set(%(former)s::jsonb, '{{geom}}', to_jsonb(st_point(%(x)s, %(y)s, 2154)))) was",
                nodes=name,
                columns=join_names(fields),
                values=join_names(fields, "was"),
                former=former,
                x=snap.place.x,
                y=snap.place.y,
            )
    except DatabaseError:
        return False
    return True


def junctions_left(made: FileImport, family: FamilyName, done: Sequence[int]) -> list[int]:
    """Plain junctions that were made where ends were put on pipes, and that no end needs any more."""
    junctions = rows(
        "select n.id from water_snap s join {nodes} n on n.geom && st_expand(s.put_at, %(near)s)"
        " and st_dwithin(n.geom, s.put_at, %(near)s) where s.id = any(%(done)s) and s.family = %(family)s"
        " and s.target = 'pipe' and s.pipe_id is not null and n.owner_id + 0 = %(owner)s and n.import_id = %(order)s"
        " and n.kind = 'junction' and n.reference is null",
        nodes=table_identifier(family, "nodes"),
        near=NEAR_M,
        done=list(done),
        family=family,
        owner=made.owner_id,
        order=made.pk,
    )
    return [pk for (pk,) in junctions]
