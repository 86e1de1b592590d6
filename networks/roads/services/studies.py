"""Coverage studies: which part of the addresses and of the roads lies within reach of the points of a layer.

Any layer of points will do: mobile sites, hotspots, charging stations. Reach is a distance as the crow flies, so a
study says how near sites are, not how strong a signal is. A section that is the limit of two communes counts half for
each. Paths, steps and ferries are no roads here.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.database.statements import fetch_all
from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Commune, Job, Member, User
from layers.catalogue.models import Layer
from layers.intake.cells import NO, YES
from networks.roads import code_lists, reach
from networks.roads.models import CoverageStudy
from networks.roads.services.study_results import KEPT, list_studies
from networks.roads.study_map import background, zone_on

KIND = "coverage_study"
MOST_SITES: Final = 50_000
MOST_ADDRESSES: Final = 1_000_000
MOST_SECTIONS: Final = 500_000
LEAST_IMPORTANT: Final = "9"
"""A section whose importance is not known."""
AT_ONCE: Final = 20_000
"""Addresses that are measured while one waits."""
AT_ONCE_REACHES: Final = 10_000
"""Circles that are joined while one waits, at 0.4 ms each."""
READ: Final = ("addresses", "road-sections", "communes")
"""The layers that every study reads, beside that of the points."""
MOST_OPERATORS: Final = 20
MOST_TECHNOLOGIES: Final = 8
MOST_VALUES: Final = 12
FARTHEST_M: Final = 50_000
LOOKED_AT: Final = 5_000
FLAGS: Final = YES | NO

type Progress = Callable[[float | None, str], None]
type Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Technology:
    """Points that count together: all of them, those whose column says yes, or those that have this value in it."""

    label: str
    reach_m: int
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`insee` empty: every commune of the member. `operator`: the column that says whose a point is, or none."""

    member: Member
    layer: Layer
    technologies: tuple[Technology, ...]
    operator: str = ""
    insee: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "insee": self.insee,
            "layer": self.layer.slug,
            "title": str(self.layer),
            "attribution": self.layer.attribution,
            "operator": self.operator,
            "technologies": [asdict(one) for one in self.technologies],
        }


def question_of(given: Mapping[str, Any], member: Member, rights: Rights) -> Question:
    """The question that was kept. Raises NotFound for a layer that is gone or seen no more."""
    technologies = tuple(Technology(**one) for one in given["technologies"])
    layer = layer_seen_by(given["layer"], rights)
    return Question(member=member, layer=layer, technologies=technologies, operator=given["operator"],
                    insee=given["insee"])  # fmt: skip


# -- what may be asked ------------------------------------------------------------------------------------------------


def may_study(member: Member, rights: Rights) -> bool:
    return rights.has_role(member.pk, TECHNICIANS)


def public_columns(layer: Layer) -> list[dict[str, Any]]:
    """The columns that a study may speak of: it is read by people who do not see those of some roles alone."""
    return [one for one in layer.columns if one.get("roles") is None]


def fits(layer: Layer, member: Member) -> bool:
    """Whether all who read a member's studies may know of the layer: a public one, or the member's."""
    return layer.visibility in (Layer.Visibility.PUBLIC, Layer.Visibility.SIGNED_IN) or layer.owner_id == member.pk


def point_layers(rights: Rights) -> list[Layer]:
    """The layers of points that the asker sees."""
    visible = Layer.objects.visible_to(rights).filter(geometry_type=Layer.Geometry.POINT)
    return list(visible.exclude(rows=Layer.Rows.INSEE).select_related("theme"))


