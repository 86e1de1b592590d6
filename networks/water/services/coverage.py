"""How far buildings are from the nearest hydrant, along the roads: counted by commune, the far ones listed.

The way counts from the hydrant to its road, along the roads, and from the road to the building's wall. Only hydrants
in service that are not unavailable count, the member's own and those shared with it; with `flow_m3h`, those measured
at that much or more. Buildings without a road within `OFF_ROAD_M` are told apart, as are hydrants off every road.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import Transform
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_all
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Job, Member, User
from networks.water.code_lists import IN_SERVICE
from networks.water.models import FireCoverage, HydrantUnavailability, WaterNode
from networks.water.services.hydrant_inspecting import MOST_DISTANCE_M
from networks.water.services.hydrants import HYDRANT, hydrants, with_out
from networks.water.streets import Places, Streets, Ways

KIND = "fire_coverage"
OFF_ROAD_M = 200
HYDRANT_OFF_ROAD_M = 100
AROUND_M = 1_000
"""Roads and hydrants so far beyond the communes count: ways leave and come back."""
MOST_AT_ONCE = 20_000
MOST_BUILDINGS = 500_000
MOST_FAR = 20_000
MOST_HYDRANTS = 5_000
KEPT = 20
SOLID = "01"
LEAST_M2 = 20

type Progress = Callable[[float | None, str], None]
type Why = Literal["far", "no_road", "no_way"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`insee` empty: every commune of the member. `light`: light buildings count, too."""

    member: Member
    insee: str = ""
    distance_m: int = 200
    flow_m3h: int = 0
    light: bool = False
    least_m2: int = LEAST_M2


@dataclass(frozen=True, slots=True)
class Buildings:
    ids: np.ndarray
    insee: np.ndarray
    shapes: np.ndarray


@dataclass(frozen=True, slots=True)
class Hydrants:
    """Those that count; and of the others how many are left out, and why."""

    ids: np.ndarray
    shapes: np.ndarray
    left_out: Mapping[str, int]


def may_compute(member: Member, rights: Rights) -> bool:
    return rights.has_role(member.pk, TECHNICIANS)


def check_question(question: Question, rights: Rights) -> dict[str, str]:
    """The names of the communes that are asked for, by INSEE code. Raises Forbidden, Invalid."""
    if not may_compute(question.member, rights):
        raise Forbidden(_("Your role does not let you compute the cover of the hydrants."))
    if not 1 <= question.distance_m <= MOST_DISTANCE_M:
        limits = {"least": 1, "most": MOST_DISTANCE_M}
        raise Invalid(_("Between %(least)s and %(most)s.") % limits, parameter="distance_m")
    if not 0 <= question.flow_m3h <= 1000:
        limits = {"least": 0, "most": 1000}
        raise Invalid(_("Between %(least)s and %(most)s.") % limits, parameter="flow_m3h")
    communes = dict(question.member.communes.order_by("name").values_list("insee", "name"))
    if question.insee and question.insee not in communes:
        raise Invalid(_("This commune is not one of the member's."), parameter="insee")
    return {question.insee: communes[question.insee]} if question.insee else communes


def request_coverage(question: Question, *, rights: Rights, user: User) -> FireCoverage | Job:
    """The cover, or the job that computes it where there are many buildings. Raises Forbidden, Invalid."""
    communes = check_question(question, rights)
    count = count_buildings(list(communes), question)
    if count > MOST_BUILDINGS:
        message = _("At most %(most)s buildings are measured at once: choose one commune.")
        raise Invalid(message % {"most": MOST_BUILDINGS}, parameter="insee")
    if count <= MOST_AT_ONCE:
        return compute(question, rights=rights)
    parameters = {
        "insee": question.insee,
        "distance_m": question.distance_m,
        "flow_m3h": question.flow_m3h,
        "light": question.light,
        "least_m2": question.least_m2,
    }
    title = _("Cover of the hydrants of %(member)s") % {"member": question.member}
    return start_job(
        kind=KIND, title=title, owner=question.member, started_by=user, parameters=parameters, rights=rights
    )


