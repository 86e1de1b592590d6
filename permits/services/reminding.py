"""What is due of whose files: told once a day by mail, and in a private calendar. Nothing of applicants is told."""

import hashlib
import logging
import secrets
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy, ngettext

from gis_core.database import clock as database_clock
from gis_core.database.outages import database_is_gone
from gis_core.files.writing.ics import escape_text, fold_line
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as, rights_of, under_policies
from gis_core.models import Commune, Membership, User
from permits.deadlines.events import Opinion, Outcome
from permits.deadlines.following import Following, following
from permits.deadlines.law import Kind
from permits.deadlines.opinions import OpinionStatus
from permits.labels import AFTER, OPINIONS
from permits.models import Consultation, ConsultationReply, Event, Permit, Reminder
from permits.procedure import INSTRUCTS, OPEN, State
from permits.services.consulting import answer_status, has_not_left
from permits.services.reading import initials_of, timeline_of

DUE_DAYS = 7
TACIT_DAYS = 3
MOST_EVENTS = 2_000
MOST_LINES = 50

log = logging.getLogger("arpent.permits")


# -- whose files ------------------------------------------------------------------------------------------------------


def files_of(user: User, rights: Rights) -> QuerySet[Permit]:
    """The files that a person answers for: theirs, and those of their members that nobody answers for.

    Nobody does where a file has no instructor, or one who left the member or whose account is closed. Those files are
    the permit instructors'; where a member has none, its GIS administrators'.
    """
    people = Membership.objects.accepted().filter(user__is_active=True, role__in=INSTRUCTS)
    at_work = Exists(people.filter(member=OuterRef("owner"), user=OuterRef("instructor")))
    orphan = Q(owner__in=answering(user)) & ~Q(at_work)
    return Permit.objects.visible_to(rights).filter(Q(at_work, instructor=user) | orphan)


def answering(user: User) -> list[int]:
    """The members whose files without an instructor are this person's."""
    mine = Membership.objects.accepted().filter(user=user, role__in=INSTRUCTS).values_list("member_id", "role")
    items = []
    for member, role in mine:
        others = Membership.objects.accepted().filter(member=member, role=Role.PERMIT_INSTRUCTOR, user__is_active=True)
        if role == Role.PERMIT_INSTRUCTOR or not others.exists():
            items.append(member)
    return items


# -- the digest -------------------------------------------------------------------------------------------------------


class Group(StrEnum):
    """The parts of a digest, the most pressing first."""

    LATE = "late"
    TACIT_SOON = "tacit_soon"
    DUE = "due"
    DOCUMENTS = "pieces"
    OPINIONS = "opinions"


