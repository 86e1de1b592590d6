"""What happens to the demo's planning applications: a function for each kind of story, days counted back from one day.

Every act is checked and kept as `permits.services.recording` does; nothing here knows a parcel or a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from permits.deadlines.calendar import after_months, before_months
from permits.deadlines.events import Appeal, AppealOutcome, Cause, Opinion, Outcome
from permits.deadlines.law import Effect, Ground, Kind, rules_of
from permits.models import Consultation
from permits.procedure import What
from permits.services.recording import DETAILS, NOTIFIED, sending_of_act

PIECES = {
    Kind.DP: ("DP1 Plan de situation", "DP2 Plan de masse", "DP4 Plan des façades", "DP7 Photographie proche"),
    Kind.PCMI: ("PCMI2 Plan de masse", "PCMI3 Plan en coupe", "PCMI5 Plan des façades", "PCMI6 Document graphique"),
    Kind.PC: ("PC2 Plan de masse", "PC4 Notice", "PC5 Plan des façades", "PC39 Accessibilité"),
    Kind.PA: ("PA2 Notice", "PA4 Plan de composition", "PA8 Programme des travaux"),
    Kind.PD: ("PD2 Plan de masse", "PD3 Photographie", "PD4 Notice"),
}
NOTES = (
    "Rendez-vous au service : implantation revue avec le demandeur.",
    "Appel de la mairie : accès par la voie communale confirmé.",
    "Visite du terrain faite.",
)
PRESCRIPTIONS = "Enduit à la chaux de teinte soutenue, tuiles plates de terre cuite."
WRONG_FILE = "Saisi sur le mauvais dossier"
NETWORKS = (Consultation.Body.WATER, Consultation.Body.ELECTRICITY, Consultation.Body.ROADS)


@dataclass(slots=True)
class Happening:
    """An event to be: recorded `late` days after it counts; struck out where there is a reason."""

    what: What
    on: date
    detail: Mapping[str, Any]
    late: int = 0
    struck: str = ""


@dataclass(slots=True)
class Asked:
    """A consultation to be."""

    body: str
    on: date
    answered: date | None = None
    opinion: str = ""
    text: str = ""


@dataclass(slots=True)
class Story:
    """A file to be, told on `day`: `months` run from `complete`. `tale` names what was told."""

    tale: str
    kind: Kind
    day: date
    chance: Random
    filed: date = date.min
    complete: date = date.min
    months: int = 0
    instructed: bool = True
    silence_refuses: list[str] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)
    consulted: list[Asked] = field(default_factory=list)
    parent: Story | None = None
    change: str = ""
    explains: str = ""

    @property
    def due(self) -> date:
        return after_months(self.complete, self.months)

    @property
    def first_month(self) -> date:
        return after_months(self.filed, 1)

    @property
    def granted_on(self) -> date | None:
        grants = [one for one in self.happened if one.detail.get("outcome") == Outcome.GRANTED and not one.struck]
        return grants[0].on if grants else None

    def file(self, on: date) -> None:
        self.filed = self.complete = on
        (usual,) = rules_of(Effect.USUAL, self.kind, on)
        self.months = usual.months
        self.happened.append(Happening(What.FILED, on, {}))

    def file_due(self, due: date) -> None:
        """File it so that its decision is due on this day, or on the first one after it that can be."""
        (usual,) = rules_of(Effect.USUAL, self.kind, due)
        self.file(starting(due, usual.months))

    def file_between(self, most: int, least: int) -> None:
        """File it some days ago."""
        self.file(self.day - timedelta(days=self.chance.randint(least, most)))

    def happens(self, what: What, on: date, late: int = 0, struck: str = "", **detail: Any) -> date:
        """Add an event; returns the day on which it counts."""
        kept = DETAILS[what](detail)
        day: date | None = on
        if what in NOTIFIED:
            sent, day = sending_of_act(detail | self.sending(on), on)
            kept |= sent
        if day is None or not self.filed <= day <= self.day:
            raise ValueError(f"{what} {day}")
        self.happened.append(Happening(what, day, kept, late, struck))
        return day

    def sending(self, on: date) -> dict[str, Any]:
        """How an act was sent that is received on this day."""
        match self.chance.randrange(4):
            case 0 if on - timedelta(days=8) >= self.filed:
                return {"channel": "electronic", "sent": on - timedelta(days=8)}
            case 1 if on - timedelta(days=2) >= self.filed:
                return {"channel": "electronic", "sent": on - timedelta(days=2), "consulted": on}
            case 2 if on - timedelta(days=3) >= self.filed:
                return {"channel": "registered", "sent": on - timedelta(days=3), "presented": on}
        return {"channel": "hand"}

    def within(self, first: float, last: float) -> date:
        """A day of the delay, between two shares of it."""
        days = (self.due - self.complete).days
        return self.complete + timedelta(days=self.chance.randint(round(days * first), round(days * last)))

    def decides(self, outcome: Outcome, on: date | None = None, **more: Any) -> date:
        day = on or self.within(0.45, 0.95)
        number = self.chance.randint(1, 399)
        return self.happens(What.DECIDED, day, outcome=outcome, reference=f"{day.year}-URB-{number:03d}", **more)

    def asks_pieces(self, after: int, count: int = 2, **more: Any) -> list[str]:
        pieces = self.chance.sample(PIECES[self.kind], count)
        self.happens(What.DOCUMENTS_REQUESTED, self.filed + timedelta(days=after), pieces=pieces, **more)
        return pieces

    def completes(self, on: date, pieces: list[str], late: int = 0) -> None:
        self.complete = self.happens(What.DOCUMENTS_RECEIVED, on, late=late, pieces=pieces)

    def lengthens(self, after: int, ground: Ground = Ground.PROTECTED_SURROUNDINGS, more: int = 1) -> None:
        self.happens(What.LONGER_NOTIFIED, self.filed + timedelta(days=after), grounds=[ground])
        self.months += more

    def asks(self, body: str, after: int, answered: int | None = None, opinion: str = "", text: str = "") -> None:
        """Ask for an opinion; the architect's one is told to the clock, too."""
        on = self.filed + timedelta(days=after)
        asked = Asked(body, on, text=text)
        if answered is not None:
            asked.answered, asked.opinion = on + timedelta(days=answered), opinion or Opinion.FAVOURABLE
            if body == Consultation.Body.ABF:
                self.happens(What.ARCHITECT_SAID, asked.answered, opinion=asked.opinion)
        self.consulted.append(asked)