@transaction.atomic
def compute(question: Question, *, rights: Rights, progress: Progress = lambda share, message: None) -> FireCoverage:
    """Measure, and keep the answer; the member's last ones are kept. Raises Forbidden, Invalid."""
    communes = check_question(question, rights)
    begun = time.perf_counter()
    progress(0.05, _("Reading roads and buildings"))
    around = area(list(communes))
    streets = Streets(roads(around))
    buildings = buildings_of(list(communes), question)
    points = hydrants_of(question, around)
    progress(0.4, _("Measuring along the roads"))
    sources = streets.stand(points.shapes, HYDRANT_OFF_ROAD_M)
    targets = streets.stand(buildings.shapes, OFF_ROAD_M)
    ways = streets.ways(sources, targets)
    progress(0.9, _("Counting"))
    why = reasons(targets, ways, question.distance_m)
    summary = {
        "communes": by_commune(communes, buildings.insee, why),
        "hydrants": hydrant_summary(points, sources),
        "roads": len(streets.lines),
    }
    far = list_uncovered_rows(buildings, points, ways, why)
    made = FireCoverage.objects.create(
        owner=question.member,
        insee=question.insee,
        distance_m=question.distance_m,
        flow_m3h=question.flow_m3h,
        light=question.light,
        least_m2=question.least_m2,
        made_by_id=rights.user_id,
        seconds=round(time.perf_counter() - begun, 2),
        summary=summary,
        far=far[:MOST_FAR],
        truncated=len(far) > MOST_FAR,
    )
    forget_old(question.member)
    return made


def forget_old(member: Member) -> None:
    kept = FireCoverage.objects.filter(owner=member).order_by("-made_at").values_list("pk", flat=True)[:KEPT]
    FireCoverage.objects.filter(owner=member).exclude(pk__in=list(kept)).delete()


# -- what is read -----------------------------------------------------------------------------------------------------

AREA = """
    select st_asbinary(st_expand(st_extent(geom)::box2d, %(around)s)::geometry)
    from gis_core_commune where insee = any(%(insee)s)
"""
ROADS = """
    select st_asbinary(geom) from cadastre_road
    where geom && st_setsrid(st_geomfromwkb(%(area)s), 2154)
"""
BUILDINGS = """
    select id, insee, st_asbinary(geom) from cadastre_building
    where insee = any(%(insee)s) and (%(light)s or kind = %(solid)s) and st_area(geom) >= %(least)s order by id
"""
COUNT = """
    select count(*) from cadastre_building where insee = any(%(insee)s) and (%(light)s or kind = %(solid)s)
"""


def shapes_of(column: Sequence[Any]) -> np.ndarray:
    shapes: np.ndarray = shapely.from_wkb(np.array([bytes(one) for one in column], dtype=object))
    return shapes


def area(insee: list[str]) -> bytes:
    """A box around the communes, as WKB."""
    ((box,),) = fetch_all(AREA, {"insee": insee, "around": AROUND_M})
    if box is None:
        raise Invalid(_("This member has no commune yet: its administrator gives it some."))
    return bytes(box)


def roads(around: bytes) -> np.ndarray:
    return shapes_of([one for (one,) in fetch_all(ROADS, {"area": around})])


def building_parameters(insee: list[str], question: Question) -> dict[str, Any]:
    return {"insee": insee, "light": question.light, "solid": SOLID, "least": question.least_m2}


def count_buildings(insee: list[str], question: Question) -> int:
    ((count,),) = fetch_all(COUNT, building_parameters(insee, question))
    return int(count)


def buildings_of(insee: list[str], question: Question) -> Buildings:
    rows = fetch_all(BUILDINGS, building_parameters(insee, question))
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    return Buildings(ids, np.array([row[1] for row in rows], dtype=object), shapes_of([row[2] for row in rows]))


def hydrants_of(question: Question, around: bytes) -> Hydrants:
    """Those around that count for the member."""
    ours = Q(owner=question.member) | Q(shared_with__contains=[question.member.pk])
    box = GEOSGeometry(memoryview(around), srid=2154)
    nodes: Any = WaterNode.objects
    hydrants = nodes.filter(ours, kind=HYDRANT, geom__bboverlaps=box).order_by("pk")
    rows = list(hydrants.values_list("pk", "geom", "flow_m3h", "service_state"))
    lasting = HydrantUnavailability.objects.filter(hydrant__in=[row[0] for row in rows], until_at=None)
    out = set(lasting.values_list("hydrant", flat=True))
    kept: list[tuple[int, Any]] = []
    left: Counter[str] = Counter()
    for pk, place, flow, state in rows:
        reason = why_left_out(pk in out or state != IN_SERVICE, flow, question.flow_m3h)
        if reason:
            left[reason] += 1
        else:
            kept.append((pk, (place.x, place.y)))
    ids = np.array([pk for pk, _place in kept], dtype=np.int64)
    return Hydrants(ids, shapely.points([place for _pk, place in kept] or np.empty((0, 2))), left)


