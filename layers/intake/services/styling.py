"""The style that a file brings along becomes that of the layer that is made of it."""

from copy import copy

from django.core.exceptions import ValidationError

from gis_core.errors import Invalid
from gis_core.files.reader import ReaderUnavailable, ReadRefused
from layers.catalogue.models import Layer
from layers.catalogue.points import STYLE_READER
from layers.intake.outcome import ColumnsRemark
from layers.intake.services.loading import Source
from layers.intake.services.reading import open_data_set

STYLED = "style_beside"
NAMES = ("legend", "labels", "scale_from", "scale_to")


def take_up_style(layer: Layer, source: Source) -> list[ColumnsRemark]:
    """Give a new layer the style of its file, and say what was left out of it.

    A style that cannot be read leaves the layer as it is: its rows matter more.
    """
    content = style_in(source)
    if not content:
        return []
    drawn = copy(layer)
    try:
        read = STYLE_READER.the()(content.encode(), layer)
        for name in NAMES:
            setattr(drawn, name, read.style[name])
        drawn.clean()
    except (Invalid, ValidationError) as error:
        return [{"about": "style_refused", "names": [" ".join(getattr(error, "messages", [str(error)]))]}]
    for name in NAMES:
        setattr(layer, name, read.style[name])
    layer.save(update_fields=NAMES)
    left: list[ColumnsRemark] = [{"about": "style_left", "names": read.warnings}] if read.warnings else []
    return [{"about": "style", "names": []}, *left]


def style_in(source: Source) -> str:
    """The QML that the file keeps of the layer, "" for none or where it cannot be read."""
    if STYLED not in source.layer.get("notes", ()):
        return ""
    data_set = source.data_set
    try:
        with open_data_set(source.delivery, data_set["file"], data_set["companions"]) as (reader, name):
            return reader.style(name, layer=source.layer["name"])
    except (ReadRefused, ReaderUnavailable):
        return ""
