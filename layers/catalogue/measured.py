"""The layers that the parcel sheet measures on a ground. The sheet says which when it starts; nothing here knows it."""

from collections.abc import Iterable

from layers.catalogue.models import Layer

SURFACES = ("tolerance_m2", "tolerance_percent")
OTHERS = ("tolerance_m",)
_measured: set[str] = set()


def measure_layers(slugs: Iterable[str]) -> None:
    """Say that these are measured (safe to repeat)."""
    _measured.update(slugs)


def tolerances_of(layer: Layer) -> tuple[str, ...]:
    """The settings below which a crossing of this layer is uncertain; none for a layer that no sheet measures."""
    if layer.slug not in _measured:
        return ()
    return SURFACES if layer.geometry_type == Layer.Geometry.POLYGON else OTHERS
