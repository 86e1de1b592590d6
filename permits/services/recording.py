"""What happens to a file is recorded once for all; a mistake is struck out, and stays to be seen."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.desk.journal import strike_out
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import Rights, Role
from layers.catalogue.services import announce_changed_slugs
from permits.deadlines import events as clock
from permits.deadlines.calendar import PARIS
from permits.deadlines.law import Ground, Kind, the
from permits.layers import SLUG
from permits.models import Event, Permit
from permits.procedure import INSTRUCTS, MOVES, OF_WORKS, POSTINGS, State, What
from permits.services.reading import format_day, refresh, refresh_with_changes

EARLIEST = date(1970, 1, 1)
LONGEST = 200
LONGEST_NOTE = 2_000
LONGEST_HEARING = timedelta(days=366)
MOST_DOCUMENTS = 60
CHANNELS = ("hand", "registered", "electronic")
NOTIFIED = (
    *(What.DOCUMENTS_REQUESTED, What.LONGER_NOTIFIED, What.DECIDED, What.ARCHITECT_SAID),
    *(What.REVOCATION_ANNOUNCED, What.REVOKED, What.CONTESTED),
)
"""Acts that count from their receipt: how they were sent says when that is (R.423-47, R.423-48)."""


def may_write(permit: Permit, rights: Rights, roles: frozenset[Role]) -> bool:
    """Whether the asker has one of the roles for this file: a town hall's person in their own communes."""
    if rights.has_role(permit.owner_id, roles - {Role.TOWN_HALL}):
        return True
    town = Role.TOWN_HALL in roles and rights.roles.get(permit.owner_id) == Role.TOWN_HALL
    return town and permit.insee in rights.town_insee


def check_may_write(permit: Permit, rights: Rights, roles: frozenset[Role]) -> None:
    """Refuse a user who may not write the file in one of these roles. Raises Forbidden."""
    if not may_write(permit, rights, roles):
        raise Forbidden(_("Your role does not allow this."))


def may_record(permit: Permit, rights: Rights) -> list[What]:
    """What the asker may record of a file as it stands."""
    return [what for what, move in MOVES.items() if fits(what, permit) and may_write(permit, rights, move.roles)]


def fits(what: What, permit: Permit) -> bool:
    """Whether it can happen to such a file in its state: no works follow a certificate."""
    certifies = Kind(permit.kind).certifies
    return State(permit.state) in MOVES[what].states and not (certifies and what in (*OF_WORKS, *POSTINGS))


def may_strike(event: Event, permit: Permit, rights: Rights) -> bool:
    """Whether the asker may strike out an event that still stands."""
    move = MOVES.get(What(event.what))
    if move is None or event.struck_at or not may_write(permit, rights, move.roles):
        return False
    return is_own(event, permit, rights)


def is_own(event: Event, permit: Permit, rights: Rights) -> bool:
    """Whether the asker answers for what an event says: who instructs for all, anybody for what they recorded."""
    return may_write(permit, rights, INSTRUCTS) or event.recorded_by_id == rights.user_id


def check_own(event: Event, permit: Permit, rights: Rights) -> None:
    """Refuse to take back what somebody else answers for. Raises Forbidden."""
    if not is_own(event, permit, rights):
        message = _(
            "At a town hall you strike out only what you recorded yourself: ask the instructing service, which may "
            "strike out everything."
        )
        raise Forbidden(message)


@transaction.atomic
def record(permit: Permit, what: What, *, on: date | None, detail: Mapping[str, Any], rights: Rights) -> Event:
    """Record an event; the file's dates follow. Raises Forbidden, Conflict (a state that excludes it), Invalid.

    `on` is the day of receipt where nothing in `detail` says how the act was sent (`channel`: `hand`, `registered`
    with `sent` and `presented`, `electronic` with `sent` and perhaps `consulted`). What comes too late is recorded, and
    shown as without effect.
    """
    move = MOVES[what]
    check_may_write(permit, rights, move.roles)
    permit = lock_permit(permit)
    # The stored state may be yesterday's.
    refresh(permit)
    if not fits(what, permit):
        message = _("“%(event)s” cannot be recorded while the file is “%(state)s”.")
        raise Conflict(message % {"event": what.label, "state": permit.get_state_display()})
    kept = DETAILS[what](detail)
    day = on
    if what in NOTIFIED:
        sent, day = sending_of_act(detail, on)
        kept |= sent
    day = sound(permit, day)
    if kept.get("sent") and date.fromisoformat(kept["sent"]) < permit.filed_date:
        raise Invalid(before_filing(permit), parameter="sent")
    check_sense(permit, what, kept, day)
    made = Event.objects.create(
        permit=permit, what=what, on_date=day, detail=kept, recorded_at=database_clock.now(),
        recorded_by_id=rights.user_id,
    )  # fmt: skip
    if what in POSTINGS:
        replace_open_posting(made, rights)
    refresh_with_changes(permit)
    announce()
    return made


