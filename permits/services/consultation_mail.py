"""The mails of a consultation: the request, and the codes that its link asks for. They leave by tasks of the queue."""

import secrets
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import MailNotTaken
from gis_core.members.rights import SYSTEM, acting_as
from permits.deadlines.opinions import due_on
from permits.labels import OPINIONS
from permits.models import Consultation, ConsultationLink
from permits.services.answering import digest_of_code, link_token
from permits.services.consulting import follow_due_date

LONGEST_ERROR = 300
FOR_EVER = 500
"""An answer of a mail server from this one on: it will not take the mail later either (RFC 5321)."""


def mail_request(consultation_id: int) -> None:
    """Mail a request, once, in French, without anything of the applicant; it is asked for on the day it leaves.

    Raises MailNotTaken where the server may take it later.
    """
    with acting_as(SYSTEM):
        row = Consultation.objects.select_related("permit__owner", "recorded_by").filter(pk=consultation_id).first()
        if row is None or row.mail_state != Consultation.Mail.WAITING:
            return
        link = ConsultationLink.objects.filter(consultation=row, revoked_at=None).select_related("made_by").first()
        message = request_message(row, link)
    try:
        message.send()
    except (OSError, SMTPException) as error:
        why = describe_error(error)
        if is_final(error):
            note_failure(consultation_id, why)
            return
        note_error(consultation_id, why)
        raise MailNotTaken(why) from error
    note_sending(consultation_id)


def request_message(row: Consultation, link: ConsultationLink | None) -> EmailMessage:
    permit, sender = row.permit, (link.made_by if link else None) or row.recorded_by
    with translation.override("fr"):
        context = {
            "permit": permit,
            "kind": permit.get_kind_display(),
            "commune": permit.commune_label,
            "parcels": ", ".join(permit.idus),
            "consultation": row,
            "requested": row.requested_date if row.mailed_at else database_clock.today(),
            "reasons": row.reason,
            "silence": OPINIONS.get(row.silence, ""),
            "sender": str(sender or ""),
            "member": permit.owner.name,
            "link": link,
            "address": address_of(link) if link else "",
        }
        subject = _("Request for an opinion: %(permit)s, %(commune)s") % context
        text = render_to_string("permits/mail/consultation.txt", context)
    reply_to = [sender.email] if sender and sender.email else []
    return EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [row.email], reply_to=reply_to)


def address_of(link: ConsultationLink) -> str:
    """Where the consulted body reads and answers."""
    return str(settings.SITE_URL) + reverse("consultation_link", args=[link_token(link.pk)])


def is_final(error: Exception) -> bool:
    """Whether a later try would be refused, too."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= FOR_EVER for code, _why in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= FOR_EVER


def describe_error(error: Exception) -> str:
    """What the mail server said, as it said it."""
    said: Any = getattr(error, "smtp_error", "") or str(error) or type(error).__name__
    if isinstance(error, SMTPRecipientsRefused):
        said = next(iter(error.recipients.values()), (0, b""))[1]
    return (said.decode(errors="replace") if isinstance(said, bytes) else str(said))[:LONGEST_ERROR]


@transaction.atomic
def note_sending(consultation_id: int) -> None:
    """The mail left: the request is of this day, its delay and its link follow. A mail sent again changes no date."""
    with acting_as(SYSTEM):
        kept = Consultation.objects.select_for_update().get(pk=consultation_id)
        kept.mail_state, kept.mail_error = Consultation.Mail.SENT, ""
        if kept.mailed_at is None:
            kept.mailed_at, kept.requested_date = database_clock.now(), database_clock.today()
            kept.due_date = due_on(kept.received_date or kept.requested_date, kept.months)
        kept.save(update_fields=["mail_state", "mail_error", "mailed_at", "requested_date", "due_date"])
        follow_due_date(kept)


@transaction.atomic
def note_error(consultation_id: int, why: str) -> None:
    """The mail server did not take it for now."""
    with acting_as(SYSTEM):
        waiting = Consultation.objects.filter(pk=consultation_id, mail_state=Consultation.Mail.WAITING)
        waiting.update(mail_error=why)


@transaction.atomic
def note_failure(consultation_id: int, why: str) -> None:
    """The mail does not leave any more by itself: why, for who sends it again."""
    with acting_as(SYSTEM):
        kept = Consultation.objects.filter(pk=consultation_id, mail_state=Consultation.Mail.WAITING)
        kept.update(mail_state=Consultation.Mail.FAILED)
        if why:
            Consultation.objects.filter(pk=consultation_id).update(mail_error=why[:LONGEST_ERROR])


# -- codes ------------------------------------------------------------------------------------------------------------


def mail_code(link_id: int) -> None:
    """Make the code that a link asks for and mail it: it is nowhere else. Raises MailNotTaken."""
    code = f"{secrets.randbelow(10**6):06}"
    with acting_as(SYSTEM), transaction.atomic():
        kept = ConsultationLink.objects.select_for_update().filter(pk=link_id, revoked_at=None).first()
        if kept is None:
            return
        kept.code_digest, kept.code_at = digest_of_code(link_id, code), database_clock.now()
        kept.save(update_fields=["code_digest", "code_at"])
    with translation.override("fr"):
        text = render_to_string("permits/mail/code.txt", {"code": code})
        message = EmailMessage(_("Your code"), text, settings.DEFAULT_FROM_EMAIL, [kept.email])
    try:
        message.send()
    except (OSError, SMTPException) as error:
        raise MailNotTaken(describe_error(error)) from error
