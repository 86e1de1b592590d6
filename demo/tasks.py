"""The job that gives the demo territory its photos and its heights, by the pipeline of every delivery."""

from pathlib import Path
from typing import Any

from django.conf import settings

from demo.heights import HeightDelivery, deliver_heights
from demo.photos import Delivery, deliver
from demo.territory import generate
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from gis_core.tasks import RunningJob
from layers.catalogue.models import Layer, Photo
from orthophoto.models import Campaign
from orthophoto.services.building import start_build
from orthophoto.services.campaigns import CampaignOrder, parse_acquired, register
from orthophoto.services.inspection import inspect

SEED = 45
PHOTOS = "demo_photos"
IGN69 = 5720
# The older photo is everybody's, the finer one for those signed in.
AUDIENCE = {2020: Layer.Visibility.PUBLIC, 2024: Layer.Visibility.SIGNED_IN}


def demo_photos(running: RunningJob) -> dict[str, Any]:
    """Draw the deliveries of photos, then of heights, inspect them, and start their builds, which publish them."""
    owner = running.job.owner
    assert owner is not None

    def say(line: str) -> None:
        running.report_progress(None, line)

    territory, inbox = generate(SEED), Path(settings.DELIVERIES_DIR, owner.slug)
    with acting_as(SYSTEM):
        report = {one.folder.name: ingest(order_of(one, owner), running) for one in deliver(territory, inbox, say)}
        heights = deliver_heights(territory, inbox, say)
        return report | {one.folder.name: ingest(order_of_heights(one, owner), running) for one in heights}


def order_of(delivery: Delivery, owner: Member) -> CampaignOrder:
    return CampaignOrder(
        slug=f"ortho-{delivery.year}", visibility=AUDIENCE[delivery.year], **described(delivery, owner)
    )


def order_of_heights(delivery: HeightDelivery, owner: Member) -> CampaignOrder:
    return CampaignOrder(
        slug=delivery.slug,
        kind=Photo.Kind(delivery.kind),
        vertical_crs=IGN69,
        codec=Campaign.Codec.DEFLATE,
        visibility=Layer.Visibility.PUBLIC,
        **described(delivery, owner),
    )


def described(delivery: Delivery | HeightDelivery, owner: Member) -> dict[str, Any]:
    taken, precision = parse_acquired(delivery.acquired)
    return {
        "title": delivery.title,
        "acquired_date": taken,
        "acquired_precision": precision,
        "delivery": str(delivery.folder),
        "owner": owner,
        "attribution": "Territoire de démonstration Arpent",
        "licence": "Licence ouverte 2.0",
        "publish_at_once": True,
    }


def ingest(order: CampaignOrder, running: RunningJob) -> dict[str, Any]:
    """Inspect one delivery and queue its build; the report is the inventory's."""
    campaign = register(order, rights=SYSTEM, started_by=running.job.started_by)
    report = inspect(campaign.pk, progress=running.report_progress)
    start_build(Campaign.objects.get(pk=campaign.pk), SYSTEM)
    return report
