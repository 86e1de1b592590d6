"""Repairing, ignoring and reopening anomalies: through the shared editing, one event of the history for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute
from gis_core.errors import ArpentError, Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from layers.catalogue.models import Layer
from layers.features.services.origin import Origin, annotate, continue_event, event, event_of
from layers.features.services.refusals import translate_refusals
from layers.features.services.write import Change, announce, apply_edits, check_edits, check_versions, lock
from networks.water.models import Anomaly, AnomalyQuerySet
from networks.water.services.anomalies.kinds import KINDS
from networks.water.services.anomalies.plans import Act, Way, ways

MOST_AT_ONCE = 200
LONGEST_REASON = 500
type Layers = Mapping[str, Layer]


@dataclass(slots=True)
class Batch:
    """What became of several repairs: how many were done, and why the others were not."""

    repaired: int = 0
    failed: list[dict[str, object]] = field(default_factory=list)


def anomaly_seen_by(family: str, anomaly_id: int, rights: Rights) -> Anomaly:
    """An anomaly of a network that the user sees. Raises NotFound."""
    anomaly = Anomaly.objects.visible_to(rights).filter(family=family, pk=anomaly_id).first()
    if anomaly is None:
        raise NotFound(_("There is no such anomaly, or you may not see it."))
    return anomaly


def may_treat(anomaly: Anomaly, rights: Rights) -> bool:
    return rights.has_role(anomaly.owner_id, TECHNICIANS)


def treatable(rows: AnomalyQuerySet, rights: Rights) -> AnomalyQuerySet:
    """Those of the members whose networks the asker works on; where there is no such member, all, to be refused."""
    members = [member for member in rights.roles if rights.has_role(member, TECHNICIANS)]
    return rows if rights.agency or not members else rows.filter(owner_id__in=members)


@transaction.atomic
def lock_anomaly(anomaly: Anomaly, rights: Rights) -> Anomaly:
    """The anomaly, for nobody else to treat meanwhile. Raises Forbidden."""
    if not may_treat(anomaly, rights):
        raise Forbidden(_("Only the network technicians of this member treat its anomalies."))
    return Anomaly.objects.select_for_update().get(pk=anomaly.pk)


@transaction.atomic
def repair(
    anomaly: Anomaly, *, way: str = "", versions: Mapping[str, int] | None = None, rights: Rights, origin: Origin
) -> Anomaly:
    """Repair an anomaly in one of its ways (the proposed one, unless named), if its objects are as they were seen.

    Raises Forbidden, Invalid, Conflict, and what `apply_edits` does.
    """
    anomaly = lock_anomaly(anomaly, rights)
    if anomaly.state == Anomaly.State.REPAIRED:
        raise Conflict(_("This anomaly is repaired already."))
    offered, _scene = ways(anomaly)
    chosen = next((one for one in offered if one.name == way or not way), None)
    if chosen is None:
        raise Conflict(_("This repair is not possible any more: the network has changed. Scan it again."))
    if versions is not None and dict(versions) != dict(chosen.versions):
        raise Conflict(_("The network has changed since you looked at this repair: look at it again."))
    layers = layers_of(anomaly.family)
    check_owner(chosen, layers, anomaly, rights)
    try:
        event_id = write_changes(chosen, layers, anomaly, rights, origin)
    except Stale as stale:
        raise Conflict(_("The network has changed since you looked at this repair: look at it again.")) from stale
    close(anomaly, event_id, rights)
    return anomaly


def layers_of(family: str) -> Layers:
    """The family's layers by kind of object."""
    layers = Layer.objects.in_bulk([f"{family}-{kind}s" for kind in ("node", "pipe", "connection")], field_name="slug")
    return {slug.removeprefix(f"{family}-")[:-1]: layer for slug, layer in layers.items()}


def check_owner(way: Way, layers: Layers, anomaly: Anomaly, rights: Rights) -> None:
    """What is made anew must be the anomaly's owner's. Raises Invalid."""
    for act in way.acts:
        if act.edit.action == "create" and layers[act.kind].editable_members(rights) != [anomaly.owner_id]:
            raise Invalid(
                _("You work for several members: nobody can tell for which one the new object is. Draw it on the map.")
            )


def write_changes(way: Way, layers: Layers, anomaly: Anomaly, rights: Rights, origin: Origin) -> int | None:
    """Send a way's changes; every event that they make says which anomaly is repaired. The last one's id."""
    continue_event([layer.table for layer in layers.values()], None)
    for kind, acts in groupby(way.acts, lambda act: act.kind):
        write_acts(layers[kind], list(acts), anomaly.family, rights, origin)
    made = [(event_of(layer), layer) for layer in layers.values()]
    for event_id, layer in made:
        if event_id is not None:
            annotate(layer, {"anomaly": {"id": anomaly.pk, "kind": anomaly.kind, "way": way.name}})
    return max((event_id for event_id, _layer in made if event_id is not None), default=None)


def write_acts(layer: Layer, acts: Sequence[Act], family: str, rights: Rights, origin: Origin) -> None:
    special = [act for act in acts if act.cut or act.hang]
    if special:
        write_special(layer, special, family, rights, origin)
    edits = [act.edit for act in acts if not (act.cut or act.hang)]
    if edits:
        apply_edits(layer, edits, rights=rights, origin=origin)


