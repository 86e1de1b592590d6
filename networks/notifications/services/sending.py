"""Sending a notice: confirmed with its counts, then handed over by the worker, to nobody twice.

Each message is a row before anything leaves (`arpent.queue_messages`), and is taken, handed over and recorded in
transactions of their own, through a connection that holds the notice alone: what a job's end undoes is not undone here.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.signing import Signer
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute, fetch_all
from gis_core.errors import Conflict, Invalid, Unavailable
from gis_core.jobs.services import hold, release_locks, start_job
from gis_core.letters.services import common_values
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from networks.notifications.gateways import MESSAGES_MODE, Answer, Gateway, Outgoing, folder, gateway_for, writes_files
from networks.notifications.models import Channel, Message, Notice
from networks.notifications.services.notices import check_may_write, lock_draft
from networks.notifications.services.recipients import reach_of
from networks.notifications.texts import NoticeTexts, check_whole, mail_text, texts_of

KIND, TRIAL = "send_notice", "try_notice"
CHANNELS = (Channel.SMS, Channel.EMAIL)
# Links of e-mails that were sent bear it: it never changes.
STOP = Signer(salt="networks.warning.stop")
TRIAL_STOP = "(adresse de désinscription)"
MOST_PUT_OFF = 40
"""So many messages one after another that it does not say to have taken: the gateway is not itself now."""
NOT_TAKEN = (Message.State.WAITING, Message.State.UNKNOWN)
OPEN = (Job.State.WAITING, Job.State.RUNNING)

type Progress = Callable[[float | None, str], None]


# -- asking for it ----------------------------------------------------------------------------------------------------


@transaction.atomic
def send(notice: Notice, *, sms: int, email: int, version: int, user: User, rights: Rights) -> Job:
    """Send a notice to so many numbers and e-mail addresses, as whoever confirms was shown.

    Raises Forbidden, Conflict (sent already, or it reaches others by now), Stale, Invalid (a text is not whole).
    """
    check_may_write(notice.owner_id, rights)
    current = lock_draft(notice, version)
    reach = reach_of(current)
    if not (reach.sms or reach.email):
        raise Invalid(_("Nobody can be reached: use the list and the letter."), parameter="send")
    check_whole(texts_of(current), sms=reach.sms > 0, other=reach.email > 0)
    check_counts(reach.sms, reach.email, sms, email)
    queued = dict(fetch_all("select * from arpent.queue_messages(%s)", [current.pk]))
    # A list that came in meanwhile may have changed them once more.
    check_counts(queued.get(Channel.SMS, 0), queued.get(Channel.EMAIL, 0), sms, email)
    current.state, current.sent_at, current.sent_by_id = Notice.State.SENDING, database_clock.now(), rights.user_id
    job = begin(current, KIND, user, rights)
    current.job_id = job.pk
    current.save(update_fields=["state", "sent_at", "sent_by", "job_id"])
    return job


def check_counts(now_sms: int, now_email: int, sms: int, email: int) -> None:
    """Refuse to send when more or fewer are reached now than whoever confirms was shown. Raises Conflict."""
    if (now_sms, now_email) != (sms, email):
        message = _(
            "The notice reaches others now (text messages: %(sms)s, e-mails: %(email)s): look, and confirm again."
        )
        raise Conflict(message % {"sms": now_sms, "email": now_email})


def begin(notice: Notice, kind: str, user: User, rights: Rights) -> Job:
    return start_job(kind=kind, title=notice.name, owner=notice.owner, started_by=user,
                     parameters={"notice": notice.pk}, rights=rights)  # fmt: skip


@transaction.atomic
def try_out(notice: Notice, *, user: User, rights: Rights) -> Job:
    """Write exactly what would be sent to a file, to nobody. Raises Forbidden, Invalid."""
    check_may_write(notice.owner_id, rights)
    reach = reach_of(notice)
    check_whole(texts_of(notice), sms=reach.sms > 0, other=reach.email > 0)
    job = begin(notice, TRIAL, user, rights)
    Notice.objects.filter(pk=notice.pk).update(trial_job_id=job.pk)
    return job


@transaction.atomic
def resume(notice: Notice, *, user: User, rights: Rights) -> Job:
    """Send what waits still, and what may have left where the gateway knows it by its key.

    Raises Forbidden, Conflict.
    """
    check_may_write(notice.owner_id, rights)
    current = Notice.objects.select_for_update(of=("self",)).select_related("owner").get(pk=notice.pk)
    if current.state == Notice.State.DRAFT:
        raise Conflict(_("This notice has not been sent yet."))
    if Job.objects.filter(pk=current.job_id or 0, state__in=OPEN).exists():
        raise Conflict(_("This notice is being sent: wait for its end."))
    channels = [str(one) for one in CHANNELS if gateway_for(one, current.pk).knows_keys]
    execute("select arpent.resume_messages(%s, %s)", [current.pk, channels])
    job = begin(current, KIND, user, rights)
    current.state, current.job_id = Notice.State.SENDING, job.pk
    current.save(update_fields=["state", "job_id"])
    return job


# -- what became of it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """Messages of one channel by state."""

    channel: Channel
    states: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.states.values())

    def lines(self) -> list[tuple[str, Any, int]]:
        """State, its words and its count, those that there are."""
        return [(state.value, state.label, self.states[state]) for state in Message.State if self.states.get(state)]


def channel_counts(notice: Notice) -> list[ChannelCount]:
    rows = fetch_all("select * from arpent.count_messages(%s)", [notice.pk])
    counts = [ChannelCount(one, {state: count for way, state, count in rows if way == one}) for one in CHANNELS]
    return [one for one in counts if one.total]


def read_sent_messages(notice: Notice, *, why: str) -> list[tuple[Any, ...]]:
    """Every message, for who reads contacts: channel, receiver, addresses, state, why, when; it is journalled."""
    return fetch_all("select * from arpent.read_messages(%s, %s)", [notice.pk, why])


# -- the worker's part ------------------------------------------------------------------------------------------------


def send_out(
    notice: Notice, progress: Progress, gateway: Callable[[str, int], Gateway] = gateway_for
) -> dict[str, Any]:
    """Hand over what waits, channel by channel; may be begun again at any time.

    Raises Unavailable where some still waits.
    """
    texts = texts_of(notice)
    whole = {one.channel: one.total for one in channel_counts(notice)}
    with_notice = connections["default"].copy()
    try:
        hold(with_notice, f"notice {notice.pk}")
        for channel in CHANNELS:
            if whole.get(channel):
                out = gateway(channel, notice.pk)
                try:
                    Sender(with_notice, notice, texts, channel, out).run(progress, whole[channel])
                finally:
                    out.close()
    finally:
        release_locks(with_notice)
    report, waiting = count_waiting(notice)
    if waiting:
        message = _(
            "%(count)s messages did not leave: the gateway does not answer, or not yet. Resume the sending later."
        )
        raise Unavailable(message % {"count": waiting}, report=report)
    Notice.objects.filter(pk=notice.pk).update(state=Notice.State.SENT)
    return report


def count_waiting(notice: Notice) -> tuple[dict[str, dict[str, int]], int]:
    """Messages of each channel by state, and how many of all wait."""
    report = {one.channel.value: one.states for one in channel_counts(notice)}
    return report, sum(one.get(Message.State.WAITING, 0) for one in report.values())


def stop_error(notice: Notice) -> Unavailable:
    """What somebody is told who stops a sending: what left has left."""
    report, waiting = count_waiting(notice)
    message = _("The sending was stopped: %(count)s messages did not leave. Resume the sending if they shall.")
    return Unavailable(message % {"count": waiting}, report=report)


class Sender:
    """One pass over the messages of a channel."""

    def __init__(
        self, holder: BaseDatabaseWrapper, notice: Notice, texts: NoticeTexts, channel: Channel, gateway: Gateway
    ) -> None:
        self.holder, self.notice, self.texts, self.channel, self.gateway = holder, notice, texts, channel, gateway
        self.member = str(common_values(notice.owner)["membre"])

    def run(self, progress: Progress, whole: int) -> None:
        """As long as the gateway takes some: what one receiver's server puts off does not keep the others waiting."""
        done, after, put_off = 0, 0, 0
        while taken := self.take(after):
            after = max(one[0] for one in taken)
            answers = self.gateway.hand_over([self.outgoing(*one) for one in taken])
            self.record(answers)
            done += len(taken)
            progress(min(1.0, done / whole), f"{self.channel.label} : {done} / {whole}")
            put_off = put_off + len(answers) if all(one.state in NOT_TAKEN for one in answers) else 0
            if put_off >= MOST_PUT_OFF or any(one.away for one in answers):
                break

    def take(self, after: int) -> list[tuple[int, Any, str, list[str]]]:
        given: list[Any] = [self.notice.pk, self.channel.value, self.gateway.knows_keys, after, self.gateway.batch]
        with self.holder.cursor() as cursor:
            cursor.execute("select * from arpent.take_messages(%s, %s, %s, %s, %s)", given)
            return list(cursor.fetchall())

    def record(self, answers: Sequence[Answer]) -> None:
        with self.holder.cursor() as cursor:
            cursor.execute("select arpent.record_messages(%s)", [json.dumps([asdict(one) for one in answers])])

    def outgoing(self, message_id: int, key: Any, value: str, addresses: list[str]) -> Outgoing:
        if self.channel == Channel.SMS:
            return Outgoing(key=str(key), to=value, text=self.texts.sms)
        stop = stop_address(message_id)
        text = mail_text(self.texts, addresses, self.member, stop)
        return Outgoing(key=str(key), to=value, title=self.texts.title, text=text, stop=stop)


