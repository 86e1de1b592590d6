"""How long notices of changes and photos beside objects are kept (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import RetentionKind, When
from gis_core.ownership.stock import rows


def notice_days() -> int:
    from layers.features.tasks import NOTICES_KEPT

    return NOTICES_KEPT.days


KINDS: Final = (
    RetentionKind(
        slug="notices",
        title="Avis de changement",
        what="Ce qui a changé dans un objet qu'une personne suivait.",
        when=When.ALWAYS,
        models=("features.Notice",),
        duration=lambda: f"{notice_days()} jours",
        reason="au-delà, l'historique de l'objet suffit",
        due="at < {before}",
        days=notice_days,
        stock=rows("features.Notice", "at"),
    ),
    RetentionKind(
        slug="attachments",
        title="Photos jointes aux objets",
        what="Réduites et sans position ni appareil ; supprimées avec l'objet ou à la main.",
        when=When.HAND,
        models=("features.Attachment",),
        duration=lambda: "tant que l'objet est là",
        reason="elles décrivent l'objet",
        stock=rows("features.Attachment", "added_at"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="layers",
        title="Couches importées et photos jointes aux objets",
        controller=Controller.MEMBER,
        purposes="Tenir les données géographiques du membre.",
        basis="mission d'intérêt public (art. 6 § 1 e)",
        people="selon la couche : à compléter par le membre pour chaque couche qui nomme des personnes",
        models=("features.Attachment", "features.Notice"),
        data="les colonnes de la couche, que la plateforme ne connaît pas ; personnes visibles sur une photo",
        recipients="ceux à qui la couche est ouverte : le membre seul, des membres choisis, les personnes connectées,"
        " ou tout le monde",
    ),
)