def starting(due: date, months: int) -> date:
    """The day from which so many months end on a day, or on the first one after it that can be."""
    start = before_months(due, months)
    while after_months(start, months) < due:
        start += timedelta(days=1)
    return start


# -- open files -------------------------------------------------------------------------------------------------------


def fresh(story: Story) -> None:
    story.file_between(6, 0)
    story.instructed = False


def due_this_week(story: Story) -> None:
    story.file_due(story.day + timedelta(days=story.chance.randint(0, 5)))
    if story.kind not in (Kind.CUA, Kind.CUB):
        story.asks(story.chance.choice(NETWORKS), 4, answered=15)


def notices_this_week(story: Story) -> None:
    """The first month ends: the last days to notify a longer delay or missing pieces."""
    story.file(starting(story.day + timedelta(days=story.chance.randint(0, 5)), 1))


def instructed(story: Story) -> None:
    months = next(rules_of(Effect.USUAL, story.kind, story.day)).months
    story.file_between(30 * months - 16, 7)
    if story.chance.random() < 0.4:
        story.happens(What.NOTE, story.filed + timedelta(days=6), note=story.chance.choice(NOTES))


def waiting_opinions(story: Story) -> None:
    """Some bodies have answered, one has not; its delay may be over."""
    months = next(rules_of(Effect.USUAL, story.kind, story.day)).months
    story.file_between(30 * months - 6, 14)
    story.asks(Consultation.Body.ROADS, 3, answered=8 if story.chance.random() < 0.5 else None)
    story.asks(Consultation.Body.WATER, 3, answered=9, text="Raccordement possible en limite de parcelle.")
    story.asks(Consultation.Body.ELECTRICITY if story.chance.random() < 0.6 else Consultation.Body.SDIS, 4)


def longer(story: Story) -> None:
    """Within 500 m of a church: a month more, and the architect's opinion, perhaps not there yet."""
    months = next(rules_of(Effect.USUAL, story.kind, story.day)).months + 1
    story.file_between(30 * months - 4, 28)
    story.lengthens(story.chance.randint(9, 24))
    if story.chance.random() < 0.5:
        story.asks(Consultation.Body.ABF, 5, answered=20, opinion=Opinion.WITH_PRESCRIPTIONS, text=PRESCRIPTIONS)
    else:
        story.asks(Consultation.Body.ABF, 5)


def pieces_waited(story: Story) -> None:
    story.file_between(80, 12)
    story.asks_pieces(story.chance.randint(8, 12), story.chance.randint(1, 3))


def pieces_this_week(story: Story) -> None:
    """The three months for the missing pieces end."""
    asked = starting(story.day + timedelta(days=story.chance.randint(0, 5)), 3)
    story.file(asked - timedelta(days=20))
    story.asks_pieces(20)


