"""What there is of each network, by member."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gis_core.middleware import rights_of_request
from networks.water.pages.frame import page, show
from networks.water.services.overview import overview


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    return show(request, "home", "networks", {"lines": overview(rights_of_request(request))})
