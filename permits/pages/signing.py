"""Drafts for a town hall's signature: /permis/signatures/ lists what was proposed and what became of it;
/permis/<number>/courriers/<id>/signature/ shows a draft to the town hall, takes it back, or sends it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_core.desk.list_pages import answer_list
from gis_core.errors import Conflict, Invalid
from gis_core.http.middleware import rights_of_request
from gis_core.letters.services import check_whole
from gis_core.models import Letter
from permits.pages.frame import page, permit_of
from permits.services import letters, signing
from permits.services.signing import SIGNATURES


@require_safe
@page
def signatures(request: HttpRequest) -> HttpResponse:
    """What was proposed for signature, by whom and when, and what became of it; the last first."""

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        return render(request, "permits/signatures.html", {"section": "permits", **context}, status=status)

    return answer_list(request, SIGNATURES, show)


def warn_of_gaps(request: HttpRequest, draft: Letter) -> None:
    """What keeps the draft from being made final is said to whoever proposes it: the town hall cannot sign it so."""
    try:
        check_whole(draft)
    except Invalid as error:
        messages.warning(request, _("It cannot be made final yet. %(why)s") % {"why": error.message})


@require_POST
@page
def propose(request: HttpRequest, permit: str, letter_id: int) -> HttpResponse:
    """Propose the draft (`do=propose`) as it is now, send it back with a reason (`refuse`), or take it back."""
    rights, application = rights_of_request(request), permit_of(request, permit)
    draft = letters.letter_of(application, letter_id, rights)
    try:
        match request.POST.get("do"):
            case "propose":
                signing.propose_for_signature(application, draft, rights)
                messages.success(request, _("The town hall sees the draft, for its signature."))
                warn_of_gaps(request, draft)
            case "refuse":
                signing.send_back(application, draft, request.POST.get("reason", ""), rights)
                messages.success(request, _("The draft is sent back to those who instruct the file."))
                return redirect("permit_letters", permit=application.number)
            case _:
                signing.take_proposal_back(application, draft, rights)
                messages.success(request, _("The town hall sees the draft no more."))
    except (Conflict, Invalid) as error:
        messages.error(request, error.message)
    return redirect("permit_letter", permit=application.number, letter_id=draft.pk)
