"""Works and events: made, changed, announced, cancelled, found again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from django.contrib.gis.geos import LineString, MultiLineString
from django.db import IntegrityError, models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from gis_core.database import clock as database_clock
from gis_core.database.statements import execute
from gis_core.desk.list_query import ListQuery, choice, parameter
from gis_core.desk.options import member_commune_options, member_options
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.letters.services import clean_text
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Commune, Member
from layers.catalogue.models import Layer
from layers.features.services.origin import Origin, event
from networks.roads.references import NUMBERED
from networks.roads.services.referring import reference_at
from networks.roadworks import days
from networks.roadworks.headings import heading_of
from networks.roadworks.models import Work
from networks.roadworks.models.work import LONGEST_PLACE
from networks.roadworks.services import stretches

SLUG: Final = "works"
FIELDS: Final = (
    "kind", "title", "description", "place", "start_reference", "end_reference", "starts_on", "ends_on", "hours",
    "measure", "closed_way", "speed_kmh", "no_parking", "no_overtaking", "new_surface", "comment", "geom",
)  # fmt: skip
MADE_WITH: Final = (*FIELDS, "state", "reference", "outage_id")
TEXTS: Final = {"title": 120, "description": 1000, "place": LONGEST_PLACE, "start_reference": 60, "end_reference": 60,
                "hours": 60, "comment": 1000}  # fmt: skip
YEARS: Final = range(2000, 2101)
MOST_DAYS: Final = 3 * 366
LARGEST_ID: Final = 2**63 - 1
MOST_TERMS: Final = 6
LOOKED_IN: Final = ("title", "reference", "place", "start_reference", "end_reference")
SAME_M: Final = 0.001


# -- who --------------------------------------------------------------------------------------------------------------


def may_write(owner_id: int, rights: Rights) -> bool:
    """A network technician or a GIS administrator of the member; the agency."""
    return rights.has_role(owner_id, TECHNICIANS)


def check_may_write(owner_id: int, rights: Rights) -> None:
    if not may_write(owner_id, rights):
        raise Forbidden(_("A network technician or a GIS administrator of this member plans its works."))


def one(work_id: int, rights: Rights) -> Work:
    """Works that the user sees, with their owner. Raises NotFound."""
    work = Work.objects.visible_to(rights).select_related("owner").filter(pk=min(work_id, LARGEST_ID)).first()
    if work is None:
        raise NotFound(_("There are no such works, or you may not see them."))
    return work


# -- a list -----------------------------------------------------------------------------------------------------------


def read_text(given: Mapping[str, str], name: str) -> str:
    return " ".join(clean_text(given.get(name, "")).split())[:100]


def choice_of(label: Any, choices: type[models.TextChoices], every: Any) -> Any:
    return choice(label, lambda _rights: choices.choices, every=every, allowed=lambda: choices.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQuery(ListQuery):
    """Which works; empty: all. Those of the days from `first` to `last`, as far as they are given; `text`: whose title,
    reference, place or PR say every word.
    """

    first: date | None = None
    last: date | None = None
    text: str = parameter(label=gettext_lazy("Title, reference, place or PR"), read=read_text, default="")
    insee: str = choice(gettext_lazy("Commune"), member_commune_options, every=gettext_lazy("All communes"), longest=5)
    kind: str = choice_of(gettext_lazy("Kind"), Work.Kind, gettext_lazy("All kinds"))
    measure: str = choice_of(gettext_lazy("Traffic"), Work.Measure, gettext_lazy("All measures"))
    state: str = choice_of(gettext_lazy("State"), Work.State, gettext_lazy("Drafts and planned"))
    member: str = choice(gettext_lazy("Member"), member_options, every=gettext_lazy("All members"), fewest=2)


def list_works(wanted: WorkQuery, rights: Rights) -> QuerySet[Work]:
    """Those that the asker sees, the first to begin first; without a state, the cancelled ones are left out."""
    return filter_works(Work.objects.visible_to(rights), wanted)


def filter_works(rows: QuerySet[Work], wanted: WorkQuery) -> QuerySet[Work]:
    rows = rows.filter(state=wanted.state) if wanted.state else rows.exclude(state=Work.State.CANCELLED)
    if wanted.last:
        rows = rows.filter(starts_on__lte=wanted.last)
    if wanted.first:
        rows = rows.filter(ends_on__gte=wanted.first)
    given = {"kind": wanted.kind, "measure": wanted.measure, "owner__slug": wanted.member}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    for ways in search_terms(wanted.text)[:MOST_TERMS]:
        said = (Q(**{f"{name}__icontains": word}) for name in LOOKED_IN for word in ways)
        rows = rows.filter(reduce(or_, said))
    if wanted.insee:
        ground = Commune.objects.filter(insee=wanted.insee).values_list("geom", flat=True).first()
        if ground is None:
            raise Invalid(_("This choice is not offered: choose one of the list."), parameter="insee")
        rows = rows.filter(geom__bboverlaps=ground, geom__intersects=ground)
    return rows.select_related("owner").order_by("starts_on", "pk")


def search_terms(text: str) -> list[set[str]]:
    """The words of a text, each in the ways it may stand; the number of a road is one: "RD921" is shown as "D 921"."""
    roads = [{one[0], f"{one['class']} {int(one['number'])}{one['suffix'] or ''}"} for one in NUMBERED.finditer(text)]
    return [*roads, *({word} for word in NUMBERED.sub(" ", text).split())]


# -- writing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def make(*, owner: Member, rights: Rights, **values: Any) -> Work:
    """Works of a member, a draft unless `state` says otherwise; the database numbers them.

    Raises Forbidden, Invalid.
    """
    check_may_write(owner.pk, rights)
    check_known(values, MADE_WITH)
    given = check_values({"kind": Work.Kind.ROAD, "measure": Work.Measure.NONE} | values)
    if given.get("state", Work.State.DRAFT) == Work.State.CANCELLED:
        raise Invalid(_("Works are planned first, then cancelled."), parameter="state")
    made = Work(owner=owner, **given)
    return save_work(made)


@transaction.atomic
def change(*, work: Work, version: int, rights: Rights, **values: Any) -> Work:
    """Change some fields of works, from the version that the user saw. Raises Forbidden, Stale, Conflict, Invalid."""
    check_known(values, FIELDS)
    kept = lock_work(work, version, rights)
    given = check_values({name: getattr(kept, name) for name in FIELDS} | values)
    settle_place(kept, given)
    for name, value in given.items():
        setattr(kept, name, value)
    return save_work(kept)


def settle_place(kept: Work, given: dict[str, Any]) -> None:
    """References go with the stretch that they placed; the words that told the former one, if nobody wrote others."""
    former, references = (kept.start_reference, kept.end_reference), (given["start_reference"], given["end_reference"])
    moved = not given["geom"].equals_exact(kept.geom, SAME_M)
    if not moved:
        # A form carries the stretch in degrees and back: nobody moved it.
        given["geom"] = kept.geom
        references = references if all(references) else former
    elif references == former:
        references = None, None
    given["start_reference"], given["end_reference"] = references
    if (moved or references != former) and given["place"] == kept.place == place_label(kept.geom, former):
        given["place"] = place_label(given["geom"], references)


def place_label(stretch: MultiLineString, references: tuple[str | None, str | None]) -> str | None:
    return stretches.describe_place(stretch, *(one or "" for one in references)) or None


@transaction.atomic
def announce(*, work: Work, version: int, rights: Rights) -> Work:
    """A draft is planned: from now on everybody sees it. Raises Forbidden, Stale, Conflict."""
    kept = lock_work(work, version, rights)
    if kept.state == Work.State.PLANNED:
        raise Conflict(_("These works are planned already."))
    kept.state = Work.State.PLANNED
    return save_work(kept)


@transaction.atomic
def cancel(*, work: Work, version: int, rights: Rights) -> Work | None:
    """Planned works stay, cancelled, for those who read that they were to come; a draft, which nobody else saw, goes.

    Raises Forbidden, Stale, Conflict.
    """
    kept = lock_work(work, version, rights)
    if kept.state == Work.State.DRAFT:
        with event(layer(), "edit", Origin("web")):
            kept.delete()
            announce_layer()
        return None
    kept.state = Work.State.CANCELLED
    return save_work(kept)


def lock_work(work: Work, version: int | None, rights: Rights) -> Work:
    """The works, which nobody else changes until the end; whatever their version where none is given.

    Raises Forbidden, NotFound, Stale, Conflict.
    """
    check_may_write(work.owner_id, rights)
    kept = Work.objects.visible_to(rights).select_for_update(of=("self",)).select_related("owner")
    row = kept.filter(pk=work.pk).first()
    if row is None:
        raise NotFound(_("There are no such works, or you may not see them."))
    if version is not None and row.version != version:
        raise Stale(_("Somebody else has changed these works meanwhile. Look at them again, then repeat your change."))
    if row.state == Work.State.CANCELLED:
        raise Conflict(_("These works are cancelled: they are not changed any more. Enter new ones."))
    return row


def save_work(work: Work) -> Work:
    """Kept, as one event of the history. Raises Conflict."""
    try:
        with transaction.atomic(), event(layer(), "edit", Origin("web")):
            work.save()
            announce_layer()
    except IntegrityError as error:
        if "road_work_reference" not in str(error):
            raise
        raise Conflict(_("Other works have this number already: choose another one."), parameter="reference") from error
    work.refresh_from_db()
    return work


def layer(slug: str = SLUG) -> Layer:
    return Layer.objects.get(slug=slug)


def announce_layer(slug: str = SLUG) -> None:
    """The layer gets its next version, for caches."""
    execute("select arpent.announce_edited(%s, null)", [layer(slug).pk])


# -- what is wrong with them ------------------------------------------------------------------------------------------


def check_known(values: Mapping[str, Any], known: tuple[str, ...]) -> None:
    if unknown := set(values) - set(known):
        raise TypeError(f"no such fields of works: {sorted(unknown)}")


def check_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Invalid, at the field that is wrong."""
    given = dict(values)
    for name in TEXTS:
        if name in given:
            given[name] = text_of(name, given[name])
    if not given.get("title"):
        raise Invalid(_("Give the works a title: what is done, in a few words."), parameter="title")
    check_days(given.get("starts_on"), given.get("ends_on"))
    given["closed_way"] = given.get("closed_way") or None
    choices = {"kind": Work.Kind, "measure": Work.Measure, "state": Work.State, "closed_way": Work.Way}
    for name, offered in choices.items():
        if given.get(name) is not None and given[name] not in offered.values:
            raise Invalid(_("This choice is not offered: choose one of the list."), parameter=name)
    speed = given.get("speed_kmh")
    if speed is not None and not 5 <= speed <= 130:
        raise Invalid(_("The speed limit is between 5 and 130 km/h."), parameter="speed_kmh")
    given["geom"] = stretch_of(given.get("geom"))
    if not given.get("place"):
        given["place"] = place_label(given["geom"], (given.get("start_reference"), given.get("end_reference")))
    return given