def pieces_partly(story: Story) -> None:
    story.file_between(80, 45)
    first, *_others = story.asks_pieces(15)
    story.happens(What.DOCUMENTS_RECEIVED, story.filed + timedelta(days=35), pieces=[first])


def completed(story: Story) -> None:
    """The delay runs from the last piece, which was recorded some days late."""
    story.file_between(75, 50)
    story.completes(story.day - timedelta(days=story.chance.randint(6, 14)), story.asks_pieces(18), late=4)


def asked_late(story: Story) -> None:
    """After the first month a request changes nothing."""
    story.file_between(52, 44)
    story.asks_pieces(story.chance.randint(36, 42), 1)


def inquired(story: Story) -> None:
    """No day is known before the report of the public inquiry."""
    story.file_between(130, 80)
    story.happens(What.LONGER_NOTIFIED, story.filed + timedelta(days=20), grounds=[Ground.PUBLIC_INQUIRY])


def reported(story: Story) -> None:
    story.file_between(190, 150)
    story.happens(What.LONGER_NOTIFIED, story.filed + timedelta(days=18), grounds=[Ground.PUBLIC_INQUIRY])
    story.happens(What.REPORTED, story.day - timedelta(days=20), note="Avis favorable du commissaire enquêteur.")


def by_hand(story: Story) -> None:
    """A delay that no rule here knows, entered with its article."""
    story.file_between(110, 80)
    reason = "Consultation d’une commission nationale"
    story.happens(What.BY_HAND, story.filed + timedelta(days=22), article="R.423-31", months=8, reason=reason)


# -- files that have ended --------------------------------------------------------------------------------------------


def long_ago(story: Story, most: int = 1_080, least: int = 145) -> None:
    """Filed some time ago; certificates a year ago at most, that they still hold."""
    story.file_between(min(most, 420) if story.kind.certifies else most, least)


def granted(story: Story) -> None:
    long_ago(story)
    if story.kind in PIECES and story.chance.random() < 0.25:
        story.completes(story.filed + timedelta(days=story.chance.randint(30, 45)), story.asks_pieces(16))
    if story.chance.random() < 0.05:
        story.happens(What.NOTE, story.filed + timedelta(days=3), struck=WRONG_FILE, note=story.chance.choice(NOTES))
    story.decides(Outcome.GRANTED)


def granted_later(story: Story) -> None:
    """With the architect's prescriptions, in a longer delay."""
    long_ago(story)
    story.lengthens(story.chance.randint(9, 24))
    story.asks(Consultation.Body.ABF, 5, answered=22, opinion=Opinion.WITH_PRESCRIPTIONS, text=PRESCRIPTIONS)
    story.decides(Outcome.GRANTED, story.within(0.6, 0.95))


def granted_by_silence(story: Story) -> None:
    long_ago(story)


def decided_too_late(story: Story) -> None:
    """The silence has granted it: the refusal is an irregular withdrawal of the tacit permit."""
    long_ago(story)
    story.decides(Outcome.REFUSED, story.due + timedelta(days=story.chance.randint(2, 9)))


def lengthened_too_late(story: Story) -> None:
    """The longer delay was notified after the first month: silence had granted at the usual end."""
    long_ago(story)
    story.happens(What.LONGER_NOTIFIED, story.first_month + timedelta(days=4), grounds=[Ground.DEROGATION])
    story.decides(Outcome.GRANTED, story.due + timedelta(days=20))


def refused(story: Story) -> None:
    long_ago(story)
    if story.chance.random() < 0.3:
        story.asks(Consultation.Body.WATER, 4, answered=10, opinion=Opinion.UNFAVOURABLE, text="Réseau insuffisant.")
    if story.chance.random() < 0.15:
        story.happens(What.DECIDED, story.within(0.42, 0.45), struck=WRONG_FILE, outcome=Outcome.GRANTED)
    story.decides(Outcome.REFUSED)


def refused_by_silence(story: Story) -> None:
    long_ago(story)
    story.silence_refuses = ["Démolition en site inscrit"]


def refused_by_architect(story: Story) -> None:
    long_ago(story)
    story.lengthens(12)
    story.asks(Consultation.Body.ABF, 5, answered=24, opinion=Opinion.UNFAVOURABLE, text="Atteinte aux abords.")


def rejected(story: Story) -> None:
    long_ago(story, least=150)
    story.asks_pieces(story.chance.randint(10, 24))


def withdrawn(story: Story) -> None:
    long_ago(story, least=100)
    story.happens(What.WITHDRAWN, story.within(0.3, 0.9), note="Le demandeur renonce à son projet.")


