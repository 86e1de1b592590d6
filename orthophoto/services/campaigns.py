"""Starting a campaign from a delivered folder, and finding those one may work on."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Forbidden
from gis_core.jobs.services import start_job
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Job, Member, User
from layers.catalogue.models import Layer, Photo
from layers.features.crs import is_known
from orthophoto.errors import BadOrder, NoSuchCampaign, WrongState
from orthophoto.models import Campaign

INSPECT = "inspect_campaign"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What may change of a photo that is shown, without its pixels: these fields of Campaign and of Photo.
DESCRIPTION = (
    *("title", "title_en", "abstract", "attribution", "licence", "acquired_date", "acquired_precision"),
    *("visibility", "shared_with", "within_communes"),
)
# Whether of photos, and the compressions that there are then.
CODECS_OF = {
    True: (Campaign.Codec.JPEG, Campaign.Codec.WEBP, Campaign.Codec.DEFLATE),
    False: (Campaign.Codec.DEFLATE, Campaign.Codec.LERC),
}
ACQUIRED = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignOrder:
    """What an administrator says of a delivery; the fields are those of `Campaign`."""

    slug: str
    title: str
    acquired_date: date
    acquired_precision: str
    delivery: str
    owner: Member | None
    title_en: str = ""
    abstract: str = ""
    attribution: str = ""
    licence: str = ""
    visibility: str = Layer.Visibility.SIGNED_IN
    shared_with: Sequence[int] = ()
    within_communes: bool = False
    publish_at_once: bool = False
    crs: int = 2154
    codec: str = Campaign.Codec.JPEG
    display: str = Campaign.Display.NATURAL
    kind: str = Photo.Kind.PHOTO
    unit: str = Campaign.Unit.METRE
    vertical_crs: int | None = None

    def check(self) -> None:
        """Refuse a bad description, short name, CRS, or a folder that there is not.

        Raises BadOrder at the parameter.
        """
        self.check_description()
        if not SLUG.fullmatch(self.slug) or len(self.slug) > 50:
            raise BadOrder(
                _("The short name is made of lower-case letters, digits and hyphens, at most 50."), parameter="slug"
            )
        if not is_known(self.crs):
            message = _("EPSG:%(code)s is no coordinate reference system in which images are placed.")
            raise BadOrder(message % {"code": self.crs}, parameter="crs")
        if self.codec not in CODECS_OF[self.kind == Photo.Kind.PHOTO]:
            message = _("%(codec)s is no compression of this kind of campaign: choose %(others)s.")
            others = ", ".join(CODECS_OF[self.kind == Photo.Kind.PHOTO])
            raise BadOrder(message % {"codec": self.codec, "others": others}, parameter="codec")
        if not Path(self.delivery).is_dir():
            raise BadOrder(
                _("There is no folder %(folder)s on the server.") % {"folder": self.delivery}, parameter="folder"
            )

    def check_description(self) -> None:
        """What is said of the photo and who sees it (`DESCRIPTION`). Raises BadOrder."""
        if not self.title.strip():
            raise BadOrder(_("A campaign needs a title."), parameter="title")
        limits = {field.name: field.max_length for field in Campaign._meta.fields}
        for name in ("title", "title_en", "attribution", "licence", "delivery"):
            limit = limits[name]
            if limit is not None and len(getattr(self, name)) > limit:
                message = _("“%(name)s” is longer than %(limit)s characters.")
                raise BadOrder(message % {"name": name, "limit": limit}, parameter=name)
        if self.acquired_date > database_clock.today():
            raise BadOrder(_("The photos cannot have been taken in the future."), parameter="acquired")
        if self.visibility == Layer.Visibility.OWNER and self.owner is None:
            raise BadOrder(_("Only a member's campaign can be for its owner alone."), parameter="visibility")

    def description(self) -> dict[str, Any]:
        """Its fields of `DESCRIPTION` as they are kept."""
        kept = {name: getattr(self, name) for name in DESCRIPTION}
        return kept | {"shared_with": list(self.shared_with)}


def parse_acquired(text: str) -> tuple[date, str]:
    """A date as YYYY, YYYY-MM or YYYY-MM-DD, and its precision. Raises BadOrder."""
    match = ACQUIRED.fullmatch(text.strip())
    try:
        year, month, day = (int(part) if part else 0 for part in match.groups()) if match else (0, 0, 0)
        taken = date(year, month or 1, day or 1)
    except ValueError:
        match = None
    if match is None:
        raise BadOrder(_("The date of the photos is written YYYY, YYYY-MM or YYYY-MM-DD."), parameter="acquired")
    return taken, Photo.Precision.DAY if day else Photo.Precision.MONTH if month else Photo.Precision.YEAR


@transaction.atomic
def register(order: CampaignOrder, *, rights: Rights, started_by: User | None) -> Campaign:
    """Make the campaign, or take up the one of this name with a new order; what it shows stays until it is published.

    Raises BadOrder, Forbidden, and WrongState while it is being worked on.
    """
    order.check()
    if not rights.has_role(order.owner.pk if order.owner else None, ADMINISTRATORS):
        raise Forbidden(_("Your role does not allow this."))
    campaign = Campaign.objects.select_for_update().filter(slug=order.slug).first() or new_campaign(order.slug)
    if campaign.pk:
        allow_again(campaign, order, rights)
    for name, value in asdict(order).items():
        setattr(campaign, name, list(value) if name == "shared_with" else value)
    campaign.owner = order.owner
    campaign.started_by = started_by
    campaign.state, campaign.message = Campaign.State.INSPECTING, ""
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        # Another member's campaign, which the asker does not see.
        raise BadOrder(_("This short name is taken: choose another one."), parameter="slug") from error
    return campaign


def new_campaign(slug: str) -> Campaign:
    """Its builds are counted from those of a deleted one of this name: readers may still have files of theirs open."""
    numbers = [int(folder.name) for folder in Path(settings.FILES_DIR, "orthophoto", slug).glob("[0-9]*")]
    return Campaign(slug=slug, build=max(numbers, default=0))


def allow_again(campaign: Campaign, order: CampaignOrder, rights: Rights) -> None:
    """Refuse to order again a campaign of somebody else, or one that is being worked on.

    Raises BadOrder, WrongState.
    """
    if not campaign.may_work(rights) or campaign.owner_id != (order.owner.pk if order.owner else None):
        raise BadOrder(_("This short name is taken: choose another one."), parameter="slug")
    if campaign.state == Campaign.State.BUILDING or inventory_of(campaign) is not None:
        raise WrongState(_("This campaign is being worked on: wait for the end, or stop it."))


def inventory_of(campaign: Campaign) -> Job | None:
    """The inventory that is queued or running, if any."""
    return inventories_of([campaign]).get(campaign.pk)


def inventories_of(campaigns: Iterable[Campaign]) -> dict[int, Job]:
    """The inventories that are queued or running, by the id of their campaign."""
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    wanted = [campaign.pk for campaign in campaigns]
    jobs = Job.objects.filter(kind=INSPECT, state__in=open_states, parameters__campaign__in=wanted)
    return {job.parameters["campaign"]: job for job in jobs.order_by("-id")}


@transaction.atomic
def start(order: CampaignOrder, *, rights: Rights, started_by: User) -> Campaign:
    """Register the campaign and queue its inventory."""
    campaign = register(order, rights=rights, started_by=started_by)
    start_job(
        kind=INSPECT,
        title=_("Inventory of %(title)s") % {"title": campaign.title},
        owner=campaign.owner,
        started_by=started_by,
        parameters={"campaign": campaign.pk},
        rights=rights,
    )
    return campaign


@transaction.atomic
def delete_campaign(campaign: Campaign, rights: Rights) -> None:
    """Forget a campaign that is not shown; the nightly sweep removes its folders. Raises Forbidden, WrongState."""
    if not campaign.may_work(rights):
        raise Forbidden(_("Your role does not allow this."))
    campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if campaign.published_build is not None:
        raise WrongState(_("This campaign is published: take it back before deleting it."))
    if campaign.state == Campaign.State.BUILDING or inventory_of(campaign) is not None:
        raise WrongState(_("This campaign is being worked on: wait for the end, or stop it."))
    campaign.delete()


def campaign_of(slug: str, rights: Rights) -> Campaign:
    """The campaign of this name that the asker works on. Raises NoSuchCampaign."""
    campaign = Campaign.objects.administered_by(rights).select_related("owner").filter(slug=slug).first()
    if campaign is None:
        raise NoSuchCampaign(_("There is no campaign of this name, or it is not yours to work on."))
    return campaign


def deliveries(rights: Rights) -> list[dict[str, Any]]:
    """The folders that wait in the inbox of the asker's members: `{"member", "name", "path"}`."""
    members = Member.objects.all() if rights.agency else Member.objects.filter(pk__in=rights.list_administered_ids())
    return [
        {"member": member, "name": folder.name, "path": str(folder)}
        for member in members.order_by("name")
        for folder in sorted(Path(settings.DELIVERIES_DIR, member.slug).glob("*"))
        if folder.is_dir() and not folder.name.startswith(".")
    ]
