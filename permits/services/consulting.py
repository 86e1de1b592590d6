"""Consultations: requests for opinions, their receipts, their answers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.files.removals import mark_removed
from gis_core.jobs.services import queue_task
from gis_core.members.rights import Rights, Role
from gis_core.models import User
from permits.deadlines.events import Opinion
from permits.deadlines.law import Kind
from permits.deadlines.opinions import Body, KnownOpinion, OpinionStatus, Protection, due_on, opinion_on, rule_for
from permits.models import Consultation, ConsultationLink, ConsultationReply, Event, Permit, Piece
from permits.procedure import COUNTER, INSTRUCTS, What
from permits.services.applicants import may_read_applicant
from permits.services.reading import format_day
from permits.services.recording import EARLIEST, check_may_write, lock_permit, may_write, record, strike
from permits.services.suggesting import suggest

LONGEST_TEXT = 5_000
LONGEST_ARTICLE = 60
MOST_MONTHS = 12
MOST_REASONS = 60
MOST_PRESCRIPTIONS, LONGEST_PRESCRIPTION = 50, 20_000
LINK_DAYS = 30
"""How long a link outlives the delay: what comes late is still received, and weighed."""
MAIL_TASK = "mail_consultation"
NOT_LEFT = (Consultation.Mail.WAITING, Consultation.Mail.FAILED)


# -- asking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of whom. Without `months` the delay is the law's; `silence` is then the law's too.

    Asked by `mail`, it is asked on the day on which the mail leaves, and its link opens the `documents`.
    """

    body: str
    name: str = ""
    email: str = ""
    requested_date: date
    received: date | None = None
    months: int | None = None
    article: str = ""
    silence: str = ""
    mail: bool = False
    documents: Sequence[int] = ()


@transaction.atomic
def request_opinion(permit: Permit, request: Request, *, user: User, rights: Rights) -> Consultation:
    """Record a request, and have its mail leave where one is wanted. Raises Forbidden, Invalid."""
    check_may_write(permit, rights, INSTRUCTS)
    body = body_of(request)
    if request.mail and not request.email:
        raise Invalid(_("Give the address to which the mail goes."), parameter="email")
    check_day(permit, request.requested_date, "asked", permit.filed_date)
    if request.mail and request.requested_date != database_clock.today():
        raise Invalid(_("Asked by e-mail, it is asked today: the day on which the mail leaves."), parameter="asked")
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
    if request.mail:
        order_mail(made, email=request.email, documents=request.documents, rights=rights)
    return made


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


# -- by mail ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(consultation: Consultation, *, email: str, documents: Sequence[int], rights: Rights) -> Consultation:
    """Have the mail of a request leave once more, with a new link. Raises Forbidden, Conflict, Invalid."""
    check_may_write(consultation.permit, rights, INSTRUCTS)
    kept = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if kept.mail_state == Consultation.Mail.NONE:
        raise Conflict(_("It was not asked for by e-mail: ask for it anew."))
    if kept.mail_state == Consultation.Mail.WAITING:
        raise Conflict(_("Its e-mail is about to leave."))
    if kept.answered_date:
        raise Conflict(_("The answer is recorded: there is nothing to ask for any more."))
    order_mail(kept, email=email, documents=documents, rights=rights)
    return kept


def order_mail(kept: Consultation, *, email: str, documents: Sequence[int], rights: Rights) -> None:
    """Make the link of a request and queue its mail. Raises Forbidden, Invalid."""
    if not email:
        raise Invalid(_("Give the address to which the mail goes."), parameter="email")
    check_documents(kept.permit, documents)
    close_links(kept, rights)
    ConsultationLink.objects.create(
        permit=kept.permit,
        consultation=kept,
        email=email,
        piece_ids=list(dict.fromkeys(documents)),
        expires_date=kept.due_date + timedelta(days=LINK_DAYS),
        made_by_id=rights.user_id,
    )
    kept.email, kept.mail_state, kept.mail_error = email, Consultation.Mail.WAITING, ""
    kept.save(update_fields=["email", "mail_state", "mail_error"])
    queue_task(MAIL_TASK, {"consultation": kept.pk})


def list_offerable_documents(permit: Permit) -> Sequence[Piece]:
    """The pieces that who asks may offer to a consulted body: none where they open none themselves."""
    if not may_read_applicant(permit):
        return ()
    return list(permit.documents.filter(removed_at=None, closed=False))


def check_documents(permit: Permit, documents: Sequence[int]) -> None:
    if documents and not set(documents) <= {one.pk for one in list_offerable_documents(permit)}:
        raise Invalid(_("One of the pieces is not in the file, or you may not open it."), parameter="documents")


def close_links(consultation: Consultation, rights: Rights) -> int:
    """Close what opens to the consulted body; returns how many links that was."""
    links = ConsultationLink.objects.filter(consultation=consultation, revoked_at=None)
    return links.update(revoked_at=database_clock.now(), revoked_by_id=rights.user_id)


@transaction.atomic
def revoke_link(consultation: Consultation, *, rights: Rights) -> None:
    """Close the link at once. Raises Forbidden, Conflict (none is open)."""
    check_may_write(consultation.permit, rights, INSTRUCTS)
    if not close_links(consultation, rights):
        raise Conflict(_("No link of this request is open."))


