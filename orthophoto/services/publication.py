"""Showing a built campaign to its audience, and taking it back."""

from django.contrib.gis.db.models import Union
from django.contrib.gis.geos import GeometryCollection, MultiPolygon, Polygon
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden
from gis_core.members.rights import Rights
from layers.catalogue.models import Photo
from layers.catalogue.services import PhotoDeclaration, SheetDeclaration, delete_photo, publish_photo, revise_photo
from orthophoto.errors import WrongState
from orthophoto.models import Campaign, Sheet
from orthophoto.services.campaigns import DESCRIPTION, CampaignOrder
from orthophoto.services.measuring import measure_after_publication

OVERVIEW = "mosaic-overview.tif"
COPIED = ("slug", "kind", "vertical_crs", "owner", "folder", *DESCRIPTION)


@transaction.atomic
def publish(campaign: Campaign, rights: Rights) -> Photo:
    """Show the present build in place of whatever the campaign showed. Raises Forbidden, WrongState."""
    campaign = lock_campaign(campaign, rights)
    if campaign.state != Campaign.State.BUILT:
        raise WrongState(_("There is nothing to publish yet: build the campaign first."))
    built = list(campaign.sheets.filter(state=Sheet.State.BUILT))
    whole = campaign.sheets.filter(state=Sheet.State.BUILT).aggregate(outline=Union("geom"))["outline"]
    resolution = campaign.plan["resolution_m"]
    photo = publish_photo(
        PhotoDeclaration(
            **{name: getattr(campaign, name) for name in COPIED},
            resolution_m=resolution,
            overview=OVERVIEW,
            geom=as_multipolygon(whole),
            sheets=[
                SheetDeclaration(
                    name=sheet.name,
                    path=sheet.file_name,
                    rank=sheet.rank,
                    resolution_m=resolution,
                    geom=outline_of(sheet),
                )
                for sheet in built
            ],
        )
    )
    campaign.published_build = campaign.build
    campaign.save(update_fields=["published_build"])
    measure_after_publication(campaign, photo, rights)
    return photo


@transaction.atomic
def revise(campaign: Campaign, order: CampaignOrder, rights: Rights) -> None:
    """Change what is said of a campaign and who sees it; of its shown photo too, at once and under a new edition.

    Nothing is built or drawn again. Raises Forbidden, BadOrder.
    """
    order.check_description()
    campaign = lock_campaign(campaign, rights)
    description = order.description()
    Campaign.objects.filter(pk=campaign.pk).update(**description)
    if campaign.published_build is not None:
        revise_photo(campaign.slug, description)


@transaction.atomic
def unpublish_photo(campaign: Campaign, rights: Rights) -> None:
    """Show the campaign no more. Raises Forbidden, and WrongState when it is not shown."""
    campaign = lock_campaign(campaign, rights)
    if not delete_photo(campaign.slug):
        raise WrongState(_("This campaign is not published."))
    campaign.published_build = None
    campaign.save(update_fields=["published_build"])


def get_published_photo(campaign: Campaign) -> Photo | None:
    """The photo that the campaign shows now."""
    if campaign.published_build is None:
        return None
    return Photo.objects.filter(slug=campaign.slug).first()


def lock_campaign(campaign: Campaign, rights: Rights) -> Campaign:
    """The campaign, until the transaction's end nobody else's to change. Raises Forbidden."""
    if not campaign.may_work(rights):
        raise Forbidden(_("Your role does not allow this."))
    return Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)


def as_multipolygon(geometry: Polygon | GeometryCollection) -> MultiPolygon:
    """A union of outlines, whatever type it came back as."""
    if isinstance(geometry, MultiPolygon):
        return geometry
    parts = [geometry] if isinstance(geometry, Polygon) else [part for part in geometry if isinstance(part, Polygon)]
    return MultiPolygon(parts, srid=2154)


def outline_of(sheet: Sheet) -> MultiPolygon:
    """A built sheet has one."""
    assert sheet.geom is not None
    return sheet.geom
