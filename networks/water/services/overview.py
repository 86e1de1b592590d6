"""How much there is of each network, and what waits for somebody."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Length
from django.db.models import Count, Sum
from django.utils.translation import ngettext

from gis_core.members.rights import Rights
from gis_core.models import Member
from networks.water.models import (
    Anomaly,
    Outage,
    SewerConnection,
    SewerNode,
    SewerPipe,
    WaterConnection,
    WaterNode,
    WaterPipe,
)
from networks.water.models.base import NetworkObject
from networks.water.services import hydrants
from networks.water.services.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """One member's network: kilometres of pipes (in EPSG:2154), and counts."""

    member: Member
    family: str
    kilometres: float
    pipes: int
    nodes: int
    connections: int


FAMILIES: tuple[tuple[str, type[NetworkObject], type[NetworkObject], type[NetworkObject]], ...] = (
    ("water", WaterPipe, WaterNode, WaterConnection),
    ("sewer", SewerPipe, SewerNode, SewerConnection),
)


def overview(rights: Rights) -> list[Overview]:
    """The networks that the asker sees, by member and family; none that has no pipe."""
    overviews: list[Overview] = []
    members = Member.objects.in_bulk()
    for family, pipe, node, service in FAMILIES:
        pipes = visible(pipe, rights).order_by().values("owner").annotate(count=Count("pk"), metres=Sum(Length("geom")))
        nodes, services = count_by_owner(node, rights), count_by_owner(service, rights)
        for row in pipes:
            owner = row["owner"]
            overviews.append(
                Overview(
                    member=members[owner],
                    family=family,
                    kilometres=row["metres"].km,
                    pipes=row["count"],
                    nodes=nodes.get(owner, 0),
                    connections=services.get(owner, 0),
                )
            )
    return sorted(overviews, key=lambda one: (one.member.name, one.family != "water"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many things that somebody has to look at, on the page of this name."""

    count: int
    label: str
    page: str
    query: str = ""


def waiting(rights: Rights) -> list[Waiting]:
    """What the asker sees that waits, without what does not."""
    outages = Outage.objects.visible_to(rights).filter(state=Outage.State.OPEN, struck_at=None).count()
    serious = Anomaly.objects.visible_to(rights).filter(state=Anomaly.State.OPEN, severity=Anomaly.Severity.SERIOUS)
    families = dict(serious.order_by().values_list("family").annotate(Count("pk")))
    water, sewer = families.get("water", 0), families.get("sewer", 0)
    due = hydrants.counts(hydrants.HydrantQuery(), rights)[hydrants.State.DUE]
    tasks = [
        Waiting(outages, ngettext("outage under way", "outages under way", outages), "outages"),
        Waiting(water, ngettext("serious anomaly (drinking water)", "serious anomalies (drinking water)", water),
                "network_anomalies", "family=water"),
        Waiting(sewer, ngettext("serious anomaly (sewers)", "serious anomalies (sewers)", sewer),
                "network_anomalies", "family=sewer"),
        Waiting(due, ngettext("hydrant to inspect", "hydrants to inspect", due), "hydrants", "state=due"),
    ]  # fmt: skip
    return [one for one in tasks if one.count]


def count_by_owner(model: type[NetworkObject], rights: Rights) -> dict[int, int]:
    rows = visible(model, rights).order_by().values("owner").annotate(count=Count("pk"))
    return {row["owner"]: row["count"] for row in rows}