def replace_open_posting(made: Event, rights: Rights) -> None:
    """Strike out the record of the same posting that did not know its last day."""
    rows = Event.objects.current().filter(permit=made.permit_id, what=made.what, on_date=made.on_date)
    for row in rows.filter(detail__posted_until=None).exclude(pk=made.pk):
        strike_out(
            row,
            _("Recorded anew, with the last day of the posting"),
            rights,
            struck_already=_("This event is struck out already."),
            unexplained=_("Say why the event is struck out."),
            reason_field="struck_reason",
        )


@transaction.atomic
def strike(event: Event, *, reason: str, rights: Rights) -> None:
    """Take an event back: it counts no more, and stays to be seen. Raises Forbidden, Conflict, Invalid."""
    permit = lock_permit(event.permit)
    event = Event.objects.select_for_update().get(pk=event.pk)
    move = MOVES.get(What(event.what))
    if move is None:
        raise Conflict(_("A file begins with its filing: it cannot be struck out."))
    check_may_write(permit, rights, move.roles)
    check_own(event, permit, rights)
    strike_out(
        event,
        reason,
        rights,
        struck_already=_("This event is struck out already."),
        unexplained=_("Say why the event is struck out."),
        reason_field="struck_reason",
    )
    refresh_with_changes(permit)
    announce()


def lock_permit(permit: Permit) -> Permit:
    """The file, which nobody else changes until the end. Raises NotFound."""
    fresh = Permit.objects.select_for_update().filter(pk=permit.pk).first()
    if fresh is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return fresh


def announce() -> None:
    """The layer changed: its tiles are drawn anew."""
    announce_changed_slugs([SLUG])


# -- days -------------------------------------------------------------------------------------------------------------


def sound(permit: Permit, day: date | None) -> date:
    """A day on which something can have happened to the file. Raises Invalid."""
    if day is None:
        raise Invalid(_("Give the day on which it counts."), parameter="on")
    if day < permit.filed_date:
        raise Invalid(before_filing(permit), parameter="on")
    if day > database_clock.today():
        raise Invalid(_("This day is not yet there: record what has happened."), parameter="on")
    return day


def check_sense(permit: Permit, what: What, kept: Mapping[str, Any], day: date) -> None:
    """Refuse what excludes each other: works before the grant, remarks before their letter. Raises Invalid."""
    if what in OF_WORKS and permit.ended_date and day < permit.ended_date and what != What.TRANSMITTED:
        message = _("It was granted on %(day)s: no works are declared before.")
        if what == What.POSTED_AT_TOWN_HALL:
            message = _("It was granted on %(day)s: it is not posted before.")
        raise Invalid(message % {"day": f"{permit.ended_date:%d/%m/%Y}"}, parameter="on")
    if kept.get("outcome") == clock.Outcome.DEFERRED and Kind(permit.kind).certifies:
        raise Invalid(_("A certificate is not put off."), parameter="outcome")
    if kept.get("posted_until") and date.fromisoformat(kept["posted_until"]) < day:
        raise Invalid(_("It cannot be taken down before it is posted."), parameter="posted_until")
    if kept.get("signed"):
        check_signed(permit, date.fromisoformat(kept["signed"]), day)
    if kept.get("remarks_by") and date.fromisoformat(kept["remarks_by"]) < day:
        raise Invalid(_("Remarks are made after the letter was received."), parameter="remarks_by")


def check_signed(permit: Permit, signed: date, received: date) -> None:
    """Refuse a decision signed before the filing, or after the applicant has it. Raises Invalid."""
    if signed < permit.filed_date:
        raise Invalid(before_filing(permit), parameter="signed")
    if signed > received:
        raise Invalid(_("It cannot be received before it is signed."), parameter="signed")


