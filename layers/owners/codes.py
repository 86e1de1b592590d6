"""The codes of MAJIC in words (DGFiP)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

RIGHTS = {
    "P": _("Owner"),
    "U": _("Usufructuary"),
    "N": _("Bare owner"),
    "B": _("Lessor of a construction lease"),
    "R": _("Lessee of a construction lease"),
    "F": _("Ground owner"),
    "T": _("Holder of a tenement"),
    "D": _("Holder of a domain"),
    "V": _("Lessor of a rehabilitation lease"),
    "W": _("Lessee of a rehabilitation lease"),
    "A": _("Tenant with an option to buy"),
    "E": _("Long leaseholder"),
    "K": _("Holder of an antichresis"),
    "L": _("Housed civil servant"),
    "G": _("Manager or agent"),
    "S": _("Managing agent of a co-ownership"),
    "H": _("Partner of a transparent company"),
    "O": _("Holder of a temporary occupation permit"),
    "J": _("Young farmer"),
    "Q": _("Manager for the tax on offices"),
    "X": _("La Poste, occupant and owner"),
    "Y": _("La Poste, occupant and not owner"),
    "C": _("Trustee"),
    "M": _("Occupant of a parcel of the State or of Mayotte"),
}
SHARES = {
    "C": _("one of the co-owners"),
    "I": _("undivided"),
    "L": _("in dispute"),
    "S": _("succession of"),
    "V": _("widow or heirs of"),
}
GROUPS = {
    "0": _("Legal person"),
    "1": _("State"),
    "2": _("Region"),
    "3": _("Département"),
    "4": _("Commune"),
    "5": _("Public housing office"),
    "6": pgettext_lazy("owner", "Company"),
    "7": _("Co-owners"),
    "8": _("Partners"),
    "9": _("Public establishment"),
}
EXEMPTIONS = {
    "CB": _("Organic farming"),
    "DA": _("Farm land overseas"),
    "ER": _("Irregular high forest in balance"),
    "HP": _("Natural area, whole"),
    "HQ": _("Wet meadow or heath, half for five years"),
    "HR": _("Natural area, half"),
    "HS": _("Wet meadow or heath, whole for five years"),
    "NA": _("Natura 2000"),
    "NO": _("Walnut trees"),
    "OL": _("Olive trees"),
    "PB": _("Planted wood"),
    "PF": _("Broad-leaved trees"),
    "PN": _("National park overseas"),
    "PP": _("Poplars"),
    "PR": _("Conifers"),
    "TA": _("Farm land"),
    "TR": _("Truffle trees, by deliberation"),
    "TU": _("Truffle trees"),
    "VG": _("Orchards and vineyards"),
}
LEGAL_PERSON = "2"


def in_words(table: Mapping[str, object], code: str) -> str:
    """A code in the current language, itself where it is unknown, "" for none."""
    return str(table.get(code, code))
