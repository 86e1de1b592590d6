"""What is known of the ground of a project: its parcels, what lies around it, its zones, in three statements."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import shapely
from django.utils.translation import gettext as _
from psycopg.sql import SQL
from shapely.geometry.base import BaseGeometry

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer, Photo
from layers.heights.services import find_model
from layers.parcels.ground import ground_of_parcels
from layers.parcels.sections import USUAL, Ground, reader_with
from simulation.engine.accuracy import Accuracy, plan_accuracy
from simulation.engine.plots import Ground as Heights
from simulation.engine.plots import Plot
from simulation.engine.sides import (
    ACROSS_M,
    AXIS_REACH_M,
    PROBES_M,
    Axis,
    Kind,
    Neighbour,
    Surroundings,
    correct_sides,
    sides_of,
)

MOST_AROUND = 2_000
"""What lies around is measured whole or not at all: a neighbour left out would be taken for a street."""
COMMUNAL_MAP = "CC"

# A box made beforehand leads every part to its spatial index; an order or a limit may lead away from it.
AROUND = SQL("""
    with given as (select %(ground)s::bytea::public.geometry as shape),
    asked as materialized (select shape, st_expand(shape, %(reach)s) as near, st_expand(shape, 1) as here from given)
    (select 'parcels', json_build_object('idu', t.idu), st_asbinary(t.geom) from cadastre_parcel t, asked
     where t.geom && near and st_dwithin(t.geom, shape, %(reach)s) and t.id <> all(%(parcels)s::bigint[]))
    union all
    (select 'roads', json_build_object('name', t.name, 'width', t.width_m),
            st_asbinary(st_clipbybox2d(t.geom, box2d(near))) from cadastre_road t, asked
     where t.geom && near and st_dwithin(t.geom, shape, %(axes)s))
    union all
    (select 'plan-road-areas', null, st_asbinary(t.geom) from cadastre_planroadarea t, asked
     where t.geom && near and st_dwithin(t.geom, shape, %(axes)s))
    union all
    (select 'water', null, st_asbinary(t.geom) from cadastre_water t, asked
     where t.geom && near and st_dwithin(t.geom, shape, %(reach)s))
    union all
    (select 'buildings', json_build_object('id', t.id), st_asbinary(t.geom) from cadastre_building t, asked
     where t.geom && here and st_intersects(t.geom, shape) and not st_touches(t.geom, shape))
    union all
    (select 'sheet', json_build_object('quality', coalesce(s.quality, ''), 'scale', s.scale), null
     from cadastre_parcel t left join cadastre_sheet s on s.idu = t.sheet and t.sheet <> ''
     where t.id = any(%(parcels)s::bigint[]) group by s.quality, s.scale)
    union all
    (select 'plu-zones', json_build_object('zone', t.libelle, 'idurba', d.idurba, 'kind', d.kind, 'folder', d.folder,
            'files', d.files, 'nomfic', t.nomfic, 'urlfic', t.urlfic), st_asbinary(st_clipbybox2d(t.geom, box2d(near)))
     from planning_zone t join planning_document d on d.id = t.document_id, asked
     where t.geom && here and st_intersects(t.geom, shape) and not st_touches(t.geom, shape)
       and d.starts_date <= %(day)s and (d.ends_date is null or d.ends_date > %(day)s))
    union all
    (select 'corrections', json_build_object('kind', t.kind, 'last', -extract(epoch from t.changed_at)),
            st_asbinary(t.geom) from simulation_sidecorrection t, asked where t.geom && here)
