"""The layers whose settings somebody may change: those of the members that they administer, all for the agency."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.members.rights import ADMINISTRATORS, Rights
from layers.catalogue.models import Layer

OWN_TABLES = "layer_"
"""How the names of tables begin that were made at run time; those of other layers are what the code says."""


def list_administered_layers(rights: Rights) -> QuerySet[Layer]:
    """By theme, as in the map; archived ones too."""
    layers = Layer.objects.with_archived(rights).select_related("theme", "owner")
    layers = layers.order_by("theme__order", "theme__title", "order", "title")
    return layers if rights.agency else layers.filter(owner_id__in=rights.list_administered_ids())


def get_administered_layer(slug: str, rights: Rights) -> Layer:
    """One of them. Raises NotFound for any other, whether it exists or not."""
    layer = list_administered_layers(rights).filter(slug=slug).first()
    if layer is None or not rights.has_role(layer.owner_id, ADMINISTRATORS):
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return layer


def has_own_table(layer: Layer) -> bool:
    """Whether the layer's table was made for it at run time: its columns and rules are then its administrator's."""
    return layer.table.startswith(OWN_TABLES)


def is_edited(layer: Layer) -> bool:
    """Whether anybody may be allowed to edit the layer's rows."""
    return layer.rows in (Layer.Rows.LAYER, Layer.Rows.OWNER)
