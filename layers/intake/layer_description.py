"""What was found in a file, in sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gis_core.files.reader.messages import NOTES
from layers.intake.choices import kinds_of
from layers.intake.forms import TYPE_LABELS
from layers.intake.geometry_reasons import format_kind_count

HOW_CRS = {
    "code": _("the file gives its code"),
    "name": _("known by its name, “%(text)s”"),
    "projection": _("known by its projection, “%(text)s”"),
    "default": _("the format’s own"),
    "coordinates": _("guessed from the coordinates"),
    "said": _("as you said"),
}
HOW_ENCODING = {
    "format": _("the format’s own"),
    "declared": _("declared by the file"),
    "code_page": _("from the code page of the table"),
    "utf8": _("the texts are in it"),
    "ascii": _("there is no accent in it, so any will do"),
    "guessed": _("guessed from the texts"),
    "contradicted": _("the file declares another one, which its texts contradict"),
    "said": _("as you said"),
}
TYPES = dict(TYPE_LABELS)
# GeoPackage's name for none.
UNDEFINED = "Undefined"
# Metres below which an object has not moved.
SHIFT_M = 0.01


def describe_content(layer: Mapping[str, Any]) -> str:
    """How many objects there are, and of what kind."""
    counts = kinds_of(layer)
    if not counts:
        return ngettext("%(count)s row without geometry", "%(count)s rows without geometry", layer["features"]) % {
            "count": number_format(layer["features"])
        }
    return ", ".join(format_kind_count(kind, count) for kind, count in counts.items())


def describe_mixture(layer: Mapping[str, Any], taken: str) -> str:
    """What a file holds beside geometries of the kind that comes in; "" where it holds no other."""
    counts = kinds_of(layer)
    others = [format_kind_count(kind, count) for kind, count in counts.items() if kind != taken]
    if not others or taken not in counts:
        return ""
    message = gettext("The file mixes geometries: %(taken)s come in, %(others)s are left.")
    return message % {"taken": format_kind_count(taken, counts[taken]), "others": ", ".join(others)}


def describe_crs(layer: Mapping[str, Any]) -> dict[str, Any]:
    """The CRS in words, how it was found, and what is wrong with it."""
    reference, chosen = layer.get("reference") or {}, layer["opening"]["crs"]
    code = chosen or layer["crs"]
    how = HOW_CRS.get("said" if chosen else str(reference.get("how")))
    return {
        "code": code,
        "name": "" if chosen else reference.get("name", ""),
        "how": str(how) % {"text": reference.get("text", "")} if how and code else "",
        "problem": describe_crs_problem(layer, reference, code, chosen),
        "swapped": are_axes_swapped(layer),
    }


def say_crs(layer: Mapping[str, Any]) -> str:
    """The CRS in one line: its code, its name, how it was found; "" while nobody knows it."""
    crs = describe_crs(layer)
    parts = [f"EPSG:{crs['code']}", f"({crs['name']})" if crs["name"] else "", f": {crs['how']}" if crs["how"] else ""]
    return " ".join(part for part in parts if part) if crs["code"] else ""


def describe_crs_problem(
    layer: Mapping[str, Any], reference: Mapping[str, Any], code: int | None, chosen: int | None
) -> str:
    if are_axes_swapped(layer):
        return gettext("The coordinates look swapped: latitude, or northing, comes first.")
    if not kinds_of(layer) or chosen:
        return ""
    seems = reference.get("seems")
    possible = gettext(" or EPSG:").join(str(one) for one in reference.get("possible") or [seems])
    names = {"code": code, "seems": seems, "possible": possible, "text": reference.get("text", "")}
    if code is None and reference.get("text") and not reference["text"].startswith(UNDEFINED):
        return gettext("The file names a system that is not known here: “%(text)s”. Choose it.") % names
    if code is None and seems:
        message = gettext(
            "The file does not say in which coordinate reference system it is. Its coordinates look like "
            "EPSG:%(possible)s: choose it if that is right."
        )
        return message % names
    if code is None:
        return gettext("The file does not say in which coordinate reference system it is. Choose it.")
    if reference.get("elsewhere") and seems:
        message = gettext(
            "In EPSG:%(code)s these objects lie far from the territory; in EPSG:%(possible)s they lie in it. Choose "
            "the system."
        )
        return message % names
    if not reference.get("fits", True) and seems:
        return gettext("The coordinates are not possible in EPSG:%(code)s: they look like EPSG:%(seems)s.") % names
    if not reference.get("fits", True):
        return gettext("The coordinates are not possible in EPSG:%(code)s. Choose another system.") % names
    return ""


def are_axes_swapped(layer: Mapping[str, Any]) -> bool:
    """Whether x and y of the layer, as it is read now, look exchanged."""
    return bool(kinds_of(layer)) and bool((layer.get("reference") or {}).get("swapped"))


def describe_encoding(layer: Mapping[str, Any]) -> dict[str, Any] | None:
    """The encoding, how it was found, and texts that tell whether it is right; None where it is of no matter."""
    detected = layer.get("encoding") or {}
    if not detected.get("name"):
        return None
    how = HOW_ENCODING.get(str(detected.get("how")), "")
    return {"name": str(detected["name"]).upper(), "how": str(how), "samples": detected.get("accented") or []}


def describe_validity(layer: Mapping[str, Any]) -> dict[str, Any] | None:
    """How many geometries are invalid, what repairing them changes, and examples."""
    geometry = layer.get("geometry") or {}
    count = sum((geometry.get("invalid") or {}).values())
    if not count:
        return None
    message = ngettext(
        "%(count)s geometry is invalid; it will be repaired.",
        "%(count)s geometries are invalid; they will be repaired.",
        count,
    )
    sentences = [message % {"count": number_format(count)}]
    if lost := geometry.get("lost"):
        message = ngettext(
            "Of %(count)s nothing is left: it will be refused.",
            "Of %(count)s nothing is left: they will be refused.",
            lost,
        )
        sentences.append(message % {"count": number_format(lost)})
    unit = "m" if "line" in kinds_of(layer) else "m²"
    examples = [one | {"unit": unit} for one in geometry.get("examples") or []]
    return {"message": " ".join(sentences), "examples": examples}


def describe_missing_geometries(layer: Mapping[str, Any]) -> str:
    """Rows without a geometry where others have one."""
    if not layer["features"]:
        return gettext("The layer is empty: there is nothing to import.")
    if not kinds_of(layer):
        return gettext(
            "These rows have no geometry. Choose below the columns that hold their coordinates; or go on and choose "
            "the fields of their address, or a layer that has their places; or update the attributes of a layer."
        )
    count = layer["without_geometry"]
    if not count:
        return ""
    message = ngettext(
        "%(count)s row has no geometry and will be refused.",
        "%(count)s rows have no geometry and will be refused.",
        count,
    )
    return message % {"count": number_format(count)}


def describe_notes(layer: Mapping[str, Any]) -> list[str]:
    """What is odd, and harmless, about how the layer is kept."""
    return [str(NOTES[code]) for code in layer.get("notes") or () if code in NOTES]


def describe_partial_reading(layer: Mapping[str, Any]) -> str:
    """Whether the file was too long to be read through for this page."""
    if layer.get("complete", True):
        return ""
    message = gettext("Only the first %(read)s rows were looked at for this page; the check reads them all.")
    return message % {"read": number_format(layer["read"])}


def describe_field(described: Mapping[str, Any]) -> dict[str, Any]:
    """A field as the page of a layer shows it."""
    filled = round(100 * (1 - described["null_share"]), 1)
    label = TYPES.get(described["guess"], gettext("not read"))
    return {**described, "type_label": label, "filled": number_format(int(filled) if filled == int(filled) else filled)}


def describe_changes(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan or a report with its changes of geometry in words."""
    difference = plan.get("difference")
    if not difference or "samples" not in difference:
        return dict(plan)
    changed = [
        one | {"lines": len(one["changes"]) + bool(one["moved"]), "moved_text": describe_move(one["moved"])}
        for one in difference["samples"]["changed"]
    ]
    return {**plan, "difference": difference | {"samples": difference["samples"] | {"changed": changed}}}


def describe_move(change: Mapping[str, float] | None) -> str:
    """What happened to a geometry."""
    if not change:
        return ""
    if change.get("heights"):
        return gettext("heights (Z) changed")
    changes = []
    for before, after, unit in (("area_before", "area_after", "m²"), ("length_before", "length_after", "m")):
        if change[before] != change[after] and (unit == "m²" or not change["area_after"]):
            changes.append(f"{number_format(change[before], 1)} → {number_format(change[after], 1)} {unit}")
    if change["shift_m"] >= SHIFT_M:
        changes.append(gettext("moved by %(metres)s m") % {"metres": number_format(change["shift_m"], 2)})
    return ", ".join(changes) or gettext("shape changed")
