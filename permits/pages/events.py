"""/permis/<number>/evenements/: record what happened to a file, a form for each kind of event; strike a mistake."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import TextChoices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.errors import ArpentError, Forbidden
from gis_core.http.middleware import rights_of_request
from permits import explanations, labels
from permits.deadlines.clock import Timeline, differences
from permits.deadlines.clock import What as Said
from permits.deadlines.events import Outcome
from permits.deadlines.law import NOT_COVERED, Ground, Kind
from permits.models import Event, Permit
from permits.pages.frame import day_field, page, permit_of
from permits.procedure import COUNTER, MOVES, Appeal, AppealOutcome, RevocationCause, What
from permits.services.notifying import event_values, notice_for
from permits.services.reading import timeline_of
from permits.services.recording import (
    LONGEST,
    NOTIFIED,
    check_may_write,
    check_own,
    may_record,
    may_strike,
    record,
    strike,
)
from permits.usual_documents import USUAL

LEADS = {
    What.DOCUMENTS_REQUESTED: gettext_lazy(
        "What counts is the day on which the applicant received the list, in the month after the filing. A later list "
        "is recorded, and shown as without effect. A new list replaces the former one."
    ),
    What.DOCUMENTS_RECEIVED: gettext_lazy(
        "The delay begins on the day on which the last missing piece came to the town hall."
    ),
    What.LONGER_NOTIFIED: gettext_lazy(
        "What counts is the day on which the applicant received the notice, in the month after the filing. Longer "
        "delays are not added up: the longest one counts."
    ),
    What.BY_HAND: gettext_lazy(
        "For an article whose value is not known here (%(articles)s): you answer for the value."
    ),
    What.DECIDED: gettext_lazy("What counts is the day on which the applicant received the decision."),
    What.EXTENDED: gettext_lazy(
        "The day is that of the request; it must come two months before the end of the validity."
    ),
    What.REVOCATION_ANNOUNCED: gettext_lazy(
        "The holder is heard before a permit is withdrawn: what counts is the day on which the letter was received. "
        "Give at least a week for remarks, inside the three months of the decision."
    ),
    What.REVOKED: gettext_lazy(
        "The decision in force ends on the day on which its holder received the withdrawal. An illegal permit is "
        "withdrawn within three months of the decision; one that comes later stands, and is shown as irregular."
    ),
    What.APPEAL_LODGED: gettext_lazy(
        "The day is that on which the holder was told of the appeal. Never name here who appeals."
    ),
    What.APPEAL_ENDED: gettext_lazy(
        "An annulment ends the act in force: of a permit, nothing is left; of a withdrawal, the permit lives again."
    ),
    What.CONFIRMED: gettext_lazy("The day is that on which the town hall received the confirmation: a new delay runs."),
    What.TRANSMITTED: gettext_lazy("The day is that on which the prefect received the decision."),
    What.FILING_POSTED: gettext_lazy(
        "The day is the first one of the posting. Once it is taken down, record it again with its last day."
    ),
    What.POSTED_AT_TOWN_HALL: gettext_lazy(
        "The day is the first one of the posting. Once it is taken down, record it again with its last day."
    ),
    What.POSTED_ON_SITE: gettext_lazy(
        "The day is the first one of the board. Where it was taken away before two months, record the day on which it "
        "was put up again: the time of third parties runs from there."
    ),
    What.WORKS_STOPPED: gettext_lazy("The day is that since which the works have stood still."),
    What.WORKS_FINISHED: gettext_lazy("The day is that on which the town hall received the declaration."),
}
CHANNELS = (
    ("hand", gettext_lazy("Given by hand")),
    ("registered", gettext_lazy("Registered letter")),
    ("electronic", gettext_lazy("Electronic sending")),
)
DAYS_OF = {"on": ("hand",), "sent": ("registered", "electronic"), "presented": ("registered",)}
"""The days that each way of sending needs."""
OFFERED = (Outcome.GRANTED, Outcome.REFUSED, Outcome.DEFERRED, Outcome.INADMISSIBLE)
"""The decisions that are chosen from: a file is rejected by itself when its pieces do not come."""
LONGEST_NOTE = 2_000


class EventForm(AccessibleForm):
    """An event that counts on one day, with a note; each kind of event adds what it needs."""

    # A day that another way of sending needs is not asked for by the browser.
    use_required_attribute = False

    on = day_field(gettext_lazy("Day"))

    def __init__(self, *args: Any, what: What, permit: Permit, rows: list[Event], **options: Any) -> None:
        super().__init__(*args, **options)
        self.permit, self.rows = permit, rows
        self.fields["on"].initial = database_clock.today()
        add = getattr(self, f"add_{what.name.lower()}", self.add_note)
        add()
        on = self.fields.pop("on")
        if what in NOTIFIED:
            self.add_channel(what)
        else:
            self.fields["on"] = on
        self.order_fields([name for name in self.fields if name not in ("posted_until", "note")])

    def detail(self) -> dict[str, Any]:
        """What the services keep of a good form."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("on", "others")}
        if "others" in self.fields:
            given["pieces"] = [*given.get("pieces", []), *lines_of(self.cleaned_data["others"])]
        return given

    def day(self) -> date | None:
        """The day of receipt, where no way of sending says it."""
        day: date | None = self.cleaned_data.get("on")
        return day

    # -- what each kind of event needs --------------------------------------------------------------------------------

    def add_channel(self, what: What) -> None:
        self.fields["channel"] = forms.ChoiceField(
            label=_("How it was received") if what is What.ARCHITECT_SAID else _("How the applicant received it"),
            choices=CHANNELS,
            widget=forms.RadioSelect,
            initial="hand",
        )
        self.fields["on"] = day_field(_("Received on"), initial=database_clock.today())
        self.fields["sent"] = day_field(_("Sent on"))
        self.fields["presented"] = day_field(
            _("First presented on"), help_text=_("Collected or not, the letter counts from this day.")
        )
        self.fields["consulted"] = day_field(
            _("Consulted on"),
            required=False,
            help_text=_("Empty while it was not consulted: it counts after eight days."),
        )
        for name, channels in DAYS_OF.items():
            self.fields[name].unmarked = True  # type: ignore[attr-defined]
            if self.is_bound:
                self.fields[name].required = self.data.get("channel") in channels

    def add_note(self) -> None:
        self.fields["note"] = forms.CharField(
            label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )

    def add_document_choices(self, choices: list[str], label: Any) -> None:
        if choices:
            self.fields["pieces"] = forms.MultipleChoiceField(
                label=label,
                choices=[(one, one) for one in choices],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["others"] = forms.CharField(
            label=_("Other pieces") if choices else label,
            required=False,
            max_length=8_000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("One per line."),
        )

    def add_documents_requested(self) -> None:
        self.add_document_choices(list(USUAL[Kind(self.permit.kind)]), _("Missing pieces"))
        self.fields["outside_code"] = forms.BooleanField(
            label=_("The code does not list one of them (the request has no effect)"), required=False
        )

    def add_documents_received(self) -> None:
        requests = [
            row.detail["pieces"] for row in self.rows if row.what == What.DOCUMENTS_REQUESTED and row.struck_at is None
        ]
        self.add_document_choices(
            list(dict.fromkeys(piece for documents in requests for piece in documents)), _("Pieces that were asked for")
        )

    def add_longer_notified(self) -> None:
        known = {one: labels.effect_label(one, self.permit.kind, self.permit.filed_date) for one in Ground}
        ranked = sorted(Ground, key=lambda one: known[one] is None)
        self.fields["grounds"] = forms.MultipleChoiceField(
            label=_("Grounds"),
            choices=[(one.value, ground_label(one, known[one])) for one in ranked],
            widget=forms.CheckboxSelectMultiple,
        )

    def add_by_hand(self) -> None:
        self.fields["article"] = forms.CharField(label=_("Article"), max_length=60)
        self.fields["months"] = forms.IntegerField(label=_("Months"), min_value=1, max_value=36)
        self.fields["adds"] = forms.BooleanField(
            label=_("They are added to the delay (otherwise they are the whole delay)"), required=False
        )
        self.fields["reason"] = forms.CharField(label=_("Why this delay"), max_length=LONGEST)

    def add_architect_said(self) -> None:
        self.fields["opinion"] = forms.ChoiceField(
            label=_("Opinion"), choices=list(labels.OPINIONS.items()), widget=forms.RadioSelect
        )

    def add_decided(self) -> None:
        certifies = Kind(self.permit.kind).certifies
        offered = [one for one in OFFERED if not (certifies and one == Outcome.DEFERRED)]
        choices = [(one.value, labels.outcome_label(one, self.permit.kind)) for one in offered]
        self.fields["outcome"] = forms.ChoiceField(label=_("Decision"), choices=choices, widget=forms.RadioSelect)
        if not certifies:
            self.fields["months"] = forms.IntegerField(
                label=_("Months for which it is put off"),
                min_value=1,
                max_value=24,
                required=False,
                help_text=_("For a decision that is put off: two years at most."),
            )
        self.add_order()

    def add_order(self) -> None:
        self.fields["reference"] = forms.CharField(label=_("Number of the order"), max_length=LONGEST, required=False)
        self.fields["signed"] = day_field(
            _("Signed on"), required=False, help_text=_("The time to withdraw it is counted from this day.")
        )

    def add_revocation_announced(self) -> None:
        self.fields["remarks_by"] = day_field(_("Remarks until"), required=False)
        self.add_note()

    def add_revoked(self) -> None:
        self.add_choice("cause", _("Why it is withdrawn"), RevocationCause)
        self.fields["reason"] = forms.CharField(label=_("Reasons in short"), max_length=LONGEST)
        self.add_order()

    def add_appeal_lodged(self) -> None:
        self.add_choice("appeal", _("Appeal"), Appeal)
        self.add_note()

    def add_appeal_ended(self) -> None:
        self.add_choice("appeal_outcome", _("Outcome"), AppealOutcome)
        self.fields["final"] = forms.BooleanField(
            label=_("Nothing more can be brought against it (the validity runs again)"), required=False
        )
        self.fields["reference"] = forms.CharField(
            label=_("Number of the judgment"), max_length=LONGEST, required=False
        )

    def add_filing_posted(self) -> None:
        self.fields["on"].label = _("Posted from")
        self.fields["posted_until"] = day_field(
            _("Posted until"), required=False, help_text=_("Empty while it is still posted.")
        )
        self.add_note()

    add_posted_at_town_hall = add_filing_posted

    def add_works_finished(self) -> None:
        self.fields["survey"] = forms.BooleanField(
            label=_("A check of the works is due (R.462-7): five months to contest, else three"), required=False
        )
        self.add_note()

    def add_choice(self, name: str, label: str, choices: type[TextChoices]) -> None:
        self.fields[name] = forms.ChoiceField(label=label, choices=choices.choices, widget=forms.RadioSelect)


def ground_label(ground: Ground, effect: tuple[str, str] | None) -> str:
    name = labels.GROUNDS[ground]
    if effect is None:
        return _("%(ground)s — no article for this kind: without effect") % {"ground": name}
    return f"{name} — {effect[0]} ({effect[1]})"


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def record_event(request: HttpRequest, permit: str, what: str) -> HttpResponse:
    """Record an event; the next page says what it changed."""
    application, rights = permit_of(request, permit), rights_of_request(request)
    if what not in MOVES:
        raise Http404
    kind = What(what)
    check_may_write(application, rights, MOVES[kind].roles)
    rows = list(Event.objects.filter(permit=application))
    notice = notice_for(application, kind, rows, rights, request.GET.get("courrier", ""))
    begun = event_values(application, kind, notice, rows)
    form = EventForm(request.POST or None, what=kind, permit=application, rows=rows, initial=begun)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                made = record(application, kind, on=form.day(), detail=form.detail(), rights=rights)
            except Forbidden:
                raise
            except ArpentError as error:
                status = blame(form, error)
            else:
                said = _("Recorded: %(event)s.") % {"event": made.get_what_display()}
                warn(request, made, report_change(request, said, made.permit, timeline_of(application, rows)))
                return redirect("permit", application.number)
    lead = (
        LEADS.get(kind, "") % {"articles": ", ".join(article for article, _what in NOT_COVERED)}
        if kind in LEADS
        else ""
    )
    context = {
        "section": "permits",
        "permit": application,
        "form": form,
        "heading": kind.label,
        "lead": lead,
        "notice": notice,
        "allowed": kind in may_record(application, rights),
    }
    return render(request, "permits/event.html", context, status=status)


def report_change(request: HttpRequest, said: str, permit: Permit, before: Timeline | None) -> Timeline | None:
    """Say what was done and what it changed; returns the timeline as it is now."""
    now = timeline_of(permit, list(Event.objects.filter(permit=permit)))
    lines = labels.describe_changes(differences(before, now), permit.kind) if before else []
    messages.success(request, " ".join([said, *(f"{line[:1].upper()}{line[1:]}." for line in lines)]))
    return now


EXPLAINED = frozenset(
    {Said.AFTER_THE_END, Said.CONFIRMS, Said.NOTHING_TO_REVOKE, Said.NOTHING_TO_ANNUL, Said.CONFIRMED_IN_VAIN}
)
"""Steps without effect that no article explains."""


def warn(request: HttpRequest, made: Event, now: Timeline | None) -> None:
    """Say why what was recorded has no effect, where the law gives it none, or what it lacks."""
    kind = Kind(made.permit.kind)
    for step in now.steps if now else ():
        explains = bool(step.articles) or step.what in EXPLAINED
        if step.event == str(made.pk) and explains and (step.irregular or not step.effective):
            title, why = explanations.explain(step, kind, made).title, " ".join(explanations.reason(step, kind, made))
            articles = f" ({', '.join(step.articles)})" if step.articles else ""
            messages.warning(request, f"{title}{articles}. {why}")


class StrikeForm(AccessibleForm):
    """Why an event is taken back."""

    reason = forms.CharField(label=gettext_lazy("Why it is struck out"), max_length=LONGEST)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def strike_event(request: HttpRequest, permit: str, event_id: int) -> HttpResponse:
    """Strike out an event recorded by mistake: it stays to be seen, and counts no more."""
    application, rights = permit_of(request, permit), rights_of_request(request)
    event = Event.objects.filter(permit=application, pk=event_id).first()
    if event is None:
        raise Http404
    check_may_write(application, rights, COUNTER)
    check_own(event, application, rights)
    if not may_strike(event, application, rights):
        raise Forbidden(_("This event cannot be struck out, or not by you."))
    before = timeline_of(application, list(Event.objects.filter(permit=application)))
    form, status = StrikeForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                strike(event, reason=form.cleaned_data["reason"], rights=rights)
            except ArpentError as error:
                status = blame(form, error)
            else:
                said = _("Struck out: %(event)s.") % {"event": event.get_what_display()}
                report_change(request, said, application, before)
                return redirect("permit", application.number)
    context = {
        "section": "permits",
        "permit": application,
        "event": event,
        "facts": explanations.facts(event, application.kind),
        "form": form,
    }
    return render(request, "permits/strike.html", context, status=status)
