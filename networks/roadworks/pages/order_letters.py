"""/voirie/demandes/<id>/courriers/: the orders and letters of a request, from the draft to the numbered one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.forms import blame
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Stale
from gis_core.http.middleware import rights_of_request
from gis_core.letters import services as core
from gis_core.letters.kinds import kind_of
from gis_core.letters.pages import MEDIA, file_answer, picture_in_page
from gis_core.models import Letter
from networks.roadworks.kinds import ORDERS, kind_of_order
from networks.roadworks.models import WorkRequest
from networks.roadworks.pages.frame import ORDERS_TAB, show_page
from networks.roadworks.pages.request_forms import OrderForm
from networks.roadworks.services import orders, requests
from networks.roadworks.services.competence import competent
from networks.roadworks.services.naming import doubts_in


@require_http_methods(["GET", "HEAD", "POST"])
@page
def letter(request: HttpRequest, request_id: int, letter_id: int) -> HttpResponse:
    """One letter: a draft to write, or what was locked."""
    rights = rights_of_request(request)
    work_request = requests.request_seen_by(request_id, rights)
    one = orders.letter_of(work_request, letter_id, rights)
    if request.method == "POST":
        return change_draft(request, work_request, one)
    return show_letter(request, work_request, one, OrderForm(request, row=one, read=letter_values))


def letter_values(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in (*core.TEXTS, "version")}


def change_draft(request: HttpRequest, work_request: WorkRequest, draft: Letter) -> HttpResponse:
    """Save, make final or throw away; what was typed stays where it is refused."""
    rights, action = rights_of_request(request), request.POST.get("action", "save")
    form = OrderForm(request, row=draft, read=letter_values, whole=action in ("discard", "final"))
    if not form.is_valid():
        return show_letter(request, work_request, draft, form, 400)
    version = form.cleaned_data["version"]
    try:
        if action == "discard":
            orders.discard(work_request, draft, version, rights)
            messages.success(request, _("The draft is thrown away."))
            return redirect("road_request", request_id=work_request.pk)
        if action == "final":
            made = orders.finalise(work_request, draft, form.texts(), version, rights)
            messages.success(request, _("The letter is final under the number %(number)s.") % {"number": made.number})
            return redirect("road_request", request_id=work_request.pk)
        orders.change(work_request, draft, form.texts(), version, rights)
        messages.success(request, _("The draft is kept."))
    except ArpentError as error:
        status = blame(form, error)
        if (wrong := next(iter(form.errors), "")) in form.fields:
            form.fields[wrong].widget.attrs["autofocus"] = True
        if isinstance(error, Stale):
            form.data["version"] = str(Letter.objects.values_list("version", flat=True).get(pk=draft.pk))
        return show_letter(request, work_request, draft, form, status)
    return redirect("road_letter", request_id=work_request.pk, letter_id=draft.pk)


def show_letter(
    request: HttpRequest, work_request: WorkRequest, one: Letter, form: OrderForm, status: int = 200
) -> HttpResponse:
    rights, action = rights_of_request(request), request.POST.get("action")
    document, head = core.document_of(one), core.letterhead_of(one.owner)
    draft = one.state == Letter.State.DRAFT
    # Whoever decided on an order abrogates it.
    decided = kind_of_order(one.begun_with.get("ends", one.kind), work_request.kind)
    context = {
        "found": work_request,
        "letter": one,
        "kind": kind_of(one.kind),
        "form": form,
        "document": document,
        "logo": picture_in_page(document.logo),
        "final": not draft,
        "published_kind": one.kind in ORDERS,
        "doubts": doubts_in(work_request, one) if draft and one.kind in ORDERS else [],
        "changed_since": orders.describe_changes(work_request, one) if draft and one.kind in ORDERS else "",
        "competence": competent(requests.locate_request(work_request), decided, work_request.owner),
        "no_appeals": draft and not head.appeals,
        "refused": action == "final" and bool(form.errors),
        "changes_letterhead": core.may_change_letterhead(one.owner, rights),
    }
    return show_page(request, "order_letter", ORDERS_TAB, context, status)


@require_safe
@page
def letter_file(request: HttpRequest, request_id: int, letter_id: int, form: str) -> HttpResponse:
    """The PDF or DOCX file: of a draft as it is now, of a final letter as it was locked."""
    if form not in MEDIA:
        raise Http404
    rights = rights_of_request(request)
    work_request = requests.request_seen_by(request_id, rights)
    one = orders.letter_of(work_request, letter_id, rights)
    return file_answer(core.files_of(one, form), one.number or f"projet-{work_request.pk}-{one.pk}", form)
