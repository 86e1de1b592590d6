"""/reseaux/coupures/: outages kept, one of them from the tap to the end, its sheet for the crew."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.document_pages import longest_body
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.list_pages import answer_list
from gis_core.desk.tabs import page
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, Invalid, Unavailable
from gis_core.http.files import file_response, serve_stored_file
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights
from gis_core.models import User
from layers.features.display import code_label
from networks.water import code_lists
from networks.water.api.serializers import IsolationRequestSerializer, request_of
from networks.water.listings.outages import OUTAGES
from networks.water.models import Outage
from networks.water.outage_map import lines_in
from networks.water.outage_report import report_pdf
from networks.water.outage_sheet import pdf_of
from networks.water.pages.frame import show
from networks.water.pages.outage_acts import ACTS
from networks.water.services import outage_journal, outage_notices, outages
from networks.water.services.isolation import Request
from networks.water.services.outage_journal import Journal, journal_of
from networks.water.services.outage_photos import PHOTOS, path_of, photo_of, photos_of
from networks.water.services.outage_plans import can_be_drawn
from networks.water.services.outage_valves import STATES, in_reopening_order
from networks.water.services.repairs import repairs_of_outages

READ_AND_SEND = ["GET", "HEAD", "POST"]
LONGEST_REQUEST = 20_000
ORDERS = ("marche", "rue")
SEEN = "water-nodes,water-pipes,parcels,roads,communes"


class SaveForm(AccessibleForm):
    """The isolation asked for, as the map sends it, and a remark."""

    request = forms.CharField(max_length=LONGEST_REQUEST, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=gettext_lazy("Remark"), required=False, max_length=outages.LONGEST_COMMENT, widget=forms.Textarea
    )
    closed = forms.CharField(required=False, max_length=LONGEST_REQUEST, widget=forms.HiddenInput)

    def clean_request(self) -> Request:
        try:
            said = json.loads(self.cleaned_data["request"])
        except (ValueError, RecursionError):
            said = None
        given = IsolationRequestSerializer(data=said)
        if not given.is_valid():
            raise forms.ValidationError(_("This isolation cannot be read: ask for it again on the map, then save it."))
        return request_of(given.validated_data)

    def clean_closed(self) -> dict[int, datetime | None]:
        """The valves ticked on the map, with when: what cannot be read of it is left out, no tick is lost for it."""
        try:
            said = json.loads(self.cleaned_data["closed"] or "{}")
        except (ValueError, RecursionError):
            said = {}
        pairs = said.items() if isinstance(said, dict) else ()
        return {
            int(valve): read_instant(at)
            for valve, at in pairs
            if valve.isascii() and valve.isdecimal() and len(valve) <= 18
        }


def read_instant(text: Any) -> datetime | None:
    """An instant as the map writes it, with its offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


@require_http_methods(READ_AND_SEND)
@page
def outage_list(request: HttpRequest) -> HttpResponse:
    """The outages that the asker sees; POST isolates and keeps the answer."""
    rights, form, status = rights_of_request(request), SaveForm(request.POST or None), 0
    if request.method == "POST":
        status = 400
        if form.is_valid():
            assert isinstance(request.user, User)
            try:
                given = form.cleaned_data
                made = outages.save_outage(given["request"], comment=given["comment"], closed=given["closed"],
                                           user=request.user, rights=rights)  # fmt: skip
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The outage is kept."))
                return redirect("outage", outage_id=made.pk)
    return answer_list(
        request, OUTAGES, lambda context, code: show_list(request, context | {"form": form}, status or code)
    )


