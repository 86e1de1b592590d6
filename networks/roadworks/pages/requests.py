"""/voirie/demandes/: requests entered at the counter, what is done about each, what was attached."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from django.contrib import messages
from django.contrib.gis.db.models.functions import Distance
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.document_pages import describe_most, document_response, documents_context, longest_body, visa_in
from gis_core.desk.forms import blame
from gis_core.desk.list_pages import ListView, answer_list
from gis_core.desk.tabs import page
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Invalid, NotFound, Stale
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Rights
from gis_core.models import Letter
from networks.roadworks.kinds import ABROGATION, BEGUN_ALONE, ORDERS, USUAL
from networks.roadworks.listings.requests import ALL, OPEN, REQUESTS, SENT, SENT_REQUESTS, RequestQuery
from networks.roadworks.models import Work, WorkRequest
from networks.roadworks.pages.frame import ORDERS_TAB, show_page
from networks.roadworks.pages.request_forms import RequestChangeForm, RequestForm
from networks.roadworks.services import orders, publication, requests, transmitting, undoing
from networks.roadworks.services.competence import competent
from networks.roadworks.services.detours import distance as said_distance
from networks.roadworks.services.naming import doubts_in
from networks.roadworks.services.request_documents import DOCUMENTS
from networks.roadworks.services.requests import CONTACT, FIELDS, State
from networks.roadworks.services.works import describe_state

READ_AND_SEND: Final = ["GET", "HEAD", "POST"]
NEAR_WORKS: Final = 20
BESIDE_M: Final = 50.0


def offers_for(rights: Rights) -> dict[str, Any]:
    """The members and the communes that the form offers. Raises PermissionDenied for who enters requests nowhere."""
    members = requests.members_served(rights)
    if not members:
        raise PermissionDenied
    all_of_them = any(requests.may_decide(one.pk, rights) for one in members)
    return {"members": members, "insee": None if all_of_them else sorted(rights.town_insee)}


@require_safe
@page
def request_list(request: HttpRequest) -> HttpResponse:
    """The requests that the asker deals with: open ones, the most urgent first, unless told otherwise."""
    rights = rights_of_request(request)

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        return show_page(request, "requests", ORDERS_TAB, context, status)

    def around(view: ListView[Any]) -> dict[str, Any]:
        query = view.query if isinstance(view.query, RequestQuery) else RequestQuery(state=SENT)
        serves = bool(requests.members_served(rights))
        enter = _("No request here. Enter what came on paper (Cerfa 14023 or 14024).") if serves else REQUESTS.nothing
        return {
            "state": query.state,
            "states": states(query, rights),
            "may_enter": serves,
            "nothing": "" if query.state == SENT else enter,
            "none_match": "" if query.text else enter,
            "everything": f"?{query.but(state=ALL, text='').query()}",
        }

    if request.GET.get("state") == SENT:
        return answer_list(request, SENT_REQUESTS, show, around=around)
    return answer_list(request, REQUESTS, show, defaults={"state": OPEN}, around=around)


def states(query: RequestQuery, rights: Rights) -> list[tuple[str, str, Any]]:
    """What the list is narrowed to: code, address, label; those that were sent elsewhere only where there are some."""
    sent = [(SENT, _("Sent elsewhere"))] if transmitting.list_sent(rights).exists() else []
    offered = [(OPEN, _("To deal with")), *State.choices, *sent, (ALL, _("All"))]
    return [(code, query.but(state=code).query(), label) for code, label in offered]


def request_row(one: WorkRequest) -> dict[str, Any]:
    waits = one.state in requests.OPEN
    return {"request": one, "due": one.due if waits else None, "late": waits and one.due < database_clock.today()}


@require_http_methods(READ_AND_SEND)
@page
def new_request(request: HttpRequest) -> HttpResponse:
    """The form for what came on paper."""
    rights = rights_of_request(request)
    form = RequestForm(request.POST or None, initial={"received_date": database_clock.today()}, **offers_for(rights))
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = requests.enter(owner=form.owner(), values=form.values(), rights=rights)
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The request is entered under number %(number)s.") % {"number": made.pk})
                return redirect("road_request", request_id=made.pk)
    return show_page(request, "request_new", ORDERS_TAB, {"form": form}, status)


@require_http_methods(READ_AND_SEND)
@page
def one_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """The sheet of a request; POST does something about it."""
    rights = rights_of_request(request)
    try:
        work_request = requests.request_seen_by(request_id, rights)
    except NotFound:
        if not transmitting.list_sent(rights).filter(number=min(request_id, 2**63 - 1)).exists():
            raise
        return redirect(f"{reverse('road_requests')}?state={SENT}")
    if request.method != "POST":
        return render_request(request, work_request)
    do = request.POST.get("do", "")
    if do == "change":
        return change_request(request, work_request)
    if do not in ACTS:
        return render_request(request, work_request, 400, error=_("This page does not know what to do: load it again."))
    try:
        to = ACTS[do](request, work_request, rights, version_in(request.POST))
    except ArpentError as error:
        return render_request(request, work_request, status_of(error), error=error.message)
    return to


def version_in(given: Mapping[str, str]) -> int:
    """The version of the request that the form was made from. Raises Invalid."""
    text = given.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid(_("Load the page again: it does not say which version you saw."))
    return int(text)


def id_in(given: Mapping[str, str], name: str) -> int:
    """The id that was chosen in a list of the form. Raises Invalid at `name`."""
    text = given.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Invalid(_("Choose one of the list."), parameter=name)
    return int(text)


def change_request(request: HttpRequest, work_request: WorkRequest) -> HttpResponse:
    """What was typed stays where it is refused."""
    rights = rights_of_request(request)
    if not requests.may_change(work_request, rights):
        return render_request(
            request, work_request, 403, error=_("You do not change this request: who decides on it does.")
        )
    form = form_of(request, work_request, rights, bound=True)
    if not form.is_valid():
        return render_request(request, work_request, 400, form=form)
    try:
        requests.change(work_request, values=form.values(), version=form.cleaned_data["version"] or 0, rights=rights)
    except ArpentError as error:
        status = blame(form, error)
        if isinstance(error, Stale):
            form.data["version"] = str(WorkRequest.objects.values_list("version", flat=True).get(pk=work_request.pk))
        return render_request(request, work_request, status, form=form)
    messages.success(request, _("The request is changed. Drafts keep what they said: begin them again if need be."))
    return redirect("road_request", request_id=work_request.pk)


def form_of(
    request: HttpRequest, work_request: WorkRequest, rights: Rights, *, bound: bool = False
) -> RequestChangeForm:
    """What was entered; once a letter is numbered, only how to reach who asked is typed anew."""

    def read(row: WorkRequest) -> dict[str, Any]:
        initial = {name: getattr(row, name) for name in FIELDS}
        return initial | {"member": row.owner.slug, "version": row.version}

    form = RequestChangeForm(request, row=work_request, read=read, bound=bound, **offers_for(rights))
    if requests.is_numbered(work_request):
        form.lock_but(CONTACT)
    return form


# -- what is done about a request -------------------------------------------------------------------------------------


def back(work_request: WorkRequest) -> HttpResponse:
    return redirect("road_request", request_id=work_request.pk)


def decide_request(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    accepted = request.POST.get("do") == "accept"
    requests.decide(work_request, accepted=accepted, version=version, rights=rights)
    messages.success(request, _("The request is accepted.") if accepted else _("The request is refused."))
    return back(work_request)


def reopen_request(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    undoing.reopen(work_request, version=version, rights=rights)
    messages.success(request, _("The request is open again: nothing is decided."))
    return back(work_request)


def withdraw_request(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    undoing.withdraw(work_request, version=version, rights=rights)
    messages.success(request, _("The request is noted as withdrawn by the applicant."))
    return back(work_request)


def delete_request(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    undoing.delete(work_request, version=version, rights=rights)
    messages.success(request, _("Request n° %(number)s is deleted, with its drafts.") % {"number": work_request.pk})
    return redirect("road_requests")


def plan_work(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    requests.make_work(work_request, version=version, rights=rights)
    messages.success(
        request,
        _("The works are made as a draft: check title, stretch, days and measures before everybody reads them."),
    )
    return back(work_request)


def attach_to_work(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    work = Work.objects.visible_to(rights).filter(pk=id_in(request.POST, "work")).first()
    if work is None:
        raise Invalid(_("There are no such works, or you may not see them."), parameter="work")
    requests.join_work(work_request, work, version=version, rights=rights)
    messages.success(request, _("The request is joined to these works."))
    return back(work_request)


def detach_from_work(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    undoing.detach(work_request, version=version, rights=rights)
    messages.success(request, _("The request is detached; the works stay as they are."))
    return back(work_request)


def begin_order(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    code = request.POST.get("kind", "")
    if code not in [one.code for one in BEGUN_ALONE]:
        raise Invalid(_("Choose the order to write."), parameter="kind")
    letter = orders.begin(work_request, kind_of(code), rights)
    return redirect("road_letter", request_id=work_request.pk, letter_id=letter.pk)


def publish_order(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    letter = orders.letter_of(work_request, id_in(request.POST, "letter"), rights)
    confirmed = request.POST.get("confirmed") == "on"
    made = publication.publish(work_request, letter, version=version, rights=rights, confirmed=confirmed)
    messages.success(request, _("The order %(number)s is published: everybody reads it.") % {"number": made.number})
    return back(work_request)


def abrogating(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    letter = publication.begin_abrogation(work_request, id_in(request.POST, "order"), rights)
    return redirect("road_letter", request_id=work_request.pk, letter_id=letter.pk)


def unpublish_order(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    made = publication.unpublish(work_request, id_in(request.POST, "order"), version=version, rights=rights)
    messages.success(request, _("The order %(number)s is no longer published.") % {"number": made.number})
    return back(work_request)


def remove_document(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    DOCUMENTS.remove(DOCUMENTS.find(work_request, id_in(request.POST, "piece")), reason=reason, rights=rights)
    messages.success(request, _("The piece is removed from the list; it is kept."))
    return back(work_request)


def erase_document(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    DOCUMENTS.erase(DOCUMENTS.find(work_request, id_in(request.POST, "piece")), visa=visa_in(request), rights=rights)
    messages.success(request, _("The content of the piece is erased."))
    return back(work_request)


def transmit_request(request: HttpRequest, work_request: WorkRequest, rights: Rights, version: int) -> HttpResponse:
    receiver = transmitting.transmit(work_request, version=version, rights=rights)
    message = _("Request n° %(number)s is sent to %(member)s, with its pieces. Tell the applicant (CRPA, L.114-2).")
    messages.success(request, message % {"number": work_request.pk, "member": receiver})
    return redirect(f"{reverse('road_requests')}?state={SENT}")


type Act = Callable[[HttpRequest, WorkRequest, Rights, int], HttpResponse]
ACTS: Final[Mapping[str, Act]] = {
    "accept": decide_request,
    "refuse": decide_request,
    "reopen": reopen_request,
    "give-up": withdraw_request,
    "delete": delete_request,
    "work": plan_work,
    "join": attach_to_work,
    "detach": detach_from_work,
    "letter": begin_order,
    "publish": publish_order,
    "abrogate": abrogating,
    "unpublish": unpublish_order,
    "remove": remove_document,
    "erase": erase_document,
    "transmit": transmit_request,
}


# -- the sheet --------------------------------------------------------------------------------------------------------


def render_request(
    request: HttpRequest,
    work_request: WorkRequest,
    status: int = 200,
    *,
    error: str = "",
    form: RequestForm | None = None,
) -> HttpResponse:
    """The page. It must not read the request's body, which may be what was refused."""
    rights = rights_of_request(request)
    work_request = requests.request_seen_by(work_request.pk, rights)
    decides = requests.may_decide(work_request.owner_id, rights)
    writes = requests.may_write(work_request.owner_id, work_request.insee, rights)
    changes = requests.may_change(work_request, rights)
    kept = work_request.forgotten_date is None
    numbered = requests.is_numbered(work_request)
    if form is None and changes and kept:
        form = form_of(request, work_request, rights)
    published = list(publication.orders_of(work_request).select_related("abrogated_by"))
    competence = competent(requests.locate_request(work_request), work_request.kind, work_request.owner)
    in_hand = kept and work_request.state != State.WITHDRAWN
    context = {
        **request_row(work_request),
        "found": work_request,
        "error": error,
        "form": form if changes and kept else None,
        "unknown": requests.roads_unknown(work_request),
        "numbered": numbered,
        "decides": decides,
        **next_steps(work_request, numbered, decides=decides, writes=writes, changes=changes),
        "in_hand": in_hand,
        "kept": kept,
        "writes": writes,
        "works_address": reverse("work", args=[work_request.work.pk]) if work_request.work else "",
        "work_state": describe_state(work_request.work) if work_request.work else "",
        "competence": competence,
        "receiver": transmitting.receiver_of(work_request, competence)
        if decides and in_hand and not numbered
        else None,
        "received_from": transmitting.get_transmission(work_request, rights),
        "letters": [
            letter_row(work_request, one, {order.letter_id for order in published})
            for one in orders.letters_of(work_request, rights).light().select_related("finalised_by")
        ],
        "kinds": [(one.code, one.name) for one in BEGUN_ALONE],
        "usual": USUAL.get(WorkRequest.Kind(work_request.kind), ""),
        "orders": published,
        "order_warnings": publication.differences(published, work_request.work),
        "abrogation": ABROGATION,
        **documents_context(DOCUMENTS, work_request, erases=decides),
        "near": near_works(work_request, rights) if decides and work_request.work is None else (),
    }
    return show_page(request, "request", ORDERS_TAB, context, status)


