"""Choosing parcels: by what a point, a line or a shape meets, by a distance around it, by a list of references."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from psycopg.sql import SQL, Composable

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.cadastre.references import Reference, read_reference
from layers.cadastre.searchers import communes_by_name
from layers.catalogue.services import visible_layer
from layers.parcels.ground import PARCELS_LAYER, identifier
from layers.parcels.shapes import ANY, shape_of

MOST_SELECTED = 2_000
MOST_REFERENCES = 500
LONGEST_REFERENCE = 200
WHOLE = 14
FARTHEST_M = 1_000

SELECTED = SQL("""
    with {shape}
    select p.id, p.idu, p.label, p.insee, co.name, p.area_m2,
        round(st_area(st_transform(p.geom, 4326)::geography)::numeric, 1)::float8, {box}
    from cadastre_parcel p left join gis_core_commune co on co.insee = p.insee
    where {condition} order by p.idu limit %(more)s
""")
BOX = SQL("""(select array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)]
    from (select st_transform(st_envelope(p.geom), 4326) as box) as degrees)""")
SHAPE = SQL("asked as materialized (select st_transform(st_geomfromwkb(%(wkb)s, 4326), 2154) as shape)")
NEAR = SQL("""p.id in (select near.id from cadastre_parcel near, asked
    where near.geom && st_expand(shape, %(distance)s) and st_dwithin(near.geom, shape, %(distance)s)
    and (%(distance)s > 0 or not st_touches(near.geom, shape)))""")
NO_SHAPE = SQL("nothing as (select 1)")
IDENTIFIERS = SQL("p.idu = any(%(idus)s)")
REFERENCES = SQL("""p.id in (
    select one.id
    from unnest(%(insee)s::text[], %(prefixes)s::text[], %(sections)s::text[], %(numbers)s::text[])
        as named (insee, prefix, section, number)
    join cadastre_parcel one on one.section = named.section and one.number = named.number and one.insee = named.insee
        and (named.prefix = '' or one.prefix = named.prefix))""")

type Meaning = tuple[str, str, str, str]
"""INSEE code, prefix (empty where it is not said), section, number."""

type CommunesOfName = Callable[[tuple[str, ...]], list[str]]
"""INSEE codes of the communes that these words of a name mean."""


@dataclass(frozen=True, slots=True)
class Selected:
    """A parcel that was chosen; areas in square metres (the measured one is geodesic)."""

    id: int
    idu: str
    label: str
    insee: str
    commune: str | None
    area_m2: int | None
    measured_m2: float
    bbox_4326: Sequence[float]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Selection:
    """Parcels by identifier; `truncated` where there are more, `unknown` the references that no parcel has.

    Of a list that is cut it is not known which have none.
    """

    parcels: Sequence[Selected]
    truncated: bool = False
    unknown: Sequence[str] = ()


def select_by_shape(shape: Mapping[str, Any], distance_m: float, rights: Rights) -> Selection:
    """Parcels that meet a shape (GeoJSON, EPSG:4326), or lie within a distance of it. Raises Invalid, NotFound."""
    if not 0 <= distance_m <= FARTHEST_M:
        message = _("The distance must be 0 to %(most)s m.")
        raise Invalid(message % {"most": FARTHEST_M}, parameter="distance_m")
    return selection(SHAPE, NEAR, {"wkb": shape_of(shape, ANY).wkb, "distance": distance_m}, rights)


def select_by_reference(texts: Sequence[str], insee: str, rights: Rights) -> Selection:
    """Parcels by identifier or section and number; `insee` is where those that name no commune lie. Raises Invalid."""
    if not 1 <= len(texts) <= MOST_REFERENCES:
        raise Invalid(_("Name 1 to %(most)s parcels.") % {"most": MOST_REFERENCES}, parameter="references")
    communes_of_name = cache(communes_by_name)
    meanings_by_text = {text: meanings(text, insee, communes_of_name) for text in texts}
    every = [meaning for several in meanings_by_text.values() for meaning in several]
    columns = [[one[place] for one in every] for place in range(4)]
    given = dict(zip(("insee", "prefixes", "sections", "numbers"), columns, strict=True))
    made = selection(NO_SHAPE, REFERENCES, given, rights)
    known = {key for parcel in made.parcels for key in meanings_of(parcel.idu)}
    unknown = [] if made.truncated else [text for text in meanings_by_text if known.isdisjoint(meanings_by_text[text])]
    return Selection(made.parcels, made.truncated, unknown)


def select_by_identifier(texts: Sequence[str], rights: Rights) -> Selection:
    """Parcels by their identifiers, as many as a selection holds. Raises Invalid."""
    if not 1 <= len(texts) <= MOST_SELECTED:
        raise Invalid(_("Name 1 to %(most)s parcels.") % {"most": MOST_SELECTED}, parameter="parcels")
    idus_by_text = {text: identifier(text) for text in texts}
    made = selection(NO_SHAPE, IDENTIFIERS, {"idus": list(idus_by_text.values())}, rights)
    known = {parcel.idu for parcel in made.parcels}
    return Selection(made.parcels, made.truncated, [text for text, idu in idus_by_text.items() if idu not in known])


def meanings(text: str, insee: str, communes_of_name: CommunesOfName) -> list[Meaning]:
    """What a reference may mean: one parcel, or one in each commune of that name."""
    reference = read_reference(text[:LONGEST_REFERENCE])
    if reference is None:
        return []
    if reference.idu:
        return [meanings_of(reference.idu)[1]] if len(reference.idu) == WHOLE else []
    parts = reference.prefix or "", reference.section, reference.number.zfill(4)
    return [(code, *parts) for code in towns(reference, insee, communes_of_name)]


def meanings_of(idu: str) -> tuple[Meaning, Meaning]:
    """A parcel without and with its prefix."""
    return (idu[:5], "", idu[8:10], idu[10:]), (idu[:5], idu[5:8], idu[8:10], idu[10:])


def towns(reference: Reference, insee: str, communes_of_name: CommunesOfName) -> list[str]:
    if reference.insee:
        return [reference.insee]
    return communes_of_name(reference.place) if reference.place else [insee] if insee else []


def selection(shape: Composable, condition: Composable, values: Mapping[str, Any], rights: Rights) -> Selection:
    visible_layer(PARCELS_LAYER, rights)
    statement = SELECTED.format(shape=shape, condition=condition, box=BOX)
    rows = [Selected(*row) for row in fetch_all(statement, {**values, "more": MOST_SELECTED + 1})]
    return Selection(rows[:MOST_SELECTED], len(rows) > MOST_SELECTED)
