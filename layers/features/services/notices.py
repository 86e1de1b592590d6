"""What people are told: that somebody's program wrote over what they had written."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.models import Notice


def notices_of(rights: Rights) -> QuerySet[Notice]:
    """The asker's own about layers that they see, the latest first."""
    seen = Layer.objects.visible_to(rights)
    return Notice.objects.filter(person=rights.user_id, layer__in=seen).select_related("layer", "by")


def as_json(notice: Notice, rights: Rights) -> dict[str, Any]:
    """Fields are named as the asker may see them."""
    labels = {one["name"]: one["label"] for one in notice.layer.fields_for(rights)} | {"geometry": _("Geometry")}
    return {
        "id": notice.pk,
        "layer": notice.layer.slug,
        "layer_title": str(notice.layer),
        "feature": notice.feature,
        "action": notice.action,
        "fields": [{"name": name, "label": labels[name]} for name in notice.fields if name in labels],
        "by": str(notice.by or ""),
        "at": notice.at.isoformat(),
    }


def dismiss(notice_id: int, rights: Rights) -> None:
    """Delete a notice of the user. Raises NotFound for somebody else's."""
    deleted, _by_model = notices_of(rights).filter(pk=notice_id).delete()
    if not deleted:
        raise NotFound(_("There is no such notice."))
