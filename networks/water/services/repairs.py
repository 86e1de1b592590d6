"""Repairs: those of a filter, and recording one from the office."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.gis.db.models import PointField
from django.contrib.gis.db.models.functions import Length, Transform
from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.db.models import F, FloatField, Func, OuterRef, QuerySet, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.codes import CodeList
from gis_core.database import clock as database_clock
from gis_core.database.statements import execute
from gis_core.desk.list_query import ListQuery, choice, whole_number
from gis_core.desk.options import commune_options, member_options, year_options
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member
from layers.catalogue.models import Layer
from layers.features.display import code_label
from layers.features.services.origin import Origin, event
from networks.water import code_lists
from networks.water.models import Outage, Repair, SewerPipe, WaterPipe
from networks.water.services.outages import set_cause
from networks.water.services.visible import visible

SLUG = "water-repairs"
UNKNOWN = "none"
"""Of a filter: what nobody recorded."""
FIRST_YEAR, LAST_YEAR = 1850, 2100
LARGEST_ID = 2**63 - 1
LARGEST_COST = 10_000_000
PIPES: dict[str, type[WaterPipe | SewerPipe]] = {"water": WaterPipe, "sewer": SewerPipe}


NETWORKS: Final = [("water", gettext_lazy("Drinking water")), ("sewer", gettext_lazy("Sewer"))]
YEARS_BACK = 40


def codes_with_unknown(codes: CodeList) -> Callable[[], Collection[str]]:
    return lambda: {*codes, UNKNOWN}


def options_with_unknown(codes: CodeList) -> Callable[[Rights], list[tuple[str, str]]]:
    """The codes of a list with their labels, and what nobody recorded."""
    return lambda _rights: [*((code, code_label(codes, code)) for code in codes), (UNKNOWN, _("Not recorded"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairQuery(ListQuery):
    """Which repairs; empty: all. `material` and `cause` are codes, or "none"."""

    member: str = choice(gettext_lazy("Member"), member_options, every=gettext_lazy("All members"), fewest=2)
    network: str = choice(gettext_lazy("Network"), NETWORKS, every=gettext_lazy("All networks"), allowed=lambda: PIPES)
    year: int | None = whole_number(
        gettext_lazy("Year"),
        low=FIRST_YEAR,
        high=LAST_YEAR,
        options=lambda _rights: year_options(YEARS_BACK),
        every=gettext_lazy("Any year"),
    )
    material: str = choice(
        gettext_lazy("Material"),
        options_with_unknown(code_lists.MATERIALS),
        every=gettext_lazy("All materials"),
        allowed=codes_with_unknown(code_lists.MATERIALS),
    )
    cause: str = choice(
        gettext_lazy("Cause"),
        options_with_unknown(code_lists.CAUSES),
        every=gettext_lazy("All causes"),
        allowed=codes_with_unknown(code_lists.CAUSES),
    )
    insee: str = choice(gettext_lazy("Commune"), commune_options, every=gettext_lazy("All communes"), longest=5)
    pipe: int | None = whole_number(low=1, high=LARGEST_ID)


def repairs(wanted: RepairQuery, rights: Rights) -> QuerySet[Any]:
    rows = visible(Repair, rights)
    if wanted.member:
        rows = rows.filter(owner__slug=wanted.member)
    if wanted.network:
        rows = rows.filter(network=wanted.network)
    if wanted.year:
        rows = rows.filter(repaired_date__year=wanted.year)
    for name, value in (("material", wanted.material), ("cause", wanted.cause)):
        if value:
            rows = rows.filter(**{f"{name}__isnull": True} if value == UNKNOWN else {name: value})
    if wanted.pipe:
        rows = rows.filter(pipe_id=wanted.pipe)
    if wanted.insee:
        ground = Commune.objects.filter(insee=wanted.insee).values_list("geom", flat=True).first()
        if ground is None:
            raise Invalid(_("This choice is not offered: choose one of the list."), parameter="insee")
        rows = rows.filter(geom__bboverlaps=ground, geom__intersects=ground)
    return rows


def order_repairs(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The last first, undated ones at the end; each with the name of its commune."""
    here = Commune.objects.filter(geom__contains=OuterRef("geom")).order_by("insee").values("name")[:1]
    last_first = F("repaired_date").desc(nulls_last=True)
    with_commune: QuerySet[Any] = rows.order_by(last_first, "-pk").annotate(commune=Subquery(here))
    return with_commune


