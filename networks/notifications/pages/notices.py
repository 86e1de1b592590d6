"""/reseaux/avis/: notices, from the draft to the delivery report."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.forms import blame
from gis_core.desk.pager import page_links
from gis_core.desk.parameters import Page, integer
from gis_core.desk.small_map import SmallMap
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Forbidden, Invalid
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.http.problem import status_of
from gis_core.jobs.services import describe_job
from gis_core.letters.services import common_values
from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from gis_core.models import Job, Member
from networks.notifications.gateways import mails_to_files, writes_files
from networks.notifications.kinds import FIELDS
from networks.notifications.models import Channel, ContactReading, Message, Notice
from networks.notifications.pages.forms import NewForm, NoticeForm
from networks.notifications.pages.frame import show
from networks.notifications.points import NOTICE_TEMPLATES
from networks.notifications.services import letters, notices, sending
from networks.notifications.services.contacts import reads_contacts
from networks.notifications.services.recipients import ROWS, Line, lines_of, reach_of, read_reached, with_people
from networks.notifications.sms import to_gsm
from networks.notifications.texts import NoticeTexts, mail_text, texts_of

READ_AND_SEND = ["GET", "HEAD", "POST"]
TAB = "notices"
MOST_OFFSET = 100_000
MAIL_EXAMPLE = "(adresse de désinscription, propre à chacun)"


def members_writing(rights: Rights) -> list[Member]:
    """The members for which the asker may send notices. Raises PermissionDenied where there is none."""
    members = [one for one in Member.objects.visible_to(rights).order_by("name") if notices.may_write(one.pk, rights)]
    if not members:
        raise PermissionDenied
    return members


# -- the list, and a new one ------------------------------------------------------------------------------------------


@require_http_methods(READ_AND_SEND)
@page
def notice_list(request: HttpRequest) -> HttpResponse:
    """The notices that there were; POST begins one, from a form or from a thing that another app knows."""
    rights = rights_of_request(request)
    if request.method != "POST":
        context = {"notices": notices.notices_of(rights), **ways_out()}
        return show(request, "notices", TAB, context)
    for template in NOTICE_TEMPLATES.all():
        if key := request.POST.get(template.kind, ""):
            return begin_notice(request, template.draft(key, rights), notices.About(kind=template.kind, key=key[:40]))
    form = NewForm(request.POST, members=members_writing(rights))
    if not form.is_valid():
        return new_page(request, form, 400)
    try:
        made = notices.draft(owner=form.owner(), targets=form.targets(), area=form.cleaned_data["area"],
                             context=form.context(), rights=rights)  # fmt: skip
    except Invalid as error:
        return new_page(request, form, blame(form, error))
    return redirect("notice", made.pk)


def begin_notice(request: HttpRequest, beginning: notices.Beginning, about: notices.About) -> HttpResponse:
    """A draft from what another app tells; where it names nobody, the form with the rest of it, to draw an area."""
    rights = rights_of_request(request)
    try:
        made = notices.draft(owner=beginning.owner, title=beginning.title, targets=beginning.targets,
                             context=beginning.context, rights=rights, about=about)  # fmt: skip
    except Invalid as error:
        given = {name: getattr(beginning.context, name) or "" for name in ("kind", "place", "reason", "phone")}
        moments = {name: moment_of(getattr(beginning.context, name)) for name in ("starts_at", "ends_at")}
        form = NewForm(given | moments | {"member": beginning.owner.slug}, members=members_writing(rights))
        form.is_valid()
        return new_page(request, form, blame(form, error))
    return redirect("notice", made.pk)


def moment_of(moment: datetime | None) -> str:
    """As the browser's field takes it."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" if moment else ""


@require_safe
@page
def notice_new(request: HttpRequest) -> HttpResponse:
    """The form of a new notice, with a map to draw an area on."""
    return new_page(request, NewForm(members=members_writing(rights_of_request(request))))


def new_page(request: HttpRequest, form: NewForm, status: int = 200) -> HttpResponse:
    members = list(form.members.values())
    context = {
        "form": form,
        "small_map": area_map(members),
    }
    return show(request, "new", TAB, context, status)


