"""Every night: owners of tokens are reminded before the end, and of tokens that nobody has used for half a year."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_core.accounts import mail
from gis_core.database import clock as database_clock
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import ApiToken, Membership, User
from gis_core.tokens.programs import find_responsible_people

BEFORE_END = timedelta(days=14)
UNUSED = timedelta(days=183)


def remind(timestamp: int = 0) -> None:
    """One mail for each token and reason. It is sent by the queue."""
    with acting_as(SYSTEM):
        for program in find_responsible_people():
            mail.post("program_passed_on", program=program.pk)
        now = database_clock.now()
        open_tokens = ApiToken.objects.valid()
        ending = open_tokens.filter(end_reminded_at=None, expires_at__lt=now + BEFORE_END)
        unused = open_tokens.annotate(used=Coalesce(F("last_used_at"), F("created_at")))
        unused = unused.filter(unused_reminded_at=None, used__lt=now - UNUSED)
        for result, column in ((ending, "end_reminded_at"), (unused, "unused_reminded_at")):
            for token in list(result.filter(Q(user__kind=User.Kind.PERSON) | Q(user__responsible__isnull=False))):
                mail.post("token", token=token.pk, why=column.partition("_")[0])
                ApiToken.objects.filter(pk=token.pk).update(**{column: now})


def page_of(user: User) -> str:
    """Where the tokens of an account are, for whoever answers for it."""
    membership = Membership.objects.filter(user=user).select_related("member").first()
    if user.kind == User.Kind.PROGRAM and membership:
        return reverse("program", args=[membership.member.slug, membership.pk])
    return reverse("account") + "#tokens"


def send_token_reminder(token: int, why: str) -> None:
    """That a token ends (`end`) or is not used (`unused`), to its owner or to whoever answers for the program."""
    result = ApiToken.objects.valid().filter(pk=token).select_related("user__responsible").first()
    if result is None:
        return
    reader = result.user.responsible if result.user.kind == User.Kind.PROGRAM else result.user
    if reader is None or not reader.is_active or not reader.email:
        return
    context = {"token": result, "why": why, "program": result.user if result.user != reader else None}
    send(reader, "mail/token.txt", _("An API token of Arpent"), {**context, "link": link_to(result.user)})


def send_passed_on(program: int) -> None:
    """That somebody answers for a service account from now on."""
    result = User.objects.filter(pk=program).select_related("responsible").first()
    if result and result.responsible and result.responsible.email:
        context = {"program": result, "link": link_to(result)}
        send(result.responsible, "mail/program_passed_on.txt", _("A service account of Arpent"), context)


def link_to(user: User) -> str:
    return settings.SITE_URL.rstrip("/") + page_of(user)


def send(reader: User, template: str, subject: Promise, context: dict[str, object]) -> None:
    with translation.override(reader.language):
        body = render_to_string(template, {"user": reader, **context}).strip() + "\n"
        mail.send_text(reader.email, str(subject), body)