# -- recording one ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRepair:
    """A repair of a pipe, known by its id or its reference; in its middle unless metres from its start are given.

    `outage` is the id of the outage in which it was done.
    """

    network: str = "water"
    pipe: int | None = None
    outage: int | None = None
    pipe_reference: str = ""
    repaired_date: date
    defect: str = ""
    cause: str = ""
    along_m: float | None = None
    cost_eur: float | None = None
    reference: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedPipe:
    """What a form shows of the pipe."""

    id: int
    owner: Member
    reference: str | None
    material: str | None
    diameter_mm: int | None
    laid_year: int | None
    length_m: float


def pipe_to_repair(network: str, pipe: int | None, reference: str, rights: Rights) -> RepairedPipe:
    """The pipe that a repair is recorded on, by its id or its reference; diameter in mm, length in m.

    Raises Invalid, NotFound.
    """
    if network not in PIPES:
        raise Invalid(_("The network is “water” or “sewer”."), parameter="network")
    if not pipe and not reference:
        raise Invalid(_("Say which pipe: its reference, or its sheet on the map."), parameter="pipe_reference")
    pipes = visible(PIPES[network], rights).select_related("owner").annotate(metres=Length("geom"))
    rows: list[Any] = list(pipes.filter(pk=pipe) if pipe else pipes.filter(reference=reference)[:2])
    if not rows:
        message = _("No pipe of this network has the reference “%(reference)s”.")
        missing = _("This pipe is not there, or you may not see it.")
        raise NotFound(missing if pipe else message % {"reference": reference}, parameter="pipe_reference")
    if len(rows) > 1:
        message = _("Several members have a pipe “%(reference)s”: record the repair from its sheet on the map.")
        raise Invalid(message % {"reference": reference}, parameter="pipe_reference")
    one = rows[0]
    return RepairedPipe(
        id=one.pk,
        owner=one.owner,
        reference=one.reference,
        material=one.material,
        diameter_mm=one.diameter_mm,
        laid_year=one.laid_to_year or one.laid_from_year,
        length_m=one.metres.m,
    )


def check_may_record(pipe: RepairedPipe, rights: Rights) -> Layer:
    """The layer of repairs, if the user may record one on this pipe. Raises Forbidden."""
    layer = Layer.objects.get(slug=SLUG)
    if not layer.may_edit_rows_of(pipe.owner.pk, rights):
        raise Forbidden(_("Repairs are recorded by the network technicians of the pipe’s member."))
    return layer


def record_repair(given: NewRepair, *, rights: Rights) -> Repair:
    """A repair, with what its pipe is made of (the database copies it).

    Raises Invalid, NotFound, Forbidden, Conflict.
    """
    pipe = pipe_to_repair(given.network, given.pipe, given.pipe_reference.strip(), rights)
    layer = check_may_record(pipe, rights)
    check_repair(given, pipe)
    if given.outage is not None:
        check_outage(given.outage, pipe, rights)
    try:
        with transaction.atomic(), event(layer, "edit", Origin("web")):
            made = Repair.objects.create(
                owner=pipe.owner,
                network=given.network,
                pipe_id=pipe.id,
                outage_id=given.outage,
                repaired="01",
                repaired_date=given.repaired_date,
                defect=given.defect or None,
                cause=given.cause or None,
                cost_eur=given.cost_eur,
                reference=given.reference.strip() or None,
                comment=given.comment.strip() or None,
                geom=place_on(given, pipe),
            )
            announce(layer)
    except IntegrityError as error:
        raise Conflict(
            _("Another repair has this number already: choose another one."), parameter="reference"
        ) from error
    if given.outage is not None and given.cause:
        give_cause(given.outage, given.cause, rights)
    made.refresh_from_db()
    return made


