"""What a form or a program says of a delivery, as one order."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.members.organisations import get_administered_member, partners
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.catalogue.models import Layer, Photo
from orthophoto.errors import BadOrder
from orthophoto.models import Campaign
from orthophoto.report import ACQUIRED
from orthophoto.services.campaigns import CampaignOrder, deliveries, parse_acquired

# The choice of the folder that the campaign has already.
KEPT = "="
# Short names that are pages.
RESERVED = {"nouvelle"}
AS_GIVEN = (
    *("title", "title_en", "abstract", "attribution", "licence", "visibility", "within_communes"),
    *("crs", "codec", "display", "kind", "unit", "vertical_crs"),
)


def order_given(given: Mapping[str, Any], rights: Rights, *, again: Campaign | None = None) -> CampaignOrder:
    """The order in what a form or the API took in.

    `delivery` is "member/folder", `member` and `shared_with` are short names; `again` is the campaign that is started
    anew. Raises BadOrder, Forbidden.
    """
    taken, precision = parse_acquired(given["acquired"])
    kept = {name: getattr(again, name) for name in ("title_en", "abstract")} if again else {}
    said = {name: given[name] for name in AS_GIVEN if name in given}
    said["kind"] = said.get("kind") or (again.kind if again else Photo.Kind.PHOTO.value)
    said |= {name: value for name, value in made_for(said["kind"]).items() if not said.get(name)}
    return CampaignOrder(
        slug=again.slug if again else slug_given(given),
        acquired_date=taken,
        acquired_precision=precision,
        delivery=folder_given(given["delivery"], rights, again),
        owner=again.owner if again else owner_given(given.get("member", ""), rights),
        shared_with=parse_partners(given, rights) if given.get("visibility") == Layer.Visibility.MEMBERS else (),
        **kept | said,
    )


def made_for(kind: str) -> dict[str, str]:
    """How sheets of a kind are made where nothing is said of it."""
    codec = Campaign.Codec.JPEG if kind == Photo.Kind.PHOTO else Campaign.Codec.DEFLATE
    return {"codec": codec.value, "unit": Campaign.Unit.METRE.value}


def description_of(photo: Campaign | Photo) -> dict[str, Any]:
    """What a form or a program that leaves it as it is would give."""
    names = ("title", "title_en", "abstract", "visibility", "within_communes", "attribution", "licence")
    shared = list(Member.objects.filter(pk__in=photo.shared_with).values_list("slug", flat=True))
    taken = photo.acquired_date.strftime(ACQUIRED[Photo.Precision(photo.acquired_precision)])
    return {name: getattr(photo, name) for name in names} | {"acquired": taken, "shared_with": shared}


def slug_given(given: Mapping[str, Any]) -> str:
    """The short name, made from the title where none is given. A campaign that exists is not begun a second time."""
    slug: str = given.get("slug") or slugify(given["title"])[:50].strip("-")
    if slug in RESERVED or Campaign.objects.filter(slug=slug).exists():
        raise BadOrder(_("This short name is taken: choose another one."), parameter="slug")
    return slug


def folder_given(text: str, rights: Rights, again: Campaign | None) -> str:
    """The path of a folder of the asker's inbox; no other folder of the server can be named."""
    if again and text == KEPT:
        return again.delivery
    for delivery in deliveries(rights):
        if text == f"{delivery['member'].slug}/{delivery['name']}":
            return str(delivery["path"])
    raise BadOrder(_("There is no folder %(folder)s in your inbox.") % {"folder": text}, parameter="delivery")


def owner_given(slug: str, rights: Rights) -> Member | None:
    """The member that the campaign is for. Only the agency may have one for the whole platform."""
    if slug:
        try:
            return get_administered_member(rights=rights, slug=slug)
        except NotFound as error:
            raise BadOrder(error.message, parameter="member") from error
    if rights.agency:
        return None
    members = list(Member.objects.administered_by(rights)[:2])
    if len(members) != 1:
        raise BadOrder(_("“member” must say for which member the campaign is."), parameter="member")
    return members[0]


def parse_partners(given: Mapping[str, Any], rights: Rights) -> list[int]:
    """The members that see the campaign beside its owner. Raises BadOrder."""
    slugs = set(given.get("shared_with") or ())
    if not slugs:
        raise BadOrder(_("Choose at least one member to share the campaign with."), parameter="shared_with")
    members = dict(partners(rights).filter(slug__in=slugs).values_list("slug", "pk"))
    if unknown := sorted(slugs - set(members)):
        raise BadOrder(_("Unknown members: %(slugs)s.") % {"slugs": ", ".join(unknown[:20])}, parameter="shared_with")
    return sorted(members.values())
