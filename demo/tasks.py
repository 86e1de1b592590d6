"""The job that gives the demo territory its aerial photos, by the pipeline that every delivery goes through."""

from pathlib import Path
from typing import Any

from django.conf import settings

from demo.photos import Delivery, deliver
from demo.territory import generate
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from gis_core.tasks import RunningJob
from layers.catalogue.models import Layer
from orthophoto.models import Campaign
from orthophoto.services.building import start_build
from orthophoto.services.campaigns import CampaignOrder, parse_acquired, register
from orthophoto.services.inspection import inspect

SEED = 45
PHOTOS = "demo_photos"
# The older photo is everybody's, the finer one for those signed in.
AUDIENCE = {2020: Layer.Visibility.PUBLIC, 2024: Layer.Visibility.SIGNED_IN}


def demo_photos(running: RunningJob) -> dict[str, Any]:
    """Draw both deliveries, inspect them, and start their builds, which publish them."""
    owner = running.job.owner
    assert owner is not None

    def say(line: str) -> None:
        running.report_progress(None, line)

    deliveries = deliver(generate(SEED), Path(settings.DELIVERIES_DIR, owner.slug), say)
    with acting_as(SYSTEM):
        return {delivery.folder.name: ingest(delivery, owner, running) for delivery in deliveries}


def ingest(delivery: Delivery, owner: Member, running: RunningJob) -> dict[str, Any]:
    """Inspect one delivery and queue its build; the report is the inventory's."""
    taken, precision = parse_acquired(delivery.acquired)
    order = CampaignOrder(
        slug=f"ortho-{delivery.year}",
        title=delivery.title,
        acquired_date=taken,
        acquired_precision=precision,
        delivery=str(delivery.folder),
        owner=owner,
        attribution="Territoire de démonstration Arpent",
        licence="Licence ouverte 2.0",
        visibility=AUDIENCE[delivery.year],
        publish_at_once=True,
    )
    campaign = register(order, rights=SYSTEM, started_by=running.job.started_by)
    report = inspect(campaign.pk, progress=running.report_progress)
    start_build(Campaign.objects.get(pk=campaign.pk), SYSTEM)
    return report