def begun(story: Story) -> None:
    long_ago(story, 780, 260)
    grant = story.decides(Outcome.GRANTED)
    publish(story, grant)
    start = story.happens(What.WORKS_STARTED, grant + timedelta(days=story.chance.randint(20, 90)))
    if story.chance.random() < 0.3:
        story.happens(What.WORKS_STOPPED, start + timedelta(days=30), note="Chantier à l’arrêt.")
        story.happens(What.WORKS_RESUMED, start + timedelta(days=75))


def publish(story: Story, grant: date) -> None:
    """What is done in the days after a decision."""
    story.happens(What.TRANSMITTED, grant + timedelta(days=2))
    story.happens(What.POSTED_AT_TOWN_HALL, grant + timedelta(days=story.chance.randint(3, 8)))
    story.happens(What.POSTED_ON_SITE, grant + timedelta(days=story.chance.randint(5, 15)))


def finished(story: Story) -> None:
    long_ago(story, 800, 480)
    story.happens(What.FILING_POSTED, story.filed, posted_until=(story.filed + timedelta(days=62)).isoformat())
    grant = story.decides(Outcome.GRANTED)
    publish(story, grant)
    start = story.happens(What.WORKS_STARTED, grant + timedelta(days=story.chance.randint(20, 60)))
    end = story.happens(What.WORKS_FINISHED, start + timedelta(days=story.chance.randint(90, 280)))
    what, after = (What.CONTESTED, 70) if story.chance.random() < 0.2 else (What.ATTESTED, 100)
    if end + timedelta(days=after) <= story.day:
        story.happens(what, end + timedelta(days=after))


def expired(story: Story) -> None:
    """A certificate of more than eighteen months."""
    story.file_between(1_080, 660)
    story.decides(Outcome.GRANTED)


def extended(story: Story) -> None:
    long_ago(story, 520, 330)
    grant = story.decides(Outcome.GRANTED)
    story.happens(What.EXTENDED, grant + timedelta(days=story.chance.randint(200, 240)), note="Demande de prorogation.")


def extended_too_late(story: Story) -> None:
    """Asked within the last two months of a certificate."""
    story.file_between(900, 700)
    grant = story.decides(Outcome.GRANTED)
    story.happens(What.EXTENDED, after_months(grant, 17), note="Demande de prorogation.")


def revoked(story: Story) -> None:
    """Withdrawn within the time of the law, after its holder was heard."""
    long_ago(story)
    grant = story.decides(Outcome.GRANTED)
    heard = story.happens(What.REVOCATION_ANNOUNCED, grant + timedelta(days=20), remarks_by=grant + timedelta(days=34))
    story.happens(What.REMARKS_RECEIVED, heard + timedelta(days=9), note="Observations écrites du titulaire.")
    story.happens(What.REVOKED, grant + timedelta(days=55), cause=Cause.ILLEGAL, reason="Règle de hauteur méconnue.")


def annulled(story: Story) -> None:
    story.file_between(1_080, 480)
    grant = story.decides(Outcome.GRANTED)
    story.happens(What.POSTED_ON_SITE, grant + timedelta(days=6))
    story.happens(What.APPEAL_LODGED, grant + timedelta(days=58), appeal=Appeal.COURT)
    story.happens(What.APPEAL_ENDED, grant + timedelta(days=420), appeal_outcome=AppealOutcome.ANNULLED, final=True)


def deferred(story: Story) -> None:
    long_ago(story, 600, 145)
    story.decides(Outcome.DEFERRED, months=24)


def confirmed(story: Story) -> None:
    """Put off for six months, then confirmed: it is under instruction again."""
    story.file_between(290, 280)
    story.decides(Outcome.DEFERRED, months=6)
    story.happens(What.CONFIRMED, story.day - timedelta(days=20), note="Confirmée par lettre.")


def inadmissible(story: Story) -> None:
    long_ago(story)
    story.decides(Outcome.INADMISSIBLE)


type Mix = Mapping[str, int]

