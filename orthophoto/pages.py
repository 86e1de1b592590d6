"""/campagnes/: start an aerial campaign, watch it, publish it, take it back."""

import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.desk.signed_in import page as page
from gis_core.desk.signed_in import rights_of_page
from gis_core.errors import ArpentError
from gis_core.http.problem import status_of
from gis_core.jobs.services import OPEN_STATES, describe_job
from gis_core.members.rights import Rights
from gis_core.models import Job, Member, User
from layers.cadastre.building_heights import Measured
from layers.catalogue.models import Photo
from orthophoto import labels
from orthophoto.forms import CampaignChangeForm, CampaignForm, DescriptionForm, beginnings
from orthophoto.models import Campaign, Sheet
from orthophoto.progress import LETTERS, CampaignProgress
from orthophoto.report import counts_by_campaign
from orthophoto.services import building, measuring, publication
from orthophoto.services.campaigns import campaign_of, delete_campaign, start
from orthophoto.services.orders import KEPT, description_of, order_given

MOST_PROBLEMS = 100
# The parameter that an error names, where the form's field is called otherwise.
FIELD_OF = {"folder": "delivery"}


@require_safe
@page
def campaigns(request: HttpRequest) -> HttpResponse:
    """The asker's campaigns, the latest photos first."""
    rights = rights_of_page(request)
    administered = list(Campaign.objects.administered_by(rights).select_related("owner"))
    counts = counts_by_campaign(administered)
    rows = [row(campaign, counts[campaign.pk]) for campaign in administered]
    context = {"section": "campaigns", "rows": rows, **inbox(rights)}
    return render(request, "orthophoto/campaigns.html", context)


def row(campaign: Campaign, counts: dict[str, Any]) -> dict[str, Any]:
    """A campaign in the list."""
    return {
        "campaign": campaign,
        "taken": labels.format_acquired_date(campaign),
        "resolution": labels.resolution(campaign.plan.get("resolution_m")),
        "sheets": labels.sheets(counts),
    }


