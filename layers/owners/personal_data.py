"""How long owners' data are kept, and what they are processed for (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.law import THIRD_PARTIES
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import FOR_EVER, JOURNAL_DAYS, RetentionKind, When
from gis_core.ownership.stock import closed_rows
from gis_core.wiring.points import Later

KINDS: Final = (
    RetentionKind(
        slug="owners",
        title=_("Cadastral roll (MAJIC)"),
        what="Propriétaires, naissances, parcelles et locaux tenus : une livraison remplace la précédente.",
        when=When.ALWAYS,
        models=("owners.Owner", "owners.Birth", "owners.Holding", "owners.Premises", "owners.Exemption"),
        duration=lambda: _("the last vintage and the one before"),
        reason="usage des livraisons MAJIC, à vérifier dans l'acte d'engagement ; les autres partent à l'import",
        uncounted="part quand un millésime est importé ou repris, jamais la nuit ; compter serait lire sans motif",
    ),
    RetentionKind(
        slug="owner_requests",
        title=_("Requests of third parties"),
        what="Qui a demandé des propriétaires au guichet.",
        when=When.ALWAYS,
        models=("owners.ThirdPartyRequest",),
        duration=lambda: _("62 days"),
        article=THIRD_PARTIES.article,
        reason="le texte limite leur nombre par semaine et par mois civil : il faut compter deux mois",
        rehearse=Later("layers.owners.services.requests.rehearse_forgetting"),
        stock=closed_rows("owners_thirdpartyrequest", "at"),
    ),
    RetentionKind(
        slug="owner_readings",
        title=_("Journal of owners"),
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
        title=_("Owners: the cadastral roll (matrice cadastrale)"),
        controller=Controller.MEMBER,
        purposes=_(
            "Know whose a parcel is for what the authority is competent for: planning, land, works,"
            " networks, local taxes, safety; answer requests of third parties."
        ),
        basis=_(
            "task in the public interest (GDPR, art. 6 § 1 e); Livre des procédures fiscales, L. 107"
            " A and R* 107 A-3; acte d'engagement to the DGFiP (BOI-FORM-000030)"
        ),
        people=_("owners and holders of rights; third parties who ask"),
        models=(
            *("owners.Owner", "owners.Birth", "owners.Holding", "owners.Premises", "owners.Exemption"),
            *("owners.ThirdPartyRequest", "owners.JournalLine"),
        ),
        data=_("address, right, share; date and place of birth; exemptions; premises"),
        recipients=_(
            "the staff whom the authority named, in its communes only; a third party, within the"
            " limits of article R* 107 A-3"
        ),
        measures=_(
            "no reading without a reason written in the journal first; level of access by role and"
            " authority; births and exemptions never given to a third party; unusual readings marked"
        ),
    ),
)
