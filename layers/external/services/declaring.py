"""Layers of other servers in the catalogue: looked for at a service, declared, changed, taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, log, pi, radians, tan
from secrets import token_hex
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gis_core.database.rows import first_of
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.files.markup import parse_xml
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Member
from gis_core.outside.addresses import target_of
from gis_core.outside.errors import NoAnswer
from gis_core.outside.fetching import DOCUMENT, fetch
from layers.external.capabilities import Offer, offers_in
from layers.external.errors import NotAnImage
from layers.external.models import AllowedHost, ExternalLayer
from layers.external.requests import XYZ_PLACES, Tile, capabilities_url, fill_template, places_in
from layers.external.services.images import list_allowed_hosts, tile_image

CHOSEN = ("title", "title_en", "abstract", "theme_id", "order", "attribution", "licence", "visibility", "shared_with")
TRIED_ZOOM = 12
LONGEST_SLUG = 50


@dataclass(frozen=True, slots=True)
class ServiceOffers:
    """What a service offers."""

    kind: str
    offers: Sequence[Offer]


def list_administered_externals(rights: Rights) -> QuerySet[ExternalLayer]:
    layers = ExternalLayer.objects.visible_to(rights).select_related("theme", "owner")
    return layers if rights.agency else layers.filter(owner_id__in=rights.list_administered_ids())


def get_administered_external(slug: str, rights: Rights) -> ExternalLayer:
    """One of them. Raises NotFound for any other, whether it exists or not."""
    return first_of(list_administered_externals(rights).filter(slug=slug))


def visible_external(slug: str, rights: Rights) -> ExternalLayer:
    layer = ExternalLayer.objects.visible_to(rights).filter(slug=slug).first()
    if layer is None:
        raise NotFound(_("There is no layer of this name, or you may not see it."))
    return layer


def inspect_service(service: str, kind: str) -> ServiceOffers:
    """Ask a service what it has. Raises NotAllowed, NoAnswer, Invalid."""
    url = capabilities_url(service, kind)
    answer = fetch(url, DOCUMENT, list_allowed_hosts().__contains__, {"Accept": "text/xml, application/xml"})
    if answer.status != 200:
        raise NoAnswer(_("The server answers by an error (%(status)s).") % {"status": answer.status})
    actual_kind, offers = offers_in(parse_xml(answer.body), answer.url)
    if not offers:
        raise Invalid(_("The service says nothing of any layer."))
    return ServiceOffers(actual_kind, offers)


def check_template(url: str) -> None:
    """Whether an address of images has the places of an XYZ pyramid. Raises Invalid, NotAllowed."""
    places = places_in(url)
    if not {"z", "x"} <= places or not places & {"y", "-y"} or places - XYZ_PLACES:
        raise Invalid(_("Write {z}, {x} and {y} (or {-y}) where the zoom, the column and the row of an image stand."))
    target_of(fill_template(url, dict.fromkeys(XYZ_PLACES, "0")))


def get_offer(service: str, kind: str, name: str) -> tuple[str, Mapping[str, Any]]:
    """The technical values of the layer that somebody chose, from the service itself."""
    if kind == ExternalLayer.Kind.XYZ:
        check_template(service)
        return kind, {"url": service}
    inspected = inspect_service(service, kind)
    offer = next((one for one in inspected.offers if one.name == name), None)
    if offer is None:
        raise Invalid(_("The service no longer has this layer: look again."), parameter="name")
    if offer.why_not:
        raise Invalid(offer.why_not, parameter="name")
    return inspected.kind, offer.values


def declare(
    *, service: str, kind: str, name: str, owner: Member | None, chosen: Mapping[str, Any], rights: Rights
) -> ExternalLayer:
    """Put a layer of another server in the catalogue, once one image of it has been seen.

    Raises Forbidden, Invalid (`errors` by field), NotAllowed, NoAnswer, NotAnImage.
    """
    if not rights.has_role(owner.pk if owner else None, ADMINISTRATORS):
        raise Forbidden(_("Your role does not allow this."))
    actual_kind, values = get_offer(service, kind, name)
    technical = {key: value for key, value in values.items() if key != "attribution"}
    layer = ExternalLayer(**{**technical, **chosen, "kind": actual_kind, "service": service, "owner": owner})
    layer.slug = free_slug(layer.title)
    check(layer)
    try_out(layer)
    layer.save()
    return layer


def try_out(layer: ExternalLayer) -> None:
    """Fetch one image in the middle of the layer. Raises NoAnswer or NotAnImage in words."""
    hosts = list_allowed_hosts()
    try:
        tile_image(layer, middle(layer), hosts)
    except NotFound:
        return
    except (NoAnswer, NotAnImage) as error:
        message = _("An image was asked for, to see: %(words)s")
        raise type(error)(message % {"words": error.message}) from error


def middle(layer: ExternalLayer) -> Tile:
    """An image in the middle of the layer's extent, or of France."""
    west, south, east, north = layer.extent_4326 or (-5.0, 42.0, 9.0, 51.0)
    zoom = min(max(TRIED_ZOOM, layer.min_zoom), layer.max_zoom)
    lon, lat = (west + east) / 2, max(min((south + north) / 2, 85.0), -85.0)
    side = 1 << zoom
    y = (1 - log(tan(radians(lat)) + 1 / cos(radians(lat))) / pi) / 2
    return Tile(zoom, min(int((lon + 180) / 360 * side), side - 1), min(int(y * side), side - 1))


