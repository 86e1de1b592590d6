"""What the demo territory is made of: frozen records with shapely geometries in EPSG:2154 (metres)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shapely.geometry import LineString, MultiPolygon, Point, Polygon

Surface = Polygon | MultiPolygon


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation: two EPCI ("epci") and one Département ("departement") that covers every commune."""

    slug: str
    name: str
    kind: str
    siren: str
    communes: tuple[str, ...]
    """INSEE codes."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune; the communes tile the territory, roads and rivers included."""

    insee: str
    name: str
    postcode: str
    epci: str
    """Slug of the member EPCI."""
    geom: Surface
    centre: Point
    """The church square."""


@dataclass(frozen=True, slots=True)
class Section:
    """A cadastral section; the sections of a commune tile it."""

    id: str
    """INSEE(5) + prefix(3) + code(2)."""
    insee: str
    prefix: str
    code: str
    """Two characters, zero-left-padded ("0A")."""
    geom: Surface


@dataclass(frozen=True, slots=True)
class Parcel:
    """A cadastral parcel. Roads and rivers are no parcels: they are the gaps."""

    idu: str
    """14 characters: INSEE(5) + prefix(3) + section(2) + number(4)."""
    insee: str
    prefix: str
    section: str
    number: int
    contenance: int
    """Area on the register, m²: near the measured area, not equal to it."""
    arpente: bool
    created_date: date
    updated_date: date
    use: str
    """core, house, garden, farm, hamlet, activity, church, townhall, school, sports, cemetery, field, meadow, strip,
    vineyard, orchard, wood, pond, technical."""
    address: str | None
    """For example "12 rue des Tanneurs"."""
    geom: Surface


@dataclass(frozen=True, slots=True)
class Building:
    """A footprint as the cadastre draws it, inside its parcel (attached houses touch its limit)."""

    id: str
    parcel_idu: str
    insee: str
    type: str
    """01 hard (dur), 02 light (léger)."""
    use: str
    """house, annex, barn, shed, workshop, church, townhall, school."""
    name: str | None
    height_m: float
    geom: Polygon


@dataclass(frozen=True, slots=True)
class Road:
    """A stretch of road between two nodes of the network; stretches meet at identical coordinates."""

    id: str
    name: str
    kind: str
    """departementale, communale, residential, rural."""
    number: str | None
    """For example "D 921"."""
    insee: str
    width_m: float
    """Width of the public domain, limit to limit."""
    carriageway_m: float
    start_node: int
    end_node: int
    geom: LineString


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address: a point on the street front of its parcel, just inside it."""

    id: str
    number: int
    suffix: str | None
    """bis, ter."""
    road_id: str
    road_name: str
    insee: str
    postcode: str
    commune: str
    parcel_idu: str
    geom: Point

    @property
    def label(self) -> str:
        """The number and the name of the road, as people write them: "12 bis rue des Tanneurs"."""
        head = f"{self.number} {self.suffix}" if self.suffix else str(self.number)
        return f"{head} {self.road_name[0].lower()}{self.road_name[1:]}"


@dataclass(frozen=True, slots=True)
class LandCover:
    """What covers the ground, for drawing aerial photographs; later items lie above earlier ones.

    kind: water, road, wood, field, meadow, garden, yard, vineyard, orchard, sports, cemetery (surfaces), hedge (line),
    tree (point), pool (surface).
    """

    kind: str
    geom: Surface | LineString | Point
    direction_deg: float | None = None
    """Crop rows, anticlockwise from east."""
    variety: str | None = None
    """Crop of a field, name of a river, species group of a tree, "bridge" for the deck of a road over water."""
    radius_m: float | None = None
    """Crown of a tree, half width of a hedge."""


@dataclass(frozen=True, slots=True)
class Territory:
    """Everything, in a fixed order."""

    seed: int
    members: tuple[Member, ...]
    communes: tuple[Commune, ...]
    sections: tuple[Section, ...]
    parcels: tuple[Parcel, ...]
    buildings: tuple[Building, ...]
    roads: tuple[Road, ...]
    addresses: tuple[Address, ...]
    landcover: tuple[LandCover, ...]
