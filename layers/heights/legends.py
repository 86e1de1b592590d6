"""The legends of heights in their styles, as people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Invalid, Unavailable
from layers.catalogue.models import Photo
from layers.features.display import display_number
from layers.heights.styles import ABOVE_GROUND, SLOPES, TINTS, Colour, Style, range_of, styles_of

LABELS: Final[dict[Style, Promise]] = {
    Style.RELIEF: gettext_lazy("Shaded relief"),
    Style.SLOPE: gettext_lazy("Slope"),
    Style.TINTS: gettext_lazy("Tints of altitude"),
    Style.ABOVE_GROUND: gettext_lazy("Heights above the ground"),
}


@dataclass(frozen=True, slots=True)
class LegendEntry:
    label: str
    colour: str


@dataclass(frozen=True, slots=True)
class HeightLegend:
    """A style, the unit of its figures, and what each colour stands for; shaded relief has no colours."""

    style: Style
    unit: str
    lines: Sequence[LegendEntry]


def legend_of(photo: Photo, style: str) -> HeightLegend:
    """The legend of a campaign of heights in one of its styles. Raises Invalid, Unavailable."""
    if photo.kind == Photo.Kind.PHOTO or style not in styles_of(photo.kind):
        raise Invalid(_("These heights have no style of this name."), parameter="style")
    if photo.kind == Photo.Kind.HEIGHT:
        return HeightLegend(Style.ABOVE_GROUND, "m", [entry(f"{metres(at)} m", one) for at, one in ABOVE_GROUND])
    if style == Style.SLOPE:
        return HeightLegend(Style.SLOPE, "%", slope_lines())
    if style == Style.TINTS:
        return HeightLegend(Style.TINTS, "m", tint_lines(photo))
    return HeightLegend(Style.RELIEF, "", [])


def slope_lines() -> list[LegendEntry]:
    between = [
        entry(_("%(low)s to %(high)s %%") % {"low": metres(low), "high": metres(high)}, one)
        for (low, one), (high, _next) in pairwise(SLOPES)
    ]
    most, last = SLOPES[-1]
    return [*between, entry(_("%(most)s %% and more") % {"most": metres(most)}, last)]


def tint_lines(photo: Photo) -> list[LegendEntry]:
    from rasterio.errors import RasterioError

    try:
        low, high = range_of(Path(settings.FILES_DIR, photo.folder, photo.overview))
    except RasterioError as error:
        message = _("The heights “%(title)s” cannot be read here: one of their files is missing or damaged.")
        raise Unavailable(message % {"title": photo}) from error
    return [entry(f"{metres(low + (high - low) * share)} m", one) for share, one in reversed(TINTS)]


def metres(value: float) -> str:
    return display_number(value, 0 if abs(value - round(value)) < 0.05 else 1)


def entry(label: str, colour: Colour) -> LegendEntry:
    return LegendEntry(label, "#{:02x}{:02x}{:02x}".format(*colour))
