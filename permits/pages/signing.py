"""/permis/<number>/courriers/<id>/signature/: a draft is shown to the town hall for its signature, or no more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gis_core.errors import Conflict
from gis_core.http.middleware import rights_of_request
from permits.pages.frame import page, permit_of
from permits.services import letters


@require_POST
@page
def propose(request: HttpRequest, permit: str, letter_id: int) -> HttpResponse:
    """Propose the draft (`do=propose`) as it is now, or take it back."""
    rights, application = rights_of_request(request), permit_of(request, permit)
    draft = letters.letter_of(application, letter_id, rights)
    try:
        if request.POST.get("do") == "propose":
            letters.propose_for_signature(application, draft, rights)
            messages.success(request, _("The town hall sees the draft, for its signature."))
        else:
            letters.take_proposal_back(application, draft, rights)
            messages.success(request, _("The town hall sees the draft no more."))
    except Conflict as error:
        messages.error(request, error.message)
    return redirect("permit_letter", permit=application.number, letter_id=draft.pk)
