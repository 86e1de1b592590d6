"""Pages of the kit itself: filters that a person keeps."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gis_core.desk.saved_filters import remove_filter, save_filter
from gis_core.desk.signed_in import page
from gis_core.errors import Invalid
from gis_core.models import User


@require_POST
@page
def change_filters(request: HttpRequest) -> HttpResponse:
    """Keep (`title`, `query`) or remove (`remove`) a filter of a list (`list`), then back to the list (`next`)."""
    assert isinstance(request.user, User)
    listing, back = request.POST.get("list", "")[:40], request.POST.get("next", "/")
    if title := request.POST.get("remove", ""):
        remove_filter(request.user, listing, title)
        messages.success(request, _("The filter is no longer kept."))
    else:
        try:
            save_filter(request.user, listing, request.POST.get("title", ""), request.POST.get("query", ""))
            messages.success(request, _("The filter is kept."))
        except Invalid as error:
            messages.error(request, error.message)
    return HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, None) else "/")
