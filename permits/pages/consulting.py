"""/permis/<number>/consultations/: whom to ask, who was asked, what they answered."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gis_core.database import clock as database_clock
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.errors import ArpentError, Forbidden
from gis_core.http.middleware import rights_of_request
from gis_core.models import User
from layers.features.display import display_number
from layers.parcels.document import format_crossing_area, format_crossing_share
from permits.deadlines.events import Opinion
from permits.deadlines.opinions import OpinionStatus
from permits.labels import OPINIONS
from permits.models import Consultation, ConsultationLink, ConsultationReply, Permit, Piece, ProposalReview
from permits.pages.frame import day_field, page, permit_of, show_file
from permits.procedure import INSTRUCTS, OPEN
from permits.services import consulting, proposing, suggesting
from permits.services.listing import SOON_DAYS
from permits.services.recording import may_write

TAB = "consultations"
SHORT = 5


class AskForm(AccessibleForm):
    body = forms.ChoiceField(label=gettext_lazy("Body"), choices=Consultation.Body)
    name = forms.CharField(label=gettext_lazy("Its name"), max_length=120, required=False)
    received = day_field(
        gettext_lazy("Received by the body on"),
        required=False,
        help_text=gettext_lazy("The delay runs from this day. Without it, from the day of the request."),
    )
    email = forms.EmailField(label=gettext_lazy("Its e-mail address"), max_length=254, required=False)
    mail = forms.BooleanField(
        label=gettext_lazy("Send the request by e-mail"),
        required=False,
        help_text=gettext_lazy(
            "Number, commune, parcels and reasons, never who applies; and a link to answer without an account."
        ),
    )
    months = forms.IntegerField(label=gettext_lazy("Months to answer"), required=False)
    article = forms.CharField(label=gettext_lazy("Article"), max_length=60, required=False)
    silence = forms.ChoiceField(
        label=gettext_lazy("Without an answer"),
        required=False,
        choices=[("", gettext_lazy("Not known")), *OPINIONS.items()],
    )

    def __init__(self, *args: Any, documents: Sequence[Piece] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["asked"] = day_field(gettext_lazy("Asked on"))
        self.fields["documents"] = documents_field(documents)
        self.order_fields(["body", "name", "asked"])

    def opinion_request(self) -> consulting.Request:
        """What a good form asks of whom."""
        given = dict(self.cleaned_data)
        return consulting.Request(requested_date=given.pop("asked"), **{**given, "silence": given["silence"] or ""})


class SendForm(AccessibleForm):
    """A mail that is sent again: to whom, and what its link opens."""

    email = forms.EmailField(label=gettext_lazy("Its e-mail address"), max_length=254)

    def __init__(self, *args: Any, documents: Sequence[Piece] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["documents"] = documents_field(documents)


def documents_field(documents: Sequence[Piece]) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=gettext_lazy("Pieces that the link opens"),
        required=False,
        coerce=int,
        choices=[(one.pk, f"{one.title} ({one.get_kind_display()})") for one in documents],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They may name the applicant: each opening is in the journal."),
    )


class TakeForm(AccessibleForm):
    """What an answer that was received needs to be taken over."""

    def __init__(self, *args: Any, reply: ConsultationReply, **options: Any) -> None:
        super().__init__(*args, auto_id=f"id_take_{reply.pk}_%s", **options)
        if reply.sense == ConsultationReply.Sense.NO_OBSERVATION:
            self.fields["opinion"] = forms.ChoiceField(
                label=_("Opinion that it is"), choices=[("", _("Choose the opinion.")), *OPINIONS.items()]
            )
        if reply.consultation.answered_date:
            self.fields["reason"] = forms.CharField(label=_("Why the answer is corrected"), max_length=200)


class AsideForm(AccessibleForm):
    reason = forms.CharField(label=gettext_lazy("Why it is set aside"), max_length=200)

    def __init__(self, *args: Any, reply: ConsultationReply, **options: Any) -> None:
        super().__init__(*args, auto_id=f"id_aside_{reply.pk}_%s", **options)


class ReceiptForm(EditForm):
    received = day_field(gettext_lazy("Received by the body on"))


class AnswerForm(EditForm):
    opinion = forms.ChoiceField(
        label=gettext_lazy("Opinion"), choices=[("", gettext_lazy("Choose the opinion.")), *OPINIONS.items()]
    )
    answered = day_field(gettext_lazy("Answered on"))
    text = forms.CharField(
        label=gettext_lazy("Text of the opinion"),
        max_length=consulting.LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    prescriptions = forms.CharField(
        label=gettext_lazy("Prescriptions"),
        max_length=consulting.MOST_PRESCRIPTIONS * consulting.LONGEST_PRESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One after the other, with an empty line between them."),
    )


class CorrectionForm(AnswerForm):
    reason = forms.CharField(label=gettext_lazy("Why the answer is corrected"), max_length=200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def consultations(request: HttpRequest, permit: str) -> HttpResponse:
    """Who was asked, whom the ground suggests, and the form to ask; POST asks."""
    file = permit_of(request, permit)
    if request.method != "POST":
        body = request.GET.get("body", "")
        given = {"asked": database_clock.today(), "body": body, "name": request.GET.get("name", "")[:120]}
        return render_consultations(request, file, ask_form(file, initial=given))
    form = ask_form(file, request.POST)
    if not form.is_valid():
        return render_consultations(request, file, form, status=400)
    try:
        made = consulting.request_opinion(
            file,
            form.opinion_request(),
            user=person(request),
            rights=rights_of_request(request),
        )
    except Forbidden:
        raise
    except ArpentError as error:
        return render_consultations(request, file, form, status=blame(form, error))
    if made.mail_state == Consultation.Mail.WAITING:
        messages.success(request, _("The request is recorded; its e-mail is about to leave."))
    else:
        messages.success(request, _("The request is recorded."))
    return redirect(TAB, permit=file.number)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def consultation(request: HttpRequest, permit: str, consultation: int) -> HttpResponse:
    """One of them, its forms open; POST records its receipt or its answer."""
    file = permit_of(request, permit)
    one = consulting.consultation_of(file, consultation)
    if request.method != "POST":
        return render_consultations(request, file, blank(file), opened=one)
    receiving = request.POST.get("do") == "receipt"
    form = acknowledgement_form(request, one) if receiving else answer_form(request, one)
    if not form.is_valid():
        return render_consultations(request, file, blank(file), opened=one, bound=form, status=400)
    rights = rights_of_request(request)
    try:
        if receiving:
            consulting.receive(one, form.cleaned_data["received"], rights=rights)
        else:
            given = {**form.cleaned_data, "prescriptions": paragraphs(form.cleaned_data["prescriptions"])}
            kept = consulting.answer(one, **given, rights=rights)
    except Forbidden:
        raise
    except ArpentError as error:
        status = blame(form, error)
        return render_consultations(request, file, blank(file), opened=one, bound=form, status=status)
    if not receiving and consulting.counts(kept):
        message = _("The answer is recorded, in the procedure too: see there what silence means now (R.424-3).")
    else:
        message = _("The receipt is recorded.") if receiving else _("The answer is recorded.")
    messages.success(request, message)
    return redirect(TAB, permit=file.number)


def paragraphs(text: str) -> list[str]:
    """The texts that empty lines divide."""
    return [one.strip() for one in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if one.strip()]


def ask_form(file: Permit, data: Any = None, initial: dict[str, Any] | None = None) -> AskForm:
    """The form to ask, with the pieces that the asker may offer."""
    return AskForm(data, initial=initial, documents=consulting.list_offerable_documents(file))


def blank(file: Permit) -> AskForm:
    return ask_form(file, initial={"asked": database_clock.today()})


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def render_consultations(
    request: HttpRequest,
    file: Permit,
    form: AskForm,
    *,
    opened: Consultation | None = None,
    bound: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    rights = rights_of_request(request)
    may_ask = may_write(file, rights, INSTRUCTS)
    replies = Prefetch("replies", ConsultationReply.objects.select_related("document", "settled_by"))
    rows = list(file.consultations.select_related("recorded_by", "permit").prefetch_related(replies))
    links = {one.consultation_id: one for one in ConsultationLink.objects.filter(permit=file, revoked_at=None)}
    suggested = suggesting.suggest(file, rights) if may_ask and file.state in OPEN else None
    reviews = proposing.reviews_of(file) if suggested else {}
    documents = form.fields["documents"].choices  # type: ignore[attr-defined]
    context = {
        "rows": [consultation_card(request, row, opened, bound, documents, links.get(row.pk)) for row in rows],
        "may_ask": may_ask,
        "open": file.state in OPEN,
        "suggested": suggested,
        "suggestions": [
            card(one, reviews.get(proposing.opinion_key(one), []))
            for one in sorted(suggested.suggestions if suggested else (), key=already_requested)
        ],
        "form": form,
        "by_hand": bool(form.errors.keys() & {"months", "article", "silence"} or form["months"].value()),
    }
    return show_file(request, file, TAB, context, status=status)


def answer_form(request: HttpRequest, one: Consultation, bound: bool | None = None) -> forms.Form:
    """The answer, or its correction; each on a page of many has its own identifiers."""

    def read(row: Consultation) -> dict[str, Any]:
        return {
            "answered": row.answered_date or database_clock.today(),
            "opinion": row.opinion,
            "text": row.text,
            "prescriptions": "\n\n".join(row.prescriptions),
        }

    kind = CorrectionForm if one.answered_date else AnswerForm
    return kind(request, row=one, read=read, bound=bound, auto_id=f"id_{one.pk}_%s")


def acknowledgement_form(request: HttpRequest, one: Consultation, bound: bool | None = None) -> forms.Form:
    def read(row: Consultation) -> dict[str, Any]:
        return {"received": row.received_date or database_clock.today()}

    return ReceiptForm(request, row=one, read=read, bound=bound, auto_id=f"id_{one.pk}_%s")


def consultation_card(
    request: HttpRequest,
    row: Consultation,
    opened: Consultation | None,
    bound: forms.Form | None,
    documents: Any,
    link: ConsultationLink | None,
) -> dict[str, Any]:
    """A consultation as the page shows it; its forms are those of who asks."""
    rights = rights_of_request(request)
    known = consulting.answer_status(row)
    here = opened is not None and opened.pk == row.pk
    may_ask = may_write(row.permit, rights, INSTRUCTS)
    days = (row.due_date - database_clock.today()).days
    sent = bound if here else None
    answer = sent if isinstance(sent, AnswerForm) else answer_form(request, row, bound=False)
    receiving = sent if isinstance(sent, ReceiptForm) else acknowledgement_form(request, row, bound=False)
    return {
        "row": row,
        "standing": "not_sent" if consulting.has_not_left(row) and not row.answered_date else known.status,
        "opinion": OPINIONS.get(known.opinion) if known.opinion else "",
        "since": known.since,
        "silence": OPINIONS.get(row.silence, ""),
        "soon": known.status == OpinionStatus.WAITING and days <= SOON_DAYS,
        "bad": known.opinion == Opinion.UNFAVOURABLE,
        "reasons": [with_measure_label(reason) for reason in row.reason],
        "answer": answer if consulting.may_answer(row, rights) else None,
        "receipt": receiving if may_ask and not row.answered_date else None,
        "answer_open": here and not isinstance(sent, ReceiptForm | SendForm | TakeForm | AsideForm),
        "receipt_open": isinstance(sent, ReceiptForm),
        "refused": sent.non_field_errors() if type(sent) is forms.Form else "",
        "link": link,
        "send": send_form(row, sent, documents, link) if may_ask else None,
        "send_open": isinstance(sent, SendForm),
        "replies": [reply_card(one, row, sent, may_ask) for one in row.replies.all()],
    }


def send_form(
    row: Consultation, sent: forms.Form | None, documents: Any, link: ConsultationLink | None
) -> forms.Form | None:
    """The form that sends the mail again; None of what was not asked by mail, is on its way or answered."""
    if row.mail_state in (Consultation.Mail.NONE, Consultation.Mail.WAITING) or row.answered_date:
        return None
    if isinstance(sent, SendForm):
        return sent
    offered = link.piece_ids if link else []
    form = SendForm(initial={"email": row.email, "documents": offered}, auto_id=f"id_send_{row.pk}_%s")
    form.fields["documents"].choices = documents  # type: ignore[attr-defined]
    return form


def reply_card(reply: ConsultationReply, row: Consultation, sent: forms.Form | None, may_ask: bool) -> dict[str, Any]:
    """An answer that came by the link; what an instructor does with one that waits."""
    reply.consultation = row
    waits = may_ask and reply.state == ConsultationReply.State.RECEIVED
    mine = sent is not None and sent.auto_id in (f"id_take_{reply.pk}_%s", f"id_aside_{reply.pk}_%s")
    return {
        "reply": reply,
        "take": (sent if mine and isinstance(sent, TakeForm) else TakeForm(reply=reply)) if waits else None,
        "aside": (sent if mine and isinstance(sent, AsideForm) else AsideForm(reply=reply)) if waits else None,
        "aside_open": mine and isinstance(sent, AsideForm),
    }


def already_requested(one: suggesting.Suggestion) -> bool:
    return one.requested is not None


def card(one: suggesting.Suggestion, reviews: Sequence[ProposalReview]) -> dict[str, Any]:
    """A suggestion as the page shows it: what covers most of the ground first, the rest behind a fold."""
    widest = sorted(one.reasons, key=lambda reason: reason.area_m2 or 0, reverse=True)
    reasons = [with_measure_label(asdict(reason)) for reason in widest]
    return {
        "one": one,
        "review": reviews[-1] if reviews else None,
        "whys": list(dict.fromkeys(reason.why for reason in one.reasons)),
        "reasons": reasons[:SHORT],
        "others": reasons[SHORT:],
        "silence": OPINIONS.get(one.rule.silence) if one.rule else "",
    }


def with_measure_label(reason: dict[str, Any]) -> dict[str, Any]:
    return {**reason, "measure": measure_label(reason)}


def measure_label(reason: dict[str, Any]) -> str:
    """How much of the ground it covers, as the parcel sheet says it."""
    parts: Sequence[str] = []
    if (area := reason.get("area_m2")) is not None:
        parts = [format_crossing_area(area)]
        if area and reason.get("share") is not None:
            parts = [*parts, format_crossing_share(reason["share"])]
    elif (length := reason.get("length_m")) is not None:
        parts = [f"{display_number(length, 1)}\u00a0m"]
    return " · ".join(parts)