def has_not_left(consultation: Consultation) -> bool:
    """Whether a request by mail did not leave, so that no delay runs: nobody has received it another way."""
    waits = consultation.mail_state in NOT_LEFT and consultation.mailed_at is None
    return waits and consultation.received_date is None


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
    follow_due_date(kept)
    return kept


def follow_due_date(consultation: Consultation) -> None:
    """The link ends so many days after the delay, whenever that changes."""
    links = ConsultationLink.objects.filter(consultation=consultation, revoked_at=None)
    links.update(expires_date=consultation.due_date + timedelta(days=LINK_DAYS))


def may_answer(consultation: Consultation, rights: Rights) -> bool:
    """Whether who asks records the opinion: the instructor; the mayor's, the town hall too."""
    return may_write(consultation.permit, rights, answering_roles(consultation))


def answering_roles(consultation: Consultation) -> frozenset[Role]:
    return COUNTER if consultation.body == Consultation.Body.TOWN_HALL else INSTRUCTS


def clean_prescriptions(texts: Sequence[str]) -> list[str]:
    """The prescriptions that were typed, without blank ones. Raises Invalid."""
    kept = [text.strip() for text in texts if text.strip()]
    if len(kept) > MOST_PRESCRIPTIONS:
        message = _("An opinion has at most %(most)s prescriptions.")
        raise Invalid(message % {"most": MOST_PRESCRIPTIONS}, parameter="prescriptions")
    if any(len(text) > LONGEST_PRESCRIPTION for text in kept):
        message = _("A prescription has at most %(most)s characters.")
        raise Invalid(message % {"most": LONGEST_PRESCRIPTION}, parameter="prescriptions")
    return kept


@transaction.atomic
def answer(
    consultation: Consultation,
    *,
    opinion: str,
    answered: date,
    text: str = "",
    prescriptions: Sequence[str] = (),
    reason: str = "",
    rights: Rights,
) -> Consultation:
    """Record the opinion; the architect's that is not favourable makes silence a refusal (R.424-3), as an event.

    With a `reason` it replaces an answer that was recorded wrongly. Raises Forbidden, Conflict, Invalid.
    """
    check_may_write(consultation.permit, rights, answering_roles(consultation))
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
    kept.prescriptions = clean_prescriptions(prescriptions)
    kept.save(update_fields=["opinion", "answered_date", "text", "prescriptions"])
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
    """The opinion as it stands: what is tacit is read, never written; who was not asked is not silent."""
    if has_not_left(consultation) and consultation.answered_date is None:
        return KnownOpinion(OpinionStatus.WAITING)
    return opinion_on(
        day or database_clock.today(),
        due=consultation.due_date,
        silence=Opinion(consultation.silence) if consultation.silence else None,
        answered=consultation.answered_date,
        opinion=Opinion(consultation.opinion) if consultation.opinion else None,
    )


# -- answers by a link ------------------------------------------------------------------------------------------------


def reply_of(consultation: Consultation, pk: int) -> ConsultationReply:
    """An answer that came by a link of the consultation. Raises NotFound."""
    reply = consultation.replies.filter(pk=pk).first()
    if reply is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return reply


@transaction.atomic
def take_over(reply: ConsultationReply, *, opinion: str = "", reason: str = "", rights: Rights) -> Consultation:
    """Record an answer that was received as the opinion, of the day on which it came.

    Of an answer without observations the instructor says what opinion it is. Raises Forbidden, Conflict, Invalid.
    """
    check_may_write(reply.consultation.permit, rights, INSTRUCTS)
    kept = settle(reply, ConsultationReply.State.TAKEN, rights, reason)
    meaning = opinion if kept.sense == ConsultationReply.Sense.NO_OBSERVATION else kept.sense
    return answer(
        reply.consultation,
        opinion=meaning,
        answered=localtime(kept.received_at).date(),
        text=kept.text,
        prescriptions=kept.prescriptions,
        reason=reason,
        rights=rights,
    )


@transaction.atomic
def set_aside(reply: ConsultationReply, *, reason: str, rights: Rights) -> None:
    """Leave an answer out of the file, with the reason; its document leaves the pieces and is kept.

    Raises Forbidden, Conflict, Invalid.
    """
    check_may_write(reply.consultation.permit, rights, INSTRUCTS)
    if not reason.strip():
        raise Invalid(_("Say why the answer is set aside."), parameter="reason")
    kept = settle(reply, ConsultationReply.State.ASIDE, rights, reason)
    if kept.document and kept.document.removed_at is None:
        mark_removed(kept.document, reason=kept.settled_reason, rights=rights)


def settle(reply: ConsultationReply, state: str, rights: Rights, reason: str) -> ConsultationReply:
    """The answer, locked and settled by whoever asks. Raises Conflict (it is settled already)."""
    kept = ConsultationReply.objects.select_for_update().get(pk=reply.pk)
    if kept.state != ConsultationReply.State.RECEIVED:
        raise Conflict(_("Somebody has dealt with this answer already."))
    kept.state, kept.settled_at, kept.settled_by_id = state, database_clock.now(), rights.user_id
    kept.settled_reason = reason.strip()[:200]
    kept.save(update_fields=["state", "settled_at", "settled_by", "settled_reason"])
    return kept
