"""Notices: drafted for addresses or for an area, changed until they are sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database.rows import first_of
from gis_core.database.statements import execute, fetch_all
from gis_core.errors import Conflict, Forbidden, Invalid, Stale
from gis_core.letters.kinds import kind_of
from gis_core.letters.services import plain_line, wording_of
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Member
from networks.notifications.kinds import code_of
from networks.notifications.models import Notice
from networks.notifications.services.places import Place, address_key
from networks.notifications.texts import texts_of

MOST_TARGETS = 20_000
LARGEST_AREA_M2 = 200_000_000
LONGEST_NAME = 120
MOST_ABOUT = 50
YEARS = range(2000, 2101)
"""Of the days that a notice tells of: a year typed short (0026) is none, and none of it could be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address to warn. `connection` is the key of a service connection ("water-connections:123"), `sensitive` says
    why its user must not be surprised ("Dialyse à domicile")."""

    address: str
    place: Place | None = None
    connection: str = ""
    dwellings: int | None = None
    sensitive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a notice tells of."""

    kind: str = Notice.Kind.OTHER
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""
    place: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a notice came from, by a plain key: ("outage", "12")."""

    kind: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The notice that a thing of another app suggests (`NOTICE_TEMPLATES`)."""

    owner: Member
    targets: Sequence[Address]
    context: Context
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The templates of a notice."""

    sms: str
    title: str
    body: str


# -- who --------------------------------------------------------------------------------------------------------------


def notices_of(rights: Rights) -> Sequence[Notice]:
    """The latest first, without what is heavy."""
    rows = Notice.objects.visible_to(rights).select_related("owner", "made_by")
    return list(rows.defer("area", "sms", "body").order_by("-id")[:200])


def notices_about(about: About, owner_id: int, rights: Rights) -> Sequence[Notice]:
    """Those of a member that came from a thing, the latest first, without what is heavy."""
    rows = Notice.objects.visible_to(rights).filter(owner_id=owner_id, about_kind=about.kind, about_key=about.key)
    return list(rows.defer("area", "sms", "body").order_by("-id")[:MOST_ABOUT])


def notice_seen_by(notice_id: int, rights: Rights) -> Notice:
    """A notice that the user sees, with its owner and who made and sent it. Raises NotFound."""
    return first_of(
        Notice.objects.visible_to(rights).select_related("owner", "made_by", "sent_by").filter(pk=notice_id)
    )


def may_write(owner_id: int, rights: Rights) -> bool:
    """A network technician or a GIS administrator of the member; the agency."""
    return rights.has_role(owner_id, TECHNICIANS)


def check_may_write(owner_id: int, rights: Rights) -> None:
    if not may_write(owner_id, rights):
        raise Forbidden(_("A network technician or a GIS administrator of this member sends notices."))


# -- drafting ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(
    *,
    owner: Member,
    title: str = "",
    targets: Iterable[Address] | None = None,
    area: GEOSGeometry | None = None,
    context: Context | None = None,
    rights: Rights,
    about: About | None = None,
) -> Notice:
    """A notice to the people of these addresses, or of an area (EPSG:2154: every address and contact in it).

    Its words are the member's templates of its kind. Raises Forbidden, Invalid.
    """
    check_may_write(owner.pk, rights)
    given, about = context or Context(), about or About()
    check_context(given)
    made = Notice(owner=owner, kind=given.kind, area=check_area(area) if area is not None else None,
                  about_kind=about.kind, about_key=about.key, made_by_id=rights.user_id)  # fmt: skip
    set_context(made, given)
    use(made, wording_in_force(owner, given.kind))
    made.name = (
        clean_name(title) or plain_line(wording_of(owner, kind_of(code_of(given.kind, sms=True))).title)[:LONGEST_NAME]
    )
    made.save()
    if area is not None:
        add_inside(made)
    if targets is not None:
        add_targets(made, targets)
    if not made.targets.exists() and area is None:
        raise Invalid(_("A notice needs addresses: draw an area, or give at least one address."), parameter="addresses")
    return made


def follow(notice: Notice, *, kind: str, rights: Rights, context: Context | None = None) -> Notice:
    """A new draft to the same addresses: the end of a cut, a longer one; it tells the same unless told what else.

    Raises Forbidden.
    """
    check_may_write(notice.owner_id, rights)
    with transaction.atomic():
        context_given = context or Context(starts_at=notice.starts_at, ends_at=notice.ends_at, reason=notice.reason,
                                  place=notice.place, phone=notice.phone)  # fmt: skip
        context_given = replace(context_given, kind=kind)
        made = Notice(owner=notice.owner, kind=kind, area=notice.area, about_kind=notice.about_kind,
                      about_key=notice.about_key, made_by_id=rights.user_id)  # fmt: skip
        set_context(made, context_given)
        use(made, wording_in_force(notice.owner, kind))
        made.name = plain_line(wording_of(notice.owner, kind_of(code_of(kind, sms=True))).title)[:LONGEST_NAME]
        made.save()
        execute(COPIED, [made.pk, notice.pk])
    return made


COPIED = """
    insert into notifications_target (notice_id, address, address_key, place, connection, dwellings, sensitive)
    select %s, address, address_key, place, connection, dwellings, sensitive from notifications_target
    where notice_id = %s order by id
