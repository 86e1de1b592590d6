"""What apps say of a ground: each registers a section of the parcel sheet when it starts; this module knows none.

The ground is one or more parcels, or a shape that somebody drew. A section's lines are what crosses the ground, each
with what it shares of it. A share so small that two limits drawn apart explain it is neither dropped nor asserted: its
line is `uncertain`, and is listed apart ("limite à vérifier").
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gis_core.rights import Rights
from layers.catalogue.models import Layer
from layers.features.sheet import Property


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a sheet is about. `geom` is EWKB in EPSG:2154, one polygon or more; the rules asked are those of `day`.

    `measured_m2` is geodesic, `planar_m2` the area in EPSG:2154; `parcels` are ids of parcels, none for a drawn shape.
    `geojson` is the same shape in EPSG:4326.
    """

    parcels: tuple[int, ...]
    idus: tuple[str, ...]
    insee: frozenset[str]
    geom: bytes
    measured_m2: float
    planar_m2: float
    day: date
    geojson: str = "null"

    def on_the_ground(self, planar_m2: float) -> float:
        """Geodesic square metres of a part of the ground: Lambert-93 is as wrong in the part as in the whole."""
        return planar_m2 * self.measured_m2 / self.planar_m2 if self.planar_m2 else 0.0


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Below `m2` and below `share` (0..1) of the ground, or below `m` along a line: two limits that do not meet."""

    m2: float = 5.0
    share: float = 0.01
    m: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a thing has in common with the ground: an area and its share, a length, or neither for a point."""

    area_m2: float | None = None
    share: float | None = None
    length_m: float | None = None
    uncertain: bool = False


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
            "area_m2": rounded(measure.area_m2, 2),
            "share": rounded(measure.share, 4),
            "length_m": rounded(measure.length_m, 1),
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


type Collect = Callable[[Ground, Rights], Answer]
"""In few queries, whatever the ground; as the asker, under the row policies."""


def everyone(_rights: Rights) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the sheet, for who sees all of the catalogue's `layers` that it reads, and is let in by `open_to`.

    `kept` says whether a frozen sheet may keep it.
    """

    slug: str
    title: Any
    order: int
    collect: Collect
    layers: tuple[str, ...] = ()
    open_to: Callable[[Rights], bool] = everyone
    kept: bool = True


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    """Called by an app when it starts."""
    _sections[section.slug] = section


def sections_for(rights: Rights) -> list[Section]:
    """Those that the asker gets, in the order of the sheet."""
    opened = [one for one in _sections.values() if one.open_to(rights)]
    seen = seen_layers(rights, {slug for one in opened for slug in one.layers})
    return sorted((one for one in opened if seen.issuperset(one.layers)), key=lambda one: (one.order, one.slug))


def seen_layers(rights: Rights, slugs: Iterable[str]) -> set[str]:
    """Those of these layers that the asker sees."""
    return set(Layer.objects.visible_to(rights).filter(slug__in=slugs).values_list("slug", flat=True))


def rounded(value: float | None, decimals: int) -> float | None:
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
        "notes": list(answer.notes),
        "vintages": [vintage.as_json() for vintage in answer.vintages],
    }