def stop_address(message_id: int) -> str:
    """Where the receiver of an e-mail says that they want no more."""
    return settings.SITE_URL + reverse("notice_stop", args=[STOP.sign(str(message_id))])


def write_trial(notice: Notice, progress: Progress) -> dict[str, Any]:
    """What would be sent now, one JSON line for each message, to nobody."""
    texts = texts_of(notice)
    member = str(common_values(notice.owner)["membre"])
    rows = fetch_all("select * from arpent.tried_messages(%s)", [notice.pk])
    path = trial_file(notice.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys((one.value for one in CHANNELS), 0)
    begun = path.with_suffix(".part")
    with begun.open("w", encoding="utf-8") as file:
        begun.chmod(MESSAGES_MODE)
        for channel, value, addresses in rows:
            counts[channel] += 1
            made = {"channel": channel, "to": value, "text": texts.sms}
            if channel == Channel.EMAIL:
                made |= {"title": texts.title, "text": mail_text(texts, addresses, member, TRIAL_STOP)}
            file.write(json.dumps(made, ensure_ascii=False) + "\n")
    begun.replace(path)
    progress(1.0, "")
    return counts | {"parts": texts.length.parts * counts[Channel.SMS], "to_file": writes_files()}


def trial_file(notice_id: int) -> Any:
    return folder() / f"essai-{notice_id}.jsonl"
