"""What the form that records a notification takes over: from the final letter that was notified, else from what an
instructor confirmed of the land's proposals. Whoever records it checks it; nothing is recorded by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Rights
from gis_core.models import Letter
from permits.acts.kinds import DECIDES, RECORDED, WITHDRAWN_FOR_FRAUD, WITHDRAWN_ON_REQUEST
from permits.deadlines.law import Ground, Kind
from permits.models import Event, Permit
from permits.procedure import POSTINGS, RevocationCause, What
from permits.services.letters import letters_of
from permits.services.proposing import get_delay_by_hand, list_confirmed_grounds
from permits.usual_documents import USUAL

CAUSES = {WITHDRAWN_ON_REQUEST: RevocationCause.REQUESTED, WITHDRAWN_FOR_FRAUD: RevocationCause.FRAUD}
"""Why a decision is withdrawn, where the act itself says it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The final letter that was notified; `day` is the one on which it was numbered and locked."""

    letter: Letter
    kind: str
    day: date


def notice_for(permit: Permit, what: What, rows: Sequence[Event], rights: Rights, chosen: str = "") -> Notice | None:
    """The letter of that kind which the asker reads: the `chosen` one, else the latest that no event followed yet."""
    kinds = [code for code, recorded in RECORDED.items() if recorded == what]
    if not kinds:
        return None
    final = letters_of(permit, rights).light().filter(kind__in=kinds, state=Letter.State.FINAL)
    if chosen.isascii() and chosen.isdecimal():
        letter = final.filter(pk=int(chosen[:9])).first()
    else:
        letter = final.order_by("-finalised_at", "-id").first()
        if letter is not None and is_recorded(letter, what, rows):
            letter = None
    if letter is None or letter.finalised_at is None:
        return None
    return Notice(letter, str(kind_of(letter.kind).name), timezone.localdate(letter.finalised_at))


def is_recorded(letter: Letter, what: What, rows: Sequence[Event]) -> bool:
    """Whether such an event was recorded since the letter is final."""
    made = [row.recorded_at for row in rows if row.what == what and row.struck_at is None]
    return letter.finalised_at is not None and any(at >= letter.finalised_at for at in made)


def event_values(permit: Permit, what: What, notice: Notice | None, rows: Sequence[Event] = ()) -> dict[str, Any]:
    """What the form of such an event begins with, by the names of its fields."""
    if what in POSTINGS and (posting := open_posting(rows, what)):
        return {"on": posting.on_date, "note": posting.detail.get("note", "")}
    if notice is not None:
        return {"sent": notice.day, **letter_values(permit, what, notice)}
    match what:
        case What.LONGER_NOTIFIED:
            return {"grounds": [ground.value for ground in list_confirmed_grounds(permit)]}
        case What.BY_HAND:
            return get_delay_by_hand(permit)
        case _:
            return {}


def open_posting(rows: Sequence[Event], what: What) -> Event | None:
    """The last posting of a kind of which nobody recorded the last day."""
    last = [row for row in rows if row.what == what and row.struck_at is None][-1:]
    return last[0] if last and not last[0].detail.get("posted_until") else None


def letter_values(permit: Permit, what: What, notice: Notice) -> dict[str, Any]:
    begun_with = notice.letter.begun_with
    match what:
        case What.DECIDED:
            outcome = DECIDES.get(notice.letter.kind)
            return {"outcome": outcome, "reference": notice.letter.number, "signed": notice.day}
        case What.REVOKED:
            return {
                "cause": CAUSES.get(notice.letter.kind, ""),
                "reference": notice.letter.number,
                "signed": notice.day,
            }
        case What.DOCUMENTS_REQUESTED:
            usual = USUAL[Kind(permit.kind)]
            documents = [str(one) for one in begun_with.get("pieces", ())]
            others = [one for one in documents if one not in usual]
            return {"pieces": [one for one in documents if one in usual], "others": "\n".join(others)}
        case What.LONGER_NOTIFIED:
            known = {ground.value for ground in Ground}
            return {"grounds": [one for one in begun_with.get("grounds", ()) if one in known]}
        case _:
            return {}