def write_special(layer: Layer, acts: Sequence[Act], family: str, rights: Rights, origin: Origin) -> None:
    """What no form writes: a connection hung on a pipe, a pipe cut at a node. Checked and recorded as any edit."""
    numbered = [(place, act.edit) for place, act in enumerate(acts)]
    check_edits(layer, [act.edit for act in acts], rights, origin)
    with transaction.atomic():
        rows = lock(layer, numbered, rights)
        check_versions(layer, numbered, rows, rights, 2154)
        with event(layer, "edit", origin), translate_refusals(layer, lambda _id: 0):
            for act in acts:
                if act.cut:
                    execute("select arpent.split_pipe(%s, %s, %s)", [family, act.edit.pk, act.cut])
                else:
                    statement = sql.SQL("update {} set pipe_id = %s where id = %s").format(sql.Identifier(layer.table))
                    execute(statement, [act.hang, act.edit.pk])
            changed = [Change(edit=act.edit, row=rows[act.edit.pk], values={"": None}, geometry=None) for act in acts]
            announce(layer, changed)


def close(anomaly: Anomaly, event_id: int | None, rights: Rights) -> None:
    """The anomaly is repaired, and with it those of objects that are there no more, and its twins."""
    now = database_clock.now()
    done = {"state": Anomaly.State.REPAIRED, "decided_at": now, "decided_by_id": rights.user_id}
    Anomaly.objects.filter(pk=anomaly.pk).update(**done, event_id=event_id)
    family = anomaly.family
    gone = sql.SQL(
        "update water_anomaly a set state = 'repaired', decided_at = %(now)s where a.owner_id = %(owner)s"
        " and a.family = %(family)s and a.state <> 'repaired' and ("
        " (a.object_kind = 'node' and not exists (select from {node} n where n.id = a.object_id))"
        " or (a.object_kind = 'pipe' and not exists (select from {pipe} p where p.id = a.object_id))"
        " or (a.kind in ('dead_end', 'valve_dead_end', 'near_miss', 'off_network') and a.object_kind = 'node'"
        " and a.object_id = %(object)s and %(kind)s in ('near_miss', 'isolated', 'off_network')))"
    ).format(node=sql.Identifier(f"{family}_node"), pipe=sql.Identifier(f"{family}_pipe"))
    node = anomaly.object_id if anomaly.object_kind == "node" else int(anomaly.measured.get("node") or 0)
    given: dict[str, Any] = {
        "now": now,
        "owner": anomaly.owner_id,
        "family": family,
        "object": node,
        "kind": anomaly.kind,
    }
    execute(gone, given)
    anomaly.refresh_from_db()


# -- several at once --------------------------------------------------------------------------------------------------


def repair_all(anomalies: Sequence[Anomaly], *, rights: Rights, origin: Origin) -> Batch:
    """Repair several in the proposed way; what cannot be done is told and left, the rest is done.

    Raises Invalid for more than MOST_AT_ONCE, or kinds that ask for a look each.
    """
    if len(anomalies) > MOST_AT_ONCE:
        raise Invalid(_("At most %(most)s anomalies are repaired at once.") % {"most": MOST_AT_ONCE})
    if any(not KINDS[one.kind].batch for one in anomalies):
        raise Invalid(_("Repairs of this kind are looked at one by one."))
    batch = Batch()
    for anomaly in anomalies:
        try:
            if Anomaly.objects.filter(pk=anomaly.pk, state=Anomaly.State.OPEN).exists():
                repair(anomaly, rights=rights, origin=origin)
                batch.repaired += 1
        except Forbidden:
            raise
        except ArpentError as error:
            batch.failed.append({"id": anomaly.pk, "message": str(error.message)})
    return batch


# -- deciding ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def ignore(anomaly: Anomaly, *, reason: str, rights: Rights) -> Anomaly:
    """Leave it as it is, and say why. Raises Forbidden, Invalid, Conflict."""
    anomaly = lock_anomaly(anomaly, rights)
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid(_("Say why this is left as it is."), parameter="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(_("At most %(most)s characters.") % {"most": LONGEST_REASON}, parameter="reason")
    if anomaly.state == Anomaly.State.REPAIRED:
        raise Conflict(_("This anomaly is repaired already."))
    return decide(anomaly, rights, state=Anomaly.State.IGNORED, reason=reason)


@transaction.atomic
def reopen(anomaly: Anomaly, *, rights: Rights) -> Anomaly:
    """Look at it again. Raises Forbidden, Conflict."""
    anomaly = lock_anomaly(anomaly, rights)
    if anomaly.state != Anomaly.State.IGNORED:
        raise Conflict(_("Only what was ignored is opened again."))
    return decide(anomaly, rights, state=Anomaly.State.OPEN, reason="")


def decide(anomaly: Anomaly, rights: Rights, *, state: str, reason: str) -> Anomaly:
    given = {"state": state, "reason": reason, "decided_at": database_clock.now(), "decided_by_id": rights.user_id}
    Anomaly.objects.filter(pk=anomaly.pk).update(**given)
    anomaly.refresh_from_db()
    return anomaly
