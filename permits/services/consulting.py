"""Consultations: whom to ask, by what crosses the ground; asking, receipts, answers. Nothing is asked by itself."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.models import Commune, User
from layers.parcels.sections import Line, Measure
from permits.deadlines.events import Opinion
from permits.deadlines.law import Ground, Kind
from permits.deadlines.opinions import Body, KnownOpinion, OpinionRule, Protection, due_on, opinion_on, rule_for
from permits.labels import OPINIONS
from permits.models import Consultation, Event, Permit
from permits.procedure import INSTRUCTS, What
from permits.services.land import LandReading, read_land, source_of
from permits.services.reading import format_day
from permits.services.recording import EARLIEST, check_may_write, lock_permit, record, strike

LONGEST_TEXT = 5_000
LONGEST_ARTICLE = 60
MOST_MONTHS = 12
MOST_REASONS = 60
ROAD = re.compile(r"\b(?:RD|RN|D|N|route (?:départementale|nationale))\s?n?°?\s?\d{1,4}\b", re.IGNORECASE)


# -- whom to ask ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What speaks for asking a body: a thing that crosses the ground, with what it shares of it, or the file itself.

    `source` is the act or the document that the thing comes from, with its day.
    """

    title: str
    detail: str = ""
    why: str = ""
    source: str = ""
    layer: str = ""
    feature: int | None = None
    area_m2: float | None = None
    share: float | None = None
    length_m: float | None = None
    uncertain: bool = False


@dataclass(slots=True, kw_only=True)
class Suggestion:
    """A body to ask, and why. `name` is who manages what crosses; `requested` the day of a former request."""

    body: Body
    name: str = ""
    reasons: list[Reason] = field(default_factory=list)
    protections: set[Protection] = field(default_factory=set)
    rule: OpinionRule | None = None
    requested: date | None = None

    @property
    def label(self) -> str:
        return str(Consultation.Body(self.body.value).label)


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a ground suggests; `read` are the parts of the parcel sheet that were looked at, `notes` what was not."""

    suggestions: Sequence[Suggestion] = ()
    read: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Easements of these categories suggest a body."""

    body: Body
    categories: frozenset[str]
    why: Any
    protection: Callable[[Line], Protection] | None = None


def surroundings(_line: Line) -> Protection:
    return Protection.SURROUNDINGS


def site_of(line: Line) -> Protection:
    """A site is classified where its footprint says so; else it is taken for registered, whose silence may refuse."""
    classified = "class" in f"{line.title} {line.detail}".lower()
    return Protection.CLASSIFIED_SITE if classified else Protection.REGISTERED_SITE


SIGNS: tuple[Sign, ...] = (
    Sign(
        body=Body.ABF,
        categories=frozenset({"AC1"}),
        protection=surroundings,
        why=gettext_lazy("Surroundings of a historic monument: the architect is asked (R.423-54)."),
    ),
    Sign(
        body=Body.ABF,
        categories=frozenset({"AC2"}),
        protection=site_of,
        why=gettext_lazy("Registered or classified site: the architect is asked."),
    ),
    Sign(
        body=Body.ABF,
        categories=frozenset({"AC4", "AC4bis"}),
        protection=surroundings,
        why=gettext_lazy("Remarkable heritage site: the architect is asked (R.423-54)."),
    ),
    Sign(
        body=Body.ELECTRICITY,
        categories=frozenset({"I4"}),
        why=gettext_lazy("Electric line: its operator knows what distances it needs."),
    ),
    Sign(
        body=Body.WATER,
        categories=frozenset({"AS1", "A5"}),
        why=gettext_lazy("Protected catchment or buried pipe: the water service knows what is allowed."),
    ),
    Sign(
        body=Body.ROADS,
        categories=frozenset({"EL7", "EL11"}),
        why=gettext_lazy("Building line or forbidden access: the road's manager is asked (R.423-53)."),
    ),
    Sign(
        body=Body.PREFECTURE,
        categories=frozenset({"PM1", "PM3"}),
        why=gettext_lazy("Risk prevention plan: the State services know how it applies."),
    ),
    Sign(
        body=Body.OTHER,
        categories=frozenset({"I1", "I3", "T1"}),
        why=gettext_lazy("Pipe or railway: its operator is asked."),
    ),
)
WHY_RISK = gettext_lazy("Zone of a risk plan: the State services know how it applies.")
WHY_ROAD = gettext_lazy("The ground lies on a numbered road: its manager is asked where an access changes (R.423-53).")
WHY_PUBLIC = gettext_lazy("A longer delay was notified for a public or tall building: the fire service is asked.")
WHY_HERITAGE = gettext_lazy("A longer delay was notified for protected surroundings: the architect is asked.")
FROM_NOTICE: Mapping[Ground, tuple[Body, Any]] = {
    Ground.PUBLIC_BUILDING: (Body.SDIS, WHY_PUBLIC),
    Ground.TALL_BUILDING: (Body.SDIS, WHY_PUBLIC),
    Ground.PROTECTED_SURROUNDINGS: (Body.ABF, WHY_HERITAGE),
}
SECTIONS = ("identity", "easements", "risks")