def text_of(name: str, value: str | None) -> str | None:
    """Without spaces around nor control characters, None for nothing. Raises Invalid."""
    text = clean_text(value or "").strip()
    longest = TEXTS[name]
    if len(text) > longest:
        raise Invalid(_("The text has more than %(most)s characters.") % {"most": longest}, parameter=name)
    return text or None


def check_days(first: date | None, last: date | None) -> None:
    """Refuse days that are missing, in the wrong order or more than three years apart. Raises Invalid at the day."""
    if first is None or last is None:
        raise Invalid(_("Give the day."), parameter="starts_on" if first is None else "ends_on")
    for name, day in (("starts_on", first), ("ends_on", last)):
        if day.year not in YEARS:
            raise Invalid(_("Check the year: it is written with four digits."), parameter=name)
    if last < first:
        raise Invalid(_("The works end before they begin: the last day comes after the first."), parameter="ends_on")
    if last - first > timedelta(days=MOST_DAYS):
        raise Invalid(
            _("Works last three years at most: check the days, or enter them in phases."), parameter="ends_on"
        )


def stretch_of(shape: Any) -> MultiLineString:
    """A line or lines in EPSG:2154 as works lie on them. Raises Invalid."""
    if not isinstance(shape, LineString | MultiLineString) or shape.srid != 2154:
        raise Invalid(
            _("Say where: two references, a street, or a line drawn along the road on the map."), parameter="geom"
        )
    return stretches.check_stretch(shape)


