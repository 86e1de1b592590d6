"""What a consulted body does without an account: by the address of its mail, then a code that is mailed to it.

Who holds a link acts with the rights of a town hall of the file's commune, inside the functions of this module alone;
these look at the one file of the link.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import IO

from django.core.signing import BadSignature, Signer
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.files.content import PDF, SentFile
from gis_core.jobs.services import queue_task
from gis_core.members.rights import Rights, Role, acting_as
from permits.models import ConsultationLink, ConsultationReply, Piece
from permits.services.consulting import LONGEST_TEXT, clean_prescriptions
from permits.services.documents import DOCUMENTS

CODE_TASK = "mail_consultation_code"
SALT = "permits.consultation-link"
CODE_LIFE, CODE_PAUSE = timedelta(minutes=10), timedelta(minutes=1)
MOST_TRIES, MOST_CODES = 5, 10
"""Of one code; and how many codes a link makes in a day."""
LONGEST_SIGNATORY = 200
ANSWERED = (ConsultationReply.State.RECEIVED, ConsultationReply.State.TAKEN)
PDF_ALONE = replace(DOCUMENTS, formats=(PDF,), at_once=1, wrong_format=gettext_lazy("It is not a PDF file."))


# -- links ------------------------------------------------------------------------------------------------------------


def link_token(link_id: int) -> str:
    """What the address of a link ends with: nobody makes one without the site's key."""
    return Signer(salt=SALT).sign(str(link_id))


def link_of_token(token: str) -> int:
    """The link of an address. Raises NotFound: it is not whole, has ended or was closed."""
    try:
        link_id = int(Signer(salt=SALT).unsign(token))
    except (BadSignature, ValueError) as error:
        raise no_link() from error
    with open_link(link_id):
        return link_id


@contextmanager
def open_link(link_id: int) -> Iterator[ConsultationLink]:
    """A link with its consultation and its file, for the block; what the block asks, its holder asks.

    Raises NotFound: it has ended or was closed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select owner_id, insee from arpent.consultation_link(%s)", [link_id])
        row = cursor.fetchone()
    if row is None:
        raise no_link()
    with acting_as(holder_rights(*row)):
        links = ConsultationLink.objects.select_related("consultation", "permit__owner")
        link = links.filter(pk=link_id, revoked_at=None).first()
        if link is None or link.expires_date < database_clock.today():
            raise no_link()
        yield link


def holder_rights(owner_id: int, insee: str) -> Rights:
    return Rights(roles={owner_id: Role.TOWN_HALL}, town_insee=frozenset({insee}))


def no_link() -> NotFound:
    return NotFound(_("This link leads nowhere: it is not whole, has ended, or was closed."))


# -- codes ------------------------------------------------------------------------------------------------------------


def digest_of_code(link_id: int, code: str) -> str:
    return salted_hmac(SALT, f"{link_id}:{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def order_code(link: ConsultationLink) -> None:
    """Have another code mailed; the former one opens nothing more. Raises Conflict: too soon, or too many today."""
    kept, now = ConsultationLink.objects.select_for_update().get(pk=link.pk), database_clock.now()
    if kept.code_at and now - kept.code_at < CODE_PAUSE:
        raise Conflict(_("A code has just been sent: wait a minute before you ask for another one."))
    today = kept.codes if kept.code_at and localtime(kept.code_at).date() == localtime(now).date() else 0
    if today >= MOST_CODES:
        raise Conflict(_("No more codes are sent today for this link: come back tomorrow."))
    kept.code_digest, kept.code_at, kept.code_tries, kept.codes = "", now, 0, today + 1
    kept.save(update_fields=["code_digest", "code_at", "code_tries", "codes"])
    queue_task(CODE_TASK, {"link": link.pk})


@transaction.atomic
def check_code(link: ConsultationLink, code: str) -> bool:
    """Whether this is the code, which opens once, within its life, at one of few tries; each try counts."""
    kept = ConsultationLink.objects.select_for_update().get(pk=link.pk)
    lives = kept.code_at is not None and database_clock.now() - kept.code_at <= CODE_LIFE
    if not kept.code_digest or not lives or kept.code_tries >= MOST_TRIES:
        return False
    kept.code_tries += 1
    right = constant_time_compare(kept.code_digest, digest_of_code(link.pk, "".join(code.split())[:12]))
    if right:
        kept.code_digest = ""
    kept.save(update_fields=["code_digest", "code_tries"])
    return right


def mask_email(email: str) -> str:
    """Enough of an address for whoever it belongs to: `u…@example.org`."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}…@{host}"


