"""Every five minutes: what a directory says of those who sign in by it is made true here.

Who is gone from it or disabled in it has their account closed at once, or the role at the directory's member where they
work for others too; who is back has what it closed opened again. Groups, address and names are followed. A directory
that answers nothing, half or wrongly closes nobody: a reading counts whole or not at all, and one after which too many
would lose their access changes nothing until an administrator confirms it (`confirm`).
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.exceptions import AlreadyEnqueued

from gis_core.accounts import joining
from gis_core.accounts.directory import people as directory_people
from gis_core.accounts.directory import reports
from gis_core.accounts.directory.asking import DirectoryTrouble
from gis_core.accounts.directory.people import Snapshot
from gis_core.database.statements import fetch_one
from gis_core.errors import ArpentError, Conflict
from gis_core.jobs.services import queue_task
from gis_core.members import people
from gis_core.members.closing import close_access
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import AccessRule, Member, Membership, SignInMethod, User
from gis_core.operations import security_journal as security

log = logging.getLogger("arpent.directory")
TASK = "synchronise_directory"
# Of those who sign in by a directory: more than these lose nothing at once without an administrator.
MOST_AT_ONCE, ONE_IN, ALWAYS = 20, 10, 3
# What was done with somebody who is gone, kept in `SocialAccount.extra_data[GONE]` until the directory has them again:
# their account was closed, to be opened then; or it stays as people have it: the member alone ended, or the account was
# opened again by hand.
GONE, CLOSED, LEFT = "gone", "closed", "left"


@dataclass(slots=True)
class Plan:
    """What one reading would do: who is gone, whose roles end (`losing`), who is there; `handled` are those of whom it
    was known before that they are gone."""

    gone: list[SocialAccount] = field(default_factory=list)
    losing: list[SocialAccount] = field(default_factory=list)
    there: list[tuple[SocialAccount, joining.Identity]] = field(default_factory=list)
    handled: list[SocialAccount] = field(default_factory=list)

    @property
    def leaving(self) -> list[User]:
        return [one.user for one in (*self.gone, *self.losing)]


def queue_all(timestamp: int) -> None:
    """Every five minutes: one task for each directory, unless it rests after trouble (`reports.rests`)."""
    with acting_as(SYSTEM):
        for method in SignInMethod.objects.filter(kind=SignInMethod.Kind.DIRECTORY, active=True):
            if not reports.rests(method):
                queue(method)


def queue(method: SignInMethod) -> None:
    """Have a directory read as soon as a worker is free, unless that waits already."""
    name = f"directory-{method.pk}"
    try:
        with transaction.atomic():
            queue_task(TASK, {"method": method.pk}, lock=name, queueing_lock=name)
    except AlreadyEnqueued:
        log.info("a directory waits to be read already", extra={"fields": {"method": method.pk}})


def run(method: int) -> None:
    """Synchronise one directory (the queue's task)."""
    with acting_as(SYSTEM), translation.override("fr"):
        directory = SignInMethod.objects.filter(pk=method, kind=SignInMethod.Kind.DIRECTORY, active=True).first()
        if directory is not None:
            synchronise(directory)


def synchronise(method: SignInMethod) -> reports.Report:
    """Read the directory and apply what it says. The report is kept; trouble is in it, in words."""
    accounts = accounts_of(method)
    known = sum(GONE not in one.extra_data for one in accounts.values())
    try:
        snapshot = directory_people.read(method, accounts)
        check_whole(method, snapshot)
    except ArpentError as error:
        failed = reports.Report(error=str(error.message), trouble=reports.WRONG, known=known)
        if isinstance(error, DirectoryTrouble):
            trouble = error.trouble
            failed.trouble, failed.server, failed.detail = trouble.code, trouble.server, trouble.detail
        return reports.keep(method, failed)
    plan = plan_of(method, accounts, snapshot)
    report = reports.Report(people=snapshot.people_count, groups=snapshot.groups_count, known=known)
    confirmed = reports.list_confirmed(method)
    unconfirmed = [one for one in plan.leaving if one.pk not in confirmed]
    if too_many(len(unconfirmed), known):
        report.waiting = sorted(one.pk for one in plan.leaving)
        return reports.keep(method, report)
    apply(method, plan, report)
    return reports.keep(method, report)


def accounts_of(method: SignInMethod) -> dict[str, SocialAccount]:
    """Who signs in by this method, by the identifier in the directory: open accounts, and those that it closed."""
    followed = joining.joined_to(method).filter(Q(user__is_active=True) | Q(extra_data__gone=CLOSED))
    return {one.uid: one for one in followed.select_related("user")}


def check_whole(method: SignInMethod, snapshot: Snapshot) -> None:
    """Raise Conflict for a directory that answers, and cannot be the one that it was."""
    if not snapshot.people_count:
        raise Conflict(_("The directory answers that it has no people: check the base and the filter."))
    if not snapshot.groups_count and AccessRule.objects.filter(method=method).exists():
        raise Conflict(_("The directory answers that it has no groups: check their base and the reading account."))


def plan_of(method: SignInMethod, accounts: dict[str, SocialAccount], snapshot: Snapshot) -> Plan:
    """Compare who is known with the reading. Somebody given twice is left as they are."""
    plan = Plan()
    nested = directory_people.is_nested(method)
    fitting = members_by_group(method)
    given = members_given(method)
    for subject, account in accounts.items():
        person = snapshot.people.get(subject)
        if subject in snapshot.twice:
            continue
        if person is None or person["disabled"]:
            (plan.handled if GONE in account.extra_data else plan.gone).append(account)
            continue
        groups = snapshot.groups_of(person, nested=nested)
        held = {member for group in groups for member in fitting.get(group, ())}
        if given.get(account.user_id, set()) - held:
            plan.losing.append(account)
        plan.there.append((account, as_identity(person, [one for one in groups if one in fitting])))
    return plan


def members_by_group(method: SignInMethod) -> dict[str, set[int]]:
    """The members at which a rule gives something for a group, by its name in small letters."""
    members: dict[str, set[int]] = defaultdict(set)
    for group, member in AccessRule.objects.filter(method=method).values_list("group", "member_id"):
        members[group.casefold()].add(member)
    return members


def ruled(method: SignInMethod, groups: Iterable[str]) -> list[str]:
    """Those of these groups for which a rule of the method gives something."""
    fitting = members_by_group(method)
    return [one for one in groups if one.casefold() in fitting]


def members_given(method: SignInMethod) -> dict[int, set[int]]:
    """The members at which the method's rules gave each person a role."""
    members: dict[int, set[int]] = defaultdict(set)
    for user, member in Membership.objects.filter(given_by=method).values_list("user_id", "member_id"):
        members[user].add(member)
    return members


def as_identity(person: dict[str, Any], groups: Iterable[str]) -> joining.Identity:
    """A person of the directory as every sign-in method says who somebody is."""
    return joining.Identity(
        subject=person["id"],
        email=person["email"],
        email_verified=True,
        first_name=person["first_name"],
        last_name=person["last_name"],
        groups=tuple(groups),
        amr=("pwd",),
    )


def too_many(leaving: int, known: int) -> bool:
    """Whether so many leave at once that the reading may be wrong: twenty, a tenth (three always may), or everybody."""
    return leaving > MOST_AT_ONCE or leaving > max(ALWAYS, known // ONE_IN) or (leaving == known > 1)


def apply(method: SignInMethod, plan: Plan, report: reports.Report) -> None:
    """Each person in a transaction of their own: one who cannot be changed leaves the others to be."""
    for account in plan.gone:
        try:
            if close(method, account):
                report.closed += 1
            else:
                report.ended += 1
        except ArpentError as error:
            report.kept.append(f"{account.user} : {error.message}")
        except DatabaseError as error:
            keep_out(report, account, error)
    for account in plan.handled:
        if account.user.is_active and account.extra_data[GONE] == CLOSED:
            # Opened by hand: whoever closes it now is not the directory.
            mark(account, LEFT)
    for account, identity in plan.there:
        try:
            report.changed += follow(method, account, identity)
        except (ArpentError, DatabaseError) as error:
            keep_out(report, account, error)


def keep_out(report: reports.Report, account: SocialAccount, error: Exception) -> None:
    """Somebody could not be changed: say it; the next reading tries again."""
    log.warning("somebody could not be followed", extra={"fields": {"user": account.user_id, "why": str(error)}})
    report.kept.append(str(account.user))


def mark(account: SocialAccount, gone: str = "") -> None:
    """Keep what was done with somebody who is gone; that they are there again."""
    account.extra_data = {name: value for name, value in account.extra_data.items() if name != GONE}
    if gone:
        account.extra_data[GONE] = gone
    account.save(update_fields=["extra_data"])


@transaction.atomic
def close(method: SignInMethod, account: SocialAccount) -> bool:
    """Close the account of somebody who is gone; where they work for others than the directory's member, end what they
    have there alone; whether the account was closed. Raises Conflict for whom nobody could let in again, and for the
    last administrator of a member.
    """
    user = account.user
    if Member.objects.filter(emergency_account=user).exists():
        raise Conflict(_("This is an emergency account: take it out of its member first."))
    people.lock_people()
    ending = user.memberships.select_related("member")
    elsewhere = method.member_id is not None and ending.exclude(member=method.member_id).exists()
    if elsewhere:
        ending = ending.filter(member=method.member_id)
    for membership in ending:
        check_not_last(membership)
    if elsewhere:
        for membership in ending:
            people.remove(rights=SYSTEM, membership=membership, why="directory")
    else:
        people.check_may_close(user)
        close_access(user, why="directory")
    mark(account, LEFT if elsewhere else CLOSED)
    security.record_committed("closed_by_directory", account=user.pk, method=method.pk, whole=not elsewhere)
    return not elsewhere


def check_not_last(membership: Membership) -> None:
    """Raise Conflict for the last administrator of a member, who would be left without any."""
    if fetch_one("select arpent.is_last_administrator(%s)", [membership.pk])[0]:
        text = _("This is the last administrator of %(member)s: name another one first.")
        raise Conflict(text % {"member": membership.member})


@transaction.atomic
def reopen(method: SignInMethod, account: SocialAccount) -> bool:
    """Open what this directory closed, for somebody whom it has again; whether it did."""
    gone = account.extra_data.get(GONE)
    if gone:
        mark(account)
    if gone != CLOSED or account.user.is_active:
        return False
    account.user.is_active = True
    account.user.save(update_fields=["is_active"])
    security.record_committed("reopened_by_directory", account=account.user_id, method=method.pk)
    return True


@transaction.atomic
def follow(method: SignInMethod, account: SocialAccount, identity: joining.Identity) -> bool:
    """Take over the groups, the address and the names of somebody who is there; whether anything changed."""
    reopened = reopen(method, account)
    user = account.user
    joining.keep_address(user, method, identity)
    changes = joining.apply_rules(user=user, method=method, groups=identity.groups)
    return follow_names(user, identity) or bool(changes) or reopened


def follow_names(user: User, identity: joining.Identity) -> bool:
    """Take over names that changed; whether they did. An empty or unusable one changes nothing."""
    names = {name: joining.usable_name(getattr(identity, name)) for name in ("first_name", "last_name")}
    changed = {name: value for name, value in names.items() if value and value != getattr(user, name)}
    for name, value in changed.items():
        setattr(user, name, value)
    if changed:
        user.save(update_fields=list(changed))
    return bool(changed)


def confirm(method: SignInMethod, digest: str) -> None:
    """Let those leave who wait, as the page showed them (`digest`). Raises Conflict where they are others by now."""
    report = reports.last(method)
    if report is None or not report.waiting or digest != digest_of(report.waiting):
        raise Conflict(_("The directory was read again meanwhile: look at the list again."))
    reports.keep_confirmed(method, report.waiting)
    security.record("directory_confirmed", method=method.pk, people=len(report.waiting))
    queue(method)


def digest_of(waiting: list[int]) -> str:
    return hashlib.sha256(repr(waiting).encode()).hexdigest()[:16]
