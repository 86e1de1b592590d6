"""What a streamed export is asked to be: one frozen object of the query parameters, and the format that it means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from gis_core.desk.parameters import Parameters
from gis_core.errors import Invalid
from gis_core.files.writing.csvtext import Csv, Dialect
from gis_core.files.writing.flatgeobuf import FlatGeobuf
from gis_core.files.writing.geojson import DEGREES, GeoJson
from gis_core.files.writing.rows import Column, Format, Shape
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.exports.crs import read_crs
from layers.exports.services.reading import Reading, columns_for, geometry_type
from layers.exports.services.selection import Selection
from layers.features.crs import STORAGE, Crs

SEPARATORS = {"semicolon": ";", "comma": ",", "tab": "\t"}
DECIMALS = {"comma": ",", "point": "."}
SHAPES = ("xy", "wkt", "none")
YES = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True, slots=True)
class StreamOrder:
    """A selection, and how its file is written. An empty `geometry` is the one that suits the layer."""

    selection: Selection
    crs: Crs
    labels: bool
    geometry: str = ""
    separator: str = "semicolon"
    decimal: str = "comma"
    mark: bool = True

    @classmethod
    def parse(cls, parameters: Parameters, suffix: str) -> "StreamOrder":
        """The order that a query string describes, for a file of this suffix. Raises Invalid at the parameter."""
        selection = Selection.parse(parameters)
        crs = read_crs(parameters.get("crs", ""), DEGREES if suffix == "geojson" else STORAGE.srid)
        labels = yes_or_no(parameters, "labels", False)
        if suffix != "csv":
            return cls(selection, crs, labels)
        separator = one_of(parameters, "separator", SEPARATORS, "semicolon")
        decimal = one_of(parameters, "decimal", DECIMALS, "comma" if separator == "semicolon" else "point")
        if separator == decimal:
            raise Invalid(_("“separator” and “decimal” cannot both be a comma."), parameter="decimal")
        geometry = one_of(parameters, "geometry", SHAPES, "")
        return cls(selection, crs, labels, geometry, separator, decimal, yes_or_no(parameters, "bom", True))

    def format(self, suffix: str, layer: Layer, columns: Sequence[Column]) -> Format:
        """The format of a file name's ending."""
        match suffix:
            case "csv":
                dialect = Dialect(
                    SEPARATORS[self.separator], DECIMALS[self.decimal], self.mark, self.labels,
                    (_("Yes"), _("No")) if self.labels else ("true", "false"),
                )  # fmt: skip
                return Csv(columns, cast(Shape, self.geometry or usual_shape(layer)), dialect)
            case "geojson":
                return GeoJson(columns, layer.slug, self.crs.srid)
            case _:
                return FlatGeobuf(columns, layer.slug, str(layer), self.crs.srid, *geometry_type(layer))

    def open(self, suffix: str, layer: Layer, rights: Rights) -> tuple[Format, Reading]:
        """The format of this layer for this asker, and what is read for it."""
        columns = columns_for(layer, rights, labels=self.labels)
        form = self.format(suffix, layer, columns)
        return form, Reading(columns, form.shape, self.crs)


def usual_shape(layer: Layer) -> Shape:
    return "xy" if layer.geometry_type == Layer.Geometry.POINT else "wkt"


def one_of(parameters: Parameters, name: str, known: Mapping[str, str] | Sequence[str], default: str) -> str:
    """A parameter that has one of a few values; raises Invalid."""
    text = parameters.get(name, "")
    if text and text not in known:
        message = _("“%(name)s” must be one of: %(known)s.")
        raise Invalid(message % {"name": name, "known": ", ".join(known)}, parameter=name)
    return text or default


def yes_or_no(parameters: Parameters, name: str, default: bool) -> bool:
    """A parameter that is 1 or 0; raises Invalid."""
    text = parameters.get(name, "")
    if text and text not in YES:
        raise Invalid(_("“%(name)s” must be 1 or 0.") % {"name": name}, parameter=name)
    return YES.get(text, default)