def suggest(permit: Permit, rights: Rights, land: LandReading | None = None) -> Suggested:
    """Whom what crosses the file's parcels suggests to ask, of what the asker sees; bodies in the order of the form."""
    land = land or read_land(permit, rights, SECTIONS)
    suggestions: dict[tuple[Body, str], Suggestion] = {}
    for slug in SECTIONS:
        for line in land.lines.get(slug, ()):
            READ_FROM[slug](line, suggestions)
    notice(permit, suggestions)
    road_of(permit.address, suggestions)
    former = permit.consultations.order_by("requested_date").values_list("body", "requested_date")
    former_dates: dict[str, date] = dict(former)
    for one in suggestions.values():
        one.rule = rule_for(one.body, Kind(permit.kind), permit.filed_date, one.protections)
        one.requested = former_dates.get(one.body.value)
    order = list(Body)
    ranked = sorted(suggestions.values(), key=lambda one: (order.index(one.body), one.name))
    return Suggested(ranked, [title for slug, title in land.titles.items() if slug in SECTIONS], land.notes)


def add(
    suggestions: dict[tuple[Body, str], Suggestion],
    body: Body,
    reason: Reason,
    *,
    name: str = "",
    protection: Protection | None = None,
) -> None:
    """Other bodies are told apart by their name, the named ones are asked once."""
    key = (body, name if body == Body.OTHER else "")
    one = suggestions.setdefault(key, Suggestion(body=body, name=name))
    one.name = one.name or name
    if reason not in one.reasons:
        one.reasons.append(reason)
    if protection and not reason.uncertain:
        one.protections.add(protection)


def reason_of(line: Line, why: Any) -> Reason:
    measure = line.measure or Measure()
    return Reason(
        title=line.title,
        detail=line.detail,
        why=str(why),
        source=source_of(line),
        layer=line.layer or "",
        feature=line.feature,
        area_m2=measure.area_m2,
        share=measure.share,
        length_m=measure.length_m,
        uncertain=measure.uncertain,
    )


