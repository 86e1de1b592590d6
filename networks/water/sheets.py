"""What the sheets of pipes, nodes and repairs on the map say beyond their columns, and where they lead.

`inspection_sheets` adds the inspections of hydrants to `water-nodes`, those of manholes to `sewer-nodes`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.db.models.functions import Length
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gis_core.members.rights import Rights
from gis_core.members.technicians import works_on_networks
from layers.features.display import code_label, display_date, display_number, with_unit
from layers.features.sheet import Addition, Link, Property, Values
from networks.water import code_lists
from networks.water.models import (
    Outage,
    OutageEntry,
    Repair,
    SewerConnection,
    SewerNode,
    SewerPipe,
    WaterConnection,
    WaterNode,
    WaterPipe,
)
from networks.water.services.outage_valves import last_reports
from networks.water.services.visible import visible

PIPES: dict[str, type[WaterPipe | SewerPipe]] = {"water": WaterPipe, "sewer": SewerPipe}
CONNECTIONS: dict[str, type[WaterConnection | SewerConnection]] = {"water": WaterConnection, "sewer": SewerConnection}
NODES: dict[str, type[WaterNode | SewerNode]] = {"water": WaterNode, "sewer": SewerNode}
MOST_OUTAGES = 3
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
    broken = outage_links(ids, rights) if family == "water" else {}
    return {
        row["id"]: Addition(
            properties=[
                *length(lengths.get(row["id"])),
                *repairs(repaired.get(row["id"])),
                *connections(served.get(row["id"])),
            ],
            hidden=NODE_IDS if row.get("declared_length_m") else NODE_IDS | {"declared_length_m"},
            links=[
                *pipe_links(family, row["id"], bool(repaired.get(row["id"])), rights),
                *broken.get(row["id"], ()),
            ],
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


def outage_links(ids: Sequence[int], rights: Rights) -> dict[int, list[Link]]:
    """By pipe, the last outages in which it was broken."""
    rows = Outage.objects.visible_to(rights).filter(pipes__overlap=list(ids), struck_at=None)
    links: dict[int, list[Link]] = {pk: [] for pk in ids}
    for row in rows.order_by("-started_at", "-pk").values("pk", "pipes", "started_at"):
        for pk in set(row["pipes"]) & links.keys():
            if len(links[pk]) < MOST_OUTAGES:
                links[pk].append(outage_link(row["pk"], localtime(row["started_at"]).date()))
    return links


def outage_link(pk: int, day: date) -> Link:
    return Link(title=_("Outage of %(day)s") % {"day": display_date(day)}, url=reverse("outage", args=[pk]))


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
    additions = {row["id"]: node_addition(family, row["id"], meeting.get(row["id"], [])) for row in rows}
    valves = [row["id"] for row in rows if family == "water" and row.get("kind") == "valve"]
    for pk, report in (last_reports(valves, rights) if valves else {}).items():
        additions[pk] = additions[pk].and_also(valve_addition(report))
    return additions


def valve_addition(report: OutageEntry) -> Addition:
    """How a valve was found in the last outage that says so, by whom, and that outage."""
    day = localtime(report.at).date()
    parts = [code_label(code_lists.CONDITIONS, report.kind), display_date(day), str(report.recorded_by or "")]
    label = fact("valve_report", _("Found in an outage"), report.kind, " · ".join(filter(None, parts)))
    return Addition(properties=[label], links=[outage_link(report.outage_id, day)])


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
    day_by_outage = outage_days(results, rights)
    for one in results.only("pk", "network", "pipe_id", "outage_id", "repaired_date", "laid_year"):
        properties, links = [], []
        if one.repaired_date and one.laid_year and one.repaired_date.year >= one.laid_year:
            age = one.repaired_date.year - one.laid_year
            message = ngettext("%(count)s year", "%(count)s years", age) % {"count": age}
            properties.append(fact("age", _("Age at the repair"), age, message))
        if one.pipe_id:
            address = page("network_repairs", network=one.network, pipe=one.pipe_id)
            links.append(Link(title=_("Repairs of this pipe"), url=address))
        if one.outage_id in day_by_outage:
            links.append(outage_link(one.outage_id, day_by_outage[one.outage_id]))
        made[one.pk] = Addition(properties=properties, links=links)
    return made


def outage_days(rows: Any, rights: Rights) -> dict[int, date]:
    """By outage of these repairs, the day when it began."""
    ids = rows.exclude(outage_id=None).values("outage_id")
    known = Outage.objects.visible_to(rights).filter(pk__in=ids).values_list("pk", "started_at")
    return {pk: localtime(at).date() for pk, at in known}
