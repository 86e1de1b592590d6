"""What stands along roads: the list of a filter, one asset with its reference and its inspections, a new inspection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast

from django.db import transaction
from django.db.models import Count, FloatField, Func, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from psycopg import sql

from gis_core.codes import CodeList
from gis_core.database import clock as database_clock
from gis_core.database.rows import first_of
from gis_core.database.statements import fetch_all
from gis_core.desk.journal import strike_out
from gis_core.desk.list_query import ListQuery, choice, parameter, text
from gis_core.desk.options import commune_options
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.files.content import SentFile
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Commune
from layers.catalogue.services import visible_layer
from layers.features.display import code_choices
from layers.features.services import attachments
from networks.roads import asset_code_lists, code_lists
from networks.roads.iisr import normal
from networks.roads.models import RoadAsset, RoadInspection, RoadSection, RoadStretch
from networks.roads.references import NotAReferenceError, road_of

MODELS: Final[Mapping[str, Any]] = {"point": RoadAsset, "troncon": RoadStretch}
SLUGS: Final = {"point": "road-assets", "troncon": "road-stretches"}
KINDS: Final = {"point": asset_code_lists.POINTS, "troncon": asset_code_lists.STRETCHES}
DUE: Final = {
    "late": gettext_lazy("Inspection late"),
    "month": gettext_lazy("Inspection within a month"),
    "never": gettext_lazy("Never inspected"),
}
NO_ROAD: Final = "none"
SOON_DAYS: Final = 31
EARLIEST: Final = date(1950, 1, 1)
FARTHEST_YEARS: Final = 30
LONGEST_NAME, LONGEST_REMARK = 120, 1000
MOST_AT_ONCE: Final = 6


def code_choice(label: Any, codes: CodeList, every: Any) -> Any:
    """A code of a list; another one restricts nothing: that of points stays in the address of stretches."""

    def read(given: Mapping[str, str], name: str) -> str:
        return code if (code := given.get(name, "")) in codes else ""

    return parameter(label=label, read=read, options=lambda _rights: code_choices(codes), every=every, default="")


def kind_of_asset(what: str) -> Any:
    """Which assets: the address chooses the query that reads it (`QUERIES`)."""
    labels = [("point", gettext_lazy("Points")), ("troncon", gettext_lazy("Stretches"))]
    return parameter(
        label=gettext_lazy("Show"), read=lambda _given, _name: what, options=lambda _rights: labels, default=what
    )


def read_due(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    return value if value in DUE else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetQuery(ListQuery):
    """Which points; empty fields do not restrict."""

    what: str = kind_of_asset("point")
    text: str = text(gettext_lazy("Search"), name="q", placeholder=gettext_lazy("reference, code, remark"))
    kind: str = code_choice(gettext_lazy("Kind"), asset_code_lists.POINTS, gettext_lazy("All kinds"))
    state: str = code_choice(gettext_lazy("Condition"), code_lists.CONDITIONS, gettext_lazy("All conditions"))
    insee: str = choice(gettext_lazy("Commune"), commune_options, every=gettext_lazy("All communes"), longest=5)
    due: str = parameter(
        label=gettext_lazy("Inspection"),
        read=read_due,
        options=lambda _rights: DUE.items(),
        every=gettext_lazy("All"),
        default="",
    )
    road: str = parameter(
        label=gettext_lazy("Road"),
        read=lambda given, name: road_wanted(given.get(name, "")),
        describe=lambda road: "" if road == NO_ROAD else road,
        placeholder="D 2020",
        default="",
    )
    """A numbered road, as it is written; "none": those that no section of road is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchQuery(AssetQuery):
    """Which stretches."""

    what: str = kind_of_asset("troncon")
    kind: str = code_choice(gettext_lazy("Kind"), asset_code_lists.STRETCHES, gettext_lazy("All kinds"))


QUERIES: Final[Mapping[str, type[AssetQuery]]] = {"point": AssetQuery, "troncon": StretchQuery}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    done_date: date
    done_by: str
    mark: str
    remark: str = ""
    due_date: date | None = None


