"""What the words of a printed map say: legend, sources, dates, place."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.long_dates import format_long_date
from layers.catalogue.models import Layer, Photo
from layers.external.models import ExternalLayer
from layers.features.display import NO_BREAK, display_date, display_number
from layers.printing.palette import LINE, PHOTO_CHIP
from layers.printing.scale import Projection
from layers.printing.symbols import Drawn, Paint, label_of

type Key = tuple[int, bool]
type Printable = Layer | ExternalLayer
IMAGE = Paint(0, fill=LINE, stroke=PHOTO_CHIP, width_mm=0.2)  # in a legend: drawn elsewhere, in colours of its own
FORMATS = {Photo.Precision.YEAR: "Y", Photo.Precision.MONTH: "F Y", Photo.Precision.DAY: "j F Y"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: its label, what it shows (`fill`, `line`, `circle`) and how; on a photo or not.

    A `sign` is an SVG that stands in place of the paints (layers.printing.marks).
    """

    label: str
    kind: str
    paints: tuple[Paint, ...]
    on_photo: bool
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one layer; `titled` when its title stands above, for its lines alone say too little."""

    title: str
    entries: tuple[Entry, ...]
    titled: bool


@dataclass(slots=True)
class DrawnLayer:
    """What has been drawn of one layer: how many features of which lines of its legend, and how the first looked.

    `by` is the title of the legend where it is another than the layer's own.
    """

    layer: Printable
    by: str = ""
    counts: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    samples: dict[Key, Drawn] = field(default_factory=dict)

    def add(self, drawn: Drawn, on_photo: bool) -> None:
        self.counts[drawn.entry, on_photo] += 1
        self.samples.setdefault((drawn.entry, on_photo), drawn)

    @property
    def count(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class DrawnPhoto:
    """The photo under the map, how much of the map it covers, and whether the asker's rights end inside the map."""

    photo: Photo
    covered: float
    narrowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the words around a map are made of."""

    title: str
    note: str
    author: str
    organisation: str
    day: date
    communes: Sequence[str]
    scale: int
    projection: Projection
    legend: Sequence[Section]
    empty: Sequence[str]
    sources: Sequence[str]


# -- legend -----------------------------------------------------------------------------------------------------------


def legend_of(layers: Sequence[DrawnLayer]) -> list[Section]:
    """The lines of what was drawn, the uppermost layer first."""
    return [section_of(one, one.layer) for one in layers if one.count]


def section_of(drawn: DrawnLayer, layer: Printable) -> Section:
    if isinstance(layer, ExternalLayer):
        return Section(str(layer), (Entry(str(layer), "fill", (IMAGE,), False),), titled=False)
    title = _("%(layer)s: %(legend)s") % {"layer": layer, "legend": drawn.by} if drawn.by else str(layer)
    return Section(title, entries_of(drawn, layer), len(layer.legend) > 1)


def entries_of(drawn: DrawnLayer, layer: Layer) -> tuple[Entry, ...]:
    """A layer's lines that were drawn, those that look alike in one; on the photo or off it, as most of it is."""
    commonest: dict[int, Key] = {}
    for key in sorted(drawn.counts, key=lambda key: drawn.counts[key]):
        commonest[key[0]] = key
    alike: dict[tuple[tuple[Paint, ...], bool], list[int]] = {}
    for number, key in sorted(commonest.items()):
        alike.setdefault((drawn.samples[key].paints, key[1]), []).append(number)
    return tuple(
        Entry(", ".join(label_of(layer, number) for number in numbers), kind_of(layer, numbers[0]), *style)
        for style, numbers in alike.items()
    )


def kind_of(layer: Layer, number: int) -> str:
    if 0 <= number < len(layer.legend):
        return str(layer.legend[number]["symbol"].get("kind", "fill"))
    return {Layer.Geometry.POLYGON: "fill", Layer.Geometry.LINE: "line"}.get(
        Layer.Geometry(layer.geometry_type), "circle"
    )


# -- sources ----------------------------------------------------------------------------------------------------------


def sources_of(layers: Sequence[Printable], photo: DrawnPhoto | None) -> list[str]:
    """Where everything comes from, of when, under which licence; what is alike in one line."""
    alike: dict[str, list[str]] = {}
    for layer in layers:
        alike.setdefault(source_of(layer), []).append(str(layer))
    lines = [f"{', '.join(titles)}{NO_BREAK}: {source}" for source, titles in alike.items()]
    return [*lines, *(photo_source(photo) if photo else ())]


def source_of(layer: Printable) -> str:
    owner = layer.owner.name if layer.owner else ""
    if isinstance(layer, ExternalLayer):
        of_when = _("image of %(date)s") % {"date": display_date(database_clock.today())}
    elif layer.source_date:
        of_when = _("vintage %(date)s") % {"date": display_date(layer.source_date)}
    else:
        of_when = _("no date")
    return " · ".join(part for part in (layer.attribution or owner, layer.licence, of_when) if part)


def photo_source(drawn: DrawnPhoto) -> list[str]:
    photo = drawn.photo
    parameters = {"title": photo, "date": format_photo_date(photo), "resolution": resolution(photo.resolution_m)}
    if photo.kind == Photo.Kind.PHOTO:
        description = _("Aerial photo “%(title)s”, %(date)s, %(resolution)s") % parameters
    else:
        parameters["kind"] = photo.get_kind_display()
        description = _("%(kind)s “%(title)s”, %(date)s, %(resolution)s") % parameters
    lines = [" · ".join(part for part in (description, photo.attribution, photo.licence) if part)]
    if drawn.narrowed and drawn.covered < 0.9995:
        lines.append(_("The photo is shown on your communes only."))
    elif drawn.covered < 0.9995:
        share = max(1, min(99, round(drawn.covered * 100)))
        lines.append(_("The photo covers %(share)s%% of the map.") % {"share": share})
    return lines


def format_photo_date(photo: Photo) -> str:
    """`12 juin 2024`, `juin 2024` or `2024`: as precise as it is known."""
    return format_long_date(photo.acquired_date, FORMATS[Photo.Precision(photo.acquired_precision)])


def resolution(metres: float) -> str:
    small = metres < 1
    return f"{display_number(metres * 100 if small else metres, 1)}{NO_BREAK}{'cm' if small else 'm'}"


# -- scale and projection ---------------------------------------------------------------------------------------------


def format_scale(scale: int) -> str:
    return f"1{NO_BREAK}:{NO_BREAK}{display_number(scale, 0)}"


def describe_projection(projection: Projection) -> list[str]:
    """The projection, how much it stretches here, and where true north lies."""
    stretch = (projection.factor - 1) * 1000
    alteration = _("Linear alteration: %(sign)s%(metres)s m per km")
    lines = ["RGF93 / Lambert-93 (EPSG:2154)"]
    lines.append(alteration % {"sign": "−" if stretch < 0 else "+", "metres": display_number(abs(stretch), 2)})
    if projection.is_telling:
        east = projection.convergence < 0
        north = (
            _("True north %(degrees)s° east of the grid’s") if east else _("True north %(degrees)s° west of the grid’s")
        )
        lines.append(north % {"degrees": display_number(abs(projection.convergence), 1)})
    return lines