def layer_seen_by(slug: str, rights: Rights) -> Layer:
    """The layer of points of this slug, if the user sees it. Raises NotFound."""
    row = next((one for one in point_layers(rights) if one.slug == slug), None)
    if row is None:
        raise NotFound(_("There is no such layer of points, or you may not see it."))
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a layer offers: columns that may say whose a point is, and what may count together, with its words."""

    operators: list[tuple[str, str]]
    technologies: list[tuple[str, str, str]]
    """(label, column, value); no value where the column says yes or no."""


def choices_of(layer: Layer, rights: Rights) -> Choices:
    """Looked up in the layer's first 5,000 points."""
    kept = {one["name"] for one in public_columns(layer)}
    columns = [one for one in layer.fields_for(rights) if one["name"] in kept]
    names = [one["name"] for one in columns]
    statement = sql.SQL("select {} from {} limit {}").format(
        sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(name)) for name in names),
        sql.Identifier(layer.table),
        sql.Literal(LOOKED_AT),
    )
    rows = fetch_all(statement, {}) if names else []
    operators: list[tuple[str, str]] = []
    technologies: list[tuple[str, str, str]] = []
    for place, column in enumerate(columns):
        said = Counter(row[place] for row in rows if row[place])
        if not said:
            continue
        name, label = column["name"], str(column["label"])
        if {one.lower() for one in said} <= FLAGS:
            technologies.append((label, name, ""))
            continue
        if len(said) <= MOST_OPERATORS:
            operators.append((name, label))
        if 1 < len(said) <= MOST_VALUES:
            technologies += [(f"{label} : {one}", name, one) for one in sorted(said)]
    return Choices(operators=operators, technologies=technologies)


def check(question: Question, rights: Rights) -> dict[str, str]:
    """The names of the communes that are asked for, by INSEE code. Raises Forbidden, Invalid."""
    if not may_study(question.member, rights):
        raise Forbidden(_("Your role does not let you make coverage studies."))
    if not fits(question.layer, question.member):
        message = _(
            "This layer is not for everybody who reads the studies of %(member)s: it belongs to another member."
        )
        raise Invalid(message % {"member": question.member}, parameter="member")
    if not 1 <= len(question.technologies) <= MOST_TECHNOLOGIES:
        message = _("Between one and %(most)s things count together.")
        raise Invalid(message % {"most": MOST_TECHNOLOGIES}, parameter="technologies")
    seen = {one["name"] for one in public_columns(question.layer)}
    for one in question.technologies:
        if not 1 <= one.reach_m <= FARTHEST_M:
            message = _("A reach lies between 1 m and %(most)s m.")
            raise Invalid(message % {"most": FARTHEST_M}, parameter="technologies")
        if one.column and one.column not in seen:
            raise Invalid(_("The layer has no such column."), parameter="technologies")
    if question.operator and question.operator not in seen:
        raise Invalid(_("The layer has no such column."), parameter="operator")
    communes = dict(question.member.communes.order_by("name").values_list("insee", "name"))
    if question.insee and question.insee not in communes:
        raise Invalid(_("This commune is not one of the member's."), parameter="insee")
    if not communes:
        raise Invalid(_("This member has no commune yet: its administrator gives it some."), parameter="insee")
    return {question.insee: communes[question.insee]} if question.insee else communes


def ask(question: Question, *, anew: bool = False, rights: Rights, user: User) -> CoverageStudy | Job:
    """The study, the one that was kept where nothing that it read has changed since (but for `anew`); or the job that
    makes it where there are many addresses or points. Raises Forbidden, Invalid.
    """
    communes = check(question, rights)
    ((count,),) = fetch_all(
        "select count(*) from cadastre_address where insee = any(%(insee)s)", {"insee": list(communes)}
    )
    if count > MOST_ADDRESSES:
        message = _("At most %(most)s addresses are measured at once: choose one commune.")
        raise Invalid(message % {"most": MOST_ADDRESSES}, parameter="insee")
    if not anew and (same := find_unchanged_study(question, communes, rights)):
        return same
    if count <= AT_ONCE and reaches(question, list(communes)) <= AT_ONCE_REACHES:
        return compute(question, rights=rights)
    title = _("Coverage of %(member)s by “%(layer)s”") % {"member": question.member, "layer": question.layer}
    return start_job(kind=KIND, title=title, owner=question.member, started_by=user, parameters=question.as_json(),
                     rights=rights)  # fmt: skip


def again(study: CoverageStudy, *, rights: Rights, user: User) -> CoverageStudy | Job:
    """The same question asked now. Raises Forbidden, Invalid, NotFound for a layer that is gone or seen no more."""
    if not may_study(study.owner, rights):
        raise Forbidden(_("Your role does not let you make coverage studies."))
    return ask(question_of(study.question, study.owner, rights), anew=True, rights=rights, user=user)