""")
OWN = {"sheet", "corrections"}
"""What no layer shows: the quality of the plan, and sides that a person corrected (row security says for whom)."""
LAYERS = ("parcels", "roads", "plan-road-areas", "water", "buildings", "plu-zones")


@dataclass(frozen=True, kw_only=True)
class ZonePart:
    """A zone as far as it is on the terrain. `shape` is the zone around it, `values` those of its row and document."""

    zone: str
    idurba: str
    shape: BaseGeometry
    plot: Plot
    share: float
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_communal_map(self) -> bool:
        return bool(self.values["kind"] == COMMUNAL_MAP)


@dataclass(frozen=True, kw_only=True)
class Place:
    """The ground of a project: `plot` is the whole terrain, `zones` its parts; one zone alone is the whole.

    `buildings` are those of the plan on it, by their ids. `hidden` are the layers (of `LAYERS`) that the asker may not
    see, of which nothing is in it.
    """

    ground: Ground
    plot: Plot
    zones: Sequence[ZonePart]
    hidden: frozenset[str] = frozenset()
    buildings: Mapping[int, BaseGeometry] = field(default_factory=dict)

    @property
    def is_ruled(self) -> bool:
        """Whether a plan is in force here: a communal map leaves the national rules in force."""
        return bool(self.zones) and not any(zone.is_communal_map for zone in self.zones)


def place_of(parcels: Sequence[str], day: date, rights: Rights) -> Place:
    """The place of parcels by their identifiers.

    Raises Invalid (too much lies around them, too), and NotFound for those that the plan has not.
    """
    ground = ground_of_parcels(parcels, day, reader_with(rights))
    seen = set(Layer.objects.visible_to(rights).filter(slug__in=LAYERS).values_list("slug", flat=True)) | OWN
    rows = fetch_all(
        AROUND,
        {
            "ground": ground.geom, "parcels": list(ground.parcels), "day": day,
            "reach": ACROSS_M + 1, "axes": AXIS_REACH_M + 1,
        },
    )  # fmt: skip
    if len(rows) > MOST_AROUND:
        raise Invalid(_("Too much lies around these parcels to be measured at once: send fewer."), parameter="parcels")
    by_kind: dict[str, list[tuple[dict[str, Any], BaseGeometry | None]]] = {}
    for kind, values, wkb in sorted(rows, key=lambda row: (row[0], str(row[1]))):
        if kind in seen:
            by_kind.setdefault(kind, []).append((values or {}, None if wkb is None else shapely.from_wkb(wkb)))
    terrain = close_slivers(shapely.force_2d(shapely.from_wkb(ground.geom)), len(ground.parcels))
    around = surroundings(terrain, by_kind)
    accuracy = accuracy_of([values for values, _shape in by_kind.get("sheet", ())])
    buildings = {
        values["id"]: shapely.make_valid(shape)
        for values, shape in by_kind.get("buildings", ())
        if shape and not shape.is_empty
    }
    sides = correct_sides(sides_of(around), corrections_in(by_kind))
    plot = Plot(
        terrain=terrain, sides=sides, accuracy=accuracy, buildings=list(buildings.values()),
        ground=natural_ground(terrain, rights),
    )  # fmt: skip
    zones = zone_parts(plot, by_kind.get("plu-zones", ()))
    return Place(ground=ground, plot=plot, zones=zones, hidden=frozenset(LAYERS) - seen, buildings=buildings)


def without_buildings(place: Place, demolished: Collection[int]) -> Place:
    """The place after these buildings were pulled down."""
    if not place.buildings.keys() & set(demolished):
        return place
    left = [shape for number, shape in place.buildings.items() if number not in demolished]
    zones = [replace(zone, plot=replace(zone.plot, buildings=left)) for zone in place.zones]
    return replace(place, plot=replace(place.plot, buildings=left), zones=zones)


def natural_ground(terrain: BaseGeometry, rights: Rights) -> Heights | None:
    """What reads the published model of the ground that the asker may read here; None without one."""
    model = find_model(terrain, Photo.Kind.GROUND, rights)
    return model.heights_at if model else None


def close_slivers(terrain: BaseGeometry, parcels: int) -> BaseGeometry:
    """Parcels of one terrain without what the plan leaves between them."""
    if parcels == 1:
        return terrain
    wide = terrain.buffer(PROBES_M[0] / 2, join_style="mitre")
    closed: BaseGeometry = wide.buffer(-PROBES_M[0] / 2, join_style="mitre")
    return closed


type Rows = Mapping[str, Sequence[tuple[dict[str, Any], BaseGeometry | None]]]


def shapes(by_kind: Rows, kind: str) -> list[BaseGeometry]:
    return [shapely.make_valid(shape) for _values, shape in by_kind.get(kind, ()) if shape and not shape.is_empty]


def corrections_in(by_kind: Rows) -> list[tuple[BaseGeometry, Kind]]:
    """Corrections of sides, the last first."""
    rows = sorted(by_kind.get("corrections", ()), key=lambda row: row[0]["last"])
    return [(shape, Kind(values["kind"])) for values, shape in rows if shape]


def surroundings(terrain: BaseGeometry, by_kind: Rows) -> Surroundings:
    neighbours = [
        Neighbour(values["idu"], shapely.make_valid(one)) for values, one in by_kind.get("parcels", ()) if one
    ]
    axes = [Axis(values["name"], line, values["width"]) for values, line in by_kind.get("roads", ()) if line]
    return Surroundings(
        terrain=terrain, neighbours=neighbours, axes=axes, road_areas=shapes(by_kind, "plan-road-areas"),
        waters=shapes(by_kind, "water"),
    )  # fmt: skip


def accuracy_of(sheets: Sequence[Mapping[str, Any]]) -> Accuracy:
    """Of the worst sheet; the plan's is known where every parcel's sheet says its quality."""
    each = [plan_accuracy(one["quality"], one["scale"]) for one in sheets] or [plan_accuracy("", None)]
    known = frozenset({"plan"} if all(sure for _metres, sure in each) else ())
    return Accuracy(plan=max(metres for metres, _sure in each), known=known)


def zone_parts(plot: Plot, rows: Sequence[tuple[dict[str, Any], BaseGeometry | None]]) -> list[ZonePart]:
    """The zones that share more with the terrain than two limits drawn apart explain, one part for each label."""
    by_label: dict[tuple[str, str], list[tuple[dict[str, Any], BaseGeometry]]] = {}
    for values, shape in rows:
        if shape and not shape.is_empty:
            by_label.setdefault((values["idurba"], values["zone"]), []).append((values, shapely.make_valid(shape)))
    parts = []
    for (idurba, zone), members in by_label.items():
        shape = shapely.union_all([one for _values, one in members])
        terrain = plot.terrain.intersection(shape)
        share = terrain.area / plot.terrain.area if plot.terrain.area else 0.0
        if terrain.area < USUAL.m2 and share * 100 < USUAL.percent:
            continue
        own = Plot(
            terrain=terrain, sides=plot.sides, accuracy=plot.accuracy, buildings=plot.buildings, ground=plot.ground,
            zone=zone,
        )  # fmt: skip
        parts.append(ZonePart(zone=zone, idurba=idurba, shape=shape, plot=own, share=share, values=members[0][0]))
    if len({part.zone for part in parts}) == 1 and parts:
        return [whole(part, plot) for part in parts]
    return parts


def whole(part: ZonePart, plot: Plot) -> ZonePart:
    """The only zone holds the whole terrain, however its limits are drawn."""
    own = Plot(
        terrain=plot.terrain, sides=plot.sides, accuracy=plot.accuracy, buildings=plot.buildings, ground=plot.ground,
        zone=part.zone,
    )  # fmt: skip
    reach = plot.terrain.envelope.buffer(10 * ACROSS_M)
    return ZonePart(zone=part.zone, idurba=part.idurba, shape=reach, plot=own, share=part.share, values=part.values)
