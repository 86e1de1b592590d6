"""A notice to those who have no water: the addresses of an outage."""

from gis_core.desk.parameters import whole_number
from gis_core.members.rights import Rights
from networks.notifications.models import Notice
from networks.notifications.services.notices import Address, Beginning, Context
from networks.notifications.services.places import Place
from networks.water import code_lists
from networks.water.models import Outage, WaterConnection
from networks.water.services.outages import outage_seen_by
from networks.water.services.visible import visible

SENSITIVE = {code: french for code, (french, _english) in code_lists.SENSITIVE.items()}


def beginning(key: str, rights: Rights) -> Beginning:
    """The notice that the outage of this number suggests. Raises NotFound."""
    outage = outage_seen_by(whole_number(key) or 0, rights)
    context = Context(kind=Notice.Kind.BURST, starts_at=outage.started_at, place=outage.place)
    return Beginning(owner=outage.owner, targets=addresses(outage, rights), context=context, title=outage.place)


def addresses(outage: Outage, rights: Rights) -> list[Address]:
    """Where the connections that lost their water are today, sensitive users first."""
    served = outage.answer["connections"]
    ids = served.get("every") or [one["id"] for one in served["results"]]
    connections = {one.pk: one for one in visible(WaterConnection, rights).filter(pk__in=ids)}
    return [
        Address(
            address=one.address or "",
            place=Place(x=one.geom.x, y=one.geom.y),
            connection=f"water-connections:{one.pk}",
            dwellings=one.dwellings,
            sensitive=SENSITIVE.get(one.sensitive or "", ""),
        )
        for one in (connections[pk] for pk in ids if pk in connections)
    ]