def from_easement(line: Line, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    facts = {fact.name: fact.value for fact in line.facts}
    for sign in SIGNS:
        if facts.get("category") in sign.categories:
            protection = sign.protection(line) if sign.protection else None
            name = "" if sign.body == Body.ABF else facts.get("manager", "")
            add(suggestions, sign.body, reason_of(line, sign.why), name=name, protection=protection)


def from_risk(line: Line, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    add(suggestions, Body.PREFECTURE, reason_of(line, WHY_RISK))


def from_parcel(line: Line, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    for fact in line.facts:
        if fact.name == "address":
            road_of(str(fact.value), suggestions)


def road_of(address: str, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    if road := ROAD.search(address):
        add(suggestions, Body.ROADS, Reason(title=road[0], why=str(WHY_ROAD)))


def notice(permit: Permit, suggestions: dict[tuple[Body, str], Suggestion]) -> None:
    """What the instructor said of the file when they notified a longer delay."""
    for event in Event.objects.current().filter(permit=permit, what=What.LONGER_NOTIFIED):
        for ground in event.detail["grounds"]:
            if ground in FROM_NOTICE:
                body, why = FROM_NOTICE[Ground(ground)]
                protection = Protection.SURROUNDINGS if body == Body.ABF else None
                title = _("Longer delay notified on %(day)s") % {"day": format_day(event.on_date)}
                add(suggestions, body, Reason(title=title, why=str(why)), protection=protection)


READ_FROM: Mapping[str, Callable[[Line, dict[tuple[Body, str], Suggestion]], None]] = {
    "identity": from_parcel,
    "easements": from_easement,
    "risks": from_risk,
}


# -- asking -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of whom. Without `months` the delay is the law's; `silence` is then the law's too."""

    body: str
    name: str = ""
    email: str = ""
    requested_date: date
    received: date | None = None
    months: int | None = None
    article: str = ""
    silence: str = ""
    mail: bool = False


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The request, recorded; `sent` is whether its mail left, None where none was asked for."""

    consultation: Consultation
    sent: bool | None


@transaction.atomic
def request_opinion(permit: Permit, request: Request, *, user: User, rights: Rights) -> RequestSent:
    """Record a request, and send its mail where one is wanted; a mail that does not leave undoes nothing.

    Raises Forbidden, Invalid.
    """
    check_may_write(permit, rights, INSTRUCTS)
    body = body_of(request)
    if request.mail and not request.email:
        raise Invalid(_("Give the address to which the mail goes."), parameter="email")
    check_day(permit, request.requested_date, "asked", permit.filed_date)
    if request.received is not None:
        check_day(permit, request.received, "received", request.requested_date)
    suggested = [one for one in suggest(permit, rights).suggestions if one.body == body]
    matching = [one for one in suggested if one.name == request.name] or suggested
    reasons = [reason for one in matching for reason in one.reasons]
    protections = {protection for one in suggested for protection in one.protections}
    delay = delay_of(request, permit, body, protections)
    made = Consultation.objects.create(
        permit=permit,
        body=body.value,
        name=request.name.strip()[:120],
        email=request.email,
        reason=[asdict(reason) for reason in reasons[:MOST_REASONS]],
        requested_date=request.requested_date,
        received_date=request.received,
        due_date=due_on(request.received or request.requested_date, delay["months"]),
        recorded_by=user,
        **delay,
    )
    sent = send(made, user) if request.mail else None
    if sent:
        made.mailed_at = database_clock.now()
        made.save(update_fields=["mailed_at"])
    return RequestSent(made, sent)


def body_of(request: Request) -> Body:
    if request.body not in [one.value for one in Body]:
        raise Invalid(_("Choose whom to ask."), parameter="body")
    body = Body(request.body)
    if body == Body.OTHER and not request.name.strip():
        raise Invalid(_("Say which body is asked."), parameter="name")
    return body


def delay_of(request: Request, permit: Permit, body: Body, protections: set[Protection]) -> dict[str, Any]:
    """The delay that was entered, with its article, or the law's. Raises Invalid."""
    if request.months is not None:
        if not 1 <= request.months <= MOST_MONTHS:
            raise Invalid(_("A delay is 1 to %(most)s months.") % {"most": MOST_MONTHS}, parameter="months")
        if not request.article.strip():
            raise Invalid(_("Give the article that the delay comes from."), parameter="article")
        if request.silence not in ("", *(one.value for one in Opinion)):
            raise Invalid(_("“%(name)s” has no such value.") % {"name": "silence"}, parameter="silence")
        article = request.article.strip()[:LONGEST_ARTICLE]
        return {"months": request.months, "article": article, "silence": request.silence, "uncertain": False}
    rule = rule_for(body, Kind(permit.kind), permit.filed_date, protections)
    if rule is None:
        message = _("No delay is known here for this body and this file: enter its months and its article.")
        raise Invalid(message, parameter="months")
    return {
        "months": rule.months,
        "article": rule.article,
        "silence": rule.silence.value,
        "uncertain": rule.uncertain,
    }


def check_day(permit: Permit, day: date, parameter: str, earliest: date) -> None:
    """Refuse a day on which it cannot have happened: before the filing, before `earliest`, to come.

    Raises Invalid at `parameter`.
    """
    if day < max(EARLIEST, permit.filed_date):
        message = _("The file was filed on %(filed)s: nothing happens to it before.")
        raise Invalid(message % {"filed": format_day(permit.filed_date)}, parameter=parameter)
    if day < earliest:
        message = _("The opinion was asked for on %(asked)s: nothing comes back before.")
        raise Invalid(message % {"asked": format_day(earliest)}, parameter=parameter)
    if day > database_clock.today():
        raise Invalid(_("This day is not yet there: record what has happened."), parameter=parameter)


def send(consultation: Consultation, user: User) -> bool:
    """Mail the request in French, without anything of the applicant; returns whether it left."""
    permit = consultation.permit
    commune = Commune.objects.filter(insee=permit.insee).values_list("name", flat=True).first() or permit.insee
    with translation.override("fr"):
        context = {
            "permit": permit,
            "kind": permit.get_kind_display(),
            "commune": commune,
            "parcels": ", ".join(permit.idus),
            "consultation": consultation,
            "reasons": consultation.reason,
            "silence": OPINIONS.get(consultation.silence, ""),
            "sender": str(user),
            "member": permit.owner.name,
        }
        subject = _("Request for an opinion: %(permit)s, %(commune)s") % {"permit": permit, "commune": commune}
        text = render_to_string("permits/mail/consultation.txt", context)
    message = EmailMessage(
        subject, text, settings.DEFAULT_FROM_EMAIL, [consultation.email], reply_to=[user.email] if user.email else []
    )
    try:
        message.send()
    except (OSError, SMTPException):
        return False
    return True


# -- receipts and answers ---------------------------------------------------------------------------------------------


def consultation_of(permit: Permit, pk: int) -> Consultation:
    """A consultation of the file. Raises NotFound."""
    consultation = permit.consultations.filter(pk=pk).first()
    if consultation is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return consultation


@transaction.atomic
def receive(consultation: Consultation, received: date, *, rights: Rights) -> Consultation:
    """The body received the request that day: its delay runs from then on. Raises Forbidden, Conflict, Invalid."""
    check_may_write(consultation.permit, rights, INSTRUCTS)
    kept = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if kept.answered_date:
        raise Conflict(_("The answer is recorded: the delay no longer counts."))
    check_day(consultation.permit, received, "received", kept.requested_date)
    kept.received_date, kept.due_date = received, due_on(received, kept.months)
    kept.save(update_fields=["received_date", "due_date"])
    return kept


@transaction.atomic
def answer(
    consultation: Consultation, *, opinion: str, answered: date, text: str = "", reason: str = "", rights: Rights
) -> Consultation:
    """Record the opinion; the architect's that is not favourable makes silence a refusal (R.424-3), as an event.

    With a `reason` it replaces an answer that was recorded wrongly. Raises Forbidden, Conflict, Invalid.
    """
    check_may_write(consultation.permit, rights, INSTRUCTS)
    permit = lock_permit(consultation.permit)
    kept = Consultation.objects.select_for_update().get(pk=consultation.pk)
    if opinion not in [one.value for one in Opinion]:
        raise Invalid(_("Choose the opinion."), parameter="opinion")
    check_day(permit, answered, "answered", kept.requested_date)
    if kept.answered_date:
        if not reason.strip():
            raise Conflict(_("The answer is recorded already: say why it is corrected."), parameter="reason")
        withdraw_answer(permit, kept, reason, rights)
    kept.opinion, kept.answered_date, kept.text = opinion, answered, text.strip()[:LONGEST_TEXT]
    kept.save(update_fields=["opinion", "answered_date", "text"])
    if counts(kept):
        record(permit, What.ARCHITECT_SAID, on=answered, detail={"opinion": opinion}, rights=rights)
    return kept


def counts(consultation: Consultation) -> bool:
    """Whether an answer is one that R.424-3 speaks of."""
    return consultation.body == Consultation.Body.ABF and consultation.opinion != Opinion.FAVOURABLE


def withdraw_answer(permit: Permit, kept: Consultation, reason: str, rights: Rights) -> None:
    """Strike out the event that the former answer had made."""
    if not counts(kept) or kept.answered_date is None:
        return
    events = Event.objects.current().filter(permit=permit, what=What.ARCHITECT_SAID, on_date=kept.answered_date)
    made = events.filter(detail__opinion=kept.opinion).order_by("-id").first()
    if made:
        strike(made, reason=reason, rights=rights)


def answer_status(consultation: Consultation, day: date | None = None) -> KnownOpinion:
    """The opinion as it stands: what is tacit is read, never written."""
    return opinion_on(
        day or database_clock.today(),
        due=consultation.due_date,
        silence=Opinion(consultation.silence) if consultation.silence else None,
        answered=consultation.answered_date,
        opinion=Opinion(consultation.opinion) if consultation.opinion else None,
    )