def give_cause(outage_id: int, cause: str, rights: Rights) -> None:
    """The cause that a repair says is that of its outage, where that one has none yet."""
    outage = Outage.objects.filter(pk=outage_id, cause="").first()
    if outage:
        set_cause(outage, cause, rights=rights)


def metres_to_break(outage_id: int, pipe: RepairedPipe, rights: Rights) -> float | None:
    """Metres from the start of a pipe to where it broke, to the decimetre; None where the outage does not say."""
    outage = Outage.objects.visible_to(rights).filter(pk=outage_id).first()
    broken = [one for one in outage.answer["breaks"] if one["pipe"] == pipe.id] if outage else []
    if not broken:
        return None
    lon, lat = broken[0]["point"]
    place = Transform(Value(Point(lon, lat, srid=4326), output_field=PointField(srid=4326)), 2154)
    share = Func("geom", place, function="ST_LineLocatePoint", output_field=FloatField())
    along: float = PIPES["water"].objects.filter(pk=pipe.id).values_list(share, flat=True).get()
    return round(along * pipe.length_m, 1)


def check_repair(given: NewRepair, pipe: RepairedPipe) -> None:
    """Refuse a repair on an impossible day, at a place beyond the pipe, or with a code of no list.

    Raises Invalid at the field.
    """
    if not given.repaired_date.year >= FIRST_YEAR or given.repaired_date > database_clock.today():
        raise Invalid(_("The day of the repair is in the future, or too long ago."), parameter="repaired_date")
    if given.defect and given.defect not in code_lists.DEFECTS:
        raise Invalid(_("This choice is not offered: choose one of the list."), parameter="defect")
    if given.cause and given.cause not in code_lists.CAUSES:
        raise Invalid(_("This choice is not offered: choose one of the list."), parameter="cause")
    if given.cost_eur is not None and not 0 <= given.cost_eur <= LARGEST_COST:
        raise Invalid(_("The cost is a number of euros, not below zero."), parameter="cost_eur")
    if given.along_m is not None and not 0 <= given.along_m <= pipe.length_m:
        message = _("The pipe is %(metres)s m long: say a distance from its start that is not longer.")
        raise Invalid(message % {"metres": f"{pipe.length_m:.1f}".replace(".", ",")}, parameter="along_m")


def check_outage(outage_id: int, pipe: RepairedPipe, rights: Rights) -> None:
    """Refuse an outage that the pipe's member has not, or that is struck out. Raises NotFound."""
    if not Outage.objects.visible_to(rights).filter(pk=outage_id, owner=pipe.owner, struck_at=None).exists():
        raise NotFound(_("There is no such outage, or you may not see it."), parameter="outage")


def repairs_of_outages(outages: Collection[Outage], rights: Rights) -> list[Any]:
    """The repairs done in these outages, the last first."""
    rows = visible(Repair, rights).filter(outage_id__in=[one.pk for one in outages]).defer("geom", "geom_3857", "more")
    return list(rows.order_by("-repaired_date", "-pk"))


def place_on(given: NewRepair, pipe: RepairedPipe) -> Any:
    share = 0.5 if given.along_m is None or not pipe.length_m else given.along_m / pipe.length_m
    place = Func("geom", Value(min(share, 1.0)), function="ST_LineInterpolatePoint", output_field=PointField(srid=2154))
    return PIPES[given.network].objects.filter(pk=pipe.id).values_list(place, flat=True).get()


def announce(layer: Layer) -> None:
    """Give the layer its next version, for caches."""
    execute("select arpent.announce_edited(%s, null)", [layer.pk])