# -- pieces -----------------------------------------------------------------------------------------------------------


def documents_of(link: ConsultationLink) -> Sequence[Piece]:
    """The pieces that the link opens, of those that are still in the file."""
    return list(DOCUMENTS.list_current(link.permit).filter(pk__in=link.piece_ids, closed=False))


def open_piece(link: ConsultationLink, piece_id: int) -> tuple[Piece, IO[bytes]]:
    """A piece of the link with its content, to be read and closed; it is written in the journal. Raises NotFound."""

    def check_shared(document: Piece) -> None:
        why = _("Piece: %(kind)s") % {"kind": document.get_kind_display()}
        with connection.cursor() as cursor:
            cursor.execute("select arpent.read_shared_piece(%s, %s, %s)", [link.pk, document.pk, why])
            (allowed,) = cursor.fetchone()
        if not allowed:
            raise NotFound(_("There is no such piece."))

    document = DOCUMENTS.find(link.permit, piece_id)
    return document, replace(DOCUMENTS, check_open=check_shared).open(document)


# -- answers ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a body answers, and who answers for it."""

    sense: str
    signatory: str
    text: str = ""
    prescriptions: Sequence[str] = ()


def last_reply(link: ConsultationLink) -> ConsultationReply | None:
    """The answer that came, unless it was set aside."""
    return link.consultation.replies.filter(state__in=ANSWERED).order_by("-id").first()


@transaction.atomic
def reply(link: ConsultationLink, given: Answer, file: SentFile | None = None) -> ConsultationReply:
    """Keep an answer, which counts once an instructor takes it over. Raises Conflict (there is one), Invalid."""
    kept = ConsultationLink.objects.select_for_update().get(pk=link.pk)
    if former := last_reply(kept):
        message = _("An answer came on %(day)s already: call the service that instructs the file to correct it.")
        raise Conflict(message % {"day": f"{localtime(former.received_at):%d/%m/%Y}"})
    prescriptions = check_answer(given)
    return ConsultationReply.objects.create(
        permit=link.permit,
        consultation=link.consultation,
        email=kept.email,
        signatory=given.signatory.strip()[:LONGEST_SIGNATORY],
        sense=given.sense,
        text=given.text.strip()[:LONGEST_TEXT],
        prescriptions=prescriptions,
        document=attach(link, file) if file else None,
    )


def check_answer(given: Answer) -> list[str]:
    """The prescriptions of an answer that makes sense. Raises Invalid."""
    if given.sense not in ConsultationReply.Sense.values:
        raise Invalid(_("Choose the opinion."), parameter="sense")
    if not given.signatory.strip():
        raise Invalid(_("Say who answers, and in which capacity."), parameter="signatory")
    prescriptions = clean_prescriptions(given.prescriptions)
    prescribes = given.sense == ConsultationReply.Sense.WITH_PRESCRIPTIONS
    if prescribes and not prescriptions:
        raise Invalid(_("Write at least one prescription."), parameter="prescriptions")
    if prescriptions and not prescribes:
        raise Invalid(_("Prescriptions go with an opinion “favourable with prescriptions”."), parameter="sense")
    return prescriptions


def attach(link: ConsultationLink, file: SentFile) -> Piece:
    """Keep the document of an answer as a piece of the file. Raises Invalid, Unavailable."""
    rights = holder_rights(link.permit.owner_id, link.permit.insee)
    added = PDF_ALONE.add(link.permit, [file], rights, kind=Piece.Kind.OPINION)
    if added.refused:
        raise Invalid(added.refused[0].why, parameter="file")
    return added.kept[0]
