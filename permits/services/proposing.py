"""What the land of a file proposes: longer delays, silence that refuses, opinions to ask for, reasons for acts.

Nothing is done by itself: an instructor confirms a proposal or sets it aside, and both are kept (`ProposalReview`).
What crosses the land anew is proposed again, whatever was said before. No opinion is proposed of a certificate that
only informs: no article is known here that has it asked for.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from operator import attrgetter

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from layers.parcels.sections import Line
from permits import labels
from permits.deadlines.clock import LENGTHENING
from permits.deadlines.law import PERMITS, Ground, Kind, rules_of
from permits.deadlines.opinions import Body, Protection
from permits.models import Event, Permit, ProposalReview
from permits.procedure import INSTRUCTS, OPEN, SilenceRefuses, What
from permits.services.consulting import MOST_REASONS
from permits.services.land import LandReading, read_land
from permits.services.reading import format_day, refresh, timeline_of, timeline_with_notice
from permits.services.recording import LONGEST, check_may_write, lock_permit
from permits.services.suggesting import Reason, Suggestion, reason_of, site_of, suggest

Kinds = ProposalReview.Kind
CITED = ("zoning", "prescriptions", "easements", "risks")
"""Sections of the parcel sheet whose lines an act may cite."""
READ = ("identity", *CITED)
CLASSIFIED = gettext_lazy(
    "Classified site: the delay of R.423-31 was read in no source. It is entered by hand, and you answer for it."
)
IF_IT_DEMOLISHES = gettext_lazy("Only where the works demolish something.")
DEMOLISHING = frozenset({Kind.PD, Kind.PC, Kind.PCMI})
"""Kinds of files that may hold a demolition (CE 12 February 2020, n° 421949)."""
CLASSIFIED_ARTICLE = "R.423-31"
LENGTHENED_BY: Mapping[str, Ground] = dict.fromkeys(("AC1", "AC4", "AC4bis"), Ground.PROTECTED_SURROUNDINGS)
"""The ground of a longer delay that an easement of a category gives."""


@dataclass(slots=True, kw_only=True)
class Proposal:
    """Something that the land proposes. `key` names it among those of its file, `name` is that of the body to ask.

    `effect` is what it would change, `closed` why it can no longer be done, `done` that it was. `current` is False for
    what was reviewed once and nothing proposes any more.
    """

    kind: ProposalReview.Kind
    key: str
    title: str
    reasons: list[Reason]
    name: str = ""
    effect: str = ""
    closed: str = ""
    done: str = ""
    current: bool = True
    reviews: list[ProposalReview] = field(default_factory=list)

    @property
    def review(self) -> ProposalReview | None:
        """The latest one, unless something crosses the land that it did not know."""
        latest = self.reviews[-1] if self.reviews else None
        return None if latest is None or self.is_new(latest) else latest

    @property
    def confirmed(self) -> bool:
        return self.review is not None and self.review.verdict == ProposalReview.Verdict.CONFIRMED

    @property
    def set_aside(self) -> bool:
        return self.review is not None and self.review.verdict == ProposalReview.Verdict.SET_ASIDE

    @property
    def waits(self) -> bool:
        """Whether somebody has still to say something of it."""
        return not (self.review or self.done or self.closed)

    @property
    def sure(self) -> bool:
        """Whether one of the things that cross the land does so beyond doubt."""
        return any(not reason.uncertain for reason in self.reasons)

    def is_new(self, review: ProposalReview) -> bool:
        """Whether something of a layer crosses the land now that the review does not name."""
        known = {(reason["title"], reason["detail"]) for reason in review.reasons}
        mapped = [(reason.title, reason.detail) for reason in self.reasons if reason.layer]
        return self.current and not known.issuperset(mapped)


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the land proposes, and what was reviewed of it; `notes` say what could not be read."""

    items: Sequence[Proposal] = ()
    notes: Sequence[str] = ()

    def of(self, *kinds: ProposalReview.Kind) -> list[Proposal]:
        return [one for one in self.items if one.kind in kinds]