# -- in words ---------------------------------------------------------------------------------------------------------


def describe_closed_direction(work: Work) -> str:
    """Where the closed direction heads, and ends on a numbered road: « vers l’est (D 2020 PR 13+20) »; nothing where
    none alone is closed, or nobody said which.
    """
    if work.closed_bearing is None:
        return ""
    heading, end = heading_of(work.closed_bearing), end_of_closed_direction(work)
    return f"{heading} ({end})" if end else heading


def end_of_closed_direction(work: Work) -> str:
    """The reference where the closed direction ends, if that is on a numbered road."""
    if work.closed_bearing is None:
        return ""
    first, last = stretches.ends_of(work.geom)
    try:
        end = reference_at(*(first if work.closed_way == Work.Way.BACKWARD else last), within_m=stretches.BESIDE_M)
    except NotFound:
        return ""
    return str(end.reference)


def describe_state(work: Work) -> str:
    """Its state as people say it on this day: what is planned is under way once its first day has come, then over."""
    if work.state == Work.State.PLANNED:
        if is_over(work):
            return pgettext("works", "Over")
        if work.starts_on <= database_clock.today():
            return pgettext("works", "Under way")
    return work.get_state_display()


def is_over(work: Work) -> bool:
    return days.is_over(work.starts_on, work.ends_on, work.hours or "")
