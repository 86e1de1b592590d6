"""The review of rights of a member: who keeps their role, who gets another one, who leaves; closed with a record.

Answers are kept until the review is closed; what they say is done then, after it was seen. Nobody answers for a person
in silence: whoever is not confirmed is in the record, and leaves where the review was started so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.accounts import mail
from gis_core.database import clock as database_clock
from gis_core.database.rows import first_of
from gis_core.errors import ArpentError, Conflict, Forbidden, Invalid
from gis_core.members import people
from gis_core.members.failures import logged_failure
from gis_core.members.review_record import pdf_of_review
from gis_core.members.rights import ADMINISTRATORS, ANONYMOUS, SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.models import Member, Membership, ReviewedPerson, RightsReview, User
from gis_core.operations import security_journal as security

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 183
REMINDERS: Final = (7, 1)
"""So many days before the last one, administrators are reminded."""
State, Answer = RightsReview.State, ReviewedPerson.Answer
type Answers = Mapping[int, tuple[str, str]]
"""By the id of a reviewed person: the answer, and the new role where it is another one."""


def reviews_of(member: Member) -> list[RightsReview]:
    """Those of a member, the latest first."""
    return list(RightsReview.objects.filter(owner=member).defer("pdf").select_related("started_by", "closed_by"))


def review_of(member: Member, review_id: int) -> RightsReview:
    """One of them. Raises NotFound."""
    return first_of(RightsReview.objects.filter(owner=member, pk=review_id).select_related("owner", "closed_by"))


@transaction.atomic
def start_review(*, rights: Rights, member: Member, last_date: date, ends_others: bool) -> RightsReview:
    """Begin with everybody who has access today; administrators are told by mail.

    Raises Forbidden, Invalid (the last day), Conflict (one is open).
    """
    check_administers(rights, member)
    today = database_clock.today()
    if not today <= last_date <= today + timedelta(days=MOST_DAYS):
        message = _("The last day of a review is today or later, six months away at most.")
        raise Invalid(message, parameter="last_date")
    people.lock_people()
    with acting_as(rights):
        if RightsReview.objects.filter(owner=member, state=State.OPEN).exists():
            raise Conflict(_("A review of this member is open already."))
        review = RightsReview.objects.create(
            owner=member, started_by_id=rights.user_id, last_date=last_date, ends_others=ends_others,
            reminded_date=today,
        )  # fmt: skip
        in_force = people.people_in_force(member)
        ReviewedPerson.objects.bulk_create([reviewed(review, one) for one in in_force])
        remind(review)
    security.record_committed("review_started", member=member.pk, review=review.pk, ends_others=ends_others)
    return review


def reviewed(review: RightsReview, membership: Membership) -> ReviewedPerson:
    return ReviewedPerson(
        review=review,
        membership=membership.pk,
        name=membership.name,
        email=membership.email,
        role=membership.role,
        communes=", ".join(one.name for one in membership.communes.all()),
        last_login=membership.user.last_login,
    )


def check_administers(rights: Rights, member: Member) -> None:
    if not rights.has_role(member.pk, ADMINISTRATORS):
        raise Forbidden(_("Only an administrator of this member manages its people."))


def lock_review(review: RightsReview, rights: Rights) -> RightsReview:
    """The review, which nobody else changes until the end. Raises Forbidden, Conflict (it is closed)."""
    check_administers(rights, review.owner)
    locked = RightsReview.objects.select_for_update(of=("self",)).select_related("owner").get(pk=review.pk)
    if locked.state == State.FINAL:
        raise Conflict(_("This review is closed: its record does not change any more."))
    return locked


@transaction.atomic
def answer_people(*, rights: Rights, review: RightsReview, answers: Answers) -> int:
    """Keep what is said of these people, whom nobody touches yet; how many answers are new or others.

    Raises Forbidden, Conflict (it is closed), Invalid (an unknown role, or one above the asker's).
    """
    with acting_as(rights):
        locked = lock_review(review, rights)
        changed = []
        for one in locked.people.filter(pk__in=answers):
            answer, role = answers[one.pk]
            role = role if answer == Answer.CHANGED else ""
            if (answer, role) == (one.answer, one.new_role):
                continue
            check_answer(one, answer, role, rights, locked.owner)
            one.answer, one.new_role = answer, role
            one.answered_by_id, one.answered_at = (rights.user_id, database_clock.now()) if answer else (None, None)
            changed.append(one)
        ReviewedPerson.objects.bulk_update(changed, ["answer", "new_role", "answered_by", "answered_at"])
    return len(changed)


def check_answer(one: ReviewedPerson, answer: str, role: str, rights: Rights, member: Member) -> None:
    if answer not in Answer.values:
        raise Invalid(_("This choice is not offered: choose one of the list."))
    if answer in (Answer.ENDED, Answer.CHANGED):
        people.check_may_give(rights, member, one.role)
    if answer == Answer.CHANGED:
        if role in ("", one.role):
            raise Invalid(_("Choose the other role of %(name)s.") % {"name": one.name})
        if role == Role.TOWN_HALL:
            message = _("The town hall role of %(name)s needs communes: give it on their own page.")
            raise Invalid(message % {"name": one.name})
        people.check_may_give(rights, member, role)


@transaction.atomic
def close_review(*, rights: Rights, review: RightsReview) -> RightsReview:
    """Do what the answers say, and keep the record; what cannot be done is said in it, person by person.

    By the worker at its end, each answer has the rights that who gave it has then. Raises Forbidden, Conflict (it is
    closed).
    """
    with acting_as(rights):
        locked = lock_review(review, rights)
        people.lock_people()
        rows = list(locked.people.select_related("answered_by"))
        for one in rows:
            one.outcome = follow_answer(one, locked, rights)
        ReviewedPerson.objects.bulk_update(rows, ["outcome"])
        locked.closed_at, locked.closed_by_id = database_clock.now(), rights.user_id
        locked.pdf = pdf_of_review(locked, rows)
        locked.sha256 = hashlib.sha256(locked.pdf).hexdigest()
        locked.state = State.FINAL
        locked.save()
    counts = {answer or "none": sum(one.answer == answer for one in rows) for answer in Answer.values}
    security.record_committed(
        "review_closed", member=locked.owner_id, review=locked.pk, sha256=locked.sha256, answers=counts
    )
    return locked


def follow_answer(one: ReviewedPerson, review: RightsReview, rights: Rights) -> str:
    """Do what was said of a person; what came of it in words, in the language of the record."""
    membership = people.people_in_force(review.owner).filter(pk=one.membership).first()
    with translation.override("fr"):
        if membership is None:
            return _("had left before")
        leaves = one.answer == Answer.ENDED or (one.answer == Answer.NONE and review.ends_others)
        if not leaves and one.answer != Answer.CHANGED:
            return ""
        try:
            with transaction.atomic():
                theirs = rights_behind(one, review, rights)
                # Whoever closes it, a review leaves no member without an administrator.
                if leaves or Role(one.new_role) not in ADMINISTRATORS:
                    people.check_not_last_administrator(ANONYMOUS, membership)
                if leaves:
                    people.remove(rights=theirs, membership=membership, why="review")
                else:
                    people.change_role(rights=theirs, membership=membership, role=one.new_role)
        except ArpentError as error:
            return _("not done: %(why)s") % {"why": error.message}
        return _("access ended") if leaves else _("role changed")


def rights_behind(one: ReviewedPerson, review: RightsReview, rights: Rights) -> Rights:
    """Those of who closes the review; at a close by the worker those that who answered, or began it, has now.

    Raises Forbidden.
    """
    if rights.user_id is not None:
        return rights
    who = one.answered_by if one.answer else review.started_by
    theirs = rights_of(who) if who else ANONYMOUS
    check_administers(theirs, review.owner)
    return theirs


# -- by itself --------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_review_date(*, rights: Rights, member: Member, day: date | None) -> None:
    """When the member's next review begins by itself, then each year; None: never. Raises Forbidden, Invalid."""
    check_administers(rights, member)
    today = database_clock.today()
    if day is not None and not today < day <= today + timedelta(days=731):
        raise Invalid(_("Choose a day from tomorrow on, two years away at most."), parameter="review_date")
    Member.objects.filter(pk=member.pk).update(review_date=day)


def follow_reviews() -> None:
    """Start those whose day has come, remind of those that end soon, close those whose last day is over.

    One that cannot is in the log; the others go on.
    """
    today = database_clock.today()
    for member in Member.objects.filter(review_date__lte=today).order_by("pk"):
        with logged_failure("a yearly review does not begin", member=member.pk), transaction.atomic():
            Member.objects.filter(pk=member.pk).update(review_date=a_year_later(member.review_date or today, today))
            if not RightsReview.objects.filter(owner=member, state=State.OPEN).exists():
                last = today + timedelta(days=USUAL_DAYS)
                start_review(rights=SYSTEM, member=member, last_date=last, ends_others=False)
    for review in RightsReview.objects.filter(state=State.OPEN).select_related("owner").order_by("pk"):
        with logged_failure("a review does not go on", review=review.pk), transaction.atomic():
            follow_review(review, (review.last_date - today).days, today)


def follow_review(review: RightsReview, days_left: int, today: date) -> None:
    if days_left < 0:
        close_review(rights=SYSTEM, review=review)
    elif days_left in REMINDERS and review.reminded_date != today:
        RightsReview.objects.filter(pk=review.pk).update(reminded_date=today)
        remind(review)


def a_year_later(day: date, today: date) -> date:
    """The same day of the first year after today (28 February for the 29th)."""
    while day <= today:
        try:
            day = day.replace(year=day.year + 1)
        except ValueError:
            day = day.replace(year=day.year + 1, day=28)
    return day


def remind(review: RightsReview) -> None:
    """A mail to each administrator of the member while somebody is not confirmed; to the agency's where it has none."""
    waiting = review.people.filter(answer=Answer.NONE).count()
    if not waiting:
        return
    for user in recipients_of(review.owner):
        with translation.override(user.language):
            page = settings.SITE_URL + reverse("review", args=[review.owner.slug, review.pk])
            context = {"user": user, "review": review, "waiting": waiting, "page": page}
            subject = _("Review of rights of %(member)s") % {"member": review.owner.name}
            body = render_to_string("mail/review.txt", context).strip() + "\n"
            mail.post("written", to=user.email, subject=subject, body=body)


def recipients_of(member: Member) -> Sequence[User]:
    def administrators(**where: object) -> list[User]:
        rows = Membership.objects.accepted().filter(user__is_active=True, **where).exclude(user__email="")
        return [one.user for one in rows.select_related("user").order_by("user_id")]

    return administrators(member=member, role__in=ADMINISTRATORS) or administrators(role=Role.AGENCY_ADMINISTRATOR)