def proposals_of(permit: Permit, rows: Sequence[Event], rights: Rights) -> Proposals:
    """What the land of an open file proposes, as the asker sees it, each with what was said of it."""
    land = read_land(permit, rights, READ)
    suggested = suggest(permit, rights, land)
    made = [
        *longer_delays(permit, rows, land),
        *silence_proposals(permit, land),
        *(opinion_proposal(one) for one in suggested.suggestions if permit.kind != Kind.CUA),
        *reasons_for_acts(land),
    ]
    reviews = reviews_of(permit)
    for one in made:
        one.reviews = reviews.pop(one.key, [])
    return Proposals([*made, *map(former_proposal, reviews.values())], land.notes)


def former_proposals(permit: Permit) -> Proposals:
    """What was confirmed or set aside, for those who read the file and propose nothing."""
    return Proposals([former_proposal(reviews) for reviews in reviews_of(permit).values()])


def reviews_of(permit: Permit) -> dict[str, list[ProposalReview]]:
    """The reviews of the file by the key of their proposal, the latest last."""
    by_key: dict[str, list[ProposalReview]] = {}
    for one in ProposalReview.objects.filter(permit=permit).select_related("reviewed_by"):
        by_key.setdefault(one.key, []).append(one)
    return by_key


def former_proposal(reviews: list[ProposalReview]) -> Proposal:
    """A proposal as its latest review kept it."""
    last = reviews[-1]
    return Proposal(
        kind=Kinds(last.kind),
        key=last.key,
        title=last.title,
        reasons=read_reasons(last),
        current=False,
        reviews=reviews,
    )


def read_reasons(review: ProposalReview) -> list[Reason]:
    names = [one.name for one in fields(Reason)]
    return [Reason(**{name: one[name] for name in names if name in one}) for one in review.reasons]


# -- longer delays ----------------------------------------------------------------------------------------------------


def longer_delays(permit: Permit, rows: Sequence[Event], land: LandReading) -> list[Proposal]:
    """The grounds of a longer delay that easements over the land give to such a file; none to a certificate."""
    kind = Kind(permit.kind)
    timeline = timeline_of(permit, rows)
    if timeline is None or kind.certifies:
        return []
    by_ground: dict[Ground, list[Reason]] = {}
    classified: list[Reason] = []
    for line in crossing_lines(land, "easements"):
        ground = LENGTHENED_BY.get(category := category_of(line))
        if ground and articles_of(ground, kind, permit.filed_date):
            by_ground.setdefault(ground, []).append(reason_of(line, ""))
        elif category == "AC2" and site_of(line) == Protection.CLASSIFIED_SITE:
            classified.append(reason_of(line, CLASSIFIED))
    late = database_clock.today() > timeline.notify_by
    made = [longer_proposal(permit, rows, ground, reasons) for ground, reasons in by_ground.items()]
    if classified:
        made.append(propose_classified_site(rows, classified))
    for one in made:
        one.closed = first_month_over(timeline.notify_by) if late and not one.done else ""
    return made


def longer_proposal(permit: Permit, rows: Sequence[Event], ground: Ground, reasons: list[Reason]) -> Proposal:
    return Proposal(
        kind=Kinds.LONGER,
        key=f"longer:{ground}",
        title=str(labels.GROUNDS[ground]),
        reasons=reasons,
        effect=longer_effect(permit, rows, ground),
        done=describe_notification(rows, ground),
    )


def propose_classified_site(rows: Sequence[Event], reasons: list[Reason]) -> Proposal:
    """A delay whose value is not known here: somebody enters it, with the article and the reason."""
    entered = [row for row in current(rows, What.BY_HAND) if row.detail.get("article") == CLASSIFIED_ARTICLE]
    return Proposal(
        kind=Kinds.BY_HAND,
        key=f"by_hand:{CLASSIFIED_ARTICLE}",
        title=_("Classified site: delay to be entered by hand (%(article)s)") % {"article": CLASSIFIED_ARTICLE},
        reasons=reasons,
        effect=str(CLASSIFIED),
        done=_("Entered, counting on %(day)s") % {"day": format_day(entered[-1].on_date)} if entered else "",
    )


