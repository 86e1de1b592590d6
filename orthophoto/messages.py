"""Words for what the inventory and the checks say by code. A code is stable; its words are translated."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gis_core.files.reader.messages import MESSAGES as READER
from gis_core.files.reader.messages import describe_problem as describe_reader_finding

MOST_FILES = 3

REFUSED = {
    "not_georeferenced": _(
        "Nothing says where this image lies: add its world file (.tfw, .jgw, .j2w) or its .tab file."
    ),
    "no_crs": _("The image names no coordinate reference system: say which one (--crs) and start again."),
    "unknown_crs": _("The coordinate reference system “%(name)s” is not known here."),
    "crs_lies": _(
        "The image says EPSG:%(crs)s, but its place (%(x)s, %(y)s) is one of EPSG:%(seems)s: correct what it says."
    ),
    "outside_area": _("The image lies out of metropolitan France (%(x)s, %(y)s in EPSG:%(crs)s)."),
    "colour_space": _("The colours are not red, green and blue (%(found)s): ask for the delivery in RGB."),
    "bad_name": _(
        "The file or its folder has a name that cannot be kept: letters in UTF-8 and at most %(limit)s characters."
    ),
    "pixel_size": _("A pixel would be %(found)s m wide: what says where the image lies is wrong."),
    "unlike_others": _(
        "A pixel is %(found)s m wide, those of the other sheets %(usual)s m: make a campaign of its own of it."
    ),
    "too_far_away": _("The image lies %(distance_km)s km away from the others: make a campaign of its own of it."),
    "duplicate": _("The same place as %(of)s: only that one is taken."),
    "same_name": _("The same name as %(of)s: only that one is taken."),
    "linked": _("This is a link to another place, which is not followed: put the file itself here."),
    "missing": _("The file is no longer there: put it back, then start again."),
    "changed": _("The file is not the one that was inspected: inspect the delivery again."),
    "not_one_band": _("The file has %(count)s bands: heights have one. Is this a picture, such as a hillshade?"),
    "other_unit": _(
        "The file says that its heights are in “%(found)s”, and the campaign that they are in %(said)s: start it again"
        " with the unit %(code)s."
    ),
    "implausible_heights": _(
        "Heights from %(least)s to %(most)s m are not those of France: look at their unit, and at the value of holes."
    ),
    "nothing_valid": _("Every pixel of the image is marked as no photo."),
    "mask_scattered": _(
        "The mask of the image (fourth band, or pixels marked as no photo) is scattered in %(pieces)s pieces, at most"
        " %(limit)s can be followed: have the image delivered again with a clean mask, or without its fourth band."
    ),
    # Checks of what was written
    "gdal": _("The image could not be written: %(said)s"),
    "blocks_past_end": _("The written file was cut off; it was thrown away."),
    "empty_blocks": _("The written file lacked a part of the image; it was thrown away."),
    "wrong_size": _("The written file did not have the size of its source; it was thrown away."),
    "wrong_kind": _("The written file was not of the expected kind; it was thrown away."),
    "wrong_mask": _("The written file lacked its mask, or had one too many; it was thrown away."),
    "no_overviews": _("The written file lacked overviews; it was thrown away."),
    "unlike_source": _("The written file did not show what its source shows; it was thrown away."),
    "mask_unlike_source": _("The mask of the written file was not that of its source; it was thrown away."),
    "overview_unlike": _("The overviews of the written file did not show what it shows; it was thrown away."),
}

FINDINGS = {
    "crs_assumed": (
        _("%(n)s sheet names no CRS; the one given was taken"),
        _("%(n)s sheets name no CRS; the one given was taken"),
    ),
    "other_crs": (
        _("%(n)s sheet is in EPSG:%(crs)s and is brought to EPSG:2154"),
        _("%(n)s sheets are in EPSG:%(crs)s and are brought to EPSG:2154"),
    ),
    "rotated": (_("%(n)s sheet is rotated and is straightened"), _("%(n)s sheets are rotated and are straightened")),
    "other_resolution": (
        _("%(n)s sheet has a resolution of %(found)s m, the others %(usual)s m"),
        _("%(n)s sheets have a resolution of %(found)s m, the others %(usual)s m"),
    ),
    "off_grid": (
        _("%(n)s sheet is off the grid of the others by a part of a pixel and is resampled"),
        _("%(n)s sheets are off the grid of the others by a part of a pixel and are resampled"),
    ),
    "other_size": (
        _("%(n)s sheet has %(found)s pixels, most have %(usual)s"),
        _("%(n)s sheets have %(found)s pixels, most have %(usual)s"),
    ),
    "other_bands": (
        _("%(n)s sheet has %(found)s bands, most have %(usual)s"),
        _("%(n)s sheets have %(found)s bands, most have %(usual)s"),
    ),
    "other_depth": (
        _("%(n)s sheet is in %(found)s, most are in %(usual)s"),
        _("%(n)s sheets are in %(found)s, most are in %(usual)s"),
    ),
    "other_vertical": (
        _("%(n)s sheet has the vertical datum EPSG:%(found)s, most have EPSG:%(usual)s"),
        _("%(n)s sheets have the vertical datum EPSG:%(found)s, most have EPSG:%(usual)s"),
    ),
    "vertical_unknown": (
        _("No file says its vertical datum, and neither does the campaign: heights are shown without it"),
        _("No file says its vertical datum, and neither does the campaign: heights are shown without it"),
    ),
    "vertical_contradicted": (
        _("The files say the vertical datum EPSG:%(found)s, the campaign EPSG:%(said)s: the campaign's is shown"),
        _("The files say the vertical datum EPSG:%(found)s, the campaign EPSG:%(said)s: the campaign's is shown"),
    ),
    "unlike_published": (
        _(
            "In the median these heights are %(off)s m from those of “%(title)s”, published here: look at their unit"
            " (feet, decimetres) and at their vertical datum"
        ),
        _(
            "In the median these heights are %(off)s m from those of “%(title)s”, published here: look at their unit"
            " (feet, decimetres) and at their vertical datum"
        ),
    ),
    "far_away": (
        _("%(n)s sheet lies %(distance_m)s m away from the others"),
        _("%(n)s sheets lie %(distance_m)s m away from the others"),
    ),
    "name_disagrees": (
        _("%(n)s sheet does not lie where its name says (%(named_x)s, %(named_y)s) but at %(x)s, %(y)s"),
        _("%(n)s sheets do not lie where their names say"),
    ),
    "gap": (_("A hole of %(area_m2)s m² around %(x)s, %(y)s"), _("A hole of %(area_m2)s m² around %(x)s, %(y)s")),
    "overlaps": (
        _("%(n)s sheet overlaps others, by %(largest_m2)s m² at most"),
        _("%(n)s sheets overlap, by %(largest_m2)s m² at most"),
    ),
    "outside_territory": (
        _("%(n)s sheet lies out of the member's communes"),
        _("%(n)s sheets lie out of the member's communes"),
    ),
    "other_files": (_("%(n)s file is no image and was left aside"), _("%(n)s files are no images and were left aside")),
    "scaled": (
        _("16-bit values: %(low)s to %(high)s are shown from black to white, in the whole campaign"),
        _("16-bit values: %(low)s to %(high)s are shown from black to white, in the whole campaign"),
    ),
}


def describe_refusal(code: str, params: Mapping[str, Any]) -> str:
    """Why a file is left out."""
    if code in REFUSED:
        return str(REFUSED[code]) % params
    return describe_reader_finding(code, params) if code in READER else code


def describe_finding(code: str, files: Sequence[str], params: Mapping[str, Any]) -> str:
    """What somebody should look at, and the first of the files it is about."""
    one, many = FINDINGS[code]
    values = {**params, "n": len(files)}
    if "bounds" in values:
        west, south, east, north = values["bounds"]
        values |= {"x": round((west + east) / 2), "y": round((south + north) / 2)}
    message = str(one if len(files) <= 1 else many) % values
    return f"{message} : {join_names(files)}." if files else f"{message}."


def join_names(files: Sequence[str]) -> str:
    """The first names, and how many more."""
    more = len(files) - MOST_FILES
    names = ", ".join(files[:MOST_FILES])
    return (
        names
        if more <= 0
        else ngettext("%(names)s and %(n)s other", "%(names)s and %(n)s others", more)
        % {
            "names": names,
            "n": more,
        }
    )