def assets(wanted: AssetQuery, rights: Rights) -> QuerySet[Any]:
    """Those of the asker's members, of a filter."""
    rows = of_members(wanted.what, rights)
    if wanted.text:
        result = Q(reference__icontains=wanted.text) | Q(comment__icontains=wanted.text)
        if wanted.what == "point":
            result |= Q(code__iexact=normal(wanted.text))
        rows = rows.filter(result)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.insee:
        place = Commune.objects.filter(insee=wanted.insee).values_list("geom", flat=True).first()
        rows = rows.filter(geom__bboverlaps=place, geom__intersects=place) if place else rows.none()
    if wanted.road:
        rows = rows.filter(along(wanted.road))
    return rows.filter(due(wanted.due)) if wanted.due else rows


def road_wanted(text: str) -> str:
    """As the filter keeps it. Raises Invalid."""
    if not text.strip() or text == NO_ROAD:
        return text.strip()
    try:
        return str(road_of(text))
    except NotAReferenceError as error:
        message = _("“%(text)s” is the number of no road: write it as in “D 2020”.")
        raise Invalid(message % {"text": text[:40]}, parameter="road") from error


def along(road: str) -> Q:
    """Bound to a section of this road; without a Département, of any."""
    if road == NO_ROAD:
        return Q(section_id=None)
    parameters = {name: value for name, value in road_of(road)._asdict().items() if value}
    # Their ids, some thousands at most: by a subquery each asset would be asked whether its section is of the road.
    return Q(section_id__in=list(RoadSection.objects.filter(**parameters).values_list("pk", flat=True)))


def due(wanted: str) -> Q:
    today = database_clock.today()
    if wanted == "late":
        return Q(due_date__lt=today)
    return Q(due_date__lte=today + timedelta(days=SOON_DAYS)) if wanted == "month" else Q(inspected_date=None)


def list_assets(wanted: AssetQuery, rights: Rights) -> QuerySet[Any]:
    """The rows of a list, what is due first."""
    rows = assets(wanted, rights)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    return rows.order_by("due_date", "id") if wanted.due in ("late", "month") else rows.order_by("-id")


def counts(wanted: AssetQuery, rights: Rights) -> dict[str, int]:
    """How many of each kind, whatever kind was asked for."""
    rows = assets(wanted, rights).order_by().values_list("kind").annotate(count=Count("pk"))
    return dict(rows.order_by("-count"))


def kilometres(wanted: AssetQuery, rights: Rights) -> dict[str, float]:
    """Of each kind of what runs along roads, whatever kind was asked for; nothing of points."""
    if wanted.what == "point":
        return {}
    metres = Sum(Func("geom", function="ST_Length", output_field=FloatField()))
    rows = assets(wanted, rights).order_by().values_list("kind").annotate(metres=metres)
    return {kind: total / 1000 for kind, total in rows}


def of_members(what: str, rights: Rights) -> QuerySet[Any]:
    """Those whose pages open for the asker: of their members."""
    rows = cast(QuerySet[Any], MODELS[what].objects.all() if what in MODELS else RoadAsset.objects.none())
    return rows if rights.agency else rows.filter(owner_id__in=rights.members())


def ids_of_own_assets(what: str, ids: Sequence[int], rights: Rights) -> set[int]:
    if not (rights.agency or rights.members()):
        return set()
    return set(of_members(what, rights).filter(pk__in=ids).values_list("pk", flat=True))


def one(what: str, pk: int, rights: Rights) -> Any:
    """An asset that the asker's members keep. Raises NotFound."""
    return first_of(of_members(what, rights).select_related("owner").filter(pk=pk))


def middle_of(asset: Any) -> tuple[float, float]:
    """Where it is (EPSG:2154): of a stretch, its middle."""
    place = asset.geom if asset.geom.geom_type == "Point" else asset.geom.interpolate_normalized(0.5)
    return place.x, place.y


def length_of(asset: Any) -> float | None:
    """Metres on the ground plan of what runs along a road."""
    return None if asset.geom.geom_type == "Point" else asset.geom.length


COMMUNES: Final = """
    select t.id, c.name from {table} t join {commune} c on c.geom && t.geom and st_intersects(c.geom, {middle})
    where t.id = any(%(ids)s)
"""
MIDDLES: Final = {"point": "t.geom", "troncon": "st_lineinterpolatepoint(t.geom, 0.5)"}