def find_unchanged_study(question: Question, communes: Collection[str], rights: Rights) -> CoverageStudy | None:
    """The last study of the question, if all that it read is as it was, for the same communes."""
    wanted = question.as_json()
    names = ("insee", "layer", "operator", "technologies")
    return next(
        (
            one
            for one in list_studies(rights, owner=question.member, versions=versions_of(question.layer.slug))
            if all(one.question[name] == wanted[name] for name in names) and communes_of_study(one) == set(communes)
        ),
        None,
    )


def communes_of_study(study: CoverageStudy) -> set[str]:
    """The INSEE codes of its communes."""
    return {one["insee"] for one in study.answer["communes"]}


def versions_of(layer: str) -> dict[str, int]:
    """Of the layers that a study of this one reads, as far as the asker sees them."""
    return dict(Layer.objects.filter(slug__in=(layer, *READ)).values_list("slug", "version"))


def has_changed(study: CoverageStudy) -> bool:
    """Whether something that the study read has changed, or the communes of its member; versions are not known of
    studies of before they were kept."""
    if not study.question["insee"] and communes_of_study(study) != set(
        study.owner.communes.values_list("insee", flat=True)
    ):
        return True
    now = versions_of(study.question["layer"])
    return any(now.get(slug, version) != version for slug, version in study.versions.items())


def reaches(question: Question, codes: list[str]) -> int:
    """About how many circles are drawn: points near the communes, once for each technology and operator."""
    farthest = max(one.reach_m for one in question.technologies)
    statement = sql.SQL(NEAR).format(
        operator=sql.SQL("t.{}").format(sql.Identifier(question.operator)) if question.operator else sql.SQL("null"),
        table=sql.Identifier(question.layer.table),
        most=sql.Literal(MOST_SITES),
    )
    ((points, operators),) = fetch_all(statement, {"insee": codes, "reach": farthest})
    return int(points) * len(question.technologies) * (1 + (int(operators) > 0))


# -- the study --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ground:
    """What may be covered: addresses, and roads with the communes on their two sides."""

    addresses: reach.Shapes
    address_insee: np.ndarray[Any, Any]
    roads: reach.Shapes
    sides: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True)
class Sites:
    """The points that count: whose (rank, -1 nobody's) and which technologies (columns)."""

    shapes: reach.Shapes
    operator: np.ndarray[Any, Any]
    has: np.ndarray[Any, Any]
    operators: list[str]


@transaction.atomic
def compute(question: Question, *, rights: Rights, progress: Progress = lambda share, message: None) -> CoverageStudy:
    """Measure and keep; the member's last 20 studies are kept. Raises Forbidden, Invalid."""
    communes = check(question, rights)
    begun = time.perf_counter()
    progress(0.05, _("Reading points, addresses and roads"))
    codes = list(communes)
    versions = versions_of(question.layer.slug)
    ground = ground_of(codes)
    sites = sites_of(question, codes, ground.roads)
    surfaces = surfaces_of(codes)
    drawn = background(surfaces, ground.roads) | {"zones": {}} if surfaces else {}
    counts: dict[str, dict[str, dict[str, list[float]]]] = {}
    steps = len(question.technologies) * (len(sites.operators) + 1)
    for rank, technology in enumerate(question.technologies):
        counts[str(rank)], zones = {}, {}
        for place, (name, which) in enumerate(groups(sites, rank)):
            done = rank * (len(sites.operators) + 1) + place
            progress(
                0.2 + 0.75 * done / steps, _("Measuring: %(what)s") % {"what": f"{technology.label} {name}".strip()}
            )
            zone = reach.zone(sites.shapes[which], technology.reach_m)
            counts[str(rank)][name] = cover_by_commune(ground, sites.shapes[which], technology.reach_m, zone, codes)
            zones[name] = zone_on(drawn, zone) if drawn else ""
        if drawn:
            drawn["zones"][str(rank)] = zones
    metres = by_sides(ground, shapely.length(ground.roads))
    houses = Counter(ground.address_insee.tolist())
    results = {
        "communes": [
            {"insee": code, "name": name, "addresses": houses[code], "road_m": round(metres.get(code, 0.0), 1)}
            for code, name in communes.items()
        ],
        "operators": sites.operators,
        "counts": counts,
        "roads": len(ground.roads) > 0,
    }
    made = CoverageStudy.objects.create(
        owner=question.member,
        question=question.as_json(),
        answer=results,
        sites=list(rows_of_sites(sites)),
        drawn=drawn,
        versions=versions,
        seconds=round(time.perf_counter() - begun, 2),
        made_by_id=rights.user_id,
    )
    forget_old(question.member)
    return made


