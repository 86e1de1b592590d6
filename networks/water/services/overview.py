"""How much there is of each network."""

from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Length
from django.db.models import Count, QuerySet, Sum

from gis_core.models import Member
from gis_core.rights import Rights
from networks.core.models import NetworkObject
from networks.water.models import SewerConnection, SewerNode, SewerPipe, WaterConnection, WaterNode, WaterPipe


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
    found: list[Overview] = []
    members = Member.objects.in_bulk()
    for family, pipe, node, service in FAMILIES:
        pipes = seen(pipe, rights).values("owner").annotate(count=Count("pk"), metres=Sum(Length("geom")))
        nodes, services = counted(node, rights), counted(service, rights)
        for row in pipes:
            owner = row["owner"]
            found.append(
                Overview(
                    member=members[owner],
                    family=family,
                    kilometres=row["metres"].km,
                    pipes=row["count"],
                    nodes=nodes.get(owner, 0),
                    connections=services.get(owner, 0),
                )
            )
    return sorted(found, key=lambda one: (one.member.name, one.family != "water"))


def seen(model: type[NetworkObject], rights: Rights) -> QuerySet[NetworkObject]:
    return model.objects.visible_to(rights).order_by()


def counted(model: type[NetworkObject], rights: Rights) -> dict[int, int]:
    rows = seen(model, rights).values("owner").annotate(count=Count("pk"))
    return {row["owner"]: row["count"] for row in rows}
