"""Notices to those who live along works, and what they are told when these change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_all
from gis_core.desk.parameters import whole_number
from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from networks.notifications.models import Notice
from networks.notifications.services import notices
from networks.notifications.services.notices import MOST_TARGETS, Address, Beginning, Context
from networks.notifications.services.places import Place
from networks.roadworks.days import PARIS, span
from networks.roadworks.layers import MEASURES
from networks.roadworks.models import Work
from networks.roadworks.services import works
from networks.roadworks.services.conflicts import CLOSING

KIND: Final = "work"
"""What a notice says that it is about."""
ALONG_M: Final = 50.0
ALONG_CLOSED_M: Final = 400.0
"""As far as houses of a closed street are told, though they stand beyond the works: they are reached another way."""
LARGEST_KEY: Final = 18

ALONG: Final = """
    with pieces as materialized (
        select p as geom, st_expand(p, %(far)s) as box from st_subdivide(st_geomfromewkb(%(stretch)s), 16) p),
    roads as materialized (
        select p.geom, s.name_left, s.name_right from pieces p
        join road_section s on %(closed)s and s.geom && st_expand(p.geom, 3) and st_dwithin(s.geom, p.geom, 3)),
    names as materialized (
        select distinct lower(unaccent(name)) as name from roads, unnest(array[name_left, name_right]) name
        where name <> ''),
    near as (
        select distinct a.id + 0 as id, a.label, a.postcode, a.commune_name, a.insee, a.road_name, a.number, a.suffix,
            a.geom
        from pieces p join cadastre_address a on a.geom && p.box and (st_dwithin(a.geom, p.geom, %(along)s)
            or (lower(unaccent(a.road_name)) in (select name from names) and st_dwithin(a.geom, p.geom, %(far)s))))
    select label || ', ' || postcode || ' ' || commune_name, st_x(geom), st_y(geom) from near
    order by insee, road_name, number, suffix, id limit %(most)s
"""


def beginning(key: str, rights: Rights) -> Beginning:
    """The notice that these works suggest. Raises NotFound, Forbidden."""
    work = works.one(int(key) if key.isascii() and key.isdecimal() and len(key) <= LARGEST_KEY else 0, rights)
    return Beginning(owner=work.owner, targets=addresses(work), context=context_of(work), title=work.title)


def page_of(key: str, rights: Rights) -> tuple[str, str] | None:
    """What the works are called and the address of their page, for a notice about them."""
    row = Work.objects.visible_to(rights).filter(pk=min(whole_number(key) or 0, works.LARGEST_ID)).first()
    return (_("Works %(reference)s") % {"reference": row.reference}, reverse("work", args=[row.pk])) if row else None


def context_of(work: Work) -> Context:
    starts_at, ends_at = span(work.starts_on, work.ends_on, work.hours or "")
    place = (work.located or work.title)[:120]
    return Context(kind=Notice.Kind.WORKS, starts_at=starts_at, ends_at=ends_at, reason=reason(work), place=place)


# -- after a notice ---------------------------------------------------------------------------------------------------

NOTICE_KINDS: Final = (Notice.Kind.WORKS, Notice.Kind.MOVED)


def notices_of(work: Work, rights: Rights) -> Sequence[Notice]:
    """The latest first."""
    return notices.notices_about(notices.About(kind=KIND, key=str(work.pk)), work.owner_id, rights)


def untold(work: Work, notices: Sequence[Notice]) -> dict[int, Notice.Kind]:
    """Of the notices that went out, those whose people believe what is no longer so, with what to tell them; none
    before a notice that says it already.
    """
    cancelled = work.state == Work.State.CANCELLED

    def says_so(one: Notice) -> bool:
        return one.kind == Notice.Kind.CALLED_OFF if cancelled else one.kind in NOTICE_KINDS and has_days_of(work, one)

    since = max((one.pk for one in notices if says_so(one)), default=0)
    kind = Notice.Kind.CALLED_OFF if cancelled else Notice.Kind.MOVED
    sent = [one for one in notices if one.kind in NOTICE_KINDS and one.state != Notice.State.DRAFT]
    return {one.pk: kind for one in sent if one.pk > since}


def has_days_of(work: Work, one: Notice) -> bool:
    """Days alone: whoever sent it may have set the hours right."""
    days = span(work.starts_on, work.ends_on, work.hours or "")
    stated = (one.starts_at, one.ends_at)
    return all(
        mine is None or mine.astimezone(PARIS).date() == day.date() for mine, day in zip(stated, days, strict=True)
    )


@transaction.atomic
def draft_update(work: Work, notice_id: int, *, rights: Rights) -> Notice:
    """A draft to the addresses of a notice that went out: the works are cancelled, or on other days.

    Raises Forbidden, Conflict (there is nothing new to tell them).
    """
    works.check_may_write(work.owner_id, rights)
    by_id = {one.pk: one for one in notices_of(work, rights)}
    kind = untold(work, list(by_id.values())).get(notice_id)
    if kind is None:
        raise Conflict(_("There is nothing new to tell the people of this notice: look at the works again."))
    former = notices.notice_seen_by(notice_id, rights)
    context = replace(context_of(work), phone=former.phone)
    return notices.follow(former, kind=kind, rights=rights, context=context if kind == Notice.Kind.MOVED else None)


# -- to whom ----------------------------------------------------------------------------------------------------------


def addresses(work: Work) -> list[Address]:
    """Those within fifty metres; where the road is closed, the whole of its street nearby."""
    closed = work.measure in CLOSING
    given: dict[str, Any] = {
        "stretch": bytes(work.geom.ewkb),
        "closed": closed,
        "along": ALONG_M,
        "far": ALONG_CLOSED_M if closed else ALONG_M,
        "most": MOST_TARGETS + 1,
    }
    return [Address(address=text, place=Place(x, y)) for text, x, y in fetch_all(ALONG, given)]


def reason(work: Work) -> str:
    """« Renouvellement de la conduite (route barrée, stationnement interdit) », in French whoever writes."""
    sentences = [] if work.measure == Work.Measure.NONE else [MEASURES[work.measure][0].lower()]
    if work.no_parking:
        sentences.append("stationnement interdit")
    if work.hours:
        sentences.append(work.hours)
    return f"{work.title} ({', '.join(sentences)})"[:200] if sentences else work.title