"""


def add_targets(notice: Notice, targets: Iterable[Address]) -> int:
    """Each address once; those of one building with several connections stay apart. Raises Invalid."""
    rows = {(address_key(one.address), one.connection): one for one in targets if one.address.strip() or one.connection}
    if len(rows) > MOST_TARGETS:
        raise Invalid(
            _("More than %(most)s addresses: warn them in parts.") % {"most": MOST_TARGETS}, parameter="addresses"
        )
    columns = [
        (key, one.address.strip()[:200], connection_key[:80], one.dwellings, one.sensitive[:120],
         one.place.x if one.place else None, one.place.y if one.place else None)
        for (key, connection_key), one in rows.items()
    ]  # fmt: skip
    if columns:
        keys, *others = map(list, zip(*columns, strict=True))
        execute(INSERTED, [notice.pk, keys, *others])
    return len(columns)


INSERTED = """
    insert into notifications_target (notice_id, address_key, address, connection, dwellings, sensitive, place)
    select %s, given.key, given.address, given.connection, given.dwellings, given.sensitive,
        st_setsrid(st_makepoint(given.x, given.y), 2154)
    from unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::text[], %s::float[], %s::float[])
        as given(key, address, connection, dwellings, sensitive, x, y)
"""


def add_inside(notice: Notice) -> int:
    """The addresses of the platform in the notice's area. Raises Invalid where they are too many."""
    rows = fetch_all(INSIDE, [bytes(notice.area.ewkb) if notice.area else None, MOST_TARGETS + 1])
    if len(rows) > MOST_TARGETS:
        raise Invalid(_("More than %(most)s addresses: warn them in parts.") % {"most": MOST_TARGETS}, parameter="area")
    return add_targets(notice, (Address(address=text, place=Place(x, y)) for text, x, y in rows))


INSIDE = """
    with asked as materialized (select st_geomfromewkb(%s) as geom)
    select address.label || ', ' || address.postcode || ' ' || address.commune_name,
        st_x(address.geom), st_y(address.geom)
    from asked join cadastre_address address on address.geom && asked.geom and st_intersects(address.geom, asked.geom)
    order by address.insee, address.road_name, address.number, address.suffix limit %s
"""