def inbox(rights: Rights) -> dict[str, Any]:
    """Where deliveries are put on the server, for whoever has to be told."""
    members = Member.objects.administered_by(rights)
    return {
        "inbox": settings.DELIVERIES_DIR,
        "members": members,
        "one_member": members[0] if len(members) == 1 else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_campaign(request: HttpRequest) -> HttpResponse:
    return order_page(request, rights_of_page(request), again=None)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def restart_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """The same form for a campaign that exists: another delivery, or other words."""
    rights = rights_of_page(request)
    return order_page(request, rights, again=campaign_of(slug, rights))


def order_page(request: HttpRequest, rights: Rights, again: Campaign | None) -> HttpResponse:
    """The form of an order; a good one starts the inventory and leads to the campaign's page."""
    form = order_form(request, rights, again)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            assert isinstance(request.user, User)
            try:
                order = order_given(form.cleaned_data, rights, again=again)
                begun = start(order, rights=rights, started_by=request.user)
            except ArpentError as error:
                status = blame(form, error)
            else:
                return redirect("campaign", slug=begun.slug)
    context = {"section": "campaigns", "form": form, "again": again, **inbox(rights)}
    return render(request, "orthophoto/order.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def describe_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what is said of a photo and who sees it, at once: nothing is built again."""
    rights = rights_of_page(request)
    campaign_row = campaign_of(slug, rights)

    def read(row: Campaign) -> dict[str, Any]:
        return description_of(publication.get_published_photo(row) or row)

    form = DescriptionForm(request, row=campaign_row, read=read, rights=rights, again=campaign_row)
    photo, before, status = publication.get_published_photo(campaign_row), read(campaign_row), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                said = before | form.cleaned_data | {"delivery": KEPT}
                publication.revise(campaign_row, order_given(said, rights, again=campaign_row), rights)
            except ArpentError as error:
                status = blame(form, error)
            else:
                changed = _("The changes are shown now.") if photo else _("The changes are kept.")
                messages.success(request, changed)
                return redirect("campaign", slug=slug)
    context = {"section": "campaigns", "form": form, "campaign": campaign_row, "shown": photo}
    if photo:
        context["audience"] = labels.audience(photo)
    return render(request, "orthophoto/describe.html", context, status=status)


def order_form(request: HttpRequest, rights: Rights, again: Campaign | None) -> CampaignForm:
    if again is None:
        return CampaignForm(request.POST or None, rights=rights, initial=beginnings(None, request.GET.dict()))
    return CampaignChangeForm(request, row=again, read=lambda row: beginnings(row, {}), rights=rights, again=again)


def blame(form: CampaignForm, error: ArpentError) -> int:
    """Put an error at the field that it is about; returns the answer's status."""
    name = str(error.extra.get("parameter", ""))
    name = FIELD_OF.get(name, name)
    form.add_error(name if name in form.fields else None, error.message)
    return status_of(error)


@require_safe
@page
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """One campaign, live: its script asks the API and takes the parts of this page that have changed."""
    campaign_row = campaign_of(slug, rights_of_page(request))
    progress = CampaignProgress.of(campaign_row)
    problems = campaign_row.sheets.filter(state__in=(Sheet.State.REFUSED, Sheet.State.FAILED)).order_by("file", "pk")
    counts, photo = progress.facts["counts"], publication.get_published_photo(campaign_row)
    remain = measuring.heights_remain(campaign_row)
    context = {
        "section": "campaigns",
        "campaign": campaign_row,
        "standing": progress,
        "taken": labels.format_acquired_date(campaign_row),
        "resolution": labels.resolution(campaign_row.plan.get("resolution_m")),
        "sheets": labels.sheets(counts),
        "weight": labels.weight(counts["bytes"]),
        "counts": counts,
        "legend": [(state.value, state.label, counts[state.value]) for state in Sheet.State],
        "problems": problems[:MOST_PROBLEMS],
        "remarks": labels.remarks(len(campaign_row.findings), problems.count()),
        "more_problems": max(0, problems.count() - MOST_PROBLEMS),
        "on_the_map": map_address(photo),
        "audience_now": labels.audience(photo) if photo else "",
        "audience": labels.audience(campaign_row),
        "differs": photo is not None and description_of(photo) != description_of(campaign_row),
        "buildings": describe_measure(campaign_row, remain=remain) if campaign_row.of_heights else "",
        "measurable": measuring.can_start(campaign_row, remain=remain),
        "script": for_the_script(campaign_row, progress),
    }
    return render(request, "orthophoto/campaign.html", context)


def describe_measure(campaign: Campaign, *, remain: bool) -> str:
    """What became of the buildings that were measured from this campaign, in one sentence; "" where nothing did."""
    job = measuring.last_measure(campaign)
    if job is not None and job.state in OPEN_STATES:
        return ". ".join(filter(None, describe_job(job)))
    if remain:
        return _(
            "This model is taken back. The buildings that were measured on it keep their heights and say so. Measured"
            " again, they have those of another model, or none."
        )
    if job is None:
        is_published = campaign.published_build is not None
        return _("The buildings under this campaign have not been measured from here.") if is_published else ""
    if job.state == Job.State.DONE and job.report:
        return str(Measured(**job.report))
    return ". ".join(filter(None, describe_job(job)))


def for_the_script(campaign: Campaign, progress: CampaignProgress) -> dict[str, Any]:
    """What the page's script needs: where to ask, what this page shows, and words."""
    return {
        "api": reverse("api_campaign", args=[campaign.slug]),
        "campaign": progress.as_json(),
        "states": {letter: {"state": state.value, "label": state.label} for state, letter in LETTERS.items()},
        "words": {"megabytes": _("MB"), "nowhere": _("Where it lies is not known: it is not on the plan.")},
    }


def map_address(photo: Photo | None) -> str | None:
    """The map on the published photo, at its middle."""
    if photo is None:
        return None
    west, south, east, north = photo.extent_4326
    return f"/#v=1&c={(west + east) / 2:.6f},{(south + north) / 2:.6f}&z={zoom_on(west, east):.1f}&ph={photo.slug}"


def zoom_on(west: float, east: float) -> float:
    """The zoom at which some thousand pixels hold these degrees of longitude."""
    return max(8.0, min(19.0, math.log2(4 * 360 / max(east - west, 1e-6))))


def action(act: Callable[[Campaign, Rights], Any], said: str) -> Callable[..., HttpResponse]:
    """A button of the page: do it, and say so there, or why not."""

    @require_POST
    @page
    def press(request: HttpRequest, slug: str) -> HttpResponse:
        rights = rights_of_page(request)
        campaign_row = campaign_of(slug, rights)
        try:
            act(campaign_row, rights)
        except ArpentError as error:
            messages.error(request, error.message)
        else:
            if said:
                messages.success(request, _(said))
        return redirect("campaign", slug=slug)

    return press


build = action(building.start_build, "")
stop = action(building.stop_build, "")
publish = action(publication.publish, gettext_noop("Published: everybody who may sees it now."))
measure = action(measuring.start_measuring, gettext_noop("The buildings are being measured; the figures come here."))
unpublish = action(publication.unpublish_photo, gettext_noop("Taken back: nobody sees it any more. Its files stay."))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask whether the campaign is really to go, then let it go."""
    rights = rights_of_page(request)
    campaign_row = campaign_of(slug, rights)
    progress = CampaignProgress.of(campaign_row)
    if request.method == "POST":
        try:
            delete_campaign(campaign_row, rights)
        except ArpentError as error:
            messages.error(request, error.message)
            return redirect("campaign", slug=slug)
        messages.success(request, _("%(title)s has been deleted.") % {"title": campaign_row.title})
        return redirect("campaigns")
    counts = progress.facts["counts"]
    context = {"section": "campaigns", "campaign": campaign_row, "standing": progress, "counts": counts}
    return render(request, "orthophoto/delete.html", context | {"weight": labels.weight(counts["bytes"])})
