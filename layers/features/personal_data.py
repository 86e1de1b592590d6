"""How long notices of changes and photos beside objects are kept (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When, days_text
from gis_core.ownership.stock import rows


def notice_days() -> int:
    from layers.features.tasks import NOTICES_KEPT

    return NOTICES_KEPT.days


KINDS: Final = (
    RetentionKind(
        slug="notices",
        title=_("Notices of changes"),
        what="Ce qui a changé dans un objet qu'une personne suivait.",
        when=When.ALWAYS,
        models=("features.Notice",),
        duration=lambda: days_text(notice_days()),
        reason="au-delà, l'historique de l'objet suffit",
        due="at < {before}",
        days=notice_days,
        stock=rows("features.Notice", "at"),
    ),
    RetentionKind(
        slug="attachments",
        title=_("Photos beside objects"),
        what="Réduites et sans position ni appareil ; supprimées avec l'objet ou à la main.",
        when=When.HAND,
        models=("features.Attachment",),
        duration=lambda: _("as long as the object is there"),
        reason="elles décrivent l'objet",
        stock=rows("features.Attachment", "added_at"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="layers",
        title=_("Imported layers, and photos beside objects"),
        controller=Controller.MEMBER,
        purposes=_("Keep the authority's geographic data."),
        basis=_("task in the public interest (GDPR, art. 6 § 1 e)"),
        people=_("by layer: the authority completes it for each layer that names people"),
        models=("features.Attachment", "features.Notice"),
        data=_("the columns of the layer, which the platform does not know; people seen on a photo"),
        recipients=_(
            "those to whom the layer is open: the authority alone, chosen authorities, people signed in, or everybody"
        ),
    ),
)