def check_area(area: GEOSGeometry) -> MultiPolygon:
    """The area (EPSG:2154) as a MultiPolygon: a simple surface, not too large. Raises Invalid."""
    if (
        area.srid != 2154
        or area.hasz
        or area.geom_type not in ("Polygon", "MultiPolygon")
        or area.empty
        or not area.valid
    ):
        raise Invalid(
            _("The area is no simple surface: draw it again, without crossing its own border."), parameter="area"
        )
    if area.area > LARGEST_AREA_M2:
        why = _("The area is larger than %(most)s km²: draw a smaller one.") % {"most": LARGEST_AREA_M2 // 10**6}
        raise Invalid(why, parameter="area")
    return area if isinstance(area, MultiPolygon) else MultiPolygon(area, srid=2154)


# -- words ------------------------------------------------------------------------------------------------------------


def wording_in_force(owner: Member, kind: str) -> Wording:
    """The member's templates of a kind."""
    sms, other = (wording_of(owner, kind_of(code_of(kind, sms=short))) for short in (True, False))
    return Wording(sms=sms.body, title=other.title, body=other.body)


def check_context(given: Context) -> None:
    """Refuse a notice of no known kind, with impossible times or too long texts. Raises Invalid at the field."""
    if given.kind not in Notice.Kind.values:
        raise Invalid(_("“%(kind)s” is no kind of notice.") % {"kind": given.kind}, parameter="kind")
    for name in ("starts_at", "ends_at"):
        moment: datetime | None = getattr(given, name)
        if moment and moment.year not in YEARS:
            raise Invalid(_("Check the year: it is written with four digits."), parameter=name)
    if given.starts_at and given.ends_at and given.ends_at <= given.starts_at:
        raise Invalid(_("The end comes after the beginning."), parameter="ends_at")
    for name, longest in (("reason", 200), ("place", 120), ("phone", 30)):
        if len(getattr(given, name)) > longest:
            raise Invalid(_("The text has more than %(most)s characters.") % {"most": longest}, parameter=name)


def set_context(notice: Notice, given: Context) -> None:
    notice.kind = given.kind
    for name in ("starts_at", "ends_at"):
        setattr(notice, name, getattr(given, name))
    for name in ("reason", "place", "phone"):
        setattr(notice, name, " ".join(getattr(given, name).split()))


def use(notice: Notice, wording: Wording) -> None:
    notice.sms, notice.title, notice.body = wording.sms, wording.title, wording.body


def clean_name(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME]


@transaction.atomic
def change(
    notice: Notice, *, name: str, context: Context, wording: Wording | None, version: int, rights: Rights
) -> Notice:
    """Change a draft; without a wording, that of its kind's templates. Raises Forbidden, Conflict, Stale, Invalid."""
    check_may_write(notice.owner_id, rights)
    check_context(context)
    current = lock_draft(notice, version)
    current.name = clean_name(name) or current.name
    set_context(current, context)
    use(current, wording or wording_in_force(current.owner, context.kind))
    texts_of(current)
    current.save()
    current.refresh_from_db(fields=["version"])
    return current


def as_if(notice: Notice, *, context: Context, wording: Wording) -> Notice:
    """The notice with other words, not kept: for a look at them."""
    other = Notice(owner=notice.owner, pk=notice.pk, kind=notice.kind)
    set_context(other, replace(context, kind=context.kind if context.kind in Notice.Kind.values else notice.kind))
    use(other, wording)
    return other


@transaction.atomic
def discard(notice: Notice, *, rights: Rights) -> None:
    """Throw a draft away. Raises Forbidden, Conflict."""
    check_may_write(notice.owner_id, rights)
    lock_draft(notice, None).delete()


def lock_draft(notice: Notice, version: int | None) -> Notice:
    """The draft, which nobody else changes until the end."""
    fresh = first_of(Notice.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=notice.pk))
    if fresh.state != Notice.State.DRAFT:
        raise Conflict(
            _("This notice has been sent: it is not changed any more. Make another one to the same addresses.")
        )
    if version is not None and fresh.version != version:
        raise Stale(_("Somebody else has changed this notice meanwhile: load the page again."))
    return fresh