def groups(sites: Sites, technology: int) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """Any operator ("") first, then each: which of the sites."""
    has = sites.has[:, technology] if len(sites.shapes) else np.zeros(0, dtype=bool)
    yield "", has
    for rank, name in enumerate(sites.operators):
        yield name, has & (sites.operator == rank)


def cover_by_commune(
    ground: Ground, sites: reach.Shapes, reach_m: int, zone: Any, codes: Sequence[str]
) -> dict[str, list[float]]:
    near = Counter(ground.address_insee[reach.within(ground.addresses, sites, reach_m)].tolist())
    metres = by_sides(ground, reach.metres_within(ground.roads, zone))
    return {code: [near[code], round(metres.get(code, 0.0), 1)] for code in codes}


def by_sides(ground: Ground, metres: reach.Floats) -> dict[str, float]:
    results: dict[str, float] = {}
    for side in ground.sides:
        for code in np.unique(side).tolist():
            results[code] = results.get(code, 0.0) + float(metres[side == code].sum()) / 2
    return results


def rows_of_sites(sites: Sites) -> Iterator[list[Any]]:
    xs, ys = shapely.get_x(sites.shapes), shapely.get_y(sites.shapes)
    for x, y, operator, has in zip(xs, ys, sites.operator, sites.has, strict=True):
        bits = sum(1 << rank for rank, one in enumerate(has) if one)
        yield [round(float(x), 1), round(float(y), 1), int(operator), bits]


def forget_old(member: Member) -> None:
    last = CoverageStudy.objects.filter(owner=member).order_by("-made_at").values_list("pk", flat=True)[:KEPT]
    CoverageStudy.objects.filter(owner=member).exclude(pk__in=list(last)).delete()


# -- what is read -----------------------------------------------------------------------------------------------------

ADDRESSES: Final = """
    select st_asbinary(geom), insee from cadastre_address where insee = any(%(insee)s)
"""
ROADS: Final = """
    with area as materialized (
        select st_setsrid(st_extent(geom)::box2d::geometry, 2154) as box
        from gis_core_commune where insee = any(%(insee)s)),
    near as (
        select s.geom, s.importance, coalesce(s.insee_left, s.insee_right, place.insee) as one,
            coalesce(s.insee_right, s.insee_left, place.insee) as other
        from area join road_section s on s.geom && area.box
            left join lateral (
                select c.insee from gis_core_commune c where s.insee_left is null and s.insee_right is null
                    and st_contains(c.geom, st_lineinterpolatepoint(s.geom, 0.5)) limit 1) place on true
        where s.nature is null or s.nature <> all(%(no_roads)s))
    select st_asbinary(geom), one, other, importance from near where one = any(%(insee)s) or other = any(%(insee)s)
    limit %(most)s
"""
SITES: Final = """
    with area as materialized (
        select st_setsrid(st_expand(st_extent(geom)::box2d, %(reach)s)::geometry, 2154) as box
        from (
            select geom from gis_core_commune where insee = any(%(insee)s)
            union all select st_geomfromwkb(%(roads)s, 2154)) ground)
    select st_asbinary(st_centroid(t.geom)){columns} from area join {table} t on t.geom && area.box {whose} limit {most}
"""


NEAR: Final = """
    with area as materialized (
        select st_setsrid(st_expand(st_extent(geom)::box2d, %(reach)s)::geometry, 2154) as box
        from gis_core_commune where insee = any(%(insee)s)),
    near as (select {operator} as operator from area join {table} t on t.geom && area.box limit {most})
    select count(*), count(distinct operator) from near
"""


