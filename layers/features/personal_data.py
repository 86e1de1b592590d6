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
        what=_("What changed in an object that a person followed."),
        when=When.ALWAYS,
        models=("features.Notice",),
        duration=lambda: days_text(notice_days()),
        reason=_("after that the history of the object is enough"),
        due="at < {before}",
        days=notice_days,
        stock=rows("features.Notice", "at"),
    ),
    RetentionKind(
        slug="attachments",
        title=_("Photos beside objects"),
        what=_("Made smaller, without position or camera; deleted with the object or by hand."),
        when=When.HAND,
        models=("features.Attachment",),
        duration=lambda: _("as long as the object is there"),
        reason=_("they describe the object"),
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
