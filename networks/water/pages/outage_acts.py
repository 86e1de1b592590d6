"""What is done with an outage on its page: times, its end and what follows it, the duplicate."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.desk.parameters import integer, whole_number
from gis_core.errors import Invalid
from gis_core.http.middleware import signed_in_user
from gis_core.members.rights import Rights
from networks.water.models import Outage
from networks.water.services import outage_journal, outage_notices, outage_photos, outage_valves, outages

LARGEST_ID: Final = 2**63 - 1
TOP: Final = ""
"""An address without a section would keep the one that the browser was at."""


def go_to(outage: Outage, section: str) -> HttpResponse:
    """The page of the outage, at the section that was changed."""
    return redirect(f"{reverse('outage', args=[outage.pk])}#{section}")


def moment_in(request: HttpRequest) -> datetime | None:
    """The time that a form gives, on the clock of the place; None where it gives none: now. Raises Invalid.

    Of the hour that comes twice in autumn, the first one is meant; the one that spring leaves out is refused.
    """
    text = request.POST.get("at", "").strip()
    if not text:
        return None
    try:
        given = datetime.fromisoformat(text[:40])
        moment = given if given.tzinfo else given.replace(tzinfo=timezone.get_current_timezone())
        there = moment.astimezone(UTC).astimezone(moment.tzinfo)
    except (ValueError, OverflowError) as error:
        raise Invalid(_("This is no day with an hour: 30/11/2026 14:05."), parameter="at") from error
    if there.replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise Invalid(_("This hour does not exist on that day: the clocks were put forward."), parameter="at")
    return moment


def version_in(request: HttpRequest) -> int:
    """The version of the outage that the form was made from. Raises Invalid."""
    text = request.POST.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Invalid(_("Open the outage, then end it from its page."), parameter="version")
    return int(text)


def end(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    version, user = version_in(request), signed_in_user(request)
    outages.end_outage(outage, version=version, at=moment_in(request), user=user, rights=rights)
    messages.success(request, _("The outage is over."))
    return go_to(outage, TOP)


def record_time(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    kind, valve, turns = (request.POST.get(name, "").strip() for name in ("kind", "valve", "turns"))
    outage_journal.record_time(
        outage, kind=kind, at=moment_in(request), valve=whole_number(valve) or 0 if valve else None,
        turns=whole_number(turns) or 0 if turns else None, rights=rights,
    )  # fmt: skip
    messages.success(request, _("The time is recorded."))
    return go_to(outage, section_of(kind))


def section_of(kind: str) -> str:
    """Where the page shows a time of this kind."""
    return {"closed": "valves", "opened": "opening"}.get(kind, "times")


def strike(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    which = integer(request.POST.dict(), "inspection", 0, 0, LARGEST_ID)
    line = outage_journal.strike_line(outage, which, request.POST.get("reason", ""), rights=rights)
    messages.success(request, _("The line is struck out: it counts no more."))
    return go_to(outage, section_of(line.kind))


def reopen(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    outages.reopen_outage(outage, reason=request.POST.get("reason", ""), rights=rights)
    messages.success(request, _("The outage is open again."))
    return redirect("outage", outage_id=outage.pk)


def strike_whole(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    other = request.POST.get("duplicate_of", "")
    outages.strike_outage(
        outage, reason=request.POST.get("reason", ""), duplicate_of=whole_number(other) or 0 if other else None,
        rights=rights,
    )  # fmt: skip
    messages.success(request, _("The outage is struck out: it stands in no list any more, and stays to be seen here."))
    return redirect("outage", outage_id=outage.pk)


def set_cause(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    outages.set_cause(outage, request.POST.get("cause", ""), rights=rights)
    messages.success(request, _("The cause is recorded."))
    return go_to(outage, "repairs")


def write_end_notice(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    return redirect("notice", outage_notices.draft_end(outage, rights=rights).pk)


def report_valve(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    valve, condition = whole_number(request.POST.get("valve", "")) or 0, request.POST.get("condition", "")
    outage_valves.report_valve(outage, valve, condition, rights=rights)
    messages.success(request, _("The condition of the valve is kept: the next isolation knows it."))
    return go_to(outage, "unusable" if valve in outage_valves.unusable_of(outage) else "valves")


def hand_over(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    to, note = request.POST.get("to", ""), request.POST.get("note", "")
    outages.hand_over(outage, to=whole_number(to) or 0 if to else None, note=note, rights=rights)
    messages.success(request, _("It is in the journal."))
    return go_to(outage, "journal")


def add_photo(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose a photo."), parameter="file")
    outage_photos.add_photo(outage, file, rights=rights)
    messages.success(request, _("The photo is added."))
    return go_to(outage, "photos")


def remove_photo(request: HttpRequest, outage: Outage, rights: Rights) -> HttpResponse:
    outage_photos.remove_photo(outage, whole_number(request.POST.get("photo", "")) or 0, rights=rights)
    messages.success(request, _("The photo is removed."))
    return go_to(outage, "photos")


ACTS: Final[dict[str, Callable[[HttpRequest, Outage, Rights], HttpResponse]]] = {
    "end": end,
    "time": record_time,
    "strike": strike,
    "reopen": reopen,
    "void": strike_whole,
    "cause": set_cause,
    "photo": add_photo,
    "remove_photo": remove_photo,
    "hand_over": hand_over,
    "valve": report_valve,
    "end_notice": write_end_notice,
}
