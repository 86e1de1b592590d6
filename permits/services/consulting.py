"""Consultations: requests for opinions, their receipts, their answers."""

from dataclasses import asdict, dataclass
from datetime import date
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.models import Commune, User
from permits.deadlines.events import Opinion
from permits.deadlines.law import Kind
from permits.deadlines.opinions import Body, KnownOpinion, Protection, due_on, opinion_on, rule_for
from permits.labels import OPINIONS
from permits.models import Consultation, Event, Permit
from permits.procedure import INSTRUCTS, What
from permits.services.reading import format_day
from permits.services.recording import EARLIEST, check_may_write, lock_permit, record, strike
from permits.services.suggesting import suggest

LONGEST_TEXT = 5_000
LONGEST_ARTICLE = 60
MOST_MONTHS = 12
MOST_REASONS = 60


# -- asking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of whom. Without `months` the delay is the law's; `silence` is then the law's too."""

    body: str
    name: str = ""
    email: str = ""
    requested_date: date
    received: date | None = None
    months: int | None = None
    article: str = ""
    silence: str = ""
    mail: bool = False


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The request, recorded; `sent` is whether its mail left, None where none was asked for."""

    consultation: Consultation
    sent: bool | None


@transaction.atomic
def request_opinion(permit: Permit, request: Request, *, user: User, rights: Rights) -> RequestSent:
    """Record a request, and send its mail where one is wanted; a mail that does not leave undoes nothing.

    Raises Forbidden, Invalid.
    """
    check_may_write(permit, rights, INSTRUCTS)
    body = body_of(request)
    if request.mail and not request.email:
        raise Invalid(_("Give the address to which the mail goes."), parameter="email")
    check_day(permit, request.requested_date, "asked", permit.filed_date)
    if request.received is not None:
        check_day(permit, request.received, "received", request.requested_date)
    suggested = [one for one in suggest(permit, rights).suggestions if one.body == body]
    matching = [one for one in suggested if one.name == request.name] or suggested
    reasons = [reason for one in matching for reason in one.reasons]
    protections = {protection for one in suggested for protection in one.protections}
    delay = delay_of(request, permit, body, protections)
    made = Consultation.objects.create(
        permit=permit,
        body=body.value,
        name=request.name.strip()[:120],
        email=request.email,
        reason=[asdict(reason) for reason in reasons[:MOST_REASONS]],
        requested_date=request.requested_date,
        received_date=request.received,
        due_date=due_on(request.received or request.requested_date, delay["months"]),
        recorded_by=user,
        **delay,
    )
    sent = send(made, user) if request.mail else None
    if sent:
        made.mailed_at = database_clock.now()
        made.save(update_fields=["mailed_at"])
    return RequestSent(made, sent)


def body_of(request: Request) -> Body:
    if request.body not in [one.value for one in Body]:
        raise Invalid(_("Choose whom to ask."), parameter="body")
    body = Body(request.body)
    if body == Body.OTHER and not request.name.strip():
        raise Invalid(_("Say which body is asked."), parameter="name")
    return body


def delay_of(request: Request, permit: Permit, body: Body, protections: set[Protection]) -> dict[str, Any]:
    """The delay that was entered, with its article, or the law's. Raises Invalid."""
    if request.months is not None:
        if not 1 <= request.months <= MOST_MONTHS:
            raise Invalid(_("A delay is 1 to %(most)s months.") % {"most": MOST_MONTHS}, parameter="months")
        if not request.article.strip():
            raise Invalid(_("Give the article that the delay comes from."), parameter="article")
        if request.silence not in ("", *(one.value for one in Opinion)):
            raise Invalid(_("“%(name)s” has no such value.") % {"name": "silence"}, parameter="silence")
        article = request.article.strip()[:LONGEST_ARTICLE]
        return {"months": request.months, "article": article, "silence": request.silence, "uncertain": False}
    rule = rule_for(body, Kind(permit.kind), permit.filed_date, protections)
    if rule is None:
        message = _("No delay is known here for this body and this file: enter its months and its article.")
        raise Invalid(message, parameter="months")
    return {
        "months": rule.months,
        "article": rule.article,
        "silence": rule.silence.value,
        "uncertain": rule.uncertain,
    }


def check_day(permit: Permit, day: date, parameter: str, earliest: date) -> None:
    """Refuse a day on which it cannot have happened: before the filing, before `earliest`, to come.

    Raises Invalid at `parameter`.
    """
    if day < max(EARLIEST, permit.filed_date):
        message = _("The file was filed on %(filed)s: nothing happens to it before.")
        raise Invalid(message % {"filed": format_day(permit.filed_date)}, parameter=parameter)
    if day < earliest:
        message = _("The opinion was asked for on %(asked)s: nothing comes back before.")
        raise Invalid(message % {"asked": format_day(earliest)}, parameter=parameter)
    if day > database_clock.today():
        raise Invalid(_("This day is not yet there: record what has happened."), parameter=parameter)