def next_steps(
    work_request: WorkRequest, numbered: bool, *, decides: bool, writes: bool, changes: bool
) -> dict[str, bool]:
    """What may become of a request now, by whoever `decides`, `writes` or `changes` it; `numbered`: its letter is."""
    state = work_request.state
    return {
        "accepts": decides and state in (State.RECEIVED, State.REFUSED, State.WITHDRAWN),
        "refuses": decides and state in requests.OPEN,
        "reopens": decides and not numbered and state != State.RECEIVED,
        "gives_up": writes and state in (*requests.OPEN, State.REFUSED),
        "deletes": changes and not numbered and undoing.may_be_deleted(work_request),
    }


def letter_row(work_request: WorkRequest, one: Letter, published: set[int]) -> dict[str, Any]:
    publishes = one.state == Letter.State.FINAL and one.kind in ORDERS and one.pk not in published
    doubts = doubts_in(work_request, one) if publishes else []
    return {"letter": one, "kind": kind_of(one.kind).name, "publishes": publishes, "doubts": doubts}


def near_works(work_request: WorkRequest, rights: Rights) -> Sequence[tuple[str, list[Work]]]:
    """Works of the member that it may be for, of about the same days: the nearest first, or those of its commune
    where the place is not known.
    """
    works = Work.objects.visible_to(rights).filter(owner=work_request.owner_id).exclude(state=Work.State.CANCELLED)
    near = works.filter(starts_on__lte=work_request.ends_on, ends_on__gte=work_request.starts_on).defer(
        "geom", "geom_3857"
    )
    if not near.exists():
        return ()
    with suppress(Invalid, NotFound):
        return by_distance(near.annotate(distance=Distance("geom", requests.stretch_of(work_request))))
    elsewhere = Case(When(insee=work_request.insee, then=0), default=1)
    rows = list(near.annotate(elsewhere=elsewhere).order_by("elsewhere", "-pk")[:NEAR_WORKS])
    groups = (
        (_("In the commune"), [one for one in rows if one.insee == work_request.insee]),
        (_("Elsewhere"), [one for one in rows if one.insee != work_request.insee]),
    )
    return [(label, some) for label, some in groups if some]