def longer_effect(permit: Permit, rows: Sequence[Event], ground: Ground) -> str:
    """What the notice would make of the delay: “3 months instead of 2, until 5 April 2026 (R.423-24)”."""
    now, then = timeline_of(permit, rows), timeline_with_notice(permit, rows, [ground])
    if now is None or then is None or then.months is None or now.months is None:
        return ""
    if then.months <= now.months:
        message = _("The delay is %(months)s already: longer delays are not added up, the longest one counts.")
        return message % {"months": labels.format_months(now.months)}
    values = {
        "then": labels.format_months(then.months),
        "now": now.months,
        "articles": ", ".join(articles_of(ground, Kind(permit.kind), permit.filed_date)),
    }
    if then.due_on is None:
        message = _("%(then)s instead of %(now)s, from the day on which the file is complete (%(articles)s)")
        return message % values
    values["until"] = format_long_date(then.due_on)
    return _("%(then)s instead of %(now)s, until %(until)s (%(articles)s)") % values


def articles_of(ground: Ground, kind: Kind, filed: date) -> list[str]:
    """The articles that give such a file a longer delay on a ground."""
    rules = (rule for effect in LENGTHENING for rule in rules_of(effect, kind, filed))
    return [rule.article for rule in rules if ground in rule.grounds]


def describe_notification(rows: Sequence[Event], ground: Ground) -> str:
    notices = [row for row in current(rows, What.LONGER_NOTIFIED) if ground in row.detail["grounds"]]
    return _("Notified on %(day)s") % {"day": format_day(notices[-1].on_date)} if notices else ""


def current(rows: Iterable[Event], what: What) -> list[Event]:
    return [row for row in rows if row.what == what and row.struck_at is None]


def first_month_over(last: date) -> str:
    message = _("The first month ended on %(day)s: a longer delay received after it has no effect (R.423-18).")
    return message % {"day": format_long_date(last)}


def crossing_lines(land: LandReading, slug: str) -> list[Line]:
    """The lines of a section but those of which only the limit meets the land."""
    return [line for line in land.lines(slug) if line.measure is None or line.measure.area_m2 != 0]


def category_of(line: Line) -> str:
    return next((str(fact.value) for fact in line.facts if fact.name == "category"), "")


def silence_proposals(permit: Permit, land: LandReading) -> list[Proposal]:
    """The cases of R.424-2 in which silence refuses a permit that the sites over the land give."""
    kind = Kind(permit.kind)
    by_case: dict[SilenceRefuses, list[Reason]] = {}
    for line in crossing_lines(land, "easements") if kind in PERMITS else ():
        if category_of(line) != "AC2":
            continue
        if site_of(line) == Protection.CLASSIFIED_SITE:
            by_case.setdefault(SilenceRefuses.CLASSIFIED_SITE, []).append(reason_of(line, ""))
        elif kind in DEMOLISHING:
            why = "" if kind == Kind.PD else IF_IT_DEMOLISHES
            by_case.setdefault(SilenceRefuses.DEMOLITION_IN_REGISTERED_SITE, []).append(reason_of(line, why))
    return [silence_proposal(permit, case, reasons) for case, reasons in by_case.items()]


def silence_proposal(permit: Permit, case: SilenceRefuses, reasons: list[Reason]) -> Proposal:
    return Proposal(
        kind=Kinds.SILENCE,
        key=f"silence:{case}",
        title=str(case.label),
        reasons=reasons,
        effect=_("Silence is a refusal instead of a permit (R.424-2)"),
        done=_("Said in the file") if case in permit.silence_refuses else "",
    )


# -- opinions and reasons ---------------------------------------------------------------------------------------------


def opinion_proposal(one: Suggestion) -> Proposal:
    """A body to ask, with the delay that the law gives it."""
    effect = _("Delay to be entered by hand")
    if one.rule:
        silence = labels.OPINIONS[one.rule.silence]
        effect = _("%(months)s to answer (%(article)s); silence: %(silence)s") % {
            "months": labels.format_months(one.rule.months),
            "article": one.rule.article,
            "silence": silence,
        }
    return Proposal(
        kind=Kinds.CONSULTATION,
        key=opinion_key(one),
        title=f"{one.label} · {one.name}" if one.name else one.label,
        reasons=one.reasons,
        name=one.name,
        effect=effect,
        done=_("Asked on %(day)s") % {"day": format_day(one.requested)} if one.requested else "",
    )


def opinion_key(one: Suggestion) -> str:
    """Other bodies are told apart by their name, as suggestions are."""
    return f"consultation:{one.body}:{one.name if one.body == Body.OTHER else ''}"[:160]


