"""The job that measures the buildings of the plan on the published models of heights."""

from django.utils.translation import gettext as _

from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from layers.cadastre.building_heights import MEASURE, can_measure, has_measured
from layers.catalogue.models import Photo
from orthophoto.errors import WrongState
from orthophoto.models import Campaign


def start_measuring(campaign: Campaign, rights: Rights) -> Job:
    """Queue the measure of the buildings under a published campaign of heights, or of those that have their heights of
    one that was taken back. Raises Forbidden, WrongState."""
    if not can_start(campaign, remain=heights_remain(campaign)):
        raise WrongState(_("Publish the campaign of heights first: buildings are measured on what is published."))
    return queue_measure(campaign, User.objects.get(pk=rights.user_id or 0), rights)


def can_start(campaign: Campaign, *, remain: bool) -> bool:
    """Whether buildings are to be measured: under a campaign that is shown, or one whose `heights_remain`."""
    return campaign.of_heights and (campaign.published_build is not None or remain)


def heights_remain(campaign: Campaign) -> bool:
    """Whether buildings have their heights of a campaign that is not shown any more; where none has, all are read."""
    return campaign.of_heights and campaign.published_build is None and has_measured(campaign.slug)


def measure_after_publication(campaign: Campaign, photo: Photo, rights: Rights) -> None:
    """Buildings are measured anew once a campaign is published that somebody started and everybody may read."""
    if campaign.of_heights and campaign.started_by and can_measure(photo):
        queue_measure(campaign, campaign.started_by, rights)


def queue_measure(campaign: Campaign, started_by: User, rights: Rights) -> Job:
    return start_job(
        kind=MEASURE,
        title=_("Heights of buildings: %(title)s") % {"title": campaign.title},
        owner=campaign.owner,
        started_by=started_by,
        parameters={"photo": campaign.slug},
        rights=rights,
    )


def last_measure(campaign: Campaign) -> Job | None:
    """The latest measure of buildings that was started from a campaign."""
    return Job.objects.filter(kind=MEASURE, parameters__photo=campaign.slug).order_by("-pk").first()