def before_filing(permit: Permit) -> str:
    message = _("The file was filed on %(filed)s: nothing happens to it before.")
    return message % {"filed": f"{permit.filed_date:%d/%m/%Y}"}


def sending_of_act(detail: Mapping[str, Any], on: date | None) -> tuple[dict[str, Any], date | None]:
    """How an act was sent, and the day on which it counts as received. Raises Invalid."""
    channel = detail.get("channel") or "hand"
    if channel not in CHANNELS:
        raise Invalid(
            _("An act is given by hand, or sent by registered letter or electronically."), parameter="channel"
        )
    if channel == "hand":
        # What is handed over is not sent: a day of sending that a form still holds is that of another way.
        return {"channel": channel, "sent": (on or database_clock.today()).isoformat()}, on
    sent = day_of(detail, "sent")
    if sent is None:
        raise Invalid(_("Give the day on which it was sent."), parameter="sent")
    if channel == "registered":
        presented = day_of(detail, "presented")
        if presented is None:
            raise Invalid(_("Give the day on which the letter was first presented."), parameter="presented")
        in_order(sent, presented, "presented")
        kept = {"channel": channel, "sent": sent.isoformat(), "presented": presented.isoformat()}
        return kept, clock.reception_by_registered_letter(presented)
    consulted = day_of(detail, "consulted")
    if consulted is not None:
        in_order(sent, consulted, "consulted")
    day = clock.electronic_reception(sent, consulted)
    if day > database_clock.today():
        message = _("Not consulted, it counts from %(day)s: record it then, or give the day of consultation.")
        raise Invalid(message % {"day": f"{day:%d/%m/%Y}"}, parameter="consulted")
    kept = {"channel": channel, "sent": sent.isoformat(), "consulted": consulted.isoformat() if consulted else None}
    return kept, day


def in_order(sent: date, later: date, parameter: str) -> None:
    if later < sent:
        raise Invalid(_("It cannot be received before it is sent."), parameter=parameter)


def day_of(detail: Mapping[str, Any], name: str, *, latest: date | None = None) -> date | None:
    """A day in the detail, as a date or as ISO 8601; of the past, unless a `latest` one is given. Raises Invalid."""
    value = detail.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    else:
        try:
            day = date.fromisoformat(str(value)[:10])
        except ValueError as error:
            raise Invalid(_("“%(value)s” is no date.") % {"value": str(value)[:40]}, parameter=name) from error
    if latest is None and day > database_clock.today():
        raise Invalid(_("This day is still to come: %(day)s.") % {"day": format_day(day)}, parameter=name)
    if not EARLIEST <= day <= (latest or day):
        raise Invalid(_("This day cannot be: %(day)s.") % {"day": format_day(day)}, parameter=name)
    return day


# -- what each kind of event needs ------------------------------------------------------------------------------------