def reasons_for_acts(land: LandReading) -> list[Proposal]:
    """What an act may cite of what crosses the land: zones, prescriptions, easements, risks."""
    lines = [(slug, line) for slug in CITED for line in crossing_lines(land, slug)]
    return [reason_proposal(slug, reason_of(line, "")) for slug, line in lines[:MOST_REASONS]]


def reason_proposal(slug: str, reason: Reason) -> Proposal:
    """Named by what it says: the rows of a delivery have other numbers in the next one."""
    mark = hashlib.sha256("\n".join((slug, reason.title, reason.detail, reason.source)).encode()).hexdigest()[:24]
    title = " · ".join(filter(None, (reason.title, reason.detail)))
    return Proposal(kind=Kinds.REASON, key=f"reason:{mark}", title=title, reasons=[reason])


# -- reviewing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def review_proposal(permit: Permit, *, key: str, verdict: str, note: str, rights: Rights) -> Proposal:
    """Keep that a proposal is confirmed or set aside, with who and when; the file's own dates do not change.

    Raises Forbidden, Invalid (no such verdict), Conflict (the file has ended, nothing proposes it any more).
    """
    check_may_write(permit, rights, INSTRUCTS)
    if verdict not in ProposalReview.Verdict.values:
        raise Invalid(_("A proposal is confirmed or set aside."), parameter="verdict")
    permit = lock_permit(permit)
    refresh(permit)
    if permit.state not in OPEN:
        raise Conflict(_("This file has ended: the land proposes nothing any more."))
    rows = list(Event.objects.filter(permit=permit))
    one = next((one for one in proposals_of(permit, rows, rights).items if one.key == key and one.current), None)
    if one is None:
        raise Conflict(_("Nothing that crosses the land proposes this any more: nothing was kept."))
    made = ProposalReview.objects.create(
        permit=permit,
        kind=one.kind,
        key=one.key,
        title=one.title[:300],
        reasons=[asdict(reason) for reason in one.reasons[:MOST_REASONS]],
        verdict=verdict,
        note=note.replace("\x00", "").strip()[:LONGEST],
        reviewed_by_id=rights.user_id,
    )
    one.reviews.append(made)
    return one


def list_confirmed_grounds(permit: Permit) -> list[Ground]:
    """The grounds of a longer delay that an instructor confirmed and no notice names yet."""
    latest = [reviews[-1] for reviews in reviews_of(permit).values()]
    confirmed = [
        one.key for one in latest if one.kind == Kinds.LONGER and one.verdict == ProposalReview.Verdict.CONFIRMED
    ]
    notices = Event.objects.current().filter(permit=permit, what=What.LONGER_NOTIFIED)
    notified = {ground for notice in notices for ground in notice.detail["grounds"]} if confirmed else set()
    return [Ground(name) for key in confirmed if (name := key.partition(":")[2]) not in notified]


def get_delay_by_hand(permit: Permit) -> dict[str, str]:
    """The article and the reason of a delay to be entered by hand that an instructor confirmed; empty without one."""
    for reviews in reviews_of(permit).values():
        last = reviews[-1]
        if last.kind == Kinds.BY_HAND and last.verdict == ProposalReview.Verdict.CONFIRMED:
            crossing = "; ".join(reason.title for reason in read_reasons(last))
            return {"article": last.key.partition(":")[2], "reason": crossing[:LONGEST]}
    return {}


def list_confirmed_reasons(permit: Permit) -> list[Reason]:
    """What an instructor confirmed that an act may cite, in the order of the confirmations."""
    latest = [reviews[-1] for reviews in reviews_of(permit).values()]
    kept = [one for one in latest if one.kind == Kinds.REASON and one.verdict == ProposalReview.Verdict.CONFIRMED]
    return [reason for one in sorted(kept, key=attrgetter("pk")) for reason in read_reasons(one)]


def grounds_ahead(permit: Permit, rights: Rights) -> list[Ground]:
    """The grounds on which a longer delay may still be notified: those confirmed, and those proposed beyond doubt."""
    rows = list(Event.objects.filter(permit=permit))
    longer = longer_delays(permit, rows, read_land(permit, rights, ("easements",)))
    reviews = reviews_of(permit)
    for one in longer:
        one.reviews = reviews.get(one.key, [])
    ahead = [one for one in longer if one.kind == Kinds.LONGER and not (one.done or one.closed or one.set_aside)]
    return [Ground(one.key.partition(":")[2]) for one in ahead if one.confirmed or one.sure]
