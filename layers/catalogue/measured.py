"""The layers that the parcel sheet measures on a ground: sections of it name them (`MEASURED_LAYERS`)."""

from layers.catalogue.models import Layer
from layers.catalogue.points import MEASURED_LAYERS

SURFACES = ("tolerance_m2", "tolerance_percent")
OTHERS = ("tolerance_m",)


def tolerances_of(layer: Layer) -> tuple[str, ...]:
    """The settings below which a crossing of this layer is uncertain; none for a layer that no sheet measures."""
    if layer.slug not in MEASURED_LAYERS.all():
        return ()
    return SURFACES if layer.geometry_type == Layer.Geometry.POLYGON else OTHERS
