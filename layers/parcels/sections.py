"""What apps say of a ground: each gives `SECTIONS` parts of the parcel sheet; this module knows none.

The ground is one or more parcels, or a shape that somebody drew. A section's lines are what crosses the ground, each
with what it shares of it. A share so small that two limits drawn apart explain it is neither dropped nor asserted: its
line is `uncertain`, and is listed apart ("limite à vérifier").
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, LiteralString, Self

from django.utils.translation import gettext as _

from gis_core.members.rights import Rights
from gis_core.wiring.points import Given
from layers.catalogue.models import Layer
from layers.catalogue.points import MEASURED_LAYERS
from layers.features.display import display_number, with_unit
from layers.features.sheet import Property
from layers.parcels.points import SECTIONS


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Below `m2` and below `percent` of the ground, or below `m` along a line: two limits that do not meet.

    `layer` is the one whose setting it is.
    """

    m2: float = 5.0
    percent: float = 1.0
    m: float = 1.0
    layer: str = ""

    @classmethod
    def of(cls, layer: Layer) -> Self:
        return cls(layer.tolerance_m2, layer.tolerance_percent, layer.tolerance_m, layer.slug)


USUAL = Tolerance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a sheet is about. `geom` is EWKB in EPSG:2154, one polygon or more; the rules asked are those of `day`.

    `measured_m2` is geodesic, `planar_m2` the area in EPSG:2154; `parcels` are ids of parcels, none for a drawn shape.
    `geojson` is the same shape in EPSG:4326; `tolerances` are those of the layers that the reader of the sheet sees.
    """

    parcels: tuple[int, ...]
    idus: tuple[str, ...]
    insee: frozenset[str]
    geom: bytes
    measured_m2: float
    planar_m2: float
    day: date
    geojson: str = "null"
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict, compare=False)

    def tolerance(self, layer: str) -> Tolerance:
        """The layer's own."""
        return self.tolerances.get(layer, USUAL)

    def sees(self, layer: str) -> bool:
        """Whether the reader of the sheet sees a layer that its sections name."""
        return layer in self.tolerances

    def on_the_ground(self, planar_m2: float) -> float:
        """Geodesic square metres of a part of the ground: Lambert-93 is as wrong in the part as in the whole."""
        return planar_m2 * self.measured_m2 / self.planar_m2 if self.planar_m2 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a thing has in common with the ground: an area and its share, a length, or neither for a point.

    `below` is the tolerance that makes it uncertain; None for a common limit, which shares no area at all.
    """

    area_m2: float | None = None
    share: float | None = None
    length_m: float | None = None
    uncertain: bool = False
    below: Tolerance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A document behind a line: the act, the written rules."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that crosses the ground. `layer` and `feature` say what to highlight on the map.

    `key` names it among the lines of its section, the same in every sheet.
    """

    key: str
    title: str
    detail: str = ""
    measure: Measure | None = None
    layer: str | None = None
    feature: int | None = None
    facts: Sequence[Property] = field(default_factory=tuple)
    links: Sequence[Link] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        measure = self.measure or Measure()
        return {
            "key": self.key,
            "title": self.title,
            "detail": self.detail,
            "area_m2": round_value(measure.area_m2, 2),
            "share": round_value(measure.share, 4),
            "length_m": round_value(measure.length_m, 1),
            "uncertain": measure.uncertain,
            "layer": self.layer,
            "feature": self.feature,
            "facts": [fact.as_json() for fact in self.facts],
            "links": [{"title": link.title, "url": link.url} for link in self.links],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Vintage:
    """Which data a section was made from, and of when; or the `layer` that knows (all are asked at once)."""

    title: str = ""
    day: date | None = None
    layer: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"title": self.title, "date": self.day.isoformat() if self.day else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a section says of a ground. `notes` are sentences: why there is nothing, what is not known."""

    lines: Sequence[Line] = field(default_factory=tuple)
    facts: Sequence[Property] = field(default_factory=tuple)
    notes: Sequence[str] = field(default_factory=tuple)
    vintages: Sequence[Vintage] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """Rows of a table that may cross a ground: the table has `id` and `geom` (EPSG:2154), and is called `t`.

    `columns` are what a row is told with, SQL by name; `where` chooses rows, `joins` brings what else columns name.
    SQL may name the ground's day, `%(day)s`, and its `%(parcels)s` (ids). `layer` is the catalogue's layer that shows
    the rows, or those of each `kind`: its tolerance says what is uncertain. With `around_m`, rows as near as that are
    met, too: what they share with the ground is nothing.
    """

    table: str
    columns: Mapping[str, LiteralString]
    where: LiteralString = "true"
    joins: LiteralString = ""
    layer: str | Mapping[str, str] = ""
    around_m: int = 0

    def layers(self) -> Collection[str]:
        if isinstance(self.layer, str):
            return [self.layer] if self.layer else []
        return self.layer.values()

    def layer_of(self, values: Mapping[str, Any]) -> str:
        """The one that shows a row."""
        return self.layer if isinstance(self.layer, str) else self.layer[values["kind"]]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A row that crosses the ground: its columns by name, and what it shares with it."""

    values: Mapping[str, Any]
    measure: Measure


type Collect = Callable[..., Answer]
"""Takes the ground, the asker's rights, and what crosses the ground of each of the section's sources, in their order.

What it asks besides, it asks in few queries, whatever the ground; as the asker, under the row policies.
"""


def everyone(_rights: Rights) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the sheet, for who sees all of the catalogue's `layers` that it reads, and is let in by `open_to`.

    It tells of the layers in `also` to those who see them.
    The `sources` of all sections are read in one statement. `kept` says whether a frozen sheet may keep it.
    """

    slug: str
    title: Any
    order: int
    collect: Collect
    sources: tuple[Source, ...] = ()
    layers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    open_to: Callable[[Rights], bool] = everyone
    kept: bool = True


LAYER_COLUMNS = ("slug", "title", "title_en", "source_date", "tolerance_m2", "tolerance_percent", "tolerance_m")


def sheet_sections(*sections: Section) -> tuple[Given[Section], Given[str]]:
    """For manifests: sections of the sheet, and the layers of their sources, which are measured."""
    measured = [layer for section in sections for source in section.sources for layer in source.layers()]
    return SECTIONS(*sections), MEASURED_LAYERS(*measured)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads a sheet: the sections they get, in order, and the layers they see of all that sections read."""

    rights: Rights
    sections: Sequence[Section]
    layers: Mapping[str, Layer]


def reader_with(rights: Rights) -> Reader:
    opened = [one for one in SECTIONS.all() if one.open_to(rights)]
    read = {slug for one in opened for slug in (*one.layers, *one.also)}
    seen = Layer.objects.visible_to(rights).filter(slug__in=read).only(*LAYER_COLUMNS).order_by()
    layers = {layer.slug: layer for layer in seen}
    given = [one for one in opened if layers.keys() >= set(one.layers)]
    return Reader(rights=rights, sections=given, layers=layers)


def round_value(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)


def answer_as_json(section: Section, answer: Answer) -> Mapping[str, Any]:
    """A section as the API gives it: what is sure, then what is to be checked."""
    lines = [line.as_json() for line in answer.lines]
    return {
        "section": section.slug,
        "title": str(section.title),
        "facts": [fact.as_json() for fact in answer.facts],
        "lines": [line for line in lines if not line["uncertain"]],
        "uncertain": [line for line in lines if line["uncertain"]],
        "tolerances": tolerances_as_json(answer),
        "notes": list(answer.notes),
        "vintages": [vintage.as_json() for vintage in answer.vintages],
    }


def tolerances_as_json(answer: Answer) -> list[dict[str, Any]]:
    """What the uncertain lines are below, once for each layer."""
    small = [line.measure for line in answer.lines if line.measure and line.measure.below]
    described = (tolerance_as_json(measure, measure.below) for measure in small if measure.below)
    return list({(one["layer"], one["display"]): one for one in described}.values())


def tolerance_as_json(measure: Measure, below: Tolerance) -> dict[str, Any]:
    """The part of a tolerance that counts for such a measure."""
    if measure.area_m2 is not None:
        values = {"m2": below.m2, "percent": below.percent, "m": None}
        message = _("less than %(area)s and %(percent)s")
    else:
        values = {"m2": None, "percent": None, "m": below.m}
        message = (
            _("less than %(length)s of a line")
            if measure.length_m is not None
            else _("less than %(length)s from the limit to a point")
        )
    limits = {
        "area": with_unit(display_number(below.m2), "m²"),
        "percent": with_unit(display_number(below.percent), "%"),
        "length": with_unit(display_number(below.m), "m"),
    }
    return {"layer": below.layer or None, **values, "display": message % limits}