@transaction.atomic
def change(slug: str, chosen: Mapping[str, Any], *, version: int, rights: Rights) -> ExternalLayer:
    """Change what a layer is called and who sees it. Raises NotFound, Stale, Invalid (`errors` by field)."""
    get_administered_external(slug, rights)
    layer = list_administered_externals(rights).select_for_update(of=("self",)).get(slug=slug)
    if layer.version != version:
        raise Stale(_("Somebody changed these settings meanwhile; nothing was saved."))
    for name, value in chosen.items():
        setattr(layer, name, value)
    check(layer)
    layer.save()
    return layer


@transaction.atomic
def remove(slug: str, rights: Rights) -> str:
    """Take a layer out of the catalogue; its title. The other server keeps everything."""
    layer = get_administered_external(slug, rights)
    layer.delete()
    return str(layer)


def check(layer: ExternalLayer) -> None:
    try:
        layer.full_clean(exclude=["extent_4326"])
    except ValidationError as error:
        raise Invalid(_("Some values are missing or wrong."), errors=error.message_dict) from error


def free_slug(title: str) -> str:
    """A short name that no layer of any kind has, whoever sees it: the map knows all of them by it."""
    stem = slugify(title)[: LONGEST_SLUG - 7].strip("-") or "couche"
    return f"{stem}-{token_hex(3)}"


# -- the servers that may be asked -------------------------------------------------------------------------------------


def check_agency(rights: Rights) -> None:
    if not rights.agency:
        raise Forbidden(_("Only the agency administrator says which servers may be asked."))


def allow_host(host: str, note: str, rights: Rights) -> AllowedHost:
    """Put a server on the list. Raises Forbidden, Invalid."""
    check_agency(rights)
    text = host.strip()
    target = target_of(text if "://" in text else f"https://{text}")
    made = AllowedHost(host=target.authority, note=note.strip()[:200])
    try:
        made.full_clean()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    made.save()
    return made


def forbid_host(pk: int, rights: Rights) -> AllowedHost:
    """Take a server off the list. Raises Forbidden, NotFound, Conflict while layers come from it."""
    check_agency(rights)
    host = first_of(AllowedHost.objects.filter(pk=pk))
    if used := [str(layer) for layer in ExternalLayer.objects.visible_to(rights) if host.host in hosts_of(layer)]:
        message = _("Layers come from this server: %(names)s. Take them away first.")
        raise Conflict(message % {"names": ", ".join(used[:5])})
    host.delete()
    return host


def hosts_of(layer: ExternalLayer) -> set[str]:
    """The servers that a layer's images and legend come from."""
    urls = [fill_template(layer.url, {}), layer.legend_url] if layer.legend_url else [fill_template(layer.url, {})]
    return {target_of(url).authority for url in urls}
