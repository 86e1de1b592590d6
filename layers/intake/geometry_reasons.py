"""Why no geometry of a layer of a file can come in: the one reason that holds, and what to do about it. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.files.reader import Problem
from layers.intake.choices import kinds_of

OTHER_KINDS = {
    "point": gettext_lazy("The file holds no points, but %(kinds)s: choose what it holds."),
    "line": gettext_lazy("The file holds no lines, but %(kinds)s: choose what it holds."),
    "polygon": gettext_lazy("The file holds no polygons, but %(kinds)s: choose what it holds."),
}
COLLECTION = "GeometryCollection"


def why_no_geometry(layer: Mapping[str, Any], wanted: str) -> str:
    """Why no geometry of the wanted kind (point, line, polygon) can come in from a layer as the reader found it."""
    if kinds := kinds_of(layer):
        return say_other_kinds(kinds, wanted)
    if not layer.get("has_geometry", True):
        return _(
            "This table has no geometry: choose the columns that hold its coordinates, or the fields of its address; "
            "or bring the attributes of a layer up to date by its reference."
        )
    if refused := layer.get("first_refused"):
        problem = Problem(code=refused["code"], params=refused["params"])
        message = _("No row of the file can be read. Row %(row)s: %(reason)s")
        return message % {"row": refused["index"], "reason": problem.message}
    if layer.get("complete") is False:
        message = _("None of the first %(count)s rows has a geometry; the file was too long to be read further.")
        return message % {"count": number_format(layer["read"])}
    return say_unusable(layer)


def say_other_kinds(kinds: Mapping[str, int], wanted: str) -> str:
    there = ", ".join(format_kind_count(kind, count) for kind, count in kinds.items())
    return str(OTHER_KINDS[wanted]) % {"kinds": there}


def format_kind_count(kind: str, count: int) -> str:
    """So many points, lines or polygons."""
    texts = {
        "point": ngettext("%(count)s point", "%(count)s points", count),
        "line": ngettext("%(count)s line", "%(count)s lines", count),
        "polygon": ngettext("%(count)s polygon", "%(count)s polygons", count),
    }
    return texts[kind] % {"count": number_format(count)}


def say_unusable(layer: Mapping[str, Any]) -> str:
    """Of geometries of which none is a point, a line or a polygon."""
    geometry, kinds = layer.get("geometry") or {}, dict(layer.get("geometry_types") or {})
    if kinds and set(kinds) == {COLLECTION}:
        return _(
            "The geometries are collections, which mix kinds: take them apart first (in QGIS, “Multipart to "
            "singleparts”, then one layer for each kind)."
        )
    if kinds:
        message = _("The geometries are of a kind that is not drawn here (%(kinds)s): convert them first.")
        return message % {"kinds": ", ".join(sorted(kinds))}
    if geometry.get("unreadable"):
        message = _("%(count)s geometries cannot be read: the file is damaged, or the column holds something else.")
        return message % {"count": number_format(geometry["unreadable"])}
    if geometry.get("empty"):
        return _("The geometries are all empty: they have no coordinates.")
    return _("The column of the geometries is empty in every row.")
