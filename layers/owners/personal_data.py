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
        what=_("Owners, births, parcels and premises held: a delivery replaces the one before."),
        when=When.ALWAYS,
        models=("owners.Owner", "owners.Birth", "owners.Holding", "owners.Premises", "owners.Exemption"),
        duration=lambda: _("the last vintage and the one before"),
        reason=_("custom of MAJIC deliveries, to be checked in the acte d'engagement; the others go at the import"),
        uncounted=_(
            "goes when a vintage is imported or taken back, never at night; to count would be to read without a reason"
        ),
    ),
    RetentionKind(
        slug="owner_requests",
        title=_("Requests of third parties"),
        what=_("Who asked for owners at the counter."),
        when=When.ALWAYS,
        models=("owners.ThirdPartyRequest",),
        duration=lambda: _("62 days"),
        article=THIRD_PARTIES.article,
        reason=_("the text limits their number by week and by calendar month: two months must be counted"),
        rehearse=Later("layers.owners.services.requests.rehearse_forgetting"),
        stock=closed_rows("owners_thirdpartyrequest", "at"),
    ),
    RetentionKind(
        slug="owner_readings",
        title=_("Journal of owners"),
        what=_("Who read, searched or exported which owners, and why; deleted a chosen number of days later."),
        when=When.CHOSEN,
        models=("owners.JournalLine",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency with the authorities"),
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