TITLES: Mapping[Group, Any] = {
    Group.LATE: gettext_lazy("Passed"),
    Group.TACIT_SOON: gettext_lazy("Tacit soon: silence grants"),
    Group.DUE: gettext_lazy("Due in the next days"),
    Group.DOCUMENTS: gettext_lazy("Missing pieces that did not come"),
    Group.OPINIONS: gettext_lazy("Opinions asked for"),
}
WHAT: Mapping[str, Any] = {
    "notify_by": gettext_lazy("last day to ask for pieces or notify a longer delay"),
    "answer_by": gettext_lazy("last day for the missing pieces"),
    "due": gettext_lazy("last day to notify the decision"),
}
ENDED: Mapping[str, Any] = {
    State.GRANTED: gettext_lazy("granted by silence"),
    State.REFUSED: gettext_lazy("refused by silence"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line: which file, when, what; `path` is its page."""

    number: str
    commune: str
    on: date
    what: str
    path: str


@dataclass(slots=True)
class Digest:
    """What one person is told on a day."""

    day: date
    groups: dict[Group, list[Item]] = field(default_factory=lambda: defaultdict(list))

    def __bool__(self) -> bool:
        return any(self.groups.values())

    def parts(self) -> list[tuple[Any, list[Item], int]]:
        """Title, lines by day, and how many more there are than a mail lists."""
        parts = [(TITLES[one], sorted(self.groups[one], key=lambda item: item.on)) for one in Group]
        return [(title, lines[:MOST_LINES], max(len(lines) - MOST_LINES, 0)) for title, lines in parts if lines]

    def count(self) -> int:
        return sum(len(items) for items in self.groups.values())


def previous_digest(day: date) -> date:
    """The weekday before: what ended since then was told to nobody."""
    back = {0: 3, 6: 2}.get(day.weekday(), 1)
    return day - timedelta(days=back)


def digest_of(user: User, rights: Rights, day: date) -> Digest:
    """Read as the asker: due in a week, tacit in three days, what passed, opinions, last days after a decision."""
    digest, since = Digest(day), previous_digest(day)
    files = files_of(user, rights).defer("geom", "geom_3857")
    soon = list(files.filter(state__in=OPEN, next_date__lte=day + timedelta(days=DUE_DAYS)))
    ended = list(files.filter(tacit=True, ended_date__gt=since, ended_date__lte=day))
    consultations = Consultation.objects.filter(permit__in=files.filter(state__in=OPEN), answered_date=None)
    # What silence said is told once; an answer of which that is not known is missing until it comes.
    due = Q(due_date__gte=since) | Q(silence="")
    consultations = consultations.filter(due, due_date__lte=day + timedelta(days=DUE_DAYS))
    opinions = list(consultations.select_related("permit"))
    waiting = ConsultationReply.objects.filter(permit__in=files, state=ConsultationReply.State.RECEIVED)
    replies = list(waiting.select_related("consultation", "permit"))
    decided = last_days_soon(files, day)
    consulted = [*(one.permit for one in opinions), *(one.permit for one in replies)]
    places = names_of([*soon, *ended, *(one for one, _day in decided), *consulted])
    granting = silence_grants([one for one in soon if pressing(one, day)], day)
    for one in soon:
        group = Group.LATE if late(one, day) else Group.TACIT_SOON if one.pk in granting else Group.DUE
        if one.next_what == "answer_by" and late(one, day):
            group = Group.DOCUMENTS
        digest.groups[group].append(item(one, places, one.next_date, WHAT.get(one.next_what, "")))
    for one in ended:
        rejected = one.state == State.REJECTED
        label = gettext_lazy("rejected: the pieces did not come") if rejected else ENDED.get(one.state, "")
        group = Group.DOCUMENTS if rejected else Group.LATE
        digest.groups[group].append(item(one, places, one.ended_date, label))
    for one, last_day in decided:
        group = Group.LATE if last_day.on < day else Group.DUE
        digest.groups[group].append(item(one, places, last_day.on, AFTER[last_day.name]))
    for row in opinions:
        digest.groups[Group.OPINIONS].append(item(row.permit, places, row.due_date, opinion_label(row, day), row))
    for reply in replies:
        answered, came = reply.consultation, localtime(reply.received_at).date()
        digest.groups[Group.OPINIONS].append(item(reply.permit, places, came, answer_label(answered), answered))
    return digest


def last_days_soon(files: QuerySet[Permit], day: date) -> list[tuple[Permit, Following]]:
    """What ends in a week of the files that are decided, each with its file; three queries."""
    until = day + timedelta(days=DUE_DAYS)
    permits = list(files.exclude(state__in=OPEN).filter(after_date__lte=until))
    rows: defaultdict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(permit__in=[one.pk for one in permits]).order_by("on_date", "id"):
        rows[event.permit_id].append(event)
    initials = initials_of(permits, day)
    last_days: list[tuple[Permit, Following]] = []
    for one in permits:
        timeline = timeline_of(one, rows[one.pk], day, initials)
        days = following(timeline, Kind(one.kind), day) if timeline else []
        last_days += [(one, last_day) for last_day in days if last_day.on <= until]
    return last_days


def answer_label(row: Consultation) -> str:
    label = gettext_lazy("%(body)s: an answer is received, to be taken over")
    return str(label) % {"body": row.name or row.get_body_display()}


def late(permit: Permit, day: date) -> bool:
    return permit.next_date is not None and permit.next_date < day


def pressing(permit: Permit, day: date) -> bool:
    due = permit.due_date
    return permit.next_what == "due" and due is not None and day <= due <= day + timedelta(days=TACIT_DAYS)


def silence_grants(permits: Sequence[Permit], day: date) -> set[int]:
    """Of which files no answer would be a grant."""
    rows: defaultdict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(permit__in=permits).order_by("on_date", "id"):
        rows[event.permit_id].append(event)
    timelines = {one.pk: timeline_of(one, rows[one.pk], day, {}) for one in permits}
    return {pk for pk, timeline in timelines.items() if timeline and timeline.silence == Outcome.GRANTED}


def opinion_label(row: Consultation, day: date) -> str:
    known, body = answer_status(row, day), str(row.name or row.get_body_display())
    if has_not_left(row):
        return str(gettext_lazy("%(body)s: the e-mail of the request did not leave")) % {"body": body}
    if known.status == OpinionStatus.WAITING:
        return str(gettext_lazy("%(body)s: last day to answer")) % {"body": body}
    if known.status == OpinionStatus.TACIT:
        opinion = OPINIONS[known.opinion or Opinion.FAVOURABLE]
        return str(gettext_lazy("%(body)s: tacit opinion, %(opinion)s")) % {"body": body, "opinion": opinion}
    return str(gettext_lazy("%(body)s: no answer")) % {"body": body}


def names_of(permits: Sequence[Permit]) -> Mapping[str, str]:
    return dict(Commune.objects.filter(insee__in={one.insee for one in permits}).values_list("insee", "name"))


def item(
    permit: Permit, places: Mapping[str, str], on: date | None, what: Any, row: Consultation | None = None
) -> Item:
    path = reverse("permit", args=[permit.number])
    if row is not None:
        path = f"{reverse('consultations', args=[permit.number])}#consultation-{row.pk}"
    assert on is not None
    return Item(number=str(permit), commune=places.get(permit.insee, permit.insee), on=on, what=str(what), path=path)


# -- by mail ----------------------------------------------------------------------------------------------------------


def send_digests(day: date | None = None) -> int:
    """Write to everybody who has something to do; returns to how many. A mail that fails is logged, others go."""
    day, sent = day or database_clock.today(), 0
    with acting_as(SYSTEM):
        people = list(recipients())
    for user in people:
        try:
            sent += remind(user, day)
        except Exception as error:
            if database_is_gone(error):
                raise
            log.exception("a person could not be reminded", extra={"fields": {"user": user.pk}})
    return sent


def recipients() -> QuerySet[User]:
    """Who instructs somewhere, has an address and wants reminders."""
    instructs = Membership.objects.accepted().filter(user=OuterRef("pk"), role__in=INSTRUCTS)
    wants_none = Reminder.objects.filter(user=OuterRef("pk"), by_mail=False)
    return User.objects.filter(Exists(instructs), ~Exists(wants_none), is_active=True).exclude(email="").order_by("pk")


def remind(user: User, day: date) -> bool:
    """One person's digest, unless there is nothing to say or it was sent today."""
    rights = rights_of(user)
    with translation.override(user.language):
        with acting_as(rights), transaction.atomic(), under_policies():
            digest = digest_of(user, rights, day)
        if not digest or not claim(user, day):
            return False
        try:
            message_of(user, digest).send()
        except Exception:
            release(user)
            raise
    return True


def claim(user: User, day: date) -> bool:
    """Take the day for this person: of two workers one gets it, and it is kept before anything is sent."""
    with acting_as(SYSTEM), transaction.atomic():
        Reminder.objects.get_or_create(user=user)
        free = Reminder.objects.filter(Q(sent_date=None) | Q(sent_date__lt=day), user=user, by_mail=True)
        return bool(free.update(sent_date=day))


def release(user: User) -> None:
    """Give the day back: the mail did not leave, the next run tries again."""
    with acting_as(SYSTEM), transaction.atomic():
        Reminder.objects.filter(user=user).update(sent_date=None)


def message_of(user: User, digest: Digest) -> EmailMultiAlternatives:
    """Text, and the same as HTML."""
    count = digest.count()
    subject = ngettext(
        "Planning applications: %(count)s thing to follow", "Planning applications: %(count)s things to follow", count
    ) % {"count": count}
    context = {
        "user": user,
        "day": digest.day,
        "parts": digest.parts(),
        "site": settings.SITE_URL,
        "stop": settings.SITE_URL + reverse("permit_reminders"),
        "subject": subject,
        "language": translation.get_language(),
    }
    text = render_to_string("permits/mail/digest.txt", context)
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
    message.attach_alternative(render_to_string("permits/mail/digest.html", context), "text/html")
    return message


# -- choices of a person ----------------------------------------------------------------------------------------------


def reminder_of(user: User) -> Reminder:
    """What the person chose; by default the digest comes and there is no calendar."""
    return Reminder.objects.filter(user=user).first() or Reminder(user=user)


def choose_mail(user: User, *, by_mail: bool) -> None:
    Reminder.objects.update_or_create(user=user, defaults={"by_mail": by_mail})


def make_feed(user: User) -> str:
    """A new secret, told this once; the former address leads nowhere any more."""
    secret = secrets.token_urlsafe(32)
    made = {"feed_digest": digest(secret), "feed_made_at": database_clock.now()}
    Reminder.objects.update_or_create(user=user, defaults=made)
    return secret


def close_feed(user: User) -> int:
    """The address of the calendar leads nowhere any more; whether (1 or 0) it led somewhere."""
    open_ones = Reminder.objects.filter(user=user, feed_digest__isnull=False)
    return open_ones.update(feed_digest=None, feed_made_at=None)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def person_of_feed(secret: str) -> User | None:
    """Whose calendar is behind a secret; nobody's where the account is closed."""
    reminder = Reminder.objects.filter(feed_digest=digest(secret), user__is_active=True).select_related("user").first()
    return reminder.user if reminder else None


# -- the calendar -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An all-day event. `key` is the same for ever, `revision` grows with every change of what is told."""

    key: str
    on: date
    title: str
    text: str
    path: str
    revision: int


def entries_of(user: User, rights: Rights) -> list[Entry]:
    """The next deadline of each file that the person answers for, a last day of those that are decided, and the
    answers that they wait for.
    """
    every = files_of(user, rights).defer("geom", "geom_3857")
    files, decided = every.filter(state__in=OPEN), every.exclude(state__in=OPEN).exclude(after_date=None)
    after = list(decided.order_by("after_date", "id")[:MOST_EVENTS])
    due = list(files.exclude(next_date=None).order_by("next_date", "id")[:MOST_EVENTS])
    consultations = Consultation.objects.filter(permit__in=files, answered_date=None).select_related("permit")
    opinions = [one for one in consultations.order_by("due_date", "id")[:MOST_EVENTS] if not has_not_left(one)]
    places = names_of([*due, *after, *(one.permit for one in opinions)])
    entries = [entry(item(one, places, one.next_date, WHAT[one.next_what]), f"permit-{one.pk}", one) for one in due]
    entries += [
        entry(item(one, places, one.after_date, AFTER[one.after_what]), f"after-{one.pk}", one) for one in after
    ]
    for row in opinions:
        label = str(gettext_lazy("%(body)s: last day to answer")) % {"body": row.name or row.get_body_display()}
        event = item(row.permit, places, row.due_date, label, row)
        entries.append(entry(event, f"consultation-{row.pk}", row))
    return entries


def entry(dated: Item, key: str, row: Permit | Consultation) -> Entry:
    return Entry(
        key=key,
        on=dated.on,
        title=f"{dated.number} · {dated.what}",
        text=dated.commune,
        path=dated.path,
        revision=row.version,
    )


type Address = Callable[[str], str]


def ics_of(entries: Sequence[Entry], name: str, day: date, address: Address) -> bytes:
    """The entries as a calendar (RFC 5545). All-day events in no time zone need two rules: escaping and folding."""
    host = urlsplit(settings.SITE_URL).hostname
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Arpent//Planning applications//FR", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{escape_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"]
    for one in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.key}@{host}",
            f"DTSTAMP:{day:%Y%m%d}T000000Z",
            f"SEQUENCE:{one.revision}",
            f"DTSTART;VALUE=DATE:{one.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escape_text(one.title)}",
            f"DESCRIPTION:{escape_text(one.text)}",
            f"URL:{address(one.path)}",
            "TRANSP:TRANSPARENT",
            "CLASS:PRIVATE",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(map(fold_line, lines))
