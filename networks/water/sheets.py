"""What the sheets of pipes, nodes and repairs on the map say beyond their columns, and where they lead.

`hydrant_sheet` adds the inspections of hydrants to `water-nodes`.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.db.models.functions import Length
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gis_core.members.rights import Rights
from gis_core.members.technicians import works_on_networks
from layers.features.display import display_date, display_number, with_unit
from layers.features.sheet import Addition, Link, Property, Values
from networks.water import code_lists
from networks.water.models import Repair, SewerConnection, SewerNode, SewerPipe, WaterConnection, WaterNode, WaterPipe
from networks.water.services.visible import visible

PIPES: dict[str, type[WaterPipe | SewerPipe]] = {"water": WaterPipe, "sewer": SewerPipe}
CONNECTIONS: dict[str, type[WaterConnection | SewerConnection]] = {"water": WaterConnection, "sewer": SewerConnection}
NODES: dict[str, type[WaterNode | SewerNode]] = {"water": WaterNode, "sewer": SewerNode}
NODE_IDS = frozenset({"start_node_id", "end_node_id"})
"""Numbers that tell people nothing."""


def fact(name: str, label: str, value: Any, display: str) -> Property:
    return Property(name=name, label=label, value=value, display=display)


def page(name: str, **parameters: Any) -> str:
    return f"{reverse(name)}?{urlencode(parameters)}"


# -- pipes ------------------------------------------------------------------------------------------------------------


def describe_pipes(family: str, rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    ids = [row["id"] for row in rows]
    results = visible(PIPES[family], rights).filter(pk__in=ids)
    lengths = {row["pk"]: row["metres"].m for row in results.annotate(metres=Length("geom")).values("pk", "metres")}
    repaired = repairs_by_pipe(family, ids, rights)
    served = connections_by_pipe(family, ids, rights)
    return {
        row["id"]: Addition(
            properties=[
                *length(lengths.get(row["id"])),
                *repairs(repaired.get(row["id"])),
                *connections(served.get(row["id"])),
            ],
            hidden=NODE_IDS if row.get("declared_length_m") else NODE_IDS | {"declared_length_m"},
            links=list(pipe_links(family, row["id"], bool(repaired.get(row["id"])), rights)),
        )
        for row in rows
    }


def repairs_by_pipe(family: str, ids: Sequence[int], rights: Rights) -> dict[int, Mapping[str, Any]]:
    results = visible(Repair, rights).filter(network=family, pipe_id__in=ids).order_by()
    rows = results.values("pipe_id").annotate(count=Count("pk"), last=Max("repaired_date"))
    return {row["pipe_id"]: row for row in rows}


def connections_by_pipe(family: str, ids: Sequence[int], rights: Rights) -> dict[int, Mapping[str, Any]]:
    """Those in service."""
    results = visible(CONNECTIONS[family], rights).filter(pipe_id__in=ids).order_by()
    sensitive = Count("pk", filter=Q(sensitive__isnull=False))
    rows = results.filter(service_state=code_lists.IN_SERVICE).values("pipe_id")
    return {row["pipe_id"]: row for row in rows.annotate(count=Count("pk"), sensitive_count=sensitive)}


def length(metres: float | None) -> list[Property]:
    if metres is None:
        return []
    return [fact("measured_length", _("Length"), metres, with_unit(display_number(metres, 1), "m"))]


def repairs(rows: Mapping[str, Any] | None) -> list[Property]:
    count = rows["count"] if rows else 0
    message = _("none") if not count else display_number(count, 0)
    made = [fact("repairs", _("Repairs"), count, message)]
    if rows and rows["last"]:
        made.append(fact("last_repair", _("Last repair"), rows["last"].isoformat(), display_date(rows["last"])))
    return made


def connections(rows: Mapping[str, Any] | None) -> list[Property]:
    count, sensitive = (rows["count"], rows["sensitive_count"]) if rows else (0, 0)
    message = display_number(count, 0) if count else pgettext("connections", "none")
    if sensitive:
        more = ngettext("%(count)s sensitive user", "%(count)s sensitive users", sensitive) % {"count": sensitive}
        message = f"{message}, {more}"
    return [fact("connections", _("Connections served"), count, message)]


def pipe_links(family: str, pk: int, repaired: bool, rights: Rights) -> Sequence[Link]:
    made = [Link(title=way_label(family), url=page("network_profile", family=family, pipe=pk))]
    if repaired:
        made.append(Link(title=_("Its repairs"), url=page("network_repairs", network=family, pipe=pk)))
    if works_on_networks(rights):
        made.append(Link(title=_("Record a repair"), url=page("network_repair_new", network=family, pipe=pk)))
    return made


def way_label(family: str) -> str:
    return _("Profile to the outlet") if family == "sewer" else _("Profile to the source")


# -- nodes ------------------------------------------------------------------------------------------------------------


def describe_nodes(family: str, rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    meeting = pipes_by_node(family, [row["id"] for row in rows], rights)
    return {row["id"]: node_addition(family, row["id"], meeting.get(row["id"], [])) for row in rows}


def node_addition(family: str, pk: int, pipes: Sequence[Mapping[str, Any]]) -> Addition:
    """The pipes that meet there; a profile where some pipe in service does."""
    stopped = sum(1 for one in pipes if one["service_state"] != code_lists.IN_SERVICE)
    message = ngettext("%(count)s pipe", "%(count)s pipes", len(pipes)) % {"count": len(pipes)}
    names = [one["reference"] for one in pipes if one["reference"]]
    if names:
        message = f"{message} ({', '.join(names[:4])}{'…' if len(names) > 4 else ''})"
    if stopped:
        message = _("%(pipes)s, %(count)s of them not in service") % {"pipes": message, "count": stopped}
    leads = any(one["service_state"] == code_lists.IN_SERVICE and leaves(family, one, pk) for one in pipes)
    way = Link(title=way_label(family), url=page("network_profile", family=family, **{"from": pk}))
    return Addition(
        properties=[fact("pipes", _("Pipes that meet here"), len(pipes), message)], links=[way] if leads else []
    )


def leaves(family: str, pipe: Mapping[str, Any], node: int) -> bool:
    """Whether one may go on from the node by the pipe: a sewer only downstream."""
    return family == "water" or pipe["start_node_id"] == node


def pipes_by_node(family: str, ids: Sequence[int], rights: Rights) -> dict[int, list[Mapping[str, Any]]]:
    here = Q(start_node_id__in=ids) | Q(end_node_id__in=ids)
    rows = visible(PIPES[family], rights).filter(here).order_by("reference", "pk")
    meeting: dict[int, list[Mapping[str, Any]]] = {one: [] for one in ids}
    for row in rows.values("pk", "reference", "service_state", "start_node_id", "end_node_id"):
        for node in {row["start_node_id"], row["end_node_id"]} & meeting.keys():
            meeting[node].append(row)
    return meeting


# -- repairs ----------------------------------------------------------------------------------------------------------


def describe_repairs(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    """How old the pipe was, and the other repairs of it."""
    ids = [row["id"] for row in rows]
    results = visible(Repair, rights).filter(pk__in=ids)
    made: dict[int, Addition] = {}
    for one in results.only("pk", "network", "pipe_id", "repaired_date", "laid_year"):
        properties, links = [], []
        if one.repaired_date and one.laid_year and one.repaired_date.year >= one.laid_year:
            age = one.repaired_date.year - one.laid_year
            message = ngettext("%(count)s year", "%(count)s years", age) % {"count": age}
            properties.append(fact("age", _("Age at the repair"), age, message))
        if one.pipe_id:
            address = page("network_repairs", network=one.network, pipe=one.pipe_id)
            links.append(Link(title=_("Repairs of this pipe"), url=address))
        made[one.pk] = Addition(properties=properties, links=links)
    return made
