"""Vehicles that a detour is for, with the limits of roads that stop them."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gis_core.errors import Invalid
from layers.features.display import display_number

LARGEST: Final = {"height_m": 20.0, "width_m": 20.0, "length_m": 100.0, "weight_t": 500.0, "axle_t": 100.0}
HEAVY_T: Final = 3.5
EVERY_T: Final = 44.0
"""What the road carries without a permit of its own."""
TONNES: Final = re.compile(r"(?<!essieu )\b(\d+(?:[.,]\d+)?)\s*t\b")
LORRIES: Final = re.compile(r"\bPL\b|poids lourds|tous|toutes", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """Metres and tonnes; without one, no limit of its kind stops the vehicle."""

    height_m: float | None = None
    width_m: float | None = None
    length_m: float | None = None
    weight_t: float | None = None
    axle_t: float | None = None

    def __post_init__(self) -> None:
        for name, most in LARGEST.items():
            value = getattr(self, name)
            if value is not None and not 0 < value <= most:
                message = _("%(what)s: more than 0, at most %(most)s.")
                raise Invalid(message % {"what": MEASURES[name][0], "most": display_number(most)}, parameter=name)

    @property
    def heavy(self) -> bool:
        return self.weight_t is not None and self.weight_t >= HEAVY_T

    def passes_for(self, other: "Gauge") -> bool:
        """Whether the other vehicle passes wherever this one does."""
        pairs = [(getattr(self, name), getattr(other, name)) for name in LARGEST]
        return all(theirs is None or (mine is not None and mine >= theirs) for mine, theirs in pairs)

    def as_json(self) -> dict[str, float | None]:
        return asdict(self)

    def __str__(self) -> str:
        """« 44 t, hauteur 4,3 m »."""
        given = [(MEASURES[one.name], getattr(self, one.name)) for one in fields(self)]
        given.sort(key=lambda one: one[0][1] != "t")
        measures = [
            f"{display_number(value)} t"
            if name == MEASURES["weight_t"][0]
            else f"{name} {display_number(value)} {unit}"
            for (name, unit), value in given
            if value is not None
        ]
        return ", ".join(str(one) for one in measures) or str(_("every vehicle without a limit"))


MEASURES: Final[Mapping[str, tuple[Any, str]]] = {
    "height_m": (pgettext_lazy("vehicle", "height"), "m"),
    "width_m": (gettext_lazy("width"), "m"),
    "length_m": (gettext_lazy("length"), "m"),
    "weight_t": (gettext_lazy("weight"), "t"),
    "axle_t": (gettext_lazy("weight of an axle"), "t"),
}
GAUGES: Final[Mapping[str, tuple[Any, Gauge]]] = {
    "cars": (gettext_lazy("Cars"), Gauge()),
    "3.5": (gettext_lazy("Lorries up to 3.5 t"), Gauge(weight_t=3.5)),
    "19": (gettext_lazy("Lorries up to 19 t"), Gauge(weight_t=19, height_m=4.3, width_m=2.55, length_m=12)),
    "44": (gettext_lazy("Every vehicle, up to 44 t"), Gauge(weight_t=44, height_m=4.3, width_m=2.55, length_m=16.5)),
}
USUAL: Final = "44"


def gauge_label(gauge: Gauge) -> str:
    """As the list names it, or its measures."""
    return next((str(label) for label, one in GAUGES.values() if one == gauge), str(gauge))


def gauge_of(code: str) -> Gauge:
    """Height, width, length and weights of the vehicles that have this code. Raises Invalid."""
    if code not in GAUGES:
        message = _("“%(code)s” is none of the vehicles: %(codes)s.")
        raise Invalid(message % {"code": code[:20], "codes": ", ".join(GAUGES)}, parameter="gauge")
    return GAUGES[code][1]


def serves_lorries(label: str) -> bool:
    """Whether a detour for these vehicles, as they were kept or as somebody wrote them, is one for every lorry; one for
    nobody in particular is for all.
    """
    tonnes = [float(one.replace(",", ".")) for one in TONNES.findall(label)]
    return max(tonnes) >= EVERY_T if tonnes else not label or bool(LORRIES.search(label))