def shapes_of(column: Sequence[Any]) -> reach.Shapes:
    result: reach.Shapes = shapely.from_wkb(np.array([bytes(one) for one in column], dtype=object))
    return result


def roads_of(codes: list[str]) -> Rows:
    """Lines with the communes on their two sides, the most important first; one more than may be studied at most."""
    rows = fetch_all(ROADS, {"insee": codes, "no_roads": list(code_lists.PATHS), "most": MOST_SECTIONS + 1})
    return sorted(rows, key=lambda row: row[3] or LEAST_IMPORTANT)


def surfaces_of(codes: list[str]) -> list[tuple[str, Any]]:
    """Communes with their surface, by name."""
    rows = Commune.objects.filter(insee__in=codes).order_by("name")
    return [(one.name, shapely.from_wkb(bytes(one.geom.wkb))) for one in rows if one.geom is not None]


def ground_of(codes: list[str]) -> Ground:
    """The addresses and the sections of roads of these communes, as shapes.

    Raises Invalid for too many roads: shares would be of a part of them.
    """
    houses, roads = fetch_all(ADDRESSES, {"insee": codes}), roads_of(codes)
    if len(roads) > MOST_SECTIONS:
        message = _("At most %(most)s sections of road are measured at once: choose one commune.")
        raise Invalid(message % {"most": MOST_SECTIONS}, parameter="insee")
    return Ground(
        shapes_of([row[0] for row in houses]),
        np.array([row[1] for row in houses], dtype=object),
        shapes_of([row[0] for row in roads]),
        (np.array([row[1] for row in roads], dtype=object), np.array([row[2] for row in roads], dtype=object)),
    )


def sites_of(question: Question, codes: list[str], roads: reach.Shapes) -> Sites:
    """The points around communes and roads that count. Raises Invalid where there are too many, or operators."""
    names = [question.operator, *(one.column for one in question.technologies)]
    as_text = sql.SQL("t.{}::text")
    wanted = [as_text.format(sql.Identifier(name)) if name else sql.SQL("null::text") for name in names]
    statement = sql.SQL(SITES).format(
        columns=sql.SQL("").join(sql.SQL(", {}").format(one) for one in wanted),
        table=sql.Identifier(question.layer.table),
        # Rows of members are seen by the asker for roles elsewhere, too: those of the study's member alone.
        whose=sql.SQL("and t.owner_id = {}").format(sql.Literal(question.member.pk))
        if question.layer.rows == Layer.Rows.OWNER
        else sql.SQL(""),
        most=sql.Literal(MOST_SITES + 1),
    )
    around = shapely.box(*shapely.total_bounds(roads)) if len(roads) else shapely.from_wkt("POLYGON EMPTY")
    farthest = max(one.reach_m for one in question.technologies)
    rows = fetch_all(statement, {"insee": codes, "roads": around.wkb, "reach": farthest})
    if len(rows) > MOST_SITES:
        message = _("At most %(most)s points are studied at once: choose one commune.")
        raise Invalid(message % {"most": MOST_SITES}, parameter="insee")
    has = np.array([[counts_for(one, text) for one, text in zip(question.technologies, row[2:], strict=True)]
                    for row in rows], dtype=bool).reshape(len(rows), len(question.technologies))  # fmt: skip
    any_of = has.any(axis=1)
    rows = [row for row, good in zip(rows, any_of, strict=True) if good]
    operators = sorted({row[1] for row in rows if row[1]})
    if len(operators) > MOST_OPERATORS:
        message = _("This column has %(count)s values: at most %(most)s are told apart.")
        raise Invalid(message % {"count": len(operators), "most": MOST_OPERATORS}, parameter="operator")
    ranks = {name: rank for rank, name in enumerate(operators)}
    whose = np.array([ranks.get(row[1], -1) for row in rows], dtype=np.int64)
    return Sites(shapes_of([row[0] for row in rows]), whose, has[any_of], operators)


def counts_for(technology: Technology, text: str | None) -> bool:
    if not technology.column:
        return True
    if technology.value:
        return text == technology.value
    return text is not None and text.lower() in YES