STORIES: tuple[tuple[Callable[[Story], None], Mix], ...] = (
    (fresh, {"DP": 5, "PCMI": 3, "PC": 1, "CUa": 4, "CUb": 1}),
    (due_this_week, {"DP": 6, "PCMI": 4, "PC": 2, "PD": 1, "CUa": 2}),
    (notices_this_week, {"PCMI": 3, "PC": 3, "PA": 1, "PD": 1}),
    (instructed, {"DP": 6, "PCMI": 5, "PC": 2, "PA": 2, "PD": 1, "CUa": 3, "CUb": 3}),
    (waiting_opinions, {"DP": 4, "PCMI": 4, "PC": 4, "PA": 2}),
    (longer, {"DP": 5, "PCMI": 4, "PC": 2, "PD": 1}),
    (pieces_waited, {"DP": 5, "PCMI": 4, "PC": 2, "PA": 1}),
    (pieces_this_week, {"DP": 1, "PCMI": 2, "PC": 1}),
    (pieces_partly, {"PCMI": 2, "PC": 2}),
    (completed, {"PCMI": 4, "PC": 2}),
    (asked_late, {"PCMI": 2, "PC": 1}),
    (inquired, {"PC": 1, "PA": 1}),
    (reported, {"PC": 1}),
    (by_hand, {"PC": 1, "PA": 1}),
    (granted, {"DP": 31, "PCMI": 16, "PC": 5, "PA": 2, "PD": 4, "CUa": 14, "CUb": 7}),
    (granted_later, {"DP": 4, "PCMI": 3, "PC": 1}),
    (granted_by_silence, {"DP": 13, "PCMI": 2, "PD": 1, "CUa": 6}),
    (decided_too_late, {"DP": 2, "PCMI": 1}),
    (lengthened_too_late, {"PCMI": 1}),
    (refused, {"DP": 8, "PCMI": 5, "PC": 2, "CUb": 5}),
    (refused_by_silence, {"DP": 1, "PD": 1}),
    (refused_by_architect, {"DP": 2, "PCMI": 1}),
    (rejected, {"DP": 5, "PCMI": 3, "PC": 1}),
    (withdrawn, {"DP": 5, "PCMI": 4, "PC": 1, "PA": 1, "CUb": 1}),
    (begun, {"DP": 6, "PCMI": 10, "PC": 2, "PA": 1}),
    (finished, {"DP": 12, "PCMI": 4, "PC": 1, "PD": 2}),
    (expired, {"CUa": 8, "CUb": 4}),
    (extended, {"DP": 1, "PCMI": 2, "CUb": 1}),
    (extended_too_late, {"CUb": 1}),
    (revoked, {"DP": 5}),
    (annulled, {"DP": 5}),
    (deferred, {"DP": 5}),
    (inadmissible, {"DP": 5}),
    (confirmed, {"PC": 1}),
)
MODIFIED, TRANSFERRED = 9, 5
# Houses that the photo of August 2024 alone shows: their permits keep their days whenever the demo is seeded.
FIRST_EXPLAINED, DAYS_APART = date(2023, 11, 27), 3


def tell_stories(seed: int, day: date) -> Iterator[Story]:
    """Every story of the demo but those that explain a house; the same ones for a seed and a day."""
    for tell, mix in STORIES:
        for kind, count in mix.items():
            for number in range(count):
                story = Story(tell.__name__, Kind(kind), day, Random(f"permits {seed} {tell.__name__} {kind} {number}"))
                tell(story)
                yield story


def changes(stories: list[Story], seed: int, day: date) -> Iterator[Story]:
    """Modifications and transfers of permits that were granted at least five months ago; a few are not decided yet."""
    permits = (Kind.PCMI, Kind.PC, Kind.PA)
    parents = [one for one in stories if one.kind in permits and one.granted_on and not one.explains]
    old = [one for one in parents if one.granted_on and one.granted_on < day - timedelta(days=240)]
    chosen = Random(f"permits {seed} changes").sample(old, MODIFIED + TRANSFERRED)
    for rank, parent in enumerate(chosen):
        story = Story("change", parent.kind, day, Random(f"permits {seed} change {rank}"), parent=parent)
        story.change = "M" if rank < MODIFIED else "T"
        assert parent.granted_on is not None
        if rank % 4 == 0:
            story.file_between(28, 10)
        else:
            story.file(parent.granted_on + timedelta(days=story.chance.randint(30, 110)))
            story.decides(Outcome.GRANTED)
        yield story


def explaining(idus: list[str], seed: int, day: date) -> Iterator[Story]:
    """Houses permitted, begun and most of them finished around the flight of 2024."""
    for rank, idu in enumerate(idus):
        story = Story("explaining", Kind.PCMI, day, Random(f"permits {seed} explains {idu}"), explains=idu)
        story.file(FIRST_EXPLAINED + timedelta(days=DAYS_APART * rank))
        grant = story.decides(Outcome.GRANTED, story.within(0.5, 0.9))
        start = story.happens(What.WORKS_STARTED, grant + timedelta(days=story.chance.randint(7, 21)))
        if story.chance.random() < 0.8:
            story.happens(What.WORKS_FINISHED, start + timedelta(days=story.chance.randint(200, 420)))
        yield story
