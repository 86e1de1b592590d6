"""What somebody should know of an exported file: which names were shortened, which values had to change, whose data."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.files.writing.rows import Column
from layers.catalogue.models import Layer
from layers.features.display import display_date, display_number

FILE_NAME = "LISEZMOI.txt"
LINE_END = "\r\n"


class Exported(Protocol):
    @property
    def layer(self) -> Layer: ...

    @property
    def columns(self) -> Sequence[Column]: ...


def of_names(layer: Layer, wrote: dict[str, Any]) -> list[str]:
    """That names were shortened, in a sentence, if any was."""
    if not wrote["renamed"]:
        return []
    names = ", ".join(f"{name} → {short}" for name, short in wrote["renamed"])
    return [_("%(layer)s: field names were shortened (%(names)s).") % {"layer": layer, "names": names}]


def remarks(layer: Layer, wrote: dict[str, Any]) -> list[str]:
    """What became of values that the format cannot hold as they are, in sentences."""
    return [
        SENTENCES[what]() % {"count": display_number(count, 0), "field": name, "layer": layer}
        for name, changes in wrote["changed"].items()
        for what, count in changes.items()
    ]


def of_format(form: str) -> list[str]:
    """What this format loses of every layer, in sentences; the docs list it for all formats."""
    return [str(LOSSES[form])] if form in LOSSES else []


LOSSES = {
    "shp": gettext_lazy("A Shapefile has instants as texts, and no difference between an empty text and no value."),
    "xlsx": gettext_lazy(
        "A workbook has no geometries: it comes back as an update of attributes, by its numbers (id)."
    ),
    "dxf": gettext_lazy("A DXF has shapes and names alone: no other field, no coordinate system."),
}
SENTENCES = {
    "cut": lambda: _("%(layer)s: %(count)s texts of “%(field)s” were too long for this format and were cut."),
    "text": lambda: _("%(layer)s: %(count)s values of “%(field)s” are texts, for this format would change them."),
    "lost": lambda: _("%(layer)s: %(count)s numbers of “%(field)s” are too large for this format and were left out."),
}


def of_shapefiles(layers: Sequence[Exported], wrote: Sequence[dict[str, Any]]) -> str:
    """The text that goes with Shapefiles."""
    parts = [part for one, result in zip(layers, wrote, strict=True) for part in (*of_layer(one, result), "")]
    return LINE_END.join(parts)


def of_layer(one: Exported, wrote: dict[str, Any]) -> list[str]:
    layer, renamed = one.layer, dict(wrote["renamed"])
    facts = [
        str(layer),
        "=" * len(str(layer)),
        layer.abstract,
        _("Source: %(source)s") % {"source": layer.attribution} if layer.attribution else "",
        _("Licence: %(licence)s") % {"licence": layer.licence} if layer.licence else "",
        _("Vintage: %(date)s") % {"date": display_date(layer.source_date)} if layer.source_date else "",
        _("Exported on %(date)s, %(count)s objects")
        % {"date": display_date(database_clock.today()), "count": display_number(wrote["rows"], 0)},
    ]
    names = [f"  {renamed.get(column.name, column.name):<12}{column.name} – {column.label}" for column in one.columns]
    field_lines = [
        _("Fields: the name in the file, the name in the layer, what it holds"),
        *names,
        *remarks(layer, wrote),
    ]
    return [line for line in facts if line] + ["", *field_lines]
