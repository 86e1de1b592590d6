"""A consultation as a table for spreadsheets: one line for each owner of each account of each parcel."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from gis_core.files.writing.csvtext import csv_file_of_cells
from layers.owners.services.consulting import Consultation
from layers.owners.services.reading import OwnerSeen, ParcelSeen


def csv_bytes(consultation: Consultation) -> bytes:
    """As French spreadsheets open it: semicolons, UTF-8 with its mark, no formula."""
    lines = (line for parcel in consultation.parcels for line in lines_of(parcel))
    return csv_file_of_cells([headings(), *lines])


def headings() -> list[str]:
    return [
        *(_("Parcel"), _("Year"), _("Cadastral area (m²)"), _("Address of the parcel"), _("Account"), _("Premises")),
        *(_("Right"), _("Owner"), _("Group"), "SIREN", _("Address"), _("Born on"), _("Born in"), _("Exemptions")),
    ]


def lines_of(parcel: ParcelSeen) -> Iterator[list[str]]:
    before = [parcel.idu, str(parcel.year), str(parcel.area_m2), parcel.address]
    exemptions = ", ".join(parcel.exemptions)
    for account in parcel.accounts:
        held = [account.code, "" if account.ground else ", ".join(account.premises)]
        for owner in account.owners:
            yield [*before, *held, *cells_of(owner), exemptions]
        if not account.owners:
            yield [*before, *held, *[""] * 7, exemptions]


def cells_of(owner: OwnerSeen) -> list[str]:
    right = ", ".join(part for part in (owner.right, owner.share) if part)
    address = owner.address.replace("\n", ", ")
    return [right, owner.name, owner.group, owner.siren, address, owner.born or "", owner.birthplace or ""]