def why_left_out(unavailable: bool, flow: float | None, least: int) -> str:
    """Why a hydrant does not count, empty where it does."""
    if unavailable:
        return "unavailable"
    if least and flow is None:
        return "unknown"
    return "weak" if least and (flow or 0) < least else ""


# -- what is told -----------------------------------------------------------------------------------------------------


def reasons(targets: Places, ways: Ways, distance_m: int) -> np.ndarray:
    """For each building why it is not covered, empty where it is."""
    why = np.where(ways.metres <= distance_m, "", "far").astype(object)
    why[~np.isfinite(ways.metres)] = "no_way"
    why[targets.line < 0] = "no_road"
    return why


def by_commune(communes: Mapping[str, str], insee: np.ndarray, why: np.ndarray) -> list[dict[str, Any]]:
    """Counts of each commune, in the order of the names."""
    counts = Counter(zip(insee.tolist(), why.tolist(), strict=True))
    return [
        {
            "insee": code,
            "name": name,
            "covered": counts[code, ""],
            "far": counts[code, "far"],
            "no_way": counts[code, "no_way"],
            "no_road": counts[code, "no_road"],
            "buildings": sum(counts[code, one] for one in ("", "far", "no_way", "no_road")),
        }
        for code, name in communes.items()
    ]


def hydrant_summary(points: Hydrants, sources: Places) -> dict[str, Any]:
    off = points.ids[sources.line < 0].tolist()
    left = {name: points.left_out.get(name, 0) for name in ("unavailable", "weak", "unknown")}
    return {"counted": len(points.ids) - len(off), "off_road": off[:100], **left}


def list_uncovered_rows(buildings: Buildings, points: Hydrants, ways: Ways, why: np.ndarray) -> list[list[Any]]:
    """The buildings that are not covered, the farthest first; those without a way before them."""
    which = np.flatnonzero(why != "")
    which = which[np.argsort(-ways.metres[which], kind="stable")]
    middles = shapely.point_on_surface(buildings.shapes[which])
    places = to_lonlat(shapely.get_x(middles), shapely.get_y(middles))
    return [
        [
            int(buildings.ids[at]),
            str(buildings.insee[at]),
            *place,
            round(float(ways.metres[at]), 1) if np.isfinite(ways.metres[at]) else None,
            str(why[at]),
            int(points.ids[ways.source[at]]) if ways.source[at] >= 0 else None,
        ]
        for at, place in zip(which, places, strict=True)
    ]


def to_lonlat(x: np.ndarray, y: np.ndarray) -> list[tuple[float, float]]:
    """Longitudes and latitudes of positions in EPSG:2154."""
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(2154, 4326, always_xy=True).transform(x, y)
    return [(round(float(one), 6), round(float(other), 6)) for one, other in zip(lon, lat, strict=True)]


def places_2154(places: Sequence[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Positions (id, longitude, latitude) in EPSG:2154."""
    from pyproj import Transformer

    if not places:
        return []
    ids, lon, lat = zip(*places, strict=True)
    x, y = Transformer.from_crs(4326, 2154, always_xy=True).transform(lon, lat)
    return list(zip(ids, x, y, strict=True))


def visible_hydrants(coverage: FireCoverage, rights: Rights) -> list[Any]:
    """The hydrants around that the asker sees, as they are now, with `place` (EPSG:4326) and `out`."""
    codes = [one["insee"] for one in coverage.summary["communes"]]
    box = GEOSGeometry(memoryview(area(codes)), srid=2154)
    rows = with_out(hydrants(rights).filter(geom__bboverlaps=box), rights)
    return list(rows.annotate(place=Transform("geom", 4326)).order_by("pk")[:MOST_HYDRANTS])


def coverage_seen_by(pk: int, rights: Rights) -> FireCoverage:
    """A computation of fire coverage that the user sees, with its owner and author. Raises NotFound."""
    coverage = FireCoverage.objects.visible_to(rights).select_related("owner", "made_by").filter(pk=pk).first()
    if not isinstance(coverage, FireCoverage):
        raise NotFound(_("There is no such computation any more, or you may not see it: compute it again."))
    return coverage


def coverages(rights: Rights) -> Any:
    """The last ones, without their lists."""
    rows = FireCoverage.objects.visible_to(rights).select_related("owner", "made_by").defer("far")
    return rows.order_by("-made_at")[:KEPT]


def share(counts: Mapping[str, int]) -> float | None:
    """What part of the buildings is covered."""
    return counts["covered"] / counts["buildings"] if counts["buildings"] else None