def area_map(members: list[Member]) -> SmallMap:
    """The map on which the area is drawn."""
    return SmallMap(
        name="area-map",
        kind="area",
        label=_("Map to draw the area on"),
        extent_4326=extent_4326(members[0]) if len(members) == 1 else extent_4326(),
        texts={
            "draw": _("Draw an area"),
            "again": _("Draw it again"),
            "clear": _("Take the area away"),
            "how": _("Press at each corner; press the first corner again to close the area. Escape stops."),
            "done": _("The area is drawn: every address and contact in it will be warned."),
            "none": _("No area is drawn."),
        },
        style="area-map",
    )


def ways_out() -> dict[str, bool]:
    """What the pages say of where messages go."""
    return {"sms_to_files": writes_files(), "mail_to_files": mails_to_files()}


# -- one notice -------------------------------------------------------------------------------------------------------


@require_http_methods(READ_AND_SEND)
@page
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """A notice: its words, whom it reaches, what became of it."""
    rights = rights_of_request(request)
    current = notices.notice_seen_by(notice_id, rights)
    if request.method != "POST":
        return show_notice(request, current)
    if not notices.may_write(current.owner_id, rights):
        raise Forbidden(_("A network technician or a GIS administrator of this member sends notices."))
    action = request.POST.get("do", "save")
    if action in ("save", "reset", "plain", "count"):
        return change_draft(request, current, action)
    if action not in ACTIONS:
        raise Invalid(_("There is no such action."), parameter="do")
    try:
        return ACTIONS[action](request, current)
    except (Forbidden, Invalid, ArpentError) as error:
        return show_notice(request, current, refused=error.message, status=status_of(error))


def form_of(request: HttpRequest, notice: Notice, *, bound: bool | None = None, compare: bool = True) -> NoticeForm:
    def read(row: Notice) -> dict[str, Any]:
        return {name: getattr(row, name) for name in NoticeForm.base_fields}

    return NoticeForm(request, row=notice, read=read, bound=bound, compare=compare)


def change_draft(request: HttpRequest, notice: Notice, action: str) -> HttpResponse:
    """Keep a draft; or answer how long its texts are as they stand in the form."""
    rights, form = rights_of_request(request), form_of(request, notice, compare=action != "count")
    if not form.is_valid():
        if action == "count":
            return JsonResponse(
                {"error": " ".join(str(one) for errors in form.errors.values() for one in errors)}, status=400
            )
        return show_notice(request, notice, form=form, status=400)
    if action == "count":
        return length_answer(notice, form)
    wording = None if action == "reset" else form.wording()
    if wording and action == "plain":
        wording = replace(wording, sms=to_gsm(wording.sms))
    given = {"name": form.cleaned_data["name"], "context": form.context(), "wording": wording}
    try:
        notices.change(notice, **given, version=form.cleaned_data["version"], rights=rights)
    except ArpentError as error:
        # Once it is sent, no form is shown that could say it.
        sent = "" if notice.state == Notice.State.DRAFT else error.message
        return show_notice(request, notice, form=form, refused=sent, status=blame(form, error))
    messages.success(request, _("The draft is kept."))
    return redirect("notice", notice.pk)


def length_answer(notice: Notice, form: NoticeForm) -> JsonResponse:
    """The text message as it would leave, and its length."""
    try:
        texts = texts_of(notices.as_if(notice, context=form.context(), wording=form.wording()))
    except Invalid as error:
        return JsonResponse({"error": error.message}, status=400)
    return JsonResponse({"text": texts.sms, "told": describe_length(texts), "parts": texts.length.parts})


def describe_length(texts: NoticeTexts) -> str:
    """« 132 caractères (GSM-7) : 1 SMS » ; what costs more is said."""
    length = texts.length
    description = ngettext(
        "%(characters)s of %(room)s characters: %(parts)s SMS (%(alphabet)s).",
        "%(characters)s of %(room)s characters: %(parts)s SMS each (%(alphabet)s).",
        length.parts,
    ) % {"characters": length.characters, "room": length.capacity, "parts": length.parts, "alphabet": length.alphabet}
    if length.foreign:
        characters = " ".join(f"“{one}”" if one.strip() else f"U+{ord(one):04X}" for one in length.foreign[:8])
        description += " " + _("Characters that make it longer: %(characters)s.") % {"characters": characters}
    return description


