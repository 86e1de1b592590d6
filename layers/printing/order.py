"""What somebody wants printed: checked once, kept as JSON with the job, read again by the worker."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

from django.utils.translation import gettext as _

from gis_core.desk.parameters import in_domain
from gis_core.errors import Invalid
from layers.catalogue.validators import is_text
from layers.features.display import display_number
from layers.printing.paper import ORIENTATIONS, PAPERS, Layout, Orientation, Paper, layout
from layers.printing.scale import to_degrees

SCALES = (100, 100_000)
RESOLUTIONS = (72, 300)
USUAL_DPI = 150
MOST_LAYERS = 40
MOST_PIXELS = 80_000_000
MOST_SELECTED_LAYERS = 10
MOST_SELECTED = 2_000  # of one layer
LONGEST = {"title": 120, "author": 80, "note": 600}
FARTHEST_M = 1e7


type Sign = Literal["number", "letter", "square", "cross", "title"]
type Trace = Literal["band", "dashes", "frame", "shade", "removed", "volume", "ridge", "measure"]
type Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A layer to draw, how opaque, what it was called when it was asked for, and by which of its other legends.

    A paper that is read in the street has larger symbols and dark, larger texts (`text_scale` 0: none); `labels_from`
    is the smallest scale at which it has the layer's labels (0: as the layer says).
    """

    layer: str
    opacity: float = 1.0
    title: str = ""
    legend: str = ""
    symbol_scale: float = 1.0
    text_scale: float = 1.0
    labels_from: int = 0
    aside_mm: float = 0.0  # how far beside a line its text runs


