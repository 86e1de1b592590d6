"""Notices to those who have no water: the addresses of an outage, what they were told, that the water is back."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.desk.parameters import whole_number
from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from networks.notifications.models import Notice
from networks.notifications.services import notices
from networks.notifications.services.notices import About, Address, Beginning, Context
from networks.notifications.services.places import Place
from networks.water import code_lists
from networks.water.models import Outage, WaterConnection
from networks.water.services.outage_journal import check_not_struck
from networks.water.services.outages import duplicates_of, outage_seen_by
from networks.water.services.visible import visible

SENSITIVE = {code: french for code, (french, _english) in code_lists.SENSITIVE.items()}


KIND: Final = "outage"
"""What a notice says that it is about."""


def beginning(key: str, rights: Rights) -> Beginning:
    """The notice that the outage of this number suggests. Raises NotFound, Conflict (it is struck out)."""
    outage = outage_seen_by(whole_number(key) or 0, rights)
    check_not_struck(outage)
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


def page_of(key: str, rights: Rights) -> tuple[str, str] | None:
    """What the outage is called and the address of its page, for a notice about it."""
    row = Outage.objects.visible_to(rights).defer("answer", "question").filter(pk=whole_number(key) or 0).first()
    return (_("Outage: %(outage)s") % {"outage": row}, reverse("outage", args=[row.pk])) if row else None


# -- after a notice ---------------------------------------------------------------------------------------------------


def notices_of(outages: Sequence[Outage], rights: Rights) -> Sequence[Notice]:
    """Those about an outage and its duplicates, the latest first."""
    rows = [
        row for one in outages for row in notices.notices_about(About(kind=KIND, key=str(one.pk)), one.owner_id, rights)
    ]
    return sorted(rows, key=lambda one: -one.pk)


def notice_to_end(known: Sequence[Notice]) -> Notice | None:
    """The last notice of a cut that went out, unless its people know of the end, or a draft of it waits."""
    since = max((one.pk for one in known if one.kind == Notice.Kind.END), default=0)
    cuts = [one for one in known if one.kind != Notice.Kind.END and one.state != Notice.State.DRAFT and one.pk > since]
    return max(cuts, key=lambda one: one.pk, default=None)


def draft_end(outage: Outage, *, rights: Rights) -> Notice:
    """A draft to the addresses of the last notice: the water is back, since when the outage says.

    Raises Forbidden, Conflict (it is struck out or under way, nobody was told of the cut, or they know).
    """
    check_not_struck(outage)
    if outage.ended_at is None:
        raise Conflict(_("This outage is under way: end it first, then tell that the water is back."))
    former = notice_to_end(notices_of([outage, *duplicates_of(outage, rights)], rights))
    if former is None:
        raise Conflict(_("Nobody is left to be told that the water is back: look at the notices of this outage."))
    former = notices.notice_seen_by(former.pk, rights)
    began = former.starts_at if former.starts_at and former.starts_at < outage.ended_at else None
    context = Context(
        starts_at=began, ends_at=outage.ended_at, reason=former.reason, place=former.place, phone=former.phone
    )
    return notices.follow(former, kind=Notice.Kind.END, rights=rights, context=context)