def show_list(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return show(request, "outages", "outages", context, status)


@page
def too_large(request: HttpRequest, outage_id: int) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    row = outages.outage_seen_by(outage_id, rights_of_request(request))
    return render_outage(request, row, refused=PHOTOS.describe_too_large(), status=413)


@upload_page(too_large, lambda: longest_body(PHOTOS))
@require_http_methods(READ_AND_SEND)
@page
def outage(request: HttpRequest, outage_id: int) -> HttpResponse:
    """One outage, as it was answered when it was saved, with its journal; POST does what `do` says (ends it)."""
    rights = rights_of_request(request)
    row = outages.outage_seen_by(outage_id, rights)
    if request.method != "POST":
        return render_outage(request, row)
    act = ACTS.get(request.POST.get("do", "end"))
    if act is None:
        raise Invalid(_("There is no such action."), parameter="do")
    try:
        return act(request, row, rights)
    except (Conflict, Invalid, Unavailable) as error:
        return render_outage(request, row, refused=error.message, status=status_of(error))


def render_outage(request: HttpRequest, row: Outage, *, refused: str = "", status: int = 200) -> HttpResponse:
    rights = rights_of_request(request)
    order = request.GET.get("ordre", ORDERS[0])
    may_change = outage_journal.may_change(row.owner_id, rights)
    journal = journal_of(row)
    context = {
        "outage": row,
        "refused": refused,
        **outage_context(row.answer, order if order in ORDERS else ORDERS[0], journal),
        "may_change": may_change and not row.struck_at,
        "journal": journal,
        "photos": photos_of(row),
        "has_plans": can_be_drawn(row, rights),
        "times": {kind: journal.find(kind) for kind in ("found", "repaired", "back")},
        "doubts": journal.doubts(),
        **linked_to(row, rights),
        "team": outages.technicians_of(row.owner_id) if may_change else {},
        "others": outages.others_of(row, rights) if may_change and not row.struck_at else [],
    }
    return show(request, "outage", "outages", context, status)


def linked_to(row: Outage, rights: Rights) -> dict[str, Any]:
    """What the outage leads to: the broken pipes, their repairs, notices, its duplicates."""
    duplicates = outages.duplicates_of(row, rights)
    known = outage_notices.notices_of([row, *duplicates], rights)
    pipes = [one | {"map": on_map(one, "water-pipes", one["pipe"])} for one in row.answer["breaks"]]
    return {
        "duplicates": duplicates,
        "pipes": pipes,
        "seen_at": map_of_zone(row),
        "causes": [(code, code_label(code_lists.CAUSES, code)) for code in code_lists.CAUSES],
        "cause_label": code_label(code_lists.CAUSES, row.cause) if row.cause else "",
        "repairs": repairs_of_outages([row, *duplicates], rights),
        "notices": known,
        "to_end": outage_notices.notice_to_end(known) if row.state == Outage.State.ENDED else None,
    }


def outage_context(answer: dict[str, Any], order: str, journal: Journal) -> dict[str, Any]:
    """The answer as the page shows it: its codes in the reader's words, its valves with their place on the map, and
    when they were closed and opened again."""
    closings, openings = journal.by_valve("closed"), journal.by_valve("opened")
    reports = {one.valve: one for one in journal.current() if one.kind in STATES}
    for one in answer["valves"]:
        one |= {
            "map": on_map(one, "water-nodes", one["id"]),
            "closing": closings.get(one["id"]),
            "opening": openings.get(one["id"]),
            "report": reports.get(one["id"]),
        }
    for one in answer["sources_to_stop"]:
        one["kind_label"] = code_label(code_lists.WATER_NODES, one["kind"])
    for one in answer["connections"]["results"]:
        one["sensitive_label"] = code_label(code_lists.SENSITIVE, one["sensitive"])
    valves = {
        status: [one for one in answer["valves"] if one["status"] == status]
        for status in ("optional", "closed", "skipped")
    }
    close = [one for one in answer["valves"] if one["status"] == "close"]
    served = answer["connections"]["results"]
    return {
        "answer": answer,
        "order": order,
        "close": outages.by_street(close) if order == "rue" else close,
        **valves,
        "closings": sum(1 for one in close if one["closing"]),
        "openings": len(openings),
        "still_closed": len(set(closings) - set(openings)),
        "to_open": in_reopening_order(answer["valves"], journal),
        "sensitive": [one for one in served if one["sensitive"]],
        "lost_km": (answer["zone"]["length_m"] + answer["cut_off"]["length_m"]) / 1000,
        "volume": answer["zone"]["volume_m3"],
    }


def map_of_zone(row: Outage) -> str:
    """The map on the pipes that are isolated, the breaks and the valves to close; empty where none is known.

    While the water is off the breaks are isolated there, as the network is now.
    """
    answer = row.answer
    close = [one for one in answer["valves"] if one["status"] == "close"]
    places = [point for line in lines_in(answer["zone"]) for point in line]
    places += [one["point"] for one in (*answer["breaks"], *close)]
    if not places:
        return ""
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    box = ",".join(f"{value:.6f}" for value in (min(lons), min(lats), max(lons), max(lats)))
    pipes = ".".join(str(one["pipe"]) for one in answer["breaks"])
    now = f"&p=water.isolate.{pipes}" if row.state == Outage.State.OPEN and not row.struck_at and pipes else ""
    return f"{reverse('map')}#v=1&bb={box}&l={SEEN}{now}"


def on_map(thing: dict[str, Any], layer: str, pk: int) -> str:
    """The map, on a valve or a break, with the sheet of that object of a layer open."""
    lon, lat = thing["point"]
    return f"{reverse('map')}#v=1&c={lon:.6f},{lat:.6f}&z=19&l={SEEN}&s={layer}.{pk}"


@require_safe
@page
def outage_file(request: HttpRequest, outage_id: int) -> HttpResponse:
    """The sheet for the crew."""
    rights = rights_of_request(request)
    row = outages.outage_seen_by(outage_id, rights)
    address = request.build_absolute_uri(reverse("outage_plans", args=[row.pk])) if can_be_drawn(row, rights) else ""
    return file_response(pdf_of(row, address), "application/pdf", f"coupure-{row.pk}.pdf", inline=True)


@require_safe
@page
def outage_report(request: HttpRequest, outage_id: int) -> HttpResponse:
    """What became of the outage, as a document."""
    rights = rights_of_request(request)
    row = outages.outage_seen_by(outage_id, rights)
    return file_response(report_pdf(row, rights), "application/pdf", f"rapport-coupure-{row.pk}.pdf", inline=True)


@require_safe
@page
def outage_photo(request: HttpRequest, outage_id: int, photo_id: int) -> Any:
    """A photo of the outage; `size=small`: the smaller one."""
    photo = photo_of(outages.outage_seen_by(outage_id, rights_of_request(request)), photo_id)
    small = request.GET.get("size") == "small"
    try:
        opened = path_of(photo, small=small).open("rb")
    except OSError as error:
        raise Unavailable(_("The content of this photo is missing: tell your administrator.")) from error
    return serve_stored_file(request, opened, "image/jpeg", f"{photo.title}.jpg", etag=f"{photo.name}{small}")
