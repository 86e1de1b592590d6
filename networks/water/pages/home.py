"""What waits for somebody, and what there is of each network, by member."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gis_core.desk.tabs import page
from gis_core.http.middleware import rights_of_request
from networks.water.pages.frame import show
from networks.water.services.overview import overview, waiting


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    rights = rights_of_request(request)
    return show(request, "home", "networks", {"lines": overview(rights), "waiting": waiting(rights)})