def text(detail: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = str(detail.get(name) or "").strip()
    if required and not value:
        raise Invalid(_("“%(name)s” is missing.") % {"name": name}, parameter=name)
    return check_length(value, name, LONGEST)


def check_length(value: str, name: str, most: int) -> str:
    """The text, which is never cut. Raises Invalid where it is longer than `most` characters."""
    if len(value) > most:
        message = _("“%(name)s” has more than %(most)s characters.")
        raise Invalid(message % {"name": name, "most": most}, parameter=name)
    return value


def one_of(detail: Mapping[str, Any], name: str, allowed: type[Any]) -> str:
    value = detail.get(name)
    if value not in [one.value for one in allowed]:
        raise Invalid(_("“%(name)s” has no such value.") % {"name": name}, parameter=name)
    return str(value)


def some_of(detail: Mapping[str, Any], name: str) -> list[str]:
    """A list of words, each once. Raises Invalid when it is empty."""
    given = detail.get(name) or []
    entries = given if isinstance(given, list | tuple | set | frozenset) else [given]
    if not all(isinstance(one, str) for one in entries):
        raise Invalid(_("“%(name)s” is a list of words.") % {"name": name}, parameter=name)
    texts = list(dict.fromkeys(check_length(str(one).strip(), name, LONGEST) for one in entries if str(one).strip()))
    if not 1 <= len(texts) <= MOST_DOCUMENTS:
        raise Invalid(_("Name 1 to %(most)s pieces.") % {"most": MOST_DOCUMENTS}, parameter=name)
    return texts


def flag(detail: Mapping[str, Any], name: str) -> bool:
    """Yes or no, nothing else: the word "false" is no yes. Raises Invalid."""
    value = detail.get(name) or False
    if not isinstance(value, bool):
        raise Invalid(_("“%(name)s” is true or false.") % {"name": name}, parameter=name)
    return value


def documents_requested(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"pieces": some_of(detail, "pieces"), "outside_code": flag(detail, "outside_code")}


def longer(detail: Mapping[str, Any]) -> dict[str, Any]:
    grounds = some_of(detail, "grounds")
    known = {one.value for one in Ground}
    if unknown := [one for one in grounds if one not in known]:
        raise Invalid(_("No article knows the ground “%(ground)s”.") % {"ground": unknown[0]}, parameter="grounds")
    return {"grounds": grounds}


def count_months(detail: Mapping[str, Any], most: int, message: str) -> int:
    """A number of months from 1 to `most`, of two digits. Raises Invalid with the message."""
    months = str(detail.get("months") or "")
    if not (months.isascii() and months.isdecimal() and len(months) <= 2 and 1 <= int(months) <= most):
        raise Invalid(message % {"most": most}, parameter="months")
    return int(months)


def by_hand(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "months": count_months(detail, 36, _("A delay is 1 to 36 months.")),
        "article": text(detail, "article", required=True),
        "reason": text(detail, "reason", required=True),
        "adds": flag(detail, "adds"),
    }


def decision_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    outcome = one_of(detail, "outcome", clock.Outcome)
    if outcome == clock.Outcome.WITHDRAWN:
        raise Invalid(_("A withdrawal is no decision: record it as such."), parameter="outcome")
    if outcome not in clock.DECISIONS:
        message = _("This is no decision: record the withdrawal, or the outcome of the appeal.")
        raise Invalid(message, parameter="outcome")
    put_off = {"months": deferral(detail)} if outcome == clock.Outcome.DEFERRED else {}
    return {"outcome": outcome, **order_detail(detail), **put_off}


def order_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The day and the number of an order."""
    signed = day_of(detail, "signed")
    return {"signed": signed.isoformat() if signed else None, "reference": text(detail, "reference")}


def deferral(detail: Mapping[str, Any]) -> int:
    """For how many months a decision is put off (L.424-1). Raises Invalid."""
    most = the("deferral_months", database_clock.today()).months
    return count_months(detail, most, _("A decision is put off for 1 to %(most)s months."))


def announcement_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    until = day_of(detail, "remarks_by", latest=database_clock.today() + LONGEST_HEARING)
    return {"remarks_by": until.isoformat() if until else None, **note_detail(detail)}


def revocation_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    cause = one_of(detail, "cause", clock.Cause)
    return {"cause": cause, "reason": text(detail, "reason", required=True), **order_detail(detail)}


def appeal_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"appeal": one_of(detail, "appeal", clock.Appeal), **note_detail(detail)}


def appeal_end_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "appeal_outcome": one_of(detail, "appeal_outcome", clock.AppealOutcome),
        "final": flag(detail, "final"),
        "reference": text(detail, "reference"),
    }


def posting_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    until = day_of(detail, "posted_until")
    return {"posted_until": until.isoformat() if until else None, **note_detail(detail)}


def note_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"note": check_length(str(detail.get("note") or "").strip(), "note", LONGEST_NOTE)}


DETAILS: Mapping[What, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    **dict.fromkeys(MOVES, note_detail),
    What.DOCUMENTS_REQUESTED: documents_requested,
    What.DOCUMENTS_RECEIVED: lambda detail: {"pieces": some_of(detail, "pieces")},
    What.LONGER_NOTIFIED: longer,
    What.BY_HAND: by_hand,
    What.ARCHITECT_SAID: lambda detail: {"opinion": one_of(detail, "opinion", clock.Opinion)},
    What.DECIDED: decision_detail,
    What.REVOCATION_ANNOUNCED: announcement_detail,
    What.REVOKED: revocation_detail,
    What.APPEAL_LODGED: appeal_detail,
    What.APPEAL_ENDED: appeal_end_detail,
    **dict.fromkeys(POSTINGS, posting_detail),
    What.WORKS_FINISHED: lambda detail: {"survey": flag(detail, "survey"), **note_detail(detail)},
}
"""What is kept of each kind of event."""


def instant_of(day: date) -> datetime:
    """The end of a day in Paris: when what is imported from an older register is taken to have been recorded."""
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=PARIS)