def communes_at(what: str, ids: Sequence[int]) -> Mapping[int, str]:
    """The names of the communes that assets lie in, by id."""
    statement = sql.SQL(COMMUNES).format(
        table=sql.Identifier(MODELS[what]._meta.db_table),
        commune=sql.Identifier(Commune._meta.db_table),
        middle=sql.SQL(MIDDLES[what]),
    )
    return dict(fetch_all(statement, {"ids": list(ids)}))


def section_of(asset: Any) -> RoadSection | None:
    return RoadSection.objects.filter(pk=asset.section_id).first() if asset.section_id else None


def inspections_of(what: str, pk: int) -> Sequence[RoadInspection]:
    return list(RoadInspection.objects.filter(of=what, asset_id=pk).select_related("recorded_by", "struck_by")[:100])


def may_inspect(asset: Any, rights: Rights) -> bool:
    return rights.has_role(asset.owner_id, TECHNICIANS)


@transaction.atomic
def inspect(
    what: str, pk: int, inspection: Inspection, *, photos: Sequence[SentFile] = (), rights: Rights
) -> RoadInspection:
    """Record an inspection, with photos of it; the asset's condition follows.

    Raises NotFound, Forbidden, Invalid, Unavailable (disk full).
    """
    asset = inspectable(what, pk, rights)
    check(inspection)
    if len(photos) > MOST_AT_ONCE:
        raise Invalid(_("At most %(most)s photos at once.") % {"most": MOST_AT_ONCE}, parameter="photos")
    layer = visible_layer(SLUGS[what], rights)
    kept = [attachments.attach(layer, pk, one, rights) for one in photos]
    return RoadInspection.objects.create(
        owner_id=asset.owner_id,
        of=what,
        asset_id=pk,
        done_date=inspection.done_date,
        done_by=inspection.done_by.strip()[:LONGEST_NAME],
        mark=inspection.mark,
        remark=inspection.remark.strip()[:LONGEST_REMARK],
        due_date=inspection.due_date,
        photos=[made.pk for made in kept],
        recorded_by_id=rights.user_id,
        state_before=asset.state or "",
    )


@transaction.atomic
def strike(what: str, pk: int, inspection: int, reason: str, *, rights: Rights) -> None:
    """Strike out a wrong inspection: it counts no more, stays to be seen, and its photos stay with the asset.

    Raises NotFound, Forbidden, Invalid, Conflict.
    """
    asset = inspectable(what, pk, rights)
    row = RoadInspection.objects.select_for_update().filter(pk=inspection, of=what, asset_id=asset.pk).first()
    if row is None:
        raise NotFound(pgettext("road", "There is no such inspection."))
    strike_out(
        row,
        reason,
        rights,
        struck_already=pgettext("road", "This inspection is struck out already."),
        unexplained=pgettext("road", "Say why it is struck out."),
        reason_field="struck_reason",
    )


def inspectable(what: str, pk: int, rights: Rights) -> Any:
    """An asset whose inspections the asker records. Raises NotFound, Forbidden."""
    asset = one(what, pk, rights)
    if not may_inspect(asset, rights):
        raise Forbidden(_("Your role does not let you record inspections of this asset."))
    return asset


def check(inspection: Inspection) -> None:
    """Refuse an inspection with an impossible day, no author or no mark. Raises Invalid at the field that is wrong."""
    today = database_clock.today()
    if inspection.done_date > today:
        raise Invalid(_("This day is still to come: record what was done."), parameter="done_date")
    if inspection.done_date < EARLIEST:
        raise Invalid(_("Check the year."), parameter="done_date")
    if not inspection.done_by.strip():
        raise Invalid(_("Say who inspected."), parameter="done_by")
    if inspection.mark not in code_lists.CONDITIONS:
        raise Invalid(_("Give a mark from 1 (very good) to 5 (very poor)."), parameter="mark")
    if inspection.due_date is not None and inspection.due_date <= inspection.done_date:
        raise Invalid(_("The next inspection comes after this one."), parameter="due_date")
    if inspection.due_date is not None and inspection.due_date.year > today.year + FARTHEST_YEARS:
        raise Invalid(_("Check the year."), parameter="due_date")


def photos_of(what: str, pk: int, rights: Rights) -> list[dict[str, Any]]:
    """The photos of an asset, as its layer has them."""
    layer = visible_layer(SLUGS[what], rights)
    return [attachments.as_json(one, layer) for one in attachments.attachments_of(layer, pk, rights)]
