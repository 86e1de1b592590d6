"""Campaigns by program: the same orders as the pages give. Parse once, one service call, answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gis_core.api.once import create_once
from gis_core.api.schema import PAGE_PARAMETERS, page_schema
from gis_core.api.views import validate_data
from gis_core.desk.parameters import Page, Parameters
from gis_core.errors import Forbidden, Invalid
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.members.rights import Rights
from orthophoto.api import serializers
from orthophoto.models import Campaign, Sheet
from orthophoto.progress import CampaignProgress, sheet_states
from orthophoto.report import sheet_as_json
from orthophoto.services import building, publication
from orthophoto.services.campaigns import campaign_of, delete_campaign, start
from orthophoto.services.orders import KEPT, description_of, order_given


def administering(request: Request) -> Rights:
    """The asker's rights. Raises Forbidden for whoever administers nothing."""
    rights = rights_of_request(request)
    if not rights.administers:
        raise Forbidden(_("Only GIS administrators work on aerial campaigns."))
    return rights


def campaign_of_request(request: Request, slug: str) -> Campaign:
    """The campaign that the address names. Raises Forbidden, NoSuchCampaign."""
    return campaign_of(slug, administering(request))


class CampaignsView(APIView):
    @extend_schema(
        operation_id="campaigns",
        parameters=PAGE_PARAMETERS,
        responses=page_schema("CampaignPage", serializers.CampaignSerializer),
    )
    def get(self, request: Request) -> Response:
        """The campaigns that the asker works on, the latest photos first."""
        page = Page.parse(request.query_params)
        campaigns = Campaign.objects.administered_by(administering(request)).select_related("owner")
        rows = [progress.as_json() for progress in CampaignProgress.of_all(campaigns[page.stretch()])]
        return Response(page.as_json(rows, campaigns.count(), request.path))

    @extend_schema(
        operation_id="campaign_start",
        request=serializers.CampaignOrderSerializer,
        responses={201: serializers.CampaignDetailSerializer},
    )
    @create_once
    def post(self, request: Request) -> Response:
        """Make a campaign of a folder of the inbox and queue its inventory."""
        rights = administering(request)
        order = order_given(validate_data(serializers.CampaignOrderSerializer(data=request.data)), rights)
        campaign = start(order, rights=rights, started_by=signed_in_user(request))
        return Response(detail(campaign), status=201, headers={"Location": f"/api/v1/campaigns/{campaign.slug}/"})


def detail(campaign: Campaign) -> dict[str, Any]:
    return CampaignProgress.of(campaign).as_json() | {"sheet_states": sheet_states(campaign)}


class CampaignView(APIView):
    @extend_schema(operation_id="campaign", responses=serializers.CampaignDetailSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """One campaign: where it is, and the state of each sheet."""
        return Response(detail(campaign_of_request(request, slug)))

    @extend_schema(
        operation_id="campaign_describe",
        request=serializers.CampaignDescriptionSerializer,
        responses=serializers.CampaignDetailSerializer,
    )
    def patch(self, request: Request, slug: str) -> Response:
        """Change title, date, credit or audience; of the published photo too, at once: nothing is built again."""
        given = validate_data(serializers.CampaignDescriptionSerializer(data=request.data))

        def revise(campaign: Campaign, rights: Rights) -> None:
            campaign = publication.lock_campaign(campaign, rights)  # what somebody else just changed is there already
            said = description_of(publication.get_published_photo(campaign) or campaign) | given | {"delivery": KEPT}
            publication.revise(campaign, order_given(said, rights, again=campaign), rights)

        return act_on_campaign(request, slug, revise)

    @extend_schema(operation_id="campaign_delete", responses={204: None})
    def delete(self, request: Request, slug: str) -> Response:
        """Forget a campaign that is neither shown nor being worked on."""
        delete_campaign(campaign_of_request(request, slug), rights_of_request(request))
        return Response(status=204)


def act_on_campaign(request: Request, slug: str, act: Callable[[Campaign, Rights], Any], status: int = 200) -> Response:
    """Do one thing to a campaign; the answer is the campaign as it is then."""
    campaign = campaign_of_request(request, slug)
    act(campaign, rights_of_request(request))
    campaign.refresh_from_db()
    return Response(detail(campaign), status=status)


class BuildView(APIView):
    @extend_schema(operation_id="campaign_build", request=None, responses={202: serializers.CampaignDetailSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Build every sheet anew, or take up a build that stopped."""
        return act_on_campaign(request, slug, building.start_build, status=202)


class StopView(APIView):
    @extend_schema(operation_id="campaign_stop", request=None, responses=serializers.CampaignDetailSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Begin no further sheet; those made stay."""
        return act_on_campaign(request, slug, building.stop_build)


class PublishView(APIView):
    @extend_schema(operation_id="campaign_publish", request=None, responses=serializers.CampaignDetailSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Show the present build to its audience."""
        return act_on_campaign(request, slug, publication.publish)


class TakeBackView(APIView):
    @extend_schema(operation_id="campaign_take_back", request=None, responses=serializers.CampaignDetailSerializer)
    def post(self, request: Request, slug: str) -> Response:
        """Show the campaign no more; its files stay."""
        return act_on_campaign(request, slug, publication.unpublish_photo)


@dataclass(frozen=True, slots=True)
class SheetQuery:
    """Which sheets are asked for."""

    page: Page
    state: str = ""

    @classmethod
    def parse(cls, parameters: Parameters) -> "SheetQuery":
        """`state`, `limit` and `offset`; raises Invalid."""
        state = parameters.get("state", "")
        if state and state not in Sheet.State.values:
            message = _("“%(name)s” must be one of: %(values)s.")
            raise Invalid(message % {"name": "state", "values": ", ".join(Sheet.State.values)}, parameter="state")
        return cls(Page.parse(parameters), state)


class SheetsView(APIView):
    @extend_schema(
        operation_id="campaign_sheets",
        parameters=[*PAGE_PARAMETERS, OpenApiParameter("state", str, enum=Sheet.State.values)],
        responses=page_schema("SheetPage", serializers.SheetSerializer),
    )
    def get(self, request: Request, slug: str) -> Response:
        """The sheets of a campaign by file name, with their outlines."""
        query = SheetQuery.parse(request.query_params)
        sheets = campaign_of_request(request, slug).sheets.order_by("file", "pk")
        if query.state:
            sheets = sheets.filter(state=query.state)
        rows = [sheet_as_json(sheet) for sheet in sheets[query.page.stretch()]]
        path = f"{request.path}?state={query.state}" if query.state else request.path
        return Response(query.page.as_json(rows, sheets.count(), path))


class ReportView(APIView):
    @extend_schema(operation_id="campaign_report", responses=serializers.ReportSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Everything known of a campaign and of each of its sheets, to keep."""
        campaign = campaign_of_request(request, slug)
        sheets = [sheet_as_json(sheet) for sheet in campaign.sheets.order_by("file", "pk")]
        return Response(CampaignProgress.of(campaign).as_json() | {"sheets": sheets})