def send(consultation: Consultation, user: User) -> bool:
    """Mail the request in French, without anything of the applicant; returns whether it left."""
    permit = consultation.permit
    commune = Commune.objects.filter(insee=permit.insee).values_list("name", flat=True).first() or permit.insee
    with translation.override("fr"):
        context = {
            "permit": permit,
            "kind": permit.get_kind_display(),
            "commune": commune,
            "parcels": ", ".join(permit.idus),
            "consultation": consultation,
            "reasons": consultation.reason,
            "silence": OPINIONS.get(consultation.silence, ""),
            "sender": str(user),
            "member": permit.owner.name,
        }
        subject = _("Request for an opinion: %(permit)s, %(commune)s") % {"permit": permit, "commune": commune}
        text = render_to_string("permits/mail/consultation.txt", context)
    message = EmailMessage(
        subject, text, settings.DEFAULT_FROM_EMAIL, [consultation.email], reply_to=[user.email] if user.email else []
    )
    try:
        message.send()
    except (OSError, SMTPException):
        return False
    return True


# -- receipts and answers ---------------------------------------------------------------------------------------------


def consultation_of(permit: Permit, pk: int) -> Consultation:
    """A consultation of the file. Raises NotFound."""
    consultation = permit.consultations.filter(pk=pk).first()
    if consultation is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return consultation


@transaction.atomic
def receive(consultation: Consultation, received: date, *, rights: Rights) -> Consultation:
    """The body received the request that day: its delay runs from then on. Raises Forbidden, Conflict, Invalid."""
    check_may_write(consultation.permit, rights, INSTRUCTS)
    kept = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if kept.answered_date:
        raise Conflict(_("The answer is recorded: the delay no longer counts."))
    check_day(consultation.permit, received, "received", kept.requested_date)
    kept.received_date, kept.due_date = received, due_on(received, kept.months)
    kept.save(update_fields=["received_date", "due_date"])
    return kept


@transaction.atomic
def answer(
    consultation: Consultation, *, opinion: str, answered: date, text: str = "", reason: str = "", rights: Rights
) -> Consultation:
    """Record the opinion; the architect's that is not favourable makes silence a refusal (R.424-3), as an event.

    With a `reason` it replaces an answer that was recorded wrongly. Raises Forbidden, Conflict, Invalid.
    """
    check_may_write(consultation.permit, rights, INSTRUCTS)
    permit = lock_permit(consultation.permit)
    kept = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if opinion not in [one.value for one in Opinion]:
        raise Invalid(_("Choose the opinion."), parameter="opinion")
    check_day(permit, answered, "answered", kept.requested_date)
    if kept.answered_date:
        if not reason.strip():
            raise Conflict(_("The answer is recorded already: say why it is corrected."), parameter="reason")
        withdraw_answer(permit, kept, reason, rights)
    kept.opinion, kept.answered_date, kept.text = opinion, answered, text.strip()[:LONGEST_TEXT]
    kept.save(update_fields=["opinion", "answered_date", "text"])
    if counts(kept):
        record(permit, What.ARCHITECT_SAID, on=answered, detail={"opinion": opinion}, rights=rights)
    return kept


def counts(consultation: Consultation) -> bool:
    """Whether an answer is one that R.424-3 speaks of."""
    return consultation.body == Consultation.Body.ABF and consultation.opinion != Opinion.FAVOURABLE


def withdraw_answer(permit: Permit, kept: Consultation, reason: str, rights: Rights) -> None:
    """Strike out the event that the former answer had made."""
    if not counts(kept) or kept.answered_date is None:
        return
    events = Event.objects.current().filter(permit=permit, what=What.ARCHITECT_SAID, on_date=kept.answered_date)
    made = events.filter(detail__opinion=kept.opinion).order_by("-id").first()
    if made:
        strike(made, reason=reason, rights=rights)


def answer_status(consultation: Consultation, day: date | None = None) -> KnownOpinion:
    """The opinion as it stands: what is tacit is read, never written."""
    return opinion_on(
        day or database_clock.today(),
        due=consultation.due_date,
        silence=Opinion(consultation.silence) if consultation.silence else None,
        answered=consultation.answered_date,
        opinion=Opinion(consultation.opinion) if consultation.opinion else None,
    )