def by_distance(near: Any) -> Sequence[tuple[str, list[Work]]]:
    """Those beside the place of the request; the others with how far they are, `away`."""
    rows = list(near.order_by("distance", "-pk")[:NEAR_WORKS])
    here = [one for one in rows if one.distance.m <= BESIDE_M]
    others = rows[len(here) :]
    for one in others:
        one.away = said_distance(one.distance.m)
    return [(label, some) for label, some in ((_("At this place"), here), (_("Elsewhere"), others)) if some]


# -- documents --------------------------------------------------------------------------------------------------------


@page
def too_large(request: HttpRequest, request_id: int) -> HttpResponse:
    work_request = requests.request_seen_by(request_id, rights_of_request(request))
    return render_request(request, work_request, 413, error=describe_most(DOCUMENTS))


@upload_page(too_large, lambda: longest_body(DOCUMENTS))
@require_POST
@page
def add_documents(request: HttpRequest, request_id: int) -> HttpResponse:
    """Attach a file."""
    rights = rights_of_request(request)
    work_request = requests.request_seen_by(request_id, rights)
    files: Any = request.FILES.getlist("file")[-1:]
    try:
        for refused in DOCUMENTS.add(work_request, files, rights).refused:
            raise refused.error
    except ArpentError as error:
        return render_request(request, work_request, status_of(error), error=error.message)
    messages.success(request, _("The piece is added."))
    return redirect("road_request", request_id=work_request.pk)


@require_safe
@page
def piece(request: HttpRequest, request_id: int, piece_id: int) -> Any:
    """A document itself: shown where it is an image of ours or a PDF that does nothing, else saved."""
    work_request = requests.request_seen_by(request_id, rights_of_request(request))
    return document_response(request, DOCUMENTS, DOCUMENTS.find(work_request, piece_id))
