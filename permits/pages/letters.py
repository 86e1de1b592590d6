"""/permis/<number>/courriers/: the letters of a file, from the draft to the numbered one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.errors import ArpentError, Conflict, Invalid, Stale
from gis_core.http.middleware import rights_of_request
from gis_core.letters import services as core
from gis_core.letters.editor import editor_context
from gis_core.letters.kinds import kind_of
from gis_core.letters.pages import MEDIA, WordingForm, file_answer, picture_in_page
from gis_core.members.rights import Rights
from gis_core.models import Letter
from permits.acts.authorities import signatories_for
from permits.acts.kinds import FOR_FILES, GIVEN_REASONS, RECORDED
from permits.acts.kinds import KINDS as ACTS
from permits.acts.values import prescriptions_of
from permits.acts.watched import describe_stage
from permits.deadlines.law import Ground, Kind
from permits.letters import (
    CONSULTATION,
    GRANTED_WITH,
    GROUNDS,
    IN_THE_FIRST_MONTH,
    KINDS,
    LONGER,
    MISSING_DOCUMENTS,
    REFUSED,
    LetterRequest,
    body_label,
)
from permits.models import Consultation, Permit, SignatureProposal
from permits.pages.frame import page, permit_of, show_file
from permits.procedure import AFTER_GRANT, INSTRUCTS, MOVES
from permits.services import letters
from permits.services.applicants import may_read_applicant
from permits.services.proposing import list_confirmed_grounds, list_confirmed_reasons
from permits.services.reading import format_day
from permits.services.recording import LONGEST, MOST_DOCUMENTS, check_may_write, may_write
from permits.services.signing import may_send_back, proposals_of_letter

READ_AND_SEND = ["GET", "HEAD", "POST"]


class BeginForm(AccessibleForm):
    """Which letter to begin, with what only its kind needs."""

    kind = forms.ChoiceField(label=gettext_lazy("Letter"))
    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("Why the delay is longer"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, permit: Permit, **options: Any) -> None:
        super().__init__(*args, **options)
        self.permit = permit
        self.consultations = {f"{CONSULTATION}:{one.pk}": one for one in permit.consultations.order_by("-pk")[:50]}
        kinds = [(kind.code, kind.name) for kind in (*KINDS, *ACTS) if Kind(permit.kind) in FOR_FILES[kind.code]]
        kinds += [(code, consultation_label(one)) for code, one in self.consultations.items()]
        offered = {code for code, _name in kinds}
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["grounds"].choices = [(ground.value, label) for ground, label in GROUNDS.items()]  # type: ignore[attr-defined]
        if LONGER not in offered:
            del self.fields["grounds"]
        if MISSING_DOCUMENTS in offered:
            self.add_lines(
                "pieces", _("Missing pieces"), _("One on each line; those that were recorded where it is empty.")
            )
        self.add_signatory()
        help_text = _(
            "Of a refusal, a stay, a negative certificate or a withdrawal: in law and in fact, one on each line."
        )
        self.add_lines("reasons", _("Reasons"), help_text)
        if GRANTED_WITH in offered and (known := prescriptions_of(permit)):
            self.add_prescriptions(known)
        self.order_fields(["kind", "signatory_id", "reasons", "prescriptions", "pieces"])

    def add_lines(self, name: str, label: str, help_text: str) -> None:
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            max_length=MOST_DOCUMENTS * LONGEST,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=help_text,
        )

    def add_signatory(self) -> None:
        """Who may sign today; nobody is chosen where several may."""
        people = signatories_for(self.permit, database_clock.today())
        choices = [(str(one.pk), f"{one}, {one.quality}") for one in people]
        self.fields["signatory_id"] = forms.ChoiceField(
            label=_("Who signs"),
            required=False,
            choices=choices if len(choices) == 1 else [("", "—"), *choices],
            help_text=_("For an act. Authorities and signatories are written in the settings of the member."),
        )

    def add_prescriptions(self, known: list[str]) -> None:
        self.fields["prescriptions"] = forms.MultipleChoiceField(
            label=_("Prescriptions of the opinions that are carried over"),
            required=False,
            choices=[(str(rank), text) for rank, text in enumerate(known)],
            initial=[str(rank) for rank in range(len(known))],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Of a decision granted with prescriptions; each is then changed in the text, one by one."),
        )
        self.known = known

    def letter_request(self) -> LetterRequest:
        given = self.cleaned_data
        chosen = None
        if "prescriptions" in self.fields and self.kind_value() == GRANTED_WITH:
            chosen = [self.known[int(rank)] for rank in given["prescriptions"]]
        return LetterRequest(
            documents=[line[:LONGEST] for line in self.lines("pieces")][:MOST_DOCUMENTS],
            grounds=[Ground(one) for one in given.get("grounds", [])],
            consultation=self.consultations.get(self.kind_value()),
            signatory=int(given["signatory_id"]) if given["signatory_id"] else None,
            reasons=self.lines("reasons") if self.kind_value() in GIVEN_REASONS else (),
            prescriptions=chosen,
        )

    def lines(self, name: str) -> list[str]:
        """The lines of a text that say something."""
        return [line.strip() for line in self.cleaned_data.get(name, "").splitlines() if line.strip()]

    def kind_value(self) -> str:
        return str(self.cleaned_data["kind"])


class LetterForm(WordingForm):
    """The words of a draft."""

    recipient = forms.CharField(
        label=gettext_lazy("Recipient"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    signatory = forms.CharField(
        label=gettext_lazy("Signatory"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    reread = forms.BooleanField(
        label=gettext_lazy("I have read the act again: it says what the file says today"), required=False
    )
    field_order = ["title", "recipient", "body", "signatory", "version", "reread"]

    def __init__(self, *args: Any, is_act: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_act:
            del self.fields["reread"]

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in core.TEXTS}

    def typed_texts(self) -> dict[str, str]:
        """As they were sent, be they right or not."""
        return {name: str(self.data.get(name, "")) for name in core.TEXTS}

    def leave_out_reread(self) -> None:
        """Whoever was not told of a change has nothing to read again."""
        if "reread" in self.fields and not self.errors.get("reread") and not self.data.get("reread"):
            del self.fields["reread"]


def consultation_label(consultation: Consultation) -> str:
    name = kind_of(CONSULTATION).name
    return f"{name} — {body_label(consultation)}, {format_day(consultation.requested_date)}"


@require_http_methods(READ_AND_SEND)
@page
def letter_list(request: HttpRequest, permit: str) -> HttpResponse:
    """The letters of a file, and a form to begin one."""
    rights, application = rights_of_request(request), permit_of(request, permit)
    form, status = BeginForm(request.POST or None, permit=application, initial=begin_values(request, application)), 200
    if request.method == "POST":
        status = 400
        if form.is_valid() and (begun := begin(request, application, form)):
            return redirect("permit_letter", permit=application.number, letter_id=begun.pk)
    rows = letters.letters_of(application, rights).light().select_related("created_by", "finalised_by")
    context = {
        "letters": [(one, kind_of(one.kind).name, notification_address(application, one, rights)) for one in rows],
        "form": form,
        "may_write": may_write(application, rights, INSTRUCTS),
        "reads_applicants": may_read_applicant(application),
    }
    return show_file(request, application, "permit_letters", context, status)


def begin_values(request: HttpRequest, permit: Permit) -> dict[str, Any]:
    """The kind that the address names, and what was confirmed: grounds of a longer delay, reasons of an act."""
    reasons = [", ".join(filter(None, (one.title, one.detail, one.source))) for one in list_confirmed_reasons(permit)]
    return {
        "kind": request.GET.get("kind", "")[:40],
        "grounds": [one.value for one in list_confirmed_grounds(permit)],
        "reasons": "\n".join(reasons),
    }


def begin(request: HttpRequest, permit: Permit, form: BeginForm) -> Letter | None:
    """The letter that is begun; None where it is refused, which the form says."""
    kind = kind_of(form.kind_value().partition(":")[0])
    try:
        begun = letters.begin_letter(permit, kind, form.letter_request(), rights_of_request(request))
    except (Invalid, Conflict) as error:
        blame(form, error)
        return None
    late = permit.notify_by_date and database_clock.today() > permit.notify_by_date
    if kind.code in IN_THE_FIRST_MONTH and late:
        warning = _("The first month has passed: such a letter no longer changes the delay (R.423-18, R.423-41).")
        messages.warning(request, warning)
    if kind.code == REFUSED and permit.state in AFTER_GRANT:
        warning = _(
            "%(decision)s: a refusal is a withdrawal. It must reach the holder within three months (L.424-5), after "
            "the holder was heard (CRPA, L.121-1 and L.122-1): write “Withdrawal: remarks asked for”, then “Decision: "
            "withdrawn by the authority”."
        )
        messages.warning(request, warning % {"decision": describe_stage(permit)})
    return begun


def notification_address(permit: Permit, letter: Letter, rights: Rights) -> str:
    """The page where the asker records that a final letter was notified; nothing for what is no event of theirs."""
    what = RECORDED.get(letter.kind)
    if what is None or letter.state != Letter.State.FINAL or not may_write(permit, rights, MOVES[what].roles):
        return ""
    return f"{reverse('permit_event', args=[permit.number, what.value])}?courrier={letter.pk}"


@require_http_methods(READ_AND_SEND)
@page
def letter(request: HttpRequest, permit: str, letter_id: int) -> HttpResponse:
    """One letter: a draft to write, or what was locked."""
    rights, application = rights_of_request(request), permit_of(request, permit)
    draft = letters.letter_of(application, letter_id, rights)
    if request.method == "POST":
        return change_draft(request, application, draft)
    letters.note_reading(application, draft)
    form = LetterForm(request, row=draft, read=letter_values, is_act=kind_of(draft.kind).is_act)
    return show_letter(request, application, draft, form)


def letter_values(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in (*core.TEXTS, "version")} | {"reread": False}


def change_draft(request: HttpRequest, permit: Permit, draft: Letter) -> HttpResponse:
    """Save, make final or throw away; what was typed stays where it is refused."""
    rights, action = rights_of_request(request), request.POST.get("action", "save")
    is_act, whole = kind_of(draft.kind).is_act, action in ("discard", "final")
    form = LetterForm(request, row=draft, read=letter_values, whole=whole, is_act=is_act)
    if not form.is_valid():
        return show_letter(request, permit, draft, form, 400)
    version = form.cleaned_data["version"]
    try:
        if action == "discard":
            letters.discard_letter(permit, draft, version, rights)
            messages.success(request, _("The draft is thrown away."))
            return redirect("permit_letters", permit=permit.number)
        if action == "final":
            reread = form.cleaned_data.get("reread", False)
            made = letters.finalise_letter(permit, draft, form.texts(), version, rights, reread=reread)
            messages.success(request, _("The letter is final under the number %(number)s.") % {"number": made.number})
        else:
            letters.change_letter(permit, draft, form.texts(), version, rights)
            messages.success(request, _("The draft is kept."))
    except ArpentError as error:
        status = blame(form, error)
        if isinstance(error, Stale):
            form.data["version"] = str(Letter.objects.values_list("version", flat=True).get(pk=draft.pk))
        return show_letter(request, permit, draft, form, status)
    return redirect("permit_letter", permit=permit.number, letter_id=draft.pk)


def show_letter(
    request: HttpRequest, permit: Permit, letter: Letter, form: LetterForm, status: int = 200
) -> HttpResponse:
    rights = rights_of_request(request)
    form.leave_out_reread()
    is_typed = form.is_bound and letter.state == Letter.State.DRAFT
    document = core.preview_letter(letter, form.typed_texts()) if is_typed else core.document_of(letter)
    proposals = proposals_of_letter(letter)
    context = {
        "tab": "permit_letters",
        "letter": letter,
        "kind": kind_of(letter.kind),
        "form": form,
        "document": document,
        "logo": picture_in_page(document.logo),
        "final": letter.state == Letter.State.FINAL,
        "notified": notification_address(permit, letter, rights),
        "may_write": may_write(permit, rights, INSTRUCTS),
        "proposal": next((one for one in proposals if one.state == SignatureProposal.State.WAITING), None),
        "proposals": proposals,
        "may_send_back": may_send_back(permit, rights),
    }
    if letter.state == Letter.State.DRAFT:
        context |= editor_context(reverse("permit_letter_preview", args=[permit.number, letter.pk]))
    return show_file(request, permit, "permit_letter", context, status)


@require_POST
@page
def letter_preview(request: HttpRequest, permit: str, letter_id: int) -> HttpResponse:
    """What is typed of a draft, as it will be set: the inside of its sheet."""
    rights, application = rights_of_request(request), permit_of(request, permit)
    draft = letters.letter_of(application, letter_id, rights)
    check_may_write(application, rights, INSTRUCTS)
    document = core.preview_letter(draft, request.POST.dict())
    context = {"letter": document, "logo": picture_in_page(document.logo), "level": 3}
    return render(request, "letters/sheet.html", context)


@require_safe
@page
def letter_file(request: HttpRequest, permit: str, letter_id: int, form: str) -> HttpResponse:
    """The PDF or DOCX file: of a draft as it is now, of a final letter as it was locked."""
    if form not in MEDIA:
        raise Http404
    application = permit_of(request, permit)
    draft = letters.letter_of(application, letter_id, rights_of_request(request))
    letters.note_reading(application, draft)
    name = (draft.number or f"projet-{application.number}-{draft.pk}").replace("/", "-")
    return file_answer(core.files_of(draft, form), name, form)