@dataclass(frozen=True, slots=True)
class Selected:
    """Objects of a layer to outline, by their ids; what the layer was called when it was asked for.

    With a `label` the legend says that of them.
    """

    layer: str
    ids: tuple[int, ...]
    title: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign at a place (EPSG:2154); with a `label` it has its own line in the legend."""

    text: str
    place: Place
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Marks of one sign, or lines (EPSG:2154) of one trace; what the legend says of them.

    A number stands beside its place, at the end of a line: what it is of stays to be seen. Of `shade`, `removed` and
    `volume` the lines are the rings of areas; the first mark of a `measure` is written along its first line, and so on.
    """

    kind: Sign | Trace
    label: str = ""
    marks: tuple[Mark, ...] = ()
    lines: tuple[tuple[Place, ...], ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        marks = tuple(Mark(one["text"], (one["place"][0], one["place"][1]), one["label"]) for one in kept["marks"])
        lines = tuple(tuple((point[0], point[1]) for point in line) for line in kept["lines"])
        return cls(kind=kept["kind"], label=kept["label"], marks=marks, lines=lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOrder:
    """A map to print: around a centre (EPSG:2154), the first layer on top; `photo` lies under all of them.

    Titles of layers and photo are those of when it was ordered: a failure can name what is no longer to be seen.
    """

    title: str
    scale: int
    paper: Paper
    orientation: Orientation
    center: tuple[float, float]
    layers: tuple[Wanted, ...]
    photo: str | None = None
    photo_title: str = ""
    dpi: int = USUAL_DPI
    note: str = ""
    author: str = ""
    grid: bool = False
    selected: tuple[Selected, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    outlines_under: str = ""
    """The layer under which bands and outlines lie; without, bands lie under all layers, outlines over all."""
    photo_needed: bool = True  # else a sheet on which it has no pixel is printed without
    pale_photo: float = 0.0  # how much white lies on the photo, from 0 to 1

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read what the API has given its types. Raises Invalid, naming the parameter."""
        texts: dict[str, Any] = {name: parse_order_text(given, name) for name in LONGEST}
        order = cls(
            **texts,
            scale=within(given, "scale", *SCALES),
            paper=one_of(given, "paper", PAPERS),
            orientation=one_of(given, "orientation", ORIENTATIONS),
            center=place(given["center"]),
            layers=tuple(
                Wanted(one["layer"], opacity(one), legend=one.get("legend") or "") for one in given.get("layers", ())
            ),
            photo=given.get("photo") or None,
            dpi=within(given, "dpi", *RESOLUTIONS) if "dpi" in given else USUAL_DPI,
            grid=bool(given.get("grid", False)),
            selected=tuple(Selected(one["layer"], tuple(one["ids"])) for one in given.get("selected", ())),
        )
        order.check()
        return order

    def check(self) -> None:
        """What no single value tells. Raises Invalid."""
        slugs = [wanted.layer for wanted in self.layers]
        if not slugs and not self.photo:
            raise Invalid(_("Choose at least one layer or a photo to print."), parameter="layers")
        if len(slugs) > MOST_LAYERS or len(set(slugs)) < len(slugs):
            message = _("At most %(most)s layers can be printed at once, each of them once.")
            raise Invalid(message % {"most": MOST_LAYERS}, parameter="layers")
        if not self.title:
            raise Invalid(_("Give the map a title."), parameter="title")
        if self.photo:
            self.check_pixels()

    def check_pixels(self) -> None:
        """Of pictures: the photo, and layers of other servers. Raises Invalid."""
        if self.pixels > MOST_PIXELS:
            message = _(
                "At %(dpi)s dpi a picture on %(paper)s has %(pixels)s million pixels, of which at most %(most)s are"
                " printed: choose %(fitting)s dpi or less."
            )
            raise Invalid(message % self.too_large(), parameter="dpi")

    def too_large(self) -> dict[str, Any]:
        millions = {"pixels": self.pixels, "most": MOST_PIXELS}
        parameters = {name: display_number(value / 1e6, 0) for name, value in millions.items()}
        return parameters | {
            "dpi": self.dpi,
            "paper": self.paper,
            "fitting": int(self.dpi * (MOST_PIXELS / self.pixels) ** 0.5),
        }

    @property
    def sheet(self) -> Layout:
        return layout(self.paper, self.orientation)

    @property
    def pixels(self) -> int:
        width, height = self.sheet.pixels(self.dpi)
        return width * height

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """An order as it was kept, maybe by an older version: what that one wanted of layers besides is left out."""
        known = {one.name for one in fields(Wanted)}
        layers = tuple(Wanted(**{name: wanted[name] for name in known & wanted.keys()}) for wanted in kept["layers"])
        selected = tuple(Selected(**{**one, "ids": tuple(one["ids"])}) for one in kept.get("selected", ()))
        annotations = tuple(Annotation.from_json(one) for one in kept.get("annotations", ()))
        made = {"layers": layers, "selected": selected, "annotations": annotations, "center": tuple(kept["center"])}
        return cls(**{**kept, **made})


def parse_order_text(given: Mapping[str, Any], name: str) -> str:
    """A text that the platform's font can write; only a note keeps its lines."""
    from layers.printing.document import unknown_letters

    text = str(given.get(name) or "")
    if not is_text(text):
        raise Invalid(_("“%(name)s” contains a NUL character.") % {"name": name}, parameter=name)
    lines = [re.sub(r"[ \t]+", " ", line).strip(" ") for line in text.splitlines()]
    text = "\n".join(lines).strip() if name == "note" else " ".join(filter(None, lines))
    if len(text) > LONGEST[name]:
        message = _("“%(name)s” is longer than %(most)s characters.")
        raise Invalid(message % {"name": name, "most": LONGEST[name]}, parameter=name)
    if unknown := unknown_letters(text):
        message = _("“%(name)s” contains characters that the font of printed maps does not have: %(letters)s.")
        raise Invalid(message % {"name": name, "letters": " ".join(unknown)[:40]}, parameter=name)
    return text


def opacity(given: Mapping[str, Any]) -> float:
    value = float(given.get("opacity", 1))
    if not 0 <= value <= 1:
        raise Invalid(_("“opacity” must be a number from 0 to 1."), parameter="layers")
    return value


def within(given: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = given[name]
    if not least <= value <= most:
        message = _("“%(name)s” must be a whole number between %(low)s and %(high)s.")
        parameters = {"low": display_number(least, 0), "high": display_number(most, 0)}
        raise Invalid(message % {"name": name, **parameters}, parameter=name)
    return int(value)


def one_of[T: str](given: Mapping[str, Any], name: str, known: tuple[T, ...]) -> T:
    for value in known:
        if value == given[name]:
            return value
    message = _("“%(name)s” must be one of %(known)s.")
    raise Invalid(message % {"name": name, "known": ", ".join(known)}, parameter=name)


def place(center: Any) -> tuple[float, float]:
    """A centre in EPSG:2154, where the platform has maps."""
    x, y = float(center[0]), float(center[1])
    if not (abs(x) < FARTHEST_M and abs(y) < FARTHEST_M and in_domain(*to_degrees(x, y))):
        raise Invalid(_("“center” must be two coordinates of Lambert-93 (EPSG:2154) in France."), parameter="center")
    return x, y