def show_notice(
    request: HttpRequest, notice: Notice, *, form: NoticeForm | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    rights = rights_of_request(request)
    reads, draft = reads_contacts(notice.owner_id), notice.state == Notice.State.DRAFT
    offset = integer(request.GET, "offset", 0, 0, MOST_OFFSET)
    alone, names = request.GET.get("sans") == "1", request.GET.get("noms") == "1" and reads
    lines, total = lines_of(notice, rights, offset=offset, alone=alone)
    kept = urlencode({name: "1" for name, chosen in (("sans", alone), ("noms", names)) if chosen})
    if names:
        lines = with_people(notice, lines, why=_("Recipients of the notice %(number)s") % {"number": notice.pk})
    context: dict[str, Any] = {
        "notice": notice,
        "origin": origin_of(notice, rights),
        "draft": draft,
        "may_write": notices.may_write(notice.owner_id, rights),
        "reads": reads,
        "form": form or (form_of(request, notice, bound=False) if draft else None),
        "fields": FIELDS,
        "refused": refused,
        "reach": reach_of(notice) if draft else None,
        "standing": [] if draft else sending.channel_counts(notice),
        "letter": letters.letter_of(notice, rights),
        "lines": lines,
        "alone": alone,
        "names": names,
        "total": total,
        "pages": page_links(Page(ROWS, offset), total, kept, "#recipients"),
        **ways_out(),
        **example_texts(request, notice, lines if names else ()),
        **work_of(notice),
    }
    return show(request, "notice", TAB, context, status)


def origin_of(notice: Notice, rights: Rights) -> tuple[str, str] | None:
    """What the notice began from and the address of its page, where the asker sees it."""
    template = NOTICE_TEMPLATES.find(notice.about_kind) if notice.about_kind else None
    return template.page(notice.about_key, rights) if template and template.page else None


def example_texts(request: HttpRequest, notice: Notice, lines: Any) -> dict[str, Any]:
    """The words filled, as an example to somebody who is reached, where the asker reads names; else to an address."""
    try:
        texts = texts_of(notice)
    except Invalid as error:
        return {
            "words": None,
            "words_wrong": error.message,
            "length_told": "",
            "length": None,
            "person": None,
            "mail": "",
        }
    somebody: list[Line] = [line for line in lines if line.people]
    chosen = integer(request.GET, "apercu", 0, 0, 2**62)
    people = [one for line in somebody for one in line.people]
    person = next((one for one in people if one.contact_id == chosen), people[0] if people else None)
    first = lines_of(notice, rights_of_request(request), most=1)[0]
    address = person.address if person else next((line.target.address for line in first), "")
    member = str(common_values(notice.owner)["membre"])
    mail = mail_text(texts, [address] if address else [], member, MAIL_EXAMPLE)
    return {
        "words_wrong": "",
        "words": texts,
        "length": texts.length,
        "length_told": describe_length(texts),
        "mail": mail,
        "person": person,
    }


def work_of(notice: Notice) -> dict[str, Any]:
    """The job under way, and how the last ones ended."""
    jobs = Job.objects.in_bulk([pk for pk in (notice.job_id, notice.trial_job_id) if pk])
    sent, tried = (jobs.get(pk or 0) for pk in (notice.job_id, notice.trial_job_id))
    going = next((one for one in (sent, tried) if one and one.state in sending.OPEN), None)
    work: dict[str, Any] = {"job": going, "sent": sent, "tried": tried if tried is not going else None}
    if going:
        work["job_label"], work["job_message"] = describe_job(going)
    states = {state for one in sending.channel_counts(notice) for state in one.states} if sent else set()
    stuck = {Message.State.WAITING.value, Message.State.HANDING.value, Message.State.UNKNOWN.value}
    work["may_resume"] = bool(sent and not going and states & stuck)
    return work


# -- what is done with it ---------------------------------------------------------------------------------------------


def confirm_sending(request: HttpRequest, notice: Notice) -> HttpResponse:
    counts = {name: integer(request.POST, name, 0, 0, 10_000_000) for name in ("sms", "email", "version")}
    if request.POST.get("sure") != "on":
        raise Invalid(_("Tick the box: nothing is sent without it."), parameter="sure")
    sending.send(notice, **counts, user=signed_in_user(request), rights=rights_of_request(request))
    messages.success(request, _("The notice is being sent."))
    return redirect("notice", notice.pk)


def try_out_notice(request: HttpRequest, notice: Notice) -> HttpResponse:
    sending.try_out(notice, user=signed_in_user(request), rights=rights_of_request(request))
    return redirect("notice", notice.pk)


def resume_sending(request: HttpRequest, notice: Notice) -> HttpResponse:
    sending.resume(notice, user=signed_in_user(request), rights=rights_of_request(request))
    return redirect("notice", notice.pk)


def make_letter_final(request: HttpRequest, notice: Notice) -> HttpResponse:
    made = letters.number_letter(notice, rights=rights_of_request(request))
    messages.success(request, _("The letter is final under the number %(number)s.") % {"number": made.number})
    return redirect("notice", notice.pk)


def discard_draft(request: HttpRequest, notice: Notice) -> HttpResponse:
    notices.discard(notice, rights=rights_of_request(request))
    messages.success(request, _("The draft is thrown away."))
    return redirect("notices")


def follow_up(request: HttpRequest, notice: Notice) -> HttpResponse:
    kind = request.POST.get("kind", Notice.Kind.END)
    made = notices.follow(notice, kind=kind, rights=rights_of_request(request))
    return redirect("notice", made.pk)


ACTIONS: dict[str, Callable[[HttpRequest, Notice], HttpResponse]] = {
    "send": confirm_sending,
    "try": try_out_notice,
    "resume": resume_sending,
    "letter": make_letter_final,
    "discard": discard_draft,
    "follow": follow_up,
}


# -- files ------------------------------------------------------------------------------------------------------------


@require_safe
@page
def notice_file(request: HttpRequest, notice_id: int, name: str) -> HttpResponse:
    """A file of a notice: its addresses, the round, the letter; who is reached, for who reads contacts."""
    rights = rights_of_request(request)
    current = notices.notice_seen_by(notice_id, rights)
    match name:
        case "adresses.csv":
            return as_file(letters.round_csv(current, rights, alone=False), f"avis-{current.pk}-adresses.csv")
        case "tournee.csv":
            return as_file(letters.round_csv(current, rights, alone=True), f"avis-{current.pk}-tournee.csv")
        case "tournee.pdf":
            return as_file(letters.round_pdf(current, rights), f"avis-{current.pk}-tournee.pdf")
        case "courrier.pdf":
            content, number = letters.letter_pdf(current, rights)
            return as_file(content, f"{number or f'avis-{current.pk}'}.pdf")
        case "envois.csv" | "destinataires.csv" | "essai.jsonl":
            if not reads_contacts(current.owner_id):
                raise Forbidden(_("Your role does not let you read the contacts of this member."))
            return personal_file(current, name)
    raise Http404


def personal_file(notice: Notice, name: str) -> HttpResponse:
    """What names people; the journal keeps that it was taken away."""
    why = _("%(file)s of the notice %(number)s") % {"file": name, "number": notice.pk}
    if name == "envois.csv":
        return as_file(messages_table(notice, why), f"avis-{notice.pk}-envois.csv")
    people = read_reached(notice, None, why=why, action=ContactReading.Action.EXPORTED)
    if name == "destinataires.csv":
        rows = [(one.name, one.address, Channel(one.channel).label, one.value) for one in people]
        header = ("nom", "adresse", "canal", "destinataire")
        return as_file(letters.table_of(header, rows), f"avis-{notice.pk}-destinataires.csv")
    path = sending.trial_file(notice.pk)
    if not path.exists():
        raise Http404
    return as_file(path.read_bytes(), f"avis-{notice.pk}-essai.jsonl")


def messages_table(notice: Notice, why: str) -> bytes:
    """Every message and what became of it."""
    header = ("canal", "destinataire", "adresses", "etat", "motif", "remis le", "termine le")
    rows = [
        (Channel(channel).label, value or "", " / ".join(addresses), Message.State(state).label, reason,
         minute(handed), minute(ended))
        for channel, value, addresses, state, reason, handed, ended in sending.read_sent_messages(notice, why=why)
    ]  # fmt: skip
    return letters.table_of(header, rows)


def minute(moment: datetime | None) -> str:
    """On the clock of the place, as spreadsheets read it."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


MEDIA = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf", "jsonl": "application/x-ndjson; charset=utf-8"}


def as_file(content: bytes, name: str) -> HttpResponse:
    ending = name.rpartition(".")[2]
    return file_response(content, MEDIA[ending], name, inline=ending == "pdf")
