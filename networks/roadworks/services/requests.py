"""Requests for works on roads: entered at the counter, changed, decided, made works of."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from textwrap import shorten
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, MultiLineString
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Case, DateField, F, Func, Q, When
from django.db.models.functions import Least
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.letters.services import clean_text
from gis_core.members.rights import Rights, Role
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Letter, LetterQuerySet, Member
from layers.features.search_terms import split_terms as terms_of
from networks.roads.models import RoadSection
from networks.roads.references import Road, reference_of
from networks.roads.services.referring import RoadUnknown, as_kept, locate
from networks.roadworks.kinds import ABOUT
from networks.roadworks.models import Work, WorkRequest, WorkRequestQuerySet
from networks.roadworks.services import stretches, works
from networks.roadworks.services.naming import may_name

FIELDS: Final = (
    "form", "kind", "received_date", "needed_date", "insee", "place", "start_reference", "end_reference", "description",
    "starts_on", "ends_on", "length_m", "width_m", "is_company", "applicant_name", "applicant_address",
    "applicant_email", "applicant_phone", "company",
)  # fmt: skip
OF_FORM: Final = {
    WorkRequest.Form.PERMISSION: (WorkRequest.Kind.PERMISSION, WorkRequest.Kind.PARKING, WorkRequest.Kind.ALIGNMENT),
    WorkRequest.Form.TRAFFIC: (WorkRequest.Kind.TRAFFIC,),
}
TITLES: Final = {
    WorkRequest.Kind.PERMISSION: gettext_lazy("Works under the road"),
    WorkRequest.Kind.PARKING: gettext_lazy("Occupation of the road"),
    WorkRequest.Kind.ALIGNMENT: gettext_lazy("Alignment"),
    WorkRequest.Kind.TRAFFIC: gettext_lazy("Works on the road"),
}
"""What works are called where the words of the request may name somebody: everybody reads it."""
LONGEST_TITLE: Final = 80
REFERENCES: Final = ("start_reference", "end_reference")
ANSWER_MONTHS: Final = 2
"""The usual time to answer a request to occupy the road; none is fixed for traffic orders."""
CONTACT: Final = ("applicant_email", "applicant_phone")
"""What no order says: corrected at any time."""
LONGEST_DAYS: Final = 3 * 366
MOST_M: Final = 100_000.0
MOST_TERMS: Final = 6
LOOKED_IN: Final = ("place", "applicant_name", "company", "start_reference", "end_reference")
State = WorkRequest.State
OPEN: Final = (State.RECEIVED, State.ACCEPTED)
"""Somebody still has something to do about it."""


# -- who --------------------------------------------------------------------------------------------------------------


def may_decide(owner_id: int, rights: Rights) -> bool:
    """Network technicians and GIS administrators of the member: they decide, make works, number and publish orders."""
    return rights.has_role(owner_id, TECHNICIANS)


def may_write(owner_id: int, insee: str, rights: Rights) -> bool:
    """They, and the counter: the town hall of the commune."""
    town = rights.roles.get(owner_id) == Role.TOWN_HALL and insee in rights.town_insee
    return may_decide(owner_id, rights) or town


def members_served(rights: Rights) -> list[Member]:
    """The members for which the asker enters requests."""
    members = Member.objects.visible_to(rights).order_by("name")
    return [one for one in members if may_decide(one.pk, rights) or rights.roles.get(one.pk) == Role.TOWN_HALL]


class Later(Func):
    """The same day some months later, or the last one of a shorter month."""

    template = f"(%(expressions)s + make_interval(months => {ANSWER_MONTHS}))::date"
    output_field = DateField()


def requests_seen_by(rights: Rights) -> WorkRequestQuerySet:
    """With `due`, the last day to answer: the day by which the applicant needs it, the usual time of an occupation, or
    the day before which the works must not begin, whichever comes first.
    """
    usual = Case(When(form=WorkRequest.Form.PERMISSION, then=Later(F("received_date"))), output_field=DateField())
    rows: Any = WorkRequest.objects.visible_to(rights).select_related("owner", "made_by", "work")
    dated: WorkRequestQuerySet = rows.annotate(due=Least("needed_date", usual, "starts_on"))
    return dated.order_by("-received_date", "-pk")


def search_requests(rows: WorkRequestQuerySet, text: str) -> WorkRequestQuerySet:
    """Those that say every word of a text in their place, applicant, company or references; or have this number."""
    number = text.strip().removeprefix("n°").strip()
    if number.isascii() and number.isdecimal() and len(number) < 10:
        rows = rows.filter(Q(pk=int(number)) | any_of(number))
    else:
        for word in text.split()[:MOST_TERMS]:
            rows = rows.filter(any_of(word))
    return rows


def to_deal_with(rows: WorkRequestQuerySet) -> WorkRequestQuerySet:
    """Those that wait for something, the most urgent first."""
    return rows.filter(state__in=OPEN).order_by(F("due"), "pk")


def any_of(word: str) -> Q:
    condition = Q()
    for name in LOOKED_IN:
        condition |= Q(**{f"{name}__icontains": word})
    return condition


def request_seen_by(request_id: int, rights: Rights) -> WorkRequest:
    """A request that the user sees, with who decided and who joined it. Raises NotFound."""
    people = ("decided_by", "joined_by")
    work_request = requests_seen_by(rights).select_related(*people).filter(pk=min(request_id, 2**63 - 1)).first()
    if work_request is None:
        raise NotFound(_("There is no such request, or you may not see it."))
    return work_request


def check_may_decide(one: WorkRequest, rights: Rights) -> None:
    if not may_decide(one.owner_id, rights):
        raise Forbidden(_("Network technicians and GIS administrators of this member answer requests."))


# -- entering ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def enter(*, owner: Member, values: Mapping[str, Any], rights: Rights) -> WorkRequest:
    """Enter a request that a member received. Raises Forbidden, Invalid."""
    given = check_values(owner, values)
    if not may_write(owner.pk, given["insee"], rights):
        raise Forbidden(_("You do not enter requests for this member in this commune."))
    return WorkRequest.objects.create(owner=owner, made_by_id=rights.user_id, **given)


@transaction.atomic
def change(one: WorkRequest, *, values: Mapping[str, Any], version: int, rights: Rights) -> WorkRequest:
    """What no number says yet, and how to reach who asked. Raises Forbidden, Stale, Conflict, Invalid."""
    locked = lock_request(one, version)
    given = check_values(locked.owner, values, locked)
    if not (may_change(locked, rights) and may_write(locked.owner_id, given["insee"], rights)):
        raise Forbidden(_("You do not change this request: who decides on it does."))
    check_not_forgotten(locked)
    said = [name for name in FIELDS if name not in CONTACT and given[name] != getattr(locked, name)]
    if said and is_numbered(locked):
        raise Conflict(_("A letter is numbered: only the e-mail and the telephone are still changed."))
    for name, value in given.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(given))
    return locked


def may_change(one: WorkRequest, rights: Rights) -> bool:
    """The counter until somebody decides; then those who decide."""
    received = one.state == State.RECEIVED
    return may_write(one.owner_id, one.insee, rights) if received else may_decide(one.owner_id, rights)


def is_numbered(one: WorkRequest) -> bool:
    """Whether a letter about it has its number: what it says of the request is locked, and so is the request."""
    return letters_about(one).filter(state=Letter.State.FINAL).exists()


def letters_about(one: WorkRequest) -> LetterQuerySet:
    return Letter.objects.about(ABOUT, str(one.pk)).filter(owner=one.owner_id)


@transaction.atomic
def decide(one: WorkRequest, *, accepted: bool, version: int, rights: Rights) -> WorkRequest:
    """Accept or refuse; either may be changed until an order is published. Raises Forbidden, Stale, Conflict."""
    check_may_decide(one, rights)
    locked = lock_request(one, version)
    if locked.state == State.PUBLISHED:
        raise Conflict(_("The order is published: unpublish it first."))
    if locked.state == State.ANSWERED:
        raise Conflict(_("This request is answered."))
    return write_decision(locked, State.ACCEPTED if accepted else State.REFUSED, rights)


def write_decision(locked: WorkRequest, state: str, rights: Rights) -> WorkRequest:
    """Who decided, and when, is kept with what was decided."""
    locked.state, locked.decided_date, locked.decided_by_id = state, database_clock.today(), rights.user_id
    locked.was_decided = True
    locked.save(update_fields=["state", "decided_date", "decided_by", "was_decided"])
    return locked


def lock_request(one: WorkRequest, version: int) -> WorkRequest:
    """The request, which nobody else changes until the end. Raises NotFound, Stale."""
    locked = lock_request_row(one)
    if locked.version != version:
        raise Stale(_("Somebody else has changed this request meanwhile: look at it again, then repeat your change."))
    return locked


def lock_request_row(one: WorkRequest) -> WorkRequest:
    """As `lock_request`, whatever its version. Raises NotFound."""
    row = WorkRequest.objects.select_for_update(of=("self",)).select_related("owner").filter(pk=one.pk).first()
    if row is None:
        raise NotFound(_("There is no such request, or you may not see it."))
    return row


def check_in_hand(one: WorkRequest) -> None:
    """Nothing is done any more for who withdrew, or was forgotten. Raises Conflict."""
    if one.state == State.WITHDRAWN:
        raise Conflict(_("This request is withdrawn by the applicant: reopen it first."))
    check_not_forgotten(one)


def check_not_forgotten(one: WorkRequest) -> None:
    if one.forgotten_date is not None:
        raise Conflict(_("Who asked was forgotten, as the law wants: this request is no longer changed."))


def check_values(owner: Member, values: Mapping[str, Any], kept: WorkRequest | None = None) -> dict[str, Any]:
    """What is kept of what was typed, instead of what was kept. Raises Invalid, with the field."""
    given: dict[str, Any] = {name: values.get(name) for name in FIELDS}
    for field in WorkRequest._meta.fields:
        if field.name in given and field.get_internal_type() == "CharField":
            given[field.name] = text_of(given[field.name], field.max_length or 1000, field.name)
    check_choices(given)
    for name in ("place", "description", "applicant_name"):
        if not given[name]:
            raise Invalid(_("This is missing."), parameter=name)
    if not owner.territories.filter(commune_id=given["insee"]).exists():
        raise Invalid(_("This commune is not one of %(member)s.") % {"member": owner}, parameter="insee")
    check_references(given, kept)
    check_days(given)
    for name in ("length_m", "width_m"):
        if given[name] is not None and not 0 < given[name] <= MOST_M:
            raise Invalid(_("In metres, more than 0."), parameter=name)
    if given["applicant_email"]:
        try:
            validate_email(given["applicant_email"])
        except ValidationError as error:
            raise Invalid(_("This is no e-mail address."), parameter="applicant_email") from error
    given["is_company"] = bool(given["is_company"])
    return given


def text_of(value: Any, longest: int, name: str) -> str:
    text = "\n".join(" ".join(line.split()) for line in clean_text(str(value or "")).splitlines()).strip()
    if len(text) > longest:
        raise Invalid(_("The text has more than %(most)s characters.") % {"most": longest}, parameter=name)
    return text


def check_choices(given: Mapping[str, Any]) -> None:
    if given["form"] not in WorkRequest.Form.values:
        raise Invalid(_("Choose the form: 14023 or 14024."), parameter="form")
    if given["kind"] not in OF_FORM[WorkRequest.Form(given["form"])]:
        message = _("Form %(form)s asks for: %(kinds)s.")
        kinds = ", ".join(str(one.label) for one in OF_FORM[WorkRequest.Form(given["form"])])
        raise Invalid(message % {"form": given["form"], "kinds": kinds}, parameter="kind")


def check_references(given: dict[str, Any], kept: WorkRequest | None) -> None:
    """As an order is to say them. What is no reference, or lies beyond its road, was mistyped; on a road that the
    referential does not have it may be right, and what is there already is left alone: its road may have changed since.
    """
    for name in REFERENCES:
        if given[name] and given[name] != getattr(kept, name, ""):
            try:
                given[name] = as_kept(given[name])
            except RoadUnknown:
                given[name] = str(reference_of(given[name]))
            except (Invalid, NotFound) as error:
                raise Invalid(error.message, parameter=name) from error


def roads_unknown(one: WorkRequest) -> list[str]:
    """The roads of its references that the referential does not have: nobody could check these."""
    unknown: dict[str, None] = {}
    for text in filter(None, (one.start_reference, one.end_reference)):
        try:
            locate(text)
        except RoadUnknown:
            reference = reference_of(text)
            unknown[str(Road(reference.route, reference.department))] = None
        except (Invalid, NotFound):
            continue
    return list(unknown)


def check_days(given: Mapping[str, Any]) -> None:
    for name in ("received_date", "starts_on", "ends_on"):
        if not isinstance(given[name], date):
            raise Invalid(_("Give this day."), parameter=name)
    if given["received_date"] > database_clock.today():
        raise Invalid(_("A request is not received in the future: check the day."), parameter="received_date")
    for name in ("received_date", "starts_on", "ends_on", "needed_date"):
        if given[name] is not None and not 2000 <= given[name].year <= 2100:
            raise Invalid(_("Check the year: it is written with four digits."), parameter=name)
    if given["needed_date"] is not None and given["needed_date"] < given["received_date"]:
        raise Invalid(
            _("The decision is needed before the request was received: check the days."), parameter="needed_date"
        )
    if given["ends_on"] < given["starts_on"]:
        raise Invalid(_("The last day is before the first one."), parameter="ends_on")
    if (given["ends_on"] - given["starts_on"]).days > LONGEST_DAYS:
        raise Invalid(_("Works last three years at most: check the year."), parameter="ends_on")


# -- its works --------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_work(one: WorkRequest, *, version: int, rights: Rights) -> Work:
    """Draft works for the days of the request, where its references or its street lie. What works say is read by
    everybody in the end: of the words of the request their title alone is taken, where it names nobody.

    Raises Forbidden, Stale, Conflict, Invalid.
    """
    locked = to_join(one, version, rights)
    locked.work = works.make(
        owner=locked.owner,
        rights=rights,
        title=title_of(locked),
        starts_on=locked.starts_on,
        ends_on=locked.ends_on,
        geom=stretch_of(locked),
        **({name: getattr(locked, name) for name in REFERENCES} if by_references(locked) else {}),
    )
    locked.joined_by_id = rights.user_id
    locked.save(update_fields=["work", "joined_by"])
    return locked.work


@transaction.atomic
def join_work(one: WorkRequest, work: Work, *, version: int, rights: Rights) -> WorkRequest:
    """The request is for works that are there already. Raises Forbidden, Stale, Conflict, Invalid."""
    locked = to_join(one, version, rights)
    if work.owner_id != locked.owner_id:
        raise Invalid(_("These works belong to another member."), parameter="work")
    if work.state == Work.State.CANCELLED:
        raise Invalid(_("These works are cancelled: choose others."), parameter="work")
    locked.work, locked.joined_by_id = work, rights.user_id
    locked.save(update_fields=["work", "joined_by"])
    return locked


def to_join(one: WorkRequest, version: int, rights: Rights) -> WorkRequest:
    """The locked request, for which works are chosen now. Raises Forbidden, Stale, Conflict."""
    check_may_decide(one, rights)
    locked = lock_request(one, version)
    check_in_hand(locked)
    if locked.work_id is not None:
        raise Conflict(_("This request has its works already: detach them first."))
    return locked


def title_of(one: WorkRequest) -> str:
    """The first line of what is asked for, or what works of its kind are called where it may name somebody."""
    line = shorten(one.description.partition("\n")[0], LONGEST_TITLE, placeholder="…").rstrip(" .,;:")
    return str(TITLES[WorkRequest.Kind(one.kind)]) if not line or may_name(line, one) else capfirst(line)


def by_references(one: WorkRequest) -> bool:
    return bool(one.start_reference and one.end_reference)


def stretch_of(one: WorkRequest) -> MultiLineString:
    """Between the two references, or the street of that name in the commune. Raises Invalid, NotFound."""
    if by_references(one):
        try:
            return stretches.of_references(one.start_reference, one.end_reference)
        except (Invalid, NotFound) as error:
            error.extra["parameter"] = f"{error.extra.get('parameter') or 'start'}_reference"
            raise
    if names := streets_said(one):
        return stretches.of_streets("; ".join(names), one.insee)
    message = _(
        "Where “%(place)s” lies is not known from the roads: give two references (PR), the name of a street as the"
        " roads have it, or draw the works on the map and choose them here."
    )
    raise Invalid(message % {"place": one.place}, parameter="place")


def locate_request(one: WorkRequest) -> GEOSGeometry | None:
    """Where the works lie: those it has, else where its references or its street say; None where nothing says it."""
    if one.work and one.work.geom:
        return one.work.geom
    with suppress(Invalid, NotFound):
        return stretch_of(one)
    if reference := one.start_reference or one.end_reference:
        with suppress(Invalid, NotFound):
            return RoadSection.objects.values_list("geom", flat=True).filter(pk=locate(reference).section).first()
    return None


def streets_said(one: WorkRequest) -> list[str]:
    """The streets of the commune whose name the place says: “12 rue des Lilas” says “Rue des Lilas”."""
    said = f" {' '.join(terms_of(one.place))} "
    return [name for name in stretches.streets(one.insee) if name and f" {' '.join(terms_of(name))} " in said]
