"""How long owners' data are kept, and what they are processed for (`gis_core.ownership`)."""

from typing import Final

from gis_core.ownership.law import THIRD_PARTIES
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import FOR_EVER, JOURNAL_DAYS, RetentionKind, When
from gis_core.ownership.stock import closed_rows
from gis_core.wiring.points import Later

KINDS: Final = (
    RetentionKind(
        slug="owners",
        title="Matrice cadastrale (MAJIC)",
        what="Propriétaires, naissances, parcelles et locaux tenus : une livraison remplace la précédente.",
        when=When.ALWAYS,
        models=("owners.Owner", "owners.Birth", "owners.Holding", "owners.Premises", "owners.Exemption"),
        duration=lambda: "le dernier millésime et celui d'avant",
        reason="usage des livraisons MAJIC, à vérifier dans l'acte d'engagement ; les autres partent à l'import",
        uncounted="part quand un millésime est importé ou repris, jamais la nuit ; compter serait lire sans motif",
    ),
    RetentionKind(
        slug="owner_requests",
        title="Demandes de renseignements de tiers",
        what="Qui a demandé des propriétaires au guichet.",
        when=When.ALWAYS,
        models=("owners.ThirdPartyRequest",),
        duration=lambda: "62 jours",
        article=THIRD_PARTIES.article,
        reason="le texte limite leur nombre par semaine et par mois civil : il faut compter deux mois",
        rehearse=Later("layers.owners.services.requests.rehearse_forgetting"),
        stock=closed_rows("owners_thirdpartyrequest", "at"),
    ),
    RetentionKind(
        slug="owner_readings",
        title="Journal des propriétaires",
        what="Qui a consulté, cherché ou exporté quels propriétaires, pourquoi ; supprimé tant de jours après.",
        when=When.CHOSEN,
        models=("owners.JournalLine",),
        duration=lambda: FOR_EVER,
        reason="à choisir par l'agence avec les membres",
        erase=Later("layers.owners.services.requests.forget_readings"),
        least_days=JOURNAL_DAYS,
        stock=closed_rows("owners_journalline", "at"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="owners",
        title="Propriétaires : matrice cadastrale",
        controller=Controller.MEMBER,
        purposes="Savoir à qui est une parcelle pour les compétences du membre : urbanisme, foncier, travaux, réseaux,"
        " fiscalité locale, sécurité ; répondre aux demandes de tiers.",
        basis="mission d'intérêt public (art. 6 § 1 e) ; LPF, L. 107 A et R* 107 A-3 ; acte d'engagement envers la"
        " DGFiP (BOI-FORM-000030)",
        people="propriétaires et titulaires de droits ; tiers demandeurs",
        models=(
            *("owners.Owner", "owners.Birth", "owners.Holding", "owners.Premises", "owners.Exemption"),
            *("owners.ThirdPartyRequest", "owners.JournalLine"),
        ),
        data="adresse, droit, part ; date et lieu de naissance ; exonérations ; locaux",
        recipients="les agents que le membre a désignés, sur ses communes seulement ; un tiers, dans les limites de"
        " l'article R* 107 A-3",
        measures="aucune lecture sans motif écrit d'abord au journal ; niveau d'accès par rôle et par membre ;"
        " naissances et exonérations jamais données à un tiers ; lectures inhabituelles marquées",
    ),
)
